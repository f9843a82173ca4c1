"""How good a picture is, sample by sample, without keeping what is past: GOSPA and SIAP as sums.

sample    a moment at which tracks and truth are compared
flight    samples in a row at which an object's place is known; after a silence it is another one
held      a flight at a sample that has a track: the nearest truth of a track within the cutoff
segment   samples in a row at which one track is one flight's

The same numbers as `analysis.track_metrics` gives for whole tables, which a test holds them to. What is kept goes with
the flights that are in the air, not with the length of the recording.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis.track_metrics import Siap, gospa, needed
from egide.recorded.truth import Truth

__all__ = ["Score"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@final
class _Known(NamedTuple):
    """Where an object is at a sample, and since when it has been heard without a silence."""

    object: int
    pos_m: FloatArray
    vel_m_s: FloatArray
    heard_s: float


@final
@dataclass
class _Flight:
    """One flight in the air, by place (number of the sample, from 0) and time."""

    first_s: float
    last_s: float
    place: int = 0
    held_s: float = math.nan  # when it first had a track
    tracked_s: float = 0.0
    longest_s: float = 0.0
    open: dict[int, tuple[int, float]] = field(default_factory=dict)  # track number -> where its segment began
    segments: list[tuple[int, int]] = field(default_factory=list)

    def seen(self, time_s: float, place: int, tracks: set[int]) -> None:
        if place and any(number in tracks for number in self.open):
            self.tracked_s += time_s - self.last_s
        for number in [number for number in self.open if number not in tracks]:
            self._close(number)
        for number in tracks:
            self.open.setdefault(number, (place, time_s))
        if tracks and math.isnan(self.held_s):
            self.held_s = time_s
        self.place, self.last_s = place, time_s

    def _close(self, number: int) -> None:
        place, began_s = self.open.pop(number)
        self.segments.append((place, self.place))
        self.longest_s = max(self.longest_s, self.last_s - began_s)

    def over(self) -> None:
        for number in list(self.open):
            self._close(number)


@final
class Score:
    """Samples go in as they are taken, and are compared as soon as nothing more can be told of their moment."""

    def __init__(self, cutoff_m: float, gap_s: float) -> None:
        self.cutoff_m, self.gap_s = cutoff_m, gap_s
        self.flights = 0
        self._waiting: deque[tuple[float, IntArray, FloatArray, FloatArray]] = deque()
        self._air: dict[int, _Flight] = {}
        self._scored = 0
        self._gospa = np.zeros(3)  # sums of the total, of missed and of false
        self._truths = self._tracked = self._held = self._tracks = 0
        self._off_m = self._off_m_s = 0.0
        self._life_s = self._longest_s = self._tracked_s = self._late_s = 0.0
        self._changes = self._never = self._ever = 0

    def sample(self, time_s: float, tracks: NDArray[Any]) -> None:
        self._waiting.append((time_s, tracks["number"].copy(), tracks["pos_m"].copy(), tracks["vel_m_s"].copy()))

    def needs_s(self, otherwise: float) -> float:
        """The earliest moment whose truth is still asked for."""
        return self._waiting[0][0] if self._waiting else otherwise

    def compare(self, truth: Truth) -> None:
        """Every waiting sample of which all is known."""
        due = [
            self._waiting.popleft()
            for _ in range(sum(1 for sample in self._waiting if sample[0] + self.gap_s < truth.known_s))
        ]
        if not due:
            return
        times = np.array([sample[0] for sample in due])
        found: list[list[_Known]] = [[] for _ in due]
        for number, path in sorted(truth.paths.items()):
            low, high = np.searchsorted(times, [path.time_s[0], path.time_s[-1]], side="left")
            high = min(int(high) + 1, len(times))
            pos, speed, there = path.at(times[low:high], self.gap_s)
            heard = path.heard_s(times[low:high], self.gap_s)
            for k in np.flatnonzero(there).tolist():
                found[low + k].append(_Known(number, pos[k], speed[k], float(heard[k])))
        for sample, known in zip(due, found, strict=True):
            self._one(*sample, known)

    def _one(
        self, time_s: float, numbers: IntArray, pos_m: FloatArray, vel_m_s: FloatArray,
        known: list[_Known],
    ) -> None:  # fmt: skip
        for number in sorted(self._air.keys() - {one.object for one in known}):
            self._end(self._air.pop(number))
        here = np.array([one.pos_m for one in known]).reshape(-1, 3)
        holders: list[set[int]] = [set() for _ in known]
        if len(here) or len(numbers):
            found = gospa(here, pos_m, self.cutoff_m, 2.0)
            self._gospa += (found.total, found.missed, found.false)
            self._scored += 1
        if len(here) and len(numbers):
            away = np.linalg.norm(pos_m[:, None] - here[None], axis=2)
            nearest = np.argmin(away, axis=1)
            for j in np.flatnonzero(away[np.arange(len(numbers)), nearest] <= self.cutoff_m).tolist():
                i = int(nearest[j])
                holders[i].add(int(numbers[j]))
                self._held += 1
                self._off_m += float(away[j, i])
                self._off_m_s += float(np.linalg.norm(vel_m_s[j] - known[i].vel_m_s))
        self._truths += len(known)
        self._tracks += len(numbers)
        self._tracked += sum(1 for own in holders if own)
        for one, own in zip(known, holders, strict=True):
            flight = self._air.get(one.object)
            if flight is not None and flight.last_s < one.heard_s:
                self._end(flight)
                flight = None
            if flight is None:
                flight = self._air[one.object] = _Flight(time_s, time_s, -1)
                self.flights += 1
            flight.seen(time_s, flight.place + 1, own)

    def _end(self, flight: _Flight) -> None:
        flight.over()
        self._life_s += flight.last_s - flight.first_s
        if not flight.segments:
            self._never += 1
            return
        self._ever += 1
        self._longest_s += flight.longest_s
        self._tracked_s += flight.tracked_s
        self._changes += needed(flight.segments) - 1
        self._late_s += flight.held_s - flight.first_s

    def close(self, truth: Truth) -> None:
        """The end of the recording: nothing more will be told."""
        truth.known_s = math.inf
        self.compare(truth)
        for number in list(self._air):
            self._end(self._air.pop(number))

    def means(self) -> tuple[float, float, float]:
        """Mean GOSPA of a sample, and how many truths were missed and tracks false in it; NaN without a sample."""
        if not self._scored:
            return math.nan, math.nan, math.nan
        total, missed, false = (self._gospa / self._scored).tolist()
        half = self.cutoff_m**2 / 2.0
        return total, missed / half, false / half

    def siap(self) -> Siap:
        nothing = math.nan
        return Siap(
            completeness=_share(self._tracked, self._truths), ambiguity=_share(self._held, self._tracked),
            spuriousness=_share(self._tracks - self._held, self._tracks),
            position_accuracy_m=_share(self._off_m, self._held),
            velocity_accuracy_m_s=_share(self._off_m_s, self._held),
            longest_segment=_share(self._longest_s, self._life_s),
            number_change_per_s=_share(self._changes, self._tracked_s), latency_s=_share(self._late_s, self._ever),
            never_tracked=self._never, identity_completeness=nothing, identity_correctness=nothing,
            identity_ambiguity=nothing,
        )  # fmt: skip


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
