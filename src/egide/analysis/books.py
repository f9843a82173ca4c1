"""A study's money as plain data: everything that is printed or put on a page, whatever file it came from.

books   items, gaps, prices of interceptors and attackers, and the words for all of them
shot    an interceptor: what one costs, and how many each alternative carries
target  what may be shot at, and what it costs its owner
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final, final

from egide.analysis import economy, ledger
from egide.analysis.ledger import Compared, Gap, Item
from egide.analysis.prices import NOTHING, Amount, Rate

__all__ = ["Books", "Exchanged", "Shot", "Target"]

KILLS: Final = {  # class of a target -> parameter of a missile
    "aircraft": "kill_aircraft", "cruise-missile": "kill_cruise", "drone": "kill_drone", "ballistic": "kill_ballistic",
}  # fmt: skip


@final
@dataclass(frozen=True)
class Shot:
    """An interceptor by type. `kill`: parameter -> probability of one shot, given that it meets its target."""

    id: str
    label: Mapping[str, str]
    cost: Amount
    grade: str
    kill: Mapping[str, Amount]
    held: Mapping[str, int]


@final
@dataclass(frozen=True)
class Target:
    """A type of attacker."""

    id: str
    label: Mapping[str, str]
    klass: str
    cost: Amount
    grade: str


@final
@dataclass(frozen=True)
class Exchanged:
    """What it costs to kill one target with single shots and perfect looks between them, over what the target costs."""

    shot: Shot
    target: Target
    rate: Amount


@final
@dataclass(frozen=True)
class Books:
    """Amounts are in `currency` at the prices of `year`."""

    study: str
    title: Mapping[str, str]
    note: Mapping[str, str]
    currency: str
    year: int
    decision: date
    horizon: date
    happened: str | None
    reference: str
    pairs: tuple[tuple[str, str], ...]
    parties: Mapping[str, Mapping[str, str]]
    alternatives: Mapping[str, Mapping[str, str]]
    items: tuple[Item, ...]
    gaps: tuple[Gap, ...]
    deflators: tuple[Mapping[str, str], ...]
    factors: Mapping[int, Amount]
    rates: tuple[Rate, ...]
    shots: tuple[Shot, ...] = ()
    targets: tuple[Target, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """Id -> what it says and where."""

    @property
    def chooser(self) -> str:
        """The party whose choice it is: the first."""
        return next(iter(self.parties))

    def ledger(self, party: str, flow: str, alternative: str | None = None) -> list[Item]:
        """A party's entries of one flow, as things came about or with another alternative; by date."""
        chosen = ledger.historic(self.items, alternative or self.happened)
        return sorted((i for i in chosen if i.party == party and i.flow == flow), key=lambda i: (i.first, i.name))

    def totals(self, day: date, alternative: str | None = None) -> dict[tuple[str, str], Amount]:
        """By party and flow, of what has fallen by the end of a day."""
        return ledger.totals(ledger.historic(self.items, alternative or self.happened), day)

    def sunk(self, day: date) -> dict[str, Amount]:
        """By party: what was paid by a day, as things came about."""
        found = self.totals(day)
        return {party: found.get((party, "paid"), NOTHING) for party in self.parties}

    def compared(self, decision: date | None) -> list[list[Compared]]:
        """The pairs, each topic by topic, for the party that chooses. Without a day: before anything was paid."""
        return [ledger.compare(self.items, self.chooser, one, other, decision, self.gaps) for one, other in self.pairs]

    def stock(self, alternative: str) -> Amount:
        """What the interceptors that an alternative carries cost to buy again."""
        worth = [shot.cost.scaled(held) for shot in self.shots if (held := shot.held.get(alternative, 0))]
        return sum(worth, NOTHING)

    def exchanges(self) -> Iterator[Exchanged]:
        """Every interceptor against every target that it can kill: low with a cheap interceptor, a dear target and a
        good shot, high the other way round."""
        for shot in self.shots:
            for target in self.targets:
                kill = shot.kill.get(KILLS.get(target.klass, ""))
                if kill is None or kill.low <= 0.0 or target.cost.low <= 0.0:
                    continue
                ends = ((shot.cost.low, target.cost.high, kill.high), (shot.cost.value, target.cost.value, kill.value),
                        (shot.cost.high, target.cost.low, kill.low))  # fmt: skip
                rates = [economy.cost_exchange(one, two, p).per_kill_look for one, two, p in ends]
                yield Exchanged(shot, target, Amount(*rates))

    def document(self, day: date) -> dict[str, Any]:
        """As plain data, for --json."""
        totals = self.totals(day)
        return {
            "study": self.study, "title": dict(self.title), "currency": self.currency, "year": self.year,
            "as_of": day.isoformat(), "decision": self.decision.isoformat(), "horizon": self.horizon.isoformat(),
            "happened": self.happened, "reference": self.reference,
            "deflators": [dict(each) for each in self.deflators], "rates": [asdict(rate) for rate in self.rates],
            "factors": {str(year): asdict(found) for year, found in self.factors.items()},
            "entries": [_entry(item, day, self.decision) for item in self.items],
            "totals": [{"party": party, "flow": flow, **asdict(found)} for (party, flow), found in totals.items()],
            "sunk": {party: asdict(found) for party, found in self.sunk(self.decision).items()},
            "missing": [asdict(gap) for gap in self.gaps],
            "comparisons": {
                "before anything was paid": _comparisons(self.compared(None)),
                "still to be paid at the decision": _comparisons(self.compared(self.decision)),
            },
            "interceptors": [asdict(shot) for shot in self.shots],
            "stocks": {name: asdict(self.stock(name)) for name in self.alternatives},
            "exchange": [{"interceptor": each.shot.id, "target": each.target.id, **asdict(each.rate)}
                         for each in self.exchanges()],
            "sources": dict(self.sources),
        }  # fmt: skip


def _entry(item: Item, day: date, decision: date) -> dict[str, Any]:
    plain = asdict(item) | {"first": item.first.isoformat(), "last": item.last.isoformat()}
    plain |= {"by": asdict(ledger.by(item, day)), "open": asdict(ledger.open_part(item, decision))}
    return plain


def _comparisons(pairs: Sequence[Sequence[Compared]]) -> list[dict[str, Any]]:
    return [
        {"one": each.one, "other": each.other, "topic": each.topic, "verdict": each.verdict, "reason": each.reason,
         "ratio": asdict(each.ratio) if each.ratio else None,
         "difference": asdict(each.difference) if each.difference else None,
         "prices": [{"families": {name: asdict(found) for name, found in price.families.items()},
                     "open": asdict(price.open), "sunk": asdict(price.sunk), "grade": price.grade}
                    for price in each.prices],
         "missing": [gap.label["en"] for gap in each.gaps]}
        for pair in pairs for each in pair
    ]  # fmt: skip
