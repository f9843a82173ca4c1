"""Chance and ignorance told apart: against models whose variances are known, and how often the intervals hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from egide.analysis import intervals, variance

POINTS, EACH = 200, 10


def nested(chance, points=POINTS, each=EACH, ignorance=1.0, luck=9.0, *, shared=False):
    """A synthetic nested design: (point, value), and the mean is 0."""
    true = chance.normal(0.0, math.sqrt(ignorance), points)
    own = chance.normal(0.0, math.sqrt(luck), (1 if shared else points, each))
    return np.repeat(np.arange(points), each), (true[:, None] + own).ravel()


def test_known_variances_come_back_when_points_have_their_own_luck():
    chance = np.random.default_rng(1)
    found = [variance.split(*nested(chance)) for _ in range(200)]
    for wanted, got in ((1.0, [f.unbiased for f in found]), (9.0, [f.chance for f in found])):
        assert abs(np.mean(got) - wanted) < 4 * np.std(got) / math.sqrt(len(got))
    assert np.mean([f.share for f in found]) == pytest.approx(0.1, abs=0.01)


def test_luck_shared_by_all_points_hides_ignorance_and_the_error_of_the_mean():
    chance = np.random.default_rng(2)
    found = [variance.split(*nested(chance, shared=True)) for _ in range(200)]
    assert np.mean([f.unbiased for f in found]) < 0.25  # where 1.0 is true
    said = np.mean([(f.mean.high - f.mean.low) / 2 / 1.972 for f in found])
    assert np.std([f.mean.value for f in found]) / said > 12  # the error is an order of magnitude larger than said


def test_unequal_replications_and_unequal_chance_leave_no_bias():
    chance = np.random.default_rng(3)
    got = []
    for _ in range(300):
        each = chance.integers(2, 12, 60)
        spread = np.where(each < 5, 1.0, 4.0)  # where chance is large there are more replications
        true = chance.normal(5.0, 1.5, 60)
        point = np.repeat(np.arange(60), each)
        got.append(variance.split(point, chance.normal(true[point], spread[point])).unbiased)
    assert abs(np.mean(got) - 2.25) < 4 * np.std(got) / math.sqrt(len(got))


@pytest.mark.parametrize("share", [0.0, 0.5, 3.0])
def test_interval_of_the_mean_holds_it_as_often_as_it_says(share):
    chance = np.random.default_rng(4)
    held = 0
    for _ in range(1000):
        each = variance.means(*nested(chance, 20, 3, share, 1.0))
        found = intervals.student(each.mean)
        held += found.low <= 0.0 <= found.high
    low, high = intervals.clopper_pearson(held, 1000, 0.999)
    assert low <= 0.95 <= high


def test_range_of_ignorance_is_that_of_the_true_means_and_not_of_the_noisy_ones():
    chance = np.random.default_rng(5)
    found = [variance.split(*nested(chance)) for _ in range(60)]
    low = np.mean([f.ignorance_range[0] for f in found])
    high = np.mean([f.ignorance_range[1] for f in found])
    assert (low, high) == pytest.approx((-1.96, 1.96), abs=0.12)  # the noisy means would give 2.70
    overall = np.mean([f.overall_range[1] for f in found])
    assert overall == pytest.approx(1.96 * math.sqrt(10.0), abs=0.15)


def test_sharpened_means_have_the_variance_that_ignorance_has():
    point, value = nested(np.random.default_rng(6))
    each = variance.means(point, value)
    assert variance.sharpened(each).var(ddof=1) == pytest.approx(variance.split(point, value).ignorance)
    assert np.corrcoef(variance.sharpened(each), each.mean)[0, 1] > 0.95


def test_no_ignorance_gives_a_range_without_width():
    point = np.repeat(np.arange(4), 3)
    found = variance.split(point, np.tile([1.0, 2.0, 3.0], 4))
    assert (found.ignorance, found.ignorance_range) == (0.0, (2.0, 2.0))
    assert found.unbiased < 0.0


def test_one_replication_a_point_is_said_and_not_split():
    found = variance.split(np.arange(9), np.arange(9.0))
    assert found.note == variance.SINGLE_NOTE
    assert math.isnan(found.ignorance)
    assert math.isfinite(found.mean.low)
    assert variance.split([0, 0, 0], [1.0, 2.0, np.nan]).note == variance.FEW_NOTE


def correlated(chance, n, r):
    both = chance.multivariate_normal([3.0, 5.0], [[4.0, r * 2.0], [r * 2.0, 1.0]], n)
    return both[:, 0], both[:, 1]


@pytest.mark.parametrize("r", [0.0, 0.6, 0.95])
def test_control_variate_is_unbiased_and_as_narrow_as_double_sampling_says(r):
    chance = np.random.default_rng(7)
    n, more = 40, 360
    found = []
    for _ in range(800):
        y, x = correlated(chance, n + more, r)
        found.append(variance.control_variate(y[:n], x[:n], x[n:]))
    got = np.array([f.estimate.value for f in found])
    closed = 4.0 * (1 - r**2) / n + r**2 * 4.0 / (n + more)
    assert abs(got.mean() - 3.0) < 4 * got.std() / math.sqrt(got.size)
    assert got.var() == pytest.approx(closed, rel=0.2)
    held = sum(f.estimate.low <= 3.0 <= f.estimate.high for f in found)
    assert intervals.clopper_pearson(held, got.size, 0.999)[1] >= 0.95
    assert held / got.size > 0.925


def test_control_over_points_corrects_the_luck_of_the_few_full_runs():
    chance = np.random.default_rng(8)
    full, plain, held = [], [], 0
    for _ in range(300):
        true = chance.normal(10.0, 1.0, 60)
        fast = true[:, None] - 2.0 + chance.normal(0.0, 3.0, (60, 10))  # the fast option is off by 2
        dear = fast[:, 0] + 2.0 + chance.normal(0.0, 0.5, 60)
        points = np.arange(60)
        found = variance.nested_control(points, dear, fast[:, 0], np.repeat(points, 10), fast.ravel())
        full.append(found.estimate.value)
        plain.append(found.plain.value)
        held += found.estimate.low <= 10.0 <= found.estimate.high
    assert abs(np.mean(full) - 10.0) < 4 * np.std(full) / math.sqrt(300)
    assert np.std(full) < 0.5 * np.std(plain)
    assert found.bias.low < 2.0 < found.bias.high
    assert intervals.clopper_pearson(held, 300, 0.999)[1] >= 0.95


def test_control_over_a_subsample_of_points_uses_the_others_fast_means():
    chance = np.random.default_rng(9)
    got, plain = [], []
    for _ in range(200):
        true = chance.normal(10.0, 2.0, 200)
        fast = true[:, None] + chance.normal(0.0, 1.0, (200, 5))
        some = np.arange(0, 200, 8)
        dear = 1.0 + fast[some] + chance.normal(0.0, 0.5, (some.size, 5))
        found = variance.nested_control(
            np.repeat(some, 5), dear.ravel(), fast[some].ravel(), np.repeat(np.arange(200), 5), fast.ravel()
        )
        got.append(found.estimate.value)
        plain.append(found.plain.value)
    assert abs(np.mean(got) - 11.0) < 4 * np.std(got) / math.sqrt(200)
    assert np.std(got) < 0.5 * np.std(plain)


def test_too_few_pairs_use_no_control():
    found = variance.control_variate([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], [2.0, 2.0, 2.5])
    assert found.coefficient == 0.0
    assert found.estimate == found.plain
