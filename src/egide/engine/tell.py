"""Track reports over links: sent at the link's rate, heard after its latency, or lost.

TELL    the sender copies what its own sensors know into a ring of reports; nothing heard is passed on
ARRIVE  the receiver finds the track meant, by position; a wrong match is possible, and an identity can then go astray

An identity-only link (a voice tell) names a track once, when its declared identity changed, and again after
RETELL_UPDATES of its updates. A link that carries tracks also starts and keeps remote tracks in the receiver's picture.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.engine.queue import ARRIVE, C_MESSAGES, C_REPORTS, NOBODY, TELL, push
from egide.engine.quick import refresh
from egide.events import ID_ASSUMED_FRIEND
from egide.jit import njit
from egide.picture.belief_kernels import clear_track, free_row, set_belief
from egide.picture.kalman_kernels import sigma_m
from egide.picture.tables import FIRM, FREE
from egide.rng import MESSAGE, uniform

Array = np.ndarray[Any, Any]
RETELL_UPDATES = 5.0
STALE_UPDATES = 1.5  # a claim not renewed for so many updates is free again
REMOTE_SPEED_SD_M_S = 20.0


@njit
def worth_telling(track: Any, link: Any, told_s: float, time_s: float) -> bool:
    """Own, confirmed, and, on a voice link, newly named."""
    if track.state != FIRM or track.remote >= 0:
        return False
    if link.tracks == 1:
        return True
    named = track.own >= ID_ASSUMED_FRIEND
    return bool(named and (track.identity_s > told_s or time_s - told_s > RETELL_UPDATES * link.update_s))


@njit
def tell(
    link: Any, link_row: int, tracks: Array, high: int, network: Any, movers: Array, rules: Any, reports: Array,
    known: Array, queue: Array, count: Array, key: Array, time_s: float,
) -> None:  # fmt: skip
    """TELL: put reports into the ring and book their arrival. A link too narrow for all goes round them by turns."""
    push(queue, count, time_s + link.update_s, TELL, link_row, NOBODY, NOBODY)
    if link.up_now == 0:
        return
    begin = count[C_REPORTS]
    n: Any = np.int64(0)
    first = link.next if link.next < high else 0
    for k in range(high):
        i = (first + k) % high
        track = tracks[i]
        if n >= link.capacity or n >= reports.shape[0]:
            link.next = i
            break
        memory = known[link_row, i]
        if memory.sender != track.number:
            memory.sender, memory.slot, memory.told_s = track.number, -1, -math.inf
        if not worth_telling(track, link, memory.told_s, time_s):
            continue
        if rules.fast == 1 and track.mover >= 0:
            refresh(track, network, movers[track.mover], rules, key, time_s)
        report = reports[(begin + n) % reports.shape[0]]
        dt = time_s - track.time_s
        for c in range(3):
            report.pos_m[c] = track.pos_m[c] + track.vel_m_s[c] * dt
            report.vel_m_s[c] = track.vel_m_s[c]
        report.sent_s, report.sigma_m, report.key, report.row, report.number = (
            time_s, sigma_m(track), track.key, i, track.number)  # fmt: skip
        report.identity, report.mover, report.origin = track.own, track.mover, track.origin
        occasion = int(time_s / link.update_s)
        report.lost = 1 if uniform(key, MESSAGE, link.id, track.key, occasion) < link.loss else 0
        memory.told_s = time_s
        n += 1
    count[C_REPORTS] = begin + n
    if n > 0:
        push(queue, count, time_s + link.latency_s, ARRIVE, link_row, begin, n)


@njit
def apart2(report: Any, track: Any, x: float, y: float, z: float, time_s: float, rules: Any) -> float:
    """Squared distance of a reported place from a track, in units of both errors and the correlation allowance."""
    dt = time_s - track.time_s
    dx = track.pos_m[0] + track.vel_m_s[0] * dt - x
    dy = track.pos_m[1] + track.vel_m_s[1] * dt - y
    dz = track.pos_m[2] + track.vel_m_s[2] * dt - z
    spread2 = rules.correlation_m * rules.correlation_m + report.sigma_m * report.sigma_m
    spread2 += track.pp[0, 0] + track.pp[1, 1] + track.pp[2, 2]
    return (dx * dx + dy * dy + dz * dz) / spread2


@njit
def match(
    link: Any,
    report: Any,
    tracks: Array,
    high: int,
    claims: Array,
    x: float,
    y: float,
    z: float,
    time_s: float,
    rules: Any,
) -> int:
    """The receiver's track nearest to a reported place, within the correlation gate, that no other report of the same
    link has claimed of late; -1 for none. `claims` are the link's rows of memory."""
    best, best_d2 = -1, rules.gate
    for i in range(high):
        if tracks[i].state == FREE:
            continue
        if claims[i].claimed == tracks[i].number and time_s - claims[i].claimed_s < STALE_UPDATES * link.update_s:
            continue
        d2 = apart2(report, tracks[i], x, y, z, time_s, rules)
        if d2 < best_d2:
            best, best_d2 = i, d2
    return best


