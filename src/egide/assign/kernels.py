"""Compiled weapon-target assignment for a loop: greedy, and a bound from prices that is proven with every answer.

values   (targets,) what each target is worth
kill     (weapons, targets) single-shot kill probability; 0 where a weapon cannot shoot at a target
rounds   (weapons,) int64, shots that each weapon has
counts   (weapons, targets) int64, shots of a weapon at a target
price    (weapons,) what a shot of each weapon is asked to cost: the multipliers of the rounds
set      the shots at one target; its cost is the value that survives them plus their prices

For any price not below zero, the sum over targets of the cost of the cheapest set, less price times rounds, is not
above the surviving value of any assignment that keeps to the rounds (weak duality; Lagrange multipliers on the rounds).
That is the bound of this module; the better the price, the nearer the bound.

Sources: Fisher, Management Science 27 (1981) 1-18 (Lagrangian bounds, Polyak's step); Fisher, Nemhauser and Wolsey,
Mathematical Programming Study 8 (1978) 73-87 (greedy takes at least half). Ties: the first weapon, the first target.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.assign.match_kernels import match
from egide.assign.set_kernels import cheapest_set
from egide.jit import njit, njit_allocating

Array = np.ndarray[Any, Any]

FEW_NODES: Final[Any] = np.int64(150)  # of one search for the cheapest set inside a loop; past it, its bound
NEAR: Final = 1e-3  # share of the bound given away inside a loop, so that the search may stop near the cheapest set
MANY_NODES: Final[Any] = np.int64(200_000)  # the same where there is time
ROUNDING: Final = 1e-11  # of the sum of values: taken off every bound, more than all rounding on the way to it


@njit_allocating
def greedy_bounded(values: Array, kill: Array, rounds: Array, steps: int, counts: Array) -> tuple[float, float]:
    """Greedy assignment into `counts` (weapons, targets) int64, and (surviving value, what no assignment goes below).

    The bound is the greatest of: the one from prices, found by matching where there are no more rounds than targets and
    raised by at most `steps` subgradient steps; the sum of values less twice what greedy destroys (Fisher, Nemhauser
    and Wolsey 1978); and what survives if every weapon fires all it has at every target."""
    weapons, targets = kill.shape
    total, shots = values.sum(), rounds.sum()
    value = greedy_counts(values, kill, rounds, counts, np.empty(weapons, np.int64), np.empty(weapons, np.int64))
    bound = max(total - 2.0 * (total - value), 0.0)
    least = 0.0
    for j in range(targets):
        alive = values[j]
        for i in range(weapons):
            alive *= (1.0 - kill[i, j]) ** rounds[i]
        least += alive
    bound = max(bound, least)
    if shots == 0 or steps == 0:
        return value, min(value, bound)
    price, upper, near = np.empty(weapons), value, 0.0
    if shots <= targets:
        upper = min(value, total - match(values, kill, rounds, price, np.empty(shots, np.int64)))
    else:
        first_price(values, kill, rounds, counts, price)
        near = NEAR * upper / targets
    sets = np.empty((targets, weapons), np.int64)
    priced = ascend(values, kill, rounds, price, upper, steps, 1e-9, FEW_NODES, near, sets)
    return value, min(value, max(bound, priced - ROUNDING * total))


@njit_allocating
def greedy_counts(values: Array, kill: Array, rounds: Array, counts: Array, left: Array, best: Array) -> float:
    """Maximum marginal return: shot after shot where the surviving value falls most. Fills counts and `left` (rounds);
    returns the surviving value. Scratch: best (weapons,) int64."""
    weapons, targets = kill.shape
    alive = values.copy()
    left[:] = rounds
    counts[:, :] = 0
    for i in range(weapons):
        best[i] = best_target(alive, kill[i])
    while True:
        shooter, gain = np.int64(-1), 0.0
        for i in range(weapons):
            if left[i] > 0:
                worth = alive[best[i]] * kill[i, best[i]]
                if worth > gain:
                    shooter, gain = np.int64(i), worth
        if shooter < 0:
            break
        hit = best[shooter]
        alive[hit] *= 1.0 - kill[shooter, hit]
        counts[shooter, hit] += 1
        left[shooter] -= 1
        for i in range(weapons):  # only what this target offers has fallen
            if left[i] > 0 and best[i] == hit:
                best[i] = best_target(alive, kill[i])
    total = 0.0
    for j in range(targets):
        total += alive[j]
    return total


@njit
def best_target(alive: Array, kill_row: Array) -> int:
    """Where one shot of a weapon takes most."""
    best, worth = 0, -1.0
    for j in range(alive.shape[0]):
        if alive[j] * kill_row[j] > worth:
            best, worth = j, alive[j] * kill_row[j]
    return best


@njit
def lagrangian(
    values: Array,
    kill: Array,
    rounds: Array,
    price: Array,
    nodes_max: int,
    near: float,
    sets: Array,
    ints: Array,
    floats: Array,
) -> float:
    """The bound from one price a weapon. Fills sets (targets, weapons) int64 with the cheapest sets."""
    total = 0.0
    for j in range(values.shape[0]):
        total += cheapest_set(values[j], kill, j, rounds, price, nodes_max, near, sets[j], ints, floats)
    for i in range(price.shape[0]):
        total -= price[i] * rounds[i]
    return total


@njit_allocating
def first_price(values: Array, kill: Array, rounds: Array, counts: Array, price: Array) -> None:
    """Prices to start from: what one more shot of a weapon would take, a little on the way (the power was tried out)
    to what its worst shot takes."""
    weapons, targets = kill.shape
    alive = values.copy()
    for j in range(targets):
        for i in range(weapons):
            alive[j] *= (1.0 - kill[i, j]) ** counts[i, j]
    for i in range(weapons):
        most, worst = 0.0, math.inf
        for j in range(targets):
            most = max(most, alive[j] * kill[i, j])
            if counts[i, j] > 0 and kill[i, j] < 1.0:
                worst = min(worst, alive[j] * kill[i, j] / (1.0 - kill[i, j]))
        price[i] = most * (worst / most) ** 0.125 if worst < math.inf and most > 0.0 else most


@njit_allocating
def ascend(
    values: Array, kill: Array, rounds: Array, price: Array, upper: float, steps: int, gap: float, nodes_max: int,
    near: float, sets: Array,
) -> float:  # fmt: skip
    """Raise the bound by at most `steps` subgradient steps of Polyak's length towards `upper`, the value of an
    assignment in hand, halved where it helps no more. Leaves the best prices in `price`, the last sets in `sets`;
    returns the best bound. Stops at a relative `gap`."""
    weapons = price.shape[0]
    ints, floats = np.empty((3, weapons + 1), np.int64), np.empty((5, weapons + 1))
    at, slope = price.copy(), np.empty(weapons)
    best, scale, since = -math.inf, 1.0, 0
    for _ in range(steps):
        low = lagrangian(values, kill, rounds, at, nodes_max, near, sets, ints, floats)
        since = 0 if low > best + 1e-3 * (upper - best) else since + 1
        if low > best:
            best = low
            price[:] = at
        if upper - best <= gap * upper:
            break
        if since >= 4:
            scale, since = 0.5 * scale, 0
            at[:] = price
            continue
        square = 0.0
        for i in range(weapons):
            used = 0.0 - rounds[i]
            for j in range(values.shape[0]):
                used += sets[j, i]
            slope[i] = 0.0 if used < 0.0 and at[i] <= 0.0 else used
            square += slope[i] * slope[i]
        if square == 0.0:
            break  # these sets keep to the rounds: no price does better
        for i in range(weapons):
            at[i] = max(0.0, at[i] + scale * (upper - low) / square * slope[i])
    return best
