"""The plan of a campaign: its points, what is laid over the scenario at each, and that it is the same everywhere."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from egide.campaign.distributions import Distribution
from egide.campaign.parameters import Parameter
from egide.campaign.plan import BASE, SPAN, plan
from egide.campaign.used import used_values
from egide.compiler import compile_scenario
from egide.scenario import Variants, load

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "src/egide/scenario/starter"
TURKIYE = ROOT / "studies/turkiye-2019/study.yaml"
HEAD = "egide: 1\nkind: study\nname: small\ntitle: Small\nbase: scenario.yaml\n"


@pytest.fixture
def study(tmp_path):
    (tmp_path / "scenario.yaml").write_text((STARTER / "scenario.yaml").read_text())

    def write(more: str) -> Path:
        (tmp_path / "study.yaml").write_text(HEAD + more)
        return tmp_path / "study.yaml"

    return write


@pytest.fixture(scope="module")
def turkiye():
    return plan(TURKIYE)


def test_the_shipped_campaign_is_as_large_as_it_says(turkiye):
    assert turkiye.alternatives == ("nato-only", "s400-alone", "s400-integrated", "patriot", "s400-and-patriot")
    assert turkiye.points.role.count("sample") == 200
    assert turkiye.points.role.count("low") == turkiye.points.role.count("high") == 12
    assert turkiye.replications == (60, *(10,) * 200, *(20,) * 24)
    assert turkiye.modes == {"fast": 1.0, "full": 0.1}
    assert turkiye.runs_in == {"fast": 5 * (60 + 2000 + 480), "full": 5 * (6 + 200 + 48)}
    assert 40 <= len(turkiye.factors) <= 70


def test_point_0_is_the_scenario_as_written(turkiye):
    assert turkiye.points.role[0] == "nominal"
    assert turkiye.over(0) == {}
    assert turkiye.scenario(0, "patriot", "full") == load(TURKIYE.parent / "scenario.yaml", "patriot").model_copy(
        update={"resolved": turkiye.scenario(0, "patriot", "full").resolved}
    )


def test_a_point_is_what_the_same_settings_on_the_command_line_are(turkiye):
    sets = [f"tracking.mode={turkiye.mode}"]
    for path, value in turkiye.over(7).items():
        sets.append(f"{path}={{" + ", ".join(f"{key}: '{text}'" for key, text in value.items()) + "}")
    theirs, ours = load(TURKIYE.parent / "scenario.yaml", "s400-alone", sets), turkiye.scenario(7, "s400-alone")
    assert ours.model_copy(update={"resolved": None}) == theirs.model_copy(update={"resolved": None})
    assert ours.catalog.entries == theirs.catalog.entries
    table = turkiye.values_table()
    here = table["point"] == 7
    for path, value in zip(table["parameter"][here], table["value"][here], strict=True):
        entry, _, name = path.rpartition(".")
        assert ours.catalog[entry].si(name) == value, "what the table says is what is run"


def test_nominal_values_laid_over_a_scenario_change_no_number_of_it():
    """Texts that read back to the same number: what is compiled is the same to the bit."""
    path = ROOT / "scenarios/first-battery/scenario.yaml"
    scenario = load(path)
    over = {
        f"{name}.{value.name}": Parameter(
            f"{name}.{value.name}", Distribution("triangular", value.low, value.value, value.high), value.value,
            next(unit for unit, factor in value.dimension.factors.items() if factor == 1.0), value.texts,
        ).written(value.value)
        for name, _ in used_values(scenario) for value in scenario.catalog[name].values.values()
    }  # fmt: skip
    laid, plain = compile_scenario(Variants(path).scenario(None, over)), compile_scenario(scenario)
    assert len(over) > 50
    compared = 0
    for field in fields(plain):
        ours, theirs = getattr(laid, field.name), getattr(plain, field.name)
        if isinstance(ours, np.ndarray):
            assert ours.tobytes() == theirs.tobytes(), field.name
            compared += len(ours)
    assert compared > 100


def test_the_factors_table_says_where_every_range_comes_from(turkiye):
    table = turkiye.factors_table()
    assert len({len(column) for column in table.values()}) == 1
    assert all(table["why"][table["grade"] == "A"]), "an assumption has its reason"
    assert all(table["source"][np.isin(table["grade"], ("S", "S2", "K", "D"))] != "")
    assert (table["low_si"] < table["high_si"]).all()
    assert "Erreurs de mesure des radars" in table["label_fr"]


def test_every_point_of_every_alternative_is_a_scenario_without_fault(turkiye):
    for point in range(0, len(turkiye.points), 25):
        for alternative in turkiye.alternatives:
            turkiye.scenario(point, alternative)


def test_values_lie_in_their_ranges_and_no_least_is_above_its_most(turkiye):
    table = turkiye.values_table()
    belief = {p.path: p.belief for factor in turkiye.factors for p in factor.parameters}
    values = {path: table["value"][table["parameter"] == path] for path in belief}
    for path, found in values.items():
        assert ((found >= belief[path].low) & (found <= belief[path].high)).all(), path
        entry, _, name = path.rpartition(".")
        for least, most in SPAN:
            if name == least and f"{entry}.{most}" in values:
                assert (found <= values[f"{entry}.{most}"]).all()


def test_sampled_values_follow_their_belief(turkiye):
    """Kolmogorov and Smirnov, on a Latin hypercube closer than chance: 1 in 200 a slice."""
    sample = np.array(turkiye.points.role) == "sample"
    table = turkiye.values_table()
    found = table["value"][table["parameter"] == "general/command.battery_up"][sample]
    theirs = stats.triang((0.85 - 0.6) / 0.35, loc=0.6, scale=0.35)
    assert stats.kstest(found, theirs.cdf).statistic <= 1.0 / 200.0 + 1e-9


def test_what_one_factor_moves_moves_together_and_factors_do_not(turkiye):
    sample = np.array(turkiye.points.role) == "sample"
    table = turkiye.values_table()

    def of(path):
        return table["value"][table["parameter"] == path][sample]

    rank = stats.spearmanr(of("missile/48n6e3.range"), of("missile/48n6e3.kill_aircraft")).statistic
    assert rank == pytest.approx(1.0)
    assert stats.spearmanr(of("missile/48n6e3.range"), of("missile/48n6e3.min_range")).statistic == pytest.approx(-1.0)
    assert abs(stats.spearmanr(of("missile/48n6e3.range"), of("missile/pac-3-mse.range")).statistic) < 4 / np.sqrt(200)


def test_tables_have_the_layout_that_readers_expect(turkiye):
    points, values = turkiye.points_table(), turkiye.values_table()
    assert list(points)[:4] == ["point", "role", "of", "row"]
    assert list(points)[4:] == [factor.name for factor in turkiye.factors]
    assert points["point"].tolist() == list(range(225))
    assert all(np.isnan(points[factor.name][0]) for factor in turkiye.factors)
    assert list(values) == ["point", "parameter", "factor", "value", "unit"]
    assert len(values["point"]) == 225 * sum(len(factor.parameters) for factor in turkiye.factors)
    for role, share in (("low", 0.0), ("high", 1.0)):
        row = next(i for i in range(225) if (points["role"][i], points["of"][i]) == (role, "optimism.almaz-antey"))
        moved = {factor.name: points[factor.name][row] for factor in turkiye.factors}
        assert {name: u for name, u in moved.items() if not np.isnan(u)} == {"optimism.almaz-antey": share}


def test_a_plan_is_the_same_in_another_process(turkiye):
    again = pickle.loads(pickle.dumps(turkiye))
    assert np.array_equal(again.points.u, plan(TURKIYE).points.u, equal_nan=True)
    assert again.over(5) == turkiye.over(5)


def test_planning_loads_no_compiler():
    code = f"import sys; from egide.campaign.plan import plan; plan({str(TURKIYE)!r}); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_listed_point_has_its_values_to_the_bit(study):
    more = """
