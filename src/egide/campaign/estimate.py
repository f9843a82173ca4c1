"""What a campaign would take: runs, time and disk, before any of it is run.

speed    seconds of processor time a compilation and a run of one scenario take on this machine, kept in the cache
pilot    one alternative compiled and run at a few points in each mode, where no speed is kept
"""

from __future__ import annotations

import json
import math
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, final

from egide import cache
from egide.analysis.measures import DOCS
from egide.campaign.plan import Plan

__all__ = ["Estimate", "Speed", "estimate", "pilot", "recall", "remember"]

EFFICIENCY: Final = 0.9  # of several workers, against one
VALUE_BYTES: Final = 8.0  # a number in a table; compressed tables are smaller
TEXT_BYTES: Final = 4.0  # a name in a table, in its dictionary


@final
@dataclass(frozen=True)
class Speed:
    """Processor seconds on this machine."""

    compile_s: float
    run_s: float


@final
@dataclass(frozen=True)
class Estimate:
    """Of a whole campaign. `time_s` is by the clock, NaN where no speed is known."""

    points: int
    runs: int
    full_runs: int
    fast_runs: int
    workers: int
    time_s: float
    disk_bytes: float


def estimate(plan: Plan, speeds: dict[str, Speed], workers: int | None = None) -> Estimate:
    """Each point of each alternative is compiled once, whatever the modes, and run so often."""
    workers = workers or os.cpu_count() or 1
    each = plan.runs_in
    known = [speeds.get(mode, Speed(math.nan, math.nan)) for mode in each]
    seconds = len(plan.points) * len(plan.alternatives) * max(speed.compile_s for speed in known)
    seconds += sum(count * speed.run_s for count, speed in zip(each.values(), known, strict=True))
    columns = len(plan.factors) + 4
    parameters = sum(len(factor.parameters) for factor in plan.factors)
    size = plan.runs * (len(DOCS) + 4) * VALUE_BYTES + len(plan.points) * columns * VALUE_BYTES
    size += len(plan.points) * parameters * (VALUE_BYTES + 3 * TEXT_BYTES)
    share = 1.0 if workers == 1 else EFFICIENCY * workers
    return Estimate(
        len(plan.points), plan.runs, each.get("full", 0), each.get("fast", 0), workers, seconds / share, size,
    )  # fmt: skip


# --- speeds --------------------------------------------------------------------------------------------------------


def recall(plan: Plan) -> dict[str, Speed]:
    """Mode -> speed that this machine has kept for the base of a study; those that are missing are left out."""
    found: dict[str, Speed] = {}
    for mode in plan.modes:
        with suppress(OSError, ValueError, TypeError, KeyError):
            found[mode] = Speed(**json.loads(_file().read_text())[_key(plan, mode)])
    return found


def remember(plan: Plan, speeds: dict[str, Speed]) -> None:
    """Keep speeds for the next estimate. Nothing is lost where the cache cannot be written."""
    with suppress(OSError, ValueError):
        kept = json.loads(_file().read_text()) if _file().exists() else {}
        kept |= {_key(plan, mode): asdict(speed) for mode, speed in speeds.items()}
        fresh = _file().with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(dict(list(kept.items())[-200:])))
        fresh.replace(_file())


def pilot(plan: Plan) -> dict[str, Speed]:
    """Mean speeds measured now, on the alternative with most units: points differ, by false plots most of all."""
    from egide.compiler import compile_scenario
    from egide.simulate import simulate

    last = len(plan.points) - 1
    points = sorted({min(1, last), last // 2, last})
    largest = max(plan.alternatives, key=lambda name: _units(plan, name))
    simulate(compile_scenario(plan.scenario(0, largest)), plan.seed, 0, 0, False)  # loads what is compiled
    found: dict[str, Speed] = {}
    for mode in plan.modes:
        compile_s = run_s = 0.0
        for point in points:
            scenario = plan.scenario(point, largest, mode)
            begun_s = time.process_time()
            system = compile_scenario(scenario)
            compiled_s = time.process_time()
            simulate(system, plan.seed, point, 1, False)
            compile_s, run_s = compile_s + compiled_s - begun_s, run_s + time.process_time() - compiled_s
        found[mode] = Speed(compile_s / len(points), run_s / len(points))
    return found


def _units(plan: Plan, alternative: str) -> int:
    scenario = plan.scenario(0, alternative)
    return len(scenario.batteries) + len(scenario.sensors) + len(scenario.patrols) + len(scenario.airborne)


def _file() -> Path:
    return cache.folder() / "speeds.json"


def _key(plan: Plan, mode: str) -> str:
    return f"{plan.variants.sha256[:16]}/{mode}"
