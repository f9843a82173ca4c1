"""The compiled part of coverage: who is seen where, for all heights and cross sections in one pass over a mask.

mask     a window of a radar's raster of lowest visible heights; `top`, `left` say where it lies in the grid
count    how many radars see a cell, up to 255
sole     the number of the only unit that sees a cell; 0 where none does, `mixed` where several do

Cells are independent, so the result does not depend on the number of threads. Detection is a slant range within the
range of the equation times the share that the air leaves, an elevation within the beam's limits (lifted by 4/3-Earth
refraction), an azimuth within the sector, and a height at or above the mask, as in the engine's look.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.jit import njit, njit_parallel
from egide.physics.air import air_share
from egide.physics.kernels import HIDDEN, VOID

Array = np.ndarray[Any, Any]
LIFT = (1.0 - 1.0 / EFFECTIVE_EARTH) / (2.0 * EARTH_RADIUS_M)
TWO_PI = 2.0 * math.pi
CLIMB_M, CLIMBS = 100.0, 24  # to 40 km above


@njit
def off_sector(limits: Array, east: float, north: float) -> bool:
    """Whether a radar does not look in a direction: outside its sector, or where its emission is blanked."""
    azimuth = math.atan2(east, north)
    off = abs(azimuth - limits[2]) % TWO_PI
    if limits[3] < math.pi and min(off, TWO_PI - off) > limits[3]:
        return True
    for i in range(6, limits.shape[0], 2):  # noqa: SIM110 - the compiler knows no any()
        if (azimuth - limits[i]) % TWO_PI < limits[i + 1]:
            return True
    return False


@njit_parallel
def add_seen(
    mask: Array, top: int, left: int, rows: Array, columns: Array, ground: Array, heights: Array, agl: Array,
    frame: Array, limits: Array, reach: Array, air: Array, number: int, mixed: int, count: Array, sole: Array,
) -> None:  # fmt: skip
    """Add one radar to the counts. `rows` are (n, 4): N, cos lat, sin lat, N (1 - e2); `columns` (n, 2): cos, sin of
    longitude. `frame` is (4, 3): position, east, north, up. `limits`: sines of the lowest and highest elevation,
    azimuth, half sector, nearest and farthest range, then blanked sectors. `reach` is in empty space, `air` what is
    left of it. count and sole are (cases, heights, rows, columns)."""
    cases, bands = reach.shape[0], heights.shape[0]
    widest = 0.0
    for k in range(cases):
        widest = max(widest, reach[k])
    widest = min(widest, limits[5])
    sector = limits[3] < math.pi or limits.shape[0] > 6
    for i in numba.prange(mask.shape[0]):
        r = top + i
        n_m, cos_lat, sin_lat, z_factor = rows[r, 0], rows[r, 1], rows[r, 2], rows[r, 3]
        for j in range(mask.shape[1]):
            lowest = mask[i, j]
            if lowest == HIDDEN:
                continue
            c = left + j
            floor = float(ground[r, c])
            for a in range(bands):
                if floor <= VOID and agl[a]:
                    continue
                h = heights[a] + floor if agl[a] else heights[a]
                if h < lowest:
                    continue
                flat = (n_m + h) * cos_lat
                dx = flat * columns[c, 0] - frame[0, 0]
                dy = flat * columns[c, 1] - frame[0, 1]
                dz = (z_factor + h) * sin_lat - frame[0, 2]
                distance = math.sqrt(dx * dx + dy * dy + dz * dz)
                if distance > widest or distance < limits[4]:
                    continue
                up = (dx * frame[3, 0] + dy * frame[3, 1] + dz * frame[3, 2]) / max(distance, 1.0) + distance * LIFT
                if up < limits[0] or up > limits[1]:
                    continue
                if sector:
                    east = dx * frame[1, 0] + dy * frame[1, 1] + dz * frame[1, 2]
                    north = dx * frame[2, 0] + dy * frame[2, 1] + dz * frame[2, 2]
                    if off_sector(limits, east, north):
                        continue
                share = air_share(air, limits[5], distance, h)
                for k in range(cases):
                    if distance <= reach[k] * share:
                        if count[k, a, r, c] < 255:
                            count[k, a, r, c] += 1
                        if sole[k, a, r, c] == 0:
                            sole[k, a, r, c] = number
                        elif sole[k, a, r, c] != number:
                            sole[k, a, r, c] = mixed


@njit
def in_reach(
    h: float, row: Array, column: Array, frame: Array, limits: Array, reach: float, air: Array
) -> tuple[bool, bool]:
    """Whether a target at a height over a cell is within reach through the air, and whether under the upper edge."""
    flat = (row[0] + h) * row[1]
    dx = flat * column[0] - frame[0, 0]
    dy = flat * column[1] - frame[0, 1]
    dz = (row[3] + h) * row[2] - frame[0, 2]
    distance = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
    up = (dx * frame[3, 0] + dy * frame[3, 1] + dz * frame[3, 2]) / distance + distance * LIFT
    near = distance <= limits[5] and distance <= reach * air_share(air, limits[5], distance, h)
    return near, up <= limits[1]


@njit
def thinner(h: float, row: Array, column: Array, frame: Array, limits: Array, reach: float, air: Array) -> float:
    """Lowest height above `h` at which the thinner air of a higher path brings a target into reach: climbed in steps
    that grow, then halved to a metre. inf where there is none."""
    low, step = h, CLIMB_M
    for _ in range(CLIMBS):
        high = low + step
        near, under = in_reach(high, row, column, frame, limits, reach, air)
        if not under:
            return math.inf
        if near:
            while high - low > 1.0:
                middle = 0.5 * (low + high)
                near, _ = in_reach(middle, row, column, frame, limits, reach, air)
                if near:
                    high = middle
                else:
                    low = middle
            return high
        low, step = high, step * 1.2
    return math.inf


@njit_parallel
def lowest_seen(
    mask: Array, top: int, left: int, rows: Array, columns: Array, ground: Array, frame: Array, limits: Array,
    reach: Array, air: Array, out: Array,
) -> None:  # fmt: skip
    """Lower `out` (cases, rows, columns) to the lowest height above sea level at which this radar detects: the greater
    of the mask, the lower edge of the beam and the least range, where a target there is in range, in the sector and
    under the beam's upper edge; higher up where only thinner air lets it be seen. NaN stays where it is never
    detected."""
    cases = reach.shape[0]
    sector = limits[3] < math.pi or limits.shape[0] > 6
    for i in numba.prange(mask.shape[0]):
        r = top + i
        n_m, cos_lat, sin_lat, z_factor = rows[r, 0], rows[r, 1], rows[r, 2], rows[r, 3]
        for j in range(mask.shape[1]):
            if mask[i, j] == HIDDEN:
                continue
            c = left + j
            if float(ground[r, c]) <= VOID:
                continue
            h = float(mask[i, j])
            up = 0.0
            distance = 0.0
            east, north = 0.0, 0.0
            for _ in range(3):  # lift the target to the beam's lower edge: two rounds settle to centimetres
                flat = (n_m + h) * cos_lat
                dx = flat * columns[c, 0] - frame[0, 0]
                dy = flat * columns[c, 1] - frame[0, 1]
                dz = (z_factor + h) * sin_lat - frame[0, 2]
                distance = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
                up = (dx * frame[3, 0] + dy * frame[3, 1] + dz * frame[3, 2]) / distance + distance * LIFT
                east = dx * frame[1, 0] + dy * frame[1, 1] + dz * frame[1, 2]
                north = dx * frame[2, 0] + dy * frame[2, 1] + dz * frame[2, 2]
                if up < limits[0]:
                    h += (limits[0] - up) * distance
                elif distance < limits[4]:  # nearer than the least range: up until it is as far
                    over = (up - distance * LIFT) * distance
                    h += math.sqrt(max(limits[4] * limits[4] - distance * distance + over * over, 0.0)) - over + 0.01
                else:
                    break
            if up > limits[1] or distance < limits[4] or distance > limits[5]:
                continue
            if sector and off_sector(limits, east, north):
                continue
            share = air_share(air, limits[5], distance, h)
            for k in range(cases):
                if out[k, r, c] <= h:
                    continue
                if distance <= reach[k] * share:
                    out[k, r, c] = h
                elif distance <= reach[k]:
                    thin = thinner(h, rows[r], columns[c], frame, limits, reach[k], air)
                    if not out[k, r, c] <= thin and thin < math.inf:
                        out[k, r, c] = thin
