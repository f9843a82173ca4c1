"""A run gives the same rows whoever works on it, and a whole bundle however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.campaign import fake

from egide import store
from egide.campaign import chunk, runner
from egide.campaign.chunk import Crew, cut, numbers_of
from egide.campaign.runner import Order, carry_out
from egide.errors import EngineError, ScenarioError, StoreError

ABOUT = {"scenario": {"name": "small", "sha256": "0" * 64, "alternative": ""}, "sets": [], "tracking": "full"}


def order(replications=12, seed=7, detail=(0,), progress=None, force=False):
    return Order(replications, seed, numbers_of(detail, replications), force, progress, ABOUT, "name: small\n")


def carried(folder, workers=1, system=None, simulate=fake.simulate, **asked):
    with Crew(workers) as crew:
        return store.open(carry_out(system or fake.System(), simulate, order(**asked), folder, crew))


def broken(system, seed, point, replication, detail):
    """An engine whose invariant breaks in one replication."""
    if replication == 5:
        raise EngineError("a track without a picture", seed, replication)
    return fake.simulate(system, seed, point, replication, detail)


def test_one_and_two_workers_give_the_same_digests(tmp_path):
    alone = carried(tmp_path / "one", 1)
    together = carried(tmp_path / "two", 2)
    assert alone.manifest["digest"] == together.manifest["digest"]
    for name, table in alone.manifest["tables"].items():
        assert table["digest"] == together.manifest["tables"][name]["digest"], name
    assert together.verify() == []


def test_another_seed_gives_another_digest(tmp_path):
    a, b = carried(tmp_path / "a"), carried(tmp_path / "b", seed=8)
    assert a.manifest["tables"]["shots"]["digest"] != b.manifest["tables"]["shots"]["digest"]
    assert a.manifest["tables"]["objects"]["digest"] == b.manifest["tables"]["objects"]["digest"]


def test_manifest_says_how_to_do_it_again(tmp_path):
    manifest = carried(tmp_path / "out", detail=(0, 3, 99)).manifest
    assert manifest["seed"] == 7
    assert manifest["replications"] == {"asked": 12, "done": [[0, 11]]}
    assert manifest["complete"] is True
    assert "interrupted" not in manifest
    assert manifest["detail"] == [0, 3]
    assert set(manifest["versions"]) == {"egide", "python", "numpy", "numba", "scipy", "duckdb"}
    assert manifest["notes"] == ["made up for a test"]
    assert manifest["tables"]["shots"]["columns"]["meet_s"]["unit"] == "s"
    assert manifest["tables"]["plots"]["rows"] == 100
    assert manifest["tables"]["measures"]["rows"] == 12
    assert manifest["wall_s"] >= 0.0


def test_detail_is_kept_for_the_replications_asked_for(tmp_path):
    bundle = carried(tmp_path / "out", detail=(2, 5))
    assert bundle.columns("SELECT DISTINCT replication FROM plots ORDER BY 1")["replication"].tolist() == [2, 5]
    assert numbers_of("all", 3) == {0, 1, 2}


def test_nothing_of_the_work_is_left_in_the_bundle(tmp_path):
    folder = carried(tmp_path / "out", 2).folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "digests.parquet", "manifest.json", "scenario.yaml", "tables",
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_progress_counts_every_replication_and_ends_with_all(tmp_path):
    seen = []
    carried(tmp_path / "out", progress=lambda done, total, left_s: seen.append((done, total, left_s)))
    assert [done for done, _, _ in seen] == list(range(13))
    assert {total for _, total, _ in seen} == {12}
    assert seen[0][2] != seen[0][2]  # not known yet
    assert seen[-1][2] == 0.0


@pytest.mark.parametrize("replications", [1, 2, 31, 32, 33, 40, 200, 5000])
def test_chunks_hold_every_number_once_in_order(replications):
    chunks = cut(replications)
    assert [number for numbers in chunks for number in numbers] == list(range(replications))
    assert max(map(len, chunks)) <= chunk.MOST


def test_dead_worker_costs_nothing_but_time(tmp_path):
    accident = tmp_path / "accident"
    accident.touch()
    bundle = carried(tmp_path / "out", 2, fake.System(accident=str(accident)))
    assert bundle.manifest["complete"]
    tables = carried(tmp_path / "calm").manifest["tables"]
    assert {n: t["digest"] for n, t in bundle.manifest["tables"].items()} == {n: t["digest"] for n, t in tables.items()}


def dying(system, seed, point, replication, detail):
    """Replication 6 is always the end of its process."""
    if replication == 6:
        time.sleep(0.5)
        os._exit(9)
    return fake.simulate(system, seed, point, replication, detail)


def test_worker_that_dies_twice_leaves_what_was_finished_and_says_so(tmp_path):
    with pytest.raises(StoreError, match=r"died twice.*of 12 replications were kept; run again with fewer --workers"):
        carried(tmp_path / "out", 2, simulate=dying)
    bundle = store.open(tmp_path / "out")
    assert bundle.manifest["interrupted"] == "a worker process died"
    assert 6 not in bundle.replications
    assert bundle.replications
    assert bundle.verify() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_fault_comes_out_whole_and_leaves_nothing(tmp_path, workers):
    with pytest.raises(EngineError, match="replication 5"):
        carried(tmp_path / "out", workers, simulate=broken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_interrupted_run_is_a_valid_bundle_of_what_was_finished(tmp_path, workers):
    pressed: list[int] = []

    def press(done, total, left_s):
        if done >= 3 and not pressed:
            pressed.append(done)
            os.kill(os.getpid(), signal.SIGINT)

    bundle = carried(tmp_path / "out", workers, fake.System(wait_s=0.02), replications=200, progress=press)
    assert bundle.manifest["complete"] is False
    assert bundle.manifest["interrupted"] == "by the user"
    assert 0 < len(bundle.replications) < 200
    assert bundle.verify() == []
    assert len(bundle.columns("measures")["leakers"]) == len(bundle.replications)
    same = carried(tmp_path / "whole", replications=max(bundle.replications) + 1)
    of_both = "SELECT * FROM shots WHERE replication = 0"
    assert bundle.sql(of_both).fetchall() == same.sql(of_both).fetchall()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "whole"]


def test_interrupt_before_anything_is_finished_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        carried(tmp_path / "out", 1, simulate=never_finished)
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def never_finished(system, seed, point, replication, detail):
    """The user grows impatient in the first replication, twice."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    return fake.simulate(system, seed, point, replication, detail)


