"""Engagement coverage: where a network can complete an intercept, and which ground that defends.

own       a battery acts on its own search radars alone
network   it acts also on every radar of its network, and of networks whose links cue it (`remote_cue`); airborne
          radars count where they see from every place of their orbit
denied    a target of the class, at the height, can be met over the cell: on the worst of the headings (all of them), or
          on the mean of them
defended  a point that the target comes straight at, over the last APPROACH_M: at least n shots meet it before weapon
          release, and together they kill with probability q or more

The chain is the engine's with nominal times and no luck: track, decision, command post's reaction, the centre's order
where it must be awaited, a straight flight at mean speed, assessment. The batteries of a network engage the target one
at a time; networks do not agree. One target at a time: a footprint says nothing of a raid.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from egide.coverage.ask import Altitude, Request
from egide.coverage.defend_kernels import approaches, defend
from egide.coverage.deny_kernels import deny
from egide.coverage.detect import detect
from egide.coverage.fires import CUES, Fires, Source, fires_of, metres_of, sources_of
from egide.coverage.grid import Grid
from egide.coverage.net import Net
from egide.coverage.points import Points, points_of
from egide.engine.decide import HOLD_PD

__all__ = ["APPROACH_M", "CUES", "Engaged", "engage", "points_of"]

Array = np.ndarray[Any, Any]
APPROACH_M: Final = 300_000.0  # how far a target comes straight at a point
LITTLE: Final = 1e-6  # what probabilities that are kept as float32 may lack
_KERNELS: Final[dict[str, Any]] = {"deny": deny, "defend": defend, "approaches": approaches}


@final
@dataclass(frozen=True)
class Engaged:
    """What one net can do, by cue; rasters are indexed (case, altitude, ...)."""

    headings: int
    bits: Mapping[str, Array]  # (cases, altitudes, rows, columns) uint32: headings on which a target is met
    points: Points
    shots: Mapping[str, Array]  # (cases, altitudes, points, headings)
    missed: Mapping[str, Array]
    channels: Mapping[str, Array]

    def denied(self, cue: str, case: int, altitude: int, azimuth: str) -> Array:
        """Share of headings denied, or 1 where all are."""
        bits = self.bits[cue][case, altitude]
        count = np.bitwise_count(bits)
        return np.asarray((count == self.headings) if azimuth == "worst" else count / self.headings, np.float32)

    def met(self, cue: str, case: int, altitude: int, shots: int, kill: float) -> Array:
        """(points, headings) whether the rule is met."""
        killed = 1.0 - self.missed[cue][case, altitude].astype(float)
        return np.asarray((self.shots[cue][case, altitude] >= shots) & (killed >= kill - LITTLE))

    def defended(self, cue: str, case: int, altitude: int, azimuth: str, shots: int, kill: float) -> Array:
        """(points,) share of azimuths on which the rule is met, or 1 where it is on all."""
        met = self.met(cue, case, altitude, shots, kill)
        return np.asarray(met.all(axis=1) if azimuth == "worst" else met.mean(axis=1), np.float32)

    def occupied(
        self, cue: str, case: int, altitude: int, azimuth: str, shots: int, kill: float
    ) -> tuple[float, int]:  # fmt: skip
        """Fire channels that one target occupies at a time where the rule is met: mean over area and azimuths, and
        most. On the worst azimuth: of the points that are defended on all."""
        met = self.met(cue, case, altitude, shots, kill)
        if azimuth == "worst":
            met &= met.all(axis=1, keepdims=True)
        if not met.any():
            return math.nan, 0
        busy = self.channels[cue][case, altitude]
        weights = met * self.points.km2[:, None]
        return float((busy * weights).sum() / weights.sum()), int(busy[met].max())

    def spread(self, values: Array) -> Array:
        """Values of the points on the whole raster; NaN outside the area."""
        return self.points.spread(values)


def engage(grid: Grid, net: Net, request: Request, points: Points) -> Engaged:
    """Every battery of a net against the request's target."""
    grid = grid.strip(0, grid.shape[0])  # heights in memory, as the kernels know them
    shape = (len(request.cases), len(request.altitudes))
    ground = (*shape, len(points.rows), request.headings)
    bits = {cue: np.zeros((*shape, *grid.shape), np.uint32) for cue in CUES}
    shots = {cue: np.zeros(ground, np.uint16) for cue in CUES}
    missed = {cue: np.ones(ground, np.float32) for cue in CUES}
    channels = {cue: np.zeros(ground, np.uint8) for cue in CUES}
    views = _Views(grid, net, request)
    for a, altitude in enumerate(request.altitudes):
        armed = fires_of(grid, net, request, altitude)
        begins = _begins(grid, points, request, altitude) if armed else np.empty((0, 0))
        for k in range(shape[0]):
            scene = _Scene(views, k, a, points, begins)
            for each in armed:
                holds = scene.holds(each)
                fires = each.within(grid, holds)
                for cue in CUES:
                    out = shots[cue][k, a], missed[cue][k, a], channels[cue][k, a]
                    scene.network(fires, holds, cue, bits[cue][k, a], out)
    return Engaged(request.headings, bits, points, shots, missed, channels)


