"""Recordings in ASTERIX, EUROCONTROL's format of surveillance data, as reports.

category 048   plots and tracks of one radar, polar about it
category 062   system tracks of a centre, WGS 84
category 021   ADS-B reports of a ground station, WGS 84
category 034, 065   service messages of the two: counted and passed over
edition        version of a category's specification; a block is tried with the newest first
record         one report; a data block holds one or several of one category

Decoding is libasterix's (MIT, by Zoran Bošnjak); this module chooses editions and items. A file streams: one chunk of
reports and one packet are in memory at any time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest.capture import Block, blocks
from egide.ingest.reports import DAY_S, REPORT, DayClock, Recording, Seen, Tally, gathered, nothing

__all__ = ["READ", "SERVICE", "chunks", "editions", "load"]

READ: Final = (21, 48, 62)
SERVICE: Final = (34, 65)

_NM_M: Final = 1852.0
_FL_M: Final = 30.48
_FOOT_M: Final = 0.3048
_MINUTE_S: Final = 60.0

Edition = tuple[int, int]


def load(
    paths: Sequence[Path | str], use: Mapping[int, str] | None = None, sources: Iterable[tuple[int, int]] | None = None
) -> Recording:
    """All reports of the files as one table in the order of time. `use`: an edition by category, as {21: "0.26"};
    `sources`: keep these (SAC, SIC) only."""
    tally = Tally()
    files = [Path(path) for path in paths]
    clock, seen = DayClock(tally), Seen()  # one for all files: a recording goes on from one to the next
    found = gathered(files, (p for file in files for p in chunks(file, tally, use=use, clock=clock, seen=seen)), tally)
    if not len(found.rows):
        raise nothing(", ".join(str(file) for file in files), tally)
    if sources is None:
        return found
    wanted = set(sources)
    kept = [tuple(pair) in wanted for pair in zip(found.rows["sac"].tolist(), found.rows["sic"].tolist(), strict=True)]
    return Recording(found.rows[kept], found.skipped, found.noted, found.categories, found.midnight_unix_s, found.files)


def chunks(
    path: Path,
    tally: Tally,
    rows: int = 50_000,
    use: Mapping[int, str] | None = None,
    clock: DayClock | None = None,
    seen: Seen | None = None,
) -> Iterator[NDArray[Any]]:
    """Reports of a file, at most `rows` at a time, in the order of the file. `tally` counts the rest."""
    choices = {category: _choices(str(path), category, (use or {}).get(category)) for category in READ}
    clock, seen = clock or DayClock(tally), seen or Seen()
    waiting: list[tuple[Any, ...]] = []
    for block in blocks(Path(path), tally):
        tally.categories[block.category] += 1
        if block.category in SERVICE:
            tally.skipped["service"] += 1
        elif block.category not in READ:
            tally.skipped["category"] += 1
        else:
            for record in _records(block, choices[block.category], tally):
                row = _report(block, record, clock, seen, tally)
                if row is not None:
                    waiting.append(row)
            if len(waiting) >= rows:
                yield np.array(waiting, REPORT)
                waiting = []
    if waiting:
        yield np.array(waiting, REPORT)


# --- editions ----------------------------------------------------------------------------------------------------


@cache
def _library() -> Any:
    try:
        from asterix import base, generated
    except ImportError:
        raise scenario_error(
            "libasterix", mark("ASTERIX recordings need the library libasterix, which is not installed"),
            mark("install it: pip install 'egide[asterix]'"),
        ) from None  # fmt: skip
    return base, generated


def editions(category: int) -> list[str]:
    """The editions of a category that can be read, newest first."""
    return [_word(spec.cv_edition) for spec in reversed(_library()[1].manifest["CATS"].get(category, []))]


def _word(edition: Edition) -> str:
    return f"{edition[0]}.{edition[1]}"


def _choices(place: str, category: int, edition: str | None) -> list[Any]:
    """Specifications to try, in this order."""
    found = list(reversed(_library()[1].manifest["CATS"][category]))
    if edition is None:
        return found
    chosen = [spec for spec in found if _word(spec.cv_edition) == edition]
    if not chosen:
        raise scenario_error(
            place, mark("category {category} has no edition {edition} here"), mark("write one of: {expected}"),
            category=f"{category:03d}", edition=edition, expected=", ".join(editions(category)),
        )  # fmt: skip
    return chosen


def _records(block: Block, choices: Sequence[Any], tally: Tally) -> list[Any]:
    """The records of a block by the first edition that reads it whole; else those before the one that none reads."""
    base, _ = _library()
    bits = base.Bits.from_bytes(block.records)
    for spec in choices:
        found = spec.cv_uap.parse(bits)
        if not isinstance(found, ValueError):
            if spec is not choices[0]:
                tally.noted["other-edition"] += 1
            return list(found)
    tally.skipped["unreadable-block"] += 1
    kept = []
    while len(bits):
        one = choices[0].cv_record.parse(base.ParsingMode.StrictParsing, bits)
        if isinstance(one, ValueError):
            break
        record, bits = one
        kept.append(record)
    return kept


# --- items -------------------------------------------------------------------------------------------------------


def _content(record: Any, item: str, *path: str) -> Any:
    """The content of an item or of a part of it; None where the record or its edition does not have it."""
    found = record.items_regular.get(item)
    for name in path:
        if found is None:
            return None
        try:
            found = found.variation.get_item(name)
        except (AttributeError, ValueError):
            return None  # this edition has no such part
    return None if found is None else found.variation.content


def _amount(record: Any, unit_si: float, item: str, *path: str) -> float:
    content = _content(record, item, *path)
    return math.nan if content is None else float(content.as_quantity()) * unit_si


def _whole(record: Any, item: str, *path: str) -> int:
    content = _content(record, item, *path)
    return -1 if content is None else int(content.as_uint())


def _text(record: Any, item: str, *path: str) -> str:
    content = _content(record, item, *path)
    return "" if content is None else str(content.as_string()).strip()


def _address(record: Any, item: str, *path: str) -> str:
    number = _whole(record, item, *path)
    return "" if number < 0 else f"{number:06x}"


def _octal(record: Any, item: str) -> int:
    """Mode 3/A, unless it is marked as not validated or garbled."""
    flags = [_whole(record, item, name) for name in ("V", "G")]
    return -1 if 1 in flags else _whole(record, item, "MODE3A")


def _first(*values: float) -> float:
    return next((value for value in values if math.isfinite(value)), math.nan)


def _radar(record: Any) -> dict[str, Any]:
    good = _whole(record, "090", "V") != 1 and _whole(record, "090", "G") != 1
    return {
        "time": _amount(record, 1.0, "140"),
        "test": _whole(record, "020", "SIM") == 1 or _whole(record, "020", "TST") == 1,
        "detection": _whole(record, "020", "TYP"),
        "range_m": _amount(record, _NM_M, "040", "RHO"),
        "azimuth_rad": _amount(record, math.pi / 180.0, "040", "THETA"),
        "height_m": _amount(record, _FOOT_M, "110", "3DH"),
        "pressure_m": _amount(record, _FL_M, "090", "FL") if good else math.nan,
        "speed_m_s": _amount(record, _NM_M, "200", "GSP"),
        "heading_rad": _amount(record, math.pi / 180.0, "200", "HDG"),
        "mode_a": _octal(record, "070"), "track": _whole(record, "161", "TRN"),
        "icao24": _address(record, "220"), "callsign": _text(record, "240"),
    }  # fmt: skip


def _system(record: Any) -> dict[str, Any]:
    east, north = _amount(record, 1.0, "185", "VX"), _amount(record, 1.0, "185", "VY")
    return {
        "time": _amount(record, 1.0, "070"),
        "test": _whole(record, "080", "SIM") == 1,
        "latitude_deg": _amount(record, 1.0, "105", "LAT"), "longitude_deg": _amount(record, 1.0, "105", "LON"),
        "height_m": _amount(record, _FOOT_M, "130"), "pressure_m": _amount(record, _FL_M, "136"),
        "speed_m_s": math.hypot(east, north), "heading_rad": math.atan2(east, north) % math.tau,
        "climb_m_s": _amount(record, _FOOT_M / _MINUTE_S, "220"),
        "mode_a": _octal(record, "060"), "track": _whole(record, "040"),
        "icao24": _address(record, "380", "ADR"),
        "callsign": _text(record, "380", "ID") or _text(record, "245", "CHR"),
    }  # fmt: skip


def _ads_b(record: Any) -> dict[str, Any]:
    ways = [(("131", "LAT"), ("131", "LON")), (("130", "LAT"), ("130", "LON"))]
    places = [(_amount(record, 1.0, *lat), _amount(record, 1.0, *lon)) for lat, lon in ways]
    lat, lon = next((place for place in places if math.isfinite(sum(place))), (math.nan, math.nan))
    climb = [_amount(record, _FOOT_M / _MINUTE_S, item, part) for item, part in (("157", "GVR"), ("155", "BVR"))]
    return {
        "time": _first(*(_amount(record, 1.0, item) for item in ("071", "073", "030", "077"))),
        "test": _whole(record, "040", "SIM") == 1 or _whole(record, "040", "TST") == 1,
        "latitude_deg": lat, "longitude_deg": lon,
        "height_m": _amount(record, _FOOT_M, "140"), "pressure_m": _amount(record, _FL_M, "145"),
        "speed_m_s": _amount(record, _NM_M, "160", "GS"),
        "heading_rad": _amount(record, math.pi / 180.0, "160", "TA"), "climb_m_s": _first(*climb),
        "mode_a": _whole(record, "070", "MODE3A"), "track": _whole(record, "161", "TRNUM"),
        "icao24": _address(record, "080"), "callsign": _text(record, "170"),
    }  # fmt: skip


_ITEMS: Final[Mapping[int, Callable[[Any], dict[str, Any]]]] = {21: _ads_b, 48: _radar, 62: _system}
_EMPTY: Final = {name: {"f": math.nan, "i": -1, "U": ""}[REPORT[name].kind] for name in REPORT.names or ()}


def _report(block: Block, record: Any, clock: DayClock, seen: Seen, tally: Tally) -> tuple[Any, ...] | None:
    """A row of REPORT; None, counted, for a record that is none."""
    if seen.before((block.category, record.unparse().to_bytes())):
        tally.skipped["duplicate"] += 1
        return None
    said = _ITEMS[block.category](record)
    time_s, test = said.pop("time"), said.pop("test")
    if test or math.isnan(time_s) or time_s >= DAY_S + 1.0:
        tally.skipped["test-target" if test else "no-time" if math.isnan(time_s) else "time-out-of-day"] += 1
        return None
    where = ("range_m", "azimuth_rad") if block.category == 48 else ("latitude_deg", "longitude_deg")
    if not all(math.isfinite(said[name]) for name in where) or abs(said.get("latitude_deg", 0.0)) > 90.0:
        tally.skipped["no-position"] += 1
        return None
    if abs(said.get("latitude_deg", 0.0)) > 89.9:
        tally.noted["at-the-pole"] += 1
    sac, sic = _whole(record, "010", "SAC"), _whole(record, "010", "SIC")
    placed = clock.place((block.category, sac, sic), time_s, block.received_s)
    row = {
        **_EMPTY, **said, "time_s": placed, "received_s": block.received_s, "category": block.category,
        "sac": sac, "sic": sic,
    }  # fmt: skip
    return tuple(row[name] for name in REPORT.names or ())
