"""Track reports over links: sent at the link's rate, heard after its latency, or lost.

TELL     the sender copies what its own sensors know into a ring of reports; a link that relays copies also what others
         told the sender, each network's evidence as that network said it
ARRIVE   all reports of one beat come together; the receiver finds the tracks meant, by position; a wrong match is
         possible, and an identity can then go astray
source   the network whose sensors a report rests on; a receiver holds one report a source and object, the newest said,
         so that nothing is counted twice, whatever ways it came by and however often
late     said before what was heard already, or again what was heard already: it changes nothing

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
from egide.jit import njit, njit_allocating
from egide.picture.assign_kernels import assign
from egide.picture.belief_kernels import clear_track, free_row, set_belief
from egide.picture.fuse_kernels import adopt, believe, rests_on
from egide.picture.tables import FIRM, FREE
from egide.rng import LATENCY, MESSAGE, triangular, uniform

Array = np.ndarray[Any, Any]
RETELL_UPDATES = 5.0
LOOK_ROUND = 5  # a report that has but the remote track it made looks for another every so many beats
STALE_UPDATES = 1.5  # a claim not renewed for so many updates is free again
SETTLED = 1.0  # squared distance within which a match is not questioned, and what another must be better by


@njit
def worth_telling(track: Any, link: Any, memory: Any, time_s: float) -> bool:
    """Own, confirmed, and, on a voice link, newly named."""
    if track.state != FIRM or track.remote >= 0:
        return False
    if link.tracks == 1:
        return True
    named = track.own >= ID_ASSUMED_FRIEND
    told_s = memory.told_s
    return bool(named and (track.identity_s > told_s or time_s - told_s > RETELL_UPDATES * link.update_s))


@njit
def worth_relaying(track: Any, said: Any, link: Any, memory: Any, rules: Any, time_s: float) -> bool:
    """Heard of a firm track from neither end of the link, still fresh, and newer than what was passed on."""
    if track.state != FIRM or said.holder != track.number + 1 or said.arrived_s + rules.drop_s < time_s:
        return False
    if said.source == link.receiver or said.source == link.sender:
        return False
    if link.tracks == 1 and said.placed == 1:
        return bool(said.said_s > memory.said_s)
    return bool(link.identity == 1 and said.identity >= ID_ASSUMED_FRIEND and said.named_s > memory.said_s)


@njit
def speak(report: Any, track: Any, network: int, time_s: float) -> None:
    """An own track as a report."""
    report.pedigree = rests_on(track, network, time_s)
    report.time_s, report.said_s, report.named_s = track.time_s, time_s, time_s
    for i in range(3):
        report.pos_m[i], report.vel_m_s[i] = track.pos_m[i], track.vel_m_s[i]
        for j in range(3):
            report.pp[i, j], report.pv[i, j], report.vv[i, j] = track.pp[i, j], track.pv[i, j], track.vv[i, j]
    report.key, report.number, report.identity = track.key, track.number, track.own
    report.mover, report.origin, report.placed, report.named = track.mover, track.origin, 1, 1


@njit
def tell(
    link: Any, link_row: int, tracks: Array, heard: Array, high: int, networks: Array, movers: Array, rules: Any,
    reports: Array, known: Array, queue: Array, count: Array, key: Array, time_s: float,
) -> None:  # fmt: skip
    """TELL: put reports into the ring and book their arrival. A link too narrow for all goes round them by turns."""
    push(queue, count, time_s + link.update_s, TELL, link_row, NOBODY, NOBODY)
    if link.up_now == 0:
        return
    begin = count[C_REPORTS]
    n: Any = np.int64(0)
    beat = int(time_s / link.update_s + 0.5)
    sources = heard.shape[1] if link.relays == 1 else 1
    first = link.next if link.next < high * sources else 0
    for k in range(high * sources):
        turn = (first + k) % (high * sources)
        i = turn // sources
        source = turn % sources if link.relays == 1 else link.sender
        track = tracks[i]
        if n >= link.capacity or n >= reports.shape[0]:
            link.next = turn
            break
        memory = known[source, i]
        if memory.number != track.number + 1:
            memory.number, memory.told_s, memory.said_s = track.number + 1, -math.inf, -math.inf
        at = (begin + n) % reports.shape[0]
        subject = track.key
        if source == link.sender:
            if not worth_telling(track, link, memory, time_s):
                continue
            if rules.fast == 1 and track.mover >= 0:
                refresh(track, networks[link.sender], movers[track.mover], rules, key, time_s)
            speak(reports[at], track, source, time_s)
            reports[at].row, reports[at].source = i, source
        else:
            if not worth_relaying(track, heard[i, source], link, memory, rules, time_s):
                continue
            reports[at] = heard[i, source]
            subject = track.key ^ networks[source].id
        report = reports[at]
        memory.told_s = time_s
        memory.said_s = report.said_s if link.tracks == 1 and report.placed == 1 else report.named_s
        report.placed, report.named = report.placed & link.tracks, report.named & link.identity
        report.sent_s, report.slot, report.made, report.late = time_s, -1, 0, 0
        report.lost = 1 if uniform(key, MESSAGE, link.id, subject, beat) < link.loss else 0
        n += 1
    count[C_REPORTS] = begin + n
    if n > 0:
        u = uniform(key, LATENCY, link.id, link.id, beat)
        wait_s = triangular(u, link.latency_s[0], link.latency_s[1], link.latency_s[2])
        push(queue, count, time_s + wait_s, ARRIVE, link_row, begin, n)


@njit
def foresee(pos: Array, vel: Array, pp: Array, pv: Array, vv: Array, dt: float, q: float, out: Array) -> None:
    """Where something will be in dt seconds, and its covariance of position there: out[0:3], out[3:9]."""
    n = 3
    for i in range(3):
        out[i] = pos[i] + vel[i] * dt
        for j in range(i, 3):
            out[n] = pp[i, j] + dt * (pv[i, j] + pv[j, i]) + dt * dt * vv[i, j]
            if i == j:
                out[n] += q * abs(dt * dt * dt) / 3.0
            n += 1


@njit
def apart2(a: Array, b: Array, allow2: float, gate: float) -> float:
    """Squared distance of two places in units of both covariances and an allowance by axis; inf where plainly more
    than the gate."""
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    s00, s11, s22 = a[3] + b[3] + allow2, a[6] + b[6] + allow2, a[8] + b[8] + allow2
    if x * x + y * y + z * z > gate * (s00 + s11 + s22):  # the trace bounds the largest eigenvalue
        return math.inf
    s01, s02, s12 = a[4] + b[4], a[5] + b[5], a[7] + b[7]
    c00, c01, c02 = s11 * s22 - s12 * s12, s02 * s12 - s01 * s22, s01 * s12 - s02 * s11
    det = s00 * c00 + s01 * c01 + s02 * c02
    if det <= 0.0:
        return math.inf
    c11, c12, c22 = s00 * s22 - s02 * s02, s01 * s02 - s00 * s12, s00 * s11 - s01 * s01
    return (x * (c00 * x + 2.0 * (c01 * y + c02 * z)) + y * (c11 * y + 2.0 * c12 * z) + c22 * z * z) / det


@njit
def sort_late(report: Any, place: Any) -> None:
    """Start a new memory for a new track of the source; mark what says nothing new."""
    if place.number < report.number + 1:
        place.number, place.slot, place.said_s, place.named_s = report.number + 1, -1, -math.inf, -math.inf
    newer = (report.placed == 1 and report.said_s > place.said_s) or (
        report.named == 1 and report.named_s > place.named_s)  # fmt: skip
    report.late = 0 if place.number == report.number + 1 and newer else 1


@njit
def told_alone(track: Any, heard: Array, source: int) -> bool:
    """Whether a track rests on one source's reports alone."""
    others = 0
    for s in range(heard.shape[0]):
        if s != source and heard[s].holder == track.number + 1:
            others += 1
    return bool(track.remote >= 0 and others == 0)


