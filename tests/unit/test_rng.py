"""Keyed draws: NumPy's Philox bit for bit, and what a name does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide import rng

words = st.integers(0, 2**64 - 1)


@given(words, words, words, words, words, words)
def test_a_block_is_numpys_philox_bit_for_bit(k0: int, k1: int, c0: int, c1: int, c2: int, c3: int):
    key = np.array([k0, k1], np.uint64)
    block = rng.philox(key, *(np.uint64(c) for c in (c0, c1, c2, c3)))
    counter = (c0 | c1 << 64 | c2 << 128 | c3 << 192) - 1  # NumPy adds one before its first block
    counter %= 2**256
    parts = np.array([counter >> (64 * i) & (2**64 - 1) for i in range(4)], np.uint64)
    peer = np.random.Philox(key=key, counter=parts)
    assert [int(word) for word in block] == peer.random_raw(4).tolist()


def test_uniforms_lie_in_the_open_interval_and_look_uniform():
    key = rng.make_key(1, 0, 0)
    name = rng.name_hash("a")
    draws = np.array([rng.uniform(key, rng.LOOK, name, name, k) for k in range(20_000)])
    assert draws.min() > 0.0
    assert draws.max() < 1.0
    assert abs(draws.mean() - 0.5) < 4 / np.sqrt(12 * len(draws))


def test_normals_have_unit_variance_and_no_correlation():
    key = rng.make_key(1, 0, 0)
    name = rng.name_hash("a")
    draws = np.array([rng.normals(key, rng.NOISE, name, name, k) for k in range(10_000)])
    assert np.allclose(np.cov(draws.T), np.eye(4), atol=0.06)


@pytest.mark.parametrize("other", ["seed", "point", "replication", "purpose", "actor", "subject", "occasion"])
def test_every_part_of_a_name_changes_the_draw(other: str):
    parts = {"seed": 1, "point": 0, "replication": 0, "purpose": 1, "actor": "a", "subject": "b", "occasion": 3}
    changed = {**parts, other: "c" if other in ("actor", "subject") else 7}

    def draw(p: dict) -> float:
        key = rng.make_key(p["seed"], p["point"], p["replication"])
        actor, subject = rng.name_hash(p["actor"]), rng.name_hash(p["subject"])
        return rng.uniform(key, np.uint64(p["purpose"]), actor, subject, p["occasion"])

    assert draw(parts) != draw(changed)


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.floats(0, 50), st.floats(0, 50), st.floats(0, 50))
def test_triangular_stays_inside_its_range_and_its_mean_is_right(u: float, a: float, b: float, c: float):
    low, mode, high = sorted((a, b, c))
    assert low - 1e-9 <= rng.triangular(u, low, mode, high) <= high + 1e-9


def test_triangular_is_scipys_quantile():
    from scipy.stats import triang

    for u in (0.01, 0.3, 0.5, 0.77, 0.99):
        assert rng.triangular(u, 8.0, 10.0, 60.0) == pytest.approx(triang.ppf(u, 2 / 52, 8, 52), rel=1e-12)
