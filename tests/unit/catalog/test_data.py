"""The shipped data hold what they promise: ranges in order, a source or a reason everywhere, grades never raised."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest

from egide import catalog
from egide.catalog import BASES, GRADE_BASIS, PARAMETERS, Entry, Value
from egide.physics.radar import reference_range_m
from egide.units import read_quantity

SHELF = catalog.load()
VALUES = [pytest.param(entry, value, id=f"{entry.id}.{value.name}") for entry, value in SHELF.each_value()]

PROMISED = """
radar/91n6e radar/96l6e radar/92n6e radar/an-mpq-65 radar/arabel radar/hawk-acquisition radar/hawk-engagement
radar/an-mpq-64 radar/generic-long-range radar/an-tpy-2 radar/an-apy-2 radar/mesa radar/f-16 radar/generic-low-level
command-post/55k6e command-post/patriot-ecs command-post/samp-t command-post/hawk command-post/nasams
command-post/fighter launcher/5p85te2 launcher/m903-gem-t launcher/m903-mse launcher/samp-t launcher/hawk
launcher/nasams missile/48n6e3 missile/48n6e2 missile/9m96e2 missile/40n6e missile/pac-2-gem-t missile/pac-3-mse
missile/aster-30 missile/hawk missile/amraam-nasams missile/air-to-air aircraft/f-35a aircraft/f-16c aircraft/su-24
aircraft/su-34 aircraft/tu-22m3 aircraft/tb2 aircraft/e-3 aircraft/e-7 aircraft/generic-strike drone/shahed-136
cruise-missile/generic ballistic/scud-b ballistic/iskander-m airliner/boeing-737 system/s-400 system/patriot-pac3
system/samp-t system/hawk system/nasams general/command general/turkiye general/timeline general/history
"""


@pytest.mark.parametrize("entry_id", PROMISED.split())
def test_promised_entry_is_there(entry_id: str) -> None:
    assert entry_id in SHELF


@pytest.mark.parametrize(("entry", "value"), VALUES)
def test_value_is_in_order_and_sourced(entry: Entry, value: Value) -> None:
    assert math.isfinite(value.low)
    assert math.isfinite(value.high)
    assert value.low <= value.value <= value.high
    assert value.source or value.why
    assert value.why or value.basis != "assumed", "an assumption needs its reason"
    assert value.date == "2026-11-21"
    assert value.dimension is PARAMETERS[entry.kind][value.name]
    assert GRADE_BASIS[value.grade] == value.basis


@pytest.mark.parametrize(("entry", "value"), VALUES)
def test_grade_is_never_above_its_sources(entry: Entry, value: Value) -> None:
    if value.basis == "stated":
        letters = {letter for source in value.source_ids for letter in re.split("[/+]", SHELF.sources[source].grade)}
        assert value.grade in letters


@pytest.mark.parametrize(("entry", "value"), VALUES)
def test_probability_and_count_stay_in_their_bounds(entry: Entry, value: Value) -> None:
    if value.dimension.name == "ratio":
        assert value.low >= 0.0
        assert value.high <= 1.0
    if value.dimension.name in ("count", "money", "time", "area", "frequency", "speed"):
        assert value.low >= 0.0


def test_counts_by_basis_add_up() -> None:
    counted = Counter(value.basis for _, value in SHELF.each_value())
    counts = SHELF.counts()
    assert counts == {**{basis: counted[basis] for basis in BASES}, "disputed": counts["disputed"]}
    assert sum(counted.values()) == len(VALUES)
    assert counts["assumed"] > counts["stated"] + counts["derived"], "most figures are assumed, and it must show"


@pytest.mark.parametrize(
    ("entry_id", "name"),
    [
        ("missile/48n6e3", "range"),
        ("missile/40n6e", "range"),
        ("missile/pac-2-gem-t", "range"),
        ("missile/aster-30", "range"),
        ("launcher/m903-mse", "ready_missiles"),
        ("radar/an-tpy-2", "reference_range"),
        ("aircraft/f-35a", "rcs"),
        ("system/s-400", "claimed_range"),
        ("system/s-400", "independent_range"),
        ("general/turkiye", "s400_batteries"),
        ("general/history", "saudi_band"),
        ("general/history", "ukraine_2024_drones"),
    ],
)
def test_disputed_figure_says_so(entry_id: str, name: str) -> None:
    assert SHELF[entry_id].values[name].disputed
    assert SHELF[entry_id].values[name].low < SHELF[entry_id].values[name].high


def test_vendor_ranges_of_the_91n6e_agree_with_the_fourth_root() -> None:
    """390 km against 4 m2 gives 219 km against 0.4 m2, where the vendor prints 230 (S4-22, S4-23)."""
    radar = SHELF["radar/91n6e"]
    expected_m = float(reference_range_m(0.4, radar.si("reference_range"), radar.si("reference_rcs")))
    assert expected_m == pytest.approx(219e3, abs=500.0)
    printed = re.search(r"/ (\d+) / \d+ km", SHELF.sources["S4-23"].says)
    assert printed is not None
    assert expected_m == pytest.approx(float(printed[1]) * 1e3, rel=0.06)


@pytest.mark.parametrize(("rcs_m2", "range_km"), [(1, 276), (0.1, 155), (0.01, 87), (0.005, 73), (0.001, 49)])
def test_scaled_ranges_of_the_91n6e_are_those_published_with_its_figures(rcs_m2: float, range_km: float) -> None:
    radar = SHELF["radar/91n6e"]
    scaled_m = float(reference_range_m(rcs_m2, radar.si("reference_range"), radar.si("reference_rcs")))
    assert scaled_m == pytest.approx(range_km * 1e3, abs=500.0)


def test_no_radar_is_calibrated_beyond_its_display() -> None:
    for radar in SHELF.of_kind("radar"):
        assert radar.si("reference_range") <= radar.si("instrumented_range"), radar.id
        assert radar.si("min_elevation") < radar.si("max_elevation"), radar.id
        assert radar.si("swerling") in (0, 1, 3)
        assert radar.facts["band"] in ("VHF", "L", "S", "C", "X")
        assert radar.facts["role"] in ("search", "engagement", "both")
        assert radar.has("channels") == (radar.facts["role"] != "search"), radar.id


def test_facts_have_their_types() -> None:
    assert SHELF["aircraft/f-35a"].facts["low_observable"] is True
    assert SHELF["aircraft/f-16c"].facts["low_observable"] is False
    assert SHELF["system/s-400"].facts["components"]["launchers"][0]["count"] == 8
    assert SHELF["general/turkiye"].facts["contract"]["date"] == "2017-04-11"


def test_range_without_a_target_takes_one_three_ten_square_metres() -> None:
    for name in ("96l6e", "92n6e", "an-mpq-65", "arabel", "an-mpq-64", "generic-long-range", "an-apy-2"):
        value = SHELF[f"radar/{name}"].values["reference_rcs"]
        assert (value.low, value.value, value.high, value.basis) == (1.0, 3.0, 10.0, "assumed"), name


def test_stated_figure_is_the_one_of_its_source() -> None:
    """Where the register gives three plain figures, a stated value is those three."""
    figures = re.compile(r"[^:;]*: ([\d. ]+) / ([\d. ]+) / ([\d. ]+) ?([^\d;,(]*)$")
    compared = 0
    for entry, value in SHELF.each_value():
        row = figures.match(SHELF.sources[value.source_ids[0]].says) if value.basis == "stated" else None
        if row is None:
            continue
        unit = row[4].strip()
        expected = [read_quantity(f"{row[n].strip()} {unit}".strip(), value.dimension) for n in (1, 2, 3)]
        assert [value.low, value.value, value.high] == expected, f"{entry.id}.{value.name}"
        compared += 1
    assert compared > 20


def test_missile_reaches_are_in_order() -> None:
    for missile in SHELF.of_kind("missile"):
        assert missile.si("min_range", "high") < missile.si("range", "low"), missile.id
        assert missile.si("min_altitude", "high") < missile.si("max_altitude", "low"), missile.id
        if missile.has("peak_speed"):
            assert missile.si("speed") <= missile.si("peak_speed"), missile.id


def test_every_label_is_bilingual_and_every_alias_leads_home() -> None:
    for entry in map(SHELF.__getitem__, SHELF):
        assert entry.label["en"]
        assert entry.label["fr"]
        for alias in entry.aliases:
            assert entry in SHELF.find(alias), alias


def test_same_fact_is_the_same_wherever_it_stands() -> None:
    """The price of a Patriot battery, the error rates, the reload: written twice, they must not drift apart."""
    pairs = [
        (("system/patriot-pac3", "price"), ("general/turkiye", "patriot_battery_price")),
        (("launcher/5p85te2", "reload_time"), ("general/command", "reload_time")),
        (("missile/48n6e3", "unit_cost"), ("general/command", "interceptor_cost")),
        (("radar/91n6e", "false_plots"), ("general/command", "false_plots")),
        (("command-post/55k6e", "decision_time"), ("general/history", "decision_time")),
        (("radar/92n6e", "channels"), ("system/s-400", "targets_engaged")),
    ]
    for (one, name), (other, its_name) in pairs:
        first, second = SHELF[one].values[name], SHELF[other].values[its_name]
        assert (first.low, first.value, first.high) == (second.low, second.value, second.high), name


def test_register_keeps_every_address() -> None:
    """A source that was read has a page; none has a blank or a repeated one."""
    for source in SHELF.sources.values():
        assert len(set(source.urls)) == len(source.urls), source.id
        assert all(re.fullmatch(r"https?://\S+", url) for url in source.urls), source.id
        for number in re.findall(r"\[(\d+)\]", source.note):
            assert int(number) <= len(source.urls), source.id
    bare = [s.id for s in SHELF.sources.values() if s.grade in ("S", "S2") and not s.urls]
    assert bare == []
