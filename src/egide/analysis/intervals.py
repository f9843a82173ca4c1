"""How sure a number is, given that it came from chance.

estimate   a value with the interval that holds it with probability `level`, from n replications
paired     both alternatives met the same luck, replication by replication: only the differences vary
ratio      sum over sum, where the replications are the independent units and not the passes within them
rate       a ratio of events to passes, with bounds that stay honest when events are few or none

Sources: Wilson 1927; Clopper and Pearson 1934; Newcombe, Statistics in Medicine 17 (1998) 857-872 (the check values);
Korn and Graubard, Survey Methodology 24 (1998) 193-201 (exact limits under clustering); Wald 1945 (sequential test);
Cochran, Sampling Techniques, 1977, chapter 6 (variance of a ratio).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from egide.i18n import mark

Floats: TypeAlias = NDArray[np.float64]

ZERO_NOTE: Final = mark("no event seen: the upper bound takes passes as independent")
ONE_NOTE: Final = mark("one replication: no interval")
ALIKE_NOTE: Final = mark("every replication differs by the same: the interval reaches to 0 (sign test)")


@final
@dataclass(frozen=True)
class Estimate:
    """A value, its interval, the replications behind it, and p: how likely a value as far from 0 would be by chance."""

    value: float
    low: float
    high: float
    n: int
    p: float = math.nan
    note: str = ""

    @property
    def apart(self) -> bool:
        """Does the interval leave zero out?"""
        return self.low > 0.0 or self.high < 0.0


# --- proportions -------------------------------------------------------------------------------------------------


def wilson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[Any, Any]:
    """Score interval of a proportion. Arrays broadcast."""
    x, n = np.asarray(successes, float), np.asarray(trials, float)
    z = _z(level)
    share = x / n
    centre = share + z * z / (2 * n)
    spread = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = np.where(x <= 0, 0.0, (centre - spread) / scale)
    high = np.where(x >= n, 1.0, (centre + spread) / scale)
    return _plain(low), _plain(high)


def clopper_pearson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[Any, Any]:
    """Exact interval of a proportion: never covers less than `level`. Arrays broadcast; counts need not be whole."""
    x, n = np.asarray(successes, float), np.asarray(trials, float)
    tail = (1 - level) / 2
    inside_low, inside_high = np.where(x > 0, x, 1.0), np.where(x < n, n - x, 1.0)
    low = np.where(x > 0, special.betaincinv(inside_low, n - x + 1, tail), 0.0)
    high = np.where(x < n, special.betaincinv(x + 1, inside_high, 1 - tail), 1.0)
    return _plain(low), _plain(high)


def sample_size(p: float, half_width: float, level: float = 0.95) -> int:
    """Trials for a normal interval of this half width around a proportion near p: z^2 p (1-p) / h^2, rounded up."""
    if not 0.0 <= p <= 1.0 or half_width <= 0.0:
        raise ValueError("p lies between 0 and 1, and the half width is above 0")
    return max(1, math.ceil(_z(level) ** 2 * p * (1 - p) / half_width**2 - 1e-9))


def sprt(alpha: float, beta: float) -> tuple[float, float]:
    """Wald's thresholds on the log likelihood ratio: (accept the alternative above, accept the hypothesis below)."""
    return math.log((1 - beta) / alpha), math.log(beta / (1 - alpha))


# --- means -------------------------------------------------------------------------------------------------------


