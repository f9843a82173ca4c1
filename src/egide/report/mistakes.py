"""Wrongful engagements: by cause, expected from every pass and not from what was drawn alone, beside two precedents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from egide.analysis.measures import BY_NAME, GROUPS
from egide.report import values

if TYPE_CHECKING:
    from egide.report.page import Words
    from egide.report.reading import Comparison


def content(comparison: Comparison, words: Words) -> dict[str, Any]:
    """Rows of causes and of rates, a column an alternative; no rows where nothing was shot at by mistake."""
    causes = _rows(comparison, words, GROUPS["causes"])
    seen = any(
        comparison.estimates[run.name][name].value > 0.0
        for run in comparison.runs
        for name in ("wrongful", "wrongful_expected")
    )
    return {
        "cause_titles": [run.title(words.lang) for run in comparison.runs],
        "cause_rows": causes if seen else [],
        "expected_rows": _rows(comparison, words, GROUPS["fratricide"]),
        "cause_intro": words.say(
            "A cause is one thing but for which, all else alike, the rules would not have let the battery fire. One "
            "case counts under each of its causes; under several at once, where no single thing would have done."
        ),
        "expected_intro": words.say(
            "Expected: from the chance of each pass, over both branches of the operators' draws and over the shots' "
            "kill draws, given equipment and picture. It has the mean of what was drawn, and less spread."
        ),
        "precedents": words.say(
            "For scale, and counting other things: in Iraq in 2003 two friendly aircraft were shot down by Patriot, "
            "and a third shot at a Patriot radar, in some 30 000 to 45 000 friendly sorties, most of which never came "
            "near a battery: 0.4 to 1 per 10 000 sorties. Flight PS752 was the tenth departure past one battery that "
            "morning: one of ten shot at, 95 % interval 0.3 to 45 %, chosen because it was."
        ),
    }


def _rows(comparison: Comparison, words: Words, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for name in names:
        measure = BY_NAME[name]
        estimates = [values.scaled(measure, comparison.estimates[run.name][name]) for run in comparison.runs]
        if any(values.known(estimate) for estimate in estimates):
            cells = [values.cell(each, words.lang, values.row_digits(estimates)) for each in estimates]
            rows.append({"label": values.label(measure, words.lang), "cells": cells})
    return rows
