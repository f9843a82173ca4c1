"""Where rays and cells of a raster lie about an antenna: the compiled geometry of the sweep by grid lines.

plane      thirteen numbers that say where a raster lies (PLANE_*): on a map, square cells in metres; or in latitude and
           longitude, radians
local      a place seen from the antenna's foot: east, north and down of the chord to it
side       0 north, 1 south, 2 west, 3 east; rays of a row side (0, 1) cross rows, of a column side (2, 3) columns
slope      of a ray: cells across per line outward, as seen from the antenna, -1 to 1, growing to higher indices
aspect     width of a cell at the antenna over its height

In latitude and longitude a ray is the normal section of its azimuth: a plane through the antenna's vertical, which
meets a parallel or a meridian of the ellipsoid in closed form.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy.typing as npt

from egide.constants import WGS84_A_M, WGS84_E2, WGS84_F
from egide.jit import njit

Array = npt.NDArray[Any]

(
    PLANE_GEOGRAPHIC, PLANE_ROW, PLANE_COL, PLANE_CELL_M, PLANE_SIN, PLANE_COS, PLANE_X, PLANE_Z, PLANE_NORTH,
    PLANE_STEP_LAT, PLANE_WEST, PLANE_STEP_LON, PLANE_ASPECT,
) = range(13)  # fmt: skip

NODE_RAYS: Final = 8  # rays between two whose course is computed; those between are drawn straight
_B_A: Final = 1.0 - WGS84_F


@njit
def local(plane: Array, row: float, col: float) -> tuple[float, float, float]:
    """East, north and down of the chord from the antenna's foot to a place of the raster."""
    if plane[PLANE_GEOGRAPHIC] == 0.0:
        return (col - plane[PLANE_COL]) * plane[PLANE_CELL_M], (plane[PLANE_ROW] - row) * plane[PLANE_CELL_M], 0.0
    lat = plane[PLANE_NORTH] - row * plane[PLANE_STEP_LAT]
    turned = (col - plane[PLANE_COL]) * plane[PLANE_STEP_LON]
    sin_lat = math.sin(lat)
    n_m = WGS84_A_M / math.sqrt(1.0 - WGS84_E2 * sin_lat * sin_lat)
    r_m = n_m * math.cos(lat)
    half = math.sin(0.5 * turned)
    short_m = 2.0 * r_m * half * half  # r (1 - cos)
    dz = n_m * (1.0 - WGS84_E2) * sin_lat - plane[PLANE_Z]
    dx = r_m - plane[PLANE_X]
    north_m = plane[PLANE_COS] * dz - plane[PLANE_SIN] * (dx - short_m)
    down_m = -plane[PLANE_COS] * (dx - short_m) - plane[PLANE_SIN] * dz
    return r_m * math.sin(turned), north_m, down_m


@njit
def arc_length_m(east_m: float, north_m: float, down_m: float) -> float:
    """Arc of the circle with this chord and dip: within 1 m of the geodesic at 600 km."""
    ground2 = east_m * east_m + north_m * north_m
    if ground2 == 0.0:
        return 0.0
    return math.sqrt(ground2 + down_m * down_m) * (1.0 + down_m * down_m / ground2 / 6.0)


