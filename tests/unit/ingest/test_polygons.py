"""Outlines that ship, and GeoJSON files, good and bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from egide.errors import ScenarioError
from egide.ingest import polygons


def test_turkey_is_two_closed_rings_in_the_right_place() -> None:
    rings = polygons.country("turkey")
    assert len(rings) == 2
    for ring in rings:
        assert np.array_equal(ring[0], ring[-1])
    west, south = np.min([ring.min(axis=0) for ring in rings], axis=0)
    east, north = np.max([ring.max(axis=0) for ring in rings], axis=0)
    assert (west, east) == (pytest.approx(26.0, abs=0.5), pytest.approx(44.8, abs=0.5))
    assert (south, north) == (pytest.approx(35.8, abs=0.5), pytest.approx(42.1, abs=0.5))
    assert len(polygons.country("TUR")) == 2


def test_an_unknown_country_gets_a_suggestion() -> None:
    with pytest.raises(ScenarioError, match="Turkey"):
        polygons.country("Turky")


def test_every_country_has_an_outline() -> None:
    names = polygons.countries()
    assert len(names) == 177
    assert all(len(polygons.country(name)[0]) > 3 for name in names)


def test_the_coast_is_cut_to_the_box() -> None:
    lines = polygons.coastline(35.0, 43.0, 25.0, 46.0)
    assert lines
    points = np.concatenate(lines)
    assert np.mean((points[:, 1] >= 35.0) & (points[:, 1] <= 43.0)) > 0.95
    assert all(len(line) >= 2 for line in lines)
    assert not polygons.coastline(38.5, 39.5, 33.0, 34.0)  # Anatolia has no sea in the middle


def test_geojson_of_every_shape_is_read(tmp_path: Path) -> None:
    ring = "[[0,0],[1,0],[1,1],[0,0]]"
    (tmp_path / "a.json").write_text(
        '{"type":"FeatureCollection","features":['
        f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring},{ring}]}}}},'
        f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"MultiPolygon","coordinates":[[{ring}],[{ring}]]}}}},'
        '{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[5,6,100],[7,8,100]]}},'
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[5,6]}},'
        '{"type":"Feature","properties":{},"geometry":null}]}'
    )
    rings = polygons.read(tmp_path / "a.json")
    assert [ring.shape for ring in rings] == [(4, 2)] * 4 + [(2, 2)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "not JSON"),
        ("[]", "not GeoJSON"),
        ('{"type":"Polygon"}', "not GeoJSON"),
        ('{"type":"Point","coordinates":[1,2]}', "no polygon"),
        ('{"type":"LineString","coordinates":[[1,2],[3,400]]}', "off the Earth"),
    ],
)
def test_a_bad_file_is_named_with_a_mend(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(ScenarioError, match=word) as error:
        polygons.read(tmp_path / "bad.json")
    assert "bad.json" in str(error.value)
    assert error.value.problems[0].right


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"gone\.json"):
        polygons.read(tmp_path / "gone.json")
