"""How a track's covariance fares, without its mean: a nearly-constant-velocity filter in ECEF, by 3 x 3 blocks. The
fast option keeps its tracks so; the tracker proper is egide.picture.scan_kernels.

pp, pv, vv   covariance of position, position with velocity, velocity
q            spectral density of the white-noise acceleration, m2/s3

Source: Bar-Shalom, Li, Kirubarajan 2001, sections 5.2 and 6.2. Leaves out: manoeuvre models.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M
from egide.jit import njit
from egide.picture.tables import RADAR_2D

Array = np.ndarray[Any, Any]


@njit
def age(track: Any, time_s: float, q: float) -> None:
    """Let a track's covariance grow to `time_s`."""
    dt = time_s - track.time_s
    pp, pv, vv = track.pp, track.pv, track.vv
    for i in range(3):
        for j in range(3):
            pp[i, j] += dt * (pv[i, j] + pv[j, i]) + dt * dt * vv[i, j]
    for i in range(3):
        for j in range(3):
            pv[i, j] += dt * vv[i, j]
        pp[i, i] += q * dt * dt * dt / 3.0
        pv[i, i] += q * dt * dt / 2.0
        vv[i, i] += q * dt
    track.time_s = time_s


@njit
def pull_on(pos: Array, vel: Array, ballistic_m_s: float, above_m: float) -> float:
    """Gravity on what flies freely, as mu / r^3 to be multiplied by the position; 0 for what has wings. It flies freely
    if it is faster than `ballistic_m_s` or higher than `above_m`."""
    r2 = pos[0] * pos[0] + pos[1] * pos[1] + pos[2] * pos[2]
    speed2 = vel[0] * vel[0] + vel[1] * vel[1] + vel[2] * vel[2]
    high = EARTH_RADIUS_M + above_m
    if speed2 <= ballistic_m_s * ballistic_m_s and r2 <= high * high:
        return 0.0
    return EARTH_MU_M3_S2 / (r2 * math.sqrt(r2))


@njit
def plot_covariance(
    out: Array, dx: float, dy: float, dz: float, up: Array, range_sd: float, azimuth_sd: float, elevation_sd: float
) -> None:
    """(3, 3) covariance in ECEF of a plot at d from the radar: errors along, across and above the line of sight."""
    r = math.sqrt(dx * dx + dy * dy + dz * dz)
    ux, uy, uz = dx / r, dy / r, dz / r
    hx, hy, hz = up[1] * uz - up[2] * uy, up[2] * ux - up[0] * uz, up[0] * uy - up[1] * ux  # up x u: horizontal
    size = math.sqrt(hx * hx + hy * hy + hz * hz)
    if size < 1e-9:
        hx, hy, hz, size = -uy, ux, 0.0, math.sqrt(ux * ux + uy * uy) + 1e-12
    hx, hy, hz = hx / size, hy / size, hz / size
    wx, wy, wz = uy * hz - uz * hy, uz * hx - ux * hz, ux * hy - uy * hx
    a, b, c = range_sd * range_sd, (r * azimuth_sd) ** 2, (r * elevation_sd) ** 2
    out[0, 0] = a * ux * ux + b * hx * hx + c * wx * wx
    out[0, 1] = a * ux * uy + b * hx * hy + c * wx * wy
    out[0, 2] = a * ux * uz + b * hx * hz + c * wx * wz
    out[1, 1] = a * uy * uy + b * hy * hy + c * wy * wy
    out[1, 2] = a * uy * uz + b * hy * hz + c * wy * wz
    out[2, 2] = a * uz * uz + b * hz * hz + c * wz * wz
    out[1, 0], out[2, 0], out[2, 1] = out[0, 1], out[0, 2], out[1, 2]


@njit
def errors_of(noise: Array, x: float, y: float, z: float, radar: Any, height_sd_m: float) -> None:
    """Covariance of a radar's plot at a place, the spread of its biases in it; of a 2-D one the height comes from
    elsewhere, with its own error."""
    dx, dy, dz = x - radar.pos_m[0], y - radar.pos_m[1], z - radar.pos_m[2]
    elevation_sd = math.hypot(radar.elevation_error_rad, radar.elevation_bias_sd_rad)
    if radar.kind == RADAR_2D:
        elevation_sd = height_sd_m / math.sqrt(dx * dx + dy * dy + dz * dz)
    plot_covariance(
        noise, dx, dy, dz, radar.up, math.hypot(radar.range_error_m, radar.range_bias_sd_m),
        math.hypot(radar.azimuth_error_rad, radar.azimuth_bias_sd_rad), elevation_sd)  # fmt: skip


@njit
def weigh_plot(track: Any, noise: Array, gain: Array) -> None:
    """Fold a plot of covariance `noise` into a track's covariance, in place; its gain is left in `gain` (2, 3, 3), for
    position and for velocity. What the plot says is not needed for it."""
    pp, pv, vv = track.pp, track.pv, track.vv
    s00, s11, s22 = pp[0, 0] + noise[0, 0], pp[1, 1] + noise[1, 1], pp[2, 2] + noise[2, 2]
    s01, s02, s12 = pp[0, 1] + noise[0, 1], pp[0, 2] + noise[0, 2], pp[1, 2] + noise[1, 2]
    c00, c01, c02 = s11 * s22 - s12 * s12, s02 * s12 - s01 * s22, s01 * s12 - s02 * s11
    det = s00 * c00 + s01 * c01 + s02 * c02
    i00, i01, i02 = c00 / det, c01 / det, c02 / det
    i11, i12, i22 = (s00 * s22 - s02 * s02) / det, (s01 * s02 - s00 * s12) / det, (s00 * s11 - s01 * s01) / det
    for i in range(3):
        a, b, c = pp[i, 0], pp[i, 1], pp[i, 2]
        gain[0, i, 0], gain[0, i, 1], gain[0, i, 2] = (
            a * i00 + b * i01 + c * i02, a * i01 + b * i11 + c * i12, a * i02 + b * i12 + c * i22)  # fmt: skip
        a, b, c = pv[0, i], pv[1, i], pv[2, i]
        gain[1, i, 0], gain[1, i, 1], gain[1, i, 2] = (
            a * i00 + b * i01 + c * i02, a * i01 + b * i11 + c * i12, a * i02 + b * i12 + c * i22)  # fmt: skip
    for i in range(3):  # vv first: it needs the old pv; then pv and pp, column by column
        for j in range(i, 3):
            vv[i, j] -= gain[1, i, 0] * pv[0, j] + gain[1, i, 1] * pv[1, j] + gain[1, i, 2] * pv[2, j]
            vv[j, i] = vv[i, j]
    for j in range(3):
        a, b, c = pv[0, j], pv[1, j], pv[2, j]
        d, e, f = pp[0, j], pp[1, j], pp[2, j]
        for i in range(3):
            pv[i, j] -= gain[0, i, 0] * a + gain[0, i, 1] * b + gain[0, i, 2] * c
            pp[i, j] -= gain[0, i, 0] * d + gain[0, i, 1] * e + gain[0, i, 2] * f
    for i in range(3):
        for j in range(i):
            pp[i, j] = pp[j, i]


@njit
def sigma_m(track: Any) -> float:
    """One number for the error of a track's position: root mean square over the three axes."""
    return math.sqrt(max(0.0, (track.pp[0, 0] + track.pp[1, 1] + track.pp[2, 2]) / 3.0))
