"""The table `results` of a campaign: written in parts by many, joined by one.

part     rows of one task, `parts/NAME.parquet`, in its place only when it is whole
joined   `results.parquet`: every row once, in the order of point, alternative, mode and replication
key      point, alternative, mode, replication; what is finished is read from the keys, there is no other ledger

Memory does not grow with the campaign: joining sorts on the disk, the digest reads column by column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from egide.analysis.measures import DOCS
from egide.campaign.work import Unit
from egide.store import digest, parts

PARTS: Final = "parts"
RESULTS: Final = "results.parquet"
KEY: Final = ("point", "alternative", "mode", "replication")
MEMORY: Final = "256MB"
BLOCK: Final = 250_000  # rows at once

_ORDER: Final = "ORDER BY point, alternative, mode, replication"


def columns_of(rows: Sequence[tuple[Unit, Sequence[dict[str, float]]]]) -> dict[str, NDArray[Any]]:
    """Rows of some units as columns: the key, then every measure."""
    counts = [len(found) for _, found in rows]
    each = [row for _, found in rows for row in found]
    return {
        "point": np.repeat(np.array([unit.point for unit, _ in rows], np.int32), counts),
        "alternative": np.repeat(np.array([unit.alternative for unit, _ in rows], object), counts),
        "mode": np.repeat(np.array([unit.mode for unit, _ in rows], object), counts),
        "replication": np.concatenate(
            [np.arange(unit.first, unit.first + n, dtype=np.int32) for (unit, _), n in zip(rows, counts, strict=True)]
            or [np.empty(0, np.int32)]
        ),
        **{name: np.array([row[name] for row in each], np.float64) for name in DOCS},
    }


def values_of(place: Path, measure: str, mode: str, last: int) -> dict[tuple[str, int], NDArray[np.float64]]:
    """One measure's values in replications below `last`, by alternative and point."""
    with database(place) as con:
        found = con.execute(
            f'SELECT alternative, point, list("{measure}" ORDER BY replication) FROM ({_all_rows(place)}) '  # noqa: S608
            f"WHERE mode = {parts.quote(mode)} AND replication < {int(last)} GROUP BY ALL"
        ).fetchall()
    return {
        (str(name), int(point)): np.array([np.nan if value is None else value for value in values], np.float64)
        for name, point, values in found
    }


def write_part(place: Path, name: str, columns: dict[str, NDArray[Any]]) -> None:
    """Write one task's rows. The file lasts through a power cut once it is there."""
    path = place / PARTS / f"{name}.parquet"
    with database(place) as con:
        parts.write(path, columns, con)
    with parts.disk_faults(path):
        parts.sync(path)


def finished(place: Path, size: int, first: int = 0) -> dict[Unit, int]:
    """How many rows are there of each stretch of `size` replications from `first` on, by point, alternative and mode.

    The stretch is a Unit without its end: `last` is `first`.
    """
    with database(place) as con:
        found = con.execute(
            f"SELECT point, alternative, mode, (replication - {int(first)}) // {int(size)} AS stretch, count(*) "  # noqa: S608
            f"FROM ({_all_rows(place)}) WHERE replication >= {int(first)} GROUP BY ALL"
        ).fetchall()
    return {
        Unit(int(point), str(alternative), str(mode), begin, begin): int(rows)
        for point, alternative, mode, stretch, rows in found
        if (begin := first + int(stretch) * size) >= 0
    }


def count(place: Path) -> int:
    """How many replications are there."""
    with database(place) as con:
        ((rows,),) = con.execute(f"SELECT count(*) FROM ({_all_rows(place)})").fetchall()  # noqa: S608
    return int(rows)


