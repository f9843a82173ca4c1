"""What would turn a conclusion round: the parameters, and the values at which it turns.

claim      one alternative has less (or more) of a measure than another
difference of the claim: the first alternative less the second, on the same luck; the claim holds where it has the sign
end        one factor at its low or its high value, all else nominal, on the nominal point's luck
turn       how far from nominal towards an end the difference comes to 0, by a straight line between the two
crossing   the quantile of a factor at which the difference, averaged over what the others may be, comes to 0
share      part of the points of the sample, their noise taken out, at which the claim holds

Only what is not known may flip a conclusion here; how an attack is laid out is no parameter of a study, and so no flip.

Sources: Fieller-like intervals by drawing replications, or points, again (Efron and Tibshirani 1993); Fan and Gijbels,
Local Polynomial Modelling and Its Applications, 1996 (local lines).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis import intervals
from egide.analysis.intervals import Estimate
from egide.analysis.outcomes import Points, Values
from egide.analysis.variance import means, sharpened
from egide.i18n import mark

Floats: TypeAlias = NDArray[np.float64]

HOLDS: Final = mark("holds")
TURNS: Final = mark("turns round")
UNSURE: Final = mark("cannot be told")
DRAWS: Final = 400
BANDWIDTH: Final = 0.15  # of a quantile's range
GRID: Final = np.linspace(0.025, 0.975, 39)
FAR: Final = 10.0  # a range that spans more than this is walked in ratios, not in differences


@final
@dataclass(frozen=True)
class Claim:
    """`one` has `sign` of the measure compared with `other`."""

    measure: str
    one: str
    other: str
    sign: Literal["lower", "higher"] = "lower"

    def holds(self, difference: Any) -> Any:
        return difference < 0.0 if self.sign == "lower" else difference > 0.0


@final
@dataclass(frozen=True)
class Setting:
    """One parameter where the claim turns, with the interval of that value."""

    parameter: str
    unit: str
    nominal: float
    value: float
    low: float
    high: float


@final
@dataclass(frozen=True)
class End:
    """One factor at one end. `verdict` after Holm's correction for all ends; `turn` is NaN where the sign stays."""

    factor: str
    end: str
    point: int
    difference: Estimate
    p: float
    verdict: str
    turn: float
    turn_low: float
    turn_high: float
    settings: tuple[Setting, ...] = ()


@final
@dataclass(frozen=True)
class Curve:
    """The difference against one factor's quantile, all else as likely as assumed; crossings with their interval."""

    factor: str
    u: Floats
    mean: Floats
    low: Floats
    high: Floats
    crossing: float
    crossing_low: float
    crossing_high: float
    settings: tuple[Setting, ...] = ()

    @property
    def span(self) -> float:
        """How far the averaged difference moves over the range, beyond its band; 0 where it may not move at all."""
        return max(float(self.low.max() - self.high.min()), 0.0)

    @property
    def crosses(self) -> bool:
        """Is the difference below zero at one place and above it at another, beyond its band?"""
        return math.isfinite(self.crossing) and float(self.high.min()) < 0.0 < float(self.low.max())


@final
@dataclass(frozen=True)
class Flips:
    """All about one claim. `share` over the sample; its interval is Wilson's."""

    claim: Claim
    nominal: Estimate
    share: Estimate
    ends: tuple[End, ...]
    curves: tuple[Curve, ...]

    @property
    def turning(self) -> tuple[End, ...]:
        return tuple(end for end in self.ends if end.verdict == TURNS)


def flips(
    claim: Claim, points: Points, difference: Values, settings: Mapping[str, NDArray[Any]] | None = None, seed: int = 0
) -> Flips:
    """Look for what turns the claim. `difference`: of the claim's measure, one less other; `settings`: the rows of
    `parameter_values`, for values beside quantiles."""
    known = settings or {}
    sample = difference.at(points.sample)
    return Flips(
        claim, difference.mean(0), _share(claim, sample), _ends(claim, points, difference, known, seed),
        _curves(points, sample, known, seed),
    )  # fmt: skip


