"""A battery's turn: where it stands, what it hears, what it may fire at, whom it engages.

turn       one decision: of one battery, or of all batteries of a network that share their targets out
status     weapon control status in force for a battery, before any zone
suppressed attacked a short while ago: the battery opens no engagement, and says so of what is in its reach
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.compiler.system import FALL_HOLD, FIRST_COME
from egide.engine.assign import share_out
from egide.engine.chance import watch
from egide.engine.decide import gather, meet_track, serve
from egide.engine.jam import listen
from egide.engine.log import log_refusal
from egide.engine.orders import reconsider
from egide.engine.queue import C_PHASE
from egide.events import R_SUPPRESSED, WCS_HOLD
from egide.jit import njit
from egide.picture.tables import FIRM

Array = np.ndarray[Any, Any]


@njit
def decide(
    first: int, last: int, batteries: Array, network_row: int, phases: Array, tracks: Array, heard: Array, held: Array,
    mixing: Array, high: Array, networks: Array, radars: Array, stores: Array, links: Array, movers: Array,
    masks: Array, airs: Array, dem: Array, jammers: Array, assets: Array, zones: Array, corners: Array, grid: Array,
    rules: Any, engagements: Array, fired: Array, seen: Array, reasons: Array, requests: Array, memories: Array,
    posts: Array, choices: Array, sharing: Any, outcomes: Array, queue: Array, key: Array, time_s: float,
    commands: Array, decisions: Array, chances: Array, assignments: Array, count: Array,
) -> None:  # fmt: skip
    """DECIDE: one battery serves its most urgent candidates, or all batteries of a network share theirs out."""
    network = networks[network_row]
    n: Any = np.int64(0)  # a plain 0 would have what takes it compiled once more
    picture, beliefs = tracks[network_row], held[network_row]
    for b in range(first, last):
        battery = batteries[b]
        up = battery.up_now == 1 and battery.from_s <= time_s <= battery.until_s
        if battery.network != network_row or not up:
            continue
        stand(battery, movers, time_s)
        battery.decided_s = time_s
        if time_s < battery.back_s:
            stay_down(battery, b, picture, high[network_row], seen, fired, reasons, outcomes, time_s, decisions, count)
            continue
        if jammers.shape[0] > 0:
            listen_fire(battery, radars, jammers, movers, masks, airs, dem, rules.dem_max_m, time_s)
        if battery.post >= 0:
            reconsider(
                b, battery, requests, engagements, picture, stores, posts, memories[b], time_s, commands, decisions,
                count)  # fmt: skip
        n = gather(
            battery, b, control_of(battery, phases, count), n, picture, heard[network_row], beliefs, mixing,
            high[network_row], network, radars, stores, links, movers, masks, airs, dem, assets, zones, corners, grid,
            rules, engagements, fired, memories, seen, reasons, choices, outcomes, key, time_s, decisions,
            count)  # fmt: skip
    if network.assignment != FIRST_COME:
        share_out(
            network, network_row, batteries, n, picture, beliefs, stores, assets, engagements, fired, reasons, choices,
            sharing, outcomes, queue, key, time_s, decisions, assignments, count)  # fmt: skip
    elif n > 0:
        serve(
            batteries[first], first, n, picture, beliefs, stores, engagements, fired, reasons, choices, outcomes, queue,
            key, time_s, decisions, count)  # fmt: skip
    for b in range(first, last):
        battery = batteries[b]
        if battery.network == network_row and battery.decided_s == time_s and time_s >= battery.back_s:
            watch(
                battery, b, control_of(battery, phases, count), picture, heard[network_row], beliefs, mixing,
                high[network_row], network, radars, stores, links, movers, masks, airs, dem, assets, zones, corners,
                grid, engagements, rules, fired, memories, posts, seen, reasons, key, time_s, chances,
                count)  # fmt: skip


@njit
def stay_down(
    battery: Any, battery_row: int, tracks: Array, high: int, seen: Array, fired: Array, reasons: Array,
    outcomes: Array, time_s: float, decisions: Array, count: Array,
) -> None:  # fmt: skip
    """A suppressed battery lets alone what it could have engaged, and nobody else has."""
    mask = battery.engages | battery.free_engages
    for slot in range(high):
        track = tracks[slot]
        if track.state != FIRM or track.engagements > 0 or mask & (1 << track.identity) == 0:
            continue
        d2 = 0.0
        for i in range(3):
            d = track.pos_m[i] + track.vel_m_s[i] * (time_s - track.time_s) - battery.pos_m[i]
            d2 += d * d
        if d2 <= battery.reach_m * battery.reach_m:
            meet_track(battery_row, slot, track, seen, fired, reasons)
            log_refusal(battery_row, track, slot, R_SUPPRESSED, reasons, outcomes, time_s, decisions, count)


@njit
def listen_fire(
    battery: Any, radars: Array, jammers: Array, movers: Array, masks: Array, airs: Array, dem: Array,
    dem_max_m: float, time_s: float,
) -> None:  # fmt: skip
    """What noise a battery's engagement radars hear now."""
    for r in range(battery.first_radar, battery.first_radar + battery.radars):
        if radars[r].search == 0 and radars[r].up_now == 1:
            listen(radars[r], jammers, movers, masks, airs, dem, dem_max_m, time_s)


@njit
def control_of(battery: Any, phases: Array, count: Array) -> int:
    """Weapon control status in force for a battery."""
    if battery.fallen == FALL_HOLD:
        return int(WCS_HOLD)
    if battery.weapon_control >= 0:
        return int(battery.weapon_control)
    return int(phases[count[C_PHASE]].weapon_control)


@njit
def stand(battery: Any, movers: Array, time_s: float) -> None:
    """A patrol stands where its aircraft flies."""
    if battery.carrier < 0:
        return
    mover = movers[battery.carrier]
    dt = time_s - mover.t0_s
    for i in range(3):
        battery.pos_m[i] = mover.pos_m[i] + mover.vel_m_s[i] * dt
