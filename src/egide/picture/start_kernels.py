"""How a track begins: plots that no track took, scan by scan.

seed     a plot that no track took; with a plot of one of the next scans that a flight could have come to it is a track
age      of a seed, in scans of its sensor since it was kept
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.gate_kernels import NEED_ROOM, near, range_of
from egide.picture.modes_kernels import FALL, TURN, combine, fold, grow, predict_modes
from egide.picture.plots_kernels import LOG_TWO_PI, clutter_log, distance, measure

Array = np.ndarray[Any, Any]
EARLIEST_S = 0.5  # between two plots that start a track


@njit
def lay_out(track: Any, seed: Any, plot: Any, rules: Any) -> bool:
    """Mode 0 of a track at its seed, with any likely velocity; whether that includes a rocket's. Knowledge that things
    climb slowly keeps a radar with poor elevation from rockets."""
    r2 = 0.0
    for i in range(3):
        r2 += seed.pos_m[i] * seed.pos_m[i]
    rocket = bool(max(height_over(seed), height_over(plot)) > rules.high_m)
    level = rules.rocket_m_s * 0.5 if rocket else rules.level_speed_sd_m_s
    climb = rules.rocket_m_s * 0.5 if rocket else rules.climb_sd_m_s
    x, p = track.mode_mean[0], track.mode_cov[0]
    p[:, :] = 0.0
    x[6] = 0.0
    for i in range(3):
        x[i], x[3 + i] = seed.pos_m[i], 0.0
        for j in range(3):
            for k in range(3):
                p[i, j] += seed.axes[k, i] * seed.variance[k] * seed.axes[k, j]
            p[3 + i, 3 + j] = (climb * climb - level * level) * seed.pos_m[i] * seed.pos_m[j] / r2
        p[3 + i, 3 + i] += level * level
    return rocket


@njit
def odds_of_start(track: Any, plot: Any, sensor: Any, rules: Any, work: Any) -> float:
    """Logarithm of the odds that the plot is of the seed's object, were it to fly straight: mode 1 is scratch."""
    straight: Any = np.int64(1)  # a plain 1 would have what takes it compiled once more
    x, p, dt = track.mode_mean[1], track.mode_cov[1], plot.time_s - track.time_s
    for i in range(7):
        x[i] = track.mode_mean[0, i]
        for j in range(7):
            p[i, j] = track.mode_cov[0, i, j]
    grow(p, dt, rules.noise[0])
    for i in range(3):
        track.pos_m[i], track.vel_m_s[i] = x[i], x[3 + i]
    track.time_s = plot.time_s
    n = measure(plot, sensor, track, work)
    d2, log = distance(track, straight, n, math.inf, work)
    gain = -0.5 * (d2 + log + n * LOG_TWO_PI) - clutter_log(plot, sensor, range_of(track, sensor))
    return float(math.log(rules.new_share) + gain + math.log(sensor.detection))


@njit
def begin(track: Any, seed: Any, plot: Any, sensor: Any, rules: Any, work: Any) -> bool:
    """A track from a seed and a plot: at the seed with any likely velocity, then carried to the plot and told of it.
    For little prior knowledge of speed this is the two-point start (Bar-Shalom et al. 2001, 5.5.3). False, and no
    track, where the odds are below `begin_score`: two false plots, nearly always."""
    rocket = lay_out(track, seed, plot, rules)
    track.time_s = seed.time_s
    track.score = odds_of_start(track, plot, sensor, rules, work)
    if track.score < rules.begin_score:
        return False
    for mode in range(1, 3):
        for i in range(7):
            track.mode_mean[mode, i] = track.mode_mean[0, i]
            for j in range(7):
                track.mode_cov[mode, i, j] = track.mode_cov[0, i, j]
    track.mode_cov[TURN, 6, 6] = rules.turn_sd_rad_s * rules.turn_sd_rad_s
    for mode in range(3):
        track.mode_p[mode] = rules.start_p[mode] if rules.models > 1 else 1.0 * (mode == 0)
    if rules.models > 1 and not rocket:
        track.mode_p[0] += track.mode_p[FALL]
        track.mode_p[FALL] = 0.0
    track.time_s = seed.time_s
    combine(track, rules.models)
    predict_modes(track, plot.time_s, rules, work)
    rows, plot.rows = plot.rows, 3  # a start needs a place, were it a supposed one
    n = measure(plot, sensor, track, work)
    plot.rows = rows
    fold(track, n, rules, work)
    return True


