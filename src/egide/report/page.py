"""The page: every section's words and figures put together from one comparison, and laid out by the template.

answer    the sentences of page one, made only from means and intervals; nothing is called different whose interval
          includes zero
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from markupsafe import Markup

from egide import events
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME, Measure
from egide.errors import store_error
from egide.i18n import Translator, count, date, duration, interval, mark, number, pick, translator
from egide.report import chain, charts, leaks, maps, mistakes, prose, relief, values
from egide.report.figures import Picture
from egide.report.filled import fill
from egide.report.labels import BASIS_LABELS, told
from egide.report.outlines import Outlines
from egide.report.reading import Columns, Comparison, Pair, Run

MOST_ANSWERED: Final = 4  # pairs told on page one


@final
@dataclass(frozen=True)
class Words:
    """The language of one page."""

    lang: str
    say: Translator


def render(comparison: Comparison, lang: str, lines: Outlines, coverage: Path | None = None) -> str:
    """The whole page as text; `coverage`: a folder of `egide coverage` to be shown in it."""
    page = content(comparison, Words(lang, translator(lang)), lines)
    return fill("report", lang, page | {"coverage": coverage_section(comparison, coverage, lang)})


def content(comparison: Comparison, words: Words, lines: Outlines) -> dict[str, Any]:
    """What the template shows, section by section."""
    lang, say = words.lang, words.say
    first = comparison.runs[0]
    return {
        "version": first.manifest.get("egide", ""),
        "title": pick(comparison.title, lang) or first.title(lang),
        "question": pick(comparison.question, lang),
        "facts": facts(comparison, words),
        "partial": partial(comparison, words),
        "limits": prose.limits(first, say, lang),
        "reading": say(
            "Blue lines: differences whose 95 % interval excludes zero. Grey lines: no difference can be claimed."
        ),
        "answer": answer(comparison, words),
        **map_section(comparison, words, lines),
        **result_section(comparison, words),
        **difference_section(comparison, words),
        **leaks.content(comparison.runs, lang, say),
        **wrongful_section(comparison, words),
        **mistakes.content(comparison, words),
        **timeline_section(comparison, words),
        **assumption_section(first, words),
        "glossary": glossary(words),
        **reproduction(comparison, words),
    }


# --- page one --------------------------------------------------------------------------


def facts(comparison: Comparison, words: Words) -> str:
    """One line under the question: how many, how long, which seed."""
    first = comparison.runs[0]
    scenario = first.manifest.get("scenario", {})
    said = [
        words.say("{n} replications of each alternative").format(n=count(first.replications, words.lang))
        if len(comparison.runs) > 1
        else words.say("{n} replications").format(n=count(first.replications, words.lang)),
        words.say("{duration} of scenario").format(duration=duration(scenario.get("duration_s", 0.0), words.lang)),
        words.say("seed {seed}").format(seed=first.manifest["seed"]),
    ]
    start = moment(scenario.get("start"))
    if start is not None:
        said.append(words.say("set on {date}").format(date=date(start, words.lang, time=True)))
    return " · ".join(said)


def moment(text: Any) -> Any:
    """A datetime from ISO text; None where there is none."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def partial(comparison: Comparison, words: Words) -> str:
    """A warning where a run was interrupted, or where there are too few replications to say much."""
    short = [run.title(words.lang) for run in comparison.runs if not run.manifest.get("complete", True)]
    if short:
        return words.say("Interrupted: {names} have fewer replications than were asked for.").format(
            names=", ".join(short)
        )
    if min(run.replications for run in comparison.runs) < 10:
        return words.say("Fewer than ten replications: the intervals are wide and rough. Take this as a trial.")
    return ""


def answer(comparison: Comparison, words: Words) -> list[dict[str, Any]]:
    """Sentences of page one: paired differences where there are pairs, else the means of the one run."""
    if not comparison.pairs:
        run = comparison.runs[0]
        lines = [mean_line(m, comparison.estimates[run.name].get(m.name), words) for m in values.leading()]
        return [{"heading": "", "lines": [line for line in lines if line]}]
    groups = []
    for pair in comparison.pairs[:MOST_ANSWERED]:
        one, other = comparison.run(pair.one).title(words.lang), comparison.run(pair.other).title(words.lang)
        lines = [difference_line(comparison, pair, measure, words) for measure in values.leading()]
        heading = words.say("{one}, against {other}").format(one=one, other=other)
        groups.append({"heading": heading, "lines": [line for line in lines if line]})
    return groups


