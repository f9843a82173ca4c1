"""The equipment library: data files in which every number has a range, a source and a grade.

entry    one piece of equipment, `radar/91n6e`
value    one ranged number of an entry, with its source
basis    stated, derived or assumed; most are assumed, and every report says how many

    >>> from egide import catalog
    >>> catalog.load()["radar/91n6e"].values["reference_range"].shown("nominal")
    '390 km'

The data are YAML files, one a family, in the folder `data`; its README says how to add an entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from egide.catalog.model import (
    BASES,
    GRADE_BASIS,
    LEVELS,
    Catalog,
    Entry,
    Level,
    Source,
    Value,
    unknown_entry,
    unknown_parameter,
)
from egide.catalog.parameters import OPTIONAL, PARAMETERS, required
from egide.catalog.reading import read_files

__all__ = [
    "BASES",
    "GRADE_BASIS",
    "LEVELS",
    "OPTIONAL",
    "PARAMETERS",
    "Catalog",
    "Entry",
    "Level",
    "Source",
    "Value",
    "load",
    "read_files",
    "required",
    "unknown_entry",
    "unknown_parameter",
]


@cache
def _shipped() -> Catalog:
    """The catalogue that comes with the package; it never changes, so it is read once."""
    folder = Path(__file__).parent / "data"
    register = folder / "sources.yaml"
    return read_files(sorted(file for file in folder.glob("*.yaml") if file != register), register)


def load(extra: Iterable[Path] = ()) -> Catalog:
    """The shipped catalogue, with the entries of `extra` files added. Raises ScenarioError with every problem."""
    files = list(extra)
    return read_files(files, known=_shipped()) if files else _shipped()
