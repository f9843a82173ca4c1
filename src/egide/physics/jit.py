"""The one door to Numba, typed.

njit     compile to machine code, cached on disk; without `fastmath`, so that a kernel gives the same bits as plain Python
prange   a parallel range, for raster kernels only (they pass `parallel=True` and live in their own module)

With `NUMBA_DISABLE_JIT=1` a decorated function is the plain Python function.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar, cast, overload

__all__ = ["njit", "prange"]

Function = TypeVar("Function", bound=Callable[..., Any])

_numba: Any = importlib.import_module("numba")  # Any: Numba ships no types, and this keeps that fact in one place
prange: Callable[..., range] = _numba.prange


@overload
def njit(function: Function) -> Function: ...
@overload
def njit(*, parallel: bool = False, inline: str = "never") -> Callable[[Function], Function]: ...


def njit(function: Any = None, *, parallel: bool = False, inline: str = "never") -> Any:
    """`@njit` or `@njit(parallel=True)`: the decorated function keeps its type. Always cached, never fastmath."""

    def compiled(plain: Function) -> Function:
        return cast(Function, _numba.njit(cache=True, fastmath=False, parallel=parallel, inline=inline)(plain))

    return compiled if function is None else compiled(function)
