"""Coverage of a country: 20 radars, 5 heights, 3 cross sections, on the shipped terrain and on 3-arc-second tiles.

shipped   the Türkiye study's terrain (2 arc-minutes) and its fourteen long-range radars and six gap fillers
country   a mosaic of 3-arc-second tiles as large as Turkey, its ground made up (no fine tiles of it are shipped), and
          20 long-range radars spread over it

Each is measured in a process of its own, with an empty cache of rasters: `cold` makes what every radar sees, `warm`
reads it; `files` also writes every raster and outline. Time (median, least, most; and the least time of the processor,
of all cores together, which a busy machine lengthens less), most memory (children included), cells times layers times
radars judged a second, and a digest that a change which did less work would alter.

peer      the same combination (range, elevation, sector, height against what is visible) as plain NumPy, over some rows
          of the country, in the same process: how many times slower, and in how many cells it counts otherwise

    python benchmarks/country.py [--rounds N] [--only country] [--write docs/validation.md]

(The file is not called coverage.py: Numba would take it for the library of that name.)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from pages import put, table

STUDY: Final = Path(__file__).resolve().parents[1] / "studies" / "turkiye-2019" / "scenario.yaml"
ASKED: Final[dict[str, Any]] = {
    "altitude": ["100m-agl,300m-agl,1km-agl,5km-amsl,10km-amsl"], "rcs": ["0.1m2,1m2,10m2"],
    "levels": ("nominal",), "engagement": False,
}  # fmt: skip
GOALS: Final = {"shipped": "10 s", "country": "120 s, 4 GiB"}
PEER_ROWS: Final = 48
BEGIN, END = "<!-- country: begin -->", "<!-- country: end -->"
SCENARIO: Final = """
egide: 1
name: country
title: {{en: A country of made-up ground}}
start: 2030-05-01T06:00Z
duration: 40 min
area: {{south: {south}, north: {north}, west: {west}, east: {east}}}
terrain: {{files: [{tiles}]}}
sides: {{blue: {{relation: friend}}, red: {{relation: hostile}}}}
networks: {{one: {{iff: [alliance]}}}}
sites: [{sites}]
sensors: [{sensors}]
"""


def made_up(folder: Path) -> Path:
    """The scenario of the country, beside its tiles."""
    import viewshed

    from egide.ingest import dem as dems
    from egide.physics.terrain import heights_at, visible_height_raster

    tiles = viewshed.made_up_tiles(folder)
    south, north, west, east = viewshed.COUNTRY
    land = dems.load(tiles, viewshed.COUNTRY)
    rng = np.random.default_rng(2)
    sites, sensors = [], []
    for n, (lat, lon) in enumerate(zip(rng.uniform(36.5, 42.0, 20), rng.uniform(27.0, 40.0, 20), strict=True)):
        foot_m = math.ceil(float(heights_at(land.height_m, land.row(lat), land.column(lon))))
        sites.append(f"{{name: s{n}, position: [{lat:.6f}, {lon:.6f}], height: {foot_m} m, notional: true}}")
        sensors.append(f"{{name: r{n}, type: radar/generic-long-range, side: blue, site: s{n}, network: one}}")
    text = SCENARIO.format(
        south=south, north=north, west=west, east=east, tiles=", ".join(tile.name for tile in tiles),
        sites=", ".join(sites), sensors=", ".join(sensors),
    )  # fmt: skip
    (folder / "country.yaml").write_text(text, encoding="utf-8")
    visible_height_raster(np.zeros((1500, 1500), np.int16), 45.0, 5.0, 0.001, 0.001, 44.3, 5.7, 20.0, 9e4,
                          parallel=True)  # compiled before anything is timed  # fmt: skip
    return folder / "country.yaml"


def planned(name: str, folder: Path) -> Any:
    """The plan of one measurement: twenty radars, by what the product offers."""
    from egide import scenario
    from egide.coverage import plan

    if name == "country":
        return plan(folder / "country.yaml", **ASKED)
    loaded = scenario.load(STUDY, "nato-only")
    units: list[Any] = [*loaded.sensors, *loaded.airborne, *loaded.batteries]
    others = [unit.name for unit in units if not unit.name.startswith(("watch-", "gap-"))]
    return plan(STUDY, alternative="nato-only", without=others, **ASKED)


def measure(name: str, folder: Path, rounds: int) -> dict[str, Any]:
    """Times of one case, most memory, and what came out."""
    from egide import cache
    from egide.coverage import files

    masks = cache.folder() / "masks"
    times: dict[str, list[float]] = {"cold": [], "warm": [], "files": []}
    cpu: dict[str, list[float]] = {}
    digests = set()
    for n in range(0 if name == "shipped" else 1, rounds + 1):  # round 0 compiles
        shutil.rmtree(masks, ignore_errors=True)
        for step, took in times.items():
            began, busy = time.perf_counter(), time.process_time()
            asked = planned(name, folder)
            if step == "files":
                out = files.Folder(folder / f"out-{n}", asked)
                found = out.make(next(iter(asked.scenarios)))
                out.close()
            else:
                found = asked.run(next(iter(asked.scenarios)))
            if n:
                took.append(time.perf_counter() - began)
                cpu.setdefault(step, []).append(time.process_time() - busy)
            told = repr([(row.key, row.nominal) for row in found.rows]).encode()
            digests.add(hashlib.blake2b(told, digest_size=8).hexdigest())
        shutil.rmtree(folder / f"out-{n - 1}", ignore_errors=True)
    if len(found.nets["nominal"].radars) != 20 or len(digests) != 1:
        raise SystemExit("this is not the work that the figure is about")
    most = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    written = sum(path.stat().st_size for path in (folder / f"out-{rounds}").rglob("*.tif"))
    return {
        "name": name, "cells": asked.grid.cells, "strips": -(-asked.grid.shape[0] // asked.strip_rows),
        "times": times, "cpu": cpu, "most_gib": most / 2**20, "written_gb": written / 1e9, "digest": digests.pop(),
        "estimate_gib": asked.size.memory / 2**30, "seen": looks(asked),
        "peer": peer(asked) if name == "country" else None,
    }  # fmt: skip


def looks(asked: Any) -> int:
    """Cells in range of each radar, times heights and cross sections: what is judged."""
    from egide.coverage import net
    from egide.physics.kernels import HIDDEN

    found = net.net_of(next(iter(asked.scenarios.values())), asked.grid)
    total = 0
    for radar in found.radars:
        raster = asked.grid.sights.of(radar.places[0], float(radar.row["range_max_m"]))[0]
        total += sum(int(np.count_nonzero(raster[r : r + 512] != HIDDEN)) for r in range(0, raster.shape[0], 512))
    return total * asked.size.layers


def peer(asked: Any) -> dict[str, float]:
    """The combination alone, over some rows: our kernel, and NumPy."""
    from egide.coverage import detect, net

    request = asked.request
    radars = net.net_of(next(iter(asked.scenarios.values())), asked.grid).radars
    strip = asked.grid.strip(asked.grid.shape[0] // 2, asked.grid.shape[0] // 2 + PEER_ROWS)
    ours = []
    for _ in range(5):
        began = time.perf_counter()
        layers = detect.detect(strip, radars, request.altitudes, request.cases, request.pd)
        ours.append(time.perf_counter() - began)
    began = time.perf_counter()
    plain = plain_count(strip, radars, request)
    theirs = time.perf_counter() - began
    return {"ours_s": min(ours), "numpy_s": theirs, "cells": layers.count.size,
            "differ": int(np.count_nonzero(plain != layers.count))}  # fmt: skip


def plain_count(strip: Any, radars: Any, request: Any) -> Any:
    """How many radars see each cell, by arrays alone: slant range, elevation with 4/3-Earth lift, visible height."""
    from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
    from egide.physics.kernels import HIDDEN, VOID

    count = np.zeros((len(request.cases), len(request.altitudes), *strip.shape), np.uint8)
    lift = (1.0 - 1.0 / EFFECTIVE_EARTH) / (2.0 * EARTH_RADIUS_M)
    for radar in radars:
        where, limits = radar.places[0], radar.limits()
        if limits[3] < math.pi:
            raise SystemExit("the peer knows no sectors")
        mask, top, left = strip.mask(where, float(radar.row["range_max_m"]))
        part = slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1])
        ground = strip.dem.height_m[part].astype(float)
        rows, columns, frame = strip.rows[part[0]], strip.columns[part[1]], where.frame()
        for a, altitude in enumerate(request.altitudes):
            h = altitude.height_m + (ground if altitude.agl else 0.0 * ground)
            flat = (rows[:, :1] + h) * rows[:, 1:2]
            away = (flat * columns[:, 0] - frame[0, 0], flat * columns[:, 1] - frame[0, 1],
                    (rows[:, 3:4] + h) * rows[:, 2:3] - frame[0, 2])  # fmt: skip
            distance = np.sqrt(sum(each * each for each in away))
            up = sum(each * axis for each, axis in zip(away, frame[3], strict=True)) / np.maximum(distance, 1.0)
            up += distance * lift
            seen = (mask != HIDDEN) & (ground > VOID) & (h >= mask) & (distance <= limits[5]) & (distance >= limits[4])
            seen &= (up >= limits[0]) & (up <= limits[1])
            left_of = share(radar.air_at(where), limits[5], distance, h)
            for k, case in enumerate(request.cases):
                count[k, a][part] += seen & (distance <= radar.range_m(case.rcs_m2, request.pd) * left_of)
    return count


def share(table: Any, farthest_m: float, distance: Any, height: Any) -> Any:
    """Of a range that the air leaves, by SciPy's own interpolation in the table's coordinates."""
    from scipy.ndimage import map_coordinates

    from egide.physics.air import FLOOR_M, TOP_M

    along = np.sqrt(np.minimum(distance / farthest_m, 1.0)) * (table.shape[0] - 1)
    up = np.clip((height - FLOOR_M) / (TOP_M - FLOOR_M), 0.0, 1.0) ** 0.25 * (table.shape[1] - 1)
    return map_coordinates(table, np.broadcast_arrays(along, up), order=1, mode="nearest")


def child(name: str, folder: Path, rounds: int, kernels: Path) -> dict[str, Any]:
    """One case in a process of its own."""
    place = folder / name
    place.mkdir()
    told = os.environ | {"EGIDE_CACHE_DIR": str(place / "cache"), "NUMBA_CACHE_DIR": str(kernels)}
    line = [sys.executable, __file__, "--one", name, "--folder", str(place), "--rounds", str(rounds)]
    if name == "country":
        subprocess.run([*line, "--make"], check=True, env=told)  # the tiles are not part of the measured memory
    done = subprocess.run(line, check=True, env=told, capture_output=True, text=True)
    shutil.rmtree(place, ignore_errors=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def page(found: list[dict[str, Any]]) -> str:
    head = [
        "terrain",
        "goal",
        "cold, s",
        "warm, s",
        "with files, s",
        "most memory, GiB",
        "million looks a second, warm",
    ]
    rows = []
    for each in found:
        shown = [
            f"{statistics.median(took):.1f} ({min(took):.1f} to {max(took):.1f})" for took in each["times"].values()
        ]
        rate = each["seen"] / statistics.median(each["times"]["warm"]) / 1e6
        rows.append([f"{each['name']}, {each['cells']:,} cells, strips: {each['strips']}", GOALS[each["name"]], *shown,
                     f"{each['most_gib']:.2f} (estimate {each['estimate_gib']:.2f})", f"{rate:,.0f}"])  # fmt: skip
    load = f"load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    notes = [f"20 radars, 5 heights, 3 cross sections; {os.cpu_count()} cores, {load}."]
    for each in found:
        notes.append(f"{each['name']}: {each['seen']:,} looks (cells in range of a radar, times 15), "
                     f"{each['written_gb']:.2f} GB of rasters written, digest {each['digest']}.")  # fmt: skip
        if peer := each["peer"]:
            notes.append(
                f"Combination alone, {peer['cells']:,} cells times layers: {peer['ours_s']:.2f} s, plain NumPy "
                f"{peer['numpy_s']:.2f} s, {peer['numpy_s'] / peer['ours_s']:.0f} times as long; the counts differ in "
                f"{peer['differ']:,} of them."
            )
    return table(head, rows) + "\n\n" + "\n".join(notes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(GOALS))
    parser.add_argument("--write", type=Path)
    parser.add_argument("--one", choices=list(GOALS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one and asked.make:
        made_up(asked.folder)
        return 0
    if asked.one:
        print(json.dumps(measure(asked.one, asked.folder, asked.rounds)))
        return 0
    from egide import cache

    kernels = cache.prepare_numba()  # compiled once: the time to compile is start.py's affair
    with tempfile.TemporaryDirectory(prefix="egide-bench-") as name:
        text = page([child(each, Path(name), asked.rounds, kernels) for each in GOALS if asked.only in (None, each)])
    print(text)
    if asked.write:
        put(
            asked.write,
            text,
            (BEGIN, END),
            "Coverage of a country",
            "python benchmarks/country.py --write docs/validation.md",
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
