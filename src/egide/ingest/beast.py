"""Raw Mode S messages as a receiver hears them, in the Beast format that dump1090 writes, as columns of positions.

frame      0x1A, a kind, a time stamp (6 bytes, ticks of the receiver's clock), signal (1 byte), message; 0x1A within it
           is written twice
message    2 bytes (mode A and C), 7 or 14 bytes (Mode S); positions are in messages of 14 of format 17 and 18
pair       an aircraft tells half of its position in every other message: a position needs two

Decoding is rs1090's (MIT, by Xavier Olive). pyModeS, which is better known, was under the GPL for long and is not used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest.reports import Tally

__all__ = ["columns", "frames"]

_ESCAPE: Final = 0x1A
_LENGTHS: Final = {0x31: 2, 0x32: 7, 0x33: 14}
_TICKS_PER_S: Final = 12e6
_FOOT_M: Final = 0.3048
_KNOT_M_S: Final = 1852.0 / 3600.0
_EXTENDED: Final = (17, 18)


def frames(file: BinaryIO, tally: Tally) -> Iterator[tuple[float, bytes]]:
    """Time by the receiver's clock and message of each frame. Bytes between frames are counted and passed over."""
    data, more = bytearray(), True
    while more:
        piece = file.read(1 << 20)
        more = bool(piece)
        data += piece
        at = 0
        while at < len(data):
            length = _LENGTHS.get(data[at + 1], 0) if data[at] == _ESCAPE and at + 1 < len(data) else 0
            if not length:
                if data[at] == _ESCAPE and at + 1 >= len(data) and more:
                    break
                tally.skipped["unreadable-bytes"] += 1
                at += 1
                continue
            body, after = _unescaped(data, at + 2, 7 + length)
            if body is None:
                if more:
                    break  # the rest of this frame is in the next piece
                tally.skipped["cut-short"] += 1
                return
            yield int.from_bytes(body[:6], "big") / _TICKS_PER_S, bytes(body[7:])
            at = after
        del data[:at]


def _unescaped(data: bytearray, at: int, count: int) -> tuple[bytearray | None, int]:
    body = bytearray()
    while len(body) < count:
        if at >= len(data) or (data[at] == _ESCAPE and at + 1 >= len(data)):
            return None, at
        body.append(data[at])
        at += 2 if data[at] == _ESCAPE else 1
    return body, at


def columns(path: Path, tally: Tally, rows: int) -> Iterator[Mapping[str, Any]]:
    """Positions, with the last speed and callsign that the same aircraft told."""
    try:
        import rs1090
    except ImportError:
        raise scenario_error(
            str(path), mark("raw Mode S messages need the library rs1090, which is not installed"),
            mark("install it: pip install 'egide[adsb]'"),
        ) from None  # fmt: skip
    told: dict[str, dict[str, Any]] = {}
    halves: list[tuple[float, bytes]] = []  # messages of the piece before: a pair may lie across the border
    with path.open("rb") as file:
        stream = frames(file, tally)
        while part := list(islice(stream, rows)):
            long = [frame for frame in part if len(frame[1]) == 14 and frame[1][0] >> 3 in _EXTENDED]
            tally.skipped["not-a-position"] += len(part) - len(long)
            both = halves + long
            if both:
                found = rs1090.decode([message.hex() for _, message in both], [time_s for time_s, _ in both])
                yield _positions(found[len(halves) :], told, tally)
            halves = both[-1000:]


def _positions(messages: Any, told: dict[str, dict[str, Any]], tally: Tally) -> Mapping[str, Any]:
    names = ("timestamp", "icao24", "callsign", "latitude", "longitude", "height", "speed", "heading", "climb")
    table: dict[str, list[Any]] = {name: [] for name in names}
    for message in messages:
        if not message:
            tally.skipped["unreadable-block"] += 1
            continue
        known = told.setdefault(message["icao24"], {})
        known.update({name: message[name] for name in ("callsign", "groundspeed", "track", "vertical_rate")
                      if message.get(name) is not None})  # fmt: skip
        if message.get("latitude") is None:
            tally.skipped["not-a-position"] += 1
            continue
        altitude = message.get("altitude")
        row = (
            message["timestamp"], message["icao24"], known.get("callsign", ""), message["latitude"],
            message["longitude"], math.nan if altitude is None else altitude * _FOOT_M,
            known.get("groundspeed", math.nan) * _KNOT_M_S, known.get("track", math.nan),
            known.get("vertical_rate", math.nan) * _FOOT_M / 60.0,
        )  # fmt: skip
        for name, value in zip(names, row, strict=True):
            table[name].append(value)
    tally.noted["receiver-clock"] += len(table["timestamp"])
    return table
