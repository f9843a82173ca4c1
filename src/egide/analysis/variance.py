"""How much of the spread is chance, and how much is not knowing.

point        one set of values for what is not known; points are independent draws of what may be true
replication  one run at a point, with its own luck
chance       variance of the replications at one point, averaged over the points: E[Var(Y | point)]
ignorance    variance of the points' true means: Var(E[Y | point])
noise        what a finite number of replications leaves in a point's mean: its variance over R
control      a cheap run (fast tracking) of the same luck, whose mean is known better than that of the dear one

Sources: Searle, Casella and McCulloch, Variance Components, 1992 (random effects); Louis, Journal of the American
Statistical Association 79 (1984) 393-398 (estimates whose spread is that of the truth); Cochran, Sampling Techniques,
1977, chapter 12 (double sampling); Avramidis and Wilson, Operations Research 41 (1993) 112-127 (splitting).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from egide.analysis import intervals
from egide.analysis.intervals import Estimate
from egide.i18n import mark

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

DRAWS: Final = 1000
SINGLE_NOTE: Final = mark("one replication at each point: chance and ignorance cannot be told apart")
FEW_NOTE: Final = mark("one point: ignorance cannot be seen")


@final
@dataclass(frozen=True)
class Means:
    """One row a point: its number, replications, mean, and the variance of its replications (NaN: one alone)."""

    point: Whole
    n: Whole
    mean: Floats
    variance: Floats

    @property
    def noise(self) -> Floats:
        """Variance of each mean. A point with one replication takes the variance of the others, averaged."""
        seen = np.isfinite(self.variance)
        typical = float(self.variance[seen].mean()) if seen.any() else math.nan
        return np.asarray(np.where(seen, self.variance, typical) / self.n)


@final
@dataclass(frozen=True)
class Split:
    """Variance split in two, and the ranges that follow. `unbiased` may lie below 0; `ignorance` is cut there.

    mean        over the points, its interval by the points as independent draws (Student)
    ignorance_range   quantiles of the points' means with the noise taken out
    overall_range     quantiles of single replications, every point weighing the same: both kinds together
    """

    mean: Estimate
    ignorance: float
    chance: float
    unbiased: float
    noise: float
    share: float
    share_low: float
    share_high: float
    ignorance_range: tuple[float, float]
    overall_range: tuple[float, float]
    points: int
    replications: int
    note: str = ""

    @property
    def noise_share(self) -> float:
        """Part of the spread of the points' means that is chance left over."""
        whole = self.unbiased + self.noise
        return self.noise / whole if whole > 0.0 else math.nan


def means(point: ArrayLike, value: ArrayLike) -> Means:
    """Replications to points, NaN left out."""
    numbers, values = np.asarray(point), np.asarray(value, float)
    kept = np.isfinite(values)
    unique, place = np.unique(numbers[kept], return_inverse=True)
    values = values[kept]
    n = np.bincount(place, minlength=unique.size)
    mean = np.bincount(place, values, unique.size) / np.maximum(n, 1)
    squares = np.bincount(place, (values - mean[place]) ** 2, unique.size)
    variance = np.where(n > 1, squares / np.maximum(n - 1, 1), np.nan)
    return Means(unique.astype(np.int64), n.astype(np.int64), mean, variance)


def split(point: ArrayLike, value: ArrayLike, level: float = 0.95, seed: int = 0) -> Split:
    """Chance and ignorance from replications at independent points; their numbers need not be equal.

    Each point weighs the same, so that chance may differ from point to point and a stopping rule may give one point
    more replications than another: Var(means) - mean(s_i^2 / R_i) is unbiased for ignorance all the same.
    """
    numbers, values = np.asarray(point), np.asarray(value, float)
    kept = np.isfinite(values)
    numbers, values = numbers[kept], values[kept]
    each = means(numbers, values)
    found = intervals.student(each.mean, level)
    overall = _weighted_quantiles(numbers, values, each, level)
    if each.point.size < 2 or not np.isfinite(each.variance).any():
        note = FEW_NOTE if each.point.size < 2 else SINGLE_NOTE
        chance = float(np.nanmean(each.variance)) if np.isfinite(each.variance).any() else math.nan
        nothing = (math.nan, math.nan)
        return Split(found, math.nan, chance, math.nan, math.nan, *(math.nan,) * 3, nothing, overall,
                     int(each.point.size), int(values.size), note)  # fmt: skip
    chance = float(np.nanmean(each.variance))
    noise = float(each.noise.mean())
    unbiased = float(each.mean.var(ddof=1)) - noise
    ignorance = max(unbiased, 0.0)
    low, high = _share_interval(each, level, seed)
    tails = [(1 - level) / 2, (1 + level) / 2]
    ends = np.quantile(sharpened(each), tails, method="median_unbiased")
    share = ignorance / (ignorance + chance) if ignorance + chance > 0.0 else math.nan
    return Split(found, ignorance, chance, unbiased, noise, share, low, high, (float(ends[0]), float(ends[1])),
                 overall, int(each.point.size), int(values.size))  # fmt: skip


def sharpened(each: Means) -> Floats:
    """The points' means drawn in, so that their spread is that of the true ones: each by its own noise (empirical
    Bayes), then all alike until their variance is the unbiased one (Louis). What is less sure moves more."""
    middle, noise = float(each.mean.mean()), each.noise
    ignorance = float(each.mean.var(ddof=1)) - float(noise.mean()) if each.mean.size > 1 else 0.0
    if not ignorance > 0.0:
        return np.full(each.mean.size, middle)
    drawn = ignorance / (ignorance + noise) * (each.mean - middle)
    spread = float(drawn.var(ddof=1))
    return np.asarray(middle + (drawn - drawn.mean()) * math.sqrt(ignorance / spread))


