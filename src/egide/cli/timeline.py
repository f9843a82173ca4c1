"""`egide timeline`: a study over its calendar, each distinct state run once, every month looked up."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark


def timeline(
    study: Annotated[Path, Parameter(help="Study file, with a calendar.yaml beside it.")],
    *,
    output: options.Output = Path("out"),
    calendar: Annotated[Path | None, Parameter(help="Another calendar.")] = None,
    from_: Annotated[str, Parameter(name="--from", help="First month, as in 2012-01; else the calendar's.")] = "",
    to: Annotated[str, Parameter(help="Last month; else the calendar's.")] = "",
    alternatives: Annotated[str | None, Parameter(help="Only these, as in patriot,s400-alone.")] = None,
    replications: Annotated[int | None, Parameter(help="Of each distinct state; else the calendar's.")] = None,
    workers: options.Workers = None,
    full: Annotated[bool, Parameter(help="Full tracking: slower, and needed for mistakes.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Run a study over the dates of its calendar and write tables and a page.

    Units come, are held up, decay and leave by dated events. Each distinct state is run once; every month, and every
    calendar whose dates slip, is looked up. Said again over the same folder, what was run is not run again. Every
    answer is as of a day, or of the steady state.

    Example: egide timeline studies/turkiye-2019/study.yaml -o out/timeline
    """
    from egide.campaign.timeline import Order, run_timeline
    from egide.coverage.states import of_calendar
    from egide.report import timeline as page
    from egide.store.timeline import open_timeline

    language = i18n.choose(lang)
    order = Order(
        tuple(name.strip() for name in (alternatives or "").split(",") if name.strip()), from_, to, replications,
        show.workers_of(workers, sys.maxsize), "full" if full else "fast",
    )  # fmt: skip
    with show.progress_bar(language) as bar:
        progress = bar.named(study.parent.name or study.stem) if bar is not None else None
        folder = run_timeline(study, output, order, calendar, of_calendar, progress)
    written = page.write(folder, language, folder / "timeline.html")
    found = open_timeline(folder)
    if json:
        common.print_json({"timeline": str(folder), **found.manifest, "months": _rows(found)})
        return 0
    for line in page.plain_answer(found, language):
        print(line)
    say = i18n.translator(language)
    print(say(mark("page: {place}")).format(place=show.place_of(written)))
    text = say(mark("timeline: {place}, digest {digest}"))
    print(text.format(place=show.place_of(folder), digest=found.manifest["digest"]))
    return 0


def _rows(found: Any) -> list[dict[str, Any]]:
    """The months table as rows."""
    columns = found.columns("FROM months")
    return [{key: column[at] for key, column in columns.items()} for at in range(len(columns["measure"]))]
