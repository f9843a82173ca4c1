"""What a campaign does, cut into tasks that any process can do.

unit   some replications of one alternative at one design point, in one tracking mode; done whole or not at all
task   units that one worker does in one go and writes as one part of the table `results`
size   replications in a task: chosen once, from what a replication takes, and kept with the campaign

A replication is a function of the plan, the seed, its point and its own number: who does it, and in which task, changes
nothing.
"""

from __future__ import annotations

import math
import pickle
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, final

import numpy as np

from egide.campaign.plan import Plan
from egide.errors import EgideError, StoreError
from egide.store import parts

PLAN: Final = "plan"  # inside the folder that a campaign grows in
STOP: Final = "stop"
SESSION: Final = "session"
LEAST_S: Final = 0.5  # a task's work: well above what giving it out costs
AGAINST_COMPILE: Final = 4.0  # and as many times what compiling a point costs
LARGEST: Final = 4096  # replications in a task: what a worker keeps in memory


class Unit(NamedTuple):
    """Replications `first` to `last` - 1."""

    point: int
    alternative: str
    mode: str
    first: int
    last: int

    @property
    def runs(self) -> int:
        return self.last - self.first


@final
@dataclass(frozen=True)
class Task:
    """What a worker is told. The name is that of its part: the session's, so that nobody who works on for a process
    that was killed writes over what its successor does."""

    name: str
    units: tuple[Unit, ...]
    place: str  # the folder that the campaign grows in

    @property
    def session(self) -> str:
        return self.name.partition("-")[0]

    @property
    def runs(self) -> int:
        return sum(unit.runs for unit in self.units)

    def split(self) -> list[Task]:
        """One task a unit: after a worker has died with it, to find the unit that it died of."""
        return [Task(f"{self.name}-{number}", (unit,), self.place) for number, unit in enumerate(self.units)]


@final
@dataclass(frozen=True)
class Fault:
    """A unit that could not be done, and why."""

    unit: Unit
    cause: str


@final
@dataclass(frozen=True)
class Done:
    """What a worker answers. `columns` are there only where it could not write the part itself."""

    task: Task
    engine_s: float
    faults: tuple[Fault, ...] = ()
    columns: dict[str, np.ndarray[Any, Any]] | None = None
    stopped: bool = False


@final
@dataclass(frozen=True)
class Pace:
    """How fast this machine does this campaign, from a few replications at the nominal point."""

    replication_s: float
    compile_s: float

    @property
    def size(self) -> int:
        """Replications in a task."""
        enough_s = max(LEAST_S, AGAINST_COMPILE * self.compile_s)
        wanted = max(1.0, enough_s / max(self.replication_s, 1e-6))
        return int(min(LARGEST, 2 ** math.ceil(math.log2(wanted))))


def cut(units: Iterable[Unit], size: int, place: Path, session: str) -> Iterator[Task]:
    """Units, in their order, gathered into tasks of `size` replications or a little more. A name is of one task: it has
    the session, the first replication (so its round) and the number of the task in it."""
    kept: list[Unit] = []
    number = 0
    for unit in units:
        kept.append(unit)
        if sum(each.runs for each in kept) >= size:
            yield Task(f"{session}-{kept[0].first:07d}-{number:07d}", tuple(kept), str(place))
            kept, number = [], number + 1
    if kept:
        yield Task(f"{session}-{kept[0].first:07d}-{number:07d}", tuple(kept), str(place))


def units_of(pairs: Iterable[tuple[int, str]], plan: Plan, size: int, first: int, last: int) -> Iterator[Unit]:
    """Replications `first` to `last` - 1 of each point and alternative, in stretches of `size` from `first` on."""
    for point, alternative in pairs:
        for mode, share in modes_of(plan):
            upto = first + math.ceil(share * (last - first) - 1e-9)
            for begin in range(first, upto, size):
                yield Unit(point, alternative, mode, begin, min(begin + size, upto))


def luck_of(plan: Plan, point: int) -> int:
    """The point whose random numbers a point meets: its own, so that points are independent; the nominal point's where
    one factor alone was moved to be set against it."""
    return 0 if plan.points.role[point] in ("nominal", "low", "high") else point


def modes_of(plan: Plan) -> tuple[tuple[str, float], ...]:
    """Tracking modes and the share of the replications that runs in each: fast ones, and some of the same in full."""
    if plan.mode == "full":
        return (("full", 1.0),)
    return (("fast", 1.0), ("full", plan.full_share)) if plan.full_share > 0.0 else (("fast", 1.0),)


# --- in a worker -------------------------------------------------------------------------------------------------


