"""What money buys: effects of alternatives over their prices, and who is beaten by nobody.

effect    what an alternative changes against the reference, so that more is more of the thing named: leakers avoided,
          loss avoided, wrongful engagements added, ground defended
chance    interval of the effect at nominal values, or of its mean over the points, from a finite number of replications
ignorance range of the effect over what is not known, noise taken out (`analysis.variance`)
billion   of the currency of the answers. The price of an alternative without an own price is zero, and it has no ratio
drawn     prices drawn with the points: each figure by the triangle of its low, value and high, the same draw for every
          item that is a part of it and every alternative that an item belongs to
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis import economy, variance
from egide.analysis.answer import TURNED, compared
from egide.analysis.books import Books
from egide.analysis.economy import Floats, Trade
from egide.analysis.ledger import TOPIC, TOPICS, Item, Price, cost, open_part, own
from egide.analysis.measures import BY_NAME
from egide.analysis.outcomes import Outcomes, open_outcomes
from egide.analysis.prices import Amount
from egide.errors import store_error
from egide.i18n import mark
from egide.store.campaign import is_campaign

__all__ = [
    "BILLION",
    "WANTED",
    "Effect",
    "Standings",
    "Step",
    "Worth",
    "beside",
    "drawn",
    "effects",
    "of_campaign",
    "of_comparison",
    "of_coverage",
    "per",
    "standings",
    "worth",
]

BILLION: Final = 1e9
WANTED: Final[Mapping[str, tuple[float, str]]] = {  # measure -> (sign, what it is called)
    "leakers": (-1.0, mark("attackers stopped that would have leaked")),
    "value_lost": (-1.0, mark("loss avoided")),
    "wrongful_expected": (1.0, mark("wrongful engagements added")),
}
DEFENDED: Final = mark("ground defended, added")


@final
@dataclass(frozen=True)
class Effect:
    """Of one alternative against the reference, in one measure. `turned`: full tracking turns it round, so that nothing
    is claimed of it."""

    alternative: str
    reference: str
    measure: str
    what: str
    unit: str
    chance: Amount
    ignorance: Amount | None
    n: int
    turned: bool = False


def effects(books: Books, folder: Path | None, coverage: Path | None) -> tuple[list[Effect], list[Standings]]:
    """What the folder of a campaign or comparison and one of a coverage say of the alternatives of these books, and for
    a campaign the fronts. Raises StoreError where a folder is of something else."""
    found: list[Effect] = []
    fronts: list[Standings] = []
    if folder is not None and is_campaign(folder):
        campaign = open_outcomes(folder)
        _same(books, folder, campaign.alternatives)
        found += of_campaign(campaign, books.reference)
        led = next((name for name in WANTED if name in campaign.measures), None)
        if led is not None and len(campaign.points.sample) > 1:
            fronts.append(standings(campaign, books.items, books.chooser, None, led))
    elif folder is not None:
        document = _document(folder, "comparison.json", mark("holds neither a campaign nor a comparison"))
        _same(books, folder, tuple(document["alternatives"]))
        found += of_comparison(document, books.reference)
    if coverage is not None:
        document = _document(coverage, "coverage.json", mark("holds no coverage"))
        if document.get("kind") != "coverage" or not document.get("complete"):
            raise store_error(str(coverage), mark("holds no coverage"), mark("run egide coverage on it again"))
        held = [each["name"] for each in document["alternatives"]]
        _same(books, coverage, [name for name in held if name in books.alternatives])
        found += [each for each in of_coverage(document, books.reference) if each.alternative in books.alternatives]
    return found, fronts


def _document(folder: Path, name: str, wrong: str) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / name).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise store_error(str(folder), wrong, mark("name the folder that was written")) from None


def _same(books: Books, folder: Path, held: Sequence[str]) -> None:
    """Alternatives of the study, its reference among them."""
    strange = [name for name in held if name not in books.alternatives]
    if strange:
        raise store_error(str(folder), mark("has an alternative that this study has not: {name}"),
                          mark("name results of the study {study}"), name=strange[0], study=books.study)  # fmt: skip
    if books.reference not in held:
        raise store_error(str(folder), mark("lacks the alternative {name}, against which all are held"),
                          mark("name one of them as 'reference' in money.yaml"), name=books.reference)  # fmt: skip


def of_campaign(campaign: Outcomes, reference: str) -> list[Effect]:
    """Effects of every alternative of a finished campaign, with both intervals."""
    others = [(name, reference) for name in campaign.alternatives if name != reference]
    measures = [name for name in WANTED if name in campaign.measures]
    found = []
    for each in compared(campaign, others, measures):
        sign, what = WANTED[each.measure]
        low, high = each.split.ignorance_range
        centre = each.centre
        wide = Amount(low, each.split.mean.value, high) if math.isfinite(low) else None
        found.append(
            Effect(each.one, reference, each.measure, what, BY_NAME[each.measure].unit,
                   _signed(Amount(centre.low, centre.value, centre.high), sign),
                   _signed(wide, sign) if wide is not None else None, each.split.replications,
                   each.verdict == TURNED)
        )  # fmt: skip
    return found


def of_comparison(document: Mapping[str, Any], reference: str) -> list[Effect]:
    """Effects from `comparison.json`: chance alone, at the values as written."""
    found = []
    for each in document["differences"]:
        if each["against"] == reference and each["measure"] in WANTED:
            sign, what = WANTED[each["measure"]]
            amount = Amount(*(math.nan if each[end] is None else each[end] for end in ("low", "difference", "high")))
            found.append(Effect(each["alternative"], reference, each["measure"], what, each["unit"],
                                _signed(amount, sign), None, each["n"]))  # fmt: skip
    order = list(WANTED)
    return sorted(found, key=lambda effect: order.index(effect.measure))


def of_coverage(document: Mapping[str, Any], reference: str) -> list[Effect]:
    """Square kilometres of ground defended, from a coverage folder's manifest: the largest cross section, every side
    (worst azimuth), fewest shots, lowest kill probability and tracks of the network. Its range is corners of the
    catalogue and not a probability."""
    rows = {each["name"]: [row for row in each["rows"] if row["measure"] == "defended" and row["weight"] == "area"]
            for each in document["alternatives"]}  # fmt: skip
    base = {_key(row): row for row in rows.get(reference, ())}
    if not base:
        return []
    wanted = min(base, key=lambda key: (-key[1], key[2] != "network", key[3] != "worst", key[4], key[5]))[1:]
    areas, found = _areas(document), []
    for name, held in rows.items():
        for row in held:
            was = base.get(_key(row))
            if name == reference or was is None or _key(row)[1:] != wanted or not (row["usable"] and was["usable"]):
                continue
            km2 = areas.get(row["altitude"], 0.0)
            ends = [km2 * ((row[end] or 0.0) - (was[end] or 0.0)) for end in ("low", "nominal", "high")]
            amount = Amount(min(ends), ends[1], max(ends))
            found.append(
                Effect(
                    name, reference, f"defended {row['altitude'] or row['klass']}", DEFENDED, "km2", amount, amount, 0
                )
            )
    return found


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("altitude", "rcs_m2", "cue", "azimuth", "shots", "kill"))


def _areas(document: Mapping[str, Any]) -> dict[str, float]:
    """Square kilometres of the whole area by altitude, from any row that has a share of it."""
    rows = (row for each in document["alternatives"] for row in each["rows"])
    return {row["altitude"]: row["km2"] / row["nominal"] for row in rows if row["km2"] and row["nominal"]}


def _signed(amount: Amount, sign: float) -> Amount:
    return amount if sign > 0.0 else Amount(-amount.high, -amount.value, -amount.low)


@final
@dataclass(frozen=True)
class Worth:
    """An effect over a price. `chance` takes the price's nominal value, `overall` both ranges at their ends."""

    effect: Effect
    price: Price
    chance: Amount | None
    overall: Amount | None


