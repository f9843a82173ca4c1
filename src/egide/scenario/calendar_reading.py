"""A calendar read, laid over its study and checked whole: every problem is found before any is reported.

laid      a calendar over a study: the scenario with the calendar's own units, and who is there in each alternative
corner    all dates at their earliest, as published, or at their latest: order is asked for at each of the three
stage     contract, delivery, training, activation: the order in which a unit comes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, final

from pydantic import ValidationError

from egide import catalog as library
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario import loading
from egide.scenario.attack import why_refused
from egide.scenario.calendar import Calendar, Event, corner, days_of
from egide.scenario.explain import explain, problem_at, suggestion
from egide.scenario.loading import Variants
from egide.scenario.patches import apply_alternative, try_path
from egide.scenario.study import Study
from egide.scenario.tree import Loc, Node, plain, read_tree

__all__ = ["SECTIONS", "Laid", "beside", "read_calendar"]

FILE: Final = "calendar.yaml"
BASE: Final = "base"  # the scenario as written, where no alternative has that name
SECTIONS: Final = ("batteries", "sensors", "airborne", "patrols")  # where units stand
_ADDED: Final = ("sites", *SECTIONS)
_CORNERS: Final = (None, 0.0, 1.0)
_STAGES: Final = {"contract": 0, "delivery": 1, "training": 2, "deployment": 3, "activation": 3}


@final
@dataclass(frozen=True)
class Laid:
    """A calendar over its study."""

    path: Path
    calendar: Calendar
    study: Study
    variants: Variants
    alternatives: tuple[str, ...]
    units: Mapping[str, Mapping[str, str]]  # alternative -> unit -> section, in the order of the scenario
    added: frozenset[str]  # units that the calendar brings

    def events(self, alternative: str) -> tuple[Event, ...]:
        """Those that happen in an alternative."""
        return tuple(event for event in self.calendar.events if not event.of or alternative in event.of)

    def patch(self, alternative: str) -> str | None:
        """What the scenario calls it; None for the scenario as written."""
        return _patch(self.variants, alternative)


def _patch(variants: Variants, alternative: str) -> str | None:
    return None if alternative == BASE and alternative not in variants.names() else alternative


def beside(study: Path) -> Path:
    """Where the calendar of a study lies."""
    return study.parent / FILE


def read_calendar(
    path: Path, study: Study, alternatives: Sequence[str] = (), catalog: Catalog | None = None, shown: str | None = None
) -> Laid:
    """The calendar of a file over a study. Raises ScenarioError with every problem of it."""
    known = catalog or library.load()
    root = read_tree(loading.read_file(path), shown or str(path))
    problems = list(_form(root))
    if problems:
        raise ScenarioError(problems)
    try:
        calendar = Calendar.model_validate(plain(root))
    except ValidationError as error:
        raise ScenarioError(explain(error, root, Calendar)) from None
    variants = Variants(study.base_path, known)
    names = variants.names() or [BASE]
    followed = tuple(alternatives) or calendar.alternatives or study.campaign.alternatives or study.alternatives
    followed = followed or tuple(names)
    problems = [*_alternatives(root, calendar, alternatives, names, shown or str(path))]
    before, added_badly = variants.root, list[Problem]()
    variants.root = _with_units(variants, root, added_badly)
    if added_badly or not set(followed) <= set(names):
        raise ScenarioError(problems + added_badly)
    added = frozenset(_units(variants.root)) - frozenset(_units(before))
    units = {name: _units(variants.tree(_patch(variants, name))) for name in followed}
    everybody = {unit for name in names for unit in _units(variants.tree(_patch(variants, name)))}
    problems += _events(root, calendar, variants, units, everybody, variants.catalog)
    if not problems:
        laid = Laid(path, calendar, study, variants, followed, units, added)
        problems = [problem for name in followed for problem in _order(root, laid, name)]
        problems = list({(problem.line, problem.wrong, str(problem.values)): problem for problem in problems}.values())
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    for name in followed:  # what the calendar adds is checked as the scenario's own is
        variants.scenario(laid.patch(name))
    if problems := list(_upgraded(root, laid)):
        raise ScenarioError(problems)
    return laid


def _form(root: Node) -> Iterator[Problem]:
    if not root.is_map():
        wrong = mark("expected a mapping with the keys of a calendar")
        right = mark("begin with 'egide: 1' and 'kind: calendar'")
        yield Problem(root.file, root.line, root.column, "", wrong, right)
    elif root.text("kind") not in (None, "calendar"):
        wrong, right = mark("this is no calendar"), mark("begin with 'egide: 1' and 'kind: calendar'")
        yield problem_at(root, ("kind",), wrong, right)


def _alternatives(
    root: Node, calendar: Calendar, asked: Sequence[str], names: Sequence[str], shown: str
) -> Iterator[Problem]:
    wrong = mark("there is no alternative called '{name}'")
    places: list[tuple[Loc, str]] = [(("alternatives", row), name) for row, name in enumerate(calendar.alternatives)]
    for number, event in enumerate(calendar.events):
        places += [(("events", number, "of", row), name) for row, name in enumerate(event.of)]
    for loc, name in places:
        if name not in names:
            right, values = suggestion(name, names)
            yield problem_at(root, loc, wrong, right, name=name, **values)
    for name in asked:
        if name not in names:
            right, values = suggestion(name, names)
            yield Problem(shown, 0, 0, "--alternatives", wrong, right, {"name": name, **values})


def _with_units(variants: Variants, root: Node, problems: list[Problem]) -> Node:
    """The scenario's tree with what the calendar adds, as an alternative would add it."""
    added = root.get("add")
    if added is None or not added.is_map():
        return variants.root
    for section, rows in added.items():
        if section not in _ADDED:
            right, values = suggestion(section, _ADDED)
            wrong = mark("a calendar adds no {section}")
            problems.append(problem_at(root, ("add", section), wrong, right, True, section=section, **values))
        elif not rows.is_list():
            problems.append(problem_at(root, ("add", section), mark("expected a list"), mark("write '- ' a line")))
    if problems:
        return variants.root
    patch = replace(root, value={"add": added})
    before = variants.root.get("alternatives")
    alone = replace(variants.root, value={**variants.root.value, "alternatives": replace(root, value={"it": patch})})
    found: list[Problem] = []
    made = apply_alternative(alone, "it", variants.catalog, found)
    problems += [replace(problem, path=problem.path.removeprefix("alternatives.it.")) for problem in found]
    back = {key: child for key, child in made.value.items() if key != "alternatives"}
    return replace(made, value=back | ({"alternatives": before} if before is not None else {}))


