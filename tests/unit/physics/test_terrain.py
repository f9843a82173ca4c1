"""The sweep against dense profiles on real relief, and both against lines of sight computed elsewhere."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest

from egide.ingest import dem as dems
from egide.physics import geodesy, horizon, kernels, terrain, terrain_exact, terrain_lines, terrain_sweep

DATA = Path(__file__).parents[2] / "data"


def rows(name: str) -> list[dict[str, float]]:
    with (DATA / "viewshed" / name).open(encoding="utf-8", newline="") as file:
        return [{k: float(v) for k, v in row.items() if not k.endswith("file") and k != "min_height_dtype"}
                for row in csv.DictReader(file)]  # fmt: skip


def swept_and_dense(
    dem: dems.Dem, lat: float, lon: float, antenna_m: float, range_m: float, spacing_m: float, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Minimum visible heights above ground by both methods, at cells drawn at random."""
    grid = (dem.height_m, dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg)
    foot_m = float(terrain.heights_at(dem.height_m, dem.row(lat), dem.column(lon)))
    mask = terrain.visible_height_raster(*grid, lat, lon, foot_m + antenna_m, range_m)
    row, col = np.nonzero((mask < 32_000) & (dem.height_m != dems.VOID_M))
    pick = np.random.default_rng(1).choice(row.size, count, replace=False)
    swept, dense = [], []
    for r, c in zip(row[pick], col[pick], strict=True):
        there = (dem.north_deg - r * dem.step_lat_deg, dem.west_deg + c * dem.step_lon_deg)
        profile = terrain.geographic_profile(*grid, lat, lon, *there, spacing_m)
        dense.append(terrain.profile_minimum_height_m(*profile, antenna_m))
        swept.append(float(mask[r, c]) - float(dem.height_m[r, c]))
    return np.array(swept), np.array(dense)


def assert_near(swept: np.ndarray, dense: np.ndarray) -> None:
    assert np.all(np.abs(swept - dense) <= np.maximum(15.0, 0.05 * dense))


@pytest.mark.parametrize(
    ("lat", "lon", "antenna_m"), [(39.9, 32.8, 300.0), (38.53, 35.45, 250.0), (37.0, 35.3, 30.0), (40.0, 41.0, 300.0)]
)
def test_sweep_agrees_with_dense_profiles_over_turkish_relief(lat: float, lon: float, antenna_m: float) -> None:
    assert_near(*swept_and_dense(dems.package("turkey-2min"), lat, lon, antenna_m, 400e3, 100.0, 150))


# --- voids ---------------------------------------------------------------------------------------------------------


