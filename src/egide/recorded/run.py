"""Scan by scan through the tracker, and the score against what was told.

order     what to track and how: files, sites, errors, radars to lay over truth
sample    a moment at which tracks and truth are compared: the end of a scan, at most one a revisit
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis.track_metrics import Gospa, Paths, Siap, gospa_over_time, siap
from egide.errors import scenario_error
from egide.i18n import mark
from egide.ingest.reports import Recording
from egide.recorded import laid as laying
from egide.recorded.scans import Laid, Site, TruePath, gap_s, names, places, read, revisit_s, scans, true_paths

__all__ = ["Order", "Picture", "Result", "track"]

FloatArray = NDArray[np.float64]

RADAR: Final = 48
_PLACE_REVISIT_S: Final = 5.0
_RADAR_REVISIT_S: Final = 4.0


@final
@dataclass(frozen=True)
class Order:
    """What to do. Errors are standard deviations."""

    files: Sequence[Path]
    editions: Mapping[int, str] = field(default_factory=dict)
    sites: Mapping[tuple[int, int], Site] = field(default_factory=dict)  # of recorded radars, by (SAC, SIC)
    sensors: Sequence[Laid] = ()
    noise_m: float = 0.0  # added to told positions, and taken for their error
    position_error_m: float = 100.0  # of told positions, where no noise is added: times in whole seconds, mostly
    range_error_m: float = 70.0  # of recorded radars
    azimuth_error_rad: float = math.radians(0.08)
    height_error_m: float = 60.0  # of a pressure altitude taken for a height
    rcs_m2: float = 10.0  # of everything, for radars that are laid
    cutoff_m: float = 1000.0
    seed: int = 1


@final
@dataclass
class Picture:
    """What one tracker came to."""

    name: str
    sensors: list[str]
    sites: list[Site | None]
    plots: list[NDArray[Any]] = field(default_factory=list)  # the tracker's plot tables, with the track that took each
    sensor_of: list[int] = field(default_factory=list)  # of each of these tables
    whose: list[list[str]] = field(default_factory=list)
    samples: list[tuple[float, NDArray[Any]]] = field(default_factory=list)  # time and firm tracks
    truth: list[TruePath] = field(default_factory=list)
    gap_s: float = 30.0
    flights: int = 0  # stretches of truth without a silence longer than gap_s
    scans: int = 0
    gospa: list[Gospa] = field(default_factory=list)
    siap: Siap | None = None

    @property
    def taken(self) -> int:
        """Plots that a track took."""
        return int(sum(np.sum(table["track"] >= 0) for table in self.plots))

    @property
    def numbers(self) -> set[int]:
        """Numbers of the tracks that were ever firm at a sample."""
        return {int(number) for _, tracks in self.samples for number in tracks["number"]}


@final
@dataclass(frozen=True)
class Result:
    """A recording and its pictures."""

    order: Order
    recording: Recording
    pictures: list[Picture]
    notes: list[str]


def track(order: Order) -> Result:
    """Read, track, score. ScenarioError, in words, for what the user can mend."""
    recording = read(order.files, order.editions)
    rows = recording.rows
    told = rows[rows["category"] != RADAR]
    plots = rows[rows["category"] == RADAR]
    plots = plots[plots["detection"] != 0]  # coasted: the radar's tracker spoke, not the radar
    notes: list[str] = []
    jobs: list[_Job] = []
    here = places(told) if len(told) else np.zeros((0, 3))
    truth = true_paths(told, here)
    if order.sensors:
        if not truth:
            raise scenario_error(
                "egide track", mark("there is no truth to lay a sensor over"),
                mark("give a recording of positions: ADS-B, or ASTERIX category 021 or 062"),
            )  # fmt: skip
        jobs.append(_laid(order, truth, revisit_s(told, _PLACE_REVISIT_S)))
    elif len(told):
        jobs.append(_told(order, told, here, truth))
    jobs += _radars(order, plots, truth, notes)
    return Result(order, recording, [_run(job, order) for job in jobs], notes)


# --- what each tracker is given ----------------------------------------------------------------------------------


@dataclass
class _Job:
    picture: Picture
    sensors: list[Any]
    scans: list[tuple[float, int, NDArray[Any], list[str]]]  # time, sensor, plots, whose


def _tracker() -> Any:
    return importlib.import_module("egide.picture.tracker")


def _told(order: Order, rows: NDArray[Any], here: FloatArray, truth: list[TruePath]) -> _Job:
    """Told positions as plots of one sensor that measures places."""
    kernels, revisit = _tracker(), revisit_s(rows, _PLACE_REVISIT_S)
    error_m = order.noise_m or order.position_error_m
    draw = np.random.default_rng((order.seed, 0))
    seen = here + order.noise_m * draw.standard_normal(here.shape)
    whose = names(rows)
    turns = []
    for scan in scans(rows, revisit):
        found = kernels.plots(rows["time_s"][scan.rows], pos_m=seen[scan.rows])
        turns.append((scan.time_s, 0, found, [whose[i] for i in scan.rows]))
    sensor = kernels.Sensor(
        kind="place", range_error_m=error_m, height_error_m=error_m, revisit_s=revisit, detection=0.9, false_plots=0.1
    )
    return _Job(
        Picture(mark("told positions"), ["told positions"], [None], truth=truth, gap_s=gap_s(revisit)), [sensor], turns
    )


def _laid(order: Order, truth: list[TruePath], told_revisit_s: float) -> _Job:
    """Radars laid over the truth, in one picture."""
    kernels, turns, sensors = _tracker(), [], []
    gap = gap_s(told_revisit_s)
    for number, radar in enumerate(order.sensors):
        sensors.append(kernels.Sensor(kind="radar", detection=0.9, **laying.sensor_facts(radar)))
        for time_s, columns, whose in laying.drawn(radar, truth, order.rcs_m2, gap, (order.seed, number)):
            turns.append((time_s, number, kernels.plots(columns.pop("time_s"), **columns), whose))
    turns.sort(key=lambda turn: (turn[0], turn[1]))
    picture = Picture(
        mark("laid radars"), [radar.entry for radar in order.sensors], [radar.site for radar in order.sensors],
        truth=truth, gap_s=gap,
    )  # fmt: skip
    return _Job(picture, sensors, turns)


def _radars(order: Order, rows: NDArray[Any], truth: list[TruePath], notes: list[str]) -> list[_Job]:
    """Recorded radars: those of known site in one picture, each other one in a picture about itself."""
    together = _Job(Picture(mark("recorded radars"), [], [], truth=truth), [], [])
    jobs = []
    for sac, sic in sorted({*zip(rows["sac"].tolist(), rows["sic"].tolist(), strict=True)}):
        own, site = rows[(rows["sac"] == sac) & (rows["sic"] == sic)], order.sites.get((sac, sic))
        name = f"{sac}/{sic}"
        if site is None:
            job = _Job(Picture(f"radar {name}", [], []), [], [])
            jobs.append(job)
            notes.append(name)
        else:
            job = together
        _add_radar(job, order, own, name, site)
    if together.sensors:
        together.scans.sort(key=lambda turn: (turn[0], turn[1]))
        together.picture.gap_s = gap_s(max(sensor.revisit_s for sensor in together.sensors))
        jobs.insert(0, together)
    return jobs


def _add_radar(job: _Job, order: Order, rows: NDArray[Any], name: str, site: Site | None) -> None:
    kernels, revisit = _tracker(), revisit_s(rows, _RADAR_REVISIT_S)
    number, stand = len(job.sensors), site or Site(0.0, 0.0)
    job.sensors.append(kernels.Sensor(
        kind="radar-2d", latitude_rad=math.radians(stand.latitude_deg), longitude_rad=math.radians(stand.longitude_deg),
        height_m=stand.height_m, range_error_m=order.range_error_m, azimuth_error_rad=order.azimuth_error_rad,
        height_error_m=order.height_error_m, revisit_s=revisit,
        range_max_m=max(float(rows["range_m"].max()) * 1.05, 100_000.0),
    ))  # fmt: skip
    job.picture.sensors.append(name)
    job.picture.sites.append(site)
    height = np.where(np.isnan(rows["pressure_m"]), rows["height_m"], rows["pressure_m"])
    whose = names(rows)
    for scan in scans(rows, revisit):
        found = kernels.plots(
            rows["time_s"][scan.rows], range_m=rows["range_m"][scan.rows], azimuth_rad=rows["azimuth_rad"][scan.rows],
            height_m=height[scan.rows],
        )  # fmt: skip
        job.scans.append((scan.time_s, number, found, [whose[i] for i in scan.rows]))


# --- tracking and scoring ----------------------------------------------------------------------------------------


def _run(job: _Job, order: Order) -> Picture:
    picture, tracker = job.picture, _tracker().Tracker(job.sensors)
    beat, sampled = min(sensor.revisit_s for sensor in job.sensors), -math.inf
    for time_s, sensor, found, whose in job.scans:
        tracker.scan(time_s, sensor, found)
        picture.scans += 1
        picture.plots.append(found)
        picture.sensor_of.append(sensor)
        picture.whose.append(whose)
        if time_s - sampled >= 0.999 * beat:
            picture.samples.append((time_s, tracker.tracks(time_s)))
            sampled = time_s
    if picture.truth and picture.samples:
        _score(picture, order.cutoff_m)
    return picture


def _score(picture: Picture, cutoff_m: float) -> None:
    times = np.array([time_s for time_s, _ in picture.samples])
    parts = [path.at(times, picture.gap_s) for path in picture.truth]
    # an object that was silent is another truth from then on: nobody can hold a track of what is not told
    pieces = [np.cumsum(np.diff(there.astype(np.int64), prepend=0) > 0)[there] for _, _, there in parts]
    before = np.cumsum([0] + [int(own.max(initial=0)) for own in pieces])
    picture.flights = int(before[-1])
    truth = Paths(
        np.concatenate([own + start for own, start in zip(pieces, before[:-1], strict=True)]),
        np.concatenate([times[there] for _, _, there in parts]),
        np.concatenate([pos[there] for pos, _, there in parts]),
        np.concatenate([speed[there] for _, speed, there in parts]),
    )
    tracks = Paths(
        np.concatenate([found["number"] for _, found in picture.samples]),
        np.concatenate([np.full(len(found), time_s) for time_s, found in picture.samples]),
        np.concatenate([found["pos_m"] for _, found in picture.samples]),
        np.concatenate([found["vel_m_s"] for _, found in picture.samples]),
    )
    picture.gospa = gospa_over_time(truth, tracks, cutoff_m, 2.0)
    picture.siap = siap(truth, tracks, cutoff_m)
