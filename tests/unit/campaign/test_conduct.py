"""A campaign from its file to its folder: what is kept, what is refused, and the way back from a number to its run."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest
from filelock import FileLock

import egide as eg
from egide import store
from egide.analysis import runs
from egide.campaign import pack as packs
from egide.campaign.again import run_again
from egide.campaign.conduct import Budget, conduct, parse_budget
from egide.cli.app import main
from egide.errors import StoreError
from egide.store.campaign import open_campaign

ROOT = Path(__file__).parents[3]
STUDY = """
egide: 1
kind: study
name: small
title: {en: Small, fr: Petit}
base: scenario.yaml
alternatives: [as-written, one-shot]
seed: 11
campaign:
  design:
    - {kind: latin-hypercube, points: 2}
    - {kind: one-at-a-time, factors: ['optimism.*']}
  replications: 3
  tracking: {mode: fast, full: 30 %}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("study")
    shutil.copy(ROOT / "scenarios" / "first-battery" / "scenario.yaml", place)
    (place / "study.yaml").write_text(STUDY, encoding="utf-8")
    return place / "study.yaml"


@pytest.fixture(scope="module")
def campaign(study, tmp_path_factory):
    return open_campaign(conduct(study, tmp_path_factory.mktemp("campaign") / "c", workers=1))


def one(campaign, query: str):
    return campaign.sql(query).fetchall()[0][0]


# --- what it holds ---------------------------------------------------------------------------------------------------


def test_every_point_alternative_and_mode_has_its_replications(campaign):
    counts = campaign.sql("SELECT mode, count(*) FROM results GROUP BY mode, point, alternative").fetchall()
    points = one(campaign, "SELECT count(*) FROM points")
    assert points > 3
    assert len(counts) == points * 2 * 2
    assert {(mode, n) for mode, n in counts} == {("fast", 3), ("full", 1)}
    assert campaign.manifest["complete"]
    assert one(campaign, "SELECT count(*) FROM failures") == 0


def test_moving_one_factor_keeps_the_luck_and_a_sample_point_has_its_own(campaign):
    """Points that are set against the nominal one meet its random numbers, every other point its own."""
    from egide.campaign.plan import plan
    from egide.campaign.work import luck_of

    made = plan(campaign.manifest["study"]["path"])
    roles = {role: luck_of(made, number) for number, role in enumerate(made.points.role)}
    assert roles["nominal"] == roles["low"] == roles["high"] == 0
    assert roles["sample"] != 0


def test_each_row_leads_to_a_command_that_makes_the_same_run(campaign, study, tmp_path):
    (row,) = runs.ranked(campaign, "leakers", "worst", "one-shot", 1)
    assert f"--point {row.point} --replication {row.replication}" in row.command
    folder = run_again(study, row.alternative, row.point, row.replication, tmp_path / "again", mode=row.mode)
    bundle = store.open(folder)
    assert bundle.manifest["point"] == row.point
    again = bundle.columns("SELECT * FROM measures")
    told = campaign.columns(
        f"SELECT * FROM results WHERE point = {row.point} AND replication = {row.replication} "
        f"AND mode = '{row.mode}' AND alternative = '{row.alternative}'"
    )
    names = [name for name in told if name not in ("point", "alternative", "mode", "replication")]
    for name in names:
        assert np.array_equal(again[name], told[name], equal_nan=True), name


def test_worst_best_and_middle_are_what_they_say(campaign):
    values = np.sort(campaign.columns("SELECT leakers FROM results")["leakers"])
    assert runs.ranked(campaign, "leakers", "worst", count=1)[0].value == values[-1]
    assert runs.ranked(campaign, "leakers", "best", count=1)[0].value == values[0]
    middle = runs.ranked(campaign, "leakers", "median", count=1)[0].value
    assert abs(middle - np.median(values)) <= 1.0
    with pytest.raises(StoreError, match="there is no measure"):
        runs.ranked(campaign, "leeks")


def test_the_python_face_hands_out_relations(campaign, study):
    again = eg.campaign(study, campaign.folder, resume=True)
    assert again.manifest["digest"] == campaign.manifest["digest"]
    assert len(again.results.fetchall()) == campaign.manifest["runs"]["done"]
    assert "Campaign small" in repr(again)


# --- going on, and what is refused -----------------------------------------------------------------------------------


@pytest.fixture
def small_tasks(monkeypatch) -> None:
    """Tasks of a few replications, so that there are many to be interrupted between."""
    monkeypatch.setattr("egide.campaign.work.LEAST_S", 0.004)
    monkeypatch.setattr("egide.campaign.work.AGAINST_COMPILE", 0.0)


