"""The page of a campaign: how sure the answer is, and what would change it.

answer     sentences made only from differences with both intervals; nothing is called different that chance explains
chance     confidence interval (intervalle de confiance): the luck of the replications, at the nominal point
ignorance  range of assumptions (fourchette d'hypothèses): 95 % of the points' means, their noise taken out

The page opens offline, asks nothing of anybody and runs no script. It is made from the campaign's folder alone.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from egide.analysis import answer, runs
from egide.analysis.answer import Against, Row
from egide.analysis.measures import BY_NAME
from egide.analysis.outcomes import FULL, Outcomes
from egide.i18n import mark, pick, translator
from egide.report import campaign_figures as drawn
from egide.report import campaign_unknown, values
from egide.report.campaign_why import both, cost_section, flip_section, sensitivity_section, tree_section
from egide.report.campaign_words import STUDY, Words, study_of
from egide.report.filled import fill
from egide.report.page import shown as picture

COST: Final = "cost_interceptors_usd"
MOST_ANSWERED: Final = 4
MOST_FAILED: Final = 20

LIMITS: Final = (
    mark("It is no forecast. One written raid is played many times; another raid would give other figures."),
    mark("The range of assumptions holds the ranges that were written down, each with a source or marked as assumed. "
         "What nobody thought of is not in it."),
    mark("How factors go together is assumed too: what moves together in truth and apart here is made too narrow."),
    mark("An index or a flip says what the model does, not what equipment does."),
    mark("Attacks are written and never varied: no factor lays out an attack, and nothing here ranks one."),
    mark("Égide is neutral: sites are notional, neighbours are fictional, and boundaries imply no position."),
)  # fmt: skip
GLOSSARY: Final = (
    (mark("confidence interval"),
     mark("Where the mean at the nominal values lies in 95 of 100 such experiments: luck alone.")),
    (mark("range of assumptions"),
     mark("Where the mean lies for 95 % of what the assumptions allow, the luck of the runs taken out.")),
    (mark("design point"), mark("One set of values for everything that is not known; point 0 has them all nominal.")),
    (mark("factor"), mark("One independent source of ignorance; it may move several parameters together.")),
    (mark("alone"), mark("Share of the variance that would go if the factor became known (first-order index).")),
    (mark("with all it acts with"),
     mark("Share that would be left if everything but the factor became known (total index).")),
    (mark("control variate"),
     mark("A cheap run of the same luck beside a dear one: where it was lucky, so was the other, and that is taken "
          "out.")),
)  # fmt: skip


def render(campaign: Outcomes, lang: str) -> str:
    """The whole page as text."""
    words = Words(campaign, lang, translator(lang), study_of(campaign))
    return fill("campaign", lang, content(words))


def content(words: Words, only: Sequence[str] = ()) -> dict[str, Any]:
    """What the template shows, section by section. `only`: of the measures to report these alone."""
    campaign, say = words.campaign, words.say
    told = [name for name in answer.told(campaign) if not only or name in only] or answer.told(campaign)
    lead = told[0]
    rows = {(name, alternative): answer.row(campaign, name, alternative)
            for name in dict.fromkeys([*told, *([COST] if COST in campaign.measures else [])])
            for alternative in campaign.alternatives}  # fmt: skip
    against = answer.compared(campaign, answer.pairs(campaign, words.study), told)
    flips_ = flip_section(words, against, lead)
    return {
        "version": campaign.manifest.get("egide", ""),
        "title": pick(words.study.get("title"), words.lang) or str(words.study.get("name") or say("Campaign")),
        "question": pick(words.study.get("question"), words.lang),
        "facts": facts(words),
        "partial": partial(words),
        "answer": sentences(words, against, flips_["flips"], told),
        "limits": [say(limit) for limit in LIMITS],
        "titles": [words.title(name) for name in campaign.alternatives],
        **range_section(words, rows, told),
        **difference_section(words, against),
        **mode_section(words, rows, told),
        **flips_,
        **sensitivity_section(words, against, lead),
        **tree_section(words, against, lead),
        **cost_section(words, rows, lead, COST),
        **run_section(words, rows, told),
        "failed": failed(words),
        "unknown": campaign_unknown.section(campaign, words.lang),
        "sources": campaign_unknown.sources(campaign),
        "glossary": glossary(words),
        **reproduction(words),
    }


def plain_answer(campaign: Outcomes, lang: str) -> list[str]:
    """Page one without the page, for a terminal."""
    words = Words(campaign, lang, translator(lang), study_of(campaign))
    told = answer.told(campaign)
    against = answer.compared(campaign, answer.pairs(campaign, words.study), told)
    lines = [facts(words)]
    for group in sentences(words, against, [], told):
        lines += [
            "",
            group["heading"],
            *(f"  {each['measure']}{words.say(': ')}{each['text']}" for each in group["lines"]),
        ]
    return lines


# --- page one ----------------------------------------------------------------------------------------------------


def facts(words: Words) -> str:
    """One line under the question."""
    campaign, say = words.campaign, words.say
    sample = campaign.points.sample
    counts = campaign.con.execute("SELECT count(*), max(replication) + 1 FROM results").fetchone() or (0, 0)
    said = [
        say("{n} points of {factors} factors").format(
            n=words.number(sample.size, 0), factors=words.number(len(campaign.points.factors), 0)
        ),
        say("{n} replications at most of each alternative at each point").format(n=words.number(counts[1] or 0, 0)),
        say("{n} runs").format(n=words.number(counts[0], 0)),
        say("seed {seed}").format(seed=campaign.manifest.get("seed", "–")),
    ]
    return " · ".join(said)


def partial(words: Words) -> str:
    """A warning where the campaign is not whole, or too small to say much."""
    counts = words.campaign.manifest.get("runs")
    done, asked = (counts.get("done"), counts.get("asked")) if isinstance(counts, Mapping) else (None, None)
    if not words.campaign.manifest.get("complete", True):
        if isinstance(done, int) and isinstance(asked, int):
            return words.say("Not whole: {done} of {asked} runs are there. The answer may move.").format(
                done=words.number(done, 0), asked=words.number(asked, 0)
            )
        return words.say("Not whole: runs are missing. The answer may move.")
    if words.campaign.points.sample.size < 30:
        return words.say("Fewer than thirty points: the range of assumptions is rough. Take this as a trial.")
    return ""


def sentences(
    words: Words, against: Sequence[Against], flips_: Sequence[Mapping[str, Any]], told: Sequence[str]
) -> list[dict[str, Any]]:
    """Each pair, each leading measure: the difference with both intervals, and on what it rests."""
    groups: list[dict[str, Any]] = []
    wanted = [name for name in told if name in answer.LEADING] or list(told[:4])
    for i, pair in enumerate(dict.fromkeys((each.one, each.other) for each in against)):
        if i >= MOST_ANSWERED:
            break
        lines = [line(words, each) for each in against if (each.one, each.other) == pair and each.measure in wanted]
        heading = words.say("{one}, against {other}").format(one=words.title(pair[0]), other=words.title(pair[1]))
        note = flips_[i]["sentence"] if i < len(flips_) else ""
        groups.append({"heading": heading, "lines": [each for each in lines if each], "note": note})
    return groups


def line(words: Words, found: Against) -> dict[str, Any] | None:
    """'2.9 less (confidence interval 1.2 to 4.6; range of assumptions -9 to 5): rests on assumptions'."""
    measure = BY_NAME[found.measure]
    estimate = values.scaled(measure, found.centre)
    if not values.known(estimate):
        return None
    by, places = values.factor(measure), values.digits(estimate)
    low, high = (by * end for end in found.split.ignorance_range)
    said = {
        "size": with_unit(words, found.measure, words.number(abs(estimate.value), places)),
        "ci": span(words, estimate.low, estimate.high, places),
        "range": span(words, low, high, places) if low != high else words.say("none seen"),
        "verdict": words.say(found.verdict),
    }
    if found.verdict == answer.CHANCE:
        template = words.say("no difference can be claimed; confidence interval {ci}; range of assumptions {range}.")
    elif found.verdict == answer.TURNED and found.full is not None:
        full = values.scaled(measure, found.full.estimate)
        said["full"] = span(words, full.low, full.high, values.digits(full))
        template = words.say("nothing is claimed: {ci} with fast tracking, and {full} with full tracking.")
    elif found.on_average and math.isfinite(low):
        template = (
            words.say("{size} less on average over the points; interval {ci}; range of assumptions {range}. "
                      "At the nominal values it cannot be told from chance.")
            if estimate.value < 0
            else words.say("{size} more on average over the points; interval {ci}; range of assumptions {range}. "
                           "At the nominal values it cannot be told from chance.")
        )  # fmt: skip
    elif math.isfinite(low):
        template = (
            words.say("{size} less; confidence interval {ci}; range of assumptions {range}. It {verdict}.")
            if estimate.value < 0
            else words.say("{size} more; confidence interval {ci}; range of assumptions {range}. It {verdict}.")
        )
    else:
        template = (
            words.say("{size} less on average over the points; interval {ci}, chance and ignorance together.")
            if estimate.value < 0
            else words.say("{size} more on average over the points; interval {ci}, chance and ignorance together.")
        )
    text = template.format(**said)
    return {"measure": words.measure(found.measure), "text": text, "apart": claimed(found)}


def claimed(found: Against) -> bool:
    """Whether a difference is said to be one."""
    return found.verdict not in (answer.CHANCE, answer.TURNED)


def span(words: Words, low: float, high: float, places: int) -> str:
    """Both ends of a difference in words: '1.4 to 2.8 less', '14.0 less to 7.3 more'."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    if high <= 0.0:
        return words.say("{a} to {b} less").format(a=words.number(-high, places), b=words.number(-low, places))
    if low >= 0.0:
        return words.say("{a} to {b} more").format(a=words.number(low, places), b=words.number(high, places))
    return words.say("{a} less to {b} more").format(a=words.number(-low, places), b=words.number(high, places))


