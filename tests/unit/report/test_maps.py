"""Geometry behind the maps, held against closed forms."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.report import maps, outlines
from egide.report.maps import Frame

DEGREE_M = math.pi / 180 * 6_371_000.0


def test_a_degree_north_is_a_degree_of_latitude() -> None:
    point = maps.destination(39.0, 33.0, np.array([0.0]), np.array([DEGREE_M]))
    assert point[0] == pytest.approx([33.0, 40.0])


def test_a_quarter_of_the_earth_east_of_the_equator_is_ninety_degrees() -> None:
    point = maps.destination(0.0, 0.0, np.array([90.0]), np.array([90 * DEGREE_M]))
    assert point[0] == pytest.approx([90.0, 0.0], abs=1e-9)


@given(st.lists(st.tuples(st.floats(25, 46), st.floats(35, 43)), min_size=2, max_size=60))
def test_a_simplified_route_keeps_its_ends_and_strays_no_further_than_its_tolerance(
    points: list[tuple[float, float]],
) -> None:
    route = np.array(points)
    kept = maps.simplified(route, 0.05)
    assert np.array_equal(kept[[0, -1]], route[[0, -1]])
    assert len(kept) <= len(route)
    for point in route:
        gaps = [_to_segment(point, a, b) for a, b in pairwise(kept)]
        assert min(gaps) <= 0.05 + 1e-9 or len(route) == 2


def _to_segment(point: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """Distance to the line of a segment, as Douglas and Peucker measure it."""
    along = b - a
    length = math.hypot(*along)
    if length == 0:
        return math.hypot(*(point - a))
    return abs(float(along[0] * (point - a)[1] - along[1] * (point - a)[0])) / length


def test_a_radar_sees_what_is_nearer_than_its_reach() -> None:
    table = {
        "object": np.array(["r"] * 4, dtype=object), "azimuth_deg": np.array([0.0, 90.0, 180.0, 270.0]),
        "range_m": np.full(4, 200e3),
    }  # fmt: skip
    grid = maps.seen_from(table, {"r": (39.0, 33.0)}, Frame(35, 43, 25, 46))
    assert grid is not None
    longitude, latitude, seen = grid
    across = (longitude - 33.0) * math.cos(math.radians(39.0)) * DEGREE_M
    away = np.hypot(across, (latitude - 39.0) * DEGREE_M)
    assert seen[away < 190e3].all()
    assert not seen[away > 215e3].any()


def test_no_radar_on_the_map_gives_no_grid() -> None:
    table = {"object": np.array(["gone"], dtype=object), "azimuth_deg": np.zeros(1), "range_m": np.ones(1)}
    assert maps.seen_from(table, {}, Frame(35, 43, 25, 46)) is None


def test_only_what_two_outlines_share_is_a_boundary() -> None:
    west = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float)
    east = np.array([[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]], float)
    lines = outlines.shared([west, east])
    assert [line.tolist() for line in lines] == [[[1.0, 0.0], [1.0, 1.0]]]


def test_turkish_boundaries_and_coasts_ship_with_egide() -> None:
    found = outlines.shipped(35, 43, 25, 46)
    assert found.boundaries
    assert found.coasts
