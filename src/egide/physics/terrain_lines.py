"""The compiled part of terrain masking: a sweep by grid lines with a running horizon.

side      the rays that cross rows outward (north, south) or columns outward (west, east): 0, 1, 2, 3; a row side owns
          the cells on the diagonal
line      a row of a row side, a column of a column side; `d` counts lines from the antenna, whole or not
across    the index along a line: column on a row side, row on a column side
ray       2 M + 1 to a side, slopes (across per line, as seen from the antenna) evenly spaced from -1 to 1
horizon   greatest slope of the terrain that a ray has met so far, on an Earth flattened by s^2 / (2 k R)
chunk     rays m0 to m1 of one side and the cells between them: one task, which alone writes these cells
plane     where the raster lies about the antenna; see `terrain_plane`

A line is loaded into a short buffer (columns by sixteen, through a transposed block); its cells are answered from the
horizon of the two rays beside them; then the line's own terrain raises the horizon. Between two lines a ray crosses
at most one grid line of the other family, where the bilinear surface has its other crests: those samples are taken
too, and near the antenna, where a metre turns the horizon most, also lines between the lines.

Beside a void: between two measured neighbours the ground is straight, from a measured one to a void one it is level,
and in a square of four cells of which one is void there is none but on these edges.

Each pass over rays is three loops, since the compiler makes vectors of the first and the last and none of a gather.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from egide.jit import njit, njit_allocating
from egide.physics.terrain_cells import (
    BLOCK,
    LOW,
    ONE,
    U1,
    U2,
    VOID,
    ZERO,
    answer_line,
    load_columns,
    load_row,
    load_turned,
    place_in_column,
    place_in_row,
    put_columns,
)
from egide.physics.terrain_plane import (
    PLANE_ASPECT,
    PLANE_COL,
    PLANE_COS,
    PLANE_ROW,
    PLANE_SIN,
    course,
    crossing,
    in_row_side,
)  # fmt: skip

Array = npt.NDArray[Any]

VECTORS: Final = 64  # loops run over a multiple of this: what is left over would be taken one by one
BACK: Final[Any] = np.int64(-1)  # 64-bit: a plain constant handed to a kernel compiles it once more
FORTH: Final[Any] = np.int64(1)
_ASTRAY: Final = 2  # cells to either side of where a side should end that are looked at


@njit
def _pair(line: Array, pairs: Array, n: int) -> None:
    """Height at the left of each stretch of a line, and its rise; a void takes its neighbour's height."""
    for i in range(n - 1):
        a = line[i]
        b = line[i + 1]
        left = a if a > VOID else b
        right = b if b > VOID else a
        pairs[2 * i] = left if left > VOID else LOW
        pairs[2 * i + 1] = right - left if left > VOID else ZERO


@njit
def _pair_between(before: Array, line: Array, share: np.float32, pairs: Array, n: int) -> None:
    """The same for a line between two lines, where squares without a void have ground."""
    for i in range(n - 1):
        a = before[i]
        b = line[i]
        c = before[i + 1]
        d = line[i + 1]
        measured = (a > VOID) & (b > VOID) & (c > VOID) & (d > VOID)
        left = a + share * (b - a)
        right = c + share * (d - c)
        pairs[2 * i] = left if measured else LOW
        pairs[2 * i + 1] = right - left if measured else ZERO


@njit
def _find(
    place: Array, place_step: Array, t: np.float32, shift: np.float32, most: np.float32, first: np.uint64,
    stop: np.uint64, index: Array, weight: Array,
) -> None:  # fmt: skip
    """Cell to the left of each ray on a line, and how far beyond it the ray crosses."""
    for m in range(first, stop):
        p = place[m] + t * place_step[m] - shift
        p = max(ZERO, p)
        p = min(most, p)
        i = np.int32(p)
        index[m] = i
        weight[m] = p - np.float32(i)


