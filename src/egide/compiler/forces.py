"""Radars, batteries, networks and links, as rows.

place    a site by name: latitude, longitude, surveyed ground height
search   a radar that scans and feeds its network's picture; an engagement radar is asked when a battery wants to fire
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from egide.compiler import air
from egide.compiler.jamming import receives
from egide.compiler.masks import mask
from egide.compiler.plots import clutter, kind_of, measures
from egide.compiler.stores import store_row
from egide.compiler.system import (
    ASSIGNMENTS,
    BANDS,
    BATTERY,
    FIRE_WHEN,
    LINK,
    NETWORK,
    RADAR,
    W_BATTERY,
    W_LINK,
    W_RADAR,
    WINDOW,
)  # fmt: skip
from egide.constants import SPEED_OF_LIGHT_M_S
from egide.errors import Problem, ScenarioError
from egide.events import CLASSES, IDENTITIES, WEAPON_CONTROL
from egide.i18n import mark
from egide.ingest.dem import Dem
from egide.physics import detection, terrain
from egide.physics.kernels import ecef_from_geodetic, enu_basis
from egide.rng import name_hash

if TYPE_CHECKING:
    from egide.catalog import Entry
    from egide.scenario import Scenario
    from egide.scenario.forces import Emission

Array = np.ndarray[Any, Any]
NO_LIMIT: Final = 1_000_000
MASK_BITS: Final = 62  # assets that one battery can be told to protect first
UNDERGROUND_M: Final = 500.0  # how far a coarse raster may stand above a surveyed antenna before it is called a mistake
ALOFT_M: Final = 1500.0  # and how far below a surveyed site: it flattens summits by up to a kilometre


@final
@dataclass
class Order:
    """What is built up: rows, names, masks and problems."""

    radars: list[Any] = field(default_factory=list)
    radar_names: list[str] = field(default_factory=list)
    radar_types: list[str] = field(default_factory=list)
    masks: list[Array] = field(default_factory=list)
    mask_of: dict[tuple[float, ...], int] = field(default_factory=dict)  # latitude, longitude, antenna, range -> mask
    make_masks: bool = True  # False: the masks are made later, one at a time, by whoever reads mask_of
    airs: list[Array] = field(default_factory=list)
    air_of: dict[tuple[Any, ...], int] = field(default_factory=dict)  # frequency, antenna, range, weather -> table
    batteries: list[Any] = field(default_factory=list)
    battery_names: list[str] = field(default_factory=list)
    stores: list[Any] = field(default_factory=list)
    weapons: list[str] = field(default_factory=list)
    windows: list[tuple[float, int, int, int]] = field(default_factory=list)
    places: list[tuple[float, float, float]] = field(default_factory=list)  # of batteries
    radar_places: list[tuple[float, float, float]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    flown: set[str] = field(default_factory=set)  # missiles whose peak speed is read
    problems: list[Problem] = field(default_factory=list)


def spread(entry: Entry, name: str) -> tuple[float, float, float]:
    """Low, nominal and high of a catalogue value, SI."""
    return entry.si(name, "low"), entry.si(name), entry.si(name, "high")


def _with(scenario: Scenario, reference: str, overrides: Any) -> Entry:
    if overrides:
        return scenario.catalog.with_overrides({reference: dict(overrides)})[reference]
    return scenario.catalog[reference]


def _blank(dtype: np.dtype) -> Any:
    return np.zeros(1, dtype=dtype)[0]


@lru_cache(maxsize=1024)
def _needed(pd: float, pfa: float, swerling: int) -> float:
    """SNR at which one pulse is detected with probability `pd`."""
    return float(10.0 ** (float(detection.required_snr_db(pd, pfa, 1, swerling)) / 10.0))


def radar_row(
    scenario: Scenario, entry: Entry, name: str, host: str, network: str, azimuth_rad: float, search: bool,
    aloft_m: float = 0.0,
) -> Any:  # fmt: skip
    """A radar by calibration: the SNR needed at the reference range against the reference cross section, and above it
    the clear air that the published range contains. `aloft_m`: where an airborne one flies."""
    row = _blank(RADAR)
    pd, pfa, swerling = entry.si("reference_pd"), entry.si("reference_pfa"), int(entry.si("swerling"))
    needed = _needed(pd, pfa, swerling)
    range_m, row["frequency_hz"] = entry.si("reference_range"), entry.si("frequency")
    contained = 10.0 ** (air.published_db(entry.si("frequency"), range_m, aloft_m) / 10.0)
    if kind_of(entry) in ("direction", "bearing"):  # one way, from an emitter: the published air counts once
        row["snr_m2"] = needed * range_m**2 * math.sqrt(contained)
    else:
        row["snr_m2"] = needed * range_m**4 / entry.si("reference_rcs") * contained
    row["threshold"], row["swerling"] = -math.log(pfa), swerling
    row["range_max_m"] = entry.si("instrumented_range")
    row["range_min_m"] = entry.si("min_range") if entry.has("min_range") else 0.0
    row["sin_low"], row["sin_high"] = math.sin(entry.si("min_elevation")), math.sin(entry.si("max_elevation"))
    row["azimuth_rad"], row["half_sector_rad"] = azimuth_rad, min(entry.si("sector") / 2.0, math.pi)
    row["revisit_s"] = entry.si("revisit")
    row["phase_s"] = row["revisit_s"] * (int(name_hash(name)) / 2.0**64)  # antennas are not in step
    row["range_error_m"], row["azimuth_error_rad"] = entry.si("range_error"), entry.si("azimuth_error")
    row["detection"], row["elevation_error_rad"] = pd, entry.si("elevation_error")
    row["id"], row["host_id"] = name_hash(name), name_hash(host)
    row["band"], row["battery"] = BANDS.index(entry.facts["band"]), -1
    row["network"] = list(scenario.networks).index(network)
    row["sees"] = _mask_of(entry.facts.get("sees", CLASSES), CLASSES)
    row["mask"], row["carrier"], row["search"], row["up_now"] = -1, -1, int(search), 1
    row["wavelength_m"] = SPEED_OF_LIGHT_M_S / entry.si("frequency")
    measures(row, entry, scenario.catalog["general/radar"], scenario.networks[network].iff)
    cells = scenario.catalog["general/radar"].si("angle_cell_errors")
    receives(row, entry, scenario.catalog["general/jamming"], cells)
    return row


def stand(row: Any, scenario: Scenario, dem: Dem, place: tuple[float, float, float], antenna_m: float, order: Order,
          name: str) -> None:  # fmt: skip
    """Put a fixed radar on its site, with its mask."""
    lat, lon, ground = place
    height = ground + antenna_m
    terrain_m = float(terrain.heights_at(dem.height_m, float(dem.row(lat)), float(dem.column(lon))))
    wrong = right = ""
    if math.isnan(terrain_m):
        wrong = mark("the terrain has no height where the radar stands")
        right = mark("fill the void there, give terrain that covers the site, or correct its position")
    elif height < terrain_m - UNDERGROUND_M:
        wrong = mark("the radar is below ground: its antenna is at {height:.0f} m, the terrain at {terrain:.0f} m")
        right = mark("correct the site's height or position")
    elif ground > terrain_m + ALOFT_M and dem.source != "flat":
        wrong = mark("the radar hangs in the air: its site is at {ground:.0f} m, the terrain at {terrain:.0f} m")
        right = mark("correct the site's height (above mean sea level, not in feet) or position")
    if wrong:
        values = {"height": height, "ground": ground, "terrain": terrain_m}
        order.problems.append(Problem(scenario.name, 0, 0, name, wrong, right, values))
        return
    row["pos_m"] = ecef_from_geodetic(math.radians(lat), math.radians(lon), height)
    basis = enu_basis(math.radians(lat), math.radians(lon))
    row["east"], row["north"], row["up"] = basis[0:3], basis[3:6], basis[6:9]
    row["row"], row["col"], row["height_m"] = float(dem.row(lat)), float(dem.column(lon)), height
    key = (lat, lon, height, float(row["range_max_m"]))
    if key not in order.mask_of:
        order.mask_of[key] = len(order.mask_of)
        if order.make_masks:
            order.masks.append(mask(dem, lat, lon, height, float(row["range_max_m"])))
    row["mask"] = order.mask_of[key]
    if order.make_masks and row["search"]:
        clutter(row, dem, order.masks[row["mask"]], lat)
    breathe(row, scenario, height, order)


def breathe(row: Any, scenario: Scenario, antenna_m: float, order: Order) -> None:
    """Give a radar the table of its air."""
    key = (float(row["frequency_hz"]), antenna_m, float(row["range_max_m"]), air.weather_of(scenario))
    if key not in order.air_of:
        order.air_of[key] = len(order.air_of)
        if order.make_masks:
            order.airs.append(air.table(*key))
    row["air"] = order.air_of[key]


def blank(row: Any, emission: Emission | None) -> None:
    """Sectors without emission: where each begins and how wide it is, clockwise."""
    if emission is None:
        return
    row["blanks"] = len(emission.blank)
    for i, (begin, end) in enumerate(emission.blank):
        wide = (end - begin) % (2.0 * math.pi)
        row["blank_rad"][i] = begin, wide if wide > 0.0 else 2.0 * math.pi


def add_radar(order: Order, row: Any, name: str, reference: str, place: tuple[float, float, float], up: Any) -> int:
    index = len(order.radars)
    order.radars.append(row)
    order.radar_names.append(name)
    order.radar_types.append(reference)
    order.radar_places.append(place)
    order.used.add(reference)
    _windows(order, W_RADAR, index, up, row)
    return index


def _windows(order: Order, kind: int, index: int, up: Any, row: Any | None) -> None:
    """Turn 'up from, until' into switches; a unit with windows starts down unless one begins at 0."""
    if not up:
        return
    if row is not None and up[0][0] > 0.0:
        row["up_now"] = 0
    for begin_s, end_s in up:
        if begin_s > 0.0:
            order.windows.append((begin_s, kind, index, 1))
        order.windows.append((end_s, kind, index, 0))


def sensors(scenario: Scenario, dem: Dem, order: Order, places: dict[str, Any], carriers: dict[str, int]) -> None:
    """Ground radars outside batteries, and airborne ones."""
    for sensor in scenario.sensors:
        entry = _with(scenario, sensor.type, sensor.overrides)
        row = radar_row(scenario, entry, sensor.name, sensor.name, sensor.network, sensor.azimuth_rad, True)
        antenna = sensor.antenna_height_m if sensor.antenna_height_m is not None else entry.si("antenna_height")
        stand(row, scenario, dem, places[sensor.site], antenna, order, f"sensors.{sensor.name}")
        blank(row, sensor.emission)
        if scenario.sides[sensor.side].relation != "friend":
            row["collects"], row["false_plots"], row["clutter_plots"], row["clutter_m2"] = 1, 0.0, 0.0, 0.0
        add_radar(order, row, sensor.name, sensor.type, places[sensor.site], sensor.up_s)
    for plane in scenario.airborne:
        entry = _with(scenario, plane.radar, plane.overrides)
        row = radar_row(
            scenario, entry, plane.name, plane.name, plane.network, 0.0, True, plane.orbit.altitude_m)  # fmt: skip
        row["carrier"] = carriers[plane.name]
        breathe(row, scenario, plane.orbit.altitude_m, order)
        row["up_now"] = int(plane.from_s <= 0.0)
        centre = (*plane.orbit.center, plane.orbit.altitude_m)
        index = add_radar(order, row, plane.name, plane.radar, centre, ())
        if plane.from_s > 0.0:
            order.windows.append((plane.from_s + 1.0, W_RADAR, index, 1))
        if plane.until_s is not None:
            order.windows.append((plane.until_s, W_RADAR, index, 0))


def _mask_of(words: Any, known: tuple[str, ...]) -> int:
    return sum(1 << known.index(word) for word in words)


def battery_row(
    scenario: Scenario, name: str, network: int, doctrine: Any, post: Entry, channels: int, guided: int
) -> Any:
    """What the doctrine, the command post and the catalogue say of a battery."""
    general = scenario.catalog["general/command"]
    row = _blank(BATTERY)
    row["reaction_s"] = spread(post, "reaction_time")
    order_delay = doctrine.order_delay_s
    row["order_s"] = (
        (order_delay.low_s, order_delay.nominal_s, order_delay.high_s)
        if order_delay
        else spread(general, "voice_latency")
    )
    row["assess_s"] = spread(general, "assessment_delay")
    row["kill_called_miss"], row["miss_called_kill"] = general.si("kill_called_miss"), general.si("miss_called_kill")
    row["decision_interval_s"], row["salvo_interval_s"] = doctrine.decision_interval_s, doctrine.salvo_interval_s
    row["min_kill"] = doctrine.min_kill
    row["self_defence_m"] = (doctrine.self_defence_range_m or 0.0) if doctrine.self_defence else 0.0
    row["until_s"], row["id"], row["network"], row["carrier"] = scenario.duration_s, name_hash(name), network, -1
    row["channels"], row["guided"] = channels, guided
    row["salvo"], row["max_shots"] = doctrine.salvo, doctrine.max_shots
    row["look"] = int(doctrine.policy in ("shoot-look-shoot", "shoot-shoot-look"))
    row["salvo_next"] = doctrine.salvo if doctrine.salvo_next is None else doctrine.salvo_next
    row["ripple"], row["when"] = int(doctrine.policy == "ripple"), FIRE_WHEN.index(doctrine.fire)
    row["beyond_m"], row["share"] = doctrine.fire_beyond_m, doctrine.fire_share
    row["within_m"] = math.inf if doctrine.fire_within_m is None else doctrine.fire_within_m
    row["zones"] = sum(
        1 << k for k, zone in enumerate(scenario.zones[:MASK_BITS]) if not zone.batteries or name in zone.batteries
    )
    row["decided_s"] = -math.inf
    row["engages"] = _mask_of(doctrine.engage, IDENTITIES)
    row["free_engages"] = _mask_of(doctrine.free_engages, IDENTITIES)
    row["classes"] = _mask_of(doctrine.classes, CLASSES)
    row["weapon_control"] = -1 if doctrine.weapon_control is None else WEAPON_CONTROL.index(doctrine.weapon_control)
    row["centre"], row["up_now"], row["reserve"] = int(doctrine.authority == "centre"), 1, doctrine.reserve
    row["available"] = 1.0
    return row


def batteries(
    scenario: Scenario, dem: Dem, order: Order, networks: dict[str, int], places: dict[str, Any], names: list[str]
) -> None:
    """Ground batteries, each with its radars and magazine."""
    catalog, general = scenario.catalog, scenario.catalog["general/command"]
    for battery in scenario.batteries:
        system = _with(scenario, battery.system, battery.overrides)
        parts = system.facts["components"]
        post = catalog[battery.command_post or parts["command_post"]]
        order.used.update((system.id, post.id))
        row = battery_row(
            scenario, battery.name, networks[battery.network], scenario.doctrine[battery.doctrine], post,
            int(system.si("targets_engaged")), int(system.si("missiles_guided")))  # fmt: skip
        place = places[battery.site]
        row["pos_m"] = ecef_from_geodetic(math.radians(place[0]), math.radians(place[1]), place[2])
        row["height_m"] = place[2]
        row["available"] = battery.available if battery.available is not None else general.si("battery_up")
        row["protects"] = sum(1 << names.index(name) for name in battery.protects if names.index(name) < MASK_BITS)
        row["first_store"] = len(order.stores)
        for entry, ready, reserve, reload_s in _magazine(scenario, battery, parts, order):
            order.stores.append(
                store_row(scenario, entry, ready, reserve, reload_s, scenario.doctrine[battery.doctrine], order)
            )
        row["stores"] = len(order.stores) - row["first_store"]
        row["reach_m"] = max((s["range_m"] for s in order.stores[row["first_store"] :]), default=0.0)
        index = len(order.batteries)
        _battery_radars(scenario, dem, battery, parts, row, index, place, order)
        order.batteries.append(row)
        order.battery_names.append(battery.name)
        order.places.append(place)
        _windows(order, W_BATTERY, index, battery.up_s, row)
        for radar in order.radars[row["first_radar"] :]:
            radar["up_now"] = row["up_now"]


def _magazine(scenario: Scenario, battery: Any, parts: Any, order: Order) -> list[tuple[Any, int, int, float]]:
    """Missiles by type: ready, behind the launchers, and how long a reload takes."""
    catalog = scenario.catalog
    lines: dict[str, list[float]] = {}
    written = battery.launchers
    if written is None:
        written = [(p["type"], p["count"], p["missile"], None, 0) for p in parts["launchers"]]
    else:
        written = [(p.type, p.count, p.missile, p.loaded, p.reserve) for p in written]
    for launcher, count, missile, loaded, reserve in written:
        entry = catalog[launcher]
        order.used.add(launcher)
        ready = int(entry.si("ready_missiles")) if loaded is None else loaded
        line = lines.setdefault(missile, [0, 0, 0.0])
        line[0] += count * ready
        line[1] += count * reserve
        line[2] = max(line[2], entry.si("reload_time"))
    return [(catalog[name], int(ready), int(reserve), reload_s) for name, (ready, reserve, reload_s) in lines.items()]


def _battery_radars(scenario: Scenario, dem: Dem, battery: Any, parts: Any, row: Any, index: int,
                    place: tuple[float, float, float], order: Order) -> None:  # fmt: skip
    """A battery's antennas, in neighbouring rows. One that does both jobs stands twice."""
    written = battery.radars
    if written is None:
        radars: list[tuple[Any, ...]] = [
            (name, scenario.catalog[name].facts["role"], None, None, {}) for name in parts["radars"]
        ]
    else:
        radars = [(r.type, r.role, r.antenna_height_m, r.azimuth_rad, r.overrides) for r in written]
    row["first_radar"] = len(order.radars)
    for number, (reference, role, antenna_m, azimuth, overrides) in enumerate(radars):
        entry = _with(scenario, reference, overrides)
        if role != "search" and entry.facts.get("passive"):
            wrong, right = mark("{type} is passive and cannot guide missiles"), mark("give it the role search")
            order.problems.append(
                Problem(scenario.name, 0, 0, f"batteries.{battery.name}.radars", wrong, right, {"type": reference})
            )
        for search in {"search": (True,), "engagement": (False,), "both": (True, False)}[role]:
            name = f"{battery.name}/{entry.short}" + ("" if search or role != "both" else "-engagement")
            if name in order.radar_names:
                name += f"-{number + 1}"
            radar = radar_row(
                scenario, entry, name, battery.name, battery.network,
                azimuth if azimuth is not None else battery.azimuth_rad, search)  # fmt: skip
            radar["battery"] = index
            height = antenna_m if antenna_m is not None else entry.si("antenna_height")
            stand(radar, scenario, dem, place, height, order, f"batteries.{battery.name}")
            blank(radar, battery.emission)
            add_radar(order, radar, name, reference, place, ())
    row["radars"] = len(order.radars) - row["first_radar"]


