"""The tutorial on a study of one's own: its commands are typed as they stand, and print what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tools import tutorial_page

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "tutorial-study.md").read_text("utf-8")


def test_the_page_types_as_it_stands_and_shows_what_is_printed(tmp_path: Path) -> None:
    printed = tutorial_page.everything(PAGE, tmp_path)
    assert tutorial_page.shown(PAGE) == printed, "print it again: python tools/tutorial_page.py docs/tutorial-study.md"
