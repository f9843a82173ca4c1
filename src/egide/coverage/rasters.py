"""Rasters and outlines of a coverage as files.

raster file  a cloud-optimised GeoTIFF, EPSG:4326, north up, written strip by strip beside its place, then packed with
             its overviews and renamed
kinds        uint8 for whole numbers (255: nothing can be said), int16 for metres (-32768), float32 for shares (NaN)
outlines     of the cells of each value; on a large raster those of every n-th cell, which the file says
"""

from __future__ import annotations

import errno
import json
import math
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, final

import numpy as np

from egide import __version__
from egide.coverage.area import transform_of
from egide.coverage.grid import Grid
from egide.coverage.size import TILE
from egide.errors import store_error
from egide.i18n import mark
from egide.ingest.dem import VOID_M

__all__ = ["NOTICE", "Outline", "RasterFile", "write_json"]

Array = np.ndarray[Any, Any]
NOTICE: Final = "Sites are notional. Boundaries imply no position."
EMPTY: Final[Mapping[str, float]] = {"uint8": 255, "int16": VOID_M, "float32": math.nan}
OUTLINED_CELLS: Final = 1_000_000  # a larger raster's outlines are those of every n-th row and column
CACHE_MB: Final = 256  # of GDAL, which would take a twentieth of the machine's memory


@final
class RasterFile:
    """One raster of a grid that is written from north to south."""

    def __init__(self, path: Path, grid: Grid, bands: Sequence[str], kind: str) -> None:
        self.path, self.kind = path, kind
        self._tiles = path.with_name(f".{path.stem}.tiles-{os.getpid()}.tif")
        self._packed = path.with_name(f".{path.stem}.partial-{os.getpid()}.tif")
        self._written: list[tuple[Any, int]] = []  # windows and their checksums
        with self._told():
            self._file = _opened(self._tiles, grid, len(bands), kind)
            for number, what in enumerate(bands, start=1):
                self._file.set_band_description(number, what)
            self._file.update_tags(SOFTWARE=f"egide {__version__}", NOTICE=NOTICE)

    def write(self, top: int, bands: Sequence[Array], where: Array | None = None) -> None:
        """Some rows of every band; nothing can be said outside `where`."""
        from rasterio.windows import Window

        rows, columns = bands[0].shape
        block = np.full((len(bands), rows, columns), EMPTY[self.kind], self.kind)
        for into, band in zip(block, bands, strict=True):
            np.copyto(into, band, where=True if where is None else where, casting="unsafe")
        window = Window(0, top, columns, rows)
        self._written.append((window, zlib.crc32(block.data)))
        with self._told():
            self._file.write(block, window=window)

    def finish(self) -> None:
        """Pack it and put it in its place."""
        import rasterio
        from rasterio.shutil import copy

        with self._told():
            self._file.close()
            with rasterio.Env(GDAL_CACHEMAX=CACHE_MB):
                copy(
                    self._tiles, self._packed, driver="COG", compress="DEFLATE", level=1, blocksize=512,
                    overview_resampling="NEAREST", bigtiff="IF_SAFER", num_threads="ALL_CPUS",
                    predictor="NO" if self.kind == "uint8" else "YES",
                )  # fmt: skip
            self._tiles.unlink()
            self._check()
            self._packed.replace(self.path)

    def _check(self) -> None:
        """Read what was written: on a full disk GDAL leaves tiles out and does not say so."""
        import rasterio

        with rasterio.Env(GDAL_CACHEMAX=CACHE_MB), rasterio.open(self._packed, num_threads="ALL_CPUS") as file:
            for window, told in self._written:
                if zlib.crc32(np.ascontiguousarray(file.read(window=window)).data) != told:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def drop(self) -> None:
        """Leave nothing of it."""
        with suppress(Exception):
            self._file.close()
        for each in (self._tiles, self._packed):
            with suppress(OSError):
                each.unlink(missing_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        from rasterio._err import CPLE_BaseError
        from rasterio.errors import RasterioError

        try:
            yield
        except (RasterioError, CPLE_BaseError, OSError) as fault:
            if hasattr(self, "_file"):
                self.drop()
            told = getattr(fault, "strerror", None) or str(fault)
            wrong = mark("cannot write the raster here: {fault}")
            raise store_error(str(self.path), wrong, mark("make room, or choose another folder"), fault=told) from fault


def _opened(path: Path, grid: Grid, bands: int, kind: str) -> Any:
    import rasterio
    from affine import Affine

    with rasterio.Env(GDAL_CACHEMAX=CACHE_MB):
        return rasterio.open(
            path, "w", driver="GTiff", width=grid.shape[1], height=grid.shape[0], count=bands, dtype=kind,
            crs="EPSG:4326", transform=Affine(*transform_of(grid)), nodata=EMPTY[kind], tiled=True, blockxsize=TILE,
            blockysize=TILE, compress="DEFLATE", zlevel=1, num_threads="ALL_CPUS", bigtiff="IF_SAFER",
            photometric="MINISBLACK", alpha="NO",  # four bands of bytes would be taken for a picture with transparency
        )  # fmt: skip


@final
class Outline:
    """Values of a grid's cells, gathered from north to south, from which outlines are drawn."""

    def __init__(self, grid: Grid, told: Mapping[str, Any]) -> None:
        self.every = n = math.ceil(math.sqrt(grid.cells / OUTLINED_CELLS))
        self.told = dict(told)
        if n > 1:
            self.told["drawn_on_cells_of_m"] = round(n * grid.cell_m)
        self.transform = transform_of(grid, every=n)
        self.steps = np.zeros((len(range(n // 2, grid.shape[0], n)), len(range(n // 2, grid.shape[1], n))), np.uint8)

    def rows(self, top: int, rows: int) -> tuple[slice, slice, slice]:
        """Rows and columns of a strip that count here, and the rows that they are in `steps`."""
        n = self.every
        first = -(-(top - n // 2) // n) if top > n // 2 else 0
        begin = first * n + n // 2 - top
        count = max(0, -(-(rows - begin) // n))
        return slice(begin, begin + (count - 1) * n + 1, n) if count else slice(0, 0), slice(n // 2, None, n), slice(
            first, first + count)  # fmt: skip

    def take(self, top: int, values: Array) -> None:
        """Values of a strip, 0 where nothing is drawn."""
        down, across, into = self.rows(top, values.shape[0])
        self.steps[into] = values[down, across]

    def document(self, key: str = "", shift: int = 0) -> dict[str, Any]:
        """Outlines of the cells of each value above zero, as a GeoJSON collection."""
        from affine import Affine
        from rasterio.features import shapes

        features = []
        for geometry, value in shapes(self.steps, mask=self.steps > 0, transform=Affine(*self.transform)):
            rounded = [[[round(x, 6), round(y, 6)] for x, y in ring] for ring in geometry["coordinates"]]
            properties = {**self.told, **({key: int(value) + shift} if key else {})}
            features.append({"type": "Feature", "properties": properties,
                             "geometry": {"type": "Polygon", "coordinates": rounded}})  # fmt: skip
        return {"type": "FeatureCollection", "features": features}


def write_json(path: Path, document: Any) -> None:
    """Beside its place, then renamed."""
    beside = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        beside.write_text(json.dumps(_plain(document), ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as fault:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
        raise store_error(str(path), wrong, right, fault=fault.strerror or str(fault)) from fault


def _plain(value: Any) -> Any:
    """NaN has no place in JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
