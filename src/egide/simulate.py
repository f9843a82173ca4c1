"""One run: a System and three numbers in, event tables out. The whole of Égide turns around this."""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np

from egide.compiler.system import System
from egide.engine.state import Replication, Workspace

__all__ = ["simulate"]

_KEPT: Final = threading.local()  # the memory of this thread's last replication, for the next of the same System


def simulate(
    system: System, seed: int, point: int, replication: int, detail: bool = False
) -> dict[str, np.ndarray[Any, Any]]:
    """The event tables (egide.events) of one replication. Same arguments, same bits, in any process."""
    kept: Workspace | None = getattr(_KEPT, "workspace", None)
    _KEPT.workspace = None  # one that is interrupted is not used again
    if kept is None or kept.system is not system:
        kept = None  # goes before the next comes
        kept = Workspace(system)
    tables = Replication(system, seed, point, replication, detail, kept).run()
    _KEPT.workspace = kept
    return tables
