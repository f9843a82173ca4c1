"""Covariance intersection: closed forms, and never surer than either that shares something."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.picture import fuse_kernels as fuse


def work(n: int) -> np.ndarray:
    return np.zeros((8, n, n))


def fused(a: np.ndarray, pa: np.ndarray, b: np.ndarray, pb: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    mean, cov = a.astype(float), pa.astype(float)
    w = fuse.intersect(mean, cov, b.astype(float), pb.astype(float), work(len(a)))
    return mean, cov, w


def spd(rng: np.random.Generator, n: int) -> np.ndarray:
    root = rng.normal(size=(n, n)) * rng.uniform(0.3, 30.0, n)
    return root @ root.T + 0.1 * np.eye(n)


def test_the_inverse_is_the_public_one():
    rng = np.random.default_rng(1)
    for n in (1, 2, 6):
        a, out = spd(rng, n), np.zeros((n, n))
        assert fuse.invert(a, out)
        np.testing.assert_allclose(out, np.linalg.inv(a), rtol=1e-7, atol=1e-12)
    assert not fuse.invert(np.diag([1.0, -1.0]), np.zeros((2, 2)))


def test_two_crossed_ellipses_of_equal_weight():
    """diag(1, 4) and diag(4, 1) in position, equal in speed: by symmetry w = 1/2, and P = 2 / (1 + 1/4) = 1.6."""
    one, two = np.diag([1.0, 4.0, 1.0, 1.0]), np.diag([4.0, 1.0, 1.0, 1.0])
    mean, cov, w = fused(np.array([0.0, 0.0, 0, 0]), one, np.array([1.0, 1.0, 0, 0]), two)
    assert w == pytest.approx(0.5, abs=1e-6)
    np.testing.assert_allclose(cov, np.diag([1.6, 1.6, 1.0, 1.0]), rtol=1e-6)
    np.testing.assert_allclose(mean[:2], [0.2, 0.8], rtol=1e-6)


@pytest.mark.parametrize(("a", "b", "sure"), [(1.0, 4.0, 1.0), (9.0, 2.0, 0.0)])
def test_on_one_axis_the_surer_of_two_is_taken_alone(a: float, b: float, sure: float):
    mean, cov, w = fused(np.zeros(2), np.diag([a, 1.0]), np.ones(2), np.diag([b, 1.0]))
    assert w == sure
    assert cov[0, 0] == pytest.approx(min(a, b), rel=1e-9)
    assert mean[0] == pytest.approx(0.0 if sure else 1.0)


@given(st.integers(0, 10_000))
def test_the_weight_is_that_of_a_fine_search(seed: int):
    rng = np.random.default_rng(seed)
    pa, pb = spd(rng, 6), spd(rng, 6)
    a, b = np.linalg.inv(pa), np.linalg.inv(pb)
    _, cov, w = fused(np.zeros(6), pa, np.ones(6), pb)

    def trace(weight: float) -> float:
        return float(np.trace(np.linalg.inv(weight * a + (1.0 - weight) * b)[:3, :3]))

    assert trace(w) <= min(trace(x) for x in np.linspace(0.0, 1.0, 201)) * (1.0 + 1e-7)
    assert np.trace(cov[:3, :3]) <= min(np.trace(pa[:3, :3]), np.trace(pb[:3, :3])) * (1.0 + 1e-9)


@given(st.integers(0, 10_000), st.floats(-0.99, 0.99))
def test_it_is_never_surer_than_any_correlation_allows(seed: int, share: float):
    """Whatever the two errors have in common, the true covariance of the fused error lies inside the stated one."""
    rng = np.random.default_rng(seed)
    pa, pb = spd(rng, 6), spd(rng, 6)
    turn, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    cross = share * np.linalg.cholesky(pa) @ turn @ np.linalg.cholesky(pb).T
    _, cov, w = fused(np.zeros(6), pa, np.ones(6), pb)
    ka, kb = w * cov @ np.linalg.inv(pa), (1.0 - w) * cov @ np.linalg.inv(pb)
    true = ka @ pa @ ka.T + kb @ pb @ kb.T + ka @ cross @ kb.T + kb @ cross.T @ ka.T
    assert np.min(np.linalg.eigvalsh(cov - true)) > -1e-7 * np.max(np.linalg.eigvalsh(cov))
