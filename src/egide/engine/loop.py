"""One replication: take the earliest event, let its phase act, until the end. Read this after simulate.py.

clock    time of the event taken; nothing acts on anything later
phase    sense, track, identify, tell, decide, engage, resolve: one module each
room     before each event the logs must have room for the most it can write; else NEED_ROOM, and the caller doubles
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.compiler.system import FIRST_COME, FLYING, W_BATTERY, W_LINK, W_ORDERS, W_RADAR
from egide.engine.chance import note_shot
from egide.engine.command import ask, beat, heed, judge
from egide.engine.decide import status_over
from egide.engine.emit import EMIT_S, emit, power, ruled
from egide.engine.engage import assess, close, launch, meet, reload
from egide.engine.identify import draw_transponder, identify, note_origin
from egide.engine.jam import JAM_S, jam_links, join, listen
from egide.engine.know import note_called, note_firm, sum_up
from egide.engine.log import log_identity, log_plots, log_track
from egide.engine.move import advance
from egide.engine.orders import answer, close_books, shift
from egide.engine.queue import (
    ARRIVE,
    ASK,
    ASSESS,
    ATTACK,
    BEAT,
    C_ASPECTS,
    C_ASSIGNMENTS,
    C_CHANCES,
    C_COMMANDS,
    C_DAMAGES,
    C_DECISIONS,
    C_EVENTS,
    C_IDENTITIES,
    C_MESSAGES,
    C_PHASE,
    C_PLOTS,
    C_QUEUE,
    C_SCAN,
    C_SHOTS,
    C_TRACKS,
    DECIDE,
    EMIT,
    HEED,
    IDENTIFY,
    JAM,
    JUDGE,
    LAUNCH,
    MEET,
    NOBODY,
    ORDER,
    PHASE,
    RELOAD,
    SCAN,
    SHIFT,
    SWEEP,
    TELL,
    WAYPOINT,
    WINDOW,
    pop,
    push,
)  # fmt: skip
from egide.engine.quick import note_hits, refresh
from egide.engine.reach import seconds_to_harm
from egide.engine.resolve import attack, down, lose_carriers, settle
from egide.engine.sense import sense
from egide.engine.tell import hand_over, hear, log_message, tell
from egide.engine.turn import control_of, decide, listen_fire, stand
from egide.events import T_DROP, T_FIRM, T_START, T_UPDATE
from egide.jit import njit, njit_allocating, njit_inside
from egide.picture.gate_kernels import NEED_ROOM as NEED_EDGES
from egide.picture.scan_kernels import continue_tracks, outdated, start_tracks
from egide.picture.tables import BEARING, BEGUN, CONFIRMED, DIRECTION, DROPPED, FIRM, FREE
from egide.rng import (
    AVAILABLE,
    DECLARE,
    INTERROGATOR,
    ONCE,
    triangular,
    uniform,
)  # fmt: skip

Array = np.ndarray[Any, Any]
OK, NEED_ROOM = 0, 1
ROW_0: Final[Any] = np.int64(0)  # the first row; a plain 0 would compile what it is handed to once more
TOGETHER = 0.9  # a battery that shared in a decision less than this many of its intervals ago calls for none
SWEEP_S, SWEEPS_A_BEAT = 2.0, 5  # what is known is summed up at every fifth sweep


@njit
def prepare(
    movers: Array, radars: Array, batteries: Array, networks: Array, links: Array, posts: Array, phases: Array,
    windows: Array, radios: Array, rule_table: Array, queue: Array, count: Array, key: Array,
) -> None:  # fmt: skip
    """Draw what is drawn once, and book the first event of everyone."""
    rules = rule_table[0]
    for i in range(movers.shape[0]):
        mover = movers[i]
        draw_transponder(mover, rules, key)
        if mover.release_s < math.inf:  # before the WAYPOINT at the same instant that ends the flight
            push(queue, count, mover.release_s, ATTACK, i, NOBODY, NOBODY)
        push(queue, count, mover.start_s, WAYPOINT, i, NOBODY, NOBODY)
    for p in range(1, phases.shape[0]):
        push(queue, count, phases[p].from_s, PHASE, p, NOBODY, NOBODY)
    for w in range(windows.shape[0]):
        push(queue, count, windows[w].time_s, WINDOW, w, NOBODY, NOBODY)
    for b in range(batteries.shape[0]):
        battery = batteries[b]
        if uniform(key, AVAILABLE, battery.id, battery.id, ONCE) >= battery.available:
            down(b, batteries, radars)
        push(queue, count, battery.from_s + battery.decision_interval_s, DECIDE, b, NOBODY, NOBODY)
    for r in range(radars.shape[0]):
        radar = radars[r]
        u = uniform(key, INTERROGATOR, radar.host_id, radar.host_id, ONCE)
        radar.interrogator_works = 1 if u >= rules.interrogator_failure else 0
        if radar.search == 1:
            push(queue, count, radar.phase_s, SCAN, r, NOBODY, NOBODY)
    if some_ruled(radars, batteries):
        push(queue, count, EMIT_S, EMIT, NOBODY, NOBODY, NOBODY)
    if radios.shape[0] > 0:
        push(queue, count, 0.0, JAM, NOBODY, NOBODY, NOBODY)
    for n in range(networks.shape[0]):
        push(queue, count, SWEEP_S, SWEEP, n, NOBODY, NOBODY)
    for k in range(links.shape[0]):
        push(queue, count, links[k].update_s, TELL, k, NOBODY, NOBODY)
    for p in range(posts.shape[0]):
        if posts[p].listens == 1:
            push(queue, count, posts[p].beat_s, BEAT, p, NOBODY, NOBODY)


@njit
def some_ruled(radars: Array, batteries: Array) -> bool:
    """Whether any radar transmits by another rule than its plan."""
    for r in range(radars.shape[0]):  # noqa: SIM110 - the compiler knows no any()
        if ruled(radars[r], batteries):
            return True
    return False


@njit_inside
def sweep(
    network: int, tracks: Array, heard: Array, held: Array, mixing: Array, high: Array, movers: Array, ledger: Array,
    rules: Any, tracking: Any, queue: Array, count: Array, time_s: float, log: Array,
) -> None:  # fmt: skip
    """SWEEP: forget tracks that are outdated; log the others now and then, and sum up what is known. At beats of
    their own, so that no radar's scans decide when another's track ends."""
    push(queue, count, time_s + SWEEP_S, SWEEP, network, NOBODY, NOBODY)
    for i in range(high[network]):
        track, said, belief = tracks[network, i], heard[network, i], held[network, i]
        if track.state == FREE:
            continue
        lost = outdated(track, tracking, time_s)
        if lost and track.state == FIRM and track.remote < 0:
            lost = not hand_over(track, said, belief, network, rules, mixing, time_s)
        if lost:
            if track.state == FIRM and rules.detail == 1:
                log_track(track, said, belief, network, T_DROP, time_s, rules, mixing, log, count)
            track.state = FREE
        elif track.state == FIRM and rules.detail == 1 and time_s - track.log_s >= rules.track_log_s:
            log_track(track, said, belief, network, T_UPDATE, time_s, rules, mixing, log, count)
    if round(time_s / SWEEP_S) % SWEEPS_A_BEAT == 0:
        sum_up(
            tracks[network], heard[network], held[network], mixing, high[network], movers, ledger[network], network,
            rules, time_s, min(SWEEP_S * SWEEPS_A_BEAT, rules.end_s - time_s))  # fmt: skip


@njit
def book_identity(
    track: Any, row: int, said: Array, belief: Any, mixing: Array, network: Any, network_row: int, outcomes: Array,
    ledger: Array, rules: Any, queue: Array, count: Array, key: Array, time_s: float, log: Array,
) -> None:  # fmt: skip
    """A track became firm: somebody starts to ask who it is."""
    note_firm(ledger[network_row], track.mover, time_s)
    if track.mover >= 0 and not outcomes[track.mover].first_tracked_s <= time_s:
        outcomes[track.mover].first_tracked_s = time_s
    u = uniform(key, DECLARE, network.id, track.key, ONCE)
    wait_s = triangular(u, network.declare_s[0], network.declare_s[1], network.declare_s[2])
    push(queue, count, time_s + wait_s, IDENTIFY, network_row, row, track.number)
    if rules.detail == 1:
        log_track(track, said, belief, network_row, T_FIRM, time_s, rules, mixing, log, count)


@njit
def scan(
    radar_row: int, movers: Array, vertices: Array, radars: Array, sensors: Array, masks: Array, airs: Array,
    dem: Array, networks: Array, tracks: Array, heard: Array, held: Array, mixing: Array, high: Array, numbers: Array,
    seeds: Array, quick: Array, rules: Any, tracking: Any, origin: Array, grid: Array, plots: Array, noise: Array,
    gain: Array, work: Any, whole: Array, real: Array, heads: Array, edge_col: Array, edge_cost: Array, changes: Array,
    exposure: Array, rows_of_exposure: Array, bins: Array, sampled: Array, attitudes: Array, outcomes: Array,
    jammers: Array, ledger: Array, queue: Array, count: Array, key: Array, time_s: float, plot_log: Array,
    track_log: Array, aspects: Array,
) -> None:  # fmt: skip
    """SCAN: look, then fold the plots into the picture of the radar's network."""
    radar = radars[radar_row]
    push(queue, count, time_s + radar.revisit_s, SCAN, radar_row, NOBODY, NOBODY)
    if radar.up_now == 0:
        return
    if jammers.shape[0] > 0:
        listen(radar, jammers, movers, masks, airs, dem, rules.dem_max_m, time_s)
    n = sense(
        radar, movers, vertices, masks, airs, dem, plots, exposure, rows_of_exposure, bins, sampled, attitudes, aspects,
        outcomes, count, key, rules, radar_row, time_s)  # fmt: skip
    network = radar.network
    count[C_SCAN] += 1
    picture, said, beliefs = tracks[network], heard[network], held[network]
    changed: Any = np.int64(0)
    if rules.fast == 1:
        if n > 0 and radar.kind != DIRECTION and radar.kind != BEARING:  # directions alone make no track
            changed = note_hits(
                plots, n, radar, radar_row, picture, high, numbers, quick[network], movers, changes, noise, gain,
                rules, time_s)  # fmt: skip
    else:
        sensor = sensors[radar_row]
        if jammers.shape[0] > 0:
            sensor.extra = 0.0
            for k in range(n):
                sensor.extra = max(sensor.extra, plots[k].extra)
        if radar.carrier >= 0:
            stand_with(sensor, radar)
        changed = continue_tracks(
            plots, n, sensor, radar_row, picture, high[network], tracking, work, whole, real, heads, edge_col,
            edge_cost, changes, time_s)  # fmt: skip
        if changed == NEED_EDGES:
            changed = continue_widely(
                plots, n, sensor, radar_row, picture, high[network], tracking, work, whole, real, heads,
                2 * edge_col.shape[0], changes, time_s)  # fmt: skip
        if changed > 0:
            spread_word(
                changes, changed, picture, said, beliefs, mixing, network, networks, origin, grid, outcomes, ledger,
                rules, queue, count, key, time_s, track_log)  # fmt: skip
        changed = start_tracks(
            plots, n, sensor, radar_row, picture, high, numbers, network, seeds[radar_row], tracking, work, whole,
            real, heads, edge_col, edge_cost, changes, time_s)  # fmt: skip
        if changed == NEED_EDGES:
            changed = start_widely(
                plots, n, sensor, radar_row, picture, high, numbers, network, seeds[radar_row], tracking, work, whole,
                real, heads, 2 * edge_col.shape[0], changes, time_s)  # fmt: skip
    if changed > 0:
        spread_word(
            changes, changed, picture, said, beliefs, mixing, network, networks, origin, grid, outcomes, ledger, rules,
            queue, count, key, time_s, track_log)  # fmt: skip
    if rules.detail == 1:
        log_plots(plots, n, radar_row, radar.kind, network, plot_log, count)


