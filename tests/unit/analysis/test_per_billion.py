"""Effect for money: one verdict over every price that is not known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from egide.analysis import verdicts
from egide.analysis.ledger import Price
from egide.analysis.outcomes import Points, Values
from egide.analysis.per_billion import BY_PRICES, NEAR_PRICES, NO_MOST, NO_RATIO, per_billion
from egide.analysis.prices import NOTHING, Amount
from egide.analysis.tracking_check import TURNED
from egide.analysis.verdicts import DEPENDS, NOT_SUPPORTED, SUPPORTED

N, EACH = 41, 6
POINTS = Points(np.arange(N), np.array(["nominal", *["sample"] * (N - 1)]), np.full(N, ""), np.zeros(N, int), (),
                np.zeros((N, 0)))  # fmt: skip


def price(low: float, value: float, high: float, family: str = "contract") -> Price:
    return Price({family: Amount(low, value, high)}, NOTHING, (), "S")


CONTRACT = price(2.0e9, 2.5e9, 2.5e9)
CEILING = price(0.0, 3.5e9, 3.5e9, "ceiling")


def effect(mean: float, seed: int) -> Values:
    chance = np.random.default_rng(seed)
    return Values(np.repeat(np.arange(N), EACH), np.tile(np.arange(EACH), N), mean + chance.normal(0, 0.3, N * EACH))


def judged(one: float, other: float, costs=(CONTRACT, CEILING), sign="more", full=None):
    return per_billion(
        lambda bound, tracked: verdicts.judge(bound, POINTS, {}, full=tracked), POINTS,
        (effect(one, 1), effect(other, 2)), costs, ("s400-alone", "patriot"), sign, full,
    )  # fmt: skip


def test_a_ceiling_never_lets_the_other_side_win_for_money():
    """The price may be anything up to it: 20 for 2.5 bn against 1 for 3.5 bn at most leaves it open."""
    found = judged(20.0, 1.0)
    assert (found.verdict, found.why) == (DEPENDS, BY_PRICES)
    assert math.isnan(found.value.value)  # no ratio of prices of two kinds
    assert found.notes == (NO_RATIO, NO_MOST)
    assert [round(each.low) for each in found.details] == [8, 0]
    assert math.isnan(found.details[1].high)  # no most


def test_a_ceiling_may_lose_it_for_the_other_side():
    assert judged(1.0, 20.0).verdict == NOT_SUPPORTED
    assert judged(1.0, 20.0, sign="less").verdict == SUPPORTED


def test_prices_of_one_kind_give_a_difference():
    both = (CONTRACT, price(3.0e9, 3.5e9, 4.0e9))
    found = judged(20.0, 10.0, both)
    assert found.verdict == SUPPORTED
    assert found.value.value == pytest.approx(20 / 2.5 - 10 / 3.5, abs=0.3)
    assert found.notes == ()


def test_prices_that_turn_it_are_named():
    both = (price(1.0e9, 2.0e9, 4.0e9), price(1.0e9, 2.0e9, 4.0e9))
    assert judged(10.0, 8.0, both).why == BY_PRICES


def test_a_ceiling_with_a_least_price_of_its_own_has_a_most():
    found = judged(1.0, 20.0, (CONTRACT, price(2.0e9, 3.5e9, 3.5e9, "ceiling")))
    assert found.verdict == NOT_SUPPORTED
    assert NO_MOST not in found.notes
    assert found.details[1].high == pytest.approx(10.0, abs=0.3)  # 20 for 2 bn


def test_prices_that_only_blur_it_are_not_said_to_turn_it():
    """8 for 2 bn against 8 for 3 bn: at 4 bn against 3 bn the other wins; at 3 bn against 3 bn nobody does."""
    found = judged(8.0, 8.0, (price(2.0e9, 2.0e9, 3.0e9), price(3.0e9, 3.0e9, 3.0e9)))
    assert (found.verdict, found.why) == (DEPENDS, NEAR_PRICES)


def test_full_tracking_may_turn_effect_for_money():
    """Fast: 20 for 2.5 bn against 10 for 3.5 bn. Full: 5 for 2.5 bn against 10 for 3.5 bn."""
    both = (CONTRACT, price(3.5e9, 3.5e9, 3.5e9))
    found = judged(20.0, 10.0, both, full=(effect(5.0, 1), effect(10.0, 2)))
    assert (found.verdict, found.why) == (DEPENDS, TURNED)
    assert found.full is not None
    assert found.full.value.value == pytest.approx(5 / 2.5 - 10 / 3.5, abs=0.3)
    assert found.details[0].full == pytest.approx(2.0, abs=0.2)
