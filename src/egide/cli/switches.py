"""`egide switches`: what each switch between outside and inside a network is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.compare import Comparison


def switches(
    scenario: Annotated[Path, Parameter(help="The scenario, YAML, with a section `membership`.")],
    *,
    output: options.Output,
    network: Annotated[str | None, Parameter(help="Whose switches; needed where several have a membership.")] = None,
    at: Annotated[str, Parameter(name="--from", help="Preset to begin with.")] = "autonomous",
    to: Annotated[str, Parameter(help="Preset to end with.")] = "coordinated-engagement",
    alternative: Annotated[str | None, Parameter(help="Start from this alternative of the file.")] = None,
    sets: Annotated[
        list[str] | None, Parameter(name="--set", help="Replace a value in all of them: PATH=VALUE.", negative="")
    ] = None,
    replications: Annotated[int, Parameter(help="How many times each.")] = 20,
    seed: Annotated[int, Parameter(help="Where the luck comes from: the same in all of them.")] = 1,
    workers: options.Workers = None,
    measures: options.Measures = None,
    fast: options.Fast = False,
    force: Annotated[bool, Parameter(help="Replace a comparison that is there already.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Turn the switches between outside and inside a network one at a time.

    Each switch is turned alone (first) and left out alone (last), with the same luck everywhere: what a switch is
    worth lies between the two where switches do not hinder each other.

    Example: egide switches scenario.yaml --network battery --replications 40 -o out/switches
    """
    from egide.campaign.switches import run_switches

    language = i18n.choose(lang)
    wanted = (
        show.measures_of(measures) if measures else ("leakers", "wrongful", "shots", "completeness", "identity_right")
    )
    with show.progress_bar(language) as bar:
        differing, found = run_switches(
            scenario, network, at, to, alternative, replications, seed, output,
            workers=show.workers_of(workers, replications), sets=tuple(sets or ()), force=force,
            progress=lambda name: bar.named(name) if bar is not None else None, mode="fast" if fast else None,
        )  # fmt: skip
    if json:
        common.print_json({**found.document(), "switches": differing})
        return 0
    say = i18n.translator(language)
    head = say(mark("{name}: {n} replications of each, seed {seed}"))
    name = str(found.scenario.get("name") or "")
    print(head.format(name=name, n=i18n.count(found.replications, language), seed=found.seed))
    for measure in wanted:
        print()
        _print_measure(found, differing, measure, language)
    print()
    print(say(mark("in brackets: not distinguishable from chance")))
    print(say(mark("comparison: {place}")).format(place=show.place_of(output)))
    return 0


def _print_measure(found: Comparison, differing: Sequence[str], measure: str, lang: str) -> None:
    """One measure: where it begins, what each switch does first and last, where it ends."""
    from egide.analysis.measures import BY_NAME
    from egide.campaign.switches import INSIDE, OUTSIDE

    say = i18n.translator(lang)
    unit = show.unit_of(BY_NAME[measure].unit, lang)
    print(BY_NAME[measure].label(lang) + (f" ({unit})" if unit else ""))
    ends = [OUTSIDE, INSIDE] if INSIDE in found.alternatives else [OUTSIDE, f"only-{differing[0]}"]
    rows = []
    for switch in differing:
        first = found.difference(f"only-{switch}", measure, OUTSIDE)
        row = [switch, *_cells(first, lang)]
        row += _cells(found.difference(INSIDE, measure, f"without-{switch}"), lang) if INSIDE in ends else ["–", "–"]
        rows.append(row)
    rows.append([say(mark("all of them")), *_cells(found.difference(ends[1], measure, OUTSIDE), lang), "", ""])
    headers = (mark("switch"), mark("turned first"), mark("95 % interval"), mark("turned last"), mark("95 % interval"))
    show.table([say(header) for header in headers], rows)
    for name, text in (
        (ends[0], mark("with none turned: {mean}, {between}")),
        (ends[1], mark("with all turned: {mean}, {between}")),
    ):
        mean = found.mean(name, measure)
        shown, between = show.value(mean.mean, mean.low, mean.high, mean.unit, lang)
        print(say(text).format(mean=shown, between=between))


def _cells(found: Any, lang: str) -> list[str]:
    """A difference and its interval; in brackets where it cannot be told from chance."""
    from egide.analysis.compare import SAME

    shown, between = show.value(found.difference, found.low, found.high, found.unit, lang)
    return [f"({shown})" if found.verdict == SAME else shown, between]
