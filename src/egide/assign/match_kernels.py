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

from egide.jit import njit_allocating

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
    row_of, came = np.full(cols, -1, np.int64), np.empty(cols, np.int64)
    least, done = np.empty(cols), np.empty(cols, np.bool_)
    col_of[:] = -1
    for start in range(rows):
        least[:] = math.inf
        done[:] = False
        low, row, end = 0.0, np.int64(start), np.int64(-1)
        while end < 0:
            best, best_cost = np.int64(-1), math.inf
            for j in range(cols):
                if done[j]:
                    continue
                cost = low - gain[row, j] - u[row] - v[j]
                if cost < least[j]:
                    least[j], came[j] = cost, row
                if least[j] < best_cost:
                    best, best_cost = np.int64(j), least[j]
            low = best_cost
            done[best] = True
            if row_of[best] < 0:
                end = best
            else:
                row = row_of[best]
        u[start] += low
        for j in range(cols):
            if done[j]:
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