@njit_allocating
def match(
    link: Any, begin: int, n: int, source: int, reports: Array, tracks: Array, high: int, heard: Array,
    rules: Any, time_s: float,
) -> None:  # fmt: skip
    """Choose the receiver's tracks for the reports of one source: least sum of squared distances, a report alone
    counting the gate. A match within SETTLED is kept; one farther off competes, with SETTLED in its favour; one that
    has but the remote track it made looks for another within SETTLED. `slot` of each report is its choice."""
    size, q = reports.shape[0], rules.process_noise
    rows = np.empty(n, np.int64)
    m: Any = np.int64(0)  # a plain 0 would have what takes m compiled once more
    there, here = np.empty(9), np.empty(9)
    allow2 = rules.correlation_m * rules.correlation_m + link.registration_m * link.registration_m
    for k in range(n):
        report = reports[(begin + k) % size]
        if report.source != source or report.lost == 1 or report.late == 1:
            continue
        i = report.slot
        if i >= 0:
            track = tracks[i]
            if told_alone(track, heard[i], source):
                if int(report.sent_s / link.update_s + 0.5) % LOOK_ROUND != 0:
                    continue
            else:
                foresee(report.pos_m, report.vel_m_s, report.pp, report.pv, report.vv, time_s - report.time_s, q, there)
                foresee(track.pos_m, track.vel_m_s, track.pp, track.pv, track.vv, time_s - track.time_s, q, here)
                if apart2(there, here, allow2, rules.gate) < SETTLED:
                    continue
        rows[m] = k
        m += 1
    if m == 0:
        return
    where, shut = np.empty((high, 9)), np.zeros(high, np.int64)  # shut: another report's for now
    for i in range(high):
        track, said = tracks[i], heard[i, source]
        fresh = time_s - said.arrived_s < STALE_UPDATES * link.update_s
        if track.state == FREE or (said.holder == track.number + 1 and fresh):
            shut[i] = 1
        if track.state != FREE:
            foresee(track.pos_m, track.vel_m_s, track.pp, track.pv, track.vv, time_s - track.time_s, q, where[i])
    for k in range(m):
        at = reports[(begin + rows[k]) % size].slot
        if at >= 0 and not told_alone(tracks[at], heard[at], source):
            shut[at] = 0
    first, edges = np.empty(m + 1, np.int64), 0
    edge_col, edge_cost = np.empty(4 * m + 16, np.int64), np.empty(4 * m + 16)
    for k in range(m):
        first[k] = edges
        report = reports[(begin + rows[k]) % size]
        foresee(report.pos_m, report.vel_m_s, report.pp, report.pv, report.vv, time_s - report.time_s, q, there)
        at = report.slot
        limit = SETTLED if at >= 0 and told_alone(tracks[at], heard[at], source) else rules.gate
        for i in range(high):
            if shut[i] == 1:
                continue
            d2 = apart2(there, where[i], allow2, limit)
            if d2 >= limit or (limit == SETTLED and i == at):
                continue
            if edges == edge_col.shape[0]:
                wider_col, wider_cost = np.empty(2 * edges, np.int64), np.empty(2 * edges)
                wider_col[:edges], wider_cost[:edges] = edge_col, edge_cost
                edge_col, edge_cost = wider_col, wider_cost
            edge_col[edges], edge_cost[edges] = i, d2 - SETTLED if i == report.slot else d2
            edges += 1
    first[m] = edges
    choice = np.empty(m, np.int64)
    assign(
        m, first, edge_col, edge_cost, rules.gate, choice, np.empty(high, np.int64), np.empty(m), np.empty(high),
        np.empty(high), np.empty(high, np.int64), np.empty(high, np.int64), np.empty(high, np.int64))  # fmt: skip
    for k in range(m):
        report = reports[(begin + rows[k]) % size]
        i = report.slot
        if choice[k] >= 0 or i < 0 or not told_alone(tracks[i], heard[i], source):
            report.slot = choice[k]


