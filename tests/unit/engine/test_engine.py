"""One replication: determinism, luck that belongs to names, conservation, and causality."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from tests.unit import twice

from egide import events as ev
from egide.compiler.sensors import sensors
from egide.compiler.system import RADAR
from egide.rng import name_hash
from egide.simulate import simulate
from egide.store.digest import of_columns

SCENARIOS = Path(__file__).parents[3] / "scenarios"

TEACHING = ("first-battery", "one-raid-two-networks", "patriot-2003")


def digests(tables: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: of_columns(name, {c: rows[c] for c in rows.dtype.names}) for name, rows in tables.items()}


@pytest.mark.parametrize("name", TEACHING)
def test_the_same_run_twice_gives_the_same_bits_and_another_seed_does_not(system, name: str):
    compiled = system(name)
    first, again, other = (simulate(compiled, seed, 0, 3, True) for seed in (7, 7, 8))
    assert digests(first) == digests(again)
    assert digests(first)["plots"] != digests(other)["plots"]


def test_keeping_the_detail_changes_no_outcome(system):
    compiled = system("one-raid-two-networks")
    with_detail, without = (simulate(compiled, 7, 0, 0, detail) for detail in (True, False))
    for name in ("identities", "decisions", "shots", "outcomes", "damages"):
        assert digests(with_detail)[name] == digests(without)[name], name
    assert len(with_detail["plots"])
    assert not len(without["plots"])


def test_one_run_leaves_no_trace_in_the_next(system):
    compiled = system("first-battery")
    alone = simulate(compiled, 7, 0, 1)
    simulate(compiled, 99, 4, 2)
    assert digests(simulate(compiled, 7, 0, 1)) == digests(alone)


def test_an_unused_radar_far_away_changes_nobodys_luck(system):
    """Its rows come first, so that every other radar's row number moves as well."""
    compiled = system("first-battery")
    far = np.zeros(1, RADAR)
    far[:] = compiled.radars[0]
    far["id"] = far["host_id"] = name_hash("somewhere-else")
    far["snr_m2"], far["false_plots"], far["range_max_m"], far["phase_s"] = 1e-6, 0.0, 1.0, 0.123
    radars = np.concatenate([far, compiled.radars])
    batteries = compiled.batteries.copy()
    batteries["first_radar"] += 1
    assets = compiled.assets.copy()
    assets["radar"] = np.where(assets["radar"] >= 0, assets["radar"] + 1, -1)
    more = dataclasses.replace(compiled, radars=radars, sensors=sensors(radars), batteries=batteries, assets=assets)
    for k in range(3):
        before, after = simulate(compiled, 7, 0, k, True), simulate(more, 7, 0, k, True)
        after["plots"]["radar"] -= 1
        assert digests(before) == digests(after)


@pytest.mark.parametrize("name", TEACHING)
def test_every_missile_is_fired_once_or_left(system, name: str):
    compiled = system(name)
    for k in range(5):
        shots = simulate(compiled, 11, 0, k)["shots"]
        for b, battery in enumerate(compiled.batteries):
            stores = compiled.stores[battery["first_store"] : battery["first_store"] + battery["stores"]]
            for store in stores:
                fired = np.sum((shots["battery"] == b) & (shots["weapon"] == store["weapon"]))
                assert fired <= store["left"]


@pytest.mark.parametrize("name", TEACHING)
def test_nobody_is_killed_twice_and_every_kill_has_its_shot(system, name: str):
    compiled = system(name)
    for k in range(5):
        tables = simulate(compiled, 11, 0, k)
        shots, outcomes = tables["shots"], tables["outcomes"]
        killed = shots["mover"][shots["result"] == ev.S_KILL]
        assert len(killed) == len(set(killed.tolist()))
        assert set(killed.tolist()) == set(np.flatnonzero(outcomes["killed_by"] >= 0).tolist())
        assert np.all(np.isin(outcomes["fate"], range(len(ev.FATES))))


