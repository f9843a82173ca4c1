"""What the batteries of one network bring against a target: rows for the kernels, and the pictures they act on.

store     a kind of missile that may be fired at this target; the class by which doctrine and choice of missile go is
          the one the engine's operator would see (`looks`), the kill probability that of the real class
source    search radars of one network with one revisit time, on whose tracks a battery may act; each has its own wait,
          so that a slow radar or a link never makes a faster one useless
wait      from detection to launch: as many looks as confirm a track, the link where one tells it, one decision
          interval, the command post's reaction, and the centre's order where it must be awaited
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

import numpy as np

from egide.compiler.sensors import rules_of
from egide.constants import WGS84_A_M, WGS84_E2
from egide.coverage.ask import Altitude, Request
from egide.coverage.grid import Grid
from egide.coverage.meet_kernels import COLUMN, COLUMNS_M, FARTHEST, ROW, ROWS_M
from egide.coverage.net import Battery, Net
from egide.engine.decide import SLOW_M_S
from egide.events import AIRCRAFT, BALLISTIC, CRUISE_MISSILE, DRONE

__all__ = ["CUES", "Fires", "Source", "fires_of", "metres_of", "sources_of"]

Array = np.ndarray[Any, Any]
CUES: Final = ("own", "network")
MANY: Final = 1_000_000
Source = tuple[int, ...]  # places of radars in the net


@final
@dataclass(frozen=True)
class Fires:
    """Batteries of one network that can shoot at the target, and their rows (see `meet_kernels`)."""

    batteries: tuple[Battery, ...]
    units: Array
    stores: Array
    owner: Array  # battery of each store

    def part(self, battery: int) -> Array:
        """Its stores."""
        found: Array = self.stores[self.owner == battery]
        return found

    def within(self, grid: Grid, holds: Array) -> Fires:
        """The same, each battery's farthest meeting no farther than it holds anything: less of a way to look at."""
        units = self.units.copy()
        for unit, hold in zip(units, holds, strict=True):
            rows, columns = np.nonzero(hold)
            if not len(rows):
                unit[FARTHEST] = 0.0
                continue
            north_m, east_m = (unit[ROW] - rows) / unit[ROWS_M], (columns - unit[COLUMN]) / unit[COLUMNS_M]
            held_m = math.sqrt(float(np.max(north_m * north_m + east_m * east_m)))
            unit[FARTHEST] = min(unit[FARTHEST], held_m + 0.5 / unit[ROWS_M] + 0.5 / unit[COLUMNS_M])
        return replace(self, units=units)


def metres_of(grid: Grid) -> Array:
    """(rows, 2) rows and columns a metre, on the ellipsoid."""
    w2 = 1.0 - WGS84_E2 * grid.rows[:, 2] ** 2
    north_m = WGS84_A_M * (1.0 - WGS84_E2) / w2**1.5 * math.radians(grid.dem.step_lat_deg)
    east_m = WGS84_A_M / np.sqrt(w2) * grid.rows[:, 1] * math.radians(grid.dem.step_lon_deg)
    return np.ascontiguousarray(np.column_stack([1.0 / north_m, 1.0 / east_m]))


def fires_of(grid: Grid, net: Net, request: Request, altitude: Altitude) -> list[Fires]:
    """What each network can fire at this height, networks in the order of their first battery."""
    found = []
    for name in dict.fromkeys(battery.network for battery in net.batteries):
        able, units, stores, owner = list[Battery](), list[list[float]](), list[list[float]](), list[int]()
        for battery in net.batteries:
            holds = any(not net.radars[k].search for k in battery.radars)
            rows = _stores(net, battery, request, altitude) if battery.network == name and holds else []
            if rows and int(battery.row["guided"]) > 0:
                units.append(_unit(grid, battery, len(stores), rows))
                owner += [len(able)] * len(rows)
                able.append(battery)
                stores += rows
        if able:
            found.append(Fires(tuple(able), np.array(units), np.array(stores), np.array(owner, np.int64)))
    return found


