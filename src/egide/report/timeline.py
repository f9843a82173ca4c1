"""The page of a timeline: who was there when, what it would have stopped, and how sure the dates are.

as of    every value is that of one day, or of the steady state: the scenario as written, with everything in place
dates    interval of the dates (fourchette des dates): 95 % of the slipped calendars
chance   confidence interval of the mean at the dates as published

The page opens offline, asks nothing of anybody and runs no script. It is made from the timeline's folder alone.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from egide import i18n
from egide.analysis.measures import BY_NAME
from egide.i18n import mark, number, pick
from egide.report import whole
from egide.report.filled import fill
from egide.report.page import shown
from egide.report.timeline_charts import Bar, Line, Mark, bars, panels
from egide.report.timeline_rows import event_rows, state_rows, table
from egide.report.timeline_words import COVERED, Words, together, value
from egide.store.timeline import STEADY, Timeline, open_timeline

__all__ = ["plain_answer", "render", "write"]

LIMITS: Final = (
    mark("One written raid is played against who stands there in each month; raid, sorties and traffic are the same at "
         "every date. It is no forecast and no history of attacks."),
    mark("A month is judged on its 15th. Between a delivery and the day a unit counts stand training and activation, "
         "whose dates are assumed where nobody published them."),
    mark("Dates slip each by itself, over triangular beliefs; what would delay several together makes the true band "
         "wider."),
    mark("Sanctions, statements and tenders are shown and change nothing unless a source says what they changed."),
    mark("Coverage takes every unit that is there as working; outcomes draw in each replication whether a battery "
         "works."),
)  # fmt: skip


def write(folder: Path | str, lang: str, out: Path | str) -> Path:
    """Write the page to `out`, whole or not at all, and return where it is."""
    return whole.write_text(out, render(open_timeline(folder), lang))


def render(timeline: Timeline, lang: str) -> str:
    """The whole page as text."""
    return fill("timeline", lang, content(Words(timeline, lang, i18n.translator(lang))))


def content(words: Words) -> dict[str, Any]:
    """What the template shows."""
    about, say, lang = words.about, words.say, words.lang
    events = event_rows(words)
    return {
        "version": about["egide"],
        "title": pick(about["title"], lang),
        "note": pick(about.get("note"), lang),
        "facts": facts(words),
        "answer": answer(words),
        "limits": [say(limit) for limit in LIMITS],
        "presence": shown(presence(words, events)),
        "figures": [shown(capability(words, name)) for name in words.names],
        "titles": [words.title(name) for name in words.timeline.alternatives],
        "tables": [table(words, name) for name in words.names],
        "events": events,
        "states": state_rows(words),
        "covered": covered(words),
        "sources": [{"id": name, **source} for name, source in about["sources"].items()],
        "command": command(words),
        "versions": [*about["versions"].items(), *((f"{say('table')} {k}", v) for k, v in about["tables"].items()),
                     (say("digest"), about["digest"])],
    }  # fmt: skip


def facts(words: Words) -> str:
    about, say = words.about, words.say
    count = number
    tracking = say("fast tracking") if about["tracking"] == "fast" else say("full tracking")
    return " · ".join([
        say("{n} months").format(n=count(len(words.months), words.lang, 0)),
        say("{n} distinct states, each run once").format(n=count(about["states"], words.lang, 0)),
        say("{n} runs").format(n=count(about["runs"]["asked"], words.lang, 0)),
        say("{n} replications").format(n=count(about["replications"], words.lang, 0)),
        say("{n} slipped calendars").format(n=count(about["draws"], words.lang, 0)),
        tracking,
        say("seed {seed}").format(seed=about["seed"]),
    ])  # fmt: skip


def covered(words: Words) -> str:
    """What coverage was asked."""
    asked = words.about.get("coverage")
    if not asked:
        return ""
    return words.say(
        "Coverage: {altitude}, {rcs}, {klass}; denied and defended with all that the battery’s network may act on; "
        "defended by {shots} shots or more and a kill probability of {kill} or more."
    ).format(altitude=asked["altitude"], rcs=asked["rcs"], klass=asked["class"], shots=asked["shots"],
             kill=number(asked["kill"], words.lang))  # fmt: skip


# --- the answer ----------------------------------------------------------------------------------------------------


def told_days(words: Words) -> list[str]:
    """The days that the answer names: the first, the scenario's own month, the last; and the steady state."""
    start = words.about["start"]
    days = [day.isoformat() for day in words.months]
    own = [day for day in days if day[:7] == start[:7]]
    return list(dict.fromkeys([days[0], *own, days[-1], STEADY]))


