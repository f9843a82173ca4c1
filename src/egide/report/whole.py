"""A page written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from egide.errors import store_error
from egide.i18n import mark


def write_text(out: Path | str, text: str) -> Path:
    """Write to `out`, whole or not at all, and return where it is. Raises StoreError."""
    target = Path(out).expanduser().absolute()
    beside = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)
    except OSError as fault:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        wrong, right = mark("cannot write here: {fault}"), mark("make room, or choose another folder")
        raise store_error(str(out), wrong, right, fault=fault.strerror or str(fault)) from fault
    return target