def _begins(grid: Grid, points: Points, request: Request, altitude: Altitude) -> Array:
    """How far out the ways to the points begin."""
    out = np.zeros((len(points.rows), request.headings))
    _KERNELS["approaches"](points.rows, points.columns, metres_of(grid), grid.dem.height_m, altitude.height_m,
                           altitude.agl, request.headings, APPROACH_M, out)  # fmt: skip
    return out


@final
class _Views:
    """What sources and engagement radars see at every time: made once, one bit a height and cross section."""

    def __init__(self, grid: Grid, net: Net, request: Request) -> None:
        self.grid, self.net, self.request = grid, net, request
        self.kept: dict[tuple[Source, float], Array] = {}

    def of(self, radars: Source, pd: float, case: int, altitude: int) -> Array:
        """(rows, columns) uint8."""
        cases, altitudes = self.request.cases, self.request.altitudes
        if (radars, pd) not in self.kept:
            layers = detect(self.grid, [self.net.radars[k] for k in radars], altitudes, cases, pd)
            packed = np.zeros((-(-len(cases) * len(altitudes) // 8), *self.grid.shape), np.uint8)
            for k in range(len(cases)):
                for a in range(len(altitudes)):
                    layer = k * len(altitudes) + a
                    packed[layer // 8] |= layers.always(k, a).astype(np.uint8) << np.uint8(layer % 8)
            self.kept[radars, pd] = packed
        layer = case * len(altitudes) + altitude
        return np.asarray((self.kept[radars, pd][layer // 8] >> np.uint8(layer % 8)) & np.uint8(1))


@final
class _Scene:
    """One height and cross section, by their places in the request."""

    def __init__(self, views: _Views, case: int, altitude: int, points: Points, begins: Array) -> None:
        self.views, self.case, self.place, self.points, self.begins = views, case, altitude, points, begins
        self.grid, self.net, self.request = views.grid, views.net, views.request
        self.altitude, self.metres = self.request.altitudes[altitude], metres_of(views.grid)

    def holds(self, fires: Fires) -> Array:
        """(batteries, rows, columns) cells in which each battery's engagement radars hold the target."""
        radars = self.net.radars
        own = [tuple(k for k in each.radars if not radars[k].search) for each in fires.batteries]
        return np.stack([self.views.of(each, HOLD_PD, self.case, self.place) for each in own])

    def network(
        self, fires: Fires, holds: Array, cue: str, bits: Array, out: tuple[Array, Array, Array]
    ) -> None:  # fmt: skip
        """Add what one network does on one cue."""
        pictures, waits = self._pictures(fires, cue)
        if not pictures.any():
            return
        grid, request, altitude = self.grid, self.request, self.altitude
        height_m, speed_m_s, dem = altitude.height_m, request.target.speed_m_s, grid.dem.height_m
        for b, battery in enumerate(fires.batteries):
            position = np.array(battery.row["pos_m"], float)
            _KERNELS["deny"](
                grid.rows, grid.columns, dem, self.metres, height_m, altitude.agl, position, fires.part(b),
                fires.units[b], b, holds, pictures, waits, speed_m_s, request.headings, bits)  # fmt: skip
        _KERNELS["defend"](
            self.points.rows, self.points.columns, self.begins, self.metres, dem, height_m, altitude.agl, fires.stores,
            fires.units, fires.owner, holds, pictures, waits, speed_m_s, request.release_m, request.headings,
            *out)  # fmt: skip

    def _pictures(self, fires: Fires, cue: str) -> tuple[Array, Array]:
        """What the sources of a network's batteries see (sources, rows, columns), and each battery's wait on each of
        them, infinite where it does not act on it."""
        feeding = [dict(sources_of(self.net, each, self.request.target.row, cue)) for each in fires.batteries]
        sources = list(dict.fromkeys(source for each in feeding for source in each))
        waits = np.array([[each.get(source, math.inf) for source in sources] for each in feeding], float)
        if not sources:
            return np.zeros((0, *self.grid.shape), np.uint8), waits.reshape(len(feeding), 0)
        return np.stack([self.views.of(source, self.request.pd, self.case, self.place) for source in sources]), waits
