"""A coverage on disk: a folder that explains itself, from which tables, maps and pages are made again.

    coverage.json            what was asked, of which file; area, grid, alternatives, their rows and losses
    table.csv                every row
    terrain.tif, area.geojson
    ALTERNATIVE/seen_HEIGHT_RCS.tif       bands: share of time seen, mean number of radars, seen at low, seen at high
    ALTERNATIVE/seen_HEIGHT_RCS.geojson   outlines of the cells seen by 0 (inside the area), 1, 2, 3 radars or more
    ALTERNATIVE/lowest_RCS.tif            lowest height above sea level at which the network detects, m
    ALTERNATIVE/denied_..., defended_...  as their bands say

Rasters are cloud-optimised GeoTIFF, EPSG:4326, north up, NaN where nothing can be said. The manifest is renewed after
each alternative: an interrupted coverage begins again with the first one that is missing.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, final

import numpy as np

from egide import __version__
from egide.coverage.area import transform_of
from egide.coverage.engage import CUES
from egide.coverage.net import Grid
from egide.coverage.survey import Found, Plan
from egide.coverage.table import AZIMUTHS, COLUMNS
from egide.errors import store_error
from egide.i18n import mark
from egide.ingest.dem import VOID_M

__all__ = ["Folder", "write_raster"]

Array = np.ndarray[Any, Any]
MANIFEST: Final = "coverage.json"
NOTICE: Final = "Sites are notional. Boundaries imply no position."


@final
class Folder:
    """Where one coverage is written."""

    def __init__(self, target: Path | str, plan: Plan, force: bool = False) -> None:
        self.target, self.plan = Path(target).expanduser(), plan
        self.digest = _digest(plan)
        self.document = self._begun(force)

    def _begun(self, force: bool) -> dict[str, Any]:
        """The manifest to go on with: a new one, or that of the same request left unfinished."""
        old = _manifest(self.target)
        if self.target.is_file():
            raise store_error(str(self.target), mark("a file is in the way"), mark("choose another folder"))
        if self.target.is_dir() and any(self.target.iterdir()):
            if old is None:
                wrong = mark("the folder holds something other than a coverage")
                raise store_error(str(self.target), wrong, mark("choose another one; --force replaces coverages only"))
            if not force and not old.get("complete") and old.get("digest") == self.digest:
                return old
            if not force:
                wrong, right = (
                    mark("the folder exists already"),
                    mark("choose another one, or add --force to replace it"),
                )
                raise store_error(str(self.target), wrong, right)
            for name in old.get("files", []):
                (self.target / name).unlink(missing_ok=True)
            for each in old.get("alternatives", []):
                shutil.rmtree(self.target / _folder(each["name"]), ignore_errors=True)
        self.target.mkdir(parents=True, exist_ok=True)
        made = _document(self.plan, self.digest)
        self._save(made)
        write_raster(
            self.target / "terrain.tif", self.plan.grid,
            [("height above sea level, m", np.where(self.plan.grid.dem.height_m == VOID_M, np.nan,
                                                     self.plan.grid.dem.height_m))],
        )  # fmt: skip
        _write_json(self.target / "area.geojson", _outlines(self.plan.grid, self.plan.area.inside.astype(np.uint8),
                                                            {"area": self.plan.area.name}))  # fmt: skip
        return made

    @property
    def done(self) -> set[str]:
        """Alternatives that stand already."""
        return {each["name"] for each in self.document["alternatives"]}

    def add(self, found: Found) -> None:
        """Write one alternative."""
        place = self.target / _folder(found.alternative)
        place.mkdir(exist_ok=True)
        files = [f"{place.name}/{name}" for name in _write_alternative(place, self.plan, found)]
        self.document["alternatives"].append(
            {
                "name": found.alternative,
                "folder": place.name,
                "label": dict(found.label),
                "units": _units(found),
                "prices": [asdict(price) for price in found.prices],
                "left_out": list(found.nets["nominal"].left_out),
                "rows": [row.document() for row in found.rows],
                "losses": [asdict(loss) for loss in found.losses],
                "files": files,
                "wall_s": round(found.wall_s, 3),
            }
        )
        self._save(self.document)

    def finish(self) -> dict[str, Any]:
        """The table, and the manifest that says complete."""
        with (self.target / "table.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for each in self.document["alternatives"]:
                for row in each["rows"]:
                    writer.writerow([_cell(row[name]) for name in COLUMNS])
        self.document["complete"] = True
        self._save(self.document)
        return self.document

    def _save(self, document: Mapping[str, Any]) -> None:
        _write_json(self.target / MANIFEST, document)


def _digest(plan: Plan) -> str:
    """What makes two requests the same: the file, the request, the terrain, the area and the version."""
    told = hashlib.blake2b(digest_size=16)
    told.update(plan.path.read_bytes())
    told.update(repr((plan.request, list(plan.scenarios), plan.sets, plan.area.name, plan.area.sea_m,
                      list(plan.weights), plan.grid.dem.sha256, __version__)).encode())  # fmt: skip
    told.update(np.packbits(plan.area.inside).tobytes())
    return told.hexdigest()


def _document(plan: Plan, digest: str) -> dict[str, Any]:
    scenario = next(iter(plan.scenarios.values()))
    grid, request = plan.grid, plan.request
    return {
        "format": 1,
        "kind": "coverage",
        "egide": __version__,
        "digest": digest,
        "complete": False,
        "notice": NOTICE,
        "scenario": {
            "name": scenario.name,
            "file": plan.path.name,
            "sha256": scenario.sha256,
            "title": {lang: scenario.title.pick(lang) for lang in ("en", "fr")},
            "sets": list(plan.sets),
        },
        "request": {
            "altitudes": [
                {"text": a.text, "label": a.label, "height_m": a.height_m, "reference": a.reference}
                for a in request.altitudes
            ],
            "cases": [asdict(case) for case in request.cases],
            "pd": request.pd,
            "target": asdict(request.target),
            "rules": [asdict(rule) for rule in request.rules],
            "release_m": request.release_m,
            "headings": request.headings,
            "without": list(request.without),
            "levels": list(request.levels),
            "weights": list(plan.weights),
        },
        "area": {
            "name": plan.area.name,
            "kind": plan.area.kind,
            "sea_m": plan.area.sea_m,
            "km2": plan.area.km2,
            "inside_share": plan.area.inside_share,
            "notes": list(plan.area.notes),
        },
        "grid": {
            "rows": grid.shape[0],
            "columns": grid.shape[1],
            "transform": list(transform_of(grid)),
            "crs": "EPSG:4326",
            "cell_m": grid.cell_m,
            "terrain": grid.dem.source,
        },
        "files": ["terrain.tif", "area.geojson", "table.csv", "table.txt", "coverage.en.html", "coverage.fr.html"],
        "alternatives": [],
    }


def _units(found: Found) -> list[dict[str, Any]]:
    """Where everything stands, for maps."""
    net = found.nets["nominal"]
    notional = {site.name: site.notional for site in net.scenario.sites}
    units: list[Any] = [*net.scenario.sensors, *net.scenario.airborne, *net.scenario.batteries]
    labels = {unit.name: unit.label for unit in units}
    rows: dict[str, dict[str, Any]] = {}
    for radar in net.radars:
        if radar.unit not in rows:
            label = labels.get(radar.unit)
            kind = "airborne" if radar.airborne else "battery" if radar.battery >= 0 else "radar"
            rows[radar.unit] = {
                "name": radar.unit,
                "kind": kind,
                "label": {lang: label.pick(lang) if label else radar.unit for lang in ("en", "fr")},
                "latitude_deg": float(np.mean([place.lat_deg for place in radar.places])),
                "longitude_deg": float(np.mean([place.lon_deg for place in radar.places])),
                "notional": notional.get(radar.site, True),
            }
    return list(rows.values())


def _write_alternative(place: Path, plan: Plan, found: Found) -> list[str]:
    """Every raster and outline of one alternative; their names."""
    names = []
    request, grid = plan.request, plan.grid
    for k, case in enumerate(request.cases):
        name = f"lowest_{case.text}.tif"
        write_raster(place / name, grid, [("lowest height above sea level detected, m", found.lowest[k])])
        names.append(name)
        for a, altitude in enumerate(request.altitudes):
            stem = f"seen_{altitude.text}_{case.text}"
            layers = found.layers["nominal"]
            number = layers.number(k, a)
            air = _air(grid, altitude)
            bands = [("share of time seen", layers.seen(k, a)), ("mean number of radars", number)]
            bands += [(f"share of time seen, {level} values", found.layers[level].seen(k, a)) for level in
                      request.levels if level != "nominal"]  # fmt: skip
            write_raster(place / f"{stem}.tif", grid, [(what, np.where(air, band, np.nan)) for what, band in bands])
            steps = np.where(air, np.minimum(np.floor(number + 0.5), 3) + 1, 0).astype(np.uint8)
            steps = np.where((steps == 1) & ~plan.area.inside, 0, steps)
            told = {"altitude": altitude.text, "rcs_m2": case.rcs_m2, "pd": request.pd, "notice": NOTICE}
            _write_json(place / f"{stem}.geojson", _outlines(grid, steps, told, "radars", -1))
            names += [f"{stem}.tif", f"{stem}.geojson"]
            if "nominal" in found.engaged and not request.target.ballistic:
                names += _write_engaged(place, plan, found, k, a)
    if "nominal" in found.engaged and request.target.ballistic:
        from egide.coverage import ballistic_files

        names += ballistic_files.write(place, plan, found)
    return names


def _write_engaged(place: Path, plan: Plan, found: Found, k: int, a: int) -> list[str]:
    """Airspace denied and ground defended at one height and cross section: worst and mean azimuth, own and network."""
    request, grid, engaged = plan.request, plan.grid, found.engaged["nominal"]
    altitude, case = request.altitudes[a], request.cases[k]
    air = _air(grid, altitude)
    target = f"{request.target.klass} at {request.target.speed_m_s:g} m/s"
    names = []
    wanted: list[tuple[str, str, Any]] = [("denied", f"denied to {target}, 1 shot or more", None)]
    for rule in request.rules:
        what = f"defended against {target}, {rule.shots} shots or more, kill probability {rule.kill:g} or more"
        wanted.append((f"defended-{rule.shots}-{rule.kill:g}", f"{what}, release at {request.release_m:g} m", rule))
    for stem, what, rule in wanted:
        bands = []
        for cue in CUES:
            for azimuth in AZIMUTHS:
                if rule is None:
                    band = engaged.denied(cue, k, a, azimuth)
                else:
                    band = engaged.spread(engaged.defended(cue, k, a, azimuth, rule.shots, rule.kill), grid.shape)
                bands.append((f"{what}; {cue} radars, {azimuth} azimuth", np.where(air, band, np.nan)))
        name = f"{stem}_{altitude.text}_{case.text}"
        write_raster(place / f"{name}.tif", grid, bands)
        network = np.nan_to_num(bands[2][1]) >= 1.0
        told = {"measure": what, "altitude": altitude.text, "rcs_m2": case.rcs_m2, "pd": request.pd, "cue": "network",
                "azimuth": "worst", "notice": NOTICE}  # fmt: skip
        _write_json(place / f"{name}.geojson", _outlines(grid, network.astype(np.uint8), told))
        names += [f"{name}.tif", f"{name}.geojson"]
    return names


def _air(grid: Grid, altitude: Any) -> Array:
    ground = grid.dem.height_m
    return np.asarray((ground != VOID_M) & (altitude.agl | (ground < altitude.height_m)))


def write_raster(path: Path, grid: Grid, bands: Sequence[tuple[str, Array]]) -> None:
    """A cloud-optimised GeoTIFF of float32 bands, written beside and renamed."""
    import rasterio
    from affine import Affine
    from rasterio.errors import RasterioError

    beside = path.with_name(f".{path.stem}.partial-{os.getpid()}.tif")
    try:
        with rasterio.open(
            beside, "w", driver="COG", width=grid.shape[1], height=grid.shape[0], count=len(bands), dtype="float32",
            crs="EPSG:4326", transform=Affine(*transform_of(grid)), nodata=np.nan, compress="DEFLATE",
            predictor="YES", blocksize=512,
        ) as file:  # fmt: skip
            for number, (what, band) in enumerate(bands, start=1):
                file.write(np.asarray(band, np.float32), number)
                file.set_band_description(number, what)
            file.update_tags(SOFTWARE=f"egide {__version__}", NOTICE=NOTICE)
        beside.replace(path)
    except (RasterioError, OSError) as fault:
        beside.unlink(missing_ok=True)
        told = getattr(fault, "strerror", None) or str(fault)
        wrong = mark("cannot write the raster here: {fault}")
        raise store_error(str(path), wrong, mark("make room, or choose another folder"), fault=told) from fault


def _outlines(
    grid: Grid, steps: Array, told: Mapping[str, Any], key: str = "", shift: int = 0
) -> dict[str, Any]:  # fmt: skip
    """Outlines of the cells of each value above zero, as a GeoJSON collection."""
    from affine import Affine
    from rasterio.features import shapes

    features = []
    for geometry, value in shapes(steps, mask=steps > 0, transform=Affine(*transform_of(grid))):
        rounded = [[[round(x, 6), round(y, 6)] for x, y in ring] for ring in geometry["coordinates"]]
        properties = {**told, **({key: int(value) + shift} if key else {})}
        features.append({"type": "Feature", "properties": properties,
                         "geometry": {"type": "Polygon", "coordinates": rounded}})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _write_json(path: Path, document: Any) -> None:
    beside = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        beside.write_text(json.dumps(_plain(document), ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
        raise store_error(str(path), wrong, right, fault=fault.strerror or str(fault)) from fault


def _plain(value: Any) -> Any:
    """NaN has no place in JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and np.isnan(value)) else value


def _manifest(target: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("kind") == "coverage" else None


def _folder(alternative: str) -> str:
    return alternative or "as-written"
