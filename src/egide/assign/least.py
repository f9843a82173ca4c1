"""The least surviving value as a number alone, for tables of check values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from egide.assign.continuous import continuous
from egide.assign.exact import exact

__all__ = ["least"]


def least(values: ArrayLike, kill: ArrayLike, rounds: ArrayLike = 1, at_least: ArrayLike | None = None) -> float:
    """What survives the best assignment; with `at_least` shots at each target, shots may be divided. A kill probability
    left out (None, NaN) is a pair that is not possible."""
    chance = np.array(kill, float)
    possible = ~np.isnan(chance)
    if at_least is None:
        return exact(values, chance, rounds, gap=1e-9, possible=possible).value
    return continuous(values, chance, rounds, possible, at_least).value
