"""Effect for money: one verdict over every price that is not known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from egide.analysis import verdicts
from egide.analysis.outcomes import Points, Values
from egide.analysis.per_billion import BY_PRICES, NO_MOST, NO_RATIO, Price, per_billion
from egide.analysis.verdicts import DEPENDS, NOT_SUPPORTED, SUPPORTED

N, EACH = 41, 6
POINTS = Points(np.arange(N), np.array(["nominal", *["sample"] * (N - 1)]), np.full(N, ""), np.zeros(N, int), (),
                np.zeros((N, 0)))  # fmt: skip
CONTRACT = Price(2.5e9, 2.0e9, 2.5e9, "contract")
CEILING = Price(3.5e9, 3.5e9, 3.5e9, "ceiling")


def effect(mean: float, seed: int) -> Values:
    chance = np.random.default_rng(seed)
    return Values(np.repeat(np.arange(N), EACH), np.tile(np.arange(EACH), N), mean + chance.normal(0, 0.3, N * EACH))


def judged(one: float, other: float, costs=(CONTRACT, CEILING), sign="more"):
    return per_billion(lambda bound: verdicts.judge(bound, POINTS, {}), (effect(one, 1), effect(other, 2)), costs,
                       ("s400-alone", "patriot"), sign)  # fmt: skip


def test_a_ceiling_never_lets_the_other_side_win_for_money():
    """The price may be anything up to it: 20 for 2.5 bn against 1 for 3.5 bn at most leaves it open."""
    found = judged(20.0, 1.0)
    assert (found.verdict, found.why) == (DEPENDS, BY_PRICES)
    assert math.isnan(found.value.value)  # no ratio of prices of two kinds
    assert found.notes == (NO_RATIO, NO_MOST)
    assert [round(each.low) for each in found.details] == [8, 0]
    assert found.details[1].high == math.inf


def test_a_ceiling_may_lose_it_for_the_other_side():
    assert judged(1.0, 20.0).verdict == NOT_SUPPORTED
    assert judged(1.0, 20.0, sign="less").verdict == SUPPORTED


def test_prices_of_one_kind_give_a_difference():
    both = (CONTRACT, Price(3.5e9, 3.0e9, 4.0e9, "contract"))
    found = judged(20.0, 10.0, both)
    assert found.verdict == SUPPORTED
    assert found.value.value == pytest.approx(20 / 2.5 - 10 / 3.5, abs=0.3)
    assert found.notes == ()


def test_prices_that_turn_it_are_named():
    both = (Price(2.0e9, 1.0e9, 4.0e9, "contract"), Price(2.0e9, 1.0e9, 4.0e9, "contract"))
    assert judged(10.0, 8.0, both).why == BY_PRICES
