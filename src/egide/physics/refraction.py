"""How the air bends a radio ray: the exponential reference atmosphere, and the larger Earth that stands in for it.

refractivity  N, a million times what the refractive index exceeds 1 by
k             radius of the Earth over which rays are straight, in Earth radii: 4/3 for a gradient of -39 N/km
ray           n r cos(elevation) is constant along it (Snell's law on a sphere)

The 4/3 Earth has the same gradient at every height; in the air it dies away, so that above about 10 km the larger Earth
bends too much and sees too far. Sources: ITU-R P.453 (reference atmosphere N = 315 exp(-h / 7.35 km)), P.834; Bean and
Thayer 1959. Leaves out: ducts, sub-refraction, weather, the echo's delay.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH

__all__ = [
    "air_refractivity_n", "effective_earth", "equivalent_k", "horizon_m", "ray_distance_m", "ray_height_m",
    "refractivity_n", "straight_ray_height_m",
]  # fmt: skip

Floats = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]

SURFACE_N: Final = 315.0  # ITU-R P.453: mean of the world at sea level
SCALE_M: Final = 7_350.0  # ITU-R P.453
_NODES: Final = 96


def refractivity_n(height_m: Floats, surface_n: Floats = SURFACE_N, scale_m: Floats = SCALE_M) -> FloatArray:
    """Refractivity of the reference atmosphere, N0 exp(-h / h0). Source: ITU-R P.453. A mean of the world and the year;
    terminals above sea level use the same formula."""
    n: FloatArray = np.asarray(surface_n, float) * np.exp(-np.asarray(height_m, float) / np.asarray(scale_m, float))
    return n


def air_refractivity_n(pressure_hpa: Floats, temperature_k: Floats, vapour_hpa: Floats) -> FloatArray:
    """Refractivity of air from dry pressure, temperature and vapour pressure: 77.6 P/T + 72 e/T + 375 000 e/T^2.
    Source: ITU-R P.453, equation 6; within 0.5 % to 100 GHz."""
    kelvin, e = np.asarray(temperature_k, float), np.asarray(vapour_hpa, float)
    n: FloatArray = (77.6 * np.asarray(pressure_hpa, float) + 72.0 * e + 3.75e5 * e / kelvin) / kelvin
    return n


def effective_earth(gradient_n_km: Floats) -> FloatArray:
    """The k of a gradient of refractivity that is the same at all heights: 1 / (1 + a dN/dh 1e-6). Source: ITU-R P.834.
    Infinite at -157 N/km, negative in a duct."""
    k: FloatArray = 1.0 / (1.0 + EARTH_RADIUS_M * 1e-9 * np.asarray(gradient_n_km, float))
    return k


@cache
def _rule() -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on 0 to 1."""
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    return 0.5 * (node + 1.0), 0.5 * weight


