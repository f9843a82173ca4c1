"""Does full tracking say the same as the fast runs that a statement is judged by?

margin   how far a quantity is on the side that a statement says; above 0 it holds (egide.analysis.verdicts)
fast     many runs with a track for every object; full: few runs, of the same luck, with plots, gates and mistakes
check    one margin both ways, at the nominal point or over the points: like is set beside like
turned   fast and full tracking lie on opposite sides of 0, and chance explains neither
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from egide.analysis import intervals, variance
from egide.analysis.answer import common, controlled
from egide.analysis.intervals import Estimate
from egide.analysis.outcomes import Points, Values
from egide.i18n import mark

__all__ = ["AGAINST", "TURNED", "Check", "check", "disagrees"]

TURNED: Final = mark("turned round with full tracking")
AGAINST: Final = mark("the few runs with full tracking lie on the other side, within chance")


@final
@dataclass(frozen=True)
class Check:
    """One margin with fast tracking, and with full tracking helped by the fast runs. `over`: the mean over the points,
    else at nominal."""

    over: bool
    fast: Estimate
    full: Estimate

    @property
    def opposed(self) -> bool:
        return self.fast.value * self.full.value < 0.0

    @property
    def turned(self) -> bool:
        return self.opposed and self.fast.apart and self.full.apart


def check(fast: Values, full: Values, points: Points) -> tuple[Check, ...]:
    """At nominal, then over the points; each where two runs or more have both ways."""
    return tuple(each for each in (_nominal(fast.at(0), full.at(0)), _over(fast, full, points)) if each is not None)


def disagrees(checks: tuple[Check, ...], decided: bool) -> tuple[str, Check] | None:
    """Why full tracking keeps a statement from being decided, and the check that says so. What is not decided by the
    fast runs is not turned round by values that chance explains."""
    for each in checks:
        if each.turned or (decided and each.opposed and each.full.apart):
            return TURNED, each
    for each in checks:
        if decided and each.opposed:
            return AGAINST, each
    return None


def _nominal(fast: Values, full: Values) -> Check | None:
    dear, cheap = common(full, fast)
    if dear.value.size < 2:
        return None
    rest = fast.value[~np.isin(fast.keys(), dear.keys())]
    found = variance.control_variate(dear.value, cheap.value, rest)
    return Check(False, intervals.paired(fast.value, 0.0), found.estimate)


def _over(fast: Values, full: Values, points: Points) -> Check | None:
    sample = fast.at(points.sample)
    found = controlled(full.at(points.sample), sample)
    return Check(True, variance.split(sample.point, sample.value).mean, found.estimate) if found is not None else None
