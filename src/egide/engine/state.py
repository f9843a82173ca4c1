"""The state of one replication: copies of the System's tables, empty pictures, an empty queue, empty logs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from egide.compiler.system import FIRST_COME, System
from egide.engine.assign import SHARING
from egide.engine.first import compile_first
from egide.engine.fold import fold
from egide.engine.loop import NEED_ROOM, loop, prepare
from egide.engine.queue import (
    C_ASPECTS,
    C_ASSIGNMENTS,
    C_CHANCES,
    C_COMMANDS,
    C_DAMAGES,
    C_DECISIONS,
    C_IDENTITIES,
    C_MESSAGES,
    C_PLOTS,
    C_QUEUE,
    C_SHOTS,
    C_TRACKS,
    COUNTERS,
    EVENT,
)
from egide.engine.tables import ENGAGEMENT, MEMORY, REQUEST
from egide.errors import EngineError
from egide.events import ASPECT_AZIMUTHS, ASPECT_ELEVATIONS, TABLES
from egide.picture.tables import BELIEF, KNOWN, PLACED, PLOT, REPORT, WORK
from egide.picture.tracker import scratch
from egide.rng import make_key

Array = np.ndarray[Any, Any]
Tables = dict[str, Array]

TRACKS: Final = 2048  # a picture, or four an object where that is more; further ones are not started
SEEDS: Final = 512  # a radar
EDGES: Final = 16_384  # possible pairs of a scan; one with more makes its own room
REPORTS: Final = 32_768  # in flight on all links, or what the slowest delays can hold where that is more
ENGAGEMENTS: Final = 512  # at once, or two a channel where that is more
ROUNDS: Final = 40  # doublings before we call it a fault of ours

COUNTED: Final = {  # tables written row by row in the loop
    "plots": C_PLOTS, "tracks": C_TRACKS, "identities": C_IDENTITIES, "messages": C_MESSAGES,
    "decisions": C_DECISIONS, "shots": C_SHOTS, "damages": C_DAMAGES, "aspects": C_ASPECTS,
    "commands": C_COMMANDS,
    "chances": C_CHANCES, "assignments": C_ASSIGNMENTS,
}  # fmt: skip
LOGS: Final = (
    "plots", "tracks", "identities", "messages", "decisions", "shots", "damages", "aspects", "commands", "chances",
    "assignments",
)  # fmt: skip


class Replication:
    """Everything one replication writes on; arrays in the order in which the loop takes them."""

    def __init__(self, system: System, seed: int, point: int, replication: int, detail: bool) -> None:
        n, batteries, networks = len(system.movers), len(system.batteries), len(system.networks)
        radars, links = len(system.radars), len(system.links)
        self.system, self.seed, self.replication = system, seed, replication
        self.key = make_key(seed, point, replication)
        self.count = np.zeros(COUNTERS, np.int64)
        self.rules = system.rules.copy()
        self.rules["detail"] = int(detail)
        self.exposure, self.rows_of_exposure = _exposure(system)
        self.bins = np.full((len(self.exposure), ASPECT_AZIMUTHS * ASPECT_ELEVATIONS), -1, np.int32)  # rows of aspects
        self.sampled = np.zeros((len(self.exposure), 3))  # directions of the latest independent samples
        self.outcomes = np.zeros(n, TABLES["outcomes"])
        for name in (
            "end_s",
            "first_detected_s",
            "first_detected_m",
            "first_tracked_s",
            "first_engaged_s",
            "first_engaged_m",
        ):
            self.outcomes[name] = np.nan
        self.outcomes["killed_by"], self.outcomes["fate"] = -1, -1
        self.ledger = _knowledge(networks, n)
        tracks = max(TRACKS, 4 * n)
        plots = max(TRACKS, n + 2 * int(np.max(system.radars["false_plots"], initial=0.0)))
        engagements = max(ENGAGEMENTS, 2 * int(np.sum(system.batteries["channels"])))
        self.room = max(plots, 3 * tracks, _choices(system, tracks)) + tracks  # more than any event writes into any log
        self.logs = {name: np.zeros(2 * self.room, TABLES[name]) for name in LOGS}
        self.queue = np.zeros(2 * self.room + 8 * (n + radars + batteries + 1024), EVENT)
        self.things = [system.movers.copy(), system.vertices, system.radars.copy(), system.sensors.copy()]
        self.things += [system.masks, system.airs, system.dem]
        self.things += [system.batteries.copy(), system.stores.copy(), system.networks, system.links.copy()]
        self.things += [
            system.posts.copy(),
            system.assets.copy(),
            system.phases,
            system.corridors,
            system.windows,
            system.origin,
            system.zones,
            system.corners,
            system.grid,
        ]
        self.things += [system.likelihoods, self.rules, system.tracking, system.jammers, system.radios.copy()]
        self.pictures = [
            np.zeros((networks, tracks), BELIEF), np.zeros(networks, np.int64), np.zeros(networks, np.int64),
            np.zeros((radars, SEEDS), PLOT), np.full((networks, n), -1, np.int64),
        ]  # fmt: skip
        self.fire = [
            np.zeros(engagements, ENGAGEMENT), np.zeros((batteries, tracks), np.int64),
            np.full((batteries, tracks), -1, np.int64), np.full((batteries, tracks), -1, np.int64),
            np.zeros((batteries, n), np.int64), np.zeros((batteries, n), np.int64),
            np.zeros(4 * engagements if len(system.posts) else 0, REQUEST),
            np.zeros((batteries if len(system.posts) else 0, tracks), MEMORY),
        ]  # fmt: skip
        self.told = [  # zero is nobody in all of them
            np.zeros((links, networks, tracks), KNOWN), np.zeros((networks, networks, tracks), PLACED),
            np.zeros((networks, tracks, networks), REPORT), np.zeros((networks, tracks), BELIEF),
            np.zeros(_ring(system, tracks), REPORT), np.zeros((8, 6, 6)),
        ]  # fmt: skip
        whole, real, heads, changes = scratch(max(tracks, plots, SEEDS))
        self.scratch = [
            np.zeros(plots, PLOT), np.zeros((3, 3)), np.zeros((2, 3, 3)), np.zeros((_choices(system, tracks), 6)),
            np.zeros(1, SHARING), np.zeros(1, WORK),
            whole, real, heads, np.zeros(EDGES, np.int64), np.zeros(EDGES), changes,
        ]  # fmt: skip
        self.scratch[0]["rate_m_s"] = np.nan

    def run(self) -> Tables:
        """Advance to the end; logs that are full are doubled and the loop called again."""
        movers, radars, batteries, networks, links, posts = (self.things[i] for i in (0, 2, 7, 9, 10, 11))
        prepare(
            movers, radars, batteries, networks, links, posts, self.things[13], self.things[15], self.things[-1],
            self.rules[0], self.queue, self.count, self.key)  # fmt: skip
        compile_first(self._handed(), self._rows())
        for _ in range(ROUNDS):
            answer = loop(*self._handed())
            if answer != NEED_ROOM:
                return self._results()
            self._grow()
        raise EngineError("the logs would not stop growing", self.seed, self.replication)

    def _handed(self) -> list[Any]:
        """What the loop is handed, in its order."""
        return [
            *self.things, *self.pictures, *self.fire, *self.told, *self.scratch, self.exposure, self.rows_of_exposure,
            self.bins, self.sampled, self.system.attitudes, self.outcomes, self.ledger, self.queue, self.count,
            self.key, *(self.logs[name] for name in LOGS),
        ]  # fmt: skip

    def _rows(self) -> dict[str, Any]:
        """Tables of one row, by the name that the loop's kernels give to that row."""
        sharing, work = self.scratch[4], self.scratch[5]
        return {"rules": self.rules[0], "tracking": self.system.tracking[0], "sharing": sharing[0], "work": work[0]}

    def _grow(self) -> None:
        """Double what could not take the most that one event writes."""
        if self.count[C_QUEUE] + self.room >= len(self.queue):
            self.queue = _doubled(self.queue)
        for name, log in self.logs.items():
            if self.count[COUNTED[name]] + self.room >= len(log):
                self.logs[name] = _doubled(log)

    def _results(self) -> Tables:
        tables = {name: self.logs[name][: self.count[at]].copy() for name, at in COUNTED.items()}
        fold(tables["chances"], tables["shots"], self.system.batteries["network"], self.outcomes)
        tables["outcomes"] = self.outcomes
        tables["exposure"] = self.exposure[self.exposure["looks"] > 0]
        known = self.ledger.ravel()
        tables["knowledge"] = known[(known["flown_s"] > 0.0) | (known["tracked_s"] > 0.0)]
        return tables


