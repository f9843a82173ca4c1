"""The log: the only way results leave a replication. One record array a table (egide.events), one counter each."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.engine.plots import CIVIL_REPLY
from egide.engine.queue import C_DECISIONS, C_IDENTITIES, C_PLOTS, C_TRACKS
from egide.events import B_FUSED, B_OWN, B_TOLD, D_NO_ENGAGE
from egide.jit import njit
from egide.physics.kernels import geodetic_from_ecef
from egide.picture.fuse_kernels import believe
from egide.picture.kalman_kernels import sigma_m

Array = np.ndarray[Any, Any]
DEG = 180.0 / math.pi
NO_WEAPON: Final[Any] = np.int64(-1)


@njit
def log_plots(plots: Array, n: int, radar_row: int, kind: int, network: int, log: Array, count: Array) -> None:
    for k in range(n):
        plot, row = plots[k], log[count[C_PLOTS]]
        count[C_PLOTS] += 1
        row.time_s, row.range_m, row.azimuth_rad, row.elevation_rad = (
            plot.seen_s, plot.range_m, plot.azimuth_rad, plot.elevation_rad)  # fmt: skip
        row.snr_db = 10.0 * math.log10(plot.snr) if plot.snr > 0.0 else math.nan
        row.rate_m_s, row.height_m = plot.rate_m_s, plot.height_m if plot.signal & CIVIL_REPLY else math.nan
        row.radar, row.mover, row.network, row.track = radar_row, plot.mover, network, plot.track
        row.sensor, row.signal, row.objects = kind, plot.signal, plot.objects


@njit
def log_track(
    track: Any, heard: Array, held: Any, network: int, event: int, time_s: float, rules: Any, work: Array, log: Array,
    count: Array,
) -> None:  # fmt: skip
    """What the network believes of a track's object, as of the newest state that this rests on."""
    row = log[count[C_TRACKS]]
    count[C_TRACKS] += 1
    track.log_s = time_s
    believe(track, heard, held, network, time_s, rules, work)
    lat, lon, height = geodetic_from_ecef(held.pos_m[0], held.pos_m[1], held.pos_m[2])
    vx, vy, vz = held.vel_m_s[0], held.vel_m_s[1], held.vel_m_s[2]
    east = -vx * math.sin(lon) + vy * math.cos(lon)
    north = -(vx * math.cos(lon) + vy * math.sin(lon)) * math.sin(lat) + vz * math.cos(lat)
    row.time_s, row.latitude_deg, row.longitude_deg, row.height_m = time_s, lat * DEG, lon * DEG, height
    row.speed_m_s, row.heading_deg = math.sqrt(vx * vx + vy * vy + vz * vz), (math.atan2(east, north) * DEG) % 360.0
    row.sigma_m, row.network, row.track, row.mover = sigma_m(held), network, track.number, track.mover
    row.event, row.identity, row.age_s, row.pedigree = event, track.identity, time_s - track.hit_s, held.pedigree
    row.source = B_OWN
    if track.remote >= 0:
        row.source = B_TOLD
    elif held.pedigree != 1 << network:
        row.source = B_FUSED


@njit
def log_identity(track: Any, network: int, prior: Array, time_s: float, log: Array, count: Array) -> None:
    row = log[count[C_IDENTITIES]]
    count[C_IDENTITIES] += 1
    row.time_s, row.p_friend, row.p_neutral, row.p_hostile = time_s, track.p[0], track.p[1], track.p[2]
    row.network, row.track, row.mover, row.identity = network, track.number, track.mover, track.identity
    row.evidence, row.told_by, row.told, row.own, row.mate = (
        track.evidence, track.told_by, track.told, track.own, track.mate)  # fmt: skip
    row.prior_friend, row.prior_neutral, row.prior_hostile = prior[0], prior[1], prior[2]


@njit
def log_decision(
    battery: int, track: Any, decision: int, reason: int, weapon: int, p_kill: float, flight_s: float, time_s: float,
    log: Array, count: Array,
) -> None:  # fmt: skip
    row = log[count[C_DECISIONS]]
    count[C_DECISIONS] += 1
    row.time_s, row.p_hostile, row.p_kill, row.time_of_flight_s = time_s, track.p[2], p_kill, flight_s
    row.battery, row.track, row.mover, row.decision = battery, track.number, track.mover, decision
    row.reason, row.identity, row.weapon = reason, track.identity, weapon


@njit
def log_refusal(
    battery: int, track: Any, slot: int, reason: int, reasons: Array, outcomes: Array, time_s: float,
    log: Array, count: Array,
) -> None:  # fmt: skip
    """Why nothing was fired: written when the reason changes, kept as the object's last reason."""
    if track.mover >= 0:
        outcomes[track.mover].reason = reason
    if reasons[battery, slot] != reason:
        reasons[battery, slot] = reason
        log_decision(battery, track, D_NO_ENGAGE, reason, NO_WEAPON, 0.0, 0.0, time_s, log, count)
