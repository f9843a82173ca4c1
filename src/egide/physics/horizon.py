"""How far a radar sees over a smooth Earth.

k    the effective Earth: refraction drawn as a larger radius, k = 4/3 for a mean gradient of -39 N/km

Sources: Skolnik, ch. 8; ITU-R P.834, P.453. Heights far below the Earth's radius; no ducting.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH

__all__ = ["distance_m", "lowest_height_m"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


def _arc_m(height_m: Floats, radius_m: float, exact: bool) -> FloatArray:
    """Ground distance from a point at a height to its own horizon; 0 at or below the ground."""
    height = np.maximum(np.asarray(height_m, float), 0.0)
    # acos(r / (r + h)) loses digits for small h; the half-angle form does not
    half = np.arcsin(np.sqrt(0.5 * height / (radius_m + height)))
    arc: FloatArray = 2.0 * radius_m * half if exact else np.sqrt(2.0 * radius_m * height)
    return arc


def distance_m(
    antenna_height_m: Floats, target_height_m: Floats, k: float = EFFECTIVE_EARTH, exact: bool = True
) -> FloatArray:
    """Ground distance at which the line of sight touches the sphere; `exact=False` is the rule sqrt(2 a h)."""
    radius_m = k * EARTH_RADIUS_M
    return _arc_m(antenna_height_m, radius_m, exact) + _arc_m(target_height_m, radius_m, exact)


def lowest_height_m(distance_m: Floats, antenna_height_m: Floats, k: float = EFFECTIVE_EARTH) -> FloatArray:
    """Lowest height in sight at a ground distance over the smooth sphere: 0 inside the antenna's own horizon."""
    radius_m = k * EARTH_RADIUS_M
    beyond = np.asarray(distance_m, float) - _arc_m(antenna_height_m, radius_m, True)
    angle = np.maximum(beyond, 0.0) / radius_m
    height: FloatArray = radius_m * 2.0 * np.sin(0.5 * angle) ** 2 / np.cos(angle)  # 1 / cos - 1, with its digits
    return height
