"""What the numbers say of a statement made in public: the rule, by how much, and under which assumptions it turns.

quantity   what a statement is bound to: a measure of one alternative, a difference, a ratio, a share of an area
margin     how far the quantity is on the side of the threshold that the statement says: above 0 it holds
point      one set of values for what is not known; the nominal point is the study as written
supported  the margin is above 0 at 90 % of the points or more, and at nominal chance does not explain it
not supported   the same below 0; a margin of exactly 0 counts for neither
depends    anything else, with what keeps it from being decided
assumed    part of what ignorance does to the margin that comes from inputs without a source that was read
corner     every value at its unfavourable or its favourable end at once: where there is no sample of points

Pure: plain numbers in, a Finding out. What a statement is bound to is read elsewhere (egide.scenario.claims), and the
numbers are fetched elsewhere (egide.campaign.claims).

Sources: Owen, SIAM/ASA Journal on Uncertainty Quantification 2 (2014) 245-251 (Shapley effects lie between first and
total order, and half way where no more than two factors act together); the rest as in variance, flips and sensitivity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis import flips, intervals, sensitivity, surrogate, tracking_check, variance
from egide.analysis.answer import common
from egide.analysis.flips import Claim, Setting
from egide.analysis.intervals import Estimate
from egide.analysis.outcomes import Points, Values, linearised
from egide.analysis.tracking_check import Check
from egide.i18n import mark

Floats: TypeAlias = NDArray[np.float64]
Sign: TypeAlias = Literal["more", "less"]
Settings: TypeAlias = Mapping[str, NDArray[Any]]

SUPPORTED: Final = mark("supported")
NOT_SUPPORTED: Final = mark("not supported")
DEPENDS: Final = mark("depends")

LEAST_SHARE: Final = 0.9
LEAST_POINTS: Final = 30  # docs/models/uncertainty.md: thirty for a range
HALF: Final = 0.5
MOST_TURNS: Final = 6
DRAWS: Final = 2000  # points of a quantity that is a formula
ROWS: Final = 1024  # base rows of its Sobol indices

FEW: Final = mark("fewer than {least} points of what is not known were tried")
NO_CHANCE: Final = mark("the nominal point has too few replications to tell chance from effect")
BY_CHANCE: Final = mark("at the nominal point chance alone could explain it")
BY_ASSUMPTIONS: Final = mark("it holds under some assumptions and fails under others")
BOTH: Final = mark("assumptions turn it round, and at the nominal point chance alone could explain it")
APART: Final = mark("the nominal point and most of the other points say opposite things")
CORNERS: Final = mark("it holds at one end of what is not known and fails at the other")
ONCE: Final = mark(
    "the nominal point was run once with full tracking: the mean over the points stands for it, with its interval"
)
UNCHECKED: Final = mark("too few runs with full tracking to check what the fast ones say")
UNUSABLE: Final = mark("the terrain is too coarse for a share at this height")
ALIKE: Final = mark("no difference is seen")
TIE: Final = mark("the nominal value lies on the threshold itself")


@final
@dataclass(frozen=True)
class Turn:
    """One assumption that turns it round: at an end of its range (`low`, `high`) or, the others being anything, from a
    quantile on (`over`). `settings`: the values at which it turns; empty where they are not known."""

    factor: str
    where: str
    at: float
    settings: tuple[Setting, ...] = ()


@final
@dataclass(frozen=True)
class Detail:
    """One line beside the answer: the same of another target, or one member of a count."""

    name: str
    value: float
    low: float
    high: float
    share: float = math.nan
    note: str = ""
    full: float = math.nan  # with full tracking, where runs were fast
    price: tuple[float, float, float] | None = None  # low, value and high of what it is for


@final
@dataclass(frozen=True)
class Assumed:
    """`share` of what ignorance does that assumed inputs carry; `how`: `carried` (variance), `counted` (no variance
    could be shared out, so inputs are counted), `none` (ignorance does nothing that can be seen)."""

    share: float
    how: Literal["carried", "counted", "none"]
    drivers: tuple[tuple[str, float], ...] = ()  # factor, part of the variance; largest first

    @property
    def leads(self) -> bool:
        """Does the verdict begin with 'under assumptions'?"""
        return self.share > HALF


@final
@dataclass(frozen=True)
class Tracked:
    """The quantity with full tracking, helped by the fast runs, beside what these say: the mean over the points where
    `over`, else nominal."""

    value: Estimate
    fast: float
    over: bool


@final
@dataclass(frozen=True)
class Finding:
    """What is found of one statement. `value`: the quantity at nominal with its interval of chance; `spread`: its range
    over what is not known; `holds`, `fails`: shares of the points on either side."""

    verdict: str
    why: str
    value: Estimate
    spread: tuple[float, float]
    threshold: float
    sign: Sign
    holds: Estimate
    fails: Estimate
    assumed: Assumed
    turns: tuple[Turn, ...] = ()
    details: tuple[Detail, ...] = ()
    notes: tuple[str, ...] = ()
    rule: Literal["points", "corners"] = "points"
    full: Tracked | None = None
    values: Mapping[str, Any] = field(default_factory=dict)  # of `why` and the notes

    @property
    def under_assumptions(self) -> bool:
        return self.assumed.leads


NOWHERE: Final = Estimate(math.nan, math.nan, math.nan, 0)


# --- the rule ----------------------------------------------------------------------------------------------------


def decide(nominal: Estimate, holds: Estimate, fails: Estimate) -> tuple[str, str]:
    """Verdict and what keeps it from being decided ('' where nothing does). `nominal`: the margin there."""
    if holds.n < LEAST_POINTS:
        return DEPENDS, FEW
    if not (math.isfinite(nominal.low) and math.isfinite(nominal.high)):
        return DEPENDS, NO_CHANCE
    up, down = holds.value >= LEAST_SHARE, fails.value >= LEAST_SHARE
    if up and nominal.low > 0.0:
        return SUPPORTED, ""
    if down and nominal.high < 0.0:
        return NOT_SUPPORTED, ""
    if nominal.value == 0.0 and not (up or down) and max(holds.value, fails.value) == 0.0:
        return DEPENDS, ALIKE
    if nominal.low == nominal.high == 0.0:
        return DEPENDS, TIE
    if up or down:
        return DEPENDS, APART if nominal.apart else BY_CHANCE
    return DEPENDS, BY_ASSUMPTIONS if nominal.apart else BOTH


def sides(margin: Values) -> tuple[Estimate, Estimate]:
    """Shares of the points at which the margin is above and below 0, each with Wilson's interval. The noise of a finite
    number of replications is taken out; where every point was run once it cannot be, and pulls both towards a half."""
    each = variance.means(margin.point, margin.value)
    n = int(each.point.size)
    if not n:
        return NOWHERE, NOWHERE
    true = each.mean if np.isnan(each.noise).any() else variance.sharpened(each)
    return _part(true > 0.0), _part(true < 0.0)


def _part(chosen: NDArray[Any]) -> Estimate:
    n = int(chosen.size)
    count = float(np.count_nonzero(chosen))
    low, high = intervals.wilson(count, n)
    return Estimate(count / n, float(low), float(high), n)


# --- a campaign --------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class Bound:
    """A quantity of a campaign, replication by replication, and the side that the statement says. A ratio has a
    `below`: its margin is top - threshold x below, which needs no division."""

    top: Values
    threshold: float
    sign: Sign
    below: Values | None = None

    @property
    def margin(self) -> Values:
        """Above 0 where the statement holds."""
        way = 1.0 if self.sign == "more" else -1.0
        if self.below is None:
            return Values(self.top.point, self.top.replication, way * (self.top.value - self.threshold))
        scaled = Values(self.below.point, self.below.replication, self.threshold * self.below.value)
        left = self.top.less(scaled)
        return Values(left.point, left.replication, way * left.value)

    def nominal(self, margin: Estimate) -> Estimate:
        """The quantity at the nominal point, from its margin there: the interval shown is the one that decides."""
        if self.below is None:
            return self.told(margin, 0)
        top, below = common(self.top.at(0), self.below.at(0))
        return intervals.ratio(top.value, below.value) if top.value.size else NOWHERE

    def mean(self, points: NDArray[Any]) -> Estimate:
        """The quantity over the points, each point one independent draw."""
        top = self.top.at(points)
        if self.below is None:
            return variance.split(top.point, top.value).mean
        one, other = common(top, self.below.at(points))
        above, below = (variance.means(each.point, each.value).mean for each in (one, other))
        return intervals.ratio(above, below)

    def spread(self, points: NDArray[Any]) -> tuple[float, float]:
        """The quantity over the points, noise taken out."""
        if self.below is None:
            sample = self.top.at(points)
            return variance.split(sample.point, sample.value).ignorance_range
        top, below = common(self.top.at(points), self.below.at(points))
        return variance.split(top.point, linearised(top.point, top.value, below.value, 1.0)).ignorance_range

    def told(self, margin: Estimate, points: NDArray[Any] | int) -> Estimate:
        """The quantity that a margin stands for; of a ratio at the mean of what is below, whose error is left out."""
        way = 1.0 if self.sign == "more" else -1.0
        by = way / (float(np.nanmean(self.below.at(points).value)) if self.below is not None else 1.0)
        value, *ends = (self.threshold + by * each for each in (margin.value, margin.low, margin.high))
        return replace(margin, value=value, low=min(ends), high=max(ends))


def judge(
    bound: Bound, points: Points, grades: Mapping[str, float], settings: Settings | None = None,
    full: Bound | None = None,
) -> Finding:  # fmt: skip
    """A statement against a campaign. `grades`: factor -> part of its parameters that is assumed; a factor that is not
    named counts as assumed. `settings`: rows of `parameter_values`, for values beside quantiles. `full`: the same
    quantity from the runs with full tracking, where `bound` is of fast ones: what these turn round is not decided."""
    margin = bound.margin
    found, nominal = _decided(bound, margin, points, full)
    carried = assumed(points, margin.at(points.sample), grades)
    return replace(found, assumed=carried, turns=_turns(points, margin, nominal, settings))


def verdict_of(bound: Bound, points: Points, full: Bound | None = None) -> str:
    """The verdict alone: what `judge` says, without looking for what it rests on."""
    return _decided(bound, bound.margin, points, full)[0].verdict


def _decided(bound: Bound, margin: Values, points: Points, full: Bound | None) -> tuple[Finding, Estimate]:
    """The finding without what it rests on, and the margin at nominal."""
    sample = margin.at(points.sample)
    holds, fails = sides(sample)
    at_nominal = margin.at(0).value
    nominal = intervals.paired(at_nominal, 0.0) if at_nominal.size else NOWHERE
    value, notes = bound.nominal(nominal), tuple[str, ...]()
    if nominal.n < 2 and sample.value.size:
        nominal, value, notes = variance.split(sample.point, sample.value).mean, bound.mean(points.sample), (ONCE,)
    verdict, why = decide(nominal, holds, fails)
    tracked = None
    if full is not None:
        checks = tracking_check.check(margin, full.margin, points)
        against = tracking_check.disagrees(checks, verdict != DEPENDS)
        verdict, why = (DEPENDS, against[0]) if against is not None else (verdict, why)
        if checks:
            shown = against[1] if against is not None else min(checks, key=lambda each: each.full.high - each.full.low)
            tracked = _tracked(bound, full, shown, points)
        else:
            notes = (*notes, UNCHECKED)
    found = Finding(
        verdict, why, value, bound.spread(points.sample), bound.threshold, bound.sign, holds, fails,
        Assumed(0.0, "none"), notes=notes, full=tracked, values={"least": LEAST_POINTS},
    )  # fmt: skip
    return found, nominal


def _tracked(bound: Bound, full: Bound, shown: Check, points: Points) -> Tracked:
    """From margins to the quantity."""
    at = points.sample if shown.over else 0
    return Tracked(full.told(shown.full, at), bound.told(shown.fast, at).value, shown.over)


def assumed(points: Points, sample: Values, grades: Mapping[str, float]) -> Assumed:
    """What assumed inputs carry: by a Sobol design, else by a surrogate that has earned it, else inputs are counted."""
    each = variance.means(sample.point, sample.value)
    known = bool(each.point.size > 1 and not np.isnan(each.noise).any())
    if known and float(each.mean.var(ddof=1)) <= float(each.noise.mean()):
        return Assumed(0.0, "none")
    table = sensitivity.sobol_table(points, sample)
    if table is not None:
        designed = sensitivity.sobol(table)
        return _carried(designed.names, designed.first, designed.total, grades)
    if known and points.factors:
        fitted = surrogate.fit(points.factors, points.quantiles(each.point), each.mean, each.noise)
        if fitted.trusted:
            return _carried(fitted.indices.names, fitted.indices.first, fitted.indices.total, grades)
    return counted([grades.get(name, 1.0) for name in points.factors])


def counted(parts: Sequence[float]) -> Assumed:
    """Inputs counted, where what each of them does cannot be told."""
    return Assumed(float(np.mean(parts)) if len(parts) else 0.0, "counted" if len(parts) else "none")


def _carried(names: Sequence[str], first: Floats, total: Floats, grades: Mapping[str, float]) -> Assumed:
    """Half way between first and total order: what two factors do together is shared evenly between them."""
    weight = 0.5 * (np.nan_to_num(np.maximum(first, 0.0)) + np.nan_to_num(np.maximum(total, 0.0)))
    whole = float(weight.sum())
    if not whole > 0.0:
        return counted([grades.get(name, 1.0) for name in names])
    weight = weight / whole
    share = sum(float(w) * grades.get(name, 1.0) for name, w in zip(names, weight, strict=True))
    drivers = sorted(((name, float(w)) for name, w in zip(names, weight, strict=True)), key=lambda pair: -pair[1])
    return Assumed(share, "carried", tuple((name, w) for name, w in drivers[:5] if w >= 0.01))


def _turns(points: Points, margin: Values, nominal: Estimate, settings: Settings | None) -> tuple[Turn, ...]:
    """What turns round what the nominal point says: ends of single factors, then quantiles over the sample."""
    if not margin.value.size or not math.isfinite(nominal.value) or nominal.value == 0.0:
        return ()
    says = Claim("margin", "", "", "higher" if nominal.value > 0.0 else "lower")
    found = flips.flips(says, points, margin, settings)
    ends = [Turn(end.factor, end.end, end.turn, end.settings) for end in found.turning]
    over = [Turn(each.factor, "over", each.crossing, each.settings) for each in found.curves if each.crosses]
    return (*ends[:MOST_TURNS], *over[:MOST_TURNS])


# --- corners -----------------------------------------------------------------------------------------------------


def corners(
    low: float, nominal: float, high: float, threshold: float, sign: Sign, inputs: Assumed, usable: bool = True,
    notes: tuple[str, ...] = (),
) -> Finding:  # fmt: skip
    """A quantity that is known at nominal and at both corners alone: supported where all three are on the side said.
    Corners lie further out than nine points in ten, so this asks for more than the rule of points."""
    way = 1.0 if sign == "more" else -1.0
    margins = [way * (each - threshold) for each in (low, nominal, high)]
    if not usable or not all(math.isfinite(each) for each in margins):
        verdict, why = DEPENDS, UNUSABLE
    elif min(margins) > 0.0:
        verdict, why = SUPPORTED, ""
    elif max(margins) < 0.0:
        verdict, why = NOT_SUPPORTED, ""
    else:
        verdict, why = DEPENDS, CORNERS
    return Finding(verdict, why, Estimate(nominal, nominal, nominal, 1), (min(low, high), max(low, high)), threshold,
                   sign, NOWHERE, NOWHERE, inputs, notes=notes, rule="corners")  # fmt: skip


# --- a formula of catalogue values -------------------------------------------------------------------------------


@final
@dataclass(frozen=True, eq=False)
class Input:
    """One independent source of ignorance of a formula. `nominal`: the quantile of its nominal values; `assumed`: part
    of its parameters that is; `shown`: its parameters at a quantile, for a turn."""

    name: str
    nominal: float
    assumed: float
    shown: Callable[[float], tuple[tuple[str, str, float], ...]] = lambda _: ()


def formula(
    quantity: Callable[[Floats], Floats], inputs: Sequence[Input], threshold: float, sign: Sign,
    details: tuple[Detail, ...] = (), seed: int = 0,
) -> Finding:  # fmt: skip
    """A quantity that is a function of quantiles (n, inputs): no chance in it, and as many points as one likes."""
    from scipy.stats import qmc  # 1 s to import

    way = 1.0 if sign == "more" else -1.0
    base = np.array([each.nominal for each in inputs], float)
    nominal = float(quantity(base[None, :])[0])
    if not inputs:
        found = _part(np.array([way * (nominal - threshold)] * LEAST_POINTS) > 0.0)
        lost = _part(np.array([way * (nominal - threshold)] * LEAST_POINTS) < 0.0)
        u, values = np.zeros((1, 0)), np.array([nominal])
    else:
        u = qmc.LatinHypercube(len(inputs), rng=np.random.Generator(np.random.Philox(seed))).random(DRAWS)
        values = np.asarray(quantity(u), float)
        found, lost = _part(way * (values - threshold) > 0.0), _part(way * (values - threshold) < 0.0)
    margin = way * (nominal - threshold)
    verdict, why = decide(Estimate(margin, margin, margin, 2), found, lost)
    ends = np.quantile(values, [0.025, 0.975])
    return Finding(
        verdict, why, Estimate(nominal, nominal, nominal, 1), (float(ends[0]), float(ends[1])), threshold, sign, found,
        lost, _of_formula(quantity, inputs, values), _ends_of(quantity, inputs, base, margin, threshold, way), details,
    )  # fmt: skip


def _of_formula(quantity: Callable[[Floats], Floats], inputs: Sequence[Input], values: Floats) -> Assumed:
    if not inputs or float(np.ptp(values)) == 0.0:
        return Assumed(0.0, "none")
    names = [each.name for each in inputs]
    found = sensitivity.sobol(quantity, names, rows=ROWS, draws=8)
    return _carried(found.names, found.first, found.total, {each.name: each.assumed for each in inputs})


def _ends_of(
    quantity: Callable[[Floats], Floats], inputs: Sequence[Input], base: Floats, margin: float, threshold: float,
    way: float,
) -> tuple[Turn, ...]:  # fmt: skip
    """Ends of single inputs at which the sign is another, and where on the way it changes."""

    def at(k: int, u: float) -> float:
        row = base.copy()
        row[k] = u
        return way * (float(quantity(row[None, :])[0]) - threshold)

    turns = []
    for k, each in enumerate(inputs):
        for where, end in (("low", 0.0), ("high", 1.0)):
            if not at(k, end) * margin < 0.0:
                continue
            near, far = float(base[k]), end
            for _ in range(50):
                middle = 0.5 * (near + far)
                near, far = (middle, far) if at(k, middle) * margin > 0.0 else (near, middle)
            settings = tuple(
                Setting(name, unit, start, value, value, value)
                for (name, unit, value), (_, _, start) in zip(each.shown(far), each.shown(each.nominal), strict=True)
            )
            turns.append(Turn(each.name, where, far, settings))
    return tuple(turns[:MOST_TURNS])
