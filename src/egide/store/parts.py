"""One Parquet file: writing record arrays into it and reading them back.

part   the rows of one table for some replications, in the order of the numbers; named by the first
rows   a record array, or a mapping of columns, of one replication

NaN becomes NULL in the file, so that SQL's averages leave it out, and NaN again on the way back.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import duckdb
import numpy as np
from numpy.typing import NDArray

from egide.errors import StoreError, store_error
from egide.i18n import mark
from egide.store import digest
from egide.store.digest import Columns

_SETTINGS: Final[dict[str, Any]] = {
    "autoinstall_known_extensions": False,  # an extension is a download
    "autoload_known_extensions": False,
}
_GROWING: Final = re.compile(r"\.(.+)\.partial-\d+(?:-\d+)?")  # store.writer: the hidden folder of one not yet whole
_SQL_TYPE: Final = {
    "float64": "DOUBLE", "float32": "FLOAT", "int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT",
    "int8": "TINYINT", "uint64": "UBIGINT", "uint32": "UINTEGER", "uint16": "USMALLINT", "uint8": "UTINYINT",
    "bool": "BOOLEAN", "text": "VARCHAR",
}  # fmt: skip


@final
@dataclass(frozen=True)
class Entry:
    """What is known of one table in one replication once it is on disk."""

    table: str
    point: int
    replication: int
    rows: int
    digest: str


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that loads nothing from anywhere."""
    settings = dict(_SETTINGS)
    if threads is not None:
        settings["threads"] = threads
    return duckdb.connect(":memory:", config=settings)


@contextmanager
def disk_faults(place: Path) -> Iterator[None]:
    """Turn what the disk says into a StoreError that names the place and the mend."""
    asked = _asked_for(place)
    whole_or_nothing = asked != place
    try:
        yield
    except OSError as fault:
        raise _from_errno(asked, fault.errno or 0, fault.strerror or str(fault), whole_or_nothing) from fault
    except duckdb.IOException as fault:
        text = str(fault)
        full = "No space left" in text or '"errno":"28"' in text
        raise _from_errno(asked, errno.ENOSPC if full else 0, text.splitlines()[0], whole_or_nothing) from fault


def _asked_for(place: Path) -> Path:
    """The folder that the user named, for a place in the hidden folder that it grows in."""
    for folder in (place, *place.parents):
        if growing := _GROWING.fullmatch(folder.name):
            return folder.with_name(growing[1])
    return place


def _from_errno(place: Path, number: int, text: str, whole_or_nothing: bool) -> StoreError:
    if number in (errno.ENOSPC, errno.EDQUOT) and not whole_or_nothing:
        return store_error(
            str(place), mark("the disk is full; what was finished before is kept"),
            mark("free some space and go on (a campaign: --resume), or write elsewhere"),
        )  # fmt: skip
    if number in (errno.ENOSPC, errno.EDQUOT):
        return store_error(
            str(place), "the disk is full; nothing was kept", "free some space, keep less detail, or write elsewhere"
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return store_error(str(place), "cannot write here: {fault}", "choose a folder that you may write", fault=text)
    if number in (errno.ENOTDIR, errno.EEXIST):
        return store_error(str(place), "a file is in the way: {fault}", "choose another folder", fault=text)
    return store_error(str(place), "cannot read or write: {fault}", "check the disk and the path", fault=text)


def quote(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def file_list(paths: Sequence[Path]) -> str:
    """An SQL list of files, each taken by its letters: a `*` in a folder's name is no pattern."""
    plain = [str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]") for path in paths]
    return "[" + ", ".join(quote(path) for path in plain) + "]"


def as_columns(rows: Any) -> dict[str, NDArray[Any]]:
    """Columns of a record array (views, not copies) or of a mapping."""
    if isinstance(rows, Mapping):
        return {name: np.asarray(column) for name, column in rows.items()}
    return {name: np.asarray(rows[name]) for name in rows.dtype.names}


def write(path: Path, columns: Columns, con: duckdb.DuckDBPyConnection) -> None:
    """One Parquet file: beside its place first, then renamed, so that a file in its place is whole."""
    beside = path.with_name(path.name + ".tmp")
    selected = ", ".join(
        f'CAST("{name}" AS {_SQL_TYPE[digest.dtype_name(column)]}) AS "{name}"' for name, column in columns.items()
    )
    plain = {name: column.astype(object) if column.dtype.kind == "U" else column for name, column in columns.items()}
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        con.register("_rows", plain)
        try:
            copied = f"COPY (SELECT {selected} FROM _rows) TO {quote(str(beside))}"  # noqa: S608 - our own column names
            con.execute(f"{copied} (FORMAT parquet, COMPRESSION zstd)").fetchall()
        finally:
            con.unregister("_rows")
        beside.replace(path)


def write_part(
    folder: Path, table: str, rows: Mapping[int, Any], con: duckdb.DuckDBPyConnection, point: int = 0
) -> list[Entry]:
    """Write the rows of some replications, {number: rows}, as one part of `table`; say what was written."""
    numbers = sorted(rows)
    each = [as_columns(rows[number]) for number in numbers]
    entries = [
        Entry(table, point, number, len(next(iter(columns.values()))), digest.of_columns(table, columns))
        for number, columns in zip(numbers, each, strict=True)
    ]
    counts = [entry.rows for entry in entries]
    whole: dict[str, NDArray[Any]] = {
        "point": np.full(sum(counts), point, np.int32),
        "replication": np.repeat(np.array(numbers, np.int32), counts),
    }
    for name in each[0]:
        whole[name] = each[0][name] if len(each) == 1 else np.concatenate([columns[name] for columns in each])
    write(part_path(folder, table, numbers[0]), whole, con)
    return entries


def part_path(folder: Path, table: str, first: int) -> Path:
    """Where the part that begins with replication `first` lies."""
    return folder / "tables" / table / f"part-{first:06d}.parquet"


def read(paths: Sequence[Path], con: duckdb.DuckDBPyConnection) -> dict[str, NDArray[Any]]:
    """Columns of some files, in file and row order, NULL as NaN."""
    with disk_faults(paths[0]):
        found = con.sql(f"FROM read_parquet({file_list(paths)})").fetchnumpy()
    return {name: unmask(column) for name, column in found.items()}


def unmask(column: Any) -> NDArray[Any]:
    """A plain array from what DuckDB hands out."""
    if isinstance(column, np.ma.MaskedArray):
        filled = np.asarray(column.data).copy() if column.dtype.kind in "fO" else np.asarray(column.data)
        mask = np.ma.getmaskarray(column)
        if mask.any():
            if column.dtype.kind == "O":
                filled[mask] = ""
            else:
                filled = filled if filled.dtype.kind == "f" else filled.astype(np.float64)
                filled[mask] = np.nan
        return filled
    return np.asarray(column)


def sync(path: Path) -> None:
    """Make a file, or a folder's list of names, last through a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
