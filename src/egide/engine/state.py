"""The state of one replication: copies of the System's tables, empty pictures, an empty queue, empty logs.

workspace    the memory that all this takes; used again by the next replication of the same System
"""

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
    C_REPORTS,
    C_SHOTS,
    C_TRACKS,
    COUNTERS,
    EVENT,
)
from egide.engine.tables import ENGAGEMENT, MEMORY, REQUEST
from egide.errors import EngineError
from egide.events import ASPECT_AZIMUTHS, ASPECT_ELEVATIONS, DETAIL, TABLES
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
LINE: Final = 64  # bytes
ROUNDS: Final = 40  # doublings before we call it a fault of ours

COUNTED: Final = {  # tables written row by row in the loop
    "plots": C_PLOTS, "tracks": C_TRACKS, "identities": C_IDENTITIES, "messages": C_MESSAGES,
    "decisions": C_DECISIONS, "shots": C_SHOTS, "damages": C_DAMAGES, "aspects": C_ASPECTS,
    "commands": C_COMMANDS,
    "chances": C_CHANCES, "assignments": C_ASSIGNMENTS,
}  # fmt: skip
WRITTEN: Final = (  # tables of a System that a replication writes on copies of
    "movers", "radars", "sensors", "batteries", "stores", "links", "posts", "assets", "rules", "radios",
)  # fmt: skip
LOGS: Final = (
    "plots", "tracks", "identities", "messages", "decisions", "shots", "damages", "aspects", "commands", "chances",
    "assignments",
)  # fmt: skip


class Workspace:
    """The tables of a System's replications, made once and made ready again for each.

    state     what a replication begins with, in one block of memory, set again in one copy
    used      rows of pictures, reports and logs: those that were written are emptied, and no others
    scratch   written before it is read: never emptied
    """

    def __init__(self, system: System) -> None:
        n, batteries, networks = len(system.movers), len(system.batteries), len(system.networks)
        radars, links = len(system.radars), len(system.links)
        tracks = max(TRACKS, 4 * n)
        plots = max(TRACKS, n + 2 * int(np.max(system.radars["false_plots"], initial=0.0)))
        engagements = max(ENGAGEMENTS, 2 * int(np.sum(system.batteries["channels"])))
        ordered = len(system.posts) > 0
        self.system = system
        self.room = max(plots, 3 * tracks, _choices(system, tracks)) + tracks  # more than any event writes into any log
        exposure, self.rows_of_exposure = _exposure(system)
        state: dict[str, Array] = {name: getattr(system, name) for name in WRITTEN}
        state |= {
            "count": np.zeros(COUNTERS, np.int64), "exposure": exposure,
            "bins": np.full((len(exposure), ASPECT_AZIMUTHS * ASPECT_ELEVATIONS), -1, np.int32),  # rows of aspects
            "sampled": np.zeros((len(exposure), 3)),  # directions of the latest independent samples
            "outcomes": _outcomes(n), "ledger": _knowledge(networks, n),
            "high": np.zeros(networks, np.int64), "numbers": np.zeros(networks, np.int64),
            "quick": np.full((networks, n), -1, np.int64), "engagements": np.zeros(engagements, ENGAGEMENT),
            "fired": np.zeros((batteries, tracks), np.int64), "seen": np.full((batteries, tracks), -1, np.int64),
            "reasons": np.full((batteries, tracks), -1, np.int64), "in_flight": np.zeros((batteries, n), np.int64),
            "met": np.zeros((batteries, n), np.int64), "requests": np.zeros(4 * engagements * ordered, REQUEST),
            "memories": np.zeros((batteries * ordered, tracks), MEMORY),
            "known": np.zeros((links, networks, tracks), KNOWN),  # zero is nobody
            "placed": np.zeros((networks if links else 0, networks, tracks), PLACED),
        }  # fmt: skip
        self.block, self.state = _in_one_block(state)
        self.fresh = self.block.copy()
        self.copies = [(_bytes(self.state[name]), _bytes(getattr(system, name))) for name in WRITTEN]
        self.tracks, self.held = np.zeros((networks, tracks), BELIEF), np.zeros((networks, tracks), BELIEF)
        self.heard = np.zeros((networks, tracks, networks), REPORT)
        self.reports = np.zeros(_ring(system, tracks), REPORT)
        self.seeds = np.zeros((radars, SEEDS), PLOT)
        self.queue = np.zeros(2 * self.room + 8 * (n + radars + batteries + 1024), EVENT)
        self.logs = {name: np.zeros(2 * self.room, TABLES[name]) for name in LOGS}
        whole, real, heads, changes = scratch(max(tracks, plots, SEEDS))
        self.scratch = [
            np.zeros(plots, PLOT), np.zeros((3, 3)), np.zeros((2, 3, 3)), np.zeros((_choices(system, tracks), 6)),
            np.zeros(1, SHARING), np.zeros(1, WORK),
            whole, real, heads, np.zeros(EDGES, np.int64), np.zeros(EDGES), changes,
        ]  # fmt: skip
        self.mixing = np.zeros((8, 6, 6))
        self.first = True  # no replication has used it

    @property
    def nbytes(self) -> int:
        """Bytes of all tables. What is never written is only reserved."""
        pictures = (self.tracks, self.held, self.heard, self.reports, self.seeds, self.queue)
        tables = (self.block, self.fresh, *pictures, *self.logs.values(), *self.scratch)
        return sum(table.nbytes for table in tables)

    def ready(self) -> None:
        """As it was made."""
        if not self.first:
            self._empty()
        self.first = False
        self.block[:] = self.fresh
        for here, there in self.copies:  # who changed a System in between finds it changed
            here[:] = there

    def _empty(self) -> None:
        """Zero the rows that the replication before has used."""
        count = self.state["count"]
        for network, high in enumerate(self.state["high"]):
            for table in (self.tracks, self.held, self.heard):
                table[network, :high].view(np.uint8).fill(0)
        self.reports[: count[C_REPORTS]].view(np.uint8).fill(0)
        for name, log in self.logs.items():
            log[: count[COUNTED[name]]].view(np.uint8).fill(0)


