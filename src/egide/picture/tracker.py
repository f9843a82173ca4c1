"""The tracker by itself: plots of any sensors in, scan by scan; tracks out. The engine's pictures use the same kernels.

    tracker = Tracker([Sensor(latitude_rad=0.7, longitude_rad=0.5, range_error_m=50.0, azimuth_error_rad=2e-3)],
    Rules()) tracker.scan(4.0, 0, plots(time_s=..., range_m=..., azimuth_rad=..., elevation_rad=...))
    for track in tracker.tracks(): ...

sensor   one maker of plots: radar with or without height, passive angles, or places told by others (ADS-B, other
         trackers)
scan     all plots of one turn of one sensor; scans come in order of time, sensors in any order
rules    how tracks are started, carried on and dropped; every default says where it comes from
quality  0 to 15: how well a track's place is known now (track_quality)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, final

import numpy as np

from egide.physics.kernels import ecef_from_geodetic, enu_basis
from egide.picture.gate_kernels import NEED_ROOM
from egide.picture.modes_kernels import SPIN_RAD_S
from egide.picture.scan_kernels import continue_tracks, forget, start_tracks
from egide.picture.tables import (
    BEARING,
    BELIEF,
    CHANGE,
    CHEAPEST,
    DIRECTION,
    FIRM,
    FIRST,
    FREE,
    PLACE,
    PLOT,
    RADAR_2D,
    RADAR_3D,
    SENSOR,
    TRACKING,
    WORK,
)  # fmt: skip

__all__ = ["TRACK_VIEW", "Rules", "Sensor", "Tracker", "plots", "scratch", "track_quality"]

Array = np.ndarray[Any, Any]
_PICTURE: Final[Any] = np.int64(0)  # a tracker keeps one picture
KINDS: Final = {
    "radar": RADAR_3D,
    "radar-2d": RADAR_2D,
    "direction": DIRECTION,
    "bearing": BEARING,
    "place": PLACE,
}

TRACK_VIEW: Final = np.dtype([
    ("number", "i8"), ("firm", "?"), ("time_s", "f8"), ("start_s", "f8"), ("hit_s", "f8"), ("hits", "i8"),
    ("misses", "i8"), ("score", "f8"), ("quality", "i8"), ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)),
    ("covariance", "f8", (6, 6)), ("mode_p", "f8", (3,)), ("turn_rad_s", "f8"), ("key", "u8"),
])  # fmt: skip


@final
@dataclass(frozen=True)
class Sensor:
    """One sensor. Angles in radians, errors are standard deviations. kind: radar (range, azimuth, elevation),
    radar-2d (no elevation; a height where one is told and height_error_m is set), direction (azimuth, elevation),
    bearing (azimuth) or place (ECEF positions; range_error_m across the vertical, height_error_m along it).

    Known biases are taken off each plot; the spread of unknown ones is added to its noise. rate_error_m_s 0: no range
    rate. detection and false_plots (mean a scan, over the sector to range_max_m, even over its area) make the odds."""

    kind: Literal["radar", "radar-2d", "direction", "bearing", "place"] = "radar"
    latitude_rad: float = 0.0
    longitude_rad: float = 0.0
    height_m: float = 0.0
    range_error_m: float = 50.0
    azimuth_error_rad: float = 3e-3
    elevation_error_rad: float = 3e-3
    rate_error_m_s: float = 0.0
    height_error_m: float = 0.0
    range_bias_m: float = 0.0
    azimuth_bias_rad: float = 0.0
    elevation_bias_rad: float = 0.0
    range_bias_sd_m: float = 0.0
    azimuth_bias_sd_rad: float = 0.0
    elevation_bias_sd_rad: float = 0.0
    revisit_s: float = 10.0
    range_max_m: float = 400_000.0
    detection: float = 0.9
    false_plots: float = 1.0
    sector_rad: float = 2.0 * math.pi
    span_rad: float = 0.35  # of elevation, in which false plots fall
    rate_span_m_s: float = 1_000.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if not 0.0 < self.detection < 1.0:
            raise ValueError("detection must lie between 0 and 1, both excluded")
        for name in ("revisit_s", "range_max_m", "sector_rad", "span_rad", "rate_span_m_s", "range_error_m"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name} must be above 0")
        if self.kind == "place" and not self.height_error_m > 0.0:
            raise ValueError("places need a height_error_m above 0")

    def row(self) -> Array:
        """The same as a row of the SENSOR table."""
        table = np.zeros(1, SENSOR)
        row = table[0]
        for name in SENSOR.names or ():
            if hasattr(self, name) and name not in ("kind", "height_m"):
                row[name] = getattr(self, name)
        row["kind"] = KINDS[self.kind]
        row["pos_m"] = ecef_from_geodetic(self.latitude_rad, self.longitude_rad, self.height_m)
        basis = enu_basis(self.latitude_rad, self.longitude_rad)
        row["east"], row["north"], row["up"] = basis[0:3], basis[3:6], basis[6:9]
        return table


@final
@dataclass(frozen=True)
class Rules:
    """How tracks are kept. The defaults are assumed: chosen among several on the scenes of benchmarks/tracking.py.
    The turn is left late since straight flight looks like a slow turn. Scores after Blackman and Popoli 1999, 6.2:
    confirmed at odds of 1 000, dropped 9.2 (odds of 10 000) below the cap, which is four misses in a row at Pd 0.9."""

    filter: Literal["imm", "cv"] = "imm"
    gate: float = 25.0  # squared Mahalanobis distance
    cruise_noise_m2_s3: float = 0.2  # white acceleration: gusts and steering
    turn_noise_m2_s3: float = 250.0  # turns begin and end, climb, slow down
    fall_noise_m2_s3: float = 5.0  # drag and thrust left out
    cv_noise_m2_s3: float = 5.0  # of the single filter
    turn_sd_rad_s: float = 0.15  # 3 g at 200 m/s
    turn_life_s: float = 8.0
    turn_most_rad_s: float = 0.35
    cruise_stay_s: float = 150.0
    turn_stay_s: float = 400.0
    fall_stay_s: float = 200.0
    spin_rad_s: float = SPIN_RAD_S  # 0: truth that flies over an Earth that does not turn
    ballistic_speed_m_s: float = 1_000.0
    ballistic_above_m: float = 25_000.0
    level_speed_sd_m_s: float = 250.0  # before anything is known of a target's velocity
    climb_sd_m_s: float = 20.0
    fast_m_s: float = 700.0  # nothing below high_m is looked for beyond it when a track is started
    rocket_m_s: float = 2_200.0
    high_m: float = 15_000.0
    assumed_height_m: float = 7_000.0  # of what a 2-D radar sees
    assumed_height_sd_m: float = 4_000.0
    new_share: float = 0.02  # new targets a scan over false plots a scan
    begin_score: float = -3.0  # least log odds of the two plots that start a track: 1 to 20
    confirm_score: float = math.log(1e3)
    most_score: float = 14.0
    drop_score: float = 4.8
    drop_s: float = 60.0  # without a plot
    drop_sd_m: float = 20_000.0
    confirm_hits: int = 3
    confirm_scans: int = 4
    seed_scans: int = 2

    def row(self) -> Array:
        """The same as the TRACKING table of one row."""
        if self.filter not in ("imm", "cv"):
            raise ValueError(f"filter must be imm or cv, not {self.filter!r}")
        table = np.zeros(1, TRACKING)
        row = table[0]
        for name in TRACKING.names or ():
            if hasattr(self, name):
                row[name] = getattr(self, name)
        imm = self.filter == "imm"
        row["models"] = 3 if imm else 1
        row["noise"] = (self.cruise_noise_m2_s3 if imm else self.cv_noise_m2_s3, self.turn_noise_m2_s3,
                        self.fall_noise_m2_s3)  # fmt: skip
        row["stay_s"] = (self.cruise_stay_s, self.turn_stay_s, self.fall_stay_s)
        row["turn_to"] = ((0.0, 0.9, 0.1), (0.9, 0.0, 0.1), (0.5, 0.5, 0.0))
        row["start_p"] = (0.5, 0.1, 0.4)
        return table


def plots(time_s: Any, **columns: Any) -> Array:
    """A table of plots from columns: range_m, azimuth_rad, elevation_rad, rate_m_s, height_m (told), pos_m (n, 3) for
    places, key (whatever names the target, if known; the tracker does not read it). What is not given is NaN."""
    n = len(np.atleast_1d(time_s))
    table = np.zeros(n, PLOT)
    for name in ("range_m", "azimuth_rad", "elevation_rad", "rate_m_s", "height_m"):
        table[name] = np.nan
    table["time_s"], table["seen_s"], table["mover"], table["track"] = time_s, time_s, -1, -1
    for name, values in columns.items():
        if name not in ("range_m", "azimuth_rad", "elevation_rad", "rate_m_s", "height_m", "pos_m", "key", "mover"):
            raise ValueError(f"a plot has no column {name!r}")
        table[name] = values
    return table


_NEEDED: Final = {
    "radar": ("range_m", "azimuth_rad", "elevation_rad"),
    "radar-2d": ("range_m", "azimuth_rad"),
    "direction": ("azimuth_rad", "elevation_rad"),
    "bearing": ("azimuth_rad",),
    "place": ("pos_m",),
}


def track_quality(covariance: Array, up: Array) -> Array:
    """Grades 0 to 15 of (n, 3, 3) covariances of position about verticals (n, 3): 15 where the circle that holds the
    place with 95 % on the ground has a radius of at most 25 m, one less for each further factor of 1.6, 0 beyond 18
    km. The radius is 2.448 times the root of the larger level eigenvalue (chi-square, two degrees, 95 %), an upper
    bound. Of the kind of Link 16's track quality, which also goes by the accuracy of the place and from 0 to 15; that
    standard's own table is not public and is not meant here."""
    trace_level = np.trace(covariance, axis1=1, axis2=2) - np.einsum("ni,nij,nj->n", up, covariance, up)
    flat = np.eye(3) - up[:, :, None] * up[:, None, :]
    level = flat @ covariance @ flat
    minor = 0.5 * (trace_level**2 - np.einsum("nij,nji->n", level, level))  # product of the two level eigenvalues
    largest = 0.5 * trace_level + np.sqrt(np.maximum(0.25 * trace_level**2 - minor, 0.0))
    radius = 2.448 * np.sqrt(np.maximum(largest, 1e-6))
    return np.clip(15 - np.ceil(np.log(radius / 25.0) / math.log(1.6)), 0, 15).astype(np.int64)


