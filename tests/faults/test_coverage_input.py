"""Bad terrain, sites, areas, weights and requests, through the command `egide coverage`. Exit code 2, one sentence with
the place, the cause and the mend, no traceback, and no folder that looks like a result. One case of each kind runs as
its own process, as a user starts it; the others call what that process calls.

input    writes what is wrong into a folder; gives the scenario's values and the words to type
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from tests.unit.coverage import scene

from egide.cli.app import main

STEP = 0.05
INSIDE: dict[str, Any] = {"south": 43.1, "north": 46.9, "west": -37.9, "east": -30.1, "terrain": "{file: t.tif}"}
QUICK = ("--nominal", "--detection", "--area", "rectangle")


@dataclass(frozen=True)
class Input:
    """One mistake: what is written, what is typed, and what must be said."""

    name: str
    write: Callable[[Path], Any]
    place: str
    cause: str
    mend: str
    scenario: dict[str, Any] = field(default_factory=dict)
    typed: tuple[str, ...] = QUICK
    altitude: str = "1km-amsl"


def ground(height: Any, **more: Any) -> Callable[[Path], Any]:
    """A raster over the scenario's area, its lower left corner at 43 north 38 west."""
    array = np.asarray(np.broadcast_to(height, (80, 160)) if np.ndim(height) == 0 else height)
    settings = {"south": 43.0, "west": -38.0, "step": STEP, **more}
    return lambda folder: scene.geotiff(folder / "t.tif", array, **settings)


def holed(height: np.ndarray, where: Any, value: float) -> np.ndarray:
    out = height.copy()
    out[where] = value
    return out


def cut_short(folder: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 900, (80, 160)).astype(np.int16)
    path = scene.geotiff(folder / "t.tif", noise, 43.0, -38.0, STEP)
    path.write_bytes(path.read_bytes()[:9_000])


def no_raster(folder: Path) -> None:
    (folder / "t.tif").write_bytes(b"\x00not a raster" * 100)


def shape(document: Any) -> Callable[[Path], Any]:
    text = document if isinstance(document, str) else json.dumps(document)
    return lambda folder: (folder / "area.geojson").write_text(text, encoding="utf-8")


