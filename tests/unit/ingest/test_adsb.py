"""ADS-B recordings as reports: the same table from every kind of file, and every stray counted."""

from __future__ import annotations

import gzip
import io
import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from egide.errors import ScenarioError
from egide.ingest import adsb, beast, traffic
from egide.ingest.reports import REPORT, Tally

DATA = Path(__file__).parents[2] / "data" / "adsb"
HEADER = "timestamp,icao24,callsign,latitude,longitude,altitude,groundspeed,track,vertical_rate,squawk"
NOON = 1_577_880_000  # 1 January 2020, 12:00 UTC


def row(time: Any, lat: Any = 40.0, lon: Any = 30.0, icao: str = "ABC123") -> str:
    return f"{time},{icao},THY1 ,{lat},{lon},10000,450,90,-600,7000"


def written(folder: Path, *rows: str, name: str = "t.csv", header: str = HEADER) -> Path:
    text = "\n".join([header, *rows]) + "\n"
    (folder / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    return folder / name


def test_a_row_is_a_report_in_si_units(tmp_path: Path) -> None:
    found = adsb.load([written(tmp_path, row(NOON + 1.5))])
    report = found.rows[0]
    assert found.midnight_unix_s == NOON - 43_200
    assert report["time_s"] == 43_201.5
    assert (report["latitude_deg"], report["longitude_deg"]) == (40.0, 30.0)
    assert report["height_m"] == pytest.approx(3048.0)
    assert report["speed_m_s"] == pytest.approx(450 * 1852 / 3600)
    assert report["heading_rad"] == pytest.approx(math.pi / 2)
    assert report["climb_m_s"] == pytest.approx(-3.048)
    assert (report["icao24"], report["callsign"], report["mode_a"]) == ("abc123", "THY1", 0o7000)
    assert math.isnan(report["range_m"])
    assert (report["category"], report["sac"], report["track"]) == (0, -1, -1)


def test_csv_json_gzip_and_parquet_give_the_same_table(tmp_path: Path) -> None:
    rows = [row(NOON + k, 40.0 + 0.01 * k, 30.0, icao) for k in range(5) for icao in ("abc123", "def456")]
    plain = written(tmp_path, *rows)
    records = [dict(zip(HEADER.split(","), line.split(","), strict=True)) for line in rows]
    (tmp_path / "records.json").write_text(json.dumps(records))
    columns = {name: [record[name] for record in records] for name in records[0]}
    (tmp_path / "columns.json.gz").write_bytes(gzip.compress(json.dumps(columns).encode()))
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{plain}')) TO '{tmp_path / 't.parquet'}' (FORMAT parquet)"
    ).fetchall()
    files = [written(tmp_path, *rows, name="t.csv.gz"), *(tmp_path / name for name in
             ("records.json", "columns.json.gz", "t.parquet"))]  # fmt: skip
    first = adsb.load([plain])
    assert len(first.rows) == 10
    for file in files:
        found = adsb.load([file])
        for name in REPORT.names or ():
            np.testing.assert_array_equal(found.rows[name], first.rows[name], err_msg=f"{file.name}: {name}")


def test_opensky_state_vectors_are_read_in_their_own_units(tmp_path: Path) -> None:
    header = "time,icao24,lat,lon,velocity,heading,vertrate,callsign,squawk,baroaltitude,geoaltitude"
    path = written(tmp_path, f"{NOON},3c4591,51.5,-0.4,254.7,99.7,-3.25,BOX413  ,1174.0,10668.0,10843.3", header=header)
    report = adsb.load([path]).rows[0]
    assert report["height_m"] == 10_843.3
    assert report["speed_m_s"] == 254.7
    assert report["climb_m_s"] == -3.25
    assert report["mode_a"] == 0o1174


