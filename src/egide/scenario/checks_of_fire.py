"""Checks of doctrine and zones against who fires: magazines, pairings, contradictory weapon control.

carried   missiles of a battery or patrol: catalogue name -> ready ones
clash     two zones in which one track of one class would have two statuses
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final, TypeAlias

from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario.doctrine import Zone
from egide.scenario.explain import problem_at, suggestion
from egide.scenario.forces import Launcher
from egide.scenario.model import Scenario
from egide.scenario.parts import parts_of
from egide.scenario.tree import Node

__all__ = ["fire_checks", "magazine"]

SHARING_MOST: Final = 64  # batteries of one network that share assignment: engine.assign.BATTERIES
SPANS: Final = (
    ("min_range", "range"),
    ("min_altitude", "max_altitude"),
    ("min_range", "instrumented_range"),
    ("min_elevation", "max_elevation"),
)
KILLS: Final = {
    "aircraft": "kill_aircraft", "cruise-missile": "kill_cruise", "drone": "kill_drone", "ballistic": "kill_ballistic",
}  # fmt: skip
Point: TypeAlias = tuple[float, float]

MOST_ZONES: Final = 62


def fire_checks(scenario: Scenario, root: Node, catalog: Catalog) -> list[Problem]:
    """Everything about who may fire what, and where."""
    carried = list(_carried(scenario, catalog))
    return [
        *_reserves(scenario, root, carried),
        *_pairings(scenario, root, carried),
        *_zones(scenario, root),
        *_sharing(scenario, root),
        *_hopeless(scenario, root, catalog, carried),
        *_spans(scenario, root, catalog),
    ]


def magazine(row: Launcher, catalog: Catalog) -> int:
    """All missiles of launchers, ready and behind them."""
    return row.count * (_ready(row, catalog) + row.reserve)


def _ready(row: Launcher, catalog: Catalog) -> int:
    return row.loaded if row.loaded is not None else int(catalog[row.type].si("ready_missiles"))


def _is(catalog: Catalog, name: str, kind: str) -> bool:
    return name in catalog and catalog[name].kind == kind


def _carried(scenario: Scenario, catalog: Catalog) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Name, doctrine and missiles of all who fire, where the catalogue knows their launchers."""
    for battery in scenario.batteries:
        rows = battery.launchers
        if rows is None:
            if not _is(catalog, battery.system, "system"):
                continue
            rows = parts_of(catalog[battery.system], catalog).launchers
        if all(_is(catalog, row.type, "launcher") for row in rows):
            missiles: dict[str, int] = {}
            for row in rows:
                missiles[row.missile] = missiles.get(row.missile, 0) + row.count * _ready(row, catalog)
            yield battery.name, battery.doctrine, missiles
    for patrol in scenario.patrols:
        yield patrol.name, patrol.doctrine, {patrol.missile: patrol.count * patrol.missiles_each}


def _reserves(scenario: Scenario, root: Node, carried: list[tuple[str, str, dict[str, int]]]) -> Iterator[Problem]:
    """A doctrine never keeps back more missiles than a battery has ready."""
    for name, doctrine, missiles in carried:
        rules, total = scenario.doctrine.get(doctrine), sum(missiles.values())
        if rules is not None and rules.reserve > total:
            wrong = mark("the reserve of {reserve} is above the magazine of {battery}, {total}")
            right = mark("it would never fire; lower it, or give the battery a doctrine of its own")
            yield problem_at(
                root, ("doctrine", doctrine, "reserve"), wrong, right, reserve=rules.reserve, battery=name, total=total
            )


def _pairings(scenario: Scenario, root: Node, carried: list[tuple[str, str, dict[str, int]]]) -> Iterator[Problem]:
    """A missile that is to be preferred is on a launcher of somebody with this doctrine."""
    for doctrine, rules in scenario.doctrine.items():
        users = [missiles for _, used, missiles in carried if used == doctrine]
        have = sorted({missile for missiles in users for missile in missiles})
        for cls, missiles in rules.pairing.items():
            for k, missile in enumerate(missiles):
                if users and missile not in have:
                    right, values = suggestion(missile, have)
                    wrong = mark("nobody with this doctrine has a launcher with {missile}")
                    place = ("doctrine", doctrine, "pairing", cls, k)
                    yield problem_at(root, place, wrong, right, missile=missile, **values)


