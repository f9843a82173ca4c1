"""ASTERIX recordings beside what another decoder printed of them, and what becomes of broken ones."""

from __future__ import annotations

import gzip
import json
import math
import re
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egide.errors import ScenarioError
from egide.ingest import asterix
from egide.ingest.capture import blocks
from egide.ingest.reports import DayClock, Tally

DATA = Path(__file__).parents[2] / "data" / "asterix"
PCAP = DATA / "cat_034_048.pcap"
RAW = (DATA / "cat062cat065.raw").read_bytes()
PLOT = (DATA / "cat048.raw").read_bytes()
NM_M, FL_M, KNOT_M_S = 1852.0, 30.48, 1852.0 / 3600.0


def written(folder: Path, data: bytes, name: str = "a.ast") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def plot(time_s: float, sic: int = 1, track: int = 7) -> bytes:
    """A block with one record of category 048: source, time, place, track number."""
    record = b"\xd1\x10"  # FSPEC: 010, 140, 040, FX; 161
    record += bytes([25, sic]) + int(time_s * 128).to_bytes(3, "big") + struct.pack(">HHH", 2560, 8192, track)
    return b"\x30" + (len(record) + 3).to_bytes(2, "big") + record


# --- beside the reference decoders -------------------------------------------------------------------------------


def reference_048() -> list[dict[str, Any]]:
    """Each record of category 048 as the reference decoder printed it: item -> field -> (value, in brackets)."""
    text = gzip.decompress((DATA / "cat_034_048.txt.gz").read_bytes()).decode()
    records = []
    for block in text.split("Data Block ")[1:]:
        if "Category: 48" not in block:
            continue
        for record in re.split(r"Data Record \d+", block)[1:]:
            items: dict[str, Any] = {}
            for item in re.split(r"\nItem ", record)[1:]:
                fields = re.findall(r"^\t([^:\n]+): ([^(\n]*?) *(?:\(([^)]*)\))?$", item, re.MULTILINE)
                items[item[:3]] = {name: (value, inside) for name, value, inside in fields}
            records.append(items)
    return records


def amount(items: dict[str, Any], item: str, field: str) -> float:
    return float(items[item][field][1].split()[0]) if item in items else math.nan


def expected_048(items: dict[str, Any]) -> dict[str, Any]:
    good = "070" in items and items["070"]["V"][0] == items["070"]["G"][0] == "0"
    high = "090" in items and items["090"]["V"][0] == items["090"]["G"][0] == "0"
    return {
        "time_s": amount(items, "140", "Time Of Day"),
        "sac": int(items["010"]["System Area Code"][0]),
        "sic": int(items["010"]["System Identification Code"][0]),
        "detection": int(items["020"]["TYP"][0]),
        "range_m": amount(items, "040", "RHO") * NM_M,
        "azimuth_rad": math.radians(amount(items, "040", "THETA")),
        "pressure_m": amount(items, "090", "FlightLevel") * FL_M if high else math.nan,
        "mode_a": int(items["070"]["Mode-3/A reply code"][0], 8) if good else -1,
        "icao24": items["220"]["AircraftAddress"][0].lower() if "220" in items else "",
        "callsign": next(iter(items["240"].values()))[0].strip() if "240" in items else "",
        "track": int(items["161"]["Track Number"][0]),
        "speed_m_s": amount(items, "200", "Calculated groundspeed") * KNOT_M_S,
        "heading_rad": math.radians(amount(items, "200", "Calculated heading")),
    }


def test_every_field_of_every_plot_is_the_reference_decoders() -> None:
    printed = [expected_048(items) for items in reference_048()]
    assert len(printed) == 128
    with_place = [row for row in printed if not math.isnan(row["range_m"])]
    unique = {(row["sac"], row["sic"], row["track"], row["time_s"]): row for row in with_place}
    found = asterix.load([PCAP])
    assert len(found.rows) == len(unique) == 63
    for row in found.rows:
        wanted = unique[(row["sac"], row["sic"], row["track"], row["time_s"])]
        for name, value in wanted.items():
            if isinstance(value, float):
                assert row[name] == pytest.approx(value, rel=1e-6, nan_ok=True), name  # printed to 7 decimals
            else:
                assert row[name] == value, name


