"""Everything that flies, as rows of the mover table and its vertices.

body    one object before it is a row: a name, a catalogue entry, a path and a start
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from egide.compiler import polyline, ruses
from egide.compiler.attitude import attitudes
from egide.compiler.polyline import Path, Point
from egide.compiler.system import MOVER, SQUAWKS, WAITING
from egide.errors import Problem, ScenarioError
from egide.events import CLASSES, RELATIONS
from egide.i18n import mark
from egide.ingest import traffic as recorded
from egide.ingest.dem import Dem
from egide.physics import signature
from egide.rng import name_hash
from egide.scenario.checks_of_raids import NEARER, TOO_FAR

if TYPE_CHECKING:
    from egide.catalog import Entry
    from egide.scenario import Scenario
    from egide.scenario.jammers import Jamming
    from egide.scenario.movers import AntiRadiation, Traffic

POINT_M: Final = 50.0  # radius of a target without one
BANK_DEFAULT: Final = math.radians(30.0)
CODES: Final = {"7500": "hijack", "7600": "emergency", "7700": "emergency"}
_OFFSETS: Final = ("beam_offset", "tail_offset", "l_offset", "vhf_offset")
Array = np.ndarray[Any, Any]


@final
@dataclass(frozen=True)
class Body:
    """One object that flies."""

    name: str
    group: str  # the scenario's own name for the flight or raid it belongs to
    label_en: str
    label_fr: str
    entry: Entry
    side: str
    path: Path
    start_s: float
    transponder: tuple[str, ...] = ()
    plan: bool = False
    squawk: str = "as-filed"
    target: str | None = None
    release_s: float = math.inf
    reflectors: bool = False
    misses: bool = False  # its aim point, scattered, lies beside the target
    emits: bool = False  # a radar of its own is on
    jammer: Jamming | None = None
    silent_s: float = 0.0  # anti-radiation: after so long a silence of its target
    silent_share: float = 1.0  # this share of its hit probability is left


@final
@dataclass
class Fleet:
    """All bodies, in rows, and what must be said about them."""

    bodies: list[Body] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ruses: bool = False  # debris or anti-radiation weapons, whose values the catalogue has


def _entry(scenario: Scenario, reference: str, overrides: Any) -> Entry:
    if overrides:
        return scenario.catalog.with_overrides({reference: dict(overrides)})[reference]
    return scenario.catalog[reference]


def _labels(thing: Any, number: int | None = None) -> tuple[str, str]:
    tail = "" if number is None else f" {number}"
    if thing.label is None:
        return thing.name + tail, thing.name + tail
    return thing.label.pick("en") + tail, thing.label.pick("fr") + tail


def _points(route: Any, entry: Entry) -> list[Point]:
    """Route points with altitudes and speeds filled in from the point before, or the catalogue."""
    altitude = entry.si("altitude") if entry.has("altitude") else 0.0
    speed = entry.si("cruise_speed") if entry.has("cruise_speed") else 200.0
    points = []
    for point in route:
        altitude = point.altitude_m if point.altitude_m is not None else altitude
        speed = point.speed_m_s if point.speed_m_s is not None else speed
        points.append((point.position[0], point.position[1], altitude, speed))
    return points


def _bank(entry: Entry) -> float:
    return entry.si("turn_bank") if entry.has("turn_bank") else BANK_DEFAULT


def flights(scenario: Scenario, dem: Dem, fleet: Fleet) -> None:
    """Flights that attack nobody."""
    for flight in scenario.flights:
        entry = _entry(scenario, flight.type, flight.overrides)
        points = _points(flight.route, entry)
        if flight.offset is not None:
            bearing_deg = math.degrees(flight.offset.bearing_rad)
            points = [polyline.move(point, bearing_deg, flight.offset.distance_m) for point in points]
        for k in range(flight.count):
            aside_m = (k - (flight.count - 1) / 2.0) * flight.abreast_m
            path = polyline.route(polyline.shifted(points, aside_m, last_stays=False), _bank(entry), dem)
            fleet.bodies.append(Body(
                f"{flight.name}-{k + 1}", flight.name, *_labels(flight, k + 1), entry, flight.side, path,
                flight.start_s + k * flight.spacing_s, tuple(flight.transponder), flight.flight_plan,
                flight.squawk, reflectors=flight.reflectors, emits=flight.emits or flight.jammer is not None,
                jammer=flight.jammer))  # fmt: skip


def raids(scenario: Scenario, dem: Dem, fleet: Fleet, places: dict[str, tuple[float, float, float]]) -> None:
    """Attackers along a written route or on a ballistic arc."""
    radius_m = {asset.name: asset.radius_m for asset in scenario.assets}
    for raid in scenario.raids:
        entry = _entry(scenario, raid.type, raid.overrides)
        place = places[raid.target]
        for k in range(raid.count):
            if raid.launch:
                path, release_s, misses = _ballistic(raid, k, entry, place, radius_m.get(raid.target, 0.0), fleet)
            else:
                path, release_s = _airbreather(raid, k, entry, place, dem)
                misses = False
            start_s = raid.start_s if raid.start_s is not None else (raid.time_on_target_s or 0.0) - release_s
            start_s += k * raid.spacing_s
            body = Body(
                f"{raid.name}-{k + 1}", raid.name, *_labels(raid, k + 1), entry, raid.side, path, start_s,
                tuple(raid.transponder), squawk=raid.squawk, target=raid.target, release_s=start_s + release_s,
                misses=misses, emits=raid.emits or raid.jammer is not None, jammer=raid.jammer)  # fmt: skip
            if raid.anti_radiation is not None:
                silent_s, silent_share = _silence(scenario, raid.anti_radiation, fleet)
                body = replace(body, silent_s=silent_s, silent_share=silent_share)
            fleet.bodies.append(body)
            if raid.debris is not None:
                fleet.bodies.extend(ruses.debris(scenario, raid, k, body, fleet))
            if start_s < 0.0 and k == 0:  # the first starts earliest
                fleet.problems.append(_early(scenario, raid, k, start_s))
        if raid.decoys is not None:
            made = [body for body in fleet.bodies if body.group == raid.name]
            fleet.bodies.extend(ruses.decoys(scenario, raid, made))


def _silence(scenario: Scenario, written: AntiRadiation, fleet: Fleet) -> tuple[float, float]:
    """After how long a silence an anti-radiation weapon has what share of its hit probability left."""
    fleet.ruses, general = True, scenario.catalog[ruses.GENERAL]
    return (
        general.si("silent_after") if written.silent_s is None else written.silent_s,
        general.si("silent_share") if written.share is None else written.share,
    )


def _early(scenario: Scenario, raid: Any, k: int, start_s: float) -> Problem:
    return Problem(
        scenario.name, 0, 0, f"raids.{raid.name}",
        mark("object {number} would have to start {early:.0f} s before the scenario begins"),
        mark("give a later time_on_target, or a shorter route"), {"number": k + 1, "early": -start_s},
    )  # fmt: skip


def _airbreather(raid: Any, k: int, entry: Entry, place: tuple[float, float, float], dem: Dem) -> tuple[Path, float]:
    """Path and time of release of the k-th attacker on a route. One that keeps its distance turns back at release."""
    points = _points(raid.route, entry)
    if raid.release_m > 0.0:  # points nearer to the target than the release are not flown to
        while len(points) > 1 and _apart_m(points[-1], place) < raid.release_m:
            points.pop()
    last = points[-1]
    target: Point = (place[0], place[1], last[2], last[3])
    if raid.release_m <= 0.0:
        points.append(target)
    elif _apart_m(last, place) > raid.release_m + 1.0:
        points.append(polyline.move(target, polyline.bearing_deg(target, last), raid.release_m))
    aside_m = (k - (raid.count - 1) / 2.0) * raid.abreast_m
    points = polyline.shifted(points, aside_m, last_stays=True)
    path = polyline.route(points, _bank(entry), dem)
    release_s = path.length_s
    if raid.release_m > 0.0:  # home by the way it came, a little aside
        back = polyline.shifted(points[::-1], 3_000.0, last_stays=False)
        home = polyline.route([points[-1], *back[1:]], _bank(entry), dem)
        path = Path(
            np.append(path.time_s, path.length_s + home.time_s[1:]),
            np.append(path.latitude_deg, home.latitude_deg[1:]),
            np.append(path.longitude_deg, home.longitude_deg[1:]), np.append(path.height_m, home.height_m[1:]),
        )  # fmt: skip
    return path, release_s


def _apart_m(point: Point, place: tuple[float, float, float]) -> float:
    return float(polyline.GEOD.inv(point[1], point[0], place[1], place[0])[2])


def _ballistic(
    raid: Any, k: int, entry: Entry, place: tuple[float, float, float], radius_m: float, fleet: Fleet
) -> tuple[Path, float, bool]:
    """Path and time of impact of the k-th missile, and whether it comes down outside the target: its apogee goes with
    its range, its aim point is scattered."""
    launch = raid.launch[k % len(raid.launch)]
    aim = _scattered(f"{raid.name}-{k + 1}", place, raid.dispersion_m)
    range_m = float(polyline.GEOD.inv(launch[1], launch[0], aim[1], aim[0])[2])
    reach_m = entry.si("range")
    if range_m > reach_m:
        fleet.problems.append(Problem(
            raid.name, 0, 0, f"raids.{raid.name}.launch",
            TOO_FAR, NEARER, {"range": range_m / 1e3, "reach": reach_m / 1e3, "type": entry.id}))  # fmt: skip
        range_m = reach_m
    path = polyline.arc(launch, aim, entry.si("apogee") * min(range_m / reach_m, 1.0), place[2])
    beside_m = float(polyline.GEOD.inv(aim[1], aim[0], place[1], place[0])[2])
    return path, path.length_s, beside_m > max(radius_m, POINT_M)


def _scattered(name: str, place: tuple[float, float, float], sigma_m: float) -> tuple[float, float]:
    """An aim point off by two normal errors that are fixed by the missile's name: geometry is the same in every run."""
    if sigma_m <= 0.0:
        return place[0], place[1]
    draws = np.random.default_rng(int(name_hash(name))).normal(0.0, sigma_m, 2)
    azimuth, distance_m = math.degrees(math.atan2(draws[0], draws[1])), float(np.hypot(*draws))
    moved = polyline.move((place[0], place[1], 0.0, 0.0), azimuth, distance_m)
    return moved[0], moved[1]


