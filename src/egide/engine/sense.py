"""One scan of one radar: who is seen, and what the radar makes of it.

look    one passing of the beam over one mover: range, elevation, sector, terrain, then a draw against Pd
plot    a look that was detected, or a false one

SNR = snr_m2 x cross section x (share / range)^4, the catalogue's calibration form, with the share of a range that the
air leaves (`physics.air`); Pd by Swerling case; elevations are lifted by 4/3-Earth refraction. A scan's event is the
end of its turn; a plot carries the time at which the beam passed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import FLYING
from egide.engine.expose import blanked, expose, lit
from egide.engine.move import LIFT, aspect_of, carry, in_sight, position_at
from egide.engine.queue import C_LOOKS
from egide.jit import njit
from egide.physics.air import air_share
from egide.physics.kernels import pd_swerling
from egide.rng import FALSE_PLOT, LOOK, NOISE, normals, uniforms

Array = np.ndarray[Any, Any]
TWO_PI = 2.0 * math.pi
SNR_NEGLIGIBLE = 0.05  # below it Pd is the false alarm rate, which false plots already stand for
MASK_HIDDEN = 32767


@njit
def look_snr(
    radar: Any, mover: Any, masks: Array, airs: Array, dem: Array, time_s: float, dem_max_m: float
) -> tuple[float, int]:
    """Signal to noise of one look (0 where there is none) and the aspect shown."""
    dt = time_s - mover.t0_s
    dx = mover.pos_m[0] + mover.vel_m_s[0] * dt - radar.pos_m[0]
    dy = mover.pos_m[1] + mover.vel_m_s[1] * dt - radar.pos_m[1]
    dz = mover.pos_m[2] + mover.vel_m_s[2] * dt - radar.pos_m[2]
    r2 = dx * dx + dy * dy + dz * dz
    if r2 > radar.range_max_m * radar.range_max_m or r2 < radar.range_min_m * radar.range_min_m:
        return 0.0, 0
    aspect = aspect_of(mover.vel_m_s[0], mover.vel_m_s[1], mover.vel_m_s[2], dx, dy, dz, r2)
    snr = radar.snr_m2 * mover.rcs_m2[radar.band, aspect] / (r2 * r2)
    if snr < SNR_NEGLIGIBLE:
        return 0.0, aspect
    r = math.sqrt(r2)
    sin_elevation = (dx * radar.up[0] + dy * radar.up[1] + dz * radar.up[2]) / r + r * LIFT
    if sin_elevation < radar.sin_low or sin_elevation > radar.sin_high:
        return 0.0, aspect
    if radar.half_sector_rad < math.pi:
        east = dx * radar.east[0] + dy * radar.east[1]
        north = dx * radar.north[0] + dy * radar.north[1] + dz * radar.north[2]
        off = abs(math.atan2(east, north) - radar.azimuth_rad) % TWO_PI
        if min(off, TWO_PI - off) > radar.half_sector_rad:
            return 0.0, aspect
    if radar.blanks > 0 and blanked(radar, dx, dy, dz):
        return 0.0, aspect
    height = mover.height_m + mover.height_rate * dt
    row, col = mover.row + mover.row_rate * dt, mover.col + mover.col_rate * dt
    if not in_sight(radar, masks, dem, row, col, height, r, dem_max_m):
        return 0.0, aspect
    share = air_share(airs[radar.air], radar.range_max_m, r, height)
    snr *= (share * share) * (share * share)
    return (snr, aspect) if snr >= SNR_NEGLIGIBLE else (0.0, aspect)


@njit
def measure(plot: Any, radar: Any, mover: Any, vertices: Array, key: Array, time_s: float, fast: int) -> bool:
    """Fill a plot: the beam's time, and the position with the radar's errors along, across and above the beam. False
    where the beam passed before the object was there."""
    dt = time_s - mover.t0_s
    x = mover.pos_m[0] + mover.vel_m_s[0] * dt - radar.pos_m[0]
    y = mover.pos_m[1] + mover.vel_m_s[1] * dt - radar.pos_m[1]
    z = mover.pos_m[2] + mover.vel_m_s[2] * dt - radar.pos_m[2]
    if fast == 0:
        east = x * radar.east[0] + y * radar.east[1]
        north = x * radar.north[0] + y * radar.north[1] + z * radar.north[2]
        turn = (math.atan2(east, north) / TWO_PI) % 1.0
        plot.time_s = time_s - radar.revisit_s * (1.0 - turn)
        if plot.time_s < mover.start_s:
            return False
        x, y, z = position_at(mover, vertices, plot.time_s)
        x, y, z = x - radar.pos_m[0], y - radar.pos_m[1], z - radar.pos_m[2]
    else:
        plot.time_s = time_s
    r = math.sqrt(x * x + y * y + z * z)
    east = x * radar.east[0] + y * radar.east[1]
    north = x * radar.north[0] + y * radar.north[1] + z * radar.north[2]
    above = x * radar.up[0] + y * radar.up[1] + z * radar.up[2]
    azimuth, elevation = math.atan2(east, north), math.asin(above / r)
    if fast == 0:
        n0, n1, n2, _ = normals(key, NOISE, radar.id, mover.id, radar.scans)
        r = max(r + n0 * radar.range_error_m, 1.0)
        azimuth += n1 * radar.azimuth_error_rad / max(math.cos(elevation), 0.1)
        elevation += n2 * radar.elevation_error_rad
    place(plot, radar, r, azimuth, elevation)
    return True


@njit
def place(plot: Any, radar: Any, r: float, azimuth: float, elevation: float) -> None:
    """ECEF position and height of a plot from what the radar measured."""
    flat = r * math.cos(elevation)
    east, north, above = flat * math.sin(azimuth), flat * math.cos(azimuth), r * math.sin(elevation)
    for i in range(3):
        plot.pos_m[i] = radar.pos_m[i] + east * radar.east[i] + north * radar.north[i] + above * radar.up[i]
    plot.range_m, plot.azimuth_rad, plot.elevation_rad = r, azimuth % TWO_PI, elevation
    plot.height_m = radar.height_m + above + flat * flat / (2.0 * 6_371_000.0)


@njit
def false_plots(plots: Array, n: int, radar: Any, key: Array, time_s: float) -> int:
    """Clutter and noise that passed for plots: a fixed mean number a scan (Bernoulli on the fraction), even over the
    area of the radar's cover, in the lowest ten degrees."""
    whole = int(radar.false_plots)
    u, _, _, _ = uniforms(key, FALSE_PLOT, radar.id, radar.id, radar.scans * 4096)
    if u < radar.false_plots - whole:
        whole += 1
    for k in range(min(whole, plots.shape[0] - n)):
        u0, u1, u2, _ = uniforms(key, FALSE_PLOT, radar.id, radar.id, radar.scans * 4096 + k + 1)
        plot = plots[n + k]
        plot.time_s = time_s - radar.revisit_s * (1.0 - u1)
        azimuth = radar.azimuth_rad + (2.0 * u1 - 1.0) * radar.half_sector_rad
        place(
            plot, radar, max(radar.range_max_m * math.sqrt(u0), 1000.0), azimuth, math.asin(radar.sin_low) + u2 * 0.17
        )
        plot.mover, plot.track, plot.snr, plot.seen_s = -1, -1, 20.0, plot.time_s
        plot.key = radar.id ^ np.uint64(radar.scans * 4096 + k + 1)
    return n + min(whole, plots.shape[0] - n)


