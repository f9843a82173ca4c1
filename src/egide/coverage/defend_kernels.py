"""The compiled part of defended ground: what one network does to a target that comes straight at a point.

way       the last metres of a straight flight at constant height and speed, no farther out than `approaches` allows
network   batteries that share a picture: one engagement at a time. The battery whose missile meets the target first
          opens it; it goes on by its doctrine, assessing each salvo, until it may or can shoot no more; the next one
          decides after that. Between networks nothing is agreed
shot      counts where it meets the target, still held, before the release; later ones are fired and help nobody

All times are places on the way: a target that is `at` metres out now is at `at - speed t` after t seconds.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from egide.coverage.meet_kernels import (
    AGAIN_S,
    ASSESS_S,
    COLUMN,
    COLUMNS_M,
    END,
    FARTHEST,
    FIRST,
    GUIDED,
    INTERVAL_S,
    KILL,
    LITTLE_M,
    LOOK,
    MOST,
    NEVER,
    READY,
    ROW,
    ROWS_M,
    SALVO,
    SEEN_HIGH,
    SEEN_LOW,
    SPARE,
    Line,
    Way,
    first_meeting,
    height_at,
    looked_at,
    meeting_now,
    to_border_m,
    way_to,
)
from egide.engine.decide import LOOK_ALIKE_M
from egide.jit import njit, njit_parallel

Array = np.ndarray[Any, Any]
UNKNOWN = -2.0  # a first meeting that has not been looked for
SAME_M = 1.0  # launches so near to each other are at the same decision: the likelier kill is taken


@njit
def to_edge_m(way: Way, rows: int, columns: int) -> float:
    """Metres of a way out from a point until it leaves the raster."""
    north, west = (way[0] + 0.5) / max(way[2], 1e-300), (way[1] + 0.5) / max(-way[3], 1e-300)
    south, east = (rows - 0.5 - way[0]) / max(-way[2], 1e-300), (columns - 0.5 - way[1]) / max(way[3], 1e-300)
    return min(north, south, east, west)


@njit_parallel
def approaches(
    rows: Array, columns: Array, metres: Array, ground: Array, height: float, agl: bool, headings: int, most_m: float,
    out: Array,
) -> None:  # fmt: skip
    """How far out the way to each point begins, on each heading (points, headings): at most `most_m`, on the raster,
    and behind no ground that it would fly into."""
    high = False
    for r in range(ground.shape[0]):
        for c in range(ground.shape[1]):
            high = high or (not agl and float(ground[r, c]) > height)
    for n in numba.prange(rows.shape[0]):
        i, j = rows[n], columns[n]
        for k in range(headings):
            psi = 2.0 * math.pi * k / headings
            # the border that is met next going outwards is the one met on the opposite heading
            out_way = way_to(float(i), float(j), -math.cos(psi) * metres[i, 0], -math.sin(psi) * metres[i, 1])
            edge = min(most_m, to_edge_m(out_way, ground.shape[0], ground.shape[1]))
            at = 0.0 if high else edge
            while at < edge:
                row, column = out_way[0] - out_way[2] * at, out_way[1] + out_way[3] * at
                r, c = math.floor(row + 0.5), math.floor(column + 0.5)
                if r < 0 or c < 0 or r >= ground.shape[0] or c >= ground.shape[1]:
                    break
                if float(ground[r, c]) > height:
                    break
                at += to_border_m(out_way, -at)
            out[n, k] = min(at, edge)


@njit
def abreast(way: Way, units: Array, b: int, north_m: float, east_m: float, first: float, last: float) -> Line:
    """The way as a battery sees it, in metres at the battery's own latitude; the point lies north and east of it. The
    scale is zero where none of the way lies within the battery's reach."""
    north, east = way[2] / units[b, ROWS_M], way[3] / units[b, COLUMNS_M]
    scale = north * north + east * east
    along = north_m * north + east_m * east
    reach2 = units[b, FARTHEST] * units[b, FARTHEST]
    off2 = (north_m * north_m + east_m * east_m) * scale - along * along
    if off2 >= reach2 * scale:
        return 0.0, 0.0, 0.0
    abeam, off2 = along / scale, max(off2 / scale, 0.0)
    half = math.sqrt((reach2 - off2) / scale)
    return (scale if abeam + half >= last and abeam - half <= first else 0.0), abeam, off2


@njit
def salvo_size(unit: Array, fired: int, ready: int, spare: int) -> int:
    """Missiles of one salvo, as in the engine: all that may be shot at the target where there is no look between."""
    wanted = unit[SALVO] if unit[LOOK] != 0.0 else unit[MOST]
    return int(min(wanted, unit[MOST] - fired, ready, spare, unit[GUIDED]))


