"""What a network of radars and batteries sees and defends, as rasters and as shares of an area.

raster     one quantity over the scenario's terrain, with its transform
coverage   every alternative that was asked for: rows of shares, losses, and the rasters behind them
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, final

import numpy as np

from egide.coverage import detect
from egide.coverage.area import transform_of
from egide.coverage.ask import LEVELS
from egide.coverage.detect import Layers
from egide.coverage.grid import Grid
from egide.coverage.net import Radar
from egide.coverage.survey import Found, Plan, plan
from egide.coverage.table import Loss, Row
from egide.errors import scenario_error
from egide.i18n import mark

__all__ = ["Coverage", "Found", "Loss", "Plan", "Raster", "Row", "coverage", "plan"]

Array = np.ndarray[Any, Any]


@final
@dataclass(frozen=True)
class Raster:
    """One quantity, row 0 north. `transform` takes a column and row (of a cell's corner) to longitude and latitude."""

    name: str
    data: Array
    transform: tuple[float, float, float, float, float, float]
    crs: str = "EPSG:4326"

    @property
    def longitude(self) -> Array:
        """Of the cells' centres, degrees."""
        return np.asarray(self.transform[2] + self.transform[0] * (np.arange(self.data.shape[1]) + 0.5))

    @property
    def latitude(self) -> Array:
        """Of the cells' centres, degrees."""
        return np.asarray(self.transform[5] + self.transform[4] * (np.arange(self.data.shape[0]) + 0.5))

    def to_xarray(self) -> Any:
        """As a DataArray, where xarray is installed: the cells' centres as coordinates with the units of the CF
        conventions, the coordinate reference system and the transform as attributes."""
        try:
            import xarray  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            wrong, right = mark("xarray is not installed"), mark("pip install xarray, or use .data and .transform")
            raise scenario_error("to_xarray", wrong, right) from None
        centres = {"latitude": (self.latitude, "degrees_north"), "longitude": (self.longitude, "degrees_east")}
        coords = {axis: (axis, at, {"units": units, "standard_name": axis}) for axis, (at, units) in centres.items()}
        return xarray.DataArray(
            self.data, dims=("latitude", "longitude"), name=self.name, coords=coords,
            attrs={"crs": self.crs, "transform": self.transform},
        )  # fmt: skip


@final
@dataclass(frozen=True)
class Coverage:
    """What came out."""

    plan: Plan
    found: Mapping[str, Found]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every share of every alternative."""
        return tuple(row for each in self.found.values() for row in each.rows)

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What each unit alone adds."""
        return tuple(loss for each in self.found.values() for loss in each.losses)

    def share(self, measure: str, altitude: str, rcs: str, alternative: str | None = None, **which: Any) -> Row:
        """The one row of a measure; `which` narrows it: cue="network", azimuth="worst", shots=1."""
        case = self.plan.request.cases[self._case(rcs)]
        name = self._one(alternative).alternative
        rows = [
            row for row in self.rows
            if row.alternative == name and row.measure == measure and row.altitude == altitude
            and row.rcs_m2 == case.rcs_m2 and all(getattr(row, key) == value for key, value in which.items())
        ]  # fmt: skip
        if len(rows) != 1:
            raise ValueError(f"{len(rows)} rows answer to {measure}, {altitude}, {rcs}, {which}")
        return rows[0]

    def seen(self, altitude: str, rcs: str, alternative: str | None = None, level: str = "nominal") -> Raster:
        """Share of the time in which at least one radar sees a cell."""
        return self._raster("seen", self._drawn(altitude, rcs, alternative, level, lambda layers: layers.seen(0, 0)))

    def radars(self, altitude: str, rcs: str, alternative: str | None = None, level: str = "nominal") -> Raster:
        """Mean number of radars that see a cell."""
        drawn = self._drawn(altitude, rcs, alternative, level, lambda layers: layers.number(0, 0))
        return self._raster("radars", drawn)

    def lowest(self, rcs: str, alternative: str | None = None) -> Raster:
        """Lowest height above sea level, m, at which the network detects; NaN where it never does."""
        case, pd = self.plan.request.cases[self._case(rcs)], self.plan.request.pd

        def draw(grid: Grid, radars: Sequence[Radar]) -> Array:
            return np.asarray(detect.minimum_detectable_height(grid, radars, (case,), pd)[0])

        return self._raster("lowest_m", self.plan.whole(self._one(alternative), "nominal", draw))

    def denied(
        self, altitude: str, rcs: str, alternative: str | None = None, *, cue: str = "network", azimuth: str = "worst",
        level: str = "nominal",
    ) -> Raster:  # fmt: skip
        """Where the target can be met: 1 where on all headings (worst), or the share of headings (mean)."""
        if self.plan.request.target.ballistic:
            raise ValueError("airspace is not denied to a ballistic missile at a height: ask for defended")
        k, a = self._case(rcs), self._altitude(altitude)
        return self._raster("denied", self._one(alternative).engaged[level].denied(cue, k, a, azimuth))

    def defended(
        self, altitude: str, rcs: str, alternative: str | None = None, *, shots: int, kill: float,
        cue: str = "network", azimuth: str = "worst", level: str = "nominal",
    ) -> Raster:  # fmt: skip
        """Ground defended by a rule: 1 where on all azimuths (worst), or the share of azimuths (mean); NaN outside.
        Against a ballistic missile the altitude is ""."""
        k, a = self._case(rcs), 0 if self.plan.request.target.ballistic and not altitude else self._altitude(altitude)
        engaged = self._one(alternative).engaged[level]
        points = engaged.defended(cue, k, a, azimuth, shots, kill)
        return self._raster("defended", engaged.spread(points))

    def _drawn(
        self, altitude: str, rcs: str, alternative: str | None, level: str, of: Callable[[Layers], Array]
    ) -> Array:  # fmt: skip
        """A raster of what the radars see at one height: made when it is asked for, so that none need be kept."""
        request = self.plan.request
        wanted, case = request.altitudes[self._altitude(altitude)], request.cases[self._case(rcs)]

        def draw(grid: Grid, radars: Sequence[Radar]) -> Array:
            return of(detect.detect(grid, radars, (wanted,), (case,), request.pd))

        return self.plan.whole(self._one(alternative), level, draw)

    def _one(self, alternative: str | None) -> Found:
        if alternative is None and len(self.found) == 1:
            return next(iter(self.found.values()))
        if alternative is None or alternative not in self.found:
            raise KeyError(f"no alternative {alternative!r}; there are {', '.join(self.found)}")
        return self.found[alternative]

    def _case(self, rcs: str) -> int:
        return [case.text for case in self.plan.request.cases].index(rcs)

    def _altitude(self, altitude: str) -> int:
        return [each.text for each in self.plan.request.altitudes].index(altitude)

    def _raster(self, name: str, data: Array) -> Raster:
        return Raster(name, data, transform_of(self.plan.grid))


def coverage(
    path: Path | str, *, altitude: Sequence[str] | str, rcs: Sequence[str] | str = "1m2", target: str = "aircraft",
    ranges: bool = True, **asked: Any,
) -> Coverage:  # fmt: skip
    """Plan and run every alternative asked for; `egide.api.coverage` has the signature in full."""
    planned = plan(
        path, altitude=[altitude] if isinstance(altitude, str) else altitude,
        rcs=[rcs] if isinstance(rcs, str) else rcs,
        klass=target, levels=LEVELS if ranges else LEVELS[:1], **asked,
    )  # fmt: skip
    return Coverage(planned, {name: planned.run(name) for name in planned.scenarios})


class _Face(ModuleType):
    """`eg.coverage(...)` is a call and `egide.coverage` this package: one name for both."""

    def __call__(self, path: Path | str, **asked: Any) -> Coverage:
        return coverage(path, **asked)


sys.modules[__name__].__class__ = _Face