def answer(words: Words) -> list[dict[str, Any]]:
    """For the first measure: each alternative as of some days, and from when it differs from the first one."""
    lead = words.names[0]
    first = words.timeline.alternatives[0]
    lines = []
    for name in words.timeline.alternatives:
        parts = [f"{words.day(day)}{words.say(': ')}{value(words, name, lead, day)}" for day in told_days(words)]
        lines.append({
            "label": words.title(name),
            "text": "; ".join(parts) + ".",
            "when": differs(words, name, first, lead) if name != first else "",
        })  # fmt: skip
    return lines


def differs(words: Words, name: str, first: str, measure: str) -> str:
    """From which month on an alternative differs from the first one: as published, and at the earliest and latest."""
    say, lang = words.say, words.lang
    other, own = words.column(first, measure, "value"), words.column(name, measure, "value")
    apart = np.flatnonzero(own != other)
    low, high = (words.column(name, measure, key) != words.column(first, measure, key) for key in (
        "dates_low", "dates_high"))  # fmt: skip
    either = np.flatnonzero(low | high)
    base = words.title(first)

    def on(at: int) -> str:
        return i18n.date(datetime.fromisoformat(words.months[at].isoformat()), lang)

    if not apart.size and not either.size:
        return say("At no date does it differ from “{base}”.").format(base=base)
    if not apart.size:
        text = say("With the dates as published it never differs from “{base}”; with earlier dates from {early} on.")
        return text.format(base=base, early=on(int(either[0])))
    text = say("It differs from “{base}” from {date} on.").format(base=base, date=on(int(apart[0])))
    if either.size and either[0] < apart[0]:
        text += " " + say("At the earliest from {early} on.").format(early=on(int(either[0])))
    return text


def plain_answer(timeline: Timeline, lang: str) -> list[str]:
    """The answer as plain lines for a terminal."""
    words = Words(timeline, lang, i18n.translator(lang))
    lines = [facts(words), "", words.measure(words.names[0])]
    colon = words.say(": ")
    return lines + [f"  {each['label']}{colon}{each['text']} {each['when']}".rstrip() for each in answer(words)]


# --- figures -------------------------------------------------------------------------------------------------------


