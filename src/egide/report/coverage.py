"""A coverage in words: the tables of shares, from the folder's manifest alone.

part     of a cell: a share in per cent; in brackets the catalogue's low to high corner; over coarse terrain, what it
         may be on fine terrain; 'not usable' where the terrain is too coarse for the height
kind     what one table counts: measure, cross section, cue, shots, probability, azimuth, weight
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from egide.errors import store_error
from egide.i18n import Translator, interval, mark, number, pick, quantity, translator
from egide.report.labels import BASIS_LABELS, CLASS_LABELS, told

__all__ = [
    "altitude", "area_name", "gains", "headline", "limits", "lines", "parts", "prices", "read", "tables", "unbroken",
]  # fmt: skip

Document = Mapping[str, Any]

SEEN_TITLES: Final = {
    "seen": mark("Seen by one radar or more"),
    "seen by 2": mark("Seen by two radars or more"),
    "seen by 3": mark("Seen by three radars or more"),
}
CUE_TITLES: Final = {
    "own": mark("on the batteries' own radars alone"),
    "network": mark("with the network's radars as the scenario links them"),
}
AREA_LABELS: Final = {
    "rectangle": mark("the scenario's rectangle"),
    "outline": mark("the ground of the scenario's outline"),
    "Turkey": mark("Turkey"),
}
AZIMUTH_TITLES: Final = {"worst": mark("worst azimuth"), "mean": mark("mean azimuth")}


def read(folder: Path | str) -> dict[str, Any]:
    """The manifest of a coverage folder."""
    place = Path(folder) / "coverage.json"
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        wrong, right = mark("this folder holds no coverage"), mark("make one with egide coverage")
        raise store_error(str(folder), wrong, right) from None
    except (OSError, ValueError) as fault:
        raise store_error(str(place), mark("the file cannot be read: {fault}"), "", fault=fault) from None
    return dict(found)


def parts(row: Mapping[str, Any] | None, lang: str, say: Translator) -> tuple[str, ...]:
    """'57', '[40–70]', 'terrain 31–58': the share, the catalogue's ends, what it may be on fine terrain; or why not."""
    if row is None or row["nominal"] is None:
        return ("–",)
    if not row["usable"]:
        return (say("not usable"),)
    digits = 0 if row["nominal"] >= 0.0995 else 1
    if row.get("launch_range_m") is not None and row["nominal"] < 0.00995:
        digits = 2  # footprints of some kilometres in a whole country

    def ends(name: str, between: str = "–") -> str:
        return between.join(number(100.0 * row[f"{name}{end}"], lang, digits) for end in ("low", "high"))

    shown = [number(100.0 * row["nominal"], lang, digits)]
    if row["low"] is not None and row["high"] is not None:
        shown.append(f"[{ends('')}]")
    if row["terrain_low"] is not None:
        shown.append(say("terrain {ends}").format(ends=ends("terrain_")))
    return tuple(shown)


def tables(document: Document, lang: str) -> list[dict[str, Any]]:
    """One table a kind: alternatives down, heights across."""
    say = translator(lang)
    rows = {_key(row): row for each in document["alternatives"] for row in each["rows"]}
    kinds = dict.fromkeys(_kind(row) for each in document["alternatives"] for row in each["rows"])
    found = []
    for kind in sorted(kinds, key=_order):
        shown, columns = [], columns_of(document, kind, lang)
        for each in document["alternatives"]:
            cells = [rows.get((each["name"], altitude_, *kind)) for altitude_, _ in columns]
            if any(cell is not None for cell in cells):
                texts = [parts(cell, lang, say) for cell in cells]
                shown.append({"name": pick(each["label"], lang), "key": each["name"], "rows": cells, "cells": texts})
        what, case = titles(document, kind, lang)
        found.append(
            {
                "kind": kind, "measure": kind[0], "headline": headline(kind, falls(document)), "what": what,
                "case": case, "rows": shown, "heads": [head for _, head in columns],
                "channels": channels(shown, lang, say),
            }
        )  # fmt: skip
    return found


