"""Who does the tasks of a campaign: processes of this machine, or the workers of a Dask cluster. One protocol for both.

executor   takes tasks, gives answers in any order; it knows who died of what
answer     Done, or Died: the process that had the task is gone
cluster    a running Dask scheduler, named by its address; its workers must run the same Égide

Results do not depend on the executor: it never looks into a task.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, final

from egide import __version__, cache
from egide.campaign import work
from egide.campaign.chunk import ONE_THREAD
from egide.campaign.estimate import Speed
from egide.campaign.plan import Plan
from egide.campaign.work import Done, Task
from egide.errors import StoreError, store_error
from egide.i18n import mark

T = TypeVar("T")
REACH_S: Final = 10.0  # to reach a scheduler
WORKER_S: Final = 30.0  # for it to have a worker
TRIES: Final = 3  # to compile and time the engine


@final
@dataclass(frozen=True)
class Died:
    """The process that had this task is gone."""

    task: Task


class Executor(Protocol):
    """What a campaign needs of those who work for it."""

    @property
    def workers(self) -> int:
        """How many tasks are done at once."""

    def begin(self, plan: Plan, place: Path) -> Speed:
        """Give out the plan, let the engine be compiled once, and time it."""

    def submit(self, task: Task) -> None:
        """Take a task; never waits."""

    def answers(self, timeout_s: float) -> list[Done | Died]:
        """What has been answered, after at most so many seconds. Raises what stops the whole campaign."""

    @property
    def busy(self) -> int:
        """Tasks taken and not answered."""

    def close(self, at_once: bool = False) -> None:
        """Let everybody go; at once: without waiting for what they do."""


@final
class Processes:
    """Processes of this machine, one thread each, started afresh (spawn). One pool a process, so that a death is known
    to belong to one task."""

    def __init__(self, workers: int) -> None:
        self._pools: list[ProcessPoolExecutor | None] = [None] * max(1, workers)
        self._tasks: dict[Future[Done], tuple[Task, int]] = {}
        self._waiting: list[Task] = []

    @property
    def workers(self) -> int:
        return len(self._pools)

    @property
    def busy(self) -> int:
        return len(self._tasks) + len(self._waiting)

    def begin(self, plan: Plan, place: Path) -> Speed:
        work.hand_out(place, plan)
        for _ in range(TRIES):
            try:
                found: Speed = self._pool(0).submit(work.pace, str(place)).result()
            except BrokenProcessPool:
                self._drop(0)
                continue
            return found
        raise store_error(
            str(place), mark("a worker process died {n} times before it had run anything, perhaps for lack of memory"),
            mark("free some memory, then go on with --resume"), n=TRIES,
        )  # fmt: skip

    def submit(self, task: Task) -> None:
        self._waiting.append(task)
        self._fill()

    def answers(self, timeout_s: float) -> list[Done | Died]:
        done, _ = wait(self._tasks, timeout=timeout_s, return_when=FIRST_COMPLETED)
        found: list[Done | Died] = []
        for future in done:
            task, number = self._tasks.pop(future)
            try:
                found.append(future.result())
            except BrokenProcessPool:
                self._drop(number)
                found.append(Died(task))
        self._fill()
        return found

    def close(self, at_once: bool = False) -> None:
        for number, pool in enumerate(self._pools):
            if pool is None:
                continue
            if at_once:
                for process in list((pool._processes or {}).values()):  # noqa: SLF001 - no public way to end one
                    process.kill()
            self._drop(number)
        self._tasks, self._waiting = {}, []

    def _fill(self) -> None:
        taken = {number for _, number in self._tasks.values()}
        for number in range(len(self._pools)):
            if number in taken:
                continue
            if not self._waiting:
                return
            task = self._waiting.pop(0)
            self._tasks[self._given(number, task)] = task, number

    def _given(self, number: int, task: Task) -> Future[Done]:
        """A process that died while it had nothing to do is replaced, and nobody blames the task."""
        for _ in range(TRIES):
            try:
                return self._pool(number).submit(work.do, task)
            except BrokenProcessPool:
                self._drop(number)
        return self._pool(number).submit(work.do, task)

    def _pool(self, number: int) -> ProcessPoolExecutor:
        pool = self._pools[number]
        if pool is None:
            with _environment(ONE_THREAD):  # what a child inherits when its pool starts it, at the first task
                pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
                pool.submit(os.getpid)
            self._pools[number] = pool
        return pool

    def _drop(self, number: int) -> None:
        pool, self._pools[number] = self._pools[number], None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


@final
class Cluster:
    """The workers of a Dask scheduler (`--cluster tcp://host:8786`)."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _connected(address)
        self._tasks: dict[Any, Task] = {}
        self._plan: Any = None
        try:
            _same_everywhere(address, self._client.run(versions), versions())
        except BaseException:
            self.close(at_once=True)
            raise

    @property
    def workers(self) -> int:
        with self._answering():
            return max(1, sum(int(n) for n in self._client.nthreads().values()))

    @property
    def busy(self) -> int:
        return len(self._tasks)

    def begin(self, plan: Plan, place: Path) -> Speed:
        with self._answering():
            self._plan = self._client.scatter(plan, broadcast=True, hash=False)
            found: Speed = self._client.submit(work.pace, str(place), self._plan, pure=False).result()
            return found

    def submit(self, task: Task) -> None:
        with self._answering():
            self._tasks[self._client.submit(work.do, task, self._plan, pure=False)] = task

    def answers(self, timeout_s: float) -> list[Done | Died]:
        from distributed import KilledWorker
        from distributed import wait as wait_for

        with self._answering(), contextlib.suppress(TimeoutError), self._client.as_current():
            wait_for(list(self._tasks), timeout=timeout_s, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
        if self._client.status != "running":
            raise _lost(self._address)
        found: list[Done | Died] = []
        for future in [future for future in self._tasks if future.done()]:
            task = self._tasks.pop(future)
            try:
                with self._answering():
                    found.append(future.result())
            except KilledWorker:  # Dask has tried it on several workers by then
                found.append(Died(task))
        return found

    def close(self, at_once: bool = False) -> None:
        if at_once:
            self._tasks = {}
        with contextlib.suppress(Exception):  # a scheduler that is gone cannot be told good-bye
            self._client.close(timeout=2)

    @contextlib.contextmanager
    def _answering(self) -> Any:
        """Whatever a scheduler's end makes the library raise, it is said as that."""
        from concurrent.futures import CancelledError

        from distributed.client import FuturesCancelledError
        from distributed.comm.core import CommClosedError

        try:
            yield
        except (CommClosedError, FuturesCancelledError, CancelledError, TimeoutError) as error:
            raise _lost(self._address) from error
        except Exception as error:
            if self._client.status != "running" and not isinstance(error, StoreError):
                raise _lost(self._address) from error
            raise


def versions() -> dict[str, str]:
    """What must be the same on every worker: what numbers depend on."""
    from egide.campaign.runner import versions as of_libraries

    found = of_libraries()
    return {**found, "egide": __version__, "kernels": cache.kernels_hash(), "code": cache.code_hash()}


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise store_error(
            "--cluster", mark("the library for clusters is not installed"), mark("pip install 'egide[cluster]'")
        ) from None
    try:
        client = Client(address, timeout=REACH_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise store_error(
            address, mark("no scheduler answers there: {fault}"), mark("start one: dask scheduler --port 8786"),
            fault=str(error).splitlines()[0] if str(error) else type(error).__name__,
        ) from None  # fmt: skip
    try:
        client.wait_for_workers(1, timeout=WORKER_S)
    except TimeoutError:
        client.close(timeout=2)  # type: ignore[no-untyped-call]
        raise store_error(
            address, mark("the scheduler has no worker"), mark("start one: dask worker {address} --nthreads 1"),
            address=address,
        ) from None  # fmt: skip
    return client


def _same_everywhere(address: str, told: Mapping[str, Mapping[str, str]], here: Mapping[str, str]) -> None:
    """Raises StoreError where a worker runs anything else than we do."""
    for worker, theirs in told.items():
        other = [f"{name} {theirs.get(name)} ({here[name]} here)" for name in here if theirs.get(name) != here[name]]
        if other:
            raise store_error(
                address, mark("worker {worker} runs another version: {other}"),
                mark("install the same Égide and libraries on every worker"), worker=worker, other=", ".join(other),
            )  # fmt: skip


def _lost(address: str) -> Exception:
    return store_error(
        address, mark("the scheduler is gone; what was finished is kept"),
        mark("start it again and go on with --resume"),
    )  # fmt: skip


def _begin() -> None:
    """In a new worker: Ctrl-C is the parent's to answer, and without the parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Any:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def chosen(workers: int, cluster: str | None) -> Executor:
    """The executor asked for."""
    return Cluster(cluster) if cluster else Processes(workers)
