"""Assignment against SciPy's, joint probabilities against counting every joint event."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from egide.picture.associate import global_nearest_neighbour, joint_probabilities

GATE = 16.0


def total(cost: np.ndarray, choice: np.ndarray, gate: float) -> float:
    return sum(gate if j < 0 else float(cost[i, j]) for i, j in enumerate(choice))


def best_total(cost: np.ndarray, gate: float) -> float:
    """SciPy's optimum on the table widened by one private empty column a row."""
    n = len(cost)
    empty = np.where(np.eye(n) > 0, gate, 1e9)
    wide = np.hstack([np.where(np.isfinite(cost), cost, 1e9), empty])
    rows, columns = linear_sum_assignment(wide)
    return float(wide[rows, columns].sum())


def check(cost: np.ndarray, gate: float) -> None:
    choice = global_nearest_neighbour(cost, gate)
    used = choice[choice >= 0]
    assert len(set(used.tolist())) == len(used)
    assert np.isfinite(cost[np.flatnonzero(choice >= 0), used]).all()
    assert total(cost, choice, gate) == pytest.approx(best_total(cost, gate), rel=1e-12, abs=1e-9)


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Any shape; few different values, hence many ties; many pairs outside the gate; negative costs too."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    entry = st.one_of(st.integers(-5, 20).map(float), st.just(math.inf), st.floats(-30.0, 30.0))
    return np.array(draw(st.lists(st.lists(entry, min_size=m, max_size=m), min_size=n, max_size=n)))


@settings(max_examples=400, deadline=None)
@given(tables(), st.sampled_from([16.0, 0.0, 5.0, -2.0]))
def test_assignment_costs_what_scipys_optimum_costs(cost: np.ndarray, gate: float) -> None:
    check(cost, gate)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (120, 90), (90, 120)])
@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_large_and_narrow_tables_are_assigned_optimally(shape: tuple[int, int], share: float) -> None:
    rng = np.random.default_rng(shape[0] * 7 + int(share * 100))
    for values in (rng.uniform(0.0, 20.0, shape), rng.integers(0, 4, shape).astype(float)):
        check(np.where(rng.uniform(size=shape) < share, values, math.inf), GATE)


def test_the_greedy_trap_is_not_fallen_into() -> None:
    """The nearest pair first would leave the second track without its only plot."""
    assert global_nearest_neighbour([[1.0, 2.0], [1.5, math.inf]], GATE).tolist() == [1, 0]


def test_a_plot_on_the_gate_is_taken_and_one_beyond_is_not() -> None:
    assert global_nearest_neighbour([[16.0]], 16.0).tolist() == [0]
    assert global_nearest_neighbour([[16.000001]], 16.0).tolist() == [-1]
    assert global_nearest_neighbour([[math.nan]], 16.0).tolist() == [-1]


def test_no_plots_leave_every_track_alone() -> None:
    assert global_nearest_neighbour(np.zeros((3, 0)), 16.0).tolist() == [-1, -1, -1]


# --- joint probabilities -----------------------------------------------------------------------------------------


def counted(like: np.ndarray, pd: float, clutter: float, gate_probability: float) -> np.ndarray:
    """Every joint event, one by one."""
    n, m = like.shape
    out = np.zeros((n, m + 1))
    for event in itertools.product(range(m + 1), repeat=n):
        taken = [j for j in event if j]
        if len(set(taken)) < len(taken):
            continue
        weight = math.prod(
            pd * like[i, j - 1] / clutter if j else 1.0 - pd * gate_probability for i, j in enumerate(event)
        )
        for i, j in enumerate(event):
            out[i, j] += weight
    return out / out.sum(axis=1, keepdims=True)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**31), st.floats(0.1, 0.99), st.floats(0.01, 10.0))
def test_joint_probabilities_are_those_of_all_joint_events(
    n: int, m: int, seed: int, pd: float, clutter: float
) -> None:
    rng = np.random.default_rng(seed)
    like = np.where(rng.uniform(size=(n, m)) < 0.7, rng.exponential(size=(n, m)), 0.0)
    ours = joint_probabilities(like, pd, clutter, 0.97)
    assert ours == pytest.approx(counted(like, pd, clutter, 0.97), abs=1e-12)


def test_tracks_far_apart_are_each_weighed_alone() -> None:
    like = np.kron(np.eye(60), np.array([[0.3, 0.1]]))
    ours = joint_probabilities(like, 0.9, 0.05)
    alone = joint_probabilities([[0.3, 0.1]], 0.9, 0.05)[0]
    for i in range(60):
        assert ours[i, [0, 1 + 2 * i, 2 + 2 * i]] == pytest.approx(alone)


@pytest.mark.parametrize(("like", "clutter"), [([[1.0]], 0.0), ([[-1.0]], 1.0), ([[math.nan]], 1.0)])
def test_impossible_densities_are_refused(like: list[list[float]], clutter: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        joint_probabilities(like, 0.9, clutter)
