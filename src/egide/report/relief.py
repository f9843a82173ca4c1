"""Shaded relief: heights in, one small picture out, shared by every map of the page.

grid     rows from north to south, columns from west to east, heights in metres, zero and below is sea
shade    how bright a slope is under a lamp in the north-west, the habit of printed maps
"""

from __future__ import annotations

import base64
import io
import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from egide.report.reading import Columns, Terrain

LAMP_AZIMUTH_RAD: Final = math.radians(315.0)
LAMP_ELEVATION_RAD: Final = math.radians(45.0)
METRES_A_DEGREE: Final = 111_195.0
EXAGGERATION: Final = 6.0  # slopes of cells kilometres wide are gentle: without it the map is flat
LOW, HIGH = np.array([240.0, 239.0, 232.0]), np.array([214.0, 203.0, 186.0])  # land, from the plains to the summits
SEA = np.array([222.0, 233.0, 240.0])
WIDTH_PX: Final = 1200


def heights(table: Columns, terrain: Terrain) -> np.ndarray:
    """The table `terrain` as a grid."""
    grid = np.zeros((terrain.rows, terrain.columns), dtype=np.float64)
    grid[table["row"].astype(int), table["column"].astype(int)] = table["height_m"]
    return grid


def enlarged(grid: np.ndarray, factor: float) -> np.ndarray:
    """The grid with more cells, bilinear between the old ones."""
    rows, columns = grid.shape
    row = np.linspace(0, rows - 1, max(2, round(rows * factor)))
    column = np.linspace(0, columns - 1, max(2, round(columns * factor)))
    r0, c0 = np.minimum(row.astype(int), rows - 2), np.minimum(column.astype(int), columns - 2)
    fr, fc = (row - r0)[:, None], (column - c0)[None, :]
    top = grid[r0][:, c0] * (1 - fc) + grid[r0][:, c0 + 1] * fc
    bottom = grid[r0 + 1][:, c0] * (1 - fc) + grid[r0 + 1][:, c0 + 1] * fc
    return np.asarray(top * (1 - fr) + bottom * fr)


def shaded(grid: np.ndarray, terrain: Terrain) -> np.ndarray:
    """RGB, 0 to 255: pale land that darkens with height, brighter towards the lamp; flat pale sea."""
    rows = grid.shape[0]
    latitude = np.radians(terrain.north - terrain.step_lat * terrain.rows * (np.arange(rows) + 0.5) / rows)[:, None]
    cell_y = METRES_A_DEGREE * terrain.step_lat * terrain.rows / rows
    cell_x = METRES_A_DEGREE * terrain.step_lon * terrain.columns / grid.shape[1] * np.cos(latitude)
    down, across = np.gradient(grid)
    slope_x, slope_y = EXAGGERATION * across / cell_x, -EXAGGERATION * down / cell_y  # towards east, towards north
    lamp_x = math.sin(LAMP_AZIMUTH_RAD) * math.cos(LAMP_ELEVATION_RAD)
    lamp_y = math.cos(LAMP_AZIMUTH_RAD) * math.cos(LAMP_ELEVATION_RAD)
    lit = (math.sin(LAMP_ELEVATION_RAD) - slope_x * lamp_x - slope_y * lamp_y) / np.sqrt(1 + slope_x**2 + slope_y**2)
    tint = np.clip(grid / 3000.0, 0, 1)[:, :, None]
    bright = np.clip(1 + 0.38 * (lit - math.sin(LAMP_ELEVATION_RAD)), 0.72, 1.12)[:, :, None]
    land = (LOW * (1 - tint) + HIGH * tint) * bright
    return np.asarray(np.clip(np.where((grid <= 0)[:, :, None], SEA, land), 0, 255).astype(np.uint8))


def picture_uri(table: Columns, terrain: Terrain) -> str:
    """The relief as a data: address, a JPEG of about 100 kB."""
    from PIL import Image

    grid = heights(table, terrain)
    factor = max(1.0, WIDTH_PX / terrain.columns)
    pixels = shaded(np.where(enlarged((grid > 0) * 1.0, factor) < 0.5, 0.0, enlarged(grid, factor)), terrain)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=72, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
