"""A run of many replications: compile once, share out, gather, and leave a whole bundle.

alternative   a named patch of the scenario; empty for the scenario as written
detail        replications whose plots, tracks and messages are kept too
interrupted   Ctrl-C, or a worker that died twice: what was finished becomes a bundle that says so

The numbers do not depend on the workers: a replication is a function of the system, the seed and its own number.
"""

from __future__ import annotations

import math
import platform
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, TypeAlias, final

from egide import __version__, cache, events
from egide.analysis.measures import DOCS
from egide.campaign.chunk import STOP, Chunk, Crew, Report, Simulate, cut, hand_out, numbers_of, ticks, work
from egide.errors import ScenarioError, scenario_error, store_error
from egide.i18n import mark
from egide.store import Writer, check_target, parts
from egide.store.bundle import sizes
from egide.store.writer import machine, ranges

Progress: TypeAlias = Callable[[int, int, float], None]  # replications done, all of them, seconds left (NaN: unknown)

LARGEST_BYTES: Final = 20e9  # of detail, without --force
PILOT_FROM: Final = 8  # detailed replications: from here one is tried first, to know the volume of all
POLL_S: Final = 0.2
FAST_NOTE: Final = mark(
    "Fast tracking: tracks are never mixed up, so wrongful engagements must be taken from a run with full tracking."
)
TRIES: Final = 2  # a chunk is given out again once after its worker has died


@final
@dataclass(frozen=True)
class Order:
    """What is to be done, without what it is done to."""

    replications: int
    seed: int
    detail: frozenset[int] = frozenset({0})
    force: bool = False
    progress: Progress | None = None
    about: Mapping[str, Any] = field(default_factory=dict)  # the manifest's own words on the scenario
    scenario: str = ""  # the resolved scenario's text
    first: int = 0  # number of the first replication
    point: int = 0
    luck: int = 0  # the point whose random numbers are met


def run(
    scenario_path: Path | str,
    alternative: str | None = None,
    replications: int = 20,
    seed: int = 1,
    out: Path | str = "out",
    workers: int = 1,
    detail: Sequence[int] | str = (0,),
    sets: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
    mode: str | None = None,
    crew: Crew | None = None,
    first: int = 0,
) -> Path:
    """Run a scenario and write its bundle. Raises ScenarioError or StoreError, in words, for what the user can mend."""
    from egide.compiler import compile_scenario
    from egide.scenario import load, placed

    check_order(replications, seed, workers)
    check_target(out, force)
    if mode is not None:
        sets = (*sets, f"tracking.mode={mode}")
    scenario = load(Path(scenario_path), alternative=alternative, sets=tuple(sets))
    try:
        system = compile_scenario(scenario)
    except ScenarioError as error:
        raise ScenarioError(placed(error.problems, scenario_path, alternative, sets)) from None
    order = Order(replications, seed, numbers_of(detail, replications, first), force, progress, first=first)
    return run_scenario(scenario, system, alternative, sets, order, out, workers, crew)


def run_scenario(
    scenario: Any,
    system: Any,
    alternative: str | None,
    sets: Sequence[str],
    order: Order,
    out: Path | str,
    workers: int = 1,
    crew: Crew | None = None,
) -> Path:
    """Run a scenario that is loaded and compiled, and write its bundle."""
    from egide.scenario import dump
    from egide.simulate import simulate

    order = replace(
        order,
        about=_about(scenario, system, alternative, sets),
        scenario=dump(scenario),
    )
    with Crew(min(workers, order.replications)) if crew is None else nullcontext(crew) as hands:
        return carry_out(system, simulate, order, out, hands)


def _about(scenario: Any, system: Any, alternative: str | None, sets: Sequence[str]) -> dict[str, Any]:
    """The manifest's own words on a scenario."""
    return {
        "scenario": {
            "name": scenario.name,
            "title": plain(scenario.title),
            "question": plain(scenario.question),
            "sha256": scenario.sha256,
            "alternative": alternative or "",
            "label": plain(scenario.resolved.label) if scenario.resolved else None,
            "start": scenario.start.isoformat().replace("+00:00", "Z"),
            "duration_s": scenario.duration_s,
            **getattr(system, "header", {}),
        },
        "sets": list(sets),
        "tracking": scenario.tracking.mode,
    }


