"""The shipped case in which sharing a picture raises errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from egide import events as ev
from egide import scenario
from egide.analysis.evidence import is_wrong
from egide.compiler import System, compile_scenario
from egide.simulate import simulate

FOLDER = Path(__file__).parents[3] / "studies" / "shared-error"
REPLICATIONS = 20
SEED = 2003


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, np.ndarray]]:
    """A replication: airliners fired at, wrong declarations of the battery about airliners, and those told."""
    counted = {}
    for name in ("alone", "shared"):
        system = compile_scenario(scenario.load(FOLDER / "scenario.yaml", name))
        rows = [errors(system, k) for k in range(REPLICATIONS)]
        counted[name] = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    return counted


def errors(system: System, replication: int) -> dict[str, int]:
    tables = simulate(system, SEED, 0, replication)
    civil = system.movers["relation"] == ev.NEUTRAL
    declared = tables["identities"]
    networks = system.tables["objects"]["name"][system.tables["objects"]["kind"] == "network"].tolist()
    own = declared[(declared["network"] == networks.index("battery")) & civil[declared["mover"]]]
    wrong = np.array([is_wrong(ev.IDENTITIES[row["identity"]], "neutral") for row in own], bool)
    blamed = np.array([is_wrong(ev.IDENTITIES[row["own"]], "neutral") for row in own], bool)
    return {
        "engaged": int(np.sum((tables["outcomes"]["shots"] > 0) & civil)),
        "wrong": int(np.sum(wrong & (own["identity"] == ev.ID_HOSTILE))),
        "inherited": int(np.sum(wrong & ~blamed & (own["told"] == ev.ID_HOSTILE))),
    }


def test_both_files_are_without_a_mistake():
    assert scenario.check(FOLDER / "scenario.yaml") == []
    assert scenario.load_study(FOLDER / "study.yaml").alternatives == ("alone", "shared")


@pytest.mark.parametrize("what", ["engaged", "wrong"])
def test_the_network_raises_errors(found, what: str):
    """Paired, replication by replication: more by far than chance would give."""
    more = found["shared"][what] - found["alone"][what]
    assert more.mean() > 4.0
    assert more.mean() > 5.0 * more.std(ddof=1) / np.sqrt(REPLICATIONS)
    assert found["alone"][what].mean() < 1.0


def test_the_battery_that_errs_would_have_been_right_by_its_own_evidence(found):
    assert found["alone"]["inherited"].sum() == 0
    assert found["shared"]["inherited"].sum() > 0.8 * found["shared"]["wrong"].sum()
