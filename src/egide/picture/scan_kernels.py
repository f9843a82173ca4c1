"""One scan of one sensor into one picture: continue the tracks there are, then start new ones.

score    sum of the logarithms of the odds; firm at `confirm_score` with `confirm_hits` hits, dropped below `drop_score`
holder   the radar whose plot a firm track took last, or that started a tentative one. Its scans alone count as misses:
         whether another could have seen the track, behind mountains or at the edge of its reach, nobody here knows
change   what happened to a track: BEGUN, CONFIRMED, DROPPED (it was firm), GIVEN_UP (it never was)

Both halves leave their changes in the order in which they happened and answer how many. Who drives them, the engine or
a `Tracker`, lets `outdated` forget what has gone without plots, at a beat of its own. Memory goes with tracks, plots
and pairs; nothing is square. All is found in the order of rows and plots: the same plots give the same picture.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.assign_kernels import assign
from egide.picture.belief_kernels import clear_track, take_hit
from egide.picture.fuse_kernels import take_over
from egide.picture.gate_kernels import NEED_ROOM, pair_up, passive, range_of
from egide.picture.modes_kernels import combine, fold, predict_modes
from egide.picture.plots_kernels import CELL_M, clutter_log, hang, measure, prepare
from egide.picture.start_kernels import age_seeds, begin, seed_pairs, way_m
from egide.picture.tables import (
    BEGUN,
    CAME,
    CHEAPEST,
    CHOICE,
    CONFIRMED,
    DONE,
    DROPPED,
    FIRM,
    FIRST,
    FOUND,
    FREE,
    GIVEN_UP,
    LIVE,
    PLACE,
    RADAR_2D,
    REACHED,
    ROW_OF,
    TENTATIVE,
    U,
    V,
)  # fmt: skip

Array = np.ndarray[Any, Any]


@njit
def note(changes: Array, n: int, row: int, track: Any, what: int) -> int:
    """One more change; how many there are then."""
    change = changes[n]
    change.row, change.number, change.what = row, track.number, what
    return n + 1


@njit
def covered(track: Any, sensor: Any, time_s: float) -> bool:
    """Whether the track is in the sensor's range and above its horizon (a mountain's radar looks a degree down)."""
    dt = time_s - track.time_s
    r = height = 0.0
    for i in range(3):
        d = track.pos_m[i] + track.vel_m_s[i] * dt - sensor.pos_m[i]
        r += d * d
        height += d * sensor.up[i]
    return r < sensor.range_max_m * sensor.range_max_m and height > -0.02 * math.sqrt(r)


@njit
def suppose(track: Any, rules: Any, work: Any) -> None:
    """What a 2-D radar does not see does not become worse known than it was before any plot: height and climb are told
    again to the track as supposed, just loosely enough to end at the supposed errors."""
    p = track.pos_m
    r = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    foot = math.sqrt((p[0] * p[0] + p[1] * p[1]) / 6378137.0**2 + p[2] * p[2] / 6356752.314245**2)
    var = climb_var = climb = 0.0
    for i in range(3):
        climb += p[i] / r * track.vel_m_s[i]
        for j in range(3):
            var += p[i] * p[j] / (r * r) * track.pp[i, j]
            climb_var += p[i] * p[j] / (r * r) * track.vv[i, j]
    n: Any = np.int64(0)
    work.row[:, :] = 0.0
    least, least_climb = rules.assumed_height_sd_m**2, rules.climb_sd_m_s**2
    if var > 1.5 * least:
        for i in range(3):
            work.row[n, i] = p[i] / r
        work.residual[n], work.variance[n] = rules.assumed_height_m - (r - r / foot), least * var / (var - least)
        n += 1
    if climb_var > 1.5 * least_climb:
        for i in range(3):
            work.row[n, 3 + i] = p[i] / r
        work.residual[n], work.variance[n] = -climb, least_climb * climb_var / (climb_var - least_climb)
        n += 1
    if n > 0:
        p0, p1, p2 = track.mode_p[0], track.mode_p[1], track.mode_p[2]
        fold(track, n, rules, work)
        track.mode_p[0], track.mode_p[1], track.mode_p[2] = p0, p1, p2  # it says nothing about how they fly
        combine(track, rules.models)


@njit
def take(track: Any, plot: Any, sensor: Any, sensor_row: int, rules: Any, work: Any, time_s: float) -> None:
    """Fold a plot into its track, and count it."""
    predict_modes(track, plot.time_s, rules, work)
    n = measure(plot, sensor, track, work)
    gain = fold(track, n, rules, work) - clutter_log(plot, sensor, range_of(track, sensor)) + math.log(sensor.detection)
    if plot.rows == 2 and sensor.kind == RADAR_2D:
        suppose(track, rules, work)
    track.score = min(track.score + gain, rules.most_score)
    held_by = track.radar
    if track.remote >= 0:
        take_over(track, rules, time_s)
    take_hit(track, plot.mover, sensor_row, time_s)
    if track.state == TENTATIVE and track.radar == sensor_row:
        track.scans += 1
    elif track.state == FIRM and held_by >= 0 and (passive(sensor) or sensor.kind == PLACE):
        track.radar = held_by
    plot.track = track.number


@njit
def miss(track: Any, sensor: Any, sensor_row: int, time_s: float) -> bool:
    """A scan without a plot of the track; whether it was the scan of the radar that holds it, with it in cover."""
    if track.radar != sensor_row or passive(sensor) or sensor.kind == PLACE or not covered(track, sensor, time_s):
        return False
    track.score += math.log(1.0 - sensor.detection)
    track.misses += 1
    if track.state == TENTATIVE:
        track.scans += 1
    return True


@njit
def settle(track: Any, row: int, rules: Any, changes: Array, n: int) -> int:
    """Make a tentative track firm once it has hits and odds enough; free the row of one that has too few hits in its
    scans, too many misses, or of a firm one whose odds have gone."""
    if track.state == FIRM:
        if track.score < rules.drop_score and track.misses > 0:
            track.state = FREE
            return note(changes, n, row, track, DROPPED)
        return n
    if track.hits >= rules.confirm_hits and track.score >= rules.confirm_score:
        track.state, track.score = FIRM, rules.most_score  # believed, as long as misses do not tell otherwise
        return note(changes, n, row, track, CONFIRMED)
    late = track.hits < rules.confirm_hits and track.scans >= rules.confirm_scans
    if late or track.misses >= 3 or track.score < math.log(rules.new_share) + math.log(1e-2):
        track.state = FREE
        return note(changes, n, row, track, GIVEN_UP)
    return n


@njit
def outdated(track: Any, rules: Any, time_s: float) -> bool:
    """Without a plot for long, not confirmed in its time, or of no use any more: to be forgotten."""
    spread = track.pp[0, 0] + track.pp[1, 1] + track.pp[2, 2]
    return bool(
        time_s - track.hit_s > rules.drop_s
        or (track.state == TENTATIVE and time_s > track.confirm_by_s)
        or spread > 3.0 * rules.drop_sd_m * rules.drop_sd_m
    )


@njit
def forget(tracks: Array, high: int, rules: Any, time_s: float) -> None:
    """Free the rows of all that is outdated."""
    for i in range(high):
        if tracks[i].state != FREE and outdated(tracks[i], rules, time_s):
            tracks[i].state = FREE


@njit
def continue_tracks(
    plots: Array, n: int, sensor: Any, sensor_row: int, tracks: Array, high: int, rules: Any, work: Any, whole: Array,
    real: Array, heads: Array, edge_col: Array, edge_cost: Array, changes: Array, time_s: float,
) -> int:  # fmt: skip
    """First half of a scan: plots to the tracks there are. How many changes; NEED_ROOM before anything was
    done: call again with room for more pairs."""
    for k in range(n):
        prepare(plots[k], sensor, rules)
        plots[k].track = -1
    slots = 0 if passive(sensor) else hang(plots, n, heads, CELL_M)
    live, choice, first = whole[LIVE], whole[CHOICE], whole[FIRST]
    rows = pair_up(
        plots, n, sensor, sensor_row, tracks, high, live, heads[:slots], whole[FOUND], first, edge_col, edge_cost,
        rules, work, time_s)  # fmt: skip
    if rows == NEED_ROOM:
        return NEED_ROOM
    assign(
        rows, first, edge_col, edge_cost, 0.0, choice, whole[ROW_OF][:n], real[U], real[V][:n], real[CHEAPEST][:n],
        whole[CAME], whole[REACHED], whole[DONE][:n])  # fmt: skip
    changed: Any = np.int64(0)
    for row in range(rows):
        track = tracks[live[row]]
        if choice[row] >= 0:
            take(track, plots[choice[row]], sensor, sensor_row, rules, work, time_s)
        elif not miss(track, sensor, sensor_row, time_s):
            continue
        changed = settle(track, live[row], rules, changes, changed)
    return int(changed)


@njit
def start_tracks(
    plots: Array, n: int, sensor: Any, sensor_row: int, tracks: Array, high: Array, numbers: Array, picture: int,
    seeds: Array, rules: Any, work: Any, whole: Array, real: Array, heads: Array, edge_col: Array, edge_cost: Array,
    changes: Array, time_s: float,
) -> int:  # fmt: skip
    """Second half: plots that no track took meet the seeds of the scans before, again by an optimal assignment, and
    are the seeds of the next ones. high and numbers: rows in use and the next number, by picture. How many changes;
    NEED_ROOM before anything was done."""
    orphans, choice, first, found = whole[LIVE], whole[CHOICE], whole[FIRST], whole[FOUND]
    count: Any = np.int64(0)  # a plain 0 would have what takes it compiled once more
    for k in range(n):
        if plots[k].track < 0 and not passive(sensor):
            orphans[count] = k
            count += 1
    s = sensor.seeds
    cell_m = max(CELL_M, way_m(sensor, rules))
    slots = hang(seeds, s, heads, cell_m)
    pairs = seed_pairs(
        plots, orphans, count, sensor, seeds, heads[:slots], cell_m, found, first, edge_col, edge_cost,
        rules)  # fmt: skip
    if pairs == NEED_ROOM:
        return NEED_ROOM
    assign(
        count, first, edge_col, edge_cost, 1.0, choice, whole[ROW_OF][:s], real[U], real[V][:s], real[CHEAPEST][:s],
        whole[CAME], whole[REACHED], whole[DONE][:s])  # fmt: skip
    wanted: Any = np.int64(0)
    for row in range(count):
        wanted += 1 if choice[row] >= 0 else 0
    free = free_rows(tracks, high[picture], wanted, found)
    used = 0
    changed: Any = np.int64(0)
    for row in range(count):
        if choice[row] < 0 or used == free:
            continue
        i, plot, seed = found[used], plots[orphans[row]], seeds[choice[row]]
        track = tracks[i]
        clear_track(track, numbers[picture], plot.key, plot.mover, time_s)
        if not begin(track, seed, plot, sensor, rules, work):
            continue
        used += 1
        numbers[picture] += 1
        high[picture] = max(high[picture], i + 1)
        track.state, track.hits, track.scans, track.radar = TENTATIVE, 2, 2, sensor_row
        seed.age = rules.seed_scans + 1
        plot.track = track.number
        changed = settle(track, i, rules, changes, note(changes, changed, i, track, BEGUN))
    age_seeds(seeds, sensor, rules)
    for row in range(count):  # one that began a track too: in a file of aircraft it may have met its neighbour's seed
        if sensor.seeds < seeds.shape[0]:
            seeds[sensor.seeds] = plots[orphans[row]]
            seeds[sensor.seeds].age = 1
            sensor.seeds += 1
    return int(changed)


@njit
def free_rows(tracks: Array, high: int, wanted: int, found: Array) -> int:
    """The lowest free rows, at most as many as wanted; how many."""
    c = 0
    for i in range(tracks.shape[0]):
        if c == wanted:
            break
        if i >= high or tracks[i].state == FREE:
            found[c] = i
            c += 1
    return c