def with_unit(words: Words, name: str, text: str) -> str:
    unit = words.unit(name)
    return f"{text}\u202f{unit}" if unit else text


# --- tables ------------------------------------------------------------------------------------------------------


def range_section(words: Words, rows: Mapping[tuple[str, str], Row], told: Sequence[str]) -> dict[str, Any]:
    """The answer table, and the figures of ranges and of shares for the leading measure."""
    lead, names = told[0], words.campaign.alternatives
    table = []
    for name in told:
        own = [rows[name, alternative] for alternative in names]
        places = values.row_digits([values.scaled(BY_NAME[name], drawn.middle(row)) for row in own])
        over = any(drawn.over(row) for row in own)
        cells = [both(words, name, drawn.middle(row), row.split, places) for row in own]
        table.append({"label": words.measure(name), "unit": words.unit(name), "key": name == lead, "cells": cells,
                      "over": over})  # fmt: skip
    labelled = [(words.title(name), rows[lead, name]) for name in names]
    by = values.factor(BY_NAME[lead])
    known = [row for _, row in labelled if math.isfinite(row.split.share)]
    figures = [picture(drawn.ranges("ranges", _range_title(words, labelled, lead), words.axis(lead), labelled, by,
                                    words.lang, words.say))]  # fmt: skip
    if known:
        shares = sorted(100.0 * row.split.share for row in known)
        title = words.say("Ignorance makes {low} to {high} % of the variance of single runs, chance the rest").format(
            low=words.number(shares[0], 0), high=words.number(shares[-1], 0)
        )
        shown = [(label, row) for label, row in labelled if math.isfinite(row.split.share)]
        figures.append(picture(drawn.shares("shares", title, shown, words.lang, words.say)))
    return {"results": table, "range_figures": figures, "any_over": any(row["over"] for row in table),
            "splits": _splits(words, rows, told)}  # fmt: skip


