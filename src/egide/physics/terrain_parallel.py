"""The sweep on several cores. A module of its own: the engine, and worker processes, never load the threading layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import prange

from egide.jit import njit_parallel
from egide.physics.terrain_lines import sweep_chunk

Array = npt.NDArray[Any]


@njit_parallel
def sweep(
    dem: Array, out: Array, plane: Array, sin: Array, short: Array, radius: Array, north: Array, down: Array,
    chunks: Array, hands: Array, rays: int, stray_a: float, stray_b: float, fine: Array, between: bool,
    antenna: float, curvature_1_m: float, near: float, max_range: float, above: int,
) -> None:  # fmt: skip
    """Every chunk, as dealt to the workers (`hands`, a row a worker, -1 beyond its last)."""
    for row in prange(out.shape[0]):
        for col in range(out.shape[1]):
            out[row, col] = np.float32(np.nan)
    for hand in prange(hands.shape[0]):
        for i in range(hands.shape[1]):
            c = hands[hand, i]
            if c >= 0:
                sweep_chunk(
                    dem, out, plane, sin, short, radius, north, down, chunks[c, 0], chunks[c, 1], chunks[c, 2], rays,
                    stray_a, stray_b, fine, between, antenna, curvature_1_m, near, max_range, above,
                )  # fmt: skip
