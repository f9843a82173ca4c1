"""One decision for all batteries of a network: who takes which target.

threat    what a target could take, weighed by how sure it is that it is hostile and how soon it could be there
gain      threat that a battery is expected to take with one engagement: threat x probability that its salvo kills
room      engagements that a battery can still begin
bound     what no assignment of these pairs could exceed
price     what a place at a battery is worth: nothing where it has room left, else the least gain that it took
choice    a row of scratch: slot, store, time of flight, kill probability, seconds to harm, battery (engine.decide)

At most one battery takes a target. Greedy takes pair after pair; exact is the best of all such assignments of the
greatest threats (`assign.match_kernels`, whose prices prove it), and greedy for the rest.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.assign.match_kernels import best_pairs, greedy_pairs
from egide.compiler.system import EXACT
from egide.engine.decide import engage
from egide.engine.log import log_refusal
from egide.engine.queue import C_ASSIGNMENTS
from egide.engine.reach import spare_missiles
from egide.events import R_ASSIGNED_OTHER, R_NO_CHANNEL
from egide.jit import njit
from egide.record import record

Array = np.ndarray[Any, Any]

TARGETS: Final = 96  # of one decision; the least threats beyond them wait for the next
BATTERIES: Final = 64  # of one network that shares assignment: scenario.checks_of_fire.SHARING_MOST
EXACT_TARGETS: Final = 32
EXACT_ROOM: Final = 96  # engagements at once among which the exact assignment chooses
_COLUMNS: Final = EXACT_ROOM + EXACT_TARGETS  # and one column for each target that nobody takes
LEAST: Final = 1e-6  # of a threat: what is certainly no enemy, or threatens nothing, still has an order

SHARING: Final = record(  # one row: scratch of one decision
    ("gain", "f8", (TARGETS, BATTERIES)), ("choice", "i8", (TARGETS, BATTERIES)), ("threat", "f8", (TARGETS,)),
    ("slot", "i8", (TARGETS,)), ("order", "i8", (TARGETS,)), ("col_of", "i8", (TARGETS,)), ("best", "i8", (TARGETS,)),
    ("battery", "i8", (BATTERIES,)), ("room", "i8", (BATTERIES,)), ("places", "i8", (BATTERIES,)),
    ("price", "f8", (BATTERIES,)), ("wide", "f8", (EXACT_TARGETS, _COLUMNS)),
    ("owner", "i8", (_COLUMNS,)), ("u", "f8", (EXACT_TARGETS,)), ("v", "f8", (_COLUMNS,)),
    ("ints", "i8", (3, _COLUMNS)), ("least", "f8", (_COLUMNS,)),
)  # fmt: skip


@njit
def threat_of(track: Any, held: Any, assets: Array, harm_s: float, half_s: float, time_s: float) -> float:
    """P(hostile) x the greatest, over assets, of what is left of its value x 2^(-t / half), t the seconds in which the
    track could be over it if it turned there now. Without assets: as if the nearest battery were worth one."""
    dt = time_s - held.time_s
    p, v = held.pos_m, held.vel_m_s
    speed = max(math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]), 1.0)
    most = 0.0 if assets.shape[0] > 0 else 0.5 ** (harm_s / half_s)
    for i in range(assets.shape[0]):
        d2 = 0.0
        for k in range(3):
            d2 += (p[k] + v[k] * dt - assets[i].pos_m[k]) ** 2
        most = max(most, assets[i].left * 0.5 ** (math.sqrt(d2) / speed / half_s))
    return float(max(track.p[2], LEAST) * max(most, LEAST))


@njit
def list_targets(
    choices: Array, n: int, tracks: Array, held: Array, assets: Array, half_s: float, work: Any, time_s: float
) -> int:
    """The targets of all choices, the greatest threats where they are too many. Returns how many."""
    m = 0
    for c in range(n):
        slot = int(choices[c, 0])
        known = False
        for j in range(m):
            known = known or work.slot[j] == slot
        if known:
            continue
        threat = threat_of(tracks[slot], held[slot], assets, choices[c, 4], half_s, time_s)
        at = m
        if m == TARGETS:
            at = 0
            for j in range(1, m):
                if work.threat[j] < work.threat[at]:
                    at = j
            if threat <= work.threat[at]:
                continue
        else:
            m += 1
        work.slot[at], work.threat[at] = slot, threat
    return m


@njit
def fill_gains(choices: Array, n: int, m: int, batteries: Array, stores: Array, fired: Array, work: Any) -> int:
    """Gains of all pairs and the room of all batteries. Returns how many batteries have a choice."""
    k = 0
    for j in range(m):
        for b in range(BATTERIES):
            work.gain[j, b] = 0.0
    for c in range(n):
        row = int(choices[c, 5])
        b = k - 1  # choices come battery by battery
        if k == 0 or work.battery[b] != row:
            if k == BATTERIES:
                break
            battery = batteries[row]
            free = min(battery.channels - battery.channels_used, battery.guided - battery.guided_used)
            work.battery[k], work.room[k] = row, max(min(free, spare_missiles(battery, stores)), 0)
            b = k
            k += 1
        battery = batteries[row]
        for j in range(m):
            if work.slot[j] == int(choices[c, 0]):
                shots = min(battery.salvo if battery.look == 1 else battery.max_shots, battery.max_shots)
                shots = max(min(shots, battery.max_shots - fired[row, work.slot[j]]), 1)
                work.gain[j, b] = work.threat[j] * (1.0 - (1.0 - choices[c, 3]) ** shots)
                work.choice[j, b] = c
    return k


@njit
def pair_exactly(m: int, k: int, work: Any) -> None:
    """The best assignment of the greatest threats; a column of its own for each target that nobody takes."""
    rows, cols = min(m, EXACT_TARGETS), 0
    for j in range(m):  # greatest first, by insertion
        i = j
        while i > 0 and work.threat[work.order[i - 1]] < work.threat[j]:
            work.order[i] = work.order[i - 1]
            i -= 1
        work.order[i] = j
    for b in range(k):
        for _ in range(min(work.room[b], rows)):
            if cols < EXACT_ROOM:
                work.owner[cols] = b
                cols += 1
    for i in range(rows):
        for c in range(cols):
            work.wide[i, c] = work.gain[work.order[i], work.owner[c]]
        for c in range(cols, cols + rows):
            work.wide[i, c] = 0.0
        work.u[i] = 0.0
    for c in range(cols + rows):
        work.v[c] = 0.0
    best_pairs(work.wide, rows, cols + rows, work.best, work.u, work.v, work.ints, work.least)
    for i in range(rows):
        c, j = work.best[i], work.order[i]
        if c < cols and work.wide[i, c] > 0.0:
            work.col_of[j] = work.owner[c]
            work.room[work.owner[c]] -= 1
    for b in range(k):
        work.price[b] = 0.0
    for c in range(cols):
        work.price[work.owner[c]] = max(work.price[work.owner[c]], -work.v[c])


@njit
def pair_up(assignment: int, m: int, k: int, work: Any) -> tuple[int, float, float]:
    """Who takes which target: work.col_of, -1 for nobody. Returns how many pairs, their gain and a bound on it."""
    for j in range(m):
        work.col_of[j] = -1
    for b in range(k):
        work.price[b], work.places[b] = 0.0, work.room[b]
    bound = math.inf
    if assignment == EXACT:
        pair_exactly(m, k, work)
        bound = bound_at(m, k, work)
    greedy_pairs(work.gain, m, k, work.room, work.col_of, work.best)
    pairs, gain = 0, 0.0
    for b in range(k):
        work.price[b] = 0.0 if work.room[b] > 0 or work.places[b] == 0 else math.inf
    for j in range(m):
        b = work.col_of[j]
        if b >= 0:
            pairs += 1
            gain += work.gain[j, b]
            work.price[b] = min(work.price[b], work.gain[j, b])
    bound = min(bound, bound_at(m, k, work))
    if assignment != EXACT:
        bound = min(bound, 2.0 * gain)  # pair after pair takes half of the most at least
    return pairs, gain, max(bound, gain)


@njit
def bound_at(m: int, k: int, work: Any) -> float:
    """Lagrange's bound: each target goes where it gains most after the price, and every place costs its price. The most
    that can be gained is no higher, whatever the prices, as long as none is negative."""
    total = 0.0
    for b in range(k):
        total += work.places[b] * work.price[b]
    for j in range(m):
        most = 0.0
        for b in range(k):
            if work.places[b] > 0:
                most = max(most, work.gain[j, b] - work.price[b])
        total += most
    return total


@njit
def share_out(
    network: Any, network_row: int, batteries: Array, n: int, tracks: Array, held: Array, stores: Array, assets: Array,
    engagements: Array, fired: Array, reasons: Array, choices: Array, work: Any, outcomes: Array, queue: Array,
    key: Array, time_s: float, decisions: Array, assignments: Array, count: Array,
) -> None:  # fmt: skip
    """Assign the choices of all batteries of a network, and begin the engagements."""
    m = list_targets(choices, n, tracks, held, assets, network.urgency_half_s, work, time_s)
    k = fill_gains(choices, n, m, batteries, stores, fired, work)
    pairs, gain, bound = pair_up(network.assignment, m, k, work)
    if m > 0:
        row = assignments[count[C_ASSIGNMENTS]]
        count[C_ASSIGNMENTS] += 1
        row.time_s, row.gain, row.bound, row.network = time_s, gain, bound, network_row
        row.batteries, row.targets, row.pairs = k, m, pairs
    for j in range(m):
        slot, mine = work.slot[j], work.col_of[j]
        track = tracks[slot]
        for b in range(k):
            if work.gain[j, b] <= 0.0 and b != mine:
                continue
            row, choice = work.battery[b], choices[work.choice[j, b]]
            if b == mine:
                store = int(choice[1])
                engage(
                    batteries[row], row, track, held[slot], slot, store, choice[2], choice[3], stores[store].weapon,
                    fired[row, slot], engagements, queue, key, time_s, decisions, count)  # fmt: skip
                reasons[row, slot] = -1
            else:
                why = R_ASSIGNED_OTHER if mine >= 0 else R_NO_CHANNEL
                log_refusal(row, track, slot, why, reasons, outcomes, time_s, decisions, count)
