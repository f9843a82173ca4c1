"""The area that shares are counted over, and the weight of each of its cells.

area      the scenario's own outline, a country of Natural Earth, the polygons of a GeoJSON file, or the whole rectangle
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
from egide.coverage.grid import Grid, cells_km2
from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest import polygons
from egide.ingest.dem import VOID_M

if TYPE_CHECKING:
    from egide.scenario import Scenario

__all__ = ["Area", "area_of", "transform_of", "values_of", "weights_of"]

Array = np.ndarray[Any, Any]
WHOLE: Final = "rectangle"
OWN: Final = "outline"
_LEAST_INSIDE: Final = 0.98
_BAND_ROWS: Final = 1024
_SEA_CELLS: Final = 4_000_000  # the sea's limit is drawn on no more cells


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


def transform_of(grid: Grid, top: int = 0, every: int = 1) -> tuple[float, float, float, float, float, float]:
    """The six numbers of the grid's affine transform, from column and row of a cell's corner to degrees; of the part
    that begins at row `top`, in cells `every` times as wide."""
    dem = grid.dem
    return (
        dem.step_lon_deg * every, 0.0, dem.west_deg - dem.step_lon_deg / 2.0,
        0.0, -dem.step_lat_deg * every, dem.north_deg - dem.step_lat_deg * (top - 0.5),
    )  # fmt: skip


def area_of(grid: Grid, scenario: Scenario, wanted: str | None, sea_m: float = 0.0) -> Area:
    """The area asked for: a file, a country's name or code, else the scenario's own outline, else the country in which
    most of the scenario's sites stand, else the whole rectangle."""
    own = scenario.area.outline
    name = wanted if wanted is not None else OWN if own else _home(scenario)
    if name is None or name == WHOLE:
        inside = np.ones(grid.shape, bool)
        return Area(WHOLE, WHOLE, 0.0, inside, _km2(grid, inside), 1.0)
    kind, found = _shapes(name) if name != OWN or not own else ("polygon", [[_ring(own)]])
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
    if not any(np.any(inside[rows] & (grid.dem.height_m[rows] != VOID_M)) for rows in _bands(grid)):
        wrong = mark("the terrain has no height anywhere in the area")
        raise scenario_error(name, wrong, mark("fill the voids, or give another area"), path="--area")
    return Area(name, kind, sea_m, inside, _km2(grid, inside), min(1.0, own_km2 / full_km2))


def _ring(corners: Sequence[tuple[float, float]]) -> Array:
    """Closed, longitude before latitude."""
    return np.array([*corners, corners[0]], float)[:, ::-1]


def _shapes(name: str) -> tuple[str, list[polygons.Polygon]]:
    if name.lower().endswith((".json", ".geojson")) or Path(name).is_file():
        return "polygon", polygons.areas(Path(name))
    return "country", polygons.country_polygons(name)


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
    return np.asarray(found).view(bool)


