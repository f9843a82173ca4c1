"""A study's money: dated amounts in one ledger a party, read from `money.yaml` beside the study.

entry      one amount that one party pays, owes, gets back, saves or goes without, with date, source and grade
flow       which way it goes: paid, due (agreed or asked, not yet paid), refundable, avoided, forgone
price      what kind of figure it is; figures of different kinds are never divided by each other
of         the alternatives that it belongs to; left out: every one, and then it makes no difference between them
year       the year whose money it is counted in; amounts are set side by side in the money of one year
decision   the day of the choice: what was paid before it is sunk and counts against no alternative
part       what it buys: the defence itself, or a consequence of the choice, which is told and never netted
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeAlias

from annotated_types import Ge, Le
from pydantic import Field, GetJsonSchemaHandler, PrivateAttr, model_validator
from pydantic.types import Strict
from pydantic_core import core_schema

from egide.catalog import Catalog
from egide.i18n import mark
from egide.scenario.amounts import Cash, CashText, Currency, Day, Share, Span, is_path
from egide.scenario.base import Flag, Label, Model, Name, Positive, Reference, Text, or_alone, or_one_text
from egide.scenario.quantities import fail
from egide.scenario.study import Study
from egide.scenario.tree import Node

__all__ = ["Amount", "Entry", "Missing", "Money", "Rate", "amount_of", "share_of"]

Year: TypeAlias = Annotated[int, Strict(), Ge(1900), Le(2200)]
Flow: TypeAlias = Literal["paid", "due", "refundable", "avoided", "forgone"]
PriceKind: TypeAlias = Literal["contract", "loan", "ceiling", "unit", "infrastructure", "operation", "statement"]
Grade: TypeAlias = Literal["S", "S2", "D", "K", "A"]


class Amount(Model):
    """A sum with its range: one text, a catalogue value, or low, value and high."""

    value: CashText | None = None
    """Nominal: number and currency."""
    low: CashText | None = None
    """Least; left out: the value, or the catalogue's."""
    high: CashText | None = None
    """Greatest; the same."""
    catalogue: Text | None = None
    """A value of the catalogue in place of `value`: `general/turkiye.s400_price`."""

    @model_validator(mode="before")
    @classmethod
    def _one_text(cls, value: Any) -> Any:
        if is_path(value):
            return {"catalogue": value}
        return value if isinstance(value, dict) else {"value": value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return or_one_text(handler(schema), handler)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.value is None) == (self.catalogue is None):
            raise fail(mark("an amount is a value or a catalogue value, one of the two"), mark("write {{value: ...}}"))
        ends = [end for end in (self.low, self.value, self.high) if end is not None]
        if len({end.currency for end in ends}) > 1:
            raise fail(mark("low, value and high are in different currencies"), mark("write them in one"))
        if any(one.number > other.number for one, other in pairwise(ends)):
            raise fail(mark("expected low <= value <= high"), mark("put them in order"))
        return self


