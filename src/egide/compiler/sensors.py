"""What the tracker knows of each radar, and how it keeps tracks.

sensor   a radar as a tracker sees it: kind, place, errors, how often it misses, how many of its plots are false
rules    how plots become tracks (egide.picture.tracker.Rules); what a scenario leaves out is as there

A sensor's values are the radar's of the same name; what radars have no word for is as in egide.picture.tracker.Sensor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.picture.tables import SENSOR
from egide.picture.tracker import Rules, Sensor

if TYPE_CHECKING:
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]
FALSE_SPAN_RAD: Final = 0.17  # of elevation, in which false plots are drawn (egide.engine.sense)
SURELY_SEEN: Final = 0.95  # a tracker that took a radar for better would drop a track for two misses


def sensors(radars: Array) -> Array:
    """The SENSOR table of a RADAR table, row by row."""
    table = np.repeat(Sensor(span_rad=FALSE_SPAN_RAD).row(), len(radars))
    for name in set(SENSOR.names or ()) & set(radars.dtype.names or ()):
        table[name] = radars[name]
    table["sector_rad"] = 2.0 * radars["half_sector_rad"]
    table["detection"] = np.minimum(radars["detection"], SURELY_SEEN)
    return table


def rules_of(scenario: Scenario) -> Rules:
    """How the scenario keeps tracks. Its missiles fly over an Earth that does not turn."""
    asked, kinematics = scenario.tracking, scenario.identification.kinematics
    noise = "cruise_noise_m2_s3" if asked.filter == "imm" else "cv_noise_m2_s3"
    hits, scans = asked.confirm or (None, None)
    written = {
        "gate": asked.gate, "drop_s": asked.drop_after_s, "confirm_hits": hits, "confirm_scans": scans,
        "ballistic_above_m": asked.ballistic_above_m, noise: asked.process_noise_m2_s3,
        "ballistic_speed_m_s": kinematics.ballistic_speed_m_s if kinematics is not None else None,
    }  # fmt: skip
    given: dict[str, Any] = {name: value for name, value in written.items() if value is not None}
    return replace(Rules(filter=asked.filter, spin_rad_s=0.0), **given)
