"""The fast option: a plot becomes a track with the covariance its filter would have.

quick   one row a network and mover: the row of its track there, and when it was hit

There is no association, hence none that is wrong, and no false track. The covariance goes through the same filter as in
full tracking (it does not depend on what a plot says, only on which radar made it and when); the error itself is drawn
about the truth when somebody reads a track. Wrongful engagements must come from full tracking.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit, njit_inside
from egide.picture.belief_kernels import clear_track, free_row, take_hit
from egide.picture.kalman_kernels import age, errors_of, weigh_plot
from egide.picture.scan_kernels import note
from egide.picture.tables import BEGUN, CONFIRMED, FIRM, FREE, TENTATIVE
from egide.rng import FAST_ERROR, normals

Array = np.ndarray[Any, Any]
SPEED_SD_M_S = 200.0  # of a track that has one plot only


@njit_inside
def note_hits(
    plots: Array, n: int, radar: Any, radar_row: int, tracks: Array, high: Array, numbers: Array, quick: Array,
    movers: Array, changes: Array, noise: Array, gain: Array, rules: Any, time_s: float,
) -> int:  # fmt: skip
    """Count each detection for the track of its mover. How many changes: tracks begun and confirmed."""
    changed: Any = np.int64(0)
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
            track.state, track.radar = TENTATIVE, radar_row
            track.confirm_by_s = time_s + radar.revisit_s * (rules.confirm_scans - 0.5)
            changed = note(changes, changed, slot, track, BEGUN)
            begin(track, movers[plot.mover], radar, plot, noise, time_s)
        else:
            track = tracks[slot]
            if track.remote >= 0:
                begin(track, movers[plot.mover], radar, plot, noise, time_s)
            else:
                sharpen(track, movers[plot.mover], radar, plot, noise, gain, rules, time_s)
        take_hit(track, plot.mover, radar_row, time_s)
        plot.track = track.number
        if track.state == TENTATIVE and track.hits >= rules.confirm_hits:
            track.state = FIRM
            changed = note(changes, changed, slot, track, CONFIRMED)
    return int(changed)


@njit
def show(track: Any, mover: Any, radar: Any, plot: Any, noise: Array, time_s: float) -> None:
    """Set a track to the truth, and `noise` to the covariance of this radar's plot of it."""
    dt = time_s - mover.t0_s
    for i in range(3):
        track.pos_m[i] = mover.pos_m[i] + mover.vel_m_s[i] * dt
        track.vel_m_s[i] = mover.vel_m_s[i]
    errors_of(noise, track.pos_m[0], track.pos_m[1], track.pos_m[2], radar, radar.assumed_height_sd_m)
    if plot.extra > 0.0:
        for i in range(3):
            for j in range(3):
                noise[i, j] *= 1.0 + plot.extra


@njit
def begin(track: Any, mover: Any, radar: Any, plot: Any, noise: Array, time_s: float) -> None:
    """First plot: its own covariance, and no idea of the speed."""
    show(track, mover, radar, plot, noise, time_s)
    track.time_s = time_s
    for i in range(3):
        for j in range(3):
            track.pp[i, j], track.pv[i, j], track.vv[i, j] = noise[i, j], 0.0, 0.0
        track.vv[i, i] = SPEED_SD_M_S * SPEED_SD_M_S


@njit
def sharpen(
    track: Any, mover: Any, radar: Any, plot: Any, noise: Array, gain: Array, rules: Any, time_s: float
) -> None:
    """A later plot: the covariance ages and takes it in."""
    age(track, time_s, rules.process_noise)
    show(track, mover, radar, plot, noise, time_s)
    weigh_plot(track, noise, gain)


@njit
def refresh(track: Any, network: Any, mover: Any, rules: Any, key: Array, time_s: float) -> None:
    """Bring a track to now: the truth with an error of its covariance, drawn by network, object and second."""
    n0, n1, n2, _ = normals(key, FAST_ERROR, network.id, track.key, int(time_s))
    age(track, time_s, rules.process_noise)
    dt = time_s - mover.t0_s
    track.pos_m[0] = mover.pos_m[0] + mover.vel_m_s[0] * dt + n0 * math.sqrt(track.pp[0, 0])
    track.pos_m[1] = mover.pos_m[1] + mover.vel_m_s[1] * dt + n1 * math.sqrt(track.pp[1, 1])
    track.pos_m[2] = mover.pos_m[2] + mover.vel_m_s[2] * dt + n2 * math.sqrt(track.pp[2, 2])
    for i in range(3):
        track.vel_m_s[i] = mover.vel_m_s[i]
