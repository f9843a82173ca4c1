"""Orders to fire: asked up the chain, decided by the operators of a centre, given down; and heartbeats.

ASK       a battery asks its authority; the request sets out
JUDGE     it arrives at the centre and waits there, or an operator is done with it and the answer sets out
BEAT      the authority of a post is there and sends a heartbeat, or nobody does
HEED      a heartbeat arrives
way       from a battery's post up to its authority, link by link; the same way down
urgent    the request whose object could do harm first is served first; ties in the order of arrival
luck      draws are named by battery, object and attempt, so that a request meets the same luck whatever else is asked

A centre knows what it was told and, where it belongs to a network, what that network's picture shows. What the battery
does with an answer, or without one, is `engine.orders`.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.engine.queue import (
    BEAT,
    C_COMMANDS,
    C_REQUESTS,
    C_TURNS,
    HEED,
    JUDGE,
    NOBODY,
    ORDER,
    SHIFT,
    push,
)  # fmt: skip
from egide.engine.tables import ANSWERED, SERVED, STANDS, TRAVELS, UNUSED, WAITS
from egide.events import (
    ID_ASSUMED_FRIEND,
    ID_FRIEND,
    ID_NEUTRAL,
    M_ASKED,
    M_GIVEN,
    M_LOST,
    M_REFUSED,
    R_ENGAGED_OTHER,
    R_IDENTITY,
    R_NONE,
)
from egide.jit import njit
from egide.picture.kalman_kernels import sigma_m
from egide.picture.tables import FIRM
from egide.rng import ORDERS, triangular, uniform, uniforms

Array = np.ndarray[Any, Any]
NOTHING: Final[Any] = np.int64(-1)
ARRIVED: Final[Any] = np.int64(0)
DONE: Final[Any] = np.int64(1)
UP: Final[Any] = np.int64(0)
DOWN: Final[Any] = np.int64(1)
THOUGHT: Final[Any] = np.int64(2)
DRAWS = 3  # an attempt: on the way up, on the way down, the operator


@njit
def log_command(
    post: int, battery: int, track: int, mover: int, command: int, reason: int, waited_s: float, time_s: float,
    log: Array, count: Array,
) -> None:  # fmt: skip
    row = log[count[C_COMMANDS]]
    count[C_COMMANDS] += 1
    row.time_s, row.waited_s, row.post, row.battery, row.track, row.mover = (
        time_s, waited_s, post, battery, track, mover)  # fmt: skip
    row.command, row.reason = command, reason


@njit
def way_s(posts: Array, links: Array, first: int, key: Array, luck: Any, occasion: int) -> float:
    """How long one message takes between a post and its authority; inf where a link is down, a post on the way is lost,
    or the message is."""
    total_s, p, goal = 0.0, first, posts[first].authority
    while p != goal:
        post = posts[p]
        cut = post.up_now == 0 or (post.over >= 0 and links[post.over].up_now == 0)
        u, v, _, _ = uniforms(key, ORDERS, post.id, luck, occasion)
        if post.lost == 1 or cut or u < post.loss:
            return math.inf
        total_s += triangular(v, post.latency_s[0], post.latency_s[1], post.latency_s[2])
        p = post.superior
    return math.inf if posts[goal].lost == 1 else total_s


@njit
def ended_s(request: Any, n: int, engagements: Array) -> float:
    """When the engagement that an order began was over; inf while it lasts."""
    e = engagements[request.engagement]
    if e.request != n + 1:
        return float(e.begun_s)  # another has its row since
    return math.inf if e.open == 1 else float(e.closed_s)


@njit
def free_request(requests: Array, engagements: Array, posts: Array, count: Array, time_s: float) -> int:
    """A row for a new request; orders whose end the centre has heard of give theirs back. -1: none."""
    for i in range(count[C_REQUESTS]):
        row = requests[i]
        if row.state == STANDS and ended_s(row, i, engagements) + posts[row.post].one_way_s <= time_s:
            row.state = UNUSED
        if row.state == UNUSED:
            return i
    if count[C_REQUESTS] == requests.shape[0]:
        return -1
    count[C_REQUESTS] += 1
    return int(count[C_REQUESTS] - 1)


@njit
def recall(memory: Any, track: Any) -> None:
    """Begin a new memory for a new track in the same row."""
    if memory.number != track.number + 1:
        memory.number, memory.attempts, memory.ordered, memory.again_s = track.number + 1, 0, 0, -math.inf
        memory.waits = 0


@njit
def ask(
    e: Any, e_row: int, battery: Any, track: Any, held: Any, harm_s: float, posts: Array, links: Array,
    requests: Array, engagements: Array, memory: Any, queue: Array, key: Array, time_s: float, log: Array,
    count: Array,
) -> bool:  # fmt: skip
    """ASK. False where there is no row left for it."""
    n = free_request(requests, engagements, posts, count, time_s)
    if n < 0:
        return False
    recall(memory, track)
    row, post = requests[n], posts[battery.post]
    row.asked_s, row.urgent_s, row.withdrawn_s = time_s, time_s + harm_s, math.inf
    row.time_s, row.luck, row.attempt, row.state = held.time_s, battery.id ^ track.key, memory.attempts, TRAVELS
    row.variance_m2 = sigma_m(held) ** 2 / 3.0
    for i in range(3):
        row.pos_m[i], row.vel_m_s[i] = held.pos_m[i], held.vel_m_s[i]
    row.post, row.centre, row.battery, row.engagement = battery.post, post.authority, e.battery, e_row
    row.network, row.slot, row.number, row.mover = e.network, e.slot, track.number, track.mover
    row.centre_slot, row.centre_number, row.reason = -1, -1, R_NONE
    memory.attempts += 1
    memory.waits = 1
    e.request, e.awaits = n + 1, 1
    log_command(row.centre, e.battery, row.number, row.mover, M_ASKED, R_NONE, 0.0, time_s, log, count)
    up_s = way_s(posts, links, row.post, key, row.luck, DRAWS * row.attempt + UP)
    if up_s < math.inf:
        push(queue, count, time_s + up_s, JUDGE, row.centre, n, ARRIVED)
    else:
        row.state = ANSWERED
        push(queue, count, time_s + post.repeat_s, ORDER, e.battery, n, M_LOST)
    return True


@njit
def find_own(request: Any, tracks: Array, high: int, rules: Any, time_s: float) -> int:
    """The centre's own track of what a battery in another network asks about: the nearest within the gate of
    correlation, by the place told; -1: it has none."""
    best, least = -1, rules.gate
    age_s = time_s - request.time_s
    for i in range(high):
        track = tracks[i]
        if track.state != FIRM:
            continue
        dt, d2 = time_s - track.time_s, 0.0
        for k in range(3):
            d = request.pos_m[k] + request.vel_m_s[k] * age_s - track.pos_m[k] - track.vel_m_s[k] * dt
            d2 += d * d
        d2 /= rules.correlation_m * rules.correlation_m + request.variance_m2 + sigma_m(track) ** 2 / 3.0
        if d2 < least:
            best, least = i, d2
    return best


@njit
def objection(
    n: int, requests: Array, centre: Any, tracks: Array, high: Array, engagements: Array, posts: Array, rules: Any,
    count: Array, time_s: float,
) -> int:  # fmt: skip
    """Why a centre refuses a request (R_NONE: it does not): its own picture shows somebody else than a hostile, or it
    has ordered another battery to engage the same object. Without a picture it has nothing to object."""
    request = requests[n]
    if centre.network < 0:
        return R_NONE
    picture = tracks[centre.network]
    slot = request.slot
    if request.network != centre.network:
        slot = find_own(request, picture, high[centre.network], rules, time_s)
    elif picture[slot].number != request.number:
        slot = -1
    if slot < 0:
        return R_NONE
    track = picture[slot]
    request.centre_slot, request.centre_number = slot, track.number
    if track.identity == ID_FRIEND or track.identity == ID_ASSUMED_FRIEND or track.identity == ID_NEUTRAL:
        return R_IDENTITY
    for i in range(count[C_REQUESTS]):
        other = requests[i]
        same = other.centre_slot == slot and other.centre_number == track.number and other.centre == request.centre
        if i == n or not same or other.battery == request.battery:
            continue
        ordered = other.state == STANDS or (other.state == ANSWERED and other.reason == R_NONE)
        over = other.state == STANDS and ended_s(other, i, engagements) + posts[other.post].one_way_s <= time_s
        if ordered and not over:
            return R_ENGAGED_OTHER
    return R_NONE


@njit
def thinking_s(centre: Any, key: Array, luck: Any, occasion: int) -> float:
    """An operator's time for one request."""
    u = uniform(key, ORDERS, centre.id, luck, occasion)
    if centre.exponential == 1:
        return -float(centre.decision_s[1]) * math.log(u)
    return float(triangular(u, centre.decision_s[0], centre.decision_s[1], centre.decision_s[2]))


