"""What is not known, in words: every factor by its name in a language, and every value that it moves with its source.

factor      one independent source of ignorance; the study's own label, else words made of what it moves
value       one parameter: least, nominal and greatest value, how sure the source is, and which source
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, final

import yaml

from egide import catalog as library
from egide.analysis.outcomes import Outcomes
from egide.catalog import Catalog
from egide.catalog.model import Source
from egide.catalog.words import MAKERS, PARAMETERS
from egide.i18n import Translator, mark, pick, translator
from egide.report.labels import BASIS_LABELS, told
from egide.store.campaign import SCENARIO

_MADE_OF: Final = {  # what a factor that the study does not name itself is called
    "signature": mark("radar cross section of: {entry}"),
    "kill": mark("kill probabilities of: {entry}"),
    "optimism": mark("claims of {maker}"),
    "assumption": mark("{parameter}, wherever it is assumed to be {value}"),
}
_UNITS: Final = {"m2": "m²", "deg": "°"}
_OF_ALL: Final = "general"  # entries of this kind are of no equipment: their parameter says enough


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
    """Factor -> what it is called."""
    return {name: _called(name, rows[0], lang) for name, rows in _by_factor(campaign).items()}


def section(campaign: Outcomes, lang: str) -> list[dict[str, Any]]:
    """Factors in the order of the study, each with the values it moves."""
    say = translator(lang)
    return [
        {"label": _called(name, rows[0], lang), "name": name, "values": [_moved(row, say, lang) for row in rows]}
        for name, rows in _by_factor(campaign).items()
    ]


def sources(campaign: Outcomes) -> list[Source]:
    """Every source that a factor's value names, in the order of their numbers."""
    named = {row["source"] for rows in _by_factor(campaign).values() for row in rows}
    return [_catalog().sources[each] for each in sorted(named & set(_catalog().sources))]


def entry_of(row: Mapping[str, str], lang: str) -> str:
    """The equipment that a parameter's path speaks of: as the study's scenario calls its own, else as the catalogue
    does; its id where neither has such an entry."""
    if row[f"own_{lang}"]:
        return row[f"own_{lang}"]
    entry_id = row["parameter"].rpartition(".")[0]
    entry = _catalog().get(entry_id)
    return pick(entry.label, lang) if entry is not None else entry_id


def parameter_of(path: str, say: Translator) -> str:
    """What a parameter is called."""
    name = path.rpartition(".")[2]
    return say(PARAMETERS[name]) if name in PARAMETERS else name.replace("_", " ")


def _called(name: str, row: Mapping[str, str], lang: str) -> str:
    """With a capital: it stands in tables and above figures."""
    words = _words(name, row, lang)
    return words[:1].upper() + words[1:]


def _words(name: str, row: Mapping[str, str], lang: str) -> str:
    if row[f"label_{lang}"]:
        return row[f"label_{lang}"]
    say, path, reason = translator(lang), row["parameter"], row["reason"]
    if reason not in _MADE_OF:
        own, entry = parameter_of(path, say), _short(entry_of(row, lang))
        return own if path.startswith(f"{_OF_ALL}/") or not entry else f"{own} ({entry})"
    maker = name.partition(".")[2]
    return say(_MADE_OF[reason]).format(
        entry=_short(entry_of(row, lang)), maker=MAKERS.get(maker, maker), parameter=parameter_of(path, say),
        value=row["nominal"],
    )  # fmt: skip


def _short(entry: str) -> str:
    """Without what is explained in parentheses."""
    return entry.partition(" (")[0]


def _moved(row: Mapping[str, str], say: Translator, lang: str) -> Moved:
    return Moved(
        entry_of(row, lang), parameter_of(row["parameter"], say),
        _typeset(row["low"], lang), _typeset(row["nominal"], lang), _typeset(row["high"], lang),
        told(BASIS_LABELS, row["basis"], say), row["source"], row["why"],
    )  # fmt: skip


def _typeset(text: str, lang: str) -> str:
    """'0.5 m2' as it is printed: a comma in French, and a unit that does not part from its number."""
    figure, _, unit = text.partition(" ")
    return "\N{NARROW NO-BREAK SPACE}".join(
        filter(None, [figure.replace(".", "," if lang == "fr" else "."), _UNITS.get(unit, unit)])
    )


def _by_factor(campaign: Outcomes) -> dict[str, list[dict[str, str]]]:
    """Rows of the table of factors, as text."""
    columns = ("factor", "reason", "label_en", "label_fr", "parameter", "low", "nominal", "high", "basis", "source",
               "why")  # fmt: skip
    rows: Sequence[Sequence[Any]] = campaign.campaign.factors.select(*columns).fetchall()
    found: dict[str, list[dict[str, str]]] = {}
    own = _own_labels(campaign)
    for row in rows:
        named = dict(zip(columns, map(str, row), strict=True))
        label = own.get(named["parameter"].rpartition(".")[0], {})
        named |= {f"own_{lang}": label.get(lang, "") for lang in ("en", "fr")}
        found.setdefault(named["factor"], []).append(named)
    return found


def _own_labels(campaign: Outcomes) -> dict[str, dict[str, str]]:
    """What the scenario calls the equipment that it brings itself, from the text that the campaign keeps."""
    file = campaign.campaign.folder / SCENARIO
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if "\nequipment:" not in text:
        return {}
    written = yaml.load(text, Loader=yaml.CSafeLoader)["equipment"]
    labels = {name: piece["label"] for name, piece in written.items()}
    return {
        name: {"en": label, "fr": label} if isinstance(label, str) else {"fr": label["en"], **label}
        for name, label in labels.items()
    }


@lru_cache(maxsize=1)
def _catalog() -> Catalog:
    return library.load()
