"""From what a beam met to a plot: errors, resolution cells, false plots.

true     range, azimuth, elevation and rate as they are, when the beam passed; `look_at` leaves them in the plot
blur     adds bias, random and correlated error, and places the plot
merge    several objects in one resolution cell become one plot, between `look_at` and `blur`
slow     correlated error: a Gauss-Markov sequence over the scans of one radar and one object. The ends of a block of
         scans are drawn, then the middle of what is left given its ends, until it is the scan asked for: each scan
         has one draw, so that it does not matter which were asked for before

Every error is a pure function of the radar, the object and the scan: neither the order of radars nor what else was
seen changes it. Equations and sources: docs/models/sensing.md.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import EARTH_RADIUS_M
from egide.engine.move import position_at
from egide.jit import njit, njit_allocating
from egide.physics.kernels import geodetic_from_ecef
from egide.picture.plots_kernels import elevation_of
from egide.picture.tables import BEARING, DIRECTION, RADAR_2D, RADAR_3D
from egide.rng import ALTIMETER, BIAS, CLUTTER, FALSE_PLOT, NOISE, ONCE, SLOW_ERROR, normals, uniforms

Array = np.ndarray[Any, Any]
TWO_PI = 2.0 * math.pi
ECHO, CIVIL_REPLY, ALLIANCE_REPLY, EMISSION = 1, 2, 4, 8  # bits of events.SIGNALS
REPLIES = CIVIL_REPLY | ALLIANCE_REPLY
RATE_STEP_S = 0.05  # range is differenced over twice as much
FEW = 500.0  # a Poisson number of a larger mean is drawn as a normal one
FALSE_MOST = 4095  # false plots of one kind a scan: so many draws have a name of their own
LEAST_WEIGHT = 1e-3  # of a plot that has no echo, in the centre of a merged one


@njit
def beam_time(radar: Any, azimuth: float, time_s: float) -> float:
    """When the beam passed an azimuth, of the turn that ends at time_s."""
    turn = azimuth / TWO_PI
    return float(time_s - radar.revisit_s * (1.0 - (turn - math.floor(turn))))


@njit
def apart(a_rad: float, b_rad: float) -> float:
    """Angle between two azimuths. A remainder takes long: it is taken where it is needed."""
    off = abs(a_rad - b_rad)
    off = off if off < TWO_PI else off % TWO_PI
    return min(off, TWO_PI - off)


@njit
def azimuth_of(radar: Any, x: float, y: float, z: float) -> float:
    """Azimuth of a vector from the radar; the radar's east has no part along the Earth's axis."""
    east = x * radar.east[0] + y * radar.east[1]
    north = x * radar.north[0] + y * radar.north[1] + z * radar.north[2]
    return math.atan2(east, north)


@njit
def look_at(plot: Any, radar: Any, mover: Any, vertices: Array, key: Array, time_s: float, fast: int) -> bool:
    """Fill a plot with the beam's time (fast: the turn's end) and the truth then. False: the object came later."""
    dt = time_s - mover.t0_s
    x = mover.pos_m[0] + mover.vel_m_s[0] * dt
    y = mover.pos_m[1] + mover.vel_m_s[1] * dt
    z = mover.pos_m[2] + mover.vel_m_s[2] * dt
    plot.time_s, plot.rate_m_s, plot.height_m = time_s, math.nan, math.nan
    if fast == 0:
        azimuth = azimuth_of(radar, x - radar.pos_m[0], y - radar.pos_m[1], z - radar.pos_m[2])
        plot.time_s = beam_time(radar, azimuth, time_s)
        if plot.time_s < mover.start_s:
            return False
        x, y, z = position_at(mover, vertices, plot.time_s)
    if fast == 0 and plot.signal & CIVIL_REPLY:
        _, _, height = geodetic_from_ecef(x, y, z)
        n, _, _, _ = normals(key, ALTIMETER, mover.id, mover.id, ONCE)
        plot.height_m = height + n * radar.height_error_m
    x, y, z = x - radar.pos_m[0], y - radar.pos_m[1], z - radar.pos_m[2]
    plot.range_m = math.sqrt(x * x + y * y + z * z)
    plot.azimuth_rad, plot.seen_s = azimuth_of(radar, x, y, z), plot.time_s
    plot.elevation_rad = math.asin((x * radar.up[0] + y * radar.up[1] + z * radar.up[2]) / plot.range_m)
    if fast == 0 and radar.rate_error_m_s > 0.0:
        before = distance_at(radar, mover, vertices, plot.time_s - RATE_STEP_S)
        plot.rate_m_s = (distance_at(radar, mover, vertices, plot.time_s + RATE_STEP_S) - before) / (2.0 * RATE_STEP_S)
    return True


@njit
def distance_at(radar: Any, mover: Any, vertices: Array, time_s: float) -> float:
    """Slant range of an object from where the radar stands now: an airborne radar's own motion is taken out."""
    x, y, z = position_at(mover, vertices, time_s)
    x, y, z = x - radar.pos_m[0], y - radar.pos_m[1], z - radar.pos_m[2]
    return math.sqrt(x * x + y * y + z * z)