def test_a_recorded_flight_is_the_one_that_the_traffic_reader_reads() -> None:
    window = traffic.Window(datetime(2010, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    flights = traffic.load(DATA / "munich.json.gz", [window], keep_m=0.0).flights
    found = adsb.load([DATA / "munich.json.gz"])
    assert (len(found.rows), found.skipped) == (3060, {})
    kept = {round(float(t) + window.from_utc.timestamp(), 3): lat for flight in flights
            for t, lat in zip(flight.time_s, flight.latitude_deg, strict=True)}  # fmt: skip
    times = found.rows["time_s"] + found.midnight_unix_s
    both = [(lat, kept[round(float(t), 3)]) for t, lat in zip(times, found.rows["latitude_deg"], strict=True)
            if round(float(t), 3) in kept]  # fmt: skip
    assert len(both) == len(kept) > 1000
    assert all(ours == theirs for ours, theirs in both)


@pytest.mark.parametrize(
    ("stray", "why"),
    [
        (row("nan"), "no-time"),
        (row(""), "no-time"),
        (row("inf"), "no-time"),
        (row(-5), "negative-time"),
        (row(43_200), "other-time-base"),
        (row(NOON, "nan"), "no-position"),
        (row(NOON, 40.0, ""), "no-position"),
        (row(NOON, 90.5), "no-position"),
        (row(NOON, 40.0, 1e9), "no-position"),
        (row(NOON + 2), "duplicate"),
    ],
)
def test_a_stray_row_is_left_out_and_counted(tmp_path: Path, stray: str, why: str) -> None:
    good = [row(NOON + k) for k in range(3)]
    found = adsb.load([written(tmp_path, *good, stray)])
    assert len(found.rows) == 3
    assert found.skipped == {why: 1}
    assert not found.noted


def test_rows_out_of_order_are_put_in_order_and_counted(tmp_path: Path) -> None:
    found = adsb.load([written(tmp_path, row(NOON), row(NOON + 2), row(NOON + 1))])
    assert found.rows["time_s"].tolist() == [43_200.0, 43_201.0, 43_202.0]
    assert found.noted == {"out-of-order": 1}


def test_a_report_at_the_pole_is_kept_and_told(tmp_path: Path) -> None:
    found = adsb.load([written(tmp_path, row(NOON, 90.0, 0.0), row(NOON + 1, -89.95, 0.0))])
    assert len(found.rows) == 2
    assert found.noted == {"at-the-pole": 2}


def test_a_leap_second_is_the_second_after_59(tmp_path: Path) -> None:
    times = ("2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:01Z")
    found = adsb.load([written(tmp_path, *map(row, times))])
    assert found.rows["time_s"].tolist() == [86_399.0, 86_400.0, 86_401.0]
    assert found.noted == {"leap-second": 1}


def test_times_of_day_are_a_time_base_too(tmp_path: Path) -> None:
    found = adsb.load([written(tmp_path, row(38_975.0), row(38_976.0), row(NOON))])
    assert found.rows["time_s"].tolist() == [38_975.0, 38_976.0]
    assert found.skipped == {"other-time-base": 1}
    assert math.isnan(found.midnight_unix_s)


def test_a_small_aircrafts_own_log_needs_no_address(tmp_path: Path) -> None:
    header = "timestamp,latitude,longitude,altitude (m),speed,heading"
    report = adsb.load([written(tmp_path, "38975,50.3,-30.9,708,12.5,10", header=header)]).rows[0]
    assert (report["icao24"], report["height_m"], report["speed_m_s"]) == ("", 708.0, 12.5)


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        adsb.load([path])
    return str(caught.value)


def test_files_that_cannot_be_read_are_refused_in_clear_words(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "is empty" in refused(tmp_path / "empty.csv")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"timestamp,latitude\n" * 9)[:-12])
    assert "broken or cut short" in refused(tmp_path / "cut.csv.gz")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + bytes(100))
    assert "Parquet file is broken" in refused(tmp_path / "cut.parquet")
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert "not text" in refused(tmp_path / "odd.csv")
    (tmp_path / "cut.json").write_text('[{"timestamp": 1,')
    assert "not JSON" in refused(tmp_path / "cut.json")
    assert "lacks the columns" in refused(written(tmp_path, "1,2", header="a,b"))
    assert "no report could be read" in refused(written(tmp_path, row("nan")))


def test_a_long_file_streams_in_pieces_and_counts_across_them(tmp_path: Path) -> None:
    tally = Tally()
    path = written(tmp_path, *(row(NOON + k) for k in range(100)), row(NOON + 99))
    sizes = [len(part) for part in adsb.chunks(path, tally, rows=50)]
    assert sizes == [50, 50]
    assert tally.skipped["duplicate"] == 1


# --- raw messages ------------------------------------------------------------------------------------------------


def framed(*messages: tuple[float, str]) -> bytes:
    """Beast frames: time by the receiver's clock, message in hexadecimal."""
    out = b""
    for time_s, message in messages:
        body = bytes.fromhex(message)
        inside = round(time_s * 12e6).to_bytes(6, "big") + b"\x40" + body
        out += b"\x1a" + {2: b"1", 7: b"2", 14: b"3"}[len(body)] + inside.replace(b"\x1a", b"\x1a\x1a")
    return out


ODD, EVEN = "8D40621D58C386435CC412692AD6", "8D40621D58C382D690C8AC2863A7"  # J. Sun, The 1090 Megahertz Riddle, ch. 5


def test_a_pair_of_messages_gives_the_position_of_the_published_example(tmp_path: Path) -> None:
    pytest.importorskip("rs1090")
    (tmp_path / "m.bin").write_bytes(framed((1.0, ODD), (2.0, EVEN)))
    found = adsb.load([tmp_path / "m.bin"])
    assert len(found.rows) == 1
    assert found.rows[0]["latitude_deg"] == pytest.approx(52.25720, abs=1e-5)
    assert found.rows[0]["longitude_deg"] == pytest.approx(3.91937, abs=1e-5)
    assert found.rows[0]["height_m"] == pytest.approx(38_000 * 0.3048)
    assert (found.rows[0]["icao24"], found.rows[0]["time_s"]) == ("40621d", 2.0)
    assert found.noted == {"receiver-clock": 1}
    assert found.skipped == {"not-a-position": 1}


def test_a_receivers_recording_is_read_and_every_frame_accounted_for() -> None:
    pytest.importorskip("rs1090")
    found = adsb.load([DATA / "sample_dump1090.bin"])
    assert len(found.rows) + found.skipped["not-a-position"] == 239
    assert set(found.rows["icao24"]) == {"48520a"}
    assert found.rows["height_m"] == pytest.approx(38_000 * 0.3048)


def test_frames_come_out_whatever_stands_between_them_and_wherever_they_are_cut() -> None:
    data = b"\x00\x1a\x99" + framed((1.0, ODD), (26.0, "1A1A1A1A1A1A1A"), (2.0, "1234"))
    tally = Tally()
    found = list(beast.frames(io.BytesIO(data), tally))
    assert [message.hex() for _, message in found] == [ODD.lower(), "1a" * 7, "1234"]
    assert [round(time_s, 6) for time_s, _ in found] == [1.0, 26.0, 2.0]
    assert tally.skipped == {"unreadable-bytes": 3}
    list(beast.frames(io.BytesIO(data[:-1]), tally))
    assert tally.skipped["cut-short"] == 1
