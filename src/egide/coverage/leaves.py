"""The files of one alternative, written as its strips come, in a folder beside its place.

seen_HEIGHT_RCS.tif       bands: share of time seen, mean number of radars, seen at low, seen at high
seen_HEIGHT_RCS.geojson   outlines of the cells seen by 0 (inside the area), 1, 2, 3 radars or more
lowest_RCS.tif            lowest height above sea level at which the network detects, m, rounded up
denied_..., defended_...  as their bands say; the outlines are those of the network's radars, worst azimuth
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, final

import numpy as np

from egide.coverage import ballistic_files
from egide.coverage.detect import Layers
from egide.coverage.engage import CUES
from egide.coverage.rasters import NOTICE, Outline, RasterFile, write_json
from egide.coverage.sums import air_of
from egide.coverage.survey import Found, Plan, Strip, Tick
from egide.coverage.table import AZIMUTHS
from egide.ingest.dem import VOID_M

__all__ = ["Leaves"]

Array = np.ndarray[Any, Any]
HIGHEST_M: Final = 32_767  # of a file in whole metres


@final
class Leaves:
    """One alternative's rasters and outlines."""

    def __init__(self, place: Path, plan: Plan) -> None:
        self.place, self.plan = place, plan
        self.seen: dict[tuple[int, int], tuple[RasterFile, Outline]] = {}
        self.lowest: list[RasterFile] = []
        self.names: list[str] = []

    def take(self, strip: Strip) -> None:
        """Write what one more strip adds."""
        if not self.lowest:
            self._open("float32" if any(each.airborne for each in strip.layers.values()) else "uint8")
        top = strip.grid.top
        for k, file in enumerate(self.lowest):
            known = np.isfinite(strip.lowest[k])
            file.write(top, [np.minimum(np.ceil(np.where(known, strip.lowest[k], VOID_M)), HIGHEST_M)], known)
        levels = [level for level in self.plan.request.levels if level != "nominal"]
        for (k, a), (file, outline) in self.seen.items():
            air = air_of(strip.grid, self.plan.request.altitudes[a])
            number = _number(strip.layers["nominal"], k, a)
            bands = [_seen(strip.layers["nominal"], k, a), number]
            file.write(top, [*bands, *(_seen(strip.layers[level], k, a) for level in levels)], air)
            down, across, into = outline.rows(top, air.shape[0])
            steps = np.where(air[down, across], np.minimum(np.floor(number[down, across] + 0.5), 3) + 1, 0)
            outline.steps[into] = np.where((steps == 1) & ~strip.inside[down, across], 0, steps)

    def finish(self, found: Found, tick: Tick | None = None) -> list[str]:
        """Pack and close everything; the names of the files."""
        told = tick or (lambda _: None)
        for file in self.lowest:
            file.finish()
            told(file.path.name)
        for raster, outline in self.seen.values():
            raster.finish()
            told(raster.path.name)
            write_json(raster.path.with_suffix(".geojson"), outline.document("radars", -1))
        if "nominal" in found.engaged and self.plan.request.target.ballistic:
            self.names += ballistic_files.write(self.place, self.plan, found)
        elif "nominal" in found.engaged:
            for k in range(len(self.plan.request.cases)):
                for a in range(len(self.plan.request.altitudes)):
                    self._engaged(found, k, a)
        return self.names

    def drop(self) -> None:
        """Leave no half files."""
        for file in (*self.lowest, *(file for file, _ in self.seen.values())):
            file.drop()

    def _open(self, kind: str) -> None:
        request, grid = self.plan.request, self.plan.grid
        levels = [f"share of time seen, {level} values" for level in request.levels if level != "nominal"]
        for k, case in enumerate(request.cases):
            name = f"lowest_{case.text}.tif"
            what = "lowest height above sea level detected, m"
            self.lowest.append(RasterFile(self.place / name, grid, [what], "int16"))
            self.names.append(name)
            for a, altitude in enumerate(request.altitudes):
                stem = f"seen_{altitude.text}_{case.text}"
                told = {"altitude": altitude.text, "rcs_m2": case.rcs_m2, "pd": request.pd, "notice": NOTICE}
                bands = ["share of time seen", "mean number of radars", *levels]
                self.seen[k, a] = RasterFile(self.place / f"{stem}.tif", grid, bands, kind), Outline(grid, told)
                self.names += [f"{stem}.tif", f"{stem}.geojson"]

    def _engaged(self, found: Found, k: int, a: int) -> None:
        """Airspace denied and ground defended at one height and cross section: worst and mean azimuth, own and
        network."""
        request, grid, engaged = self.plan.request, self.plan.grid, found.engaged["nominal"]
        altitude, case = request.altitudes[a], request.cases[k]
        air = air_of(grid, altitude)
        target = f"{request.target.klass} at {request.target.speed_m_s:g} m/s"
        wanted: list[tuple[str, str, Any]] = [("denied", f"denied to {target}, 1 shot or more", None)]
        for rule in request.rules:
            what = f"defended against {target}, {rule.shots} shots or more, kill probability {rule.kill:g} or more"
            wanted.append((f"defended-{rule.shots}-{rule.kill:g}", f"{what}, release at {request.release_m:g} m", rule))
        for stem, what, rule in wanted:
            bands = {}
            for cue in CUES:
                for azimuth in AZIMUTHS:
                    if rule is None:
                        band = engaged.denied(cue, k, a, azimuth)
                    else:
                        band = engaged.spread(engaged.defended(cue, k, a, azimuth, rule.shots, rule.kill))
                    bands[f"{what}; {cue} radars, {azimuth} azimuth"] = band
            name = f"{stem}_{altitude.text}_{case.text}"
            raster = RasterFile(self.place / f"{name}.tif", grid, list(bands), "float32")
            raster.write(0, list(bands.values()), air)
            raster.finish()
            told = {"measure": what, "altitude": altitude.text, "rcs_m2": case.rcs_m2, "pd": request.pd,
                    "cue": "network", "azimuth": "worst", "notice": NOTICE}  # fmt: skip
            outline = Outline(grid, told)
            network = list(bands.values())[len(AZIMUTHS)]
            outline.take(0, (air & (np.nan_to_num(network) >= 1.0)).astype(np.uint8))
            write_json(self.place / f"{name}.geojson", outline.document())
            self.names += [f"{name}.tif", f"{name}.geojson"]


def _seen(layers: Layers, k: int, a: int) -> Array:
    """Share of the time; without airborne radars a whole number, made without a detour over shares."""
    return layers.seen(k, a) if layers.airborne else layers.count[k, a] > 0


def _number(layers: Layers, k: int, a: int) -> Array:
    return layers.number(k, a) if layers.airborne else np.minimum(layers.count[k, a], 254)
