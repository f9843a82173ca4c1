"""Checks of meaning for what raids bring with them: jammers, and weapons against radars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario.explain import problem_at
from egide.scenario.model import Scenario
from egide.scenario.tree import Node

__all__ = ["anti_radiation", "jamming"]

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


def anti_radiation(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """Who goes for radars goes for a unit that has some."""
    units = {asset.name: asset.unit for asset in scenario.assets}
    for row, raid in enumerate(scenario.raids):
        if raid.anti_radiation is not None and units.get(raid.target) is None:
            wrong = mark("{target} is no unit with radars")
            right = mark("name an asset that has unit: BATTERY or SENSOR")
            yield problem_at(root, ("raids", row, "anti_radiation"), wrong, right, True, target=raid.target)