@njit
def place_remote(track: Any, report: Any, x: float, y: float, z: float, time_s: float, models: int) -> None:
    """Set a remote track to where a report puts it."""
    track.time_s, track.hit_s, track.mover = time_s, time_s, report.mover
    track.pos_m[0], track.pos_m[1], track.pos_m[2] = x, y, z
    for i in range(3):
        track.vel_m_s[i] = report.vel_m_s[i]
        for j in range(3):
            track.pp[i, j] = track.pv[i, j] = track.vv[i, j] = 0.0
        track.pp[i, i] = report.sigma_m * report.sigma_m
        track.vv[i, i] = REMOTE_SPEED_SD_M_S * REMOTE_SPEED_SD_M_S
    set_belief(track, models)


@njit
def forget_told(track: Any, number: int, link_row: int) -> None:
    """A report that turns out to mean another track takes back what it said of this one."""
    if track.number == number and track.told_by == link_row:
        track.told, track.told_by = -1, -1


@njit
def hear(
    link: Any, link_row: int, report: Any, tracks: Array, high: Array, numbers: Array, known: Array,
    correlates: int, rules: Any, time_s: float,
) -> int:  # fmt: skip
    """ARRIVE, one report: the row of the receiver's track it was matched to or made into, -1 for neither. A newly made
    row is returned as -2 - row."""
    receiver = link.receiver
    age = time_s - report.sent_s
    x = report.pos_m[0] + report.vel_m_s[0] * age
    y = report.pos_m[1] + report.vel_m_s[1] * age
    z = report.pos_m[2] + report.vel_m_s[2] * age
    memory = known[link_row, report.row]
    i = memory.slot if memory.sender == report.number else -1
    if i >= 0:
        track = tracks[i]  # a match is kept only while it is the same track and the two stay together
        gone = track.state == FREE or track.number != memory.receiver
        if gone or (track.remote != link_row and apart2(report, track, x, y, z, time_s, rules) > rules.gate):
            i = -1
    if i < 0 and correlates == 1:
        i = match(link, report, tracks, high[receiver], known[link_row], x, y, z, time_s, rules)
    made = False
    if i < 0 and link.tracks == 1:
        i = free_row(tracks, high, receiver)
        if i < 0:
            return -1
        made = True
        clear_track(tracks[i], numbers[receiver], report.key, report.mover, time_s)
        numbers[receiver] += 1
        tracks[i].state, tracks[i].remote, tracks[i].origin = FIRM, link_row, report.origin
    if memory.sender == report.number:
        if memory.slot >= 0 and memory.slot != i:
            forget_told(tracks[memory.slot], memory.receiver, link_row)
        memory.slot = i
    if i < 0:
        return -1
    track = tracks[i]
    memory.receiver = track.number if memory.sender == report.number else memory.receiver
    if track.remote == link_row:
        place_remote(track, report, x, y, z, time_s, rules.models)
    known[link_row, i].claimed_s, known[link_row, i].claimed = time_s, track.number
    if link.identity == 1 and report.identity >= ID_ASSUMED_FRIEND:
        track.told, track.told_by, track.told_s = report.identity, link_row, time_s
    elif link.identity == 1 and track.told_by == link_row:  # the teller is no longer sure
        track.told, track.told_by = -1, -1
    return -2 - i if made else i


@njit
def log_message(link_row: int, report: Any, receiver_track: int, time_s: float, log: Array, count: Array) -> None:
    row = log[count[C_MESSAGES]]
    count[C_MESSAGES] += 1
    row.sent_s, row.arrived_s, row.link, row.sender_track = report.sent_s, time_s, link_row, report.number
    row.receiver_track, row.identity, row.lost = receiver_track, report.identity, report.lost
