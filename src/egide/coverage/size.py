"""What a coverage will hold in memory and leave on disk, told before any work starts.

strip rows   as many rows of the terrain at a time as keep a strip within STRIP_BYTES; whole tiles of the rasters
             written where that leaves any
memory       what is held at the worst moment: the strip, what stands beside it for the whole terrain, one radar's
             window while its raster is made; engagement holds whole rasters
disk         rasters as they are when packed (measured shares of their plain size, roundly), and what radars see, which
             is kept in Égide's cache
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from egide import cache
from egide.coverage.ask import PLACE, Request
from egide.coverage.grid import Grid
from egide.coverage.net import Net, Radar
from egide.errors import scenario_error, store_error
from egide.i18n import mark

__all__ = ["TILE", "Size", "size_of"]

ROOM: Final = 4 * 2**30  # bytes that a request may take, or half of the machine's where that is more
STRIP_BYTES: Final = 400_000_000
TILE: Final = 256  # rows and columns of a tile of the rasters written
PACKED: Final = 0.15  # packed rasters of what is seen over their plain size: 0.03 to 0.1 over rough ground
ENGAGED_BYTES: Final = 8  # a cell, height, cross section and level: headings on two cues, 32 bits each
_PROGRAM: Final = 400_000_000  # the interpreter, its libraries and compiled kernels


@final
@dataclass(frozen=True)
class Size:
    """Bytes."""

    cells: int
    layers: int  # heights times cross sections
    strip_rows: int
    memory: int
    engaged: int  # of it, for engagement
    kept: int  # in the cache: what radars see, and one alternative
    written: int  # in the folder: one alternative

    def check_memory(self) -> None:
        """Refuse what would not fit, with the estimate and the mend."""
        room = max(ROOM, _memory() // 2)
        if self.memory <= room:
            return
        wrong = mark("{cells} terrain cells times {n} heights and cross sections need about {needed:.3g} GB of memory")
        right = mark("ask for fewer heights, or a smaller area or coarser terrain: {room:.3g} GB are allowed here")
        if self.memory - self.engaged <= room:
            right = mark("ask for detection alone (--detection), for fewer heights, or for a smaller area or coarser "
                         "terrain: {room:.3g} GB are allowed here")  # fmt: skip
        raise scenario_error(PLACE, wrong, right, cells=self.cells, n=self.layers, needed=self.memory / 1e9,
                             room=room / 1e9)  # fmt: skip

    def check_disk(self, folder: Path, alternatives: int) -> None:
        """Refuse what the folder's disk or the cache's has no room for."""
        places = {folder: self.written * alternatives, cache.folder(): self.kept}
        disks: dict[int, tuple[Path, int]] = {}
        for place, needed in places.items():
            there = next(each for each in (place.absolute(), *place.absolute().parents) if each.exists())
            disk = there.stat().st_dev
            disks[disk] = (disks[disk][0] if disk in disks else there, needed + disks.get(disk, (there, 0))[1])
        for place, needed in disks.values():
            free = shutil.disk_usage(place).free
            if needed > free:
                wrong = mark("the rasters need about {needed:.3g} GB of disk, and {free:.3g} GB are free here")
                right = mark("make room, choose another folder (or EGIDE_CACHE_DIR), or ask for fewer heights, cross "
                             "sections or alternatives")  # fmt: skip
                raise store_error(str(place), wrong, right, needed=needed / 1e9, free=free / 1e9)


def size_of(grid: Grid, planned: Sequence[Net], request: Request, weighted: bool) -> Size:
    """Of a request on a terrain; `planned` are the alternatives' nets at the nominal level."""
    cells, columns = grid.cells, grid.shape[1]
    layers, levels = len(request.altitudes) * len(request.cases), len(request.levels)
    radars = [net.searching(request.target.row) for net in planned]
    airborne = max((sum(radar.airborne for radar in each) for each in radars), default=0)
    units = max((len({radar.unit for radar in each}) for each in radars), default=0)
    # counts, soles and orbits of each level; the bands written; weights, sums of rows
    a_row = columns * layers * (levels * (2 + (2 + airborne if airborne else 0)) + 1) + columns * 40
    a_row += 8 * layers * levels * (3 + units)
    rows = max(1, min(grid.shape[0], STRIP_BYTES // a_row))
    rows = rows // TILE * TILE if TILE <= rows < grid.shape[0] else rows
    whole = cells * (3 + 2 + (16 if weighted else 0))  # heights, area and its making; value, and its source
    window = max((_window(grid, radar) for each in radars for radar in each), default=0)
    seen = rows * a_row + columns * TILE * layers * (1 + levels) * (4 if airborne else 1)
    engaged = _engaged_bytes(cells, layers, levels, planned) if request.engagement else 0
    # float32 ground and answer, their whole metres and tests
    memory = _PROGRAM + whole + max(seen, 14 * window if grid.sights.on_disk else 0, engaged)
    on_disk = grid.sights.on_disk
    kept = max((sum(2 * _window(grid, radar) * len(radar.places) for radar in each) for each in radars), default=0)
    written = cells * (layers * (1 + levels) * (4 if airborne else 1) * PACKED + 2 * len(request.cases))
    if request.engagement:
        written += cells * layers * 4 * 4 * (1 + len(request.rules)) * PACKED
    return Size(cells, layers, rows, int(memory), int(engaged), kept * levels if on_disk else 0, int(written))


def _window(grid: Grid, radar: Radar) -> int:
    """Cells of a radar's raster."""
    place, row = radar.places[0], radar.row
    top, bottom, left, right = grid.sights.window(place, float(row["range_max_m"]))
    return (bottom - top) * (right - left)


def _engaged_bytes(cells: int, layers: int, levels: int, planned: Sequence[Net]) -> int:
    """Headings on both cues at every level; at one height and cross section what each battery's radars hold and see,
    and each network's pictures (one a revisit time), once more where they are stacked; the points' owners."""
    if not any(net.batteries for net in planned):
        return 0
    most = 0
    for net in planned:
        revisits = {(radar.network, float(radar.row["revisit_s"])) for radar in net.radars}
        most = max(most, 2 * len(revisits) + 3 * len(net.batteries) + 4)
    return cells * (layers * levels * 2 * 4 + layers * 4 + most * (1 + -(-layers // 8)) + 20)


def _memory() -> int:
    try:
        return int(os.sysconf("SC_PAGE_SIZE")) * int(os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return ROOM