@njit
def answer_s(battery: Any, track: Any, memory: Any, posts: Array, key: Array) -> float:
    """How long the next order about a track would take if nobody else asked: the nominal way there and back, and the
    operator's time for that attempt."""
    post = posts[battery.post]
    attempt = memory.attempts if memory.number == track.number + 1 else 0
    thought_s = thinking_s(posts[post.authority], key, battery.id ^ track.key, DRAWS * attempt + THOUGHT)
    return float(2.0 * post.one_way_s + thought_s)


@njit
def serve(centre: Any, centre_row: int, requests: Array, queue: Array, key: Array, time_s: float, count: Array) -> None:
    """Free operators take the most urgent of those that wait; what was withdrawn is put aside."""
    while centre.busy < centre.operators:
        best: Any = NOTHING  # a plain -1 would have `push` compiled once more
        for i in range(count[C_REQUESTS]):
            row = requests[i]
            if row.state != WAITS or row.centre != centre_row:
                continue
            if row.withdrawn_s <= time_s:
                row.state = UNUSED
            elif best < 0 or row.urgent_s < requests[best].urgent_s or (
                row.urgent_s == requests[best].urgent_s and row.turn < requests[best].turn):  # fmt: skip
                best = i
        if best < 0:
            return
        row = requests[best]
        row.state = SERVED
        centre.busy += 1
        wait_s = thinking_s(centre, key, row.luck, DRAWS * row.attempt + THOUGHT)
        push(queue, count, time_s + wait_s, JUDGE, centre_row, best, DONE)