class Replication:
    """Everything one replication writes on; arrays in the order in which the loop takes them. Two that share a
    workspace are run one after the other."""

    def __init__(
        self, system: System, seed: int, point: int, replication: int, detail: bool, workspace: Workspace | None = None
    ) -> None:
        self.system, self.seed, self.replication = system, seed, replication
        self.work = work = workspace if workspace is not None else Workspace(system)
        work.ready()
        self.key = make_key(seed, point, replication)
        self.count, self.room, self.rules = work.state["count"], work.room, work.state["rules"]
        self.rules["detail"] = int(detail)
        self.logs, self.queue = dict(work.logs), work.queue
        state = work.state
        self.things = [state["movers"], system.vertices, state["radars"], state["sensors"]]
        self.things += [system.masks, system.airs, system.dem, state["batteries"], state["stores"], system.networks]
        self.things += [state["links"], state["posts"], state["assets"], system.phases, system.corridors]
        self.things += [system.windows, system.origin, system.zones, system.corners, system.grid, system.likelihoods]
        self.things += [self.rules, system.tracking, system.jammers, state["radios"]]
        self.pictures = [work.tracks, state["high"], state["numbers"], work.seeds, state["quick"]]
        self.fire = [
            state[name]
            for name in ("engagements", "fired", "seen", "reasons", "in_flight", "met", "requests", "memories")
        ]
        self.told = [state["known"], state["placed"], work.heard, work.held, work.reports, work.mixing]

    def run(self) -> Tables:
        """Advance to the end; logs that are full are doubled and the loop called again."""
        movers, radars, batteries, networks, links, posts = (self.things[i] for i in (0, 2, 7, 9, 10, 11))
        compile_first(self._handed(), self._rows)
        prepare(
            movers, radars, batteries, networks, links, posts, self.things[13], self.things[15], self.things[-1],
            self.rules, self.queue, self.count, self.key)  # fmt: skip
        for _ in range(ROUNDS):
            answer = loop(*self._handed())
            if answer != NEED_ROOM:
                return self._results()
            self._grow()
        raise EngineError("the logs would not stop growing", self.seed, self.replication)

    def _handed(self) -> list[Any]:
        """What the loop is handed, in its order."""
        state = self.work.state
        return [
            *self.things, *self.pictures, *self.fire, *self.told, *self.work.scratch, state["exposure"],
            self.work.rows_of_exposure, state["bins"], state["sampled"], self.system.attitudes, state["outcomes"],
            state["ledger"], self.queue, self.count, self.key, *self.logs.values(),
        ]  # fmt: skip

    def _rows(self) -> dict[str, Any]:
        """Tables of one row, by the name that the loop's kernels give to that row."""
        sharing, work = self.work.scratch[4], self.work.scratch[5]
        return {"rules": self.rules[0], "tracking": self.system.tracking[0], "sharing": sharing[0], "work": work[0]}

    def _grow(self) -> None:
        """Double what could not take the most that one event writes; what is kept in every replication stays so."""
        if self.count[C_QUEUE] + self.room >= len(self.queue):
            self.queue = self.work.queue = _doubled(self.queue)
        for name, log in self.logs.items():
            if self.count[COUNTED[name]] + self.room >= len(log):
                self.logs[name] = _doubled(log)
                if name not in DETAIL:
                    self.work.logs[name] = self.logs[name]

    def _results(self) -> Tables:
        state = self.work.state
        tables = {name: self.logs[name][: self.count[at]].copy() for name, at in COUNTED.items()}
        tables["outcomes"] = state["outcomes"].copy()
        if len(tables["chances"]):
            fold(tables["chances"], tables["shots"], self.system.batteries["network"], tables["outcomes"])
        exposure, known = state["exposure"], state["ledger"].ravel()
        tables["exposure"] = exposure[exposure["looks"] > 0]
        tables["knowledge"] = known[(known["flown_s"] > 0.0) | (known["tracked_s"] > 0.0)]
        return tables


def _bytes(table: Array) -> Array:
    """A table as the bytes that it is; written through where it lies in one piece, as those of a System do."""
    return np.ascontiguousarray(table).reshape(-1).view(np.uint8)


def _in_one_block(tables: dict[str, Array]) -> tuple[Array, dict[str, Array]]:
    """Copies of tables in one block of bytes, each at a line of the processor's cache, so that all are set at once."""
    sizes = [-(-table.nbytes // LINE) * LINE for table in tables.values()]
    block = np.zeros(sum(sizes), np.uint8)
    views: dict[str, Array] = {}
    at = 0
    for (name, table), size in zip(tables.items(), sizes, strict=True):
        view = block[at : at + table.nbytes].view(table.dtype).reshape(table.shape)
        view[...] = table
        views[name], at = view, at + size
    return block, views


def _outcomes(movers: int) -> Array:
    """What became of each object: nothing yet."""
    outcomes = np.zeros(movers, TABLES["outcomes"])
    for name in (
        "end_s", "first_detected_s", "first_detected_m", "first_tracked_s", "first_engaged_s", "first_engaged_m",
    ):  # fmt: skip
        outcomes[name] = np.nan
    outcomes["killed_by"], outcomes["fate"] = -1, -1
    return outcomes


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
