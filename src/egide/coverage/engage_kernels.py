"""The compiled part of engagement coverage: one battery against a target that flies straight at one height and speed.

meet      the missile reaches a cell as the target does: in reach and altitude limits, the target held by an engagement
          radar at the launch and at the meeting, and detected so long before the launch that track, decision and
          reaction are over
heading   one of `headings` directions of flight, evenly spaced from north; bit k of a cell says that a target flying
          along heading k can be met there
release   how far from the point it comes for a target lets its weapons go; nothing after that counts

Flights are straight in rows and columns (metres a row and a column at the cell's own latitude): over 100 km this strays
some hundred metres from the great circle. Terrain-following targets (`agl`) keep their height over every cell. Beyond
the raster nothing is detected.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from egide.jit import njit, njit_parallel
from egide.physics.kernels import VOID

Array = np.ndarray[Any, Any]
RANGE_MIN, RANGE_MAX, HEIGHT_MIN, HEIGHT_MAX, SPEED, KILL, STOCK = range(7)


@njit
def looked_at(raster: Array, row: float, col: float) -> bool:
    """Whether the cell at a fractional row and column is set; False off the raster."""
    i = math.floor(row + 0.5)
    j = math.floor(col + 0.5)
    if i < 0 or j < 0 or i >= raster.shape[0] or j >= raster.shape[1]:
        return False
    return bool(raster[i, j] != 0)


@njit
def meets(
    row: float, col: float, up_rows: float, right_cols: float, height: float, agl: bool, grid_rows: Array,
    grid_columns: Array, ground: Array, stores: Array, position: Array, own: Array, network: Array, hold: Array,
    own_s: float, network_s: float, speed: float,
) -> tuple[int, float]:  # fmt: skip
    """Missile (row of `stores`, best first; -1: none) that can meet the target over a cell, and its time of flight.
    The target's way in rows and columns a metre is (-up_rows, right_cols). It must have been seen `own_s` before the
    launch on the battery's `own` picture, or `network_s` before it on the network's."""
    i = math.floor(row + 0.5)
    j = math.floor(col + 0.5)
    if i < 0 or j < 0 or i >= ground.shape[0] or j >= ground.shape[1]:
        return -1, 0.0
    if hold[i, j] == 0:
        return -1, 0.0
    h, slant = seen_from(i, j, height, agl, grid_rows, grid_columns, ground, position)
    for s in range(stores.shape[0]):
        if within(stores, s, h, slant):
            flight_s = slant / stores[s, SPEED]
            if chained(row, col, up_rows, right_cols, flight_s * speed, own, network, hold, own_s * speed,
                       network_s * speed):  # fmt: skip
                return s, flight_s
    return -1, 0.0


@njit
def seen_from(
    i: int, j: int, height: float, agl: bool, grid_rows: Array, grid_columns: Array, ground: Array, position: Array
) -> tuple[float, float]:
    """Height above sea level of a target over a cell and its slant range; infinite where the cell has no air."""
    floor = float(ground[i, j])
    h = height + floor if agl else height
    if floor <= VOID or h < floor:
        return h, math.inf
    flat = (grid_rows[i, 0] + h) * grid_rows[i, 1]
    dx = flat * grid_columns[j, 0] - position[0]
    dy = flat * grid_columns[j, 1] - position[1]
    dz = (grid_rows[i, 3] + h) * grid_rows[i, 2] - position[2]
    return h, math.sqrt(dx * dx + dy * dy + dz * dz)


@njit
def within(stores: Array, s: int, h: float, slant: float) -> bool:
    """Whether a missile reaches a height and slant range."""
    if slant > stores[s, RANGE_MAX] or slant < stores[s, RANGE_MIN]:
        return False
    return bool(stores[s, HEIGHT_MIN] <= h <= stores[s, HEIGHT_MAX])


@njit
def chained(
    row: float, col: float, up_rows: float, right_cols: float, flight_m: float, own: Array, network: Array, hold: Array,
    own_m: float, network_m: float,
) -> bool:  # fmt: skip
    """Held at the launch, `flight_m` back along the target's way, and seen early enough before it."""
    if not looked_at(hold, row + up_rows * flight_m, col - right_cols * flight_m):
        return False
    back_m = flight_m + own_m
    if looked_at(own, row + up_rows * back_m, col - right_cols * back_m):
        return True
    back_m = flight_m + network_m
    return looked_at(network, row + up_rows * back_m, col - right_cols * back_m)


