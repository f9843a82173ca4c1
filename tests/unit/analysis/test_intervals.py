"""Intervals against published tables, and against what they promise: how often they hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.analysis import intervals

NEWCOMBE = [  # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I; to 7 decimals
    (81, 263, (0.2552885, 0.3662096), (0.2527367, 0.3676219)),
    (15, 148, (0.0623864, 0.1604872), (0.0578440, 0.1616505)),
    (0, 20, (0.0, 0.1611252), (0.0, 0.1684335)),
    (1, 29, (0.0061132, 0.1717552), (0.0008726, 0.1776443)),
]


@pytest.mark.parametrize(("x", "n", "wilson", "exact"), NEWCOMBE)
def test_proportions_match_newcombe(x, n, wilson, exact):
    assert intervals.wilson(x, n) == pytest.approx(wilson, abs=5e-8)
    assert intervals.clopper_pearson(x, n) == pytest.approx(exact, abs=5e-8)


def test_proportions_broadcast():
    low, high = intervals.wilson(np.array([0, 81]), np.array([20, 263]))
    assert low == pytest.approx([0.0, 0.2552885], abs=5e-8)
    assert high == pytest.approx([0.1611252, 0.3662096], abs=5e-8)
    assert intervals.clopper_pearson([20, 0], 20)[1] == pytest.approx([1.0, 0.1684335], abs=5e-8)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_proportion_lies_in_both_intervals(n, data, level):
    x = data.draw(st.integers(0, n))
    for interval in (intervals.wilson, intervals.clopper_pearson):
        low, high = interval(x, n, level)
        assert 0.0 <= low <= x / n + 1e-12
        assert x / n - 1e-12 <= high <= 1.0


@pytest.mark.parametrize("p", [0.02, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("n", [10, 50, 200])
def test_clopper_pearson_never_covers_less_than_it_says(n, p):
    x = np.arange(n + 1)
    log_choose = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in x]
    chance = np.exp(log_choose + x * math.log(p) + (n - x) * math.log(1 - p))
    low, high = intervals.clopper_pearson(x, n)
    assert chance[(low <= p) & (p <= high)].sum() >= 0.95


def test_sample_size_is_the_textbook_one():
    assert intervals.sample_size(0.5, 0.05) == 385  # Cochran: 384.16
    assert intervals.sample_size(0.5, 0.03) == 1068  # 1067.07
    assert intervals.sample_size(0.1, 0.05, 0.9) == 98
    with pytest.raises(ValueError, match="half width"):
        intervals.sample_size(0.5, 0.0)


def test_sprt_thresholds_are_wald_s():
    assert intervals.sprt(0.05, 0.1) == pytest.approx((math.log(18.0), math.log(0.1 / 0.95)))


def test_student_matches_gosset_s_sleep_data():
    gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]  # Student, Biometrika 6 (1908) 1-25: paired differences
    found = intervals.student(gained)
    assert found.value == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert found.p == pytest.approx(0.002833, abs=1e-6)


def test_student_leaves_nan_out_and_one_value_has_no_interval():
    assert intervals.student([1.0, np.nan, 3.0]).n == 2
    alone = intervals.student([4.0])
    assert (alone.value, alone.n) == (4.0, 1)
    assert math.isnan(alone.low)
    assert not alone.apart
    assert intervals.student([]).n == 0


def test_student_interval_holds_the_mean_as_often_as_it_says():
    chance = np.random.default_rng(1)
    held = 0
    for values in chance.exponential(2.0, (2000, 40)):
        found = intervals.student(values)
        held += found.low <= 2.0 <= found.high
    low, high = intervals.clopper_pearson(held, 2000, 0.999)
    assert low > 0.90  # skewed values cost a little
    assert high < 0.97


def test_never_seen_is_not_never():
    found = intervals.counted(np.zeros(40))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(3.688879 / 40, rel=1e-6)  # Poisson, -ln 0.025
    assert "never seen" in found.note
    assert intervals.counted([1.0, 2.0, 3.0]) == intervals.student([1.0, 2.0, 3.0])


def test_rate_without_an_event_gives_an_upper_bound_and_says_on_what_ground():
    found = intervals.rate(np.zeros(40), np.full(40, 340.0), 10_000.0)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(10_000 * (1 - 0.025 ** (1 / 13_600)), rel=1e-9)
    assert found.note == intervals.ZERO_NOTE


def test_rate_of_unclustered_events_is_the_exact_one():
    events, passes = np.array([1.0, 0.0, 1.0, 0.0] * 10), np.full(40, 100.0)
    found = intervals.rate(events, passes)
    assert (found.low, found.high) == pytest.approx(intervals.clopper_pearson(20, 4000), rel=1e-9)


def test_rate_widens_where_events_come_in_clusters():
    passes = np.full(40, 100.0)
    spread = intervals.rate(np.tile([1.0, 0.0], 20), passes)
    clustered = intervals.rate(np.r_[20.0, np.zeros(39)], passes)
    assert clustered.value == spread.value
    assert clustered.high - clustered.low > 3 * (spread.high - spread.low)


@pytest.mark.parametrize(("share", "spread"), [(0.002, 0.0), (0.01, 0.0), (0.01, 0.7), (0.05, 0.7)])
def test_rate_interval_holds_the_rate_as_often_as_it_says(share, spread):
    chance = np.random.default_rng(2)
    held, trials = 0, 600
    for _ in range(trials):
        each = share * chance.gamma(1 / spread**2, spread**2, 40) if spread else np.full(40, share)
        passes = chance.integers(50, 150, 40)
        found = intervals.rate(chance.binomial(passes, np.minimum(each, 1.0)), passes)
        held += found.low <= share <= found.high
    assert intervals.clopper_pearson(held, trials, 0.999)[1] > 0.95


def test_rate_interval_of_passes_taken_as_independent_would_not_hold():
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        events = chance.binomial(100, np.minimum(0.05 * chance.gamma(1.0, 1.0, 40), 1.0))
        low, high = intervals.clopper_pearson(events.sum(), 4000)
        held += low <= 0.05 <= high
    assert held < 0.85 * 400


def test_ratio_is_the_ratio_of_sums_and_not_the_mean_of_ratios():
    found = intervals.ratio([1.0, 30.0], [10.0, 100.0])
    assert found.value == pytest.approx(31 / 110)
    assert math.isnan(intervals.ratio([0.0, 0.0], [0.0, 0.0]).value)


def test_shared_luck_has_the_variance_of_the_closed_form():
    luck = np.random.default_rng(4).random((400, 1000))
    a, b = luck < 0.8, luck < 0.75  # Var 4.75e-5 for n = 1000; independent 3.475e-4; ratio 7.3157895
    shared = (a.mean(axis=1) - b.mean(axis=1)).var()
    assert shared == pytest.approx(4.75e-5, rel=0.25)
    paired = intervals.paired(a[0], b[0])
    apart = intervals.independent(a[0], b[0])
    assert ((apart.high - apart.low) / (paired.high - paired.low)) ** 2 == pytest.approx(7.3157895, rel=0.25)


def test_paired_difference_finds_what_independent_runs_cannot():
    chance = np.random.default_rng(5)
    luck = chance.normal(20.0, 6.0, 40)
    a, b = luck + chance.normal(1.0, 1.0, 40), luck + chance.normal(0.0, 1.0, 40)
    assert intervals.paired(a, b).apart
    assert not intervals.independent(a, b).apart


@pytest.mark.parametrize("n", [2, 3, 5, 6, 12])
def test_a_difference_without_spread_claims_something_only_where_a_sign_test_would(n):
    from scipy.stats import binomtest

    found = intervals.paired(np.full(n, 7.0), np.full(n, 4.0))
    assert found.p == pytest.approx(binomtest(n, n).pvalue)
    assert found.apart == (binomtest(n, n).pvalue < 0.05)
    assert found.low <= found.value == 3.0 <= found.high


def test_a_ratio_without_spread_but_for_rounding_claims_nothing_of_three():
    found = intervals.paired_ratio([3.0, 3.0, 3.0], [19.0] * 3, [0.0] * 3, [19.0] * 3, scale=10_000.0)
    assert found.value == pytest.approx(30_000 / 19)
    assert not found.apart


def test_no_difference_without_spread_is_no_difference():
    assert intervals.paired(np.ones(3), np.ones(3)) == intervals.Estimate(0.0, 0.0, 0.0, 3, p=1.0)


def test_paired_ratio_gains_from_pairing_too():
    chance = np.random.default_rng(6)
    passes = chance.integers(200, 400, 60).astype(float)
    luck = chance.gamma(2.0, 0.01, 60)
    a, b = chance.binomial(passes.astype(int), luck * 1.5), chance.binomial(passes.astype(int), luck)
    found = intervals.paired_ratio(a, passes, b, passes, 10_000.0)
    alone = [intervals.ratio(x, passes, 10_000.0) for x in (a, b)]
    assert found.value == pytest.approx(alone[0].value - alone[1].value)
    assert found.high - found.low < sum(each.high - each.low for each in alone) / math.sqrt(2)


def test_bootstrap_is_the_same_for_one_seed_and_near_student_for_a_mean():
    values = np.random.default_rng(7).normal(5.0, 2.0, 200)
    found = intervals.bootstrap(values, np.mean, seed=3)
    assert found == intervals.bootstrap(values, np.mean, seed=3)
    assert found != intervals.bootstrap(values, np.mean, seed=4)
    student = intervals.student(values)
    assert (found.low, found.high) == pytest.approx((student.low, student.high), abs=0.06)


def test_holm_matches_the_worked_example():
    assert intervals.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # R: p.adjust, holm
    with_gap = intervals.holm([0.01, math.nan, 0.03])
    assert with_gap[[0, 2]] == pytest.approx([0.02, 0.03])
    assert math.isnan(with_gap[1])


ADJUSTED = [  # statsmodels 0.15.0, stats.multitest.multipletests: p, Holm, Benjamini and Hochberg
    (0.001, 0.006, 0.006),
    (0.012, 0.060, 0.036),
    (0.041, 0.156, 0.0615),
    (0.039, 0.156, 0.0615),
    (0.27, 0.54, 0.324),
    (0.9, 0.9, 0.9),
]


def test_adjusted_p_values_are_those_of_statsmodels():
    p, holm, discovery = np.array(ADJUSTED).T
    assert intervals.holm(p) == pytest.approx(holm)
    assert intervals.benjamini_hochberg(p) == pytest.approx(discovery)


def test_adjusted_p_values_leave_nan_out():
    assert np.isnan(intervals.benjamini_hochberg([np.nan, 0.02])[0])
    assert intervals.benjamini_hochberg([np.nan, 0.02])[1] == 0.02


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_false_discovery_asks_less_than_holm_and_more_than_nothing(p):
    discovery, holm = intervals.benjamini_hochberg(p), intervals.holm(p)
    assert np.all(np.array(p) <= discovery + 1e-12)
    assert np.all(discovery <= holm + 1e-12)


def test_bootstrap_is_the_same_every_time_and_near_the_normal_interval():
    values = np.random.default_rng(5).normal(10.0, 2.0, 400)
    found = intervals.bootstrap_mean(values)
    assert found == intervals.bootstrap_mean(values)
    assert found != intervals.bootstrap_mean(values, seed=1)
    normal = intervals.student(values)
    assert (found.low, found.high) == pytest.approx((normal.low, normal.high), abs=0.03)
    assert intervals.bootstrap_mean([]).n == 0


def test_quantile_intervals_hold_the_quantile_as_often_as_they_say():
    chance = np.random.default_rng(6)
    true = math.log(10.0)  # 0.9 quantile of an exponential
    by_order = by_bootstrap = 0
    for values in chance.exponential(1.0, (200, 100)):
        one = intervals.order_quantile(values, 0.9)
        two = intervals.bootstrap_quantile(values, 0.9, draws=120)
        by_order += one.low <= true <= one.high
        by_bootstrap += two.low <= true <= two.high
    assert intervals.clopper_pearson(by_order, 200, 0.999)[1] >= 0.95
    assert intervals.clopper_pearson(by_bootstrap, 200, 0.999)[1] >= 0.93
    assert by_order / 200 > 0.92


def test_order_interval_of_the_median_is_the_textbook_one():
    found = intervals.order_quantile(np.arange(1.0, 21.0), 0.5)  # Conover: ranks 6 and 15 of 20 at 95 %
    assert (found.low, found.high) == (6.0, 15.0)
    assert math.isnan(intervals.order_quantile(np.arange(1.0, 6.0), 0.5).low)
    with pytest.raises(ValueError, match="quantile"):
        intervals.bootstrap_quantile([1.0], 1.5)