@njit_allocating
def continue_widely(
    plots: Array, n: int, sensor: Any, radar_row: int, picture: Array, high: int, tracking: Any, work: Any,
    whole: Array, real: Array, heads: Array, edges: int, changes: Array, time_s: float,
) -> int:  # fmt: skip
    """`continue_tracks` with room for more pairs, and more, for this scan alone: nothing was done yet."""
    while True:
        changed = continue_tracks(
            plots, n, sensor, radar_row, picture, high, tracking, work, whole, real, heads, np.empty(edges, np.int64),
            np.empty(edges), changes, time_s)  # fmt: skip
        if changed != NEED_EDGES:
            return changed
        edges *= 2


@njit_allocating
def start_widely(
    plots: Array, n: int, sensor: Any, radar_row: int, picture: Array, high: Array, numbers: Array, network: int,
    seeds: Array, tracking: Any, work: Any, whole: Array, real: Array, heads: Array, edges: int, changes: Array,
    time_s: float,
) -> int:  # fmt: skip
    """The same for `start_tracks`."""
    while True:
        changed = start_tracks(
            plots, n, sensor, radar_row, picture, high, numbers, network, seeds, tracking, work, whole, real, heads,
            np.empty(edges, np.int64), np.empty(edges), changes, time_s)  # fmt: skip
        if changed != NEED_EDGES:
            return changed
        edges *= 2


