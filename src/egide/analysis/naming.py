"""What a factor, a parameter and a piece of equipment are called: one way of saying it, wherever a result is told.

factor      one independent source of ignorance; the study's own label, else words made of what it moves
reason      why several parameters are one factor: signature, kill, optimism, assumption, group; '' for one alone
parameter   one value, by its path: `missile/48n6e3.range`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import yaml

from egide import catalog as library
from egide.catalog import Catalog
from egide.catalog.words import MAKERS, PARAMETERS
from egide.i18n import Translator, mark, pick, translator
from egide.store.campaign import SCENARIO, Campaign

__all__ = ["by_factor", "catalog", "entry", "factor", "factors", "of_path", "parameter"]

OPTIMISM: Final = "optimism"
_MADE_OF: Final = {  # what a factor that the study does not name itself is called
    "signature": mark("radar cross section of: {entry}"),
    "kill": mark("kill probabilities of: {entry}"),
    OPTIMISM: mark("claims of {maker}"),
    "assumption": mark("{parameter}, wherever it is assumed to be {value}"),
}
_COLUMNS: Final = (
    "factor", "reason", "label_en", "label_fr", "parameter", "low", "nominal", "high", "basis", "source", "why",
)  # fmt: skip
_OF_ALL: Final = "general"  # entries of this kind are of no equipment: their parameter says enough


def factors(campaign: Campaign, lang: str) -> dict[str, str]:
    """Every factor of a campaign -> what it is called, as inside a sentence."""
    return {name: factor(name, lang, rows[0]) for name, rows in by_factor(campaign).items()}


def by_factor(campaign: Campaign) -> dict[str, list[dict[str, str]]]:
    """Rows of the table of factors, as text."""
    rows: Sequence[Sequence[Any]] = campaign.factors.select(*_COLUMNS).fetchall()
    found: dict[str, list[dict[str, str]]] = {}
    own = _own_labels(campaign)
    for row in rows:
        named = dict(zip(_COLUMNS, map(str, row), strict=True))
        label = own.get(named["parameter"].rpartition(".")[0], {})
        named |= {f"own_{lang}": label.get(lang, "") for lang in ("en", "fr")}
        found.setdefault(named["factor"], []).append(named)
    return found


def factor(name: str, lang: str, row: Mapping[str, str] | None = None) -> str:
    """A factor by the first row of it in a campaign's table; without one (a formula of catalogue values) by its name,
    which is a maker's claims or one parameter's path."""
    if row is None:
        kind, _, rest = name.partition(".")
        row = {"parameter": name, "reason": OPTIMISM if kind == OPTIMISM and rest else ""}
    if row.get(f"label_{lang}"):
        return row[f"label_{lang}"]
    if row["reason"] not in _MADE_OF:
        return of_path(row["parameter"], lang, row)
    say, maker = translator(lang), name.partition(".")[2]
    return say(_MADE_OF[row["reason"]]).format(
        entry=_short(entry(row["parameter"], lang, row)), maker=MAKERS.get(maker, maker),
        parameter=parameter(row["parameter"], say), value=row.get("nominal", ""),
    )  # fmt: skip


def of_path(path: str, lang: str, row: Mapping[str, str] | None = None) -> str:
    """One parameter with its equipment: 'longest range (48N6E3 interceptor)'."""
    own, of = parameter(path, translator(lang)), _short(entry(path, lang, row))
    return own if path.startswith(f"{_OF_ALL}/") or not of else f"{own} ({of})"


def entry(path: str, lang: str, row: Mapping[str, str] | None = None) -> str:
    """The equipment that a parameter's path speaks of: as the study's scenario calls its own (`row`), else as the
    catalogue does; its id where neither has such an entry."""
    if row is not None and row.get(f"own_{lang}"):
        return row[f"own_{lang}"]
    entry_id = path.rpartition(".")[0]
    found = catalog().get(entry_id)
    return pick(found.label, lang) if found is not None else entry_id


def parameter(path: str, say: Translator) -> str:
    """What a parameter is called."""
    name = path.rpartition(".")[2]
    return say(PARAMETERS[name]) if name in PARAMETERS else name.replace("_", " ")


def _own_labels(campaign: Campaign) -> dict[str, dict[str, str]]:
    """What the scenario calls the equipment that it brings itself, from the text that the campaign keeps."""
    file = campaign.folder / SCENARIO
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if "\nequipment:" not in text:
        return {}
    written = yaml.load(text, Loader=yaml.CSafeLoader)["equipment"]
    labels = {name: piece["label"] for name, piece in written.items()}
    return {
        name: {"en": label, "fr": label} if isinstance(label, str) else {"fr": label["en"], **label}
        for name, label in labels.items()
    }


def _short(name: str) -> str:
    """Without what is explained in parentheses."""
    return name.partition(" (")[0]


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The catalogue as shipped."""
    return library.load()
