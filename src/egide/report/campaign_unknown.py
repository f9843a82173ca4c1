"""What is not known, in words: every factor by its name in a language, and every value that it moves with its source.

factor      one independent source of ignorance; its name is made in egide.analysis.naming
value       one parameter: least, nominal and greatest value, how sure the source is, and which source
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from egide.analysis import naming
from egide.analysis.outcomes import Outcomes
from egide.catalog.model import Source
from egide.i18n import Translator, translator
from egide.report.labels import BASIS_LABELS, told

_UNITS: Final = {"m2": "m²", "deg": "°"}


@final
@dataclass(frozen=True)
class Moved:
    """One value that a factor moves, as it is shown."""

    entry: str
    parameter: str
    low: str
    nominal: str
    high: str
    basis: str
    source: str
    why: str


def names(campaign: Outcomes, lang: str) -> dict[str, str]:
    """Factor -> what it is called, with a capital: it stands in tables and above figures."""
    return {name: words[:1].upper() + words[1:] for name, words in naming.factors(campaign.campaign, lang).items()}


def section(campaign: Outcomes, lang: str) -> list[dict[str, Any]]:
    """Factors in the order of the study, each with the values it moves."""
    say, called = translator(lang), names(campaign, lang)
    return [
        {"label": called[name], "name": name, "values": [_moved(row, say, lang) for row in rows]}
        for name, rows in naming.by_factor(campaign.campaign).items()
    ]


def sources(campaign: Outcomes) -> list[Source]:
    """Every source that a factor's value names, in the order of their numbers."""
    named = {row["source"] for rows in naming.by_factor(campaign.campaign).values() for row in rows}
    register = naming.catalog().sources
    return [register[each] for each in sorted(named & set(register))]


def _moved(row: Mapping[str, str], say: Translator, lang: str) -> Moved:
    return Moved(
        naming.entry(row["parameter"], lang, row), naming.parameter(row["parameter"], say),
        _typeset(row["low"], lang), _typeset(row["nominal"], lang), _typeset(row["high"], lang),
        told(BASIS_LABELS, row["basis"], say), row["source"], row["why"],
    )  # fmt: skip


def _typeset(text: str, lang: str) -> str:
    """'0.5 m2' as it is printed: a comma in French, and a unit that does not part from its number."""
    figure, _, unit = text.partition(" ")
    return "\N{NARROW NO-BREAK SPACE}".join(
        filter(None, [figure.replace(".", "," if lang == "fr" else "."), _UNITS.get(unit, unit)])
    )