@pytest.mark.usefixtures("small_tasks")
def test_a_budget_ends_in_order_and_going_on_gives_the_same(campaign, study, tmp_path):
    folder = conduct(study, tmp_path / "c", budget=Budget(runs=1))
    found = open_campaign(folder)
    assert found.manifest["interrupted"] == "budget"
    assert 0 < found.manifest["runs"]["done"] < found.manifest["runs"]["asked"]
    with pytest.raises(StoreError, match="a campaign is there already"):
        conduct(study, folder)
    whole = open_campaign(conduct(study, folder, resume=True))
    assert whole.manifest["digest"] == campaign.manifest["digest"]


def test_a_budget_that_is_just_enough_leaves_a_whole_campaign(campaign, study, tmp_path):
    found = open_campaign(conduct(study, tmp_path / "c", budget=Budget(runs=campaign.manifest["runs"]["asked"])))
    assert found.manifest["complete"]


@pytest.mark.usefixtures("small_tasks")
def test_a_stopping_rule_runs_each_point_as_often_as_it_needs(study, tmp_path):
    """Points whose interval is narrow after the minimum have no more; nobody has more than the most."""
    shutil.copytree(study.parent, tmp_path / "study")
    text = STUDY.replace("replications: 3", "replications: 32\n  stop: {measure: leakers, half_width: 1.3, minimum: 8}")
    text = re.sub("points: 2}\n.*one-at-a-time.*", "points: 3}", text.replace("fast, full: 30 %", "fast"))
    (tmp_path / "study" / "study.yaml").write_text(text, encoding="utf-8")
    found = open_campaign(conduct(tmp_path / "study" / "study.yaml", tmp_path / "c"))
    rows = found.sql("SELECT count(*), stddev_samp(leakers) FROM results GROUP BY point, alternative").fetchall()
    counts = {n for n, _ in rows}
    assert counts <= {8, 16, 32}
    assert len(counts) > 1
    assert all(2.0 * spread / np.sqrt(n) < 1.3 for n, spread in rows if n < 32)
    for stretch in range(1, 20):  # cut off again and again, in the middle of rounds too
        cut = conduct(tmp_path / "study" / "study.yaml", tmp_path / "d", budget=Budget(runs=45), resume=stretch > 1)
        again = open_campaign(cut)
        if again.manifest["complete"]:
            break
    assert stretch > 3
    assert again.manifest["digest"] == found.manifest["digest"]


@pytest.mark.usefixtures("small_tasks")
def test_a_full_disk_keeps_what_was_finished(campaign, study, disk_of):
    place = disk_of("4m")
    conduct(study, place / "c", budget=Budget(runs=1))
    with contextlib.suppress(OSError), (place / "film").open("wb") as film:
        film.write(bytes(8_000_000))
    with pytest.raises(StoreError, match="the disk is full; what was finished before is kept"):
        conduct(study, place / "c", resume=True)
    (place / "film").unlink()
    found = open_campaign(conduct(study, place / "c", resume=True))
    assert found.manifest["digest"] == campaign.manifest["digest"]
    found.con.close()


def test_two_campaigns_never_share_a_folder(study, tmp_path):
    folder = tmp_path / "c"
    folder.mkdir()
    with FileLock(folder / ".lock"), pytest.raises(StoreError, match="another process is working"):
        conduct(study, folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("study.yaml", "seed: 11", "seed: 12", "seed: 11 -> 12"),
        ("scenario.yaml", "duration:", "duration: ", "scenario: line"),
    ],
)
def test_going_on_with_something_else_is_refused_with_the_difference(campaign, study, tmp_path, file, old, new, said):
    place = shutil.copytree(study.parent, tmp_path / "study")
    folder = shutil.copytree(campaign.folder, tmp_path / "c")
    text = (place / file).read_text(encoding="utf-8")
    assert old in text
    (place / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StoreError, match="begun with something else") as refused:
        conduct(place / "study.yaml", folder, resume=True)
    assert said in str(refused.value)


def test_a_folder_of_something_else_is_never_touched(study, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    for force in (False, True):
        with pytest.raises(StoreError, match="something other than a campaign"):
            conduct(study, tmp_path, force=force)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("30 min", Budget(seconds=1800.0)),
        ("2h", Budget(seconds=7200.0)),
        ("5000 runs", Budget(runs=5000)),
        (None, None),
    ],
)
def test_a_budget_is_a_time_or_a_number_of_runs(text, wanted):
    assert parse_budget(text) == wanted