def _unit(grid: Grid, battery: Battery, first: int, stores: Sequence[Sequence[float]]) -> list[float]:
    row = battery.row
    at_row, at_column = float(grid.dem.row(battery.place[0])), float(grid.dem.column(battery.place[1]))
    metres = metres_of(grid)[min(max(round(at_row), 0), grid.shape[0] - 1)]
    spare = sum(int(store["ready"]) for store in battery.stores) - int(row["reserve"])
    return [
        float(first), float(first + len(stores)), float(min(spare, MANY)), float(row["salvo"]), float(row["max_shots"]),
        float(row["look"]), float(row["guided"]), float(row["salvo_interval_s"]), float(row["assess_s"][1]),
        float(row["decision_interval_s"]) + _ordered_s(battery), _ordered_s(battery), at_row, at_column,
        battery.place[2], *metres, max(store[1] for store in stores),
    ]  # fmt: skip


def _stores(net: Net, battery: Battery, request: Request, altitude: Altitude) -> list[list[float]]:
    """Missiles that may be fired at the target; empty where there is none."""
    if sum(int(store["ready"]) for store in battery.stores) <= int(battery.row["reserve"]):
        return []
    seen_as = _looks(net, request, altitude)
    real = 0 if request.target.klass == "airliner" else request.target.row
    rows = []
    for store in battery.stores:
        if request.target.speed_m_s > float(store["target_speed_max_m_s"]) or int(store["ready"]) <= 0:
            continue
        reach_m = float(store["range_ballistic_m" if BALLISTIC in seen_as else "range_m"])
        seen = [_seen_kill(battery, store, klass) for klass in seen_as]
        names = ("height_min_m", "height_max_m", "speed_m_s")
        if reach_m > 0.0 and max(seen) >= 0.0:
            rows.append([float(store["range_min_m"]), reach_m, *(float(store[name]) for name in names),
                         float(store["kill"][real]), float(min(int(store["ready"]), MANY)), *seen])  # fmt: skip
    return rows


def _seen_kill(battery: Battery, store: Any, klass: int) -> float:
    """The kill probability that a battery reckons with for a class; -1 where its doctrine fires nothing at it."""
    kill = float(store["kill"][klass])
    wanted = int(battery.row["classes"]) & (1 << klass) and kill >= float(battery.row["min_kill"])
    return kill if wanted and kill > 0.0 else -1.0


def _looks(net: Net, request: Request, altitude: Altitude) -> tuple[int, int]:
    """Class by speed and height, as the engine's `looks_like`: below LOOK_ALIKE_M above the sea, and at or above it."""
    speed, rules = request.target.speed_m_s, rules_of(net.scenario)
    if speed > rules.ballistic_speed_m_s or altitude.height_m > rules.ballistic_above_m:
        return BALLISTIC, BALLISTIC
    return (DRONE, DRONE) if speed < SLOW_M_S else (CRUISE_MISSILE, AIRCRAFT)


def _ordered_s(battery: Battery) -> float:
    """From a decision to the launch."""
    row = battery.row
    return float(row["reaction_s"][1]) + (float(row["order_s"][1]) if int(row["centre"]) else 0.0)


def sources_of(net: Net, battery: Battery, klass: int, cue: str) -> list[tuple[Source, float]]:
    """Each source that a battery may act on, and its wait. `own`: its own search radars."""
    row, looks = battery.row, rules_of(net.scenario).confirm_hits
    decided_s = float(row["decision_interval_s"]) + _ordered_s(battery)
    names = {radar.name for radar in net.cue(battery, klass)}
    places = battery.radars if cue == "own" else range(len(net.radars))
    told_s = {battery.network: 0.0}
    for link in net.scenario.links if cue == "network" else ():
        if link.to == battery.network and link.remote_cue and "tracks" in link.carries:
            told_s[link.from_] = min(told_s.get(link.from_, math.inf), link.latency_s.nominal_s + link.update_s)
    groups: dict[tuple[str, float], list[int]] = {}
    for place in places:
        radar = net.radars[place]
        if radar.name in names:
            groups.setdefault((radar.network, float(radar.row["revisit_s"])), []).append(place)
    return [
        (tuple(radars), looks * revisit_s + decided_s + told_s[network])
        for (network, revisit_s), radars in groups.items()
    ]
