"""At which points what is not known is tried: rows of quantiles, one column a factor.

point       one row; its number is its place, and point 0 is always the scenario as written (NaN in every column)
role        why a point is there: nominal, sample, listed, low, high, a, b, ab, morris
of          the factor or block that was moved (low, high, ab, morris), else ''
row         base row of a, b and ab; trajectory of morris; else 0
design      which of several designs a point is of, as the study lists them; the nominal point is of none (-1)
grown       a Sobol sequence, a Saltelli design and listed points keep their first points when more are asked for;
            a Latin hypercube is another one for each size, and a grid for each number of levels

Every design is a pure function of the study's seed. Sources: McKay, Beckman and Conover 1979 (Latin hypercube), Sobol
1967 with Owen's scrambling (scipy.stats.qmc), Morris 1991, Saltelli et al. 2010.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LEVELS_MORRIS", "Points", "full_grid", "joined", "latin_hypercube", "listed", "morris", "nominal", "one_at_a_time",
    "saltelli", "sobol",
]  # fmt: skip

Floats: TypeAlias = NDArray[np.float64]
LEVELS_MORRIS: Final = 4


@final
@dataclass(frozen=True, eq=False)
class Points:
    """Points of one design or of several: `u` is (points, factors)."""

    role: tuple[str, ...]
    of: tuple[str, ...]
    row: tuple[int, ...]
    u: Floats
    design: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.role)


def nominal(count: int) -> Points:
    """The scenario as written: nothing moved."""
    return Points(("nominal",), ("",), (0,), np.full((1, count), np.nan))


def joined(parts: Sequence[Points]) -> Points:
    """One table of all: the nominal point, then each design's."""
    return Points(
        tuple(role for part in parts for role in part.role),
        tuple(of for part in parts for of in part.of),
        tuple(row for part in parts for row in part.row),
        np.concatenate([part.u for part in parts]),
        tuple(number - 1 for number, part in enumerate(parts) for _ in range(len(part))),
    )


def _wide(u: Floats, columns: Sequence[int], count: int) -> Floats:
    """Rows of some factors among all: the others are nominal."""
    wide = np.full((len(u), count), np.nan)
    wide[:, list(columns)] = u
    return wide


def _sample(u: Floats, columns: Sequence[int], count: int) -> Points:
    n = len(u)
    return Points(("sample",) * n, ("",) * n, (0,) * n, _wide(u, columns, count))


def full_grid(columns: Sequence[int], count: int, levels: int) -> Points:
    """Every combination of `levels` evenly spaced shares from 0 to 1, the last factor fastest."""
    axes = np.meshgrid(*[np.linspace(0.0, 1.0, levels)] * len(columns), indexing="ij")
    return _sample(np.stack([axis.ravel() for axis in axes], axis=1), columns, count)


def latin_hypercube(columns: Sequence[int], count: int, points: int, seed: int) -> Points:
    """One point in each of `points` equal slices of every factor."""
    from scipy.stats import qmc

    return _sample(qmc.LatinHypercube(len(columns), rng=np.random.default_rng(seed)).random(points), columns, count)


def _sobol(dimensions: int, points: int, seed: int) -> Floats:
    """The first points of a scrambled sequence: those of a shorter one are its beginning."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    found: Floats = sequence.random_base2(max(points - 1, 0).bit_length())[:points]
    return np.clip(found, 2.0**-33, 1.0 - 2.0**-33)


def sobol(columns: Sequence[int], count: int, points: int, seed: int) -> Points:
    """A scrambled Sobol sequence; best where `points` is a power of two."""
    return _sample(_sobol(len(columns), points, seed), columns, count)


def one_at_a_time(columns: Sequence[int], names: Sequence[str], low: float = 0.0, high: float = 1.0) -> Points:
    """Two points a factor, all others nominal."""
    role, of = [], []
    u = np.full((2 * len(columns), len(names)), np.nan)
    for i, column in enumerate(columns):
        role += ["low", "high"]
        of += [names[column]] * 2
        u[2 * i : 2 * i + 2, column] = low, high
    return Points(tuple(role), tuple(of), (0,) * len(role), u)


def listed(rows: Sequence[Mapping[int, float]], count: int) -> Points:
    """Points given one by one: column -> share; what is not given is nominal."""
    u = np.full((len(rows), count), np.nan)
    for i, row in enumerate(rows):
        for column, share in row.items():
            u[i, column] = share
    return Points(("listed",) * len(rows), ("",) * len(rows), (0,) * len(rows), u)


def morris(
    columns: Sequence[int], names: Sequence[str], trajectories: int, levels: int = LEVELS_MORRIS, seed: int = 1
) -> Points:
    """Walks on a grid of `levels` shares, one factor a step, each step levels / (2 (levels - 1)) long."""
    grid = np.linspace(0.0, 1.0, levels)
    jump = levels // 2
    role: list[str] = []
    of: list[str] = []
    row: list[int] = []
    walked: list[Floats] = []
    for trajectory in range(trajectories):
        rng = np.random.default_rng([seed, trajectory])
        at = rng.integers(0, levels, len(columns))
        walked.append(grid[at])
        role, of, row = [*role, "morris"], [*of, ""], [*row, trajectory]
        for i in rng.permutation(len(columns)):
            up = at[i] + jump < levels
            at[i] += jump if up and (at[i] - jump < 0 or rng.random() < 0.5) else -jump
            walked.append(grid[at])
            role, of, row = [*role, "morris"], [*of, names[columns[i]]], [*row, trajectory]
    return Points(tuple(role), tuple(of), tuple(row), _wide(np.array(walked), columns, len(names)))


def saltelli(blocks: Mapping[str, Sequence[int]], count: int, rows: int, seed: int) -> Points:
    """For Sobol indices of blocks: a and b from one sequence of twice the width, ab is a with one block of b."""
    columns = [column for block in blocks.values() for column in block]
    both = _sobol(2 * len(columns), rows, seed)
    a, b = _wide(both[:, : len(columns)], columns, count), _wide(both[:, len(columns) :], columns, count)
    role: list[str] = []
    of: list[str] = []
    u = []
    for i in range(rows):
        role += ["a", "b", *["ab"] * len(blocks)]
        of += ["", "", *blocks]
        u += [a[i], b[i]]
        for block in blocks.values():
            mixed = a[i].copy()
            mixed[list(block)] = b[i][list(block)]
            u.append(mixed)
    each = len(blocks) + 2
    return Points(tuple(role), tuple(of), tuple(i // each for i in range(rows * each)), np.array(u))


def size(kind: str, factors: int, **asked: Any) -> int:
    """How many points a design has, without making it."""
    sizes = {
        "full-grid": lambda: prod([int(asked["levels"])] * factors),
        "latin-hypercube": lambda: int(asked["points"]),
        "sobol": lambda: int(asked["points"]),
        "one-at-a-time": lambda: 2 * factors,
        "listed": lambda: len(asked["values"]),
        "morris": lambda: int(asked["trajectories"]) * (factors + 1),
        "saltelli": lambda: int(asked["rows"]) * (int(asked["blocks"]) + 2),
    }
    return sizes[kind]()