@njit
def choose(
    way: Way, lines: Array, stores: Array, units: Array, holds: Array, pictures: Array, waits: Array, ground: Array,
    height: float, agl: bool, speed: float, first: float, last: float, free: float, left: Array, spare: Array,
    fired: Array, met: Array,
) -> int:  # fmt: skip
    """The store whose missile opens the next engagement: each battery takes its first launch (of several kinds at once
    the likeliest to kill), and the battery that meets first is served. -1: none. `met` keeps what was found before:
    (stores, 2) meeting and launch."""
    best = -1
    for b in range(units.shape[0]):
        unit = units[b]
        if lines[b, 0] <= 0.0 or fired[b] >= unit[MOST] or spare[b] <= 0:
            continue
        line = (lines[b, 0], lines[b, 1], lines[b, 2])
        limit = free - speed * unit[AGAIN_S]
        pick, chance = -1, 0.0
        for s in range(int(unit[FIRST]), int(unit[END])):
            if left[s] <= 0:
                continue
            if met[s, 0] != NEVER and (met[s, 0] == UNKNOWN or met[s, 1] > limit + LITTLE_M):
                met[s, 0], met[s, 1] = first_meeting(
                    way, line, stores[s], unit, b, holds, pictures, waits, ground, height, agl, speed,
                    min(first, line[1] + math.sqrt((unit[FARTHEST] * unit[FARTHEST] - line[2]) / line[0])), last,
                    limit)  # fmt: skip
            if met[s, 0] == NEVER:
                continue
            decided = height_at(ground, way, met[s, 1], height, True) if agl else height
            likely = stores[s, SEEN_LOW] if decided < LOOK_ALIKE_M else stores[s, SEEN_HIGH]
            sooner = met[s, 1] - met[pick, 1]
            if pick < 0 or sooner > SAME_M or (sooner >= -SAME_M and likely > chance):
                pick, chance = s, likely
        if pick >= 0 and (best < 0 or met[pick, 0] > met[best, 0]):
            best = pick
    return best


@njit
def walk(
    way: Way, lines: Array, stores: Array, units: Array, owner: Array, holds: Array, pictures: Array, waits: Array,
    ground: Array, height: float, agl: bool, speed: float, first: float, last: float, left: Array, spare: Array,
    fired: Array, met: Array,
) -> tuple[int, float]:  # fmt: skip
    """Shots of one network that meet the target on one way, and the probability that all miss. `owner`: battery of each
    store. The last four are its scratch: missiles ready, what is above the reserve, fired at the target."""
    for b in range(units.shape[0]):
        spare[b], fired[b] = int(units[b, SPARE]), 0
    for s in range(stores.shape[0]):
        left[s], met[s, 0], met[s, 1] = int(stores[s, READY]), UNKNOWN, math.inf
    shots, missed = 0, 1.0
    free, going = math.inf, -1  # where the target is when the last salvo is assessed, and the store that goes on
    while True:
        s = going if going >= 0 else choose(
            way, lines, stores, units, holds, pictures, waits, ground, height, agl, speed, first, last, free, left,
            spare, fired, met)  # fmt: skip
        if s < 0:
            return shots, missed
        b = owner[s]
        unit, store, line = units[b], stores[s], (lines[b, 0], lines[b, 1], lines[b, 2])
        launch = free if going >= 0 else met[s, 1]
        wanted = salvo_size(unit, fired[b], left[s], spare[b])
        if going >= 0 and not looked_at(holds, b, way, launch):
            wanted = 0
        n, end = 0, launch
        for k in range(wanted):
            at = meeting_now(launch - speed * k * unit[INTERVAL_S], way, line, store, unit, ground, height, agl, speed)
            if k == 0 and going < 0:
                at = met[s, 0]
            if at == -math.inf:
                break
            n += 1
            end = min(end, at)
            if at >= last and looked_at(holds, b, way, at):
                shots += 1
                missed *= 1.0 - store[KILL]
        if n == 0:
            going = -1  # it cannot shoot now: the target is anybody's
            continue
        fired[b], left[s], spare[b] = fired[b] + n, left[s] - n, spare[b] - n
        free = end - speed * unit[ASSESS_S]
        going = s if unit[LOOK] != 0.0 and fired[b] < unit[MOST] else -1


@njit_parallel
def defend(
    rows: Array, columns: Array, begins: Array, metres: Array, ground: Array, height: float, agl: bool, stores: Array,
    units: Array, owner: Array, holds: Array, pictures: Array, waits: Array, speed: float, last: float, headings: int,
    shots: Array, missed: Array, channels: Array,
) -> None:  # fmt: skip
    """Add what one network does for each point on every heading: `shots` (points, headings), `missed` (the probability
    that all miss, multiplied), `channels` (one a network at work)."""
    batteries, kinds = units.shape[0], stores.shape[0]
    north, east = np.empty(headings), np.empty(headings)
    for k in range(headings):
        north[k], east[k] = math.cos(2.0 * math.pi * k / headings), math.sin(2.0 * math.pi * k / headings)
    for n in numba.prange(rows.shape[0]):
        i, j = rows[n], columns[n]
        lines, lies, met = np.empty((batteries, 3)), np.empty((batteries, 2)), np.empty((kinds, 2))
        left, spare, fired = (
            np.empty(kinds, np.int64), np.empty(batteries, np.int64), np.empty(batteries, np.int64))  # fmt: skip
        for b in range(batteries):
            lies[b, 0] = (units[b, ROW] - i) / units[b, ROWS_M]
            lies[b, 1] = (j - units[b, COLUMN]) / units[b, COLUMNS_M]
        for k in range(headings):
            way = way_to(float(i), float(j), north[k] * metres[i, 0], east[k] * metres[i, 1])
            near = 0
            for b in range(batteries):
                line = abreast(way, units, b, lies[b, 0], lies[b, 1], begins[n, k], last)
                near += 1 if line[0] > 0.0 else 0
                lines[b, 0], lines[b, 1], lines[b, 2] = line
            if near == 0 or begins[n, k] < last:
                continue
            count, miss = walk(
                way, lines, stores, units, owner, holds, pictures, waits, ground, height, agl, speed, begins[n, k],
                last, left, spare, fired, met)  # fmt: skip
            if count > 0:
                shots[n, k] = min(shots[n, k] + count, 65_535)
                missed[n, k] *= miss
                channels[n, k] += 1
