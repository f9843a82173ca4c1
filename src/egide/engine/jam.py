"""Noise from jammers, in radars and in the receivers of links.

listen   which jammers a radar hears now, each with its direction and the J/N it would have in the main lobe
pattern  one-way gain off the beam's middle, a share of the main lobe's: Gaussian, never below the side lobes
cut      a link is down while the noise in its receiver is too strong beside its signal

J adds over jammers. A radar's own list is filled before its scan, or before a battery asks whether it holds a target;
`engine.sense.look_snr` divides by 1 + J/N. Equations, sources and limits: docs/models/jamming.md.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import FLYING, MOST_JAMMERS
from egide.constants import EFFECTIVE_EARTH
from egide.engine.move import carry, in_sight
from egide.events import FRIEND
from egide.jit import njit
from egide.physics.air import air_share
from egide.physics.kernels import ray_is_clear

Array = np.ndarray[Any, Any]
FOUR_LN_2 = 4.0 * math.log(2.0)
JAM_S = 5.0  # between two looks at who is in sight of a link's receiver
JAM_AZIMUTH, JAM_ELEVATION, JAM_TO_NOISE = 0, 1, 2


@njit
def is_on(jammer: Any, time_s: float) -> bool:
    """Whether a jammer transmits: inside one of its windows, always where it has none."""
    for w in range(jammer.windows):
        if jammer.on_s[w, 0] <= time_s < jammer.on_s[w, 1]:
            return True
    return bool(jammer.windows == 0)


@njit
def listen(
    radar: Any, jammers: Array, movers: Array, masks: Array, airs: Array, dem: Array, dem_max_m: float, time_s: float
) -> None:
    """Note on the radar's row every jammer of another party in its band, on, and in line of sight. Those beyond the
    radar's mask are asked of the terrain itself."""
    if radar.carrier >= 0:
        carry(radar, movers[radar.carrier], time_s)
    n: Any = np.int64(0)
    for j in range(min(jammers.shape[0], MOST_JAMMERS)):
        jammer = jammers[j]
        mover = movers[jammer.mover]
        if mover.state != FLYING or jammer.bands & (1 << radar.band) == 0 or not is_on(jammer, time_s):
            continue
        if (mover.relation == FRIEND) != (radar.collects == 1):  # nobody jams his own
            continue
        dt = time_s - mover.t0_s
        dx = mover.pos_m[0] + mover.vel_m_s[0] * dt - radar.pos_m[0]
        dy = mover.pos_m[1] + mover.vel_m_s[1] * dt - radar.pos_m[1]
        dz = mover.pos_m[2] + mover.vel_m_s[2] * dt - radar.pos_m[2]
        r = math.sqrt(dx * dx + dy * dy + dz * dz)
        row, col = mover.row + mover.row_rate * dt, mover.col + mover.col_rate * dt
        height = mover.height_m + mover.height_rate * dt
        if r <= radar.range_max_m:
            seen = in_sight(radar, masks, dem, row, col, height, r, dem_max_m)
        else:
            seen = ray_is_clear(
                dem, radar.row, radar.col, radar.height_m, row, col, height, r, EFFECTIVE_EARTH, dem_max_m)  # fmt: skip
        if not seen:
            continue
        share = air_share(airs[radar.air], radar.range_max_m, r, height)
        wide_hz = max(jammer.bandwidth_hz, radar.noise_hz)
        radar.jam[n, JAM_AZIMUTH], radar.jam[n, JAM_ELEVATION] = angles(radar, dx, dy, dz, r)
        radar.jam[n, JAM_TO_NOISE] = jammer.erp_w * radar.jam_gain / (r * r * wide_hz) * share * share
        n += 1
    radar.jams = n


@njit
def angles(radar: Any, dx: float, dy: float, dz: float, r: float) -> tuple[float, float]:
    """Azimuth and elevation of a vector of length r from the radar."""
    east = dx * radar.east[0] + dy * radar.east[1] + dz * radar.east[2]
    north = dx * radar.north[0] + dy * radar.north[1] + dz * radar.north[2]
    up = dx * radar.up[0] + dy * radar.up[1] + dz * radar.up[2]
    return math.atan2(east, north), math.asin(min(max(up / r, -1.0), 1.0))


