"""Every published, analytic or independently computed number of the physics models."""

from __future__ import annotations

import importlib

import pytest
from tests.published.loader import Case, published

MODELS = ["radar", "detection", "horizon", "geodesy", "motion", "ballistic", "atmosphere"]


@pytest.mark.parametrize("case", [case for model in MODELS for case in published(model)], ids=str)
def test_model_gives_the_published_number(case: Case) -> None:
    module, name = case.call.split(".")
    answer = getattr(importlib.import_module(f"egide.physics.{module}"), name)(**case.arguments)
    got = answer if case.item is None else answer[case.item]
    assert float(got) == pytest.approx(case.value, rel=case.rtol, abs=case.atol), case.source
