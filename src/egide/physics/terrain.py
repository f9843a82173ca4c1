"""What terrain hides from a radar.

minimum visible height   lowest height at a place at which a target is in line of sight; a better answer than yes or no
profile                  terrain along one line from the antenna: the exact method, and the test of the fast one
sweep                    all cells of a raster at once, by a running horizon: by grid lines (`terrain_lines`); by rays
                         from the antenna (`terrain_kernels`) near a pole and for an antenna off the raster

Rows run south and columns east; a height at or below -32767, or NaN, is void: not measured, and not terrain.
Source: the profile formula of Wang, Robinson, White 2000 and Haverkort et al. 2008, on an Earth of k radii. Line of
sight only: no diffraction (ITU-R P.526), no trees, no buildings.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH, WGS84_A_M, WGS84_E2
from egide.physics import geodesy, terrain_sweep
from egide.physics.kernels import HIDDEN, VOID
from egide.physics.terrain_kernels import NODE, sweep

__all__ = [
    "HIDDEN", "VOID", "distances_m", "geographic_profile", "heights_at", "minimum_visible_height",
    "profile_minimum_height_m", "visible_height_raster", "visible_height_window",
]  # fmt: skip

FloatArray = npt.NDArray[np.float64]
Raster = npt.NDArray[Any]

_STEPS_A_CELL: Final = 8.0  # with 4 the sweep misses the tops of ridges near the antenna by 8 m in the mean
_RAYS_A_CELL: Final = 2.0  # at the far edge, where rays are furthest apart


def heights_at(dem_m: Raster, row: npt.ArrayLike, col: npt.ArrayLike) -> FloatArray:
    """Bilinear heights at fractional rows and columns, over the cells that are not void; NaN where there are none."""
    dem = np.asarray(dem_m)
    r, c = np.broadcast_arrays(np.asarray(row, float), np.asarray(col, float))
    last_row, last_col = dem.shape[0] - 1.0, dem.shape[1] - 1.0
    edge = 1e-6  # what rounding may put outside
    inside = (r >= -edge) & (r <= last_row + edge) & (c >= -edge) & (c <= last_col + edge)
    r, c = np.clip(r, 0.0, last_row), np.clip(c, 0.0, last_col)
    i = np.where(inside, np.floor(r), 0).astype(int)
    j = np.where(inside, np.floor(c), 0).astype(int)
    total = np.zeros(r.shape)
    weights = np.zeros(r.shape)
    for di in (0, 1):
        for dj in (0, 1):
            near = dem[np.minimum(i + di, dem.shape[0] - 1), np.minimum(j + dj, dem.shape[1] - 1)].astype(float)
            weight = np.abs(1.0 - di - (r - i)) * np.abs(1.0 - dj - (c - j))
            weight = np.where(inside & (near > VOID), weight, 0.0)
            total += weight * np.where(near > VOID, near, 0.0)
            weights += weight
    heights: FloatArray = np.where(weights > 0.0, total / np.where(weights > 0.0, weights, 1.0), np.nan)
    return heights


def profile_minimum_height_m(
    distance_m: npt.ArrayLike, height_m: npt.ArrayLike, antenna_height_m: float, k: float = EFFECTIVE_EARTH
) -> float:
    """Minimum visible height above the ground at the far end of a profile that starts at the antenna's foot. NaN where
    either end is void."""
    distance, ground = np.asarray(distance_m, float), np.asarray(height_m, float)
    ground = np.where(ground > VOID, ground, np.nan)
    antenna_m = ground[0] + antenna_height_m
    curve = 1.0 / (2.0 * k * EARTH_RADIUS_M)
    between = slice(1, -1)
    slopes = (ground[between] - curve * distance[between] ** 2 - antenna_m) / distance[between]
    slopes = slopes[~np.isnan(slopes)]
    if not slopes.size:
        return 0.0 if math.isfinite(antenna_m + ground[-1]) else math.nan
    far_m = distance[-1]
    lowest_m = antenna_m + far_m * float(np.max(slopes)) + curve * far_m**2 - ground[-1]
    return max(0.0, float(lowest_m)) if math.isfinite(lowest_m) else math.nan


def geographic_profile(
    dem_m: Raster, north_deg: float, west_deg: float, step_lat_deg: float, step_lon_deg: float,
    lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float, spacing_m: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Distances and terrain heights along the geodesic between two places, no further apart than `spacing_m`."""
    length_m = float(geodesy.inverse(lat1_deg, lon1_deg, lat2_deg, lon2_deg)[0])
    pieces = max(1, math.ceil(length_m / spacing_m))
    lat, lon = geodesy.waypoints(lat1_deg, lon1_deg, lat2_deg, lon2_deg, pieces)
    heights = heights_at(dem_m, (north_deg - lat) / step_lat_deg, (lon - west_deg) / step_lon_deg)
    return np.linspace(0.0, length_m, pieces + 1), heights


