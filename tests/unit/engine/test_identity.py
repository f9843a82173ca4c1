"""Who it is, as one network says: evidence asked for, once each, and declared with all that it rests on."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any, cast

import numpy as np
import pytest
import yaml

from egide import events as ev
from egide import scenario
from egide.analysis import evidence
from egide.compiler import compile_scenario
from egide.errors import ScenarioError
from egide.picture import identity_kernels as kernels
from egide.simulate import simulate

EAST: list[dict[str, Any]] = [
    {"position": [45.0, -34.4], "altitude": "8 km", "speed": "220 m/s"},
    {"position": [45.0, -33.2]},
]
PLAIN: dict[str, Any] = {
    "egide": 1, "name": "sky", "title": "sky", "start": "2030-05-01T06:00Z", "duration": "6 min",
    "area": {"south": 44.0, "north": 46.0, "west": -36.0, "east": -33.0}, "terrain": {"flat": True},
    "sides": {"blue": {"relation": "friend"}, "civil": {"relation": "neutral"}, "red": {"relation": "hostile"}},
    "networks": {"one": {"iff": ["alliance", "civil"], "flight_plans": True, "declaration_error": 0.0}},
    "sites": [{"name": "hill", "position": [45.0, -35.0], "height": "20 m"}],
    "sensors": [
        {"name": "watch", "type": "radar/generic-long-range", "side": "blue", "site": "hill", "network": "one",
         "overrides": {"azimuth_cell": "0.1 deg", "range_cell": "50 m"}},  # tells a formation apart
    ],
    "overrides": {"general/command": dict.fromkeys(
        ("transponder_failure", "interrogator_failure", "civil_no_reply", "civil_wrong_code"), 0.0)},
    "detail": {"track_interval": "10 s"},
}  # fmt: skip


def flight(name: str, north_deg: float = 0.0, **more: Any) -> dict[str, Any]:
    """One aircraft flying east, `north_deg` beside the middle line."""
    route = [{**point, "position": [45.0 + north_deg, point["position"][1]]} for point in EAST]
    return {"name": name, "type": "aircraft/f-16c", "side": "blue", "route": route, **more}


def sky(flights: list[dict[str, Any]], networks: dict[str, Any] | None = None, **identification: Any):
    """One radar over flat sea, nothing out of order, and these flights."""
    tree = {**PLAIN, "flights": flights, "identification": identification}
    if networks is not None:
        tree["networks"] = {"one": {"declaration_error": 0.0, **networks}}
    return compile_scenario(scenario.parse(yaml.safe_dump(tree, sort_keys=False), "sky.yaml"))


def last_rows(system, seed: int = 1) -> dict[str, Any]:
    """The latest declaration on each object, by the flight's name."""
    rows = simulate(system, seed, 0, 0, True)["identities"]
    names = system.tables["objects"]["name"]
    return {str(names[row["mover"]]).rsplit("-", 1)[0]: row for row in rows if row["mover"] >= 0}


def words(row: Any) -> set[str]:
    return {name for i, name in enumerate(ev.EVIDENCE) if row["evidence"] >> i & 1}


# --- pending ----------------------------------------------------------------------------------------------------------


def test_a_firm_track_is_pending_until_its_first_review(system):
    tables = simulate(system("one-raid-two-networks", "integrated"), 1, 0, 0, True)
    tracks, declared = tables["tracks"], tables["identities"]
    assert not np.any(declared["identity"] == ev.ID_PENDING), "nobody declares anything pending"
    firm = {(r["network"], r["track"]): r["time_s"] for r in tracks if r["event"] == ev.T_FIRM}
    first: dict[tuple[int, int], float] = {}
    for row in declared:
        first.setdefault((row["network"], row["track"]), row["time_s"])
    for row in tracks:
        key = (row["network"], row["track"])
        waits = row["time_s"] < first.get(key, np.inf)
        assert (row["identity"] == ev.ID_PENDING) == waits or row["time_s"] == first.get(key)
    gaps = [time_s - firm[key] for key, time_s in first.items() if key in firm]
    assert len(gaps) > 20
    assert min(gaps) >= 5.0, "declaration_time, low"


