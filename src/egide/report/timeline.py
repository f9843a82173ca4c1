"""The page of a timeline: who was there when, what it would have stopped, and how sure the dates are.

as of    every value is that of one day, or of the steady state: the scenario as written, with everything in place
dates    interval of the dates (fourchette des dates): 95 % of the slipped calendars; none where no date that matters slips
chance   confidence interval of the mean at the dates as published

The page opens offline, asks nothing of anybody and runs no script. It is made from the timeline's folder alone.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from egide import i18n
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME
from egide.errors import store_error
from egide.i18n import Translator, mark, number, pick
from egide.report import values
from egide.report.page import shown
from egide.report.timeline_charts import Bar, Line, Mark, bars, panels
from egide.store.timeline import STEADY, Timeline, open_timeline

__all__ = ["plain_answer", "render", "write"]

COVERED: Final = {
    "seen_share": (mark("airspace seen by a radar"), "higher"),
    "denied_share": (mark("airspace in which a target can be met, mean over headings"), "higher"),
    "defended_share": (mark("ground defended, mean over azimuths"), "higher"),
}
KINDS: Final = {
    "tender": mark("tender"), "offer": mark("offer"), "contract": mark("contract"), "delivery": mark("delivery"),
    "training": mark("training"), "deployment": mark("deployment"), "activation": mark("activation"),
    "upgrade": mark("upgrade"), "suspension": mark("suspension"), "licence-denial": mark("licence denial"),
    "sanctions": mark("sanctions"), "embargo": mark("embargo on spares"), "resumption": mark("resumption"),
    "withdrawal": mark("withdrawal"), "test": mark("test"), "statement": mark("statement"),
}  # fmt: skip
EFFECTS: Final = {
    "none": mark("informs"), "there": mark("there from then on"), "gone": mark("gone from then on"),
    "hold": mark("holds up what would come"), "release": mark("lifts"), "decay": mark("availability falls"),
    "set": mark("changes"),
}  # fmt: skip
LIMITS: Final = (
    mark("One written raid is played against who stands there in each month; raid, sorties and traffic are the same at every date. It is no forecast and no history of attacks."),
    mark("A month is judged on its 15th. Between a delivery and the day a unit counts stand training and activation, whose dates are assumed where nobody published them."),
    mark("Dates slip each by itself, over triangular beliefs; what would delay several together makes the true band wider."),
    mark("Sanctions, statements and tenders are shown and change nothing unless a source says what they changed."),
    mark("Coverage takes every unit that is there as working; outcomes draw in each replication whether a battery works."),
)  # fmt: skip
MOST_MARKS: Final = 12


@final
@dataclass(frozen=True)
class Words:
    """A timeline in one language."""

    timeline: Timeline
    lang: str
    say: Translator

    @property
    def about(self) -> Any:
        return self.timeline.manifest

    def title(self, alternative: str) -> str:
        return pick(self.about["alternatives"][alternative]["label"], self.lang) or alternative

    def measure(self, name: str) -> str:
        """A measure's words; a share of coverage says its height and target."""
        if name in BY_NAME:
            found = values.label(BY_NAME[name], self.lang)
            unit = values.unit(BY_NAME[name], self.say)
            return found + (f" ({unit})" if unit else "")
        words = self.say(COVERED[name][0])
        return f"{words[:1].upper()}{words[1:]} (%)"

    def factor(self, name: str) -> float:
        return values.factor(BY_NAME[name]) if name in BY_NAME else 100.0

    def day(self, iso: str) -> str:
        if iso == STEADY:
            return self.say("steady state")
        return self.say("as of {date}").format(date=i18n.date(datetime.fromisoformat(iso), self.lang))

    @cached_property
    def months(self) -> list[date]:
        found = self.timeline.columns("SELECT DISTINCT as_of FROM months WHERE month <> '' ORDER BY as_of")
        return [date.fromisoformat(text) for text in found["as_of"]]

    @cached_property
    def names(self) -> list[str]:
        """Measures, then shares of coverage."""
        found = self.timeline.columns("SELECT measure, min(rowid) AS at FROM (SELECT measure, row_number() OVER () AS rowid FROM months) GROUP BY measure ORDER BY at")
        return [str(name) for name in found["measure"]]

    @cached_property
    def rows(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """(alternative, measure, as of) -> the row, in the unit shown."""
        found = self.timeline.columns("FROM months")
        rows = {}
        for at in range(len(found["measure"])):
            row = {key: column[at] for key, column in found.items()}
            by = self.factor(str(row["measure"]))
            for key in ("value", "chance_low", "chance_high", "dates_low", "dates_high"):
                row[key] = float(row[key]) * by
            rows[str(row["alternative"]), str(row["measure"]), str(row["as_of"])] = row
        return rows

    def column(self, alternative: str, measure: str, key: str) -> NDArray[np.float64]:
        return np.array([self.rows[alternative, measure, day.isoformat()][key] for day in self.months])

    def digits(self, measure: str) -> int:
        widest = [Estimate(row["value"], row["chance_low"], row["chance_high"], 1) for key, row in self.rows.items()
                  if key[1] == measure]  # fmt: skip
        return values.row_digits(widest) if measure in BY_NAME else 1


def write(folder: Path | str, lang: str, out: Path | str) -> Path:
    """Write the page to `out`, whole or not at all, and return where it is."""
    text = render(open_timeline(folder), lang)
    target = Path(out).expanduser().absolute()
    beside = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)
    except OSError as fault:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
        raise store_error(str(out), wrong, right, fault=fault.strerror or str(fault)) from fault
    return target


