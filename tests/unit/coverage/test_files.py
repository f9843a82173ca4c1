"""What a coverage leaves on disk, read by others: rasterio, json, csv."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tests.unit.coverage import scene

from egide.cli.app import main
from egide.coverage import files, plan
from egide.report import coverage as words

ASKED = ["--alternative", "all", "--altitude", "100m-agl,2km-amsl", "--rcs", "1m2", "--nominal", "--area", "rectangle"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    assert main(["coverage", str(scene.write(folder, scene.BATTERY)), *ASKED, "-o", str(folder / "out")]) == 0
    return folder / "out"


def test_rasters_are_cloud_optimised_and_say_where_they_lie(out: Path):
    with rasterio.open(out / "cued" / "seen_2km-amsl_1m2.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.crs.to_epsg() == 4326
        assert file.descriptions[0] == "share of time seen"
        assert file.xy(0, 0) == pytest.approx((-38.0, 47.0))
        assert set(np.unique(file.read(1))) == {0.0, 1.0}


def test_outlines_are_geojson_that_says_that_sites_are_notional(out: Path):
    document = json.loads((out / "cued" / "seen_2km-amsl_1m2.geojson").read_text("utf-8"))
    assert document["type"] == "FeatureCollection"
    assert {feature["properties"]["radars"] for feature in document["features"]} >= {0, 1}
    assert all("notional" in feature["properties"]["notice"] for feature in document["features"])


def test_the_table_and_the_manifest_agree(out: Path):
    document = json.loads((out / "coverage.json").read_text("utf-8"))
    with (out / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert document["complete"]
    assert len(rows) == sum(len(each["rows"]) for each in document["alternatives"])
    assert {row["alternative"] for row in rows} == {"bare", "cued"}


def test_there_are_maps_and_a_page_that_asks_nothing_of_the_network(out: Path):
    assert sorted(path.name for path in (out / "cued").glob("*.png")) == [
        "map-engaged_1m2.en.png", "map-seen_1m2.en.png",
    ]  # fmt: skip
    page = (out / "coverage.en.html").read_text("utf-8")
    assert "Sites are notional. Boundaries imply no position." in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page


def test_the_words_are_there_in_french_too(out: Path):
    english, french = (words.lines(out, lang) for lang in ("en", "fr"))
    assert len(english) == len(french)
    assert not {line for line in english if len(line) > 40 and "Small" not in line} & set(french)


def test_what_was_interrupted_goes_on_where_it_stopped(tmp_path: Path):
    file = scene.write(tmp_path, scene.BATTERY)
    planned = plan(file, alternative="all", altitude=["1km-amsl"], rcs=["1m2"], levels=("nominal",), engagement=False)
    first = files.Folder(tmp_path / "out", planned)
    first.make("bare")
    first.close()
    again = files.Folder(tmp_path / "out", planned)
    assert again.done == {"bare"}
    again.make("cued")
    assert again.finish()["complete"]
