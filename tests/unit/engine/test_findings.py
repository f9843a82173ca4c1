"""Faults that a review found, each held by the smallest run that showed it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import yaml

from egide import events as ev
from egide import scenario
from egide.compiler import compile_scenario
from egide.errors import ScenarioError
from egide.scenario.tree import plain, read_tree
from egide.simulate import simulate

FIRST = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"
TEACHING = Path(__file__).parents[3] / "scenarios" / "one-raid-two-networks" / "scenario.yaml"


def written(source: Path):
    return plain(read_tree(source.read_text(encoding="utf-8"), str(source)))


def variant(change, source: Path = FIRST, alternative: str | None = None, *sets: str):
    """A shipped scenario with its tree changed by `change`, compiled."""
    tree = written(source)
    change(tree)
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    return compile_scenario(scenario.parse(text, "variant.yaml", None, alternative, sets))


def shots_of(system, replications: int = 10, seed: int = 3) -> np.ndarray:
    return np.concatenate([simulate(system, seed, 0, k)["shots"] for k in range(replications)])


def test_a_stranger_far_away_changes_nobodys_reaction_time():
    """Draws are named by objects, never by the running number of a track."""

    def with_trainer(tree):
        tree["flights"] = [{
            "name": "trainer", "type": "aircraft/f-16c", "side": "blue", "start": "1 min", "transponder": ["alliance"],
            "route": [{"position": [44.0, -36.9], "altitude": "6 km"}, {"position": [44.4, -36.9]}],
        }]  # fmt: skip

    def launches(system, k):
        names = list(system.tables["objects"]["name"])
        shots = simulate(system, 3, 0, k)["shots"]
        return sorted((names[row["mover"]], row["launch_s"], row["result"]) for row in shots)

    plain, crowded = variant(lambda tree: None), variant(with_trainer)
    assert len(crowded.movers) == len(plain.movers) + 1
    for k in range(4):
        assert launches(plain, k) == launches(crowded, k)


def test_no_plot_is_older_than_its_object():
    system = compile_scenario(scenario.load(FIRST.parents[1] / "patriot-2003" / "scenario.yaml"))
    for k in range(3):
        plots = simulate(system, 1, 0, k, True)["plots"]
        real = plots[plots["mover"] >= 0]
        assert np.all(real["time_s"] >= system.movers["start_s"][real["mover"]])


def test_many_radars_confirm_no_noise():
    """Twenty copies of one radar over an empty sea: tracks of false plots stay rare."""

    def crowd(tree):
        tree["sensors"] = [{**tree["sensors"][0], "name": f"watch-{k}"} for k in range(20)]
        tree["raids"] = [{**tree["raids"][0], "count": 1}]
        tree["duration"] = "20 min"
        tree.pop("alternatives")

    tables = simulate(variant(crowd), 1, 0, 0, True)
    firm = tables["tracks"][tables["tracks"]["event"] == ev.T_FIRM]
    assert np.sum(firm["mover"] < 0) < 150  # of 2 400 scans with 50 false plots each


def test_a_formation_stays_many_over_a_link():
    """Six aircraft three kilometres apart, told over a link, are six tracks there, in both ways of tracking."""
    for mode in ("full", "fast"):

        def formation(tree):
            tree["networks"]["far"] = {"iff": []}
            tree["links"] = [{"name": "tell", "from": "island", "to": "far", "latency": "4 s", "update": "12 s"}]
            tree["raids"] = [{**tree["raids"][0], "count": 6, "spacing": "0 s", "abreast": "3 km"}]
            tree["sensors"][0]["overrides"] = {"azimuth_cell": "0.1 deg"}  # tells them apart: the link is tried
            tree["batteries"] = []
            tree.pop("alternatives")

        system = variant(formation, FIRST, None, f"tracking.mode={mode}")
        tracks = simulate(system, 1, 0, 0, True)["tracks"]
        there = tracks[(tracks["network"] == 1) & (tracks["time_s"] > 1_200.0) & (tracks["time_s"] < 1_240.0)]
        assert len(set(there["track"].tolist())) >= 6, mode


def test_a_battery_that_is_down_guides_nothing_and_stays_down():
    def brief(tree):
        tree["batteries"][0]["up"] = [["0 s", "23 min"]]
        tree.pop("alternatives")

    shots = shots_of(variant(brief))
    late = shots[shots["meet_s"] > 23 * 60]
    assert np.all(late["result"] == ev.S_UNGUIDED)
    assert np.all(shots["launch_s"] < 23 * 60 + 30)

    def never(tree):
        tree["batteries"][0] |= {"available": 0, "up": [["5 min", "40 min"]]}
        tree.pop("alternatives")

    assert not len(shots_of(variant(never)))


def test_a_battery_that_comes_later_sees_nothing_before():
    def later(tree):
        tree["batteries"][0]["up"] = [["20 min", "40 min"]]
        tree.pop("alternatives")

    system = variant(later)
    plots = simulate(system, 1, 0, 0, True)["plots"]
    of_battery = np.flatnonzero(system.radars["battery"] >= 0)
    early = plots[np.isin(plots["radar"], of_battery) & (plots["time_s"] < 1_190.0)]
    assert not len(early)


@pytest.mark.parametrize(
    ("policy", "salvo", "most"), [("salvo", 2, 3), ("shoot-look-shoot", 2, 3), ("shoot-look-shoot", 3, 4)]
)
def test_no_track_gets_more_than_max_shots_from_one_battery(policy: str, salvo: int, most: int):
    def doctrine(tree):
        tree["doctrine"]["two-shots"] |= {"policy": policy, "salvo": salvo, "max_shots": most}
        tree.pop("alternatives")

    system = variant(doctrine)
    for k in range(10):
        shots = simulate(system, 3, 0, k)["shots"]
        _, counts = np.unique(shots[["battery", "track"]], return_counts=True)
        assert counts.max() <= most


def test_no_more_missiles_fly_than_the_battery_guides():
    system = variant(lambda tree: tree.pop("alternatives"), FIRST, None, "doctrine.two-shots.salvo=3")
    guided = int(system.batteries["guided"][0])
    for k in range(10):
        shots = simulate(system, 3, 0, k)["shots"]
        in_flight = [np.sum((shots["launch_s"] <= t) & (shots["meet_s"] > t)) for t in shots["launch_s"]]
        assert max(in_flight) <= guided


def test_under_weapons_free_what_tight_engages_is_engaged_too():
    def free(tree):
        tree["phases"][0]["weapon_control"] = "free"
        tree["doctrine"]["two-shots"]["free_engages"] = ["suspect"]
        tree.pop("alternatives")

    assert np.any(shots_of(variant(free), 3)["identity"] == ev.ID_HOSTILE)


def test_a_link_that_carries_tracks_alone_tells_no_identity():
    def linked(carries):
        def change(tree):
            for name in ("membership", "alternatives"):
                tree.pop(name)
            way = {"name": "down", "from": "alliance", "to": "battery", "latency": "4 s", "update": "12 s"}
            tree["links"] = [{**way, "carries": carries}]

        rows = simulate(variant(change, TEACHING), 1, 0, 0)["identities"]
        return np.any(rows["evidence"] >> ev.EVIDENCE.index("told") & 1)

    assert linked(["tracks", "identity"])
    assert not linked(["tracks"])


def test_networks_that_do_not_correlate_keep_reports_apart():
    system = compile_scenario(scenario.load(TEACHING, "integrated"))
    networks = system.networks.copy()
    networks["correlates"] = 0
    apart = simulate(dataclasses.replace(system, networks=networks), 1, 0, 0, True)
    joined = simulate(system, 1, 0, 0, True)
    assert len(np.unique(apart["tracks"][["network", "track"]])) > len(
        np.unique(joined["tracks"][["network", "track"]])
    )


def test_a_scattered_missile_that_falls_beside_its_target_takes_nothing():
    def wide(tree):
        tree["raids"] = [raid | {"dispersion": "20 km"} for raid in tree["raids"] if "launch" in raid]
        tree["batteries"] = []
        tree.pop("alternatives")

    tables = simulate(variant(wide), 1, 0, 0)
    assert np.all(tables["outcomes"]["fate"] == ev.F_LEAKED)
    assert not len(tables["damages"])


def test_a_radar_of_another_side_feeds_none_of_our_pictures():
    def turncoat(tree):
        tree["sensors"][0]["side"] = "red"
        tree.pop("alternatives")

    with pytest.raises(ScenarioError, match=r"sensors\.watch\.network.*red"):
        variant(turncoat)


def test_only_the_defended_party_has_batteries():
    def turncoat(tree):
        tree["batteries"][0]["side"] = "red"
        tree.pop("alternatives")

    with pytest.raises(ScenarioError, match=r"batteries\..*\.side.*red.*hostile"):
        variant(turncoat)


def test_what_the_run_did_not_read_is_no_assumption_of_it():
    rows = compile_scenario(scenario.load(FIRST)).tables["assumptions"]
    named = set(zip(rows["entry"], rows["parameter"], strict=True))
    assert ("general/command", "declaration_time") in named
    assert ("general/command", "contract_to_service") not in named
    assert not any(parameter == "price" for _, parameter in named)
