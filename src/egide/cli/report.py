"""`egide report`: one self-contained HTML page from a run, a comparison or a campaign; of a study, its dossier."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import options, show
from egide.errors import scenario_error, store_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.campaign.material import Wanted


def report(
    folder: Annotated[Path, Parameter(help="A run bundle, the folder of a comparison or a campaign, or a study.")],
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The HTML file to write.")],
    dossier: Annotated[
        bool, Parameter(help="Of a study: everything that was run of it, in one document.", negative="")
    ] = False,
    runs: Annotated[
        Path | None, Parameter(help="Folder of campaign, coverage, exposure, timeline; out/STUDY otherwise.")
    ] = None,
    make: Annotated[bool, Parameter(help="Run first what is missing of a dossier.", negative="")] = False,
    pdf: Annotated[
        bool, Parameter(help="Print the page to PDF beside it, by a Chromium that is installed.", negative="")
    ] = False,
    coverage: Annotated[
        Path | None, Parameter(help="A folder of egide coverage on the same scenario, shown as a section.")
    ] = None,
    other_code: Annotated[
        bool, Parameter(help="Read a campaign that other code has made, and say so.", negative="")
    ] = False,
    workers: options.Workers = None,
    lang: Annotated[str | None, Parameter(help="Language of the page: en or fr.")] = None,
    force: Annotated[bool, Parameter(help="Replace a file that is there already.", negative="")] = False,
) -> int:
    """Write the report of a run, a comparison or a campaign, or the dossier of a study: one HTML file, opens offline.

    The page needs no network and runs no script. It is made from the files of the runs alone. A dossier is refused
    where what was run was made from something else than the study that stands there now.

    Example: egide report studies/turkiye-2019/quick.yaml --dossier --make --lang fr -o dossier.html
    """
    language = i18n.choose(lang)
    files = [output, output.with_suffix(".pdf")] if pdf else [output]
    for file in files:
        check_file(file, force)
    if not dossier:
        if runs is not None or make or other_code:
            raise scenario_error(str(folder), mark("--runs, --make and --other-code go with --dossier"),
                                 mark("add --dossier and name a study"))  # fmt: skip
        from egide.report import write

        place = write(folder, language, output, coverage)
        if pdf:
            from egide.report import paper

            paper.write(place.read_text(encoding="utf-8"), files[1])
    else:
        from egide.campaign import material

        order = material.wanted(folder, runs)
        if make:
            from egide.cli.material import make as make_missing

            make_missing(order, show.workers_of(workers, sys.maxsize), language)
        place = write_dossier(order, language, output, files[1] if pdf else None, other_code)
    for line in how_to_open(place, language):
        print(line)
    if pdf:
        print(i18n.translator(language)(mark("PDF: {place}")).format(place=files[1].absolute().as_uri()))
    return 0


def write_dossier(
    order: Wanted, lang: str, output: Path, pdf: Path | None = None, other_code: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Path:  # fmt: skip
    """Collect what was run, write the page whole or not at all, print it to PDF where that is asked for, and `tell` the
    lines of page one."""
    from egide.campaign import material
    from egide.cli.material import price
    from egide.report import dossier, paper, whole

    found = material.collect(order, other_code, price)
    place = whole.write_text(output, dossier.render(found, lang))
    for line in dossier.plain_answer(found, lang) if tell is not None else ():
        tell(line)  # type: ignore[misc]
    if pdf is not None:
        paper.write(dossier.render(found, lang, every_detail=True), pdf)
    return place


def check_file(file: Path, force: bool) -> None:
    """May the page be put there? Asked before the work."""
    if file.is_dir():
        raise store_error(
            str(file), mark("is a folder"), mark("give a file, such as {file}"), file=file / "report.html"
        )
    if file.exists() and not force:
        raise store_error(
            str(file), mark("the file exists already"), mark("choose another one, or add --force to replace it")
        )


def how_to_open(place: Path, lang: str) -> list[str]:
    """Where the page is and the words that open it on this kind of machine."""
    import shlex

    say = i18n.translator(lang)
    program = {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")
    return [
        say("report: {url}").format(url=place.absolute().as_uri()),
        say("open it in any browser, offline too: {command}").format(command=shlex.join([program, str(place)])),
    ]
