"""Bayes over classes, beside exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.picture import identity_kernels
from egide.picture.identity import posterior

shares = st.fractions(Fraction(1, 1000), Fraction(1), max_denominator=1000)
classes = st.lists(shares, min_size=3, max_size=3)


def test_no_reply_is_weak_evidence_exactly():
    prior = [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    found = posterior(prior, [Fraction(5, 100), Fraction(7, 10), Fraction(99, 100)])
    assert list(found) == [Fraction(10, 113), Fraction(70, 113), Fraction(33, 113)]


@given(classes, st.lists(classes, max_size=6))
def test_numbers_give_what_fractions_give(prior, evidence):
    exact = posterior(prior, evidence)
    rough = posterior([float(p) for p in prior], [[float(x) for x in row] for row in evidence])
    assert sum(exact) == 1
    assert rough == pytest.approx([float(p) for p in exact], rel=1e-12)


@given(classes, st.lists(classes, min_size=2, max_size=6), st.randoms())
def test_the_order_of_evidence_does_not_matter(prior, evidence, draw):
    other = list(evidence)
    draw.shuffle(other)
    assert list(posterior(prior, evidence)) == list(posterior(prior, other))


@given(classes, classes)
def test_the_engines_kernel_agrees(prior, evidence):
    p = np.array([float(x) for x in prior])
    identity_kernels.weigh(p, np.array([[float(x) for x in evidence]]), 0)
    identity_kernels.normalise(p)
    assert p == pytest.approx([float(x) for x in posterior(prior, evidence)], rel=1e-12)


def test_a_class_of_prior_nought_stays_nought():
    assert posterior([0.5, 0.5, 0.0], [0.01, 0.01, 1.0])[2] == 0.0


def test_a_thousand_pieces_do_not_run_out_of_small_numbers():
    assert posterior([0.5, 0.5], [[1e-3, 2e-3]] * 1000) == pytest.approx([0.0, 1.0])


@pytest.mark.parametrize(
    ("prior", "likelihoods", "why"),
    [
        ([0.5, 0.5], [0.0, 0.0], "no class could give"),
        ([0.0, 0.0], [0.5, 0.5], "no class could give"),
        ([0.5, 0.5], [0.5], "each of 2 classes"),
        ([0.5, 0.5], [0.5, 1.5], "is a probability"),
        ([0.5, float("nan")], [0.5, 0.5], "0 or more"),
        ([], [], "0 or more"),
    ],
)
def test_evidence_that_makes_no_sense_is_refused(prior, likelihoods, why: str):
    with pytest.raises(ValueError, match=why):
        posterior(prior, likelihoods)
