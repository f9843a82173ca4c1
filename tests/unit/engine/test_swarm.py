"""Many cheap objects against one magazine: directions that the shipped scenario must show, and what decoys do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.engine.bench import FIRE, STRIKE, WATCH, built, write

from egide import events as ev
from egide import scenario
from egide.analysis.measuring import measures
from egide.compiler import System
from egide.errors import ScenarioError
from egide.simulate import simulate


def mean_of(system: System, name: str, replications: int = 5) -> float:
    rows = [measures(simulate(system, 1, 0, k), system.tables["objects"]) for k in range(replications)]
    return float(np.mean([row[name] for row in rows]))


def test_the_swarm_empties_the_magazine_at_many_times_its_own_price(system):
    """Eighteen missiles of 1.1 M USD against drones of 20 000 USD and decoys of 5 000."""
    swarm = system("drone-swarm", "as-written")
    assert mean_of(swarm, "missiles_left") == 0.0
    assert mean_of(swarm, "cost_interceptors_usd") == pytest.approx(18 * 1.1e6)
    assert mean_of(swarm, "cost_exchange") > 20.0
    assert mean_of(swarm, "leakers_cruise_missile") == 3.0, "they come when nothing is left"


def test_fewer_shots_at_each_and_no_decoys_leak_less(system):
    written, one, plain = (mean_of(system("drone-swarm", name), "leakers") for name in
                           ("as-written", "one-shot", "no-decoys"))  # fmt: skip
    assert one < written
    assert plain < written


def test_the_price_of_the_targets_counts_those_shot_at(system):
    swarm = system("drone-swarm", "as-written")
    tables = simulate(swarm, 1, 0, 0)
    found = measures(tables, swarm.tables["objects"])
    shot_at = np.unique(tables["shots"]["mover"])
    assert found["cost_targets_usd"] == pytest.approx(float(np.sum(swarm.movers["unit_cost_usd"][shot_at])))


def test_decoys_fly_with_the_raid_and_strike_nobody(tmp_path: Path):
    raid = STRIKE | {"count": 3, "spacing": "30 s", "decoys": {"count": 5, "type": "drone/decoy"}}
    lone = built(tmp_path, sensors=[WATCH], raids=[STRIKE | {"count": 3, "spacing": "30 s"}])
    crowd = built(tmp_path, sensors=[WATCH], raids=[raid])
    assert len(crowd.movers) == 8
    assert np.array_equal(crowd.movers["start_s"][:3], lone.movers["start_s"]), "the raid itself stays as it was"
    starts = np.sort(crowd.movers["start_s"])
    assert np.all(np.diff(starts) > 5.0)
    assert starts[0] == 0.0
    outcomes = simulate(crowd, 1, 0, 0)["outcomes"]
    assert np.sum(outcomes["fate"] == ev.F_LEAKED) == 3
    assert np.all(outcomes["fate"][3:] == ev.F_SURVIVED)


def test_decoys_take_missiles_from_the_raid(tmp_path: Path):
    """Without a way to tell them apart, shots are shared out over raid and decoys."""
    few = [{"type": "launcher/m903-mse", "count": 1, "missile": "missile/pac-3-mse", "loaded": 6}]
    raid = STRIKE | {"count": 3, "spacing": "20 s", "abreast": "3 km"}
    leaked = []
    for decoys in ({}, {"decoys": {"count": 6, "type": "drone/decoy", "overrides": {"rcs": "3 m2"}}}):
        system = built(
            tmp_path, sensors=[WATCH], batteries=[FIRE | {"launchers": few}], raids=[raid | decoys],
            doctrine={"default": {"salvo": 1, "max_shots": 2}},
        )  # fmt: skip
        leaked.append(mean_of(system, "leakers", 20))
    assert leaked[1] > leaked[0] + 0.3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decoys": {"count": 0, "type": "drone/decoy"}}, "greater than or equal to 1"),
        ({"decoys": {"count": 3, "type": "ballistic/scud-b"}}, "is of kind ballistic"),
        ({"debris": 3}, "only ballistic missiles leave debris"),
    ],
)
def test_what_is_wrong_with_decoys_is_said(tmp_path: Path, change: dict[str, object], said: str):
    with pytest.raises(ScenarioError) as caught:
        scenario.load(write(tmp_path, sensors=[WATCH], raids=[STRIKE | change]), None, ())
    text = "\n".join(problem.show() for problem in caught.value.problems)
    assert said in text or ("decoys" in text and "1" in text)
