"""Inside or outside a network, by switches: what each of them writes out, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from egide import scenario
from egide.errors import ScenarioError
from egide.scenario.membership import PRESETS, SWITCHES

STUDY = Path(__file__).parents[3] / "studies" / "turkiye-2019" / "scenario.yaml"


def loaded(*sets: str) -> scenario.Scenario:
    return scenario.load(STUDY, "s400-alone", sets)


def links_of_s400(found: scenario.Scenario) -> dict[str, tuple[str, ...]]:
    return {link.name: link.carries for link in found.links if "s400" in (link.from_, link.to)}


def test_an_autonomous_network_has_procedures_and_a_voice():
    found = loaded()
    assert links_of_s400(found) == {"voice-to-s400": ("identity",)}
    assert found.networks["s400"].airspace_order
    assert found.networks["s400"].iff == ("civil",)


def test_presets_differ_as_they_say():
    shared = loaded("membership.s400.preset=shared-picture")
    assert set(links_of_s400(shared)) == {"national-to-s400", "s400-to-national"}
    assert not any(link.remote_cue for link in shared.links if link.to == "s400")
    assert "alliance" in shared.networks["s400"].iff

    coordinated = loaded("membership.s400.preset=coordinated-engagement")
    assert all(link.remote_cue for link in coordinated.links if link.to == "s400")
    authorities = {b.network: coordinated.doctrine[b.doctrine].authority for b in coordinated.batteries}
    assert authorities["s400"] == "centre"
    assert authorities["alliance"] == "own", "another network's batteries keep their doctrine"


@pytest.mark.parametrize("switch", SWITCHES)
def test_one_switch_changes_one_thing(switch):
    usual = dict(zip(SWITCHES, PRESETS["autonomous"], strict=True))[switch]
    other = {"own": "centre"}.get(usual, not usual) if isinstance(usual, str) else not usual
    before, after = loaded(), loaded(f"membership.s400.{switch}={str(other).lower()}")
    changed = {
        "receives_picture": links_of_s400(after) == {"national-to-s400": ("identity", "tracks")},
        "sends_tracks": set(links_of_s400(after)) == {"voice-to-s400", "s400-to-national"},
        "alliance_iff_fitted": after.networks["s400"].iff == ("alliance", "civil"),
        "procedural_control": links_of_s400(after) == {} and not after.networks["s400"].airspace_order,
        "remote_cue": after.links == before.links,  # nothing to cue by as long as no track comes
        "engagement_authority": "long-range-centre" in after.doctrine,
    }
    assert changed[switch]
    assert after.networks["national"] == before.networks["national"]


def test_a_link_written_in_the_file_counts_instead():
    found = scenario.load(STUDY, "s400-alone", ("links.national-to-alliance.latency=9 s",))
    text = scenario.dump(found)
    again = scenario.parse(text, folder=found.folder)
    assert again == found, "what is written out stays as it is when it is read again"


def test_times_and_losses_come_from_the_catalogue_where_nothing_is_said():
    voice = next(link for link in loaded().links if link.name == "voice-to-s400")
    command = loaded().catalog["general/command"]
    latency = voice.latency_s
    assert (latency.low_s, latency.nominal_s, latency.high_s) == tuple(
        command.si("voice_latency", level) for level in ("low", "nominal", "high")
    )
    assert voice.loss == command.si("message_loss")
    slower = loaded("general/command.voice_latency=120 s")
    assert next(link for link in slower.links if link.name == "voice-to-s400").latency_s.nominal_s == 120.0
    said = loaded("membership.s400.voice_latency=90 s")
    latency = next(link for link in said.links if link.name == "voice-to-s400").latency_s
    assert (latency.low_s, latency.nominal_s, latency.high_s) == (90.0, 90.0, 90.0)


def test_a_membership_says_whether_its_links_relay_and_how_far_the_frames_lie_apart():
    shared = loaded("membership.s400.preset=shared-picture", "membership.s400.relays=true",
                    "membership.s400.registration=300 m")  # fmt: skip
    links = [link for link in shared.links if "s400" in (link.from_, link.to)]
    assert links
    assert all(link.relays and link.registration_m == 300.0 for link in links)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("membership.s400.of=[nation]", "there is no network called 'nation'"),
        ("membership.s400.of=[s400]", "s400 would belong to itself"),
        ("membership.s400.preset=friendly", "friendly"),
        ("membership.s400.of=[]", "of"),
    ],
)
def test_a_membership_that_leads_nowhere_is_told(setting, words):
    with pytest.raises(ScenarioError) as caught:
        loaded(setting)
    assert words in str(caught.value)
