"""One switch at a time: the runs that are made, and what their table says. What each switch of this case is worth, the
tutorial on networks shows and its test holds."""

import json
from pathlib import Path

import pytest

from egide.campaign.switches import INSIDE, OUTSIDE, run_switches, turns
from egide.cli.app import main
from egide.errors import ScenarioError

CASE = Path(__file__).parents[3] / "scenarios" / "one-raid-two-networks" / "scenario.yaml"
NO_MEMBERSHIP = Path(__file__).parents[3] / "scenarios" / "first-battery" / "scenario.yaml"


def state(turned):
    """The switches of a run, as its settings write them."""
    return dict(text.removeprefix("membership.s400.").split("=") for text in turned.sets)


def test_each_switch_is_turned_alone_and_left_out_alone():
    at = {"receives_picture": False, "sends_tracks": False, "engagement_authority": "own", "procedural_control": True}
    to = {"receives_picture": True, "sends_tracks": True, "engagement_authority": "centre", "procedural_control": True}
    differing, runs = turns("s400", at, to)
    assert differing == ["receives_picture", "sends_tracks", "engagement_authority"]
    assert len(runs) == 2 * len(differing) + 2
    states = {turned.name: state(turned) for turned in runs}
    for switch in differing:
        alone = [name for name in at if states[f"only-{switch}"][name] != states[OUTSIDE][name]]
        left = [name for name in at if states[f"without-{switch}"][name] != states[INSIDE][name]]
        assert alone == left == [switch]
    assert {text["procedural_control"] for text in states.values()} == {"true"}


def test_one_switch_that_differs_is_one_run():
    differing, runs = turns("s400", {"remote_cue": False}, {"remote_cue": True})
    assert (differing, [turned.name for turned in runs]) == (["remote_cue"], [OUTSIDE, "only-remote_cue"])


def test_the_table_is_printed_and_written(tmp_path, capsys):
    out = tmp_path / "out"
    typed = [
        "switches",
        str(CASE),
        "--to",
        "shared-picture",
        "--replications",
        "2",
        "--measures",
        "shots",
        "-o",
        str(out),
    ]
    assert main([*typed, "--lang", "fr"]) == 0
    told = capsys.readouterr().out
    assert "intercepteurs tirés" in told
    assert "receives_picture" in told
    assert "remote_cue" not in told  # shared-picture does not turn it
    assert json.loads((out / "comparison.json").read_text("utf-8"))["reference"] == OUTSIDE


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--network", "batterie"], "there is no membership of batterie"),
        (["--to", "autonomous"], "autonomous and autonomous turn the same switches"),
        (["--to", "integrated"], "there is no preset integrated"),
    ],
)
def test_what_cannot_be_turned_is_told(options, wrong, tmp_path, capsys):
    assert main(["switches", str(CASE), *options, "-o", str(tmp_path / "out")]) == 2
    assert wrong in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_scenario_without_membership_has_nothing_to_turn(tmp_path):
    with pytest.raises(ScenarioError, match="there is nothing to turn"):
        run_switches(NO_MEMBERSHIP, out=tmp_path / "out")


def test_who_gives_the_order_is_one_switch_among_the_others(tmp_path):
    """With a chain of command, turning the authority is turning the chain: only then is anybody asked."""
    _, compared = run_switches(CASE, alternative="coordinated", replications=2, out=tmp_path / "out", workers=1)
    asked = {name: compared.mean(name, "orders_asked").mean for name in compared.alternatives}
    waiting = {"only-engagement_authority", INSIDE}
    waiting |= {name for name in asked if name.startswith("without-") and name != "without-engagement_authority"}
    assert {name for name, mean in asked.items() if mean > 0.0} == waiting
