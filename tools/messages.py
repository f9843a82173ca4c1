"""Collects every message of the package, brings the French catalogue up to date and compiles it.

    python tools/messages.py            update locale/fr/LC_MESSAGES/egide.po and .mo, list what is missing
    python tools/messages.py --check    change nothing; exit 1 where a message is missing, unused or the .mo is old

A message is: the first argument of `_`, `say`, `tell` or `mark`; `wrong` and `right` of a Problem (egide.errors), by
keyword, by assignment to such a name, or by place in the calls listed below; and `_("...")` in a report template. Only
literals count.
Babel is needed here and in the tests, never at run time.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = ROOT / "src" / "egide"
PO: Final = SOURCES / "locale" / "fr" / "LC_MESSAGES" / "egide.po"
MO: Final = PO.with_suffix(".mo")
EPOCH: Final = datetime(2019, 7, 12, tzinfo=UTC)  # dates in the header would change the file each time

HEADER: Final = "# The French of Égide. Made by tools/messages.py: edit the msgstr lines only, then run it again."

MARKERS: Final = {"_", "say", "tell", "mark", "translate"}
PLACES: Final = {"Problem": (4, 5), "store_error": (1, 2), "scenario_error": (1, 2)}  # where wrong and right stand
KEYWORDS: Final = {"wrong", "right"}


def literals(node: ast.expr | None) -> Iterator[str]:
    """The texts an expression can be: a literal, literals joined by +, either branch of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = list(literals(node.left)), list(literals(node.right))
        if len(left) == len(right) == 1:
            yield left[0] + right[0]


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def wrappers(tree: ast.AST) -> dict[str, tuple[int, ...]]:
    """Functions of one module with parameters `wrong` and `right`: where those stand in a call of theirs."""
    found: dict[str, tuple[int, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            names = names[1:] if names[:1] in (["self"], ["cls"]) else names
            places = tuple(index for index, name in enumerate(names) if name in KEYWORDS)
            if places:
                found[node.name] = places
    return found


def python_messages(text: str) -> Iterator[tuple[int, str]]:
    """(line, message) of one Python source."""
    tree = ast.parse(text)
    places = PLACES | wrappers(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in KEYWORDS for t in node.targets):
            for message in literals(node.value):
                yield node.lineno, message
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        wanted: list[ast.expr] = []
        if name in MARKERS:
            wanted += node.args[:1]
        wanted += [node.args[place] for place in places.get(name, ()) if place < len(node.args)]
        wanted += [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
        for expression in wanted:
            for message in literals(expression):
                if message.strip():
                    yield node.lineno, message


def template_messages(data: bytes) -> Iterator[tuple[int, str]]:
    """(line, message) of one Jinja template."""
    for line, message, _comments, _context in extract(
        "jinja2.ext:babel_extract", io.BytesIO(data), keywords={"_": None, "gettext": None}
    ):
        yield line, message if isinstance(message, str) else message[0]


def collect() -> Catalog:
    """Every message of the package, in order of file and line."""
    catalog = Catalog(domain="egide", charset="utf-8")
    for path in sorted(SOURCES.rglob("*")):
        found: Iterable[tuple[int, str]] = ()
        if path.suffix == ".py":
            found = python_messages(path.read_text(encoding="utf-8"))
        elif path.suffix == ".j2":
            found = template_messages(path.read_bytes())
        place = path.relative_to(ROOT).as_posix()
        for _line, message in sorted(found):
            catalog.add(message, locations=[(place, 0)])
    return catalog


def updated(found: Catalog) -> Catalog:
    """The French catalogue with exactly the messages found. What is no longer used is dropped."""
    french = Catalog(
        locale="fr", domain="egide", header_comment=HEADER, project="Égide", version="1", creation_date=EPOCH,
        revision_date=EPOCH, charset="utf-8", fuzzy=False, msgid_bugs_address="", last_translator="Égide",
        language_team="Égide",
    )  # fmt: skip
    known = sentences(read(PO)) if PO.exists() else {}
    for message in found:
        if message.id:
            french.add(message.id, known.get(str(message.id), ""), locations=message.locations)
    return french


def po_bytes(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=118, include_lineno=False, sort_by_file=True)
    return out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def read(path: Path) -> Catalog:
    """The catalogue in a .po or a .mo file."""
    return (read_mo if path.suffix == ".mo" else read_po)(io.BytesIO(path.read_bytes()))


def sentences(catalog: Catalog) -> dict[str, str]:
    """Message to sentence, translated ones only: what two catalogues must share (headers name Babel's version)."""
    return {str(message.id): str(message.string) for message in catalog if message.id and message.string}


def missing(catalog: Catalog) -> list[str]:
    """Messages without a French sentence."""
    return [str(message.id) for message in catalog if message.id and not message.string]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 where something is out of date")
    check = parser.parse_args().check
    catalog = updated(collect())
    untranslated = missing(catalog)
    for message in untranslated:
        print(f"not translated: {message!r}")
    if check:
        wanted = sentences(catalog)
        stale = [path.name for path in (PO, MO) if not path.exists() or sentences(read(path)) != wanted]
        for name in stale:
            print(f"out of date: {name}; run python tools/messages.py")
        return 1 if untranslated or stale else 0
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalog))
    MO.write_bytes(mo_bytes(catalog))
    print(f"{len(catalog)} messages, {len(untranslated)} without French")
    return 0


if __name__ == "__main__":
    sys.exit(main())
