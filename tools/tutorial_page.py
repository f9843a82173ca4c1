"""Print what the tutorials' pages show anew: run their commands and their Python, and put in what they print.

python tools/tutorial_page.py [PAGE]...

shown    a block of text after `<!-- printed: NAME -->`: of the page's first command of that name, or of its Python
         block that begins with the line `# NAME`
settled  what is another each time is left out: where something was written, how long it took, digests of the code
typed    a line of Égide in this very process: one of its own takes seconds to find Numba and load the engine
alone    a command that would start workers gets `--workers 1`: no number depends on how many there are, and each would
         load the engine for itself
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from egide.cli.app import main as egide

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = tuple(ROOT / "docs" / f"tutorial-{name}.md" for name in ("network", "campaign", "study"))
SHOWN: Final = re.compile(r"<!-- printed: (\w+) -->\n```text\n(.*?)```", re.DOTALL)
COMMAND: Final = re.compile(r"^egide (\w+) (.+)$", re.MULTILINE)
PYTHON: Final = re.compile(r"```python\n# (\w+)\n(.*?)```", re.DOTALL)
ELSEWHERE: Final = ("comparison: ", "campaign: ", "pack: ", "report: ", "time: ", "timeline: ", "page: ")
DIGEST: Final = re.compile(r"\b[0-9a-f]{12}\b")
ALONE: Final = frozenset({"campaign", "compare", "reproduce", "run", "switches", "timeline"})
TOOK: Final = re.compile(r"(, seed \d+), [^,]*$", re.MULTILINE)


@final
@dataclass(frozen=True)
class Typed:
    """What a command answers: its exit code, and the two texts as they come in a pipe."""

    returncode: int
    stdout: str
    stderr: str


def typed(words: Sequence[str], folder: Path) -> Typed:
    """The answer of `egide WORDS` in this folder."""
    starts = words[0] in ALONE and words[1] != "show" and "--workers" not in words
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = egide([*words, *(("--workers", "1") if starts else ())])
    return Typed(code, out.getvalue(), err.getvalue())


def printed(word: str, page: str, folder: Path) -> str:
    """What the page's command, or its Python, of this name prints today, settled."""
    blocks = dict(PYTHON.findall(page))
    if word in blocks:
        command = [sys.executable, "-c", blocks[word]]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True)
        text = done.stdout
    else:
        text = said(next(f"{name} {rest}" for name, rest in COMMAND.findall(page) if name == word), folder)
    text = DIGEST.sub("." * 12, TOOK.sub(r"\1", text.replace("\u202f", " ")))
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
            said(f"{command} {rest}", folder)
    return found


def said(line: str, folder: Path) -> str:
    """What a command of the page prints."""
    done = typed(shlex.split(line), folder)
    if done.returncode:
        raise SystemExit(f"egide {line}\n{done.stderr}")
    return done.stdout


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
