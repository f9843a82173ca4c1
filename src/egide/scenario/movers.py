"""What flies: friends, strangers and attackers.

flight   one or more aircraft on a written route that attack nobody
raid     objects that attack an asset: along a route, or on a ballistic arc from launch points
decoy    flies with a raid and looks like it, but carries nothing
debris   what a ballistic missile leaves behind it: false objects on nearly the same arc
traffic  recorded airliners, moved openly in space and time
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from egide.i18n import mark
from egide.scenario.base import Flag, Label, Model, Name, Positive, Reference, Text, or_one_text
from egide.scenario.command import Mode
from egide.scenario.forces import NO_OVERRIDES, Overrides
from egide.scenario.jammers import Jamming
from egide.scenario.quantities import (
    Date,
    Factor,
    Instant,
    Length,
    OpenAngle,
    Position,
    PositiveSpeed,
    PositiveTime,
    Probability,
    Shift,
    Time,
    fail,
    write_date,
)

__all__ = ["AntiRadiation", "Debris", "Decoys", "Flight", "Offset", "Raid", "RoutePoint", "Traffic", "TrafficWindow"]


def _as_written(value: Any) -> Any:
    """A code is a name, though YAML reads four digits as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Squawk: TypeAlias = Annotated[
    Literal["as-filed", "wrong", "none", "7500", "7600", "7700"], BeforeValidator(_as_written)
]


class RoutePoint(Model):
    """A point of a route; altitude and speed hold from here on."""

    position: Position
    altitude_m: Length | None = None
    """Above mean sea level; left out: as at the point before, at the first the catalogue's."""
    speed_m_s: PositiveSpeed | None = None
    """Over the ground; Mach is taken at the altitude beside it. Left out: as before, at the first the catalogue's."""


class Offset(Model):
    """A flight carried elsewhere as a whole, for a base farther off."""

    bearing_rad: OpenAngle
    """In which direction, clockwise from north."""
    distance_m: Length
    """How far."""


class Decoys(Model):
    """False objects that fly with a raid."""

    count: Positive
    """In all, spread over the raid."""
    type: Reference
    """Catalogue entry: what each looks like and costs."""
    overrides: Overrides = NO_OVERRIDES


class Debris(Model):
    """False objects that each ballistic missile leaves behind."""

    ratio: Factor | None = None
    """How many to one warhead; left out: the catalogue's,"""
    level: Literal["low", "nominal", "high"] = "nominal"
    """at this level."""
    type: Reference = "ballistic/debris"
    """Catalogue entry: what each looks like."""
    above_m: Length = 0.0
    """Height at which they come apart, going up; zero: at burnout, which the model puts on the ground."""
    spread_m_s: PositiveSpeed | None = None
    """Standard deviation of their velocities by axis; left out: the catalogue's."""

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"level": value}
        return {"ratio": value} if isinstance(value, int | float) and not isinstance(value, bool) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return or_one_text(handler(schema), handler)


class AntiRadiation(Model):
    """Weapons against a unit whose radars transmit. No seeker: a probability with and one without emission."""

    silent_s: PositiveTime | None = None
    """Radars that have been silent for so long are harder to hit; left out: the catalogue's."""
    share: Probability | None = None
    """What is then left of the hit probability; left out: the catalogue's."""


class Flight(Model):
    """Aircraft that attack nobody."""

    name: Name
    label: Label | None = None
    type: Reference
    side: Reference
    count: Positive = 1
    spacing_s: Time = 0.0
    """Between one and the next."""
    abreast_m: Length = 0.0
    """Sideways between one and the next."""
    start_s: Instant = 0.0
    route: tuple[RoutePoint, ...]
    """Two points or more; straight legs between them."""
    offset: Offset | None = None
    """Every point of the route carried this way; left out: as written."""
    transponder: tuple[Mode, ...] = ()
    flight_plan: Flag = False
    """A plan was filed, so that a network that receives plans expects it."""
    squawk: Squawk = "as-filed"
    """Code sent with a civil reply: the plan's (as-filed), wrong, none, 7500 (hijack), 7600 or 7700 (emergency)."""
    reflectors: Flag = False
    """Carries radar reflectors that hide its signature."""
    emits: Flag = False
    """Its own radar is on, so that passive sensors hear it; a working transponder is heard without it."""
    jammer: Jamming | None = None
    """Noise that each of them spreads; left out: none."""
    overrides: Overrides = NO_OVERRIDES

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        check_route(self.route)
        return self


