"""A system of a few objects and a made-up simulation of it: the shape of the engine's answer, none of its physics."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from egide import events

MOVERS = (  # name, class, relation
    ("strike-1", "aircraft", "hostile"),
    ("cruise-1", "cruise-missile", "hostile"),
    ("cruise-2", "cruise-missile", "hostile"),
    ("drone-1", "drone", "hostile"),
    ("scud-1", "ballistic", "hostile"),
    ("f35-a", "aircraft", "friend"),
    ("f16-a", "aircraft", "friend"),
    ("airliner-1", "airliner", "neutral"),
    ("airliner-2", "airliner", "neutral"),
)
OTHERS = (  # kind, name, value, unit cost
    ("radar", "search", 0.0, np.nan),
    ("battery", "alpha", 0.0, np.nan),
    ("battery", "bravo", 0.0, np.nan),
    ("network", "national", 0.0, np.nan),
    ("asset", "city", 100.0, np.nan),
    ("asset", "air-base", 50.0, np.nan),
    ("link", "voice", 0.0, np.nan),
    ("weapon", "long", 16.0, 1.5e6),
    ("weapon", "short", 32.0, 0.5e6),
)


def objects() -> dict[str, Any]:
    """The `objects` table: the movers, then the others."""
    kinds = ["mover"] * len(MOVERS) + [kind for kind, *_ in OTHERS]
    names = [name for name, *_ in MOVERS] + [name for _, name, *_ in OTHERS]
    rows = [sum(other == kind for other in kinds[:i]) for i, kind in enumerate(kinds)]
    n, m = len(kinds), len(MOVERS)
    text = np.array([""] * n, object)
    return {
        "kind": np.array(kinds, object),
        "row": np.array(rows, np.int32),
        "name": np.array(names, object),
        "label_en": np.array(names, object),
        "label_fr": np.array(names, object),
        "type": text,
        "class": np.array([c for _, c, _ in MOVERS] + [""] * (n - m), object),
        "relation": np.array([r for *_, r in MOVERS] + ["friend"] * (n - m), object),
        "network": np.array(["national" if kind == "battery" else "" for kind in kinds], object),
        "latitude_deg": np.full(n, np.nan),
        "longitude_deg": np.full(n, np.nan),
        "height_m": np.full(n, np.nan),
        "value": np.array([np.nan] * m + [value for *_, value, _ in OTHERS]),
        "unit_cost_usd": np.array([np.nan] * m + [cost for *_, cost in OTHERS]),
        "notional": np.ones(n, bool),
        "collector": np.full(n, "", object),
        "sender": np.full(n, "", object),
    }


def static_tables() -> dict[str, dict[str, Any]]:
    """Every static table, small."""
    one = {"mover": np.zeros(2, np.int32), "time_s": np.array([0.0, 60.0]), "height_m": np.full(2, 9000.0)}
    words = ("entry", "parameter", "low", "nominal", "high", "unit", "basis", "grade", "source", "why")
    return {
        "objects": objects(),
        "routes": {**one, "latitude_deg": np.array([39.0, 39.5]), "longitude_deg": np.array([32.0, 32.5])},
        "assumptions": {
            **{word: np.array([f"{word} é"], object) for word in words},
            **{f"{level}_si": np.array([1.0]) for level in ("low", "nominal", "high")},
            "disputed": np.array([False]),
        },
        "reach": {
            "kind": np.array(["detection"], object),
            "object": np.array(["search"], object),
            **{name: np.array([1.0]) for name in ("altitude_m", "rcs_m2", "azimuth_deg", "range_m")},
        },
        "terrain": {"row": np.zeros(1), "column": np.zeros(1), "height_m": np.array([843])},
    }


@dataclass(frozen=True)
class System:
    """What the runner needs of a system."""

    tables: dict[str, dict[str, Any]] = field(default_factory=static_tables)
    notes: tuple[str, ...] = ("made up for a test",)
    terrain_meta: dict[str, Any] = field(default_factory=lambda: {"rows": 1, "columns": 1})
    accident: str = ""  # a file: while it exists the process dies at once (it removes the file first)
    wait_s: float = 0.0
    wrongful: float = 0.1
    plots: int = 50


def rows(table: str, count: int, **columns: Any) -> Any:
    """A record array of one table: the columns given, 0 elsewhere."""
    made = np.zeros(count, events.TABLES[table]).view(np.recarray)
    for name, values in columns.items():
        made[name] = values
    return made


def simulate(system: System, seed: int, point: int, replication: int, detail: bool) -> dict[str, Any]:
    """One made-up replication, a pure function of seed, point and number: luck is shared between systems."""
    if system.accident and Path(system.accident).exists():
        Path(system.accident).unlink()
        os._exit(9)
    time.sleep(system.wait_s)
    luck = np.random.default_rng([seed, point, replication])
    hostile = np.array([relation == "hostile" for *_, relation in MOVERS])
    n = len(MOVERS)
    engaged = np.where(hostile, luck.random(n) < 0.9, luck.random(n) < system.wrongful)
    killed = engaged & (luck.random(n) < 0.8)
    fate = np.where(killed, events.F_KILLED, np.where(hostile, events.F_LEAKED, events.F_SURVIVED))
    first_m = luck.uniform(50e3, 300e3, n)
    first_m[~engaged] = np.nan
    outcomes = rows(
        "outcomes", n, end_s=7200.0, first_detected_s=60.0, first_detected_m=luck.uniform(1e5, 4e5, n),
        first_tracked_s=80.0, first_engaged_s=np.where(engaged, 100.0, np.nan), first_engaged_m=first_m,
        mover=np.arange(n), fate=fate,
        killed_by=np.where(killed, 0, -1), shots=engaged * 2, engagements=engaged, target=np.where(hostile, 0, -1),
        reason=np.where(engaged, events.R_NONE, events.R_IDENTITY),
    )  # fmt: skip
    movers = np.repeat(np.flatnonzero(engaged), 2)
    second = np.arange(len(movers)) % 2
    result = np.where(killed[movers], np.where(second, events.S_TARGET_DEAD, events.S_KILL), events.S_MISS)
    shots = rows(
        "shots", len(movers), launch_s=100.0 + second, meet_s=150.0, range_m=first_m[movers], p_kill=0.8,
        weapon=second, mover=movers, track=movers, result=result, identity=events.ID_HOSTILE, duplicate=second,
    )  # fmt: skip
    decided = np.flatnonzero(engaged)
    decisions = rows(
        "decisions", len(decided), time_s=90.0, p_hostile=0.95, time_of_flight_s=np.nan, track=decided,
        mover=decided, decision=events.D_ENGAGE, identity=events.ID_HOSTILE,
    )  # fmt: skip
    identities = rows(
        "identities", n, time_s=85.0, p_hostile=0.95, track=np.arange(n), mover=np.arange(n),
        identity=np.where(engaged, events.ID_HOSTILE, events.ID_NEUTRAL), evidence=0b100010, told_by=-1,
    )  # fmt: skip
    leakers = np.flatnonzero(hostile & ~killed)
    damages = rows(
        "damages", len(leakers), time_s=5000.0, value_lost=10.0, mover=leakers, unit_down=np.where(leakers == 0, 1, -1)
    )
    count = system.plots if detail else 0
    return {
        "plots": rows("plots", count, time_s=np.arange(count), snr_db=luck.normal(13.0, 2.0, count), mover=-1),
        "tracks": rows("tracks", count, time_s=np.arange(count)),
        "identities": identities,
        "messages": rows("messages", count),
        "decisions": decisions,
        "shots": shots,
        "outcomes": outcomes,
        "damages": damages,
        "exposure": rows("exposure", 0),
        "aspects": rows("aspects", 0),
        "commands": rows("commands", 0),
        "chances": rows("chances", 0),
        "assignments": rows("assignments", 0),
        "knowledge": rows("knowledge", n, mover=np.arange(n), flown_s=900.0, tracked_s=600.0, right_s=300.0),
    }
