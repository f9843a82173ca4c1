"""What a coverage against a ballistic missile leaves on disk: ground defended, by rule, without a height.

band      own or network radars, worst or mean azimuth, in the order of the other rasters of defence
outline   ground defended with the network's radars on every azimuth
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from egide.coverage.ask import Target
from egide.coverage.engage import CUES
from egide.coverage.rasters import NOTICE, Outline, RasterFile, write_json
from egide.coverage.table import AZIMUTHS

if TYPE_CHECKING:
    from egide.coverage.survey import Found, Plan

__all__ = ["write"]


def said(target: Target) -> str:
    """The missile and its arc in one line."""
    return (
        f"{target.entry} launched from {target.launch_range_m / 1e3:g} km, apogee {target.apogee_m / 1e3:.3g} km, "
        f"{target.speed_m_s:.4g} m/s at impact"
    )


def write(place: Path, plan: Plan, found: Found) -> list[str]:
    """Rasters and outlines of one alternative; their names."""
    request, grid, engaged = plan.request, plan.grid, found.engaged["nominal"]
    names = []
    for k, case in enumerate(request.cases):
        for rule in request.rules:
            what = f"defended against {said(request.target)}, {rule.shots} shots or more, kill probability "
            what += f"{rule.kill:g} or more, before impact"
            bands = {
                f"{what}; {cue} radars, {azimuth} azimuth":
                    engaged.spread(engaged.defended(cue, k, 0, azimuth, rule.shots, rule.kill))
                for cue in CUES for azimuth in AZIMUTHS
            }  # fmt: skip
            name = f"defended-{rule.shots}-{rule.kill:g}_{request.target.stem}_{case.text}"
            raster = RasterFile(place / f"{name}.tif", grid, list(bands), "float32")
            raster.write(0, list(bands.values()))
            raster.finish()
            told = {"measure": what, "launch_range_m": request.target.launch_range_m, "rcs_m2": case.rcs_m2,
                    "pd": request.pd, "cue": "network", "azimuth": "worst", "notice": NOTICE}  # fmt: skip
            outline = Outline(grid, told)
            network = list(bands.values())[len(AZIMUTHS)]
            outline.take(0, (np.nan_to_num(network) >= 1.0).astype(np.uint8))
            write_json(place / f"{name}.geojson", outline.document())
            names += [f"{name}.tif", f"{name}.geojson"]
    return names
