"""Scenario files: read, patched, checked, frozen.

    >>> from egide import scenario
    >>> scenario.load("scenario.yaml", alternative="one-shot", sets=["duration=1 h"])

Every mistake of a file is found before any is reported, with its line, its column and what to write instead.
"""

from __future__ import annotations

from egide.scenario.loading import Variants, alternatives, check, load, parse, placed
from egide.scenario.model import Alternative, Scenario
from egide.scenario.schema import schema
from egide.scenario.study import Study, check_study, is_study, load_study
from egide.scenario.summary import counts
from egide.scenario.writing import dump

__all__ = [
    "Alternative",
    "Scenario",
    "Study",
    "Variants",
    "alternatives",
    "check",
    "check_study",
    "counts",
    "dump",
    "is_study",
    "load",
    "load_study",
    "parse",
    "placed",
    "schema",
]
