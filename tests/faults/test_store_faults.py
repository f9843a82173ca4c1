"""What happens to a bundle when the disk, the folder or the user gets in the way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.unit.campaign import fake
from tests.unit.store.test_bundle import write

from egide import store
from egide.errors import StoreError
from egide.store import parts


def leftovers(folder: Path) -> list[str]:
    """Names in a folder that a failed run must not leave."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_disk(disk_of):
    return disk_of("400k")


def test_full_disk_is_one_sentence_and_leaves_nothing(small_disk):
    with pytest.raises(StoreError, match="the disk is full") as fault:
        write(small_disk / "out", [[0]], system=fake.System(plots=200_000))
    assert "write elsewhere" in str(fault.value)
    assert fault.value.exit_code == 2
    assert leftovers(small_disk) == []


def test_full_disk_keeps_the_run_that_was_there(small_disk):
    write(small_disk / "out", [[0]])
    before = store.open(small_disk / "out").manifest["digest"]
    with pytest.raises(StoreError, match="the disk is full"):
        write(small_disk / "out", [[0]], force=True, system=fake.System(plots=200_000))
    kept = store.open(small_disk / "out")
    assert kept.manifest["digest"] == before
    assert kept.verify() == []
    assert leftovers(small_disk) == ["out"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_full_device_is_told_from_other_faults():
    with pytest.raises(StoreError, match="the disk is full"), parts.disk_faults(Path("/dev/full")):
        parts.connect().execute("COPY (SELECT 1 AS a) TO '/dev/full' (FORMAT parquet)").fetchall()
    full = Path("/dev/full")
    with pytest.raises(StoreError, match="the disk is full"), parts.disk_faults(full):
        full.write_text("x")


def test_existing_output_is_refused_without_force(tmp_path):
    write(tmp_path / "out", [[0]])
    with pytest.raises(StoreError, match="exists already; choose another one, or add --force"):
        write(tmp_path / "out", [[0, 1]])
    assert store.open(tmp_path / "out").columns("measures")["replication"].tolist() == [0]


def test_force_replaces_a_run_and_leaves_nothing_else(tmp_path):
    write(tmp_path / "out", [[0]])
    write(tmp_path / "out", [[0, 1]], force=True)
    assert store.open(tmp_path / "out").columns("measures")["replication"].tolist() == [0, 1]
    assert leftovers(tmp_path) == ["out"]


def test_force_never_replaces_a_folder_of_something_else(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="something other than a run"):
        write(tmp_path / "home", [[0]], force=True)
    assert (tmp_path / "home" / "thesis.txt").read_text() == "years of work"


def test_force_keeps_the_old_run_when_the_new_one_fails(tmp_path):
    write(tmp_path / "out", [[0]])
    with pytest.raises(KeyError), store.Writer(tmp_path / "out", force=True) as writer:
        writer.static("no such table", fake.objects())
    assert store.open(tmp_path / "out").verify() == []
    assert leftovers(tmp_path) == ["out"]


def test_empty_folder_is_taken_as_the_place(tmp_path):
    (tmp_path / "out").mkdir()
    assert store.open(write(tmp_path / "out", [[0]])).verify() == []


def test_file_in_the_way_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(StoreError, match="a file is in the way"):
        write(tmp_path / "out", [[0]])
    with pytest.raises(StoreError, match="a file is in the way"):
        write(tmp_path / "out" / "deeper", [[0]])


@pytest.mark.parametrize("name", ["", "/", ".."])
def test_place_without_a_name_is_refused(name):
    with pytest.raises(StoreError, match=r"exists already|is not a name"):
        store.check_target(name)


def test_unwritable_place_is_one_sentence(tmp_path):
    place = Path("/proc/nowhere") if os.geteuid() == 0 else tmp_path / "locked"
    if os.geteuid():
        place.mkdir(mode=0o500)
    with pytest.raises(StoreError) as fault:
        write(place / "out", [[0]])
    assert len(fault.value.problems) == 1
    assert "out" in str(fault.value)


def test_unfinished_run_is_not_opened(tmp_path):
    with store.Writer(tmp_path / "out") as writer:
        writer.static("objects", fake.objects())
        with pytest.raises(StoreError, match="did not finish"):
            store.open(writer.path)
        assert not (tmp_path / "out").exists()
    assert leftovers(tmp_path) == []


def test_other_things_are_not_opened(tmp_path):
    with pytest.raises(StoreError, match="no such folder"):
        store.open(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"no manifest\.json"):
        store.open(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": ')
    with pytest.raises(StoreError, match="cannot be read as a manifest"):
        store.open(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 2}')
    with pytest.raises(StoreError, match="lacks an entry"):
        store.open(tmp_path)


def test_other_format_is_refused_with_the_version_to_use(tmp_path):
    folder = write(tmp_path / "out", [[0]])
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 3, "egide": "9.1"}))
    with pytest.raises(StoreError, match=r"format 3, and this Égide reads format 2; .* version 9\.1"):
        store.open(folder)


def test_missing_and_truncated_tables_are_refused(tmp_path):
    folder = write(tmp_path / "out", [[0]])
    part = folder / "tables" / "shots" / "part-000000.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="a table cannot be read"):
        store.open(folder)
    part.unlink()
    with pytest.raises(StoreError, match="the table shots is missing"):
        store.open(folder)


def test_manifest_cannot_smuggle_a_query(tmp_path):
    folder = write(tmp_path / "out", [[0]])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]['x" AS SELECT 1; --'] = manifest["tables"]["shots"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match="more than a word"):
        store.open(folder)
