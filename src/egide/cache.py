"""Where Égide keeps what it can make again: compiled kernels, terrain masks and mosaics (`ingest.derived`).

cache folder    EGIDE_CACHE_DIR, else the user's own for `egide`, else a temporary one where none can be written
kernels folder  kernels-HASH inside it, HASH over every source that is compiled and the versions of Python and Numba

Numba renews a kernel when its own file changes, not when a kernel that it calls changes in another file. A folder named
after all the sources makes that mistake impossible. `prepare_numba` must run before a kernel is declared; it is called
where Numba is imported and costs about two milliseconds.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

__all__ = ["code_hash", "folder", "kernels_folder", "kernels_hash", "prepare_numba"]

KERNEL_SOURCES: Final = (
    "jit.py", "record.py", "constants.py", "events.py", "rng.py", "physics", "picture", "compiler", "engine",
    "coverage", "assign",
)  # fmt: skip
SHOWN_ONLY: Final = ("cli", "report", "validation", "locale", "scenarios", "studies")
KEEP_S: Final = 30 * 86_400.0  # kernels of sources not met for this long are thrown away

_PREFIX: Final = "kernels-"
_PACKAGE: Final = Path(__file__).parent


def folder() -> Path:
    """Égide's cache folder, made if need be. Never fails: where nothing can be written it is a temporary one."""
    for wanted in (_wanted(), Path(tempfile.gettempdir()) / f"egide-cache-{_user()}"):
        if _usable(wanted):
            return wanted
    return Path(tempfile.mkdtemp(prefix="egide-cache-"))


def _wanted() -> Path:
    if told := os.environ.get("EGIDE_CACHE_DIR"):
        return Path(told).expanduser()
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "egide"
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg) / "egide"
    return Path(os.path.expanduser("~")) / ".cache" / "egide"  # noqa: PTH111 - Path.home() raises where there is none


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def _usable(place: Path) -> bool:
    """Can we write there, and is it ours? Tried, not asked: permissions, quotas and read-only mounts all count."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():  # compiled code is loaded from here
            return False
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def kernels_hash() -> str:
    """Short hash of every source that ends up in compiled code, with the versions that compile it."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"{sys.implementation.cache_tag} numba {_numba_version()}".encode())
    for top in KERNEL_SOURCES:
        place = _PACKAGE / top
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(file.relative_to(_PACKAGE).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def code_hash() -> str:
    """Short hash of every source and catalogue file that a number may depend on: all but what only shows them."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(_PACKAGE.rglob("*")):
        place = file.relative_to(_PACKAGE)
        if file.suffix in (".py", ".yaml") and place.parts[0] not in SHOWN_ONLY:
            digest.update(place.as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _numba_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("numba")
    except PackageNotFoundError:
        return "none"


def kernels_folder() -> Path:
    """Where compiled kernels of exactly these sources are kept: under the user's NUMBA_CACHE_DIR where one is set."""
    name = _PREFIX + kernels_hash()
    told = os.environ.get("NUMBA_CACHE_DIR")
    if told and Path(told).name.startswith(_PREFIX):  # inherited from a parent process that prepared it
        return Path(told).with_name(name)
    if told and _usable(Path(told)):
        return Path(told) / name
    return folder() / name


def prepare_numba() -> Path:
    """Tell Numba where to keep compiled kernels. Call before the first kernel is declared; again does no harm."""
    place = kernels_folder()
    new = not place.exists()
    place.mkdir(parents=True, exist_ok=True)
    if new:
        _forget_old(place)
    os.utime(place)
    os.environ["NUMBA_CACHE_DIR"] = str(place)
    if config := getattr(sys.modules.get("numba"), "config", None):  # someone imported Numba before us
        config.CACHE_DIR = str(place)
    return place


def _forget_old(kept: Path) -> None:
    limit_s = time.time() - KEEP_S
    for other in kept.parent.glob(_PREFIX + "*"):
        try:
            if other != kept and other.stat().st_mtime < limit_s:
                shutil.rmtree(other, ignore_errors=True)
        except OSError:  # another process was quicker
            continue
