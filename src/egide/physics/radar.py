"""The radar range equation, monostatic, in free space and through air that takes its share.

snr          signal-to-noise ratio of one pulse (or of one coherent interval), power
reference    the published range on a stated cross section; the catalogue's form, since public sources give ranges
loss         two-way decibels along the path, growing with range; it makes the equation implicit

Sources: Skolnik, Introduction to Radar Systems, 3rd ed., ch. 2; Blake, Radar Range-Performance Analysis, 1980.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from egide.constants import BOLTZMANN_J_K, NOISE_TEMPERATURE_K, SPEED_OF_LIGHT_M_S

__all__ = [
    "lossy_range_m", "max_range_in_air_m", "max_range_m", "reference_range_m", "reference_snr_db",
    "reference_snr_in_air_db", "snr_db",
]  # fmt: skip

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]
Loss = Callable[[FloatArray], FloatArray]  # two-way decibels at an array of ranges

_HALVINGS: Final = 60  # the bracket shrinks to a share of 1e-18: the last bit


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


def lossy_range_m(free_range_m: Floats, loss_db: Loss, included_db: Floats = 0.0) -> FloatArray:
    """Range at which an echo has the strength that it has at `free_range_m` without loss: the root of
    40 log10(R / R_free) + loss(R) = included.

    `loss_db` gives two-way decibels at an array of ranges and never falls with range, so the root is single; it is
    bracketed by 0 and R_free 10^(included/40) and halved to the last bit. `included_db` is what the given range already
    contains: loss(R0) for a range published in clear air, so that only the difference counts. Source: Blake 1980, ch.
    1."""
    free, included = np.broadcast_arrays(np.asarray(free_range_m, float), np.asarray(included_db, float))
    low, high = np.zeros(free.shape), free * np.power(10.0, np.maximum(included, 0.0) / 40.0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        with np.errstate(divide="ignore", invalid="ignore"):
            weak = 40.0 * np.log10(middle / free) + loss_db(middle) > included
        low, high = np.where(weak, low, middle), np.where(weak, middle, high)
    reach: FloatArray = 0.5 * (low + high)
    return reach[()]


def max_range_in_air_m(
    peak_power_w: Floats, gain_db: Floats, frequency_hz: Floats, rcs_m2: Floats, bandwidth_hz: Floats,
    noise_figure_db: Floats, losses_db: Floats, snr_min_db: Floats, attenuation_db_km: Floats,
    temperature_k: Floats = NOISE_TEMPERATURE_K,
) -> FloatArray:  # fmt: skip
    """`max_range_m` through uniform air of a one-way attenuation, two-way loss 2 gamma R. Bracketed and halved; the
    root is also a W(R_free / a) with Lambert's W and a = 20 / (gamma ln 10), which the tests use. For layers, give
    `propagation.two_way_gas_db` to `lossy_range_m`."""
    free = max_range_m(
        peak_power_w, gain_db, frequency_hz, rcs_m2, bandwidth_hz, noise_figure_db, losses_db, snr_min_db, temperature_k
    )
    two_way_db_m = 2e-3 * np.asarray(attenuation_db_km, float)
    free, two_way_db_m = np.broadcast_arrays(free, two_way_db_m)
    return lossy_range_m(free, lambda range_m: two_way_db_m * range_m)


def reference_snr_in_air_db(
    range_m: Floats, rcs_m2: Floats, reference_range_m: Floats, reference_rcs_m2: Floats, required_snr_db: Floats,
    loss_db: Floats, reference_loss_db: Floats,
) -> FloatArray:  # fmt: skip
    """`reference_snr_db` less the two-way loss of this path beyond that of the published one. A published range
    contains the clear air of its own path: only the difference counts (methods, section 1). Rain and jamming come
    whole."""
    clear = reference_snr_db(range_m, rcs_m2, reference_range_m, reference_rcs_m2, required_snr_db)
    snr: FloatArray = clear - np.asarray(loss_db, float) + np.asarray(reference_loss_db, float)
    return snr
