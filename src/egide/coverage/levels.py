"""The same scenario with every catalogue value at its unfavourable or its favourable end.

low    every value that matters to coverage at the end that sees and reaches least, all at once
high   at the other end

The two are corners, not an interval of probability: it is unlikely that all sources err the same way. What does not
stand here (reference cross section, detection and false alarm probability, the target) stays nominal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from egide.catalog import Catalog
from egide.catalog.model import Entry, Level

if TYPE_CHECKING:
    from egide.scenario import Scenario
    from egide.scenario.doctrine import Doctrine

__all__ = ["BETTER", "at_level"]

BETTER: Final[Mapping[str, Mapping[str, bool]]] = {  # kind -> parameter -> whether more of it covers more
    "radar": {
        "reference_range": True, "instrumented_range": True, "min_elevation": False, "max_elevation": True,
        "sector": True, "antenna_height": True, "revisit": False, "min_range": False,
    },
    "missile": {
        "range": True, "min_range": False, "min_altitude": False, "max_altitude": True, "speed": True,
        "max_target_speed": True, "kill_aircraft": True, "kill_cruise": True, "kill_drone": True,
        "range_ballistic": True, "kill_ballistic": True,
    },
    "command-post": {"reaction_time": False},
    "general": {"voice_latency": False, "assessment_delay": False},
    "launcher": {"ready_missiles": True},
    "system": {"missiles_guided": True},
}  # fmt: skip


def at_level(scenario: Scenario, level: str) -> Scenario:
    """The scenario at `low`, `nominal` or `high`. A unit's own overrides move only where they give their own ends."""
    if level == "nominal":
        return scenario
    catalog = _shifted(scenario.catalog, level)
    kind_of = {"sensors": "type", "airborne": "radar"}
    update: dict[str, Any] = {"overrides": {}}
    for section, key in kind_of.items():
        update[section] = tuple(_own(unit, catalog[getattr(unit, key)].kind, level) for unit in
                                getattr(scenario, section))  # fmt: skip
    update["batteries"] = tuple(
        _own(
            battery.model_copy(update={"radars": tuple(_own(radar, "radar", level) for radar in battery.radars)})
            if battery.radars
            else battery,
            "system", level,
        )
        for battery in scenario.batteries
    )  # fmt: skip
    update["doctrine"] = {name: _ordered(doctrine, level) for name, doctrine in scenario.doctrine.items()}
    return scenario.model_copy(update=update).attach(catalog, scenario.folder, scenario.source.encode())


def _end(kind: str, name: str, level: str) -> Level | None:
    better = BETTER.get(kind, {}).get(name)
    if better is None:
        return None
    return "low" if better == (level == "low") else "high"


def _shifted(catalog: Catalog, level: str) -> Catalog:
    entries: dict[str, Entry] = {}
    for name, entry in catalog.entries.items():
        values = dict(entry.values)
        for parameter, value in entry.values.items():
            end = _end(entry.kind, parameter, level)
            if end is not None:
                values[parameter] = replace(value, value=value.si(end))
        entries[name] = replace(entry, values=values)
    return replace(catalog, entries=entries)


def _ordered(doctrine: Doctrine, level: str) -> Doctrine:
    """A doctrine whose own delay of the centre's order stands at the level: the longest covers least."""
    delay = doctrine.order_delay_s
    if delay is None:
        return doctrine
    nominal_s = delay.high_s if level == "low" else delay.low_s
    return doctrine.model_copy(update={"order_delay_s": delay.model_copy(update={"nominal_s": nominal_s})})


def _own(unit: Any, kind: str, level: str) -> Any:
    """A unit whose overrides stand at the level."""
    moved: dict[str, Any] = {}
    for name, given in unit.overrides.items():
        end = _end(kind, name, level)
        moved[name] = given.get(end, given["value"]) if isinstance(given, Mapping) and end else given
    return unit.model_copy(update={"overrides": moved}) if moved else unit
