"""Compiled scalars for the engine's loop: floats and arrays in, floats out, no exception, no random draw.

threshold   detection threshold in units of mean noise power, -ln(pfa), one pulse, square law
ecef        earth-centred, earth-fixed x, y, z of WGS 84, m
enu         the local east, north, up directions
dem         terrain heights above mean sea level, row 0 north, column 0 west, int16 or float32; row and column are
            fractional and point at cell centres; a value at or below VOID is no terrain
mask        lowest height above sea level at which a target is in one radar's line of sight; HIDDEN where it never is

Sources: methods sections 2, 3, 4, 7, 8 as told on the model pages. 3-vectors are written out.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, WGS84_A_M, WGS84_E2, WGS84_F
from egide.jit import njit

Raster = npt.NDArray[Any]

VOID: Final = -32767.0  # SRTM writes -32767 or -32768 where it saw nothing
HIDDEN: Final = 32767  # a mask beyond range

_B_M: Final = WGS84_A_M * (1.0 - WGS84_F)
_EP2_B_M: Final = WGS84_E2 / (1.0 - WGS84_E2) * _B_M
_E2_A_M: Final = WGS84_E2 * WGS84_A_M


@njit
def marcum_q1(snr_linear: float, threshold: float) -> float:
    """Marcum Q_1(sqrt(2 snr), sqrt(2 threshold)): a Poisson mixture of gamma tails, summed until the rest is < 1e-12.
    Thresholds to 300 (pfa 1e-130); beyond 7.5 standard deviations above the threshold the answer is 1."""
    if math.sqrt(2.0 * snr_linear) > math.sqrt(2.0 * threshold) + 7.5:
        return 1.0
    weight = math.exp(-snr_linear)  # Poisson(k; snr)
    step = math.exp(-threshold)  # Poisson(k; threshold)
    tail = step  # Q(k + 1, threshold), the regularised upper incomplete gamma function
    rest = 1.0 - weight  # Poisson mass not yet used
    total = weight * tail
    k = 1.0
    while rest * (1.0 - tail) > 1e-12 and k < 4000.0:
        weight *= snr_linear / k
        step *= threshold / k
        tail = min(1.0, tail + step)
        rest -= weight
        total += weight * tail
        k += 1.0
    return min(1.0, total + max(rest, 0.0) * tail)


@njit
def pd_swerling(snr_linear: float, threshold: float, swerling: int) -> float:
    """Probability that one pulse at `snr_linear` is detected; threshold = -ln(pfa). One pulse makes case 2 into 1
    and case 4 into 3."""
    if snr_linear <= 0.0:
        return math.exp(-threshold)
    if swerling == 0:
        return marcum_q1(snr_linear, threshold)
    if swerling < 3:
        return math.exp(-threshold / (1.0 + snr_linear))
    b = 1.0 + 0.5 * snr_linear
    return math.exp(-threshold / b) * (1.0 + 0.5 * threshold * snr_linear / (b * b))


@njit
def ecef_from_geodetic(lat_rad: float, lon_rad: float, h_m: float) -> tuple[float, float, float]:
    """x, y, z of a geodetic position, WGS 84."""
    sin_lat = math.sin(lat_rad)
    n_m = WGS84_A_M / math.sqrt(1.0 - WGS84_E2 * sin_lat * sin_lat)
    r_m = (n_m + h_m) * math.cos(lat_rad)
    return r_m * math.cos(lon_rad), r_m * math.sin(lon_rad), (n_m * (1.0 - WGS84_E2) + h_m) * sin_lat


@njit
def geodetic_from_ecef(x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
    """Latitude, longitude, height of an ECEF position, WGS 84: Bowring (1976), two rounds, the height in the form that
    holds at the poles. Better than 1 mm from 10 km under the ground to 2 000 km above it."""
    p_m = math.sqrt(x_m * x_m + y_m * y_m)
    sin_u = z_m * WGS84_A_M
    cos_u = p_m * _B_M
    sin_lat = 0.0
    cos_lat = 1.0
    for _ in range(2):
        size = math.sqrt(sin_u * sin_u + cos_u * cos_u)
        sin_u /= size
        cos_u /= size
        sin_lat = z_m + _EP2_B_M * sin_u * sin_u * sin_u
        cos_lat = p_m - _E2_A_M * cos_u * cos_u * cos_u
        sin_u = (1.0 - WGS84_F) * sin_lat
        cos_u = cos_lat
    lat_rad = math.atan2(sin_lat, cos_lat)
    sin_lat = math.sin(lat_rad)
    h_m = p_m * math.cos(lat_rad) + z_m * sin_lat - WGS84_A_M * math.sqrt(1.0 - WGS84_E2 * sin_lat * sin_lat)
    return lat_rad, math.atan2(y_m, x_m), h_m


@njit
def enu_basis(lat_rad: float, lon_rad: float) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Unit vectors east, north, up in ECEF, one after the other: (ex, ey, ez, nx, ny, nz, ux, uy, uz)."""
    sin_lat = math.sin(lat_rad)
    cos_lat = math.cos(lat_rad)
    sin_lon = math.sin(lon_rad)
    cos_lon = math.cos(lon_rad)
    return (
        -sin_lon, cos_lon, 0.0,
        -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat,
        cos_lat * cos_lon, cos_lat * sin_lon, sin_lat,
    )  # fmt: skip