def _units(tree: Node) -> dict[str, str]:
    """Unit -> section, of a scenario's tree."""
    found: dict[str, str] = {}
    for section in SECTIONS:
        node = tree.get(section)
        for row in node.elements() if node is not None else ():
            if name := row.text("name"):
                found[name] = section
    return found


# --- names -------------------------------------------------------------------------------------------------------


def _events(
    root: Node, calendar: Calendar, variants: Variants, units: Mapping[str, Mapping[str, str]], everybody: set[str],
    catalog: Catalog,
) -> Iterator[Problem]:  # fmt: skip
    """Everything that an event names is there, once."""
    names = [event.name for event in calendar.events]
    for number, event in enumerate(calendar.events):
        place: Loc = ("events", number)
        if event.name in names[:number]:
            wrong, right = mark("there is an event '{name}' already"), mark("give it another name")
            yield problem_at(root, (*place, "name"), wrong, right, name=event.name)
        if event.after is not None and event.after.event not in names:
            yield _unknown(root, (*place, "after", "event"), event.after.event, names)
        for row, lifted in enumerate(event.lifts):
            if lifted not in names:
                yield _unknown(root, (*place, "lifts", row), lifted, names)
        for row, source in enumerate(event.source):
            if source not in catalog.sources:
                right, values = suggestion(source, list(catalog.sources))
                here = (*place, "source", row) if _is_list(root, number) else (*place, "source")
                wrong = mark("the catalogue has no source '{name}'")
                yield problem_at(root, here, wrong, right, name=source, **values)
        within = {unit for name in event.of if name in units for unit in units[name]} if event.of else everybody
        for row, unit in enumerate(event.units):
            if unit not in (within or everybody):
                right, values = suggestion(unit, sorted(within or everybody))
                wrong = mark("there is no unit called '{name}'")
                yield problem_at(root, (*place, "units", row), wrong, right, name=unit, **values)
        yield from _settings(root, place, event, variants, units)
    yield from _circles(root, calendar)


