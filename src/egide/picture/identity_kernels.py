"""Who is it? Bayes over evidence that is there, once each.

class        friend, neutral, hostile
evidence     a bit of events.EVIDENCE; likelihoods[bit] holds P(evidence | class). What was asked for and is not there
             has a bit of its own, so that the bits say all that was weighed
silence      no reply to several modes at once: one interrogator that is out explains them all
posterior    P(class | evidence) proportional to prior times the product of the likelihoods
identity     what is declared: the posterior against thresholds, in the steps of STANAG 1241 practice

Equipment states (transponder off, interrogator out) are drawn once a sortie or a battery, so a second missing reply
says nothing new: the evidence is looked up afresh at each review and never multiplied twice (methods, section 13).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.events import EVIDENCE, ID_ASSUMED_FRIEND, ID_FRIEND, ID_HOSTILE, ID_NEUTRAL, ID_SUSPECT, ID_UNKNOWN
from egide.jit import njit

Array = np.ndarray[Any, Any]

(
    E_MILITARY, E_NO_MILITARY, E_CIVIL, E_NO_CIVIL, E_IN_CORRIDOR, E_OFF_CORRIDOR, E_KINEMATICS, E_ORIGIN, E_PLAN,
    E_TOLD, E_OPERATOR, E_INTERROGATOR_OUT, E_ORDER, E_NATIONAL, E_NO_NATIONAL, E_AS_FILED, E_OTHER_CODE, E_EMERGENCY,
    E_HIJACK, E_FORMATION_FRIEND, E_FORMATION_HOSTILE, E_NO_KINEMATICS, E_NO_ORIGIN, E_NO_PLAN, E_NO_ORDER,
) = range(len(EVIDENCE))  # fmt: skip
REPLIES = 1 << E_MILITARY | 1 << E_NATIONAL
MILITARY_SILENCE = 1 << E_NO_MILITARY | 1 << E_NO_NATIONAL
SILENCE = MILITARY_SILENCE | 1 << E_NO_CIVIL
NO_WEIGHT = 1 << E_TOLD | 1 << E_OPERATOR | 1 << E_INTERROGATOR_OUT  # said of the declaration, not of the object


@njit
def weigh(p: Array, likelihoods: Array, row: int) -> None:
    """Multiply the three classes by one row of likelihoods, in place."""
    for c in range(3):
        p[c] *= likelihoods[row, c]


@njit
def weigh_all(p: Array, likelihoods: Array, evidence: int) -> None:
    """Multiply by every piece of evidence among the bits, each once. Missing replies to a military and the civil mode
    share the interrogator: out of order with f, P(both missing) = f + (a - f) (b - f) / (1 - f), a and b each alone."""
    silent = evidence & MILITARY_SILENCE != 0 and evidence & (1 << E_NO_CIVIL) != 0
    skip = NO_WEIGHT | (SILENCE if silent else 0)
    for bit in range(likelihoods.shape[0]):
        if evidence & (1 << bit) and not skip & (1 << bit):
            weigh(p, likelihoods, bit)
    if silent:
        military = E_NO_MILITARY if evidence & (1 << E_NO_MILITARY) else E_NO_NATIONAL
        for c in range(3):
            a, b = likelihoods[military, c], likelihoods[E_NO_CIVIL, c]
            out = min(likelihoods[E_INTERROGATOR_OUT, c], a, b)
            p[c] *= out + (a - out) * (b - out) / (1.0 - out) if out < 1.0 else 1.0
    normalise(p)


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