@njit
def retell(track: Any, heard: Array) -> None:
    """The identity told of a track is the newest that any source said and stands by; ties: the lower network."""
    track.told, track.told_by, track.told_of = -1, -1, -1
    for s in range(heard.shape[0]):
        said = heard[s]
        if said.holder != track.number + 1 or said.named == 0 or said.identity < ID_ASSUMED_FRIEND:
            continue
        if track.told_of < 0 or said.named_s > heard[track.told_of].named_s:
            track.told, track.told_by, track.told_of, track.told_s = said.identity, said.teller, s, said.arrived_s


@njit
def about(said: Any, report: Any, track: Any) -> bool:
    """Whether what a receiver holds beside a live track is of the same source's track as a report."""
    same = said.row == report.row and said.number == report.number
    return bool(same and track.state != FREE and said.holder == track.number + 1)


@njit
def release(track: Any, heard: Array, source: int, rules: Any, time_s: float) -> None:
    """A source turns out to mean another track: what it said of this one is taken back. A remote track that nobody
    tells of any more goes with the next sweep."""
    heard[source].holder = 0
    track.heard_n += 1
    retell(track, heard)
    if told_alone(track, heard, source):
        track.hit_s = time_s - rules.drop_s


@njit
def keep(report: Any, place: Any, said: Any, track: Any, link: Any, link_row: int, time_s: float) -> None:
    """Hold a report beside the receiver's track, in place of what its source said before. The registration error of
    each link that it came by widens its covariance."""
    new = said.holder != track.number + 1 or said.number != report.number or said.row != report.row
    if new:
        said.holder, said.row, said.number, said.source = track.number + 1, report.row, report.number, report.source
        said.placed, said.named, said.identity, said.named_s, said.said_s = 0, 0, 0, -math.inf, report.said_s
        said.key, said.origin = report.key, report.origin
    if new or (report.placed == 1 and report.said_s > place.said_s):
        said.time_s, said.said_s, said.placed, said.pedigree = (
            report.time_s, report.said_s, report.placed, report.pedigree)  # fmt: skip
        for i in range(3):
            said.pos_m[i], said.vel_m_s[i] = report.pos_m[i], report.vel_m_s[i]
            for j in range(3):
                said.pp[i, j], said.pv[i, j], said.vv[i, j] = report.pp[i, j], report.pv[i, j], report.vv[i, j]
            said.pp[i, i] += link.registration_m * link.registration_m
    if report.placed == 1:
        place.said_s = max(place.said_s, report.said_s)
    if report.named == 1 and (new or report.named_s > place.named_s):
        said.named, said.identity, said.named_s, said.teller = 1, report.identity, report.named_s, link_row
        place.named_s = max(place.named_s, report.named_s)
    if report.placed == 1 or said.placed == 0:
        said.arrived_s, said.link = time_s, link_row
    said.mover = report.mover
    track.heard_n += 1


