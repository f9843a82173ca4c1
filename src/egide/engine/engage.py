"""From the decision to the missile's meeting place.

LAUNCH   look again (identity, track, reach, missiles), then fire a salvo; or abort
MEET     the missile arrives where the target was predicted: kill, miss, already dead, run away
ASSESS   the battery makes up its mind, sometimes wrongly, and shoots again or lets go
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import DEAD, FLYING
from egide.engine.decide import allowed, looks_like, shot_at
from egide.engine.log import log_decision
from egide.engine.queue import ASSESS, C_SHOTS, LAUNCH, MEET, NOBODY, RELOAD, push
from egide.events import (
    D_ABORT,
    D_ASSESS_KILL,
    D_ASSESS_MISS,
    D_LAUNCH,
    F_KILLED,
    R_IDENTITY_CHANGED,
    R_NO_MISSILE,
    R_NONE,
    R_TRACK_LOST,
    R_UNIT_DOWN,
    S_KILL,
    S_MISS,
    S_NO_OBJECT,
    S_OUT_OF_REACH,
    S_TARGET_DEAD,
)  # fmt: skip
from egide.jit import njit
from egide.physics.kernels import geodetic_from_ecef
from egide.picture.kalman_kernels import sigma_m
from egide.picture.tables import FIRM
from egide.rng import ASSESS as ASSESS_DRAW
from egide.rng import KILL, triangular, uniform, uniforms

Array = np.ndarray[Any, Any]
RUN_AWAY = 1.15  # a target farther than this times what the missile can have flown is out of reach


@njit
def close(e: Any, battery: Any, tracks: Array) -> None:
    """End an engagement: the channel is free and the track is anybody's."""
    e.open = 0
    battery.channels_used -= 1
    track = tracks[e.slot]
    if track.number == e.number:
        track.engagements -= 1
        if track.engagements <= 0:
            track.engagements, track.engaged_by = 0, -1


@njit
def reason_to_abort(
    e: Any, battery: Any, store: Any, track: Any, weapon_control: int, time_s: float, rules: Any
) -> tuple[int, float, float]:
    """Last look before a salvo: (reason against or R_NONE, time of flight, kill probability)."""
    if battery.up_now == 0:
        return R_UNIT_DOWN, 0.0, 0.0
    if track.state != FIRM or track.number != e.number:
        return R_TRACK_LOST, 0.0, 0.0
    distance2 = 0.0
    for i in range(3):
        distance2 += (track.pos_m[i] - battery.pos_m[i]) ** 2
    if allowed(battery, track, weapon_control, math.sqrt(distance2)) != R_NONE:
        return R_IDENTITY_CHANGED, 0.0, 0.0
    if store.ready <= battery.reserve:
        return R_NO_MISSILE, 0.0, 0.0
    _, _, height = geodetic_from_ecef(track.pos_m[0], track.pos_m[1], track.pos_m[2])
    klass = looks_like(track, height, rules)
    b = battery.pos_m
    return shot_at(store, track, b[0], b[1], b[2], klass, 0.0, time_s, rules)


@njit
def fire(
    e: Any, row: int, battery: Any, stores: Array, track: Any, flight_s: float, in_flight: Array, outcomes: Array,
    queue: Array, shots: Array, count: Array, rules: Any, time_s: float,
) -> None:  # fmt: skip
    """One salvo: each missile leaves the magazine once and gets its own meeting."""
    store = stores[e.store]
    n = min(battery.salvo, store.ready - battery.reserve, battery.max_shots - e.fired)
    mover = track.mover
    other = 0
    if mover >= 0:
        for b in range(in_flight.shape[0]):
            if b != e.battery and in_flight[b, mover] > 0:
                other = 1
        outcome = outcomes[mover]
        outcome.shots += n
        if not outcome.first_engaged_s <= time_s:
            outcome.first_engaged_s, outcome.first_engaged_m = time_s, flight_s * store.speed_m_s
        outcome.engagements += 1 if e.salvos == 0 else 0
        in_flight[e.battery, mover] += n
    e.salvos += 1
    for k in range(n):
        shot = shots[count[C_SHOTS]]
        launch_s = time_s + k * battery.salvo_interval_s
        shot.launch_s, shot.meet_s, shot.range_m = launch_s, launch_s + flight_s, flight_s * store.speed_m_s
        shot.p_kill = 1.0 / (1.0 + (sigma_m(track) / rules.error_half_m) ** 2)
        shot.battery, shot.weapon, shot.track, shot.mover = e.battery, store.weapon, track.number, mover
        shot.result, shot.identity, shot.duplicate, shot.salvo = -1, track.identity, other, e.salvos
        push(queue, count, shot.meet_s, MEET, row, count[C_SHOTS], NOBODY)
        count[C_SHOTS] += 1
    store.left -= n
    store.ready -= n
    e.fired += n
    e.in_flight += n
    battery.guided_used += n
    if store.ready <= battery.reserve and store.left > store.ready and store.reloading == 0:
        store.reloading = 1
        push(queue, count, time_s + store.reload_s, RELOAD, e.battery, e.store, NOBODY)