def per(effect: Amount, price: Amount) -> Amount | None:
    """Effect a billion; nothing where there is no price."""
    return effect.over(price.scaled(1.0 / BILLION)) if price.high > 0.0 else None


def beside(items: Sequence[Item], party: str, alternative: str, reference: str, decision: date | None) -> Price:
    """What an alternative costs that the reference does not: at the decision what is still open, without one all."""
    shared = {item.name for item in own(items, party, reference)}
    return cost([item for item in items if item.name not in shared], party, alternative, decision)


def worth(effects: Sequence[Effect], items: Sequence[Item], party: str, decision: date | None) -> list[Worth]:
    """Each effect over what its alternative still costs at the decision (all of it without one), and the reference
    does not. An alternative that pays what the reference pays has no ratio."""
    found = []
    for effect in effects:
        price = beside(items, party, effect.alternative, effect.reference, decision)
        over = effect.ignorance or effect.chance
        found.append(Worth(effect, price, per(effect.chance, Amount.exact(price.open.value)), per(over, price.open)))
    return found


# --- fronts ------------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class Step:
    """From one efficient alternative to the next, by the means; `trade` over the points."""

    one: str
    other: str
    trade: Trade


@final
@dataclass(frozen=True)
class Standings:
    """Of one measure: share of the points at which each alternative is on the front, and the steps of the frontier."""

    measure: str
    share: Mapping[str, float]
    steps: tuple[Step, ...]
    points: int


def drawn(items: Sequence[Item], party: str, alternatives: Sequence[str], decision: date | None, n: int,
          seed: int = 0) -> Floats:  # fmt: skip
    """Prices in n draws, a column an alternative. A figure is drawn once for all items that are parts of it."""
    columns = np.zeros((n, len(alternatives)))
    wanted = {name: own(items, party, name) for name in alternatives}
    names = sorted({item.figure or item.name for mine in wanted.values() for item in mine})
    luck = dict(zip(names, np.random.Generator(np.random.Philox(seed)).random((len(names), n)), strict=True))
    for column, name in enumerate(alternatives):
        for item in wanted[name]:
            left = open_part(item, decision)
            if TOPIC[item.family] == TOPICS[0] and not left.nothing:
                u = luck[item.figure or item.name]
                columns[:, column] += economy.triangular(u, left.low, left.value, left.high)
    return columns


def standings(campaign: Outcomes, items: Sequence[Item], party: str, decision: date | None, measure: str) -> Standings:
    """Prices drawn with the points of a campaign, against the mean of a measure at each."""
    names = list(campaign.alternatives)
    means = {}
    for name in names:
        values = campaign.values(measure, name).at(campaign.points.sample)
        means[name] = variance.means(values.point, values.value)
    points: NDArray[Any] = means[names[0]].point
    for each in means.values():
        points = np.intersect1d(points, each.point)
    effects = np.column_stack([each.mean[np.searchsorted(each.point, points)] for each in means.values()])
    effects = effects if BY_NAME[measure].better == "higher" else -effects
    costs = drawn(items, party, names, decision, len(points))
    steps = economy.incremental_ratio(costs.mean(axis=0), effects.mean(axis=0))
    found = tuple(
        Step(names[one.index], names[two.index],
             economy.trade(costs[:, one.index], effects[:, one.index], costs[:, two.index], effects[:, two.index]))
        for one, two in pairwise(steps)
    )  # fmt: skip
    share = economy.standing(costs, effects)
    return Standings(measure, dict(zip(names, share.tolist(), strict=True)), found, len(points))