def plain_answer(comparison: Comparison, lang: str) -> list[str]:
    """Page one without the page."""
    words = Words(lang, translator(lang))
    lines = [facts(comparison, words)]
    for group in answer(comparison, words):
        lines += ["", group["heading"]] if group["heading"] else [""]
        lines += [f"  {line['measure']}{words.say(': ')}{line['text']}" for line in group["lines"]]
    return [*lines, *(["", partial_] if (partial_ := partial(comparison, words)) else [])]


def mean_line(measure: Measure, estimate: Estimate | None, words: Words) -> dict[str, Any] | None:
    """'12.3 a replication (95 % interval 11.2 to 13.4)'."""
    if estimate is None or not values.known(estimate):
        return None
    shown_ = values.scaled(measure, estimate)
    cell = values.cell(shown_, words.lang)
    template = words.say("{mean} (95 % interval {interval}).") if cell["interval"] else "{mean}."
    text = template.format(mean=with_unit(cell["mean"], measure, words), interval=cell["interval"])
    return {"measure": values.label(measure, words.lang), "text": text, "apart": False}


def difference_line(comparison: Comparison, pair: Pair, measure: Measure, words: Words) -> dict[str, Any] | None:
    """'12.3 against 15.1, that is 2.8 less (95 % interval 1.9 to 3.7)', or that no difference can be claimed."""
    found = pair.differences.get(measure.name)
    one = comparison.estimates[pair.one].get(measure.name)
    other = comparison.estimates[pair.other].get(measure.name)
    if found is None or one is None or other is None or not values.known(found):
        return None
    difference = values.scaled(measure, found)
    places, by, lang = values.digits(difference), values.factor(measure), words.lang
    means = {
        "one": number(by * one.value, lang, places),
        "other": with_unit(number(by * other.value, lang, places), measure, words),
    }
    if values.apart(difference):
        low, high = sorted((abs(difference.low), abs(difference.high)))
        template = (
            words.say("{one} against {other}, that is {size} less (95 % interval {interval}).")
            if difference.value < 0
            else words.say("{one} against {other}, that is {size} more (95 % interval {interval}).")
        )
        text = template.format(
            **means, size=number(abs(difference.value), lang, places), interval=interval(low, high, lang, places)
        )
    elif not values.has_interval(difference):
        text = words.say("{one} against {other}; one replication gives no interval.").format(**means)
    elif values.equal(difference):
        text = words.say("{other} with both, in every replication.").format(**means)
    else:
        text = words.say(
            "{one} against {other}; no difference can be claimed, the 95 % interval {interval} includes zero."
        ).format(**means, interval=interval(difference.low, difference.high, lang, places))
    return {"measure": values.label(measure, lang), "text": text, "apart": values.apart(difference)}


def with_unit(shown: str, measure: Measure, words: Words) -> str:
    """A number with its unit on the same line."""
    unit = values.unit(measure, words.say)
    return f"{shown}\u202f{unit}" if unit else shown


# --- maps ------------------------------------------------------------------------------


def shown(picture: Picture) -> dict[str, Any]:
    """A figure for the template; its SVG is ours and needs no escaping."""
    return {**vars(picture), "svg": Markup(picture.svg)}  # noqa: S704 - made by matplotlib, text escaped there


