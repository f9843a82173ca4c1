"""The points of ground at which defence is judged, and which cells each of them stands for.

block    a square of `stride` by `stride` cells, as small as keeps the points at MOST_POINTS
point    one cell of the area in each block that holds any: the one nearest to the middle of the block's cells inside
owner    the point that a cell of the area takes its answer from: the nearest one

Shores need no care of their own: a block that lies half outside the area has its point inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from egide.coverage.grid import Grid

__all__ = ["MOST_POINTS", "Points", "points_of"]

Array = np.ndarray[Any, Any]
MOST_POINTS: Final = 20_000


@final
@dataclass(frozen=True)
class Points:
    """Rows and columns of the points; `owner` (rows, columns) int32, -1 outside the area; what each stands for."""

    rows: Array
    columns: Array
    stride: int
    owner: Array
    km2: Array

    def spread(self, values: Array) -> Array:
        """Values of the points on the whole raster; NaN outside the area."""
        if not len(self.rows):
            return np.full(self.owner.shape, np.nan, np.float32)
        return np.where(self.owner >= 0, values[self.owner], np.nan).astype(np.float32)


def points_of(grid: Grid, inside: Array, most: int = MOST_POINTS) -> Points:
    """Points of the cells inside an area, at most so many."""
    stride = max(1, math.isqrt(int(inside.sum()) // most))
    while _blocks(inside, stride) > most:
        stride += 1
    chosen = [_of_band(inside[top : top + stride], stride, top) for top in range(0, inside.shape[0], stride)]
    rows, columns = (np.concatenate(each).astype(np.int64) for each in zip(*chosen, strict=True))
    owner = _owners(grid, inside, rows, columns)
    km2 = np.zeros(len(rows))
    for row, area_km2 in enumerate(grid.cell_km2[:, 0]):
        owned = owner[row][owner[row] >= 0]
        km2 += area_km2 * np.bincount(owned, minlength=len(rows)) if len(owned) else 0.0
    return Points(rows, columns, stride, owner, km2)


def _blocks(inside: Array, stride: int) -> int:
    """Blocks that hold any cell of the area."""
    rows, columns = (np.arange(0, size, stride) for size in inside.shape)
    return int(np.count_nonzero(np.logical_or.reduceat(np.logical_or.reduceat(inside, rows, 0), columns, 1)))


def _of_band(band: Array, stride: int, top: int) -> tuple[Array, Array]:
    """The points of one row of blocks."""
    r, c = np.nonzero(band)
    block = c // stride
    count = np.bincount(block)
    shared = count[block]
    off = (r - np.bincount(block, r)[block] / shared) ** 2 + (c - np.bincount(block, c)[block] / shared) ** 2
    order = np.lexsort((off, block))  # of equals the northern, then the western one
    first = order[np.flatnonzero(np.diff(block[order], prepend=-1))]
    return r[first] + top, c[first]


def _owners(grid: Grid, inside: Array, rows: Array, columns: Array) -> Array:
    """The nearest point of every cell inside."""
    from scipy.ndimage import distance_transform_edt

    number = np.full(inside.shape, -1, np.int32)
    number[rows, columns] = np.arange(len(rows), dtype=np.int32)
    if not len(rows) or len(rows) == np.count_nonzero(inside):
        return number
    shrink = math.cos(math.radians(float(np.mean(grid.latitudes))))
    near = distance_transform_edt(number < 0, sampling=(grid.dem.step_lat_deg, grid.dem.step_lon_deg * shrink),
                                  return_distances=False, return_indices=True)  # fmt: skip
    return np.where(inside, number[near[0], near[1]], np.int32(-1))
