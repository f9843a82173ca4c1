"""Reading a campaign: nothing but its folder is needed, and nothing in it is changed.

results            a row a replication: point, alternative, mode, replication, then every measure
points             a row a design point: its role, and the quantile of each factor
parameter_values   a row a parameter of a point: its value, SI
factors            a row a parameter: the factor that moves it, its range, grade and source
failures           what could not be run, and why
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

import duckdb
from numpy.typing import NDArray

from egide.errors import store_error
from egide.i18n import mark
from egide.store import tables

ASKED: Final = "campaign.json"
MANIFEST: Final = "manifest.json"
STUDY: Final = "study.yaml"
SCENARIO: Final = "scenario.yaml"
FORMAT: Final = 1
TABLES: Final = ("results", "points", "parameter_values", "factors", "failures")


@final
@dataclass(frozen=True, repr=False)
class Campaign:
    """A campaign that was run, whole or in part. Tables are DuckDB relations: `.df()`, `.pl()`, `.arrow()`."""

    folder: Path
    manifest: Mapping[str, Any]
    con: duckdb.DuckDBPyConnection

    @property
    def results(self) -> duckdb.DuckDBPyRelation:
        """One row a replication."""
        return self.table("results")

    @property
    def points(self) -> duckdb.DuckDBPyRelation:
        """One row a design point."""
        return self.table("points")

    @property
    def parameter_values(self) -> duckdb.DuckDBPyRelation:
        """One row a parameter of a point."""
        return self.table("parameter_values")

    @property
    def factors(self) -> duckdb.DuckDBPyRelation:
        """One row a parameter that is not known: its factor, range, grade and source."""
        return self.table("factors")

    @property
    def failures(self) -> duckdb.DuckDBPyRelation:
        """What could not be run."""
        return self.table("failures")

    @property
    def alternatives(self) -> list[str]:
        """Names, in the order of the study."""
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
        runs = self.manifest["runs"]
        whole = "" if self.manifest["complete"] else ", incomplete"
        return (
            f"<Campaign {self.manifest['study']['name']}: {runs['done']} of {runs['asked']} runs{whole}, {self.folder}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"


def is_campaign(folder: Path | str) -> bool:
    """Whether a folder holds a campaign, however it ended."""
    return (Path(folder) / ASKED).is_file()


def open_campaign(folder: Path | str) -> Campaign:
    """The campaign in a folder. Raises StoreError where there is none, or none that can be read yet."""
    place = Path(folder).expanduser().absolute()
    if not is_campaign(place):
        raise store_error(
            str(folder), mark("holds no campaign"), mark("name the folder that `egide campaign ... -o` wrote")
        )
    try:
        manifest = tables.manifest_of(place / MANIFEST, str(folder))
    except FileNotFoundError:
        raise store_error(
            str(folder), mark("the campaign is not finished: it runs still, or was cut off"),
            mark("wait for it, or go on with it by --resume"),
        ) from None  # fmt: skip
    if manifest.get("format") != FORMAT or manifest.get("kind") != "campaign":
        raise store_error(
            str(folder), mark("its manifest is of format {found}, this Égide reads {known}"),
            mark("read it with the Égide that wrote it"), found=manifest.get("format"), known=FORMAT,
        )  # fmt: skip
    con = tables.views(place, TABLES, mark("this table of the campaign is missing"), mark("restore it from a copy"))
    return Campaign(place, manifest, con)
