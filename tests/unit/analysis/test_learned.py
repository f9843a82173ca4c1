"""What a network holds of friends: one that its radars see, one that only others see and may tell of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.analysis import watched

from egide.analysis import learned
from egide.analysis.learned import Learned, rule_of


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    return learned.read(watched.sharing(tmp_path_factory))


def link(sender: str, receiver: str, *carries: str) -> dict:
    return {"from": sender, "to": receiver, "carries": list(carries)}


TOLD, TELLS = link("other", "own", "identity", "tracks"), link("own", "other", "tracks")


@pytest.mark.parametrize(
    ("links", "rule"),
    [
        ([], "alone"),
        ([link("other", "third", "tracks")], "alone"),
        ([link("other", "own", "identity")], "voice"),
        ([TELLS], "sends"),
        ([TOLD], "receives"),
        ([TOLD, TELLS], "both"),
    ],
)
def test_the_sharing_rule_is_read_from_the_links(links: list[dict], rule: str):
    assert rule_of({"links": links}, ["own"]) == rule


def test_orders_from_a_post_outside_are_a_centre():
    document: dict[str, Any] = {
        "links": [TOLD, TELLS], "batteries": [{"name": "unit", "network": "own"}],
        "chain": [{"name": "centre", "network": "other"}, {"name": "post", "superior": "centre", "commands": ["unit"]}],
    }  # fmt: skip
    assert rule_of(document, ["own"]) == "centre"
    document["chain"] = [{"name": "centre", "network": "own"}, {"name": "post", "superior": "centre",
                                                                "commands": ["unit"]}]  # fmt: skip
    assert rule_of(document, ["own"]) == "both"


def test_alone_it_holds_only_whom_its_own_radars_see(found: Learned):
    alone = found.row("alone").all
    assert (alone.flights, alone.held, alone.told) == (2.0, 1.0, 0.0)
    assert alone.share == 0.5
    assert alone.told_time == 0.0
    assert found.row("alone").told_by == ()


def test_identities_by_voice_bring_no_aircraft_that_it_does_not_hold(found: Learned):
    assert found.row("voice").rule == "voice"
    assert found.row("voice").all.held == found.row("alone").all.held


def test_told_of_tracks_it_holds_him_whom_its_radars_never_saw(found: Learned):
    row = found.row("receives")
    assert (row.rule, row.told_by) == ("receives", ("national",))
    assert (row.all.held, row.all.told) == (2.0, 1.0)
    assert 0.0 < row.all.told_time < 1.0
    assert row.held[1].aircraft == "aircraft/f-16c"
    assert row.held[1].held == row.all.held


def test_shares_are_shares(found: Learned):
    for row in found.rows:
        for held in row.held:
            assert held.told <= held.held <= held.flights
            assert held.span[0] <= held.held <= held.span[1]
            assert 0.0 <= held.rightly <= held.declared <= 1.0
            assert 0.0 < held.of_flight <= 1.0


def test_a_run_without_the_system_says_nothing(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path):
    folder = watched.sharing(tmp_path_factory)
    assert learned.read(folder, "system/patriot-pac3").rows == ()
    assert learned.read(folder / "alone").rows[0].all.flights == 2.0  # one run alone
    with pytest.raises(KeyError):
        learned.read(folder).row("nobody")
