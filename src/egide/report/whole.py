"""A page on disk, whole or not at all: nobody ever opens half of it, and one that was there stays until the new one is.

beside   the hidden file next to the target that is filled first, then takes its name
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from egide.errors import store_error
from egide.i18n import mark

__all__ = ["write_text"]


def write_text(path: Path | str, text: str) -> Path:
    """Write a text to `path` and return where it is. StoreError where it cannot be written; nothing is left then."""
    target = Path(path).expanduser().absolute()
    beside = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)
    except OSError as fault:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        wrong, right = mark("cannot write the report here: {fault}"), mark("choose another file")
        raise store_error(str(path), wrong, right, fault=fault.strerror or str(fault)) from fault
    return target