def carry_out(system: Any, simulate: Simulate, order: Order, out: Path | str, crew: Crew) -> Path:
    """Run a compiled system. `simulate` is a function at the top of a module, so that other processes can find it."""
    begun_s = time.perf_counter()
    with Writer(out, order.force) as writer:
        for name, columns in system.tables.items():
            writer.static(name, columns)
        if crew.workers > 1:
            hand_out(writer.path, system)
        _check_volume(writer, system, simulate, order)
        numbers = [tuple(k + order.first for k in each) for each in cut(order.replications)]
        chunks = [
            Chunk(str(writer.path), order.seed, order.point, each, order.detail, simulate, order.luck)
            for each in numbers
        ]
        with stop_on_signal(writer.path / STOP):
            reports, lost = _gather(chunks, system, crew, writer.path, order)
        for report in reports:
            writer.accept(report.entries)
        done = sorted(number for report in reports for number in report.numbers)
        if not done:
            if lost:
                raise _lost(writer.folder.target, 0, order)
            raise KeyboardInterrupt
        path = writer.commit(
            _manifest(system, order, done, lost, time.perf_counter() - begun_s, sum(r.engine_s for r in reports)),
            order.scenario,
            DOCS,
        )
    if lost:
        raise _lost(path, len(done), order)
    return path


def check_order(replications: int, seed: int, workers: int) -> None:
    """Refuse numbers that mean nothing, before anything is read."""
    if replications < 1:
        raise scenario_error(
            "--replications", mark("{n} is no number of runs"), mark("write 1 or more"), n=replications
        )
    if not 0 <= seed < 2**63:
        raise scenario_error(
            "--seed", mark("{n} is no seed"), mark("write a whole number from 0 to 9223372036854775807"), n=seed
        )
    if workers < 1:
        raise scenario_error("--workers", mark("{n} is no number of workers"), mark("write 1 or more"), n=workers)


# --- sharing out and gathering -----------------------------------------------------------------------------------


def _gather(chunks: Sequence[Chunk], system: Any, crew: Crew, folder: Path, order: Order) -> tuple[list[Report], bool]:
    """Reports of all chunks that were finished, in order; and whether a worker's death has cost the rest."""
    clock = _Clock(order)
    clock.show(0)
    reports: dict[int, Report] = {}
    for _ in range(TRIES):
        left = [chunk for chunk in chunks if chunk.numbers[0] not in reports]
        try:
            _one_try(left, system, crew, folder, clock, reports)
        except BrokenProcessPool:
            crew.renew()
            if (folder / STOP).exists():
                break
            continue
        except BaseException:
            with suppress(OSError):  # on a full disk too
                (folder / STOP).touch()  # what still runs ends soon, before the folder is removed
            crew.renew()
            raise
        return [reports[first] for first in sorted(reports)], False
    return [reports[first] for first in sorted(reports)], not (folder / STOP).exists()


def _one_try(
    chunks: Sequence[Chunk], system: Any, crew: Crew, folder: Path, clock: _Clock, reports: dict[int, Report]
) -> None:
    stop = folder / STOP
    if crew.workers == 1:
        for chunk in chunks:
            if not stop.exists():
                _keep(work(chunk, system, lambda: clock.show(ticks(folder))), reports)
        return
    compiled = _compiled_mark(chunks[0].simulate, clock.tracking)
    alone = 0 if compiled.exists() else 1  # the first worker compiles, the others would only do the same again
    _wait_for({crew.submit(chunk) for chunk in chunks[:alone]}, folder, clock, reports)
    _wait_for({crew.submit(chunk) for chunk in chunks[alone:] if not stop.exists()}, folder, clock, reports)
    with suppress(OSError):
        compiled.touch()


def _compiled_mark(simulate: Simulate, tracking: str) -> Path:
    """A file that is there once these kernels have been compiled on this machine. A hint: no number depends on it."""
    return cache.kernels_folder() / f"compiled-{simulate.__module__}-{tracking}"


