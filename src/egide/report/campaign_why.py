"""What the answer rests on: sensitivity, what turns a claim, a tree to follow, and cost against outcome.

claim      a difference of two alternatives in the measure that leads the page
verdict    of an end: the claim holds there, turns round, or cannot be told from chance (Holm's correction)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from egide.analysis import economy, flips, sensitivity, surrogate, tree, variance
from egide.analysis.answer import Against, Row
from egide.analysis.flips import Claim, Flips, Setting
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME
from egide.analysis.outcomes import Values
from egide.report import campaign_figures as drawn
from egide.report import values
from egide.report.campaign_words import Words, shown
from egide.report.figures import Picture
from egide.report.page import shown as picture

MOST_CLAIMS: Final = 3
MOST_PANELS: Final = 4
MOST_ENDS: Final = 12
MOST_TOLD: Final = 3


def differences_of(words: Words, claim: Claim) -> Values:
    return words.campaign.difference(claim.measure, claim.one, claim.other)


def claim_words(words: Words, claim: Claim) -> str:
    """'X against Y: fewer leakers'."""
    template = (
        words.say("{one} comes to less than {other}: {measure}")
        if claim.sign == "lower"
        else words.say("{one} comes to more than {other}: {measure}")
    )
    return template.format(
        one=words.title(claim.one), other=words.title(claim.other), measure=words.inside(claim.measure)
    )


# --- flips -------------------------------------------------------------------------------------------------------


def flip_section(words: Words, against: Sequence[Against], lead: str) -> dict[str, Any]:
    """For each claim: a sentence, its tornado, a table of ends, and curves where it crosses zero."""
    groups = []
    for i, each in enumerate([found for found in against if found.measure == lead][:MOST_CLAIMS]):
        claim = each.claim
        difference = differences_of(words, claim)
        found = flips.flips(claim, words.campaign.points, difference, words.settings)
        bars = [bar for bar in sensitivity.tornado(words.campaign.points, difference) if bar.swing > 0.0]
        groups.append(
            {
                "heading": claim_words(words, claim),
                "sentence": flip_sentence(words, found),
                "tornado": picture(_tornado(words, f"tornado{i}", found, bars)) if bars else None,
                "rows": [_end(words, claim, end) for end in found.ends[:MOST_ENDS]],
                "more": max(0, len(found.ends) - MOST_ENDS),
                "curves": picture(_curves(words, f"curves{i}", found))
                if any(c.span > 0 for c in found.curves)
                else None,
                "few": not found.curves,
                "crossings": [_crossing(words, curve) for curve in found.curves if curve.crosses][:MOST_ENDS],
            }
        )
    return {"flips": groups}


def _moves(found: Flips) -> bool:
    """Does any factor move the averaged difference beyond its band?"""
    return any(curve.span > 0.0 for curve in found.curves)


def flip_sentence(words: Words, found: Flips) -> str:
    """Where the claim holds, and what by itself turns it."""
    parts = []
    if found.share.n:
        parts.append(
            words.say("Holds at {share} % of {n} points (95 % interval {interval} %).").format(
                share=words.number(100 * found.share.value, 0), n=words.number(found.share.n, 0),
                interval=words.between(100 * found.share.low, 100 * found.share.high, 0),
            )
        )  # fmt: skip
    if found.turning:
        listed = ", ".join(_turning(words, end) for end in found.turning[:MOST_TOLD])
        parts.append(words.say("Turned round by one factor alone: {factors}.").format(factors=listed))
    elif found.ends:
        parts.append(words.say("No factor turns it round alone beyond chance, at either end of its range."))
    return " ".join(parts)


def _turning(words: Words, end: flips.End) -> str:
    """'radar height (near 12 m)'."""
    if not end.settings:
        return words.factor(end.factor)
    at = ", ".join(shown(each.value, each.unit, words.lang) for each in end.settings[:2])
    return words.say("{factor} (near {values})").format(factor=words.factor(end.factor), values=at)


def _setting(words: Words, setting: Setting) -> str:
    """'210 km (190 km–240 km)'."""
    at, low, high = (shown(each, setting.unit, words.lang) for each in (setting.value, setting.low, setting.high))
    return f"{at} ({low}–{high})"


def _end(words: Words, claim: Claim, end: flips.End) -> dict[str, Any]:
    measure = BY_NAME[claim.measure]
    cell = values.cell(values.scaled(measure, end.difference), words.lang)
    low, _, high = words.ends(end.factor)
    turn = ""
    if end.settings:
        turn = "; ".join(_setting(words, each) for each in end.settings[:2])
    elif math.isfinite(end.turn):
        turn = words.say("{share} % of the way").format(share=words.number(100 * end.turn, 0))
    return {
        "factor": words.factor(end.factor), "end": low if end.end == "low" else high,
        "mean": values.signed(cell["mean"], end.difference.value), "interval": cell["interval"],
        "verdict": words.say(end.verdict), "apart": end.verdict == flips.TURNS, "turn": turn or "–",
        "point": end.point,
    }  # fmt: skip


def _crossing(words: Words, curve: flips.Curve) -> dict[str, str]:
    return {
        "factor": words.factor(curve.factor),
        "at": words.at(curve.factor, curve.crossing),
        "interval": f"{words.at(curve.factor, curve.crossing_low)} – {words.at(curve.factor, curve.crossing_high)}",
    }


def _tornado(words: Words, name: str, found: Flips, bars: Sequence[sensitivity.Bar]) -> Picture:
    measure = BY_NAME[found.claim.measure]
    by = values.factor(measure)
    widest = bars[0]
    title = words.say("{factor} moves the difference most, by {swing} from end to end").format(
        factor=words.factor(widest.factor), swing=words.number(by * widest.swing)
    )
    labels = []
    for bar in bars:
        low, _, high = words.ends(bar.factor)
        values_ = f"\n{low} – {high}" if words.valued(bar.factor) else ""
        labels.append((words.factor(bar.factor) + values_, bar))
    unit = words.say("difference") + (f", {words.unit(measure.name)}" if words.unit(measure.name) else "")
    return drawn.tornado(name, title, unit, found.nominal.value, labels, by, words.lang, words.say)


def _curves(words: Words, name: str, found: Flips) -> Picture:
    crossing = [curve for curve in found.curves if curve.crosses]
    chosen = [*crossing, *(curve for curve in found.curves if curve.span > 0.0 and not curve.crosses)][:MOST_PANELS]
    if crossing:
        first = crossing[0]
        title = words.say("The difference comes to zero at {value} of {factor}").format(
            value=words.at(first.factor, first.crossing), factor=words.factor(first.factor)
        )
    else:
        title = words.say("No factor brings the difference to zero, all else being as likely as assumed")
    measure = found.claim.measure
    unit = words.say("difference") + (f", {words.unit(measure)}" if words.unit(measure) else "")
    panels = [(words.factor(curve.factor), curve, words.ends(curve.factor)) for curve in chosen]
    return drawn.curves(name, title, unit, panels, values.factor(BY_NAME[measure]), words.lang, words.say)


# --- sensitivity -------------------------------------------------------------------------------------------------


def sensitivity_section(words: Words, against: Sequence[Against], lead: str) -> dict[str, Any]:
    """Indices of the first claim and of each alternative: by a Sobol design, else by a surrogate; Morris where run."""
    subjects = [(claim_words(words, each.claim), differences_of(words, each.claim))
                for each in against if each.measure == lead][:MOST_CLAIMS]  # fmt: skip
    subjects += [(words.title(name), words.campaign.values(lead, name)) for name in words.campaign.alternatives]
    rows, figures = [], []
    for i, (label, found) in enumerate(subjects):
        source, estimates = _indices_of(words, found)
        top = [f"{words.factor(name)} {words.number(100 * total.value, 0)}\u202f%"
               for name, _, total in estimates[:MOST_TOLD] if total.value >= 0.03]  # fmt: skip
        rows.append({"label": label, "source": source, "top": ", ".join(top) or "–"})
        if estimates and i == 0:
            figures.append(picture(_index_figure(words, estimates)))
    morris = _morris(words, subjects[0][1], lead) if subjects else None
    return {"rests": rows, "index_figures": figures, "morris": picture(morris) if morris else None,
            "subject": subjects[0][0] if subjects else ""}  # fmt: skip


def _indices_of(words: Words, found: Values) -> tuple[str, list[tuple[str, Estimate, Estimate]]]:
    """Where the indices come from, in words, and the largest totals first; empty where none may be given."""
    points = words.campaign.points
    table = sensitivity.sobol_table(points, found)
    designed = sensitivity.sobol(table) if table is not None else None
    each = variance.means(*_sample(words, found))
    fitted = None
    if each.point.size and points.factors:
        fitted = surrogate.fit(points.factors, points.quantiles(each.point), each.mean, each.noise)
    if designed is not None and not (fitted and fitted.trusted and _width(fitted.indices) < _width(designed)):
        source = words.say("Sobol design, {rows} base rows; chance {noise} % of its spread").format(
            rows=words.number(designed.rows, 0), noise=words.number(100 * designed.noise_share, 0)
        )
        return source, _ordered(designed)
    if fitted is None:
        return words.say("no sample of points"), []
    if not fitted.trusted:
        shown_ = words.number(fitted.q2, 2) if math.isfinite(fitted.q2) else "–"
        return words.say("refused: the surrogate foretells too little (Q² {q2}, at least {least})").format(
            q2=shown_, least=words.number(surrogate.LEAST_Q2, 1)
        ), []
    source = words.say("surrogate from {n} points, Q² {q2} by cross-validation").format(
        n=words.number(fitted.indices.rows, 0), q2=words.number(fitted.q2, 2)
    )
    return source, _ordered(fitted.indices)


def _width(found: sensitivity.Indices) -> float:
    """How unsure the total indices are: the source that is surer is taken."""
    return float(np.mean(found.total_high - found.total_low))


def _sample(words: Words, found: Values) -> tuple[Any, Any]:
    chosen = found.at(words.campaign.points.sample)
    return chosen.point, chosen.value


def _ordered(found: sensitivity.Indices) -> list[tuple[str, Estimate, Estimate]]:
    rows = [
        (name, Estimate(float(found.first[i]), float(found.first_low[i]), float(found.first_high[i]), 0),
         Estimate(float(found.total[i]), float(found.total_low[i]), float(found.total_high[i]), 0))
        for i, name in enumerate(found.names)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row[2].value if math.isfinite(row[2].value) else math.inf, row[0]))


def _index_figure(words: Words, rows: Sequence[tuple[str, Estimate, Estimate]]) -> Picture:
    name, first, total = rows[0]
    alone = 100 * min(max(first.value, 0.0), total.value)  # by chance the first order may come out above the total
    title = words.say("{factor} makes {total} % of what the assumptions do to the difference, {first} % alone").format(
        factor=words.factor(name), total=words.number(100 * total.value, 0), first=words.number(alone, 0)
    )
    labelled = [(words.factor(each), one, two) for each, one, two in rows if two.value >= 0.005][: drawn.MOST_BARS]
    return drawn.indices("indices", title, labelled, words.lang, words.say)


def _morris(words: Words, found: Values, lead: str) -> Picture | None:
    table = sensitivity.morris_table(words.campaign.points, found)
    effects = sensitivity.morris(table) if table is not None else []
    if not effects:
        return None
    seen = sensitivity.screened(effects, len(effects))
    title = words.say("Screening: {seen} of {all} factors are seen above chance").format(
        seen=words.number(len(seen), 0), all=words.number(len(effects), 0)
    )
    labelled = [(words.factor(effect.name), effect) for effect in effects]
    return drawn.effects("morris", title, words.unit(lead), labelled, values.factor(BY_NAME[lead]), words.lang,
                         words.say)  # fmt: skip


# --- tree and cost -----------------------------------------------------------------------------------------------


def tree_section(words: Words, against: Sequence[Against], lead: str) -> dict[str, Any]:
    """The tree of the first claim's difference."""
    first = next((each for each in against if each.measure == lead), None)
    points = words.campaign.points
    if first is None or not points.factors:
        return {"tree": None, "tree_note": ""}
    each = variance.means(*_sample(words, differences_of(words, first.claim)))
    if each.point.size < 2 * tree.LEAST:
        return {"tree": None, "tree_note": ""}
    grown = tree.grow(points.factors, points.quantiles(each.point), each.mean)
    if grown.root.leaf:
        note = words.say("No tree: no question about the assumptions foretells the difference for points left out.")
        return {"tree": None, "tree_note": note}
    root = grown.root
    title = words.say("First question: is {factor} below {value}?").format(
        factor=words.factor(points.factors[root.factor]), value=words.at(points.factors[root.factor], root.at)
    )

    def texts(factor: int, u: float) -> str:
        return f"< {words.at(points.factors[factor], u)}"

    by = values.factor(BY_NAME[lead])
    labels = [words.factor(name) for name in points.factors]
    note = words.say(
        "Leaves show the mean difference and how many of the points fall there. The tree foretells {r2} % of the "
        "variance of points left out."
    ).format(r2=words.number(100 * grown.r2, 0))
    figure = drawn.branches("tree", title, grown, labels, texts, by, words.lang, words.say)
    return {"tree": picture(figure), "tree_note": note}