def patrols(scenario: Scenario, order: Order, networks: dict[str, int], carriers: dict[str, int]) -> None:
    """Fighters that may shoot: batteries that move."""
    for patrol in scenario.patrols:
        catalog = scenario.catalog
        post, radar = catalog[patrol.command_post], _with(scenario, patrol.radar, patrol.overrides)
        channels = max(1, int(radar.si("channels"))) if radar.has("channels") else 1
        row = battery_row(
            scenario, patrol.name, networks[patrol.network], scenario.doctrine[patrol.doctrine], post,
            channels * patrol.count, channels * patrol.count * 2)  # fmt: skip
        row["carrier"], row["from_s"] = carriers[patrol.name], patrol.from_s
        row["until_s"] = patrol.until_s if patrol.until_s is not None else scenario.duration_s
        row["first_store"], row["stores"] = len(order.stores), 1
        missile = catalog[patrol.missile]
        order.stores.append(
            store_row(
                scenario,
                missile,
                patrol.count * patrol.missiles_each,
                0,
                math.inf,
                scenario.doctrine[patrol.doctrine],
                order,
            )
        )
        row["reach_m"] = missile.si("range")
        row["first_radar"], row["radars"] = len(order.radars), 1
        antenna = radar_row(
            scenario, radar, f"{patrol.name}/{radar.short}", patrol.name, patrol.network, 0.0, False,
            patrol.orbit.altitude_m)  # fmt: skip
        breathe(antenna, scenario, patrol.orbit.altitude_m, order)
        antenna["carrier"], antenna["battery"] = carriers[patrol.name], len(order.batteries)
        antenna["half_sector_rad"] = math.pi  # a fighter turns its nose; a fixed sector would need a heading model
        place = (*patrol.orbit.center, patrol.orbit.altitude_m)
        add_radar(order, antenna, f"{patrol.name}/{radar.short}", patrol.radar, place, ())
        order.batteries.append(row)
        order.battery_names.append(patrol.name)
        order.places.append(place)
        order.used.update((post.id, patrol.type))


