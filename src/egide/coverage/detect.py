"""Detection coverage: which cells the network sees at each height, how often, by how many, and by whom alone.

seen        share of the time in which at least one radar sees a cell: 0 or 1 from fixed radars, and between for
            airborne ones, averaged over their orbit; two airborne radars are taken as independent in phase
radars      mean number of radars that see the cell
marginal    what the network would lose of a cell without one unit (a sensor, an aircraft, a battery's radars together)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from egide.coverage.ask import Altitude, Case
from egide.coverage.grid import Grid
from egide.coverage.kernels import add_seen, lowest_seen
from egide.coverage.net import Radar

__all__ = ["Layers", "detect", "minimum_detectable_height"]

Array = np.ndarray[Any, Any]
Tick = Callable[[str], None]


@final
@dataclass(frozen=True)
class Layers:
    """Rasters of one net over a grid or a strip of it, all indexed (case, altitude, row, column)."""

    radars: tuple[Radar, ...]
    count: Array  # fixed radars that see the cell
    sole: Array  # 1 + place in `units` of the only unit whose fixed radars do
    units: tuple[str, ...]
    orbits: Array  # (airborne, ...) from how many places of its orbit each airborne radar sees it
    airborne: tuple[int, ...]  # places of those radars

    def share(self, airborne: int, case: int, altitude: int) -> Array:
        """Of the orbit from which one airborne radar sees a cell."""
        places = np.float32(len(self.radars[self.airborne[airborne]].places))
        found: Array = self.orbits[airborne, case, altitude].astype(np.float32) / places
        return found

    def seen(self, case: int, altitude: int) -> Array:
        """Share of the time."""
        missed = np.ones(self.count.shape[2:], np.float32)
        for k in range(len(self.airborne)):
            missed *= np.float32(1.0) - self.share(k, case, altitude)
        found: Array = np.where(self.count[case, altitude] > 0, np.float32(1.0), np.float32(1.0) - missed)
        return found

    def number(self, case: int, altitude: int) -> Array:
        """Mean number of radars."""
        number: Array = self.count[case, altitude].astype(np.float32)
        for k in range(len(self.airborne)):
            number += self.share(k, case, altitude)
        return number

    def always(self, case: int, altitude: int) -> Array:
        """Cells seen at every time: by a fixed radar, or from every place of one orbit."""
        found: Array = self.count[case, altitude] > 0
        for k in range(len(self.airborne)):
            found |= self.share(k, case, altitude) >= 1.0
        return found


def heights_of(altitudes: Sequence[Altitude]) -> tuple[Array, Array]:
    """Heights and whether each is above ground."""
    return np.array([a.height_m for a in altitudes]), np.array([a.agl for a in altitudes])


def detect(
    grid: Grid, radars: Sequence[Radar], altitudes: Sequence[Altitude], cases: Sequence[Case], pd: float,
    tick: Tick | None = None,
) -> Layers:  # fmt: skip
    """Rasters of what these radars see. One raster of lowest visible heights a place serves all heights and cross
    sections."""
    shape = (len(cases), len(altitudes), *grid.shape)
    units = tuple(dict.fromkeys(radar.unit for radar in radars))
    small = len(units) < 255
    count, sole = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8 if small else np.uint16)
    heights, agl = heights_of(altitudes)
    airborne = [place for place, radar in enumerate(radars) if radar.airborne]
    orbits, unused = np.zeros((len(airborne), *shape), np.uint8), np.zeros_like(sole) if airborne else sole
    for place, radar in enumerate(radars):
        reach = np.array([radar.range_m(case.rcs_m2, pd) for case in cases])
        counts, soles = (orbits[airborne.index(place)], unused) if radar.airborne else (count, sole)
        for where in radar.places:
            mask, top, left = grid.mask(where, float(radar.row["range_max_m"]))
            add_seen(
                mask, top, left, grid.rows, grid.columns, grid.dem.height_m, heights, agl, where.frame(),
                radar.limits(), reach, radar.air_at(where), units.index(radar.unit) + 1, 255 if small else 65535,
                counts, soles)  # fmt: skip
        if tick is not None:
            tick(radar.name)
    return Layers(tuple(radars), count, sole, units, orbits, tuple(airborne))


def minimum_detectable_height(grid: Grid, radars: Sequence[Radar], cases: Sequence[Case], pd: float) -> Array:
    """(cases, rows, columns) lowest height above sea level, m, at which at least one of these radars detects; NaN where
    none does. Line of sight, range equation, elevation limits and sector. An airborne one counts from any place."""
    out = np.full((len(cases), *grid.shape), np.nan, np.float32)
    for radar in radars:
        reach = np.array([radar.range_m(case.rcs_m2, pd) for case in cases])
        for where in radar.places:
            mask, top, left = grid.mask(where, float(radar.row["range_max_m"]))
            lowest_seen(mask, top, left, grid.rows, grid.columns, grid.dem.height_m, where.frame(), radar.limits(),
                        reach, radar.air_at(where), out)  # fmt: skip
    return out
