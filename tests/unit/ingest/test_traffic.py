"""Recorded traffic, good and bad."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from egide.errors import ScenarioError
from egide.ingest import traffic
from egide.physics import geodesy

MUNICH = Path(__file__).parents[2] / "data" / "adsb" / "munich.json.gz"
START = datetime(2020, 1, 1, tzinfo=UTC)
DAY = traffic.Window(START, START + timedelta(days=1))
ALWAYS = traffic.Window(datetime(2010, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
HEADER = "timestamp,icao24,callsign,latitude,longitude,altitude,groundspeed,track,vertical_rate"


def row(
    second: float, lat: float, lon: float, feet: float | str = 30_000, icao: str = "abc123", call: str = "THY1"
) -> str:
    return f"{START.timestamp() + second:.0f},{icao},{call},{lat},{lon},{feet},450,90,0"


def eastward(seconds: range, **other: Any) -> list[str]:
    """About 230 m/s along 40 north."""
    return [row(s, 40.0, 30.0 + 0.0027 * s, **other) for s in seconds]


def written(tmp_path: Path, rows: list[str], name: str = "t.csv") -> Path:
    path = tmp_path / name
    text = "\n".join([HEADER, *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    return path


def place(flight: traffic.Flight, at: np.ndarray) -> np.ndarray:
    """Where a thinned flight has the aircraft, ECEF (the chord, not the great circle: short legs only)."""
    points = np.array(geodesy.to_ecef(flight.latitude_deg, flight.longitude_deg, flight.height_m))
    return np.array([np.interp(at, flight.time_s, axis) for axis in points])


# --- real recordings ---------------------------------------------------------------------------------------------


def test_a_real_flight_keeps_its_path_within_fifty_metres() -> None:
    loaded = traffic.load(MUNICH, [ALWAYS])
    assert loaded.rows == 3060
    assert loaded.dropped == {}
    (flight,) = loaded.flights
    assert flight.icao24 == "3cce6f"
    assert flight.time_s.size < 1500
    with gzip.open(MUNICH) as file:
        rows = json.load(file)
    at = np.array([r["timestamp"] / 1e3 for r in rows]) - ALWAYS.from_utc.timestamp()
    order = np.argsort(at)
    recorded = np.array(
        geodesy.to_ecef(
            [r["latitude"] for r in rows], [r["longitude"] for r in rows], [r["altitude"] * 0.3048 for r in rows]
        )
    )
    off = np.linalg.norm(place(flight, at[order]) - recorded[:, order], axis=0)
    assert off.max() < 55.0  # 50 m, and the sagitta of the chords


def test_a_shift_keeps_speeds_and_turns() -> None:
    still = traffic.load(MUNICH, [ALWAYS]).flights[0]
    moved = traffic.load(
        MUNICH, [traffic.Window(ALWAYS.from_utc, ALWAYS.until_utc, shift_deg=(-9.0, 21.0), at_s=60.0)]
    ).flights[0]
    assert moved.time_s[0] == pytest.approx(still.time_s[0] + 60.0)
    assert float(np.mean(moved.latitude_deg)) == pytest.approx(float(np.mean(still.latitude_deg)) - 9.0, abs=0.1)

    def length(flight: traffic.Flight) -> float:
        lat, lon = flight.latitude_deg, flight.longitude_deg
        return float(np.sum(geodesy.inverse(lat[:-1], lon[:-1], lat[1:], lon[1:])[0]))

    assert length(moved) == pytest.approx(length(still), rel=4e-3)  # the ellipsoid is not the sphere


def test_a_scale_stretches_about_the_middle(tmp_path: Path) -> None:
    path = written(tmp_path, eastward(range(0, 601, 10)))
    (once,) = traffic.load(path, [DAY]).flights
    (twice,) = traffic.load(path, [traffic.Window(DAY.from_utc, DAY.until_utc, scale=2.0)]).flights
    assert np.ptp(twice.longitude_deg) == pytest.approx(2.0 * np.ptp(once.longitude_deg), rel=1e-3)
    assert np.mean(twice.longitude_deg[[0, -1]]) == pytest.approx(np.mean(once.longitude_deg[[0, -1]]))


# --- formats -----------------------------------------------------------------------------------------------------


def test_csv_and_json_and_gzip_read_the_same(tmp_path: Path) -> None:
    rows = eastward(range(0, 601, 10))
    plain, packed = written(tmp_path, rows), written(tmp_path, rows, "t.csv.gz")
    names = HEADER.split(",")
    records = [dict(zip(names, r.split(","), strict=True)) for r in rows]
    for record in records:
        record["timestamp"] = str(float(record["timestamp"]) * 1e3)  # milliseconds, as text
    as_rows, as_columns = tmp_path / "r.json", tmp_path / "c.json"
    as_rows.write_text(json.dumps(records))
    as_columns.write_text(json.dumps({n: {str(i): r[n] for i, r in enumerate(records)} for n in names}))
    flights = [traffic.load(path, [DAY]).flights[0] for path in (plain, packed, as_rows, as_columns)]
    for flight in flights:
        assert flight.callsign == "THY1"
        assert flight.height_m[0] == pytest.approx(9144.0)
        assert np.array_equal(flight.longitude_deg, flights[0].longitude_deg)
        assert np.array_equal(flight.time_s, flights[0].time_s)


def test_opensky_state_vectors_are_read_in_metres(tmp_path: Path) -> None:
    path = tmp_path / "states.csv"
    lines = [
        f"{START.timestamp() + s:.0f},3c4591,40.0,{30.0 + 0.0027 * s},250,90,0,DLH1,10843.26" for s in range(0, 301, 10)
    ]
    path.write_text("time,icao24,lat,lon,velocity,heading,vertrate,callsign,geoaltitude\n" + "\n".join(lines))
    assert traffic.load(path, [DAY]).flights[0].height_m[0] == 10843.26


def test_a_straight_level_flight_is_two_points(tmp_path: Path) -> None:
    lat, lon = geodesy.waypoints(40.0, 30.0, 41.0, 31.0, 60)
    path = written(tmp_path, [row(10 * i, a, o) for i, (a, o) in enumerate(zip(lat, lon, strict=True))])
    (flight,) = traffic.load(path, [DAY]).flights
    assert flight.time_s.tolist() == [0.0, 600.0]


# --- cleaning ----------------------------------------------------------------------------------------------------


def test_a_gap_splits_a_flight(tmp_path: Path) -> None:
    path = written(tmp_path, eastward(range(0, 301, 10)) + eastward(range(500, 801, 10)))
    flights = traffic.load(path, [DAY]).flights
    assert [(f.time_s[0], f.time_s[-1]) for f in flights] == [(0.0, 300.0), (500.0, 800.0)]


def test_spikes_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = eastward(range(0, 601, 10))
    rows[20] = row(200, 44.0, 30.5)
    rows[40] = row(400, 40.0, 30.0 + 0.0027 * 400, 2_000)
    rows[0] = row(0, 10.0, 10.0)
    loaded = traffic.load(written(tmp_path, rows), [DAY])
    assert loaded.dropped == {"spike": 3}
    (flight,) = loaded.flights
    assert flight.latitude_deg.max() < 40.1
    assert flight.height_m.min() > 9_000.0


def test_rows_without_a_position_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = eastward(range(0, 601, 10))
    rows[3], rows[4], rows[5] = row(30, 40.0, float("nan")), row(40, 40.0, 30.1, ""), row(50, 95.0, 30.1)
    assert traffic.load(written(tmp_path, rows), [DAY]).dropped == {"no-position": 3}


def test_rows_out_of_order_and_twice_are_mended_and_counted(tmp_path: Path) -> None:
    rows = eastward(range(0, 601, 10))
    shuffled = [*rows[:10], rows[11], rows[10], *rows[12:], rows[30]]
    loaded = traffic.load(written(tmp_path, shuffled), [DAY])
    assert loaded.dropped == {"out-of-order": 2, "duplicate": 1}
    assert np.all(np.diff(loaded.flights[0].time_s) > 0.0)


def test_a_blank_callsign_takes_its_neighbours(tmp_path: Path) -> None:
    rows = eastward(range(0, 300, 10), call="") + eastward(range(300, 601, 10), call="THY7")
    (flight,) = traffic.load(written(tmp_path, rows), [DAY]).flights
    assert flight.callsign == "THY7"


def test_another_callsign_is_another_flight(tmp_path: Path) -> None:
    rows = eastward(range(0, 300, 10)) + eastward(range(300, 601, 10), call="THY2")
    assert [f.callsign for f in traffic.load(written(tmp_path, rows), [DAY]).flights] == ["THY1", "THY2"]


def test_only_the_window_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, eastward(range(0, 1201, 10)))
    window = traffic.Window(START + timedelta(seconds=300), START + timedelta(seconds=600), at_s=50.0)
    (flight,) = traffic.load(path, [window]).flights
    assert (flight.time_s[0], flight.time_s[-1]) == (50.0, 350.0)


def test_a_limit_keeps_the_best_recorded(tmp_path: Path) -> None:
    rows = eastward(range(0, 601, 10)) + eastward(range(0, 101, 10), icao="ffffff", call="PGT9")
    flights = traffic.load(written(tmp_path, rows), [DAY], keep_m=0.0, limit=1).flights
    assert [f.callsign for f in flights] == ["THY1"]


# --- faults ------------------------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as error:
        traffic.load(path, [DAY])
    assert path.name in str(error.value)
    assert error.value.problems[0].right
    return str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "not there" in refused(tmp_path / "gone.csv")


@pytest.mark.parametrize("content", [b"", b"\n \n", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "empty.csv").write_bytes(content)
    assert "empty" in refused(tmp_path / "empty.csv")


def test_a_file_of_a_header_alone_is_refused(tmp_path: Path) -> None:
    assert "no rows" in refused(written(tmp_path, []))


@pytest.mark.parametrize("keep", [5, 15, 40_000])
def test_a_gzip_file_cut_short_is_refused(tmp_path: Path, keep: int) -> None:
    (tmp_path / "cut.json.gz").write_bytes(MUNICH.read_bytes()[:keep])
    assert "cut short" in refused(tmp_path / "cut.json.gz")


def test_a_gzip_file_with_a_wrong_byte_is_refused(tmp_path: Path) -> None:
    content = bytearray(MUNICH.read_bytes())
    content[30_000] ^= 0xFF
    (tmp_path / "bad.json.gz").write_bytes(content)
    assert "broken" in refused(tmp_path / "bad.json.gz")


def test_json_cut_short_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text('[{"timestamp": 1,\n "icao24"')
    assert "cut.json:2:" in refused(tmp_path / "cut.json")


@pytest.mark.parametrize("text", ["[1, 2]", '{"a": 1}', '{"a": [1], "b": [1, 2]}'])
def test_json_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.json").write_text(text)
    assert "neither" in refused(tmp_path / "odd.json")


def test_missing_columns_are_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("timestamp,latitude,longitude,altitude (m)\n1,2,3,4\n")
    said = refused(tmp_path / "t.csv")
    assert "icao24, altitude" in said
    assert "altitude (m)" in said


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert "not text" in refused(tmp_path / "t.csv")


def test_rows_without_any_position_are_refused(tmp_path: Path) -> None:
    assert "usable" in refused(written(tmp_path, [row(0, float("nan"), 30.0)]))


def test_a_window_outside_the_recording_tells_what_there_is(tmp_path: Path) -> None:
    said = refused(MUNICH)
    assert "2020-01-01T00:00:00Z" in said
    assert "2019-03-0" in said


def test_flights_kept_on_disk_are_those_that_were_read(tmp_path: Path) -> None:
    path = written(tmp_path, eastward(range(0, 300, 10)))
    window = [traffic.Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))]
    fresh = traffic._load(path, window, 50.0, None)
    again = traffic._unpack(traffic._pack(fresh), fresh.source, fresh.sha256)
    assert (again.rows, again.dropped, again.source) == (fresh.rows, fresh.dropped, fresh.source)
    for a, b in zip(fresh.flights, again.flights, strict=True):
        assert (a.callsign, a.icao24) == (b.callsign, b.icao24)
        for name in ("time_s", "latitude_deg", "longitude_deg", "height_m"):
            assert np.array_equal(getattr(a, name), getattr(b, name))


def test_a_recording_that_changed_is_read_anew(tmp_path: Path) -> None:
    window = [traffic.Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))]
    short = traffic.load(written(tmp_path, eastward(range(0, 200, 10))), window)
    long = traffic.load(written(tmp_path, eastward(range(0, 400, 10))), window)
    assert short.rows < long.rows
    assert short.flights[0].time_s[-1] < long.flights[0].time_s[-1]