@njit
def hear(
    link: Any, link_row: int, begin: int, n: int, reports: Array, tracks: Array, high: Array, numbers: Array,
    heard: Array, held: Array, placed: Array, correlates: int, rules: Any, work: Array, time_s: float,
) -> None:  # fmt: skip
    """ARRIVE, all reports of one beat: `slot` of each becomes the row of the receiver's track that it was matched to
    or, with `made` 1, made into; -1 for neither."""
    receiver, size = link.receiver, reports.shape[0]
    for k in range(n):
        report = reports[(begin + k) % size]
        if report.lost == 1:
            continue
        place = placed[report.source, report.row]
        sort_late(report, place)
        i = place.slot if place.number == report.number + 1 else -1
        if i >= 0 and not about(heard[i, report.source], report, tracks[i]):
            i = -1
        report.slot = i
    if correlates == 1:
        for source in range(heard.shape[1]):
            if link.relays == 1 or source == link.sender:
                match(
                    link, begin, n, source, reports, tracks, high[receiver], heard, rules, time_s)  # fmt: skip
    for k in range(n):
        report = reports[(begin + k) % size]
        if report.lost == 1 or report.late == 1:
            continue
        source = report.source
        place = placed[source, report.row]
        if place.slot >= 0 and place.slot != report.slot:
            track = tracks[place.slot]
            if about(heard[place.slot, source], report, track):
                release(track, heard[place.slot], source, rules, time_s)
        if report.slot < 0 and report.placed == 1:
            report.slot = free_row(tracks, high, receiver)
            if report.slot >= 0:
                report.made = 1
                clear_track(tracks[report.slot], numbers[receiver], report.key, report.mover, time_s)
                numbers[receiver] += 1
                tracks[report.slot].state, tracks[report.slot].remote = FIRM, link_row
                tracks[report.slot].origin = report.origin
        place.slot = report.slot
        if report.slot < 0:
            continue
        i = report.slot
        track = tracks[i]
        keep(report, place, heard[i, source], track, link, link_row, time_s)
        retell(track, heard[i])
        if track.remote >= 0 and report.placed == 1:
            track.remote, track.hit_s, track.mover = link_row, time_s, report.mover
            believe(track, heard[i], held[i], receiver, time_s, rules, work)
            adopt(track, held[i])
            set_belief(track, rules.models)


@njit
def hand_over(track: Any, heard: Array, held: Any, network: int, rules: Any, work: Array, time_s: float) -> bool:
    """An own track without plots for long is kept as a remote one while others tell of it."""
    told_s, link = -math.inf, -1
    for s in range(heard.shape[0]):
        said = heard[s]
        if said.holder == track.number + 1 and said.placed == 1 and said.arrived_s > told_s:
            told_s, link = said.arrived_s, said.link
    if time_s - told_s > rules.drop_s:
        return False
    track.remote, track.hit_s, track.radar, track.misses = link, told_s, -1, 0
    track.heard_n += 1
    believe(track, heard, held, network, time_s, rules, work)
    adopt(track, held)
    set_belief(track, rules.models)
    return True


@njit
def cued(track: Any, heard: Array, links: Array) -> bool:
    """Whether a battery may engage on a track: seen by own sensors, or told over a link that allows it."""
    if track.remote < 0:
        return True
    for s in range(heard.shape[0]):
        said = heard[s]
        if said.holder == track.number + 1 and said.placed == 1 and links[said.link].remote_cue == 1:
            return True
    return False


@njit
def log_message(link_row: int, report: Any, receiver_track: int, time_s: float, log: Array, count: Array) -> None:
    row = log[count[C_MESSAGES]]
    count[C_MESSAGES] += 1
    row.sent_s, row.arrived_s, row.link, row.sender_track = report.sent_s, time_s, link_row, report.number
    row.receiver_track, row.identity, row.lost = receiver_track, report.identity, report.lost
    row.said_s, row.said_by, row.late, row.mover = report.said_s, report.source, report.late, report.mover
