"""The tutorial on campaigns: its commands and its Python are typed as they stand, and print what it shows."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools import tutorial_page

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "tutorial-campaign.md").read_text("utf-8")


def test_the_page_types_as_it_stands_and_shows_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    shown, printed = tutorial_page.shown(PAGE), {}
    for name, rest in tutorial_page.COMMAND.findall(PAGE):
        if name in shown and name not in printed:
            printed[name] = tutorial_page.printed(name, PAGE, tmp_path)
        else:
            words = [sys.executable, "-m", "egide", *shlex.split(f"{name} {rest}")]
            done = subprocess.run(
                words, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
            )
            assert done.returncode == 0, done.stderr
        for block in tutorial_page.PYTHON.findall(PAGE):
            if name == "campaign" and block[0] not in printed:
                printed[block[0]] = tutorial_page.printed(block[0], PAGE, tmp_path)
    assert shown == printed, "print them again: python tools/tutorial_page.py"