@njit
def seed_pairs(
    plots: Array, orphans: Array, n: int, sensor: Any, seeds: Array, heads: Array, cell_m: float, found: Array,
    first: Array, edge_col: Array, edge_cost: Array, rules: Any,
) -> int:  # fmt: skip
    """Pairs of a plot that no track took and a seed that a flight could have come from, at the cost of the speed it
    takes, as a share of the highest. NEED_ROOM or how many pairs."""
    edges = 0
    for row in range(n):
        first[row] = edges
        plot = plots[orphans[row]]
        height = height_over(plot)
        top = rules.rocket_m_s if height > rules.high_m else rules.fast_m_s
        slack = 4.0 * math.sqrt(plot.variance[0] + plot.variance[1])
        reach = top * sensor.revisit_s * rules.seed_scans * 1.1 + slack
        if plot.rows == 3:
            reach += 4.0 * math.sqrt(plot.variance[2])
        count = near(seeds, sensor.seeds, heads, cell_m, plot.pos_m[0], plot.pos_m[1], plot.pos_m[2], reach, found)
        for c in range(count):
            seed = seeds[found[c]]
            dt = plot.time_s - seed.time_s
            if dt <= EARLIEST_S:
                continue
            along = across = up = 0.0
            for i in range(3):
                d = plot.pos_m[i] - seed.pos_m[i]
                along += d * plot.axes[0, i]
                across += d * plot.axes[1, i]
                up += d * plot.axes[2, i]
            far = math.sqrt(along * along + across * across)
            rise = max(abs(up) - 4.0 * math.sqrt(plot.variance[2] + seed.variance[2]), 0.0)
            if sensor.rate_error_m_s > 0.0 and math.isfinite(plot.rate_m_s):
                rate_sd = math.hypot(1.5 * math.sqrt(plot.variance[0]) / dt, sensor.rate_error_m_s) + far / dt * 0.05
                if abs(along / dt - plot.rate_m_s) > 4.0 * rate_sd + 10.0 * dt:
                    continue
            way = math.hypot(max(far - slack, 0.0), rise)
            if way >= top * dt:
                continue
            if edges == edge_col.shape[0]:
                return NEED_ROOM
            edge_col[edges], edge_cost[edges] = found[c], min(math.hypot(far, rise) / (top * dt + slack), 1.0)
            edges += 1
    first[n] = edges
    return edges


@njit
def way_m(sensor: Any, rules: Any) -> float:
    """How far wings carry anything while a seed of the sensor lasts."""
    return float(rules.fast_m_s * sensor.revisit_s * rules.seed_scans * 1.1)


@njit
def height_over(plot: Any) -> float:
    """Height above the ellipsoid, along the radius: within a metre in a thousand kilometres of range."""
    p = plot.pos_m
    r = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    foot = math.sqrt((p[0] * p[0] + p[1] * p[1]) / 6378137.0**2 + p[2] * p[2] / 6356752.314245**2)
    return r - r / foot


@njit
def age_seeds(seeds: Array, sensor: Any, rules: Any) -> None:
    """One scan older, for the next one; the old and the used ones go."""
    kept = 0
    for s in range(sensor.seeds):
        if seeds[s].age < rules.seed_scans:
            if kept != s:
                seeds[kept] = seeds[s]
            seeds[kept].age += 1
            kept += 1
    sensor.seeds = kept
