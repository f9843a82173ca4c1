"""The terrain that coverage is counted over, by strips of rows, and what each radar can see of it.

grid     the terrain with the sines and cosines of its rows and columns
strip    some rows of a grid, a grid itself; what is counted over a country is added up strip by strip, north to south
sights   rasters of lowest visible heights, one a place: a running horizon needs the whole window, so each is made once;
         a small terrain's are kept in memory, a large one's in files of which a strip reads its rows
"""

from __future__ import annotations

import math
import mmap
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, final

import numpy as np

from egide import cache
from egide.compiler import masks
from egide.constants import WGS84_A_M, WGS84_E2
from egide.errors import store_error
from egide.i18n import mark
from egide.ingest.dem import Dem
from egide.physics.kernels import ecef_from_geodetic, enu_basis

__all__ = ["WHOLE_GRID_CELLS", "Grid", "Place", "Sights", "gridded"]

Array = np.ndarray[Any, Any]
WHOLE_GRID_CELLS: Final = 4_000_000  # above it a radar's raster is cut to its range, below it is the engine's own
KEEP_BYTES: Final = 400_000_000
METRES_A_DEGREE: Final = 110_500.0  # a little short, so that a window is never too small


@final
@dataclass(frozen=True)
class Place:
    """Latitude and longitude, degrees, and the antenna's height above sea level."""

    lat_deg: float
    lon_deg: float
    antenna_m: float

    def frame(self) -> Array:
        """(4, 3): position, east, north, up in ECEF."""
        lat, lon = math.radians(self.lat_deg), math.radians(self.lon_deg)
        return np.array([*ecef_from_geodetic(lat, lon, self.antenna_m), *enu_basis(lat, lon)]).reshape(4, 3)


