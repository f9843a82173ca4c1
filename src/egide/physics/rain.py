"""Attenuation by rain: Recommendation ITU-R P.838-3.

rate        of the rain, mm/h: 2 light, 10 moderate, 25 heavy, 100 a cloudburst
tilt        of the polarisation against the horizontal: 0 horizontal, 45 circular, 90 vertical
elevation   of the path above the horizontal

The public names are `atmosphere.rain_coefficients` and `atmosphere.rain_attenuation_db_km`.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from egide.physics.gases import DATA

__all__ = ["rain_attenuation_db_km", "rain_coefficients"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

_LOWEST_GHZ: Final = 1.0
_HIGHEST_GHZ: Final = 1000.0


@cache
def _curve(quantity: str) -> tuple[FloatArray, float, float]:
    """Bells (a, b, c) of one curve, and the slope and height of its straight part."""
    bells, slope, height = [], 0.0, 0.0
    with (DATA / "p838.csv").open(encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            if row["quantity"] == quantity and row["j"] == "line":
                slope, height = float(row["a"]), float(row["b"])
            elif row["quantity"] == quantity:
                bells.append([float(row[name]) for name in "abc"])
    return np.array(bells).T, slope, height


def _at(quantity: str, decades: FloatArray) -> FloatArray:
    """The curve at log10 of a frequency in GHz."""
    (a, b, c), slope, height = _curve(quantity)
    bells = np.sum(a * np.exp(-(((decades[..., None] - b) / c) ** 2)), axis=-1)
    value: FloatArray = bells + slope * decades + height
    return value


def rain_coefficients(
    frequency_ghz: Floats, elevation_deg: Floats = 0.0, tilt_deg: Floats = 0.0
) -> tuple[FloatArray, FloatArray]:
    """The k and alpha of gamma = k R^alpha, combined over polarisations by equations 4 and 5 of ITU-R P.838-3.

    Valid from 1 to 1000 GHz; outside, the values at the nearest end are held, below 1 GHz an upper bound of next to
    nothing (0.004 dB/km at 100 mm/h)."""
    f = np.clip(np.asarray(frequency_ghz, float), _LOWEST_GHZ, _HIGHEST_GHZ)
    decades = np.log10(f)
    k_h, k_v = 10.0 ** _at("k_h", decades), 10.0 ** _at("k_v", decades)
    ka_h, ka_v = k_h * _at("alpha_h", decades), k_v * _at("alpha_v", decades)
    lean = np.cos(np.radians(np.asarray(elevation_deg, float))) ** 2 * np.cos(
        2.0 * np.radians(np.asarray(tilt_deg, float))
    )
    k = 0.5 * (k_h + k_v + (k_h - k_v) * lean)
    alpha = (ka_h + ka_v + (ka_h - ka_v) * lean) / (2.0 * k)
    return k[()], alpha[()]


def rain_attenuation_db_km(
    frequency_ghz: Floats, rate_mm_h: Floats, elevation_deg: Floats = 0.0, tilt_deg: Floats = 0.0
) -> FloatArray:
    """Specific attenuation of rain, one way, dB/km: gamma = k R^alpha. Source: ITU-R P.838-3.

    For a uniform rain of the stated rate. Leaves out: how far the cell reaches (see `propagation.two_way_rain_db`), the
    echo of the rain itself, wet radomes, snow, hail and melting layers."""
    k, alpha = rain_coefficients(frequency_ghz, elevation_deg, tilt_deg)
    attenuation: FloatArray = k * np.power(np.asarray(rate_mm_h, float), alpha)
    return attenuation
