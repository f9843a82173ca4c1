"""Build hook: scenarios, studies and published values go into the wheel, so that `egide demo` and `egide validate` need
no checkout.

recorded   a study's folder of recordings that may be read from a checkout but are not handed on in a package
published  numbers of other people that the models are compared with; the tests read them where they stand
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = ("scenarios", "studies")
LEFT_OUT = {"recorded", "out", "__pycache__"}


class ShippedFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Map scenarios/ and studies/ to egide/scenarios and egide/studies, file by file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # a checkout is read where it stands
            return
        root = Path(self.root)
        for top in SHIPPED:
            for file in sorted((root / top).rglob("*")):
                inside = file.relative_to(root)
                if file.is_file() and not LEFT_OUT.intersection(inside.parts):
                    build_data["force_include"][str(file)] = f"egide/{inside.as_posix()}"
        for file in sorted((root / "tests" / "published").glob("*.csv")):
            build_data["force_include"][str(file)] = f"egide/validation/published/{file.name}"
