"""Ground defended against a ballistic missile that is launched at it from one distance, on every azimuth.

arc       the missile's flight to its launch range: least energy, or a stated apogee; one for every point and azimuth
laid      over a sphere that stands still and touches the ellipsoid at the point aimed at; heights count from there
chain     a track in unbroken view, a decision and a launch while an engagement radar holds the target, a straight
          flight at mean speed, a meeting within the reach against ballistic targets and above the least height
own       on the battery's own search radars; network: also on all that its network may act on, as in `engage`

It comes from beyond the raster more often than not: as in the engine, nothing is seen there. It is met on the way down
only. One missile at a time: a footprint says nothing of a raid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np

from egide.constants import EARTH_RADIUS_M
from egide.coverage.ask import Altitude, Request, Target
from egide.coverage.ballistic_kernels import MOMENTS, cells_under, defend, look
from egide.coverage.engage import CUES, Engaged, feeding_of, points_of, times_s
from egide.coverage.net import Battery, Grid, Net, Radar
from egide.coverage.table import AZIMUTHS, Counter, Row, merged
from egide.physics import ballistic
from egide.physics.kernels import ecef_from_geodetic, enu_basis

__all__ = ["Arc", "arc_of", "ballistic_rows", "engage_ballistic"]

Array = np.ndarray[Any, Any]
GROUND: Final = Altitude("", 0.0, True)  # every cell that is not void counts
MEET_S: Final = 0.25  # between two meetings that are tried: half a kilometre of fall at most
NOTHING: Final = np.uint64(0)


@final
@dataclass(frozen=True)
class Arc:
    """A flight in the axes of the point it falls on; each is an array in time."""

    time_s: Array
    to_go_m: Array  # along the sphere
    height_m: Array  # above the point
    speed_m_s: Array
    ahead_m: Array  # level distance from the point, towards the launch
    up_m: Array  # above the point's horizon

    @property
    def step_s(self) -> float:
        return float(self.time_s[1] - self.time_s[0])


@final
@dataclass(frozen=True)
class _Laid:
    """Points that something may defend, and what is the same for every radar."""

    base: Array  # (points, 3) ECEF, on the ground
    axes: Array  # (points, 3, 3) east, north, up
    ground_m: Array
    cells: Array  # (points, headings, moments)
    moments: Arc
    meetings: Arc


def arc_at(target: Target, time_s: Array) -> Arc:
    """The target's flight at these times after launch, by Kepler on the still sphere."""
    burnout = ballistic.from_apogee(target.launch_range_m, target.apogee_m)
    state = ballistic.state_at(time_s, burnout.speed_m_s, burnout.angle_rad)
    height, to_go = np.maximum(state.height_m, 0.0), np.maximum(target.launch_range_m - state.arc_m, 0.0)
    angle = to_go / EARTH_RADIUS_M
    ahead, up = (EARTH_RADIUS_M + height) * np.sin(angle), (EARTH_RADIUS_M + height) * np.cos(angle) - EARTH_RADIUS_M
    return Arc(time_s, to_go, height, state.speed_m_s, ahead, up)


def arc_of(target: Target) -> tuple[Arc, Arc]:
    """Moments at which radars look, from launch to impact, and meetings from the apogee to the impact."""
    total_s = float(ballistic.from_apogee(target.launch_range_m, target.apogee_m).time_s)
    count = max(2, math.ceil(0.5 * total_s / MEET_S) + 1)
    return (
        arc_at(target, np.linspace(0.0, total_s, MOMENTS)),
        arc_at(target, np.linspace(0.5 * total_s, total_s, count)),
    )


def reach_of(radar: Radar, request: Request, arc: Arc) -> Array:
    """(cases, moments) slant range at which a radar detects the missile there."""
    reach = np.array([radar.range_m(case.rcs_m2, request.pd) for case in request.cases])
    return np.repeat(reach[:, None], len(arc.time_s), axis=1)


