"""The stopping rule: when it stops, and whether what it leaves is as sure as it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from egide.analysis import intervals, stopping
from egide.analysis.stopping import Rule, enough


def stopped(chance, rule, draw, batch=5, most=600):
    """The sample on which the rule stops, looked at after every batch."""
    values = draw(chance, most)
    n = batch
    while n < most and not enough({0: values[:n]}, rule).enough:
        n += batch
    return values[:n]


def covered(least, draw, mean, half_width, runs=500):
    """How often mean +- the rule's half width holds the truth, by stopping with a minimum sample of `least`."""
    chance = np.random.default_rng(11)
    rule = Rule(half_width, least_replications=least)
    return sum(abs(stopped(chance, rule, draw).mean() - mean) <= half_width for _ in range(runs)), runs


DRAWS = {
    "normal": (lambda chance, n: chance.normal(5.0, 2.0, n), 5.0, 0.4),
    "skewed": (lambda chance, n: chance.exponential(2.0, n), 2.0, 0.35),
    "counts": (lambda chance, n: chance.poisson(0.5, n).astype(float), 0.5, 0.12),
}


@pytest.mark.parametrize("kind", DRAWS)
def test_what_is_said_after_stopping_holds_as_often_as_it_says(kind):
    held, runs = covered(30, *DRAWS[kind])
    assert intervals.clopper_pearson(held, runs, 0.999)[1] >= 0.95
    assert held / runs > 0.93


def test_looking_without_a_minimum_sample_stops_by_luck():
    draw, mean, _ = DRAWS["skewed"]
    held, runs = covered(2, draw, mean, 0.7)
    assert intervals.clopper_pearson(held, runs, 0.99)[1] < 0.94


def test_stops_only_when_narrow_and_says_how_many_it_would_take():
    values = np.tile([0.0, 2.0], 20)
    wide = enough({0: values}, Rule(0.1))
    assert (wide.enough, wide.why, wide.open) == (False, stopping.WIDE, (0,))
    assert wide.half_width == pytest.approx(2.0227 * math.sqrt(40 / 39) / math.sqrt(40), rel=1e-4)
    assert wide.wanted == math.ceil(40 * (wide.half_width / 0.1) ** 2)
    narrow = enough({0: values}, Rule(0.5))
    assert (narrow.enough, narrow.why, narrow.open) == (True, stopping.NARROW, ())


def test_minimum_sample_comes_first():
    alike = {0: np.full(9, 3.0)}
    assert enough(alike, Rule(1.0)).why == stopping.FEW
    assert enough({0: np.full(30, 3.0)}, Rule(1.0)).enough
    assert enough({0: np.full(9, 3.0)}, Rule(1.0, least_replications=5)).enough


def test_event_never_seen_is_not_yet_sure():
    assert not enough({0: np.zeros(40)}, Rule(0.05)).enough
    assert enough({0: np.zeros(80)}, Rule(0.05)).enough  # 3.69 / 80


def test_average_over_points_is_narrower_than_each_of_them():
    chance = np.random.default_rng(3)
    points = {k: chance.normal(k, 1.0, 20) for k in range(10)}
    assert enough(points, Rule(0.2, least_replications=20)).enough
    each = enough(points, Rule(0.2, of="each", least_replications=20))
    assert not each.enough
    assert len(each.open) > 5


def test_ignorance_does_not_hold_up_a_rule_of_chance_and_does_hold_up_one_of_the_mean():
    points = {k: np.array([10.0 * k, 10.0 * k + 1.0] * 10) for k in range(12)}
    assert enough(points, Rule(0.3, least_replications=20)).enough
    mean = enough(points, Rule(0.3, of="mean", least_points=10, least_replications=20))
    assert (mean.enough, mean.why) == (False, stopping.WIDE)
    assert mean.wanted > 10_000


def test_only_points_that_need_more_stay_open():
    chance = np.random.default_rng(4)
    points = {0: chance.normal(0, 0.1, 30), 1: chance.normal(0, 9.0, 30), 2: chance.normal(0, 0.1, 4)}
    assert enough(points, Rule(0.5, of="each")).open == (1, 2)


def test_relative_width_is_a_share_of_the_mean():
    values = {0: np.tile([99.0, 101.0], 20)}
    assert enough(values, Rule(0.01, relative=True)).enough
    assert not enough({0: values[0] - 99.9}, Rule(0.01, relative=True)).enough


def test_the_most_that_is_allowed_ends_it():
    values = {0: np.tile([0.0, 100.0], 10)}
    found = enough(values, Rule(0.1, most=20, least_replications=10))
    assert (found.enough, found.why) == (True, stopping.MOST)
    points = {k: np.array([k, k + 1.0] * 5) for k in range(5)}
    assert enough(points, Rule(0.01, of="mean", least_points=3, most=5, least_replications=10)).why == stopping.MOST


def test_no_value_is_no_reason_to_stop():
    assert enough({}, Rule(1.0)).why == stopping.NOTHING
    assert enough({3: [math.nan]}, Rule(1.0)).open == (3,)
    one = enough({0: np.arange(20.0), 1: [1.0]}, Rule(100.0))
    assert (one.enough, one.open) == (False, (0, 1))


@pytest.mark.parametrize("wrong", [{"half_width": 0.0}, {"half_width": 1.0, "least_replications": 1},
                                   {"half_width": 1.0, "of": "mean"}, {"half_width": 1.0, "level": 1.0}])  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="needs"):
        Rule(**wrong)
