"""Alternatives and settings."""

from __future__ import annotations

import pytest
from tests.unit.scenario.test_loading import STARTER, TEXT

from egide import scenario
from egide.errors import ScenarioError


def load(*sets, alternative=None, text=TEXT):
    return scenario.parse(text, sets=sets, alternative=alternative)


def problem_of(*sets, **options):
    with pytest.raises(ScenarioError) as caught:
        load(*sets, **options)
    (problem,) = caught.value.problems
    return problem


def test_an_alternative_changes_only_what_it_says():
    base, patched = load(), load(alternative="one-shot")
    assert patched.doctrine["two-shots"].salvo == 1
    changed = {name for name in type(base).model_fields if getattr(base, name) != getattr(patched, name)}
    assert changed == {"doctrine", "alternatives", "resolved"}


def test_an_alternative_that_changes_nothing_leaves_everything():
    base, patched = load(), load(alternative="as-written")
    changed = {name for name in type(base).model_fields if getattr(base, name) != getattr(patched, name)}
    assert changed == {"alternatives", "resolved"}
    assert patched.resolved.label.en == "Two shots at once"


def test_removing_a_sensor_leaves_no_trace_of_it():
    assert load(alternative="no-watch").sensors == ()


def test_patches_apply_in_the_order_of_extends():
    text = (
        TEXT
        + "  both:\n    extends: one-shot\n    set: {doctrine.two-shots.salvo: 3}\n    remove: {sensors: [watch]}\n"
    )
    patched = load(alternative="both", text=text)
    assert (patched.doctrine["two-shots"].salvo, patched.sensors) == (3, ())


def test_remove_comes_before_add_so_that_a_thing_can_be_replaced():
    text = TEXT + (
        "  moved:\n    remove: {sites: [hill]}\n    add:\n      sites:\n"
        "        - {name: hill, position: [45.2, -35.2], height: 300 m}\n"
    )
    patched = load(alternative="moved", text=text)
    assert [site.height_m for site in patched.sites] == [20.0, 300.0]


def test_an_unknown_alternative_is_told_with_those_that_exist():
    problem = problem_of(alternative="one-shto")
    assert (problem.path, problem.line) == ("--alternative", 0)
    assert "one-shot" in str(problem)


def latency(loaded):
    entry = loaded.catalog["general/command"]
    return entry.si("link_latency"), entry.si("link_latency", "high")


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        ("duration=1 h", lambda s: s.duration_s == 3600),
        ("networks.island.iff=[civil]", lambda s: s.networks["island"].iff == ("civil",)),
        ("networks.island.iff=null", lambda s: s.networks["island"].iff == ()),
        ("networks.island.declaration_time=5 s", lambda s: s.networks["island"].declaration_time_s.high_s == 5),
        ("batteries.battery-1.azimuth=180 deg", lambda s: s.batteries[0].azimuth_rad > 3),
        ("raids.strike.count=40", lambda s: s.raids[0].count == 40),
        ("raids.0.count=40", lambda s: s.raids[0].count == 40),
        ("raids.strike.route[1].altitude=300 m", lambda s: s.raids[0].route[1].altitude_m == 300),
        ("tracking.mode=fast", lambda s: s.tracking.mode == "fast"),
        ("detail.track_interval=5 s", lambda s: s.detail.track_interval_s == 5),
        ("missile/pac-2-gem-t.range=75 km", lambda s: s.catalog["missile/pac-2-gem-t"].si("range") == 75_000),
        ("patriot.missile.range=75 km", lambda s: s.catalog["missile/pac-2-gem-t"].si("range") == 75_000),
        ("s400.missile.range = 200 km", lambda s: s.catalog["missile/48n6e3"].si("range") == 200_000),
        ("S-400.command-post.reaction_time=9 s", lambda s: s.catalog["command-post/55k6e"].si("reaction_time") == 9),
        ("general/command.link_latency={value: 2 s, high: 4 s}", lambda s: latency(s) == (2, 4)),
    ],
)
def test_a_setting_reaches_its_place(setting, read):
    assert read(load(setting))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("duration", "is not a setting"),
        ("=3", "is not a setting"),
        ("duration=60", "no time unit"),
        ("duratoin=1 h", "did you mean 'duration'?"),
        ("raids.strik.count=1", "did you mean 'strike'?"),
        ("raids.strike.cuont=1", "did you mean 'count'?"),
        ("networks.iland.iff=[]", "did you mean 'island'?"),
        ("missile/pac-2-gemt.range=75 km", "did you mean 'missile/pac-2-gem-t'?"),
        ("missile/pac-2-gem-t.rang=75 km", "did you mean 'range'?"),
        ("missile/pac-2-gem-t=75 km", "needs its parameter"),
        ("s400.missle.range=1 km", "names no part"),
        ("s400.radar.revisit=1 s", "has several"),
        ("alternatives.one-shot.set=1", "cannot be set"),
        ("duration={a: [}", "not YAML"),
        ("duration.x=1", "has no parts"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told(setting, words):
    with pytest.raises(ScenarioError) as caught:
        load(setting)
    assert words in str(caught.value)
    assert all(problem.line == 0 for problem in caught.value.problems)


def test_settings_apply_after_the_alternative_and_are_remembered():
    patched = load("doctrine.two-shots.salvo=4", "duration=1 h", alternative="one-shot")
    assert patched.doctrine["two-shots"].salvo == 4
    assert patched.resolved.sets == ("doctrine.two-shots.salvo=4", "duration=1 h")
    again = scenario.parse(scenario.dump(patched), sets=["duration=2 h"])
    assert again.resolved.sets == ("doctrine.two-shots.salvo=4", "duration=1 h", "duration=2 h")
    assert again.alternative == "one-shot"


def test_every_alternative_has_a_label():
    assert [label.pick("fr") for label in scenario.alternatives(STARTER).values()][:2] == [
        "Deux tirs simultanés",
        "Un tir, puis on observe",
    ]
