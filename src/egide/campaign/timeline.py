"""A study over the calendar: which states there are, each run once, every month looked up. The straight way.

state      a distinct scenario: an alternative less who is not there, or with who is out of order (`scenario.scenes`)
steady     the scenario as written, without the calendar: what an alternative is worth once everything is in place
lookup     a month of a draw, replication by replication: the state it falls into, never a number between two runs
folder     `runs/` and `cover/` hold what was run, by key, and are used again; the tables are made of them
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import cache
from egide.analysis import timeline as months
from egide.analysis.measures import BY_NAME
from egide.analysis.timeline import MOST_DECAYING, Course, Happening
from egide.campaign.about import scenario_files
from egide.campaign.runner import check_order
from egide.campaign.states import Cover, Kept, Progress, State, run_missing
from egide.campaign.timeline_tables import write_all
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError, scenario_error, store_error
from egide.i18n import mark
from egide.rng import AVAILABLE, ONCE, make_key, name_hash, uniform
from egide.scenario import load_study
from egide.scenario.calendar import Event, corner, days_of
from egide.scenario.calendar_reading import Laid, beside, read_calendar
from egide.scenario.explain import suggestion
from egide.scenario.scenes import Scene, scenario_of, text_key
from egide.store import parts

__all__ = ["Order", "Timeline", "lay_out", "run_timeline"]

ASKED: Final = "timeline.json"


@final
@dataclass(frozen=True)
class Order:
    """What is to be done, beside what the calendar says."""

    alternatives: tuple[str, ...] = ()
    from_: str = ""  # first month, as 2012-01; empty: the calendar's
    until: str = ""
    replications: int | None = None
    workers: int = 1
    mode: str = "fast"


@final
@dataclass(frozen=True)
class Timeline:
    """A calendar laid out over its months: who is there, and which states that makes."""

    laid: Laid
    order: Order
    months: tuple[date, ...]
    replications: int
    courses: Mapping[str, Course]
    down: Mapping[str, NDArray[np.int64]]  # alternative -> (draws, months, 1 or replications)
    keys: Mapping[Scene, str]
    states: Mapping[str, State]  # to be run
    covers: Mapping[str, Any]  # key -> scenario, to be covered

    @property
    def seed(self) -> int:
        return self.laid.study.seed

    def scene(self, alternative: str, code: int, out: frozenset[str] = frozenset()) -> Scene:
        """The scene of a combo with some of its units out of order."""
        there, upgrades = self.courses[alternative].combos[code]
        return Scene(alternative, there, out & there, upgrades)

    def covered(self, alternative: str, code: int, out: frozenset[str] = frozenset()) -> Scene:
        """The scene whose coverage counts: who is out of order sees and defends nothing."""
        there, upgrades = self.courses[alternative].combos[code]
        return Scene(alternative, there - out, frozenset(), upgrades)

    def steady(self, alternative: str) -> Scene:
        """The alternative as the scenario writes it."""
        return Scene(alternative, frozenset(self.laid.units[alternative]) - self.laid.added)

    def scene_on(self, alternative: str, day: date, replication: int = 0, draw: int = 0) -> Scene:
        """Where a month's lookup leads."""
        month = self.months.index(day.replace(day=15))
        found = self.courses[alternative]
        bits = self.down[alternative][draw, month]
        return self.scene(
            alternative, int(found.codes[draw, month]), months.out_of(found, int(bits[replication % len(bits)]))
        )


