"""What a declaration rested on, from its row alone.

piece    evidence that weighed: P(evidence | friend, neutral, hostile), and belief once it has been weighed
factor   odds of hostile after a piece over those before it: what the piece alone did

`weighed` makes the posterior again from one row of `identities` and the table `likelihoods`, with nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from egide import events
from egide.errors import store_error
from egide.i18n import mark
from egide.picture.identity import posterior
from egide.store import Bundle

__all__ = ["Piece", "is_wrong", "likelihoods", "pieces_of", "weighed", "words_of"]

Row = Mapping[str, Any]
Table = Mapping[str, tuple[float, float, float]]  # evidence -> P(evidence | friend, neutral, hostile)
SIDE_OF: Final = {
    "assumed-friend": "friend", "friend": "friend", "neutral": "neutral", "suspect": "hostile", "hostile": "hostile",
}  # fmt: skip
NO_WEIGHT: Final = ("told", "operator-error", "interrogator-out")  # said of the declaration, not of the object
MILITARY_SILENCE: Final = ("no-military-reply", "no-national-reply")
NO_REPLY: Final = "no-reply"  # to any mode: one piece, for one interrogator that is out would explain them all
TOLD: Final = {"friend": "friend", "neutral": "neutral", "hostile": "hostile"}  # others, when told, say nothing


@final
@dataclass(frozen=True)
class Piece:
    """One piece of evidence as it was weighed."""

    evidence: str
    likelihood: tuple[float, float, float]
    after: tuple[float, float, float]
    factor: float


def likelihoods(bundle: Bundle) -> Table:
    """P(evidence | friend, neutral, hostile) of a run, by evidence."""
    if "likelihoods" not in bundle.tables:
        raise store_error(
            str(bundle.folder), mark("does not keep what its evidence weighs"), mark("it is an older run: run it again")
        )
    rows = bundle.columns("likelihoods")
    columns = (rows["evidence"], rows["friend"], rows["neutral"], rows["hostile"])
    return {str(name): (float(f), float(n), float(h)) for name, f, n, h in zip(*columns, strict=True)}


def pieces_of(bits: int, told: str, table: Table) -> list[tuple[str, tuple[float, float, float]]]:
    """What a declaration weighed, in order: its own evidence, then formation, then what was told."""
    names = [name for i, name in enumerate(events.EVIDENCE) if bits >> i & 1 and name not in NO_WEIGHT]
    silent = next((name for name in MILITARY_SILENCE if name in names), None)
    found = []
    if silent and "no-civil-reply" in names:
        found.append((NO_REPLY, _joint(table[silent], table["no-civil-reply"], table["interrogator-out"])))
        names = [name for name in names if name not in (silent, "no-civil-reply")]
    found += [(name, table[name]) for name in names]
    if "told" in words_of(bits) and told in TOLD:
        found.append((f"told-{told}", table[f"told-{told}"]))
    return found


def _joint(one: Sequence[float], other: Sequence[float], out: Sequence[float]) -> tuple[float, float, float]:
    """Neither mode is answered: the interrogator is out, or both transponders are silent for their own reasons."""
    shares = []
    for a, b, f in zip(one, other, out, strict=True):
        least = min(a, b, f)
        shares.append(least + (a - least) * (b - least) / (1.0 - least) if least < 1.0 else 1.0)
    return (shares[0], shares[1], shares[2])


def weighed(row: Row, table: Table) -> tuple[tuple[float, float, float], tuple[Piece, ...]]:
    """Belief before any evidence, and each piece with the belief after it; the last one's is the posterior."""
    prior = _three(posterior([row["prior_friend"], row["prior_neutral"], row["prior_hostile"]], []))
    belief, pieces = prior, []
    for name, likelihood in pieces_of(int(row["evidence"]), str(row["told_name"] or ""), table):
        if sum(p * x for p, x in zip(belief, likelihood, strict=True)) > 0.0:
            after = _three(posterior(belief, likelihood))
        else:
            after = (1 / 3, 1 / 3, 1 / 3)  # no class could give it: the engine takes thirds
        pieces.append(Piece(name, likelihood, after, _factor(belief, likelihood)))
        belief = after
    return prior, tuple(pieces)


def _factor(belief: Sequence[float], likelihood: Sequence[float]) -> float:
    """P(evidence | hostile) over P(evidence | not hostile), friend and neutral in the shares believed before."""
    rest = belief[0] + belief[1]
    if rest <= 0.0:
        return math.nan
    mild = (belief[0] * likelihood[0] + belief[1] * likelihood[1]) / rest
    return likelihood[2] / mild if mild > 0.0 else math.inf


def _three(values: Iterable[Any]) -> tuple[float, float, float]:
    a, b, c = (float(value) for value in values)
    return a, b, c


def words_of(bits: int) -> tuple[str, ...]:
    """Evidence by name."""
    return tuple(name for i, name in enumerate(events.EVIDENCE) if bits >> i & 1)


def is_wrong(identity: str, relation: str) -> bool:
    """Whether an identity takes the object for another side's. A false track has no side, and any but unknown errs."""
    return identity in SIDE_OF and SIDE_OF[identity] != relation
