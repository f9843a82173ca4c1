"""YAML as a tree with places, by the YAML 1.2 core schema."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.errors import ScenarioError
from egide.scenario.tree import find, locate, path_text, plain, read_tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("12:30:00", "12:30:00"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("+7", 7),
        ("2019-07-12", "2019-07-12"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        ("150 km", "150 km"),
        ("9" * 30, 1e30),
    ],
)
def test_a_scalar_reads_by_the_core_schema(text, value):
    """YAML 1.2.2, section 10.3.2; not as YAML 1.1 read it."""
    read = plain(read_tree(f"key: {text}", "x"))["key"]
    assert read == value
    assert type(read) is type(value)


def test_a_key_with_nothing_after_it_counts_as_left_out():
    assert plain(read_tree("a:\nb: ~\nc: 1\n", "x")) == {"c": 1}


def test_places_count_from_one_and_keys_have_their_own():
    root = read_tree("a: 1\nlist:\n  - {name: one, size: 2 km}\n", "x.yaml")
    assert locate(root, ("list", 0, "size")) == ("x.yaml", 3, 23)
    assert locate(root, ("list", 0, "size"), at_key=True) == ("x.yaml", 3, 17)
    assert path_text(root, ("list", 0, "size")) == "list.one.size"


def test_a_place_that_is_not_there_is_the_nearest_above_it():
    root = read_tree("a: {b: {c: 1}}", "x")
    assert find(root, ("a", "b", "d", "e"))[1] == 2
    assert locate(root, ("a", "b", "d")) == locate(root, ("a", "b"))


def test_an_alias_is_found_where_its_anchor_stands_and_its_key_where_it_is_used():
    root = read_tree("a: &x {n: 1}\nb: *x\n", "x")
    assert plain(root) == {"a": {"n": 1}, "b": {"n": 1}}
    assert locate(root, ("b", "n"))[1] == 1
    assert locate(root, ("b",), at_key=True)[1] == 2


@pytest.mark.parametrize("text", ["a: 1\r\nb: 2\r\n", "\ufeffa: 1\nb: 2\n"])
def test_line_ends_and_byte_order_marks_of_other_systems_are_read(text):
    assert plain(read_tree(text.encode(), "x")) == {"a": 1, "b": 2}


def test_several_repeated_keys_are_told_at_once():
    with pytest.raises(ScenarioError) as caught:
        read_tree("a: 1\na: 2\nb: {c: 1, c: 2}\n", "x")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 1), (3, 11)]


VALUES = st.recursive(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=12),
        st.integers(-(10**15), 10**15),
        st.booleans(),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "b", "c d", "é"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_quoted_text_and_structure_read_back_as_written(value):
    """JSON is YAML 1.2."""
    assert plain(read_tree(json.dumps({"key": value}, ensure_ascii=False), "x")) == {"key": value}


@given(
    st.one_of(
        st.text(max_size=200), st.binary(max_size=200), st.text(alphabet="{}[],:&*!-?|>'\"\n a1#%@`", max_size=80)
    )
)
def test_any_text_is_a_tree_or_a_scenario_error(text):
    with suppress(ScenarioError):
        plain(read_tree(text, "x"))
