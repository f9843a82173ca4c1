"""The engine's association: the choice of least total distance, whatever the order of the plots."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from egide.compiler.system import RADAR, RULES
from egide.picture import associate_kernels as associate
from egide.picture.associate import global_nearest_neighbour
from egide.picture.tables import FIRM, PLOT_BUFFER, TRACK


def scene(tracks_m: np.ndarray, plots_m: np.ndarray) -> SimpleNamespace:
    """Tracks and plots on a plane 6 371 km up the x axis, all of one time, each error 100 m."""
    tracks, plots = np.zeros(len(tracks_m) + 4, TRACK), np.zeros(len(plots_m), PLOT_BUFFER)
    for row, place in zip(tracks, tracks_m, strict=False):
        row["pos_m"], row["state"] = (6_371_000.0, *place), FIRM
        row["pp"], row["vv"] = np.eye(3) * 100.0**2, np.eye(3)
    for row, place in zip(plots, plots_m, strict=True):
        row["pos_m"] = (6_371_000.0, *place)
    radar, rules = np.zeros(1, RADAR), np.zeros(1, RULES)
    radar["pos_m"], radar["up"] = (6_371_000.0, -100e3, 0.0), (1.0, 0.0, 0.0)
    radar["range_error_m"], radar["azimuth_error_rad"], radar["elevation_error_rad"] = 100.0, 1e-3, 1e-3
    rules["gate"], rules["ballistic_speed_m_s"], rules["ballistic_above_m"] = 16.0, 1e9, 1e9
    rules["centre_m"], rules["east"], rules["north"] = (6_371_000.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    rules["half_east_m"] = rules["half_north_m"] = 200e3
    cells = np.zeros((22, 22), np.int64)
    high = len(tracks_m)
    associate.fill_grid(tracks, high, rules[0], cells, 0.0)
    return SimpleNamespace(tracks=tracks, plots=plots, radar=radar[0], rules=rules[0], cells=cells, high=high)


def chosen(given: SimpleNamespace) -> np.ndarray:
    n = len(given.plots)
    return associate.choose(
        given.plots, n, given.radar, given.tracks, given.high, given.rules, given.cells, np.zeros((3, 3))
    )


def test_a_plot_between_two_tracks_leaves_the_nearer_to_the_plot_that_has_no_other() -> None:
    tracks = np.array([[0.0, 0.0], [500.0, 0.0]])
    plots = np.array([[150.0, 0.0], [-300.0, 0.0]])  # the first is nearer to track 0, which is the second's only one
    assert chosen(scene(tracks, plots)).tolist() == [1, 0]
    assert chosen(scene(tracks, plots[::-1])).tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_crowds_are_paired_as_the_public_function_pairs_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracks, plots = rng.uniform(-1500.0, 1500.0, (25, 2)), rng.uniform(-1500.0, 1500.0, (30, 2))
    given = scene(tracks, plots)
    cost = np.full((30, 25), np.inf)
    noise = np.zeros((3, 3))
    for k in range(30):
        associate.spread_of(noise, given.plots[k], given.radar)
        s = noise + np.eye(3) * 100.0**2
        off = given.plots["pos_m"][k] - given.tracks["pos_m"][:25]
        d2 = np.einsum("ni,ij,nj->n", off, np.linalg.inv(s), off)
        cost[k, d2 < 16.0] = d2[d2 < 16.0]
    ours, best = chosen(given), global_nearest_neighbour(cost, 16.0)
    total = [sum(16.0 if j < 0 else cost[k, j] for k, j in enumerate(choice)) for choice in (ours, best)]
    assert total[0] == pytest.approx(total[1])
    assert len(set(ours[ours >= 0].tolist())) == np.count_nonzero(ours >= 0)
