"""Studies: what they name exists, and none of them varies how an attack is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import scenario
from egide.errors import ScenarioError

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "src/egide/scenario/starter"


@pytest.fixture
def study(tmp_path):
    """Writes a changed starter study beside its scenario and gives its problems as text."""
    (tmp_path / "scenario.yaml").write_text((STARTER / "scenario.yaml").read_text())
    text = (STARTER / "study.yaml").read_text()

    def write(*changes: tuple[str, str], more: str = "") -> Path:
        changed = text + more
        for old, new in changes:
            assert old in changed
            changed = changed.replace(old, new, 1)
        path = tmp_path / "study.yaml"
        path.write_text(changed)
        return path

    return write


def said(path):
    return [str(problem).split(": ", 1)[1] for problem in scenario.check_study(path)]


def test_the_starter_study_has_no_fault():
    assert scenario.check_study(STARTER / "study.yaml") == []
    loaded = scenario.load_study(STARTER / "study.yaml")
    assert loaded.base_path == STARTER / "scenario.yaml"
    assert loaded.alternatives == ("as-written", "second-battery", "one-shot", "no-watch")
    assert loaded.compare[0] == ("one-shot", "as-written")
    assert scenario.is_study(STARTER / "study.yaml")
    assert not scenario.is_study(STARTER / "scenario.yaml")


@pytest.mark.parametrize("path", sorted(ROOT.glob("studies/*/study.yaml")), ids=lambda path: path.parent.name)
def test_shipped_studies_have_no_fault(path):
    assert scenario.check_study(path) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("base: scenario.yaml", "base: scenari.yaml", "there is no such file"),
        ("base: scenario.yaml", "base: ../scenario.yaml", "leads out of"),
        ("one-shot, no-watch]", "one-shto, no-watch]", "did you mean 'one-shot'?"),
        ("reference: as-written", "reference: shorter-reach", "in this study"),
        ("[no-watch, as-written]]", "[watch-not, as-written]]", "in this study"),
        ("replications: 40", "replications: 0", "a whole number >= 1"),
        ("seed: 2030", "sed: 2030", "did you mean 'seed'?"),
        ("compare: [[one-shot, as-written]", "compare: [[one-shot, as-written, no-watch]", "expected a list of 2"),
    ],
)
def test_what_a_study_gets_wrong_is_told(study, old, new, words):
    path = study((old, new))
    assert any(words in line for line in said(path))
    with pytest.raises(ScenarioError):
        scenario.load_study(path)


def test_mistakes_of_the_base_are_told_with_its_own_places(study, tmp_path):
    path = study()
    base = tmp_path / "scenario.yaml"
    base.write_text(base.read_text().replace("duration: 40 min", "duration: 40"))
    (problem,) = scenario.check_study(path)
    assert problem.file == str(base)
    assert problem.line == 15


@pytest.mark.parametrize(
    "path",
    [
        "raids.strike.route[0].position",
        "raids.strike.route.0.altitude",
        "raids.strike.route",
        "raids.0.time_on_target",
        "raids.strike.start",
        "raids.strike.spacing",
        "raids.strike.abreast",
        "raids.strike.release",
        "raids.strike.target",
        "raids.strike.launch",
        "raids.strike",
        "raids",
    ],
)
def test_a_study_never_varies_the_layout_of_an_attack(study, path):
    lines = said(study(more=f"uncertain:\n  {path}: {{low: 1 km, high: 2 km}}\n"))
    assert len(lines) == 1
    assert "lays out an attack" in lines[0]


@pytest.mark.parametrize("path", ["raids.strike.count", "batteries.battery-1.azimuth", "missile/pac-2-gem-t.range"])
def test_numbers_of_attackers_and_the_defence_may_be_uncertain(study, path):
    assert said(study(more=f"uncertain:\n  {path}: {{low: 1, high: 2}}\n")) == []


def test_the_orbit_of_a_hostile_is_layout_and_that_of_a_friend_is_not(study, tmp_path):
    base = tmp_path / "scenario.yaml"
    patrol = """
patrols:
  - {name: cap, type: aircraft/f-16c, side: SIDE, network: island, radar: radar/f-16, missile: missile/air-to-air,
     missiles_each: 4, orbit: {center: [45, -35], length: 60 km, width: 20 km, altitude: 8 km, speed: 400 kt}}
"""
    path = study(more="uncertain: {patrols.cap.orbit.altitude: {low: 1 km, high: 2 km}}\n")
    text = base.read_text()
    base.write_text(text + patrol.replace("SIDE", "blue"))
    assert said(path) == []
    base.write_text(text + patrol.replace("SIDE", "red"))
    assert "lays out an attack" in said(path)[0]


def test_an_uncertain_path_must_lead_somewhere(study):
    assert (
        "did you mean 'battery-1'?"
        in said(study(more="uncertain: {batteries.batery-1.azimuth: {low: 1, high: 2}}\n"))[0]
    )


def test_an_uncertain_parameter_has_a_range_or_values(study):
    assert "low and high, or values" in said(study(more="uncertain: {raids.strike.count: {low: 1}}\n"))[0]
    assert said(study(more="uncertain: {raids.strike.count: {values: [1, 2, 4]}}\n")) == []