class Raid(Model):
    """Attackers, written by hand."""

    name: Name
    label: Label | None = None
    type: Reference
    side: Reference
    count: Positive = 1
    spacing_s: Time = 0.0
    """Between one and the next."""
    abreast_m: Length = 0.0
    """Sideways between one and the next."""
    start_s: Instant | None = None
    """Of the first; or give time_on_target."""
    time_on_target_s: Instant | None = None
    """Of the first; or give start."""
    route: tuple[RoutePoint, ...] = ()
    """Flown first; the target is its last point."""
    launch: tuple[Position, ...] = ()
    """Launch points of ballistic missiles, used in turn."""
    target: Reference
    """One of `assets`."""
    release_m: Length = 0.0
    """Distance from the target at which weapons leave; zero: it flies into the target."""
    dispersion_m: Length = 0.0
    """Standard deviation of ballistic aim points."""
    transponder: tuple[Mode, ...] = ()
    squawk: Squawk = "as-filed"
    """Code sent with a civil reply, as for flights; a raid files no plan."""
    emits: Flag = False
    """Its own radar is on, so that passive sensors hear it; a working transponder is heard without it."""
    jammer: Jamming | None = None
    """Noise that each of them spreads, which screens them too; left out: none."""
    decoys: Decoys | None = None
    """False objects along the route; left out: none."""
    debris: Debris | None = None
    """False objects on the arc; left out: none."""
    anti_radiation: AntiRadiation | None = None
    """Its weapons go for the radars of the unit at the target; left out: they go for the place."""
    overrides: Overrides = NO_OVERRIDES

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.start_s is None) == (self.time_on_target_s is None):
            raise fail(mark("a raid needs start or time_on_target, not both"), mark("write one of them"))
        if bool(self.route) == bool(self.launch):
            raise fail(
                mark("a raid needs a route or launch points, not both"),
                mark("ballistic missiles have launch, everything else has route"),
            )
        if self.route:
            check_route(self.route)
        if self.debris is not None and not self.launch:
            raise fail(
                mark("only ballistic missiles leave debris"), mark("remove it, or write decoys"), at=("debris",)
            )  # fmt: skip
        if self.decoys is not None and not self.route:
            raise fail(mark("decoys fly a route, and this raid has none"), mark("write debris"), at=("decoys",))
        return self


def check_route(route: tuple[RoutePoint, ...]) -> None:
    """Two points at least, and no leg of length zero."""
    if len(route) < 2:
        raise fail(
            mark("a route of {points} point leads nowhere") if len(route) == 1 else mark("the route is empty"),
            mark("give two points or more"),
            at=("route",),
            points=len(route),
        )
    for row in range(1, len(route)):
        if route[row].position == route[row - 1].position:
            raise fail(
                mark("the same position twice in a row"), mark("remove one of them"), at=("route", row, "position")
            )


class TrafficWindow(Model):
    """A stretch of the recording, moved to this scenario."""

    from_: Date
    """Begin, in the recording's own time."""
    until: Date
    """End, in the recording's own time."""
    shift: Shift = (0.0, 0.0)
    """Degrees of latitude and longitude added to every recorded position; the report says so."""
    scale: Factor = 1.0
    """Of differences of position about the middle of the recording."""
    at_s: Instant = 0.0
    """When the window begins in the scenario."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until <= self.from_:
            raise fail(
                mark("time goes backwards: until {until} comes before from {from_}"),
                mark("exchange them"),
                at=("until",),
                until=write_date(self.until),
                from_=write_date(self.from_),
            )
        return self


class Traffic(Model):
    """Recorded civil traffic."""

    recording: Text | None = None
    """A file of recorded positions inside the scenario's folder."""
    otherwise: Text | None = None
    """Read where the recording is not there (a sample that ships with the scenario)."""
    side: Reference
    type: Reference
    windows: tuple[TrafficWindow, ...] = Field(min_length=1)
    """Stretches of the recording to use."""
    limit: Positive | None = None
    """At most so many aircraft."""
    transponder: tuple[Mode, ...] = ("civil",)
    flight_plan: Flag = True
    """Plans were filed."""
    squawk: Squawk = "as-filed"
    """Code sent with a civil reply, as for flights."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.recording is None and self.otherwise is None:
            raise fail(mark("traffic needs a recording"), mark("add recording: FILE, or remove traffic"))
        return self
