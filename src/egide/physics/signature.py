"""What a target shows to a radar: a cross section by aspect and band.

aspect    angle at the target between its heading and the direction to the radar: 0 nose-on, pi from behind
sector    nose within 45 degrees, tail beyond 135, beam between; one value each
band      VHF, L, S, C, X by frequency; S, C and X share the reference, L and VHF have an offset
common    one number of decibels that moves all aspects and bands together: what is not known of one airframe

No government publishes a cross section: the sectors and offsets are assumed, wide, and moved together, never averaged.
Source of the form: Skolnik, Introduction to Radar Systems, 3rd ed., ch. 2 (cross sections by class, aspect); Knott,
Shaeffer, Tuley, Radar Cross Section, 2nd ed., 2004 (resonance at metre wavelengths). Leaves out: lobes (the Swerling
case stands for them), polarisation, bistatic echoes, propeller and engine modulation, external loads."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["BANDS", "SECTORS", "aspect_rad", "band_of", "cross_section_m2", "sector_of", "table_m2"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

BANDS: Final = ("VHF", "L", "S", "C", "X")
SECTORS: Final = ("nose", "beam", "tail")

_BAND_EDGES_HZ: Final = np.array([1e9, 2e9, 4e9, 8e9])  # IEEE Std 521; VHF here takes in UHF, X what lies above


def band_of(frequency_hz: Floats) -> Indices:
    """Row of BANDS for a carrier: below 1 GHz VHF (UHF is counted with it), 1 to 2 L, 2 to 4 S, 4 to 8 C, above X.
    Source: IEEE Std 521-2019."""
    return np.searchsorted(_BAND_EDGES_HZ, np.asarray(frequency_hz, float), side="right")


def aspect_rad(velocity_m_s: Floats, line_m: Floats) -> FloatArray:
    """Angle between the direction of flight and the direction from target to radar; `line_m` points from radar to
    target. Vectors are (..., 3), in one frame. A target at rest shows its beam (pi / 2)."""
    v, d = np.asarray(velocity_m_s, float), np.asarray(line_m, float)
    dot = -np.sum(v * d, axis=-1)
    size = np.sqrt(np.sum(v * v, axis=-1) * np.sum(d * d, axis=-1))
    cosine = np.divide(dot, size, out=np.zeros(np.broadcast_shapes(dot.shape, size.shape)), where=size > 0.0)
    angle: FloatArray = np.arccos(np.clip(cosine, -1.0, 1.0))
    return angle


def sector_of(aspect_rad: Floats) -> Indices:
    """Row of SECTORS for an aspect of 0 to pi: nose below 45 degrees, tail above 135, beam between and on the edges."""
    angle = np.abs(np.asarray(aspect_rad, float))
    quarter = 0.25 * np.pi
    return np.where(angle < quarter, 0, np.where(angle > 3.0 * quarter, 2, 1))


def table_m2(
    rcs_m2: Floats, beam_offset_db: Floats = 0.0, tail_offset_db: Floats = 0.0, l_offset_db: Floats = 0.0,
    vhf_offset_db: Floats = 0.0, common_db: Floats = 0.0, floor_m2: Floats = 0.0,
) -> FloatArray:  # fmt: skip
    """Cross sections by band and sector, (..., 5, 3): the nose-on value in S, C, X with offsets in decibels that add,
    one common factor over all, and a floor (a reflector, where one is carried)."""
    values = np.broadcast_arrays(
        *[
            np.asarray(value, float)
            for value in (rcs_m2, beam_offset_db, tail_offset_db, l_offset_db, vhf_offset_db, common_db, floor_m2)
        ]
    )
    nose, beam, tail, l_band, vhf, common, floor = (value[..., None, None] for value in values)
    none = np.zeros_like(nose)
    by_band = np.concatenate([vhf, l_band, none, none, none], axis=-2)
    by_sector = np.concatenate([none, beam, tail], axis=-1)
    table: FloatArray = np.maximum(nose * np.power(10.0, (by_band + by_sector + common) / 10.0), floor)
    return table


def cross_section_m2(
    aspect_rad: Floats, frequency_hz: Floats, rcs_m2: float, beam_offset_db: float = 0.0, tail_offset_db: float = 0.0,
    l_offset_db: float = 0.0, vhf_offset_db: float = 0.0, common_db: float = 0.0, floor_m2: float = 0.0,
) -> FloatArray:  # fmt: skip
    """Cross section that one target shows at an aspect to a carrier: a row and column of `table_m2`. Steps at 45 and
    135 degrees are the model's, not the target's."""
    table = table_m2(rcs_m2, beam_offset_db, tail_offset_db, l_offset_db, vhf_offset_db, common_db, floor_m2)
    shown: FloatArray = table[band_of(frequency_hz), sector_of(aspect_rad)]
    return shown