def test_what_is_left_out_of_the_capture_is_what_the_reference_has_besides() -> None:
    found = asterix.load([PCAP])
    printed = [expected_048(items) for items in reference_048()]
    bare = sum(math.isnan(row["range_m"]) for row in printed) // 2  # each record was captured twice
    assert found.skipped == {"duplicate": 64, "no-position": bare, "service": 34}
    assert found.categories == {34: 34, 48: 86}
    assert len(found.rows) + found.skipped["duplicate"] + bare == len(printed)
    assert np.all(np.diff(found.rows["time_s"]) >= 0.0)
    late = found.rows["received_s"] - found.midnight_unix_s - found.rows["time_s"]
    assert np.all((late > 0.0) & (late < 5.0))  # the network takes its time, and its clock is right


def reference_062() -> list[dict[str, Any]]:
    lines = (DATA / "cat_062_065_json.txt").read_text().splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def test_every_field_of_every_system_track_is_the_reference_decoders(tmp_path: Path) -> None:
    printed = reference_062()
    data = b""
    for line in printed:
        record = bytes.fromhex(line["hexdata"])
        data += bytes([line["cat"]]) + (len(record) + 3).to_bytes(2, "big") + record
    found = asterix.load([written(tmp_path, data)])
    tracks = [line["CAT062"] for line in printed if line["cat"] == 62]
    assert len(found.rows) == len(tracks) == 2
    assert found.skipped == {"service": 1}
    for row, items in zip(found.rows, tracks, strict=True):
        assert (row["sac"], row["sic"]) == (items["I010"]["SAC"], items["I010"]["SIC"])
        assert row["time_s"] == items["I070"]["ToT"]
        assert row["latitude_deg"] == pytest.approx(items["I105"]["Lat"], abs=1e-7)
        assert row["longitude_deg"] == pytest.approx(items["I105"]["Lon"], abs=1e-7)
        east, north = items["I185"]["Vx"], items["I185"]["Vy"]
        assert row["speed_m_s"] == pytest.approx(math.hypot(east, north))
        assert row["heading_rad"] == pytest.approx(math.atan2(east, north) % math.tau)
        assert row["mode_a"] == int(items["I060"]["Mode3A"], 8)
        assert row["icao24"] == items["I380"]["ADR"]["ADR"].lower()
        assert row["callsign"] == items["I380"]["ID"]["ACID"].strip()
        assert row["track"] == items["I040"]["TrkN"]
        assert row["height_m"] == pytest.approx(items["I130"]["Alt"] * 0.3048)
        assert row["pressure_m"] == pytest.approx(items["I136"]["MFL"] * 0.3048)  # printed in feet
        assert row["climb_m_s"] == pytest.approx(items["I220"]["RoC"] * 0.3048 / 60.0)


@pytest.mark.parametrize(
    ("name", "fields"),
    [  # read by hand from the bytes and the published category definitions
        ("cat021ed2.1.bin", {"category": 21, "sac": 0, "sic": 3, "time_s": 0x416F71 / 128, "icao24": "1a4b65",
                             "latitude_deg": 0x214FBA * 180 / 2**23, "longitude_deg": 0x08BEE1 * 180 / 2**23,
                             "height_m": 0x15B8 * 6.25 * 0.3048, "pressure_m": 0x0578 / 4 * FL_M, "mode_a": 0x0E46,
                             "track": 0x55F, "callsign": "EZS14ZH"}),
        ("cat048ed1.15.bin", {"category": 48, "sac": 0, "sic": 1}),
        ("cat062ed1.12.bin", {"category": 62, "sac": 0, "sic": 4}),
        ("cat048.raw", {"category": 48, "track": 3563, "callsign": "DLH65A", "mode_a": 0o1000}),
    ],
)  # fmt: skip
def test_single_blocks_of_older_editions_are_read(name: str, fields: dict[str, Any]) -> None:
    rows = asterix.load([DATA / name]).rows
    assert len(rows) == 1
    for field, value in fields.items():
        assert rows[0][field] == (pytest.approx(value) if isinstance(value, float) else value), field


# --- containers --------------------------------------------------------------------------------------------------


def final(*bodies: bytes) -> bytes:
    return b"".join((len(body) + 12).to_bytes(2, "big") + b"\x01\x02\x03\x00\x10\x20" + body + b"\xa5" * 4
                    for body in bodies)  # fmt: skip


