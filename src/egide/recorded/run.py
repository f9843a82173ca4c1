"""Scan by scan through the tracker, and the score against what was told.

order    what to track and how: files, sites, errors, radars to lay over truth
block    reports handed on at a time; what no later one can change is done with and forgotten
sink     who wants to keep plots, tracks and told positions; a score needs none of them
sample   a moment at which tracks and truth are compared: the end of a scan, at most one a revisit
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.errors import scenario_error
from egide.i18n import mark
from egide.recorded.course import Course, Picture, Sink
from egide.recorded.laid import entry_of
from egide.recorded.reading import RADAR, Recorded, plots_of, read
from egide.recorded.scans import Laid, Site, gap_s, revisit_s
from egide.recorded.score import Score
from egide.recorded.sources import Block, LaidRadars, RecordedRadars, Source, ToldPositions
from egide.recorded.spool import ROWS, Spool
from egide.recorded.truth import Objects, Truth, names

__all__ = ["Order", "Picture", "Result", "Sink", "track"]

_PLACE_REVISIT_S: Final = 5.0
_RADAR_REVISIT_S: Final = 4.0
_LEARN: Final = 300_000  # reports from which revisit times are taken


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
@dataclass(frozen=True)
class Result:
    """A recording and its pictures."""

    order: Order
    recording: Recorded
    pictures: list[Picture]
    notes: list[str]  # radars without a site
    objects: list[str]  # names, by number


def track(order: Order, sink: Sink | None = None, *, memory_rows: int = ROWS) -> Result:
    """Read, track, score, in memory that does not grow with the recording: `sink` is handed what goes by, at most
    `memory_rows` reports are sorted at once. ScenarioError, in words, for what the user can mend."""
    for radar in order.sensors:
        entry_of(radar)  # said before hours of reading, not after
    with Spool(memory_rows) as spool:
        recorded = read(order.files, spool, order.editions)
        first = _first(spool)
        truth, objects = Truth(), Objects()
        jobs, notes = _jobs(order, recorded, first)
        courses = [Course(number, job.picture, job.source.sensors, job.score, sink) for number, job in enumerate(jobs)]
        if sink is not None:
            sink.begin(recorded.first_s, [len(job.picture.sensors) for job in jobs])
        for rows in spool.blocks(max(memory_rows // 6, 1)):
            _hand_on(rows, float(rows["time_s"][-1]), objects, truth, jobs, courses, sink)
        _hand_on(rows[:0], math.inf, objects, truth, jobs, courses, sink)
        pictures = [course.close(truth, len(objects.told)) for course in courses]
    return Result(order, recorded, pictures, notes, list(objects.number))


def _first(spool: Spool) -> NDArray[Any]:
    """The first reports: how often an object is told of is taken from them."""
    parts, count = [], 0
    for rows in spool.blocks():
        parts.append(rows)
        count += len(rows)
        if count >= _LEARN:
            break
    return np.concatenate(parts)


def _hand_on(
    rows: NDArray[Any], until_s: float, objects: Objects, truth: Truth, jobs: list[_Job], courses: list[Course],
    sink: Sink | None,
) -> None:  # fmt: skip
    """One block through every picture; then what nobody asks for any more is forgotten."""
    told, plots = rows[rows["category"] != RADAR], plots_of(rows)
    words, plot_words = names(told), names(plots)
    who = objects.of(words)
    here = objects.places(told, who)
    plot_who = objects.of(plots["icao24"].tolist())  # a track number of the radar's own names no real object
    truth.add(who, words, told["time_s"], here)
    truth.known_s = until_s
    if sink is not None:
        sink.told(who, told["time_s"], here)
    block = Block(told, words, who, here, plots, plot_words, plot_who, until_s)
    for job, course in zip(jobs, courses, strict=True):
        turns, done_s = job.source.turns(block, truth)
        course.take(turns, done_s, truth)
    truth.forget(min([until_s, *(job.source.needs_s for job in jobs), *(course.needs_s for course in courses)]))


# --- what each tracker is given ----------------------------------------------------------------------------------


@dataclass
class _Job:
    picture: Picture
    source: Source
    score: Score | None


def _jobs(order: Order, recorded: Recorded, first: NDArray[Any]) -> tuple[list[_Job], list[str]]:
    jobs: list[_Job] = []
    revisit = revisit_s(first[first["category"] != RADAR], _PLACE_REVISIT_S)
    if order.sensors:
        if not recorded.told:
            raise scenario_error(
                "egide track", mark("there is no truth to lay a sensor over"),
                mark("give a recording of positions: ADS-B, or ASTERIX category 021 or 062"),
            )  # fmt: skip
        span_s, gap = (recorded.first_told_s, recorded.last_told_s), gap_s(revisit)
        picture = Picture(
            mark("laid radars"), [radar.entry for radar in order.sensors], [radar.site for radar in order.sensors], True
        )
        source = LaidRadars(order.sensors, order.rcs_m2, gap, span_s, order.seed)
        jobs.append(_Job(picture, source, Score(order.cutoff_m, gap)))
    elif recorded.told:
        told = ToldPositions(revisit, order.noise_m, order.position_error_m, order.seed)
        picture = Picture(mark("told positions"), ["told positions"], [None])
        jobs.append(_Job(picture, told, Score(order.cutoff_m, gap_s(revisit))))
    plots = plots_of(first)
    radars = {radar: recorded.radars[radar] for radar in sorted(recorded.radars)}
    known = [radar for radar in radars if radar in order.sites]
    alone = [[radar] for radar in radars if radar not in order.sites]
    groups = [known, *alone] if known else alone
    jobs += [_radars(order, group, radars, plots, bool(recorded.told)) for group in groups]
    return jobs, [f"{sac}/{sic}" for [(sac, sic)] in alone]


def _radars(
    order: Order, group: list[tuple[int, int]], far_m: Mapping[tuple[int, int], float], plots: NDArray[Any], truth: bool
) -> _Job:
    """Recorded radars: those of known site in one picture, each other one in a picture about itself."""
    revisits = [revisit_s(plots[(plots["sac"] == sac) & (plots["sic"] == sic)], _RADAR_REVISIT_S) for sac, sic in group]
    sites = [order.sites.get(radar) for radar in group]
    errors = {
        "range_error_m": order.range_error_m, "azimuth_error_rad": order.azimuth_error_rad,
        "height_error_m": order.height_error_m,
    }  # fmt: skip
    labels = [f"{sac}/{sic}" for sac, sic in group]
    sited = sites[0] is not None
    picture = Picture(mark("recorded radars") if sited else f"radar {labels[0]}", labels, sites)
    source = RecordedRadars({radar: far_m[radar] for radar in group}, sites, revisits, errors)
    return _Job(picture, source, Score(order.cutoff_m, gap_s(max(revisits))) if sited and truth else None)
