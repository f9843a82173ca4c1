"""Plots of one scan into the tracks of one picture.

grid    tracks of a picture by cells of a plane through the area's centre, so that a plot meets only its neighbours
gate    squared Mahalanobis distance a plot may have from the track that takes it

Plots and tracks are paired so that the sum of squared distances is least, a plot alone counting the gate (global
nearest neighbour). A plot that no track takes becomes a seed; a seed and a plot of a later scan of the same radar
that a flight could
join start a tentative track (Blackman and Popoli 1999, chapter 6, global nearest neighbour and M-of-N logic).
Leaves out: interacting models (egide.picture.scan_kernels has them), track splitting, resolution cells.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.assign_kernels import assign
from egide.picture.fuse_kernels import take_over
from egide.picture.kalman_kernels import distance2, plot_covariance, predict, start, update
from egide.picture.tables import FIRM, FREE, RADAR_2D, TENTATIVE

Array = np.ndarray[Any, Any]
CELL_M = 20_000.0
FAST_M_S = 700.0  # nothing below HIGH_M is looked for beyond this speed when a track is started
BALLISTIC_M_S = 2_200.0
HIGH_M = 15_000.0
SEED_SCANS = 2


@njit
def cell_of(x: float, y: float, z: float, rules: Any, cells: Array) -> tuple[int, int]:
    """Column and row of the grid cell over a position; the rim holds all that lies outside."""
    cx, cy, cz = x - rules.centre_m[0], y - rules.centre_m[1], z - rules.centre_m[2]
    east = cx * rules.east[0] + cy * rules.east[1] + cz * rules.east[2] + rules.half_east_m
    north = cx * rules.north[0] + cy * rules.north[1] + cz * rules.north[2] + rules.half_north_m
    col = min(max(int(east / CELL_M), 1), cells.shape[1] - 2)
    row = min(max(int(north / CELL_M), 1), cells.shape[0] - 2)
    return row, col


@njit
def fill_grid(tracks: Array, high: int, rules: Any, cells: Array, time_s: float) -> None:
    """Hang every live track into the cell it will be over at `time_s`: lists linked through `track.next`."""
    cells[:, :] = -1
    for i in range(high):
        track = tracks[i]
        if track.state == FREE:
            continue
        dt = time_s - track.time_s
        row, col = cell_of(
            track.pos_m[0] + track.vel_m_s[0] * dt, track.pos_m[1] + track.vel_m_s[1] * dt,
            track.pos_m[2] + track.vel_m_s[2] * dt, rules, cells)  # fmt: skip
        track.next = cells[row, col]
        cells[row, col] = i


@njit
def choose(plots: Array, n: int, radar: Any, tracks: Array, high: int, rules: Any, cells: Array, noise: Array) -> Array:
    """The track's row of each plot, -1 for none: of all pairs inside the gate, those of least total distance, a plot
    without a track counting the gate. Plots are the rows, so that one track has one plot of a scan at most."""
    first = np.empty(n + 1, np.int64)
    edge_col, edge_cost = np.empty(4 * n + 16, np.int64), np.empty(4 * n + 16)
    edges = 0
    for k in range(n):
        first[k] = edges
        plot = plots[k]
        spread_of(noise, plot, radar)
        row, col = cell_of(plot.pos_m[0], plot.pos_m[1], plot.pos_m[2], rules, cells)
        for r in range(row - 1, row + 2):
            for c in range(col - 1, col + 2):
                i = cells[r, c]
                while i >= 0:
                    d2 = distance2(
                        tracks[i], plot.time_s, plot.pos_m, noise, rules.process_noise, rules.gate,
                        rules.ballistic_speed_m_s, rules.ballistic_above_m)  # fmt: skip
                    if d2 < rules.gate:
                        if edges == edge_col.shape[0]:
                            wider_col, wider_cost = np.empty(2 * edges, np.int64), np.empty(2 * edges)
                            wider_col[:edges], wider_cost[:edges] = edge_col, edge_cost
                            edge_col, edge_cost = wider_col, wider_cost
                        edge_col[edges], edge_cost[edges] = i, d2
                        edges += 1
                    i = tracks[i].next
    first[n] = edges
    choice = np.empty(n, np.int64)
    assign(
        n, first, edge_col, edge_cost, rules.gate, choice, np.empty(high, np.int64), np.empty(n), np.empty(high),
        np.empty(high), np.empty(high, np.int64), np.empty(high, np.int64), np.empty(high, np.int64))  # fmt: skip
    return choice


@njit
def spread_of(noise: Array, plot: Any, radar: Any) -> None:
    """Covariance of a plot by its radar's errors and the spread of its biases, into `noise`."""
    height_sd = radar.height_error_m if math.isfinite(plot.height_m) else radar.assumed_height_sd_m
    errors_of(noise, plot.pos_m[0], plot.pos_m[1], plot.pos_m[2], radar, height_sd)


