"""One worker's share of a run: some replications, simulated and written.

chunk     replications done by one worker in one go, cut by number and never by the number of workers
crew      the processes that do chunks; a crew of one is this process itself
signals   three small files in the folder being written: `.system` (what to simulate), `.done` (a byte a replication
          finished) and `.stop` (finish the replication at hand and write what there is)
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias, TypeVar, final

import numpy as np

from egide import events
from egide.analysis.measuring import measures
from egide.store import parts
from egide.store.parts import Entry

T = TypeVar("T")
Simulate: TypeAlias = Callable[[Any, int, int, int, bool], Mapping[str, Any]]

SYSTEM: Final = ".system"
DONE: Final = ".done"
STOP: Final = ".stop"
MOST: Final = 50  # replications in a chunk: what is kept in memory before it is written
CHUNKS: Final = 32  # about so many chunks a run: enough to share out, few enough files

ONE_THREAD: Final = {
    "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip


@final
@dataclass(frozen=True)
class Chunk:
    """What a worker is told."""

    folder: str
    seed: int
    point: int
    numbers: tuple[int, ...]
    detail: frozenset[int]
    simulate: Simulate
    luck: int = 0  # the point whose random numbers are met


@final
@dataclass(frozen=True)
class Report:
    """What a worker answers: the rows themselves are on disk."""

    numbers: tuple[int, ...]
    entries: tuple[Entry, ...]
    engine_s: float


def cut(replications: int, size: int | None = None) -> list[tuple[int, ...]]:
    """Numbers 0 to replications - 1 in chunks: the same ones however many workers there are."""
    size = size or max(1, min(MOST, -(-replications // CHUNKS)))
    return [tuple(range(first, min(first + size, replications))) for first in range(0, replications, size)]


def work(chunk: Chunk, system: Any = None, ticked: Callable[[], None] | None = None) -> Report:
    """Simulate the replications of a chunk in order, write them, and say what was written.

    A worker process has no `system` at hand and reads it from the folder; `ticked` is told of each replication done.
    """
    folder = Path(chunk.folder)
    if system is None:
        system = _system(str(folder / SYSTEM))
    con = parts.connect(threads=1)
    entries: list[Entry] = []
    kept: dict[str, dict[int, Any]] = {name: {} for name in (*events.TABLES, "measures") if name not in events.DETAIL}
    engine_s = 0.0
    try:
        for number in chunk.numbers:
            if (folder / STOP).exists():
                break
            begun_s = time.perf_counter()
            tables = chunk.simulate(system, chunk.seed, chunk.luck, number, number in chunk.detail)
            engine_s += time.perf_counter() - begun_s
            for name in events.TABLES:
                if name not in events.DETAIL:
                    kept[name][number] = tables[name]
                elif number in chunk.detail:  # large: written at once, one part a replication
                    entries += parts.write_part(folder, name, {number: tables[name]}, con, chunk.point)
            found = measures(tables, system.tables["objects"])
            kept["measures"][number] = {name: np.array([value]) for name, value in found.items()}
            _tick(folder)
            if ticked is not None:
                ticked()
        for name, rows in kept.items():
            if rows:
                entries += parts.write_part(folder, name, rows, con, chunk.point)
    finally:
        con.close()
    return Report(tuple(kept["measures"]), tuple(entries), engine_s)


def hand_out(folder: Path, system: Any) -> None:
    """Put the system where the workers look for it."""
    with parts.disk_faults(folder):
        (folder / SYSTEM).write_bytes(pickle.dumps(system, protocol=pickle.HIGHEST_PROTOCOL))


@lru_cache(maxsize=1)
def _system(path: str) -> Any:
    """The system of a run, read once a process. The file is our own, in a folder that only this run knows."""
    return pickle.loads(Path(path).read_bytes())  # noqa: S301


def _tick(folder: Path) -> None:
    """One replication more is done: a byte appended, which needs no lock."""
    with parts.disk_faults(folder), (folder / DONE).open("ab") as file:
        file.write(b".")


def ticks(folder: Path) -> int:
    """How many replications are done."""
    try:
        return (folder / DONE).stat().st_size
    except OSError:
        return 0


@final
class Crew:
    """Worker processes, one thread each, kept for several runs. For use in a `with`; starts at the first chunk."""

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self._pool: ProcessPoolExecutor | None = None
        self._environment: dict[str, str | None] = {}

    def submit(self, chunk: Chunk) -> Future[Report]:
        """Give a chunk to the next free process."""
        return self.call(work, chunk)

    def call(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Give any work to the next free process: a function at the top of a module, so that it is found there."""
        if self._pool is None:
            self._limit_threads()
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"), initializer=_begin)
        return self._pool.submit(function, *arguments)

    def renew(self) -> None:
        """After a worker has died: new processes for the next chunk."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _limit_threads(self) -> None:
        for name, value in ONE_THREAD.items():
            self._environment.setdefault(name, os.environ.get(name))
            os.environ[name] = value

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.renew()
        for name, before in self._environment.items():
            if before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before


def _begin() -> None:
    """In a new worker: Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def numbers_of(detail: Sequence[int] | str, replications: int, first: int = 0) -> frozenset[int]:
    """Replications kept in detail: 'all', or those listed that are run."""
    run = range(first, first + replications)
    if detail == "all":
        return frozenset(run)
    return frozenset(int(number) for number in detail if int(number) in run)
