"""The fast option: a plot becomes a track with the covariance its filter would have.

quick   one row a network and mover: the row of its track there, and when it was hit

There is no filter, no wrong association and no false track: tracking error is drawn when somebody reads a track, about
the truth, from the steady-state variance of an alpha-beta filter. Wrongful engagements must come from full tracking.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.associate_kernels import clear_track, free_row
from egide.picture.tables import FIRM, FREE, TENTATIVE
from egide.rng import FAST_ERROR, normals

Array = np.ndarray[Any, Any]
SMOOTHING = 0.5  # filtered over measured standard deviation of a manoeuvre-ready filter at these revisits
SPEED_SD_M_S = 5.0


@njit
def note_hits(
    plots: Array, n: int, radar: Any, radar_row: int, tracks: Array, high: Array, numbers: Array, quick: Array,
    movers: Array, newly: Array, rules: Any, time_s: float,
) -> int:  # fmt: skip
    """Count each detection for the track of its mover; rows that became firm are left in `newly`."""
    firm = started = 0
    network = radar.network
    for k in range(n):
        plot = plots[k]
        slot = quick[plot.mover]
        if slot < 0 or tracks[slot].state == FREE or tracks[slot].mover != plot.mover:
            slot = free_row(tracks, high, network)
            if slot < 0:
                continue
            quick[plot.mover] = slot
            track = tracks[slot]
            clear_track(track, numbers[network], plot.key, plot.mover, time_s)
            numbers[network] += 1
            track.state, track.time_s = TENTATIVE, time_s
            track.confirm_by_s = time_s + radar.revisit_s * (rules.confirm_scans - 0.5)
            started += 1
            newly[newly.shape[0] - 1 - started] = slot
            spread(track, movers[plot.mover], radar, time_s)
        track = tracks[slot]
        if track.remote >= 0:
            track.remote = -1
            spread(track, movers[plot.mover], radar, time_s)
        track.hits += 1
        track.hit_s, track.radar = time_s, radar_row
        plot.track = track.number
        if track.state == TENTATIVE and track.hits >= rules.confirm_hits:
            track.state = FIRM
            newly[firm] = slot
            firm += 1
            spread(track, movers[plot.mover], radar, time_s)
    newly[newly.shape[0] - 1] = started
    return firm


@njit
def spread(track: Any, mover: Any, radar: Any, time_s: float) -> None:
    """Position of the truth and the covariance a filter on this radar's plots would carry."""
    dt = time_s - mover.t0_s
    d2 = 0.0
    for i in range(3):
        track.pos_m[i] = mover.pos_m[i] + mover.vel_m_s[i] * dt
        track.vel_m_s[i] = mover.vel_m_s[i]
        d2 += (track.pos_m[i] - radar.pos_m[i]) ** 2
    track.time_s = time_s
    across2 = d2 * (radar.azimuth_error_rad**2 + radar.elevation_error_rad**2)
    variance = SMOOTHING * SMOOTHING * (radar.range_error_m**2 + across2) / 3.0
    for i in range(3):
        for j in range(3):
            track.pp[i, j] = track.pv[i, j] = track.vv[i, j] = 0.0
        track.pp[i, i] = variance
        track.vv[i, i] = SPEED_SD_M_S * SPEED_SD_M_S


@njit
def refresh(track: Any, network: Any, mover: Any, rules: Any, key: Array, time_s: float) -> None:
    """Bring a track to now: the truth with an error drawn by network, object and second."""
    if track.time_s == time_s:
        return
    n0, n1, n2, _ = normals(key, FAST_ERROR, network.id, track.key, int(time_s))
    sd = math.sqrt(track.pp[0, 0])
    dt = time_s - mover.t0_s
    track.pos_m[0] = mover.pos_m[0] + mover.vel_m_s[0] * dt + n0 * sd
    track.pos_m[1] = mover.pos_m[1] + mover.vel_m_s[1] * dt + n1 * sd
    track.pos_m[2] = mover.pos_m[2] + mover.vel_m_s[2] * dt + n2 * sd
    for i in range(3):
        track.vel_m_s[i] = mover.vel_m_s[i]
    track.time_s = time_s
