"""`egide catalog`: what the equipment library holds, every number with its range, its grade and its source.

entry   one piece of equipment, shown whole when it is named: by its id, an alias or the last part of its id
list    every entry on a line, or those that --search finds
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from egide import catalog as library
from egide import i18n
from egide.cli import common, options
from egide.errors import ScenarioError
from egide.i18n import mark

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

COMMAND: Final = "egide catalog"
BASIS_WORDS: Final = {"stated": mark("stated"), "derived": mark("derived"), "assumed": mark("assumed")}
HEADINGS: Final = (
    mark("parameter"), mark("low"), mark("nominal"), mark("high"), mark("unit"), mark("basis"), mark("grade"),
    mark("source"),
)  # fmt: skip
PIPE_WIDTH: Final = 160  # a line an entry, where the output is not a terminal and says no width


def catalog(
    name: Annotated[str | None, Parameter(help="An entry, by its id, an alias or the last part of its id.")] = None,
    *,
    search: Annotated[str | None, Parameter(help="List the entries that hold these words.")] = None,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Show the equipment catalogue, every value with its source.

    Without a name: one line an entry. With a name: every parameter, low, nominal and high, how sure it is and where it
    was published. Grades: S read at its source, S2 read in a copy, D derived, K recalled, A assumed.

    Example: egide catalog S-400
    """
    shelf = library.load()
    language = i18n.choose(lang)
    if name is None:
        found: Sequence[library.Entry] = shelf.search(search or "")
    else:
        found = shelf.find(name)
        if not found:
            raise ScenarioError([library.unknown_entry(shelf, name, COMMAND, "")])
    if json:
        common.print_json(_document(shelf, found, whole=name is not None))
    elif name is None:
        _print_list(shelf, found, language)
    else:
        for entry in found:
            _print_entry(shelf, entry, language)
    return 0


# --- JSON --------------------------------------------------------------------------------------------------------


def _document(shelf: library.Catalog, found: Sequence[library.Entry], *, whole: bool) -> dict[str, Any]:
    """What is found as plain data: the sources cited beside the entries where they are shown whole."""
    entries = [_entry(entry, whole=whole) for entry in found]
    document: dict[str, Any] = {"counts": shelf.counts(), "entries": entries}
    if whole:
        cited = dict.fromkeys(source for entry in found for source in entry.cited())
        document["sources"] = {
            source: {
                "says": shelf.sources[source].says,
                "grade": shelf.sources[source].grade,
                "note": shelf.sources[source].note,
                "urls": list(shelf.sources[source].urls),
            }
            for source in cited
        }
    return document


def _entry(entry: library.Entry, *, whole: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.id,
        "kind": entry.kind,
        "label": dict(entry.label),
        "aliases": list(entry.aliases),
    }
    if whole:
        row |= {"note": entry.note, "facts": dict(entry.facts)}
        row["values"] = {value.name: _value(value) for value in entry.values.values()}
    return row


def _value(value: library.Value) -> dict[str, Any]:
    """A value in both forms: as it was written, and in SI."""
    return {
        "low": value.shown("low"),
        "nominal": value.shown("nominal"),
        "high": value.shown("high"),
        "low_si": value.low,
        "nominal_si": value.value,
        "high_si": value.high,
        "unit": value.unit,
        "dimension": value.dimension.name,
        "basis": value.basis,
        "grade": value.grade,
        "source": list(value.source_ids),
        "date": value.date,
        "why": value.why,
        "disputed": value.disputed,
    }


# --- for people --------------------------------------------------------------------------------------------------


