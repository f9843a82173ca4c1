"""`egide reproduce`: runs a pack again and says, table by table, whether the same came out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.errors import scenario_error
from egide.i18n import mark

__all__ = ["reproduce"]

VERDICTS = {
    "identical": mark("identical"),
    "within": mark("equal within 1e-9"),
    "different": mark("different"),
}


def reproduce(
    archive: Annotated[Path, Parameter(help="File that `egide pack` wrote.")],
    *,
    sample: Annotated[int | None, Parameter(help="So many replications of each item only, chosen by --seed.")] = None,
    seed: Annotated[int, Parameter(help="Which ones.")] = 1,
    workers: options.Workers = None,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Run a pack again, all of it or a sample, and compare it with what was packed, table by table.

    Identical: every digit. Equal within 1e-9: what another processor's last bits may do. Exit code 1: different.

    Example: egide reproduce campaign.egide.zip --sample 20
    """
    from dataclasses import asdict

    from egide.campaign.pack import reproduce as again

    if sample is not None and sample < 1:
        raise scenario_error("--sample", mark("{n} is no number of runs"), mark("write 1 or more"), n=sample)
    language = i18n.choose(lang)
    say = i18n.translator(language)
    found, elsewhere = again(archive, sample, show.workers_of(workers, sys.maxsize), seed)
    worst = max((["identical", "within", "different"].index(each.verdict) for each in found), default=0)
    if json:
        common.print_json({"findings": [asdict(each) for each in found], "not_the_same_here": elsewhere})
        return int(worst == 2)
    rows = [
        (each.item, each.table, i18n.count(each.replications, language), say(VERDICTS[each.verdict])) for each in found
    ]
    show.table([say(mark("item")), say(mark("table")), say(mark("rows or replications")), ""], rows, left=(0, 1, 3))
    for text in elsewhere:
        print(say(mark("not the same here: {text}")).format(text=text))
    print(say((mark("identical"), mark("equal within 1e-9"), mark("different"))[worst]))
    return int(worst == 2)