@njit
def stand_with(sensor: Any, radar: Any) -> None:
    """Put the tracker's row of an airborne radar where the radar is."""
    for i in range(3):
        sensor.pos_m[i], sensor.up[i] = radar.pos_m[i], radar.up[i]
        sensor.east[i], sensor.north[i] = radar.east[i], radar.north[i]


@njit
def spread_word(
    changes: Array, n: int, tracks: Array, heard: Array, held: Array, mixing: Array, network: int, networks: Array,
    origin: Array, grid: Array, outcomes: Array, ledger: Array, rules: Any, queue: Array, count: Array, key: Array,
    time_s: float, log: Array,
) -> None:  # fmt: skip
    """What follows from what a scan did to the tracks of a picture."""
    for k in range(n):
        change = changes[k]
        track, said, belief = tracks[change.row], heard[change.row], held[change.row]
        if change.what == BEGUN:
            note_origin(track, origin, grid)
            if rules.detail == 1:
                log_track(track, said, belief, network, T_START, time_s, rules, mixing, log, count)
        elif change.what == CONFIRMED:
            book_identity(
                track, change.row, said, belief, mixing, networks[network], network, outcomes, ledger, rules, queue,
                count, key, time_s, log)  # fmt: skip
        elif change.what == DROPPED:
            if hand_over(track, said, belief, network, rules, mixing, time_s):
                track.state = FIRM  # others still tell of it
            elif rules.detail == 1:
                log_track(track, said, belief, network, T_DROP, time_s, rules, mixing, log, count)


