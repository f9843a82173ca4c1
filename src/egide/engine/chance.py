"""The chance of a wrongful engagement along a pass, beside the one that was drawn.

An operator errs or does not on one object: one draw a network and object, named and therefore late. Both branches are
followed side by side: the one that was drawn by what the batteries do, the other by asking, at each decision, what they
would do with the identity that it would give.

other      the identity that the other branch of the operator's draw would have declared
chance     a row of the log: a launch at a friend or neutral that took place, or that the other branch would have made;
           `branches` says which branches fire: 1 the operator who does not err, 2 the one who does
waiting    the other branch has decided; it launches after the same reaction and order as the battery would have needed:
           of a chain the nominal way there and back and the operator's own time, without a queue and without a refusal

P(engaged | equipment, picture) = (1 - e) [no error: fires] + e [error: fires], over networks 1 - prod(1 - P). For
killed, each branch has 1 - prod(1 - p) over the shots of a salvo. What the other branch's shots would have changed for
anybody else (a channel taken, a missile less, the object's death) is not followed. See docs/fratricide.md.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.engine.blame import blame
from egide.engine.command import answer_s
from egide.engine.decide import allowed, class_of, consider, meet_track, threatens_self
from egide.engine.queue import C_CHANCES, C_SHOTS
from egide.events import HOSTILE, R_NONE, WCS_FREE, WCS_HOLD, codes
from egide.jit import njit
from egide.picture.identity_kernels import E_OPERATOR
from egide.picture.tables import FIRM
from egide.rng import REACT, triangular, uniforms

Array = np.ndarray[Any, Any]
NOT_DRAWN, SURE, ERRS = codes(3)  # branches: the operator does not err, the operator errs
DRAWN = SURE


@njit
def branch_drawn(track: Any) -> int:
    """The branch that this replication is in."""
    return ERRS if track.evidence & (1 << E_OPERATOR) else SURE


@njit
def salvos_kill(battery: Any, p: float) -> float:
    """Kill probability of all that a battery may fire at one object, p a shot: salvos, looking in between."""
    shots = battery.salvo if battery.look == 1 else battery.max_shots
    first = 1.0 - (1.0 - p) ** shots
    total = first
    for _ in range(battery.max_shots // shots - 1):
        total = first + (1.0 - first) * (1.0 - battery.miss_called_kill) * total
    return float(total)


@njit
def log_chance(
    battery_row: int, network: Any, track: Any, branches: int, drawn: int, p_kill: float, causes: int, movers: Array,
    time_s: float, log: Array, count: Array,
) -> None:  # fmt: skip
    row = log[count[C_CHANCES]]
    count[C_CHANCES] += 1
    row.time_s, row.p_kill, row.p_error, row.battery = time_s, p_kill, network.declaration_error, battery_row
    row.track, row.mover, row.drawn, row.branches, row.causes = track.number, track.mover, drawn, branches, causes
    row.draw = -1 if track.key == movers[track.mover].id else track.number
    track.chances |= branches


@njit
def watch(
    battery: Any, battery_row: int, weapon_control: int, tracks: Array, heard: Array, held: Array, work: Array,
    high: int, network: Any, radars: Array, stores: Array, links: Array, movers: Array, masks: Array, airs: Array,
    dem: Array, assets: Array, zones: Array, corners: Array, grid: Array, engagements: Array, rules: Any, fired: Array,
    memories: Array, posts: Array, seen: Array, reasons: Array, key: Array, time_s: float, log: Array, count: Array,
) -> None:  # fmt: skip
    """DECIDE, of the other branch: friends and neutrals that it would have engaged. Nothing is changed for anybody."""
    zoned = battery.zones != 0  # a zone may free what the battery's own status holds
    if network.declaration_error <= 0.0 or (weapon_control == WCS_HOLD and not zoned):
        return
    mask = battery.engages
    if weapon_control == WCS_FREE or zoned:
        mask |= battery.free_engages
    for slot in range(high):
        track = tracks[slot]
        if track.state != FIRM or track.other == track.identity or mask & (1 << track.other) == 0:
            continue
        if track.mover < 0 or movers[track.mover].relation == HOSTILE:
            continue
        branch = SURE + ERRS - branch_drawn(track)
        if track.chances & branch:
            continue
        meet_track(battery_row, slot, track, seen, fired, reasons)
        identity, engaged = track.identity, track.engagements
        track.identity, track.engagements = track.other, 0
        reason, store, _, p = consider(
            battery, battery_row, track, heard[slot], held[slot], slot, weapon_control, radars, stores, links, movers,
            masks, airs, dem, assets, zones, corners, grid, network, engagements, rules, work, fired, memories, count,
            time_s)  # fmt: skip
        track.identity, track.engagements = identity, engaged
        waiting = track.chance_by == battery_row + 1
        if reason != R_NONE or battery.guided_used >= battery.guided:
            if waiting and time_s >= track.chance_s:
                track.chance_by = 0  # it would have broken off, and may decide again
        elif not waiting:
            if battery.channels_used < battery.channels:
                u, v, _, _ = uniforms(key, REACT, battery.id, track.key, fired[battery_row, slot])
                wait_s = triangular(u, battery.reaction_s[0], battery.reaction_s[1], battery.reaction_s[2])
                if battery.centre == 1 and not threatens_self(battery, held[slot], time_s):
                    if battery.post >= 0:
                        wait_s += answer_s(battery, track, memories[battery_row, slot], posts, key)
                    else:
                        wait_s += triangular(v, battery.order_s[0], battery.order_s[1], battery.order_s[2])
                track.chance_by, track.chance_s = battery_row + 1, time_s + wait_s
        elif time_s >= track.chance_s:
            kill, klass = stores[store].kill, movers[track.mover].klass
            seems = class_of(held[slot], rules)  # what it is counts, not what it seems
            p *= kill[0 if klass == 4 else klass] / max(kill[seems], 1e-9)
            log_chance(
                battery_row, network, track, branch, NOT_DRAWN, salvos_kill(battery, p), NOT_DRAWN, movers, time_s, log,
                count)  # fmt: skip


@njit
def note_shot(
    battery: Any, battery_row: int, weapon_control: int, before: int, shots: Array, all_tracks: Array, slot: int,
    heard: Array, held: Any, high: Array, networks: Array, movers: Array, radars: Array, corridors: Array,
    origin: Array, grid: Array, prior: Array, likelihoods: Array, rules: Any, work: Array, key: Array, time_s: float,
    log: Array, count: Array,
) -> None:  # fmt: skip
    """LAUNCH, where it fired at a friend or neutral: which branches do, and why it was possible."""
    if count[C_SHOTS] == before:
        return
    mover = shots[before].mover
    if mover < 0 or movers[mover].relation == HOSTILE:
        return
    track = all_tracks[battery.network, slot]
    drawn = branch_drawn(track)
    branches = drawn
    if track.other == track.identity:
        branches = SURE | ERRS
    else:
        identity = track.identity
        track.identity = track.other
        if allowed(battery, track, held, weapon_control, time_s) == R_NONE:
            branches = SURE | ERRS
        track.identity = identity
    causes = blame(
        battery, weapon_control, all_tracks, slot, heard, held, high, networks, movers, radars, corridors, origin,
        grid, prior, likelihoods, rules, work, key, time_s)  # fmt: skip
    log_chance(
        battery_row, networks[battery.network], track, branches, DRAWN, math.nan, causes, movers, time_s, log, count
    )
