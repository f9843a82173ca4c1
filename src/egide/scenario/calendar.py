"""A calendar beside a study: dated events that make units available, hold them up, let them decay or take them away.

event      something that happened, or is assumed to happen, on a day that may slip; kinds are words for people
effect     what an event does to the units it names: nothing (it informs), there, gone, hold, release, decay, set
unit       a battery, sensor, airborne radar or patrol of the scenario, or one that the calendar itself adds
day        a date: `2019-07-12`, or `2015-10`, which means the 15th; one date, or low, nominal and high where it slips
lead       a day so many months after another event
assumed    of grade K or A, as everywhere: no source was read that says so

A unit that no event makes there or takes away is always there. One whose first such event makes it there is not there
before; one whose first such event takes it away is there from the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import core_schema

from egide.catalog import Catalog
from egide.catalog.model import GRADE_BASIS
from egide.i18n import mark
from egide.scenario.base import Label, Model, Name, Positive, Reference, Text, or_alone, or_one_text
from egide.scenario.quantities import Factor, Probability, fail, show

__all__ = ["EFFECTS", "KINDS", "MONTH_DAYS", "Calendar", "Event", "corner", "days_of", "grade_of", "triangle"]

Effect: TypeAlias = Literal["none", "there", "gone", "hold", "release", "decay", "set"]
Kind: TypeAlias = Literal[
    "tender", "offer", "contract", "delivery", "training", "deployment", "activation", "upgrade", "suspension",
    "licence-denial", "sanctions", "embargo", "resumption", "withdrawal", "test", "statement",
]  # fmt: skip
Grade: TypeAlias = Literal["S", "S2", "D", "K", "A"]

KINDS: Final[Mapping[str, Effect]] = {  # what an event of a kind does where it does not say otherwise
    "tender": "none", "offer": "none", "contract": "none", "delivery": "none", "training": "none",
    "deployment": "there", "activation": "there", "upgrade": "set", "suspension": "hold", "licence-denial": "hold",
    "sanctions": "none", "embargo": "decay", "resumption": "release", "withdrawal": "gone", "test": "none",
    "statement": "none",
}  # fmt: skip
EFFECTS: Final = ("none", "there", "gone", "hold", "release", "decay", "set")
MONTH_DAYS: Final = 30.4375  # of the Julian year: months of a lead time are mean months
_MIDDLE: Final = 15  # the day that a month without one means
_DAY: Final = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_FROM_BEST: Final = ("S", "D", "S2", "K", "A")


def _day(value: Any) -> date:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise fail(
            mark("{value} is no date"),
            mark("write 2019-07-12, or 2015-10 for its middle, or low, nominal and high where it may slip"),
            value=show(value),
        )
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or _MIDDLE))
    except ValueError:
        raise fail(mark("there is no day {value}"), mark("check month and day"), value=show(value)) from None


Day: TypeAlias = Annotated[
    date, BeforeValidator(_day), PlainSerializer(lambda day: day.isoformat()),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}),
]  # fmt: skip


def triangle(share: float, low: float, likely: float, high: float) -> float:
    """Quantile of a triangular belief: 0 is the low end, 1 the high one."""
    if high <= low:
        return likely
    turn = (likely - low) / (high - low)
    if share <= turn:
        return low + float((share * (high - low) * (likely - low)) ** 0.5)
    return high - float(((1.0 - share) * (high - low) * (high - likely)) ** 0.5)


class Slip(Model):
    """A date that may slip; one date where it does not."""

    low: Day
    """Earliest."""
    nominal: Day
    """As published, or thought likeliest."""
    high: Day
    """Latest."""

    @model_validator(mode="before")
    @classmethod
    def _one_date(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"low": value, "nominal": value, "high": value}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.nominal <= self.high:
            raise fail(
                mark("dates in disorder: {low}, {nominal}, {high}"),
                mark("low comes first and high last"),
                at=("nominal",),
                low=f"{self.low}",
                nominal=f"{self.nominal}",
                high=f"{self.high}",
            )
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return or_one_text(handler(schema), handler)

    def at(self, share: float | None) -> float:
        """Ordinal day at a share of belief; None: nominal."""
        if share is None:
            return float(self.nominal.toordinal())
        return triangle(share, self.low.toordinal(), self.nominal.toordinal(), self.high.toordinal())

    @property
    def slips(self) -> bool:
        return self.low < self.high


class Months(Model):
    """A number of months with its range; one number where it has none."""

    low: Factor
    """Fewest."""
    nominal: Factor
    """As published, or thought likeliest."""
    high: Factor
    """Most."""

    @model_validator(mode="before")
    @classmethod
    def _one_number(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"low": value, "nominal": value, "high": value}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.nominal <= self.high:
            raise fail(
                mark("months in disorder: {low:g}, {nominal:g}, {high:g}"),
                mark("low comes first and high last"),
                at=("nominal",),
                low=self.low,
                nominal=self.nominal,
                high=self.high,
            )
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        mapping = handler.resolve_ref_schema(handler(schema))
        either = {"anyOf": [{"type": "number"}, dict(mapping)], "title": mapping.get("title", "")}
        mapping.clear()
        mapping.update(either)
        return mapping

    def at(self, share: float | None) -> float:
        """In days, at a share of belief; None: nominal."""
        months = self.nominal if share is None else triangle(share, self.low, self.nominal, self.high)
        return months * MONTH_DAYS

    @property
    def slips(self) -> bool:
        return self.low < self.high


class After(Model):
    """A day so many months after another event."""

    event: Name
    """One of `events`."""
    months: Months
    """The lead time: one number, or low, nominal and high."""


class Decay(Model):
    """How availability falls while spares do not come: `floor + (1 - floor) 2^(-t / half_life)` after the grace."""

    half_life: Months
    """Months in which what lies above the floor halves."""
    grace: Months = Months(low=0, nominal=0, high=0)
    """Months that the spares in store last."""
    floor: Probability = 0.0
    """What is left in the end."""


class Event(Model):
    """Something that happens on a day."""

    name: Name
    label: Label
    kind: Kind
    """What people call it."""
    date: Slip | None = None
    """When: a date, or low, nominal and high; this or `after`."""
    after: After | None = None
    """When, counted from another event."""
    source: tuple[Text, ...] = ()
    """Ids of the catalogue's sources; none where it is assumed."""
    grade: Grade | None = None
    """How sure it is; left out: as the weakest of its sources. K and A are shown as assumed."""
    why: Text | None = None
    """Why it is assumed so, or what the sources leave open."""
    of: tuple[Name, ...] = ()
    """Alternatives in which it happens; left out: all."""
    units: tuple[Reference, ...] = ()
    """Units it speaks of; where an alternative has none of them, it informs."""
    effect: Effect | None = None
    """What it does to them; left out: as its kind does."""
    lifts: tuple[Name, ...] = ()
    """Events whose hold or decay it ends."""
    decay: Decay | None = None
    """How availability falls from then on."""
    set: Mapping[str, Any] = {}
    """Path -> value from then on, as in an alternative."""

    @model_validator(mode="before")
    @classmethod
    def _one_source(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("source"), str):
            return {**value, "source": [value["source"]]}
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.date is None) == (self.after is None):
            raise fail(mark("an event needs a date or an after, one of the two"), mark("write date: 2019-07-12"))
        does = self.does
        for key, needed in (("decay", "decay"), ("set", "set"), ("lifts", "release")):
            given = bool(getattr(self, key))
            if given != (does == needed):
                wrong = mark("{key} and effect {effect} do not go together") if given else (
                    mark("an event with effect {effect} needs {key}"))  # fmt: skip
                raise fail(wrong, mark("effect {needed} has {key}"), (key,) if given else (), key=key, effect=does,
                           needed=needed)  # fmt: skip
        if does not in ("none", "release") and not self.units:
            raise fail(
                mark("an event with effect {effect} needs units"),
                mark("name them, or write effect: none where it only informs"),
                effect=does,
            )
        if not self.source and self.grade is None:
            raise fail(mark("this event has no source"), mark("name one of the catalogue, or write grade: A and why"))
        if not self.source and self.why is None:
            raise fail(mark("this event has neither a source nor a reason"), mark("add why: ..."))
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One source may be written without a list."""
        return or_alone(handler(schema), handler, "source")

    @property
    def does(self) -> Effect:
        """Its effect."""
        return self.effect or KINDS[self.kind]


class Asked(Model):
    """What coverage is asked of each state, by the rules of `egide coverage`."""

    altitude: Text = "5km-amsl"
    """Height and what it is measured from."""
    rcs: Text = "1m2"
    """Radar cross section of the target."""
    class_: Text = "aircraft"
    """Its class, or a catalogue entry."""
    shots: Positive = 2
    """Defended: by at least so many shots,"""
    kill: Probability = 0.8
    """and at least this probability of a kill."""


class Calendar(Model):
    """Events around a study."""

    egide: Literal[1]
    """Version of the format."""
    kind: Literal["calendar"]
    """Says that this is a calendar."""
    title: Label
    note: Label | None = None
    from_: Day
    """First month."""
    until: Day
    """Last month."""
    alternatives: tuple[Name, ...] = ()
    """Those that are followed; left out: those of the study's campaign, or of the study."""
    replications: Positive = 20
    """Of each distinct state."""
    draws: Positive = 200
    """Slipped calendars behind the interval of dates."""
    measures: tuple[Name, ...] = ("leakers", "value_lost")
    """Measures that are followed."""
    coverage: Asked = Asked()
    """What coverage is asked."""
    add: Mapping[str, Any] = {}
    """Sites and units that the scenario lacks, as in an alternative's `add`; they are no part of the steady state."""
    events: tuple[Event, ...] = Field(min_length=1)
    """In any order."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.until < self.from_:
            raise fail(
                mark("time goes backwards: until {until} comes before from {from_}"),
                mark("exchange them"),
                at=("until",),
                until=f"{self.until}",
                from_=f"{self.from_}",
            )
        return self


def corner(share: float | None) -> Callable[[str], float | None]:
    """Every date at the same share of belief: 0 early, 1 late, None as published."""
    return lambda _: share


def days_of(events: Sequence[Event], share: Callable[[str], float | None]) -> dict[str, float]:
    """Ordinal day of each event. `share` says how far each slips by its own belief: 0 low, 1 high, None nominal.
    Every `after` is known and there is no circle."""
    by_name = {event.name: event for event in events}
    found: dict[str, float] = {}

    def day(name: str) -> float:
        if name not in found:
            event = by_name[name]
            if event.after is not None:
                found[name] = day(event.after.event) + event.after.months.at(share(name))
            elif event.date is not None:
                found[name] = event.date.at(share(name))
        return found[name]

    for event in events:
        day(event.name)
    return found


def grade_of(event: Event, catalog: Catalog) -> str:
    """How sure an event is: its own grade, else the weakest of its sources."""
    if event.grade is not None:
        return event.grade
    grades = [part for source in event.source for part in re.split(r"[/+]", catalog.sources[source].grade)]
    return max((grade for grade in grades if grade in GRADE_BASIS), key=_FROM_BEST.index, default="A")
