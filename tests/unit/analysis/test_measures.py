"""Measures count what their words say."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.unit.campaign import fake

from egide import events
from egide.analysis.measures import BY_NAME, HEADLINE, MEASURES, difference, estimate
from egide.analysis.measuring import measures
from egide.analysis.page import page as printed


def outcome(**columns):
    """One row an object of the fake system: nothing happened to anybody, unless told."""
    n = len(fake.MOVERS)
    plain = {
        "mover": np.arange(n), "fate": events.F_SURVIVED, "killed_by": -1, "target": -1,
        "first_detected_m": np.nan, "first_detected_s": np.nan, "end_s": 900.0,
        "first_tracked_s": np.nan, "first_engaged_m": np.nan, "first_engaged_s": np.nan,
    }  # fmt: skip
    made = fake.rows("outcomes", n, **plain)
    for name, by_object in columns.items():
        for mover, value in by_object.items():
            made[name][[known for known, *_ in fake.MOVERS].index(mover)] = value
    return made


def known(**columns):
    """What one picture knew of each object of the fake system: nothing, unless told; the last row is of nothing."""
    n = len(fake.MOVERS)
    made = fake.rows("knowledge", n + 1, mover=[*range(n), -1], first_firm_s=np.nan)
    for name, by_object in columns.items():
        for mover, value in by_object.items():
            made[name][[*(known for known, *_ in fake.MOVERS), ""].index(mover)] = value
    return made


def counted(outcomes=None, shots=None, damages=None, knowledge=None, commands=None):
    tables = {
        "outcomes": outcome() if outcomes is None else outcomes,
        "shots": fake.rows("shots", 0) if shots is None else shots,
        "damages": fake.rows("damages", 0) if damages is None else damages,
        "knowledge": known() if knowledge is None else knowledge,
        "commands": fake.rows("commands", 0) if commands is None else commands,
    }
    return measures(tables, fake.objects())


def test_nothing_happening_counts_nothing():
    found = counted()
    assert found["threats"] == 5
    assert found["missiles_left"] == 48
    assert found["cost_interceptors_usd"] == 0.0
    none = {"wrongful_per_10000", "first_detection_km", "first_engagement_km", "completeness", "track_latency_s"}
    none |= {"identity_right", "identity_wrong", "position_error_m", "order_wait_s", "order_wait_95_s", "cost_exchange"}
    none |= {"wrongful_expected_per_10000", "wrongful_killed_expected_per_10000", "assignment_gap"}
    assert all(math.isnan(found[name]) for name in none)
    zero = set(found) - none - {"threats", "missiles_left"}
    assert all(found[name] == 0.0 for name in zero)


def test_orders_are_counted_by_what_came_of_them():
    """Two of four came, after 30 and 50 s; one refused, one withdrawn; battery 1 alone from 100 s to the end."""
    asked, given, refused, withdrawn = events.M_ASKED, events.M_GIVEN, events.M_REFUSED, events.M_WITHDRAWN
    commands = fake.rows(
        "commands", 10,
        command=[asked, asked, given, asked, given, refused, asked, withdrawn, events.M_FELL_BACK, events.M_CUT_OFF],
        time_s=[10.0, 20.0, 40.0, 41.0, 70.0, 75.0, 80.0, 85.0, 100.0, 400.0],
        waited_s=[0.0, 0.0, 30.0, 0.0, 50.0, 34.0, 0.0, 5.0, 66.0, 366.0],
        battery=[0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
    )  # fmt: skip
    shots = fake.rows("shots", 3, launch_s=[50.0, 150.0, 150.0], battery=[1, 1, 0])
    found = counted(shots=shots, commands=commands)
    assert [found[f"orders_{what}"] for what in ("asked", "given", "refused", "late", "lost")] == [4, 2, 1, 1, 0]
    assert found["order_wait_s"] == 40.0
    assert 30.0 < found["order_wait_95_s"] <= 50.0
    assert (found["fallback_s"], found["shots_fallback"]) == (300.0, 1.0)


def test_leakers_are_counted_by_class():
    leaked = dict.fromkeys(("cruise-1", "cruise-2", "scud-1"), events.F_LEAKED)
    found = counted(outcome(fate=leaked, shots={"cruise-1": 2}))
    assert (found["leakers"], found["leakers_cruise_missile"], found["leakers_ballistic"]) == (3, 2, 1)
    assert found["leakers_not_engaged"] == 2
    assert found["leaker_share"] == pytest.approx(0.6)


def test_killed_threat_is_no_leaker_and_killed_friend_is_no_kill():
    killed = {"drone-1": events.F_KILLED, "f35-a": events.F_KILLED, "airliner-1": events.F_KILLED}
    found = counted(outcome(fate=killed, killed_by=dict.fromkeys(killed, 0)))
    assert (found["kills"], found["kills_drone"], found["leakers"]) == (1, 1, 0)
    assert (found["friends_killed"], found["neutrals_killed"]) == (1, 1)


def test_a_pass_is_a_friend_or_neutral_tracked_or_shot_at():
    found = counted(outcome(first_tracked_s={"f35-a": 10.0, "airliner-1": 20.0, "strike-1": 5.0}, shots={"f16-a": 1}))
    assert (found["friend_passes"], found["neutral_passes"], found["passes"]) == (2, 1, 3)
    assert (found["friends_engaged"], found["neutrals_engaged"], found["wrongful"]) == (1, 0, 1)
    assert found["wrongful_per_10000"] == pytest.approx(10_000 / 3)


def test_shots_are_sorted_by_what_became_of_them_and_paid_for():
    shots = fake.rows(
        "shots", 5, mover=[0, 0, 1, 5, -1], weapon=[0, 1, 1, 0, 1], duplicate=[0, 1, 0, 0, 0],
        result=[events.S_KILL, events.S_TARGET_DEAD, events.S_OUT_OF_REACH, events.S_MISS, events.S_NO_OBJECT],
    )  # fmt: skip
    found = counted(shots=shots)
    names = ("shots", "shots_wasted", "shots_duplicate", "shots_out_of_reach", "shots_no_object", "shots_wrongful")
    assert [found[name] for name in names] == [5, 1, 1, 1, 1, 1]
    assert found["cost_interceptors_usd"] == 2 * 1.5e6 + 3 * 0.5e6
    assert found["missiles_left"] == 43


def test_unit_hit_twice_is_down_once():
    damages = fake.rows("damages", 3, asset=[1, 1, 0], unit_down=[0, 0, -1], value_lost=[10.0, 5.0, 2.5])
    found = counted(damages=damages)
    assert (found["units_down"], found["value_lost"]) == (1, 17.5)


def test_ranges_are_means_over_threats_that_were_met():
    found = counted(outcome(first_detected_m={"strike-1": 100e3, "scud-1": 300e3, "f35-a": 1e3}))
    assert found["first_detection_km"] == 200.0


def test_pictures_are_measured_by_the_time_they_hold():
    """Two threats of 100 s: one tracked for 60 s with an error of 30 m, one never; an airliner held for 40 s."""
    picture = known(
        flown_s={"strike-1": 100.0, "cruise-1": 100.0, "airliner-1": 100.0},
        tracked_s={"strike-1": 60.0, "airliner-1": 40.0, "": 7.0},
        right_s={"strike-1": 45.0}, wrong_s={"airliner-1": 10.0}, first_firm_s={"strike-1": 40.0, "airliner-1": 60.0},
        error_m2s={"strike-1": 60.0 * 30.0**2, "airliner-1": 40.0 * 30.0**2},
    )  # fmt: skip
    found = counted(
        outcome(first_detected_s={"strike-1": 30.0, "cruise-1": 50.0}, end_s={"cruise-1": 100.0}), knowledge=picture
    )
    assert found["completeness"] == pytest.approx(0.3)
    assert found["track_latency_s"] == pytest.approx((10.0 + 50.0) / 2)
    assert (found["identity_right"], found["identity_wrong"]) == (pytest.approx(0.45), pytest.approx(0.1))
    assert found["position_error_m"] == pytest.approx(30.0)
    assert found["spurious_s"] == 7.0


def test_the_picture_of_a_network_without_a_battery_is_not_measured():
    picture = known(flown_s={"strike-1": 100.0}, tracked_s={"strike-1": 60.0})
    picture["network"] = 1  # the fake system's batteries are in network 0
    assert math.isnan(counted(knowledge=picture)["completeness"])


def test_a_share_has_no_interval_beyond_one():
    columns = {name: np.zeros(5) for name in BY_NAME}
    columns |= {"threat_s": np.full(5, 100.0), "threat_tracked_s": np.array([99.0, 100.0, 100.0, 97.0, 100.0])}
    assert estimate(BY_NAME["completeness"], columns).high == 1.0


def test_every_measure_is_described_in_two_languages():
    assert len(BY_NAME) == len(MEASURES)
    assert set(HEADLINE) <= set(BY_NAME)
    for measure in MEASURES:
        assert measure.unit
        assert measure.doc
        assert measure.better in ("lower", "higher", "neither")
        assert measure.label("fr") != measure.label("en") or measure.name.endswith("drone")
        if measure.ratio:
            assert {measure.ratio[0], measure.ratio[1]} <= set(BY_NAME)
    assert set(counted()) == set(BY_NAME)


def test_estimates_use_the_right_interval():
    columns = {name: np.zeros(40) for name in BY_NAME} | {"passes": np.full(40, 340.0), "threats": np.full(40, 120.0)}
    rate = estimate(BY_NAME["wrongful_per_10000"], columns)
    assert rate.value == 0.0
    assert rate.high == pytest.approx(2.712, abs=1e-3)
    assert estimate(BY_NAME["friends_engaged"], columns).high > 0.0
    assert estimate(BY_NAME["threats"], columns).low == 120.0
    assert difference(BY_NAME["wrongful_per_10000"], columns, columns).value == 0.0


def test_page_of_the_bundle_is_what_the_schema_prints():
    page = Path(__file__).parents[3] / "docs" / "bundle.md"
    assert page.read_text(encoding="utf-8") == printed(), (
        "print it again: python -m egide.analysis.page > docs/bundle.md"
    )


def test_a_mistake_counts_by_its_first_launch_under_each_of_its_causes():
    rows = fake.rows("chances", 3, mover=[3, 3, 4], drawn=1, causes=[0b101, 0b1, 0])
    tables = {
        "outcomes": outcome(), "shots": fake.rows("shots", 0), "damages": fake.rows("damages", 0),
        "knowledge": known(), "chances": rows,
    }  # fmt: skip
    found = measures(tables, fake.objects())
    assert (found["wrongful_no_reply"], found["wrongful_foreign_iff"], found["wrongful_several"]) == (1, 1, 1)


def test_no_chance_at_all_gives_a_bound_and_not_zero():
    """The rule of three: 3 / n, at 95 % one-sided; two-sided it is 3.7 / n."""
    columns = {"wrongful_expected": np.zeros(30), "passes": np.full(30, 40.0)}
    found = estimate(BY_NAME["wrongful_expected_per_10000"], columns)
    assert found.value == found.low == 0.0
    assert found.high == pytest.approx(10_000 * 3.689 / 1200, rel=1e-2)


def test_the_gap_of_shared_decisions_is_what_their_bound_leaves():
    shared = fake.rows("assignments", 2, gain=[3.0, 5.0], bound=[4.0, 6.0])
    tables = {
        "outcomes": outcome(), "shots": fake.rows("shots", 0), "damages": fake.rows("damages", 0),
        "knowledge": known(), "assignments": shared,
    }  # fmt: skip
    found = measures(tables, fake.objects())
    assert found["threat_left"] == 2.0
    assert found["assignment_gap"] == pytest.approx(0.2)