def _console() -> Console:
    """As wide as the terminal, or as COLUMNS says; in a pipe wide enough for an entry a line."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Console(width=width, highlight=False, emoji=False, markup=False)


def _table(*columns: str, right: Sequence[int] = ()) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index in right else "left", overflow="fold")
    return table


def _print_list(shelf: library.Catalog, found: Sequence[library.Entry], lang: str) -> None:
    """One line an entry, then how sure the whole is."""
    say = i18n.translator(lang)
    console = _console()
    if not found:
        console.print(say(mark("nothing found")))
        return
    table = _table(say(mark("id")), say(mark("label")), say(mark("other names")))
    for entry in found:
        table.add_row(entry.id, i18n.pick(entry.label, lang), ", ".join(entry.aliases))
    console.print(table)
    counts = shelf.counts()
    summary = mark(
        "{entries} entries; the catalogue's values: {stated} stated, {derived} derived, {assumed} assumed, "
        "{disputed} disputed"
    )
    console.print(say(summary).format(entries=len(found), **counts))


def _print_entry(shelf: library.Catalog, entry: library.Entry, lang: str) -> None:
    """The entry's values as a table, then the reasons, then the sources with their pages."""
    say = i18n.translator(lang)
    console = _console()
    console.print(f"{entry.id}  {i18n.pick(entry.label, lang)}", style="bold")
    for line in (entry.note, *_facts(entry.facts, lang)):
        if line:
            console.print(line)
    if entry.values:
        console.print()
        console.print(_value_table(entry, say))
    reasons = [value for value in entry.values.values() if value.why]
    if reasons:
        table = _table(say(mark("parameter")), say(mark("reason")))
        for value in reasons:
            table.add_row(value.name, value.why)
        console.print()
        console.print(table)
    cited = entry.cited()
    if cited:
        console.print()
        console.print(say(mark("Sources")), style="bold")
    for source in (shelf.sources[source_id] for source_id in cited):
        console.print(f"{source.id} ({source.grade}) {source.says}" + (f". {source.note}" if source.note else ""))
        for number, url in enumerate(source.urls, 1):
            console.print(f"  [{number}] {url}", soft_wrap=True)
    console.print()


def _value_table(entry: library.Entry, say: i18n.Translator) -> Table:
    """A row a parameter: its range, and how sure it is."""
    table = _table(*map(say, HEADINGS), right=(1, 2, 3))
    for value in entry.values.values():
        numbers = [value.number(level) for level in library.LEVELS]
        source = ", ".join(value.source_ids) or "–"
        source += f" ({say(mark('disputed'))})" if value.disputed else ""
        table.add_row(value.name, *numbers, value.unit, say(BASIS_WORDS[value.basis]), value.grade, source)
    return table


def _facts(facts: Any, lang: str, name: str = "") -> list[str]:
    """Facts as lines: 'band: S', and what lies deeper by its path."""
    if isinstance(facts, dict) and {"en", "fr"} <= set(facts):
        rest = {key: item for key, item in facts.items() if key not in ("en", "fr")}
        return [f"{name}: {facts[lang]}" + (f" ({_flat(rest)})" if rest else "")]
    if isinstance(facts, dict) and any(map(_deep, facts.values())):
        return [line for key, item in facts.items() for line in _facts(item, lang, f"{name} {key}".strip())]
    if isinstance(facts, dict) and name:
        return [f"{name}: {_flat(facts)}"]
    if isinstance(facts, dict):
        return [f"{key}: {_word(item)}" for key, item in facts.items()]
    if _deep(facts):
        return [line for number, item in enumerate(facts, 1) for line in _facts(item, lang, f"{name} {number}")]
    return [f"{name}: {_word(facts)}"]


def _deep(fact: Any) -> bool:
    """Whether a fact needs more than one line."""
    return isinstance(fact, dict) or (isinstance(fact, list) and any(isinstance(item, dict) for item in fact))


def _flat(facts: dict[str, Any]) -> str:
    return ", ".join(f"{key} {_word(item)}" for key, item in facts.items())


def _word(fact: Any) -> str:
    if isinstance(fact, list):
        return ", ".join(map(_word, fact))
    return str(fact).lower() if isinstance(fact, bool) else str(fact)
