"""`import egide as eg`, as a notebook uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

import egide as eg
from egide.errors import ScenarioError, StoreError

MUNICH = Path(__file__).resolve().parents[1] / "data" / "adsb" / "munich.json.gz"
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


def test_a_recording_is_tracked_and_its_tables_are_relations(tmp_path: Path):
    found = eg.track(MUNICH, noise="100 m", seed=3)
    assert found.measures.fetchall()[0][0] == "told positions"
    assert found.measures.project("tracks, truths").fetchall() == [(1.0, 1.0)]
    assert found.tracks.aggregate("count(DISTINCT track)").fetchall() == [(1,)]
    assert found.plots.count("*").fetchall() == found.routes.count("*").fetchall() == [(3060,)]
    assert found.bundle.verify() == []
    assert found.skipped == found.noted == {}
    assert "munich.json.gz: 3060 reports" in repr(found)
    assert "told positions: plots 3 060, tracks 1" in repr(found).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "<table>" in found._repr_html_()
    kept = eg.track([MUNICH], tmp_path / "out", noise="100 m", seed=3)
    assert kept.bundle.manifest["digest"] == found.bundle.manifest["digest"]
    assert eg.open_bundle(tmp_path / "out").verify() == []


def test_a_mistake_in_what_is_tracked_is_told(tmp_path: Path):
    with pytest.raises(ScenarioError, match="--noise"):
        eg.track(MUNICH, noise="100")
    with pytest.raises(ScenarioError, match=r"no\.csv"):
        eg.track(tmp_path / "no.csv")
    eg.track(MUNICH, tmp_path / "out")
    with pytest.raises(StoreError, match="exists"):
        eg.track(MUNICH, tmp_path / "out")


def test_claim_cards_are_judged_from_python():
    study = FIRST.parents[2] / "studies" / "turkiye-2019" / "study.yaml"
    (card,) = eg.claims(study, only=["reach-400-km"]).cards
    assert card.finding is not None
    assert card.finding.verdict == "not supported"
    (missing,) = eg.claims(study, only=["nato-coverage"]).cards
    assert missing.finding is None
    assert missing.command.startswith("egide coverage")


def test_a_timeline_without_a_calendar_is_told(tmp_path: Path):
    with pytest.raises(ScenarioError, match="calendar"):
        eg.timeline(FIRST.parent / "study.yaml", tmp_path / "out")
