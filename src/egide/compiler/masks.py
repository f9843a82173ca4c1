"""What each fixed antenna can see: one raster of minimum visible heights a place, made once, kept on disk by content.

A kept mask is named after the terrain, the place, the antenna and the code that makes masks (`ingest.derived`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.ingest import derived
from egide.ingest.dem import Dem
from egide.physics import (
    high_rays,
    refraction,
    terrain,
    terrain_cells,
    terrain_kernels,
    terrain_lines,
    terrain_plane,
    terrain_sweep,
)

Array = np.ndarray[Any, Any]

CODE = (
    high_rays, refraction, terrain, terrain_cells, terrain_kernels, terrain_lines, terrain_plane, terrain_sweep,
)  # fmt: skip

SMALL_BYTES, MOST = 1_000_000, 100  # masks that are remembered in the process


def mask(
    dem: Dem, lat_deg: float, lon_deg: float, antenna_m: float, range_m: float, *, parallel: bool | None = False,
    mapped: bool = False,
) -> Array:  # fmt: skip
    """(rows, columns) int16: lowest height above sea level in sight of an antenna at `antenna_m` above sea level.
    Terrain nearer than one cell is not counted: a coarse raster may put the site's own cell above its surveyed
    height. Above some 1.5 km the 4/3 Earth's rays are mended by those of the exponential atmosphere. `mapped`: opened
    on disk where it could be kept there. `parallel`: for coverage of fine terrain."""
    near_m = 111_195.0 * dem.step_lat_deg
    grid = (dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg)
    name = derived.name(["mask", *grid, dem.content, lat_deg, lon_deg, antenna_m, range_m, near_m], CODE)

    def make() -> Array:
        made = terrain.visible_height_raster(
            dem.height_m, *grid, lat_deg, lon_deg, antenna_m, range_m, near_m=near_m, parallel=parallel
        )
        high_rays.mend(made, *grid, lat_deg, lon_deg, antenna_m, range_m, parallel is not False)
        return made

    def kept() -> Array:
        return derived.array("masks", name, make, shape=dem.height_m.shape, mapped=mapped)

    small = dem.height_m.size * 2 <= SMALL_BYTES and not mapped
    return derived.remembered("masks", name, kept, most=MOST) if small else kept()
