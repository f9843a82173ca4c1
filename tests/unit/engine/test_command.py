"""Orders: what a battery does with an order and without one. The queue at a centre: `egide validate engine`."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from egide import events as ev
from egide.compiler import System
from egide.simulate import simulate

CASE = "one-raid-two-networks"
POST_ = "chain.battery-post"
CUT = f"{POST_}.link.up=[[0 s, 10 min], [28 min, 50 min]]"  # friends fly home in between, the raid comes after
FALLS_S, BACK_S = 660.0, 1_684.0
DEFENCE = ("doctrine.two-shots.self_defence=true", "doctrine.two-shots.self_defence_range=40 km")


# --- orders in a run ---------------------------------------------------------------------------------------------


def runs(system: Callable[..., System], *sets: str, n: int = 4) -> list[dict[str, np.ndarray]]:
    compiled = system(CASE, "coordinated", *sets)
    return [simulate(compiled, 1, 0, k) for k in range(n)]


def of(tables: dict[str, np.ndarray], command: int) -> np.ndarray:
    return tables["commands"][tables["commands"]["command"] == command]


@pytest.mark.parametrize(
    "sets",
    [(), (CUT,), (f"{POST_}.link.loss=0.5",), ("chain.centre.operators=1", f"{POST_}.link.latency=30 s"),
     ("assets.harbour.unit=centre",)],
)  # fmt: skip
def test_every_request_has_one_end(system, sets):
    for tables in runs(system, *sets):
        ends = sum(len(of(tables, end)) for end in (ev.M_GIVEN, ev.M_REFUSED, ev.M_WITHDRAWN, ev.M_LOST))
        open_ones = len(of(tables, ev.M_ASKED)) - ends
        assert 0 <= open_ones <= 6, "at the end of the run as many as there are channels may be open"
        assert np.all(np.diff(tables["commands"]["time_s"]) >= 0.0)


def test_no_missile_leaves_before_its_order_came(system):
    """Nor sooner than the least way up, thought, way down and reaction."""
    shots = 0
    for tables in runs(system, f"{POST_}.fallback.rule=hold", n=6):
        given = of(tables, ev.M_GIVEN)
        for shot in tables["shots"]:
            mine = given[(given["track"] == shot.track) & (given["time_s"] <= shot.launch_s)]
            assert len(mine), f"a shot at track {shot.track} at {shot.launch_s} without an order"
            shots += 1
        assert np.all(given["waited_s"] >= 2 * 4.0 + 10.0)
        assert np.all(given["waited_s"] - 2 * 4.0 >= 10.0)
    assert shots > 50


def test_a_battery_that_is_cut_off_falls_back_and_comes_back(system):
    for tables in runs(system, CUT):
        fell, back = of(tables, ev.M_FELL_BACK), of(tables, ev.M_CAME_BACK)
        assert fell["time_s"] == pytest.approx([FALLS_S])
        assert back["time_s"] == pytest.approx([BACK_S])
        asked = of(tables, ev.M_ASKED)["time_s"]
        assert not np.any((asked > FALLS_S) & (asked < BACK_S)), "alone it asks nobody"


@pytest.mark.parametrize(("rule", "fires"), [("autonomous", True), ("hold", False), ("last-order", False)])
def test_what_a_battery_fires_at_while_cut_off_follows_its_rule(system, rule, fires):
    """It is cut off before the first friend is in its reach: it has no order to go on with."""
    shots = np.concatenate([tables["shots"] for tables in runs(system, CUT, f"{POST_}.fallback.rule={rule}")])
    alone = (shots["launch_s"] >= FALLS_S) & (shots["launch_s"] < BACK_S)
    assert bool(np.any(alone)) == fires
    assert np.any(shots["launch_s"] > BACK_S), "after that it is under orders again"


def test_a_battery_that_may_defend_itself_fires_less_than_one_that_decides_alone(system):
    forever = f"{POST_}.link.up=[[0 s, 1 s]]"

    def fired(rule: str) -> int:
        return sum(len(t["shots"]) for t in runs(system, forever, f"{POST_}.fallback.rule={rule}", *DEFENCE))

    assert 0 < fired("self-defence") < fired("autonomous")


def test_a_battery_goes_on_with_the_orders_it_has(system):
    """Cut off in the middle of the raid, the last order still holds for the tracks that it named, and for no other."""
    sets = (f"{POST_}.link.up=[[0 s, 1700 s]]", f"{POST_}.link.loss=0", f"{POST_}.fallback.lost_after=20 s")
    after = 0
    for tables in runs(system, *sets, f"{POST_}.fallback.rule=last-order", n=6):
        given, fell_s = of(tables, ev.M_GIVEN), of(tables, ev.M_FELL_BACK)["time_s"][0]
        for shot in tables["shots"][tables["shots"]["launch_s"] > fell_s]:
            assert np.any((given["track"] == shot.track) & (given["time_s"] <= fell_s))
            after += 1
    assert after > 0


def test_a_centre_that_is_hit_gives_no_more_orders(system):
    hits = 0
    for tables in runs(system, "assets.harbour.unit=centre", n=8):
        if not len(tables["damages"]):
            continue
        hits += 1
        hit_s = tables["damages"]["time_s"][0]
        assert not np.any(of(tables, ev.M_GIVEN)["time_s"] > hit_s + 4.0), "only what was on its way"
        assert len(of(tables, ev.M_FELL_BACK)) == 1
        assert not len(of(tables, ev.M_CAME_BACK))
    assert hits > 2


def test_a_link_rides_on_the_data_link_that_carries_it(system):
    """Where the picture stops, orders stop with it."""
    over = (f"{POST_}.link.over=alliance-to-battery", "membership.battery.loss=0")
    alone = runs(system, *over, n=1)[0]
    assert not len(of(alone, ev.M_FELL_BACK))
    compiled = system(CASE, "coordinated", *over)
    compiled.links["up_now"][[int(i) for i in compiled.posts["over"] if i >= 0]] = 0
    try:
        assert len(of(simulate(compiled, 1, 0, 0), ev.M_FELL_BACK)) == 1
    finally:
        compiled.links["up_now"] = 1


def test_a_centre_with_a_picture_refuses_what_it_knows_better(system):
    """The battery cannot ask the alliance's modes here; the centre's network can, and has the friends' replies."""
    sets = ("membership.battery.receives_picture=false", "membership.battery.alliance_iff_fitted=false")
    seeing = runs(system, *sets)
    blind = runs(system, *sets, "chain.centre.network=battery")
    refused = sum(len(of(tables, ev.M_REFUSED)) for tables in seeing)

    def wrong(found: list[dict[str, np.ndarray]]) -> int:
        return sum(int(np.sum(tables["outcomes"]["shots"][:18] > 0)) for tables in found)

    assert refused > 0
    assert wrong(seeing) < wrong(blind)


