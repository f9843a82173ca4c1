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

from egide.compiler.sensors import rules_of
from egide.constants import EARTH_RADIUS_M
from egide.coverage.ask import Altitude, Request, Target
from egide.coverage.ballistic_kernels import MOMENTS, cells_under, defend, look
from egide.coverage.engage import CUES, Engaged
from egide.coverage.net import Battery, Grid, Net, Radar
from egide.coverage.points import Points, points_of
from egide.coverage.sums import Counter
from egide.coverage.table import AZIMUTHS, Row, merged
from egide.physics import ballistic
from egide.physics.air import air_share
from egide.physics.kernels import ecef_from_geodetic, enu_basis

__all__ = ["Arc", "arc_of", "ballistic_rows", "engage_ballistic"]

Array = np.ndarray[Any, Any]
GROUND: Final = Altitude("", 0.0, True)  # every cell that is not void counts
MOST_POINTS: Final = 150_000  # of ground, evenly spaced
MOST_NEAR: Final = 10_000  # of them, that a battery may defend
MEET_S: Final = 0.25  # between two meetings that are tried: half a kilometre of fall at most


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
class _Armed:
    """A battery that may meet ballistic missiles, with what it fires and what holds the target for it."""

    battery: Battery
    stores: Array
    holders: tuple[Radar, ...]


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
    """Moments at which radars look, from launch to impact, and meetings from the apogee until before the impact."""
    total_s = float(ballistic.from_apogee(target.launch_range_m, target.apogee_m).time_s)
    count = max(2, math.ceil(0.5 * total_s / MEET_S))
    return (
        arc_at(target, np.linspace(0.0, total_s, MOMENTS)),
        arc_at(target, np.linspace(0.5 * total_s, total_s, count, endpoint=False)),
    )


def reach_of(radar: Radar, request: Request, arc: Arc) -> Array:
    """(cases, moments) slant range at which a radar detects the missile there: the root of range = empty-space range x
    share of the air, which falls with range, so that halving finds it."""
    table, farthest_m = radar.air_at(radar.places[0]), float(radar.row["range_max_m"])
    found = np.empty((len(request.cases), len(arc.time_s)))
    for k, case in enumerate(request.cases):
        empty_m = radar.range_m(case.rcs_m2, request.pd)
        for i, height_m in enumerate(arc.height_m):
            found[k, i] = _through_air(table, farthest_m, empty_m, float(height_m))
    return found


def _through_air(table: Array, farthest_m: float, empty_m: float, height_m: float) -> float:
    low, high = 0.0, min(empty_m * 1.5, farthest_m)  # a share above 1: less air than on the published path
    for _ in range(40):
        middle = 0.5 * (low + high)
        if middle <= empty_m * air_share(table, farthest_m, middle, height_m):
            low = middle
        else:
            high = middle
    return low


