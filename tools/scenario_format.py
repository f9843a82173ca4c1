"""Writes the tables of the pages that describe a format from the models: page and format cannot part.

    python tools/scenario_format.py            rewrite the tables in place
    python tools/scenario_format.py --check    change nothing; exit 1 where the page is old

A table stands between `<!-- table MODEL -->` and `<!-- end -->`: every key, what it takes, its default, what it means.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge
from pydantic.fields import FieldInfo

from egide.scenario.amounts import TAKES
from egide.scenario.base import Label, Model, key_of
from egide.scenario.quantities import Angle, Moment, Number, Quantity
from egide.scenario.schema import models

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
FORMATS: Final = ("scenario-format", "study-format", "calendar-format", "models/money", "models/claims", "dossier")
PAGES: Final = tuple(DOCS / f"{name}.md" for name in FORMATS)
TABLE: Final = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

COMMON: Final = {  # keys that mean the same everywhere
    "name": "What paths, patches and reports call it.",
    "label": "The same for people: `{en: ..., fr: ...}`, or one text for both.",
    "title": "One line for people.",
    "question": "What the scenario is to answer.",
    "note": "A remark for readers.",
    "type": "Catalogue entry.",
    "side": "One of `sides`.",
    "network": "One of `networks`: whose picture it feeds and uses.",
    "site": "One of `sites`.",
    "position": "Latitude, longitude.",
    "count": "How many.",
    "overrides": "Catalogue values replaced for this one alone.",
    "transponder": "Modes that it answers.",
    "doctrine": "One of `doctrine`; `default` has every default.",
    "command_post": "Catalogue entry.",
    "radar": "Catalogue entry.",
    "missile": "Catalogue entry.",
    "orbit": "The racetrack it flies.",
    "from": "When it begins.",
    "start": "When it begins; times elsewhere are counted from the scenario's.",
    "duration": "How long it lasts.",
    "area": "The part of the world.",
    "terrain": "The ground.",
}


_DEFAULTS: Final = {"Phase": "one, from the start to the end", "Design": "a Latin hypercube of 100 points"}


def table(model: type[Model]) -> str:
    """Every key of one model as a Markdown table."""
    rows = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        key = key_of(name)
        meaning = " ".join((field.description or COMMON.get(key, "")).split())
        cells = (f"`{key}`", takes(field), default(field), meaning)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def takes(field: FieldInfo) -> str:
    """What one writes."""
    return _takes(field.annotation, list(field.metadata))


def _takes(annotation: Any, metadata: list[Any]) -> str:  # a table: one line a kind of type
    if hasattr(annotation, "__metadata__"):
        return _takes(get_args(annotation)[0], [*annotation.__metadata__, *metadata])
    for part in metadata:
        if type(part) in TAKES:
            return TAKES[type(part)]
        if isinstance(part, Quantity):
            return _quantity(part)
        if isinstance(part, Angle):
            return f"degrees of {part.what}" if part.what != "difference" else "degrees"
        if isinstance(part, Number):
            limit = f" to {part.most:g}" if math.isfinite(part.most) else " or more"
            return f"number, {part.least:g}{limit}" + (f" ({part.unit})" if part.unit else "")
        if isinstance(part, Moment):
            return "date and time, `2019-07-12T06:00Z`"
    arguments, origin = get_args(annotation), get_origin(annotation)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in arguments)
    if origin is tuple:
        if arguments[1:] == (...,):
            return "list of: " + _takes(arguments[0], [])
        return "`[" + ", ".join(_takes(argument, []) for argument in arguments).replace("`", "") + "]`"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping: {_key(arguments[0])} → {_takes(arguments[1], [])}"
    if origin is not None:  # a union with None
        return _takes(next(a for a in arguments if a is not type(None)), metadata)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return (
            "text, or `{en, fr}`" if annotation is Label else f"[{annotation.__name__}](#{annotation.__name__.lower()})"
        )
    if annotation is Any:
        return "quantity" if metadata else "any"
    if annotation is int:
        least = next((part.ge for part in metadata if isinstance(part, Ge)), 0)
        return f"whole number, {least} or more"
    words: dict[Any, str] = {bool: "`true`, `false`", str: "text", float: "number"}
    words |= {datetime: "date and time", date: "day, `2019-07-12`, or month, `2015-10`"}
    return words[annotation]


def _key(annotation: Any) -> str:
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    words = get_args(annotation)
    return ", ".join(f"`{word}`" for word in words) if words else "name"


def _quantity(part: Quantity) -> str:
    if part.instant:
        return "time from the start, `80 min`, or a date and time"
    text = f"{part.dimension.name}, `{part.dimension.example}`"
    if part.least == 0.0:
        text += ", above zero" if part.above else ""
    elif part.least is not None and part.most is not None:
        text += f", {part.write(part.least)} to {part.write(part.most)}"
    return text


def default(field: FieldInfo) -> str:
    """What is taken where the key is left out."""
    if field.is_required():
        return "**required**"
    value = field.default
    if value is None or value in ((), {}):
        return "–"
    for part in field.metadata:
        if isinstance(part, Quantity) and isinstance(value, float):
            return f"`{part.write(value)}`"
    if isinstance(value, Model):
        return "its defaults"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple) and any(isinstance(item, Model) for item in value):
        return _DEFAULTS[type(value[0]).__name__]
    return f"`[{', '.join(map(str, value))}]`" if isinstance(value, tuple) else f"`{value}`"


def updated(page: str) -> str:
    """The page with every table made anew."""
    by_name = {model.__name__: model for model in models()}
    return TABLE.sub(lambda found: found[1] + table(by_name[found[2]]) + found[3], page)


def main(arguments: list[str]) -> int:
    """Rewrite the pages, or say whether one is old."""
    old = 0
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        fresh = updated(page)
        if "--check" not in arguments:
            path.write_text(fresh, encoding="utf-8")
        elif fresh != page:
            old += 1
            print(f"docs/{path.name} is old: run tools/scenario_format.py")
    if "--check" in arguments and not old:
        print("the pages are up to date")
    return int(old > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
