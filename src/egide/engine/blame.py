"""Why a friend or neutral could be fired at: causes by the but-for rule, from the truth, at the moment of the launch.

but-for    a cause is one thing that, had it alone been otherwise, would have left the object unfired at: the identity
           that then followed is one that the rules do not let the battery engage
several    none alone would have: the log says no cause, and two at least were needed at once

Each cause is one change of what the network knew, with the same likelihoods, thresholds and operator's draw. Reading
the truth here changes nothing in the run: only the log is told.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.engine.decide import allowed
from egide.engine.identify import AMBIGUOUS, gather, replies, told_class
from egide.events import (
    ID_ASSUMED_FRIEND,
    ID_FRIEND,
    ID_HOSTILE,
    ID_NEUTRAL,
    M_FOREIGN_IFF,
    M_INTERROGATOR_OUT,
    M_LOST_PICTURE,
    M_NO_REPLY,
    M_OPERATOR,
    M_RULE,
    M_STALE,
    M_WRONG_CORRELATION,
    R_NONE,
)
from egide.jit import njit
from egide.picture.identity_kernels import (
    E_AS_FILED,
    E_CIVIL,
    E_EMERGENCY,
    E_FORMATION_FRIEND,
    E_FORMATION_HOSTILE,
    E_HIJACK,
    E_MILITARY,
    E_NATIONAL,
    E_NO_CIVIL,
    E_OPERATOR,
    E_OTHER_CODE,
    MILITARY_SILENCE,
    declare,
    normalise,
    second_choice,
    weigh_all,
)  # fmt: skip
from egide.picture.tables import FIRM
from egide.rng import ONCE, OPERATOR, uniform

Array = np.ndarray[Any, Any]
ANSWERS = (
    MILITARY_SILENCE | 1 << E_MILITARY | 1 << E_NATIONAL | 1 << E_CIVIL | 1 << E_NO_CIVIL | 1 << E_AS_FILED
    | 1 << E_OTHER_CODE | 1 << E_EMERGENCY | 1 << E_HIJACK
)  # fmt: skip
UNTOLD: Any = np.int64(-1)
FORMATION = 1 << E_FORMATION_FRIEND | 1 << E_FORMATION_HOSTILE


@njit
def would_be(
    track: Any, network: Any, evidence: int, told: int, prior: Array, likelihoods: Array, rules: Any, p: Array,
    key: Array,
) -> int:  # fmt: skip
    """The identity that other evidence would have led to, with the operator's draw as it is."""
    for c in range(3):
        p[c] = prior[c]
    if track.remote < 0:
        weigh_all(p, likelihoods, evidence)
    klass = told_class(told)
    if klass >= 0:
        for c in range(3):
            p[c] *= rules.told_trust if c == klass else 0.5 * (1.0 - rules.told_trust)
        normalise(p)
    identity = declare(p, rules)
    ambiguous = max(p[0], p[1], p[2]) < AMBIGUOUS
    if ambiguous and uniform(key, OPERATOR, network.id, track.key, ONCE) < network.declaration_error:
        identity = second_choice(p, identity)
    return int(identity)


@njit
def spares(battery: Any, track: Any, held: Any, identity: int, weapon_control: int, time_s: float) -> bool:
    """Whether the battery would not have fired at the track under another identity."""
    before = track.identity
    track.identity = identity
    reason = allowed(battery, track, held, weapon_control, time_s)
    track.identity = before
    return bool(reason != R_NONE)


@njit
def seen_true(
    track: Any, mover: Any, network: Any, movers: Array, radars: Array, corridors: Array, origin: Array, grid: Array,
    rules: Any, keep: Array, time_s: float,
) -> int:  # fmt: skip
    """The evidence there would be if the track were where its object is now."""
    dt = time_s - mover.t0_s
    for i in range(3):
        keep[i], keep[i + 3] = track.pos_m[i], track.vel_m_s[i]
        track.pos_m[i], track.vel_m_s[i] = mover.pos_m[i] + mover.vel_m_s[i] * dt, mover.vel_m_s[i]
    evidence = gather(track, network, movers, radars, corridors, origin, grid, rules)
    for i in range(3):
        track.pos_m[i], track.vel_m_s[i] = keep[i], keep[i + 3]
    return evidence