def engage_ballistic(grid: Grid, net: Net, request: Request, inside: Array) -> Engaged:
    """Every battery of a net against the request's missile; the only 'altitude' is the arc."""
    rows, columns, stride = points_of(grid, inside)
    meetings = arc_of(request.target)[1]
    armed = []
    for battery in net.batteries:
        stores, radars = stores_of(battery, request.target.row), [net.radars[k] for k in battery.radars]
        holders = [radar for radar in radars if not radar.search]
        near = _near(grid, battery, stores, meetings, rows, columns) if len(stores) and holders else np.zeros(0, int)
        if len(near) and int(battery.row["classes"]) & (1 << request.target.row):
            armed.append((battery, stores, holders, near))
    wanted = np.unique(np.concatenate([each[3] for each in armed])) if armed else np.zeros(0, int)
    laid = _lay(grid, request, rows[wanted], columns[wanted])
    shape = (len(request.cases), len(wanted), request.headings)
    shots = {cue: np.zeros(shape, np.uint8) for cue in CUES}
    missed = {cue: np.ones(shape, np.float32) for cue in CUES}
    channels = {cue: np.zeros(shape, np.uint8) for cue in CUES}
    seen: dict[str, Array] = {}

    def view(radars: Sequence[Radar]) -> Array:
        return _view(grid, request, laid, radars, seen)

    for battery, stores, holders, near in armed:
        places = np.searchsorted(wanted, near)
        hold, nothing = view(holders), np.zeros((*shape, 2), np.uint64)
        feeds = {cue: feeding_of(net, battery, request, cue) for cue in CUES}
        own, shared = view(feeds["own"]), view(feeds["network"])
        times = {cue: _times(net, battery, feeds[cue], cue) for cue in CUES}
        for cue, network in (("own", nothing), ("network", shared)):
            for k in range(len(request.cases)):
                _defend(laid, battery, stores, places, (own[k], network[k], hold[k]), times,
                        (shots[cue][k], missed[cue][k], channels[cue][k]))  # fmt: skip
    return Engaged(
        request.headings, {}, (rows, columns), stride,
        *({cue: _spread(each[cue], wanted, len(rows)) for cue in CUES} for each in (shots, missed, channels)),
    )  # fmt: skip


def _spread(values: Array, wanted: Array, points: int) -> Array:
    """(cases, 1, points, headings): the points that nothing defends keep what an empty array begins with."""
    blank = 1 if values.dtype == np.float32 else 0
    out = np.full((values.shape[0], 1, points, values.shape[2]), blank, values.dtype)
    out[:, 0, wanted] = values
    return out


def stores_of(battery: Battery, klass: int) -> Array:
    """(n, 8) missiles that may be fired at a ballistic target, the likeliest to kill first, of those the farthest."""
    rows = []
    for store in battery.stores:
        kill, stock = float(store["kill"][klass]), int(store["ready"]) - int(battery.row["reserve"])
        if float(store["range_ballistic_m"]) <= 0.0 or stock <= 0 or kill < float(battery.row["min_kill"]):
            continue
        names = ("range_min_m", "range_ballistic_m", "height_min_m", "height_max_m", "speed_m_s",
                 "target_speed_max_m_s")  # fmt: skip
        rows.append([*(float(store[name]) for name in names), kill, float(stock)])
    rows.sort(key=lambda line: (-line[6], -line[1]))
    return np.array(rows, float).reshape(len(rows), 8)


def _near(grid: Grid, battery: Battery, stores: Array, meetings: Arc, rows: Array, columns: Array) -> Array:
    """Points whose arc comes, below the missiles' ceiling, within their reach."""
    from pyproj import Geod

    low = meetings.height_m <= float(stores[:, 3].max())
    far_m = float(stores[:, 1].max()) + float(meetings.to_go_m[low].max(initial=0.0)) * 1.01 + 1_000.0
    lat, lon = grid.latitudes[rows], grid.longitudes[columns]
    box = np.nonzero(np.abs(lat - battery.place[0]) * 110_500.0 <= far_m)[0]
    here = np.full(len(box), battery.place[1]), np.full(len(box), battery.place[0])
    _, _, apart = Geod(ellps="WGS84").inv(lon[box], lat[box], *here)
    return np.asarray(box[np.asarray(apart) <= far_m])


def _lay(grid: Grid, request: Request, rows: Array, columns: Array) -> _Laid:
    """Every wanted point with its axes, and the cells that the missile flies over."""
    moments, meetings = arc_of(request.target)
    lat, lon = np.radians(grid.latitudes[rows]), np.radians(grid.longitudes[columns])
    ground = np.maximum(grid.dem.height_m[rows, columns].astype(float), 0.0)
    base = np.array([ecef_from_geodetic(a, b, h) for a, b, h in zip(lat, lon, ground, strict=True)]).reshape(-1, 3)
    axes = np.array([enu_basis(a, b) for a, b in zip(lat, lon, strict=True)]).reshape(-1, 3, 3)
    cells = np.full((len(rows), request.headings, MOMENTS), -1, np.int32)
    dem = grid.dem
    corner = np.array([dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg])
    cells_under(base, axes, moments.ahead_m, moments.up_m, request.headings, corner,
                np.array(grid.shape, np.int64), cells)  # fmt: skip
    return _Laid(base, axes, ground, cells, moments, meetings)


