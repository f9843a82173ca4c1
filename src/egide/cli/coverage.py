"""`egide coverage`: what the radars and batteries of a scenario see and defend, as maps and shares of an area."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.errors import store_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.coverage.files import Folder
    from egide.coverage.survey import Plan


def coverage(
    scenario: Annotated[Path, Parameter(help="The scenario, YAML.")],
    *,
    altitude: Annotated[
        list[str], Parameter(help="Heights with their reference: 100m-agl,1km-agl,5km-amsl.", negative="")
    ],
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="Folder to write; goes on with an unfinished one.")
    ],
    rcs: Annotated[
        list[str] | None, Parameter(help="Radar cross sections; 1m2 where nothing is said.", negative="")
    ] = None,
    alternative: Annotated[str | None, Parameter(help="An alternative of the file, several as in a,b, or all.")] = None,
    pd: Annotated[float, Parameter(help="Probability of detection wanted, in one look.")] = 0.5,
    without: Annotated[
        list[str] | None, Parameter(help="Leave a sensor, battery or site out; may be repeated.", negative="")
    ] = None,
    area: Annotated[
        str | None,
        Parameter(help="A country, a GeoJSON file, or rectangle; the country of most sites where nothing is said."),
    ] = None,
    sea: Annotated[str | None, Parameter(help="Count the sea up to this far too, as in 12nmi.")] = None,
    weight: Annotated[Path | None, Parameter(help="A raster of people or value, for weighted shares.")] = None,
    klass: Annotated[
        str, Parameter(name="--class", help="Target: aircraft, cruise-missile, drone, ballistic, or a catalogue entry.")
    ] = "aircraft",
    speed: Annotated[str | None, Parameter(help="Of the target; the catalogue's cruise speed otherwise.")] = None,
    launch_range: Annotated[
        str | None, Parameter(help="Of a ballistic missile: how far off it starts; its greatest range otherwise.")
    ] = None,
    apogee: Annotated[
        str | None, Parameter(help="Of its arc, or least: of least energy; otherwise as a scenario's raids fly.")
    ] = None,
    shots: Annotated[str, Parameter(help="Least number of shots of each rule of defence.")] = "1,2",
    kill: Annotated[str, Parameter(help="Least cumulative kill probability of each rule.")] = "0.5,0.8",
    release: Annotated[
        str | None, Parameter(help="How far from the point weapons leave; 0km: the target flies over it.")
    ] = None,
    sets: Annotated[list[str] | None, Parameter(name="--set", help="Replace a value: PATH=VALUE.", negative="")] = None,
    nominal: Annotated[bool, Parameter(help="Nominal values alone: three times quicker.", negative="")] = False,
    detection: Annotated[bool, Parameter(help="Detection alone, no batteries.", negative="")] = False,
    force: Annotated[bool, Parameter(help="Replace a coverage that is there already.", negative="")] = False,
    json: options.Json = False,
    lang: Annotated[str | None, Parameter(help="Language of the answer, maps and page: en or fr.")] = None,
) -> int:
    """Map what a scenario's radars and batteries see and defend, and print the shares of an area.

    Writes rasters, outlines, maps, a table and a page. 'Defended' is always said with its class, height, shots,
    probability and azimuth; shares at low altitude over coarse terrain come with a band, or are refused.

    Example: egide coverage scenario.yaml --alternative all --altitude 100m-agl,5km-amsl --rcs 0.1m2,1m2 -o out/coverage
    """
    from egide.coverage import files, survey

    language = i18n.choose(lang)
    plan = survey.plan(
        scenario, alternative=alternative, altitude=altitude, rcs=rcs if rcs is not None else ["1m2"], pd=pd,
        without=without or (), area=area, sea=sea, weight=weight, klass=klass, speed=speed,
        launch_range=launch_range, apogee=apogee, shots=_numbers(shots, "--shots", int),
        kill=_numbers(kill, "--kill", float), release=release,
        levels=("nominal",) if nominal else ("nominal", "low", "high"), engagement=not detection,
        sets=tuple(sets or ()),
    )  # fmt: skip
    folder = files.Folder(output, plan, force)
    try:
        _run(plan, folder, language)
        document = folder.table()
        lines = written(output, language)
        folder.finish()
    except KeyboardInterrupt:
        _interrupted(plan, folder, language)
        return 130
    finally:
        folder.close()
    if json:
        common.print_json(document)
    else:
        print("\n".join(lines))
    return 0


def _interrupted(plan: Plan, folder: Folder, lang: str) -> None:
    """Say what is finished, and how to go on."""
    told = i18n.translator(lang)(
        mark("interrupted: {done} of {all} alternatives are finished; the same command goes on from there")
    )
    print("\n" + told.format(done=len(folder.done), all=len(plan.scenarios)), file=sys.stderr)


def written(folder: Path, lang: str) -> list[str]:
    """Write maps, page and table; the lines to print."""
    from egide.report import coverage as words
    from egide.report import coverage_page

    lines = words.lines(folder, lang)
    try:
        (folder / "table.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        page = coverage_page.write(folder, lang, folder / f"coverage.{lang}.html")
    except OSError as fault:
        wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
        raise store_error(str(folder), wrong, right, fault=fault.strerror or str(fault)) from fault
    say = i18n.translator(lang)
    return [*lines, "", say(mark("coverage: {place}, page {page}")).format(
        place=show.place_of(folder), page=page.name)]  # fmt: skip


def _run(plan: Plan, folder: Folder, lang: str) -> None:
    """Every alternative that is not there yet."""
    if folder.done:
        told = i18n.translator(lang)(mark("goes on: {done} of {all} alternatives are there already"))
        print(told.format(done=len(folder.done), all=len(plan.scenarios)), file=sys.stderr)
    with show.progress_bar(lang) as bar:

        def tick(name: str) -> Callable[[str], None] | None:
            return ticker(bar.named(name or plan.path.stem), plan.ticks(name)) if bar is not None else None

        make_missing(plan, folder, tick)


def make_missing(plan: Plan, folder: Folder, tick: Callable[[str], Callable[[str], None] | None]) -> None:
    """Every alternative that is not there yet; `tick` makes, for one, what is told of its progress."""
    for name in plan.scenarios:
        if name not in folder.done:
            folder.make(name, tick(name))


def ticker(progress: Any, total: int) -> Callable[[str], None] | None:
    """What counts steps for a progress bar; nothing where there is none."""
    if progress is None:
        return None
    began, done = time.perf_counter(), 0

    def tick(_: str) -> None:
        nonlocal done
        done += 1
        spent = time.perf_counter() - began
        progress(min(done, total), total, spent / done * max(total - done, 0))

    return tick


def _numbers(text: str, option: str, kind: Any) -> list[Any]:
    from egide.errors import scenario_error

    try:
        return [kind(part) for part in text.split(",") if part.strip()]
    except ValueError:
        wrong, right = mark("{text!r} is no list of numbers"), mark("write for example --shots 1,2 --kill 0.5,0.8")
        raise scenario_error("egide coverage", wrong, right, path=option, text=text) from None
