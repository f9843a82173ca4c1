"""The radars and batteries of a scenario, at one level of the catalogue's ranges, placed on its terrain.

radar     one antenna: its row as the engine has it, where it stands or the orbit it flies
unit      what the scenario names: a sensor, an airborne radar, a battery; `--without` takes units or sites out
grid      the terrain that they stand on (`coverage.grid`)

Planned windows are not read: every unit is taken as in service, but a battery whose `available` is 0. Fighter patrols
neither search for others nor defend ground here.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from egide.compiler import air, build, forces, polyline, rules
from egide.coverage.ask import PLACE
from egide.coverage.grid import Grid, Place, gridded
from egide.coverage.levels import at_level
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.physics import detection
from egide.physics.air import CLEAR, Weather

if TYPE_CHECKING:
    from egide.scenario import Scenario

__all__ = ["Battery", "Grid", "Net", "Place", "Radar", "check_names", "grid_of", "gridded", "net_of"]

Array = np.ndarray[Any, Any]
ORBIT_PLACES: Final = 12  # evenly spaced in time on one lap


@lru_cache(maxsize=1024)
def _needed_db(pd: float, pfa: float, swerling: int) -> float:
    return float(detection.required_snr_db(pd, pfa, 1, swerling))


@final
@dataclass(frozen=True)
class Radar:
    """One antenna."""

    name: str
    unit: str
    site: str
    type: str
    network: str
    battery: int  # row of the battery, -1: none
    row: Any
    places: tuple[Place, ...]  # one, or the orbit's
    weather: Weather = CLEAR

    @property
    def airborne(self) -> bool:
        return len(self.places) > 1

    @property
    def search(self) -> bool:
        return bool(self.row["search"])

    def sees(self, klass: int) -> bool:
        """Whether it is made to look for this class (a place in events.CLASSES)."""
        return bool(int(self.row["sees"]) & (1 << klass))

    def range_m(self, rcs_m2: float, pd: float) -> float:
        """Slant range at which one look detects with the wanted probability in empty space: the range equation, without
        any cap. What the air leaves of it is `air_at`."""
        pfa = math.exp(-float(self.row["threshold"]))
        if pd <= pfa:
            return math.inf
        needed_db = _needed_db(pd, pfa, int(self.row["swerling"]))
        return float((float(self.row["snr_m2"]) * rcs_m2 / 10.0 ** (needed_db / 10.0)) ** 0.25)

    def air_at(self, place: Place) -> Array:
        """Shares of a range that the air leaves, for `physics.air.air_share` and ranges to the last of `limits`."""
        return air.table(float(self.row["frequency_hz"]), place.antenna_m, float(self.row["range_max_m"]), self.weather)

    def limits(self) -> Array:
        """Sines of the lowest and highest elevation, azimuth, half sector, nearest and farthest range; then where each
        blanked sector begins and how wide it is."""
        names = ("sin_low", "sin_high", "azimuth_rad", "half_sector_rad", "range_min_m", "range_max_m")
        blank = np.asarray(self.row["blank_rad"])[: int(self.row["blanks"])].ravel()
        return np.array([*(float(self.row[name]) for name in names), *blank])


@final
@dataclass(frozen=True)
class Battery:
    """Launchers with their command post; `radars` are the places of its own antennas in the net."""

    name: str
    system: str
    network: str
    site: str
    row: Any
    stores: tuple[Any, ...]
    radars: tuple[int, ...]
    place: tuple[float, float, float]


@final
@dataclass(frozen=True)
class Net:
    """Everything that sees and shoots, at one level."""

    level: str
    scenario: Scenario
    radars: tuple[Radar, ...]
    batteries: tuple[Battery, ...]
    left_out: tuple[str, ...]  # units that cannot work, and those taken out

    def searching(self, klass: int) -> tuple[Radar, ...]:
        """Radars that feed a picture with targets of this class."""
        return tuple(radar for radar in self.radars if radar.search and radar.sees(klass))

    def cue(self, battery: Battery, klass: int) -> tuple[Radar, ...]:
        """Radars on whose tracks a battery may act: its own network's, and those of networks that cue it by a link."""
        links = self.scenario.links
        told = {link.from_ for link in links if link.to == battery.network and link.remote_cue
                and "tracks" in link.carries}  # fmt: skip
        return tuple(radar for radar in self.searching(klass) if radar.network in told | {battery.network})


def grid_of(scenario: Scenario) -> Grid:
    """The scenario's own terrain over its own area."""
    area = (scenario.area.south, scenario.area.north, scenario.area.west, scenario.area.east)
    return gridded(build.ground_of(scenario, area))


