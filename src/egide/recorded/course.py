"""One picture in the making: turns of its sensors put in order, tracked, sampled and scored as they come.

turn   one scan of one sensor: when it was done, its plots, and which object each is of (NOBODY where nobody knows)
"""

from __future__ import annotations

import heapq
import importlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis.track_metrics import Siap
from egide.recorded.scans import Site
from egide.recorded.score import Score
from egide.recorded.truth import Truth

__all__ = ["Course", "Picture", "Sink", "Turn", "tracker_module"]


@final
class Turn(NamedTuple):
    """One scan of one sensor, on its way to the tracker."""

    time_s: float
    sensor: int
    plots: NDArray[Any]  # of the tracker
    objects: NDArray[np.int64]


class Sink(Protocol):
    """Whoever keeps what goes by. Pictures and sensors are told by number, times in seconds of the recording's day."""

    def begin(self, start_s: float, sensors: Sequence[int]) -> None:
        """Once, before all else: the time of the first report, and how many sensors each picture has."""

    def plots(self, picture: int, sensor: int, found: NDArray[Any], objects: NDArray[np.int64]) -> None:
        """A scan's plots, each with the number of the track that took it, and the object that it is of."""

    def sample(self, picture: int, time_s: float, tracks: NDArray[Any]) -> None:
        """The firm tracks of a moment."""

    def told(self, objects: NDArray[np.int64], time_s: NDArray[np.float64], pos_m: NDArray[np.float64]) -> None:
        """Positions as they were told."""


@final
@dataclass
class Picture:
    """What one tracker came to. Of what is scored, None or NaN where there is no truth."""

    name: str
    sensors: list[str]
    sites: list[Site | None]
    notional: bool = False  # its radars were laid over the truth
    plots: int = 0
    taken: int = 0  # of them by a track
    scans: int = 0
    samples: int = 0
    tracks: int = 0  # that were firm at a sample
    most_tracks: int = 0  # at once
    truths: int = 0
    flights: int = 0  # stretches of truth without a silence
    gospa_m: float = math.nan
    missed: float = math.nan
    false: float = math.nan
    siap: Siap | None = None


def tracker_module() -> Any:
    """The tracker, loaded when it is needed: its kernels take a moment."""
    return importlib.import_module("egide.picture.tracker")


@final
class Course:
    """Turns in, in any order within what their source has not yet done with; a picture out."""

    def __init__(
        self, number: int, picture: Picture, sensors: Sequence[Any], score: Score | None, sink: Sink | None
    ) -> None:
        self.picture = picture
        self._number, self._score, self._sink = number, score, sink
        self._tracker = tracker_module().Tracker(sensors)
        self._beat_s = min(sensor.revisit_s for sensor in sensors)
        self._sampled_s = self._next_s = -math.inf
        self._firm = np.zeros(0, np.int64)  # numbers at the last sample
        self._waiting: list[tuple[float, int, int, Turn]] = []
        self._came = 0

    def take(self, turns: Iterable[Turn], until_s: float, truth: Truth) -> None:
        """Track all turns before `until_s`; none that is still to come is older."""
        for turn in turns:
            self._came += 1  # no two are compared beyond this
            heapq.heappush(self._waiting, (turn.time_s, turn.sensor, self._came, turn))
        while self._waiting and (self._waiting[0][0] < until_s or until_s == math.inf):
            self._scan(heapq.heappop(self._waiting)[3])
        self._next_s = min(until_s, self._waiting[0][0]) if self._waiting else until_s
        if self._score is not None:
            self._score.compare(truth)

    @property
    def needs_s(self) -> float:
        """The earliest moment whose truth it still asks for."""
        return math.inf if self._score is None else self._score.needs_s(self._next_s)

    def _scan(self, turn: Turn) -> None:
        picture = self.picture
        self._tracker.scan(turn.time_s, turn.sensor, turn.plots)
        picture.scans += 1
        picture.plots += len(turn.plots)
        picture.taken += int((turn.plots["track"] >= 0).sum())
        if self._sink is not None:
            self._sink.plots(self._number, turn.sensor, turn.plots, turn.objects)
        if turn.time_s - self._sampled_s >= 0.999 * self._beat_s:
            self._sampled_s = turn.time_s
            self._sample(turn.time_s, self._tracker.tracks(turn.time_s))

    def _sample(self, time_s: float, tracks: NDArray[Any]) -> None:
        picture = self.picture
        picture.samples += 1
        picture.tracks += int((~np.isin(tracks["number"], self._firm)).sum())
        picture.most_tracks = max(picture.most_tracks, len(tracks))
        self._firm = tracks["number"].copy()
        if self._sink is not None:
            self._sink.sample(self._number, time_s, tracks)
        if self._score is not None:
            self._score.sample(time_s, tracks)

    def close(self, truth: Truth, truths: int) -> Picture:
        """The end of the recording."""
        picture = self.picture
        if self._score is not None:
            self._score.close(truth)
            picture.truths, picture.flights = truths, self._score.flights
            picture.gospa_m, picture.missed, picture.false = self._score.means()
            picture.siap = self._score.siap() if picture.samples else None
        return picture
