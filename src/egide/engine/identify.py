"""Who is it, as one network would say: evidence gathered afresh, weighed once, declared after the operator's time.

Equipment states are drawn once (loop.prepare): whether a transponder works, whether an interrogator works. A civil or
military reply is evidence only for a network that carries the mode. What another network told counts once, by its
pedigree: only identities that the teller found by its own evidence are told.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import FLYING
from egide.events import ID_FRIEND, ID_HOSTILE, ID_NEUTRAL, codes
from egide.jit import njit
from egide.physics.kernels import geodetic_from_ecef
from egide.picture.identity_kernels import (
    E_CIVIL,
    E_IN_CORRIDOR,
    E_INTERROGATOR_OUT,
    E_KINEMATICS,
    E_MILITARY,
    E_NO_CIVIL,
    E_NO_MILITARY,
    E_OFF_CORRIDOR,
    E_OPERATOR,
    E_ORDER,
    E_ORIGIN,
    E_PLAN,
    E_TOLD,
    L_NO_KINEMATICS,
    L_NO_ORDER,
    L_NO_ORIGIN,
    L_NO_PLAN,
    declare,
    normalise,
    second_choice,
    weigh,
)  # fmt: skip
from egide.rng import ONCE, OPERATOR, uniform

Array = np.ndarray[Any, Any]
AIRWAY, LANE = codes(2)  # corridor.lane
AMBIGUOUS = 0.9  # an operator errs only where no class reaches this


@njit
def in_corridor(corridors: Array, lane: int, row: float, col: float, height_m: float, rules: Any) -> bool:
    """Whether a place lies in any civil airway (lane 0) or safe lane (lane 1): distance to its straight legs."""
    for k in range(corridors.shape[0]):
        leg = corridors[k]
        if leg.lane != lane or height_m < leg.floor_m or height_m > leg.ceiling_m:
            continue
        ax, ay = (leg.col1 - leg.col0) * rules.metres_per_col, (leg.row1 - leg.row0) * rules.metres_per_row
        px, py = (col - leg.col0) * rules.metres_per_col, (row - leg.row0) * rules.metres_per_row
        u = min(max((px * ax + py * ay) / (ax * ax + ay * ay), 0.0), 1.0)
        dx, dy = px - u * ax, py - u * ay
        if dx * dx + dy * dy <= leg.half_width_m * leg.half_width_m:
            return True
    return False


@njit
def inside(polygon: Array, row: float, col: float) -> bool:
    """Point in polygon by crossings (Shimrat 1962)."""
    odd = False
    j = polygon.shape[0] - 1
    for i in range(polygon.shape[0]):
        yi, yj = polygon[i, 0], polygon[j, 0]
        if (yi > row) != (yj > row) and col < (polygon[j, 1] - polygon[i, 1]) * (row - yi) / (yj - yi) + polygon[i, 1]:
            odd = not odd
        j = i
    return odd


@njit
def raster_place(x: float, y: float, z: float, grid: Array) -> tuple[float, float, float]:
    """Mask row and column, and height, of an ECEF position. grid: north, west, step latitude, step longitude (rad)."""
    lat, lon, height = geodetic_from_ecef(x, y, z)
    return (grid[0] - lat) / grid[2], (lon - grid[1]) / grid[3], height


@njit
def note_origin(track: Any, origin: Array, grid: Array) -> None:
    """Whether a new track was first seen over the area that counts as hostile."""
    if origin.shape[0] > 2:
        row, col, _ = raster_place(track.pos_m[0], track.pos_m[1], track.pos_m[2], grid)
        track.origin = 1 if inside(origin, row, col) else 0


@njit
def gather(
    track: Any, network: Any, movers: Array, radars: Array, corridors: Array, origin: Array, grid: Array, rules: Any,
) -> int:  # fmt: skip
    """The evidence there is on a track, as bits. A remote track has none of one's own: what the teller saw is in
    what it told, and would count twice."""
    if track.remote >= 0:
        return 1 << E_TOLD if track.told >= 0 else 0
    evidence = 0
    row, col, height = raster_place(track.pos_m[0], track.pos_m[1], track.pos_m[2], grid)
    v = track.vel_m_s
    speed = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    works = radars[track.radar].interrogator_works == 1
    answers = works and track.mover >= 0 and movers[track.mover].state == FLYING
    if not works:
        evidence |= 1 << E_INTERROGATOR_OUT
    if network.military == 1:
        reply = answers and movers[track.mover].military_works == 1
        evidence |= 1 << (E_MILITARY if reply else E_NO_MILITARY)
    if network.civil == 1:
        reply = answers and movers[track.mover].civil_works == 1
        evidence |= 1 << (E_CIVIL if reply else E_NO_CIVIL)
    if network.corridors == 1:
        within = in_corridor(corridors, AIRWAY, row, col, height, rules)
        evidence |= 1 << (E_IN_CORRIDOR if within else E_OFF_CORRIDOR)
    if network.order == 1 and in_corridor(corridors, LANE, row, col, height, rules):
        evidence |= 1 << E_ORDER
    if network.plans == 1 and track.mover >= 0 and movers[track.mover].plan == 1:
        evidence |= 1 << E_PLAN
    if speed > rules.ballistic_speed_m_s or (height < rules.low_m and speed > rules.fast_m_s):
        evidence |= 1 << E_KINEMATICS
    if origin.shape[0] > 2 and track.origin == 1:
        evidence |= 1 << E_ORIGIN
    if track.told >= 0:
        evidence |= 1 << E_TOLD
    return evidence


@njit
def told_class(identity: int) -> int:
    """Class that a told identity speaks for; -1 where it says nothing."""
    if identity == ID_FRIEND:
        return 0
    if identity == ID_NEUTRAL:
        return 1
    return 2 if identity == ID_HOSTILE else -1


@njit
def judge(track: Any, network: Any, evidence: int, prior: Array, likelihoods: Array, origin: Array, rules: Any) -> None:
    """Posterior of a track from its evidence, in place. Evidence that could have been there and is not speaks too."""
    p = track.p
    for c in range(3):
        p[c] = prior[c]
    if track.remote >= 0:
        return
    for bit in (E_MILITARY, E_NO_MILITARY, E_CIVIL, E_NO_CIVIL, E_IN_CORRIDOR, E_OFF_CORRIDOR):
        if evidence & (1 << bit):
            weigh(p, likelihoods, bit)
    weigh(p, likelihoods, E_KINEMATICS if evidence & (1 << E_KINEMATICS) else L_NO_KINEMATICS)
    if network.order == 1:
        weigh(p, likelihoods, E_ORDER if evidence & (1 << E_ORDER) else L_NO_ORDER)
    if network.plans == 1:
        weigh(p, likelihoods, E_PLAN if evidence & (1 << E_PLAN) else L_NO_PLAN)
    if origin.shape[0] > 2:
        weigh(p, likelihoods, E_ORIGIN if evidence & (1 << E_ORIGIN) else L_NO_ORIGIN)
    normalise(p)


@njit
def heed(track: Any, rules: Any) -> None:
    """Weigh what another network told: one more piece of evidence, once."""
    told = told_class(track.told)
    if told >= 0:
        for c in range(3):
            track.p[c] *= rules.told_trust if c == told else 0.5 * (1.0 - rules.told_trust)
        normalise(track.p)


@njit
def declared(track: Any, network: Any, rules: Any, key: Array) -> int:
    """What the operator says on the posterior: by the thresholds, or, where it is ambiguous and the operator errs (one
    draw a track), the class that came second."""
    identity = declare(track.p, rules)
    ambiguous = max(track.p[0], track.p[1], track.p[2]) < AMBIGUOUS
    if ambiguous and uniform(key, OPERATOR, network.id, track.key, ONCE) < network.declaration_error:
        track.evidence |= 1 << E_OPERATOR
        identity = second_choice(track.p, identity)
    return identity


@njit
def identify(
    track: Any, network: Any, movers: Array, radars: Array, corridors: Array, origin: Array, grid: Array,
    prior: Array, likelihoods: Array, rules: Any, key: Array, time_s: float,
) -> bool:  # fmt: skip
    """IDENTIFY: review one track. True where the declared identity changed."""
    track.evidence = gather(track, network, movers, radars, corridors, origin, grid, rules)
    judge(track, network, track.evidence, prior, likelihoods, origin, rules)
    track.own = declared(track, network, rules, key)
    identity = track.own
    if track.told >= 0:
        heed(track, rules)
        identity = declared(track, network, rules, key)
    changed = bool(identity != track.identity)
    if changed:
        track.identity, track.identity_s = identity, time_s
    return changed
