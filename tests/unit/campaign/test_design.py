"""Designs: against scipy and SALib, and what must hold of any of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from SALib.test_functions import Ishigami
from scipy.stats import qmc

from egide.campaign import design

NAMES = ("x1", "x2", "x3")
PROBLEM = {"num_vars": 3, "names": list(NAMES), "bounds": [[-np.pi, np.pi]] * 3}


def ishigami(u):
    return Ishigami.evaluate(-np.pi + 2.0 * np.pi * u)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 2**31))
def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_factor(n, k, seed):
    points = design.latin_hypercube(range(k), k, n, seed)
    assert np.array_equal(np.sort((points.u * n).astype(int), axis=0), np.tile(np.arange(n)[:, None], k))
    assert np.array_equal(points.u, design.latin_hypercube(range(k), k, n, seed).u)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 5), st.integers(0, 2**31))
def test_a_sobol_sequence_keeps_its_first_points_when_it_grows(n, more, k, seed):
    short, long = design.sobol(range(k), k, n, seed), design.sobol(range(k), k, n + more, seed)
    assert np.array_equal(short.u, long.u[:n])


def test_sobol_points_are_those_of_scipy_and_spread_better_than_chance():
    found = design.sobol(range(4), 4, 64, 7).u
    theirs = qmc.Sobol(4, scramble=True, rng=np.random.default_rng(7)).random_base2(6)
    np.testing.assert_allclose(found, theirs, atol=1e-9)
    assert qmc.discrepancy(found) < 0.3 * qmc.discrepancy(np.random.default_rng(7).random((64, 4)))


def test_saltelli_points_give_salib_the_indices_of_ishigami():
    rows = 1024
    points = design.saltelli({name: [i] for i, name in enumerate(NAMES)}, 3, rows, 3)
    y = ishigami(points.u).reshape(rows, 5)  # a, b, ab1, ab2, ab3
    assert points.role[:5] == ("a", "b", "ab", "ab", "ab")
    assert points.of[2:5] == NAMES
    theirs = np.concatenate([y[:, [0]], y[:, 2:], y[:, [1]]], axis=1).ravel()  # A, AB1.., B: their order
    found = salib_sobol.analyze(PROBLEM, theirs, calc_second_order=False, seed=1)
    np.testing.assert_allclose(found["S1"], [0.3139, 0.4424, 0.0], atol=0.03)
    np.testing.assert_allclose(found["ST"], [0.5576, 0.4424, 0.2437], atol=0.03)


def test_a_block_of_a_saltelli_design_moves_together_and_nothing_else():
    points = design.saltelli({"pair": [0, 2], "rest": [1]}, 4, 8, 3)
    for row in range(8):
        a, b, pair, rest = points.u[4 * row : 4 * row + 4]
        assert (pair[[0, 2]] == b[[0, 2]]).all() and pair[1] == a[1]
        assert rest[1] == b[1] and (rest[[0, 2]] == a[[0, 2]]).all()
    assert np.isnan(points.u[:, 3]).all()
    assert points.row == tuple(i // 4 for i in range(32))


def test_a_saltelli_design_keeps_its_first_rows_when_it_grows():
    blocks = {"a": [0], "b": [1, 2]}
    assert np.array_equal(design.saltelli(blocks, 3, 5, 1).u, design.saltelli(blocks, 3, 9, 1).u[:20])


def test_morris_walks_give_salib_its_screening_of_ishigami():
    points = design.morris(range(3), NAMES, 60, 4, 11)
    found = salib_morris.analyze(
        PROBLEM, -np.pi + 2.0 * np.pi * points.u, ishigami(points.u), num_levels=4, print_to_console=False
    )
    # Campolongo et al. 2007, levels 4: the third factor acts through the first only, the second most evenly
    assert found["mu_star"][0] > found["mu_star"][2] > 2.0
    assert found["mu_star"][1] == pytest.approx(7.875, rel=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 7), st.integers(1, 5), st.sampled_from([2, 4, 6, 8]), st.integers(0, 2**31))
def test_a_morris_walk_moves_each_factor_once_by_the_same_step(k, trajectories, levels, seed):
    names = [f"f{i}" for i in range(k)]
    points = design.morris(range(k), names, trajectories, levels, seed)
    step = levels / (2 * (levels - 1))
    for t in range(trajectories):
        walk = points.u[t * (k + 1) : (t + 1) * (k + 1)]
        assert sorted(points.of[t * (k + 1) + 1 : (t + 1) * (k + 1)]) == names
        moves = np.diff(walk, axis=0)
        assert (np.count_nonzero(moves, axis=1) == 1).all()
        np.testing.assert_allclose(np.abs(moves).sum(axis=1), step)
        assert ((walk >= 0.0) & (walk <= 1.0)).all()


def test_one_at_a_time_moves_one_factor_and_says_which():
    points = design.one_at_a_time([0, 2], NAMES)
    assert points.role == ("low", "high", "low", "high")
    assert points.of == ("x1", "x1", "x3", "x3")
    assert np.isnan(points.u[:, 1]).all()
    assert points.u[0, 0] == 0.0 and points.u[3, 2] == 1.0


def test_a_grid_has_every_combination_once():
    points = design.full_grid([0, 1], 3, 3)
    assert sorted(map(tuple, points.u[:, :2])) == [(a, b) for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)]
    assert np.isnan(points.u[:, 2]).all()


def test_factors_of_a_hypercube_are_not_correlated():
    u = design.latin_hypercube(range(6), 6, 400, 5).u
    worst = np.abs(np.corrcoef(u.T) - np.eye(6)).max()
    assert worst < 4.0 / np.sqrt(400)
