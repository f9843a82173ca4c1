"""The cache folder: where it is, what becomes of it, and that an edited kernel never meets an old compilation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from egide import cache


@pytest.fixture(autouse=True)
def no_words_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EGIDE_CACHE_DIR", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_folder_asked_for_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path / "mine"))
    assert cache.folder() == tmp_path / "mine"
    assert cache.folder().is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own place")
def test_the_users_cache_comes_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == tmp_path / ".cache" / "egide"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path / "xdg" / "egide"


def test_a_folder_that_cannot_be_made_is_replaced_by_a_temporary_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cache.folder().parent == tmp_path
    assert cache.folder().name.startswith("egide-cache-")


def test_kernels_have_a_folder_named_after_their_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path))
    assert cache.kernels_folder() == tmp_path / f"kernels-{cache.kernels_hash()}"
    assert len(cache.kernels_hash()) == 16


def test_a_changed_source_changes_the_folder_and_another_file_does_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    package = tmp_path / "egide"
    shutil.copytree(Path(cache.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    monkeypatch.setattr(cache, "_PACKAGE", package)
    first = cache.kernels_hash()
    (package / "units.py").write_text("# not compiled")
    assert cache.kernels_hash() == first
    (package / "physics" / "kernels.py").write_text("# another kernel")
    assert cache.kernels_hash() != first


def test_a_numba_folder_of_the_user_is_the_parent_and_is_not_nested_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    place = cache.prepare_numba()
    assert place.parent == tmp_path
    assert os.environ["NUMBA_CACHE_DIR"] == str(place)
    assert cache.prepare_numba() == place


def test_kernels_of_sources_long_gone_are_thrown_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("EGIDE_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")  # put back after the test
    old, recent = tmp_path / "kernels-old", tmp_path / "kernels-recent"
    for other in (old, recent):
        other.mkdir()
    long_ago_s = time.time() - cache.KEEP_S - 60
    os.utime(old, (long_ago_s, long_ago_s))
    assert cache.prepare_numba().is_dir()
    assert not old.exists()
    assert recent.exists()


def test_numba_reads_the_folder_whether_imported_before_or_after(tmp_path: Path):
    for first, second in (("numba", "egide.jit"), ("egide.jit", "numba")):
        code = f"import {first}, {second}, numba; print(numba.config.CACHE_DIR)"
        env = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=env | {"EGIDE_CACHE_DIR": str(tmp_path)},
        )
        assert done.stdout.strip() == str(tmp_path / f"kernels-{cache.kernels_hash()}")


# --- one compilation for every place that the same sources lie in ----------------------------------------------------

DRAW = "from egide.rng import triangular; print(triangular(0.5, 0.0, 1.0, 2.0), triangular.stats.cache_hits)"


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """Puts the package in a folder of this name, without what no kernel needs."""

    def to(name: str) -> Path:
        left_out = shutil.ignore_patterns("__pycache__", "data", "locale", "scenarios", "studies")
        shutil.copytree(Path(cache.__file__).parent, tmp_path / name / "egide", ignore=left_out)
        return tmp_path / name

    return to


def drawn(home: Path, kept: Path) -> tuple[list[str], set[Path]]:
    """What a process that finds the package in `home` prints of one draw, and the codes kept after it."""
    env = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    env |= {"PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1", "EGIDE_CACHE_DIR": str(kept)}
    done = subprocess.run([sys.executable, "-c", DRAW], cwd=home, env=env, capture_output=True, text=True, check=True)
    return done.stdout.split(" ", 1), set(kept.rglob("*.nbc"))


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled")
def test_the_package_in_another_folder_finds_what_was_compiled_unless_its_text_is_another(
    copied: Callable[[str], Path], tmp_path: Path
):
    kept = tmp_path / "kept"
    (value, hits), first = drawn(copied("here"), kept)
    assert (value, hits.strip()) == ("1.0", "Counter()")
    assert len(first) == 1

    (value, hits), then = drawn(copied("elsewhere"), kept)
    assert value == "1.0"
    assert hits.startswith("Counter({(float64")
    assert then == first, "compiled again, though only the folder is another"

    edited = copied("edited") / "egide" / "rng.py"
    text = edited.read_text("utf-8")
    edited.write_text(text.replace("return high - np.sqrt(", "return 7.0 + 0.0 * np.sqrt("), encoding="utf-8")
    (value, hits), last = drawn(edited.parents[1], kept)
    assert (value, hits.strip()) == ("7.0", "Counter()"), "an old compilation met a new text"
    assert len(last - first) == 1
