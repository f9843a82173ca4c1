"""Optimal assignment of rows to columns where few pairs are possible.

edges      the possible pairs, row by row: those of row i are edge_col[first[i]:first[i + 1]] at edge_cost
miss       what it costs to leave a row without a column; a column may stay empty for nothing
potential  what a row (u) and a column (v) are worth: cost - u - v is never negative, and 0 on a chosen pair

Shortest augmenting paths with potentials, row by row (Jonker and Volgenant 1987; Crouse 2016, IEEE Transactions on
Aerospace and Electronic Systems 52, 1679-1696). A search never leaves the cluster of rows and columns that its row
hangs together with, so that apart clusters cost what each costs alone, and memory goes with the number of pairs.
Ties: the column found first in the order of the edges; a column rather than none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit

Array = np.ndarray[Any, Any]


@njit
def assign(
    rows: int, first: Array, edge_col: Array, edge_cost: Array, miss: float, col_of: Array, row_of: Array,
    u: Array, v: Array, cheapest: Array, came_from: Array, reached: Array, done: Array,
) -> float:  # fmt: skip
    """Fill col_of (-1: none) with the choice of least total cost, and return that cost. Scratch by column: row_of, v,
    cheapest, came_from, reached, done; by row: u. Any finite costs; pairs dearer than `miss` are never chosen."""
    row_of[:] = -1
    v[:] = 0.0
    cheapest[:] = math.inf
    done[:] = 0
    for i in range(rows):
        col_of[i] = -1
        u[i] = 0.0
    for i in range(rows):
        if first[i] == first[i + 1]:
            u[i] = miss
            continue
        augment(i, first, edge_col, edge_cost, miss, col_of, row_of, u, v, cheapest, came_from, reached, done)
    total = 0.0
    for i in range(rows):
        cost = miss
        for e in range(first[i], first[i + 1]):
            if edge_col[e] == col_of[i]:
                cost = edge_cost[e]
        total += cost
    return total


@njit
def augment(
    start: int, first: Array, edge_col: Array, edge_cost: Array, miss: float, col_of: Array, row_of: Array,
    u: Array, v: Array, cheapest: Array, came_from: Array, reached: Array, done: Array,
) -> None:  # fmt: skip
    """Give one more row its place by the cheapest chain of changes, which may end with some row without a column."""
    n = 0  # columns reached
    low, row, out, out_cost = 0.0, start, -1, math.inf
    while True:
        if low + miss - u[row] < out_cost:
            out, out_cost = row, low + miss - u[row]
        for e in range(first[row], first[row + 1]):
            col = edge_col[e]
            if done[col] == 1:
                continue
            cost = low + edge_cost[e] - u[row] - v[col]
            if cost < cheapest[col]:
                if cheapest[col] == math.inf:
                    reached[n] = col
                    n += 1
                cheapest[col], came_from[col] = cost, row
        best, best_cost = -1, math.inf
        for k in range(n):
            col = reached[k]
            better = cheapest[col] < best_cost or (cheapest[col] == best_cost and row_of[col] < 0 <= row_of[best])
            if done[col] == 0 and better:
                best, best_cost = col, cheapest[col]
        if best < 0 or out_cost < best_cost:
            end, low = -1, out_cost
            break
        low = best_cost
        done[best] = 1
        if row_of[best] < 0:
            end = best
            break
        row = row_of[best]
    u[start] += low
    for k in range(n):
        col = reached[k]
        if done[col] == 1:
            v[col] -= low - cheapest[col]
            if row_of[col] >= 0:
                u[row_of[col]] += low - cheapest[col]
        done[col], cheapest[col] = 0, math.inf
    if end < 0:  # the row that goes without lets its column go to the one that reached it
        col, col_of[out] = col_of[out], -1
        if out == start:
            return
    else:
        col = end
    while True:
        row = came_from[col]
        row_of[col] = row
        col, col_of[row] = col_of[row], col
        if row == start:
            return
