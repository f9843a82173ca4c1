"""Exact assignment: the least surviving value, with a proof to a given gap.

In turn, until the gap is reached:

alike     weapons that kill any target alike: greedy is optimal (den Broeder, Ellison and Emerling 1959)
matching  no more rounds than targets: the best assignment with at most one shot a target; its prices bound every other
          assignment too, and where second shots do not pay, which they show, the gap is zero
columns   one column a target out of all sets of shots: the linear relaxation by column generation, its bound from the
          prices of every round, then the best whole choice among the columns met
all       every column that the prices do not rule out for the gap that is left, and the best whole choice among these

The last step is exact: a column whose reduced cost is above the gap is in no better assignment.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import ArrayLike

from egide.assign.columns import Columns
from egide.assign.greedy import bounded
from egide.assign.kernels import MANY_NODES, ROUNDING, ascend, first_price, lagrangian
from egide.assign.match_kernels import match
from egide.assign.problem import Assignment, Counts, Floats, Problem, checked, surviving
from egide.assign.set_kernels import cheapest_set, sets_within

__all__ = ["exact"]

GAP: Final = 1e-4
TIME_S: Final = 60.0
_ROUNDS: Final = 40  # of the subgradient's start, each of _STEPS steps
_STEPS: Final = np.int64(5)
_SMOOTH: Final = 0.8  # share of the best prices so far in those that are tried (Wentges 1997)
_ROOM: Final = 200_000  # columns of the last step, all targets together


@final
@dataclass
class _State:
    """What is known so far."""

    problem: Problem
    gap: float
    ends_s: float
    value: float
    counts: Counts
    bound: float
    price: Floats

    @property
    def done(self) -> bool:
        return self.value - self.bound <= self.gap * self.value

    @property
    def left_s(self) -> float:
        return self.ends_s - time.perf_counter()

    def offer(self, counts: Counts) -> None:
        """Keep an assignment if it is better."""
        value = float(surviving(self.problem.values, self.problem.kill, counts).sum())
        if value < self.value:
            self.value, self.counts = value, counts

    def raise_bound(self, bound: float, price: Floats | None = None) -> bool:
        """Keep a bound if it is better. Prices are kept with the bound that they gave."""
        better = bound - ROUNDING * float(self.problem.values.sum()) > self.bound
        if better:
            self.bound = bound - ROUNDING * float(self.problem.values.sum())
            if price is not None:
                self.price = price.copy()
        return better


def exact(
    values: ArrayLike,
    kill: ArrayLike,
    rounds: ArrayLike = 1,
    gap: float = GAP,
    time_s: float = TIME_S,
    possible: ArrayLike | None = None,
) -> Assignment:
    """The assignment that lets least survive, proven to a relative `gap`; the best one met and its own gap, and
    `reached` false, where `time_s` was not enough."""
    if not (np.isfinite(gap) and gap >= 0.0):
        raise ValueError(f"gap is {gap}: write a share of the surviving value, 0 or more, for example 1e-4")
    if not time_s > 0.0:
        raise ValueError(f"time_s is {time_s}: write seconds, above 0")
    problem = checked(values, kill, rounds, possible)
    begun = time.perf_counter()
    first = bounded(problem, 0)
    state = _State(problem, gap, begun + time_s, first.value, first.counts, first.bound, np.zeros(len(problem.rounds)))
    method = _solve(state)
    note = "" if state.done else f"the gap of {gap:g} was not reached in {time_s:g} s"
    bound = min(state.bound, state.value)
    return Assignment(state.value, bound, state.counts, method, time.perf_counter() - begun, state.done, note)


def _solve(state: _State) -> str:
    if state.problem.shots == 0 or not state.problem.kill.any():
        state.bound = state.value
        return "nothing to decide"
    if _alike(state.problem):
        state.bound = state.value
        return "greedy, weapons alike"
    if state.problem.shots <= len(state.problem.values):
        _match(state)
        if state.done:
            return "matching"
    columns = _start(state)
    if not state.done:
        _generate(state, columns)
    if not state.done:
        chosen = columns.whole(state.left_s, 0.1 * state.gap)
        if chosen.counts is not None:
            state.offer(chosen.counts)
    if state.done:
        return "columns"
    _all(state)
    return "all columns within the gap"


def _alike(problem: Problem) -> bool:
    """Does every weapon that has rounds kill any one target with the same probability?"""
    kill = problem.kill[problem.rounds > 0]
    return bool((kill == kill[0]).all())


def _match(state: _State) -> None:
    problem = state.problem
    price, target_of = np.zeros(len(problem.rounds)), np.empty(problem.shots, np.int64)
    match(problem.values, problem.kill, problem.rounds, price, target_of)
    counts = np.zeros(problem.kill.shape, np.int64)
    np.add.at(counts, (np.repeat(np.arange(len(problem.rounds)), problem.rounds), target_of), 1)
    state.offer(np.where(problem.kill > 0.0, counts, 0))
    _price(state, price)


def _price(state: _State, price: Floats) -> tuple[float, Counts]:
    """The bound from these prices, kept if better, and the cheapest set of every target."""
    problem = state.problem
    weapons, targets = problem.kill.shape
    sets = np.zeros((targets, weapons), np.int64)
    bound = lagrangian(
        problem.values, problem.kill, problem.rounds, price, MANY_NODES, sets,
        np.empty((3, weapons + 1), np.int64), np.empty((5, weapons + 1)),
    )  # fmt: skip
    state.raise_bound(bound, price)
    return bound, sets


def _start(state: _State) -> Columns:
    """Columns of the assignments in hand and of a subgradient's way up; its prices are where generation starts."""
    problem = state.problem
    weapons, targets = problem.kill.shape
    each, columns = np.arange(targets), Columns(problem)
    columns.add(each, np.zeros((targets, weapons), np.int64))
    columns.add(each, np.ascontiguousarray(state.counts.T))
    price = state.price.copy()
    if not price.any():
        first_price(problem.values, problem.kill, problem.rounds, state.counts, price)
    sets = np.zeros((targets, weapons), np.int64)
    for _ in range(_ROUNDS):
        bound = ascend(
            problem.values, problem.kill, problem.rounds, price, state.value, _STEPS, state.gap, MANY_NODES, sets
        )
        state.raise_bound(bound, price)
        columns.add(each, sets.copy())
        if state.done or state.left_s <= 0.0:
            break
    return columns


