"""How Égide compiles: Numba, cached on disk, one signature a function, never fast-math.

Every kernel also runs as plain Python with NUMBA_DISABLE_JIT=1. Import `njit` from here, never from numba, so that the
cache folder is set before Numba reads it: Numba does not see an edited leaf in another file, hence the folder's name
carries a hash of all kernel sources.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from egide import cache

cache.prepare_numba()

import numba  # noqa: E402  (the folder comes first)
from numba.core import caching  # noqa: E402

PACKAGE: Final = Path(__file__).parent


class InPackage(caching.UserProvidedCacheLocator):
    """Finds our compiled kernels by their place in the package, not on the disk: a second checkout or an installed
    wheel of the same sources compiles nothing again. Numba keeps a hash of each file's text beside it."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        return "_".join(Path(py_file).relative_to(PACKAGE).with_suffix("").parts)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        ours = Path(py_file).is_relative_to(PACKAGE)
        return super().from_function(py_func, py_file) if ours else None  # type: ignore[no-untyped-call]


_OTHERS: Final = "UserProvidedCacheLocator,InTreeCacheLocator,UserWideCacheLocator,IPythonCacheLocator,ZipCacheLocator"
numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.InPackage,{_OTHERS}"  # type: ignore[attr-defined]

Kernel = TypeVar("Kernel", bound=Callable[..., object])
OPTIONS: Final[dict[str, Any]] = {"cache": True, "fastmath": False, "error_model": "numpy"}
COUNTED: Final = OPTIONS | {"_nrt": True}  # references to arrays are counted
UNCOUNTED: Final = OPTIONS | {"_nrt": False}


def njit(function: Kernel) -> Kernel:
    """Compile on first call, keep on disk. The types seen by mypy are those written.

    References to arrays are not counted, which would cost a fifth of a run: whoever calls the outermost kernel keeps
    every array alive. So such a kernel makes no array and returns none; one that must is `njit_allocating`.
    """
    return cast(Kernel, numba.njit(**UNCOUNTED)(function))


def njit_inside(function: Kernel) -> Kernel:
    """The same for a kernel that is handed tables by the dozen, event by event or look by look: its code goes into its
    caller's, where the tables are at hand. Handing one over copies seven words."""
    return cast(Kernel, numba.njit(forceinline=True, **UNCOUNTED)(function))


def njit_allocating(function: Kernel) -> Kernel:
    """The same for a kernel that makes arrays: work space of its own, or what it returns."""
    return cast(Kernel, numba.njit(**COUNTED)(function))


def njit_parallel(function: Kernel) -> Kernel:
    """For raster kernels only, in a module of their own: the engine never loads the threading layer."""
    return cast(Kernel, numba.njit(parallel=True, **COUNTED)(function))


def compiles() -> bool:
    """Whether kernels are compiled, or run as plain Python."""
    return not numba.config.DISABLE_JIT  # type: ignore[attr-defined]


def typed(value: Any) -> Any:
    """The type that a kernel is compiled for when it is handed this value."""
    return numba.typeof(value)  # type: ignore[no-untyped-call]
