"""The tracker: consistent errors over many runs, manoeuvres, kinds of sensors, starts and drops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from egide.physics import geodesy
from egide.physics.kernels import ecef_from_geodetic, enu_basis
from egide.picture.tracker import Rules, Sensor, Tracker, plots, track_quality

LAT, LON = 0.7, 0.6
SITE = np.array(ecef_from_geodetic(LAT, LON, 0.0))
BASIS = np.array(enu_basis(LAT, LON)).reshape(3, 3)
RADAR = Sensor(
    latitude_rad=LAT, longitude_rad=LON, range_error_m=50.0, azimuth_error_rad=2e-3, elevation_error_rad=2e-3,
    revisit_s=5.0, false_plots=0.1,
)  # fmt: skip


def seen(pos_m: np.ndarray, sensor: Sensor, rng: np.random.Generator | None = None) -> dict[str, np.ndarray]:
    """Range, azimuth, elevation of (n, 3) ECEF places from the sensor's site, with its errors where there is a rng."""
    site = np.array(ecef_from_geodetic(sensor.latitude_rad, sensor.longitude_rad, sensor.height_m))
    basis = np.array(enu_basis(sensor.latitude_rad, sensor.longitude_rad)).reshape(3, 3)
    e, n, u = basis @ (np.atleast_2d(pos_m) - site).T
    r, a, el = np.sqrt(e * e + n * n + u * u), np.arctan2(e, n), np.arctan2(u, np.hypot(e, n))
    if rng is not None:
        r = r + rng.normal(0.0, sensor.range_error_m, len(r))
        a = a + rng.normal(0.0, sensor.azimuth_error_rad, len(r)) / np.cos(el)
        el = el + rng.normal(0.0, sensor.elevation_error_rad, len(r))
    return {"range_m": r, "azimuth_rad": a, "elevation_rad": el}


def cruise(time_s: float, speed_m_s: float = 230.0, height_m: float = 9_000.0) -> np.ndarray:
    """An airliner's place on the ellipsoid: a geodesic at constant height, from 41 N 34 E towards the south-east."""
    lat, lon = geodesy.direct(41.0, 34.0, 120.0, speed_m_s * time_s)[:2]
    return np.array(geodesy.to_ecef(lat, lon, height_m), float)


