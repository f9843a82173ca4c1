"""How much there is of what in a scenario, for a line on the terminal."""

from __future__ import annotations

from egide.scenario.checks_of_fire import magazine
from egide.scenario.model import Scenario

__all__ = ["counts"]


def counts(scenario: Scenario) -> dict[str, int]:
    """Numbers of things, by the word that the file uses; `objects` are the aircraft and missiles of a group."""
    return {
        "networks": len(scenario.networks),
        "links": len(scenario.links),
        "sensors": len(scenario.sensors),
        "airborne": len(scenario.airborne),
        "batteries": len(scenario.batteries),
        "missiles": sum(
            magazine(row, scenario.catalog) for battery in scenario.batteries for row in battery.launchers or ()
        ),
        "patrols": len(scenario.patrols),
        "raids": len(scenario.raids),
        "raid_objects": sum(raid.count for raid in scenario.raids),
        "flights": len(scenario.flights),
        "flight_objects": sum(flight.count for flight in scenario.flights),
        "assets": len(scenario.assets),
        "alternatives": len(scenario.alternatives),
    }