def map_section(comparison: Comparison, words: Words, lines: Outlines) -> dict[str, Any]:
    """The relief once, the large map, and one map an alternative."""
    lang, say = words.lang, words.say
    first = comparison.runs[0]
    widest = max(comparison.runs, key=lambda run: run.rows("objects"))
    height = round(maps.BACKDROP * maps.frame_of(first).ratio)
    uri = relief.picture_uri(first.table("terrain"), first.terrain) if first.terrain else ""
    stated = maps.stated(first, lang, say)
    notes = []
    for run in comparison.runs:
        kinds = run.objects["kind"]
        flying = np.isin(run.objects["name"].astype(str), list(run.moving()))
        idle = np.array([run.is_idle(str(name)) for name in run.objects["name"]])
        stored = int(np.sum((kinds == "battery") & idle))
        notes.append(
            say("batteries: {batteries} · fighter patrols: {patrols} · radars: {radars}").format(
                batteries=count(int(np.sum((kinds == "battery") & ~flying & ~idle)), lang),
                patrols=count(int(np.sum((kinds == "battery") & flying)), lang),
                radars=count(int(np.sum((kinds == "radar") & ~idle)), lang),
            )
            + (say(" · out of service: {n}").format(n=count(stored, lang)) if stored else "")
        )
    return {
        "backdrop": Markup(maps.backdrop(first, lines, uri)),  # noqa: S704 - numbers and a data: address
        "backdrop_height": height,
        "situation": shown(maps.situation(widest, lang, say)),
        "maps": [shown(maps.alternative(run, i, lang, say)) for i, run in enumerate(comparison.runs)],
        "map_notes": notes,
        "stated": say("Reach is drawn {stated}.").format(stated=stated) if stated else "",
        "situation_note": say("Units and radar reach are those of {alternative}.").format(
            alternative=widest.title(lang)
        ),
        "map_credit": say("Boundaries and coasts: Natural Earth, public domain."),
    }


# --- results ---------------------------------------------------------------------------


def scaled(comparison: Comparison, run: Run, measure: Measure) -> Estimate | None:
    found = comparison.estimates[run.name].get(measure.name)
    return None if found is None else values.scaled(measure, found)


def result_section(comparison: Comparison, words: Words) -> dict[str, Any]:
    """The large table and the spread of a few measures."""
    rows: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    main = values.main_measures()
    for measure in values.all_measures():
        estimates = [scaled(comparison, run, measure) for run in comparison.runs]
        if any(values.known(estimate) for estimate in estimates):
            (rows if measure in main else others).append(
                {
                    "label": values.label(measure, words.lang), "unit": values.unit(measure, words.say),
                    "key": measure.name in values.LEADING,
                    "cells": [values.cell(each, words.lang, values.row_digits(estimates)) for each in estimates],
                }
            )  # fmt: skip
    strips = []
    for index, measure in enumerate(BY_NAME[name] for name in values.SPREAD):
        lines = [
            (run.title(words.lang), values.factor(measure) * run.table("measures")[measure.name], estimate)
            for run in comparison.runs
            if measure.name in run.table("measures") and (estimate := scaled(comparison, run, measure)) is not None
        ]
        if any(np.isfinite(dots).any() for _, dots, _ in lines):
            label, unit = values.label(measure, words.lang), values.unit(measure, words.say)
            strips.append(shown(charts.strips(f"spread{index}", label, unit, lines, words.lang, words.say)))
    return {
        "titles": [run.title(words.lang) for run in comparison.runs],
        "results": rows,
        "other_results": others,
        "strips": strips,
        "results_intro": words.say(
            "Means over {n} replications, each with its 95 % interval below it. In bold: the measures of page one."
        ).format(n=count(comparison.common, words.lang)),
    }


def difference_section(comparison: Comparison, words: Words) -> dict[str, Any]:
    """Tables of paired differences, a block a pair, and a figure for each leading measure."""
    groups: list[dict[str, Any]] = []
    for pair in comparison.pairs:
        one, other = comparison.run(pair.one).title(words.lang), comparison.run(pair.other).title(words.lang)
        heading = words.say("{one} minus {other}").format(one=one, other=other)
        groups.append({"heading": heading, "rows": difference_rows(pair, words)})
    forests = []
    for index, measure in enumerate(values.leading()):
        lines = [
            (group["heading"], values.scaled(measure, pair.differences[measure.name]))
            for group, pair in zip(groups, comparison.pairs, strict=True)
            if measure.name in pair.differences
        ]
        if any(values.known(difference) for _, difference in lines):
            label, unit = values.label(measure, words.lang), values.unit(measure, words.say)
            axis = words.say("difference") + (f", {unit}" if unit else "")
            forests.append(shown(charts.forest(f"forest{index}", label, lines, words.lang, words.say, axis)))
    return {"differences": groups, "forests": forests}