def cost_section(words: Words, rows: dict[tuple[str, str], Row], lead: str, cost: str) -> dict[str, Any]:
    """Cost of what is fired against the leading outcome; less of both is better."""
    if (cost, words.campaign.alternatives[0]) not in rows or cost == lead:
        return {"pareto": None, "pareto_rows": []}
    names = list(words.campaign.alternatives)
    pairs = [(words.title(name), rows[name_cost], rows[name_lead])
             for name in names for name_cost, name_lead in [((cost, name), (lead, name))]]  # fmt: skip
    sign = -1.0 if BY_NAME[lead].better == "higher" else 1.0
    at = np.array([[drawn.middle(one).value, sign * drawn.middle(two).value] for _, one, two in pairs])
    front = economy.pareto(at)
    steps = {step.index: step.ratio for step in economy.incremental_ratio(at[:, 0], -at[:, 1])}
    by = values.factor(BY_NAME[cost]), values.factor(BY_NAME[lead])
    kept = [label for (label, _, _), keep in zip(pairs, front, strict=True) if keep]
    title = (
        words.say("Only {names} is beaten by none in both cost and outcome").format(names=kept[0])
        if len(kept) == 1
        else words.say("Beaten by none in both cost and outcome: {names}").format(names=", ".join(kept))
    )
    figure = drawn.pareto("pareto", title, (words.axis(cost), words.axis(lead)), pairs, front.tolist(), by,
                          words.lang, words.say)  # fmt: skip
    listed = []
    for i, (label, one, two) in enumerate(pairs):
        ratio = steps.get(i, math.nan)
        listed.append(
            {
                "label": f"{i + 1}. {label}", "front": bool(front[i]),
                "cost": _both(words, cost, one), "outcome": _both(words, lead, two),
                "ratio": words.number(by[0] / by[1] * ratio) if math.isfinite(ratio) else "–",
            }
        )  # fmt: skip
    unit = words.unit(cost)
    return {"pareto": picture(figure), "pareto_rows": listed, "ratio_unit": unit}


def _both(words: Words, name: str, row: Row) -> dict[str, str]:
    return both(words, name, drawn.middle(row), row.split)


def both(words: Words, name: str, found: Estimate, split: variance.Split, places: int | None = None) -> dict[str, str]:
    """A value with its two intervals, for a table."""
    measure = BY_NAME[name]
    by = values.factor(measure)
    estimate = values.scaled(measure, found)
    low, high = (by * end for end in split.ignorance_range)
    if places is None:
        places = values.digits(estimate)
    cell = values.cell(estimate, words.lang, places)
    spread = words.between(low, high, places) if low != high else words.say("none seen")
    return {"mean": cell["mean"], "ci": cell["interval"], "range": spread}
