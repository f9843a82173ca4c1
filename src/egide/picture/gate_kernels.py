"""Which plots may be which track's: where to look, what lies there, what each pair would cost.

pair     a track and a plot inside its gate; its cost is minus twice the logarithm of the odds that they belong together
odds     density of the plot if it is the track's, times Pd and the track's own existence, over the density of false
         plots times the chance of a miss; a pair whose odds are below 1 is none (Blackman and Popoli 1999, 6.2 and 6.4)

Plots hang in a hash of cells (`hang`), or are looked at one by one where they are fewer than the cells in reach.

spot     a coarse cell with a plot in or beside it, marked scan by scan: a track elsewhere has none in reach, if its
         reach is no more than a cell. Most radars have most tracks below their horizon
far_m    more than the reach of a track, but for the sensor's errors, within LATE_S of its state; found when asked for
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import EARTH_RADIUS_M
from egide.jit import njit
from egide.picture.modes_kernels import FALL, FAR_UNKNOWN, predict_modes
from egide.picture.plots_kernels import CELL_M, LEAST_MODE, clutter_log, elevation_of, fit, hashed, measure
from egide.picture.tables import BEARING, DIRECTION, FREE, PLACE, RADAR_2D, SPOTS

Array = np.ndarray[Any, Any]
NEED_ROOM = -1
SPOT_M = 2.0 * CELL_M
LATE_S = 12.0


@njit
def near(
    places: Array, n: int, heads: Array, cell_m: float, x: float, y: float, z: float, reach_m: float, found: Array
) -> int:
    """Rows of the places within reach, into `found`; how many. The places hang in cells of `cell_m`."""
    c = 0
    reach2 = reach_m * reach_m
    side = 2.0 * reach_m / cell_m + 1.0
    if n < side * side * side:
        for k in range(n):
            p = places[k].pos_m
            if (p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2 <= reach2:
                found[c] = k
                c += 1
        return c
    mask = heads.shape[0] - 1
    x0, x1 = math.floor((x - reach_m) / cell_m), math.floor((x + reach_m) / cell_m)
    y0, y1 = math.floor((y - reach_m) / cell_m), math.floor((y + reach_m) / cell_m)
    z0, z1 = math.floor((z - reach_m) / cell_m), math.floor((z + reach_m) / cell_m)
    for a in range(x0, x1 + 1):
        for b in range(y0, y1 + 1):
            for d in range(z0, z1 + 1):
                k = heads[hashed(a, b, d) & mask]
                while k >= 0:
                    cell, p = places[k].cell, places[k].pos_m
                    here = cell[0] == a and cell[1] == b and cell[2] == d
                    if here and (p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2 <= reach2:
                        found[c] = k
                        c += 1
                    k = places[k].next
    return c


@njit
def passive(sensor: Any) -> bool:
    """It measures angles alone."""
    return sensor.kind == BEARING or sensor.kind == DIRECTION


@njit
def foreseen(track: Any, sensor: Any, time_s: float, rules: Any) -> tuple[float, float, float]:
    """Where to look for a track's plot: where it flies on to; for a 2-D radar that is told no heights, at the supposed
    height there, as its plots are."""
    dt = time_s - track.time_s
    p, v, o = track.pos_m, track.vel_m_s, sensor.pos_m
    x, y, z = p[0] + v[0] * dt, p[1] + v[1] * dt, p[2] + v[2] * dt
    if sensor.kind != RADAR_2D or sensor.height_error_m > 0.0:
        return x, y, z
    x, y, z = x - o[0], y - o[1], z - o[2]
    e = x * sensor.east[0] + y * sensor.east[1] + z * sensor.east[2]
    n = x * sensor.north[0] + y * sensor.north[1] + z * sensor.north[2]
    r = max(math.sqrt(x * x + y * y + z * z), 1.0)
    elevation = elevation_of(r, rules.assumed_height_m, sensor.pos_m)
    flat = r * math.cos(elevation) / max(math.sqrt(e * e + n * n), 1e-3)
    e, n, u = e * flat, n * flat, r * math.sin(elevation)
    east, north, up = sensor.east, sensor.north, sensor.up
    x, y = o[0] + e * east[0] + n * north[0] + u * up[0], o[1] + e * east[1] + n * north[1] + u * up[1]
    return x, y, o[2] + e * east[2] + n * north[2] + u * up[2]


@njit
def reach_of(track: Any, sensor: Any, time_s: float, rules: Any) -> float:
    """How far from where it is foreseen a track's plot can lie: the gate about the trace of its covariance and of the
    sensor's errors, and the way it makes within a turn of the antenna. What a 2-D radar does not see is left out."""
    dt = abs(time_s - track.time_s)
    spread = noise = 0.0
    for i in range(3):
        spread += track.pp[i, i] + 2.0 * dt * abs(track.pv[i, i]) + dt * dt * track.vv[i, i]
        noise = max(noise, rules.noise[i])
    if sensor.kind == RADAR_2D and sensor.height_error_m <= 0.0:
        for i in range(3):
            for j in range(3):
                c = track.pp[i, j] + 2.0 * dt * track.pv[i, j] + dt * dt * track.vv[i, j]
                spread -= sensor.up[i] * sensor.up[j] * c
    spread += noise * dt * dt * dt
    far = rules.gate * max(spread, 0.0)
    v = track.vel_m_s
    speed = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    off = 0.0
    for i in range(3):
        d = track.pos_m[i] - sensor.pos_m[i]
        off += d * d
    angles = sensor.azimuth_error_rad**2 + sensor.elevation_error_rad**2
    angles += sensor.azimuth_bias_sd_rad**2 + sensor.elevation_bias_sd_rad**2
    errors = sensor.range_error_m**2 + sensor.range_bias_sd_m**2 + sensor.height_error_m**2 + off * angles
    far += rules.gate * errors * (1.0 + sensor.extra)
    turn = min(rules.turn_most_rad_s * dt, 2.0)
    return math.sqrt(far) + speed * (sensor.revisit_s + (turn * dt * 0.5 if rules.models > 1 else 0.0))


