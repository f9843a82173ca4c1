"""How much higher a ray really stands over a far place than the 4/3 Earth says, and a mask mended by it.

straight  height of a ray over a place on the 4/3 Earth; the mask of a site is made of such heights
excess    by how much the same ray stands higher in the exponential atmosphere; where it
          stands lower (below some 5 km, by metres) the 4/3 Earth is kept, so that the excess is never negative

The obstacle that sets a site's horizon lies in the lowest kilometres, where both agree on the elevation; they part only
behind it. A ray that dips is therefore taken by its lowest point, and one that does not by its elevation. Sources: as
`refraction`. Leaves out: antennas above `HIGHEST_ANTENNA_M`, whose horizon is far down.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.jit import njit, njit_parallel
from egide.physics import refraction
from egide.physics.kernels import HIDDEN

__all__ = ["HIGHEST_ANTENNA_M", "LEAST_M", "excess_table", "mend"]

Array = np.ndarray[Any, Any]
FloatArray = npt.NDArray[np.float64]

HIGHEST_ANTENNA_M: Final = 5_000.0
LEAST_M: Final = 1_500.0  # below it the excess is a few metres
MOST_M: Final = 33_000.0  # of the table; masks end at 32 766 m
ARCS: Final = 97
HEIGHTS: Final = 64
_EARTH_M: Final = EFFECTIVE_EARTH * EARTH_RADIUS_M
_ELEVATIONS: Final = 96
_STEEPEST_RAD: Final = math.radians(75.0)
_TOP_M: Final = 60_000.0
_LEVELS: Final = 96
_STEP_M: Final = (MOST_M - LEAST_M) / (HEIGHTS - 1)


def _ray(elevation_rad: float, antenna_m: float) -> tuple[FloatArray, FloatArray]:
    """Ground distances and heights along a ray in the exponential atmosphere. One that dips has the lowest point of the
    straight ray, since near it lies the obstacle that both pass, and is given from there on."""
    fractions = np.linspace(0.0, 1.0, _LEVELS) ** 2
    if elevation_rad >= 0.0:
        height = antenna_m + (_TOP_M - antenna_m) * fractions
        return refraction.ray_distance_m(elevation_rad, antenna_m, height), height
    lowest = antenna_m - (_EARTH_M + antenna_m) * 2.0 * math.sin(0.5 * elevation_rad) ** 2
    height = lowest + (_TOP_M - lowest) * fractions
    down_m = float(refraction.ray_distance_m(0.0, lowest, antenna_m))
    return down_m + refraction.ray_distance_m(0.0, lowest, height), height


@lru_cache(maxsize=128)
def _rays(antenna_m: float) -> tuple[FloatArray, tuple[tuple[FloatArray, FloatArray], ...]]:
    """Elevations from the antenna's horizon upwards, and the ray at each: they do not depend on how far is asked."""
    dip = math.acos(1.0 / (1.0 + max(antenna_m, 0.0) / _EARTH_M))
    elevations = -dip + (dip + _STEEPEST_RAD) * np.linspace(0.0, 1.0, _ELEVATIONS) ** 3
    return elevations, tuple(_ray(float(elevation), antenna_m) for elevation in elevations)


def excess_table(antenna_m: float, farthest_m: float) -> FloatArray:
    """(ARCS, HEIGHTS) metres of excess over places from 0 to `farthest_m` away, evenly spaced, for straight heights
    from LEAST_M to MOST_M, evenly spaced. From the antenna's horizon over a smooth Earth upwards."""
    arcs = np.linspace(0.0, farthest_m, ARCS)
    elevations, rays = _rays(antenna_m)
    straight = np.empty((_ELEVATIONS, ARCS))
    excess = np.empty((_ELEVATIONS, ARCS))
    for row, elevation in enumerate(elevations):
        reach = elevation + arcs / _EARTH_M < math.radians(85.0)
        straight[row] = refraction.straight_ray_height_m(np.where(reach, arcs, 0.0), elevation, antenna_m)
        straight[row, ~reach] = _TOP_M
        distance, height = rays[row]
        excess[row] = np.where(straight[row] < 0.75 * _TOP_M, np.interp(arcs, distance, height) - straight[row], 0.0)
    heights = np.linspace(LEAST_M, MOST_M, HEIGHTS)
    table = np.empty((ARCS, HEIGHTS))
    for column in range(ARCS):
        order = np.argsort(straight[:, column], kind="stable")
        table[column] = np.interp(heights, straight[order, column], excess[order, column])
    return np.maximum(table, 0.0)


def _mend(mask: Array, row: Array, column: Array, table: Array, per_arc: float) -> None:
    arcs, heights = table.shape[0] - 1, table.shape[1] - 1
    for i in numba.prange(mask.shape[0]):
        along, across = row[i, 0], row[i, 1]
        for j in range(mask.shape[1]):
            low = float(mask[i, j])
            if low <= LEAST_M or mask[i, j] >= HIDDEN - 1:
                continue
            # square of half the chord: the haversine of the angle at the Earth's centre
            half2 = along + across * column[j]
            v = min(2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(min(half2, 1.0))) * per_arc, float(arcs))
            u = min((low - LEAST_M) / _STEP_M, float(heights))
            m, n = min(int(v), arcs - 1), min(int(u), heights - 1)
            v, u = v - m, u - n
            near = (1.0 - u) * table[m, n] + u * table[m, n + 1]
            far = (1.0 - u) * table[m + 1, n] + u * table[m + 1, n + 1]
            mended = math.ceil(low + (1.0 - v) * near + v * far)
            mask[i, j] = min(mended, HIDDEN - 1)


_one_core, _all_cores = njit(_mend), njit_parallel(_mend)


def mend(
    mask: Array, north_deg: float, west_deg: float, step_lat_deg: float, step_lon_deg: float, lat_deg: float,
    lon_deg: float, antenna_m: float, farthest_m: float, parallel: bool = False,
) -> None:  # fmt: skip
    """Raise a mask (int16, lowest height above sea level in sight, as `terrain.visible_height_raster` makes it) in
    place by the excess. Distances on a sphere, within 0.5 %. Antennas above HIGHEST_ANTENNA_M are left as they are."""
    if antenna_m > HIGHEST_ANTENNA_M:
        return
    lat = np.radians(north_deg - step_lat_deg * np.arange(mask.shape[0]))
    lon = np.radians(west_deg + step_lon_deg * np.arange(mask.shape[1]) - lon_deg)
    at = math.radians(lat_deg)
    row = np.column_stack([np.sin(0.5 * (lat - at)) ** 2, math.cos(at) * np.cos(lat)])
    run = _all_cores if parallel else _one_core
    run(mask, row, np.sin(0.5 * lon) ** 2, excess_table(antenna_m, farthest_m), (ARCS - 1) / farthest_m)
