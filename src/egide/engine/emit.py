"""Which radars transmit: by plan, when told of somebody, for an engagement only, or not while they are attacked.

planned   up by its windows
hushed    silent by a rule of emission control that looks at the picture
cued      silent until the network tells of a stranger inside a range
ambush    an engagement radar, silent until there is a target to engage inside a range
shutdown  silent while something fast comes straight at it, and for a while after
dry       silent once the battery's missiles are spent

Rules read the picture, never the truth. Equations and limits: docs/models/emission.md.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.events import ID_ASSUMED_FRIEND, ID_FRIEND, ID_HOSTILE, ID_NEUTRAL, ID_SUSPECT
from egide.jit import njit
from egide.picture.tables import FIRM

Array = np.ndarray[Any, Any]
EMIT_S = 1.0  # between two looks at the picture


@njit
def ruled(radar: Any, batteries: Array) -> bool:
    """Whether any rule beside the plan says when it transmits."""
    dry = radar.battery >= 0 and batteries[radar.battery].dry_silent == 1
    return bool(dry or radar.cue_m > 0.0 or radar.ambush_m > 0.0 or radar.shutdown_m > 0.0)


@njit
def power(radar: Any, planned: int, hushed: int, time_s: float) -> None:
    """Set a radar's plan and rule, and what follows from both."""
    radar.planned, radar.hushed = planned, hushed
    up = 1 if planned == 1 and hushed == 0 and radar.lost == 0 else 0
    if radar.up_now == 1 and up == 0:
        radar.quiet_s = time_s
    radar.up_now = up


@njit
def off_by(radar: Any, track: Any, time_s: float) -> tuple[float, float, float]:
    """Of a track, now: squared distance from the radar, closing speed times distance, squared speed."""
    dt = time_s - track.time_s
    d2, closing, speed2 = 0.0, 0.0, 0.0
    for i in range(3):
        v = track.vel_m_s[i]
        d = track.pos_m[i] + v * dt - radar.pos_m[i]
        d2 += d * d
        closing -= d * v
        speed2 += v * v
    return d2, closing, speed2


@njit
def look_around(radar: Any, batteries: Array, tracks: Array, high: int, time_s: float) -> None:
    """Note the last reasons to transmit and to be silent that the picture gives."""
    engages = 0
    if radar.battery >= 0:
        battery = batteries[radar.battery]
        engages = battery.engages | battery.free_engages
        if radar.ambush_m > 0.0 and battery.channels_used + battery.guided_used > 0:
            radar.wanted_s = time_s
    for i in range(high):
        track = tracks[i]
        if track.state != FIRM:
            continue
        who = track.identity
        if who in (ID_FRIEND, ID_ASSUMED_FRIEND, ID_NEUTRAL):
            continue
        d2, closing, speed2 = off_by(radar, track, time_s)
        if d2 <= radar.cue_m * radar.cue_m:
            radar.wanted_s = time_s
        if d2 <= radar.ambush_m * radar.ambush_m and engages & (1 << who):
            radar.wanted_s = time_s
        inbound = closing > 0.0 and d2 * speed2 - closing * closing < speed2 * d2 / 9.0
        fast = speed2 >= radar.shutdown_m_s * radar.shutdown_m_s
        if who in (ID_HOSTILE, ID_SUSPECT) and inbound and fast and d2 <= radar.shutdown_m * radar.shutdown_m:
            radar.threat_s = time_s


@njit
def is_dry(battery: Any, stores: Array) -> bool:
    """Whether the last missile is gone, and guided to its end."""
    left = 0
    for s in range(battery.first_store, battery.first_store + battery.stores):
        left += stores[s].left
    return bool(left == 0 and battery.guided_used == 0)


@njit
def emit(radars: Array, batteries: Array, stores: Array, tracks: Array, high: Array, time_s: float) -> None:
    """EMIT: every radar with a rule transmits or falls silent."""
    for r in range(radars.shape[0]):
        radar = radars[r]
        if radar.lost == 1 or not ruled(radar, batteries):
            continue
        look_around(radar, batteries, tracks[radar.network], high[radar.network], time_s)
        waits = radar.cue_m > 0.0 or radar.ambush_m > 0.0
        hushed = waits and time_s - radar.wanted_s > radar.linger_s
        if radar.shutdown_m > 0.0 and time_s - radar.threat_s <= radar.resume_s:
            hushed = True
        if radar.battery >= 0 and batteries[radar.battery].dry_silent == 1:
            hushed = hushed or is_dry(batteries[radar.battery], stores)
        power(radar, radar.planned, 1 if hushed else 0, time_s)


@njit
def radars_of(asset: Any, batteries: Array) -> tuple[int, int]:
    """First row, and the one after the last, of the radars of a unit that can be hit."""
    if asset.battery >= 0:
        first = batteries[asset.battery].first_radar
        return first, first + batteries[asset.battery].radars
    if asset.radar >= 0:
        return asset.radar, asset.radar + 1
    return 0, 0


@njit
def silent_for(radars: Array, batteries: Array, asset: Any, time_s: float) -> float:
    """For how long no radar of a unit has transmitted; infinite where it has none."""
    shortest = math.inf
    first, last = radars_of(asset, batteries)
    for r in range(first, last):
        shortest = min(shortest, 0.0 if radars[r].up_now == 1 else time_s - radars[r].quiet_s)
    return shortest


@njit
def fall_silent(radars: Array, batteries: Array, asset: Any, time_s: float) -> None:
    """Note when the radars of a unit that is put out of action transmitted last."""
    first, last = radars_of(asset, batteries)
    for r in range(first, last):
        if radars[r].up_now == 1:
            radars[r].quiet_s = time_s
