"""The compiled scalars against their NumPy faces, other libraries, and themselves as plain Python."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from egide.physics import detection, geodesy, kernels, motion, terrain

PFAS = (1e-2, 1e-4, 1e-6, 1e-10)


@pytest.mark.parametrize("pfa", PFAS)
def test_marcum_agrees_with_the_noncentral_chi_square(pfa: float) -> None:
    threshold = -math.log(pfa)
    for snr in np.logspace(-3, 4, 60):
        expected = stats.ncx2.sf(2.0 * threshold, 2, 2.0 * snr)
        assert kernels.pd_swerling(snr, threshold, 0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("pfa", PFAS)
@pytest.mark.parametrize("swerling", [0, 1, 2, 3, 4])
def test_kernel_detects_as_its_face_does(pfa: float, swerling: int) -> None:
    for snr_db in np.linspace(-20.0, 45.0, 27):
        expected = detection.probability(snr_db, pfa, 1, swerling)
        got = kernels.pd_swerling(10.0 ** (snr_db / 10.0), -math.log(pfa), swerling)
        assert got == pytest.approx(float(expected), abs=1e-10)


def test_no_signal_leaves_the_false_alarm_rate() -> None:
    for swerling in (0, 1, 3):
        assert kernels.pd_swerling(0.0, -math.log(1e-6), swerling) == pytest.approx(1e-6)
        assert kernels.pd_swerling(1e-12, -math.log(1e-6), swerling) == pytest.approx(1e-6)


def test_a_strong_steady_target_is_always_seen() -> None:
    assert kernels.pd_swerling(1e9, 13.8, 0) == 1.0


def test_positions_go_to_ecef_and_back_as_their_face_says() -> None:
    for lat, lon, height in [(39.93, 32.86, 938.0), (-89.9, 10.0, 5e5), (0.0, -179.9, -400.0), (90.0, 0.0, 0.0)]:
        x, y, z = kernels.ecef_from_geodetic(math.radians(lat), math.radians(lon), height)
        assert (x, y, z) == pytest.approx(tuple(float(v) for v in geodesy.to_ecef(lat, lon, height)), abs=1e-6)
        back = kernels.geodetic_from_ecef(x, y, z)
        assert back[0] == pytest.approx(math.radians(lat), abs=1e-10)
        assert back[2] == pytest.approx(height, abs=1e-4)
        if abs(lat) < 90.0:
            assert back[1] == pytest.approx(math.radians(lon), abs=1e-12)


def test_local_directions_are_unit_and_at_right_angles() -> None:
    basis = np.array(kernels.enu_basis(0.7, 0.5)).reshape(3, 3)
    assert basis @ basis.T == pytest.approx(np.eye(3), abs=1e-15)
    assert np.linalg.det(basis) == pytest.approx(1.0)


def test_intercept_agrees_with_its_face() -> None:
    rng = np.random.default_rng(1)
    relative, velocity = rng.normal(0.0, 1e5, (200, 3)), rng.normal(0.0, 500.0, (200, 3))
    speed, delay = rng.uniform(100.0, 2000.0, 200), rng.uniform(0.0, 30.0, 200)
    expected = motion.intercept_time_s(relative, velocity, speed, delay)
    each = np.column_stack([relative, velocity, speed, delay])
    got = [kernels.intercept_time_s(*values) for values in each]
    assert np.isinf(expected).any()
    assert np.isfinite(expected).any()
    assert got == pytest.approx(expected, rel=1e-12)


def test_a_meeting_is_where_both_are_at_once() -> None:
    time_s = kernels.intercept_time_s(80e3, 20e3, 9e3, -250.0, 90.0, 0.0, 900.0, 12.0)
    place = np.array([80e3 - 250.0 * time_s, 20e3 + 90.0 * time_s, 9e3])
    assert np.linalg.norm(place) == pytest.approx(900.0 * (time_s - 12.0))


# --- terrain -----------------------------------------------------------------------------------------------------


def wall(height_m: int) -> np.ndarray:
    dem = np.zeros((11, 21), np.float32)
    dem[:, 10] = height_m
    return dem


def test_a_wall_hides_what_is_below_its_top() -> None:
    dem = wall(500)
    assert not kernels.ray_is_clear(dem, 5.0, 1.0, 350.0, 5.0, 19.0, 350.0, 1e4, 4 / 3, 500.0)
    assert kernels.ray_is_clear(dem, 5.0, 1.0, 600.0, 5.0, 19.0, 600.0, 1e4, 4 / 3, 500.0)
    assert kernels.ray_is_clear(dem, 5.0, 1.0, 400.0, 5.0, 9.0, 400.0, 1e4, 4 / 3, 500.0)


def test_the_curve_of_the_earth_hides_too() -> None:
    flat = np.zeros((11, 21), np.float32)
    assert kernels.ray_is_clear(flat, 5.0, 1.0, 100.0, 5.0, 19.0, 100.0, 80e3, 4 / 3, 0.0)
    assert not kernels.ray_is_clear(flat, 5.0, 1.0, 100.0, 5.0, 19.0, 100.0, 84e3, 4 / 3, 0.0)  # horizon at 82.4 km


def test_void_cells_hide_nothing() -> None:
    for void in (-32767, -32768):
        assert kernels.ray_is_clear(wall(void), 5.0, 1.0, 10.0, 5.0, 19.0, 10.0, 1e3, 4 / 3, 500.0)


def test_bilinear_height_leaves_void_cells_out() -> None:
    dem = np.array([[100, 200], [-32767, -32768]], np.float32)
    assert kernels.dem_height_m(dem, 0.5, 0.5) == pytest.approx(150.0)
    assert kernels.dem_height_m(dem, 1.0, 0.5) == kernels.VOID
    assert kernels.dem_height_m(dem, -0.1, 0.0) == kernels.VOID
    assert kernels.dem_height_m(dem, 0.0, 1.0) == 200.0


def test_a_mask_is_read_between_its_cells_and_never_into_hidden_ones() -> None:
    mask = np.array([[100, 200, 300], [300, 400, 32767]], np.int16)
    assert kernels.mask_height_m(mask, 0.5, 0.5) == pytest.approx(250.0)
    assert kernels.mask_height_m(mask, 0.5, 1.5) == terrain.HIDDEN
    assert kernels.mask_height_m(mask, 1.0, 0.0) == 300.0
    assert kernels.mask_height_m(mask, 2.0, 0.0) == terrain.HIDDEN


def test_marching_agrees_with_a_dense_profile() -> None:
    rng = np.random.default_rng(2)
    dem = (rng.normal(500.0, 60.0, (60, 60)).cumsum(axis=0).cumsum(axis=1) % 900.0).astype(np.float32)
    share = np.linspace(0.0, 1.0, 801)
    agree = 0
    for _ in range(100):
        r0, c0, r1, c1 = rng.uniform(0.0, 59.0, 4)
        ground = terrain.heights_at(dem, r0 + share * (r1 - r0), c0 + share * (c1 - c0))
        length_m = 4e3 * math.hypot(r1 - r0, c1 - c0)
        lowest = terrain.profile_minimum_height_m(share * length_m, ground, 3000.0)
        target = ground[-1] + rng.uniform(0.0, 2.0) * max(lowest, 10.0)
        clear = kernels.ray_is_clear(dem, r0, c0, ground[0] + 3000.0, r1, c1, target, length_m, 4 / 3, float(dem.max()))
        agree += clear == (target - ground[-1] > lowest) or abs(target - ground[-1] - lowest) < 100.0
    assert agree >= 97  # two samples a cell may step over a corner


PLAIN = """
import json, math, numpy as np
from egide.physics import kernels as k, terrain as t
out = [k.pd_swerling(s, 13.8, c) for s in (0.5, 7.0, 20.0, 40.0) for c in (0, 1, 3)]
out += [*k.ecef_from_geodetic(0.7, 0.5, 900.0), *k.enu_basis(0.7, 0.5), *k.geodetic_from_ecef(4.1e6, 2.6e6, 4.07e6)]
out += [k.intercept_time_s(8e4, 2e4, 9e3, -250.0, 90.0, 0.0, 900.0, 12.0)]
dem = (np.add.outer(np.arange(12) ** 2, np.arange(15) * 40) % 700).astype(np.float32)
dem[3, 4] = -32767
out += [k.dem_height_m(dem, 3.2, 4.7), k.mask_height_m(dem.astype(np.int16), 3.2, 7.7)]
out += [float(k.ray_is_clear(dem, 1.0, 1.0, h, 10.0, 13.0, 300.0, 4e4, 4 / 3, 700.0)) for h in (0.0, 400.0, 900.0)]
out += t.visible_height_raster(dem, 40.0, 30.0, 0.05, 0.05, 39.7, 30.3, 450.0, 5e4).ravel().tolist()
print(json.dumps([float(v).hex() for v in out]))
"""


def test_kernels_give_the_same_bits_as_plain_python() -> None:
    def printed(**extra: str) -> list[str]:
        run = subprocess.run(
            [sys.executable, "-c", PLAIN], env={**os.environ, **extra}, capture_output=True, text=True, check=True
        )
        values: list[str] = json.loads(run.stdout)
        return values

    compiled, plain = printed(NUMBA_DISABLE_JIT="0"), printed(NUMBA_DISABLE_JIT="1")
    assert [float.fromhex(v) for v in compiled] == pytest.approx([float.fromhex(v) for v in plain], rel=1e-13)
    different = sum(a != b for a, b in zip(compiled, plain, strict=True))
    assert different == 0, f"{different} of {len(plain)} numbers differ in the last bits"