@pytest.mark.parametrize("name", TEACHING)
def test_nothing_acts_before_it_knows(system, name: str):
    compiled = system(name)
    tables = simulate(compiled, 5, 0, 0, True)
    outcomes, shots, messages = tables["outcomes"], tables["shots"], tables["messages"]
    shot = outcomes[outcomes["shots"] > 0]
    assert np.all(shot["first_detected_s"] <= shot["first_tracked_s"])
    assert np.all(shot["first_tracked_s"] < shot["first_engaged_s"])
    if len(messages):
        latency = compiled.links["latency_s"][messages["link"]]
        took = messages["arrived_s"] - messages["sent_s"]
        assert np.all(took >= latency[:, 0] - 1e-9)
        assert np.all(took <= latency[:, 2] + 1e-9)
    declared: dict[tuple[int, int], float] = {}
    for row in tables["identities"]:
        declared.setdefault((row["network"], row["track"]), row["time_s"])
    for row in shots:
        network = compiled.batteries["network"][row["battery"]]
        assert declared[network, row["track"]] < row["launch_s"]
        assert row["meet_s"] > row["launch_s"]


@pytest.mark.parametrize("name", ["decisions", "identities", "shots", "plots", "damages"])
def test_tables_are_in_time_order(system, name: str):
    rows = simulate(system("patriot-2003"), 5, 0, 0, True)[name]
    column = "launch_s" if name == "shots" else "time_s"
    if name in ("plots", "shots"):  # written a scan and a salvo at a time
        assert np.all(np.diff(rows[column]) > -61.0)
    else:
        assert np.all(np.diff(rows[column]) >= 0.0)


def test_logs_that_start_too_small_grow_without_changing_a_row(system, monkeypatch: pytest.MonkeyPatch):
    from egide.engine import state

    compiled = system("one-raid-two-networks")
    whole = digests(simulate(compiled, 7, 0, 0, True))
    real = state.Replication.__init__

    def cramped(self, *arguments):
        real(self, *arguments)
        self.logs = {name: rows[: self.room + 200] for name, rows in self.logs.items()}

    monkeypatch.setattr(state.Replication, "__init__", cramped)
    assert digests(simulate(compiled, 7, 0, 0, True)) == whole


PROGRAM = """
import sys
from egide import scenario
from egide.compiler import compile_scenario
from egide.simulate import simulate
from egide.store.digest import of_columns
import numpy as np
np.seterr(over="ignore")
compiled = compile_scenario(scenario.load(sys.argv[1], None, ("duration=6 min",) + tuple(sys.argv[2:])))
for name, rows in sorted(simulate(compiled, 7, 0, 0, True).items()):
    print(name, len(rows), of_columns(name, {c: rows[c] for c in rows.dtype.names}))
"""


@pytest.mark.parametrize("mode", ["full", "fast"])
def test_plain_python_gives_the_same_bits_as_compiled_code(mode: str):
    path = str(SCENARIOS / "one-raid-two-networks" / "scenario.yaml")
    words = (path, f"tracking.mode={mode}")
    compiled = twice.compiled(PROGRAM, *words)
    assert compiled == twice.plain(PROGRAM, *words)
    assert "outcomes" in compiled


def kernels_under(*roots):
    """Every compiled function that these call, themselves included."""
    seen, todo = set(), list(roots)
    while todo:
        kernel = todo.pop()
        if kernel not in seen:
            seen.add(kernel)
            called = (kernel.py_func.__globals__.get(name) for name in kernel.py_func.__code__.co_names)
            todo.extend(value for value in called if hasattr(value, "py_func"))
    return seen


def test_the_engine_keeps_to_its_budget_of_compiled_lines():
    """Compile time goes with lines, some 18 ms each (docs/decisions/0008): more of them want a reason."""
    import inspect

    from egide.engine import loop

    kernels = kernels_under(loop.loop, loop.prepare)
    assert len(kernels) > 40
    assert sum(len(inspect.getsource(kernel.py_func).splitlines()) for kernel in kernels) <= 5_450
