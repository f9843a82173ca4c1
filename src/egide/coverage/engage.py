"""Engagement coverage: where a battery can complete an intercept, and which ground that defends.

own       the battery acts on its own search radars alone
network   it acts also on every radar of its network, and of networks whose links cue it (`remote_cue`); airborne
          radars count where they see from every place of their orbit
denied    a target of the class, at the height, can be met over the cell: on the worst of the headings (all of them), or
          on the mean of them
defended  a point that the target comes straight at: at least n shots meet it before weapon release, and together they
          kill with probability q or more

The chain is the engine's: a track (as many looks as the scenario asks for, at the slowest revisit of the radars that
feed it), a decision, the command post's reaction, the centre's order where it must be awaited, a straight flight at
mean speed. One target at a time: a footprint says nothing of a raid.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from egide.coverage.ask import Altitude, Request
from egide.coverage.detect import detect
from egide.coverage.engage_kernels import defend, deny
from egide.coverage.grid import Grid
from egide.coverage.net import Battery, Net, Radar

__all__ = ["CUES", "Engaged", "engage", "feeding_of", "points_of", "times_s"]

Array = np.ndarray[Any, Any]
CUES: Final = ("own", "network")
MOST_POINTS: Final = 20_000  # of ground, evenly spaced, at which defence is judged
MANY: Final = 1_000_000


@final
@dataclass(frozen=True)
class Engaged:
    """What one net can do, by cue; rasters are indexed (case, altitude, ...)."""

    headings: int
    bits: Mapping[str, Array]  # (cases, altitudes, rows, columns) uint32: headings on which a target is met
    points: tuple[Array, Array]  # rows and columns of the points of ground
    stride: int
    shots: Mapping[str, Array]  # (cases, altitudes, points, headings)
    missed: Mapping[str, Array]
    channels: Mapping[str, Array]

    def denied(self, cue: str, case: int, altitude: int, azimuth: str) -> Array:
        """Share of headings denied, or 1 where all are."""
        bits = self.bits[cue][case, altitude]
        count = np.bitwise_count(bits)
        found: Array = (count == self.headings) if azimuth == "worst" else count / self.headings
        return found.astype(np.float32)

    def defended(self, cue: str, case: int, altitude: int, azimuth: str, shots: int, kill: float) -> Array:
        """(points,) share of azimuths on which the rule is met, or 1 where it is on all."""
        met = self.shots[cue][case, altitude] >= shots
        met &= 1.0 - self.missed[cue][case, altitude] >= kill - 1e-9
        found: Array = met.all(axis=1) if azimuth == "worst" else met.mean(axis=1)
        return found.astype(np.float32)

    def occupied(self, cue: str, case: int, altitude: int, points: Array) -> tuple[float, int]:
        """Fire channels that one target occupies over the points that count: mean, and most."""
        busy = self.channels[cue][case, altitude][points > 0.0]
        return (float(busy.mean()), int(busy.max())) if busy.size else (math.nan, 0)

    def spread(self, values: Array, shape: tuple[int, int]) -> Array:
        """Values of the points on the whole raster: each stands for the cells around it; NaN where no point is."""
        out = np.full(shape, np.nan, np.float32)
        back = self.stride // 2
        for dr in range(self.stride):
            for dc in range(self.stride):
                r = np.clip(self.points[0] + dr - back, 0, shape[0] - 1)
                c = np.clip(self.points[1] + dc - back, 0, shape[1] - 1)
                out[r, c] = values
        return out


def points_of(grid: Grid, inside: Array, most: int = MOST_POINTS) -> tuple[Array, Array, int]:
    """Evenly spaced cells of the area, no more than `most`."""
    stride = 1
    while int(inside[stride // 2 :: stride, stride // 2 :: stride].sum()) > most:
        stride += 1
    half = stride // 2
    rows, columns = np.nonzero(inside[half::stride, half::stride])
    return rows * stride + half, columns * stride + half, stride


def engage(grid: Grid, net: Net, request: Request, inside: Array) -> Engaged:
    """Every battery of a net against the request's target."""
    grid = grid.strip(0, grid.shape[0])  # heights in memory, as the kernels know them
    rows, columns, stride = points_of(grid, inside)
    shape = (len(request.cases), len(request.altitudes))
    ground = (*shape, len(rows), request.headings)
    bits = {cue: np.zeros((*shape, *grid.shape), np.uint32) for cue in CUES}
    shots = {cue: np.zeros(ground, np.uint8) for cue in CUES}
    missed = {cue: np.ones(ground, np.float32) for cue in CUES}
    channels = {cue: np.zeros(ground, np.uint8) for cue in CUES}
    pictures = _pictures(grid, net, request)
    for battery in net.batteries:
        stores = _stores(battery, request)
        holders = [net.radars[k] for k in battery.radars if not net.radars[k].search]
        if not len(stores) or not holders or not int(battery.row["classes"]) & (1 << _seen_as(request)):
            continue
        hold = _always(grid, holders, request)
        nothing = np.zeros_like(hold)
        feeding = {cue: feeding_of(net, battery, request, cue) for cue in CUES}
        own = _always(grid, feeding["own"], request) if feeding["own"] else nothing
        names = dict.fromkeys(radar.network for radar in feeding["network"])
        shared = np.bitwise_or.reduce([pictures[name] for name in names]) if names else nothing
        waits = [_wait_s(net, battery, feeding[cue], cue) for cue in CUES]
        for cue, network in (("own", nothing), ("network", shared)):
            for k in range(shape[0]):
                for a, altitude in enumerate(request.altitudes):
                    if hold[k, a].any() and (own[k, a].any() or network[k, a].any()):
                        _one(grid, battery, stores, request, altitude, (own[k, a], network[k, a], hold[k, a], *waits),
                             (rows, columns), bits[cue][k, a],
                             (shots[cue][k, a], missed[cue][k, a], channels[cue][k, a]))  # fmt: skip
    return Engaged(request.headings, bits, (rows, columns), stride, shots, missed, channels)


