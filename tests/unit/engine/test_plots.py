"""How plots come about: errors, cells, false plots, replies and passive sensors, against closed forms."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from egide import catalog, events, scenario
from egide.compiler import compile_scenario
from egide.compiler import plots as compiled
from egide.compiler.system import FLYING, MOVER, RADAR
from egide.engine import plots as engine
from egide.errors import ScenarioError
from egide.ingest import dem as terrain
from egide.physics.kernels import ecef_from_geodetic, enu_basis
from egide.picture import tables
from egide.picture.tables import BEARING, DIRECTION, PLOT, RADAR_2D, RADAR_3D
from egide.rng import make_key, name_hash
from egide.scenario.tree import plain, read_tree
from egide.simulate import simulate

FIRST = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"
LAT, LON = 0.7, 0.5
ECHO, CIVIL, ALLIANCE, EMISSION = (1 << i for i in range(4))


def radar(**fields: Any) -> Any:
    """A radar on the ground, without errors but those given."""
    row = np.zeros(1, RADAR)
    row["pos_m"] = ecef_from_geodetic(LAT, LON, 100.0)
    basis = np.array(enu_basis(LAT, LON))
    row["east"], row["north"], row["up"] = basis[0:3], basis[3:6], basis[6:9]
    row["id"], row["host_id"] = name_hash("radar"), name_hash("host")
    row["revisit_s"], row["range_max_m"], row["half_sector_rad"], row["threshold"] = 10.0, 300e3, math.pi, 13.8
    row["sin_low"], row["span_rad"], row["rate_span_m_s"], row["height_m"] = -0.01, 0.17, 1000.0, 100.0
    row["correlation_scans"], row["assumed_height_m"], row["mask"] = 1, 7000.0, 0
    for name, value in fields.items():
        row[name] = value
    return row[0]


def truths(range_m: Any, azimuth_rad: Any, elevation_rad: Any, snr: Any = 20.0) -> np.ndarray:
    """Plots that hold the truth, as `look_at` leaves them."""
    rows = np.zeros(len(np.atleast_1d(range_m)), PLOT)
    rows["range_m"], rows["azimuth_rad"], rows["elevation_rad"] = range_m, azimuth_rad, elevation_rad
    rows["snr"], rows["signal"], rows["objects"] = snr, ECHO, 1
    rows["rate_m_s"], rows["height_m"] = math.nan, math.nan
    rows["key"] = [name_hash(f"object {i}") for i in range(len(rows))]
    rows["mover"] = np.arange(len(rows))
    return rows.view(np.recarray)


def test_kinds_of_sensors_are_numbered_as_the_tracker_numbers_them() -> None:
    codes = (RADAR_3D, RADAR_2D, DIRECTION, BEARING, tables.PLACE)
    assert [events.SENSOR_KINDS[code] for code in codes] == ["3d", "2d", "direction", "bearing", "place"]
    assert [events.SIGNALS[k] for k in range(4)] == ["echo", "civil-reply", "alliance-reply", "emission"]
    assert (engine.ECHO, engine.CIVIL_REPLY, engine.ALLIANCE_REPLY, engine.EMISSION) == (
        ECHO,
        CIVIL,
        ALLIANCE,
        EMISSION,
    )


def test_the_tracker_finds_its_own_names_in_a_radar() -> None:
    shared = {"kind", "rate_error_m_s", "height_error_m", "range_bias_sd_m", "azimuth_bias_sd_rad"}
    shared |= {"elevation_bias_sd_rad", "sector_rad", "span_rad", "rate_span_m_s", "false_plots"}
    assert shared <= set(RADAR.names or ()) & set(tables.SENSOR.names or ())
    assert not {"range_bias_m", "azimuth_bias_rad", "elevation_bias_rad"} & set(RADAR.names or ())  # it must not know


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rho", [0.5, 0.85])
def test_correlated_errors_decay_as_a_gauss_markov_sequence(rho: float) -> None:
    scans = 1
    while rho**scans > 1e-3:
        scans *= 2
    row, key = radar(correlation=rho, correlation_scans=scans), make_key(1, 0, 0)
    names = [name_hash(f"object {i}") for i in range(3000)]
    at = [*range(scans - 6, scans + 7)]  # on both sides of the end of a block
    drawn = np.array([[engine.slow(key, row, name, k) for k in at] for name in names])
    bound = 4.5 / math.sqrt(len(names))
    assert np.all(np.abs(drawn.mean(axis=0)) < bound)
    assert np.all(np.abs(drawn.var(axis=0) - 1.0) < bound * math.sqrt(2.0))
    for lag in (1, 2, 5):
        for first in range(len(at) - lag):
            for part in range(3):
                found = np.mean(drawn[:, first, part] * drawn[:, first + lag, part])
                spread = math.sqrt((1.0 + rho ** (2 * lag)) / len(names))
                assert abs(found - rho**lag) < 4.5 * spread
    assert abs(np.mean(drawn[:, 0, 0] * drawn[:, 0, 1])) < bound  # range and azimuth have errors of their own


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 400), min_size=2, max_size=12, unique=True), st.randoms())
def test_a_correlated_error_does_not_depend_on_which_were_asked_before(scans: list[int], order: Any) -> None:
    row, key = radar(correlation=0.9, correlation_scans=128), make_key(3, 0, 1)
    name = name_hash("object")
    first = {k: engine.slow(key, row, name, k) for k in scans}
    order.shuffle(scans)
    assert {k: engine.slow(key, row, name, k) for k in scans} == first


def test_the_variance_of_the_error_is_the_same_however_much_of_it_lasts() -> None:
    key = make_key(5, 0, 0)
    for share in (0.0, 0.3, 1.0):
        row = radar(range_error_m=100.0, correlated_share=share, correlation=0.8, correlation_scans=32)
        found = []
        for k in range(4000):
            plots = truths(100e3, 1.0, 0.1)
            plots["key"] = name_hash(f"other {k}")
            engine.blur(plots[0], row, key)
            found.append(plots[0].range_m - 100e3)
        assert np.var(found) == pytest.approx(1e4, rel=4.5 * math.sqrt(2.0 / 4000))


def test_bias_holds_for_a_replication_and_has_its_spread_over_replications() -> None:
    row = radar(range_bias_sd_m=50.0, azimuth_bias_sd_rad=1e-3, elevation_bias_sd_rad=2e-3)
    drawn = []
    for k in range(2000):
        key = make_key(9, 0, k)
        engine.draw_bias(row, key)
        first = row.offset.copy()
        row.scans += 1
        engine.draw_bias(row, key)
        assert np.array_equal(first, row.offset)
        drawn.append(first)
    low, high = stats.chi2.ppf([1e-5, 1.0 - 1e-5], 2000) / 2000
    for found, sd in zip(np.mean(np.square(drawn), axis=0), (50.0, 1e-3, 2e-3), strict=True):
        assert low < found / sd**2 < high
    other = radar(range_bias_sd_m=50.0)
    other.id = name_hash("another radar")
    engine.draw_bias(other, make_key(9, 0, 0))
    assert other.offset[0] != drawn[0][0]


def test_range_rate_is_the_speed_along_the_line_of_sight() -> None:
    mover, row = np.zeros(1, MOVER), radar(rate_error_m_s=2.0)
    basis = np.array(enu_basis(LAT, LON))
    mover["pos_m"] = row.pos_m + 80e3 * basis[0:3] + 10e3 * basis[6:9]
    mover["vel_m_s"] = -200.0 * basis[0:3] + 100.0 * basis[3:6]
    mover["end_s"], mover["state"], mover["start_s"], mover["id"] = 1e4, FLYING, -1e4, name_hash("flight")
    plots = truths(0.0, 0.0, 0.0)
    assert engine.look_at(plots[0], row, mover.view(np.recarray)[0], np.zeros((1, 8)), make_key(1, 0, 0), 50.0, 0)
    t = plots[0].time_s
    away = np.array([80e3 - 200.0 * t, 100.0 * t, 10e3])
    assert plots[0].range_m == pytest.approx(np.linalg.norm(away), abs=1e-3)
    assert plots[0].rate_m_s == pytest.approx((away @ [-200.0, 100.0, 0.0]) / np.linalg.norm(away), abs=1e-4)
    exact, errors = float(plots[0].rate_m_s), []
    for k in range(2000):
        plots[0].rate_m_s, plots[0].key = exact, name_hash(str(k))
        engine.blur(plots[0], row, make_key(1, 0, 0))
        errors.append(plots[0].rate_m_s - exact)
    assert np.std(errors) == pytest.approx(2.0, rel=4.5 / math.sqrt(4000))


@pytest.mark.parametrize("kind", [RADAR_2D, BEARING])
def test_a_sensor_without_height_says_nothing_of_it(kind: int) -> None:
    """Two objects at one slant range and azimuth, 1 and 12 km up, leave the same plot, bit for bit."""
    row = radar(kind=kind, range_error_m=100.0, azimuth_error_rad=3e-3, range_bias_sd_m=50.0)
    low, high = truths(90e3, 2.0, 0.01), truths(90e3, 2.0, 0.13)
    for plots in (low, high):
        engine.draw_bias(row, make_key(1, 0, 0))
        engine.blur(plots[0], row, make_key(1, 0, 0))
    for name in PLOT.names or ():
        np.testing.assert_array_equal(low[0][name], high[0][name], err_msg=name)
    assert math.isnan(low[0].elevation_rad)


def test_a_direction_finder_tells_no_range() -> None:
    for kind in (DIRECTION, BEARING):
        near, far = truths(20e3, 2.0, 0.05), truths(250e3, 2.0, 0.05)
        for plots in (near, far):
            engine.blur(plots[0], radar(kind=kind, azimuth_error_rad=0.01), make_key(1, 0, 0))
        assert near.tobytes() == far.tobytes()
        assert math.isnan(near[0].range_m)


# --- resolution --------------------------------------------------------------------------------------------------

CELL = {"range_cell_m": 300.0, "azimuth_cell_rad": 0.035, "elevation_cell_rad": 0.07}


def test_two_in_one_cell_are_one_plot_at_the_centre_of_their_echoes() -> None:
    plots = truths([100_000.0, 100_200.0], [0.01, 2.0 * math.pi - 0.01], [0.02, 0.06], [10.0, 30.0])
    names = plots["key"].copy()
    assert engine.merge(plots, 2, radar(**CELL)) == 1
    assert plots[0].range_m == pytest.approx(100_150.0)
    assert (plots[0].azimuth_rad + math.pi) % (2.0 * math.pi) - math.pi == pytest.approx(-0.005)
    assert plots[0].elevation_rad == pytest.approx(0.05)
    assert (plots[0].key, plots[0].snr, plots[0].objects) == (names[1], 40.0, 2)


@pytest.mark.parametrize("apart", [(301.0, 0.0, 0.0), (0.0, 0.036, 0.0), (0.0, 0.0, 0.071)])
def test_a_cell_apart_in_any_way_is_two_plots(apart: tuple[float, float, float]) -> None:
    r, a, e = apart
    assert engine.merge(truths([100e3, 100e3 + r], [1.0, 1.0 + a], [0.0, e]), 2, radar(**CELL)) == 2
    flat = engine.merge(truths([100e3, 100e3 + r], [1.0, 1.0 + a], [0.0, e]), 2, radar(kind=RADAR_2D, **CELL))
    assert flat == (1 if e else 2)


def test_two_that_reply_are_told_apart() -> None:
    plots = truths([100e3, 100e3], [1.0, 1.0], [0.0, 0.0])
    plots["signal"] = ECHO | CIVIL
    assert engine.merge(plots, 2, radar(**CELL)) == 2


def test_pairs_at_random_on_a_line_merge_as_often_as_geometry_says() -> None:
    """Two uniform points on a length L lie within c of each other with probability 1 - (1 - c / L)^2."""
    rng, merged, row = np.random.default_rng(4), 0, radar(**CELL)
    for _ in range(4000):
        merged += engine.merge(truths(50e3 + rng.uniform(0.0, 2000.0, 2), 1.0, 0.0), 2, row) == 1
    p = 1.0 - (1.0 - 300.0 / 2000.0) ** 2
    assert abs(merged / 4000 - p) < 4.5 * math.sqrt(p * (1.0 - p) / 4000)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(2, 120), st.floats(0.02, 4.0))
def test_merging_is_that_of_comparing_all_with_all_in_any_order(seed: int, n: int, cell: float) -> None:
    """The strongest takes its cell, then the strongest that is left: by the definition, without the hash."""
    rng = np.random.default_rng(seed)
    row = radar(range_cell_m=300.0, azimuth_cell_rad=cell, elevation_cell_rad=0.07)
    plots = truths(50e3 + rng.uniform(0.0, 3000.0, n), rng.uniform(0.0, 6.28, n), rng.uniform(0.0, 0.2, n))
    plots["snr"] = rng.choice([5.0, 10.0, 20.0], n)
    left = sorted(range(n), key=lambda i: (-plots["snr"][i], plots["key"][i]))
    expected = {}
    while left:
        head, rest = left[0], left[1:]
        mine = [j for j in rest if engine.unresolved(plots[head], plots[j], row)]
        expected[int(plots["key"][head])] = 1 + len(mine)
        left = [j for j in rest if j not in mine]
    mixed = plots[rng.permutation(n)].copy().view(np.recarray)
    for given_plots in (plots, mixed):
        kept = engine.merge(given_plots, n, row)
        assert {int(p["key"]): int(p["objects"]) for p in given_plots[:kept]} == expected


def test_a_pile_of_twenty_thousand_becomes_few() -> None:
    rng = np.random.default_rng(1)
    plots = truths(50e3 + rng.uniform(0, 600.0, 20_000), rng.uniform(1.0, 1.1, 20_000), 0.0)
    kept = engine.merge(plots, len(plots), radar(**CELL))
    assert 2 < kept < 40
    assert plots["objects"][:kept].sum() == 20_000


# --- false plots -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.4, 20.0, 900.0])
def test_noise_plots_are_a_poisson_number_even_over_the_cover(mean: float) -> None:
    row, key = radar(false_plots=mean, range_min_m=5e3, rate_error_m_s=1.0), make_key(2, 0, 0)
    numbers, found = [], []
    for k in range(600):
        row.scans = k
        plots = truths(np.zeros(1500), 0.0, 0.0)
        n = engine.noise_plots(plots, 0, row, key, 100.0)
        numbers.append(n)
        found.append(plots[:n].copy())
    assert abs(np.mean(numbers) - mean) < 4.5 * math.sqrt(mean / 600)
    low, high = stats.chi2.ppf([1e-5, 1.0 - 1e-5], 599) / 599
    assert low * 0.9 < np.var(numbers, ddof=1) / mean < high * 1.1  # exactly so for a normal number
    every = np.concatenate(found)[:20_000]
    area = (every["range_m"] ** 2 - 5e3**2) / (300e3**2 - 5e3**2)
    for even in (area, every["azimuth_rad"] / (2.0 * math.pi), every["rate_m_s"] / 1000.0 + 0.5,
                 (every["elevation_rad"] + 0.01) / 0.17):  # fmt: skip
        assert stats.kstest(even, "uniform").pvalue > 1e-5
    assert np.all((every["time_s"] >= 90.0) & (every["time_s"] <= 100.0))
    assert np.all(every["mover"] == -1)
    assert np.all(every["objects"] == 0)
    assert len(np.unique(every["key"])) == len(every)


def test_clutter_lies_on_land_in_sight_and_is_as_much_as_its_area_says() -> None:
    ground = terrain.flat((44.0, 46.0, 10.0, 13.0))
    height, step = np.array(ground.height_m, np.float32), ground.step_lat_deg
    middle = height.shape[1] // 2
    height[:, middle:] = 50.0  # land in the east
    mask = np.full(height.shape, 32_000, np.int16)
    rows, cols = np.indices(height.shape)
    cos_lat = math.cos(math.radians(45.0))
    away = np.hypot((rows - height.shape[0] / 2.0), (cols - middle) * cos_lat) * 111_194.9 * step
    mask[away < 40e3] = 60  # a hill's horizon: in sight within 40 km
    heights_m = height.astype(np.int16)
    land = terrain.Dem(heights_m, ground.north_deg, ground.west_deg, step, ground.step_lon_deg, "test", "0")
    row = radar(clutter_m2=20e-9, clutter_height_m=20.0, row=height.shape[0] / 2.0, col=float(middle))
    compiled.clutter(row, land, mask, 45.0)
    expected = 20e-9 * math.pi * 40e3**2 / 2.0
    assert row.false_plots == pytest.approx(expected, rel=0.06)  # the raster's steps
    numbers, key = [], make_key(6, 0, 0)
    for k in range(600):
        row.scans = k
        plots = truths(np.zeros(400), 0.0, 0.0)
        n = engine.clutter_plots(plots, 0, row, mask[None], height, key, 100.0)
        numbers.append(n)
        assert np.all(np.sin(plots["azimuth_rad"][:n]) * plots["range_m"][:n] > -4e3)
        assert np.all(plots["range_m"][:n] < 44e3)
    assert abs(np.mean(numbers) - row.false_plots) < 4.5 * math.sqrt(expected / 600)


def test_noise_that_is_not_written_is_the_false_alarm_probability_times_the_cells() -> None:
    entry, general = catalog.load()["radar/generic-2d"], catalog.load()["general/radar"]
    assert not entry.has("false_plots")
    row = radar(half_sector_rad=math.pi, range_min_m=2e3, range_max_m=370e3)
    compiled.measures(row, entry, general, ())
    assert row.false_plots == pytest.approx(1e-6 * (368e3 / 300.0) * (360.0 / 2.0))


def test_every_active_radar_has_a_cross_section_of_reference() -> None:
    for entry in catalog.load().of_kind("radar"):
        assert compiled.kind_of(entry) in events.SENSOR_KINDS
        assert entry.has("reference_rcs") == ("passive" not in entry.facts)


# --- in a run ----------------------------------------------------------------------------------------------------


def scene(sensors: list[dict[str, Any]], flights: list[dict[str, Any]], mode: str = "full") -> Any:
    """Sensors and flights alone, on flat ground at sea."""
    tree = copy.deepcopy(plain(read_tree(FIRST.read_text(encoding="utf-8"), str(FIRST))))
    for part in ("raids", "batteries", "doctrine", "assets", "traffic", "corridors", "alternatives"):
        tree.pop(part, None)
    tree["sensors"] = [{"side": "blue", "site": "hill", "network": "island", **sensor} for sensor in sensors]
    tree["flights"] = [{"side": "blue", "start": "0 s", **flight} for flight in flights]
    tree.setdefault("tracking", {})["mode"] = mode
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    return compile_scenario(scenario.parse(text, "scene.yaml", None, None, ()))


def crossing(name: str = "crossing", altitude: str = "9 km", **more: Any) -> dict[str, Any]:
    """Twenty minutes north to south, some 100 km east of the radar, its beam turned to it."""
    route = [{"position": [45.15, -33.75], "altitude": altitude, "speed": "60 m/s"}, {"position": [44.85, -33.75]}]
    return {"name": name, "type": "aircraft/f-16c", "route": route, **more}


def test_echo_and_reply_together_are_seen_as_often_as_probability_says() -> None:
    """1 - (1 - Pd)(1 - Pr) with Pd 0.5 at the range of reference and Pr 0.6."""
    shape = {"reference_range": "101.9 km", "reference_rcs": "12 m2", "reference_pd": 0.5, "reply_probability": 0.6}
    both = scene([{"name": "watch", "type": "radar/generic-long-range", "overrides": shape}],
                 [crossing(transponder=["civil"])])  # fmt: skip
    both.movers["rcs_m2"] = 12.0
    both.rules["civil_failure"] = both.rules["interrogator_failure"] = 0.0
    plots = np.concatenate([simulate(both, 1, 0, k, True)["plots"] for k in range(12)])
    plots = plots[plots["mover"] == 0]
    looks = 12 * int(both.movers["end_s"][0] / 10.0)
    for bits, p in ((ECHO, 0.5), (CIVIL, 0.6), (ECHO | CIVIL, 0.8)):
        found = np.sum(plots["signal"] & bits != 0) / looks
        assert abs(found - p) < 4.5 * math.sqrt(p * (1.0 - p) / looks) + 0.02, bits  # 0.02: the range varies
    told = plots["height_m"][plots["signal"] & CIVIL != 0]
    assert np.all(np.abs(told - 9000.0) < 5.0 * 30.0)
    assert np.all(np.isnan(plots["height_m"][plots["signal"] == ECHO]))


def test_a_reply_needs_the_mode_the_transponder_and_the_range() -> None:
    blind = {"reference_range": "1 km", "reference_rcs": "10 m2"}
    flights = [crossing("civil", transponder=["civil"]), crossing("allied", transponder=["alliance"])]
    flights.insert(0, crossing("silent"))
    near = scene([{"name": "watch", "type": "radar/generic-long-range", "overrides": blind}], flights)
    near.rules["civil_failure"] = near.rules["transponder_failure"] = near.rules["interrogator_failure"] = 0.0
    plots = simulate(near, 1, 0, 0, True)["plots"]
    assert set(plots["mover"][plots["mover"] >= 0]) == {1, 2}
    assert set(plots["signal"][plots["mover"] == 1]) == {CIVIL}
    assert set(plots["signal"][plots["mover"] == 2]) == {ALLIANCE}
    assert np.all(np.isnan(plots["height_m"][plots["mover"] == 2]))
    for field, value in (("interrogator_m", 50e3), ("secondary", 0)):
        deaf = copy.deepcopy(near)
        deaf.radars[field] = value
        assert not np.any(simulate(deaf, 1, 0, 0, True)["plots"]["mover"] >= 0)


def test_a_passive_sensor_hears_who_emits_and_nobody_else() -> None:
    for name, kind in (("generic-passive", "direction"), ("generic-direction-finder", "bearing")):
        flights = [crossing("silent"), crossing("on", emits=True), crossing("replies", transponder=["civil"])]
        heard = scene([{"name": "ear", "type": f"radar/{name}"}], flights)
        heard.rules["civil_failure"] = 0.0
        tables_of = simulate(heard, 1, 0, 0, True)
        plots = tables_of["plots"]
        assert set(plots["mover"][plots["mover"] >= 0]) == {1, 2}
        assert set(plots["sensor"]) == {events.SENSOR_KINDS.index(kind)}
        assert np.all(np.isnan(plots["range_m"]))
        assert np.all(np.isnan(plots["elevation_rad"])) == (kind == "bearing")
        assert np.all(plots["signal"][plots["mover"] >= 0] == EMISSION)


def test_what_is_heard_falls_with_the_square_of_the_distance() -> None:
    heard = scene([{"name": "ear", "type": "radar/generic-passive"}], [crossing(emits=True)])
    row = heard.radars[0]
    assert row["snr_m2"] == 0.0
    assert row["hear_m2"] / 300e3**2 == pytest.approx(10.0 ** (12.8 / 10.0), rel=0.25)  # Pd 0.8, Pfa 1e-6: 12.8 dB


def test_options_of_a_radar_show_in_its_plots() -> None:
    base = {"name": "watch", "type": "radar/generic-long-range"}
    quiet = simulate(scene([base], [crossing()]), 1, 0, 0, True)["plots"]
    assert np.all(np.isnan(quiet["rate_m_s"]))
    assert np.all(quiet["objects"][quiet["mover"] >= 0] == 1)
    rated = simulate(scene([{**base, "overrides": {"rate_error": "1 m/s"}}], [crossing()]), 1, 0, 0, True)["plots"]
    assert np.all(np.abs(rated["rate_m_s"][rated["mover"] >= 0]) < 60.0)
    pair = [crossing(count=2, abreast="100 m")]
    together = simulate(scene([base], pair), 1, 0, 0, True)["plots"]
    assert np.mean(together["objects"][together["mover"] >= 0] == 2) > 0.5
    fine = {**base, "overrides": {"range_cell": "1 m"}}
    apart = simulate(scene([fine], pair), 1, 0, 0, True)["plots"]
    assert np.sum(apart["mover"] >= 0) > 1.5 * np.sum(together["mover"] >= 0)
    slow = simulate(scene([{**base, "overrides": {"correlated_share": 0.9}}], [crossing()]), 1, 0, 0, True)["plots"]
    assert not np.array_equal(slow["range_m"], quiet["range_m"])


def test_biases_set_two_radars_apart_and_a_run_keeps_its_own() -> None:
    sensors = [{"name": name, "type": "radar/generic-long-range", "overrides": {
        "range_error": "1 m", "range_bias": "500 m", "range_cell": "1 m"}} for name in ("one", "two")]  # fmt: skip
    system, exact = scene(sensors, [crossing()]), scene(sensors, [crossing()])
    exact.radars["range_bias_sd_m"] = 0.0
    offsets = []
    for k in range(2):
        plots, true = (simulate(s, 1, 0, k, True)["plots"] for s in (system, exact))
        for r in (0, 1):
            mine, theirs = (p["range_m"][(p["mover"] == 0) & (p["radar"] == r)] for p in (plots, true))
            assert np.ptp(mine - theirs) < 1e-6
            offsets.append(float(np.mean(mine - theirs)))
    assert len({round(x, 3) for x in offsets}) == 4
    assert 1.0 < np.max(np.abs(offsets)) < 2500.0


def test_plots_do_not_depend_on_the_order_of_radars() -> None:
    kinds = {"a": "generic-long-range", "b": "generic-2d", "c": "generic-low-level"}
    sensors = [
        {"name": name, "type": f"radar/{kind}", "overrides": {"correlated_share": 0.3}} for name, kind in kinds.items()
    ]
    flights = [crossing("pair", count=2, abreast="100 m", transponder=["civil"]), crossing("low", "2 km")]
    one, other = scene(sensors, flights), scene(sensors[::-1], flights)
    for k in range(2):
        first, second = (simulate(s, 4, 0, k, True)["plots"] for s in (one, other))
        for r in range(3):
            mine, theirs = first[first["radar"] == r], second[second["radar"] == 2 - r]
            assert len(mine) > 100
            for name in set(mine.dtype.names) - {"radar", "track"}:
                np.testing.assert_array_equal(mine[name], theirs[name])


def test_the_fast_option_leaves_errors_and_cells_out_and_keeps_replies() -> None:
    blind = {"reference_range": "1 km", "reference_rcs": "10 m2"}
    fast = scene([{"name": "watch", "type": "radar/generic-long-range", "overrides": blind}],
                 [crossing(count=2, abreast="100 m", transponder=["civil"])], "fast")  # fmt: skip
    fast.rules["civil_failure"] = fast.rules["interrogator_failure"] = 0.0
    plots = simulate(fast, 1, 0, 0, True)["plots"]
    assert len(plots) > 100
    assert np.all(plots["mover"] >= 0)
    assert np.all(plots["objects"] == 1)
    assert np.all(plots["signal"] == CIVIL)


def test_a_passive_sensor_cannot_guide_a_battery() -> None:
    tree = plain(read_tree(FIRST.read_text(encoding="utf-8"), str(FIRST)))
    tree["batteries"][0]["radars"] = [{"type": "radar/generic-passive", "role": "both"}]
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    with pytest.raises(ScenarioError, match="passive"):
        compile_scenario(scenario.parse(text, "scene.yaml", None, None, ()))
