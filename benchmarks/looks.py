"""Radar looks a second: the engine beside a plain compiled loop that makes the same looks and does nothing else.

look    one passing of one beam over one mover, with the detection draw where there is something to detect
plain   scans in time order over movers on the same polylines: no queue, no picture, no decision, no log

    python benchmarks/looks.py [SCENARIO] [--alternative NAME] [--rounds N]

Prints the ratio for both ways of tracking, and how many times faster than the clock a replication runs. Each round is
checked to have made the same number of looks as the engine did.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from egide import scenario
from egide.compiler import System, compile_scenario
from egide.compiler.system import FLYING, GONE, WAITING
from egide.engine.move import carry
from egide.engine.queue import C_EVENTS, C_LOOKS
from egide.engine.sense import look_snr
from egide.engine.state import Replication
from egide.jit import njit
from egide.physics.kernels import pd_swerling
from egide.rng import LOOK, make_key, uniform

STUDY = Path(__file__).parents[1] / "studies" / "turkiye-2019" / "scenario.yaml"
Array = np.ndarray[Any, Any]


@njit
def plain_looks(
    movers: Array, vertices: Array, radars: Array, masks: Array, airs: Array, dem: Array, scan_s: Array,
    scan_radar: Array, key: Array, dem_max_m: float,
) -> tuple[int, int]:  # fmt: skip
    """Looks made and detections, over all scans in time order."""
    looks = seen = 0
    for k in range(scan_s.shape[0]):
        time_s = scan_s[k]
        radar = radars[scan_radar[k]]
        if radar.carrier >= 0:
            carry(radar, movers[radar.carrier], time_s)
        radar.scans += 1
        for i in range(movers.shape[0]):
            mover = movers[i]
            if mover.state == GONE or mover.start_s > time_s or i == radar.carrier:
                continue
            if mover.state == WAITING or time_s >= vertices[mover.vertex + 1, 0]:
                step(mover, vertices, time_s)
                if mover.state == GONE:
                    continue
            if radar.sees & (1 << mover.klass) == 0:
                continue
            looks += 1
            snr, _ = look_snr(radar, mover, masks, airs, dem, time_s, dem_max_m)
            if snr > 0.0:
                pd = pd_swerling(snr, radar.threshold, radar.swerling)
                if pd > 1e-4 and uniform(key, LOOK, radar.id, mover.id, radar.scans) < pd:
                    seen += 1
    return looks, seen


@njit
def step(mover: Any, vertices: Array, time_s: float) -> None:
    """Bring a mover to the segment it is on."""
    mover.state = FLYING
    while mover.vertex < mover.last_vertex and time_s >= vertices[mover.vertex + 1, 0]:
        mover.vertex += 1
    if mover.vertex >= mover.last_vertex:
        mover.state = GONE
        return
    a, b = vertices[mover.vertex], vertices[mover.vertex + 1]
    rate = 1.0 / (b[0] - a[0])
    mover.t0_s = a[0]
    for i in range(3):
        mover.pos_m[i], mover.vel_m_s[i] = a[1 + i], (b[1 + i] - a[1 + i]) * rate
    mover.row, mover.row_rate = a[4], (b[4] - a[4]) * rate
    mover.col, mover.col_rate = a[5], (b[5] - a[5]) * rate
    mover.height_m, mover.height_rate = a[6], (b[6] - a[6]) * rate


def schedule(system: System) -> tuple[Array, Array]:
    """Times and radars of every scan, in time order."""
    end_s = float(system.rules["end_s"][0])
    times, rows = [], []
    for r, radar in enumerate(system.radars):
        if radar["search"] and radar["up_now"]:
            at = np.arange(radar["phase_s"], end_s, radar["revisit_s"])
            times.append(at)
            rows.append(np.full(len(at), r, np.int64))
    time_s, row = np.concatenate(times), np.concatenate(rows)
    order = np.argsort(time_s, kind="stable")
    return time_s[order], row[order]


def time_plain(system: System, replication: int) -> tuple[float, int, int]:
    scan_s, scan_radar = schedule(system)
    movers, radars = system.movers.copy(), system.radars.copy()
    key, top_m = make_key(7, 0, replication), float(system.rules["dem_max_m"][0])
    begun = time.perf_counter()
    looks, seen = plain_looks(
        movers, system.vertices, radars, system.masks, system.airs, system.dem, scan_s, scan_radar, key, top_m
    )
    return time.perf_counter() - begun, looks, seen


def time_engine(system: System, replication: int) -> tuple[float, int, int]:
    run = Replication(system, 7, 0, replication, False)
    begun = time.perf_counter()
    run.run()
    return time.perf_counter() - begun, int(run.count[C_LOOKS]), int(run.count[C_EVENTS])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", default=str(STUDY))
    parser.add_argument("--alternative", default="s400-integrated")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    systems = {
        mode: compile_scenario(scenario.load(asked.scenario, asked.alternative, (f"tracking.mode={mode}",)))
        for mode in ("full", "fast")
    }
    for system in systems.values():  # compile, and warm the caches
        time_plain(system, 0)
        time_engine(system, 0)
    flown_s = float(systems["full"].rules["end_s"][0])
    rows: dict[str, list[float]] = {"plain": [], "full": [], "fast": []}
    rates: dict[str, list[float]] = {"plain": [], "full": [], "fast": []}
    for k in range(asked.rounds):  # in turn, so that a drifting machine hits all alike
        took, looks, seen = time_plain(systems["full"], k)
        rows["plain"].append(took)
        rates["plain"].append(looks / took)
        for mode, system in systems.items():
            took, engine_looks, events = time_engine(system, k)
            if engine_looks < 0.5 * looks or events < 10_000:
                raise SystemExit("the engine did less work than the plain loop: these figures mean nothing")
            rows[mode].append(took)
            rates[mode].append(engine_looks / took)
    full = systems["full"]
    print(f"{asked.alternative}: {len(full.radars)} radars, {len(full.movers)} movers, {flown_s:.0f} s,")
    print(f"{looks:,} looks and {seen:,} detections in the plain loop; median of {asked.rounds} rounds, one core")
    print(f"{'':8}{'s a replication':>16}{'x real time':>14}{'M looks/s':>12}{'plain / this':>14}")
    for name, took_s in rows.items():
        median = statistics.median(took_s)
        ratio = statistics.median(p / r for p, r in zip(rates["plain"], rates[name], strict=True))
        real = f"{flown_s / median:,.0f}" if name != "plain" else ""
        print(f"{name:8}{median:16.3f}{real:>14}{statistics.median(rates[name]) / 1e6:12.1f}{ratio:14.2f}")


if __name__ == "__main__":
    main()
