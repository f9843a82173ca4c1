"""What several commands share: the language, the shipped files, JSON on standard output, words for a bad command line.

shipped   a scenario or study that comes with Égide: in the package when installed, in the repository from a checkout
"""

from __future__ import annotations

import difflib
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import cyclopts

from egide import i18n
from egide.errors import Problem, scenario_error
from egide.i18n import mark

__all__ = ["explain", "language", "print_json", "print_problems", "shipped", "shipped_names"]

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_EXPECTED: Final[dict[Any, str]] = {
    int: mark("write a whole number"),
    float: mark("write a number"),
    Path: mark("write the path of a file or folder"),
}


def language(tokens: Sequence[str] = ()) -> str:
    """The language of a command line that may be too broken to parse: its --lang, else EGIDE_LANG, else English."""
    for at, token in enumerate(tokens):
        if token.startswith("--lang="):
            return i18n.choose(token.partition("=")[2])
        if token == "--lang" and at + 1 < len(tokens):
            return i18n.choose(tokens[at + 1])
    return i18n.choose()


def print_json(document: Any) -> None:
    """Exactly one JSON document on standard output. NaN has no place in JSON: it is written as null."""
    plain = "utf" not in (sys.stdout.encoding or "").lower()
    print(json.dumps(_finite(document), ensure_ascii=plain, indent=2, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        return _finite(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_problems(problems: Iterable[Problem], lang: str) -> None:
    """Every problem, one line each, on standard error."""
    translate = i18n.translator(lang)
    for problem in problems:
        print(" ".join(problem.show(translate).splitlines()), file=sys.stderr)


# --- shipped files -----------------------------------------------------------------------------------------------


def _shelf(kind: str) -> Path:
    packaged = _PACKAGE / kind
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent / kind


def shipped_names(kind: str) -> list[str]:
    """Names of what comes with Égide; kind is 'studies' or 'scenarios'."""
    shelf = _shelf(kind)
    return sorted(folder.name for folder in shelf.iterdir() if folder.is_dir()) if shelf.is_dir() else []


def shipped(kind: str, name: str) -> Path:
    """Folder of one shipped study or scenario, by kind as above and name."""
    folder = _shelf(kind) / name
    if not folder.is_dir():
        raise scenario_error(
            str(folder),
            mark("this installation has no {name}"),
            mark("install Égide again, or start from a checkout"),
            name=name,
        )
    return folder


# --- a bad command line, in one sentence --------------------------------------------------------------------------


def explain(error: cyclopts.CycloptsError) -> Problem:
    """A command line that could not be read, as a problem: what is wrong with it and what would be right."""
    chain = " ".join(error.command_chain or ())
    place = f"egide {chain}".strip()
    wrong, right, values = _sentence(error, place)
    return Problem(place, 0, 0, "", wrong, right, values)


def _sentence(error: cyclopts.CycloptsError, place: str) -> tuple[str, str, dict[str, Any]]:
    see_help = mark("see {place} --help")
    if isinstance(error, cyclopts.UnknownOptionError):
        option = (error.token.keyword or error.token.value).partition("=")[0]
        known = [name for argument in error.argument_collection for name in argument.names]
        return _meant(mark("unknown option {word}"), option, known, place, see_help)
    if isinstance(error, cyclopts.UnknownCommandError):
        word = (error.unused_tokens or ["?"])[0]
        known = [name for name in error.app or () if not name.startswith("-")]
        return _meant(mark("unknown command {word}"), word, known, place, see_help)
    if isinstance(error, cyclopts.UnusedCliTokensError):
        words = " ".join(error.unused_tokens or ())
        return mark("too many arguments: {words}"), see_help, {"words": words, "place": place}
    if isinstance(error, cyclopts.MissingArgumentError) and error.argument is not None:
        option = error.keyword or error.argument.name
        given = error.keyword is not None or any(token.keyword for token in error.argument.tokens)
        wrong = mark("{option} needs a value") if given else mark("{option} is missing")
        return wrong, see_help, {"option": option, "place": place}
    if isinstance(error, cyclopts.CoercionError) and error.token is not None and error.msg is None:
        name = error.token.keyword or (error.argument.name if error.argument is not None else "?")
        choices = ", ".join(map(str, get_args(error.target_type)))
        values = {"name": name, "value": error.token.value, "expected": choices}
        if values["expected"]:
            return mark("{name} cannot be {value!r}"), mark("write one of: {expected}"), values
        return mark("{name} cannot be {value!r}"), _EXPECTED.get(error.target_type, see_help), values | {"place": place}
    error.verbose = False
    return "{text}", see_help, {"text": " ".join(str(error).split()).rstrip("."), "place": place}


def _meant(wrong: str, word: str, known: Sequence[str], place: str, otherwise: str) -> tuple[str, str, dict[str, Any]]:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return wrong, mark("did you mean {close}?"), {"word": word, "close": close[0]}
    return wrong, otherwise, {"word": word, "place": place}