@njit
def crossing(plane: Array, side: int, d: float, slope: float) -> tuple[float, float]:
    """Where the ray of a slope crosses the line `d` lines out: index across, and arc from the antenna in metres.
    Straight on a projected raster. In latitude and longitude the ray is the normal section of its azimuth, a plane, met
    with the parallel or the meridian in closed form."""
    out = -1.0 if side == 0 or side == 2 else 1.0
    row0 = plane[PLANE_ROW]
    col0 = plane[PLANE_COL]
    if plane[PLANE_GEOGRAPHIC] == 0.0:
        across = (col0 if side < 2 else row0) + slope * d
        return across, d * math.sqrt(1.0 + slope * slope) * plane[PLANE_CELL_M]
    sin0 = plane[PLANE_SIN]
    cos0 = plane[PLANE_COS]
    if side < 2:  # east / north of the ray is a constant
        row = row0 + out * d
        lat = plane[PLANE_NORTH] - row * plane[PLANE_STEP_LAT]
        sin_lat = math.sin(lat)
        n_m = WGS84_A_M / math.sqrt(1.0 - WGS84_E2 * sin_lat * sin_lat)
        r_m = n_m * math.cos(lat)
        north_m = cos0 * (n_m * (1.0 - WGS84_E2) * sin_lat - plane[PLANE_Z]) - sin0 * (r_m - plane[PLANE_X])
        tangent = -out * slope * plane[PLANE_ASPECT]
        tilt = math.atan(tangent * sin0)
        sine = tangent * (north_m / r_m + sin0) * math.cos(tilt)
        turned = math.asin(min(1.0, max(-1.0, sine))) - tilt
        col = col0 + turned / plane[PLANE_STEP_LON]
        east_m, north_m, down_m = local(plane, row, col)
        return col, arc_length_m(east_m, north_m, down_m)
    col = col0 + out * d
    turned = out * d * plane[PLANE_STEP_LON]
    tangent = -out * slope / plane[PLANE_ASPECT]  # north / east; the slope grows to the south
    a = cos0 * _B_A
    b = sin0 * math.cos(turned) + tangent * math.sin(turned)
    level = (cos0 * plane[PLANE_Z] - sin0 * plane[PLANE_X]) / WGS84_A_M
    sine = level / math.sqrt(a * a + b * b)
    reduced = math.asin(min(1.0, max(-1.0, sine))) + math.atan2(b, a)
    lat = math.atan(math.tan(reduced) / _B_A)
    row = (plane[PLANE_NORTH] - lat) / plane[PLANE_STEP_LAT]
    east_m, north_m, down_m = local(plane, row, col)
    return row, arc_length_m(east_m, north_m, down_m)


@njit
def in_row_side(plane: Array, row: float, col: float) -> bool:
    """Whose cell it is: rows take |slope| <= 1. Both sides ask this, so no cell is taken twice or left."""
    east_m, north_m, _ = local(plane, float(row), float(col))  # whole cells too, by the same machine code
    return abs(east_m) <= abs(north_m) * plane[PLANE_ASPECT]


@njit
def course(
    plane: Array, side: int, m0: int, m1: int, rays: int, d0: float, d1: float,
    place: Array, place_step: Array, arc: Array, arc_step: Array, ends: Array,
) -> None:  # fmt: skip
    """Course of the rays m0 to m1 between the lines d0 and d1: index across and arc at d0 and their growth a line."""
    rate = 1.0 / (d1 - d0)
    base = ends[4]
    count = m1 - m0
    left = 0
    p0, a0 = crossing(plane, side, d0, m0 / rays - 1.0)
    p1, a1 = crossing(plane, side, d1, m0 / rays - 1.0)
    ends[0] = p0
    ends[1] = (p1 - p0) * rate
    while left < count:
        right = min(left + NODE_RAYS, count)
        q0, b0 = crossing(plane, side, d0, (m0 + right) / rays - 1.0)
        q1, b1 = crossing(plane, side, d1, (m0 + right) / rays - 1.0)
        for m in range(left, right + 1):
            u = (m - left) / (right - left)
            place[m] = (1.0 - u) * p0 + u * q0 - base
            place_step[m] = ((1.0 - u) * (p1 - p0) + u * (q1 - q0)) * rate
            arc[m] = (1.0 - u) * a0 + u * b0
            arc_step[m] = ((1.0 - u) * (a1 - a0) + u * (b1 - b0)) * rate
        left = right
        p0, p1, a0, a1 = q0, q1, b0, b1
    ends[2] = p0
    ends[3] = (p1 - p0) * rate
