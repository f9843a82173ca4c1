"""The area that shares are counted over, and the weight of each of its cells.

area      a country of Natural Earth, the polygons of a GeoJSON file, or the scenario's whole rectangle
sea       territory plus the sea within a stated limit that is nearer to it than to any other country on the map
weight    square kilometres, or what a raster of values or people puts on each cell

A cell belongs where its centre lies. The shipped outlines are generalised (1:110 million): islands are missing and
coasts are some kilometres off. Boundaries imply no position.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np
from pyproj import Geod

from egide.constants import WGS84_A_M, WGS84_F
from egide.coverage.net import Grid
from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest import polygons

if TYPE_CHECKING:
    from egide.scenario import Scenario

__all__ = ["Area", "area_of", "transform_of", "weights_of"]

Array = np.ndarray[Any, Any]
WHOLE: Final = "rectangle"
_LEAST_INSIDE: Final = 0.98


@final
@dataclass(frozen=True)
class Area:
    """Cells that count. `inside_share` is how much of the polygon the terrain holds."""

    name: str
    kind: str  # country, polygon, rectangle
    sea_m: float
    inside: Array  # (rows, columns) bool
    km2: float
    inside_share: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, as messages."""
        found = []
        if self.kind == "country":
            found.append(mark("outline: Natural Earth, 1:110 million, without small islands; it implies no position"))
        if self.sea_m > 0.0:
            found.append(mark("sea: cells within the limit that are nearer to this country than to any other"))
        if self.inside_share < _LEAST_INSIDE:
            found.append(mark("part of the area lies beyond the terrain and is not counted"))
        return tuple(found)


def transform_of(grid: Grid) -> tuple[float, float, float, float, float, float]:
    """The six numbers of the grid's affine transform, from column and row of a cell's corner to degrees."""
    dem = grid.dem
    return (
        dem.step_lon_deg, 0.0, dem.west_deg - dem.step_lon_deg / 2.0,
        0.0, -dem.step_lat_deg, dem.north_deg + dem.step_lat_deg / 2.0,
    )  # fmt: skip


def area_of(grid: Grid, scenario: Scenario, wanted: str | None, sea_m: float = 0.0) -> Area:
    """The area asked for: a file, a country's name or code, else the country in which most of the scenario's sites
    stand, else the whole rectangle."""
    name = wanted if wanted is not None else _home(scenario)
    if name is None or name == WHOLE:
        inside = np.ones(grid.shape, bool)
        return Area(WHOLE, WHOLE, 0.0, inside, _km2(grid, inside), 1.0)
    kind, found = _shapes(name)
    shapes = [turned for shape in found for turned in _turned(grid, shape)]
    inside = _rasterised(grid, shapes)
    full_km2 = sum(_ring_km2(ring) * (1 if k == 0 else -1) for shape in found for k, ring in enumerate(shape))
    own_km2 = _km2(grid, inside)
    if own_km2 == 0.0 and shapes:
        wrong = mark("the area {name} holds no centre of a terrain cell; the cells are {cell:.1f} km wide")
        right = mark("give a larger area, or finer terrain")
        raise scenario_error(name, wrong, right, path="--area", name=name, cell=grid.cell_m / 1e3)
    if own_km2 == 0.0:
        wrong = mark("the area {name} does not touch the scenario's terrain")
        right = mark("give a polygon inside {south} to {north} north, {west} to {east} east")
        box = scenario.area
        raise scenario_error(
            name, wrong, right, path="--area", name=name, south=box.south, north=box.north, west=box.west, east=box.east
        )
    if sea_m > 0.0:
        inside = inside | _sea(grid, inside, sea_m)
    return Area(name, kind, sea_m, inside, _km2(grid, inside), min(1.0, own_km2 / full_km2))


def _shapes(name: str) -> tuple[str, list[polygons.Polygon]]:
    if name.lower().endswith((".json", ".geojson")) or Path(name).is_file():
        return "polygon", polygons.areas(Path(name))
    return "country", [[ring] for ring in polygons.country(name)]


def _turned(grid: Grid, shape: polygons.Polygon) -> list[polygons.Polygon]:
    """A polygon where the grid has it: the same, or a turn further east or west; none where they do not meet."""
    west, east = grid.dem.west_deg, grid.dem.west_deg + grid.dem.step_lon_deg * (grid.shape[1] - 1)
    south, north = grid.dem.north_deg - grid.dem.step_lat_deg * (grid.shape[0] - 1), grid.dem.north_deg
    if shape[0][:, 1].max() < south or shape[0][:, 1].min() > north:
        return []
    turns = [turn for turn in (-360.0, 0.0, 360.0)
             if shape[0][:, 0].max() + turn >= west and shape[0][:, 0].min() + turn <= east]  # fmt: skip
    return [[ring + np.array([turn, 0.0]) for ring in shape] for turn in turns]


def _home(scenario: Scenario) -> str | None:
    """The country in which most of the sites lie, if most lie in one and the terrain is real."""
    sites = np.array([site.position for site in scenario.sites], float)
    if not len(sites) or scenario.terrain.flat:
        return None
    best, most = None, 0
    for name in polygons.countries():
        inside = np.zeros(len(sites), bool)
        for ring in polygons.country(name):
            inside |= _holds(ring, sites[:, 1], sites[:, 0])
        if int(inside.sum()) > most:
            best, most = name, int(inside.sum())
    return best if most > len(sites) / 2 else None


