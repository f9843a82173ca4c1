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


def hgt(folder: Path, name: str, heights: np.ndarray) -> Path:
    """A tile as SRTM writes it: big-endian, 1201 x 1201, corner in its name."""
    heights.astype(">i2").tofile(folder / name)
    return folder / name


def test_srtm_tiles_become_one_raster_without_a_seam(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(1201), (1201, 1))
    tiles = [hgt(tmp_path, "N39E032.hgt", ramp), hgt(tmp_path, "N39E033.hgt", ramp + 1200)]
    land = dem.load(tiles, (39.1, 39.9, 32.2, 33.8))
    assert land.step_lat_deg == pytest.approx(1.0 / 1200.0)
    assert np.array_equal(np.diff(land.height_m[5]), np.ones(land.height_m.shape[1] - 1))


def test_tiles_on_both_sides_of_the_antimeridian_become_one(raster: Callable[..., Path]) -> None:
    west = raster(np.full((10, 10), 100, np.int16), "a.tif", west=179.0)
    east = raster(np.full((10, 10), 200, np.int16), "b.tif", west=-180.0)
    for tiles in ([west, east], [east, west]):
        land = dem.load(tiles, (39.2, 39.8, 179.2, 180.8))
        assert land.height_m[2, round(float(land.column(179.95)))] == 100
        assert land.height_m[2, round(float(land.column(180.05)))] == 200


def test_tiles_of_high_latitudes_have_fewer_columns_and_still_fit(raster: Callable[..., Path]) -> None:
    south = raster(
        np.full((20, 20), 5, np.int16), "s.tif", north=75.0, transform=rasterio.Affine(0.05, 0, 30, 0, -0.05, 75)
    )
    north = raster(np.full((20, 10), 9, np.int16), "n.tif", transform=rasterio.Affine(0.1, 0, 30, 0, -0.05, 76))
    land = dem.load([south, north], (74.1, 75.9, 30.1, 30.9))
    assert set(np.unique(land.height_m)) == {5, 9}
    assert land.void_share == 0.0


def test_heights_below_the_sea_are_heights(raster: Callable[..., Path]) -> None:
    land = dem.load([raster(np.full((5, 5), -430, np.int16))])
    assert np.all(land.height_m == -430)


def test_a_large_mosaic_lies_on_disk_and_equals_the_one_in_memory(
    raster: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    tiles = [
        raster(rng.integers(-50, 3000, (40, 40)).astype(np.int16), f"{i}.tif", west=30.0 + 4 * i) for i in range(3)
    ]
    area = (36.2, 39.8, 30.2, 41.8)
    whole = dem.load(tiles, area)
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setattr(dem, "MAPPED_CELLS", 100)
    monkeypatch.setattr(dem, "_BAND_ROWS", 7)
    for _ in range(2):
        mapped = dem.load(tiles, area)
        assert isinstance(mapped.height_m, np.memmap)
        assert np.array_equal(mapped.height_m, whole.height_m)
        assert mapped.content == whole.content
        assert (mapped.max_m, mapped.void_share) == (whole.max_m, whole.void_share)
        assert not mapped.height_m.flags.writeable


def test_a_cut_holds_the_same_heights(raster: Callable[..., Path]) -> None:
    land = dem.load([raster(np.arange(400, dtype=np.int16).reshape(20, 20))])
    part = land.cut((38.6, 39.2, 30.5, 31.1))
    for lat, lon in [(38.63, 30.52), (39.18, 31.07), (38.96, 30.84)]:
        here, there = (d.height_m[round(float(d.row(lat))), round(float(d.column(lon)))] for d in (land, part))
        assert here == there
    assert part.height_m.size < land.height_m.size


def test_an_area_of_a_hundred_gigabytes_is_refused_with_its_size(raster: Callable[..., Path]) -> None:
    tile = raster(np.zeros((30, 30), np.int16), transform=rasterio.Affine(0.0005, 0, 30, 0, -0.0005, 40))
    with pytest.raises(ScenarioError) as error:
        dem.load([tile], (-40.0, 40.0, 0.0, 160.0))
    assert "102 GB" in problem(error)
    assert "arc-minutes" in problem(error)


def test_metres_that_are_called_degrees_are_refused(raster: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError) as error:
        dem.load([raster(np.zeros((5, 5), np.int16), transform=rasterio.Affine(90, 0, 500_000, 0, -90, 4_400_000))])
    assert "metres" in problem(error)


def test_a_rotated_raster_is_straightened(raster: Callable[..., Path]) -> None:
    turned = rasterio.Affine(0.08, -0.06, 30.0, -0.06, -0.08, 40.0)
    land = dem.load([raster(np.full((30, 30), 70, np.int16), transform=turned)], (36.8, 37.2, 30.2, 30.6))
    assert np.all(land.height_m == 70)


def test_a_file_cut_short_is_refused(raster: Callable[..., Path]) -> None:
    path = raster(np.random.default_rng(1).integers(0, 999, (200, 200)).astype(np.int16))
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(ScenarioError) as error:
        dem.load([path])
    assert "cut short" in problem(error) or "not a raster" in problem(error)
