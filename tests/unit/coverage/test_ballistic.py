"""Ground defended against ballistic missiles: closed forms on flat ground, the arc against Kepler and the geodesic."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import Geod
from tests.unit.coverage import scene

import egide as eg
from egide import scenario
from egide.cli.app import main
from egide.compiler.sensors import rules_of
from egide.coverage import ballistic as fall
from egide.coverage import net as nets
from egide.coverage import plan
from egide.coverage.ask import Case, Request, Rule, missile, target
from egide.coverage.engage import Engaged
from egide.coverage.net import Grid, Net
from egide.errors import ScenarioError
from egide.physics import ballistic, geodesy

MORE = """
batteries:
  - {name: guard, system: system/patriot-pac3, side: blue, site: quay, network: one, azimuth: 0 deg, doctrine: d,
     radars: [{type: radar/an-mpq-65, role: both,
              overrides: {sector: 360 deg, max_elevation: 90 deg, min_elevation: -5 deg}}]}
doctrine: {d: {salvo: 2, max_shots: 4, classes: [aircraft, ballistic]}}
"""
NEAR = {"south": 43.4, "north": 46.6, "west": -36.4, "east": -31.4}
SIMPLE = {  # a missile that reaches a sphere of 40 km, below 30 km
    "range_min_m": 0.0, "range_ballistic_m": 40_000.0, "height_min_m": 100.0, "height_max_m": 30_000.0,
    "speed_m_s": 1_000.0, "target_speed_max_m_s": 9_000.0, "ready": 100, "left": 100,
}  # fmt: skip


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grid, Net]:
    """One battery that sees all round and straight up, at 45 N, 33.9 W, on flat ground."""
    file = scene.write(tmp_path_factory.mktemp("fall"), MORE, **NEAR)
    loaded = scenario.load(file)
    grid = nets.grid_of(loaded)
    return grid, nets.net_of(loaded, grid)


def asked(launch_range_m: float = 300_000.0, rcs_m2: float = 1e4, headings: int = 8) -> Request:
    """A missile large enough to be seen as far as the display goes."""
    from egide.catalog import load

    entry = load()["ballistic/iskander-m"]
    one = missile(entry, None, f"{launch_range_m / 1e3} km", "least")
    return Request((), (Case("", rcs_m2),), 0.5, one, (Rule(1, 0.5),), headings=headings)


def with_battery(net: Net, store: dict[str, float] | None = None, **row: Any) -> Net:
    """The net with one kind of missile, and other words for the battery."""
    battery = net.batteries[0]
    missiles, words = battery.stores[0].copy(), battery.row.copy()
    for name, value in (SIMPLE | (store or {})).items():
        missiles[name] = value
    missiles["kill"][3] = 0.5
    said: dict[str, Any] = {"reaction_s": (0.0, 0.0, 0.0), "salvo": 1, "max_shots": 1} | row
    for name, word in said.items():
        words[name] = word
    return replace(net, batteries=(replace(battery, stores=(missiles,), row=words),))


def result(setting: tuple[Grid, Net], net: Net, request: Request | None = None) -> Engaged:
    grid = setting[0]
    return fall.engage_ballistic(grid, net, request or asked(), np.ones(grid.shape, bool))


def defended(found: Engaged, azimuth: str = "worst", shots: int = 1, kill: float = 0.5) -> np.ndarray:
    return found.defended("own", 0, 0, azimuth, shots, kill)


def from_battery(setting: tuple[Grid, Net], found: Engaged) -> tuple[np.ndarray, np.ndarray]:
    """Azimuth (degrees) and distance of every point, seen from the battery."""
    grid = setting[0]
    lat, lon = grid.latitudes[found.points.rows], grid.longitudes[found.points.columns]
    azimuth, _, away = Geod(ellps="WGS84").inv(np.full_like(lon, -33.9), np.full_like(lat, 45.0), lon, lat)
    return np.asarray(azimuth), np.asarray(away)


def test_with_time_to_spare_each_azimuth_is_defended_where_the_arc_crosses_the_missiles_sphere(setting):
    """The battery sees the whole flight and reacts at once: what counts is geometry alone, worked out here in a plane
    with the distance across it."""
    found = result(setting, with_battery(setting[1]))
    bearing, away = from_battery(setting, found)
    arc = fall.arc_at(asked().target, np.linspace(124.0, ballistic.minimum_energy(300e3).time_s, 4_000))
    inside = (arc.height_m >= 100.0) & (arc.height_m <= 30_000.0)
    shots = found.shots["own"][0, 0]
    for k in (0, 3):
        heading = np.radians(45.0 * k)
        along = away * np.cos(np.radians(bearing) - heading)  # the battery, ahead of the point towards the launch
        across = away * np.sin(np.radians(bearing) - heading)
        gap = (arc.ahead_m[inside] - along[:, None]) ** 2 + across[:, None] ** 2 + arc.up_m[inside] ** 2
        nearest = np.sqrt(gap.min(axis=1))
        assert np.all(shots[nearest < 39_000.0, k] == 1)
        assert np.all(shots[nearest > 41_000.0, k] == 0)
        assert np.any(nearest < 39_000.0)


def test_nothing_is_defended_when_the_reaction_outlasts_the_flight_or_the_impact_comes_first(setting):
    assert defended(result(setting, with_battery(setting[1]))).sum() > 0
    never = with_battery(setting[1], reaction_s=(300.0, 300.0, 300.0))
    assert defended(result(setting, never), "mean").sum() == 0
    low = with_battery(setting[1], {"height_max_m": 50.0, "height_min_m": 0.0, "speed_m_s": 0.1})
    assert defended(result(setting, low), "mean").sum() == 0


def test_the_point_at_the_battery_is_defended_until_the_last_launch_that_meets_above_the_least_height(setting):
    """The missile is in view of the radar for a time t0; it may be launched track + decision + reaction later. At the
    battery itself the last meeting is where the arc crosses the least height, 2 km."""
    request = asked()
    arc = fall.arc_at(request.target, np.linspace(0.0, ballistic.minimum_energy(300e3).time_s, 20_001))
    total = arc.time_s[-1]
    slant = np.hypot(arc.ahead_m, arc.up_m)
    net = setting[1]
    radar = net.radars[net.batteries[0].radars[0]]
    seen_s = arc.time_s[np.argmax(slant <= float(radar.row["range_max_m"]))]
    track_s = rules_of(net.scenario).confirm_hits * float(radar.row["revisit_s"])
    decide_s = float(net.batteries[0].row["decision_interval_s"])
    meets = (arc.height_m >= 2_000.0) & (arc.time_s > total / 2)
    last_launch = np.max(arc.time_s[meets] - slant[meets] / 1_000.0)
    longest = last_launch - seen_s - track_s - decide_s
    _, away = from_battery(setting, result(setting, with_battery(net)))
    at = int(np.argmin(away))
    for reaction, expected in ((longest - 6.0, 1.0), (longest + 6.0, 0.0)):
        slow = with_battery(net, {"height_min_m": 2_000.0}, reaction_s=(reaction,) * 3)
        assert defended(result(setting, slow))[at] == expected


def test_the_footprint_is_the_same_on_all_sides_of_a_battery_that_sees_all_round(setting):
    found = result(setting, with_battery(setting[1]), asked(headings=8))
    bearing, away = from_battery(setting, found)
    met = defended(found) == 1.0
    assert met.sum() > 50
    edges = [away[met & (np.abs((bearing - a + 180.0) % 360.0 - 180.0) < 12.0)].max() for a in range(0, 360, 45)]
    cell = setting[0].cell_m
    assert max(edges) - min(edges) < 1.5 * cell * found.points.stride


@pytest.mark.parametrize(
    "worse",
    [{"row": {"reaction_s": (60.0, 60.0, 60.0)}}, {"store": {"range_ballistic_m": 25_000.0}},
     {"store": {"height_max_m": 12_000.0}}, {"store": {"height_min_m": 15_000.0}}, {"store": {"speed_m_s": 500.0}},
     {"store": {"target_speed_max_m_s": 1_400.0}}, {"request": {"launch_range_m": 480_000.0}},
     {"request": {"rcs_m2": 0.01}}],
    ids=lambda worse: next(iter(next(iter(worse.values())))),
)  # fmt: skip
def test_what_is_worse_for_the_battery_shrinks_the_footprint(setting, worse: dict[str, dict[str, Any]]):
    request = asked(rcs_m2=1.0)
    base = {"reaction_s": (20.0, 20.0, 20.0)}
    before = defended(result(setting, with_battery(setting[1], None, **base), request), "mean")
    net = with_battery(setting[1], worse.get("store"), **(base | worse.get("row", {})))
    after = defended(result(setting, net, asked(**({"rcs_m2": 1.0} | worse.get("request", {})))), "mean")
    assert after.sum() < before.sum()


def test_an_azimuth_outside_the_engagement_radars_sector_is_not_defended(setting):
    net = with_battery(setting[1])
    radars = list(net.radars)
    for k in net.batteries[0].radars:
        row = radars[k].row.copy()
        row["azimuth_rad"], row["half_sector_rad"] = 0.0, np.radians(50.0)
        if not radars[k].search:
            radars[k] = replace(radars[k], row=row)
    found = result(setting, replace(net, radars=tuple(radars)))
    _, away = from_battery(setting, found)
    shots = found.shots["own"][0, 0, int(np.argmin(away))]
    assert list(shots) == [0, 0, 0, 1, 1, 1, 0, 0]  # the radar looks north: missiles that fly south, by 45 degrees
    assert defended(found).sum() == 0


def test_a_salvo_counts_only_what_still_meets_and_a_second_waits_for_the_assessment(setting):
    def most(**row: Any) -> int:
        return int(result(setting, with_battery(setting[1], None, **row)).shots["own"].max())

    assert most(salvo=2, max_shots=2, salvo_interval_s=1.0) == 2
    assert most(salvo=2, max_shots=2, salvo_interval_s=100.0) == 1
    assert most(salvo=1, max_shots=2, assess_s=(1.0, 1.0, 1.0)) == 2
    assert most(salvo=1, max_shots=2, assess_s=(100.0, 100.0, 100.0)) == 1
    assert most(salvo=1, max_shots=4, look=0, salvo_interval_s=0.0) == 4


def test_no_missile_for_ballistic_targets_or_no_word_of_them_in_the_doctrine_defends_nothing(setting):
    for net in (with_battery(setting[1], {"range_ballistic_m": 0.0}), with_battery(setting[1], classes=0b0111),
                with_battery(setting[1], min_kill=0.9)):  # fmt: skip
        assert defended(result(setting, net), "mean").sum() == 0


def test_the_arc_is_keplers(setting):
    burnout = ballistic.minimum_energy(300e3)
    moments, meetings = fall.arc_of(asked().target)
    assert moments.time_s[-1] == pytest.approx(251.03479, rel=1e-6)  # methods' own table
    assert asked().target.speed_m_s == pytest.approx(1_696.4810, rel=1e-6)
    assert meetings.time_s[0] == pytest.approx(float(burnout.time_s) / 2.0)
    for arc in (moments, meetings):
        state = ballistic.state_at(arc.time_s, burnout.speed_m_s, burnout.angle_rad)
        assert np.allclose(300e3 - np.asarray(state.arc_m), arc.to_go_m, atol=1e-3)
        assert np.allclose(state.height_m, arc.height_m, atol=1e-3)


@pytest.mark.parametrize("latitude", [0.0, 40.0, 65.0])
def test_a_laid_arc_stays_with_the_geodesic_of_the_ellipsoid(latitude: float):
    arc = fall.arc_at(asked().target, np.linspace(0.0, 251.0, 26))
    for heading in (0.0, 70.0):
        back = Geod(ellps="WGS84").fwd(
            np.full(26, 20.0), np.full(26, latitude), np.full(26, heading + 180.0), arc.to_go_m
        )
        true = np.stack(geodesy.to_enu(back[1], back[0], arc.height_m, latitude, 20.0, 0.0), axis=-1)
        towards = -np.array([np.sin(np.radians(heading)), np.cos(np.radians(heading)), 0.0])
        laid = arc.ahead_m[:, None] * towards + arc.up_m[:, None] * np.array([0.0, 0.0, 1.0])
        apart = np.linalg.norm(laid - true, axis=1)
        assert apart.max() < 120.0
        assert apart[arc.to_go_m < 100e3].max() < 10.0


def test_rows_name_class_range_apogee_shots_and_probability_and_no_airspace_is_denied(tmp_path: Path):
    file = scene.write(tmp_path, MORE, **NEAR)
    covered = eg.coverage(file, altitude="5km-amsl", rcs="1m2", target="ballistic", launch_range="200 km")
    assert not [row for row in covered.rows if row.measure == "denied"]
    rows = [row for row in covered.rows if row.measure == "defended"]
    assert len(rows) == 2 * 2 * 2  # cues, azimuths, rules
    for row in rows:
        assert (row.klass, row.launch_range_m, row.altitude) == ("ballistic", 200e3, "")
        assert row.apogee_m == pytest.approx(60e3)  # Scud-B: 90 km at 300 km
        assert row.shots >= 1
        assert 0.0 < row.kill < 1.0
        assert row.low <= row.nominal <= row.high
    one = covered.share("defended", "", "1m2", cue="own", azimuth="worst", shots=1)
    raster = covered.defended("", "1m2", shots=1, kill=0.5, cue="own")
    assert one.nominal > 0.0
    assert np.nanmax(raster.data) == 1.0
    assert one.channels_most == 1
    with pytest.raises(ValueError, match="defended"):
        covered.denied("5km-amsl", "1m2")


def test_the_catalogues_arc_is_that_of_a_scenarios_raids():
    from egide.catalog import load

    one = target("ballistic/scud-b", load(), launch_range="150 km")
    assert one.apogee_m == pytest.approx(45e3)  # 90 km at 300 km
    least = target("ballistic/scud-b", load(), launch_range="150 km", apogee="least")
    assert least.apogee_m == pytest.approx(float(ballistic.minimum_energy(150e3).apogee_m))
    assert target("ballistic", load()).entry == "ballistic/scud-b"


@pytest.mark.parametrize(
    ("words", "said"),
    [({"launch_range": "0 km"}, "--launch-range"), ({"launch_range": "-5 km"}, "--launch-range"),
     ({"launch_range": "301 km"}, "up to 300 km"), ({"launch_range": "far"}, "--launch-range"),
     ({"apogee": "0 km"}, "--apogee"), ({"apogee": "9000 km"}, "--apogee"), ({"speed": "300 m/s"}, "--speed"),
     ({"release": "20 km"}, "--release"), ({"klass": "ballistic/unknown"}, "ballistic/unknown"),
     ({"klass": "aircraft", "launch_range": "100 km"}, "--launch-range")],
)  # fmt: skip
def test_what_cannot_be_flown_is_refused_with_its_mend(tmp_path: Path, words: dict[str, Any], said: str):
    file = scene.write(tmp_path)
    with pytest.raises(ScenarioError) as fault:
        plan(file, altitude=["5km-amsl"], rcs=["1m2"], **({"klass": "ballistic"} | words))
    assert said in str(fault.value)


def test_the_folder_has_rasters_outlines_a_map_and_a_page_that_name_the_arc(tmp_path: Path):
    file = scene.write(tmp_path, MORE, **NEAR)
    out = tmp_path / "out"
    asked_for = ["--altitude", "5km-amsl", "--rcs", "1m2", "--class", "ballistic", "--launch-range", "250km"]
    assert main(["coverage", str(file), *asked_for, "--nominal", "--area", "rectangle", "-o", str(out)]) == 0
    with rasterio.open(out / "as-written" / "defended-1-0.5_scud-b-250km_1m2.tif") as raster:
        assert raster.count == 4
        assert "ballistic/scud-b launched from 250 km" in raster.descriptions[0]
        assert raster.read(1).max() == 1.0
    outline = json.loads((out / "as-written" / "defended-1-0.5_scud-b-250km_1m2.geojson").read_text("utf-8"))
    assert outline["features"][0]["properties"]["launch_range_m"] == 250e3
    assert sorted(path.name for path in (out / "as-written").glob("*.png")) == [
        "map-defended_1m2.en.png", "map-seen_1m2.en.png",
    ]  # fmt: skip
    page = (out / "coverage.en.html").read_text("utf-8")
    assert "launched from 250 km" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "--launch-range 250000m" in page
    assert "--speed" not in page
