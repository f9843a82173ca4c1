"""What a campaign says of its study: the texts it was made from, the files they name, and the manifest's own words."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from egide.campaign.plan import BASE, Plan
from egide.campaign.runner import plain
from egide.scenario import Scenario

__all__ = ["files_of", "inputs", "manifest", "scenario_files", "scenario_text", "study_text"]


def study_text(plan: Plan) -> str:
    """The study file as it was read; put together, where it extends another one."""
    return plan.study.text or plan.path.read_text(encoding="utf-8")


def scenario_text(plan: Plan) -> str:
    """The base scenario as it was read."""
    return plan.study.base_path.read_text(encoding="utf-8")


def files_of(plan: Plan) -> dict[str, Path]:
    """Data files that the base or one of its alternatives names and that are there: as written -> where it lies."""
    found: dict[str, Path] = {}
    for name in (BASE, *plan.alternatives):
        scenario = plan.variants.scenario(None if name == BASE else name, {})
        found |= {
            written: path for written, path in scenario_files(scenario, scenario.folder).items() if path.is_file()
        }
    return dict(sorted(found.items()))


def scenario_files(scenario: Scenario, folder: Path) -> dict[str, Path]:
    """Data files that a scenario names, from a folder. Of a recording and its stand-in, the first that is there."""
    written = [*scenario.terrain.files, *([scenario.terrain.file] if scenario.terrain.file else [])]
    if scenario.traffic is not None:
        named = [text for text in (scenario.traffic.recording, scenario.traffic.otherwise) if text]
        written += [text for text in named if (folder / text).is_file()][:1] or named[:1]
    return {text: folder / text for text in written}


def inputs(plan: Plan) -> dict[str, str]:
    """Digest of each of those files."""
    return {name: _digest(path) for name, path in files_of(plan).items()}


def manifest(plan: Plan) -> dict[str, Any]:
    """The manifest's own words on the study."""
    study, base = plan.study, plan.variants.scenario(None, {})
    labels = {name: plan.variants.scenario(None if name == BASE else name, {}) for name in plan.alternatives}
    return {
        "study": {
            "name": study.name,
            "title": plain(study.title),
            "question": plain(study.question),
            "note": plain(study.note),
            "path": str(plan.path),
        },
        "scenario": {"name": base.name, "sha256": base.sha256, "path": str(study.base_path)},
        "alternatives": {
            name: {"label": plain(scenario.resolved.label) if scenario.resolved else None}
            for name, scenario in labels.items()
        },
        "reference": study.reference or plan.alternatives[0],
        "compare": [list(pair) for pair in study.compare],
        "modes": plan.modes,
        "replications": {"least": min(plan.replications), "most": max(plan.replications)},
        "points": len(plan.points),
        "design": [design.kind for design in study.campaign.design],
        "factors": [factor.name for factor in plan.factors],
    }


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
