"""The air in coverage: as the engine has it, as the range equation has it by another way, never kinder when worse."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.coverage import scene

import egide as eg
from egide import scenario
from egide.compiler import compile_scenario
from egide.coverage import detect
from egide.coverage.ask import Altitude, Case
from egide.coverage.net import Grid, Net, grid_of, net_of
from egide.engine.sense import look_snr
from egide.physics import air, detectable, detection, propagation, radar, terrain
from egide.physics.kernels import ecef_from_geodetic

PD, RCS_M2 = 0.5, 0.3
ALTITUDES = (Altitude("300m-agl", 300.0, True), Altitude("3km-amsl", 3000.0, False), Altitude("12km-amsl", 12e3, False))
MORE = """
  - {name: keen, type: radar/an-mpq-64, side: blue, site: quay, network: one, antenna_height: 300 m,
     overrides: {instrumented_range: 200 km, reference_range: 120 km, sector: 360 deg, min_elevation: -5 deg,
                 max_elevation: 80 deg}}
airborne:
  - {name: orbiter, type: aircraft/e-3, radar: radar/an-apy-2, side: blue, network: one,
     orbit: {center: [45.3, -34.4], length: 60 km, width: 20 km, heading: 90 deg, altitude: 9 km, speed: 200 m/s}}
weather: {rain: 12 mm/h, vapour: 12 g/m3}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weather")
    rng = np.random.default_rng(8)
    rough = np.clip(np.cumsum(rng.normal(0.0, 60.0, (70, 130)), axis=1), 0.0, 1500.0).astype(np.int16)
    scene.geotiff(folder / "t.tif", rough, 43.5, -37.0, 0.05)
    return scene.write(folder, MORE, south=43.6, north=46.9, west=-36.9, east=-30.6, ground=int(rough[35, 60]),
                       terrain="{file: t.tif}", mast=200)  # fmt: skip


@pytest.fixture(scope="module")
def land(file: Path) -> tuple[Grid, Net]:
    loaded = scenario.load(file)
    grid = grid_of(loaded)
    return grid, net_of(loaded, grid)


def needed(row: Any) -> float:
    pfa = float(np.exp(-row["threshold"]))
    return float(10.0 ** (float(detection.required_snr_db(PD, pfa, 1, int(row["swerling"]))) / 10.0))


def place(mover: Any, grid: Grid, row: int, column: int, height_m: float) -> None:
    """Let it hang over a cell."""
    at = ecef_from_geodetic(np.radians(grid.latitudes[row]), np.radians(grid.longitudes[column]), height_m)
    mover["pos_m"], mover["vel_m_s"], mover["rcs_m2"] = at, 0.0, RCS_M2
    mover["row"], mover["col"], mover["height_m"] = row, column, height_m
    mover["row_rate"], mover["col_rate"], mover["height_rate"], mover["t0_s"] = 0.0, 0.0, 0.0, 0.0


@pytest.mark.parametrize("name", ["watch", "keen"])
def test_the_engine_and_coverage_agree_on_who_is_seen(file: Path, land: tuple[Grid, Net], name: str) -> None:
    """A target is led over every third cell, across the edge of the radar's reach, at three heights."""
    grid, net = land
    system = compile_scenario(scenario.load(file))
    number = list(system.tables["objects"]["name"][system.tables["objects"]["kind"] == "radar"]).index(name)
    row, mover = system.radars[number], system.movers[0]
    threshold = needed(row)
    count = detect.detect(grid, [r for r in net.radars if r.name == name], ALTITUDES, (Case("", RCS_M2),), PD).count
    both = 0
    for a, altitude in enumerate(ALTITUDES):
        for i in range(1, grid.shape[0] - 1, 3):
            for j in range(1, grid.shape[1] - 1, 3):
                height_m = altitude.height_m + (float(grid.dem.height_m[i, j]) if altitude.agl else 0.0)
                place(mover, grid, i, j, height_m)
                snr, _ = look_snr(
                    row, mover, system.masks, system.airs, system.dem, np.float64(0.0), system.rules["dem_max_m"][0]
                )
                assert (snr >= threshold) == bool(count[0, a, i, j]), (altitude.text, i, j, snr)
                both += snr >= threshold
    assert 100 < both < 0.8 * 3 * 22 * 42


