"""How batteries fire: conservation, zones, gates, moments, coordination, assignment. Closed forms of doctrine stand in
`egide validate engine`."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from tests.unit import twice

from egide import events as ev
from egide.assign.match_kernels import best_pairs, greedy_pairs
from egide.compiler.system import EXACT, GREEDY
from egide.engine.assign import SHARING, pair_up
from egide.engine.reach import handicap, shot_at
from egide.engine.state import Replication
from egide.errors import ScenarioError
from egide.physics import flyout
from egide.physics.kernels import ecef_from_geodetic
from egide.picture.tables import BELIEF
from egide.simulate import simulate
from egide.validation.fight import parsed, perfect


def test_missiles_are_fired_or_left_to_the_unit_in_every_store_whatever_is_reloaded():
    def change(tree):
        tree["raids"][0] |= {"count": 20}
        tree["doctrine"]["d"] |= {"salvo": 2, "max_shots": 4, "reserve": 1}
        tree["batteries"][0]["launchers"] = [
            {"type": "launcher/m903-mse", "count": 1, "missile": "missile/pac-3-mse", "loaded": 4, "reserve": 9},
            {"type": "launcher/m903-gem-t", "count": 1, "missile": "missile/pac-2-gem-t", "loaded": 2, "reserve": 1},
        ]
        fast = {"value": "20 s", "low": "20 s", "high": "20 s"}
        tree["overrides"] |= {"launcher/m903-mse": {"reload_time": fast}, "launcher/m903-gem-t": {"reload_time": fast}}

    system = perfect(change)
    reloaded = False
    for k in range(8):
        run = Replication(system, 5, 0, k, False)
        shots, end = run.run()["shots"], run.things[8]
        for before, after in zip(system.stores, end, strict=True):
            fired = np.sum((shots["battery"] == 0) & (shots["weapon"] == before["weapon"]))
            assert before["left"] == fired + after["left"]
            assert 0 <= after["ready"] <= min(after["left"], after["capacity"])
            reloaded = reloaded or fired > before["ready"]
        assert len(np.unique(shots["mover"][shots["result"] == ev.S_KILL])) == np.sum(shots["result"] == ev.S_KILL)
    assert reloaded


# --- doctrine ----------------------------------------------------------------------------------------------------


def box(west: float, east: float) -> list[list[float]]:
    return [[44.0, west], [46.0, west], [46.0, east], [44.0, east]]


def run_of(change, seed: int = 1, replication: int = 0):
    return simulate(perfect(change), seed, 0, replication)


def test_nobody_fires_at_what_is_in_a_no_fire_zone_and_the_reason_says_so():
    """The target comes into reach inside it, 75 km away, and leaves it 16 km away."""

    def change(tree):
        zone = {"name": "airway", "kind": "no-fire", "area": box(-34.8, -33.9), "ceiling": "9 km"}
        tree["zones"] = [zone]

    free, held = run_of(lambda tree: None), run_of(change)
    assert ev.R_ZONE in held["decisions"]["reason"]
    assert held["shots"]["launch_s"].min() > free["shots"]["launch_s"].min() + 60.0
    below = run_of(lambda tree: (change(tree), tree["zones"][0].update({"ceiling": "5 km"})))
    assert np.array_equal(below["shots"], free["shots"])  # the target flies above it
    other = run_of(lambda tree: (change(tree), tree["zones"][0].update({"classes": ["drone"]})))
    assert np.array_equal(other["shots"], free["shots"])


def test_in_a_base_defence_zone_fire_is_free_though_it_is_held_outside():
    def change(tree):
        tree["doctrine"]["d"]["weapon_control"] = "hold"
        tree["zones"] = [
            {"name": "base", "kind": "base-defence", "area": box(-35.5, -34.7), "ceiling": "9 km"},
            {"name": "all", "kind": "transit", "area": box(-36.0, -33.0), "ceiling": "9 km", "weapon_control": "hold"},
        ]
        tree["zones"][0]["priority"] = 1

    shots = run_of(change)["shots"]
    assert len(shots)
    assert shots["range_m"].max() < 25e3
    assert not len(run_of(lambda tree: (change(tree), tree.pop("zones")))["shots"])


def test_shots_lie_between_the_gates():
    def change(tree):
        tree["doctrine"]["d"] |= {"fire_beyond": "20 km", "fire_within": "35 km", "max_shots": 4}

    tables = [run_of(change, 1, k) for k in range(6)]
    ways = np.concatenate([rows["shots"]["range_m"] for rows in tables])
    assert len(ways) > 6
    assert np.all((ways >= 20e3) & (ways <= 35e3))
    share = run_of(lambda tree: tree["doctrine"]["d"].update({"fire_share": 0.5}))["shots"]
    assert np.all(share["range_m"] <= 30e3)
    assert ev.R_RANGE_GATE in tables[0]["decisions"]["reason"]


def test_the_last_moment_still_meets_before_harm_and_one_interval_later_would_not():
    plain = run_of(lambda tree: None)["shots"]
    system = perfect(lambda tree: tree["doctrine"]["d"].update({"fire": "last-moment", "decision_interval": "5 s"}))
    shots = simulate(system, 1, 0, 0)["shots"]
    assert shots["launch_s"][0] > plain["launch_s"][0] + 100.0
    harm_s = float(system.movers["release_s"][0])  # over the harbour, near enough
    assert shots["meet_s"][0] <= harm_s + 5.0
    assert shots["meet_s"][0] > harm_s - 25.0


def test_waiting_for_the_best_kill_probability_gains_what_the_edge_would_take():
    def edge(tree):
        tree["engagement"] = {"edge_loss": 0.8, "edge_from": 0.5}

    early = run_of(edge)["shots"]
    best = run_of(lambda tree: (edge(tree), tree["doctrine"]["d"].update({"fire": "best-kill"})))["shots"]
    assert early["p_kill"][0] < 0.15
    assert best["p_kill"][0] > 0.55
    assert best["range_m"][0] / 60e3 < 0.6


def test_a_pairing_is_kept_and_falls_back_in_its_order():
    def change(tree, order):
        tree["raids"][0]["count"] = 6
        tree["doctrine"]["d"]["pairing"] = {"aircraft": order}
        tree["batteries"][0]["launchers"] = [
            {"type": "launcher/m903-mse", "count": 1, "missile": "missile/pac-3-mse", "loaded": 8},
            {"type": "launcher/m903-gem-t", "count": 1, "missile": "missile/pac-2-gem-t", "loaded": 2},
        ]

    mse, gem = 0, 1
    alone = run_of(lambda tree: change(tree, ["missile/pac-3-mse"]))["shots"]
    assert set(alone["weapon"].tolist()) == {mse}
    both = run_of(lambda tree: change(tree, ["missile/pac-2-gem-t", "missile/pac-3-mse"]))["shots"]
    order = both["weapon"][np.argsort(both["launch_s"], kind="stable")].tolist()
    assert order[:2] == [gem, gem]
    assert set(order[2:]) <= {mse}


def test_a_ripple_fires_one_by_one_and_stops_at_a_kill():
    def change(tree):
        tree["doctrine"]["d"] |= {"policy": "ripple", "max_shots": 6, "salvo_interval": "15 s"}

    for k in range(6):
        shots = run_of(change, 1, k)["shots"]
        launched = np.sort(shots["launch_s"])
        assert np.all(np.diff(launched) >= 15.0 - 1e-9)
        killed = shots["meet_s"][shots["result"] == ev.S_KILL]
        assert not len(killed) or launched.max() <= killed.min()
        assert len(killed) or len(shots) == 6


# --- who takes which -----------------------------------------------------------------------------------------------


def crowd(tree, batteries: int = 3, targets: int = 6, **network):
    tree["networks"]["net"] |= network
    first = tree["batteries"][0]
    tree["sites"] += [
        {"name": f"s{k}", "position": [45.0 + 0.05 * k, -35.0], "height": "20 m", "notional": True}
        for k in range(batteries)
    ]
    tree["batteries"] = [{**first, "name": f"b{k}", "site": f"s{k}"} for k in range(batteries)]
    tree["raids"][0] |= {"count": targets}


def doubled(**network) -> float:
    system = perfect(lambda tree: crowd(tree, **network))
    return float(np.mean([np.sum(simulate(system, 1, 0, k)["shots"]["duplicate"]) for k in range(4)]))


def test_batteries_that_coordinate_never_shoot_doubly_others_do_and_delay_makes_some():
    assert doubled() == 0.0
    late = doubled(coordination_delay="3 s")
    assert 0.0 < late <= doubled(coordination_delay="60 s")
    apart = doubled(coordinates=False)
    assert late <= apart
    assert apart >= 6.0


@pytest.mark.parametrize("assignment", ["greedy", "exact"])
def test_shared_decisions_that_learn_late_of_each_other_shoot_doubly_in_part(assignment: str):
    late = doubled(assignment=assignment, coordination_delay="60 s")
    assert doubled(assignment=assignment) == 0.0
    assert 0.0 < doubled(assignment=assignment, coordination_delay="3 s") <= late
    assert late <= doubled(coordinates=False)


@pytest.mark.parametrize("assignment", ["greedy", "exact"])
def test_a_shared_assignment_gives_each_target_to_one_battery(assignment: str):
    for k in range(3):
        tables = simulate(perfect(lambda tree: crowd(tree, 3, 12, assignment=assignment)), 1, 0, k)
        assert len(tables["shots"])
        assert not np.any(tables["shots"]["duplicate"])
        assert set(tables["shots"]["battery"].tolist()) == {0, 1, 2}


def test_the_greatest_threat_is_taken_first():
    """One channel, and two targets at once: one nearer to a harbour that is worth a hundred times as much."""

    def change(tree):
        crowd(tree, 2, 4, assignment="exact")
        tree["assets"] = [
            {"name": "harbour", "position": [45.0, -35.01], "value": 1},
            {"name": "town", "position": [45.1, -34.6], "value": 1000},
        ]
        tree["raids"][0] |= {"count": 2, "abreast": "0 km", "spacing": "0 s"}
        tree["raids"].append({**tree["raids"][0], "name": "far", "route": [
            {"position": [44.6, -32.9], "altitude": "6 km", "speed": "250 m/s"},
            {"position": [44.8, -34.0], "altitude": "6 km", "speed": "250 m/s"}]})  # fmt: skip

    system = perfect(change)
    system.batteries["channels"] = 1
    tables = simulate(system, 1, 0, 0)
    names = [str(name) for name in system.tables["objects"]["name"]]
    first = tables["shots"][np.argsort(tables["shots"]["launch_s"], kind="stable")][:1]
    assert not names[int(first["mover"][0])].startswith("far")


def test_pairs_are_the_best_there_are_and_greedy_is_within_half_of_them():
    """SciPy's assignment, on random gains with room for several targets a battery."""
    draw = np.random.default_rng(4)
    for _ in range(60):
        targets, units = int(draw.integers(1, 13)), int(draw.integers(1, 13))
        gain = np.where(draw.random((targets, units)) < 0.8, draw.random((targets, units)), 0.0)
        room = draw.integers(0, 4, units)
        owner = np.repeat(np.arange(units), room)
        wide = np.hstack([gain[:, owner], np.zeros((targets, targets))])
        rows, cols = linear_sum_assignment(-wide)
        best = float(wide[rows, cols].sum())
        col_of, u, v = np.zeros(targets, np.int64), np.zeros(targets), np.zeros(wide.shape[1])
        ints, least = np.zeros((3, wide.shape[1]), np.int64), np.zeros(wide.shape[1])
        ours = best_pairs(wide, targets, wide.shape[1], col_of, u, v, ints, least)
        assert ours == pytest.approx(best, abs=1e-12)
        assert -(u.sum() + v.sum()) == pytest.approx(best, abs=1e-9)  # the prices prove it
        assert np.all(-wide - u[:, None] - v[None, :] >= -1e-9)
        taken, left = np.full(targets, -1, np.int64), room.astype(np.int64)
        greedy = greedy_pairs(gain, targets, units, left, taken, np.zeros(targets, np.int64))
        assert 0.5 * best - 1e-12 <= greedy <= best + 1e-12
        assert np.all(left >= 0)
        assert greedy == pytest.approx(sum(gain[i, k] for i, k in enumerate(taken) if k >= 0))


