"""A timeline in one language: its words, its days, its values in the unit shown.

day      'as of 15 July 2019', or the steady state
covered  a share of coverage, beside the measures of the runs
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import i18n
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME
from egide.i18n import Translator, mark, number, pick
from egide.report import values
from egide.store.timeline import STEADY, Timeline

__all__ = ["COVERED", "EFFECTS", "KINDS", "Words", "slips", "together"]

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
        return [*self.about["measures"], *(COVERED if self.about.get("coverage") else ())]

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


def slips(row: dict[str, Any], places: int) -> bool:
    """Whether the dates that slip move the value by something that is shown."""
    return bool(np.isfinite(row["dates_low"])) and round(row["dates_low"], places) != round(row["dates_high"], places)


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


def units_said(words: Words, text: str) -> str:
    known = words.about["units"]
    return (
        together([pick(known[unit]["label"], words.lang) or unit for unit in text.split(", ") if unit in known])
        if text
        else ""
    )


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
