"""What the catalogue holds once it is read: values, entries and the catalogue itself. Nothing here changes.

value      one parameter of one entry: low, nominal and high in SI, with its source and how sure we are
basis      stated (a source prints it), derived (worked out from sourced figures), assumed (everything else)
grade      S read at its source, S2 read in a copy of it, K recalled but not re-read, D derived, A assumed
entry      one piece of equipment: id `radar/91n6e`, kind `radar`, its values and its facts (text, not numbers)
override   a value that a scenario replaces: from then on assumed, its source the scenario
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, final

from egide.catalog.parameters import PARAMETERS
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.units import Dimension, read_quantity, split_quantity

Level = Literal["low", "nominal", "high"]
LEVELS: Final[tuple[Level, ...]] = ("low", "nominal", "high")
BASES: Final = ("stated", "derived", "assumed")
GRADE_BASIS: Final = {"S": "stated", "S2": "stated", "D": "derived", "K": "assumed", "A": "assumed"}


@final
@dataclass(frozen=True)
class Source:
    """Where a figure was published: one row of the register `sources.yaml`."""

    id: str
    says: str
    grade: str
    note: str
    urls: tuple[str, ...]
    date: str
    disputed: bool

    def cite(self) -> str:
        """One line: the id, what it says, where."""
        return " ".join([f"{self.id}: {self.says}", *self.urls])


@final
@dataclass(frozen=True)
class Value:
    """One ranged number with its source. `value`, `low`, `high` are SI; `texts` are the three as they were written."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    dimension: Dimension
    basis: str
    grade: str
    source: str
    date: str
    why: str
    disputed: bool
    source_ids: tuple[str, ...] = ()
    texts: tuple[str, str, str] = ("", "", "")  # low, nominal, high

    def si(self, level: Level = "nominal") -> float:
        """The number at `level`, in SI units."""
        return {"low": self.low, "nominal": self.value, "high": self.high}[level]

    def shown(self, level: Level = "nominal") -> str:
        """The number at `level` as it was written, with its unit: '390 km'."""
        return self.texts[LEVELS.index(level)]

    def number(self, level: Level = "nominal") -> str:
        """As `shown`, without the unit of the nominal value: '390'; the unit stays where it is another one."""
        text = self.shown(level)
        return text.removesuffix(self.unit).rstrip() if self.unit else text


@final
@dataclass(frozen=True)
class Entry:
    """One piece of equipment. `values` are ranged numbers, `facts` everything else that is known of it."""

    id: str
    kind: str
    label: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    note: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The last part of the id: 'radar/91n6e' -> '91n6e'."""
        return self.id.rpartition("/")[2]

    def has(self, name: str) -> bool:
        """Whether the entry carries a parameter of this name."""
        return name in self.values

    def si(self, name: str, level: Level = "nominal") -> float:
        """A parameter's number in SI units. KeyError, in words, where the entry has none of that name."""
        if name not in self.values:
            raise KeyError(f"{self.id} has no parameter {name!r}")
        return self.values[name].si(level)

    def cited(self) -> tuple[str, ...]:
        """Ids of every source that the entry names, in its values and in its facts."""
        named = [source for value in self.values.values() for source in value.source_ids]
        return tuple(dict.fromkeys([*named, *fact_sources(self.facts)]))

    def words(self) -> str:
        """Everything one may search for, folded."""
        parts = [self.id, self.note, *self.label.values(), *self.aliases, *self.values]
        return fold(" ".join(parts))


