"""What the looks of a radar teach about a protected aircraft, by aspect.

aspect    where the radar stands in the aircraft's own frame: azimuth from the nose, right wing positive; elevation
          above the plane of the wings
look      the beam passed the aircraft in sight: detected, or censored where the echo stayed below the threshold
sample    a detected look whose aspect lies farther than wavelength / (2 length) from the last one counted
hidden    a detected look at which the reflectors outshone the aircraft: it is a sample of nothing
blank     a sector in which the radar does not transmit

Nothing here is read by anybody who decides, and nothing is drawn.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.constants import SPEED_OF_LIGHT_M_S, WGS84_E2
from egide.engine.move import LIFT, in_sight
from egide.engine.queue import C_ASPECTS
from egide.events import ASPECT_AZIMUTHS, ASPECT_ELEVATIONS
from egide.jit import njit

Array = np.ndarray[Any, Any]
TWO_PI = 2.0 * math.pi
ATTITUDE_T, ATTITUDE_HEADING, ATTITUDE_PITCH, ATTITUDE_BANK = 0, 1, 2, 3
AZIMUTH_STEP, ELEVATION_STEP = TWO_PI / ASPECT_AZIMUTHS, math.pi / ASPECT_ELEVATIONS
AZIMUTH_DEG, ELEVATION_DEG = 360 // ASPECT_AZIMUTHS, 180 // ASPECT_ELEVATIONS


@njit
def blanked(radar: Any, dx: float, dy: float, dz: float) -> bool:
    """Whether a direction lies in a sector in which the radar does not transmit."""
    east = dx * radar.east[0] + dy * radar.east[1] + dz * radar.east[2]
    north = dx * radar.north[0] + dy * radar.north[1] + dz * radar.north[2]
    azimuth = math.atan2(east, north)
    for i in range(radar.blanks):  # noqa: SIM110 - the compiler knows no any()
        if (azimuth - radar.blank_rad[i, 0]) % TWO_PI < radar.blank_rad[i, 1]:
            return True
    return False


@njit
def lit(radar: Any, mover: Any, masks: Array, dem: Array, time_s: float, dem_max_m: float) -> bool:
    """Whether the beam passed the aircraft in sight, however weak the echo: the geometry of `look_snr` alone."""
    dt = time_s - mover.t0_s
    dx = mover.pos_m[0] + mover.vel_m_s[0] * dt - radar.pos_m[0]
    dy = mover.pos_m[1] + mover.vel_m_s[1] * dt - radar.pos_m[1]
    dz = mover.pos_m[2] + mover.vel_m_s[2] * dt - radar.pos_m[2]
    r2 = dx * dx + dy * dy + dz * dz
    if r2 > radar.range_max_m * radar.range_max_m or r2 < radar.range_min_m * radar.range_min_m:
        return False
    r = math.sqrt(r2)
    sin_elevation = (dx * radar.up[0] + dy * radar.up[1] + dz * radar.up[2]) / r + r * LIFT
    if sin_elevation < radar.sin_low or sin_elevation > radar.sin_high:
        return False
    if radar.half_sector_rad < math.pi:
        east = dx * radar.east[0] + dy * radar.east[1]
        north = dx * radar.north[0] + dy * radar.north[1] + dz * radar.north[2]
        off = abs(math.atan2(east, north) - radar.azimuth_rad) % TWO_PI
        if min(off, TWO_PI - off) > radar.half_sector_rad:
            return False
    if radar.blanks > 0 and blanked(radar, dx, dy, dz):
        return False
    row, col = mover.row + mover.row_rate * dt, mover.col + mover.col_rate * dt
    return in_sight(radar, masks, dem, row, col, mover.height_m + mover.height_rate * dt, r, dem_max_m)


@njit
def attitude_at(attitudes: Array, first: int, last: int, time_s: float) -> tuple[float, float, float]:
    """Heading, pitch and bank at a moment: linear between the rows about it."""
    low, high = first, last
    while high - low > 1:
        middle = (low + high) // 2
        if attitudes[middle, ATTITUDE_T] <= time_s:
            low = middle
        else:
            high = middle
    a, b = attitudes[low], attitudes[high]
    u = 0.0
    if high > low:
        u = min(max((time_s - a[ATTITUDE_T]) / (b[ATTITUDE_T] - a[ATTITUDE_T]), 0.0), 1.0)
    return (
        a[ATTITUDE_HEADING] + u * (b[ATTITUDE_HEADING] - a[ATTITUDE_HEADING]),
        a[ATTITUDE_PITCH] + u * (b[ATTITUDE_PITCH] - a[ATTITUDE_PITCH]),
        a[ATTITUDE_BANK] + u * (b[ATTITUDE_BANK] - a[ATTITUDE_BANK]),
    )


@njit
def in_body_frame(
    x: float, y: float, z: float, dx: float, dy: float, dz: float, heading: float, pitch: float, bank: float
) -> tuple[float, float, float]:
    """The direction d (ECEF, any length) as an aircraft at x, y, z sees it: ahead, to the right wing, above the wings.
    The vertical is the ellipsoid's, true to seconds of arc at flying heights."""
    up_z = z / (1.0 - WGS84_E2)
    size = math.sqrt(x * x + y * y + up_z * up_z)
    flat = math.sqrt(x * x + y * y)
    cos_lat, sin_lat, cos_lon, sin_lon = flat / size, up_z / size, x / flat, y / flat
    r = math.sqrt(dx * dx + dy * dy + dz * dz)
    east = (-sin_lon * dx + cos_lon * dy) / r
    north = (-sin_lat * (cos_lon * dx + sin_lon * dy) + cos_lat * dz) / r
    up = (cos_lat * (cos_lon * dx + sin_lon * dy) + sin_lat * dz) / r
    along = math.sin(heading) * east + math.cos(heading) * north
    level_right = math.cos(heading) * east - math.sin(heading) * north
    ahead = math.cos(pitch) * along + math.sin(pitch) * up
    level_above = math.cos(pitch) * up - math.sin(pitch) * along
    right = math.cos(bank) * level_right - math.sin(bank) * level_above
    above = math.sin(bank) * level_right + math.cos(bank) * level_above
    return ahead, right, above


