"""The tutorial on networks: its commands are typed as they stand, and print the tables that it shows."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any, Final

import pytest
from tools import tutorial_page
from tools.tutorial_page import typed

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "tutorial-network.md").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tutorial")
    (place / "scenarios").symlink_to(ROOT / "scenarios")
    return place


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, str]:
    """What the two commands with tables print today."""
    return {word: tutorial_page.printed(word, PAGE, folder) for word in tutorial_page.shown(PAGE)}


@pytest.fixture(scope="module")
def network_less_alone(folder: Path, printed: dict[str, str]) -> dict[str, dict[str, Any]]:
    found = json.loads((folder / "out/two/comparison.json").read_text("utf-8"))
    return {each["measure"]: each for each in found["differences"] if each["alternative"] == "integrated"}


def test_the_tables_of_the_page_are_what_its_commands_print(printed: dict[str, str]) -> None:
    assert tutorial_page.shown(PAGE) == printed, "print them again: python tools/tutorial_page.py"


@pytest.mark.parametrize(
    ("measure", "verdict"),
    [
        ("track_latency_s", "lower"),
        ("completeness", "higher"),
        ("identity_right", "higher"),
        ("identity_wrong", "lower"),
        ("wrongful", "lower"),
    ],
)
def test_the_network_is_worth_what_the_page_says(
    measure: str, verdict: str, network_less_alone: dict[str, dict[str, Any]]
) -> None:
    assert network_less_alone[measure]["verdict"] == verdict


def test_what_the_page_says_of_each_switch_holds(folder: Path, printed: dict[str, str]) -> None:
    found = json.loads((folder / "out/switches/comparison.json").read_text("utf-8"))
    said = {(each["alternative"], each["against"], each["measure"]): each for each in found["differences"]}
    for switch in ("alliance_iff_fitted", "receives_picture"):
        assert said[f"only-{switch}", "none-turned", "wrongful"]["verdict"] == "lower"
    assert said["all-turned", "without-receives_picture", "wrongful"]["verdict"] == "not distinguishable"
    assert said["only-receives_picture", "none-turned", "completeness"]["verdict"] == "higher"
    assert said["only-sends_tracks", "none-turned", "completeness"]["verdict"] == "not distinguishable"
    assert said["only-remote_cue", "none-turned", "shots"]["difference"] == 0.0, "luck is shared by name"
    assert said["all-turned", "without-engagement_authority", "leakers"]["verdict"] == "higher"


def test_the_page_s_other_lines_can_be_typed(folder: Path, printed: dict[str, str]) -> None:
    for name, rest in tutorial_page.COMMAND.findall(PAGE):
        if name not in printed:
            done = typed([name, *shlex.split(rest)], folder)
            assert done.returncode == 0, f"egide {name} {rest}\n{done.stderr}"
            assert done.stdout