@njit
def judge(
    centre_row: int, n: int, done: int, posts: Array, links: Array, requests: Array, engagements: Array,
    tracks: Array, high: Array, rules: Any, queue: Array, key: Array, time_s: float, count: Array,
) -> None:  # fmt: skip
    """JUDGE. Nobody answers from a centre that is lost."""
    centre, row = posts[centre_row], requests[n]
    if centre.lost == 1:
        row.state = UNUSED
        return
    if done == 0:
        row.state, row.turn = WAITS, count[C_TURNS]
        count[C_TURNS] += 1
    else:
        centre.busy -= 1
        row.reason = objection(n, requests, centre, tracks, high, engagements, posts, rules, count, time_s)
        row.state = ANSWERED
        down_s = way_s(posts, links, row.post, key, row.luck, DRAWS * row.attempt + DOWN)
        if down_s < math.inf:
            verdict = M_GIVEN if row.reason == R_NONE else M_REFUSED
            push(queue, count, time_s + down_s, ORDER, row.battery, n, verdict)
        else:
            late_s = max(time_s, row.asked_s + posts[row.post].repeat_s)
            push(queue, count, late_s, ORDER, row.battery, n, M_LOST)
    serve(centre, centre_row, requests, queue, key, time_s, count)


@njit
def change_over(
    post: Any, post_row: int, fallen: int, wait_s: float, queue: Array, count: Array, time_s: float
) -> None:
    """Book a change of who has authority, or call off one that is under way and has lost its reason."""
    if post.shifting == 0 and post.fallen != fallen:
        post.shifting = 1
        push(queue, count, time_s + wait_s, SHIFT, post_row, fallen, post.shift)
    elif post.shifting == 1 and post.fallen == fallen:
        post.shifting = 0
        post.shift += 1


@njit
def beat(post: Any, post_row: int, n: int, posts: Array, links: Array, queue: Array, key: Array, time_s: float,
         count: Array) -> None:  # fmt: skip
    """BEAT, sent by the authority; and the post looks how long it has heard none."""
    push(queue, count, time_s + post.beat_s, BEAT, post_row, n + DONE, NOBODY)
    there_s = way_s(posts, links, post_row, key, post.id, n)
    if there_s < math.inf:
        push(queue, count, time_s + there_s, HEED, post_row, NOBODY, NOBODY)
    if time_s - post.heard_s > post.lost_after_s:
        change_over(post, post_row, DONE, post.fall_s, queue, count, time_s)


@njit
def heed(post: Any, post_row: int, queue: Array, time_s: float, count: Array) -> None:
    """HEED."""
    post.heard_s = time_s
    change_over(post, post_row, NOBODY, post.return_s, queue, count, time_s)
