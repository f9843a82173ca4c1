"""The scenario as a frozen model: what `scenario.load` returns and the compiler reads.

section      a top-level key of the file
alternative  a named patch on the base; kept raw here, applied to the tree before the model is made
resolved     what was applied to get this scenario, written by `dump`
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, final

from pydantic import Field, PrivateAttr, model_validator

from egide.catalog import Catalog
from egide.i18n import mark
from egide.scenario.base import Label, Model, Name
from egide.scenario.chain import Post
from egide.scenario.command import Detail, Identification, Link, Network, Phase, Side, Tracking
from egide.scenario.doctrine import Doctrine, Engagement, Zone
from egide.scenario.equipment import Equipment
from egide.scenario.forces import Airborne, Battery, Overrides, Patrol, Sensor
from egide.scenario.jammers import Jammer
from egide.scenario.membership import Membership
from egide.scenario.movers import Flight, Raid, Traffic
from egide.scenario.places import Area, Asset, Corridor, Site, Terrain, Weather
from egide.scenario.quantities import Date, PositiveTime, fail

__all__ = ["Alternative", "Resolved", "Scenario"]


class Alternative(Model):
    """A named patch: remove, then add, then set."""

    label: Label | None = None
    note: Label | None = None
    extends: str | None = None
    """Another alternative, applied first."""
    remove: Mapping[str, tuple[str, ...]] = {}
    """Section -> names."""
    add: Mapping[str, Any] = {}
    """Section -> what is added to it."""
    set: Mapping[str, Any] = {}
    """Path -> value."""


class Resolved(Model):
    """Which alternative and which `--set` made this scenario."""

    alternative: Name | None = None
    """The alternative applied."""
    label: Label | None = None
    note: Label | None = None
    sets: tuple[str, ...] = ()
    """The settings applied after it."""


@final
@dataclass(frozen=True)
class _Origin:
    """Where a scenario came from. No part of what it says."""

    catalog: Catalog | None = None
    folder: Path = field(default_factory=Path)
    source: bytes = b""


class Scenario(Model):
    """Everything that is written about one situation."""

    egide: Literal[1]
    """Version of the format."""
    name: Name
    title: Label
    question: Label | None = None
    start: Date
    duration_s: PositiveTime
    area: Area
    terrain: Terrain
    weather: Weather = Weather()
    """Vapour and rain, which weaken echoes."""
    sides: Mapping[Name, Side] = Field(min_length=1)
    """Who takes part."""
    networks: Mapping[Name, Network] = Field(min_length=1)
    """Who shares a picture with whom."""
    links: tuple[Link, ...] = ()
    """What passes between networks."""
    membership: Mapping[Name, Membership] = {}
    """Network -> how it belongs to others, by switches; written out as links and modes."""
    chain: tuple[Post, ...] = ()
    """Command posts and who is above whom; left out: an order is a plain wait."""
    sites: tuple[Site, ...] = ()
    """Places on the ground that sensors and batteries use."""
    sensors: tuple[Sensor, ...] = ()
    """Ground radars outside batteries."""
    airborne: tuple[Airborne, ...] = ()
    """Airborne radars."""
    batteries: tuple[Battery, ...] = ()
    """Launchers with their radars and command post."""
    patrols: tuple[Patrol, ...] = ()
    """Fighters that may shoot."""
    flights: tuple[Flight, ...] = ()
    """Aircraft that attack nobody."""
    raids: tuple[Raid, ...] = ()
    """Attackers."""
    jammers: tuple[Jammer, ...] = ()
    """Aircraft on orbits that spread noise."""
    assets: tuple[Asset, ...] = ()
    """What is worth defending."""
    corridors: tuple[Corridor, ...] = ()
    """Air in which civil traffic or friends are expected."""
    traffic: Traffic | None = None
    """Recorded airliners."""
    phases: tuple[Phase, ...] = Field(default=(Phase(name="all"),), min_length=1)
    """Stretches of the scenario with their own rules."""
    doctrine: Mapping[Name, Doctrine] = {}
    """How batteries and patrols shoot; a battery names one of these."""
    zones: tuple[Zone, ...] = ()
    """Air with a weapon control status of its own."""
    engagement: Engagement = Engagement()
    """What takes from a missile's kill probability."""
    identification: Identification = Identification()
    """How networks tell friend from foe."""
    tracking: Tracking = Tracking()
    """How plots become tracks."""
    detail: Detail = Detail()
    """What the detail tables keep."""
    equipment: Mapping[str, Equipment] = {}
    """Pieces of the scenario's own, beside the catalogue's: id -> piece."""
    overrides: Mapping[str, Overrides] = {}
    """Catalogue values replaced for this scenario: entry -> parameter -> value."""
    alternatives: Mapping[Name, Alternative] = {}
    """Named patches, for comparison."""
    resolved: Resolved | None = None
    """What was applied to get this scenario."""

    _origin: _Origin = PrivateAttr(default_factory=_Origin)

    @model_validator(mode="after")
    def _phases_in_order(self) -> Self:
        last_s = 0.0
        for row, phase in enumerate(self.phases):
            if row == 0 and phase.from_s != 0.0:
                raise fail(
                    mark("the first phase does not begin with the scenario"),
                    mark("write from: 0 s"),
                    at=("phases", 0, "from"),
                )
            if row > 0 and phase.from_s <= last_s:
                raise fail(
                    mark("time goes backwards: this phase begins at {from_}, the one above at {last}"),
                    mark("put phases in the order of their times"),
                    at=("phases", row, "from"),
                    from_=f"{phase.from_s:g} s",
                    last=f"{last_s:g} s",
                )
            last_s = phase.from_s
        return self

    def __eq__(self, other: object) -> bool:
        """Same content; where it was read from does not count."""
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]  # mappings inside

    @property
    def catalog(self) -> Catalog:
        """The catalogue with this scenario's overrides."""
        if self._origin.catalog is None:
            raise ValueError("this scenario was not made by scenario.load and has no catalogue")
        return self._origin.catalog

    @property
    def folder(self) -> Path:
        """Where relative paths begin."""
        return self._origin.folder

    @property
    def source(self) -> str:
        """The file as read."""
        return self._origin.source.decode("utf-8-sig")

    @property
    def sha256(self) -> str:
        """Of the file as read."""
        return hashlib.sha256(self._origin.source).hexdigest()

    @property
    def alternative(self) -> str | None:
        """Name of the alternative that was applied."""
        return self.resolved.alternative if self.resolved else None

    def attach(self, catalog: Catalog, folder: Path, source: bytes) -> Self:
        """A copy that knows where it came from and its catalogue, in which its overrides stand already."""
        copy = self.model_copy()
        copy._origin = _Origin(catalog, folder, source)  # noqa: SLF001  # its own copy
        return copy

    def path(self, written: str) -> Path:
        """A file named in the scenario, from its folder."""
        return self.folder / written
