"""Who sees and who shoots.

sensor    a ground radar outside batteries
airborne  a radar that flies a racetrack orbit
battery   launchers that share a magazine and a fire control radar, as one system of the catalogue or piece by piece
patrol    fighters on an orbit that may shoot: a battery that moves
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import Field, WithJsonSchema, model_validator

from egide.i18n import mark
from egide.scenario.base import Count, Label, Model, Name, Positive, Reference
from egide.scenario.command import Mode, Windows, check_windows
from egide.scenario.quantities import (
    AntennaHeight,
    Factor,
    Instant,
    OpenAngle,
    Position,
    PositiveLength,
    PositiveSpeed,
    PositiveTime,
    Probability,
    fail,
)

__all__ = [
    "Airborne", "Battery", "BatteryRadar", "Emission", "Launcher", "Orbit", "Overrides", "Patrol", "Sensor",
    "Shutdown", "Silence", "Suppression", "Waiting",
]  # fmt: skip

OverrideValue: TypeAlias = Annotated[
    Any,  # its form and dimension are checked against the catalogue, which knows them
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number"]},
                {
                    "type": "object",
                    "properties": {key: {"type": ["string", "number"]} for key in ("value", "low", "high", "why")},
                    "required": ["value"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
Overrides: TypeAlias = Mapping[str, OverrideValue]  # parameter -> value with its unit
NO_OVERRIDES: Final[Overrides] = {}
Role: TypeAlias = Literal["search", "engagement", "both"]

DEFAULT_DOCTRINE: Final = "default"


class Silence(Model):
    """Silence while some are near."""

    flights: tuple[Reference, ...] = Field(min_length=1)
    """Flights that it keeps silent for,"""
    within_m: PositiveLength
    """while one of them is nearer than this over the ground."""


class Waiting(Model):
    """Silence until there is a reason to transmit."""

    within_m: PositiveLength
    """How near the reason must be."""
    linger_s: PositiveTime = 30.0
    """Silent again so long after the last reason."""


class Shutdown(Model):
    """Silence under attack."""

    within_m: PositiveLength
    """While a track called hostile or suspect comes straight at the radar from nearer than this,"""
    faster_than_m_s: PositiveSpeed
    """and faster than this;"""
    resume_s: PositiveTime
    """back so long after the last sign of it."""


class Suppression(Model):
    """What a battery does that was attacked, or has nothing left to fire."""

    attacked_s: PositiveTime | None = None
    """Opens no engagement for so long after an attack on it, hit or not; its radars go on. Left out: fights on."""
    dry: Literal["sensor", "silent"] = "sensor"
    """Its radars once the last missile is spent: they go on as sensors, or fall silent."""


class Emission(Model):
    """When and where a radar does not transmit: it then sees nothing there, of anybody."""

    blank: tuple[tuple[OpenAngle, OpenAngle], ...] = Field(default=(), max_length=4)
    """Sectors, each from one azimuth clockwise to another."""
    quiet_s: Windows = ()
    """Windows of silence."""
    silent_within: Silence | None = None
    """Silence while given flights are near; left out: none."""
    cued: Waiting | None = None
    """Silent until its network tells of a track, not called friend or neutral, that is near; left out: none."""
    ambush: Waiting | None = None
    """Engagement radars of a battery: silent until a track that the doctrine may engage is near; left out: none."""
    shutdown: Shutdown | None = None
    """Silent while something fast comes straight at it; left out: none."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_windows(self.quiet_s, "quiet")
        for row, (begin, end) in enumerate(self.blank):
            if begin == end:
                raise fail(
                    mark("a sector from an azimuth to the same one is empty"),
                    mark("write for example [120 deg, 200 deg]"),
                    at=("blank", row),
                )
        return self

    @property
    def has_silence(self) -> bool:
        return bool(self.quiet_s) or self.silent_within is not None

    @property
    def has_rule(self) -> bool:
        """Whether the picture says when it transmits."""
        return any(rule is not None for rule in (self.cued, self.ambush, self.shutdown))


