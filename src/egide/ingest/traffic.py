"""Recorded air traffic: positions of aircraft from a file to flights on the scenario's clock.

recording   rows with timestamp, icao24, callsign, latitude, longitude, altitude (ft); JSON or CSV, gzip or not;
            OpenSky state vectors (time, lat, lon, geoaltitude in metres) are read too
window      a stretch of the recording, moved to the scenario: shifted in time and place, and scaled about its middle
flight      one aircraft under one callsign without a gap longer than GAP_S: a polyline in time
dropped     how many rows were thrown away, and why; rows out of order are put in order and counted too

A shift in place turns the sphere as a rigid body about the middle of the recording, so that distances, speeds and turns
stay as they were flown; a shift of degrees alone would stretch them by the cosine of the latitude.
Heights are as broadcast (pressure altitude), taken for heights above sea level. Recorded files only, nothing live.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M
from egide.errors import scenario_error
from egide.ingest import recording

__all__ = ["GAP_S", "Flight", "Traffic", "Window", "load"]

FloatArray = npt.NDArray[np.float64]

GAP_S: Final = 120.0
_FASTEST_M_S: Final = 400.0  # no airliner is faster over the ground, jet stream with it
_SLACK_M: Final = 500.0  # positions are rounded and delayed by some hundred metres
_STEEPEST_M_S: Final = 75.0
_SLACK_UP_M: Final = 100.0
_SHORTEST_S: Final = 30.0


@final
@dataclass(frozen=True)
class Window:
    """What to take from a recording, and where and when to put it."""

    from_utc: datetime
    until_utc: datetime
    shift_deg: tuple[float, float] = (0.0, 0.0)  # latitude, longitude
    scale: float = 1.0  # of distances from the middle of the recording; speeds scale with it
    at_s: float = 0.0  # scenario clock at from_utc


@final
@dataclass(frozen=True, eq=False)
class Flight:
    """One aircraft's polyline, times ascending on the scenario's clock."""

    callsign: str
    icao24: str
    time_s: FloatArray
    latitude_deg: FloatArray
    longitude_deg: FloatArray
    height_m: FloatArray


@final
@dataclass(frozen=True, eq=False)
class Traffic:
    """Flights in the order of their first time, then of their icao24; `dropped` counts rows by reason."""

    flights: tuple[Flight, ...]
    rows: int
    dropped: Mapping[str, int]
    source: str
    sha256: str


def load(path: Path, windows: Sequence[Window], keep_m: float = 50.0, limit: int | None = None) -> Traffic:
    """Flights of a recording in the windows, thinned so that no recorded position is further than `keep_m` (half of it
    in height) from the polyline at its time. At most `limit` flights, those of most rows."""
    path = Path(path)
    table, sha256 = recording.read(path)
    dropped: Counter[str] = Counter()
    tracks = _tracks(table, dropped)
    if not tracks:
        raise scenario_error(str(path), "no row holds a usable position", recording.MEND)
    middle = _middle(tracks)
    flights: list[Flight] = []
    for window in windows:
        flights += _in_window(path, tracks, window, middle, keep_m)
    if limit is not None and len(flights) > limit:
        flights = sorted(flights, key=lambda f: -f.time_s.size)[:limit]
    flights.sort(key=lambda f: (float(f.time_s[0]), f.icao24, f.callsign))
    return Traffic(
        tuple(flights), len(table["time"]), {why: count for why, count in dropped.items() if count}, path.name, sha256
    )


# --- cleaning ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Track:
    callsign: str
    icao24: str
    points: FloatArray  # time_s (unix), latitude_deg, longitude_deg, height_m


def _tracks(table: Mapping[str, list[Any]], dropped: Counter[str]) -> list[_Track]:
    """Clean pieces of flight, by aircraft in order of icao24, then of time."""
    points = np.column_stack(
        [np.array([recording.number(v) for v in table[name]]) for name in ("time", "latitude", "longitude", "height")]
    )
    good = np.isfinite(points).all(axis=1) & (np.abs(points[:, 1]) <= 90.0) & (np.abs(points[:, 2]) <= 360.0)
    dropped["no-position"] += int(np.sum(~good))
    aircraft: dict[str, list[int]] = {}
    for i in np.flatnonzero(good):
        aircraft.setdefault(_word(table["icao24"][i]).lower(), []).append(int(i))
    tracks = []
    for icao24, rows in sorted(aircraft.items()):
        own = points[rows]
        dropped["out-of-order"] += int(np.sum(np.diff(own[:, 0]) < 0.0))  # put in order, not thrown away
        order = np.argsort(own[:, 0], kind="stable")
        own = own[order]
        first = np.concatenate(([True], np.diff(own[:, 0]) > 0.0))
        dropped["duplicate"] += int(np.sum(~first))
        signs = _signs([_word(table["callsign"][rows[i]]) for i in order[first]])
        kept = _without_spikes(own[first], dropped)
        own, signs = own[first][kept], [sign for sign, keep in zip(signs, kept, strict=True) if keep]
        for piece in _pieces(own, signs):
            if own[piece][-1, 0] - own[piece][0, 0] >= _SHORTEST_S:
                tracks.append(_Track(signs[piece.start], icao24, own[piece]))
            else:
                dropped["too-short"] += len(own[piece])
    return tracks


def _word(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text in ("nan", "None") else text


def _signs(signs: list[str]) -> list[str]:
    """Callsigns with the blanks filled from the row before, or after for the first ones: not every message has one."""
    known = next((sign for sign in signs if sign), "")
    filled = []
    for sign in signs:
        known = sign or known
        filled.append(known)
    return filled


def _too_far(a: FloatArray, b: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether no aircraft gets from a to b in the time between."""
    lag = np.abs(b[:, 0] - a[:, 0])
    north = np.radians(b[:, 1] - a[:, 1])
    east = np.radians((b[:, 2] - a[:, 2] + 180.0) % 360.0 - 180.0) * np.cos(np.radians(0.5 * (a[:, 1] + b[:, 1])))
    far = EARTH_RADIUS_M * np.hypot(north, east) > _FASTEST_M_S * lag + _SLACK_M
    steep = np.abs(b[:, 3] - a[:, 3]) > _STEEPEST_M_S * lag + _SLACK_UP_M
    wrong: npt.NDArray[np.bool_] = far | steep
    return wrong


