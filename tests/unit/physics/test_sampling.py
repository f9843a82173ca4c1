"""Uncertainty of a mean cross section: published points, simulated echoes, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.physics.sampling import bin_solid_angle_sr, cells, decorrelation_rad, uncertainty_db


def test_one_sample_of_fully_developed_speckle_is_good_to_5_57_decibels():
    """Standard deviation of an exponential's logarithm: 10/ln 10 x pi/sqrt(6), printed as 5.57 or 5.6 dB."""
    assert uncertainty_db(1.0) == pytest.approx(10.0 / math.log(10.0) * math.pi / math.sqrt(6.0), rel=1e-12)
    assert uncertainty_db(1.0) == pytest.approx(5.57, abs=0.005)


def test_a_fighter_at_s_band_decorrelates_in_a_fifth_of_a_degree():
    assert math.degrees(float(decorrelation_rad(0.1, 15.0))) == pytest.approx(0.19, abs=0.005)


@pytest.mark.parametrize("samples", [1, 2, 5, 10, 40])
def test_the_mean_of_simulated_echoes_scatters_as_the_formula_says(samples: int):
    power = np.random.default_rng(samples).exponential(1.0, (40_000, samples)).mean(axis=1)
    assert np.std(10.0 * np.log10(power)) == pytest.approx(float(uncertainty_db(samples)), rel=0.02)


@pytest.mark.parametrize(("samples", "snr"), [(100, 10.0), (100, 3.0), (400, 1.0)])
def test_noise_that_is_subtracted_widens_it_by_one_plus_one_over_snr(samples: int, snr: float):
    random = np.random.default_rng(samples)
    echo = random.exponential(snr + 1.0, (20_000, samples)).mean(axis=1) - 1.0  # signal and noise are one exponential
    assert np.std(10.0 * np.log10(echo)) == pytest.approx(float(uncertainty_db(samples, snr)), rel=0.04)


def test_a_calibration_error_does_not_average_out():
    random = np.random.default_rng(7)
    power_db = 10.0 * np.log10(random.exponential(1.0, (20_000, 30)).mean(axis=1)) + random.normal(0.0, 2.0, 20_000)
    assert np.std(power_db) == pytest.approx(float(uncertainty_db(30.0, math.inf, 2.0)), rel=0.02)
    assert uncertainty_db(1e9, math.inf, 2.0) == pytest.approx(2.0, abs=1e-3)


@given(st.floats(1.0, 1e6), st.floats(1.0, 10.0), st.floats(0.01, 1e4), st.floats(0.0, 3.0))
def test_more_samples_never_widen_it_and_nothing_goes_below_the_floor(n: float, more: float, snr: float, floor: float):
    wide, narrow = (float(uncertainty_db(count, snr, floor)) for count in (n, n * more))
    assert floor <= narrow <= wide * (1.0 + 1e-12)


def test_less_than_one_sample_says_nothing():
    assert np.isinf(uncertainty_db([0.0, 0.5, 0.999])).all()
    assert np.isinf(uncertainty_db(5.0, 0.0))


def test_the_bins_of_a_sphere_fill_it():
    edges = np.linspace(-math.pi / 2.0, math.pi / 2.0, 19)
    area = bin_solid_angle_sr(edges[:-1], edges[1:], 2.0 * math.pi / 36)
    assert 36 * float(np.sum(area)) == pytest.approx(4.0 * math.pi, rel=1e-12)


def test_a_bin_holds_a_limited_number_of_different_samples():
    assert cells(math.radians(10.0) ** 2, math.radians(0.2)) == pytest.approx(2500.0)
    assert cells(1e-9, 0.1) == 1.0
