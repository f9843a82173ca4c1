"""What a plot says about a track: directions, residuals and variances, by kind of sensor.

row        direction in the track's state (position, velocity) in which one number of the plot is measured
residual   that number less what the track foretells, in metres (angles times the distance) or m/s
lag        how much later the track's time is than the plot's; the row then reaches back along the velocity

RADAR_3D, PLACE and 2-D plots with a told height are places: converted measurements, their errors along the line of
sight, across it and above it (Bar-Shalom, Li, Kirubarajan 2001, 10.4.3, without the debiasing, which is R s^2 / 2: 3
m at 200 km and 0.3 degrees). RADAR_2D without a height and the passive kinds are linearised about the track (extended
Kalman). Bias: known parts are taken off; unknown ones add to the noise, which is honest for one plot and too hopeful
for many.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.tables import BEARING, DIRECTION, PLACE, RADAR_2D, RADAR_3D

Array = np.ndarray[Any, Any]
CELL_M = 10_000.0
TWO_PI = 2.0 * math.pi
LEAST_DENSITY = 1e-24
LEAST_MODE = 1e-3  # a mode less likely does not open the gate
LOG_TWO_PI = math.log(2.0 * math.pi)


@njit
def prepare(plot: Any, sensor: Any, rules: Any) -> None:
    """Take the known bias off; set the plot's place, its axes, variances, and how many numbers it holds."""
    if sensor.kind == PLACE:
        up = plot.pos_m
        size = math.sqrt(up[0] * up[0] + up[1] * up[1] + up[2] * up[2])
        set_axes(plot, up[0] / size, up[1] / size, up[2] / size, sensor.up)
        v = sensor.range_error_m * sensor.range_error_m
        plot.variance[0], plot.variance[1], plot.variance[2] = sensor.height_error_m * sensor.height_error_m, v, v
        plot.rows = 3
        return
    azimuth = plot.azimuth_rad - sensor.azimuth_bias_rad
    plot.rows = 3
    if sensor.kind == BEARING or sensor.kind == DIRECTION:
        plot.rows = 1 if sensor.kind == BEARING else 2
        return
    r = plot.range_m - sensor.range_bias_m
    elevation = plot.elevation_rad - sensor.elevation_bias_rad
    elevation_sd = math.hypot(sensor.elevation_error_rad * math.sqrt(1.0 + plot.extra), sensor.elevation_bias_sd_rad)
    if sensor.kind == RADAR_2D:
        told = sensor.height_error_m > 0.0 and math.isfinite(plot.height_m)
        height = plot.height_m if told else rules.assumed_height_m
        elevation = elevation_of(r, height, sensor.pos_m)
        elevation_sd = (sensor.height_error_m if told else rules.assumed_height_sd_m) / r
        plot.rows = 3 if told else 2
    wider = 1.0 + plot.extra
    flat, above = r * math.cos(elevation), r * math.sin(elevation)
    e, n = flat * math.sin(azimuth), flat * math.cos(azimuth)
    x = e * sensor.east[0] + n * sensor.north[0] + above * sensor.up[0]
    y = e * sensor.east[1] + n * sensor.north[1] + above * sensor.up[1]
    z = e * sensor.east[2] + n * sensor.north[2] + above * sensor.up[2]
    plot.pos_m[0], plot.pos_m[1], plot.pos_m[2] = sensor.pos_m[0] + x, sensor.pos_m[1] + y, sensor.pos_m[2] + z
    set_axes(plot, x / r, y / r, z / r, sensor.up)
    plot.variance[0] = sensor.range_error_m**2 * wider + sensor.range_bias_sd_m**2
    plot.variance[1] = r * r * (sensor.azimuth_error_rad**2 * wider + sensor.azimuth_bias_sd_rad**2)
    plot.variance[2] = r * r * elevation_sd * elevation_sd


@njit
def elevation_of(r: float, height: float, p: Array) -> float:
    """Elevation at which a slant range from a sensor at p ends at a height above the ellipsoid, the Earth a sphere
    about the sensor: law of cosines. Heights out of reach are met straight up or down."""
    radius = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    foot = math.sqrt((p[0] * p[0] + p[1] * p[1]) / 6378137.0**2 + p[2] * p[2] / 6356752.314245**2)
    own = radius - radius / foot  # height of the sensor above the ellipsoid, along the radius
    end = radius - own + height
    sine = (end * end - radius * radius - r * r) / (2.0 * radius * r)
    return math.asin(min(max(sine, -1.0), 1.0))


