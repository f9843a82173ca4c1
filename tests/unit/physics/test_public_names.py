"""The names that a check written by someone else can call, with their arguments, as the methods list promises them."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest

PROMISED = {
    "radar.max_range_m": "peak_power_w, gain_db, frequency_hz, rcs_m2, bandwidth_hz, noise_figure_db, losses_db,"
    " snr_min_db, temperature_k",
    "radar.snr_db": "range_m, peak_power_w, gain_db, frequency_hz, rcs_m2, bandwidth_hz, noise_figure_db, losses_db,"
    " temperature_k",
    "detection.probability": "snr_db, pfa, pulses, swerling",
    "detection.required_snr_db": "pd, pfa, pulses, swerling",
    "detection.albersheim_snr_db": "pd, pfa, pulses",
    "detection.shnidman_snr_db": "pd, pfa, pulses, swerling",
    "detection.m_of_n": "p, m, n",
    "horizon.distance_m": "antenna_height_m, target_height_m, k, exact",
    "terrain.minimum_visible_height": "dem_m, cell_m, row, col, antenna_height_m, max_range_m, k",
    "terrain.profile_minimum_height_m": "distance_m, height_m, antenna_height_m, k",
    "atmosphere.gas_attenuation_db_km": "frequency_ghz, pressure_hpa, temperature_k, vapour_g_m3",
    "atmosphere.rain_coefficients": "frequency_ghz, elevation_deg, tilt_deg",
    "atmosphere.rain_attenuation_db_km": "frequency_ghz, rate_mm_h, elevation_deg, tilt_deg",
    "jamming.burn_through_self_m": "peak_power_w, gain_db, rcs_m2, bandwidth_hz, jammer_power_w, jammer_gain_db,"
    " jammer_bandwidth_hz, signal_to_jam_min_db",
    "jamming.burn_through_standoff_m": "peak_power_w, gain_db, rcs_m2, bandwidth_hz, jammer_power_w, jammer_gain_db,"
    " jammer_bandwidth_hz, jammer_range_m, gain_to_jammer_db, signal_to_jam_min_db",
    "jamming.signal_to_jam_db": "range_m, peak_power_w, gain_db, rcs_m2, bandwidth_hz, jammer_power_w, jammer_gain_db,"
    " jammer_bandwidth_hz, jammer_range_m, gain_to_jammer_db",
    "geodesy.inverse": "lat1_deg, lon1_deg, lat2_deg, lon2_deg",
    "geodesy.direct": "lat_deg, lon_deg, azimuth_deg, distance_m",
    "geodesy.to_ecef": "lat_deg, lon_deg, height_m",
    "geodesy.to_enu": "",
    "geodesy.to_aer": "",
    "geodesy.from_ecef": "",
    "motion.coordinated_turn": "east_m, north_m, heading_rad, speed_m_s, turn_rate_rad_s, time_s",
    "motion.intercept_time_s": "relative_m, velocity_m_s, speed_m_s, delay_s",
    "ballistic.minimum_energy": "range_m",
    "ballistic.from_burnout": "speed_m_s, angle_rad",
    "ballistic.state_at": "time_s, speed_m_s, angle_rad",
}
MODULES = sorted({name.partition(".")[0] for name in PROMISED} | {
    "beam", "flyout", "gases", "propagation", "rain", "refraction", "signature"})  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_takes_the_promised_arguments(name: str) -> None:
    module, function = name.split(".")
    found = list(inspect.signature(getattr(importlib.import_module(f"egide.physics.{module}"), function)).parameters)
    wanted = [word.strip() for word in PROMISED[name].split(",") if word.strip()]
    assert found[: len(wanted)] == wanted


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_is_documented(module: str) -> None:
    source = importlib.import_module(f"egide.physics.{module}")
    for name in source.__all__:
        assert inspect.getdoc(getattr(source, name)) if callable(getattr(source, name)) else True, name


def test_geodesics_are_geographiclibs_to_a_millimetre() -> None:
    geographiclib = pytest.importorskip("geographiclib.geodesic")
    from egide.physics import geodesy

    draw = np.random.default_rng(7)
    lat1, lat2 = draw.uniform(-90.0, 90.0, (2, 300))
    lon1, lon2 = draw.uniform(-180.0, 180.0, (2, 300))
    lat2[:20], lon2[:20] = -lat1[:20] + 0.01, lon1[:20] + 179.9  # nearly antipodal: the hard ones
    lines = [geographiclib.Geodesic.WGS84.Inverse(*place) for place in zip(lat1, lon1, lat2, lon2, strict=True)]
    assert geodesy.inverse(lat1, lon1, lat2, lon2)[0] == pytest.approx([line["s12"] for line in lines], abs=1e-3)
    distance = draw.uniform(0.0, 2e7, 300)
    ahead = [
        geographiclib.Geodesic.WGS84.Direct(*line) for line in zip(lat1, lon1, lon2 % 360.0, distance, strict=True)
    ]
    lat, lon, _ = geodesy.direct(lat1, lon1, lon2 % 360.0, distance)
    miss = geodesy.inverse(lat, lon, [line["lat2"] for line in ahead], [line["lon2"] for line in ahead])[0]
    assert np.max(miss) < 1e-3
