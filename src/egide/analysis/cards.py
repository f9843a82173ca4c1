"""Claim cards with what was found of them: plain data, for printing, for a page, for a file.

card      one statement with its source, what it is bound to, and the finding; or what is missing to have one
rests     what a finding rests on: which data, which digest, how many runs, as of when
question  a card without a speaker
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, final

from egide.analysis.verdicts import DEPENDS, NOT_SUPPORTED, SUPPORTED, Finding

Texts = Mapping[str, str]  # language -> text


@final
@dataclass(frozen=True)
class Rests:
    """What one finding rests on. `what`: campaign, coverage, exposure or catalogue; `as_of` is empty for a steady
    state; `notes` are messages, filled in with `values`."""

    what: str
    place: str = ""
    digest: str = ""
    points: int = 0
    runs: int = 0
    mode: str = ""
    as_of: str = ""
    notes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Card:
    """One card. `test`: what it is bound to, as its file writes it; `finding` is None where something is missing, and
    `command` then makes it."""

    id: str
    speaker: Texts | None
    date: str
    sources: tuple[tuple[str, str, tuple[str, ...]], ...]  # id, what it says, where
    says: Texts
    because: Texts | None
    not_covered: Texts
    test: Mapping[str, Any]
    labels: Mapping[str, Texts]  # alternative or catalogue entry -> what people call it
    finding: Finding | None
    rests: Rests
    command: str = ""
    invented: bool = False  # of a fictional study: nobody said it

    @property
    def is_question(self) -> bool:
        return self.speaker is None

    def document(self) -> dict[str, Any]:
        """As plain data, verdicts as words of ours: supported, not-supported, depends, missing."""
        found = self.finding
        word = {SUPPORTED: "supported", NOT_SUPPORTED: "not-supported", DEPENDS: "depends"}
        told: dict[str, Any] = {
            "id": self.id, "question": self.is_question, "speaker": self.speaker, "date": self.date or None,
            "sources": [{"id": name, "says": says, "urls": list(urls)} for name, says, urls in self.sources],
            "says": dict(self.says), "because": self.because, "not_covered": dict(self.not_covered),
            "test": dict(self.test), "labels": {name: dict(texts) for name, texts in self.labels.items()},
            "verdict": word[found.verdict] if found else "missing",
            "rests_on": asdict(self.rests), "command": self.command or None,
            **({"invented": True} if self.invented else {}),
        }  # fmt: skip
        return told | (_found(found) if found else {})


@final
@dataclass(frozen=True)
class Judged:
    """The cards of a study, in the order of their file."""

    study: str
    file: str
    cards: tuple[Card, ...]

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {"kind": "claims", "study": self.study, "file": self.file, "cards": [c.document() for c in self.cards]}


def _found(found: Finding) -> dict[str, Any]:
    return {
        "under_assumptions": found.under_assumptions,
        "why": found.why.format(**found.values) or None,
        "rule": found.rule,
        "full_tracking": asdict(found.full) if found.full is not None else None,
        "value": asdict(found.value),
        "range_of_assumptions": [_number(end) for end in found.spread],
        "threshold": found.threshold,
        "side": found.sign,
        "holds_at": asdict(found.holds),
        "fails_at": asdict(found.fails),
        "assumed": {
            "share": _number(found.assumed.share),
            "how": found.assumed.how,
            "drivers": [{"factor": name, "share": share} for name, share in found.assumed.drivers],
        },
        "turns": [asdict(turn) for turn in found.turns],
        "details": [asdict(detail) for detail in found.details],
        "notes": [note.format(**found.values) for note in found.notes],
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
