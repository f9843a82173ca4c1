"""The first of two passes: every report read, sorted into the spool, and what the second must know beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

from numpy.typing import NDArray

from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest import adsb, asterix
from egide.ingest.reports import DAY_S, DayClock, Seen, Tally, nothing
from egide.recorded.spool import Spool

__all__ = ["RADAR", "Recorded", "plots_of", "read"]

RADAR: Final = 48  # the category of radar plots
_TABLES: Final = (".csv", ".json", ".gz", ".parquet")


@final
@dataclass
class Recorded:
    """What was read and what was left out, and the reports themselves on the spool."""

    spool: Spool
    files: tuple[str, ...]
    skipped: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    categories: dict[int, int] = field(default_factory=dict)
    midnight_unix_s: float = math.nan
    first_s: float = math.inf
    last_s: float = -math.inf
    told: int = 0  # reports of positions
    first_told_s: float = math.inf
    last_told_s: float = -math.inf
    radars: dict[tuple[int, int], float] = field(default_factory=dict)  # (SAC, SIC) -> farthest plot, m

    @property
    def reports(self) -> int:
        return self.spool.rows

    @property
    def day_unix_s(self) -> float:
        """Unix seconds of the first report; NaN where the recording does not know its day."""
        return self.midnight_unix_s + self.first_s % DAY_S

    def add(self, part: NDArray[Any]) -> None:
        self.spool.add(part)
        times = part["time_s"]
        self.first_s, self.last_s = min(self.first_s, float(times.min())), max(self.last_s, float(times.max()))
        told = times[part["category"] != RADAR]
        if len(told):
            self.told += len(told)
            self.first_told_s = min(self.first_told_s, float(told.min()))
            self.last_told_s = max(self.last_told_s, float(told.max()))
        plots = plots_of(part)
        for sac, sic in {*zip(plots["sac"].tolist(), plots["sic"].tolist(), strict=True)}:
            own = plots["range_m"][(plots["sac"] == sac) & (plots["sic"] == sic)]
            self.radars[sac, sic] = max(self.radars.get((sac, sic), 0.0), float(own.max()))


def plots_of(rows: NDArray[Any]) -> NDArray[Any]:
    """Radar plots among reports. Coasted ones are none: the radar's tracker spoke, not the radar."""
    kept: NDArray[Any] = rows[(rows["category"] == RADAR) & (rows["detection"] != 0)]
    return kept


def read(paths: Sequence[Path | str], spool: Spool, editions: Mapping[int, str] | None = None) -> Recorded:
    """All files as one recording: tables and raw messages of ADS-B, and ASTERIX, told apart by name and first byte.
    The clock is that of the tables; what does not know its day is taken for the same day."""
    files = [Path(path) for path in paths]
    if not files:
        raise scenario_error("egide track", mark("no recording is named"), mark("name one file or more"))
    tables = [file for file in files if _is_table(file)]
    others = [file for file in files if file not in tables]
    found = Recorded(spool, tuple(file.name for file in [*tables, *others]))
    for own, chunks in ((tables, _tables), (others, _blocks)):
        tally, before = Tally(), spool.rows
        for part in chunks(own, tally, editions):
            shift = tally.midnight_unix_s - found.midnight_unix_s
            if not math.isnan(shift):
                part["time_s"] += shift
            found.add(part)
        if own and spool.rows == before:
            raise nothing(", ".join(str(file) for file in own), tally)
        if math.isnan(found.midnight_unix_s):
            found.midnight_unix_s = tally.midnight_unix_s
        _count(found, tally)
    return found


def _tables(files: Sequence[Path], tally: Tally, _: Mapping[int, str] | None) -> Iterator[NDArray[Any]]:
    for file in files:
        yield from adsb.chunks(file, tally)


def _blocks(files: Sequence[Path], tally: Tally, editions: Mapping[int, str] | None) -> Iterator[NDArray[Any]]:
    clock, seen = DayClock(tally), Seen()  # one for all files: a recording goes on from one to the next
    for file in files:
        yield from asterix.chunks(file, tally, use=editions, clock=clock, seen=seen)


def _count(found: Recorded, tally: Tally) -> None:
    for kept, counts in ((found.skipped, tally.skipped), (found.noted, tally.noted)):
        for why, count in sorted(counts.items()):
            if count:
                kept[why] = kept.get(why, 0) + count
    for number, count in sorted(tally.categories.items()):
        found.categories[number] = found.categories.get(number, 0) + count


def _is_table(file: Path) -> bool:
    if file.suffix.lower() in _TABLES:
        return True
    try:
        with file.open("rb") as opened:
            return opened.read(1) == b"\x1a"
    except OSError:
        return False  # said in words by the reader
