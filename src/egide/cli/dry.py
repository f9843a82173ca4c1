"""`egide check STUDY --dry-run`: what a campaign would run, for how long, and what it takes for unknown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from egide import i18n
from egide.cli import common
from egide.errors import scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.campaign.estimate import Estimate
    from egide.campaign.parameters import Factor, Parameter
    from egide.campaign.plan import Plan

_ROLES: Final = {
    "nominal": mark("as written"), "sample": mark("drawn"), "listed": mark("listed"), "low": mark("one at a time, low"),
    "high": mark("one at a time, high"), "a": mark("Saltelli a"), "b": mark("Saltelli b"), "ab": mark("Saltelli ab"),
    "morris": mark("Morris"),
}  # fmt: skip
_REASONS: Final = {
    "own": "", "signature": mark("one target's cross section"), "kill": mark("one missile's kill probability"),
    "optimism": mark("claims of one maker"), "assumption": mark("one assumption, several entries"),
    "group": mark("group of the study"),
}  # fmt: skip


def show(file: Path, json: bool, lang: str) -> int:
    """Print the plan and its estimate."""
    from egide import scenario
    from egide.campaign.estimate import estimate, pilot, recall, remember
    from egide.campaign.plan import plan

    if not scenario.is_study(file):
        raise scenario_error(str(file), mark("only a study has a campaign"), mark("leave --dry-run out"))
    made = plan(file)
    speeds, timed = recall(made), False
    if set(speeds) != set(made.modes):
        speeds, timed = pilot(made), True
        remember(made, speeds)
    found = estimate(made, speeds)
    about = {mode: {"compile_s": speed.compile_s, "run_s": speed.run_s} for mode, speed in speeds.items()}
    if json:
        common.print_json(_document(file, made, found, about, timed))
        return 0
    for line in (*_summary(file, made, found, about, timed, lang), *_table(made, lang)):
        print(line)
    return 0


def _document(file: Path, made: Plan, found: Estimate, speeds: dict[str, Any], timed: bool) -> dict[str, Any]:
    return {
        "file": str(file), "name": made.study.name, "fine": True, "alternatives": list(made.alternatives),
        "replications": list(made.replications), "seed": made.seed, "mode": made.mode, "full_share": made.full_share,
        "measures": list(made.measures), "points": found.points, "roles": dict(Counter(made.points.role)),
        "runs": found.runs, "fast_runs": found.fast_runs, "full_runs": found.full_runs, "workers": found.workers,
        "time_s": found.time_s, "disk_bytes": found.disk_bytes, "speeds": speeds, "timed_now": timed,
        "factors": [_factor(factor) for factor in made.factors],
    }  # fmt: skip


def _factor(factor: Factor) -> dict[str, Any]:
    rows = zip(factor.parameters, factor.signs, strict=True)
    return {
        "name": factor.name,
        "reason": factor.reason,
        "parameters": [
            {
                "path": parameter.path, "sign": sign, "distribution": parameter.belief.kind,
                "low": parameter.texts[0], "nominal": parameter.texts[1], "high": parameter.texts[2],
                "low_si": parameter.belief.low, "nominal_si": parameter.nominal, "high_si": parameter.belief.high,
                "unit": parameter.unit, "whole": parameter.belief.whole, "basis": parameter.basis,
                "grade": parameter.grade, "source": parameter.source, "why": parameter.why,
            }
            for parameter, sign in rows
        ],
    }  # fmt: skip


def _times(made: Plan, lang: str) -> str:
    """How often each alternative is run at each point: a number, or the least and the greatest."""
    least, most = (i18n.count(n, lang) for n in (min(made.replications), max(made.replications)))
    span = i18n.translator(lang)(mark("{least} to {most}"))
    return least if least == most else span.format(least=least, most=most)


def _summary(file: Path, made: Plan, found: Estimate, speeds: dict[str, Any], timed: bool, lang: str) -> list[str]:
    say = i18n.translator(lang)
    beside = found.full_runs if found.fast_runs else 0
    parameters = sum(len(factor.parameters) for factor in made.factors)
    roles = ", ".join(f"{i18n.count(n, lang)} {say(_ROLES[role])}" for role, n in Counter(made.points.role).items())
    lines = [
        say(mark("{file}: fine – {title}")).format(file=file, title=made.study.title.pick(lang)),
        say(mark("not known: {factors} factors that move {parameters} parameters")).format(
            factors=i18n.count(len(made.factors), lang), parameters=i18n.count(parameters, lang)
        ),
        say(mark("points: {count} ({roles})")).format(count=i18n.count(found.points, lang), roles=roles),
        say(mark("runs: {runs} ({points} points, {alternatives} alternatives, {times} replications of each)")).format(
            runs=i18n.count(found.runs - beside, lang), points=i18n.count(found.points, lang),
            alternatives=len(made.alternatives), times=_times(made, lang),
        ),
    ]  # fmt: skip
    if found.fast_runs:
        text = say(mark("{fast} with fast tracking, {full} of them once more with full tracking"))
        lines.append("  " + text.format(fast=i18n.count(found.fast_runs, lang), full=i18n.count(found.full_runs, lang)))
    words = {"full": mark("full"), "fast": mark("fast")}
    each = "; ".join(
        say(mark("{mode}: {compile} s to compile, {run} s a run")).format(
            mode=say(words[mode]),
            compile=i18n.number(speed["compile_s"], lang, 1),
            run=i18n.number(speed["run_s"], lang, 2),
        )
        for mode, speed in speeds.items()
    )
    how = mark("timed just now") if timed else mark("as timed before on this machine")
    lines += [
        say(mark("time: about {time} on {workers} processors ({each}; {how})")).format(
            time=i18n.duration(found.time_s, lang), workers=found.workers, each=each, how=say(how)
        ),
        say(mark("disk: at most {size} MB")).format(size=i18n.number(found.disk_bytes / 1e6, lang, 1)),
    ]
    return lines


def _table(made: Plan, lang: str) -> list[str]:
    """One line a parameter; what moves together stands under its factor."""
    say = i18n.translator(lang)
    head = tuple(map(say, (mark("parameter"), mark("low"), mark("nominal"), mark("high"))))
    rows: list[tuple[str, ...]] = [(*head, say(mark("distribution")), say(mark("grade")), say(mark("source")))]
    for factor in made.factors:
        alone = factor.reason == "own"
        if not alone:
            rows.append((f"{factor.name}: {say(_REASONS[factor.reason])}",))
        for parameter, sign in zip(factor.parameters, factor.signs, strict=True):
            rows.append(_row(parameter, "" if alone else "  + " if sign > 0 else "  - "))
    width = [max(len(row[i]) for row in rows if len(row) > i + 1) for i in range(6)]
    return ["", *("  ".join(f"{cell:{w}}" for cell, w in zip(row, [*width, 0], strict=False)).rstrip() for row in rows)]


def _row(parameter: Parameter, indent: str) -> tuple[str, ...]:
    low, nominal, high = parameter.texts
    kind = parameter.belief.kind
    return (indent + parameter.path, low, nominal, high, kind, parameter.grade, parameter.source or "-")
