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
from egide.engine.decide import allowed_here, class_of, illuminated
from egide.engine.log import log_decision
from egide.engine.queue import ASSESS, C_PHASE, C_SHOTS, LAUNCH, MEET, NOBODY, RELOAD, push
from egide.engine.reach import handicap, in_gate, lateral_m_s2, shot_at, spare_missiles
from egide.events import (
    BALLISTIC,
    D_ABORT,
    D_ASSESS_KILL,
    D_ASSESS_MISS,
    D_LAUNCH,
    F_KILLED,
    R_IDENTITY_CHANGED,
    R_MASKED,
    R_NO_MISSILE,
    R_NONE,
    R_NOT_DETECTED,
    R_RANGE_GATE,
    R_SALVO_COMPLETE,
    R_TRACK_LOST,
    R_UNIT_DOWN,
    R_ZONE,
    S_KILL,
    S_MISS,
    S_NO_OBJECT,
    S_OUT_OF_REACH,
    S_TARGET_DEAD,
    S_UNGUIDED,
)  # fmt: skip
from egide.jit import njit
from egide.picture.fuse_kernels import believe
from egide.picture.kalman_kernels import sigma_m
from egide.picture.tables import FIRM
from egide.rng import ASSESS as ASSESS_DRAW
from egide.rng import KILL, triangular, uniform, uniforms

Array = np.ndarray[Any, Any]
RUN_AWAY = 1.15  # a target farther than this times what the missile can have flown is out of reach


@njit
def close(e: Any, battery: Any, tracks: Array, time_s: float) -> None:
    """End an engagement: the channel is free and the track is anybody's."""
    e.open, e.closed_s = 0, time_s
    battery.channels_used -= 1
    track = tracks[e.slot]
    if track.number == e.number:
        track.engagements -= 1
        if track.engagements <= 0:
            track.engagements, track.engaged_by = 0, -1


@njit
def reason_to_abort(
    e: Any, battery: Any, stores: Array, track: Any, held: Any, radars: Array, movers: Array, masks: Array, airs: Array,
    dem: Array, zones: Array, corners: Array, grid: Array, phase: int, weapon_control: int, time_s: float, rules: Any,
) -> int:  # fmt: skip
    """Last look before a salvo: the unit, the track, who it is, missiles, and whether a radar here holds it."""
    if battery.up_now == 0 or time_s > battery.until_s:
        return R_UNIT_DOWN
    if track.state != FIRM or track.number != e.number or time_s - track.hit_s > rules.coast_s:
        return R_TRACK_LOST
    reason = allowed_here(
        battery, track, held, weapon_control, zones, corners, grid, phase, time_s, rules)  # fmt: skip
    if reason != R_NONE:
        return R_ZONE if reason == R_ZONE else R_IDENTITY_CHANGED
    if stores[e.store].ready <= 0 or spare_missiles(battery, stores) <= 0:
        return R_NO_MISSILE
    if track.mover < 0 or movers[track.mover].state != FLYING:
        return R_NOT_DETECTED
    if not illuminated(battery, radars, movers[track.mover], movers, masks, airs, dem, time_s, rules.dem_max_m):
        return R_MASKED
    return R_NONE


@njit
def salvo_size(e: Any, battery: Any, stores: Array, fired: int) -> int:
    """Missiles of this salvo: all that may be shot at the target where the battery does not look in between, one of a
    ripple."""
    wanted = battery.max_shots
    if battery.look == 1:
        wanted = battery.salvo if e.salvos == 0 else battery.salvo_next
    elif battery.ripple == 1:
        wanted = 1
    n = min(wanted, battery.max_shots - fired, stores[e.store].ready)
    return min(n, spare_missiles(battery, stores), battery.guided - battery.guided_used)


@njit
def fire(
    e: Any, row: int, battery: Any, store: Any, track: Any, held: Any, wanted: int, klass: int, lateral: float,
    in_flight: Array, outcomes: Array, queue: Array, shots: Array, count: Array, rules: Any, time_s: float,
) -> int:  # fmt: skip
    """One salvo: each missile leaves the magazine once, flies to its own meeting place, and is guided until then.
    Returns how many left: the later ones stay where the target would be out of reach."""
    mover = track.mover
    other = 0
    for b in range(in_flight.shape[0]):
        if b != e.battery and in_flight[b, mover] > 0:
            other = 1
    b = battery.pos_m
    e.salvos += 1
    n = 0
    for k in range(wanted):
        delay_s = k * battery.salvo_interval_s
        reason, flight_s, _, way_m = shot_at(store, held, b[0], b[1], b[2], klass, delay_s, lateral, time_s, rules)
        if reason != R_NONE:
            break
        shot = shots[count[C_SHOTS]]
        shot.launch_s, shot.range_m = time_s + delay_s, way_m
        shot.meet_s = shot.launch_s + flight_s
        reach = store.range_ballistic_m if klass == BALLISTIC else store.range_m
        shot.p_kill = handicap(way_m, reach, lateral, rules) / (1.0 + (sigma_m(held) / rules.error_half_m) ** 2)
        shot.battery, shot.weapon, shot.track, shot.mover = e.battery, store.weapon, track.number, mover
        shot.result, shot.identity, shot.duplicate, shot.salvo = -1, track.identity, other, e.salvos
        push(queue, count, shot.meet_s, MEET, row, count[C_SHOTS], NOBODY)
        count[C_SHOTS] += 1
        n += 1
    outcome = outcomes[mover]
    if n > 0 and not outcome.first_engaged_s <= time_s:
        outcome.first_engaged_s, outcome.first_engaged_m = time_s, shots[count[C_SHOTS] - n].range_m
    outcome.shots += n
    outcome.engagements += 1 if e.salvos == 1 and n > 0 else 0
    in_flight[e.battery, mover] += n
    e.from_m[0], e.from_m[1], e.from_m[2] = b[0], b[1], b[2]
    e.in_flight += n
    store.left -= n
    store.ready -= n
    battery.guided_used += n
    return n


