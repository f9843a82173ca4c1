"""What a missile can do against a track, and when it is best fired.

reach      how far a missile flies to a meeting; against a ballistic target another
way        how far it would fly to this meeting
handicap   what the edge of the reach and the target's turn leave of a kill probability
gate       the ways between which a doctrine fires
held       not fired yet, because the doctrine waits for a better or for the last moment
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import FIRE_BEST
from egide.events import (
    BALLISTIC,
    R_LOW_KILL,
    R_NO_MISSILE,
    R_NONE,
    R_OUT_OF_REACH,
    R_RANGE_GATE,
    R_TOO_FAST,
    R_TOO_HIGH,
    R_TOO_LOW,
)
from egide.jit import njit
from egide.physics.kernels import geodetic_from_ecef, intercept_time_s
from egide.picture.kalman_kernels import pull_on, sigma_m
from egide.picture.modes_kernels import TURN

Array = np.ndarray[Any, Any]
FALL_ROUNDS, FALL_MOST_S = 6, 300.0
RISES = 1e-3  # a kill probability that rises by less than this share in one decision interval rises no more


@njit
def lateral_m_s2(track: Any) -> float:
    """Lateral acceleration of a target as its own track has it: speed times the rate of turn, weighed by how likely it
    turns. 0 where no model of the track turns (one model, the fast option, a track known by reports alone)."""
    v = track.vel_m_s
    speed = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return float(speed * track.mode_p[TURN] * abs(track.mode_mean[TURN, 6]))


@njit
def handicap(way_m: float, reach_m: float, lateral: float, rules: Any) -> float:
    """Share of the kill probability that the edge of the reach and a turning target leave."""
    left = 1.0
    if rules.edge_loss > 0.0:
        beyond = (way_m / reach_m - rules.edge_from) / (1.0 - rules.edge_from)
        if beyond > 0.0:
            left -= rules.edge_loss * beyond * beyond
    if rules.manoeuvre_half_m_s2 < math.inf:
        share = lateral / rules.manoeuvre_half_m_s2
        left /= 1.0 + share * share
    return left


@njit
def mean_speed(store: Any, x: float, y: float, z: float, stand: float, rx: float, ry: float, rz: float) -> float:
    """Mean speed to a place (r from the launcher at x, y, z, its height `stand`) by the store's table: bilinear, its
    ends beyond them."""
    _, _, height = geodetic_from_ecef(x + rx, y + ry, z + rz)
    ground = math.sqrt(max(rx * rx + ry * ry + rz * rz - (height - stand) * (height - stand), 0.0))
    rows, cols = store.mean_m_s.shape
    u = min(max(ground / store.range_m * rows - 1.0, 0.0), rows - 1.0)
    v = min(max(height / store.height_max_m * (cols - 1), 0.0), cols - 1.0)
    i, j = min(int(u), rows - 2), min(int(v), cols - 2)
    u, v = u - i, v - j
    t = store.mean_m_s
    return float(
        (1.0 - u) * ((1.0 - v) * t[i, j] + v * t[i, j + 1]) + u * ((1.0 - v) * t[i + 1, j] + v * t[i + 1, j + 1])
    )


@njit
def shot_at(
    store: Any, track: Any, x: float, y: float, z: float, klass: int, delay_s: float, lateral: float, time_s: float,
    rules: Any,
) -> tuple[int, float, float, float]:  # fmt: skip
    """Reason against (R_NONE: can reach), time of flight, single-shot kill probability and way of one kind of missile
    at one track, by a straight flight to the track's predicted place; a ballistic one falls. At the mean speed, or with
    a flyout table at the mean speed to that place, found again each round."""
    dt = time_s - track.time_s
    v = track.vel_m_s
    rx = track.pos_m[0] + v[0] * dt - x
    ry = track.pos_m[1] + v[1] * dt - y
    rz = track.pos_m[2] + v[2] * dt - z
    speed2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    if speed2 > store.target_speed_max_m_s * store.target_speed_max_m_s:
        return R_TOO_FAST, 0.0, 0.0, 0.0
    reach = store.range_ballistic_m if klass == BALLISTIC else store.range_m
    vx, vy, vz, speed = v[0], v[1], v[2], store.speed_m_s
    meet_s = intercept_time_s(rx, ry, rz, vx, vy, vz, speed, delay_s)
    if klass == BALLISTIC or store.flyout == 1:  # it falls: the mean velocity until the meeting, which is found again
        pull = stand = 0.0
        if store.flyout == 1:
            _, _, stand = geodetic_from_ecef(x, y, z)
        if klass == BALLISTIC:
            pull = pull_on(track.pos_m, v, rules.ballistic_speed_m_s, rules.ballistic_above_m)
        for _ in range(FALL_ROUNDS):
            half = 0.5 * pull * min(meet_s, FALL_MOST_S)
            vx, vy, vz = v[0] - half * track.pos_m[0], v[1] - half * track.pos_m[1], v[2] - half * track.pos_m[2]
            if store.flyout == 1 and meet_s < math.inf:
                speed = mean_speed(store, x, y, z, stand, rx + vx * meet_s, ry + vy * meet_s, rz + vz * meet_s)
            meet_s = intercept_time_s(rx, ry, rz, vx, vy, vz, speed, delay_s)
    flight_s = meet_s - delay_s
    if not flight_s * speed <= reach or reach <= 0.0:
        return R_OUT_OF_REACH, 0.0, 0.0, 0.0
    if flight_s * speed < store.range_min_m:
        return R_OUT_OF_REACH, 0.0, 0.0, 0.0
    _, _, height = geodetic_from_ecef(x + rx + vx * meet_s, y + ry + vy * meet_s, z + rz + vz * meet_s)
    if height < store.height_min_m:
        return R_TOO_LOW, 0.0, 0.0, 0.0
    if height > store.height_max_m:
        return R_TOO_HIGH, 0.0, 0.0, 0.0
    error = sigma_m(track) / rules.error_half_m
    p = store.kill[klass] / (1.0 + error * error)
    return R_NONE, flight_s, p * handicap(flight_s * speed, reach, lateral, rules), flight_s * speed


@njit
def in_gate(battery: Any, store: Any, klass: int, way_m: float) -> bool:
    """Whether the doctrine fires over this way."""
    reach = store.range_ballistic_m if klass == BALLISTIC else store.range_m
    return bool(battery.beyond_m <= way_m <= min(battery.within_m, battery.share * reach))


@njit
def spare_missiles(battery: Any, stores: Array) -> int:
    """Ready missiles of all kinds beyond the battery's reserve."""
    ready = 0
    for s in range(battery.first_store, battery.first_store + battery.stores):
        ready += stores[s].ready
    return ready - battery.reserve