@njit
def review(
    network_row: int, slot: int, number: int, tracks: Array, high: Array, networks: Array, movers: Array,
    radars: Array, corridors: Array, origin: Array, grid: Array, phases: Array, likelihoods: Array, ledger: Array,
    rules: Any, queue: Array, count: Array, key: Array, time_s: float, log: Array,
) -> None:  # fmt: skip
    """IDENTIFY: judge one track, and book the next look at it."""
    track = tracks[network_row, slot]
    if track.state != FIRM or track.number != number:
        return
    network = networks[network_row]
    if rules.fast == 1 and track.mover >= 0 and track.remote < 0:
        refresh(track, network, movers[track.mover], rules, key, time_s)
    prior = phases[count[C_PHASE]].prior
    if identify(
        track, network, tracks[network_row], high[network_row], movers, radars, corridors, origin, grid, prior,
        likelihoods, rules, key, time_s
    ):  # fmt: skip
        log_identity(track, network_row, prior, time_s, log, count)
        note_called(ledger[network_row], movers, track.mover, track.identity, time_s)
    push(queue, count, time_s + rules.review_s, IDENTIFY, network_row, slot, number)


@njit
def arrive(
    link_row: int, begin: int, n: int, links: Array, networks: Array, reports: Array, tracks: Array, heard: Array,
    held: Array, mixing: Array, high: Array, numbers: Array, placed: Array, quick: Array, outcomes: Array,
    ledger: Array, rules: Any, queue: Array, count: Array, key: Array, time_s: float, message_log: Array,
    track_log: Array,
) -> None:  # fmt: skip
    """ARRIVE: hear each report that was not lost."""
    link = links[link_row]
    receiver = link.receiver
    hear(
        link, link_row, begin, n, reports, tracks[receiver], high, numbers, heard[receiver], held[receiver],
        placed[receiver], networks[receiver].correlates, rules, mixing, time_s)  # fmt: skip
    for k in range(n):
        report = reports[(begin + k) % reports.shape[0]]
        slot = report.slot
        if report.made == 1:
            if report.mover >= 0:
                quick[receiver, report.mover] = slot
            book_identity(
                tracks[receiver, slot], slot, heard[receiver, slot], held[receiver, slot], mixing, networks[receiver],
                receiver, outcomes, ledger, rules, queue, count, key, time_s, track_log)  # fmt: skip
        told = tracks[receiver, slot].number if slot >= 0 else -1
        if rules.detail == 1:
            log_message(link_row, report, told, time_s, message_log, count)


