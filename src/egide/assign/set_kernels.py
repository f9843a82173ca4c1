"""Compiled search for the shots at one target that cost least, or little, at given prices.

set      the shots at one target; its cost is the value that survives them plus the price of every shot
kill     (weapons, targets) single-shot kill probability; 0 where a weapon cannot shoot at a target
price    (weapons,) what a shot of each weapon costs, not below zero
item     a weapon that may be in such a set, with its rate: price per logarithm of miss

With parts of shots allowed, value * exp(-y) + the price of the cheapest way to reach y is convex in y, and the cheapest
way takes the items in order of rate (as in a knapsack): that closed form is the bound of the depth-first search.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.jit import njit

Array = np.ndarray[Any, Any]

_FRESH: Final[Any] = np.int64(-1)
_FIRST: Final[Any] = np.int64(0)
_LOG_MISS_MAX: Final = 60.0  # stands for a certain kill: e^-60 is far below the rounding of a double


@njit
def load_items(
    value: float, kill: Array, target: int, rounds: Array, price: Array, slack: float,
    item: Array, miss: Array, rate: Array, log_miss: Array, limit: Array,
) -> int:  # fmt: skip
    """The weapons that may be part of a set not dearer than the cheapest by more than `slack`, in order of price per
    logarithm of miss, with the most shots that each may have in it; returns how many. A shot that does not pay its
    price less the slack as the first one never does: what it takes falls with every other shot."""
    n: Any = np.int64(0)
    for i in range(kill.shape[0]):
        p = kill[i, target]
        worth = value * p
        if rounds[i] == 0 or p <= 0.0 or worth <= price[i] - slack:
            continue
        away = min(-math.log1p(-p), _LOG_MISS_MAX) if p < 1.0 else _LOG_MISS_MAX
        k = n
        while k > 0 and rate[k - 1] > price[i] / away:
            item[k], miss[k], rate[k] = item[k - 1], miss[k - 1], rate[k - 1]
            log_miss[k], limit[k] = log_miss[k - 1], limit[k - 1]
            k -= 1
        item[k], miss[k], rate[k], log_miss[k], limit[k] = i, 1.0 - p, price[i] / away, away, 1
        worth *= 1.0 - p
        while limit[k] < rounds[i] and worth > price[i] - slack:
            limit[k] += 1
            worth *= 1.0 - p
        n += 1
    return int(n)


@njit
def cheapest_set(
    value: float, kill: Array, target: int, rounds: Array, price: Array, nodes_max: int, near: float,
    chosen: Array, ints: Array, floats: Array,
) -> float:  # fmt: skip
    """The least of value * prod(miss) + price over all sets of shots at one target; `chosen` (weapons,) has the shots.

    Depth first over the weapons of `load_items`; a branch is left when its continuous relaxation is not below the best
    so far less `near`, which the answer is less by. Past `nodes_max` nodes the answer is the relaxation of the whole:
    still a bound, no longer the least, and `chosen` is the best set found. Scratch: ints (3, weapons + 1) int64,
    floats (5, weapons + 1)."""
    item, limit, taken = ints[0], ints[1], ints[2]
    miss, rate, log_miss, alive, paid = floats[0], floats[1], floats[2], floats[3], floats[4]
    chosen[:] = 0
    n = load_items(value, kill, target, rounds, price, 0.0, item, miss, rate, log_miss, limit)
    if n == 0:
        return value
    best, nodes = value, 0
    d: Any = np.int64(0)
    alive[0], paid[0], taken[0] = value, 0.0, _FRESH
    while d >= 0:
        if taken[d] == _FRESH:
            nodes += 1
            if nodes > nodes_max:
                return min(best - near, part_shots(_FIRST, n, value, rate, log_miss, limit))
            if alive[d] + paid[d] < best:
                best = alive[d] + paid[d]
                chosen[:] = 0
                for k in range(d):
                    chosen[item[k]] = taken[k]
            if d == n or paid[d] + part_shots(d, n, alive[d], rate, log_miss, limit) >= best - near:
                d -= 1
                continue
            taken[d] = limit[d]
        elif taken[d] == 0:
            d -= 1
            continue
        else:
            taken[d] -= 1
        alive[d + 1] = alive[d] * miss[d] ** taken[d]
        paid[d + 1] = paid[d] + taken[d] * price[item[d]]
        taken[d + 1] = _FRESH
        d += 1
    return best - near


@njit
def sets_within(
    value: float, kill: Array, target: int, rounds: Array, price: Array, dearest: float, slack: float, found: Array,
    nodes_max: int, ints: Array, floats: Array,
) -> int:  # fmt: skip
    """Every set of shots at one target that costs no more than `dearest`, as rows of `found` (room, weapons); returns
    how many, or -1 where there is no room or too many nodes. `slack` is `dearest` less the cost of the cheapest.
    Scratch as above."""
    item, limit, taken = ints[0], ints[1], ints[2]
    miss, rate, log_miss, alive, paid = floats[0], floats[1], floats[2], floats[3], floats[4]
    n = load_items(value, kill, target, rounds, price, slack, item, miss, rate, log_miss, limit)
    rows, nodes = 0, 0
    d: Any = np.int64(0)
    alive[0], paid[0], taken[0] = value, 0.0, _FRESH
    while d >= 0:
        if taken[d] == _FRESH:
            nodes += 1
            if nodes > nodes_max:
                return -1
            is_new = d == 0 or taken[d - 1] > 0  # with nothing taken last it is the set of the node above
            if is_new and alive[d] + paid[d] <= dearest:
                if rows == found.shape[0]:
                    return -1
                found[rows, :] = 0
                for k in range(d):
                    found[rows, item[k]] = taken[k]
                rows += 1
            if d == n or paid[d] + part_shots(d, n, alive[d], rate, log_miss, limit) > dearest:
                d -= 1
                continue
            taken[d] = limit[d]
        elif taken[d] == 0:
            d -= 1
            continue
        else:
            taken[d] -= 1
        alive[d + 1] = alive[d] * miss[d] ** taken[d]
        paid[d + 1] = paid[d] + taken[d] * price[item[d]]
        taken[d + 1] = _FRESH
        d += 1
    return rows


@njit
def part_shots(first: int, n: int, alive: float, rate: Array, log_miss: Array, limit: Array) -> float:
    """The least cost of shots from weapon `first` on when parts of a shot may be fired: take weapons in order of rate
    until what survives costs no more than the next one asks (convex, so that order is the optimum)."""
    log_left, paid = math.log(alive) if alive > 0.0 else -1e3, 0.0
    for k in range(first, n):
        full = log_miss[k] * limit[k]
        stop = math.log(rate[k]) if rate[k] > 0.0 else -1e3
        if log_left <= stop:
            break
        if log_left - full < stop:
            paid += rate[k] * (log_left - stop)
            log_left = stop
            break
        log_left -= full
        paid += rate[k] * full
    return math.exp(log_left) + paid