@njit
def mark_spots(plots: Array, n: int, spots: Array) -> None:
    """Mark the coarse cells of the plots that `hang` hung up, and those around them."""
    spots[:] = 0
    for k in range(n):
        cell, before = plots[k].cell, plots[max(k - 1, 0)].cell
        x, y, z = cell[0] >> 1, cell[1] >> 1, cell[2] >> 1
        if k > 0 and x == before[0] >> 1 and y == before[1] >> 1 and z == before[2] >> 1:
            continue
        for a in range(x - 1, x + 2):
            for b in range(y - 1, y + 2):
                for c in range(z - 1, z + 2):
                    spots[hashed(a, b, c) & (SPOTS - 1)] = 1


@njit
def out_of_reach(track: Any, sensor: Any, errors_m: float, angles: float, late_s: float, rules: Any) -> bool:
    """Whether no plot of a track lies a coarse cell from where it is foreseen. far_m: what `reach_of` answers at LATE_S
    without the sensor's errors, and a metre for rounding; the root of a sum is no more than the sum of the roots."""
    if track.far_m == FAR_UNKNOWN:
        spread, speed2 = max(rules.noise[0], rules.noise[1], rules.noise[2]) * LATE_S**3, 0.0
        for i in range(3):
            spread += track.pp[i, i] + 2.0 * LATE_S * abs(track.pv[i, i]) + LATE_S**2 * track.vv[i, i]
            speed2 += track.vel_m_s[i] ** 2
        turn = min(rules.turn_most_rad_s * LATE_S, 2.0) * LATE_S * 0.5
        track.far_m = math.sqrt(rules.gate * max(spread, 0.0)) + math.sqrt(speed2) * (LATE_S + turn) + 1.0
    return bool(abs(late_s) <= LATE_S and track.far_m + errors_m + angles * range_of(track, sensor) < SPOT_M)


@njit
def range_of(track: Any, sensor: Any) -> float:
    """Distance of a track from a sensor, at least 1 m."""
    r2 = 0.0
    for i in range(3):
        r2 += (track.pos_m[i] - sensor.pos_m[i]) ** 2
    return max(math.sqrt(r2), 1.0)


@njit
def out_of_flight(track: Any, plot: Any, rules: Any) -> bool:
    """Whether nothing that flies as this track does could have come from it to the plot. The filter alone would allow
    it: a turn of unknown rate, carried on for long as if it were linear, spreads over places that no turn leads to."""
    way2 = speed2 = spread = r2 = 0.0
    for i in range(3):
        way2 += (plot.pos_m[i] - track.pos_m[i]) ** 2
    far = min(rules.fast_m_s, rules.rocket_m_s) * abs(plot.time_s - track.time_s)
    if way2 <= far * far:
        return False
    for i in range(3):
        speed2 += track.vel_m_s[i] ** 2
        spread += track.pp[i, i] + plot.variance[i]
        r2 += track.pos_m[i] ** 2
    top = rules.fast_m_s
    high = math.sqrt(r2) > EARTH_RADIUS_M + rules.high_m
    if high or track.mode_p[FALL] > 0.5 or (rules.models == 1 and speed2 > rules.ballistic_speed_m_s**2):
        top = max(rules.rocket_m_s, 1.5 * math.sqrt(speed2))
    far = top * abs(plot.time_s - track.time_s) + 4.0 * math.sqrt(spread)
    return bool(way2 > far * far)