def headline(kind: Sequence[Any], falling: bool = False) -> bool:
    """Whether a table is among the few that are read first; of ballistic missiles both azimuths are."""
    measure, _, cue, _, _, azimuth, _ = kind
    worst = azimuth == "worst" or falling
    return measure == "seen" or (measure in ("denied", "defended") and cue == "network" and worst)


def falls(document: Document) -> bool:
    """Whether the target is a ballistic missile: it has a launch range, and its defence no height."""
    return document["request"]["target"].get("launch_range_m") is not None


def columns_of(document: Document, kind: Sequence[Any], lang: str) -> list[tuple[str, str]]:
    """Altitude of the rows of each column, and what stands above it."""
    if kind[0] == "defended" and falls(document):
        return [("", translator(lang)(mark("launched from {range}")).format(range=launched(document, lang)["range"]))]
    return [(a["text"], altitude(a, lang)) for a in document["request"]["altitudes"]]


def launched(document: Document, lang: str) -> dict[str, str]:
    """A ballistic missile's class, launch range, apogee and speed in words."""
    target = document["request"]["target"]
    return {
        "klass": told(CLASS_LABELS, target["klass"], translator(lang)),
        "name": target["entry"].partition("/")[2],
        "range": exact(target["launch_range_m"] / 1e3, "km", lang),
        "apogee": quantity(target["apogee_m"] / 1e3, "km", lang, 0),
        "speed": quantity(target["speed_m_s"], "m/s", lang, 0),
    }


def _order(kind: Sequence[Any]) -> tuple[Any, ...]:
    measures = (*SEEN_TITLES, "denied", "defended")
    measure, rcs_m2, cue, shots, kill, azimuth, weight = kind
    return (weight != "area", measures.index(measure), shots, kill, cue == "own", azimuth == "mean", -rcs_m2)


def exact(value: float, unit: str, lang: str) -> str:
    """A number that was asked for, with the digits it was asked with: 0.1 m², 2 km."""
    text = f"{value:g}"
    return quantity(value, unit, lang, len(text.partition(".")[2]) if "e" not in text else None)


def altitude(a: Mapping[str, Any], lang: str) -> str:
    """'100 m agl', '5 km amsl'; the abbreviations are explained beside the table."""
    far = a["height_m"] >= 1000.0
    return f"{exact(a['height_m'] / (1000.0 if far else 1.0), 'km' if far else 'm', lang)} {a['reference']}"


def titles(document: Document, kind: Sequence[Any], lang: str) -> tuple[str, str]:
    """What a table counts, and for which cross section and probability: everything that must be said with it."""
    say, request = translator(lang), document["request"]
    measure, rcs_m2, cue, shots, kill, azimuth, weight = kind
    target = request["target"]
    words = {
        "klass": told(CLASS_LABELS, target["klass"], say), "speed": quantity(target["speed_m_s"], "m/s", lang, 0),
        "shots": shots, "kill": exact(kill, "", lang), "release": exact(request["release_m"] / 1e3, "km", lang),
    }  # fmt: skip
    if measure in SEEN_TITLES:
        said = [say(SEEN_TITLES[measure])]
    elif falls(document):
        said = [
            say(
                "Ground defended against {klass} ({name}) launched from {range}, apogee {apogee}, {speed} at impact: "
                "n ≥ {shots} shots and kill probability q ≥ {kill}, before impact"
            ).format(**words | launched(document, lang))
        ]
    elif measure == "denied":
        said = [say("Airspace denied to {klass} at {speed}: at least one shot meets them").format(**words)]
    else:
        said = [
            say(
                "Ground defended against {klass} at {speed}: n ≥ {shots} shots and kill probability q ≥ {kill}, "
                "before release at {release}"
            ).format(**words)
        ]
    if measure not in SEEN_TITLES:
        said += [say(AZIMUTH_TITLES[azimuth]), say(CUE_TITLES[cue])]
    if weight != "area":
        said.append(say("weighted by {weight}").format(weight=weight))
    case = [say("cross section {rcs}").format(rcs=exact(rcs_m2, "m²", lang)),
            say("Pd {pd} in one look").format(pd=exact(request["pd"], "", lang))]  # fmt: skip
    return unbroken(", ".join(said)), ", ".join(case)


