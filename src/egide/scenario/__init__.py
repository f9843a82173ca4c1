"""Scenario files: read, patched, checked, frozen.

    >>> from egide import scenario
    >>> scenario.load("scenario.yaml", alternative="one-shot", sets=["duration=1 h"])

Every mistake of a file is found before any is reported, with its line, its column and what to write instead.
"""

from __future__ import annotations

from egide.scenario.loading import Variants, alternatives, check, load, parse, placed
from egide.scenario.model import Alternative, Scenario
from egide.scenario.money import Money
from egide.scenario.money_reading import check_money, load_money
from egide.scenario.schema import schema
from egide.scenario.study import Study, check_study, is_study, kind_of, load_study
from egide.scenario.summary import counts
from egide.scenario.writing import dump

__all__ = [
    "Alternative",
    "Money",
    "Scenario",
    "Study",
    "Variants",
    "alternatives",
    "check",
    "check_money",
    "check_study",
    "counts",
    "dump",
    "is_study",
    "kind_of",
    "load",
    "load_money",
    "load_study",
    "parse",
    "placed",
    "schema",
]
