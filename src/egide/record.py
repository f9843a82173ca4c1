"""What every table is made of: one dtype a kind of row, declared once, the same compiled and as plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["record"]


def record(*columns: tuple[Any, ...]) -> np.dtype:
    """An aligned record dtype: the same code runs compiled and as plain Python."""
    fields = np.dtype(list(columns), align=True)
    return np.dtype((np.record, fields))