class Entry(Model):
    """One amount of one party's ledger."""

    name: Name
    party: Name
    """One of `parties`: in whose ledger it stands."""
    label: Label
    flow: Flow
    """Which way it goes."""
    price: PriceKind
    """What kind of figure it is; `operation` is an amount a year, `statement` a figure said in public."""
    part: Literal["defence", "consequence"] = "defence"
    """What it buys: the defence itself, or a consequence of the choice."""
    of: tuple[Name, ...] = ()
    """The alternatives that it belongs to; left out: all of them."""
    amount: Amount
    """With its currency."""
    share: Share = 1.0
    """The part of the amount that is meant here: `45 %`, or a catalogue value."""
    count: Positive = 1
    """How many times the amount."""
    year: Year
    """The year whose money it is counted in."""
    date: Day | None = None
    """When it is paid, owed or lost: a day, a month or a year;"""
    from_: Day | None = None
    """or the day on which it begins,"""
    until: Day | None = None
    """and ends; between the two it is spread evenly, and its range is all or nothing. Left out: the `horizon`."""
    source: tuple[Reference, ...] = ()
    """Rows of the catalogue's register of sources; left out: those of the catalogue value."""
    grade: Grade | None = None
    """How sure it is, as in the catalogue; left out: that of the catalogue value."""
    why: Label | None = None
    """What to mind; an assumption needs its reason."""
    disputed: Flag = False
    """Whether sources contradict each other."""

    @model_validator(mode="before")
    @classmethod
    def _shorter(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "year" not in value and "amount" in value:
            raise fail(
                mark("the price has no year"), mark("add 'year: ...', the year whose money it is counted in"),
                at=("amount",),
            )  # fmt: skip
        for key in ("of", "source"):
            if isinstance(value.get(key), str):
                alone = () if key == "of" and value[key] == "all" else (value[key],)
                value = {**value, key: alone}
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One alternative or source may be written without a list."""
        return or_alone(handler(schema), handler, "of", "source")

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.date is None) == (self.from_ is None):
            raise fail(mark("an entry has a date, or from and until"), mark("write for example date: 2019-04-03"))
        if self.until is not None and self.from_ is None:
            raise fail(mark("until without from"), mark("add 'from: ...'"), at=("until",))
        if self.until is None and self.from_ is not None and self.price != "operation":
            raise fail(mark("only a yearly operation may go on to the horizon"), mark("add 'until: ...'"), at=("from",))
        if self.until is not None and self.from_ is not None and self.until.last < self.from_.first:
            raise fail(
                mark("it ends on {last}, before it begins"), mark("put the dates in order"), at=("until",),
                last=self.until.last.isoformat(),
            )  # fmt: skip
        return self

    @property
    def span(self) -> Span:
        """First and last day; the last is the first where only the horizon ends it."""
        if self.date is not None:
            return self.date
        if self.from_ is None:
            raise RuntimeError("an entry without a date was let through")
        return Span(self.from_.first, self.until.last if self.until is not None else self.from_.first)


class Rate(Model):
    """What one unit of a currency was worth."""

    of: Currency
    """The currency that is changed."""
    rate: Amount
    """What one unit of it buys: `1.33 USD`."""
    year: Year
    """The year whose mean, or one of whose days, it is; amounts of other years do not use it."""
    date: Day
    """The day, month or year that it is the rate of."""
    source: Reference | None = None
    """A row of the catalogue's register of sources; none where it is assumed."""
    grade: Grade
    """How sure it is."""


class Missing(Model):
    """A sum for which no public figure was found: what cannot be compared, and says so."""

    price: PriceKind
    """What kind of figure it would be."""
    party: Name
    """In whose ledger it would stand."""
    of: tuple[Name, ...] = ()
    """The alternatives that it belongs to; left out: all of them."""
    label: Label


class Money(Model):
    """The money of a study."""

    egide: Literal[1]
    """Version of the format."""
    kind: Literal["money"]
    """Says that these are ledgers."""
    name: Name
    title: Label
    note: Label | None = None
    currency: Currency
    """Of every answer."""
    year: Year
    """Of every answer: amounts of other years are brought to the prices of this one."""
    deflators: tuple[Reference, ...] = ()
    """Price indexes of the catalogue: the first gives the value, all of them together its range."""
    decision: Day
    """The day of the choice: what was paid by then is sunk."""
    horizon: Day
    """The day on which yearly sums end."""
    happened: Name | None = None
    """The alternative that came about: whose entries the ledgers of a date hold; left out: only entries of all."""
    reference: Name | None = None
    """The alternative that others are priced against; left out: the study's."""
    compare: tuple[tuple[Name, Name], ...] = ()
    """Pairs whose prices are set side by side; left out: those of the study."""
    parties: Mapping[Name, Label] = Field(min_length=1)
    """Name -> label, in the order printed; the first is the one that chooses."""
    rates: tuple[Rate, ...] = ()
    """Of foreign currencies; an amount without a rate of its year is refused."""
    entries: tuple[Entry, ...] = Field(min_length=1)
    """Every amount of every party."""
    missing: tuple[Missing, ...] = ()
    """What no public figure was found for."""

    _root: Node | None = PrivateAttr(default=None)
    _study: Study | None = PrivateAttr(default=None)

    def attach(self, root: Node, study: Study) -> Self:
        """A copy that knows its file and its study."""
        copy = self.model_copy()
        copy._root, copy._study = root, study  # noqa: SLF001  # its own copy
        return copy

    @property
    def study(self) -> Study:
        """The study that it stands beside."""
        if self._study is None:
            raise RuntimeError("made without a study")
        return self._study


def amount_of(amount: Amount, catalog: Catalog) -> tuple[Cash, Cash, Cash]:
    """Low, value and high. KeyError for a catalogue value that is none."""
    if amount.catalogue is None:
        value = amount.value or Cash(0.0, "")
        low = high = value
    else:
        entry, _, name = amount.catalogue.rpartition(".")
        found = catalog[entry].values[name]
        if found.dimension.name != "money":
            raise KeyError(amount.catalogue)
        low, value, high = (Cash(number, "USD") for number in (found.low, found.value, found.high))
    return amount.low or low, value, amount.high or high


def share_of(share: float | str, catalog: Catalog) -> float:
    """The part meant. KeyError for a catalogue value that is none."""
    if isinstance(share, float | int):
        return float(share)
    entry, _, name = share.rpartition(".")
    value = catalog[entry].values[name]
    if value.dimension.name != "ratio":
        raise KeyError(share)
    return value.value
