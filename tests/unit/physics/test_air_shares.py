"""What the air leaves of a range: the table against the paths' own integral, closed forms and root finders."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from egide.physics import air, horizon, propagation, radar
from egide.physics.air import Weather

DRY, HUMID = Weather(vapour_g_m3=0.0), Weather(vapour_g_m3=25.0)
HEAVY = Weather(rain_mm_h=25.0)


def share(table: np.ndarray, farthest_m: float, range_m: float, height_m: float) -> float:
    return float(air.air_share(table, np.float64(farthest_m), np.float64(range_m), np.float64(height_m)))


def paths(antenna_m: float, farthest_m: float, count: int = 400) -> list[tuple[float, float]]:
    """Ranges and heights of targets above the horizon."""
    rng = np.random.default_rng(3)
    height = 40e3 * rng.uniform(0.0, 1.0, count) ** 2
    slant = farthest_m * np.sqrt(rng.uniform(0.0, 1.0, count))
    far = np.asarray(horizon.distance_m(antenna_m, height))
    seen = (slant < far) & (slant > 1.01 * np.abs(height - antenna_m))
    return [(float(r), float(h)) for r, h in zip(slant[seen], height[seen], strict=True)]


@pytest.mark.parametrize(
    ("frequency", "antenna_m", "farthest_m", "weather", "most_db"),
    [
        (1.3, 20.0, 470e3, air.CLEAR, 0.03), (3.0, 9000.0, 400e3, air.CLEAR, 0.03), (5.5, 1500.0, 300e3, HUMID, 0.05),
        (10.0, 8.0, 180e3, DRY, 0.03), (10.0, 8.0, 180e3, HEAVY, 1.0), (3.0, 500.0, 600e3, HEAVY, 0.05),
    ],
)  # fmt: skip
def test_the_table_is_near_the_integral_along_each_path(
    frequency: float, antenna_m: float, farthest_m: float, weather: Weather, most_db: float
) -> None:
    table = air.share_table(frequency, antenna_m, farthest_m, weather)
    slant, height = np.array(paths(antenna_m, farthest_m)).T
    loss = propagation.two_way_gas_db(frequency, slant, antenna_m, height, weather.vapour_g_m3)
    if weather.rain_mm_h > 0.0:
        loss = loss + propagation.two_way_rain_db(
            frequency, weather.rain_mm_h, slant, antenna_m, height, weather.rain_ceiling_m, weather.rain_extent_m, 45.0
        )
    left = [share(table, farthest_m, r, h) for r, h in zip(slant, height, strict=True)]
    assert np.max(np.abs(-40.0 * np.log10(left) - loss)) < most_db


def test_a_uniform_loss_has_the_range_of_lamberts_w() -> None:
    """R = a W(R_free / a), a = 20 / (gamma ln 10), for a table of exp(-loss) that knows no height."""
    gamma_db_km, farthest_m, free_m = 0.02, 400e3, 250e3
    ranges = farthest_m * np.linspace(0.0, 1.0, 129) ** 2
    table = np.repeat(10.0 ** (-2e-3 * gamma_db_km * ranges / 40.0)[:, None], 65, axis=1)
    low, high = 0.0, free_m
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle <= free_m * share(table, farthest_m, middle, 1e3) else (low, middle)
    a = 20.0 / (gamma_db_km * 1e-3 * math.log(10.0))
    assert low == pytest.approx(a * float(lambertw(free_m / a).real), rel=2e-5)


def test_a_radar_of_ten_gigahertz_in_heavy_rain_reaches_as_far_as_the_range_equation_says() -> None:
    farthest_m, height_m = 180e3, 2000.0
    table = air.share_table(10.0, 8.0, farthest_m, HEAVY)
    for free_m in (30e3, 60e3, 120e3):
        reach = float(radar.lossy_range_m(free_m, lambda r: air.loss_db(10.0, r, 8.0, height_m, HEAVY)))
        low, high = 0.0, free_m
        for _ in range(50):
            middle = 0.5 * (low + high)
            seen = middle <= free_m * share(table, farthest_m, middle, height_m)
            low, high = (middle, high) if seen else (low, middle)
        assert low == pytest.approx(reach, rel=1e-2)
        assert low < 0.55 * free_m  # 20 km of 25 mm/h cost 24 dB


def test_no_air_leaves_the_whole_range() -> None:
    table = np.ones(air.NODES)
    for range_m, height_m in paths(10.0, 300e3, 50):
        assert share(table, 300e3, range_m, height_m) == 1.0


@settings(max_examples=8, deadline=None)
@given(
    frequency=st.sampled_from([1.3, 3.0, 10.0]), rain=st.floats(0.1, 100.0), more=st.floats(1.0, 3.0),
    vapour=st.floats(0.0, 20.0), wetter=st.floats(0.0, 10.0), antenna=st.floats(0.0, 9000.0),
)  # fmt: skip
def test_more_rain_and_more_vapour_never_leave_more_and_further_is_never_better(
    frequency: float, rain: float, more: float, vapour: float, wetter: float, antenna: float
) -> None:
    first = air.share_table(frequency, antenna, 300e3, Weather(vapour, rain))
    rainier = air.share_table(frequency, antenna, 300e3, Weather(vapour, rain * more))
    damper = air.share_table(frequency, antenna, 300e3, Weather(vapour + wetter, rain))
    assert np.all(rainier <= first * (1.0 + 1e-12))
    assert np.all(damper <= first * (1.0 + 1e-12))
    assert np.all(np.diff(first, axis=0) <= 0.0)
    assert np.all((first > 0.0) & (first <= 1.0))


@pytest.mark.parametrize("range_m", [5e3, 40e3, 160e3, 300e3, 390e3, 600e3])
@pytest.mark.parametrize("antenna_m", [0.0, 9000.0])
def test_a_published_path_leads_to_nine_kilometres_where_it_can(range_m: float, antenna_m: float) -> None:
    elevation = air.published_elevation_rad(range_m, antenna_m)
    to_height = float(propagation.elevation_rad(range_m, antenna_m, 9000.0))
    dip = -math.acos(8_494_666.7 / (8_494_666.7 + antenna_m))
    if math.isfinite(to_height) and dip <= to_height <= math.radians(10.0):
        assert elevation == pytest.approx(to_height, abs=1e-9)
    else:
        assert elevation in (pytest.approx(dip, abs=1e-6), pytest.approx(math.radians(10.0)))


def test_the_published_loss_is_that_of_the_page() -> None:
    """390 km at 3 GHz, a grazing path: ITU-Rpy's attenuation integrated gives some 3.6 dB for 400 km to 10 km."""
    assert air.published_loss_db(3.0, 390e3) == pytest.approx(3.63, abs=0.15)
