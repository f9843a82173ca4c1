"""From the data files to a catalogue, checked whole: every problem of every file with its line and column.

node       a piece of YAML that still knows where it stands
register   `sources.yaml`: every source by its id; a value names one or several
shared     a file's first key, where values that many entries repeat are written once and anchored
collected  the day on which a file's figures were collected; a value may give its own `date`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from egide.catalog.model import GRADE_BASIS, Catalog, Entry, Source, Value, fact_sources, make_value, unknown_parameter
from egide.catalog.parameters import PARAMETERS, REQUIRED_FACTS, required
from egide.errors import Problem, ScenarioError
from egide.i18n import mark

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENTRY_KEYS: Final = frozenset({"kind", "label", "aliases", "note", "values", "facts"})
_VALUE_KEYS: Final = frozenset({"value", "low", "high", "basis", "grade", "source", "date", "why", "how", "disputed"})
_SOURCE_KEYS: Final = frozenset({"says", "grade", "note", "urls", "date", "disputed"})
_FILE_KEYS: Final = frozenset({"collected", "shared"})
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_WHOLE: Final = re.compile(r"[-+]?\d+")
_DECIMAL: Final = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?")


def read_files(files: Iterable[Path], register: Path | None = None, known: Catalog | None = None) -> Catalog:
    """The catalogue of these files, added to `known`. Raises ScenarioError with every problem found."""
    reader = _Reader()
    sources = dict(known.sources) if known else {}
    if register is not None:
        sources |= reader.register(register)
    entries = dict(known.entries) if known else {}
    places: dict[str, str] = {}
    for file in files:
        reader.file(file, sources, entries, places)
    reader.components(entries)
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Catalog(entries, sources)


class _Reader:
    """One reading of one set of files; keeps the problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.name = ""
        self.collected = ""

    def wrong(self, node: yaml.Node, path: str, wrong: str, right: str = "", **values: Any) -> None:
        mark = node.start_mark
        self.problems.append(Problem(self.name, mark.line + 1, mark.column + 1, path, wrong, right, values))

    # --- files -----------------------------------------------------------------------------------------------

    def top(self, file: Path) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The outermost mapping of a file; empty where it cannot be read."""
        self.name, self.collected = file.name, ""
        try:
            root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_LOADER)
        except OSError as error:
            self.problems.append(Problem(str(file), 0, 0, "", "{text}", "", {"text": error.strerror}))
            return {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            what = getattr(error, "problem", None) or str(error)
            self.problems.append(Problem(self.name, line, column, "", "not YAML: {text}", "", {"text": what}))
            return {}
        pairs = self.mapping(root, "") if root is not None else {}
        if "collected" in pairs:
            self.collected = self.text(pairs["collected"][1], "collected")
        return pairs

    def register(self, file: Path) -> dict[str, Source]:
        """The sources of a register, by id."""
        found = {}
        for key, (_, node) in self.top(file).items():
            if key in _FILE_KEYS:
                continue
            parts = self.keys(self.mapping(node, key), _SOURCE_KEYS, key)
            says, grade = (self.optional(parts, name, key) for name in ("says", "grade"))
            if not says or not grade:
                self.wrong(node, key, "a source needs {names}", "", names="says, grade")
            urls = self.texts(parts["urls"], f"{key}.urls") if "urls" in parts else ()
            disputed = self.optional(parts, "disputed", key) == "true"
            date = self.optional(parts, "date", key) or self.collected
            found[key] = Source(key, says, grade, self.optional(parts, "note", key), urls, date, disputed)
        return found

    def file(
        self, file: Path, sources: Mapping[str, Source], entries: dict[str, Entry], places: dict[str, str]
    ) -> None:
        """The entries of one file, into `entries`."""
        for entry_id, (key, node) in self.top(file).items():
            if entry_id in _FILE_KEYS:
                continue
            if entry_id in entries:
                where = places.get(entry_id, "the catalogue")
                self.wrong(key, entry_id, "this entry is already in {where}", "give it another id", where=where)
                continue
            entry = self.entry(entry_id, key, node, sources)
            if entry is not None:
                entries[entry_id], places[entry_id] = entry, f"{self.name}:{key.start_mark.line + 1}"

    # --- entries and values ----------------------------------------------------------------------------------

    def entry(self, entry_id: str, key: yaml.Node, node: yaml.Node, sources: Mapping[str, Source]) -> Entry | None:
        parts = self.keys(self.mapping(node, entry_id), _ENTRY_KEYS, entry_id)
        kind = self.optional(parts, "kind", entry_id)
        if kind not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            self.wrong(key, entry_id, "'{kind}' is not a kind of entry", "known: {known}", kind=kind, known=known)
            return None
        if not re.fullmatch(re.escape(kind) + r"/[a-z0-9][a-z0-9-]*", entry_id):
            wrong = mark("an id is its kind, a slash and a name in small letters, digits and hyphens")
            self.wrong(key, entry_id, wrong, "write {kind}/NAME", kind=kind)
        label = {lang: self.text(text, entry_id) for lang, (_, text) in self.pairs(parts, "label", entry_id).items()}
        if not label.get("en") or not label.get("fr"):
            self.wrong(key, entry_id, "a label needs both languages", "write label: {{en: ..., fr: ...}}")
        values: dict[str, Value] = {}
        given = self.pairs(parts, "values", entry_id)
        for name, (at, value) in given.items():
            made = self.value(entry_id, kind, name, at, value, sources)
            if made is not None:
                values[name] = made
        missing = [name for name in required(kind) if name not in given]
        if missing:
            self.wrong(key, entry_id, "parameters are missing: {names}", "", names=", ".join(missing))
        facts = self.plain(parts["facts"]) if "facts" in parts else {}
        if not isinstance(facts, dict):
            self.wrong(parts["facts"], entry_id, "expected a mapping")
            facts = {}
        lacking = sorted(REQUIRED_FACTS.get(kind, frozenset()) - set(facts))
        if lacking:
            self.wrong(key, entry_id, "facts are missing: {names}", "", names=", ".join(lacking))
        for source_id in sorted({*fact_sources(facts)} - set(sources)):
            self.wrong(
                parts["facts"], entry_id, mark("no source is called {id}"), "add it to sources.yaml", id=source_id
            )
        aliases = self.texts(parts["aliases"], f"{entry_id}.aliases") if "aliases" in parts else ()
        return Entry(entry_id, kind, label, aliases, self.optional(parts, "note", entry_id), values, facts)

    def value(
        self, entry_id: str, kind: str, name: str, key: yaml.Node, node: yaml.Node, sources: Mapping[str, Source]
    ) -> Value | None:
        path = f"{entry_id}.{name}"
        dimension = PARAMETERS[kind].get(name)
        if dimension is None:
            at = key.start_mark
            self.problems.append(unknown_parameter(kind, name, self.name, path, at.line + 1, at.column + 1))
            return None
        before = len(self.problems)
        parts = self.keys(self.mapping(node, path), _VALUE_KEYS, path)
        written = {k: self.optional(parts, k, path) for k in _VALUE_KEYS - {"source"}}
        if not written["value"]:
            self.wrong(
                node, path, "a value is missing", "write for example value: {example}", example=dimension.example
            )
        why = written["why"] or written["how"]
        ids = self.provenance(node, path, parts, written["basis"], written["grade"], why, sources)
        if len(self.problems) > before:
            return None
        texts = (written["low"] or written["value"], written["value"], written["high"] or written["value"])
        try:
            return make_value(
                name, dimension, texts,
                basis=written["basis"], grade=written["grade"], source=" | ".join(sources[i].cite() for i in ids),
                date=written["date"] or self.collected, why=why, disputed=written["disputed"] == "true", source_ids=ids,
            )  # fmt: skip
        except ValueError as error:
            self.wrong(node, path, "{text}", "", text=str(error))
            return None

    def provenance(
        self, node: yaml.Node, path: str, parts: Mapping[str, yaml.Node], basis: str, grade: str, why: str,
        sources: Mapping[str, Source],
    ) -> tuple[str, ...]:  # fmt: skip
        """The ids of a value's sources. Refused: an unknown source, a grade that none carries, a missing reason."""
        if GRADE_BASIS.get(grade) != basis:
            right = mark("S and S2 are stated, D is derived, K and A are assumed")
            self.wrong(node, path, "grade '{grade}' does not go with basis '{basis}'", right, grade=grade, basis=basis)
        ids = self.texts(parts["source"], f"{path}.source") if "source" in parts else ()
        for source_id in ids:
            if source_id not in sources:
                self.wrong(parts["source"], path, "no source is called {id}", "add it to sources.yaml", id=source_id)
        carried = {letter for i in ids if i in sources for letter in re.split(r"[/+]", sources[i].grade)}
        if basis == "stated" and grade not in carried:
            right = mark("name a source that was read, or call it assumed")
            self.wrong(node, path, "no source of this value has grade {grade}", right, grade=grade)
        if not why and (not ids or basis == "assumed"):
            self.wrong(node, path, "an assumption needs its reason", "write why: ...")
        return ids

    def components(self, entries: Mapping[str, Entry]) -> None:
        """Every part that a system names must be an entry."""
        for entry in entries.values():
            parts = entry.facts.get("components")
            if entry.kind != "system" or not isinstance(parts, Mapping):
                continue
            launchers = parts.get("launchers", ())
            named = [*parts.get("radars", ()), parts.get("command_post", "")]
            named += [launcher.get(key, "") for launcher in launchers for key in ("type", "missile")]
            for name in named:
                if name not in entries:
                    wrong = mark("its component '{name}' is not in the catalogue")
                    self.problems.append(Problem("systems", 0, 0, entry.id, wrong, "", {"name": name}))

    # --- nodes -----------------------------------------------------------------------------------------------

    def mapping(self, node: yaml.Node, path: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """A mapping's keys with their key and value nodes; a key written twice is a problem."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, path, "expected a mapping")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in found:
                first = found[name][0].start_mark.line + 1
                at = f"{path}.{name}".lstrip(".")
                self.wrong(key, at, "this key is written twice", "it is already in line {line}", line=first)
                continue
            found[name] = (key, value)
        return found

    def pairs(self, parts: Mapping[str, yaml.Node], name: str, path: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The mapping under a key, empty where the key is missing."""
        return self.mapping(parts[name], f"{path}.{name}") if name in parts else {}

    def keys(
        self, pairs: Mapping[str, tuple[yaml.Node, yaml.Node]], known: frozenset[str], path: str
    ) -> dict[str, yaml.Node]:
        """The value nodes of known keys; any other key is a problem."""
        for name, (key, _) in pairs.items():
            if name not in known:
                listed = ", ".join(sorted(known))
                self.wrong(key, f"{path}.{name}", "unknown key", "known: {known}", known=listed)
        return {name: node for name, (_, node) in pairs.items() if name in known}

    def text(self, node: yaml.Node, path: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, path, "expected text")
            return ""
        return str(node.value).strip()

    def optional(self, parts: Mapping[str, yaml.Node], name: str, path: str) -> str:
        """The text of a key, '' where it is missing."""
        return self.text(parts[name], f"{path}.{name}") if name in parts else ""

    def texts(self, node: yaml.Node, path: str) -> tuple[str, ...]:
        """One text or a list of them."""
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.text(item, path) for item in node.value)
        return (self.text(node, path),)

    def plain(self, node: yaml.Node) -> Any:
        """A fact as plain data: only true, false and numbers are anything but text."""
        if isinstance(node, yaml.MappingNode):
            pairs = self.mapping(node, "")
            for name, (key, _) in pairs.items():
                if not _NAME.fullmatch(name):  # a comma in text without quotes makes such keys
                    self.wrong(
                        key, name, "a fact's name is one word in small letters", "put text with commas in quotes"
                    )
            return {name: self.plain(value) for name, (_, value) in pairs.items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item) for item in node.value]
        text = str(node.value)
        if getattr(node, "style", None):  # in quotes: text
            return text
        if not text:
            self.wrong(node, "facts", "this fact has no value", "put text with commas in quotes")
        if text in ("true", "false"):
            return text == "true"
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text
