"""`egide pack`: one file with all that it takes to make a result again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark

__all__ = ["pack"]


def pack(
    folder: Annotated[Path, Parameter(help="Of a run, a comparison or a campaign.")],
    *,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="File; FOLDER.egide.zip if left out.")
    ] = None,
    source: Annotated[Path | None, Parameter(help="The scenario or study, where it has been moved.")] = None,
    force: Annotated[bool, Parameter(help="Replace a file that is there.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Put a result into one file with everything to make it again: study, scenario, data files, seeds, versions,
    the catalogue's values it rests on with their sources, and a digest of each.

    Example: egide pack out/campaign -o campaign.egide.zip
    """
    from egide.campaign.pack import pack as write

    say = i18n.translator(i18n.choose(lang))
    found = write(folder, output, source, force)
    if json:
        common.print_json({"pack": str(found), "bytes": found.stat().st_size})
        return 0
    size = i18n.number(found.stat().st_size / 1e6, i18n.choose(lang), 1)
    print(say(mark("pack: {place}, {size} MB")).format(place=show.place_of(found), size=size))
    print(say(mark("anyone checks it with: egide reproduce {place}")).format(place=show.place_of(found)))
    return 0
