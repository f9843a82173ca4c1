"""A calendar is read as a scenario is: every mistake with its place and what to write instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egide import catalog
from egide.errors import ScenarioError
from egide.scenario import load_study
from egide.scenario.calendar import days_of, grade_of, triangle
from egide.scenario.calendar_reading import read_calendar
from egide.scenario.scenes import Scene, scenario_of, text_key

ROOT = Path(__file__).parents[3]
HEAD = "egide: 1\nkind: calendar\ntitle: t\nfrom: 2020-01\nuntil: 2020-12\n"
A = "grade: A, why: made up"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    for name in ("scenario.yaml", "study.yaml"):
        shutil.copy(ROOT / "scenarios/first-battery" / name, folder)
    return load_study(folder / "study.yaml")


def read(study, text: str, *alternatives: str):
    path = study.folder / "calendar.yaml"
    path.write_text(HEAD + text)
    return read_calendar(path, study, alternatives)


def refused(study, text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(study, text)
    return str(caught.value)


def event(name: str, kind: str, date: str, more: str = "units: [battery-1]") -> str:
    return f"  - {{name: {name}, label: x, kind: {kind}, date: {date}, {A}, {more}}}\n"


def test_a_month_means_its_fifteenth_and_a_lead_time_counts_mean_months(study):
    laid = read(
        study,
        "events:\n" + event("order", "contract", "2019-01")
        + f"  - {{name: comes, label: x, kind: activation, {A}, units: [battery-1],\n"
        + "     after: {event: order, months: {low: 6, nominal: 12, high: 24}}}\n",
    )  # fmt: skip
    said = days_of(laid.calendar.events, lambda _: None)
    assert said["comes"] - said["order"] == pytest.approx(365.25)
    late = days_of(laid.calendar.events, lambda _: 1.0)
    assert late["comes"] - late["order"] == pytest.approx(730.5)


def test_a_triangular_belief_has_its_closed_form():
    """Quantiles of a triangular distribution on 0, 1, 4: F(1) = 1/4, F(x) = 1 - (4 - x)^2 / 12 above."""
    assert triangle(0.25, 0.0, 1.0, 4.0) == pytest.approx(1.0)
    assert triangle(1.0 - 4.0 / 12.0, 0.0, 1.0, 4.0) == pytest.approx(2.0)
    assert (triangle(0.0, 0.0, 1.0, 4.0), triangle(1.0, 0.0, 1.0, 4.0)) == (0.0, 4.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (event("a", "activation", "{low: 2020-05, nominal: 2020-03, high: 2020-06}"), "dates in disorder"),
        (event("a", "activation", "2020"), "is no date"),
        (event("a", "activation", "2020-02-30"), "there is no day"),
        (event("a", "activation", "2020-03", "units: [batery-1]"), "did you mean 'battery-1'?"),
        (event("a", "activation", "2020-03", "units: [battery-1], of: [one-shoot]"), "did you mean 'one-shot'?"),
        (event("a", "activation", "2020-03", "effect: there"), "needs units"),
        (event("a", "deployment", "2020-03") + event("b", "activation", "2020-05"),
         "overlapping states: battery-1 is there already since 2020-03-15"),
        (event("a", "withdrawal", "2020-03") + event("b", "withdrawal", "2020-05"), "gone already"),
        (event("a", "activation", "2020-03") + event("b", "withdrawal", "2020-03"), "both say whether battery-1"),
        (event("a", "contract", "2020-06") + event("b", "activation", "2020-03"), "before a of 2020-06-15"),
        (event("a", "embargo", "2020-03", "units: [battery-1], decay: {half_life: 6}")
         + event("b", "embargo", "2020-05", "units: [battery-1], decay: {half_life: 6}"), "decays already"),
        (event("a", "suspension", "2020-05") + event("b", "resumption", "2020-03", "lifts: [a]"), "lifts a, which"),
        (event("a", "statement", "2020-05", "x: 1") + event("b", "resumption", "2020-06", "lifts: [a]"), "unknown key"),
        (event("a", "resumption", "2020-06", "lifts: [b]"), "there is no event called 'b'"),
        (event("a", "upgrade", "2020-06", "units: [battery-1], set: {batteries.battery-1.salvo: 1}"), "salvo"),
        (event("a", "upgrade", "2020-06", "units: [battery-1], set: {raids.strike.route: []}"), "lays out an attack"),
        (event("a", "test", "2020-06", "units: []") + event("a", "test", "2020-07", "units: []"), "already"),
        ("  - {name: a, label: x, kind: test, date: 2020-06}\n", "no source"),
        ("  - {name: a, label: x, kind: test, date: 2020-06, source: TR-010}\n", "has no source 'TR-010'"),
        ("  - {name: a, label: x, kind: test, source: TR-01, after: {event: a, months: 3}}\n", "circle: a -> a"),
        ("  - {name: a, label: x, kind: test, source: TR-01}\n", "a date or an after"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_its_mend(study, text, said):
    told = refused(study, "events:\n" + text)
    assert said in told
    assert "calendar.yaml:" in told
    assert ";" in told or "unknown key" in told or "salvo" in told  # what would be right


def test_all_mistakes_are_told_at_once(study):
    one = event("a", "activation", "2020-03", "units: [x]")
    told = refused(study, "events:\n" + one + event("b", "test", "2020-04",
                   "of: [nowhere], units: [y]"))  # fmt: skip
    assert all(name in told for name in ("'nowhere'", "'x'", "'y'"))


def test_dates_that_only_slip_past_each_other_are_refused_too(study):
    told = refused(study, "events:\n" + event("a", "activation", "{low: 2020-03, nominal: 2020-03, high: 2020-09}")
                   + event("b", "withdrawal", "2020-06"))  # fmt: skip
    assert "dates in disorder" in told or "overlapping" in told


def test_a_unit_that_the_calendar_adds_is_checked_as_the_scenarios_own(study):
    added = "add:\n  batteries:\n    - {name: guest, system: system/patriot, side: blue, site: quay, network: island}\n"
    assert "system/patriot" in refused(
        study, added + "events:\n" + event("a", "deployment", "2020-03", "units: [guest]")
    )
    twice = added.replace("guest", "battery-1")
    assert "already has a 'battery-1'" in refused(
        study, twice + "events:\n" + event("a", "test", "2020-03", "units: []")
    )


def test_a_calendar_that_is_none_is_refused(study):
    path = study.folder / "other.yaml"
    path.write_text("egide: 1\nkind: study\n")
    with pytest.raises(ScenarioError, match="this is no calendar"):
        read_calendar(path, study)


def test_a_grade_is_that_of_the_weakest_source(study):
    known = catalog.load()
    laid = read(study, "events:\n  - {name: a, label: x, kind: test, date: 2020-06, source: [TR-01, CI-14]}\n"
                "  - {name: b, label: x, kind: test, date: 2020-06, source: TR-01}\n")  # fmt: skip
    assert [grade_of(each, known) for each in laid.calendar.events] == ["A", "S"]


def test_who_is_not_there_is_taken_out_with_a_network_that_nobody_is_left_in(study):
    laid = read(study, "events:\n" + event("a", "activation", "2020-03"))
    whole = scenario_of(laid, Scene("as-written", frozenset({"battery-1", "watch"})))
    assert [unit.name for unit in whole.batteries] == ["battery-1"]
    bare = scenario_of(laid, Scene("as-written", frozenset({"watch"})))
    assert bare.batteries == ()
    assert [unit.name for unit in bare.sensors] == ["watch"]
    assert list(bare.networks) == ["island"]
    down = scenario_of(laid, Scene("as-written", frozenset({"battery-1", "watch"}), frozenset({"battery-1"})))
    assert down.batteries[0].available == 0.0


def test_alternatives_are_one_state_where_what_they_change_is_not_there(study):
    laid = read(study, "events:\n" + event("a", "activation", "2020-03"))
    both = [Scene(name, frozenset({"watch"})) for name in ("as-written", "one-shot")]
    keys = {text_key(scenario_of(laid, scene), {}) for scene in both}
    assert len(keys) == 1
    there = [scene._replace(there=frozenset({"watch", "battery-1"})) for scene in both]
    assert len({text_key(scenario_of(laid, scene), {}) for scene in there}) == 2


def test_the_shipped_calendar_has_no_fault_and_says_what_is_assumed():
    study = load_study(ROOT / "studies/turkiye-2019/study.yaml")
    laid = read_calendar(ROOT / "studies/turkiye-2019/calendar.yaml", study)
    known = catalog.load()
    assumed = {each.name for each in laid.calendar.events if grade_of(each, known) in ("K", "A")}
    assert {"tender", "tender-dropped", "s400-ready", "patriot-contract", "patriot-first"} <= assumed
    assert not {"s400-contract", "s400-first", "caatsa", "patriot-arrive", "italy-leaves"} & assumed
    assert all(each.label.fr for each in laid.calendar.events)
    dated = {each.name: each.date.nominal.isoformat() for each in laid.calendar.events if each.date}
    assert dated["s400-contract"] == "2017-04-11"
    assert dated["s400-first"] == "2019-07-12"
    assert dated["s400-fires"] == "2020-10-16"
    assert dated["caatsa"] == "2020-12-14"
    assert dated["sochi"] == "2020-12-29"
