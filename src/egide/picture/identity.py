"""Who is it? Bayes over classes, for a check by hand or a rule of one's own; the engine has `identity_kernels`.

class        one of the things that it may be: friend, neutral, hostile
prior        P(class) before any evidence; any positive scale
likelihood   P(evidence | class), one number a class
posterior    P(class | all evidence), proportional to the prior times the product of the likelihoods

Evidence is taken as independent given the class: what follows from one cause (a transponder that is off) is one piece
of evidence, however often it is seen. Fractions in, fractions out: the answer is then exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["posterior"]


def posterior(prior: Sequence[Any], likelihoods: Sequence[Any]) -> NDArray[Any]:
    """P(class | evidence). `likelihoods`: one piece of evidence (a number a class) or several (one row a piece).
    A class of prior 0 stays 0. Evidence that no class could give raises ValueError: there is no answer."""
    exact = any(isinstance(value, Fraction) for value in _flat([prior, likelihoods]))
    belief = [Fraction(value) if exact else float(value) for value in prior]
    rows = [likelihoods] if len(likelihoods) and not _is_row(likelihoods[0]) else likelihoods
    if not belief or any(not value >= 0 for value in belief):
        raise ValueError("a prior is a number of 0 or more for each class")
    belief = _normal(belief)
    for row in rows:
        if len(row) != len(belief):
            raise ValueError(f"evidence has a likelihood for each of {len(belief)} classes, not {len(row)}")
        if any(not 0 <= value <= 1 for value in row):
            raise ValueError("a likelihood is a probability")
        belief = _normal(
            [p * (Fraction(value) if exact else float(value)) for p, value in zip(belief, row, strict=True)]
        )
    return np.array(belief, object if exact else float)


def _normal(belief: list[Any]) -> list[Any]:
    """Made to sum to 1 after each piece, so that a hundred pieces do not run out of small numbers."""
    total = sum(belief)
    if not total > 0:
        raise ValueError("no class could give this evidence")
    return [value / total for value in belief]


def _is_row(value: Any) -> bool:
    return isinstance(value, (Sequence, np.ndarray))


def _flat(values: Any) -> list[Any]:
    return (
        [inner for value in values for inner in _flat(value)]
        if _is_row(values) and not isinstance(values, str)
        else [values]
    )