@njit
def possible(track: Any, plot: Any, rules: Any) -> bool:
    """Whether a plot with a place lies near enough to a track for the gate to be worth computing: no farther than a
    flight could have come; and along each of the plot's own axes, the track flown straight on to its time, with room
    for a turn or a fall."""
    if plot.rows < 3:
        return True
    if out_of_flight(track, plot, rules):
        return False
    dt = plot.time_s - track.time_s
    v, pp, pv, vv = track.vel_m_s, track.pp, track.pv, track.vv
    x = plot.pos_m[0] - track.pos_m[0] - dt * v[0]
    y = plot.pos_m[1] - track.pos_m[1] - dt * v[1]
    z = plot.pos_m[2] - track.pos_m[2] - dt * v[2]
    late = abs(dt)
    room = 5.0 * dt * dt
    if rules.models > 1:
        speed = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
        room += speed * min(rules.turn_most_rad_s * late, 2.0) * late * 0.5
    noise = max(rules.noise[0], rules.noise[1], rules.noise[2]) * late * late * late
    for k in range(3):
        a, b, c = plot.axes[k, 0], plot.axes[k, 1], plot.axes[k, 2]
        off = abs(a * x + b * y + c * z) - room
        if off <= 0.0:
            continue
        spread = plot.variance[k] + noise
        for i in range(3):
            h = plot.axes[k, i]
            spread += h * (
                a * (pp[i, 0] + dt * (pv[i, 0] + pv[0, i] + dt * vv[i, 0]))
                + b * (pp[i, 1] + dt * (pv[i, 1] + pv[1, i] + dt * vv[i, 1]))
                + c * (pp[i, 2] + dt * (pv[i, 2] + pv[2, i] + dt * vv[i, 2]))
            )
        if off * off > rules.gate * spread:
            return False
    return True


@njit
def pair_up(
    plots: Array, n: int, sensor: Any, sensor_row: int, tracks: Array, high: int, live: Array, heads: Array,
    found: Array, first: Array, edge_col: Array, edge_cost: Array, rules: Any, work: Any, time_s: float,
) -> int:  # fmt: skip
    """All pairs of live tracks and plots inside their gates; tracks with a plot near are carried to its time. How many
    have one, or are held by the sensor; NEED_ROOM, before anything was done, where the pairs do not fit."""
    rows: Any = np.int64(0)
    near_by: Any = np.int64(0)
    angles_only, spots = passive(sensor), work.spots
    wide = math.sqrt(rules.gate * (1.0 + sensor.extra)) if sensor.revisit_s <= LATE_S else math.inf
    errors_m = wide * (sensor.range_error_m + sensor.range_bias_sd_m + sensor.height_error_m)
    angles = wide * (sensor.azimuth_error_rad + sensor.elevation_error_rad)
    angles += wide * (sensor.azimuth_bias_sd_rad + sensor.elevation_bias_sd_rad)
    if not angles_only:
        mark_spots(plots, n, spots)
    for i in range(high):
        track = tracks[i]
        if track.state == FREE:
            continue
        begin, count = near_by, n
        if not angles_only:
            count = 0
            x, y, z = foreseen(track, sensor, time_s, rules)
            spot = hashed(math.floor(x / SPOT_M), math.floor(y / SPOT_M), math.floor(z / SPOT_M)) & (SPOTS - 1)
            if spots[spot] == 1 or not out_of_reach(track, sensor, errors_m, angles, time_s - track.time_s, rules):
                reach, o = reach_of(track, sensor, time_s, rules), sensor.pos_m
                far = sensor.range_max_m + reach
                if sensor.kind == PLACE or (x - o[0]) ** 2 + (y - o[1]) ** 2 + (z - o[2]) ** 2 <= far * far:
                    count = near(plots, n, heads, CELL_M, x, y, z, reach, found)
        for c in range(count):
            k = c if angles_only else found[c]
            if angles_only or possible(track, plots[k], rules):
                if near_by == edge_col.shape[0]:
                    return NEED_ROOM
                edge_col[near_by] = k
                near_by += 1
        if near_by > begin or track.radar == sensor_row:  # nothing becomes of any other
            live[rows], first[rows] = i, begin
            rows += 1
    first[rows] = near_by
    edges: Any = np.int64(0)
    for row in range(rows):  # what is kept is written over what was looked at
        begin, end = first[row], first[row + 1]
        first[row] = edges
        if begin == end:
            continue
        track = tracks[live[row]]
        exists = 1.0 / (1.0 + math.exp(-track.score))
        seen = sensor.detection * exists
        base = 2.0 * math.log((1.0 - seen) / seen)
        for c in range(begin, end):
            k = edge_col[c]
            plot = plots[k]
            if c == begin:
                predict_modes(track, plot.time_s, rules, work)
                for mode in range(rules.models):
                    work.log_p[mode] = math.log(track.mode_p[mode]) if track.mode_p[mode] > LEAST_MODE else -math.inf
            m = measure(plot, sensor, track, work)
            d2, log = fit(track, m, rules, work)
            if d2 > rules.gate:
                continue
            cost = base + 2.0 * (clutter_log(plot, sensor, range_of(track, sensor)) - log)
            if cost < 0.0:
                edge_col[edges], edge_cost[edges] = k, cost
                edges += 1
    first[rows] = edges
    return int(rows)
