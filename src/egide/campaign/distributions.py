"""How ignorance of a number is spread over its range: quantile functions, vectorised.

quantile      the value below which a share u of the belief lies; u 0 is the least value, u 1 the greatest
triangular    densest at the likely value, straight down to both ends
log-...       the same for the logarithm: for what is known by its order of magnitude
discrete      listed values, each with its weight
whole         a number of things: the quantile is rounded, the ends given half a step more so that they are as likely
              as the shape says

Equations and sources: docs/models/uncertainty.md. Everything is closed form but the normal, which asks scipy.special.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["KINDS", "Distribution", "Kind"]

Kind: TypeAlias = Literal["triangular", "log-triangular", "uniform", "log-uniform", "normal", "discrete"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
Floats: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True)
class Distribution:
    """Belief about one number, SI. `values` are those of a discrete one, with their `weights`, equal where left out."""

    kind: Kind
    low: float
    likely: float
    high: float
    sd: float = 0.0  # of the normal before it is cut to low..high
    values: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    whole: bool = False

    def quantile(self, u: ArrayLike) -> Floats:
        """The value at each u in 0..1. NaN stays NaN."""
        share = np.asarray(u, np.float64)
        if self.kind == "discrete":
            return self._listed(share)
        low, likely, high = self._ends()
        if low == high:
            return np.where(np.isnan(share), np.nan, low)
        if self.kind.startswith("log-"):
            low, likely, high = math.log(low), math.log(likely), math.log(high)
        if self.kind.endswith("triangular"):
            found = _triangular(share, low, likely, high)
        elif self.kind.endswith("uniform"):
            found = low + share * (high - low)
        else:
            found = _normal(share, low, likely, high, self.sd)
        if self.kind.startswith("log-"):
            found = np.exp(found)
        if self.whole:
            found = np.floor(found + 0.5)
        return np.clip(found, self.low, self.high)

    def share(self, value: float) -> float:
        """The u of a value, by bisection: where the quantile first reaches it. 0 below the range, 1 above."""
        least, most = 0.0, 1.0
        if value <= float(self.quantile(0.0)):
            return 0.0
        if value >= float(self.quantile(1.0)) and self.kind != "discrete" and not self.whole:
            return 1.0
        for _ in range(60):
            middle = 0.5 * (least + most)
            if float(self.quantile(middle)) < value:
                least = middle
            else:
                most = middle
        if self.kind == "discrete" or self.whole:  # the middle of its step, not its edge
            first, last = most, 1.0
            for _ in range(60):
                middle = 0.5 * (first + last)
                first, last = (middle, last) if float(self.quantile(middle)) <= value else (first, middle)
            return 0.5 * (most + first)
        return 0.5 * (least + most)

    def _ends(self) -> tuple[float, float, float]:
        """Low, likely and high; half a step wider for whole numbers."""
        if not self.whole or self.low == self.high:
            return self.low, self.likely, self.high
        return self.low - 0.5 + 1e-9, self.likely, self.high + 0.5 - 1e-9

    def _listed(self, share: Floats) -> Floats:
        weights = np.array(self.weights or [1.0] * len(self.values))
        steps = np.cumsum(weights / weights.sum())[:-1]
        found = np.array(self.values)[np.searchsorted(steps, np.nan_to_num(share), side="right")]
        return np.where(np.isnan(share), np.nan, found)


def _triangular(u: Floats, low: float, likely: float, high: float) -> Floats:
    """F(x) = (x - a)^2 / ((b - a)(c - a)) up to the likely c, 1 - (b - x)^2 / ((b - a)(b - c)) above it; inverted."""
    below = low + np.sqrt(u * (high - low) * (likely - low))
    above = high - np.sqrt((1.0 - u) * (high - low) * (high - likely))
    return np.where(u * (high - low) < likely - low, below, above)


def _normal(u: Floats, low: float, mean: float, high: float, sd: float) -> Floats:
    """A normal cut to its range: mean + sd ppf(F(low) + u (F(high) - F(low)))."""
    from scipy.special import ndtr, ndtri

    first, last = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    found: Floats = np.clip(mean + sd * ndtri(first + u * (last - first)), low, high)
    return found
