"""Options that several commands have, each written once: what it is called, what its help says.

A command gives the default. Cyclopts reads the annotation, so these are types like any other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

Output: TypeAlias = Annotated[Path, Parameter(name=["--output", "-o"], help="Folder to write; must not exist yet.")]
Workers: TypeAlias = Annotated[int | None, Parameter(help="Processes; as many as processors where nothing is said.")]
Detail: TypeAlias = Annotated[str, Parameter(help="Keep plots, tracks and messages of these: 0,17 or all or none.")]
Measures: TypeAlias = Annotated[str | None, Parameter(help="Print these, as in leakers,causes; all are written.")]
Fast: TypeAlias = Annotated[bool, Parameter(help="Quick tracking: leakage only, not mistakes.", negative="")]
Json: TypeAlias = Annotated[bool, Parameter(help="Print one JSON document.", negative="")]
Lang: TypeAlias = Annotated[str | None, Parameter(help="Language of the answer: en or fr.")]