def test_a_chain_that_nobody_waits_for_changes_nothing(system):
    alone = system(CASE, "coordinated", "membership.battery.engagement_authority=own")
    without = system(CASE, "integrated")
    for name in ("shots", "outcomes", "decisions", "identities", "tracks"):
        for k in range(2):
            ours, theirs = (simulate(each, 5, 0, k, True)[name] for each in (alone, without))
            for column in ours.dtype.names or ():
                assert np.array_equal(ours[column], theirs[column], equal_nan=True), (name, column)


def test_faster_links_never_raise_leakage_where_identity_is_perfect(system):
    """One class of target and everybody known for what they are: a slow order only takes time away. The difference is
    paired by luck, and may be above zero by noise alone."""
    plain = ("membership.battery.loss=0", f"{POST_}.link.loss=0", f"{POST_}.fallback.lost_after=50 min",
             "doctrine.two-shots.engage=[hostile, suspect, unknown, pending]", "flights=[]",
             "general/command.declaration_error=0")  # fmt: skip
    leaks = []
    for latency in ("0.1 s", "15 s", "60 s"):
        compiled = system(CASE, "coordinated", *plain, f"{POST_}.link.latency={latency}")
        leaks.append([np.sum(simulate(compiled, 2, 0, k)["outcomes"]["fate"] == ev.F_LEAKED) for k in range(24)])
    found = np.array(leaks, float)
    for faster, slower in ((0, 1), (1, 2), (0, 2)):
        worse = found[faster] - found[slower]
        assert worse.mean() <= 2.0 * worse.std(ddof=1) / math.sqrt(worse.size)
    assert found[0].mean() < found[2].mean()


def test_a_leaker_whose_order_came_too_late_says_so(system):
    """Nobody decides in time: what reaches its target unshot at was waited for."""
    slow = ("chain.centre.decision={low: 20 min, nominal: 20 min, high: 20 min}", f"{POST_}.link.loss=0")
    reasons = [
        row.reason for tables in runs(system, *slow, n=2) for row in tables["outcomes"][18:] if row.fate == ev.F_LEAKED
    ]
    assert reasons.count(ev.R_ORDER_AWAITED) > 0


def test_who_must_hold_while_cut_off_holds_in_a_zone_of_free_fire_too(system):
    """The zone frees fire over all of the area; the battery's rule without its centre is to fire at nothing."""
    corners = "[[43, -38], [43, -30.01], [47, -30.01], [47, -38]]"
    zone = f"zones=[{{name: all, kind: base-defence, area: {corners}, ceiling: 60 km}}]"
    forever = f"{POST_}.link.up=[[0 s, 1 s]]"
    for rule, fires in (("hold", False), ("autonomous", True)):
        fired = sum(len(t["shots"]) for t in runs(system, zone, forever, f"{POST_}.fallback.rule={rule}", n=2))
        assert bool(fired) is fires


def test_nobody_is_left_to_call_what_a_destroyed_battery_hit(system):
    """Its missiles fly on unguided; no assessment is made in its name."""
    sets = ("assets.harbour.unit=battery-1",)
    hits = 0
    for tables in runs(system, *sets, n=8):
        for hit in tables["damages"][tables["damages"]["unit_down"] >= 0]:
            hits += 1
            mine = tables["decisions"][tables["decisions"]["battery"] == hit["unit_down"]]
            called = np.isin(mine["decision"], (ev.D_ASSESS_KILL, ev.D_ASSESS_MISS))
            assert not np.any(mine["time_s"][called] > hit["time_s"])
    assert hits
