"""Equipment of a scenario's own: entries beside those of the catalogue, for invented or unlisted pieces.

like     the entry that a piece is written after: of its kind, and with its values wherever it says nothing else
own      an entry that a scenario wrote; every value of it counts as assumed, also what it took over
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from egide.catalog import Catalog, Entry, Value
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario.base import Label, Model, Positive, Reference, Text
from egide.scenario.explain import problem_at, suggestion
from egide.scenario.forces import NO_OVERRIDES, Overrides
from egide.scenario.tree import Loc, Node, plain

__all__ = ["SECTION", "Components", "Equipment", "LaunchersOf", "equipment_checks", "with_own"]

SECTION: Final = "equipment"
_ID: Final = re.compile(r"([a-z-]+)/[a-z0-9][a-z0-9-]*")
_KEPT: Final = ("band", "bands", "three_d", "role", "passive", "sees", "low_observable", "components")


class LaunchersOf(Model):
    """Launchers of one type in a system as it is bought."""

    type: Reference
    """Catalogue entry, or an own one, as is the missile."""
    count: Positive = 1
    missile: Reference


class Components(Model):
    """What one battery of a system is made of."""

    radars: tuple[Reference, ...]
    """Catalogue entries, or own ones."""
    command_post: Reference
    launchers: tuple[LaunchersOf, ...]
    """With their number and missile."""


class Equipment(Model):
    """One piece, under an id of its kind and a name: `missile/heron`."""

    like: Reference
    """Entry of the same kind, of the catalogue or written above, whose values it takes over; all count as assumed."""
    label: Label
    note: Text | None = None
    maker: Text | None = None
    """Whose claims its figures are, so that a study moves them together; left out: nobody's."""
    components: Components | None = None
    """Of a system; left out: those of the entry it is like."""
    values: Overrides = NO_OVERRIDES
    """Parameter -> value, in place of what it takes over: a quantity, or value, low, high and why."""


def with_own(catalog: Catalog, root: Node) -> Catalog:
    """The catalogue with the entries that a scenario's tree adds. What is wrong with one is left to `equipment_checks`,
    and the entry left out."""
    section = root.get(SECTION) if root.is_map() else None
    if section is None or not section.is_map():
        return catalog
    entries = dict(catalog.entries)
    for entry_id, node in section.items():
        made = _made(replace(catalog, entries=entries), catalog, entry_id, node)
        if made is not None:
            entries[entry_id] = made
    return replace(catalog, entries=entries, own=frozenset(entries) - (frozenset(catalog.entries) - catalog.own))


def _made(known: Catalog, before: Catalog, entry_id: str, node: Node) -> Entry | None:
    """One entry; None where it cannot be made."""
    given = plain(node)
    like = known.get(given.get("like") or "") if isinstance(given, dict) else None
    matched = _ID.fullmatch(entry_id)
    taken = entry_id in before and entry_id not in before.own
    if like is None or matched is None or matched[1] != like.kind or taken:
        return None
    values = {name: _assumed(value, like.id) for name, value in like.values.items()}
    written = given.get("values") or {}
    try:
        entry = replace(like, id=entry_id, values=values)
        changed = replace(known, entries={entry_id: entry}).with_overrides({entry_id: written})[entry_id].values
    except (ScenarioError, AttributeError, TypeError, ValueError):
        changed = values  # told by the checks, at its place
    label = given.get("label")
    texts = {"en": label, "fr": label} if isinstance(label, str) else dict(label) if isinstance(label, dict) else {}
    texts = {"en": str(texts.get("en", entry_id)), "fr": str(texts.get("fr") or texts.get("en", entry_id))}
    facts = {key: like.facts[key] for key in _KEPT if key in like.facts}
    facts |= {key: given[key] for key in ("maker", "components") if given.get(key)}
    return Entry(entry_id, like.kind, texts, (), str(given.get("note") or ""), changed, facts)


def _assumed(value: Value, like: str) -> Value:
    return replace(
        value, basis="assumed", grade="A", source="scenario", source_ids=(), date="", why=f"taken over from {like}",
        disputed=False,
    )  # fmt: skip


def equipment_checks(root: Node, catalog: Catalog) -> Iterator[Problem]:
    """Entries that cannot be made, and parts of systems that are not there. `catalog` holds the own entries too."""
    section = root.get(SECTION)
    if section is None or not section.is_map():
        return
    seen = {name for name in catalog if name not in catalog.own}
    for entry_id, node in section.items():
        here: Loc = (SECTION, entry_id)
        like = node.text("like") if node.is_map() else None
        kind = entry_id.partition("/")[0]
        if entry_id in seen:
            wrong, right = mark("the catalogue has an entry {name}"), mark("give it another id, or write overrides")
            yield problem_at(root, here, wrong, right, True, name=entry_id)
        elif _ID.fullmatch(entry_id) is None:
            wrong = mark("{name} is no id of a piece of equipment")
            right = mark("write its kind, a slash and a name in small letters: missile/heron")
            yield problem_at(root, here, wrong, right, True, name=entry_id)
        elif like is not None and like not in seen:
            right, values = suggestion(like, sorted(name for name in seen if name.startswith(f"{kind}/")))
            wrong = mark("nothing above, and nothing in the catalogue, is called '{name}'")
            yield problem_at(root, (*here, "like"), wrong, right, name=like, **values)
        elif like is not None and catalog[like].kind != kind:
            wrong, right = mark("{name} is of kind {is_kind}, expected {kinds}"), mark("name one of its own kind")
            yield problem_at(root, (*here, "like"), wrong, right, name=like, is_kind=catalog[like].kind, kinds=kind)
        seen.add(entry_id)
        if node.is_map():
            yield from _parts(root, node, here, catalog)


def _parts(root: Node, node: Node, here: Loc, catalog: Catalog) -> Iterator[Problem]:
    """Every part of a system is an entry of the kind that belongs there."""
    parts = node.get("components")
    if parts is None or not parts.is_map():
        return
    if not str(here[-1]).startswith("system/"):
        wrong, right = mark("only a system has components"), mark("leave them out")
        yield problem_at(root, (*here, "components"), wrong, right, True)
        return
    named: list[tuple[Loc, str, Any]] = [(("command_post",), "command-post", _text(parts, "command_post"))]
    radars, launchers = parts.get("radars"), parts.get("launchers")
    named += [(("radars", row), "radar", each.value) for row, each in enumerate(radars.elements() if radars else ())]
    for row, each in enumerate(launchers.elements() if launchers else ()):
        named += [(("launchers", row, "type"), "launcher", _text(each, "type")),
                  (("launchers", row, "missile"), "missile", _text(each, "missile"))]  # fmt: skip
    for loc, kind, name in named:
        if isinstance(name, str) and (name not in catalog or catalog[name].kind != kind):
            right, values = suggestion(name, [entry.id for entry in catalog.of_kind(kind)])
            wrong = mark("nothing in the catalogue is called '{name}'")
            yield problem_at(root, (*here, "components", *loc), wrong, right, name=name, **values)


def _text(node: Node, key: str) -> Any:
    child = node.get(key)
    return child.value if child is not None else None
