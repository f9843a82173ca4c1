"""The rule of verdicts, on made-up campaigns whose truth is known, and how often it errs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egide.analysis import intervals, verdicts
from egide.analysis.intervals import Estimate
from egide.analysis.outcomes import Points, Values
from egide.analysis.verdicts import DEPENDS, NOT_SUPPORTED, SUPPORTED, Assumed, Bound, Input

NAN = math.nan
FACTORS = ("reach", "cross-section")


def made_up(nominal, slope=0.0, other=0.0, sample=60, each=8, spread=1.0, seed=0):
    """Quantity = nominal + slope (u - 0.5) of `reach` + other (u - 0.5) of `cross-section`, and luck."""
    chance = np.random.default_rng(seed)
    rows = [("nominal", "", (NAN, NAN)), ("low", "reach", (0.0, NAN)), ("high", "reach", (1.0, NAN))]
    rows += [("sample", "", tuple(row)) for row in chance.random((sample, 2))]
    u = np.array([row[2] for row in rows], float)
    n = len(rows)
    points = Points(np.arange(n), np.array([row[0] for row in rows]), np.array([row[1] for row in rows]),
                    np.zeros(n, int), FACTORS, u)  # fmt: skip
    at = np.where(np.isnan(u), 0.5, u) - 0.5
    luck = chance.normal(0.0, spread, (n, each))
    luck[:3] = luck[0]
    mean = nominal + slope * at[:, 0] + other * at[:, 1]
    values = Values(np.repeat(np.arange(n), each), np.tile(np.arange(each), n), (mean[:, None] + luck).ravel())
    parameters = {
        "point": np.arange(n), "parameter": np.full(n, "s400.range", object), "factor": np.full(n, "reach", object),
        "value": 200e3 + 200e3 * np.where(np.isnan(u[:, 0]), 0.5, u[:, 0]), "unit": np.full(n, "m", object),
    }  # fmt: skip
    return points, values, parameters


def judged(nominal, threshold=0.0, sign="more", grades=None, **more):
    points, values, parameters = made_up(nominal, **more)
    return verdicts.judge(Bound(values, threshold, sign), points, grades or {}, parameters)


# --- the rule ----------------------------------------------------------------------------------------------------


def test_a_clear_difference_is_supported_and_its_opposite_is_not():
    assert judged(5.0).verdict == SUPPORTED
    assert judged(5.0, sign="less").verdict == NOT_SUPPORTED
    assert judged(5.0, threshold=10.0).verdict == NOT_SUPPORTED
    assert judged(5.0, threshold=10.0, sign="less").verdict == SUPPORTED


def test_what_assumptions_turn_depends_and_says_from_which_value_on():
    found = judged(2.0, slope=12.0, spread=0.3)
    assert (found.verdict, found.why) == (DEPENDS, verdicts.BY_ASSUMPTIONS)
    assert found.holds.value == pytest.approx(2 / 3, abs=0.12)  # 2 + 12 (u - 0.5) > 0 from u = 1/3 on
    end = next(turn for turn in found.turns if turn.where == "low")
    assert end.factor == "reach"
    assert end.settings[0].value == pytest.approx(200e3 + 200e3 / 3, abs=15e3)
    over = next(turn for turn in found.turns if turn.where == "over")
    assert over.at == pytest.approx(1 / 3, abs=0.06)


def test_what_chance_could_do_at_nominal_depends():
    found = judged(0.1, each=4, spread=2.0, seed=3)
    assert found.verdict == DEPENDS
    assert found.why in (verdicts.BY_CHANCE, verdicts.BOTH)


def test_too_few_points_or_one_replication_decide_nothing():
    assert judged(5.0, sample=29).why == verdicts.FEW
    assert judged(5.0, sample=30).verdict == SUPPORTED
    assert verdicts.decide(Estimate(5.0, NAN, NAN, 1), Estimate(1.0, 0.9, 1.0, 60), Estimate(0.0, 0.0, 0.1, 60)) == (
        DEPENDS,
        verdicts.NO_CHANCE,
    )


def test_where_every_point_was_run_once_the_mean_over_the_points_stands_for_the_nominal_one():
    found = judged(5.0, each=1)
    assert found.verdict == SUPPORTED
    assert verdicts.ONCE in found.notes
    assert found.value.n == 60
    assert found.value.value == pytest.approx(5.0, abs=0.6)


def test_nothing_at_all_is_no_difference():
    assert judged(0.0, spread=0.0).why == verdicts.ALIKE


def test_a_ratio_is_held_against_its_threshold_without_division():
    points, top, parameters = made_up(12.0, spread=0.5)
    _, below, _ = made_up(10.0, spread=0.5, seed=7)
    for threshold, verdict in ((1.05, SUPPORTED), (1.35, NOT_SUPPORTED)):
        found = verdicts.judge(Bound(top, threshold, "more", below), points, {}, parameters)
        assert found.verdict == verdict
        assert found.value.value == pytest.approx(1.2, abs=0.06)


# --- how often it errs -------------------------------------------------------------------------------------------


def frequencies(nominal, slope, campaigns=400, points=60, each=8):
    """Shares of verdicts over made-up campaigns; the rule alone, by the same functions that `judge` calls."""
    chance = np.random.default_rng(1)
    told = []
    number = np.repeat(np.arange(1, points + 1), each)
    for _ in range(campaigns):
        mean = nominal + slope * (chance.random(points) - 0.5)
        sample = Values(
            number, np.tile(np.arange(each), points), np.repeat(mean, each) + chance.normal(0, 1, number.size)
        )
        at_nominal = intervals.paired(nominal + chance.normal(0, 1, each), 0.0)
        told.append(verdicts.decide(at_nominal, *verdicts.sides(sample))[0])
    return {verdict: told.count(verdict) / campaigns for verdict in (SUPPORTED, NOT_SUPPORTED, DEPENDS)}


def test_no_difference_is_called_one_as_seldom_as_the_interval_says():
    """True margin 0 everywhere: at most 5 % (and 2.5 % a side), with four standard errors of 400 campaigns."""
    found = frequencies(0.0, 0.0)
    assert found[SUPPORTED] + found[NOT_SUPPORTED] < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize(
    ("nominal", "slope", "least"),
    [(2.0, 2.0, 0.99), (-2.0, 2.0, 0.99), (0.5, 5.0, 0.99)],
    ids=["holds everywhere", "fails everywhere", "holds at 60 % of the points"],
)
def test_a_plain_truth_is_found(nominal, slope, least):
    found = frequencies(nominal, slope)
    wanted = DEPENDS if abs(nominal) < slope / 2 else SUPPORTED if nominal > 0 else NOT_SUPPORTED
    assert found[wanted] >= least


def test_at_the_border_of_nine_points_in_ten_the_verdict_is_a_toss():
    """True share 0.9 exactly: supported in about half of the campaigns, never 'not supported'."""
    found = frequencies(2.0, 5.0)  # 2 + 5 (u - 0.5) > 0 from u = 0.1 on
    assert 0.3 < found[SUPPORTED] < 0.8
    assert found[NOT_SUPPORTED] == 0.0


@settings(max_examples=60, deadline=None)
@given(
    nominal=st.floats(-4, 4), slope=st.floats(-8, 8), threshold=st.floats(-3, 3), seed=st.integers(0, 1000),
    each=st.integers(1, 6), sample=st.integers(28, 40),
)  # fmt: skip
def test_reversing_a_claim_reverses_its_verdict_and_both_are_never_supported(
    nominal, slope, threshold, seed, each, sample
):
    points, values, _ = made_up(nominal, slope, sample=sample, each=each, seed=seed)
    one, other = (_rule(Bound(values, threshold, sign), points) for sign in ("more", "less"))
    opposite = {SUPPORTED: NOT_SUPPORTED, NOT_SUPPORTED: SUPPORTED, DEPENDS: DEPENDS}
    assert other == opposite[one]
    assert not (one == SUPPORTED and other == SUPPORTED)


def _rule(bound, points):
    margin = bound.margin
    nominal = intervals.paired(margin.at(0).value, 0.0)
    return verdicts.decide(nominal, *verdicts.sides(margin.at(points.sample)))[0]


# --- what assumed inputs carry -----------------------------------------------------------------------------------


def test_the_verdict_begins_under_assumptions_where_assumed_inputs_carry_over_half():
    """Variances 9 and 1: `reach` carries nine tenths."""
    more = {"slope": 9.0, "other": 3.0, "sample": 120, "spread": 0.4}
    assumed = judged(8.0, grades={"reach": 1.0, "cross-section": 0.0}, **more)
    assert assumed.assumed.share == pytest.approx(0.9, abs=0.05)
    assert assumed.assumed.how == "carried"
    assert assumed.assumed.drivers[0][0] == "reach"
    assert assumed.under_assumptions
    sourced = judged(8.0, grades={"reach": 0.0, "cross-section": 1.0}, **more)
    assert sourced.assumed.share == pytest.approx(0.1, abs=0.05)
    assert not sourced.under_assumptions
    assert assumed.verdict == sourced.verdict == SUPPORTED
    mixed = judged(8.0, grades={"reach": 0.5, "cross-section": 0.5}, **more)
    assert mixed.assumed.share == pytest.approx(0.5, abs=1e-9)
    assert not mixed.under_assumptions  # over half, not half


def test_where_no_variance_can_be_shared_out_inputs_are_counted_and_where_there_is_none_nothing_is():
    one_each = judged(5.0, slope=9.0, each=1, grades={"reach": 1.0, "cross-section": 0.0})
    assert one_each.assumed == Assumed(0.5, "counted")
    assert judged(5.0, slope=9.0, each=1).assumed.share == 1.0  # what is not graded counts as assumed
    still = [judged(5.0, seed=seed).assumed.how for seed in range(6)]
    assert still.count("carried") == 0


# --- corners -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "sign", "verdict"),
    [
        ((0.1, 0.2, 0.3), "less", SUPPORTED),
        ((0.1, 0.2, 0.3), "more", NOT_SUPPORTED),
        ((0.1, 0.2, 0.6), "less", DEPENDS),
        ((0.6, 0.7, 0.8), "more", SUPPORTED),
        ((0.5, 0.7, 0.8), "more", DEPENDS),
        ((NAN, 0.7, 0.8), "more", DEPENDS),
    ],
)
def test_corners_speak_where_all_three_agree(ends, sign, verdict):
    low, nominal, high = ends
    assert verdicts.corners(low, nominal, high, 0.5, sign, Assumed(0.2, "counted")).verdict == verdict


def test_a_share_over_too_coarse_ground_decides_nothing():
    found = verdicts.corners(0.1, 0.2, 0.3, 0.5, "less", Assumed(0.2, "counted"), usable=False)
    assert (found.verdict, found.why) == (DEPENDS, verdicts.UNUSABLE)


# --- a formula ---------------------------------------------------------------------------------------------------


def test_a_formula_gives_its_closed_form():
    """100 + 100 u1 + 50 u2, even in both: P(> 120) is 1 less the corner 20 x 40 / 2 / 5000; variances 4 to 1."""
    inputs = (
        Input("claims", 0.5, 1.0, lambda u: (("missile.range", "m", 100.0 + 100.0 * u),)),
        Input("mast", 0.5, 0.0),
    )
    quantity = lambda u: 100.0 + 100.0 * u[:, 0] + 50.0 * u[:, 1]  # noqa: E731
    found = verdicts.formula(quantity, inputs, 120.0, "more")
    assert found.value.value == 175.0
    assert found.holds.value == pytest.approx(1.0 - 20.0 * 0.4 / 2 / 100.0, abs=0.005)
    assert found.verdict == SUPPORTED
    assert found.assumed.share == pytest.approx(0.8, abs=0.02)
    assert found.under_assumptions
    assert found.turns == ()


def test_a_formula_turns_where_the_line_crosses():
    inputs = (Input("claims", 0.5, 1.0, lambda u: (("missile.range", "m", 100.0 + 100.0 * u),)),)
    found = verdicts.formula(lambda u: 100.0 + 100.0 * u[:, 0], inputs, 130.0, "more")
    assert found.verdict == DEPENDS
    assert found.holds.value == pytest.approx(0.7, abs=0.01)
    (turn,) = found.turns
    assert (turn.factor, turn.where) == ("claims", "low")
    assert [turn.at, turn.settings[0].nominal, turn.settings[0].value] == pytest.approx([0.3, 150.0, 130.0])
