"""The engine's pictures are made by the tracker that also works on recordings."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import yaml

from egide import scenario
from egide.compiler import compile_scenario
from egide.compiler.sensors import rules_of, sensors
from egide.engine.state import Replication
from egide.picture.scan_kernels import forget
from egide.picture.tables import FIRM, FREE, RADAR_3D
from egide.picture.tracker import Sensor, Tracker, plots
from egide.simulate import simulate


def one_radar(compiled: Any) -> Any:
    """The system with its first search radar alone, and nobody to shoot."""
    radars = compiled.radars.copy()
    radars["search"] = 0
    radars["search"][0] = 1
    batteries = compiled.batteries.copy()
    batteries["up_now"] = 0
    return dataclasses.replace(
        compiled, radars=radars, batteries=batteries, windows=compiled.windows[:0], links=compiled.links[:0]
    )


@pytest.mark.parametrize("model", ["imm", "cv"])
def test_the_same_plots_give_the_engine_and_a_tracker_the_same_tracks(system, model: str) -> None:
    compiled = one_radar(system("first-battery", None, f"tracking.filter={model}"))
    run = Replication(compiled, 3, 0, 0, True)
    seen = run.run()["plots"]
    ours = run.pictures[0][int(compiled.radars["network"][0])]
    ours = ours[ours["state"] != FREE]
    ours = ours[np.argsort(ours["number"])]

    tracker = Tracker([Sensor()])
    tracker.sensors[:] = compiled.sensors[:1]
    tracker.rules[:] = compiled.tracking
    radar = compiled.radars[0]
    for time_s in np.arange(radar["phase_s"], compiled.rules["end_s"][0], radar["revisit_s"]):
        turn = seen[(seen["time_s"] <= time_s) & (seen["time_s"] > time_s - radar["revisit_s"])]
        columns = {name: turn[name] for name in ("range_m", "azimuth_rad", "elevation_rad", "mover")}
        tracker.scan(float(time_s), 0, plots(turn["time_s"], **columns))
    last_beat_s = np.float64(2.0 * (compiled.rules["end_s"][0] // 2.0))  # the engine forgets every other second
    forget(tracker.table, tracker.high[0], tracker.rules[0], last_beat_s)
    theirs = tracker.table[tracker.table["state"] != FREE]
    theirs = theirs[np.argsort(theirs["number"])]
    assert np.sum(ours["state"] == FIRM) >= 3
    assert (ours["number"] + 1).tolist() == theirs["number"].tolist()  # the engine counts from 0
    for name in ("state", "hits", "misses", "scans", "mover"):
        assert ours[name].tolist() == theirs[name].tolist(), name
    for name, least in {"time_s": 1e-6, "pos_m": 1.0, "vel_m_s": 0.1, "mode_p": 1e-3, "score": 1e-3}.items():
        assert np.asarray(ours[name]) == pytest.approx(np.asarray(theirs[name]), rel=0.0, abs=least), name  # logged f4
    assert np.asarray(ours["pp"]) == pytest.approx(np.asarray(theirs["pp"]), rel=1e-3, abs=1.0)


def test_a_sensor_has_what_its_radar_has_of_the_same_name(system) -> None:
    compiled = system("first-battery")
    rows = sensors(compiled.radars)
    for name in set(rows.dtype.names) & set(compiled.radars.dtype.names) - {"detection"}:
        assert np.array_equal(rows[name], compiled.radars[name]), name
    assert np.all(rows["kind"] == RADAR_3D)
    assert np.all((rows["detection"] > 0.0) & (rows["detection"] < 1.0))


def test_a_written_rule_is_kept_and_the_others_are_the_trackers(system) -> None:
    from pathlib import Path

    from egide import scenario
    from egide.picture.tracker import Rules

    path = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"
    rules = rules_of(scenario.load(path, None, ("tracking.process_noise=3", "tracking.filter=cv")))
    assert (rules.cv_noise_m2_s3, rules.cruise_noise_m2_s3) == (3.0, Rules().cruise_noise_m2_s3)
    assert (rules.confirm_hits, rules.drop_s, rules.gate) == (3, 30.0, 16.0)  # as the scenario has it
    assert rules.turn_sd_rad_s == Rules().turn_sd_rad_s


WEAVE = [
    {"position": [45.0 + 0.13 * (k % 4 in (1, 2)), -34.4 + 0.095 * k], "altitude": "8 km", "speed": "230 m/s"}
    for k in range(12)
]  # legs of 7 to 16 km with a turn of a right angle at each end
WEAVING = {
    "egide": 1, "name": "weave", "title": "weave", "start": "2030-05-01T06:00Z", "duration": "9 min",
    "area": {"south": 44.0, "north": 46.0, "west": -36.0, "east": -33.0}, "terrain": {"flat": True},
    "sides": {"blue": {"relation": "friend"}}, "networks": {"one": {}},
    "sites": [{"name": "hill", "position": [45.0, -35.0], "height": "20 m"}],
    "sensors": [
        {"name": "watch", "type": "radar/96l6e", "side": "blue", "site": "hill", "network": "one"},
    ],
    "flights": [{"name": "weaver", "type": "aircraft/f-16c", "side": "blue", "route": WEAVE}],
}  # fmt: skip


def test_interacting_models_are_nearer_to_an_aircraft_that_turns_than_one_model() -> None:
    """An aircraft that weaves before one radar, with both filters on the same plots: the mean squared error of what the
    picture says at every beat."""
    error_m = {}
    for model in ("imm", "cv"):
        text = yaml.safe_dump({**WEAVING, "tracking": {"filter": model}}, sort_keys=False)
        compiled = compile_scenario(scenario.parse(text, "weave.yaml"))
        known = np.concatenate([simulate(compiled, 5, 0, k)["knowledge"] for k in range(10)])
        known = known[known["mover"] == 0]
        assert known["tracked_s"].sum() > 0.8 * known["flown_s"].sum()
        error_m[model] = math.sqrt(known["error_m2s"].sum() / known["tracked_s"].sum())
    assert error_m["imm"] < 0.9 * error_m["cv"]


def test_a_scan_with_more_pairs_than_there_is_room_for_makes_its_own(system, monkeypatch: pytest.MonkeyPatch) -> None:
    from egide.engine import state

    compiled = one_radar(system("first-battery"))
    whole = simulate(compiled, 7, 0, 0, True)
    monkeypatch.setattr(state, "EDGES", 2)
    cramped = simulate(compiled, 7, 0, 0, True)
    for name, rows in whole.items():
        for column in rows.dtype.names:
            assert np.array_equal(rows[column], cramped[name][column], equal_nan=True), (name, column)
