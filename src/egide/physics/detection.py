"""Probability of detection by a square-law detector, N pulses added without phase, Swerling cases 0 to 4.

snr        per pulse, power; decibels where the name says `_db`
pfa        probability of false alarm of one decision
threshold  T with pfa = Q(N, T), the regularised upper incomplete gamma function
case       0 steady; 1, 3 one cross section a scan; 2, 4 one a pulse (1, 2 exponential; 3, 4 chi-square of 4 degrees)

All five cases are one sum. A cross section drawn from a gamma law of shape K makes the photon-like count k negative
binomial of mean N snr (Poisson for case 0), and Pd = sum_k w_k Q(N + k, T), with K = inf, 1, N, 2, 2N. Every term is
positive, so small probabilities keep their digits.
Sources: Marcum 1960; Swerling, IRE Trans. IT-6, 1960; Shnidman, IEEE Trans. AES 38, 2002; Albersheim, Proc. IEEE 69,
1981.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["albersheim_snr_db", "m_of_n", "probability", "required_snr_db", "shnidman_snr_db", "threshold"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

_LOWEST_DB: Final = -80.0  # the search for a required ratio stays between these
_HIGHEST_DB: Final = 140.0


def threshold(pfa: Floats, pulses: int = 1) -> FloatArray:
    """Detection threshold in units of mean noise power."""
    return np.asarray(special.gammainccinv(float(pulses), np.asarray(pfa, float)), float)


def _shape(pulses: int, swerling: int) -> float:
    """Gamma shape K of the summed cross section; 0 stands for infinity (steady)."""
    if swerling not in (0, 1, 2, 3, 4):
        raise ValueError(f"Swerling case must be 0, 1, 2, 3 or 4, got {swerling}")
    if pulses < 1:
        raise ValueError(f"pulses must be 1 or more, got {pulses}")
    return (0.0, 1.0, float(pulses), 2.0, 2.0 * pulses)[swerling]


def _probability(snr: FloatArray, pfa: FloatArray, pulses: int, swerling: int) -> FloatArray:
    """Pd at linear ratios of the same shape as `pfa`."""
    shape = _shape(pulses, swerling)
    limit = threshold(pfa, pulses)
    highest = float(np.max(limit, initial=1.0))
    terms = int(highest + 12.0 * np.sqrt(highest) + 60.0)  # beyond it Q(N + k, T) is 1 to the last bit
    k = np.arange(terms, dtype=float)
    mean = np.asarray(pulses * np.maximum(snr, 0.0))[..., None]
    if shape == 0.0:
        log_weight = special.xlogy(k, mean) - mean - special.gammaln(k + 1.0)
        rest = special.gammainc(float(terms), mean[..., 0])
    else:
        p = 1.0 / (1.0 + mean / shape)  # chance of no further count
        binomial = special.gammaln(k + shape) - special.gammaln(k + 1.0) - special.gammaln(shape)
        log_weight = binomial + shape * np.log(p) + special.xlogy(k, mean / shape * p)
        rest = special.betainc(float(terms), shape, (mean / shape * p)[..., 0])
    tails = special.gammaincc(pulses + k, limit[..., None])
    detected: FloatArray = np.minimum(1.0, np.sum(np.exp(log_weight) * tails, axis=-1) + rest)
    return detected


def probability(snr_db: Floats, pfa: Floats, pulses: int = 1, swerling: int = 0) -> FloatArray:
    """Probability of detection at a per-pulse ratio in decibels."""
    snr, rate = np.broadcast_arrays(np.power(10.0, np.asarray(snr_db, float) / 10.0), np.asarray(pfa, float))
    return _probability(snr, rate, pulses, swerling)[()]


def required_snr_db(pd: Floats, pfa: Floats, pulses: int = 1, swerling: int = 0) -> FloatArray:
    """Per-pulse ratio in decibels that gives `pd`, by bisection to 1e-12 dB. NaN where pd <= pfa or pd >= 1."""
    wanted, rate = np.broadcast_arrays(np.asarray(pd, float), np.asarray(pfa, float))
    low = np.full(wanted.shape, _LOWEST_DB)
    high = np.full(wanted.shape, _HIGHEST_DB)
    for _ in range(48):  # 220 dB / 2^48 < 1e-12 dB
        middle = 0.5 * (low + high)
        enough = _probability(np.power(10.0, middle / 10.0), rate, pulses, swerling) >= wanted
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    found: FloatArray = np.where((wanted > rate) & (wanted < 1.0), 0.5 * (low + high), np.nan)
    return found[()]


def albersheim_snr_db(pd: Floats, pfa: Floats, pulses: int = 1) -> FloatArray:
    """Albersheim's estimate for a steady target and a linear detector; claimed within 0.2 dB for pfa 1e-7 to 1e-3 and
    pd 0.1 to 0.9."""
    p = np.asarray(pd, float)
    a = np.log(0.62 / np.asarray(pfa, float))
    b = np.log(p / (1.0 - p))
    slope_db = 6.2 + 4.54 / math.sqrt(pulses + 0.44)
    snr: FloatArray = slope_db * np.log10(a + 0.12 * a * b + 1.7 * b) - 5.0 * math.log10(pulses)
    return snr


def shnidman_snr_db(pd: Floats, pfa: Floats, pulses: int = 1, swerling: int = 0) -> FloatArray:
    """Shnidman's estimate for all five cases; claimed within 1 dB for pd 0.1 to 0.99, pfa 1e-9 to 1e-3, up to
    100 pulses."""
    p, rate = np.broadcast_arrays(np.asarray(pd, float), np.asarray(pfa, float))
    shape = _shape(pulses, swerling)
    one_over_k = 1.0 / shape if shape else 0.0
    alpha = 0.0 if pulses < 40 else 0.25
    eta = np.sqrt(-0.8 * np.log(4.0 * rate * (1.0 - rate))) + np.sign(p - 0.5) * np.sqrt(
        -0.8 * np.log(4.0 * p * (1.0 - p))
    )
    x = eta * (eta + 2.0 * np.sqrt(pulses / 2.0 + alpha - 0.25))
    c1 = (((17.7006 * p - 18.4496) * p + 14.5339) * p - 3.525) * one_over_k
    c2 = one_over_k * (
        np.exp(27.31 * p - 25.14) + (p - 0.8) * (0.7 * np.log(1e-5 / rate) + (2.0 * pulses - 20.0) / 80.0)
    )
    snr: FloatArray = np.where(p <= 0.872, c1, c1 + c2) + 10.0 * np.log10(x / pulses)
    return snr[()]


def m_of_n(p: Floats, m: int, n: int) -> FloatArray:
    """Probability of at least m detections in n independent looks: the incomplete beta function I_p(m, n - m + 1).
    True scan to scan for cases 1 and 3; not for a steady target at a fixed geometry."""
    if m <= 0:
        return np.ones_like(np.asarray(p, float))[()]
    if m > n:
        return np.zeros_like(np.asarray(p, float))[()]
    return np.asarray(special.betainc(float(m), float(n - m + 1), np.asarray(p, float)), float)[()]
