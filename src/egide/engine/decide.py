"""Who shoots at what.

candidate   a confirmed track whose identity the rules let a battery engage, and that one of its missiles can reach
score       seconds until the track could be over the nearest asset; the smallest is served first
held        where the network believes the object of a track: its own sensors' track and what others told, fused

Reads the picture and the battery's own radars, never the truth, with one exception that stands for physics: whether the
engagement radar holds the object (`illuminated`) is asked of the object itself, as the radar would.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import FALL_LAST_ORDER, FALL_NONE, FALL_SELF_DEFENCE, FLYING
from egide.engine.log import log_decision, log_refusal
from egide.engine.move import carry
from egide.engine.queue import ASK, C_ENGAGEMENTS, LAUNCH, NOBODY, push
from egide.engine.quick import refresh
from egide.engine.sense import look_snr
from egide.engine.tell import cued
from egide.events import (
    AIRCRAFT,
    BALLISTIC,
    CRUISE_MISSILE,
    D_ENGAGE,
    DRONE,
    ID_HOSTILE,
    ID_PENDING,
    ID_SUSPECT,
    ID_UNKNOWN,
    R_ENGAGED_OTHER,
    R_ENGAGED_SELF,
    R_IDENTITY,
    R_MASKED,
    R_NO_CHANNEL,
    R_NO_MISSILE,
    R_NO_ORDER,
    R_NONE,
    R_NOT_A_THREAT,
    R_NOT_DETECTED,
    R_ORDER_AWAITED,
    R_ORDER_REFUSED,
    R_OUT_OF_REACH,
    R_SALVO_COMPLETE,
    R_TOO_FAST,
    R_TOO_HIGH,
    R_TOO_LOW,
    R_WEAPON_CONTROL,
    WCS_FREE,
    WCS_HOLD,
)  # fmt: skip
from egide.jit import njit
from egide.physics.kernels import geodetic_from_ecef, intercept_time_s, pd_swerling
from egide.picture.fuse_kernels import believe
from egide.picture.kalman_kernels import pull_on, sigma_m
from egide.picture.tables import FIRM
from egide.rng import REACT, triangular, uniforms

Array = np.ndarray[Any, Any]
HOLD_PD = 0.5  # an engagement radar holds a target it would see on every second look
FALL_ROUNDS, FALL_MOST_S = 6, 300.0
SLOW_M_S = 100.0
LOOK_ALIKE_M = 1_000.0  # below it a fast track is taken for a cruise missile


@njit
def looks_like(track: Any, height_m: float, rules: Any) -> int:
    """Class by kinematics, as an operator would call it: what flies very fast or very high has no wings."""
    v = track.vel_m_s
    speed = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    if speed > rules.ballistic_speed_m_s or height_m > rules.ballistic_above_m:
        return BALLISTIC
    if speed < SLOW_M_S:
        return DRONE
    return CRUISE_MISSILE if height_m < LOOK_ALIKE_M else AIRCRAFT


@njit
def threatens_self(battery: Any, track: Any, time_s: float) -> bool:
    """Whether a track comes straight at the battery: inside its self-defence range, closing, and set to pass within a
    third of its distance."""
    dt = time_s - track.time_s
    v, b = track.vel_m_s, battery.pos_m
    x = track.pos_m[0] + v[0] * dt - b[0]
    y = track.pos_m[1] + v[1] * dt - b[1]
    z = track.pos_m[2] + v[2] * dt - b[2]
    d2 = x * x + y * y + z * z
    closing = -(x * v[0] + y * v[1] + z * v[2])
    if d2 > battery.self_defence_m * battery.self_defence_m or closing <= 0.0:
        return False
    speed2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    return bool(d2 - closing * closing / speed2 < d2 / 9.0)


@njit
def allowed(battery: Any, track: Any, held: Any, weapon_control: int, time_s: float) -> int:
    """R_NONE where the rules of engagement let the battery fire at this identity, else the reason against."""
    if weapon_control == WCS_HOLD:
        return R_WEAPON_CONTROL
    mask = battery.engages | battery.free_engages if weapon_control == WCS_FREE else battery.engages
    if mask & (1 << track.identity):
        return R_NONE
    doubtful = track.identity == ID_PENDING or track.identity == ID_UNKNOWN or track.identity == ID_SUSPECT
    return R_NONE if doubtful and threatens_self(battery, held, time_s) else R_IDENTITY


@njit
def withheld(battery: Any, track: Any, held: Any, memory: Any, time_s: float) -> int:
    """Why a battery in a chain may not engage (R_NONE: it may): it waits for the order; it is cut off, and its rule
    forbids it; or it was refused the order a short while ago."""
    known = memory.number == track.number + 1
    if known and memory.waits == 1:
        return R_ORDER_AWAITED
    if battery.fallen == FALL_SELF_DEFENCE:
        return R_NONE if threatens_self(battery, held, time_s) else R_NO_ORDER
    if battery.fallen == FALL_LAST_ORDER:
        return R_NONE if known and memory.ordered == 1 else R_NO_ORDER
    refused = battery.fallen == FALL_NONE and battery.centre == 1 and known and time_s < memory.again_s
    return R_ORDER_REFUSED if refused and not threatens_self(battery, held, time_s) else R_NONE


@njit
def illuminated(
    battery: Any,
    radars: Array,
    mover: Any,
    movers: Array,
    masks: Array,
    airs: Array,
    dem: Array,
    time_s: float,
    dem_max_m: float,
) -> bool:
    """Whether one of the battery's engagement radars holds the object."""
    for i in range(battery.first_radar, battery.first_radar + battery.radars):
        radar = radars[i]
        if radar.search == 1 or radar.up_now == 0:
            continue
        if radar.carrier >= 0:
            carry(radar, movers[radar.carrier], time_s)
        snr, _ = look_snr(radar, mover, masks, airs, dem, time_s, dem_max_m)
        if snr > 0.0 and pd_swerling(snr, radar.threshold, radar.swerling) >= HOLD_PD:
            return True
    return False


