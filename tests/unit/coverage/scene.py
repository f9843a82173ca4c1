"""A small written scenario for coverage tests: one radar and one battery on flat ground, or on a terrain file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

HEAD = """
egide: 1
name: small
title: {{en: Small}}
start: 2030-05-01T06:00Z
duration: 40 min
area: {{south: {south}, north: {north}, west: {west}, east: {east}}}
terrain: {terrain}
sides: {{blue: {{relation: friend}}, red: {{relation: hostile}}}}
networks: {{one: {{iff: [alliance]}}, two: {{iff: [alliance]}}}}
sites:
  - {{name: hill, position: [{lat}, {lon}], height: {ground} m, notional: true}}
  - {{name: quay, position: [{lat}, {lon2}], height: {ground} m, notional: true}}
sensors:
  - {{name: watch, type: radar/generic-long-range, side: blue, site: hill, network: one, antenna_height: {mast} m,
     overrides: {{min_elevation: -5 deg, max_elevation: 89 deg}}}}
{more}
"""
ORBIT = """
airborne:
  - name: orbiter
    type: aircraft/e-3
    radar: radar/an-apy-2
    side: blue
    network: one
    orbit: {center: [45.0, -34.0], length: 200 km, width: 30 km, heading: 90 deg, altitude: 9 km, speed: 200 m/s}
"""
BATTERY = """
batteries:
  - {name: guard, system: system/hawk, side: blue, site: quay, network: one, azimuth: 90 deg, doctrine: d}
doctrine: {d: {salvo: 2, max_shots: 4}}
alternatives:
  bare: {remove: {batteries: [guard]}}
  cued: {label: {en: With a link, fr: Avec une liaison}}
"""


def write(folder: Path, more: str = "", **values: Any) -> Path:
    """A scenario file in the folder."""
    told = {"south": 43.0, "north": 47.0, "west": -38.0, "east": -30.0, "terrain": "{flat: true}", "lat": 45.0,
            "lon": -34.0, "lon2": -33.9, "ground": 0, "mast": 20}  # fmt: skip
    place = folder / "scenario.yaml"
    place.write_text(HEAD.format(more=more, **(told | values)), encoding="utf-8")
    return place


def geotiff(path: Path, height: np.ndarray, south: float, west: float, step: float, crs: str | None = "EPSG:4326",
            turned: float = 0.0) -> Path:  # fmt: skip
    """A raster of heights, its lower left corner at south and west."""
    import rasterio
    from affine import Affine

    transform = Affine(step, turned, west, turned, -step, south + step * height.shape[0])
    with rasterio.open(path, "w", driver="GTiff", width=height.shape[1], height=height.shape[0], count=1,
                       dtype=str(height.dtype), crs=crs, transform=transform) as file:  # fmt: skip
        file.write(height, 1)
    return path
