"""The standard atmosphere, US Standard Atmosphere 1976, 0 to 86 km, which equals ISA below 32 km; and what air and rain
take from a radio wave, by the Recommendations of the ITU.

altitude       geometric, above mean sea level; the tables of the standard are in this one
geopotential   altitude as if gravity were constant; the layers are in this one

Gases are written in `gases`, rain in `rain`, losses along a path in `propagation`. Below 0 and
above 86 km the nearest value is held. Source: NOAA-S/T 76-1562, U.S. Standard Atmosphere, 1976.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from egide.constants import GRAVITY_M_S2
from egide.physics.gases import gas_attenuation_db_km
from egide.physics.rain import rain_attenuation_db_km, rain_coefficients

__all__ = [
    "density_kg_m3", "gas_attenuation_db_km", "pressure_pa", "rain_attenuation_db_km", "rain_coefficients",
    "speed_of_sound_m_s", "temperature_k",
]  # fmt: skip

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

_RADIUS_M: Final = 6_356_766.0  # the standard's own
_GAS_J_KG_K: Final = 8314.32 / 28.9644  # the standard's own gas constant and molar mass
_GAMMA: Final = 1.4
_HIGHEST_M: Final = 86_000.0
_BASE_M: Final = np.array([0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0, 51_000.0, 71_000.0])
_LAPSE_K_M: Final = np.array([-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3])


def _ratio(lapse: float, base_k: float, rise_m: FloatArray) -> FloatArray:
    """Pressure over the pressure at a layer's base."""
    if lapse == 0.0:
        return np.exp(-GRAVITY_M_S2 * rise_m / (_GAS_J_KG_K * base_k))
    return np.power(1.0 + lapse * rise_m / base_k, -GRAVITY_M_S2 / (_GAS_J_KG_K * lapse))


def _bases() -> tuple[FloatArray, FloatArray]:
    """Temperature and pressure at the foot of each layer."""
    temperature, pressure = [288.15], [101_325.0]
    for i in range(len(_BASE_M) - 1):
        rise = _BASE_M[i + 1] - _BASE_M[i]
        pressure.append(pressure[-1] * float(_ratio(float(_LAPSE_K_M[i]), temperature[-1], np.asarray(rise))))
        temperature.append(temperature[-1] + float(_LAPSE_K_M[i] * rise))
    return np.array(temperature), np.array(pressure)


_BASE_K, _BASE_PA = _bases()


def _layer(altitude_m: Floats) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Rise above the foot of the layer, and the layer."""
    altitude = np.clip(np.asarray(altitude_m, float), 0.0, _HIGHEST_M)
    geopotential = _RADIUS_M * altitude / (_RADIUS_M + altitude)
    layer = np.searchsorted(_BASE_M, geopotential, side="right") - 1
    return geopotential - _BASE_M[layer], layer


def temperature_k(altitude_m: Floats) -> FloatArray:
    """Molecular-scale temperature, which is the temperature up to 80 km."""
    rise, layer = _layer(altitude_m)
    kelvin: FloatArray = _BASE_K[layer] + _LAPSE_K_M[layer] * rise
    return kelvin


def pressure_pa(altitude_m: Floats) -> FloatArray:
    """Static pressure."""
    rise, layer = _layer(altitude_m)
    choices = [_ratio(float(lapse), float(base), rise) for lapse, base in zip(_LAPSE_K_M, _BASE_K, strict=True)]
    pascals: FloatArray = _BASE_PA[layer] * np.choose(layer, choices)
    return pascals


def density_kg_m3(altitude_m: Floats) -> FloatArray:
    """Air density."""
    return pressure_pa(altitude_m) / (_GAS_J_KG_K * temperature_k(altitude_m))


def speed_of_sound_m_s(altitude_m: Floats) -> FloatArray:
    """Speed of sound, 340.294 m/s at sea level."""
    return np.sqrt(_GAMMA * _GAS_J_KG_K * temperature_k(altitude_m))
