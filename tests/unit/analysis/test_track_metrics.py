"""Distances between pictures: what a metric must be, and the attributes of small pictures counted by hand.

The numbers of Stone Soup's own metric code are in `tests/published/track_metrics.csv`.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.analysis.track_metrics import NOBODY, Paths, assign, gospa, gospa_over_time, ospa, siap

coordinates = st.floats(-1e4, 1e4)
point = st.tuples(coordinates, coordinates)
picture = st.lists(point, max_size=5)
cutoffs = st.floats(1.0, 5e3)
orders = st.sampled_from((1.0, 1.5, 2.0, 4.0))


def spelt(a, b, cutoff: float, order: float) -> float:
    """OSPA by trying every permutation."""
    a, b = sorted((a, b), key=len)
    if not b:
        return 0.0
    best = min(
        sum(min(math.dist(x, y), cutoff) ** order for x, y in zip(a, chosen, strict=True))
         for chosen in itertools.permutations(b, len(a))
    )  # fmt: skip
    return float(((best + cutoff**order * (len(b) - len(a))) / len(b)) ** (1.0 / order))


@given(picture, picture, cutoffs, orders)
def test_ospa_is_the_least_over_all_permutations(a, b, cutoff: float, order: float):
    assert ospa(a, b, cutoff, order) == pytest.approx(spelt(a, b, cutoff, order), rel=1e-9, abs=1e-9)


@given(picture, picture, cutoffs, orders)
def test_ospa_is_symmetric_and_never_above_the_cutoff(a, b, cutoff: float, order: float):
    assert ospa(a, b, cutoff, order) == pytest.approx(ospa(b, a, cutoff, order), rel=1e-12, abs=1e-9)
    assert 0.0 <= ospa(a, b, cutoff, order) <= cutoff * (1.0 + 1e-12)


@given(picture, picture, picture, cutoffs, orders)
def test_a_way_round_is_never_shorter(a, b, c, cutoff: float, order: float):
    slack = 1.0 + 1e-9
    assert ospa(a, c, cutoff, order) <= (ospa(a, b, cutoff, order) + ospa(b, c, cutoff, order)) * slack + 1e-9
    whole = gospa(a, c, cutoff, order).total
    assert whole <= (gospa(a, b, cutoff, order).total + gospa(b, c, cutoff, order).total) * slack + 1e-9


@given(picture, cutoffs, orders, st.randoms())
def test_a_picture_is_at_no_distance_from_itself_in_any_order(a, cutoff: float, order: float, draw):
    other = list(a)
    draw.shuffle(other)
    assert ospa(a, other, cutoff, order) == 0.0
    assert gospa(a, other, cutoff, order) == (0.0, 0.0, 0.0, 0.0)


@given(picture, picture, cutoffs, orders)
def test_missed_and_false_change_places_with_the_pictures(a, b, cutoff: float, order: float):
    here, there = gospa(a, b, cutoff, order), gospa(b, a, cutoff, order)
    assert (here.missed, here.false) == pytest.approx((there.false, there.missed))
    assert here.total**order == pytest.approx(here.localisation + here.missed + here.false, rel=1e-9, abs=1e-9)
    assert here.missed - here.false == pytest.approx(cutoff**order / 2.0 * (len(a) - len(b)), rel=1e-9, abs=1e-6)


def test_two_empty_pictures_are_equal_and_an_empty_one_is_a_cutoff_away():
    assert ospa([], [], 20.0, 2.0) == 0.0
    assert gospa([], [], 20.0, 2.0) == (0.0, 0.0, 0.0, 0.0)
    assert ospa([], [(1.0, 2.0)], 20.0, 2.0) == 20.0
    assert gospa([(1.0, 2.0)], [], 20.0, 2.0) == pytest.approx((math.sqrt(200.0), 0.0, 200.0, 0.0))


def test_a_pair_at_the_cutoff_is_one_missed_and_one_false():
    assert gospa([(0.0, 0.0)], [(20.0, 0.0)], 20.0, 1.0) == (20.0, 0.0, 10.0, 10.0)


@pytest.mark.parametrize(
    ("truth", "cutoff", "order", "why"),
    [
        ([(0.0, 0.0)], 0.0, 2.0, "greater than 0"),
        ([(0.0, 0.0)], math.nan, 2.0, "greater than 0"),
        ([(0.0, 0.0)], 1.0, 0.5, "from 1 on"),
        ([(0.0, math.nan)], 1.0, 2.0, "not a number"),
        ([(0.0, 0.0, 0.0)], 1.0, 2.0, "as many coordinates"),
    ],
)
def test_what_is_no_picture_is_refused(truth, cutoff: float, order: float, why: str):
    with pytest.raises(ValueError, match=why):
        gospa(truth, [(1.0, 1.0)], cutoff, order)


# --- over time ---------------------------------------------------------------------------------------------------


def table(*rows: tuple[int, float, float], identity: str | None = None) -> dict[str, Any]:
    """(number, time, east) of objects on a line."""
    return {
        "number": [n for n, _, _ in rows],
        "time_s": [t for _, t, _ in rows],
        "pos_m": [[x, 0.0] for _, _, x in rows],
        "vel_m_s": [[10.0, 0.0] for _ in rows],
        "identity": None if identity is None else [identity for _ in rows],
    }


TRUTH = table(*((1, t, 10.0 * t) for t in range(10)), *((2, t, 5e4) for t in range(10)), identity="friend")


def test_one_track_on_one_of_two_truths_from_the_third_scan_on():
    found = siap(TRUTH, table(*((7, t, 10.0 * t + 3.0) for t in range(2, 10)), identity="friend"), 100.0)
    assert found.completeness == pytest.approx(8 / 20)
    assert found.ambiguity == 1.0
    assert found.spuriousness == 0.0
    assert found.position_accuracy_m == pytest.approx(3.0)
    assert found.velocity_accuracy_m_s == 0.0
    assert found.longest_segment == pytest.approx(7 / 18)
    assert found.number_change_per_s == 0.0
    assert found.latency_s == 2.0
    assert found.never_tracked == 1
    assert found.identity_correctness == 1.0


def test_a_track_that_is_dropped_and_begins_again_under_another_number_is_one_change():
    rows = [(7, t, 10.0 * t) for t in range(4)] + [(8, t, 10.0 * t) for t in range(6, 10)]
    found = siap(TRUTH, table(*rows), 100.0)
    assert found.number_change_per_s == pytest.approx(1 / 6)  # one change in 3 s and 3 s tracked
    assert found.longest_segment == pytest.approx(3 / 18)
    assert math.isnan(found.identity_correctness)


def test_two_tracks_on_one_truth_are_ambiguous_and_a_track_far_from_all_is_spurious():
    rows = [(n, t, 10.0 * t + n) for n in (7, 8) for t in range(10)] + [(9, t, 2e4) for t in range(5)]
    found = siap(TRUTH, table(*rows), 100.0)
    assert found.ambiguity == 2.0
    assert found.spuriousness == pytest.approx(5 / 25)
    assert found.number_change_per_s == 0.0


def test_nothing_tracked_has_no_accuracy_and_nothing_there_has_no_completeness():
    none = siap(TRUTH, table(), 100.0)
    assert none.completeness == 0.0
    assert none.never_tracked == 2
    assert all(math.isnan(value) for value in (none.ambiguity, none.position_accuracy_m, none.latency_s))
    ghosts = siap(table(), table((7, 0.0, 0.0)), 100.0)
    assert math.isnan(ghosts.completeness)
    assert ghosts.spuriousness == 1.0


def test_each_row_of_a_track_goes_to_the_nearest_truth_within_the_cutoff():
    tracks = table((7, 0.0, 5.0), (7, 1.0, 49_990.0), (8, 3.0, 3_000.0), (9, 20.0, 0.0))
    assert list(assign(TRUTH, tracks, 100.0)) == [1, 2, NOBODY, NOBODY]


def test_the_order_of_rows_does_not_matter():
    rows = [(n, float(t), 10.0 * t + n) for n in (7, 8) for t in range(3, 9)]
    mixed = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    assert siap(TRUTH, table(*rows), 100.0)[:9] == siap(TRUTH, table(*mixed), 100.0)[:9]


def test_gospa_over_time_is_gospa_scan_by_scan():
    tracks = table((7, 0.0, 3.0), (7, 1.0, 13.0))
    scans = gospa_over_time(TRUTH, tracks, 100.0)
    assert len(scans) == 10
    assert scans[0] == gospa([(0.0, 0.0), (5e4, 0.0)], [(3.0, 0.0)], 100.0)
    assert scans[9] == gospa([(90.0, 0.0), (5e4, 0.0)], [], 100.0)


def test_an_object_in_two_places_at_once_is_refused():
    with pytest.raises(ValueError, match="one state at a time"):
        Paths(**table((1, 0.0, 0.0), (1, 0.0, 5.0)))


def test_a_track_given_to_a_truth_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not there at that time"):
        siap(TRUTH, table((7, 99.0, 0.0)), assigned=[1])
    with pytest.raises(ValueError, match="cutoff_m"):
        siap(TRUTH, table((7, 0.0, 0.0)))