@final
@dataclass(frozen=True)
class Sights:
    """Lowest visible heights around places of one terrain: (raster, row and column where its window begins)."""

    dem: Dem
    kept: OrderedDict[tuple[float, ...], tuple[Array, int, int]] = field(default_factory=OrderedDict)

    @property
    def on_disk(self) -> bool:
        return self.dem.height_m.size > WHOLE_GRID_CELLS

    def of(self, place: Place, range_m: float) -> tuple[Array, int, int]:
        """The raster of a place, made if it is not there. One that is mapped from a file stays readable while it is
        held, though another process may have thrown the file out of the cache."""
        key = (place.lat_deg, place.lon_deg, place.antenna_m, range_m)
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        top, bottom, left, right = self.window(place, range_m)
        cut = self.dem.part(top, bottom, left, right) if self.on_disk else self.dem
        found = masks.mask(cut, place.lat_deg, place.lon_deg, place.antenna_m, range_m,
                           parallel=None if self.on_disk else False, mapped=self.on_disk)  # fmt: skip
        if self.on_disk and not isinstance(found, np.memmap):
            wrong = mark("a radar's raster of what it sees could not be kept on disk: it takes {size:.1f} GB")
            right_ = mark("free as much, or point EGIDE_CACHE_DIR to a disk that has it")
            raise store_error(str(cache.folder()), wrong, right_, size=1e-9 * found.nbytes)
        self.kept[key] = found, top, left
        while not self.on_disk and len(self.kept) > 1 and self._bytes() > KEEP_BYTES:
            self.kept.popitem(last=False)
        return self.kept[key]

    def rows(self, place: Place, range_m: float, top: int, bottom: int) -> tuple[Array, int, int]:
        """The part of a place's raster in rows `top` to `bottom` of the terrain, in memory; the row that it begins in,
        counted from `top`, and the column."""
        raster, first, left = self.of(place, range_m)
        a, b = max(top - first, 0), min(bottom - first, raster.shape[0])
        if b <= a:
            return np.empty((0, raster.shape[1]), raster.dtype), 0, left
        if not isinstance(raster, np.memmap):
            return raster[a:b], first + a - top, left
        part = np.array(raster[a:b])
        whole: Any = raster.base
        if isinstance(whole, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            whole.madvise(mmap.MADV_DONTNEED)  # what was read need not stay in this process's memory
        return part, first + a - top, left

    def window(self, place: Place, range_m: float) -> tuple[int, int, int, int]:
        """Rows and columns that hold everything in range: first and one past the last."""
        dem = self.dem
        rows, columns = dem.height_m.shape
        if not self.on_disk:
            return 0, rows, 0, columns
        lat_span = range_m / METRES_A_DEGREE
        lon_span = lat_span / max(math.cos(math.radians(min(abs(place.lat_deg) + lat_span, 89.0))), 0.02)
        top = min(max(0, math.floor(float(dem.row(place.lat_deg + lat_span))) - 1), rows - 1)
        bottom = max(min(rows, math.ceil(float(dem.row(place.lat_deg - lat_span))) + 2), top + 1)
        left = min(max(0, math.floor(float(dem.column(place.lon_deg - lon_span))) - 1), columns - 1)
        right = max(min(columns, math.ceil(float(dem.column(place.lon_deg + lon_span))) + 2), left + 1)
        return top, bottom, left, right

    def _bytes(self) -> int:
        return sum(part[0].nbytes for part in self.kept.values())


def cells_km2(sin_lat: Array, step_lat_deg: float, step_lon_deg: float) -> Array:
    """(rows, 1) area of cells of these steps at these latitudes, on the ellipsoid."""
    w2 = 1.0 - WGS84_E2 * sin_lat**2
    north_m = WGS84_A_M * (1.0 - WGS84_E2) / w2**1.5 * math.radians(step_lat_deg)
    east_m = WGS84_A_M / np.sqrt(w2) * np.sqrt(1.0 - sin_lat**2) * math.radians(step_lon_deg)
    return np.asarray(north_m * east_m / 1e6)[:, None]


@final
@dataclass(frozen=True)
class Grid:
    """A terrain, or a strip of one, with its trigonometry. `top`: the row of the whole terrain that it begins with."""

    dem: Dem
    rows: Array  # (n, 4): N, cos lat, sin lat, N (1 - e2)
    columns: Array  # (n, 2): cos lon, sin lon
    sights: Sights
    top: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        return self.dem.height_m.shape[0], self.dem.height_m.shape[1]

    @property
    def cells(self) -> int:
        return int(self.dem.height_m.size)

    @property
    def latitudes(self) -> Array:
        return np.asarray(self.dem.north_deg - self.dem.step_lat_deg * np.arange(self.shape[0]))

    @property
    def longitudes(self) -> Array:
        return np.asarray(self.dem.west_deg + self.dem.step_lon_deg * np.arange(self.shape[1]))

    @property
    def cell_km2(self) -> Array:
        """(rows, 1) area of a cell."""
        return cells_km2(self.rows[:, 2], self.dem.step_lat_deg, self.dem.step_lon_deg)

    @property
    def cell_m(self) -> float:
        """Side of a cell, the longer one at the middle latitude."""
        middle = math.radians(float(np.mean(self.latitudes)))
        return 111_195.0 * max(self.dem.step_lat_deg, self.dem.step_lon_deg * math.cos(middle))

    def strip(self, top: int, bottom: int) -> Grid:
        """Some rows as a grid, their heights in memory."""
        cut = self.dem.part(top, bottom, 0, self.shape[1])
        held = replace(cut, height_m=np.array(cut.height_m))
        return Grid(held, self.rows[top:bottom], self.columns, self.sights, self.top + top)

    def strips(self, rows: int) -> Iterator[Grid]:
        """All of it, north to south, so many rows at a time."""
        for top in range(0, self.shape[0], rows):
            yield self.strip(top, min(top + rows, self.shape[0]))

    def mask(self, place: Place, range_m: float) -> tuple[Array, int, int]:
        """Lowest visible heights around a place in these rows, and the row and column where they begin."""
        return self.sights.rows(place, range_m, self.top, self.top + self.shape[0])


def gridded(dem: Dem) -> Grid:
    """A terrain with its trigonometry."""
    lat = np.radians(dem.north_deg - dem.step_lat_deg * np.arange(dem.height_m.shape[0]))
    lon = np.radians(dem.west_deg + dem.step_lon_deg * np.arange(dem.height_m.shape[1]))
    n_m = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * np.sin(lat) ** 2)
    rows = np.column_stack([n_m, np.cos(lat), np.sin(lat), n_m * (1.0 - WGS84_E2)])
    return Grid(dem, np.ascontiguousarray(rows), np.column_stack([np.cos(lon), np.sin(lon)]), Sights(dem))
