"""Links in whole runs: every key of a link shows in what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import egide as eg
from egide import events as ev
from egide import scenario
from egide.compiler import compile_scenario
from egide.errors import ScenarioError, StoreError
from egide.scenario.tree import plain, read_tree
from egide.simulate import simulate

FIRST = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"


def system(*sets: str, links: list[dict[str, Any]] | None = None, **link: Any):
    """The first battery's island, which tells another network and that one a third."""
    tree = plain(read_tree(FIRST.read_text(encoding="utf-8"), str(FIRST)))
    tree.pop("alternatives")
    tree["duration"], tree["batteries"] = "25 min", []
    tree["networks"] |= {"far": {}, "farther": {}}
    tell = {"name": "tell", "from": "island", "to": "far", "latency": "4 s", "update": "12 s", **link}
    tree["links"] = [tell, *(links or [])]
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    return compile_scenario(scenario.parse(text, "variant.yaml", None, None, sets))


def messages(compiled: Any) -> np.ndarray:
    return simulate(compiled, 1, 0, 0, True)["messages"]


def test_one_latency_is_the_same_for_every_message_and_a_spread_is_drawn_for_each():
    same = messages(system())
    np.testing.assert_allclose(same["arrived_s"] - same["sent_s"], 4.0)
    spread = messages(system(latency={"low": "1 s", "nominal": "4 s", "high": "60 s"}))
    beats = {row["sent_s"]: row["arrived_s"] - row["sent_s"] for row in spread}
    waits = np.array(list(beats.values()))
    assert 1.0 <= waits.min() < 10.0 < 30.0 < waits.max() <= 60.0
    assert len(set(waits)) == len(waits)
    assert waits.mean() == pytest.approx((1.0 + 4.0 + 60.0) / 3.0, abs=4.0 * waits.std() / np.sqrt(len(waits)))


def test_a_message_that_was_overtaken_changes_nothing():
    found = messages(system(latency={"low": "1 s", "nominal": "4 s", "high": "60 s"}, update="6 s"))
    newest: dict[int, float] = {}
    for row in found:
        overtaken = row["said_s"] <= newest.get(int(row["sender_track"]), -np.inf)
        assert bool(row["late"]) == overtaken
        newest[int(row["sender_track"])] = max(newest.get(int(row["sender_track"]), -np.inf), float(row["said_s"]))
    assert found["late"].sum() > 10


def test_what_is_on_its_way_when_a_link_goes_down_still_arrives_and_nothing_is_sent():
    whole = messages(system(latency="100 s"))
    cut = messages(system(latency="100 s", up=[["0 s", "15 min"], ["20 min", "25 min"]]))
    sent, late = cut["sent_s"], cut["arrived_s"]
    assert not np.any((sent > 900.0) & (sent < 1200.0))
    assert np.any((sent < 900.0) & (late > 900.0))
    before = whole["sent_s"] < 900.0
    np.testing.assert_array_equal(cut[sent < 900.0]["arrived_s"], whole[before]["arrived_s"])
    assert np.any(sent >= 1200.0)


def test_a_registration_error_widens_what_is_told():
    def sigma(text: str) -> float:
        rows = simulate(system(registration=text), 1, 0, 0, True)["tracks"]
        told = rows[(rows["network"] == 1) & (rows["source"] == ev.B_TOLD) & (rows["event"] == ev.T_FIRM)]
        return float(np.median(np.square(told["sigma_m"].astype(float))))

    assert sigma("3 km") - sigma("0 m") == pytest.approx(3_000.0**2, rel=0.05)


def test_relays_carry_a_network_s_evidence_further_as_it_was_said():
    onward = {"name": "onward", "from": "far", "to": "farther", "latency": "2 s", "update": "12 s"}
    back = {"name": "back", "from": "farther", "to": "island", "latency": "2 s", "update": "12 s", "relays": True}
    quiet = messages(system(links=[onward]))
    assert not np.any(quiet["link"] == 1)
    found = simulate(system(links=[onward | {"relays": True}, back]), 1, 0, 0, True)
    passed = found["messages"][found["messages"]["link"] == 1]
    assert len(passed) > 20
    assert set(passed["said_by"]) == {0}
    assert np.all(passed["sent_s"] - passed["said_s"] >= 4.0)
    assert not np.any(found["messages"]["link"] == 2), "the island hears nothing back of what it alone has seen"
    rows = found["tracks"][(found["tracks"]["network"] == 2) & (found["tracks"]["event"] == ev.T_UPDATE)]
    assert set(rows["source"]) == {ev.B_TOLD}
    assert set(rows["pedigree"]) == {1}
    assert np.all(rows["age_s"] <= 30.0 + 2.0)


def test_what_a_network_believed_at_a_moment_is_in_the_bundle(tmp_path: Path):
    bundle = eg.run(FIRST, tmp_path / "run", replications=1, detail=[0])
    at_s = bundle.sql("SELECT median(time_s) FROM tracks_named WHERE event_name = 'update'").fetchall()[0][0]
    rows = bundle.picture(at_s, "island").fetchnumpy()
    assert len(rows["track"])
    assert set(rows["source_name"]) == {"own"}
    assert np.all((rows["seconds_ago"] >= 0.0) & (rows["seconds_ago"] <= 62.0))
    assert len(np.unique(rows["track"])) == len(rows["track"])
    with pytest.raises(StoreError, match="has no network"):
        bundle.picture(at_s, "isle")


def test_a_latency_out_of_order_is_refused():
    with pytest.raises(ScenarioError, match="low, nominal and high are out of order"):
        system(latency={"low": "9 s", "nominal": "4 s", "high": "12 s"})
