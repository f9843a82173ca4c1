"""Where a raster lies about an antenna, and how the sweep by grid lines is set to work on it.

plane    thirteen numbers for `terrain_plane.local` and `crossing`, with what places each row and each column
rays     to a half-quadrant: as many as lines within range, so that two rays are at most a cell apart
chunk    a task (`terrain_lines`); dealt so that each worker gets row sides and column sides

Latitude and longitude: rays are normal sections of the WGS 84 ellipsoid. Not within 5 degrees of a pole, where a ray
may cross a parallel twice: `fits` says so, and `terrain` takes the polar sweep instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, WGS84_A_M, WGS84_E2
from egide.physics.terrain_cells import ABOVE_GROUND, ABOVE_SEA
from egide.physics.terrain_lines import VECTORS, sweep_chunk

Raster = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float64]

PARALLEL_CELLS: Final = 2_000_000  # below it the start of threads costs more than they save
FINE: Final = ((4, 15), (16, 3), (96, 1))  # up to so many lines from the antenna, so many lines between two lines

_CHUNK_RAYS: Final = 900  # what a worker keeps in its nearest cache
_FEWEST_RAYS: Final = 256  # a small raster is seen from near: rays a cell apart would show
_STRAY: Final = 1e-5  # by how much a drawn course may leave a computed one, of the distance,
_STRAY_CELLS: Final = 5e-4  # or in cells
_POLE_DEG: Final = 85.0


@final
@dataclass(frozen=True)
class Plane:
    """A raster as seen from one antenna."""

    numbers: FloatArray
    sin: Raster  # by column: r times it is the way east
    short: Raster
    radius: Raster  # by row
    north: Raster
    down: Raster
    row_m: float  # size of a cell at the antenna
    col_m: float
    narrowest: float  # least width of a column in reach, against that at the antenna
    stray: tuple[float, float]  # lines over which a ray is drawn straight, squared: a d + b

    @property
    def row(self) -> float:
        return float(self.numbers[1])

    @property
    def col(self) -> float:
        return float(self.numbers[2])


def _padded(values: Raster) -> Raster:
    """As the kernel wants it: it runs a little beyond the last."""
    return np.pad(values, (0, VECTORS), mode="edge").astype(np.float32)


def projected(shape: tuple[int, int], cell_m: float, row: float, col: float) -> Plane:
    """A raster of square cells on a map."""
    rows, cols = shape
    numbers = np.array([0.0, row, col, cell_m, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    return Plane(
        numbers,
        sin=_padded((np.arange(cols) - col) * cell_m),
        short=_padded(np.zeros(cols)),
        radius=_padded(np.ones(rows)),
        north=_padded((row - np.arange(rows)) * cell_m),
        down=_padded(np.zeros(rows)),
        row_m=cell_m, col_m=cell_m, narrowest=1.0, stray=(0.0, 4.0 * float(rows + cols) ** 2),
    )  # fmt: skip


def geographic(
    shape: tuple[int, int], north_deg: float, west_deg: float, step_lat_deg: float, step_lon_deg: float,
    lat_deg: float, lon_deg: float,
) -> Plane:  # fmt: skip
    """A raster in latitude and longitude. The antenna's longitude may be written a turn off the raster's."""
    rows, cols = shape
    lat0 = math.radians(lat_deg)
    step_lat, step_lon = math.radians(step_lat_deg), math.radians(step_lon_deg)
    row = (north_deg - lat_deg) / step_lat_deg
    centre_deg = west_deg + 0.5 * (cols - 1) * step_lon_deg
    col = ((lon_deg - centre_deg + 180.0) % 360.0 - 180.0 + centre_deg - west_deg) / step_lon_deg
    row, col = (round(at) if abs(at - round(at)) < 1e-6 else at for at in (row, col))  # no line a hair off the antenna
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    n0_m = WGS84_A_M / math.sqrt(1.0 - WGS84_E2 * sin0 * sin0)
    x_m, z_m = n0_m * cos0, n0_m * (1.0 - WGS84_E2) * sin0
    lat = math.radians(north_deg) - step_lat * np.arange(rows)
    turned = step_lon * (np.arange(cols) - col)
    sin_lat = np.sin(lat)
    n_m = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * sin_lat**2)
    radius_m = n_m * np.cos(lat)
    dz, dx = n_m * (1.0 - WGS84_E2) * sin_lat - z_m, radius_m - x_m
    row_m = n0_m * (1.0 - WGS84_E2) / (1.0 - WGS84_E2 * sin0 * sin0) * step_lat
    col_m = x_m * step_lon
    bend = 8.0 * EARTH_RADIUS_M / max(row_m, col_m)
    return Plane(
        np.array([1.0, row, col, 0.0, sin0, cos0, x_m, z_m, math.radians(north_deg), step_lat,
                  math.radians(west_deg), step_lon, col_m / row_m]),
        sin=_padded(np.sin(turned)),
        short=_padded(2.0 * np.sin(0.5 * turned) ** 2),
        radius=_padded(radius_m),
        north=_padded(cos0 * dz - sin0 * dx),
        down=_padded(-cos0 * dx - sin0 * dz),
        row_m=row_m, col_m=col_m, narrowest=float(np.min(radius_m) / x_m), stray=(bend * _STRAY, bend * _STRAY_CELLS),
    )  # fmt: skip


def fits(north_deg: float, south_deg: float, lat_deg: float, max_range_m: float) -> bool:
    """Whether the sweep by grid lines may be used: far enough from the poles, as far as one sees."""
    reach_deg = math.degrees(max_range_m / 6.35e6)
    highest = max(min(north_deg, lat_deg + reach_deg), -max(south_deg, lat_deg - reach_deg), abs(lat_deg))
    return highest < _POLE_DEG and reach_deg < 30.0


def _rays(shape: tuple[int, int], plane: Plane, max_range_m: float, a_line: float) -> int:
    """Rays to a half-quadrant."""
    rows, cols = shape
    by_row = min(max(plane.row, rows - 1 - plane.row), max_range_m / plane.row_m) / plane.narrowest
    by_col = min(max(plane.col, cols - 1 - plane.col), max_range_m / (plane.col_m * plane.narrowest))
    return max(_FEWEST_RAYS, math.ceil(a_line * max(by_row, by_col, 1.0)))


def _chunks(shape: tuple[int, int], plane: Plane, rays: int, max_range_m: float, hands: int) -> tuple[Any, Any]:
    """Chunks (side, first ray, last ray), and which hand takes which, the costliest first."""
    rows, cols = shape
    pieces = max(1, math.ceil(rays / _CHUNK_RAYS))
    cuts = [rays * i // pieces for i in range(pieces)] + [rays + rays * i // pieces for i in range(pieces + 1)]
    lines = (plane.row, rows - 1 - plane.row, plane.col, cols - 1 - plane.col)
    size_m = (plane.row_m, plane.row_m, plane.col_m, plane.col_m)
    cost = [max(0.0, min(lines[side], max_range_m / size_m[side])) * (1.0, 1.0, 1.3, 1.3)[side] for side in range(4)]
    chunks = [(side, a, b) for side in range(4) for a, b in pairwise(cuts)]
    load = [0.0] * hands
    dealt: list[list[int]] = [[] for _ in range(hands)]
    for c in sorted(range(len(chunks)), key=lambda c: (-cost[chunks[c][0]], chunks[c])):
        hand = load.index(min(load))
        dealt[hand].append(c)
        load[hand] += cost[chunks[c][0]]
    deep = max(len(some) for some in dealt)
    return np.array(chunks, np.int64), np.array([some + [-1] * (deep - len(some)) for some in dealt], np.int64)


def run(
    dem_m: Raster, plane: Plane, antenna_amsl_m: float, max_range_m: float, k: float, *, near_m: float = 0.0,
    above_ground: bool, parallel: bool | None = None, rays_a_line: float = 1.0, between: bool = True,
    fine: tuple[tuple[int, int], ...] = FINE,
) -> npt.NDArray[np.float32]:  # fmt: skip
    """Lowest height in sight over each cell, above the ground or the sea; NaN beyond range (and, above ground, over
    voids). The cell that holds the antenna is answered by its ground."""
    dem = np.ascontiguousarray(dem_m, np.float32)
    shape = (dem.shape[0], dem.shape[1])
    if parallel is None:
        parallel = dem.size >= PARALLEL_CELLS
    rays = _rays(shape, plane, max_range_m, rays_a_line)
    between_lines = np.zeros(max((until for until, _ in fine), default=0), np.int64)
    for until, lines in reversed(fine):
        between_lines[:until] = lines
    above = ABOVE_GROUND if above_ground else ABOVE_SEA
    settings: tuple[Any, ...] = (
        rays, *plane.stray, between_lines, between, float(antenna_amsl_m), 1.0 / (2.0 * k * EARTH_RADIUS_M),
        float(near_m), float(max_range_m), above,
    )  # fmt: skip
    places = (plane.numbers, plane.sin, plane.short, plane.radius, plane.north, plane.down)
    out = np.empty(shape, np.float32)
    if parallel:
        import numba

        from egide.physics.terrain_parallel import sweep

        chunks, hands = _chunks(shape, plane, rays, max_range_m, numba.get_num_threads())
        sweep(dem, out, *places, chunks, hands, *settings)
    else:
        out.fill(np.nan)
        chunks, _ = _chunks(shape, plane, rays, max_range_m, 1)
        for side, first, last in chunks.tolist():
            sweep_chunk(dem, out, *places, side, first, last, *settings)
    _stand(dem, out, plane, antenna_amsl_m, max_range_m, above_ground)
    return out


def _stand(dem: Raster, out: Raster, plane: Plane, antenna_m: float, max_range_m: float, above_ground: bool) -> None:
    """The cells on the antenna's own row and column lie on a line of no side where they are the antenna's own."""
    row, col = plane.row, plane.col
    if row != math.floor(row) or col != math.floor(col) or max_range_m < 0.0:
        return
    if 0 <= row < dem.shape[0] and 0 <= col < dem.shape[1]:
        ground_m = float(dem[int(row), int(col)])
        if ground_m > -32767.0:
            out[int(row), int(col)] = 0.0 if above_ground else ground_m
        elif not above_ground:
            out[int(row), int(col)] = antenna_m
