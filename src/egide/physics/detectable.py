"""From which height a radar detects a target of a given cross section: sight, range and elevation limits together.

sight       lowest height in line of sight over a place (`terrain`)
reach       slant range at which the wanted probability of detection is just had
band        heights over a place that are within reach and between the elevation limits: from a lowest to a highest
detectable  in sight and in the band; the minimum detectable height is the higher of the two lower ends

Geometry on an Earth of k radii, where rays are straight: with the antenna at radius a = a_e + h0, a place at angle
t = s / a_e, target at radius b: slant^2 = a^2 + b^2 - 2 a b cos t;  elevation e:  b = a cos e / cos(e + t).
Sources: Skolnik, ch. 2 and 8; Blake 1980 for attenuation inside the range equation. To about 600 km and 30 km up.
Leaves out: beam shape and scan loss between the limits, multipath lobes, clutter; 4/3 Earth above 10 km.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.physics import detection, radar

__all__ = ["Heights", "attenuated_range_m", "height_band_m", "minimum_detectable_height", "reach_m", "slant_range_m"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


class Heights(NamedTuple):
    """Rasters over the same cells; NaN where the target is not detected at any height."""

    above_ground_m: FloatArray
    above_sea_m: FloatArray
    highest_m: FloatArray  # above sea level: beyond it out of reach, or above the beam


def attenuated_range_m(free_space_range_m: Floats, attenuation_db_km: Floats) -> FloatArray:
    """Range R at which 40 log10(R / R0) + 2 g R = 0: where attenuation of g dB/km one way is paid on top of the
    free-space range R0. Newton on log R; the left side grows, so there is one answer."""
    free, rate = np.broadcast_arrays(np.asarray(free_space_range_m, float), np.asarray(attenuation_db_km, float))
    if np.any(rate < 0.0):
        raise ValueError("attenuation in dB/km must be 0 or more")
    with np.errstate(divide="ignore"):
        aim = np.log(free)
    log_range = aim.copy()
    slope = 2.0e-3 * rate * math.log(10.0) / 40.0  # of the loss in nepers of range, a metre
    for _ in range(60):
        loss = slope * np.exp(log_range)
        step = (log_range + loss - aim) / (1.0 + loss)
        log_range = np.where(np.isfinite(step), log_range - step, log_range)
        if not np.any(np.abs(np.where(np.isfinite(step), step, 0.0)) > 1e-13):
            break
    found: FloatArray = np.exp(log_range)
    return found


def reach_m(
    rcs_m2: Floats, pd: float, *, reference_range_m: float, reference_rcs_m2: float, reference_pd: float, pfa: float,
    swerling: int, pulses: int = 1, attenuation_db_km: Floats = 0.0, instrumented_range_m: float = math.inf,
) -> FloatArray:  # fmt: skip
    """Slant range at which a target of `rcs_m2` is detected with probability `pd` in one look, from the published range
    (`reference_*`, same false alarms). `attenuation_db_km`: one way, on top of what the published range holds; rain,
    gas, foliage. Never beyond the instrumented range."""
    spare_db = detection.required_snr_db(reference_pd, pfa, pulses, swerling) - detection.required_snr_db(
        pd, pfa, pulses, swerling
    )
    free_m = radar.reference_range_m(rcs_m2, reference_range_m, reference_rcs_m2) * 10.0 ** (float(spare_db) / 40.0)
    return np.minimum(attenuated_range_m(free_m, attenuation_db_km), instrumented_range_m)


def slant_range_m(
    arc_m: Floats, height_amsl_m: Floats, antenna_amsl_m: float, k: float = EFFECTIVE_EARTH
) -> FloatArray:
    """Straight distance from the antenna to a height over a place at an arc."""
    earth_m = k * EARTH_RADIUS_M
    half = np.sin(0.5 * np.asarray(arc_m, float) / earth_m)
    rise = np.asarray(height_amsl_m, float) - antenna_amsl_m
    slant: FloatArray = np.sqrt(
        rise * rise + 4.0 * (earth_m + antenna_amsl_m) * (earth_m + np.asarray(height_amsl_m, float)) * half * half
    )
    return slant


def height_band_m(
    arc_m: Floats, antenna_amsl_m: float, max_slant_m: Floats, min_elevation_rad: float = -0.5 * math.pi,
    max_elevation_rad: float = 0.5 * math.pi, k: float = EFFECTIVE_EARTH, min_slant_m: float = 0.0,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Lowest and highest height above sea level over a place at an arc that lie within a slant range and between two
    elevations; NaN where none does. `min_slant_m`: a place wholly nearer than it has none."""
    earth_m = k * EARTH_RADIUS_M
    a_m = earth_m + antenna_amsl_m
    arc = np.asarray(arc_m, float)
    angle = arc / earth_m
    far = np.asarray(max_slant_m, float)
    across = a_m * np.sin(angle)  # distance from the antenna to the place's vertical
    foot = -2.0 * a_m * np.sin(0.5 * angle) ** 2 + antenna_amsl_m  # height of the nearest point on it
    with np.errstate(invalid="ignore"):
        half = np.sqrt(far * far - across * across)  # NaN beyond reach
    low, high = foot - half, foot + half
    low = np.maximum(low, _on_ray_m(angle, antenna_amsl_m, a_m, min_elevation_rad))
    high = np.minimum(high, _on_ray_m(angle, antenna_amsl_m, a_m, max_elevation_rad))
    if min_slant_m > 0.0:  # what is left above the near sphere, where its vertical runs through it
        with np.errstate(invalid="ignore"):
            near = np.sqrt(min_slant_m * min_slant_m - across * across)
        low = np.where(np.isnan(near) | (low > foot + near) | (low < foot - near), low, foot + near)
    none = ~(low <= high)
    return np.where(none, np.nan, low), np.where(none, np.nan, high)