def seen_otherwise(land: tuple[Grid, Net], name: str, height_m: float) -> Any:
    """By `physics.detectable` and `lossy_range_m` on rays and paths of their own: who sees a height above sea level."""
    grid, net = land
    one = next(r for r in net.radars if r.name == name)
    entry = net.scenario.catalog[one.type]
    place_, row, weather = one.places[0], one.row, one.weather
    frequency_ghz = float(row["frequency_hz"]) / 1e9
    reference = {"watch": entry.si("reference_range"), "keen": 120e3}[name]
    free_m = reference * (RCS_M2 / entry.si("reference_rcs")) ** 0.25
    spare_db = float(detection.required_snr_db(entry.si("reference_pd"), entry.si("reference_pfa"), 1, 1)) - float(
        detection.required_snr_db(PD, entry.si("reference_pfa"), 1, 1)
    )

    def loss(slant: Any) -> Any:
        gas = propagation.two_way_gas_db(
            frequency_ghz, slant, place_.antenna_m, height_m, weather.vapour_g_m3)  # fmt: skip
        return np.nan_to_num(gas) + np.nan_to_num(
            propagation.two_way_rain_db(
                frequency_ghz, weather.rain_mm_h, slant, place_.antenna_m, height_m, weather.rain_ceiling_m,
                weather.rain_extent_m, 45.0,
            )
        )  # fmt: skip

    reach_m = float(
        radar.lossy_range_m(free_m * 10.0 ** (spare_db / 40.0), loss, air.published_loss_db(frequency_ghz, reference))
    )
    dem = grid.dem
    lattice = (dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg, place_.lat_deg, place_.lon_deg)
    rows, columns, sight = terrain.visible_height_window(
        dem.height_m, *lattice, place_.antenna_m, float(row["range_max_m"]), near_m=111_195.0 * dem.step_lat_deg
    )
    whole = np.full(grid.shape, np.nan)
    whole[rows, columns] = sight
    found = detectable.minimum_detectable_height(
        whole, dem.height_m, terrain.distances_m(grid.shape, *lattice), place_.antenna_m,
        min(reach_m, float(row["range_max_m"])), float(np.arcsin(row["sin_low"])), float(np.arcsin(row["sin_high"])),
        min_slant_m=float(row["range_min_m"]),
    )  # fmt: skip
    return (found.above_sea_m <= height_m) & (height_m <= found.highest_m)


@pytest.mark.parametrize("name", ["watch", "keen"])
def test_coverage_agrees_with_detectable_heights_by_another_way(land: tuple[Grid, Net], name: str) -> None:
    grid, net = land
    one = [r for r in net.radars if r.name == name]
    heights = (1000.0, 2000.0, 4000.0, 9000.0)
    asked = tuple(Altitude(str(h), h, False) for h in heights)
    count = detect.detect(grid, one, asked, (Case("", RCS_M2),), PD).count[0]
    for a, height_m in enumerate(heights):
        other = seen_otherwise(land, name, height_m)
        assert np.mean((count[a] > 0) != other) < 0.01  # cells on the very edge: ellipsoid against sphere
        assert 50 < np.sum(other) < 0.9 * other.size


def test_the_lowest_detected_height_is_where_detection_begins(land: tuple[Grid, Net]) -> None:
    grid, net = land
    one = [r for r in net.radars if r.name == "keen"]
    lowest = detect.minimum_detectable_height(grid, one, (Case("", RCS_M2),), PD)[0]
    heights = np.arange(200.0, 12e3, 200.0)
    asked = tuple(Altitude(str(h), float(h), False) for h in heights)
    count = detect.detect(grid, one, asked, (Case("", RCS_M2),), PD).count[0] > 0
    first = np.where(count.any(axis=0), heights[np.argmax(count, axis=0)], np.nan)
    near = (lowest <= first) & (first < lowest + 201.0)
    assert np.mean(near[~np.isnan(first)]) > 0.995


def test_worse_weather_never_covers_more(file: Path) -> None:
    drawn = [
        eg.coverage(file, altitude=["3km-amsl"], rcs="1m2", ranges=False, sets=sets).radars("3km-amsl", "1m2").data
        for sets in (
            ["weather.vapour=0 g/m3", "weather.rain=0 mm/h"], ["weather.rain=0 mm/h"], ["weather.rain=12 mm/h"],
            ["weather.rain=50 mm/h"], ["weather.rain=50 mm/h", "weather.rain_extent=60 km"],
        )
    ]  # fmt: skip
    for kinder, harsher in pairwise(drawn):
        assert np.all(harsher <= kinder)
        assert harsher.sum() < kinder.sum()
