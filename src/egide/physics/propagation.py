"""What the air takes from an echo on its way out and back: gases and rain along a path between two heights.

two-way     out and back, the loss of an echo, dB
slant       the path between an antenna and a target, straight over the Earth of k radii
layers      the reference air: pressure and temperature of the standard atmosphere, vapour that halves every 1.4 km
cell        a rain of one rate, from the ground to a ceiling, that reaches so far along the path

Sources: ITU-R P.676-12, Annex 1, section 2; P.835-6, Annex 1 (mean annual global reference atmosphere); P.838-3.
Leaves out: clouds, snow, the lens effect (the beam spread by refraction, up to a few dB at grazing), ducts.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.physics import atmosphere
from egide.physics.gases import gas_attenuation_db_km
from egide.physics.rain import rain_attenuation_db_km

__all__ = ["Air", "elevation_rad", "reference_air", "specific_gas_db_km", "two_way_gas_db", "two_way_rain_db"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

VAPOUR_G_M3: Final = 7.5  # P.835, at sea level, the world's mean
VAPOUR_SCALE_M: Final = 2_000.0  # P.835
_LEAST_MIXING: Final = 2e-6  # P.835: vapour over dry pressure never falls below it
_TOP_M: Final = 86_000.0
_STEP_M: Final = 50.0
_NODES: Final = 96


class Air(NamedTuple):
    """The state of the air at a height."""

    pressure_hpa: FloatArray
    temperature_k: FloatArray
    vapour_g_m3: FloatArray


def reference_air(height_m: Floats, vapour_g_m3: Floats = VAPOUR_G_M3) -> Air:
    """Dry pressure, temperature and vapour of the mean annual global reference atmosphere: rho0 exp(-h / 2 km), not
    below a mixing ratio of 2e-6. `vapour_g_m3` is that at sea level. Source: ITU-R P.835-6, Annex 1, whose pressure and
    temperature are the US Standard Atmosphere 1976. 0 to 86 km, held outside. A winter or a desert is drier."""
    height = np.maximum(np.asarray(height_m, float), 0.0)
    pressure = atmosphere.pressure_pa(height) / 100.0
    kelvin = atmosphere.temperature_k(height)
    vapour = np.asarray(vapour_g_m3, float) * np.exp(-height / VAPOUR_SCALE_M)
    floor = np.where(np.asarray(vapour_g_m3, float) > 0.0, _LEAST_MIXING * pressure * 216.7 / kelvin, 0.0)
    return Air(pressure, kelvin, np.maximum(vapour, floor))


@cache
def _profile(frequency_ghz: float, vapour_g_m3: float) -> tuple[FloatArray, FloatArray]:
    """Heights and the logarithm of the specific attenuation there."""
    height = np.arange(0.0, _TOP_M + _STEP_M, _STEP_M)
    return height, np.log(gas_attenuation_db_km(frequency_ghz, *reference_air(height, vapour_g_m3)).total)


@cache
def _rule() -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on -1 to 1."""
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    return node, weight


def specific_gas_db_km(frequency_ghz: float, height_m: Floats, vapour_g_m3: float = VAPOUR_G_M3) -> FloatArray:
    """One-way attenuation by gases at a height of the reference air, dB/km, read from a table of 50 m steps; within
    1e-4 of the line-by-line sum outside the cores of lines, 0 above 86 km. Source: ITU-R P.676-12, P.835-6."""
    table_m, logs = _profile(float(frequency_ghz), float(vapour_g_m3))
    height = np.asarray(height_m, float)
    return np.where(height <= _TOP_M, np.exp(np.interp(height, table_m, logs)), 0.0)


def elevation_rad(
    range_m: Floats, antenna_height_m: Floats, target_height_m: Floats, k: float = EFFECTIVE_EARTH
) -> FloatArray:
    """Elevation at which a straight ray over the Earth of k radii leaves for a target at a slant range and a height:
    sin(e) = ((h2 - h1)(h1 + h2 + 2 ka) - R^2) / (2 R (ka + h1)). NaN where no such triangle exists."""
    slant = np.asarray(range_m, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.arcsin(_sine(slant, antenna_height_m, target_height_m, k)))


