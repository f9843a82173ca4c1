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

from egide.campaign.estimate import Speed
from egide.campaign.plan import Plan
from egide.errors import EgideError, StoreError
from egide.store import parts

PLAN: Final = "plan"  # inside the folder that a campaign grows in
STOP: Final = "stop"
SESSION: Final = "session"
LEAST_S: Final = 0.5  # a task's work: well above what giving it out costs
AGAINST_COMPILE: Final = 20.0  # and as many times what compiling a point costs
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


class Took(NamedTuple):
    """Processor seconds that one unit took, or several of one mode."""

    mode: str
    runs: int
    compile_s: float
    run_s: float

    def and_(self, other: Took | None) -> Took:
        """Both together."""
        if other is None:
            return self
        return Took(self.mode, self.runs + other.runs, self.compile_s + other.compile_s, self.run_s + other.run_s)


@final
@dataclass(frozen=True)
class Done:
    """What a worker answers. `columns` are there only where it could not write the part itself."""

    task: Task
    took: tuple[Took, ...] = ()
    faults: tuple[Fault, ...] = ()
    columns: dict[str, np.ndarray[Any, Any]] | None = None
    stopped: bool = False


def size_of(speed: Speed) -> int:
    """Replications in a task."""
    enough_s = max(LEAST_S, AGAINST_COMPILE * speed.compile_s)
    wanted = max(1.0, enough_s / max(speed.run_s, 1e-6))
    return int(min(LARGEST, 2 ** math.ceil(math.log2(wanted))))


def cut(units: Iterable[Unit], size: int, place: Path, session: str) -> Iterator[Task]:
    """Units, in their order, gathered into tasks of `size` replications or a little more. A name is of one task: it has
    the session, the first replication (so its round) and the number of the task in it. What follows in another mode
    goes along: what is compiled once serves both."""
    kept: list[Unit] = []
    number = 0
    for unit in units:
        along = bool(kept) and unit[:2] == kept[-1][:2] and unit.mode != kept[-1].mode
        if sum(each.runs for each in kept) >= size and not along:
            yield Task(f"{session}-{kept[0].first:07d}-{number:07d}", tuple(kept), str(place))
            kept, number = [], number + 1
        kept.append(unit)
    if kept:
        yield Task(f"{session}-{kept[0].first:07d}-{number:07d}", tuple(kept), str(place))


def units_of(pairs: Iterable[tuple[int, str]], plan: Plan, size: int, first: int, last: int) -> Iterator[Unit]:
    """Replications `first` to `last` - 1 of each point and alternative, those of them that the point has, in stretches
    of `size` from `first` on."""
    for point, alternative in pairs:
        here = min(last, plan.replications[point]) - first
        for mode in plan.modes:
            upto = first + plan.part(point, mode, here)
            for begin in range(first, upto, size):
                yield Unit(point, alternative, mode, begin, min(begin + size, upto))


def luck_of(plan: Plan, point: int) -> int:
    """The point whose random numbers a point meets: its own, so that points are independent; the nominal point's where
    one factor alone was moved to be set against it."""
    return 0 if plan.points.role[point] in ("nominal", "low", "high") else point


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
    faults: list[Fault] = []
    took: list[Took] = []
    rows: list[tuple[Unit, list[dict[str, float]]]] = []
    for unit in task.units:
        begun_s = time.process_time()
        try:
            compiled(plan, unit.point, unit.alternative, unit.mode)
            compiled_s = time.process_time()
            found = measured(unit, plan, place / STOP)
        except StoreError:
            raise
        except (EgideError, ArithmeticError, LookupError, ValueError, MemoryError, RuntimeError) as error:
            faults.append(
                Fault(unit, f"{error}" if isinstance(error, EgideError) else f"{type(error).__name__}: {error}")
            )
            continue
        if found is None:
            return Done(task, stopped=True)
        rows.append((unit, found))
        took.append(Took(unit.mode, unit.runs, compiled_s - begun_s, time.process_time() - compiled_s))
    if not shared:
        return Done(task, tuple(took), tuple(faults), columns_of(rows))
    if _superseded(task):
        return Done(task, stopped=True)
    if rows:
        write_part(place, task.name, columns_of(rows))
    return Done(task, tuple(took), tuple(faults))


def _superseded(task: Task) -> bool:
    """Whether another process has taken the campaign over, because ours was killed."""
    try:
        return (Path(task.place) / SESSION).read_text(encoding="utf-8") != task.session
    except OSError:
        return True


def pace(place: str, plan: Plan | None = None) -> Speed:
    """Compile the engine if need be, and time a few replications of the first alternative at the nominal point."""
    from egide.simulate import simulate

    plan = plan or _plan(str(Path(place) / PLAN))
    mode = plan.mode
    begun_s = time.process_time()
    system = compiled(plan, 0, plan.alternatives[0], mode)
    first_s = time.process_time() - begun_s
    simulate(system, plan.seed, 0, 0, False)
    begun_s = time.process_time()
    compiled.cache_clear()
    compiled(plan, 0, plan.alternatives[0], mode)
    compile_s = min(first_s, time.process_time() - begun_s)
    taken_s = []
    for number in range(3):
        begun_s = time.process_time()
        _measured(system, plan.seed, 0, number)
        taken_s.append(time.process_time() - begun_s)
        if sum(taken_s) > 2.0:
            break
    return Speed(compile_s, min(taken_s))


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
    from egide.analysis.measuring import measures
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
