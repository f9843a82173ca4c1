"""What a user may get wrong about command, doctrine, missiles, jammers and launches: `egide check` and `egide run` each
give the place, the cause and the mend, and exit with 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.engine.bench import BASE, FIRE, STRIKE, WATCH

from egide.cli.app import main

Sections = dict[str, Any]
MINE = FIRE | {"doctrine": "d"}
ZONE = {"name": "z", "kind": "no-fire", "area": [[44, -36], [44, -35], [45, -35], [45, -36]], "ceiling": "9 km"}
CENTRE, POST = {"name": "a", "kind": "sector-centre"}, {"name": "p", "kind": "battery-post", "superior": "a"}
ORDERED = {"d": {"authority": "centre"}}
FALLING = {"name": "bm", "type": "ballistic/scud-b", "side": "red", "start": "1 min", "target": "harbour"}
JAMMER = "jammer/notional-self-screening"
NOTHING = {"value": 0, "low": 0, "high": 0}
HARMLESS = {f"kill_{name}": NOTHING for name in ("aircraft", "cruise", "drone", "ballistic")}
TWO: Sections = {"island": {"iff": []}, "b": {"iff": []}}
LINK = {"name": "l", "from": "island", "to": "b", "latency": "4 s", "update": "10 s"}
NAN = float("nan")


def missile(**values: Any) -> Sections:
    return {"overrides": {"missile/pac-3-mse": values}}


CASES: dict[str, tuple[Sections, str, str]] = {
    "reserve above the magazine": (
        {"doctrine": {"d": {"reserve": 9}}}, "doctrine.d.reserve", "above the magazine of fire, 8"),
    "empty zone, by height": ({"zones": [ZONE | {"floor": "9 km"}]}, "zones.z.ceiling", "not above its floor"),
    "empty zone, by corners": ({"zones": [ZONE | {"area": []}]}, "zones.z.area", "at least 3"),
    "empty zone, by class": ({"zones": [ZONE | {"classes": []}]}, "zones.z.classes", "at least 1"),
    "empty zone, by phase": ({"zones": [ZONE | {"phases": []}]}, "zones.z.phases", "at least 1"),
    "empty zone, by battery": ({"zones": [ZONE | {"batteries": []}]}, "zones.z.batteries", "at least 1"),
    "authority cycle": (
        {"chain": [CENTRE | {"superior": "b"}, {"name": "b", "kind": "national-centre", "superior": "a"}, POST],
         "doctrine": ORDERED}, "chain.a.superior", "a → b → a"),
    "unit without command": ({"chain": [CENTRE], "doctrine": ORDERED}, "batteries.fire", "no post with a superior"),
    "contradictory control of zones": (
        {"zones": [ZONE, ZONE | {"name": "y", "kind": "transit"}]}, "zones.y.weapon_control", "the higher priority"),
    "contradictory control in a zone": (
        {"zones": [ZONE | {"weapon_control": "free"}]}, "zones.z.weapon_control", "contradictory weapon control"),
    "missile without launcher": (
        {"doctrine": {"d": {"pairing": {"aircraft": ["missile/48n6e3"]}}}}, "doctrine.d.pairing.aircraft[0]",
        "has a launcher with missile/48n6e3"),
    "no launcher at all": ({"batteries": [MINE | {"launchers": []}]}, "batteries.fire.launchers", "at least 1"),
    "least range above most": (missile(min_range="90 km"), "overrides.missile/pac-3-mse.min_range", "above range"),
    "gates that nothing passes": (
        {"doctrine": {"d": {"fire_beyond": "9 km", "fire_within": "5 km"}}}, "doctrine.d.fire_within", "exchange them"),
    "fire beyond every reach": (
        {"doctrine": {"d": {"fire_beyond": "900 km"}}}, "doctrine.d.fire_beyond", "flies farther than 60 km"),
    "negative latency of a link": (
        {"networks": TWO, "links": [LINK | {"latency": "-4 s"}]}, "links.l.latency", "zero or more, got '-4 s'"),
    "negative latency of orders": (
        {"chain": [CENTRE, POST | {"link": {"latency": "-1 s"}, "commands": ["fire"]}]}, "chain.p.link.latency",
        "zero or more"),
    "negative delay between batteries": (
        {"networks": {"island": {"iff": [], "coordination_delay": "-1 s"}}}, "networks.island.coordination_delay",
        "zero or more"),
    "no number for a loss": ({"networks": TWO, "links": [LINK | {"loss": NAN}]}, "links.l.loss", "expected a number"),
    "jammer without power": (
        {"raids": [STRIKE | {"jammer": {"type": JAMMER, "overrides": {"power": "0 W"}}}]}, "raids.strike.jammer",
        "a jammer without power"),
    "launch beyond the type's range": (
        {"raids": [FALLING | {"launch": [[45.0, -33.0], [43.1, -30.1]]}]}, "raids.bm.launch[1]",
        "447 km away, beyond the 300 km"),
    "assignment with zero probability": (
        missile(**HARMLESS) | {"networks": {"island": {"iff": [], "assignment": "exact"}}},
        "networks.island.assignment", "an assignment with zero probability"),
    "assignment with no number for one": (
        missile(kill_aircraft={"value": NAN, "low": 0, "high": 1}), "overrides.missile/pac-3-mse.kill_aircraft.value",
        "not a finite number"),
    "probability above one": (missile(kill_aircraft=1.5), "overrides.missile/pac-3-mse.kill_aircraft", "1.5"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_is_refused_by_check_and_by_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    sections, place, said = CASES[name]
    good = {"sensors": [WATCH], "batteries": [MINE], "raids": [STRIKE], "doctrine": {"d": {}}}
    monkeypatch.chdir(tmp_path)
    Path("scenario.yaml").write_text(yaml.safe_dump(BASE | good | sections, sort_keys=False), encoding="utf-8")
    for words in (["check"], ["run"]):
        more = ["--replications", "1", "-o", "out"] if words == ["run"] else []
        assert main([*words, "scenario.yaml", *more]) == 2
        line = next(each for each in capsys.readouterr().err.splitlines() if place in each)
        assert line.startswith("scenario.yaml:")
        assert f" {place}: " in line
        assert said in line
        assert "; " in line or "expected" in line, "and how to mend it"
        assert not Path("out").exists()


def test_the_scenario_that_they_all_change_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    good = {"sensors": [WATCH], "batteries": [MINE], "raids": [STRIKE], "doctrine": {"d": {}}, "zones": [ZONE]}
    Path("scenario.yaml").write_text(yaml.safe_dump(BASE | good, sort_keys=False), encoding="utf-8")
    assert main(["check", "scenario.yaml"]) == 0
