"""What holds of the physics for every number, searched for counter-examples."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from egide.physics import ballistic, detection, geodesy, horizon, kernels, motion, radar

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)
heights = st.floats(-1_000.0, 1_000_000.0)
lengths = st.floats(-1e6, 1e6)
speeds = st.floats(-2e3, 2e3)


@given(latitudes, longitudes, heights)
def test_ecef_comes_back_within_a_millimetre(lat: float, lon: float, height: float) -> None:
    x, y, z = kernels.ecef_from_geodetic(math.radians(lat), math.radians(lon), height)
    again = kernels.ecef_from_geodetic(*kernels.geodetic_from_ecef(x, y, z))
    assert math.dist((x, y, z), again) < 1e-3
    face = geodesy.from_ecef(*geodesy.to_ecef(lat, lon, height))
    assert math.dist((x, y, z), tuple(float(v) for v in geodesy.to_ecef(*face))) < 1e-3


@given(latitudes, longitudes, heights, lengths, lengths, lengths)
def test_local_coordinates_come_back(lat: float, lon: float, height: float, e: float, n: float, u: float) -> None:
    u = max(u, -1e5)
    there = geodesy.from_enu(e, n, u, lat, lon, height)
    assert math.dist((e, n, u), tuple(float(v) for v in geodesy.to_enu(*there, lat, lon, height))) < 1e-2


@given(st.floats(-85.0, 85.0), longitudes, st.floats(0.0, 360.0), st.floats(1.0, 5e6))
def test_inverse_undoes_direct(lat: float, lon: float, azimuth: float, distance: float) -> None:
    lat2, lon2, _ = geodesy.direct(lat, lon, azimuth, distance)
    back, bearing, _ = geodesy.inverse(lat, lon, lat2, lon2)
    assert abs(float(back) - distance) < 1e-3
    turned = abs((float(bearing) - azimuth + 180.0) % 360.0 - 180.0)
    assert turned * math.radians(1.0) * distance < 1e-2


@given(st.floats(1e-4, 1e3), st.floats(1e3, 1e6))
def test_range_goes_with_the_fourth_root_of_the_cross_section(rcs: float, reach: float) -> None:
    scaled = float(radar.reference_range_m(rcs, reach, 1.0))
    assert math.isclose(scaled, reach * rcs**0.25, rel_tol=1e-12)
    assert math.isclose(float(radar.reference_snr_db(scaled, rcs, reach, 1.0, 13.0)), 13.0, abs_tol=1e-9)


@given(st.floats(0.0, 1e5), st.floats(0.0, 1e5), st.floats(1e-8, 0.1), st.sampled_from([0, 1, 3]))
def test_more_signal_is_never_seen_less(a: float, b: float, pfa: float, swerling: int) -> None:
    threshold = -math.log(pfa)
    low, high = (kernels.pd_swerling(snr, threshold, swerling) for snr in sorted((a, b)))
    assert 0.999_999 * pfa <= low <= high + 1e-11 <= 1.0 + 1e-10


@given(st.floats(0.05, 0.98), st.floats(1e-9, 1e-3), st.integers(1, 64), st.sampled_from([0, 1, 2, 3, 4]))
def test_the_required_ratio_gives_the_probability(pd: float, pfa: float, pulses: int, swerling: int) -> None:
    snr_db = detection.required_snr_db(pd, pfa, pulses, swerling)
    assert math.isclose(float(detection.probability(snr_db, pfa, pulses, swerling)), pd, rel_tol=1e-8)


@given(st.floats(0.0, 1.0), st.integers(0, 12), st.integers(1, 12))
def test_one_look_more_never_hurts(p: float, m: int, n: int) -> None:
    assert float(detection.m_of_n(p, m, n)) <= float(detection.m_of_n(p, m, n + 1)) + 1e-12


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.floats(0.0, 100.0))
def test_higher_antennas_see_further(antenna: float, target: float, more: float) -> None:
    assert horizon.distance_m(antenna + more, target) >= horizon.distance_m(antenna, target)
    assert horizon.distance_m(antenna, target) == horizon.distance_m(target, antenna)


@given(lengths, lengths, lengths, speeds, speeds, speeds, st.floats(1.0, 5e3), st.floats(0.0, 100.0))
def test_a_meeting_is_a_meeting(
    rx: float, ry: float, rz: float, vx: float, vy: float, vz: float, speed: float, delay: float
) -> None:
    time_s = kernels.intercept_time_s(rx, ry, rz, vx, vy, vz, speed, delay)
    assert time_s >= delay
    face = float(motion.intercept_time_s([rx, ry, rz], [vx, vy, vz], speed, delay))
    assert time_s == face or math.isclose(time_s, face, rel_tol=1e-9, abs_tol=1e-9)
    if time_s < 1e6:
        flown = speed * (time_s - delay)
        place = math.hypot(rx + vx * time_s, ry + vy * time_s, rz + vz * time_s)
        assert math.isclose(place, flown, rel_tol=1e-6, abs_tol=1e-2)


@given(lengths, lengths, lengths, speeds, speeds, speeds, st.floats(0.0, 100.0))
def test_a_faster_runner_always_meets(
    rx: float, ry: float, rz: float, vx: float, vy: float, vz: float, delay: float
) -> None:
    speed = math.sqrt(vx * vx + vy * vy + vz * vz) + 10.0
    assert math.isfinite(kernels.intercept_time_s(rx, ry, rz, vx, vy, vz, speed, delay))


@given(st.floats(10e3, 5e6))
def test_minimum_energy_reaches_and_no_slower_shot_does(range_m: float) -> None:
    best = ballistic.minimum_energy(range_m)
    assert math.isclose(float(ballistic.from_burnout(best.speed_m_s, best.angle_rad).range_m), range_m, rel_tol=1e-9)
    angles = np.linspace(0.05, 1.5, 60)
    assert np.all(ballistic.from_burnout(best.speed_m_s * 0.999, angles).range_m < range_m)
