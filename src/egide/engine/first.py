"""The very first compile, by two processors: no result depends on it, only how long the first run of all takes.

side     kernels under `scan` and those under the rest of the loop share few; one process compiles and keeps each
handed   the tables of a replication in the loop's order: kernels are compiled for their types, found by name
rows     tables of one row, by the name that kernels give to that row

The other process is this very Python with this module; if it fails, the loop compiles what is missing, as ever.
"""

from __future__ import annotations

import gc
import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from egide import cache
from egide.engine.loop import arrive, loop, scan
from egide.engine.turn import decide
from egide.jit import compiles, typed

__all__ = ["compile_first"]


def compile_first(handed: Sequence[Any], rows: Callable[[], Mapping[str, Any]]) -> None:
    """Compile both sides at once where this machine has not compiled the engine yet. Does nothing where it has, on one
    processor, and where kernels run as plain Python."""
    if not compiles() or _kept() or (os.cpu_count() or 1) < 2:
        return
    names = {**dict(zip(_parameters(loop), handed, strict=True)), **rows()}
    types = {name: typed(value) for name, value in names.items()}
    command = [sys.executable, "-c", "from egide.engine.first import _other_side; _other_side()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as other:
        if other.stdin is not None:
            other.stdin.write(pickle.dumps(types))
            other.stdin.close()
        for kernel in (decide, arrive):
            _compile(kernel, types)


def _kept() -> bool:
    """Whether the loop is compiled here or on disk."""
    dispatcher: Any = loop
    return bool(dispatcher.overloads) or any(cache.kernels_folder().rglob("loop.loop-*.nbc"))


def _other_side() -> None:
    _compile(scan, pickle.load(sys.stdin.buffer))  # noqa: S301 - from the process that started this one


def _compile(kernel: Any, types: Mapping[str, Any]) -> None:
    """A kernel for the types of its parameters; one that is no table of the loop is a row or a moment."""
    row, moment = typed(np.int64(0)), typed(np.float64(0.0))
    scalars = {"time_s": moment}
    gc.disable()  # a compiler makes no garbage worth a tenth of its time
    kernel.compile(tuple(types.get(name, scalars.get(name, row)) for name in _parameters(kernel)))
    gc.enable()


def _parameters(kernel: Any) -> list[str]:
    return list(inspect.signature(kernel.py_func).parameters)