def orbits(scenario: Scenario, dem: Dem, fleet: Fleet) -> dict[str, int]:
    """Airborne radars and patrols; returns the row of the first aircraft of each."""
    rows: dict[str, int] = {}
    things: tuple[Any, ...] = (*scenario.airborne, *scenario.patrols)
    for thing in things:
        until_s = thing.until_s if thing.until_s is not None else scenario.duration_s
        o = thing.orbit
        path = polyline.orbit(
            o.center, o.length_m, o.width_m, o.heading_rad, o.altitude_m, o.speed_m_s, until_s - thing.from_s,
            dem)  # fmt: skip
        rows[thing.name] = len(fleet.bodies)
        entry = scenario.catalog[thing.type]
        count = getattr(thing, "count", 1)
        for k in range(count):
            behind = _delayed(path, 6.0 * k)
            fleet.bodies.append(Body(
                f"{thing.name}-{k + 1}" if count > 1 else thing.name, thing.name, *_labels(thing,
                k + 1 if count > 1 else None),
                entry, thing.side, behind, thing.from_s, tuple(thing.transponder), True, emits=True))  # fmt: skip
    return rows


def jammers(scenario: Scenario, dem: Dem, fleet: Fleet) -> None:
    """Stand-off jammers on their orbits."""
    for unit in scenario.jammers:
        until_s, o = unit.until_s if unit.until_s is not None else scenario.duration_s, unit.orbit
        path = polyline.orbit(
            o.center, o.length_m, o.width_m, o.heading_rad, o.altitude_m, o.speed_m_s, until_s - unit.from_s,
            dem)  # fmt: skip
        for k in range(unit.count):
            fleet.bodies.append(Body(
                f"{unit.name}-{k + 1}", unit.name, *_labels(unit, k + 1), scenario.catalog[unit.type], unit.side,
                _delayed(path, 6.0 * k), unit.from_s, tuple(unit.transponder), emits=True,
                jammer=unit.jammer))  # fmt: skip


