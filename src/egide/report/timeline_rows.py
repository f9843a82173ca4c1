"""The tables of a timeline's page: values at every date at which they change, the events, the distinct states."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from egide import i18n
from egide.i18n import number
from egide.report.timeline_words import EFFECTS, KINDS, Words, slips, units_said
from egide.store.timeline import STEADY

__all__ = ["event_rows", "state_rows", "table"]


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
            between = (
                i18n.interval(row["dates_low"], row["dates_high"], words.lang, places) if slips(row, places) else ""
            )
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


def state_rows(words: Words) -> list[dict[str, Any]]:
    found = words.timeline.columns("FROM states ORDER BY state")
    return [
        {
            "state": int(found["state"][at]),
            "alternatives": ", ".join(words.title(name) for name in str(found["alternatives"][at]).split(", ")),
            "there": units_said(words, str(found["there"][at])),
            "out": units_said(words, str(found["out_of_order"][at])),
            "upgrades": str(found["upgrades"][at]),
            "runs": number(float(found["runs"][at]), words.lang, 0),
        }
        for at in range(len(found["state"]))
    ]
