"""A picture in numbers: one list of measures, each with its unit and what it means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from egide.i18n import mark
from egide.recorded.course import Picture
from egide.recorded.run import Result

__all__ = ["MEASURES", "document", "measures"]

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


def measures(picture: Picture) -> dict[str, float]:
    """NaN where there is no truth, or nothing to take a mean of."""
    nothing, found = math.nan, picture.siap
    return {
        "plots": float(picture.plots),
        "plots_taken": picture.taken / picture.plots if picture.plots else nothing,
        "scans": float(picture.scans),
        "tracks": float(picture.tracks),
        "tracks_at_once": float(picture.most_tracks),
        "truths": float(picture.truths) if picture.truths else nothing,
        "flights": float(picture.flights) if found else nothing,
        "gospa_m": picture.gospa_m,
        "missed": picture.missed,
        "false": picture.false,
        "completeness": found.completeness if found else nothing,
        "ambiguity": found.ambiguity if found else nothing,
        "spuriousness": found.spuriousness if found else nothing,
        "position_m": found.position_accuracy_m if found else nothing,
        "velocity_m_s": found.velocity_accuracy_m_s if found else nothing,
        "longest_segment": found.longest_segment if found else nothing,
        "number_change_per_h": found.number_change_per_s * 3600.0 if found else nothing,
        "latency_s": found.latency_s if found else nothing,
    }


def document(result: Result) -> dict[str, Any]:
    """What was read, what was left out, and the measures of each picture."""
    recording = result.recording
    return {
        "files": list(recording.files),
        "reports": recording.reports,
        "first_s": recording.first_s,
        "last_s": recording.last_s,
        "categories": {f"{number:03d}": count for number, count in recording.categories.items()},
        "skipped": dict(recording.skipped),
        "noted": dict(recording.noted),
        "radars_without_a_site": list(result.notes),
        "cutoff_m": result.order.cutoff_m,
        "pictures": [{"name": picture.name, "sensors": picture.sensors, "measures": measures(picture)}
                     for picture in result.pictures],
    }  # fmt: skip