@njit
def draw_bias(radar: Any, key: Array) -> None:
    """Draw the bias that a radar has in this replication: the same at every scan."""
    n0, n1, n2, _ = normals(key, BIAS, radar.id, radar.id, ONCE)
    radar.offset[0], radar.offset[1], radar.offset[2] = (
        n0 * radar.range_bias_sd_m, n1 * radar.azimuth_bias_sd_rad, n2 * radar.elevation_bias_sd_rad)  # fmt: skip


@njit
def slow(key: Array, radar: Any, subject: np.uint64, scan: int) -> tuple[float, float, float]:
    """Three Gauss-Markov sequences of variance 1 at one scan, by halving a block of scans and not from those before."""
    low = scan // radar.correlation_scans * radar.correlation_scans
    high = low + radar.correlation_scans
    a0, a1, a2, _ = normals(key, SLOW_ERROR, radar.id, subject, low)
    if low == scan:
        return a0, a1, a2
    b0, b1, b2, _ = normals(key, SLOW_ERROR, radar.id, subject, high)
    r = radar.correlation ** (0.5 * radar.correlation_scans)
    while True:
        middle = (low + high) // 2
        m0, m1, m2, _ = normals(key, SLOW_ERROR, radar.id, subject, middle)
        share, own = r / (1.0 + r * r), math.sqrt((1.0 - r * r) / (1.0 + r * r))
        m0, m1, m2 = share * (a0 + b0) + own * m0, share * (a1 + b1) + own * m1, share * (a2 + b2) + own * m2
        if middle == scan:
            return m0, m1, m2
        if scan < middle:
            high, b0, b1, b2 = middle, m0, m1, m2
        else:
            low, a0, a1, a2 = middle, m0, m1, m2
        r = math.sqrt(r)


@njit
def blur(plot: Any, radar: Any, key: Array) -> None:
    """Put the radar's errors on a plot that holds the truth, and place it."""
    n0, n1, n2, n3 = normals(key, NOISE, radar.id, plot.key, radar.scans)
    wider = math.sqrt(1.0 + plot.extra)
    if radar.correlated_share > 0.0:
        g0, g1, g2 = slow(key, radar, plot.key, radar.scans)
        anew, lasting = math.sqrt(1.0 - radar.correlated_share), math.sqrt(radar.correlated_share)
        n0, n1, n2 = anew * n0 + lasting * g0, anew * n1 + lasting * g1, anew * n2 + lasting * g2
    wide = 1.0 if radar.kind == RADAR_2D or radar.kind == BEARING else max(math.cos(plot.elevation_rad), 0.1)
    plot.range_m = max(plot.range_m + radar.offset[0] + n0 * radar.range_error_m * wider, 1.0)
    plot.azimuth_rad += radar.offset[1] + n1 * radar.azimuth_error_rad / wide * wider
    plot.elevation_rad += radar.offset[2] + n2 * radar.elevation_error_rad * wider
    plot.rate_m_s += n3 * radar.rate_error_m_s * wider
    place_unless_3d(plot, radar)


@njit
def place_unless_3d(plot: Any, radar: Any) -> None:
    """Place a plot; one of a 3-D radar is placed by the tracker, which takes known biases off first."""
    if radar.kind == RADAR_3D:
        plot.azimuth_rad -= TWO_PI * math.floor(plot.azimuth_rad / TWO_PI)
    else:
        place(plot, radar)


@njit
def place(plot: Any, radar: Any) -> None:
    """ECEF position of a plot by kind of sensor; what is not measured is NaN. 2-D: at the height told, or supposed."""
    plot.azimuth_rad -= TWO_PI * math.floor(plot.azimuth_rad / TWO_PI)
    if radar.kind == DIRECTION or radar.kind == BEARING:
        plot.range_m, plot.elevation_rad = math.nan, math.nan if radar.kind == BEARING else plot.elevation_rad
        plot.pos_m[:] = math.nan
        return
    r, elevation = plot.range_m, plot.elevation_rad
    if radar.kind == RADAR_2D:
        height = plot.height_m if math.isfinite(plot.height_m) else radar.assumed_height_m
        elevation = elevation_of(r, height, radar.pos_m)
        plot.elevation_rad = math.nan
    flat, above = r * math.cos(elevation), r * math.sin(elevation)
    east, north = flat * math.sin(plot.azimuth_rad), flat * math.cos(plot.azimuth_rad)
    for i in range(3):
        plot.pos_m[i] = radar.pos_m[i] + east * radar.east[i] + north * radar.north[i] + above * radar.up[i]
    if radar.kind != RADAR_2D and not math.isfinite(plot.height_m):
        plot.height_m = radar.height_m + above + flat * flat / (2.0 * EARTH_RADIUS_M)