def test_the_bound_of_a_shared_decision_is_never_below_the_best_and_meets_it_where_it_is_exact():
    """Random gains and rooms against SciPy's assignment."""
    draw = np.random.default_rng(8)
    for _ in range(80):
        work = np.zeros(1, SHARING)[0]
        targets, units = int(draw.integers(1, 20)), int(draw.integers(1, 9))
        gain = np.where(draw.random((targets, units)) < 0.8, draw.random((targets, units)), 0.0)
        room = draw.integers(0, 4, units)
        work["gain"][:targets, :units], work["threat"][:targets] = gain, draw.random(targets)
        wide = np.hstack([gain[:, np.repeat(np.arange(units), room)], np.zeros((targets, targets))])
        best = float(wide[linear_sum_assignment(-wide)].sum())
        found = []
        for kind in (EXACT, GREEDY):
            work["room"][:units] = room
            pairs, taken, bound = pair_up(kind, targets, units, work)
            assert pairs == np.sum(work["col_of"][:targets] >= 0)
            assert taken <= best + 1e-12 <= bound + 2e-12
            found.append((taken, bound))
        assert found[0] == pytest.approx((best, best)), "exact is proven"
        assert found[1][1] <= 2.0 * found[1][0] + 1e-12


def test_a_shot_that_would_hardly_kill_is_not_called_a_spent_magazine():
    tables = run_of(lambda tree: tree["doctrine"]["d"].update({"min_kill": 0.99}))
    assert not len(tables["shots"])
    assert ev.R_LOW_KILL in tables["decisions"]["reason"]
    assert ev.R_NO_MISSILE not in tables["decisions"]["reason"]


