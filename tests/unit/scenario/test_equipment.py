"""Equipment of a scenario's own, and its own outline: what is taken over, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import scenario

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "src/egide/scenario/starter/scenario.yaml").read_text(encoding="utf-8")
OWN = """equipment:
  missile/heron:
    like: missile/pac-2-gem-t
    label: {en: Heron, fr: Heron}
    values: {range: {value: 70 km, low: 60 km, high: 90 km}}
  system/heron:
    like: system/patriot-pac3
    label: Heron battery
    components:
      radars: [radar/an-mpq-65]
      command_post: command-post/patriot-ecs
      launchers: [{type: launcher/m903-gem-t, count: 2, missile: missile/heron}]
"""


def written(path: Path, old: str = "", new: str = "") -> Path:
    """The starter with equipment of its own, which its battery uses; `old` in it replaced."""
    assert old in OWN
    text = TEXT.replace("sites:  ", OWN.replace(old, new, 1) + "\nsites:  ", 1)
    (path / "scenario.yaml").write_text(text.replace("system: system/patriot-pac3 ", "system: system/heron "))
    return path / "scenario.yaml"


def test_a_piece_has_what_it_says_and_takes_the_rest_over(tmp_path: Path) -> None:
    loaded = scenario.load(written(tmp_path), "as-written")
    (battery,) = loaded.batteries
    assert [row.missile for row in battery.launchers or ()] == ["missile/heron"]
    mine, like = loaded.catalog["missile/heron"], loaded.catalog["missile/pac-2-gem-t"]
    assert (mine.si("range", "low"), mine.si("range"), mine.si("range", "high")) == (60e3, 70e3, 90e3)
    assert mine.si("speed") == like.si("speed")
    assert mine.label == {"en": "Heron", "fr": "Heron"}
    again = tmp_path / "again.yaml"
    again.write_text(scenario.dump(loaded))
    assert scenario.load(again) == loaded, "what is written reads back"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("like: missile/pac-2-gem-t", "like: missile/pac-2-gem", "did you mean 'missile/pac-2-gem-t'?"),
        ("like: missile/pac-2-gem-t", "like: radar/arabel", "radar/arabel is of kind radar, expected missile"),
        ("  missile/heron:\n", "  missile/hawk:\n", "the catalogue has an entry missile/hawk; give it another id"),
        ("  missile/heron:\n", "  heron:\n", "heron is no id of a piece of equipment"),
        ("range: {", "rnage: {", "missile has no parameter 'rnage'; did you mean 'range'?"),
        ("value: 70 km", "value: 70", "70 has no length unit"),
        ("missile: missile/heron}", "missile: missile/hreon}", "did you mean 'missile/heron'?"),
        ("label: Heron battery", "lable: Heron battery", "did you mean 'label'?"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    problems = [str(problem) for problem in scenario.check(written(tmp_path, old, new))]
    assert any(said in problem and "equipment" in problem for problem in problems), problems


def test_an_outline_lies_inside_the_area(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    for corners, said in (
        ("[44, -35], [44, -34]", "an outline has three corners or more"),
        ("[44, -35], [44, -34], [50, -35]", "area.outline[2]: this corner lies beyond the area; move it inside"),
    ):
        file.write_text(TEXT.replace("east: -30.0}", f"east: -30.0, outline: [{corners}]}}", 1))
        assert said in " ".join(str(problem) for problem in scenario.check(file))


def test_shares_are_counted_over_the_outline(tmp_path: Path) -> None:
    """A degree by a degree at 45 north: 111.1 km by 78.8 km on the ellipsoid."""
    from egide.coverage.area import area_of
    from egide.coverage.net import grid_of

    file = tmp_path / "scenario.yaml"
    square = "[44.5, -35.5], [44.5, -34.5], [45.5, -34.5], [45.5, -35.5]"
    file.write_text(TEXT.replace("east: -30.0}", f"east: -30.0, outline: [{square}]}}", 1))
    loaded = scenario.load(file, "as-written")
    found = area_of(grid_of(loaded), loaded, None)
    assert (found.name, found.kind) == ("outline", "polygon")
    assert found.km2 == pytest.approx(111.1 * 78.8, rel=0.03)
