"""Cells in the compiled sweep: how their heights come in line by line, where they lie between the rays, what they get.

cell      one value of the raster; `arcs`, `index` and `weight` say how far it is and between which two rays it lies
line      a row of a row side, a column of a column side (`terrain_lines`)
block     up to BLOCK columns turned into lines, so that memory is read and written along rows
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from egide.jit import njit

Array = npt.NDArray[Any]

BLOCK: Final = 16  # columns that are read and written together: one line of the cache
ABOVE_SEA: Final = 0
ABOVE_GROUND: Final = 1
LOW: Final = np.float32(-1e9)  # a slope, or a height, below every terrain
VOID: Final = np.float32(-32767.0)
ZERO: Final = np.float32(0.0)
ONE: Final = np.float32(1.0)
U1: Final = np.uint64(1)
U2: Final = np.uint64(2)

_HALF_LOW: Final = np.float32(-5e8)
_SIXTH: Final = np.float32(1.0 / 6.0)


@njit
def load_row(dem: Array, row: int, start: int, cells: int, line: Array) -> None:
    """Cells of a row from `start`; those off the raster are its end cells again, a row off the raster is void."""
    rows, width = dem.shape
    if row < 0 or row >= rows:
        for i in range(cells):
            line[i] = VOID
        return
    inner = max(0, -start)
    outer = min(cells, width - start)
    here = np.uint64(row)
    skip = np.uint64(start + inner)
    ahead = np.uint64(inner)
    for i in range(np.uint64(max(0, outer - inner))):
        line[ahead + i] = dem[here, skip + i]
    for i in range(inner):
        line[i] = dem[row, 0]
    for i in range(outer, cells):
        line[i] = dem[row, width - 1]


@njit
def load_columns(dem: Array, column: int, outward: int, first_row: int, stop_row: int, block: Array) -> None:
    """The column before `column`, it, and those that follow outward, turned into lines; void off the raster."""
    _, columns = dem.shape
    deep = block.shape[0]
    low = column - outward if outward > 0 else column + 1 - (deep - 1)
    if low >= 0 and low + deep <= columns:
        source = dem[first_row:stop_row, low : low + deep]
        for i in range(source.shape[0]):
            for b in range(deep):
                block[b, i] = source[i, b]
    else:
        for b in range(deep):
            if 0 <= low + b < columns:
                for i in range(first_row, stop_row):
                    block[b, i - first_row] = dem[i, low + b]
            else:
                for i in range(first_row, stop_row):
                    block[b, i - first_row] = VOID


@njit
def load_turned(block: Array, which: int, first_row: int, stop_row: int, start: int, cells: int, line: Array) -> None:
    inner = max(0, first_row - start)
    outer = min(cells, stop_row - start)
    here = np.uint64(which)
    skip = np.uint64(start + inner - first_row)
    ahead = np.uint64(inner)
    for i in range(np.uint64(max(0, outer - inner))):
        line[ahead + i] = block[here, skip + i]
    for i in range(inner):
        line[i] = block[which, 0]
    for i in range(outer, cells):
        line[i] = block[which, stop_row - 1 - first_row]


@njit
def _beside(
    east_m: np.float32, short_m: np.float32, north_m: np.float32, down_m: np.float32, sin0: np.float32, cos0: np.float32
) -> tuple[np.float32, np.float32]:
    """Way north to a cell, and its arc."""
    no = north_m + sin0 * short_m
    dn = down_m + cos0 * short_m
    g = east_m * east_m + no * no
    return no, math.sqrt(g + dn * dn) * (ONE + _SIXTH * (dn * dn / g))


@njit
def _ray_before(ratio: np.float32, scale: np.float32, first_slope: np.float32, top: np.float32) -> tuple[Any, Any]:
    """Ray before a cell seen at a slope, and the share of the way from it to the next ray."""
    x = max(ratio * scale - first_slope, ZERO)
    whole = np.int32(min(top, x))
    return whole, x - np.float32(whole)


@njit
def place_in_row(
    first: np.uint64, stop: np.uint64, sin: Array, short: Array, radius_m: np.float32, north_m: np.float32,
    down_m: np.float32, sin0: np.float32, cos0: np.float32, scale: np.float32, first_slope: np.float32,
    top: np.float32, arcs: Array, place: Array, weight: Array,
) -> None:  # fmt: skip
    """Arc, ray before and share of the way to the next ray, of the cells of a row."""
    for j in range(first, stop):
        e = radius_m * sin[j]
        no, arcs[j] = _beside(e, radius_m * short[j], north_m, down_m, sin0, cos0)
        place[j], weight[j] = _ray_before(e / no, scale, first_slope, top)


@njit
def place_in_column(
    first: np.uint64, stop: np.uint64, radius: Array, north: Array, down: Array, sin_here: np.float32,
    short_here: np.float32, sin0: np.float32, cos0: np.float32, scale: np.float32, first_slope: np.float32,
    top: np.float32, arcs: Array, place: Array, weight: Array,
) -> None:  # fmt: skip
    """The same, of the cells of a column."""
    for j in range(first, stop):
        e = radius[j] * sin_here
        no, arcs[j] = _beside(e, radius[j] * short_here, north[j], down[j], sin0, cos0)
        place[j], weight[j] = _ray_before(no / e, scale, first_slope, top)


@njit
def answer_line(
    line: Array, skip: np.uint64, first: np.uint64, stop: np.uint64, antenna_m: np.float32, curve: np.float32,
    range_m: np.float32, above: int, horizon: Array, arcs: Array, index: Array, weight: Array, taken: Array, out: Array,
) -> None:  # fmt: skip
    """Lowest heights in sight over the cells `first` to `stop` of a line (`skip` cells into `line`), into `out`."""
    for j in range(first, stop):
        i = index[j]
        taken[U2 * j] = horizon[i]
        taken[U2 * j + U1] = horizon[i + np.uint32(1)]
    nan = np.float32(np.nan)
    above_ground = above == ABOVE_GROUND
    void_datum = nan if above_ground else ZERO
    for j in range(first, stop):
        a = taken[U2 * j]
        b = taken[U2 * j + U1]
        h = a + weight[j] * (b - a)
        h = h if a > _HALF_LOW else b
        h = h if b > _HALF_LOW else a
        s = arcs[j]
        lowest = antenna_m + (h + curve * s) * s
        ground = line[j - first + skip]
        seen = max(ground, lowest)  # a void is no ground
        datum = ground if above_ground else ZERO
        datum = datum if ground > VOID else void_datum
        seen = seen if ground > VOID else lowest
        out[j] = seen - datum if s <= range_m else nan


@njit
def put_columns(out: Array, column: int, outward: int, filled: int, first_row: int, made: Array, made_from: Array,
                 made_to: Array) -> None:  # fmt: skip
    """Write the answers of up to BLOCK columns, a row of them at a time where all have one."""
    from_all = made_from[0]
    to_all = made_to[0]
    from_any = made_from[0]
    to_any = made_to[0]
    for b in range(filled):
        from_all = max(from_all, made_from[b])
        to_all = min(to_all, made_to[b])
        from_any = min(from_any, made_from[b])
        to_any = max(to_any, made_to[b])
    low = column if outward > 0 else column - BLOCK + 1
    if filled < BLOCK or to_all <= from_all:
        from_all = to_all = to_any
        low = 0
    target = out[from_all:to_all, low : low + BLOCK]
    source = made[:, from_all - first_row : to_all - first_row]
    if outward > 0:
        for i in range(target.shape[0]):
            for b in range(BLOCK):
                target[i, b] = source[b, i]
    else:
        for i in range(target.shape[0]):
            for b in range(BLOCK):
                target[i, b] = source[BLOCK - 1 - b, i]
    for b in range(filled):
        there = column + outward * b
        for i in range(made_from[b], min(made_to[b], from_all)):
            out[i, there] = made[b, i - first_row]
        for i in range(max(made_from[b], to_all), made_to[b]):
            out[i, there] = made[b, i - first_row]
