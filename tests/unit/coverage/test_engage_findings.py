"""What a sceptical reading found wrong in engagement coverage, each held by a number worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.coverage import scene
from tests.unit.coverage.flat import ENDLESS, Guns, Missile, World

import egide as eg
from egide.coverage.engage import Engaged
from egide.coverage.grid import Place
from egide.coverage.points import Points, points_of
from egide.coverage.table import Row, merged

HEIGHT = "5km-amsl"


def shots_by_hand(reach_m: float, height_m: float = 1000.0, missile_m_s: float = 1000.0, target_m_s: float = 250.0,
                  assess_s: float = 10.0) -> int:  # fmt: skip
    """Shoot, look, shoot at a target that comes straight over the battery: meetings `x` out, each the first whose
    launch, `x + v slant / V` out, is not before the last meeting is assessed."""
    x, count = math.sqrt(reach_m**2 - height_m**2), 0
    while x >= 0.0:
        count += 1
        free = x - target_m_s * assess_s
        if free < target_m_s * height_m / missile_m_s:
            break
        low, high = 0.0, x
        for _ in range(60):
            middle = 0.5 * (low + high)
            late = middle + target_m_s * math.hypot(middle, height_m) / missile_m_s > free
            low, high = (low, middle) if late else (middle, high)
        x = low
    return count


@pytest.mark.parametrize(("reach_km", "wanted"), [(40, 8), (20, 5), (10, 3), (6, 2), (4, 2)])
@pytest.mark.parametrize("step_deg", [0.05, 1 / 30, 0.01])
def test_shots_do_not_depend_on_cells_or_headings(reach_km: int, wanted: int, step_deg: float):
    assert shots_by_hand(1e3 * reach_km) == wanted
    world, guns = World(step_deg), Guns([Missile(1e3 * reach_km)])
    shots, _, channels = world.stand([[guns]])
    assert shots.tolist() == [wanted] * 16
    assert channels.tolist() == [1] * 16
    assert world.denied(guns) == 16


def test_batteries_of_one_network_share_one_time_line_and_networks_add():
    guns = Guns([Missile(20e3)])
    alone, together = World().stand([[guns]])[0], World().stand([[guns] * 4])
    assert np.array_equal(together[0], alone)  # at one site they meet no sooner than one of them
    assert set(together[2]) == {1}
    apart = World().stand([[guns]] * 4)
    assert np.array_equal(apart[0], 4 * alone)
    assert set(apart[2]) == {4}


def test_missiles_of_one_salvo_meet_one_after_the_other():
    """Meetings at 5979, 5178, 4378 and 3576 m: three before a release at 4 km."""
    guns = Guns([Missile(6e3, 0.5)], look=False, most=8, interval_s=4.0)
    assert set(World().stand([[guns]], height_m=500.0, release_m=4_000.0)[0]) == {3}
    assert set(World().stand([[guns]], height_m=500.0, release_m=3_500.0)[0]) == {4}


def test_a_salvo_is_no_larger_than_what_can_be_guided():
    guns = Guns([Missile(6e3, 0.5)], look=False, most=8, guided=3)
    assert set(World().stand([[guns]], release_m=5_000.0)[0]) == {3}


def test_magazines_are_counted_by_kind():
    two = World().stand([[Guns([Missile(40e3, 0.8, 2), Missile(40e3, 0.6, 20)], salvo=2, most=4)]])
    assert set(two[0]) == {4}
    assert two[1] == pytest.approx(np.full(16, 0.2**2 * 0.4**2))
    three = World().stand([[Guns([Missile(20e3, 0.8, 1), Missile(40e3, 0.6, 2)], most=4)]])
    assert set(three[0]) == {3}
    assert three[1] == pytest.approx(np.full(16, 0.4 * 0.4 * 0.2))


def test_one_reserve_is_kept_of_all_kinds_together():
    kinds = [Missile(40e3, 0.8, 2), Missile(40e3, 0.6, 3)]
    assert set(World().stand([[Guns(kinds, reserve=2)]])[0]) == {3}
    assert set(World().stand([[Guns(kinds, reserve=5)]])[0]) == {0}


def test_shots_are_counted_beyond_a_byte():
    guns = Guns([Missile(40e3, 0.05)], salvo=32, look=False, most=32)
    assert set(World().stand([[guns]] * 9)[0]) == {288}


def test_a_way_begins_behind_the_ground_that_it_would_fly_into():
    ground = np.zeros((81, 81), np.int16)
    ground[:, 44] = 2_000  # a ridge 4 cells, 16 km, to the east
    guns = Guns([Missile(40e3)], look=False, most=1)
    below = World(ground=ground).stand([[guns]], release_m=17_000.0)[0]
    assert below[12] == 0  # flying west
    assert below[4] == 1
    assert World(ground=ground).stand([[guns]], release_m=10_000.0)[0][12] == 1


def test_a_rule_met_exactly_is_met():
    points = Points(np.zeros(1, int), np.zeros(1, int), 1, np.zeros((1, 1), np.int32), np.ones(1))
    for shots in (1, 2, 3, 4):
        for hundredths in range(1, 100):
            miss = (1.0 - hundredths / 100.0) ** shots
            engaged = Engaged(1, {}, points, {"own": np.full((1, 1, 1, 1), shots, np.uint16)},
                              {"own": np.full((1, 1, 1, 1), miss, np.float32)}, {})  # fmt: skip
            assert engaged.defended("own", 0, 0, "worst", shots, round(1.0 - miss, 9))[0] == 1.0


def test_channels_are_weighed_by_area_over_what_is_defended():
    points = Points(np.zeros(2, int), np.arange(2), 1, np.array([[0, 1]], np.int32), np.array([1.0, 3.0]))
    shots = np.array([[[[1, 0], [1, 1]]]], np.uint16)  # two points, two headings
    channels = np.array([[[[1, 5], [2, 2]]]], np.uint8)
    engaged = Engaged(2, {}, points, {"own": shots}, {"own": np.full(shots.shape, 0.1, np.float32)}, {"own": channels})
    mean, most = engaged.occupied("own", 0, 0, "mean", 1, 0.5)
    assert mean == pytest.approx((1 * 1 + 3 * 2 * 2) / (1 + 3 + 3))
    assert most == 2
    assert engaged.occupied("own", 0, 0, "worst", 1, 0.5) == (2.0, 2)
    assert math.isnan(engaged.occupied("own", 0, 0, "mean", 9, 0.5)[0])


def test_every_cell_inside_takes_the_nearest_point_inside():
    grid = World(0.1, 1.0).grid
    inside = np.zeros(grid.shape, bool)
    inside[3:18, 5] = True  # a shore one cell wide, beside the middle of any block
    points = points_of(grid, inside, most=5)
    assert 0 < len(points.rows) <= 5
    assert np.all(inside[points.rows, points.columns])
    assert np.array_equal(points.owner >= 0, inside)
    rows = np.flatnonzero(inside[:, 5])
    for row in rows:
        owned = points.rows[points.owner[row, 5]]
        assert abs(owned - row) == np.min(np.abs(points.rows - row))
    assert points.km2.sum() == pytest.approx(float((inside * grid.cell_km2).sum()))


def test_a_row_holds_the_envelope_of_its_levels():
    row = Row("", "defended", HEIGHT, 5000.0, "amsl", 1.0, 0.5)
    found = merged({"nominal": [replace(row, nominal=0.2)], "low": [replace(row, nominal=0.3)],
                    "high": [replace(row, nominal=0.25)]})  # fmt: skip
    assert (found[0].low, found[0].nominal, found[0].high) == (0.2, 0.2, 0.3)


# --- whole scenes --------------------------------------------------------------------


def covered(folder: Path, more: str, **asked: Any) -> Any:
    place = scene.write(folder, more)
    told: dict[str, Any] = {"altitude": HEIGHT, "rcs": "10m2", "ranges": False} | asked
    return eg.coverage(place, **told)


def test_a_battery_that_never_works_takes_nothing_else_at_a_site_of_its_name(tmp_path: Path):
    more = """
