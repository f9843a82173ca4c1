"""A tracked recording as a run bundle: what can be read, mapped and replayed like a run, although nobody simulated it.

network   a picture      radar   a sensor      mover   an object whose positions were told
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import __version__, cache, events
from egide.physics import geodesy
from egide.recorded.run import Order, Result, track
from egide.recorded.summary import MEASURES, document
from egide.recorded.truth import NOBODY
from egide.store import schema
from egide.store.growing import Growing
from egide.store.parts import as_columns as columns_of
from egide.store.writer import Writer, machine

__all__ = ["keep"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LONGEST_PART: Final = 64  # characters of a name
_ROWS: Final = 50_000  # held before they are written
_STEP_S: Final = 60.0  # no plot is longer under way than a scan, and no scan longer than the longest revisit


def keep(order: Order, target: Path, force: bool = False) -> tuple[Result, Path]:
    """Track, and write the bundle as it comes. Pictures are its networks; the one replication is the recording."""
    begun_s = time.perf_counter()
    with Writer(target, force) as writer:
        sink = _Bundle(writer)
        result = track(order, sink)
        sink.close(result)
        writer.static("objects", _objects(result))
        for name in ("assumptions", "reach", "terrain"):
            writer.static(name, {column.name: np.array([]) for column in schema.STATIC[name]})
        whole = document(result)
        writer.rows("measures", {0: _first_measures(whole["pictures"])})
        about = _about(result, whole, time.perf_counter() - begun_s)
        return result, writer.commit(about, _text(result), MEASURES)


def _first_measures(pictures: list[dict[str, Any]]) -> dict[str, NDArray[np.float64]]:
    """The bundle has one row a replication: that of the first picture; the manifest has them all."""
    found = pictures[0]["measures"] if pictures else dict.fromkeys(MEASURES, math.nan)
    return {name: np.array([found[name]]) for name in MEASURES}


# --- tables that grow --------------------------------------------------------------------------------------------


@final
class _Ordered:
    """Rows of several pictures, written in the order of time. None comes that is older than the newest by a step."""

    def __init__(self, table: Growing) -> None:
        self._table = table
        self._held: list[NDArray[Any]] = []
        self._count = 0

    def add(self, rows: NDArray[Any]) -> None:
        self._held.append(rows)
        self._count += len(rows)
        if self._count >= 2 * _ROWS:
            self._write(max(float(rows["time_s"].max(initial=-math.inf)) - _STEP_S, -math.inf))

    def _write(self, before_s: float) -> None:
        if not self._held:
            return
        whole = np.concatenate(self._held)
        whole = whole[np.argsort(whole["time_s"], kind="stable")]
        n = int(np.searchsorted(whole["time_s"], before_s))
        if n:
            self._table.add(columns_of(whole[:n]))
        self._held, self._count = [whole[n:].copy()], len(whole) - n

    def close(self) -> None:
        self._write(math.inf)


@final
class _Bundle:
    """What goes by, as rows of the bundle, from the recording's first report."""

    def __init__(self, writer: Writer) -> None:
        self._routes = writer.growing("routes")
        self._plots, self._tracks = _Ordered(writer.growing("plots")), _Ordered(writer.growing("tracks"))
        self._start_s = math.nan
        self._last: dict[int, NDArray[Any]] = {}  # of a picture's newest sample: rows may be the last of theirs

    def begin(self, start_s: float, sensors: Sequence[int]) -> None:
        self._start_s = start_s
        self._radar = [int(n) for n in np.cumsum([0, *sensors])[:-1]]  # first sensor of each picture

    def told(self, objects: IntArray, time_s: FloatArray, pos_m: FloatArray) -> None:
        own = objects != NOBODY
        lat, lon, height = geodesy.from_ecef(*pos_m[own].T)
        names = [column.name for column in schema.STATIC["routes"]]
        columns = (objects[own], time_s[own] - self._start_s, lat, lon, height)
        self._routes.add(dict(zip(names, columns, strict=True)))

    def plots(self, picture: int, sensor: int, found: NDArray[Any], objects: IntArray) -> None:
        table = np.zeros(len(found), events.PLOT)
        for name in ("range_m", "azimuth_rad", "elevation_rad", "track"):
            table[name] = found[name]
        table["time_s"], table["snr_db"] = found["seen_s"] - self._start_s, math.nan
        table["rate_m_s"], table["height_m"], table["objects"] = math.nan, math.nan, 1
        table["radar"], table["network"], table["mover"] = self._radar[picture] + sensor, picture, objects
        self._plots.add(table)

    def sample(self, picture: int, time_s: float, tracks: NDArray[Any]) -> None:
        """A row a firm track and sample: `firm` where it is the first, `drop` where it is the last before the end."""
        table = self._rows(picture, tracks)
        before = self._last.get(picture)
        if before is not None:
            gone = ~np.isin(before["track"], table["track"]) & (before["event"] == events.T_UPDATE)
            before["event"][gone] = events.T_DROP
            table["event"][np.isin(table["track"], before["track"])] = events.T_UPDATE
            self._tracks.add(before)
        self._last[picture] = table

    def _rows(self, picture: int, found: NDArray[Any]) -> NDArray[Any]:
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
        table["time_s"], table["network"], table["track"] = found["time_s"] - self._start_s, picture, found["number"]
        table["mover"], table["event"], table["identity"] = NOBODY, events.T_FIRM, events.ID_PENDING
        return table

    def close(self, result: Result) -> None:
        for table in self._last.values():
            self._tracks.add(table)
        self._plots.close()
        self._tracks.close()


def _objects(result: Result) -> dict[str, NDArray[Any]]:
    table: dict[str, list[Any]] = {column.name: [] for column in schema.STATIC["objects"]}
    blank: dict[str, Any] = {column.name: "" if column.dtype == "text" else math.nan
                             for column in schema.STATIC["objects"]}  # fmt: skip

    def add(kind: str, row: int, name: str, **more: Any) -> None:
        values = {**blank, "kind": kind, "row": row, "name": name, "label_en": name, "label_fr": name,
                  "notional": False, **more}  # fmt: skip
        for column, value in values.items():
            table[column].append(value)

    for row, name in enumerate(result.objects):
        add("mover", row, name[:_LONGEST_PART], **{"class": "aircraft", "relation": "neutral"})
    count = 0
    for number, picture in enumerate(result.pictures):
        add("network", number, picture.name)
        for sensor, site in zip(picture.sensors, picture.sites, strict=True):
            place = {} if site is None else asdict(site)
            add("radar", count, sensor, network=picture.name, notional=picture.notional, **place)
            count += 1
    return {name: np.array(column, object) for name, column in table.items()}


# --- the manifest ------------------------------------------------------------------------------------------------


def _about(result: Result, whole: dict[str, Any], wall_s: float) -> dict[str, Any]:
    recording, order = result.recording, result.order
    whole = whole | {"pictures": _plain(whole["pictures"])}
    digest = hashlib.sha256()
    for file in order.files:
        with Path(file).open("rb") as opened:
            while piece := opened.read(1 << 20):
                digest.update(piece)
    day = recording.day_unix_s
    return {
        "egide": __version__,
        "scenario": {
            "name": " + ".join(recording.files), "title": "", "question": "", "sha256": digest.hexdigest(),
            "alternative": None,
            "start": None if math.isnan(day) else datetime.fromtimestamp(day, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "duration_s": recording.last_s - recording.first_s,
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
