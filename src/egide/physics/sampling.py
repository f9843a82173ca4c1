"""How well a mean cross section is known from looks at a fluctuating target.

cell      the angle over which an echo decorrelates, wavelength / (2 length): looks closer than it are one sample
sample    one look a cell or more from the others; its power is exponential, as for Swerling cases 1 and 2
floor     calibration error of the collecting radar, the same in every look: it does not average out
bin       a rectangle of aspects, azimuth by elevation; its mean cross section is what is to be known

Decorrelation: Richards, Fundamentals of Radar Signal Processing, section 2.2; Skolnik, Introduction to Radar Systems,
ch. 2; Currie, Radar Reflectivity Measurement, 1989. The mean of N exponential samples is a gamma variable, whose
logarithm has the variance trigamma(N): one sample is good to 5.57 dB, as for speckle (Goodman, J. Opt. Soc. Am. 66,
1976). Subtracting the noise widens it by 1 + 1/snr (to first order). Leaves out: dominant scatterers, whose samples
spread less; the spread of the mean itself within a bin; errors of the attitude."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["DB_PER_NEPER", "bin_solid_angle_sr", "cells", "decorrelation_rad", "uncertainty_db"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

DB_PER_NEPER: Final = 10.0 / float(np.log(10.0))  # of power


def decorrelation_rad(wavelength_m: Floats, length_m: Floats) -> FloatArray:
    """Angle of aspect over which the echo of a target of this length decorrelates at one frequency."""
    return np.asarray(np.asarray(wavelength_m, float) / (2.0 * np.asarray(length_m, float)))


def bin_solid_angle_sr(low_rad: Floats, high_rad: Floats, wide_rad: Floats) -> FloatArray:
    """Solid angle between two elevations over a width of azimuth."""
    return np.asarray(np.asarray(wide_rad, float) * (np.sin(high_rad) - np.sin(low_rad)))


def cells(solid_angle_sr: Floats, cell_rad: Floats) -> FloatArray:
    """Distinct cells in a solid angle, one at least: more samples than cells repeat what is known."""
    return np.maximum(np.asarray(solid_angle_sr, float) / np.asarray(cell_rad, float) ** 2, 1.0)


def uncertainty_db(samples: Floats, snr: Floats = np.inf, floor_db: Floats = 0.0) -> FloatArray:
    """Standard deviation, in decibels, of a mean cross section known from `samples` independent looks at a mean signal
    to noise of `snr` (a number, not decibels), with a calibration floor. Infinite below one sample."""
    n, ratio, floor = np.broadcast_arrays(*(np.asarray(x, float) for x in (samples, snr, floor_db)))
    enough = (n >= 1.0) & (ratio > 0.0)
    noise = 1.0 + np.divide(1.0, ratio, out=np.zeros(n.shape), where=enough)
    spread = DB_PER_NEPER * np.sqrt(special.polygamma(1, np.where(enough, n, 1.0))) * noise
    return np.asarray(np.where(enough, np.hypot(floor, spread), np.inf))