def _one(
    grid: Grid, battery: Battery, stores: Array, request: Request, altitude: Altitude,
    sight: tuple[Array, Array, Array, float, float], points: tuple[Array, Array], bits: Array,
    out: tuple[Array, Array, Array],
) -> None:  # fmt: skip
    """One battery, one height, one cross section. `sight`: own picture, network's, engagement radars', and the times
    from detection to launch on the first two."""
    dem, row = grid.dem, battery.row
    rows_a_metre = np.full(grid.shape[0], 1.0 / (111_195.0 * dem.step_lat_deg))
    columns_a_metre = 1.0 / (111_195.0 * dem.step_lon_deg * np.cos(np.radians(grid.latitudes)))
    per_metre = np.column_stack([rows_a_metre, columns_a_metre])
    common: tuple[Any, ...] = (
        altitude.height_m, altitude.agl, grid.rows, grid.columns, dem.height_m, per_metre, stores,
        np.array(row["pos_m"], float), *sight, request.target.speed_m_s, request.headings,
    )  # fmt: skip
    here = np.zeros(grid.shape, np.uint32)
    run_deny: Any = deny  # the arguments are told apart by the kernels' own signatures
    run_deny(*common, here)
    bits |= here
    place = np.array([float(dem.row(battery.place[0])), float(dem.column(battery.place[1]))])
    run_defend: Any = defend
    run_defend(
        *points, *common, here, place, request.release_m, max(grid.cell_m, 1_000.0), float(row["assess_s"][1]),
        int(row["salvo"]), int(row["look"]), int(row["max_shots"]), *out)  # fmt: skip


def _seen_as(request: Request) -> int:
    """The class under which doctrines know the target: an airliner flies as an aircraft."""
    return 0 if request.target.klass == "airliner" else request.target.row


def _stores(battery: Battery, request: Request) -> Array:
    """(n, 7) missiles that may be fired at the target, the likeliest to kill first."""
    rows = []
    for store in battery.stores:
        kill = float(store["kill"][_seen_as(request)])
        stock = int(store["left"]) - int(battery.row["reserve"])
        if request.target.speed_m_s > float(store["target_speed_max_m_s"]) or stock <= 0:
            continue
        if kill < float(battery.row["min_kill"]):
            continue
        names = ("range_min_m", "range_m", "height_min_m", "height_max_m", "speed_m_s")
        rows.append([*(float(store[name]) for name in names), kill, float(min(stock, MANY))])
    rows.sort(key=lambda line: -line[5])
    return np.array(rows, float).reshape(len(rows), 7)


def _always(grid: Grid, radars: Sequence[Radar], request: Request) -> Array:
    """(cases, altitudes, rows, columns) uint8: cells that these radars see at every time."""
    layers = detect(grid, radars, request.altitudes, request.cases, request.pd)
    shape = layers.count.shape
    return np.array(
        [[layers.always(k, a) for a in range(shape[1])] for k in range(shape[0])], np.uint8
    ).reshape(shape)  # fmt: skip


def _pictures(grid: Grid, net: Net, request: Request) -> dict[str, Array]:
    """What each network's own radars see."""
    found = {}
    for name in dict.fromkeys(radar.network for radar in net.radars):
        radars = [radar for radar in net.searching(request.target.row) if radar.network == name]
        if radars:
            found[name] = _always(grid, radars, request)
    return found


def feeding_of(net: Net, battery: Battery, request: Request, cue: str) -> tuple[Radar, ...]:
    """Search radars on whose tracks the battery acts."""
    klass = request.target.row
    if cue == "network":
        return net.cue(battery, klass)
    own = (net.radars[k] for k in battery.radars)
    return tuple(radar for radar in own if radar.search and radar.sees(klass))


def _wait_s(net: Net, battery: Battery, feeding: Sequence[Radar], cue: str) -> float:
    """From detection to launch."""
    return sum(times_s(net, battery, feeding, cue))


def times_s(net: Net, battery: Battery, feeding: Sequence[Radar], cue: str) -> tuple[float, float, float]:
    """From detection to a firm track; to the decision, with the slowest cueing link where one is used; to the launch,
    with the centre's order where it is awaited."""
    row = battery.row
    if not feeding:
        return 0.0, 0.0, 0.0
    track_s = net.scenario.tracking.confirm[0] * max(float(radar.row["revisit_s"]) for radar in feeding)
    order_s = float(row["order_s"][1]) if int(row["centre"]) else 0.0
    told_s = 0.0
    if cue == "network" and any(radar.network != battery.network for radar in feeding):
        links = [link for link in net.scenario.links if link.to == battery.network and link.remote_cue]
        told_s = max(link.latency_s + link.update_s for link in links)
    return float(track_s), float(row["decision_interval_s"]) + float(told_s), float(row["reaction_s"][1]) + order_s
