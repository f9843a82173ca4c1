"""One battery on flat ground and targets that fly straight at it, all alike: the fight without surprises.

perfect   every target is hostile to everybody at once, radars make hardly an error, the fast option keeps the tracks
stream    copies of the one target of a system, each with its own time
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import yaml

from egide import scenario
from egide.compiler import System, compile_scenario
from egide.rng import name_hash
from egide.scenario.tree import plain, read_tree

BASE = """
egide: 1
name: fight
title: Fight
start: 2030-05-01T06:00Z
duration: 20 min
area: {south: 43.5, north: 46.5, west: -37.0, east: -32.0}
terrain: {flat: true}
sides: {blue: {relation: friend}, red: {relation: hostile}}
networks: {net: {iff: [], declaration_time: 1 s, declaration_error: 0}}
sites: [{name: quay, position: [45.0, -35.0], height: 20 m, notional: true}]
assets: [{name: harbour, position: [45.0, -35.01], value: 10}]
sensors: [{name: watch, type: radar/generic-long-range, side: blue, site: quay, network: net}]
batteries:
  - {name: b1, system: system/patriot-pac3, side: blue, site: quay, network: net, azimuth: 90 deg, available: 1,
     doctrine: d, launchers: [{type: launcher/m903-mse, count: 4, missile: missile/pac-3-mse}]}
raids:
  - {name: raid, type: aircraft/generic-strike, side: red, count: 1, spacing: 5 s, abreast: 3 km,
     time_on_target: 12 min, target: harbour, release: 1 km,
     route: [{position: [45.0, -32.9], altitude: 6 km, speed: 250 m/s},
             {position: [45.0, -34.0], altitude: 6 km, speed: 250 m/s}]}
doctrine: {d: {salvo: 1, max_shots: 1, decision_interval: 1 s}}
tracking: {mode: fast, error_half: 100000 km}
identification: {priors: {all: {friend: 0, neutral: 0, hostile: 1}}, review: 1 s}
overrides:
  general/command:
    assessment_delay: {value: 10 s, low: 10 s, high: 10 s}
    kill_called_miss: {value: 0, low: 0, high: 0}
    miss_called_kill: {value: 0, low: 0, high: 0}
  missile/pac-3-mse: {kill_aircraft: {value: 0.6, low: 0.6, high: 0.6}}
"""


def tree() -> Any:
    return plain(read_tree(BASE, "fight.yaml"))


def parsed(change: Any = lambda tree: None) -> scenario.Scenario:
    written = tree()
    change(written)
    return scenario.parse(yaml.safe_dump(written, sort_keys=False), "fight.yaml", None, None, ())


def perfect(change: Any = lambda tree: None) -> System:
    """The scenario with its tree changed, and radars that see early, often and sharply."""
    system = compile_scenario(parsed(change))
    radars, batteries = system.radars.copy(), system.batteries.copy()
    radars["range_error_m"], radars["azimuth_error_rad"], radars["elevation_error_rad"] = 1.0, 1e-6, 1e-6
    radars["snr_m2"] *= 1e3
    radars["half_sector_rad"], radars["false_plots"], radars["revisit_s"] = np.pi, 0.0, 5.0
    batteries["reaction_s"] = 0.0
    return dataclasses.replace(system, radars=radars, batteries=batteries)


def stream(system: System, times_s: np.ndarray, life_s: float = np.inf) -> System:
    """A copy of the one target for each time, that much later, and gone `life_s` after its start."""
    n, span = len(times_s), len(system.vertices)
    movers, vertices = np.repeat(system.movers, n), np.tile(system.vertices, (n, 1))
    begun = float(system.movers["start_s"][0])
    for k, time_s in enumerate(times_s):
        row, part = movers[k], vertices[k * span : (k + 1) * span]
        part[:, 0] += time_s - begun
        for name in ("t0_s", "start_s", "end_s", "release_s"):
            row[name] += time_s - begun
        row["vertex"] += k * span
        row["last_vertex"] += k * span
        row["id"] = name_hash(f"target {k}")
    if np.isfinite(life_s):
        keep = int(np.searchsorted(system.vertices[:, 0], begun + life_s))
        for k in range(n):
            a, b = vertices[k * span + keep - 1], vertices[k * span + keep]
            b[:] = a + (b - a) * (times_s[k] + life_s - a[0]) / (b[0] - a[0])
        movers["end_s"], movers["release_s"] = movers["start_s"] + life_s, np.inf
        movers["last_vertex"] = movers["vertex"] + keep
    rules, batteries = system.rules.copy(), system.batteries.copy()
    rules["end_s"] = batteries["until_s"] = float(np.max(times_s)) + 2_000.0
    return dataclasses.replace(system, movers=movers, vertices=vertices, rules=rules, batteries=batteries)
