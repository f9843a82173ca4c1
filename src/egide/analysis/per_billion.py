"""Effect for money: one verdict over every price that two alternatives may have had.

effect   what an alternative takes off a baseline
price    what it costs beside that baseline, from the ledgers (egide.analysis.ledger): low, value and high
kind     family of figures that a price is made of; prices of different kinds give no ratio, only this
ceiling  the most that was notified. Without a low end of its own the price is anything up to it, so effect for money
         has a least and no most

Effect a over its price is more than effect b over its price where `a x price of b - b x price of a` is above 0: no
division, and a price of which nothing but a ceiling is known may be as low as it likes. Evaluated at every pair of
ends: where these disagree, prices decide and not the runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Final, TypeAlias

from egide.analysis import intervals, tracking_check
from egide.analysis.intervals import Estimate
from egide.analysis.ledger import Price
from egide.analysis.outcomes import Points, Values
from egide.analysis.prices import Amount
from egide.analysis.verdicts import (
    BY_CHANCE,
    DEPENDS,
    NOT_SUPPORTED,
    NOWHERE,
    SUPPORTED,
    Bound,
    Detail,
    Finding,
    Sign,
    Tracked,
    verdict_of,
)
from egide.analysis.worth import BILLION, per
from egide.i18n import mark

Effects: TypeAlias = tuple[Values, Values]
Judge: TypeAlias = Callable[[Bound, Bound | None], Finding]

BY_PRICES: Final = mark("the prices known leave it open: other figures within them turn it round")
NEAR_PRICES: Final = mark("the prices known leave it open: at other figures within them it is no longer decided")
NO_RATIO: Final = mark("prices of different kinds ({one}: {kind_one}, {other}: {kind_other}): no ratio, only the ends")
NO_MOST: Final = mark("a ceiling says at most: effect for money has a least and no most")
CEILING: Final = "ceiling"
SEVERAL: Final = "several"  # kind of a price that adds up figures of different kinds


def kind(price: Price) -> str:
    """The family of its figures."""
    return next(iter(price.families)) if len(price.families) == 1 else SEVERAL


def per_billion(
    judge: Judge, points: Points, effects: Effects, prices: tuple[Price, Price], names: tuple[str, str], sign: Sign,
    full: Effects | None = None,
) -> Finding:  # fmt: skip
    """Does the first give more (or less) effect for a dollar than the second? `judge` applies the rule to one pair of
    prices, with fast runs and with those of full tracking (`full`); the verdict is what every pair of ends says."""

    def at(one: float, other: float) -> tuple[Bound, Bound | None]:
        return _against(effects, one, other, sign), _against(full, one, other, sign) if full else None

    costs = [price.open for price in prices]
    nominal = judge(*at(costs[0].value, costs[1].value))
    ends = [{cost.low, cost.high} for cost in costs]
    told = {nominal.verdict}
    for one, other in product(*ends):
        bound, tracked = at(one, other)
        told.add(verdict_of(bound, points, tracked))
    verdict, why = nominal.verdict, nominal.why
    if len(told) > 1:
        verdict = DEPENDS
        by_prices = BY_PRICES if told >= {SUPPORTED, NOT_SUPPORTED} else NEAR_PRICES
        why = by_prices if nominal.verdict != DEPENDS else nominal.why or BY_CHANCE
    kinds = [kind(price) for price in prices]
    mixed = kinds[0] != kinds[1] or SEVERAL in kinds
    unbounded = any(CEILING in price.families and not price.open.low > 0.0 for price in prices)
    notes = (*((NO_RATIO,) if mixed else ()), *((NO_MOST,) if unbounded else ()))
    values = {"one": names[0], "other": names[1], "kind_one": kinds[0], "kind_other": kinds[1]}
    value, spread = (NOWHERE, (math.nan, math.nan)) if mixed else _for_money(effects, costs[0].value, costs[1].value)
    return replace(
        nominal, verdict=verdict, why=why, value=value, spread=spread,
        full=None if mixed or nominal.full is None else _scaled(nominal.full, costs[0].value, costs[1].value),
        details=tuple(_detail(names[i], effects[i], full[i] if full else None, prices[i], points) for i in (0, 1)),
        notes=(*nominal.notes, *notes), values={**nominal.values, **values},
    )  # fmt: skip


def _against(effects: Effects, one: float, other: float, sign: Sign) -> Bound:
    """In effect times billions, so that numbers stay of their own size."""
    first, second = effects
    scaled = replace(first, value=first.value * other / BILLION)
    return Bound(scaled.less(replace(second, value=second.value * one / BILLION)), 0.0, sign)


def _scaled(tracked: Tracked, one: float, other: float) -> Tracked:
    """From effect times billions to the difference of effects a billion."""
    by = BILLION / one * BILLION / other
    found = tracked.value
    return replace(
        tracked,
        fast=by * tracked.fast,
        value=replace(found, value=by * found.value, low=by * found.low, high=by * found.high),
    )


def _detail(name: str, effect: Values, full: Values | None, price: Price, points: Points) -> Detail:
    """Effect a billion at nominal, with the ends that prices leave; no greatest end where a price may be nothing."""
    found = per(Amount.exact(effect.mean(0).value), price.open) or Amount.exact(math.nan)
    checks = tracking_check.check(effect, full, points) if full is not None else ()
    tracked = per(Amount.exact(checks[0].full.value), price.open) if checks else None
    return Detail(
        name, found.value, found.low, found.high, note=kind(price),
        full=tracked.value if tracked is not None else math.nan,
        price=(price.open.low, price.open.value, price.open.high),
    )  # fmt: skip


def _for_money(effects: Effects, one: float, other: float) -> tuple[Estimate, tuple[float, float]]:
    """Difference of effect a billion, where both prices are of one kind."""
    first, second = (
        replace(each, value=each.value * BILLION / cost) for each, cost in zip(effects, (one, other), strict=True)
    )
    return intervals.paired(first.less(second).at(0).value, 0.0), (math.nan, math.nan)