@njit
def set_axes(plot: Any, ux: float, uy: float, uz: float, up: Array) -> None:
    """Rows: u, level across u, and the third; level as seen with `up`, any direction where u is straight up."""
    hx, hy, hz = up[1] * uz - up[2] * uy, up[2] * ux - up[0] * uz, up[0] * uy - up[1] * ux
    size = math.sqrt(hx * hx + hy * hy + hz * hz)
    if size < 1e-6:
        hx, hy, hz = (0.0, -uz, uy) if abs(ux) < 0.9 else (uz, 0.0, -ux)
        size = math.sqrt(hx * hx + hy * hy + hz * hz)
    hx, hy, hz = hx / size, hy / size, hz / size
    a = plot.axes
    a[0, 0], a[0, 1], a[0, 2] = ux, uy, uz
    a[1, 0], a[1, 1], a[1, 2] = hx, hy, hz
    a[2, 0], a[2, 1], a[2, 2] = uy * hz - uz * hy, uz * hx - ux * hz, ux * hy - uy * hx


@njit
def hang(places: Array, n: int, heads: Array, cell_m: float) -> int:
    """Hang plots (or seeds) with a place into a hash of ECEF cells: lists linked through `next`, by falling row. How
    many of the heads were used, a power of two of at least twice the places."""
    slots = 16
    while slots < 2 * n:
        slots *= 2
    heads[:slots] = -1
    mask = slots - 1
    for k in range(n):
        place = places[k]
        for i in range(3):
            place.cell[i] = math.floor(place.pos_m[i] / cell_m)
        slot = hashed(place.cell[0], place.cell[1], place.cell[2]) & mask
        place.next = heads[slot]
        heads[slot] = k
    return slots


@njit
def hashed(a: int, b: int, c: int) -> int:
    """Primes of Teschner et al. 2003. The low bits are the same however wide the integers are."""
    return (a * 73856093) ^ (b * 19349663) ^ (c * 83492791)


@njit
def measure(plot: Any, sensor: Any, track: Any, work: Any) -> int:
    """Fill work.row, work.residual, work.variance with what the plot says about the combined state of a track; how many
    numbers they are."""
    lag = track.time_s - plot.time_s
    row, residual, variance = work.row, work.residual, work.variance
    n: Any = np.int64(3)
    if plot.rows == 3:
        for k in range(3):
            v = 0.0
            for i in range(3):
                d = plot.axes[k, i]
                row[k, i], row[k, 3 + i] = d, -lag * d
                v += d * (plot.pos_m[i] - track.pos_m[i] + lag * track.vel_m_s[i])
            residual[k], variance[k] = v, plot.variance[k]
    else:
        n = measure_angles(plot, sensor, track, lag, work)
    if sensor.rate_error_m_s > 0.0 and math.isfinite(plot.rate_m_s):
        n = measure_rate(plot, sensor, track, lag, n, work)
    return n


@njit
def measure_angles(plot: Any, sensor: Any, track: Any, lag: float, work: Any) -> int:
    """Azimuth, and range (2-D radar) or elevation (DIRECTION), linearised about the track."""
    e = n = u = 0.0
    for i in range(3):
        d = track.pos_m[i] - lag * track.vel_m_s[i] - sensor.pos_m[i]
        e += d * sensor.east[i]
        n += d * sensor.north[i]
        u += d * sensor.up[i]
    flat = max(math.sqrt(e * e + n * n), 1.0)
    r = math.sqrt(flat * flat + u * u)
    off = plot.azimuth_rad - sensor.azimuth_bias_rad - math.atan2(e, n) + math.pi
    if not 0.0 <= off < TWO_PI:  # a remainder takes longer than all else here
        off %= TWO_PI
    work.residual[0] = flat * (off - math.pi)
    wider = 1.0 + plot.extra
    work.variance[0] = flat * flat * (sensor.azimuth_error_rad**2 * wider + sensor.azimuth_bias_sd_rad**2)
    for i in range(3):
        level = (e * sensor.east[i] + n * sensor.north[i]) / flat
        work.row[0, i] = (n * sensor.east[i] - e * sensor.north[i]) / flat
        if sensor.kind == RADAR_2D:
            work.row[1, i] = (flat * level + u * sensor.up[i]) / r
        else:
            work.row[1, i] = (flat * sensor.up[i] - u * level) / r
    if sensor.kind == RADAR_2D:
        work.residual[1] = plot.range_m - sensor.range_bias_m - r
        work.variance[1] = sensor.range_error_m**2 * wider + sensor.range_bias_sd_m**2
    else:
        work.residual[1] = r * (plot.elevation_rad - sensor.elevation_bias_rad - math.atan2(u, flat))
        work.variance[1] = r * r * (sensor.elevation_error_rad**2 + sensor.elevation_bias_sd_rad**2)
    for k in range(2):
        for i in range(3):
            work.row[k, 3 + i] = -lag * work.row[k, i]
    return 1 if sensor.kind == BEARING else 2