def join(place: Path) -> int:
    """Bring all parts into `results.parquet`, then remove them; returns the number of rows.

    Whenever this is interrupted, every row is still in at least one file; `forget_joined` mends what is in two.
    """
    whole, beside = place / RESULTS, place / f"{RESULTS}.tmp"
    files = _parts(place)
    if files or not whole.exists():
        with database(place) as con, parts.disk_faults(whole):
            con.execute(
                f"COPY (FROM ({_all_rows(place)}) {_once(con, place)} {_ORDER}) TO {parts.quote(str(beside))} "
                "(FORMAT parquet, COMPRESSION zstd)"
            ).fetchall()
            parts.sync(beside)
            beside.replace(whole)
        for path in files:
            path.unlink(missing_ok=True)
    return count(place)


def _once(con: duckdb.DuckDBPyConnection, place: Path) -> str:
    """SQL that keeps one row a key. Two are there only where a worker wrote for a process that was just killed."""
    key = ", ".join(KEY)
    twice = con.execute(f"SELECT 1 FROM ({_all_rows(place)}) GROUP BY {key} HAVING count(*) > 1 LIMIT 1").fetchall()  # noqa: S608
    return f"QUALIFY row_number() OVER (PARTITION BY {key}) = 1" if twice else ""


def forget_joined(place: Path) -> None:
    """After an interruption: remove half-written files, and parts whose rows have been joined already."""
    for path in (*place.glob("*.tmp"), *(place / PARTS).glob("*.tmp")):
        path.unlink(missing_ok=True)
    files = _parts(place)
    if not files or not (place / RESULTS).exists():
        return
    with database(place) as con:
        twice = con.execute(
            f"SELECT DISTINCT filename FROM read_parquet({parts.file_list(files)}, filename = true) "  # noqa: S608
            f"SEMI JOIN {_read([place / RESULTS])} USING ({', '.join(KEY)})"
        ).fetchall()
    for (name,) in twice:
        Path(str(name)).unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """Digest of the joined table, column by column and block by block."""
    with database(path.parent) as con:
        described = con.execute(f"DESCRIBE FROM {_read([path])}").fetchall()
        names = [str(row[0]) for row in described]
        (rows,) = con.execute(f"SELECT count(*) FROM {_read([path])}").fetchone() or (0,)  # noqa: S608
        kinds = {name: np.dtype(_KINDS[str(row[1])]) for name, row in zip(names, described, strict=True)}
        return digest.of_blocks(
            "results", int(rows), {name: _blocks(con, path, name, int(rows)) for name in names}, kinds
        )


@contextmanager
def database(place: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that spills to the campaign's own folder instead of growing."""
    con = parts.connect(threads=1)
    try:
        con.execute(f"SET memory_limit = '{MEMORY}'").fetchall()
        con.execute(f"SET temp_directory = {parts.quote(str(place / 'sorting'))}").fetchall()
        yield con
    finally:
        con.close()


_KINDS: Final = {"INTEGER": "int32", "VARCHAR": "O", "DOUBLE": "float64"}


def _blocks(con: duckdb.DuckDBPyConnection, path: Path, name: str, rows: int) -> Iterator[NDArray[Any]]:
    for first in range(0, rows, BLOCK):
        found = con.execute(
            f'SELECT "{name}" FROM read_parquet({parts.file_list([path])}, file_row_number = true) '  # noqa: S608
            f"WHERE file_row_number >= {first} AND file_row_number < {first + BLOCK} ORDER BY file_row_number"
        ).fetchnumpy()
        yield parts.unmask(found[name])


def _parts(place: Path) -> list[Path]:
    return sorted((place / PARTS).glob("*.parquet"))


def _all_rows(place: Path) -> str:
    """SQL of every row that is there, joined or not."""
    files = [path for path in (place / RESULTS, *_parts(place)) if path.exists()]
    if files:
        return f"FROM {_read(files)}"
    columns = ["0::INTEGER AS point", "''::VARCHAR AS alternative", "''::VARCHAR AS mode", "0::INTEGER AS replication"]
    return f"SELECT {', '.join([*columns, *(f'0::DOUBLE AS {name}' for name in DOCS)])} WHERE false"


def _read(files: Sequence[Path]) -> str:
    return f"read_parquet({parts.file_list(files)})"