def _without_spikes(points: FloatArray, dropped: Counter[str]) -> npt.NDArray[np.bool_]:
    """Which rows to keep: a row that cannot be reached from its neighbours, while they can from each other, is a spike.
    Three rounds, so that a spike of up to three rows goes."""
    kept = np.ones(len(points), bool)
    for _ in range(3):
        own = points[kept]
        if len(own) < 3:
            break
        jump = _too_far(own[:-1], own[1:])
        around = ~_too_far(own[:-2], own[2:])
        spike = np.zeros(len(own), bool)
        spike[1:-1] = jump[:-1] & jump[1:] & around
        spike[0] = jump[0] and not jump[1]
        spike[-1] = jump[-1] and not jump[-2]
        if not spike.any():
            break
        dropped["spike"] += int(spike.sum())
        kept[np.flatnonzero(kept)[spike]] = False
    return kept


def _pieces(points: FloatArray, signs: Sequence[str]) -> Iterable[slice]:
    """Stretches without a gap, a jump that cleaning left, or another callsign."""
    if not len(points):
        return
    changed = np.array([a != b for a, b in itertools.pairwise(signs)], bool)
    cuts = np.flatnonzero((np.diff(points[:, 0]) > GAP_S) | _too_far(points[:-1], points[1:]) | changed) + 1
    edges = [0, *(int(cut) for cut in cuts), len(points)]
    for start, stop in itertools.pairwise(edges):
        yield slice(start, stop)


# --- placing -----------------------------------------------------------------------------------------------------


def _middle(tracks: Sequence[_Track]) -> tuple[float, float]:
    """Middle latitude and longitude of everything recorded."""
    everything = np.concatenate([track.points for track in tracks])
    lat, lon = everything[:, 1], everything[:, 2]
    return float(lat.min() + lat.max()) / 2.0, float(lon.min() + lon.max()) / 2.0


