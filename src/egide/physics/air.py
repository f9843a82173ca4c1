"""What the air leaves of a radar's range, as a table that the engine and coverage read alike.

loss      two-way decibels to gases and rain along the whole path (`propagation`)
share     what a loss leaves of a range, 10^(-loss / 40): an echo is weaker by its fourth power
table     shares on a grid of slant range and target height, for one antenna height, frequency and weather
published the path on which a maker's range was had: its clear air is inside the figure already, so the range without
          any air is longer by that path's share

The grid is even in the square root of range and in the fourth root of height above `FLOOR_M`: fine near the antenna and
near the ground. Between its nodes the share is bilinear. Sources: as `propagation`; Blake 1980 for the published path.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.jit import njit
from egide.physics import propagation

__all__ = ["CLEAR", "FLOOR_M", "Weather", "air_share", "published_elevation_rad", "published_loss_db", "share_table"]

Array = np.ndarray[Any, Any]
FloatArray = npt.NDArray[np.float64]

FLOOR_M: Final = -500.0  # of the grid; lower targets are taken there
TOP_M: Final = 600_000.0  # higher targets are taken there
NODES: Final = (129, 65)  # ranges and heights
RAINY_NODES: Final = (257, 129)
PUBLISHED_HEIGHT_M: Final = 9_000.0  # of the target, where the published range allows it
PUBLISHED_STEEPEST_RAD: Final = math.radians(10.0)
BOTH_TILT_DEG: Final = 45.0  # the mean of horizontal and vertical polarisation: which one a radar has is seldom public

_SPAN_M = TOP_M - FLOOR_M


class Weather(NamedTuple):
    """The air over the whole scene: vapour at sea level; rain of one rate around each antenna, up to its ceiling."""

    vapour_g_m3: float = propagation.VAPOUR_G_M3
    rain_mm_h: float = 0.0
    rain_extent_m: float = 20_000.0
    rain_ceiling_m: float = 3_000.0


CLEAR: Final = Weather()


@njit
def air_share(table: Array, farthest_m: float, range_m: float, height_m: float) -> float:
    """Share of a range that the air leaves at a slant range and target height: bilinear in a table made for ranges to
    `farthest_m`, held at its edges."""
    ranges, heights = table.shape[0] - 1, table.shape[1] - 1
    v = min(math.sqrt(range_m / farthest_m), 1.0) * ranges
    u = math.sqrt(math.sqrt(min(max(height_m - FLOOR_M, 0.0) / _SPAN_M, 1.0))) * heights
    i, j = min(int(v), ranges - 1), min(int(u), heights - 1)
    v, u = v - i, u - j
    near = (1.0 - u) * table[i, j] + u * table[i, j + 1]
    far = (1.0 - u) * table[i + 1, j] + u * table[i + 1, j + 1]
    return float((1.0 - v) * near + v * far)


def loss_db(
    frequency_ghz: float, range_m: npt.ArrayLike, antenna_m: npt.ArrayLike, target_m: npt.ArrayLike,
    weather: Weather = CLEAR,
) -> FloatArray:  # fmt: skip
    """Two-way loss to gases and rain. A path no longer than the difference of heights goes straight up or down."""
    low, high = np.asarray(antenna_m, float), np.asarray(target_m, float)
    slant = np.maximum(np.asarray(range_m, float), np.abs(high - low) * (1.0 + 1e-9))
    loss = propagation.two_way_gas_db(frequency_ghz, slant, low, high, weather.vapour_g_m3)
    if weather.rain_mm_h > 0.0:
        loss = loss + propagation.two_way_rain_db(
            frequency_ghz, weather.rain_mm_h, slant, low, high, weather.rain_ceiling_m, weather.rain_extent_m,
            BOTH_TILT_DEG,
        )  # fmt: skip
    return loss


def share_table(frequency_ghz: float, antenna_m: float, farthest_m: float, weather: Weather = CLEAR) -> FloatArray:
    """(ranges, heights) shares for an antenna at a height above sea level, on a finer grid where it rains. Along each
    column they never rise with range."""
    near, low = RAINY_NODES if weather.rain_mm_h > 0.0 else NODES
    ranges = farthest_m * np.linspace(0.0, 1.0, near)[:, None] ** 2
    heights = FLOOR_M + _SPAN_M * np.linspace(0.0, 1.0, low)[None, :] ** 4
    table: FloatArray = np.power(10.0, -loss_db(frequency_ghz, ranges, antenna_m, heights, weather) / 40.0)
    return np.ascontiguousarray(np.minimum.accumulate(table, axis=0))


def published_elevation_rad(reference_range_m: float, antenna_m: float = 0.0) -> float:
    """Elevation of the path on which a published range is taken to have been had: to a target at 9 km, but not above 10
    degrees (short ranges) nor under the horizon of a smooth Earth (long ones)."""
    radius_m = EFFECTIVE_EARTH * EARTH_RADIUS_M
    rise = PUBLISHED_HEIGHT_M - antenna_m
    sine = (rise * (antenna_m + PUBLISHED_HEIGHT_M + 2.0 * radius_m) - reference_range_m**2) / (
        2.0 * reference_range_m * (radius_m + antenna_m)
    )
    dip = -math.acos(radius_m / (radius_m + max(antenna_m, 0.0)))
    return min(max(math.asin(min(max(sine, -1.0), 1.0)), dip), PUBLISHED_STEEPEST_RAD)


def published_loss_db(frequency_ghz: float, reference_range_m: float, antenna_m: float = 0.0) -> float:
    """Two-way loss that a published range contains: the reference air without rain, along the published path. An
    antenna on the ground is taken to have stood at sea level."""
    elevation = published_elevation_rad(reference_range_m, antenna_m)
    r1 = EFFECTIVE_EARTH * EARTH_RADIUS_M + antenna_m
    x = reference_range_m * (reference_range_m + 2.0 * r1 * math.sin(elevation))
    target_m = antenna_m + x / (r1 + math.sqrt(r1 * r1 + x))
    return float(propagation.two_way_gas_db(frequency_ghz, reference_range_m, antenna_m, target_m))
