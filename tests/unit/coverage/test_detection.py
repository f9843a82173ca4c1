"""Detection coverage against closed forms and against itself."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.unit.coverage import scene

import egide as eg
from egide.coverage import Coverage
from egide.physics import air, geodesy, propagation, radar


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Coverage:
    file = scene.write(tmp_path_factory.mktemp("flat"), scene.BATTERY, mast=30)
    return eg.coverage(file, alternative="bare", altitude=["100m-agl", "1km-amsl"], rcs=["0.01m2", "100m2"], pd=0.8,
                       ranges=False)  # fmt: skip


def distances(covered: Coverage, altitude: str, rcs: str) -> tuple[np.ndarray, np.ndarray]:
    """Ground distance from the radar of every cell, and whether it is seen."""
    raster = covered.seen(altitude, rcs)
    lon, lat = np.meshgrid(raster.longitude, raster.latitude)
    metres, _, _ = geodesy.inverse(45.0, -34.0, lat, lon)
    return np.asarray(metres), raster.data


@pytest.mark.parametrize(("altitude", "height_m"), [("100m-agl", 100.0), ("1km-amsl", 1000.0)])
def test_over_a_smooth_earth_a_radar_sees_to_its_four_thirds_horizon(flat: Coverage, altitude: str, height_m: float):
    metres, seen = distances(flat, altitude, "100m2")
    horizon_m = math.sqrt(2.0 * 4.0 / 3.0 * 6_371_000.0) * (math.sqrt(30.0) + math.sqrt(height_m))
    cell_m = 5_600.0
    assert np.all(seen[(metres > 1_000.0) & (metres < horizon_m - cell_m)] == 1.0)  # but straight up
    assert np.all(seen[metres > horizon_m + cell_m] == 0.0)


def test_a_small_target_is_seen_to_the_range_of_the_equation_in_air(flat: Coverage):
    """The root of 40 log10(R / R_free) + loss(R) = loss of the published path, by halving along the target's height."""
    catalog = eg.load(flat.plan.path).catalog["radar/generic-long-range"]
    assert catalog.si("reference_pd") == 0.8
    free_m = catalog.si("reference_range") * (0.01 / catalog.si("reference_rcs")) ** 0.25
    frequency_ghz = catalog.si("frequency") / 1e9
    contained_db = air.published_loss_db(frequency_ghz, catalog.si("reference_range"))
    reach_m = float(
        radar.lossy_range_m(free_m, lambda r: propagation.two_way_gas_db(frequency_ghz, r, 30.0, 1000.0), contained_db)
    )
    assert reach_m > 1.02 * free_m  # a short path has less air than the published one
    metres, seen = distances(flat, "1km-amsl", "0.01m2")
    assert np.all(seen[(metres > 1_000.0) & (metres < reach_m - 100.0)] == 1.0)
    assert np.all(seen[metres > reach_m + 100.0] == 0.0)


def test_the_lowest_height_detected_agrees_with_what_is_seen(flat: Coverage):
    lowest = flat.lowest("100m2").data
    seen = flat.seen("1km-amsl", "100m2").data
    assert np.all(seen[lowest <= 1000.0 - 1.0] == 1.0)
    assert np.all(seen[~(lowest <= 1000.0 + 1.0)] == 0.0)


def test_losing_the_only_radar_loses_what_is_seen(flat: Coverage):
    seen = flat.share("seen", "1km-amsl", "100m2").nominal
    lost = [loss.share for loss in flat.losses if loss.unit == "watch" and loss.altitude == "1km-amsl"]
    assert seen > 0.1
    assert lost[1] == pytest.approx(seen)


def test_low_nominal_and_high_stand_in_this_order(tmp_path: Path):
    file = scene.write(tmp_path, scene.BATTERY)
    covered = eg.coverage(file, alternative="cued", altitude="3km-amsl", rcs="1m2")
    for row in covered.rows:
        assert row.low <= row.nominal <= row.high


def test_a_unit_left_out_is_out_and_its_loss_was_told(tmp_path: Path):
    file = scene.write(tmp_path, scene.BATTERY)
    whole = eg.coverage(file, alternative="cued", altitude="1km-amsl", ranges=False)
    less = eg.coverage(file, alternative="cued", altitude="1km-amsl", without=["watch"], ranges=False)
    told = next(loss.share for loss in whole.losses if loss.unit == "watch")
    before, after = (each.share("seen", "1km-amsl", "1m2").nominal for each in (whole, less))
    assert told == pytest.approx(before - after)
    assert told > 0.0


def test_an_airborne_radar_is_averaged_over_its_orbit(tmp_path: Path):
    file = scene.write(tmp_path, scene.ORBIT)
    covered = eg.coverage(file, altitude="1km-amsl", rcs="1m2", without=["watch"], ranges=False)
    seen = covered.seen("1km-amsl", "1m2").data
    assert np.mean((seen > 0.0) & (seen < 1.0)) > 0.0
    assert set(np.unique(np.round(seen * 12, 4))) <= set(np.arange(13.0))
    row, column = round((47.0 - 45.0) / 0.05), round((-34.0 + 38.0) / 0.05)
    assert seen[row, column] == 1.0


def test_below_the_ground_there_is_no_air_to_see(tmp_path: Path):
    height = np.zeros((80, 160), np.int16)
    height[:, 80:] = 2000
    scene.geotiff(tmp_path / "t.tif", height, 43.0, -38.0, 0.05)
    file = scene.write(tmp_path, south=43.1, north=46.9, west=-37.9, east=-30.1, lon=-36.0,
                       terrain="{file: t.tif}")  # fmt: skip
    row = eg.coverage(file, altitude="1km-amsl", area="rectangle", ranges=False).share("seen", "1km-amsl", "1m2")
    assert row.air == pytest.approx(0.5, abs=0.03)


def test_a_raster_knows_where_its_cells_lie(flat: Coverage):
    raster = flat.seen("1km-amsl", "100m2")
    assert raster.latitude[0] == pytest.approx(47.0)
    assert raster.longitude[0] == pytest.approx(-38.0)
    assert raster.longitude.size == raster.data.shape[1]
