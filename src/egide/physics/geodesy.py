"""Positions on WGS 84.

geodesic   shortest line on the ellipsoid, Karney 2013 (PROJ)
ecef       earth-centred, earth-fixed x, y, z, m
enu        east, north, up of a plane that touches the ellipsoid at the reference point
aer        azimuth clockwise from north, elevation above that plane, slant range

Heights are above the ellipsoid; where a terrain height (above the geoid) is passed, the undulation is ignored.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from egide.constants import WGS84_A_M, WGS84_E2, WGS84_F

__all__ = ["direct", "from_ecef", "from_enu", "inverse", "to_aer", "to_ecef", "to_enu", "waypoints"]

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]
Triple = tuple[FloatArray, FloatArray, FloatArray]


@cache
def _ellipsoid() -> Geod:
    return Geod(a=WGS84_A_M, f=WGS84_F)


def _together(*values: Floats) -> list[FloatArray]:
    """Broadcast copies: PROJ refuses read-only views."""
    return [np.array(array, float) for array in np.broadcast_arrays(*(np.asarray(v, float) for v in values))]


def inverse(lat1_deg: Floats, lon1_deg: Floats, lat2_deg: Floats, lon2_deg: Floats) -> Triple:
    """Distance in metres and the forward azimuth at each end in degrees (0 to 360), along the geodesic."""
    lat1, lon1, lat2, lon2 = _together(lat1_deg, lon1_deg, lat2_deg, lon2_deg)
    azimuth1, back, distance = _ellipsoid().inv(lon1, lat1, lon2, lat2)
    return np.asarray(distance)[()], np.asarray(azimuth1)[()] % 360.0, (np.asarray(back)[()] + 180.0) % 360.0


def direct(lat_deg: Floats, lon_deg: Floats, azimuth_deg: Floats, distance_m: Floats) -> Triple:
    """Latitude, longitude and forward azimuth at the far end of a geodesic, degrees."""
    lat, lon, azimuth, distance = _together(lat_deg, lon_deg, azimuth_deg, distance_m)
    lon2, lat2, back = _ellipsoid().fwd(lon, lat, azimuth, distance)
    return np.asarray(lat2)[()], np.asarray(lon2)[()], (np.asarray(back)[()] + 180.0) % 360.0


def waypoints(
    lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float, pieces: int
) -> tuple[FloatArray, FloatArray]:
    """Latitudes and longitudes of `pieces` + 1 points, evenly spaced along the geodesic, both ends with them."""
    distance, azimuth, _ = inverse(lat1_deg, lon1_deg, lat2_deg, lon2_deg)
    lat, lon, _ = direct(lat1_deg, lon1_deg, azimuth, np.linspace(0.0, 1.0, pieces + 1) * distance)
    return lat, lon


def to_ecef(lat_deg: Floats, lon_deg: Floats, height_m: Floats) -> Triple:
    """x, y, z of a geodetic position."""
    lat, lon, height = _together(lat_deg, lon_deg, height_m)
    lat, lon = np.radians(lat), np.radians(lon)
    n_m = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * np.sin(lat) ** 2)
    r_m = (n_m + height) * np.cos(lat)
    return r_m * np.cos(lon), r_m * np.sin(lon), (n_m * (1.0 - WGS84_E2) + height) * np.sin(lat)


def from_ecef(x_m: Floats, y_m: Floats, z_m: Floats) -> Triple:
    """Latitude, longitude (degrees) and height: Bowring 1976, three rounds, a height form that holds at the poles."""
    x, y, z = _together(x_m, y_m, z_m)
    p = np.hypot(x, y)
    b_m = WGS84_A_M * (1.0 - WGS84_F)
    parametric = np.arctan2(z * WGS84_A_M, p * b_m)
    lat = parametric
    for _ in range(3):
        lat = np.arctan2(
            z + WGS84_E2 / (1.0 - WGS84_E2) * b_m * np.sin(parametric) ** 3,
            p - WGS84_E2 * WGS84_A_M * np.cos(parametric) ** 3,
        )
        parametric = np.arctan2((1.0 - WGS84_F) * np.sin(lat), np.cos(lat))
    height = p * np.cos(lat) + z * np.sin(lat) - WGS84_A_M * np.sqrt(1.0 - WGS84_E2 * np.sin(lat) ** 2)
    return np.degrees(lat), np.degrees(np.arctan2(y, x)), height


def _basis(lat_deg: Floats, lon_deg: Floats) -> tuple[Triple, Triple, Triple]:
    """East, north and up in ECEF."""
    lat, lon = (np.radians(v) for v in _together(lat_deg, lon_deg))
    zero = np.zeros_like(lat)
    east = (-np.sin(lon), np.cos(lon), zero)
    north = (-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat))
    up = (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
    return east, north, up


def to_enu(
    lat_deg: Floats, lon_deg: Floats, height_m: Floats,
    from_lat_deg: Floats, from_lon_deg: Floats, from_height_m: Floats,
) -> Triple:  # fmt: skip
    """East, north, up in metres of a position seen from another."""
    target = to_ecef(lat_deg, lon_deg, height_m)
    origin = to_ecef(from_lat_deg, from_lon_deg, from_height_m)
    dx, dy, dz = (t - o for t, o in zip(target, origin, strict=True))
    east, north, up = ((a[0] * dx + a[1] * dy + a[2] * dz) for a in _basis(from_lat_deg, from_lon_deg))
    return east, north, up


def from_enu(
    east_m: Floats, north_m: Floats, up_m: Floats, from_lat_deg: Floats, from_lon_deg: Floats, from_height_m: Floats
) -> Triple:
    """Latitude, longitude (degrees) and height of a point given by east, north, up of another."""
    east, north, up = (np.asarray(v, float) for v in (east_m, north_m, up_m))
    e, n, u = _basis(from_lat_deg, from_lon_deg)
    origin = to_ecef(from_lat_deg, from_lon_deg, from_height_m)
    x, y, z = (origin[i] + e[i] * east + n[i] * north + u[i] * up for i in range(3))
    return from_ecef(x, y, z)


def to_aer(
    lat_deg: Floats, lon_deg: Floats, height_m: Floats,
    from_lat_deg: Floats, from_lon_deg: Floats, from_height_m: Floats,
) -> Triple:  # fmt: skip
    """Azimuth (0 to 360 deg), elevation (deg) and slant range (m) of a position seen from another."""
    east, north, up = to_enu(lat_deg, lon_deg, height_m, from_lat_deg, from_lon_deg, from_height_m)
    ground = np.hypot(east, north)
    return np.degrees(np.arctan2(east, north)) % 360.0, np.degrees(np.arctan2(up, ground)), np.hypot(ground, up)
