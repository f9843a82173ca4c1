"""The folder of a campaign while it is being worked on: held by one process, gone on with, or finished.

asked    `campaign.json`: everything that a number depends on. It is written first and never changed.
lock     held by the process that writes; it falls with that process, however that ends
whole    `manifest.json`: written when the process ends in order, complete or not; a reader looks here
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, final

import numpy as np
from filelock import FileLock, Timeout

from egide import __version__, cache
from egide.analysis.measures import MEASURES
from egide.campaign import about, results
from egide.campaign.estimate import Speed
from egide.campaign.plan import Plan
from egide.campaign.runner import versions
from egide.campaign.work import PLAN, SESSION, STOP, Fault, size_of
from egide.errors import store_error
from egide.i18n import mark
from egide.store import digest, parts
from egide.store.campaign import ASKED, FORMAT, MANIFEST, SCENARIO, STUDY
from egide.store.writer import machine

LOCK: Final = ".lock"
_SHOWN: Final = 200  # characters of a difference


@final
class Keeping:
    """A campaign's folder, held for writing. For use in a `with`."""

    def __init__(self, place: Path, wanted: Plan, resume: bool, force: bool) -> None:
        self.place, self._plan = place.expanduser().absolute(), wanted
        self.complete = False
        self.session = uuid.uuid4().hex[:12]
        self._resume, self._force = resume, force
        self._lock: FileLock | None = None

    def __enter__(self) -> Keeping:
        asked = asked_of(self._plan)
        begun = (self.place / ASKED).is_file()
        if not begun:
            self._check_free()
        with parts.disk_faults(self.place):
            self.place.mkdir(parents=True, exist_ok=True)
            self._hold()
        try:
            if begun and not self._resume:
                self._check_free()
            if begun and self._resume:
                self._check_same(asked)
                self.complete = self._finished()
            else:
                self._begin_anew(asked)
            if not self.complete:
                self._tidy()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self._release()

    # --- beginning ---------------------------------------------------------------------------------------------------

    def _check_free(self) -> None:
        """Refuse to write over anything that was not asked to be written over."""
        place = str(self.place)
        if not self.place.exists() or not any(path.name != LOCK for path in self._inside()):
            return
        if not (self.place / ASKED).is_file():
            raise store_error(
                place, mark("the folder holds something other than a campaign"), mark("choose another one")
            )
        if not self._force:
            raise store_error(
                place, mark("a campaign is there already"),
                mark("go on with it by --resume, choose another folder, or add --force to begin anew"),
            )  # fmt: skip

    def _inside(self) -> list[Path]:
        with parts.disk_faults(self.place):
            return list(self.place.iterdir())

    def _hold(self) -> None:
        self._lock = FileLock(self.place / LOCK)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._lock = None
            raise store_error(
                str(self.place), mark("another process is working on this campaign"),
                mark("wait for it, or choose another folder"),
            ) from None  # fmt: skip

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _begin_anew(self, asked: Mapping[str, Any]) -> None:
        with parts.disk_faults(self.place):
            for path in self._inside():
                if path.name != LOCK:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            (self.place / STUDY).write_text(about.study_text(self._plan), encoding="utf-8")
            (self.place / SCENARIO).write_text(about.scenario_text(self._plan), encoding="utf-8")
            con = parts.connect(threads=1)
            parts.write(self.place / "points.parquet", self._plan.points_table(), con)
            parts.write(self.place / "parameter_values.parquet", self._plan.values_table(), con)
            parts.write(self.place / "factors.parquet", self._plan.factors_table(), con)
            con.close()
            self._write_json(ASKED, asked)

    def _check_same(self, asked: Mapping[str, Any]) -> None:
        """Raises StoreError where the campaign in the folder is another one."""
        if told := changes(self.place, self._plan, asked):
            raise store_error(
                str(self.place), mark("the campaign there was begun with something else: {changed}"),
                mark("put that back, choose another folder, or add --force instead of --resume to begin anew"),
                changed="; ".join(told.values()),
            )  # fmt: skip

    def _finished(self) -> bool:
        try:
            found = json.loads((self.place / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(found.get("complete"))

    def _tidy(self) -> None:
        """Remove what an interrupted process has left: half files, parts that were joined, its signal to stop."""
        with parts.disk_faults(self.place):
            results.forget_joined(self.place)
            (self.place / results.PARTS).mkdir(exist_ok=True)
            for name in (STOP, MANIFEST):
                (self.place / name).unlink(missing_ok=True)
            (self.place / SESSION).write_text(self.session, encoding="utf-8")

    # --- going on ----------------------------------------------------------------------------------------------------

    def size(self, speed: Speed) -> int:
        """Replications in a task: chosen once for the campaign, so that going on cuts where it was cut before."""
        path = self.place / "size"
        with parts.disk_faults(path):
            try:
                return int(path.read_text())
            except (OSError, ValueError):
                path.write_text(str(size_of(speed)))
        return size_of(speed)

    # --- ending ------------------------------------------------------------------------------------------------------

    def commit(self, faults: Sequence[Fault], ended: str, spent: Mapping[str, Any]) -> Path:
        """Join the parts, write what failed and the manifest. The folder is then a campaign that can be read."""
        place, wanted = self.place, self._plan
        rows = results.join(place)
        if not rows and ended == "user":
            raise KeyboardInterrupt
        self._write_failures(faults)
        complete = not ended and not faults
        tables = {"results": {"rows": rows, "digest": results.digest_of(place / results.RESULTS)}}
        for name, columns in (("points", wanted.points_table()), ("parameter_values", wanted.values_table())):
            tables[name] = {"rows": len(next(iter(columns.values()))), "digest": digest.of_columns(name, columns)}
        self._write_json(
            MANIFEST,
            {
                "format": FORMAT,
                "kind": "campaign",
                "egide": __version__,
                **about.manifest(wanted),
                "seed": wanted.seed,
                "measures_told": list(wanted.measures),
                "runs": {"asked": wanted.runs, "done": rows, "failed": sum(fault.unit.runs for fault in faults)},
                "complete": complete,
                **({"interrupted": ended} if ended else {}),
                "digest": digest.of_bundle({name: str(table["digest"]) for name, table in tables.items()}),
                "tables": tables,
                "measures": {
                    m.name: {"unit": m.unit, "better": m.better, "label": {"en": m.en, "fr": m.fr}} for m in MEASURES
                },
                "versions": versions(),
                "machine": machine(),
                "kernels": cache.kernels_hash(),
                **spent,
            },
        )
        for name in (PLAN, STOP, SESSION):
            (place / name).unlink(missing_ok=True)
        if complete:
            shutil.rmtree(place / results.PARTS, ignore_errors=True)
            shutil.rmtree(place / "sorting", ignore_errors=True)
            (place / "size").unlink(missing_ok=True)
        return place

    def _write_failures(self, faults: Sequence[Fault]) -> None:
        ordered = sorted(faults, key=lambda fault: fault.unit)
        columns: dict[str, Any] = {
            "point": np.array([f.unit.point for f in ordered], np.int32),
            "alternative": np.array([f.unit.alternative for f in ordered], object),
            "mode": np.array([f.unit.mode for f in ordered], object),
            "first": np.array([f.unit.first for f in ordered], np.int32),
            "last": np.array([f.unit.last - 1 for f in ordered], np.int32),
            "cause": np.array([f.cause for f in ordered], object),
        }
        con = parts.connect(threads=1)
        parts.write(self.place / "failures.parquet", columns, con)
        con.close()

    def _write_json(self, name: str, document: Mapping[str, Any]) -> None:
        path = self.place / name
        beside = path.with_name(f"{name}.tmp")
        with parts.disk_faults(path):
            beside.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            parts.sync(beside)
            beside.replace(path)
            parts.sync(path.parent)


def asked_of(wanted: Plan) -> dict[str, Any]:
    """Everything that a number depends on, in the words in which a difference is told."""
    return {
        "format": FORMAT,
        "study": digest.of_columns("study", {"text": np.array([about.study_text(wanted)], object)}),
        "scenario": digest.of_columns("scenario", {"text": np.array([about.scenario_text(wanted)], object)}),
        "inputs": about.inputs(wanted),
        "points": digest.of_columns("points", wanted.points_table()),
        "parameters": digest.of_columns("parameter_values", wanted.values_table()),
        "seed": wanted.seed,
        "egide": __version__,
        "code": cache.code_hash(),
        "libraries": {k: v for k, v in versions().items() if k in ("numpy", "numba")},
    }


def changes(place: Path, wanted: Plan, asked: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What a campaign's folder was begun with and what is asked for now, where they differ: name -> in words."""
    asked = asked_of(wanted) if asked is None else asked
    before = json.loads((place / ASKED).read_text(encoding="utf-8"))
    told: dict[str, str] = {}
    for name in asked:
        old, new = before.get(name), asked[name]
        if old == new:
            continue
        if name in ("study", "scenario"):
            text = {"study": about.study_text(wanted), "scenario": about.scenario_text(wanted)}[name]
            file = {"study": STUDY, "scenario": SCENARIO}[name]
            told[name] = f"{name}: {_first_difference((place / file).read_text(encoding='utf-8'), text)}"
        else:
            told[name] = f"{name}: {old} -> {new}"
    return told


def _first_difference(before: str, after: str) -> str:
    """The first lines that are not the same, as 'line 12: old -> new'."""
    old, new = before.splitlines(), after.splitlines()
    for number in range(max(len(old), len(new))):
        one = old[number] if number < len(old) else ""
        other = new[number] if number < len(new) else ""
        if one != other:
            return f"line {number + 1}: {one.strip()!r} -> {other.strip()!r}"[:_SHOWN]
    return "line ends"
