"""Running what a dossier is written from: each part that is not there yet, in order, into one folder."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egide import i18n
from egide.cli import show
from egide.errors import EgideError, store_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.mitigation import Covered
    from egide.campaign.material import Wanted
    from egide.campaign.runner import Progress

Named = Callable[[str], "Progress | None"]

SAID = {
    "campaign": mark("campaign"), "exposure": mark("exposure"),
    "learned": mark("what a battery holds of its allies"), "timeline": mark("calendar"),
}  # fmt: skip


def make(order: Wanted, workers: int, lang: str) -> None:
    """Run every part that is not there. What is finished is never run again; Ctrl-C leaves what is finished."""
    from egide.campaign.conduct import conduct

    order.runs.mkdir(parents=True, exist_ok=True)
    say = i18n.translator(lang)
    with show.progress_bar(lang) as bar:

        def named(part: str) -> Progress | None:
            return bar.named(say(SAID.get(part, part))) if bar is not None else None

        with _beside(order, lang):
            conduct(order.plan.path, order.runs / "campaign", workers, resume=True, progress=named("campaign"))
            parts = {"exposure": _exposure, "learned": _learned, "timeline": _timeline}
            for name in order.commands():
                if name in parts and not (order.runs / name).exists():
                    parts[name](order, order.runs / name, workers, named)
            _what_ifs(order, workers, named)


@contextmanager
def _beside(order: Wanted, lang: str) -> Iterator[None]:
    """The coverage, in a process of its own: it uses one processor, and its compiling falls beside the engine's."""
    if order.dossier.coverage is None or (order.runs / "coverage").exists():
        yield
        return
    context = multiprocessing.get_context("spawn")
    failed: Any = context.SimpleQueue()
    process = context.Process(target=_coverage, args=(order.plan.path, order.runs, lang, failed))
    process.start()
    try:
        yield
    except BaseException:
        process.terminate()
        process.join()
        raise
    process.join()
    if process.exitcode:
        raise failed.get() if not failed.empty() else store_error(
            str(order.runs / "coverage"), mark("its process died"), mark("run it by itself: {command}"),
            command=order.commands()["coverage"],
        )  # fmt: skip


def _coverage(study: Path, runs: Path, lang: str, failed: Any) -> None:
    """In the process beside: a study is read again, since what it was read into does not travel."""
    try:
        _cover(study, runs, lang)
    except EgideError as error:
        failed.put(error)
        sys.exit(2)


def _cover(study: Path, runs: Path, lang: str) -> None:
    from egide.campaign import material
    from egide.cli import coverage
    from egide.coverage import files, survey

    order = material.wanted(study, runs)
    out, asked = runs / "coverage", order.dossier.coverage
    assert asked is not None  # noqa: S101 - a coverage is made where one is asked for
    plan = survey.plan(
        order.plan.study.base_path, alternative=",".join(order.covered), altitude=list(asked.altitude),
        rcs=list(asked.rcs), shots=list(asked.shots), kill=list(asked.kill),
    )  # fmt: skip
    folder = files.Folder(out, plan)
    try:
        coverage.make_missing(plan, folder, lambda _: None)
        folder.table()
        coverage.written(out, lang)
        folder.finish()
    finally:
        folder.close()


def _exposure(order: Wanted, out: Path, workers: int, named: Named) -> None:
    from egide import scenario

    assert order.exposure is not None  # noqa: S101
    study = scenario.load_study(order.exposure)
    times = order.plan.study.replications if order.trial else study.replications
    _compare(study.base_path, study.alternatives, study.reference, times, study.seed, out, workers, named)


def _learned(order: Wanted, out: Path, workers: int, named: Named) -> None:
    study = order.plan.study
    _compare(study.base_path, order.dossier.learned, None, order.few, study.seed, out, workers, named)


def _compare(*given: Any) -> None:
    import egide.campaign as campaign

    base, names, reference, times, seed, out, workers, named = given
    campaign.run_alternatives(base, names, reference, (), times, seed, out, workers=workers, progress=named)


def _timeline(order: Wanted, out: Path, workers: int, named: Named) -> None:
    from egide.campaign.timeline import Order, run_timeline
    from egide.coverage.states import of_calendar

    times = order.plan.study.replications if order.trial else None
    run_timeline(order.plan.path, out, Order(replications=times, workers=workers), None, of_calendar,
                 named("timeline"))  # fmt: skip


def _what_ifs(order: Wanted, workers: int, named: Named) -> None:
    from egide.campaign import run

    times = max(order.plan.replications[0], 2)
    for each in order.dossier.what_if:
        for name in each.alternatives:
            place = order.what_if(each.name, name)
            if not place.exists():
                run(order.plan.study.base_path, name, times, order.plan.seed, place, workers, (), each.sets,
                    mode="fast", progress=named(each.name))  # fmt: skip


def price(folder: Path) -> Covered:
    """What blanked sectors of an exposure study cost in coverage: worked out once, and kept beside its runs."""
    from egide.coverage import emission

    place = folder.with_name("exposure-cover.json")
    made = hashlib.sha256((folder / "comparison.json").read_bytes()).hexdigest()
    with suppress(OSError, ValueError, KeyError):
        kept = json.loads(place.read_text(encoding="utf-8"))
        if kept["of"] == made:
            return {name: {key: tuple(pair) for key, pair in shares.items()} for name, shares in kept["shares"].items()}
    found = emission.of_rules(folder)
    with suppress(OSError):  # it can be worked out again
        place.write_text(json.dumps({"of": made, "shares": found}), encoding="utf-8")
    return found
