"""`import egide as eg`, as a notebook uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

import egide as eg
from egide.errors import ScenarioError, StoreError

FIRST = Path(__file__).resolve().parents[2] / "scenarios" / "first-battery" / "scenario.yaml"


def test_a_scenario_is_loaded_and_a_mistake_in_an_option_is_told():
    assert eg.load(FIRST).name == "first-battery"
    with pytest.raises(ScenarioError, match="nonsense"):
        eg.load(FIRST, alternative="nonsense")


def test_a_salvo_of_one_spends_fewer_missiles_than_a_salvo_of_two(tmp_path: Path):
    two = eg.run(FIRST, tmp_path / "two", replications=3, seed=5)
    eg.run(FIRST, tmp_path / "one", replications=3, seed=5, sets=["doctrine.two-shots.salvo=1"])
    assert two.replications == [0, 1, 2]
    compared = eg.compare({"two": two, "one": tmp_path / "one"})
    assert compared.reference == "two"
    assert compared.difference("one", "shots").difference < 0


def test_a_run_twice_is_the_same_run(tmp_path: Path):
    digests = [eg.run(FIRST, tmp_path / name, replications=2, seed=5).manifest["digest"] for name in "ab"]
    assert digests[0] == digests[1]
    assert eg.open_bundle(tmp_path / "a").verify() == []


def test_a_bundle_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(StoreError):
        eg.open_bundle(tmp_path / "nothing")