def _range_title(words: Words, rows: Sequence[tuple[str, Row]], lead: str) -> str:
    """What the figure finds: how much wider the assumptions are than chance."""
    widths = [
        (row.split.ignorance_range[1] - row.split.ignorance_range[0]) / (row.nominal.high - row.nominal.low)
        for _, row in rows
        if math.isfinite(row.split.ignorance_range[0]) and row.nominal.high > row.nominal.low
    ]
    if not widths:
        return words.measure(lead)
    return words.say("{measure}: the assumptions leave {times} times the width that chance leaves").format(
        measure=words.measure(lead), times=words.number(float(np.median(widths)), 1)
    )


def _splits(words: Words, rows: Mapping[tuple[str, str], Row], told: Sequence[str]) -> list[dict[str, Any]]:
    """Share of ignorance in each measure's variance, with its interval."""
    table = []
    for name in told:
        cells = []
        for alternative in words.campaign.alternatives:
            split = rows[name, alternative].split
            if not math.isfinite(split.share):
                cells.append({"mean": "–", "ci": words.say(split.note) if split.note else ""})
                continue
            cells.append({"mean": words.number(100 * split.share, 0),
                          "ci": words.between(100 * split.share_low, 100 * split.share_high, 0)})  # fmt: skip
        table.append({"label": words.measure(name), "cells": cells})
    return table


