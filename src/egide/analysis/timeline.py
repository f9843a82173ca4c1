"""Who is there in which month, over dates as published and dates that slip, and what follows from it. Numbers only.

happening   one event: what it does to which units, and its day in every draw
draw        one slipped calendar; row 0 holds the dates as published
course      one alternative over the months: who is there, and how available, in every draw
combo       who is there and which upgrades hold; with who is out of order it makes a scene
band        where 95 % of the draws lie, and the published dates with them

A month is judged on its fifteenth: who comes on the 12th counts for the month, who leaves on the 31st for the next.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BAND", "MOST_DECAYING", "Course", "Happening", "availability", "band", "course", "down_bits",
    "mixture", "out_of", "presence", "subsets",
]  # fmt: skip

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

BAND: Final = 0.95
MOST_DECAYING: Final = 6  # units that decay at once in one alternative: coverage is mixed over all subsets of them
_NEVER: Final = np.inf


@final
@dataclass(frozen=True)
class Happening:
    """One event of one alternative. Arrays have one entry a draw."""

    name: str
    effect: str
    units: tuple[str, ...]
    day: Floats
    lifts: tuple[str, ...] = ()
    half_life_days: Floats = field(default_factory=lambda: np.full(1, np.inf))
    grace_days: Floats = field(default_factory=lambda: np.zeros(1))
    floor: float = 0.0


@final
@dataclass(frozen=True)
class Course:
    """One alternative over draws and months."""

    alternative: str
    units: tuple[str, ...]
    there: Flags  # (units, draws, months)
    factor: Mapping[str, Floats]  # of units that decay in some draw: (draws, months), 1 where they do not
    combos: tuple[tuple[frozenset[str], tuple[str, ...]], ...]  # who is there, upgrades in force
    codes: Whole  # (draws, months) -> combo


def _ends(happenings: Sequence[Happening], name: str, draws: int) -> Floats:
    """The day on which a hold or a decay is lifted; never, where nothing lifts it."""
    ends = [each.day for each in happenings if name in each.lifts]
    return np.asarray(np.min(ends, axis=0)) if ends else np.full(draws, _NEVER)


def presence(happenings: Sequence[Happening], unit: str, days: Floats) -> Flags:
    """(draws, months): whether a unit is there. What would come while it is held up comes when the last hold is
    lifted; who is there already stays."""
    draws = len(happenings[0].day) if happenings else 1
    own = [each for each in happenings if unit in each.units]
    acts = sorted((each for each in own if each.effect in ("there", "gone")), key=lambda each: float(each.day[0]))
    holds = [(each.day, _ends(happenings, each.name, draws)) for each in own if each.effect == "hold"]
    found = np.zeros((draws, len(days)), bool)
    since: Floats | None = np.full(draws, -np.inf) if not acts or acts[0].effect == "gone" else None
    for act in acts:
        if act.effect == "there":
            since = _put_off(act.day, holds)
        elif since is not None:
            found |= (since[:, None] <= days) & (days < act.day[:, None])
            since = None
    if since is not None:
        found |= since[:, None] <= days
    return found


def _put_off(day: Floats, holds: Sequence[tuple[Floats, Floats]]) -> Floats:
    """The first day from `day` on that no hold covers."""
    for _ in holds:  # a hold may end inside another
        for begin, end in holds:
            day = np.where((begin <= day) & (day < end), end, day)
    return day


def availability(happenings: Sequence[Happening], unit: str, days: Floats) -> Floats:
    """(draws, months): what an embargo leaves of a unit's availability: f + (1 - f) 2^(-t/h) after the grace."""
    draws = len(happenings[0].day) if happenings else 1
    found = np.ones((draws, len(days)))
    for each in happenings:
        if each.effect != "decay" or unit not in each.units:
            continue
        ends = _ends(happenings, each.name, draws)
        elapsed = days - (each.day + each.grace_days)[:, None]
        left = each.floor + (1.0 - each.floor) * np.exp2(-np.maximum(elapsed, 0.0) / each.half_life_days[:, None])
        held = (each.day[:, None] <= days) & (days < ends[:, None])
        found = np.where(held, np.minimum(found, left), found)
    return found


