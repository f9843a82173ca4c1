"""The radar range equation, monostatic, free space.

snr          signal-to-noise ratio of one pulse (or of one coherent interval), power
reference    the published range on a stated cross section; the catalogue's form, since public sources give ranges

Sources: Skolnik, Introduction to Radar Systems, 3rd ed., ch. 2; Blake, Radar Range-Performance Analysis, 1980.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from egide.constants import BOLTZMANN_J_K, NOISE_TEMPERATURE_K, SPEED_OF_LIGHT_M_S

__all__ = ["max_range_m", "reference_range_m", "reference_snr_db", "snr_db"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


def _decibels_at_1_m(
    peak_power_w: Floats, gain_db: Floats, frequency_hz: Floats, rcs_m2: Floats, bandwidth_hz: Floats,
    noise_figure_db: Floats, losses_db: Floats, temperature_k: Floats,
) -> FloatArray:  # fmt: skip
    """10 log10 of Pt G^2 lambda^2 sigma / ((4 pi)^3 k T0 F B L), whose unit is m^4."""
    wavelength_m = SPEED_OF_LIGHT_M_S / np.asarray(frequency_hz, float)
    power = np.asarray(peak_power_w, float) * wavelength_m**2 * np.asarray(rcs_m2, float)
    noise = BOLTZMANN_J_K * np.asarray(temperature_k, float) * np.asarray(bandwidth_hz, float) * (4.0 * np.pi) ** 3
    gains_db = 2.0 * np.asarray(gain_db, float) - np.asarray(noise_figure_db, float) - np.asarray(losses_db, float)
    decibels: FloatArray = 10.0 * np.log10(power / noise) + gains_db
    return decibels


def snr_db(
    range_m: Floats, peak_power_w: Floats, gain_db: Floats, frequency_hz: Floats, rcs_m2: Floats, bandwidth_hz: Floats,
    noise_figure_db: Floats, losses_db: Floats, temperature_k: Floats = NOISE_TEMPERATURE_K,
) -> FloatArray:  # fmt: skip
    """Signal-to-noise ratio at a range. `gain_db` is one way, the same antenna both ways; losses are >= 0 dB."""
    at_1_m = _decibels_at_1_m(
        peak_power_w, gain_db, frequency_hz, rcs_m2, bandwidth_hz, noise_figure_db, losses_db, temperature_k
    )
    snr: FloatArray = at_1_m - 40.0 * np.log10(np.asarray(range_m, float))
    return snr


def max_range_m(
    peak_power_w: Floats, gain_db: Floats, frequency_hz: Floats, rcs_m2: Floats, bandwidth_hz: Floats,
    noise_figure_db: Floats, losses_db: Floats, snr_min_db: Floats, temperature_k: Floats = NOISE_TEMPERATURE_K,
) -> FloatArray:  # fmt: skip
    """Range at which the ratio falls to `snr_min_db`."""
    at_1_m = _decibels_at_1_m(
        peak_power_w, gain_db, frequency_hz, rcs_m2, bandwidth_hz, noise_figure_db, losses_db, temperature_k
    )
    reach: FloatArray = np.power(10.0, (at_1_m - np.asarray(snr_min_db, float)) / 40.0)
    return reach


def reference_snr_db(
    range_m: Floats, rcs_m2: Floats, reference_range_m: Floats, reference_rcs_m2: Floats, required_snr_db: Floats
) -> FloatArray:
    """Ratio at a range, from a published range: SNR_req (R0 / R)^4 (sigma / sigma0). `required_snr_db` is
    `detection.required_snr_db` at the detection and false-alarm probabilities that the published range stands for."""
    ratio = np.asarray(reference_range_m, float) / np.asarray(range_m, float)
    cross_section = np.asarray(rcs_m2, float) / np.asarray(reference_rcs_m2, float)
    snr: FloatArray = np.asarray(required_snr_db, float) + 40.0 * np.log10(ratio) + 10.0 * np.log10(cross_section)
    return snr


def reference_range_m(rcs_m2: Floats, reference_range_m: Floats, reference_rcs_m2: Floats) -> FloatArray:
    """Range on another cross section at the same detection probability: R0 (sigma / sigma0)^(1/4)."""
    ratio = np.asarray(rcs_m2, float) / np.asarray(reference_rcs_m2, float)
    scaled: FloatArray = np.asarray(reference_range_m, float) * np.power(ratio, 0.25)
    return scaled
