"""Sums over an area, strip by strip, from which every share is made.

weight   what a cell counts for: its square kilometres, or what a raster of people or value puts on it
air      cells that have air at a height: no void, and ground below the height
share    weighted mean of a raster over the cells of the area that have air

Each row is summed by itself, and rows are added one after the other from north to south: the strips that a grid is cut
into do not change the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

import numba
import numpy as np

from egide.coverage.area import Area, weights_of
from egide.coverage.ask import Altitude
from egide.coverage.detect import Layers, heights_of
from egide.coverage.grid import Grid
from egide.ingest.dem import VOID_M
from egide.jit import njit_parallel
from egide.physics.kernels import VOID

__all__ = ["MOST", "Counter", "Seen", "air_of"]

Array = np.ndarray[Any, Any]
MOST: Final = 3  # shares seen by one, two and three radars


@njit_parallel
def add_shares(
    count: Array, sole: Array, orbits: Array, places: Array, flown_by: Array, ground: Array, heights: Array, agl: Array,
    weights: Array, seen: Array, lost: Array,
) -> None:  # fmt: skip
    """Sums of each row: `seen` (rows, cases, heights, MOST), weight seen by one, two, three radars or more; `lost`
    (rows, cases, heights, units), weight that only one unit sees. `orbits` (airborne, cases, heights, rows, columns)
    out of `places`; `flown_by`: the unit of each airborne radar. These are independent in phase."""
    cases, bands = count.shape[0], count.shape[1]
    flying = orbits.shape[0]
    units = lost.shape[3]
    for r in numba.prange(ground.shape[0]):
        for c in range(ground.shape[1]):
            weight = weights[r, c]
            floor = float(ground[r, c])
            if weight == 0.0 or floor <= VOID:
                continue
            for a in range(bands):
                if not agl[a] and floor >= heights[a]:
                    continue
                for k in range(cases):
                    fixed = int(count[k, a, r, c])
                    none, one, two = 1.0, 0.0, 0.0  # chances that so many airborne radars see it
                    for p in range(flying):
                        share = orbits[p, k, a, r, c] / places[p]
                        two = two * (1.0 - share) + one * share
                        one = one * (1.0 - share) + none * share
                        none *= 1.0 - share
                    fewer = 0.0
                    for n in range(MOST):  # fewer than n + 1 radars: at most n - fixed airborne ones
                        if n == fixed:
                            fewer += none
                        elif n == fixed + 1:
                            fewer += one
                        elif n == fixed + 2:
                            fewer += two
                        seen[r, k, a, n] += weight * (1.0 - fewer)
                    only = int(sole[k, a, r, c])
                    if 0 < only <= units:
                        lost[r, k, a, only - 1] += weight * none
                    elif fixed == 0:
                        for p in range(flying):
                            share = orbits[p, k, a, r, c] / places[p]
                            others = 1.0
                            for q in range(flying):
                                if q != p:
                                    others *= 1.0 - orbits[q, k, a, r, c] / places[q]
                            lost[r, k, a, flown_by[p]] += weight * share * others


def air_of(grid: Grid, altitude: Altitude) -> Array:
    """Cells that have air at this height."""
    ground: Array = grid.dem.height_m
    return np.asarray((ground != VOID_M) & (altitude.agl | (ground < altitude.height_m)))


@final
@dataclass
class Seen:
    """What one level's radars see, added up: by weight, (cases, heights, MOST); what each unit alone adds, of area."""

    seen: dict[str, Array] = field(default_factory=dict)
    lost: Array | None = None

    def add(self, strip: Grid, layers: Layers, weights: Mapping[str, Array], altitudes: Sequence[Altitude]) -> None:
        """One more strip, the next one to the south."""
        heights, agl = heights_of(altitudes)
        places = np.array([len(layers.radars[k].places) for k in layers.airborne], float)
        flown_by = np.array([layers.units.index(layers.radars[k].unit) for k in layers.airborne], np.int64)
        shape = (strip.shape[0], *layers.count.shape[:2])
        for name, weight in weights.items():
            seen, lost = np.zeros((*shape, MOST)), np.zeros((*shape, len(layers.units)))
            add_shares(layers.count, layers.sole, layers.orbits, places, flown_by, strip.dem.height_m, heights, agl,
                       weight, seen, lost)  # fmt: skip
            self.seen[name] = folded(seen, self.seen.get(name))
            if name == "area":
                self.lost = folded(lost, self.lost)


