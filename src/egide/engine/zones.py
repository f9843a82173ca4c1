"""Which weapon control status holds for a battery and a track.

zone     a polygon with floor and ceiling and a status of its own, for some classes and phases
outside  where no zone holds: the battery's own status, or the phase's
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.engine.identify import inside, raster_place
from egide.jit import njit

Array = np.ndarray[Any, Any]


@njit
def zone_over(
    battery: Any, held: Any, klass: int, zones: Array, corners: Array, grid: Array, phase: int, time_s: float
) -> int:
    """The zone that holds where the track is now, -1 for none: the highest priority, then the first written."""
    dt = time_s - held.time_s
    p, v = held.pos_m, held.vel_m_s
    row, col, height = raster_place(p[0] + v[0] * dt, p[1] + v[1] * dt, p[2] + v[2] * dt, grid)
    best, priority = -1, -1
    for k in range(min(zones.shape[0], 62)):
        zone = zones[k]
        if battery.zones & (1 << k) == 0 or zone.classes & (1 << klass) == 0 or zone.phases & (1 << phase) == 0:
            continue
        if zone.priority <= priority or height < zone.floor_m or height > zone.ceiling_m:
            continue
        if inside(corners[zone.first : zone.last], row, col):
            best, priority = k, zone.priority
    return best
