"""Randomness with a name: counter-based Philox 4x64-10, one draw a pure function of who, whom, why and when.

purpose   what the draw decides (the list below)
actor     64-bit hash of the name of who acts, so that a row number never matters
subject   64-bit hash of the name of whom it concerns
occasion  which time: scan number, shot number

The key is (seed and design point, replication). The same engagement meets the same luck under every alternative, and
adding a radar far away changes nobody's draws.

Source: Salmon, Moraes, Dror, Shaw, 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11; constants as in NumPy's
`numpy.random.Philox`, against which the block is tested bit for bit.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np

from egide.jit import njit

(
    LOOK, NOISE, FALSE_PLOT, TRANSPONDER, INTERROGATOR, AVAILABLE, DECLARE, OPERATOR, REACT, KILL, ASSESS, DAMAGE,
    MESSAGE, FAST_ERROR, LATENCY, BIAS, SLOW_ERROR, CLUTTER, ALTIMETER, ORDERS,
) = (np.uint64(i) for i in range(1, 21))  # fmt: skip

ONCE: Final[Any] = np.int64(0)  # the occasion of what is drawn once; 64-bit, so that kernels compile once

_M0: Final = np.uint64(0xD2E7470EE14C6C93)
_M1: Final = np.uint64(0xCA5A826395121157)
_W0: Final = np.uint64(0x9E3779B97F4A7C15)
_W1: Final = np.uint64(0xBB67AE8584CAA73B)
_LOW: Final = np.uint64(0xFFFFFFFF)
_32: Final = np.uint64(32)
_11: Final = np.uint64(11)
_TO_UNIT: Final = 2.0**-53


def name_hash(name: str) -> np.uint64:
    """64 bits that stand for a name, the same on every machine and in every process."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


def make_key(seed: int, point: int, replication: int) -> np.ndarray:
    """(2,) uint64: seed and design point mixed into the first word, the replication is the second."""
    return np.array([name_hash(f"seed {seed} point {point}"), np.uint64(replication)], dtype=np.uint64)


@njit
def _multiply_high(a: np.uint64, b: np.uint64) -> np.uint64:
    """Upper 64 bits of the 128-bit product, by 32-bit halves."""
    a_low, a_high = a & _LOW, a >> _32
    b_low, b_high = b & _LOW, b >> _32
    middle = a_high * b_low + ((a_low * b_low) >> _32)
    other = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _32) + (other >> _32)


@njit
def philox(
    key: np.ndarray, c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """One block of four 64-bit words."""
    k0, k1 = key[0], key[1]
    for _ in range(10):
        high0, low0 = _multiply_high(_M0, c0), _M0 * c0
        high1, low1 = _multiply_high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + _W0, k1 + _W1
    return c0, c1, c2, c3


@njit
def uniform(key: np.ndarray, purpose: np.uint64, actor: np.uint64, subject: np.uint64, occasion: int) -> float:
    """One draw in (0, 1)."""
    word, _, _, _ = philox(key, purpose, actor, subject, np.uint64(occasion))
    return (np.float64(word >> _11) + 0.5) * _TO_UNIT


@njit
def uniforms(
    key: np.ndarray, purpose: np.uint64, actor: np.uint64, subject: np.uint64, occasion: int
) -> tuple[float, float, float, float]:
    """Four independent draws in (0, 1) for the price of one."""
    w0, w1, w2, w3 = philox(key, purpose, actor, subject, np.uint64(occasion))
    return (
        (np.float64(w0 >> _11) + 0.5) * _TO_UNIT,
        (np.float64(w1 >> _11) + 0.5) * _TO_UNIT,
        (np.float64(w2 >> _11) + 0.5) * _TO_UNIT,
        (np.float64(w3 >> _11) + 0.5) * _TO_UNIT,
    )


@njit
def normals(
    key: np.ndarray, purpose: np.uint64, actor: np.uint64, subject: np.uint64, occasion: int
) -> tuple[float, float, float, float]:
    """Four independent standard normal draws (Box and Muller, 1958)."""
    u0, u1, u2, u3 = uniforms(key, purpose, actor, subject, occasion)
    r0, r1 = np.sqrt(-2.0 * np.log(u0)), np.sqrt(-2.0 * np.log(u2))
    a0, a1 = 2.0 * np.pi * u1, 2.0 * np.pi * u3
    return r0 * np.cos(a0), r0 * np.sin(a0), r1 * np.cos(a1), r1 * np.sin(a1)


@njit
def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Quantile of the triangular distribution; a point where low = high. Closed form."""
    if high <= low:
        return mode
    split = (mode - low) / (high - low)
    if u < split:
        return low + np.sqrt(u * (high - low) * (mode - low))
    return high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
