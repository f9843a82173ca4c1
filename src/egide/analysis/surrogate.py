"""A small polynomial that stands for the simulation, where it has earned it: sensitivity from one sample of points.

basis     products of Legendre polynomials in the factors' quantiles, orthonormal for even quantiles (polynomial chaos):
          each factor to the third degree, and (up to 60 factors) products of two of first degree
chosen    terms enter one by one, that which explains most of what is left (orthogonal matching pursuit); how many is
          settled by cross-validation
Q2        share of the points' variance that is foretold for points left out, term choice left out with them; of their
          true means, the noise of the measured ones being known
refused   below Q2 = 0.7 no index is given: what the polynomial does not foretell it cannot share out

First and total order follow from the squared coefficients, each less its own error's variance. What lies outside the
polynomial (1 - Q2) belongs to no factor and is said.

Sources: Sudret, Reliability Engineering & System Safety 93 (2008) 964-979; Blatman and Sudret, Journal of
Computational Physics 230 (2011) 2345-2367; Pati, Rezaiifar and Krishnaprasad, Asilomar 1993 (matching pursuit).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike

from egide.analysis.sensitivity import Floats, Indices, with_ends

Term: TypeAlias = tuple[tuple[int, int], ...]  # (factor, degree), ascending; () is the constant

LEAST_Q2: Final = 0.7
LEAST_POINTS: Final = 30
FOLDS: Final = 10
DEGREE: Final = 3
MOST_PAIRED: Final = 60  # factors beyond which products are left out: more terms than any sample could tell apart
DRAWS: Final = 200
LEVEL: Final = 0.95


@final
@dataclass(frozen=True)
class Surrogate:
    """A fitted polynomial. `q2` by cross-validation; `trusted`: at least LEAST_Q2. Indices are NaN where it is not;
    their `rows` are the points that it was fitted to."""

    terms: tuple[Term, ...]
    coefficients: Floats
    q2: float
    indices: Indices

    @property
    def trusted(self) -> bool:
        return self.q2 >= LEAST_Q2

    def __call__(self, u: ArrayLike) -> Floats:
        """Foretold means at quantiles (n, factors)."""
        return np.asarray(basis(np.asarray(u, float), self.terms) @ self.coefficients)


def fit(names: Sequence[str], u: ArrayLike, mean: ArrayLike, noise: ArrayLike = 0.0, seed: int = 0) -> Surrogate:
    """Fit and judge. `u` (n, factors) quantiles, `mean` the points' means, `noise` the variance of each by chance."""
    x, y = np.asarray(u, float), np.asarray(mean, float)
    kept = np.isfinite(y)
    x, y = x[kept], y[kept]
    lost = float(np.mean(np.broadcast_to(np.asarray(noise, float), kept.shape)[kept])) if y.size else 0.0
    lost = 0.0 if math.isnan(lost) else lost
    whole = float(y.var(ddof=1)) if y.size > 1 else 0.0
    share = min(lost / whole, 1.0) if whole > 0.0 else math.nan
    none = Indices(tuple(names), *(np.full(len(names), np.nan),) * 6, max(whole - lost, 0.0), share, y.size)
    if y.size < LEAST_POINTS or not whole > lost:
        return Surrogate(((),), np.array([y.mean()]) if y.size else np.zeros(1), -math.inf, none)
    candidates = all_terms(len(names))
    columns = basis(x, candidates)
    most = max(1, min(y.size // 4, len(candidates) - 1, 40))
    size, error = _judge(columns, y, most, seed)
    order = pursue(columns, y, size)
    terms = tuple(candidates[i] for i in order)
    q2 = 1.0 - max(error - lost, 0.0) / (whole - lost)
    coefficients, first, total = _indices(columns[:, order], y, terms, len(names))
    if q2 < LEAST_Q2:
        return Surrogate(terms, coefficients, q2, none)
    chance = np.random.Generator(np.random.Philox(seed))
    again = [
        _indices(columns[np.ix_(rows, order)], y[rows], terms, len(names))[1:]
        for rows in chance.integers(0, y.size, (DRAWS, y.size))
    ]
    both = np.stack([first, total])
    found = with_ends(none.names, both, np.array(again), LEVEL, none.variance, share, y.size)
    return Surrogate(terms, coefficients, q2, found)


def all_terms(factors: int) -> list[Term]:
    """The constant, each factor to DEGREE, and every pair at first degree where there are at most MOST_PAIRED."""
    alone: list[Term] = [((i, d),) for d in range(1, DEGREE + 1) for i in range(factors)]
    paired = range(factors) if factors <= MOST_PAIRED else ()
    return [(), *alone, *(((i, 1), (j, 1)) for i, j in combinations(paired, 2))]


def basis(u: Floats, terms: Sequence[Term]) -> Floats:
    """Values of the terms, one column each; quantiles are shifted to -1..1."""
    x = 2.0 * u - 1.0
    legendre = [np.ones_like(x), math.sqrt(3) * x, math.sqrt(5) * (3 * x**2 - 1) / 2,
                math.sqrt(7) * (5 * x**3 - 3 * x) / 2]  # fmt: skip
    columns = np.ones((len(u), len(terms)))
    for place, term in enumerate(terms):
        for factor, degree in term:
            columns[:, place] *= legendre[degree][:, factor]
    return columns


def pursue(columns: Floats, y: Floats, size: int) -> list[int]:
    """Indices of the terms chosen one by one: the constant, then what goes best with what is left."""
    chosen = [0]
    norms = np.linalg.norm(columns - columns.mean(axis=0), axis=0)
    orthogonal = [columns[:, 0] / math.sqrt(len(y))]
    left = y - y.mean()
    for _ in range(min(size, columns.shape[1] - 1)):
        with np.errstate(divide="ignore", invalid="ignore"):
            fits = np.abs(columns.T @ left) / norms
        fits[chosen] = -1.0
        best = int(np.nanargmax(np.where(norms > 0.0, fits, -1.0)))
        direction = columns[:, best].copy()
        for other in orthogonal:
            direction -= (other @ direction) * other
        length = float(np.linalg.norm(direction))
        if fits[best] <= 0.0 or length < 1e-9:
            break
        direction /= length
        orthogonal.append(direction)
        left = left - (direction @ left) * direction
        chosen.append(best)
    return chosen


def _judge(columns: Floats, y: Floats, most: int, seed: int) -> tuple[int, float]:
    """How many terms foretell points left out best, and their mean squared error. Each fold chooses its own terms."""
    chance = np.random.Generator(np.random.Philox(seed))
    fold = chance.permutation(y.size) % FOLDS
    squares = np.zeros(most + 1)
    for k in range(FOLDS):
        inside, outside = fold != k, fold == k
        order = pursue(columns[inside], y[inside], most)
        for size in range(most + 1):
            used = order[: size + 1]
            solved = np.linalg.lstsq(columns[np.ix_(inside, used)], y[inside], rcond=None)[0]
            squares[size] += float(np.sum((y[outside] - columns[np.ix_(outside, used)] @ solved) ** 2))
    best = int(np.argmin(squares))
    return best, float(squares[best]) / y.size


def _indices(columns: Floats, y: Floats, terms: Sequence[Term], factors: int) -> tuple[Floats, Floats, Floats]:
    """Coefficients, first and total order. A squared coefficient is too large by its variance: that is taken off."""
    solved = np.asarray(np.linalg.lstsq(columns, y, rcond=None)[0], np.float64)
    spare = max(y.size - len(terms), 1)
    left = float(np.sum((y - columns @ solved) ** 2)) / spare
    own = left * np.diag(np.linalg.pinv(columns.T @ columns))
    power = np.maximum(solved**2 - own, 0.0)
    power[0] = 0.0
    whole = float(power.sum())
    first, total = np.zeros(factors), np.zeros(factors)
    for value, term in zip(power, terms, strict=True):
        for factor, _ in term:
            total[factor] += value
        if len(term) == 1:
            first[term[0][0]] += value
    return solved, first / whole if whole > 0 else first, total / whole if whole > 0 else total
