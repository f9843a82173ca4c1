"""A campaign from its study to its folder: the straight way. Finished work is never lost.

folder    where the campaign grows and stays: `campaign.json` (what was asked), `parts/` while it runs, then
          `results.parquet`, `points.parquet`, `parameter_values.parquet`, `failures.parquet` and `manifest.json`
asked     what a number depends on: study, scenario, points, seed, code; going on with anything else is refused
strike    a task whose worker has died; at the third the unit is put aside (quarantined) and the rest goes on
budget    a time or a number of replications after which no new task is begun

Kill any process at any moment, and `resume` does what is not in a file; the tables end the same, digit for digit.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, final

from egide.campaign import estimate, results, work
from egide.campaign.estimate import Speed
from egide.campaign.executors import Died, Executor, chosen
from egide.campaign.keeping import Keeping
from egide.campaign.plan import Plan, plan
from egide.campaign.runner import Progress, check_order, stop_on_signal
from egide.campaign.work import STOP, Done, Fault, Task, Took, Unit
from egide.errors import store_error
from egide.i18n import mark
from egide.scenario.ignorance import Precision

__all__ = ["Budget", "Progress", "conduct", "parse_budget"]

POLL_S: Final = 0.2
AHEAD: Final = 2  # tasks given out for each worker: one at work, one at hand
STRIKES: Final = 3
DIED: Final = "its worker died {n} times, perhaps for lack of memory"


@final
@dataclass(frozen=True)
class Budget:
    """What may be spent; what is begun is finished."""

    seconds: float | None = None
    runs: int | None = None


@final
@dataclass
class _State:
    """Where the campaign stands, in the main process alone."""

    asked: int
    done: int = 0
    begun_s: float = field(default_factory=time.perf_counter)
    new: int = 0
    took: dict[str, Took] = field(default_factory=dict)  # by mode, of all units
    faults: list[Fault] = field(default_factory=list)
    strikes: dict[str, int] = field(default_factory=dict)
    ended: str = ""  # why no task is begun any more: 'user', 'budget', or ''


def conduct(
    study: Path | str,
    out: Path | str,
    workers: int = 1,
    cluster: str | None = None,
    resume: bool = False,
    force: bool = False,
    budget: Budget | None = None,
    progress: Progress | None = None,
) -> Path:
    """Run a study's campaign. Raises ScenarioError or StoreError, in words, for what the user can mend.

    Interrupted, out of budget or complete, the folder holds a campaign that can be read and gone on with.
    """
    check_order(1, 0, workers)
    wanted = plan(Path(study))
    executor = chosen(workers, cluster)  # first: a cluster that does not answer leaves no folder behind
    try:
        with Keeping(Path(out), wanted, resume, force) as kept:
            if kept.complete:
                return kept.place
            with stop_on_signal(kept.place / STOP):
                state = _carry_out(wanted, kept, executor, budget or of_study(wanted), progress)
            speeds = _speeds(wanted, state)
            estimate.remember(wanted, speeds)
            return kept.commit(
                state.faults, state.ended,
                {
                    "wall_s": round(time.perf_counter() - state.begun_s, 3), "engine_s": round(_engine_s(state), 3),
                    "workers": executor.workers, "executor": "cluster" if cluster else "processes",
                    "speeds": {mode: asdict(speed) for mode, speed in speeds.items()},
                },
            )  # fmt: skip
    finally:
        executor.close(at_once=sys.exc_info()[0] is not None)


def _carry_out(wanted: Plan, kept: Keeping, executor: Executor, budget: Budget, progress: Progress | None) -> _State:
    pace = executor.begin(wanted, kept.place)
    size = kept.size(pace)
    state = _State(wanted.runs)
    for first, units in _rounds(wanted, kept.place, size):
        finished = results.finished(kept.place, size, first)
        left = (unit for unit in units if finished.get(unit._replace(last=unit.first), 0) < unit.runs)
        state.done = results.count(kept.place)
        _do_all(work.cut(left, size, kept.place, kept.session), executor, kept, state, budget, progress)
        if state.ended:
            break
    return state


def _rounds(wanted: Plan, place: Path, size: int) -> Iterator[tuple[int, Iterator[Unit]]]:
    """What is to be done, round by round, each with the number of its first replication.

    Without a stopping rule there is one round. With one, the first runs the minimum everywhere, and each later one
    doubles the replications where the interval is still too wide: decided by what is in the tables, never by time.
    """
    pairs = [(point, name) for point in range(len(wanted.points)) for name in wanted.alternatives]
    rule, most = wanted.stop, max(wanted.replications)
    first, last = 0, most if rule is None else min(rule.minimum, most)
    while pairs and first < last:
        yield first, work.units_of(pairs, wanted, size, first, last)
        if rule is None:
            return
        pairs = _open(wanted, rule, place, last)
        first, last = last, min(2 * last, most)


def _open(wanted: Plan, rule: Precision, place: Path, last: int) -> list[tuple[int, str]]:
    """Points and alternatives whose interval is still too wide, by the replications below `last` alone: what a later
    round has begun must not change what an earlier one decided."""
    from egide.analysis.stopping import Rule, enough

    values = results.values_of(place, rule.measure, wanted.mode, last)
    asked = Rule(
        rule.half_width or rule.relative or 0.0, relative=rule.half_width is None, of="each", level=rule.level,
        least_replications=max(2, rule.minimum), most=max(wanted.replications),
    )  # fmt: skip
    found: list[tuple[int, str]] = []
    for name in wanted.alternatives:
        mine = {point: column for (other, point), column in values.items() if other == name}
        found += [(point, name) for point in enough(mine, asked).open if wanted.replications[point] > last]
    return sorted(found, key=lambda pair: (pair[0], wanted.alternatives.index(pair[1])))


def _do_all(
    tasks: Iterator[Task], executor: Executor, kept: Keeping, state: _State, budget: Budget, progress: Progress | None
) -> None:
    """Keep every worker busy until the tasks, the budget or the user's patience run out."""
    _show(state, progress)
    while True:
        while not state.ended and executor.busy < executor.workers * AHEAD:
            task = next(tasks, None)
            if task is None:
                break
            state.ended = _why_to_end(kept.place / STOP, state, budget)
            if not state.ended:  # else this task is left for who goes on
                executor.submit(task)
        if not executor.busy:
            return
        for answer in executor.answers(POLL_S):
            _take(answer, executor, kept, state)
        _show(state, progress)


