"""The straight way through: a scenario's alternatives, one after the other, to rasters, shares and losses.

plan    everything read and checked, nothing computed: every mistake is told before the first raster is made
found   what one alternative gives
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from egide.coverage import net as nets
from egide.coverage.area import Area, area_of, weights_of
from egide.coverage.ask import (
    LEVELS,
    Request,
    altitudes,
    check_size,
    cross_sections,
    only_level,
    probability,
    rules,
    target,
)  # fmt: skip
from egide.coverage.ballistic import ballistic_rows, engage_ballistic
from egide.coverage.detect import Layers, detect, minimum_detectable_height
from egide.coverage.engage import Engaged, engage
from egide.coverage.net import Grid, Net
from egide.coverage.table import Counter, Loss, Row, engaged_rows, losses, seen_rows
from egide.errors import scenario_error
from egide.i18n import mark
from egide.units import LENGTH, read_quantity

__all__ = ["Found", "Plan", "plan"]

Array = np.ndarray[Any, Any]
Tick = Callable[[str], None]


@final
@dataclass(frozen=True)
class Price:
    """What one battery costs by the catalogue, and what kind of figure that is. Batteries in store cost too."""

    unit: str
    system: str
    low_usd: float
    nominal_usd: float
    high_usd: float
    basis: str
    disputed: bool
    source: str
    why: str


def prices_of(scenario: Any) -> tuple[Price, ...]:
    """Every battery with a price; those without are named with NaN."""
    found = []
    for battery in scenario.batteries:
        value = scenario.catalog[battery.system].values.get("price")
        if value is None:
            found.append(Price(battery.name, battery.system, math.nan, math.nan, math.nan, "", False, "", ""))
        else:
            found.append(Price(battery.name, battery.system, value.low, value.value, value.high, value.basis,
                               value.disputed, value.source, value.why))  # fmt: skip
    return tuple(found)


@final
@dataclass(frozen=True)
class Found:
    """One alternative: its nets, rasters, shares and losses."""

    alternative: str
    label: Mapping[str, str]
    nets: Mapping[str, Net]  # by level
    layers: Mapping[str, Layers]
    engaged: Mapping[str, Engaged]  # by level; empty where only detection was asked for
    prices: tuple[Price, ...]
    lowest: Array  # (cases, rows, columns) minimum detectable height of the network, m above sea level
    rows: tuple[Row, ...]
    losses: tuple[Loss, ...]
    wall_s: float


@final
@dataclass(frozen=True)
class Plan:
    """A checked request on a scenario file."""

    path: Path
    request: Request
    scenarios: Mapping[str, Any]  # alternative -> Scenario
    grid: Grid
    area: Area
    weights: Mapping[str, Array]
    labels: Mapping[str, Any]
    sets: tuple[str, ...] = ()

    def run(self, alternative: str, tick: Tick | None = None) -> Found:
        """Rasters and shares of one alternative."""
        began = time.perf_counter()
        request, grid, scenario = self.request, self.grid, self.scenarios[alternative]
        counter = Counter(grid, self.weights)
        found = {level: nets.net_of(scenario, grid, level, request.without) for level in request.levels}
        layers = {
            level: detect(grid, net.searching(request.target.row), request.altitudes, request.cases, request.pd, tick)
            for level, net in found.items()
        }
        rows = seen_rows(counter, layers, alternative, request.altitudes, request.cases, request.pd)
        meet, tell = (engage_ballistic, ballistic_rows) if request.target.ballistic else (engage, engaged_rows)
        engaged = {
            level: meet(grid, net, request, self.area.inside) for level, net in found.items() if request.engagement
        }
        rows += tell(counter, engaged, alternative, request) if engaged else []
        lost = losses(counter, layers["nominal"], alternative, request.altitudes, request.cases)
        lowest = minimum_detectable_height(
            grid, found["nominal"].searching(request.target.row), request.cases, request.pd
        )
        return Found(alternative, self.label(alternative), found, layers, engaged, prices_of(scenario), lowest,
                     tuple(rows), tuple(lost), time.perf_counter() - began)  # fmt: skip

    def label(self, alternative: str) -> Mapping[str, str]:
        """The alternative's own words for itself."""
        label = self.labels.get(alternative) or next(iter(self.scenarios.values())).title
        return {lang: label.pick(lang) for lang in ("en", "fr")}

    def ticks(self) -> int:
        """Steps of one alternative, for a progress bar."""
        return len(self.request.levels) * max(1, len(next(iter(self.scenarios.values())).sensors))


def plan(
    path: Path | str, *, alternative: str | None = None, altitude: Sequence[str], rcs: Sequence[str], pd: float = 0.5,
    without: Sequence[str] = (), area: str | None = None, sea: str | None = None, weight: Path | None = None,
    klass: str = "aircraft", speed: str | None = None, launch_range: str | None = None, apogee: str | None = None,
    shots: Sequence[int] = (1, 2), kill: Sequence[float] = (0.5, 0.8), release: str | None = None,
    levels: Sequence[str] = LEVELS, engagement: bool = True, sets: Sequence[str] = (),
) -> Plan:  # fmt: skip
    """Read and check. `alternative`: a name, `all`, several with commas, or None for the file as written."""
    from egide import scenario as scenarios

    file = Path(path)
    wanted_altitudes, wanted_cases = altitudes(altitude), cross_sections(rcs)
    pairs, wanted_pd = rules(shots, kill), probability(pd)
    sea_m, release_m = _length(sea, "--sea"), _length(release, "--release")
    named = scenarios.alternatives(file)
    names: list[str | None] = [None]
    if alternative == "all":
        names = list(named) or [None]
    elif alternative:
        names = [part.strip() for part in alternative.split(",") if part.strip()]
    loaded = {name or "": scenarios.load(file, name, sets) for name in names}
    first = next(iter(loaded.values()))
    wanted_target = target(klass, first.catalog, speed, launch_range, apogee)
    only_level(wanted_target, release_m)
    request = Request(
        wanted_altitudes, wanted_cases, wanted_pd, wanted_target, pairs, release_m,
        without=tuple(without), levels=tuple(levels), engagement=engagement,
    )  # fmt: skip
    grid = nets.grid_of(first)
    check_size(grid.dem.height_m.size, request)
    nets.check_names(loaded.values(), without)
    for each in loaded.values():
        nets.net_of(each, grid, "nominal", without)  # sites under or off the terrain are told now
    where = area_of(grid, first, area, sea_m)
    weights = {"area": weights_of(grid, where)}
    if weight is not None:
        weights[weight.name] = weights_of(grid, where, weight)
    return Plan(file, request, loaded, grid, where, weights, named, tuple(sets))


def _length(text: str | None, option: str) -> float:
    """A length at the command line; None is zero."""
    import re

    if text is None:
        return 0.0
    try:
        found = read_quantity(re.sub(r"(?<=[0-9.])(?=[A-Za-z])", " ", text, count=1), LENGTH)
    except ValueError as error:
        raise scenario_error("egide coverage", "{text}", "", path=option, text=str(error)) from None
    if found < 0.0:
        wrong = mark("{text} is not a distance of zero or more")
        raise scenario_error("egide coverage", wrong, mark("write for example 20km"), path=option, text=text)
    return found
