"""ADS-B recordings as reports: positions that aircraft told of themselves, from files of receivers and archives.

state      a row of a table: OpenSky state vectors, tables of the traffic library; CSV, JSON (gzip or not), Parquet
raw        Mode S messages as a receiver hears them (Beast format of dump1090); positions follow from pairs of messages
time base  what times are counted from: 1970 (Unix), or the beginning of the day
stray      a report that is left out or put right is counted, by reason

CSV, Parquet and raw messages stream; JSON is read whole (up to the limit of `recording`).
"""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
from numpy.typing import NDArray

from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest import beast, recording
from egide.ingest.reports import DAY_S, REPORT, Recording, Tally, gathered, nothing

__all__ = ["chunks", "load"]

FloatArray = NDArray[np.float64]

_UNIX_FROM_S: Final = 3e8  # earlier than any recording of ADS-B, later than any time of day
_POLE_DEG: Final = 89.9


def load(paths: Sequence[Path | str]) -> Recording:
    """All reports of the files as one table in the order of time, each aircraft once at a time."""
    tally = Tally()
    files = [Path(path) for path in paths]
    found = gathered(files, (part for file in files for part in chunks(file, tally)), tally)
    if not len(found.rows):
        raise nothing(", ".join(str(file) for file in files), tally)
    return found


def chunks(path: Path, tally: Tally, rows: int = 50_000) -> Iterator[NDArray[Any]]:
    """Reports of a file, at most `rows` at a time, in the order of the file. `tally` counts the rest."""
    path = Path(path)
    base, last = _Base(tally), dict[str, float]()
    for columns in _columns(path, tally, rows):
        part = _reports(columns, base, tally)
        part = part[_new(part, last, tally)]
        tally.categories[0] += len(part)
        if len(part):
            yield part


# --- columns of a file -------------------------------------------------------------------------------------------


def _columns(path: Path, tally: Tally, rows: int) -> Iterator[Mapping[str, Any]]:
    """Columns of ours, a chunk at a time."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head == b"PAR1":
            yield from _parquet(path, rows)
        elif head[:1] == b"\x1a":
            yield from beast.columns(path, tally, rows)
        elif not head:
            raise scenario_error(str(path), mark("the recording is empty"), recording.MEND)
        else:
            with _text(path, head) as text:
                first = text.read(1)
                while first.isspace():
                    first = text.read(1)
            if first in ("[", "{"):
                whole = recording.from_json(path, recording.unpacked(path, path.read_bytes()))
                yield recording.renamed(path, whole, more=True)
            else:
                yield from _csv(path, head, rows)
    except FileNotFoundError:
        raise scenario_error(str(path), mark("the recording is not there"), mark("check the path")) from None
    except UnicodeDecodeError:
        raise scenario_error(str(path), mark("this is not text"), recording.MEND) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise scenario_error(
            str(path), mark("the gzip file is broken or cut short"),
            mark("copy or download it again; gzip -t FILE must be silent"),
        ) from None  # fmt: skip


def _text(path: Path, head: bytes) -> TextIO:
    if head[:2] == b"\x1f\x8b":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv(path: Path, head: bytes, rows: int) -> Iterator[Mapping[str, Any]]:
    with _text(path, head) as text:
        table = csv.reader(text)
        names = [name.strip() for name in next(table, [])]
        while part := [row for row in islice(table, rows) if row]:
            columns = {name: [row[i] if i < len(row) else "" for row in part] for i, name in enumerate(names)}
            yield recording.renamed(path, columns, more=True)


def _parquet(path: Path, rows: int) -> Iterator[Mapping[str, Any]]:
    import duckdb

    with duckdb.connect() as database:
        try:
            found = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [column[0] for column in found.description or []]
            while part := found.fetchmany(rows):
                columns = {name: [_plain(row[i]) for row in part] for i, name in enumerate(names)}
                yield recording.renamed(path, columns, more=True)
        except duckdb.Error as error:
            raise scenario_error(
                str(path), mark("the Parquet file is broken or cut short ({why})"), recording.MEND,
                why=str(error).splitlines()[0],
            ) from None  # fmt: skip


def _plain(value: Any) -> Any:
    """What CSV would say: times as text, nothing as nothing."""
    return value.isoformat() if hasattr(value, "isoformat") else value


# --- reports -----------------------------------------------------------------------------------------------------


class _Base:
    """The time base of the first reports: all others must have it too."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.unix: bool | None = None

    def seconds_of_day(self, time_s: FloatArray) -> FloatArray:
        """Seconds from the recording's midnight; NaN, counted, where there is no such time."""
        skipped = self.tally.skipped
        skipped["no-time"] += int((~np.isfinite(time_s)).sum())
        skipped["negative-time"] += int((np.isfinite(time_s) & (time_s < 0.0)).sum())
        good = np.isfinite(time_s) & (time_s >= 0.0)
        if self.unix is None and good.any():
            self.unix = bool(np.mean(time_s[good] >= _UNIX_FROM_S) >= 0.5)
            if self.unix and math.isnan(self.tally.midnight_unix_s):  # else another file has said which day it is
                first = time_s[good & (time_s >= _UNIX_FROM_S)].min()
                self.tally.midnight_unix_s = float(np.floor(first / DAY_S) * DAY_S)
        same = good & ((time_s >= _UNIX_FROM_S) == bool(self.unix))
        skipped["other-time-base"] += int((good & ~same).sum())
        zero = self.tally.midnight_unix_s if self.unix else 0.0
        return np.where(same, time_s - zero, math.nan)