def _wait_for(pending: set[Future[Report]], folder: Path, clock: _Clock, reports: dict[int, Report]) -> None:
    stop = folder / STOP
    while pending:
        finished, pending = wait(pending, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in finished:
            if not future.cancelled():
                _keep(future.result(), reports)
        if stop.exists():
            for future in pending:
                future.cancel()
        clock.show(ticks(folder))


def _keep(report: Report, reports: dict[int, Report]) -> None:
    if report.numbers:
        reports[report.numbers[0]] = report


@final
class _Clock:
    """Tells the caller how far we are and how long it will take."""

    def __init__(self, order: Order) -> None:
        self._order, self._begun_s, self._shown = order, time.perf_counter(), -1
        self.tracking = str(order.about.get("tracking", "full"))

    def show(self, done: int) -> None:
        done = min(done, self._order.replications)
        if self._order.progress is None or done == self._shown:
            return
        self._shown = done
        left_s = (time.perf_counter() - self._begun_s) / done * (self._order.replications - done) if done else math.nan
        self._order.progress(done, self._order.replications, left_s)


@contextmanager
def stop_on_signal(stop: Path) -> Iterator[None]:
    """The first Ctrl-C (or a polite kill) asks for an orderly end; the second one ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in asked}

    def ask(number: int, frame: Any) -> None:
        if stop.exists():
            raise KeyboardInterrupt
        stop.touch()

    for number in asked:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- what is said of it ------------------------------------------------------------------------------------------


def _check_volume(writer: Writer, system: Any, simulate: Simulate, order: Order) -> None:
    """Estimate the detail's volume from one replication where much is asked for; refuse what is too much."""
    if len(order.detail) < PILOT_FROM:
        return
    first = min(order.detail)
    tables = simulate(system, order.seed, order.luck, first, True)
    place = writer.path / ".pilot"
    con = parts.connect(threads=1)
    for name in events.DETAIL:
        parts.write_part(place, name, {first: tables[name]}, con)
    con.close()
    expected = sizes(place) * len(order.detail)
    shutil.rmtree(place)
    free = shutil.disk_usage(writer.path).free
    told = {"n": len(order.detail), "volume": f"{expected / 1e9:.1f} GB", "free": f"{free / 1e9:.1f} GB"}
    less = mark("keep fewer replications in detail, for example --detail 0")
    if expected > free and not order.force:
        raise store_error(
            str(writer.folder.target),
            mark("{n} replications in detail would take about {volume}, and {free} are free"),
            less,
            **told,
        )
    if expected > LARGEST_BYTES and not order.force:
        raise store_error(
            str(writer.folder.target),
            mark("{n} replications in detail would take about {volume}"),
            mark("keep fewer replications in detail, for example --detail 0, or add --force"),
            **told,
        )


def _manifest(
    system: Any, order: Order, done: Sequence[int], lost: bool, wall_s: float, engine_s: float
) -> dict[str, Any]:
    interrupted = len(done) < order.replications
    return {
        "egide": __version__,
        **order.about,
        "seed": order.seed,
        "point": order.point,
        **({"luck_of_point": order.luck} if order.luck != order.point else {}),
        "replications": {"asked": order.replications, "done": ranges(done)},
        "complete": not interrupted,
        **({"interrupted": "a worker process died" if lost else "by the user"} if interrupted else {}),
        "detail": sorted(order.detail & set(done)),
        "terrain": {name: _number(value) for name, value in system.terrain_meta.items()},
        "notes": [*system.notes, *([FAST_NOTE] if order.about.get("tracking") == "fast" else [])],
        "versions": versions(),
        "machine": machine(),
        "wall_s": round(wall_s, 3),
        "engine_s": round(engine_s, 3),
        "kernels": cache.kernels_hash(),
    }


def versions() -> dict[str, str]:
    """Of Égide and of what its numbers may depend on."""
    found = {"egide": __version__, "python": platform.python_version()}
    for name in ("numpy", "numba", "scipy", "duckdb"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def _lost(place: Path, done: int, order: Order) -> Exception:
    wrong = mark("a worker process died twice, perhaps for lack of memory; {done} of {asked} replications were kept")
    right = mark("run again with fewer --workers or less --detail")
    return store_error(str(place), wrong, right, done=done, asked=order.replications)


def plain(label: Any) -> Any:
    """A label as the manifest keeps it: {en, fr}, or None."""
    return label.model_dump(exclude_none=True) if hasattr(label, "model_dump") else label


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
