"""Reports of a recording: one table for radar plots, system tracks and ADS-B, and the account of what was left out.

report      one row: when, who told it, where, and what was said of the object; NaN, -1 or '' where nothing was
time_s      seconds of the UTC day on which the recording begins; goes on past 86 400 over midnight
midnight_unix_s   that day's beginning in Unix seconds; NaN where the file does not know its day
skipped     reports and bytes that were left out, by reason
noted       reports that were kept although something was put right or looks odd, by reason
source      who told it: the pair (SAC, SIC) of ASTERIX; (-1, -1) for others
category    of ASTERIX; 0 for others
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.errors import ScenarioError, scenario_error
from egide.i18n import mark

__all__ = ["DAY_S", "REASONS", "REPORT", "DayClock", "Recording", "Seen", "Tally", "gathered", "nothing"]

DAY_S: Final = 86_400.0

REPORT: Final = np.dtype([
    ("time_s", "f8"), ("received_s", "f8"),  # received: by the capture's clock, Unix seconds
    ("category", "i2"), ("sac", "i2"), ("sic", "i2"),
    ("detection", "i2"),  # ASTERIX I048/020 TYP: 0 none (coasted), 1 primary, 2 secondary, 3 both, 4 to 7 with Mode S
    ("range_m", "f8"), ("azimuth_rad", "f8"),  # from the radar, slant range, clockwise from its north
    ("latitude_deg", "f8"), ("longitude_deg", "f8"),
    ("height_m", "f8"), ("pressure_m", "f8"),  # geometric, as told; pressure altitude in the standard atmosphere
    ("speed_m_s", "f8"), ("heading_rad", "f8"), ("climb_m_s", "f8"),  # over ground, clockwise from north
    ("mode_a", "i4"), ("track", "i4"),  # mode 3/A as the number that its four octal digits write
    ("icao24", "U6"), ("callsign", "U8"),
])  # fmt: skip

REASONS: Final[Mapping[str, str]] = {
    "cut-short": mark("the end of the file is missing"),
    "not-udp": mark("packets that carry no UDP datagram"),
    "fragment": mark("packets that are fragments of a datagram"),
    "unreadable-bytes": mark("bytes that begin no data block"),
    "unreadable-block": mark("data blocks that no edition of their category reads"),
    "category": mark("data blocks of a category that is not read"),
    "service": mark("service messages (categories 034 and 065)"),
    "test-target": mark("simulated and test targets"),
    "no-time": mark("reports without a time"),
    "time-out-of-day": mark("reports with a time of day past 86 401 s"),
    "leap-second": mark("reports inside a leap second"),
    "negative-time": mark("reports with a negative time"),
    "other-time-base": mark("reports in another time base than the file's first ones"),
    "clock-apart": mark("reports of a source whose clock is more than five minutes from the others"),
    "no-position": mark("reports without a usable position"),
    "at-the-pole": mark("reports within 0.1 degrees of a pole"),
    "duplicate": mark("reports that repeat another"),
    "out-of-order": mark("reports out of order, put in order"),
    "other-edition": mark("data blocks read by another edition of their category"),
    "not-a-position": mark("messages that tell no position"),
    "receiver-clock": mark("reports whose time is the receiver's own clock, not UTC"),
}


@final
@dataclass
class Tally:
    """What was left out and what was put right, counted while files stream by, and the day that they share."""

    skipped: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    categories: Counter[int] = field(default_factory=Counter)  # data blocks or reports by category
    midnight_unix_s: float = math.nan


@final
@dataclass(frozen=True, eq=False)
class Recording:
    """Reports of one or several files in the order of their time."""

    rows: NDArray[Any]  # of REPORT
    skipped: Mapping[str, int]
    noted: Mapping[str, int]
    categories: Mapping[int, int]
    midnight_unix_s: float
    files: tuple[str, ...]


@final
class DayClock:
    """Times of day, made to go on over midnight: each is put on the day that brings it nearest to the capture's clock,
    or, where there is none, to the last report of its source, or of anybody."""

    APART_S: Final = 300.0

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._last: dict[Any, float] = {}
        self._latest = math.nan
        self._apart: set[Any] = set()

    def place(self, source: Any, time_of_day_s: float, received_s: float) -> float:
        """Seconds of the recording's first day. Counts what is out of order, in a leap second, or far from others."""
        tally = self.tally
        if time_of_day_s >= DAY_S:
            tally.noted["leap-second"] += 1
        if math.isnan(self._latest):
            if math.isfinite(received_s) and math.isnan(tally.midnight_unix_s):
                tally.midnight_unix_s = DAY_S * round((received_s - time_of_day_s) / DAY_S)
            self._latest = time_of_day_s
        near = received_s - tally.midnight_unix_s if math.isfinite(received_s) else math.nan
        if math.isnan(near):
            near = self._last.get(source, self._latest)
        time_s = time_of_day_s + DAY_S * round((near - time_of_day_s) / DAY_S)
        last = self._last.get(source)
        if last is None and abs(time_s - near) > self.APART_S:
            self._apart.add(source)
        if source in self._apart:
            tally.noted["clock-apart"] += 1
        if last is not None and time_s < last:
            tally.noted["out-of-order"] += 1
        self._last[source] = time_s
        self._latest = time_s
        return time_s


@final
class Seen:
    """Whether a report came before, among the last hundred thousand."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._known: OrderedDict[Any, None] = OrderedDict()

    def before(self, report: Any) -> bool:
        if report in self._known:
            self._known.move_to_end(report)
            return True
        self._known[report] = None
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return False


def gathered(files: Iterable[Path], parts: Iterator[NDArray[Any]], tally: Tally) -> Recording:
    """All parts as one table in the order of time; equal times keep the order of the file."""
    names = tuple(Path(file).name for file in files)
    whole = [part for part in parts if len(part)]
    rows = np.concatenate(whole) if whole else np.zeros(0, REPORT)
    rows = rows[np.argsort(rows["time_s"], kind="stable")]
    return Recording(
        rows, _kept(tally.skipped), _kept(tally.noted), dict(sorted(tally.categories.items())), tally.midnight_unix_s,
        names,
    )  # fmt: skip


def _kept(counts: Counter[str]) -> dict[str, int]:
    return {why: count for why, count in sorted(counts.items()) if count}


def nothing(place: str, tally: Tally) -> ScenarioError:
    """The error for a file that holds no report, with what it holds instead."""
    left = ", ".join(f"{why} {count}" for why, count in sorted(tally.skipped.items()) if count) or "-"
    return scenario_error(
        place, mark("no report could be read from this recording (left out: {left})"),
        mark("give ASTERIX category 021, 048 or 062, or ADS-B positions; `docs/recordings.md` lists what is read"),
        left=left,
    )  # fmt: skip
