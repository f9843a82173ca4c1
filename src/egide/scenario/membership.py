"""How one network stands to others: inside, outside, or in between, switch by switch.

switch    one thing that a network may or may not share; `alone` and `integrated` differ by several at once, and only
          turning one at a time says which of them a difference comes from
preset    a usual setting of all switches; a switch that is written beside it counts instead
voice     identities told by voice, where procedures are shared but not the picture

A membership is written out as links, interrogation modes, an airspace order and an authority, before anything is
compiled: the engine knows only those. A link of the same name in the file counts instead of the one made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pydantic import Field

from egide.scenario.base import Flag, Model, Positive, Reference
from egide.scenario.command import Link, Network, TimeSpread
from egide.scenario.doctrine import Doctrine
from egide.scenario.quantities import Length, PositiveTime, Probability

if TYPE_CHECKING:
    from egide.catalog import Catalog, Entry
    from egide.scenario.model import Scenario

__all__ = ["PRESETS", "SWITCHES", "Membership", "Preset", "written_out"]

Preset: TypeAlias = Literal["autonomous", "shared-picture", "coordinated-engagement"]
SWITCHES: Final = (
    "receives_picture", "sends_tracks", "alliance_iff_fitted", "procedural_control", "remote_cue",
    "engagement_authority",
)  # fmt: skip
PRESETS: Final[Mapping[Preset, tuple[bool, bool, bool, bool, bool, str]]] = {  # in the order of SWITCHES
    "autonomous": (False, False, False, True, False, "own"),
    "shared-picture": (True, True, True, True, False, "own"),
    "coordinated-engagement": (True, True, True, True, True, "centre"),
}


class Membership(Model):
    """What one network shares with others."""

    of: tuple[Reference, ...] = Field(min_length=1)
    """The networks it belongs to; the first also tells it by voice."""
    preset: Preset = "autonomous"
    """autonomous: procedures only; shared-picture: tracks and identities both ways and the alliance's modes;
    coordinated-engagement: also remote cue, and the centre gives the order to fire."""
    receives_picture: Flag | None = None
    """Their tracks and identities come to it."""
    sends_tracks: Flag | None = None
    """Its own tracks and identities go to them."""
    alliance_iff_fitted: Flag | None = None
    """Its interrogators carry the alliance's modes."""
    procedural_control: Flag | None = None
    """It has the airspace order; and identities by voice as long as it does not receive the picture."""
    remote_cue: Flag | None = None
    """It may engage on their tracks before its own radar has one, and they on its."""
    engagement_authority: Literal["own", "centre"] | None = None
    """Who gives its batteries the order to fire."""
    latency_s: TimeSpread | None = None
    """Of its data links; left out: the catalogue's."""
    update_s: PositiveTime = 12.0
    """Time between two reports on the same track over its data links."""
    loss: Probability | None = None
    """Of each message; left out: the catalogue's."""
    capacity: Positive | None = None
    """Tracks at once over a data link; left out: no limit."""
    relays: Flag = False
    """Its data links pass on also what their senders heard from others."""
    registration_m: Length | None = None
    """How far its frame and theirs may lie apart, by axis; left out: the catalogue's."""
    voice_latency_s: TimeSpread | None = None
    """Of what is told by voice; left out: the catalogue's."""
    voice_update_s: PositiveTime = 30.0
    """Time between two rounds of telling by voice."""
    voice_capacity: Positive = 10
    """Tracks that a round of telling by voice can name."""

    def switches(self) -> dict[str, Any]:
        """Every switch as it stands."""
        usual = dict(zip(SWITCHES, PRESETS[self.preset], strict=True))
        return {name: usual[name] if getattr(self, name) is None else getattr(self, name) for name in SWITCHES}


def written_out(scenario: Scenario, catalog: Catalog) -> dict[str, Any]:
    """What the memberships of a scenario add to it: its networks, links, batteries, patrols and doctrines, as they
    are to be compiled. Nothing where there is none."""
    if not scenario.membership:
        return {}
    networks, doctrine = dict(scenario.networks), dict(scenario.doctrine)
    links = {link.name: link for link in scenario.links}
    units: dict[str, tuple[Any, ...]] = {"batteries": scenario.batteries, "patrols": scenario.patrols}
    for name, member in scenario.membership.items():
        on = member.switches()
        networks[name] = _network(networks[name], on)
        for link in _links(name, member, on, catalog):
            links.setdefault(link.name, link)
        for section, members in units.items():
            units[section] = tuple(
                _under(unit, on["engagement_authority"], doctrine) if unit.network == name else unit for unit in members
            )
    return {"networks": networks, "links": tuple(links.values()), "doctrine": doctrine, **units}


def _under(unit: Any, authority: str, doctrine: dict[str, Doctrine]) -> Any:
    """A unit whose doctrine has this authority: its own, or a copy that is named after it."""
    rules = doctrine[unit.doctrine]
    if rules.authority == authority:
        return unit
    other = f"{unit.doctrine}-{authority}"
    doctrine.setdefault(other, rules.model_copy(update={"authority": authority}))
    return unit.model_copy(update={"doctrine": other})


def _network(network: Network, on: Mapping[str, Any]) -> Network:
    modes: tuple[str, ...] = tuple(mode for mode in network.iff if mode != "alliance")
    if on["alliance_iff_fitted"]:
        modes = ("alliance", *modes)
    return network.model_copy(update={"iff": modes, "airspace_order": on["procedural_control"]})


def _links(name: str, member: Membership, on: Mapping[str, Any], catalog: Catalog) -> list[Link]:
    usual = catalog["general/command"]
    loss = usual.si("message_loss") if member.loss is None else member.loss
    latency = _spread(usual, "link_latency") if member.latency_s is None else member.latency_s
    voice = _spread(usual, "voice_latency") if member.voice_latency_s is None else member.voice_latency_s

    def link(sender: str, receiver: str) -> Link:
        apart = None if member.registration_m is None else f"{member.registration_m!r} m"
        return _made(f"{sender}-to-{receiver}", sender, receiver, latency, member.update_s, loss=loss,
                     carries=("identity", "tracks"), capacity=member.capacity, remote_cue=on["remote_cue"],
                     relays=member.relays, registration=apart)  # fmt: skip

    found = [link(other, name) for other in member.of if on["receives_picture"]]
    found += [link(name, other) for other in member.of if on["sends_tracks"]]
    if on["procedural_control"] and not on["receives_picture"]:
        found.append(_made(f"voice-to-{name}", member.of[0], name, voice, member.voice_update_s, loss=loss,
                           carries=("identity",), capacity=member.voice_capacity))  # fmt: skip
    return found


def _spread(entry: Entry, name: str) -> TimeSpread:
    """A time of the catalogue with its low and high."""
    low_s, nominal_s, high_s = entry.si(name, "low"), entry.si(name), entry.si(name, "high")
    return TimeSpread.model_validate({"low": f"{low_s!r} s", "nominal": f"{nominal_s!r} s", "high": f"{high_s!r} s"})


def _made(name: str, sender: str, receiver: str, latency: TimeSpread, update_s: float, **rest: Any) -> Link:
    """A link as the file would have it: quantities are text there."""
    parts = {part: f"{getattr(latency, part + '_s')!r} s" for part in ("low", "nominal", "high")}
    times = {"latency": parts, "update": f"{update_s!r} s"}
    return Link.model_validate({"name": name, "from": sender, "to": receiver, **times, **rest})
