"""The compiled part of coverage against ballistic missiles: one arc, laid on every point from every azimuth.

moment    one of MOMENTS evenly spaced times of the flight; a pair of 64-bit words holds one bit a moment
meeting   a finer row of times on the way down, at which an interceptor may arrive
laid      the arc as distances `ahead` (towards the launch) and `up` in the axes of the point aimed at: a place is
          point + ahead * direction + up * vertical, and the same two rows serve every point and azimuth
hold      an engagement radar detects the target

Points are independent, so the result does not depend on the number of threads. Bit k stands for heading k: the missile
flies along it, from the opposite side.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numba
import numpy as np

from egide.coverage.kernels import LIFT, TWO_PI
from egide.jit import njit, njit_parallel
from egide.physics.kernels import HIDDEN, geodetic_from_ecef

Array = np.ndarray[Any, Any]
MOMENTS: Final = 128
KNOTS: Final = 8  # moments between two places whose cell is worked out; between them it is interpolated
RANGE_MIN, RANGE_MAX, HEIGHT_MIN, HEIGHT_MAX, SPEED, TARGET_SPEED, KILL, STOCK = range(8)
TRACK, DECIDE, REACT, COAST, ASSESS, INTERVAL = range(6)  # of a battery's times, s
EARLY_S: Final = 1e-6  # rounding: a launch this much too early is not


@njit
def is_set(low: np.uint64, high: np.uint64, moment: int) -> bool:
    """One moment's bit."""
    if moment < 64:
        return bool((low >> np.uint64(moment)) & np.uint64(1))
    return bool((high >> np.uint64(moment - 64)) & np.uint64(1))


@njit
def direction(axes: Array, psi: float) -> tuple[float, float, float]:
    """From the point towards the launch of a missile that flies on heading psi. `axes`: east, north, up."""
    e, n = -math.sin(psi), -math.cos(psi)
    return (
        e * axes[0, 0] + n * axes[1, 0],
        e * axes[0, 1] + n * axes[1, 1],
        e * axes[0, 2] + n * axes[1, 2],
    )


@njit_parallel
def cells_under(
    base: Array, axes: Array, ahead: Array, up: Array, headings: int, corner: Array, size: Array, out: Array
) -> None:
    """The cell (row x columns + column; -1: off the raster) under each moment. `corner` is (4,): latitude and longitude
    of the first cell's centre and the steps, degrees; `size` rows and columns of the raster."""
    for n in numba.prange(base.shape[0]):
        for k in range(headings):
            tx, ty, tz = direction(axes[n], TWO_PI * k / headings)
            row0, col0, row1, col1 = 0.0, 0.0, 0.0, 0.0
            for knot in range(0, MOMENTS + KNOTS, KNOTS):
                m = min(knot, MOMENTS - 1)
                a, u = ahead[m], up[m]
                lat, lon, _ = geodetic_from_ecef(
                    base[n, 0] + a * tx + u * axes[n, 2, 0], base[n, 1] + a * ty + u * axes[n, 2, 1],
                    base[n, 2] + a * tz + u * axes[n, 2, 2])  # fmt: skip
                row0, col0 = row1, col1
                row1 = (corner[0] - math.degrees(lat)) / corner[2]
                half = 0.5 * size[1] * corner[3]
                col1 = ((math.degrees(lon) - corner[1] - half + 180.0) % 360.0 - 180.0 + half) / corner[3]
                for i in range(max(knot - KNOTS, 0), m):
                    w = (i - (knot - KNOTS)) / (m - (knot - KNOTS))
                    out[n, k, i] = cell(row0 + w * (row1 - row0), col0 + w * (col1 - col0), size)
                if m == MOMENTS - 1:
                    out[n, k, m] = cell(row1, col1, size)


@njit
def cell(row: float, col: float, size: Array) -> int:
    """Of a fractional row and column; -1 off the raster."""
    i, j = math.floor(row + 0.5), math.floor(col + 0.5)
    if i < 0 or j < 0 or i >= size[0] or j >= size[1]:
        return -1
    return int(i * size[1] + j)


