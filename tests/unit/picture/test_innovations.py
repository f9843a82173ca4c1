"""Innovations of the tracker over 200 runs: as large as it says (NIS), and white
(Bar-Shalom, Li, Kirubarajan 2001, 5.4.2).

innovation   a plot less where its track was said to be at that moment, before the plot was told
NIS          its square, normalised by the covariance that the track said plus the plot's own; 3 on average
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from egide.physics.kernels import ecef_from_geodetic, enu_basis
from egide.picture.tracker import Rules, Sensor, Tracker, plots

RUNS, SCANS, STEP_S, SETTLED = 200, 30, 5.0, 10
LAT, LON = 0.7, 0.6
SITE = np.array(ecef_from_geodetic(LAT, LON, 0.0))
BASIS = np.array(enu_basis(LAT, LON)).reshape(3, 3)  # rows: east, north, up
RADAR = Sensor(
    latitude_rad=LAT, longitude_rad=LON, range_error_m=50.0, azimuth_error_rad=1e-3, elevation_error_rad=1e-3,
    revisit_s=STEP_S, false_plots=0.1,
)  # fmt: skip


def flights(q: float, rng: np.random.Generator) -> np.ndarray:
    """(scans, runs, 3) east, north, up of flights with white acceleration of density q, so far apart that none meets
    another."""
    east, north = np.meshgrid(np.linspace(-150e3, 150e3, 20), np.linspace(40e3, 160e3, 10))
    pos = np.column_stack([east.ravel(), north.ravel(), np.full(RUNS, 9_000.0)])
    vel = np.column_stack([rng.normal(0.0, 40.0, RUNS), rng.normal(0.0, 40.0, RUNS), np.zeros(RUNS)])
    noise = np.linalg.cholesky(q * np.kron([[STEP_S**3 / 3.0, STEP_S**2 / 2.0], [STEP_S**2 / 2.0, STEP_S]], np.eye(3)))
    out = np.zeros((SCANS, RUNS, 3))
    for k in range(SCANS):
        out[k] = pos
        kick = rng.standard_normal((RUNS, 6)) @ noise.T
        pos, vel = pos + vel * STEP_S + kick[:, :3], vel + kick[:, 3:]
    return out


def innovations(rules: Rules, q: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(scans, runs) NIS and (scans, runs, 3) whitened innovations; NaN where there was no track yet."""
    rng = np.random.default_rng(seed)
    tracker = Tracker([RADAR], rules)
    nis, white = np.full((SCANS, RUNS), np.nan), np.full((SCANS, RUNS, 3), np.nan)
    for k, enu in enumerate(flights(q, rng)):
        time_s = STEP_S * k
        r = np.linalg.norm(enu, axis=1)
        a, e = np.arctan2(enu[:, 0], enu[:, 1]), np.arcsin(enu[:, 2] / r)
        r = r + rng.normal(0.0, RADAR.range_error_m, RUNS)
        a = a + rng.normal(0.0, RADAR.azimuth_error_rad, RUNS) / np.cos(e)
        e = e + rng.normal(0.0, RADAR.elevation_error_rad, RUNS)
        found = plots(np.full(RUNS, time_s), range_m=r, azimuth_rad=a, elevation_rad=e)
        said = tracker.tracks(time_s, firm=False)
        tracker.scan(time_s, 0, found)
        rows = {int(number): i for i, number in enumerate(said["number"])}
        for run in range(RUNS):
            i = rows.get(int(found["track"][run]))
            if i is None:
                continue
            flat, up = np.array([np.sin(a[run]), np.cos(a[run])]), np.array([np.cos(e[run]), np.sin(e[run])])
            axes = np.array([
                [*(flat * up[0]), up[1]], [flat[1], -flat[0], 0.0], [*(-flat * up[1]), up[0]]
            ]) @ BASIS  # rows: along the line of sight, across it, above it  # fmt: skip
            spread = np.array(
                [RADAR.range_error_m, r[run] * RADAR.azimuth_error_rad, r[run] * RADAR.elevation_error_rad]
            )
            s = said["covariance"][i, :3, :3] + axes.T @ np.diag(spread**2) @ axes
            off = SITE + axes[0] * r[run] - said["pos_m"][i]
            white[k, run] = np.linalg.solve(np.linalg.cholesky(s), off)
            nis[k, run] = white[k, run] @ white[k, run]
    return nis[SETTLED:], white[SETTLED:]


def test_innovations_of_the_single_filter_are_as_large_as_it_says_and_white() -> None:
    """NIS of 200 runs: each scan's mean within the chi-square bounds of 99.9 %, all scans together within those of
    99.9 % too, and no correlation from one scan to the next. The model is that of the truth."""
    rules = Rules(filter="cv", cv_noise_m2_s3=1.0, level_speed_sd_m_s=60.0, gate=40.0, spin_rad_s=0.0)
    nis, white = innovations(rules, 1.0, 5)
    assert np.isfinite(nis).mean() > 0.995
    low, high = stats.chi2.ppf([0.0005, 0.9995], 3 * RUNS) / RUNS
    each = np.nanmean(nis, axis=1)
    assert ((each > low) & (each < high)).mean() >= 0.95
    every = int(np.isfinite(nis).sum())
    low, high = stats.chi2.ppf([0.0005, 0.9995], 3 * every) / every
    assert low < np.nanmean(nis) < high
    pairs = (white[1:] * white[:-1])[np.isfinite(white[1:] * white[:-1])]
    assert abs(pairs.mean()) < 3.3 / np.sqrt(len(pairs))  # 99.9 % of a mean of products of white noise


def test_a_filter_of_the_wrong_noise_is_found_out() -> None:
    """A tenth of the noise of motion, and the innovations are larger than said; ten times, and they are smaller."""
    for factor, above in ((0.1, True), (10.0, False)):
        rules = Rules(filter="cv", cv_noise_m2_s3=factor, level_speed_sd_m_s=60.0, gate=40.0, spin_rad_s=0.0)
        nis, _ = innovations(rules, 1.0, 6)
        every = int(np.isfinite(nis).sum())
        low, high = stats.chi2.ppf([0.0005, 0.9995], 3 * every) / every
        assert (np.nanmean(nis) > high) if above else (np.nanmean(nis) < low)


def test_innovations_of_interacting_models_on_straight_flight_are_no_larger_than_said() -> None:
    """Ready for a turn that does not come, they say more than is needed, but not by far."""
    nis, _ = innovations(Rules(gate=40.0, spin_rad_s=0.0), 0.2, 7)
    assert 2.3 < np.nanmean(nis) < 3.0
