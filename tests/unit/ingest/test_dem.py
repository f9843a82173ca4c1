"""Terrain files, good and bad."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from egide.errors import ScenarioError
from egide.ingest import dem

DATA = Path(__file__).parents[2] / "data"
TURKEY = (35.0, 43.0, 25.0, 46.0)


@pytest.fixture
def raster(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small GeoTIFF: cells of 0.1 degree, first corner at 40 north 30 east unless told."""

    def write(heights: Any, name: str = "t.tif", west: float = 30.0, north: float = 40.0, **profile: Any) -> Path:
        array = np.asarray(heights)
        options = {"crs": "EPSG:4326", "transform": Affine(0.1, 0.0, west, 0.0, -0.1, north), **profile}
        with rasterio.open(
            tmp_path / name, "w", driver="GTiff", height=array.shape[0], width=array.shape[1], count=1,
            dtype=array.dtype, **options,
        ) as file:  # fmt: skip
            file.write(array, 1)
        return tmp_path / name

    return write


def problem(error: pytest.ExceptionInfo[ScenarioError]) -> str:
    assert len(error.value.problems) == 1
    assert error.value.problems[0].right  # a mend is always given
    return str(error.value)


def test_shipped_relief_covers_the_region_with_known_heights() -> None:
    land = dem.package("turkey-2min", TURKEY)
    assert land.north_deg == pytest.approx(43.0)
    assert land.west_deg == pytest.approx(25.0)
    assert land.height_m.shape == (241, 631)
    assert land.void_share == 0.0
    for lat, lon, metres in [(39.9333, 32.8667, 894), (38.6, 42.9, 1634), (43.0, 33.0, 0)]:
        assert land.height_m[round(float(land.row(lat))), round(float(land.column(lon)))] == metres
    assert land.max_m == 4210.0  # Ararat, 5137 m: a cell is ten square kilometres


def test_shipped_data_is_what_its_provenance_says() -> None:
    folder = resources.files("egide") / "data"
    told = (folder / "PROVENANCE.md").read_text(encoding="utf-8")
    names = [item.name for item in folder.iterdir() if item.name.endswith((".tif", ".json"))]
    assert len(names) == 4
    for name in names:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() in told


def test_the_hash_is_the_files_own() -> None:
    path = DATA / "dem" / "alps.tif"
    assert dem.load([path]).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_tiles_side_by_side_become_one_raster(raster: Callable[..., Path]) -> None:
    left = raster(np.full((10, 10), 100, np.int16), "a.tif")
    right = raster(np.full((10, 10), 200, np.int16), "b.tif", west=31.0)
    land = dem.load([left, right], (39.2, 39.8, 30.2, 31.8))
    assert set(np.unique(land.height_m)) == {100, 200}
    assert land.height_m[2, round(float(land.column(30.95)))] == 100
    assert land.height_m[2, round(float(land.column(31.05)))] == 200


def test_the_border_of_a_raster_of_areas_is_still_covered(raster: Callable[..., Path]) -> None:
    land = dem.load([raster(np.full((10, 10), 7, np.int16))], (39.0, 40.0, 30.0, 31.0))
    assert np.all(land.height_m == 7)
    assert float(land.row(40.0)) >= 0.0
    assert float(land.column(31.0)) <= land.height_m.shape[1] - 1


def test_another_projection_is_warped() -> None:
    land = dem.load([DATA / "viewshed" / "canberra_dem_90m.tif"], (-35.6, -35.4, 149.3, 149.6))
    with rasterio.open(DATA / "dem" / "S36E149.tif") as file:
        expected = next(file.sample([(149.45, -35.5)]))[0]
    got = land.height_m[round(float(land.row(-35.5))), round(float(land.column(149.45)))]
    assert got == pytest.approx(expected, abs=40)


def test_voids_and_nodata_become_void(raster: Callable[..., Path]) -> None:
    heights = np.full((10, 10), 50.0, np.float32)
    heights[0, 0], heights[0, 1], heights[0, 2] = np.nan, -32767.0, -9999.0
    land = dem.load([raster(heights, nodata=-9999.0)])
    assert np.all(land.height_m[0, :3] == dem.VOID_M)
    assert land.void_share == pytest.approx(0.03)


def test_flat_ground_is_flat_and_covers() -> None:
    land = dem.flat(TURKEY)
    assert not land.height_m.any()
    assert float(land.row(35.0)) <= land.height_m.shape[0] - 1
    assert float(land.column(46.0)) <= land.height_m.shape[1] - 1


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ScenarioError) as error:
        dem.load([Path("nowhere.tif")])
    assert "nowhere.tif" in problem(error)


def test_a_file_that_is_no_raster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.tif").write_text("hello")
    with pytest.raises(ScenarioError) as error:
        dem.load([tmp_path / "note.tif"])
    assert "not a raster" in problem(error)


def test_a_raster_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.vrt").write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Int16" band="1"><SimpleSource>'
        "<SourceFilename>/vsicurl/http://example.invalid/x.tif</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(ScenarioError) as error:
        dem.load([tmp_path / "t.vrt"])
    assert "not a raster" in problem(error)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_without_a_place_is_refused(raster: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError) as error:
        dem.load([raster(np.zeros((5, 5), np.int16), crs=None)])
    assert "coordinate reference system" in problem(error)


def test_an_area_that_is_not_covered_says_where(raster: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError) as error:
        dem.load([raster(np.zeros((10, 10), np.int16))], (38.0, 39.9, 30.1, 30.9))
    assert "covers" in problem(error)
    assert "north" in problem(error)


def test_mostly_void_terrain_is_refused(raster: Callable[..., Path]) -> None:
    heights = np.full((10, 10), -32767, np.int16)
    heights[:5] = 10
    with pytest.raises(ScenarioError) as error:
        dem.load([raster(heights)])
    assert "50%" in problem(error)


def test_heights_that_are_not_metres_are_refused(raster: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError) as error:
        dem.load([raster(np.full((5, 5), 400_000.0, np.float32))])
    assert "metres" in problem(error)


def test_an_unknown_package_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        dem.package("moon")
    assert "turkey-2min" in problem(error)


def test_an_area_inside_out_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        dem.flat((43.0, 35.0, 25.0, 46.0))
    assert "empty" in problem(error)
