"""From reports to scans: who saw what in which turn.

scan     the reports of one sensor in one turn; done at the time of its last report
revisit  time between two reports of one object by one sensor, the median where nothing is said
open     the scan that the next block of reports may still add to
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.recorded.truth import names

__all__ = ["Laid", "Scans", "Site", "gap_s", "revisit_s"]

_SHORTEST_GAP_S: Final = 30.0


@final
@dataclass(frozen=True)
class Site:
    """Where a radar stands."""

    latitude_deg: float
    longitude_deg: float
    height_m: float = 0.0


@final
@dataclass(frozen=True)
class Laid:
    """A radar of the catalogue, laid over the truth at a site."""

    entry: str
    site: Site


def revisit_s(rows: NDArray[Any], otherwise: float) -> float:
    """Median time between two reports of one object, 0.5 s to 60 s."""
    last: dict[str, float] = {}
    steps = []
    for name, time_s in zip(names(rows), rows["time_s"].tolist(), strict=True):
        if name and name in last and time_s > last[name]:
            steps.append(time_s - last[name])
        last[name] = time_s
    return float(np.clip(np.median(steps), 0.5, 60.0)) if steps else otherwise


@final
class Scans:
    """Cuts the reports of one sensor, as they come, into scans: one ends after the revisit time, or when an object
    comes round again. `rows` is any table with `time_s`."""

    def __init__(self, revisit_s: float) -> None:
        self.revisit_s = revisit_s
        self._rows: NDArray[Any] | None = None  # of the open scan
        self._names: list[str] = []

    def add(self, rows: NDArray[Any], words: Sequence[str], until_s: float) -> list[NDArray[Any]]:
        """The scans that these reports end; no later one is older than `until_s`."""
        if self._rows is not None:
            rows, words = np.concatenate([self._rows, rows]), [*self._names, *words]
        cuts, began, here = [0], -math.inf, set[str]()
        for i, (name, time_s) in enumerate(zip(words, rows["time_s"].tolist(), strict=True)):
            if i and (time_s - began >= self.revisit_s or (name and name in here)):
                cuts.append(i)
                here = set()
            if i == cuts[-1]:
                began = time_s
            here.add(name)
        if until_s - began >= self.revisit_s:
            cuts.append(len(rows))
        self._rows, self._names = rows[cuts[-1] :].copy(), list(words[cuts[-1] :])
        return [rows[a:b] for a, b in pairwise(cuts) if b > a]

    def next_s(self, until_s: float) -> float:
        """No scan to come ends before this moment."""
        return until_s if self._rows is None or not len(self._rows) else float(self._rows["time_s"][-1])


def gap_s(revisit: float) -> float:
    """How long truth may be silent and still be known between."""
    return max(_SHORTEST_GAP_S, 4.0 * revisit)