@pytest.mark.parametrize("text", ["0 runs", "soon", "-5 min", "30"])
def test_no_budget_is_told(text):
    with pytest.raises(StoreError, match="no time and no number of runs"):
        parse_budget(text)


def test_a_cluster_that_does_not_answer_is_said_and_leaves_nothing(study, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("egide.campaign.executors.REACH_S", 0.5)
    assert main(["campaign", str(study), "-o", str(tmp_path / "c"), "--cluster", "tcp://127.0.0.1:9"]) == 2
    assert "no scheduler answers there" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_a_unit_that_kills_its_worker_three_times_is_put_aside_and_the_rest_is_kept(study, tmp_path):
    """Each worker is killed before it has done its long unit: all are struck out, and the exit code says so."""
    shutil.copytree(study.parent, tmp_path / "study")
    study, folder = tmp_path / "study" / "study.yaml", tmp_path / "c"
    text = STUDY.replace("replications: 3", "replications: 600").replace("[as-written, one-shot]", "[one-shot]")
    study.write_text(re.sub(r"  design:\n.*\n.*\n", "", text) + "catalogue: {use: none}\n", encoding="utf-8")
    command = [sys.executable, "-m", "egide", "campaign", str(study), "-o", str(folder), "--workers", "1"]
    main_process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begun_s = time.monotonic()
    while main_process.poll() is None and time.monotonic() - begun_s < 240.0:
        if (folder / "size").exists():  # the engine has been timed: from here on a worker has a task
            with contextlib.suppress(psutil.Error):  # it may be gone between two looks
                for child in psutil.Process(main_process.pid).children():
                    if "resource_tracker" not in " ".join(child.cmdline()):
                        time.sleep(0.5)  # it has imported the engine's door, and the task is its own
                        child.kill()
                        child.wait()
        time.sleep(0.01)
    _, said = main_process.communicate(timeout=240.0)
    assert main_process.returncode == 1, said
    assert "--failed" in said
    found = open_campaign(folder)
    assert found.manifest["runs"]["failed"] > 0
    assert "died 3 times" in runs.failures(found)[0].cause
    assert not found.manifest["complete"]
    assert open_campaign(conduct(study, folder, resume=True)).manifest["complete"]


# --- packs -----------------------------------------------------------------------------------------------------------


def test_a_pack_says_identical_where_the_same_comes_out(campaign, tmp_path):
    archive = packs.pack(campaign.folder, tmp_path / "c.egide.zip")
    assert packs.pack(campaign.folder, tmp_path / "d.egide.zip").read_bytes() == archive.read_bytes()
    found, elsewhere = packs.reproduce(archive, sample=4)
    assert [(each.table, each.verdict) for each in found] == [("results", "identical")]
    assert elsewhere == []


def test_a_pack_of_a_run_names_the_table_that_is_different(study, tmp_path, capsys):
    folder = eg.run(study.parent / "scenario.yaml", tmp_path / "run", replications=2, detail=()).folder
    path = folder / "digests.parquet"
    con = store.parts.connect()
    rows = store.parts.read([path], con)
    rows["digest"][np.flatnonzero(rows["table"] == "shots")[0]] = "0" * 32
    rows["replication"] = rows["replication"].astype(np.int32)
    store.parts.write(path, rows, con)
    archive = packs.pack(folder, tmp_path / "run.egide.zip")
    found, _ = packs.reproduce(archive)
    verdicts = {each.table: each.verdict for each in found}
    assert verdicts["measures"] == "identical"
    assert verdicts["shots"] == "within"  # its values are in the pack, and they are the same
    assert main(["reproduce", str(archive), "--sample", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"]


def test_numbers_apart_are_told_by_their_size():
    one = {"a": np.array([1.0, np.nan, 1e6])}
    assert packs.apart(one, {"a": np.array([1.0, np.nan, 1e6 * (1 + 1e-10)])}) == pytest.approx(1e-10, rel=1e-3)
    assert packs.apart(one, {"a": np.array([1.0, 2.0, 1e6])}) == float("inf")
    assert packs.apart(one, {"b": one["a"]}) == float("inf")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", None])
def test_a_broken_pack_is_said(content, tmp_path, capsys):
    path = tmp_path / "x.egide.zip"
    if content is not None:
        path.write_bytes(content)
    assert main(["reproduce", str(path)]) == 2
    assert "is no pack, or a broken one" in capsys.readouterr().err
