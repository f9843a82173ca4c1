"""Which catalogue values a scenario rests on: those that a run of it reads and the file does not write itself.

unit     a radar, battery, aircraft or jammer of the scenario; its own `overrides` take the place of the catalogue
usual    a value of general/... that holds where nobody says otherwise; in use only where somebody does not

Values of how something flies (catalog.roles.PATH) are left out: the scenario writes its routes. A test compiles the
shipped scenarios with a catalogue that records what is read and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from egide.catalog import Entry
from egide.catalog.roles import NOT_READ, PATH, SIGNATURE
from egide.scenario import Scenario

__all__ = ["used_values"]

Used: TypeAlias = tuple[str, str]  # entry, parameter

_ATTACK: Final = (*SIGNATURE, "damage", "hit_probability", "unit_cost")
_JAMMED: Final = frozenset({
    "antenna_gain", "noise_figure", "receiver_bandwidth", "receiver_loss", "side_lobes", "beam_azimuth",
    "beam_elevation",
})  # fmt: skip
_IDENTITY: Final = (
    "transponder_failure", "interrogator_failure", "civil_no_reply", "false_military_reply", "friend_civil_reply",
    "civil_wrong_code", "hostile_civil_reply",
)  # fmt: skip


def used_values(scenario: Scenario) -> set[Used]:
    """Every (entry, parameter) in use, ranged or not."""
    found = {pair for pair in _everything(scenario) if scenario.catalog[pair[0]].has(pair[1])}
    return {(entry, name) for entry, name in found if name not in PATH}


def _everything(scenario: Scenario) -> Iterator[Used]:
    yield from _radars(scenario)
    yield from _batteries(scenario)
    yield from _flyers(scenario)
    yield from _of_command(scenario)
    yield from _usual(scenario)


def _all_of(scenario: Scenario, name: str, without: frozenset[str] = frozenset()) -> Iterator[Used]:
    entry = scenario.catalog[name]
    left_out = NOT_READ.get(entry.kind, frozenset()) | without
    yield from ((name, parameter) for parameter in entry.values if parameter not in left_out)


def _radars(scenario: Scenario) -> Iterator[Used]:
    """Search radars, airborne ones, those of batteries and patrols. An antenna whose height is written is known."""
    jammed = bool(_jamming(scenario))
    placed: list[tuple[str, float | None, Any]]
    placed = [(unit.type, unit.antenna_height_m, unit.overrides) for unit in scenario.sensors]
    placed += [(unit.radar, 0.0, unit.overrides) for unit in scenario.airborne]
    placed += [
        (radar.type, radar.antenna_height_m, radar.overrides)
        for battery in scenario.batteries
        for radar in battery.radars or ()
    ]
    shooting = {patrol.radar for patrol in scenario.patrols}  # a battery's channels are its system's
    placed += [(radar, 0.0, {}) for radar in shooting]
    for name, height_m, overrides in placed:
        without = frozenset(overrides) | (frozenset() if jammed else _JAMMED)
        if name not in shooting:
            without |= {"channels"}
        if height_m is not None:
            without |= {"antenna_height"}
        yield from _all_of(scenario, name, without)


def _batteries(scenario: Scenario) -> Iterator[Used]:
    for battery in scenario.batteries:
        yield from _all_of(scenario, battery.system, frozenset(battery.overrides))
        if battery.command_post is not None:
            yield from _all_of(scenario, battery.command_post)
        for row in battery.launchers or ():
            if row.loaded is None:
                yield row.type, "ready_missiles"
            yield row.type, "reload_time"
            yield from _missile(scenario, row.missile)
    for patrol in scenario.patrols:
        if patrol.command_post is not None:
            yield from _all_of(scenario, patrol.command_post)
        yield from _missile(scenario, patrol.missile)


def _missile(scenario: Scenario, name: str) -> Iterator[Used]:
    yield from _all_of(scenario, name)
    if scenario.engagement.flyout == "table":
        yield name, "peak_speed"


def _flyers(scenario: Scenario) -> Iterator[Used]:
    """All are seen, and taken for something; what a hit does and what it costs is asked of attackers alone."""
    seen: list[tuple[str, Any]] = [(unit.type, {}) for unit in scenario.airborne]
    seen += [(unit.type, unit.overrides) for unit in scenario.patrols]
    seen += [(unit.type, unit.overrides) for unit in scenario.flights]
    seen += [(unit.type, {}) for unit in scenario.jammers]
    if scenario.traffic is not None:
        seen.append((scenario.traffic.type, {}))
    for name, overrides in seen:
        yield from ((name, each) for each in SIGNATURE if each not in overrides)
        yield name, "length"
    for raid in scenario.raids:
        attacking: list[tuple[str, Any]] = [(raid.type, raid.overrides)]
        if raid.decoys is not None:
            attacking.append((raid.decoys.type, raid.decoys.overrides))
        if raid.debris is not None:
            attacking.append((raid.debris.type, {}))
        for name, overrides in attacking:
            yield from ((name, each) for each in _ATTACK if each not in overrides)
    for jamming in _jamming(scenario):
        yield from _all_of(scenario, jamming.type, frozenset(jamming.overrides))


def _jamming(scenario: Scenario) -> list[Any]:
    carried: list[Any] = [unit.jammer for unit in scenario.flights]
    carried += [unit.jammer for unit in scenario.raids]
    carried += [unit.jammer for unit in scenario.jammers]
    return [jamming for jamming in carried if jamming is not None]


def _of_command(scenario: Scenario) -> Iterator[Used]:
    name = "general/command"
    yield from ((name, each) for each in _IDENTITY)
    if any("national" in network.iff for network in scenario.networks.values()):
        yield name, "friend_national_reply"
    if any(getattr(flight, "reflectors", False) for flight in scenario.flights):
        yield name, "reflector_rcs"
    if any(network.declaration_time_s is None for network in scenario.networks.values()):
        yield name, "declaration_time"
    if any(network.declaration_error is None for network in scenario.networks.values()):
        yield name, "declaration_error"
    if any(link.registration_m is None for link in scenario.links):
        yield name, "registration_error"
    if any(battery.available is None for battery in scenario.batteries):
        yield name, "battery_up"
    if scenario.batteries or scenario.patrols:
        yield from ((name, each) for each in ("assessment_delay", "kill_called_miss", "miss_called_kill"))
    named = {unit.doctrine for unit in scenario.batteries} | {unit.doctrine for unit in scenario.patrols}
    rules = [scenario.doctrine[name] for name in named]
    if any(rule.order_delay_s is None and rule.authority == "centre" for rule in rules):
        yield name, "voice_latency"
    members = scenario.membership.values()
    if any(member.voice_latency_s is None for member in members):
        yield name, "voice_latency"
    if any(member.latency_s is None for member in members) or scenario.chain:
        yield name, "link_latency"
    if any(member.loss is None for member in members) or scenario.chain:
        yield name, "message_loss"
    if scenario.chain:
        yield name, "decision_time"


def _usual(scenario: Scenario) -> Iterator[Used]:
    """What holds for a radar that says nothing of its own, under jamming too."""
    radars = [scenario.catalog[name] for name in {name for name, _ in _radars(scenario)}]
    yield from (("general/radar", name) for name in scenario.catalog["general/radar"].values if _asked(name, radars))
    if _jamming(scenario):
        yield from _all_of(scenario, "general/jamming")
    if any(raid.debris is not None for raid in scenario.raids):
        yield from (("general/ruses", name) for name in ("debris_ratio", "debris_spread"))
    if any(raid.anti_radiation is not None for raid in scenario.raids):
        yield from (("general/ruses", name) for name in ("silent_after", "silent_share"))


def _asked(name: str, radars: list[Entry]) -> bool:
    """Whether some radar leaves a usual value to general/radar. Heights are assumed where a radar measures none."""
    if name.startswith("assumed_height"):
        return any(radar.facts.get("three_d") is False for radar in radars)
    own = {
        "bias_share": ("range_bias", "azimuth_bias", "elevation_bias"), "range_cell_errors": ("range_cell",),
        "angle_cell_errors": ("azimuth_cell", "elevation_cell"),
    }  # fmt: skip
    return any(not radar.has(each) for each in own.get(name, (name,)) for radar in radars)
