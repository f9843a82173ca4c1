"""Every mistake in what a study says of the unknown is told with its place and its mend, and ends in exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from egide.cli.app import main

STARTER = Path(__file__).parents[2] / "src/egide/scenario/starter"
HEAD = "egide: 1\nkind: study\nname: small\ntitle: Small\nbase: scenario.yaml\nalternatives: [as-written, one-shot]\n"
GEM_T = "  missile/pac-2-gem-t.range: {low: 6 km, high: 9 km}\n"
SAMPLE = "campaign: {design: {kind: sobol, points: 4}}\n"


@pytest.fixture
def write(tmp_path):
    (tmp_path / "scenario.yaml").write_text((STARTER / "scenario.yaml").read_text())

    def write(more: str) -> Path:
        (tmp_path / "study.yaml").write_text(HEAD + more)
        return tmp_path / "study.yaml"

    return write


def refused(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    code = main(["check", *map(str, words)])
    said = capsys.readouterr()
    assert code == 2, said.out + said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    return said.err


CASES = [
    ("uncertain: {patriot.missile.rnage: {low: 1 km, high: 2 km}}\n", "uncertain.", "did you mean 'range'"),
    ("uncertain: {missile/pac-2-gemt.range: {distribution: uniform}}\n", "7:13", "did you mean"),
    ("uncertain: {batteries.batery-1.azimuth: {low: 1 deg, high: 9 deg}}\n", "7:13", "did you mean 'battery-1'"),
    ("uncertain: {radar/91n6e.reference_range: {distribution: uniform}}\n", "7:13", "nothing here reads"),
    ("uncertain: {patriot.missile.range: {low: 90 km, high: 60 km}}\n", "low, 90 km, is not below high, 60 km", ""),
    ("uncertain: {patriot.missile.range: {low: 60, high: 90}}\n", "has no length unit", ""),
    ("uncertain: {patriot.missile.range: {low: 6 km, likely: 99 km, high: 9 km}}\n", "not between low and high", ""),
    ("uncertain: {patriot.missile.range: {low: 6 km, high: 9 km, sd: 1 km}}\n", "sd belongs to a normal", ""),
    ("uncertain: {patriot.missile.range: {values: [6 km], weights: [0]}}\n", "not all zero", ""),
    (
        "uncertain: {patriot.missile.range: {low: 0 km, high: 9 km, distribution: log-uniform}}\n",
        "the logarithm of 0 km does not exist", "",
    ),
    ("uncertain: {patriot.missile.range: {low: 6 km, high: 9 km, distribution: gaussian}}\n", "normal", "7:"),
    ("uncertain:\n  patriot.missile.range: {distribution: uniform}\n" + GEM_T, "9:3", "write it once"),
    (
        "uncertain:\n  raids.strike.count: {low: 2, high: 4}\n  raids[0].count: {low: 2, high: 4}\n",
        "9:3", "write it once",
    ),
    ("uncertain: {assets.harbour.position: {values: [1]}}\n", "lays out an attack", ""),
    ("uncertain: {doctrine.two-shots.salvo: {values: [1, 2]}}\n", "the alternative one-shot sets", "remove it here"),
    ("uncertain: {doctrine.two-shots.salvo_interval: {low: 1, high: soon}}\n", "not two quantities of one kind", ""),
    ("uncertain: {doctrine.two-shots.min_kill: {low: 0.1, high: 1.7}}\n", "from 0 to 1", "7:42"),
    ("uncertain: {raids.strike.route: {values: [1]}}\n", "lays out an attack", "write another raid by hand"),
    ("uncertain: {raids.cruise.time_on_target: {low: 1 min, high: 9 min}}\n", "lays out an attack", ""),
    ("uncertain: {cruise-missile/generic.altitude: {low: 20 m, high: 90 m}}\n", "lays out an attack", ""),
    ("uncertain: {overrides.cruise-missile/generic.altitude: {low: 20 m, high: 90 m}}\n", "lays out an attack", ""),
    ("uncertain: {identification.origin.area: {values: [1]}}\n", "lays out an attack", ""),
    ("catalogue: {exclude: ['missle/*']}\n", "no uncertain parameter is called 'missle/*'", "did you mean 'missile/*'"),
    ("catalogue: {use: none}\n" + SAMPLE, "this design is empty: nothing is uncertain", ""),
    ("groups: {a: {of: []}}\n", "at least 1", "7:"),
    (
        "groups: {a: {of: ['missile/*']}, b: {of: ['*.kill_drone']}}\n",
        "is in the group a already", "a parameter is moved by one factor",
    ),
    ("groups: {a: {of: ['missile/*'], against: ['*.kill_drone']}}\n", "is in the group a already", ""),
    ("campaign: {design: {kind: sobol}}\n", "this design is empty: sobol needs points", "add 'points: ...'"),
    ("campaign: {design: {kind: listed, values: []}}\n", "this design is empty", ""),
    ("campaign: {design: {kind: morris, trajectories: 4, points: 9}}\n", "points does not go with morris", "belongs"),
    ("campaign: {design: {kind: morris, trajectories: 4, levels: 5}}\n", "an even number", "write levels: 4"),
    ("campaign: {design: {kind: one-at-a-time, low: 0.9, high: 0.1}}\n", "low is not below high", ""),
    ("campaign: {design: {kind: lattice, points: 4}}\n", "full-grid", "7:27"),
    ("campaign: {design: {kind: sobol, points: 4, factors: ['optimsm.*']}}\n", "no factor is called", ""),
    ("campaign: {design: {kind: full-grid, levels: 3}}\n", "points of", "levels to the power of factors"),
    ("campaign: {design: {kind: saltelli, rows: 8}}\n", "12 at most", "screen with morris first"),
    (
        "campaign: {design: {kind: saltelli, rows: 8, blocks: {a: ['optimism.*'], b: ['optimism.raytheon']}}}\n",
        "is in the block a already", "",
    ),
    (
        "campaign: {design: {kind: listed, values: [{patriot.misile: 3}]}}\n",
        "no uncertain parameter is called 'patriot.misile'", "",
    ),
    (
        "campaign: {design: {kind: listed, values: [{missile/pac-2-gem-t.unit_cost: 90 M USD}]}}\n",
        "is outside what", "widen its range",
    ),
    ("campaign: {design: {kind: listed, values: [{optimism.raytheon: 3}]}}\n", "a share of belief from 0 to 1", ""),
    (
        "campaign: {design: {kind: listed, values: [{optimism.raytheon: 0.3, missile/pac-2-gem-t.kill_drone: 0.5}]}}\n",
        "two of these are moved by one factor", "",
    ),
    (
        "campaign: {replications: 5000000, design: {kind: sobol, points: 100}}\n",
        "1\u202f010\u202f000\u202f000 runs", "days of a processor and",
    ),
    ("campaign: {measures: [leekers]}\n", "there is no measure called 'leekers'", "did you mean 'leakers'"),
    ("campaign: {stop: {measure: leakrs, half_width: 0.5}}\n", "there is no measure called", "did you mean 'leakers'"),
    ("campaign: {stop: {measure: leakers}}\n", "half_width or relative", ""),
    ("campaign: {stop: {measure: leakers, half_width: 1, relative: 5 %}}\n", "half_width or relative", ""),
    ("campaign: {stop: {measure: leakers, half_width: 0}}\n", "narrower than nothing", ""),
    ("campaign: {stop: {measure: leakers, half_width: 1, level: 1}}\n", "a confidence from 0.5", ""),
    ("campaign: {tracking: {mode: full, full: 10 %}}\n", "leave 'full' out", ""),
    ("campaign: {budget: {time: 0 min}}\n", "above zero", ""),
    ("campaign: {alternatives: [as-writen]}\n", "did you mean 'as-written'", "7:"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "told", "mend"), CASES, ids=[case[1][:40] + str(i) for i, case in enumerate(CASES)])
def test_a_mistake_in_a_campaign_is_told_with_its_place(write, capsys, more, told, mend):
    path = write(more)
    said = refused(capsys, path)
    assert told in said
    assert mend in said
    assert f"{path}:" in said, "every problem names its file and line"


def test_a_real_site_is_not_moved(write, capsys, tmp_path):
    base = tmp_path / "scenario.yaml"
    path = write("uncertain: {sites.hill.height: {low: 10 m, high: 90 m}}\n" + SAMPLE)
    assert main(["check", str(path)]) == 0
    capsys.readouterr()
    base.write_text(base.read_text().replace("height: 20 m, notional: true}", "height: 20 m}", 1))
    assert "moves a real site" in refused(capsys, path)
    path = write("uncertain: {sensors.watch.site: {values: [hill, quay]}}\n" + SAMPLE)
    assert "moves a real site" in refused(capsys, path)


def test_all_mistakes_are_told_at_once(write, capsys):
    path = write(
        "uncertain: {raids.strike.route: {values: [1]}}\ncampaign: {replications: 0, alternatives: [as-writen]}\n"
    )
    assert len(refused(capsys, path).splitlines()) == 3


def test_a_dry_run_of_a_scenario_is_refused(capsys):
    assert "only a study has a campaign" in refused(capsys, STARTER / "scenario.yaml", "--dry-run")


def test_a_dry_run_says_what_would_be_run(write, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path / "cache"))
    from egide.campaign.estimate import Speed, remember
    from egide.campaign.plan import plan

    path = write("campaign: {replications: 10, design: {kind: sobol, points: 9}, tracking: {mode: fast, full: 20 %}}\n")
    remember(plan(path), {"fast": Speed(1.0, 0.1), "full": Speed(1.0, 0.5)})
    assert main(["check", str(path), "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["fast_runs"], found["full_runs"], found["runs"]) == (10, 200, 40, 240)
    assert found["time_s"] * (0.9 * found["workers"] if found["workers"] > 1 else 1) == pytest.approx(60.0)
    assert found["disk_bytes"] > 0
    assert not found["timed_now"]
    (rcs,) = [
        parameter
        for factor in found["factors"] if factor["name"] == "cruise-missile/generic.signature"
        for parameter in factor["parameters"] if parameter["path"].endswith(".rcs")
    ]  # fmt: skip
    assert (rcs["low"], rcs["nominal"], rcs["high"], rcs["source"]) == ("0.01 m2", "0.1 m2", "0.5 m2", "RC-08")
    for lang, word in (("en", "runs:"), ("fr", "cruise-missile")):
        assert main(["check", str(path), "--dry-run", "--lang", lang]) == 0
        assert word in capsys.readouterr().out
