"""A file with mistakes is refused whole: every one of them with its file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import catalog
from egide.errors import Problem, ScenarioError

GOOD = """collected: 2026-11-21

launcher/mine:
  kind: launcher
  label: {en: My launcher, fr: Mon lanceur}
  values:
    ready_missiles: {value: 4, low: 2, high: 6, basis: assumed, grade: A, why: a guess}
    reload_time: {value: 45 min, low: 15 min, high: 90 min, basis: assumed, grade: A, source: CI-11, why: a guess}
"""


def read(folder: Path, text: str, name: str = "mine.yaml") -> catalog.Catalog:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return catalog.load([file])


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(ScenarioError) as caught:
        read(folder, text)
    return list(caught.value.problems)


def test_own_file_adds_to_the_shipped_entries(tmp_path: Path) -> None:
    shelf = read(tmp_path, GOOD)
    assert shelf["launcher/mine"].si("reload_time") == 45 * 60
    assert shelf["launcher/mine"].values["reload_time"].source.startswith("CI-11: launcher reload")
    assert "radar/91n6e" in shelf
    assert "launcher/mine" not in catalog.load()


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("ready_missiles", "ready_misiles", 7, "did you mean ready_missiles"),
        ("value: 4,", "value: 9,", 7, "low <= value <= high"),
        ("value: 45 min", "value: 45 km", 8, "not a unit of time"),
        ("value: 45 min", "value: 45", 8, "no time unit"),
        ("grade: A, why", "grade: S, why", 7, "grade 'S' does not go with basis 'assumed'"),
        (", why: a guess}\n    reload", "}\n    reload", 7, "an assumption needs its reason"),
        ("source: CI-11", "source: CI-99", 8, "no source is called CI-99"),
        (
            "basis: assumed, grade: A, source: CI-11",
            "basis: stated, grade: S, source: CI-11",
            8,
            "no source of this value has grade S",
        ),
        ("low: 2,", "least: 2,", 7, "unknown key"),
        ("kind: launcher", "kind: lancher", 3, "is not a kind of entry"),
        ("launcher/mine", "radar/mine", 3, "an id is its kind"),
        ("launcher/mine", "launcher/5p85te2", 3, "already in"),
        (", fr: Mon lanceur", "", 3, "both languages"),
        ("    ready_missiles: {value: 4, low: 2, high: 6, basis: assumed, grade: A, why: a guess}\n", "", 3, "missing"),
        ("  kind: launcher\n", "  kind: launcher\n  kind: launcher\n", 5, "written twice"),
        ("collected: 2026-11-21", "collected: [2026-11-21", 3, "not YAML"),
        ("  values:", "  facts: {text: one, two}\n  values:", 6, "in quotes"),
        ("  values:", "  facts: {source: TR-99}\n  values:", 6, "no source is called TR-99"),
    ],
)
def test_mistake_is_reported_where_it_stands(tmp_path: Path, wrong: str, right: str, line: int, says: str) -> None:
    assert wrong in GOOD
    found = problems(tmp_path, GOOD.replace(wrong, right, 1))
    assert any(p.file == "mine.yaml" and p.line == line and p.column > 0 and says in str(p) for p in found), [
        str(problem) for problem in found
    ]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace("value: 4,", "value: 9,").replace("45 min", "45 km").replace("fr:", "de:"))
    assert len(found) == 3


def test_parameter_written_twice_is_refused(tmp_path: Path) -> None:
    twice = GOOD + "    reload_time: {value: 1 min, basis: assumed, grade: A, why: a guess}\n"
    found = problems(tmp_path, twice)
    assert [(p.line, p.path) for p in found] == [(9, "launcher/mine.values.reload_time")]
    assert "line 8" in str(found[0])


def test_missing_file_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        catalog.load([tmp_path / "nowhere.yaml"])


@pytest.mark.parametrize(
    "text", ["just text", "- a\n- list", "launcher/x: 3", "launcher/x: {kind: launcher, values: 3}"]
)
def test_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_empty_file_adds_nothing(tmp_path: Path) -> None:
    assert len(read(tmp_path, "")) == len(catalog.load())


def test_system_of_unknown_parts_is_refused(tmp_path: Path) -> None:
    text = """
system/mine:
  kind: system
  label: {en: Mine, fr: Mien}
  facts: {components: {radars: [radar/nowhere], command_post: command-post/hawk, launchers: []}}
  values:
    targets_engaged: {value: 1, basis: assumed, grade: A, why: a guess}
    missiles_guided: {value: 1, basis: assumed, grade: A, why: a guess}
"""
    assert "radar/nowhere" in str(problems(tmp_path, text)[0])


def test_value_without_ends_is_a_point(tmp_path: Path) -> None:
    value = read(tmp_path, GOOD.replace(", low: 2, high: 6", ""))["launcher/mine"].values["ready_missiles"]
    assert (value.low, value.value, value.high) == (4, 4, 4)
