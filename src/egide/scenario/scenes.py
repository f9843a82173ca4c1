"""The scenario of one calendar state: the scenario of an alternative less what is not there.

scene    an alternative with who is there, who is there but out of order, and which upgrades hold
absent   not there: taken out of the scenario, with a network that is left without anybody and the links to it
down     there and out of order: a battery that is never available, its radars silent; another unit is taken out

Draws are keyed by names, so that who is taken out leaves everybody else's luck as it was. Two scenes that leave the
same scenario are one state: an alternative before the first of its own units comes is the scenario of all the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from egide.scenario.calendar_reading import SECTIONS, Laid
from egide.scenario.model import Scenario

__all__ = ["Scene", "scenario_of", "text_key"]

_UNSAID: Final = frozenset({"name", "title", "question", "resolved", "alternatives"})


class Scene(NamedTuple):
    """What a calendar says of one alternative on one day."""

    alternative: str
    there: frozenset[str]
    down: frozenset[str] = frozenset()
    upgrades: tuple[str, ...] = ()  # events, in the order in which they hold


def scenario_of(laid: Laid, scene: Scene) -> Scenario:
    """The scenario of a scene. Raises ScenarioError where an upgrade does not fit the rest."""
    over: dict[str, Any] = {}
    by_name = {event.name: event for event in laid.calendar.events}
    for name in scene.upgrades:
        over |= by_name[name].set
    whole = laid.variants.scenario(laid.patch(scene.alternative), over)
    units = laid.units[scene.alternative]
    gone = {unit for unit in units if unit not in scene.there}
    gone |= {unit for unit in scene.down if units.get(unit) != "batteries"}
    return _out_of_order(_without(whole, gone), scene.down - gone)


def text_key(scenario: Scenario, more: Mapping[str, Any]) -> str:
    """Two scenarios with the same key give the same results: everything that is run, and nothing that is only said."""
    said = {key: value for key, value in scenario.model_dump(mode="json", by_alias=True).items() if key not in _UNSAID}
    shoots = {battery.doctrine for battery in scenario.batteries} | {patrol.doctrine for patrol in scenario.patrols}
    said["doctrine"] = {name: rule for name, rule in said.get("doctrine", {}).items() if name in shoots}
    text = json.dumps([said, dict(more)], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _out_of_order(scenario: Scenario, down: Iterable[str]) -> Scenario:
    out = frozenset(down)
    if not out:
        return scenario
    batteries = tuple(
        unit.model_copy(update={"available": 0.0}) if unit.name in out else unit for unit in scenario.batteries
    )
    return scenario.model_copy(update={"batteries": batteries})


def _without(scenario: Scenario, gone: set[str]) -> Scenario:
    """The scenario less some units, and less the networks that they leave empty."""
    if not gone:
        return scenario
    update: dict[str, Any] = {
        section: tuple(unit for unit in getattr(scenario, section) if unit.name not in gone) for section in SECTIONS
    }
    before = {unit.network for section in SECTIONS for unit in getattr(scenario, section)}
    after = {unit.network for section in SECTIONS for unit in update[section]}
    empty = before - after
    update["networks"] = {name: network for name, network in scenario.networks.items() if name not in empty}
    if not update["networks"]:  # somebody has to be asked for a picture, even one that nobody fills
        update["networks"], empty = scenario.networks, set()
    update["membership"] = {
        name: how.model_copy(update={"of": tuple(other for other in how.of if other not in empty)})
        for name, how in scenario.membership.items()
        if name not in empty and set(how.of) - empty
    }
    update["assets"] = tuple(
        asset.model_copy(update={"unit": None}) if asset.unit in gone else asset for asset in scenario.assets
    )
    update["zones"] = tuple(
        zone if zone.batteries is None else zone.model_copy(update={"batteries": bound})
        for zone in scenario.zones
        if (bound := tuple(name for name in zone.batteries or () if name not in gone)) or zone.batteries is None
    )
    update["links"] = tuple(link for link in scenario.links if not {link.from_, link.to} & empty)
    update["chain"] = _posts(scenario, gone, empty, {link.name for link in update["links"]})
    return scenario.model_copy(update=update)


def _posts(scenario: Scenario, gone: set[str], empty: set[str], links: set[str]) -> tuple[Any, ...]:
    """The chain of those who are left: a battery's post goes with its last battery."""
    posts = []
    for post in scenario.chain:
        commands = tuple(name for name in post.commands if name not in gone)
        if post.commands and not commands:
            continue
        update: dict[str, Any] = {"commands": commands}
        if post.network in empty:
            update["network"] = None
        if post.link.over is not None and post.link.over not in links:
            update["link"] = post.link.model_copy(update={"over": None})
        posts.append(post.model_copy(update=update))
    used = {post.superior for post in posts} | {post.authority for post in posts}
    return tuple(post for post in posts if post.commands or post.name in used or post.name in _tops(scenario))


def _tops(scenario: Scenario) -> set[str]:
    """Centres that nobody was under as the file was written either."""
    under = {post.superior for post in scenario.chain} | {post.authority for post in scenario.chain}
    return {post.name for post in scenario.chain if post.name not in under and not post.commands}
