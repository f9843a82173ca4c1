"""Compile the engine, and hold that no kernel is compiled twice: python tools/kernels.py

twice   two machine codes of one kernel: it is called with types that differ where they need not, and each costs the
        very first run its time

Both ways of tracking, with and without detail, and orders of a centre. Counted only where this run compiled into an
empty folder: tests call some kernels in ways of their own, and whoever has compiled these sources before has counted.
"""

from __future__ import annotations

import collections
import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SCENARIO: Final = ROOT / "scenarios" / "one-raid-two-networks" / "scenario.yaml"
RUNS: Final = (("full", None, "5 min"), ("fast", None, "5 min"), ("full", "coordinated", "20 min"))
LEAST: Final = 60  # kernels: fewer means that this looks in the wrong place


def main() -> int:
    from egide import cache

    new = not any(cache.kernels_folder().rglob("*.nbc"))
    from egide import scenario
    from egide.compiler import compile_scenario
    from egide.simulate import simulate

    for mode, alternative, duration in RUNS:
        sets = (f"duration={duration}", f"tracking.mode={mode}")
        compiled = compile_scenario(scenario.load(SCENARIO, alternative, sets))
        for detail in (True, False):
            simulate(compiled, 7, 0, 0, detail)
    if not new:
        print("these kernels were compiled before: not counted")
        return 0
    codes = (re.sub(r"-[0-9]+[.]py.*", "", path.name) for path in cache.kernels_folder().rglob("*.nbc"))
    kept = collections.Counter(codes)
    twice = sorted(name for name, count in kept.items() if count > 1)
    print(f"{len(kept)} kernels, compiled twice: {', '.join(twice) or 'none'}")
    return int(bool(twice) or len(kept) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