@njit
def errors_of(noise: Array, x: float, y: float, z: float, radar: Any, height_sd_m: float) -> None:
    """Covariance of a radar's plot at a place; of a 2-D one the height comes from elsewhere, with its own error."""
    dx, dy, dz = x - radar.pos_m[0], y - radar.pos_m[1], z - radar.pos_m[2]
    elevation_sd = math.hypot(radar.elevation_error_rad, radar.elevation_bias_sd_rad)
    if radar.kind == RADAR_2D:
        elevation_sd = height_sd_m / math.sqrt(dx * dx + dy * dy + dz * dz)
    plot_covariance(
        noise, dx, dy, dz, radar.up, math.hypot(radar.range_error_m, radar.range_bias_sd_m),
        math.hypot(radar.azimuth_error_rad, radar.azimuth_bias_sd_rad), elevation_sd)  # fmt: skip


@njit
def free_row(tracks: Array, high: Array, network: int) -> int:
    """A free row of a picture, the lowest; -1 where the table is full."""
    for i in range(high[network]):
        if tracks[i].state == FREE:
            return i
    if high[network] < tracks.shape[0]:
        high[network] += 1
        return high[network] - 1
    return -1


@njit
def clear_track(track: Any, number: int, key: np.uint64, mover: int, time_s: float) -> None:
    """A row made ready for a new track."""
    track.number, track.key, track.mover = number, key, mover
    track.start_s, track.hit_s, track.log_s = time_s, time_s, -math.inf
    track.identity, track.own, track.evidence, track.told, track.told_by, track.remote = 0, 0, 0, -1, -1, -1
    track.identity_s, track.told_s, track.killed_s = -math.inf, -math.inf, -math.inf
    track.engaged_by, track.engagements, track.origin, track.hits = -1, 0, 0, 0
    track.borrowed, track.borrowed_s = 0, -math.inf
    track.p[0], track.p[1], track.p[2] = 0.0, 0.0, 0.0


@njit
def join_seed(plot: Any, seeds: Array, radar: Any) -> int:
    """The seed of this radar nearest to the plot among those a flight could have joined it from; -1 for none."""
    best, best_d2 = -1, math.inf
    spread = 4.0 * (radar.range_error_m + plot.range_m * radar.azimuth_error_rad)
    top = BALLISTIC_M_S if plot.height_m > HIGH_M else FAST_M_S
    for s in range(radar.seeds):
        seed = seeds[s]
        dt = plot.time_s - seed.time_s
        if seed.age < 1 or seed.age > SEED_SCANS or dt <= 0.5:  # of an earlier scan, and not used up
            continue
        x = plot.pos_m[0] - seed.pos_m[0]
        y = plot.pos_m[1] - seed.pos_m[1]
        z = plot.pos_m[2] - seed.pos_m[2]
        d2 = x * x + y * y + z * z
        reach = top * dt + spread
        if d2 < reach * reach and d2 < best_d2:
            best, best_d2 = s, d2
    return best