def run_timeline(
    study: Path | str,
    out: Path | str,
    order: Order | None = None,
    calendar: Path | str | None = None,
    cover: Callable[[Laid], Cover] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Run a study over its calendar and write the folder. Raises ScenarioError or StoreError, in words.

    `cover` makes, for a calendar, what works out the coverage of its states; without it none is followed.
    """
    order = order or Order()
    check_order(1 if order.replications is None else order.replications, 0, order.workers)
    found = lay_out(Path(study), order, Path(calendar) if calendar is not None else None)
    begun_s = time.perf_counter()
    kept = Kept(_folder(Path(out)))
    covering = cover(found.laid) if cover is not None else None
    new = run_missing(list(found.states.values()), kept, found.seed, order.workers, progress)
    if covering is not None:
        missing = {key: scenario for key, scenario in found.covers.items() if kept.cover(key) is None}
        for key, shares in covering(missing):
            kept.keep_cover(key, shares)
    write_all(found, kept, covering is not None, new, time.perf_counter() - begun_s)
    return kept.folder


def lay_out(study: Path, order: Order, calendar: Path | None = None) -> Timeline:
    """Everything but the running. Raises ScenarioError with every problem."""
    read = load_study(study)
    path = calendar or beside(study)
    if not path.is_file():
        wrong, right = mark("there is no calendar here"), mark("write one beside the study, or name it by --calendar")
        raise scenario_error(str(path), wrong, right)
    laid = read_calendar(path, read, order.alternatives)
    _measures(laid)
    days = _months(laid, order)
    happenings = _happenings(laid)
    ordinals = np.array([day.toordinal() for day in days], float)
    courses, down, keys = {}, {}, dict[Scene, str]()
    replications = order.replications or laid.calendar.replications
    for name in laid.alternatives:
        here = {event.name for event in laid.events(name)}
        own = [each for each in happenings if each.name in here]
        courses[name] = months.course(name, own, tuple(laid.units[name]), ordinals)
        _check_decaying(laid, courses[name])
        down[name] = _down(laid, courses[name], replications)
    made = Timeline(laid, order, days, replications, courses, down, keys, {}, {})
    return _with_states(made)


def _with_states(found: Timeline) -> Timeline:
    """Every scene that some month of some draw falls into, as states; each scenario counts once."""
    keys: dict[Scene, str] = {}
    states: dict[str, State] = {}
    covers: dict[str, Any] = {}
    files: dict[str, str] = {}
    more = {"seed": found.seed, "code": cache.code_hash(), "mode": found.order.mode}
    everyone = set(range(found.replications))

    def key_of(scene: Scene) -> tuple[str, Any]:
        scenario = scenario_of(found.laid, scene)
        tracking = scenario.tracking.model_copy(update={"mode": found.order.mode})
        scenario = scenario.model_copy(update={"tracking": tracking})
        if scene not in keys:
            inputs = {name: _digest(path, files) for name, path in scenario_files(scenario, scenario.folder).items()}
            keys[scene] = text_key(scenario, {**more, "files": inputs})
        return keys[scene], scenario

    def run(scene: Scene, numbers: set[int]) -> None:
        key, scenario = key_of(scene) if scene not in keys or keys[scene] not in states else (keys[scene], None)
        states.setdefault(key, State(key, scenario)).wanted |= numbers

    def covered(scene: Scene) -> None:
        if scene not in keys or keys[scene] not in covers:
            key, scenario = key_of(scene)
            covers.setdefault(key, scenario)

    for name, course in found.courses.items():
        run(found.steady(name), everyone)
        covered(found.steady(name))
        for code in np.unique(course.codes):
            bits = found.down[name][course.codes == code]
            for pattern in np.unique(bits):
                numbers = (
                    everyone if bits.shape[1] == 1 else set(np.flatnonzero((bits == pattern).any(axis=0)).tolist())
                )
                run(found.scene(name, int(code), months.out_of(course, int(pattern))), numbers)
            decaying = [unit for unit in course.factor if unit in course.combos[code][0]]
            for out in months.subsets(decaying):
                covered(found.covered(name, int(code), out))
    return Timeline(found.laid, found.order, found.months, found.replications, found.courses, found.down, keys, states,
                    covers)  # fmt: skip


# --- what the calendar says, as numbers ---------------------------------------------------------------------------


def _happenings(laid: Laid) -> list[Happening]:
    """Every event with its day in each draw; row 0 as published. A draw is an event's own, keyed by its name."""
    events, count = laid.calendar.events, laid.calendar.draws
    luck = {event.name: _luck(laid.study.seed, event.name, count) for event in events}
    days = [days_of(events, corner(None))]
    days += [days_of(events, _drawn(luck, draw)) for draw in range(count)]
    return [
        Happening(
            event.name, event.does, event.units, np.array([row[event.name] for row in days]), event.lifts,
            **_decay(event, luck[event.name]),
        )
        for event in events
    ]  # fmt: skip


def _drawn(luck: Mapping[str, NDArray[np.float64]], draw: int) -> Callable[[str], float]:
    """How far each event slips in one draw."""
    return lambda name: float(luck[name][0, draw])


def _luck(seed: int, name: str, count: int) -> NDArray[np.float64]:
    """(3, draws) shares of belief: of the day, the half life and the grace; the same whatever else the calendar has."""
    word = int.from_bytes(hashlib.blake2b(f"calendar {seed} {name}".encode(), digest_size=8).digest(), "little")
    return np.random.default_rng(word).random((3, count))


def _decay(event: Event, luck: NDArray[np.float64]) -> dict[str, Any]:
    if event.decay is None:
        return {}
    life, grace = event.decay.half_life, event.decay.grace
    return {
        "half_life_days": np.array([life.at(None), *(life.at(float(u)) for u in luck[1])]),
        "grace_days": np.array([grace.at(None), *(grace.at(float(u)) for u in luck[2])]),
        "floor": event.decay.floor,
    }


def _down(laid: Laid, course: Course, replications: int) -> NDArray[np.int64]:
    """Who is out of order: with the scenario's own draw of whether a battery works."""
    if not course.factor:
        return np.zeros((*course.codes.shape, 1), np.int64)
    scenario = laid.variants.scenario(laid.patch(course.alternative))
    usual = dict.fromkeys(course.factor, 1.0) | {
        battery.name: battery.available if battery.available is not None else usual_of(scenario.catalog)
        for battery in scenario.batteries
    }
    luck = {unit: luck_of(laid.study.seed, unit, replications) for unit in course.factor}
    return months.down_bits(course, luck, usual)


def usual_of(catalog: Catalog) -> float:
    """How likely a battery works, where it does not say itself."""
    return catalog["general/command"].si("battery_up")


def luck_of(seed: int, unit: str, replications: int) -> NDArray[np.float64]:
    """The draw, in each replication, of whether a unit works: the engine's own."""
    who = name_hash(unit)
    return np.array([uniform(make_key(seed, 0, k), AVAILABLE, who, who, ONCE) for k in range(replications)])


def _months(laid: Laid, order: Order) -> tuple[date, ...]:
    """The fifteenth of each month asked for."""
    first, last = (
        _month(text, option) if text else day
        for text, option, day in (
            (order.from_, "--from", laid.calendar.from_),
            (order.until, "--to", laid.calendar.until),
        )
    )
    if (last.year, last.month) < (first.year, first.month):
        wrong, right = mark("time goes backwards: {until} comes before {from_}"), mark("exchange them")
        raise scenario_error("--to", wrong, right, until=f"{last:%Y-%m}", from_=f"{first:%Y-%m}")
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 15) for n in range(count)
    )