def _knowledge(networks: int, movers: int) -> Array:
    """What is known, one row a picture and mover; each picture's last row is for tracks of nothing."""
    ledger = np.zeros((networks, movers + 1), TABLES["knowledge"])
    for name in ("first_firm_s", "first_right_s", "first_wrong_s", "counted_s"):
        ledger[name] = np.nan
    ledger["number"], ledger["network"] = -1, np.arange(networks)[:, None]
    ledger["mover"] = np.append(np.arange(movers), -1)
    return ledger


def _choices(system: System, tracks: int) -> int:
    """Candidates of one decision: of one battery, or of all that share one."""
    shared = bool(np.any(system.networks["assignment"] != FIRST_COME))
    return tracks * (len(system.batteries) if shared else 1)


def _ring(system: System, tracks: int) -> int:
    """Reports that can be on their way at once."""
    links = system.links
    most = np.minimum(links["capacity"], tracks * np.where(links["relays"] == 1, len(system.networks), 1))
    return max(REPORTS, int(np.sum(most * (links["latency_s"][:, 2] / links["update_s"] + 2.0))))


def _doubled(table: Array) -> Array:
    out = np.zeros(2 * len(table), table.dtype)
    out[: len(table)] = table
    return out


def _exposure(system: System) -> tuple[Array, Array]:
    """The ledger, one row a radar and protected aircraft, and the map from both to the row."""
    watched = np.flatnonzero(system.movers["protected"] >= 0)
    radars = len(system.radars)
    rows = np.arange(radars * max(len(watched), 1)).reshape(radars, max(len(watched), 1)).astype(np.int64)
    ledger = np.zeros(radars * len(watched), TABLES["exposure"])
    if len(watched):
        ledger["radar"], ledger["mover"] = np.repeat(np.arange(radars), len(watched)), np.tile(watched, radars)
        ledger["best_snr_db"], ledger["nearest_m"] = -np.inf, np.inf
    return ledger, rows
