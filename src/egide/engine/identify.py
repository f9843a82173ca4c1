"""Who is it, as one network would say: evidence gathered afresh, weighed once, declared after the operator's time.

Equipment states are drawn once (loop.prepare): whether a transponder works, whether an interrogator works. A civil or
military reply is evidence only for a network that carries the mode. What another network told counts once, by its
pedigree: only identities that the teller found by its own evidence are told.

solo   a track's posterior on its own evidence, without formation and without what was told
mate   the track in whose formation another flies: one whose solo evidence says who it is
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import SQ_AS_FILED, SQ_EMERGENCY, SQ_HIJACK, SQ_WRONG
from egide.events import ID_FRIEND, ID_HOSTILE, ID_NEUTRAL, codes
from egide.jit import njit
from egide.physics.kernels import geodetic_from_ecef
from egide.picture.identity_kernels import (
    E_AS_FILED,
    E_CIVIL,
    E_EMERGENCY,
    E_FORMATION_FRIEND,
    E_FORMATION_HOSTILE,
    E_HIJACK,
    E_IN_CORRIDOR,
    E_INTERROGATOR_OUT,
    E_KINEMATICS,
    E_MILITARY,
    E_NATIONAL,
    E_NO_CIVIL,
    E_NO_KINEMATICS,
    E_NO_MILITARY,
    E_NO_NATIONAL,
    E_NO_ORDER,
    E_NO_ORIGIN,
    E_NO_PLAN,
    E_OFF_CORRIDOR,
    E_OPERATOR,
    E_ORDER,
    E_ORIGIN,
    E_OTHER_CODE,
    E_PLAN,
    E_TOLD,
    REPLIES,
    declare,
    normalise,
    second_choice,
    weigh_all,
)  # fmt: skip
from egide.picture.tables import FIRM
from egide.rng import ONCE, OPERATOR, TRANSPONDER, uniform, uniforms

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
def draw_transponder(mover: Any, rules: Any, key: Array) -> None:
    """What of an object's transponder works on this sortie, drawn once. Both military modes are one box; a code may be
    set wrongly."""
    u, v, w, _ = uniforms(key, TRANSPONDER, mover.id, mover.id, ONCE)
    works = u >= rules.transponder_failure
    mover.military_works = 1 if mover.military == 1 and works else 0
    mover.national_works = 1 if mover.national == 1 and works else 0
    mover.civil_works = 1 if mover.civil == 1 and v >= rules.civil_failure else 0
    if mover.squawk == SQ_AS_FILED and w < rules.wrong_code:
        mover.squawk = SQ_WRONG


@njit
def replies(mover: Any, network: Any) -> int:
    """What an object answers to the modes that a network asks, as bits. Both military modes are one transponder's and
    count once: the one that is answered. A code is heard with a civil reply only."""
    alliance = network.military == 1 and mover.military_works == 1
    national = network.national == 1 and mover.national_works == 1
    evidence: Any = np.int64(0)
    if alliance:
        evidence |= 1 << E_MILITARY
    elif national:
        evidence |= 1 << E_NATIONAL
    elif network.military == 1:
        evidence |= 1 << E_NO_MILITARY
    elif network.national == 1:
        evidence |= 1 << E_NO_NATIONAL
    if network.civil == 1 and mover.civil_works == 0:
        evidence |= 1 << E_NO_CIVIL
    elif network.civil == 1:
        evidence |= 1 << E_CIVIL
        if mover.squawk == SQ_EMERGENCY:
            evidence |= 1 << E_EMERGENCY
        elif mover.squawk == SQ_HIJACK:
            evidence |= 1 << E_HIJACK
        elif network.plans == 1 and mover.plan == 1:  # there is a code to compare it with
            evidence |= 1 << (E_AS_FILED if mover.squawk == SQ_AS_FILED else E_OTHER_CODE)
    return int(evidence)


@njit
def silence(network: Any) -> int:
    """Nobody answers what a network asks."""
    evidence: Any = np.int64(0)
    if network.military == 1:
        evidence |= 1 << E_NO_MILITARY
    elif network.national == 1:
        evidence |= 1 << E_NO_NATIONAL
    if network.civil == 1:
        evidence |= 1 << E_NO_CIVIL
    return int(evidence)


@njit
def together(track: Any, mate: Any, rules: Any, time_s: float) -> bool:
    """Whether two tracks fly as one: near, as fast, in one direction."""
    v, w = track.vel_m_s, mate.vel_m_s
    apart2 = speed2 = other2 = along = 0.0
    for i in range(3):
        d = track.pos_m[i] + v[i] * (time_s - track.time_s) - mate.pos_m[i] - w[i] * (time_s - mate.time_s)
        apart2 += d * d
        speed2 += v[i] * v[i]
        other2 += w[i] * w[i]
        along += v[i] * w[i]
    if apart2 > rules.formation_m * rules.formation_m:
        return False
    speed, other = math.sqrt(speed2), math.sqrt(other2)
    return bool(abs(speed - other) <= rules.formation_speed_m_s and along >= rules.formation_cos * speed * other)


@njit
def formation(track: Any, tracks: Array, high: int, rules: Any, time_s: float) -> int:
    """The evidence of flying in formation with a track that is known, as a bit, 0 for none; the track is noted as mate.
    Known is a firm track of this network's own radars that answered a military mode and is friend, or is hostile, on
    its solo evidence: nothing inherited is handed on. Who answered needs nobody's word; who is surer learns nothing.
    However many fly there, it counts once, by the surest."""
    track.mate = -1
    if rules.formation == 0 or track.evidence & REPLIES:
        return 0
    evidence: Any = np.int64(0)
    best = 0.0
    for i in range(high):
        mate = tracks[i]
        if mate.state != FIRM or mate.remote >= 0 or mate.number == track.number or mate.evidence == 0:
            continue
        c = 2 if mate.solo_p[2] >= rules.hostile else 0
        if c == 0 and (mate.evidence & REPLIES == 0 or mate.solo_p[0] < rules.friend):
            continue
        p = mate.solo_p[c]
        if p > best and p > track.solo_p[c] and together(track, mate, rules, time_s):
            best, track.mate = p, mate.number
            evidence = 1 << (E_FORMATION_HOSTILE if c == 2 else E_FORMATION_FRIEND)
    return int(evidence)


@njit
def gather(
    track: Any, network: Any, movers: Array, radars: Array, corridors: Array, origin: Array, grid: Array, rules: Any,
) -> int:  # fmt: skip
    """The evidence there is on a track, as bits. A remote track has none of one's own: what the teller saw is in
    what it told, and would count twice."""
    if track.remote >= 0:
        return 1 << E_TOLD if track.told >= 0 else 0
    row, col, height = raster_place(track.pos_m[0], track.pos_m[1], track.pos_m[2], grid)
    v = track.vel_m_s
    speed = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    works = radars[track.radar].interrogator_works == 1
    # what gave the last plot flew then, and the question goes out with the look: who has died since has answered
    evidence = replies(movers[track.mover], network) if works and track.mover >= 0 else silence(network)
    if not works:
        evidence |= 1 << E_INTERROGATOR_OUT
    if network.corridors == 1:
        within = in_corridor(corridors, AIRWAY, row, col, height, rules)
        evidence |= 1 << (E_IN_CORRIDOR if within else E_OFF_CORRIDOR)
    if network.order == 1:
        evidence |= 1 << (E_ORDER if in_corridor(corridors, LANE, row, col, height, rules) else E_NO_ORDER)
    if network.plans == 1:
        evidence |= 1 << (E_PLAN if track.mover >= 0 and movers[track.mover].plan == 1 else E_NO_PLAN)
    only_hostile = speed > rules.ballistic_speed_m_s or (height < rules.low_m and speed > rules.fast_m_s)
    evidence |= 1 << (E_KINEMATICS if only_hostile else E_NO_KINEMATICS)
    if origin.shape[0] > 2:
        evidence |= 1 << (E_ORIGIN if track.origin == 1 else E_NO_ORIGIN)
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
def judge(track: Any, tracks: Array, high: int, prior: Array, likelihoods: Array, rules: Any, time_s: float) -> None:
    """Posterior of a track from its evidence, in place; flying in formation is looked up after all else."""
    p, solo = track.p, track.solo_p
    for c in range(3):
        p[c] = solo[c] = prior[c]
    track.mate = -1
    if track.remote >= 0:
        return
    weigh_all(p, likelihoods, track.evidence)
    for c in range(3):
        solo[c] = p[c]
    with_mate = formation(track, tracks, high, rules, time_s)
    if with_mate:
        track.evidence |= with_mate
        weigh_all(p, likelihoods, with_mate)


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
    draw a track), the class that came second. `other` is what he would have said had the draw fallen the other way."""
    identity = declare(track.p, rules)
    track.other = identity
    if max(track.p[0], track.p[1], track.p[2]) < AMBIGUOUS:
        second = second_choice(track.p, identity)
        if uniform(key, OPERATOR, network.id, track.key, ONCE) < network.declaration_error:
            track.evidence |= 1 << E_OPERATOR
            return second
        track.other = second
    return identity


@njit
def identify(
    track: Any, network: Any, tracks: Array, high: int, movers: Array, radars: Array, corridors: Array, origin: Array,
    grid: Array, prior: Array, likelihoods: Array, rules: Any, key: Array, time_s: float,
) -> bool:  # fmt: skip
    """IDENTIFY: review one track. True where the declared identity changed; a pending track's first review does."""
    track.judged = track.mover
    track.evidence = gather(track, network, movers, radars, corridors, origin, grid, rules)
    judge(track, tracks, high, prior, likelihoods, rules, time_s)
    track.own = declared(track, network, rules, key)
    identity = track.own
    if track.told >= 0:
        track.evidence &= ~(1 << E_OPERATOR)  # who erred alone may not err with what was told
        heed(track, rules)
        identity = declared(track, network, rules, key)
    changed = bool(identity != track.identity)
    if changed:
        track.identity, track.identity_s = identity, time_s
    return changed
