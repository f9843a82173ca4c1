"""Where a missile meets a target that flies straight at one height and speed, and whether it may be launched there.

way      the target's path, told by how many metres it still has to the point it makes for: (row, column, rows north and
         columns east a metre, metres a row and a column); `at` metres out it is at row + rows_m * at and
         column - columns_m * at
line     the way as one battery sees it: squared metres of its own metric a metre of way, where the way is abeam of the
         battery, and how far the battery lies off, squared; slant^2 = scale (at - abeam)^2 + off^2 + height^2
meeting  in reach and altitude limits, over a cell in which the battery's engagement radars hold the target
launch   the meeting less the missile's straight flight; the radars hold the target there too, and held it when the
         battery decided; a search radar saw it so long before that track, decision and reaction are over

What is asked of a raster is the same all over a cell, so a search goes from cell border to cell border and from one
exact event to the next (into reach, not before a time), never by steps. Off the raster nothing is detected.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import EARTH_RADIUS_M
from egide.engine.decide import LOOK_ALIKE_M
from egide.jit import njit
from egide.physics.kernels import VOID

Array = np.ndarray[Any, Any]
Way = tuple[float, float, float, float, float, float]
Line = tuple[float, float, float]

# columns of a store: one kind of missile of one battery
RANGE_MIN, RANGE_MAX, HEIGHT_MIN, HEIGHT_MAX, SPEED, KILL, READY, SEEN_LOW, SEEN_HIGH = range(9)
# columns of a unit: one battery
(FIRST, END, SPARE, SALVO, MOST, LOOK, GUIDED, INTERVAL_S, ASSESS_S, AGAIN_S, ORDERED_S, ROW, COLUMN, HEIGHT, ROWS_M,
 COLUMNS_M, FARTHEST) = range(17)  # fmt: skip
NEVER = -1.0
ROUNDED = 1e-9  # what a squared range that was solved for may be off
LITTLE_M = 0.01  # past a cell's border, and what counts as the same place


@njit
def looked_at(rasters: Array, which: int, way: Way, at: float) -> bool:
    """Whether the cell under the way is set in one of the rasters; False off them."""
    i = math.floor(way[0] + way[2] * at + 0.5)
    j = math.floor(way[1] - way[3] * at + 0.5)
    if i < 0 or j < 0 or i >= rasters.shape[1] or j >= rasters.shape[2]:
        return False
    return bool(rasters[which, i, j] != 0)


@njit
def to_border_m(way: Way, at: float) -> float:
    """Metres until the target is in the next cell."""
    row, column = way[0] + way[2] * at, way[1] - way[3] * at
    i, j = math.floor(row + 0.5), math.floor(column + 0.5)
    down = row - i + 0.5 if way[2] > 0.0 else row - i - 0.5  # rows, signed as the way
    across = j + 0.5 - column if way[3] > 0.0 else j - 0.5 - column
    return max(min(down * way[4], across * way[5]), 0.0) + LITTLE_M


@njit
def way_to(row: float, column: float, rows_m: float, columns_m: float) -> Way:
    """A way with its inverses; along a row or a column the other border is never met."""
    down = 1.0 / rows_m if rows_m != 0.0 else -math.inf
    across = 1.0 / columns_m if columns_m != 0.0 else -math.inf
    return row, column, rows_m, columns_m, down, across


@njit
def height_at(ground: Array, way: Way, at: float, height: float, agl: bool) -> float:
    """Height of the target above sea level; NaN in the ground, off the raster, and above ground that is not known."""
    i = math.floor(way[0] + way[2] * at + 0.5)
    j = math.floor(way[1] - way[3] * at + 0.5)
    if i < 0 or j < 0 or i >= ground.shape[0] or j >= ground.shape[1]:
        return math.nan
    floor = float(ground[i, j])
    if agl:
        return height + floor if floor > VOID else math.nan
    return height if height >= floor else math.nan


@njit
def slant2_of(line: Line, unit: Array, at: float, h: float) -> tuple[float, float, float]:
    """Squared slant range of a target at height `h`; what it grows by with the square of the way from abeam, and what
    it is there."""
    round_ = 1.0 + (h + unit[HEIGHT]) / EARTH_RADIUS_M  # the Earth's curve: chords at height are that much longer
    grows, least = line[0] * round_, line[2] * round_ + (h - unit[HEIGHT]) ** 2
    return grows * (at - line[1]) ** 2 + least, grows, least


@njit
def meeting_from(
    launch: float, way: Way, line: Line, unit: Array, missile_m_s: float, speed: float, ground: Array, height: float,
    agl: bool,
) -> float:  # fmt: skip
    """Where a missile launched when the target is at `launch` meets it, as in the engine's straight flight; -inf where
    it never does. Over ground the height is that of the meeting, found in three rounds."""
    h = height_at(ground, way, launch, height, True) if agl else height
    at = launch
    for _ in range(3 if agl else 1):
        if math.isnan(h):
            h = height
        _, grows, least = slant2_of(line, unit, launch, h)
        out = launch - line[1]
        a = missile_m_s * missile_m_s - grows * speed * speed
        b = -grows * speed * out
        c = grows * out * out + least
        discriminant = b * b + a * c
        if discriminant < 0.0:
            return -math.inf
        if b < 0.0:
            at = launch - speed * c / (math.sqrt(discriminant) - b)
        elif a > 0.0:
            at = launch - speed * (b + math.sqrt(discriminant)) / a
        else:
            return -math.inf
        if agl:
            h = height_at(ground, way, at, height, True)
    return at


@njit
def blocked_m(
    launch: float, way: Way, store: Array, unit: Array, battery: int, holds: Array, pictures: Array, waits: Array,
    ground: Array, height: float, agl: bool, speed: float,
) -> float:  # fmt: skip
    """Zero where the battery may launch when the target is at `launch`; else how many metres on it may be otherwise.
    It must be held at the launch and at the decision, look there like something that the battery shoots this missile
    at, and have been seen on one of the pictures `waits` seconds before."""
    if not looked_at(holds, battery, way, launch):
        return to_border_m(way, launch)
    decided = launch + speed * unit[ORDERED_S]
    h = height_at(ground, way, decided, height, True) if agl else height
    seen_as = store[SEEN_LOW] if h < LOOK_ALIKE_M else store[SEEN_HIGH]
    if seen_as < 0.0 or not looked_at(holds, battery, way, decided):
        return to_border_m(way, decided)
    least = math.inf
    for g in range(pictures.shape[0]):
        if waits[battery, g] < math.inf:
            seen = launch + speed * waits[battery, g]
            if looked_at(pictures, g, way, seen):
                return 0.0
            least = min(least, to_border_m(way, seen))
    return least


@njit
def half_way(range_m: float, grows: float, least: float) -> float:
    """Metres of way on either side of abeam within a range; -1 where there are none."""
    return math.sqrt((range_m * range_m - least) / grows) if range_m * range_m >= least else -1.0


@njit
def first_meeting(
    way: Way, line: Line, store: Array, unit: Array, battery: int, holds: Array, pictures: Array, waits: Array,
    ground: Array, height: float, agl: bool, speed: float, first: float, last: float, limit: float,
) -> tuple[float, float]:  # fmt: skip
    """The first place between `first` and `last` metres out at which a missile of this kind meets the target, and where
    the target is at the launch, `limit` metres out or nearer. NEVER where there is none."""
    at = first
    reach2, near2 = store[RANGE_MAX] ** 2 * (1.0 + ROUNDED), store[RANGE_MIN] ** 2 * (1.0 - ROUNDED)
    while at >= last:
        h = height_at(ground, way, at, height, agl)
        if not (store[HEIGHT_MIN] <= h <= store[HEIGHT_MAX]):  # NaN too
            at -= to_border_m(way, at)
            continue
        slant2, grows, least = slant2_of(line, unit, at, h)
        if slant2 > reach2:
            far = half_way(store[RANGE_MAX], grows, least)
            if agl and far < 0.0:
                at -= to_border_m(way, at)  # over other ground it may be nearer
            elif far < 0.0 or at < line[1]:
                return NEVER, NEVER
            else:
                at = min(line[1] + far, at - LITTLE_M)
            continue
        if slant2 < near2:
            at = min(line[1] - half_way(store[RANGE_MIN], grows, least), at - LITTLE_M)
            continue
        if not looked_at(holds, battery, way, at):
            at -= to_border_m(way, at)
            continue
        launch = at + speed * math.sqrt(slant2) / store[SPEED]
        blocked = launch - limit
        if blocked < LITTLE_M:
            blocked = blocked_m(launch, way, store, unit, battery, holds, pictures, waits, ground, height, agl, speed)
            if blocked == 0.0:
                return at, launch
            if blocked == math.inf:
                return NEVER, NEVER
        later = meeting_from(launch - blocked, way, line, unit, store[SPEED], speed, ground, height, agl)
        at = min(later, at - LITTLE_M)
    return NEVER, NEVER


@njit
def meeting_now(
    launch: float, way: Way, line: Line, store: Array, unit: Array, ground: Array, height: float, agl: bool,
    speed: float,
) -> float:  # fmt: skip
    """Where a missile launched now meets the target, wherever that is; -inf where it is out of reach."""
    at = meeting_from(launch, way, line, unit, store[SPEED], speed, ground, height, agl)
    if at == -math.inf:
        return at
    h = height_at(ground, way, at, height, agl)
    slant2, _, _ = slant2_of(line, unit, at, h)
    edge = 2.0 * LITTLE_M * math.sqrt(slant2)
    if not (store[RANGE_MIN] ** 2 - edge <= slant2 <= store[RANGE_MAX] ** 2 + edge):
        return -math.inf
    return at if store[HEIGHT_MIN] <= h <= store[HEIGHT_MAX] else -math.inf
