"""The page on recordings: its commands and its Python are typed as they stand, on the recordings of the tests."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "tests" / "data"
PAGE: Final = (ROOT / "docs" / "recordings.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"```(python)?\n(.*?)```", PAGE, re.DOTALL)
COMMANDS: Final = [line for kind, block in BLOCKS if not kind for line in block.splitlines()]
PROGRAMS: Final = [block for kind, block in BLOCKS if kind]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's files: a flight, a capture of radars, and the same flight as OpenSky would table it."""
    shutil.copy(DATA / "adsb" / "munich.json.gz", tmp_path / "flight.json.gz")
    shutil.copy(DATA / "asterix" / "cat_034_048.pcap", tmp_path / "radar.pcap")
    reports = json.loads(gzip.decompress((tmp_path / "flight.json.gz").read_bytes()))
    with (tmp_path / "states.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["time", "icao24", "lat", "lon", "baroaltitude"])
        for told in reports[:600]:
            place = (told.get("latitude"), told.get("longitude"), told.get("altitude", 0) * 0.3048)
            table.writerow([told["timestamp"] // 1000, told["icao24"], *place])
    return tmp_path


def test_the_page_has_the_commands_and_programs_that_are_typed_here() -> None:
    assert len(COMMANDS) == 3
    assert len(PROGRAMS) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_works_as_it_stands(command: str, folder: Path) -> None:
    words = shlex.split(command)
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "reports" in done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_the_page_works_as_it_stands(program: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
