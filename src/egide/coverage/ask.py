"""What is asked of a coverage: heights, cross sections, target, rule of defence. Read and checked before any work.

altitude   a height with its reference: `agl` above the ground below, `amsl` above mean sea level (orthometric; the
           geoid's undulation is ignored)
case       one radar cross section
target     a class with its speed: what batteries are asked to meet
rule       'defended' is said only with it: at least so many shots, and at least so high a probability of a kill
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError, scenario_error
from egide.events import CLASSES
from egide.i18n import mark
from egide.units import AREA, LENGTH, SPEED, Dimension, read_quantity, show_quantity

__all__ = [
    "LEVELS", "Altitude", "Case", "Request", "Rule", "Target", "altitudes", "cross_sections", "rules", "target",
]  # fmt: skip

LEVELS: Final = ("nominal", "low", "high")
PLACE: Final = "egide coverage"
_HIGHEST_M: Final = 32_000.0  # the terrain's own limit of a height in an int16
_GENERIC: Final = {  # class -> the catalogue's flyer that stands for it
    "aircraft": "aircraft/generic-strike",
    "cruise-missile": "cruise-missile/generic",
    "drone": "drone/shahed-136",
    "airliner": "airliner/boeing-737",
}


@final
@dataclass(frozen=True)
class Altitude:
    """A height and what it is measured from."""

    text: str
    height_m: float
    agl: bool

    @property
    def reference(self) -> str:
        return "agl" if self.agl else "amsl"

    @property
    def label(self) -> str:
        """'100 m agl'."""
        unit = "km" if self.height_m >= 1000.0 else "m"
        return f"{show_quantity(self.height_m, LENGTH, unit, 6)} {self.reference}"


@final
@dataclass(frozen=True)
class Case:
    """One radar cross section, taken as given for every band."""

    text: str
    rcs_m2: float


@final
@dataclass(frozen=True)
class Target:
    """What batteries meet: a class, and how fast it flies."""

    klass: str
    entry: str
    speed_m_s: float

    @property
    def row(self) -> int:
        """Place of the class in egide.events.CLASSES."""
        return CLASSES.index(self.klass)


@final
@dataclass(frozen=True)
class Rule:
    """A point is defended only by this: `shots` or more, cumulative kill probability `kill` or more."""

    shots: int
    kill: float


@final
@dataclass(frozen=True)
class Request:
    """Everything asked for, checked."""

    altitudes: tuple[Altitude, ...]
    cases: tuple[Case, ...]
    pd: float
    target: Target
    rules: tuple[Rule, ...]
    release_m: float = 0.0
    headings: int = 16
    without: tuple[str, ...] = ()
    levels: tuple[str, ...] = LEVELS
    engagement: bool = True


def altitudes(texts: Sequence[str]) -> tuple[Altitude, ...]:
    """`100m-agl`, `5km-amsl`; every mistake at once."""
    found, problems = [], []
    for text in _parts(texts):
        words, _, reference = text.replace(" ", "").rpartition("-")
        if reference.lower() not in ("agl", "amsl") or not words:
            wrong = mark("{text} does not say what the height is measured from")
            problems.append(_problem("--altitude", wrong, mark("write for example 100m-agl or 5km-amsl"), text=text))
            continue
        height_m = _quantity(words, LENGTH, "--altitude", problems)
        if height_m is not None and not 0.0 < height_m <= _HIGHEST_M:
            wrong = mark("{text} is not a height between 0 and 32 km")
            problems.append(_problem("--altitude", wrong, mark("write for example 100m-agl or 5km-amsl"), text=text))
        elif height_m is not None:
            found.append(Altitude(text.replace(" ", ""), height_m, reference.lower() == "agl"))
    _settle(found, problems, "--altitude", mark("write for example 100m-agl or 5km-amsl"))
    return tuple(dict.fromkeys(found))


def cross_sections(texts: Sequence[str]) -> tuple[Case, ...]:
    """`0.1m2,1m2`."""
    found, problems = [], list[Problem]()
    for text in _parts(texts):
        rcs_m2 = _quantity(text, AREA, "--rcs", problems)
        if rcs_m2 is not None and rcs_m2 <= 0.0:
            wrong = mark("{text} is not a cross section above zero")
            problems.append(_problem("--rcs", wrong, mark("write for example 0.1m2,1m2"), text=text))
        elif rcs_m2 is not None:
            found.append(Case(text.replace(" ", ""), rcs_m2))
    _settle(found, problems, "--rcs", mark("write for example 0.1m2,1m2"))
    return tuple(dict.fromkeys(found))


def rules(shots: Sequence[int], kills: Sequence[float]) -> tuple[Rule, ...]:
    """Pairs of the two lists, which are equally long."""
    right = mark("write for example --shots 1,2 --kill 0.5,0.8")
    if not shots or len(shots) != len(kills):
        wrong = mark("--shots and --kill need the same number of values, one pair a rule")
        raise scenario_error(PLACE, wrong, right)
    for n, q in zip(shots, kills, strict=True):
        if n < 1 or not 0.0 < q < 1.0:
            wrong = mark("a rule of {n} shots and probability {q} cannot be met or missed")
            raise scenario_error(PLACE, wrong, right, n=n, q=q)
    return tuple(Rule(n, q) for n, q in zip(shots, kills, strict=True))


def probability(pd: float) -> float:
    """The wanted probability of detection."""
    if not 0.0 < pd < 1.0 or not math.isfinite(pd):
        wrong = mark("a probability of detection of {pd} cannot be asked for")
        raise scenario_error(PLACE, wrong, mark("write one between 0 and 1, for example 0.5"), path="--pd", pd=pd)
    return pd


def target(name: str, catalog: Catalog, speed: str | None = None) -> Target:
    """A class, or one flyer of the catalogue; its cruise speed unless another is given."""
    entry = catalog.get(_GENERIC.get(name, name))
    flying = tuple(_GENERIC)
    if entry is None or entry.kind not in flying:
        wrong = mark("no target class or catalogue aircraft is called {name}")
        right = mark("write one of {known}; ballistic missiles have no height and heading and are not covered here")
        raise scenario_error(PLACE, wrong, right, path="--class", name=name, known=", ".join(flying))
    problems = list[Problem]()
    speed_m_s = entry.si("cruise_speed") if speed is None else _quantity(speed, SPEED, "--speed", problems)
    if speed_m_s is not None and speed_m_s <= 0.0:
        wrong = mark("a target that does not move never comes")
        problems.append(_problem("--speed", wrong, mark("write for example 250m/s")))
    if problems or speed_m_s is None:
        raise ScenarioError(problems)
    return Target(entry.kind, entry.id, speed_m_s)


def _parts(texts: Sequence[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _quantity(text: str, dimension: Dimension, option: str, problems: list[Problem]) -> float | None:
    try:
        return read_quantity(re.sub(r"(?<=[0-9.])(?=[A-Za-z])", " ", text, count=1), dimension)
    except ValueError as error:
        problems.append(_problem(option, "{text}", "", text=str(error)))
        return None


def _problem(option: str, wrong: str, right: str, **values: object) -> Problem:
    return Problem(PLACE, 0, 0, option, wrong, right, values)


def _settle(found: Sequence[object], problems: list[Problem], option: str, example: str) -> None:
    if not found and not problems:
        problems.append(_problem(option, mark("the list is empty: there is nothing to cover"), example))
    if problems:
        raise ScenarioError(problems)