def folded(rows: Array, before: Array | None = None) -> Array:
    """Rows added one after the other, in this order whatever came before."""
    total = np.zeros(rows.shape[1:]) if before is None else before
    for row in rows:
        total = total + row
    return total


@final
@dataclass(frozen=True)
class Counter:
    """The area's cells strip by strip, and what they weigh in all and at each height."""

    grid: Grid
    area: Area
    values: Mapping[str, Array | None]  # by weight; None: square kilometres
    rows: int  # of a strip
    total: dict[str, float] = field(default_factory=dict)
    aired: dict[tuple[str, str], float] = field(default_factory=dict)  # by weight and height
    mean_ground_m: dict[str, float] = field(default_factory=dict)  # by height, of the air counted

    def strips(self) -> Iterator[tuple[Grid, dict[str, Array]]]:
        """Strips from north to south with their weights."""
        for strip in self.grid.strips(self.rows):
            part = slice(strip.top, strip.top + strip.shape[0])
            yield (
                strip,
                {
                    name: weights_of(strip, self.area.inside[part], None if each is None else each[part])
                    for name, each in self.values.items()
                },
            )

    def weigh(self, altitudes: Sequence[Altitude]) -> Counter:
        """Count the weights; once, before any share is asked for."""
        found: dict[Any, Array] = {}
        for strip, weights in self.strips():
            ground = np.maximum(strip.dem.height_m, 0)
            for name, weight in weights.items():
                found[name] = folded(weight.sum(axis=1), found.get(name))
                for altitude in altitudes:
                    aired = weight * air_of(strip, altitude)
                    found[name, altitude.text] = folded(aired.sum(axis=1), found.get((name, altitude.text)))
                    if name == "area" and not altitude.agl:
                        low = (aired * ground).sum(axis=1)
                        found["ground", altitude.text] = folded(low, found.get(("ground", altitude.text)))
        for name in self.values:
            self.total[name] = float(found[name])
            for altitude in altitudes:
                self.aired[name, altitude.text] = air = float(found[name, altitude.text])
                if name == "area" and not altitude.agl:
                    self.mean_ground_m[altitude.text] = _ratio(float(found["ground", altitude.text]), air, 0.0)
        return self

    def part(self, seen: float, altitude: Altitude, weight: str) -> float:
        """A sum as a share of what has air."""
        return _ratio(seen, self.aired[weight, altitude.text])

    def share(self, values: Array, altitude: Altitude, weight: str) -> float:
        """Weighted mean of a raster of shares over the cells with air; NaN cells do not count."""
        above = below = None
        for strip, weights in self.strips():
            part = values[strip.top : strip.top + strip.shape[0]]
            counted = weights[weight] * (air_of(strip, altitude) & np.isfinite(part))
            above = folded((counted * np.nan_to_num(part)).sum(axis=1), above)
            below = folded(counted.sum(axis=1), below)
        return _ratio(float(above), float(below)) if above is not None and below is not None else math.nan

    def air_share(self, altitude: Altitude, weight: str) -> float:
        return _ratio(self.aired[weight, altitude.text], self.total[weight])

    def above_ground_m(self, altitude: Altitude) -> float:
        """The height over the mean ground of the air counted."""
        return altitude.height_m - self.mean_ground_m.get(altitude.text, 0.0)


def _ratio(part: float, whole: float, nothing: float = math.nan) -> float:
    return part / whole if whole > 0.0 else nothing
