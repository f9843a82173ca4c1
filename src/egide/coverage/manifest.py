"""The manifest of a coverage: what was asked, told so that two requests can be compared.

digest       what makes two requests the same: scenario, catalogue, terrain, area, options, version
difference   where two requests differ, in words
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from egide import __version__
from egide.coverage.area import transform_of
from egide.coverage.rasters import NOTICE
from egide.coverage.survey import Plan

__all__ = ["differences", "digest_of", "document_of", "read_manifest"]

COMPARED: Final = ("egide", "scenario", "request", "area", "grid", "asked")
MOST_TOLD: Final = 4


def digest_of(plan: Plan) -> str:
    """Of everything that the result depends on."""
    told = hashlib.blake2b(digest_size=16)
    told.update(plan.path.read_bytes())
    told.update(repr((plan.request, list(plan.scenarios), plan.sets, plan.area.name, plan.area.sea_m,
                      list(plan.values), plan.weight_sha256, plan.grid.dem.sha256, __version__)).encode())  # fmt: skip
    for scenario in plan.scenarios.values():
        told.update(repr(sorted(scenario.catalog.entries.items())).encode())
    told.update(np.packbits(plan.area.inside).tobytes())
    return told.hexdigest()


def document_of(plan: Plan, digest: str) -> dict[str, Any]:
    """A new manifest: what is asked, and nothing finished."""
    scenario = next(iter(plan.scenarios.values()))
    grid, request = plan.grid, plan.request
    return {
        "format": 1,
        "kind": "coverage",
        "egide": __version__,
        "digest": digest,
        "complete": False,
        "notice": NOTICE,
        "scenario": {
            "name": scenario.name,
            "file": plan.path.name,
            "sha256": scenario.sha256,
            "title": {lang: scenario.title.pick(lang) for lang in ("en", "fr")},
            "sets": list(plan.sets),
        },
        "request": {
            "altitudes": [
                {"text": a.text, "label": a.label, "height_m": a.height_m, "reference": a.reference}
                for a in request.altitudes
            ],
            "cases": [asdict(case) for case in request.cases],
            "pd": request.pd,
            "target": asdict(request.target),
            "rules": [asdict(rule) for rule in request.rules],
            "release_m": request.release_m,
            "headings": request.headings,
            "without": list(request.without),
            "levels": list(request.levels),
            "weights": list(plan.values),
            "weight_sha256": plan.weight_sha256,
            "engagement": request.engagement,
        },
        "area": {
            "name": plan.area.name,
            "kind": plan.area.kind,
            "sea_m": plan.area.sea_m,
            "km2": plan.area.km2,
            "inside_share": plan.area.inside_share,
            "notes": list(plan.area.notes),
        },
        "grid": {
            "rows": grid.shape[0],
            "columns": grid.shape[1],
            "transform": list(transform_of(grid)),
            "crs": "EPSG:4326",
            "cell_m": grid.cell_m,
            "terrain": grid.dem.source,
            "terrain_sha256": grid.dem.sha256,
        },
        "files": ["terrain.tif", "area.geojson", "table.csv", "table.txt", "coverage.en.html", "coverage.fr.html"],
        "asked": list(plan.scenarios),
        "alternatives": [],
    }


def read_manifest(path: Path) -> dict[str, Any] | None:
    """A coverage's manifest, if it is one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("kind") == "coverage" else None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """'request.pd 0.5, not 0.8': what the folder holds, and what is asked; the first few."""
    have, want = (dict(_leaves({name: each.get(name) for name in COMPARED})) for each in (old, new))
    told = [
        f"{name} {_shown(have.get(name))}, not {_shown(want.get(name))}"
        for name in dict.fromkeys([*have, *want]) if have.get(name) != want.get(name)
    ]  # fmt: skip
    return [*told[:MOST_TOLD], *(["..."] if len(told) > MOST_TOLD else [])] or ["catalogue"]


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value under its dotted name; lists as one text."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        texts = [item.get("text", item) if isinstance(item, Mapping) else item for item in value]
        yield name, ",".join(str(text) for text in texts)
    else:
        yield name, value


def _shown(value: Any) -> str:
    text = "nothing" if value in (None, "") else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
