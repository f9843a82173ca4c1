"""The covariance filter of the fast option against the published example, and against the textbook's matrices."""

import numpy as np
import pytest

from egide.picture import kalman_kernels as kalman
from egide.picture.tables import BELIEF


def a_track(mean: np.ndarray, cov: np.ndarray) -> np.void:
    track = np.zeros(1, BELIEF)[0]
    track["pos_m"], track["vel_m_s"] = mean[:3], mean[3:]
    track["pp"], track["pv"], track["vv"] = cov[:3, :3], cov[:3, 3:], cov[3:, 3:]
    return track


def whole(track: np.void) -> np.ndarray:
    return np.block([[track["pp"], track["pv"]], [track["pv"].T, track["vv"]]])


def test_one_step_of_the_stone_soup_example():
    """Methods, section 10: q 0.5, R = 25^2 I, T 1 s; what a plot does to the covariance does not hang on its place."""
    track = a_track(np.zeros(6), np.diag([1e4, 1e4, 1e4, 400.0, 400.0, 400.0]))
    kalman.age(track, 1.0, 0.5)
    kalman.weigh_plot(track, 625.0 * np.eye(3), np.zeros((2, 3, 3)))
    after = whole(track)
    assert after[0, 0] == pytest.approx(589.5696966, rel=1e-8)
    assert after[0, 3] == pytest.approx(22.6895663, rel=1e-8)
    assert after[3, 3] == pytest.approx(385.9696017, rel=1e-8)


def test_a_run_of_steps_is_the_textbooks_six_by_six_filter():
    rng = np.random.default_rng(3)
    root = rng.normal(size=(6, 6))
    cov = root @ root.T * 50.0 + np.eye(6)
    track, time_s, q = a_track(np.zeros(6), cov), 0.0, 3.0
    for _ in range(20):
        dt = float(rng.uniform(0.5, 12.0))
        time_s += dt
        f = np.block([[np.eye(3), dt * np.eye(3)], [np.zeros((3, 3)), np.eye(3)]])
        g = q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        cov = f @ cov @ f.T + np.kron(g, np.eye(3))
        half = rng.normal(size=(3, 3))
        noise = half @ half.T * 20.0 + np.eye(3)
        s = cov[:3, :3] + noise
        gain = cov[:, :3] @ np.linalg.inv(s)
        cov = cov - gain @ s @ gain.T
        kalman.age(track, time_s, q)
        kalman.weigh_plot(track, noise, np.zeros((2, 3, 3)))
        assert whole(track) == pytest.approx(cov, rel=1e-7, abs=1e-7)


def test_plot_covariance_has_the_radars_errors_along_its_axes():
    up = np.array([0.0, 0.0, 1.0])
    out = np.zeros((3, 3))
    kalman.plot_covariance(out, 0.0, 100_000.0, 0.0, up, 50.0, 2e-3, 5e-3)
    assert np.diag(out) == pytest.approx([200.0**2, 50.0**2, 500.0**2])
    assert out == pytest.approx(np.diag(np.diag(out)), abs=1e-6)
    kalman.plot_covariance(out, 40_000.0, 70_000.0, 30_000.0, up, 50.0, 2e-3, 5e-3)
    r = np.sqrt(4.0**2 + 7.0**2 + 3.0**2) * 1e4
    assert np.sort(np.linalg.eigvalsh(out)) == pytest.approx([50.0**2, (r * 2e-3) ** 2, (r * 5e-3) ** 2])


def test_what_is_fast_or_high_falls_and_what_has_wings_does_not():
    high, low = np.array([6_421_000.0, 0.0, 0.0]), np.array([6_381_000.0, 0.0, 0.0])
    slow, fast = np.array([300.0, 500.0, 0.0]), np.array([0.0, 1_500.0, 0.0])
    g = 3.986004418e14 / 6_421_000.0**3
    assert kalman.pull_on(high, slow, 1_000.0, 25_000.0) == pytest.approx(g)
    assert kalman.pull_on(high, fast, 1_000.0, 1e9) == pytest.approx(g)
    assert kalman.pull_on(low, slow, 1_000.0, 25_000.0) == 0.0
