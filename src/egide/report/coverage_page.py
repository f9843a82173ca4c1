"""The page of a coverage: the shares read first, the maps, every other table, what it cannot say.

The page is made from the folder's files alone; maps are pictures inside it; it runs no script.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from egide.i18n import number, pick, quantity, translator
from egide.report import coverage, coverage_maps, whole
from egide.report.filled import fill

__all__ = ["write"]

WIDTH_PX: Final = 1200


def write(folder: Path | str, lang: str, out: Path | str) -> Path:
    """Draw the maps, write the page whole or not at all, and return where it is."""
    text = fill("coverage", lang, content(Path(folder), lang))
    return whole.write_text(out, text)


def content(folder: Path, lang: str) -> dict[str, Any]:
    """What the template shows."""
    document, say = coverage.read(folder), translator(lang)
    area, tables = document["area"], coverage.tables(document, lang)
    maps = coverage_maps.sheets(folder, lang)
    largest = document["request"]["cases"][-1]["text"]
    return {
        "version": document["egide"],
        "title": say("Coverage: {title}").format(title=pick(document["scenario"]["title"], lang)),
        "facts": say("share of {area}, {km2}").format(
            area=coverage.area_name(area, lang), km2=quantity(area["km2"], "km²", lang, 0)
        ),
        "headlines": grouped([table for table in tables if table["headline"]]),
        "others": grouped([table for table in tables if not table["headline"]]),
        "limits": coverage.limits(document, lang),
        "maps": [each | _shown(folder / each["file"]) for each in maps if each["case"] == largest],
        "other_maps": [each for each in maps if each["case"] != largest],
        "losses": losses(document, lang),
        "prices": coverage.prices(document, lang),
        "gains": coverage.gains(document, lang),
        "base": pick(document["alternatives"][0]["label"], lang),
        "command": command(document),
        "digest": document["digest"],
        "sha256": document["scenario"]["sha256"],
        "terrain": document["grid"]["terrain"],
    }


def grouped(tables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tables that differ in the cross section alone, under one heading."""
    return [{"what": what, "tables": list(group)} for what, group in groupby(tables, key=lambda table: table["what"])]


def losses(document: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    """For each alternative, the five units whose loss costs most of what is seen, at each height, largest case."""
    rcs_m2 = document["request"]["cases"][-1]["rcs_m2"]
    found, say = [], translator(lang)
    for each in document["alternatives"]:
        usable = {row["altitude"]: row["usable"] for row in each["rows"]
                  if row["measure"] == "seen" and row["rcs_m2"] == rcs_m2 and row["weight"] == "area"}  # fmt: skip
        labels = {unit["name"]: pick(unit["label"], lang) for unit in each["units"]}
        lines = []
        for a in document["request"]["altitudes"]:
            rows = [r for r in each["losses"] if r["altitude"] == a["text"] and r["rcs_m2"] == rcs_m2 and r["share"]]
            told = [
                f"{labels.get(row['unit'], row['unit'])} {number(100.0 * row['share'], lang, 1)}" for row in rows[:5]
            ]
            units = (told or ["–"]) if usable[a["text"]] else [say("not usable")]
            lines.append({"altitude": coverage.altitude(a, lang), "units": units})
        found.append({"name": pick(each["label"], lang), "rows": lines})
    return found


def command(document: Mapping[str, Any]) -> str:
    """The words that make the same coverage again."""
    request, scenario = document["request"], document["scenario"]
    words = ["egide", "coverage", scenario["file"]]
    names = [each["name"] for each in document["alternatives"] if each["name"]]
    words += ["--alternative", ",".join(names)] if names else []
    words += ["--altitude", ",".join(a["text"] for a in request["altitudes"])]
    words += ["--rcs", ",".join(case["text"] for case in request["cases"]), "--pd", f"{request['pd']:g}"]
    words += [word for name in request["without"] for word in ("--without", name)]
    words += ["--area", document["area"]["name"], "--class", request["target"]["entry"]]
    if coverage.falls(document):
        words += ["--launch-range", f"{request['target']['launch_range_m']:g}m"]
        words += ["--apogee", f"{request['target']['apogee_m']:.3f}m"]
    else:
        words += ["--speed", f"{request['target']['speed_m_s']:g}m/s", "--release", f"{request['release_m']:g}m"]
    words += ["--shots", ",".join(str(rule["shots"]) for rule in request["rules"])]
    words += ["--kill", ",".join(f"{rule['kill']:g}" for rule in request["rules"])]
    words += ["--sea", f"{document['area']['sea_m']:g}m"] if document["area"]["sea_m"] else []
    words += [word for text in scenario["sets"] for word in ("--set", text)]
    return shlex.join([*words, "-o", "out"])


def _shown(path: Path) -> dict[str, Any]:
    """The sheet at the width of a page, as a data: address of some 150 kB; the file beside the page is the fine one."""
    import io

    from PIL import Image

    picture = Image.open(path).convert("RGB")
    if picture.width > WIDTH_PX:
        picture = picture.resize((WIDTH_PX, round(picture.height * WIDTH_PX / picture.width)), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=74, optimize=True)
    uri = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"uri": uri, "width": picture.width, "height": picture.height}