@njit
def switch(window: Any, radars: Array, batteries: Array, links: Array, posts: Array) -> None:
    """WINDOW: something planned goes up or down."""
    if window.kind == W_RADAR:
        power(radars[window.row], window.up, radars[window.row].hushed, window.time_s)
    elif window.kind == W_LINK:
        links[window.row].shut = 1 - window.up
        join(links[window.row])
    elif window.kind == W_ORDERS:
        posts[window.row].up_now = window.up
    elif window.kind == W_BATTERY and batteries[window.row].lost == 0:
        battery = batteries[window.row]
        battery.up_now = window.up
        for r in range(battery.first_radar, battery.first_radar + battery.radars):
            power(radars[r], window.up, radars[r].hushed, window.time_s)


@njit
def has_room(
    queue: Array, count: Array, most: int, plot_log: Array, track_log: Array, identity_log: Array, message_log: Array,
    decision_log: Array, shot_log: Array, damage_log: Array, aspect_log: Array, command_log: Array, chance_log: Array,
    assignment_log: Array,
) -> bool:  # fmt: skip
    """Whether every log could take the most that one event writes."""
    return bool(
        count[C_QUEUE] + most < queue.shape[0] and count[C_PLOTS] + most < plot_log.shape[0]
        and count[C_TRACKS] + most < track_log.shape[0] and count[C_IDENTITIES] + 1 < identity_log.shape[0]
        and count[C_MESSAGES] + most < message_log.shape[0] and count[C_DECISIONS] + most < decision_log.shape[0]
        and count[C_SHOTS] + most < shot_log.shape[0] and count[C_DAMAGES] + 1 < damage_log.shape[0]
        and count[C_ASPECTS] + most < aspect_log.shape[0] and count[C_COMMANDS] + most < command_log.shape[0]
        and count[C_CHANCES] + most < chance_log.shape[0] and count[C_ASSIGNMENTS] + 1 < assignment_log.shape[0]
    )  # fmt: skip


