"""The block filter against the published example, and against the textbook's matrices."""

import numpy as np
import pytest

from egide.picture import kalman_kernels as kalman
from egide.picture.tables import TRACK


def a_track(mean: np.ndarray, cov: np.ndarray) -> np.void:
    track = np.zeros(1, TRACK)[0]
    track["pos_m"], track["vel_m_s"] = mean[:3], mean[3:]
    track["pp"], track["pv"], track["vv"] = cov[:3, :3], cov[:3, 3:], cov[3:, 3:]
    return track


def whole(track: np.void) -> tuple[np.ndarray, np.ndarray]:
    mean = np.concatenate([track["pos_m"], track["vel_m_s"]])
    return mean, np.block([[track["pp"], track["pv"]], [track["pv"].T, track["vv"]]])


def test_one_step_of_the_stone_soup_example():
    """Methods, section 10: q 0.5, R = 25^2 I, T 1 s; the third axis is given a plot where it is predicted."""
    cov = np.diag([1e4, 1e4, 1e4, 400.0, 400.0, 400.0])
    track = a_track(np.array([1000.0, -2000.0, 0.0, 50.0, 80.0, 0.0]), cov)
    plot, noise = np.array([1070.694, -1939.271, 0.0]), 625.0 * np.eye(3)
    nis = kalman.distance2(track, 1.0, plot, noise, 0.5, 100.0, 1e9, 1e9)
    kalman.predict(track, 1.0, 0.5, 1e9, 1e9)
    kalman.update(track, plot, noise, np.zeros((2, 3, 3)))
    mean, after = whole(track)
    assert nis == pytest.approx(0.0725261668, rel=1e-8)
    assert mean[[0, 3, 1, 4]] == pytest.approx([1069.5208885, 50.7512606, -1938.1785562, 79.3003990], rel=1e-8)
    assert after[0, 0] == pytest.approx(589.5696966, rel=1e-8)
    assert after[0, 3] == pytest.approx(22.6895663, rel=1e-8)
    assert after[3, 3] == pytest.approx(385.9696017, rel=1e-8)


def test_a_run_of_steps_is_the_textbooks_six_by_six_filter():
    rng = np.random.default_rng(3)
    root = rng.normal(size=(6, 6))
    mean, cov = rng.normal(size=6) * 100.0, root @ root.T * 50.0 + np.eye(6)
    track, time_s, q = a_track(mean, cov), 0.0, 3.0
    for _ in range(20):
        dt = float(rng.uniform(0.5, 12.0))
        time_s += dt
        f = np.block([[np.eye(3), dt * np.eye(3)], [np.zeros((3, 3)), np.eye(3)]])
        g = q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        mean, cov = f @ mean, f @ cov @ f.T + np.kron(g, np.eye(3))
        half = rng.normal(size=(3, 3))
        noise, plot = half @ half.T * 20.0 + np.eye(3), mean[:3] + rng.normal(size=3) * 5.0
        s = cov[:3, :3] + noise
        gain = cov[:, :3] @ np.linalg.inv(s)
        d2 = (plot - mean[:3]) @ np.linalg.inv(s) @ (plot - mean[:3])
        mean, cov = mean + gain @ (plot - mean[:3]), cov - gain @ s @ gain.T
        assert kalman.distance2(track, time_s, plot, noise, q, 1e9, 1e9, 1e9) == pytest.approx(d2, rel=1e-8)
        kalman.predict(track, time_s, q, 1e9, 1e9)
        kalman.update(track, plot, noise, np.zeros((2, 3, 3)))
        ours, ours_cov = whole(track)
        assert ours == pytest.approx(mean, rel=1e-9, abs=1e-7)
        assert ours_cov == pytest.approx(cov, rel=1e-7, abs=1e-7)


def test_plot_covariance_has_the_radars_errors_along_its_axes():
    up = np.array([0.0, 0.0, 1.0])
    out = np.zeros((3, 3))
    kalman.plot_covariance(out, 0.0, 100_000.0, 0.0, up, 50.0, 2e-3, 5e-3)
    assert np.diag(out) == pytest.approx([200.0**2, 50.0**2, 500.0**2])
    assert out == pytest.approx(np.diag(np.diag(out)), abs=1e-6)
    kalman.plot_covariance(out, 40_000.0, 70_000.0, 30_000.0, up, 50.0, 2e-3, 5e-3)
    r = np.sqrt(4.0**2 + 7.0**2 + 3.0**2) * 1e4
    assert np.sort(np.linalg.eigvalsh(out)) == pytest.approx([50.0**2, (r * 2e-3) ** 2, (r * 5e-3) ** 2])


def test_two_point_start_has_the_covariance_of_a_difference():
    track = np.zeros(1, TRACK)[0]
    noise = np.diag([9.0, 16.0, 25.0])
    kalman.start(track, 10.0, np.zeros(3), 14.0, np.array([400.0, 0.0, -40.0]), noise)
    assert track["vel_m_s"] == pytest.approx([100.0, 0.0, -10.0])
    assert track["vv"] == pytest.approx(2.0 * noise / 16.0)
    assert track["pv"] == pytest.approx(noise / 4.0)


def test_a_fast_track_falls_with_gravity():
    track = np.zeros(1, TRACK)[0]
    track["pos_m"], track["vel_m_s"] = [6_471_000.0, 0.0, 0.0], [0.0, 1_500.0, 0.0]
    kalman.predict(track, 10.0, 0.0, 1_000.0, 1e9)
    g = 3.986004418e14 / 6_471_000.0**2
    assert track["pos_m"][0] == pytest.approx(6_471_000.0 - 50.0 * g, abs=1e-3)
    assert track["vel_m_s"][0] == pytest.approx(-10.0 * g)


def test_a_high_track_falls_whatever_its_speed_and_is_gated_where_it_falls_to():
    track = np.zeros(1, TRACK)[0]
    track["pos_m"], track["vel_m_s"] = [6_421_000.0, 0.0, 0.0], [300.0, 500.0, 0.0]
    track["pp"] = np.eye(3) * 100.0
    there = np.array([6_421_000.0 + 3_000.0 - 50.0 * 3.986004418e14 / 6_421_000.0**2, 5_000.0, 0.0])
    d2 = kalman.distance2(track, 10.0, there, np.eye(3), 0.0, 1e9, 1_000.0, 25_000.0)
    kalman.predict(track, 10.0, 0.0, 1_000.0, 25_000.0)
    assert track["pos_m"] == pytest.approx(there, abs=1e-6)
    assert d2 == pytest.approx(0.0, abs=1e-9)