batteries:
  - {name: hill, system: system/hawk, side: blue, site: quay, network: one, azimuth: 90 deg, doctrine: d, available: 0}
doctrine: {d: {salvo: 2, max_shots: 4}}
"""
    net = covered(tmp_path, more).found[""].nets["nominal"]
    assert [radar.unit for radar in net.radars] == ["watch"]
    assert not net.batteries


def test_a_slow_radar_more_never_denies_less(tmp_path: Path):
    slow = """  - {name: slow, type: radar/generic-long-range, side: blue, site: quay, network: one,
     overrides: {revisit: 60 s, min_elevation: -5 deg, max_elevation: 89 deg}}
"""
    shares = [
        covered(tmp_path, more + scene.BATTERY, alternative="cued").denied(HEIGHT, "10m2", azimuth="mean").data
        for more in ("", slow)
    ]
    assert shares[0].sum() > 0.0
    assert np.all(shares[1] >= shares[0])


def test_low_nominal_and_high_are_in_order_and_one_battery_takes_one_channel(tmp_path: Path):
    found = covered(tmp_path, scene.BATTERY, alternative="cued", ranges=True)
    for row in found.rows:
        assert row.low <= row.nominal <= row.high
        if row.measure == "defended" and row.nominal > 0.0:
            assert row.channels_mean == pytest.approx(1.0)
            assert row.channels_most == 1


def test_engagement_radars_hold_at_the_engine_s_probability_whatever_is_asked_of_search(tmp_path: Path):
    from egide.coverage.engage import _Views
    from egide.engine.decide import HOLD_PD

    found = covered(tmp_path, scene.BATTERY, alternative="cued", pd=0.9)
    assert HOLD_PD == 0.5
    net = found.found["cued"].nets["nominal"]
    views = _Views(found.plan.grid, net, found.plan.request)
    hold = tuple(k for k in net.batteries[0].radars if not net.radars[k].search)
    assert views.of(hold, HOLD_PD, 0, 0).sum() > views.of(hold, 0.9, 0, 0).sum()


# --- properties ----------------------------------------------------------------------

REACH = st.sampled_from([4e3, 9e3, 17e3, 33e3, 60e3])
PLACE = st.floats(-30e3, 30e3)


@settings(max_examples=40, deadline=None)
@given(REACH, PLACE, PLACE, st.integers(1, 2), st.booleans(), st.integers(1, 9))
def test_longer_reach_or_more_missiles_never_shoot_less(
    reach: float, north: float, east: float, salvo: int, look: bool, ready: int
):
    def shots(reach_m: float, count: int) -> np.ndarray:
        guns = Guns([Missile(reach_m, ready=count)], salvo, 8, look, north_m=north, east_m=east)
        return World().stand([[guns]])[0]

    base = shots(reach, ready)
    assert np.all(shots(1.3 * reach, ready) >= base)
    assert np.all(shots(reach, ready + 1) >= base)


@settings(max_examples=40, deadline=None)
@given(REACH, PLACE, PLACE, REACH, PLACE, PLACE)
def test_one_battery_more_never_leaves_a_point_without_a_shot_and_in_another_network_only_adds(
    reach: float, north: float, east: float, more: float, north2: float, east2: float
):
    """In the same network a far battery that has opened goes on with its long flights, as in the engine, so that
    several shots may become fewer; the first shot is never lost."""
    first = Guns([Missile(reach)], most=6, north_m=north, east_m=east)
    other = Guns([Missile(more)], most=6, north_m=north2, east_m=east2)
    alone = World().stand([[first]])[0]
    assert np.all(World().stand([[first], [other]])[0] >= alone)
    assert np.all((World().stand([[first, other]])[0] > 0) >= (alone > 0))
    assert np.all(World().stand([[first, first]])[0] >= alone)


@settings(max_examples=30, deadline=None)
@given(st.floats(2e3, 80e3), st.floats(100.0, 900.0), st.floats(0.0, 9e3), st.integers(1, 3), st.booleans())
def test_a_round_scene_is_the_same_on_all_headings(reach: float, speed: float, release: float, salvo: int, look: bool):
    guns = Guns([Missile(reach, ready=ENDLESS)], salvo, 8, look, interval_s=3.0)
    shots, missed, _ = World().stand([[guns]], speed_m_s=speed, release_m=release)
    assert len(set(shots)) == 1
    assert len(set(missed)) == 1


# --- the small ones ------------------------------------------------------------------


def test_a_target_over_unknown_ground_is_seen_at_a_height_above_the_sea_alone():
    from egide.coverage.kernels import add_seen

    grid = World(0.1, 0.5, np.full((11, 11), -32_768, np.int16)).grid
    count, sole = np.zeros((1, 2, 11, 11), np.uint8), np.zeros((1, 2, 11, 11), np.uint8)
    add_seen(np.zeros((11, 11), np.int16), 0, 0, grid.rows, grid.columns, grid.dem.height_m, np.array([5e3, 5e3]),
             np.array([False, True]), Place(45.0, -34.0, 20.0).frame(),
             np.array([-1.1, 1.1, 0.0, math.pi, 0.0, 4e5]), np.array([4e5]), np.ones((2, 2)), 1, 255, count,
             sole)  # fmt: skip
    assert np.all(count[0, 0] == 1)
    assert np.all(count[0, 1] == 0)


def test_the_lowest_height_detected_near_a_radar_is_lifted_to_its_least_range():
    from egide.coverage.kernels import lowest_seen

    grid = World(0.1, 0.5).grid
    out = np.full((1, 11, 11), np.nan, np.float32)
    lowest_seen(np.zeros((11, 11), np.int16), 0, 0, grid.rows, grid.columns, grid.dem.height_m,
                Place(45.0, -34.0, 0.0).frame(), np.array([-1.1, 1.1, 0.0, math.pi, 10e3, 4e5]), np.array([4e5]),
                np.ones((2, 2)), out)  # fmt: skip
    assert out[0, 5, 5] == pytest.approx(10e3, abs=1.0)  # straight above
    east_m = 111_412.84 * math.cos(math.radians(45.0)) * 0.1  # about one cell to the east
    assert out[0, 5, 6] == pytest.approx(math.sqrt(10e3**2 - east_m**2), rel=0.01)
    assert out[0, 5, 9] == 0.0


def test_guided_missiles_and_a_doctrine_s_own_delay_stand_at_the_level(tmp_path: Path):
    more = scene.BATTERY.replace("max_shots: 4}", "max_shots: 4, authority: centre, order_delay: "
                                 "{low: 5 s, nominal: 10 s, high: 30 s}}")  # fmt: skip
    found = covered(tmp_path, more, alternative="cued", ranges=True).found["cued"]
    rows = {level: net.batteries[0].row for level, net in found.nets.items()}
    assert [float(rows[level]["order_s"][1]) for level in ("low", "nominal", "high")] == [30.0, 10.0, 5.0]
    assert [int(rows[level]["guided"]) for level in ("low", "nominal", "high")] == [2, 4, 6]
