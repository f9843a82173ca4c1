"""When is it enough: a rule that looks at the interval of one measure and says stop or go on.

half width   of the interval that the rule wants to be narrow: in the measure's unit, or as a share of its mean
of           which interval: `chance` the average over the points with these points held fixed (more replications narrow
             it), `mean` the average with points as draws of what may be true (only more points narrow it),
             `each` the mean of every point by itself
least        what is always done first: a rule that looks too early stops by luck, and then holds the truth too rarely
margin       the spread is itself uncertain: the rule wants the interval narrow enough with a spread one standard error
             larger, since samples whose spread came out small are those that stop

The decision is a pure function of the values. Looked at in batches it gives the same whatever the number of workers,
as long as a batch is decided by replication numbers and never by who came first.

What may be said after stopping is `mean +- half width of the rule`: it holds at least as often as the level says for
the skewed and counted values it was tried on, with the minimum sample; Student's interval of the same sample, a little
narrower, holds 2 to 3 in 100 less often.

Source: Chow and Robbins, Annals of Mathematical Statistics 36 (1965) 457-462; Law, Simulation Modeling and Analysis,
2015, section 9.4.1 (relative width; minimum sample).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egide.i18n import mark

Of = Literal["chance", "mean", "each"]

FEW: Final = mark("fewer than the minimum sample")
WIDE: Final = mark("the interval is still too wide")
NARROW: Final = mark("the interval is narrow enough")
MOST: Final = mark("the most that the rule allows is reached")
NOTHING: Final = mark("no value of the measure so far")


@final
@dataclass(frozen=True)
class Rule:
    """`half_width` in the measure's unit, or a share of the mean where `relative`. `most`: replications a point at most
    (points, where the rule is of the `mean`); 0 sets no bound."""

    half_width: float
    relative: bool = False
    of: Of = "chance"
    level: float = 0.95
    least_replications: int = 30
    least_points: int = 1
    most: int = 0

    def __post_init__(self) -> None:
        if not self.half_width > 0.0 or not 0.0 < self.level < 1.0:
            raise ValueError("a stopping rule needs a half width above 0 and a level between 0 and 1")
        if self.least_replications < 2 or (self.of == "mean" and self.least_points < 2):
            raise ValueError("an interval needs at least 2 replications, or 2 points")


@final
@dataclass(frozen=True)
class Decision:
    """Stop or go on, and why. `wanted`: how many replications a point (points, for a rule of the `mean`) it would take
    in all at today's spread; `open`: points that need more."""

    enough: bool
    why: str
    half_width: float
    target: float
    wanted: int
    open: tuple[int, ...] = ()


def enough(values_by_point: Mapping[int, ArrayLike], rule: Rule) -> Decision:
    """Is the interval of the rule narrow enough? NaN is no value: a point of NaN alone is left out."""
    each = {point: _finite(values) for point, values in values_by_point.items()}
    each = {point: values for point, values in sorted(each.items()) if values.size}
    if not each:
        return Decision(False, NOTHING, math.nan, math.nan, 0, tuple(sorted(values_by_point)))
    if rule.of == "mean":
        return _of_points(each, rule)
    few = tuple(point for point, values in each.items() if values.size < rule.least_replications)
    halves = {point: _half(values, rule.level) for point, values in each.items()}
    centres = {point: float(values.mean()) for point, values in each.items()}
    if rule.of == "each":
        targets = {point: _target(centres[point], rule) for point in each}
        wide = tuple(point for point in each if not halves[point] * _margin([each[point]]) <= targets[point])
        worst = max(each, key=lambda point: (_excess(halves[point], targets[point]), -point))
        half, target, size = halves[worst], targets[worst], each[worst].size
    else:
        wide = ()
        half, target = _fixed_half(each, rule.level), _target(float(np.mean(list(centres.values()))), rule)
        size = min(values.size for values in each.values())
        if not half * _margin(list(each.values())) <= target:
            wide = tuple(each)
    waiting = tuple(sorted({*few, *wide}))
    wanted = _wanted(size, half, target, rule.least_replications)
    if rule.most:
        waiting = tuple(point for point in waiting if each[point].size < rule.most)
        if not waiting and (few or wide):
            return Decision(True, MOST, half, target, wanted)
    short = few or len(each) < rule.least_points
    if short or waiting:
        return Decision(False, FEW if short else WIDE, half, target, wanted, waiting or tuple(each))
    return Decision(True, NARROW, half, target, wanted)


def _of_points(each: Mapping[int, np.ndarray], rule: Rule) -> Decision:
    """The points are the sample; their replications only make each mean less noisy."""
    centres = np.array([values.mean() for values in each.values()])
    half, target = _half(centres, rule.level), _target(float(centres.mean()), rule)
    wanted = _wanted(centres.size, half, target, rule.least_points)
    few = tuple(point for point, values in each.items() if values.size < rule.least_replications)
    if few or centres.size < rule.least_points:
        return Decision(False, FEW, half, target, wanted, few)
    if half * _margin([centres]) <= target:
        return Decision(True, NARROW, half, target, wanted)
    if rule.most and centres.size >= rule.most:
        return Decision(True, MOST, half, target, wanted)
    return Decision(False, WIDE, half, target, wanted)


def _half(values: np.ndarray, level: float) -> float:
    """Half of Student's interval. Where every value is 0, the bound of an event never seen: it is not sure yet."""
    n = values.size
    if n < 2:
        return math.inf
    if not values.any():
        return float(special.chdtri(2.0, (1 - level) / 2)) / 2 / n
    return float(special.stdtrit(n - 1, (1 + level) / 2)) * float(values.std(ddof=1)) / math.sqrt(n)


def _fixed_half(each: Mapping[int, np.ndarray], level: float) -> float:
    """Half of the interval of the average over these very points: their chances add up (Welch and Satterthwaite)."""
    if len(each) == 1:
        return _half(next(iter(each.values())), level)
    if any(values.size < 2 for values in each.values()):
        return math.inf
    noise = np.array([values.var(ddof=1) / values.size for values in each.values()])
    total = float(noise.sum())
    if total == 0.0:
        everything = np.concatenate(list(each.values()))
        return _half(everything, level) if not everything.any() else 0.0
    freedom = total**2 / float(np.sum(noise**2 / [values.size - 1 for values in each.values()]))
    return float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt(total) / len(each)


def _margin(samples: Sequence[np.ndarray]) -> float:
    """How much wider the interval is with a variance one standard error larger: that error is, as a share of the
    variance, the root of (kurtosis - 1) / n."""
    off = np.concatenate([values - values.mean() for values in samples])
    second = float(np.mean(off**2))
    if second == 0.0:
        return 1.0
    kurtosis = float(np.mean(off**4)) / second**2
    return math.sqrt(1.0 + math.sqrt(max(kurtosis - 1.0, 0.0) / off.size))


def _target(centre: float, rule: Rule) -> float:
    return rule.half_width * abs(centre) if rule.relative else rule.half_width


def _excess(half: float, target: float) -> float:
    return half / target if target > 0.0 else math.inf if half > 0.0 else 0.0


def _wanted(size: int, half: float, target: float, least: int) -> int:
    """The sample that would do at today's spread: a half width shrinks with the square root."""
    ratio = _excess(half, target)
    return max(least, math.ceil(size * ratio**2)) if math.isfinite(ratio) and ratio < 1e6 else 0


def _finite(values: ArrayLike) -> np.ndarray:
    kept = np.asarray(values, float).ravel()
    return np.asarray(kept[np.isfinite(kept)])
