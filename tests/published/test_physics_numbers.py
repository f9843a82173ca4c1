"""Every published, analytic or independently computed number of the models, read from the files beside this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import validation
from egide.validation import Case
from egide.validation.cases import answer

CASES = [case for model in validation.models() for case in validation.published(model)]


def test_the_files_read_are_the_ones_beside_this_test() -> None:
    assert validation.folder() == Path(__file__).parent


@pytest.mark.parametrize("case", CASES, ids=str)
def test_model_gives_the_published_number(case: Case) -> None:
    assert answer(case) == pytest.approx(case.value, rel=case.rtol, abs=case.atol), case.source


@pytest.mark.parametrize("model", validation.models())
def test_every_number_has_a_source_and_a_tolerance(model: str) -> None:
    for case in validation.published(model):
        assert case.source
        assert case.evidence in ("published", "published formula", "analytic", "computed")
        assert case.tolerance > 0.0 or case.evidence == "analytic"
