"""Weapon-target assignment against published optima, against trying everything, and against its own promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.assign import instances

from egide import assign
from egide.assign import kernels

ROOT = Path(__file__).resolve().parents[3]

PUBLISHED = [  # least surviving value, Andersen, Pavlikov and Toffolo 2022, results.csv (opt, or best known)
    ("wta_50x100x1", 1, 1734.302278, "opt"),
    ("wta_50x100x1", 2, 123.838458, "opt"),
    ("wta_50x100x1", 3, 20.590016, "opt"),
    ("wta_100x200x1", 1, 2862.302805, "opt"),
    ("wta_100x200x1", 2, 116.057435, "opt"),
    ("wta_100x200x1", 3, 14.579133, "best known"),
]
SMALL = ([92.0, 20.0], [[0.768, 0.542], [0.896, 0.648], [0.266, 0.532]])


@st.composite
def small(draw, alike=False):
    weapons, targets = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    chance = st.floats(0.01, 1.0)
    values = draw(st.lists(st.floats(0.1, 100.0), min_size=targets, max_size=targets))
    rows = 1 if alike else weapons
    kill = [draw(st.lists(chance, min_size=targets, max_size=targets)) for _ in range(rows)] * (weapons if alike else 1)
    rounds = draw(st.lists(st.integers(0, 2), min_size=weapons, max_size=weapons))
    return np.array(values), np.array(kill), rounds


# --- published ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "rounds", "least", "_how"), PUBLISHED)
def test_the_published_optimum_is_found_and_proven(name: str, rounds: int, least: float, _how: str):
    values, kill = instances.published(name)
    answer = assign.exact(values, kill, rounds, gap=1e-6, time_s=120.0)
    assert answer.reached, answer
    assert answer.value == pytest.approx(least, abs=2e-6)
    assert answer.bound <= least + 2e-6
    assert (answer.counts.sum(axis=1) <= rounds).all()
    assert assign.surviving(values, kill, answer.counts).sum() == pytest.approx(answer.value, rel=1e-12)


def test_one_shot_each_is_a_proof_of_the_published_instance_without_a_solver():
    values, kill = instances.published("wta_50x100x1")
    answer = assign.exact(values, kill, 1)
    assert answer.method == "matching"
    assert answer.gap < 1e-9
    assert answer.counts.sum(axis=0).max() == 1


def test_bracken_and_mccormick_is_destroyed_as_gams_prints_it():
    values, kill, rounds, possible, at_least = instances.bracken_mccormick()
    answer = assign.continuous(values, kill, rounds, possible, at_least)
    assert values.sum() - answer.value == pytest.approx(1735.5696, abs=5e-5)
    assert answer.gap < 1e-6
    assert (answer.counts.sum(axis=0) >= at_least - 1e-6).all()
    assert (answer.counts.sum(axis=1) <= rounds + 1e-6).all()


def test_greedy_may_be_wrong_and_says_how_far():
    rough, best = assign.greedy(*SMALL), assign.exact(*SMALL)
    assert rough.value == pytest.approx(13.85488)
    assert best.value == pytest.approx(11.579776)
    assert best.counts.tolist() == [[1, 0], [1, 0], [0, 1]]
    assert rough.bound <= best.value
    assert rough.gap > 0.1


# --- trying everything -------------------------------------------------------------------------------------------


@given(small())
def test_exact_is_what_trying_everything_finds(case):
    values, kill, rounds = case
    least = instances.least_surviving(values, kill, rounds)
    answer = assign.exact(values, kill, rounds, gap=1e-9)
    assert answer.value == pytest.approx(least, rel=1e-8, abs=1e-8)
    assert answer.bound <= least + 1e-12 * values.sum()
    assert answer.reached or answer.note


@given(small())
def test_greedy_lies_between_the_best_and_its_guarantee_and_the_bound_below_both(case):
    values, kill, rounds = case
    least = instances.least_surviving(values, kill, rounds)
    answer = assign.greedy(values, kill, rounds)
    assert answer.bound <= least + 1e-12 * values.sum()
    assert answer.value >= least - 1e-9
    assert values.sum() - answer.value >= 0.5 * (values.sum() - least) - 1e-9
    used = answer.counts.sum(axis=1)
    assert np.all(used <= rounds)
    assert used.tolist() == rounds or answer.value == 0.0  # a round is kept only where nothing is left to shoot at


@given(small(alike=True))
def test_greedy_is_best_for_weapons_that_are_alike(case):
    values, kill, rounds = case
    least = instances.least_surviving(values, kill, rounds)
    assert assign.greedy(values, kill, rounds).value == pytest.approx(least, rel=1e-9, abs=1e-12)
    assert assign.exact(values, kill, rounds).value == pytest.approx(least, rel=1e-9, abs=1e-12)


@given(small())
def test_divided_shots_are_never_worse_than_whole_ones(case):
    values, kill, rounds = case
    divided = assign.continuous(values, kill, rounds)
    assert divided.bound <= instances.least_surviving(values, kill, rounds) + 1e-9


@given(small(), st.randoms(use_true_random=False))
def test_the_order_of_weapons_and_targets_changes_no_value(case, random):
    values, kill, rounds = case
    weapons, targets = list(range(len(rounds))), list(range(len(values)))
    random.shuffle(weapons)
    random.shuffle(targets)
    one = assign.exact(values, kill, rounds, gap=1e-9)
    two = assign.exact(values[targets], kill[np.ix_(weapons, targets)], [rounds[i] for i in weapons], gap=1e-9)
    assert one.value == pytest.approx(two.value, rel=1e-8, abs=1e-8)


@given(small())
def test_one_more_shot_never_lets_more_survive(case):
    values, kill, rounds = case
    fewer = assign.exact(values, kill, rounds, gap=1e-9)
    more = assign.exact(values, kill, [rounds[0] + 1, *rounds[1:]], gap=1e-9)
    assert more.value <= fewer.value + 1e-8


@given(small(), st.lists(st.floats(0.0, 50.0), min_size=3, max_size=3))
def test_any_price_gives_a_bound(case, price):
    values, kill, rounds = case
    weapons, targets = kill.shape
    bound = kernels.lagrangian(
        values, kill, np.array(rounds, np.int64), np.array(price[:weapons]), 1000, 0.0,
        np.zeros((targets, weapons), np.int64), np.empty((3, weapons + 1), np.int64), np.empty((5, weapons + 1)),
    )  # fmt: skip
    assert bound <= instances.least_surviving(values, kill, rounds) + 1e-9 * values.sum()


# --- the promises of the answer ------------------------------------------------------------------------------------


def test_a_weapon_never_shoots_where_it_cannot():
    rng = np.random.default_rng(5)
    values, kill = rng.uniform(1.0, 9.0, 8), rng.uniform(0.2, 0.9, (6, 8))
    possible = rng.random((6, 8)) < 0.4
    kill[~possible] = np.nan  # nobody looks at these
    for answer in (assign.greedy(values, kill, 2, possible), assign.exact(values, kill, 2, possible=possible)):
        assert not answer.counts[~possible].any()
    assert assign.greedy(values, kill, 1, np.zeros((6, 8), bool)).value == pytest.approx(values.sum())
    assert assign.exact(values, kill, 1, possible=np.zeros((6, 8), bool)).gap == 0.0


def test_a_certain_kill_is_used_once():
    answer = assign.exact([5.0, 3.0], [[1.0, 1.0], [0.5, 0.5]], 1)
    assert answer.value == pytest.approx(1.5)
    assert answer.counts.tolist() == [[1, 0], [0, 1]]


@pytest.mark.slow
def test_a_bracken_mccormick_of_whole_weapons_is_proven_too():
    values, kill, rounds, possible, _ = instances.bracken_mccormick()
    answer = assign.exact(values, kill, rounds, gap=1e-3, time_s=120.0, possible=possible)
    assert answer.reached, answer
    assert assign.continuous(values, kill, rounds, possible).bound <= answer.value


def test_without_the_time_it_says_so_and_still_bounds():
    values, kill = instances.published("wta_100x200x1")
    answer = assign.exact(values, kill, 3, gap=1e-9, time_s=0.05)
    assert not answer.reached
    assert "not reached" in answer.note
    assert "not reached" in str(answer)
    assert answer.bound <= 14.579134 <= answer.value + 1e-6


def test_nothing_to_shoot_with_or_at_is_an_answer():
    assert assign.exact([4.0, 2.0], [[0.5, 0.5]], 0).value == 6.0
    assert assign.greedy([], np.zeros((3, 0))).value == 0.0
    assert assign.exact([4.0], np.zeros((0, 1)), []).value == 4.0


@pytest.mark.parametrize(
    ("values", "kill", "rounds", "words"),
    [
        ([1.0, np.nan], [[0.5, 0.5]], 1, r"values\[1\] is nan: write what target 1 is worth"),
        ([0.0], [[0.5]], 1, r"values\[0\] is 0.0"),
        ([1.0], [[0.0]], 1, r"kill\[0, 0\] is 0.0: .*possible\[0, 0\] = False"),
        ([1.0], [[-0.1]], 1, r"kill\[0, 0\] is -0.1"),
        ([1.0], [[1.1]], 1, r"kill\[0, 0\] is 1.1"),
        ([1.0], [[np.nan]], 1, r"kill\[0, 0\] is nan"),
        ([1.0, 2.0], [[0.5]], 1, "kill has 1 columns and values 2 targets"),
        ([1.0], [0.5], 1, "kill has 1 dimension"),
        ([[1.0]], [[0.5]], 1, "values has 2 dimension"),
        (["a"], [[0.5]], 1, "values is not a table of numbers"),
        ([1.0], [[0.5]], -1, r"rounds\[0\] is -1: write a whole number"),
        ([1.0], [[0.5]], 1.5, r"rounds\[0\] is 1.5"),
        ([1.0], [[0.5]], np.nan, r"rounds\[0\] is nan"),
        ([1.0], [[0.5]], [1, 1], "rounds has the shape"),
        ([1.0], [[0.5]], 10**7, "at most 1000000"),
    ],
)  # fmt: skip
def test_bad_input_is_named_with_its_mend(values, kill, rounds, words: str):
    for solve in (assign.greedy, assign.exact, assign.continuous):
        with pytest.raises(ValueError, match=words):
            solve(values, kill, rounds)


def test_other_arguments_are_checked_too():
    with pytest.raises(ValueError, match="gap is -1"):
        assign.exact([1.0], [[0.5]], 1, gap=-1.0)
    with pytest.raises(ValueError, match="time_s is 0"):
        assign.exact([1.0], [[0.5]], 1, time_s=0.0)
    with pytest.raises(ValueError, match="possible"):
        assign.greedy([1.0], [[0.5]], 1, [[1]])
    with pytest.raises(ValueError, match="at_least asks for more"):
        assign.continuous([1.0], [[0.5]], 1, at_least=2.0)
    with pytest.raises(ValueError, match="at_least has to be finite"):
        assign.continuous([1.0], [[0.5]], 1, at_least=-2.0)


# --- compiled ------------------------------------------------------------------------------------------------------

PLAIN = """
import json, numpy as np
from egide import assign
rng = np.random.default_rng(4)
out = []
for weapons, targets, rounds in ((4, 5, 1), (3, 4, 2), (5, 2, 1)):
    values, kill = rng.uniform(1.0, 9.0, targets), rng.uniform(0.1, 0.95, (weapons, targets))
    answer = assign.greedy(values, kill, rounds)
    out += [answer.value, answer.bound, *answer.counts.ravel().tolist()]
