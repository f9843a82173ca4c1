"""What each picture's tracker is given, block by block: positions as told, radars that were there, radars laid over.

until_s   no turn that is still to come is older
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, final

import numpy as np
from numpy.typing import NDArray

from egide.recorded import laid as laying
from egide.recorded.course import Turn, tracker_module
from egide.recorded.scans import Laid, Scans, Site
from egide.recorded.truth import Truth

__all__ = ["Block", "LaidRadars", "RecordedRadars", "Source", "ToldPositions"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SEEN: Final = np.dtype([("time_s", "f8"), ("object", "i8"), ("pos_m", "f8", (3,))])
_PLOT: Final = np.dtype([
    ("time_s", "f8"), ("object", "i8"), ("range_m", "f8"), ("azimuth_rad", "f8"), ("height_m", "f8")
])  # fmt: skip


@final
class Block:
    """The reports of a block under the heads that sources need."""

    def __init__(
        self, told: NDArray[Any], words: list[str], objects: IntArray, pos_m: FloatArray, plots: NDArray[Any],
        plot_words: list[str], plot_objects: IntArray, until_s: float,
    ) -> None:  # fmt: skip
        self.told, self.words, self.objects, self.pos_m = told, words, objects, pos_m
        self.plots, self.plot_words, self.plot_objects = plots, plot_words, plot_objects
        self.until_s = until_s


class Source(Protocol):
    """Turns of the sensors of one picture."""

    sensors: list[Any]  # of the tracker

    def turns(self, block: Block, truth: Truth) -> tuple[list[Turn], float]:
        """The turns that the block ends, and `until_s`."""

    @property
    def needs_s(self) -> float:
        """The earliest moment whose truth it still asks for."""


@final
class ToldPositions:
    """Told positions as plots of one sensor that measures places."""

    needs_s = math.inf

    def __init__(self, revisit_s: float, noise_m: float, position_error_m: float, seed: int) -> None:
        error_m = noise_m or position_error_m
        self.sensors = [tracker_module().Sensor(
            kind="place", range_error_m=error_m, height_error_m=error_m, revisit_s=revisit_s, detection=0.9,
            false_plots=0.1,
        )]  # fmt: skip
        self._noise_m, self._draw = noise_m, np.random.default_rng((seed, 0))
        self._scans = Scans(revisit_s)

    def turns(self, block: Block, truth: Truth) -> tuple[list[Turn], float]:
        rows = np.zeros(len(block.told), _SEEN)
        rows["time_s"], rows["object"] = block.told["time_s"], block.objects
        rows["pos_m"] = block.pos_m + self._noise_m * self._draw.standard_normal(block.pos_m.shape)
        plots, out = tracker_module().plots, []
        for scan in self._scans.add(rows, block.words, block.until_s):
            found = plots(scan["time_s"], pos_m=scan["pos_m"])
            out.append(Turn(float(scan["time_s"][-1]), 0, found, scan["object"]))
        return out, self._scans.next_s(block.until_s)


@final
class RecordedRadars:
    """Radars that were there, of one picture. One without a site stands at the origin of its own picture."""

    needs_s = math.inf

    def __init__(
        self, radars: Mapping[tuple[int, int], float], sites: Sequence[Site | None], revisits_s: Sequence[float],
        errors: Mapping[str, float],
    ) -> None:  # fmt: skip
        self._number = {radar: number for number, radar in enumerate(radars)}
        self._scans = [Scans(revisit_s) for revisit_s in revisits_s]
        self.sensors = []
        for far_m, site, revisit_s in zip(radars.values(), sites, revisits_s, strict=True):
            stand = site or Site(0.0, 0.0)
            self.sensors.append(tracker_module().Sensor(
                kind="radar-2d", latitude_rad=math.radians(stand.latitude_deg),
                longitude_rad=math.radians(stand.longitude_deg), height_m=stand.height_m, revisit_s=revisit_s,
                range_max_m=max(far_m * 1.05, 100_000.0), **errors,
            ))  # fmt: skip

    def turns(self, block: Block, truth: Truth) -> tuple[list[Turn], float]:
        plots, out = tracker_module().plots, []
        for (sac, sic), number in self._number.items():
            own = np.flatnonzero((block.plots["sac"] == sac) & (block.plots["sic"] == sic))
            reports, rows = block.plots[own], np.zeros(len(own), _PLOT)
            for name in ("time_s", "range_m", "azimuth_rad"):
                rows[name] = reports[name]
            rows["object"] = block.plot_objects[own]
            rows["height_m"] = np.where(np.isnan(reports["pressure_m"]), reports["height_m"], reports["pressure_m"])
            for scan in self._scans[number].add(rows, [block.plot_words[i] for i in own], block.until_s):
                found = plots(
                    scan["time_s"], range_m=scan["range_m"], azimuth_rad=scan["azimuth_rad"], height_m=scan["height_m"]
                )
                out.append(Turn(float(scan["time_s"][-1]), number, found, scan["object"]))
        return out, min(scans.next_s(block.until_s) for scans in self._scans)


@final
class LaidRadars:
    """Radars of the catalogue laid over the truth: each turn is drawn as soon as all is known of its moment."""

    def __init__(
        self, radars: Sequence[Laid], rcs_m2: float, gap_s: float, span_s: tuple[float, float], seed: int
    ) -> None:
        self.sensors = [
            tracker_module().Sensor(kind="radar", detection=0.9, **laying.sensor_facts(radar)) for radar in radars
        ]
        self._gap_s = gap_s
        self._radars = [
            laying.Turning(radar, rcs_m2, gap_s, span_s, (seed, number)) for number, radar in enumerate(radars)
        ]

    def turns(self, block: Block, truth: Truth) -> tuple[list[Turn], float]:
        plots, out = tracker_module().plots, []
        for number, radar in enumerate(self._radars):
            for time_s, columns, objects in radar.drawn(truth):
                out.append(Turn(time_s, number, plots(columns.pop("time_s"), **columns), objects))
        return out, min(radar.next_s for radar in self._radars)

    @property
    def needs_s(self) -> float:
        return min(radar.start_s for radar in self._radars)
