"""Jamming, beams, signatures, flyouts and flight over a turning Earth: laws that hold whatever the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from egide import catalog
from egide.compiler.movers import cross_sections
from egide.compiler.system import ASPECTS, BANDS
from egide.constants import EARTH_ROTATION_RAD_S
from egide.engine.move import aspect_of
from egide.physics import ballistic, beam, flyout, geodesy, jamming, radar, signature

RADAR = {"peak_power_w": 250e3, "gain_db": 38.0, "rcs_m2": 3.0, "bandwidth_hz": 1e6}
JAMMER = {"jammer_power_w": 500.0, "jammer_gain_db": 6.0, "jammer_bandwidth_hz": 20e6}
ASIDE = {"jammer_range_m": 150e3, "gain_to_jammer_db": 3.0}

# --- jamming -------------------------------------------------------------------------------------------------------


def test_echo_and_noise_and_jamming_together_are_weaker_than_either() -> None:
    snr = float(radar.snr_db(100e3, 250e3, 38.0, 3e9, 3.0, 1e6, 4.0, 0.0))
    sj = float(jamming.signal_to_jam_db(100e3, **RADAR, **JAMMER, **ASIDE))
    both = float(jamming.combined_db(snr, sj))
    assert both == pytest.approx(4.2234, abs=1e-4)
    assert both < min(snr, sj)


def test_signal_to_jam_is_signal_to_noise_over_jam_to_noise() -> None:
    snr = float(radar.snr_db(100e3, 250e3, 38.0, 3e9, 3.0, 1e6, 4.0, 0.0))
    jnr = float(jamming.jam_to_noise_db(500.0, 6.0, 20e6, 150e3, 3.0, 3e9, 1e6, 4.0))
    sj = float(jamming.signal_to_jam_db(100e3, **RADAR, **JAMMER, **ASIDE))
    assert snr - jnr == pytest.approx(sj, abs=1e-9)
    assert jamming.range_factor(jnr) == pytest.approx((1.0 + 10.0 ** (jnr / 10.0)) ** -0.25)


def test_at_burn_through_the_ratio_is_the_one_required() -> None:
    near = jamming.burn_through_self_m(**RADAR, **JAMMER, signal_to_jam_min_db=5.0)
    assert jamming.signal_to_jam_db(near, **RADAR, **JAMMER) == pytest.approx(5.0)
    far = jamming.burn_through_standoff_m(**RADAR, **JAMMER, **ASIDE, signal_to_jam_min_db=5.0)
    assert jamming.signal_to_jam_db(far, **RADAR, **JAMMER, **ASIDE) == pytest.approx(5.0)


def test_a_standoff_jammer_in_the_main_lobe_beside_its_target_screens_like_the_target_itself() -> None:
    own = jamming.signal_to_jam_db(80e3, **RADAR, **JAMMER)
    beside = jamming.signal_to_jam_db(80e3, **RADAR, **JAMMER, jammer_range_m=80e3)
    assert float(own) == pytest.approx(float(beside))


@given(st.floats(1e4, 1e9), st.floats(1e5, 1e7))
def test_a_jammer_narrower_than_the_radar_gains_nothing(jammer_hz: float, radar_hz: float) -> None:
    wide = {**RADAR, "bandwidth_hz": radar_hz}
    given_hz = float(jamming.burn_through_self_m(**wide, **{**JAMMER, "jammer_bandwidth_hz": jammer_hz},
                                                 signal_to_jam_min_db=0.0))  # fmt: skip
    matched = float(jamming.burn_through_self_m(**wide, **{**JAMMER, "jammer_bandwidth_hz": radar_hz},
                                                signal_to_jam_min_db=0.0))  # fmt: skip
    assert given_hz >= matched * (1.0 - 1e-12)
    if jammer_hz <= radar_hz:
        assert given_hz == pytest.approx(matched)


def test_noise_and_jamming_together_are_met_at_the_required_ratio() -> None:
    needed, setting = 13.0, {"noise_figure_db": 4.0, "losses_db": 0.0}
    free = float(radar.max_range_m(frequency_hz=3e9, snr_min_db=needed, **RADAR, **setting))
    near = float(jamming.burn_through_self_m(**RADAR, **JAMMER, signal_to_jam_min_db=needed))
    far = float(jamming.burn_through_standoff_m(**RADAR, **JAMMER, **ASIDE, signal_to_jam_min_db=needed))
    for reach, aside in (
        (jamming.range_against_self_m(free, near), {}), (jamming.range_against_standoff_m(free, far), ASIDE)
    ):  # fmt: skip
        assert 0.0 < float(reach) < free
        snr = radar.snr_db(reach, frequency_hz=3e9, **RADAR, **setting)
        sj = jamming.signal_to_jam_db(reach, **RADAR, **JAMMER, **aside)
        assert float(jamming.combined_db(snr, sj)) == pytest.approx(needed, abs=1e-9)
    assert jamming.range_against_self_m(free, 0.0) == 0.0
    assert float(jamming.range_against_self_m(free, 1e12)) == pytest.approx(free)


@given(st.lists(st.floats(-20.0, 40.0), max_size=5), st.floats(-20.0, 40.0))
def test_one_jammer_more_never_lets_the_radar_see_further(others: list[float], more: float) -> None:
    assert jamming.range_factor(*others, more) < jamming.range_factor(*others) <= 1.0


# --- beam ----------------------------------------------------------------------------------------------------------


def test_steering_costs_nothing_at_boresight_and_everything_at_right_angles() -> None:
    assert beam.scan_loss_db(0.0, 1.5) == 0.0
    assert np.isinf(beam.scan_loss_db(2.0, 1.5))
    assert beam.scanned_range_factor(2.0, 1.5) == 0.0
    assert beam.scan_broadening(math.pi / 3.0) == pytest.approx(2.0)


@given(st.floats(0.0, 1.5), st.floats(0.5, 2.0))
def test_the_range_left_is_the_fourth_root_of_the_power_left(angle: float, exponent: float) -> None:
    loss = float(beam.scan_loss_db(angle, exponent))
    assert beam.scanned_range_factor(angle, exponent) == pytest.approx(10.0 ** (-loss / 40.0))


def test_many_samples_between_half_power_points_approach_the_mean_of_the_pattern_there() -> None:
    x = np.linspace(-0.5, 0.5, 200_001)
    mean = float(np.trapezoid(np.exp(-8.0 * math.log(2.0) * x**2), x))
    assert beam.sampled_shape_loss_db(2001) == pytest.approx(-10.0 * math.log10(mean), abs=5e-3)
    with pytest.raises(ValueError, match="odd"):
        beam.sampled_shape_loss_db(10)


def test_the_angle_off_boresight_is_that_between_two_directions() -> None:
    draw = np.random.default_rng(5)
    azimuth, elevation, face, tilt = draw.uniform(-1.5, 1.5, (4, 30))

    def unit(a: np.ndarray, e: np.ndarray) -> np.ndarray:
        return np.stack([np.cos(e) * np.sin(a), np.cos(e) * np.cos(a), np.sin(e)])

    expected = np.arccos(np.sum(unit(azimuth, elevation) * unit(face, tilt), axis=0))
    assert beam.off_boresight_rad(azimuth, elevation, face, tilt) == pytest.approx(expected, abs=1e-9)


# --- signature -----------------------------------------------------------------------------------------------------


def test_bands_and_sectors_are_those_of_the_compiled_system() -> None:
    assert signature.BANDS == BANDS
    assert signature.SECTORS == ASPECTS


@pytest.mark.parametrize("name", ["aircraft/f-35a", "aircraft/f-16c", "drone/shahed-136", "ballistic/scud-b"])
def test_the_compiler_adds_offsets_in_decibels_over_a_floor(name: str) -> None:
    entry = catalog.load()[name]
    db = {
        word: entry.si(f"{word}_offset") if entry.has(f"{word}_offset") else 0.0
        for word in ("beam", "tail", "l", "vhf")
    }
    for floor_m2 in (0.0, 5.0):
        table = cross_sections(entry, floor_m2)
        assert table.shape == (len(BANDS), len(ASPECTS))
        for (b, a), shown_m2 in np.ndenumerate(table):
            offset_db = {"VHF": db["vhf"], "L": db["l"]}.get(BANDS[b], 0.0) + (0.0, db["beam"], db["tail"])[a]
            assert shown_m2 == pytest.approx(max(entry.si("rcs") * 10.0 ** (offset_db / 10.0), floor_m2), rel=1e-12)


@given(st.floats(-500.0, 500.0), st.floats(-500.0, 500.0), st.floats(-100.0, 100.0))
def test_sectors_are_those_of_the_engine(vx: float, vy: float, vz: float) -> None:
    line = np.array([3e4, -4e4, 5e3])
    angle = float(signature.aspect_rad([vx, vy, vz], line))
    assume(math.hypot(vx, vy, vz) > 1.0)
    assume(min(abs(angle - math.pi / 4.0), abs(angle - 3.0 * math.pi / 4.0)) > 1e-9)
    assert signature.sector_of(angle) == aspect_of(vx, vy, vz, 3e4, -4e4, 5e3, float(line @ line))


def test_one_common_factor_moves_every_band_and_sector_alike() -> None:
    table = signature.table_m2(2.0, 10.0, 3.0, 2.0, 15.0)
    assert signature.table_m2(2.0, 10.0, 3.0, 2.0, 15.0, common_db=-7.0) == pytest.approx(table * 10.0**-0.7)
    assert signature.table_m2([1.0, 2.0], 10.0, 3.0, 2.0, 15.0).shape == (2, 5, 3)


# --- flyout --------------------------------------------------------------------------------------------------------

REACH = st.floats(5e3, 4e5)
MEAN = st.floats(300.0, 3000.0)


@given(MEAN, REACH, st.floats(0.0, 0.5), st.floats(0.05, 1.0))
def test_the_greatest_range_is_flown_at_the_mean_speed(mean: float, reach: float, boost: float, slowing: float) -> None:
    time = float(flyout.time_of_flight_s(reach, None, mean, reach, boost_share=boost, slowing=slowing))
    assert time == pytest.approx(reach / mean, rel=1e-9)


@given(MEAN, REACH, st.floats(0.01, 1.0), st.floats(0.0, 25e3), st.floats(0.0, 3e3))
def test_way_and_time_undo_each_other(mean: float, reach: float, share: float, altitude: float, ground: float) -> None:
    setting = (altitude, mean, reach, 10e3, ground)
    time = flyout.time_of_flight_s(share * reach, *setting)
    way = flyout.slant_m(share * reach, altitude, ground)
    if math.isfinite(float(time)):
        assert flyout.flown(time, *setting).way_m == pytest.approx(float(way), rel=1e-6)


def test_way_is_the_integral_of_speed() -> None:
    time = np.linspace(0.0, 200.0, 40_001)
    way, speed = flyout.flown(time, 12e3, 1200.0, 250e3, 15e3)
    assert np.gradient(way, time)[5:-5] == pytest.approx(speed[5:-5], rel=2e-3)


def test_thick_air_is_slow_and_no_slowing_is_a_straight_line() -> None:
    low, high = (float(flyout.time_of_flight_s(150e3, h, 1200.0, 250e3, 15e3)) for h in (100.0, 20e3))
    assert low > high
    steady = flyout.time_of_flight_s([50e3, 100e3], None, 1000.0, 250e3, boost_share=0.0, slowing=1.0)
    assert steady == pytest.approx([50.0, 100.0])


def test_far_in_thick_air_the_missile_never_comes() -> None:
    assert np.isinf(flyout.time_of_flight_s(4e6, 100.0, 600.0, 40e3, 10e3))


def test_a_published_peak_fixes_the_slowing() -> None:
    slowing = flyout.slowing_for([2250.0, 1530.0, 1000.0], [1200.0, 900.0, 700.0])
    assert flyout.peak_over_mean(slowing=slowing) == pytest.approx([2250.0 / 1200.0, 1.7, 1000.0 / 700.0], rel=1e-9)
    assert flyout.slowing_for(1000.0, 990.0) == pytest.approx(1.0, abs=1e-9)


def test_the_table_has_a_row_a_range_and_a_column_an_altitude() -> None:
    table = flyout.table([10e3, 100e3, 200e3], [1e3, 10e3], 1200.0, 250e3, 15e3)
    assert table.time_s.shape == table.mean_speed_m_s.shape == (3, 2)
    assert np.all(np.diff(table.time_s, axis=0) > 0.0)
    assert table.mean_speed_m_s[1, 1] == pytest.approx(flyout.slant_m(100e3, 10e3) / table.time_s[1, 1])


def test_the_catalogues_peaks_and_means_are_within_what_the_shape_can_give() -> None:
    shelf = catalog.load()
    missiles = [shelf[name] for name in shelf if name.startswith("missile/")]
    ratios = [entry.si("peak_speed") / entry.si("speed") for entry in missiles if entry.has("peak_speed")]
    assert ratios
    assert min(ratios) > 1.1
    assert max(ratios) < 2.0


# --- a turning Earth -----------------------------------------------------------------------------------------------


@given(st.floats(-80.0, 80.0), st.floats(-170.0, 170.0), st.floats(0.0, 6.28), st.floats(800.0, 5000.0),
       st.floats(0.2, 1.4))  # fmt: skip
def test_an_earth_that_stands_still_gives_the_plain_ellipse(
    lat: float, lon: float, azimuth: float, speed: float, angle: float
) -> None:
    times = np.linspace(0.0, 200.0, 5)
    still = ballistic.state_at(times, speed, angle)
    place = ballistic.track(times, lat, lon, azimuth, speed, angle, 0.0)
    assert place.height_m == pytest.approx(still.height_m, abs=1e-3)
    slow = ballistic.state_at(times, speed, angle, lat, azimuth, 1e-15)
    assert slow.arc_m == pytest.approx(np.abs(still.arc_m), abs=0.2)
    assert slow.speed_m_s == pytest.approx(still.speed_m_s, abs=1e-6)


@pytest.mark.parametrize("apogee", [None, 90e3, 400e3])
@pytest.mark.parametrize("target", [(39.9, 32.8), (36.0, 58.0), (33.0, 50.5)])
def test_an_aimed_launch_comes_down_where_it_was_aimed(apogee: float | None, target: tuple[float, float]) -> None:
    aim = ballistic.aimed(35.0, 50.0, *target, apogee)
    place = ballistic.track(aim.time_s, 35.0, 50.0, aim.azimuth_rad, aim.speed_m_s, aim.angle_rad)
    assert float(place.latitude_deg) == pytest.approx(target[0], abs=1e-8)
    assert float(place.longitude_deg) == pytest.approx(target[1], abs=1e-8)
    assert float(place.height_m) == pytest.approx(0.0, abs=1e-3)


def test_a_shot_to_the_east_is_helped_by_the_turning_earth() -> None:
    east, west = (ballistic.aimed(0.0, 0.0, 0.0, lon) for lon in (10.0, -10.0))
    assert float(east.speed_m_s) + 50.0 < float(west.speed_m_s)
    still = ballistic.aimed(0.0, 0.0, 0.0, 10.0, rotation_rad_s=0.0)
    assert float(still.speed_m_s) == pytest.approx(
        float(ballistic.minimum_energy(np.radians(10.0) * 6_371_000.0).speed_m_s)
    )


def test_ignoring_the_rotation_misses_by_kilometres() -> None:
    aim = ballistic.aimed(35.0, 50.0, 40.0, 50.0, rotation_rad_s=0.0)
    place = ballistic.track(aim.time_s, 35.0, 50.0, aim.azimuth_rad, aim.speed_m_s, aim.angle_rad, EARTH_ROTATION_RAD_S)
    miss = float(geodesy.inverse(40.0, 50.0, place.latitude_deg, place.longitude_deg)[0])
    assert 2e3 < miss < 50e3
