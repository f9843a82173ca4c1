"""Who transmits when: cued, in ambush, shut down under attack; anti-radiation weapons; suppression."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.bench import FIRE, STRIKE, WATCH, built, write

from egide import events as ev
from egide import scenario
from egide.errors import ScenarioError
from egide.simulate import simulate

FAR = WATCH | {"name": "far", "site": "cape"}
SITES = [{"name": "hill", "position": [45.0, -35.0], "height": "20 m"},
         {"name": "cape", "position": [45.0, -35.3], "height": "20 m"}]  # fmt: skip
UNIT = {"name": "post", "unit": "watch", "position": [45.0, -35.0], "value": 10}
AT_RADAR = STRIKE | {"target": "post", "anti_radiation": {"silent": "20 s", "share": 0.25}, "count": 4,
                     "overrides": {"hit_probability": 0.8}}  # fmt: skip
ARM = AT_RADAR | {"count": 1, "route": [
    {"position": [45.0, -32.0], "altitude": "8 km", "speed": "600 m/s"},
    {"position": [45.0, -34.0], "altitude": "8 km", "speed": "600 m/s"}]}  # fmt: skip
HARMLESS = ARM | {"overrides": {"hit_probability": 0.0}}


def plots_by_radar(folder: Path, **sections: Any) -> tuple[list[str], np.ndarray]:
    system = built(folder, **sections)
    names = [str(name) for name, kind in zip(system.tables["objects"]["name"], system.tables["objects"]["kind"],
                                             strict=True) if kind == "radar"]  # fmt: skip
    return names, simulate(system, 1, 0, 0, True)["plots"]


def test_a_cued_radar_is_silent_until_the_network_tells_of_somebody_near(tmp_path: Path):
    """The other radar sees the raid from 230 km on; the cued one begins when the track is within 100 km."""
    cued = WATCH | {"emission": {"cued": {"within": "100 km"}}}
    names, plots = plots_by_radar(tmp_path, sites=SITES, sensors=[cued, FAR], raids=[STRIKE])
    mine, other = (plots[plots["radar"] == names.index(name)] for name in ("watch", "far"))
    real = mine[mine["mover"] == 0]
    assert np.min(other["time_s"][other["mover"] == 0]) < 60.0
    assert 95e3 < real["range_m"][0] < 100.5e3
    assert np.all(mine["time_s"] > real["time_s"][0] - 15.0), "silent before: not even false plots"


def test_a_cued_radar_alone_never_wakes(tmp_path: Path):
    cued = WATCH | {"emission": {"cued": {"within": "100 km"}}}
    _, plots = plots_by_radar(tmp_path, sensors=[cued], raids=[STRIKE])
    assert len(plots) == 0


def test_a_cued_radar_falls_silent_again_after_the_last_reason(tmp_path: Path):
    """The raid is gone when it has struck; its track is dropped within 90 s, and the radar lingers 60 s."""
    cued = WATCH | {"emission": {"cued": {"within": "100 km", "linger": "60 s"}}}
    names, plots = plots_by_radar(tmp_path, sites=SITES, sensors=[cued, FAR], raids=[STRIKE])
    mine = plots[plots["radar"] == names.index("watch")]
    other = plots[plots["radar"] == names.index("far")]
    struck_s = float(np.max(other["time_s"][other["mover"] == 0]))
    assert struck_s + 50.0 < float(np.max(mine["time_s"])) < struck_s + 60.0 + 90.0
    assert float(np.max(other["time_s"])) > 1180.0


def engagements(folder: Path, emission: dict[str, Any] | None) -> np.ndarray:
    battery = FIRE | ({"emission": emission} if emission else {})
    system = built(folder, sensors=[WATCH], batteries=[battery], raids=[STRIKE], doctrine={"default": {}})
    return simulate(system, 1, 0, 0)["decisions"]


def test_a_battery_in_ambush_engages_only_from_its_range_on(tmp_path: Path):
    """Without ambush it engages as soon as the missile reaches; with 30 km, once the track is that near."""
    free, held = engagements(tmp_path, None), engagements(tmp_path, {"ambush": {"within": "30 km"}})
    first = [float(rows["time_s"][rows["decision"] == ev.D_ENGAGE][0]) for rows in (free, held)]
    flown_km = 236.5 - first[1] * 0.25  # from the first point to the site
    assert first[0] < first[1]
    assert 24.0 < flown_km < 30.5
    assert ev.R_MASKED in held["reason"][held["time_s"] < first[1]]


def hits(folder: Path, sensor: dict[str, Any], raid: dict[str, Any], replications: int) -> tuple[int, int]:
    """Attacks that arrived, and those that hit the radar at `post`."""
    system = built(folder, sensors=[sensor], raids=[raid], assets=[UNIT])
    arrived = hit = 0
    for k in range(replications):
        tables = simulate(system, 1, 0, k)
        arrived += int(np.sum(tables["outcomes"]["fate"] == ev.F_LEAKED))
        hit += len(tables["damages"])
    return arrived, hit


def test_anti_radiation_weapons_miss_a_silent_radar_by_the_stated_share(tmp_path: Path):
    """0.8 against a radar that transmits, 0.8 x 0.25 against one that has been silent: binomial within 3.5 sigma."""
    quiet = WATCH | {"emission": {"quiet": [["8 min", "20 min"]]}}
    for sensor, p in ((WATCH, 0.8), (quiet, 0.2)):
        arrived, hit = hits(tmp_path, sensor, AT_RADAR, 100)
        assert arrived == 400
        assert abs(hit - arrived * p) < 3.5 * (arrived * p * (1 - p)) ** 0.5


def test_silence_shorter_than_stated_helps_nobody(tmp_path: Path):
    arrives_s = 236.5e3 / 250.0
    brief = WATCH | {"emission": {"quiet": [[f"{arrives_s - 10:.0f} s", "20 min"]]}}
    assert hits(tmp_path, brief, AT_RADAR, 40) == hits(tmp_path, WATCH, AT_RADAR, 40)


def test_a_radar_that_shuts_down_under_threat_comes_back_and_is_hit_less(tmp_path: Path):
    """The second radar keeps the track, so that the silence lasts until the weapon is past."""
    rule = {"shutdown": {"within": "60 km", "faster_than": "400 m/s", "resume": "40 s"}}
    duck = WATCH | {"emission": rule}
    names, plots = plots_by_radar(tmp_path, sites=SITES, sensors=[duck, FAR], raids=[HARMLESS], assets=[UNIT])
    mine = plots[plots["radar"] == names.index("watch")]["time_s"]
    arrives_s = 236.5e3 / 600.0
    quiet = np.diff(np.sort(mine))
    assert np.max(quiet) > 60.0, "and back again"
    begin = float(np.sort(mine)[np.argmax(quiet)])
    assert arrives_s - 60e3 / 600.0 - 15.0 < begin < arrives_s - 60.0
    system = built(tmp_path, sites=SITES, sensors=[duck, FAR], raids=[ARM], assets=[UNIT])
    open_ = built(tmp_path, sites=SITES, sensors=[WATCH, FAR], raids=[ARM], assets=[UNIT])
    ducked, stood = (sum(len(simulate(s, 1, 0, k)["damages"]) for k in range(60)) for s in (system, open_))
    assert ducked < 0.6 * stood


def test_slow_aircraft_shut_nobody_down(tmp_path: Path):
    rule = {"shutdown": {"within": "60 km", "faster_than": "400 m/s", "resume": "40 s"}}
    with_rule = plots_by_radar(tmp_path, sensors=[WATCH | {"emission": rule}], raids=[STRIKE])[1]
    without = plots_by_radar(tmp_path, sensors=[WATCH], raids=[STRIKE])[1]
    assert np.array_equal(with_rule["time_s"], without["time_s"])


# --- suppression -------------------------------------------------------------------------------------------------

POST = {"name": "post", "unit": "fire", "position": [45.0, -35.0], "value": 10}
MISSES = STRIKE | {"name": "first", "target": "post", "overrides": {"hit_probability": 0.0}, "start": "0 s", "route": [
    {"position": [45.0, -34.3], "altitude": "1 km", "speed": "250 m/s"},
    {"position": [45.0, -34.6], "altitude": "1 km", "speed": "250 m/s"}]}  # fmt: skip


def test_a_battery_that_is_attacked_opens_no_engagement_for_a_while_and_sees_on(tmp_path: Path):
    engaged = []
    for suppression in ({}, {"suppression": {"attacked": "10 min"}}):
        system = built(
            tmp_path, sensors=[WATCH], batteries=[FIRE | suppression], raids=[MISSES, STRIKE | {"target": "post"}],
            assets=[POST], doctrine={"default": {"min_kill": 0.0, "max_shots": 1, "salvo": 1}},
            overrides={"missile/pac-3-mse": {"kill_aircraft": 0.0, "kill_cruise": 0.0}},
        )  # fmt: skip
        tables = simulate(system, 1, 0, 0, True)
        engaged.append(tables["decisions"]["time_s"][tables["decisions"]["decision"] == ev.D_ENGAGE])
        attacked_s = float(tables["outcomes"]["end_s"][0])
        plots = tables["plots"]
        assert np.any((plots["time_s"] > attacked_s) & (plots["time_s"] < attacked_s + 300.0) & (plots["radar"] > 0))
    assert np.any((engaged[0] > attacked_s) & (engaged[0] < attacked_s + 600.0))
    assert not np.any((engaged[1] > attacked_s) & (engaged[1] < attacked_s + 600.0))
    assert attacked_s == pytest.approx(220.0, abs=5.0)
    silent = tables["decisions"][tables["decisions"]["reason"] == ev.R_SUPPRESSED]
    assert len(silent), "and says why"
    assert np.all((silent["time_s"] >= attacked_s) & (silent["time_s"] < attacked_s + 600.0))
    assert 1 in silent["mover"]


@pytest.mark.parametrize("dry", ["sensor", "silent"])
def test_a_battery_without_missiles_stays_as_a_sensor_or_falls_silent(tmp_path: Path, dry: str):
    few = [{"type": "launcher/m903-mse", "count": 1, "missile": "missile/pac-3-mse", "loaded": 1}]
    system = built(
        tmp_path, sensors=[WATCH], batteries=[FIRE | {"launchers": few, "suppression": {"dry": dry}}],
        raids=[STRIKE | {"count": 2, "spacing": "120 s"}], doctrine={"default": {"salvo": 1}},
    )  # fmt: skip
    tables = simulate(system, 1, 0, 0, True)
    shots, plots = tables["shots"], tables["plots"]
    assert len(shots) == 1
    after = (plots["time_s"] > float(shots["meet_s"][0]) + 5.0) & (plots["radar"] > 0)
    assert bool(np.any(after)) is (dry == "sensor")


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"sensors": [WATCH | {"emission": {"ambush": {"within": "30 km"}}}]}, "cannot lie in ambush"),
        ({"raids": [STRIKE | {"anti_radiation": {}}]}, "harbour is no unit with radars"),
        ({"sensors": [WATCH | {"emission": {"cued": {"within": "-5 km"}}}]}, "got '-5 km'"),
        ({"sensors": [WATCH | {"emission": {"shutdown": {"within": "9 km"}}}]}, "'faster_than' is missing"),
    ],
)
def test_an_impossible_rule_is_said_with_its_place(tmp_path: Path, sections: dict[str, Any], said: str):
    with pytest.raises(ScenarioError) as caught:
        scenario.load(write(tmp_path, **({"sensors": [WATCH], "raids": [STRIKE]} | sections)), None, ())
    assert said in "\n".join(problem.show() for problem in caught.value.problems)