def _is_list(root: Node, number: int) -> bool:
    """Whether the sources of an event are written as a list."""
    events = root.get("events")
    row = list(events.elements())[number] if events is not None else None
    source = row.get("source") if row is not None else None
    return source is not None and source.is_list()


def _unknown(root: Node, loc: Loc, name: str, names: list[str]) -> Problem:
    right, values = suggestion(name, names)
    return problem_at(root, loc, mark("there is no event called '{name}'"), right, name=name, **values)


def _settings(
    root: Node, place: Loc, event: Event, variants: Variants, units: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    """An upgrade's paths lead somewhere in each alternative that has the unit, and lay no attack out."""
    for path, value in event.set.items():
        loc = (*place, "set", path)
        refused = why_refused(path, variants.root, variants.catalog)
        if refused is not None:
            yield problem_at(root, loc, *refused, True, path=path)
            continue
        for name in event.of or units:
            if name not in units or not set(event.units) & set(units[name]):
                continue
            for problem in try_path(
                variants.tree(_patch(variants, name)), path, Node(value, 0, 0, ""), variants.catalog
            )[:1]:
                yield problem_at(root, loc, problem.wrong, problem.right, True, **problem.values)


def _upgraded(root: Node, laid: Laid) -> Iterator[Problem]:
    """What an upgrade sets makes a scenario that can be run."""
    for number, event in enumerate(laid.calendar.events):
        for name in laid.alternatives if event.set else ():
            if (event.of and name not in event.of) or not set(event.units) & set(laid.units[name]):
                continue
            try:
                laid.variants.scenario(laid.patch(name), event.set)
            except ScenarioError as error:
                for problem in error.problems:
                    yield problem_at(root, ("events", number, "set"), problem.wrong, problem.right, **problem.values)
                break


def _circles(root: Node, calendar: Calendar) -> Iterator[Problem]:
    after = {event.name: event.after.event for event in calendar.events if event.after is not None}
    for number, event in enumerate(calendar.events):
        seen = [event.name]
        while (before := after.get(seen[-1])) is not None and before not in seen:
            seen.append(before)
        if before == event.name and event.name == min(seen):
            wrong, right = mark("events wait for each other in a circle: {circle}"), mark("give one of them a date")
            circle = " -> ".join([*seen, event.name])
            yield problem_at(root, ("events", number, "after"), wrong, right, circle=circle)


# --- order -------------------------------------------------------------------------------------------------------


def _order(root: Node, laid: Laid, alternative: str) -> Iterator[Problem]:
    """What happens to one unit happens in an order that makes sense, early, as published and late."""
    events = laid.events(alternative)
    rows = {event.name: row for row, event in enumerate(laid.calendar.events)}
    said = days_of(laid.calendar.events, corner(None))
    for share in _CORNERS:
        days = days_of(laid.calendar.events, corner(share))
        found = list(_lifted(root, laid, rows, days))
        for unit in laid.units[alternative]:
            own = sorted((event for event in events if unit in event.units), key=lambda event: said[event.name])
            found += _presence(root, unit, own, rows, days)
            found += _decays(root, unit, own, events, rows, days)
            found += _stages(root, unit, own, rows, days)
        yield from found
        if found:
            return


def _at(root: Node, rows: Mapping[str, int], event: Event, wrong: str, right: str, **values: Any) -> Problem:
    key = "date" if event.date is not None else "after"
    return problem_at(root, ("events", rows[event.name], key), wrong, right, event=event.name, **values)


def _said(day: float) -> str:
    return date.fromordinal(round(day)).isoformat()


def _presence(
    root: Node, unit: str, own: Sequence[Event], rows: Mapping[str, int], days: Mapping[str, float]
) -> Iterator[Problem]:
    """There and gone take turns."""
    last: Event | None = None
    for event in own:
        if event.does not in ("there", "gone"):
            continue
        day = _said(days[event.name])
        if last is not None and last.does == event.does == "there":
            wrong = mark(
                "overlapping states: {unit} is there already since {since}, by {last}, when {event} comes, {day}"
            )
            right = mark("withdraw it in between, or name another unit")
            yield _at(root, rows, event, wrong, right, unit=unit, since=_said(days[last.name]), last=last.name, day=day)
        elif last is not None and last.does == event.does:
            wrong = mark(
                "dates in disorder: {unit} is gone already since {since}, by {last}, when {event} comes, {day}"
            )
            right = mark("let an event make it there in between, or leave one out")
            yield _at(root, rows, event, wrong, right, unit=unit, since=_said(days[last.name]), last=last.name, day=day)
        elif last is not None and days[last.name] > days[event.name]:  # early or late: as published they are in order
            wrong = mark("dates in disorder: {event} of {unit} is dated {day}, before {before} of {since}")
            right = mark("check both dates, early, nominal and late")
            yield _at(
                root, rows, event, wrong, right, unit=unit, day=day, before=last.name, since=_said(days[last.name])
            )
        elif last is not None and days[last.name] == days[event.name]:
            wrong = mark("overlapping states: {last} and {event} both say whether {unit} is there on {day}")
            yield _at(root, rows, event, wrong, mark("write different days"), unit=unit, last=last.name, day=day)
        last = event


def _decays(
    root: Node, unit: str, own: Sequence[Event], events: Sequence[Event], rows: Mapping[str, int],
    days: Mapping[str, float],
) -> Iterator[Problem]:  # fmt: skip
    """A unit decays for one reason at a time."""
    last: tuple[Event, float] | None = None
    for event in (event for event in own if event.does == "decay"):
        ends = [days[lift.name] for lift in events if event.name in lift.lifts]
        if last is not None and last[1] > days[event.name]:
            wrong = mark(
                "overlapping states: {unit} decays already since {since}, by {last}, when {event} comes, {day}"
            )
            right = mark("lift the first before, or write one embargo")
            yield _at(root, rows, event, wrong, right, unit=unit, since=_said(days[last[0].name]), last=last[0].name,
                      day=_said(days[event.name]))  # fmt: skip
        last = event, min(ends, default=float("inf"))


def _stages(
    root: Node, unit: str, own: Sequence[Event], rows: Mapping[str, int], days: Mapping[str, float]
) -> Iterator[Problem]:
    """Contract, delivery, training, activation: none before an earlier stage has begun."""
    first: dict[int, Event] = {}
    for event in own:
        if event.kind in _STAGES:
            first.setdefault(_STAGES[event.kind], event)
    for stage, event in first.items():
        for earlier, before in first.items():
            if earlier < stage and days[before.name] > days[event.name]:
                wrong = mark("dates in disorder: {event} of {unit} is dated {day}, before {before} of {since}")
                right = mark("check both dates, early, nominal and late")
                yield _at(root, rows, event, wrong, right, unit=unit, day=_said(days[event.name]), before=before.name,
                          since=_said(days[before.name]))  # fmt: skip


def _lifted(root: Node, laid: Laid, rows: Mapping[str, int], days: Mapping[str, float]) -> Iterator[Problem]:
    """What is lifted was laid on before."""
    by_name = {event.name: event for event in laid.calendar.events}
    for event in laid.calendar.events:
        for row, name in enumerate(event.lifts):
            lifted = by_name[name]
            place: Loc = ("events", rows[event.name], "lifts", row)
            if lifted.does not in ("hold", "decay"):
                wrong, right = mark("{name} holds nothing up and lets nothing decay"), mark("name the event that does")
                yield problem_at(root, place, wrong, right, name=name)
            elif days[event.name] < days[name]:
                wrong = mark("dates in disorder: {event} of {day} lifts {name}, which comes {since}")
                yield problem_at(root, place, wrong, mark("check both dates"), event=event.name, name=name,
                                 day=_said(days[event.name]), since=_said(days[name]))  # fmt: skip