def _reports(columns: Mapping[str, Any], base: _Base, tally: Tally) -> NDArray[Any]:
    """Rows of REPORT from columns; strays are left out and counted."""
    stamps = columns["timestamp"]
    tally.noted["leap-second"] += sum(isinstance(value, str) and ":60" in value for value in stamps)
    values = {name: _numbers(columns.get(name), len(stamps)) for name in
              ("latitude", "longitude", "height", "speed", "heading", "climb", "squawk")}  # fmt: skip
    rows = np.zeros(len(stamps), REPORT)
    rows["time_s"] = base.seconds_of_day(np.array([recording.seconds(value) for value in stamps], float))
    for name in ("received_s", "range_m", "azimuth_rad", "pressure_m"):
        rows[name] = math.nan
    for name in ("sac", "sic", "detection", "track"):
        rows[name] = -1
    rows["latitude_deg"], rows["longitude_deg"] = values["latitude"], values["longitude"]
    rows["height_m"], rows["speed_m_s"], rows["climb_m_s"] = values["height"], values["speed"], values["climb"]
    rows["heading_rad"] = np.radians(values["heading"]) % math.tau
    rows["mode_a"] = [_octal(value) for value in values["squawk"]]
    rows["icao24"] = _words(columns.get("icao24"), len(stamps), lower=True)
    rows["callsign"] = _words(columns.get("callsign"), len(stamps))
    timed = np.isfinite(rows["time_s"])
    placed = np.isfinite(values["latitude"]) & np.isfinite(values["longitude"])
    placed &= (np.abs(values["latitude"]) <= 90.0) & (np.abs(values["longitude"]) <= 360.0)
    tally.skipped["no-position"] += int((timed & ~placed).sum())
    tally.noted["at-the-pole"] += int((timed & placed & (np.abs(values["latitude"]) > _POLE_DEG)).sum())
    good: NDArray[Any] = rows[timed & placed]
    return good


def _numbers(column: Sequence[Any] | None, count: int) -> FloatArray:
    if column is None:
        return np.full(count, math.nan)
    return np.array([recording.number(value) for value in column], float)


def _words(column: Sequence[Any] | None, count: int, lower: bool = False) -> list[str]:
    words = ["" if value is None else str(value).strip() for value in column or [""] * count]
    return ["" if word in ("nan", "None") else word.lower() if lower else word for word in words]


def _octal(value: float) -> int:
    """Mode A from four octal digits written as a number."""
    digits = f"{value:.0f}" if math.isfinite(value) else "-"
    return int(digits, 8) if digits.isdigit() and len(digits) <= 4 and not set(digits) & set("89") else -1


def _new(rows: NDArray[Any], last: dict[str, float], tally: Tally) -> NDArray[np.bool_]:
    """Which rows to keep: one of those that an aircraft is told to have sent at the same moment, one after another.
    Counts those that go back in time, which `load` puts in order."""
    keep = np.ones(len(rows), bool)
    for i, (address, time_s) in enumerate(zip(rows["icao24"].tolist(), rows["time_s"].tolist(), strict=True)):
        before = last.get(address)
        if before == time_s:
            keep[i] = False
            tally.skipped["duplicate"] += 1
            continue
        if before is not None and time_s < before:
            tally.noted["out-of-order"] += 1
        last[address] = time_s
    return keep