PROGRAM = """
from egide.simulate import simulate
from egide.store.digest import of_columns
from egide.validation.fight import perfect
from tests.unit.engine.test_firing import everything
import numpy as np
np.seterr(over="ignore")
for name, rows in sorted(simulate(perfect(everything), 7, 0, 0, True).items()):
    print(name, len(rows), of_columns(name, {c: rows[c] for c in rows.dtype.names}))
"""


def everything(tree):
    """All of it at once."""
    crowd(tree, 2, 5, assignment="exact")
    tree["duration"] = "9 min"
    tree["raids"][0]["time_on_target"] = "8 min"
    tree["raids"][0]["route"] = [
        {"position": [45.0, -33.8], "altitude": "6 km", "speed": "250 m/s"},
        {"position": [45.0, -34.5], "altitude": "6 km", "speed": "250 m/s"},
    ]
    tree["doctrine"]["d"] |= {"policy": "ripple", "max_shots": 3, "decision_interval": "5 s"}
    tree["doctrine"]["d"] |= {"fire": "best-kill", "fire_share": 0.9}
    tree["engagement"] = {"edge_loss": 0.5, "manoeuvre_half": "30 m/s2", "flyout": "table"}
    tree["zones"] = [{"name": "base", "kind": "base-defence", "area": box(-35.5, -34.0), "ceiling": "9 km"}]


