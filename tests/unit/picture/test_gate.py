"""Where a track's plots are looked for: what the coarse cells leave out is nothing that the fine ones would find."""

from __future__ import annotations

import numpy as np
import pytest

from egide.picture import gate_kernels as gate
from egide.picture.modes_kernels import FAR_UNKNOWN
from egide.picture.plots_kernels import CELL_M, hang, hashed
from egide.picture.tables import BELIEF, PLOT, SPOTS
from egide.picture.tracker import Rules, Sensor, Tracker

NOW_S = 1_000.0
ANGLES = ("azimuth_error_rad", "elevation_error_rad", "azimuth_bias_sd_rad", "elevation_bias_sd_rad")


def spread(rng: np.random.Generator, most: float) -> np.ndarray:
    """A covariance of position and velocity."""
    root = rng.normal(size=(6, 6)) * np.repeat(most * 10.0 ** rng.uniform(-3.0, 0.0, 2) * (1.0, 0.05), 3)[:, None]
    return root @ root.T


@pytest.mark.parametrize("kind", ["radar", "radar-2d", "place"])
def test_a_track_whose_coarse_cells_are_empty_reaches_no_farther_than_one(kind):
    rng, left_out = np.random.default_rng(5), 0
    for _ in range(400):
        sensor = Sensor(
            kind=kind, range_error_m=rng.uniform(1.0, 500.0), azimuth_error_rad=rng.uniform(0.0, 0.01),
            elevation_error_rad=rng.uniform(0.0, 0.02),
            height_error_m=rng.uniform(1.0, 200.0) * (kind == "place" or rng.integers(0, 2)),
            range_bias_sd_m=rng.uniform(0.0, 50.0), azimuth_bias_sd_rad=rng.uniform(0.0, 0.003),
            revisit_s=rng.uniform(1.0, gate.LATE_S),
        )  # fmt: skip
        by = Tracker([sensor], Rules())
        row, rules, track = by.sensors[0], by.rules[0], np.zeros(1, BELIEF)[0]
        row["extra"] = rng.uniform(0.0, 3.0)
        away, cov = rng.normal(size=3), spread(rng, 1_000.0)
        track["pos_m"] = row["pos_m"] + away / np.linalg.norm(away) * rng.uniform(1e3, 4e5)
        track["vel_m_s"] = rng.normal(size=3) * 10.0 ** rng.uniform(0.0, 2.8)
        track["pp"], track["pv"], track["vv"] = cov[:3, :3], cov[:3, 3:], cov[3:, 3:]
        track["time_s"], track["far_m"] = NOW_S - rng.uniform(0.0, gate.LATE_S), FAR_UNKNOWN
        wide = np.sqrt(rules["gate"] * (1.0 + row["extra"]))
        errors_m = wide * sum(row[name] for name in ("range_error_m", "range_bias_sd_m", "height_error_m"))
        angles = wide * sum(row[name] for name in row.dtype.names if name in ANGLES)
        if gate.out_of_reach(track, row, errors_m, angles, NOW_S - track["time_s"], rules):
            left_out += 1
            assert gate.reach_of(track, row, NOW_S, rules) <= gate.SPOT_M
    assert left_out > 40


def test_no_plot_lies_within_a_coarse_cell_of_an_unmarked_one():
    rng = np.random.default_rng(6)
    for _ in range(30):
        centre = rng.normal(size=3)
        centre *= 6.378e6 / np.linalg.norm(centre)
        places = np.zeros(20, PLOT)
        places["pos_m"] = centre + rng.normal(size=(20, 3)) * 4e4
        hang(places, 20, np.zeros(64, np.int64), CELL_M)
        spots = np.zeros(SPOTS, np.int8)
        gate.mark_spots(places, 20, spots)
        for place in centre + rng.normal(size=(200, 3)) * 1e5:
            if not spots[hashed(*np.floor(place / gate.SPOT_M).astype(int)) & (SPOTS - 1)]:
                assert np.min(np.linalg.norm(places["pos_m"] - place, axis=1)) > gate.SPOT_M
