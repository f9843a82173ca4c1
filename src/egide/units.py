"""Units at the edge: text with a unit in, SI float out. One conversion, at the border, and none inside.

    read_quantity("150 km", LENGTH)        -> 150000.0
    read_quantity("0.85 Mach", SPEED)      -> 289.2   (at sea level, ISA; the altitude-dependent form is `mach_at`)
    read_quantity("150", LENGTH)           -> ValueError: '150' has no unit, write for example '150 km'

`show_quantity` goes the other way for people.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, final


@final
@dataclass(frozen=True)
class Dimension:
    """A kind of quantity: its units, each with its factor to SI, and an example for the error message."""

    name: str
    factors: Mapping[str, float]
    example: str


LENGTH: Final = Dimension(
    "length", {"m": 1.0, "km": 1e3, "ft": 0.3048, "nmi": 1852.0, "NM": 1852.0, "mi": 1609.344}, "150 km"
)
TIME: Final = Dimension(
    "time", {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "d": 86400.0, "month": 2_629_746.0}, "30 s"
)
SPEED: Final = Dimension(
    "speed", {"m/s": 1.0, "km/h": 1 / 3.6, "kt": 1852 / 3600, "km/s": 1e3, "Mach": 340.294, "mph": 0.44704}, "250 m/s"
)
ANGLE: Final = Dimension("angle", {"rad": 1.0, "deg": math.pi / 180, "mrad": 1e-3}, "90 deg")
AREA: Final = Dimension("area", {"m2": 1.0, "km2": 1e6}, "1 m2")
FREQUENCY: Final = Dimension("frequency", {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}, "3 GHz")
POWER: Final = Dimension("power", {"W": 1.0, "kW": 1e3, "MW": 1e6}, "100 kW")
RATIO: Final = Dimension("ratio", {"": 1.0, "%": 0.01}, "0.9")
DECIBEL: Final = Dimension("decibel", {"dB": 1.0}, "3 dB")
MONEY: Final = Dimension("money", {"USD": 1.0, "kUSD": 1e3, "MUSD": 1e6, "M USD": 1e6, "bn USD": 1e9}, "4 M USD")
DENSITY: Final = Dimension("density", {"g/m3": 1e-3, "kg/m3": 1.0}, "7.5 g/m3")
RAIN: Final = Dimension("rain", {"mm/h": 1e-3 / 3600, "m/s": 1.0}, "25 mm/h")
COUNT: Final = Dimension("count", {"": 1.0, "n": 1.0}, "4")

DIMENSIONS: Final = {
    d.name: d for d in (LENGTH, TIME, SPEED, ANGLE, AREA, FREQUENCY, POWER, RATIO, DECIBEL, MONEY, DENSITY, RAIN, COUNT)
}

_QUANTITY: Final = re.compile(r"^\s*([+-]?(?:\d[\d_ ]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")


@lru_cache(maxsize=8192)
def split_quantity(text: str) -> tuple[float, str]:
    """('150 km') -> (150.0, 'km'). Raises ValueError where there is no number."""
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number with a unit")
    return float(match[1].replace(" ", "").replace("_", "")), match[2]


def read_quantity(text: str | float, dimension: Dimension) -> float:
    """SI value of a quantity written with its unit. Raises ValueError, in words, for a missing or foreign unit."""
    if isinstance(text, bool):
        raise ValueError(f"expected a {dimension.name} such as {dimension.example!r}, got {text}")
    if isinstance(text, int | float):
        if "" not in dimension.factors:
            raise ValueError(f"{text} has no {dimension.name} unit, write for example {dimension.example!r}")
        number, unit = float(text), ""
    else:
        number, unit = split_quantity(text)
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is not a finite number")
    if unit not in dimension.factors:
        if unit == "":
            raise ValueError(f"{text!r} has no {dimension.name} unit, write for example {dimension.example!r}")
        known = ", ".join(name for name in dimension.factors if name)
        raise ValueError(f"{unit!r} is not a unit of {dimension.name}; known: {known}")
    return number * dimension.factors[unit]


def show_quantity(value: float, dimension: Dimension, unit: str, digits: int = 4) -> str:
    """SI value to text in `unit`: 150000.0, LENGTH, 'km' -> '150 km'."""
    number = f"{value / dimension.factors[unit]:.{digits}g}"
    return f"{number} {unit}".strip()