def meets_void(height_m: np.ndarray, row: int, col: int, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Whether the way from a cell to each of the others runs through a square of which a corner is void."""
    void = height_m == dems.VOID_M
    square = void[:-1, :-1] | void[1:, :-1] | void[:-1, 1:] | void[1:, 1:]
    share = np.linspace(0.0, 1.0, 3000)[:, None]
    i, j = (row + share * (rows - row)).astype(int), (col + share * (cols - col)).astype(int)
    return square[np.minimum(i, square.shape[0] - 1), np.minimum(j, square.shape[1] - 1)].any(axis=0)


@pytest.fixture(scope="module")
def alps() -> dems.Dem:
    dem = dems.load([DATA / "dem" / "alps.tif"])
    assert 0.05 < dem.void_share < 0.1
    return dem


@pytest.mark.parametrize(("row", "col", "antenna_m"), [(200, 200, 20.0), (420, 300, 10.0)])
def test_sweep_agrees_with_dense_profiles_in_the_alps_wherever_no_void_is_on_the_way(
    alps: dems.Dem, row: int, col: int, antenna_m: float
) -> None:
    grid = (alps.height_m, alps.north_deg, alps.west_deg, alps.step_lat_deg, alps.step_lon_deg)
    lat, lon = alps.north_deg - row * alps.step_lat_deg, alps.west_deg + col * alps.step_lon_deg
    mask = terrain.visible_height_raster(*grid, lat, lon, float(alps.height_m[row, col]) + antenna_m, 60e3)
    rows_, cols_ = np.nonzero((mask < 32_000) & (alps.height_m != dems.VOID_M))
    pick = np.random.default_rng(1).choice(rows_.size, 4000, replace=False)
    rows_, cols_ = rows_[pick], cols_[pick]
    clear = ~meets_void(alps.height_m, row, col, rows_, cols_)
    assert clear.sum() > 100
    swept, dense = [], []
    for r, c in zip(rows_[clear], cols_[clear], strict=True):
        there = (alps.north_deg - r * alps.step_lat_deg, alps.west_deg + c * alps.step_lon_deg)
        dense.append(
            terrain.profile_minimum_height_m(*terrain.geographic_profile(*grid, lat, lon, *there, 4.0), antenna_m)
        )
        swept.append(float(mask[r, c]) - float(alps.height_m[r, c]))
    assert_near(np.array(swept), np.array(dense))


@pytest.mark.parametrize(("row", "col", "antenna_m"), [(200, 200, 20.0), (420, 300, 10.0)])
def test_across_voids_only_cells_beside_the_edge_of_one_differ_and_more_rays_settle_them(
    alps: dems.Dem, row: int, col: int, antenna_m: float
) -> None:
    grid = (alps.north_deg, alps.west_deg, alps.step_lat_deg, alps.step_lon_deg)
    lat, lon = alps.north_deg - row * alps.step_lat_deg, alps.west_deg + col * alps.step_lon_deg
    plane = terrain_sweep.geographic((alps.height_m.shape[0], alps.height_m.shape[1]), *grid, lat, lon)
    at_m = float(alps.height_m[row, col]) + antenna_m
    rows_, cols_ = np.nonzero(alps.height_m != dems.VOID_M)
    pick = np.random.default_rng(1).choice(rows_.size, 5000, replace=False)
    rows_, cols_ = rows_[pick], cols_[pick]
    dense = terrain_exact.lowest_heights_m(alps.height_m, plane, rows_, cols_, at_m, samples_a_cell=24.0)
    tolerance = np.maximum(15.0, 0.05 * (dense - alps.height_m[rows_, cols_]))
    shares = []
    for rays_a_line in (1.0, 16.0):
        swept = terrain_sweep.run(
            alps.height_m, plane, at_m, 100e3, 4.0 / 3.0, above_ground=False, parallel=False, rays_a_line=rays_a_line
        )[rows_, cols_]
        shares.append(float(np.mean(np.abs(swept - dense) <= tolerance)))
    assert shares[0] >= 0.995
    assert shares[1] >= 0.9995


def test_a_height_reaches_level_to_the_void_beside_it_and_not_into_the_square() -> None:
    """A row of voids, but for one cell of 100 m four rows out: the way to a cell eight rows out and one across meets it
    half a cell beside its top, at the same height; the way to three across passes a cell and a half beside it."""
    dem = np.zeros((12, 31), np.float32)
    dem[3:6] = -32768.0
    dem[4, 15] = 100.0
    above_m = 10.0
    plane = terrain_sweep.projected((12, 31), 90.0, 8.0, 15.0)
    swept = terrain_sweep.run(dem, plane, above_m, 5e3, 1e9, above_ground=False, parallel=False)
    dense = terrain_exact.lowest_heights_m(dem, plane, [0, 0, 0], [15, 16, 18], above_m, 1e9, samples_a_cell=40.0)
    hidden = above_m + 2.0 * (100.0 - above_m)
    assert swept[0, [15, 16, 18]] == pytest.approx([hidden, hidden, 0.0], abs=0.05)
    assert dense == pytest.approx([hidden, hidden, 0.0], abs=0.05)


def test_profiles_and_sweep_agree_with_twenty_lines_of_sight_computed_elsewhere() -> None:
    dem = dems.load([DATA / "dem" / "S36E149.tif"])
    grid = (dem.height_m, dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg)
    cases = rows("terrain_los_s36e149.csv")
    assert len(cases) == 20
    for case in cases:
        here, there = (case["radar_lat"], case["radar_lon"]), (case["target_lat"], case["target_lon"])
        distance, ground = terrain.geographic_profile(*grid, *here, *there, 15.0)
        assert distance[-1] == pytest.approx(case["ground_range_m"], abs=0.01)
        expected = max(0.0, case["min_visible_height_agl_m"])
        tolerance = max(15.0, 0.05 * expected)
        dense = terrain.profile_minimum_height_m(distance, ground, case["radar_agl_m"])
        assert dense == pytest.approx(expected, abs=tolerance)
        mask = terrain.visible_height_raster(*grid, *here, ground[0] + case["radar_agl_m"], distance[-1] + 500.0)
        swept = kernels.mask_height_m(mask, float(dem.row(there[0])), float(dem.column(there[1]))) - ground[-1]
        assert swept == pytest.approx(expected, abs=tolerance)
        if abs(case["margin_m"]) > 30.0:
            assert (dense < case["target_agl_m"]) == (swept < case["target_agl_m"]) == (case["visible"] == 1.0)


@pytest.fixture(scope="module")
def canberra() -> tuple[np.ndarray, np.ndarray]:
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(DATA / "viewshed" / "canberra_dem_90m.tif") as raster:
        dem = raster.read(1)
    return dem, terrain.minimum_visible_height(dem, 90.0, 246, 253, 20.0, 20e3)


def test_projected_raster_agrees_with_sixty_dense_cells(canberra: tuple[np.ndarray, np.ndarray]) -> None:
    _, lowest = canberra
    cases = rows("canberra_dense_cells.csv")
    assert len(cases) == 60
    worst, gdal = 0.0, 0.0
    for case in cases:
        expected = case["min_visible_height_agl_dense_m"]
        got = lowest[int(case["dem_row"]), int(case["dem_col"])]
        assert got == pytest.approx(expected, abs=max(15.0, 0.05 * expected))
        worst = max(worst, abs(got - expected))
        gdal = max(gdal, abs(case["min_visible_height_agl_gdal_m"] - expected))
    assert worst < gdal / 10.0


def test_projected_raster_agrees_with_gdal_cell_by_cell(canberra: tuple[np.ndarray, np.ndarray]) -> None:
    rasterio = pytest.importorskip("rasterio")
    _, lowest = canberra
    with rasterio.open(DATA / "viewshed" / "canberra_visible_0.tif") as raster:
        visible = raster.read(1) == 1
    lowest = lowest[23 : 23 + visible.shape[0], 30 : 30 + visible.shape[1]]  # its box in the raster, by georeference
    inside = ~np.isnan(lowest)
    same = (lowest <= 100.0) == visible
    assert same[inside].mean() >= 0.97
    assert same[inside & (np.abs(lowest - 100.0) > 50.0)].mean() >= 0.99


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="plain Python has no signatures")
def test_the_sweep_is_compiled_once_for_both_faces(canberra: tuple[np.ndarray, np.ndarray]) -> None:
    dem = dems.flat((39.0, 40.0, 30.0, 31.0))
    for heights in (dem.height_m, dem.height_m.astype(np.float32)):
        terrain.visible_height_raster(heights, 40.0, 30.0, 0.05, 0.05, 39.5, 30.5, 10.0, 50e3)
        terrain.minimum_visible_height(heights, 90.0, 2, 2, 10.0, 1e3, parallel=False)
    assert len(terrain_lines.sweep_chunk.signatures) == 1  # type: ignore[attr-defined]


def test_smooth_earth_gives_the_horizon() -> None:
    dem = dems.flat((39.0, 42.0, 30.0, 34.0))
    mask = terrain.visible_height_raster(
        dem.height_m, dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg, 40.0, 32.0, 25.0, 140e3
    )
    for row, col in [(40, 60), (50, 40), (20, 55), (40, 41)]:
        distance = geodesy.inverse(40.0, 32.0, 42.0 - 0.05 * row, 30.0 + 0.05 * col)[0]
        assert mask[row, col] == pytest.approx(float(horizon.lowest_height_m(distance, 25.0)), rel=0.02, abs=2.0)


def test_beyond_range_is_hidden() -> None:
    dem = dems.flat((39.0, 41.0, 30.0, 34.0))
    mask = terrain.visible_height_raster(
        dem.height_m, dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg, 40.0, 32.0, 25.0, 100e3
    )
    assert mask[20, 0] == terrain.HIDDEN
    assert mask[20, 40] == 0
    assert mask.dtype == np.int16


def test_a_radar_out_of_range_of_the_raster_sees_nothing_of_it() -> None:
    dem = dems.flat((39.0, 41.0, 30.0, 34.0))
    mask = terrain.visible_height_raster(dem.height_m, 41.0, 30.0, 0.05, 0.05, 10.0, 32.0, 25.0, 100e3)
    assert np.all(mask == terrain.HIDDEN)


def test_near_terrain_can_be_left_out() -> None:
    dem = np.zeros((61, 61), np.int16)
    dem[28:33, 28:33] = 200  # a coarse cell higher than the surveyed antenna
    blind = terrain.visible_height_raster(dem, 41.0, 30.0, 0.03, 0.03, 40.1, 30.9, 50.0, 80e3)
    open_ = terrain.visible_height_raster(dem, 41.0, 30.0, 0.03, 0.03, 40.1, 30.9, 50.0, 80e3, near_m=12e3)
    assert blind[10, 30] > 1000
    assert open_[10, 30] < 100


def test_a_profile_without_terrain_between_sees_the_ground() -> None:
    assert terrain.profile_minimum_height_m([0.0, 100.0], [10.0, 10.0], 5.0) == 0.0
    assert math.isnan(terrain.profile_minimum_height_m([0.0, 50.0, 100.0], [10.0, 10.0, -32767.0], 5.0))


def test_a_void_in_a_profile_is_not_a_wall() -> None:
    distance, height = np.array([0.0, 1e3, 2e3, 3e3]), np.array([10.0, 10.0, -32768.0, 10.0])
    assert terrain.profile_minimum_height_m(distance, height, 30.0) == 0.0


def test_an_antenna_on_a_void_is_refused() -> None:
    with pytest.raises(ValueError, match="void"):
        terrain.minimum_visible_height(np.full((5, 5), -32767), 90.0, 2, 2, 10.0, 1e3)
