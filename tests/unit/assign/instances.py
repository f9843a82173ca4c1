"""Published instances of weapon-target assignment, and every assignment of a small one."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parents[2] / "data" / "wta"
Array = np.ndarray[Any, Any]


def published(name: str) -> tuple[Array, Array]:
    """Values and kill probabilities of a file of Andersen, Pavlikov and Toffolo."""
    words = (DATA / f"{name}.txt").read_text().split()
    weapons, targets = int(words[0]), int(words[1])
    values = np.array(words[3 : 3 + targets], float)
    pairs = np.array(words[3 + targets :], float).reshape(-1, 3)
    kill = np.zeros((weapons, targets))
    kill[pairs[:, 0].astype(int), pairs[:, 1].astype(int)] = pairs[:, 2]
    return values, kill


def bracken_mccormick() -> tuple[Array, Array, Array, Array, Array]:
    """Values, kill probabilities, rounds, which pairs are possible, fewest shots."""
    with (DATA / "bracken_mccormick.csv").open(newline="") as file:
        *lines, last = list(csv.reader(file))[1:]
    cells = [[line[3 + k] for line in lines] for k in range(5)]
    kill = np.array([[float(cell or 0.0) for cell in row] for row in cells])
    return (
        np.array([float(line[1]) for line in lines]), kill, np.array([int(n) for n in last[3:]]), kill > 0.0,
        np.array([float(line[2]) for line in lines]),
    )  # fmt: skip


def every_assignment(weapons: int, targets: int, rounds: list[int]) -> Iterator[Array]:
    """All counts that keep to the rounds (all rounds are fired: one more shot never hurts)."""
    ways = [
        [c for c in itertools.product(range(n + 1), repeat=targets) if sum(c) == n] for n in rounds[:weapons]
    ]  # fmt: skip
    for chosen in itertools.product(*ways):
        yield np.array(chosen).reshape(weapons, targets)


def least_surviving(values: Array, kill: Array, rounds: list[int]) -> float:
    """By trying everything, with no code shared."""
    best = float("inf")
    for counts in every_assignment(len(rounds), len(values), rounds):
        total = 0.0
        for j, worth in enumerate(values):
            for i in range(len(rounds)):
                worth = worth * (1.0 - kill[i, j]) ** int(counts[i, j])
            total += worth
        best = min(best, total)
    return best
