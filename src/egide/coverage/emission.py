"""What blanked sectors leave of a system's own coverage: shares of the area, with them and without.

system    the batteries of a run whose recordings somebody else may read; every other radar and battery is left out, so
          that what others see of the same air does not hide the price
seen      by one of its radars, at the height asked for
denied    airspace in which it can meet an aircraft at that height, mean over headings

The scenario is the one that a run keeps beside its tables: the folder of a comparison is enough.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from egide import scenario as scenarios
from egide.coverage.ask import altitudes, cross_sections
from egide.coverage.survey import Found, plan
from egide.coverage.table import Row

if TYPE_CHECKING:
    from egide.coverage.survey import Plan
    from egide.scenario import Scenario

__all__ = ["ALTITUDE", "RCS", "describe", "of_rules", "of_scenario"]

ALTITUDE: Final = "8km-amsl"  # three kilometres or more above the ground: coarse terrain does not mislead there
RCS: Final = "1m2"


def of_rules(folder: Path, altitude: str = ALTITUDE, rcs: str = RCS) -> dict[str, dict[str, tuple[float, float]]]:
    """Per alternative of a comparison that blanks a sector of such a system: measure -> (with its sectors, without).
    Raises ScenarioError where the scenario kept there needs a file that is not there."""
    names = json.loads((folder / "comparison.json").read_text("utf-8"))["alternatives"]
    kept = {name: folder / name / "scenario.yaml" for name in names}
    documents = {name: _document(file) for name, file in kept.items() if file.is_file()}
    blanked = {name: each for name, each in documents.items() if any(map(_blanks, each.get("batteries") or []))}
    if not blanked:
        return {}
    known: dict[Any, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        files = {name: _written(each, Path(place) / f"{name}.yaml") for name, each in blanked.items()}
        loaded = {name: scenarios.load(file) for name, file in files.items()}
        whole = plan(
            next(iter(files.values())), altitude=[altitude], rcs=[rcs], shots=[1], kill=[0.5], levels=("nominal",)
        )
        return {name: _pair(whole, each, known) for name, each in loaded.items()}


def _document(file: Path) -> dict[str, Any]:
    return dict(yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader))


def _blanks(unit: Mapping[str, Any]) -> bool:
    return bool(unit.get("collector")) and bool((unit.get("emission") or {}).get("blank"))


def _written(document: dict[str, Any], place: Path) -> Path:
    """The same without its recorded traffic, which coverage does not ask for and which lies beside another file."""
    plain = {key: value for key, value in document.items() if key != "traffic"}
    place.write_text(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return place


def of_scenario(
    path: Path, altitude: str = ALTITUDE, rcs: str = RCS, area: str | None = None
) -> dict[str, tuple[float, float]]:
    """The same of one scenario file."""
    whole = plan(path, altitude=[altitude], rcs=[rcs], area=area, shots=[1], kill=[0.5], levels=("nominal",))
    return _pair(whole, whole.scenarios[""], {})


def _pair(whole: Plan, scenario: Scenario, known: dict[Any, dict[str, float]]) -> dict[str, tuple[float, float]]:
    with_rule, without = (_shares(whole, each, known) for each in (scenario, _open(scenario)))
    return {measure: (with_rule[measure], without[measure]) for measure in with_rule}


def _systems(scenario: Scenario) -> Iterator[Any]:
    return (unit for unit in scenario.batteries if unit.collector)


def _open(scenario: Scenario) -> Scenario:
    """The same scenario with every sector open."""
    units = [unit.model_copy(update={"emission": None}) for unit in scenario.batteries]
    return scenario.model_copy(update={"batteries": type(scenario.batteries)(units)})


def _shares(whole: Plan, scenario: Scenario, known: dict[Any, dict[str, float]]) -> dict[str, float]:
    """Of what the systems alone see and deny; the same batteries on the same sites are reckoned once."""
    others: list[Any] = [
        *scenario.sensors,
        *scenario.airborne,
        *(unit for unit in scenario.batteries if not unit.collector),
    ]
    key = repr([(unit.name, unit.site, unit.emission and unit.emission.blank) for unit in _systems(scenario)])
    if key not in known:
        request = replace(whole.request, without=tuple(unit.name for unit in others))
        known[key] = _told(replace(whole, scenarios={"": scenario}, request=request).run(""))
    return known[key]


def _told(found: Found) -> dict[str, float]:
    return {"seen": _one(found, "seen"), "denied": _one(found, "denied", cue="own", azimuth="mean")}


def _one(found: Found, measure: str, **which: str) -> float:
    rows: list[Row] = [
        row for row in found.rows
        if row.measure == measure and all(getattr(row, key) == value for key, value in which.items())
    ]  # fmt: skip
    return rows[0].nominal if rows else 0.0


def describe(altitude: str = ALTITUDE, rcs: str = RCS) -> dict[str, Any]:
    """What is asked, for the note of a table: height, whether above the ground, cross section."""
    (height,), (case,) = altitudes([altitude]), cross_sections([rcs])
    return {"height_m": height.height_m, "agl": height.agl, "rcs_m2": case.rcs_m2}