def render(timeline: Timeline, lang: str) -> str:
    """The whole page as text."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    words = Words(timeline, lang, i18n.translator(lang))
    environment = Environment(
        loader=PackageLoader("egide.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    environment.globals["_"] = words.say
    style = resources.files("egide.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    template = environment.get_template("timeline.html.j2")
    return template.render(lang=lang, style=Markup(style), page=content(words))  # noqa: S704 - ours


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


def value(words: Words, alternative: str, measure: str, day: str) -> str:
    """'31.2 (chance 28 to 34; dates 31 to 45)'."""
    row, places = words.rows[alternative, measure, day], words.digits(measure)
    said = []
    if np.isfinite(row["chance_low"]):
        between = i18n.interval(row["chance_low"], row["chance_high"], words.lang, places)
        said.append(words.say("chance {between}").format(between=between))
    if slips(row, places):
        between = i18n.interval(row["dates_low"], row["dates_high"], words.lang, places)
        said.append(words.say("dates {between}").format(between=between))
    return number(row["value"], words.lang, places) + (f" ({'; '.join(said)})" if said else "")


def slips(row: dict[str, Any], places: int) -> bool:
    """Whether the dates that slip move the value by something that is shown."""
    return bool(np.isfinite(row["dates_low"])) and round(row["dates_low"], places) != round(row["dates_high"], places)


def differs(words: Words, name: str, first: str, measure: str) -> str:
    """From which month on an alternative differs from the first one: as published, and at the earliest and latest."""
    say, lang = words.say, words.lang
    other, own = words.column(first, measure, "value"), words.column(name, measure, "value")
    apart = np.flatnonzero(own != other)
    either = np.flatnonzero((words.column(name, measure, "dates_low") != words.column(first, measure, "dates_low"))
                            | (words.column(name, measure, "dates_high") != words.column(first, measure, "dates_high")))  # fmt: skip
    base = words.title(first)

    def on(at: int) -> str:
        return i18n.date(datetime.fromisoformat(words.months[at].isoformat()), lang)

    if not apart.size and not either.size:
        return say("At no date does it differ from “{base}”.").format(base=base)
    if not apart.size:
        return say("With the dates as published it never differs from “{base}”; with earlier dates from {early} on.").format(base=base, early=on(int(either[0])))  # fmt: skip
    text = say("It differs from “{base}” from {date} on.").format(base=base, date=on(int(apart[0])))
    if either.size and either[0] < apart[0]:
        text += " " + say("At the earliest from {early} on.").format(early=on(int(either[0])))
    return text


def plain_answer(timeline: Timeline, lang: str) -> list[str]:
    """The answer as plain lines for a terminal."""
    words = Words(timeline, lang, i18n.translator(lang))
    lines = [facts(words), "", words.measure(words.names[0])]
    for each in answer(words):
        lines.append(f"  {each['label']}{words.say(': ')}{each['text']} {each['when']}".rstrip())
    return lines


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
            groups.setdefault(() if alternatives == having[unit] and len(having[unit]) == len(words.timeline.alternatives)
                              else tuple(alternatives), []).append(unit)  # fmt: skip
        for alternatives, members in groups.items():
            label = together([pick(words.about["units"][unit]["label"], words.lang) or unit for unit in members])
            if alternatives and any(patterns[a, u] != pattern for u in members for a in having[u]):
                label += " (" + ", ".join(words.title(name) for name in alternatives) + ")"
            there, share, left = (np.array(part) for part in pattern)
            rows.append(Bar(label, there.astype(bool), share.astype(float), left.astype(float)))
    rows.sort(key=lambda row: int(np.argmax(row.there)) if row.there.any() else len(words.months))
    last = words.months[-1]
    marks = [Mark(date.fromisoformat(row["nominal"]), row["number"]) for row in events
             if row["effect_code"] != "none" and words.months[0] <= date.fromisoformat(row["nominal"]) <= last]  # fmt: skip
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


def together(labels: list[str]) -> str:
    """'US Patriot 1, 2' for names that differ in their last word."""
    stems = {label.rpartition(" ")[0] for label in labels}
    if len(labels) > 1 and len(stems) == 1 and "" not in stems:
        return f"{stems.pop()} {', '.join(label.rpartition(' ')[2] for label in labels)}"
    by_stem: dict[str, list[str]] = {}
    for label in labels:
        by_stem.setdefault(label.rpartition(" ")[0], []).append(label)
    if len(by_stem) < len(labels) and "" not in by_stem:
        return " · ".join(together(group) for group in by_stem.values())
    return " · ".join(labels)


def capability(words: Words, measure: str) -> Any:
    """One measure from month to month; the title says what came of it at the end."""
    lines = []
    for name in words.timeline.alternatives:
        get = {key: words.column(name, measure, key)
               for key in ("value", "chance_low", "chance_high", "dates_low", "dates_high")}  # fmt: skip
        lines.append(Line(words.title(name), get["value"], (get["chance_low"], get["chance_high"]),
                          (get["dates_low"], get["dates_high"]), words.rows[name, measure, STEADY]["value"]))  # fmt: skip
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


# --- tables --------------------------------------------------------------------------------------------------------


def table(words: Words, measure: str) -> dict[str, Any]:
    """A row at the first month and at each month in which some alternative's value changes; then the steady state."""
    names = words.timeline.alternatives
    columns = np.array([words.column(name, measure, "value") for name in names])
    at = [0, *(np.flatnonzero((np.diff(columns, axis=1) != 0.0).any(axis=0)) + 1)]
    places = words.digits(measure)
    rows = []
    for day in [*(words.months[int(i)].isoformat() for i in at), STEADY]:
        cells = []
        for name in names:
            row = words.rows[name, measure, day]
            ci = i18n.interval(row["chance_low"], row["chance_high"], words.lang, places) if (
                np.isfinite(row["chance_low"])) else ""  # fmt: skip
            between = i18n.interval(row["dates_low"], row["dates_high"], words.lang, places) if slips(row, places) else ""
            cells.append({"mean": number(row["value"], words.lang, places), "ci": ci, "range": between})
        rows.append({"day": words.day(day), "cells": cells, "steady": day == STEADY})
    return {"label": words.measure(measure), "rows": rows}


