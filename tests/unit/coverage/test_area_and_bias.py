"""Areas against the geodesic area of their polygons, weights, and the band for coarse terrain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from tests.unit.coverage import scene

import egide as eg
from egide.coverage import bias
from egide.coverage.area import Area, area_of, values_of, weights_of
from egide.coverage.net import Grid, grid_of, gridded
from egide.ingest import dem, polygons


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grid, object]:
    scenario = eg.load(scene.write(tmp_path_factory.mktemp("area")))
    return grid_of(scenario), scenario


def test_a_polygon_has_its_geodesic_area(grid, tmp_path: Path):
    ring = [[-36.0, 44.0], [-32.0, 44.2], [-31.5, 46.0], [-35.0, 46.5], [-36.0, 44.0]]
    hole = [[-34.0, 45.0], [-33.0, 45.0], [-33.0, 45.5], [-34.0, 45.5], [-34.0, 45.0]]
    place = tmp_path / "a.geojson"
    place.write_text(json.dumps({"type": "Polygon", "coordinates": [ring, hole]}), encoding="utf-8")
    wgs = Geod(ellps="WGS84")
    polygon_area: Any = wgs.polygon_area_perimeter
    km2 = sum(sign * abs(polygon_area(*zip(*points, strict=True))[0]) / 1e6
              for sign, points in ((1, ring), (-1, hole)))  # fmt: skip
    found = area_of(grid[0], grid[1], str(place))
    assert found.km2 == pytest.approx(km2, rel=0.01)
    assert found.inside_share == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("ends", [(179.0, -179.0), (179.0, 181.0), (-181.0, -179.0)])
def test_a_polygon_across_the_antimeridian_is_one_area(grid, tmp_path: Path, ends: tuple[float, float]):
    west, east = ends
    points = [[west, 44.0], [east, 44.0], [east, 46.0], [west, 46.0], [west, 44.0]]
    place = tmp_path / "a.geojson"
    place.write_text(json.dumps({"type": "Polygon", "coordinates": [points]}), encoding="utf-8")
    polygon_area: Any = Geod(ellps="WGS84").polygon_area_perimeter
    km2 = abs(polygon_area([179.0, 181.0, 181.0, 179.0], [44.0, 44.0, 46.0, 46.0])[0]) / 1e6
    found = area_of(gridded(dem.flat((43.0, 47.0, 176.0, 184.0))), grid[1], str(place))
    assert found.km2 == pytest.approx(km2, rel=0.05)
    assert found.inside_share == pytest.approx(1.0, abs=0.05)


def test_turkey_has_the_area_of_its_outline():
    study = Path(__file__).resolve().parents[3] / "studies" / "turkiye-2019" / "scenario.yaml"
    scenario = eg.load(study)
    grid = grid_of(scenario)
    found = area_of(grid, scenario, None)
    assert found.name == "Turkey"  # where most of the sites stand
    assert found.km2 == pytest.approx(783_562, rel=0.03)  # the published area; the outline is generalised
    wider = area_of(grid, scenario, "Turkey", 22_224.0)
    assert wider.km2 > found.km2 + 50_000
    assert wider.notes


def test_people_are_counted_once(grid, tmp_path: Path):
    people = np.zeros((20, 40), np.float32)
    people[5, 7], people[12, 30] = 1000.0, 3000.0
    raster = scene.geotiff(tmp_path / "people.tif", people, 43.0, -38.0, 0.2)
    area = area_of(grid[0], grid[1], "rectangle")
    weights = weights_of(grid[0], area.inside, values_of(grid[0], area, raster))
    assert weights.sum() == pytest.approx(4000.0, rel=0.01)


def test_coarse_terrain_widens_low_shares_and_refuses_the_lowest():
    assert bias.band_of(0.5, 200.0, 100.0) is None
    assert bias.band_of(0.5, 3700.0, 3500.0) is None
    low = bias.band_of(0.5, 3700.0, 100.0)
    assert low is not None
    assert not low.usable
    finer = bias.band_of(0.5, 300.0, 2000.0)
    assert finer is not None
    assert finer.low <= 0.5 <= finer.high
    assert finer.high - finer.low < low.high - low.low


def test_a_coarse_raster_of_people_keeps_their_number(tmp_path):
    import rasterio
    from affine import Affine

    coarse = tmp_path / "people.tif"
    with rasterio.open(coarse, "w", driver="GTiff", width=8, height=8, count=1, dtype="float64", crs="EPSG:4326",
                       transform=Affine(0.5, 0.0, 30.0, 0.0, -0.5, 42.0)) as file:  # fmt: skip
        file.write(np.ones((8, 8)), 1)
    ground = dem.Dem(np.zeros((80, 80), np.int16), 41.975, 30.025, 0.05, 0.05, "test", "")
    grid = gridded(ground)
    area = Area("all", "all", 0.0, np.ones(grid.shape, bool), 1.0, 1.0)
    found = values_of(grid, area, coarse)
    assert found.sum() == pytest.approx(64.0, rel=1e-3)
    for row in range(0, 80, 10):  # ten by ten cells to a pixel, one person each
        assert found[row : row + 10, 20:30].sum() == pytest.approx(1.0, rel=1e-3)


def test_a_country_inside_another_is_not_part_of_it():
    geod = Geod(ellps="WGS84")
    (outer, hole), *_ = polygons.country_polygons("South Africa")
    lesotho = abs(geod.polygon_area_perimeter(hole[:, 0], hole[:, 1])[0]) / 1e6
    assert lesotho == pytest.approx(30_355, rel=0.15)  # CIA World Factbook; the outline is coarse
    assert abs(geod.polygon_area_perimeter(outer[:, 0], outer[:, 1])[0]) / 1e6 > 1_200_000
