"""A ballistic flight: one impulse at the surface, then gravity alone over a sphere that stands still or turns.

angle     flight-path angle above the local horizontal at burnout
arc       ground distance from the launch point along the sphere
apogee    greatest height above the surface
relative  to the ground under the missile, which moves east at up to 465 m/s; `inertial` to the stars
azimuth   of the relative velocity, clockwise from north

Sources: Bate, Mueller, White, Fundamentals of Astrodynamics, ch. 6; Wheelon, ARS Journal, 1959. No boost, no drag: real
burnout is at tens of kilometres, so ranges shift by some per cent. Speeds below escape.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M, EARTH_ROTATION_RAD_S

__all__ = [
    "Aim", "Burnout", "Flight", "Place", "State", "aimed", "from_apogee", "from_burnout", "minimum_energy", "state_at",
    "track",
]  # fmt: skip

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


class Place(NamedTuple):
    """Where a flight is on the turning sphere."""

    latitude_deg: FloatArray
    longitude_deg: FloatArray
    height_m: FloatArray


class Aim(NamedTuple):
    """How to leave one place so as to come down on another; speed, angle and azimuth are relative."""

    speed_m_s: FloatArray
    angle_rad: FloatArray
    azimuth_rad: FloatArray
    time_s: FloatArray
    apogee_m: FloatArray


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


def state_at(
    time_s: Floats, speed_m_s: Floats, angle_rad: Floats, latitude_deg: Floats = 0.0, azimuth_rad: Floats = 0.0,
    rotation_rad_s: float = 0.0,
) -> State:  # fmt: skip
    """Arc, height, speed and angle at a time after burnout; Kepler's equation by Newton's method. Past the impact the
    ellipse goes on under the ground.

    With a `rotation_rad_s` (the Earth's is `constants.EARTH_ROTATION_RAD_S`) speed and angle are relative to the
    turning ground, at burnout and in the answer, and the arc is that from the launch point to the place beneath the
    missile."""
    if rotation_rad_s == 0.0:
        return _kepler(time_s, speed_m_s, angle_rad)
    r, v, start = _turning(time_s, latitude_deg, 0.0, azimuth_rad, speed_m_s, angle_rad, rotation_rad_s)
    distance, speed = np.sqrt(np.sum(r * r, axis=0)), np.sqrt(np.sum(v * v, axis=0))
    across = np.cross(start, r / distance, axis=0)
    arc = EARTH_RADIUS_M * np.arctan2(np.sqrt(np.sum(across**2, axis=0)), np.sum(start * r, axis=0) / distance)
    sine = np.sum(r * v, axis=0) / (distance * speed)
    return State(arc, distance - EARTH_RADIUS_M, speed, np.arcsin(np.clip(sine, -1.0, 1.0)))


def track(
    time_s: Floats, latitude_deg: Floats, longitude_deg: Floats, azimuth_rad: Floats, speed_m_s: Floats,
    angle_rad: Floats, rotation_rad_s: float = EARTH_ROTATION_RAD_S,
) -> Place:  # fmt: skip
    """Latitude, longitude and height at a time after burnout on a turning sphere. Speed, angle and azimuth are relative
    to the ground: the ground's own speed is added, the flight is a Kepler ellipse among the stars, and the Earth has
    turned by rotation times time beneath it. Source: Bate, Mueller, White, section 6.4."""
    r, _, _ = _turning(time_s, latitude_deg, longitude_deg, azimuth_rad, speed_m_s, angle_rad, rotation_rad_s)
    level = np.hypot(r[0], r[1])
    distance = np.hypot(level, r[2])
    return Place(np.degrees(np.arctan2(r[2], level)), np.degrees(np.arctan2(r[1], r[0])), distance - EARTH_RADIUS_M)


def aimed(
    latitude_deg: Floats, longitude_deg: Floats, target_latitude_deg: Floats, target_longitude_deg: Floats,
    apogee_m: Floats | None = None, rotation_rad_s: float = EARTH_ROTATION_RAD_S,
) -> Aim:  # fmt: skip
    """The launch that comes down on a target of the turning sphere: over a given apogee, or of least inertial energy.
    The target moves on during the flight, whose length depends on where it will be: a fixed point, found in a few
    rounds (each shrinks the error by ground speed over missile speed). Ranges to 10 000 km."""
    lat1, lon1, lat2, lon2 = np.broadcast_arrays(
        *[np.radians(np.asarray(x, float)) for x in (latitude_deg, longitude_deg, target_latitude_deg,
                                                     target_longitude_deg)]
    )  # fmt: skip
    time = np.zeros(lat1.shape)
    for _ in range(60):
        turned = lon2 + rotation_rad_s * time - lon1
        half = np.sin(0.5 * (lat2 - lat1)) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(0.5 * turned) ** 2
        range_m = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
        burnout = minimum_energy(range_m) if apogee_m is None else from_apogee(range_m, apogee_m)
        change, time = np.max(np.abs(burnout.time_s - time), initial=0.0), burnout.time_s
        if not change > 1e-9:
            break
    heading = np.arctan2(
        np.sin(turned) * np.cos(lat2), np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(turned)
    )
    along = burnout.speed_m_s * np.cos(burnout.angle_rad)
    east = along * np.sin(heading) - rotation_rad_s * EARTH_RADIUS_M * np.cos(lat1)
    north, up = along * np.cos(heading), burnout.speed_m_s * np.sin(burnout.angle_rad)
    level = np.hypot(east, north)
    azimuth = np.mod(np.arctan2(east, north), 2.0 * np.pi)
    return Aim(np.hypot(level, up), np.arctan2(up, level), azimuth, time, burnout.apogee_m)


def _turning(
    time_s: Floats, latitude_deg: Floats, longitude_deg: Floats, azimuth_rad: Floats, speed_m_s: Floats,
    angle_rad: Floats, rotation_rad_s: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Position and relative velocity in axes that turn with the Earth, and the direction of the launch point; the
    coordinate comes first."""
    time, lat, lon, azimuth, speed, angle = np.broadcast_arrays(
        np.asarray(time_s, float), np.radians(np.asarray(latitude_deg, float)),
        np.radians(np.asarray(longitude_deg, float)), *[np.asarray(x, float) for x in (azimuth_rad, speed_m_s,
                                                                                       angle_rad)]
    )  # fmt: skip
    none = np.zeros(lat.shape)
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    east = np.stack([-np.sin(lon), np.cos(lon), none])
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    along = speed * np.cos(angle)
    level = east * (along * np.sin(azimuth) + rotation_rad_s * EARTH_RADIUS_M * np.cos(lat)) + north * (
        along * np.cos(azimuth)
    )
    level_m_s, climb_m_s = np.sqrt(np.sum(level * level, axis=0)), speed * np.sin(angle)
    ahead = np.divide(level, level_m_s, out=np.zeros_like(level), where=level_m_s > 0.0)
    flown = _kepler(time, np.hypot(level_m_s, climb_m_s), np.arctan2(climb_m_s, level_m_s))
    theta = flown.arc_m / EARTH_RADIUS_M
    outward = np.cos(theta) * up + np.sin(theta) * ahead
    onward = np.cos(theta) * ahead - np.sin(theta) * up
    r = (EARTH_RADIUS_M + flown.height_m) * outward
    v = flown.speed_m_s * (np.cos(flown.angle_rad) * onward + np.sin(flown.angle_rad) * outward)
    v = v - rotation_rad_s * np.stack([-r[1], r[0], none])
    c, s = np.cos(rotation_rad_s * time), np.sin(rotation_rad_s * time)

    def back(x: FloatArray) -> FloatArray:
        return np.stack([c * x[0] + s * x[1], c * x[1] - s * x[0], x[2]])

    return back(r), back(v), up


def _kepler(time_s: Floats, speed_m_s: Floats, angle_rad: Floats) -> State:
    """The state on a sphere that stands still."""
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
