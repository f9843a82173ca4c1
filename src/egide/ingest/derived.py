"""Rasters that can be made again, kept on disk by what they were made from.

derived   an array that is a pure function of its ingredients: a mask, a mosaic
name      a hash of all ingredients and of the code that makes it, so a stale one is never found
kind      the folder inside Égide's cache where derived arrays of one sort lie

`remembered` keeps any value in this process, too: a campaign compiles a thousand scenarios that share nearly all.

Two processes may make the same one: each writes beside and renames, and the later replaces the earlier by an equal one.
Nobody reads half an array. A full disk costs time, not the run. Each kind is kept under a size; the ones longest unread
go first.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

import numpy as np

from egide import cache

__all__ = ["MOST_BYTES", "array", "keep", "mapped", "name", "place", "remembered"]

Array = np.ndarray[Any, Any]

MOST_BYTES: Final = 4_000_000_000  # a kind

Value = TypeVar("Value")
LOOKS: Final = 64  # how often a process looks at the folder of a kind while it fills one
_KEPT: Final[dict[Path, int]] = {}
_MEMORY: Final[dict[str, OrderedDict[Hashable, Any]]] = {}
_ALONE: Final = threading.Lock()


def remembered(kind: str, key: Hashable, make: Callable[[], Value], most: int = 64) -> Value:
    """What was made of the same key in this process, else made now. The values of a kind longest unread go first.
    Nobody may change what is handed out."""
    with _ALONE:
        known = _MEMORY.setdefault(kind, OrderedDict())
        if key in known:
            known.move_to_end(key)
            found: Value = known[key]
            return found
    made = make()
    with _ALONE:
        known[key] = made
        while len(known) > most:
            known.popitem(last=False)
    return made


def name(ingredients: Iterable[object], code: Iterable[ModuleType] = ()) -> str:
    """Hash of arrays (by shape, type and bytes), bytes, and anything whose `repr` says all; and of modules' source."""
    digest = hashlib.blake2b(digest_size=16)
    for part in ingredients:
        if isinstance(part, np.ndarray):
            digest.update(repr((part.shape, part.dtype.str)).encode())
            for row in range(0, part.shape[0], 1024) if part.ndim else ():  # a mapped array is not read whole
                digest.update(np.ascontiguousarray(part[row : row + 1024]).tobytes())
        else:
            digest.update(part if isinstance(part, bytes) else repr(part).encode())
        digest.update(b"\0")
    for module in code:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()


def place(kind: str, name: str) -> Path:
    """Where a derived array is kept."""
    return cache.folder() / kind / f"{name}.npy"


def array(
    kind: str, name: str, make: Callable[[], Array], *, shape: tuple[int, ...] | None = None, mapped: bool = False
) -> Array:
    """The array kept under a name, else made and kept. `mapped`: opened on disk, not read into memory."""
    there = place(kind, name)
    kept = _read(there, shape, mapped)
    if kept is not None:
        return kept
    made = make()
    if keep(there, made) and mapped:
        again = _read(there, shape, mapped)
        return made if again is None else again
    return made


def _read(there: Path, shape: tuple[int, ...] | None, mapped: bool) -> Array | None:
    try:
        kept: Array = np.load(there, mmap_mode="r" if mapped else None, allow_pickle=False)
    except (OSError, ValueError, EOFError):  # not there, or cut short: made again
        return None
    if shape is not None and kept.shape != shape:
        return None
    with contextlib.suppress(OSError):
        os.utime(there)  # read just now
    return kept


def keep(there: Path, made: Array) -> bool:
    """Write beside and rename; whether it could be kept."""
    try:
        there.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=there.parent, suffix=".part")
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, made, allow_pickle=False)
        Path(beside).replace(there)
    except OSError:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        return False
    _KEPT[there.parent] = _KEPT.get(there.parent, MOST_BYTES) + made.nbytes
    if _KEPT[there.parent] > MOST_BYTES // LOOKS:
        _KEPT[there.parent] = 0
        _forget(there)
    return True


def mapped(
    there: Path, shape: tuple[int, ...], dtype: np.dtype[Any], empty: float, fill: Callable[[Any], None]
) -> Array:
    """An array too large for memory: kept, or filled in place on disk and then kept; opened read-only. OSError where
    the disk has no room for it, before anything is filled."""
    kept = _read(there, shape, mapped=True)
    if kept is not None:
        return kept
    there.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=there.parent, suffix=".part")
    try:
        os.close(handle)
        made = np.lib.format.open_memmap(beside, mode="w+", dtype=dtype, shape=shape)
        if hasattr(os, "posix_fallocate"):  # a mapped page that finds no room would end the process
            with Path(beside).open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, Path(beside).stat().st_size)
        for row in range(0, shape[0], 1024):
            made[row : row + 1024] = empty
        fill(made)
        made.flush()
        del made
        Path(beside).replace(there)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise
    _forget(there)
    kept = _read(there, shape, mapped=True)
    if kept is None:
        raise OSError(f"{there} cannot be read again")
    return kept


def _forget(newest: Path) -> None:
    """Throw away the longest unread of a kind beyond its size, never the newest. Another process may be quicker."""
    found = []
    for file in newest.parent.glob("*.npy"):
        with contextlib.suppress(OSError):
            told = file.stat()
            found.append((told.st_mtime, told.st_size, file))
    total = sum(size for _, size, _ in found)
    for _, size, file in sorted(found):
        if total <= MOST_BYTES:
            return
        if file != newest:
            with contextlib.suppress(OSError):
                file.unlink()
            total -= size
