"""What never shrinks the ground defended against ballistic missiles: a longer reach, more shots, a quicker reaction, a
faster missile that may meet faster targets, a higher ceiling, a lower least height, a larger target."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.coverage import scene
from tests.unit.coverage.test_ballistic import MORE, asked, defended, result, with_battery

from egide import scenario
from egide.coverage import net as nets
from egide.coverage.net import Grid, Net

AREA = {"south": 44.0, "north": 46.0, "west": -35.4, "east": -32.4}


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grid, Net]:
    loaded = scenario.load(scene.write(tmp_path_factory.mktemp("fall"), MORE, **AREA))
    grid = nets.grid_of(loaded)
    return grid, nets.net_of(loaded, grid)


def grows(less: np.ndarray, more: np.ndarray) -> bool:
    return bool(np.all(more >= less))


@given(a=st.floats(5e3, 60e3), b=st.floats(5e3, 60e3), range_km=st.sampled_from([150.0, 300.0, 480.0]))
@settings(max_examples=20, deadline=None)
def test_a_longer_reach_never_defends_less(setting, a: float, b: float, range_km: float):
    request = asked(range_km * 1e3, 1.0)
    low, high = (
        result(setting, with_battery(setting[1], {"range_ballistic_m": reach}, salvo=1, max_shots=3), request)
        for reach in sorted((a, b))
    )
    assert np.all(high.shots["own"] >= low.shots["own"])
    assert grows(defended(low, "mean"), defended(high, "mean"))


@given(a=st.integers(1, 6), b=st.integers(1, 6), salvo=st.integers(1, 2))
@settings(max_examples=15, deadline=None)
def test_more_shots_allowed_never_defend_less(setting, a: int, b: int, salvo: int):
    few, many = (
        defended(result(setting, with_battery(setting[1], None, salvo=salvo, max_shots=most)), "mean", 1, 0.7)
        for most in sorted((a, b))
    )
    assert grows(few, many)


@given(a=st.floats(0.0, 120.0), b=st.floats(0.0, 120.0), rcs_m2=st.floats(0.01, 10.0))
@settings(max_examples=15, deadline=None)
def test_a_quicker_reaction_never_defends_less(setting, a: float, b: float, rcs_m2: float):
    quick, slow = (
        defended(result(setting, with_battery(setting[1], None, reaction_s=(wait,) * 3), asked(rcs_m2=rcs_m2)), "mean")
        for wait in sorted((a, b))
    )
    assert grows(slow, quick)


@given(a=st.floats(1e3, 40e3), b=st.floats(1e3, 40e3))
@settings(max_examples=15, deadline=None)
def test_a_higher_ceiling_or_a_lower_least_height_never_defends_less(setting, a: float, b: float):
    low, high = sorted((a, b))
    narrow = {"height_min_m": low, "height_max_m": high}
    met = defended(result(setting, with_battery(setting[1], narrow), asked(rcs_m2=1.0)), "mean")
    for wider in ({"height_min_m": low, "height_max_m": high + 5e3}, {"height_min_m": 0.0, "height_max_m": high}):
        assert grows(met, defended(result(setting, with_battery(setting[1], wider), asked(rcs_m2=1.0)), "mean"))


@given(a=st.floats(0.003, 30.0), b=st.floats(0.003, 30.0))
@settings(max_examples=15, deadline=None)
def test_a_larger_target_is_never_defended_against_less(setting, a: float, b: float):
    small, large = (
        defended(result(setting, with_battery(setting[1], None, reaction_s=(20.0,) * 3), asked(rcs_m2=rcs)), "mean")
        for rcs in sorted((a, b))
    )
    assert grows(small, large)