@njit_parallel
def look(
    some: Array, base: Array, axes: Array, ground: Array, ahead: Array, up: Array, height: Array, cells: Array,
    mask: Array, window: Array, frame: Array, limits: Array, reach: Array, asked: Array, out: Array,
) -> None:  # fmt: skip
    """Set the bits of the moments at which one radar place detects the missile that falls on `some` points, of the
    moments `asked` for. `window`: first
    row and column of the mask and the columns of the raster; `reach` (cases, moments); `asked` and out (cases, points,
    headings, 2) uint64."""
    cases, headings = reach.shape[0], cells.shape[1]
    sector = limits[3] < math.pi
    widest = 0.0
    for k in range(cases):
        for m in range(MOMENTS):
            widest = max(widest, reach[k, m])
    widest = min(widest, limits[5])
    for q in numba.prange(some.shape[0]):
        n = some[q]
        bx, by, bz = base[n, 0] - frame[0, 0], base[n, 1] - frame[0, 1], base[n, 2] - frame[0, 2]
        vx, vy, vz = axes[n, 2, 0], axes[n, 2, 1], axes[n, 2, 2]
        for k in range(headings):
            tx, ty, tz = direction(axes[n], TWO_PI * k / headings)
            low, high = np.uint64(0), np.uint64(0)
            for c in range(cases):
                low |= asked[c, n, k, 0]
                high |= asked[c, n, k, 1]
            for m in range(MOMENTS):
                if not is_set(low, high, m):
                    continue
                dx = bx + ahead[m] * tx + up[m] * vx
                dy = by + ahead[m] * ty + up[m] * vy
                dz = bz + ahead[m] * tz + up[m] * vz
                d2 = dx * dx + dy * dy + dz * dz
                if d2 > widest * widest or d2 < limits[4] * limits[4]:
                    continue
                where = cells[n, k, m]
                if where < 0:
                    continue
                distance = math.sqrt(d2)
                rise = (dx * frame[3, 0] + dy * frame[3, 1] + dz * frame[3, 2]) / max(distance, 1.0) + distance * LIFT
                if rise < limits[0] or rise > limits[1]:
                    continue
                if sector:
                    east = dx * frame[1, 0] + dy * frame[1, 1] + dz * frame[1, 2]
                    north = dx * frame[2, 0] + dy * frame[2, 1] + dz * frame[2, 2]
                    off = abs(math.atan2(east, north) - limits[2]) % TWO_PI
                    if min(off, TWO_PI - off) > limits[3]:
                        continue
                i, j = where // window[2] - window[0], where % window[2] - window[1]
                if i < 0 or j < 0 or i >= mask.shape[0] or j >= mask.shape[1]:
                    continue
                if mask[i, j] == HIDDEN or height[m] + ground[n] < mask[i, j]:
                    continue
                for c in range(cases):
                    if distance <= reach[c, m]:
                        out[c, n, k, m // 64] |= (np.uint64(1) << np.uint64(m % 64)) & asked[c, n, k, m // 64]


@njit
def launches(seen: Array, hold: Array, step_s: float, times: Array, out: Array) -> None:
    """Set the bits of the moments at which a battery may launch on one picture. `seen` and `hold` are its two words.

    A track is firm after TRACK seconds unbroken in view, and lost after COAST seconds without. DECIDE seconds later a
    battery that holds the target decides, REACT seconds after that it launches, if it holds it still."""
    began, firm, decided, last = math.inf, math.inf, math.inf, -math.inf
    for m in range(MOMENTS):
        now = m * step_s
        if is_set(seen[0], seen[1], m):
            began, last = min(began, now), now
            if now - began >= times[TRACK] - EARLY_S:
                firm = min(firm, now)
        else:
            began = math.inf
            if now - last > times[COAST]:
                firm, decided = math.inf, math.inf
        if not is_set(hold[0], hold[1], m) or firm == math.inf:
            continue
        if now - firm >= times[DECIDE] - EARLY_S:
            decided = min(decided, now)
        if now - decided >= times[REACT] - EARLY_S:
            out[m // 64] |= np.uint64(1) << np.uint64(m % 64)


@njit_parallel
def defend(
    near: Array, base: Array, axes: Array, ground: Array, ahead: Array, up: Array, height: Array, first_s: float,
    meet_s: float, moment_s: float, speed: Array, position: Array, stores: Array, own: Array, network: Array,
    hold: Array, own_times: Array, network_times: Array, salvo: int, look_between: int, most: int, guided: int,
    shots: Array, missed: Array, channels: Array,
) -> None:  # fmt: skip
    """Add what one battery does for the points `near` it. `ahead`, `up`, `height` are of the meetings, the first at
    `first_s`, `meet_s` apart; `speed` of the moments, `moment_s` apart; `own`, `network`, `hold` are (points, headings,
    2) words of one case; results are (points, headings): shots, the probability that all miss (multiplied), batteries
    at work."""
    headings = own.shape[1]
    ceiling = 0.0
    for s in range(stores.shape[0]):
        ceiling = max(ceiling, stores[s, HEIGHT_MAX])
    for q in numba.prange(near.shape[0]):
        n = near[q]
        bx, by, bz = base[n, 0] - position[0], base[n, 1] - position[1], base[n, 2] - position[2]
        may = np.zeros(2, np.uint64)
        for k in range(headings):
            may[0], may[1] = np.uint64(0), np.uint64(0)
            launches(own[n, k], hold[n, k], moment_s, own_times, may)
            launches(network[n, k], hold[n, k], moment_s, network_times, may)
            if may[0] == 0 and may[1] == 0:
                continue
            tx, ty, tz = direction(axes[n], TWO_PI * k / headings)
            fired, miss = 0, 1.0
            left = 0  # of the salvo under way
            not_before = 0.0  # of the next launch
            for i in range(ahead.shape[0]):
                h = height[i] + ground[n]
                if h > ceiling:
                    continue
                if fired >= most:
                    break
                dx = bx + ahead[i] * tx + up[i] * axes[n, 2, 0]
                dy = by + ahead[i] * ty + up[i] * axes[n, 2, 1]
                dz = bz + ahead[i] * tz + up[i] * axes[n, 2, 2]
                slant = math.sqrt(dx * dx + dy * dy + dz * dz)
                now = first_s + i * meet_s
                if not is_set(hold[n, k, 0], hold[n, k, 1], min(int(now / moment_s), MOMENTS - 1)):
                    continue
                while fired < most:
                    s = best(stores, h, slant, now, not_before, may, moment_s, speed, fired)
                    if s < 0:
                        break
                    if left == 0:
                        left = min(salvo if look_between == 1 else most, guided)
                    fired, left = fired + 1, left - 1
                    miss *= 1.0 - stores[s, KILL]
                    if left > 0:
                        not_before = now - slant / stores[s, SPEED] + own_times[INTERVAL]
                    elif look_between == 1:
                        not_before = now + own_times[ASSESS]
                    else:
                        not_before = math.inf
            if fired > 0:
                shots[n, k] += fired
                missed[n, k] *= miss
                channels[n, k] += 1


@njit
def best(
    stores: Array, h: float, slant: float, now: float, not_before: float, may: Array, moment_s: float, speed: Array,
    fired: int,
) -> int:  # fmt: skip
    """The first missile (rows: the likeliest to kill first) that can be where the target is `now`; -1: none. The
    target's speed counts at the launch, as in the engine."""
    for s in range(stores.shape[0]):
        if slant > stores[s, RANGE_MAX] or slant < stores[s, RANGE_MIN] or fired >= stores[s, STOCK]:
            continue
        if h > stores[s, HEIGHT_MAX] or h < stores[s, HEIGHT_MIN]:
            continue
        launch_s = now - slant / stores[s, SPEED]
        if launch_s < not_before - EARLY_S or launch_s < 0.0:
            continue
        m = min(int(launch_s / moment_s), MOMENTS - 1)
        if speed[m] <= stores[s, TARGET_SPEED] and is_set(may[0], may[1], m):
            return s
    return -1
