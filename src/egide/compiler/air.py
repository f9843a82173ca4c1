"""The air between a radar and what it looks at: tables of shares, made once an antenna, kept on disk by content.

weather    of a scenario, as `physics.air` takes it
calibrate  from a published range, with its clear air inside, to the range equation in empty space
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from egide.ingest import derived
from egide.physics import air, gases, propagation, rain

if TYPE_CHECKING:
    from egide.scenario import Scenario

__all__ = ["published_db", "table", "weather_of"]

Array = np.ndarray[Any, Any]
Weather = air.Weather

CODE = (air, gases, propagation, rain)


def weather_of(scenario: Scenario) -> Weather:
    """The scenario's weather in the units of its sources."""
    written = scenario.weather
    return Weather(written.vapour_kg_m3 * 1e3, written.rain_m_s * 3.6e6, written.rain_extent_m, written.rain_ceiling_m)


@lru_cache(maxsize=1)
def _code() -> str:
    return derived.name((), CODE)


@lru_cache(maxsize=256)
def table(frequency_hz: float, antenna_m: float, farthest_m: float, weather: Weather) -> Array:
    """Shares for an antenna above sea level to its instrumented range. Shared, never written."""
    name = derived.name(["air", _code(), frequency_hz, antenna_m, farthest_m, tuple(weather)])
    return derived.array(
        "air", name, lambda: air.share_table(frequency_hz / 1e9, antenna_m, farthest_m, weather),
        shape=air.RAINY_NODES if weather.rain_mm_h > 0.0 else air.NODES,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def published_db(frequency_hz: float, reference_range_m: float, antenna_m: float) -> float:
    """Loss that a published range contains, kept on disk because its making reads the spectrum of the gases."""
    name = derived.name(["published", _code(), frequency_hz, reference_range_m, antenna_m])
    made = derived.array(
        "air", name, lambda: np.array([air.published_loss_db(frequency_hz / 1e9, reference_range_m, antenna_m)]),
        shape=(1,),
    )  # fmt: skip
    return float(made[0])
