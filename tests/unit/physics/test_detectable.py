"""Minimum detectable height against geometry worked out another way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.physics import detectable, detection, horizon, radar, terrain

EARTH_M = EFFECTIVE_EARTH * EARTH_RADIUS_M


def vector(arc_m: float, height_m: float) -> np.ndarray:
    angle = arc_m / EARTH_M
    return (EARTH_M + height_m) * np.array([math.sin(angle), math.cos(angle)])


@pytest.mark.parametrize(("arc_m", "height_m"), [(1e3, 50.0), (100e3, 9e3), (400e3, 20e3), (20e3, 0.0)])
def test_slant_range_is_that_of_vectors(arc_m: float, height_m: float) -> None:
    expected = np.linalg.norm(vector(arc_m, height_m) - vector(0.0, 35.0))
    assert detectable.slant_range_m(arc_m, height_m, 35.0) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("arc_m", [500.0, 30e3, 150e3, 290e3])
@pytest.mark.parametrize(("low_deg", "high_deg"), [(-1.0, 2.0), (0.5, 60.0), (0.0, 89.0)])
def test_the_ends_of_the_band_lie_on_the_limits(arc_m: float, low_deg: float, high_deg: float) -> None:
    low, high = detectable.height_band_m(arc_m, 800.0, 300e3, math.radians(low_deg), math.radians(high_deg))
    for end, degrees in ((float(low), low_deg), (float(high), high_deg)):
        to = vector(arc_m, end) - vector(0.0, 800.0)
        elevation = math.degrees(math.atan2(to[1], to[0]))
        at_limit = elevation == pytest.approx(degrees, abs=1e-9)
        assert at_limit or np.linalg.norm(to) == pytest.approx(300e3, abs=1e-3)
        assert np.linalg.norm(to) < 300e3 + 1e-3


def test_beyond_reach_there_is_no_height() -> None:
    low, high = detectable.height_band_m([100e3, 301e3], 10.0, 300e3)
    assert np.isfinite(low[0])
    assert np.isnan([low[1], high[1]]).all()


@pytest.mark.parametrize(("free_m", "rate"), [(100e3, 0.02), (400e3, 0.005), (20e3, 1.0), (300e3, 0.0)])
def test_attenuated_range_solves_the_equation(free_m: float, rate: float) -> None:
    def loss_db(range_m: float) -> float:
        return 40.0 * math.log10(range_m / free_m) + 2.0 * rate * range_m / 1e3

    expected = brentq(loss_db, 1.0, free_m * 1.01, xtol=1e-9)
    assert float(detectable.attenuated_range_m(free_m, rate)) == pytest.approx(expected, rel=1e-9)


def test_reach_is_the_range_equation_at_the_wanted_probability() -> None:
    told: dict[str, Any] = {
        "reference_range_m": 250e3,
        "reference_rcs_m2": 4.0,
        "reference_pd": 0.8,
        "pfa": 1e-6,
        "swerling": 1,
    }
    reach = float(detectable.reach_m(0.5, 0.5, **told))
    snr_db = radar.reference_snr_db(reach, 0.5, 250e3, 4.0, detection.required_snr_db(0.8, 1e-6, 1, 1))
    assert float(detection.probability(snr_db, 1e-6, 1, 1)) == pytest.approx(0.5, abs=1e-9)
    assert float(detectable.reach_m(4.0, 0.8, **told)) == pytest.approx(250e3)
    assert float(detectable.reach_m(100.0, 0.8, **told, instrumented_range_m=300e3)) == 300e3


def test_over_smooth_ground_it_is_the_horizon_until_reach_ends() -> None:
    flat = np.zeros((400, 400), np.int16)
    grid = (41.0, 30.0, 0.005, 0.005)
    rows, cols, sight = terrain.visible_height_window(flat, *grid, 40.0, 31.0, 25.0, 110e3)
    arc = terrain.distances_m((400, 400), *grid, 40.0, 31.0)[rows, cols]
    found = detectable.minimum_detectable_height(sight, flat[rows, cols], arc, 25.0, 80e3)
    inside = (arc > 2e3) & (arc < 79.9e3)
    assert np.allclose(found.above_sea_m[inside], horizon.lowest_height_m(arc[inside], 25.0), rtol=0.02, atol=2.0)
    assert np.isnan(found.above_ground_m[arc > 80.01e3]).all()


def test_a_lowest_elevation_lifts_the_lowest_height() -> None:
    found = detectable.minimum_detectable_height(0.0, 0.0, 50e3, 20.0, 200e3, min_elevation_rad=math.radians(1.0))
    assert float(found.above_sea_m) == pytest.approx(
        50e3 * math.tan(math.radians(1.0)) + 20.0 + 50e3**2 / 2 / EARTH_M, rel=2e-3
    )


def test_over_a_void_only_the_height_above_the_sea_is_known() -> None:
    found = detectable.minimum_detectable_height(500.0, [-32768.0, math.nan, 100.0], 20e3, 600.0, 200e3)
    assert np.array_equal(np.isnan(found.above_ground_m), [True, True, False])
    assert np.allclose(found.above_sea_m, 500.0)