def ring(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


def weight(values: np.ndarray, south: float, west: float, **more: Any) -> Callable[[Path], Any]:
    return lambda folder: scene.geotiff(folder / "people.tif", values, south, west, 0.5, **more)


def nothing(_folder: Path) -> None:
    """The mistake is in what is typed."""


LAND = np.full((80, 160), 0, np.int16)
MIDDLE = (slice(38, 43), slice(78, 83))
AREA = ("--nominal", "--detection", "--area", "area.geojson")
WEIGHT = (*QUICK, "--weight", "people.tif")
INPUTS = [
    Input("no coordinate reference system", ground(LAND, crs=None), "t.tif", "no coordinate reference system",
          "gdal_translate -a_srs", INSIDE),
    Input("metres that are called degrees", ground(LAND, south=4.8e6, west=5e5, step=90.0), "t.tif", "says degrees",
          "look like metres", INSIDE),
    Input("a system without a place on Earth", ground(LAND, crs='LOCAL_CS["engineering",UNIT["metre",1]]'), "t.tif",
          "cannot be turned into latitude and longitude", "coordinate reference system", INSIDE),
    Input("a raster elsewhere", ground(LAND, south=-20.0), "t.tif", "there is none at", "the missing tiles", INSIDE),
    Input("rotated, with more corner than ground once straight", ground(LAND, turned=0.04), "t.tif",
          "of the area has no height", "fill the voids", INSIDE),
    Input("all void", ground(np.full((80, 160), -32768, np.int16)), "t.tif", "100% of the area has no height",
          "fill the voids", INSIDE),
    Input("all NaN", ground(np.full((80, 160), np.nan, np.float32)), "t.tif", "100% of the area has no height",
          "fill the voids", INSIDE),
    Input("a site on a void", ground(holed(LAND, MIDDLE, -32768)), "watch", "no height where the radar stands",
          "fill the void", INSIDE | {"lat": 44.975, "lon": -33.975}),
    Input("a site on NaN", ground(holed(LAND.astype(np.float32), MIDDLE, np.nan)), "watch",
          "no height where the radar stands", "fill the void", INSIDE | {"lat": 44.975, "lon": -33.975}),
    Input("heights in centimetres", ground(np.full((80, 160), 90_000.0, np.float32)), "t.tif", "beyond 32 km",
          "heights in metres", INSIDE),
    Input("cut short", cut_short, "t.tif", "cut short", "again", INSIDE),
    Input("no raster", no_raster, "t.tif", "not a raster", "GeoTIFF", INSIDE),
    Input("no file", nothing, "t.tif", "no such file", "paths begin in the folder", INSIDE),
    Input("a site outside the area", nothing, "sites.hill.position", "outside the area", "move it", {"lat": 52.0}),
    Input("a site under the ground", ground(np.full((80, 160), 3000, np.int16)), "watch", "below ground",
          "correct the site's height", INSIDE),
    Input("a site far above the ground", ground(LAND), "watch", "hangs in the air", "not in feet",
          INSIDE | {"ground": 9_000}),
    Input("a ring that crosses itself", shape(ring((-35, 44), (-34, 45), (-34, 44), (-35, 45), (-35, 44))),
          "area.geojson", "crosses itself near", "-makevalid", typed=AREA),
    Input("a ring that winds back over itself", shape(ring((-35, 44), (-33, 44), (-34, 44), (-34, 45), (-35, 44))),
          "area.geojson", "touches or runs back over itself", "-makevalid", typed=AREA),
    Input("a ring that touches itself", shape(ring((-35, 44), (-34, 45), (-33, 44), (-33, 46), (-34, 45), (-35, 46),
                                                   (-35, 44))), "area.geojson", "touches or runs back over itself",
          "-makevalid", typed=AREA),
    Input("a ring without an inside", shape(ring((-35, 44), (-34, 44), (-33, 44), (-35, 44))), "area.geojson",
          "touches or runs back over itself", "-makevalid", typed=AREA),
    Input("a ring round a pole", shape(ring((-170, 80), (-60, 80), (60, 80), (170, 80), (-170, 80))), "area.geojson",
          "goes round a pole", "-wrapdateline", typed=AREA),
    Input("a ring right round the Earth", shape(ring((-180, 40), (180, 40), (180, 50), (-180, 50), (-180, 40))),
          "area.geojson", "right round the Earth", "-wrapdateline", typed=AREA),
    Input("no polygon", shape({"type": "Point", "coordinates": [-34, 45]}), "area.geojson", "no polygon",
          "GeoJSON", typed=AREA),
    Input("a line", shape({"type": "LineString", "coordinates": [[-34, 45], [-33, 45]]}), "area.geojson",
          "no polygon", "GeoJSON", typed=AREA),
    Input("nothing", shape({"type": "FeatureCollection", "features": []}), "area.geojson", "no polygon",
          "GeoJSON", typed=AREA),
    Input("no JSON", shape("{"), "area.geojson", "not JSON", "GeoJSON", typed=AREA),
    Input("another JSON", shape({"type": "Polygon", "coordinates": "here"}), "area.geojson", "not GeoJSON",
          "longitude before latitude", typed=AREA),
    Input("a number too few", shape(ring((-35, 44), (-34,), (-34, 45), (-35, 44))),  # type: ignore[arg-type]
          "area.geojson", "not GeoJSON", "longitude before latitude", typed=AREA),
    Input("off the Earth", shape(ring((-35, 440), (-34, 44), (-34, 45), (-35, 440))), "area.geojson", "off the Earth",
          "degrees", typed=AREA),
    Input("an area beyond the terrain", shape(ring((10, 44), (11, 44), (11, 45), (10, 44))), "area.geojson",
          "does not touch", "polygon inside", typed=AREA),
    Input("an area between two cells", shape(ring((-34.01, 45.01), (-34.005, 45.01), (-34.005, 45.015),
                                                  (-34.01, 45.01))), "area.geojson",
          "no centre of a terrain cell", "larger area", typed=AREA),
    Input("an area of voids", lambda folder: (ground(holed(LAND, slice(40, 50), -32768))(folder), shape(ring(
          (-36.0, 44.6), (-33.0, 44.6), (-33.0, 44.9), (-36.0, 44.9), (-36.0, 44.6)))(folder)), "area.geojson",
          "no height anywhere in the area", "fill the voids", INSIDE | {"lat": 44.0}, AREA),
    Input("no heights", nothing, "--altitude", "the list is empty", "100m-agl", altitude=","),
    Input("a negative height", nothing, "--altitude", "not a height between 0 and 32 km", "100m-agl",
          altitude="-100m-agl"),
    Input("no height at all", nothing, "--altitude", "not a height between 0 and 32 km", "100m-agl", altitude="0m-agl"),
    Input("a height that is no number", nothing, "--altitude", "", "m", altitude="nanm-agl"),
    Input("an infinite height", nothing, "--altitude", "", "m", altitude="infkm-amsl"),
    Input("a hundred gigabytes", nothing, "", "GB", "fewer heights", {"south": -60.0, "north": 60.0, "west": -170.0,
          "east": 170.0}, typed=("--nominal",), altitude=",".join(f"{i}m-agl" for i in range(1, 3000))),
    Input("weights elsewhere", weight(np.ones((4, 4), np.float32), 10.0, 10.0), "people.tif", "no weight on the area",
          "covers it", typed=WEIGHT),
    Input("weights below zero", weight(np.full((4, 4), -1.0, np.float32), 44.0, -35.0), "people.tif",
          "below zero", "people or value", typed=WEIGHT),
    Input("weights without a place", weight(np.ones((4, 4), np.float32), 44.0, -35.0, crs=None), "people.tif",
          "where on Earth", "coordinate reference system", typed=WEIGHT),
    Input("weights that are none", weight(np.full((4, 4), np.nan, np.float32), 44.0, -35.0), "people.tif",
          "no weight on the area", "above zero", typed=WEIGHT),
    Input("weights that are missing", nothing, "people.tif", "not there", "GeoTIFF", typed=WEIGHT),
    Input("weights cut short", lambda folder: weight(np.random.default_rng(2).random((60, 60)).astype(np.float32), 44.0,
          -35.0)(folder).write_bytes((folder / "people.tif").read_bytes()[:3_000]), "people.tif", "cut short",
          "again", typed=WEIGHT),
]  # fmt: skip


OWN_PROCESS = ("no coordinate reference system", "a site on a void", "a ring that crosses itself", "a negative height",
               "weights elsewhere")  # fmt: skip


def as_process(folder: Path, words: list[str]) -> tuple[int, str]:
    """The command as a user types it, in a folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EGIDE_LANG")}
    done = subprocess.run(
        [sys.executable, "-m", "egide", *words], cwd=folder, env=clean, capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("case", INPUTS, ids=[each.name for each in INPUTS])
def test_bad_input_is_told_with_its_place_cause_and_mend(
    tmp_path: Path, case: Input, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    scene.write(tmp_path, scene.BATTERY, **case.scenario)
    case.write(tmp_path)
    words = ["coverage", "scenario.yaml", f"--altitude={case.altitude}", *case.typed, "-o", "out"]
    if case.name in OWN_PROCESS:
        code, said = as_process(tmp_path, words)
    else:
        monkeypatch.chdir(tmp_path)
        code = main(words)
        said = capsys.readouterr().err
    assert code == 2, said
    assert "Traceback" not in said
    for word in (case.place, case.cause, case.mend):
        assert word in " ".join(said.split())
    assert not (tmp_path / "out").exists()


def test_a_rotated_raster_is_straightened_and_covers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    scene.geotiff(tmp_path / "t.tif", np.zeros((140, 240), np.int16), 41.0, -40.0, STEP, turned=0.005)
    scene.write(tmp_path, **(INSIDE | {"south": 44.0, "north": 46.0, "west": -36.0, "east": -32.0}))
    assert main(["coverage", "scenario.yaml", "--altitude", "5km-amsl", *QUICK, "-o", "out"]) == 0


def test_a_polygon_across_the_antimeridian_counts_on_the_side_that_the_scenario_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    shape(ring((179, 44), (-179, 44), (-179, 46), (179, 46), (179, 44)))(tmp_path)
    scene.write(tmp_path, west=174.0, east=180.0, lon=177.5, lon2=177.6)
    assert main(["coverage", "scenario.yaml", "--altitude", "5km-amsl", *AREA, "-o", "out"]) == 0
    area = json.loads((tmp_path / "out" / "coverage.json").read_text("utf-8"))["area"]
    geod: Any = Geod(ellps="WGS84")
    km2 = abs(geod.polygon_area_perimeter([179, 180, 180, 179], [44, 44, 46, 46])[0]) / 1e6
    assert area["km2"] == pytest.approx(km2, rel=0.06)  # the border's cells lie half on either side
    assert area["inside_share"] == pytest.approx(0.5, abs=0.03)
    assert any("beyond the terrain" in note for note in area["notes"])