def _delayed(path: Path, lag_s: float) -> Path:
    """The same path flown a little ahead by a wingman: the formation keeps together without a reaction model."""
    if lag_s == 0.0 or path.length_s <= 2.0 * lag_s:
        return path
    keep = path.time_s > lag_s
    times = np.concatenate(([0.0], path.time_s[keep] - lag_s, [path.length_s]))
    columns = []
    for column in (path.latitude_deg, path.longitude_deg, path.height_m):
        first = np.interp(lag_s, path.time_s, column)
        columns.append(np.concatenate(([first], column[keep], [column[-1]])))
    if times[-1] <= times[-2]:
        times, columns = times[:-1], [column[:-1] for column in columns]
    return Path(times, *columns)


def traffic(scenario: Scenario, dem: Dem, fleet: Fleet) -> None:
    """Recorded airliners, cut short where the airspace closes."""
    written = scenario.traffic
    if written is None:
        return
    path, sample = _recording(scenario, written)
    entry = scenario.catalog[written.type]
    windows = [recorded.Window(w.from_, w.until, w.shift, w.scale, w.at_s) for w in written.windows]
    if sample:  # made for this place and time: nothing to move
        windows = [recorded.Window(scenario.start, scenario.start + timedelta(seconds=scenario.duration_s))]
    loaded = recorded.load(path, windows, limit=written.limit)
    dropped = ", ".join(f"{why} {count}" for why, count in loaded.dropped.items())
    fleet.notes.append(
        f"civil traffic: {len(loaded.flights)} flights of {path.name}; rows dropped: {dropped or 'none'}"
    )
    if not sample:
        fleet.notes.extend(_moved(window) for window in windows)
    if sample:
        fleet.notes.append(
            f"civil traffic: {written.recording} is not here; the generated sample {written.otherwise} is used"
        )
    for number, flight in enumerate(loaded.flights):
        name = _anonymous(flight)
        times = np.asarray(flight.time_s, float)
        end_s = _closed_at(scenario, name)
        if len(times) < 2 or times[0] >= min(end_s, scenario.duration_s) or times[-1] <= 0.0:
            continue
        flown = Path(times - times[0], flight.latitude_deg, flight.longitude_deg, flight.height_m)
        if times[0] < 0.0:
            flown = _from(flown, -times[0])
        start_s = max(times[0], 0.0)
        flown = _dense(polyline.until(flown, max(end_s - start_s, 1.0)))
        fleet.bodies.append(Body(
            name, "civil", f"civil flight {number + 1}", f"vol civil {number + 1}", entry, written.side, flown, start_s,
            tuple(written.transponder), written.flight_plan, written.squawk))  # fmt: skip


