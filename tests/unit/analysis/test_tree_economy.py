"""The reader's tree against scikit-learn's; fronts and ratios against closed values."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.analysis import economy, tree


def parted():
    u = np.random.default_rng(12).random((120, 4))
    return u, 3.0 * (u[:, 1] > 0.6) + 2.0 * u[:, 0] + (u[:, 1] < 0.3) * (u[:, 2] > 0.5)


def test_splits_are_those_of_scikit_learn():
    u, y = parted()
    found = tree.grow("abcd", u, y)
    splits = [(node.factor, round(node.at, 6)) for node in found.root.splits()]
    # scikit-learn 1.8: DecisionTreeRegressor(max_depth=3, min_samples_leaf=10)
    assert splits == [(1, 0.60009), (0, 0.576543), (0, 0.203992), (2, 0.523659), (0, 0.566784), (0, 0.27623)]
    assert found([[0.1, 0.2, 0.9, 0.5], [0.9, 0.7, 0.1, 0.1]]) == pytest.approx([0.33567088, 4.61059894])
    assert found.r2 > 0.8


def test_leaves_part_the_points_and_keep_ten_each():
    u, y = parted()
    leaves = list(tree.grow("abcd", u, y).root.leaves())
    assert sorted(np.concatenate([leaf.rows for leaf in leaves]).tolist()) == list(range(120))
    assert min(leaf.rows.size for leaf in leaves) >= tree.LEAST


def test_pure_chance_grows_no_tree():
    chance = np.random.default_rng(1)
    found = tree.grow("abcdef", chance.random((100, 6)), chance.normal(0.0, 1.0, 100))
    assert found.root.leaf
    assert found.r2 == 0.0
    assert tree.grow("a", np.zeros((5, 1)), np.arange(5.0)).root.leaf


def test_bins_hold_their_own_points():
    u = np.array([0.05, 0.15, 0.5, 0.95, 1.0, math.nan])
    bins = tree.binned(u, np.arange(6.0))
    assert [each.n for each in bins] == [2, 0, 1, 0, 2]
    assert bins[0].value == 0.5


def test_equal_points_do_not_dominate_each_other():
    assert economy.pareto(np.array([[1, 5], [1, 5], [2, 4], [2, 6], [math.nan, 0]])).tolist() == [
        True,
        True,
        True,
        False,
        False,
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_front_is_not_empty_and_carries_the_whole_area(points):
    front = economy.pareto(points)
    assert front.any()
    kept = np.array(points)[front]
    assert economy.hypervolume(kept, (10, 10)) == pytest.approx(economy.hypervolume(points, (10, 10)))
    cells = sum(any(x <= i and y <= j for x, y in points) for i in range(10) for j in range(10))
    assert economy.hypervolume(points, (10, 10)) == cells  # unit squares counted one by one


def test_hypervolume_has_two_columns():
    with pytest.raises(ValueError, match="two columns"):
        economy.hypervolume([[1, 2, 3]], (4, 4))


def test_frontier_drops_what_is_dominated_strictly_or_by_a_mixture():
    cost, effect = [0.0, 10.0, 22.0, 30.0, 35.0], [0.0, 4.0, 5.0, 9.0, 8.0]
    steps = economy.incremental_ratio(cost, effect)
    assert [step.index for step in steps] == [0, 1, 3]  # 2 by a mixture of 1 and 3, 4 strictly by 3
    assert [step.ratio for step in steps[1:]] == pytest.approx([2.5, 4.0])
    assert math.isnan(steps[0].ratio)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=10))
def test_each_step_of_the_frontier_is_dearer_than_the_one_before(points):
    steps = economy.incremental_ratio(*np.array(points, float).T)
    ratios = [step.ratio for step in steps[1:]]
    assert all(a < b for a, b in itertools.pairwise(ratios))
    assert all(a.effect < b.effect for a, b in itertools.pairwise(steps))


def test_cost_exchange_of_a_dear_interceptor_and_a_cheap_drone():
    found = economy.cost_exchange(4.0, 0.03, 0.8, 2)
    assert found.fired == pytest.approx(266.6667, abs=5e-5)
    assert found.per_kill_salvo == pytest.approx(277.7778, abs=5e-5)
    assert found.per_kill_look == pytest.approx(166.6667, abs=5e-5)
    with pytest.raises(ValueError, match="kill probability"):
        economy.cost_exchange(1.0, 1.0, 0.0)
