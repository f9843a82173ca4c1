"""What the models must obey whatever their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from egide.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M
from egide.physics import ballistic, detection, geodesy, horizon, motion, radar


def test_doubling_the_range_costs_twelve_decibels() -> None:
    one, two = radar.reference_snr_db([100e3, 200e3], 1.0, 150e3, 1.0, 13.0)
    assert one - two == pytest.approx(12.0412, abs=1e-4)


def test_the_reference_target_at_the_reference_range_has_the_required_ratio() -> None:
    assert radar.reference_snr_db(390e3, 4.0, 390e3, 4.0, 13.1) == pytest.approx(13.1)


@pytest.mark.parametrize("pulses", [1, 3, 20, 100])
def test_steady_target_agrees_with_the_noncentral_chi_square(pulses: int) -> None:
    snr_db = np.linspace(-25.0, 25.0, 41)
    limit = float(detection.threshold(1e-6, pulses))
    expected = stats.ncx2.sf(2.0 * limit, 2 * pulses, 2.0 * pulses * 10.0 ** (snr_db / 10.0))
    assert detection.probability(snr_db, 1e-6, pulses) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("swerling", "shape"), [(1, 1.0), (3, 2.0)])
@pytest.mark.parametrize("pulses", [1, 8])
def test_slow_fluctuation_is_the_mean_over_the_cross_section(swerling: int, shape: float, pulses: int) -> None:
    node, weight = np.polynomial.legendre.leggauss(300)
    share = 0.5 * (node + 1.0)  # of the probability of the cross section
    ratio = stats.gamma.ppf(share, shape, scale=1.0 / shape)
    steady = detection.probability(10.0 + 10.0 * np.log10(ratio), 1e-5, pulses, 0)
    expected = float(np.sum(0.5 * weight * steady))
    assert detection.probability(10.0, 1e-5, pulses, swerling) == pytest.approx(expected, abs=1e-4)


def test_detection_keeps_its_digits_when_it_is_rare() -> None:
    for swerling in range(5):
        assert detection.probability(-60.0, 1e-12, 5, swerling) == pytest.approx(1e-12, rel=1e-3)


def test_impossible_detection_has_no_ratio() -> None:
    assert np.isnan(detection.required_snr_db(1e-7, 1e-6))
    assert np.isnan(detection.required_snr_db(1.0, 1e-6))


def test_unknown_fluctuation_is_refused() -> None:
    with pytest.raises(ValueError, match="Swerling"):
        detection.probability(10.0, 1e-6, 1, 5)


def test_the_lowest_height_in_sight_undoes_the_horizon() -> None:
    height = np.array([1.0, 100.0, 10_000.0])
    distance = horizon.distance_m(25.0, height)
    assert horizon.lowest_height_m(distance, 25.0) == pytest.approx(height, rel=1e-9)
    assert horizon.lowest_height_m(1000.0, 25.0) == 0.0


def test_pymap3d_agrees_on_local_frames() -> None:
    pymap3d = pytest.importorskip("pymap3d")
    target, origin = (41.2, 33.9, 9000.0), (39.9, 32.8, 900.0)
    assert np.array(geodesy.to_enu(*target, *origin)) == pytest.approx(pymap3d.geodetic2enu(*target, *origin), abs=1e-6)
    assert np.array(geodesy.to_aer(*target, *origin)) == pytest.approx(pymap3d.geodetic2aer(*target, *origin), abs=1e-6)


def test_proj_agrees_on_earth_centred_coordinates() -> None:
    pyproj = pytest.importorskip("pyproj")
    forward = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    rng = np.random.default_rng(3)
    lat, lon, height = rng.uniform(-90, 90, 50), rng.uniform(-180, 180, 50), rng.uniform(-500, 5e5, 50)
    assert np.array(geodesy.to_ecef(lat, lon, height)) == pytest.approx(
        np.array(forward.transform(lon, lat, height)), abs=1e-4
    )


def test_what_is_overhead_is_overhead() -> None:
    azimuth, elevation, distance = geodesy.to_aer(40.0, 33.0, 5000.0, 40.0, 33.0, 1000.0)
    assert elevation == pytest.approx(90.0)
    assert distance == pytest.approx(4000.0)
    assert 0.0 <= azimuth < 360.0


def test_waypoints_are_evenly_spaced() -> None:
    lat, lon = geodesy.waypoints(39.9, 32.8, 38.4, 27.1, 5)
    steps = geodesy.inverse(lat[:-1], lon[:-1], lat[1:], lon[1:])[0]
    assert steps == pytest.approx(np.full(5, steps[0]), abs=1e-6)


def test_a_turn_of_no_rate_is_a_straight_line() -> None:
    east, north, heading = motion.coordinated_turn(0.0, 0.0, np.pi / 2, 200.0, 0.0, 10.0)
    assert east == 2000.0
    assert heading == np.pi / 2
    assert north == pytest.approx(0.0, abs=1e-9)


def test_a_full_turn_comes_back() -> None:
    rate = motion.turn_rate_rad_s(0.5, 200.0)
    east, north, _ = motion.coordinated_turn(10.0, 20.0, 1.0, 200.0, rate, 2.0 * np.pi / rate)
    assert east == pytest.approx(10.0, abs=1e-6)
    assert north == pytest.approx(20.0, abs=1e-6)


@pytest.mark.parametrize("range_m", [50e3, 300e3, 1000e3, 3000e3])
def test_energy_and_angular_momentum_are_kept_along_a_trajectory(range_m: float) -> None:
    burnout = ballistic.minimum_energy(range_m)
    time_s = np.linspace(0.0, float(burnout.time_s), 101)
    state = ballistic.state_at(time_s, burnout.speed_m_s, burnout.angle_rad)
    r = EARTH_RADIUS_M + state.height_m
    energy = 0.5 * state.speed_m_s**2 - EARTH_MU_M3_S2 / r
    momentum = r * state.speed_m_s * np.cos(state.angle_rad)
    assert energy == pytest.approx(np.full(101, energy[0]), rel=1e-12)
    assert momentum == pytest.approx(np.full(101, momentum[0]), rel=1e-12)
    assert state.arc_m[-1] == pytest.approx(range_m, rel=1e-9)
    assert state.height_m[-1] == pytest.approx(0.0, abs=1e-3)
    assert state.height_m.max() == pytest.approx(float(burnout.apogee_m), rel=1e-4)
    assert np.all(np.diff(state.arc_m) > 0.0)


def test_trajectory_agrees_with_an_integration() -> None:
    from scipy.integrate import solve_ivp

    burnout = ballistic.minimum_energy(600e3)
    speed, angle = float(burnout.speed_m_s), float(burnout.angle_rad)

    def fall(_: float, y: np.ndarray) -> list[float]:
        pull = -EARTH_MU_M3_S2 / (y[0] ** 2 + y[1] ** 2) ** 1.5
        return [y[2], y[3], pull * y[0], pull * y[1]]

    start = [0.0, EARTH_RADIUS_M, speed * np.cos(angle), speed * np.sin(angle)]
    times = np.array([50.0, 150.0, 300.0])
    path = solve_ivp(fall, (0.0, 300.0), start, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times).y
    state = ballistic.state_at(times, speed, angle)
    assert state.height_m == pytest.approx(np.hypot(path[0], path[1]) - EARTH_RADIUS_M, abs=1e-2)
    assert state.arc_m == pytest.approx(EARTH_RADIUS_M * np.arctan2(path[0], path[1]), abs=1e-2)


def test_a_given_apogee_is_reached_on_a_given_range() -> None:
    for apogee in (30e3, 75e3, 200e3):
        burnout = ballistic.from_apogee(300e3, apogee)
        flight = ballistic.from_burnout(burnout.speed_m_s, burnout.angle_rad)
        assert flight.range_m == pytest.approx(300e3, rel=1e-9)
        assert flight.apogee_m == pytest.approx(apogee, rel=1e-9)
        assert flight.time_s == pytest.approx(float(burnout.time_s))
    assert ballistic.from_apogee(300e3, 74_110.205).speed_m_s == pytest.approx(1696.4810, rel=1e-6)
