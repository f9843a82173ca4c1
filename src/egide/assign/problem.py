"""What is asked and what is answered: targets with values, weapons with rounds, and who shoots how often at whom.

values     what each target is worth, above 0
kill       kill[i][j], the probability that one shot of weapon i kills target j, above 0 and at most 1
rounds     shots that each weapon has: a whole number, or one for all
possible   possible[i][j], may weapon i shoot at target j at all? Left out: everyone at everyone
value      the value that is expected to survive: the sum over targets of value * prod(1 - kill) ** shots
bound      no assignment that keeps to the rounds lets less survive
gap        (value - bound) / value
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Assignment", "Problem", "checked", "surviving"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SHOTS_MAX: Final = 1_000_000  # rounds of one weapon: more is a slip of the pen


@final
@dataclass(frozen=True)
class Problem:
    """Checked arrays as the kernels want them: kill is 0 where a weapon may not shoot."""

    values: Floats
    kill: Floats
    rounds: Counts

    @property
    def shots(self) -> int:
        """Rounds that some target can be shot at with."""
        return int(self.rounds.sum())


@final
@dataclass(frozen=True, eq=False)
class Assignment:
    """Who shoots how often at whom (weapons, targets), what survives, and what is proven about it."""

    value: float
    bound: float
    counts: NDArray[Any]
    method: str
    seconds: float
    reached: bool = True
    note: str = ""

    @property
    def gap(self) -> float:
        """How far the value may be above the least possible, as a share of it; 0 where nothing survives."""
        return max(0.0, (self.value - self.bound) / self.value) if self.value > 0.0 else 0.0

    @property
    def fired(self) -> int | float:
        """Shots in all."""
        total: int | float = self.counts.sum().item()
        return total

    def __str__(self) -> str:
        head = f"{self.value:.6f} survives, no less than {self.bound:.6f} is possible: gap {self.gap:.2e}"
        return f"{head}, {self.method}, {self.seconds:.3f} s" + (f"; {self.note}" if self.note else "")


def surviving(values: ArrayLike, kill: ArrayLike, counts: ArrayLike) -> Floats:
    """Expected value that survives at each target, for counts of shots (weapons, targets), whole or not."""
    each = np.power(1.0 - np.asarray(kill, float), np.asarray(counts, float))
    alive: Floats = np.asarray(values, float) * each.prod(axis=0)
    return alive


def checked(values: ArrayLike, kill: ArrayLike, rounds: ArrayLike, possible: ArrayLike | None = None) -> Problem:
    """Arrays for the kernels, or a ValueError that says which number is wrong and what to write instead."""
    worth = _numbers("values", values, 1)
    chance = _numbers("kill", kill, 2)
    if chance.size == 0:
        chance = np.zeros((chance.shape[0], len(worth)))
    if chance.shape[1] != len(worth):
        raise ValueError(
            f"kill has {chance.shape[1]} columns and values {len(worth)} targets: one row a weapon, one column a target"
        )
    for j in np.flatnonzero(~(np.isfinite(worth) & (worth > 0.0)))[:1]:
        raise ValueError(f"values[{j}] is {worth[j]}: write what target {j} is worth, a finite number above 0")
    allowed = np.ones(chance.shape, bool) if possible is None else np.asarray(possible)
    if allowed.shape != chance.shape or allowed.dtype != np.bool_:
        raise ValueError(f"possible has to be true or false for every weapon and target, in the shape {chance.shape}")
    for i, j in np.argwhere(allowed & ~((chance > 0.0) & (chance <= 1.0)))[:1]:
        raise ValueError(
            f"kill[{i}, {j}] is {chance[i, j]}: write a probability above 0 and at most 1; "
            f"where weapon {i} cannot shoot at target {j}, say so by possible[{i}, {j}] = False"
        )
    return Problem(worth, np.ascontiguousarray(np.where(allowed, chance, 0.0)), _rounds(rounds, len(chance)))


def _numbers(name: str, given: ArrayLike, dimensions: int) -> Floats:
    try:
        numbers = np.array(given, dtype=np.float64, order="C")
    except (TypeError, ValueError):
        raise ValueError(f"{name} is not a table of numbers with {dimensions} dimension(s)") from None
    if numbers.ndim != dimensions:
        raise ValueError(f"{name} has {numbers.ndim} dimension(s), expected {dimensions}")
    return numbers


def _rounds(given: ArrayLike, weapons: int) -> Counts:
    numbers = np.asarray(given)
    if numbers.ndim == 0:
        numbers = np.repeat(numbers, weapons)
    if numbers.shape != (weapons,):
        raise ValueError(f"rounds has the shape {numbers.shape}, expected one number, or {weapons}: one a weapon")
    for i, each in enumerate(numbers.tolist()):
        is_number = isinstance(each, (int, float)) and not isinstance(each, bool) and math.isfinite(each)
        if not is_number or each != int(each) or not 0 <= each <= SHOTS_MAX:
            raise ValueError(f"rounds[{i}] is {each}: write a whole number of shots, 0 or more, at most {SHOTS_MAX}")
    return numbers.astype(np.int64)
