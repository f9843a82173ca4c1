"""A comparison claims a difference only where the interval does, and only between runs that met the same luck."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.unit.campaign import fake

from egide import events, store
from egide.analysis import cause, compare
from egide.analysis.measures import DOCS, MEASURES
from egide.analysis.measuring import measures
from egide.errors import StoreError
from egide.store import Folder
from egide.store.writer import ranges


def bundle(folder, wrongful=0.1, seed=1, numbers=range(40), sha256="0" * 64):
    """A finished run of the fake system."""
    system = fake.System(wrongful=wrongful)
    about = {
        "egide": "0",
        "scenario": {"name": "small", "sha256": sha256, "alternative": folder.name, "label": {"en": folder.name}},
        "seed": seed,
        "replications": {"asked": len(numbers), "done": ranges(numbers)},
        "complete": True,
    }
    with store.Writer(folder) as writer:
        for name, columns in system.tables.items():
            writer.static(name, columns)
        each = {k: fake.simulate(system, seed, 0, k, k == 0) for k in numbers}
        for table in events.TABLES:
            writer.rows(table, {k: tables[table] for k, tables in each.items()})
        found = {k: measures(tables, system.tables["objects"]) for k, tables in each.items()}
        writer.rows("measures", {k: {n: np.array([v]) for n, v in row.items()} for k, row in found.items()})
        return store.open(writer.commit(about, "name: small\n", DOCS))


def test_more_mistakes_are_called_higher_and_equal_leakage_is_not(tmp_path):
    runs = {"integrated": bundle(tmp_path / "a", 0.02), "alone": bundle(tmp_path / "b", 0.4)}
    found = compare.compare(runs, "integrated")
    wrong = found.difference("alone", "wrongful_per_10000")
    assert wrong.verdict == "higher"
    assert 0.0 < wrong.low < wrong.difference < wrong.high
    assert wrong.p < wrong.p_holm < 0.05
    leakers = found.difference("alone", "leakers")
    assert (leakers.difference, leakers.verdict) == (0.0, "not distinguishable")
    assert found.difference("alone", "wrongful").shared < 1.0
    assert found.mean("alone", "wrongful_per_10000").n == 40


def test_nothing_is_called_different_whose_interval_includes_zero(tmp_path):
    runs = {name: bundle(tmp_path / name, wrongful) for name, wrongful in (("a", 0.1), ("b", 0.12), ("c", 0.6))}
    found = compare.compare(runs, "a", [("c", "b")])
    assert len(found.differences) == 3 * len(MEASURES)
    for each in found.differences:
        includes_zero = not (each.low > 0 or each.high < 0)
        assert (each.verdict == "not distinguishable") == includes_zero


def test_one_replication_distinguishes_nothing(tmp_path):
    runs = {name: bundle(tmp_path / name, wrongful, numbers=range(1)) for name, wrongful in (("a", 0.0), ("b", 1.0))}
    found = compare.compare(runs)
    assert {each.verdict for each in found.differences} == {"not distinguishable"}


def test_comparison_is_written_as_json_and_parquet(tmp_path):
    found = compare.compare({"a": bundle(tmp_path / "a"), "b": bundle(tmp_path / "b", 0.5)})
    with Folder(tmp_path / "out") as folder:
        found.write(folder)
        folder.commit()
    document = json.loads((tmp_path / "out" / "comparison.json").read_text(), parse_constant=pytest.fail)
    assert document["kind"] == "comparison"
    assert document["reference"] == "a"
    assert document["measures"]["leakers"]["label"]["fr"] == "assaillants non interceptés"
    assert any("not a forecast" in note for note in document["notes"])
    assert "made up" not in json.dumps(document)  # no note was in these manifests
    rows = store.parts.connect().sql(f"FROM '{tmp_path}/out/comparison.parquet'").fetchnumpy()
    assert len(rows["measure"]) == len(document["differences"])


@pytest.mark.parametrize(
    ("other", "said"),
    [({"seed": 2}, "with seed 2 and a with seed 1"), ({"numbers": range(30)}, "holds 30 replications and a 40"),
     ({"numbers": range(1, 41)}, "or not the same ones"), ({"sha256": "1" * 64}, "two different scenario files")],
)  # fmt: skip
def test_runs_that_did_not_meet_the_same_luck_are_refused(tmp_path, other, said):
    runs = {"a": bundle(tmp_path / "a"), "b": bundle(tmp_path / "b", **other)}
    with pytest.raises(StoreError, match=said):
        compare.compare(runs)


def test_unknown_reference_and_a_single_run_are_refused(tmp_path):
    one = bundle(tmp_path / "a")
    with pytest.raises(StoreError, match="needs two runs"):
        compare.compare({"a": one})
    with pytest.raises(StoreError, match="choose among a, b"):
        compare.compare({"a": one, "b": one}, "c")


def test_cause_of_a_mistake_is_a_chain_in_time_order(tmp_path):
    run = bundle(tmp_path / "a", 0.5)
    mistakes = cause.wrongful(run)
    counted = run.sql("SELECT sum(wrongful) FROM measures").fetchall()[0][0]
    assert len(mistakes) == counted
    first = mistakes[0]
    assert first.identity == "hostile"
    assert first.evidence == ("no-military-reply", "off-corridor")
    steps = cause.chain(run, first.object, first.replication)
    assert [step.kind for step in steps] == ["identity", "decision", "launch", "launch", "meeting", "meeting"]
    assert str(steps[0]) == "0:01:25.0  national declares hostile, hostile by 0.95, on no-military-reply, off-corridor"
    assert str(steps[1]).endswith("alpha: engage, held as hostile, hostile by 0.95")
    assert len(cause.wrongful(run, limit=2)) == 2


def test_chain_of_an_unknown_object_says_what_was_meant(tmp_path):
    run = bundle(tmp_path / "a")
    with pytest.raises(StoreError, match="did you mean f35-a"):
        cause.chain(run, "f35a")
    with pytest.raises(StoreError, match="has no replication 99"):
        cause.chain(run, "f35-a", 99)