def _holds(ring: Array, lon: Array, lat: Array) -> Array:
    """Points inside a ring, by the even number of crossings to the east."""
    inside = np.zeros(lon.shape, bool)
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        across = (y0 > lat) != (y1 > lat)
        if y1 != y0:
            inside ^= across & (lon < (x1 - x0) * (lat - y0) / (y1 - y0) + x0)
    return inside


def _rasterised(grid: Grid, shapes: Sequence[polygons.Polygon]) -> Array:
    from affine import Affine
    from rasterio.features import rasterize

    geometries = [{"type": "Polygon", "coordinates": [ring.tolist() for ring in shape]} for shape in shapes]
    if not geometries:
        return np.zeros(grid.shape, bool)
    found = rasterize(geometries, out_shape=grid.shape, transform=Affine(*transform_of(grid)), dtype="uint8")
    return np.asarray(found, bool)


def _sea(grid: Grid, own: Array, limit_m: float) -> Array:
    """Cells of no country within the limit of the area, and nearer to it than to the countries it does not hold."""
    from scipy.ndimage import distance_transform_edt

    land = _rasterised(grid, [[ring] for name in polygons.countries() for ring in polygons.country(name)])
    foreign = land & ~own
    middle = math.radians(float(np.mean(grid.latitudes)))
    metres = (111_195.0 * grid.dem.step_lat_deg, 111_195.0 * grid.dem.step_lon_deg * math.cos(middle))
    near = distance_transform_edt(~own, sampling=metres)
    far = distance_transform_edt(~foreign, sampling=metres) if foreign.any() else np.full(grid.shape, np.inf)
    return np.asarray((near <= limit_m) & (near <= far) & ~land)


def _ring_km2(ring: Array) -> float:
    area, _ = Geod(a=WGS84_A_M, f=WGS84_F).polygon_area_perimeter(ring[:, 0], ring[:, 1])
    return abs(float(area)) / 1e6


def _km2(grid: Grid, inside: Array) -> float:
    return float(np.sum(grid.cell_km2 * inside))


def weights_of(grid: Grid, area: Area, raster: Path | None = None) -> Array:
    """(rows, columns) weight of each cell of the area; zero outside, and where the terrain is void."""
    from egide.ingest.dem import VOID_M

    base = np.broadcast_to(grid.cell_km2, grid.shape) if raster is None else _values(grid, raster)
    weights = np.where(area.inside & (grid.dem.height_m != VOID_M), base, 0.0)
    if raster is None and not weights.sum() > 0.0:
        wrong = mark("the terrain has no height anywhere in the area")
        raise scenario_error(area.name, wrong, mark("fill the voids, or give another area"), path="--area")
    if raster is not None and not weights.sum() > 0.0:
        wrong = mark("the raster puts no weight on the area")
        raise scenario_error(str(raster), wrong, mark("give one that covers it, with values above zero"))
    return np.asarray(weights)


def _values(grid: Grid, path: Path) -> Array:
    """A raster of people or value, summed into the grid's cells."""
    import warnings

    import rasterio
    from affine import Affine
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError
    from rasterio.warp import Resampling, reproject

    mend = mark("give a GeoTIFF of people or value a cell, with a coordinate reference system")
    if not path.is_file():
        raise scenario_error(str(path), mark("the file is not there"), mend, path="--weight")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = rasterio.open(path, driver="GTiff")
    except RasterioError:
        raise scenario_error(str(path), mark("this is not a raster that can be read"), mend) from None
    with source:
        if source.crs is None:
            wrong = mark("the raster does not say where on Earth it lies (no coordinate reference system)")
            raise scenario_error(str(path), wrong, mend)
        try:
            read = source.read(1).astype(np.float64)
        except (RasterioError, CPLE_BaseError) as problem:
            wrong = mark("the raster is damaged or cut short: {why}")
            right = mark("fetch or write the file again")
            raise scenario_error(str(path), wrong, right, path="--weight", why=str(problem)) from problem
        void = ~np.isfinite(read) | (read == source.nodata if source.nodata is not None else False)
        if np.any(read[~void] < 0.0):
            raise scenario_error(str(path), mark("the raster has values below zero"), mend)
        out = np.zeros(grid.shape)
        try:
            reproject(
                np.where(void, 0.0, read), out, src_transform=source.transform, src_crs=source.crs,
                dst_transform=Affine(*transform_of(grid)), dst_crs="EPSG:4326", resampling=Resampling.sum)  # fmt: skip
        except (RasterioError, CPLE_BaseError) as problem:
            wrong = mark("the raster's coordinates cannot be turned into latitude and longitude ({why})")
            right = mark("write it with the coordinate reference system that it is in")
            why = str(problem).splitlines()[0]
            raise scenario_error(str(path), wrong, right, path="--weight", why=why) from problem
    return np.where(np.isfinite(out), np.maximum(out, 0.0), 0.0)
