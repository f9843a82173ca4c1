"""How far coarse terrain may mislead at low altitude: the band by which shares are widened, or refused.

ratio    what fine terrain (3 arc-seconds) shows, over what its means over coarse cells show, for one radar on its own
         surveyed height; measured on real tiles by tools/measure_terrain_bias.py, kept in data/terrain_bias.json
band     from the share times the 5th to the share times the 95th percentile of that ratio, at this cell size and
         height, widened to hold the share itself
usable   the band is no wider than half the share; a share of nothing is as usable as a small one

The ratio was measured within 40 km of single radars; here it is applied to the share of a whole network, whose radars
overlap, so that it errs on the wide side. From 3 km above the ground, or on cells of 250 m or finer, no band is given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, final

import numpy as np

__all__ = ["FINE_M", "LOW_M", "Band", "band_of", "ratios"]

LOW_M: Final = 3_000.0
FINE_M: Final = 250.0
WIDEST: Final = 0.5  # of the value


@final
@dataclass(frozen=True)
class Band:
    """What a share may be on fine terrain."""

    low: float
    high: float
    usable: bool


@cache
def _measured() -> Any:
    return json.loads((resources.files("egide") / "data" / "terrain_bias.json").read_text(encoding="utf-8"))


def ratios(cell_m: float, height_agl_m: float) -> tuple[float, float] | None:
    """5th and 95th percentile of fine over coarse; None where no band is needed. Between the measured cell sizes and
    heights the logarithms are interpolated; beyond them the nearest is held."""
    if cell_m <= FINE_M * 1.02 or height_agl_m >= LOW_M:
        return None
    measured = _measured()
    cells, heights = np.log(measured["cells_m"]), np.log(measured["heights_m"])
    x = np.clip(np.log(cell_m), cells[0], cells[-1])
    y = np.clip(np.log(max(height_agl_m, 1.0)), heights[0], heights[-1])
    found = []
    for name in ("ratio_p05", "ratio_p95"):
        table = np.log(np.array(measured[name], float))  # (cells, heights)
        along = [np.interp(y, heights, row) for row in table]
        found.append(float(np.exp(np.interp(x, cells, along))))
    return found[0], found[1]


def band_of(share: float, cell_m: float, height_agl_m: float) -> Band | None:
    """The band of a share, or None where terrain and height need none."""
    ends = ratios(cell_m, height_agl_m)
    if ends is None:
        return None
    least, most = min(ends[0], 1.0), max(ends[1], 1.0)
    low, high = share * least, min(1.0, share * most)
    return Band(low, high, high - low <= WIDEST * share if share > 0.0 else most - least <= WIDEST)
