"""What each picture knew of each object, summed up at every beat: the ledger behind completeness and identity.

picture   what one network knows; its row of the ledger for an object that never was: tracks of nothing
nothing   also what a track follows that is 20 km off the object whose plots it last took
right     declared friend or assumed friend of a friend, neutral of a neutral, suspect or hostile of a hostile
wrong     declared another of these three; pending and unknown are neither
extra     a second and further firm track of one object in one picture (SIAP's ambiguity)

A beat stands for the 10 s until the next one. Sums of squares are of the distance between where a track says the object
is and where it is (SIAP's position accuracy; Votruba et al. 2001).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.compiler.system import FLYING
from egide.events import (
    FRIEND,
    HOSTILE,
    ID_ASSUMED_FRIEND,
    ID_FRIEND,
    ID_HOSTILE,
    ID_NEUTRAL,
    ID_SUSPECT,
    NEUTRAL,
)
from egide.jit import njit
from egide.picture.fuse_kernels import believe
from egide.picture.tables import FIRM

Array = np.ndarray[Any, Any]
AWAY_M = 20_000.0  # a track so far from the object of its latest plots follows nothing


@njit
def class_called(identity: int) -> int:
    """Which of friend, neutral and hostile an identity speaks for; -1 for neither."""
    if identity in (ID_FRIEND, ID_ASSUMED_FRIEND):
        return FRIEND
    if identity == ID_NEUTRAL:
        return NEUTRAL
    return HOSTILE if identity in (ID_HOSTILE, ID_SUSPECT) else -1


@njit
def apart_squared_m2(belief: Any, mover: Any, fast: int, time_s: float) -> float:
    """Squared distance between what is believed and the object, both now. The fast option draws no errors: there, the
    mean of what its covariance would have drawn."""
    if fast == 1:
        return float(belief.pp[0, 0] + belief.pp[1, 1] + belief.pp[2, 2])
    since_belief, since_segment = time_s - belief.time_s, time_s - mover.t0_s
    total = 0.0
    for i in range(3):
        believed = belief.pos_m[i] + belief.vel_m_s[i] * since_belief
        true = mover.pos_m[i] + mover.vel_m_s[i] * since_segment
        total += (believed - true) * (believed - true)
    return total


@njit
def sum_up(
    tracks: Array, heard: Array, held: Array, work: Array, high: int, movers: Array, ledger: Array, network: int,
    rules: Any, time_s: float, beat_s: float,
) -> None:  # fmt: skip
    """Add one beat of one picture to its rows of the ledger, one a mover and a last one for tracks of nothing."""
    for m in range(movers.shape[0]):
        if movers[m].state == FLYING:
            ledger[m].flown_s += beat_s
    nothing = ledger[movers.shape[0]]
    for i in range(high):
        track = tracks[i]
        if track.state != FIRM:
            continue
        if track.mover < 0 or movers[track.mover].state != FLYING:
            nothing.tracked_s += beat_s
            continue
        mover, row = movers[track.mover], ledger[track.mover]
        if rules.fast == 1:
            off2 = apart_squared_m2(track, mover, rules.fast, time_s)
        else:
            believe(track, heard[i], held[i], network, time_s, rules, work)
            off2 = apart_squared_m2(held[i], mover, rules.fast, time_s)
        if off2 > AWAY_M * AWAY_M:
            nothing.tracked_s += beat_s
            continue
        if row.counted_s == time_s:
            row.extra_s += beat_s
            continue
        row.counted_s = time_s
        row.tracked_s += beat_s
        if track.remote < 0:
            row.own_s += beat_s
        if row.number >= 0 and row.number != track.number:
            row.changes += 1
        row.number = track.number
        row.error_m2s += beat_s * off2
        called = class_called(track.identity)
        if called == mover.relation:
            row.right_s += beat_s
        elif called >= 0:
            row.wrong_s += beat_s


@njit
def note_firm(ledger: Array, mover: int, time_s: float) -> None:
    """The first firm track of an object in this picture, own or told."""
    if mover >= 0 and not ledger[mover].first_firm_s <= time_s:
        ledger[mover].first_firm_s = time_s


@njit
def note_called(ledger: Array, movers: Array, mover: int, identity: int, time_s: float) -> None:
    """The first right and the first wrong declaration of an object in this picture."""
    if mover < 0:
        return
    called, row = class_called(identity), ledger[mover]
    if called == movers[mover].relation and not row.first_right_s <= time_s:
        row.first_right_s = time_s
    elif called >= 0 and called != movers[mover].relation and not row.first_wrong_s <= time_s:
        row.first_wrong_s = time_s
