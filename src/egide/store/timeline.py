"""Reading a timeline: nothing but its folder is needed, and nothing in it is changed.

states, outcomes, months, units, events   as `egide.campaign.timeline_tables` writes them
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import duckdb
from numpy.typing import NDArray

from egide.errors import store_error
from egide.i18n import mark
from egide.store import tables

__all__ = ["FORMAT", "MANIFEST", "STEADY", "TABLES", "Timeline", "open_timeline"]

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
STEADY: Final = "steady state"  # in `as_of` of what no date changes
TABLES: Final = ("states", "outcomes", "months", "units", "events")


@final
@dataclass(frozen=True, repr=False)
class Timeline:
    """A timeline that was run. Tables are DuckDB relations: `.df()`, `.pl()`, `.arrow()`."""

    folder: Path
    manifest: Mapping[str, Any]
    con: duckdb.DuckDBPyConnection

    @property
    def alternatives(self) -> list[str]:
        """Names, in the order of the calendar."""
        return list(self.manifest["alternatives"])

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """One table as a relation."""
        return tables.relation(self.folder, self.con, TABLES, name)

    def sql(self, text: str) -> duckdb.DuckDBPyRelation:
        """Any query over the tables, in DuckDB's SQL."""
        return self.con.sql(text)

    def columns(self, query: str) -> dict[str, NDArray[Any]]:
        """A query as plain NumPy columns; NULL comes back as NaN, or as empty text."""
        return tables.columns(self.sql(query))

    def __repr__(self) -> str:
        about = self.manifest
        return f"<Timeline {about['study']['name']}: {about['from']} to {about['until']}, {about['states']} states>"


def open_timeline(folder: Path | str) -> Timeline:
    """The timeline in a folder. Raises StoreError where there is none, or none that is finished."""
    place = Path(folder).expanduser().absolute()
    try:
        manifest = tables.manifest_of(place / MANIFEST, str(folder))
    except FileNotFoundError:
        raise store_error(
            str(folder), mark("holds no timeline"), mark("name the folder that `egide timeline ... -o` wrote")
        ) from None
    if manifest.get("kind") != "timeline" or manifest.get("format") != FORMAT:
        raise store_error(
            str(folder), mark("holds no timeline"), mark("name the folder that `egide timeline ... -o` wrote")
        )
    con = tables.views(place, TABLES, mark("this table of the timeline is missing"), mark("make it again"))
    return Timeline(place, manifest, con)
