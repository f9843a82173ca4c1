"""The straight way through: a scenario's alternatives, one after the other, to rasters, shares and losses.

plan    everything read and checked, nothing computed: every mistake is told before the first raster is made
strip   some rows of the terrain: a country of fine tiles is worked through strip by strip, from north to south
found   what one alternative gives
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np

from egide.coverage import net as nets
from egide.coverage.area import Area, area_of, values_of
from egide.coverage.ask import (
    LEVELS,
    Request,
    altitudes,
    cross_sections,
    only_level,
    probability,
    rules,
    target,
)  # fmt: skip
from egide.coverage.ballistic import ballistic_rows, engage_ballistic
from egide.coverage.detect import Layers, detect, minimum_detectable_height
from egide.coverage.engage import Engaged, engage
from egide.coverage.grid import Grid
from egide.coverage.net import Net, Radar
from egide.coverage.points import Points, points_of
from egide.coverage.size import Size, size_of
from egide.coverage.sums import Counter, Seen
from egide.coverage.table import Loss, Row, engaged_rows, losses, seen_rows
from egide.errors import scenario_error
from egide.i18n import mark
from egide.units import LENGTH, read_quantity

__all__ = ["Found", "Plan", "Strip", "plan"]

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


def prices_of(scenario: Any, without: Sequence[str] = ()) -> tuple[Price, ...]:
    """Every battery that counts, with its price; those without one are named with NaN."""
    found = []
    for battery in scenario.batteries:
        if {battery.name, battery.site} & set(without):
            continue
        value = scenario.catalog[battery.system].values.get("price")
        if value is None:
            found.append(Price(battery.name, battery.system, math.nan, math.nan, math.nan, "", False, "", ""))
        else:
            found.append(Price(battery.name, battery.system, value.low, value.value, value.high, value.basis,
                               value.disputed, value.source, value.why))  # fmt: skip
    return tuple(found)


@final
@dataclass(frozen=True)
class Strip:
    """What one alternative's radars see in some rows of the terrain."""

    grid: Grid
    inside: Array  # cells of the area
    layers: Mapping[str, Layers]  # by level
    lowest: Array  # (cases, rows, columns) minimum detectable height of the network, m above sea level


@final
@dataclass(frozen=True)
class Found:
    """One alternative: its nets, shares and losses."""

    alternative: str
    label: Mapping[str, str]
    nets: Mapping[str, Net]  # by level
    engaged: Mapping[str, Engaged]  # by level; empty where only detection was asked for
    prices: tuple[Price, ...]
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
    values: Mapping[str, Array | None]  # by weight: what each cell counts for; None: its square kilometres
    labels: Mapping[str, Any]
    size: Size
    strip_rows: int  # rows of the terrain that are worked on at a time
    sets: tuple[str, ...] = ()
    weight_sha256: str = ""

    def run(self, alternative: str, tick: Tick | None = None, take: Callable[[Strip], None] | None = None) -> Found:
        """Shares of one alternative; its rasters go to `take`, strip by strip from north to south, and are not kept."""
        began = time.perf_counter()
        request, scenario = self.request, self.scenarios[alternative]
        found = {level: nets.net_of(scenario, self.grid, level, request.without) for level in request.levels}
        radars = {level: net.searching(request.target.row) for level, net in found.items()}
        self._look(radars, tick)
        counter, sums = self.counter, {level: Seen() for level in request.levels}
        units: tuple[str, ...] = ()
        for grid, weights in counter.strips():
            layers = {
                level: detect(grid, each, request.altitudes, request.cases, request.pd)
                for level, each in radars.items()
            }
            for level, each in layers.items():
                sums[level].add(grid, each, weights, request.altitudes)
            units = layers["nominal"].units
            if take is not None:
                lowest = minimum_detectable_height(grid, radars["nominal"], request.cases, request.pd)
                inside = self.area.inside[grid.top : grid.top + grid.shape[0]]
                take(Strip(grid, inside, layers, lowest))
            if tick is not None:
                tick(alternative)
        rows = seen_rows(counter, sums, alternative, request)
        engaged = {level: self._engage(net) for level, net in found.items() if request.engagement}
        tell = ballistic_rows if request.target.ballistic else engaged_rows
        rows += tell(counter, engaged, alternative, request) if engaged else []
        lost = losses(counter, sums["nominal"], units, alternative, request)
        prices = prices_of(scenario, request.without)
        return Found(alternative, self.label(alternative), found, engaged, prices, tuple(rows), tuple(lost),
                     time.perf_counter() - began)  # fmt: skip

    def _engage(self, net: Net) -> Engaged:
        if self.request.target.ballistic:
            return engage_ballistic(self.grid, net, self.request, self.area.inside)
        return engage(self.grid, net, self.request, self.points)

    def _look(self, radars: Mapping[str, Sequence[Radar]], tick: Tick | None) -> None:
        """On a large terrain every raster of what a radar sees is made first, one at a time: strips only read."""
        for each in radars.values() if self.grid.sights.on_disk else ():
            for radar in each:
                for where in radar.places:
                    self.grid.sights.of(where, float(radar.row["range_max_m"]))
                if tick is not None:
                    tick(radar.name)

    @cached_property
    def points(self) -> Points:
        """Where defence is judged."""
        return points_of(self.grid, self.area.inside)

    @cached_property
    def counter(self) -> Counter:
        """Sums over the area; its weights are counted once."""
        return Counter(self.grid, self.area, self.values, self.strip_rows).weigh(self.request.altitudes)

    def whole(self, found: Found, level: str, draw: Callable[[Grid, Sequence[Radar]], Array]) -> Array:
        """One raster over all of the terrain, drawn strip by strip."""
        radars = found.nets[level].searching(self.request.target.row)
        out = np.empty(self.grid.shape, np.float32)
        for grid in self.grid.strips(self.strip_rows):
            out[grid.top : grid.top + grid.shape[0]] = draw(grid, radars)
        return out

    def label(self, alternative: str) -> Mapping[str, str]:
        """The alternative's own words for itself."""
        label = self.labels.get(alternative) or next(iter(self.scenarios.values())).title
        return {lang: label.pick(lang) for lang in ("en", "fr")}

    def ticks(self, alternative: str) -> int:
        """Steps of one alternative, for a progress bar."""
        strips = -(-self.grid.shape[0] // self.strip_rows)
        scenario = self.scenarios[alternative]
        radars = len(scenario.sensors) + len(scenario.airborne) if self.grid.sights.on_disk else 0
        rasters = len(self.request.cases) * (1 + len(self.request.altitudes))
        return strips + rasters + radars * len(self.request.levels)


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
    nets.check_names(loaded.values(), without)
    # sites under or off the terrain are told now
    planned = [nets.net_of(each, grid, "nominal", without) for each in loaded.values()]
    size = size_of(grid, planned, request, weight is not None)
    size.check_memory()
    where = area_of(grid, first, area, sea_m)
    values: dict[str, Array | None] = {"area": None}
    sha256 = ""
    if weight is not None:
        values[weight.name] = values_of(grid, where, weight)
        sha256 = hashlib.sha256(weight.read_bytes()).hexdigest()
    return Plan(file, request, loaded, grid, where, values, named, size, size.strip_rows, tuple(sets), sha256)


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
