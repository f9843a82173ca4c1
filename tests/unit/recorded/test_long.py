"""Recordings longer than memory: the same answer in pieces, and no more memory for a longer file."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide import recorded, store
from egide.analysis.track_metrics import Paths, gospa_over_time, siap
from egide.ingest import adsb
from egide.ingest.reports import REPORT
from egide.recorded.scans import gap_s
from egide.recorded.spool import Spool
from egide.recorded.truth import Objects, Truth, names
from egide.store import digest
from egide.store.growing import Growing

START = 1_577_836_800  # 1 January 2020, 00:00 UTC
HEAD = "timestamp,icao24,callsign,latitude,longitude,altitude\n"


def flights(target: Path, seconds: float, count: int = 6, step_s: int = 5) -> Path:
    """Flights 0.2 degrees apart, 200 m/s to and fro along a parallel; each is silent for two minutes in ten."""
    with target.open("w") as file:
        file.write(HEAD)
        for second in range(0, int(seconds), step_s):
            for k in range(count):
                if (second + 97 * k) % 600 >= 480:
                    continue
                along = 200.0 * ((second + 97 * k) % 2000) - (0.0 if (second // 2000) % 2 else 200.0)
                lon = 11.0 + along / 74_490.0
                file.write(f"{START + second}.{k:03d},{0xABC000 + k:06x},F{k},{30.0 + 0.1 * k:.1f},{lon:.6f},33000\n")
    return target


class Kept:
    """A sink that keeps the samples."""

    def __init__(self) -> None:
        self.samples: list[tuple[float, Any]] = []

    def begin(self, start_s: float, sensors: Any) -> None:
        pass

    def plots(self, picture: int, sensor: int, found: Any, objects: Any) -> None:
        pass

    def sample(self, picture: int, time_s: float, tracks: Any) -> None:
        self.samples.append((time_s, tracks))

    def told(self, objects: Any, time_s: Any, pos_m: Any) -> None:
        pass


def test_the_score_in_pieces_is_that_of_the_whole_tables(tmp_path: Path) -> None:
    file, sink = flights(tmp_path / "t.csv", 3600), Kept()
    (found,) = recorded.track(recorded.Order([file], noise_m=200.0, seed=4), sink).pictures
    rows = adsb.load([file]).rows
    truth, objects = Truth(), Objects()
    words = names(rows)
    who = objects.of(words)
    truth.add(who, words, rows["time_s"], objects.places(rows, who))
    times = np.array([time_s for time_s, _ in sink.samples])
    columns: list[tuple[int, float, Any, Any]] = []
    flight = 0
    for path in truth.paths.values():
        pos, speed, there = path.at(times, gap_s(5.0))
        heard = path.heard_s(times, gap_s(5.0))
        last, before = -2, -math.inf
        for k in np.flatnonzero(there):
            flight += int(k != last + 1 or heard[k] != before)
            last, before = int(k), float(heard[k])
            columns.append((flight, times[k], pos[k], speed[k]))
    number, when, place, speed = (np.array(column) for column in zip(*columns, strict=True))
    whole = Paths(number, when, place, speed)
    tracks = Paths(
        np.concatenate([found["number"] for _, found in sink.samples]),
        np.concatenate([np.full(len(found), time_s) for time_s, found in sink.samples]),
        np.concatenate([found["pos_m"] for _, found in sink.samples]),
        np.concatenate([found["vel_m_s"] for _, found in sink.samples]),
    )
    expected = siap(whole, tracks, 1000.0)
    assert found.flights == flight > 30
    assert found.siap is not None
    for name in ("completeness", "ambiguity", "spuriousness", "position_accuracy_m", "velocity_accuracy_m_s",
                 "longest_segment", "number_change_per_s", "latency_s", "never_tracked"):  # fmt: skip
        assert getattr(found.siap, name) == pytest.approx(getattr(expected, name), rel=1e-9), name
    each = gospa_over_time(whole, tracks, 1000.0, 2.0)
    assert found.gospa_m == pytest.approx(np.mean([one.total for one in each]), rel=1e-9)
    assert found.missed == pytest.approx(np.mean([one.missed for one in each]) / 5e5, rel=1e-9)
    assert found.false == pytest.approx(np.mean([one.false for one in each]) / 5e5, rel=1e-9)


@pytest.mark.parametrize("laid", [False, True])
def test_a_recording_in_many_pieces_is_the_recording_in_one(tmp_path: Path, laid: bool) -> None:
    file = flights(tmp_path / "t.csv", 1800)
    lines = file.read_text().splitlines(keepends=True)
    by_flight = tmp_path / "by-flight.csv"  # as archives are that have one aircraft after the other
    by_flight.write_text("".join([lines[0], *sorted(lines[1:], key=lambda line: line.split(",")[1])]))
    sensors = (recorded.Laid("radar/91n6e", recorded.Site(48.2, 11.5, 500.0)),) if laid else ()
    said = [
        recorded.measures(
            recorded.track(recorded.Order([each], noise_m=50.0, sensors=sensors), memory_rows=n).pictures[0]
        )
        for each, n in ((file, 1_000_000), (file, 300), (by_flight, 300))
    ]
    for other in said[1:]:
        assert other == pytest.approx(said[0], rel=1e-9, nan_ok=True)


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=40), min_size=1, max_size=8),
    st.integers(1, 30), st.integers(1, 20),
)  # fmt: skip
def test_reports_come_out_in_the_order_of_time_and_of_the_files(parts: list[list[int]], held: int, rows: int) -> None:
    with Spool(held) as spool:
        number = 0
        for part in parts:
            table = np.zeros(len(part), REPORT)
            table["time_s"] = part
            table["track"] = np.arange(number, number + len(part))
            number += len(part)
            spool.add(table)
        for _ in range(2):  # twice: the first reports are looked at before
            out = np.concatenate(list(spool.blocks(rows)))
            keys = list(zip(out["time_s"].tolist(), out["track"].tolist(), strict=True))
            assert len(keys) == number
            assert keys == sorted(keys)


def test_a_table_that_grows_is_the_table_written_at_once(tmp_path: Path) -> None:
    described = store.schema.STATIC["routes"]
    rng = np.random.default_rng(1)
    columns = {c.name: np.r_[rng.normal(size=999), math.nan].astype(c.dtype) for c in described if c.name != "mover"}
    columns = {"mover": np.arange(1000, dtype=np.int32), **columns}
    growing = Growing(tmp_path, "routes")
    for start in range(0, 1000, 300):
        growing.add({name: column[start : start + 300] for name, column in columns.items()})
    with store.parts.connect() as con:
        assert growing.finish(con) == digest.of_columns("routes", columns)
        back = store.parts.read([tmp_path / "tables" / "routes.parquet"], con)
    for name, column in columns.items():
        np.testing.assert_array_equal(back[name], column)


@pytest.mark.skipif(sys.platform != "linux", reason="most memory is told in KiB on Linux only")
def test_twenty_megabytes_need_hardly_more_memory_than_two(tmp_path: Path) -> None:
    """Under a bound that a reader of the whole file would break: 384 000 rows of Python objects are more than it."""
    code = (
        "import resource, sys\n"
        "from egide.cli.app import main\n"
        "done = main(['track', sys.argv[1]])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        "sys.exit(done)\n"
    )
    most, size = {}, {}
    for name, seconds in (("small", 2_000), ("large", 24_000)):
        file = flights(tmp_path / f"{name}.csv", seconds, count=300, step_s=15)
        done = subprocess.run(
            [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        most[name], size[name] = int(done.stderr.split()[-1]) / 1024.0, file.stat().st_size
    assert size["large"] > 10 * size["small"]
    assert most["large"] < most["small"] + 150.0, most  # MiB: the reports that are sorted at once
    assert not list(tmp_path.glob("egide-track-*"))
