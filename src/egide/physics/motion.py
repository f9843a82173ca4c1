"""Flight at constant speed: straight, in a coordinated turn, and to a meeting point.

heading   clockwise from north; a right turn has a positive rate
bank      roll angle of a level turn; it alone fixes rate, radius and load factor at a speed

Sources: any flight mechanics text; Bar-Shalom, Li, Kirubarajan 2001, section 11.7. Flat ground, still air.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from egide.constants import GRAVITY_M_S2

__all__ = ["coordinated_turn", "intercept_time_s", "load_factor", "turn_radius_m", "turn_rate_rad_s"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


def turn_rate_rad_s(bank_rad: Floats, speed_m_s: Floats) -> FloatArray:
    """Rate of a level turn, g tan(bank) / V."""
    rate: FloatArray = GRAVITY_M_S2 * np.tan(np.asarray(bank_rad, float)) / np.asarray(speed_m_s, float)
    return rate


def turn_radius_m(bank_rad: Floats, speed_m_s: Floats) -> FloatArray:
    """Radius of a level turn, V^2 / (g tan(bank))."""
    radius: FloatArray = np.asarray(speed_m_s, float) ** 2 / (GRAVITY_M_S2 * np.tan(np.asarray(bank_rad, float)))
    return radius


def load_factor(bank_rad: Floats) -> FloatArray:
    """Lift over weight, 1 / cos(bank)."""
    factor: FloatArray = 1.0 / np.cos(np.asarray(bank_rad, float))
    return factor


def coordinated_turn(
    east_m: Floats, north_m: Floats, heading_rad: Floats, speed_m_s: Floats, turn_rate_rad_s: Floats, time_s: Floats
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """East, north and heading after a time at constant rate. Written with the chord, sin(x)/x, so that a straight line
    is not a special case."""
    angle = np.asarray(turn_rate_rad_s, float) * np.asarray(time_s, float)
    heading = np.asarray(heading_rad, float)
    chord_m = np.asarray(speed_m_s, float) * np.asarray(time_s, float) * np.sinc(angle / (2.0 * np.pi))
    along = heading + 0.5 * angle  # the chord's direction
    return (
        np.asarray(east_m, float) + chord_m * np.sin(along),
        np.asarray(north_m, float) + chord_m * np.cos(along),
        heading + angle,
    )


def intercept_time_s(relative_m: Floats, velocity_m_s: Floats, speed_m_s: Floats, delay_s: Floats = 0.0) -> FloatArray:
    """Smallest t >= delay with |r + v t| = speed (t - delay); inf where out of reach. Vectors are (..., 3)."""
    speed, delay = np.asarray(speed_m_s, float), np.asarray(delay_s, float)
    velocity = np.asarray(velocity_m_s, float)
    relative = np.asarray(relative_m, float) + velocity * delay[..., None]  # where it is when the runner leaves
    a = speed**2 - np.sum(velocity**2, axis=-1)
    b = np.sum(relative * velocity, axis=-1)
    c = np.sum(relative**2, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(b**2 + a * c)  # NaN where there is no meeting
        flight = np.where(b < 0.0, c / (root - b), np.where(a > 0.0, (b + root) / a, np.inf))
    flight = np.where(c == 0.0, 0.0, np.where(np.isnan(flight), np.inf, flight))
    return (delay + flight)[()]
