"""One run: a System and three numbers in, event tables out. The whole of Égide turns around this."""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.compiler.system import System
from egide.engine.state import Replication

__all__ = ["simulate"]


def simulate(
    system: System, seed: int, point: int, replication: int, detail: bool = False
) -> dict[str, np.ndarray[Any, Any]]:
    """The event tables (egide.events) of one replication. Same arguments, same bits, in any process."""
    return Replication(system, seed, point, replication, detail).run()
