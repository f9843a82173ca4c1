"""What is not known: which catalogue values, and what moves together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from egide.campaign.parameters import factors_of, matches, parameters_of
from egide.campaign.plan import check, plan
from egide.campaign.used import used_values
from egide.catalog.roles import PATH
from egide.compiler import compile_scenario
from egide.errors import Problem
from egide.scenario import Variants, load, load_study

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "src/egide/scenario/starter"
TURKIYE = ROOT / "studies/turkiye-2019"
FIRST = ROOT / "scenarios/first-battery/scenario.yaml"

# read by every compilation, and of no consequence without jammers, reflectors, two-dimensional radars, voice or links
IDLE = {
    "general/jamming.error_snr",  # read with every radar, in use where something jams

    *(f"general/jamming.{name}" for name in ("antenna_gain", "noise_figure", "receiver_bandwidth", "receiver_loss")),
    "general/jamming.side_lobes", "general/command.reflector_rcs", "general/command.registration_error",
    "general/command.voice_latency", "general/command.friend_national_reply", "general/radar.assumed_height",
    "general/radar.assumed_height_error",
}  # fmt: skip


class Recorded(dict):
    """Values of an entry that note which of them are read by name."""

    def __init__(self, values, entry, seen):
        super().__init__(values)
        self.entry, self.seen = entry, seen

    def __getitem__(self, name):
        self.seen.add((self.entry, name))
        return super().__getitem__(name)


@pytest.mark.parametrize("name", ["first-battery", "one-raid-two-networks", "patriot-2003"])
def test_the_values_in_use_are_those_that_a_compilation_reads(name):
    path = ROOT / "scenarios" / name / "scenario.yaml"
    scenario = load(path)
    seen: set[tuple[str, str]] = set()
    entries = scenario.catalog.entries
    watched = {key: replace(entry, values=Recorded(entry.values, key, seen)) for key, entry in entries.items()}
    compile_scenario(Variants(path, replace(scenario.catalog, entries=watched)).scenario())

    def ranged(pairs):
        return {pair for pair in pairs if (v := entries[pair[0]].values[pair[1]]).low < v.high}

    assert ranged(used_values(scenario)) <= seen, "a value that nothing reads would be a factor without effect"
    missed = {f"{e}.{n}" for e, n in ranged(seen) - used_values(scenario)}
    costs = {path for path in missed if path.endswith(".unit_cost")}
    written = {path for path in missed if path.rpartition(".")[2] in PATH or path.startswith("ballistic/")}
    assert missed - IDLE - costs - written == set()


def made(tmp_path, more="", base=STARTER / "scenario.yaml", name="scenario.yaml"):
    """Factors of a small study with some lines more."""
    (tmp_path / name).write_text(Path(base).read_text())
    path = tmp_path / "study.yaml"
    path.write_text(f"egide: 1\nkind: study\nname: small\ntitle: Small\nbase: {name}\n{more}")
    return plan(path)


@pytest.fixture(scope="module")
def turkiye():
    study = load_study(TURKIYE / "study.yaml").model_copy(update={"groups": {}})
    study = study.model_copy(update={"catalogue": study.catalogue.model_copy(update={"exclude": ()})})
    variants = Variants(study.base_path)
    problems: list[Problem] = []
    parameters = parameters_of(study, variants, study.campaign.alternatives, problems)
    factors = factors_of(study, parameters, variants.catalog, problems)
    assert problems == []
    return {factor.name: factor for factor in factors}


def test_every_parameter_is_moved_by_one_factor(turkiye):
    counts = Counter(parameter.path for factor in turkiye.values() for parameter in factor.parameters)
    assert set(counts.values()) == {1}
    assert len(counts) > 300


def test_a_cross_section_is_one_factor_over_aspects_and_bands(turkiye):
    names = [parameter.name for parameter in turkiye["cruise-missile/generic.signature"].parameters]
    assert sorted(names) == ["beam_offset", "l_offset", "rcs", "tail_offset", "vhf_offset"]
    rcs = turkiye["aircraft/f-35a.signature"].parameters[names.index("rcs")]
    assert (rcs.belief.kind, rcs.belief.low, rcs.belief.likely, rcs.belief.high) == ("log-triangular", 1e-4, 2e-3, 0.1)


def test_claims_of_one_maker_move_together_the_better_way(turkiye):
    claims = turkiye["optimism.almaz-antey"]
    signs = {parameter.path: sign for parameter, sign in zip(claims.parameters, claims.signs, strict=True)}
    assert signs["missile/48n6e3.range"] == signs["missile/9m96e2.kill_cruise"] == 1
    assert signs["radar/91n6e.reference_range"] == 1
    assert signs["missile/48n6e3.min_range"] == signs["command-post/55k6e.reaction_time"] == -1
    assert not any(path.startswith("missile/pac") for path in signs)
    assert "missile/pac-3-mse.range" in {p.path for p in turkiye["optimism.lockheed-martin"].parameters}


def test_one_assumption_in_so_many_words_is_one_factor(turkiye):
    shared = turkiye["radar.reference_pd (0.8)"]
    assert len(shared.parameters) > 5
    assert {parameter.texts for parameter in shared.parameters} == {("0.5", "0.8", "0.9")}


def test_how_an_attacker_flies_is_no_factor_and_nothing_without_effect_is(turkiye):
    paths = {parameter.path for factor in turkiye.values() for parameter in factor.parameters}
    for path in ("ballistic/scud-b.range", "ballistic/scud-b.apogee", "cruise-missile/generic.altitude"):
        assert path not in paths
    for path in ("system/s-400.price", "general/history.patriot_2003_kills", "general/jamming.side_lobes"):
        assert path not in paths
    assert "general/radar.rate_error" not in paths, "at nought it is a switch"


def test_what_an_alternative_sets_is_no_unknown(tmp_path):
    text = (STARTER / "scenario.yaml").read_text()
    (tmp_path / "base.yaml").write_text(text)
    whole = {parameter.path for factor in made(tmp_path).factors for parameter in factor.parameters}
    assert "missile/pac-2-gem-t.range" not in whole, "the alternative shorter-reach sets it"
    assert "missile/pac-2-gem-t.speed" in whole
    (tmp_path / "study.yaml").write_text(
        "egide: 1\nkind: study\nname: small\ntitle: Small\nbase: scenario.yaml\nalternatives: [as-written]\n"
    )
    alone = {parameter.path for factor in plan(tmp_path / "study.yaml").factors for parameter in factor.parameters}
    assert "missile/pac-2-gem-t.range" in alone


def test_groups_take_parameters_out_of_their_factors_and_move_them_against(tmp_path):
    more = """
