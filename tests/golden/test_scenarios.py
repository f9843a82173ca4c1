"""The teaching scenarios print what their folders show: our own past output, which proves sameness and not truth.

page     `scenarios/NAME/expected.txt`: the command line, then what it printed in a pipe
settled  a printed text without what is another each time: how long it took, where the result lies, its digest

Numbers are compared as they are printed, to three digits: digests hold on one platform only, these on all. After a
change of the model that is meant, look at the difference and write the pages anew:

    python tests/golden/test_scenarios.py
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

import pytest
from tools.tutorial_page import typed

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = sorted(file.parent for file in (ROOT / "scenarios").glob("*/scenario.yaml"))
OPTIONS: Final = ("--replications", "5", "--seed", "1")
ONCE: Final = {"saturation-raid": ("--replications", "1", "--seed", "1")}  # eight seconds each
TOOK: Final = re.compile(r", (?:\d+ (?:h|min) ?)*(?:\d+(?:\.\d+)? s)?$")
PLACES: Final = ("bundle: ", "comparison: ")


def command(folder: Path) -> list[str]:
    """`compare` where the scenario has alternatives, else `run`."""
    has_alternatives = re.search(r"^alternatives:", (folder / "scenario.yaml").read_text("utf-8"), re.MULTILINE)
    return ["compare" if has_alternatives else "run", "scenario.yaml", *ONCE.get(folder.name, OPTIONS)]


def settled(text: str) -> str:
    """The printed text without times, places and digests, which are the machine's and not the scenario's."""
    lines = [line for line in text.replace("\u202f", " ").splitlines() if not line.startswith(PLACES)]
    if lines and ": " in lines[0] and "replications, seed" in lines[0]:
        lines[0] = TOOK.sub("", lines[0])
    return "\n".join(lines) + "\n"


def printed(folder: Path, out: Path) -> str:
    """The page of a scenario, as the command line makes it today."""
    words = command(folder)
    done = typed([*words, "-o", str(out)], folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "in a pipe nothing is said but the answer"
    return f"$ egide {' '.join(words)} -o out\n" + settled(done.stdout)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_prints_what_its_page_shows(folder: Path, tmp_path: Path) -> None:
    assert printed(folder, tmp_path / "out") == (folder / "expected.txt").read_text("utf-8")


def test_what_is_another_each_time_is_no_part_of_a_page() -> None:
    run = "name: 5 replications, seed 1, 1\u202fmin 4\u202fs\nleakers  1.20\nterrain: flat\nbundle: out, digest 53e1\n"
    assert settled(run) == "name: 5 replications, seed 1\nleakers  1.20\nterrain: flat\n"
    compare = "name: 5 replications of each, seed 1\nleakers  1.20\ncomparison: out\n"
    assert settled(compare) == "name: 5 replications of each, seed 1\nleakers  1.20\n"


if __name__ == "__main__":
    for each in FOLDERS:
        with tempfile.TemporaryDirectory() as place:
            (each / "expected.txt").write_text(printed(each, Path(place) / "out"), encoding="utf-8")