def packet(body: bytes, ipv6: bool = False, vlan: bool = False, protocol: int = 17, offset: int = 0) -> bytes:
    datagram = struct.pack(">HHHH", 8600, 8600, 8 + len(body), 0) + body
    tag = b"\x81\x00\x00\x05" if vlan else b""
    if ipv6:
        network = struct.pack(">IHBB32x", 6 << 28, len(datagram), protocol, 1)
        return bytes(12) + tag + b"\x86\xdd" + network + datagram
    network = struct.pack(">BBHHHBBH8x", 0x45, 0, 20 + len(datagram), 0, offset, 1, protocol, 0)
    return bytes(12) + tag + b"\x08\x00" + network + datagram


def pcap(*packets: bytes, order: str = "<", magic: int = 0xA1B2C3D4) -> bytes:
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65_535, 1)
    return data + b"".join(struct.pack(order + "IIII", 1000 + i, 500_000, len(p), len(p)) + p
                           for i, p in enumerate(packets))  # fmt: skip


def read(path: Path) -> tuple[list[int], Counter[str]]:
    tally = Tally()
    return [block.category for block in blocks(path, tally)], tally.skipped


@pytest.mark.parametrize(
    "data",
    [
        RAW + PLOT,
        final(RAW, PLOT),
        pcap(packet(RAW), packet(PLOT)),
        pcap(packet(RAW, ipv6=True), packet(PLOT, vlan=True), order=">"),
        pcap(packet(RAW), packet(PLOT), magic=0xA1B23C4D),
    ],
    ids=["raw", "final", "pcap", "pcap big-endian, IPv6, VLAN", "pcap nanoseconds"],
)
def test_the_same_blocks_come_out_of_every_container(tmp_path: Path, data: bytes) -> None:
    assert read(written(tmp_path, data)) == ([62, 65, 48], Counter())


def test_capture_times_are_those_of_the_packets(tmp_path: Path) -> None:
    path = written(tmp_path, pcap(packet(RAW), packet(PLOT)))
    assert [block.received_s for block in blocks(path, Tally())] == [1000.5, 1000.5, 1001.5]


def test_packets_without_a_datagram_are_counted(tmp_path: Path) -> None:
    data = pcap(packet(PLOT, protocol=6), packet(PLOT, offset=0x2000), packet(PLOT), b"\x00" * 10)
    assert read(written(tmp_path, data)) == ([48], Counter({"not-udp": 2, "fragment": 1}))


# --- broken files ------------------------------------------------------------------------------------------------


def refused(path: Path, **more: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        asterix.load([path], **more)
    return str(caught.value)


def test_a_file_that_is_not_there_or_empty_is_refused_by_name(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "none.ast")
    assert "is empty" in refused(written(tmp_path, b""))
    assert "cannot be read" in refused(tmp_path)


def test_a_pcapng_capture_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    assert "editcap -F pcap" in refused(written(tmp_path, b"\x0a\x0d\x0d\x0a" + bytes(40)))


def test_service_messages_alone_are_no_recording() -> None:
    said = refused(DATA / "cat034ed1.26.bin")
    assert "no report could be read" in said
    assert "service 1" in said


@pytest.mark.parametrize("cut", [1, 2, 20, len(PLOT) - 1])
def test_a_raw_file_cut_short_gives_what_is_whole_and_says_so(tmp_path: Path, cut: int) -> None:
    found = asterix.load([written(tmp_path, RAW + PLOT[:cut])])
    assert len(found.rows) == 2
    assert found.skipped["cut-short"] == 1


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_capture_cut_short_gives_what_is_whole_and_says_so(tmp_path: Path, cut: int) -> None:
    found = asterix.load([written(tmp_path, PCAP.read_bytes()[:-cut])])
    assert found.skipped["cut-short"] == 1
    assert len(found.rows) >= 62
    assert asterix.load([written(tmp_path, final(RAW, PLOT)[:-cut])]).skipped["cut-short"] == 1


def test_an_unknown_category_is_counted(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, b"\xf0\x00\x05\x01\x02" + PLOT)])
    assert found.skipped == {"category": 1}
    assert found.categories == {48: 1, 240: 1}


