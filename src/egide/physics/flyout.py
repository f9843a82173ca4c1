"""How long an interceptor takes to a place: a flyout table from its mean speed.

mean speed    range divided by time of flight at the greatest range, on the reference climb; what the catalogue gives
boost         the first share of the way, at constant acceleration from rest to the peak speed
coast         the rest, slowed by drag alone: speed falls exponentially with the way, v = v_peak exp(-s / length)
slowing       speed at the end of the greatest range over peak speed; with the boost's share it is the whole shape
climb         the straight slant from launcher to target; the air along it fixes the coast's length

Public sources give a range and, at best, a peak and a mean speed: the shape is assumed, the same for every missile, and
it is this page's only claim that time grows faster than distance. A missile with a mean speed of V over its range R has
the peak V (2 b + (1 - b)(1/q - 1)/ln(1/q)), b the boost's share and q the slowing; nothing is fitted to a trajectory.
No guidance, no manoeuvre, no gravity, no loft: those are out of scope. Source of the coast's form: drag proportional to
the square of speed at one density (any flight mechanics text; Fleeman, Tactical Missile Design, 2nd ed., ch. 2)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M

__all__ = [
    "Flown", "Table", "flown", "mean_speed_m_s", "peak_over_mean", "slant_m", "slowing_for", "table",
    "time_of_flight_s",
]  # fmt: skip

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

BOOST_SHARE: Final = 0.1  # assumed: burnout after a tenth of the greatest range
SLOWING: Final = 0.4  # assumed: peak over mean 1.67; the catalogue's own pairs lie between 1.4 and 1.9
AIR_SCALE_M: Final = 8_500.0  # height over which air thins by e, near the ground; isothermal at 290 K
_STEEPEST: Final = 60.0  # coast lengths flown at most: beyond it the missile has stopped


class Table(NamedTuple):
    """Rows by range, columns by altitude."""

    range_m: FloatArray
    altitude_m: FloatArray
    time_s: FloatArray
    mean_speed_m_s: FloatArray


def peak_over_mean(boost_share: Floats = BOOST_SHARE, slowing: Floats = SLOWING) -> FloatArray:
    """Peak speed over mean speed at the greatest range: 2 b + (1 - b) (1/q - 1)/ln(1/q). Boost shares 0 to 1, slowing
    above 0 to 1; 1 + b without slowing."""
    b, q = np.asarray(boost_share, float), np.asarray(slowing, float)
    log = -np.log(q)
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = np.where(log > 1e-9, np.expm1(log) / log, 1.0)
    ratio: FloatArray = 2.0 * b + (1.0 - b) * stretch
    return ratio[()]


def slowing_for(peak_speed_m_s: Floats, mean_speed_m_s: Floats, boost_share: float = BOOST_SHARE) -> FloatArray:
    """The slowing that gives a published peak beside a published mean, by bisection to 1e-12; 1 (no slowing) where the
    peak is below (1 + b) times the mean, which this shape cannot give."""
    wanted = np.asarray(peak_speed_m_s, float) / np.asarray(mean_speed_m_s, float)
    low, high = np.full(wanted.shape, 1e-6), np.ones(wanted.shape)
    for _ in range(42):
        middle = 0.5 * (low + high)
        steep = peak_over_mean(boost_share, middle) > wanted  # more slowing needs a higher peak
        low, high = np.where(steep, middle, low), np.where(steep, high, middle)
    found: FloatArray = 0.5 * (low + high)
    return found[()]


def slant_m(range_m: Floats, altitude_m: Floats, launcher_height_m: Floats = 0.0) -> FloatArray:
    """Straight distance to a point at a ground range and an altitude, over a sphere of 6 371 km (law of cosines)."""
    r1 = EARTH_RADIUS_M + np.asarray(launcher_height_m, float)
    r2 = EARTH_RADIUS_M + np.asarray(altitude_m, float)
    half = np.sin(0.5 * np.asarray(range_m, float) / EARTH_RADIUS_M)
    distance: FloatArray = np.sqrt((r2 - r1) ** 2 + 4.0 * r1 * r2 * half**2)
    return distance


def _thinness(altitude_m: FloatArray, launcher_m: FloatArray) -> FloatArray:
    """Mean air density on a straight climb, over that at sea level: H (e^-a/H - e^-b/H) / (b - a)."""
    climb = (altitude_m - launcher_m) / AIR_SCALE_M
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(np.abs(climb) > 1e-9, -np.expm1(-climb) / climb, 1.0)
    density: FloatArray = np.exp(-launcher_m / AIR_SCALE_M) * mean
    return density


class Flown(NamedTuple):
    """How far and how fast."""

    way_m: FloatArray
    speed_m_s: FloatArray


class _Shape(NamedTuple):
    """One missile on one climb: way and time of boost, peak speed, length over which the coast slows by e."""

    boost_m: FloatArray
    boost_s: FloatArray
    peak_m_s: FloatArray
    length_m: FloatArray


def _shape(
    mean_speed_m_s: Floats, max_range_m: Floats, altitude_m: Floats | None, reference_altitude_m: Floats,
    launcher_height_m: Floats, boost_share: float, slowing: Floats,
) -> _Shape:  # fmt: skip
    reach, q = np.asarray(max_range_m, float), np.asarray(slowing, float)
    peak = np.asarray(mean_speed_m_s, float) * peak_over_mean(boost_share, q)
    boost_m = boost_share * reach
    with np.errstate(divide="ignore"):
        length = (1.0 - boost_share) * reach / -np.log(q)  # infinite where nothing slows it
    if altitude_m is not None:
        launcher = np.asarray(launcher_height_m, float)
        reference = _thinness(np.asarray(reference_altitude_m, float), np.zeros(()))
        length = length * reference / _thinness(np.asarray(altitude_m, float), launcher)
    return _Shape(boost_m, 2.0 * boost_m / peak, peak, length)


def time_of_flight_s(
    range_m: Floats, altitude_m: Floats | None, mean_speed_m_s: Floats, max_range_m: Floats,
    reference_altitude_m: Floats = 0.0, launcher_height_m: Floats = 0.0, boost_share: float = BOOST_SHARE,
    slowing: Floats = SLOWING,
) -> FloatArray:  # fmt: skip
    """Time from launch to a point at a ground range and altitude: sqrt(2 s / a) in boost, then (L / v_peak)
    (exp(s_coast / L) - 1), on the straight slant s. inf where the missile has in effect stopped.

    `reference_altitude_m` is the altitude at which the mean speed over `max_range_m` was meant: half the ceiling is a
    fair guess (assumed). With `altitude_m` None the range is taken as way flown and the air as the reference's: the
    mean speed at the greatest range is then exactly the catalogue's. Range, altitude and speed limits are the caller's
    to check. The air thins exponentially by 8.5 km. Closed form; `flown` is its inverse."""
    if altitude_m is None:
        way = np.asarray(range_m, float)
    else:
        way = slant_m(range_m, altitude_m, launcher_height_m)
    shape = _shape(
        mean_speed_m_s, max_range_m, altitude_m, reference_altitude_m, launcher_height_m, boost_share, slowing
    )
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        coast = np.maximum(way - shape.boost_m, 0.0)
        lengths = coast / shape.length_m
        slowed = np.where(lengths > 0.0, shape.length_m * np.expm1(np.minimum(lengths, _STEEPEST)), 0.0)
        slowed = np.where(np.isinf(shape.length_m), coast, slowed)
        in_boost = shape.boost_s * np.sqrt(np.minimum(way, shape.boost_m) / shape.boost_m)
    in_boost = np.where(shape.boost_m > 0.0, in_boost, 0.0)
    time: FloatArray = np.where(lengths > _STEEPEST, np.inf, in_boost + slowed / shape.peak_m_s)
    return time[()]


def flown(
    time_s: Floats, altitude_m: Floats | None, mean_speed_m_s: Floats, max_range_m: Floats,
    reference_altitude_m: Floats = 0.0, launcher_height_m: Floats = 0.0, boost_share: float = BOOST_SHARE,
    slowing: Floats = SLOWING,
) -> Flown:  # fmt: skip
    """Way flown and speed after a time on the climb to an altitude: a t^2 / 2 and v_peak sqrt(s / s_boost) in boost,
    then s_boost + L ln(1 + v_peak t / L) and v_peak exp(-s_coast / L)."""
    shape = _shape(
        mean_speed_m_s, max_range_m, altitude_m, reference_altitude_m, launcher_height_m, boost_share, slowing
    )
    time = np.maximum(np.asarray(time_s, float), 0.0)
    coast_s = np.maximum(time - shape.boost_s, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        in_boost = shape.boost_m * (np.minimum(time, shape.boost_s) / shape.boost_s) ** 2
        slowed = shape.length_m * np.log1p(shape.peak_m_s * coast_s / shape.length_m)
        slowed = np.where(np.isinf(shape.length_m), shape.peak_m_s * coast_s, slowed)
        way: FloatArray = np.where(shape.boost_s > 0.0, in_boost, 0.0) + slowed
        rising = np.where(shape.boost_m > 0.0, np.sqrt(np.minimum(way / shape.boost_m, 1.0)), 1.0)
    speed: FloatArray = shape.peak_m_s * rising * np.exp(-np.maximum(way - shape.boost_m, 0.0) / shape.length_m)
    return Flown(way[()], speed[()])


def mean_speed_m_s(
    range_m: Floats, altitude_m: Floats | None, time_s: Floats, launcher_height_m: Floats = 0.0
) -> FloatArray:
    """Slant over time of flight: the speed that an intercept by a straight constant-speed runner should use."""
    way = np.asarray(range_m, float) if altitude_m is None else slant_m(range_m, altitude_m, launcher_height_m)
    with np.errstate(invalid="ignore"):
        speed: FloatArray = way / np.asarray(time_s, float)
    return speed


def table(
    range_m: Floats, altitude_m: Floats, mean_speed: float, max_range_m: float, reference_altitude_m: float,
    launcher_height_m: float = 0.0, boost_share: float = BOOST_SHARE, slowing: float = SLOWING,
) -> Table:  # fmt: skip
    """Time of flight and mean speed for every pair of a ground range and an altitude. A mean speed of NaN stands at the
    launcher itself."""
    ranges, altitudes = np.atleast_1d(np.asarray(range_m, float)), np.atleast_1d(np.asarray(altitude_m, float))
    time_s = time_of_flight_s(
        ranges[:, None], altitudes[None, :], mean_speed, max_range_m, reference_altitude_m, launcher_height_m,
        boost_share, slowing,
    )  # fmt: skip
    return Table(
        ranges, altitudes, time_s, mean_speed_m_s(ranges[:, None], altitudes[None, :], time_s, launcher_height_m)
    )
