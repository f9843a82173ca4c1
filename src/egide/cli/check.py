"""`egide check`: every problem of a scenario or study at once, or a short summary where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, dry, options
from egide.errors import Problem, ScenarioError, scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.scenario import Scenario, Study

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
    file: Annotated[Path | None, Parameter(help="A scenario or a study, YAML.")] = None,
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

    The base and every alternative are checked. Each problem is one line: file, line, column, where in the file, what is
    wrong and what would be right. Exit code 2 where there is one. What only a map shows (terrain that does not cover
    the area, a radar below ground, a target out of range, a broken recording) takes some seconds more: --geography.

    --dry-run lists the uncertain factors of a study with their ranges and sources, and estimates the runs, time and
    disk of its campaign; where this machine has not run the scenario before, two short runs are timed first.

    Example: egide check scenario.yaml
    """
    from egide import scenario

    if schema:
        study = file is not None and scenario.is_study(file)
        common.print_json(scenario.schema("study" if study else "scenario"))
        return 0
    if file is None:
        raise scenario_error("egide check", mark("FILE is missing"), mark("name a scenario or a study"))
    language = i18n.choose(lang)
    if dry_run:
        return dry.show(file, json, language)
    problems, loaded = _read(file, alternative)
    if geography and loaded is not None:
        problems = _laid_out(file, loaded)
    if json:
        common.print_json(_document(file, problems, loaded, language))
        return 2 if problems else 0
    if problems:
        raise ScenarioError(problems)
    for line in _summary(file, loaded, language):
        print(line)
    return 0


def _read(file: Path, alternative: str | None) -> tuple[list[Problem], Scenario | Study | None]:
    """Every problem, and what was read where there is none."""
    from egide import scenario

    try:
        if scenario.is_study(file):
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
    """Every problem of a study; its campaign is looked at where it says anything of one."""
    from egide import scenario

    problems = scenario.check_study(file)
    if problems or not scenario.load_study(file).has_campaign:
        return problems
    from egide.campaign import plan

    return plan.check(file)


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


def _document(file: Path, problems: list[Problem], loaded: Scenario | Study | None, lang: str) -> dict[str, Any]:
    from egide import scenario

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
    elif loaded is not None:
        document |= {"kind": "study", "name": loaded.name, "base": loaded.base}
        document |= {"alternatives": list(loaded.alternatives), "replications": loaded.replications}
    return document


def _summary(file: Path, loaded: Scenario | Study | None, lang: str) -> list[str]:
    from egide import scenario

    say = i18n.translator(lang)
    if loaded is None:
        return []
    title = loaded.title.pick(lang)
    lines = [say(mark("{file}: fine – {title}")).format(file=file, title=title)]
    if isinstance(loaded, scenario.Scenario):
        lines += _contents(loaded, lang)
        names = list(scenario.alternatives(file))
        follow = f"egide run {file} -o out"
    else:
        text = say(mark("{count} replications of each alternative of {base}"))
        lines.append("  " + text.format(count=i18n.count(loaded.replications, lang), base=loaded.base))
        names = list(loaded.alternatives or scenario.alternatives(loaded.base_path))
        follow = f"egide compare {file} -o out"
    if names:
        lines.append("  " + say(mark("alternatives: {names}")).format(names=", ".join(names)))
    lines.append(say(mark("next: {command}")).format(command=follow))
    return lines


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
