"""Finding, suggesting and overriding."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide import catalog
from egide.catalog import Level
from egide.errors import ScenarioError

SHELF = catalog.load()


def test_loading_twice_gives_the_same_catalogue() -> None:
    assert catalog.load() is SHELF
    assert len(SHELF) == len(list(SHELF))


def test_number_is_si_and_text_is_as_written() -> None:
    value = SHELF["radar/91n6e"].values["reference_range"]
    assert SHELF["radar/91n6e"].si("reference_range") == 390e3
    assert SHELF["radar/91n6e"].si("reference_range", "low") == 300e3
    assert [value.shown(level) for level in catalog.LEVELS] == ["300 km", "390 km", "390 km"]
    assert [value.number(level) for level in catalog.LEVELS] == ["300", "390", "390"]
    assert value.unit == "km"
    assert value.source.startswith("S4-22: ")
    assert "https://www.globalsecurity.org/" in value.source


def test_entry_without_a_parameter_says_so() -> None:
    assert not SHELF["radar/91n6e"].has("channels")
    with pytest.raises(KeyError, match="radar/91n6e has no parameter 'channels'"):
        SHELF["radar/91n6e"].si("channels")


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("radar/91n6e", ["radar/91n6e"]),
        ("91N6E", ["radar/91n6e"]),
        ("S-400", ["system/s-400"]),
        ("s400", ["system/s-400"]),
        ("sa-21", ["system/s-400"]),
        ("Patriot", ["system/patriot-pac3"]),
        ("turkiye", ["general/turkiye"]),
        ("hawk", ["command-post/hawk", "launcher/hawk", "missile/hawk", "system/hawk"]),
        ("nothing", []),
    ],
)
def test_entry_is_found_by_id_alias_or_last_part(name: str, ids: list[str]) -> None:
    assert [entry.id for entry in SHELF.find(name)] == ids


@pytest.mark.parametrize(
    ("name", "wanted"), [("9n6e", "radar/92n6e"), ("S-40", "system/s-400"), ("patriott", "system/patriot-pac3")]
)
def test_misspelt_name_is_put_right(name: str, wanted: str) -> None:
    assert wanted in SHELF.suggest(name)


def test_nonsense_is_suggested_nothing() -> None:
    assert SHELF.suggest("zzzzqqqq") == []


def test_search_looks_at_labels_of_both_languages_without_accents() -> None:
    assert "radar/generic-long-range" in [entry.id for entry in SHELF.search("veille aerienne")]
    assert "radar/an-tpy-2" in [entry.id for entry in SHELF.search("kurecik")]
    assert "radar/an-apy-2" in [entry.id for entry in SHELF.search("radar AWACS")]
    assert SHELF.search("zzzz") == ()
    assert len(SHELF.search("")) == len(SHELF)


def test_override_replaces_a_value_and_says_that_it_did() -> None:
    changed = SHELF.with_overrides({"missile/48n6e3": {"range": "200 km"}})
    value = changed["missile/48n6e3"].values["range"]
    assert (value.low, value.value, value.high) == (200e3, 200e3, 200e3)
    assert (value.basis, value.grade, value.source) == ("assumed", "A", "scenario")
    assert "250 km" in value.why
    assert SHELF["missile/48n6e3"].si("range") == 250e3, "the shipped catalogue never changes"
    assert changed["missile/48n6e2"] is SHELF["missile/48n6e2"]


def test_override_may_have_a_range_of_its_own() -> None:
    changed = SHELF.with_overrides({"missile/48n6e3": {"range": {"value": "200 km", "low": "150 km", "why": "FOI"}}})
    value = changed["missile/48n6e3"].values["range"]
    assert (value.low, value.value, value.high, value.why) == (150e3, 200e3, 200e3, "FOI")


def test_override_may_add_an_optional_parameter() -> None:
    assert SHELF.with_overrides({"radar/91n6e": {"channels": 3}})["radar/91n6e"].si("channels") == 3


def test_every_wrong_override_is_reported_at_once() -> None:
    wrong: dict[str, dict[str, Any]] = {
        "missile/48n6e": {"range": "200 km"},
        "missile/48n6e3": {"rnge": "200 km", "speed": "900", "range": {"low": "3 km"}, "kill_drone": True},
        "missile/hawk": {"range": {"value": "10 km", "low": "20 km"}},
    }
    with pytest.raises(ScenarioError) as caught:
        SHELF.with_overrides(wrong, file="mine.yaml")
    shown = [str(problem) for problem in caught.value.problems]
    assert len(shown) == 6
    assert all(line.startswith("mine.yaml: ") for line in shown)
    assert "did you mean" in shown[0]
    assert "did you mean range" in shown[1]
    assert "no speed unit" in shown[2]
    assert caught.value.exit_code == 2


def test_catalogue_crosses_process_borders() -> None:
    assert pickle.loads(pickle.dumps(SHELF)) == SHELF
    assert copy.deepcopy(SHELF) == SHELF


@given(st.floats(min_value=1.0, max_value=1e4, allow_nan=False), st.sampled_from(["m", "km", "ft", "nmi", "mi"]))
def test_override_reads_any_length_as_units_do(number: float, unit: str) -> None:
    from egide.units import LENGTH, read_quantity

    text = f"{number:.3f} {unit}"
    value = SHELF.with_overrides({"radar/91n6e": {"antenna_height": text}})["radar/91n6e"].values["antenna_height"]
    levels: tuple[Level, ...] = catalog.LEVELS
    assert all(value.si(level) == read_quantity(text, LENGTH) for level in levels)
    assert value.shown() == text
