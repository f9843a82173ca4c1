"""What may be said of a number, and with how many digits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.analysis.intervals import Estimate
from egide.i18n import translator
from egide.report import values

say = translator("en")


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(2.0, 1.0, 3.0, 40), "higher"),
        (Estimate(-2.0, -3.0, -1.0, 40), "lower"),
        (Estimate(2.0, -0.1, 4.1, 40), "cannot be told apart"),
        (Estimate(2.0, 0.0, 4.0, 40), "cannot be told apart"),
        (Estimate(0.0, 0.0, 0.0, 40), "equal in every replication"),
        (Estimate(2.0, math.nan, math.nan, 1), "one replication: nothing can be said"),
    ],
)
def test_nothing_is_called_different_whose_interval_includes_zero(estimate: Estimate, words: str) -> None:
    assert values.verdict(estimate, say) == words
    assert values.apart(estimate) == (words in ("higher", "lower"))


@pytest.mark.parametrize(("half", "digits"), [(0.12, 2), (0.5, 1), (3.4, 1), (3.6, 0), (12.0, 0), (250.0, 0)])
def test_digits_follow_the_half_width(half: float, digits: int) -> None:
    assert values.digits(Estimate(50.0, 50.0 - half, 50.0 + half, 40)) == digits


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_an_interval_that_excludes_zero_is_not_shown_with_a_zero_end(middle: float, half: float) -> None:
    estimate = Estimate(middle, middle - half, middle + half, 40)
    nearest = min(abs(estimate.low), abs(estimate.high))
    if values.apart(estimate) and nearest > 1e-4:
        assert round(nearest, values.digits(estimate)) != 0


def test_an_unknown_value_is_a_dash_and_an_exact_one_has_no_interval() -> None:
    assert values.cell(None, "en") == {"mean": "–", "interval": ""}
    assert values.cell(Estimate(math.nan, math.nan, math.nan, 0), "en") == {"mean": "–", "interval": ""}
    assert values.cell(Estimate(16.0, 16.0, 16.0, 40), "fr") == {"mean": "16", "interval": ""}


def test_a_plus_stands_only_before_what_is_above_zero() -> None:
    assert values.signed("2.0", 2.0) == "+2.0"
    assert values.signed("0.0", 0.001) == "0.0"
    assert values.signed("−2.0", -2.0) == "−2.0"
