"""Checks of meaning for raids: how far ballistic missiles fly; jammers, and weapons against radars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.physics.geodesy import inverse
from egide.scenario.explain import problem_at
from egide.scenario.model import Scenario
from egide.scenario.tree import Node

__all__ = ["anti_radiation", "ballistic", "jamming"]

TOO_FAR: Final = mark("the target is {range:.0f} km away, beyond the {reach:.0f} km of {type}")
NEARER: Final = mark("launch from nearer, or take a type that reaches")
MOST_JAMMERS: Final = 64  # that a radar's row holds: compiler.system


def jamming(scenario: Scenario, root: Node, catalog: Catalog) -> Iterator[Problem]:
    """A jammer has a power and a bandwidth, and there are no more of them than a radar can tell apart."""
    total = 0
    for section in ("flights", "raids", "jammers"):
        for row, unit in enumerate(getattr(scenario, section)):
            carried = unit.jammer
            if carried is None or carried.type not in catalog or catalog[carried.type].kind != "jammer":
                continue
            total += unit.count
            given = {**scenario.overrides.get(carried.type, {}), **carried.overrides}
            try:
                entry = catalog.with_overrides({carried.type: given})[carried.type]
            except ScenarioError:
                continue  # the tree's checks have told of it, with its place
            for name in ("power", "bandwidth"):
                if entry.si(name) <= 0.0:
                    wrong, right = mark("a jammer without {name}"), mark("give it some, or remove the jammer")
                    yield problem_at(root, (section, row, "jammer"), wrong, right, True, name=name)
    if total > MOST_JAMMERS:
        wrong, right = mark("{total} jammers in the air"), mark("at most {most}: join some into one of their power")
        yield problem_at(root, ("raids",), wrong, right, True, total=total, most=MOST_JAMMERS)


def ballistic(scenario: Scenario, root: Node, catalog: Catalog) -> Iterator[Problem]:
    """A ballistic missile reaches its target from where it is launched. Scatter about the target is left to the run."""
    sites = {site.name: site.position for site in scenario.sites}
    for row, raid in enumerate(scenario.raids):
        asset = next((asset for asset in scenario.assets if asset.name == raid.target), None)
        if not raid.launch or asset is None or raid.type not in catalog or catalog[raid.type].kind != "ballistic":
            continue
        place = sites.get(asset.site) if asset.site is not None else asset.position
        area = scenario.area
        if place is None or not (area.south <= place[0] <= area.north and area.west <= place[1] <= area.east):
            continue  # told of already
        given = {**scenario.overrides.get(raid.type, {}), **raid.overrides}
        try:
            reach_m = catalog.with_overrides({raid.type: given})[raid.type].si("range")
        except ScenarioError:
            continue  # the tree's checks have told of it, with its place
        for k, launch in enumerate(raid.launch):
            range_m = float(inverse(*launch, *place)[0])
            if range_m > reach_m:
                yield problem_at(
                    root, ("raids", row, "launch", k), TOO_FAR, NEARER, True, range=range_m / 1e3, reach=reach_m / 1e3,
                    type=raid.type,
                )  # fmt: skip


def anti_radiation(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """Who goes for radars goes for a unit that has some."""
    units = {asset.name: asset.unit for asset in scenario.assets}
    for row, raid in enumerate(scenario.raids):
        if raid.anti_radiation is not None and units.get(raid.target) is None:
            wrong = mark("{target} is no unit with radars")
            right = mark("name an asset that has unit: BATTERY or SENSOR")
            yield problem_at(root, ("raids", row, "anti_radiation"), wrong, right, True, target=raid.target)