print(json.dumps([float(v).hex() for v in out]))
"""


def test_kernels_give_the_same_bits_as_plain_python():
    def printed(plain: str) -> list[str]:
        run = subprocess.run(
            [sys.executable, "-c", PLAIN], env={**os.environ, "NUMBA_DISABLE_JIT": plain}, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        said: list[str] = json.loads(run.stdout)
        return said

    assert printed("0") == printed("1")


TWICE = """
from egide import assign
from egide.assign import kernels, match_kernels, set_kernels
from tests.unit.assign import instances
values, kill = instances.published("wta_50x100x1")
assign.greedy(values, kill, 1)
assign.exact(values, kill, 2, gap=1e-3)
found = {name: len(kernel.signatures) for module in (kernels, match_kernels, set_kernels)
         for name, kernel in vars(module).items() if hasattr(kernel, "signatures")}
print(sum(found.values()), [name for name, times in found.items() if times > 1])
"""


def test_no_kernel_is_compiled_twice():
    """In a process of its own: the engine hands some of these kernels the fields of a row, which are another type."""
    done = subprocess.run([sys.executable, "-c", TWICE], cwd=ROOT, capture_output=True, text=True, check=True)
    found, twice = done.stdout.split(" ", 1)
    assert int(found) > 5
    assert twice.strip() == "[]"