def test_the_fight_is_the_same_compiled_and_as_plain_python():
    compiled = twice.compiled(PROGRAM)
    assert compiled == twice.plain(PROGRAM)
    assert int(compiled.split("shots ")[1].split()[0]) > 3


# --- kill probability and flight -----------------------------------------------------------------------------------


def test_the_edge_takes_its_share_at_the_edge_and_none_inside():
    rules = perfect().rules[0].copy()
    rules["edge_loss"], rules["edge_from"] = 0.4, 0.5
    assert handicap(30e3, 60e3, 0.0, rules) == 1.0
    assert handicap(60e3, 60e3, 0.0, rules) == pytest.approx(0.6)
    assert handicap(45e3, 60e3, 0.0, rules) == pytest.approx(0.9)
    rules["manoeuvre_half_m_s2"] = 30.0
    assert handicap(30e3, 60e3, 30.0, rules) == pytest.approx(0.5)


@pytest.mark.parametrize(("ground_m", "height_m"), [(15e3, 2e3), (40e3, 6e3), (55e3, 12e3), (30e3, 500.0)])
def test_a_flyout_table_gives_the_time_of_its_closed_form(ground_m: float, height_m: float):
    """A target that hovers, so that the meeting is where it is."""
    system = perfect(lambda tree: tree.update({"engagement": {"flyout": "table"}}))
    store, entry = system.stores[0], parsed().catalog["missile/pac-3-mse"]
    assert store["flyout"] == 1
    lat, lon = np.radians(45.0), np.radians(-35.0)
    track = np.zeros(1, BELIEF)[0]
    track["pos_m"] = ecef_from_geodetic(lat, lon + ground_m / 6.371e6 / np.cos(lat), height_m)
    here = ecef_from_geodetic(lat, lon, 0.0)
    reason, flight_s, _, way_m = shot_at(store, track, *here, ev.AIRCRAFT, 0.0, 0.0, 0.0, system.rules[0])
    assert reason == ev.R_NONE
    slowing = flyout.slowing_for(entry.si("peak_speed"), entry.si("speed"))
    expected = flyout.time_of_flight_s(
        ground_m, height_m, entry.si("speed"), entry.si("range"), entry.si("max_altitude") / 2.0, slowing=slowing
    )
    assert flight_s == pytest.approx(float(expected), rel=0.03)
    assert way_m == pytest.approx(np.hypot(ground_m, height_m), rel=0.01)


