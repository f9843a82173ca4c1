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
from types import MappingProxyType
from typing import Any, Final

import yaml

from egide.catalog.model import GRADE_BASIS, Catalog, Entry, Source, Value, make_value, unknown_parameter
from egide.catalog.parameters import PARAMETERS, REQUIRED_FACTS, required
from egide.errors import Problem, ScenarioError

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENTRY_KEYS: Final = frozenset({"kind", "label", "aliases", "note", "values", "facts"})
_VALUE_KEYS: Final = frozenset({"value", "low", "high", "basis", "grade", "source", "date", "why", "how", "disputed"})
_SOURCE_KEYS: Final = frozenset({"says", "grade", "note", "urls", "date", "disputed"})
_FILE_KEYS: Final = frozenset({"collected", "shared"})
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
    return Catalog(MappingProxyType(entries), MappingProxyType(sources))


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
            self.problems.append(Problem(str(file), 0, 0, "", "{what}", "", {"what": error.strerror}))
            return {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            what = getattr(error, "problem", None) or str(error)
            self.problems.append(Problem(self.name, line, column, "", "not YAML: {what}", "", {"what": what}))
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
            self.wrong(key, entry_id, "{kind!r} is not a kind of entry", "known: {known}", kind=kind, known=", ".join(PARAMETERS))
            return None
        if entry_id != entry_id.lower() or entry_id.partition("/")[0] != kind or not entry_id.partition("/")[2]:
            self.wrong(key, entry_id, "an id is its kind, a slash and a name in small letters", "write {kind}/NAME", kind=kind)
        label = {}
        if "label" in parts:
            label = {k: self.text(v, f"{entry_id}.label.{k}") for k, (_, v) in self.mapping(parts["label"], entry_id).items()}
        if not label.get("en") or not label.get("fr"):
            self.wrong(key, entry_id, "a label needs both languages", "write label: {{en: ..., fr: ...}}")
        values: dict[str, Value] = {}
        if "values" in parts:
            for name, (at, value) in self.mapping(parts["values"], f"{entry_id}.values").items():
                made = self.value(entry_id, kind, name, at, value, sources)
                if made is not None:
                    values[name] = made
            missing = [name for name in required(kind) if name not in self.mapping(parts["values"], entry_id)]
        else:
            missing = required(kind)
        if missing:
            self.wrong(key, entry_id, "parameters are missing: {names}", "", names=", ".join(missing))
        facts = {k: self.plain(v) for k, (_, v) in self.mapping(parts["facts"], entry_id).items()} if "facts" in parts else {}
        lacking = REQUIRED_FACTS.get(kind, frozenset()) - set(facts)
        if lacking:
            self.wrong(key, entry_id, "facts are missing: {names}", "", names=", ".join(sorted(lacking)))
        aliases = self.texts(parts["aliases"], f"{entry_id}.aliases") if "aliases" in parts else ()
        note = self.optional(parts, "note", entry_id)
        return Entry(entry_id, kind, MappingProxyType(label), aliases, note, MappingProxyType(values), MappingProxyType(facts))

    def value(
        self, entry_id: str, kind: str, name: str, key: yaml.Node, node: yaml.Node, sources: Mapping[str, Source]
    ) -> Value | None:
        path = f"{entry_id}.{name}"
        dimension = PARAMETERS[kind].get(name)
        if dimension is None:
            mark = key.start_mark
            self.problems.append(unknown_parameter(kind, name, self.name, path, mark.line + 1, mark.column + 1))
            return None
        before = len(self.problems)
        parts = self.keys(self.mapping(node, path), _VALUE_KEYS, path)
        written = {k: self.optional(parts, k, path) for k in _VALUE_KEYS - {"source"}}
        if not written["value"]:
            self.wrong(node, path, "a value is missing", "write value: {example}", example=dimension.example)
        basis, grade = written["basis"], written["grade"]
        if GRADE_BASIS.get(grade) != basis:
            right = "S and S2 are stated, D is derived, K and A are assumed"
            self.wrong(node, path, "grade {grade!r} does not go with basis {basis!r}", right, grade=grade, basis=basis)
        ids = self.texts(parts["source"], f"{path}.source") if "source" in parts else ()
        for source_id in ids:
            if source_id not in sources:
                self.wrong(parts["source"], path, "no source is called {id}", "add it to sources.yaml", id=source_id)
        why = written["why"] or written["how"]
        if not ids and not why:
            self.wrong(node, path, "neither a source nor a reason", "write source: ID, or why: ...")
        if len(self.problems) > before:
            return None
        texts = (written["low"] or written["value"], written["value"], written["high"] or written["value"])
        try:
            return make_value(
                name, dimension, texts,
                basis=basis, grade=grade, source=" | ".join(sources[i].cite() for i in ids),
                date=written["date"] or self.collected, why=why, disputed=written["disputed"] == "true", source_ids=ids,
            )  # fmt: skip
        except ValueError as error:
            self.wrong(node, path, "{what}", "", what=str(error))
            return None

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
                    wrong = "its component {name!r} is not in the catalogue"
                    self.problems.append(Problem("catalogue", 0, 0, entry.id, wrong, "", {"name": name}))

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
                self.wrong(key, f"{path}.{name}".lstrip("."), "this key is written twice", "first at line {line}", line=first)
                continue
            found[name] = (key, value)
        return found

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
            return {k: self.plain(v) for k, (_, v) in self.mapping(node, "").items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item) for item in node.value]
        text = str(node.value)
        if node.style is not None or not text:  # quoted: text
            return text
        if text in ("true", "false"):
            return text == "true"
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text
