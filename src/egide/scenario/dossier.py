"""The plan of a dossier: `dossier.yaml` beside a study says which questions it answers, and from what.

question   asked by a reader; answered by claim cards (`claims.yaml`), and by nothing else
what-if    some values replaced by others in some alternatives, and set against the same runs without
context    what was said or done and is modelled by nothing here: told with its source, beside the answers
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self, final

from pydantic import Field, PrivateAttr, ValidationError, field_validator

from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario import loading
from egide.scenario.base import Model, Name, Text
from egide.scenario.claims import Both
from egide.scenario.explain import explain, problem_at, suggestion
from egide.scenario.quantities import fail, show
from egide.scenario.tree import Loc, Node, plain, read_tree

__all__ = ["FILE", "Dossier", "Known", "Question", "WhatIf", "load_dossier"]

FILE: Final = "dossier.yaml"


class Question(Model):
    """What a reader wants to know, and which cards answer it."""

    asks: Both
    """In the reader's words."""
    cards: tuple[Name, ...] = Field(min_length=1)
    """Ids of claim cards."""


class Covered(Model):
    """What `egide coverage` is asked for."""

    altitude: tuple[Text, ...] = Field(min_length=1)
    """As in `5km-amsl`."""
    rcs: tuple[Text, ...] = ("1m2",)
    """As in `1m2`."""
    alternatives: tuple[Name, ...] = ()
    """Left out: those of the campaign."""
    shots: tuple[int, ...] = (1, 2)
    """Of the rules of defence."""
    kill: tuple[float, ...] = (0.5, 0.8)
    """Of the rules of defence."""


class WhatIf(Model):
    """Some values replaced, and what comes of it."""

    name: Name
    """Of its folder."""
    asks: Both
    """As a reader asks it."""
    set: Mapping[Text, Any] = Field(min_length=1)
    """Path -> value, as for `--set`."""
    alternatives: tuple[Name, ...] = Field(min_length=1)
    """Those in which it is tried."""
    measure: Name = "leakers"
    """What is told of it."""

    @property
    def sets(self) -> tuple[str, ...]:
        """As `--set` has them."""
        return tuple(f"{path}={value}" for path, value in self.set.items())


class Context(Model):
    """Something that was said or done, told and not modelled."""

    says: Both
    """In words of ours."""
    source: tuple[Text, ...] = ()
    """Ids of the catalogue's register of sources; none in a fictional study."""


class Dossier(Model):
    """What a working group puts on the table: which questions, which material."""

    egide: Literal[1]
    """Version of the format."""
    kind: Literal["dossier"]
    """Says that this is the plan of a dossier."""
    study: Name
    """The study beside this file."""
    title: Both
    """Of the document."""
    lead: Both
    """One paragraph: who asked, when, and for what."""
    questions: tuple[Question, ...] = Field(min_length=1)
    """In the order of page one."""
    coverage: Covered | None = None
    """Maps and shares of an area; left out: none."""
    exposure: Name | None = None
    """The study of exposure, in a folder beside this study's; left out: none."""
    learned: tuple[Name, ...] = ()
    """Alternatives of which it is told what a foreign system's own network comes to hold; left out: none."""
    what_if: tuple[WhatIf, ...] = ()
    """Questions of the kind 'what if', each with runs of its own."""
    context: tuple[Context, ...] = ()
    """What stands beside, and is modelled by nothing."""

    _root: Node | None = PrivateAttr(default=None)

    def attach(self, root: Node) -> Self:
        """A copy that knows where it came from."""
        copy = self.model_copy()
        copy._root = root  # noqa: SLF001  # its own copy
        return copy

    def problem(self, loc: Loc, wrong: str, right: str = "", /, **values: Any) -> Problem:
        """A problem at a place of the file."""
        return problem_at(self._root or Node({}, 0, 0, FILE), loc, wrong, right, **values)

    @field_validator("what_if")
    @classmethod
    def _named_once(cls, value: tuple[WhatIf, ...]) -> tuple[WhatIf, ...]:
        names = [each.name for each in value]
        for row, name in enumerate(names):
            if name in names[:row]:
                raise fail(mark("two are called {name}"), at=(row, "name"), name=show(name))
        return value


@final
@dataclass(frozen=True)
class Known:
    """What the names of a dossier may be: cards, alternatives, sources, measures, and the name of the study."""

    study: str
    cards: Sequence[str]
    alternatives: Sequence[str]
    sources: Sequence[str]
    measures: Sequence[str]


def load_dossier(path: Path, known: Known) -> Dossier:
    """The plan of a file. Raises ScenarioError with every problem of form, or else of names."""
    root = read_tree(loading.read_file(path), str(path))
    if not root.is_map():
        wrong, right = mark("expected the plan of a dossier"), mark("begin with 'egide: 1' and 'kind: dossier'")
        raise ScenarioError([Problem(str(path), root.line, root.column, "", wrong, right)])
    try:
        found = Dossier.model_validate(plain(root)).attach(root)
    except ValidationError as error:
        raise ScenarioError(explain(error, root, Dossier)) from None
    if problems := list(_names(found, known)):
        raise ScenarioError(problems)
    return found


def _names(found: Dossier, known: Known) -> Iterator[Problem]:
    """Names that lead nowhere."""
    if found.study != known.study:
        wrong, right = mark("the study beside is called {study}, not {name}"), mark("put the file beside its own study")
        yield found.problem(("study",), wrong, right, study=known.study, name=found.study)
    no_card, no_alternative = mark("there is no card called {name}"), mark(
        "there is no alternative called '{name}' in this study")  # fmt: skip
    no_source, no_measure = mark("the register has no source {name}"), mark("there is no measure called '{name}'")
    wanted: list[tuple[Loc, str, Sequence[str], str]] = [
        *((("questions", i, "cards", k), name, known.cards, no_card)
          for i, each in enumerate(found.questions) for k, name in enumerate(each.cards)),
        *((("what_if", i, "alternatives", k), name, known.alternatives, no_alternative)
          for i, each in enumerate(found.what_if) for k, name in enumerate(each.alternatives)),
        *((("what_if", i, "measure"), each.measure, known.measures, no_measure)
          for i, each in enumerate(found.what_if)),
        *((("learned", k), name, known.alternatives, no_alternative) for k, name in enumerate(found.learned)),
        *((("coverage", "alternatives", k), name, known.alternatives, no_alternative)
          for k, name in enumerate(found.coverage.alternatives if found.coverage else ())),
        *((("context", i, "source", k), name, known.sources, no_source)
          for i, each in enumerate(found.context) for k, name in enumerate(each.source)),
    ]  # fmt: skip
    for loc, name, names, wrong in wanted:
        if name not in names:
            right, values = suggestion(name, list(names))
            yield found.problem(loc, wrong, right, name=name, **values)