@njit
def _raise(
    whole: Array, index: Array, weight: Array, arc: Array, arc_step: Array, t: np.float32, antenna_m: np.float32,
    curve: np.float32, near_m: np.float32, first: np.uint64, stop: np.uint64, taken_whole: Array,
    taken: Array, horizon: Array,
) -> None:  # fmt: skip
    """Raise the horizon of each ray by the terrain where it crosses a line. `whole`: pairs as one word each."""
    for m in range(first, stop):
        taken_whole[m] = whole[index[m]]
    for m in range(first, stop):
        s = arc[m] + t * arc_step[m]
        slope = (taken[U2 * m] + weight[m] * taken[U2 * m + U1] - antenna_m) / s - curve * s
        slope = slope if s >= near_m else LOW
        old = horizon[m]
        horizon[m] = max(old, slope)


@njit
def _raise_between(
    before: Array, line: Array, downward: bool, index: Array, weight: Array, inverse_step: Array, arc: Array,
    arc_step: Array, t: np.float32, most: np.float32, antenna_m: np.float32, curve: np.float32,
    near_m: np.float32, first: np.uint64, stop: np.uint64, taken: Array,
    horizon: Array,
) -> None:  # fmt: skip
    """Raise the horizon by the terrain where each ray crosses a grid line of the other family between the line before
    and this one. `downward`: the rays go to lower indices."""
    rising = np.uint32(1) if downward else np.uint32(0)
    for m in range(first, stop):
        i = index[m] + rising
        taken[U2 * m] = line[i]
        taken[U2 * m + U1] = before[i]
    side = ONE if downward else ZERO
    for m in range(first, stop):
        back = (weight[m] - side) * inverse_step[m]  # lines back to the crossing
        a = taken[U2 * m]
        b = taken[U2 * m + U1]
        left = a if a > VOID else b
        right = b if b > VOID else a
        s = arc[m] + (t - back) * arc_step[m]
        slope = (left + back * (right - left) - antenna_m) / s - curve * s
        slope = slope if back <= most else LOW
        slope = slope if back >= ZERO else LOW
        slope = slope if s >= near_m else LOW
        slope = slope if left > VOID else LOW
        old = horizon[m]
        horizon[m] = max(old, slope)


@njit
def _corner(plane: Array, by_row: bool, line: int, at: int, step: int) -> int:
    """The outermost cell of a line, in the direction `step`, that its side owns; `at` is where it should be. A line
    beside the antenna may own none: then a cell further in."""
    at += _ASTRAY * step
    for _ in range(2 * _ASTRAY + 1):
        row, col = (line, at) if by_row else (at, line)
        if in_row_side(plane, row, col) == by_row:
            break
        at -= step
    return at