def test_bytes_that_are_no_block_are_counted(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, PLOT + b"\x30\x00\x02" + bytes(50))])
    assert (len(found.rows), found.skipped) == (1, {"unreadable-bytes": 53})


def test_a_block_that_no_edition_reads_keeps_its_good_records(tmp_path: Path) -> None:
    good = PLOT[3:]
    bad = good + b"\xff\xff\xff\xff\xff\xff\xff\xff"
    found = asterix.load([written(tmp_path, b"\x30" + (len(bad) + 3).to_bytes(2, "big") + bad)])
    assert (len(found.rows), found.skipped) == (1, {"unreadable-block": 1})


def test_an_unknown_edition_is_refused_with_those_that_are_known() -> None:
    said = refused(DATA / "cat021ed2.1.bin", use={21: "9.9"})
    assert "category 021 has no edition 9.9" in said
    assert "2.6" in said


def test_an_edition_can_be_asked_for() -> None:
    assert len(asterix.load([DATA / "cat021ed2.1.bin"], use={21: "2.1"}).rows) == 1


def test_only_the_sources_asked_for_are_kept() -> None:
    whole = asterix.load([PCAP]).rows
    one = asterix.load([PCAP], sources=[(25, 201)]).rows
    assert 0 < len(one) == int(np.sum(whole["sic"] == 201)) < len(whole)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_file_ends_in_anything_but_counts_or_clear_words(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([RAW + PLOT, final(RAW, PLOT), pcap(packet(RAW), packet(PLOT))])))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = asterix.load([written(tmp_path, bytes(whole[: data.draw(st.integers(1, len(whole)))]))])
    except ScenarioError:
        return  # its words are looked at by the tests above
    assert len(found.rows)
    assert np.isfinite(found.rows["time_s"]).all()


# --- time --------------------------------------------------------------------------------------------------------


def test_time_goes_on_over_midnight(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, b"".join(map(plot, (86_398.0, 86_399.0, 0.5, 4.0))))])
    assert found.rows["time_s"].tolist() == [86_398.0, 86_399.0, 86_400.5, 86_404.0]
    assert not found.noted


def test_a_late_report_from_before_midnight_stays_before_it(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, b"".join(map(plot, (86_399.0, 1.0, 86_399.5, 2.0))))])
    assert found.rows["time_s"].tolist() == [86_399.0, 86_399.5, 86_401.0, 86_402.0]
    assert found.noted == {"out-of-order": 1}


def test_a_leap_second_is_kept_and_a_time_past_it_is_not(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, b"".join(map(plot, (86_399.5, 86_400.5, 100_000.0))))])
    assert found.rows["time_s"].tolist() == [86_399.5, 86_400.5]
    assert (found.noted, found.skipped) == ({"leap-second": 1}, {"time-out-of-day": 1})


def test_a_source_with_another_clock_is_told(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, plot(40_000.0) + plot(43_600.0, sic=2) + plot(40_004.0))])
    assert found.noted == {"clock-apart": 1}
    capture = b"".join(plot(40_000.0 + 4 * k) for k in range(3))
    found = asterix.load([written(tmp_path, pcap(packet(capture)))])  # the capture says 1000 s of the day
    assert found.noted == {"clock-apart": 3}


def test_a_repeated_report_counts_once(tmp_path: Path) -> None:
    found = asterix.load([written(tmp_path, plot(10.0) * 3 + plot(14.0))])
    assert (len(found.rows), found.skipped) == (2, {"duplicate": 2})


@given(st.lists(st.floats(0.0, 20.0), min_size=1, max_size=40), st.floats(0.0, 86_399.0))
def test_a_clock_that_runs_forward_is_followed_for_days(steps: list[float], start_s: float) -> None:
    tally, now, placed = Tally(), start_s, []
    clock = DayClock(tally)
    for step in [x * 1000.0 for x in steps]:
        placed.append(clock.place("a", now % 86_400.0, math.nan) - now)
        now += step
    assert placed == pytest.approx([placed[0]] * len(placed), abs=1e-6)


def test_a_long_file_streams_in_pieces(tmp_path: Path) -> None:
    path = written(tmp_path, b"".join(plot(10.0 + k / 128, track=k) for k in range(500)))
    sizes = [len(part) for part in asterix.chunks(path, Tally(), rows=100)]
    assert sizes == [100] * 5