def unbroken(text: str) -> str:
    """A comparison stays on one line."""
    return text.replace(" ≥ ", "\u00a0≥\u00a0")


def area_name(area: Mapping[str, Any], lang: str) -> str:
    """A country by its name in the reader's language where Égide has it; a file or the rectangle as it was written."""
    return translator(lang)(AREA_LABELS.get(area["name"], area["name"]))


def channels(shown: Sequence[Mapping[str, Any]], lang: str, say: Translator) -> str:
    """How many fire channels one target occupies where ground is defended."""
    rows = [row for line in shown for row in line["rows"] if row and row["channels_most"]]
    if not rows:
        return ""
    means = [row["channels_mean"] for row in rows if row["channels_mean"] is not None]
    return say("Fire channels that one target occupies where this holds: {mean} in the mean, {most} at most.").format(
        mean=interval(min(means), max(means), lang, 1), most=max(row["channels_most"] for row in rows)
    )


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["alternative"], row["altitude"], *_kind(row))


def _kind(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("measure", "rcs_m2", "cue", "shots", "kill", "azimuth", "weight"))


# --- what it costs ---------------------------------------------------------------------


def prices(document: Document, lang: str) -> list[dict[str, Any]]:
    """What each alternative adds to the first one, per billion dollars of what it adds. Prices of different kinds are
    named, not averaged; an alternative with a battery without a price, or without one that the first has, has none."""
    say = translator(lang)
    if len(document["alternatives"]) < 2:
        return []
    base = document["alternatives"][0]
    have = {(price["unit"], price["system"]) for price in base["prices"]}
    kinds = _priced(document)
    found = []
    for each in document["alternatives"][1:]:
        added = [price for price in each["prices"] if (price["unit"], price["system"]) not in have]
        lacks = have - {(price["unit"], price["system"]) for price in each["prices"]}
        if not added or lacks or any(price["nominal_usd"] is None for price in added):
            continue
        low, nominal, high = (sum(p[f"{end}_usd"] for p in added) / 1e9 for end in ("low", "nominal", "high"))
        doubt = say(", disputed")
        bases = dict.fromkeys(told(BASIS_LABELS, p["basis"], say) + doubt * p["disputed"] for p in added)
        found.append(
            {
                "name": pick(each["label"], lang),
                "key": each["name"],
                "price": say("{nominal} bn USD [{ends}]").format(
                    nominal=number(nominal, lang, 1), ends=interval(low, high, lang, 1)),
                "basis": say("; ").join(bases),
                "gains": [_gains(document, base, each, kind, nominal, lang) for kind in kinds],
            }
        )  # fmt: skip
    return found


def gains(document: Document, lang: str) -> list[dict[str, Any]]:
    """One table a measure: points of per cent a billion, alternatives down, heights across."""
    say, rows = translator(lang), prices(document, lang)
    names = {"seen": SEEN_TITLES["seen"], "denied": mark("Airspace denied"), "defended": mark("Ground defended")}
    found = []
    for i, kind in enumerate(_priced(document) if rows else ()):
        what = say(names[kind[0]])
        if kind[0] == "defended":
            what += unbroken(say(", n ≥ {shots}, q ≥ {kill}").format(shots=kind[3], kill=exact(kind[4], "", lang)))
        found.append({"what": what, "case": "", "heads": [head for _, head in columns_of(document, kind, lang)],
                      "rows": [{"name": row["name"], "key": row["key"], "cells": [(cell,) for cell in row["gains"][i]]}
                               for row in rows]})  # fmt: skip
    return found


def _priced(document: Document) -> list[tuple[Any, ...]]:
    """The measures that are set against a price: those read first, largest cross section, by area."""
    largest = document["request"]["cases"][-1]["rcs_m2"]
    kinds = sorted({_kind(row) for row in document["alternatives"][0]["rows"]}, key=_order)
    return [kind for kind in kinds if headline(kind) and kind[1] == largest and kind[6] == "area"]


