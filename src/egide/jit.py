"""How Égide compiles: Numba, cached on disk, one signature a function, never fast-math.

Every kernel also runs as plain Python with NUMBA_DISABLE_JIT=1. Import `njit` from here, never from numba, so that the
cache folder is set before Numba reads it: Numba does not see an edited leaf in another file, hence the folder's name
carries a hash of all kernel sources.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from egide import cache

cache.prepare_numba()

import numba  # noqa: E402  (the folder comes first)

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def njit(function: Kernel) -> Kernel:
    """Compile on first call, keep on disk. The types seen by mypy are those written."""
    return cast(Kernel, numba.njit(cache=True, fastmath=False, error_model="numpy")(function))


def njit_parallel(function: Kernel) -> Kernel:
    """For raster kernels only, in a module of their own: the engine never loads the threading layer."""
    return cast(Kernel, numba.njit(cache=True, parallel=True, fastmath=False, error_model="numpy")(function))
