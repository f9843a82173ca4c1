"""What the folders of a campaign and of a timeline have in common: a manifest, and one Parquet file a table.

view   a table under its name in a DuckDB connection; nothing is read before it is asked for
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

from egide.errors import store_error
from egide.i18n import mark
from egide.store import parts

__all__ = ["columns", "manifest_of", "relation", "views"]


def manifest_of(file: Path, shown: str) -> dict[str, Any]:
    """The manifest in this file. A file that is not there is FileNotFoundError: the caller knows what that means."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError) as error:
        raise store_error(shown, mark("its manifest cannot be read: {fault}"), "", fault=str(error)) from None


def views(folder: Path, names: Sequence[str], missing: str, mend: str) -> duckdb.DuckDBPyConnection:
    """A connection with a view a table; one that is missing is told in the caller's words."""
    con = parts.connect()
    for name in names:
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise store_error(str(path), missing, mend)
        con.execute(f'CREATE VIEW "{name}" AS FROM read_parquet({parts.file_list([path])})').fetchall()
    return con


def relation(folder: Path, con: duckdb.DuckDBPyConnection, names: Sequence[str], name: str) -> duckdb.DuckDBPyRelation:
    """One table as a relation."""
    if name not in names:
        raise store_error(
            str(folder), mark("has no table {name}"), mark("it has {known}"), name=name, known=", ".join(names)
        )
    return con.sql(f'FROM "{name}"')


def columns(found: duckdb.DuckDBPyRelation) -> dict[str, NDArray[Any]]:
    """A relation as plain NumPy columns; NULL comes back as NaN, or as empty text."""
    return {name: parts.unmask(column) for name, column in found.fetchnumpy().items()}
