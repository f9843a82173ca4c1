"""Reading a study's money, and the checks that no model can make by itself: names, sources, rates and price indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from egide import catalog as library
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError, scenario_error
from egide.i18n import mark
from egide.scenario import loading
from egide.scenario.explain import explain, problem_at, suggestion
from egide.scenario.money import Entry, Missing, Money, amount_of, share_of
from egide.scenario.study import Study, load_study
from egide.scenario.tree import Loc, Node, plain, read_tree

__all__ = ["FILE", "check_money", "load_money"]

FILE: Final = "money.yaml"
_ASSUMED: Final = ("K", "A")


def load_money(study: str | Path, catalog: Catalog | None = None, file: Path | None = None) -> Money:
    """The money of a study: of the file beside it, or of another. Raises ScenarioError with every problem."""
    known = catalog or library.load()
    loaded = load_study(study, known)
    known = loading.catalog_of(loaded.base_path, known)
    money, problems = _read(file or _beside(Path(study)), loaded, known)
    if money is None or problems:
        raise ScenarioError(problems)
    return money


def check_money(study: str | Path, catalog: Catalog | None = None) -> list[Problem]:
    """Every problem of the money beside a study that is itself fine."""
    known = catalog or library.load()
    try:
        loaded = load_study(study, known)
        return _read(_beside(Path(study)), loaded, loading.catalog_of(loaded.base_path, known))[1]
    except ScenarioError as error:
        return list(error.problems)


def _beside(study: Path) -> Path:
    file = study.parent / FILE
    if not file.is_file():
        raise scenario_error(
            str(file), mark("there is no {file} beside this study"),
            mark("docs/models/money.md says what stands in it"), file=FILE,
        )  # fmt: skip
    return file


def _read(path: Path, study: Study, catalog: Catalog) -> tuple[Money | None, list[Problem]]:
    """The ledgers where their form is right, and every problem."""
    root = read_tree(loading.read_file(path), str(path))
    if not root.is_map() or root.text("kind") != "money":
        wrong, right = mark("expected a mapping with the keys of a money file"), mark("begin with 'kind: money'")
        return None, [Problem(str(path), root.line, root.column, "", wrong, right)]
    try:
        money = Money.model_validate(plain(root)).attach(root, study)
    except ValidationError as error:
        return None, explain(error, root, Money)
    return money, list(_Checks(money, root, study, catalog).all())


class _Checks:
    """What a model cannot see by itself: names of elsewhere, sources, rates, indexes."""

    def __init__(self, money: Money, root: Node, study: Study, catalog: Catalog) -> None:
        self.money, self.root, self.catalog = money, root, catalog
        self.alternatives = list(loading.alternatives(study.base_path))
        self.pairs = {(rate.of, rate.rate.value.currency, rate.year) for rate in money.rates if rate.rate.value}

    def at(self, loc: Loc, wrong: str, right: str = "", **values: Any) -> Problem:
        return problem_at(self.root, loc, wrong, right, **values)

    def all(self) -> Iterator[Problem]:
        yield from self.names()
        yield from self.labels(self.root, ())
        for row, entry in enumerate(self.money.entries):
            yield from self.entry(("entries", row), entry)
        for row, rate in enumerate(self.money.rates):
            loc: Loc = ("rates", row)
            yield from self.sources(loc, (rate.source,) if rate.source else (), rate.grade)
            if rate.rate.value is None:
                yield self.at((*loc, "rate"), mark("a rate is written out, never a catalogue value"))
            if not rate.date.first.year <= rate.year <= rate.date.last.year:
                yield self.at((*loc, "date"), mark("the rate is not of {year}"), year=rate.year)
        yield from self.deflators()

    def names(self) -> Iterator[Problem]:
        money, places = self.money, list[tuple[Loc, str]]()
        sections: list[tuple[str, Sequence[Entry | Missing]]] = [("entries", money.entries), ("missing", money.missing)]
        for key, section in sections:
            for row, each in enumerate(section):
                places += [((key, row, "of", i), name) for i, name in enumerate(each.of)]
                if each.party not in money.parties:
                    right, values = suggestion(each.party, list(money.parties))
                    wrong = mark("there is no party called '{name}'")
                    yield self.at((key, row, "party"), wrong, right, name=each.party, **values)
        places += [((key,), name) for key in ("happened", "reference") if (name := getattr(money, key)) is not None]
        places += [(("compare", i, j), name) for i, pair in enumerate(money.compare) for j, name in enumerate(pair)]
        for loc, name in places:
            if name not in self.alternatives:
                right, values = suggestion(name, self.alternatives)
                yield self.at(loc, mark("there is no alternative called '{name}'"), right, name=name, **values)
        seen: set[str] = set()
        for row, entry in enumerate(money.entries):
            if entry.name in seen:
                yield self.at(("entries", row, "name"), mark("the name '{name}' is taken"), mark("choose another"),
                              name=entry.name)  # fmt: skip
            seen.add(entry.name)

    def labels(self, node: Node, loc: Loc) -> Iterator[Problem]:
        """Every text for people is there in both languages."""
        for key, child in node.items():
            here = (*loc, key)
            if key in ("label", "title", "note", "why") or loc == ("parties",):
                if child.get("fr") is None or child.get("en") is None:
                    yield self.at(here, mark("the text is not there in both languages"),
                                  mark("write {{en: ..., fr: ...}}"))  # fmt: skip
            else:
                yield from self.labels(child, here)
        for row, child in enumerate(node.elements()):
            yield from self.labels(child, (*loc, row))

    def entry(self, loc: Loc, entry: Entry) -> Iterator[Problem]:
        source, grade = entry.source, entry.grade
        try:
            low, value, high = amount_of(entry.amount, self.catalog)
        except KeyError:
            wrong, right = mark("the catalogue has no price {path}"), mark("see egide catalog")
            yield self.at((*loc, "amount"), wrong, right, path=entry.amount.catalogue)
            return
        if entry.amount.catalogue is not None:
            of, _, name = entry.amount.catalogue.rpartition(".")
            found = self.catalog[of].values[name]
            source, grade = source or found.source_ids, grade or found.grade  # type: ignore[assignment]
            if not low.number <= value.number <= high.number or len({low.currency, value.currency, high.currency}) > 1:
                yield self.at((*loc, "amount"), mark("expected low <= value <= high"), mark("put them in order"))
        try:
            share_of(entry.share, self.catalog)
        except KeyError:
            yield self.at((*loc, "share"), mark("the catalogue has no share {path}"), path=entry.share)
        if grade is None:
            yield self.at(loc, mark("'{key}' is missing"), mark("add '{key}: ...'"), key="grade")
        elif grade in _ASSUMED and entry.why is None:
            yield self.at(loc, mark("an assumption needs its reason"), mark("add 'why: ...'"))
        yield from self.sources(loc, source, grade or "A")
        yield from self.money_of(loc, entry, value.currency)

    def sources(self, loc: Loc, ids: tuple[str, ...], grade: str) -> Iterator[Problem]:
        register = self.catalog.sources
        for name in ids:
            if name not in register:
                right, values = suggestion(name, list(register))
                if "known" in values:
                    right, values = mark("the catalogue's register holds them all"), {}
                yield self.at((*loc, "source"), mark("there is no source called '{name}'"), right, name=name, **values)
        carried = {letter for name in ids if name in register for letter in re.split(r"[/+]", register[name].grade)}
        if grade in ("S", "S2") and grade not in carried:
            yield self.at((*loc, "grade"), mark("no source of this figure has grade {grade}"),
                          mark("name a source that was read, or call it assumed"), grade=grade)  # fmt: skip

    def money_of(self, loc: Loc, entry: Entry, currency: str) -> Iterator[Problem]:
        """A way from its currency and year to those of the answers."""
        wanted = self.money
        if currency != wanted.currency and (currency, wanted.currency, entry.year) not in self.pairs:
            yield self.at(
                (*loc, "amount"), mark("no rate is given from {currency} to {wanted} in {year}"),
                mark("add it under rates, with its date and source"),
                currency=currency, wanted=wanted.currency, year=entry.year,
            )  # fmt: skip
        if entry.year != wanted.year and not wanted.deflators:
            yield self.at((*loc, "year"), mark("money of {year}, and no price index brings it to {wanted}"),
                          mark("name one under deflators"), year=entry.year, wanted=wanted.year)  # fmt: skip

    def deflators(self) -> Iterator[Problem]:
        years: list[tuple[Loc, int]] = [(("year",), self.money.year)]
        years += [(("entries", row, "year"), entry.year) for row, entry in enumerate(self.money.entries)
                  if entry.year != self.money.year]  # fmt: skip
        for row, name in enumerate(self.money.deflators):
            index = self.catalog.get(name)
            if index is None or index.kind != "index":
                right, values = suggestion(name, [each.id for each in self.catalog.of_kind("index")])
                yield self.at(("deflators", row), mark("there is no price index called '{name}'"), right, name=name,
                              **values)  # fmt: skip
                continue
            if index.facts.get("currency") != self.money.currency:
                yield self.at(("deflators", row), mark("the index {name} is not of {currency}"), name=name,
                              currency=self.money.currency)  # fmt: skip
            held = sorted(int(each[1:]) for each in index.values)
            for loc, year in years:
                if year not in held and len(years) > 1:
                    yield self.at(loc, mark("the index {name} has no year {year}"),
                                  mark("it goes from {first} to {last}"), name=name, year=year, first=held[0],
                                  last=held[-1])  # fmt: skip
