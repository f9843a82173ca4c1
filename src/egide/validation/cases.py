"""Published numbers as data: one file a model, one row a number.

call        public name under egide.physics, or whole from `egide.` on       arguments   its arguments by name, JSON
item        which item of the answer, by place (1, or 1.0.2 inside matrices); empty where it is one number
value       what it must give, within rtol of it or atol, whichever is wider
evidence    published (someone printed this number), published formula, analytic (closed form), computed (independently)
"""

from __future__ import annotations

import csv
import importlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from egide.errors import StoreError, store_error
from egide.i18n import mark

__all__ = ["COLUMNS", "Case", "Verdict", "folder", "judge", "models", "published"]

COLUMNS: Final = ("call", "arguments", "item", "value", "rtol", "atol", "evidence", "source")

_PACKAGE: Final = Path(__file__).resolve().parent


@final
@dataclass(frozen=True)
class Case:
    """One number and who says so."""

    call: str
    arguments: dict[str, Any]
    item: str | None
    value: float
    rtol: float
    atol: float
    evidence: str
    source: str

    def __str__(self) -> str:
        shown = ",".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.call}({shown})" + ("" if self.item is None else f"[{self.item}]")

    @property
    def tolerance(self) -> float:
        """How far from the value still counts as agreement, in the value's unit."""
        return max(self.rtol * abs(self.value), self.atol) if math.isfinite(self.value) else 0.0


@final
@dataclass(frozen=True)
class Verdict:
    """A case, and what we make of it."""

    model: str
    case: Case
    ours: float
    ok: bool
    fault: str = ""  # what went wrong where there is no number


def folder() -> Path:
    """Where the files are: in the package when installed, in the repository's tests from a checkout."""
    packaged = _PACKAGE / "published"
    return packaged if packaged.is_dir() else _PACKAGE.parents[2] / "tests" / "published"


def models() -> list[str]:
    """Names of the files, without ending."""
    found = sorted(file.stem for file in folder().glob("*.csv"))
    if not found:
        raise store_error(str(folder()), mark("no published values are here"), mark("install Égide again"))
    return found


def published(model: str) -> list[Case]:
    """The cases of one file, in its order."""
    file = folder() / f"{model}.csv"
    try:
        with file.open(encoding="utf-8", newline="") as rows:
            return [_case(row) for row in csv.DictReader(rows)]
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(file, error) from error


def _case(row: dict[str, str]) -> Case:
    return Case(
        row["call"], json.loads(row["arguments"]), row["item"] or None, float(row["value"]),
        float(row["rtol"]), float(row["atol"]), row["evidence"], row["source"],
    )  # fmt: skip


def _unreadable(file: Path, error: Exception) -> StoreError:
    return store_error(
        str(file), mark("this table of published values cannot be read: {why}"), mark("install Égide again"), why=error
    )


def answer(case: Case) -> float:
    """What our function gives."""
    whole = case.call if case.call.startswith("egide.") else f"egide.physics.{case.call}"
    module, _, name = whole.rpartition(".")
    given = getattr(importlib.import_module(module), name)(**case.arguments)
    for place in [] if case.item is None else case.item.split("."):
        given = given[int(place)]
    return float(given)


def judge(model: str, case: Case) -> Verdict:
    """Call our function and compare. A function that fails is a case that fails, with its words."""
    try:
        ours = answer(case)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Verdict(model, case, math.nan, False, f"{type(error).__name__}: {error}")
    return Verdict(model, case, ours, ours == case.value or abs(ours - case.value) <= case.tolerance)
