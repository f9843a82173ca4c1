"""Every mechanism at once: the laws of `egide.validation.laws` over replications, and over pairs of mechanisms.

switch   a change of the scenario that takes one mechanism away
pairs    a two-level array of twelve runs: any two mechanisms are met both on, both off, and each without the other
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from tests.unit import twice

from egide import events as ev
from egide import scenario
from egide.compiler import System, compile_scenario
from egide.scenario.tree import plain, read_tree
from egide.simulate import simulate
from egide.store.digest import of_columns
from egide.validation.laws import broken, replay

FILE = Path(__file__).parents[3] / "scenarios" / "all-together" / "scenario.yaml"
Tree = dict[str, Any]


def written() -> Tree:
    tree: Tree = plain(read_tree(FILE.read_text(encoding="utf-8"), str(FILE)))
    tree.pop("alternatives")
    return tree


def compiled(*changes: Callable[[Tree], object]) -> System:
    tree = written()
    for change in changes:
        change(tree)
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    return compile_scenario(scenario.parse(text, "all.yaml", None, None, ()))


def digests(tables: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: of_columns(name, {c: rows[c] for c in rows.dtype.names}) for name, rows in tables.items()}


@pytest.fixture(scope="module")
def whole() -> System:
    return compiled()


@pytest.fixture(scope="module")
def runs(whole: System):
    return [replay(whole, 1, k) for k in range(8)]


# --- everything on -------------------------------------------------------------------------------------------------


def test_every_law_holds_in_every_replication(runs):
    assert [fault for run in runs for fault in broken(run)] == []


def test_every_mechanism_of_the_scenario_is_at_work(whole: System, runs):
    """A scenario in which something never happens tests nothing."""

    def rows(name: str) -> np.ndarray:
        return np.concatenate([run.tables[name] for run in runs])

    commands, decisions, shots = rows("commands"), rows("decisions"), rows("shots")
    steps = {ev.M_ASKED, ev.M_GIVEN, ev.M_REFUSED, ev.M_LOST, ev.M_FELL_BACK, ev.M_CAME_BACK}
    assert steps <= set(commands["command"].tolist())
    assert set(shots["battery"].tolist()) == set(range(len(whole.batteries)))
    assert set(rows("assignments")["network"].tolist()) == {1, 2}
    expected = {"zone", "weapon-control", "order-awaited", "suppressed", "masked", "range-gate", "no-order"}
    assert {ev.REASONS[r] for r in decisions["reason"]} >= expected
    assert set(rows("messages")["link"].tolist()) == {0, 1, 2, 3}
    shot_at, decided = (
        whole.movers["klass"][np.unique(table["mover"][table["mover"] >= 0])] for table in (shots, decisions)
    )
    assert {ev.CRUISE_MISSILE, ev.DRONE, ev.AIRCRAFT} <= set(shot_at.tolist())
    assert {ev.BALLISTIC, ev.AIRLINER} <= set(decided.tolist())
    assert np.any(rows("chances")["drawn"] == 1)


def test_the_same_replication_gives_the_same_bits_and_leaves_no_trace(whole: System, runs):
    again = simulate(whole, 1, 0, 3, True)
    assert digests(again) == digests(runs[3].tables)
    without = simulate(whole, 1, 0, 3, False)
    for name in ("decisions", "shots", "outcomes", "commands", "chances", "assignments", "damages"):
        assert digests(without)[name] == digests(again)[name], "keeping the detail changes nothing"


def test_chances_have_the_mean_of_what_is_drawn(whole: System):
    """Friends and neutrals engaged: expected less drawn has mean nought over replications (z test)."""
    mild = whole.movers["relation"] != ev.HOSTILE
    apart = []
    for k in range(30):
        outcomes = simulate(whole, 7, 0, k)["outcomes"]
        apart.append(np.sum(outcomes["p_engaged"][mild]) - np.sum(outcomes["shots"][mild] > 0))
    assert abs(np.mean(apart)) < 3.0 * np.std(apart, ddof=1) / math.sqrt(len(apart))


PROGRAM = """
import sys
import numpy as np
np.seterr(over="ignore")
from egide.simulate import simulate
from tests.unit.engine.test_all_together import compiled
short = compiled(lambda tree: tree.update(duration="150 s"), lambda tree: tree["phases"][1].update({"from": "60 s"}))
tables = simulate(short, 7, 0, 0, True)
columns = {f"{name}.{column}": rows[column] for name, rows in tables.items() for column in rows.dtype.names}
np.savez(sys.argv[1], **columns)
"""


# --- pairs of mechanisms -------------------------------------------------------------------------------------------


def own_authority(tree: Tree) -> None:
    for doctrine in tree["doctrine"].values():
        doctrine["authority"] = "own"


def silent_jammers(tree: Tree) -> None:
    tree.pop("jammers")
    next(raid for raid in tree["raids"] if raid["name"] == "strike").pop("jammer")


def first_come(tree: Tree) -> None:
    for name in ("north", "south"):
        tree["networks"][name].update({"assignment": "first-come"})


def sure_links(tree: Tree) -> None:
    for link in tree["links"]:
        link.update({"loss": 0})
        link.pop("up", None)


def no_links(tree: Tree) -> None:
    tree["links"] = []
    for post in tree["chain"]:
        post.get("link", {}).pop("over", None)


def no_suppression(tree: Tree) -> None:
    for battery in tree["batteries"]:
        battery.pop("suppression", None)
        battery.pop("emission", None)
    for sensor in tree["sensors"]:
        sensor.pop("emission", None)


def no_false_objects(tree: Tree) -> None:
    for raid in tree["raids"]:
        raid.pop("decoys", None)
        raid.pop("debris", None)


def plain_fire(tree: Tree) -> None:
    tree.pop("engagement")
    for doctrine in tree["doctrine"].values():
        for key in ("policy", "fire", "fire_share", "pairing", "reserve", "salvo_interval"):
            doctrine.pop(key, None)


def sure_people(tree: Tree) -> None:
    tree["overrides"]["general/command"]["declaration_error"] = {"value": 0, "low": 0, "high": 0}


SWITCHES: dict[str, Callable[[Tree], object]] = {
    "chain": own_authority,
    "jamming": silent_jammers,
    "zones": lambda tree: tree.pop("zones"),
    "shared assignment": first_come,
    "failing links": sure_links,
    "links": no_links,
    "suppression and silence": no_suppression,
    "false objects": no_false_objects,
    "doctrine and kill probability": plain_fire,
    "erring operators": sure_people,
    "full tracking": lambda tree: tree["tracking"].update({"mode": "fast"}),
}
SEED_ROW = (1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0)  # Plackett and Burman 1946: its shifts and a row of noughts, twelve runs
TABLE = [tuple(SEED_ROW[(i - shift) % 11] for i in range(11)) for shift in range(11)] + [(0,) * 11]


def test_the_table_meets_every_pair_of_switches_in_all_four_ways():
    for a in range(11):
        for b in range(a):
            assert {(row[a], row[b]) for row in TABLE} == {(0, 0), (0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: "".join(map(str, row)))
def test_the_laws_hold_whatever_is_switched_off(row: tuple[int, ...]):
    off = [change for on, change in zip(row, SWITCHES.values(), strict=True) if not on]
    system = compiled(*off)
    assert [fault for k in range(2) for fault in broken(replay(system, 5, k))] == []


def test_everything_is_the_same_compiled_and_as_plain_python(tmp_path: Path):
    """Every row, code and number of objects; of real numbers all but the last bits, which are the compiler's."""
    found = []
    for how in (twice.compiled, twice.plain):
        file = tmp_path / f"{how.__name__}.npz"
        how(PROGRAM, str(file))
        with np.load(file) as columns:
            found.append({name: columns[name] for name in columns})
    assert len(found[0]["shots.meet_s"]) > 1
    for name, ours in found[0].items():
        if ours.dtype.kind == "f":
            np.testing.assert_allclose(ours, found[1][name], rtol=1e-9, atol=0.0, err_msg=name)
        else:
            np.testing.assert_array_equal(ours, found[1][name], err_msg=name)
