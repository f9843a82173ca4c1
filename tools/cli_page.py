"""Writes docs/cli.md from the commands themselves: python tools/cli_page.py [--check].

A test compares the page with the commands, so that an option cannot be added, renamed or lost in silence.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from egide.cli.app import COMMANDS, app

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "cli.md"

HEAD: Final = """# The command line

Every command has `--help`. With `--json`, where a command has it, exactly one JSON document goes to standard output.
`EGIDE_LANG=fr` or `--lang fr` speaks French.

Exit codes: 0 done; 1 the answer is a finding (a check failed); 2 a mistake that you can mend, said in one line each as
`file:line:column: path: what is wrong; what would be right`; 70 a fault of Égide; 130 interrupted.

This page is written by `tools/cli_page.py` from the commands.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for name in COMMANDS for line in sections(name))]).rstrip() + "\n"


def sections(name: str) -> Iterator[str]:
    """A command, and the commands inside it."""
    command = app[name]
    yield from section(name, command)
    for inner in command:
        if not inner.startswith("-"):
            yield from section(f"{name} {inner}", command[inner])


def section(name: str, command: Any) -> Iterator[str]:
    """One command: what it does, its arguments and options."""
    function: Any = command.default_command
    yield f"## egide {name}\n"
    for paragraph in inspect.cleandoc(function.__doc__ or COMMANDS[name]).split("\n\n"):
        yield example(paragraph) + "\n"
    rows = [row(argument) for argument in command.assemble_argument_collection() if argument.show]
    if rows:
        yield "| argument or option | what it does | default |\n|---|---|---|"
        yield from rows
        yield ""


def example(paragraph: str) -> str:
    """Examples are set as code."""
    if not paragraph.startswith("Example"):
        return paragraph
    lines = [line.strip() for line in paragraph.partition(":")[2].splitlines() if line.strip()]
    return "```\n" + "\n".join(lines) + "\n```"


def row(argument: Any) -> str:
    """One line of the table."""
    place = argument.index is not None  # given by its place; its option of the same name is the long way round
    names = f"`{argument.names[0].lstrip('-').upper()}`" if place else ", ".join(f"`{name}`" for name in argument.names)
    default = argument.field_info.default
    if argument.required:
        shown = "required"
    elif default in (None, False, ()) or default is inspect.Parameter.empty:
        shown = ""
    else:
        shown = f"`{default}`"
    return f"| {names} | {(argument.parameter.help or '').replace('|', '/')} | {shown} |"


def main() -> int:
    text = page()
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text("utf-8") != text)
    PAGE.write_text(text, "utf-8")
    print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