@njit
def measure_rate(plot: Any, sensor: Any, track: Any, lag: float, n: int, work: Any) -> int:
    """The rate of range as one more number, row n."""
    r = rate = 0.0
    for i in range(3):
        d = track.pos_m[i] - lag * track.vel_m_s[i] - sensor.pos_m[i]
        r += d * d
        rate += d * track.vel_m_s[i]
    r = max(math.sqrt(r), 1.0)
    rate /= r
    for i in range(3):
        d = (track.pos_m[i] - lag * track.vel_m_s[i] - sensor.pos_m[i]) / r
        across = (track.vel_m_s[i] - rate * d) / r
        work.row[n, i] = across
        work.row[n, 3 + i] = d - lag * across
    work.residual[n] = plot.rate_m_s - rate
    work.variance[n] = sensor.rate_error_m_s * sensor.rate_error_m_s * (1.0 + plot.extra)
    return n + 1


@njit
def fit(track: Any, n: int, rules: Any, work: Any) -> tuple[float, float]:
    """How well what `measure` left fits a track: the least squared Mahalanobis distance among its modes, and the
    logarithm of the likelihood of their mixture. The gate is that of the modes, not of their mean, so that a turn
    that begins is seen. work.log_p: logarithms of mode_p."""
    least, best = math.inf, -math.inf
    waits = 0  # modes outside the gate: they count only where another mode is inside
    for mode in range(rules.models):
        work.log[mode] = -math.inf
        if track.mode_p[mode] > LEAST_MODE:
            d2, log = distance(track, mode, n, rules.gate, work)
            least = min(least, d2)
            if d2 > rules.gate:
                waits |= 1 << mode
                continue
            work.log[mode] = work.log_p[mode] - 0.5 * (d2 + log + n * LOG_TWO_PI)
            best = max(best, work.log[mode])
    if best == -math.inf:
        return least, -math.inf
    total = 0.0
    for mode in range(rules.models):
        if waits & (1 << mode):
            d2, log = distance(track, mode, n, math.inf, work)
            work.log[mode] = work.log_p[mode] - 0.5 * (d2 + log + n * LOG_TWO_PI)
            best = max(best, work.log[mode])
    for mode in range(rules.models):
        total += math.exp(work.log[mode] - best)
    return least, best + math.log(total)


@njit
def distance(track: Any, mode: int, n: int, most: float, work: Any) -> tuple[float, float]:
    """Squared Mahalanobis distance of what `measure` left from one mode, and the logarithm of its covariance's
    determinant; by Cholesky's factors in work.s, number by number. Above `most` no more is said than that it is above.
    (inf, 0) where the covariance is not positive."""
    s, row, gain, x, p = work.s, work.row, work.gain, track.mode_mean[mode], track.mode_cov[mode]
    d2 = log = 0.0
    for k in range(n):
        r0, r1, r2, r3, r4, r5 = row[k, 0], row[k, 1], row[k, 2], row[k, 3], row[k, 4], row[k, 5]
        y, top = work.residual[k], work.variance[k]
        for i in range(6):
            gain[i] = p[i, 0] * r0 + p[i, 1] * r1 + p[i, 2] * r2 + p[i, 3] * r3 + p[i, 4] * r4 + p[i, 5] * r5
            top += row[k, i] * gain[i]
        for i in range(3):
            y -= row[k, i] * (x[i] - track.pos_m[i]) + row[k, 3 + i] * (x[3 + i] - track.vel_m_s[i])
        for m in range(k):
            y -= s[k, m] * work.solved[m]
            top -= s[k, m] * s[k, m]
        if top <= 0.0:
            return math.inf, 0.0
        root = math.sqrt(top)
        s[k, k] = root
        work.solved[k] = y / root
        d2 += work.solved[k] * work.solved[k]
        if d2 > most:
            return d2, 0.0
        for m in range(k + 1, n):
            v = 0.0
            for i in range(6):
                v += row[m, i] * gain[i]
            for i in range(k):
                v -= s[m, i] * s[k, i]
            s[m, k] = v / root
    for k in range(n):
        log += 2.0 * math.log(s[k, k])
    return d2, log


@njit
def clutter_log(plot: Any, sensor: Any, r: float) -> float:
    """Logarithm of the density of false plots about a plot at range r, in the units of its numbers (metres each way,
    angles times distance): even over the area of cover, or over the angles."""
    if sensor.kind == BEARING:
        density = sensor.false_plots / (sensor.sector_rad * r)
    elif sensor.kind == DIRECTION:
        density = sensor.false_plots / (sensor.sector_rad * sensor.span_rad * r * r)
    else:
        density = sensor.false_plots / (0.5 * sensor.sector_rad * sensor.range_max_m * sensor.range_max_m)
        if plot.rows == 3:
            density /= sensor.span_rad * r if sensor.kind == RADAR_3D else 10_000.0  # told heights: the lowest 10 km
    if sensor.rate_error_m_s > 0.0 and math.isfinite(plot.rate_m_s):
        density /= sensor.rate_span_m_s
    return math.log(max(density, LEAST_DENSITY))