@njit
def unresolved(a: Any, b: Any, radar: Any) -> bool:
    """Whether two objects share a resolution cell. Two that both reply are told apart by their replies."""
    near = abs(a.range_m - b.range_m) < radar.range_cell_m
    near = near and apart(a.azimuth_rad, b.azimuth_rad) < radar.azimuth_cell_rad
    near = near and (radar.kind == RADAR_2D or abs(a.elevation_rad - b.elevation_rad) < radar.elevation_cell_rad)
    return near and not (a.signal & REPLIES and b.signal & REPLIES)


@njit
def slot_of(step: int, turn: int, turns: int, size: int) -> int:
    """Where the hash keeps a step of range and a step of azimuth, one before or behind the circle's at most."""
    turn += turns * (int(turn < 0) - int(turn >= turns))
    return (step * 73856093 ^ turn * 19349663) & (size - 1)


@njit_allocating
def merge(plots: Array, n: int, radar: Any) -> int:
    """Plots of one scan that share a cell become one; how many are left. The strongest takes all that it cannot be
    told from, then the strongest of those left: a hash of cells keeps this near n log n however dense a raid is."""
    size = 1 << int(math.log2(2 * n + 1)) + 1
    heads, after, owner = np.full(size, -1, np.int64), np.empty(n, np.int64), np.full(n, -1, np.int64)
    turns = max(int(TWO_PI / max(radar.azimuth_cell_rad, 1e-6)), 1)
    crowded = False
    for k in range(n):
        crowded = crowded or meets(plots, k, heads, after, owner, turns, radar)
        slot = slot_of(*steps_of(plots[k], turns, radar), turns, heads.shape[0])
        after[k], heads[slot] = heads[slot], k
    if not crowded:
        return n
    for k in strongest_first(plots, n):
        if owner[k] < 0:
            owner[k] = k
            meets(plots, k, heads, after, owner, turns, radar)
    return gather(plots, n, owner)


@njit_allocating
def strongest_first(plots: Array, n: int) -> Array:
    """Rows of plots by falling signal to noise, equal ones by name."""
    names, weakness = np.empty(n, np.uint64), np.empty(n)
    for k in range(n):
        names[k] = plots[k].key
    by_name = np.argsort(names, kind="mergesort")
    for k in range(n):
        weakness[k] = -plots[by_name[k]].snr
    return by_name[np.argsort(weakness, kind="mergesort")]


@njit
def steps_of(plot: Any, turns: int, radar: Any) -> tuple[int, int]:
    """A plot's steps of range and azimuth."""
    turn = plot.azimuth_rad / TWO_PI
    return int(plot.range_m / radar.range_cell_m), int((turn - math.floor(turn)) * turns)


@njit
def meets(plots: Array, k: int, heads: Array, after: Array, owner: Array, turns: int, radar: Any) -> bool:
    """Whether a plot of the hash without an owner cannot be told from plot k. Where k owns itself it takes them all."""
    step, turn = steps_of(plots[k], turns, radar)
    before, behind = min(max(turns - 2, 0), 1), min(turns - 1, 1)  # a circle of one or two steps has fewer neighbours
    for s in range(step - 1, step + 2):
        for t in range(turn - before, turn + behind + 1):
            j = heads[slot_of(s, t, turns, heads.shape[0])]
            while j >= 0:
                if owner[j] < 0 and j != k and unresolved(plots[k], plots[j], radar):
                    if owner[k] < 0:
                        return True
                    owner[j] = k
                j = after[j]
    return False


@njit
def gather(plots: Array, n: int, owner: Array) -> int:
    """Each owner moves to the centre of its own, weighted by their signal to noise; the rest go."""
    for k in range(n):
        if owner[k] != k:
            plot, head = plots[k], plots[owner[k]]
            share = max(plot.snr, LEAST_WEIGHT) / (max(plot.snr, LEAST_WEIGHT) + max(head.snr, LEAST_WEIGHT))
            head.range_m += share * (plot.range_m - head.range_m)
            head.azimuth_rad += share * ((plot.azimuth_rad - head.azimuth_rad + math.pi) % TWO_PI - math.pi)
            head.elevation_rad += share * (plot.elevation_rad - head.elevation_rad)
            head.rate_m_s += share * (plot.rate_m_s - head.rate_m_s)
            head.snr, head.signal, head.objects = head.snr + plot.snr, head.signal | plot.signal, head.objects + 1
            if not math.isfinite(head.height_m):
                head.height_m = plot.height_m
    left = 0
    for k in range(n):
        if owner[k] == k:
            plots[left] = plots[k]
            left += 1
    return left