def weave(times: np.ndarray, rate: float, rng: np.random.Generator, g: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """ECEF places and velocities of level flight at 220 m/s, straight for 40 s, turning for 20 s, and so on."""
    fine, dt = int(times[-1] / 0.1) + 2, 0.1
    way, place, out = rng.uniform(0.0, 2.0 * np.pi), np.array([*rng.uniform(-6e4, 6e4, 2)]), []
    turn = g * 9.81 / 220.0 * rate
    for k in range(fine):
        out.append((*place, way))
        spin = turn if (k * dt) % 60.0 > 40.0 else 0.0
        mid = way + spin * dt / 2.0
        place, way = place + 220.0 * dt * np.array([np.sin(mid), np.cos(mid)]), way + spin * dt
    rows = np.array(out)[np.round(times / dt).astype(int)]
    pos, vel = [], []
    for e, n, heading in rows:
        flat = SITE + BASIS[0] * e + BASIS[1] * n
        up = flat / np.linalg.norm(flat)
        pos.append(flat + up * (8_000.0 + np.linalg.norm(SITE) - np.linalg.norm(flat)))
        level = BASIS[0] * np.sin(heading) + BASIS[1] * np.cos(heading)
        vel.append(220.0 * (level - up * (up @ level)))
    return np.array(pos), np.array(vel)


# --- consistency -------------------------------------------------------------------------------------------------


RUNS, SCANS = 200, 30


def straight_runs(sensor: Sensor, rules: Rules, q: float) -> np.ndarray:
    """(RUNS, SCANS) squared normalised errors of the state: targets apart, each with white acceleration of its own, all
    in one picture."""
    rng = np.random.default_rng(5)
    tracker = Tracker([sensor], rules)
    # ten kilometres apart on a spiral around the radar, so that none disturbs another
    turn, far = np.arange(RUNS) * 2.399963, 40e3 + 10e3 * np.sqrt(np.arange(RUNS)) * 1.2
    pos = SITE + np.outer(far * np.sin(turn), BASIS[0]) + np.outer(far * np.cos(turn), BASIS[1])
    up = pos / np.linalg.norm(pos, axis=1, keepdims=True)
    pos = pos + up * (9_000.0 + np.linalg.norm(SITE) - np.linalg.norm(pos, axis=1))[:, None]
    vel = rng.normal(0.0, 60.0, (RUNS, 3))
    vel -= np.einsum("ni,ni->n", vel, up)[:, None] * up
    dt, steps = sensor.revisit_s, 10
    out = np.full((RUNS, SCANS), np.nan)
    for k in range(SCANS):
        if sensor.rate_error_m_s > 0.0:
            off = pos - SITE
            rate = np.einsum("ni,ni->n", off, vel) / np.linalg.norm(off, axis=1)
            more = {"rate_m_s": rate + rng.normal(0.0, sensor.rate_error_m_s, RUNS)}
        else:
            more = {}
        found = plots(np.full(RUNS, k * dt), **seen(pos, sensor, rng), **more, key=np.arange(RUNS) + 1)
        tracker.scan(k * dt, 0, found)
        rows = tracker.tracks(firm=False)
        i = rows["key"].astype(int) - 1
        error = np.hstack([rows["pos_m"] - pos[i], rows["vel_m_s"] - vel[i]])
        out[i, k] = np.einsum("ni,ni->n", error, np.linalg.solve(rows["covariance"], error[..., None])[..., 0])
        for _ in range(steps):
            push = rng.normal(0.0, math.sqrt(q * steps / dt), (RUNS, 3))
            bend = -np.einsum("ni,ni->n", vel, vel)[:, None] / np.linalg.norm(pos, axis=1)[:, None] * up
            h = dt / steps
            pos, vel = pos + vel * h + 0.5 * (push + bend) * h * h, vel + (push + bend) * h
            up = pos / np.linalg.norm(pos, axis=1, keepdims=True)
    return out


@pytest.mark.parametrize("rate_error_m_s", [0.0, 2.0])
def test_errors_of_the_single_filter_are_as_large_as_it_says(rate_error_m_s: float) -> None:
    """NEES of 200 runs: each scan's mean within the chi-square bounds of 99.9 %, and all scans together (Bar-Shalom et
    al. 2001, 5.4.2). The model is that of the truth."""
    sensor = Sensor(
        latitude_rad=LAT, longitude_rad=LON, azimuth_error_rad=2e-3, elevation_error_rad=2e-3, revisit_s=5.0,
        false_plots=0.1, rate_error_m_s=rate_error_m_s,
    )  # fmt: skip
    nees = straight_runs(sensor, Rules(filter="cv", cv_noise_m2_s3=1.0, level_speed_sd_m_s=60.0, gate=40.0), q=1.0)
    nees = nees[:, 8:]  # the start supposes a spread of climb that these flights do not have
    assert np.isfinite(nees).mean() > 0.99
    low, high = stats.chi2.ppf([0.0005, 0.9995], 6 * RUNS) / RUNS
    means = np.nanmean(nees, axis=0)
    assert np.mean((means > low) & (means < high)) >= 0.95
    assert np.nanmean(nees) == pytest.approx(6.0, rel=0.05)


def test_errors_of_interacting_models_are_never_larger_than_they_say() -> None:
    """On straight flight the models that are not needed make the filter humble: NEES below 6, but not by far."""
    nees = straight_runs(RADAR, Rules(gate=40.0), q=0.2)[:, 8:]
    assert 2.0 < np.nanmean(nees) < 6.3


def innovations(rules: Rules, g: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors of position, of velocity and NEES of position over 30 weaving flights, the first minute left out."""
    rng = np.random.default_rng(8)
    times = np.arange(0.0, 240.0, 4.0)
    errors, speeds, nees = [], [], []
    radar = Sensor(latitude_rad=LAT, longitude_rad=LON, azimuth_error_rad=2e-3, elevation_error_rad=2e-3, revisit_s=4.0,
                   false_plots=0.1)  # fmt: skip
    for run in range(30):
        pos, vel = weave(times, 1.0 if run % 2 else -1.0, rng, g)
        tracker = Tracker([radar], rules)
        for k, time_s in enumerate(times):
            tracker.scan(time_s, 0, plots(np.array([time_s]), **seen(pos[k : k + 1], radar, rng)))
            rows = tracker.tracks()
            if time_s > 60.0 and len(rows):
                row = rows[np.argmin(np.linalg.norm(rows["pos_m"] - pos[k], axis=1))]
                off = row["pos_m"] - pos[k]
                errors.append(np.linalg.norm(off))
                speeds.append(np.linalg.norm(row["vel_m_s"] - vel[k]))
                nees.append(off @ np.linalg.solve(row["covariance"][:3, :3], off))
    return np.array(errors), np.array(speeds), np.array(nees)


def test_interacting_models_beat_every_single_filter_over_gentle_and_hard_turns() -> None:
    """Whatever noise a single filter is given, it loses over straight flight, turns of 1 g and turns of 3 g together;
    one tuned to one of them may win there."""

    def pooled(rules: Rules) -> tuple[float, float, float, int]:
        parts = [innovations(rules, g) for g in (0.0, 1.0, 3.0)]
        errors, speeds, nees = (np.concatenate([part[i] for part in parts]) for i in range(3))
        return float(np.sqrt(np.mean(errors**2))), float(np.sqrt(np.mean(speeds**2))), float(nees.mean()), len(errors)

    place, speed, nees, found = pooled(Rules())
    assert nees < 4.0
    for density in (2.0, 20.0, 100.0, 500.0):
        single = pooled(Rules(filter="cv", cv_noise_m2_s3=density))
        assert place < single[0]
        assert speed < 0.95 * single[1]
        assert found >= single[3]


def test_the_rate_of_a_steady_turn_is_found() -> None:
    rng = np.random.default_rng(3)
    times = np.arange(0.0, 60.0, 2.0)
    way, pos = np.pi / 2 - 0.06 * times, []
    for heading in way:  # a circle of 220 m/s at 0.06 rad/s to the left
        e, n = 30e3 + 220.0 / 0.06 * np.sin(-heading), 20e3 + 220.0 / 0.06 * np.cos(heading)
        flat = SITE + BASIS[0] * e + BASIS[1] * n
        pos.append(flat * (1.0 + 8_000.0 / np.linalg.norm(flat)))
    radar = Sensor(latitude_rad=LAT, longitude_rad=LON, revisit_s=2.0, azimuth_error_rad=1e-3, false_plots=0.1)
    tracker = Tracker([radar], Rules())
    for time_s, place in zip(times, pos, strict=True):
        tracker.scan(float(time_s), 0, plots(np.array([time_s]), **seen(place[None], radar, rng)))
    row = tracker.tracks()[0]
    assert abs(row["turn_rad_s"]) == pytest.approx(0.06, abs=0.025)
    assert row["mode_p"][1] > 0.8


def test_a_rocket_is_taken_for_one_and_an_airliner_never() -> None:
    rng = np.random.default_rng(4)
    radar = Sensor(latitude_rad=LAT, longitude_rad=LON, revisit_s=5.0, azimuth_error_rad=1e-3, elevation_error_rad=1e-3,
                   false_plots=0.1)  # fmt: skip
    mu, dt = 3.986004418e14, 0.05
    axis = np.array([0.0, 0.0, 7.292115e-5])
    pos, vel = SITE + BASIS[1] * 150e3 + BASIS[2] * 40e3, -BASIS[1] * 900.0 + BASIS[2] * 900.0
    rocket, airliner = Tracker([radar]), Tracker([radar])
    for k in range(24):
        rocket.scan(5.0 * k, 0, plots(np.array([5.0 * k]), **seen(pos[None], radar, rng)))
        airliner.scan(5.0 * k, 0, plots(np.array([5.0 * k]), **seen(cruise(5.0 * k)[None], radar, rng)))
        truth, speed = pos, vel
        for _ in range(int(5.0 / dt)):
            pull = -mu * pos / np.linalg.norm(pos) ** 3
            vel = vel + dt * (pull - 2.0 * np.cross(axis, vel) - np.cross(axis, np.cross(axis, pos)))
            pos = pos + dt * vel
    row = rocket.tracks()[0]
    assert row["mode_p"][2] > 0.9
    assert np.linalg.norm(row["pos_m"] - truth) < 400.0
    assert np.linalg.norm(row["vel_m_s"] - speed) < 30.0
    assert airliner.tracks()[0]["mode_p"][2] == 0.0


# --- round Earth, kinds of sensors -------------------------------------------------------------------------------


def test_a_track_without_plots_follows_the_great_circle_at_its_height() -> None:
    """A cruise of 100 s without noise, then none for 50 s: the filter's own motion, not a chord, leads on."""
    exact = Sensor(latitude_rad=LAT, longitude_rad=LON, range_error_m=1.0, azimuth_error_rad=1e-6,
                   elevation_error_rad=1e-6, revisit_s=10.0, false_plots=0.1)  # fmt: skip
    tracker = Tracker([exact], Rules(cruise_noise_m2_s3=1e-6, filter="cv", cv_noise_m2_s3=1e-6))
    for k in range(11):
        tracker.scan(10.0 * k, 0, plots(np.array([10.0 * k]), **seen(cruise(10.0 * k)[None], exact)))
    row = tracker.table[0]
    from egide.picture.modes_kernels import predict_modes

    predict_modes(row, np.float64(150.0), tracker.rules[0], tracker.work[0])
    assert row["pos_m"] == pytest.approx(cruise(150.0), abs=12.0)
    # along a chord it would climb by 230^2 (150 s - 50 s) / 6.37e6 = 0.83 m/s by then, since the middle of the plots
    up = row["pos_m"] / np.linalg.norm(row["pos_m"])
    assert abs(float(up @ row["vel_m_s"])) < 0.6


@pytest.mark.parametrize(("lat", "lon"), [(math.pi / 2, 0.0), (-math.pi / 2, 1.0), (0.0, math.pi), (0.0, -math.pi / 2)])
def test_tracks_are_kept_at_the_poles_and_across_the_date_line(lat: float, lon: float) -> None:
    rng = np.random.default_rng(6)
    radar = Sensor(latitude_rad=lat, longitude_rad=lon, range_error_m=30.0, revisit_s=5.0, false_plots=0.1)
    site = np.array(ecef_from_geodetic(lat, lon, 0.0))
    basis = np.array(enu_basis(lat, lon)).reshape(3, 3)
    tracker = Tracker([radar])
    for k in range(20):
        pos = site + basis[0] * (-20e3 + 1_000.0 * k) + basis[1] * 3e3 + basis[2] * 6e3
        tracker.scan(5.0 * k, 0, plots(np.array([5.0 * k]), **seen(pos[None], radar, rng)))
    rows = tracker.tracks()
    assert len(rows) == 1
    assert np.linalg.norm(rows[0]["pos_m"] - pos) < 150.0


def test_a_radar_without_heights_keeps_the_ground_place_and_owns_to_not_knowing_the_height() -> None:
    rng = np.random.default_rng(7)
    radar = Sensor(kind="radar-2d", latitude_rad=LAT, longitude_rad=LON, revisit_s=5.0, false_plots=0.1)
    tracker = Tracker([radar])
    for k in range(60):
        view = seen(cruise(5.0 * k)[None], radar, rng)
        tracker.scan(5.0 * k, 0, plots(np.array([5.0 * k]), range_m=view["range_m"], azimuth_rad=view["azimuth_rad"]))
    row = tracker.tracks()[0]
    up = row["pos_m"] / np.linalg.norm(row["pos_m"])
    off = row["pos_m"] - cruise(295.0)
    assert np.linalg.norm(off - up * (up @ off)) < 700.0
    assert 2_000.0 < math.sqrt(up @ row["covariance"][:3, :3] @ up) < 6_000.0


def test_told_heights_make_a_secondary_radar_a_radar_in_three_dimensions() -> None:
    rng = np.random.default_rng(7)
    radar = Sensor(
        kind="radar-2d", latitude_rad=LAT, longitude_rad=LON, revisit_s=5.0, false_plots=0.1, height_error_m=30.0
    )
    tracker = Tracker([radar])
    for k in range(40):
        view = seen(cruise(5.0 * k)[None], radar, rng)
        tracker.scan(5.0 * k, 0, plots(
            np.array([5.0 * k]), range_m=view["range_m"], azimuth_rad=view["azimuth_rad"],
            height_m=np.array([9_000.0 + rng.normal(0.0, 30.0)])))  # fmt: skip
    row = tracker.tracks()[0]
    up = row["pos_m"] / np.linalg.norm(row["pos_m"])
    assert abs(up @ (row["pos_m"] - cruise(195.0))) < 100.0


def test_bearings_from_two_places_keep_a_track_that_a_radar_began() -> None:
    rng = np.random.default_rng(9)
    ears = [
        Sensor(kind="bearing", latitude_rad=LAT + d, longitude_rad=LON + e, azimuth_error_rad=2e-3, revisit_s=5.0)
        for d, e in ((0.02, -0.02), (-0.02, -0.02))
    ]
    tracker = Tracker([RADAR, *ears], Rules(drop_s=1e9))
    alone = Tracker([RADAR], Rules(drop_s=1e9))
    for k in range(60):
        pos = cruise(5.0 * k)[None]
        if k < 15:
            found = plots(np.array([5.0 * k]), **seen(pos, RADAR, rng))
            tracker.scan(5.0 * k, 0, found.copy())
            alone.scan(5.0 * k, 0, found)
        for i, ear in enumerate(ears):
            tracker.scan(5.0 * k, 1 + i, plots(np.array([5.0 * k]), azimuth_rad=seen(pos, ear, rng)["azimuth_rad"]))
    level = np.eye(3) - np.outer(pos[0], pos[0]) / (pos[0] @ pos[0])
    off = [np.linalg.norm(level @ (t.tracks(295.0)[0]["pos_m"] - pos[0])) for t in (tracker, alone)]
    spread = [np.trace(level @ t.tracks(295.0)[0]["covariance"][:3, :3] @ level) for t in (tracker, alone)]
    assert off[0] < 500.0
    assert spread[0] < 0.1 * spread[1]


def test_a_known_bias_is_taken_off_and_an_unknown_one_is_allowed_for() -> None:
    rng = np.random.default_rng(10)

    def run(sensor: Sensor) -> tuple[float, float]:
        tracker = Tracker([sensor])
        for k in range(30):
            view = seen(cruise(5.0 * k)[None], sensor, rng)
            view["range_m"] = view["range_m"] + 300.0
            tracker.scan(5.0 * k, 0, plots(np.array([5.0 * k]), **view))
        row = tracker.tracks()[0]
        line = row["pos_m"] - SITE
        line /= np.linalg.norm(line)
        off = line @ (row["pos_m"] - cruise(145.0))
        return float(off), float(off**2 / (line @ row["covariance"][:3, :3] @ line))

    base = {"latitude_rad": LAT, "longitude_rad": LON, "revisit_s": 5.0, "false_plots": 0.1}
    assert abs(run(Sensor(**base, range_bias_m=300.0))[0]) < 120.0  # type: ignore[arg-type]
    ignored, allowed = run(Sensor(**base)), run(Sensor(**base, range_bias_sd_m=300.0))  # type: ignore[arg-type]
    assert ignored[0] > 200.0
    assert allowed[1] < 9.0 < ignored[1]


def test_range_rate_sharpens_velocity() -> None:
    rng = np.random.default_rng(11)
    errors = {}
    for rate_error in (0.0, 1.0):
        radar = Sensor(latitude_rad=LAT, longitude_rad=LON, revisit_s=5.0, false_plots=0.1, rate_error_m_s=rate_error)
        off = []
        for _ in range(20):
            tracker = Tracker([radar])
            for k in range(6):
                pos, ahead = cruise(5.0 * k), cruise(5.0 * k + 0.5)
                vel, line = (ahead - pos) / 0.5, (pos - SITE) / np.linalg.norm(pos - SITE)
                more = {"rate_m_s": np.array([vel @ line + rng.normal(0.0, 1.0)])}
                tracker.scan(5.0 * k, 0, plots(np.array([5.0 * k]), **seen(pos[None], radar, rng), **more))
            off.append(line @ (tracker.tracks()[0]["vel_m_s"] - vel))
        errors[rate_error] = np.sqrt(np.mean(np.square(off)))
    assert errors[1.0] < 0.4 * errors[0.0]


# --- starts and drops --------------------------------------------------------------------------------------------


def test_clutter_alone_confirms_next_to_nothing() -> None:
    rng = np.random.default_rng(12)
    radar = Sensor(latitude_rad=LAT, longitude_rad=LON, revisit_s=5.0, false_plots=100, range_max_m=200e3)
    tracker, born = Tracker([radar]), 0
    for k in range(150):
        r = 200e3 * np.sqrt(rng.uniform(size=100))
        tracker.scan(5.0 * k, 0, plots(
            np.full(100, 5.0 * k), range_m=r, azimuth_rad=rng.uniform(-np.pi, np.pi, 100),
            elevation_rad=rng.uniform(0.0, 0.35, 100)))  # fmt: skip
        born = max(born, len(tracker.tracks()))
    assert born <= 1


def test_a_target_that_vanishes_is_dropped_after_four_misses() -> None:
    rng = np.random.default_rng(13)
    tracker, counts = Tracker([RADAR]), []
    for k in range(20):
        view = seen(cruise(5.0 * k)[None], RADAR, rng)
        found = plots(np.array([5.0 * k]), **view)
        tracker.scan(5.0 * k, 0, found if k < 12 else found[:0])
        counts.append(len(tracker.tracks()))
    assert counts[11:15] == [1, 1, 1, 1]
    assert counts[16] == 0


def test_two_that_cross_keep_their_numbers() -> None:
    rng = np.random.default_rng(14)
    tracker = Tracker([RADAR])
    owners: list[tuple[int, int]] = []
    for k in range(40):
        up = SITE / np.linalg.norm(SITE)
        s = 220.0 * 5.0 * (k - 20)
        both = SITE + np.array([BASIS[0] * s + BASIS[1] * 60e3, BASIS[1] * (60e3 + s) + BASIS[0] * 900.0]) + up * 9e3
        found = plots(np.full(2, 5.0 * k), **seen(both, RADAR, rng))
        tracker.scan(5.0 * k, 0, found)
        owners.append((int(found["track"][0]), int(found["track"][1])))
    assert owners[-1] == owners[8]
    assert len(tracker.tracks()) == 2


def test_a_file_of_aircraft_is_sorted_out() -> None:
    """Six in a line, nearer to where their neighbour was a scan ago than to their own place then."""
    rng = np.random.default_rng(16)
    tracker = Tracker([RADAR])
    start = SITE + BASIS[1] * 60e3 + np.arange(6)[:, None] * 2_000.0 * BASIS[0] + BASIS[2] * 9e3
    for k in range(12):
        pos = start - BASIS[0] * 240.0 * 5.0 * k
        tracker.scan(5.0 * k, 0, plots(np.full(6, 5.0 * k), **seen(pos, RADAR, rng)))
    rows = tracker.tracks()
    assert len(rows) == 6
    assert rows["vel_m_s"] @ -BASIS[0] == pytest.approx(240.0, abs=60.0)


def test_a_belief_that_is_set_is_what_all_models_believe() -> None:
    from egide.picture.belief_kernels import clear_track, set_belief
    from egide.picture.tables import BELIEF

    rng = np.random.default_rng(17)
    root = rng.normal(size=(6, 6))
    cov = root @ root.T
    for speed_m_s, falls in ((250.0, 0.0), (1_800.0, 1.0)):
        track = np.zeros(1, BELIEF)[0]
        clear_track(track, 1, np.uint64(2), 3, 4.0)
        track["pos_m"], track["vel_m_s"] = SITE + 8e3 * BASIS[2], speed_m_s * BASIS[0]
        track["pp"], track["pv"], track["vv"] = cov[:3, :3], cov[:3, 3:], cov[3:, 3:]
        set_belief(track, 3)
        for mode in range(3):
            assert track["mode_mean"][mode] == pytest.approx([*track["pos_m"], *track["vel_m_s"], 0.0])
            assert track["mode_cov"][mode][:6, :6] == pytest.approx(cov)
        assert track["mode_p"].sum() == 1.0
        assert track["mode_p"][2] == falls


def test_quality_is_graded_by_the_radius_that_holds_the_place() -> None:
    up = np.array([[0.0, 0.0, 1.0]])
    for radius, grade in ((20.0, 15), (39.0, 14), (41.0, 13), (17_900.0, 1), (30_000.0, 0)):
        sd = radius / 2.448
        assert track_quality(np.diag([sd**2, sd**2, 1e12])[None], up)[0] == grade
        assert track_quality(np.diag([sd**2, 0.1, 1e12])[None], up)[0] == grade


@pytest.mark.parametrize(
    ("time_s", "sensor", "columns"),
    [
        (5.0, 1, {"range_m": [1e4], "azimuth_rad": [0.1], "elevation_rad": [0.1]}),
        (-1.0, 0, {"range_m": [1e4], "azimuth_rad": [0.1], "elevation_rad": [0.1]}),
        (math.nan, 0, {"range_m": [1e4], "azimuth_rad": [0.1], "elevation_rad": [0.1]}),
        (5.0, 0, {"range_m": [1e4], "azimuth_rad": [0.1]}),
        (5.0, 0, {"range_m": [math.inf], "azimuth_rad": [0.1], "elevation_rad": [0.1]}),
    ],
)
def test_scans_that_make_no_sense_are_refused(time_s: float, sensor: int, columns: dict[str, list[float]]) -> None:
    tracker = Tracker([RADAR])
    tracker.scan(0.0, 0, plots(np.zeros(0)))
    with pytest.raises(ValueError, match=r"sensor|order|finite"):
        tracker.scan(time_s, sensor, plots(np.array([5.0]), **columns))


def test_no_kernel_of_the_tracker_is_compiled_twice() -> None:
    from egide.picture import (
        assign_kernels,
        belief_kernels,
        gate_kernels,
        modes_kernels,
        plots_kernels,
        scan_kernels,
        start_kernels,
    )

    kernels = (assign_kernels, belief_kernels, gate_kernels, modes_kernels, plots_kernels, scan_kernels, start_kernels)
    for module in kernels:
        for name, thing in vars(module).items():
            if getattr(thing, "__module__", "") == module.__name__ and hasattr(thing, "signatures"):
                assert len(thing.signatures) <= 1, (name, thing.signatures)


def test_the_same_scans_give_the_same_tracks_and_memory_goes_with_their_number() -> None:
    def run(n: int) -> Tracker:
        rng = np.random.default_rng(15)
        tracker = Tracker([RADAR])
        pos = SITE + rng.uniform(-3e5, 3e5, (n, 2)) @ BASIS[:2] + BASIS[2] * 9e3
        for k in range(5):
            tracker.scan(5.0 * k, 0, plots(np.full(n, 5.0 * k), **seen(pos + BASIS[0] * 900.0 * k, RADAR, rng)))
        return tracker

    small, large, again = run(400), run(3_200), run(400)
    assert small.tracks(firm=False).tobytes() == again.tracks(firm=False).tobytes()
    assert large.memory_bytes < 16.0 * small.memory_bytes  # eight times the tracks; tables double