def test_what_is_pending_is_neither_told_nor_fired_at(system):
    for k in range(3):
        tables = simulate(system("one-raid-two-networks", "integrated"), 1, 0, k, True)
        pending = tables["messages"]["identity"] == ev.ID_PENDING
        assert pending.any(), "tracks are reported before they are named"
        assert not np.any(tables["identities"]["told"] == ev.ID_PENDING)
        fired = np.isin(tables["decisions"]["decision"], (ev.D_ENGAGE, ev.D_LAUNCH))
        assert not np.any(tables["decisions"]["identity"][fired] == ev.ID_PENDING)


# --- once each --------------------------------------------------------------------------------------------------------


def test_a_second_missing_reply_adds_nothing(system):
    """Reviews every half minute: the same evidence gives the same belief, however often it is seen."""
    compiled = system("one-raid-two-networks", "alone")
    beliefs: dict[tuple[Any, ...], set[tuple[float, ...]]] = {}
    for k in range(4):
        for row in simulate(compiled, 1, 0, k, True)["identities"]:
            key = (row["evidence"], row["told"], row["prior_hostile"])
            beliefs.setdefault(key, set()).add((row["p_friend"], row["p_neutral"], row["p_hostile"]))
    assert sum(bool(bits >> kernels.E_NO_CIVIL & 1) for bits, *_ in beliefs) > 2
    assert all(len(found) == 1 for found in beliefs.values())


def test_a_transponder_is_drawn_once_a_sortie():
    """Half of the transponders fail: each aircraft answers always or never."""
    tree = {**PLAIN, "flights": [flight(f"f{n}", 0.05 * n, transponder=["alliance"]) for n in range(8)]}
    tree["overrides"] = {"general/command": {**PLAIN["overrides"]["general/command"], "transponder_failure": 0.5}}
    compiled = compile_scenario(scenario.parse(yaml.safe_dump(tree, sort_keys=False), "sky.yaml"))
    answers: dict[tuple[int, int], set[bool]] = {}
    for k in range(6):
        for row in simulate(compiled, 1, 0, k, True)["identities"]:
            answers.setdefault((k, row["mover"]), set()).add("military-reply" in words(row))
    assert all(len(found) == 1 for found in answers.values())
    share = np.mean([found.pop() for found in answers.values()])
    assert abs(share - 0.5) < 4.0 * 0.5 / np.sqrt(len(answers))


def test_two_missing_replies_of_one_interrogator_weigh_as_all_its_states_added_up():
    """Exact sum over interrogator and both transponders, by fractions, beside the kernel and the reader of a row."""
    out, failures = Fraction(1, 20), ((Fraction(1, 100), Fraction(1, 2)), (Fraction(1, 1), Fraction(1, 1000)))
    for military, civil in failures:
        total = Fraction(0)
        for states in product((True, False), repeat=3):
            chance = Fraction(1)
            for broken, p in zip(states, (out, military, civil), strict=True):
                chance *= p if broken else 1 - p
            asked_in_vain = states[0] or (states[1] and states[2])
            total += chance * asked_in_vain
        table = np.ones((len(ev.EVIDENCE), 3))
        table[kernels.E_INTERROGATOR_OUT] = float(out)
        table[kernels.E_NO_MILITARY, 0] = float(out + (1 - out) * military)
        table[kernels.E_NO_CIVIL, 0] = float(out + (1 - out) * civil)
        table[kernels.E_NO_MILITARY, 2] = table[kernels.E_NO_CIVIL, 2] = 1.0
        bits = 1 << kernels.E_NO_MILITARY | 1 << kernels.E_NO_CIVIL
        belief: Any = np.array([0.5, 0.0, 0.5])
        kernels.weigh_all(belief, table, cast(int, np.int64(bits)))
        assert belief[0] / belief[2] == pytest.approx(float(total), rel=1e-12)
        named: Any = {name: tuple(row) for name, row in zip(ev.EVIDENCE, table.tolist(), strict=True)}
        ((name, likelihood),) = evidence.pieces_of(bits, "", named)
        assert name == "no-reply"
        assert likelihood[0] == pytest.approx(float(total), rel=1e-12)


def test_who_has_died_has_answered_the_last_question(system):
    """A question goes out with a look: the track of a friend who was killed does not turn hostile for his silence."""
    compiled = system("one-raid-two-networks", "alone")
    objects = compiled.tables["objects"]
    alliance = list(objects["name"][objects["kind"] == "network"]).index("alliance")
    dead = 0
    for k in range(4):
        tables = simulate(compiled, 1, 0, k, True)
        killed = (tables["outcomes"]["fate"] == ev.F_KILLED) & (compiled.movers["relation"] == ev.FRIEND)
        dead += int(killed.sum())
        for row in tables["identities"]:
            if row["network"] == alliance and killed[row["mover"]]:
                assert row["time_s"] < tables["outcomes"]["end_s"][row["mover"]] or row["identity"] != ev.ID_HOSTILE
    assert dead > 3


