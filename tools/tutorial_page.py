"""Print what the tutorials' pages show anew: run their commands and their Python, and put in what they print.

python tools/tutorial_page.py [PAGE]...

shown    a block of text after `<!-- printed: NAME -->`: of the page's first command of that name, or of its Python
         block that begins with the line `# NAME`
settled  what is another each time is left out: where something was written, how long it took, digests of the code
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
PAGES: Final = tuple(ROOT / "docs" / f"tutorial-{name}.md" for name in ("network", "campaign", "study"))
SHOWN: Final = re.compile(r"<!-- printed: (\w+) -->\n```text\n(.*?)```", re.DOTALL)
COMMAND: Final = re.compile(r"^egide (\w+) (.+)$", re.MULTILINE)
PYTHON: Final = re.compile(r"```python\n# (\w+)\n(.*?)```", re.DOTALL)
ELSEWHERE: Final = ("comparison: ", "campaign: ", "pack: ", "report: ", "time: ", "timeline: ", "page: ")
DIGEST: Final = re.compile(r"\b[0-9a-f]{12}\b")
TOOK: Final = re.compile(r"(, seed \d+), [^,]*$", re.MULTILINE)


def printed(word: str, page: str, folder: Path) -> str:
    """What the page's command, or its Python, of this name prints today, settled."""
    blocks = dict(PYTHON.findall(page))
    if word in blocks:
        command = [sys.executable, "-c", blocks[word]]
    else:
        words = next(shlex.split(f"{name} {rest}") for name, rest in COMMAND.findall(page) if name == word)
        command = [sys.executable, "-m", "egide", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True)
    text = DIGEST.sub("." * 12, TOOK.sub(r"\1", done.stdout.replace("\u202f", " ")))
    lines = [line for line in text.splitlines() if not line.startswith(ELSEWHERE)]
    return "\n".join(lines).rstrip() + "\n"


def everything(page: str, folder: Path) -> dict[str, str]:
    """Every command and Python block of the page in their order, and what those print that the page shows."""
    wanted, found = shown(page), {}
    blocks = [(at.start(), "", at[1], at[2]) for at in PYTHON.finditer(page)]
    blocks += [(at.start(), at[1], at[1], at[2]) for at in COMMAND.finditer(page)]
    for _, command, word, rest in sorted(blocks):
        if word in wanted and word not in found:
            found[word] = printed(word, page, folder)
        elif command:
            words = [sys.executable, "-m", "egide", *shlex.split(f"{command} {rest}")]
            subprocess.run(words, cwd=folder, capture_output=True, check=True)
    return found


def shown(page: str) -> dict[str, str]:
    """The tables that the page shows, by command."""
    return dict(SHOWN.findall(page))


def renewed(page: str, word: str, text: str) -> str:
    """The page with this command's table replaced."""
    head = f"<!-- printed: {word} -->\n```text\n"
    before, after = page.split(head)
    return before + head + text + "```" + after.partition("```")[2]


def main() -> None:
    for path in [Path(name) for name in sys.argv[1:]] or PAGES:
        page = path.read_text("utf-8")
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / "scenarios").symlink_to(ROOT / "scenarios")
            for word, text in everything(page, Path(place)).items():
                page = renewed(page, word, text)
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
