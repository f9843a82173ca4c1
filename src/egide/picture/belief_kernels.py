"""Rows of a picture: finding a free one, making it ready, counting hits, setting it from outside.

belief   one track with all that its models believe of it
told     set by somebody else's report, not by plots of this picture's own sensors
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import EARTH_RADIUS_M
from egide.jit import njit
from egide.picture.modes_kernels import CRUISE, FALL, TURN
from egide.picture.tables import FREE, TENTATIVE

Array = np.ndarray[Any, Any]
TOLD_SCORE = math.log(1e3)  # of what another picture is sure of: the odds at which this one would be
TOLD_TURN_SD_RAD_S = 0.1  # a report says nothing of the rate of turn
ASTRAY = 3  # false plots in a row
FALLS_M_S, FALLS_ABOVE_M = 1_000.0, 25_000.0  # a told track beyond either is out of the hands of wings


@njit
def free_row(tracks: Array, high: Array, network: int) -> int:
    """A free row of a picture, the lowest; -1 where the table is full."""
    for i in range(high[network]):
        if tracks[i].state == FREE:
            return i
    if high[network] < tracks.shape[0]:
        high[network] += 1
        return high[network] - 1
    return -1


@njit
def clear_track(track: Any, number: int, key: np.uint64, mover: int, time_s: float) -> None:
    """A row made ready for a new track."""
    track.number, track.key, track.mover = number, key, mover
    track.start_s, track.hit_s, track.log_s = time_s, time_s, -math.inf
    track.identity, track.own, track.evidence, track.told, track.told_by, track.remote = 0, 0, 0, -1, -1, -1
    track.identity_s, track.told_s, track.killed_s = -math.inf, -math.inf, -math.inf
    track.engaged_by, track.engagements, track.origin, track.hits = -1, 0, 0, 0
    track.p[0], track.p[1], track.p[2] = 0.0, 0.0, 0.0
    track.confirm_by_s, track.radar, track.score, track.misses, track.scans = math.inf, -1, 0.0, 0, 0
    track.strays = 0
    track.mode_p[0], track.mode_p[1], track.mode_p[2] = 0.0, 0.0, 0.0
    track.borrowed, track.borrowed_s = 0, -math.inf
    track.other, track.judged, track.chance_s, track.chance_by, track.chances = 0, -1, -math.inf, 0, 0


@njit
def take_hit(track: Any, mover: int, sensor_row: int, time_s: float) -> None:
    """Count a hit. M of N counts the scans of the sensor that started the track: many sensors' chances would confirm
    noise. A false plot that a firm track takes does not change whose plots it rests on; one after another do: it then
    follows nothing."""
    if track.state != TENTATIVE or track.radar == sensor_row:
        track.hits += 1
        track.radar = sensor_row
    track.strays = 0 if mover >= 0 else track.strays + 1
    if mover >= 0 or track.state == TENTATIVE or track.strays >= ASTRAY:
        track.mover = mover
    track.hit_s, track.misses, track.remote = time_s, 0, -1


@njit
def set_belief(track: Any, models: int) -> None:
    """Have all models believe what the track's combined place, speed and covariance say: for whoever sets a track from
    outside. What was believed of the mode of motion stays; a new track cruises, or falls if so fast or high."""
    for mode in range(models):
        x, p = track.mode_mean[mode], track.mode_cov[mode]
        p[:, :] = 0.0
        x[6] = 0.0
        for i in range(3):
            x[i], x[3 + i] = track.pos_m[i], track.vel_m_s[i]
            for j in range(3):
                p[i, j], p[3 + i, 3 + j] = track.pp[i, j], track.vv[i, j]
                p[i, 3 + j], p[3 + j, i] = track.pv[i, j], track.pv[i, j]
    if models > 1:
        track.mode_cov[TURN, 6, 6] = TOLD_TURN_SD_RAD_S * TOLD_TURN_SD_RAD_S
    if track.mode_p[0] + track.mode_p[1] + track.mode_p[2] < 0.5:
        r2 = speed2 = 0.0
        for i in range(3):
            r2 += track.pos_m[i] * track.pos_m[i]
            speed2 += track.vel_m_s[i] * track.vel_m_s[i]
        falls = speed2 > FALLS_M_S * FALLS_M_S or r2 > (EARTH_RADIUS_M + FALLS_ABOVE_M) ** 2
        track.mode_p[0], track.mode_p[1], track.mode_p[2] = 0.0, 0.0, 0.0
        track.mode_p[FALL if falls and models > 1 else CRUISE] = 1.0
    track.score = max(track.score, TOLD_SCORE)
