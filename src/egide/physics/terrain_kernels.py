"""The compiled part of terrain masking: one radial sweep with a running horizon.

ray       a direction from the antenna; rays are evenly spaced in azimuth, ray `rays` is ray 0 again
step      a sample along a ray; step 0 is the antenna
node      every NODE-th step, where row, column and arc of a ray are given; straight lines between nodes
horizon   greatest slope of the terrain seen so far, on an Earth flattened by s^2 / (2 k R)

A cell is given by its place in that polar frame (ray and step, both with fractions); what it needs is the horizon of
the two rays beside it, up to the last step before it, and never its own terrain but as the ground it stands on.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from egide.jit import njit, njit_allocating
from egide.physics.kernels import VOID, dem_height_m

Array = npt.NDArray[Any]

NODE: Final = 8
_FINE_NODES: Final = 2  # so near the antenna a metre of terrain turns the horizon: samples lie closer there
_FINE: Final = 8
_LOWEST: Final = -1e9  # a slope below every terrain


@njit
def _trace(
    dem: Array, antenna_m: float, curvature_1_m: float, near_m: float,
    node_row: Array, node_col: Array, node_arc: Array, steps: int, horizon: Array,
) -> None:  # fmt: skip
    """Running horizon of one ray after each of `steps` steps, into `horizon`. Terrain nearer than `near_m`
    is skipped."""
    rows, cols = dem.shape
    highest = _LOWEST
    horizon[0] = highest
    for node in range((steps + NODE - 1) // NODE):
        row = node_row[node]
        col = node_col[node]
        arc_m = node_arc[node]
        parts = _FINE if node < _FINE_NODES else 1
        row_step = (node_row[node + 1] - row) / (NODE * parts)
        col_step = (node_col[node + 1] - col) / (NODE * parts)
        arc_step = (node_arc[node + 1] - arc_m) / (NODE * parts)
        for i in range(1, NODE * parts + 1):
            row += row_step
            col += col_step
            arc_m += arc_step
            if 0.0 <= row < rows - 1.0 and 0.0 <= col < cols - 1.0:
                r = np.uint32(row)
                c = np.uint32(col)
                u = row - r
                v = col - c
                a = dem[r, c]
                b = dem[r, c + np.uint32(1)]
                d = dem[r + np.uint32(1), c]
                e = dem[r + np.uint32(1), c + np.uint32(1)]
                if a > VOID and b > VOID and d > VOID and e > VOID:
                    ground_m = (1.0 - u) * ((1.0 - v) * a + v * b) + u * ((1.0 - v) * d + v * e)
                else:
                    ground_m = dem_height_m(dem, row, col)
            else:
                ground_m = dem_height_m(dem, row, col)  # the last row and column, or off the raster
            if ground_m > VOID and arc_m >= near_m:
                slope = (ground_m - antenna_m) / arc_m - curvature_1_m * arc_m
                highest = max(highest, slope)
            horizon[node * NODE + (i + parts - 1) // parts] = highest


@njit_allocating
def sweep(
    dem: Array, antenna_m: float, curvature_1_m: float, near_m: float,
    node_row: Array, node_col: Array, node_arc: Array, cell_ray: Array, cell_step: Array, cell_arc: Array, out: Array,
) -> None:  # fmt: skip
    """Lowest height above the datum in line of sight over each cell, into `out` (flat, like dem). Cells with a negative
    step are left alone. Cells are taken ray by ray, so that two horizons are all that is kept."""
    rays = node_row.shape[0]
    first = np.zeros(rays + 2, np.int64)
    far = np.zeros(rays + 1, np.int64)
    for cell in range(cell_ray.size):
        if cell_step[cell] >= 0.0:
            ray = min(int(cell_ray[cell]), rays - 1)
            first[ray + 2] += 1
            far[ray] = max(far[ray], int(cell_step[cell]))
    for ray in range(rays):
        first[ray + 2] += first[ray + 1]
    order = np.empty(first[rays + 1], np.int64)
    for cell in range(cell_ray.size):
        if cell_step[cell] >= 0.0:
            ray = min(int(cell_ray[cell]), rays - 1)
            order[first[ray + 1]] = cell
            first[ray + 1] += 1
    far[rays] = far[0]
    length = (node_row.shape[1] - 1) * NODE + 1
    left = np.empty(length, np.float64)
    right = np.empty(length, np.float64)
    flat = dem.reshape(-1)
    steps = max(far[0], far[rays - 1])
    _trace(dem, antenna_m, curvature_1_m, near_m, node_row[0], node_col[0], node_arc[0], steps, left)
    for ray in range(rays):
        after = (ray + 1) % rays
        steps = max(far[ray], far[ray + 1])
        _trace(dem, antenna_m, curvature_1_m, near_m, node_row[after], node_col[after], node_arc[after], steps, right)
        for place in range(first[ray], first[ray + 1]):
            cell = order[place]
            i = int(cell_step[cell])
            w = cell_ray[cell] - ray
            arc_m = cell_arc[cell]
            height_m = antenna_m + ((1.0 - w) * left[i] + w * right[i] + curvature_1_m * arc_m) * arc_m
            ground_m = flat[cell]
            if ground_m > VOID and (i == 0 or ground_m > height_m):  # before the first step nothing hides
                height_m = ground_m
            out[cell] = height_m
        left, right = right, left
