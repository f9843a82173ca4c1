"""Exact assignment: the least surviving value, with a proof to a given gap.

In turn, until the gap is reached:

alike     weapons that kill any target alike: greedy is optimal (den Broeder, Ellison and Emerling 1959)
matching  no more rounds than targets: the best assignment with at most one shot a target; its prices bound every other
          assignment too, and where second shots do not pay, which they show, the gap is zero
columns   one column a target out of all sets of shots: the linear relaxation by column generation, its bound from the
          prices of every round, then the best whole choice among the columns met
all       every column whose reduced cost is within a slack, and the best whole choice among these; wider, until proven

The last step is exact: an assignment with a column outside lies above the bound of the prices by more than the slack.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
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
_STEPS: Final = 5
_SMOOTH: Final = 0.8  # share of the best prices so far in those that are tried (Wentges 1997)
_WIDER: Final = 4.0  # from one slack to the next
_ROOM: Final = 100_000  # columns of the last step, all targets together
_ROOM_EACH: Final = 20_000
_TIME: Final = "time was up"


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
    early: str = _TIME  # why the gap was not reached, if it was not

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
    _compile()
    begun = time.perf_counter()
    first = bounded(problem, 0)
    state = _State(problem, gap, begun + time_s, first.value, first.counts, first.bound, np.zeros(len(problem.rounds)))
    method = _solve(state)
    note = "" if state.done else f"the gap of {gap:g} was not reached within {time_s:g} s: {state.early}"
    bound = min(state.bound, state.value)
    return Assignment(state.value, bound, state.counts, method, time.perf_counter() - begun, state.done, note)


@cache
def _compile() -> None:
    """Once a process, on two weapons and a target, so that compiling does not eat the time of the first question."""
    problem = checked([1.0], [[0.5], [0.4]], [1, 2])
    counts = np.zeros((2, 1), np.int64)
    state = _State(problem, 0.0, np.inf, 1.0, counts, 0.0, np.zeros(2))
    match(problem.values, problem.kill[:1], problem.rounds[:1], np.zeros(1), np.zeros(1, np.int64))
    bounded(problem, 1)
    _start(state)
    _within(state, state.price, 0.1)


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
    if state.done or state.left_s <= 0.0:
        return "columns"
    state.early = _widen(state)
    return "all columns within a slack"


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
        problem.values, problem.kill, problem.rounds, price, MANY_NODES, 0.0, sets,
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
            problem.values, problem.kill, problem.rounds, price, state.value, _STEPS, state.gap, MANY_NODES, 0.0, sets
        )
        state.raise_bound(bound, price)
        columns.add(each, sets.copy())
        if state.done or state.left_s <= 0.0:
            break
    return columns


def _generate(state: _State, columns: Columns) -> None:
    """Column generation with smoothed prices, until the relaxation is solved, the gap reached or time up."""
    each = np.arange(len(state.problem.values))
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


def _widen(state: _State) -> str:
    """Every column whose reduced cost is within a slack, and the best choice among them, for wider and wider slacks.
    An assignment with any other column is above the bound of the prices by more than the slack. Why it ended early, or
    nothing."""
    prices_bound, price, tried = state.bound, state.price, False
    slack = max(state.gap, 1e-5) * state.value
    while not state.done:
        slack = min(slack, state.value - prices_bound) + 1e-9 * state.value
        columns = _within(state, price, slack)
        if state.left_s <= 0.0:
            return _TIME
        if columns is None:
            if tried or slack < 1e-7 * state.value:
                return "too many sets of shots are nearly as good as the best"
            slack /= 8.0
            continue
        best, tried = columns.whole(state.left_s, 0.5 * state.gap), True
        if best.counts is not None:
            state.offer(best.counts)
        state.raise_bound(min(best.bound, prices_bound + slack))
        if slack >= state.value - prices_bound and not state.done:
            return _TIME if state.left_s <= 0.0 else "the solver's own tolerances are wider"
        slack *= _WIDER
    return ""


def _within(state: _State, price: Floats, slack: float) -> Columns | None:
    """The columns whose reduced cost at these prices is within a slack, and those in hand. None: no room."""
    problem = state.problem
    weapons, targets = problem.kill.shape
    ints, floats, chosen = np.empty((3, weapons + 1), np.int64), np.empty((5, weapons + 1)), np.empty(weapons, np.int64)
    columns, room = Columns(problem), _ROOM
    columns.add(np.arange(targets), np.zeros((targets, weapons), np.int64))
    columns.add(np.arange(targets), np.ascontiguousarray(state.counts.T))
    found = np.empty((_ROOM_EACH, weapons), np.int64)
    for j in range(targets):
        value = problem.values[j]
        least = cheapest_set(value, problem.kill, j, problem.rounds, price, MANY_NODES, 0.0, chosen, ints, floats)
        n = sets_within(
            value, problem.kill, j, problem.rounds, price, least + slack, slack, found, MANY_NODES, ints, floats
        )
        room -= n
        if n < 0 or room < 0 or state.left_s <= 0.0:
            return None
        columns.add(np.full(n, j), found[:n].copy())
    return columns