@final
class Tracker:
    """One picture of any number of sensors. Deterministic: the same scans in the same order give the same tracks."""

    def __init__(self, sensors: Sequence[Sensor], rules: Rules | None = None) -> None:
        if not sensors:
            raise ValueError("a tracker needs a sensor")
        self.given = tuple(sensors)
        self.sensors = np.concatenate([sensor.row() for sensor in sensors])
        self.rules = (rules or Rules()).row()
        self.table = np.zeros(64, BELIEF)
        self.high, self.numbers = np.zeros(1, np.int64), np.ones(1, np.int64)  # rows in use, next number
        self.seeds = [np.zeros(64, PLOT) for _ in sensors]
        self.work = np.zeros(1, WORK)
        self.now_s = -math.inf
        self.scans = 0
        self._edges(256)
        self._scratch(64)

    def _edges(self, n: int) -> None:
        self.edge_col, self.edge_cost = np.zeros(n, np.int64), np.zeros(n)

    def _scratch(self, n: int) -> None:
        """Room for n tracks, plots or seeds."""
        self.room = n
        self.whole, self.real, self.heads, self.changes = scratch(n)

    def scan(self, time_s: float, sensor: int, found: Array) -> None:
        """Fold the plots of one scan of the sensor of that row into the picture; each plot's `track` is then the
        number of the track that took it, -1 for none. ValueError where a plot lacks what its sensor measures, or time
        runs back."""
        self._check(time_s, sensor, found)
        self.now_s = time_s
        self.scans += 1
        n = len(found)
        high, now_s = int(self.high[0]), np.float64(time_s)
        most = max(high + n, int(self.sensors[sensor]["seeds"]) + n)
        if high + n > len(self.table):
            self.table = _grown(self.table, 2 * (high + n))
        if int(self.sensors[sensor]["seeds"]) + n > len(self.seeds[sensor]):
            self.seeds[sensor] = _grown(self.seeds[sensor], 2 * (int(self.sensors[sensor]["seeds"]) + n))
        if most > self.room:
            self._scratch(2 * most)
        forget(self.table, self.high[0], self.rules[0], now_s)
        while continue_tracks(
            found, n, self.sensors[sensor], sensor, self.table, self.high[0], self.rules[0], self.work[0], self.whole,
            self.real, self.heads, self.edge_col, self.edge_cost, self.changes, now_s) == NEED_ROOM:  # fmt: skip
            self._edges(2 * len(self.edge_col))
        while start_tracks(
            found, n, self.sensors[sensor], sensor, self.table, self.high, self.numbers, _PICTURE, self.seeds[sensor],
            self.rules[0], self.work[0], self.whole, self.real, self.heads, self.edge_col, self.edge_cost,
            self.changes, now_s) == NEED_ROOM:  # fmt: skip
            self._edges(2 * len(self.edge_col))

    def _check(self, time_s: float, sensor: int, found: Array) -> None:
        if not 0 <= sensor < len(self.given):
            raise ValueError(f"there is no sensor {sensor}")
        if not math.isfinite(time_s) or time_s < self.now_s:
            raise ValueError(f"scans must come in order of time: {time_s} s after {self.now_s} s")
        if found.dtype != PLOT:
            raise ValueError("plots are made by egide.picture.tracker.plots")
        for name in ("time_s", *_NEEDED[self.given[sensor].kind]):
            if not np.isfinite(found[name]).all():
                raise ValueError(f"every plot of this sensor needs a finite {name}")

    def tracks(self, time_s: float | None = None, *, firm: bool = True) -> Array:
        """(n,) TRACK_VIEW in order of number: the firm tracks (all with firm=False), each as of its last plot; with a
        time, positions and errors carried straight on to it, and the quality of then."""
        rows = self.table[: int(self.high[0])]
        rows = rows[rows["state"] == FIRM if firm else rows["state"] != FREE]
        rows = rows[np.argsort(rows["number"])]
        out = np.zeros(len(rows), TRACK_VIEW)
        for name in ("number", "time_s", "start_s", "hit_s", "hits", "misses", "score", "vel_m_s", "mode_p", "key"):
            out[name] = rows[name]
        out["firm"] = rows["state"] == FIRM
        out["turn_rad_s"] = rows["mode_mean"][:, 1, 6] if int(self.rules[0]["models"]) > 1 else 0.0
        dt = np.zeros(len(rows)) if time_s is None else time_s - rows["time_s"]
        out["time_s"] += dt
        out["pos_m"] = rows["pos_m"] + rows["vel_m_s"] * dt[:, None]
        pp, pv, vv = rows["pp"], rows["pv"], rows["vv"]
        ahead, q = dt[:, None, None], float(self.rules[0]["noise"][0])
        noise = np.eye(3) * q * np.abs(ahead)
        out["covariance"][:, :3, :3] = (
            pp + ahead * (pv + pv.swapaxes(1, 2)) + ahead**2 * vv + noise * ahead**2 / 3.0)  # fmt: skip
        out["covariance"][:, :3, 3:] = pv + ahead * vv + noise * ahead / 2.0
        out["covariance"][:, 3:, :3] = out["covariance"][:, :3, 3:].swapaxes(1, 2)
        out["covariance"][:, 3:, 3:] = vv + noise
        size = np.linalg.norm(out["pos_m"], axis=1, keepdims=True)
        out["quality"] = track_quality(out["covariance"][:, :3, :3], out["pos_m"] / np.where(size > 0.0, size, 1.0))
        return out

    @property
    def memory_bytes(self) -> int:
        """What the tables and the scratch take."""
        pairs = self.edge_col.nbytes + self.edge_cost.nbytes
        return pairs + sum(a.nbytes for a in (self.table, *self.seeds, self.whole, self.real, self.heads, self.changes))


def scratch(n: int) -> tuple[Array, Array, Array, Array]:
    """What a scan works on, for n tracks, plots or seeds: whole numbers, real ones, heads of the hash, changes (of all
    tracks, and the beginning and confirmation of as many)."""
    heads = np.zeros(1 << max(4, (2 * n).bit_length()), np.int64)
    return np.zeros((FIRST + 1, n + 1), np.int64), np.zeros((CHEAPEST + 1, n)), heads, np.zeros(3 * n, CHANGE)


def _grown(table: Array, n: int) -> Array:
    out = np.zeros(n, table.dtype)
    out[: len(table)] = table
    return out
