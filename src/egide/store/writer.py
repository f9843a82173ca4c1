"""Writing a run bundle so that a folder under its final name is always whole.

target    where the bundle will be
partial   the sibling folder `.NAME.partial-PID` it grows in; it has no manifest, so nobody can take it for a bundle
commit    manifest, flush to disk, rename; the only moment at which the target appears or is replaced
"""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, final

import duckdb
import numpy as np

from egide.errors import store_error
from egide.store import digest, parts, schema
from egide.store.digest import Columns
from egide.store.growing import Growing
from egide.store.parts import Entry

MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.yaml"
DIGESTS: Final = "digests.parquet"
PARTIAL: Final = ".partial-"


def check_target(target: Path | str, force: bool = False) -> Path:
    """The absolute target, if a bundle may be put there. Costs nothing, so ask before the work and not after."""
    path = Path(target).expanduser().absolute()
    if path.name in ("", ".."):
        raise store_error(str(target), "is not a name for a new folder", "give the folder to make, such as out/run-1")
    with parts.disk_faults(path):
        if not path.exists() and not path.is_symlink():
            return path
        if path.is_dir() and not any(path.iterdir()):
            return path
    if not path.is_dir():
        raise store_error(str(target), "a file is in the way", "choose another folder")
    if not force:
        raise store_error(str(target), "the folder exists already", "choose another one, or add --force to replace it")
    if not (path / MANIFEST).is_file() and not (path / "comparison.json").is_file():
        raise store_error(
            str(target), "the folder holds something other than a run", "choose another one; --force replaces runs only"
        )
    return path


