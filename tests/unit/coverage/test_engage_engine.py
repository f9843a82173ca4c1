"""Engagement coverage beside the engine: the same little scenario, the same shots, meetings at the same ranges.

One aircraft flies over Hawk batteries at 5 km and 240 m/s; a kill probability of a thousandth lets them shoot as often
as they can. The engine's assessment errs and its times scatter, so the most shots of some replications are compared.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import egide as eg
from egide import scenario
from egide.compiler import compile_scenario
from egide.simulate import simulate

BASE = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"
HEADING_WEST = 12
DOCTRINE = {
    "salvo_interval": "4 s", "engage": ["hostile", "unknown", "suspect"], "min_kill": 0.0, "decision_interval": "5 s",
    "free_engages": ["hostile", "suspect", "unknown", "pending"],
}  # fmt: skip


def written(folder: Path, batteries: int, **doctrine: Any) -> Path:
    """A raid of one aircraft from the east, straight over the batteries."""
    told = yaml.safe_load(BASE.read_text(encoding="utf-8"))
    told["batteries"] = [
        {"name": f"hawk-{k}", "system": "system/hawk", "side": "blue", "site": "quay", "network": "island",
         "azimuth": "90 deg", "doctrine": "d"} for k in range(batteries)
    ]  # fmt: skip
    told["raids"] = [
        {"name": "strike", "type": "aircraft/generic-strike", "side": "red", "count": 1, "time_on_target": "25 min",
         "release": "0.1 km", "target": "harbour", "route": [
             {"position": [45.0, -31.0], "altitude": "5 km", "speed": "240 m/s"},
             {"position": [45.0, -33.0], "altitude": "5 km", "speed": "240 m/s"}]}
    ]  # fmt: skip
    told["assets"][0]["position"] = [45.0, -35.0]
    told["phases"][0]["weapon_control"] = "free"
    told["doctrine"] = {"d": DOCTRINE | doctrine}
    told["overrides"] = {"missile/hawk": {"kill_aircraft": 0.001}}
    for name in ("alternatives", "outputs"):
        told.pop(name, None)
    place = folder / "scenario.yaml"
    place.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return place


def fired(place: Path, replications: int = 12) -> np.ndarray:
    """The engine's shots in the replication with most of them."""
    system = compile_scenario(scenario.load(place))
    runs = [simulate(system, 7, 0, k)["shots"] for k in range(replications)]
    return max(runs, key=len)


def counted(place: Path) -> tuple[int, int]:
    """Coverage's shots and channels at the batteries' place, for the heading of the raid."""
    covered = eg.coverage(place, altitude="5km-amsl", rcs="3m2", ranges=False, release="0.1km", speed="240m/s")
    engaged, grid = covered.found[""].engaged["nominal"], covered.plan.grid
    row, column = round(float(grid.dem.row(45.0))), round(float(grid.dem.column(-35.0)))
    point = int(engaged.points.owner[row, column])
    at = (0, 0, point, HEADING_WEST)
    return int(engaged.shots["network"][at]), int(engaged.channels["network"][at])


def inbound(shots: np.ndarray) -> np.ndarray:
    """Shots that meet the aircraft before it is over the batteries: what coverage counts."""
    order = np.argsort(shots["meet_s"])
    falling = np.concatenate([[True], np.diff(shots["range_m"][order]) < 1_000.0])
    return np.asarray(shots[order][np.cumprod(falling).astype(bool)])


@pytest.mark.parametrize("batteries", [1, 2, 4])
def test_batteries_of_one_network_shoot_one_after_the_other_as_in_the_engine(tmp_path: Path, batteries: int):
    place = written(tmp_path, batteries, salvo=1, max_shots=4, policy="shoot-look-shoot")
    shots = inbound(fired(place))
    count, channels = counted(place)
    assert channels == 1
    assert count == len(shots) == 4
    ends = np.sort(shots["meet_s"])
    assert np.all(np.sort(shots["launch_s"])[1:] > ends[:-1])  # never two in the air


def test_two_batteries_with_salvoes_of_two_fire_as_often_as_in_the_engine(tmp_path: Path):
    place = written(tmp_path, 2, salvo=2, max_shots=8, policy="shoot-look-shoot")
    shots = inbound(fired(place))
    count, channels = counted(place)
    assert channels == 1
    assert count == len(shots) == 8


def test_a_battery_fires_at_once_only_what_it_can_guide_as_in_the_engine(tmp_path: Path):
    place = written(tmp_path, 1, salvo=2, max_shots=8, policy="salvo")
    shots = inbound(fired(place))
    first = np.sort(shots["launch_s"])[:4]
    assert len(shots) >= 4
    assert np.all(np.diff(first) == pytest.approx(4.0))  # four missiles guided by the catalogue, four seconds apart
    count, _ = counted(place)
    assert count == len(shots) == 8  # four, and four again nearer