def difference_rows(pair: Pair, words: Words) -> list[dict[str, Any]]:
    """One row a measure of one pair."""
    rows = []
    for measure in values.all_measures():
        found = pair.differences.get(measure.name)
        if found is None or not values.known(found):
            continue
        difference = values.scaled(measure, found)
        both = values.cell(difference, words.lang)
        rows.append(
            {
                "label": values.label(measure, words.lang), "unit": values.unit(measure, words.say),
                "apart": values.apart(difference), "mean": values.signed(both["mean"], difference.value),
                "interval": both["interval"], "verdict": values.verdict(difference, words.say),
            }
        )  # fmt: skip
    return rows


# --- wrongful engagements ----------------------------------------------------------------


def wrongful_section(comparison: Comparison, words: Words) -> dict[str, Any]:
    """Rates per 10 000 passes, and one case followed through the tables."""
    say = words.say
    first = next(iter(comparison.rates), "")
    section: dict[str, Any] = {
        "rates": None, "rate_rows": [], "rate_titles": [say(name) for name in comparison.rates],
        "chain": story(comparison, words),
        "wrongful_intro": say(
            "A pass is one friendly or civil aircraft that is tracked, or shot at, in one replication. Rates are "
            "per 10 000 "
            "passes, with exact limits that take the passes of one replication together; where none was seen the "
            "interval "
            "still has an upper end."
        ),
    }  # fmt: skip
    if first:
        rows = [(run.title(words.lang), comparison.rates[first][run.name]) for run in comparison.runs]
        section["rates"] = shown(charts.rates(rows, words.lang, say))
        section["rate_rows"] = [
            {
                "label": run.title(words.lang),
                "cells": [
                    values.cell(each.get(run.name), words.lang, values.row_digits(list(each.values())))
                    for each in comparison.rates.values()
                ],
            }
            for run in comparison.runs
        ]
    return section


def story(comparison: Comparison, words: Words) -> chain.Chain | None:
    """A case of the alternative that page one begins with, else of the one with the highest rate that has a case."""
    rates = next(iter(comparison.rates.values()), {})
    order = sorted(comparison.runs, key=lambda run: -rates[run.name].value if run.name in rates else 0.0)
    if comparison.pairs:
        order.sort(key=lambda run: run.name != comparison.pairs[0].one)
    return next((told for run in order if (told := chain.tell(run, words.lang, words.say))), None)


# --- timeline ------------------------------------------------------------------------------


def lanes(run: Run) -> dict[str, dict[int, np.ndarray]]:
    """Times of each happening by class, attackers only, in the replication shown."""
    outcomes, shots = run.table("outcomes"), run.table("shots")
    classes, relation = run.target_class(), run.relation()

    def by_class(table: Columns, time: str, chosen: np.ndarray | None = None) -> dict[int, np.ndarray]:
        if not table:
            return {}
        hostile = np.array([relation.get(int(mover)) == "hostile" for mover in table["mover"]], dtype=bool)
        rows = hostile & np.isfinite(table[time]) & (True if chosen is None else chosen)
        of = np.array([classes.get(int(mover), 0) for mover in table["mover"]], dtype=int)
        return {number: table[time][rows & (of == number)] for number in np.unique(of[rows])}

    fate = outcomes.get("fate", np.array([], dtype=int))
    found = (
        by_class(outcomes, "first_detected_s"),
        by_class(outcomes, "first_tracked_s"),
        by_class(shots, "launch_s"),
        by_class(outcomes, "end_s", fate == events.F_KILLED),
        by_class(outcomes, "end_s", fate == events.F_LEAKED),
    )
    return dict(zip(charts.LANES, found, strict=True))


def timeline_section(comparison: Comparison, words: Words) -> dict[str, Any]:
    """Replication 0 of the alternative that page one begins with, else of the last."""
    chosen = comparison.run(comparison.pairs[0].one) if comparison.pairs else comparison.runs[0]
    duration_s = float(chosen.manifest.get("scenario", {}).get("duration_s", 3600.0))
    intro = words.say(
        "{alternative}, replication {replication}: attackers only, one marker an object or a launch. One "
        "replication among "
        "{n}, neither the best nor the worst."
    ).format(
        alternative=chosen.title(words.lang), replication=count(comparison.detail, words.lang),
        n=count(chosen.replications, words.lang),
    )  # fmt: skip
    figure = charts.timeline(lanes(chosen), duration_s, words.lang, words.say)
    return {"timeline": shown(figure), "timeline_intro": intro}


# --- assumptions, glossary, reproduction ---------------------------------------------------------------