def event_rows(words: Words) -> list[dict[str, Any]]:
    """Every event in the order of its date."""
    say, lang = words.say, words.lang
    found = words.timeline.columns("FROM events ORDER BY nominal, event")
    rows = []
    for at in range(len(found["event"])):
        low, nominal, high = (str(found[key][at]) for key in ("low", "nominal", "high"))
        label = str(found["label_fr" if lang == "fr" else "label_en"][at])
        rows.append({
            "number": str(at + 1),
            "nominal": nominal,
            "date": i18n.date(datetime.fromisoformat(nominal), lang),
            "slip": "" if low == high else say("{low} to {high}").format(
                low=i18n.date(datetime.fromisoformat(low), lang), high=i18n.date(datetime.fromisoformat(high), lang)),
            "label": i18n.typeset(label, lang),
            "kind": say(KINDS[str(found["kind"][at])]),
            "effect": say(EFFECTS[str(found["effect"][at])]),
            "effect_code": str(found["effect"][at]),
            "units": units_said(words, str(found["units"][at])) if str(found["effect"][at]) != "none" else "",
            "of": ", ".join(words.title(name) for name in str(found["alternatives"][at]).split(", ")
                            if name in words.about["alternatives"]),
            "sources": str(found["sources"][at]),
            "grade": str(found["grade"][at]),
            "assumed": bool(found["assumed"][at]),
            "why": str(found["why"][at]),
        })  # fmt: skip
    return rows


def units_said(words: Words, text: str) -> str:
    known = words.about["units"]
    return together([pick(known[unit]["label"], words.lang) or unit for unit in text.split(", ") if unit in known]) if text else ""


def state_rows(words: Words) -> list[dict[str, Any]]:
    found = words.timeline.columns("FROM states ORDER BY state")
    rows = []
    for at in range(len(found["state"])):
        rows.append({
            "state": int(found["state"][at]),
            "alternatives": str(found["alternatives"][at]),
            "there": str(found["there"][at]),
            "out": str(found["out_of_order"][at]),
            "upgrades": str(found["upgrades"][at]),
            "runs": number(float(found["runs"][at]), words.lang, 0),
        })  # fmt: skip
    return rows


def command(words: Words) -> str:
    """The words that make the same again."""
    about = words.about
    parts = ["egide", "timeline", about["study"]["path"], "--calendar", about["calendar"], "--alternatives",
             ",".join(about["alternatives"]), "--from", about["from"], "--to", about["until"], "--replications",
             str(about["replications"])]  # fmt: skip
    return shlex.join([*parts, *(["--full"] if about["tracking"] == "full" else []), "-o", "out/timeline"])
