"""The air: gases, rain, refraction and losses along a path, against other libraries and plain integration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from egide.constants import EARTH_RADIUS_M
from egide.physics import atmosphere, horizon, propagation, radar, refraction
from egide.physics.gases import gas_attenuation_db_km

ABSENT = "ITU-Rpy (itur) is not installed; the ITU's own examples in tests/published/gases.csv stand for it"


@pytest.fixture(scope="module")
def itur() -> Any:
    return pytest.importorskip("itur", reason=ABSENT)


@pytest.mark.filterwarnings("ignore")
def test_gases_agree_with_itur_to_four_parts_in_a_thousand(itur: Any) -> None:
    from itur.models.itu676 import gamma0_exact, gammaw_exact

    frequency = np.geomspace(1.0, 300.0, 40)
    ours = atmosphere.gas_attenuation_db_km(frequency, 900.0, 280.0, 5.0)
    assert ours.oxygen == pytest.approx(np.asarray(gamma0_exact(frequency, 900.0, 5.0, 280.0).value), rel=4e-3)
    assert ours.water == pytest.approx(np.asarray(gammaw_exact(frequency, 900.0, 5.0, 280.0).value), rel=4e-3)


@pytest.mark.filterwarnings("ignore")
def test_rain_agrees_with_itur_to_one_part_in_a_thousand(itur: Any) -> None:
    from itur.models.itu838 import rain_specific_attenuation

    for tilt in (0.0, 45.0, 90.0):
        theirs = [
            float(np.asarray(rain_specific_attenuation(12.0, f, 10.0, tilt).value)) for f in (1.0, 3.0, 10.0, 35.0)
        ]
        assert atmosphere.rain_attenuation_db_km([1.0, 3.0, 10.0, 35.0], 12.0, 10.0, tilt) == pytest.approx(
            theirs, rel=1e-3
        )


def test_arrays_broadcast() -> None:
    found = atmosphere.gas_attenuation_db_km(np.ones((3, 1)), np.full(4, 1000.0), 288.0, 7.5)
    assert found.total.shape == (3, 4)
    assert atmosphere.rain_attenuation_db_km(np.array([3.0, 10.0])[:, None], np.array([5.0, 25.0, 50.0])).shape == (
        2,
        3,
    )


def test_no_rain_takes_nothing() -> None:
    assert atmosphere.rain_attenuation_db_km(10.0, 0.0) == 0.0


def test_below_one_gigahertz_rain_is_held_at_next_to_nothing() -> None:
    assert 0.0 < atmosphere.rain_attenuation_db_km(0.15, 100.0) < 0.004
    assert 0.0 < atmosphere.gas_attenuation_db_km(0.15, 1013.25, 288.15, 7.5).total < 0.006


@given(st.floats(0.1, 100.0), st.floats(1.0, 1050.0), st.floats(200.0, 320.0), st.floats(0.0, 40.0))
def test_air_never_gives_power_away(f: float, p: float, kelvin: float, vapour: float) -> None:
    found = atmosphere.gas_attenuation_db_km(f, p, kelvin, vapour)
    assert found.oxygen > 0.0
    assert found.water >= 0.0


# --- along a path --------------------------------------------------------------------------------------------------


def test_a_level_path_of_a_kilometre_loses_twice_the_specific_attenuation() -> None:
    once = propagation.specific_gas_db_km(10.0, 1000.0)
    assert propagation.two_way_gas_db(10.0, 1000.0, 1000.0, 1000.0) == pytest.approx(2.0 * float(once), rel=1e-4)


def test_the_table_of_heights_is_near_the_line_by_line_sum() -> None:
    height = np.array([3.0, 777.0, 4321.0, 12_345.0, 30_010.0])
    exact = gas_attenuation_db_km(3.3, *propagation.reference_air(height)).total
    assert propagation.specific_gas_db_km(3.3, height) == pytest.approx(exact, rel=1e-4)
    assert propagation.specific_gas_db_km(3.3, 90e3) == 0.0


@given(st.floats(0.0, 15e3), st.floats(0.0, 15e3), st.floats(20e3, 400e3))
def test_the_way_back_loses_what_the_way_out_does(low: float, high: float, slant: float) -> None:
    out = float(propagation.two_way_gas_db(3.3, slant, low, high))
    assert out == pytest.approx(float(propagation.two_way_gas_db(3.3, slant, high, low)), rel=1e-6)
    assert out > 0.0


def test_a_path_in_pieces_loses_as_much_as_whole() -> None:
    radius = 4.0 / 3.0 * EARTH_RADIUS_M
    sine = np.sin(propagation.elevation_rad(200e3, 20.0, 9000.0))
    r1 = radius + 20.0
    middle = float(np.sqrt(r1**2 + 80e3**2 + 2.0 * 80e3 * r1 * sine) - radius)
    pieces = propagation.two_way_gas_db(10.0, [80e3, 120e3], [20.0, middle], [middle, 9000.0])
    assert float(pieces.sum()) == pytest.approx(float(propagation.two_way_gas_db(10.0, 200e3, 20.0, 9000.0)), rel=1e-4)


def test_impossible_triangles_have_no_loss_and_no_elevation() -> None:
    assert np.isnan(propagation.two_way_gas_db(3.0, 1000.0, 0.0, 5000.0))
    assert np.isnan(propagation.elevation_rad(1000.0, 0.0, 5000.0))
    assert propagation.two_way_gas_db(3.0, 0.0, 100.0, 100.0) == 0.0


def test_rain_counts_only_below_its_ceiling_and_within_its_extent() -> None:
    specific = float(atmosphere.rain_attenuation_db_km(10.0, 25.0, 0.0))
    level = float(propagation.two_way_rain_db(10.0, 25.0, 40e3, 100.0, 194.0, 4000.0))
    assert level == pytest.approx(2.0 * 40.0 * specific, rel=1e-4)
    assert float(propagation.two_way_rain_db(10.0, 25.0, 40e3, 100.0, 194.0, 4000.0, 15e3)) == pytest.approx(
        level * 15.0 / 40.0, rel=1e-9
    )
    assert propagation.two_way_rain_db(10.0, 25.0, 40e3, 5000.0, 6000.0, 4000.0) == 0.0
    up = float(propagation.two_way_rain_db(10.0, 25.0, 20e3, 0.0, 20e3, 4000.0))
    straight_up = 2.0 * 4.0 * float(atmosphere.rain_attenuation_db_km(10.0, 25.0, 90.0))
    assert up == pytest.approx(straight_up, rel=1e-2)


def test_an_airborne_radar_meets_the_rain_near_its_target() -> None:
    down = propagation.two_way_rain_db(10.0, 25.0, 50e3, 9000.0, 100.0, 3000.0)
    up = propagation.two_way_rain_db(10.0, 25.0, 50e3, 100.0, 9000.0, 3000.0)
    assert float(down) == pytest.approx(float(up), rel=1e-3)


# --- refraction ----------------------------------------------------------------------------------------------------


def test_a_ray_comes_back_to_its_own_distance() -> None:
    distance = np.array([30e3, 150e3, 450e3])
    height = refraction.ray_height_m(distance, 0.01, 25.0)
    assert refraction.ray_distance_m(0.01, 25.0, height) == pytest.approx(distance, abs=1.0)


def test_air_without_weight_bends_nothing() -> None:
    straight = refraction.straight_ray_height_m(200e3, 0.02, 10.0, 1.0)
    assert refraction.ray_height_m(200e3, 0.02, 10.0, surface_n=0.0) == pytest.approx(float(straight), abs=0.02)
    assert refraction.horizon_m(20.0, 9000.0, surface_n=0.0) == pytest.approx(
        float(horizon.distance_m(20.0, 9000.0, k=1.0)), rel=1e-9
    )


def test_air_of_one_gradient_is_the_effective_earth() -> None:
    """A very thick atmosphere has nearly one gradient: k by P.834."""
    scale_m = 200e3
    n0 = 39.0 * 200.0  # a gradient of -39 N/km at the ground
    k = float(refraction.effective_earth(-39.0))
    height = refraction.ray_height_m(150e3, 0.01, 10.0, surface_n=n0, scale_m=scale_m)
    assert height == pytest.approx(float(refraction.straight_ray_height_m(150e3, 0.01, 10.0, k)), rel=1e-2)


def test_the_larger_earth_sees_too_far_above_ten_kilometres_and_not_below_five() -> None:
    height = np.array([100.0, 1000.0, 5000.0, 10e3, 20e3, 30e3])
    excess = horizon.distance_m(15.0, height) / refraction.horizon_m(15.0, height) - 1.0
    assert np.all(np.abs(excess[:3]) < 0.016)
    assert np.all(np.diff(excess) > 0.0)
    assert excess[3] == pytest.approx(0.015, abs=1e-3)
    assert excess[5] == pytest.approx(0.046, abs=1e-3)


def test_the_equivalent_k_gives_the_same_horizon() -> None:
    for height in (100.0, 12e3, 40e3):
        k = float(refraction.equivalent_k(20.0, height))
        assert horizon.distance_m(20.0, height, k=k) == pytest.approx(
            float(refraction.horizon_m(20.0, height)), rel=1e-8
        )


def test_refractivity_of_the_mean_air_at_sea_level_is_near_that_of_the_reference() -> None:
    air = propagation.reference_air(0.0)
    vapour_hpa = air.vapour_g_m3 * air.temperature_k / 216.7
    assert refraction.air_refractivity_n(air.pressure_hpa, air.temperature_k, vapour_hpa) == pytest.approx(
        315.0, rel=0.02
    )


# --- the range equation in air ------------------------------------------------------------------------------------


def test_range_in_air_solves_its_own_equation() -> None:
    free = np.array([50e3, 200e3, 400e3])

    def loss(range_m: np.ndarray) -> np.ndarray:
        return np.asarray(propagation.two_way_gas_db(10.0, range_m, 20.0, 3000.0))

    reach = radar.lossy_range_m(free, lambda r: 0.03e-3 * r)
    assert 40.0 * np.log10(reach / free) + 0.03e-3 * reach == pytest.approx(np.zeros(3), abs=1e-9)
    layered = float(radar.lossy_range_m(150e3, loss))
    assert 40.0 * np.log10(layered / 150e3) + float(loss(np.array(layered))) == pytest.approx(0.0, abs=1e-9)


def test_a_range_published_in_clear_air_stays_what_it_was() -> None:
    def loss(range_m: np.ndarray) -> np.ndarray:
        return 0.02e-3 * np.asarray(range_m)

    included = float(loss(np.asarray(300e3)))
    assert radar.lossy_range_m(300e3, loss, included) == pytest.approx(300e3, rel=1e-12)
    smaller = float(radar.lossy_range_m(radar.reference_range_m(0.1, 300e3, 1.0), loss, included))
    assert smaller > float(radar.reference_range_m(0.1, 300e3, 1.0))  # a nearer target has less air before it
    snr = radar.reference_snr_in_air_db(smaller, 0.1, 300e3, 1.0, 13.0, loss(np.asarray(smaller)), included)
    assert float(snr) == pytest.approx(13.0, abs=1e-9)


@given(st.floats(1e3, 1e6), st.floats(0.0, 1e-3))
def test_more_air_never_sees_further(free: float, db_m: float) -> None:
    reach = float(radar.lossy_range_m(free, lambda r: db_m * r))
    assert 0.0 < reach <= free * (1.0 + 1e-12)
    if db_m > 1e-12:
        a = 40.0 / (db_m * np.log(10.0))
        assert reach == pytest.approx(float(a * special.lambertw(free / a).real), rel=1e-9)


def test_the_path_integral_is_scipys() -> None:
    radius = 4.0 / 3.0 * EARTH_RADIUS_M
    r1 = radius + 30.0
    sine = float(np.sin(propagation.elevation_rad(250e3, 30.0, 8000.0)))

    def at(s: float) -> float:
        height = np.sqrt(r1**2 + s * s + 2.0 * s * r1 * sine) - radius
        return float(gas_attenuation_db_km(1.3, *propagation.reference_air(height)).total)

    total = integrate.quad(at, 0.0, 250e3, epsrel=1e-7)[0]
    assert propagation.two_way_gas_db(1.3, 250e3, 30.0, 8000.0) == pytest.approx(2e-3 * total, rel=1e-4)
