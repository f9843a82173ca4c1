"""Routes to polylines: time, place and height at points so close that straight chords between them stay true.

point   (latitude deg, longitude deg, height m, speed m/s); the speed holds to the next point, heights go straight
path    times from its own start, latitudes, longitudes, heights, as arrays

A chord of 15 km sags 4.4 m under the Earth's curve; turns are flown with a bank and cut into 4-degree pieces. Low
flight is kept above the ground: never nearer to the terrain below than its written altitude, or 150 m if that is less.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
import pyproj

from egide.constants import GRAVITY_M_S2
from egide.ingest import derived
from egide.ingest.dem import Dem
from egide.physics import ballistic, geodesy, terrain

GEOD: Final = pyproj.Geod(ellps="WGS84")
CHORD_M: Final = 12_000.0
LOW_CHORD_M: Final = 3_000.0  # where the ground is followed
LOW_M: Final = 1_500.0
CLEARANCE_MOST_M: Final = 150.0
TURN_STEP: Final = math.radians(4.0)
SHARPEST: Final = math.radians(150.0)  # a sharper turn is flown as a corner
BALLISTIC_STEP_S: Final = 2.0

Point = tuple[float, float, float, float]
Array = np.ndarray[Any, Any]


@final
@dataclass(frozen=True)
class Path:
    """A polyline in time, from its own start."""

    time_s: Array
    latitude_deg: Array
    longitude_deg: Array
    height_m: Array

    @property
    def length_s(self) -> float:
        return float(self.time_s[-1])


def bearing_deg(a: Point, b: Point) -> float:
    return float(GEOD.inv(a[1], a[0], b[1], b[0])[0])


def move(point: Point, azimuth_deg: float, distance_m: float) -> Point:
    """A point carried along a geodesic."""
    lon, lat, _ = GEOD.fwd(point[1], point[0], azimuth_deg, distance_m)
    return float(lat), float(lon), point[2], point[3]


def shifted(points: Sequence[Point], aside_m: float, last_stays: bool) -> list[Point]:
    """The route flown beside itself: each point moved across the way it is flown."""
    if aside_m == 0.0:
        return list(points)
    moved = []
    for i, point in enumerate(points):
        if last_stays and i == len(points) - 1:
            moved.append(point)
            continue
        a, b = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        moved.append(move(point, bearing_deg(a, b) + 90.0, aside_m))
    return moved


def rounded(points: Sequence[Point], bank_rad: float) -> list[Point]:
    """Corners cut by turns at constant bank: radius V^2 / (g tan bank), smaller where a leg is too short for it."""
    out: list[Point] = [points[0]]
    for i in range(1, len(points) - 1):
        before, here, after = points[i - 1], points[i], points[i + 1]
        _, back, d_in = GEOD.inv(before[1], before[0], here[1], here[0])
        ahead, _, d_out = GEOD.inv(here[1], here[0], after[1], after[0])
        turn = math.radians((ahead - (back + 180.0) + 180.0) % 360.0 - 180.0)
        if abs(turn) < TURN_STEP or abs(turn) > SHARPEST:
            out.append(here)
            continue
        radius_m = here[3] ** 2 / (GRAVITY_M_S2 * math.tan(bank_rad))
        tangent_m = min(radius_m * math.tan(abs(turn) / 2.0), 0.45 * d_in, 0.45 * d_out)
        out.extend(_arc(here, math.radians(back + 180.0), turn, tangent_m))
    out.append(points[-1])
    return out


def _arc(corner: Point, heading: float, turn: float, tangent_m: float) -> list[Point]:
    """Points of the circle that touches both legs at `tangent_m` from the corner, in the plane about it."""
    radius_m = tangent_m / math.tan(abs(turn) / 2.0)
    side = math.copysign(1.0, turn)
    east0, north0 = -tangent_m * math.sin(heading), -tangent_m * math.cos(heading)
    centre_e = east0 + side * radius_m * math.cos(heading)
    centre_n = north0 - side * radius_m * math.sin(heading)
    pieces = max(2, math.ceil(abs(turn) / TURN_STEP))
    arc = []
    for k in range(pieces + 1):
        psi = heading + turn * k / pieces
        east = centre_e - side * radius_m * math.cos(psi)
        north = centre_n + side * radius_m * math.sin(psi)
        arc.append(move(corner, math.degrees(math.atan2(east, north)), math.hypot(east, north)))
    return arc


def ground_m(dem: Dem, lat: Array, lon: Array) -> Array:
    """Terrain heights; 0 off the raster."""
    heights = terrain.heights_at(dem.height_m, dem.row(lat), dem.column(lon))
    return np.nan_to_num(heights, nan=0.0)


def route(points: Sequence[Point], bank_rad: float, dem: Dem) -> Path:
    """A flown route: geodesic legs, rounded corners, kept above the ground where it is low."""
    grid = (dem.content, dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg, dem.height_m.shape)
    key = (tuple(points), bank_rad, grid)
    return derived.remembered("routes", key, lambda: _route(points, bank_rad, dem), most=4096)


def _route(points: Sequence[Point], bank_rad: float, dem: Dem) -> Path:
    turned = rounded(points, bank_rad)
    times, lats, lons, heights = [0.0], [turned[0][0]], [turned[0][1]], [turned[0][2]]
    for a, b in itertools.pairwise(turned):
        azimuth, _, length_m = GEOD.inv(a[1], a[0], b[1], b[0])
        if length_m < 0.5:
            continue
        low = min(a[2], b[2]) < LOW_M
        pieces = max(1, math.ceil(length_m / (LOW_CHORD_M if low else CHORD_M)))
        for k in range(1, pieces + 1):
            u = k / pieces
            lon, lat, _ = (b[1], b[0], 0.0) if k == pieces else GEOD.fwd(a[1], a[0], azimuth, length_m * u)
            times.append(times[-1] + length_m / pieces / a[3])
            lats.append(lat)
            lons.append(lon)
            heights.append(a[2] + u * (b[2] - a[2]))
    lat_a, lon_a, height = np.array(lats), np.array(lons), np.array(heights)
    floor = ground_m(dem, lat_a, lon_a) + np.minimum(height, CLEARANCE_MOST_M)
    return Path(np.array(times), lat_a, lon_a, np.maximum(height, floor))


def orbit(centre: tuple[float, float], length_m: float, width_m: float, heading_rad: float, altitude_m: float,
          speed_m_s: float, duration_s: float, dem: Dem) -> Path:  # fmt: skip
    """A racetrack flown for `duration_s`: two straight legs joined by half turns."""
    radius_m = width_m / 2.0
    lap: list[tuple[float, float]] = []  # along, across
    pieces = max(4, math.ceil(math.pi / TURN_STEP))
    for end in (1.0, -1.0):
        for k in range(pieces + 1):
            psi = math.pi * k / pieces
            lap.append((end * (length_m / 2.0 + radius_m * math.sin(psi)), end * radius_m * math.cos(psi)))
    start: Point = (centre[0], centre[1], altitude_m, speed_m_s)
    corners = []
    for along, across in lap:
        off = math.degrees(heading_rad) + math.degrees(math.atan2(across, along))
        corners.append(move(start, off, math.hypot(along, across)))
    lap_m = 2.0 * length_m + 2.0 * math.pi * radius_m
    laps = max(1, math.ceil(duration_s * speed_m_s / lap_m))
    whole = route([*(corners * laps), corners[0]], math.radians(89.0), dem)
    return until(whole, duration_s)


def until(path: Path, end_s: float) -> Path:
    """The part of a path up to a time, its last point where it then was."""
    if end_s >= path.length_s:
        return path
    keep = path.time_s < end_s
    at = [np.interp(end_s, path.time_s, column) for column in (path.latitude_deg, path.longitude_deg, path.height_m)]
    columns = (path.latitude_deg, path.longitude_deg, path.height_m)
    lat, lon, height = (np.append(column[keep], value) for column, value in zip(columns, at, strict=True))
    return Path(np.append(path.time_s[keep], end_s), lat, lon, height)


def arc(launch: tuple[float, float], aim: tuple[float, float], apogee_m: float, ground: float) -> Path:
    """A ballistic flight from launch to aim over a given apogee, by Kepler on the sphere, laid along the geodesic."""
    azimuth, _, range_m = GEOD.inv(launch[1], launch[0], aim[1], aim[0])
    burnout = ballistic.from_apogee(range_m, apogee_m)
    total_s = float(burnout.time_s)
    times = np.linspace(0.0, total_s, max(8, math.ceil(total_s / BALLISTIC_STEP_S) + 1))
    state = ballistic.state_at(times, burnout.speed_m_s, burnout.angle_rad)
    along = np.asarray(state.arc_m) * (range_m / float(np.asarray(state.arc_m)[-1]))
    lon, lat, _ = GEOD.fwd(
        np.full(len(times), launch[1]), np.full(len(times), launch[0]), np.full(len(times), azimuth), along
    )
    return Path(times, np.asarray(lat), np.asarray(lon), np.maximum(np.asarray(state.height_m), 0.0) + ground)


def speed_for(path: Path) -> Array:
    """Ground speed along each segment, m/s: for checks."""
    _, _, step_m = GEOD.inv(
        path.longitude_deg[:-1], path.latitude_deg[:-1], path.longitude_deg[1:], path.latitude_deg[1:]
    )
    return np.asarray(step_m) / np.diff(path.time_s)


def vertices(path: Path, start_s: float, dem: Dem) -> Array:
    """(n, 8) rows of the vertex table: time, ECEF x, y, z, mask row, mask column, height, 0."""
    out = np.zeros((len(path.time_s), 8))
    x, y, z = geodesy.to_ecef(path.latitude_deg, path.longitude_deg, path.height_m)
    out[:, 0] = path.time_s + start_s
    out[:, 1], out[:, 2], out[:, 3] = x, y, z
    out[:, 4], out[:, 5], out[:, 6] = dem.row(path.latitude_deg), dem.column(path.longitude_deg), path.height_m
    return out
