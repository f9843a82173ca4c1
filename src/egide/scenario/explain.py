"""From pydantic's errors to problems that say where and what to write instead.

template   the sentence with {placeholders}; also the id by which it is translated
close      the known word that was probably meant
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from egide.errors import Problem
from egide.i18n import mark
from egide.scenario.base import key_of
from egide.scenario.quantities import show
from egide.scenario.tree import Loc, Node, find, locate, path_text

__all__ = ["close_match", "explain", "known_keys", "problem_at", "suggestion"]

# pydantic's error type -> (what is wrong, what would be right); {value} is what stands there
_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "int_type": (mark("expected a whole number, got {value}"), ""),
    "int_parsing": (mark("expected a whole number, got {value}"), ""),
    "int_from_float": (mark("expected a whole number, got {value}"), ""),
    "greater_than_equal": (mark("expected a whole number >= {ge}, got {value}"), ""),
    "bool_type": (mark("expected true or false, got {value}"), ""),
    "string_type": (mark("expected text, got {value}"), mark("put it in quotes if text is meant")),
    "string_pattern_mismatch": (
        mark("{value} cannot be a name"),
        mark("use letters without accents, digits, '-' and '_', beginning with a letter or digit"),
    ),
    "string_too_short": (mark("expected text, got nothing"), mark("write it, or remove the key")),
    "string_too_long": (mark("the text is longer than {max_length} letters"), mark("shorten it")),
    "tuple_type": (mark("expected a list, got {value}"), mark("write [ ... ], or one '- ' a line")),
    "too_short": (mark("expected a list of at least {min_length}, got {actual_length}"), ""),
    "too_long": (mark("expected a list of {max_length}, got {actual_length}"), ""),
    "model_type": (mark("expected a mapping, got {value}"), mark("its keys: {known}")),
    "model_attributes_type": (mark("expected a mapping, got {value}"), mark("its keys: {known}")),
    "dict_type": (mark("expected a mapping, got {value}"), mark("write 'name: ...', one a line")),
    "mapping_type": (mark("expected a mapping, got {value}"), mark("write 'name: ...', one a line")),
}


def explain(error: ValidationError, root: Node, model: type[BaseModel]) -> list[Problem]:
    """Every error of one validation as a problem, with its place in the tree."""
    items = error.errors(include_url=False)
    meant = {
        (*item["loc"][:-1], close)
        for item in items
        if item["type"] == "extra_forbidden"
        and (close := close_match(str(item["loc"][-1]), known_keys(model, item["loc"][:-1])))
    }
    return [_problem(item, root, model) for item in items if not _is_echo(item, root, meant)]


def _is_echo(item: ErrorDetails, root: Node, meant: set[Loc]) -> bool:
    """An error that follows from another: a key missing because it is misspelt, a list short of its wrong members."""
    if item["type"] == "missing":
        return item["loc"] in meant
    if item["type"] == "too_short":
        node, steps = find(root, item["loc"])
        return steps == len(item["loc"]) and node.is_list() and len(node.value) >= item["ctx"]["min_length"]
    return False


def problem_at(root: Node, loc: Loc, wrong: str, right: str = "", at_key: bool = False, /, **values: Any) -> Problem:
    """A problem at a place of the tree, at its key where `at_key`."""
    file, line, column = locate(root, loc, at_key=at_key)
    return Problem(file, line, column, path_text(root, loc), wrong, right, values)


def close_match(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, if any is."""
    by_form: dict[str, str] = {}
    for name in known:
        by_form.setdefault(name.lower().replace("_", "-"), name)
    found = difflib.get_close_matches(word.lower().replace("_", "-"), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else None


def suggestion(word: str, known: Sequence[str]) -> tuple[str, dict[str, str]]:
    """What would be right in place of an unknown word: the close one, else all that are known."""
    close = close_match(word, known)
    if close is not None:
        return mark("did you mean '{close}'?"), {"close": close}
    if not known:
        return mark("none is defined"), {}
    names = list(dict.fromkeys(known))
    shown = ", ".join(names) if len(names) <= 40 else ", ".join(names[:40]) + ", ..."
    return mark("known: {known}"), {"known": shown}


def _problem(item: ErrorDetails, root: Node, model: type[BaseModel]) -> Problem:
    kind, ctx = item["type"], dict(item.get("ctx", {}))
    loc: Loc = tuple(step for step in item["loc"] if step != "[key]")
    value = show(item["input"])
    if kind == "egide":
        loc += tuple(ctx["at"])
        node, steps = find(root, loc)
        if not (node.is_map() or node.is_list()):  # one text that means low, nominal and high
            loc = loc[:steps]
        return problem_at(root, loc, ctx["wrong"], ctx["right"], **ctx["values"])
    if kind == "missing":
        return _missing(loc, root)
    if kind == "extra_forbidden":
        key = str(loc[-1])
        right, values = suggestion(key, known_keys(model, loc[:-1]))
        return problem_at(root, loc, mark("unknown key '{key}'"), right, True, key=key, **values)
    if kind == "literal_error":
        return _literal(loc, root, ctx, item["input"])
    wrong, right = _SENTENCES.get(kind, ("{message}", ""))
    values = {key: ctx[key] for key in ("ge", "min_length", "max_length", "actual_length") if key in ctx}
    if "{known}" in right:
        values["known"] = ", ".join(known_keys(model, loc))
    if wrong == "{message}":
        values["message"] = item["msg"]
    at_key = "[key]" in item["loc"]
    return problem_at(root, loc, wrong, right, at_key, value=value, **values)


def _missing(loc: Loc, root: Node) -> Problem:
    key = loc[-1]
    file, line, column = locate(root, loc[:-1])
    path = path_text(root, loc[:-1])
    if isinstance(key, int):
        wrong = mark("expected a list of at least {min_length}, got {actual_length}")
        return Problem(file, line, column, path, wrong, "", {"min_length": key + 1, "actual_length": key})
    return Problem(file, line, column, path, mark("'{key}' is missing"), mark("add '{key}: ...'"), {"key": key})


def _literal(loc: Loc, root: Node, ctx: Mapping[str, Any], given: object) -> Problem:
    expected = re.findall(r"'([^']*)'", str(ctx["expected"])) or [str(ctx["expected"])]
    close = close_match(given, expected) if isinstance(given, str) else None
    wrong = mark("expected {expected}, got {value}")
    right = mark("did you mean '{close}'?") if close else ""
    return problem_at(root, loc, wrong, right, expected=" | ".join(expected), value=show(given), close=close or "")


def known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the mapping at `loc` may have; empty where they are free."""
    current: Any = model
    for step in loc:
        current = _step(current, step)
        if current is None:
            return []
    found = _model_in(current)
    return [key_of(name) for name in found.model_fields] if found else []


def _step(annotation: Any, step: str | int) -> Any:
    """The type of a member: a field of a model, an element of a tuple, a value of a mapping."""
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                if key_of(name) == step:
                    return field.annotation
        arguments = get_args(option)
        origin = get_origin(option)
        if origin is tuple and isinstance(step, int):
            return (
                arguments[0]
                if len(arguments) == 2 and arguments[1] is Ellipsis
                else arguments[min(step, len(arguments) - 1)]
            )
        if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(step, str):
            return arguments[1]
    return None


def _options(annotation: Any) -> list[Any]:
    """A type without Annotated, and the members of a union."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [option for member in get_args(annotation) for option in _options(member)]
    return [annotation]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None
