"""`egide exposure`: what radars that others may read collected on protected aircraft, by aspect and over sorties."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.errors import ScenarioError
from egide.i18n import mark
from egide.report.exposure_study import percent, spread

if TYPE_CHECKING:
    from egide.analysis.exposure import Exposure, Row
    from egide.analysis.exposure_study import ExposureStudy


def exposure(
    bundles: Annotated[list[Path], Parameter(help="Run bundles, or the folder of a comparison.", negative="")],
    *,
    sorties_per_week: Annotated[float, Parameter(help="Sorties of each type of protected aircraft.")] = 20.0,
    months: Annotated[float, Parameter(help="Over how many months they are added up.")] = 6.0,
    floor: Annotated[
        str, Parameter(help="Calibration error that never averages out: one value, or low, nominal, high.")
    ] = "1 dB, 2 dB, 3 dB",
    known: Annotated[
        str, Parameter(help="Probability that the collector knows type and attitude: one, or low, nominal, high.")
    ] = "0.25, 0.5, 1",
    samples: Annotated[int, Parameter(help="Independent samples in a bin that is called seen.")] = 10,
    baseline: Annotated[
        Path | None, Parameter(help="A run without the foreign system; the same run's other radars otherwise.")
    ] = None,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Draw the aspects, PNG, SVG or PDF.")
    ] = None,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Print what was collected on protected aircraft by radars whose recordings others may read.

    By collector, type and band: looks a sortie, independent samples, share of the aspects seen after one sortie, a
    week and some months. Radar looks say nothing of emissions, data links, maintenance, personnel or tactics. Of a
    comparison also what each precaution spares and costs, and what a shared picture tells the system's network.

    Example: egide exposure out/run --sorties-per-week 20 --months 6 --floor "2 dB" -o out/aspects.png
    """
    from egide.api import exposure as find

    language = i18n.choose(lang)
    found = find(
        bundles, baseline=baseline, sorties_per_week=sorties_per_week, months=months, floor=floor, known=known,
        samples=samples,
    )  # fmt: skip
    if output is not None:
        from egide.report import exposure_map

        exposure_map.write(found, output, language)
    studies = _studies(bundles, found, language)
    if json:
        more = {"studies": [each.document() for each in studies]} if studies else {}
        common.print_json({**found.document(), **more})
        return 0
    print_exposure(found, language)
    for each in studies:
        print_study(each, language)
    if output is not None:
        print(i18n.translator(language)(mark("figure: {place}")).format(place=show.place_of(output)))
    return 0


def _studies(paths: list[Path], found: Exposure, lang: str) -> list[ExposureStudy]:
    """The frontier and what networks learn, of each comparison that has either."""
    from egide.analysis import exposure_study
    from egide.coverage import emission

    read = [
        exposure_study.read(path, _covered(path, lang), path, found.assumptions, emission.describe())
        for path in paths if (path / "comparison.json").is_file()
    ]  # fmt: skip
    return [each for each in read if each.mitigation is not None or each.learned is not None]


def _covered(path: Path, lang: str) -> dict[str, dict[str, tuple[float, float]]]:
    """The price of blanked sectors; none where the comparison's scenario needs files that are not there."""
    from egide.coverage import emission

    try:
        return emission.of_rules(path)
    except ScenarioError as fault:
        say = i18n.translator(lang)
        told = say(mark("the price of a blanked sector is not known: {why}"))
        print(told.format(why=fault.problems[0].show(say)), file=sys.stderr)
        return {}


def print_study(found: ExposureStudy, lang: str) -> None:
    """The tables of the study with their notes, then the findings in words."""
    from egide.report import exposure_study

    for table in exposure_study.tables(found, lang):
        print(f"\n{table['title']}")
        show.table(table["head"], table["rows"])
        if table["note"]:
            print(table["note"])
    print()
    for sentence in exposure_study.sentences(found, lang):
        print(sentence)


def print_exposure(found: Exposure, lang: str) -> None:
    """What is not covered, the assumptions, the table."""
    say = i18n.translator(lang)
    for note in found.notes:
        print(say(note))
    rules = found.assumptions
    print(say(mark(
        "Assumed: {sorties} sorties a week, {months} months; type and attitude known with probability {known}; "
        "calibration floor {floor} dB; a bin of 10 by 10 degrees is seen with {least} independent samples."
    )).format(
        sorties=i18n.number(rules.sorties_per_week, lang), months=i18n.number(rules.months, lang),
        known=between(rules.known, lang), floor=between(rules.floor_db, lang), least=rules.least,
    ))  # fmt: skip
    print()
    if not found.rows:
        print(say(mark("No radar looked at a protected aircraft.")))
        return
    show.table(*table(found, lang), left=(0, 1, 2))


def table(found: Exposure, lang: str) -> tuple[list[str], list[list[str]]]:
    """Headers and rows: one row a run, aircraft, collector and band, its baseline beside it."""
    say = i18n.translator(lang)
    span = say(mark("{months} months")).format(months=i18n.number(found.assumptions.months, lang))
    headers = [
        *(say(word) for word in (
            mark("run"), mark("collector"), mark("band"), mark("looks a sortie"), mark("below threshold"),
            mark("reflector"), mark("samples a sortie"), mark("sphere, a sortie"), mark("a week"),
        )),
        span, say(mark("region alone")) + f", {span}", say(mark("bound only")), say(mark("finest bin")),
    ]  # fmt: skip
    before = {_key(row): row for row in found.rows if row.role == "baseline"}
    return headers, [_line(row, before.get(_key(row)), lang) for row in found.rows if row.role != "baseline"]


def _key(row: Row) -> tuple[str, ...]:
    return row.alternative, row.aircraft, row.collector, row.band


def _line(row: Row, before: Row | None, lang: str) -> list[str]:
    looks = max(row.looks, 1e-12)
    finest = row.best_db["months"]
    return [
        f"{row.alternative}, {row.aircraft.rpartition('/')[2]}" if row.alternative else row.aircraft,
        row.collector or i18n.translator(lang)(mark("own side")),
        row.band,
        i18n.number(row.looks, lang, 0),
        percent(row.censored / looks, lang),
        percent(row.hidden / looks, lang),
        i18n.number(row.samples, lang, 0),
        *(spread(row.share[span], lang) for span in ("sortie", "week", "months")),
        spread(before.share["months"], lang) if before is not None else "–",
        percent(row.bound_only, lang),
        i18n.quantity(finest[1], "dB", lang, 1) if math.isfinite(finest[1]) else "–",
    ]


def between(ends: tuple[float, float, float], lang: str) -> str:
    """Nominal and range, or one number where they are the same."""
    low, nominal, high = ends
    if low == high:
        return i18n.number(nominal, lang)
    digits = 0 if all(end.is_integer() for end in ends) else 2
    return f"{i18n.number(nominal, lang, digits)} ({i18n.interval(low, high, lang, digits)})"