def _sea(grid: Grid, own: Array, limit_m: float) -> Array:
    """Cells of no country within the limit of the area, and nearer to it than to the countries it does not hold. On a
    large grid distances are those of every n-th cell."""
    from scipy.ndimage import distance_transform_edt

    land = _rasterised(grid, [[ring] for name in polygons.countries() for ring in polygons.country(name)])
    n = math.ceil(math.sqrt(own.size / _SEA_CELLS))
    mine, foreign = own[n // 2 :: n, n // 2 :: n], (land & ~own)[n // 2 :: n, n // 2 :: n]
    middle = math.radians(float(np.mean(grid.latitudes)))
    metres = (n * 111_195.0 * grid.dem.step_lat_deg, n * 111_195.0 * grid.dem.step_lon_deg * math.cos(middle))
    near = distance_transform_edt(~mine, sampling=metres)
    far = distance_transform_edt(~foreign, sampling=metres) if foreign.any() else np.full(near.shape, np.inf)
    mine = (near <= limit_m) & (near <= far)
    spread = np.repeat(np.repeat(mine, n, axis=0), n, axis=1) if n > 1 else mine
    short = [(0, max(0, size - have)) for size, have in zip(own.shape, spread.shape, strict=True)]
    spread = np.pad(spread, short, mode="edge")[: own.shape[0], : own.shape[1]]
    return np.asarray(spread & ~land)


def _ring_km2(ring: Array) -> float:
    area, _ = Geod(a=WGS84_A_M, f=WGS84_F).polygon_area_perimeter(ring[:, 0], ring[:, 1])
    return abs(float(area)) / 1e6


def _km2(grid: Grid, inside: Array) -> float:
    return float(np.sum(grid.cell_km2[:, 0] * np.count_nonzero(inside, axis=1)))


def weights_of(grid: Grid, inside: Array, values: Array | None = None) -> Array:
    """(rows, columns) weight of each cell of a grid or strip: its square kilometres, or its value; zero outside the
    area, and where the terrain is void."""
    base = np.broadcast_to(grid.cell_km2, grid.shape) if values is None else values
    return np.where(inside & (grid.dem.height_m != VOID_M), base, 0.0)


def values_of(grid: Grid, area: Area, path: Path) -> Array:
    """A raster of people or value, summed into the grid's cells."""
    import warnings

    import rasterio
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

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
            read = source.read(1).astype(np.float64, copy=False)
        except (RasterioError, CPLE_BaseError) as problem:
            wrong = mark("the raster is damaged or cut short: {why}")
            right = mark("fetch or write the file again")
            raise scenario_error(str(path), wrong, right, path="--weight", why=str(problem)) from problem
        try:
            out = _summed(grid, source, read, path, mend)
        except (RasterioError, CPLE_BaseError) as problem:
            wrong = mark("the raster's coordinates cannot be turned into latitude and longitude ({why})")
            right = mark("write it with the coordinate reference system that it is in")
            why = str(problem).splitlines()[0]
            raise scenario_error(str(path), wrong, right, path="--weight", why=why) from problem
    if not any(np.any(out[rows][area.inside[rows]] > 0.0) for rows in _bands(grid)):
        wrong = mark("the raster puts no weight on the area")
        raise scenario_error(str(path), wrong, mark("give one that covers it, with values above zero"))
    return out


def _summed(grid: Grid, source: Any, read: Array, path: Path, mend: str) -> Array:
    from affine import Affine
    from rasterio.warp import Resampling, reproject

    void = ~np.isfinite(read) | (read == source.nodata if source.nodata is not None else False)
    read[void] = 0.0
    if np.any(read < 0.0):
        raise scenario_error(str(path), mark("the raster has values below zero"), mend)
    how = Resampling.sum
    if _wider(grid, source):  # a cell has its share of the one pixel it lies in
        read, how = read / _pixel_km2(source), Resampling.nearest
    out = np.zeros(grid.shape)
    for rows in _bands(grid):  # what GDAL holds beside is a band
        band, _ = reproject(
            read, np.zeros(out[rows].shape), src_transform=source.transform, src_crs=source.crs,
            dst_transform=Affine(*transform_of(grid, rows.start)), dst_crs="EPSG:4326", resampling=how,
        )  # fmt: skip
        out[rows] = np.where(np.isfinite(band), np.maximum(band, 0.0), 0.0)
        if how == Resampling.nearest:
            out[rows] *= grid.cell_km2[rows]
    return out


def _wider(grid: Grid, source: Any) -> bool:
    """Whether a raster's pixels are larger than the terrain's cells."""
    return bool(float(np.mean(_pixel_km2(source))) > float(np.mean(grid.cell_km2)))


def _pixel_km2(source: Any) -> Array:
    """Area of a raster's pixels: a column by rows for one in degrees, one number for one in metres."""
    a, e = abs(source.transform.a), abs(source.transform.e)
    if not source.crs.is_geographic:
        return np.array(a * e * source.crs.linear_units_factor[1] ** 2 / 1e6)
    lat_deg = source.transform.f + source.transform.e * (np.arange(source.height) + 0.5)
    return cells_km2(np.sin(np.radians(lat_deg)), e, a)


def _bands(grid: Grid) -> list[slice]:
    return [slice(top, min(top + _BAND_ROWS, grid.shape[0])) for top in range(0, grid.shape[0], _BAND_ROWS)]
