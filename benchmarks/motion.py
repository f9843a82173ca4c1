"""Aircraft-seconds a second: the engine on the reference scenario beside BlueSky, where BlueSky is installed.

The two do different work: BlueSky steps every aircraft through a performance model and autopilot; Égide's movers are
closed-form polylines, and its figure includes all radar looks, pictures and engagements of the fast option. The ratio
says what an analyst waits for, not whose code is better.

    pip install bluesky-simulator          (GPL-3; a peer to measure against, never imported by Égide)
    python benchmarks/motion.py
"""

from __future__ import annotations

import importlib.util
import statistics
import time

import numpy as np
from looks import STUDY, time_engine

from egide import scenario
from egide.compiler import compile_scenario

AIRCRAFT = 1_000
SECONDS = 5.0


def ours() -> float:
    """Aircraft-seconds flown a second of work, median of five replications."""
    system = compile_scenario(scenario.load(STUDY, "s400-integrated", ("tracking.mode=fast",)))
    end_s = float(system.rules["end_s"][0])
    flown_s = float(np.sum(np.clip(system.movers["end_s"], 0.0, end_s) - np.clip(system.movers["start_s"], 0.0, end_s)))
    time_engine(system, 0)
    return flown_s / statistics.median(time_engine(system, k)[0] for k in range(1, 6))


def bluesky(step_s: float) -> tuple[float, float]:
    """Aircraft-seconds and aircraft-steps a second of work at one step length."""
    import bluesky as bs

    if not getattr(bs, "egide_ready", False):
        bs.init(mode="sim", detached=True)
        bs.egide_ready = True
    bs.traf.reset()
    rng = np.random.default_rng(1)
    names = [f"A{i}" for i in range(AIRCRAFT)]
    place = rng.uniform((36.0, 26.0, 0.0), (42.0, 44.0, 360.0), (AIRCRAFT, 3))
    bs.traf.cre(names, "B738", place[:, 0], place[:, 1], place[:, 2], 10_000.0, 230.0)
    bs.sim.op()
    bs.sim.simdt = step_s
    begun, steps = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        bs.sim.step()
        steps += 1
    took_s = time.perf_counter() - begun
    if bs.traf.ntraf != AIRCRAFT:
        raise SystemExit("BlueSky lost aircraft: these figures mean nothing")
    return AIRCRAFT * steps * step_s / took_s, AIRCRAFT * steps / took_s


def main() -> None:
    mine = ours()
    print(f"egide    {mine:14,.0f} aircraft-seconds/s   (fast option, all looks and engagements with it)")
    if importlib.util.find_spec("bluesky") is None:
        print("bluesky  not installed: pip install bluesky-simulator")
        return
    for step_s in (0.05, 1.0):
        seconds, steps = bluesky(step_s)
        print(
            f"bluesky  {seconds:14,.0f} aircraft-seconds/s   ({AIRCRAFT} aircraft, step {step_s:g} s, "
            f"{steps:,.0f} aircraft-steps/s)   ratio {mine / seconds:,.0f}"
        )


if __name__ == "__main__":
    main()
