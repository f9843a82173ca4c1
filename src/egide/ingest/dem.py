"""Terrain heights from files, as one raster in latitude and longitude.

dem      heights in whole metres above mean sea level; row 0 is north, column 0 west; `north_deg`, `west_deg` are the
         centre of the first cell
void     a cell without a height, VOID_M in the raster; not terrain
area     south, north, west, east in degrees: what the scenario needs; the raster is cut to it, with a cell to spare

mosaic   many tiles as one raster, on the first tile's grid; the first tile with a height wins. Past MAPPED_CELLS it is
         built once on disk (`ingest.derived`) and mapped, so that a country of 3-arc-second tiles needs little memory

GeoTIFF, SRTM (.hgt), DTED and ASCII grid are read; another projection than EPSG:4326 is warped, a rotated raster too.
Tiles on either side of the antimeridian become one where the area goes on past 180 degrees. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt

from egide.errors import scenario_error, store_error
from egide.i18n import mark
from egide.ingest import derived

__all__ = ["MAPPED_CELLS", "PACKAGES", "VOID_M", "Area", "Dem", "flat", "load", "package"]

Area = tuple[float, float, float, float]
Heights = npt.NDArray[np.int16]
Indices = npt.NDArray[np.int64]

VOID_M: Final = -32768
PACKAGES: Final = {"turkey-2min": "turkey_relief_2min.tif"}  # terrain that ships with Égide

_DRIVERS: Final = ("GTiff", "SRTMHGT", "DTED", "AAIGrid")  # none that can point elsewhere, as a VRT does
MAPPED_CELLS: Final = 20_000_000
_MOST_BYTES: Final = 8_000_000_000  # of a mosaic on disk
_BAND_ROWS: Final = 1024  # rows of a raster held in memory at a time
_MOST_VOID: Final = 0.25
_FLAT_STEP_DEG: Final = 0.05  # curvature between cells stays under half a metre
_MEND: Final = mark("give a GeoTIFF, SRTM, DTED or ASCII grid of heights in metres")


@final
@dataclass(frozen=True)
class Dem:
    """A cut of terrain. Frozen; the array is not to be written."""

    height_m: Heights
    north_deg: float
    west_deg: float
    step_lat_deg: float
    step_lon_deg: float
    source: str
    sha256: str

    @cached_property
    def max_m(self) -> float:
        """Highest cell."""
        return float(np.max(self.height_m))

    @cached_property
    def void_share(self) -> float:
        """Share of cells without a height."""
        void = sum(int(np.count_nonzero(band == VOID_M)) for band in _bands(self.height_m))
        return void / max(1, self.height_m.size)

    @cached_property
    def content(self) -> str:
        """Hash of the heights: what a derived raster is named after."""
        return derived.name([self.height_m])

    def cut(self, area: Area) -> Dem:
        """The part that covers an area as far as there is any, with a cell to spare; a view, nothing is copied."""
        south, north, west, east = area
        top = max(0, math.floor(float(self.row(north))) - 1)
        left = max(0, math.floor(float(self.column(west))) - 1)
        bottom = max(min(self.height_m.shape[0], math.ceil(float(self.row(south))) + 2), top + 1)
        right = max(min(self.height_m.shape[1], math.ceil(float(self.column(east))) + 2), left + 1)
        return self.part(top, bottom, left, right)

    def part(self, top: int, bottom: int, left: int, right: int) -> Dem:
        """Some rows and columns, the last ones excluded; a view, nothing is copied."""
        return replace(
            self, height_m=self.height_m[top:bottom, left:right], north_deg=self.north_deg - top * self.step_lat_deg,
            west_deg=self.west_deg + left * self.step_lon_deg,
        )  # fmt: skip

    def row(self, lat_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Fractional row of a latitude."""
        row: npt.NDArray[np.float64] = (self.north_deg - np.asarray(lat_deg, float)) / self.step_lat_deg
        return row

    def column(self, lon_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Fractional column of a longitude."""
        column: npt.NDArray[np.float64] = (np.asarray(lon_deg, float) - self.west_deg) / self.step_lon_deg
        return column


def _bands(heights: Heights) -> Iterator[Heights]:
    for top in range(0, heights.shape[0], _BAND_ROWS):
        yield heights[top : top + _BAND_ROWS]


def flat(area: Area) -> Dem:
    """A smooth Earth at height zero."""
    south, north, west, east = _checked(area, "terrain")
    rows = math.ceil((north - south) / _FLAT_STEP_DEG - 1e-9) + 1
    columns = math.ceil((east - west) / _FLAT_STEP_DEG - 1e-9) + 1
    heights = np.zeros((rows, columns), np.int16)
    return Dem(heights, north, west, _FLAT_STEP_DEG, _FLAT_STEP_DEG, "flat", hashlib.sha256(b"flat").hexdigest())


def package(name: str, area: Area | None = None) -> Dem:
    """Terrain that ships with Égide, by name."""
    if name not in PACKAGES:
        raise scenario_error(
            name, "no terrain of this name ships with Égide", "write one of {known}, or give a file",
            known=", ".join(PACKAGES),
        )  # fmt: skip
    with resources.as_file(resources.files("egide") / "data" / PACKAGES[name]) as path:
        return load([path], area)


def load(paths: Sequence[Path], area: Area | None = None) -> Dem:
    """Terrain from one file or from tiles that together cover the area; without an area, the first file's extent."""
    if not paths:
        raise scenario_error("terrain", "no terrain file was named", _MEND)
    digest = hashlib.sha256()
    with ExitStack() as stack:
        rasters = []
        for path in paths:
            rasters.append(_opened(Path(path), stack))
            with Path(path).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest() if len(paths) > 1 else file.read())
        shown = ", ".join(Path(path).name for path in paths)
        wanted = _checked(area, shown) if area else _extent(rasters)
        dem = _cut(rasters, wanted, shown, digest.hexdigest())
    if dem.void_share > _MOST_VOID:
        raise scenario_error(
            shown, "{share:.0%} of the area has no height (void cells)",
            "fill the voids, set sea to 0, or give another file", share=dem.void_share,
        )  # fmt: skip
    return dem


