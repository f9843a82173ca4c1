"""What an interceptor can meet at all, from public figures alone: no luck, no doctrine, no other battery.

reach     how far off a target can be met: the least of the missile's range, the radar's range against that cross
          section, and the horizon of the engagement radar over a smooth Earth
envelope  heights and target speeds that the missile is said to cope with
met       whether a target lies inside the envelope: it can be met, which is not that it will be stopped

All arguments are arrays of one shape or single numbers, SI. Sources: egide.physics.horizon (4/3 Earth) and
egide.physics.radar (fourth-root law). Terrain only lowers a reach; a missile with its own seeker, cued from elsewhere,
may go beyond the horizon of the radar beside it.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from egide.physics import horizon, radar

Floats: TypeAlias = NDArray[np.float64]


def sight_m(
    antenna_m: ArrayLike, altitude_m: ArrayLike, rcs_m2: ArrayLike, reference_range_m: ArrayLike,
    reference_rcs_m2: ArrayLike, instrumented_m: ArrayLike,
) -> Floats:  # fmt: skip
    """How far off a radar holds a target of this height and cross section."""
    seen = radar.reference_range_m(rcs_m2, reference_range_m, reference_rcs_m2)
    over = horizon.distance_m(antenna_m, altitude_m)
    return np.asarray(np.minimum(np.minimum(seen, np.asarray(instrumented_m, float)), over), float)


def reach_m(
    range_m: ArrayLike, sight: ArrayLike, altitude_m: ArrayLike, speed_m_s: ArrayLike, min_altitude_m: ArrayLike,
    max_altitude_m: ArrayLike, max_target_speed_m_s: ArrayLike,
) -> Floats:  # fmt: skip
    """How far off a flying target can be met; 0 outside the envelope."""
    inside = met(altitude_m, speed_m_s, min_altitude_m, max_altitude_m, max_target_speed_m_s)
    return np.where(inside, np.minimum(np.asarray(range_m, float), np.asarray(sight, float)), 0.0)


def met(
    altitude_m: ArrayLike, speed_m_s: ArrayLike, min_altitude_m: ArrayLike, max_altitude_m: ArrayLike,
    max_target_speed_m_s: ArrayLike,
) -> NDArray[np.bool_]:  # fmt: skip
    """Is a flying target inside the envelope?"""
    height, fast = np.asarray(altitude_m, float), np.asarray(speed_m_s, float)
    high_enough = height >= np.asarray(min_altitude_m, float)
    low_enough = height <= np.asarray(max_altitude_m, float)
    return np.asarray(high_enough & low_enough & (fast <= np.asarray(max_target_speed_m_s, float)))


def met_ballistic(
    speed_m_s: ArrayLike, range_ballistic_m: ArrayLike, max_target_speed_m_s: ArrayLike
) -> NDArray[np.bool_]:
    """The same of a ballistic missile: it comes down through every height, so its speed alone decides, where the
    interceptor is meant for such targets at all."""
    meant = np.asarray(range_ballistic_m, float) > 0.0
    return np.asarray(meant & (np.asarray(speed_m_s, float) <= np.asarray(max_target_speed_m_s, float)))
