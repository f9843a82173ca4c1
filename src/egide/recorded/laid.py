"""Radars that were not there, laid over what was: plots drawn from true paths by the radar equation and its errors.

beam    passes azimuth a at k revisits + a / 2 pi revisits
seen    above the horizon of the 4/3 Earth, within the instrumented range and the sector's elevations
luck    one generator a radar, from the seed and its place in the list: one more leaves the plots of the others alone

No terrain, no attenuation, one cross section for all: the recording does not say whose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from egide import catalog
from egide.errors import ScenarioError, scenario_error
from egide.i18n import mark
from egide.physics import detection, geodesy, horizon
from egide.recorded.scans import Laid, TruePath

__all__ = ["drawn", "entry_of", "sensor_facts"]

FloatArray = NDArray[np.float64]

_FALSE_SPAN_RAD: Final = 0.35  # of elevation, as the tracker takes it


def entry_of(laid: Laid) -> catalog.Entry:
    """The radar's catalogue entry, or an error that names near ones."""
    known = catalog.load()
    entry = known.get(laid.entry)
    if entry is None:
        raise ScenarioError([catalog.unknown_entry(known, laid.entry, "egide track", "--sensor")])
    if not (entry.has("revisit") and entry.has("range_error")):
        raise scenario_error(
            "egide track", mark("{entry} is no radar"), mark("name an entry that begins with radar/"), entry=laid.entry
        )
    if not (entry.facts["three_d"] and entry.has("false_plots")):
        raise scenario_error(
            "egide track", mark("{entry} measures no height"), mark("name a three-dimensional radar"), entry=laid.entry
        )
    return entry


def sensor_facts(laid: Laid) -> dict[str, float]:
    """What the tracker knows of it, in the tracker's words."""
    entry = entry_of(laid)
    return {
        "latitude_rad": math.radians(laid.site.latitude_deg), "longitude_rad": math.radians(laid.site.longitude_deg),
        "height_m": laid.site.height_m, "range_error_m": entry.si("range_error"),
        "azimuth_error_rad": entry.si("azimuth_error"), "elevation_error_rad": entry.si("elevation_error"),
        "revisit_s": entry.si("revisit"), "range_max_m": entry.si("instrumented_range"),
        "false_plots": entry.si("false_plots"),
    }  # fmt: skip


def drawn(
    laid: Laid, paths: Sequence[TruePath], rcs_m2: float, gap_s: float, luck: tuple[int, int]
) -> list[tuple[float, dict[str, FloatArray], list[str]]]:
    """Scans of a laid radar: time of the last plot, columns of its plots, and whose each is ('' for a false one)."""
    entry, draw = entry_of(laid), np.random.default_rng(luck)
    revisit, reach = entry.si("revisit"), entry.si("instrumented_range")
    begin = min(float(path.time_s[0]) for path in paths)
    end = max(float(path.time_s[-1]) for path in paths)
    turns = np.arange(begin, end, revisit)
    seen = [_looks(laid, path, turns, gap_s) for path in paths]
    out = []
    for k, start in enumerate(turns):
        there = [(i, each[k]) for i, each in enumerate(seen) if np.isfinite(each[k]).all()]
        look = np.array([row for _, row in there]).reshape(-1, 4)
        needed_db = float(detection.required_snr_db(
            entry.si("reference_pd"), entry.si("reference_pfa"), 1, int(entry.si("swerling"))))  # fmt: skip
        ratio = (entry.si("reference_range") / np.maximum(look[:, 1], 1.0)) ** 4 * rcs_m2 / entry.si("reference_rcs")
        pd = np.asarray(detection.probability(
            needed_db + 10.0 * np.log10(ratio), entry.si("reference_pfa"), 1, int(entry.si("swerling"))))  # fmt: skip
        hit = draw.random(len(look)) < pd
        noise = draw.standard_normal((len(look), 3)) * [
            entry.si("range_error"), entry.si("azimuth_error"), entry.si("elevation_error")]  # fmt: skip
        real = look[hit] + np.column_stack([np.zeros(int(hit.sum())), noise[hit]])
        false = draw.poisson(entry.si("false_plots"))
        low = entry.si("min_elevation")
        high = min(entry.si("max_elevation"), low + _FALSE_SPAN_RAD)
        azimuth = draw.random(false) * math.tau
        wrong = np.column_stack([
            start + azimuth / math.tau * revisit, reach * np.sqrt(draw.random(false)), azimuth,
            low + (high - low) * draw.random(false)])  # fmt: skip
        plots = np.concatenate([real, wrong])
        whose = [paths[i].name for (i, _), one in zip(there, hit, strict=True) if one] + [""] * false
        if len(plots):
            order = np.argsort(plots[:, 0], kind="stable")
            names = ("time_s", "range_m", "azimuth_rad", "elevation_rad")
            columns = {name: plots[order, c] for c, name in enumerate(names)}
            columns["azimuth_rad"] %= math.tau
            out.append((float(start + revisit), columns, [whose[i] for i in order]))
    return out


def _looks(laid: Laid, path: TruePath, turns: FloatArray, gap_s: float) -> FloatArray:
    """(turns, 4): time of the beam's passage, range, azimuth, elevation; NaN where the object is not in cover."""
    entry, site = entry_of(laid), laid.site
    revisit = entry.si("revisit")
    time_s = turns
    out = np.full((len(turns), 4), math.nan)
    for _ in range(2):  # the azimuth says when the beam passes, the time says at which azimuth: twice is enough
        pos, _, there = path.at(time_s, gap_s)
        lat, lon, height = geodesy.from_ecef(*np.where(there[:, None], pos, [6_378_137.0, 0.0, 0.0]).T)
        azimuth_deg, elevation_deg, slant = geodesy.to_aer(
            lat, lon, height, site.latitude_deg, site.longitude_deg, site.height_m
        )
        azimuth = np.radians(azimuth_deg) % math.tau
        time_s = turns + azimuth / math.tau * revisit
    near = np.asarray(horizon.distance_m(max(site.height_m, 1.0), np.maximum(height, 1.0)))
    elevation = np.radians(elevation_deg)
    seen = there & (slant <= entry.si("instrumented_range")) & (slant <= near)
    seen &= (elevation >= min(entry.si("min_elevation"), math.radians(-1.0))) & (elevation <= entry.si("max_elevation"))
    out[seen] = np.column_stack([time_s, slant, azimuth, elevation])[seen]
    return out