# --- modes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "both", "alliance_only"),
    [
        (["alliance"], {"military-reply"}, {"military-reply"}),
        (["national"], {"national-reply"}, {"no-national-reply"}),
        (["alliance", "national"], {"military-reply"}, {"military-reply"}),
        ([], set(), set()),
    ],
)
def test_a_mode_answers_only_who_carries_and_asks_it(asked, both, alliance_only):
    """A national system without the alliance's mode still hears who is fitted with its own; both count once."""
    flights = [
        flight("fitted", transponder=["alliance", "national"]),
        flight("ally", 0.3, transponder=["alliance"]),
    ]
    found = last_rows(sky(flights, {"iff": asked}))
    military = {name for name in ev.EVIDENCE if "military" in name or "national" in name}
    assert words(found["fitted"]) & military == both
    assert words(found["ally"]) & military == alliance_only


def test_who_carries_the_national_mode_alone_is_heard_by_a_network_that_asks_both():
    row = last_rows(sky([flight("own", transponder=["national"])], {"iff": ["alliance", "national"]}))["own"]
    assert "national-reply" in words(row)
    assert "no-military-reply" not in words(row), "one transponder, one piece of evidence"


# --- codes ------------------------------------------------------------------------------------------------------------

CODES = {"as-filed": "as-filed", "wrong": "other", "none": "other", "7700": "emergency", "7600": "emergency",
         "7500": "hijack"}  # fmt: skip


def airliners(**more: Any) -> list[dict[str, Any]]:
    return [
        flight(f"code-{code}", 0.1 * n - 0.25, type="airliner/boeing-737", side="civil", transponder=["civil"],
               squawk=code, **{"flight_plan": True, **more})
        for n, code in enumerate(CODES)
    ]  # fmt: skip


def squawks(row: Any) -> set[str]:
    return {word.removeprefix("squawk-") for word in words(row) if word.startswith("squawk-")}


def test_a_code_is_compared_with_the_plan_that_was_filed():
    for name, row in last_rows(sky(airliners())).items():
        assert squawks(row) == {CODES[name.removeprefix("code-")]}


@pytest.mark.parametrize(
    ("network", "plan"), [({"iff": ["civil"]}, True), ({"iff": ["civil"], "flight_plans": True}, False)]
)
def test_without_a_plan_only_an_emergency_says_something(network, plan):
    for name, row in last_rows(sky(airliners(flight_plan=plan), network)).items():
        assert squawks(row) == {CODES[name.removeprefix("code-")]} & {"emergency", "hijack"}


def test_a_network_without_the_civil_mode_hears_no_code():
    found = last_rows(sky(airliners(), {"iff": ["alliance"], "flight_plans": True}))
    assert all(squawks(row) == set() for row in found.values())


def test_a_wrong_code_costs_an_airliner_belief_and_every_code_weighs_one_in_all():
    odds = {"squawk-as-filed": {"friend": 0.5, "neutral": 0.95, "hostile": 0.1},
            "squawk-emergency": {"friend": 0.01, "neutral": 0.01, "hostile": 0.05}}  # fmt: skip
    compiled = sky(airliners(), likelihoods=odds)
    found = last_rows(compiled)
    assert found["code-wrong"]["p_neutral"] < found["code-7700"]["p_neutral"] < found["code-as-filed"]["p_neutral"]
    table = compiled.likelihoods
    codes = [ev.EVIDENCE.index(f"squawk-{name}") for name in ("as-filed", "emergency", "other")]
    assert table[codes].sum(axis=0) == pytest.approx(1.0)


def test_codes_that_sum_to_more_than_one_are_refused():
    half = {"friend": 0.6, "neutral": 0.6, "hostile": 0.6}
    with pytest.raises(ScenarioError, match=r"sum to 1\.2"):
        sky([], likelihoods={"squawk-as-filed": half, "squawk-hijack": half})


# --- formation --------------------------------------------------------------------------------------------------------

