"""What a campaign answers: each number with chance and ignorance apart, and the runs that stand behind it.

row        one measure of one alternative: at nominal with its chance, over the points with what is not known
against    one measure of two alternatives on the same luck; `share` of the points has the sign that the mean has
verdict    of a difference, by chance at nominal (Holm's correction for the whole table) and by what is not known
behind     the worst run and the one in the middle: point and replication, which the seed of the campaign gives again
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np

from egide.analysis import intervals, runs, variance
from egide.analysis.flips import Claim
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME, estimate
from egide.analysis.outcomes import FAST, FULL, Outcomes, Values
from egide.analysis.variance import Controlled, Split
from egide.i18n import mark

ALWAYS: Final = mark("holds nearly everywhere in the ranges assumed")
MOSTLY: Final = mark("rests on assumptions")
AVERAGE: Final = mark("holds on average over the ranges assumed")
CHANCE: Final = mark("cannot be told from chance")
TURNED: Final = mark("turns round with full tracking")
LEAST_P: Final = 0.05
LEAST_SHARE: Final = 0.9  # where the interval of that share must begin
SURE: Final = 0.95  # share of points from which a difference holds "wherever"
LEADING: Final = ("leakers", "value_lost", "wrongful_per_10000", "shots", "cost_interceptors_usd")


@final
@dataclass(frozen=True)
class Behind:
    """One run of the campaign: what it takes to see it again."""

    alternative: str
    point: int
    replication: int
    mode: str
    value: float


@final
@dataclass(frozen=True)
class Row:
    """One measure of one alternative. `full`: its mean with full tracking, helped by the fast runs, where both are."""

    alternative: str
    measure: str
    mode: str
    nominal: Estimate
    split: Split
    full: Controlled | None
    worst: Behind | None
    median: Behind | None


@final
@dataclass(frozen=True)
class Against:
    """`one` less `other`. `p` of the nominal difference, `p_over` of the mean over the points, each corrected for the
    whole table; `share` with the sign of the mean over the points, noise taken out; `full`: the mean over the points
    with full tracking, helped by the fast runs, where both are. Fast tracking need not err alike for both."""

    one: str
    other: str
    measure: str
    mode: str
    nominal: Estimate
    split: Split
    share: Estimate
    p: float
    p_over: float
    verdict: str
    full: Controlled | None = None

    @property
    def on_average(self) -> bool:
        """Is it the mean over the points that speaks, and not the nominal point?"""
        return self.nominal.n < 2 or self.verdict == AVERAGE

    @property
    def centre(self) -> Estimate:
        """The difference that is told."""
        return self.split.mean if self.on_average else self.nominal

    @property
    def claim(self) -> Claim:
        """What the difference says, as a claim to be turned."""
        less = (self.split.mean.value if math.isfinite(self.split.mean.value) else self.nominal.value) <= 0.0
        return Claim(self.measure, self.one, self.other, "lower" if less else "higher")


def told(campaign: Outcomes) -> list[str]:
    """The measures to report: those that the study names, the leading ones first."""
    held = campaign.measures
    asked = [str(name) for name in campaign.manifest.get("measures_told", ()) if str(name) in held]
    wanted = asked or [name for name in LEADING if name in held] or list(held[:8])
    return [*(name for name in LEADING if name in wanted), *(name for name in wanted if name not in LEADING)]


def pairs(campaign: Outcomes, about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who is set against whom: the pairs that the study lists, then each against its reference, else the first."""
    known = campaign.alternatives
    listed = [(str(one), str(other)) for one, other in about.get("compare") or ()]
    reference = about.get("reference") if about.get("reference") in known else known[0] if known else ""
    found = [pair for pair in listed if set(pair) <= set(known)]
    found += [(name, str(reference)) for name in known if name != reference and (reference, name) not in found]
    return list(dict.fromkeys(found))


def row(campaign: Outcomes, measure: str, alternative: str) -> Row:
    """One measure of one alternative."""
    mode = campaign.mode_of(measure)
    sample = campaign.values(measure, alternative, mode).at(campaign.points.sample)
    split = variance.split(sample.point, sample.value)
    columns = campaign.columns(measure, alternative, mode)
    over = {name: variance.means(*_kept(each, campaign.points.sample)).mean for name, each in columns.items()}
    nominal = {name: each.at(0).value for name, each in columns.items()}
    worst, median = behind(campaign, measure, alternative, mode)
    low, high = (max(end, 0.0) for end in split.ignorance_range)  # no measure is below zero
    split = replace(split, mean=_estimate(measure, over), ignorance_range=(low, high))
    return Row(alternative, measure, mode, _estimate(measure, nominal), split,
               _full(campaign, measure, alternative, mode), worst, median)  # fmt: skip


def _kept(values: Values, points: Any) -> tuple[Any, Any]:
    chosen = values.at(points)
    return chosen.point, chosen.value


