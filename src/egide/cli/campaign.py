"""`egide campaign`: chance and ignorance together, over all processors or a cluster, never losing finished work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.store.campaign import Campaign

__all__ = ["campaign", "run_campaign", "show_runs"]

campaign = App(name="campaign", help_format="plaintext", help_flags=["--help", "-h"], result_action="return_value")


@campaign.default
def run_campaign(
    study: Annotated[Path, Parameter(help="Study file.")],
    *,
    output: options.Output = Path("out"),
    workers: options.Workers = None,
    cluster: Annotated[str | None, Parameter(help="A Dask scheduler instead, as in tcp://host:8786.")] = None,
    resume: Annotated[bool, Parameter(help="Go on with the campaign in the folder.", negative="")] = False,
    budget: Annotated[str | None, Parameter(help="Begin nothing after '30 min' or '5000 runs'.")] = None,
    force: Annotated[bool, Parameter(help="Begin anew over a campaign that is there.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Run a study over all its uncertain parameters, and keep every replication's measures.

    Whatever happens, finished replications are in the folder: --resume does the rest, and the tables end the same.
    `egide campaign show FOLDER` finds the runs behind a number; `egide report FOLDER` writes the report.

    Example: egide campaign studies/turkiye-2019/study.yaml --workers 2 -o out/campaign
    """
    from egide.campaign.conduct import conduct, parse_budget
    from egide.store.campaign import open_campaign

    language = i18n.choose(lang)
    with show.progress_bar(language) as bar:
        folder = conduct(
            study,
            output,
            workers=show.workers_of(workers, sys.maxsize),
            cluster=cluster,
            resume=resume,
            force=force,
            budget=parse_budget(budget or None),
            progress=bar.named(study.parent.name or study.stem) if bar is not None else None,
        )
    found = open_campaign(folder)
    if json:
        common.print_json({"campaign": str(folder), **found.manifest})
    else:
        _print(found, language)
    return _code(found, language, study)


@campaign.command(name="show")
def show_runs(
    folder: Annotated[Path, Parameter(help="Folder of a campaign.")],
    *,
    worst: Annotated[str | None, Parameter(help="Runs in which this measure is worst, as in leakers.")] = None,
    best: Annotated[str | None, Parameter(help="Runs in which it is best.")] = None,
    median: Annotated[str | None, Parameter(help="Runs in the middle of it.")] = None,
    alternative: Annotated[str | None, Parameter(help="Of this alternative only.")] = None,
    count: Annotated[int, Parameter(name=["--count", "-n"], help="How many.")] = 5,
    failed: Annotated[bool, Parameter(help="What could not be run, and why.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Say what a campaign holds, and find the runs behind its numbers, each with the command that runs it again.

    Example: egide campaign show out/campaign --worst leakers
    """
    from egide.analysis import runs
    from egide.store.campaign import open_campaign

    language = i18n.choose(lang)
    found = open_campaign(folder)
    asked = [(kind, name) for kind, name in (("worst", worst), ("best", best), ("median", median)) if name]
    rows = [row for kind, name in asked for row in runs.ranked(found, name, kind, alternative, count)]
    if json:
        common.print_json({"campaign": str(folder), **found.manifest, "runs_shown": [row.document() for row in rows]})
        return 0
    if not asked and not failed:
        _print(found, language)
    if rows:
        _print_runs(rows, language)
    if failed:
        _print_failures(found, language)
    return 0


def _print(found: Campaign, lang: str) -> None:
    from egide.analysis import runs
    from egide.analysis.measures import BY_NAME

    say = i18n.translator(lang)
    manifest = found.manifest
    ((points,),) = found.sql("SELECT count(*) FROM points").fetchall()
    head = say(mark("{name}: {points} design points, {done} of {asked} runs, seed {seed}, {time}"))
    print(
        head.format(
            name=manifest["study"]["name"],
            points=i18n.count(points, lang),
            seed=manifest["seed"],
            done=i18n.count(manifest["runs"]["done"], lang),
            asked=i18n.count(manifest["runs"]["asked"], lang),
            time=i18n.duration(manifest["wall_s"], lang),
        )
    )
    names = {name: runs.label(about, name, lang) for name, about in manifest["alternatives"].items()}
    head_row = [say(mark("measure")), *names.values()]
    lines = [
        (BY_NAME[measure].label(lang), *(i18n.number(mean, lang) for mean in means))
        for measure, means in runs.means(found).items()
    ]
    show.table(head_row, lines, left=(0,))
    print(say(mark("Means over chance and ignorance together; the report keeps the two apart.")))
    line = say(mark("campaign: {place}, digest {digest}"))
    print(line.format(place=show.place_of(found.folder), digest=manifest["digest"]))


def _print_runs(rows: list[Any], lang: str) -> None:
    say = i18n.translator(lang)
    for row in rows:
        text = say(mark("{measure} {value}: {alternative}, point {point}, replication {replication}"))
        print(
            text.format(
                measure=row.label(lang),
                value=i18n.number(row.value, lang),
                alternative=row.alternative,
                point=row.point,
                replication=row.replication,
            )
        )
        print(f"  {row.command}")


def _print_failures(found: Campaign, lang: str) -> None:
    from egide.analysis import runs

    say = i18n.translator(lang)
    rows = runs.failures(found)
    if not rows:
        print(say(mark("Nothing failed.")))
    for row in rows:
        text = say(mark("{alternative}, point {point}, replications {first} to {last}: {cause}"))
        print(text.format(**row.document()))
        print(f"  {row.command}")


def _code(found: Campaign, lang: str, study: Path) -> int:
    """0 complete or at the end of its budget, 1 where something failed, 130 interrupted; the last three in words."""
    say = i18n.translator(lang)
    manifest = found.manifest
    failed, ended = manifest["runs"]["failed"], manifest.get("interrupted")
    place = show.place_of(found.folder)
    if failed:
        text = say(mark("{n} runs failed; see them with: egide campaign show {place} --failed"))
        print(text.format(n=i18n.count(failed, lang), place=place), file=sys.stderr)
    if ended:
        why = {"user": mark("interrupted"), "budget": mark("the budget is spent")}[ended]
        text = say(mark("{why}; go on with: egide campaign {study} --resume -o {place}"))
        print(text.format(why=say(why), study=study, place=place), file=sys.stderr)
    return 130 if ended == "user" else int(failed > 0)
