"""Coverage of a country: how long 20 radars take at 5 heights and 3 cross sections, from nothing and from kept masks.

    python benchmarks/country.py [--rounds N]

The Türkiye study's terrain (2 arc-minutes) and its fourteen long-range radars and six gap fillers. `cold` makes every
raster of lowest visible heights, in an empty cache; `warm` reads them. Prints the median of the rounds, the cells
judged a second, the load of the machine, and a digest that a change which did less work would alter. (The file is not
called coverage.py: Numba would take it for the library of that name.)
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

STUDY: Final = Path(__file__).resolve().parents[1] / "studies" / "turkiye-2019" / "scenario.yaml"
HEIGHTS: Final = ["100m-agl,300m-agl,1km-agl,5km-amsl,10km-amsl"]
SECTIONS: Final = ["0.1m2,1m2,10m2"]
GOAL_S: Final = 10.0


def main() -> int:
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 5
    place = Path(tempfile.mkdtemp(prefix="egide-bench-"))
    os.environ.setdefault("NUMBA_CACHE_DIR", str(place / "kernels"))
    from egide import cache

    kernels = cache.prepare_numba()  # compiled once: the time to compile is start.py's affair
    os.environ["EGIDE_CACHE_DIR"] = str(place / "cache")
    from egide import scenario
    from egide.coverage import ask, detect, net

    loaded = scenario.load(STUDY, "nato-only")
    heights, cases = ask.altitudes(HEIGHTS), ask.cross_sections(SECTIONS)

    def once() -> tuple[float, Any]:
        began = time.perf_counter()
        grid = net.grid_of(loaded)
        ground = net.net_of(loaded, grid)
        radars = [r for r in ground.searching(0) if r.unit.startswith(("watch-", "gap-"))]
        layers = detect.detect(grid, radars, heights, cases, 0.5)
        if len(radars) != 20 or layers.count.shape[:2] != (3, 5):
            raise SystemExit("this is not the work that the figure is about")
        return time.perf_counter() - began, layers

    once()
    cold, warm = [], []
    for _ in range(rounds):
        shutil.rmtree(place / "cache" / "masks", ignore_errors=True)
        cold.append(once()[0])
        seconds, layers = once()
        warm.append(seconds)
    cells = layers.count[0, 0].size * 20 * 15
    digest = hashlib.blake2b(layers.count.tobytes(), digest_size=8).hexdigest()
    print(f"kernels {kernels.name}, load {os.getloadavg()[0]:.1f}, {rounds} rounds, seen-cells digest {digest}")
    for name, times in (("cold", cold), ("warm", warm)):
        median = statistics.median(times)
        spread = f"{min(times):.2f} to {max(times):.2f}"
        print(
            f"{name}: {median:6.2f} s ({spread}), {cells / median / 1e6:7.1f} M cell looks a second; goal {GOAL_S:g} s"
        )
    shutil.rmtree(place, ignore_errors=True)
    return int(statistics.median(cold) > GOAL_S)


if __name__ == "__main__":
    raise SystemExit(main())