def _share_interval(each: Means, level: float, seed: int) -> tuple[float, float]:
    """Ignorance's share of the variance, by drawing points again."""
    chance = np.random.Generator(np.random.Philox(seed))
    chosen = chance.integers(0, each.mean.size, (DRAWS, each.mean.size))
    noise, variance = each.noise, each.noise * each.n
    unknown = np.maximum(each.mean[chosen].var(axis=1, ddof=1) - noise[chosen].mean(axis=1), 0.0)
    whole = unknown + variance[chosen].mean(axis=1)
    if not np.all(whole > 0.0):
        return math.nan, math.nan
    low, high = np.quantile(unknown / whole, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _weighted_quantiles(point: NDArray[Any], values: Floats, each: Means, level: float) -> tuple[float, float]:
    if not values.size:
        return math.nan, math.nan
    weights = 1.0 / each.n[np.searchsorted(each.point, point)]
    order = np.argsort(values, kind="stable")
    below = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], below, values[order])
    return float(low), float(high)


# --- control variate ---------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class Controlled:
    """A mean of dear runs, helped by cheap ones. `plain`: from the dear ones alone; `bias`: dear less cheap, on the
    same luck; `gain`: how many times more dear runs the plain mean would need for the same interval."""

    estimate: Estimate
    plain: Estimate
    bias: Estimate
    coefficient: float
    correlation: float
    full: int
    fast: int

    @property
    def gain(self) -> float:
        width, plain = self.estimate.high - self.estimate.low, self.plain.high - self.plain.low
        return (plain / width) ** 2 if width > 0.0 else math.nan


def control_variate(full: ArrayLike, fast: ArrayLike, others: ArrayLike, level: float = 0.95) -> Controlled:
    """Mean of `full` from independent pairs (full, fast) of the same luck and `others`, fast runs of other luck.

    Every second pair is a fold; the coefficient of one comes from the other, which leaves no bias. Variance for a
    coefficient c = b M / (n + M): (s_y^2 - 2 c s_xy + c^2 s_x^2) / n + c^2 s_x^2 / M, which at the best b is the
    double-sampling s_y^2 (1 - r^2) / n + r^2 s_y^2 / (n + M).
    """
    y, x, rest = np.asarray(full, float), np.asarray(fast, float), np.asarray(others, float)
    paired = np.isfinite(y) & np.isfinite(x)
    y, x, rest = y[paired], x[paired], rest[np.isfinite(rest)]
    n, more = y.size, rest.size
    plain, bias = intervals.student(y, level), intervals.paired(y, x, level)
    if n < 6 or more < 2 or float(x.var()) == 0.0:
        return Controlled(plain, plain, bias, 0.0, math.nan, n, n + more)
    fold = np.arange(n) % 2
    slopes = [_slope(y[fold != k], x[fold != k]) for k in (0, 1)]
    c = np.array(slopes) * more / (n + more)
    corrected = y - c[fold] * (x - float(rest.mean()))
    value = float(corrected.mean())
    used = float(c.mean())
    s_x = float(np.r_[x, rest].var(ddof=1))
    residual = float((y - used * x).var(ddof=1)) * (n - 1) / (n - 2)
    error = math.sqrt(residual / n + used**2 * s_x / more)
    spread = float(y.std()) * float(x.std())
    r = float(np.cov(y, x, bias=True)[0, 1]) / spread if spread > 0.0 else math.nan
    estimate = intervals.around(value, error, n - 1, level)
    return Controlled(estimate, plain, bias, float(np.mean(slopes)), r, n, n + more)


def nested_control(
    full_point: ArrayLike,
    full: ArrayLike,
    fast_on_full: ArrayLike,
    fast_point: ArrayLike,
    fast: ArrayLike,
    level: float = 0.95,
) -> Controlled:
    """The same over points: the point is the independent unit. `fast_on_full`: the fast run of each full one's luck.

    First each point's full mean is corrected by how lucky its few full runs were, told by fast ones of that point;
    then, where only some points have full runs, the points' fast means are the control of the rest.
    """
    dear, luck = means(full_point, full), means(full_point, fast_on_full)
    cheap = means(fast_point, fast)
    both = np.intersect1d(np.intersect1d(dear.point, luck.point), cheap.point)
    y = dear.mean[np.searchsorted(dear.point, both)]
    known = cheap.mean[np.searchsorted(cheap.point, both)]
    off = luck.mean[np.searchsorted(luck.point, both)] - known
    fold = np.arange(both.size) % 2
    slopes = np.zeros(2)
    if both.size >= 6 and float(off.var()) > 0.0:
        slopes = np.array([_slope(y[fold != k], off[fold != k]) for k in (0, 1)])
    corrected = y - slopes[fold] * off
    rest = cheap.mean[~np.isin(cheap.point, both)]
    bias = intervals.paired(y, off + known, level)
    plain = intervals.student(y, level)
    if rest.size >= 2:
        outer = control_variate(corrected, known, rest, level)
        estimate, r = outer.estimate, outer.correlation
    else:
        estimate = intervals.student(corrected, level)
        r = float(np.corrcoef(y, off + known)[0, 1]) if both.size > 2 and y.std() and (off + known).std() else math.nan
    return Controlled(estimate, plain, bias, float(slopes.mean()), r, int(dear.n.sum()), int(cheap.n.sum()))


def _slope(y: Floats, x: Floats) -> float:
    """Least squares, 0 where x does not vary."""
    off = x - x.mean()
    below = float(off @ off)
    return float(off @ (y - y.mean())) / below if below > 0.0 else 0.0