def _checked(area: Area, place: str) -> Area:
    south, north, west, east = area
    if not (-90.0 <= south < north <= 90.0 and -180.0 <= west < east <= 360.0):
        raise scenario_error(
            place, "the area from {south} to {north} north and {west} to {east} east is empty or off the Earth",
            "south < north and west < east, in degrees", south=south, north=north, west=west, east=east,
        )  # fmt: skip
    return area


def _opened(path: Path, stack: ExitStack) -> Any:
    """A rasterio dataset in EPSG:4326, warped if it is not."""
    import rasterio
    from rasterio._err import CPLE_BaseError
    from rasterio.enums import Resampling
    from rasterio.errors import RasterioError
    from rasterio.vrt import WarpedVRT

    if not path.is_file():
        raise scenario_error(
            str(path), "the terrain file is not there", "check the path; it starts at the scenario's folder"
        )
    raster = None
    for driver in _DRIVERS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a file without georeference is refused below, in words
                raster = stack.enter_context(rasterio.open(path, driver=driver))
            break
        except RasterioError:
            continue
    if raster is None:
        raise scenario_error(str(path), "this is not a raster that can be read", _MEND)
    if raster.crs is None:
        raise scenario_error(
            str(path), "the raster does not say where on Earth it lies (no coordinate reference system)",
            "write it with one, for example with gdal_translate -a_srs EPSG:4326",
        )  # fmt: skip
    straight = raster.transform.b == 0.0 and raster.transform.d == 0.0 and raster.transform.e < 0.0
    if raster.crs.to_epsg() != 4326 or not straight:
        try:
            raster = stack.enter_context(
                WarpedVRT(raster, crs="EPSG:4326", resampling=Resampling.bilinear, nodata=VOID_M, dtype="float32")
            )
        except (RasterioError, CPLE_BaseError) as problem:
            raise scenario_error(
                str(path), "the raster's coordinates cannot be turned into latitude and longitude ({why})",
                "write it with the coordinate reference system that it is in", why=str(problem).splitlines()[0],
            ) from problem  # fmt: skip
    box = raster.bounds
    if not (-91.0 <= box.bottom < box.top <= 91.0 and -361.0 <= box.left < box.right <= 541.0):
        raise scenario_error(
            str(path),
            "the raster says degrees, yet spans {south:.6g} to {north:.6g} north, {west:.6g} to {east:.6g} east",
            "its coordinates look like metres: write it with the coordinate reference system that they are in",
            south=box.bottom, north=box.top, west=box.left, east=box.right,
        )  # fmt: skip
    return raster