@final
@dataclass(frozen=True)
class Catalog:
    """Every entry by id, in the order of the data files, and the register of sources. Frozen."""

    entries: Mapping[str, Entry]
    sources: Mapping[str, Source] = field(default_factory=dict)
    own: frozenset[str] = frozenset()  # ids of entries that a scenario wrote beside them

    def __getitem__(self, entry_id: str) -> Entry:
        return self.entries[entry_id]

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, entry_id: str) -> Entry | None:
        """The entry of this id, or None."""
        return self.entries.get(entry_id)

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """Every entry of one kind."""
        return tuple(entry for entry in self.entries.values() if entry.kind == kind)

    def find(self, name: str) -> tuple[Entry, ...]:
        """Entries that go by `name`: the one of this id, else all with such an alias or last part of the id (hawk)."""
        if name in self.entries:
            return (self.entries[name],)
        wanted = fold(name)
        return tuple(e for e in self.entries.values() if wanted in map(fold, (e.id, e.short, *e.aliases)))

    def search(self, word: str) -> tuple[Entry, ...]:
        """Entries whose id, label, alias, note or parameter names hold every word of `word`; case and accents apart."""
        wanted = fold(word).split()
        return tuple(entry for entry in self.entries.values() if all(part in entry.words() for part in wanted))

    def suggest(self, name: str) -> list[str]:
        """Ids that `name` may have meant, the likeliest first."""
        spellings: dict[str, str] = {}
        for entry in self.entries.values():
            for spelling in (entry.id, entry.short, *entry.aliases):
                spellings.setdefault(fold(spelling), entry.id)
        close = difflib.get_close_matches(fold(name), spellings, n=6, cutoff=0.6)
        return list(dict.fromkeys(spellings[spelling] for spelling in close))[:3]

    def each_value(self) -> Iterator[tuple[Entry, Value]]:
        """Every value of every entry."""
        for entry in self.entries.values():
            for value in entry.values.values():
                yield entry, value

    def counts(self) -> dict[str, int]:
        """How many values are stated, derived and assumed, and how many of them all are disputed."""
        found = dict.fromkeys((*BASES, "disputed"), 0)
        for _, value in self.each_value():
            found[value.basis] += 1
            found["disputed"] += value.disputed
        return found

    def with_overrides(self, overrides: Mapping[str, Mapping[str, Any]], file: str = "overrides") -> Catalog:
        """A catalogue with some values replaced: {"missile/48n6e3": {"range": "200 km"}}.

        A replacement is text with a unit (the same for low, nominal and high) or a mapping with value, low and high.
        Raises ScenarioError with every problem; `file` is the place it names.
        """
        entries, problems = dict(self.entries), list[Problem]()
        for entry_id, replaced in overrides.items():
            entry = self.entries.get(entry_id)
            if entry is None:
                problems.append(unknown_entry(self, entry_id, file, entry_id))
                continue
            values = dict(entry.values)
            for name, given in replaced.items():
                made = _override(entry, name, given, file)
                if isinstance(made, Problem):
                    problems.append(made)
                else:
                    values[name] = made
            entries[entry_id] = replace(entry, values=values)
        if problems:
            raise ScenarioError(problems)
        return replace(self, entries=entries)


def unknown_entry(catalog: Catalog, name: str, file: str, path: str, line: int = 0, column: int = 0) -> Problem:
    """The problem of a name that the catalogue does not know, with what it may have meant."""
    close = ", ".join(catalog.suggest(name))
    right = mark("did you mean {close}?") if close else mark("see all: egide catalog")
    wrong = mark("nothing in the catalogue is called '{name}'")
    return Problem(file, line, column, path, wrong, right, {"name": name, "close": close})


def unknown_parameter(kind: str, name: str, file: str, path: str, line: int = 0, column: int = 0) -> Problem:
    """The problem of a parameter that entries of this kind do not have."""
    close = ", ".join(difflib.get_close_matches(name, PARAMETERS[kind], n=3, cutoff=0.5))
    right = mark("did you mean {close}?") if close else mark("known: {known}")
    values = {"kind": kind, "name": name, "close": close, "known": ", ".join(PARAMETERS[kind])}
    return Problem(file, line, column, path, mark("{kind} has no parameter '{name}'"), right, values)


def make_value(name: str, dimension: Dimension, texts: tuple[str, str, str], **about: Any) -> Value:
    """A value from its three texts (low, nominal, high). ValueError, in words, for a bad unit or a wrong order."""
    low, nominal, high = (read_quantity(text, dimension) for text in texts)
    if not low <= nominal <= high:
        raise ValueError(f"expected low <= value <= high, got {texts[0]}, {texts[1]}, {texts[2]}")
    unit = split_quantity(texts[1])[1]
    return Value(name, nominal, low, high, unit, dimension, texts=texts, **about)


def _override(entry: Entry, name: str, given: Any, file: str) -> Value | Problem:
    """The value that a scenario puts in place of an entry's."""
    path = f"{entry.id}.{name}"
    dimension = PARAMETERS[entry.kind].get(name)
    if dimension is None:
        return unknown_parameter(entry.kind, name, file, path)
    parts = dict(given) if isinstance(given, Mapping) else {"value": given}
    if "value" not in parts or set(parts) - {"value", "low", "high", "why"}:
        wrong = mark("an override is a quantity, or a mapping with value, low, high and why")
        return Problem(file, 0, 0, path, wrong, mark("write for example {example}"), {"example": dimension.example})
    nominal = str(parts["value"])
    texts = (str(parts.get("low", nominal)), nominal, str(parts.get("high", nominal)))
    old = entry.values.get(name)
    before = f"; the catalogue says {old.shown()}" if old else ""
    why = str(parts.get("why") or f"set by the scenario{before}")
    try:
        return make_value(
            name, dimension, texts,
            basis="assumed", grade="A", source="scenario", date="", why=why, disputed=False,
        )  # fmt: skip
    except ValueError as error:
        return Problem(file, 0, 0, path, "{text}", "", {"text": str(error)})


def fact_sources(fact: Any) -> Iterator[str]:
    """Every source that a fact names, however deep: a fact says `source: TR-01` or `source: [TR-01, TR-02]`."""
    if isinstance(fact, Mapping):
        named = fact.get("source", ())
        yield from [named] if isinstance(named, str) else named
        fact = tuple(fact.values())
    if isinstance(fact, list | tuple):
        for part in fact:
            yield from fact_sources(part)


def fold(text: str) -> str:
    """Lower case without accents, so that 'Défenseur' is found as 'defenseur'."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
