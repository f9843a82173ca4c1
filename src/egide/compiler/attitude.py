"""How an aircraft lies in the air along its polyline: heading, pitch and bank as functions of time without a jump.

corner   a point at which the polyline's heading jumps; flown as a turn that begins before it and ends after it
window   the time such a turn takes at the rate of a coordinated turn, g tan(bank) / speed, cut to half of each leg
roll     the time over which all three are averaged: nobody rolls into a turn at once

A polyline jumps by degrees at its points, a decorrelation cell is a fraction of one: samples counted on the polyline
would be artefacts. The bank follows from the rate at which the smoothed heading turns; the pitch is the climb angle, so
that the angle of attack (a few degrees) is left out. See docs/models/exposure.md.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from egide.compiler.polyline import GEOD, Path
from egide.constants import GRAVITY_M_S2

Array = np.ndarray[Any, Any]
ROLL_S: Final = 3.0  # assumed: into a turn of 30 degrees at some 10 degrees a second, a transport's roll rate
STEP_S: Final = 0.5  # between two rows where the attitude changes


def attitudes(path: Path, start_s: float, bank_rad: float) -> Array:
    """(n, 4): time, heading from north (not folded), pitch, bank to the right; rad. Even change between rows."""
    time_s = path.time_s
    ahead, back, length_m = (np.atleast_1d(column) for column in GEOD.inv(
        path.longitude_deg[:-1], path.latitude_deg[:-1], path.longitude_deg[1:], path.latitude_deg[1:]))  # fmt: skip
    bend = (back + 180.0 - ahead + 180.0) % 360.0 - 180.0  # a geodesic's own change of bearing
    heading = np.unwrap(np.radians(ahead + bend / 2.0))
    lasts_s = np.diff(time_s)
    turn = np.diff(heading)
    speed_m_s = length_m / lasts_s
    rate = GRAVITY_M_S2 * math.tan(bank_rad) / np.maximum((speed_m_s[:-1] + speed_m_s[1:]) / 2.0, 1.0)
    half_s = np.minimum(np.abs(turn) / (2.0 * rate), np.minimum(lasts_s[:-1], lasts_s[1:]) / 2.0)
    corner_s = time_s[1:-1]
    knots_s = np.concatenate(([time_s[0]], np.column_stack([corner_s - half_s, corner_s + half_s]).ravel(),
                              [time_s[-1]]))  # fmt: skip
    turned = np.repeat(heading, 2)
    at_s = _moments(time_s, corner_s, half_s)
    before_s, after_s = at_s - ROLL_S / 2.0, at_s + ROLL_S / 2.0
    way_m = np.concatenate(([0.0], np.cumsum(length_m)))
    run_m = _along(after_s, time_s, way_m) - _along(before_s, time_s, way_m)
    climb_m = _along(after_s, time_s, path.height_m) - _along(before_s, time_s, path.height_m)
    swing = np.interp(after_s, knots_s, turned) - np.interp(before_s, knots_s, turned)
    smooth = (_integral(after_s, knots_s, turned) - _integral(before_s, knots_s, turned)) / ROLL_S
    bank = np.arctan(run_m / ROLL_S * swing / ROLL_S / GRAVITY_M_S2)
    return np.column_stack([at_s + start_s, smooth, np.arctan2(climb_m, np.maximum(run_m, 1e-3)), bank])


def _moments(time_s: Array, corner_s: Array, half_s: Array) -> Array:
    """Moments close together about every corner, and the two ends."""
    pieces = [time_s[[0, -1]]]
    for middle_s, wide_s in zip(corner_s, half_s + ROLL_S / 2.0, strict=True):
        steps = 2 * math.ceil(wide_s / STEP_S)
        pieces.append(np.linspace(middle_s - wide_s, middle_s + wide_s, steps + 1))
    every = np.unique(np.concatenate(pieces))
    every = every[(every >= time_s[0]) & (every <= time_s[-1])]
    return np.asarray(every[np.concatenate(([True], np.diff(every) > 1e-6))])


def _along(at_s: Array, time_s: Array, value: Array) -> Array:
    """Linear between points, and straight on beyond both ends."""
    inside = np.interp(at_s, time_s, value)
    first = (value[1] - value[0]) / (time_s[1] - time_s[0])
    last = (value[-1] - value[-2]) / (time_s[-1] - time_s[-2])
    return np.asarray(inside + np.minimum(at_s - time_s[0], 0.0) * first + np.maximum(at_s - time_s[-1], 0.0) * last)


def _integral(at_s: Array, knots_s: Array, value: Array) -> Array:
    """Integral from the first knot of what is linear between knots and constant beyond them."""
    steps_s = np.diff(knots_s)
    sums = np.concatenate(([0.0], np.cumsum(steps_s * (value[:-1] + value[1:]) / 2.0)))
    held = np.clip(at_s, knots_s[0], knots_s[-1])
    i = np.clip(np.searchsorted(knots_s, held, side="right") - 1, 0, len(knots_s) - 2)
    into_s = held - knots_s[i]
    here = np.interp(held, knots_s, value)
    beyond = np.minimum(at_s - knots_s[0], 0.0) * value[0] + np.maximum(at_s - knots_s[-1], 0.0) * value[-1]
    return np.asarray(sums[i] + into_s * (value[i] + here) / 2.0 + beyond)
