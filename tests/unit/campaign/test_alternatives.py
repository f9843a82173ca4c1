"""Alternatives of the teaching scenario, run and compared through the command line, with the real engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from egide import store
from egide.campaign import compare_bundles, run_alternatives
from egide.campaign.alternatives import choose
from egide.cli import show
from egide.cli.app import main
from egide.errors import ScenarioError, StoreError

SCENARIO = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def compared(place):
    line = ["compare", str(SCENARIO), "--alternatives", "as-written,one-shot", "--replications", "6", "--workers", "1"]
    assert main([*line, "-o", str(place / "study")]) == 0
    return place / "study"


@pytest.fixture(scope="module")
def ran(place):
    line = ["run", str(SCENARIO), "--alternative", "one-shot", "--replications", "6", "--workers", "2"]
    assert main([*line, "-o", str(place / "one-shot")]) == 0
    return place / "one-shot"


def test_comparison_folder_holds_a_bundle_an_alternative(compared):
    assert sorted(path.name for path in compared.iterdir()) == [
        "as-written", "comparison.json", "comparison.parquet", "one-shot",
    ]  # fmt: skip
    document = json.loads((compared / "comparison.json").read_text())
    assert document["reference"] == "as-written"
    assert document["replications"] == 6
    for name, about in document["alternatives"].items():
        bundle = store.open(compared / about["bundle"])
        assert bundle.alternative == name
        assert bundle.verify() == []
        assert about["digest"] == bundle.manifest["digest"]


def test_run_and_compare_and_any_number_of_workers_give_one_digest(compared, ran):
    alone, beside = store.open(ran).manifest, store.open(compared / "one-shot").manifest
    assert {n: t["digest"] for n, t in alone["tables"].items()} == {n: t["digest"] for n, t in beside["tables"].items()}


def test_resolved_scenario_of_a_bundle_runs_to_the_same_tables(place, ran, capsys):
    again = place / "again"
    line = ["run", str(ran / "scenario.yaml"), "--replications", "6", "--workers", "1", "-o", str(again), "--json"]
    assert main(line) == 0
    document = json.loads(capsys.readouterr().out)
    shots = store.open(ran).manifest["tables"]["shots"]["digest"]
    assert document["tables"]["shots"]["digest"] == shots
    assert document["complete"] is True


def test_finished_runs_are_compared_without_running(compared, ran, capsys):
    line = ["compare", "--bundles", str(compared / "as-written"), str(ran), "--json"]
    assert main(line) == 0
    document = json.loads(capsys.readouterr().out)
    written = json.loads((compared / "comparison.json").read_text())
    assert [d["difference"] for d in document["differences"]] == [d["difference"] for d in written["differences"]]
    assert document["reference"] == "as-written"


def test_comparison_of_finished_runs_says_where_they_lie(place, compared, ran):
    compare_bundles([compared / "as-written", ran], out=place / "beside")
    document = json.loads((place / "beside" / "comparison.json").read_text())
    for about in document["alternatives"].values():
        assert store.open(place / "beside" / about["bundle"]).manifest["digest"] == about["digest"]


def test_the_same_run_twice_is_no_comparison(ran):
    with pytest.raises(StoreError, match="named twice"):
        compare_bundles([ran, ran])


def test_output_names_seed_replications_place_and_says_not_a_forecast(place, capsys):
    target = place / "told"
    assert main(["run", str(SCENARIO), "--replications", "2", "--seed", "5", "--workers", "1", "-o", str(target)]) == 0
    said = capsys.readouterr()
    assert "2 replications, seed 5" in said.out
    assert "not a forecast" in said.out
    assert str(target) in said.out
    assert said.err == ""  # quiet in a pipe
    assert main(["run", str(SCENARIO), "--replications", "2", "-o", str(target)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "--force" in said.err


def test_french_is_spoken_with_french_numbers(place, capsys):
    line = ["run", str(SCENARIO), "--replications", "2", "--workers", "1", "-o", str(place / "dit"), "--lang", "fr"]
    assert main(line) == 0
    said = capsys.readouterr().out
    assert "assaillants non interceptés" in said
    assert "à" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["compare", str(SCENARIO), "-o", "x", "--alternatives", "one-shoot,no-watch"], "did you mean one-shot?"),
        (["compare", str(SCENARIO)], "add -o and a new folder"),
        (["compare"], "--bundles A B"),
        (["compare", str(SCENARIO), "--bundles", "a", "b"], "leave the file out"),
        (["run", str(SCENARIO), "-o", "x", "--replications", "0"], "write 1 or more"),
        (["run", str(SCENARIO), "-o", "x", "--detail", "first"], "0,17 or all or none"),
        (["run", "nowhere.yaml", "-o", "x"], "no such file"),
        (["run", str(SCENARIO), "-o", "x", "--alternative", "one-shoot"], "one-shot"),
    ],
)
def test_mistakes_on_the_line_are_one_sentence_and_leave_nothing(line, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(line) == 2
    heard = capsys.readouterr()
    assert said in heard.err
    assert "Traceback" not in heard.err
    assert list(tmp_path.iterdir()) == []


def test_all_alternatives_of_a_file_are_meant_where_none_is_named():
    assert choose(SCENARIO, (), None, ()) == ["as-written", "one-shot", "no-watch"]
    assert choose(SCENARIO, ("one-shot",), None, ()) == ["base", "one-shot"]
    assert choose(SCENARIO, ("one-shot",), "as-written", ()) == ["as-written", "one-shot"]
    with pytest.raises(ScenarioError, match="no alternative both"):
        choose(SCENARIO, (), None, (("both", "one-shot"),))


def test_detail_is_written_as_a_list_or_a_word():
    assert show.detail_of("0,17") == [0, 17]
    assert show.detail_of("all") == "all"
    assert show.detail_of("none") == []


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_ctrl_c_ends_with_130_and_a_valid_bundle(place, ran):
    target = place / "stopped"
    line = [sys.executable, "-m", "egide", "run", str(SCENARIO), "--replications", "5000", "-o", str(target)]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    until = time.monotonic() + 60.0
    while not any(path.stat().st_size > 3 for path in place.glob(".stopped.partial-*/.done")):
        assert time.monotonic() < until
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted: the bundle holds the" in said[1]
    bundle = store.open(target)
    assert 3 < len(bundle.replications) < 5000
    assert bundle.verify() == []


def interrupting(name):
    """Progress that sends Ctrl-C in the first replication of one alternative."""

    def progress(alternative):
        def show(done, total, left_s):
            if alternative == name and done == 1:
                os.kill(os.getpid(), signal.SIGINT)

        return show

    return progress


def test_interrupted_comparison_keeps_the_alternatives_that_were_done(place):
    target = place / "two-of-three"
    found = run_alternatives(SCENARIO, replications=3, out=target, progress=interrupting("no-watch"))
    assert list(found.alternatives) == ["as-written", "one-shot"]
    assert found.notes[-1] == "Interrupted before these were run: no-watch."
    assert not (target / "no-watch").exists()
    assert json.loads((target / "comparison.json").read_text())["notes"][-1] == found.notes[-1]


def test_comparison_interrupted_too_early_leaves_nothing(place):
    with pytest.raises(KeyboardInterrupt):
        run_alternatives(SCENARIO, replications=3, out=place / "none", progress=interrupting("one-shot"))
    assert not (place / "none").exists()
    assert not list(place.glob(".none*"))
