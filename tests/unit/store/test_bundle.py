"""A bundle comes back as it went in, and says so when it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.unit.campaign import fake

from egide import events, store
from egide.errors import StoreError
from egide.store import digest, parts, schema
from egide.store.writer import ranges

ABOUT = {
    "egide": "0",
    "scenario": {"name": "small", "sha256": "0" * 64, "alternative": ""},
    "seed": 1,
    "replications": {"asked": 4, "done": [[0, 3]]},
    "complete": True,
}
MEASURES = {"leakers": ("n", "hostile objects that reached their target")}


def write(folder: Path, cuts: list[list[int]], force: bool = False, system: fake.System | None = None) -> Path:
    """A bundle of made-up replications, cut into the parts given."""
    system = system or fake.System()
    with store.Writer(folder, force) as writer:
        for name, columns in system.tables.items():
            writer.static(name, columns)
        for numbers in cuts:
            each = {k: fake.simulate(system, 1, 0, k, k == 0) for k in numbers}
            for table in events.TABLES:
                chosen = [k for k in numbers if k == 0] if table in events.DETAIL else numbers
                if chosen:
                    writer.rows(table, {k: each[k][table] for k in chosen})
            writer.rows("measures", {k: {"leakers": np.array([float(k)])} for k in numbers})
        return writer.commit(ABOUT, "name: small\n", MEASURES)


def names_of(dtype: Any) -> list[str]:
    return list(dtype.names)


def rows_of(dtype: Any):
    """Any record array of this dtype, NaN and the empty one included."""
    plain = np.dtype([(name, dtype.fields[name][0]) for name in dtype.names])
    return hnp.arrays(plain, st.integers(0, 6))


@pytest.mark.parametrize("table", list(events.TABLES))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_survive_the_way_through_parquet(table, data, tmp_path):
    dtype = events.TABLES[table]
    written = []
    for plain in (data.draw(rows_of(dtype)), data.draw(rows_of(dtype))):
        rows = np.zeros(len(plain), dtype)
        for name in names_of(dtype):
            rows[name] = plain[name]
        written.append(rows)
    con = parts.connect(threads=1)
    entries = parts.write_part(tmp_path, table, {3: written[0], 5: written[1]}, con)
    back = parts.read([parts.part_path(tmp_path, table, 3)], con)
    assert back.pop("point").tolist() == [0] * len(back["replication"])
    number = back.pop("replication")
    for entry, rows in zip(entries, written, strict=True):
        chosen = {name: column[number == entry.replication] for name, column in back.items()}
        for name in names_of(dtype):
            assert chosen[name].dtype == rows[name].dtype
            np.testing.assert_array_equal(chosen[name], rows[name])
        assert digest.of_columns(table, chosen) == entry.digest


def test_digest_does_not_depend_on_the_parts(tmp_path):
    one = store.open(write(tmp_path / "one", [[0, 1, 2, 3]]))
    many = store.open(write(tmp_path / "many", [[2, 3], [0], [1]]))
    assert one.manifest["digest"] == many.manifest["digest"]
    assert {n: t["digest"] for n, t in one.manifest["tables"].items()} == {
        n: t["digest"] for n, t in many.manifest["tables"].items()
    }
    assert len(many.files("shots")) == 3
    assert many.columns("SELECT DISTINCT replication FROM shots ORDER BY 1")["replication"].tolist() == [0, 1, 2, 3]


def test_digest_sees_values_names_and_dtypes_and_one_nan():
    base = {"a": np.array([0.0, np.nan])}
    same = {"a": np.array([-0.0, -np.nan])}
    odd_nan = {"a": np.array([0, 0x7FF8000000000123], np.uint64).view(np.float64)}
    assert digest.of_columns("t", base) == digest.of_columns("t", same) == digest.of_columns("t", odd_nan)
    others = [{"a": np.array([0.0, 1.0])}, {"b": base["a"]}, {"a": base["a"].astype(np.float32)}]
    assert len({digest.of_columns("t", columns) for columns in [base, *others]}) == 4
    assert digest.of_columns("t", base) != digest.of_columns("u", base)
    ab, a_b = np.array(["ab", ""], object), np.array(["a", "b"], object)
    assert digest.of_columns("t", {"a": ab}) != digest.of_columns("t", {"a": a_b})


def test_open_bundle_answers_queries_with_words(tmp_path):
    bundle = store.open(write(tmp_path / "out", [[0, 1], [2, 3]]))
    rows = bundle.sql("SELECT mover_name, result_name, weapon_name, battery_name, identity_name FROM shots_named")
    assert rows.fetchall()[0] == ("strike-1", "kill", "long", "alpha", "hostile")
    words = bundle.sql("SELECT DISTINCT evidence_words, told_by_name FROM identities_named").fetchall()
    assert words == [("no-military-reply, off-corridor", None)]
    assert bundle.table("plots").aggregate("count(*), min(replication), max(replication)").fetchall() == [(50, 0, 0)]
    plot = bundle.sql("SELECT mover_name, network_name FROM plots_named LIMIT 1").fetchall()
    assert plot == [(None, "national")]
    assert bundle.measures.fetchall() == [(0, 0, 0.0), (0, 1, 1.0), (0, 2, 2.0), (0, 3, 3.0)]
    assert "small: 4 of 4 replications" in repr(bundle)
    assert "<table>" in bundle._repr_html_()
    assert bundle.replications == [0, 1, 2, 3]
    assert bundle.scenario_text == "name: small\n"
    with pytest.raises(StoreError, match="has no table shot;"):
        bundle.table("shot")


def test_nan_is_null_in_sql_and_nan_in_numpy(tmp_path):
    bundle = store.open(write(tmp_path / "out", [[0]]))
    assert bundle.sql("SELECT count(*) FROM decisions WHERE time_of_flight_s IS NOT NULL").fetchall() == [(0,)]
    assert np.isnan(bundle.columns("decisions")["time_of_flight_s"]).all()


def test_order_of_rows_is_the_order_of_time_written(tmp_path):
    bundle = store.open(write(tmp_path / "out", [[0]], system=fake.System(plots=200_000)))
    assert np.array_equal(bundle.columns("plots_named")["time_s"], np.arange(200_000.0))


def test_untouched_bundle_verifies(tmp_path):
    assert store.open(write(tmp_path / "out", [[0, 1], [2, 3]])).verify() == []


def test_changed_value_is_found_in_its_replication(tmp_path):
    folder = write(tmp_path / "out", [[0, 1], [2, 3]])
    path = folder / "tables" / "shots" / "part-000002.parquet"
    con = parts.connect()
    columns = parts.read([path], con)
    columns["p_kill"][-1] += np.float32(1e-6)
    parts.write(path, columns, con)
    said = store.open(folder).verify()
    assert len(said) == 2
    assert said[0] == "shots: replication 3 is not what was written"


def test_lost_and_added_replications_are_found(tmp_path):
    folder = write(tmp_path / "out", [[0, 1], [2, 3]])
    path = folder / "tables" / "outcomes" / "part-000002.parquet"
    con = parts.connect()
    columns = parts.read([path], con)
    columns["replication"] += np.int32(1)
    parts.write(path, columns, con)
    numbers = [line.split()[2] for line in store.open(folder).verify() if "replication" in line]
    assert numbers == ["2", "3", "4"]


def test_changed_static_table_and_manifest_are_found(tmp_path):
    folder = write(tmp_path / "out", [[0]])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]["routes"]["digest"] = "0" * 32
    (folder / "manifest.json").write_text(json.dumps(manifest))
    said = store.open(folder).verify()
    assert any(line.startswith("routes:") for line in said)
    assert any(line.startswith("manifest:") for line in said)


def test_folder_named_like_a_pattern_is_a_folder(tmp_path):
    bundle = store.open(write(tmp_path / "o'dd [x]* {a}", [[0, 1]]))
    assert bundle.verify() == []
    assert len(bundle.columns("outcomes")["mover"]) == 2 * len(fake.MOVERS)


def test_every_column_is_documented():
    for table, dtype in events.TABLES.items():
        described = schema.EVENT_TABLES[table]
        assert [column.name for column in described] == ["point", "replication", *names_of(dtype)]
        assert all(column.doc and column.unit for column in described)
    for table, columns in schema.STATIC.items():
        assert all(column.doc and column.unit for column in columns), table
    assert set(schema.TABLE_DOCS) == set(events.TABLES) | set(schema.STATIC) | {"measures"}
    assert all(set(schema._EVENT_DOCS[table]) == set(names_of(dtype)) for table, dtype in events.TABLES.items())


def test_static_table_with_a_wrong_column_is_refused(tmp_path):
    with store.Writer(tmp_path / "out") as writer, pytest.raises(ValueError, match="unknown"):
        writer.static("routes", {**fake.System().tables["routes"], "colour": np.zeros(2)})


@given(st.sets(st.integers(0, 40)))
def test_ranges_name_every_number_once(numbers):
    assert [k for first, last in ranges(sorted(numbers)) for k in range(first, last + 1)] == sorted(numbers)