@njit_allocating
def sweep_chunk(
    dem: Array, out: Array, plane: Array, sin: Array, short: Array, radius: Array, north: Array, down: Array,
    side: int, m0: int, m1: int, rays: int, stray_a: float, stray_b: float, fine: Array, between: bool, antenna: float,
    curvature_1_m: float, near: float, max_range: float, above: int,
) -> None:  # fmt: skip
    """Sweep one chunk. `sin`, `short` by column and `radius`, `north`, `down` by row place the cells (`local`);
    The course of a ray is drawn straight over sqrt(`stray_a` d + `stray_b`) lines; `fine`: lines between two lines, by
    distance in lines. Cells beyond range are left alone or become NaN."""
    rows, cols = dem.shape
    by_row = side < 2
    outward = -1 if side == 0 or side == 2 else 1
    lines, width = (rows, cols) if by_row else (cols, rows)
    origin = plane[PLANE_ROW] if by_row else plane[PLANE_COL]
    line0 = math.ceil(origin) - 1 if outward < 0 else math.floor(origin) + 1
    if line0 < 0 or line0 >= lines:
        return
    count = line0 + 1 if outward < 0 else lines - line0
    n = m1 - m0 + 1
    wide = n + VECTORS
    place = np.zeros(wide, np.float32)
    place_step = np.zeros(wide, np.float32)
    inverse_step = np.zeros(wide, np.float32)
    arc = np.zeros(wide, np.float32)
    arc_step = np.zeros(wide, np.float32)
    ends = np.zeros(5, np.float64)
    horizon = np.full(wide, LOW, np.float32)
    room = max(width + 2 * BLOCK + 16 + 8 * count // rays, n) + 2 * VECTORS
    index = np.zeros(room, np.uint32)
    weight = np.zeros(room, np.float32)
    cell_index = np.zeros(room, np.uint32)
    cell_weight = np.zeros(room, np.float32)
    taken = np.zeros(2 * room, np.float32)
    pairs = np.zeros(2 * room, np.float32)
    index_signed = index.view(np.int32)
    cell_signed = cell_index.view(np.int32)
    taken_whole = taken.view(np.uint64)
    pairs_whole = pairs.view(np.uint64)
    line = np.zeros(room, np.float32)
    before = np.zeros(room, np.float32)
    arcs = np.zeros(room, np.float32)
    answer = np.zeros(room, np.float32)
    loaded = np.zeros((BLOCK + 1, 1 if by_row else room), np.float32)
    made = np.zeros((BLOCK, 1 if by_row else room), np.float32)
    made_from = np.zeros(BLOCK, np.int64)
    made_to = np.zeros(BLOCK, np.int64)
    antenna_m = np.float32(antenna)
    curve = np.float32(curvature_1_m)
    near_m = np.float32(near)
    range_m = np.float32(max_range)
    sin0 = np.float32(plane[PLANE_SIN])
    cos0 = np.float32(plane[PLANE_COS])
    aspect = plane[PLANE_ASPECT]
    scale = np.float32(outward * -rays / aspect if by_row else outward * -rays * aspect)
    first_slope = np.float32(m0 - rays)
    last_left = np.float32(n - 2)  # the last ray that has one to its right
    downward = m0 < rays  # slopes below zero: rays go to lower indices
    first = 0
    last = n - 1
    d0 = 0.0
    d1 = 0.0
    base = 0
    block_from = 0
    block_to = 0
    for k in range(count):
        at_line = line0 + outward * k
        d = abs(at_line - origin)
        if d > d1:
            d0 = d1
            d1 = max(d, d0 + math.sqrt(stray_a * d0 + stray_b))
            ends[4] = math.floor(crossing(plane, side, d, 0.5 * (m0 + m1) / rays - 1.0)[0])
            base = int(ends[4])
            course(plane, side, m0, m1, rays, d0, d1, place, place_step, arc, arc_step, ends)
            for m in range(n):  # a ray that goes along a line, or the wrong way, crosses none of the other family
                rate = -place_step[m] if downward else place_step[m]
                inverse_step[m] = ONE / place_step[m] if rate > np.float32(1e-3) else np.float32(1e6)
        t = np.float32(d - d0)
        top = np.float32(width - 1 - base)
        bottom = np.float32(-base)
        # rays beyond range or off the raster end; one more is kept for the cells between
        while last > first and (
            (not downward and arc[last - 1] + t * arc_step[last - 1] > range_m)
            or place[last - 1] + t * place_step[last - 1] > top
        ):
            last -= 1
        while first < last and (
            (downward and arc[first + 1] + t * arc_step[first + 1] > range_m)
            or place[first + 1] + t * place_step[first + 1] < bottom
        ):
            first += 1
        low = place[first] + t * place_step[first]
        high = place[last] + t * place_step[last]
        innermost = last if downward else first
        ended = low > top or high < bottom or arc[innermost] + t * arc_step[innermost] > range_m
        kb = k % BLOCK
        if not ended:
            start = math.floor(low) + base - 1
            cells = math.floor(high) + base + 3 - start
            if by_row:
                load_row(dem, at_line, start, cells, line)
                load_row(dem, at_line - outward, start, cells, before)
            else:
                if kb == 0:
                    far = t + np.float32(BLOCK)
                    block_from = math.floor(min(low, place[first] + far * place_step[first])) + base - 4
                    block_to = math.floor(max(high, place[last] + far * place_step[last])) + base + 6
                    block_from = min(max(block_from, 0), width - 1)
                    block_to = max(min(block_to, width), block_from + 1)
                    load_columns(dem, at_line, outward, block_from, block_to, loaded)
                which = kb + 1 if outward > 0 else BLOCK - 1 - kb
                load_turned(loaded, which, block_from, block_to, start, cells, line)
                load_turned(loaded, which - outward, block_from, block_to, start, cells, before)
            shift = np.float32(start - base)
            from_ray = np.uint64(first)
            to_ray = np.uint64(first + (last - first + VECTORS) // VECTORS * VECTORS)
            most = np.float32(cells - 1)
            for part in range(1, fine[k] + 1 if k < fine.shape[0] else 1):  # lines between the lines
                back = min(1.0, d) * (1.0 - part / (fine[k] + 1.0))
                _pair_between(before, line, np.float32(1.0 - back), pairs, cells)
                tb = np.float32(d - back - d0)
                _find(place, place_step, tb, shift, most, from_ray, to_ray, index_signed, weight)
                _raise(
                    pairs_whole, index, weight, arc, arc_step, tb, antenna_m, curve, near_m, from_ray, to_ray,
                    taken_whole, taken, horizon,
                )  # fmt: skip
            _find(place, place_step, t, shift, most, from_ray, to_ray, index_signed, weight)
            if between:
                _raise_between(
                    before, line, downward, index, weight, inverse_step, arc, arc_step, t,
                    np.float32(min(1.0, 0.999 * d)), antenna_m, curve, near_m, from_ray, to_ray, taken, horizon,
                )  # fmt: skip
            # the line's own cells, from the horizon so far
            from_cell = math.ceil(ends[0] + (d - d0) * ends[1])
            to_cell = math.ceil(ends[2] + (d - d0) * ends[3])  # beyond the last
            if m0 == 0:
                from_cell = _corner(plane, by_row, at_line, from_cell, BACK)
            if m1 == 2 * rays:
                to_cell = _corner(plane, by_row, at_line, to_cell - 1, FORTH) + 1
            from_cell = max(from_cell, start, 0)
            to_cell = max(min(to_cell, start + cells, width), from_cell)
            from_whole = np.uint64(from_cell)
            to_whole = from_whole + np.uint64((to_cell - from_cell + VECTORS - 1) // VECTORS * VECTORS)
            if by_row:
                place_in_row(
                    from_whole, to_whole, sin, short, radius[at_line], north[at_line], down[at_line], sin0, cos0, scale,
                    first_slope, last_left, arcs, cell_signed, cell_weight,
                )  # fmt: skip
            else:
                place_in_column(
                    from_whole, to_whole, radius, north, down, sin[at_line], short[at_line], sin0, cos0, scale,
                    first_slope, last_left, arcs, cell_signed, cell_weight,
                )  # fmt: skip
            answer_line(
                line, np.uint64(from_cell - start), from_whole, to_whole, antenna_m, curve, range_m, above, horizon,
                arcs, cell_index, cell_weight, taken, answer,
            )  # fmt: skip
            if by_row:
                here = np.uint64(at_line)
                for j in range(np.uint64(from_cell), np.uint64(to_cell)):
                    out[here, j] = answer[j]
            else:
                from_cell = max(from_cell, block_from)
                to_cell = max(min(to_cell, block_to), from_cell)
                made_from[kb] = from_cell
                made_to[kb] = to_cell
                here = np.uint64(kb)
                skip = np.uint64(from_cell - block_from)
                for j in range(np.uint64(from_cell), np.uint64(to_cell)):
                    made[here, skip + j - np.uint64(from_cell)] = answer[j]
            _pair(line, pairs, cells)
            _raise(
                pairs_whole, index, weight, arc, arc_step, t, antenna_m, curve, near_m, from_ray, to_ray,
                taken_whole, taken, horizon,
            )  # fmt: skip
        if not by_row:
            filled = kb if ended else kb + 1
            if filled > 0 and (ended or kb == BLOCK - 1 or k == count - 1):
                put_columns(out, at_line - outward * kb, outward, filled, block_from, made, made_from, made_to)
        if ended:
            break
