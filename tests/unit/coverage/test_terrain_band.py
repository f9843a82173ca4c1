"""Low altitude honestly: the band for coarse terrain, where it comes from, and that nobody reads a share without it."""

from __future__ import annotations

import csv
import json
import math
import shutil
import subprocess
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.coverage import scene

import egide as eg
from egide.cli.app import main
from egide.coverage import bias
from egide.coverage.net import grid_of, net_of
from egide.physics import horizon, terrain_sweep

DATA = Path(__file__).resolve().parents[2] / "data"
MEASURED: dict[str, Any] = json.loads((resources.files("egide") / "data" / "terrain_bias.json").read_text("utf-8"))
CELLS, HEIGHTS = MEASURED["cells_m"], MEASURED["heights_m"]


def ratios(cell_m: float, height_m: float) -> tuple[float, float]:
    found = bias.ratios(cell_m, height_m)
    assert found is not None
    return found


# --- interpolation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("i", "j"), list(product(range(len(CELLS)), range(len(HEIGHTS) - 1))))
def test_at_a_measured_size_and_height_the_ratio_is_the_measured_one(i: int, j: int):
    found = bias.ratios(CELLS[i], HEIGHTS[j])
    assert found == pytest.approx((MEASURED["ratio_p05"][i][j], MEASURED["ratio_p95"][i][j]), rel=1e-12)


def test_half_way_between_two_measurements_the_ratio_is_their_geometric_mean():
    between_heights = ratios(CELLS[2], math.sqrt(HEIGHTS[1] * HEIGHTS[2]))
    assert between_heights[0] == pytest.approx(math.sqrt(MEASURED["ratio_p05"][2][1] * MEASURED["ratio_p05"][2][2]))
    between_cells = ratios(math.sqrt(CELLS[3] * CELLS[4]), HEIGHTS[0])
    assert between_cells[1] == pytest.approx(math.sqrt(MEASURED["ratio_p95"][3][0] * MEASURED["ratio_p95"][4][0]))


def test_beyond_the_measured_sizes_and_heights_the_nearest_is_held():
    assert bias.ratios(50_000.0, 1.0) == pytest.approx((MEASURED["ratio_p05"][-1][0], MEASURED["ratio_p95"][-1][0]))


@given(st.floats(260.0, 8000.0), st.floats(1.0, 2999.0), st.floats(0.0, 1.0))
def test_a_band_holds_its_share_and_is_usable_only_if_no_wider_than_half_of_it(cell_m: float, h_m: float, share: float):
    band = bias.band_of(share, cell_m, h_m)
    assert 0.0 <= band.low <= share <= band.high <= 1.0
    if share > 0.0:
        assert band.usable == (band.high - band.low <= 0.5 * share)
    else:
        assert band.usable <= bias.band_of(1e-9, cell_m, h_m).usable


def test_fine_terrain_and_great_heights_need_no_band():
    assert bias.ratios(250.0, 50.0) is None
    assert bias.ratios(3700.0, 3000.0) is None
    assert bias.ratios(260.0, 2999.0) is not None