@njit
def best_store(
    battery: Any, stores: Array, track: Any, klass: int, delay_s: float, lateral: float, time_s: float, rules: Any
) -> tuple[int, int, float, float]:
    """Row of the missile that the doctrine prefers, then with the best kill probability (ties: the shorter flight), or
    -1 and why: spent, where a kind that could reach is spent; else the reason of the last kind."""
    best, best_p, best_flight, why, rank = -1, 0.0, math.inf, R_NO_MISSILE, 1 << 30
    spent = False
    spare = spare_missiles(battery, stores)
    for s in range(battery.first_store, battery.first_store + battery.stores):
        store = stores[s]
        if store.rank[klass] < 0:
            continue
        reason, flight_s, p, way_m = shot_at(
            store, track, battery.pos_m[0], battery.pos_m[1], battery.pos_m[2], klass, delay_s, lateral, time_s,
            rules)  # fmt: skip
        if reason == R_NONE and not in_gate(battery, store, klass, way_m):
            reason = R_RANGE_GATE
        if reason != R_NONE:
            why = reason
        elif store.ready <= 0 or spare <= 0:
            spent = True
        elif p < battery.min_kill:
            why = R_LOW_KILL
        elif store.rank[klass] < rank or (
            store.rank[klass] == rank and (p > best_p or (p == best_p and flight_s < best_flight))
        ):
            best, best_p, best_flight, rank = s, p, flight_s, store.rank[klass]
    return best, (R_NO_MISSILE if spent else why), best_flight, best_p


@njit
def held_back(
    battery: Any, store: Any, track: Any, klass: int, delay_s: float, lateral: float, assets: Array, p: float,
    time_s: float, rules: Any,
) -> bool:  # fmt: skip
    """Whether the doctrine waits for the next decision: it still meets the track then, before it could do harm, and
    with a higher kill probability where that is what it waits for."""
    later_s = delay_s + battery.decision_interval_s
    b = battery.pos_m
    reason, flight_s, later_p, way_m = shot_at(store, track, b[0], b[1], b[2], klass, later_s, lateral, time_s, rules)
    if (
        reason != R_NONE
        or not in_gate(battery, store, klass, way_m)
        or later_s + flight_s > seconds_to_over(track, assets, battery, time_s)
    ):
        return False
    return bool(later_p > p * (1.0 + RISES)) if battery.when == FIRE_BEST else True


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
def seconds_to_over(track: Any, assets: Array, battery: Any, time_s: float) -> float:
    """The same over the ground: a target far above an asset is there."""
    dt = time_s - track.time_s
    v = track.vel_m_s
    x, y, z = track.pos_m[0] + v[0] * dt, track.pos_m[1] + v[1] * dt, track.pos_m[2] + v[2] * dt
    nearest2 = ground2(x, y, z, battery.pos_m)
    for i in range(assets.shape[0]):
        if battery.protects == 0 or (i <= 62 and battery.protects & (1 << i) != 0):
            nearest2 = min(nearest2, ground2(x, y, z, assets[i].pos_m))
    return math.sqrt(nearest2) / max(math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]), 1.0)


@njit
def ground2(x: float, y: float, z: float, a: Array) -> float:
    """Squared distance from a to a place, without the part along a's spherical vertical."""
    dx, dy, dz = x - a[0], y - a[1], z - a[2]
    up = (dx * a[0] + dy * a[1] + dz * a[2]) / math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    return max(dx * dx + dy * dy + dz * dz - up * up, 0.0)
