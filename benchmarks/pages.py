"""What the benchmarks share: tables in Markdown, and sections of a page that are renewed between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; a short row is filled with dashes."""
    filled = [[*row, *["-"] * (len(head) - len(row))] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *filled))


def put(path: Path, text: str, marks: tuple[str, str], title: str, command: str) -> None:
    """Replace the section between the marks; append it under its title where there is none."""
    begin, end = marks
    old = path.read_text("utf-8") if path.exists() else "# Validation\n"
    section = f"{begin}\n{text}\n{end}"
    if begin in old:
        old = old[: old.index(begin)] + section + old[old.index(end) + len(end) :]
    else:
        old = f"{old.rstrip()}\n\n## {title}\n\nMade by `{command}`.\n\n{section}\n"
    path.write_text(old, "utf-8")
