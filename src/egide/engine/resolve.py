"""What the attack does, and what the end of the run says of everyone.

ATTACK   an attacker reaches its release point: it has leaked, and its weapon hits or not
leaker   an attacker that reached it alive
suppressed  a battery that was attacked, hit or not, opens no engagement for a while
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.compiler.system import DEAD, FLYING, GONE
from egide.engine.emit import fall_silent, silent_for
from egide.engine.queue import C_DAMAGES
from egide.events import F_KILLED, F_LEAKED, F_NOT_ARRIVED, F_SURVIVED, HOSTILE
from egide.jit import njit
from egide.rng import DAMAGE, ONCE, uniform

Array = np.ndarray[Any, Any]


@njit
def attack(
    mover: Any, row: int, assets: Array, batteries: Array, radars: Array, outcomes: Array, damages: Array, count: Array,
    key: Array, time_s: float,
) -> None:  # fmt: skip
    """ATTACK: value lost is the asset's remaining value times what one hit takes; a unit that is hit goes down."""
    if mover.state != FLYING:
        return
    mover.leaked = 1
    outcome = outcomes[row]
    outcome.fate, outcome.end_s = F_LEAKED, time_s
    if mover.target < 0:
        return
    asset = assets[mover.target]
    if asset.battery >= 0 and batteries[asset.battery].suppressed_s > 0.0:
        batteries[asset.battery].back_s = time_s + batteries[asset.battery].suppressed_s
    hit = mover.hit_probability
    if mover.silent_s > 0.0 and silent_for(radars, batteries, asset, time_s) >= mover.silent_s:
        hit *= mover.silent_share
    u = uniform(key, DAMAGE, mover.id, asset.id, ONCE)
    if u >= hit:
        return
    damage = damages[count[C_DAMAGES]]
    count[C_DAMAGES] += 1
    damage.time_s, damage.asset, damage.mover, damage.unit_down = time_s, mover.target, row, -1
    damage.value_lost = asset.left * mover.damage
    asset.left -= damage.value_lost
    fall_silent(radars, batteries, asset, time_s)
    if asset.battery >= 0 and batteries[asset.battery].up_now == 1:
        down(asset.battery, batteries, radars)
        damage.unit_down = asset.battery
    if asset.radar >= 0:
        radars[asset.radar].up_now, radars[asset.radar].lost = 0, 1


@njit
def down(battery_row: int, batteries: Array, radars: Array) -> None:
    """A battery that is hit, or that never came up, is out with its radars for good."""
    battery = batteries[battery_row]
    battery.up_now, battery.lost = 0, 1
    for r in range(battery.first_radar, battery.first_radar + battery.radars):
        radars[r].up_now, radars[r].lost = 0, 1


@njit
def lose_carriers(row: int, batteries: Array, radars: Array) -> None:
    """An airborne radar or patrol that is shot down is out."""
    for b in range(batteries.shape[0]):
        if batteries[b].carrier == row:
            batteries[b].up_now, batteries[b].lost = 0, 1
    for r in range(radars.shape[0]):
        if radars[r].carrier == row:
            radars[r].up_now, radars[r].lost = 0, 1


@njit
def settle(movers: Array, outcomes: Array, end_s: float) -> None:
    """Fates of all who are not yet accounted for."""
    for i in range(movers.shape[0]):
        mover, outcome = movers[i], outcomes[i]
        outcome.mover, outcome.target = i, mover.target
        if mover.state == DEAD:
            outcome.fate = F_LEAKED if mover.leaked == 1 else F_KILLED
        elif mover.leaked == 1:
            outcome.fate = F_LEAKED
        elif mover.state == GONE or mover.relation != HOSTILE or mover.target < 0:
            outcome.fate = F_SURVIVED
        else:
            outcome.fate = F_NOT_ARRIVED
        if not outcome.end_s <= end_s:
            outcome.end_s = min(mover.end_s, end_s)
