"""Masks mended for rays above the lowest kilometres, against rays traced by themselves and published horizons."""

from __future__ import annotations

import numpy as np
import pytest

from egide.physics import high_rays, refraction, terrain
from egide.physics.kernels import HIDDEN

HORIZON_KM = {10_000: 421.7, 20_000: 578.9}  # antenna 15 m, exponential air: `tests/published/refraction.csv`


def excess(antenna_m: float, distance_m: float, straight_m: float) -> float:
    table = high_rays.excess_table(antenna_m, 600e3)
    heights = np.linspace(high_rays.LEAST_M, high_rays.MOST_M, high_rays.HEIGHTS)
    arcs = np.linspace(0.0, 600e3, high_rays.ARCS)
    column = [float(np.interp(straight_m, heights, row)) for row in table]
    return float(np.interp(distance_m, arcs, column))


@pytest.mark.parametrize("elevation_deg", [0.0, 0.5, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("distance_m", [100e3, 200e3, 300e3, 400e3, 600e3])
def test_the_excess_is_that_of_the_traced_ray(elevation_deg: float, distance_m: float) -> None:
    angle = np.radians(elevation_deg)
    straight = float(refraction.straight_ray_height_m(distance_m, angle, 15.0))
    if high_rays.LEAST_M < straight < high_rays.MOST_M:
        traced = float(refraction.ray_height_m(distance_m, angle, 15.0))
        assert excess(15.0, distance_m, straight) == pytest.approx(max(traced - straight, 0.0), abs=4.0)


@pytest.mark.parametrize(("height_m", "horizon_km"), HORIZON_KM.items())
def test_over_the_sea_a_mended_mask_ends_at_the_published_horizon(height_m: int, horizon_km: float) -> None:
    """East of an antenna on the equator; the 4/3 Earth sees 6 and 19 km further."""
    step = 0.02
    dem = np.zeros((3, 330), np.float32)
    grid = (step, 0.0, step, step)
    mask = terrain.visible_height_raster(dem, *grid, 0.0, 0.0, 15.0, 650e3)
    straight = mask.copy()
    high_rays.mend(mask, *grid, 0.0, 0.0, 15.0, 650e3)
    distance_km = terrain.distances_m(dem.shape, *grid, 0.0, 0.0)[1] / 1e3
    seen_km = float(np.max(distance_km[mask[1] <= height_m]))
    assert seen_km == pytest.approx(horizon_km, abs=2.7)
    assert float(np.max(distance_km[straight[1] <= height_m])) > horizon_km + 4.0


def test_mending_keeps_what_is_hidden_and_never_lowers() -> None:
    rng = np.random.default_rng(2)
    mask = rng.integers(-100, 32_766, (40, 50)).astype(np.int16)
    mask[::7] = HIDDEN
    mended = mask.copy()
    high_rays.mend(mended, 40.0, 30.0, 0.1, 0.1, 38.0, 32.0, 1200.0, 600e3)
    assert np.all(mended >= mask)
    assert np.array_equal(mended == HIDDEN, mask == HIDDEN)
    assert np.array_equal(mended[mask <= high_rays.LEAST_M], mask[mask <= high_rays.LEAST_M])


@pytest.mark.parametrize("antenna_m", [0.0, 50.0, 1500.0, 4000.0])
def test_what_was_higher_stays_higher(antenna_m: float) -> None:
    table = high_rays.excess_table(antenna_m, 600e3)
    step_m = (high_rays.MOST_M - high_rays.LEAST_M) / (high_rays.HEIGHTS - 1)
    assert np.all(np.diff(table, axis=1) > -step_m)
    assert np.all(table >= 0.0)
