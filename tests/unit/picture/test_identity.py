"""Bayes over evidence, and what is declared."""

import numpy as np
import pytest

from egide.compiler.system import RULES
from egide.events import IDENTITIES
from egide.picture import identity_kernels as identity


def thresholds() -> np.void:
    rules = np.zeros(1, RULES)[0]
    for name, value in {"hostile": 0.9, "suspect": 0.6, "friend": 0.9, "assumed_friend": 0.6, "neutral": 0.8}.items():
        rules[name] = value
    return rules


def test_no_reply_moves_belief_as_the_exact_fractions_say():
    """Methods, section 13: prior 0.6/0.3/0.1, no reply 0.05/0.7/0.99."""
    p, table = np.array([0.6, 0.3, 0.1]), np.array([[0.05, 0.7, 0.99]])
    identity.weigh(p, table, 0)
    identity.normalise(p)
    assert p == pytest.approx([0.0884956, 0.6194690, 0.2920354], abs=1e-7)


def test_a_class_with_prior_zero_stays_zero():
    p, table = np.array([0.5, 0.5, 0.0]), np.array([[0.1, 0.1, 1.0]])
    identity.weigh(p, table, 0)
    identity.normalise(p)
    assert p[2] == 0.0


@pytest.mark.parametrize(
    ("belief", "declared"),
    [
        ((0.02, 0.03, 0.95), "hostile"),
        ((0.2, 0.1, 0.7), "suspect"),
        ((0.95, 0.03, 0.02), "friend"),
        ((0.7, 0.2, 0.1), "assumed-friend"),
        ((0.1, 0.85, 0.05), "neutral"),
        ((0.4, 0.3, 0.3), "unknown"),
    ],
)
def test_belief_is_declared_by_thresholds(belief: tuple[float, float, float], declared: str):
    assert IDENTITIES[identity.declare(np.array(belief), thresholds())] == declared


def test_an_erring_operator_declares_the_class_that_came_second():
    assert IDENTITIES[identity.second_choice(np.array([0.7, 0.1, 0.2]), 2)] == "hostile"
    assert IDENTITIES[identity.second_choice(np.array([0.3, 0.1, 0.6]), 5)] == "friend"
    assert IDENTITIES[identity.second_choice(np.array([0.4, 0.35, 0.25]), 1)] == "neutral"
    assert IDENTITIES[identity.second_choice(np.array([0.45, 0.15, 0.4]), 1)] == "suspect"
