"""`egide demo`: the shipped Türkiye study as a trial, from the first run to the dossier."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.cli.report import how_to_open, write_dossier
from egide.errors import store_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.campaign.material import Wanted

STUDY = "turkiye-2019"
QUICK = "quick.yaml"


def demo(
    *,
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="Folder to write; an earlier demo there is gone on with.")
    ] = Path("egide-demo"),
    lang: Annotated[str | None, Parameter(help="Language of the dossier: en or fr.")] = None,
    pdf: Annotated[bool, Parameter(help="Print it to PDF too, by a Chromium that is installed.", negative="")] = False,
    workers: options.Workers = None,
) -> int:
    """Run the shipped Türkiye study as a trial and write its dossier.

    Five alternatives meet the same raid with the same luck, over what is not known; then coverage, exposure, calendar
    and money. A trial: few points and few runs. The first run compiles the engine, which takes a minute or two more.

    Example: egide demo --lang fr -o demo
    """
    from egide.campaign import material

    language = i18n.choose(lang)
    say = i18n.translator(language)
    order = material.wanted(common.shipped("studies", STUDY) / QUICK, output)
    study = order.plan.study
    _make_room(order)
    print(i18n.pick({"en": order.dossier.title.en, "fr": order.dossier.title.fr}, language))
    text = say(mark("a trial: {points} points, {alternatives} alternatives, {runs} runs, seed {seed}"))
    print(
        text.format(
            points=i18n.count(len(order.plan.points), language), runs=i18n.count(order.plan.runs, language),
            alternatives=i18n.count(len(order.plan.alternatives), language), seed=study.seed,
        ),
        flush=True,
    )  # fmt: skip
    begun_s = time.perf_counter()
    from egide.cli.material import make

    make(order, show.workers_of(workers, sys.maxsize), language)
    page = output / f"dossier.{language}.html"
    place = write_dossier(order, language, page, page.with_suffix(".pdf") if pdf else None, tell=print)
    took = i18n.duration(time.perf_counter() - begun_s, language)
    full = f"egide report {order.folder} --dossier --make -o dossier.html"
    print()
    print(say(mark("runs: {place}, in {time}")).format(place=show.place_of(output.absolute()), time=took))
    print(say(mark("the full study, some hours: {command}")).format(command=full))
    for line in how_to_open(place, language):
        print(line)
    return 0


def _make_room(order: Wanted) -> None:
    """Keep what an earlier demo of this very study has finished; remove what it made from anything else."""
    from egide.campaign import keeping

    place = order.runs
    if not place.exists():
        return
    inside = {path.name for path in place.iterdir()} if place.is_dir() else {""}
    ours = {"campaign", "coverage", "exposure", "learned", "timeline", "what-if"}
    if any(name not in ours and not name.startswith(("dossier.", "exposure-cover.")) for name in inside):
        raise store_error(
            str(place), mark("the folder holds something other than a demo"), mark("choose another one with -o")
        )
    begun = place / "campaign" / "campaign.json"
    if inside & ours and not (begun.is_file() and not keeping.changes(begun.parent, order.plan)):
        for name in inside & ours:
            shutil.rmtree(place / name)