def _share(claim: Claim, sample: Values) -> Estimate:
    each = means(sample.point, sample.value)
    if not each.point.size or np.isnan(each.noise).any():
        return Estimate(math.nan, math.nan, math.nan, 0)
    true = sharpened(each)
    count = float(np.count_nonzero(claim.holds(true)))
    low, high = intervals.wilson(count, each.point.size)
    return Estimate(count / each.point.size, low, high, int(each.point.size))


# --- one at a time -----------------------------------------------------------------------------------------------


def _ends(
    claim: Claim, points: Points, difference: Values, settings: Mapping[str, NDArray[Any]], seed: int
) -> tuple[End, ...]:
    """Both ends of every factor that was moved by itself, the one that moves the difference most first."""
    moved = np.intersect1d(points.having("low", "high"), difference.point)
    found = [difference.mean(int(point)) for point in moved]
    p = intervals.holm([each.p for each in found])
    base = difference.at(0)
    centre = float(base.value.mean()) if base.value.size else 0.0
    ends = []
    for point, each, likely in zip(moved.tolist(), found, p.tolist(), strict=True):
        place = int(np.searchsorted(points.point, point))
        factor, role = str(points.of[place]), str(points.role[place])
        own = difference.at(point)
        _, mine, theirs = np.intersect1d(own.replication, base.replication, return_indices=True)
        way = _turn(np.column_stack([base.value[theirs], own.value[mine]]), seed)
        values = _on_the_way(settings, point, factor, way)
        ends.append(End(factor, role, point, each, likely, _verdict(claim, each, likely), *way, values))
    return tuple(sorted(ends, key=lambda end: (-abs(end.difference.value - centre), end.factor, end.end)))


def _verdict(claim: Claim, found: Estimate, p: float) -> str:
    if not p < 0.05:
        return UNSURE
    return HOLDS if claim.holds(found.value) else TURNS


def _turn(pair: Floats, seed: int) -> tuple[float, float, float]:
    """Share of the way from nominal (first column) to the end (second) where the mean difference is 0."""
    if len(pair) < 2:
        return math.nan, math.nan, math.nan
    value = _zero(*pair.mean(axis=0))
    if math.isnan(value):
        return value, value, value
    chance = np.random.Generator(np.random.Philox(seed))
    drawn = pair[chance.integers(0, len(pair), (DRAWS, len(pair)))].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        way = drawn[:, 0] / (drawn[:, 0] - drawn[:, 1])
    way = np.where(way < 0.0, 0.0, way)  # the nominal difference has itself the other sign, or none
    way[drawn[:, 0] * drawn[:, 1] > 0.0] = 1.0  # no turn in this draw: beyond the end
    way[drawn[:, 0] * pair[:, 0].mean() < 0.0] = 0.0
    low, high = np.quantile(way[np.isfinite(way)], [0.025, 0.975])
    return value, float(low), float(min(high, 1.0))


def _zero(base: float, end: float) -> float:
    return float(base / (base - end)) if base * end < 0.0 else math.nan


def _on_the_way(
    settings: Mapping[str, NDArray[Any]], point: int, factor: str, ways: tuple[float, float, float]
) -> tuple[Setting, ...]:
    """Each parameter of the factor, as far from nominal towards the end as the turn is."""
    if math.isnan(ways[0]) or not settings:
        return ()
    nominal = _rows(settings, 0)
    found = []
    for name, (value, unit, of) in sorted(_rows(settings, point).items()):
        if of != factor or name not in nominal:
            continue
        start = nominal[name][0]
        at = [between(start, value, way) for way in ways]
        found.append(Setting(name, unit, start, at[0], min(at[1:]), max(at[1:])))
    return tuple(found)


def between(start: float, end: float, way: float) -> float:
    """A value on the way, in ratios where the range spans orders of magnitude (a radar cross section)."""
    if start > 0.0 and end > 0.0 and max(start / end, end / start) > FAR:
        return float(start * (end / start) ** way)
    return start + way * (end - start)


def _rows(settings: Mapping[str, NDArray[Any]], point: int) -> dict[str, tuple[float, str, str]]:
    kept = np.flatnonzero(np.asarray(settings["point"]) == point)
    return {
        str(settings["parameter"][i]): (
            float(settings["value"][i]), str(settings["unit"][i]), str(settings["factor"][i]))
        for i in kept
    }  # fmt: skip


# --- over the sample ---------------------------------------------------------------------------------------------


