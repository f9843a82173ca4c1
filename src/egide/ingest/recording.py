"""A recording of aircraft positions, as columns: whatever the file calls them and whoever compressed it.

column   time (Unix seconds), icao24, callsign, latitude, longitude (degrees), height (metres)
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from egide.errors import scenario_error
from egide.i18n import mark

__all__ = ["FOOT_M", "MEND", "from_json", "number", "read", "renamed", "seconds", "unpacked"]

MEND: Final = mark(
    "give JSON or CSV, gzip or not, with timestamp, icao24, callsign, latitude, longitude and altitude in feet"
)

FOOT_M: Final = 0.3048
_KNOT_M_S: Final = 1852.0 / 3600.0
_MOST_BYTES: Final = 1_000_000_000

# a column of ours -> what files call it, and the factor to our unit
_NAMES: Final[Mapping[str, Mapping[str, float]]] = {
    "timestamp": {"timestamp": 1.0, "time": 1.0},
    "icao24": {"icao24": 1.0},
    "callsign": {"callsign": 1.0},
    "latitude": {"latitude": 1.0, "lat": 1.0},
    "longitude": {"longitude": 1.0, "lon": 1.0},
    "height": {"altitude": FOOT_M, "geoaltitude": 1.0, "baroaltitude": 1.0},
}
_MORE: Final[Mapping[str, Mapping[str, float]]] = {  # what a reader of reports takes where it is; SI and degrees
    "timestamp": {
        "lastposupdate": 1.0,
        **_NAMES["timestamp"],
    },  # a state vector repeats a position until a new one comes
    "icao24": _NAMES["icao24"],
    "height": {**_NAMES["height"], "altitude (m)": 1.0},
    "speed": {"groundspeed": _KNOT_M_S, "velocity": 1.0, "speed": 1.0},
    "heading": {"track": 1.0, "heading": 1.0},
    "climb": {"vertical_rate": FOOT_M / 60.0, "vertrate": 1.0},
    "squawk": {"squawk": 1.0},
}


def read(path: Path) -> tuple[dict[str, list[Any]], str]:
    """The columns, all of one length, and the sha256 of the file."""
    packed = _bytes(path)
    return _table(path, unpacked(path, packed)), hashlib.sha256(packed).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise scenario_error(
            str(path), "the recording is not there", "check the path; it starts at the scenario's folder"
        ) from None
    except OSError as error:
        raise scenario_error(str(path), "the recording cannot be read ({why})", why=error.strerror or error) from None


def unpacked(path: Path, packed: bytes) -> str:
    """The text of a file, gzip or not."""
    try:
        plain = packed
        if packed[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(packed)) as file:
                plain = file.read(_MOST_BYTES + 1)
        if len(plain) > _MOST_BYTES:
            raise scenario_error(
                str(path), "the recording unpacks to more than {most} bytes", "cut it", most=_MOST_BYTES
            )
        text = plain.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error):
        raise scenario_error(
            str(path), "the gzip file is broken or cut short", "copy or download it again; gzip -t FILE must be silent"
        ) from None
    except UnicodeDecodeError:
        raise scenario_error(str(path), "this is not text", MEND) from None
    if not text.strip():
        raise scenario_error(str(path), "the recording is empty", MEND)
    return text


def _table(path: Path, text: str) -> dict[str, list[Any]]:
    """Columns of ours, as they stand in the file."""
    table = renamed(path, from_json(path, text) if text.lstrip()[0] in "[{" else _csv(text))
    if not table["timestamp"]:
        raise scenario_error(str(path), "the recording has no rows", MEND)
    table["time"] = [seconds(value) for value in table.pop("timestamp")]
    return table


def renamed(path: Path, columns: Mapping[str, list[Any]], more: bool = False) -> dict[str, list[Any]]:
    """The file's columns under our names and in our units. `more`: speed, heading and the like too where they are; an
    aircraft's address and height may then be missing."""
    table: dict[str, list[Any]] = {}
    missing = []
    for name, others in {**_NAMES, **(_MORE if more else {})}.items():
        found = next((other for other in others if other in columns), None)
        if found is not None:
            factor, values = others[found], columns[found]
            table[name] = values if factor == 1.0 else [number(value) * factor for value in values]
        elif name == "callsign":
            table[name] = [""] * len(next(iter(columns.values()), []))
        elif name == "timestamp" or not (more and name in _MORE):
            missing.append(next(iter(others)))
    if missing:
        raise scenario_error(
            str(path), "the recording lacks the columns {missing}; it has {found}", MEND,
            missing=", ".join(missing), found=", ".join(columns) or "-",
        )  # fmt: skip
    return table


def from_json(path: Path, text: str) -> dict[str, list[Any]]:
    """Records [{...}, ...] or columns {name: [...]} or {name: {row: value}}."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise scenario_error(
            f"{path}:{error.lineno}:{error.colno}", "this is not JSON, or it is cut short ({why})", MEND, why=error.msg
        ) from None
    if isinstance(document, list) and all(isinstance(row, dict) for row in document):
        names: dict[str, None] = {}
        for row in document:
            names.update(dict.fromkeys(row))
        return {name: [row.get(name) for row in document] for name in names}
    if isinstance(document, dict):
        columns = {k: list(v.values()) if isinstance(v, dict) else v for k, v in document.items()}
        if all(isinstance(v, list) for v in columns.values()) and len({len(v) for v in columns.values()}) == 1:
            return columns
    raise scenario_error(str(path), "the JSON is neither a list of rows nor a table of columns", MEND)


def _csv(text: str) -> dict[str, list[Any]]:
    rows = csv.reader(io.StringIO(text))
    names = [name.strip() for name in next(rows)]
    filled = [row for row in rows if row]
    return {name: [row[i] if i < len(row) else "" for row in filled] for i, name in enumerate(names)}


def number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def seconds(value: Any) -> float:
    """Unix seconds from a number (milliseconds and finer are told by their size) or an ISO 8601 text; NaN otherwise."""
    found = number(value)
    if math.isnan(found):
        text = str(value)
        leap = ":60" in text  # a leap second is told as second 60: the second after 59
        try:
            when = datetime.fromisoformat(text.replace(":60", ":59") if leap else text)
        except ValueError:
            return math.nan
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() + leap
    while 1e11 < abs(found) < math.inf:
        found /= 1e3
    return found
