"""Missiles in magazines, as rows.

store   one kind of missile of one battery: reach, kill probabilities, how many are ready and left, when it is preferred
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from egide.compiler.system import FLYOUT, STORE
from egide.events import CLASSES
from egide.physics import flyout

if TYPE_CHECKING:
    from egide.catalog import Entry
    from egide.compiler.forces import Order
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]


def store_row(
    scenario: Scenario, entry: Entry, ready: int, reserve: int, reload_s: float, doctrine: Any, order: Order
) -> Any:
    """One kind of missile of one battery."""
    if entry.id not in order.weapons:
        order.weapons.append(entry.id)
    order.used.add(entry.id)
    row = np.zeros(1, dtype=STORE)[0]
    row["range_m"], row["range_min_m"] = entry.si("range"), entry.si("min_range")
    row["range_ballistic_m"] = entry.si("range_ballistic")
    row["height_min_m"], row["height_max_m"] = entry.si("min_altitude"), entry.si("max_altitude")
    row["speed_m_s"], row["target_speed_max_m_s"] = entry.si("speed"), entry.si("max_target_speed")
    kill = [entry.si(f"kill_{what}") for what in ("aircraft", "cruise", "drone", "ballistic")]
    row["kill"] = [*kill, kill[0]]
    row["unit_cost_usd"] = entry.si("unit_cost") if entry.has("unit_cost") else 0.0
    row["reload_s"], row["weapon"] = reload_s, order.weapons.index(entry.id)
    row["left"], row["ready"], row["capacity"] = ready + reserve, ready, ready
    for k, cls in enumerate(CLASSES):
        pairs = doctrine.pairing.get(cls)
        row["rank"][k] = 0 if pairs is None else pairs.index(entry.id) if entry.id in pairs else -1
    if scenario.engagement.flyout == "table" and entry.has("peak_speed"):
        row["flyout"], row["mean_m_s"] = 1, flyout_table(entry)
        order.flown.add(entry.id)
    return row


def flyout_table(entry: Entry) -> Array:
    """Mean speed of a missile to places by ground range and altitude, from a launcher at sea level. The mean of the
    catalogue was meant at half its ceiling (assumed)."""
    reach_m, ceiling_m, mean = entry.si("range"), entry.si("max_altitude"), entry.si("speed")
    ranges_m, heights_m = np.arange(1, FLYOUT[0] + 1) / FLYOUT[0] * reach_m, np.arange(FLYOUT[1]) / (FLYOUT[1] - 1)
    slowing = float(flyout.slowing_for(entry.si("peak_speed"), mean))
    flown = flyout.table(ranges_m, heights_m * ceiling_m, mean, reach_m, ceiling_m / 2.0, slowing=slowing)
    return flown.mean_speed_m_s