def test_much_detail_is_estimated_first_and_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "LARGEST_BYTES", 10_000.0)
    with pytest.raises(StoreError, match=r"12 replications in detail would take about 0\.0 GB; keep fewer"):
        carried(tmp_path / "out", detail="all", system=fake.System(plots=2000))
    assert list(tmp_path.iterdir()) == []
    bundle = carried(tmp_path / "out", detail="all", system=fake.System(plots=2000), force=True)
    assert bundle.manifest["tables"]["plots"]["rows"] == 24_000


def test_more_detail_than_the_disk_holds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(StoreError, match="are free; keep fewer"):
        carried(tmp_path / "out", detail="all")


@pytest.mark.parametrize("asked", [{"replications": 0}, {"seed": -1}, {"workers": 0}])
def test_numbers_that_mean_nothing_are_refused(asked):
    with pytest.raises(ScenarioError, match=f"--{next(iter(asked))}"):
        runner.check_order(**{"replications": 1, "seed": 1, "workers": 1, **asked})


def test_workers_run_one_thread_each_and_the_environment_comes_back(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    with Crew(2) as crew:
        carry_out(fake.System(), fake.simulate, order(2), tmp_path / "out", crew)
        assert os.environ["OMP_NUM_THREADS"] == os.environ["NUMBA_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "NUMBA_NUM_THREADS" not in os.environ


def test_full_disk_in_mid_run_leaves_nothing(disk_of):
    place = disk_of("600k")
    for workers in (1, 2):
        with pytest.raises(StoreError, match="the disk is full"):
            carried(place / "out", workers, fake.System(plots=40_000), detail=(1, 2, 3, 4, 5))
        assert list(place.iterdir()) == []


def test_killed_process_leaves_no_folder_under_the_bundle_s_name(tmp_path):
    root = Path(__file__).parents[3]
    code = (
        "import sys; from tests.unit.campaign import fake; from egide.campaign.runner import *\n"
        "order = Order(500, 1, about={'scenario': {}})\n"
        "with Crew(1) as crew: carry_out(fake.System(wait_s=0.05), fake.simulate, order, sys.argv[1], crew)"
    )
    env = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "out")], env=env)
    until = time.monotonic() + 30.0
    while not list(tmp_path.glob(".out.partial-*/.done")) and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.wait()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".out.partial-")
    with pytest.raises(StoreError, match="did not finish"):
        store.open(left)


def test_first_chunk_goes_alone_until_the_kernels_are_compiled(tmp_path, monkeypatch):
    mark = tmp_path / "compiled"
    monkeypatch.setattr(runner, "_compiled_mark", lambda simulate, tracking: mark)
    cold = carried(tmp_path / "cold", 2)
    assert mark.exists()
    assert carried(tmp_path / "warm", 2).manifest["digest"] == cold.manifest["digest"]


def test_fast_run_says_that_its_mistakes_do_not_count(tmp_path):
    about = {**ABOUT, "tracking": "fast"}
    with Crew(1) as crew:
        folder = carry_out(fake.System(), fake.simulate, Order(2, 1, about=about), tmp_path / "out", crew)
    assert store.open(folder).manifest["notes"] == ["made up for a test", runner.FAST_NOTE]
