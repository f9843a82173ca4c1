"""Beliefs: quantile functions against scipy and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from egide.campaign.distributions import Distribution

U = np.linspace(0.001, 0.999, 97)


@pytest.mark.parametrize(("low", "likely", "high"), [(150e3, 250e3, 400e3), (0.0, 0.0, 5.0), (-3.0, 6.0, 6.0)])
def test_triangular_is_that_of_scipy(low, likely, high):
    theirs = stats.triang((likely - low) / (high - low), loc=low, scale=high - low).ppf(U)
    np.testing.assert_allclose(Distribution("triangular", low, likely, high).quantile(U), theirs, rtol=1e-12)


def test_uniform_log_uniform_and_truncated_normal_are_those_of_scipy():
    np.testing.assert_allclose(Distribution("uniform", 2.0, 3.0, 7.0).quantile(U), stats.uniform(2, 5).ppf(U))
    np.testing.assert_allclose(
        Distribution("log-uniform", 1e-8, 1e-6, 1e-4).quantile(U), stats.loguniform(1e-8, 1e-4).ppf(U), rtol=1e-12
    )
    theirs = stats.truncnorm((1.0 - 4.0) / 2.0, (9.0 - 4.0) / 2.0, loc=4.0, scale=2.0).ppf(U)
    np.testing.assert_allclose(Distribution("normal", 1.0, 4.0, 9.0, sd=2.0).quantile(U), theirs, rtol=1e-10)


def test_log_triangular_has_the_moments_of_its_closed_form():
    """ln x is triangular on a, b, c, so that E[x^n] is a sum of exponentials over the two sides."""
    low, likely, high = 1e-4, 2e-3, 0.1
    a, c, b = math.log(low), math.log(likely), math.log(high)

    def moment(n: float) -> float:
        top = (b - c) * math.exp(n * a) - (b - a) * math.exp(n * c) + (c - a) * math.exp(n * b)
        return 2.0 * top / (n * n * (b - a) * (c - a) * (b - c))

    u = (np.arange(400_000) + 0.5) / 400_000
    x = Distribution("log-triangular", low, likely, high).quantile(u)
    assert x.mean() == pytest.approx(moment(1.0), rel=1e-5)
    assert (x**2).mean() == pytest.approx(moment(2.0), rel=1e-4)
    assert np.median(x) == pytest.approx(
        math.exp(stats.triang((c - a) / (b - a), loc=a, scale=b - a).ppf(0.5)), rel=1e-5
    )


def test_listed_values_come_as_often_as_their_weights():
    u = (np.arange(1000) + 0.5) / 1000
    found = Distribution("discrete", 1.0, 1.0, 4.0, values=(1.0, 2.0, 4.0), weights=(1.0, 1.0, 2.0)).quantile(u)
    assert [int((found == value).sum()) for value in (1.0, 2.0, 4.0)] == [250, 250, 500]
    assert Distribution("discrete", 1.0, 1.0, 4.0, values=(1.0, 2.0, 4.0)).quantile([0.0, 1.0]).tolist() == [1.0, 4.0]


def test_a_number_of_things_is_whole_and_its_ends_are_drawn():
    """P(k) is the area of the triangle within half of k."""
    belief = Distribution("triangular", 3.0, 5.0, 9.0, whole=True)
    found = belief.quantile((np.arange(100_000) + 0.5) / 100_000)
    cdf = stats.triang((5.0 - 2.5) / 7.0, loc=2.5, scale=7.0).cdf
    for count in range(3, 10):
        assert (found == count).mean() == pytest.approx(cdf(count + 0.5) - cdf(count - 0.5), abs=1e-3)


@given(
    st.sampled_from(["triangular", "log-triangular", "uniform", "log-uniform", "normal"]),
    st.floats(1e-6, 1e6), st.floats(1.001, 1e4), st.floats(0.0, 1.0), st.booleans(),
)  # fmt: skip
def test_a_quantile_rises_from_low_to_high_and_is_found_again(kind, low, ratio, at, whole):
    high = low * ratio
    whole = whole and low >= 1.0
    if whole:
        low, high = math.floor(low), math.floor(low) + math.ceil(ratio)
    likely = low + at * (high - low)
    belief = Distribution(kind, low, likely, high, sd=(high - low) / 4, whole=whole)
    found = belief.quantile(np.linspace(0.0, 1.0, 41))
    assert (np.diff(found) >= 0.0).all()
    assert found[0] == pytest.approx(low) and found[-1] == pytest.approx(high)
    value = float(belief.quantile(0.37))
    assert float(belief.quantile(belief.share(value))) == pytest.approx(value, rel=1e-9)
    assert np.isnan(belief.quantile(np.nan))
