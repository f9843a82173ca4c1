"""Engagement coverage against closed forms: a circle of reach, less what reaction and release take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.coverage import scene

import egide as eg
from egide.coverage import Coverage
from egide.physics import geodesy

HEIGHT = "5km-amsl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engage")


@pytest.fixture(scope="module")
def covered(folder: Path) -> Coverage:
    file = scene.write(folder, scene.BATTERY)
    return eg.coverage(file, alternative="cued", altitude=HEIGHT, rcs="10m2", ranges=False)


def slant_m(covered: Coverage) -> np.ndarray:
    """Distance of every cell's target from the battery."""
    raster = covered.seen(HEIGHT, "10m2")
    lon, lat = np.meshgrid(raster.longitude, raster.latitude)
    east, north, up = geodesy.to_enu(lat, lon, 5000.0, 45.0, -33.9, 0.0)
    return np.asarray(np.sqrt(np.asarray(east) ** 2 + np.asarray(north) ** 2 + np.asarray(up) ** 2))


def test_nothing_is_denied_beyond_the_missile_and_all_is_within(covered: Coverage):
    missile = eg.load(covered.plan.path).catalog["missile/hawk"]
    slant, denied = slant_m(covered), covered.denied(HEIGHT, "10m2").data
    inside = (slant < missile.si("range")) & (slant > missile.si("min_range"))
    assert np.all(denied[~inside] == 0.0)
    held = inside & (slant > 10_000.0)  # nearer, its way leads through the cone over the battery that no radar holds
    mean = covered.denied(HEIGHT, "10m2", azimuth="mean").data
    assert np.mean(denied[held]) > 0.9
    assert np.all(mean[held] >= 14 / 16)


def test_what_is_defended_lies_in_what_is_denied_but_near_the_battery(covered: Coverage):
    denied = covered.denied(HEIGHT, "10m2").data
    defended = covered.defended(HEIGHT, "10m2", shots=1, kill=0.5).data
    assert defended.sum() > 0
    beyond_the_cone = (np.nan_to_num(defended) == 1.0) & (slant_m(covered) > 10_000.0)
    assert np.mean(denied[beyond_the_cone]) > 0.9  # what is met on the way needs not be met overhead


def test_a_release_further_off_defends_less_and_beyond_the_reach_nothing(folder: Path):
    file = scene.write(folder, scene.BATTERY)
    shares = [
        eg.coverage(file, alternative="cued", altitude=HEIGHT, rcs="10m2", release=release, shots=[1], kill=[0.5],
                    ranges=False).share("defended", HEIGHT, "10m2", cue="own", azimuth="worst").nominal
        for release in ("0km", "15km", "80km")
    ]  # fmt: skip
    assert shares[0] > shares[1] > 0.0
    assert shares[2] == 0.0


def test_more_shots_or_a_higher_probability_defend_no_more(covered: Coverage):
    for azimuth in ("worst", "mean"):
        one = covered.defended(HEIGHT, "10m2", shots=1, kill=0.5, azimuth=azimuth).data
        for shots, kill in ((2, 0.5), (1, 0.8), (4, 0.5)):
            more = covered.defended(HEIGHT, "10m2", shots=shots, kill=kill, azimuth=azimuth).data
            assert np.all(np.nan_to_num(more) <= np.nan_to_num(one))


def test_the_network_never_denies_less_than_the_battery_alone(covered: Coverage):
    for azimuth in ("worst", "mean"):
        own = covered.denied(HEIGHT, "10m2", cue="own", azimuth=azimuth).data
        network = covered.denied(HEIGHT, "10m2", cue="network", azimuth=azimuth).data
        assert np.all(network >= own)


def test_no_row_says_defended_without_class_height_shots_and_probability(covered: Coverage):
    rows = [row for row in covered.rows if row.measure in ("denied", "defended")]
    assert rows
    for row in rows:
        assert row.klass
        assert row.reference in ("agl", "amsl")
        assert row.shots >= 1
        assert row.azimuth in ("worst", "mean")
        assert row.measure == "denied" or (0.0 < row.kill < 1.0 and row.release_m >= 0.0)


def test_one_battery_occupies_one_channel(covered: Coverage):
    row = covered.share("defended", HEIGHT, "10m2", cue="own", azimuth="worst", shots=1, kill=0.5)
    assert row.channels_most == 1
    assert row.channels_mean == pytest.approx(1.0)


def test_a_target_too_fast_for_the_missile_is_never_denied(folder: Path):
    file = scene.write(folder, scene.BATTERY)
    fast = eg.coverage(file, alternative="cued", altitude=HEIGHT, rcs="10m2", speed="4km/s", ranges=False)
    assert fast.denied(HEIGHT, "10m2", azimuth="mean").data.sum() == 0.0
