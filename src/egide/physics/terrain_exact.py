"""A dense profile to every cell: slow, without rays, the reference that the sweeps are measured against.

profile   the terrain under the line from the antenna's foot: straight on a map, a normal section on the ellipsoid
sample    bilinear height in a square of four measured cells; so many to a cell
square    four neighbouring cells. Where one of them is void there is no ground inside, only on its edges: straight
          between two measured cells, level from a measured cell to a void one. The profile is sampled where it crosses
          such an edge. This is the rule of the sweep (`terrain_lines`)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH, WGS84_A_M, WGS84_E2
from egide.jit import njit
from egide.physics.kernels import VOID, dem_height_m
from egide.physics.terrain_plane import (
    PLANE_COL,
    PLANE_COS,
    PLANE_GEOGRAPHIC,
    PLANE_NORTH,
    PLANE_ROW,
    PLANE_SIN,
    PLANE_STEP_LAT,
    PLANE_STEP_LON,
    PLANE_X,
    PLANE_Z,
    arc_length_m,
    local,
)  # fmt: skip
from egide.physics.terrain_sweep import Plane

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float64]

SAMPLES_A_CELL = 6.0  # 15 m on a raster of 90 m


@njit
def _whole(dem: Array, row: float, col: float) -> bool:
    """Whether the square that holds a place has four measured cells. On a line: the square after it, or the last."""
    i = min(max(int(row), 0), dem.shape[0] - 2)
    j = min(max(int(col), 0), dem.shape[1] - 2)
    return dem[i, j] > VOID and dem[i, j + 1] > VOID and dem[i + 1, j] > VOID and dem[i + 1, j + 1] > VOID


@njit
def _on_edges(
    dem: Array, row0: float, col0: float, s0: float, row1: float, col1: float, s1: float, antenna_m: float,
    curvature_1_m: float, near_m: float,
) -> float:  # fmt: skip
    """Greatest slope where a short piece of a profile crosses a line of cells: by row, then by column."""
    highest = -1e9
    for by_row in (True, False):
        a, b = (row0, row1) if by_row else (col0, col1)
        line = math.floor(max(a, b))
        if a == b or line < min(a, b):
            continue
        share = (line - a) / (b - a)
        row = line if by_row else row0 + share * (row1 - row0)
        col = col0 + share * (col1 - col0) if by_row else line
        height_m = dem_height_m(dem, row, col)
        s = s0 + share * (s1 - s0)
        if height_m > VOID and s >= near_m and s > 0.0:
            highest = max(highest, (height_m - antenna_m) / s - curvature_1_m * s)
    return highest


@njit
def _profiles(
    dem: Array, plane: Array, row: Array, col: Array, antenna_m: float, curvature_1_m: float, near_m: float,
    samples_a_cell: float, lowest: Array,
) -> None:  # fmt: skip
    """Lowest height above sea level in sight over each place (rows and columns, with fractions), before its ground."""
    row0 = plane[PLANE_ROW]
    col0 = plane[PLANE_COL]
    sin0 = plane[PLANE_SIN]
    cos0 = plane[PLANE_COS]
    n0_m = WGS84_A_M / math.sqrt(1.0 - WGS84_E2 * sin0 * sin0)
    for place in range(row.shape[0]):
        east_m, north_m, down_m = local(plane, row[place], col[place])
        length_m = arc_length_m(east_m, north_m, down_m)
        cells = math.sqrt((row[place] - row0) ** 2 + (col[place] - col0) ** 2)
        steps = math.ceil(cells * samples_a_cell)
        highest = -1e9
        ground = math.sqrt(east_m * east_m + north_m * north_m)
        dip = math.atan2(down_m, ground)
        was_row = row0
        was_col = col0
        was_s = 0.0
        was_whole = _whole(dem, row0, col0)
        for i in range(1, steps):
            share = i / steps
            if plane[PLANE_GEOGRAPHIC] == 0.0:
                here_row = row0 + share * (row[place] - row0)
                here_col = col0 + share * (col[place] - col0)
                s = share * length_m
            else:  # where the line from the antenna's foot meets the ellipsoid again
                down = math.sin(share * dip)
                level = math.cos(share * dip)
                east = level * east_m / ground
                north = level * north_m / ground
                toward_z = cos0 * north - sin0 * down
                toward_x = -sin0 * north - cos0 * down
                chord_m = 2.0 * n0_m * down / (1.0 + WGS84_E2 / (1.0 - WGS84_E2) * toward_z * toward_z)
                x = plane[PLANE_X] + chord_m * toward_x
                y = chord_m * east
                lat = math.atan2(plane[PLANE_Z] + chord_m * toward_z, (1.0 - WGS84_E2) * math.sqrt(x * x + y * y))
                here_row = (plane[PLANE_NORTH] - lat) / plane[PLANE_STEP_LAT]
                here_col = col0 + math.atan2(y, x) / plane[PLANE_STEP_LON]
                s = chord_m * (1.0 + share * share * dip * dip / 6.0)
            whole = _whole(dem, here_row, here_col)
            if not (whole and was_whole):
                edges = _on_edges(dem, was_row, was_col, was_s, here_row, here_col, s, antenna_m, curvature_1_m, near_m)
                highest = max(highest, edges)
            if whole and s >= near_m:
                here_m = dem_height_m(dem, here_row, here_col)
                if here_m > VOID:
                    highest = max(highest, (here_m - antenna_m) / s - curvature_1_m * s)
            was_row = here_row
            was_col = here_col
            was_s = s
            was_whole = whole
        lowest[place] = antenna_m + (highest + curvature_1_m * length_m) * length_m


def lowest_heights_m(
    dem_m: Array, plane: Plane, row: npt.ArrayLike, col: npt.ArrayLike, antenna_amsl_m: float,
    k: float = EFFECTIVE_EARTH, near_m: float = 0.0, samples_a_cell: float = SAMPLES_A_CELL,
) -> FloatArray:  # fmt: skip
    """Lowest height above sea level in sight over each of the places, never below the ground there."""
    rows, cols = (np.ascontiguousarray(np.ravel(part), np.float64) for part in np.broadcast_arrays(row, col))
    dem = np.ascontiguousarray(dem_m, np.float32)
    lowest = np.empty(rows.size)
    _profiles(dem, plane.numbers, rows, cols, float(antenna_amsl_m), 1.0 / (2.0 * k * EARTH_RADIUS_M), float(near_m),
              float(samples_a_cell), lowest)  # fmt: skip
    ground = np.array([dem_height_m(dem, r, c) for r, c in zip(rows.tolist(), cols.tolist(), strict=True)])
    return np.where(ground > VOID, np.maximum(lowest, ground), lowest)