class Sensor(Model):
    """A ground radar."""

    name: Name
    label: Label | None = None
    type: Reference
    side: Reference
    site: Reference
    network: Reference
    antenna_height_m: AntennaHeight | None = None
    """Above the ground; left out: the catalogue's."""
    azimuth_rad: OpenAngle = 0.0
    """Centre of the sector of a radar that does not rotate."""
    up_s: Windows = ()
    """When it works; left out: always."""
    emission: Emission | None = None
    """Where and when it does not transmit; left out: as it works."""
    collector: Name | None = None
    """Who else may read what it records of protected aircraft; left out: its own side alone."""
    overrides: Overrides = NO_OVERRIDES
    """Catalogue values replaced for this radar alone."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_windows(self.up_s, "up")
        check_emission(self.up_s, self.emission)
        if self.emission is not None and self.emission.ambush is not None:
            raise fail(
                mark("a radar outside batteries engages nobody and cannot lie in ambush"),
                mark("write cued in place of ambush"),
                at=("emission", "ambush"),
            )
        return self


class Orbit(Model):
    """A racetrack: two straight legs and two half turns."""

    center: Position
    """Middle of the racetrack."""
    length_m: PositiveLength
    """Of the long legs."""
    width_m: PositiveLength
    """Between the long legs."""
    heading_rad: OpenAngle = 0.0
    """Of the long legs."""
    altitude_m: PositiveLength
    """Above mean sea level."""
    speed_m_s: PositiveSpeed
    """Over the ground; Mach is taken at the altitude above."""


class Airborne(Model):
    """An airborne radar."""

    name: Name
    label: Label | None = None
    type: Reference
    radar: Reference
    side: Reference
    network: Reference
    transponder: tuple[Mode, ...] = ()
    orbit: Orbit
    from_s: Instant = 0.0
    until_s: Instant | None = None
    """Left out: to the end."""
    overrides: Overrides = NO_OVERRIDES
    """Catalogue values replaced for its radar alone."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_until(self.from_s, self.until_s)
        return self


class BatteryRadar(Model):
    """One radar of a battery, on the battery's site."""

    type: Reference
    role: Role
    """search finds targets, engagement guides missiles, both does either."""
    antenna_height_m: AntennaHeight | None = None
    """Above the ground; left out: the catalogue's."""
    azimuth_rad: OpenAngle | None = None
    """Left out: the battery's."""
    overrides: Overrides = NO_OVERRIDES


class Launcher(Model):
    """Launchers of one type with one missile."""

    type: Reference
    count: Positive = 1
    missile: Reference
    loaded: Count | None = None
    """Missiles ready on each launcher; left out: the catalogue's."""
    reserve: Count = 0
    """Missiles behind each launcher, loaded after its last shot."""


class Battery(Model):
    """A fire unit."""

    name: Name
    label: Label | None = None
    system: Reference
    """Catalogue entry of the system."""
    side: Reference
    site: Reference
    network: Reference
    azimuth_rad: OpenAngle = 0.0
    """Centre of the sector of radars that do not rotate."""
    radars: tuple[BatteryRadar, ...] | None = Field(default=None, min_length=1)
    """Left out: the system's."""
    command_post: Reference | None = None
    """Left out: the system's."""
    launchers: tuple[Launcher, ...] | None = Field(default=None, min_length=1)
    """Left out: the system's."""
    doctrine: Reference = DEFAULT_DOCTRINE
    value: Factor = 0.0
    """What its loss costs, on the scale of the assets."""
    up_s: Windows = ()
    """When it works; left out: always."""
    protects: tuple[Reference, ...] = ()
    """Assets that it defends first; left out: all alike."""
    emission: Emission | None = None
    """Where and when its radars do not transmit; left out: as they work."""
    collector: Name | None = None
    """Who else may read what its radars record of protected aircraft, such as their maker; left out: nobody."""
    suppression: Suppression | None = None
    """What it does when attacked or without missiles; left out: fights on, and sees on."""
    available: Probability | None = None
    """Probability that the battery works at all in a replication; left out: the catalogue's battery_up."""
    overrides: Overrides = NO_OVERRIDES
    """Values of the system replaced for this battery alone."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_windows(self.up_s, "up")
        check_emission(self.up_s, self.emission)
        return self


class Patrol(Model):
    """Fighters on patrol, each with its own missiles."""

    name: Name
    label: Label | None = None
    type: Reference
    count: Positive = 1
    side: Reference
    network: Reference
    radar: Reference
    command_post: Reference = "command-post/fighter"
    missile: Reference
    missiles_each: Count
    """On each aircraft."""
    doctrine: Reference = DEFAULT_DOCTRINE
    transponder: tuple[Mode, ...] = ()
    orbit: Orbit
    from_s: Instant = 0.0
    until_s: Instant | None = None
    """Left out: to the end."""
    overrides: Overrides = NO_OVERRIDES

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_until(self.from_s, self.until_s)
        return self


def check_emission(up_s: Windows, emission: Emission | None) -> None:
    """Windows of work and windows of silence would speak of the same switch."""
    if up_s and emission is not None and emission.has_silence:
        raise fail(
            mark("up and silence are both given"),
            mark("write the windows of up so that they leave the silence out"),
            at=("emission",),
        )


def check_until(from_s: float, until_s: float | None) -> None:
    """Until comes after from."""
    if until_s is not None and until_s <= from_s:
        raise fail(
            mark("time goes backwards: until {until} comes before from {from_}"),
            mark("exchange them"),
            at=("until",),
            until=f"{until_s:g} s",
            from_=f"{from_s:g} s",
        )
