"""Compiled matching of shots to different targets: at most one shot a target, by shortest augmenting paths.

gain       (rows, columns) what a pair is worth, not below zero
potential  what a row (u) and a column (v) are worth: -gain - u - v is never negative, and 0 on matched pairs

Sources: Jonker and Volgenant 1987; Crouse, IEEE Transactions on Aerospace and Electronic Systems 52 (2016) 1679-1696.
`picture.assign_kernels` is its kin for sparse pairs; here every pair is possible. Ties: the first column.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit, njit_allocating

Array = np.ndarray[Any, Any]


@njit_allocating
def match(values: Array, kill: Array, rounds: Array, price: Array, target_of: Array) -> float:
    """At most one shot a target: the most value that can be taken, for no more rounds than targets. Fills the target of
    every shot (those of the first weapon first) and the prices that prove it among such assignments."""
    weapons, targets = kill.shape
    shots = target_of.shape[0]
    gain, first, s = np.empty((shots, targets)), np.empty(weapons, np.int64), np.int64(0)
    for i in range(weapons):
        first[i] = s
        for _ in range(rounds[i]):
            for j in range(targets):
                gain[s, j] = values[j] * kill[i, j]
            s += 1
    u, v = np.zeros(shots), np.zeros(targets)
    taken = one_shot_each(gain, target_of, u, v)
    for i in range(weapons):
        price[i] = max(0.0, -u[first[i]]) if rounds[i] > 0 else 0.0
    return taken


@njit_allocating
def one_shot_each(gain: Array, col_of: Array, u: Array, v: Array) -> float:
    """The matching of rows to different columns that gains most, rows <= columns; every row gets one. Fills col_of
    (rows) and the potentials u, v, given as zeros: -gain - u - v is never negative, and 0 on matched pairs."""
    rows, cols = gain.shape
    ints, least = np.empty((3, cols), np.int64), np.empty(cols)
    return best_pairs(gain, rows, cols, col_of, u, v, ints, least)


@njit
def greedy_pairs(gain: Array, rows: int, cols: int, room: Array, col_of: Array, best: Array) -> float:
    """Pair after pair where most is gained, each row once and column k at most room[k] times, which it uses up. Fills
    col_of (rows) where it is -1; those that are paired stay. Half of the most that can be gained at least (a matroid:
    Fisher, Nemhauser and Wolsey 1978). Scratch: best (rows,) int64. Ties: the first row, the first column."""
    total = 0.0
    for i in range(rows):
        best[i] = open_column(gain[i], cols, room)
    while True:
        row, most = -1, 0.0
        for i in range(rows):
            if col_of[i] < 0 and best[i] >= 0 and gain[i, best[i]] > most:
                row, most = i, gain[i, best[i]]
        if row < 0:
            return total
        k = best[row]
        total += most
        col_of[row] = k
        room[k] -= 1
        if room[k] <= 0:
            for i in range(rows):
                if col_of[i] < 0 and best[i] == k:
                    best[i] = open_column(gain[i], cols, room)


@njit
def open_column(gain: Array, cols: int, room: Array) -> int:
    """The column with room that gains most, -1 where none gains anything."""
    best, most = -1, 0.0
    for k in range(cols):
        if room[k] > 0 and gain[k] > most:
            best, most = k, gain[k]
    return best


@njit
def best_pairs(
    gain: Array, rows: int, cols: int, col_of: Array, u: Array, v: Array, ints: Array, least: Array
) -> float:
    """The same as one_shot_each for the first rows and columns of larger arrays, in scratch that is handed in: ints
    (3, columns) int64, least (columns,)."""
    row_of, came, done = ints[0], ints[1], ints[2]
    for j in range(cols):
        row_of[j] = -1
    for start in range(rows):
        for j in range(cols):
            least[j], done[j] = math.inf, 0
        low, row, end = 0.0, np.int64(start), np.int64(-1)
        while end < 0:
            best, best_cost = np.int64(-1), math.inf
            for j in range(cols):
                if done[j] == 1:
                    continue
                cost = low - gain[row, j] - u[row] - v[j]
                if cost < least[j]:
                    least[j], came[j] = cost, row
                if least[j] < best_cost:
                    best, best_cost = np.int64(j), least[j]
            low = best_cost
            done[best] = 1
            if row_of[best] < 0:
                end = best
            else:
                row = row_of[best]
        u[start] += low
        for j in range(cols):
            if done[j] == 1:
                v[j] -= low - least[j]
                if row_of[j] >= 0:
                    u[row_of[j]] += low - least[j]
        while True:
            row = came[end]
            row_of[end] = row
            end, col_of[row] = col_of[row], end
            if row == start:
                break
    total = 0.0
    for i in range(rows):
        total += gain[i, col_of[i]]
    return total
