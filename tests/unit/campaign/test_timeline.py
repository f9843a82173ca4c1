"""A small calendar, its states counted by hand, each run once, and every month equal to the run of its scenario."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from egide.analysis.measuring import measures
from egide.campaign.states import Kept
from egide.campaign.timeline import Order, lay_out, run_timeline
from egide.compiler import compile_scenario
from egide.errors import StoreError
from egide.report import timeline as page
from egide.scenario.scenes import Scene, scenario_of
from egide.simulate import simulate
from egide.store import digest
from egide.store.timeline import open_timeline

ROOT = Path(__file__).parents[3]
CALENDAR = """
egide: 1
kind: calendar
title: {en: Small, fr: Petit}
from: 2020-01
until: 2020-08
alternatives: [as-written, one-shot]
replications: 4
draws: 30
measures: [leakers, leaker_share]
events:
  - {name: watch-comes, label: w, kind: deployment, date: 2020-03-01, source: TR-01, units: [watch]}
  - name: battery-comes
    label: b
    kind: activation
    date: {low: 2019-12-01, nominal: 2020-04-01, high: 2020-05-01}
    source: CI-14
    units: [battery-1]
  - {name: spares, label: s, kind: embargo, date: 2020-06-01, grade: A, why: made up, units: [battery-1],
     decay: {half_life: 1}}
  - {name: talk, label: t, kind: statement, date: 2020-05-01, source: TL-2019-04-01}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("study")
    for name in ("scenario.yaml", "study.yaml"):
        shutil.copy(ROOT / "scenarios/first-battery" / name, place)
    (place / "calendar.yaml").write_text(CALENDAR)
    return place


@pytest.fixture(scope="module")
def made(folder):
    return run_timeline(folder / "study.yaml", folder / "out", Order())


def test_states_are_as_many_as_counted_by_hand(folder):
    """Nobody; the radar; the battery (in a calendar in which it comes first); both; both with the battery out of order.
    Where the battery is not there, both alternatives are one; the steady state is 'both'."""
    found = lay_out(folder / "study.yaml", Order())
    scenes = {(scene.there, scene.down) for scene in found.keys}
    both, watch, battery = frozenset({"watch", "battery-1"}), frozenset({"watch"}), frozenset({"battery-1"})
    down = frozenset({"battery-1"})
    assert scenes == {(frozenset(), frozenset()), (watch, frozenset()), (battery, frozenset()), (both, frozenset()),
                      (both, down)}  # fmt: skip
    assert len(found.states) == 2 + 2 * 3 - _none_down(found)


def _none_down(found) -> int:
    """States with the battery out of order are only made for replications whose luck wants them."""
    return 2 - sum(bool(scene.down) for scene in set(found.keys))


def test_each_distinct_state_is_run_once_and_not_again(folder, made):
    files = {path: path.stat().st_mtime_ns for path in (made / "runs").iterdir()}
    assert len(files) == open_timeline(made).manifest["states"]
    again = run_timeline(folder / "study.yaml", made, Order())
    assert {path: path.stat().st_mtime_ns for path in (again / "runs").iterdir()} == files
    assert open_timeline(again).manifest["runs"]["new"] == 0


def test_more_replications_run_only_what_is_missing(folder, made, tmp_path):
    shutil.copytree(made, tmp_path / "more")
    before = open_timeline(made).manifest
    run_timeline(folder / "study.yaml", tmp_path / "more", Order(replications=5))
    after = open_timeline(tmp_path / "more").manifest
    assert after["runs"]["new"] == after["runs"]["asked"] - before["runs"]["asked"] > 0


def test_a_month_is_the_run_of_its_scenario(folder, made):
    """Of each month, the tables of a run of that month's scenario have the digest of the state that is looked up; with
    a battery that decays, the measures are those of a run whose battery is as available as the calendar says."""
    found = lay_out(folder / "study.yaml", Order())
    kept = Kept(made)
    course = found.courses["one-shot"]
    for month in (1, 3, 7):
        at = month - 1
        there, _ = course.combos[course.codes[0, at]]
        scenario = scenario_of(found.laid, Scene("one-shot", there))
        factor = course.factor["battery-1"][0, at]
        usual = scenario.catalog["general/command"].si("battery_up")
        batteries = tuple(unit.model_copy(update={"available": factor * usual}) for unit in scenario.batteries)
        fast = scenario.tracking.model_copy(update={"mode": "fast"})
        system = compile_scenario(scenario.model_copy(update={"batteries": batteries, "tracking": fast}))
        for number in range(3):
            scene = found.scene_on("one-shot", date(2020, month, 1), number)
            direct = measures(simulate(system, found.seed, 0, number, False), system.tables["objects"])
            looked_up = kept.replications(found.keys[scene])[number]
            assert _digest(direct) == _digest(looked_up)
    assert course.factor["battery-1"][0, 7] < course.factor["battery-1"][0, 6] < 1.0


def _digest(values) -> str:
    return digest.of_columns("measures", {name: np.array([float(values[name])]) for name in sorted(values)})


def test_the_months_table_says_as_of_and_has_the_steady_state(made):
    found = open_timeline(made)
    rows = found.columns("SELECT * FROM months WHERE alternative = 'as-written' AND measure = 'leakers'")
    assert list(rows["as_of"]) == [*(f"2020-{month:02d}-15" for month in range(1, 9)), "steady state"]
    early, may, steady = (float(rows["value"][at]) for at in (0, 4, 8))
    assert early == 10.0  # ten attackers, nobody there
    assert may == steady
    assert rows["dates_low"][2] < rows["value"][2] == rows["dates_high"][2] == 10.0  # it may have come before


def test_the_page_says_as_of_in_both_languages(made):
    text = page.render(open_timeline(made), "en")
    assert "as of 15 August 2020" in text
    assert "steady state" in text
    assert 'role="img" aria-label="Months in which each unit is there' in text
    french = page.render(open_timeline(made), "fr")
    assert "au 15 août 2020" in french
    assert "as of" not in french


def test_a_folder_with_something_else_is_left_alone(folder, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StoreError, match="something other than a timeline"):
        run_timeline(folder / "study.yaml", tmp_path, Order())