def test_far_and_low_takes_longer_with_a_table_than_at_the_mean_speed():
    mean = run_of(lambda tree: None)["shots"]
    table = run_of(lambda tree: tree.update({"engagement": {"flyout": "table"}}))["shots"]
    took = [float(rows["meet_s"][0] - rows["launch_s"][0]) for rows in (mean, table)]
    assert took[1] != took[0]
    assert 0.5 < took[1] / took[0] < 2.0


# --- bad input -----------------------------------------------------------------------------------------------------

ZONE = {"name": "z", "kind": "no-fire", "area": box(-34.8, -34.3), "ceiling": "9 km"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t["doctrine"]["d"].update({"reserve": 49}), "above the magazine"),
        (lambda t: t["doctrine"]["d"].update({"fire_beyond": "9 km", "fire_within": "5 km"}), "nothing lies between"),
        (lambda t: t["doctrine"]["d"].update({"fire_share": 0}), "lets nothing be fired"),
        (lambda t: t["doctrine"]["d"].update({"policy": "shoot-shoot-look"}), "salvo of one"),
        (lambda t: t["doctrine"]["d"].update({"policy": "ripple", "salvo_next": 1}), "makes none"),
        (lambda t: t["doctrine"]["d"].update({"pairing": {"drone": ["missile/48n6e3"]}}), "nobody with this doctrine"),
        (lambda t: t["doctrine"]["d"].update({"pairing": {"drone": ["missile/no-such"]}}), "nothing in the catalogue"),
        (lambda t: t["doctrine"]["d"].update({"classes": ["drone"], "pairing": {"aircraft": ["missile/pac-3-mse"]}}),
         "which classes leaves out"),
        (lambda t: t.update({"zones": [{**ZONE, "floor": "9 km"}]}), "the zone is empty"),
        (lambda t: t.update({"zones": [{**ZONE, "area": [[44, -35], [45, -34.5], [46, -34]]}]}), "the zone is empty"),
        (lambda t: t.update({"zones": [{**ZONE, "weapon_control": "free"}]}), "contradictory weapon control"),
        (lambda t: t.update({"zones": [ZONE, {**ZONE, "name": "y", "kind": "transit"}]}), "and they overlap"),
        (lambda t: t.update({"zones": [{**ZONE, "area": box(-20.0, -19.0)}]}), "outside the area"),
        (lambda t: t.update({"zones": [{**ZONE, "batteries": ["b9"]}]}), "no battery or patrol called"),
        (lambda t: t["overrides"]["missile/pac-3-mse"].update({"min_range": "70 km"}), "nothing lies between"),
        (lambda t: t["overrides"]["missile/pac-3-mse"].update({"max_altitude": "10 m"}), "nothing lies between"),
        (lambda t: t["networks"]["net"].update({"coordinates": False, "assignment": "greedy"}), "do not coordinate"),
        (lambda t: t["networks"]["net"].update({"coordination_delay": "-1 s"}), "expected a time of zero or more"),
        (lambda t: t.update({"engagement": {"edge_loss": 0.5, "edge_from": 1}}), "no edge"),
        (lambda t: t.update({"engagement": {"manoeuvre_half": "0 m/s2"}}), "leaves no kill probability"),
    ],
)  # fmt: skip
def test_an_impossible_doctrine_is_refused_with_place_and_mend(change, said: str):
    with pytest.raises(ScenarioError) as caught:
        parsed(change)
    assert any(said in str(problem) for problem in caught.value.problems)
    assert all(problem.line for problem in caught.value.problems)


def test_zones_of_different_priority_height_or_class_do_not_contradict():
    transit = {**ZONE, "name": "y", "kind": "transit"}
    for other in ({"priority": 1}, {"floor": "9 km", "ceiling": "12 km"}, {"area": box(-34.3, -34.0)}):
        parsed(lambda tree, other=other: tree.update({"zones": [ZONE, {**transit, **other}]}))
    split = [{**ZONE, "classes": ["drone"]}, {**transit, "classes": ["ballistic"]}]
    assert len(parsed(lambda tree: tree.update({"zones": split})).zones) == 2
