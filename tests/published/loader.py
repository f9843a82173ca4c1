"""Published numbers as test data: one file a model, one row a number.

call        public name under egide.physics       arguments   its arguments by name, JSON
item        which item of the answer, empty where it is one number
value       what it must give, within rtol of it or atol, whichever is wider
evidence    published (someone printed this number), published formula, analytic (closed form), computed (independently)
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    call: str
    arguments: dict[str, Any]
    item: int | None
    value: float
    rtol: float
    atol: float
    evidence: str
    source: str

    def __str__(self) -> str:
        shown = ",".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.call}({shown})" + ("" if self.item is None else f"[{self.item}]")


def published(name: str) -> list[Case]:
    """The cases of one file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Case(
                row["call"], json.loads(row["arguments"]), int(row["item"]) if row["item"] else None,
                float(row["value"]), float(row["rtol"]), float(row["atol"]), row["evidence"], row["source"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
