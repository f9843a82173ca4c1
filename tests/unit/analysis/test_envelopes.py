"""How far off a target can be met: against the horizon table and the fourth-root figures of the public sources."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.analysis import envelopes

BLIND = {"rcs_m2": 1e9, "reference_range_m": 1e6, "reference_rcs_m2": 1.0, "instrumented_m": 1e9}


@pytest.mark.parametrize(
    ("altitude_m", "antenna_m", "km"),
    [(30, 10, 36), (30, 25, 43), (100, 10, 54), (100, 25, 62), (1000, 10, 143), (1000, 25, 151), (3300, 10, 250),
     (3300, 25, 257), (8800, 10, 400), (8800, 25, 407)],
)  # fmt: skip
def test_the_horizon_is_that_of_the_published_rule(altitude_m, antenna_m, km):
    """4.12 (sqrt h1 + sqrt h2) km, 4/3 Earth: the table by which a 400 km shot needs a target at 8 800 m."""
    found = envelopes.sight_m(antenna_m, altitude_m, *BLIND.values())
    assert float(found) / 1e3 == pytest.approx(km, abs=0.7)


@pytest.mark.parametrize(("rcs_m2", "km"), [(1.0, 276), (0.1, 155), (0.01, 87), (0.005, 73), (0.001, 49)])
def test_a_smaller_cross_section_is_held_at_the_fourth_root(rcs_m2, km):
    """From 390 km at 4 m2, far above any horizon."""
    found = envelopes.sight_m(10.0, 30e3, rcs_m2, 390e3, 4.0, 600e3)
    assert float(found) / 1e3 == pytest.approx(km, abs=0.6)


def test_the_least_of_missile_and_sight_counts_and_nothing_outside_the_envelope():
    limits = (10.0, 27e3, 4700.0)
    assert float(envelopes.reach_m(250e3, 300e3, 10e3, 300.0, *limits)) == 250e3
    assert float(envelopes.reach_m(250e3, 40e3, 50.0, 250.0, *limits)) == 40e3
    assert float(envelopes.reach_m(250e3, 300e3, 28e3, 300.0, *limits)) == 0.0
    assert float(envelopes.reach_m(250e3, 300e3, 5.0, 300.0, *limits)) == 0.0
    assert float(envelopes.reach_m(250e3, 300e3, 10e3, 5000.0, *limits)) == 0.0


def test_a_ballistic_missile_asks_for_a_missile_meant_for_it_and_fast_enough():
    assert envelopes.met_ballistic(1500.0, 60e3, 4700.0)
    assert not envelopes.met_ballistic(1500.0, 0.0, 4700.0)
    assert not envelopes.met_ballistic(2000.0, 60e3, 1500.0)


@given(st.floats(1e3, 5e5), st.floats(1e3, 5e5), st.floats(10, 3e4), st.floats(50, 3e3))
def test_a_longer_missile_never_reaches_less(range_m, more_m, altitude_m, speed_m_s):
    limits = (10.0, 27e3, 2000.0)
    one = envelopes.reach_m(np.array([range_m, range_m + more_m]), 2e5, altitude_m, speed_m_s, *limits)
    assert one[1] >= one[0] >= 0.0