@njit
def shot_at(
    store: Any, track: Any, x: float, y: float, z: float, klass: int, delay_s: float, time_s: float, rules: Any
) -> tuple[int, float, float]:
    """Reason against (R_NONE: can reach), time of flight and single-shot kill probability of one kind of missile at one
    track, by a straight flight at mean speed to the track's predicted place; a ballistic one falls."""
    dt = time_s - track.time_s
    v = track.vel_m_s
    rx = track.pos_m[0] + v[0] * dt - x
    ry = track.pos_m[1] + v[1] * dt - y
    rz = track.pos_m[2] + v[2] * dt - z
    speed2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    if speed2 > store.target_speed_max_m_s * store.target_speed_max_m_s:
        return R_TOO_FAST, 0.0, 0.0
    reach = store.range_ballistic_m if klass == BALLISTIC else store.range_m
    vx, vy, vz = v[0], v[1], v[2]
    meet_s = intercept_time_s(rx, ry, rz, vx, vy, vz, store.speed_m_s, delay_s)
    if klass == BALLISTIC:  # it falls: the mean velocity until the meeting is taken, and the meeting found again
        pull = pull_on(track.pos_m, v, rules.ballistic_speed_m_s, rules.ballistic_above_m)
        for _ in range(FALL_ROUNDS):
            half = 0.5 * pull * min(meet_s, FALL_MOST_S)
            vx, vy, vz = v[0] - half * track.pos_m[0], v[1] - half * track.pos_m[1], v[2] - half * track.pos_m[2]
            meet_s = intercept_time_s(rx, ry, rz, vx, vy, vz, store.speed_m_s, delay_s)
    flight_s = meet_s - delay_s
    if not flight_s * store.speed_m_s <= reach or reach <= 0.0:
        return R_OUT_OF_REACH, 0.0, 0.0
    if flight_s * store.speed_m_s < store.range_min_m:
        return R_OUT_OF_REACH, 0.0, 0.0
    _, _, height = geodetic_from_ecef(x + rx + vx * meet_s, y + ry + vy * meet_s, z + rz + vz * meet_s)
    if height < store.height_min_m:
        return R_TOO_LOW, 0.0, 0.0
    if height > store.height_max_m:
        return R_TOO_HIGH, 0.0, 0.0
    error = sigma_m(track) / rules.error_half_m
    return R_NONE, flight_s, store.kill[klass] / (1.0 + error * error)


@njit
def spare_missiles(battery: Any, stores: Array) -> int:
    """Ready missiles of all kinds beyond the battery's reserve."""
    ready = 0
    for s in range(battery.first_store, battery.first_store + battery.stores):
        ready += stores[s].ready
    return ready - battery.reserve


@njit
def best_store(
    battery: Any, stores: Array, track: Any, klass: int, delay_s: float, time_s: float, rules: Any
) -> tuple[int, int, float, float]:
    """Row of the missile with the best kill probability (ties: the shorter flight), or -1 and why: spent, where a kind
    that could reach is spent; else the reason of the last kind."""
    best, best_p, best_flight, why = -1, 0.0, math.inf, R_NO_MISSILE
    spent = False
    spare = spare_missiles(battery, stores)
    for s in range(battery.first_store, battery.first_store + battery.stores):
        store = stores[s]
        reason, flight_s, p = shot_at(
            store, track, battery.pos_m[0], battery.pos_m[1], battery.pos_m[2], klass, delay_s, time_s,
            rules)  # fmt: skip
        if reason != R_NONE:
            why = reason
        elif store.ready <= 0 or spare <= 0:
            spent = True
        elif p >= battery.min_kill and (p > best_p or (p == best_p and flight_s < best_flight)):
            best, best_p, best_flight = s, p, flight_s
    return best, (R_NO_MISSILE if spent else why), best_flight, best_p


