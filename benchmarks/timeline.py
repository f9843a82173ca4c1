"""A study over fifteen years of its calendar, month by month: one command, as a user types it.

promised  10 minutes for five alternatives on two processors
states    who stands there and works, told apart: each is run once, and every month and slipped calendar looks it up
plain     runs of a loop that plays every month of every alternative anew, calendars that slip left out

    python benchmarks/timeline.py [--workers W] [--study FILE] [--from MONTH] [--to MONTH]

An empty result folder, kernels and terrain masks as the cache has them. Processor time is that of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "studies" / "turkiye-2019" / "study.yaml"
PROMISED_S = 600.0


def months(first: str, last: str) -> int:
    """From one month to another, both counted."""
    (year, month), (other, until) = (map(int, text.split("-")[:2]) for text in (first, last))
    return 12 * (other - year) + until - month + 1


def processor_s() -> float:
    """Of all processes that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--study", type=Path, default=STUDY)
    parser.add_argument("--from", dest="first", default="")
    parser.add_argument("--to", dest="last", default="")
    asked = parser.parse_args()
    words = [sys.executable, "-m", "egide", "timeline", str(asked.study), "--workers", str(asked.workers)]
    words += [word for pair in (("--from", asked.first), ("--to", asked.last)) if pair[1] for word in pair]
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "timeline"
        load, begun_s, before_s = os.getloadavg()[0], time.perf_counter(), processor_s()
        subprocess.run([*words, "-o", str(out)], check=True, stdout=subprocess.DEVNULL)
        wall_s, worked_s = time.perf_counter() - begun_s, processor_s() - before_s
        told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    count, names = months(told["from"], told["until"]), told["alternatives"]
    runs, plain = told["runs"]["new"], count * len(names) * told["replications"]
    print(f"{told['study']['name']}, {told['from']} to {told['until']}: {count} months, {len(names)} alternatives, "
          f"{told['draws']} slipped calendars; {asked.workers} workers, load {load:.1f}")  # fmt: skip
    print(f"{'states, each run once':34} {told['states']:7}")
    print(f"{'runs':34} {runs:7}  {told['replications']} a state, {told['tracking']} tracking; plain {plain}")
    print(f"{'egide timeline, wall time':34} {wall_s:7.1f} s  promised {PROMISED_S:.0f} s: {PROMISED_S / wall_s:.1f} x")
    print(f"{'processor time':34} {worked_s:7.1f} s  start and page {wall_s - told['wall_s']:.1f} s of the wall time")
    print(f"{'folder':34} {size / 2**20:7.1f} MiB")


if __name__ == "__main__":
    main()