@njit
def row_of(ahead: float, right: float, above: float) -> tuple[int, int]:
    """The bin of a direction in the body frame."""
    azimuth, elevation = math.atan2(right, ahead), math.asin(min(max(above, -1.0), 1.0))
    i = min(int((azimuth + math.pi) / AZIMUTH_STEP), ASPECT_AZIMUTHS - 1)
    j = min(int((elevation + 0.5 * math.pi) / ELEVATION_STEP), ASPECT_ELEVATIONS - 1)
    return i, j


@njit
def expose(
    row: Any, bins: Array, last: Array, attitudes: Array, log: Array, count: Array, radar: Any, radar_row: int,
    mover: Any, mover_row: int, snr: float, aspect: int, seen: bool, time_s: float,
) -> None:  # fmt: skip
    """Write one look into the ledger: `row` of the pair, the bin of its aspect, the direction of its last sample."""
    dt = time_s - mover.t0_s
    x = mover.pos_m[0] + mover.vel_m_s[0] * dt
    y = mover.pos_m[1] + mover.vel_m_s[1] * dt
    z = mover.pos_m[2] + mover.vel_m_s[2] * dt
    dx, dy, dz = radar.pos_m[0] - x, radar.pos_m[1] - y, radar.pos_m[2] - z
    range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    hidden = seen and mover.hidden[radar.band, aspect] == 1
    row.looks += 1
    row.seconds += radar.revisit_s
    row.nearest_m = min(row.nearest_m, range_m)
    if seen:
        row.detections += 1
        row.best_snr_db = max(row.best_snr_db, 10.0 * math.log10(snr))
        row.nose += aspect == 0
        row.beam += aspect == 1
        row.tail += aspect == 2
    heading, pitch, bank = attitude_at(attitudes, mover.first_attitude, mover.last_attitude, time_s)
    ahead, right, above = in_body_frame(x, y, z, dx, dy, dz, heading, pitch, bank)
    i, j = row_of(ahead, right, above)
    at = i * ASPECT_ELEVATIONS + j
    cell_rad = radar.wavelength_m / (2.0 * mover.size_m)
    if bins[at] < 0:
        bins[at] = count[C_ASPECTS]
        fresh = log[count[C_ASPECTS]]
        fresh.radar, fresh.mover, fresh.nearest_m, fresh.farthest_m = radar_row, mover_row, range_m, range_m
        fresh.azimuth_deg = AZIMUTH_DEG * i + AZIMUTH_DEG // 2 - 180
        fresh.elevation_deg = ELEVATION_DEG * j + ELEVATION_DEG // 2 - 90
        fresh.cell_rad, fresh.frequency_hz = cell_rad, SPEED_OF_LIGHT_M_S / radar.wavelength_m
        count[C_ASPECTS] += 1
    bin_row = log[bins[at]]
    bin_row.looks += 1
    bin_row.seconds += radar.revisit_s
    bin_row.nearest_m = min(bin_row.nearest_m, range_m)
    bin_row.farthest_m = max(bin_row.farthest_m, range_m)
    bin_row.detected += seen
    bin_row.censored += not seen
    bin_row.hidden += hidden
    if seen and not hidden:
        bin_row.snr_sum += snr
        moved = 2.0 * math.sin(0.5 * min(cell_rad, math.pi))  # as a chord of the unit sphere
        a, b, c = ahead - last[0], right - last[1], above - last[2]
        if (last[0] == 0.0 and last[1] == 0.0 and last[2] == 0.0) or a * a + b * b + c * c > moved * moved:
            bin_row.samples += 1
            last[0], last[1], last[2] = ahead, right, above
