"""The exposure study as one finding: what precautions spare and cost, and what a shared picture lets a network learn.

mitigation  `egide.analysis.mitigation`: what a collector gets of protected aircraft, against what its owner gives up
learned     `egide.analysis.learned`: what the system's own network holds of friendly aircraft, by sharing rule
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from egide.analysis import exposure as ledger
from egide.analysis import learned as learning
from egide.analysis import mitigation as mitigating
from egide.analysis.exposure import NOT_COVERED, Assumptions
from egide.analysis.learned import Learned
from egide.analysis.mitigation import Covered, Mitigation

__all__ = ["ExposureStudy", "read"]


@final
@dataclass(frozen=True)
class ExposureStudy:
    """Both parts, either of which may be missing; and under which height and cross section coverage was asked."""

    mitigation: Mitigation | None
    learned: Learned | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)  # height_m, agl, rcs_m2
    first: str = NOT_COVERED

    def document(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "kind": "exposure study",
            "first": self.first,
            "asked": dict(self.asked),
            "mitigation": self.mitigation.document() if self.mitigation else None,
            "learned": self.learned.document() if self.learned else None,
        }


def read(
    compare_folder: Path | None, covered: Covered | None = None, nato_runs: Path | None = None,
    rules: Assumptions | None = None, asked: Mapping[str, Any] | None = None, system: str = learning.SYSTEM,
) -> ExposureStudy:  # fmt: skip
    """Read both from folders that `egide compare` wrote: of studies/exposure-2019, and (`nato_runs`) of a study whose
    alternatives share pictures in different ways, as studies/turkiye-2019.

    `covered` is `egide.coverage.emission.of_rules(compare_folder)` and `asked` its `describe()`: without them the price
    of a blanked sector is not known. A part is None where its folder is not given or holds nothing of the kind; one
    sharing rule alone is nothing to compare.
    """
    one = compare_folder is not None and compare_folder == nato_runs
    bundles = ledger.runs([compare_folder]) if one and compare_folder is not None else None
    found = mitigating.read(compare_folder, covered, rules, bundles=bundles) if compare_folder is not None else None
    told = learning.read(nato_runs, system, bundles) if nato_runs is not None else None
    return ExposureStudy(
        found if found is not None and found.rules else None,
        told if told is not None and len({row.rule for row in told.rows}) > 1 else None,
        dict(asked or {}),
    )