def _take(answer: Done | Died, executor: Executor, kept: Keeping, state: _State) -> None:
    """Count in what came back; give out again what was lost."""
    task = answer.task
    if isinstance(answer, Done):
        if answer.columns is not None:
            results.write_part(kept.place, task.name, answer.columns)
        state.faults += answer.faults
        for each in answer.took:
            state.took[each.mode] = each.and_(state.took.get(each.mode))
        if answer.stopped:
            state.ended = "user"
        else:
            state.done += task.runs
            state.new += task.runs
        return
    if (kept.place / results.PARTS / f"{task.name}.parquet").exists():  # it died after its work was in place
        state.done += task.runs
        return
    if len(task.units) > 1:
        for part in task.split():
            executor.submit(part)
        return
    strikes = state.strikes[task.name] = state.strikes.get(task.name, 0) + 1
    if strikes < STRIKES:
        executor.submit(task)
    else:
        state.faults.append(Fault(task.units[0], DIED.format(n=strikes)))


def _speeds(wanted: Plan, state: _State) -> dict[str, Speed]:
    """Mode -> mean processor seconds of a run and of compiling an alternative at a point, as the workers timed them."""
    compile_s = sum(took.compile_s for took in state.took.values())
    runs = state.took[wanted.mode].runs if wanted.mode in state.took else 1
    pairs = runs * len(wanted.points) / sum(wanted.replications)
    return {mode: Speed(compile_s / pairs, took.run_s / took.runs) for mode, took in state.took.items()}


def _engine_s(state: _State) -> float:
    return sum(took.compile_s + took.run_s for took in state.took.values())


def _why_to_end(stop: Path, state: _State, budget: Budget) -> str:
    """'user' or 'budget' where nothing more is to be begun, though something is left; else ''."""
    if stop.exists():
        return "user"
    if budget.runs is not None and state.new >= budget.runs:
        return "budget"
    late = budget.seconds is not None and time.perf_counter() - state.begun_s >= budget.seconds
    return "budget" if late else ""


def _show(state: _State, progress: Progress | None) -> None:
    if progress is None:
        return
    taken_s = time.perf_counter() - state.begun_s
    left_s = taken_s / state.new * (state.asked - state.done) if state.new else float("nan")
    progress(min(state.done, state.asked), state.asked, left_s)


def of_study(wanted: Plan) -> Budget:
    """What the study itself allows."""
    return Budget(wanted.budget.time_s, wanted.budget.runs)


def parse_budget(text: str | None) -> Budget | None:
    """'30 min', '2 h' or '5000 runs'; None where nothing is said. Raises StoreError for anything else."""
    if text is None:
        return None
    words = text.strip().replace("runs", " runs").split()
    if len(words) == 2 and words[1] == "runs" and words[0].isdigit() and int(words[0]) > 0:
        return Budget(runs=int(words[0]))
    from egide.units import TIME, read_quantity

    with contextlib.suppress(ValueError):
        seconds = read_quantity(text, TIME)
        if seconds > 0.0:
            return Budget(seconds=seconds)
    raise store_error(
        "--budget", mark("{text!r} is no time and no number of runs"),
        mark("write for example '30 min' or '5000 runs'"), text=text,
    )  # fmt: skip
