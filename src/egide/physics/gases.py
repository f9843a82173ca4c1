"""Attenuation by the gases of the air, line by line: Recommendation ITU-R P.676-12, Annex 1, section 1.

line       one resonance of a molecule: its frequency, strength, width and interference, as tabulated
shape      how much a line adds at another frequency
pressure   of the dry air, hPa; the barometric pressure is this plus the vapour's own, under 2 % more

The public name is `atmosphere.gas_attenuation_db_km`. Tables in `data/`, their source in `data/PROVENANCE.md`.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["GasAttenuation", "gas_attenuation_db_km"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

DATA: Final = Path(__file__).with_name("data")
_VAPOUR: Final = 216.7  # e = rho T / 216.7, hPa from g/m3 and K


class GasAttenuation(NamedTuple):
    """Specific attenuation, one way, dB/km."""

    oxygen: FloatArray
    water: FloatArray
    total: FloatArray


@cache
def _lines(name: str) -> tuple[FloatArray, ...]:
    """The columns of one table of lines."""
    with (DATA / f"{name}.csv").open(encoding="ascii", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return tuple(np.array(rows, float).T)


def _oxygen(f: FloatArray, p: FloatArray, e: FloatArray, theta: FloatArray) -> FloatArray:
    """Imaginary part of the refractivity of dry air; the arrays end in an axis of length 1 for the lines."""
    f0, a1, a2, a3, a4, a5, a6 = _lines("p676_oxygen")
    strength = a1 * 1e-7 * p * theta**3 * np.exp(a2 * (1.0 - theta))
    width = a3 * 1e-4 * (p * theta ** (0.8 - a4) + 1.1 * e * theta)
    width = np.sqrt(width**2 + 2.25e-6)  # Zeeman splitting
    mixing = (a5 + a6 * theta) * 1e-4 * (p + e) * theta**0.8
    near, far = f0 - f, f0 + f
    shape = f / f0 * ((width - mixing * near) / (near**2 + width**2) + (width - mixing * far) / (far**2 + width**2))
    d = 5.6e-4 * (p + e) * theta**0.8  # width of the Debye spectrum
    debye = (
        f * p * theta**2 * (6.14e-5 / (d * (1.0 + (f / d) ** 2)) + 1.4e-12 * p * theta**1.5 / (1.0 + 1.9e-5 * f**1.5))
    )
    lines: FloatArray = np.sum(strength * shape, axis=-1) + debye[..., 0]
    return lines


def _water(f: FloatArray, p: FloatArray, e: FloatArray, theta: FloatArray) -> FloatArray:
    """Imaginary part of the refractivity of water vapour."""
    f0, b1, b2, b3, b4, b5, b6 = _lines("p676_water_vapour")
    strength = b1 * 0.1 * e * theta**3.5 * np.exp(b2 * (1.0 - theta))
    width = b3 * 1e-4 * (p * theta**b4 + b5 * e * theta**b6)
    width = 0.535 * width + np.sqrt(0.217 * width**2 + 2.1316e-12 * f0**2 / theta)  # Doppler broadening
    near, far = f0 - f, f0 + f
    shape = f / f0 * (width / (near**2 + width**2) + width / (far**2 + width**2))
    lines: FloatArray = np.sum(strength * shape, axis=-1)
    return lines


def gas_attenuation_db_km(
    frequency_ghz: Floats, pressure_hpa: Floats, temperature_k: Floats, vapour_g_m3: Floats
) -> GasAttenuation:
    """Oxygen, water and total attenuation, one way, dB/km: gamma = 0.1820 f N''(f), N'' the sum of strength times shape
    over 44 lines of oxygen and 35 of water, with the dry continuum.

    `pressure_hpa` is that of the dry air. Source: ITU-R P.676-12, Annex 1, equations 1 to 9. Valid from 1 to 1000 GHz
    and for the states of the air up to 100 km; below 1 GHz the same formula is continued: it gives under 0.006 dB/km.
    Leaves out: pollution, hydrometeors (`rain_attenuation_db_km`), the bending of the path."""
    parts = [np.asarray(value, float)[..., None] for value in (frequency_ghz, pressure_hpa, temperature_k, vapour_g_m3)]
    f, p, kelvin, rho = np.broadcast_arrays(*parts)
    theta = 300.0 / kelvin
    e = rho * kelvin / _VAPOUR
    scale = 0.1820 * f[..., 0]
    oxygen: FloatArray = (scale * _oxygen(f, p, e, theta))[()]
    water: FloatArray = (scale * _water(f, p, e, theta))[()]
    return GasAttenuation(oxygen, water, oxygen + water)
