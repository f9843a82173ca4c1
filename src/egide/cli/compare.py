"""`egide compare`: alternatives on common random numbers, and the differences that can be told from chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.errors import scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.compare import Comparison


def compare(
    file: Annotated[Path | None, Parameter(help="A study, or a scenario with alternatives.")] = None,
    *,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder to write; must not exist yet.")
    ] = None,
    alternatives: Annotated[str | None, Parameter(help="Names, as in a,b; all where nothing is said.")] = None,
    reference: Annotated[str | None, Parameter(help="What the others are set against.")] = None,
    bundles: Annotated[
        list[Path] | None, Parameter(help="Compare finished runs and run nothing.", consume_multiple=True, negative="")
    ] = None,
    sets: Annotated[
        list[str] | None, Parameter(name="--set", help="Replace a value in all of them: PATH=VALUE.", negative="")
    ] = None,
    replications: Annotated[int | None, Parameter(help="How many times each; the study's own, or 20.")] = None,
    seed: Annotated[int | None, Parameter(help="Where the luck comes from; the study's own, or 1.")] = None,
    workers: options.Workers = None,
    detail: options.Detail = "0",
    measures: options.Measures = None,
    fast: options.Fast = False,
    force: Annotated[bool, Parameter(help="Replace a comparison that is there already.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Run alternatives on common random numbers and print the differences.

    Every alternative meets the same luck. Nothing whose 95 % interval includes zero is called different.

    Example: egide compare study.yaml --replications 40 -o out/study
    """
    import egide.campaign as campaign

    language = i18n.choose(lang)
    wanted = show.measures_of(measures)
    if bundles:
        if file is not None:
            raise scenario_error(str(file), mark("--bundles runs nothing"), mark("leave the file out, or --bundles"))
        found = campaign.compare_bundles(bundles, reference, output, force)
    elif file is None:
        raise scenario_error(
            "egide compare", mark("there is nothing to compare"), mark("give a study, a scenario, or --bundles A B")
        )
    elif output is None:
        raise scenario_error("egide compare", mark("there is no place to write"), mark("add -o and a new folder"))
    else:
        asked = _asked(file, alternatives, reference, replications, seed)
        with show.progress_bar(language) as bar:
            found = campaign.run_alternatives(
                out=output,
                workers=show.workers_of(workers, asked["replications"]),
                detail=show.detail_of(detail),
                sets=tuple(sets or ()),
                force=force,
                progress=lambda name: bar.named(name) if bar is not None else None,
                mode="fast" if fast else None,
                **asked,
            )
    if json:
        common.print_json(found.document())
    else:
        print_comparison(found, language, wanted)
        if output is not None:
            print(i18n.translator(language)(mark("comparison: {place}")).format(place=show.place_of(output)))
    return 0


def _asked(
    file: Path, alternatives: str | None, reference: str | None, replications: int | None, seed: int | None
) -> dict[str, Any]:
    """What to run: from the command line, else from the study, else from the defaults."""
    from egide import scenario

    names = [name.strip() for name in (alternatives or "").split(",") if name.strip()]
    if not scenario.is_study(file):
        return {
            "scenario_path": file,
            "alternatives": names,
            "reference": reference,
            "replications": 20 if replications is None else replications,
            "seed": 1 if seed is None else seed,
        }
    study = scenario.load_study(file)
    chosen = names or list(study.alternatives)
    wanted = reference or study.reference
    pairs = [pair for pair in study.compare if not names or set(pair) <= set(names)]
    if not reference and names and wanted not in names:  # the study's own is left out: a pair says what is against what
        wanted = pairs[0][1] if pairs else None
    return {
        "scenario_path": study.base_path,
        "alternatives": chosen,
        "reference": wanted,
        "pairs": pairs,
        "replications": study.replications if replications is None else replications,
        "seed": study.seed if seed is None else seed,
    }


def print_comparison(found: Comparison, lang: str, wanted: Sequence[str]) -> None:
    """Means of the wanted measures side by side, then the differences of each pair."""
    say = i18n.translator(lang)
    head = say(mark("{name}: {n} replications of each, seed {seed}"))
    name = str(found.scenario.get("name") or "")
    print(head.format(name=name, n=i18n.count(found.replications, lang), seed=found.seed))
    for alternative in found.alternatives:
        print()
        print(f"{alternative}{' (' + say(mark('reference')) + ')' if alternative == found.reference else ''}")
        show.estimates([found.mean(alternative, measure) for measure in wanted], lang)
    pairs = dict.fromkeys((each.alternative, each.against) for each in found.differences)
    for alternative, against in pairs:
        print()
        print(say(mark("{a} less {b}")).format(a=alternative, b=against))
        _print_differences(found, alternative, against, lang, wanted)
    print()
    for note in found.notes:
        print(say(note))


def _print_differences(found: Comparison, alternative: str, against: str, lang: str, wanted: Sequence[str]) -> None:
    from egide.analysis.measures import BY_NAME

    say = i18n.translator(lang)
    rows = []
    for each in (found.difference(alternative, measure, against) for measure in wanted):
        shown, between = show.value(each.difference, each.low, each.high, each.unit, lang)
        unit = show.unit_of(each.unit, lang)
        if each.unit == "per 10 000 passes":
            unit += f" ({say(show.NOT_A_FORECAST)})"
        rows.append((BY_NAME[each.measure].label(lang), shown, between, say(each.verdict), unit))
    headers = (mark("measure"), mark("difference"), mark("95 % interval"), mark("verdict"), mark("unit"))
    show.table([say(header) for header in headers], rows, left=(0, 3, 4))