def _estimate(measure: str, columns: Mapping[str, Any]) -> Estimate:
    """As a run's page has it; a ratio whose parts the results do not hold is a mean of ratios."""
    found = BY_NAME[measure]
    if not all(column.size for column in columns.values()):
        return Estimate(math.nan, math.nan, math.nan, 0)
    if found.ratio and measure in columns:
        return floored(intervals.student(columns[measure]))
    return estimate(found, columns)


def _full(campaign: Outcomes, measure: str, alternative: str, mode: str) -> Controlled | None:
    """Both modes at the points of the sample, brought together."""
    if mode != FAST or FULL not in campaign.modes:
        return None
    fast, full = (campaign.values(measure, alternative, each) for each in (FAST, FULL))
    return controlled(full.at(campaign.points.sample), fast.at(campaign.points.sample))


def controlled(full: Values, fast: Values) -> Controlled | None:
    """Full runs helped by the fast ones of the same luck; None where fewer than two have the same."""
    both = common(full, fast)
    if both[0].value.size < 2:
        return None
    return variance.nested_control(both[0].point, both[0].value, both[1].value, fast.point, fast.value)


def common(one: Values, other: Values) -> tuple[Values, Values]:
    """The runs that both have: same point, same number, so same luck."""
    shared = one.less(other)
    kept = [np.isin(each.keys(), shared.keys()) for each in (one, other)]
    first, second = (
        Values(each.point[k], each.replication[k], each.value[k]) for each, k in zip((one, other), kept, strict=True)
    )
    return first, second


def floored(found: Estimate) -> Estimate:
    """No measure is below zero, and so no end of its interval."""
    return replace(found, low=max(found.low, 0.0)) if found.low < 0.0 <= found.value else found


def compared(campaign: Outcomes, wanted: Sequence[tuple[str, str]], measures: Sequence[str]) -> list[Against]:
    """Every measure of every pair, with p values corrected for the whole table."""
    found = []
    for one, other in wanted:
        for measure in measures:
            mode = campaign.mode_of(measure)
            values = campaign.difference(measure, one, other, mode)
            sample = values.at(campaign.points.sample)
            split = variance.split(sample.point, sample.value)
            nominal = intervals.paired(values.at(0).value, 0.0)
            share = _share(sample, split.mean.value if math.isfinite(split.mean.value) else nominal.value)
            full = None
            if mode == FAST and FULL in campaign.modes:
                full = controlled(campaign.difference(measure, one, other, FULL).at(campaign.points.sample), sample)
            found.append(Against(one, other, measure, mode, nominal, split, share, nominal.p, split.mean.p, "", full))
    p, over = intervals.holm([each.p for each in found]), intervals.holm([each.p_over for each in found])
    corrected = [
        replace(each, p=one, p_over=two) for each, one, two in zip(found, p.tolist(), over.tolist(), strict=True)
    ]
    return [checked(replace(each, verdict=verdict(each))) for each in corrected]


def checked(found: Against) -> Against:
    """A difference that full tracking turns round is not claimed."""
    full = found.full.estimate if found.full is not None else None
    if found.verdict == CHANCE or full is None or not full.apart or full.value * found.centre.value >= 0.0:
        return found
    return replace(found, verdict=TURNED)


def verdict(found: Against) -> str:
    """In words. What chance explains both at nominal and over the points is no difference; what it explains at nominal
    alone is one on average."""
    if not found.p < LEAST_P:
        return AVERAGE if found.p_over < LEAST_P else CHANCE
    if math.isnan(found.share.value):
        return AVERAGE
    return ALWAYS if found.share.low >= LEAST_SHARE and found.share.value >= SURE else MOSTLY


def _share(sample: Values, sign: float) -> Estimate:
    each = variance.means(sample.point, sample.value)
    if not each.point.size or np.isnan(each.noise).any():
        return Estimate(math.nan, math.nan, math.nan, 0)
    true = variance.sharpened(each)
    count = float(np.count_nonzero(true * math.copysign(1.0, sign) > 0.0))
    low, high = intervals.wilson(count, each.point.size)
    return Estimate(count / each.point.size, low, high, int(each.point.size))


def behind(campaign: Outcomes, measure: str, alternative: str, mode: str) -> tuple[Behind | None, Behind | None]:
    """The worst run over the points that may be true, and the one in the middle; ties go to the first in order."""
    values = campaign.raw(measure, alternative, mode)
    chosen = values.at(campaign.points.sample)
    chosen = chosen if np.isfinite(chosen.value).any() else values.at(0)
    kept = np.flatnonzero(np.isfinite(chosen.value))
    if not kept.size:
        return None, None
    value = chosen.value[kept]
    worst = int(np.argmin(value) if BY_NAME[measure].better == "higher" else np.argmax(value))
    middle = int(np.argmin(np.abs(value - np.median(value))))

    def run(i: int) -> Behind:
        at = kept[i]
        return Behind(alternative, int(chosen.point[at]), int(chosen.replication[at]), mode, float(value[i]))

    return run(worst), run(middle)


def replay(campaign: Outcomes, run: Behind) -> str:
    """The command that gives the same run again, with all its detail."""
    return runs.replay(campaign.campaign, run.alternative, run.mode, run.point, run.replication)
