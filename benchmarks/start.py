"""How long a user waits before anything happens, as whole processes: median of some runs.

    python benchmarks/start.py

help    `egide --help`                                               promised: 0.4 s at most
warm    `egide run first-battery --replications 1`, kernels kept      promised: 1.5 s at most
cold    the same with an empty cache folder: everything is compiled   promised: 60 s at most
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO = Path(__file__).parents[1] / "scenarios" / "first-battery" / "scenario.yaml"


def took_s(*arguments: str, cache: str | None = None) -> float:
    environment = {**os.environ, **({"EGIDE_CACHE_DIR": cache} if cache else {})}
    environment.pop("NUMBA_CACHE_DIR", None)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "egide", *arguments], check=True, capture_output=True, env=environment)
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = ["run", str(SCENARIO), "--replications", "1", "--force", "-o", f"{folder}/out"]
        cold = took_s(*run, cache=f"{folder}/cache")
        warm = statistics.median(took_s(*run, cache=f"{folder}/cache") for _ in range(7))
        help_s = statistics.median(took_s("--help") for _ in range(9))
    print(f"help  {help_s:6.2f} s\nwarm  {warm:6.2f} s\ncold  {cold:6.2f} s")


if __name__ == "__main__":
    main()