@njit
def loop(
    movers: Array, vertices: Array, radars: Array, sensors: Array, masks: Array, airs: Array, dem: Array,
    batteries: Array, stores: Array, networks: Array, links: Array, posts: Array, assets: Array, phases: Array,
    corridors: Array, windows: Array, origin: Array, zones: Array, corners: Array, grid: Array, likelihoods: Array,
    rule_table: Array, tracking_table: Array, jammers: Array, radios: Array, tracks: Array, high: Array,
    numbers: Array, seeds: Array, quick: Array, engagements: Array, fired: Array, seen: Array, reasons: Array,
    in_flight: Array, met: Array, requests: Array, memories: Array, known: Array, placed: Array, heard: Array,
    held: Array, reports: Array, mixing: Array, plots: Array, noise: Array, gain: Array, choices: Array, sharing: Array,
    works: Array, whole: Array, real: Array, heads: Array, edge_col: Array, edge_cost: Array, changes: Array,
    exposure: Array, rows_of_exposure: Array, bins: Array, sampled: Array, attitudes: Array, outcomes: Array,
    ledger: Array, queue: Array, count: Array, key: Array, plot_log: Array, track_log: Array, identity_log: Array,
    message_log: Array, decisions: Array, shots: Array, damages: Array, aspects: Array, commands: Array, chances: Array,
    assignments: Array,
) -> int:  # fmt: skip
    """Advance one replication to its end. Record arrays, one a table. OK, or NEED_ROOM before the next event."""
    rules, tracking = rule_table[0], tracking_table[0]
    most = max(plots.shape[0], 3 * tracks.shape[1], choices.shape[0]) + 64
    while count[C_QUEUE] > 0 and queue[0].time_s <= rules.end_s:
        if not has_room(
            queue, count, most, plot_log, track_log, identity_log, message_log, decisions, shots, damages, aspects,
            commands, chances, assignments
        ):  # fmt: skip
            return NEED_ROOM
        count[C_EVENTS] += 1
        time_s, kind, actor, subject, extra = pop(queue, count)
        if kind == WAYPOINT:
            advance(movers, actor, vertices, queue, count)
        elif kind == SCAN:
            scan(
                actor, movers, vertices, radars, sensors, masks, airs, dem, networks, tracks, heard, held, mixing, high,
                numbers, seeds, quick, rules, tracking, origin, grid, plots, noise, gain, works[0], whole, real, heads,
                edge_col, edge_cost, changes, exposure, rows_of_exposure, bins, sampled, attitudes, outcomes, jammers,
                ledger, queue, count, key, time_s, plot_log, track_log, aspects)  # fmt: skip
        elif kind == IDENTIFY:
            review(
                actor, subject, extra, tracks, high, networks, movers, radars, corridors, origin, grid, phases,
                likelihoods, ledger, rules, queue, count, key, time_s, identity_log)  # fmt: skip
        elif kind == TELL:
            link = links[actor]
            tell(
                link, actor, tracks[link.sender], heard[link.sender], high[link.sender], networks, movers, rules,
                reports, known[actor], queue, count, key, time_s)  # fmt: skip
        elif kind == ARRIVE:
            arrive(
                actor, subject, extra, links, networks, reports, tracks, heard, held, mixing, high, numbers, placed,
                quick, outcomes, ledger, rules, queue, count, key, time_s, message_log, track_log)  # fmt: skip
        elif kind == DECIDE:
            battery = batteries[actor]
            if time_s + battery.decision_interval_s <= battery.until_s:
                push(queue, count, time_s + battery.decision_interval_s, DECIDE, actor, NOBODY, NOBODY)
            alone = networks[battery.network].assignment == FIRST_COME
            asked = battery.up_now == 1 and time_s - battery.decided_s > TOGETHER * battery.decision_interval_s
            first, last = actor, actor + 1
            if not alone:
                first, last = ROW_0, batteries.shape[0]
            if alone or asked:
                decide(
                    first, last, batteries, battery.network, phases, tracks, heard, held, mixing, high, networks,
                    radars, stores, links, movers, masks, airs, dem, jammers, assets, zones, corners, grid, rules,
                    engagements, fired, seen, reasons, requests, memories, posts, choices, sharing[0], outcomes, queue,
                    key, time_s, commands, decisions, chances, assignments, count)  # fmt: skip
        elif kind == LAUNCH:
            battery = batteries[actor]
            stand(battery, movers, time_s)
            e = engagements[subject]
            if jammers.shape[0] > 0:
                listen_fire(battery, radars, jammers, movers, masks, airs, dem, rules.dem_max_m, time_s)
            before = count[C_SHOTS]
            launch(
                e, subject, battery, stores, tracks[e.network], heard[e.network], held[e.network], mixing,
                control_of(battery, phases, count), radars, movers, masks, airs, dem, zones, corners, grid, in_flight,
                fired, outcomes, queue, shots, decisions, count, rules, time_s)  # fmt: skip
            status = status_over(
                battery, held[e.network, e.slot], control_of(battery, phases, count), zones, corners, grid,
                count[C_PHASE], time_s, rules)  # fmt: skip
            note_shot(
                battery, actor, status, before, shots, tracks, e.slot, heard[e.network, e.slot],
                held[e.network, e.slot], high, networks, movers, radars, corridors, origin, grid,
                phases[count[C_PHASE]].prior, likelihoods, rules, mixing, key, time_s, chances, count)  # fmt: skip
        elif kind == MEET:
            e, shot = engagements[actor], shots[subject]
            battery = batteries[e.battery]
            stand(battery, movers, time_s)
            meet(
                e, actor, shot, subject, battery, stores, movers, in_flight, met, outcomes, queue, key, count,
                time_s)  # fmt: skip
            if shot.mover >= 0 and movers[shot.mover].state != FLYING:
                lose_carriers(shot.mover, batteries, radars)
        elif kind == ASSESS:
            e = engagements[subject]
            assess(
                e, subject, batteries[actor], stores, tracks[e.network], fired, extra, queue, decisions, count,
                time_s)  # fmt: skip
        elif kind == ATTACK:
            hits = count[C_DAMAGES]
            attack(movers[actor], actor, assets, batteries, radars, outcomes, damages, count, key, time_s)
            if count[C_DAMAGES] > hits and assets[damages[hits].asset].post >= 0:
                posts[assets[damages[hits].asset].post].lost = 1
        elif kind == RELOAD:
            reload(stores[subject], batteries[actor])
        elif kind == SWEEP:
            sweep(
                actor, tracks, heard, held, mixing, high, movers, ledger, rules, tracking, queue, count, time_s,
                track_log)  # fmt: skip
        elif kind == PHASE:
            count[C_PHASE] = actor
        elif kind == WINDOW:
            switch(windows[actor], radars, batteries, links, posts)
        elif kind == ASK:
            e, battery = engagements[subject], batteries[actor]
            track, held_one = tracks[e.network, e.slot], held[e.network, e.slot]
            if track.number != e.number or not ask(
                e, subject, battery, track, held_one, seconds_to_harm(held_one, assets, battery, time_s), posts, links,
                requests, engagements, memories[actor, e.slot], queue, key, time_s, commands, count,
            ):  # fmt: skip
                close(e, battery, tracks[e.network], time_s)
        elif kind == JUDGE:
            judge(
                actor, subject, extra, posts, links, requests, engagements, tracks, high, rules, queue, key, time_s,
                count)  # fmt: skip
        elif kind == ORDER:
            battery = batteries[actor]
            answer(
                subject, extra, battery, requests, engagements, tracks[battery.network], stores, memories[actor], fired,
                posts, queue, key, time_s, commands, decisions, count)  # fmt: skip
        elif kind == BEAT:
            beat(posts[actor], actor, subject, posts, links, queue, key, time_s, count)
        elif kind == HEED:
            heed(posts[actor], actor, queue, time_s, count)
        elif kind == SHIFT:
            shift(
                posts[actor], actor, subject, extra, batteries, requests, engagements, tracks, stores, posts, memories,
                time_s, commands, decisions, count)  # fmt: skip
        elif kind == EMIT:
            push(queue, count, time_s + EMIT_S, EMIT, NOBODY, NOBODY, NOBODY)
            emit(radars, batteries, stores, tracks, high, time_s)
        elif kind == JAM:
            push(queue, count, time_s + JAM_S, JAM, NOBODY, NOBODY, NOBODY)
            jam_links(radios, links, jammers, movers, dem, rules.dem_max_m, time_s)
    close_books(batteries, posts, rules.end_s, commands, count)
    settle(movers, outcomes, rules.end_s)
    return OK