# --- the direction, by another's program ------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("gdal_viewshed") is None, reason="gdal_viewshed is not installed")
def test_gdal_too_sees_more_from_a_hill_on_coarse_terrain_than_on_fine(tmp_path: Path):
    """Means over 30 cells of 90 m lose the crests that hide: the antenna keeps its surveyed height."""
    import rasterio

    with rasterio.open(DATA / "viewshed" / "canberra_dem_90m.tif") as file:
        fine = file.read(1).astype(np.float32)
    k = 30
    rows, columns = (size // k * k for size in fine.shape)
    fine = fine[:rows, :columns]
    coarse = fine.reshape(rows // k, k, columns // k, k).mean(axis=(1, 3))
    middle = fine[150:300, 150:300]
    row, col = (int(at) + 150 for at in np.unravel_index(np.argmax(middle), middle.shape))
    antenna_m = float(fine[row, col]) + 20.0
    shares = {"fine": gdal_share(tmp_path, fine, 90.0, row, col, 20.0)}
    over_m = antenna_m - float(coarse[row // k, col // k])
    shares["coarse"] = gdal_share(tmp_path, coarse, 90.0 * k, row // k, col // k, over_m)
    assert shares["coarse"] > 1.2 * shares["fine"]
    plane = terrain_sweep.projected((rows, columns), 90.0, row, col)
    lowest = terrain_sweep.run(fine, plane, antenna_m, 15e3, 4 / 3, above_ground=True, parallel=False)
    assert np.mean(lowest[np.isfinite(lowest)] <= 100.0) == pytest.approx(shares["fine"], abs=0.02)


def gdal_share(folder: Path, height_m: np.ndarray, cell_m: float, row: int, col: int, antenna_m: float) -> float:
    """Share of the cells within 15 km in which a target 100 m above the ground is in sight, by gdal_viewshed."""
    import rasterio

    north = 5e6
    with rasterio.open(
        folder / "dem.tif", "w", driver="GTiff", height=height_m.shape[0], width=height_m.shape[1], count=1,
        dtype="float32", crs="EPSG:32755", transform=rasterio.Affine(cell_m, 0.0, 4e5, 0.0, -cell_m, north),
    ) as file:  # fmt: skip
        file.write(height_m.astype(np.float32), 1)
    x, y = 4e5 + (col + 0.5) * cell_m, north - (row + 0.5) * cell_m
    line = ["gdal_viewshed", "-q", "-ox", f"{x}", "-oy", f"{y}", "-oz", f"{antenna_m}", "-tz", "100", "-md", "15000",
            "-cc", "0.75", str(folder / "dem.tif"), str(folder / "seen.tif")]  # fmt: skip
    subprocess.run(line, check=True, capture_output=True)
    with rasterio.open(folder / "seen.tif") as file:
        seen, t = file.read(1), file.transform
    down = t.f - (np.arange(seen.shape[0]) + 0.5) * cell_m - y
    across = t.c + (np.arange(seen.shape[1]) + 0.5) * cell_m - x
    return float(np.mean(seen[np.hypot(down[:, None], across[None, :]) <= 15e3] == 255))


# --- what a reader sees -----------------------------------------------------------------------------------------------


def made(folder: Path, step: float, *more: str) -> Path:
    """A coverage over hilly ground."""
    size = (round(2.0 / step), round(3.0 / step))
    height = np.random.default_rng(1).integers(0, 300, size).astype(np.int16)
    scene.geotiff(folder / "t.tif", height, 44.0, -35.5, step)
    file = scene.write(folder, scene.BATTERY, south=44.1, north=45.9, west=-35.4, east=-32.6, ground=300,
                       terrain="{file: t.tif}")  # fmt: skip
    words = ["--altitude", "100m-agl,1km-agl,10km-amsl", "--nominal", "--area", "rectangle"]
    assert main(["coverage", str(file), *words, *more, "-o", str(folder / "out")]) == 0
    return folder / "out"


def test_on_coarse_terrain_every_table_says_which_shares_are_not_usable(tmp_path: Path, capsys):
    out = made(tmp_path, 0.03)
    said = capsys.readouterr().out
    with (out / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["usable"] for row in rows if row["altitude"] in ("100m-agl", "1km-agl")} == {"False"}
    high = [row for row in rows if row["altitude"] == "10km-amsl"]
    assert {row["usable"] for row in high} == {"True"}
    assert {row["terrain_low"] for row in high} == {""}
    assert any(" ".join(line.split()).count("not usable not usable") for line in said.splitlines())
    page = (out / "coverage.en.html").read_text("utf-8")
    first = page.index("<td>")
    assert page[first:].startswith("<td>not usable</td><td>not usable</td><td>")
    assert "band is wider than half" in page


def test_on_terrain_somewhat_too_coarse_the_band_stands_beside_the_share(tmp_path: Path, capsys):
    out = made(tmp_path, 0.0045, "--detection")  # 500 m
    with (out / "table.csv").open(encoding="utf-8", newline="") as file:
        seen = {row["altitude"]: row for row in csv.DictReader(file) if row["measure"] == "seen"}
    assert seen["100m-agl"]["usable"] == "False"
    row = seen["1km-agl"]
    assert row["usable"] == "True"
    low, high = ratios(500.4, 1000.0)
    assert float(row["terrain_low"]) == pytest.approx(float(row["nominal"]) * low, rel=0.02)
    assert float(row["terrain_high"]) == pytest.approx(float(row["nominal"]) * max(high, 1.0), rel=0.02)
    assert "terrain" in next(line for line in capsys.readouterr().out.splitlines() if "not usable" in line)
    assert '<span class="ci">terrain ' in (out / "coverage.en.html").read_text("utf-8")


def test_an_antenna_stands_on_its_sites_own_surveyed_height_and_not_on_the_coarse_cell(tmp_path: Path):
    """A cell of 5.6 km at 400 m holds a summit of 900 m: over the sea around it, the 4/3-Earth horizon of 920 m."""
    height = np.zeros((80, 160), np.int16)
    height[38:42, 78:82] = 400
    scene.geotiff(tmp_path / "t.tif", height, 43.0, -38.0, 0.05)
    file = scene.write(tmp_path, south=43.1, north=46.9, west=-37.9, east=-30.1, ground=900, mast=20,
                       terrain="{file: t.tif}")  # fmt: skip
    scenario = eg.load(file)
    radar = net_of(scenario, grid_of(scenario)).radars[0]
    assert radar.places[0].antenna_m == pytest.approx(920.0)
    covered = eg.coverage(file, altitude="1km-amsl", rcs="100m2", area="rectangle", ranges=False, engagement=False)
    lowest = covered.lowest("100m2")
    row, col = int(np.argmin(np.abs(lowest.latitude - 45.0))), int(np.argmin(np.abs(lowest.longitude + 31.5)))
    way_m = 6_371_000.0 * math.radians(2.5) * math.cos(math.radians(45.0))
    expected = float(horizon.lowest_height_m(way_m, 920.0))
    assert lowest.data[row, col] == pytest.approx(expected, abs=max(30.0, 0.1 * expected))
