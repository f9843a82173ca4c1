"""What turns a claim: on made-up campaigns whose turning points are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from egide.analysis import flips
from egide.analysis.flips import HOLDS, TURNS, UNSURE, Claim
from egide.analysis.outcomes import Points, Values

CLAIM = Claim("leakers", "s400-integrated", "patriot")
NAN = math.nan


def made_up(slope, nominal, sample=200, each=10, spread=1.0, seed=0):
    """Difference = nominal + slope (u - 0.5) of `reach` + 0.5 (u - 0.5) of `cross-section`; ends at 0.1 and 0.9."""
    chance = np.random.default_rng(seed)
    rows = [("nominal", "", (NAN, NAN)), ("low", "reach", (0.1, NAN)), ("high", "reach", (0.9, NAN)),
            ("low", "cross-section", (NAN, 0.1)), ("high", "cross-section", (NAN, 0.9))]  # fmt: skip
    rows += [("sample", "", tuple(row)) for row in chance.random((sample, 2))]
    u = np.array([row[2] for row in rows], float)
    n = len(rows)
    points = Points(np.arange(n), np.array([row[0] for row in rows]), np.array([row[1] for row in rows]),
                    np.zeros(n, int), ("reach", "cross-section"), u)  # fmt: skip
    at = np.where(np.isnan(u), 0.5, u) - 0.5
    mean = nominal + slope * at[:, 0] + 0.5 * at[:, 1]
    luck = chance.normal(0.0, spread, (n, each))
    luck[:5] = luck[0]  # one at a time shares the nominal point's luck
    values = Values(np.repeat(np.arange(n), each), np.tile(np.arange(each), n), (mean[:, None] + luck).ravel())
    filled = np.where(np.isnan(u), 0.5, u)
    settings = {
        "point": np.repeat(np.arange(n), 2), "parameter": np.tile(["s400.range", "target.rcs"], n).astype(object),
        "factor": np.tile(["reach", "cross-section"], n).astype(object),
        "value": np.column_stack([200e3 + 200e3 * filled[:, 0], 0.01 * 1000 ** filled[:, 1]]).ravel(),
        "unit": np.tile(["m", "m2"], n).astype(object),
    }  # fmt: skip
    return points, values, settings


def test_a_strong_factor_turns_the_claim_at_the_value_where_the_line_crosses():
    points, values, settings = made_up(slope=10.0, nominal=-2.0, spread=0.5)
    found = flips.flips(CLAIM, points, values, settings)
    high = next(end for end in found.ends if (end.factor, end.end) == ("reach", "high"))
    assert high.verdict == TURNS
    assert high.turn == pytest.approx(0.5, abs=0.1)  # -2 + 10 * 0.4 t = 0
    assert high.turn_low < 0.5 < high.turn_high
    (setting,) = high.settings
    assert (setting.parameter, setting.unit, setting.nominal) == ("s400.range", "m", 300e3)
    assert setting.value == pytest.approx(340e3, abs=8e3)
    assert setting.low < 340e3 < setting.high
    low = next(end for end in found.ends if (end.factor, end.end) == ("reach", "low"))
    assert (low.verdict, low.settings) == (HOLDS, ())
    assert [end.factor for end in found.turning] == ["reach"]


def test_the_sample_gives_the_same_crossing_and_the_share_of_points():
    points, values, settings = made_up(slope=10.0, nominal=-2.0)
    found = flips.flips(CLAIM, points, values, settings)
    first = found.curves[0]
    assert first.factor == "reach"
    assert first.crossing == pytest.approx(0.7, abs=0.03)
    assert first.crossing_low < 0.7 < first.crossing_high
    assert first.settings[0].value == pytest.approx(340e3, abs=6e3)
    assert found.share.value == pytest.approx(0.7, abs=0.06)
    assert found.share.low < 0.7 < found.share.high
    assert not found.curves[1].crosses


def test_the_other_sign_holds_where_this_one_does_not():
    points, values, settings = made_up(slope=10.0, nominal=-2.0)
    found = flips.flips(Claim("leakers", "a", "b", "higher"), points, values, settings)
    assert found.share.value == pytest.approx(0.3, abs=0.06)
    assert {end.verdict for end in found.ends if end.end == "high" and end.factor == "reach"} == {HOLDS}


def test_what_chance_alone_could_do_turns_nothing():
    points, values, settings = made_up(slope=0.0, nominal=-0.2, spread=3.0)
    found = flips.flips(CLAIM, points, values, settings)
    assert found.turning == ()
    assert {end.verdict for end in found.ends} == {UNSURE}


def test_a_claim_that_always_holds_has_no_crossing():
    points, values, settings = made_up(slope=1.0, nominal=-8.0)
    found = flips.flips(CLAIM, points, values, settings)
    assert found.share.value == 1.0
    assert found.share.low > 0.97
    assert not any(curve.crosses for curve in found.curves)
    assert all(math.isnan(end.turn) for end in found.ends)


@pytest.mark.parametrize("seeds", [range(40)])
def test_interval_of_the_crossing_holds_it_about_as_often_as_it_says(seeds):
    held = 0
    for seed in seeds:
        points, values, _ = made_up(slope=10.0, nominal=-2.0, sample=80, each=4, seed=seed)
        curve = flips.flips(CLAIM, points, values).curves[0]
        held += curve.crossing_low <= 0.7 <= curve.crossing_high
    assert held >= 0.85 * len(seeds)


def test_ranges_over_orders_of_magnitude_are_walked_in_ratios():
    assert flips.between(0.01, 10.0, 0.5) == pytest.approx(math.sqrt(0.1))
    assert flips.between(200.0, 400.0, 0.5) == 300.0
    assert flips.between(0.0, 100.0, 0.25) == 25.0


def test_local_lines_follow_a_straight_line_exactly():
    u = np.random.default_rng(1).random(50)
    line = flips.local_lines(u, 3.0 - 2.0 * u, np.ones((1, 50)), flips.GRID)[0]
    assert line == pytest.approx(3.0 - 2.0 * flips.GRID)


def test_an_empty_sample_says_nothing():
    points, values, _ = made_up(slope=1.0, nominal=-1.0, sample=0)
    found = flips.flips(CLAIM, points, values)
    assert (found.share.n, found.curves) == (0, ())