@njit
def poisson(u: float, v: float, mean: float) -> int:
    """A Poisson number by inversion of u; where the mean is large from a normal draw (Box and Muller, 1958)."""
    if mean > FEW:
        normal = math.sqrt(-2.0 * math.log(u)) * math.cos(TWO_PI * v)
        return int(max(mean + math.sqrt(mean) * normal + 0.5, 0.0))
    n: Any = np.int64(0)
    p = math.exp(-mean)
    total = p
    while u > total and n < FALSE_MOST:
        n += 1
        p *= mean / n
        total += p
    return int(n)


@njit
def name_false(plot: Any, radar: Any, purpose: np.uint64, k: int) -> None:
    """What every false plot has: no object, a name of its own, the least signal that passes."""
    plot.mover, plot.track, plot.objects, plot.signal, plot.snr = -1, -1, 0, ECHO, radar.threshold
    plot.height_m, plot.extra = math.nan, 0.0
    plot.key = radar.id ^ (purpose << np.uint64(56)) ^ np.uint64(radar.scans * (FALSE_MOST + 1) + k + 1)


@njit
def noise_plots(plots: Array, n: int, radar: Any, key: Array, time_s: float) -> int:
    """Noise that passed for plots: a Poisson number, even over area, elevation and rate. New number of plots."""
    named = radar.scans * (FALSE_MOST + 1)
    u, v, _, _ = uniforms(key, FALSE_PLOT, radar.id, radar.id, named)
    whole = min(poisson(u, v, radar.false_plots - radar.clutter_plots), FALSE_MOST, plots.shape[0] - n)
    near2, far2, low = radar.range_min_m**2, radar.range_max_m**2, math.asin(radar.sin_low)
    for k in range(whole):
        u0, u1, u2, u3 = uniforms(key, FALSE_PLOT, radar.id, radar.id, named + k + 1)
        plot = plots[n + k]
        name_false(plot, radar, FALSE_PLOT, k)
        plot.azimuth_rad = radar.azimuth_rad + (2.0 * u1 - 1.0) * radar.half_sector_rad
        plot.range_m, plot.elevation_rad = math.sqrt(near2 + u0 * (far2 - near2)), low + u2 * radar.span_rad
        plot.rate_m_s = (u3 - 0.5) * radar.rate_span_m_s if radar.rate_error_m_s > 0.0 else math.nan
        plot.time_s = plot.seen_s = beam_time(radar, plot.azimuth_rad, time_s)
        place_unless_3d(plot, radar)
    return n + whole


@njit
def clutter_plots(plots: Array, n: int, radar: Any, masks: Array, dem: Array, key: Array, time_s: float) -> int:
    """Ground that passed for plots: those of a Poisson number of places that are land in sight. New number of plots."""
    named, reach2 = radar.scans * (FALSE_MOST + 1), radar.clutter_reach_m**2
    u, v, _, _ = uniforms(key, CLUTTER, radar.id, radar.id, named)
    places = min(poisson(u, v, radar.clutter_m2 * radar.half_sector_rad * reach2), FALSE_MOST, plots.shape[0] - n)
    for k in range(places):
        u0, u1, _, _ = uniforms(key, CLUTTER, radar.id, radar.id, named + k + 1)
        distance = math.sqrt(u0 * reach2)
        azimuth = radar.azimuth_rad + (2.0 * u1 - 1.0) * radar.half_sector_rad
        row = radar.row - distance * math.cos(azimuth) / radar.metres_per_row
        col = radar.col + distance * math.sin(azimuth) / radar.metres_per_col
        i, j = int(row + 0.5), int(col + 0.5)
        if row < 0.0 or col < 0.0 or i >= dem.shape[0] or j >= dem.shape[1] or distance < radar.range_min_m:
            continue
        ground = float(dem[i, j])  # of the cell, as the mean was counted
        if ground <= 0.0 or distance > radar.range_max_m or ground + radar.clutter_height_m < masks[radar.mask, i, j]:
            continue
        plot = plots[n]
        name_false(plot, radar, CLUTTER, k)
        above = ground - radar.height_m - distance * distance / (2.0 * EARTH_RADIUS_M)
        plot.range_m, plot.azimuth_rad = math.hypot(distance, above), azimuth % TWO_PI
        plot.elevation_rad = math.atan2(above, distance)
        plot.rate_m_s = 0.0 if radar.rate_error_m_s > 0.0 else math.nan
        plot.time_s = plot.seen_s = beam_time(radar, plot.azimuth_rad, time_s)
        blur(plot, radar, key)
        n += 1
    return n