def student(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean over replications, NaN left out. One replication has no interval."""
    kept = _finite(values)
    if kept.size == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    error = float(kept.std(ddof=1)) / math.sqrt(kept.size) if kept.size > 1 else math.nan
    return around(float(kept.mean()), error, kept.size, level)


def counted(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of a count. Where every replication counted 0 the upper bound is Poisson's, and not 0."""
    kept = _finite(values)
    if kept.size and not kept.any():
        high = float(special.chdtri(2.0, (1 - level) / 2)) / 2 / kept.size
        return Estimate(0.0, 0.0, high, kept.size, note=mark("never seen: the upper bound takes events as independent"))
    return student(kept, level)


def paired(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of a - b over replications that both have."""
    return _signed(student(np.asarray(a, float) - np.asarray(b, float), level), level)


def independent(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of a minus mean of b when nothing is shared (Welch): for showing what pairing buys."""
    one, two = _finite(a), _finite(b)
    va, vb = one.var(ddof=1) / one.size, two.var(ddof=1) / two.size
    freedom = (va + vb) ** 2 / (va**2 / (one.size - 1) + vb**2 / (two.size - 1))
    half = float(special.stdtrit(freedom, (1 + level) / 2) * math.sqrt(va + vb))
    middle = float(one.mean() - two.mean())
    return Estimate(middle, middle - half, middle + half, min(one.size, two.size))


def bootstrap(
    values: ArrayLike,
    statistic: Callable[[Floats], float],
    level: float = 0.95,
    seed: int = 0,
    draws: int = 2000,
) -> Estimate:
    """Percentile interval of any statistic of the replications. The seed makes it the same every time."""
    kept = _finite(values)
    if kept.size == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    chance = np.random.Generator(np.random.Philox(seed))
    each = [statistic(kept[chance.integers(0, kept.size, kept.size)]) for _ in range(draws)]
    low, high = np.quantile(each, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(statistic(kept), float(low), float(high), kept.size)


def bootstrap_mean(values: ArrayLike, level: float = 0.95, seed: int = 0, draws: int = 2000) -> Estimate:
    """Percentile interval of the mean; for values whose spread is too odd for Student."""
    return bootstrap(values, lambda kept: float(kept.mean()), level, seed, draws)


def bootstrap_quantile(values: ArrayLike, q: float, level: float = 0.95, seed: int = 0, draws: int = 2000) -> Estimate:
    """Percentile interval of a quantile (median-unbiased definition, Hyndman and Fan's eighth)."""
    if not 0.0 <= q <= 1.0:
        raise ValueError("a quantile lies between 0 and 1")
    return bootstrap(values, lambda kept: float(np.quantile(kept, q, method="median_unbiased")), level, seed, draws)


def order_quantile(values: ArrayLike, q: float, level: float = 0.95) -> Estimate:
    """Interval of a quantile between two ordered values, by the binomial distribution: it holds whatever the
    distribution (Conover, Practical Nonparametric Statistics, 3.2). NaN where there are too few values for that end."""
    ordered = np.sort(_finite(values))
    n = int(ordered.size)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    tail = (1 - level) / 2
    chance = special.bdtr(np.arange(-1, n), n, q)  # P(X <= k - 1), k = 0..n
    chance[0] = 0.0
    lower = np.flatnonzero(chance <= tail)  # r below: P(X < r) small
    upper = np.flatnonzero(chance >= 1 - tail)
    low = float(ordered[lower[-1] - 1]) if lower.size and lower[-1] >= 1 else math.nan
    high = float(ordered[upper[0] - 1]) if upper.size and 1 <= upper[0] <= n else math.nan
    return Estimate(float(np.quantile(ordered, q, method="median_unbiased")), low, high, n)


# --- ratios ------------------------------------------------------------------------------------------------------


def ratio(top: ArrayLike, bottom: ArrayLike, scale: float = 1.0, level: float = 0.95) -> Estimate:
    """Sum over sum, times `scale`; the replications are the independent units."""
    value, errors = _linearised(top, bottom)
    error = _error(errors) if errors.size > 1 else math.nan
    return around(scale * value, scale * error, errors.size, level)


def paired_ratio(
    top_a: ArrayLike,
    bottom_a: ArrayLike,
    top_b: ArrayLike,
    bottom_b: ArrayLike,
    scale: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """Difference of two ratios, replication by replication."""
    a, errors_a = _linearised(top_a, bottom_a)
    b, errors_b = _linearised(top_b, bottom_b)
    error = _error(errors_a - errors_b) if errors_a.size > 1 else math.nan
    return _signed(around(scale * (a - b), scale * error, errors_a.size, level), level)


def rate(events: ArrayLike, passes: ArrayLike, scale: float = 1.0, level: float = 0.95) -> Estimate:
    """Events a pass, clustered by replication: Korn and Graubard's exact limits with an effective number of passes.

    The effective number is never above the real one. With no event at all the clustering cannot be seen: the bound is
    then that of independent passes, and the note says so.
    """
    happened, all_passes = np.asarray(events, float), np.asarray(passes, float)
    n = int(happened.size)
    value, effective, note = _effective(happened, all_passes, level)
    if math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, n)
    low, high = clopper_pearson(value * effective, effective, level)
    return Estimate(scale * value, scale * float(low), scale * float(high), n, note=note)


def share(parts: ArrayLike, wholes: ArrayLike, level: float = 0.95) -> Estimate:
    """Share of parts in wholes, clustered by replication: Wilson's interval with the effective number of wholes."""
    some, everyone = np.asarray(parts, float), np.asarray(wholes, float)
    value, effective, note = _effective(some, everyone, level)
    if math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, int(some.size))
    low, high = wilson(value * effective, effective, level)
    return Estimate(value, float(low), float(high), int(some.size), note=note)


def _effective(happened: Floats, all_passes: Floats, level: float) -> tuple[float, float, str]:
    """The ratio, the number of independent passes that would be as sure of it, and what is to be said of that."""
    total, n = float(all_passes.sum()), int(happened.size)
    if total <= 0.0:
        return math.nan, math.nan, ""
    value, errors = _linearised(happened, all_passes)
    if value == 0.0:
        return value, total, ZERO_NOTE
    if n > 1 and 0.0 < value < 1.0 and (error := _error(errors)) > 0.0:
        shrink = special.stdtrit(max(total - 1, 1), (1 + level) / 2) / special.stdtrit(n - 1, (1 + level) / 2)
        return value, min(total, value * (1 - value) / error**2 * float(shrink) ** 2), ""
    return value, total, mark("one replication: the interval takes passes as independent") if n == 1 else ""


# --- several at once ---------------------------------------------------------------------------------------------


def holm(p: ArrayLike) -> Floats:
    """Holm's adjusted p values (Scandinavian Journal of Statistics 6 (1979) 65-70). NaN stays NaN, uncounted."""
    values = np.asarray(p, float)
    adjusted = np.full(values.shape, np.nan)
    order = [int(i) for i in np.argsort(values, kind="stable") if not math.isnan(values[i])]
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, float(values[i]) * (len(order) - rank)))
        adjusted[i] = highest
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p values that hold the false discovery rate (Journal of the Royal Statistical Society B 57 (1995)
    289-300), for independent or positively dependent tests. NaN stays NaN, uncounted."""
    values = np.asarray(p, float)
    adjusted = np.full(values.shape, np.nan)
    order = [int(i) for i in np.argsort(values, kind="stable") if not math.isnan(values[i])]
    least = 1.0
    for rank in range(len(order), 0, -1):
        least = min(least, float(values[order[rank - 1]]) * len(order) / rank)
        adjusted[order[rank - 1]] = least
    return adjusted


# --- inside ------------------------------------------------------------------------------------------------------


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))


def _plain(value: NDArray[Any]) -> Any:
    return float(value) if np.ndim(value) == 0 else value


def _finite(values: ArrayLike) -> Floats:
    kept = np.asarray(values, float).ravel()
    finite: Floats = kept[np.isfinite(kept)]
    return finite


def _error(values: Floats) -> float:
    """Standard error of a mean of linearised residuals, whose mean is zero."""
    return float(np.sqrt((values**2).sum() / (values.size - 1) / values.size))


def _linearised(top: ArrayLike, bottom: ArrayLike) -> tuple[float, Floats]:
    """The ratio of sums, and what each replication adds to its error."""
    x, y = np.asarray(top, float), np.asarray(bottom, float)
    if y.sum() <= 0.0:
        return math.nan, np.full(y.size, np.nan)
    value = float(x.sum() / y.sum())
    return value, (x - value * y) / y.mean()


def _signed(found: Estimate, level: float) -> Estimate:
    """A difference that every replication gives alike has no spread to reckon from. What is left is that all n have one
    sign, which chance alone would do with probability 2^(1-n): below six replications that proves nothing at 95 %."""
    if not found.high - found.low <= 1e-9 * abs(found.value) or found.value == 0.0:  # rounding is no spread
        return found
    p = 2.0 ** (1 - found.n)
    if p <= 1.0 - level:
        return replace(found, p=p)
    return replace(found, low=min(found.value, 0.0), high=max(found.value, 0.0), p=p, note=ALIKE_NOTE)


def around(value: float, error: float, n: int, level: float = 0.95) -> Estimate:
    """Student's interval from a standard error with n - 1 degrees of freedom."""
    if n < 2 or math.isnan(error):
        return Estimate(value, math.nan, math.nan, n, note=ONE_NOTE if n == 1 else "")
    if error == 0.0:
        return Estimate(value, value, value, n, p=1.0 if value == 0.0 else 0.0)
    half = float(special.stdtrit(n - 1, (1 + level) / 2)) * error
    p = 2.0 * float(special.stdtr(n - 1, -abs(value) / error))
    return Estimate(value, value - half, value + half, n, p=p)