def _extent(rasters: Sequence[Any]) -> Area:
    """What the cell centres of the first raster span."""
    raster = rasters[0]
    half_lon, half_lat = raster.transform.a / 2.0, -raster.transform.e / 2.0
    box = raster.bounds
    return box.bottom + half_lat, box.top - half_lat, box.left + half_lon, box.right - half_lon


def _cut(rasters: Sequence[Any], area: Area, shown: str, sha256: str) -> Dem:
    """The cells whose centres span the area, from every raster in turn; the first one with a height wins."""
    south, north, west, east = area
    step_lon, step_lat = rasters[0].transform.a, -rasters[0].transform.e
    # cells on the first raster's own grid, so that its heights are read and not resampled
    first_north = rasters[0].transform.f - step_lat / 2.0
    first_west = rasters[0].transform.c + step_lon / 2.0
    top, left = math.floor((first_north - north) / step_lat + 1e-6), math.floor((west - first_west) / step_lon + 1e-6)
    rows = math.ceil((first_north - south) / step_lat - 1e-6) - top + 1
    columns = math.ceil((east - first_west) / step_lon - 1e-6) - left + 1
    if 2 * rows * columns > _MOST_BYTES:
        raise scenario_error(
            shown, "the area has {cells:,} terrain cells, {size:,.0f} GB",
            "make the area smaller or give a coarser raster: at most {most:,.0f} GB, "
            "here cells of {step:.2g} arc-minutes",
            cells=rows * columns, size=2e-9 * rows * columns, most=1e-9 * _MOST_BYTES,
            step=60.0 * step_lat * math.sqrt(2.0 * rows * columns / _MOST_BYTES),
        )  # fmt: skip
    grid = (first_north - top * step_lat, first_west + left * step_lon, step_lat, step_lon)

    def fill(heights: Heights) -> None:
        covered = np.zeros((rows, columns), bool)
        for beyond in (-0.5, 0.0):  # inside every raster first; then up to a cell beyond their borders
            for raster in rasters:
                _paste(raster, heights, covered, grid, beyond, shown)
        _require_cover(covered, area, grid, shown)

    if rows * columns <= MAPPED_CELLS:
        heights = np.full((rows, columns), VOID_M, np.int16)
        fill(heights)
    else:
        heights = _mapped(derived.name(["mosaic", sha256, grid, rows, columns]), (rows, columns), fill)
    north_deg, west_deg = grid[:2]
    source = f"{shown}, {step_lat * 60:.3g} by {step_lon * 60:.3g} arc-minutes"
    return Dem(heights, north_deg, west_deg, step_lat, step_lon, source, sha256)


def _mapped(name: str, shape: tuple[int, int], fill: Callable[[Heights], None]) -> Heights:
    """A mosaic on disk, made once; read-only."""
    there = derived.place("terrain", name)
    try:
        return derived.mapped(there, shape, np.dtype(np.int16), VOID_M, fill)
    except OSError as problem:
        raise store_error(
            str(there.parent), "the terrain's mosaic could not be kept on disk ({why}); it takes {size:.1f} GB",
            "free as much, or point EGIDE_CACHE_DIR to a disk that has it",
            why=problem.strerror or str(problem), size=2e-9 * shape[0] * shape[1],
        ) from problem  # fmt: skip


