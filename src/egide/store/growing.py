"""One table of a bundle, written as it comes: for what is longer than memory. In the end the same file and the same
digest as if it had been written at once.

column   grows in a file of bare values beside the tables; columns of numbers only
block    rows in memory at a time while the Parquet file is made of them
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, final

import duckdb
import numpy as np
from numpy.typing import NDArray

from egide.store import digest, parts, schema

__all__ = ["Growing"]

BLOCK: Final = 500_000
_KEYS: Final = ("point", "replication")


@final
class Growing:
    """Rows of one replication, or of a static table, of the bundle in `folder`."""

    def __init__(self, folder: Path, table: str, point: int = 0, replication: int = 0) -> None:
        described = schema.STATIC.get(table) or schema.EVENT_TABLES[table]
        self.table, self.rows = table, 0
        self._folder, self._keys = (
            folder,
            {} if table in schema.STATIC else {"point": point, "replication": replication},
        )
        self._kinds = {column.name: np.dtype(column.dtype) for column in described if column.name not in _KEYS}
        self._place = folder / f".growing-{table}"
        self._files: dict[str, BinaryIO] = {}
        with parts.disk_faults(folder):
            self._place.mkdir()
            for name in self._kinds:
                self._files[name] = (self._place / name).open("wb")

    def add(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Some more rows."""
        with parts.disk_faults(self._folder):
            for name, kind in self._kinds.items():
                self._files[name].write(np.ascontiguousarray(columns[name], kind).tobytes())
        self.rows += len(next(iter(columns.values())))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def finish(self, con: duckdb.DuckDBPyConnection) -> str:
        """Make the file of the table; the digest of what is in it."""
        with parts.disk_faults(self._folder):
            self.close()
        found = digest.of_blocks(
            self.table, self.rows,
            {name: self._blocks(name) for name in self._kinds}, self._kinds,
        )  # fmt: skip
        made = [self._write(at, con) for at in range(0, max(self.rows, 1), BLOCK)]
        tables = self._folder / "tables"
        target = parts.part_path(self._folder, self.table, self._keys["replication"]) if self._keys else (
            tables / f"{self.table}.parquet")  # fmt: skip
        with parts.disk_faults(self._folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            if len(made) == 1:
                made[0].replace(target)
            else:
                source, beside = parts.file_list(made), parts.quote(str(target))
                con.execute(f"COPY (FROM read_parquet({source})) TO {beside} (FORMAT parquet, COMPRESSION zstd)")
            shutil.rmtree(self._place)
        return found

    def _blocks(self, name: str) -> Iterator[NDArray[Any]]:
        return (self._block(name, at) for at in range(0, self.rows, BLOCK))

    def _block(self, name: str, at: int) -> NDArray[Any]:
        kind = self._kinds[name]
        with parts.disk_faults(self._folder):
            found: NDArray[Any] = np.fromfile(self._place / name, kind, BLOCK, offset=at * kind.itemsize)
        return found

    def _write(self, at: int, con: duckdb.DuckDBPyConnection) -> Path:
        columns = {name: self._block(name, at) for name in self._kinds}
        count = len(next(iter(columns.values())))
        keys = {name: np.full(count, value, np.int32) for name, value in self._keys.items()}
        path = self._place / f"{at}.parquet"
        parts.write(path, {**keys, **columns}, con)
        return path
