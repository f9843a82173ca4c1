"""Effect for money, where prices are of different kinds.

contract   what was agreed: known between its low and its high
estimate   somebody's figure, and unit: the price of a piece; known between low and high too
ceiling    the most that was notified: the price is anything up to it, so effect for money has a least and no most
effect     what an alternative takes off a baseline

Effect a over its price is more than effect b over its price where `a x price of b - b x price of a` is above 0: no
division, and a price of which nothing but a ceiling is known may be as low as it likes. Evaluated at every pair of
ends: where these disagree, prices decide and not the runs. Prices of different kinds give no ratio, only this.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, final

from egide.analysis import intervals
from egide.analysis.intervals import Estimate
from egide.analysis.outcomes import Values
from egide.analysis.verdicts import BY_CHANCE, DEPENDS, Bound, Detail, Finding, Sign
from egide.i18n import mark

Kind: TypeAlias = Literal["contract", "ceiling", "unit", "estimate"]

BILLION: Final = 1e9
BY_PRICES: Final = mark("the prices known leave it open: other figures within them turn it round")
NO_RATIO: Final = mark("prices of different kinds ({one}: {kind_one}, {other}: {kind_other}): no ratio, only the ends")
NO_MOST: Final = mark("a ceiling says at most: effect for money has a least and no most")


@final
@dataclass(frozen=True)
class Price:
    """A price in dollars with what kind of number it is."""

    value: float
    low: float
    high: float
    kind: Kind

    @property
    def ends(self) -> tuple[float, float]:
        """Least and greatest that the price may be: below a ceiling nothing is known."""
        return (0.0, self.value) if self.kind == "ceiling" else (self.low, self.high)


def per_billion(
    judge: Callable[[Bound], Finding], effects: tuple[Values, Values], costs: tuple[Price, Price],
    names: tuple[str, str], sign: Sign,
) -> Finding:  # fmt: skip
    """Does the first give more (or less) effect for a dollar than the second? `judge` applies the rule to one pair of
    prices; the verdict is what every pair of ends says."""
    nominal = judge(_against(effects, costs[0].value, costs[1].value, sign))
    corners = [judge(_against(effects, one, other, sign)) for one in set(costs[0].ends) for other in set(costs[1].ends)]
    told = {each.verdict for each in (nominal, *corners)}
    mixed = costs[0].kind != costs[1].kind
    verdict, why = nominal.verdict, nominal.why
    if len(told) > 1:
        verdict = DEPENDS
        why = BY_PRICES if nominal.verdict != DEPENDS else nominal.why or BY_CHANCE
    details = tuple(_detail(name, each, cost) for name, each, cost in zip(names, effects, costs, strict=True))
    notes = (*((NO_RATIO,) if mixed else ()), *((NO_MOST,) if "ceiling" in (costs[0].kind, costs[1].kind) else ()))
    values = {"one": names[0], "other": names[1], "kind_one": costs[0].kind, "kind_other": costs[1].kind}
    value, spread = (
        _for_money(effects, costs) if not mixed else (Estimate(math.nan, math.nan, math.nan, 0), (math.nan, math.nan))
    )
    return replace(
        nominal, verdict=verdict, why=why, value=value, spread=spread, details=details,
        notes=(*nominal.notes, *notes), values={**nominal.values, **values},
    )  # fmt: skip


def _against(effects: tuple[Values, Values], one: float, other: float, sign: Sign) -> Bound:
    """In effect times billions, so that numbers stay of their own size."""
    first, second = effects
    scaled = replace(first, value=first.value * other / BILLION)
    return Bound(scaled.less(replace(second, value=second.value * one / BILLION)), 0.0, sign)


def _detail(name: str, effect: Values, price: Price) -> Detail:
    """Effect a billion at nominal, with the ends that prices leave; no greatest end under a ceiling."""
    mean = effect.mean(0).value
    low, high = price.ends
    ends = sorted(mean * BILLION / each if each > 0.0 else math.inf * mean if mean else 0.0 for each in (low, high))
    return Detail(name, mean * BILLION / price.value, ends[0], ends[1], note=price.kind)


def _for_money(effects: tuple[Values, Values], costs: tuple[Price, Price]) -> tuple[Estimate, tuple[float, float]]:
    """Difference of effect a billion, where both prices are of one kind."""
    one, other = (
        replace(each, value=each.value * BILLION / cost.value) for each, cost in zip(effects, costs, strict=True)
    )
    at_nominal = one.less(other).at(0).value
    return intervals.paired(at_nominal, 0.0), (math.nan, math.nan)
