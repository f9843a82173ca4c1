"""What is asked of a coverage: heights, cross sections, target, rule of defence. Read and checked before any work.

altitude   a height with its reference: `agl` above the ground below, `amsl` above mean sea level (orthometric; the
           geoid's undulation is ignored)
case       one radar cross section
target     a class with its speed: what batteries are asked to meet; a ballistic missile has a launch range, an apogee
rule       'defended' is said only with it: at least so many shots, and at least so high a probability of a kill
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from egide.catalog import Catalog
from egide.catalog.model import Entry
from egide.errors import Problem, ScenarioError, scenario_error
from egide.events import CLASSES
from egide.i18n import mark
from egide.physics import ballistic
from egide.units import AREA, LENGTH, SPEED, Dimension, read_quantity, show_quantity

__all__ = [
    "LEVELS", "Altitude", "Case", "Request", "Rule", "Target", "altitudes", "cross_sections", "rules", "target",
]  # fmt: skip

LEVELS: Final = ("nominal", "low", "high")
PLACE: Final = "egide coverage"
_HIGHEST_M: Final = 32_000.0  # the terrain's own limit of a height in an int16
_HIGHEST_ARC_M: Final = 2_000_000.0
_GENERIC: Final = {  # class -> the catalogue's flyer that stands for it
    "aircraft": "aircraft/generic-strike",
    "cruise-missile": "cruise-missile/generic",
    "drone": "drone/shahed-136",
    "airliner": "airliner/boeing-737",
    "ballistic": "ballistic/scud-b",
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
    """What batteries meet: a class, and how fast it flies (a ballistic missile: where it strikes)."""

    klass: str
    entry: str
    speed_m_s: float
    launch_range_m: float = math.nan
    apogee_m: float = math.nan

    @property
    def row(self) -> int:
        """Place of the class in egide.events.CLASSES."""
        return CLASSES.index(self.klass)

    @property
    def ballistic(self) -> bool:
        return self.klass == "ballistic"

    @property
    def stem(self) -> str:
        """'scud-b-300km', for file names."""
        return f"{self.entry.partition('/')[2]}-{self.launch_range_m / 1e3:g}km"


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


def target(
    name: str, catalog: Catalog, speed: str | None = None, launch_range: str | None = None, apogee: str | None = None,
) -> Target:  # fmt: skip
    """A class, or one flyer of the catalogue; its cruise speed unless another is given. A ballistic missile has a
    launch range and an apogee instead."""
    entry = catalog.get(_GENERIC.get(name, name))
    if entry is None or entry.kind not in _GENERIC:
        wrong = mark("no target class or flyer of the catalogue is called {name}")
        right = mark("write one of {known}, or one entry such as ballistic/iskander-m")
        raise scenario_error(PLACE, wrong, right, path="--class", name=name, known=", ".join(_GENERIC))
    if entry.kind == "ballistic":
        return missile(entry, speed, launch_range, apogee)
    problems = list[Problem]()
    for option, given in (("--launch-range", launch_range), ("--apogee", apogee)):
        if given is not None:
            wrong = mark("{name} flies level: only a ballistic missile has a launch range and an apogee")
            problems.append(_problem(option, wrong, mark("leave it out, or write --class ballistic"), name=name))
    speed_m_s = entry.si("cruise_speed") if speed is None else _quantity(speed, SPEED, "--speed", problems)
    if speed_m_s is not None and speed_m_s <= 0.0:
        wrong = mark("a target that does not move never comes")
        problems.append(_problem("--speed", wrong, mark("write for example 250m/s")))
    if problems or speed_m_s is None:
        raise ScenarioError(problems)
    return Target(entry.kind, entry.id, speed_m_s)


def missile(entry: Entry, speed: str | None, launch_range: str | None, apogee: str | None) -> Target:
    """A ballistic missile to its greatest range, or to a shorter one, on the arc that a scenario's raids fly: the
    catalogue's apogee goes with the range. Or over the apogee that is given, or on the arc of `least` energy."""
    problems = list[Problem]()
    most_m = entry.si("range")
    if speed is not None:
        wrong = mark("a ballistic missile's speed follows from its launch range and apogee")
        problems.append(_problem("--speed", wrong, mark("leave it out, or give --launch-range or --apogee")))
    range_m = most_m if launch_range is None else _quantity(launch_range, LENGTH, "--launch-range", problems)
    if range_m is not None and not 0.0 < range_m <= most_m:
        wrong = mark("{name} is not launched from {text}: it flies up to {most:g} km")
        right = mark("write a distance above zero, up to that, for example --launch-range {most:g}km")
        problems.append(
            _problem("--launch-range", wrong, right, name=entry.id, text=launch_range, most=most_m / 1e3)
        )  # fmt: skip
    if problems or range_m is None:
        raise ScenarioError(problems)
    apogee_m: float | None = entry.si("apogee") * range_m / most_m
    if apogee == "least":
        apogee_m = float(ballistic.minimum_energy(range_m).apogee_m)
    elif apogee is not None:
        apogee_m = _quantity(apogee, LENGTH, "--apogee", problems)
    if apogee_m is not None and not 0.0 < apogee_m <= _HIGHEST_ARC_M:
        wrong = mark("no arc has an apogee of {text}")
        problems.append(_problem("--apogee", wrong, mark("write a height up to 2000 km, or least"), text=apogee))
    if problems or apogee_m is None:
        raise ScenarioError(problems)
    speed_m_s = float(ballistic.from_apogee(range_m, apogee_m).speed_m_s)
    return Target(entry.kind, entry.id, speed_m_s, range_m, apogee_m)


def only_level(target: Target, release_m: float) -> None:
    """A ballistic missile has nothing to release before it strikes."""
    if target.ballistic and release_m > 0.0:
        wrong = mark("a ballistic missile releases nothing before it strikes")
        raise scenario_error(PLACE, wrong, mark("leave --release out"), path="--release")


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
