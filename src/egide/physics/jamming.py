"""Noise jamming: how near a target must come before its echo burns through.

self           the target jams from where it is: the jamming grows as it comes, but more slowly than its echo
standoff       a jammer elsewhere, at its own distance, seen through a stated gain of the radar's pattern
barrage        noise spread over a bandwidth; the radar takes in the share that falls in its own
signal to jam  power of the echo over that of the jamming in the receiver
jam to noise   power of the jamming over that of thermal noise

Arguments spell out the usual symbols: peak_power_w Pt, gain_db G, rcs_m2 sigma, bandwidth_hz Br, jammer_power_w Pj,
jammer_gain_db Gj, jammer_bandwidth_hz Bj, jammer_range_m Rj, gain_to_jammer_db Gs, signal_to_jam_min_db (S/J)_req.
A jammer narrower than the radar wastes nothing: Bj / Br is at least 1.

Sources: Skolnik, Introduction to Radar Systems; Adamy, EW 101, 2001; Mahafza, ch. 1. Barrage noise, free space, matched
polarisation, one radar without side-lobe cancelling or frequency agility. Deception is out of scope.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from egide.constants import BOLTZMANN_J_K, NOISE_TEMPERATURE_K, SPEED_OF_LIGHT_M_S

__all__ = [
    "burn_through_self_m", "burn_through_standoff_m", "combined_db", "jam_to_noise_db", "jam_to_signal_db",
    "range_against_self_m", "range_against_standoff_m", "range_factor", "signal_to_jam_db",
]  # fmt: skip

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


def _spread(jammer_bandwidth_hz: Floats, bandwidth_hz: Floats) -> FloatArray:
    """Bj / Br, at least 1."""
    ratio: FloatArray = np.maximum(np.asarray(jammer_bandwidth_hz, float) / np.asarray(bandwidth_hz, float), 1.0)
    return ratio


def _decibels_at_1_m(
    peak_power_w: Floats, gain_db: Floats, rcs_m2: Floats, bandwidth_hz: Floats, jammer_power_w: Floats,
    jammer_gain_db: Floats, jammer_bandwidth_hz: Floats,
) -> FloatArray:  # fmt: skip
    """10 log10 of Pt G sigma Bj / (4 pi Pj Gj Br), whose unit is m^2."""
    power = np.asarray(peak_power_w, float) * np.asarray(rcs_m2, float) * _spread(jammer_bandwidth_hz, bandwidth_hz)
    against = 4.0 * np.pi * np.asarray(jammer_power_w, float)
    decibels: FloatArray = 10.0 * np.log10(power / against) + np.asarray(gain_db, float)
    return decibels - np.asarray(jammer_gain_db, float)


def signal_to_jam_db(
    range_m: Floats, peak_power_w: Floats, gain_db: Floats, rcs_m2: Floats, bandwidth_hz: Floats,
    jammer_power_w: Floats, jammer_gain_db: Floats, jammer_bandwidth_hz: Floats,
    jammer_range_m: Floats | None = None, gain_to_jammer_db: Floats | None = None,
) -> FloatArray:  # fmt: skip
    """S/J of one pulse at a range, dB. Self-screening where no jammer range is given: Pt G sigma Bj / (4 pi R^2 Pj Gj
    Br); stand-off: Pt G^2 sigma Rj^2 Bj / (4 pi R^4 Pj Gj Gs Br). Losses common to echo and jamming cancel; the others
    belong in the powers. `gain_to_jammer_db` is the main lobe's gain where it is not given."""
    at_1_m = _decibels_at_1_m(
        peak_power_w, gain_db, rcs_m2, bandwidth_hz, jammer_power_w, jammer_gain_db, jammer_bandwidth_hz
    )
    range_db = 10.0 * np.log10(np.asarray(range_m, float))
    if jammer_range_m is None:
        return np.asarray(at_1_m - 2.0 * range_db)
    toward = gain_db if gain_to_jammer_db is None else gain_to_jammer_db
    aside_db = np.asarray(gain_db, float) - np.asarray(toward, float)
    ratio: FloatArray = at_1_m + aside_db + 20.0 * np.log10(np.asarray(jammer_range_m, float)) - 4.0 * range_db
    return ratio


def burn_through_self_m(
    peak_power_w: Floats, gain_db: Floats, rcs_m2: Floats, bandwidth_hz: Floats, jammer_power_w: Floats,
    jammer_gain_db: Floats, jammer_bandwidth_hz: Floats, signal_to_jam_min_db: Floats,
) -> FloatArray:  # fmt: skip
    """Range within which a self-screening target is seen through its jamming:
    sqrt(Pt G sigma Bj / (4 pi Pj Gj Br (S/J)_req)). Thermal noise ignored: an upper bound; see `combined_db`."""
    at_1_m = _decibels_at_1_m(
        peak_power_w, gain_db, rcs_m2, bandwidth_hz, jammer_power_w, jammer_gain_db, jammer_bandwidth_hz
    )
    reach: FloatArray = np.power(10.0, (at_1_m - np.asarray(signal_to_jam_min_db, float)) / 20.0)
    return reach