def _sine(slant: FloatArray, antenna_height_m: Floats, target_height_m: Floats, k: float) -> FloatArray:
    radius_m = k * EARTH_RADIUS_M
    low, high = np.asarray(antenna_height_m, float), np.asarray(target_height_m, float)
    sine: FloatArray = ((high - low) * (low + high + 2.0 * radius_m) - slant**2) / (2.0 * slant * (radius_m + low))
    return sine


def _rise_m(along_m: FloatArray, sine: FloatArray, antenna_m: FloatArray, k: float) -> FloatArray:
    """Height above the antenna of a point along a straight ray over the Earth of k radii."""
    r1 = k * EARTH_RADIUS_M + antenna_m
    x = along_m * (along_m + 2.0 * r1 * sine)  # r^2 - r1^2
    rise: FloatArray = x / (r1 + np.sqrt(r1 * r1 + x))
    return rise


def two_way_gas_db(
    frequency_ghz: float, range_m: Floats, antenna_height_m: Floats, target_height_m: Floats,
    vapour_g_m3: float = VAPOUR_G_M3, k: float = EFFECTIVE_EARTH,
) -> FloatArray:  # fmt: skip
    """Two-way loss to the gases of the reference air between an antenna and a target, dB: twice the integral of
    gamma(h) along the straight slant over the Earth of k radii, 96 Gauss-Legendre nodes (within 0.1 % to 600 km of
    range).

    `range_m` is the slant range, heights are above sea level; either end may be the higher. 0 where the range is 0, NaN
    where no triangle has these sides. One frequency a call. A raster is best served from a grid of some 60 ranges and
    heights, interpolated. Source: ITU-R P.676-12, Annex 1, section 2, with the bending of P.834's effective Earth in
    place of ray tracing (under 1 % down to 1 degree). The loss of 2 gamma R of a level path is its limit."""
    slant, low, high = np.broadcast_arrays(
        *[np.asarray(value, float) for value in (range_m, antenna_height_m, target_height_m)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        sine = np.where(slant > 0.0, _sine(slant, low, high, k), 0.0)
    node, weight = _rule()
    total = np.zeros(slant.shape)
    for x, w in zip(0.5 * (node + 1.0), 0.5 * weight, strict=True):
        total += w * specific_gas_db_km(frequency_ghz, low + _rise_m(x * slant, sine, low, k), vapour_g_m3)
    loss: FloatArray = np.where(np.abs(sine) <= 1.0 + 1e-12, 2e-3 * slant * total, np.nan)
    return loss[()]


def two_way_rain_db(
    frequency_ghz: Floats, rate_mm_h: Floats, range_m: Floats, antenna_height_m: Floats, target_height_m: Floats,
    ceiling_m: Floats, extent_m: Floats = np.inf, tilt_deg: Floats = 0.0, k: float = EFFECTIVE_EARTH,
) -> FloatArray:  # fmt: skip
    """Two-way loss to a uniform rain that lies from the antenna outwards to `extent_m` and below `ceiling_m`, dB:
    2 k R^alpha times the length of path in it.

    Rain seldom covers more than some tens of kilometres at one rate: 25 mm/h about 15 km, 5 mm/h about 50 km (assumed;
    give the extent you mean). The ceiling is the height of melting, 2 to 5 km (ITU-R P.839). The coefficients are taken
    at the path's elevation. Source: ITU-R P.838-3. Leaves out: what the rain itself sends back, wet radomes, snow
    above."""
    slant, low, high, top, extent = np.broadcast_arrays(
        *[np.asarray(value, float) for value in (range_m, antenna_height_m, target_height_m, ceiling_m, extent_m)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        sine = np.where(slant > 0.0, _sine(slant, low, high, k), 0.0)
        # r(s)^2 <= (ka + ceiling)^2 between two roots
        r1 = k * EARTH_RADIUS_M + low
        half = r1 * sine
        root = np.sqrt(half**2 + (top - low) * (2.0 * r1 + top - low))
        inside = np.minimum(slant, root - half) - np.maximum(0.0, -root - half)
    wet_m = np.clip(np.nan_to_num(inside, nan=0.0), 0.0, extent)
    tilt_from_level = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    specific = rain_attenuation_db_km(frequency_ghz, rate_mm_h, tilt_from_level, tilt_deg)
    loss: FloatArray = np.where(np.abs(sine) <= 1.0 + 1e-12, 2e-3 * wet_m * specific, np.nan)
    return loss[()]
