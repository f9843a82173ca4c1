"""Whatever is killed, whenever: a campaign goes on where it was, and its tables end as if nothing had happened.

Real processes and real signals: workers, the main process, a Dask scheduler and its workers over TCP.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from egide.campaign.conduct import conduct
from egide.store.campaign import open_campaign

ROOT = Path(__file__).parents[2]
STUDY = """
egide: 1
kind: study
name: survives
title: {{en: Survives, fr: Survit}}
base: scenario.yaml
alternatives: {alternatives}
seed: 7
campaign:
  design:
    - {{kind: latin-hypercube, points: 3}}
  replications: {replications}
"""
KILLS = 20
PATIENCE_S = 240.0


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """Two alternatives at four points in full tracking: a dozen tasks, about four seconds of work."""
    place = tmp_path_factory.mktemp("study")
    shutil.copy(ROOT / "scenarios" / "first-battery" / "scenario.yaml", place)
    path = place / "study.yaml"
    path.write_text(STUDY.format(alternatives="[as-written, one-shot]", replications=40), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(study, tmp_path_factory) -> Path:
    return conduct(study, tmp_path_factory.mktemp("whole") / "campaign", workers=1)


def digest(folder: Path) -> str:
    """Of the whole campaign; it must be complete, every part of it."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["complete"]
    assert manifest["runs"]["done"] == manifest["runs"]["asked"]
    return str(manifest["digest"])


def started(study: Path, out: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "egide", "campaign", str(study), "-o", str(out), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def workers_of(main: subprocess.Popen[str]) -> list[psutil.Process]:
    """Its workers; the process that only watches over shared resources is none."""
    try:
        children = psutil.Process(main.pid).children()
        return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]
    except psutil.Error:
        return []


def wait_for(condition, what: str):
    begun_s = time.monotonic()
    while not (found := condition()):
        assert time.monotonic() - begun_s < PATIENCE_S, what
        time.sleep(0.02)
    return found


def test_the_number_of_workers_changes_no_digit(study, undisturbed, tmp_path):
    assert digest(conduct(study, tmp_path / "campaign", workers=3)) == digest(undisturbed)


def test_twenty_kills_at_random_moments_change_no_digit(study, undisturbed, tmp_path):
    luck, out, kills, at_work = random.Random(2019), tmp_path / "campaign", 0, 0
    while kills < KILLS:
        main = started(study, out, "--workers", "2", *(["--resume"] if (out / "campaign.json").exists() else []))
        try:
            if luck.random() < 0.75:  # else in the middle of its start
                wait_for(lambda now=main: list((out / "parts").glob("*")) or now.poll() is not None, "no part")
            for _ in range(4):
                wait_for(lambda now=main: workers_of(now) or now.poll() is not None, "no worker")
                time.sleep(luck.uniform(0.0, 0.7))
                if main.poll() is not None:
                    break
                if victims := workers_of(main):
                    luck.choice(victims).kill()
                    kills, at_work = kills + 1, at_work + any((out / "parts").glob("*"))
            time.sleep(luck.uniform(0.0, 0.7))
            if main.poll() is None:
                main.send_signal(signal.SIGKILL)
                kills, at_work = kills + 1, at_work + any((out / "parts").glob("*"))
        finally:
            main.kill()
            main.communicate()
        if (out / "manifest.json").exists() and json.loads((out / "manifest.json").read_text())["complete"]:
            assert digest(out) == digest(undisturbed)  # it was quicker than we are: begin again
            shutil.rmtree(out)
    assert digest(conduct(study, out, workers=2, resume=(out / "campaign.json").exists())) == digest(undisturbed)
    assert at_work >= KILLS // 2, "hardly ever killed between two tasks"
    rows = open_campaign(out).sql(
        "SELECT count(*), count(DISTINCT (point, alternative, mode, replication)) FROM results"
    )
    ((all_of_them, different),) = rows.fetchall()
    assert all_of_them == different


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(study, undisturbed, tmp_path):
    out = tmp_path / "campaign"
    main = started(study, out, "--workers", "2")
    wait_for(lambda: list((out / "parts").glob("*.parquet")) or main.poll() is not None, "no part")
    main.send_signal(signal.SIGINT)
    _, said = main.communicate(timeout=PATIENCE_S)
    if main.returncode == 0:
        pytest.skip("it was done before it could be interrupted")
    assert main.returncode == 130
    assert "--resume" in said
    kept = open_campaign(out)
    assert not kept.manifest["complete"]
    assert 0 < kept.manifest["runs"]["done"] < kept.manifest["runs"]["asked"]
    assert digest(conduct(study, out, workers=1, resume=True)) == digest(undisturbed)


# --- a cluster over TCP ----------------------------------------------------------------------------------------------


class Cluster:
    """A real Dask scheduler and two workers, each a process of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"

    def begin(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"}
        with (self.place / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words], cwd=self.place, env=environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def scheduler(self) -> subprocess.Popen[bytes]:
        return self.begin("scheduler", "scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")

    def worker(self) -> subprocess.Popen[bytes]:
        return self.begin("worker", "worker", self.address, "--nthreads", "1", "--no-dashboard", "--no-nanny")

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    found = Cluster(tmp_path)
    yield found
    found.end()


def test_a_cluster_gives_the_same_tables_and_its_death_loses_nothing(study, undisturbed, cluster, tmp_path):
    out = tmp_path / "campaign"
    scheduler = cluster.scheduler()
    workers = [cluster.worker(), cluster.worker()]
    main = started(study, out, "--cluster", cluster.address)
    wait_for(lambda: list((out / "parts").glob("*.parquet")) or main.poll() is not None, "no part")
    workers[0].kill()
    time.sleep(0.5)
    scheduler.kill()
    _, said = main.communicate(timeout=PATIENCE_S)
    if main.returncode != 0:
        assert main.returncode == 2, said
        assert "--resume" in said
    cluster.end()
    cluster.scheduler()
    cluster.worker()
    main = started(study, out, "--cluster", cluster.address, "--resume")
    _, said = main.communicate(timeout=PATIENCE_S)
    assert main.returncode == 0, said
    assert digest(out) == digest(undisturbed)
    assert json.loads((out / "manifest.json").read_text())["executor"] == "cluster"
