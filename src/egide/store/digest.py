"""What 'identical' means: a digest of the values, whatever the files they lie in.

digest   blake2b over the bytes of every column, with its name and dtype, of one (point, replication, table)
total    digests in key order, digested again; so it depends on neither parts nor workers

All NaN are one NaN and -0.0 is 0.0, because a database keeps no more of them than that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Columns: TypeAlias = Mapping[str, NDArray[Any]]
Key: TypeAlias = tuple[int, int]  # point, replication

_BYTES: Final = 16


def canonical(column: NDArray[Any]) -> bytes:
    """Bytes of a column that are equal where its values are: little-endian, one NaN, no minus zero; text by length."""
    if column.dtype.kind in "OU":
        texts = [str(item).encode() for item in column]
        return b"".join(len(text).to_bytes(8, "little") + text for text in texts)
    values = np.ascontiguousarray(column)
    if values.dtype.kind == "f":
        values = values + values.dtype.type(0.0)
        values[np.isnan(values)] = np.nan
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()


def dtype_name(column: NDArray[Any]) -> str:
    """'float64', 'int32', ... or 'text'."""
    return "text" if column.dtype.kind in "OU" else column.dtype.newbyteorder("=").name


def of_columns(table: str, columns: Columns) -> str:
    """Digest of one table's columns in one replication (or of one static table), in hexadecimal."""
    digest = hashlib.blake2b(table.encode(), digest_size=_BYTES)
    for name, column in columns.items():
        head = f"\0{name}\0{dtype_name(column)}\0{len(column)}\0"
        digest.update(head.encode())
        digest.update(canonical(column))
    return digest.hexdigest()


def of_blocks(
    table: str, rows: int, columns: Mapping[str, Iterable[NDArray[Any]]], kinds: Mapping[str, np.dtype[Any]]
) -> str:
    """The same digest, of columns of numbers that come in blocks."""
    digest = hashlib.blake2b(table.encode(), digest_size=_BYTES)
    for name, blocks in columns.items():
        digest.update(f"\0{name}\0{dtype_name(np.empty(0, kinds[name]))}\0{rows}\0".encode())
        for block in blocks:
            digest.update(canonical(block))
    return digest.hexdigest()


def total(parts: Iterable[tuple[Key, str]]) -> str:
    """One digest of many, by key order."""
    digest = hashlib.blake2b(digest_size=_BYTES)
    for (point, replication), part in sorted(parts):
        digest.update(f"{point} {replication} {part}\n".encode())
    return digest.hexdigest()


def of_bundle(tables: Mapping[str, str]) -> str:
    """One digest of all tables of a bundle, by name."""
    digest = hashlib.blake2b(digest_size=_BYTES)
    for name in sorted(tables):
        digest.update(f"{name} {tables[name]}\n".encode())
    return digest.hexdigest()
