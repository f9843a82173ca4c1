"""The study of a country that does not exist: it checks, runs, is judged, adds up, and has its calendar's states."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import egide as eg
from egide import catalog as library
from egide import scenario
from egide.analysis import ledger
from egide.campaign import plan
from egide.campaign.claims import cards
from egide.campaign.timeline import Order, lay_out
from egide.compiler import compile_scenario
from egide.scenario import money_reading
from egide.scenario.calendar_reading import read_calendar
from egide.simulate import simulate

FOLDER = Path(__file__).parents[3] / "studies" / "neighbourhood"
STUDY = FOLDER / "study.yaml"
FILE = FOLDER / "scenario.yaml"


def test_nothing_is_wrong_with_any_file() -> None:
    assert scenario.check(FILE) == []
    assert plan.check(STUDY) == []
    assert money_reading.check_money(STUDY) == []
    assert read_calendar(FOLDER / "calendar.yaml", scenario.load_study(STUDY)).alternatives == (
        "as-is", "heron-alone", "heron-integrated", "more-terns",
    )  # fmt: skip


def test_no_real_country_is_near() -> None:
    """Every country of the map lies beyond the area, and no word of the study names one."""
    from egide.ingest import polygons

    area = scenario.load(FILE, "as-is").area
    for name in polygons.countries():
        for ring in polygons.country(name):
            inside = (area.south <= ring[:, 1]) & (ring[:, 1] <= area.north)
            assert not np.any(inside & (area.west <= ring[:, 0]) & (ring[:, 0] <= area.east)), name
    text = " ".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml"))
    assert [name for name in polygons.countries() if f" {name} " in text] == []


def test_everything_that_its_own_equipment_says_is_assumed() -> None:
    """Also what it takes over from an entry whose figures were published."""
    known = scenario.load(FILE, "heron-integrated").catalog
    shipped = library.load()
    assert "missile/heron" in known.own
    for name in known.own:
        assert name not in shipped
        assert {value.grade for value in known[name].values.values()} <= {"A"}
        assert {value.source_ids for value in known[name].values.values()} <= {()}
    assert shipped["launcher/m903-gem-t"].values["ready_missiles"].grade == "S"
    assert known["launcher/heron"].values["ready_missiles"].grade == "A"


@pytest.mark.parametrize("name", ["as-is", "heron-alone", "heron-integrated", "more-terns"])
def test_one_replication_of_each_alternative_runs(name: str) -> None:
    system = compile_scenario(scenario.load(FILE, name, ("tracking.mode=fast",)))
    outcomes = simulate(system, 2034, 0, 0)["outcomes"]
    assert len(outcomes) >= 28 + 18
    assert np.sum(outcomes["shots"] > 0) > 5


def test_the_catalogue_answers_about_what_does_not_exist() -> None:
    """The missile flies 150 km, and from 9 km the horizon of its radar is further: 4.12 (√9000 + √8) = 402 km."""
    judged = {card.id: card for card in cards(STUDY, only=("reach-200-km", "terns-meet-everything")).cards}
    reach = judged["reach-200-km"].finding
    assert reach is not None
    assert reach.value.value == pytest.approx(150e3)
    assert reach.verdict == "not supported"
    assert judged["reach-200-km"].invented
    stopped = judged["terns-meet-everything"].finding
    assert stopped is not None
    assert stopped.value.value == pytest.approx(3 / 4), "all but the ballistic missile"


def test_money_adds_up_to_what_a_pencil_says() -> None:
    """Heron: 800 M, 200 M crowns at 0.25, and 30 M a year from 2033-03-01 to 2035-12-31, 1 036 days; Terns: 600 M."""
    books = eg.money(STUDY)
    worth = {item.name: item.amount for item in books.items}
    assert worth["heron-contract"].value == pytest.approx(800e6)
    assert worth["heron-site"].value == pytest.approx(200e6 * 0.25)
    assert [worth["heron-site"].low, worth["heron-site"].high] == pytest.approx([40e6, 60e6])
    assert worth["terns-contract"].value == pytest.approx(3 * 200e6)
    assert worth["study-group"].value == pytest.approx(10e6)
    yearly, chooser = 30e6 * 1036 / 365.25, next(iter(books.parties))
    price = ledger.cost(books.items, chooser, "heron-alone", books.decision, "operation")
    assert price.open.value == pytest.approx(yearly)
    held = {shot.id: shot.held for shot in books.shots}
    assert held["missile/heron"] == {"as-is": 0, "heron-alone": 24, "heron-integrated": 24, "more-terns": 0}


def test_the_calendar_has_the_states_that_one_counts() -> None:
    """With the dates as published or slipped: the island with and without the radar ship (2); a Heron alone with it,
    without it, and out of order for want of spares (3); the same integrated (3); two Terns more with the ship, three
    with it, three without it (3). Out of order is a state of those replications in which spares are what is missing."""
    assert len(lay_out(STUDY, Order()).states) == 2 + 3 + 3 + 3