def _generate(state: _State, columns: Columns) -> None:
    """Column generation with smoothed prices, until the relaxation is solved, the gap reached or time up."""
    each = np.arange(len(state.problem.values))
    if not state.price.any():
        state.price = np.zeros(len(state.problem.rounds))
    while not state.done and state.left_s > 0.0:
        relaxed = columns.relax(state.left_s)
        if relaxed is None or relaxed.value - state.bound <= 1e-9 * relaxed.value:
            return
        new = 0
        for price in (_SMOOTH * state.price + (1.0 - _SMOOTH) * relaxed.price, relaxed.price):
            _, sets = _price(state, price)
            reduced = columns.costs(each, sets) + sets @ relaxed.price - relaxed.worth
            wanted = reduced < -1e-9 * state.problem.values
            new = columns.add(each[wanted], sets[wanted])
            if new:
                break
        if new == 0:
            return


def _all(state: _State) -> None:
    """Every column that may be in a better assignment, and the best choice among them."""
    problem, left = state.problem, state.value - state.bound
    weapons, targets = problem.kill.shape
    ints, floats, chosen = np.empty((3, weapons + 1), np.int64), np.empty((5, weapons + 1)), np.empty(weapons, np.int64)
    columns, room = Columns(problem), _ROOM
    slack = left + 1e-9 * state.value
    for j in range(targets):
        least = cheapest_set(
            problem.values[j], problem.kill, np.int64(j), problem.rounds, state.price, MANY_NODES, chosen, ints, floats
        )
        found = np.empty((min(room, 20_000), weapons), np.int64)
        n = sets_within(
            problem.values[j], problem.kill, np.int64(j), problem.rounds, state.price, least + slack, slack, found,
            ints, floats,
        )  # fmt: skip
        if n < 0 or state.left_s <= 0.0:
            return
        columns.add(np.full(n, j), found[:n].copy())
        room -= n
    best = columns.whole(state.left_s, 0.5 * state.gap)
    if best.counts is not None:
        state.offer(best.counts)
    state.raise_bound(min(best.bound, state.value))
