"""A ballistic flight: one impulse at the surface, then gravity alone over a sphere that does not turn.

angle     flight-path angle above the local horizontal at burnout
arc       ground distance from the launch point along the sphere
apogee    greatest height above the surface

Sources: Bate, Mueller, White, Fundamentals of Astrodynamics, ch. 6; Wheelon, ARS Journal, 1959. No boost, no drag: real
burnout is at tens of kilometres, so ranges shift by some per cent. Speeds below escape.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M

__all__ = ["Burnout", "Flight", "State", "from_apogee", "from_burnout", "minimum_energy", "state_at"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


class Burnout(NamedTuple):
    """How a flight starts, and what follows from it."""

    speed_m_s: FloatArray
    angle_rad: FloatArray
    apogee_m: FloatArray
    time_s: FloatArray


class Flight(NamedTuple):
    """What a burnout leads to."""

    range_m: FloatArray
    apogee_m: FloatArray
    time_s: FloatArray


class State(NamedTuple):
    """Where a flight is."""

    arc_m: FloatArray
    height_m: FloatArray
    speed_m_s: FloatArray
    angle_rad: FloatArray


class _Orbit(NamedTuple):
    """The Kepler ellipse through the burnout point: semi-major axis, eccentricity, eccentric anomaly there."""

    a_m: FloatArray
    e: FloatArray
    anomaly_rad: FloatArray


def _orbit(speed_m_s: Floats, angle_rad: Floats) -> _Orbit:
    speed, angle = np.asarray(speed_m_s, float), np.asarray(angle_rad, float)
    q = speed**2 * EARTH_RADIUS_M / EARTH_MU_M3_S2
    a = EARTH_RADIUS_M / (2.0 - q)
    # e cos E and e sin E at burnout; 1 - e^2 by subtraction would lose the digits of a steep flight
    e_cos, e_sin = 1.0 - EARTH_RADIUS_M / a, np.sqrt(q * (2.0 - q)) * np.sin(angle)
    return _Orbit(a, np.hypot(e_cos, e_sin), np.arctan2(e_sin, e_cos))


def _true_anomaly(anomaly_rad: FloatArray, e: FloatArray) -> FloatArray:
    """Angle at the Earth's centre, continuous through apogee (pi)."""
    return anomaly_rad + 2.0 * np.arctan2(
        e * np.sin(anomaly_rad), 1.0 + np.sqrt(np.maximum(0.0, 1.0 - e**2)) - e * np.cos(anomaly_rad)
    )


def minimum_energy(range_m: Floats) -> Burnout:
    """The slowest burnout that reaches a range: angle 45 deg - psi / 4."""
    psi = np.asarray(range_m, float) / EARTH_RADIUS_M
    half = np.sin(0.5 * psi)
    speed = np.sqrt(EARTH_MU_M3_S2 / EARTH_RADIUS_M * 2.0 * half / (1.0 + half))
    angle = np.pi / 4.0 - 0.25 * psi
    flight = from_burnout(speed, angle)
    return Burnout(speed, angle, flight.apogee_m, flight.time_s)


def from_burnout(speed_m_s: Floats, angle_rad: Floats) -> Flight:
    """Range, apogee and time of flight back to the surface."""
    a, e, anomaly = _orbit(speed_m_s, angle_rad)
    range_m = 2.0 * EARTH_RADIUS_M * (np.pi - _true_anomaly(anomaly, e))
    time_s = 2.0 * np.sqrt(a**3 / EARTH_MU_M3_S2) * (np.pi - anomaly + e * np.sin(anomaly))
    return Flight(range_m, a * (1.0 + e) - EARTH_RADIUS_M, time_s)


def from_apogee(range_m: Floats, apogee_m: Floats) -> Burnout:
    """The burnout that reaches a range over a given apogee, depressed or lofted against minimum energy."""
    half_psi = 0.5 * np.asarray(range_m, float) / EARTH_RADIUS_M
    apogee = np.asarray(apogee_m, float)
    # the ellipse r = p / (1 - e cos(theta)), theta from apogee, through apogee and the surface at theta = psi / 2
    top = EARTH_RADIUS_M + apogee
    e = apogee / (top - EARTH_RADIUS_M * np.cos(half_psi))
    p = top * (1.0 - e)
    speed_along = np.sqrt(EARTH_MU_M3_S2 * p) / EARTH_RADIUS_M
    speed_up = np.sqrt(EARTH_MU_M3_S2 / p) * e * np.sin(half_psi)
    speed, angle = np.hypot(speed_along, speed_up), np.arctan2(speed_up, speed_along)
    return Burnout(speed, angle, apogee, from_burnout(speed, angle).time_s)


def state_at(time_s: Floats, speed_m_s: Floats, angle_rad: Floats) -> State:
    """Arc, height, speed and angle at a time after burnout; Kepler's equation by Newton's method. Past the impact the
    ellipse goes on under the ground."""
    a, e, start = _orbit(speed_m_s, angle_rad)
    motion = np.sqrt(EARTH_MU_M3_S2 / a**3)
    mean = start - e * np.sin(start) + motion * np.asarray(time_s, float)
    anomaly = np.full(np.shape(mean), np.pi)  # from pi Newton's method never leaves the basin
    for _ in range(60):
        step = (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
        anomaly = anomaly - step
        if not np.any(np.abs(step) > 1e-15):
            break
    r = a * (1.0 - e * np.cos(anomaly))
    radial = np.sqrt(EARTH_MU_M3_S2 * a) * e * np.sin(anomaly) / r
    speed = np.sqrt(EARTH_MU_M3_S2 * (2.0 / r - 1.0 / a))
    arc = EARTH_RADIUS_M * (_true_anomaly(anomaly, e) - _true_anomaly(start, e))
    return State(arc, r - EARTH_RADIUS_M, speed, np.arcsin(np.clip(radial / speed, -1.0, 1.0)))
