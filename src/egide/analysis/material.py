"""Everything that a dossier is written from, as plain data: what was asked, what was run, what could not be had.

material   one study's campaign, cards, money, coverage, calendar, exposure and what-ifs, each read and found fresh
what-if    some values replaced: each alternative with and without, replication by replication on the same luck
absent     a part that is not there, with the command that makes it; the page says so and nothing is made up
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from egide.analysis.books import Books
from egide.analysis.cards import Card, Texts
from egide.analysis.exposure_study import ExposureStudy
from egide.analysis.intervals import Estimate, paired, student
from egide.analysis.outcomes import FAST, Outcomes
from egide.analysis.worth import Effect, Standings
from egide.store import Bundle
from egide.store.timeline import Timeline

__all__ = ["Absent", "Asked", "Changed", "Choice", "Material", "WhatIf", "what_if"]


@final
@dataclass(frozen=True)
class Asked:
    """A reader's question, and the cards that answer it."""

    asks: Texts
    cards: tuple[Card, ...]


@final
@dataclass(frozen=True)
class Changed:
    """One measure of one alternative, as written and with the values replaced."""

    alternative: str
    before: Estimate
    after: Estimate
    difference: Estimate


@final
@dataclass(frozen=True)
class WhatIf:
    """A question of the kind 'what if', answered."""

    name: str
    asks: Texts
    sets: tuple[str, ...]
    measure: str
    rows: tuple[Changed, ...]
    command: str


@final
@dataclass(frozen=True)
class Choice:
    """One alternative: what people call it, and its batteries by type of system, with how many of each."""

    name: str
    label: Texts
    note: Texts
    batteries: tuple[tuple[Texts, int], ...]


@final
@dataclass(frozen=True)
class Absent:
    """A part that is not there. `what`: coverage, exposure, timeline, money, what-if."""

    what: str
    command: str


@final
@dataclass(frozen=True)
class Material:
    """What a dossier is written from. `sources` of a context: id, what it says, where."""

    study: str
    path: str
    trial: bool
    title: Texts
    lead: Texts
    questions: tuple[Asked, ...]
    choices: tuple[Choice, ...]
    campaign: Outcomes
    cards: tuple[Card, ...]
    books: Books | None
    effects: tuple[Effect, ...]
    fronts: tuple[Standings, ...]
    coverage: Path | None
    timeline: Timeline | None
    exposure: ExposureStudy | None
    what_ifs: tuple[WhatIf, ...]
    context: tuple[tuple[Texts, tuple[tuple[str, str, tuple[str, ...]], ...]], ...]
    absent: tuple[Absent, ...]
    made_by: tuple[tuple[str, str, str], ...]  # part, command, digest
    notes: tuple[str, ...] = ()


def what_if(measure: str, alternative: str, campaign: Outcomes, bundle: Bundle) -> Changed:
    """A measure with some values replaced, against the campaign's nominal runs by the same luck. Fast tracking."""
    before = campaign.values(measure, alternative, FAST if FAST in campaign.modes else campaign.mode_of(measure)).at(0)
    found: Mapping[str, Any] = bundle.columns(f'SELECT replication, "{measure}" AS value FROM measures')  # noqa: S608
    after = {int(k): float(v) for k, v in zip(found["replication"], found["value"], strict=True)}
    kept = [(after[int(k)], v) for k, v in zip(before.replication, before.value, strict=True) if int(k) in after]
    new, old = [each[0] for each in kept], [float(each[1]) for each in kept]
    return Changed(alternative, student(old), student(new), paired(new, old))
