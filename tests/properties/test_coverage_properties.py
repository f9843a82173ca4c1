"""What never takes coverage away: a taller mast, a larger target, a lower wanted probability, one more radar."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.coverage import scene

from egide import scenario
from egide.coverage import detect
from egide.coverage.ask import Altitude, Case
from egide.coverage.net import Grid, Net, Place, Radar, grid_of, net_of

ALTITUDES = (Altitude("100m-agl", 100.0, True), Altitude("2km-agl", 2000.0, True), Altitude("4km-amsl", 4000.0, False))

rcs = st.floats(0.001, 100.0)
probabilities = st.floats(0.05, 0.95)
masts = st.floats(1.0, 300.0)


@pytest.fixture(scope="module")
def land() -> tuple[Grid, Net]:
    rng = np.random.default_rng(5)
    folder = Path(tempfile.mkdtemp())
    rough = np.abs(np.cumsum(rng.normal(0.0, 120.0, (60, 100)), axis=1)).astype(np.int16)
    scene.geotiff(folder / "t.tif", rough, 44.0, -36.0, 0.05)
    ground = int(rough[30, 40])
    file = scene.write(folder, south=44.1, north=46.9, west=-35.9, east=-31.1, lat=45.475, lon=-33.975, lon2=-33.975,
                       ground=ground + 5, terrain="{file: t.tif}")  # fmt: skip
    loaded = scenario.load(file)
    grid = grid_of(loaded)
    return grid, net_of(loaded, grid)


def count(land: tuple[Grid, Net], radars: list[Radar], rcs_m2: float, pd: float) -> Any:
    return detect.detect(land[0], radars, ALTITUDES, (Case("", rcs_m2),), pd).count


def raised(radar: Radar, by_m: float) -> Radar:
    place = radar.places[0]
    return replace(radar, places=(Place(place.lat_deg, place.lon_deg, place.antenna_m + by_m),))


@given(a=rcs, b=rcs, pd=probabilities)
@settings(max_examples=25)
def test_a_larger_target_is_never_covered_less(land, a: float, b: float, pd: float):
    small, large = (count(land, list(land[1].radars), value, pd) for value in sorted((a, b)))
    assert np.all(large >= small)


@given(a=probabilities, b=probabilities, target=rcs)
@settings(max_examples=25)
def test_a_lower_wanted_probability_is_never_covered_less(land, a: float, b: float, target: float):
    easy, hard = (count(land, list(land[1].radars), target, value) for value in sorted((a, b)))
    assert np.all(easy >= hard)


@given(a=masts, b=masts)
@settings(max_examples=15)
def test_a_taller_mast_never_covers_less(land, a: float, b: float):
    low, high = (count(land, [raised(land[1].radars[0], value)], 1000.0, 0.5) for value in sorted((a, b)))
    assert np.all(high >= low)  # the target is large: what counts is line of sight, and the instrumented range


@given(north=st.floats(-0.5, 0.5), east=st.floats(-0.5, 0.5), target=rcs)
@settings(max_examples=15)
def test_one_more_radar_never_covers_less(land, north: float, east: float, target: float):
    first = land[1].radars[0]
    place = first.places[0]
    second = replace(first, name="other", unit="other",
                     places=(Place(place.lat_deg + north, place.lon_deg + east, place.antenna_m + 500.0),))  # fmt: skip
    alone, both = count(land, [first], target, 0.5), count(land, [first, second], target, 0.5)
    assert np.all(both >= alone)
