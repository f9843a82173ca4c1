"""The strips that a terrain is cut into change nothing: not a cell of a raster, not the last digit of a share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.coverage import scene

from egide.coverage import Coverage, Plan, files, grid, plan


def planned(folder: Path, more: str) -> Plan:
    rng = np.random.default_rng(11)
    rough = np.abs(np.cumsum(rng.normal(0.0, 120.0, (60, 100)), axis=1)).astype(np.int16)
    rough[40:44, 60:70] = -32768
    scene.geotiff(folder / "t.tif", rough, 44.0, -36.0, 0.05)
    people = scene.geotiff(folder / "people.tif", rng.random((30, 50)).astype(np.float32), 44.0, -36.0, 0.1)
    file = scene.write(folder, more, south=44.1, north=46.9, west=-35.9, east=-31.1, lat=45.475, lon=-33.975,
                       lon2=-33.975, ground=int(rough[30, 40]) + 5, terrain="{file: t.tif}")  # fmt: skip
    return plan(file, altitude=["100m-agl", "1km-amsl", "4km-amsl"], rcs=["0.1m2", "1m2"], weight=people,
                area="rectangle", engagement=False)  # fmt: skip


@pytest.fixture(scope="module", params=["fixed", "airborne", "fixed, what radars see on disk"])
def whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Plan, Coverage, dict[str, np.ndarray]]]:
    folder = tmp_path_factory.mktemp("strips")
    with pytest.MonkeyPatch.context() as patch:
        if "disk" in request.param:
            patch.setattr(grid, "WHOLE_GRID_CELLS", 1_000)
        asked = planned(folder, scene.ORBIT if request.param == "airborne" else "")
        yield asked, Coverage(asked, {"": asked.run("")}), written(asked, folder / "out")


def written(asked: Plan, folder: Path) -> dict[str, np.ndarray]:
    out = files.Folder(folder, asked)
    out.make("")
    out.close()
    found = {}
    for path in sorted(folder.rglob("*.tif")):
        with rasterio.open(path) as raster:
            found[path.name] = raster.read()
    for path in sorted(folder.rglob("*.geojson")):
        found[path.name] = np.frombuffer(path.read_bytes(), np.uint8)
    return found


@given(rows=st.integers(1, 70))
@settings(max_examples=8, deadline=None)
def test_the_height_of_the_strips_changes_no_cell_and_no_digit(whole, rows: int):
    asked, before, rasters = whole
    cut = replace(asked, strip_rows=rows)
    now = Coverage(cut, {"": cut.run("")})
    assert [repr(row) for row in now.rows] == [repr(row) for row in before.rows]
    assert now.losses == before.losses
    assert np.array_equal(now.lowest("1m2").data, before.lowest("1m2").data, equal_nan=True)
    with tempfile.TemporaryDirectory() as folder:
        again = written(cut, Path(folder) / "out")
    assert again.keys() == rasters.keys()
    for name, raster in rasters.items():
        assert np.array_equal(again[name], raster, equal_nan=raster.dtype.kind == "f"), name


def test_shares_are_the_weighted_means_of_the_rasters(whole):
    asked, covered, _ = whole
    counter = asked.counter
    for a, altitude in enumerate(asked.request.altitudes):
        for weight in asked.values:
            row = next(r for r in covered.rows if r.measure == "seen" and r.altitude == altitude.text
                       and r.rcs_m2 == 1.0 and r.weight == weight)  # fmt: skip
            raster = covered.seen(altitude.text, "1m2").data
            ground = asked.grid.dem.height_m
            air = (ground != -32768) & (altitude.agl | (ground < altitude.height_m))
            values = asked.values[weight]
            cells = np.broadcast_to(asked.grid.cell_km2, ground.shape) if values is None else values
            assert row.nominal == pytest.approx(np.average(raster[air], weights=cells[air]), rel=1e-6), (a, weight)
    assert counter.total["area"] > 0.0
