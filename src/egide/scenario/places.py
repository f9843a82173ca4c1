"""Where: the area, its terrain, sites, corridors and what is worth defending.

site       a surveyed place for a radar or a battery; `notional` says that it is not a real unit's
corridor   a stretch of air of some width between two heights: a civil airway, or a lane for friends
weather    what the air takes from an echo: its vapour, and rain around each radar
asset      something of value, a circle on the ground; hitting it may put a unit out of action
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from egide.i18n import mark
from egide.scenario.base import Flag, Label, Model, Name, Reference, Text
from egide.scenario.quantities import (
    Factor,
    Height,
    Latitude,
    Length,
    Longitude,
    Position,
    PositiveLength,
    Rain,
    Vapour,
    fail,
)

__all__ = ["Area", "Asset", "Corridor", "Site", "Terrain", "Weather"]


class Area(Model):
    """The part of the world that the scenario covers, in degrees."""

    south: Latitude
    """Southern edge."""
    north: Latitude
    """Northern edge."""
    west: Longitude
    """Western edge."""
    east: Longitude
    """Eastern edge."""
    outline: tuple[Position, ...] = ()
    """Corners of the country's ground: shares of coverage are counted over it, and maps draw it; left out: the outline
    of a real country where most of the sites stand in one, else the whole area."""

    @model_validator(mode="after")
    def _outlined(self) -> Self:
        if 0 < len(self.outline) < 3:
            raise fail(mark("an outline has three corners or more"), at=("outline",))
        for row, (latitude, longitude) in enumerate(self.outline):
            if not (self.south <= latitude <= self.north and self.west <= longitude <= self.east):
                raise fail(mark("this corner lies beyond the area"), mark("move it inside"), at=("outline", row))
        return self

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.south >= self.north:
            raise fail(mark("south is not south of north"), mark("exchange them"), at=("south",))
        if self.west >= self.east:
            raise fail(
                mark("west is not west of east"),
                mark("exchange them; an area across 180 degrees is not read"),
                at=("west",),
            )
        return self


class Terrain(Model):
    """One of: a file, several tiles, a package that ships with Égide, or flat."""

    file: Text | None = None
    """A raster of heights (GeoTIFF, DTED, SRTM) beside the scenario; an absolute path may lead elsewhere."""
    files: tuple[Text, ...] = ()
    """Several tiles that together cover the area."""
    package: Text | None = None
    """Terrain that ships with Égide."""
    flat: Flag = False
    """A smooth Earth at height zero."""
    note: Label | None = None
    """What a reader must know about it: age, gaps, how far to trust it."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [self.file is not None, bool(self.files), self.package is not None, self.flat]
        if sum(given) != 1:
            raise fail(
                mark("terrain needs exactly one of file, files, package or flat"),
                mark("write for example '{{flat: true}}'"),
            )
        return self

    @property
    def paths(self) -> tuple[str, ...]:
        """The files as written."""
        return (self.file,) if self.file is not None else self.files


class Weather(Model):
    """What radar waves pass through. Left out: the mean air of the world and the year, no rain."""

    vapour_kg_m3: Vapour = 0.0075
    """Water vapour at sea level; it halves every 1.4 km of height. 0 g/m3: dry air."""
    rain_m_s: Rain = 0.0
    """Rate of the rain around each radar: 5 mm/h moderate, 25 mm/h heavy."""
    rain_extent_m: Length = 20_000.0
    """How far from each radar the rain reaches."""
    rain_ceiling_m: Length = 3_000.0
    """Height above sea level under which it is rain; snow above it takes nothing."""


class Site(Model):
    """A place on the ground."""

    name: Name
    position: Position
    height_m: Height
    """Of the ground above mean sea level, as surveyed."""
    notional: Flag = False
    """Not the place of a real unit; maps say so."""
    label: Label | None = None


class Corridor(Model):
    """Air in which civil traffic (or friends, a lane) is expected."""

    name: Name
    kind: Literal["civil", "lane"] = "civil"
    """A civil airway, or a lane for friends."""
    path: tuple[Position, ...] = Field(min_length=2)
    """Points of its centre line."""
    width_m: PositiveLength
    """From edge to edge."""
    floor_m: Length
    """Least height."""
    ceiling_m: Length
    """Greatest height."""
    label: Label | None = None

    @model_validator(mode="after")
    def _upright(self) -> Self:
        if self.ceiling_m <= self.floor_m:
            raise fail(mark("the ceiling is not above the floor"), mark("exchange them"), at=("ceiling",))
        return self


class Asset(Model):
    """What attackers aim at."""

    name: Name
    position: Position | None = None
    site: Reference | None = None
    radius_m: Length = 0.0
    """Of the circle that it covers."""
    value: Factor = 1.0
    """What its loss costs, in points of the scenario's own scale."""
    kind: Literal["base", "city", "infrastructure", "unit"] = "infrastructure"
    """What it is, for maps and tables."""
    unit: Reference | None = None
    """The battery, sensor or command post that goes down when this is hit."""
    label: Label | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.position is None) == (self.site is None):
            raise fail(mark("an asset needs a position or a site, not both"), mark("write one of them"))
        return self
