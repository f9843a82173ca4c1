"""A saturation raid of twelve hundred targets against twenty batteries: seconds and memory of one replication.

plain    the loop of `benchmarks/looks.py`: the same looks at the same movers and nothing else, compiled alike
tables   memory of what a replication writes on (`egide.engine.state.Workspace`): reserved, and touched by a run
process  what the whole process holds, Python, NumPy, Numba and machine code included

    python benchmarks/saturation.py [SCENARIO] [--alternative NAME] [--rounds N]

Times are processor time, the plain loop's in the same round. The engine's looks stop where a target was killed, so it
makes fewer than the plain loop; the cost of one look is compared. Memory is told for Linux alone.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from looks import plain_looks, schedule

from egide import scenario
from egide.compiler import System, compile_scenario
from egide.engine.queue import C_EVENTS, C_LOOKS
from egide.engine.state import Replication, Workspace
from egide.rng import make_key

RAID = Path(__file__).parents[1] / "scenarios" / "saturation-raid" / "scenario.yaml"
PROMISED_S, PROMISED_MB = 5.0, 200.0


def resident_mb(field: str = "VmRSS") -> float:
    """Memory of this process now, or at its most (VmHWM)."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
    except OSError:
        return float("nan")
    return next(float(line.split()[1]) / 1e3 for line in lines if line.startswith(field))


def time_plain(system: System, replication: int) -> tuple[float, int]:
    scan_s, scan_radar = schedule(system)
    movers, radars = system.movers.copy(), system.radars.copy()
    key, top_m = make_key(7, 0, replication), float(system.rules["dem_max_m"][0])
    begun = time.process_time()
    looks, _ = plain_looks(
        movers, system.vertices, radars, system.masks, system.airs, system.dem, scan_s, scan_radar, key, top_m
    )
    return time.process_time() - begun, looks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="?", default=str(RAID))
    parser.add_argument("--alternative")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    imported = resident_mb()
    system = compile_scenario(scenario.load(asked.scenario, asked.alternative))
    compiled = resident_mb()
    work = Workspace(system)
    Replication(system, 7, 0, 0, False, work).run()  # compile, or load what is compiled
    time_plain(system, 0)
    engine, plain, looks = [], [], 0
    for k in range(asked.rounds):
        begun = time.process_time()
        run = Replication(system, 7, 0, k, False, work)
        run.run()
        engine.append(time.process_time() - begun)
        looks, events = int(run.count[C_LOOKS]), int(run.count[C_EVENTS])
        plain_s, plain_made = time_plain(system, k)
        plain.append(plain_s * looks / plain_made)
    engine_s, plain_s = statistics.median(engine), statistics.median(plain)
    print(f"{system.name}: {len(system.movers)} movers, {len(system.batteries)} batteries, {len(system.radars)} radars")
    print(f"a replication         {engine_s:.2f} s   promised {PROMISED_S:.0f}   {looks:,} looks, {events:,} events")
    print(f"the same looks, plain {plain_s:.2f} s   the engine takes {engine_s / plain_s:.1f} times as long")
    held = resident_mb()
    del run
    work_mb = work.nbytes / 1e6
    print(f"tables reserved       {work_mb:.0f} MB   promised {PROMISED_MB:.0f}")
    print(f"process               {held:.0f} MB: imports {imported:.0f}, scenario {compiled - imported:.0f}, "
          f"machine code and what the tables touch {held - compiled:.0f}; most {resident_mb('VmHWM'):.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