def do(task: Task, plan: Plan | None = None) -> Done:
    """Simulate the units of a task and write its part. A unit that cannot be run is told, the others are done.

    Raises StoreError where the part cannot be written: that is nobody's unit's fault.
    """
    from egide.campaign.results import columns_of, write_part

    place = Path(task.place)
    shared = place.is_dir()  # a worker elsewhere may not see the folder: it hands its rows back
    if plan is None:
        plan = _plan(str(place / PLAN))
    begun_s = time.perf_counter()
    faults: list[Fault] = []
    rows: list[tuple[Unit, list[dict[str, float]]]] = []
    for unit in task.units:
        try:
            found = measured(unit, plan, place / STOP)
        except StoreError:
            raise
        except (EgideError, ArithmeticError, LookupError, ValueError, MemoryError, RuntimeError) as error:
            faults.append(
                Fault(unit, f"{error}" if isinstance(error, EgideError) else f"{type(error).__name__}: {error}")
            )
            continue
        if found is None:
            return Done(task, time.perf_counter() - begun_s, stopped=True)
        rows.append((unit, found))
    columns = columns_of(rows)
    engine_s = time.perf_counter() - begun_s
    if not shared:
        return Done(task, engine_s, tuple(faults), columns)
    if _superseded(task):
        return Done(task, engine_s, stopped=True)
    if rows:
        write_part(place, task.name, columns)
    return Done(task, engine_s, tuple(faults))


def _superseded(task: Task) -> bool:
    """Whether another process has taken the campaign over, because ours was killed."""
    try:
        return (Path(task.place) / SESSION).read_text(encoding="utf-8") != task.session
    except OSError:
        return True


def pace(place: str, plan: Plan | None = None) -> Pace:
    """Compile the engine if need be, and time a few replications of the first alternative at the nominal point."""
    from egide.simulate import simulate

    plan = plan or _plan(str(Path(place) / PLAN))
    mode = modes_of(plan)[0][0]
    begun_s = time.perf_counter()
    system = compiled(plan, 0, plan.alternatives[0], mode)
    first_s = time.perf_counter() - begun_s
    simulate(system, plan.seed, 0, 0, False)
    begun_s = time.perf_counter()
    compiled.cache_clear()
    compiled(plan, 0, plan.alternatives[0], mode)
    compile_s = min(first_s, time.perf_counter() - begun_s)
    taken_s = []
    for number in range(3):
        begun_s = time.perf_counter()
        _measured(system, plan.seed, 0, number)
        taken_s.append(time.perf_counter() - begun_s)
        if sum(taken_s) > 2.0:
            break
    return Pace(min(taken_s), compile_s)


def measured(unit: Unit, plan: Plan, stop: Path | None = None) -> list[dict[str, float]] | None:
    """Measures of each replication of a unit; None where the campaign was told to stop."""
    system = compiled(plan, unit.point, unit.alternative, unit.mode)
    luck = luck_of(plan, unit.point)
    found = []
    for number in range(unit.first, unit.last):
        if stop is not None and stop.exists():
            return None
        found.append(_measured(system, plan.seed, luck, number))
    return found


def _measured(system: Any, seed: int, luck: int, number: int) -> dict[str, float]:
    from egide.analysis.measures import measures
    from egide.simulate import simulate

    return measures(simulate(system, seed, luck, number, False), system.tables["objects"])


@lru_cache(maxsize=2)
def compiled(plan: Plan, point: int, alternative: str, mode: str) -> Any:
    """The system of one alternative at one point. The tracking mode is one field of it: both modes compile once."""
    from egide.compiler import compile_scenario

    if mode == "fast":
        system = compiled(plan, point, alternative, "full")
        rules = system.rules.copy()
        rules["fast"] = 1
        return replace(system, rules=rules)
    scenario = plan.scenario(point, alternative)
    full = scenario.tracking.model_copy(update={"mode": "full"})
    return compile_scenario(scenario.model_copy(update={"tracking": full}))


def hand_out(place: Path, plan: Plan) -> None:
    """Put the plan where workers look for it, whole or not at all."""
    beside = place / f"{PLAN}.tmp"
    with parts.disk_faults(place):
        beside.write_bytes(pickle.dumps(plan, protocol=pickle.HIGHEST_PROTOCOL))
        beside.replace(place / PLAN)


@lru_cache(maxsize=1)
def _plan(path: str) -> Plan:
    """The plan of a campaign, read once a process. The file is our own, in a folder that the campaign holds locked."""
    found: Plan = pickle.loads(Path(path).read_bytes())  # noqa: S301
    return found
