"""Small systems, compiled once a session."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from egide import scenario
from egide.compiler import System, compile_scenario

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="session")
def system() -> Callable[..., System]:
    @lru_cache(maxsize=64)
    def build(name: str, alternative: str | None = None, *sets: str) -> System:
        return compile_scenario(scenario.load(SCENARIOS / name / "scenario.yaml", alternative, sets))

    return build
