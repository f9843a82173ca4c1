"""Claim cards: statements made in public, each bound to a measure and a threshold, in `claims.yaml` beside a study.

card       one statement: who said it, when, where it was read, in words of ours in both languages
question   a card without a speaker
test       what the card is bound to: a quantity, and the side of a threshold on which the statement holds
kind       where the quantity comes from: a campaign (measure, difference, ratio, per-billion), a coverage, a run of an
           exposure study, or the catalogue alone (reach, stopped)
price      of an alternative: what its own entries in the money.yaml beside the study add up to
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self, final

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario import loading
from egide.scenario.amounts import read_day
from egide.scenario.base import Flag, Label, Model, Name, Positive, Reference, Text
from egide.scenario.explain import explain, problem_at, suggestion
from egide.scenario.quantities import Number, Probability, fail, read_si, show
from egide.scenario.tree import Loc, Node, plain, read_tree
from egide.units import LENGTH

__all__ = ["FILE", "Both", "Claim", "Claims", "Known", "Test", "load_claims", "read_claims"]

FILE: Final = "claims.yaml"
_ENDS: Final = ("more_than", "less_than")
_GOES_WITH: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {  # kind -> keys it needs, keys it may have
    "measure": (("measure", "alternative"), ()),
    "difference": (("measure", "alternative", "against"), ()),
    "ratio": (("measure", "alternative", "against"), ()),
    "per-billion": (("measure", "alternative", "against", "baseline"), ()),
    "coverage": (("measure", "alternative", "altitude", "rcs"), ("against", "azimuth", "cue", "shots", "kill")),
    "exposure": (("study", "alternative", "aircraft", "band"), ("collector", "months")),
    "reach": (("system", "missiles", "targets"), ("altitude",)),
    "stopped": (("missiles", "targets"), ()),
}
CAMPAIGN_KINDS: Final = ("measure", "difference", "ratio", "per-billion")
SHARES: Final = ("seen", "seen by 2", "seen by 3", "denied", "defended")  # of an area


class Both(Model):
    """A text in both languages: a card is for readers of either."""

    en: Text
    """In English."""
    fr: Text
    """In French."""

    def pick(self, lang: str) -> str:
        return self.fr if lang == "fr" else self.en


class Test(Model):
    """What a card is bound to. The statement holds where the quantity is beyond the threshold, on the side given."""

    kind: Literal["measure", "difference", "ratio", "per-billion", "coverage", "exposure", "reach", "stopped"]
    """Where the quantity comes from, and how it is reckoned."""
    measure: Text | None = None
    """A measure of a run; of a coverage `seen`, `seen by 2`, `seen by 3`, `denied` or `defended`."""
    alternative: Name | None = None
    """Of the study."""
    against: Name | None = None
    """Another one: the quantity is the first less this one, or over it."""
    baseline: Name | None = None
    """What both are an improvement on: effect is what each takes off it, price what each costs beside it by the
    `money.yaml` of the study: at the card's date what is still to be paid, without a date the whole."""
    altitude: Text | None = None
    """As `egide coverage` was asked: `5km-amsl`; of a reach the first target's height, `9 km`; left out: its own."""
    rcs: Text | None = None
    """Radar cross section, as `egide coverage` was asked: `1m2`."""
    azimuth: Literal["worst", "mean"] = "mean"
    """Of denied and defended."""
    cue: Literal["own", "network"] = "network"
    """Of denied and defended: whose radars may cue a battery."""
    shots: Positive = 1
    """Of defended: least number of shots."""
    kill: Probability = 0.5
    """Of defended: least cumulative kill probability."""
    study: Name | None = None
    """A study beside this one, whose runs hold the exposure."""
    aircraft: Reference | None = None
    """Catalogue entry of the aircraft that is looked at."""
    collector: Name | None = None
    """Whose radars; left out: of any collector the most."""
    band: Literal["VHF", "L", "S", "C", "X"] | None = None
    """Of the radars."""
    months: Positive = 6
    """Over how long sorties add up, as `egide exposure` was asked."""
    system: Reference | None = None
    """Catalogue entry of the system whose radars must see the target."""
    missiles: tuple[Reference, ...] = ()
    """Catalogue entries of its interceptors; the best of them counts."""
    targets: tuple[Reference, ...] = ()
    """Catalogue entries: of a reach, the first is what the threshold is for and the others stand beside; of stopped,
    each is one that can be met by one of the missiles or not."""
    more_than: Any = None
    """The statement holds above this: a number, or for a reach a length."""
    less_than: Any = None
    """The statement holds below this."""

    @field_validator(*_ENDS, mode="before")
    @classmethod
    def _a_number(cls, value: Any, info: Any) -> float | None:
        if value is None:
            return None
        if info.data.get("kind") == "reach":
            return read_si(value, LENGTH)[0]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        return Number(0.0, 1e300).read(value)

    @model_validator(mode="after")
    def _keys_of_its_kind(self) -> Self:
        needed, more = _GOES_WITH[self.kind]
        for key in type(self).model_fields:
            if key in self.model_fields_set and key not in ("kind", *_ENDS, *needed, *more):
                kinds = ", ".join(kind for kind, (one, two) in _GOES_WITH.items() if key in (*one, *two))
                wrong, right = mark("{key} does not go with {kind}"), mark("it belongs to {kinds}")
                raise fail(wrong, right, at=(key,), key=key, kind=self.kind, kinds=kinds)
        if self.kind == "reach" and self.altitude is not None:
            read_si(self.altitude, LENGTH)
        for key in needed:
            if getattr(self, key) in (None, (), {}):
                raise fail(mark("a {kind} needs {key}"), mark("add '{key}: ...'"), kind=self.kind, key=key)
        if (self.more_than is None) == (self.less_than is None):
            raise fail(
                mark("a test needs more_than or less_than, one of the two"), mark("write for example 'more_than: 0'")
            )
        if self.against is not None and self.against == self.alternative:
            wrong, right = mark("{name} is set against itself"), mark("name another alternative")
            raise fail(wrong, right, at=("against",), name=show(self.against))
        if self.kind == "per-billion" and self.threshold != 0.0:
            wrong, right = (
                mark("effect for money is compared, never measured"),
                mark("write more_than: 0 or less_than: 0"),
            )
            raise fail(wrong, right, at=("more_than" if self.more_than is not None else "less_than",))
        return self

    @property
    def threshold(self) -> float:
        """SI where it has a unit."""
        return float(self.more_than if self.more_than is not None else self.less_than)

    @property
    def sign(self) -> Literal["more", "less"]:
        return "more" if self.more_than is not None else "less"

    @property
    def height_m(self) -> float | None:
        """Of the first target of a reach, where it is given."""
        return read_si(self.altitude, LENGTH)[0] if self.kind == "reach" and self.altitude is not None else None

    @property
    def names(self) -> tuple[str, ...]:
        """The alternatives it is about."""
        return tuple(name for name in (self.alternative, self.against, self.baseline) if name is not None)


