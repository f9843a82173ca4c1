"""What a battery does with an order, and without one.

ORDER       the answer to a request is there, or the battery gives up waiting for it
SHIFT       the battery falls back on its own rule, or is under orders again
withdrawn   a request whose track has gone, or that nobody will answer: the engagement ends, the centre hears it later
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.compiler.system import FALL_AUTONOMOUS, FALL_LAST_ORDER, FALL_NONE
from egide.engine.command import NOTHING, log_command
from egide.engine.engage import close
from egide.engine.log import log_decision
from egide.engine.queue import C_ENGAGEMENTS, LAUNCH, NOBODY, push
from egide.engine.tables import STANDS, UNUSED, WAITS
from egide.events import (
    D_ABORT,
    M_CAME_BACK,
    M_CUT_OFF,
    M_FELL_BACK,
    M_GIVEN,
    M_REFUSED,
    M_WITHDRAWN,
    R_NO_ORDER,
    R_NONE,
    R_ORDER_AWAITED,
    R_ORDER_REFUSED,
    R_TRACK_LOST,
)
from egide.jit import njit
from egide.picture.tables import FIRM
from egide.rng import REACT, triangular, uniforms

Array = np.ndarray[Any, Any]


@njit
def answer(
    n: int, verdict: int, battery: Any, requests: Array, engagements: Array, tracks: Array, stores: Array,
    memories: Array, fired: Array, posts: Array, queue: Array, key: Array, time_s: float, log: Array,
    decisions: Array, count: Array,
) -> None:  # fmt: skip
    """ORDER. What comes too late changes nothing: the battery has withdrawn its request."""
    row = requests[n]
    e = engagements[row.engagement]
    if e.open == 0 or e.request != n + 1 or e.awaits == 0:
        row.state = UNUSED
        return
    track, memory = tracks[e.slot], memories[e.slot]
    log_command(
        row.centre, e.battery, row.number, row.mover, verdict, row.reason, time_s - row.asked_s, time_s, log,
        count)  # fmt: skip
    e.awaits, memory.waits = 0, 0
    if verdict == M_GIVEN:
        row.state = STANDS
        if memory.number == row.number + 1:
            memory.ordered = 1
        u, _, _, _ = uniforms(key, REACT, battery.id, track.key, fired[e.battery, e.slot])
        wait_s = triangular(u, battery.reaction_s[0], battery.reaction_s[1], battery.reaction_s[2])
        push(queue, count, time_s + wait_s, LAUNCH, e.battery, row.engagement, NOBODY)
        return
    row.state = UNUSED
    if verdict == M_REFUSED and memory.number == row.number + 1:
        memory.again_s = time_s + posts[row.post].repeat_s
    reason = R_ORDER_REFUSED if verdict == M_REFUSED else R_ORDER_AWAITED
    if track.number == e.number:
        log_decision(e.battery, track, D_ABORT, reason, stores[e.store].weapon, 0.0, 0.0, time_s, decisions, count)
    close(e, battery, tracks, time_s)


@njit
def withdraw(
    e: Any, battery: Any, reason: int, requests: Array, tracks: Array, stores: Array, posts: Array, memory: Any,
    time_s: float, log: Array, decisions: Array, count: Array,
) -> None:  # fmt: skip
    """Give up a request, and the engagement with it."""
    row = requests[e.request - 1]
    post = posts[row.post]
    row.withdrawn_s = time_s + post.one_way_s
    if row.state == WAITS and posts[row.centre].lost == 1:
        row.state = UNUSED  # nobody is there to put it aside
    e.awaits, memory.waits = 0, 0
    log_command(
        row.centre, e.battery, row.number, row.mover, M_WITHDRAWN, reason, time_s - row.asked_s, time_s, log,
        count)  # fmt: skip
    track = tracks[e.slot]
    if track.number == e.number:
        log_decision(e.battery, track, D_ABORT, reason, stores[e.store].weapon, 0.0, 0.0, time_s, decisions, count)
    close(e, battery, tracks, time_s)


@njit
def reconsider(
    battery_row: int, battery: Any, requests: Array, engagements: Array, tracks: Array, stores: Array, posts: Array,
    memories: Array, time_s: float, log: Array, decisions: Array, count: Array,
) -> None:  # fmt: skip
    """Withdraw what a battery asked for about tracks that have gone."""
    for i in range(count[C_ENGAGEMENTS]):
        e = engagements[i]
        if e.open == 0 or e.awaits == 0 or e.battery != battery_row:
            continue
        if tracks[e.slot].state != FIRM or tracks[e.slot].number != e.number:
            withdraw(
                e, battery, R_TRACK_LOST, requests, tracks, stores, posts, memories[e.slot], time_s, log, decisions,
                count)  # fmt: skip


@njit
def shift(
    post: Any, post_row: int, fallen: int, number: int, batteries: Array, requests: Array, engagements: Array,
    tracks: Array, stores: Array, posts: Array, memories: Array, time_s: float, log: Array, decisions: Array,
    count: Array,
) -> None:  # fmt: skip
    """SHIFT: requests that wait are withdrawn; a battery that may fire by its rule asks nobody."""
    if post.shifting == 0 or number != post.shift:
        return
    since_s = time_s - post.heard_s
    post.shifting, post.fallen = 0, fallen
    post.shift += 1
    for b in range(batteries.shape[0]):
        battery = batteries[b]
        if battery.post != post_row:
            continue
        if fallen == 1 and battery.centre == 1:
            for i in range(count[C_ENGAGEMENTS]):
                e = engagements[i]
                if e.open == 1 and e.awaits == 1 and e.battery == b:
                    withdraw(
                        e, battery, R_NO_ORDER, requests, tracks[e.network], stores, posts, memories[b, e.slot],
                        time_s, log, decisions, count)  # fmt: skip
            battery.fallen = post.rule
            if post.rule == FALL_AUTONOMOUS or post.rule == FALL_LAST_ORDER:
                battery.centre = 0
            log_command(post.authority, b, NOTHING, NOTHING, M_FELL_BACK, R_NONE, since_s, time_s, log, count)
        elif fallen == 0 and battery.fallen != FALL_NONE:
            battery.fallen, battery.centre = FALL_NONE, 1
            log_command(post.authority, b, NOTHING, NOTHING, M_CAME_BACK, R_NONE, since_s, time_s, log, count)


@njit
def close_books(batteries: Array, posts: Array, end_s: float, log: Array, count: Array) -> None:
    """Who is still cut off at the end of the run."""
    for b in range(batteries.shape[0]):
        battery = batteries[b]
        if battery.fallen != FALL_NONE:
            post = posts[battery.post]
            log_command(
                post.authority, b, NOTHING, NOTHING, M_CUT_OFF, R_NONE, end_s - post.heard_s, end_s, log,
                count)  # fmt: skip
