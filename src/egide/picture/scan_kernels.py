"""One scan of one sensor into one picture: gate, assign, update, start, forget.

pair     a track and a plot inside its gate; its cost is minus twice the logarithm of the odds that they belong together
odds     density of the plot if it is the track's, times Pd and the track's own existence, over the density of false
         plots times the chance of a miss; a pair whose odds are below 1 is none (Blackman and Popoli 1999, 6.2 and 6.4)
seed     a plot that no track took; with a plot of one of the next scans that a flight could have come to it is a track
score    sum of the logarithms of the odds; firm at `confirm_score` with `confirm_hits` hits, dropped below `drop_score`

Memory goes with tracks, plots and pairs; nothing is square. All that is found is in the order of rows and plots, so
that the same plots give the same picture.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.assign_kernels import assign
from egide.picture.modes_kernels import FALL, TURN, combine, fold, predict_modes
from egide.picture.plots_kernels import CELL_M, clutter_log, elevation_of, fit, hang, hashed, measure, prepare
from egide.picture.tables import BEARING, DIRECTION, FIRM, FREE, PLACE, RADAR_2D, TENTATIVE

Array = np.ndarray[Any, Any]
NEED_ROOM = -1
WIDE_CELLS = 6  # a search over more cells than that a side looks at every plot instead
EARLIEST_S = 0.5  # between two plots that start a track


@njit
def near(places: Array, n: int, heads: Array, x: float, y: float, z: float, reach_m: float, found: Array) -> int:
    """Rows of the places within reach, into `found`; how many."""
    c = 0
    reach2 = reach_m * reach_m
    if 2.0 * reach_m > WIDE_CELLS * CELL_M:
        for k in range(n):
            p = places[k].pos_m
            if (p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2 <= reach2:
                found[c] = k
                c += 1
        return c
    mask = heads.shape[0] - 1
    x0, x1 = math.floor((x - reach_m) / CELL_M), math.floor((x + reach_m) / CELL_M)
    y0, y1 = math.floor((y - reach_m) / CELL_M), math.floor((y + reach_m) / CELL_M)
    z0, z1 = math.floor((z - reach_m) / CELL_M), math.floor((z + reach_m) / CELL_M)
    for a in range(x0, x1 + 1):
        for b in range(y0, y1 + 1):
            for d in range(z0, z1 + 1):
                k = heads[hashed(a, b, d) & mask]
                while k >= 0:
                    place = places[k]
                    p = place.pos_m
                    if (
                        place.cell[0] == a and place.cell[1] == b and place.cell[2] == d
                        and (p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2 <= reach2
                    ):  # fmt: skip
                        found[c] = k
                        c += 1
                    k = place.next
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
    elevation = elevation_of(r, rules.assumed_height_m, sensor)
    flat = r * math.cos(elevation) / max(math.sqrt(e * e + n * n), 1e-3)
    e, n, u = e * flat, n * flat, r * math.sin(elevation)
    return (
        o[0] + e * sensor.east[0] + n * sensor.north[0] + u * sensor.up[0],
        o[1] + e * sensor.east[1] + n * sensor.north[1] + u * sensor.up[1],
        o[2] + e * sensor.east[2] + n * sensor.north[2] + u * sensor.up[2],
    )


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
    far += rules.gate * (sensor.range_error_m**2 + sensor.range_bias_sd_m**2 + sensor.height_error_m**2 + off * angles)
    turn = min(rules.turn_most_rad_s * dt, 2.0)
    return math.sqrt(far) + speed * (sensor.revisit_s + (turn * dt * 0.5 if rules.models > 1 else 0.0))


@njit
def pair_up(
    plots: Array, n: int, sensor: Any, tracks: Array, high: int, live: Array, heads: Array, found: Array,
    first: Array, edge_col: Array, edge_cost: Array, rules: Any, work: Any, time_s: float,
) -> int:  # fmt: skip
    """All pairs of live tracks and plots inside their gates. Tracks with a plot near are carried to its time on the
    way. How many tracks live; NEED_ROOM where the pairs do not fit (nothing is lost: call again with more)."""
    rows = edges = 0
    for i in range(high):
        track = tracks[i]
        if track.state == FREE:
            continue
        live[rows] = i
        first[rows] = edges
        rows += 1
        if passive(sensor):
            count = n
            for k in range(n):
                found[k] = k
        else:
            x, y, z = foreseen(track, sensor, time_s, rules)
            count = near(plots, n, heads, x, y, z, reach_of(track, sensor, time_s, rules), found)
        if count == 0:
            continue
        exists = 1.0 / (1.0 + math.exp(-track.score))
        seen = sensor.detection * exists
        base = 2.0 * math.log((1.0 - seen) / seen)
        for c in range(count):
            plot = plots[found[c]]
            if c == 0:
                predict_modes(track, plot.time_s, rules, work)
            m = measure(plot, sensor, track, work)
            d2, log = fit(track, m, rules, work)
            if d2 > rules.gate:
                continue
            cost = base + 2.0 * (clutter_log(plot, sensor, range_of(track, sensor)) - log)
            if cost >= 0.0:
                continue
            if edges == edge_col.shape[0]:
                return NEED_ROOM
            edge_col[edges], edge_cost[edges] = found[c], cost
            edges += 1
    first[rows] = edges
    return rows


@njit
def covered(track: Any, sensor: Any, time_s: float) -> bool:
    """Whether a miss says anything: a radar that could have seen the track, in range and above its horizon (a
    mountain's radar looks a degree down)."""
    if passive(sensor) or sensor.kind == PLACE:
        return False
    dt = time_s - track.time_s
    r = height = 0.0
    for i in range(3):
        d = track.pos_m[i] + track.vel_m_s[i] * dt - sensor.pos_m[i]
        r += d * d
        height += d * sensor.up[i]
    return r < sensor.range_max_m * sensor.range_max_m and height > -0.02 * math.sqrt(r)


@njit
def range_of(track: Any, sensor: Any) -> float:
    """Distance of a track from a sensor, at least 1 m."""
    r2 = 0.0
    for i in range(3):
        r2 += (track.pos_m[i] - sensor.pos_m[i]) ** 2
    return max(math.sqrt(r2), 1.0)


@njit
def suppose(track: Any, sensor: Any, rules: Any, work: Any) -> None:
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
def take(track: Any, plot: Any, sensor: Any, sensor_row: int, rules: Any, work: Any) -> None:
    """Fold a plot into its track, and count it."""
    predict_modes(track, plot.time_s, rules, work)
    n = measure(plot, sensor, track, work)
    gain = fold(track, n, rules, work) - clutter_log(plot, sensor, range_of(track, sensor)) + math.log(sensor.detection)
    if plot.rows == 2 and sensor.kind == RADAR_2D:
        suppose(track, sensor, rules, work)
    track.score = min(track.score + gain, rules.most_score)
    if track.state != TENTATIVE or track.radar == sensor_row:
        track.hits += 1
    track.radar = sensor_row if track.state == FIRM else track.radar
    track.hit_s = max(track.hit_s, plot.time_s)
    track.misses = 0
    plot.track = track.number
    if plot.mover >= 0 or track.state == TENTATIVE:
        track.mover = plot.mover


@njit
def begin(track: Any, seed: Any, plot: Any, sensor: Any, rules: Any, work: Any) -> None:
    """A track from a seed and a plot: at the seed with any likely velocity, then carried to the plot and told of it.
    For little prior knowledge of speed this is the two-point start (Bar-Shalom et al. 2001, 5.5.3); knowledge that
    things climb slowly keeps a radar with poor elevation from rockets."""
    r2 = 0.0
    for i in range(3):
        r2 += seed.pos_m[i] * seed.pos_m[i]
    rocket = seed.height_m > rules.high_m
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
    for mode in range(1, 3):
        for i in range(7):
            track.mode_mean[mode, i] = x[i]
            for j in range(7):
                track.mode_cov[mode, i, j] = p[i, j]
    track.mode_cov[TURN, 6, 6] = rules.turn_sd_rad_s * rules.turn_sd_rad_s
    for mode in range(3):
        track.mode_p[mode] = rules.start_p[mode] if rules.models > 1 else 1.0 * (mode == 0)
    if rules.models > 1 and not rocket:
        track.mode_p[0] += track.mode_p[FALL]
        track.mode_p[FALL] = 0.0
    track.time_s = seed.time_s
    combine(track, rules.models)
    predict_modes(track, plot.time_s, rules, work)
    n = measure(plot, sensor, track, work)
    _, log = fit(track, n, rules, work)
    gain = log - clutter_log(plot, sensor, range_of(track, sensor))
    track.score = math.log(rules.new_share) + gain + math.log(sensor.detection)
    rows, plot.rows = plot.rows, 3  # a start needs a place, were it a supposed one
    n = measure(plot, sensor, track, work)
    plot.rows = rows
    fold(track, n, rules, work)
    track.hit_s, track.misses = plot.time_s, 0


@njit
def seed_pairs(
    plots: Array, orphans: Array, n: int, sensor: Any, seeds: Array, heads: Array, found: Array, first: Array,
    edge_col: Array, edge_cost: Array, rules: Any,
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
        count = near(seeds, sensor.seeds, heads, plot.pos_m[0], plot.pos_m[1], plot.pos_m[2], reach, found)
        for c in range(count):
            seed = seeds[found[c]]
            dt = plot.time_s - seed.time_s
            if dt <= EARLIEST_S or seed.age < 1:
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
def height_over(plot: Any) -> float:
    """Height above the ellipsoid, along the radius: within a metre in a thousand kilometres of range."""
    p = plot.pos_m
    r = math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    foot = math.sqrt((p[0] * p[0] + p[1] * p[1]) / 6378137.0**2 + p[2] * p[2] / 6356752.314245**2)
    return r - r / foot


@njit
def age_seeds(seeds: Array, sensor: Any, rules: Any) -> None:
    """One scan older; the old and the used ones go."""
    kept = 0
    for s in range(sensor.seeds):
        if seeds[s].age < rules.seed_scans:
            if kept != s:
                seeds[kept] = seeds[s]
            seeds[kept].age += 1
            kept += 1
    sensor.seeds = kept


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


@njit
def miss(track: Any, sensor: Any, rules: Any, time_s: float) -> None:
    """A scan in which a track in cover had no plot."""
    if covered(track, sensor, time_s):
        track.score += math.log(1.0 - sensor.detection)
        track.misses += 1


@njit
def settle(track: Any, rules: Any) -> None:
    """Firm once it has hits and score enough."""
    if track.state == TENTATIVE and track.hits >= rules.confirm_hits and track.score >= rules.confirm_score:
        track.state = FIRM


@njit
def forget(tracks: Array, high: int, rules: Any, time_s: float) -> None:
    """Free the rows of tracks without a plot for long, of little odds, or of no use any more."""
    for i in range(high):
        track = tracks[i]
        if track.state == FREE:
            continue
        late = time_s - track.hit_s > rules.drop_s
        if track.state == TENTATIVE:
            late = late or track.score < math.log(rules.new_share) + math.log(1e-2) or track.misses >= 3
        else:
            spread = track.pp[0, 0] + track.pp[1, 1] + track.pp[2, 2]
            late = late or track.score < rules.drop_score or spread > 3.0 * rules.drop_sd_m * rules.drop_sd_m
        if late:
            track.state = FREE


@njit
def continue_tracks(
    plots: Array, n: int, sensor: Any, sensor_row: int, tracks: Array, counts: Array, seeds: Array, rules: Any,
    work: Any, live: Array, heads: Array, found: Array, first: Array, edge_col: Array, edge_cost: Array, choice: Array,
    row_of: Array, u: Array, v: Array, cheapest: Array, came: Array, reached: Array, done: Array, time_s: float,
) -> int:  # fmt: skip
    """First half of a scan: plots to the tracks there are. counts: rows of tracks in use, next track number. 0, or
    NEED_ROOM before anything but predictions was done; then call again with room for more pairs."""
    for k in range(n):
        prepare(plots[k], sensor, rules)
        plots[k].track = -1
    if not passive(sensor):
        hang(plots, n, heads)
    rows = pair_up(
        plots, n, sensor, tracks, counts[0], live, heads, found, first, edge_col, edge_cost, rules, work,
        time_s)  # fmt: skip
    if rows == NEED_ROOM:
        return NEED_ROOM
    assign(rows, first, edge_col, edge_cost, 0.0, choice, row_of[:n], u, v[:n], cheapest[:n], came, reached, done[:n])
    for row in range(rows):
        track = tracks[live[row]]
        if choice[row] >= 0:
            take(track, plots[choice[row]], sensor, sensor_row, rules, work)
            settle(track, rules)
        else:
            miss(track, sensor, rules, time_s)
    forget(tracks, counts[0], rules, time_s)
    age_seeds(seeds, sensor, rules)
    return 0


@njit
def start_tracks(
    plots: Array, n: int, sensor: Any, sensor_row: int, tracks: Array, counts: Array, seeds: Array, rules: Any,
    work: Any, orphans: Array, heads: Array, found: Array, first: Array, edge_col: Array, edge_cost: Array,
    choice: Array, row_of: Array, u: Array, v: Array, cheapest: Array, came: Array, reached: Array, done: Array,
    time_s: float,
) -> int:  # fmt: skip
    """Second half: plots that no track took meet the seeds of the scans before, again by an optimal assignment; what is
    left is kept as seeds. 0, or NEED_ROOM before anything was done."""
    count: Any = np.int64(0)  # a plain 0 would have what takes it compiled once more
    for k in range(n):
        if plots[k].track < 0 and not passive(sensor):
            orphans[count] = k
            count += 1
    s = sensor.seeds
    hang(seeds, s, heads)
    if seed_pairs(plots, orphans, count, sensor, seeds, heads, found, first, edge_col, edge_cost, rules) == NEED_ROOM:
        return NEED_ROOM
    assign(count, first, edge_col, edge_cost, 1.0, choice, row_of[:s], u, v[:s], cheapest[:s], came, reached, done[:s])
    free = free_rows(tracks, counts[0], count, found)
    used = 0
    for row in range(count):
        plot = plots[orphans[row]]
        if choice[row] >= 0 and used < free:
            i = found[used]
            used += 1
            track = tracks[i]
            track.number, track.key, track.mover = counts[1], plot.key, plot.mover
            counts[1] += 1
            counts[0] = max(counts[0], i + 1)
            track.state, track.hits, track.radar = TENTATIVE, 2, sensor_row
            track.start_s = time_s
            begin(track, seeds[choice[row]], plot, sensor, rules, work)
            seeds[choice[row]].age = rules.seed_scans + 1
            plot.track = track.number
            settle(track, rules)
        elif sensor.seeds < seeds.shape[0]:
            keep_seed(seeds[sensor.seeds], plot)
            sensor.seeds += 1
    return 0


@njit
def keep_seed(seed: Any, plot: Any) -> None:
    """A plot that may be the first of a track."""
    seed.time_s, seed.height_m, seed.key, seed.mover, seed.age = (
        plot.time_s, height_over(plot), plot.key, plot.mover, 0)  # fmt: skip
    for i in range(3):
        seed.pos_m[i], seed.variance[i] = plot.pos_m[i], plot.variance[i]
        for j in range(3):
            seed.axes[i, j] = plot.axes[i, j]