def difference_section(words: Words, against: Sequence[Against]) -> dict[str, Any]:
    """Every pair and measure, with both intervals, the share of points and the corrected p."""
    groups: list[dict[str, Any]] = []
    for pair in dict.fromkeys((each.one, each.other) for each in against):
        rows = []
        for each in (found for found in against if (found.one, found.other) == pair):
            measure = BY_NAME[each.measure]
            found = each.centre
            if not values.known(found):
                continue
            shown = both(words, each.measure, found, each.split)
            rows.append({
                "label": words.measure(each.measure) + (" †" if each.on_average else ""),
                "unit": words.unit(each.measure),
                "mean": values.signed(shown["mean"], values.factor(measure) * found.value), "ci": shown["ci"],
                "range": shown["range"] or "–",
                "share": words.number(100 * each.share.value, 0),
                "p": _p(words, each.p_over if each.on_average else each.p),
                "verdict": words.say(each.verdict), "apart": claimed(each), "full": _full(words, each),
            })  # fmt: skip
        heading = words.say("{one} minus {other}").format(one=words.title(pair[0]), other=words.title(pair[1]))
        groups.append({"heading": heading, "rows": rows})
    return {"differences": groups}


def _full(words: Words, found: Against) -> dict[str, str]:
    """The mean over the points with full tracking; a dash where it was not asked for."""
    if found.full is None:
        return {"mean": "–", "interval": ""}
    shown = values.scaled(BY_NAME[found.measure], found.full.estimate)
    told = values.cell(shown, words.lang)
    return told | {"mean": values.signed(told["mean"], shown.value)}


def _p(words: Words, p: float) -> str:
    if math.isnan(p):
        return "–"
    return "<\u202f" + words.number(0.001, 3) if p < 0.001 else words.number(p, 3)


def mode_section(words: Words, rows: Mapping[tuple[str, str], Row], told: Sequence[str]) -> dict[str, Any]:
    """What full tracking says where most runs are fast: the mean it gives with the fast ones' help, and the bias."""
    table = []
    for name in told:
        for alternative in words.campaign.alternatives:
            found = rows[name, alternative].full
            if found is None:
                continue
            measure = BY_NAME[name]
            estimate, bias = values.scaled(measure, found.estimate), values.scaled(measure, found.bias)
            places = values.digits(bias)
            fast = values.factor(measure) * rows[name, alternative].split.mean.value
            table.append({
                "label": words.measure(name), "alternative": words.title(alternative),
                "fast": words.number(fast, places), "full": values.cell(estimate, words.lang, places),
                "bias": values.cell(bias, words.lang, places) | {"apart": values.apart(bias)},
                "gain": words.number(found.gain, 1),
            })  # fmt: skip
    return {"modes": table, "full_only": FULL in words.campaign.modes and len(words.campaign.modes) > 1}


def run_section(words: Words, rows: Mapping[tuple[str, str], Row], told: Sequence[str]) -> dict[str, Any]:
    """The runs behind the numbers: worst and middle, with seed, point, replication and the command."""
    table = []
    for name in told:
        by = values.factor(BY_NAME[name])
        for alternative in words.campaign.alternatives:
            row = rows[name, alternative]
            for what, run in ((words.say("worst"), row.worst), (words.say("median"), row.median)):
                if run is not None:
                    table.append({
                        "label": words.measure(name), "alternative": words.title(alternative), "what": what,
                        "value": words.number(by * run.value), "point": run.point, "replication": run.replication,
                        "command": answer.replay(words.campaign, run),
                    })  # fmt: skip
    return {"runs": table, "seed": words.campaign.manifest.get("seed", "–")}


def failed(words: Words) -> list[dict[str, str]]:
    """What could not be run, and why; the first few."""
    return [
        {"point": str(each.point), "alternative": words.title(each.alternative), "cause": each.cause,
         "command": each.command}
        for each in runs.failures(words.campaign.campaign)[:MOST_FAILED]
    ]  # fmt: skip


def glossary(words: Words) -> list[tuple[str, str, str]]:
    """(term, the same in the other language, meaning)."""
    other = translator("en" if words.lang == "fr" else "fr")
    return [(words.say(term), other(term), words.say(meaning)) for term, meaning in GLOSSARY]


def reproduction(words: Words) -> dict[str, Any]:
    """The command that makes the campaign again, versions and digests."""
    manifest = words.campaign.manifest
    command = shlex.join(["egide", "campaign", str(words.campaign.folder / STUDY), "-o", "out/again"])
    versions = manifest.get("versions")
    rows = [("Égide", str(manifest.get("egide", "–")))]
    rows += [(str(name), str(value)) for name, value in versions.items()] if isinstance(versions, Mapping) else []
    rows += [(words.say("digest"), str(manifest["digest"]))] if manifest.get("digest") else []
    return {"command": command, "versions": rows}
