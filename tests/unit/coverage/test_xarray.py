"""A raster as xarray has it, against the same raster as rasterio reads it from the command's files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tests.unit.coverage import scene

import egide as eg
from egide.cli.app import main
from egide.coverage import Coverage
from egide.errors import ScenarioError

PLACES = [(45.0, -34.0), (46.88, -37.88), (43.12, -30.13), (44.512, -33.333)]  # latitude, longitude


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Coverage, Path]:
    folder = tmp_path_factory.mktemp("xarray")
    ridge = np.zeros((80, 160), np.int16)
    ridge[:, 90:95] = 900  # so that the raster is not the same from left to right
    scene.geotiff(folder / "t.tif", ridge, 43.0, -38.0, 0.05)
    file = scene.write(folder, south=43.1, north=46.9, west=-37.9, east=-30.1, terrain="{file: t.tif}")
    words = ["--altitude", "1km-amsl", "--nominal", "--detection", "--area", "rectangle"]
    assert main(["coverage", str(file), *words, "-o", str(folder / "out")]) == 0
    covered = eg.coverage(file, altitude="1km-amsl", area="rectangle", ranges=False, engagement=False)
    return covered, next((folder / "out").glob("*/seen_1km-amsl_1m2.tif"))


def test_values_and_coordinates_are_those_of_the_raster(made):
    covered, path = made
    array = covered.radars("1km-amsl", "1m2").to_xarray()
    assert array.dims == ("latitude", "longitude")
    assert array.name == "radars"
    with rasterio.open(path) as file:
        written = file.read(2)
        rows, columns = np.arange(file.height), np.arange(file.width)
        assert array.longitude.values == pytest.approx(np.array(file.xy(np.zeros(file.width), columns)[0]))
        assert array.latitude.values == pytest.approx(np.array(file.xy(rows, np.zeros(file.height))[1]))
        assert array.attrs["crs"] == file.crs.to_string()
        assert array.attrs["transform"] == pytest.approx(tuple(file.transform)[:6])
    air = np.isfinite(written)
    assert air.any()
    assert 0.0 < written[air].mean() < 1.0
    assert np.array_equal(array.values[air], written[air])


def test_coordinates_say_their_units_as_the_cf_conventions_have_it(made):
    array = made[0].seen("1km-amsl", "1m2").to_xarray()
    assert array.latitude.attrs == {"units": "degrees_north", "standard_name": "latitude"}
    assert array.longitude.attrs == {"units": "degrees_east", "standard_name": "longitude"}


@pytest.mark.parametrize(("latitude", "longitude"), PLACES)
def test_the_nearest_cell_is_the_one_that_the_file_has_there(made, latitude: float, longitude: float):
    covered, path = made
    array = covered.seen("1km-amsl", "1m2").to_xarray()
    got = float(array.sel(latitude=latitude, longitude=longitude, method="nearest"))
    with rasterio.open(path) as file:
        assert got == pytest.approx(float(next(file.sample([(longitude, latitude)]))[0]), nan_ok=True)


def test_without_xarray_the_mend_is_said(made, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ScenarioError, match="xarray is not installed") as error:
        made[0].seen("1km-amsl", "1m2").to_xarray()
    assert "pip install xarray" in str(error.value)
    assert made[0].seen("1km-amsl", "1m2").data.shape == made[0].plan.grid.shape