alternatives: [as-written]
groups:
  missile: {of: ['missile/*.kill_*', missile/pac-2-gem-t.range], against: [missile/pac-2-gem-t.min_range]}
"""
    found = {factor.name: factor for factor in made(tmp_path, more).factors}
    group = found["missile"]
    assert dict(zip([p.name for p in group.parameters], group.signs, strict=True))["min_range"] == -1
    assert not any(p.name.startswith("kill") for p in found["optimism.raytheon"].parameters)


def test_without_optimism_claims_are_known_apart(tmp_path):
    found = made(tmp_path, "alternatives: [as-written]\ncatalogue: {optimism: false}\n")
    assert not any(factor.name.startswith("optimism") for factor in found.factors)
    assert {"missile/pac-2-gem-t.range", "missile/pac-2-gem-t.kill"} <= {factor.name for factor in found.factors}


def test_only_and_exclude_leave_what_they_say(tmp_path):
    more = "alternatives: [as-written]\ncatalogue: {only: ['missile/*'], exclude: ['*.kill_*']}\n"
    paths = [parameter.path for factor in made(tmp_path, more).factors for parameter in factor.parameters]
    assert paths
    assert all(path.startswith("missile/") and ".kill" not in path for path in paths)


@pytest.mark.parametrize(
    ("spread", "kind", "ends"),
    [
        ("{distribution: uniform}", "uniform", None),
        ("{low: 60 km, high: 110 km}", "triangular", (60e3, 110e3)),
        ("{low: 60 km, likely: 70 km, high: 110 km, distribution: log-triangular}", "log-triangular", (60e3, 110e3)),
        ("{low: 60 km, high: 110 km, distribution: normal, sd: 8 km}", "normal", (60e3, 110e3)),
        ("{values: [60 km, 90 km], weights: [1, 3]}", "discrete", (60e3, 90e3)),
    ],
)
def test_a_catalogue_value_is_spread_as_written(tmp_path, spread, kind, ends):
    more = f"alternatives: [as-written]\nuncertain:\n  patriot.missile.range: {spread}\n"
    factors = made(tmp_path, more).factors
    belief = next(p.belief for f in factors for p in f.parameters if p.path == "missile/pac-2-gem-t.range")
    assert belief.kind == kind
    assert ends is None or (belief.low, belief.high) == ends


def test_a_scenario_value_is_laid_over_by_its_path(tmp_path):
    more = """
catalogue: {use: none}
uncertain:
  raids.strike.count: {low: 2, high: 6}
  doctrine.two-shots.decision_interval: {low: 2 s, high: 12 s}
  doctrine.two-shots.policy: {values: [salvo, shoot-look-shoot]}
campaign: {alternatives: [as-written], design: {kind: sobol, points: 16}}
"""
    found = made(tmp_path, more)
    for point in range(1, 17):
        scenario = found.scenario(point, "as-written")
        assert next(raid.count for raid in scenario.raids if raid.name == "strike") in range(2, 7)
        assert 2.0 <= scenario.doctrine["two-shots"].decision_interval_s <= 12.0
    policies = {found.scenario(point, "as-written").doctrine["two-shots"].policy for point in range(1, 17)}
    assert len(policies) == 2


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [("*.kill_*", "missile/a.kill_drone", True), ("radar/*.range", "radar/a.ranges", False), ("a.b", "axb", False)],
)
def test_a_star_stands_for_any_text_and_nothing_else_does(pattern, name, fits):
    assert matches(pattern, name) is fits


def test_the_shipped_study_has_no_fault_as_a_campaign():
    assert check(TURKIYE / "study.yaml") == []
