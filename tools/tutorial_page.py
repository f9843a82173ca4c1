"""Print the tables of docs/tutorial-network.md anew: run its commands, and put what they print where the page shows it.

python tools/tutorial_page.py
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "tutorial-network.md"
SHOWN: Final = re.compile(r"<!-- printed: (\w+) -->\n```text\n(.*?)```", re.DOTALL)
COMMAND: Final = re.compile(r"^egide (\w+) (.+)$", re.MULTILINE)


def printed(word: str, page: str, folder: Path) -> str:
    """What the page's command of this name prints today, without the line that says where it was written."""
    words = next(shlex.split(f"{name} {rest}") for name, rest in COMMAND.findall(page) if name == word)
    done = subprocess.run(
        [sys.executable, "-m", "egide", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = [line for line in done.stdout.replace("\u202f", " ").splitlines() if not line.startswith("comparison: ")]
    return "\n".join(lines).rstrip() + "\n"


def shown(page: str) -> dict[str, str]:
    """The tables that the page shows, by command."""
    return dict(SHOWN.findall(page))


def renewed(page: str, word: str, text: str) -> str:
    """The page with this command's table replaced."""
    head = f"<!-- printed: {word} -->\n```text\n"
    before, after = page.split(head)
    return before + head + text + "```" + after.partition("```")[2]


def main() -> None:
    page = PAGE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "scenarios").symlink_to(ROOT / "scenarios")
        for word in shown(page):
            page = renewed(page, word, printed(word, page, Path(place)))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