def _swept(
    dem_m: Raster, antenna_m: float, k: float, near_m: float,
    nodes: tuple[FloatArray, FloatArray, FloatArray], cells: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:  # fmt: skip
    """Run the kernel. NaN where a cell was not asked for (negative step)."""
    dem = np.ascontiguousarray(dem_m, np.float32)
    out = np.full(dem.size, np.nan)
    curve = 1.0 / (2.0 * k * EARTH_RADIUS_M)
    node_row, node_col, node_arc = (np.ascontiguousarray(part) for part in nodes)  # one signature, compiled once
    ray, step, arc_m = (np.ravel(part) for part in cells)
    sweep(dem, float(antenna_m), curve, float(near_m), node_row, node_col, node_arc, ray, step, arc_m, out)
    return out.reshape(dem.shape)


def minimum_visible_height(
    dem_m: Raster, cell_m: float, row: float, col: float, antenna_height_m: float, max_range_m: float,
    k: float = EFFECTIVE_EARTH, parallel: bool | None = None,
) -> npt.NDArray[np.float32]:  # fmt: skip
    """Minimum visible height above the ground over each cell of a projected raster (square cells, metres), for an
    antenna that stands at a row and column. NaN beyond range and over void cells. `parallel`: on every core; None
    decides by size. Worker processes say False."""
    dem = np.asarray(dem_m)
    foot_m = float(heights_at(dem, row, col))
    if math.isnan(foot_m):
        raise ValueError("the antenna stands on a void cell or off the raster; give a raster with terrain there")
    reach = max_range_m / cell_m + 2.0
    rows, cols = _part(row, reach, dem.shape[0]), _part(col, reach, dem.shape[1])
    if dem.dtype == np.float32 and dem.flags.c_contiguous and dem[rows, cols].size > dem.size / 4:
        rows, cols = slice(0, dem.shape[0]), slice(0, dem.shape[1])  # the sweep reads in range only; a cut is a copy
    cut = dem[rows, cols]
    plane = terrain_sweep.projected((cut.shape[0], cut.shape[1]), cell_m, row - rows.start, col - cols.start)
    lowest = terrain_sweep.run(
        cut, plane, foot_m + antenna_height_m, max_range_m, k, above_ground=True, parallel=parallel
    )
    if lowest.shape == dem.shape:
        return lowest
    out = np.full(dem.shape, np.nan, np.float32)
    out[rows, cols] = lowest
    return out


def _part(centre: float, reach: float, size: int) -> slice:
    """Indices within `reach` of a place, at least one."""
    first = min(max(math.floor(centre - reach), 0), size - 1)
    return slice(first, max(min(math.ceil(centre + reach) + 1, size), first + 1))


def visible_height_window(
    dem_m: Raster, north_deg: float, west_deg: float, step_lat_deg: float, step_lon_deg: float,
    lat_deg: float, lon_deg: float, antenna_amsl_m: float, max_range_m: float, k: float = EFFECTIVE_EARTH,
    near_m: float = 0.0, parallel: bool | None = None,
) -> tuple[slice, slice, npt.NDArray[np.float32]]:  # fmt: skip
    """Lowest height above sea level in line of sight over each cell within range on a latitude-longitude raster, never
    below the ground: rows and columns of the part in reach, and the heights there (NaN beyond range). Only that part
    of the raster is read, so it may be mapped from a file larger than memory. The antenna's longitude may be
    written a turn off the raster's; a raster may go on past 180 degrees."""
    rows_all, cols_all = dem_m.shape
    reach_rad = max_range_m / 6.35e6
    widest = math.sin(min(reach_rad, 0.5 * math.pi)) / max(math.cos(math.radians(lat_deg)), 1e-6)
    turn_deg = math.degrees(math.asin(widest)) if widest < 0.99 else 360.0
    west_of_centre = 0.5 * (cols_all - 1) * step_lon_deg
    lon_deg = (lon_deg - west_deg - west_of_centre + 180.0) % 360.0 - 180.0 + west_deg + west_of_centre
    row, col = (north_deg - lat_deg) / step_lat_deg, (lon_deg - west_deg) / step_lon_deg
    rows = _part(row, math.degrees(reach_rad) / step_lat_deg + 2.0, rows_all)
    cols = _part(col, turn_deg / step_lon_deg + 2.0, cols_all)
    cut = np.ascontiguousarray(dem_m[rows, cols], np.float32)
    north_deg, west_deg = north_deg - rows.start * step_lat_deg, west_deg + cols.start * step_lon_deg
    south_deg = north_deg - (cut.shape[0] - 1) * step_lat_deg
    grid = (north_deg, west_deg, step_lat_deg, step_lon_deg)
    inside = 0.0 <= row < rows_all and 0.0 <= col < cols_all
    if inside and min(cut.shape) > 1 and terrain_sweep.fits(north_deg, south_deg, lat_deg, max_range_m):
        plane = terrain_sweep.geographic((cut.shape[0], cut.shape[1]), *grid, lat_deg, lon_deg)
        lowest = terrain_sweep.run(
            cut, plane, antenna_amsl_m, max_range_m, k, near_m=near_m, above_ground=False, parallel=parallel
        )
        return rows, cols, lowest
    return rows, cols, _polar(cut, grid, lat_deg, lon_deg, antenna_amsl_m, max_range_m, k, near_m)


def visible_height_raster(
    dem_m: Raster, north_deg: float, west_deg: float, step_lat_deg: float, step_lon_deg: float,
    lat_deg: float, lon_deg: float, antenna_amsl_m: float, max_range_m: float, k: float = EFFECTIVE_EARTH,
    near_m: float = 0.0, parallel: bool | None = None,
) -> npt.NDArray[np.int16]:  # fmt: skip
    """Lowest height above sea level in line of sight over each cell of a latitude-longitude raster, rounded up to whole
    metres and never below the ground; HIDDEN (32767) beyond range, 32766 where it is higher still. `north_deg` and
    `west_deg` are those of the first cell's centre. `near_m`: terrain nearer than this is not counted. A coarse
    raster needs about one cell there, since it may put the site's own cell above its surveyed antenna."""
    out = np.full(dem_m.shape, HIDDEN, np.int16)
    rows, cols, lowest = visible_height_window(
        dem_m, north_deg, west_deg, step_lat_deg, step_lon_deg, lat_deg, lon_deg, antenna_amsl_m, max_range_m, k,
        near_m, parallel,
    )  # fmt: skip
    hidden = np.isnan(lowest)
    np.ceil(lowest, out=lowest)
    np.clip(lowest, -HIDDEN, HIDDEN - 1, out=lowest)
    lowest[hidden] = HIDDEN
    out[rows, cols] = lowest.astype(np.int16)
    return out


def _polar(
    dem_m: Raster, grid: tuple[float, float, float, float], lat_deg: float, lon_deg: float, antenna_m: float,
    max_range_m: float, k: float, near_m: float,
) -> npt.NDArray[np.float32]:  # fmt: skip
    """The sweep by rays evenly spaced in azimuth: near a pole, and for an antenna off the raster."""
    north_deg, west_deg, step_lat_deg, step_lon_deg = grid
    dem = np.asarray(dem_m)
    frame = _Frame(lat_deg, lon_deg)
    lat = np.radians(north_deg - step_lat_deg * np.arange(dem.shape[0]))
    lon = np.radians(west_deg + step_lon_deg * np.arange(dem.shape[1]))
    azimuth, dip, arc_m = frame.polar(lat, lon)
    asked = arc_m <= max_range_m
    if not asked.any():
        return np.full(dem.shape, np.nan, np.float32)
    reach_m = float(np.max(arc_m, where=asked, initial=0.0))
    cell_m = EARTH_RADIUS_M * math.radians(min(step_lat_deg, step_lon_deg * max(math.cos(math.radians(lat_deg)), 0.1)))
    rays = max(64, math.ceil(2.0 * math.pi * reach_m / cell_m * _RAYS_A_CELL))
    dip_step = cell_m / _STEPS_A_CELL / (2.0 * EARTH_RADIUS_M)
    count = math.ceil(float(np.max(dip, where=asked, initial=0.0)) / dip_step / NODE) + 2
    bearings = np.arange(rays, dtype=np.float64)[:, None] * (2.0 * math.pi / rays)
    dips = np.arange(count, dtype=np.float64)[None, :] * (NODE * dip_step)
    node_lat, node_lon, node_arc = frame.points(bearings, dips)
    nodes = (
        (north_deg - np.degrees(node_lat)) / step_lat_deg,
        (np.degrees(node_lon) - west_deg) / step_lon_deg,
        node_arc,
    )
    cells = (azimuth * (rays / (2.0 * math.pi)), np.where(asked, dip / dip_step, -1.0), arc_m)
    lowest = _swept(dem, antenna_m, k, near_m, nodes, cells)
    return np.where(asked, lowest, np.nan).astype(np.float32)


def distances_m(
    shape: tuple[int, int], north_deg: float, west_deg: float, step_lat_deg: float, step_lon_deg: float,
    lat_deg: float, lon_deg: float,
) -> FloatArray:  # fmt: skip
    """Distance over the ground from a place to every cell of a latitude-longitude raster, within 1 m to 600 km."""
    lat = np.radians(north_deg - step_lat_deg * np.arange(shape[0]))
    lon = np.radians(west_deg + step_lon_deg * np.arange(shape[1]))
    return _Frame(lat_deg, lon_deg).polar(lat, lon)[2]


class _Frame:
    """Polar coordinates about a place on the ellipsoid that go both ways in closed form: azimuth of the normal section,
    and dip, the angle of the chord below the horizontal, half the angle at the Earth's centre. The arc is that of the
    circle with this chord and dip: within 1 m of the geodesic at 600 km."""

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        lat = math.radians(lat_deg)
        self.lon_rad = math.radians(lon_deg)
        self.sin, self.cos = math.sin(lat), math.cos(lat)
        self.n_m = WGS84_A_M / math.sqrt(1.0 - WGS84_E2 * self.sin**2)
        self.x_m, self.z_m = self.n_m * self.cos, self.n_m * (1.0 - WGS84_E2) * self.sin

    def polar(self, lat_rad: FloatArray, lon_rad: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Azimuth (0 to 2 pi), dip and arc of every crossing of a list of latitudes and a list of longitudes."""
        n_m = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * np.sin(lat_rad) ** 2)
        radius_m = (n_m * np.cos(lat_rad))[:, None]
        dz = (n_m * (1.0 - WGS84_E2) * np.sin(lat_rad) - self.z_m)[:, None]
        turned = lon_rad[None, :] - self.lon_rad
        dx = radius_m * np.cos(turned) - self.x_m
        east = radius_m * np.sin(turned)
        north = self.cos * dz - self.sin * dx
        down = -self.cos * dx - self.sin * dz
        ground = np.sqrt(east * east + north * north)
        azimuth = np.arctan2(east, north)
        dip = np.arctan2(down, ground)
        arc_m = np.sqrt(ground * ground + down * down) * (1.0 + dip * dip / 6.0 + 7.0 / 360.0 * dip**4)  # x / sin x
        return np.where(azimuth < 0.0, azimuth + 2.0 * math.pi, azimuth), dip, arc_m

    def points(self, azimuth: FloatArray, dip: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Latitude, longitude (rad) and arc of the points at azimuths and dips."""
        level = np.cos(dip)
        east = level * np.sin(azimuth)
        north = level * np.cos(azimuth)
        down = np.sin(dip)
        toward_z = self.cos * north - self.sin * down
        toward_x = -self.sin * north - self.cos * down
        # where the line from the place meets the ellipsoid again
        chord_m = 2.0 * self.n_m * down / (1.0 + WGS84_E2 / (1.0 - WGS84_E2) * toward_z**2)
        x, y, z = self.x_m + chord_m * toward_x, chord_m * east, self.z_m + chord_m * toward_z
        lat = np.arctan2(z, (1.0 - WGS84_E2) * np.sqrt(x * x + y * y))
        arc_m = chord_m * (1.0 + dip * dip / 6.0 + 7.0 / 360.0 * dip**4)
        return lat, self.lon_rad + np.arctan2(y, x), arc_m
