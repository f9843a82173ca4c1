"""What each fixed antenna can see: one raster of minimum visible heights a place, made once, kept on disk by content.

The name of a kept mask is a hash of the terrain, the place, the antenna and the code that makes masks,
    so a stale one is
never found; two processes may make the same one, the later replaces the earlier by an equal one.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from egide import cache
from egide.ingest.dem import Dem
from egide.physics import terrain, terrain_kernels

Array = np.ndarray[Any, Any]


def mask(dem: Dem, lat_deg: float, lon_deg: float, antenna_m: float, range_m: float) -> Array:
    """(rows, columns) int16: lowest height above sea level in sight of an antenna at `antenna_m` above sea level.
    Terrain nearer than one cell is not counted: a coarse raster may put the site's own cell above its surveyed
    height."""
    near_m = 111_195.0 * dem.step_lat_deg
    name = hashlib.blake2b(digest_size=16)
    grid = (dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg)
    name.update(repr((*grid, lat_deg, lon_deg, antenna_m, range_m, near_m)).encode())
    name.update(np.ascontiguousarray(dem.height_m).tobytes())
    for module in (terrain, terrain_kernels):
        name.update(inspect.getsource(module).encode())
    place = cache.folder() / "masks" / f"{name.hexdigest()}.npy"
    kept = _read(place, dem.height_m.shape)
    if kept is not None:
        return kept
    made = terrain.visible_height_raster(
        dem.height_m, dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg, lat_deg, lon_deg, antenna_m,
        range_m, near_m=near_m)  # fmt: skip
    _keep(place, made)
    return made


def _read(place: Path, shape: tuple[int, ...]) -> Array | None:
    try:
        kept = np.load(place)
    except (OSError, ValueError, EOFError):  # not there, or cut short: made again
        return None
    return kept if kept.shape == shape and kept.dtype == np.int16 else None


def _keep(place: Path, made: Array) -> None:
    """Write beside and rename, so that nobody reads half a mask. A full disk costs time, not the run."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, suffix=".npy")
        with os.fdopen(handle, "wb") as file:
            np.save(file, made)
        Path(name).replace(place)
    except OSError:
        return