TOGETHER = {
    "formation": {"within": "3 km"},
    "likelihoods": {"military-reply": {"friend": 0.95, "neutral": 0.001, "hostile": 0.001},
                    "formation-friend": {"friend": 0.8, "neutral": 0.01, "hostile": 0.01},
                    "formation-hostile": {"friend": 0.01, "neutral": 0.01, "hostile": 0.6}},
    "priors": {"all": {"friend": 0.3, "neutral": 0.2, "hostile": 0.5}},
}  # fmt: skip
KM_NORTH = 1.0 / 111.2
MODES = {"iff": ["alliance"], "flight_plans": True}


def test_who_flies_with_a_friend_that_answers_is_no_longer_hostile():
    flights = [flight("lead", transponder=["alliance"]), flight("wing", 2.0 * KM_NORTH)]
    apart = {**TOGETHER, "formation": {"within": "100 m"}}
    alone, beside = (last_rows(sky(flights, MODES, **rules))["wing"] for rules in (apart, TOGETHER))
    assert "formation-friend" not in words(alone)
    assert alone["mate"] == -1
    assert "formation-friend" in words(beside)
    assert beside["mate"] >= 0
    before = alone["p_hostile"] / alone["p_friend"]
    assert before > 1.0
    assert beside["p_friend"] > beside["p_hostile"]


def test_nothing_inherited_is_handed_on():
    """Lead answers; wing flies with lead, and tail with wing alone."""
    flights = [
        flight("lead", transponder=["alliance"]), flight("wing", 2.0 * KM_NORTH), flight("tail", 4.0 * KM_NORTH)
    ]  # fmt: skip
    found = last_rows(sky(flights, MODES, **TOGETHER))
    assert "formation-friend" in words(found["wing"])
    assert "formation-friend" not in words(found["tail"])


def test_a_formation_counts_once_however_many_fly_in_it():
    wing = flight("wing")
    leads = [flight(f"lead{n}", km * KM_NORTH, transponder=["alliance"]) for n, km in enumerate((-2.0, 2.0, -1.2))]
    one, three = (last_rows(sky([wing, *some], MODES, **TOGETHER))["wing"] for some in (leads[:1], leads))
    assert words(one) == words(three)
    assert [one[c] for c in ("p_friend", "p_neutral", "p_hostile")] == pytest.approx(
        [three[c] for c in ("p_friend", "p_neutral", "p_hostile")]
    )


@pytest.mark.parametrize("apart", [{"north_deg": 10.0 * KM_NORTH}, {"speed": "300 m/s"}, {"west": True}])
def test_who_is_far_faster_or_goes_elsewhere_flies_in_no_formation(apart):
    other = flight("other", apart.get("north_deg", 1.0 * KM_NORTH))
    if "speed" in apart:
        other["route"] = [{**point, "speed": apart["speed"]} for point in other["route"]]
    if "west" in apart:
        first, last = other["route"]
        other["route"] = [{**first, "position": last["position"]}, {"position": first["position"]}]
    rows = simulate(sky([flight("lead", transponder=["alliance"]), other], MODES, **TOGETHER), 1, 0, 0)["identities"]
    assert not np.any(rows["evidence"] >> kernels.E_FORMATION_FRIEND & 1)


def test_odds_of_a_formation_need_to_say_what_one_is():
    with pytest.raises(ScenarioError, match="not what a formation is"):
        sky([], likelihoods=TOGETHER["likelihoods"])


# --- a declaration keeps all that it rests on -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alone", "integrated"])
def test_every_posterior_can_be_had_again_from_its_row_alone(system, name: str):
    compiled = system("one-raid-two-networks", name)
    columns = compiled.tables["likelihoods"]
    table = {
        str(word): (float(f), float(n), float(h))
        for word, f, n, h in zip(*(columns[c] for c in ("evidence", *ev.RELATIONS)), strict=True)
    }
    checked = told = 0
    for k in range(3):
        for row in simulate(compiled, 7, 0, k, True)["identities"]:
            values = {name: row[name] for name in row.dtype.names}
            values["told_name"] = ev.IDENTITIES[row["told"]] if row["told"] >= 0 else ""
            prior, pieces = evidence.weighed(values, table)
            last = pieces[-1].after if pieces else prior
            assert last == pytest.approx((row["p_friend"], row["p_neutral"], row["p_hostile"]), abs=1e-6)
            checked += 1
            told += values["told_name"] in ev.RELATIONS
    assert checked > 100
    assert told > 10