def engage_ballistic(grid: Grid, net: Net, request: Request, inside: Array) -> Engaged:
    """Every battery of a net against the request's missile; the only 'altitude' is the arc."""
    armed = list(_candidates(net, request))
    points, near = _points(grid, inside, armed, arc_of(request.target)[1])
    wanted = np.unique(np.concatenate([*near, np.zeros(0, np.int64)]))
    laid = _lay(grid, request, points.rows[wanted], points.columns[wanted])
    shape = (len(request.cases), len(wanted), request.headings)
    shots = {cue: np.zeros(shape, np.uint8) for cue in CUES}
    missed = {cue: np.ones(shape, np.float32) for cue in CUES}
    channels = {cue: np.zeros(shape, np.uint8) for cue in CUES}
    views: dict[tuple[str, ...], Array] = {}

    def shared(radars: Sequence[Radar]) -> Array:
        names = tuple(radar.name for radar in radars)
        if names not in views:
            views[names] = _view(grid, request, laid, radars, np.arange(len(wanted)))
        return views[names]

    for each, close in zip(armed, near, strict=True):
        battery, places = each.battery, np.searchsorted(wanted, close)
        feeds = {cue: _feeding(net, battery, request, cue) for cue in CUES}
        times = {cue: _times(net, battery, feeds[cue], cue) for cue in CUES}
        hold = _view(grid, request, laid, each.holders, places)
        own = _view(grid, request, laid, feeds["own"], places)
        for cue, network in (("own", np.zeros_like(own)), ("network", shared(feeds["network"]))):
            for k in range(len(request.cases)):
                _defend(laid, battery, each.stores, places, (own[k], network[k], hold[k]), times,
                        (shots[cue][k], missed[cue][k], channels[cue][k]))  # fmt: skip
    return Engaged(
        request.headings, {}, points,
        *({cue: _spread(each[cue], wanted, len(points.rows)) for cue in CUES} for each in (shots, missed, channels)),
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


def _candidates(net: Net, request: Request) -> Iterator[_Armed]:
    """Batteries whose doctrine, missiles and engagement radars are for ballistic targets."""
    klass = request.target.row
    for battery in net.batteries:
        stores, radars = stores_of(battery, klass), [net.radars[k] for k in battery.radars]
        holders = tuple(radar for radar in radars if not radar.search)
        if len(stores) and holders and int(battery.row["classes"]) & (1 << klass):
            yield _Armed(battery, stores, holders)


def _points(grid: Grid, inside: Array, armed: Sequence[_Armed], meetings: Arc) -> tuple[Points, list[Array]]:
    """Evenly spaced points of ground, and the places among them of those that each battery may defend: as many as
    keep what is worked out below MOST_NEAR."""
    most = MOST_POINTS
    while True:
        points = points_of(grid, inside, most)
        near = [_near(grid, each, meetings, points.rows, points.columns) for each in armed]
        count = len(np.unique(np.concatenate([*near, np.zeros(0, np.int64)])))
        if count <= MOST_NEAR:
            return points, near
        most = min(int(len(points.rows) * MOST_NEAR / count), len(points.rows) - 1)


def _near(grid: Grid, armed: _Armed, meetings: Arc, rows: Array, columns: Array) -> Array:
    """Points whose arc comes, below the missiles' ceiling, within their reach (on a sphere, with a margin)."""
    low = meetings.height_m <= float(armed.stores[:, 3].max())
    far_m = (float(armed.stores[:, 1].max()) + float(meetings.to_go_m[low].max(initial=0.0))) * 1.01 + 1_000.0
    lat, lon = np.radians(grid.latitudes), np.radians(grid.longitudes)
    lat0, lon0 = np.radians(armed.battery.place[:2])
    half = np.sin(0.5 * (lat - lat0))[rows] ** 2
    half += (np.cos(lat0) * np.cos(lat))[rows] * (np.sin(0.5 * (lon - lon0)) ** 2)[columns]
    return np.nonzero(half <= math.sin(min(0.5 * far_m / EARTH_RADIUS_M, 0.5 * math.pi)) ** 2)[0]


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


def _view(grid: Grid, request: Request, laid: _Laid, radars: Sequence[Radar], some: Array) -> Array:
    """(cases, points, headings, 2) words: moments at which any of these radars sees the missile that falls on `some`
    points; an airborne one counts where it sees from every place of its orbit. None looks for what is seen already."""
    arc = laid.moments
    found = np.zeros((len(request.cases), *laid.cells.shape[:2], 2), np.uint64)
    for radar in radars:
        reach, always = reach_of(radar, request, arc), ~found
        for where in radar.places:
            mask, top, left = grid.mask(where, float(radar.row["range_max_m"]))
            here = np.zeros_like(found)
            look(some, laid.base, laid.axes, laid.ground_m, arc.ahead_m, arc.up_m, arc.height_m, laid.cells, mask,
                 np.array([top, left, grid.shape[1]], np.int64), where.frame(), radar.limits(), reach, always,
                 here)  # fmt: skip
            always = here
        found |= always
    return found


def _feeding(net: Net, battery: Battery, request: Request, cue: str) -> tuple[Radar, ...]:
    """Search radars on whose tracks the battery acts."""
    klass = request.target.row
    if cue == "network":
        return net.cue(battery, klass)
    own = (net.radars[k] for k in battery.radars)
    return tuple(radar for radar in own if radar.search and radar.sees(klass))


def _waits_s(net: Net, battery: Battery, feeding: Sequence[Radar], cue: str) -> tuple[float, float, float]:
    """From detection to a firm track, at the slowest revisit that feeds it; to the decision, with the slowest cueing
    link where one is used; to the launch, with the centre's order where it is awaited."""
    row = battery.row
    if not feeding:
        return 0.0, 0.0, 0.0
    track_s = rules_of(net.scenario).confirm_hits * max(float(radar.row["revisit_s"]) for radar in feeding)
    order_s = float(row["order_s"][1]) if int(row["centre"]) else 0.0
    told_s, feeds = 0.0, {radar.network for radar in feeding}
    if cue == "network" and feeds != {battery.network}:
        told_s = max(link.latency_s.nominal_s + link.update_s for link in net.scenario.links
                     if link.to == battery.network and link.remote_cue and "tracks" in link.carries
                     and link.from_ in feeds)  # fmt: skip
    return float(track_s), float(row["decision_interval_s"]) + float(told_s), float(row["reaction_s"][1]) + order_s


def _times(net: Net, battery: Battery, feeding: Sequence[Radar], cue: str) -> Array:
    """Track, decision, reaction, coasting, assessment, interval within a salvo: seconds."""
    tracking, row = net.scenario.tracking, battery.row
    coast_s = rules_of(net.scenario).drop_s if tracking.coast_s is None else tracking.coast_s
    return np.array([*_waits_s(net, battery, feeding, cue), coast_s, float(row["assess_s"][1]),
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
    total_km2 = counter.total["area"]
    return [replace(row, km2=row.nominal * total_km2 if row.weight == "area" else math.nan) for row in merged(by_level)]


def _told(counter: Counter, engaged: Engaged, alternative: str, request: Request) -> Iterator[Row]:
    """The rows of one level, its values in `nominal`."""
    target = request.target
    for weight in counter.values:
        for k, case in enumerate(request.cases):
            for cue in CUES:
                for azimuth in AZIMUTHS:
                    for rule in request.rules:
                        points = engaged.defended(cue, k, 0, azimuth, rule.shots, rule.kill)
                        mean, most = engaged.occupied(cue, k, 0, azimuth, rule.shots, rule.kill)
                        raster = engaged.spread(points)
                        yield Row(
                            alternative, "defended", "", math.nan, "", case.rcs_m2, request.pd, cue, target.klass,
                            target.speed_m_s, 0.0, rule.shots, rule.kill, azimuth, weight,
                            nominal=counter.share(raster, GROUND, weight), channels_mean=mean, channels_most=most,
                            launch_range_m=target.launch_range_m, apogee_m=target.apogee_m)  # fmt: skip
