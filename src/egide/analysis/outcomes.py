"""What a campaign's folder holds, as arrays: points, what each of them means, and the values of one measure.

outcomes   the tables points, parameter_values and results of a campaign (egide.store.campaign)
factor     one independent source of ignorance, with a quantile between 0 and 1; NaN: at its nominal value
role       why a point is there: nominal, sample, listed, low, high, a, b, ab, morris
value      of a measure in one replication. A ratio (wrongful engagements over passes) is one of sums at each point: its
           replications carry the point's ratio and what each adds to its error, so that means and variances are right
mode       full or fast tracking; nothing is mixed: one measure is read from one mode
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias, final

import duckdb
import numpy as np
from numpy.typing import NDArray

from egide.analysis.intervals import Estimate, paired, student
from egide.analysis.measures import BY_NAME
from egide.errors import store_error
from egide.i18n import mark
from egide.store import parts
from egide.store.campaign import Campaign, open_campaign

Floats: TypeAlias = NDArray[np.float64]

FULL, FAST = "full", "fast"
FULL_ONLY: Final = ("wrongful", "friends_", "neutrals_", "identity_", "passes", "friend_passes", "neutral_passes")
_POINT_COLUMNS: Final = ("point", "role", "of", "row")


@final
@dataclass(frozen=True)
class Points:
    """The design: one row a point, ascending. `u` has a column a factor."""

    point: NDArray[np.int64]
    role: NDArray[Any]
    of: NDArray[Any]
    row: NDArray[np.int64]
    factors: tuple[str, ...]
    u: Floats

    def having(self, *roles: str) -> NDArray[np.int64]:
        """Numbers of the points of some roles."""
        return np.asarray(self.point[np.isin(self.role, roles)])

    @property
    def sample(self) -> NDArray[np.int64]:
        """The points that stand for what may be true: drawn ones; else those of a Sobol design; else those listed."""
        for roles in (("sample",), ("a", "b"), ("listed",)):
            if (found := self.having(*roles)).size:
                return found
        return self.having()

    def quantiles(self, points: NDArray[Any]) -> Floats:
        """Rows of `u` for some points; nominal reads as the middle."""
        rows = self.u[np.searchsorted(self.point, points)]
        return np.asarray(np.where(np.isnan(rows), 0.5, rows))


@final
@dataclass(frozen=True)
class Values:
    """One measure, or a difference of two alternatives in it: one row a replication, by point and number."""

    point: NDArray[np.int64]
    replication: NDArray[np.int64]
    value: Floats

    def at(self, points: NDArray[Any] | Sequence[int] | int) -> Values:
        """Those of some points."""
        kept = np.isin(self.point, points)
        return Values(self.point[kept], self.replication[kept], self.value[kept])

    def by_point(self) -> dict[int, Floats]:
        """What a stopping rule looks at."""
        points, first = np.unique(self.point, return_index=True)
        return dict(zip(points.tolist(), np.split(self.value, first[1:]), strict=True)) if points.size else {}

    def less(self, other: Values) -> Values:
        """Replication by replication, those that both have."""
        _, mine, theirs = np.intersect1d(self.keys(), other.keys(), assume_unique=True, return_indices=True)
        return Values(self.point[mine], self.replication[mine], self.value[mine] - other.value[theirs])

    def moved(self, point: int, nominal: int = 0) -> Estimate:
        """What a point that shares the nominal one's luck changes: paired."""
        one, base = self.at(point), self.at(nominal)
        _, mine, theirs = np.intersect1d(one.replication, base.replication, return_indices=True)
        return paired(one.value[mine], base.value[theirs])

    def mean(self, point: int = 0) -> Estimate:
        """Over one point's replications."""
        return student(self.at(point).value)

    def keys(self) -> NDArray[np.int64]:
        """One whole number a run."""
        return np.asarray(self.point.astype(np.int64) << 32 | self.replication.astype(np.int64))


