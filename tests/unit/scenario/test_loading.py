"""From file to Scenario and back."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egide import catalog as library
from egide import scenario
from egide.errors import ScenarioError

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "src/egide/scenario/starter/scenario.yaml"
FILES = [STARTER, *sorted(ROOT.glob("scenarios/*/scenario.yaml"))]
TEXT = STARTER.read_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_shipped_scenarios_have_no_fault(file):
    assert scenario.check(file) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_what_is_dumped_loads_to_an_equal_scenario(file):
    for name in [None, *scenario.alternatives(file)]:
        loaded = scenario.load(file, alternative=name)
        again = scenario.parse(scenario.dump(loaded), folder=loaded.folder)
        assert again == loaded
        assert scenario.dump(again) == scenario.dump(loaded)
        assert again.alternative == name


def test_units_become_si_and_names_carry_them():
    loaded = scenario.load(STARTER)
    assert loaded.duration_s == 2400.0
    assert loaded.raids[0].release_m == 15_000.0
    assert loaded.raids[0].time_on_target_s == 1500.0
    assert loaded.flights[0].route[0].altitude_m == pytest.approx(36_000 * 0.3048)
    assert loaded.flights[0].route[0].speed_m_s == pytest.approx(0.78 * 295.25, rel=1e-3)
    assert loaded.batteries[0].azimuth_rad == pytest.approx(1.5707963)


def test_a_battery_has_its_systems_parts_where_the_file_names_none():
    battery = scenario.load(STARTER).batteries[0]
    assert [(radar.type, radar.role) for radar in battery.radars] == [("radar/an-mpq-65", "both")]
    assert battery.command_post == "command-post/patriot-ecs"
    assert {row.missile for row in battery.launchers} == {"missile/pac-2-gem-t", "missile/pac-3-mse"}


def test_a_doctrine_left_out_is_the_default_one():
    text = TEXT.replace("    doctrine: two-shots\n", "")
    loaded = scenario.parse(text)
    assert loaded.batteries[0].doctrine == "default"
    assert loaded.doctrine["default"].salvo == 2


def test_a_scenario_knows_its_source():
    loaded = scenario.load(STARTER)
    assert loaded.source == TEXT
    assert loaded.folder == STARTER.parent
    assert len(loaded.sha256) == 64
    assert loaded.sha256 != scenario.parse(TEXT + "\n").sha256


def test_a_scenario_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        scenario.load(STARTER).name = "other"  # type: ignore[misc]  # that is the point


def test_two_loads_in_one_process_do_not_share_overrides():
    changed = scenario.load(STARTER, sets=["missile/pac-2-gem-t.range=75 km"])
    assert changed.catalog["missile/pac-2-gem-t"].si("range") == 75_000.0
    assert scenario.load(STARTER).catalog["missile/pac-2-gem-t"].si("range") == library.load()[
        "missile/pac-2-gem-t"
    ].si("range")


def test_text_that_yaml_1_1_and_1_2_read_differently_survives_a_round_trip():
    for word in ("NO", "0o17", "1e3", "010", "12:30", ".5", "2019-07-12", "null", "~", "true", "-", "'", "a: b", "# c"):
        text = TEXT.replace("{en: A first scenario,", f"{{en: {word!r},".replace('"', '"'))
        if word == "'":
            text = TEXT.replace("{en: A first scenario,", '{en: "\'",')
        loaded = scenario.parse(text)
        assert loaded.title.en == word
        assert scenario.parse(scenario.dump(loaded)) == loaded


LINES = TEXT.splitlines(keepends=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_mutated_text_is_a_scenario_or_a_scenario_error(data):
    """Lines dropped, doubled, exchanged; letters changed: never another exception."""
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "letter", "value"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "letter":
                column = data.draw(st.integers(0, len(lines[at]) - 1))
                letter = data.draw(st.sampled_from(list("{}[]:,-'\"&*!#\t\n 0e.xé\x00")))
                lines[at] = lines[at][:column] + letter + lines[at][column + 1 :]
            case "value":
                key, colon, _ = lines[at].partition(":")
                value = data.draw(
                    st.sampled_from(
                        ["null", "[]", "{}", "-1", "1e999", ".nan", "true", "[1, [2]]", "{a: {b: c}}", "''", "9 km"]
                    )
                )
                lines[at] = f"{key}{colon} {value}\n"
        if not lines:
            return
    sets = [
        data.draw(st.sampled_from(["duration=1 h", "raids.strike=3", "sensors=", "x", "networks.island.iff=[civil]"]))
    ]
    alternative = data.draw(st.sampled_from([None, "one-shot", "no-watch"]))
    loaded = None
    with suppress(ScenarioError):
        loaded = scenario.parse("".join(lines), alternative=alternative, sets=sets)
    if loaded is not None:
        assert scenario.parse(scenario.dump(loaded)) == loaded


def test_ten_thousand_lines_load_quickly(capsys):
    """The promise is under 2 s; a time is printed, never asserted."""
    sites = "".join(f"  - name: site-{n}\n    position: [45.0, -35.0]\n    height: {n % 90} m\n" for n in range(3333))
    text = TEXT.replace("sites: ", f"sites:\n{sites}# ", 1)
    started = time.perf_counter()
    loaded = scenario.parse(text)
    with capsys.disabled():
        print(  # noqa: T201  # a time is for people to see
            f" {text.count(chr(10))} lines in {time.perf_counter() - started:.2f} s", end=""
        )
    assert len(loaded.sites) == 3335


def test_a_network_with_nothing_after_its_name_has_every_default():
    loaded = scenario.parse(TEXT.replace("networks: ", "networks: \n  coast:\n  #", 1))
    assert loaded.networks["coast"].iff == ()
    assert "island" in loaded.networks
