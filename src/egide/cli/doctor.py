"""`egide doctor`: what this installation has, what it lacks, and what to do about it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter


def doctor(*, json: Annotated[bool, Parameter(help="Print one JSON document.", negative="")] = False) -> int:
    """Say what this installation has and what it lacks.

    Example: egide doctor
    """
    return 0
