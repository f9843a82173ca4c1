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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias, final

from egide.campaign import results, work
from egide.campaign.executors import Died, Executor, chosen
from egide.campaign.keeping import Keeping
from egide.campaign.plan import Plan, plan
from egide.campaign.runner import check_order, stop_on_signal
from egide.campaign.work import STOP, Done, Fault, Task, Unit
from egide.errors import store_error
from egide.i18n import mark
from egide.scenario.ignorance import Precision

Progress: TypeAlias = Callable[[int, int, float], None]  # replications done, all of them, seconds left (NaN: unknown)

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
    engine_s: float = 0.0
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
            return kept.commit(
                state.faults, state.ended,
                {
                    "wall_s": round(time.perf_counter() - state.begun_s, 3), "engine_s": round(state.engine_s, 3),
                    "workers": executor.workers, "executor": "cluster" if cluster else "processes",
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
    rule = wanted.stop
    first, last = 0, wanted.replications if rule is None else min(rule.minimum, wanted.replications)
    while pairs and first < last:
        yield first, work.units_of(pairs, wanted, size, first, last)
        if rule is None:
            return
        pairs = _open(wanted, rule, place)
        first, last = last, min(2 * last, wanted.replications)


def _open(wanted: Plan, rule: Precision, place: Path) -> list[tuple[int, str]]:
    """Points and alternatives whose interval is still too wide."""
    from egide.analysis.stopping import Rule, enough

    values = results.values_of(place, rule.measure, work.modes_of(wanted)[0][0])
    asked = Rule(
        rule.half_width or rule.relative or 0.0, relative=rule.half_width is None, of="each", level=rule.level,
        least_replications=max(2, rule.minimum), most=wanted.replications,
    )  # fmt: skip
    found: list[tuple[int, str]] = []
    for name in wanted.alternatives:
        mine = {point: column for (other, point), column in values.items() if other == name}
        found += [(point, name) for point in enough(mine, asked).open]
    return sorted(found, key=lambda pair: (pair[0], wanted.alternatives.index(pair[1])))


def _do_all(
    tasks: Iterator[Task], executor: Executor, kept: Keeping, state: _State, budget: Budget, progress: Progress | None
) -> None:
    """Keep every worker busy until the tasks, the budget or the user's patience run out."""
    stop = kept.place / STOP
    _show(state, progress)
    while True:
        if stop.exists():
            state.ended = "user"
        elif _spent(state, budget):
            state.ended = "budget"
        while not state.ended and executor.busy < executor.workers * AHEAD:
            task = next(tasks, None)
            if task is None:
                break
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
        if not answer.stopped:
            state.done += task.runs
            state.new += task.runs
        state.engine_s += answer.engine_s
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


def _spent(state: _State, budget: Budget) -> bool:
    if budget.runs is not None and state.new >= budget.runs:
        return True
    return budget.seconds is not None and time.perf_counter() - state.begun_s >= budget.seconds


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
