"""The ledger of looks by aspect: attitude without jumps, closed forms of a straight pass, conservation, silence."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pymap3d  # type: ignore[import-untyped]
import pytest
from tests.unit import twice

from egide import scenario
from egide.compiler import System, compile_scenario
from egide.compiler.attitude import ROLL_S, attitudes
from egide.compiler.polyline import Path, route
from egide.compiler.system import MOVER, RADAR
from egide.constants import GRAVITY_M_S2, WGS84_A_M
from egide.engine.expose import expose, in_body_frame, row_of
from egide.engine.queue import C_ASPECTS, COUNTERS
from egide.events import ASPECT, EXPOSURE
from egide.ingest import dem
from egide.simulate import simulate
from egide.store.digest import of_columns

FLAT = dem.flat((44.0, 47.0, -36.0, -32.0))
BANK = math.radians(30.0)
TEXT = """
egide: 1
name: watched
title: {{en: Watched}}
start: 2030-05-01T06:00Z
duration: 14 min
area: {{south: 44.0, north: 47.0, west: -36.0, east: -32.0}}
terrain: {{flat: true}}
sides: {{blue: {{relation: friend}}, red: {{relation: hostile}}, other: {{relation: neutral}}}}
networks: {{one: {{iff: [civil], flight_plans: true}}, elsewhere: {{}}}}
sites:
  - {{name: hill, position: [45.0, -34.0], height: 0 m, notional: true}}
  - {{name: sea, position: [45.3, -33.0], height: 0 m, notional: true}}
sensors:
  - {{name: watch, type: radar/96l6e, side: blue, site: hill, network: one, collector: maker{emission}}}
{foreign}
flights:
  - name: guest
    type: aircraft/f-35a
    side: blue
    count: 2
    spacing: 1 min
    transponder: [civil]
    flight_plan: true
    reflectors: {reflectors}
    offset: {{bearing: 90 deg, distance: {offset} km}}
    overrides: {{rcs: {rcs} m2}}
    route:
      - {{position: [44.7, -33.8], altitude: 3 km, speed: 220 m/s}}
      - {{position: [45.2, -33.7], altitude: 8 km, speed: 240 m/s}}
      - {{position: [45.5, -33.2], altitude: 8 km, speed: 240 m/s}}
      - {{position: [44.8, -33.1], altitude: 8 km, speed: 240 m/s}}
  - name: stranger
    type: aircraft/f-16c
    side: blue
    route: [{{position: [45.0, -33.8]}}, {{position: [46.0, -33.0]}}]