@njit
def intercept_time_s(
    rx: float, ry: float, rz: float, vx: float, vy: float, vz: float, speed: float, delay: float
) -> float:
    """Smallest t >= delay with |r + v t| = speed (t - delay): when a straight runner that leaves the origin at `delay`
    meets a straight mover. inf where it never does. Flat space, constant speeds."""
    qx = rx + vx * delay
    qy = ry + vy * delay
    qz = rz + vz * delay
    a = speed * speed - (vx * vx + vy * vy + vz * vz)
    b = qx * vx + qy * vy + qz * vz
    c = qx * qx + qy * qy + qz * qz
    discriminant = b * b + a * c
    if discriminant < 0.0:
        return math.inf
    if b < 0.0:  # the mover closes: this form has no cancellation and holds for every a
        return delay + c / (math.sqrt(discriminant) - b)
    if a > 0.0:
        return delay + (b + math.sqrt(discriminant)) / a
    return delay if c == 0.0 else math.inf


@njit
def dem_height_m(dem: Raster, row: float, col: float) -> float:
    """Bilinear terrain height at a fractional row and column, over the cells that are not void; VOID where there are
    none or the point is off the raster."""
    rows, cols = dem.shape
    if not (0.0 <= row <= rows - 1.0 and 0.0 <= col <= cols - 1.0):
        return VOID
    i = int(row)
    j = int(col)
    u = row - i
    v = col - j
    total = 0.0
    weights = 0.0
    for di in range(2):
        for dj in range(2):
            weight = (u if di else 1.0 - u) * (v if dj else 1.0 - v)
            if weight > 0.0:
                height = float(dem[i + di, j + dj])
                if height > VOID:
                    total += weight * height
                    weights += weight
    return total / weights if weights > 0.0 else VOID


@njit
def mask_height_m(mask: Raster, row: float, col: float) -> float:
    """Bilinear read of a mask; HIDDEN where the point is off the raster or a cell it needs is HIDDEN."""
    rows, cols = mask.shape
    if not (0.0 <= row <= rows - 1.0 and 0.0 <= col <= cols - 1.0):
        return float(HIDDEN)
    i = min(int(row), max(int(rows) - 2, 0))
    j = min(int(col), max(int(cols) - 2, 0))
    u = row - i
    v = col - j
    a = float(mask[i, j])
    b = float(mask[i, min(j + 1, cols - 1)])
    c = float(mask[min(i + 1, rows - 1), j])
    d = float(mask[min(i + 1, rows - 1), min(j + 1, cols - 1)])
    if max(a, b, c, d) >= HIDDEN:
        return float(HIDDEN)
    return (1.0 - u) * ((1.0 - v) * a + v * b) + u * ((1.0 - v) * c + v * d)


@njit
def ray_is_clear(
    dem: Raster, row0: float, col0: float, height0: float, row1: float, col1: float, height1: float,
    distance_m: float, k: float, dem_max_m: float,
) -> bool:  # fmt: skip
    """Whether a line of sight passes over the terrain of a raster, on an Earth of k radii: two samples a cell, only on
    the stretch where the ray is below `dem_max_m`. Heights above sea level. The path is straight in row
    and column: 400 km at 40 deg north stray up to 2.6 km from the great circle. Off the raster lies no terrain."""
    sag_m = distance_m * distance_m / (2.0 * k * EARTH_RADIUS_M)
    slope = height1 - height0 - sag_m  # ray height at the fraction u: height0 + slope u + sag u^2
    from_u = 0.0
    to_u = 1.0
    if sag_m > 0.0:
        discriminant = slope * slope - 4.0 * sag_m * (height0 - dem_max_m)
        if discriminant <= 0.0:
            return True
        root = math.sqrt(discriminant)
        from_u = max(0.0, (-slope - root) / (2.0 * sag_m))
        to_u = min(1.0, (-slope + root) / (2.0 * sag_m))
    cells = math.sqrt((row1 - row0) * (row1 - row0) + (col1 - col0) * (col1 - col0))
    steps = int(2.0 * cells) + 1
    for i in range(max(1, int(from_u * steps)), min(steps, int(to_u * steps) + 2)):
        u = i / steps
        ground_m = dem_height_m(dem, row0 + u * (row1 - row0), col0 + u * (col1 - col0))
        if ground_m > VOID and ground_m >= height0 + (slope + sag_m * u) * u:
            return False
    return True
