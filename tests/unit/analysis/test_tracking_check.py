"""What full tracking keeps from being decided, on made-up campaigns whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from egide.analysis import tracking_check, verdicts
from egide.analysis.outcomes import Points, Values
from egide.analysis.tracking_check import AGAINST, TURNED
from egide.analysis.verdicts import DEPENDS, NOT_SUPPORTED, SUPPORTED, UNCHECKED, Bound

N, FAST, FULL = 41, 20, 2
POINTS = Points(np.arange(N), np.array(["nominal", *["sample"] * (N - 1)]), np.full(N, ""), np.zeros(N, int), (),
                np.zeros((N, 0)))  # fmt: skip
LUCK = np.random.default_rng(3).normal(0.0, 0.5, (N, FAST))


def runs(mean: float, each: int = FAST, spread: float = 0.0, seed: int = 0) -> Values:
    """Runs of the same luck whatever the mode; `spread` is what full tracking adds of its own."""
    own = np.random.default_rng(seed).normal(0.0, spread, (N, each)) if spread else 0.0
    return Values(np.repeat(np.arange(N), each), np.tile(np.arange(each), N), (mean + LUCK[:, :each] + own).ravel())


def judged(fast: float, full: float, spread: float = 0.1, threshold: float = 0.0, below: float | None = None):
    under = [None, None] if below is None else [runs(below), runs(below, FULL)]
    return verdicts.judge(
        Bound(runs(fast), threshold, "more", under[0]), POINTS, {},
        full=Bound(runs(full, FULL, spread), threshold, "more", under[1]),
    )  # fmt: skip


def test_what_both_modes_say_is_said():
    found = judged(2.0, 1.5)
    assert found.verdict == SUPPORTED
    assert found.full is not None
    assert found.full.value.value == pytest.approx(1.5, abs=0.1)
    assert found.full.fast == pytest.approx(2.0, abs=0.2)
    assert judged(-2.0, -1.5).verdict == NOT_SUPPORTED


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_full_tracking_turns_round_depends(sign):
    found = judged(2.0 * sign, -1.0 * sign)
    assert (found.verdict, found.why) == (DEPENDS, TURNED)
    assert found.full is not None
    assert found.full.value.value == pytest.approx(-1.0 * sign, abs=0.1)
    assert found.full.value.apart


def test_a_threshold_moves_what_turns():
    assert judged(5.0, 4.0, threshold=3.0).verdict == SUPPORTED
    found = judged(5.0, 2.0, threshold=3.0)
    assert (found.verdict, found.why) == (DEPENDS, TURNED)
    assert found.full is not None
    assert found.full.value.value == pytest.approx(2.0, abs=0.1)  # the quantity, not its margin


def test_a_ratio_is_turned_by_its_own_full_runs():
    assert judged(30.0, 28.0, threshold=2.0, below=10.0).verdict == SUPPORTED
    found = judged(30.0, 15.0, threshold=2.0, below=10.0)
    assert (found.verdict, found.why) == (DEPENDS, TURNED)
    assert found.full is not None
    assert found.full.value.value == pytest.approx(1.5, abs=0.05)


def test_few_full_runs_on_the_other_side_leave_it_open_without_turning_it():
    found = judged(2.0, -0.2, spread=8.0)
    assert found.full is not None
    assert found.full.value.low < 0.0 < found.full.value.high
    assert found.full.value.value < 0.0
    assert (found.verdict, found.why) == (DEPENDS, AGAINST)


def test_chance_is_not_turned_round():
    """Fast runs that show nothing cannot be contradicted."""
    found = judged(0.0, -0.2)
    assert found.verdict == DEPENDS
    assert found.why != TURNED


def test_without_a_run_of_both_modes_the_card_says_that_nothing_checks_it():
    full = Values(np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    found = verdicts.judge(Bound(runs(2.0), 0.0, "more"), POINTS, {}, full=Bound(full, 0.0, "more"))
    assert (found.verdict, found.full) == (SUPPORTED, None)
    assert UNCHECKED in found.notes


def test_like_is_set_beside_like():
    """A mean over the points that differs from the nominal point is no turn by tracking."""
    shift = np.where(np.arange(N) == 0, 3.0, -1.0)

    def moved(each: int) -> Values:
        values = runs(0.0, each)
        return Values(values.point, values.replication, values.value + shift[values.point])

    checks = tracking_check.check(moved(FAST), moved(FULL), POINTS)
    assert [check.over for check in checks] == [False, True]
    assert not any(check.opposed for check in checks)