def assumption_section(run: Run, words: Words) -> dict[str, Any]:
    """Counts by basis and the whole list, assumed and disputed first."""
    table, say, lang = run.table("assumptions"), words.say, words.lang
    size = run.rows("assumptions")
    basis = table["basis"] if size else np.array([], dtype=object)
    disputed = table["disputed"].astype(bool) if size else np.array([], dtype=bool)
    counts = {name: int(np.sum(basis == name)) for name in BASIS_LABELS}
    order = sorted(range(size), key=lambda i: (str(table["entry"][i]), str(table["parameter"][i])))
    rows = [
        {
            "entry": str(table["entry"][i]), "parameter": str(table["parameter"][i]).replace("_", " "),
            "low": str(table["low"][i]), "nominal": str(table["nominal"][i]), "high": str(table["high"][i]),
            "basis": told(BASIS_LABELS, str(basis[i]), say), "disputed": bool(disputed[i]),
            "source": " · ".join(filter(None, [str(table["source"][i]), str(table["why"][i])])),
        }
        for i in order
    ]  # fmt: skip
    return {
        "assumed": rows,
        "assumed_intro": say(
            "{all} equipment figures were used: {stated} stated by a public source, {derived} derived from such "
            "figures, "
            "{assumed} assumed; {disputed} are disputed between sources. Each has a range; the value used is the "
            "nominal one "
            "unless the scenario says otherwise."
        ).format(
            all=count(size, lang), disputed=count(int(disputed.sum()), lang),
            **{name: count(value, lang) for name, value in counts.items()},
        ),
        "assumed_summary": say("All {n} figures with range, basis and source").format(n=count(size, lang)),
    }  # fmt: skip


def coverage_section(comparison: Comparison, folder: Path | None, lang: str) -> dict[str, Any] | None:
    """Shares and maps of a coverage of the same scenario file."""
    if folder is None:
        return None
    from egide.report import coverage, coverage_page

    document = coverage.read(folder)
    if document["scenario"]["sha256"] != comparison.runs[0].manifest["scenario"]["sha256"]:
        wrong = mark("this coverage is of another scenario file, or of an older version of it")
        raise store_error(str(folder), wrong, mark("run egide coverage on the scenario of this report"))
    return coverage_page.content(folder, lang)


def glossary(words: Words) -> list[tuple[str, str, str]]:
    """(term, the same in the other language, meaning), in alphabetical order of the page's language."""
    french = translator("fr")
    rows = [
        (words.say(term), term if words.lang == "fr" else french(term), words.say(meaning))
        for term, meaning in prose.GLOSSARY
    ]
    return sorted(rows, key=lambda row: row[0].casefold().replace("é", "e"))


def reproduction(comparison: Comparison, words: Words) -> dict[str, Any]:
    """The command, the versions and the digests."""
    say, first = words.say, comparison.runs[0]
    manifest: Mapping[str, Any] = first.manifest
    scenario = manifest.get("scenario", {})
    replications = ["--replications", str(comparison.common), "--seed", str(manifest["seed"]), "-o", "out"]
    replications += [word for text in manifest.get("sets", ()) for word in ("--set", str(text))]
    file = "scenario.yaml"
    if comparison.pairs:
        names = ["--alternatives", ",".join(run.name for run in comparison.runs)]
        command = shlex.join(["egide", "compare", file, *names, *replications])
    else:
        chosen = ["--alternative", str(scenario["alternative"])] if scenario.get("alternative") else []
        command = shlex.join(["egide", "run", file, *chosen, *replications])
    versions = [
        (say("Scenario, SHA-256"), str(scenario.get("sha256", "–"))),
        (say("Seed"), str(manifest["seed"])),
        (say("Égide"), str(manifest.get("egide", "–"))),
        *((name, str(value)) for name, value in manifest.get("versions", {}).items() if name != "egide"),
        (say("Machine"), ", ".join(str(value) for value in manifest.get("machine", {}).values())),
        (say("Tracking"), str(manifest.get("tracking", "–"))),
    ]
    versions += [(say("Note"), say(note)) for note in dict.fromkeys(comparison.notes)]
    digests = [
        (f"{run.name} · {table}", str(about.get("digest", "–")))
        for run in comparison.runs
        for table, about in run.manifest.get("tables", {}).items()
    ]
    return {"command": command, "versions": versions, "digests": digests}