def _zones(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """Zones lie in the area, and where two overlap it is plain which one holds."""
    if len(scenario.zones) > MOST_ZONES:
        wrong = mark("{count} zones are more than a battery can tell apart")
        right = mark("join those of the same status; {most} at most")
        yield problem_at(root, ("zones",), wrong, right, True, count=len(scenario.zones), most=MOST_ZONES)
        return
    area = scenario.area
    for row, zone in enumerate(scenario.zones):
        if not any(area.south <= p[0] <= area.north and area.west <= p[1] <= area.east for p in zone.area):
            corners = (
                (area.south, area.west),
                (area.south, area.east),
                (area.north, area.east),
                (area.north, area.west),
            )
            if not overlap(zone.area, corners):
                wrong, right = mark("the zone lies outside the area"), mark("move it, or make the area larger")
                yield problem_at(root, ("zones", row, "area"), wrong, right)
    for (_, a), (row, b) in combinations(enumerate(scenario.zones), 2):
        if _clash(a, b):
            wrong = mark("contradictory weapon control: inside {other} it is {one}, here {two}, and they overlap")
            right = mark("give one of them the higher priority")
            yield problem_at(
                root, ("zones", row, "weapon_control"), wrong, right, True, other=a.name, one=a.status, two=b.status
            )


def _sharing(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """One decision has room for so many batteries."""
    for name, network in scenario.networks.items():
        members = sum(unit.network == name for unit in scenario.batteries)
        members += sum(unit.network == name for unit in scenario.patrols)
        if network.assignment != "first-come" and members > SHARING_MOST:
            wrong = mark("{members} batteries and patrols would share one assignment; {most} can")
            right = mark("write assignment: first-come, or make several networks of them")
            yield problem_at(root, ("networks", name, "assignment"), wrong, right, members=members, most=SHARING_MOST)


def _hopeless(
    scenario: Scenario, root: Node, catalog: Catalog, carried: list[tuple[str, str, dict[str, int]]]
) -> Iterator[Problem]:
    """Somebody's missiles fly as far as his doctrine fires, and, where targets are shared out, kill some of them."""
    networks = {battery.name: battery.network for battery in scenario.batteries}
    networks |= {patrol.name: patrol.network for patrol in scenario.patrols}
    told = set()
    for name, doctrine, missiles in carried:
        rules = scenario.doctrine.get(doctrine)
        known = [missile for missile in missiles if _is(catalog, missile, "missile")]
        if rules is None or not known:
            continue
        try:
            entries = [catalog.with_overrides({m: scenario.overrides.get(m, {})})[m] for m in known]
        except ScenarioError:  # told at its place already
            continue
        reach_m = max(max(entry.si("range"), entry.si("range_ballistic")) for entry in entries)
        if rules.fire_beyond_m >= reach_m and doctrine not in told:
            told.add(doctrine)
            wrong = mark("no missile of {battery} flies farther than {reach:.0f} km: with this it would never fire")
            values = {"battery": name, "reach": reach_m / 1e3}
            yield problem_at(root, ("doctrine", doctrine, "fire_beyond"), wrong, mark("write less"), **values)
        network = scenario.networks.get(networks[name])
        kills = [entry.si(KILLS[cls]) for entry in entries for cls in rules.classes]
        if network is not None and network.assignment != "first-come" and not any(kills):
            wrong = mark("an assignment with zero probability: no missile of {battery} ever kills what it engages")
            right = mark("give {missile} a kill probability, or change the classes of its doctrine")
            place = ("networks", networks[name], "assignment")
            yield problem_at(root, place, wrong, right, battery=name, missile=known[0])


def _spans(scenario: Scenario, root: Node, catalog: Catalog) -> Iterator[Problem]:
    """No least is above its most, once the scenario has replaced either."""
    written = {name: given for name, given in scenario.overrides.items() if name in catalog}
    try:
        known = catalog.with_overrides(written) if written else catalog
    except ScenarioError:  # told at its place already
        return
    for name, given in written.items():
        for least, most in SPANS:
            entry = known[name]
            if not (entry.has(least) and entry.has(most)) or entry.si(least) <= entry.si(most):
                continue
            key = least if least in given else most
            wrong = mark("{least}, {low}, is above {most}, {high}: nothing lies between")
            values = {
                "least": least,
                "most": most,
                "low": entry.values[least].shown(),
                "high": entry.values[most].shown(),
            }
            yield problem_at(root, ("overrides", name, key), wrong, mark("exchange them"), **values)


def _clash(a: Zone, b: Zone) -> bool:
    def shared(one: tuple[str, ...] | None, two: tuple[str, ...] | None) -> bool:
        return one is None or two is None or bool(set(one) & set(two))

    return (
        a.status != b.status
        and a.priority == b.priority
        and shared(a.classes, b.classes)
        and shared(a.phases, b.phases)
        and shared(a.batteries, b.batteries)
        and a.floor_m < b.ceiling_m
        and b.floor_m < a.ceiling_m
        and overlap(a.area, b.area)
    )


def overlap(one: tuple[Point, ...], two: tuple[Point, ...]) -> bool:
    """Whether two polygons share ground: edges that cross, or one inside the other. Edges that only touch do not."""
    edges = [(one[i - 1], one[i]) for i in range(len(one))]
    others = [(two[i - 1], two[i]) for i in range(len(two))]
    if any(_cross(a, b, c, d) for a, b in edges for c, d in others):
        return True
    return _inside(_middle(one), two) or _inside(_middle(two), one)


def _middle(polygon: tuple[Point, ...]) -> Point:
    return sum(p[0] for p in polygon) / len(polygon), sum(p[1] for p in polygon) / len(polygon)


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0.0 and _side(c, d, a) * _side(c, d, b) < 0.0


def _inside(point: Point, polygon: tuple[Point, ...]) -> bool:
    odd = False
    for i in range(len(polygon)):
        a, b = polygon[i - 1], polygon[i]
        if (a[0] > point[0]) != (b[0] > point[0]):
            odd ^= point[1] < (b[1] - a[1]) * (point[0] - a[0]) / (b[0] - a[0]) + a[1]
    return odd
