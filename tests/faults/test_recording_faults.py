"""Bad recordings through the command line, one by one: clear words that name the file, what was skipped is counted and
said, and the exit code is 0 where something is left to track and 2 where nothing is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from egide.cli.app import main

DATA = Path(__file__).parents[1] / "data"
PCAP = DATA / "asterix" / "cat_034_048.pcap"
RAW = DATA / "asterix" / "cat062cat065.raw"
HEAD = "timestamp,icao24,callsign,latitude,longitude,altitude"
NOON = 1_577_880_000  # 1 January 2020


def row(time: object, lat: object = 48.0, lon: object = 11.0, icao: str = "abc123") -> str:
    return f"{time},{icao},F1,{lat},{lon},33000"


def table(folder: Path, *strays: str, name: str = "t.csv") -> Path:
    """Twelve good reports of one flight, with strays in their midst."""
    good = [row(NOON + 5 * k, 48.0, 11.0 + 0.013 * k) for k in range(12)]
    (folder / name).write_text("\n".join([HEAD, *good[:6], *strays, *good[6:]]) + "\n")
    return folder / name


def asked(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["track", *map(str, arguments), "--lang", "en"])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out, said.err


@pytest.mark.parametrize(
    ("stray", "words"),
    [
        (row(43_200.0), "1  reports in another time base than the file's first ones"),
        (row(NOON, 48.0, 11.0), "1  reports out of order, put in order"),
        (row(NOON + 25, 48.0, 11.065), "1  reports that repeat another"),
        (row(NOON + 27, 90.0, 0.0, "def456"), "1  reports within 0.1 degrees of a pole"),
        (row(NOON + 27, "nan", "nan"), "1  reports without a usable position"),
        (row(NOON + 27, 91.0, 11.0), "1  reports without a usable position"),
        (row(NOON + 27, "inf", 11.0), "1  reports without a usable position"),
        (row(-5.0), "1  reports with a negative time"),
        (row("nan"), "1  reports without a time"),
        (row("2020-01-01T12:00:60Z", icao="def456"), "1  reports inside a leap second"),
    ],
)
def test_a_stray_report_is_counted_and_said_and_the_rest_is_tracked(
    stray: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = asked(capsys, table(tmp_path, stray))
    assert code == 0
    assert words in out
    assert "1  tracks that were ever firm" in out


def test_every_kind_of_stray_together_is_counted_in_the_document_and_in_the_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(tmp_path, row(-1), row("nan"), row(50_000.0), row(NOON + 26, "nan"), row(NOON + 25, 48.0, 11.065))
    expected = {"duplicate": 1, "negative-time": 1, "no-position": 1, "no-time": 1, "other-time-base": 1}
    assert main(["track", str(file), "-o", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["skipped"] == expected
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["recording"]["skipped"] == expected


def test_a_late_report_however_late_is_put_in_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows backwards: nothing is lost, and the tracks are those of the file in order."""
    file = table(tmp_path)
    lines = file.read_text().splitlines()
    (tmp_path / "back.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    said = [asked(capsys, each)[1].split("told positions")[1] for each in (file, tmp_path / "back.csv")]
    assert said[0] == said[1]


def test_a_flight_over_the_pole_is_one_track(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [HEAD]
    for k in range(120):
        north = 89.7 + 0.0045 * k  # 500 m a row, 100 m/s
        lines.append(row(NOON + 5 * k, min(north, 180.0 - north), 20.0 if north <= 90.0 else -160.0))
    (tmp_path / "pole.csv").write_text("\n".join(lines) + "\n")
    code, out, _ = asked(capsys, tmp_path / "pole.csv")
    assert code == 0
    assert "reports within 0.1 degrees of a pole" in out
    assert "1  tracks that were ever firm" in out


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.csv", b"", "the recording is empty"),
        ("empty.ast", b"", "the recording is empty"),
        ("empty.pcap", b"", "the recording is empty"),
        ("head.csv", HEAD.encode() + b"\n", "no report could be read"),
        ("head.pcap", PCAP.read_bytes()[:24], "no report could be read"),
        ("cut.pcap", PCAP.read_bytes()[:30], "cut-short 1"),
        ("unknown.ast", bytes([7, 0, 5, 0, 0]), "category 1"),
        ("noise.ast", bytes(range(1, 200)), "no report could be read"),
        ("broken.json", b'[{"timestamp": 1', "broken.json:1:"),
        ("cut.csv.gz", gzip.compress(HEAD.encode() * 50)[:-20], "broken or cut short"),
        ("other.csv", b"a,b,c\n1,2,3\n", "lacks the columns"),
        ("nan.csv", (HEAD + "\n" + row("nan") + "\n" + row(-1) + "\n").encode(), "negative-time 1, no-time 1"),
        ("bytes.csv", b"\xff\xfe\x00\x01" * 20, "not text"),
    ],
)  # fmt: skip
def test_a_file_with_nothing_to_track_is_refused_by_name(
    name: str, data: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    code, out, err = asked(capsys, tmp_path / name)
    assert code == 2
    assert not out
    assert name in err
    assert words in err


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = asked(capsys, tmp_path / "no.csv")
    assert code == 2
    assert "no.csv" in err


def test_a_truncated_capture_is_tracked_up_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cut.pcap").write_bytes(PCAP.read_bytes()[:-7])
    code, out, _ = asked(capsys, tmp_path / "cut.pcap")
    assert code == 0
    assert "1  the end of the file is missing" in out


def test_an_unknown_category_is_counted_beside_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "more.ast").write_bytes(bytes([7, 0, 5, 0, 0]) + RAW.read_bytes())
    code, out, _ = asked(capsys, tmp_path / "more.ast")
    assert code == 0
    assert "1  data blocks of a category that is not read" in out


def test_an_unknown_edition_is_refused_with_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = asked(capsys, RAW, "--edition", "062=9.9")
    assert code == 2
    assert "category 062 has no edition 9.9" in err
    assert "1.20" in err


def test_a_block_that_no_edition_reads_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = RAW.read_bytes()
    (tmp_path / "bad.ast").write_bytes(bytes([62, 0, 6, 0xFF, 0xFF, 0xFF]) + good)
    code, out, _ = asked(capsys, tmp_path / "bad.ast")
    assert code == 0
    assert "1  data blocks that no edition of their category reads" in out


def test_a_time_past_a_leap_second_of_the_day_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A block of category 048 with items 010, 140 and 040 alone, its time 86 400.5 s, 86 402 s and noon."""
    blocks = b""
    for seconds in (86_400.5, 86_402.0, 43_200.0):
        records = bytes([0b1101_0000, 25, 11]) + int(seconds * 128).to_bytes(3, "big") + bytes([0x10, 0, 0x20, 0])
        blocks += bytes([48, 0, 3 + len(records)]) + records
    (tmp_path / "leap.ast").write_bytes(blocks)
    code, out, _ = asked(capsys, tmp_path / "leap.ast")
    assert code == 0
    assert "1  reports with a time of day past 86 401 s" in out.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "1  reports inside a leap second" in out


def test_two_files_of_two_time_bases_are_taken_for_one_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table in Unix time and one in seconds of the day: the second is put on the day of the first."""
    unix = table(tmp_path)
    day = [row(43_200 + 5 * k, 49.0, 11.0 + 0.013 * k, "def456") for k in range(12)]
    (tmp_path / "day.csv").write_text("\n".join([HEAD, *day]) + "\n")
    code, out, _ = asked(capsys, unix, tmp_path / "day.csv")
    assert code == 0
    assert "24 reports in 55" in out
    assert "2  tracks that were ever firm" in out
