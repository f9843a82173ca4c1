"""A coverage in words: the tables of shares, from the folder's manifest alone.

cell     a share in per cent, nominal and in brackets from the catalogue's low to its high corner; 'not usable' where
         the terrain is too coarse for the height
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from egide.errors import store_error
from egide.i18n import Translator, mark, number, pick, quantity, translator

__all__ = ["lines", "read", "tables"]

Document = Mapping[str, Any]

SEEN_TITLES: Final = {
    "seen": mark("Seen by one radar or more"),
    "seen by 2": mark("Seen by two radars or more"),
    "seen by 3": mark("Seen by three radars or more"),
}


def read(folder: Path | str) -> dict[str, Any]:
    """The manifest of a coverage folder."""
    place = Path(folder) / "coverage.json"
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise store_error(
            str(folder), mark("this folder holds no coverage"), mark("make one with egide coverage")
        ) from None
    except (OSError, ValueError) as fault:
        raise store_error(str(place), mark("the file cannot be read: {fault}"), "", fault=fault) from None
    return dict(found)


def share(row: Mapping[str, Any], lang: str, say: Translator) -> str:
    """'57 [40-70] %', or why not."""
    if row["nominal"] is None:
        return "–"
    if not row["usable"]:
        return say("not usable")
    shown = number(100.0 * row["nominal"], lang, 0)
    if row["low"] is None or row["high"] is None:
        return quantity(100.0 * row["nominal"], "%", lang, 0)
    return f"{shown} [{number(100.0 * row['low'], lang, 0)}–{number(100.0 * row['high'], lang, 0)}]"


def tables(document: Document, lang: str) -> list[dict[str, Any]]:
    """One table a measure, cross section and weight: alternatives down, heights across."""
    say = translator(lang)
    request = document["request"]
    found = []
    rows = {_key(row): row for each in document["alternatives"] for row in each["rows"]}
    kinds = dict.fromkeys(_kind(row) for each in document["alternatives"] for row in each["rows"])
    for kind in kinds:
        lines_ = []
        for each in document["alternatives"]:
            cells = [rows.get((each["name"], a["text"], *kind)) for a in request["altitudes"]]
            if any(cell is not None for cell in cells):
                name = pick(each["label"], lang)
                lines_.append(
                    {"name": name, "rows": cells, "cells": [share(c, lang, say) if c else "–" for c in cells]}
                )
        found.append({"kind": kind, "title": title(document, kind, lang), "rows": lines_,
                      "heads": [altitude(a, lang) for a in request["altitudes"]]})  # fmt: skip
    return found


def altitude(a: Mapping[str, Any], lang: str) -> str:
    """'100 m agl', '5 km amsl'; the abbreviations are explained beside the table."""
    far = a["height_m"] >= 1000.0
    return f"{quantity(a['height_m'] / (1000.0 if far else 1.0), 'km' if far else 'm', lang)} {a['reference']}"


def title(document: Document, kind: Sequence[Any], lang: str) -> str:
    """What a table counts, with everything that must be said with it."""
    say = translator(lang)
    measure, rcs_m2, _cue, _shots, _kill, _azimuth, weight = kind
    said = [say(SEEN_TITLES[measure])] if measure in SEEN_TITLES else [str(measure)]
    said.append(say("cross section {rcs}").format(rcs=quantity(rcs_m2, "m²", lang)))
    said.append(say("Pd {pd} in one look").format(pd=number(document["request"]["pd"], lang)))
    if weight != "area":
        said.append(say("weighted by {weight}").format(weight=weight))
    return ", ".join(said)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["alternative"], row["altitude"], *_kind(row))


def _kind(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("measure", "rcs_m2", "cue", "shots", "kill", "azimuth", "weight"))


def lines(folder: Path | str, lang: str) -> list[str]:
    """The tables as plain text."""
    document, say = read(folder), translator(lang)
    area = document["area"]
    out = [
        say("{title}: share of {area}, {km2}").format(
            title=pick(document["scenario"]["title"], lang), area=area["name"],
            km2=quantity(area["km2"], "km²", lang, 0)),
        say("In per cent: nominal [low–high], all catalogue values at their unfavourable or favourable end at once."),
    ]  # fmt: skip
    for each in tables(document, lang):
        if each["kind"][0] == "seen by 3":
            continue
        out += ["", each["title"]]
        widths = [max(len(line) for line in column) for column in
                  zip(("", *each["heads"]), *(( r["name"], *r["cells"]) for r in each["rows"]), strict=True)]  # fmt: skip
        for line in (("", *each["heads"]), *((r["name"], *r["cells"]) for r in each["rows"])):
            cells = [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
            out.append("  ".join(cells).rstrip())
    return out