def presence(words: Words, events: Sequence[dict[str, Any]]) -> Any:
    """Who is there when: units that come and go alike share a row."""
    say = words.say
    found = words.timeline.columns("FROM units ORDER BY alternative, unit, month")
    patterns: dict[tuple[str, str], tuple[Any, ...]] = {}
    for alternative in words.timeline.alternatives:
        for unit in dict.fromkeys(found["unit"][found["alternative"] == alternative]):
            here = (found["alternative"] == alternative) & (found["unit"] == unit)
            patterns[alternative, str(unit)] = tuple(
                tuple(found[key][here].tolist()) for key in ("there", "share_of_draws", "availability")
            )
    shared: dict[tuple[Any, ...], dict[str, list[str]]] = {}
    for (alternative, unit), pattern in patterns.items():
        shared.setdefault(pattern, {}).setdefault(unit, []).append(alternative)
    rows = []
    having = {unit: [a for a, u in patterns if u == unit] for _, unit in patterns}
    for pattern, units in shared.items():
        groups: dict[tuple[str, ...], list[str]] = {}
        for unit, alternatives in units.items():
            everywhere = alternatives == having[unit] and len(having[unit]) == len(words.timeline.alternatives)
            groups.setdefault(() if everywhere else tuple(alternatives), []).append(unit)
        for only, members in groups.items():
            label = together([pick(words.about["units"][unit]["label"], words.lang) or unit for unit in members])
            if only and any(patterns[a, u] != pattern for u in members for a in having[u]):
                label += " (" + ", ".join(words.title(name) for name in only) + ")"
            there, share, left = (np.array(part) for part in pattern)
            rows.append(Bar(label, there.astype(bool), share.astype(float), left.astype(float)))
    rows.sort(key=lambda row: int(np.argmax(row.there)) if row.there.any() else len(words.months))
    last = words.months[-1]
    dated = [(date.fromisoformat(row["nominal"]), row["number"]) for row in events if row["effect_code"] != "none"]
    marks = [Mark(day, text) for day, text in dated if words.months[0] <= day <= last]
    title = say("Who is there, from {first} to {last}").format(
        first=words.months[0].year, last=words.months[-1].year)  # fmt: skip
    return bars("presence", title, rows, words.months, _spaced(marks), words.lang, say)


def _spaced(marks: list[Mark]) -> list[Mark]:
    """Numbers that would stand on each other are joined: 7–9."""
    kept: list[Mark] = []
    for mark_ in sorted(marks, key=lambda m: m.day):
        if kept and (mark_.day - kept[-1].day).days < 110:
            kept[-1] = Mark(kept[-1].day, kept[-1].text.split("–")[0] + "–" + mark_.text)
        else:
            kept.append(mark_)
    return kept


def capability(words: Words, measure: str) -> Any:
    """One measure from month to month; the title says what came of it at the end."""
    lines = []
    for name in words.timeline.alternatives:
        worth, low, high, early, late = (
            words.column(name, measure, key)
            for key in ("value", "chance_low", "chance_high", "dates_low", "dates_high")
        )
        steady = words.rows[name, measure, STEADY]["value"]
        lines.append(Line(words.title(name), worth, (low, high), (early, late), steady))
    return panels(f"over-{measure.replace('_', '-')}", finding(words, measure, lines), words.measure(measure), lines,
                  words.months, words.lang, words.say, words.digits(measure))  # fmt: skip


def finding(words: Words, measure: str, lines: Sequence[Line]) -> str:
    """'Leakers: 81 to 60 as of 15 December 2026, least with X'."""
    say, places = words.say, words.digits(measure)
    ends = [float(line.value[-1]) for line in lines]
    day = words.day(words.months[-1].isoformat())
    name = words.measure(measure)
    if round(min(ends), places) == round(max(ends), places):
        return say("{measure}: {value} in every alternative {day}").format(
            measure=name, value=number(ends[0], words.lang, places), day=day)  # fmt: skip
    better = BY_NAME[measure].better if measure in BY_NAME else COVERED[measure][1]
    best = int(np.argmin(ends) if better == "lower" else np.argmax(ends))
    worst = int(np.argmax(ends) if better == "lower" else np.argmin(ends))
    return say("{measure}: {best} with “{one}”, {worst} with “{other}”, {day}").format(
        measure=name, best=number(ends[best], words.lang, places), one=lines[best].label,
        worst=number(ends[worst], words.lang, places), other=lines[worst].label, day=day,
    )  # fmt: skip


def command(words: Words) -> str:
    """The words that make the same again."""
    about = words.about
    parts = ["egide", "timeline", about["study"]["path"], "--calendar", about["calendar"], "--alternatives",
             ",".join(about["alternatives"]), "--from", about["from"], "--to", about["until"], "--replications",
             str(about["replications"])]  # fmt: skip
    return shlex.join([*parts, *(["--full"] if about["tracking"] == "full" else []), "-o", "out/timeline"])
