"""The shipped study holds what its README says."""

from __future__ import annotations

import gzip
import math
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from egide import scenario
from egide.ingest import dem

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "studies" / "turkiye-2019"
FILE = FOLDER / "scenario.yaml"
KM_A_DEGREE = 111.2


@pytest.fixture(scope="module")
def base() -> scenario.Scenario:
    return scenario.load(FILE, "nato-only")


def ground_m(terrain: dem.Dem, latitude: float, longitude: float) -> float:
    """Bilinear."""
    row = (terrain.north_deg - latitude) / terrain.step_lat_deg
    column = (longitude - terrain.west_deg) / terrain.step_lon_deg
    i, j = int(row), int(column)
    square = np.asarray(terrain.height_m[i : i + 2, j : j + 2], float)
    return float(np.array([i + 1 - row, row - i]) @ square @ np.array([j + 1 - column, column - j]))


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (b[1] - a[1]) * np.cos(np.radians((a[0] + b[0]) / 2))
    return float(KM_A_DEGREE * np.hypot(b[0] - a[0], east))


def test_nothing_is_wrong_with_any_alternative() -> None:
    assert scenario.check(FILE) == []


def test_the_raid_is_of_the_size_that_the_readme_states(base: scenario.Scenario) -> None:
    sizes: Counter[str] = Counter()
    for raid in base.raids:
        sizes[raid.type.partition("/")[0]] += raid.count
    assert sizes == {"aircraft": 24, "cruise-missile": 36, "drone": 44, "ballistic": 16}
    assert sum(flight.count for flight in base.flights) == 40


def test_everything_arrives_in_the_second_phase(base: scenario.Scenario) -> None:
    for raid in base.raids:
        assert raid.time_on_target_s is not None
        last_s = raid.time_on_target_s + (raid.count - 1) * raid.spacing_s
        assert raid.time_on_target_s >= 70 * 60, raid.name
        assert last_s <= 115 * 60, raid.name


def test_every_site_agrees_with_the_ground_or_the_readme_states_the_difference(base: scenario.Scenario) -> None:
    terrain = dem.package("turkey-2min", (34.0, 43.5, 25.5, 45.0))
    apart = {s.name for s in base.sites if abs(ground_m(terrain, *s.position) - s.height_m) > 50.0}
    assert apart == {"kurecik"}


def test_only_published_places_are_not_notional(base: scenario.Scenario) -> None:
    assert {site.name for site in base.sites if not site.notional} == {"incirlik", "kahramanmaras", "kurecik"}


def test_no_launch_area_lies_on_land(base: scenario.Scenario) -> None:
    terrain = dem.package("turkey-2min", (33.5, 44.0, 25.0, 45.5))
    for raid in base.raids:
        for place in raid.launch or (raid.route[0].position,):
            assert ground_m(terrain, *place) == 0.0, raid.name


def test_batteries_fill_the_list_of_sites_from_the_top(base: scenario.Scenario) -> None:
    listed = ["akinci", "samandira", "cigli", "konya", "erhac", "eskisehir"]
    common = {battery.name for battery in base.batteries}
    for name in scenario.alternatives(FILE):
        new = [b for b in scenario.load(FILE, name).batteries if b.name not in common]
        order = sorted(new, key=lambda b: not b.system.endswith("s-400"))
        assert [battery.site for battery in order] == listed[: len(new)], name


def test_sites_are_listed_by_the_value_near_them(base: scenario.Scenario) -> None:
    places = {site.name: site.position for site in base.sites}
    near = []
    for name in ("akinci", "samandira", "cigli", "konya", "erhac", "eskisehir"):
        positions = [(a.value, a.position or places[a.site or ""]) for a in base.assets]
        near.append(sum(value for value, place in positions if kilometres(place, places[name]) <= 60.0))
    assert near == sorted(near, reverse=True) == [160, 100, 70, 60, 50, 50]


def test_120_missiles_come_with_the_s_400_and_140_with_the_patriot() -> None:
    for name, system, missiles in (("s400-alone", "s-400", 120), ("patriot", "patriot-pac3", 140)):
        found = 0
        for battery in scenario.load(FILE, name).batteries:
            if battery.system.endswith(system) and battery.name != "patriot-es":
                found += sum(g.count * ((g.loaded or 0) + g.reserve) for g in battery.launchers or ())
        assert found == missiles


def test_alone_and_integrated_differ_in_network_and_nothing_else() -> None:
    alone, integrated = scenario.load(FILE, "s400-alone"), scenario.load(FILE, "s400-integrated")
    assert alone.batteries == integrated.batteries
    assert alone.sensors == integrated.sensors
    assert alone.raids == integrated.raids
    assert alone.networks["s400"].iff == ("civil",)
    assert integrated.networks["s400"].iff == ("alliance", "civil")
    assert len(alone.links) == 3
    assert len(integrated.links) == 6


def test_the_traffic_sample_is_what_its_tool_makes() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_traffic.py"), str(FOLDER), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_traffic_sample_has_300_flights_of_five_minutes_or_more() -> None:
    lines = gzip.decompress((FOLDER / "traffic.csv.gz").read_bytes()).decode().splitlines()[1:]
    flown = Counter(line.split(",")[1] for line in lines)
    assert len(flown) == 300
    assert min(flown.values()) >= 10  # a row every 30 s


def test_the_quick_version_runs_full_tracking_at_the_scenario_as_written_alone():
    from egide.campaign.plan import plan

    made = plan(FOLDER / "quick.yaml")
    nominal, alternatives = made.study.campaign.nominal or 0, len(made.alternatives)
    assert made.study.extends == "study.yaml"
    assert made.runs_in["full"] == alternatives * math.ceil(0.3 * nominal)
    assert made.runs_in["fast"] == alternatives * sum(made.replications)
    assert [made.part(point, "full", 2) for point in range(3)] == [1, 0, 0]
