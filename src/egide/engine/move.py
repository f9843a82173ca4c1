"""Where things are: closed-form motion along polylines, and what a line of sight meets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import FLYING, GONE, WAITING
from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.engine.queue import NOBODY, WAYPOINT, push
from egide.jit import njit, njit_inside
from egide.physics.kernels import ray_is_clear

Array = np.ndarray[Any, Any]
LIFT = (1.0 - 1.0 / EFFECTIVE_EARTH) / (2.0 * EARTH_RADIUS_M)  # refraction raises a target by range x LIFT, in radians
VERTEX_T, VERTEX_X, VERTEX_ROW, VERTEX_COL, VERTEX_HEIGHT = 0, 1, 4, 5, 6


@njit
def advance(movers: Array, row: int, vertices: Array, queue: Array, count: Array) -> None:
    """WAYPOINT: enter the next segment of the polyline, or end."""
    mover = movers[row]
    if mover.state == WAITING:
        mover.state = FLYING
    elif mover.state == FLYING:
        mover.vertex += 1
    else:
        return
    if mover.vertex >= mover.last_vertex:
        mover.state = GONE
        return
    a, b = vertices[mover.vertex], vertices[mover.vertex + 1]
    rate = 1.0 / (b[VERTEX_T] - a[VERTEX_T])
    mover.t0_s = a[VERTEX_T]
    for i in range(3):
        mover.pos_m[i] = a[VERTEX_X + i]
        mover.vel_m_s[i] = (b[VERTEX_X + i] - a[VERTEX_X + i]) * rate
    mover.row, mover.row_rate = a[VERTEX_ROW], (b[VERTEX_ROW] - a[VERTEX_ROW]) * rate
    mover.col, mover.col_rate = a[VERTEX_COL], (b[VERTEX_COL] - a[VERTEX_COL]) * rate
    mover.height_m, mover.height_rate = a[VERTEX_HEIGHT], (b[VERTEX_HEIGHT] - a[VERTEX_HEIGHT]) * rate
    push(queue, count, b[VERTEX_T], WAYPOINT, row, NOBODY, NOBODY)


@njit
def position_at(mover: Any, vertices: Array, time_s: float) -> tuple[float, float, float]:
    """Where a flying mover was at a time not after its current segment's end."""
    if time_s >= mover.t0_s or time_s <= mover.start_s:
        dt, p, v = time_s - mover.t0_s, mover.pos_m, mover.vel_m_s
        return p[0] + v[0] * dt, p[1] + v[1] * dt, p[2] + v[2] * dt
    i = mover.vertex - 1
    while time_s < vertices[i, VERTEX_T] and i > 0 and vertices[i - 1, VERTEX_T] < vertices[i, VERTEX_T]:
        i -= 1
    a, b = vertices[i], vertices[i + 1]
    u = (time_s - a[VERTEX_T]) / (b[VERTEX_T] - a[VERTEX_T])
    x, y, z = VERTEX_X, VERTEX_X + 1, VERTEX_X + 2
    return a[x] + u * (b[x] - a[x]), a[y] + u * (b[y] - a[y]), a[z] + u * (b[z] - a[z])


@njit
def carry(radar: Any, mover: Any, time_s: float) -> None:
    """Put an airborne radar where its aircraft is; the spherical vertical serves as up (0.2 degrees at most)."""
    dt = time_s - mover.t0_s
    size2 = 0.0
    for i in range(3):
        radar.pos_m[i] = mover.pos_m[i] + mover.vel_m_s[i] * dt
        size2 += radar.pos_m[i] * radar.pos_m[i]
    size = math.sqrt(size2)
    x, y = radar.pos_m[0] / size, radar.pos_m[1] / size
    flat = math.sqrt(x * x + y * y)
    radar.up[0], radar.up[1], radar.up[2] = x, y, radar.pos_m[2] / size
    radar.east[0], radar.east[1], radar.east[2] = -y / flat, x / flat, 0.0
    radar.north[0] = radar.up[1] * radar.east[2] - radar.up[2] * radar.east[1]
    radar.north[1] = radar.up[2] * radar.east[0] - radar.up[0] * radar.east[2]
    radar.north[2] = radar.up[0] * radar.east[1] - radar.up[1] * radar.east[0]
    radar.row, radar.col = mover.row + mover.row_rate * dt, mover.col + mover.col_rate * dt
    radar.height_m = mover.height_m + mover.height_rate * dt


@njit_inside
def in_sight(
    radar: Any, masks: Array, dem: Array, row: float, col: float, height_m: float, range_m: float, dem_max_m: float
) -> bool:
    """Line of sight from a radar to a place: one bilinear read of its mask, or a marched ray from the air."""
    if radar.mask < 0:
        return ray_is_clear(
            dem, radar.row, radar.col, radar.height_m, row, col, height_m, range_m, EFFECTIVE_EARTH,
            dem_max_m)  # fmt: skip
    mask = masks[radar.mask]
    if not (row >= 0.0 and col >= 0.0):
        return False
    i, j = int(row), int(col)
    if i >= mask.shape[0] - 1 or j >= mask.shape[1] - 1:
        return False
    u, v = row - i, col - j
    low = (1.0 - u) * ((1.0 - v) * mask[i, j] + v * mask[i, j + 1]) + u * (
        (1.0 - v) * mask[i + 1, j] + v * mask[i + 1, j + 1]
    )
    return bool(height_m >= low)


@njit
def aspect_of(vx: float, vy: float, vz: float, dx: float, dy: float, dz: float, r2: float) -> int:
    """0 nose, 1 beam, 2 tail: the side a target flying with v shows to a radar that sees it along d."""
    closing = vx * dx + vy * dy + vz * dz  # negative: towards the radar
    if closing * closing <= 0.5 * (vx * vx + vy * vy + vz * vz) * r2:
        return 1
    return 0 if closing < 0.0 else 2
