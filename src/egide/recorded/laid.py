"""Radars that were not there, laid over what was: plots drawn from true paths by the radar equation and its errors.

beam    passes azimuth a at k revisits + a / 2 pi revisits
seen    above the horizon of the 4/3 Earth, within the instrumented range and the sector's elevations
turn    from one passage of north to the next; drawn when the truth of its time is complete
luck    one generator a radar, from the seed and its place in the list: one more leaves the plots of the others alone

No terrain, no attenuation, one cross section for all: the recording does not say whose.
"""

from __future__ import annotations

import math
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import catalog
from egide.errors import ScenarioError, scenario_error
from egide.i18n import mark
from egide.physics import detection, geodesy, horizon
from egide.recorded.scans import Laid
from egide.recorded.truth import NOBODY, TruePath, Truth

__all__ = ["Turning", "entry_of", "sensor_facts"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

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


@final
class Turning:
    """One laid radar, turn by turn, from the first told position to the last."""

    def __init__(
        self, laid: Laid, rcs_m2: float, gap_s: float, span_s: tuple[float, float], luck: tuple[int, int]
    ) -> None:
        self._laid, self._gap_s, self._draw = laid, gap_s, np.random.default_rng(luck)
        self._entry = entry = entry_of(laid)
        self._revisit_s, self._begin_s = entry.si("revisit"), span_s[0]
        self._turn, self._turns = 0, max(math.ceil((span_s[1] - span_s[0]) / self._revisit_s), 0)
        self._pfa, self._swerling = entry.si("reference_pfa"), int(entry.si("swerling"))
        needed_db = float(detection.required_snr_db(entry.si("reference_pd"), self._pfa, 1, self._swerling))
        # signal to noise at one metre, dB
        self._at_one_m_db = needed_db + 10.0 * math.log10(rcs_m2 / entry.si("reference_rcs")) + 40.0 * math.log10(
            entry.si("reference_range"))  # fmt: skip
        self._errors = [entry.si("range_error"), entry.si("azimuth_error"), entry.si("elevation_error")]

    @property
    def start_s(self) -> float:
        """When the next turn begins; never, after the last."""
        return self._begin_s + self._turn * self._revisit_s if self._turn < self._turns else math.inf

    @property
    def next_s(self) -> float:
        """When the next turn is done."""
        return self.start_s + self._revisit_s

    def drawn(self, truth: Truth) -> list[tuple[float, dict[str, FloatArray], IntArray]]:
        """The turns of which all is known: when each is done, columns of its plots, and whose each is."""
        first = self._turn
        while self.next_s + self._gap_s < truth.known_s and self._turn < self._turns:
            self._turn += 1
        turns: FloatArray = self._begin_s + np.arange(first, self._turn) * np.float64(self._revisit_s)
        if not len(turns):
            return []
        seen: list[list[tuple[int, FloatArray]]] = [[] for _ in turns]
        for number, path in sorted(truth.paths.items(), key=lambda item: item[1].name):
            low, high = np.searchsorted(turns, [path.time_s[0] - self._revisit_s, path.time_s[-1]])
            looks = _looks(self._laid, self._entry, path, turns[low:high], self._gap_s)
            for k in np.flatnonzero(np.isfinite(looks[:, 0])).tolist():
                seen[low + k].append((number, looks[k]))
        return [self._one(float(start), there) for start, there in zip(turns, seen, strict=True)]

    def _one(
        self, start_s: float, there: list[tuple[int, FloatArray]]
    ) -> tuple[float, dict[str, FloatArray], IntArray]:
        entry, draw = self._entry, self._draw
        look = np.array([row for _, row in there]).reshape(-1, 4)
        snr_db = self._at_one_m_db - 40.0 * np.log10(np.maximum(look[:, 1], 1.0))
        pd = np.asarray(detection.probability(snr_db, self._pfa, 1, self._swerling))
        hit = draw.random(len(look)) < pd
        noise = draw.standard_normal((len(look), 3)) * self._errors
        real = look[hit] + np.column_stack([np.zeros(int(hit.sum())), noise[hit]])
        false, low = int(draw.poisson(entry.si("false_plots"))), entry.si("min_elevation")
        high = min(entry.si("max_elevation"), low + _FALSE_SPAN_RAD)
        azimuth = draw.random(false) * math.tau
        wrong = np.column_stack([
            start_s + azimuth / math.tau * self._revisit_s,
            entry.si("instrumented_range") * np.sqrt(draw.random(false)), azimuth,
            low + (high - low) * draw.random(false)])  # fmt: skip
        plots = np.concatenate([real, wrong])
        objects = np.array([n for (n, _), one in zip(there, hit, strict=True) if one] + [NOBODY] * false, np.int64)
        order = np.argsort(plots[:, 0], kind="stable")
        names = ("time_s", "range_m", "azimuth_rad", "elevation_rad")
        columns = {name: plots[order, c] for c, name in enumerate(names)}
        columns["azimuth_rad"] %= math.tau
        return start_s + self._revisit_s, columns, objects[order]


def _looks(laid: Laid, entry: Any, path: TruePath, turns: FloatArray, gap_s: float) -> FloatArray:
    """(turns, 4): time of the beam's passage, range, azimuth, elevation; NaN where the object is not in cover."""
    site, revisit = laid.site, entry.si("revisit")
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
