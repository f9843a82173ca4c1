"""The verdicts as a page: a summary, then a table a model, its sources numbered below it.

Numbers are shown to a tenth of their tolerance, so that what is printed is what was compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from egide.validation.cases import Case, Verdict

__all__ = ["name_of", "section", "shown", "within"]

_LONGEST: Final = 72


def shown(value: float, case: Case) -> str:
    """A number with the digits that its tolerance asks for."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "–"
    tolerance = case.tolerance
    if tolerance <= 0.0:
        return f"{value:.9g}"
    decimals = max(0, 1 - math.floor(math.log10(tolerance)))
    text = f"{value:.{decimals}f}"
    if len(text.replace(".", "").lstrip("-0")) > 15 or decimals > 12:
        return f"{value:.12g}"
    return text


def within(case: Case) -> str:
    """The tolerance, as it was given: relative to the value (`rel.`) or an amount."""
    if case.rtol * abs(case.value) >= case.atol and case.rtol > 0.0:
        return f"{case.rtol:.3g} rel."
    return f"{case.atol:.3g}" if case.atol else "exact"


def name_of(case: Case) -> str:
    """The call in one line: `module.name(a 1, b 2)[item]`."""
    inside = ", ".join(f"{name} {_short(_compact(value))}" for name, value in case.arguments.items())
    return f"{case.call}({inside})" + ("" if case.item is None else f"[{case.item}]")


def _short(text: str) -> str:
    """A table as an argument is told by its beginning; the file of published values has it whole."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"


def _compact(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return " x ".join(str(n) for n in np.shape(value)) + " numbers"
    if isinstance(value, list):
        return "[" + " ".join(_compact(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + " ".join(f"{name} {_compact(item)}" for name, item in value.items()) + "}"
    return "none" if value is None else str(value)


def section(verdicts: Sequence[Verdict]) -> str:
    """Markdown: how many agree and how nearly, then every number."""
    groups = [(model, list(group)) for model, group in groupby(verdicts, key=lambda verdict: verdict.model)]
    lines = [
        f"{sum(verdict.ok for verdict in verdicts)} of {len(verdicts)} numbers agree within their tolerance.",
        "",
        "| model | numbers | agree | published | computed or analytic | largest deviation, share of its tolerance |",
        "|---|---|---|---|---|---|",
        *(_summary(model, group) for model, group in groups),
    ]
    for model, group in groups:
        lines += ["", f"### {model}", "", *_table(group)]
    return "\n".join(lines) + "\n"


def _summary(model: str, group: Sequence[Verdict]) -> str:
    printed = sum(verdict.case.evidence.startswith("published") for verdict in group)
    agree = sum(verdict.ok for verdict in group)
    worst = max(_share(verdict) for verdict in group)
    share = "fails" if math.isinf(worst) else f"{worst:.2f}" if worst >= 0.005 else "under 0.01"
    return f"| {model} | {len(group)} | {agree} | {printed} | {len(group) - printed} | {share} |"


def _share(verdict: Verdict) -> float:
    """Deviation over tolerance; 0 where both are the same, infinite where there is no number."""
    if verdict.ours == verdict.case.value:
        return 0.0
    deviation = abs(verdict.ours - verdict.case.value)
    if math.isnan(deviation) or verdict.case.tolerance == 0.0:
        return math.inf
    return deviation / verdict.case.tolerance


def _table(group: Iterable[Verdict]) -> Iterator[str]:
    sources: dict[str, int] = {}
    yield "| call | ours | theirs | within | evidence | source | |"
    yield "|---|---|---|---|---|---|---|"
    for verdict in group:
        case = verdict.case
        number = sources.setdefault(case.source, len(sources) + 1)
        ours = verdict.fault or shown(verdict.ours, case)
        mark = "ok" if verdict.ok else "**differs**"
        cells = f"`{name_of(case)}` | {ours} | {shown(case.value, case)} | {within(case)} | {case.evidence}"
        yield f"| {cells} | {number} | {mark} |"
    yield ""
    for source, number in sources.items():
        yield f"{number}. {source}"
