"""Who is it? Bayes over evidence that is there, once each.

class        friend, neutral, hostile
evidence     a bit of events.EVIDENCE; likelihoods[bit] holds P(evidence | class)
posterior    P(class | evidence) proportional to prior times the product of the likelihoods
identity     what is declared: the posterior against thresholds, in the steps of STANAG 1241 practice

Equipment states (transponder off, interrogator out) are drawn once a sortie or a battery, so a second missing reply
says nothing new: the evidence is looked up afresh at each review and never multiplied twice (methods, section 13).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.events import ABSENT, ID_ASSUMED_FRIEND, ID_FRIEND, ID_HOSTILE, ID_NEUTRAL, ID_SUSPECT, ID_UNKNOWN
from egide.jit import njit

Array = np.ndarray[Any, Any]

(
    E_MILITARY, E_NO_MILITARY, E_CIVIL, E_NO_CIVIL, E_IN_CORRIDOR, E_OFF_CORRIDOR, E_KINEMATICS, E_ORIGIN, E_PLAN,
    E_TOLD, E_OPERATOR, E_INTERROGATOR_OUT, E_ORDER,
) = range(13)  # fmt: skip
# rows of the likelihood table that have no bit of their own: absent evidence speaks too
L_NO_KINEMATICS, L_NO_ORIGIN = ABSENT["hostile-kinematics"], ABSENT["hostile-origin"]
L_NO_PLAN, L_NO_ORDER = ABSENT["flight-plan"], ABSENT["airspace-order"]


@njit
def weigh(p: Array, likelihoods: Array, row: int) -> None:
    """Multiply the three classes by one row of likelihoods, in place."""
    for c in range(3):
        p[c] *= likelihoods[row, c]


@njit
def normalise(p: Array) -> None:
    """Posterior from products; an impossible set of evidence leaves three equal parts."""
    total = p[0] + p[1] + p[2]
    for c in range(3):
        p[c] = p[c] / total if total > 0.0 else 1.0 / 3.0


@njit
def declare(p: Array, rules: Any) -> int:
    """The identity that a posterior is declared as."""
    if p[2] >= rules.hostile:
        return ID_HOSTILE
    if p[0] >= rules.friend:
        return ID_FRIEND
    if p[1] >= rules.neutral:
        return ID_NEUTRAL
    if p[2] >= rules.suspect:
        return ID_SUSPECT
    if p[0] >= rules.assumed_friend:
        return ID_ASSUMED_FRIEND
    return ID_UNKNOWN


@njit
def second_choice(p: Array, identity: int) -> int:
    """What an operator who errs declares on the same evidence: the class that came second."""
    first = 0
    for c in range(1, 3):
        if p[c] > p[first]:
            first = c
    second = -1
    for c in range(3):
        if c != first and (second < 0 or p[c] > p[second]):
            second = c
    if second == 2:
        return ID_SUSPECT if identity == ID_UNKNOWN else ID_HOSTILE
    return ID_NEUTRAL if second == 1 else ID_FRIEND
