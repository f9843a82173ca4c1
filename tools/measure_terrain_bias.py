"""Measures how far coarse terrain misleads at low altitude, and writes src/egide/data/terrain_bias.json.

    python tools/measure_terrain_bias.py N46E008.tif S36E149.tif

The tiles are 3-arc-second ones (SRTM, public domain). On each, radars stand on hills, slopes and in valleys, each on
its own true height; what they see within 40 km on the fine tile is set against what they see on its block means, with
terrain nearer than one coarse cell not counted, as the compiler does. The file keeps percentiles of fine over coarse.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.ndimage import uniform_filter

from egide.ingest import dem as ingest
from egide.physics import terrain

OUT: Final = Path(__file__).resolve().parents[1] / "src" / "egide" / "data" / "terrain_bias.json"
FACTORS: Final = (3, 5, 11, 20, 40)
HEIGHTS_M: Final = (50.0, 100.0, 300.0, 1000.0, 2000.0, 3000.0)
ANTENNA_M: Final = 15.0
RANGE_M: Final = 40_000.0
SITES: Final = 8  # of each kind on each tile
SEED: Final = 2019

Array = np.ndarray[Any, Any]


def sites(height_m: Array, rng: np.random.Generator) -> list[tuple[int, int, str]]:
    """Rows and columns of hills, slopes and valleys in the middle of a tile, so that the range stays on it."""
    rows, columns = height_m.shape
    rise = height_m - uniform_filter(height_m, 111)  # against the mean within 5 km
    middle = np.zeros(height_m.shape, bool)
    middle[int(0.36 * rows) : int(0.64 * rows), int(0.40 * columns) : int(0.60 * columns)] = True
    low, high = np.percentile(rise[middle], [10, 90])
    kinds = {"valley": rise <= low, "slope": (rise > low) & (rise < high), "hill": rise >= high}
    found = []
    for kind, where in kinds.items():
        places = np.argwhere(where & middle)
        found += [(int(r), int(c), kind) for r, c in places[rng.choice(len(places), SITES, replace=False)]]
    return found


def shares(height_m: Array, north: float, west: float, step: float, lat: float, lon: float, antenna_m: float,
           near_m: float) -> Array:  # fmt: skip
    """Share of the cells within range that are in sight at each height above the ground."""
    mask = terrain.visible_height_raster(height_m, north, west, step, step, lat, lon, antenna_m, RANGE_M, near_m=near_m)
    inside = (mask != terrain.HIDDEN) & (height_m > terrain.VOID)
    return np.array([np.mean((height_m + h >= mask)[inside]) for h in HEIGHTS_M])


def degraded(height_m: Array, k: int) -> Array:
    """Means over blocks of k by k cells, voids left out."""
    rows, columns = (n // k * k for n in height_m.shape)
    blocks = np.where(height_m > terrain.VOID, height_m, np.nan)[:rows, :columns].reshape(rows // k, k, columns // k, k)
    return np.asarray(np.nan_to_num(np.nanmean(blocks, axis=(1, 3)), nan=ingest.VOID_M))


def main() -> int:
    rng = np.random.default_rng(SEED)
    ratio: dict[int, list[Array]] = {k: [] for k in FACTORS}
    seen: dict[int, list[Array]] = {k: [] for k in (1, *FACTORS)}
    for path in map(Path, sys.argv[1:]):
        tile = ingest.load([path])
        height = tile.height_m.astype(np.float64)
        step = tile.step_lat_deg
        for r, c, _kind in sites(height, rng):
            lat, lon = tile.north_deg - r * step, tile.west_deg + c * step
            antenna_m = height[r, c] + ANTENNA_M
            fine = shares(height, tile.north_deg, tile.west_deg, step, lat, lon, antenna_m, 0.0)
            seen[1].append(fine)
            for k in FACTORS:
                off = (k - 1) / 2.0 * step
                coarse = shares(degraded(height, k), tile.north_deg - off, tile.west_deg + off, k * step, lat, lon,
                                antenna_m, 111_195.0 * k * step)  # fmt: skip
                seen[k].append(coarse)
                ratio[k].append((fine + 1e-3) / (coarse + 1e-3))
    percentiles = {p: [np.percentile(ratio[k], p, axis=0).round(3).tolist() for k in FACTORS] for p in (5, 50, 95)}
    document = {
        "what": "visible share on 3-arc-second terrain over the share on its block means, single radars within 40 km",
        "made_by": "python tools/measure_terrain_bias.py " + " ".join(Path(p).name for p in sys.argv[1:]),
        "source": "SRTM 3 arc-seconds (NASA/USGS, public domain): N46E008 (Alps), S36E149 (Canberra)",
        "sites": len(seen[1]),
        "antenna_m": ANTENNA_M,
        "range_m": RANGE_M,
        "heights_m": list(HEIGHTS_M),
        "cells_m": [round(111_195.0 * step * k) for k in FACTORS],
        "mean_share_fine": np.mean(seen[1], axis=0).round(3).tolist(),
        "mean_share_coarse": [np.mean(seen[k], axis=0).round(3).tolist() for k in FACTORS],
        "ratio_p05": percentiles[5],
        "ratio_p50": percentiles[50],
        "ratio_p95": percentiles[95],
    }
    OUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(document, indent=1))
    return 0 if math.isfinite(float(np.sum(percentiles[50]))) else 1


if __name__ == "__main__":
    raise SystemExit(main())
