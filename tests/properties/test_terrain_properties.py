"""What holds of sight over any ground, searched for counter-examples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from egide.physics import detectable, terrain, terrain_exact, terrain_sweep

Array = np.ndarray[Any, Any]
SIDE = 25
CELL_M = 90.0
GRAZING_M = 0.25

grounds = hnp.arrays(np.int16, (SIDE, SIDE), elements=st.integers(-50, 900))
masts = st.floats(2.0, 300.0)
inner = st.integers(8, SIDE - 9)
RADAR: dict[str, Any] = {
    "reference_range_m": 200e3,
    "reference_rcs_m2": 1.0,
    "reference_pd": 0.8,
    "pfa": 1e-6,
    "swerling": 1,
}


def seen(dem: Array, row: float, col: float, mast_m: float, cells: float = 40.0) -> Array:
    return terrain.minimum_visible_height(dem, CELL_M, row, col, mast_m, cells * CELL_M, parallel=False)


def near(a: Array, b: Array) -> bool:
    """Equal but for what a target that grazes its own ground makes of 32-bit arithmetic."""
    return bool(np.allclose(a, b, rtol=2e-4, atol=GRAZING_M, equal_nan=True))


@settings(deadline=None)
@given(grounds, inner, inner, masts, st.floats(0.0, 200.0))
def test_a_taller_mast_never_sees_less(dem: Array, row: int, col: int, mast_m: float, more_m: float) -> None:
    low, high = seen(dem, row, col, mast_m), seen(dem, row, col, mast_m + more_m)
    assert np.all(high <= low + GRAZING_M + 2e-4 * low)


@settings(deadline=None)
@given(grounds, inner, inner, masts)
def test_a_mirrored_or_turned_ground_is_seen_mirrored_or_turned(dem: Array, row: int, col: int, mast_m: float) -> None:
    plain = seen(dem, row, col, mast_m)
    assert near(seen(dem[::-1], SIDE - 1 - row, col, mast_m)[::-1], plain)
    assert near(seen(dem[:, ::-1], row, SIDE - 1 - col, mast_m)[:, ::-1], plain)
    assert near(seen(dem.T, col, row, mast_m).T, plain)


@settings(deadline=None)
@given(hnp.arrays(np.int16, (40, 40), elements=st.integers(0, 900)), st.integers(0, 14), st.integers(0, 14), masts)
def test_where_the_raster_is_cut_does_not_matter(dem: Array, down: int, right: int, mast_m: float) -> None:
    whole = seen(dem, 20, 20, mast_m, cells=5.0)
    cut = seen(dem[down : down + SIDE + 1, right : right + SIDE + 1], 20 - down, 20 - right, mast_m, cells=5.0)
    assert near(cut, whole[down : down + SIDE + 1, right : right + SIDE + 1])


@settings(deadline=None)
@given(grounds, inner, inner, masts, st.integers(-400, 3000))
def test_lifting_everything_changes_nothing_above_ground(
    dem: Array, row: int, col: int, mast_m: float, up: int
) -> None:
    assert near(seen(dem + np.int16(up), row, col, mast_m), seen(dem, row, col, mast_m))


@settings(deadline=None)
@given(grounds, inner, inner, masts, st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(1, 2000))
def test_a_higher_hill_never_shows_more(
    dem: Array, row: int, col: int, mast_m: float, r: int, c: int, more: int
) -> None:
    raised = dem.copy()
    raised[r, c] += more
    if (r, c) == (row, col):
        return
    low, high = (seen(ground, row, col, mast_m) + ground for ground in (dem, raised))
    assert np.all(high >= low - GRAZING_M - 2e-4 * np.abs(low))


@settings(deadline=None, max_examples=50)
@given(grounds, st.floats(3.0, SIDE - 4.0), st.floats(3.0, SIDE - 4.0), masts, st.booleans())
def test_every_cell_in_range_is_answered_once_and_none_beyond(
    dem: Array, row: float, col: float, mast_m: float, geographic: bool
) -> None:
    if geographic:
        grid = (60.0, 179.9, 0.01, 0.02)
        lat, lon = 60.0 - row * 0.01, 179.9 + col * 0.02
        rows, cols, found = terrain.visible_height_window(dem, *grid, lat, lon, 1_000.0 + mast_m, 9_000.0)
        arc = terrain.distances_m(dem.shape, *grid, lat, lon)
        lowest = np.full(dem.shape, np.nan)
        lowest[rows, cols] = found
        reach_m = 9_000.0
    else:
        reach_m = 7.3 * CELL_M
        lowest = seen(dem, row, col, mast_m, cells=7.3)
        arc = np.hypot(np.arange(SIDE)[:, None] - row, np.arange(SIDE)[None, :] - col) * CELL_M
    sure = np.abs(arc - reach_m) > 0.01 * CELL_M
    assert np.array_equal(np.isfinite(lowest)[sure], (arc <= reach_m)[sure])


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), masts)
def test_sweep_and_profiles_agree_over_smooth_ground(seed: int, up: float, right: float, mast_m: float) -> None:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:81, 0:81] / 81.0
    dem = np.zeros((81, 81), np.float32)
    for _ in range(6):
        a, b, phase = rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(0, 6)
        dem += rng.uniform(20, 120) * np.sin(a * x + b * y + phase)
    row, col = 40 + 20 * up, 40 + 20 * right
    foot_m = float(terrain.heights_at(dem, row, col))
    plane = terrain_sweep.projected((81, 81), CELL_M, row, col)
    r, c = rng.integers(0, 81, (2, 60))
    away = np.hypot(r - row, c - col) >= 0.5  # under the mast itself no line of sight has a direction
    r, c = r[away], c[away]
    dense = terrain_exact.lowest_heights_m(dem, plane, r, c, foot_m + mast_m, samples_a_cell=40.0) - dem[r, c]
    swept = seen(dem, row, col, mast_m, cells=200.0)[r, c]
    assert np.all(np.abs(swept - dense) <= np.maximum(2.0, 0.05 * dense))


@given(st.floats(1e-4, 1e3), st.floats(1.0, 10.0), st.floats(0.1, 0.9), st.floats(0.0, 0.09), st.floats(0.0, 0.5))
def test_more_cross_section_less_certainty_less_loss_never_reach_less(
    rcs: float, more: float, pd: float, less: float, loss: float
) -> None:
    reach = float(detectable.reach_m(rcs, pd, **RADAR, attenuation_db_km=loss))
    assert float(detectable.reach_m(rcs * more, pd, **RADAR, attenuation_db_km=loss)) >= reach * (1 - 1e-9)
    assert float(detectable.reach_m(rcs, pd - less, **RADAR, attenuation_db_km=loss)) >= reach * (1 - 1e-9)
    assert float(detectable.reach_m(rcs, pd, **RADAR, attenuation_db_km=loss / more)) >= reach * (1 - 1e-9)


@given(
    st.floats(0.0, 4e5), st.floats(0.0, 2e3), st.floats(1e3, 5e5), st.floats(1.0, 3.0), st.floats(-0.1, 0.3),
    st.floats(0.0, 0.1),
)  # fmt: skip
def test_more_reach_and_wider_limits_never_narrow_the_band(
    arc: float, antenna: float, reach: float, more: float, elevation: float, lower: float
) -> None:
    low, high = detectable.height_band_m(arc, antenna, reach, elevation, 1.2)
    if math.isnan(low):
        return
    wider = detectable.height_band_m(arc, antenna, reach * more, elevation - lower, 1.3)
    assert wider[0] <= low + 1e-6
    assert wider[1] >= high - 1e-6
