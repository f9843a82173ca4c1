"""Why attackers got through: the share of each deciding cause among the leakers of each alternative, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from egide.analysis import reasons
from egide.i18n import Translator, count, interval, number
from egide.report.labels import CAUSE_LABELS, told

if TYPE_CHECKING:
    from egide.report.reading import Run


def content(runs: Sequence[Run], lang: str, say: Translator) -> dict[str, Any]:
    """Rows of causes by alternative, the most frequent first; no rows where nothing got through."""
    found = {run.name: reasons.leakers(run.bundle) for run in runs}
    shares = {run.name: {s.cause: s for s in reasons.shares(found[run.name], run.replications)} for run in runs}
    causes = sorted(
        {cause for each in shares.values() for cause in each},
        key=lambda cause: (-sum(each[cause].n for each in shares.values() if cause in each), cause),
    )
    rows = []
    for cause in causes:
        cells = [cell(shares[run.name].get(cause), lang) for run in runs]
        rows.append({"label": told(CAUSE_LABELS, cause, say), "cells": cells})
    return {
        "leak_titles": [run.title(lang) for run in runs],
        "leak_totals": [count(len(found[run.name]), lang) for run in runs],
        "leak_rows": rows,
        "leak_intro": say(
            "Each attacker that got through has one deciding cause: what stopped the battery that came furthest with "
            "it, among those that had it within reach. In per cent of those that got through, with 95 % intervals; "
            "those of one replication are not independent, and the intervals allow for that."
        ),
    }


def cell(share: reasons.Share | None, lang: str) -> dict[str, str]:
    """A share and its interval in per cent; a dash where the cause never decided."""
    if share is None:
        return {"mean": "–", "interval": ""}
    between = interval(100 * share.low, 100 * share.high, lang, 1)
    return {"mean": number(100 * share.share, lang, 1), "interval": between}