alternatives: [as-written]
campaign:
  design:
    kind: listed
    values:
      - {missile/pac-2-gem-t.unit_cost: 3.3 M USD}
      - {optimism.raytheon: 0.25, general/command.battery_up: 0.7}
"""
    found = plan(study(more))
    assert found.points.role == ("nominal", "listed", "listed")
    table = found.values_table()
    cost = table["value"][table["parameter"] == "missile/pac-2-gem-t.unit_cost"]
    assert cost[1] == 3.3e6
    assert cost[2] == 4e6
    assert list(found.over(1)) == ["missile/pac-2-gem-t.unit_cost"]
    assert found.points_table()["optimism.raytheon"][2] == 0.25


def test_more_points_of_the_last_sobol_design_keep_the_ones_before(study):
    text = "alternatives: [as-written]\ncampaign: {{design: {{kind: sobol, points: {n}}}}}\n"
    short, long = plan(study(text.format(n=8))), plan(study(text.format(n=20)))
    assert np.array_equal(short.points.u, long.points.u[:9], equal_nan=True)


def test_blocks_of_a_saltelli_design_are_those_of_the_study(study):
    more = """
alternatives: [as-written]
campaign:
  design: {kind: saltelli, rows: 4, blocks: {claims: ['optimism.*'], targets: ['*.signature']}}
"""
    found = plan(study(more))
    assert found.points.role[1:6] == ("a", "b", "ab", "ab", "ab")
    assert found.points.of[3:6] == ("claims", "targets", "rest")
    assert len(found.points) == 1 + 4 * 5


def test_a_scenario_without_alternatives_is_its_own(tmp_path):
    text = (STARTER / "scenario.yaml").read_text()
    (tmp_path / "scenario.yaml").write_text(text[: text.index("# Named patches")])
    (tmp_path / "study.yaml").write_text(HEAD + "campaign: {design: {kind: sobol, points: 2}}\n")
    found = plan(tmp_path / "study.yaml")
    assert found.alternatives == (BASE,)
    assert found.scenario(1, found.alternatives[0]).overrides


def test_groups_of_measures_are_written_out(study):
    found = plan(study("campaign: {measures: [leakers, causes], design: {kind: sobol, points: 2}}\n"))
    assert found.measures[:2] == ("leakers", "wrongful")
    assert len(found.measures) > 4


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.floats(0.0, 1.0))
def test_the_full_share_is_at_least_what_was_asked(turkiye, replications, share):
    made = turkiye
    tracking = made.study.campaign.tracking.model_copy(update={"full": share})
    campaign = made.study.campaign.model_copy(update={"replications": replications, "tracking": tracking})
    study = made.study.model_copy(update={"campaign": campaign})
    asked = replace(made, study=study)
    assert share * asked.runs_in["fast"] - 1e-3 <= asked.runs_in.get("full", 0) <= asked.runs_in["fast"]
