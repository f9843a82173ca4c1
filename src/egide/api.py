"""The Python interface in a few thin functions; `import egide as eg` hands them out as `eg.load` and so on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from egide.scenario import Scenario

__all__ = ["load"]


def load(path: str | Path, *, alternative: str | None = None, sets: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario. Raises ScenarioError with every problem of the file."""
    from egide import scenario

    return scenario.load(Path(path), alternative=alternative, sets=sets)
