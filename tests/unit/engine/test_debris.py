"""What ballistic missiles leave behind, what early warning buys, and layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.bench import FIRE, WATCH, built, write

from egide import events as ev
from egide import scenario
from egide.compiler import compile_scenario
from egide.compiler.polyline import Path as Flown
from egide.compiler.ruses import drifted, shared_out
from egide.errors import ScenarioError
from egide.simulate import simulate

SCUD = {
    "name": "scud", "type": "ballistic/scud-b", "side": "red", "start": "0 s", "target": "harbour", "count": 4,
    "spacing": "10 s", "launch": [[45.0, -31.8]],
}  # fmt: skip


@pytest.mark.parametrize(("written", "n"), [(3, 12), (0.5, 2), (0, 0), ("low", 4), ("nominal", 12), ("high", 32)])
def test_a_ratio_of_debris_is_shared_out_over_the_missiles(tmp_path: Path, written: Any, n: int):
    system = built(tmp_path, raids=[SCUD | {"debris": written}])
    assert len(system.movers) == 4 + n
    warheads = system.movers["target"] >= 0
    assert np.sum(warheads) == 4
    assert np.all(np.isinf(system.movers["release_s"][~warheads]))


def test_shares_of_a_ratio_add_up():
    for ratio in (0.1, 1 / 3, 0.9, 2.5):
        given = [shared_out(ratio, k) for k in range(30)]
        assert sum(given) == pytest.approx(30 * ratio, abs=1.0)
        assert max(given) - min(given) <= 1


def test_debris_flies_the_arc_of_its_missile_and_drifts_at_its_own_velocity(tmp_path: Path):
    """At the n-th second after separation it is off by n times a velocity of 5 m/s by axis: chi-square of 3 x 32."""
    system = built(tmp_path, raids=[SCUD | {"debris": {"ratio": 8, "spread": "5 m/s"}}])
    squares = []
    for missile in (m for m in system.movers if m["target"] >= 0):
        own = system.vertices[missile["vertex"] : missile["last_vertex"] + 1]
        for piece in (m for m in system.movers if m["target"] < 0 and m["start_s"] == missile["start_s"]):
            its = system.vertices[piece["vertex"] : piece["last_vertex"] + 1]
            k = 50  # some 100 s after the launch
            assert its[k, 0] == own[k, 0]
            off_m = its[k, 1:4] - own[k, 1:4]
            squares.append(np.sum(off_m**2) / (5.0 * (own[k, 0] - own[0, 0])) ** 2)
    assert len(squares) == 32
    assert abs(sum(squares) - 96.0) < 4.0 * (2 * 96.0) ** 0.5


def test_debris_comes_apart_at_the_height_that_is_written(tmp_path: Path):
    system = built(tmp_path, raids=[SCUD | {"debris": {"ratio": 1, "above": "40 km"}}])
    pieces = system.movers[system.movers["target"] < 0]
    assert np.all(np.abs(pieces["height_m"] - 40e3) < 100.0)
    assert np.all(pieces["start_s"] > 20.0)


def test_debris_ends_on_the_ground():
    t = np.linspace(0.0, 100.0, 51)
    up = Flown(t, np.full(51, 45.0), np.full(51, -35.0), 4.9 * t * (100.0 - t))
    for climb_m_s in (-20.0, 0.0, 20.0):
        path = drifted(up, 0.0, np.array([3.0, 4.0, climb_m_s]))
        assert np.all(path.height_m >= 0.0)
        assert np.all(np.diff(path.time_s) > 0.0)
    assert drifted(up, 0.0, np.array([0.0, 0.0, -20.0])).length_s < 100.0


def test_debris_draws_shots_and_damages_nothing(tmp_path: Path):
    doctrine = {"default": {"classes": ["ballistic"], "salvo": 1, "max_shots": 1}}
    spent, hits = [], []
    for debris in ({}, {"debris": {"ratio": 4, "spread": "10 m/s"}}):
        system = built(
            tmp_path, sensors=[WATCH], batteries=[FIRE], raids=[SCUD | {"count": 2} | debris], doctrine=doctrine
        )
        runs = [simulate(system, 1, 0, k) for k in range(10)]
        spent.append(sum(len(run["shots"]) for run in runs))
        hits.append([run["damages"]["mover"] for run in runs])
        assert all(np.all(system.movers["target"][row] >= 0) for row in np.concatenate(hits[-1]))
    assert spent[1] > 1.5 * spent[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"debris": -1}, "a number of 0 or more, got -1"),
        ({"debris": {"ratio": "-0.5"}}, "a number of 0 or more"),
        ({"debris": "plenty"}, "debris"),
        ({"launch": [[45.0, -30.2]]}, "beyond the 300 km of ballistic/scud-b"),
        ({"debris": {"above": "500 km"}}, "would come apart at 500 km"),
    ],
)
def test_what_is_wrong_with_a_launch_or_its_debris_is_said(tmp_path: Path, change: dict[str, Any], said: str):
    with pytest.raises(ScenarioError) as caught:
        compile_scenario(scenario.load(write(tmp_path, raids=[SCUD | change]), None, ()))
    assert said in "\n".join(problem.show() for problem in caught.value.problems)


# --- early warning -----------------------------------------------------------------------------------------------


def test_an_early_word_brings_earlier_tracks_and_earlier_fire(system):
    """The shipped scenario: minutes of warning, some seconds of fire; the more the slower people are."""
    found = {}
    for name in ("with-cue", "without-cue", "slow-people", "slow-people-without-cue"):
        compiled = system("early-warning", name)
        runs = [simulate(compiled, 1, 0, k)["outcomes"] for k in range(10)]
        tracked_s = np.concatenate([run["first_tracked_s"] - compiled.movers["start_s"] for run in runs])
        fired_s = np.concatenate([compiled.movers["release_s"] - run["first_engaged_s"] for run in runs])
        leaked = np.mean([np.sum(run["fate"] == ev.F_LEAKED) for run in runs])
        found[name] = float(np.mean(tracked_s)), float(np.nanmean(fired_s)), float(leaked)
    early, late = found["with-cue"], found["without-cue"]
    assert early[0] < 30.0 < 200.0 < late[0]
    assert early[1] > late[1] + 5.0
    assert early[2] < late[2] < found["slow-people-without-cue"][2]
    assert found["slow-people"][2] < late[2]


# --- layers ------------------------------------------------------------------------------------------------------


def test_layers_multiply_leakage(tmp_path: Path):
    """Wilkening (2000): each layer leaks 1 - P(track) (1 - (1-p)^n), and layers multiply. An upper tier meets the
    missiles above 25 km, a lower one below 20 km; with one shot each at p = 0.6 and 0.5 the closed form leaks 0.4, 0.5
    and 0.4 x 0.5. A track is never missing here; a replication draws its own luck."""
    tiers = {"upper": ("missile/40n6e", 0.6, {"min_altitude": "25 km", "max_altitude": "90 km"}),
             "lower": ("missile/pac-3-mse", 0.5, {"min_altitude": "0 km", "max_altitude": "20 km"})}  # fmt: skip
    batteries, overrides = [], {}
    for name, (missile, kill, limits) in tiers.items():
        launcher = {"type": "launcher/m903-mse", "count": 4, "missile": missile, "loaded": 8}
        batteries.append(FIRE | {"name": name, "launchers": [launcher], "doctrine": "once",
                                 "overrides": {"targets_engaged": 50, "missiles_guided": 50}})  # fmt: skip
        overrides[missile] = limits | {
            "kill_ballistic": kill, "range_ballistic": "150 km", "min_range": "0.1 km", "speed": "2000 m/s",
            "max_target_speed": "5 km/s",
        }  # fmt: skip
    overrides["general/command"] = {"assessment_delay": "0.1 s", "kill_called_miss": 0, "miss_called_kill": 0}
    overrides["command-post/patriot-ecs"] = {"reaction_time": "1 s"}
    once = {"salvo": 1, "max_shots": 1, "classes": ["ballistic"], "decision_interval": "1 s", "min_kill": 0.0,
            "engage": ["hostile", "suspect", "unknown", "pending"]}  # fmt: skip
    raid = SCUD | {"count": 8, "spacing": "15 s"}
    watch = WATCH | {"overrides": {"max_elevation": "89 deg", "revisit": "2 s", "range_error": "5 m",
                                   "azimuth_error": "0.005 deg", "elevation_error": "0.005 deg"}}  # fmt: skip
    leaks = {}
    for kept in (("upper",), ("lower",), ("upper", "lower")):
        system = built(
            tmp_path, sensors=[watch], batteries=[b for b in batteries if b["name"] in kept], raids=[raid],
            doctrine={"once": once}, overrides=overrides, networks={"island": {"declaration_time": "1 s"}},
            tracking={"error_half": "1000 km"},
        )  # fmt: skip
        n = leaked = shots = 0
        for k in range(60):
            run = simulate(system, 1, 0, k)
            leaked += int(np.sum(run["outcomes"]["fate"] == ev.F_LEAKED))
            shots += len(run["shots"])
            n += 8
        leaks[kept] = leaked / n, n, shots
    for kept, p in ((("upper",), 0.4), (("lower",), 0.5), (("upper", "lower"), 0.2)):
        share, n, _ = leaks[kept]
        assert abs(share - p) < 3.5 * (p * (1 - p) / n) ** 0.5, (kept, leaks)
