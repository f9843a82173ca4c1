"""Derived rasters on disk: made once, never stale, never half."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from egide.ingest import derived

TWICE = """
import sys, numpy as np
from egide.ingest import derived
for i in range(60):
    a = derived.array("race", f"n{i % 3}", lambda: np.full((300, 300), i % 3, np.int32), mapped=bool(i % 2))
    assert a.shape == (300, 300) and (a == i % 3).all()
    if i % 5 == 4:
        derived.keep(derived.place("race", f"n{i % 3}"), np.full((300, 300), i % 3, np.int32))
"""
NO_ROOM = """
import resource, numpy as np
from egide.ingest import derived
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
assert not derived.keep(derived.place("full", "a"), np.zeros(1_000_000))
assert derived.array("full", "b", lambda: np.ones(1_000_000)).sum() == 1_000_000
try:
    derived.mapped(derived.place("full", "c"), (1000, 1000), np.dtype("f8"), 0.0, lambda made: None)
except OSError:
    print("no room", list(derived.place("full", "c").parent.iterdir()))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path))
    return tmp_path


def python(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_name_changes_with_every_ingredient() -> None:
    a = np.arange(6, dtype=np.int16).reshape(2, 3)
    names = {
        derived.name([a, 1.0]), derived.name([a, 2.0]), derived.name([a.reshape(3, 2), 1.0]),
        derived.name([a.astype(np.int32), 1.0]), derived.name([a + 1, 1.0]), derived.name([a, 1.0], [derived]),
    }  # fmt: skip
    assert len(names) == 6
    assert derived.name([a.copy(), 1.0]) in names


def test_what_is_kept_is_not_made_again() -> None:
    made = []

    def make() -> np.ndarray:
        made.append(1)
        return np.arange(5)

    first = derived.array("kind", "x", make)
    assert np.array_equal(first, derived.array("kind", "x", make, mapped=True))
    assert len(made) == 1


def test_a_file_cut_short_is_made_again() -> None:
    derived.array("kind", "x", lambda: np.arange(500))
    there = derived.place("kind", "x")
    there.write_bytes(there.read_bytes()[:700])
    assert derived.array("kind", "x", lambda: np.arange(500)).sum() == np.arange(500).sum()


def test_another_shape_is_made_again() -> None:
    derived.array("kind", "x", lambda: np.zeros(3))
    assert derived.array("kind", "x", lambda: np.ones(4), shape=(4,)).sum() == 4


def test_two_processes_may_make_the_same() -> None:
    both = [python(TWICE), python(TWICE)]
    for one in both:
        assert one.wait(60) == 0, one.stderr.read() if one.stderr else ""
        one.communicate()
    assert not list(derived.place("race", "x").parent.glob("*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes to set")
def test_a_full_disk_costs_time_or_is_told_and_leaves_nothing() -> None:
    out, err = python(NO_ROOM).communicate(timeout=60)
    assert out == "no room []\n", err


def test_the_longest_unread_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(derived, "MOST_BYTES", 10_000)
    for i in range(4):
        derived.keep(derived.place("kind", f"n{i}"), np.zeros(500))
        os.utime(derived.place("kind", f"n{i}"), (i, i))
    assert sorted(file.stem for file in derived.place("kind", "x").parent.iterdir()) == ["n2", "n3"]


def test_the_value_longest_unread_is_made_again() -> None:
    made: list[int] = []

    def value(key: int) -> int:
        def square() -> int:
            made.append(key)
            return key * key

        return derived.remembered("squares", key, square, most=2)

    assert [value(key) for key in (1, 2, 1, 3, 1, 2)] == [1, 4, 1, 9, 1, 4]
    assert made == [1, 2, 3, 2]