def net_of(scenario: Scenario, grid: Grid, level: str = "nominal", without: Sequence[str] = ()) -> Net:
    """The net of a scenario with an alternative applied. Raises ScenarioError for sites under or off the
    terrain; names to leave out that nothing has are told by `check_names`."""
    shifted = at_level(scenario, level)
    order = forces.Order(make_masks=False)
    networks = {name: i for i, name in enumerate(shifted.networks)}
    places = build.places_of(shifted, grid.dem)
    flying: list[Any] = [*shifted.airborne, *shifted.patrols]
    carriers = {thing.name: -2 for thing in flying}
    forces.sensors(shifted, grid.dem, order, places, carriers)
    forces.sides(shifted, order)
    forces.batteries(shifted, grid.dem, order, networks, places, rules.asset_names(shifted))
    forces.require(order)
    out = set(without)  # units and sites
    idle = {battery.name for battery in shifted.batteries if battery.available == 0.0}  # units, never sites
    idle |= {sensor.name for sensor in shifted.sensors if shifted.sides[sensor.side].relation != "friend"}
    weather = air.weather_of(shifted)
    kept: dict[int, int] = {}
    radars: list[Radar] = []
    names = list(shifted.networks)
    standing: list[Any] = [*shifted.sensors, *shifted.batteries]
    sites = {unit.name: unit.site for unit in standing}
    orbits: dict[str, Any] = {plane.name: plane for plane in shifted.airborne}
    for i, name in enumerate(order.radar_names):
        unit = name.partition("/")[0]
        if unit in idle or {unit, sites.get(unit, "")} & out:
            continue
        row = order.radars[i]
        where = _orbit(orbits[unit], grid) if unit in orbits else (_fixed(order, i),)
        kept[i] = len(radars)
        radars.append(Radar(name, unit, sites.get(unit, ""), order.radar_types[i], names[int(row["network"])],
                            int(row["battery"]), row, where, weather))  # fmt: skip
    batteries: list[Battery] = []
    moved: dict[int, int] = {}
    systems = {battery.name: battery.system for battery in shifted.batteries}
    for i, row in enumerate(order.batteries):
        name = order.battery_names[i]
        if name in idle or {name, sites[name]} & out:
            continue
        moved[i] = len(batteries)
        first, stores = int(row["first_radar"]), int(row["first_store"])
        own = tuple(kept[k] for k in range(first, first + int(row["radars"])) if k in kept)
        magazine = tuple(order.stores[stores : stores + int(row["stores"])])
        batteries.append(
            Battery(name, systems[name], names[int(row["network"])], sites[name], row, magazine, own, order.places[i])
        )
    settled = tuple(replace(radar, battery=moved.get(radar.battery, -1)) for radar in radars)
    return Net(level, shifted, settled, tuple(batteries), tuple(sorted(out | idle)))


def _fixed(order: forces.Order, index: int) -> Place:
    lat, lon, _ = order.radar_places[index]
    return Place(lat, lon, float(order.radars[index]["height_m"]))


def _orbit(plane: Any, grid: Grid) -> tuple[Place, ...]:
    """Places on one lap, evenly spaced in time."""
    o = plane.orbit
    lap_s = (2.0 * o.length_m + math.pi * o.width_m) / o.speed_m_s
    path = polyline.orbit(o.center, o.length_m, o.width_m, o.heading_rad, o.altitude_m, o.speed_m_s, lap_s, grid.dem)
    at = (np.arange(ORBIT_PLACES) + 0.5) / ORBIT_PLACES * path.length_s
    lat, lon = np.interp(at, path.time_s, path.latitude_deg), np.interp(at, path.time_s, path.longitude_deg)
    return tuple(Place(float(a), float(b), o.altitude_m) for a, b in zip(lat, lon, strict=True))


def check_names(scenarios: Iterable[Scenario], without: Sequence[str]) -> None:
    """A name to leave out that no alternative has is a mistake."""
    known: set[str] = set()
    for scenario in scenarios:
        units: tuple[Any, ...] = (*scenario.sensors, *scenario.airborne, *scenario.batteries)
        known |= {unit.name for unit in units} | {getattr(unit, "site", "") for unit in units} - {""}
    problems = []
    for name in without:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            wrong = mark("no sensor, battery or site in use is called {name}")
            right = mark("did you mean {close}?") if close else mark("known: {known}")
            values: Mapping[str, Any] = {"name": name, "close": close[0] if close else "",
                                         "known": ", ".join(sorted(known))}  # fmt: skip
            problems.append(Problem(PLACE, 0, 0, "--without", wrong, right, values))
    if problems:
        raise ScenarioError(problems)
