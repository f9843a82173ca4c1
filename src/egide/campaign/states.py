"""Calendar states run once each and kept: what was run under a key is never run again.

state   a scenario, its key, and the replications of it that are asked for
key     of everything that a number depends on: the scenario, the seed, the tracking mode, the code, the data files
kept    one file a state and stretch of replications in `runs/`, one a state in `cover/`; whole or not there at all
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from egide import cache
from egide.campaign.chunk import Crew
from egide.errors import store_error
from egide.i18n import mark
from egide.store import parts

__all__ = ["Cover", "Kept", "State", "run_missing"]

Columns: TypeAlias = dict[str, NDArray[np.float64]]
Cover: TypeAlias = Callable[[Mapping[str, Any]], Iterable[tuple[str, Mapping[str, float]]]]  # key -> scenario; as done
Progress: TypeAlias = Callable[[int, int, float], None]

RUNS: Final = "runs"
COVER: Final = "cover"


@final
@dataclass
class State:
    """One distinct scenario of the calendar."""

    key: str
    scenario: Any
    wanted: set[int] = field(default_factory=set)  # replications


@final
@dataclass(frozen=True)
class Kept:
    """What a folder holds of states that were run."""

    folder: Path

    def replications(self, key: str) -> dict[int, dict[str, float]]:
        """Measures of each replication that was run."""
        files = sorted((self.folder / RUNS).glob(f"{key}-*.parquet"))
        found: dict[int, dict[str, float]] = {}
        if not files:
            return found
        con = parts.connect(threads=1)
        try:
            columns = parts.read(files, con)
        finally:
            con.close()
        for row, number in enumerate(columns["replication"]):
            found[int(number)] = {name: float(column[row]) for name, column in columns.items() if name != "replication"}
        return found

    def keep(self, key: str, numbers: Sequence[int], columns: Columns) -> None:
        """Write what was run of a state."""
        path = self.folder / RUNS / f"{key}-{min(numbers):06d}-{max(numbers):06d}.parquet"
        con = parts.connect(threads=1)
        try:
            parts.write(path, {"replication": np.array(numbers, np.int64), **columns}, con)
        finally:
            con.close()

    def cover(self, key: str) -> dict[str, float] | None:
        """Shares of a state, where they were worked out."""
        try:
            text = (self.folder / COVER / f"{key}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return {name: float(value) for name, value in json.loads(text).items()}

    def keep_cover(self, key: str, shares: Mapping[str, float]) -> None:
        """Write the shares of a state, whole or not at all."""
        path = self.folder / COVER / f"{key}.json"
        beside = path.with_suffix(f".{os.getpid()}")
        with parts.disk_faults(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(dict(shares)), encoding="utf-8")
            beside.replace(path)


def replicate(scenario: Any, seed: int, numbers: Sequence[int]) -> Columns:
    """Measures of some replications of one scenario: what a worker does."""
    from egide.analysis.measuring import measures
    from egide.compiler import compile_scenario
    from egide.simulate import simulate

    system = compile_scenario(scenario)
    rows = [measures(simulate(system, seed, 0, number, False), system.tables["objects"]) for number in numbers]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def run_missing(states: Sequence[State], kept: Kept, seed: int, workers: int, progress: Progress | None) -> int:
    """Run what is asked of each state and not kept yet; how many replications that were."""
    missing = ((state, sorted(state.wanted - set(kept.replications(state.key)))) for state in states)
    left = [(state, numbers) for state, numbers in missing if numbers]
    asked = sum(len(state.wanted) for state in states)
    tally = _Tally(asked - sum(len(numbers) for _, numbers in left), asked, progress)
    if workers == 1:
        for state, numbers in left:
            kept.keep(state.key, numbers, replicate(state.scenario, seed, numbers))
            tally.add(len(numbers))
        return tally.new
    with Crew(workers) as crew:
        tasks = iter(left)
        pending: dict[Future[Columns], tuple[State, list[int]]] = {}
        alone = left and not _compiled(left[0][0].scenario).exists()  # the first worker compiles, the others would too
        try:
            while True:
                for state, numbers in tasks:
                    pending[crew.call(replicate, state.scenario, seed, numbers)] = state, numbers
                    if len(pending) >= (1 if alone else 2 * workers):
                        break
                if not pending:
                    return tally.new
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    state, numbers = pending.pop(future)
                    kept.keep(state.key, numbers, future.result())
                    tally.add(len(numbers))
                alone = False
        except BrokenProcessPool:
            raise store_error(
                str(kept.folder), mark("a worker process died, perhaps for lack of memory"),
                mark("say the same again with fewer --workers: what was run is kept"),
            ) from None  # fmt: skip
        finally:
            for future in pending:
                future.cancel()


def _compiled(scenario: Any) -> Path:
    """A file that is there once these kernels have been compiled on this machine: a hint, as for plain runs."""
    return cache.kernels_folder() / f"compiled-egide.simulate-{scenario.tracking.mode}"


@final
class _Tally:
    """How far it is, and how long it will take."""

    def __init__(self, done: int, asked: int, progress: Progress | None) -> None:
        self.new, self._before, self._asked, self._progress = 0, done, asked, progress
        self._begun_s = time.perf_counter()
        self._show()

    def add(self, n: int) -> None:
        self.new += n
        self._show()

    def _show(self) -> None:
        if self._progress is not None:
            done = self._before + self.new
            each_s = (time.perf_counter() - self._begun_s) / self.new if self.new else math.nan
            self._progress(done, self._asked, each_s * (self._asked - done))
