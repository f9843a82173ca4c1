"""Why attackers got through: reasons, the deciding one, and its share."""

from __future__ import annotations

import math

import pytest

from egide import events, i18n
from egide.analysis import intervals, reasons
from egide.analysis.reasons import Change, Shot, Stand
from egide.report import labels

NAN = math.nan


def change(time_s: float, decision: str = "no-engage", reason: str = "none") -> Change:
    return Change(time_s, decision, reason, "hostile", 7, "", 0.5, 10.0)


def stand(
    changes: tuple[Change, ...] = (), shots: tuple[Shot, ...] = (), end_s: float = 1000.0, near_m: float = 0.0
) -> Stand:
    of = reasons._Met()
    of.changes[0], of.shots[0] = list(changes), list(shots)
    of.firm["net"], of.declared["net"] = 10.0, [(20.0, "hostile")]
    return reasons._stand(of, 0, "battery", "net", near_m, 50_000.0, 5.0, end_s)


def shot(launch_s: float, meet_s: float) -> Shot:
    return Shot(launch_s, meet_s, 7, "", "miss", "hostile", 1, 0.5)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_reason_and_every_cause_has_words_in_both_languages(language: str):
    say = i18n.translator(language)
    for code in (*events.REASONS, *reasons.OWN_CAUSES):
        words = labels.told(labels.CAUSE_LABELS, code, say)
        assert words != code, f"{code} has no words in report.labels"
        if language == "fr":
            assert words != labels.CAUSE_LABELS[code], f"{code} has no French"


def test_own_causes_are_no_reasons_of_the_engine():
    assert not set(reasons.OWN_CAUSES) & set(events.REASONS)


@pytest.mark.parametrize(
    ("changes", "shots", "cause"),
    [
        ((change(100, reason="identity"), change(200, reason="out-of-reach"), change(300, reason="identity")), (),
         "out-of-reach"),
        ((change(100, reason="masked"), change(200, reason="no-channel"), change(300, reason="out-of-reach")), (),
         "no-channel"),
        ((change(100, reason="a-code-of-tomorrow"),), (), "a-code-of-tomorrow"),
        ((change(900, "engage"),), (), "late"),
        ((change(900, "engage"), change(950, "abort", "out-of-reach")), (), "late"),
        ((change(900, "engage"), change(950, "abort", "no-missile")), (), "no-missile"),
        ((change(500, "engage"), change(510, "launch"), change(640, "assess-miss")), (shot(510, 620),), "missed"),
        ((change(900, "engage"), change(910, "launch")), (shot(910, 990),), "not-assessed"),
        ((change(500, "engage"), change(510, "launch"), change(640, "assess-kill")), (shot(510, 620),), "called-kill"),
        ((change(1200, reason="no-missile"),), (), "never-near"),  # after its weapon was gone
        ((), (), "never-near"),
    ],
)  # fmt: skip
def test_the_cause_of_one_battery_is_its_furthest_stage(changes, shots, cause):
    assert stand(changes, shots).cause == cause


def test_a_battery_far_away_decides_nothing():
    far, near = stand((change(100, reason="out-of-reach"),), near_m=90_000.0), stand((change(100, reason="identity"),))
    assert not far.mattered
    assert near.mattered
    assert reasons._deciding([far, near], 5.0) == ("identity", "battery")
    assert reasons._deciding([far], 5.0) == ("never-near", "")
    assert reasons._deciding([near], NAN) == ("never-seen", "")


def test_what_held_a_shot_up_is_counted_by_time():
    held = stand((change(100, reason="masked"), change(130, reason="no-channel"), change(230, reason="masked")))
    assert held.held_up(300.0) == [("masked", 100.0), ("no-channel", 100.0)]


def test_shares_sum_to_one_and_their_intervals_hold_them():
    found = [
        reasons.Case(k % 4, f"o{k}", "hostile", "leaked", 5.0, 9.0, (), "late" if k % 3 else "identity", "")
        for k in range(40)
    ]
    shares = reasons.shares(found, 4)
    assert sum(each.share for each in shares) == pytest.approx(1.0)
    assert sum(each.n for each in shares) == 40
    assert all(each.low <= each.share <= each.high for each in shares)
    assert reasons.shares([], 4) == []


def test_a_share_of_unclustered_trials_is_wilsons():
    """Newcombe's 81 of 263: one trial a replication leaves nothing to widen."""
    found = intervals.share([1.0] * 81 + [0.0] * 182, [1.0] * 263)
    assert (found.low, found.high) == pytest.approx((0.2552885, 0.3662096), abs=2e-3)


def test_leakers_of_one_replication_widen_the_interval():
    alike = intervals.share([10.0, 0.0, 10.0, 0.0], [10.0] * 4)
    mixed = intervals.share([5.0, 5.0, 5.0, 5.0], [10.0] * 4)
    assert alike.high - alike.low > 2.0 * (mixed.high - mixed.low)
