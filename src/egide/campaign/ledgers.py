"""A study's money, from its file and the catalogue to plain ledgers in one currency, at the prices of one year.

books   `analysis.books.Books`: what is printed, and what a page may be made of
held    interceptors that an alternative carries, ready and in reserve, by type
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from egide import catalog as library
from egide.analysis import prices
from egide.analysis.books import KILLS, Books, Shot, Target
from egide.analysis.ledger import Gap, Item
from egide.analysis.prices import Amount, Index, Rate
from egide.catalog import Catalog, Value
from egide.scenario import Scenario, Variants, alternatives, load_money
from egide.scenario.amounts import Cash
from egide.scenario.base import Label
from egide.scenario.checks_of_fire import magazine
from egide.scenario.loading import catalog_of
from egide.scenario.money import Entry, Money, amount_of, share_of

__all__ = ["books"]


def books(study: str | Path, catalog: Catalog | None = None) -> Books:
    """The ledgers beside a study. Raises ScenarioError with every problem of either file."""
    known = catalog or library.load()
    money = load_money(study, known)
    known = catalog_of(money.study.base_path, known)
    labels = alternatives(money.study.base_path)
    names = list(money.study.alternatives or labels)
    indexes = [_index(name, known) for name in money.deflators]
    rates = tuple(_rates(money))
    items = tuple(_item(entry, money, rates, indexes, known) for entry in money.entries)
    years = sorted({entry.year for entry in money.entries} | {money.year})
    shots, targets = _fired(money, names, known)
    reference = money.reference or money.study.reference or names[0]
    return Books(
        study=money.study.name, title=_both(money.title), note=_both(money.note) if money.note else {},
        currency=money.currency, year=money.year, decision=money.decision.last, horizon=money.horizon.last,
        happened=money.happened, reference=reference,
        pairs=money.compare or money.study.compare or tuple((n, reference) for n in names if n != reference),
        parties={name: _both(label) for name, label in money.parties.items()},
        alternatives={name: _both(labels[name]) for name in names},
        items=items,
        gaps=tuple(Gap(gap.party, gap.price, gap.of, _both(gap.label)) for gap in money.missing),
        deflators=tuple({"id": name, **known[name].label} for name in money.deflators),
        factors={year: prices.factor(indexes, year, money.year) for year in years},
        rates=rates,
        shots=shots, targets=targets,
        sources={name: known.sources[name].cite() for name in _cited(money, known)},
    )  # fmt: skip


def _both(label: Label) -> dict[str, str]:
    return {"en": label.en, "fr": label.fr or label.en}


def _index(name: str, catalog: Catalog) -> Index:
    values = catalog[name].values
    return Index(name, {int(year[1:]): Amount(each.low, each.value, each.high) for year, each in values.items()})


def _rates(money: Money) -> Iterator[Rate]:
    for rate in money.rates:
        if rate.rate.value is not None:
            value = rate.rate.value
            low, high = rate.rate.low or value, rate.rate.high or value
            yield Rate(rate.of, value.currency, rate.year, Amount(low.number, value.number, high.number))


def _item(entry: Entry, money: Money, rates: Sequence[Rate], indexes: Sequence[Index], catalog: Catalog) -> Item:
    low, value, high = amount_of(entry.amount, catalog)
    if entry.price == "ceiling" and entry.amount.low is None:
        low = Cash(0.0, value.currency)  # nothing is said of what would really be paid
    part = share_of(entry.share, catalog) * entry.count
    plain = Amount(low.number, value.number, high.number).scaled(part)
    amount = prices.converted(plain, value.currency, entry.year, (money.currency, money.year), rates, indexes)
    first, last = entry.span
    if entry.from_ is not None and entry.until is None:
        last = max(money.horizon.last, first)
    found = _value(entry.amount.catalogue, catalog)
    return Item(
        name=entry.name, party=entry.party, flow=entry.flow, price=entry.price, amount=amount,
        first=first, last=last, of=entry.of, part=entry.part, yearly=entry.price == "operation",
        grade=entry.grade or (found.grade if found else "A"), label=_both(entry.label),
        published=(plain.value, value.currency, entry.year),
        sources=entry.source or (found.source_ids if found else ()),
        disputed=entry.disputed or (found.disputed if found else False),
        why=_both(entry.why) if entry.why else {}, figure=entry.amount.catalogue or entry.name,
    )  # fmt: skip


def _value(path: str | None, catalog: Catalog) -> Value | None:
    if path is None:
        return None
    entry, _, name = path.rpartition(".")
    return catalog[entry].values[name]


def _cited(money: Money, catalog: Catalog) -> list[str]:
    found: dict[str, None] = {}
    for entry in money.entries:
        value = _value(entry.amount.catalogue, catalog)
        found |= dict.fromkeys(entry.source or (value.source_ids if value else ()))
    found |= dict.fromkeys(rate.source for rate in money.rates if rate.source)
    for name in money.deflators:
        found |= dict.fromkeys(catalog[name].cited())
    return list(found)


# --- interceptors and what they are fired at ------------------------------------------------------------------------


def _fired(money: Money, names: Sequence[str], catalog: Catalog) -> tuple[tuple[Shot, ...], tuple[Target, ...]]:
    variants = Variants(money.study.base_path, catalog)
    held: dict[str, Counter[str]] = {}
    raiders: dict[str, None] = {}
    for name in names:
        scenario = variants.scenario(name)
        held[name] = _held(scenario, catalog)
        raiders |= dict.fromkeys(raid.type for raid in scenario.raids)
    missiles = list(dict.fromkeys(missile for each in held.values() for missile in each))
    shots = tuple(_shot(missile, {name: each[missile] for name, each in held.items()}, catalog) for missile in missiles)
    return shots, tuple(_target(raider, catalog) for raider in raiders if catalog[raider].has("unit_cost"))


def _held(scenario: Scenario, catalog: Catalog) -> Counter[str]:
    found: Counter[str] = Counter()
    for battery in scenario.batteries:
        for row in battery.launchers or ():
            found[row.missile] += magazine(row, catalog)
    return found


def _shot(name: str, held: Mapping[str, int], catalog: Catalog) -> Shot:
    entry = catalog[name]
    kills = {kill: _range(entry.values[kill]) for kill in KILLS.values()}
    cost = entry.values["unit_cost"]
    return Shot(name, dict(entry.label), _range(cost), cost.grade, kills, held)


def _target(name: str, catalog: Catalog) -> Target:
    entry = catalog[name]
    cost = entry.values["unit_cost"]
    return Target(name, dict(entry.label), entry.kind, _range(cost), cost.grade)


def _range(value: Value) -> Amount:
    return Amount(value.low, value.value, value.high)
