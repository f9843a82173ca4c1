"""Every mistake that can be made with a coverage is told with its place and its mend, and ends in exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.unit.coverage import scene

from egide.cli.app import main

OKAY = ["--altitude", "1km-amsl", "--nominal", "--detection", "--area", "rectangle"]


def refused(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    code = main(["coverage", *map(str, words)])
    said = capsys.readouterr()
    assert code == 2, said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    return said.err


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return scene.write(tmp_path, scene.BATTERY)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--altitude", ""], "the list is empty"),
        (["--altitude", "100m"], "does not say what the height is measured from"),
        (["--altitude", "100-agl"], "has no length unit"),
        (["--altitude", "99km-amsl"], "not a height between 0 and 32 km"),
        (["--altitude", "1km-amsl", "--rcs", "0m2"], "not a cross section above zero"),
        (["--altitude", "1km-amsl", "--rcs", "1"], "has no area unit"),
        (["--altitude", "1km-amsl", "--pd", "1.5"], "cannot be asked for"),
        (["--altitude", "1km-amsl", "--class", "submarine"], "no target class"),
        (["--altitude", "1km-amsl", "--shots", "1,2", "--kill", "0.5"], "same number of values"),
        (["--altitude", "1km-amsl", "--kill", "half,0.8"], "no list of numbers"),
        (["--altitude", "1km-amsl", "--without", "wach"], "did you mean watch?"),
        (["--altitude", "1km-amsl", "--area", "Atlantis"], "no country of this name"),
        (["--altitude", "1km-amsl", "--area", "Japan"], "does not touch the scenario's terrain"),
        (["--altitude", "1km-amsl", "--release=-5km"], "not a distance of zero or more"),
        (["--altitude", "1km-amsl", "--alternative", "nonsense"], "nonsense"),
    ],
)
def test_a_wrong_option_is_told(file: Path, tmp_path: Path, capsys, words: list[str], told: str):
    assert told in refused(capsys, file, *words, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def polygon(tmp_path: Path, ring: list[list[float]], **more: object) -> Path:
    place = tmp_path / "area.geojson"
    place.write_text(json.dumps({"type": "Polygon", "coordinates": [ring], **more}), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("ring", "told"),
    [
        ([[-35, 44], [-34, 45], [-34, 44], [-35, 45], [-35, 44]], "crosses itself"),
        ([[-35, 44], [-34, 44], [-34, 45]], "not closed"),
    ],
)
def test_a_polygon_that_bounds_nothing_is_told(file: Path, tmp_path: Path, capsys, ring, told: str):
    place = polygon(tmp_path, ring)
    assert told in refused(capsys, file, "--altitude", "1km-amsl", "--area", place, "-o", tmp_path / "out")


def test_a_polygon_in_another_coordinate_system_is_told(file: Path, tmp_path: Path, capsys):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    place = polygon(tmp_path, [[-35, 44], [-34, 44], [-34, 45], [-35, 44]], crs=crs)
    assert "EPSG::3857" in refused(capsys, file, "--altitude", "1km-amsl", "--area", place, "-o", tmp_path / "out")


def test_a_terrain_without_coordinate_system_is_told(tmp_path: Path, capsys):
    scene.geotiff(tmp_path / "t.tif", np.zeros((80, 160), np.int16), 43.0, -38.0, 0.05, crs=None)
    file = scene.write(tmp_path, south=43.1, north=46.9, west=-37.9, east=-30.1, terrain="{file: t.tif}")
    assert "no coordinate reference system" in refused(capsys, file, *OKAY, "-o", tmp_path / "out")


def test_a_site_under_the_terrain_is_told(tmp_path: Path, capsys):
    scene.geotiff(tmp_path / "t.tif", np.full((80, 160), 3000, np.int16), 43.0, -38.0, 0.05)
    file = scene.write(tmp_path, south=43.1, north=46.9, west=-37.9, east=-30.1, terrain="{file: t.tif}")
    assert "below ground" in refused(capsys, file, *OKAY, "-o", tmp_path / "out")


def test_a_terrain_of_voids_is_told(tmp_path: Path, capsys):
    height = np.full((80, 160), -32768, np.int16)
    scene.geotiff(tmp_path / "t.tif", height, 43.0, -38.0, 0.05)
    file = scene.write(tmp_path, south=43.1, north=46.9, west=-37.9, east=-30.1, terrain="{file: t.tif}")
    assert "no height" in refused(capsys, file, *OKAY, "-o", tmp_path / "out")


def test_a_weight_without_coordinate_system_is_told(file: Path, tmp_path: Path, capsys):
    weight = scene.geotiff(tmp_path / "people.tif", np.ones((4, 4), np.float32), 44.0, -35.0, 0.5, crs=None)
    assert "where on Earth" in refused(capsys, file, *OKAY, "--weight", weight, "-o", tmp_path / "out")


def test_a_request_that_would_not_fit_is_refused_with_its_estimate(file: Path, tmp_path: Path, capsys, monkeypatch):
    from egide.coverage import size

    monkeypatch.setattr(size, "ROOM", 1_000)
    monkeypatch.setattr(size, "_memory", lambda: 0)
    assert "GB of memory; ask for fewer heights" in refused(capsys, file, *OKAY, "-o", tmp_path / "out")


def test_batteries_that_would_not_fit_may_be_left_out(file: Path, tmp_path: Path, capsys, monkeypatch):
    from egide.coverage import plan, size

    seen = plan(file, altitude=["1km-amsl"], rcs=["1m2"], levels=("nominal",), engagement=False).size.memory
    monkeypatch.setattr(size, "ROOM", seen)
    monkeypatch.setattr(size, "_memory", lambda: 0)
    monkeypatch.setattr(size, "ENGAGED_BYTES", 1_000_000)
    words = ["--altitude", "1km-amsl", "--nominal", "--area", "rectangle", "-o", str(tmp_path / "out")]
    assert "ask for detection alone (--detection)" in refused(capsys, file, *words)
    assert main(["coverage", str(file), "--detection", *map(str, words)]) == 0


def test_a_coverage_that_is_there_is_not_replaced_unasked(file: Path, tmp_path: Path, capsys):
    out = tmp_path / "out"
    assert main(["coverage", str(file), *OKAY, "-o", str(out)]) == 0
    capsys.readouterr()
    assert "exists already" in refused(capsys, file, *OKAY, "-o", out)
    told = refused(capsys, file, *OKAY, "--pd", "0.8", "-o", out)
    assert "another coverage: request.pd 0.5, not 0.8" in told
    assert "--force" in told
    assert main(["coverage", str(file), *OKAY, "-o", str(out), "--force"]) == 0


def test_a_folder_with_something_else_is_left_alone(file: Path, tmp_path: Path, capsys):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "letter.txt").write_text("dear", encoding="utf-8")
    assert "something other" in refused(capsys, file, *OKAY, "-o", out, "--force")
    assert (out / "letter.txt").exists()