def ray_distance_m(
    elevation_rad: Floats, from_m: Floats, to_m: Floats, surface_n: float = SURFACE_N, scale_m: float = SCALE_M
) -> FloatArray:
    """Ground distance (arc at sea level) that a ray leaving a height at an elevation has covered when it reaches a
    greater height: the integral of C dh / (r sqrt(n^2 r^2 - C^2)), C = n1 r1 cos(elevation), in the exponential
    reference atmosphere. Substituted with h = h1 + u^2, which removes the root at a grazing ray; 96 nodes.

    Elevations 0 to 90 degrees, heights to 1000 km. NaN where the target is below the antenna. Source: Bean and Dutton,
    Radio Meteorology, 1966, ch. 3; ITU-R P.834."""
    angle, low, high = np.broadcast_arrays(
        *[np.asarray(value, float)[..., None] for value in (elevation_rad, from_m, to_m)]
    )
    node, weight = _rule()
    with np.errstate(invalid="ignore"):
        top = np.sqrt(high - low)
    u = top * node
    rise = u * u
    r1 = EARTH_RADIUS_M + low
    n1 = 1e-6 * surface_n * np.exp(-low / scale_m)
    n_drop = n1 * np.expm1(-rise / scale_m)  # refractive index there less that at the antenna
    c = (1.0 + n1) * r1 * np.cos(angle)
    gain = rise + (n1 + n_drop) * rise + r1 * n_drop  # n r - n1 r1, with its digits
    root = gain * (gain + 2.0 * (1.0 + n1) * r1) + ((1.0 + n1) * r1 * np.sin(angle)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        step = np.where(u > 0.0, 2.0 * u * c / ((r1 + rise) * np.sqrt(root)), 0.0)
    distance: FloatArray = EARTH_RADIUS_M * np.sum(step * weight * top, axis=-1)
    return distance[()]


def horizon_m(
    antenna_height_m: Floats, target_height_m: Floats, surface_n: float = SURFACE_N, scale_m: float = SCALE_M
) -> FloatArray:
    """Greatest ground distance in line of sight over a smooth sphere, in the exponential reference atmosphere: two
    grazing rays back to back. Beside it stands `horizon.distance_m` for the 4/3 Earth."""
    zero = np.zeros(())
    height = [np.maximum(np.asarray(value, float), 0.0) for value in (antenna_height_m, target_height_m)]
    return ray_distance_m(zero, zero, height[0], surface_n, scale_m) + ray_distance_m(
        zero, zero, height[1], surface_n, scale_m
    )


def equivalent_k(
    antenna_height_m: Floats, target_height_m: Floats, surface_n: float = SURFACE_N, scale_m: float = SCALE_M
) -> FloatArray:
    """The k of the straight-ray Earth whose horizon is that of the exponential atmosphere: what a terrain mask for one
    target height should use above about 10 km. By bisection on k between 1 and 2, to 1e-9."""
    reach = horizon_m(antenna_height_m, target_height_m, surface_n, scale_m)
    antenna, target = np.asarray(antenna_height_m, float), np.asarray(target_height_m, float)
    low, high = np.full(np.shape(reach), 1.0), np.full(np.shape(reach), 2.0)
    for _ in range(32):
        k = 0.5 * (low + high)
        far = _straight_horizon_m(antenna, target, k) > reach
        low, high = np.where(far, low, k), np.where(far, k, high)
    found: FloatArray = 0.5 * (low + high)
    return found[()]


def _straight_horizon_m(antenna_m: FloatArray, target_m: FloatArray, k: FloatArray) -> FloatArray:
    radius_m = k * EARTH_RADIUS_M
    halves = [np.arcsin(np.sqrt(0.5 * np.maximum(h, 0.0) / (radius_m + h))) for h in (antenna_m, target_m)]
    distance: FloatArray = 2.0 * radius_m * (halves[0] + halves[1])
    return distance


def straight_ray_height_m(
    distance_m: Floats, elevation_rad: Floats, antenna_height_m: Floats, k: float = EFFECTIVE_EARTH
) -> FloatArray:
    """Height of a straight ray at a ground distance over the Earth of k radii: r1 cos(e) / cos(e + d/ka) - ka. Closed
    form. The 4/3 Earth holds below about 10 km; see `ray_height_m`."""
    radius_m = k * EARTH_RADIUS_M
    angle = np.asarray(elevation_rad, float)
    turned = np.asarray(distance_m, float) / radius_m
    antenna = np.asarray(antenna_height_m, float)
    # r1 (cos e / cos(e + t) - 1) + h1, the difference of cosines as a product, so that it keeps its digits
    rise = 2.0 * np.sin(angle + 0.5 * turned) * np.sin(0.5 * turned) / np.cos(angle + turned)
    height: FloatArray = antenna + (radius_m + antenna) * rise
    return height


def ray_height_m(
    distance_m: Floats, elevation_rad: Floats, antenna_height_m: Floats, surface_n: float = SURFACE_N,
    scale_m: float = SCALE_M,
) -> FloatArray:  # fmt: skip
    """Height of a ray at a ground distance in the exponential reference atmosphere: `ray_distance_m` inverted by
    bisection to 1 cm. The bracket is the straight ray over Earths of 1 and of 2 radii. Elevations 0 to 80 degrees,
    distances with the straight ray below 80 degrees of slope."""
    distance, angle, antenna = np.broadcast_arrays(
        *[np.asarray(value, float) for value in (distance_m, elevation_rad, antenna_height_m)]
    )
    low = straight_ray_height_m(distance, angle, antenna, 2.0)
    high = straight_ray_height_m(distance, angle, antenna, 1.0) + 1.0
    rounds = max(1, int(np.ceil(np.log2(max(2.0, float(np.max(high - low, initial=1.0)) / 0.01)))))
    for _ in range(rounds):
        middle = 0.5 * (low + high)
        short = ray_distance_m(angle, antenna, middle, surface_n, scale_m) < distance
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    height: FloatArray = 0.5 * (low + high)
    return height[()]