def network_rows(scenario: Scenario) -> Array:
    """Networks with what their operators need and know."""
    general = scenario.catalog["general/command"]
    rows = np.zeros(len(scenario.networks), dtype=NETWORK)
    for row, (name, network) in zip(rows, scenario.networks.items(), strict=True):
        time = network.declaration_time_s
        row["declare_s"] = (time.low_s, time.nominal_s, time.high_s) if time else spread(general, "declaration_time")
        error = network.declaration_error
        row["declaration_error"] = general.si("declaration_error") if error is None else error
        row["id"], row["military"], row["civil"] = name_hash(name), "alliance" in network.iff, "civil" in network.iff
        row["national"] = "national" in network.iff
        row["correlates"] = network.correlation
        row["coordinates"], row["coordination_s"] = network.coordinates, network.coordination_delay_s
        row["assignment"], row["urgency_half_s"] = ASSIGNMENTS.index(network.assignment), network.urgency_half_s
        row["corridors"], row["plans"], row["order"] = network.corridors, network.flight_plans, network.airspace_order
    return rows


def link_rows(scenario: Scenario, networks: dict[str, int], order: Order) -> Array:
    """Directed links between networks."""
    rows = np.zeros(len(scenario.links), dtype=LINK)
    registration_m = scenario.catalog["general/command"].si("registration_error")
    for index, (row, link) in enumerate(zip(rows, scenario.links, strict=True)):
        latency = link.latency_s
        row["latency_s"] = latency.low_s, latency.nominal_s, latency.high_s
        row["update_s"], row["loss"], row["id"] = link.update_s, link.loss, name_hash(link.name)
        row["registration_m"] = registration_m if link.registration_m is None else link.registration_m
        row["sender"], row["receiver"] = networks[link.from_], networks[link.to]
        row["tracks"], row["identity"] = "tracks" in link.carries, "identity" in link.carries
        row["capacity"] = link.capacity or NO_LIMIT
        row["remote_cue"], row["relays"], row["up_now"] = int(link.remote_cue), int(link.relays), 1
        _windows(order, W_LINK, index, link.up_s, row)
        row["shut"] = 1 - row["up_now"]
    return rows