class Claim(Model):
    """One card."""

    speaker: Label | None = None
    """Who said it; a card without a speaker is a question."""
    date: Text | None = None
    """When, as exactly as is known: 2019, 2019-04 or 2019-04-03."""
    source: tuple[Text, ...] = ()
    """Where it was read: ids of the catalogue's register of sources. A question may go without."""
    invented: Flag = False
    """A speaker of a fictional study: no source is needed, and the card says that nobody said it."""
    says: Both
    """The statement in words of ours, never a quotation."""
    test: Test
    """What it is bound to."""
    because: Both | None = None
    """Why this measure and this threshold."""
    not_covered: Both
    """What the measure leaves out."""

    @field_validator("source", mode="before")
    @classmethod
    def _one_source(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("date")
    @classmethod
    def _a_day(cls, value: str | None) -> str | None:
        if value is not None:
            read_day(value)
        return value

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.speaker is not None and self.date is None:
            raise fail(mark("a statement with a speaker needs its date"), mark("add 'date: ...'"))
        if self.speaker is not None and not self.source and not self.invented:
            wrong = mark("a statement with a speaker needs its source")
            raise fail(wrong, mark("add 'source: ...', or 'invented: true' in a fictional study"))
        return self

    @property
    def until(self) -> dt.date | None:
        """The last day that its date may mean."""
        return read_day(self.date).last if self.date is not None else None

    @property
    def is_question(self) -> bool:
        return self.speaker is None


class Claims(Model):
    """A file of claim cards."""

    egide: Literal[1]
    """Version of the format."""
    kind: Literal["claims"]
    """Says that these are claim cards."""
    study: Name
    """The study beside this file."""
    claims: Mapping[Name, Claim] = Field(min_length=1)
    """Id -> card, in the order in which they are shown."""

    _root: Node | None = PrivateAttr(default=None)

    def attach(self, root: Node) -> Self:
        """A copy that knows where it came from."""
        copy = self.model_copy()
        copy._root = root  # noqa: SLF001  # its own copy
        return copy

    def problem(self, loc: Loc, wrong: str, right: str = "", /, **values: Any) -> Problem:
        """A problem at a place of the file."""
        return problem_at(self._root or Node({}, 0, 0, FILE), loc, wrong, right, **values)


@final
@dataclass(frozen=True)
class Known:
    """What the names of a card may be: measures of a run, alternatives of the study, its name, the catalogue."""

    catalog: Catalog
    measures: Sequence[str]
    alternatives: Sequence[str]
    study: str


def load_claims(path: str | Path, known: Known) -> Claims:
    """The cards of a file. Raises ScenarioError with every problem of it."""
    claims, problems = read_claims(Path(path), str(path), known)
    if claims is None or problems:
        raise ScenarioError(problems)
    return claims


def read_claims(path: Path, shown: str, known: Known) -> tuple[Claims | None, list[Problem]]:
    """The cards of a file where its form is right, and every problem of form and of names."""
    root = read_tree(loading.read_file(path), shown)
    if not root.is_map():
        wrong, right = mark("expected a mapping with claim cards"), mark("begin with 'egide: 1' and 'kind: claims'")
        return None, [Problem(shown, root.line, root.column, "", wrong, right)]
    try:
        claims = Claims.model_validate(plain(root))
    except ValidationError as error:
        return None, [*explain(error, root, Claims), *_names(root, known)]
    return claims.attach(root), list(_names(root, known))


def _names(root: Node, known: Known) -> Iterator[Problem]:
    """Names that lead nowhere: study, sources, measures, alternatives, catalogue entries and their values."""
    if (text := root.text("study")) is not None and text != known.study:
        wrong, right = mark("the study beside is called {study}, not {name}"), mark("put the file beside its own study")
        yield problem_at(root, ("study",), wrong, right, study=known.study, name=text)
    section = root.get("claims")
    for name, card in section.items() if section is not None else ():
        here: Loc = ("claims", name)
        for loc, text in _texts(card, "source", here):
            if text not in known.catalog.sources:
                right, values = suggestion(text, list(known.catalog.sources))
                yield problem_at(root, loc, mark("the register has no source {name}"), right, name=text, **values)
        test = card.get("test")
        if test is not None and test.is_map():
            yield from _of_test(root, test, (*here, "test"), known)


def _of_test(root: Node, test: Node, here: Loc, known: Known) -> Iterator[Problem]:
    kind = test.text("kind") or ""
    measures = SHARES if kind == "coverage" else known.measures if kind in CAMPAIGN_KINDS else None
    if (text := test.text("measure")) is not None and measures is not None and text not in measures:
        right, values = suggestion(text, list(measures))
        wrong = mark("there is no measure called '{name}'")
        yield problem_at(root, (*here, "measure"), wrong, right, name=text, **values)
    listed = ("alternative", "against", "baseline") if kind != "exposure" else ()
    for key in listed:
        if (text := test.text(key)) is not None and text not in known.alternatives:
            right, values = suggestion(text, list(known.alternatives))
            wrong = mark("there is no alternative called '{name}' in this study")
            yield problem_at(root, (*here, key), wrong, right, name=text, **values)
    for key in ("system", "aircraft", "missiles", "targets"):
        for loc, text in _texts(test, key, here):
            if text not in known.catalog:
                close = known.catalog.suggest(text)
                right = mark("did you mean {close}?") if close else mark("see all: egide catalog")
                wrong = mark("nothing in the catalogue is called '{name}'")
                yield problem_at(root, loc, wrong, right, name=text, close=", ".join(close))


def _texts(node: Node, key: str, here: Loc) -> Iterator[tuple[Loc, str]]:
    """The texts at a key, one or a list."""
    child = node.get(key)
    if child is None:
        return
    rows = (
        [((*here, key, i), each) for i, each in enumerate(child.elements())]
        if child.is_list()
        else [((*here, key), child)]
    )
    yield from ((loc, each.value) for loc, each in rows if isinstance(each.value, str))