@final
class Folder:
    """A folder that appears under its name when it is whole, and not at all otherwise. For use in a `with`."""

    def __init__(self, target: Path | str, force: bool = False) -> None:
        self.target = check_target(target, force)
        self.force = force
        self.path = self._begin()
        self._done = False

    def _begin(self) -> Path:
        with parts.disk_faults(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(100):
            tail = f"-{attempt}" if attempt else ""
            path = self.target.with_name(f".{self.target.name}{PARTIAL}{os.getpid()}{tail}")
            with parts.disk_faults(self.target):
                try:
                    path.mkdir()
                except FileExistsError:
                    continue
                return path
        raise store_error(str(self.target), "too many unfinished runs beside it", "remove the `.partial-` folders")

    def text(self, name: str, text: str) -> None:
        """Write one small text file."""
        path = self.path / name
        with parts.disk_faults(self.path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def commit(self) -> Path:
        """Rename into place. What was there is removed only after the new folder is in its place."""
        check_target(self.target, self.force)
        with parts.disk_faults(self.path):
            for folder, _, files in os.walk(self.path):
                for name in (*files, "."):
                    parts.sync(Path(folder) / name)
            old = self.path.with_name(self.path.name.replace(PARTIAL, ".old-", 1))
            replaced = self.target.is_dir() and any(self.target.iterdir())
            if replaced:
                self.target.replace(old)
            try:
                self.path.replace(self.target)
            except OSError:
                if replaced:
                    old.replace(self.target)
                raise
            self._done = True
            parts.sync(self.target.parent)
            if replaced:
                shutil.rmtree(old)
        return self.target

    def abandon(self) -> None:
        """Remove what was written so far."""
        if not self._done:
            shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.abandon()


@final
class Writer:
    """A run bundle in the making. Parts may be written by other processes with `parts.write_part(writer.path, ...)`."""

    def __init__(self, target: Path | str, force: bool = False) -> None:
        self.folder = Folder(target, force)
        self._static: dict[str, tuple[int, str]] = {}  # rows and digest
        self._growing: list[Growing] = []
        self._entries: list[Entry] = []
        self._con: duckdb.DuckDBPyConnection | None = None

    @property
    def path(self) -> Path:
        """The partial folder."""
        return self.folder.path

    def _connection(self) -> duckdb.DuckDBPyConnection:
        self._con = self._con or parts.connect(threads=1)
        return self._con

    def static(self, table: str, columns: Columns) -> None:
        """Write a table that is one for the whole bundle, in the columns of the schema."""
        known = schema.STATIC[table]
        missing = [column.name for column in known if column.name not in columns]
        extra = sorted(set(columns) - {column.name for column in known})
        if missing or extra:
            raise ValueError(f"static table {table}: missing {missing}, unknown {extra}")
        plain = {
            column.name: np.asarray(columns[column.name], dtype=object if column.dtype == "text" else column.dtype)
            for column in known
        }
        parts.write(self.path / "tables" / f"{table}.parquet", plain, self._connection())
        self._static[table] = _length(plain), digest.of_columns(table, plain)

    def growing(self, table: str) -> Growing:
        """A table that is written as it comes; it is finished by `commit`."""
        self._growing.append(Growing(self.path, table))
        return self._growing[-1]

    def _finish(self) -> None:
        for each in self._growing:
            found = each.finish(self._connection())
            if each.table in schema.STATIC:
                self._static[each.table] = each.rows, found
            else:
                self._entries.append(Entry(each.table, 0, 0, each.rows, found))
        self._growing = []

    def rows(self, table: str, rows: Mapping[int, Any], point: int = 0) -> None:
        """Write one part here and now."""
        self.accept(parts.write_part(self.path, table, rows, self._connection(), point))

    def accept(self, entries: Iterable[Entry]) -> None:
        """Count in what a worker has written."""
        self._entries.extend(entries)

    def replications(self, table: str = "outcomes") -> list[int]:
        """Numbers of the replications accepted so far."""
        return sorted({entry.replication for entry in self._entries if entry.table == table})

    def commit(self, about: Mapping[str, Any], scenario: str, measures: Mapping[str, tuple[str, str]]) -> Path:
        """Finish: empty tables, digests, scenario, manifest, rename. `about` is the manifest without its tables."""
        columns = {**schema.EVENT_TABLES, "measures": schema.measure_columns(measures), **schema.STATIC}
        self._finish()
        self._remove_strays()
        tables: dict[str, Any] = {}
        for name, described in columns.items():
            if name in self._static:
                rows, value = self._static[name]
            elif name in schema.STATIC:
                continue
            else:
                entries = [entry for entry in self._entries if entry.table == name]
                if not entries:
                    self._write_empty(name, described)
                rows = sum(entry.rows for entry in entries)
                value = digest.total(((entry.point, entry.replication), entry.digest) for entry in entries)
            shown = {c.name: {"dtype": c.dtype, "unit": c.unit, "doc": c.doc} for c in described}
            tables[name] = {"rows": rows, "digest": value, "columns": shown}
        self._write_digests()
        self.folder.text(SCENARIO, scenario)
        whole = {
            "format": schema.FORMAT,
            **about,
            "digest": digest.of_bundle({name: table["digest"] for name, table in tables.items()}),
            "tables": tables,
        }
        self.folder.text(MANIFEST, json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
        return self.folder.commit()

    def _remove_strays(self) -> None:
        """Parts of chunks that never reported, and everything hidden: a bundle holds what was counted and no more."""
        wanted = {(entry.table, entry.replication) for entry in self._entries}
        with parts.disk_faults(self.path):
            for path in sorted((self.path / "tables").rglob("*")):
                part = path.name.startswith("part-") and path.suffix == ".parquet"
                if path.suffix == ".tmp" or (part and (path.parent.name, int(path.stem[5:])) not in wanted):
                    path.unlink()
            for path in self.path.glob(".*"):
                path.unlink()

    def _write_empty(self, table: str, described: Sequence[schema.Column]) -> None:
        columns = {column.name: np.empty(0, column.dtype) for column in described}
        parts.write(parts.part_path(self.path, table, 0), columns, self._connection())

    def _write_digests(self) -> None:
        ordered = sorted(self._entries, key=lambda entry: (entry.table, entry.point, entry.replication))
        columns = {
            "table": np.array([entry.table for entry in ordered], object),
            "point": np.array([entry.point for entry in ordered], np.int32),
            "replication": np.array([entry.replication for entry in ordered], np.int32),
            "rows": np.array([entry.rows for entry in ordered], np.int64),
            "digest": np.array([entry.digest for entry in ordered], object),
        }
        parts.write(self.path / DIGESTS, columns, self._connection())

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        for each in self._growing:
            each.close()
        if self._con is not None:
            self._con.close()
        self.folder.abandon()


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def ranges(numbers: Sequence[int]) -> list[list[int]]:
    """[0, 1, 2, 5] -> [[0, 2], [5, 5]]"""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def machine() -> dict[str, Any]:
    """What the run ran on, for the manifest: no name of a person or a machine."""
    return {"platform": platform.platform(terse=True), "cpu": _cpu(), "cores": os.cpu_count()}


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