def _curves(points: Points, sample: Values, settings: Mapping[str, NDArray[Any]], seed: int) -> tuple[Curve, ...]:
    """One a factor, the one that moves the difference most first."""
    each = means(sample.point, sample.value)
    if each.point.size < 20:
        return ()
    u = points.u[np.searchsorted(points.point, each.point)]
    chance = np.random.Generator(np.random.Philox(seed))
    picked = chance.integers(0, each.point.size, (DRAWS, each.point.size))
    weights = np.stack([np.ones(each.point.size), *(np.bincount(row, minlength=each.point.size) for row in picked)])
    found = []
    for k, factor in enumerate(points.factors):
        if np.isnan(u[:, k]).any() or np.ptp(u[:, k]) < 0.5:
            continue
        lines = local_lines(u[:, k], each.mean, weights, GRID)
        low, high = np.quantile(lines[1:], [0.025, 0.975], axis=0)
        crossing, first, last = _crossing(lines)
        values = _at_quantiles(settings, points, factor, k, (crossing, first, last))
        found.append(Curve(factor, GRID, lines[0], low, high, crossing, first, last, values))
    return tuple(sorted(found, key=lambda curve: (-curve.span, curve.factor)))


def local_lines(u: Floats, y: Floats, weights: Floats, grid: Floats, bandwidth: float = BANDWIDTH) -> Floats:
    """Weighted local straight lines, one row a set of weights: a value for each place of the grid."""
    off = u[None, :] - grid[:, None]
    kernel = np.exp(-0.5 * (off / bandwidth) ** 2)
    sums = np.concatenate([kernel, kernel * off, kernel * off**2, kernel * y, kernel * off * y])
    s0, s1, s2, t0, t1 = np.split(weights @ sums.T, 5, axis=1)
    below = s0 * s2 - s1**2
    return np.asarray(np.where(np.abs(below) > 1e-12, (s2 * t0 - s1 * t1) / below, t0 / s0))


def _crossing(lines: Floats) -> tuple[float, float, float]:
    """Where the curve first comes to 0, and where the drawn ones do; one that does not counts as beyond the range."""
    at = _first_zero(lines)
    if math.isnan(at[0]):
        return math.nan, math.nan, math.nan
    rising = lines[0, -1] > lines[0, 0]
    beyond = np.where((lines[:, 0] > 0.0) == rising, 0.0, 1.0)
    low, high = np.quantile(np.where(np.isnan(at), beyond, at)[1:], [0.025, 0.975])
    return float(at[0]), float(low), float(high)


def _first_zero(lines: Floats) -> Floats:
    """Quantile at which each row first changes its sign; NaN where it does not."""
    change = lines[:, :-1] * lines[:, 1:] < 0.0
    i, row = np.argmax(change, axis=1), np.arange(len(lines))
    before, after = lines[row, i], lines[row, i + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = GRID[i] + (GRID[i + 1] - GRID[i]) * before / (before - after)
    return np.asarray(np.where(change.any(axis=1), at, np.nan))


def _at_quantiles(
    settings: Mapping[str, NDArray[Any]], points: Points, factor: str, column: int, at: Sequence[float]
) -> tuple[Setting, ...]:
    """What the factor's parameters are at three quantiles, read off the points' own values."""
    if math.isnan(at[0]) or not settings:
        return ()
    of = np.asarray(settings["factor"]) == factor
    found, nominal = [], _rows(settings, 0)
    for name in sorted({str(each) for each in np.asarray(settings["parameter"])[of]}):
        rows = np.flatnonzero(of & (np.asarray(settings["parameter"]) == name))
        place = np.searchsorted(points.point, np.asarray(settings["point"])[rows])
        u, value = (
            points.u[np.minimum(place, points.point.size - 1), column],
            np.asarray(settings["value"], float)[rows],
        )
        kept = np.isfinite(u)
        if kept.sum() < 2:
            continue
        order = np.argsort(u[kept], kind="stable")
        ends = [float(np.interp(each, u[kept][order], value[kept][order])) for each in at]
        unit = str(np.asarray(settings["unit"])[rows[0]])
        start = nominal[name][0] if name in nominal else math.nan
        found.append(Setting(name, unit, start, ends[0], min(ends[1:]), max(ends[1:])))
    return tuple(found)
