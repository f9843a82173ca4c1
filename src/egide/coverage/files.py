"""A coverage on disk: a folder that explains itself, from which tables, maps and pages are made again.

    coverage.json            what was asked, of which file; area, grid, alternatives, their rows and losses
    table.csv                every row
    terrain.tif, area.geojson
    ALTERNATIVE/             rasters and outlines of one alternative (`coverage.leaves`)

Rasters are cloud-optimised GeoTIFF, EPSG:4326, north up. An alternative is written in a hidden folder beside its place,
renamed when it is whole, and then named in the manifest: an interrupted coverage, however it ended, begins again with
the first alternative that the manifest lacks.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, final

import numpy as np

from egide.coverage.leaves import Leaves
from egide.coverage.manifest import differences, digest_of, document_of, read_manifest
from egide.coverage.rasters import Outline, RasterFile, write_json
from egide.coverage.survey import Found, Plan, Tick
from egide.coverage.table import COLUMNS
from egide.errors import store_error
from egide.i18n import mark

__all__ = ["Folder"]

MANIFEST: Final = "coverage.json"
LOCK: Final = ".lock"


@final
class Folder:
    """Where one coverage is written."""

    def __init__(self, target: Path | str, plan: Plan, force: bool = False) -> None:
        self.target, self.plan = Path(target).expanduser(), plan
        self.digest = digest_of(plan)
        self._check(force)
        plan.size.check_disk(self.target, len(plan.scenarios))
        self._lock = self._alone()
        try:
            self.document = self._begun(force)
        except BaseException:
            self.close()
            raise

    def _check(self, force: bool) -> None:
        """Refuse a place that holds something else, before anything is written."""
        if self.target.is_file():
            raise store_error(str(self.target), mark("a file is in the way"), mark("choose another folder"))
        there = [each for each in self.target.iterdir() if each.name != LOCK] if self.target.is_dir() else []
        old = read_manifest(self.target / MANIFEST)
        if there and old is None:
            wrong = mark("the folder holds something other than a coverage")
            raise store_error(str(self.target), wrong, mark("choose another one; --force replaces coverages only"))
        if old is None or force:
            return
        if old.get("digest") != self.digest:
            wrong = mark("the folder holds another coverage: {difference}")
            right = mark("choose another one, or add --force to replace it")
            told = differences(old, document_of(self.plan, self.digest))
            raise store_error(str(self.target), wrong, right, difference="; ".join(told))
        if old.get("complete"):
            wrong = mark("the folder exists already")
            raise store_error(str(self.target), wrong, mark("choose another one, or add --force to replace it"))

    def _alone(self) -> Any:
        """The folder's lock, held until this process ends: two would throw away each other's work."""
        wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
        try:
            self.target.mkdir(parents=True, exist_ok=True)
            file = (self.target / LOCK).open("w")
        except OSError as fault:
            raise store_error(str(self.target), wrong, right, fault=fault.strerror or str(fault)) from fault
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # no such lock on this system
            pass
        except OSError as fault:
            file.close()
            wrong = mark("another process is writing this coverage")
            raise store_error(str(self.target), wrong, mark("wait for it, or choose another folder")) from fault
        return file

    def _begun(self, force: bool) -> dict[str, Any]:
        """The manifest to go on with: a new one, or that of the same request left unfinished."""
        for half in self.target.glob(".*.partial*"):
            shutil.rmtree(half, ignore_errors=True)
            with suppress(OSError):
                half.unlink(missing_ok=True)
        old = read_manifest(self.target / MANIFEST)
        if old is not None and force:
            for name in old.get("files", []):
                (self.target / name).unlink(missing_ok=True)
            for each in old.get("alternatives", []):
                shutil.rmtree(self.target / _folder(each["name"]), ignore_errors=True)
        made = document_of(self.plan, self.digest) if old is None or force else old
        self._save(made)
        if not (self.target / "area.geojson").exists():
            self._lay_ground()
        return made

    def _lay_ground(self) -> None:
        """The terrain and the area's outline, written last."""
        grid = self.plan.grid
        outline = Outline(grid, {"area": self.plan.area.name})
        outline.take(0, self.plan.area.inside.view(np.uint8))
        terrain = RasterFile(self.target / "terrain.tif", grid, ["height above sea level, m"], "int16")
        try:
            for strip in grid.strips(self.plan.strip_rows):
                terrain.write(strip.top, [strip.dem.height_m])
            terrain.finish()
        except BaseException:
            terrain.drop()
            raise
        write_json(self.target / "area.geojson", outline.document())

    @property
    def done(self) -> set[str]:
        """Alternatives that stand already."""
        return {each["name"] for each in self.document["alternatives"]}

    def make(self, name: str, tick: Tick | None = None) -> Found:
        """Work one alternative out and write it, whole or not at all."""
        place = self.target / _folder(name)
        beside = self.target / f".{place.name}.partial"
        leaves = Leaves(beside, self.plan)
        try:
            beside.mkdir()
            found = self.plan.run(name, tick, leaves.take)
            files = [f"{place.name}/{file}" for file in leaves.finish(found, tick)]
            shutil.rmtree(place, ignore_errors=True)  # left by a process that ended before the manifest was renewed
            beside.replace(place)
        except BaseException as fault:
            leaves.drop()
            shutil.rmtree(beside, ignore_errors=True)
            if isinstance(fault, OSError):
                wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
                raise store_error(str(place), wrong, right, fault=fault.strerror or str(fault)) from fault
            raise
        self._add(found, place.name, files)
        return found

    def _add(self, found: Found, folder: str, files: list[str]) -> None:
        self.document["alternatives"].append(
            {
                "name": found.alternative,
                "folder": folder,
                "label": dict(found.label),
                "units": _units(found),
                "prices": [asdict(price) for price in found.prices],
                "left_out": list(found.nets["nominal"].left_out),
                "rows": [row.document() for row in found.rows],
                "losses": [asdict(loss) for loss in found.losses],
                "files": files,
                "digest": _digest_of_files([self.target / file for file in files]),
                "wall_s": round(found.wall_s, 3),
            }
        )
        self._save(self.document)

    def table(self) -> dict[str, Any]:
        """Write the table of every row; the manifest."""
        beside = self.target / f".table.partial-{os.getpid()}.csv"
        try:
            with beside.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(COLUMNS)
                for each in self.document["alternatives"]:
                    for row in each["rows"]:
                        writer.writerow([_cell(row[name]) for name in COLUMNS])
            beside.replace(self.target / "table.csv")
        except OSError as fault:
            beside.unlink(missing_ok=True)
            wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
            raise store_error(str(self.target), wrong, right, fault=fault.strerror or str(fault)) from fault
        return self.document

    def finish(self) -> dict[str, Any]:
        """The manifest that says complete: everything else is there."""
        self.document["complete"] = True
        self._save(self.document)
        self.close()
        with suppress(OSError):
            (self.target / LOCK).unlink(missing_ok=True)
        return self.document

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    def _save(self, document: Mapping[str, Any]) -> None:
        write_json(self.target / MANIFEST, document)


def _digest_of_files(files: list[Path]) -> str:
    """Of their names and contents."""
    told = hashlib.blake2b(digest_size=16)
    for file in files:
        told.update(file.name.encode() + b"\0")
        with file.open("rb") as opened:
            told.update(hashlib.file_digest(opened, "sha256").digest())
    return told.hexdigest()


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


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and np.isnan(value)) else value


def _folder(alternative: str) -> str:
    return alternative or "as-written"
