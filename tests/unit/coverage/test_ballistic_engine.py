"""The footprint against ballistic missiles and the engine, which flies and engages them one by one, say the same; the
kernels give the same as plain Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from pyproj import Geod
from tests.unit.coverage import scene

import egide as eg

GUARD = """
batteries:
  - {{name: guard, system: system/patriot-pac3, side: blue, site: quay, network: one, azimuth: 0 deg, doctrine: d,
     available: 1.0, launchers: [{{type: launcher/m903-mse, count: 8, missile: missile/pac-3-mse}}],
     radars: [{{type: radar/an-mpq-65, role: both,
        overrides: {{sector: 360 deg, max_elevation: 90 deg, min_elevation: -5 deg, reference_rcs: 0.001 m2}}}}]}}
doctrine:
  d: {{salvo: 1, max_shots: 1, decision_interval: 1 s, min_kill: 0.01, engage: [pending, unknown, suspect, hostile],
       classes: [ballistic]}}
phases: [{{name: war, from: 0 s, weapon_control: free}}]
{more}
"""
EARTH = Geod(ellps="WGS84")
RAIDS, RANGE_KM = 30, 290


def aims() -> list[tuple[float, float, int]]:
    """Cells within 50 km of the battery, and the number of a heading of sixteen."""
    rng, found = np.random.default_rng(3), []
    for _ in range(RAIDS):
        lon, lat, _ = EARTH.fwd(-33.9, 45.0, rng.uniform(0.0, 360.0), 50e3 * np.sqrt(rng.uniform()))
        found.append((round(lat * 20.0) / 20.0, round(lon * 20.0) / 20.0, int(rng.integers(0, 16))))
    return found


def raids() -> str:
    """One missile every six minutes, each on its own aim."""
    lines = ["assets:"]
    lines += [f"  - {{name: a{i}, position: [{lat}, {lon}], radius: 1 km, value: 1, kind: city}}"
              for i, (lat, lon, _) in enumerate(aims())]  # fmt: skip
    lines.append("raids:")
    for i, (lat, lon, heading) in enumerate(aims()):
        east, north, _ = EARTH.fwd(lon, lat, heading * 22.5 + 180.0, RANGE_KM * 1e3)
        lines.append(f"  - {{name: r{i}, type: ballistic/scud-b, side: red, count: 1, time_on_target: {6 + 6 * i} min,"
                     f" launch: [[{north:.6f}, {east:.6f}]], target: a{i}}}")  # fmt: skip
    return "\n".join(lines)


def test_the_engine_decides_to_engage_where_the_footprint_says_that_one_shot_meets(tmp_path: Path):
    file = scene.write(tmp_path, GUARD.format(more=raids()), south=42.0, north=48.0, west=-39.0, east=-29.0)
    file.write_text(file.read_text("utf-8").replace("duration: 40 min", f"duration: {12 + 6 * RAIDS} min"), "utf-8")
    covered = eg.coverage(file, altitude="5km-amsl", rcs="0.3m2", target="ballistic", launch_range=f"{RANGE_KM} km",
                          shots=[1], kill=[0.01], ranges=False)  # fmt: skip
    engaged = next(iter(covered.found.values())).engaged["nominal"]
    rows, columns = engaged.points.rows, engaged.points.columns
    met = set()
    for i, (lat, lon, heading) in enumerate(aims()):
        row, column = round((48.0 - lat) * 20.0), round((lon + 39.0) * 20.0)
        point = int(np.nonzero((rows == row) & (columns == column))[0][0])
        if engaged.shots["own"][0, 0, point, heading]:
            met.add(f"r{i}-1")
    bundle = eg.run(file, tmp_path / "out", replications=1)
    decisions = bundle.table("decisions_named").df()
    told = set(decisions[decisions.decision_name == "engage"].mover_name)
    assert 8 <= len(met) <= RAIDS - 8  # both answers are there
    assert len(met ^ told) <= 1


SCRIPT = """
import sys, hashlib
import egide as eg
c = eg.coverage(sys.argv[1], altitude="5km-amsl", rcs="1m2", target="ballistic", shots=[1], kill=[0.5], ranges=False,
                area=sys.argv[2])
told = c.defended("", "1m2", shots=1, kill=0.5, azimuth="mean").data
print(hashlib.blake2b(told.tobytes()).hexdigest(), bool((told > 0).any()))
"""


def test_compiled_and_plain_kernels_agree_on_any_number_of_threads(tmp_path: Path):
    file = scene.write(tmp_path, GUARD.format(more=""), south=44.0, north=46.0, west=-35.3, east=-32.5)
    box = tmp_path / "box.geojson"  # few points of ground, far from the raster's edge
    corners = [[-34.01, 44.89], [-33.79, 44.89], [-33.79, 45.11], [-34.01, 45.11], [-34.01, 44.89]]
    box.write_text(json.dumps({"type": "Polygon", "coordinates": [corners]}), "utf-8")
    said = []
    for plain, threads in (("0", "1"), ("0", "2"), ("1", "1")):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(file), str(box)], capture_output=True, text=True, check=True,
            env=os.environ | {"NUMBA_DISABLE_JIT": plain, "NUMBA_NUM_THREADS": threads},
        )  # fmt: skip
        said.append(run.stdout)
    assert said[0] == said[1] == said[2]
    assert said[0].strip().endswith("True")
