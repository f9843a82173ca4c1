"""`egide check`: every problem of a scenario, study or file beside one at once, or a summary where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, dry, options
from egide.errors import Problem, ScenarioError, scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.campaign.beside import Beside
    from egide.scenario import Scenario, Study

_COUNTS = {"money": mark("{n} entries"), "calendar": mark("{n} events"), "claims": mark("{n} claim cards"),
           "dossier": mark("{n} questions")}  # fmt: skip
_LINES = {  # in the order printed: key of the counts, what it is called
    "sensors": mark("radars"),
    "airborne": mark("airborne radars"),
    "batteries": mark("batteries"),
    "patrols": mark("fighter patrols"),
    "raids": mark("raids"),
    "flights": mark("flights"),
    "assets": mark("defended assets"),
}


def check(
    file: Annotated[Path | None, Parameter(help="A scenario, a study, or its money, calendar or claims, YAML.")] = None,
    *,
    alternative: Annotated[str | None, Parameter(help="Show the counts of this alternative.")] = None,
    geography: Annotated[
        bool, Parameter(help="Also lay out terrain, routes and recordings of every alternative.", negative="")
    ] = False,
    dry_run: Annotated[
        bool,
        Parameter(help="Of a study: what its campaign would run, for how long, and what is not known.", negative=""),
    ] = False,
    json: options.Json = False,
    schema: Annotated[
        bool,
        Parameter(help="Print the JSON Schema of the format, for editors; of a study, if FILE is one.", negative=""),
    ] = False,
    lang: options.Lang = None,
) -> int:
    """Check a scenario or study: all problems at once.

    The base and every alternative are checked, and of a study the money.yaml, calendar.yaml and claims.yaml beside it;
    each of these may also be named alone. Each problem is one line: file, line, column, where in the file, what is
    wrong and what would be right. Exit code 2 where there is one. What only a map shows (terrain that does not cover
    the area, a radar below ground, a target out of range, a broken recording) takes some seconds more: --geography.

    --dry-run lists the uncertain factors of a study with their ranges and sources, and estimates the runs, time and
    disk of its campaign; where this machine has not run the scenario before, a few runs are timed first.

    Example: egide check scenario.yaml
    """
    from egide import scenario

    if schema:
        common.print_json(scenario.schema(scenario.kind_of(file) if file is not None else "scenario"))
        return 0
    if file is None:
        raise scenario_error("egide check", mark("FILE is missing"), mark("name a scenario or a study"))
    language = i18n.choose(lang)
    if dry_run:
        return dry.show(file, json, language)
    problems, loaded = _read(file, alternative)
    from egide.scenario import Scenario, Study

    if geography and isinstance(loaded, Scenario | Study):
        problems = _laid_out(file, loaded)
    if json:
        common.print_json(_document(file, problems, loaded, language))
        return 2 if problems else 0
    if problems:
        raise ScenarioError(problems)
    for line in _summary(file, loaded, language):
        print(line)
    return 0


def _read(file: Path, alternative: str | None) -> tuple[list[Problem], Scenario | Study | Beside | None]:
    """Every problem, and what was read where there is none."""
    from egide import scenario

    try:
        if (kind := scenario.kind_of(file)) in _COUNTS:
            from egide.campaign import beside

            return [], beside.read(kind, file)
        if kind == "study":
            problems = _of_study(file)
            if alternative is not None:
                problems.append(
                    Problem(
                        "--alternative", 0, 0, "", mark("a study names its alternatives itself"), mark("leave it out")
                    )
                )
            return problems, None if problems else scenario.load_study(file)
        problems = scenario.check(file)
        return problems, None if problems else scenario.load(file, alternative=alternative)
    except ScenarioError as error:
        return list(error.problems), None


def _of_study(file: Path) -> list[Problem]:
    """Every problem of a study and of what stands beside it; its campaign where it says anything of one."""
    from egide import scenario

    problems = scenario.check_study(file)
    if problems:
        return problems
    from egide.campaign import beside, plan

    if scenario.load_study(file).has_campaign:
        problems = plan.check(file)
    return problems + beside.check(file)


def _laid_out(file: Path, loaded: Scenario | Study) -> list[Problem]:
    """What the compiler finds in the base and every alternative, once each, at its place in the file."""
    from egide import scenario
    from egide.compiler import compile_scenario

    base = file if isinstance(loaded, scenario.Scenario) else loaded.base_path
    wanted: tuple[str | None, ...] = ()
    if not isinstance(loaded, scenario.Scenario):
        wanted = tuple(loaded.alternatives or ())
    found: dict[str, Problem] = {}
    for name in wanted or (None, *scenario.alternatives(base)):
        try:
            compile_scenario(scenario.load(base, alternative=name))
        except ScenarioError as error:
            for problem in scenario.placed(error.problems, base, name):
                found.setdefault(problem.show(), problem)
    return list(found.values())


def _document(
    file: Path, problems: list[Problem], loaded: Scenario | Study | Beside | None, lang: str
) -> dict[str, Any]:
    from egide import scenario
    from egide.campaign.beside import Beside, found

    say = i18n.translator(lang)
    document: dict[str, Any] = {
        "file": str(file),
        "fine": not problems,
        "problems": [
            {
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "path": problem.path,
                "wrong": problem.say(problem.wrong, say),
                "right": problem.say(problem.right, say),
            }
            for problem in problems
        ],
    }
    if isinstance(loaded, scenario.Scenario):
        document |= {"kind": "scenario", "name": loaded.name, "alternative": loaded.alternative}
        document |= {"counts": scenario.counts(loaded), "alternatives": list(scenario.alternatives(file))}
    elif isinstance(loaded, Beside):
        document |= {"kind": loaded.kind, "study": str(loaded.study), "count": loaded.count}
    elif loaded is not None:
        document |= {"beside": [each.name for each in found(file)]}
        document |= {"kind": "study", "name": loaded.name, "base": loaded.base}
        document |= {"alternatives": list(loaded.alternatives), "replications": loaded.replications}
    return document


def _summary(file: Path, loaded: Scenario | Study | Beside | None, lang: str) -> list[str]:
    from egide import scenario
    from egide.campaign.beside import Beside, found

    say = i18n.translator(lang)
    if loaded is None:
        return []
    if isinstance(loaded, Beside):
        return _of_beside(loaded, lang)
    title = loaded.title.pick(lang)
    lines = [say(mark("{file}: fine – {title}")).format(file=file, title=title)]
    if isinstance(loaded, scenario.Scenario):
        lines += _contents(loaded, lang)
        names = list(scenario.alternatives(file))
        follow = f"egide run {file} -o out"
    else:
        text = say(mark("{count} replications of each alternative of {base}"))
        lines.append("  " + text.format(count=i18n.count(loaded.replications, lang), base=loaded.base))
        if loaded.has_campaign:
            lines.append("  " + say(mark("a campaign over what is not known: {command}")).format(
                command=f"egide check {file} --dry-run"))  # fmt: skip
        if files := [each.name for each in found(file)]:
            lines.append("  " + say(mark("beside it, fine too: {files}")).format(files=", ".join(files)))
        names = list(loaded.alternatives or scenario.alternatives(loaded.base_path))
        follow = f"egide compare {file} -o out"
    if names:
        lines.append("  " + say(mark("alternatives: {names}")).format(names=", ".join(names)))
    lines.append(say(mark("next: {command}")).format(command=follow))
    return lines


def _of_beside(loaded: Beside, lang: str) -> list[str]:
    """What a file beside a study holds, and what reads it."""
    say = i18n.translator(lang)
    next_one = {
        "money": "egide money {study}",
        "calendar": "egide timeline {study} -o out/timeline",
        "claims": "egide claims {study}",
        "dossier": "egide report {study} --dossier --make -o dossier.html",
    }
    follow = next_one[loaded.kind].format(study=loaded.study)
    title = say(_COUNTS[loaded.kind]).format(n=i18n.count(loaded.count, lang))
    return [
        say(mark("{file}: fine – {title}")).format(file=loaded.file, title=title),
        say(mark("next: {command}")).format(command=follow),
    ]


def _contents(loaded: Scenario, lang: str) -> list[str]:
    """What is in it, one kind of thing a line; what there is none of is left out."""
    from egide import scenario

    say = i18n.translator(lang)
    when = say(mark("{date}, for {duration}"))
    lines = [
        "  "
        + when.format(date=i18n.date(loaded.start, lang, time=True), duration=i18n.duration(loaded.duration_s, lang))
    ]
    if loaded.alternative is not None:
        lines.append("  " + say(mark("counts of the alternative {name}:")).format(name=loaded.alternative))
    found = scenario.counts(loaded)
    more = {
        "batteries": (mark("{count} missiles"), found["missiles"]),
        "raids": (mark("{count} attackers"), found["raid_objects"]),
        "flights": (mark("{count} aircraft"), found["flight_objects"]),
    }
    for key, word in _LINES.items():
        if not found[key]:
            continue
        line = f"  {say(word)}: {i18n.count(found[key], lang)}"
        if key in more:
            template, number = more[key]
            line += f" ({say(template).format(count=i18n.count(number, lang))})"
        lines.append(line)
    return lines