def _month(text: str, option: str) -> date:
    try:
        year, month = text.split("-")[:2]
        return date(int(year), int(month), 15)
    except ValueError:
        raise scenario_error(
            option, mark("{text!r} is no month"), mark("write for example 2019-07"), text=text
        ) from None


def _measures(laid: Laid) -> None:
    """Measures that there are."""
    problems = []
    for name in laid.calendar.measures:
        if name not in BY_NAME:
            right, values = suggestion(name, list(BY_NAME))
            wrong = mark("there is no measure called '{name}'")
            problems.append(Problem(str(laid.path), 0, 0, "measures", wrong, right, {"name": name, **values}))
    if problems:
        raise ScenarioError(problems)


def _check_decaying(laid: Laid, course: Course) -> None:
    if len(course.factor) > MOST_DECAYING:
        wrong = mark("{n} units of {name} decay: {units}; every set of them would be a state")
        right = mark("let {most} at most decay in one alternative, or withdraw some at a date")
        raise scenario_error(
            str(laid.path), wrong, right, path="events", n=len(course.factor), name=course.alternative,
            units=", ".join(course.factor), most=MOST_DECAYING,
        )  # fmt: skip


# --- the folder ----------------------------------------------------------------------------------------------------


def _folder(place: Path) -> Path:
    """The folder, new or of a timeline before: what was run in it under the same keys counts."""
    path = place.expanduser().absolute()
    with parts.disk_faults(path):
        if path.is_dir() and any(path.iterdir()) and not (path / ASKED).is_file():
            wrong, right = mark("the folder holds something other than a timeline"), mark("choose another one")
            raise store_error(str(place), wrong, right)
        path.mkdir(parents=True, exist_ok=True)
        (path / ASKED).write_text(json.dumps({"kind": "timeline", "format": 1}) + "\n", encoding="utf-8")
    return path


def _digest(path: Path, known: dict[str, str]) -> str:
    if str(path) not in known:
        known[str(path)] = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() if path.is_file() else ""
    return known[str(path)]
