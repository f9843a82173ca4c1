"""From the rows of chances to two numbers an object: the chance of being shot at, and of being killed.

salvo      shots of one battery at one object that left together: nobody knows of one's result before the next has left
branch     an operator who does not err (1) or errs (2); see engine.chance

A salvo that found its object alive kills with 1 - prod(1 - p): summed over salvos this is the drawn kill in the mean,
with less spread. A shot that met what was dead has no p of its own: it takes that of its salvo's first.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from egide.events import S_KILL, S_MISS, S_TARGET_DEAD

Array = np.ndarray[Any, Any]
BRANCHES = (1, 2)


def fold(chances: Array, shots: Array, network_of: Array, outcomes: Array) -> None:
    """Fill p_engaged and p_killed of the outcomes of those who were, or could have been, shot at by mistake."""
    groups: dict[tuple[int, int, int], list[Any]] = defaultdict(list)
    for row in chances:
        groups[int(row["mover"]), int(network_of[row["battery"]]), int(row["draw"])].append(row)
    spared: dict[int, list[float]] = defaultdict(lambda: [1.0, 1.0])
    for (mover, network, _), rows in groups.items():
        fires, kills = _branches(rows, _killed(shots, mover, network, network_of))
        error = float(rows[0]["p_error"])
        weights = {1: 1.0 - error, 2: error}
        spared[mover][0] *= 1.0 - sum(weights[b] for b in BRANCHES if fires[b])
        spared[mover][1] *= 1.0 - sum(weights[b] * kills[b] for b in BRANCHES)
    for mover, (unengaged, alive) in spared.items():
        outcomes[mover]["p_engaged"], outcomes[mover]["p_killed"] = 1.0 - unengaged, 1.0 - alive


def _branches(rows: list[Any], drawn_kill: float) -> tuple[dict[int, bool], dict[int, float]]:
    """Whether each branch fires, and with what chance it kills: by the shots that were fired, where it fired them."""
    fires, kills = {1: False, 2: False}, {1: 0.0, 2: 0.0}
    for row in sorted(rows, key=lambda row: int(row["drawn"])):
        for branch in BRANCHES:
            if int(row["branches"]) & branch:
                fires[branch] = True
                kills[branch] = drawn_kill if row["drawn"] else max(kills[branch], float(row["p_kill"]))
    return fires, kills


def _killed(shots: Array, mover: int, network: int, network_of: Array) -> float:
    """The chance that a network's shots at an object kill it, given what the salvos before had come to."""
    mine = shots[(shots["mover"] == mover) & (network_of[shots["battery"]] == network)]
    total = 0.0
    for battery, salvo, weapon, track in sorted(
        {(int(s["battery"]), int(s["salvo"]), int(s["weapon"]), int(s["track"])) for s in mine}
    ):
        of = mine[
            (mine["battery"] == battery) & (mine["salvo"] == salvo) & (mine["weapon"] == weapon)
            & (mine["track"] == track)
        ]  # fmt: skip
        of = of[np.argsort(of["meet_s"], kind="stable")]
        if of[0]["result"] == S_TARGET_DEAD:
            continue
        alive = of[np.isin(of["result"], (S_KILL, S_MISS))]
        again = int(np.count_nonzero(of["result"] == S_TARGET_DEAD)) if len(alive) else 0
        missed = np.append(1.0 - alive["p_kill"], np.full(again, 1.0 - alive[0]["p_kill"] if len(alive) else 1.0))
        total += 1.0 - float(np.prod(missed))
    return min(total, 1.0)
