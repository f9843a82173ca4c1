"""`egide report`: one self-contained HTML page from a run, a comparison or a campaign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from egide import i18n
from egide.errors import store_error
from egide.i18n import mark


def report(
    folder: Annotated[Path, Parameter(help="A run bundle, or the folder of a comparison or a campaign.")],
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The HTML file to write.")],
    coverage: Annotated[
        Path | None, Parameter(help="A folder of egide coverage on the same scenario, shown as a section.")
    ] = None,
    lang: Annotated[str | None, Parameter(help="Language of the page: en or fr.")] = None,
    force: Annotated[bool, Parameter(help="Replace a file that is there already.", negative="")] = False,
) -> int:
    """Write the report of a run, a comparison or a campaign: one HTML file that opens offline.

    The page needs no network and runs no script. It is made from the files of the run alone.

    Example: egide report out/study -o report.html --lang fr
    """
    language = i18n.choose(lang)
    check_file(output, force)
    from egide.report import write

    place = write(folder, language, output, coverage)
    for line in how_to_open(place, language):
        print(line)
    return 0


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
    import sys

    say = i18n.translator(lang)
    program = {"darwin": "open", "win32": "start"}.get(sys.platform, "xdg-open")
    return [
        say("report: {url}").format(url=place.absolute().as_uri()),
        say("open it in any browser, offline too: {command}").format(command=shlex.join([program, str(place)])),
    ]