@njit
def knows_better(tracks: Array, high: Array, network: int, mover: int) -> int:
    """What another network has found by its own evidence, where that is friend or neutral; -1 where none has."""
    for n in range(tracks.shape[0]):
        if n == network:
            continue
        for i in range(high[n]):
            other = tracks[n, i]
            if other.state == FIRM and other.mover == mover and other.remote < 0:
                if other.own == ID_FRIEND or other.own == ID_ASSUMED_FRIEND:
                    return int(ID_FRIEND)
                if other.own == ID_NEUTRAL:
                    return int(ID_NEUTRAL)
    return -1


@njit
def told_of_another(track: Any, heard: Array) -> bool:
    """Whether what it was told was said of another object's track."""
    for s in range(heard.shape[0]):
        said = heard[s]
        named = said.holder == track.number + 1 and said.named == 1 and said.identity == track.told
        if named and said.mover != track.mover:
            return True
    return False


@njit
def blame(
    battery: Any, weapon_control: int, tracks: Array, slot: int, heard: Array, held: Any, high: Array,
    networks: Array, movers: Array, radars: Array, corridors: Array, origin: Array, grid: Array, prior: Array,
    likelihoods: Array, rules: Any, work: Array, key: Array, time_s: float,
) -> int:  # fmt: skip
    """Every cause but for which the launch at this track would not have been allowed, as bits of events.MISTAKES."""
    network, track = networks[battery.network], tracks[battery.network, slot]
    mover = movers[track.mover]
    p, keep = held.solo_p, work[0, 1]  # scratch
    base, told = track.evidence & ~(1 << E_OPERATOR), track.told
    causes: Any = np.int64(0)
    if track.identity != ID_HOSTILE:
        causes |= 1 << M_RULE
    if track.evidence & (1 << E_OPERATOR) and spares(battery, track, held, track.other, weapon_control, time_s):
        causes |= 1 << M_OPERATOR
    if told >= 0 and told_of_another(track, heard):
        identity = would_be(track, network, base, UNTOLD, prior, likelihoods, rules, p, key)
        if spares(battery, track, held, identity, weapon_control, time_s):
            causes |= 1 << M_WRONG_CORRELATION
    better = knows_better(tracks, high, battery.network, track.mover)
    if better >= 0 and better != told:
        identity = would_be(track, network, base, better, prior, likelihoods, rules, p, key)
        if spares(battery, track, held, identity, weapon_control, time_s):
            causes |= 1 << M_LOST_PICTURE
    if track.remote >= 0:
        return int(causes)
    works = radars[track.radar].interrogator_works == 1
    military, national, civil = mover.military_works, mover.national_works, mover.civil_works
    asks = network.military, network.national, network.civil
    for k in range(3):  # a transponder that works; an interrogator that works; modes that fit
        if (k == 1) == works:
            continue
        if k == 0:
            mover.military_works, mover.national_works, mover.civil_works = mover.military, mover.national, mover.civil
        elif k == 2:
            network.military, network.national, network.civil = 1, 1, 1
        evidence = (base & ~(ANSWERS | FORMATION)) | replies(mover, network)
        mover.military_works, mover.national_works, mover.civil_works = military, national, civil
        network.military, network.national, network.civil = asks
        identity = would_be(track, network, evidence, told, prior, likelihoods, rules, p, key)
        if spares(battery, track, held, identity, weapon_control, time_s):
            causes |= 1 << (M_NO_REPLY if k == 0 else M_INTERROGATOR_OUT if k == 1 else M_FOREIGN_IFF)
    true = seen_true(track, mover, network, movers, radars, corridors, origin, grid, rules, keep, time_s)
    identity = would_be(track, network, true | (base & FORMATION), told, prior, likelihoods, rules, p, key)
    if spares(battery, track, held, identity, weapon_control, time_s):
        causes |= 1 << (M_WRONG_CORRELATION if track.judged != track.mover else M_STALE)
    return int(causes)
