"""From reports to scans: who saw what in which turn, and where what was told really was.

path     one object's told positions in the order of time, ECEF
revisit  time between two reports of one object by one sensor, the median where nothing is said
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest import adsb, asterix
from egide.ingest.reports import DAY_S, Recording
from egide.physics import geodesy

__all__ = ["Laid", "Scan", "Site", "TruePath", "names", "places", "read", "revisit_s", "scans", "true_paths"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_TABLES: Final = (".csv", ".json", ".gz", ".parquet")
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


@final
@dataclass(frozen=True)
class Scan:
    """Rows of one sensor in one turn; done at `time_s`, the last of them."""

    time_s: float
    rows: IntArray


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
        span = self.time_s[after] - self.time_s[before]
        there = (time_s >= self.time_s[0]) & (time_s <= self.time_s[-1]) & (span <= gap_s)
        speed = (self.pos_m[after] - self.pos_m[before]) / span[:, None]
        return self.pos_m[before] + speed * (time_s - self.time_s[before])[:, None], speed, there


def read(paths: Sequence[Path | str], editions: Mapping[int, str] | None = None) -> Recording:
    """All files as one recording: tables and raw messages of ADS-B, and ASTERIX, told apart by name and first byte."""
    files = [Path(path) for path in paths]
    tables = [file for file in files if _is_table(file)]
    others = [file for file in files if file not in tables]
    if not files:
        raise scenario_error("egide track", mark("no recording is named"), mark("name one file or more"))
    parts = []
    if tables:
        parts.append(adsb.load(tables))
    if others:
        parts.append(asterix.load(others, use=editions))
    return parts[0] if len(parts) == 1 else _together(*parts)


def _is_table(file: Path) -> bool:
    if file.suffix.lower() in _TABLES:
        return True
    try:
        with file.open("rb") as opened:
            return opened.read(1) == b"\x1a"
    except OSError:
        return False  # said in words by the reader


def _together(a: Recording, b: Recording) -> Recording:
    """Two recordings on the clock of the first. One that does not know its day is taken for the same day."""
    shift = b.midnight_unix_s - a.midnight_unix_s
    later = b.rows.copy()
    later["time_s"] += 0.0 if math.isnan(shift) else shift
    rows = np.concatenate([a.rows, later])
    rows = rows[np.argsort(rows["time_s"], kind="stable")]
    midnight = b.midnight_unix_s if math.isnan(a.midnight_unix_s) else a.midnight_unix_s
    counts = [{why: one.get(why, 0) + two.get(why, 0) for why in {**one, **two}}
              for one, two in ((a.skipped, b.skipped), (a.noted, b.noted))]  # fmt: skip
    categories = {number: a.categories.get(number, 0) + b.categories.get(number, 0)
                  for number in sorted({*a.categories, *b.categories})}  # fmt: skip
    return Recording(rows, counts[0], counts[1], categories, midnight, a.files + b.files)


def names(rows: NDArray[Any]) -> list[str]:
    """Who each report is of, as far as it says: its address, else its source's track number, else nobody. A table
    without addresses is one aircraft's own log."""
    return [
        address or (f"{category:03d}/{sac}/{sic}/{number}" if number >= 0 else "" if category else "own log")
        for address, category, sac, sic, number in zip(
            *(rows[name].tolist() for name in ("icao24", "category", "sac", "sic", "track")), strict=True
        )
    ]


def places(rows: NDArray[Any]) -> FloatArray:
    """(n, 3) ECEF of told positions; where no height is told, the last of the same object, else the sea's."""
    height = np.where(np.isnan(rows["height_m"]), rows["pressure_m"], rows["height_m"])
    last: dict[str, float] = {}
    for i, name in enumerate(names(rows)):
        height[i] = last[name] = last.get(name, 0.0) if math.isnan(height[i]) else height[i]
    return np.column_stack(geodesy.to_ecef(rows["latitude_deg"], rows["longitude_deg"], height))


def true_paths(rows: NDArray[Any], pos_m: FloatArray) -> list[TruePath]:
    """Told positions by object, in order of name; two at one moment count once."""
    found: dict[str, list[int]] = {}
    for i, name in enumerate(names(rows)):
        found.setdefault(name, []).append(i)
    paths = []
    for name, own in sorted(found.items()):
        times = rows["time_s"][own]
        first = np.concatenate(([True], np.diff(times) > 0.0))
        paths.append(TruePath(name, times[first], pos_m[own][first]))
    return paths


def revisit_s(rows: NDArray[Any], otherwise: float) -> float:
    """Median time between two reports of one object, 0.5 s to 60 s."""
    last: dict[str, float] = {}
    steps = []
    for name, time_s in zip(names(rows), rows["time_s"].tolist(), strict=True):
        if name and name in last and time_s > last[name]:
            steps.append(time_s - last[name])
        last[name] = time_s
    return float(np.clip(np.median(steps), 0.5, 60.0)) if steps else otherwise


def scans(rows: NDArray[Any], revisit: float) -> Iterator[Scan]:
    """Rows in turns: a turn ends after the revisit time, or when an object comes round again."""
    began, here, inside = -math.inf, set[str](), list[int]()
    for i, (name, time_s) in enumerate(zip(names(rows), rows["time_s"].tolist(), strict=True)):
        if inside and (time_s - began >= revisit or (name and name in here)):
            yield Scan(float(rows["time_s"][inside[-1]]), np.array(inside))
            here, inside = set(), []
        if not inside:
            began = time_s
        here.add(name)
        inside.append(i)
    if inside:
        yield Scan(float(rows["time_s"][inside[-1]]), np.array(inside))


def gap_s(revisit: float) -> float:
    """How long truth may be silent and still be known between."""
    return max(_SHORTEST_GAP_S, 4.0 * revisit)


def day_of(recording: Recording) -> float:
    """Unix seconds of the recording's first report; NaN where it does not know its day."""
    return recording.midnight_unix_s + float(recording.rows["time_s"][0]) % DAY_S