@njit_parallel
def deny(
    height: float, agl: bool, grid_rows: Array, grid_columns: Array, ground: Array, per_metre: Array, stores: Array,
    position: Array, own: Array, network: Array, hold: Array, own_s: float, network_s: float, speed: float,
    headings: int, out: Array,
) -> None:  # fmt: skip
    """Set bit k of each cell of `out` (uint32) where a target on heading k can be met. `per_metre` is (rows, 2): rows
    and columns a metre."""
    for i in numba.prange(ground.shape[0]):
        for j in range(ground.shape[1]):
            if hold[i, j] == 0:
                continue
            h, slant = seen_from(i, j, height, agl, grid_rows, grid_columns, ground, position)
            found = np.uint32(0)
            for s in range(stores.shape[0]):
                if not within(stores, s, h, slant):
                    continue
                flight_m = slant / stores[s, SPEED] * speed
                for k in range(headings):
                    bit = np.uint32(1) << np.uint32(k)
                    if found & bit:
                        continue
                    psi = 2.0 * math.pi * k / headings
                    if chained(
                        float(i), float(j), math.cos(psi) * per_metre[i, 0], math.sin(psi) * per_metre[i, 1], flight_m,
                        own, network, hold, own_s * speed, network_s * speed):  # fmt: skip
                        found |= bit
            out[i, j] |= found


@njit_parallel
def defend(
    point_rows: Array, point_columns: Array, height: float, agl: bool, grid_rows: Array, grid_columns: Array,
    ground: Array, per_metre: Array, stores: Array, position: Array, own: Array, network: Array, hold: Array,
    own_s: float, network_s: float, speed: float, headings: int, bits: Array, place: Array, release_m: float,
    step_m: float, assess_s: float, salvo: int, look: int, most: int, shots: Array, missed: Array, channels: Array,
) -> None:  # fmt: skip
    """Add what one battery does for each point against a target that comes straight at it, along every heading:
    `shots` (points, headings), `missed` (the probability that all miss, multiplied), `channels` (batteries at work).
    Shoot, look, shoot where `look` is 1; else all shots at once. `bits` is what `deny` found for this battery alone,
    `place` its row and column."""
    farthest = 0.0
    for s in range(stores.shape[0]):
        farthest = max(farthest, stores[s, RANGE_MAX])
    for n in numba.prange(point_rows.shape[0]):
        row, col = float(point_rows[n]), float(point_columns[n])
        rows_m, cols_m = per_metre[int(point_rows[n]), 0], per_metre[int(point_rows[n]), 1]
        south_m = (place[0] - row) / rows_m  # from the point to the battery
        east_m = (place[1] - col) / cols_m
        for k in range(headings):
            psi = 2.0 * math.pi * k / headings
            up_rows, right_cols = math.cos(psi) * rows_m, math.sin(psi) * cols_m
            # s metres before it comes the target is south by s cos, west by s sin; the battery lies `along` that way
            along = south_m * math.cos(psi) - east_m * math.sin(psi)
            half2 = farthest * farthest * 1.02 - (south_m * south_m + east_m * east_m - along * along)
            if half2 <= 0.0:
                continue
            back = along + math.sqrt(half2)
            nearest = max(release_m, along - math.sqrt(half2))
            bit = np.uint32(1) << np.uint32(k)
            fired = 0
            free = math.inf  # the next launch is not before the target is this near
            miss = 1.0
            while back >= nearest and fired < most:
                r, c = row + up_rows * back, col - right_cols * back
                i, j = math.floor(r + 0.5), math.floor(c + 0.5)
                if i < 0 or j < 0 or i >= bits.shape[0] or j >= bits.shape[1]:
                    back -= step_m
                    continue
                if fired == 0 and bits[i, j] & bit == 0:
                    back -= step_m
                    continue
                wait = 1.0 if fired == 0 else 0.0  # a target that is engaged is tracked already
                store, flight_s = meets(
                    r, c, up_rows, right_cols, height, agl, grid_rows, grid_columns, ground, stores, position, own,
                    network, hold, own_s * wait, network_s * wait, speed)  # fmt: skip
                if store >= 0 and back + speed * flight_s <= free:
                    now = min(salvo if look == 1 else most, most - fired, int(stores[store, STOCK]) - fired)
                    if now <= 0:
                        break
                    for _ in range(now):
                        miss *= 1.0 - stores[store, KILL]
                    fired += now
                    if look == 0:
                        break
                    free = back - speed * assess_s
                back -= step_m
            if fired > 0:
                shots[n, k] += fired
                missed[n, k] *= miss
                channels[n, k] += 1