@final
@dataclass(frozen=True, repr=False)
class Outcomes:
    """A campaign's tables. Only the columns that are asked for are read."""

    campaign: Campaign
    points: Points

    @property
    def folder(self) -> Path:
        return self.campaign.folder

    @property
    def manifest(self) -> Mapping[str, Any]:
        return self.campaign.manifest

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        return self.campaign.con

    @cached_property
    def alternatives(self) -> tuple[str, ...]:
        """In the order of the manifest, else of the alphabet."""
        known = [str(row[0]) for row in self.con.execute("SELECT DISTINCT alternative FROM results").fetchall()]
        listed = [str(name) for name in self.manifest.get("alternatives", ())]
        return tuple([name for name in listed if name in known] or sorted(known))

    @cached_property
    def modes(self) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self.con.execute("SELECT DISTINCT mode FROM results ORDER BY 1").fetchall())

    def raw(self, measure: str, alternative: str, mode: str = "") -> Values:
        """The measure as it was written, a ratio of each replication too: for finding a run, not for means."""
        return self._read((measure,), alternative, mode or self.mode_of(measure))[0]

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures that the results hold, in the order of egide.analysis.measures."""
        held = {str(row[0]) for row in self.con.execute("DESCRIBE results").fetchall()}
        return tuple(name for name in BY_NAME if name in held)

    def mode_of(self, measure: str) -> str:
        """The mode to read a measure from: the fast one, which has most runs, but for what only full tracking tells."""
        modes = self.modes
        if FAST not in modes or (FULL in modes and measure.startswith(FULL_ONLY)):
            return FULL if FULL in modes else modes[0] if modes else FULL
        return FAST

    def values(self, measure: str, alternative: str, mode: str = "") -> Values:
        """One measure of one alternative."""
        ratio = BY_NAME[measure].ratio if measure in BY_NAME else None
        names = self.measures
        if ratio is None or not set(ratio[:2]) <= set(names):
            return self._read((measure,), alternative, mode or self.mode_of(measure))[0]
        top, bottom = self._read(ratio[:2], alternative, mode or self.mode_of(measure))
        return Values(top.point, top.replication, linearised(top.point, top.value, bottom.value, ratio[2]))

    def _read(self, names: Sequence[str], alternative: str, mode: str) -> list[Values]:
        held, known = self.measures, self.alternatives
        for name, among, what in (
            *((name, held, mark("the results hold no measure {name}")) for name in names),
            (alternative, known, mark("the results hold no alternative {name}")),
        ):
            if name not in among:
                raise store_error(str(self.folder), what, mark("they hold {known}"), name=name, known=", ".join(among))
        columns = ", ".join(f'"{name}"' for name in names)
        found = self.con.execute(
            f"SELECT point, replication, {columns} FROM results WHERE alternative = ? AND mode = ? "  # noqa: S608
            "ORDER BY point, replication",
            [alternative, mode],
        ).fetchnumpy()
        point = parts.unmask(found["point"]).astype(np.int64)
        number = parts.unmask(found["replication"]).astype(np.int64)
        return [Values(point, number, np.asarray(parts.unmask(found[name]), np.float64)) for name in names]

    def columns(self, measure: str, alternative: str, mode: str = "") -> dict[str, Values]:
        """What `egide.analysis.measures` reckons the measure from: itself, or the two parts of a ratio."""
        ratio = BY_NAME[measure].ratio if measure in BY_NAME else None
        names = ratio[:2] if ratio and set(ratio[:2]) <= set(self.measures) else (measure,)
        return dict(zip(names, self._read(names, alternative, mode or self.mode_of(measure)), strict=True))

    def difference(self, measure: str, one: str, other: str, mode: str = "") -> Values:
        """One alternative less another, on the same luck."""
        return self.values(measure, one, mode).less(self.values(measure, other, mode))

    def settings(self, points: Sequence[int] | NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Rows of `parameter_values` for some points."""
        found = self.con.execute(
            "SELECT * FROM parameter_values WHERE list_contains(?, point) ORDER BY point, factor, parameter",
            [[int(point) for point in points]],
        ).fetchnumpy()
        return {name: parts.unmask(column) for name, column in found.items()}


def linearised(point: NDArray[Any], top: Floats, bottom: Floats, scale: float) -> Floats:
    """A ratio of sums at each point, carried by its replications (Cochran, Sampling Techniques, 1977, chapter 6)."""
    _, place = np.unique(point, return_inverse=True)
    n = np.bincount(place)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.bincount(place, bottom) / n
        ratio = np.bincount(place, top) / n / below
        return np.asarray(scale * (ratio[place] + (top - ratio[place] * bottom) / below[place]))


def open_outcomes(folder: Path | str) -> Outcomes:
    """The tables of a campaign's folder, whole or in part. Raises StoreError where there is none to read."""
    campaign = open_campaign(folder)
    return Outcomes(campaign, _points(campaign.con, folder))


def _points(con: duckdb.DuckDBPyConnection, folder: Path | str) -> Points:
    found = con.execute("FROM points ORDER BY point").fetchnumpy()
    if missing := [name for name in _POINT_COLUMNS if name not in found]:
        raise store_error(str(folder), mark("its table points has no column {name}"),
                          mark("run egide campaign on it again"), name=missing[0])  # fmt: skip
    columns = {name: parts.unmask(column) for name, column in found.items()}
    factors = tuple(name for name in columns if name not in _POINT_COLUMNS)
    u = [np.asarray(columns[name], np.float64) for name in factors]
    n = columns["point"].size
    return Points(columns["point"].astype(np.int64), columns["role"].astype(str), columns["of"].astype(str),
                  columns["row"].astype(np.int64), factors, np.column_stack(u) if u else np.zeros((n, 0)))  # fmt: skip