def burn_through_standoff_m(
    peak_power_w: Floats, gain_db: Floats, rcs_m2: Floats, bandwidth_hz: Floats, jammer_power_w: Floats,
    jammer_gain_db: Floats, jammer_bandwidth_hz: Floats, jammer_range_m: Floats, gain_to_jammer_db: Floats,
    signal_to_jam_min_db: Floats,
) -> FloatArray:  # fmt: skip
    """Range within which a target is seen through a stand-off jammer's noise:
    (Pt G^2 sigma Bj Rj^2 / (4 pi Pj Gj Gs Br (S/J)_req))^(1/4). Thermal noise ignored: an upper bound."""
    at_1_m = signal_to_jam_db(
        1.0, peak_power_w, gain_db, rcs_m2, bandwidth_hz, jammer_power_w, jammer_gain_db, jammer_bandwidth_hz,
        jammer_range_m, gain_to_jammer_db,
    )  # fmt: skip
    reach: FloatArray = np.power(10.0, (at_1_m - np.asarray(signal_to_jam_min_db, float)) / 40.0)
    return reach


def combined_db(signal_to_noise_db: Floats, *signal_to_jam_db: Floats) -> FloatArray:
    """S/(N + J) of an echo against thermal noise and any number of jammers, dB: powers of noise add, so inverse ratios
    add. The jamming is taken as noise-like in the receiver's band."""
    inverse = np.power(10.0, -np.asarray(signal_to_noise_db, float) / 10.0)
    for ratio_db in signal_to_jam_db:
        inverse = inverse + np.power(10.0, -np.asarray(ratio_db, float) / 10.0)
    ratio: FloatArray = -10.0 * np.log10(inverse)
    return ratio


def range_against_self_m(free_range_m: Floats, burn_through_m: Floats) -> FloatArray:
    """Detection range on a self-screening target when thermal noise and jamming add: the root of
    (R/R_free)^4 + (R/R_bt)^2 = 1, both ranges at the same required ratio. Below either; closed form."""
    free2, burn2 = np.asarray(free_range_m, float) ** 2, np.asarray(burn_through_m, float) ** 2
    # R^2 = 2 / (1/b + sqrt(1/b^2 + 4/f^2)), written without dividing by a burn-through of 0
    reach2: FloatArray = 2.0 * burn2 * free2 / (free2 + np.sqrt(free2**2 + 4.0 * burn2**2))
    return np.sqrt(reach2)


def range_against_standoff_m(free_range_m: Floats, *burn_through_m: Floats) -> FloatArray:
    """Detection range when thermal noise and stand-off jammers add: (R_free^-4 + sum R_bt^-4)^(-1/4), each burn-through
    range that of one jammer alone at the same required ratio. Closed form."""
    total = np.asarray(free_range_m, float) ** -4.0
    for burn_m in burn_through_m:
        total = total + np.asarray(burn_m, float) ** -4.0
    reach: FloatArray = np.power(total, -0.25)
    return reach


def jam_to_noise_db(
    jammer_power_w: Floats, jammer_gain_db: Floats, jammer_bandwidth_hz: Floats, jammer_range_m: Floats,
    gain_to_jammer_db: Floats, frequency_hz: Floats, bandwidth_hz: Floats, noise_figure_db: Floats,
    losses_db: Floats = 0.0, temperature_k: Floats = NOISE_TEMPERATURE_K,
) -> FloatArray:  # fmt: skip
    """J/N in the receiver, dB: Pj Gj Gs lambda^2 / ((4 pi Rj)^2 k T0 F B L), B the wider of the two bandwidths.
    `losses_db` are one way. The one-way (Friis) equation: free space, far field."""
    wavelength_m = SPEED_OF_LIGHT_M_S / np.asarray(frequency_hz, float)
    wider_hz = np.maximum(np.asarray(jammer_bandwidth_hz, float), np.asarray(bandwidth_hz, float))
    power = np.asarray(jammer_power_w, float) * (wavelength_m / (4.0 * np.pi * np.asarray(jammer_range_m, float))) ** 2
    noise = BOLTZMANN_J_K * np.asarray(temperature_k, float) * wider_hz
    gains_db = np.asarray(jammer_gain_db, float) + np.asarray(gain_to_jammer_db, float)
    ratio: FloatArray = 10.0 * np.log10(power / noise) + gains_db
    return ratio - np.asarray(noise_figure_db, float) - np.asarray(losses_db, float)


def range_factor(*jam_to_noise_db: Floats) -> FloatArray:
    """What stand-off jamming leaves of a free-space range, (1 + sum J/N)^(-1/4): the form for a catalogue that gives
    ranges, not powers. Same detection probability; the jamming is taken as thermal noise."""
    total: FloatArray = np.ones(())
    for ratio_db in jam_to_noise_db:
        total = total + np.power(10.0, np.asarray(ratio_db, float) / 10.0)
    factor: FloatArray = np.power(total, -0.25)
    return factor


def jam_to_signal_db(range_m: Floats, rcs_m2: Floats, jammer_erp_dbw: Floats, radar_erp_dbw: Floats) -> FloatArray:
    """J/S of self-screening in decibels, Adamy's form: 10 log10(4 pi) + ERPj - ERPs + 20 log10 R - 10 log10 sigma, R in
    metres (71 + ... with R in km). Equal bandwidths."""
    ratio: FloatArray = (
        10.0 * np.log10(4.0 * np.pi)
        + np.asarray(jammer_erp_dbw, float)
        - np.asarray(radar_erp_dbw, float)
        + 20.0 * np.log10(np.asarray(range_m, float))
        - 10.0 * np.log10(np.asarray(rcs_m2, float))
    )
    return ratio
