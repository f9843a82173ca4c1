"""Who told where, as reports go by: as much of every path as is still needed, and no more.

object   whoever has a name in the recording, by number: address, or a source's track number
path     one object's told positions in the order of time, ECEF
gap_s    how long an object may be silent and still be known to have flown straight on between
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.physics import geodesy

__all__ = ["NOBODY", "Objects", "TruePath", "Truth", "names"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NOBODY: Final = -1


def names(rows: NDArray[Any]) -> list[str]:
    """Who each report is of, as far as it says: its address, else its source's track number, else nobody. A table
    without addresses is one aircraft's own log."""
    return [
        address or (f"{category:03d}/{sac}/{sic}/{number}" if number >= 0 else "" if category else "own log")
        for address, category, sac, sic, number in zip(
            *(rows[name].tolist() for name in ("icao24", "category", "sac", "sic", "track")), strict=True
        )
    ]


@final
class Objects:
    """Numbers of names, in the order in which they come, and the height that each told last."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.told: set[int] = set()
        self._height: dict[int, float] = {}

    def of(self, words: list[str]) -> IntArray:
        """A number a name; NOBODY for an empty one."""
        known = self.number
        return np.array([known.setdefault(word, len(known)) if word else NOBODY for word in words], np.int64)

    def places(self, rows: NDArray[Any], who: IntArray) -> FloatArray:
        """(n, 3) ECEF of told positions; where no height is told, the last of the same object, else the sea's."""
        height = np.where(np.isnan(rows["height_m"]), rows["pressure_m"], rows["height_m"])
        last = self._height
        if np.isnan(height).any():
            for i, number in enumerate(who.tolist()):
                height[i] = last[number] = last.get(number, 0.0) if math.isnan(height[i]) else height[i]
        else:
            last.update(zip(who.tolist(), height.tolist(), strict=True))
        self.told.update(np.unique(who[who != NOBODY]).tolist())
        return np.column_stack(geodesy.to_ecef(rows["latitude_deg"], rows["longitude_deg"], height))


@final
@dataclass(frozen=True)
class TruePath:
    """Where one object told that it was."""

    name: str
    time_s: FloatArray
    pos_m: FloatArray  # (n, 3) ECEF

    def at(self, time_s: FloatArray, gap_s: float) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
        """Positions and velocities on straight lines between reports; False where none are near on both sides."""
        if len(self.time_s) < 2:
            shape = (len(time_s), 3)
            return np.zeros(shape), np.zeros(shape), np.zeros(len(time_s), bool)
        after = np.clip(np.searchsorted(self.time_s, time_s, side="right"), 1, len(self.time_s) - 1)
        before = after - 1
        # told at this very moment, and silent from then on: the end of the line before
        ending = (time_s == self.time_s[before]) & (self.time_s[after] - self.time_s[before] > gap_s) & (before > 0)
        after, before = after - ending, before - ending
        span = self.time_s[after] - self.time_s[before]
        there = (time_s >= self.time_s[0]) & (time_s <= self.time_s[-1]) & (span <= gap_s)
        speed = (self.pos_m[after] - self.pos_m[before]) / span[:, None]
        return self.pos_m[before] + speed * (time_s - self.time_s[before])[:, None], speed, there

    def heard_s(self, time_s: FloatArray, gap_s: float) -> FloatArray:
        """At each moment, when the last silence before it ended; -inf where none is known."""
        ends = self.time_s[1:][np.diff(self.time_s) > gap_s]
        return np.concatenate([[-math.inf], ends])[np.searchsorted(ends, time_s, side="right")]


@final
class Truth:
    """The newest part of every path."""

    def __init__(self) -> None:
        self.paths: dict[int, TruePath] = {}
        self.known_s = -math.inf  # nothing that is told later is older

    def add(self, who: IntArray, labels: list[str], time_s: FloatArray, pos_m: FloatArray) -> None:
        """Told positions in the order of time; two of one object at one moment count once."""
        order = np.argsort(who, kind="stable")
        borders = np.flatnonzero(np.diff(who[order])) + 1
        for rows in np.split(order, borders):
            number = int(who[rows[0]]) if len(rows) else NOBODY
            if number == NOBODY:
                continue
            old = self.paths.get(number)
            times = time_s[rows] if old is None else np.concatenate([old.time_s, time_s[rows]])
            places = pos_m[rows] if old is None else np.concatenate([old.pos_m, pos_m[rows]])
            first = np.concatenate(([True], np.diff(times) > 0.0))
            self.paths[number] = TruePath(labels[int(rows[0])], times[first], places[first])

    def forget(self, before_s: float) -> None:
        """What says nothing of any moment from `before_s` on."""
        for number, path in list(self.paths.items()):
            if path.time_s[-1] < before_s:
                del self.paths[number]
                continue
            # the report before that moment, and one more: it may have been the last before a silence
            keep = max(int(np.searchsorted(path.time_s, before_s, side="right")) - 2, 0)
            if keep > 256:
                self.paths[number] = TruePath(path.name, path.time_s[keep:].copy(), path.pos_m[keep:].copy())
