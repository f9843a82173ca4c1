"""Recordings through the tracker, and what is said of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("egide.picture.tracker")

from egide import recorded, store
from egide.cli.app import main
from egide.errors import ScenarioError
from egide.ingest import adsb
from egide.recorded.scans import Scans
from egide.recorded.truth import TruePath, names

DATA = Path(__file__).parents[2] / "data"
MUNICH = DATA / "adsb" / "munich.json.gz"
PCAP = DATA / "asterix" / "cat_034_048.pcap"
START = 1_577_880_000  # 1 January 2020, 12:00 UTC


def flight(folder: Path, flights: int = 3, seconds: int = 600, name: str = "t.csv") -> Path:
    """Flights side by side, 20 km apart, 200 m/s eastwards, told every five seconds to the millisecond."""
    lines = ["timestamp,icao24,callsign,latitude,longitude,altitude"]
    for second in range(0, seconds, 5):
        for k in range(flights):
            lat = 48.0 + 0.18 * k
            lon = 11.0 + 200.0 * second / (111_320.0 * math.cos(math.radians(lat)))
            lines.append(f"{START + second},{0xABC000 + k:06x},F{k},{lat},{lon:.7f},33000")
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.found: list[tuple[int, Any]] = []
        self.samples: list[Any] = []

    def begin(self, start_s: float, sensors: Any) -> None:
        pass

    def plots(self, picture: int, sensor: int, found: Any, objects: Any) -> None:
        self.found.append((sensor, found))

    def sample(self, picture: int, time_s: float, tracks: Any) -> None:
        self.samples.append((time_s, tracks))

    def told(self, objects: Any, time_s: Any, pos_m: Any) -> None:
        pass


def picture(sink: Kept | None = None, **order: Any) -> recorded.Picture:
    (found,) = recorded.track(recorded.Order(**order), sink).pictures
    return found


def test_straight_flights_are_one_track_each(tmp_path: Path) -> None:
    found = picture(files=[flight(tmp_path)], position_error_m=30.0)
    said = recorded.measures(found)
    assert said["tracks"] == said["truths"] == 3
    assert said["spuriousness"] == said["false"] == said["number_change_per_h"] == 0.0
    assert said["completeness"] > 0.95
    assert said["position_m"] < 20.0


def test_added_noise_is_what_the_tracks_are_smoother_than(tmp_path: Path) -> None:
    said = recorded.measures(picture(files=[flight(tmp_path)], noise_m=200.0))
    assert said["tracks"] == 3
    assert 30.0 < said["position_m"] < 200.0 * math.sqrt(2.0)


def test_a_radar_laid_over_the_truth_sees_what_is_above_its_horizon(tmp_path: Path) -> None:
    near = recorded.Laid("radar/91n6e", recorded.Site(48.2, 11.5, 500.0))
    far = recorded.Laid("radar/91n6e", recorded.Site(30.0, 11.5, 500.0))
    file = flight(tmp_path)
    assert recorded.measures(picture(files=[file], sensors=[near]))["completeness"] > 0.7
    assert recorded.measures(picture(files=[file], sensors=[far]))["completeness"] == 0.0


def test_a_further_laid_radar_leaves_the_plots_of_the_first_alone(tmp_path: Path) -> None:
    one, two = (recorded.Laid("radar/91n6e", recorded.Site(48.2, lon, 500.0)) for lon in (11.5, 12.5))
    file = flight(tmp_path, seconds=120)
    alone, both = Kept(), Kept()
    picture(alone, files=[file], sensors=[one])
    picture(both, files=[file], sensors=[one, two])
    first = [found for sensor, found in both.found if not sensor]
    for (_, ours), theirs in zip(alone.found, first, strict=True):
        np.testing.assert_array_equal(ours["range_m"], theirs["range_m"])


def test_the_same_order_gives_the_same_tracks(tmp_path: Path) -> None:
    order = {"files": [flight(tmp_path)], "noise_m": 100.0, "seed": 3}
    a, b = Kept(), Kept()
    picture(a, **order)
    picture(b, **order)
    for (_, ours), (_, theirs) in zip(a.samples, b.samples, strict=True):
        np.testing.assert_array_equal(ours["pos_m"], theirs["pos_m"])


def test_a_recorded_flight_of_hours_is_one_track() -> None:
    said = recorded.measures(picture(files=[MUNICH]))
    assert said["tracks"] == 1
    assert said["longest_segment"] > 0.99
    assert said["position_m"] < 100.0


def test_radars_of_unknown_site_are_tracked_each_about_itself_and_those_of_known_site_together() -> None:
    alone = recorded.track(recorded.Order([PCAP]))
    assert [one.name for one in alone.pictures] == [f"radar 25/{sic}" for sic in (11, 12, 13, 14, 201, 204, 205)]
    assert len(alone.notes) == 7
    sites = {(25, sic): recorded.Site(45.0 + 0.1 * sic, 15.0) for sic in (11, 12)}
    some = recorded.track(recorded.Order([PCAP], sites=sites))
    assert some.pictures[0].sensors == ["25/11", "25/12"]
    assert len(some.notes) == 5


def test_truth_is_a_straight_line_between_reports_and_unknown_in_a_silence() -> None:
    path = TruePath("a", np.array([0.0, 10.0, 100.0]), np.array([[0.0, 0, 0], [100.0, 0, 0], [1000.0, 0, 0]]))
    pos, speed, there = path.at(np.array([-1.0, 5.0, 50.0, 101.0]), 30.0)
    assert there.tolist() == [False, True, False, False]
    assert (pos[1, 0], speed[1, 0]) == (50.0, 10.0)


def test_a_scan_ends_with_the_turn_or_when_an_object_comes_again(tmp_path: Path) -> None:
    rows = adsb.load([flight(tmp_path, flights=2, seconds=20)]).rows
    for revisit_s in (1.0, 100.0):
        for cut in (0, 3, 4, 8):  # wherever the blocks end
            cutter, scans = Scans(revisit_s), []
            for part, until_s in ((rows[:cut], rows["time_s"][min(cut, 7)]), (rows[cut:], math.inf)):
                scans += cutter.add(part, names(part), until_s)
            assert [len(scan) for scan in scans] == [2, 2, 2, 2]


# --- the command -------------------------------------------------------------------------------------------------


def test_the_bundle_holds_tracks_plots_and_what_was_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = flight(tmp_path)
    assert main(["track", str(file), "-o", str(tmp_path / "out"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    bundle = store.open(tmp_path / "out")
    assert bundle.verify() == []
    assert bundle.manifest["recording"]["pictures"][0]["measures"]["tracks"] == 3
    assert said["pictures"][0]["measures"]["tracks"] == 3
    assert bundle.manifest["scenario"]["start"] == "2020-01-01T12:00:00Z"
    assert len(bundle.table("plots").fetchall()) == 360
    assert bundle.sql("SELECT count(DISTINCT track) FROM tracks").fetchall() == [(3,)]
    assert bundle.sql("SELECT count(DISTINCT mover) FROM routes").fetchall() == [(3,)]
    height = bundle.sql("SELECT avg(height_m) FROM tracks WHERE event <> 1").fetchall()[0][0]
    assert height == pytest.approx(33_000 * 0.3048, abs=30.0)
    assert main(["track", str(file), "-o", str(tmp_path / "out")]) == 2
    assert main(["report", str(tmp_path / "out"), "-o", str(tmp_path / "out.html")]) == 2
    assert "is a tracked recording" in capsys.readouterr().err


def test_the_answer_says_what_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track", str(PCAP), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "63 reports" in said
    assert "64  reports that repeat another" in said
    assert "radars of unknown site" in said
    assert "no track" in said


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--noise", "100"], "expected a length"),
        (["--sensor", "radar/91n6e"], "is no place"),
        (["--sensor", "radar/nonsense@48,11"], "nonsense"),
        (["--sensor", "missile/48n6e@48,11"], "missile/48n6e"),
        (["--site", "25@48,11"], "is no place"),
        (["--site", "25/201@148,11"], "is no place"),
        (["--edition", "021"], "is no edition"),
        (["--edition", "021=9.9"], ""),
    ],
)
def test_wrong_options_are_refused_in_clear_words(
    options: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = PCAP if "9.9" in options[-1] else flight(tmp_path, seconds=60)
    assert main(["track", str(file), *options]) == 2
    assert why in capsys.readouterr().err


def test_no_file_and_no_truth_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["track"]) == 2
    with pytest.raises(ScenarioError, match="no truth"):
        recorded.track(recorded.Order([PCAP], sensors=[recorded.Laid("radar/91n6e", recorded.Site(45.0, 15.0))]))
    assert "no recording" in capsys.readouterr().err
