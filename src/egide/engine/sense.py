"""One scan of one radar: who is seen, who answers, who is heard.

look    one passing of the beam over one mover: range, elevation, sector, terrain, then a draw against Pd
reply   what a secondary radar on the same mast hears from a transponder: it needs no echo
plot    what came of it, or a false one (`engine.plots`)

SNR = snr_m2 x cross section x (share / range)^4, the catalogue's calibration form, with the share of a range that the
air leaves (`physics.air`), over 1 + J/N where it is jammed (`engine.jam`); Pd by Swerling case; elevations are lifted
by 4/3-Earth refraction. A passive sensor hears emitters, one way: SNR = hear_m2 x (share / range)^2. A scan's event is
the end of its turn; a plot carries the time at which the beam passed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.plots import ALLIANCE as ASKS_ALLIANCE
from egide.compiler.plots import CIVIL as ASKS_CIVIL
from egide.compiler.system import FLYING
from egide.engine.expose import blanked, expose, lit
from egide.engine.jam import jam_to_noise, spread_by_noise
from egide.engine.move import LIFT, aspect_of, carry, in_sight
from egide.engine.plots import (
    ALLIANCE_REPLY,
    CIVIL_REPLY,
    ECHO,
    EMISSION,
    apart,
    blur,
    clutter_plots,
    draw_bias,
    look_at,
    merge,
    noise_plots,
    place,
)  # fmt: skip
from egide.engine.queue import C_LOOKS
from egide.jit import njit, njit_inside
from egide.physics.air import air_share
from egide.physics.kernels import pd_swerling
from egide.picture.tables import BEARING, DIRECTION
from egide.rng import LOOK, uniforms

Array = np.ndarray[Any, Any]
SNR_NEGLIGIBLE = 0.05  # below it Pd is the false alarm rate, which false plots already stand for
PD_NEGLIGIBLE = 1e-4


@njit_inside
def look_snr(
    radar: Any, mover: Any, masks: Array, airs: Array, dem: Array, time_s: float, dem_max_m: float
) -> tuple[float, int]:
    """Signal to noise of one look and the aspect shown; 0 where the echo is too weak, -1 where the beam does not meet
    the mover at all (a weak echo may hide that it would not)."""
    dt = time_s - mover.t0_s
    dx = mover.pos_m[0] + mover.vel_m_s[0] * dt - radar.pos_m[0]
    dy = mover.pos_m[1] + mover.vel_m_s[1] * dt - radar.pos_m[1]
    dz = mover.pos_m[2] + mover.vel_m_s[2] * dt - radar.pos_m[2]
    r2 = dx * dx + dy * dy + dz * dz
    if r2 > radar.range_max_m * radar.range_max_m or r2 < radar.range_min_m * radar.range_min_m:
        return -1.0, 0
    aspect = aspect_of(mover.vel_m_s[0], mover.vel_m_s[1], mover.vel_m_s[2], dx, dy, dz, r2)
    snr = radar.snr_m2 * mover.rcs_m2[radar.band, aspect] / (r2 * r2)
    if snr < SNR_NEGLIGIBLE:
        return 0.0, aspect
    r = math.sqrt(r2)
    sin_elevation = (dx * radar.up[0] + dy * radar.up[1] + dz * radar.up[2]) / r + r * LIFT
    if sin_elevation < radar.sin_low or sin_elevation > radar.sin_high:
        return -1.0, aspect
    if radar.half_sector_rad < math.pi:
        east = dx * radar.east[0] + dy * radar.east[1]
        north = dx * radar.north[0] + dy * radar.north[1] + dz * radar.north[2]
        if apart(math.atan2(east, north), radar.azimuth_rad) > radar.half_sector_rad:
            return -1.0, aspect
    if radar.blanks > 0 and blanked(radar, dx, dy, dz):
        return -1.0, aspect
    height = mover.height_m + mover.height_rate * dt
    row, col = mover.row + mover.row_rate * dt, mover.col + mover.col_rate * dt
    if not in_sight(radar, masks, dem, row, col, height, r, dem_max_m):
        return -1.0, aspect
    share = air_share(airs[radar.air], radar.range_max_m, r, height)
    snr *= (share * share) * (share * share)
    if radar.jams > 0:
        snr /= 1.0 + jam_to_noise(radar, dx, dy, dz, r)
    return (snr, aspect) if snr >= SNR_NEGLIGIBLE else (0.0, aspect)


@njit
def heard_snr(radar: Any, mover: Any, masks: Array, airs: Array, dem: Array, time_s: float, dem_max_m: float) -> float:
    """Signal to noise at which a passive sensor hears an emitter: one way, and the geometry of any look."""
    dt = time_s - mover.t0_s
    r2 = 0.0
    for i in range(3):
        d = mover.pos_m[i] + mover.vel_m_s[i] * dt - radar.pos_m[i]
        r2 += d * d
    snr = radar.hear_m2 / r2
    if snr < SNR_NEGLIGIBLE or not lit(radar, mover, masks, dem, time_s, dem_max_m):
        return 0.0
    share = air_share(airs[radar.air], radar.range_max_m, math.sqrt(r2), mover.height_m + mover.height_rate * dt)
    return float(snr * share * share)


@njit
def replies(radar: Any, mover: Any, snr: float, masks: Array, dem: Array, time_s: float, dem_max_m: float) -> int:
    """Which replies an interrogation could bring, as bits: modes asked, transponders that work, within the
    interrogator's range and in the radar's view. `snr` below zero: not in view; above: in view."""
    bits = 0
    if radar.secondary & ASKS_CIVIL and mover.civil_works == 1:
        bits |= CIVIL_REPLY
    if radar.secondary & ASKS_ALLIANCE and mover.military_works == 1:
        bits |= ALLIANCE_REPLY
    if bits == 0 or snr < 0.0 or radar.interrogator_works == 0:
        return 0
    dt, r2 = time_s - mover.t0_s, 0.0
    for i in range(3):
        d = mover.pos_m[i] + mover.vel_m_s[i] * dt - radar.pos_m[i]
        r2 += d * d
    if r2 > radar.interrogator_m * radar.interrogator_m:
        return 0
    return bits if snr > 0.0 or lit(radar, mover, masks, dem, time_s, dem_max_m) else 0


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
    passive = radar.kind == DIRECTION or radar.kind == BEARING
    n: Any = np.int64(0)  # a plain 0 would have what takes n compiled once more
    for i in range(movers.shape[0]):
        mover = movers[i]
        if mover.state != FLYING or i == radar.carrier or radar.sees & (1 << mover.klass) == 0:
            continue
        if radar.collects == 1 and mover.protected < 0:
            continue
        if passive and (radar.collects == 1 or mover.emits + mover.civil_works + mover.military_works == 0):
            continue
        count[C_LOOKS] += 1
        if passive:
            snr, aspect = heard_snr(radar, mover, masks, airs, dem, time_s, rules.dem_max_m), 0
        else:
            snr, aspect = look_snr(radar, mover, masks, airs, dem, time_s, rules.dem_max_m)
        watched = mover.protected >= 0 and not passive
        if watched and snr <= 0.0:  # lit, but too weak an echo
            watched = snr == 0.0 and lit(radar, mover, masks, dem, time_s, rules.dem_max_m)
        asked = 0
        if radar.secondary != 0 and snr >= 0.0:
            asked = replies(radar, mover, snr, masks, dem, time_s, rules.dem_max_m)
        if snr <= 0.0 and not watched and asked == 0:
            continue
        pd = pd_swerling(snr, radar.threshold, radar.swerling) if snr > 0.0 else 0.0
        seen = pd > PD_NEGLIGIBLE
        signal = 0
        if seen or asked != 0:
            u, v, _, _ = uniforms(key, LOOK, radar.id, mover.id, radar.scans)
            seen = seen and u < pd
            if asked != 0 and v < radar.reply_probability:
                signal = asked
        if seen:
            signal |= EMISSION if passive else ECHO
        if watched:
            pair = rows_of_exposure[radar_row, mover.protected]
            expose(
                exposure[pair], bins[pair], sampled[pair], attitudes, aspects, count, radar, radar_row, mover, i, snr,
                aspect, seen, time_s)  # fmt: skip
        if signal == 0 or radar.collects == 1 or n >= plots.shape[0]:
            continue
        plot = plots[n]
        plot.mover, plot.track, plot.key, plot.snr, plot.signal, plot.objects = i, -1, mover.id, snr, signal, 1
        plot.extra = 0.0
        if radar.jams > 0 and signal == ECHO:  # who replies is measured by the reply
            plot.extra = spread_by_noise(radar, mover, snr, time_s)
        outcome = outcomes[i]
        first = not outcome.first_detected_s <= time_s
        if first or rules.fast == 0 or rules.detail == 1:
            if not look_at(plot, radar, mover, vertices, key, time_s, rules.fast):
                continue
            if first:
                outcome.first_detected_s, outcome.first_detected_m = time_s, plot.range_m
            if rules.fast == 1:
                place(plot, radar)
        n += 1
    if rules.fast == 1:
        return n
    if n > 1 and radar.range_cell_m > 0.0:
        n = merge(plots, n, radar)
    draw_bias(radar, key)
    for k in range(n):
        blur(plots[k], radar, key)
    if radar.false_plots > radar.clutter_plots:
        n = noise_plots(plots, n, radar, key, time_s)
    if radar.clutter_m2 > 0.0 and radar.mask >= 0:
        n = clutter_plots(plots, n, radar, masks, dem, key, time_s)
    return n