def _paste(
    raster: Any, heights: Heights, covered: npt.NDArray[np.bool_], grid: tuple[float, float, float, float],
    beyond: float, shown: str,
) -> None:  # fmt: skip
    """Nearest cells of one raster into the cut, where the cut has none yet. A cell just off the raster's border takes
    the border's height: the centres of a raster of areas (not of points) end half a cell short of it."""
    north, west, step_lat, step_lon = grid
    transform = raster.transform
    latitude = north - step_lat * np.arange(heights.shape[0])
    longitude = west + step_lon * np.arange(heights.shape[1])
    middle = transform.c + 0.5 * transform.a * raster.width
    turns = 360.0 * round((float(longitude[longitude.size // 2]) - middle) / 360.0)
    for turn in {turns - 360.0, turns, turns + 360.0}:  # a tile at -179 is one at 181; a whole Earth is both
        column, in_column = _nearest((longitude - turn - transform.c) / transform.a - 0.5, raster.width, beyond)
        row, in_row = _nearest((latitude - transform.f) / transform.e - 0.5, raster.height, beyond)
        if not (in_row.any() and in_column.any()):
            continue
        there = np.flatnonzero(in_row)
        for first in range(0, there.size, _BAND_ROWS):
            band = there[first : first + _BAND_ROWS]
            _paste_band(raster, heights, covered, (band, np.flatnonzero(in_column)), (row[band], column[in_column]),
                        beyond, shown)  # fmt: skip


def _paste_band(
    raster: Any, heights: Heights, covered: npt.NDArray[np.bool_], into: tuple[Indices, Indices],
    source: tuple[Indices, Indices], beyond: float, shown: str,
) -> None:  # fmt: skip
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    row, column = source
    block = (slice(into[0][0], into[0][-1] + 1), slice(into[1][0], into[1][-1] + 1))  # both run without a gap
    if beyond >= 0.0 and covered[block].all():
        return
    window = Window(column.min(), row.min(), np.ptp(column) + 1, np.ptp(row) + 1)
    try:
        read = raster.read(1, window=window, masked=False)
    except (RasterioError, CPLE_BaseError) as problem:
        raise scenario_error(
            shown, "the raster is damaged or cut short: {why}", "fetch or write the file again", why=str(problem)
        ) from problem
    read = read[np.ix_(row - row.min(), column - column.min())]
    void = ~np.isfinite(read) | (read <= -32767)
    if raster.nodata is not None:
        void |= read == raster.nodata
    if np.any(np.abs(np.where(void, 0, read).astype(np.float32)) > 32_000.0):
        raise scenario_error(shown, "heights beyond 32 km are not metres above sea level", _MEND)
    old = heights[block]
    new = np.where(void, VOID_M, np.round(np.where(void, 0, read))).astype(np.int16)
    empty = old == VOID_M if beyond < 0.0 else ~covered[block]
    heights[block] = np.where(empty, new, old)
    covered[block] = True


def _nearest(
    index: npt.NDArray[np.float64], size: int, beyond: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Nearest cell of each index, and which indices have one (to one cell, or half a cell, off the outer centres)."""
    inside = (index >= -1.0 - beyond - 1e-6) & (index <= size + beyond + 1e-6)
    return np.clip(np.round(index), 0, size - 1).astype(np.int64), inside


def _require_cover(
    covered: npt.NDArray[np.bool_], area: Area, grid: tuple[float, float, float, float], shown: str
) -> None:
    if covered.all():
        return
    north, west, step_lat, step_lon = grid
    row, column = (int(index) for index in np.argwhere(~covered)[0])
    raise scenario_error(
        shown, "the terrain covers {share:.0%} of the area; there is none at {latitude:.2f} north {longitude:.2f} east",
        "add the missing tiles, or make the area smaller than {south} to {north} north, {west} to {east} east",
        share=float(covered.mean()), latitude=north - row * step_lat, longitude=west + column * step_lon,
        south=area[0], north=area[1], west=area[2], east=area[3],
    )  # fmt: skip