@njit
def sense(
    radar: Any, movers: Array, vertices: Array, masks: Array, airs: Array, dem: Array, plots: Array, exposure: Array,
    rows_of_exposure: Array, bins: Array, sampled: Array, attitudes: Array, aspects: Array, outcomes: Array,
    count: Array, key: Array, rules: Any, radar_row: int, time_s: float,
) -> int:  # fmt: skip
    """All looks of one scan; the plots are left in `plots`, their number is returned."""
    if radar.carrier >= 0:
        carry(radar, movers[radar.carrier], time_s)
    radar.scans = int((time_s - radar.phase_s) / radar.revisit_s + 0.5)  # by the clock: a silent radar loses no number
    n: Any = np.int64(0)  # a plain 0 would have what takes n compiled once more
    for i in range(movers.shape[0]):
        mover = movers[i]
        if mover.state != FLYING or i == radar.carrier or radar.sees & (1 << mover.klass) == 0:
            continue
        if radar.collects == 1 and mover.protected < 0:
            continue
        count[C_LOOKS] += 1
        snr, aspect = look_snr(radar, mover, masks, airs, dem, time_s, rules.dem_max_m)
        watched = mover.protected >= 0 and (snr > 0.0 or lit(radar, mover, masks, dem, time_s, rules.dem_max_m))
        if snr <= 0.0 and not watched:
            continue
        pd = pd_swerling(snr, radar.threshold, radar.swerling) if snr > 0.0 else 0.0
        seen = pd > 1e-4
        if seen:
            u, _, _, _ = uniforms(key, LOOK, radar.id, mover.id, radar.scans)
            seen = u < pd
        if watched:
            pair = rows_of_exposure[radar_row, mover.protected]
            expose(
                exposure[pair], bins[pair], sampled[pair], attitudes, aspects, count, radar, radar_row, mover, i, snr,
                aspect, seen, time_s)  # fmt: skip
        if not seen or radar.collects == 1 or n >= plots.shape[0]:
            continue
        plot = plots[n]
        plot.mover, plot.track, plot.key, plot.snr = i, -1, mover.id, snr
        outcome = outcomes[i]
        first = not outcome.first_detected_s <= time_s
        wanted = first or rules.fast == 0 or rules.detail == 1
        if wanted and not measure(plot, radar, mover, vertices, key, time_s, rules.fast):
            continue
        plot.seen_s = plot.time_s
        if first:
            outcome.first_detected_s, outcome.first_detected_m = time_s, plot.range_m
        n += 1
    if rules.fast == 0 and radar.false_plots > 0.0:
        n = false_plots(plots, n, radar, key, time_s)
    return n
