"""Each cause of a wrongful engagement alone: a case in which it must be named, and its switch, which must clear it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.bench import BASE, FIRE, STRIKE, WATCH, built

from egide import events as ev
from egide.simulate import simulate

DOCTRINE = {"default": {"engage": ["hostile"], "min_kill": 0.0, "decision_interval": "2 s"}}
SURE = {"general/command": {"declaration_error": {"value": 0, "low": 0, "high": 0},
                            "message_loss": {"value": 0, "low": 0, "high": 0}}}  # fmt: skip
WEST = [{"altitude": "8 km", "speed": "250 m/s"}, {"altitude": "8 km", "speed": "250 m/s"}]


def causes(system: Any, replications: int = 3) -> tuple[int, dict[str, int]]:
    """Launches at friends and neutrals, and for how many of them each cause was named."""
    mild, launches = system.movers["relation"] != ev.HOSTILE, 0
    named = dict.fromkeys(ev.MISTAKES, 0)
    for k in range(replications):
        rows = simulate(system, 1, 0, k)["chances"]
        drawn = rows[rows["drawn"] == 1]
        assert np.all(mild[drawn["mover"]])
        launches += len(drawn)
        for bit, name in enumerate(ev.MISTAKES):
            named[name] += int(np.sum(drawn["causes"] >> bit & 1))
    return launches, named


# --- the identity was another's --------------------------------------------------------------------------------------


def beside(folder: Path, carries: list[str]) -> Any:
    """Friend and attacker fly home 3 km apart. A post between them is blind to the north, and sees and names the
    attacker alone; the battery sees the friend alone, whose echo is large, and cannot ask. It is told of a hostile
    where it has but one track."""

    def route(latitude: float) -> list[dict[str, Any]]:
        return [{"position": [latitude, east], **leg} for east, leg in zip((-32.6, -34.6), WEST, strict=True)]

    post = WATCH | {"name": "ear", "site": "rock", "network": "outpost", "emission": {"blank": [["270 deg", "90 deg"]]}}
    return built(
        folder, doctrine=DOCTRINE, overrides=SURE,
        networks={"island": {"iff": []}, "outpost": {"iff": ["alliance", "civil"]}},
        sites=[*BASE["sites"], {"name": "rock", "position": [45.0, -33.6], "height": "20 m"}],
        sensors=[post], batteries=[FIRE],
        links=[{"name": "voice", "from": "outpost", "to": "island", "latency": "1 s", "update": "5 s",
                "carries": carries}],
        flights=[{"name": "home", "type": "aircraft/f-16c", "side": "blue", "start": "0 s", "transponder": ["alliance"],
                  "route": route(45.014)}],
        raids=[STRIKE | {"start": "0 s", "route": route(44.986), "overrides": {"rcs": "0.0001 m2"}}],
        identification={
            "priors": {"all": {"friend": 0.5, "neutral": 0.2, "hostile": 0.3}},
            "thresholds": {"hostile": 0.8, "suspect": 0.6, "friend": 0.9, "assumed_friend": 0.6, "neutral": 0.8},
        },
    )  # fmt: skip


def test_an_identity_that_went_to_the_wrong_track_is_named_and_goes_with_the_word(tmp_path: Path):
    launches, named = causes(beside(tmp_path, ["identity"]))
    assert launches > 0
    assert named["wrong-correlation"] == launches
    assert named["stale-track"] == named["operator-error"] == 0
    assert causes(beside(tmp_path, ["tracks"])) == (0, dict.fromkeys(ev.MISTAKES, 0))


# --- the track was looked at too long ago ----------------------------------------------------------------------------


def into_the_airway(folder: Path, review: str) -> Any:
    """An airliner comes from the side into an airway before it is in reach. Nobody can ask it; off the airway it counts
    for an attacker."""
    return built(
        folder, doctrine=DOCTRINE, overrides=SURE, networks={"island": {"iff": [], "corridors": True}},
        sensors=[WATCH], batteries=[FIRE], sides=BASE["sides"] | {"civil": {"relation": "neutral"}},
        corridors=[{"name": "airway", "path": [[45.0, -33.9], [45.0, -35.5]], "width": "30 km", "floor": "5 km",
                    "ceiling": "12 km"}],
        flights=[{"name": "liner", "type": "airliner/boeing-737", "side": "civil", "start": "0 s",
                  "transponder": ["civil"],
                  "route": [{"position": [45.6, -32.6], "altitude": "9 km", "speed": "240 m/s"},
                            {"position": [45.0, -33.9]}, {"position": [45.0, -35.0]}]}],
        identification={
            "priors": {"all": {"friend": 0.3, "neutral": 0.3, "hostile": 0.4}}, "review": review,
            "likelihoods": {"in-corridor": {"friend": 0.05, "neutral": 0.95, "hostile": 0.02},
                            "off-corridor": {"friend": 0.05, "neutral": 0.02, "hostile": 0.9}},
            "thresholds": {"hostile": 0.9, "suspect": 0.6, "friend": 0.9, "assumed_friend": 0.6, "neutral": 0.8},
        },
    )  # fmt: skip


def test_a_track_that_was_judged_where_its_object_no_longer_is_is_named_and_goes_with_frequent_looks(tmp_path: Path):
    launches, named = causes(into_the_airway(tmp_path, "15 min"))
    assert launches > 0
    assert named["stale-track"] == launches
    assert named["wrong-correlation"] == named["operator-error"] == 0
    assert causes(into_the_airway(tmp_path, "5 s"))[0] == 0


# --- switches of the documented case ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "alternative", "sets"),
    [
        ("foreign-iff", "as-documented", ("networks.battery.iff=[alliance, national, civil]",)),
        ("lost-picture", "picture-on", ()),
    ],
)
def test_a_cause_of_2003_goes_with_its_switch(system, cause: str, alternative: str, sets: tuple[str, ...]):
    before = causes(system("patriot-2003", "as-documented"), 4)[1]
    after = causes(system("patriot-2003", alternative, *sets), 4)[1]
    assert before[cause] > 0
    assert after[cause] == 0