def window_rows(order: Order) -> Array:
    """Planned switches, in time order."""
    rows = np.zeros(len(order.windows), dtype=WINDOW)
    for row, (time_s, kind, index, up) in zip(rows, sorted(order.windows), strict=True):
        row["time_s"], row["kind"], row["row"], row["up"] = time_s, kind, index, up
    return rows


def stacked(rows: list[Any], dtype: np.dtype) -> Array:
    """A list of rows as one table."""
    table = np.zeros(len(rows), dtype=dtype)
    for i, row in enumerate(rows):
        table[i] = row
    return table


def sides(scenario: Scenario, order: Order) -> None:
    """Units that see and shoot belong to the defended party: the engine has no picture for anybody else. A sensor of
    another side only collects looks at protected aircraft, in a network that none of ours is in."""
    kinds = ("airborne", "batteries", "patrols")
    ours = {unit.network for kind in kinds for unit in getattr(scenario, kind)}
    ours |= {unit.network for unit in scenario.sensors if scenario.sides[unit.side].relation == "friend"}
    ours |= {end for link in scenario.links for end in (link.from_, link.to)}
    for unit in scenario.sensors:
        if scenario.sides[unit.side].relation != "friend" and unit.network in ours:
            wrong = mark("a sensor of side {side} would feed the defended party's network {network}")
            right = mark("give it a network of its own, without links: it only collects")
            values = {"side": unit.side, "network": unit.network}
            order.problems.append(Problem(scenario.name, 0, 0, f"sensors.{unit.name}.network", wrong, right, values))
    for kind in kinds:
        for unit in getattr(scenario, kind):
            if scenario.sides[unit.side].relation != "friend":
                wrong = mark("side {side} is {relation}, but only the defended party sees and shoots")
                right = mark("give a side whose relation is friend; attackers are raids")
                values = {"side": unit.side, "relation": scenario.sides[unit.side].relation}
                order.problems.append(Problem(scenario.name, 0, 0, f"{kind}.{unit.name}.side", wrong, right, values))


def require(order: Order) -> None:
    """Raise every problem that was found."""
    if order.problems:
        raise ScenarioError(order.problems)
