"""A tracked recording as an object for a notebook: its tables, what was left out, and how good each picture is."""

from __future__ import annotations

import html
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

from egide.i18n import duration, quantity
from egide.recorded.keep import keep
from egide.recorded.run import Order
from egide.recorded.summary import MEASURES, document
from egide.store import Bundle, open_bundle

if TYPE_CHECKING:
    import duckdb

__all__ = ["Tracked", "tracked"]

_SHOWN: Final = (
    "plots",
    "tracks",
    "truths",
    "gospa_m",
    "missed",
    "false",
    "completeness",
    "spuriousness",
    "position_m",
)


@final
@dataclass(frozen=True, repr=False)
class Tracked:
    """Tables are DuckDB relations (`.df()`, `.pl()`, `.arrow()`); `bundle` has all of them."""

    bundle: Bundle
    document: dict[str, Any]  # as `egide track --json` prints it

    @property
    def tracks(self) -> duckdb.DuckDBPyRelation:
        """Firm tracks, a row a sample, with words."""
        return self.bundle.table("tracks_named")

    @property
    def plots(self) -> duckdb.DuckDBPyRelation:
        """What the tracker was given, and which track took it."""
        return self.bundle.table("plots_named")

    @property
    def routes(self) -> duckdb.DuckDBPyRelation:
        """Positions as they were told."""
        return self.bundle.table("routes_named")

    @property
    def measures(self) -> duckdb.DuckDBPyRelation:
        """A row a picture: its name and its measures; NULL where there is no truth."""
        rows = ", ".join(
            "(" + ", ".join([_text(one["name"]), *(_value(one["measures"][name]) for name in MEASURES)]) + ")"
            for one in self.document["pictures"]
        )
        columns = ", ".join(f'"{name}"' for name in MEASURES)
        return self.bundle.sql(f"FROM (VALUES {rows}) AS pictures(picture, {columns})")

    @property
    def skipped(self) -> dict[str, int]:
        """Reports and bytes that were left out, by reason."""
        return dict(self.document["skipped"])

    @property
    def noted(self) -> dict[str, int]:
        """Reports that were kept although something was put right or looks odd, by reason."""
        return dict(self.document["noted"])

    def _head(self) -> str:
        whole = self.document
        left = ", ".join(f"{why} {count}" for why, count in {**whole["skipped"], **whole["noted"]}.items())
        span = duration(whole["last_s"] - whole["first_s"], "en")
        said = f"Tracked {', '.join(whole['files'])}: {whole['reports']} reports in {span}"
        return said + (f"; left out or noted: {left}" if left else "")

    def _rows(self) -> list[tuple[str, list[str]]]:
        """A picture's name and its measures as text."""
        out = []
        for one in self.document["pictures"]:
            known = [(name, one["measures"][name]) for name in _SHOWN if one["measures"][name] == one["measures"][name]]
            out.append((one["name"], [f"{name} {_amount(name, value)}" for name, value in known]))
        return out

    def __repr__(self) -> str:
        lines = [f"  {name}: {', '.join(cells)}" for name, cells in self._rows()]
        return "\n".join([f"<{self._head()}", *lines]) + ">"

    def _repr_html_(self) -> str:
        body = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{html.escape(', '.join(cells))}</td></tr>"
            for name, cells in self._rows()
        )
        return f"<p><b>{html.escape(self._head())}</b></p><table>{body}</table>"


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _value(x: float) -> str:
    return f"{x!r}::DOUBLE" if x == x else "NULL::DOUBLE"


def _amount(name: str, value: float) -> str:
    unit = MEASURES[name][0]
    return quantity(value, "" if unit in ("n", "1") else unit, "en")


def tracked(order: Order, out: Path | None, force: bool = False) -> Tracked:
    """Track, write the bundle, and open it. Where no folder is named, it goes with the result."""
    place = Path(tempfile.mkdtemp(prefix="egide-tracked-")) if out is None else None
    try:
        result, folder = keep(order, out or (place or Path()) / "bundle", force)
    except BaseException:
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)
        raise
    found = Tracked(open_bundle(folder), document(result))
    if place is not None:
        weakref.finalize(found, shutil.rmtree, place, ignore_errors=True)
    return found