def _anonymous(flight: recorded.Flight) -> str:
    """A name that says nothing of the real flight, and stays the same whatever else is in the recording."""
    told = f"{flight.icao24} {flight.callsign} {float(flight.time_s[0]):.0f} {float(flight.latitude_deg[0]):.3f}"
    return f"civil-{hashlib.blake2b(told.encode(), digest_size=5).hexdigest()}"


def _moved(window: recorded.Window) -> str:
    """The open statement of where and when recorded traffic was put."""
    lat, lon = window.shift_deg
    return (
        f"civil traffic moved: {window.from_utc:%Y-%m-%dT%H:%MZ} to {window.until_utc:%H:%MZ}, by {lat:+g} deg of "
        f"latitude and {lon:+g} deg of longitude, from {window.at_s:.0f} s on"
    )


def _recording(scenario: Scenario, written: Traffic) -> tuple[FilePath, bool]:
    """The file to read, and whether it is the sample in place of the recording."""
    if written.recording is not None and scenario.path(written.recording).exists():
        return scenario.path(written.recording), False
    if written.otherwise is not None:
        return scenario.path(written.otherwise), True
    return scenario.path(str(written.recording)), False


def _from(path: Path, start_s: float) -> Path:
    """The part of a path from a time on, its clock set to zero there."""
    keep = path.time_s > start_s
    columns = (path.latitude_deg, path.longitude_deg, path.height_m)
    cut = [np.concatenate(([np.interp(start_s, path.time_s, column)], column[keep])) for column in columns]
    return Path(np.concatenate(([0.0], path.time_s[keep] - start_s)), *cut)


def _dense(path: Path) -> Path:
    """Points added so that no chord is longer than polyline.CHORD_M."""
    _, _, step_m = polyline.GEOD.inv(
        path.longitude_deg[:-1], path.latitude_deg[:-1], path.longitude_deg[1:], path.latitude_deg[1:])  # fmt: skip
    pieces = np.maximum(np.ceil(np.asarray(step_m) / polyline.CHORD_M), 1.0).astype(int)
    leg = np.repeat(np.arange(len(pieces)), pieces)
    last = np.cumsum(pieces) - 1
    of_leg = np.arange(1, len(leg) + 1) - (last - pieces + 1)[leg]
    begin, end = path.time_s[:-1], path.time_s[1:]
    within = begin[leg] + of_leg * ((end - begin) / pieces)[leg]
    within[last] = end
    t = np.concatenate((path.time_s[:1], within))
    columns = [np.interp(t, path.time_s, c) for c in (path.latitude_deg, path.longitude_deg, path.height_m)]
    return Path(t, *columns)