"""
FOREIGN = "  - {name: ship, type: radar/generic-low-level, side: other, site: sea, network: elsewhere}"


def text(
    emission: str = "", offset: float = 0.0, reflectors: str = "false", rcs: float = 0.01, foreign: str = ""
) -> str:
    return TEXT.format(emission=emission, offset=offset, reflectors=reflectors, rcs=rcs, foreign=foreign)


@lru_cache(maxsize=32)
def compiled(**changed: Any) -> System:
    return compile_scenario(scenario.parse(text(**changed), "watched.yaml", None))


def looks(replication: int = 0, **changed: Any) -> tuple[np.ndarray, np.ndarray]:
    tables = simulate(compiled(**changed), 3, 0, replication)
    return tables["aspects"], tables["exposure"]


# --- attitude ----------------------------------------------------------------------------------------------------


def plain(kernel: Any) -> Any:
    """The function behind a kernel."""
    return getattr(kernel, "py_func", kernel)


def flown(points: list[tuple[float, float, float, float]]) -> np.ndarray:
    return attitudes(route(points, BANK, FLAT), 0.0, BANK)


TURN = flown([(44.5, -34.0, 6e3, 240.0), (45.5, -34.0, 6e3, 240.0), (45.5, -33.0, 9e3, 240.0)])


def test_a_turn_at_a_waypoint_has_no_jump_in_heading_pitch_or_bank():
    rate = GRAVITY_M_S2 * math.tan(BANK) / 240.0
    rows = TURN[np.diff(TURN[:, 0], append=np.inf) < 0.6]
    assert np.max(np.abs(np.diff(TURN[:, 1]))) < 1.1 * rate * 0.5  # of half a second
    assert np.max(np.abs(np.diff(TURN[:, 3]))) < 1.1 * BANK * 0.5 / ROLL_S * 2.0
    assert len(rows) > 100


def test_a_turn_is_flown_at_the_bank_of_a_coordinated_turn():
    assert np.max(TURN[:, 3]) == pytest.approx(BANK, rel=0.03)
    assert np.min(TURN[:, 3]) > -0.01
    assert math.degrees(TURN[-1, 1] - TURN[0, 1]) == pytest.approx(90.0, abs=1.0)
    turning = TURN[(TURN[:, 3] > 0.9 * BANK)]
    rate = np.diff(turning[:, 1]) / np.diff(turning[:, 0])
    assert np.median(rate) == pytest.approx(GRAVITY_M_S2 * math.tan(BANK) / 240.0, rel=0.03)


def test_a_bare_corner_is_turned_at_the_same_rate_about_its_point():
    path = Path(np.array([0.0, 200.0, 400.0]), np.array([45.0, 45.4, 45.4]), np.array([-34.0, -34.0, -33.4343]),
                np.full(3, 8e3))  # fmt: skip
    rows = attitudes(path, 0.0, BANK)
    speed = 44_460.0 / 200.0
    lasts_s = math.radians(90.0) / (GRAVITY_M_S2 * math.tan(BANK) / speed)
    moving = rows[np.abs(rows[:, 3]) > 1e-3]
    assert moving[-1, 0] - moving[0, 0] == pytest.approx(lasts_s + ROLL_S, abs=1.5)
    assert (moving[-1, 0] + moving[0, 0]) / 2.0 == pytest.approx(200.0, abs=0.5)
    assert np.max(rows[:, 3]) == pytest.approx(BANK, rel=0.02)


def test_a_climb_pitches_the_nose_up_by_its_angle():
    rows = flown([(44.5, -34.0, 3e3, 200.0), (45.0, -34.0, 9e3, 200.0)])
    assert np.median(rows[:, 2]) == pytest.approx(math.atan2(6e3, 55_570.0), rel=0.01)


# --- geometry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lat", "lon"), [(45.0, 30.0), (-20.0, -100.0), (80.0, 170.0)])
def test_a_level_aircraft_heading_north_sees_north_east_up_as_another_library_does(lat: float, lon: float):
    here = pymap3d.geodetic2ecef(lat, lon, 9e3)
    there = pymap3d.geodetic2ecef(lat + 0.7, lon + 1.1, 100.0)
    east, north, up = pymap3d.ecef2enu(*there, lat, lon, 9e3)
    size = math.sqrt(east**2 + north**2 + up**2)
    away = [b - a for a, b in zip(here, there, strict=True)]
    ahead, right, above = plain(in_body_frame)(*here, *away, 0.0, 0.0, 0.0)
    assert (ahead, right, above) == pytest.approx((north / size, east / size, up / size), abs=2e-5)


def test_a_right_bank_shows_the_back_to_what_lies_right_and_a_climb_the_belly_to_what_lies_ahead():
    x, ahead_m, right_m = WGS84_A_M, (0.0, 0.0, 1e4), (0.0, 1e4, 0.0)  # at the equator, heading north
    assert in_body_frame(x, 0.0, 0.0, *right_m, 0.0, 0.0, BANK)[2] == pytest.approx(math.sin(BANK))
    assert in_body_frame(x, 0.0, 0.0, *ahead_m, 0.0, 0.2, 0.0)[2] == pytest.approx(-math.sin(0.2))


def straight_pass(closest_m: float, cell_rad: float, seen: bool = True) -> tuple[np.ndarray, float]:
    """Bins after a pass from 30 km before to 30 km past a radar that lies to the left; and the angle swept."""
    mover, radar = np.zeros(1, MOVER)[0], np.zeros(1, RADAR)[0]
    mover["size_m"], mover["last_attitude"] = 15.0, 1
    mover["pos_m"], mover["vel_m_s"] = (WGS84_A_M, closest_m, -30e3), (0.0, 0.0, 300.0)
    radar["pos_m"], radar["wavelength_m"], radar["revisit_s"] = (WGS84_A_M, 0.0, 0.0), 30.0 * cell_rad, 0.05
    lies = np.array([[0.0, 0.0, 0.0, 0.0], [200.0, 0.0, 0.0, 0.0]])
    pair, log = np.zeros(1, EXPOSURE), np.zeros(700, ASPECT)
    pair["nearest_m"] = np.inf
    bins, last, count = np.full(648, -1, np.int32), np.zeros(3), np.zeros(COUNTERS, np.int64)
    for k in range(4001):
        plain(expose)(pair[0], bins, last, lies, log, count, radar, 0, mover, 0, 20.0, 1, seen, k * 0.05)
    return log[: count[C_ASPECTS]], 2.0 * math.atan(30e3 / closest_m)


def test_a_straight_pass_gives_one_sample_a_decorrelation_angle():
    cell = math.radians(0.6)
    rows, swept = straight_pass(10e3, cell)
    assert rows["samples"].sum() == pytest.approx(swept / cell, rel=0.06)
    assert rows["samples"].sum() <= swept / cell + 1
    assert rows["looks"].sum() == 4001


def test_time_in_a_bin_is_that_of_the_bearing_from_the_nose():
    """Bearing to the left: tan = closest / (what is still to fly); a bin of 10 degrees lasts as long as that says."""
    rows, _ = straight_pass(10e3, math.radians(0.6))
    for row in rows[rows["elevation_deg"] == -5]:
        near, far = (math.radians(abs(row["azimuth_deg"]) + half) for half in (-5.0, 5.0))
        ends = [np.clip(10e3 / math.tan(angle) if angle > 0.0 else np.inf, -30e3, 30e3) for angle in (near, far)]
        assert row["azimuth_deg"] < 0
        assert row["seconds"] == pytest.approx((ends[0] - ends[1]) / 300.0, abs=1.5)


def test_a_look_below_the_threshold_is_counted_and_is_no_sample():
    rows, _ = straight_pass(10e3, math.radians(0.6), seen=False)
    assert rows["censored"].sum() == rows["looks"].sum() == 4001
    assert rows["samples"].sum() == rows["detected"].sum() == rows["snr_sum"].sum() == 0


def test_every_direction_has_a_bin():
    for ahead, right, above in ((1, 0, 0), (-1, 0, 0), (-1, -1e-12, 0), (0, 0, 1), (0, 0, -1), (0, 1, 0)):
        i, j = plain(row_of)(float(ahead), float(right), float(above))
        assert 0 <= i < 36
        assert 0 <= j < 18
    assert plain(row_of)(1.0, 0.0, 0.0) == (18, 9)


# --- runs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{}, {"foreign": FOREIGN}, {"reflectors": "true"}, {"rcs": 1.0}])
def test_looks_are_detected_and_censored_ones_and_the_sum_over_bins(changed: dict[str, Any]):
    rows, pairs = looks(**changed)
    assert len(rows)
    assert (rows["looks"] == rows["detected"] + rows["censored"]).all()
    assert (rows["samples"] <= rows["detected"] - rows["hidden"]).all()
    for pair in pairs:
        own = rows[(rows["radar"] == pair["radar"]) & (rows["mover"] == pair["mover"])]
        assert own["looks"].sum() == pair["looks"]
        assert own["detected"].sum() == pair["detections"]
        assert own["seconds"].sum() == pytest.approx(pair["seconds"])
        assert own["nearest_m"].min() == pair["nearest_m"]


def test_only_aircraft_of_low_observability_are_watched():
    names = compiled().tables["objects"]["name"]
    assert {names[row] for row in looks()[0]["mover"]} == {"guest-1", "guest-2"}


def test_what_reflectors_return_is_no_sample_of_the_aircraft():
    rows, _ = looks(reflectors="true")
    assert rows["detected"].sum() == rows["hidden"].sum() > 0
    assert rows["samples"].sum() == 0


def test_a_base_farther_off_never_gives_more_samples():
    samples = [looks(offset=offset)[0]["samples"].sum() for offset in (0.0, 60.0, 120.0, 200.0)]
    assert samples == sorted(samples, reverse=True)
    assert samples[0] > samples[-1]


def test_blanking_never_adds_a_look_and_the_whole_circle_takes_all():
    every, _ = looks()
    for sectors, left in (("[[30 deg, 60 deg]]", None), ("[[0 deg, 360 deg]]", 0), ("[[200 deg, 300 deg]]", -1)):
        rows, _ = looks(emission=f", emission: {{blank: {sectors}}}")
        assert rows["looks"].sum() <= every["looks"].sum()
        if left == 0:
            assert not len(rows)
        if left == -1:  # nobody flies there
            assert rows["looks"].sum() == every["looks"].sum()


def test_a_radar_sees_nobody_at_all_where_its_emission_is_blanked():
    tables = simulate(compiled(emission=", emission: {blank: [[0 deg, 360 deg]]}"), 3, 0, 0, True)
    assert not (tables["plots"]["mover"] >= 0).any()


def test_silence_while_a_flight_is_near_leaves_no_look_within_the_distance():
    rows, _ = looks(emission=", emission: {silent_within: {flights: [guest], within: 70 km}}")
    every, _ = looks()
    assert 0 < rows["looks"].sum() < every["looks"].sum()
    assert rows["nearest_m"].min() > 69e3
    assert every["nearest_m"].min() < 69e3


def test_a_written_silence_is_kept():
    quiet, _ = looks(emission=", emission: {quiet: [[0 min, 14 min]]}")
    assert not len(quiet)
    half, _ = looks(emission=", emission: {quiet: [[4 min, 14 min]]}")
    assert 0 < half["looks"].sum() < looks()[0]["looks"].sum()


def test_a_radar_of_another_side_collects_and_changes_nothing_else():
    with_it, without = (simulate(compiled(**changed), 3, 0, 0, True) for changed in ({"foreign": FOREIGN}, {}))
    for name in ("plots", "tracks", "identities", "outcomes", "decisions"):
        one, other = ({c: rows[c] for c in rows.dtype.names} for rows in (with_it[name], without[name]))
        assert of_columns(name, one) == of_columns(name, other), name
    ship = with_it["aspects"][with_it["aspects"]["radar"] == 1]
    assert ship["looks"].sum() > 0
    objects = compiled(foreign=FOREIGN).tables["objects"]
    radars = objects["kind"] == "radar"
    assert objects["collector"][radars].tolist() == ["maker", "other"]
    assert objects["relation"][radars].tolist() == ["friend", "neutral"]


PROGRAM = """
import sys
from egide import scenario
from egide.compiler import compile_scenario
from egide.simulate import simulate
from egide.store.digest import of_columns
tables = simulate(compile_scenario(scenario.parse(sys.stdin.read(), "watched.yaml", None)), 3, 0, 0, False)
for name in ("exposure", "aspects", "outcomes"):
    rows = tables[name]
    print(name, len(rows), of_columns(name, {c: rows[c] for c in rows.dtype.names}))
"""


def test_the_ledger_is_the_same_compiled_and_as_plain_python():
    written = text(emission=", emission: {blank: [[40 deg, 50 deg]]}", foreign=FOREIGN)
    plain = twice.plain(PROGRAM, given=written)
    assert "aspects" in plain
    assert plain == twice.compiled(PROGRAM, given=written)