@njit
def pattern(radar: Any, azimuth_off_rad: float, elevation_off_rad: float) -> float:
    """One-way gain at a distance from the beam's middle; a beam of no stated elevation is a fan."""
    a = azimuth_off_rad / radar.beam_azimuth_rad
    x = a * a
    if radar.beam_elevation_rad > 0.0:
        e = elevation_off_rad / radar.beam_elevation_rad
        x += e * e
    return float(max(math.exp(-FOUR_LN_2 * x), radar.side_lobe))


@njit
def jam_to_noise(radar: Any, dx: float, dy: float, dz: float, r: float) -> float:
    """J/N of all jammers heard while the beam points along d."""
    azimuth, elevation = angles(radar, dx, dy, dz, r)
    flat = math.cos(elevation)
    total = 0.0
    for n in range(radar.jams):
        off = azimuth - radar.jam[n, JAM_AZIMUTH]
        off -= 2.0 * math.pi * math.floor(off / (2.0 * math.pi) + 0.5)
        total += radar.jam[n, JAM_TO_NOISE] * pattern(radar, off * flat, elevation - radar.jam[n, JAM_ELEVATION])
    return total


@njit
def spread_by_noise(radar: Any, mover: Any, snr: float, time_s: float) -> float:
    """By how much jamming raises the variance of a plot's errors, as a share: they go with 1 / (S/N), down to those
    stated, which hold from `error_snr` on. snr: with the noise."""
    dt = time_s - mover.t0_s
    dx = mover.pos_m[0] + mover.vel_m_s[0] * dt - radar.pos_m[0]
    dy = mover.pos_m[1] + mover.vel_m_s[1] * dt - radar.pos_m[1]
    dz = mover.pos_m[2] + mover.vel_m_s[2] * dt - radar.pos_m[2]
    free = snr * (1.0 + jam_to_noise(radar, dx, dy, dz, math.sqrt(dx * dx + dy * dy + dz * dz)))
    return float(min(free, radar.error_snr) / min(snr, radar.error_snr) - 1.0)


@njit
def jam_links(
    radios: Array, links: Array, jammers: Array, movers: Array, dem: Array, dem_max_m: float, time_s: float
) -> None:
    """JAM: a link whose receiver hears too much noise goes down, and comes back when it no longer does."""
    for i in range(radios.shape[0]):
        radio = radios[i]
        link = links[radio.link]
        total = 0.0
        for j in range(jammers.shape[0]):
            jammer = jammers[j]
            if jammer.bands & (1 << radio.band) and is_on(jammer, time_s):
                total += noise_at(radio, jammer, movers[jammer.mover], dem, dem_max_m, time_s)
        link.cut = 1 if total > radio.most * radio.signal else 0
        join(link)


@njit
def join(link: Any) -> None:
    """A link is up where neither its plan nor noise has it down."""
    link.up_now = 1 if link.shut == 0 and link.cut == 0 else 0


@njit
def noise_at(radio: Any, jammer: Any, mover: Any, dem: Array, dem_max_m: float, time_s: float) -> float:
    """Power times gain over range^2 of one jammer at a receiver, as far as it falls in its band; 0 out of sight."""
    if mover.state != FLYING or mover.relation == FRIEND:
        return 0.0
    dt, r2 = time_s - mover.t0_s, 0.0
    for i in range(3):
        d = mover.pos_m[i] + mover.vel_m_s[i] * dt - radio.pos_m[i]
        r2 += d * d
    row, col = mover.row + mover.row_rate * dt, mover.col + mover.col_rate * dt
    height = mover.height_m + mover.height_rate * dt
    if not ray_is_clear(
        dem, radio.row, radio.col, radio.height_m, row, col, height, math.sqrt(r2), EFFECTIVE_EARTH, dem_max_m
    ):
        return 0.0
    return float(jammer.erp_w / r2 * min(radio.bandwidth_hz / jammer.bandwidth_hz, 1.0))