def _in_window(
    path: Path, tracks: Sequence[_Track], window: Window, middle: tuple[float, float], keep_m: float
) -> list[Flight]:
    start, end = window.from_utc.timestamp(), window.until_utc.timestamp()
    flights = []
    for track in tracks:
        points = track.points[(track.points[:, 0] >= start) & (track.points[:, 0] <= end)]
        if len(points) < 2:
            continue
        time_s = window.at_s + points[:, 0] - start
        lat, lon = _moved(points[:, 1], points[:, 2], middle, window.shift_deg, window.scale)
        kept = _thinned(time_s, lat, lon, points[:, 3], keep_m)
        flights.append(Flight(track.callsign, track.icao24, time_s[kept], lat[kept], lon[kept], points[kept, 3]))
    if not flights:
        first = min(float(track.points[0, 0]) for track in tracks)
        last = max(float(track.points[-1, 0]) for track in tracks)
        raise scenario_error(
            str(path), "nothing was recorded between {start} and {end}", "the recording runs from {first} to {last}",
            start=_instant(start), end=_instant(end), first=_instant(first), last=_instant(last),
        )  # fmt: skip
    return flights


def _instant(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _frame(lat_deg: float, lon_deg: float) -> FloatArray:
    """Rows east, north, up."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    return np.array(
        [
            [-math.sin(lon), math.cos(lon), 0.0],
            [-math.sin(lat) * math.cos(lon), -math.sin(lat) * math.sin(lon), math.cos(lat)],
            [math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)],
        ]
    )


def _unit(lat_deg: FloatArray, lon_deg: FloatArray) -> FloatArray:
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _moved(
    lat_deg: FloatArray, lon_deg: FloatArray, middle: tuple[float, float], shift_deg: tuple[float, float], scale: float
) -> tuple[FloatArray, FloatArray]:
    """The sphere turned so that the middle goes to its shifted place with north still north there."""
    if shift_deg == (0.0, 0.0) and scale == 1.0:
        return lat_deg, lon_deg
    local = _unit(lat_deg, lon_deg) @ _frame(*middle).T
    across = np.hypot(local[:, 0], local[:, 1])
    angle = np.arctan2(across, local[:, 2]) * scale
    stretch = np.sin(angle) / np.where(across > 0.0, across, 1.0)
    local = np.stack([local[:, 0] * stretch, local[:, 1] * stretch, np.cos(angle)], axis=-1)
    to_lat, to_lon = middle[0] + shift_deg[0], middle[1] + shift_deg[1]
    placed = local @ _frame(to_lat, to_lon)
    lon = np.degrees(np.arctan2(placed[:, 1], placed[:, 0]))
    return np.degrees(np.arcsin(np.clip(placed[:, 2], -1.0, 1.0))), to_lon + (lon - to_lon + 180.0) % 360.0 - 180.0


def _thinned(
    time_s: FloatArray, lat_deg: FloatArray, lon_deg: FloatArray, height_m: FloatArray, keep_m: float
) -> npt.NDArray[np.intp]:
    """Rows to keep: Douglas and Peucker (1973) on the distance between where the aircraft was and where the polyline, a
    great circle between kept rows, has it at the same time. Height counts double."""
    ground = _unit(lat_deg, lon_deg) * EARTH_RADIUS_M
    up = 2.0 * height_m
    kept = {0, len(time_s) - 1}
    waiting = [(0, len(time_s) - 1)]
    while waiting:
        a, b = waiting.pop()
        if b - a < 2:
            continue
        inner = slice(a + 1, b)
        share = (time_s[inner] - time_s[a]) / (time_s[b] - time_s[a])
        chord = ground[a] + share[:, None] * (ground[b] - ground[a])
        chord *= (EARTH_RADIUS_M / np.linalg.norm(chord, axis=1))[:, None]
        off = np.linalg.norm(ground[inner] - chord, axis=1) + np.abs(up[inner] - up[a] - share * (up[b] - up[a]))
        worst = int(np.argmax(off))
        if off[worst] > keep_m:
            middle = a + 1 + worst
            kept.add(middle)
            waiting += [(a, middle), (middle, b)]
    return np.array(sorted(kept), np.intp)