def course(alternative: str, happenings: Sequence[Happening], units: Sequence[str], days: Floats) -> Course:
    """Everything that the calendar says of one alternative."""
    there = np.array([presence(happenings, unit, days) for unit in units], bool).reshape(len(units), -1, len(days))
    factor = {}
    for row, unit in enumerate(units):
        left = np.where(there[row], availability(happenings, unit, days), 1.0)
        if (left < 1.0).any():
            factor[unit] = left
    upgrades = sorted((each for each in happenings if each.effect == "set"), key=lambda each: float(each.day[0]))
    rows = {unit: row for row, unit in enumerate(units)}
    held = [
        (each.day[:, None] <= days) & np.any([there[rows[unit]] for unit in each.units if unit in rows] or
                                              [np.zeros(there.shape[1:], bool)], axis=0)
        for each in upgrades
    ]  # fmt: skip
    bits = np.concatenate([there, np.array(held, bool).reshape(len(held), *there.shape[1:])])
    flat = bits.reshape(len(bits), -1).T
    unique, codes = np.unique(flat, axis=0, return_inverse=True)
    combos = tuple(
        (
            frozenset(unit for unit, here in zip(units, row, strict=False) if here),
            tuple(each.name for each, here in zip(upgrades, row[len(units) :], strict=True) if here),
        )
        for row in unique
    )
    return Course(alternative, tuple(units), there, factor, combos, codes.reshape(there.shape[1:]).astype(np.int64))


def down_bits(found: Course, luck: Mapping[str, Floats], usual: Mapping[str, float]) -> Whole:
    """(draws, months, replications): who of the decaying units is out of order, a bit each in the order of `factor`.

    A run with availability a p meets the same luck u as one with p: for u < a p the unit works in both, for u >= p in
    neither, and only for a p <= u < p is it out of order for want of spares. So no number is made up between runs.
    """
    replications = len(next(iter(luck.values()))) if luck else 1
    found_bits = np.zeros((*found.codes.shape, replications), np.int64)
    for bit, (unit, factor) in enumerate(found.factor.items()):
        u, p = luck[unit], usual[unit]
        out = (factor[..., None] * p <= u) & (u < p)
        found_bits |= out.astype(np.int64) << bit
    return found_bits


def out_of(found: Course, bits: int) -> frozenset[str]:
    """The units whose bits are set."""
    return frozenset(unit for row, unit in enumerate(found.factor) if bits >> row & 1)


def subsets(units: Sequence[str]) -> list[frozenset[str]]:
    """Every set of units that may be out of order."""
    return [frozenset(each) for n in range(len(units) + 1) for each in itertools.combinations(units, n)]


def mixture(found: Course, shares: Mapping[tuple[int, frozenset[str]], float]) -> Floats:
    """(draws, months): expected share, over who is out of order, each decaying unit by itself. `shares`: of a combo
    without the units of a set."""
    out = np.zeros(found.codes.shape)
    for code in np.unique(found.codes):
        here = found.codes == code
        decaying = [unit for unit in found.factor if unit in found.combos[code][0]]
        for down in subsets(decaying):
            weight = np.ones(int(here.sum()))
            for unit in decaying:
                left = found.factor[unit][here]
                weight = weight * ((1.0 - left) if unit in down else left)
            if weight.any():
                out[here] += weight * shares[int(code), down]
    return out


def band(values: Floats) -> tuple[Floats, Floats]:
    """(months,) low and high over the draws of (draws, months); the published dates, row 0, are never outside."""
    if len(values) == 1:
        return values[0], values[0]
    tail = (1.0 - BAND) / 2.0
    low, high = np.quantile(values[1:], [tail, 1.0 - tail], axis=0)
    return np.minimum(low, values[0]), np.maximum(high, values[0])
