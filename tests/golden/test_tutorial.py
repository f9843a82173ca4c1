"""Every `egide` line that the tutorial and the READMEs show is typed as it stands, in order, in an empty folder."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any, Final

import pytest
from tools.tutorial_page import typed

ROOT: Final = Path(__file__).resolve().parents[2]
FENCED: Final = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TYPED: Final = re.compile(r"^(?:\$ )?egide +(.+)$", re.MULTILINE)
STUDY_FILES: Final = ("scenario", "study", "money", "calendar", "claims", "dossier")
DEMO: Final = "demo"  # the READMEs' own way in; it has a test of its own, and takes minutes


def commands(page: Path) -> list[list[str]]:
    """The `egide` lines of a page's blocks, as words."""
    blocks = FENCED.findall(page.read_text("utf-8"))
    return [shlex.split(line) for block in blocks for line in TYPED.findall(block)]


def differences(folder: Path, alternative: str) -> dict[str, dict[str, Any]]:
    """What a comparison found between an alternative and the scenario as written."""
    found = json.loads((folder / "out/coast-compare/comparison.json").read_text("utf-8"))
    pair = (alternative, "as-written")
    return {each["measure"]: each for each in found["differences"] if (each["alternative"], each["against"]) == pair}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which somebody followed the tutorial to its end."""
    folder = tmp_path_factory.mktemp("tutorial")
    for words in commands(ROOT / "docs" / "tutorial.md"):
        done = typed(words, folder)
        assert done.returncode == 0, f"egide {' '.join(words)}\n{done.stderr}"
        assert done.stderr == ""
    return folder


def test_the_tutorial_can_be_typed_as_it_stands(walked: Path) -> None:
    made = {path.relative_to(walked).as_posix() for path in (*walked.glob("*"), *walked.glob("*/*"))}
    assert made == {
        "coast", *(f"coast/{name}.yaml" for name in STUDY_FILES), "coast.html", "coast.fr.html", "out", "out/coast",
        "out/coast-short", "out/coast-compare",
    }  # fmt: skip


def test_the_mistake_that_the_tutorial_proposes_is_told(walked: Path, tmp_path: Path) -> None:
    """It says: write `count: -4` for a raid, check again, and put it back."""
    text = (walked / "coast" / "scenario.yaml").read_text("utf-8")
    at = text.index("count: ", text.index("raids:"))
    end = text.index("\n", at)
    (tmp_path / "scenario.yaml").write_text(f"{text[:at]}count: -4{text[end:]}", encoding="utf-8")
    (tmp_path / "study.yaml").write_text((walked / "coast" / "study.yaml").read_text("utf-8"), encoding="utf-8")
    done = typed(["check", "study.yaml"], tmp_path)
    assert done.returncode == 2
    line, column = text[:at].count("\n") + 1, at - text.rindex("\n", 0, at) + len("count: ")
    assert done.stderr.startswith(f"scenario.yaml:{line}:{column}: raids.strike.count: ")


def test_one_shot_spends_a_third_less_as_the_tutorial_says(walked: Path) -> None:
    shots = differences(walked, "one-shot")["shots"]
    assert shots["verdict"] == "lower"
    means = json.loads((walked / "out/coast-compare/comparison.json").read_text("utf-8"))["means"]
    before = next(m["mean"] for m in means if m["alternative"] == "as-written" and m["measure"] == "shots")
    assert 0.28 < -shots["difference"] / before < 0.39


def test_without_the_watch_only_the_first_detection_differs_as_the_tutorial_says(walked: Path) -> None:
    found = differences(walked, "no-watch")
    assert 50.0 < -found["first_detection_km"]["difference"] < 60.0
    for measure in ("leakers", "value_lost", "shots", "friends_engaged"):
        assert found[measure]["verdict"] == "not distinguishable"


def test_the_reports_of_the_tutorial_speak_two_languages(walked: Path) -> None:
    assert '<html lang="en"' in (walked / "coast.html").read_text("utf-8")
    assert '<html lang="fr"' in (walked / "coast.fr.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["README.md", "README.fr.md"])
def test_the_lines_of_a_readme_can_be_typed(name: str, tmp_path: Path) -> None:
    for words in commands(ROOT / name):
        if words[0] != DEMO:
            done = typed(words, tmp_path)
            assert done.returncode == 0, f"egide {' '.join(words)}\n{done.stderr}"


def test_the_first_look_of_the_documentation_can_be_typed(tmp_path: Path) -> None:
    lines = [words for words in commands(ROOT / "docs" / "index.md") if words[0] != DEMO]
    assert lines
    for words in lines:
        done = typed(words, tmp_path)
        assert done.returncode == 0, f"egide {' '.join(words)}\n{done.stderr}"
