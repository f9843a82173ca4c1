"""What happens to a coverage when the disk is full, the user stops it, or its process is killed: real disks, processes
and signals."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.coverage import scene

from egide.cli.app import main
from egide.coverage import files, plan, rasters
from egide.errors import StoreError

OKAY = ["--altitude", "1km-amsl,2km-amsl", "--nominal", "--detection", "--area", "rectangle", "--alternative", "all"]
RUN = "import sys; from egide.cli.app import main; sys.exit(main(sys.argv[1:]))"
ALTERNATIVES = """
alternatives:
  one: {label: {en: One}}
  two: {label: {en: Two}}
  three: {label: {en: Three}}
  four: {label: {en: Four}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return scene.write(tmp_path, ALTERNATIVES)


@pytest.fixture
def small_disk(disk_of: Callable[[str], Path]) -> Path:
    return disk_of("80k")


def halves(folder: Path) -> list[str]:
    """Hidden files and folders: work that was not finished."""
    return sorted(path.name for path in folder.rglob(".*") if path.name != ".lock")


def contents(folder: Path) -> dict[str, str]:
    """Every file by its hash; of the manifest, all but the times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.name == "coverage.json":
                document = json.loads(data)
                for each in document["alternatives"]:
                    del each["wall_s"]
                data = json.dumps(document).encode()
            found[str(path.relative_to(folder))] = hashlib.sha256(data).hexdigest()
    return found


def finished(out: Path) -> set[str]:
    """Alternatives that the manifest names, none where there is no manifest yet."""
    manifest = out / "coverage.json"
    told = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {"alternatives": []}
    return {each["name"] for each in told["alternatives"]}


def started(file: Path, out: Path) -> subprocess.Popen[bytes]:
    """The command as a process, once its first alternative stands."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "coverage", str(file), *OKAY, "-o", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 120.0
    while not finished(out) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.002)
    return process


def test_a_disk_that_fills_up_is_told_and_leaves_no_half_raster(file: Path, small_disk: Path):
    planned = plan(file, altitude=["1km-amsl"], rcs=["1m2"], levels=("nominal",), engagement=False)
    noise = np.random.default_rng(1).random(planned.grid.shape).astype(np.float32)  # it does not pack
    raster = rasters.RasterFile(small_disk / "noise.tif", planned.grid, ["noise"] * 4, "float32")

    def write() -> None:
        for top in range(0, planned.grid.shape[0], 20):
            raster.write(top, [noise[top : top + 20]] * 4)
        raster.finish()

    with pytest.raises(StoreError, match=r"cannot write the raster here.*make room"):
        write()
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_keeps_what_is_finished_and_more_room_goes_on(file: Path, small_disk: Path, capsys):
    out = small_disk / "out"
    subprocess.run(["mount", "-o", "remount,size=200k", str(small_disk)], check=True)
    assert main(["coverage", str(file), *OKAY, "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert "make room" in said
    assert "Traceback" not in said
    assert halves(out) == []
    document = json.loads((out / "coverage.json").read_text("utf-8"))
    assert not document["complete"]
    assert {each["name"] for each in document["alternatives"]} == {path.name for path in out.iterdir() if path.is_dir()}
    subprocess.run(["mount", "-o", "remount,size=20M", str(small_disk)], check=True)
    assert main(["coverage", str(file), *OKAY, "-o", str(out)]) == 0
    assert main(["coverage", str(file), *OKAY, "-o", str(small_disk / "whole")]) == 0
    assert contents(out) == contents(small_disk / "whole")


def test_a_disk_without_room_is_told_before_any_work(file: Path, small_disk: Path, tmp_path: Path):
    heights = [f"{h}m-amsl" for h in range(1000, 1400)]
    planned = plan(file, altitude=heights, rcs=["1m2"], levels=("nominal",), engagement=False)
    with pytest.raises(StoreError, match=r"need about .* GB of disk, and .* GB are free"):
        files.Folder(small_disk / "out", planned)
    assert not (small_disk / "out").exists()


def test_ctrl_c_says_what_is_finished_and_the_same_command_goes_on(file: Path, tmp_path: Path, capsys):
    out, whole = tmp_path / "out", tmp_path / "whole"
    process = started(file, out)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b"alternatives are finished; the same command goes on" in said
    assert b"Traceback" not in said
    assert halves(out) == []
    assert main(["coverage", str(file), *OKAY, "-o", str(out)]) == 0
    assert "goes on: " in capsys.readouterr().err
    assert main(["coverage", str(file), *OKAY, "-o", str(whole)]) == 0
    assert contents(out) == contents(whole)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal on this system")
def test_what_was_killed_goes_on_and_ends_as_if_undisturbed(file: Path, tmp_path: Path, capsys):
    out, whole = tmp_path / "out", tmp_path / "whole"
    process = started(file, out)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert not json.loads((out / "coverage.json").read_text("utf-8"))["complete"]
    assert main(["coverage", str(file), *OKAY, "-o", str(out)]) == 0
    assert main(["coverage", str(file), *OKAY, "-o", str(whole)]) == 0
    assert contents(out) == contents(whole)
    assert halves(out) == []


def test_two_processes_do_not_write_one_coverage(file: Path, tmp_path: Path):
    planned = plan(file, altitude=["1km-amsl"], rcs=["1m2"], levels=("nominal",), engagement=False)
    first = files.Folder(tmp_path / "out", planned)
    with pytest.raises(StoreError, match="another process is writing"):
        files.Folder(tmp_path / "out", planned)
    first.close()
    files.Folder(tmp_path / "out", planned).close()
