"""The chance of a wrongful engagement against what is drawn, and its causes against the switches that remove them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from egide import events
from egide.engine.fold import fold
from egide.events import CHANCE, OUTCOME, S_KILL, S_MISS, S_TARGET_DEAD, SHOT
from egide.simulate import simulate

N = 40


def sums(found: Any, replications: int = N, seed: int = 2003) -> dict[str, np.ndarray]:
    """By replication: friends engaged and killed, drawn and expected; launches by cause."""
    out: dict[str, list[float]] = {name: [] for name in ("drawn", "expected", "killed", "p_killed", *events.MISTAKES)}
    friend = found.movers["relation"] != events.HOSTILE
    for k in range(replications):
        tables = simulate(found, seed, 0, k, False)
        outcomes, chances = tables["outcomes"], tables["chances"]
        out["drawn"].append(np.sum(outcomes["shots"][friend] > 0))
        out["expected"].append(np.sum(outcomes["p_engaged"][friend]))
        out["killed"].append(np.sum((outcomes["fate"] == events.F_KILLED)[friend]))
        out["p_killed"].append(np.sum(outcomes["p_killed"][friend]))
        causes = chances["causes"][chances["drawn"] == 1]
        for bit, name in enumerate(events.MISTAKES):
            out[name].append(np.sum(causes >> bit & 1))
    return {name: np.array(values, float) for name, values in out.items()}


@pytest.fixture(scope="module")
def documented(system):
    return sums(system("patriot-2003", "as-documented"))


@pytest.mark.parametrize(("drawn", "expected"), [("drawn", "expected"), ("killed", "p_killed")])
def test_the_chance_has_the_mean_of_what_is_drawn_and_less_spread(documented, drawn, expected):
    """Both from the same replications: the difference has mean zero (z test), the chance a tenth of the variance."""
    apart = documented[drawn] - documented[expected]
    z = apart.mean() / (apart.std(ddof=1) / math.sqrt(apart.size))
    assert abs(z) < 3.0
    assert documented[expected].var() < documented[drawn].var() / 4.0


def test_an_erring_operator_is_named_and_can_be_switched_off(system, documented):
    assert documented["operator-error"].sum() > 0
    sure = sums(system("patriot-2003", "as-documented", "networks.battery.declaration_error=0"), 10)
    assert sure["operator-error"].sum() == 0
    assert sure["expected"] == pytest.approx(sure["drawn"]), "nothing late is left to draw"


def test_causes_of_2003_are_no_common_mode_and_a_picture_that_was_not_told(documented):
    """Without modes and without links every case has both: each alone would have spared the aircraft."""
    shots = documented["foreign-iff"]
    assert shots.sum() > 0
    assert documented["lost-picture"].sum() >= 0.9 * shots.sum()
    assert documented["no-reply"].sum() == documented["interrogator-out"].sum() == 0, "nobody asks"


@pytest.mark.parametrize(
    ("alternative", "switch", "cause"),
    [
        ("iff-on", "general/command.transponder_failure=0.3", "no-reply"),
        ("iff-on", "general/command.interrogator_failure=0.6", "interrogator-out"),
    ],
)
def test_equipment_that_fails_is_named_and_can_be_switched_off(system, alternative, switch, cause):
    worse = sums(system("patriot-2003", alternative, switch), 12)
    assert worse[cause].sum() > 0
    mended = sums(system("patriot-2003", alternative, switch.partition("=")[0] + "=0"), 6)
    assert mended[cause].sum() == 0


def test_firing_at_the_unknown_is_a_cause_of_its_own(system):
    """Suspects are fired at under weapons free, until the doctrine says otherwise."""
    sets = ("phases.raid.weapon_control=free", "identification.thresholds.hostile=0.8")
    free = sums(system("patriot-2003", "as-documented", *sets), 3)
    assert free["rule"].sum() > 0
    strict = sums(system("patriot-2003", "as-documented", *sets, "doctrine.rules.free_engages=[hostile]"), 3)
    assert strict["rule"].sum() == 0
    assert (strict["expected"] < free["expected"]).all(), "more left to the machine, more mistakes"


# --- two numbers an object, by hand ----------------------------------------------------------------------------------


def chance(branches: int, drawn: int, p_kill: float = math.nan, battery: int = 0, draw: int = -1) -> tuple[Any, ...]:
    return (100.0, p_kill, 0.1, battery, 1, 0, drawn, branches, 0, draw)


def shot(result: int, p: float, salvo: int = 1, battery: int = 0) -> tuple[Any, ...]:
    return (90.0, 100.0 + salvo, 1e4, p, battery, 0, 1, 0, result, 6, 0, salvo)


def folded(chances: list[Any], shots: list[Any], networks: tuple[int, ...] = (0, 1)) -> tuple[float, float]:
    outcomes = np.zeros(1, OUTCOME)
    fold(np.array(chances, CHANCE), np.array(shots, SHOT), np.array(networks), outcomes)
    return float(outcomes["p_engaged"][0]), float(outcomes["p_killed"][0])


def test_a_branch_that_was_not_drawn_counts_by_its_probability():
    assert folded([chance(2, 0, 0.8)], []) == pytest.approx((0.1, 0.08))
    assert folded([chance(1, 0, 0.8)], []) == pytest.approx((0.9, 0.72))


def test_both_branches_that_fire_make_it_sure():
    found = folded([chance(3, 1)], [shot(S_MISS, 0.5), shot(S_MISS, 0.5)])
    assert found == pytest.approx((1.0, 0.75)), "a salvo of two at one half each"


def test_a_shot_at_what_its_salvo_had_killed_counts_like_the_first():
    assert folded([chance(3, 1)], [shot(S_KILL, 0.5), shot(S_TARGET_DEAD, 0.9)]) == pytest.approx((1.0, 0.75))


def test_a_second_salvo_counts_where_the_first_had_missed():
    """The sum over salvos may pass one in a replication: it is cut there, rarely."""
    assert folded([chance(3, 1)], [shot(S_MISS, 0.4), shot(S_MISS, 0.4, 2)]) == pytest.approx((1.0, 0.8))


def test_networks_err_each_on_their_own():
    found = folded([chance(2, 0, 1.0), chance(2, 0, 1.0, battery=1)], [])
    assert found == pytest.approx((1.0 - 0.9**2, 1.0 - 0.9**2))


def test_a_zone_that_frees_what_is_held_outside_gives_the_same_chances(system):
    """The battery held everywhere, and a zone over all of the area with the phase's own status: nothing may change."""
    corners = "[[43, -38], [43, -31], [47, -31], [47, -38]]"
    zone = f"zones=[{{name: all, kind: base-defence, area: {corners}, ceiling: 60 km, weapon_control: tight}}]"
    plain = system("patriot-2003", "as-documented")
    zoned = system("patriot-2003", "as-documented", zone, "doctrine.rules.weapon_control=hold")
    for k in range(3):
        one, other = (simulate(each, 2003, 0, k, False)["chances"] for each in (plain, zoned))
        assert np.any(one["drawn"] == 0), "the branch that was not drawn counts too"
        for name in one.dtype.names:
            np.testing.assert_array_equal(one[name], other[name], name)
