"""What a picture and an interrogator are worth: the 2003 cases move the way the reports say."""

import numpy as np
import pytest

from egide import events as ev
from egide.simulate import simulate

REPLICATIONS = 16  # each difference is above ten standard errors


def wrongful(compiled, replications: int = REPLICATIONS) -> np.ndarray:
    """Friends and neutrals fired at, a replication."""
    mild = compiled.movers["relation"] != ev.HOSTILE
    return np.array([
        np.sum((simulate(compiled, 2003, 0, k)["outcomes"]["shots"] > 0) & mild) for k in range(replications)
    ])  # fmt: skip


def test_turning_the_picture_or_iff_on_lowers_wrongful_engagements(system):
    blind, picture, iff, both = (
        wrongful(system("patriot-2003", name)) for name in ("as-documented", "picture-on", "iff-on", "both-on")
    )
    for better in (picture, iff, both):
        saved = blind - better
        assert saved.mean() > 3.0 * saved.std(ddof=1) / np.sqrt(len(saved))
    assert both.mean() <= min(picture.mean(), iff.mean()) + 0.2


def test_a_link_that_is_down_is_no_link(system):
    """The picture turned off by its link gives back the errors of the battery alone."""
    on = wrongful(system("one-raid-two-networks", "integrated"), 12)
    alone = wrongful(system("one-raid-two-networks", "alone"), 12)
    assert on.mean() < alone.mean()


def test_the_fast_option_leaks_as_many_as_full_tracking(system):
    """Equivalence by two one-sided tests: the difference of means lies within a tenth of the raid with 95 %."""
    compiled = {
        mode: system("one-raid-two-networks", "integrated", f"tracking.mode={mode}") for mode in ("full", "fast")
    }
    hostile = compiled["full"].movers["relation"] == ev.HOSTILE
    leaked = {
        mode: np.array([np.sum(simulate(c, 1, 0, k)["outcomes"]["fate"][hostile] == ev.F_LEAKED) for k in range(40)])
        for mode, c in compiled.items()
    }
    apart = leaked["full"] - leaked["fast"]
    margin = 0.1 * np.sum(hostile)
    half = 1.685 * apart.std(ddof=1) / np.sqrt(len(apart))
    assert abs(apart.mean()) + half < margin


@pytest.mark.parametrize("what", ["salvo=1", "salvo=2"])
def test_single_shot_kill_probability_is_what_the_shots_show(system, what: str):
    """Draws of shots that met a live target against the probability written beside them."""
    compiled = system("first-battery", None, f"doctrine.two-shots.{what}")
    hits = expected = variance = 0.0
    for k in range(60):
        shots = simulate(compiled, 3, 0, k)["shots"]
        met = shots[(shots["result"] == ev.S_KILL) | (shots["result"] == ev.S_MISS)]
        hits += np.sum(met["result"] == ev.S_KILL)
        expected += met["p_kill"].sum()
        variance += np.sum(met["p_kill"] * (1.0 - met["p_kill"]))
    assert abs(hits - expected) < 4.0 * np.sqrt(variance)
