"""A tracked recording as a run bundle: what can be read, mapped and replayed like a run, although nobody simulated it.

network   a picture      radar   a sensor      mover   an object whose positions were told
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from egide import __version__, cache, events
from egide.physics import geodesy
from egide.recorded.run import Picture, Result
from egide.recorded.scans import day_of
from egide.recorded.summary import MEASURES, measures
from egide.store import schema
from egide.store.writer import Writer, machine

__all__ = ["document", "keep"]

_LONGEST_PART: Final = 64  # characters of a name


def keep(result: Result, target: Path, force: bool = False, begun_s: float | None = None) -> Path:
    """Write the bundle and return its folder. Pictures are its networks; the one replication is the recording."""
    begun_s = time.perf_counter() if begun_s is None else begun_s
    start_s = float(result.recording.rows["time_s"][0])
    objects, rows = _objects(result), _Rows(result)
    with Writer(target, force) as writer:
        writer.static("objects", objects)
        writer.static("routes", _routes(result, rows, start_s))
        for name in ("assumptions", "reach", "terrain"):
            writer.static(name, {column.name: np.array([]) for column in schema.STATIC[name]})
        writer.rows("plots", {0: _plots(result, rows, start_s)})
        writer.rows("tracks", {0: _tracks(result, start_s)})
        whole = document(result)["pictures"]
        writer.rows("measures", {0: _first_measures(whole)})
        return writer.commit(_about(result, whole, start_s, time.perf_counter() - begun_s), _text(result), MEASURES)


def document(result: Result) -> dict[str, Any]:
    """What was read, what was left out, and the measures of each picture."""
    recording = result.recording
    return {
        "files": list(recording.files),
        "reports": len(recording.rows),
        "first_s": float(recording.rows["time_s"][0]),
        "last_s": float(recording.rows["time_s"][-1]),
        "categories": {f"{number:03d}": count for number, count in recording.categories.items()},
        "skipped": dict(recording.skipped),
        "noted": dict(recording.noted),
        "radars_without_a_site": list(result.notes),
        "cutoff_m": result.order.cutoff_m,
        "pictures": [{"name": picture.name, "sensors": picture.sensors,
                      "measures": measures(picture, result.order.cutoff_m)} for picture in result.pictures],
    }  # fmt: skip


def _first_measures(pictures: list[dict[str, Any]]) -> dict[str, NDArray[np.float64]]:
    """The bundle has one row a replication: that of the first picture; the manifest has them all."""
    found = pictures[0]["measures"] if pictures else dict.fromkeys(MEASURES, math.nan)
    return {name: np.array([found[name]]) for name in MEASURES}


class _Rows:
    """Row numbers of objects and sensors in the bundle."""

    def __init__(self, result: Result) -> None:
        names = [path.name for picture in result.pictures for path in picture.truth]
        self.mover = {name: row for row, name in enumerate(dict.fromkeys(names))}
        self.radar: list[int] = []  # first sensor of each picture
        self.paths = {path.name: path for picture in result.pictures for path in picture.truth}
        count = 0
        for picture in result.pictures:
            self.radar.append(count)
            count += len(picture.sensors)


def _objects(result: Result) -> dict[str, NDArray[Any]]:
    table: dict[str, list[Any]] = {column.name: [] for column in schema.STATIC["objects"]}
    blank: dict[str, Any] = {column.name: "" if column.dtype == "text" else math.nan
                             for column in schema.STATIC["objects"]}  # fmt: skip

    def add(kind: str, row: int, name: str, **more: Any) -> None:
        values = {**blank, "kind": kind, "row": row, "name": name, "label_en": name, "label_fr": name,
                  "notional": False, **more}  # fmt: skip
        for column, value in values.items():
            table[column].append(value)

    for name, row in _Rows(result).mover.items():
        add("mover", row, name[:_LONGEST_PART], **{"class": "aircraft", "relation": "neutral"})
    count = 0
    for number, picture in enumerate(result.pictures):
        add("network", number, picture.name)
        for sensor, site in zip(picture.sensors, picture.sites, strict=True):
            place = {} if site is None else asdict(site)
            add("radar", count, sensor, network=picture.name, notional=picture.name == "laid radars", **place)
            count += 1
    return {name: np.array(column, object) for name, column in table.items()}


def _routes(result: Result, rows: _Rows, start_s: float) -> dict[str, Any]:
    parts = []
    for name, row in rows.mover.items():
        path = rows.paths[name]
        lat, lon, height = geodesy.from_ecef(*path.pos_m.T)
        parts.append(np.column_stack([np.full(len(path.time_s), row), path.time_s - start_s, lat, lon, height]))
    whole = np.concatenate(parts) if parts else np.zeros((0, 5))
    names = [column.name for column in schema.STATIC["routes"]]
    return {name: whole[:, i] for i, name in enumerate(names)}


def _plots(result: Result, rows: _Rows, start_s: float) -> NDArray[Any]:
    tables = []
    for number, picture in enumerate(result.pictures):
        for found, sensor, whose in zip(picture.plots, picture.sensor_of, picture.whose, strict=True):
            table = np.zeros(len(found), events.PLOT)
            for name in ("range_m", "azimuth_rad", "elevation_rad"):
                table[name] = found[name]
            table["time_s"], table["snr_db"] = found["seen_s"] - start_s, math.nan
            table["rate_m_s"], table["height_m"], table["objects"] = math.nan, math.nan, 1
            table["radar"], table["network"], table["track"] = rows.radar[number] + sensor, number, found["track"]
            table["mover"] = [rows.mover.get(name, -1) for name in whose]
            tables.append(table)
    whole = np.concatenate(tables) if tables else np.zeros(0, events.PLOT)
    return whole[np.argsort(whole["time_s"], kind="stable")]


def _tracks(result: Result, start_s: float) -> NDArray[Any]:
    tables = [_samples(picture, number, start_s) for number, picture in enumerate(result.pictures)]
    whole = np.concatenate([*tables, np.zeros(0, events.TRACK_ROW)])
    return whole[np.argsort(whole["time_s"], kind="stable")]


def _samples(picture: Picture, number: int, start_s: float) -> NDArray[Any]:
    """A row a firm track and sample: `firm` where it is the first, `drop` where it is the last before the end."""
    if not picture.samples:
        return np.zeros(0, events.TRACK_ROW)
    found = np.concatenate([tracks for _, tracks in picture.samples])
    table = np.zeros(len(found), events.TRACK_ROW)
    lat, lon, height = geodesy.from_ecef(*found["pos_m"].T)
    table["latitude_deg"], table["longitude_deg"], table["height_m"] = lat, lon, height
    a, b = np.radians(lat), np.radians(lon)
    east = np.column_stack([-np.sin(b), np.cos(b), np.zeros_like(b)])
    north = np.column_stack([-np.sin(a) * np.cos(b), -np.sin(a) * np.sin(b), np.cos(a)])
    speed_e, speed_n = (np.einsum("ij,ij->i", found["vel_m_s"], axis) for axis in (east, north))
    table["speed_m_s"] = np.linalg.norm(found["vel_m_s"], axis=1)
    table["heading_deg"] = np.degrees(np.arctan2(speed_e, speed_n)) % 360.0
    table["sigma_m"] = np.sqrt(np.trace(found["covariance"][:, :3, :3], axis1=1, axis2=2))
    table["time_s"], table["network"], table["track"] = found["time_s"] - start_s, number, found["number"]
    table["mover"], table["event"], table["identity"] = -1, events.T_UPDATE, events.ID_PENDING
    first = np.unique(found["number"], return_index=True)[1]
    last = len(found) - 1 - np.unique(found["number"][::-1], return_index=True)[1]
    alive = picture.samples[-1][0]
    table["event"][[i for i in last if found["time_s"][i] < alive]] = events.T_DROP
    table["event"][first] = events.T_FIRM
    return table


def _about(result: Result, pictures: list[dict[str, Any]], start_s: float, wall_s: float) -> dict[str, Any]:
    recording, order = result.recording, result.order
    whole = document(result) | {"pictures": _plain(pictures)}
    digest = hashlib.sha256()
    for file in order.files:
        with Path(file).open("rb") as opened:
            while piece := opened.read(1 << 20):
                digest.update(piece)
    day = day_of(recording)
    return {
        "egide": __version__,
        "scenario": {
            "name": " + ".join(recording.files), "title": "", "question": "", "sha256": digest.hexdigest(),
            "alternative": None,
            "start": None if math.isnan(day) else datetime.fromtimestamp(day, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "duration_s": float(recording.rows["time_s"][-1]) - start_s,
        },
        "recording": whole,
        "tracking": "recording", "sets": [], "seed": order.seed, "point": 0,
        "replications": {"asked": 1, "done": [[0, 0]]}, "complete": True, "detail": [0], "terrain": {},
        "notes": [], "versions": {"egide": __version__, "numpy": np.__version__}, "machine": machine(),
        "wall_s": round(wall_s, 3), "engine_s": round(wall_s, 3), "kernels": cache.kernels_hash(),
    }  # fmt: skip


def _plain(pictures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """NaN has no place in JSON."""
    return [
        picture | {"measures": {name: x if math.isfinite(x) else None for name, x in picture["measures"].items()}}
        for picture in pictures
    ]


def _text(result: Result) -> str:
    """In place of a scenario: what was tracked, as YAML that no command takes for a scenario."""
    return "# a tracked recording, not a scenario\nrecording: " + json.dumps(list(result.recording.files)) + "\n"