@njit
def launch(
    e: Any, row: int, battery: Any, stores: Array, tracks: Array, weapon_control: int, in_flight: Array, fired: Array,
    outcomes: Array, queue: Array, shots: Array, decisions: Array, count: Array, rules: Any, time_s: float,
) -> None:  # fmt: skip
    """LAUNCH."""
    track = tracks[e.slot]
    store = stores[e.store]
    reason, flight_s, p = reason_to_abort(e, battery, store, track, weapon_control, time_s, rules)
    if reason != R_NONE:
        if track.number == e.number:
            log_decision(e.battery, track, D_ABORT, reason, store.weapon, 0.0, 0.0, time_s, decisions, count)
        close(e, battery, tracks)
        return
    log_decision(e.battery, track, D_LAUNCH, R_NONE, store.weapon, p, flight_s, time_s, decisions, count)
    before = e.fired
    fire(e, row, battery, stores, track, flight_s, in_flight, outcomes, queue, shots, count, rules, time_s)
    fired[e.battery, e.slot] += e.fired - before


@njit
def reload(store: Any, battery: Any) -> None:
    """RELOAD: the launchers are full again, or as full as the stock allows."""
    store.reloading = 0
    store.ready = min(store.capacity, store.left)


@njit
def result_of(
    shot: Any, e: Any, battery: Any, store: Any, movers: Array, key: Array, occasion: int, time_s: float
) -> int:
    """What one missile did, by the truth at the time of meeting."""
    if shot.mover < 0:
        return S_NO_OBJECT
    mover = movers[shot.mover]
    if mover.state != FLYING:
        return S_TARGET_DEAD
    dt = time_s - mover.t0_s
    d2 = 0.0
    for i in range(3):
        d2 += (mover.pos_m[i] + mover.vel_m_s[i] * dt - battery.pos_m[i]) ** 2
    if math.sqrt(d2) > RUN_AWAY * max(shot.range_m, store.range_min_m):
        return S_OUT_OF_REACH
    klass = 0 if mover.klass == 4 else mover.klass  # an airliner is killed like any aircraft
    shot.p_kill = shot.p_kill * store.kill[klass]
    return S_KILL if uniform(key, KILL, battery.id, mover.id, occasion) < shot.p_kill else S_MISS


@njit
def meet(
    e: Any, row: int, shot: Any, shot_row: int, battery: Any, stores: Array, movers: Array, in_flight: Array,
    met: Array, outcomes: Array, queue: Array, key: Array, count: Array, time_s: float,
) -> None:  # fmt: skip
    """MEET: one draw named by battery, object and how many missiles of this battery met it before."""
    occasion = 0
    if shot.mover >= 0:
        occasion = met[e.battery, shot.mover]
        met[e.battery, shot.mover] += 1
        in_flight[e.battery, shot.mover] -= 1
    shot.result = result_of(shot, e, battery, stores[e.store], movers, key, occasion, time_s)
    e.in_flight -= 1
    battery.guided_used -= 1
    if shot.result == S_KILL or shot.result == S_TARGET_DEAD:
        e.hit = 1
    if shot.result == S_KILL:
        mover = movers[shot.mover]
        mover.state = DEAD
        outcome = outcomes[shot.mover]
        outcome.end_s, outcome.fate, outcome.killed_by = time_s, F_KILLED, e.battery
    if e.in_flight == 0:
        subject = movers[shot.mover].id if shot.mover >= 0 else battery.id
        u, v, _, _ = uniforms(key, ASSESS_DRAW, battery.id, subject, occasion)
        wait_s = triangular(u, battery.assess_s[0], battery.assess_s[1], battery.assess_s[2])
        wrong = v < (battery.kill_called_miss if e.hit == 1 else battery.miss_called_kill)
        push(queue, count, time_s + wait_s, ASSESS, e.battery, row, 1 - e.hit if wrong else e.hit)


@njit
def assess(
    e: Any, row: int, battery: Any, stores: Array, tracks: Array, called_kill: int, queue: Array, decisions: Array,
    count: Array, time_s: float,
) -> None:  # fmt: skip
    """ASSESS: `called_kill` is what the battery believes."""
    track = tracks[e.slot]
    same = track.number == e.number and track.state == FIRM
    if same:
        called = D_ASSESS_KILL if called_kill == 1 else D_ASSESS_MISS
        log_decision(e.battery, track, called, R_NONE, stores[e.store].weapon, 0.0, 0.0, time_s, decisions, count)
        if called_kill == 1:
            track.killed_s = time_s
    again = same and called_kill == 0 and battery.look == 1 and e.fired < battery.max_shots
    if again:
        push(queue, count, time_s, LAUNCH, e.battery, row, NOBODY)
    else:
        close(e, battery, tracks)
