"""The ledger of what pictures know agrees with the tracks and declarations that were written down, and with sense."""

import numpy as np
import pytest

from egide import events as ev
from egide.engine.know import class_called
from egide.engine.loop import SWEEP_S, SWEEPS_A_BEAT
from egide.simulate import simulate

RIGHT = {
    "friend": ev.FRIEND, "assumed-friend": ev.FRIEND, "neutral": ev.NEUTRAL, "suspect": ev.HOSTILE,
    "hostile": ev.HOSTILE, "pending": -1, "unknown": -1,
}  # fmt: skip


@pytest.fixture(scope="module")
def run(system):
    compiled = system("one-raid-two-networks", "integrated", "detail.track_interval=2 s")
    return compiled, simulate(compiled, 5, 0, 0, True)


def test_every_identity_of_the_standard_speaks_for_a_class_or_for_none():
    assert {word: int(class_called(ev.IDENTITIES.index(word))) for word in ev.IDENTITIES} == RIGHT


def test_time_tracked_is_the_time_of_the_track_rows(run):
    """A second way: rows written every 2 s for each firm track, the moments of an object counted once. Beats at which a
    track was far off its object are no time tracked."""
    _, tables = run
    rows, ended = tables["tracks"], tables["outcomes"]["end_s"]
    rows = rows[(rows["event"] == ev.T_UPDATE) & (rows["mover"] >= 0)]
    counted = written = 0.0
    for known in tables["knowledge"]:
        if known["mover"] < 0:
            continue
        own = rows[(rows["network"] == known["network"]) & (rows["mover"] == known["mover"])]
        beats = np.unique(own["time_s"][own["time_s"] <= ended[known["mover"]]]).size
        gaps = 2 + known["changes"]  # a row is left out just after a track became firm, or was told again
        assert known["tracked_s"] <= SWEEP_S * (beats + (2 + SWEEPS_A_BEAT) * gaps)  # a beat stands for the next 10 s
        counted, written = counted + known["tracked_s"], written + SWEEP_S * beats
    assert counted == pytest.approx(written, rel=0.05)


def test_parts_of_a_time_are_no_longer_than_the_whole(run):
    _, tables = run
    known = tables["knowledge"]
    real = known[known["mover"] >= 0]
    assert np.all(real["tracked_s"] <= real["flown_s"] + SWEEP_S)
    assert np.all(real["own_s"] <= real["tracked_s"])
    assert np.all(real["right_s"] + real["wrong_s"] <= real["tracked_s"])


def test_the_first_right_declaration_is_that_of_the_identities(run):
    """A track that changes its object takes its identity along: time may be right without a declaration."""
    compiled, tables = run
    declared = tables["identities"]
    for known in tables["knowledge"]:
        if known["mover"] < 0:
            continue
        mine = declared[(declared["network"] == known["network"]) & (declared["mover"] == known["mover"])]
        called = np.array([class_called(identity) for identity in mine["identity"]])
        right = mine["time_s"][called == compiled.movers["relation"][known["mover"]]]
        if right.size:
            assert known["first_right_s"] == right.min()
        else:
            assert np.isnan(known["first_right_s"])


def test_the_network_completes_the_picture_of_the_battery(system):
    """More is known, earlier and more rightly, with the network than without: the same raid, the same luck."""
    share = {}
    for name in ("alone", "integrated"):
        compiled = system("one-raid-two-networks", name)
        hostile = compiled.movers["relation"] == ev.HOSTILE
        known = np.concatenate([simulate(compiled, 1, 0, k)["knowledge"] for k in range(10)])
        known = known[(known["network"] == 1) & (known["mover"] >= 0)]
        threat = known[hostile[known["mover"]]]
        share[name] = (
            threat["tracked_s"].sum() / threat["flown_s"].sum(),
            -np.nanmean(threat["first_firm_s"]),
            known["right_s"].sum() / known["tracked_s"].sum(),
        )
    assert all(b > a for a, b in zip(share["alone"], share["integrated"], strict=True))
