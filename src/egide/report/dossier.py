"""The dossier of a study: what a technical working group would put on the table, in one file, for anybody to check.

page one   each question with its verdict and by how much; then where a newcomer finds what is asked most
part       a section with the material it is written from: the table, and the command that makes it again
absent     a part that was not run: the page says so, with the command; nothing is made up

Every number comes from the material (`analysis.material`): a test holds that none is typed in prose. The page opens
offline, asks nothing of anybody and runs no script.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from egide import i18n
from egide.analysis import answer, naming
from egide.analysis.cards import Card
from egide.analysis.intervals import Estimate
from egide.analysis.material import Material, WhatIf
from egide.analysis.measures import BY_NAME, GROUPS
from egide.i18n import mark, pick, translator
from egide.report import campaign as campaign_page
from egide.report import campaign_unknown, claim_words, prose, values
from egide.report.campaign_why import both
from egide.report.campaign_words import Words, study_of
from egide.report.filled import fill

__all__ = ["plain_answer", "render"]

EXPECTED: Final = "wrongful_expected_per_10000"
TOLD: Final = (  # what the questions are about; the campaign's own page has every measure
    *answer.LEADING, *(f"leakers_{name}" for name in ("aircraft", "cruise_missile", "drone", "ballistic")),
)  # fmt: skip
PARTS: Final = {
    "campaign": mark("campaign: chance and ignorance"),
    "coverage": mark("coverage: maps and shares of the area"),
    "exposure": mark("exposure: what radars collect on protected aircraft"),
    "learned": mark("exposure: what the battery’s network holds of the allies"),
    "timeline": mark("calendar: month by month"),
    "pack": mark("pack: inputs and results in one file, for somebody else’s machine"),
}
TERMS: Final = (  # of the subject, beside those of the measures and of the statistics
    (mark("air defence"), mark("What sees, identifies and stops attackers in the air, missiles among them.")),
    (mark("command and control system"),
     mark("Who decides what is engaged, on which picture, over which links; here also NATO’s network of them.")),
    (mark("integrated"), mark("A battery that shares the network’s picture and orders; alone, it has only its own.")),
    (mark("sunk cost"), mark("Money spent before the day of decision: no choice brings it back, so it favours none.")),
    (mark("ceiling"), mark("The most that a notice allows; what would be paid is anything up to it.")),
    (mark("aspect"), mark("The side from which a radar sees an aircraft: ahead, from the beam, from below.")),
    (mark("digest"), mark("A short number made from every figure of a table: another figure, another digest.")),
)  # fmt: skip


def render(material: Material, lang: str, every_detail: bool = False) -> str:
    """The whole document as text. `every_detail`: nothing folded away, for paper."""
    text = fill("dossier", lang, content(material, lang))
    return text.replace("<details>", "<details open>") if every_detail else text


def content(material: Material, lang: str) -> dict[str, Any]:
    """What the template shows, part by part."""
    say = translator(lang)
    words = Words(material.campaign, lang, say, study_of(material.campaign))
    page = campaign_page.content(words, TOLD)
    told = {card.id: claim_words.told(card, lang) for card in material.cards}
    return page | {
        "lead": pick(material.lead, lang),
        "asked": page["question"],
        "title": pick(material.title, lang),
        "facts": f"{page['facts']} · {say('steady state')}",
        "trial": trial(material, lang),
        "notes": list(material.notes),
        "questions": questions(material, told, lang),
        "finding": [*what_if_lines(material, words), *mistake_lines(material, words), *integration_lines(words, page)],
        "choices": choices(material, lang),
        "cards": claim_words.section(material.cards, lang),
        "coverage": _coverage(material, lang),
        "mistakes": mistakes(words),
        "what_ifs": [what_if(each, words) for each in material.what_ifs],
        "exposure": _exposure(material, lang),
        "money": _money(material, lang),
        "calendar": _calendar(material, lang),
        "left_out": left_out(material, lang),
        "context": [
            {"says": pick(says, lang), "sources": [name for name, _, _ in sources]}
            for says, sources in material.context
        ],
        "sources": sources(material),
        "lacks": {each.what for each in material.absent},
        "absent": [{"what": say(PARTS.get(each.what, each.what)), "command": each.command} for each in material.absent],
        "made_by": [
            {"what": say(PARTS.get(what, what)), "command": command, "digest": digest}
            for what, command, digest in material.made_by
        ],
        "reproduce": f"egide report {material.path} --dossier --make",
        "glossary": glossary(lang),
    }  # fmt: skip


def plain_answer(material: Material, lang: str) -> list[str]:
    """Page one as plain lines for a terminal: each question, each card, its verdict."""
    lines = []
    for each in material.questions:
        lines += ["", pick(each.asks, lang)]
        for card in each.cards:
            told = claim_words.told(card, lang)
            answer_ = f" ({told.answer})" if told.answer else ""
            lines.append(f"  {told.says} {told.verdict}{answer_}")
    return lines


# --- page one ----------------------------------------------------------------------------------------------------


def trial(material: Material, lang: str) -> str:
    """What a quick version is, and where the full one comes from."""
    if not material.trial:
        return ""
    text = translator(lang)(mark(
        "A trial: few points and few runs, so that it is there in minutes. Intervals are wide and verdicts may change. "
        "The full one: {command}"
    ))  # fmt: skip
    folder = material.path.rpartition("/")[0] or "."
    return text.format(command=f"egide report {folder} --dossier --make -o dossier.html")


def questions(material: Material, told: dict[str, claim_words.Told], lang: str) -> list[dict[str, Any]]:
    """Each question with what its cards say: verdict, and the first line of by how much."""
    return [
        {
            "asks": pick(each.asks, lang),
            "answers": [_answer(card, told[card.id]) for card in each.cards],
        }
        for each in material.questions
    ]


def _answer(card: Card, told: claim_words.Told) -> dict[str, Any]:
    found = card.finding
    kind = {"supported": "yes", "not supported": "no"}.get(found.verdict if found else "", "open")
    return {
        "id": card.id, "says": told.says, "by": told.by, "verdict": told.verdict, "answer": told.answer, "kind": kind,
        "quantity": told.quantity, "how_much": told.by_how_much[0] if told.by_how_much else told.command,
        "missing": found is None,
    }  # fmt: skip


def what_if_lines(material: Material, words: Words) -> list[dict[str, str]]:
    """One line a question of the kind 'what if'."""
    return [
        {"asks": pick(each.asks, words.lang), "says": what_if(each, words)["sentence"], "where": f"what-if-{each.name}",
         "title": words.say(mark("What if"))}
        for each in material.what_ifs
    ]  # fmt: skip


def mistake_lines(material: Material, words: Words) -> list[dict[str, str]]:
    """How likely it is that a friend or an airliner is engaged by mistake, and why most of all."""
    found = mistakes(words)
    if found is None:
        return []
    asks = words.say(mark("How likely is a friend or an airliner to be engaged by mistake, and why?"))
    return [{"asks": asks, "says": found["sentence"], "where": "mistakes", "title": words.say(MISTAKES)}]


MISTAKES: Final = mark("Engaged by mistake")


def integration_lines(words: Words, page: dict[str, Any]) -> list[dict[str, str]]:
    """What the first pair of the study differs in, and in money."""
    pairs = answer.pairs(words.campaign, words.study)[:1]
    told = [name for name in ("leakers", "cost_interceptors_usd") if name in words.campaign.measures]
    found = answer.compared(words.campaign, pairs, told)
    if not found:
        return []
    lines = [line for each in found if (line := campaign_page.line(words, each)) is not None]
    said = " ".join(f"{line['measure']}{words.say(': ')}{line['text']}" for line in lines)
    asks = words.say(mark("{one} instead of {other}: what does it change, in attackers and in money?")).format(
        one=words.title(pairs[0][0]), other=words.title(pairs[0][1])
    )
    return [{"asks": asks, "says": said, "where": "differences", "title": words.say(mark("Paired differences"))}]


# --- parts -------------------------------------------------------------------------------------------------------


def choices(material: Material, lang: str) -> list[dict[str, str]]:
    """The alternatives: who stands there."""
    return [
        {
            "title": pick(each.label, lang),
            "note": pick(each.note, lang) if each.note else "",
            "batteries": ", ".join(
                f"{i18n.number(n, lang, 0)} × {pick(label, lang)}" for label, n in each.batteries
            ),
        }
        for each in material.choices
    ]  # fmt: skip


def mistakes(words: Words) -> dict[str, Any] | None:
    """Wrongful engagements per 10 000 passes by alternative, and by cause."""
    held = words.campaign.measures
    name = EXPECTED if EXPECTED in held else "wrongful_per_10000"
    if name not in held:
        return None
    names = words.campaign.alternatives
    wanted = (name, *(each for each in GROUPS["causes"] if each in held and each != "wrongful"))
    found = {(each, other): answer.row(words.campaign, each, other) for each in wanted for other in names}
    rows = []
    for measure in wanted:
        own = [found[measure, other] for other in names]
        places = values.row_digits([values.scaled(BY_NAME[measure], _centre(row)) for row in own])
        cells = [both(words, measure, _centre(row), row.split, places) for row in own]
        rows.append({"label": words.measure(measure), "unit": words.unit(measure), "cells": cells,
                     "key": measure == name})  # fmt: skip
    worst = max(names, key=lambda other: _known(_centre(found[name, other]).value))
    shown = values.scaled(BY_NAME[name], _centre(found[name, worst]))
    causes = [(_known(_centre(row).value), measure) for (measure, other), row in found.items()
              if other == worst and measure != name]  # fmt: skip
    say = words.say
    sentence = say(mark("Most with “{name}”: {value} {measure} ({low} to {high}).")).format(
        name=words.title(worst), measure=words.inside(name), **_ends(words, shown)
    )
    if causes and max(causes)[0] > 0.0:
        cause = words.measure(max(causes)[1]).rpartition(":")[2].strip()
        sentence += " " + say(mark("Most frequent cause: {cause}.")).format(cause=cause)
    return {"sentence": sentence, "rows": rows, "titles": [words.title(other) for other in names]}


def _centre(row: answer.Row) -> Estimate:
    return row.nominal if row.nominal.n > 1 else row.split.mean


def _known(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _ends(words: Words, shown: Estimate) -> dict[str, str]:
    places = values.digits(shown)
    return {key: words.number(getattr(shown, key), places) for key in ("value", "low", "high")}


def what_if(each: WhatIf, words: Words) -> dict[str, Any]:
    """With and without, alternative by alternative, on the same luck."""
    measure, say = BY_NAME[each.measure], words.say
    rows, parts = [], []
    for row in each.rows:
        before, after, change = (values.scaled(measure, one) for one in (row.before, row.after, row.difference))
        places = values.digits(change)
        cells = [values.cell(one, words.lang, places) for one in (before, after, change)]
        rows.append({"title": words.title(row.alternative), "cells": cells, "apart": values.apart(change)})
        size = campaign_page.span(words, change.low, change.high, places)
        if change.low == change.high == 0.0:
            template = mark("{name}: the same in every run")
        elif values.apart(change):
            template = mark("{name}: {value} instead of {was}, {size}")
        else:
            template = mark("{name}: {value} instead of {was}, which cannot be told from chance ({size})")
        parts.append(say(template).format(
            name=words.title(row.alternative), value=words.number(after.value, places),
            was=words.number(before.value, places), size=size,
        ))  # fmt: skip
    return {
        "name": each.name, "asks": pick(each.asks, words.lang), "measure": words.axis(each.measure), "rows": rows,
        "sets": [_replaced(text, words) for text in each.sets], "command": each.command,
        "sentence": f"{words.measure(each.measure)}{say(': ')}{'; '.join(parts)}.",
    }  # fmt: skip


def _replaced(text: str, words: Words) -> str:
    """'range (48N6E3 interceptor): 200 km' for what `--set` would have."""
    path, _, value = text.partition("=")
    return f"{naming.of_path(path, words.lang)}{words.say(': ')}{value}"


def _coverage(material: Material, lang: str) -> dict[str, Any] | None:
    if material.coverage is None:
        return None
    from egide.report import coverage_page

    return coverage_page.content(material.coverage, lang)


def _calendar(material: Material, lang: str) -> dict[str, Any] | None:
    if material.timeline is None:
        return None
    from egide.report import timeline, timeline_words

    return timeline.content(timeline_words.Words(material.timeline, lang, translator(lang)))


def _exposure(material: Material, lang: str) -> dict[str, Any] | None:
    if material.exposure is None:
        return None
    from egide.report import exposure_study

    return exposure_study.section(material.exposure, lang)


def _money(material: Material, lang: str) -> dict[str, Any] | None:
    if material.books is None:
        return None
    from egide.report import money_words

    return money_words.section(material.books, material.effects, material.fronts, lang)


def left_out(material: Material, lang: str) -> list[dict[str, str]]:
    """What each card says that its measure does not hold."""
    return [{"id": card.id, "says": pick(card.says, lang), "text": pick(card.not_covered, lang)}
            for card in material.cards]  # fmt: skip


def sources(material: Material) -> list[dict[str, Any]]:
    """Every source that is named anywhere in the document, once."""
    found: dict[str, dict[str, Any]] = {}
    for each in campaign_unknown.sources(material.campaign):
        found[each.id] = {"id": each.id, "says": each.says, "urls": list(each.urls)}
    listed: Sequence[tuple[str, str, tuple[str, ...]]] = [
        *(source for card in material.cards for source in card.sources),
        *(source for _, own in material.context for source in own),
    ]
    for name, says, urls in listed:
        found.setdefault(name, {"id": name, "says": says, "urls": list(urls)})
    return [found[name] for name in sorted(found)]


def glossary(lang: str) -> list[tuple[str, str, str]]:
    """(term, the same in the other language, meaning), in alphabetical order of the page's language."""
    say, other = translator(lang), translator("en" if lang == "fr" else "fr")
    terms = dict([*TERMS, *prose.GLOSSARY, *campaign_page.GLOSSARY])
    rows = [(say(term), other(term), say(meaning)) for term, meaning in terms.items()]
    return sorted(rows, key=lambda row: row[0].casefold().replace("é", "e"))
