"""The `egide` command: finds the command asked for, runs it, and says in one line what went wrong.

command   a function in egide/cli/NAME.py, imported only when it is called for, so that `egide --help` is quick
problem   one line on standard error, in the language chosen: place, what is wrong, what would be right

Exit codes: 0 done, 1 the answer is a finding, 2 the user's mistake, 70 a fault of Égide, 130 interrupted.
"""

from __future__ import annotations

import inspect
import io
import os
import re
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError

from egide import __version__
from egide.errors import EgideError, Problem, ProblemsError
from egide.i18n import mark

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: Final = {  # name: one line for `egide --help`; the command's own docstring says the rest
    "demo": "Run the shipped Türkiye study and write its report.",
    "new": "Write a commented starter scenario or study.",
    "check": "Check a scenario or study: all problems at once.",
    "run": "Run a scenario and write a run bundle.",
    "compare": "Run alternatives on common random numbers and print the differences.",
    "campaign": "Run a study over chance and ignorance, on all processors or a cluster; resumable.",
    "switches": "Turn what a network shares one switch at a time, and print what each is worth.",
    "timeline": "Run a study over the dates of its calendar: who was there when, and what it was worth.",
    "coverage": "Map what radars and batteries see and defend, and print the shares of an area.",
    "track": "Track recorded radar and ADS-B data and score the tracks.",
    "claims": "Hold statements made in public against what was run: supported, not supported, or depends.",
    "exposure": "Print what radars that others may read collected on protected aircraft.",
    "money": "Print who pays what, what is sunk, and which prices may be compared.",
    "explain": "Say why an object was held for what it was: every declaration with its evidence.",
    "report": "Write the report of a run or a comparison, one self-contained HTML file.",
    "pack": "Put a result into one file with everything to make it again.",
    "reproduce": "Run a pack again and say table by table whether the same comes out.",
    "catalog": "Show the equipment catalogue, every value with its source.",
    "validate": "Compare the models with published numbers, each with its source.",
    "doctor": "Say what this installation has and what it lacks.",
}

app = App(
    name="egide",
    version=__version__,
    help="Simulate integrated air and missile defence and compare alternatives, with every parameter sourced.",
    help_format="plaintext",  # quicker to start than Markdown, and as readable
    help_flags=["--help", "-h"],
    help_epilogue="Start with: egide demo",
    result_action="return_value",
)
for _order, (_name, _help) in enumerate(COMMANDS.items()):
    app.command(f"egide.cli.{_name}:{_name}", name=_name, help=_help, sort_key=_order)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Prints every problem, never a traceback for a user's mistake."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):  # a terminal without our letters gets others, never a crash
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        _teach(tokens)
        result = app(tokens, print_error=False, exit_on_error=False, verbose=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone, as `head` does: nothing to say, nobody to say it to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal shows ^C: end its line
        return 130
    except Exception as error:  # noqa: BLE001 - the one place that turns an error into words and an exit code
        return _refuse(error, tokens)
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def _teach(tokens: Sequence[str]) -> None:
    """Give the command asked for the words of its docstring: what it does above its options, examples below them."""
    if tokens and tokens[0] in COMMANDS:
        command = app[tokens[0]]
        if len(tokens) > 1 and not tokens[1].startswith("-") and tokens[1] in command:
            command = command[tokens[1]]
        text, mark_of_example, example = (inspect.getdoc(command.default_command) or "").partition("\n\nExample")
        command.help = re.sub(r"(?<!\n)\n(?![\n -])", " ", text)  # a paragraph is as wide as the terminal
        command.help_epilogue = (mark_of_example + example).strip()


def _refuse(error: Exception, tokens: Sequence[str]) -> int:
    """Say what went wrong, in the language chosen, and return the exit code for it."""
    from egide.cli import common

    lang = common.language(tokens)
    if isinstance(error, CycloptsError):
        common.print_problems([common.explain(error)], lang)
        return 2
    if isinstance(error, ProblemsError):
        common.print_problems(error.problems, lang)
        return error.exit_code
    if isinstance(error, OSError) and error.strerror:  # the machine said no: a full disk, a folder without permission
        place = str(error.filename or "egide")
        common.print_problems([Problem(place, 0, 0, "", "{text}", "", {"text": error.strerror})], lang)
        return 2
    if os.environ.get("EGIDE_DEBUG"):
        raise error
    text = str(error) if isinstance(error, EgideError) else f"{type(error).__name__}: {error}"
    wrong = "{text}" if isinstance(error, EgideError) else mark("a fault of Égide, please report it: {text}")
    right = mark("EGIDE_DEBUG=1 shows where it happened")
    common.print_problems([Problem("egide", 0, 0, "", wrong, right, {"text": text})], lang)
    return error.exit_code if isinstance(error, EgideError) else 70
