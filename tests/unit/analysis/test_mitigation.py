"""What precautions spare and cost: closed forms on flat ground, dominance by hand, and what must always hold."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.analysis import watched

from egide.analysis import mitigation
from egide.analysis.exposure import Assumptions
from egide.analysis.mitigation import Case, Facts, Lost, Mitigation, frontier, grouped, lost
from egide.coverage import emission
from egide.errors import StoreError

WEEK_S = 7.0 * 86_400.0
FACTS = Facts("hill", 50e3, 0.0, "", 0.0, False, False, 0.0, 4, 4000.0, 0.0, 0.0)


def case(name: str, beyond: float, week: float = 0.0, site: str = "hill", **facts) -> Case:
    share = (beyond, beyond, beyond)
    return Case(name, {"en": name}, replace(FACTS, site=site, **facts), Lost(0.0, 0.0, 0.0, week, (week, week, week)),
                {"S": share}, {"S": (0.0, 0.0, 0.0)}, {}, {})  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return watched.rules(tmp_path_factory)


@pytest.fixture(scope="module")
def found(folder: Path) -> Mitigation:
    return mitigation.read(folder, {"blanked": {"seen": (0.22, 0.24), "denied": (0.09, 0.12)}})


# --- the price of a rule -------------------------------------------------------------------------------------------


def test_a_blanked_sector_of_30_degrees_takes_a_twelfth_of_a_flat_disc(folder: Path):
    kept, whole = emission.of_scenario(folder / "blanked" / "scenario.yaml", "2km-agl", "100m2", "rectangle")["seen"]
    assert kept / whole == pytest.approx(11.0 / 12.0, abs=0.002)  # cells of 5.6 km, the disc 190 km wide
    kept, whole = emission.of_scenario(folder / "plain" / "scenario.yaml", "2km-agl", "100m2", "rectangle")["seen"]
    assert kept == whole > 0.0


def test_silence_lasts_as_long_as_a_chord_through_the_site_takes(found: Mitigation):
    about = found.rule("silent").here.facts
    assert about.silent_s == pytest.approx(60e3 / 200.0, abs=10.0)  # two abreast in time: one silence
    assert about.alone_s == pytest.approx(about.silent_s)
    assert about.flown_s == pytest.approx(94.6e3 / 200.0, abs=10.0)
    assert found.rule("plain").here.facts.silent_s == 0.0


def test_what_is_lost_over_a_week_is_the_silence_of_all_its_sorties():
    about = replace(FACTS, silent_s=2000.0, alone_s=1500.0, silent_m=150e3)
    low, nominal, high = lost(about, {}, 20.0).week
    assert low == nominal == pytest.approx(20.0 / 4.0 * 2000.0 / WEEK_S)
    assert high == pytest.approx(20.0 * 1500.0 / WEEK_S)
    assert lost(about, {}, 20.0).flying == pytest.approx(0.5)
    assert lost(about, {}, 1e6).week == (1.0, 1.0, 1.0)


def test_sector_and_silence_together_lose_what_either_loses():
    about = replace(FACTS, blank_rad=1.0, silent_s=2000.0, alone_s=1500.0)
    price = lost(about, {"seen": (0.5, 1.0), "denied": (0.6, 0.8)}, 20.0)
    assert (price.seen, price.denied, price.silent) == pytest.approx((0.5, 0.25, 0.5))
    assert price.flying == pytest.approx(1.0 - 0.75 * 0.5)


def test_a_price_that_was_not_reckoned_is_unknown_and_on_no_frontier():
    price = lost(replace(FACTS, blank_rad=1.0), {}, 20.0)
    assert math.isnan(price.flying)
    assert math.isnan(price.week[1])
    assert math.isnan(lost(replace(FACTS, waits=True), {}, 20.0).flying)  # silence that the picture decides
    dear, plain = frontier([replace(case("dear", 0.0), lost=price), case("plain", 0.1)])
    assert (dear.kept, plain.kept) == (False, True)


# --- the frontier --------------------------------------------------------------------------------------------------


def test_what_spares_less_and_costs_more_is_dominated():
    kept = {each.name: each.kept for each in frontier([
        case("nothing", 0.14), case("sector", 0.08, 0.3), case("worse", 0.09, 0.4), case("stealth", 0.0, stealth=1.0),
        case("far", 0.04, distance_m=100e3), case("far and silent", 0.04, 0.1, distance_m=100e3),
    ])}  # fmt: skip
    assert kept == {
        "nothing": True, "sector": True, "worse": False, "stealth": True, "far": True, "far and silent": False,
    }  # fmt: skip


def test_the_same_rule_elsewhere_is_a_range_and_never_competes_with_here():
    cases = frontier([case("here", 0.05), case("there", 0.10, site="isle"), case("third", 0.02, site="rock")])
    (rule,) = grouped(cases)
    assert rule.here.name == "here"
    assert rule.span("S") == (0.02, 0.10)
    assert rule.frontier  # at its own site each stands alone


def test_a_rule_that_is_dominated_at_one_site_only_says_so():
    cases = [
        case("here", 0.05), case("silent", 0.05, 0.1, silent_m=1e5, silent_s=1.0),
        case("there", 0.10, site="isle"), case("silent there", 0.08, 0.1, site="isle", silent_m=1e5, silent_s=1.0),
    ]  # fmt: skip
    plain, silent = grouped(frontier(cases))
    assert plain.frontier
    assert (silent.frontier, silent.sometimes) == (False, True)


# --- of finished runs ----------------------------------------------------------------------------------------------


def test_rules_are_read_from_the_runs(found: Mitigation):
    assert [rule.here.name for rule in found.rules] == ["plain", "blanked", "silent", "reflectors"]
    assert [rule.here.kind for rule in found.rules] == ["distance", "sector", "silence", "reflectors"]
    assert [case.name for case in found.rule("plain").elsewhere] == ["plain-elsewhere"]
    assert list(found.baselines) == ["none"]
    assert found.rule("blanked").here.facts.blank_rad == pytest.approx(math.radians(30.0))
    assert found.rule("blanked").here.lost.denied == pytest.approx(0.25)
    assert found.rule("plain").here.facts.distance_m == pytest.approx(47.3e3, rel=0.01)


def test_no_rule_brings_a_collector_more_than_none(found: Mitigation):
    plain = found.rule("plain").here
    assert max(share[1] for share in plain.beyond.values()) > 0.0
    for rule in found.rules:
        for band, share in rule.here.beyond.items():
            assert share[1] <= plain.beyond[band][1]
            assert share[0] <= share[1] <= share[2]
    assert found.rule("reflectors").here.worst == (0.0, 0.0, 0.0)
    assert found.rule("reflectors").here.facts.stealth == 1.0


def test_more_sorties_bring_no_less_and_cost_no_less(found: Mitigation):
    for rule in found.rules:
        rates = list(rule.here.at_rate)
        assert rates == sorted(rates)
        for few, many in pairwise(rates):
            for band in found.bands:
                assert rule.here.at_rate[few][band][1] <= rule.here.at_rate[many][band][1]
            if not math.isnan(rule.here.lost_at_rate[few][1]):
                assert rule.here.lost_at_rate[few] <= rule.here.lost_at_rate[many]


def test_without_a_battery_that_is_read_there_is_no_frontier(tmp_path_factory: pytest.TempPathFactory):
    assert mitigation.read(watched.sharing(tmp_path_factory), rules=Assumptions()).rules == ()


def test_a_folder_that_is_no_comparison_is_told(tmp_path: Path):
    with pytest.raises(StoreError, match="is not a comparison"):
        mitigation.read(tmp_path)