@njit
def restock(
    battery: Any, battery_row: int, stores: Array, store_row: int, queue: Array, count: Array, time_s: float
) -> None:
    """Launchers that are empty, or down to the battery's reserve, are loaded from what stands behind them."""
    store = stores[store_row]
    empty = store.ready <= 0 or spare_missiles(battery, stores) <= 0
    if empty and store.left > store.ready and store.reloading == 0:
        store.reloading = 1
        push(queue, count, time_s + store.reload_s, RELOAD, battery_row, store_row, NOBODY)


@njit
def launch(
    e: Any, row: int, battery: Any, stores: Array, tracks: Array, heard: Array, believed: Array, work: Array,
    weapon_control: int, radars: Array, movers: Array, masks: Array, airs: Array, dem: Array, zones: Array,
    corners: Array, grid: Array, in_flight: Array, fired: Array, outcomes: Array, queue: Array, shots: Array,
    decisions: Array, count: Array, rules: Any, time_s: float,
) -> None:  # fmt: skip
    """LAUNCH. Where every guidance channel is taken it is put off by one decision interval. A ripple books its next
    missile; what ends it leaves those in flight to their assessment."""
    track = tracks[e.slot]
    held = believed[e.slot]
    store = stores[e.store]
    believe(track, heard[e.slot], held, e.network, time_s, rules, work)
    reason = reason_to_abort(
        e, battery, stores, track, held, radars, movers, masks, airs, dem, zones, corners, grid, count[C_PHASE],
        weapon_control, time_s, rules)  # fmt: skip
    e.booked = 0
    if reason == R_NONE:
        klass = class_of(held, rules)
        b = battery.pos_m
        lateral = lateral_m_s2(track) if rules.manoeuvre_half_m_s2 < math.inf else 0.0
        reason, flight_s, p, way_m = shot_at(store, held, b[0], b[1], b[2], klass, 0.0, lateral, time_s, rules)
        if reason == R_NONE and not in_gate(battery, store, klass, way_m):
            reason = R_RANGE_GATE
        wanted = salvo_size(e, battery, stores, fired[e.battery, e.slot])
        if reason == R_NONE and wanted < 1 and battery.guided_used >= battery.guided:
            push(queue, count, time_s + battery.decision_interval_s, LAUNCH, e.battery, row, NOBODY)
            e.booked = 1
            return
        if reason == R_NONE and wanted < 1:
            reason = R_SALVO_COMPLETE
        if reason == R_NONE:
            log_decision(e.battery, track, D_LAUNCH, R_NONE, store.weapon, p, flight_s, time_s, decisions, count)
            left = fire(
                e, row, battery, store, track, held, wanted, klass, lateral, in_flight, outcomes, queue, shots, count,
                rules, time_s)  # fmt: skip
            fired[e.battery, e.slot] += left
            if battery.ripple == 1 and fired[e.battery, e.slot] < battery.max_shots:
                push(queue, count, time_s + battery.salvo_interval_s, LAUNCH, e.battery, row, NOBODY)
                e.booked = 1
            restock(battery, e.battery, stores, e.store, queue, count, time_s)
            return
    if track.number == e.number:
        log_decision(e.battery, track, D_ABORT, reason, store.weapon, 0.0, 0.0, time_s, decisions, count)
    if e.in_flight == 0:
        close(e, battery, tracks, time_s)


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
    if battery.up_now == 0:
        return S_UNGUIDED
    mover = movers[shot.mover]
    if mover.state == DEAD:
        return S_TARGET_DEAD
    if mover.state != FLYING:  # it has struck or landed
        return S_NO_OBJECT
    dt = time_s - mover.t0_s
    d2 = 0.0
    for i in range(3):
        d2 += (mover.pos_m[i] + mover.vel_m_s[i] * dt - e.from_m[i]) ** 2
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
    if e.in_flight == 0 and e.booked == 0:
        u, v, _, _ = uniforms(key, ASSESS_DRAW, battery.id, movers[shot.mover].id, occasion)
        wait_s = triangular(u, battery.assess_s[0], battery.assess_s[1], battery.assess_s[2])
        wrong = v < (battery.kill_called_miss if e.hit == 1 else battery.miss_called_kill)
        push(queue, count, time_s + wait_s, ASSESS, e.battery, row, 1 - e.hit if wrong else e.hit)


@njit
def assess(
    e: Any, row: int, battery: Any, stores: Array, tracks: Array, fired: Array, called_kill: int, queue: Array,
    decisions: Array, count: Array, time_s: float,
) -> None:  # fmt: skip
    """ASSESS: `called_kill` is what the battery believes."""
    track = tracks[e.slot]
    same = track.number == e.number and track.state == FIRM and battery.up_now == 1  # nobody is left to call it
    if same:
        called = D_ASSESS_KILL if called_kill == 1 else D_ASSESS_MISS
        log_decision(e.battery, track, called, R_NONE, stores[e.store].weapon, 0.0, 0.0, time_s, decisions, count)
        if called_kill == 1:
            track.killed_s, track.killed_by = time_s, e.battery
    again = same and called_kill == 0 and battery.look == 1 and fired[e.battery, e.slot] < battery.max_shots
    if again:
        e.booked, e.hit = 1, 0
        push(queue, count, time_s, LAUNCH, e.battery, row, NOBODY)
    else:
        close(e, battery, tracks, time_s)