@njit
def seconds_to_harm(track: Any, assets: Array, battery: Any, time_s: float) -> float:
    """How soon the track could be over the battery or the nearest asset that it protects, if it turned there now."""
    dt = time_s - track.time_s
    v = track.vel_m_s
    x, y, z = track.pos_m[0] + v[0] * dt, track.pos_m[1] + v[1] * dt, track.pos_m[2] + v[2] * dt
    b = battery.pos_m
    nearest2 = (b[0] - x) ** 2 + (b[1] - y) ** 2 + (b[2] - z) ** 2
    for i in range(assets.shape[0]):
        if battery.protects != 0 and (i > 62 or battery.protects & (1 << i) == 0):
            continue
        a = assets[i].pos_m
        d2 = (a[0] - x) ** 2 + (a[1] - y) ** 2 + (a[2] - z) ** 2
        nearest2 = min(nearest2, d2)
    return math.sqrt(nearest2) / max(math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]), 1.0)


@njit
def busy(track: Any, battery_row: int, fired: int, max_shots: int, time_s: float, rules: Any) -> int:
    """Reason why a track needs no (other) battery now, R_NONE where it does."""
    if track.engagements > 0:
        return R_ENGAGED_SELF if track.engaged_by == battery_row else R_ENGAGED_OTHER
    if time_s - track.killed_s < rules.drop_s:
        return R_SALVO_COMPLETE
    return R_SALVO_COMPLETE if fired >= max_shots else R_NONE


@njit
def free_engagement(engagements: Array, count: Array) -> int:
    for i in range(count[C_ENGAGEMENTS]):
        if engagements[i].open == 0:
            return i
    if count[C_ENGAGEMENTS] < engagements.shape[0]:
        count[C_ENGAGEMENTS] += 1
        return count[C_ENGAGEMENTS] - 1
    return -1


@njit
def consider(
    battery: Any, battery_row: int, track: Any, heard: Array, held: Any, slot: int, weapon_control: int, radars: Array,
    stores: Array, links: Array, movers: Array, masks: Array, airs: Array, dem: Array, rules: Any, work: Array,
    fired: Array, memories: Array, time_s: float,
) -> tuple[int, int, float, float]:  # fmt: skip
    """One track before one battery: (reason against, store row, time of flight, kill probability). R_NOT_A_THREAT
    where it is plainly somebody else's business and not worth a word in the log."""
    dt = time_s - track.time_s
    x = track.pos_m[0] + track.vel_m_s[0] * dt - battery.pos_m[0]
    y = track.pos_m[1] + track.vel_m_s[1] * dt - battery.pos_m[1]
    z = track.pos_m[2] + track.vel_m_s[2] * dt - battery.pos_m[2]
    d2 = x * x + y * y + z * z
    notice = 2.0 * battery.reach_m
    if d2 > notice * notice:
        return R_NOT_A_THREAT, -1, 0.0, 0.0
    believe(track, heard, held, battery.network, time_s, rules, work)
    reason = allowed(battery, track, held, weapon_control, time_s)
    if reason != R_NONE:
        if track.identity < ID_SUSPECT and track.identity != ID_UNKNOWN:
            reason = R_NOT_A_THREAT  # friends, neutrals and the not yet declared are nobody's targets
        return reason, -1, 0.0, 0.0
    if battery.post >= 0:
        reason = withheld(battery, track, held, memories[battery_row, slot], time_s)
        if reason != R_NONE:
            return reason, -1, 0.0, 0.0
    reason = busy(track, battery_row, fired[battery_row, slot], battery.max_shots, time_s, rules)
    if reason != R_NONE:
        return reason, -1, 0.0, 0.0
    if not cued(track, heard, links):
        return R_NOT_DETECTED, -1, 0.0, 0.0
    _, _, height = geodetic_from_ecef(held.pos_m[0], held.pos_m[1], held.pos_m[2])
    klass = looks_like(held, height, rules)
    if battery.classes & (1 << klass) == 0:
        return R_NOT_A_THREAT, -1, 0.0, 0.0
    wait_s = battery.reaction_s[1] + (battery.order_s[1] if battery.centre == 1 else 0.0)
    store, why, flight_s, p = best_store(battery, stores, held, klass, wait_s, time_s, rules)
    if store < 0:
        return why, -1, 0.0, 0.0
    if track.mover < 0 or movers[track.mover].state != FLYING:
        return R_NOT_DETECTED, -1, 0.0, 0.0
    if not illuminated(battery, radars, movers[track.mover], movers, masks, airs, dem, time_s, rules.dem_max_m):
        return R_MASKED, -1, 0.0, 0.0
    return R_NONE, store, flight_s, p


