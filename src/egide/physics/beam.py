"""What a beam costs: steering a fixed array aside, and not looking at the target with the beam's middle.

boresight   the direction a fixed array faces; off it the array is foreshortened
beamwidth   between half-power points, one way
shape       the beam taken as Gaussian about its middle, exp(-4 ln 2 (angle / beamwidth)^2) one way

Losses are positive decibels. Sources: Skolnik, Introduction to Radar Systems, 3rd ed., ch. 2 and 9; Barton, Radar
System Analysis and Modeling, 2005, ch. 2 and 5. Leaves out: side lobes, grating lobes, mutual coupling, squint."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = [
    "dense_shape_loss_db", "off_axis_loss_db", "off_boresight_rad", "sampled_shape_loss_db", "scan_broadening",
    "scan_loss_db", "scanned_range_factor",
]  # fmt: skip

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

_GAUSS: Final = 4.0 * np.log(2.0)


def off_boresight_rad(
    azimuth_rad: Floats, elevation_rad: Floats, face_azimuth_rad: Floats, face_tilt_rad: Floats = 0.0
) -> FloatArray:
    """Angle between a direction and an array's boresight, 0 to pi; the face leans back by its tilt. Spherical
    geometry."""
    e, tilt = np.asarray(elevation_rad, float), np.asarray(face_tilt_rad, float)
    turned = np.asarray(azimuth_rad, float) - np.asarray(face_azimuth_rad, float)
    # the haversine keeps its digits near boresight
    half = np.sin(0.5 * (e - tilt)) ** 2 + np.cos(e) * np.cos(tilt) * np.sin(0.5 * turned) ** 2
    angle: FloatArray = 2.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return angle


def scan_loss_db(off_boresight_rad: Floats, exponent: Floats) -> FloatArray:
    """Two-way loss of a planar array steered off its boresight: -20 n log10 cos(angle); the one-way gain goes with
    cos^n. n = 1 is the foreshortened aperture alone; elements add to it, 1 to 1.5 in most books (assumed per radar).

    Infinite at 90 degrees and behind; real arrays stop at about 60. Source: Skolnik, ch. 9."""
    cosine = np.maximum(np.cos(np.asarray(off_boresight_rad, float)), 0.0)
    with np.errstate(divide="ignore"):
        loss: FloatArray = -20.0 * np.asarray(exponent, float) * np.log10(cosine)
    return loss + 0.0  # no minus zero


def scanned_range_factor(off_boresight_rad: Floats, exponent: Floats) -> FloatArray:
    """What steering leaves of the range: cos^(n/2), the fourth root of the two-way gain."""
    cosine = np.maximum(np.cos(np.asarray(off_boresight_rad, float)), 0.0)
    factor: FloatArray = np.power(cosine, 0.5 * np.asarray(exponent, float))
    return factor


def scan_broadening(off_boresight_rad: Floats) -> FloatArray:
    """How much wider the beam is than at boresight, 1 / cos(angle). Source: Skolnik, ch. 9. To about 60 degrees."""
    wider: FloatArray = 1.0 / np.cos(np.asarray(off_boresight_rad, float))
    return wider


def off_axis_loss_db(angle_rad: Floats, beamwidth_rad: Floats) -> FloatArray:
    """Two-way loss of a target off the middle of a Gaussian beam: 6.02 dB at half a beamwidth. Within the main lobe."""
    ratio = np.asarray(angle_rad, float) / np.asarray(beamwidth_rad, float)
    loss: FloatArray = 20.0 / np.log(10.0) * _GAUSS * ratio**2
    return loss


def dense_shape_loss_db(dimensions: int = 1) -> float:
    """Beam shape loss where the beam sweeps over the target without gaps, against as many pulses at full gain as fit in
    a beamwidth: sqrt(8 ln 2 / pi) = 1.33 a dimension, 1.23 dB, a mean over a Gaussian beam. Source: Barton, ch. 5."""
    return dimensions * 10.0 * float(np.log10(np.sqrt(2.0 * _GAUSS / np.pi)))


def sampled_shape_loss_db(pulses: int) -> float:
    """Beam shape loss of an odd number of pulses spread evenly between the half-power points, against as many at full
    gain: n / (1 + 2 sum exp(-5.55 k^2 / (n - 1)^2)), k to (n - 1)/2. 5.55 is 8 ln 2. Source: Skolnik, ch. 2."""
    if pulses < 1 or pulses % 2 == 0:
        raise ValueError(f"pulses must be odd and 1 or more, got {pulses}")
    if pulses == 1:
        return 0.0
    k = np.arange(1, (pulses - 1) // 2 + 1)
    return float(10.0 * np.log10(pulses / (1.0 + 2.0 * np.sum(np.exp(-2.0 * _GAUSS * (k / (pulses - 1)) ** 2)))))
