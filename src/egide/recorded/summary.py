"""A picture in numbers: one list of measures, each with its unit and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from egide.i18n import mark
from egide.recorded.run import Picture

__all__ = ["MEASURES", "measures"]

MEASURES: Final[Mapping[str, tuple[str, str]]] = {
    "plots": ("n", mark("plots given to the tracker")),
    "plots_taken": ("1", mark("share of plots that a track took, a tentative one too")),
    "scans": ("n", mark("scans")),
    "tracks": ("n", mark("tracks that were ever firm")),
    "tracks_at_once": ("n", mark("most firm tracks at once")),
    "truths": ("n", mark("objects whose positions were told")),
    "flights": ("n", mark("their flights, from silence to silence")),
    "gospa_m": ("m", mark("mean GOSPA of a sample")),
    "missed": ("n", mark("truths without a track, mean of a sample")),
    "false": ("n", mark("tracks without a truth, mean of a sample")),
    "completeness": ("1", mark("share of truths that have a track")),
    "ambiguity": ("n", mark("tracks a truth that has one")),
    "spuriousness": ("1", mark("share of tracks that are nobody's")),
    "position_m": ("m", mark("mean distance of a track from its truth")),
    "velocity_m_s": ("m/s", mark("mean error of velocity")),
    "longest_segment": ("1", mark("share of a truth's life that its longest track covers")),
    "number_change_per_h": ("1/h", mark("changes of number in an hour tracked")),
    "latency_s": ("s", mark("mean time until a truth has a track")),
}


def measures(picture: Picture, cutoff_m: float) -> dict[str, float]:
    """NaN where there is no truth, or nothing to take a mean of."""
    plots, half, nothing = sum(map(len, picture.plots)), cutoff_m**2 / 2.0, float("nan")
    scored, found = picture.gospa, picture.siap
    return {
        "plots": float(plots),
        "plots_taken": picture.taken / plots if plots else nothing,
        "scans": float(picture.scans),
        "tracks": float(len(picture.numbers)),
        "tracks_at_once": float(max((len(tracks) for _, tracks in picture.samples), default=0)),
        "truths": float(len(picture.truth)) if picture.truth else nothing,
        "flights": float(picture.flights) if scored else nothing,
        "gospa_m": float(np.mean([one.total for one in scored])) if scored else nothing,
        "missed": float(np.mean([one.missed for one in scored])) / half if scored else nothing,
        "false": float(np.mean([one.false for one in scored])) / half if scored else nothing,
        "completeness": found.completeness if found else nothing,
        "ambiguity": found.ambiguity if found else nothing,
        "spuriousness": found.spuriousness if found else nothing,
        "position_m": found.position_accuracy_m if found else nothing,
        "velocity_m_s": found.velocity_accuracy_m_s if found else nothing,
        "longest_segment": found.longest_segment if found else nothing,
        "number_change_per_h": found.number_change_per_s * 3600.0 if found else nothing,
        "latency_s": found.latency_s if found else nothing,
    }