@njit
def engage(
    battery: Any, battery_row: int, track: Any, held: Any, slot: int, store: int, flight_s: float, p: float,
    weapon: int, occasion: int, engagements: Array, queue: Array, key: Array, time_s: float, decisions: Array,
    count: Array,
) -> bool:  # fmt: skip
    """Open an engagement: a channel, the track marked in the picture, a launch after reaction and order."""
    row = free_engagement(engagements, count)
    if row < 0:
        return False
    e = engagements[row]
    e.begun_s, e.p_kill, e.battery, e.network, e.slot, e.number = (
        time_s, p, battery_row, battery.network, slot, track.number)  # fmt: skip
    e.store, e.in_flight, e.hit, e.open, e.salvos, e.request, e.awaits = store, 0, 0, 1, 0, 0, 0
    battery.channels_used += 1
    track.engaged_by = battery_row
    track.engagements += 1
    u, v, _, _ = uniforms(key, REACT, battery.id, track.key, occasion)
    wait_s, what = triangular(u, battery.reaction_s[0], battery.reaction_s[1], battery.reaction_s[2]), LAUNCH
    if battery.centre == 1 and not threatens_self(battery, held, time_s):
        wait_s += triangular(v, battery.order_s[0], battery.order_s[1], battery.order_s[2])
        if battery.post >= 0:
            what, wait_s = ASK, 0.0  # the chain gives the order, and the crew reacts after it
    push(queue, count, time_s + wait_s, what, battery_row, row, NOBODY)
    log_decision(battery_row, track, D_ENGAGE, R_NONE, weapon, p, flight_s, time_s, decisions, count)
    return True


@njit
def decide(
    battery: Any, battery_row: int, weapon_control: int, tracks: Array, heard: Array, held: Array, work: Array,
    high: int, network: Any, radars: Array, stores: Array, links: Array, movers: Array, masks: Array, airs: Array,
    dem: Array, assets: Array, rules: Any,
    engagements: Array, fired: Array, memories: Array, seen: Array, reasons: Array, choices: Array, outcomes: Array,
    queue: Array, key: Array, time_s: float, decisions: Array, count: Array,
) -> None:  # fmt: skip
    """DECIDE: gather the candidates, then serve the most urgent while channels last. choices is (n, 5) scratch."""
    n = 0
    heed = battery.engages | battery.free_engages | (1 << ID_UNKNOWN) | (1 << ID_SUSPECT) | (1 << ID_HOSTILE)
    if battery.self_defence_m > 0.0:
        heed |= 1 << ID_PENDING
    for slot in range(high):
        track = tracks[slot]
        if track.state != FIRM or heed & (1 << track.identity) == 0:
            continue
        if rules.fast == 1 and track.mover >= 0 and track.remote < 0:
            refresh(track, network, movers[track.mover], rules, key, time_s)
        if seen[battery_row, slot] != track.number:
            seen[battery_row, slot], fired[battery_row, slot], reasons[battery_row, slot] = track.number, 0, -1
        reason, store, flight_s, p = consider(
            battery, battery_row, track, heard[slot], held[slot], slot, weapon_control, radars, stores, links, movers,
            masks, airs, dem, rules, work, fired, memories, time_s)  # fmt: skip
        if reason == R_NONE and n < choices.shape[0]:
            choices[n, 0], choices[n, 1], choices[n, 2], choices[n, 3] = slot, store, flight_s, p
            choices[n, 4] = seconds_to_harm(held[slot], assets, battery, time_s)
            n += 1
        elif reason != R_NOT_A_THREAT and reason != R_NONE:
            log_refusal(battery_row, track, slot, reason, reasons, outcomes, time_s, decisions, count)
    for _ in range(n):
        best = -1
        for k in range(n):
            if choices[k, 0] >= 0.0 and (best < 0 or choices[k, 4] < choices[best, 4]):
                best = k
        slot, store = int(choices[best, 0]), int(choices[best, 1])
        choices[best, 0] = -1.0
        track = tracks[slot]
        if battery.channels_used >= battery.channels or battery.guided_used >= battery.guided:
            log_refusal(battery_row, track, slot, R_NO_CHANNEL, reasons, outcomes, time_s, decisions, count)
        elif not engage(
            battery, battery_row, track, held[slot], slot, store, choices[best, 2], choices[best, 3],
            stores[store].weapon,
            fired[battery_row, slot], engagements, queue, key, time_s, decisions, count):  # fmt: skip
            break
        else:
            reasons[battery_row, slot] = -1
