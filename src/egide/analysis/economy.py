"""What it costs and what it buys: dominance, fronts, ratios and exchange.

dominates   no worse in anything and better in something; what is equal dominates nothing. Less is better throughout
front       those that nothing dominates
hypervolume area between the front and a reference point that is worse than all: larger is better
frontier    efficient alternatives by rising effect, after strict and extended dominance (a mixture of two others gives
            more for the same money)
ratio       price of one more unit of effect, from one efficient alternative to the next
exchange    what the interceptors fired at a threat cost, over what the threat costs
standing    how often an alternative is on the front, when neither prices nor effects are known for sure
trade       dearer and better: the only case in which a price of one more unit of effect has a meaning

Sources: Deb, Multi-Objective Optimization using Evolutionary Algorithms, 2001; Zitzler and Thiele, IEEE Transactions on
Evolutionary Computation 3 (1999) 257-271; Drummond et al., Methods for the Economic Evaluation of Health Care
Programmes, 2015 (incremental ratio, extended dominance; its chapter 11 on ratios whose parts are both uncertain).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]


def pareto(points: ArrayLike) -> NDArray[np.bool_]:
    """Which rows nothing dominates; all columns are to be small. A row with NaN is on no front, dominates nothing."""
    rows = np.atleast_2d(np.asarray(points, float))
    usable = ~np.isnan(rows).any(axis=1)
    front = usable.copy()
    for i in np.flatnonzero(usable):
        others = rows[usable]
        front[i] = not np.any(np.all(others <= rows[i], axis=1) & np.any(others < rows[i], axis=1))
    return np.asarray(front, np.bool_)


def hypervolume(points: ArrayLike, reference: ArrayLike) -> float:
    """Area that two-column points dominate below `reference`, by one sweep. Both columns are to be small."""
    rows, (right, top) = np.atleast_2d(np.asarray(points, float)), np.asarray(reference, float)
    if rows.shape[1] != 2:
        raise ValueError("the hypervolume is reckoned for two columns")
    inside = rows[np.all(rows < [right, top], axis=1)]
    area, height = 0.0, float(top)
    for x, y in inside[np.lexsort((inside[:, 1], inside[:, 0]))]:
        if y < height:
            area += (float(right) - float(x)) * (height - float(y))
            height = float(y)
    return area


@final
@dataclass(frozen=True)
class Step:
    """An efficient alternative and what each further unit of effect costs on the way to it from the one before; the
    first has none (NaN)."""

    index: int
    cost: float
    effect: float
    ratio: float


def incremental_ratio(cost: ArrayLike, effect: ArrayLike) -> list[Step]:
    """The efficient frontier, cheapest first: (C2 - C1) / (E2 - E1) from each to the next. More effect is better."""
    costs, effects = np.asarray(cost, float), np.asarray(effect, float)
    kept = [int(i) for i in np.flatnonzero(pareto(np.column_stack([costs, -effects])))]
    kept.sort(key=lambda i: (costs[i], -effects[i], i))
    kept = [i for place, i in enumerate(kept) if place == 0 or effects[i] > effects[kept[place - 1]]]
    frontier: list[int] = []
    for i in kept:
        while len(frontier) > 1 and _ratio(costs, effects, frontier[-1], i) <= _ratio(costs, effects, *frontier[-2:]):
            frontier.pop()  # extended dominance: the step after is no dearer
        frontier.append(i)
    return [
        Step(i, float(costs[i]), float(effects[i]),
             math.nan if place == 0 else _ratio(costs, effects, frontier[place - 1], i))
        for place, i in enumerate(frontier)
    ]  # fmt: skip


def _ratio(costs: Floats, effects: Floats, one: int, other: int) -> float:
    return float((costs[other] - costs[one]) / (effects[other] - effects[one]))


@final
@dataclass(frozen=True)
class Exchange:
    """Costs of defence over the cost of the threat: of what one salvo fires, of a kill by salvos of that size, and of a
    kill by single shots with perfect assessment between them."""

    fired: float
    per_kill_salvo: float
    per_kill_look: float


def cost_exchange(interceptor_cost: float, threat_cost: float, p_kill: float, salvo: int = 1) -> Exchange:
    """N c / t, n c / (t (1 - (1 - p)^n)) and c / (t p), costs in one currency."""
    if not (threat_cost > 0.0 and interceptor_cost >= 0.0 and 0.0 < p_kill <= 1.0 and salvo >= 1):
        raise ValueError("costs are above 0, the kill probability is in (0, 1], and a salvo has 1 shot or more")
    fired = salvo * interceptor_cost / threat_cost
    return Exchange(fired, fired / (1.0 - (1.0 - p_kill) ** salvo), interceptor_cost / threat_cost / p_kill)


# --- when neither is known for sure ------------------------------------------------------------------------------


def triangular(u: ArrayLike, low: float, mode: float, high: float) -> Floats:
    """Quantiles u of the triangular distribution; of one value where its ends meet."""
    share = np.asarray(u, float)
    if high <= low:
        return np.full(share.shape, mode)
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(share * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - share) * (high - low) * (high - mode))
    return np.asarray(np.where(share < turn, rising, falling))


def standing(costs: ArrayLike, effects: ArrayLike) -> Floats:
    """Share of the draws (rows) in which each alternative (column) is on the front: less cost, more effect."""
    dear, good = np.asarray(costs, float), np.asarray(effects, float)
    fronts = [pareto(np.column_stack([dear[i], -good[i]])) for i in range(len(dear))]
    return np.asarray(np.mean(fronts, axis=0))


@final
@dataclass(frozen=True)
class Trade:
    """From one alternative to another, over draws: how often the other is dearer and better (a trade), cheaper or as
    cheap and no worse (it dominates), or neither; and the price of one more unit of effect with its quantiles over the
    draws that are trades. With fewer trades than `LEAST` of all draws the price means nothing and is NaN."""

    ratio: float
    low: float
    high: float
    trades: float
    dominates: float
    dominated: float


LEAST: Final = 0.5


def trade(cost_one: ArrayLike, effect_one: ArrayLike, cost_other: ArrayLike, effect_other: ArrayLike,
          level: float = 0.95) -> Trade:  # fmt: skip
    """What each more unit of effect costs from one to another, draw by draw. The ratio is that of the means."""
    dearer = np.asarray(cost_other, float) - np.asarray(cost_one, float)
    better = np.asarray(effect_other, float) - np.asarray(effect_one, float)
    both = (dearer > 0.0) & (better > 0.0)
    trades = float(np.mean(both))
    dominates = float(np.mean((dearer <= 0.0) & (better >= 0.0) & ((dearer < 0.0) | (better > 0.0))))
    dominated = float(np.mean((dearer >= 0.0) & (better <= 0.0) & ((dearer > 0.0) | (better < 0.0))))
    if trades < LEAST or not (dearer.mean() > 0.0 and better.mean() > 0.0):
        return Trade(math.nan, math.nan, math.nan, trades, dominates, dominated)
    low, high = np.quantile(dearer[both] / better[both], [(1 - level) / 2, (1 + level) / 2])
    return Trade(float(dearer.mean() / better.mean()), float(low), float(high), trades, dominates, dominated)
