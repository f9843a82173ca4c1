"""A campaign over workers, beside the same engine calls in one process, in multiprocessing's pool and in joblib's.

serial      simulate and measures, one after the other, in this process; nothing is written
efficiency  serial time over workers times wall time: 1 is perfect
overhead    what a worker spends beside its replications, as a share of them

    python benchmarks/campaign.py [--replications N] [--workers W] [--mode fast|full]

joblib is measured where it is installed (pip install joblib). The main process's memory is the most that was seen.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from egide.campaign import work
from egide.campaign.plan import Plan, plan

ROOT = Path(__file__).parents[1]
STUDY = """
egide: 1
kind: study
name: chance-alone
title: {{en: Chance alone, fr: Le hasard seul}}
base: scenario.yaml
alternatives: [as-written]
seed: 1
catalogue: {{use: none}}
campaign:
  replications: {replications}
  tracking: {{mode: {mode}}}
"""
CHUNK = 250


def stretch(study: str, mode: str, first: int, last: int) -> int:
    """Replications of the nominal point: what every peer is given."""
    made = planned(study)
    return len(work.measured(work.Unit(0, made.alternatives[0], mode, first, last), made) or ())


@lru_cache(maxsize=1)
def planned(study: str) -> Plan:
    """One plan a process, as a campaign's workers have."""
    return plan(study)


def timed(label: str, n: int, serial_s: float, workers: int, call: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    call()
    wall_s = time.perf_counter() - begun_s
    each = f"{1e3 * wall_s / n:.3f} ms a replication"
    told = f", efficiency {serial_s / (workers * wall_s):.3f}" if serial_s else ""
    print(f"{label:34} {wall_s:7.1f} s  {each}{told}", flush=True)
    return wall_s


def pool(study: str, mode: str, n: int, workers: int) -> None:
    with get_context("spawn").Pool(workers) as crew:
        crew.starmap(stretch, [(study, mode, at, min(at + CHUNK, n)) for at in range(0, n, CHUNK)], chunksize=1)


def joblib(study: str, mode: str, n: int, workers: int) -> None:
    import campaign  # ourselves, by name: its workers cannot take a function of __main__ that keeps a plan
    from joblib import Parallel, delayed  # type: ignore[import-not-found]

    jobs = (delayed(campaign.stretch)(study, mode, at, min(at + CHUNK, n)) for at in range(0, n, CHUNK))
    Parallel(n_jobs=workers)(jobs)


class Campaign:
    """The command itself, watched from outside."""

    def __init__(self, study: str, out: Path, workers: int) -> None:
        self.words = [sys.executable, "-m", "egide", "campaign", study, "-o", str(out), "--workers", str(workers)]
        self.most = 0

    def __call__(self) -> None:
        main = subprocess.Popen(self.words, stdout=subprocess.DEVNULL)
        watcher = threading.Thread(target=self._watch, args=(psutil.Process(main.pid),), daemon=True)
        watcher.start()
        if main.wait() != 0:
            raise SystemExit(main.returncode)

    def _watch(self, process: psutil.Process) -> None:
        try:
            while process.is_running():
                self.most = max(self.most, process.memory_info().rss)
                time.sleep(0.05)
        except psutil.Error:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--mode", choices=("fast", "full"), default="fast")
    asked = parser.parse_args()
    n, workers, mode = asked.replications, asked.workers, asked.mode
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        (place / "scenario.yaml").write_bytes((ROOT / "scenarios" / "first-battery" / "scenario.yaml").read_bytes())
        (place / "study.yaml").write_text(STUDY.format(replications=n, mode=mode), encoding="utf-8")
        study = str(place / "study.yaml")
        stretch(study, mode, 0, 20)
        print(f"first-battery, {mode} tracking, {n} replications, {workers} workers; load {psutil.getloadavg()[0]:.1f}")
        serial_s = timed("serial, nothing written", n, 0.0, 1, lambda: stretch(study, mode, 0, n))
        for count in sorted({1, workers}):
            campaign = Campaign(study, place / f"out-{count}", count)
            wall_s = timed(f"egide campaign --workers {count}", n, serial_s, count, campaign)
            told = json.loads((place / f"out-{count}" / "manifest.json").read_text())
            beside = told["wall_s"] * count / told["engine_s"] - 1.0
            work_s, most = told["wall_s"], campaign.most / 2**20
            print(f"{'':34} of it {work_s:.1f} s at work, workers beside their tasks {100 * beside:.1f} %;")
            print(f"{'':34} start and end {wall_s - work_s:.1f} s; main process {most:.0f} MiB")
        timed("multiprocessing.Pool, spawn", n, serial_s, workers, lambda: pool(study, mode, n, workers))
        try:
            timed("joblib, loky", n, serial_s, workers, lambda: joblib(study, mode, n, workers))
        except ImportError:
            print("joblib is not installed")


if __name__ == "__main__":
    main()