@njit
def age_seeds(seeds: Array, radar: Any) -> None:
    """One scan older; the old and the used ones go."""
    kept = 0
    for s in range(radar.seeds):
        if seeds[s].age < SEED_SCANS:
            if kept != s:
                seeds[kept] = seeds[s]
            seeds[kept].age += 1
            kept += 1
    radar.seeds = kept


@njit
def take_hit(track: Any, mover: int, radar_row: int, time_s: float) -> None:
    """Count a hit. M of N counts the scans of the radar that started the track: many radars' chances would confirm
    noise. A false plot that a firm track takes does not change whose plots it rests on."""
    if track.state != TENTATIVE or track.radar == radar_row:
        track.hits += 1
        track.radar = radar_row
    if mover >= 0 or track.state == TENTATIVE:
        track.mover = mover
    track.hit_s = time_s


@njit
def catch_up(plot: Any, track: Any, noise: Array) -> None:
    """A plot older than the track (another radar's beam was later) is carried to the track's time, at the price of the
    track's own error in speed."""
    lag = track.time_s - plot.time_s
    if lag <= 0.0:
        return
    for i in range(3):
        plot.pos_m[i] += track.vel_m_s[i] * lag
        noise[i, i] += track.vv[i, i] * lag * lag
    plot.time_s = track.time_s


@njit
def associate(
    plots: Array, n: int, radar: Any, radar_row: int, tracks: Array, high: Array, numbers: Array, taken: Array,
    seeds: Array, cells: Array, rules: Any, noise: Array, gain: Array, newly: Array, time_s: float, scan: int,
) -> int:  # fmt: skip
    """One scan into one picture. Rows of tracks that became firm are left in `newly`; their number is returned.
    `newly` is filled from the back with rows of tracks that were started, their number in newly[-1]."""
    network = radar.network
    fill_grid(tracks, high[network], rules, cells, time_s)
    age_seeds(seeds, radar)
    choice = choose(plots, n, radar, tracks, high[network], rules, cells, noise)
    firm = started = 0
    for k in range(n):
        plot = plots[k]
        spread_of(noise, plot, radar)
        i = choice[k]
        if i >= 0:
            track = tracks[i]
            catch_up(plot, track, noise)
            predict(track, plot.time_s, rules.process_noise, rules.ballistic_speed_m_s, rules.ballistic_above_m)
            update(track, plot.pos_m, noise, gain)
            if track.remote >= 0:
                take_over(track, rules, time_s)
            taken[i] = scan
            take_hit(track, plot.mover, radar_row, time_s)
            plot.track = track.number
            if track.state == TENTATIVE and track.hits >= rules.confirm_hits:
                track.state = FIRM
                newly[firm] = i
                firm += 1
            continue
        s = join_seed(plot, seeds, radar)
        row = free_row(tracks, high, network) if s >= 0 else -1
        if row >= 0:
            track = tracks[row]
            clear_track(track, numbers[network], plot.key, plot.mover, time_s)
            numbers[network] += 1
            start(track, seeds[s].time_s, seeds[s].pos_m, plot.time_s, plot.pos_m, noise)
            seeds[s].age = SEED_SCANS + 1
            track.state, track.hits, track.radar = TENTATIVE, 2, radar_row
            track.confirm_by_s = time_s + radar.revisit_s * (rules.confirm_scans - 1.5)
            taken[row] = scan
            plot.track = track.number
            started += 1
            newly[newly.shape[0] - 1 - started] = row
            if track.hits >= rules.confirm_hits:
                track.state = FIRM
                newly[firm] = row
                firm += 1
        elif radar.seeds < seeds.shape[0]:
            seed = seeds[radar.seeds]
            seed.time_s, seed.height_m, seed.key, seed.mover, seed.age = (
                plot.time_s, plot.height_m, plot.key, plot.mover, 0)  # fmt: skip
            seed.pos_m[0], seed.pos_m[1], seed.pos_m[2] = plot.pos_m[0], plot.pos_m[1], plot.pos_m[2]
            radar.seeds += 1
    newly[newly.shape[0] - 1] = started
    return firm
