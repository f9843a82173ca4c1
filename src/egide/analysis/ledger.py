"""Who has paid what by when, what a choice can still change, and whether two prices may be set side by side.

item       one amount of one party's ledger, in the currency and the year of the answers (`analysis.prices`)
flow       paid, due (agreed or asked, not yet paid), refundable, avoided, forgone: never netted against each other
by         what of an item has fallen by the end of a day. Between its two days it is spread evenly; its range is
           nothing (all on the last day) to all (all on the first)
sunk       what was paid by the day of decision. It is the same whatever is chosen, and counts against nothing
open       everything else of the alternatives' own: a choice can still change it
own        an item that belongs to some alternatives and not to all; what belongs to all makes no difference
family     kinds of figure that may be set side by side: a loan is a part of its contract

Two prices have a ratio only where both sums are of one family throughout. A ceiling against a contract gives a range:
the ceiling is what would be paid at most. Other mixtures, and a sum for which one side has no public figure, are not
comparable, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, final

from egide.analysis.prices import NOTHING, Amount, total
from egide.i18n import mark

__all__ = [
    "FAMILY",
    "FLOWS",
    "TOPIC",
    "Compared",
    "Gap",
    "Item",
    "Price",
    "by",
    "compare",
    "cost",
    "historic",
    "open_part",
    "own",
    "totals",
    "weaker",
]

DAYS: Final = 365.25
FLOWS: Final = ("paid", "due", "refundable", "avoided", "forgone")
SPENT: Final = ("paid", "due")
FAMILY: Final = {  # kind of figure -> what it may be set beside
    "contract": "contract", "loan": "contract", "ceiling": "ceiling", "unit": "unit", "statement": "statement",
    "infrastructure": "infrastructure", "operation": "operation",
}  # fmt: skip
ACQUISITION: Final = ("contract", "ceiling", "unit", "statement")
TOPICS: Final = ("acquisition", "infrastructure", "operation")
TOPIC: Final = {**dict.fromkeys(ACQUISITION, TOPICS[0]), **{topic: topic for topic in TOPICS[1:]}}  # of a family

RATIO, RANGE, SIDE, NEITHER = "ratio", "range", "one side", "not comparable"
ONE_KIND: Final = mark("both are figures of one kind")
AT_MOST: Final = mark("a contract is what is paid, a ceiling what would be paid at most")
MIXED: Final = mark("figures of different kinds")
UNKNOWN: Final = mark("no public figure for {name}")
ONLY_ONE: Final = mark("the other side has nothing to pay here")


@final
@dataclass(frozen=True)
class Item:
    """One amount; where `yearly`, the amount of a year. `of` empty: every alternative."""

    name: str
    party: str
    flow: str
    price: str
    amount: Amount
    first: date
    last: date
    of: tuple[str, ...] = ()
    part: str = "defence"
    yearly: bool = False
    grade: str = "A"
    label: Mapping[str, str] = field(default_factory=dict)
    published: tuple[float, str, int] = (0.0, "", 0)  # the amount as its source has it: number, currency, year
    sources: tuple[str, ...] = ()
    disputed: bool = False
    why: Mapping[str, str] = field(default_factory=dict)
    figure: str = ""  # what the amount is taken from, where several items are parts of one figure

    def belongs(self, alternative: str) -> bool:
        """To this alternative, or to all."""
        return not self.of or alternative in self.of

    @property
    def family(self) -> str:
        return FAMILY[self.price]

    @property
    def whole(self) -> Amount:
        """All of it, up to its last day."""
        years = ((self.last - self.first).days + 1) / DAYS if self.yearly else 1.0
        return self.amount.scaled(years)


@final
@dataclass(frozen=True)
class Gap:
    """A sum that no public figure was found for."""

    party: str
    price: str
    of: tuple[str, ...]
    label: Mapping[str, str]

    def belongs(self, alternative: str) -> bool:
        """To this alternative, or to all."""
        return not self.of or alternative in self.of


def by(item: Item, day: date) -> Amount:
    """What of it has fallen by the end of a day."""
    if day < item.first:
        return NOTHING
    if item.yearly:
        return item.amount.scaled(((min(day, item.last) - item.first).days + 1) / DAYS)
    if day >= item.last:
        return item.amount
    share = ((day - item.first).days + 1) / ((item.last - item.first).days + 1)
    return Amount(0.0, item.amount.value * share, item.amount.high)


def open_part(item: Item, decision: date | None) -> Amount:
    """What is not sunk on the day of decision: of what is paid, the rest; of everything else, all of it. Without a day,
    before anything: all of it."""
    if decision is None or item.flow != "paid" or decision < item.first:
        return item.whole
    if decision >= item.last:
        return NOTHING
    if item.yearly:
        return item.amount.scaled((item.last - decision).days / DAYS)
    return Amount(0.0, item.amount.value - by(item, decision).value, item.amount.high)


def weaker(items: Iterable[Item]) -> str:
    """The weakest grade of several figures: that of their sum."""
    order = ("S", "S2", "D", "K", "A")
    return max((item.grade for item in items), key=order.index, default="")


def historic(items: Iterable[Item], alternative: str | None) -> list[Item]:
    """Those that came about with an alternative; without one, those that belong to all."""
    return [item for item in items if (item.belongs(alternative) if alternative is not None else not item.of)]


def totals(items: Iterable[Item], day: date) -> dict[tuple[str, str], Amount]:
    """Sum by party and flow of what has fallen by the end of a day."""
    found: dict[tuple[str, str], list[Amount]] = {}
    for item in items:
        found.setdefault((item.party, item.flow), []).append(by(item, day))
    return {key: total(amounts) for key, amounts in found.items()}


def own(items: Iterable[Item], party: str, alternative: str) -> list[Item]:
    """What an alternative, and not every one, makes a party pay for the defence itself."""
    return [
        item for item in items
        if item.of and item.belongs(alternative) and item.party == party and item.part == "defence"
        and item.flow in SPENT
    ]  # fmt: skip


@final
@dataclass(frozen=True)
class Price:
    """What an alternative costs in one topic: by family, what is open at the decision and what is sunk."""

    families: Mapping[str, Amount]
    sunk: Amount
    names: tuple[str, ...]
    grade: str

    @property
    def open(self) -> Amount:
        return total(self.families.values())


def cost(items: Sequence[Item], party: str, alternative: str, decision: date | None, topic: str = TOPICS[0]) -> Price:
    """The price of an alternative's own items of one topic; a sunk item is not part of it."""
    mine = [item for item in own(items, party, alternative) if TOPIC[item.family] == topic]
    families: dict[str, list[Amount]] = {}
    for item in mine:
        if not (left := open_part(item, decision)).nothing:
            families.setdefault(item.family, []).append(left)
    sunk = total(by(item, decision) for item in mine if decision is not None and item.flow == "paid")
    return Price({family: total(parts) for family, parts in families.items()}, sunk, tuple(i.name for i in mine),
                 weaker(mine))  # fmt: skip