def _gains(
    document: Document, base: Mapping[str, Any], each: Mapping[str, Any], kind: tuple[Any, ...], price: float, lang: str
) -> list[str]:
    """Points of per cent a billion at each height, where both shares are usable."""
    say = translator(lang)
    old, new = ({_key(row)[1:]: row for row in one["rows"]} for one in (base, each))
    shown = []
    for altitude_, _ in columns_of(document, kind, lang):
        now, then = new.get((altitude_, *kind)), old.get((altitude_, *kind))
        if now is None or then is None or now["nominal"] is None or then["nominal"] is None:
            shown.append("–")
        elif not (now["usable"] and then["usable"]):
            shown.append(say("not usable"))
        else:
            shown.append(number(100.0 * (now["nominal"] - then["nominal"]) / price, lang, 1))
    return shown


# --- what must be said with it ---------------------------------------------------------


def limits(document: Document, lang: str) -> list[str]:
    """What the tables cannot say."""
    say, request, grid = translator(lang), document["request"], document["grid"]
    cell = quantity(grid["cell_m"] / 1e3, "km", lang, 1)
    said = [
        say("agl: above the ground below the target; amsl: above mean sea level. The geoid's undulation is ignored. "
            "Cells whose ground is higher than an amsl height have no air there and are not counted."),
        say("Low and high: every catalogue value at its unfavourable or favourable end at once, corners and not an "
            "interval of probability."),
        say("Line of sight over terrain alone: no trees, no buildings, no diffraction, no clutter, no jamming."),
        say("Every unit is taken as in service; a footprint is for one target at a time and says nothing of a raid. "
            "Fighter patrols are not counted."),
        say("Airborne radars are averaged over their orbit."),
        say("Sites are notional. Boundaries imply no position."),
    ]  # fmt: skip
    if falls(document):
        said.append(
            say("The missile flies one plain arc over a still sphere, without boost, drag, manoeuvre or decoys, from "
                "each of {n} azimuths; it is met on its way down only, and not seen beyond the terrain."
                ).format(n=request["headings"])
        )  # fmt: skip
    if any(row["terrain_low"] is not None for each in document["alternatives"] for row in each["rows"]):
        said.append(
            say("Terrain cells are {cell} wide: below 3 km above the ground a share is given with a band measured by "
                "degrading fine tiles, and is not usable where the band is wider than half of it.").format(cell=cell)
        )  # fmt: skip
    said += [say(note) for note in document["area"]["notes"]]
    if request["without"]:
        said.append(say("Left out: {names}.").format(names=", ".join(request["without"])))
    return said


def lines(folder: Path | str, lang: str, *, full: bool = False) -> list[str]:
    """The tables as plain text: those read first, or all."""
    document, say = read(folder), translator(lang)
    area = document["area"]
    out = [
        say("{title}: share of {area}, {km2}").format(
            title=pick(document["scenario"]["title"], lang), area=area_name(area, lang),
            km2=quantity(area["km2"], "km²", lang, 0)),
        say("In per cent: nominal [low–high]."),
    ]  # fmt: skip
    for each in tables(document, lang):
        if not (full or each["headline"]):
            continue
        out += ["", f"{each['what']}, {each['case']}"]
        table = [
            ("", *each["heads"]),
            *((row["key"] or row["name"], *map(" ".join, row["cells"])) for row in each["rows"]),
        ]
        out += aligned(table)
        if each["channels"]:
            out.append(each["channels"])
    cost = prices(document, lang)
    if cost:
        out += ["", say("Points of per cent gained over {name}, a billion dollars of what is added").format(
            name=pick(document["alternatives"][0]["label"], lang))]  # fmt: skip
        out += [f"{row['name']}{say(': ')}{row['price']} ({row['basis']})" for row in cost]
        for each in gains(document, lang):
            out += ["", each["what"], *_table(each)]
    return [*out, "", *limits(document, lang)]


def _table(each: Mapping[str, Any]) -> list[str]:
    rows = [(row["key"] or row["name"], *map(" ".join, row["cells"])) for row in each["rows"]]
    return aligned([("", *each["heads"]), *rows])


def aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Rows under a head: the first column words, the others numbers."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join([first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]).rstrip()
        for first, *rest in table
    ]