def _on_ray_m(angle: FloatArray, antenna_amsl_m: float, a_m: float, elevation_rad: float) -> FloatArray:
    """Height above sea level of the ray of an elevation over a place; infinite where it never comes over it."""
    turned = elevation_rad + angle
    # a (cos e / cos(e + t) - 1) + h0, without the difference of two large numbers
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = 2.0 * a_m * np.sin(elevation_rad + 0.5 * angle) * np.sin(0.5 * angle) / np.cos(turned)
    ray = antenna_amsl_m + rise
    if elevation_rad <= -0.5 * math.pi:
        return np.full_like(angle, -np.inf)
    return np.where(turned < 0.5 * math.pi, ray, np.inf)


def minimum_detectable_height(
    sight_amsl_m: Floats, ground_m: Floats, arc_m: Floats, antenna_amsl_m: float, max_slant_m: Floats,
    min_elevation_rad: float = -0.5 * math.pi, max_elevation_rad: float = 0.5 * math.pi, k: float = EFFECTIVE_EARTH,
    min_slant_m: float = 0.0,
) -> Heights:  # fmt: skip
    """Lowest height at which a target over each cell is detected, above ground and above sea level, and the highest.

    `sight_amsl_m` is `terrain.visible_height_window`'s raster (NaN: never in sight), `arc_m` the distance of each cell
    (`terrain.distances_m`), `max_slant_m` comes from `reach_m` and may differ by cell. A cell without ground (NaN or
    void) has no height above ground; sight over it still counts above the sea."""
    sight, ground, arc = np.broadcast_arrays(
        np.asarray(sight_amsl_m, float), np.asarray(ground_m, float), np.asarray(arc_m, float)
    )
    low, high = height_band_m(arc, antenna_amsl_m, max_slant_m, min_elevation_rad, max_elevation_rad, k, min_slant_m)
    known = ground > -32767.0
    lowest = np.fmax(low, np.where(known, np.fmax(sight, ground), sight))
    none = np.isnan(sight) | np.isnan(low) | ~(lowest <= high)
    lowest = np.where(none, np.nan, lowest)
    return Heights(np.where(known, lowest - ground, np.nan), lowest, np.where(none, np.nan, high))