@final
@dataclass(frozen=True)
class Compared:
    """Two alternatives' prices in one topic. `ratio` only where both are of one family; `difference` where the sums of
    both sides have a meaning; `verdict` says which, `reason` (a message) why."""

    one: str
    other: str
    topic: str
    prices: tuple[Price, Price]
    verdict: str
    reason: str
    ratio: Amount | None = None
    difference: Amount | None = None
    gaps: tuple[Gap, ...] = ()


def compare(
    items: Sequence[Item], party: str, one: str, other: str, decision: date | None, gaps: Sequence[Gap] = ()
) -> list[Compared]:
    """Two alternatives, topic by topic; topics in which neither has a figure nor a gap are left out.

    What both pay alike cancels; what is sunk is no part of either price, so it never changes an answer.
    """
    common = {item.name for item in own(items, party, one)} & {item.name for item in own(items, party, other)}
    differing = [item for item in items if item.name not in common]
    found = []
    for topic in TOPICS:
        prices = cost(differing, party, one, decision, topic), cost(differing, party, other, decision, topic)
        lacking = tuple(
            gap for gap in gaps
            if gap.party == party and TOPIC[FAMILY[gap.price]] == topic and gap.belongs(one) != gap.belongs(other)
        )  # fmt: skip
        if any(price.families for price in prices) or lacking:
            found.append(_judged(Compared(one, other, topic, prices, NEITHER, MIXED, gaps=lacking)))
    return found


def _judged(found: Compared) -> Compared:
    if found.gaps:
        return replace(found, reason=UNKNOWN)
    one, other = found.prices
    kinds = set(one.families) | set(other.families)
    difference = one.open - other.open
    if not one.families or not other.families:
        if len(kinds) == 1:
            return replace(found, verdict=SIDE, reason=ONLY_ONE, difference=difference)
        return found
    if len(kinds) == 1:
        return replace(found, verdict=RATIO, reason=ONE_KIND, ratio=one.open.over(other.open), difference=difference)
    if kinds == {"contract", "ceiling"} and len(one.families) == len(other.families) == 1:
        return replace(found, verdict=RANGE, reason=AT_MOST, difference=difference)
    return found
