"""The compiled part of denied airspace: over which cells one battery can meet a target, by heading.

heading   one of `headings` directions of flight, evenly spaced from north; bit k of a cell says that a target flying
          along heading k can be met there by one shot

The slant range of a cell is that of the ellipsoid; the way to it is straight in rows and columns.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from egide.coverage.meet_kernels import (
    HEIGHT_MAX,
    HEIGHT_MIN,
    RANGE_MAX,
    RANGE_MIN,
    SPEED,
    blocked_m,
    way_to,
)
from egide.jit import njit, njit_parallel
from egide.physics.kernels import VOID

Array = np.ndarray[Any, Any]


@njit
def seen_from(
    i: int, j: int, height: float, agl: bool, grid_rows: Array, grid_columns: Array, ground: Array, position: Array
) -> tuple[float, float]:
    """Height above sea level of a target over a cell and its slant range; infinite where the cell has no air."""
    floor = float(ground[i, j])
    h = height + floor if agl else height
    if (agl and floor <= VOID) or h < floor:
        return h, math.inf
    flat = (grid_rows[i, 0] + h) * grid_rows[i, 1]
    dx = flat * grid_columns[j, 0] - position[0]
    dy = flat * grid_columns[j, 1] - position[1]
    dz = (grid_rows[i, 3] + h) * grid_rows[i, 2] - position[2]
    return h, math.sqrt(dx * dx + dy * dy + dz * dz)


@njit_parallel
def deny(
    grid_rows: Array, grid_columns: Array, ground: Array, metres: Array, height: float, agl: bool, position: Array,
    stores: Array, unit: Array, battery: int, holds: Array, pictures: Array, waits: Array, speed: float,
    headings: int, out: Array,
) -> None:  # fmt: skip
    """Set bit k of each cell of `out` (uint32) where a target on heading k can be met by one of the battery's `stores`.
    `metres` is (rows, 2): rows and columns a metre."""
    for i in numba.prange(ground.shape[0]):
        for j in range(ground.shape[1]):
            if holds[battery, i, j] == 0:
                continue
            h, slant = seen_from(i, j, height, agl, grid_rows, grid_columns, ground, position)
            found = np.uint32(0)
            for s in range(stores.shape[0]):
                store = stores[s]
                if not (store[RANGE_MIN] <= slant <= store[RANGE_MAX] and store[HEIGHT_MIN] <= h <= store[HEIGHT_MAX]):
                    continue
                launch = slant / store[SPEED] * speed
                for k in range(headings):
                    bit = np.uint32(1) << np.uint32(k)
                    if found & bit:
                        continue
                    psi = 2.0 * math.pi * k / headings
                    way = way_to(float(i), float(j), math.cos(psi) * metres[i, 0], math.sin(psi) * metres[i, 1])
                    if (
                        blocked_m(launch, way, store, unit, battery, holds, pictures, waits, ground, height, agl, speed)
                        == 0.0
                    ):
                        found |= bit
            out[i, j] |= found