def _view(grid: Grid, request: Request, laid: _Laid, radars: Sequence[Radar], seen: dict[str, Array]) -> Array:
    """(cases, points, headings, 2) words: moments at which any of these radars sees the missile; an airborne one counts
    where it sees from every place of its orbit. `seen` keeps what each has seen."""
    shape = (len(request.cases), *laid.cells.shape[:2], 2)
    found = np.zeros(shape, np.uint64)
    for radar in radars:
        if radar.name not in seen:
            always = np.full(shape, ~NOTHING)
            reach = reach_of(radar, request, laid.moments)
            for where in radar.places:
                mask, top, left = grid.mask(where, float(radar.row["range_max_m"]))
                here = np.zeros(shape, np.uint64)
                look(laid.base, laid.axes, laid.ground_m, laid.moments.ahead_m, laid.moments.up_m,
                     laid.moments.height_m, laid.cells, mask, np.array([top, left, grid.shape[1]], np.int64),
                     where.frame(), radar.limits(), reach, here)  # fmt: skip
                always &= here
            seen[radar.name] = always
        found |= seen[radar.name]
    return found


def _times(net: Net, battery: Battery, feeding: Sequence[Radar], cue: str) -> Array:
    """Track, decision, reaction, coasting, assessment, interval within a salvo: seconds."""
    tracking, row = net.scenario.tracking, battery.row
    coast_s = tracking.drop_after_s if tracking.coast_s is None else tracking.coast_s
    return np.array([*times_s(net, battery, feeding, cue), coast_s, float(row["assess_s"][1]),
                     float(row["salvo_interval_s"])])  # fmt: skip


def _defend(
    laid: _Laid, battery: Battery, stores: Array, places: Array, sight: tuple[Array, Array, Array],
    times: Mapping[str, Array], out: tuple[Array, Array, Array],
) -> None:  # fmt: skip
    """One battery, one cross section."""
    row, meet = battery.row, laid.meetings
    defend(
        places.astype(np.int64), laid.base, laid.axes, laid.ground_m, meet.ahead_m, meet.up_m, meet.height_m,
        float(meet.time_s[0]), meet.step_s, laid.moments.step_s, laid.moments.speed_m_s, np.array(row["pos_m"], float),
        stores, *sight, times["own"], times["network"], int(row["salvo"]), int(row["look"]), int(row["max_shots"]),
        int(row["guided"]), *out)  # fmt: skip


def ballistic_rows(
    counter: Counter, engaged: Mapping[str, Engaged], alternative: str, request: Request
) -> list[Row]:  # fmt: skip
    """Shares of ground defended, by class and launch range instead of a height. No terrain band: what decides happens
    high above the ground."""
    by_level = {level: list(_told(counter, each, alternative, request)) for level, each in engaged.items()}
    total_km2 = float(counter.weights["area"].sum())
    return [replace(row, km2=row.nominal * total_km2 if row.weight == "area" else math.nan) for row in merged(by_level)]


def _told(counter: Counter, engaged: Engaged, alternative: str, request: Request) -> Iterator[Row]:
    """The rows of one level, its values in `nominal`."""
    target = request.target
    for weight in counter.weights:
        for k, case in enumerate(request.cases):
            for cue in CUES:
                for azimuth in AZIMUTHS:
                    for rule in request.rules:
                        points = engaged.defended(cue, k, 0, azimuth, rule.shots, rule.kill)
                        mean, most = engaged.occupied(cue, k, 0, points)
                        raster = engaged.spread(points, counter.grid.shape)
                        yield Row(
                            alternative, "defended", "", math.nan, "", case.rcs_m2, request.pd, cue, target.klass,
                            target.speed_m_s, 0.0, rule.shots, rule.kill, azimuth, weight,
                            nominal=counter.share(raster, GROUND, weight), channels_mean=mean, channels_most=most,
                            launch_range_m=target.launch_range_m, apogee_m=target.apogee_m)  # fmt: skip