def _closed_at(scenario: Scenario, name: str) -> float:
    """When a civil flight must be gone: within the closing time, at a moment fixed by its name."""
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little") / 2**32
    for phase in scenario.phases:
        if phase.civil == "closing":
            return float(phase.from_s + share * (phase.closing_s or 0.0))
        if phase.civil == "closed":
            return float(phase.from_s)
    return math.inf


def cross_sections(entry: Entry, reflector_m2: float) -> Array:
    """(band, aspect) m2: nose-on in S, C, X; dB offsets for beam, tail, L and VHF. A reflector is a floor."""
    beam, tail, l_band, vhf = (entry.si(name) if entry.has(name) else 0.0 for name in _OFFSETS)
    return signature.table_m2(entry.si("rcs"), beam, tail, l_band, vhf, floor_m2=reflector_m2)


def rows(scenario: Scenario, fleet: Fleet, dem: Dem, assets: dict[str, int]) -> tuple[Array, Array, Array]:
    """The mover table, the vertex table and the attitudes of protected aircraft. Raises ScenarioError with every
    problem of the fleet."""
    if fleet.problems:  # once each: the missiles of a raid share theirs
        raise ScenarioError(list({problem.show(): problem for problem in fleet.problems}.values()))
    movers = np.zeros(len(fleet.bodies), dtype=MOVER)
    reflector = scenario.catalog["general/command"]
    reflector_m2 = reflector.si("reflector_rcs") if reflector.has("reflector_rcs") else 0.0
    attitude_pieces: list[Array] = []
    pieces, first, protected = [], 0, 0
    for i, body in enumerate(fleet.bodies):
        vertex = polyline.vertices(body.path, body.start_s, dem)
        pieces.append(vertex)
        row = movers[i]
        row["vertex"], row["last_vertex"], row["state"] = first, first + len(vertex) - 1, WAITING
        row["start_s"], row["end_s"], row["t0_s"] = vertex[0, 0], vertex[-1, 0], vertex[0, 0]
        row["pos_m"] = vertex[0, 1:4]
        row["row"], row["col"], row["height_m"] = vertex[0, 4:7]
        row["id"] = name_hash(body.name)
        row["klass"] = CLASSES.index(body.entry.kind)
        row["relation"] = RELATIONS.index(scenario.sides[body.side].relation)
        row["rcs_m2"] = cross_sections(body.entry, reflector_m2 if body.reflectors else 0.0)
        row["hidden"] = row["rcs_m2"] > cross_sections(body.entry, 0.0)  # it is the reflector's echo that is seen
        row["release_s"], row["target"] = body.release_s, -1 if body.target is None else assets[body.target]
        for name, default in (("damage", 0.0), ("hit_probability", 1.0)):
            row[name] = body.entry.si(name) if body.entry.has(name) else default
        row["hit_probability"] *= not body.misses
        row["silent_s"], row["silent_share"] = body.silent_s, body.silent_share
        row["unit_cost_usd"] = body.entry.si("unit_cost") if body.entry.has("unit_cost") else 0.0
        row["military"], row["civil"] = "alliance" in body.transponder, "civil" in body.transponder
        row["national"] = "national" in body.transponder
        row["squawk"] = SQUAWKS.index(CODES.get(body.squawk, body.squawk))
        row["plan"], row["protected"], row["emits"] = body.plan, -1, body.emits
        if body.entry.facts.get("low_observable") and RELATIONS[row["relation"]] == "friend":
            row["protected"] = protected
            protected += 1
            row["size_m"] = body.entry.si("length")
            lies = attitudes(body.path, body.start_s, _bank(body.entry))
            row["first_attitude"] = sum(len(piece) for piece in attitude_pieces)
            row["last_attitude"] = row["first_attitude"] + len(lies) - 1
            attitude_pieces.append(lies)
        first += len(vertex)
    flown = np.concatenate(pieces) if pieces else np.zeros((0, 8))
    return movers, flown, np.concatenate(attitude_pieces) if attitude_pieces else np.zeros((1, 4))
