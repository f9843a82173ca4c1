"""Alternatives and `--set`: named patches on the tree, before any model is made.

patch    remove, then add, then set; `extends` names another patch that comes first
path     section.NAME.key.key, with list members by name or number: batteries.s400-1.launchers.0.count
         or a catalogue value: missile/48n6e3.range, s400.missile.range

What a patch brings keeps the place where it was written, so that a mistake in it is shown in the patch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from egide.catalog import Catalog, Entry
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario.base import key_of
from egide.scenario.explain import suggestion
from egide.scenario.model import Scenario
from egide.scenario.parts import parts_of
from egide.scenario.tree import Node, is_nothing, read_tree

__all__ = ["SECTIONS", "apply_alternative", "apply_sets", "lay", "resolve", "split_path", "steps_of", "try_path"]

SECTIONS: Final = tuple(key_of(name) for name in Scenario.model_fields)
LISTS: Final = (
    "links",
    "chain",
    "sites",
    "sensors",
    "airborne",
    "batteries",
    "patrols",
    "flights",
    "raids",
    "jammers",
    "assets",
    "corridors",
    "phases",
    "zones",
)
MAPPINGS: Final = ("sides", "networks", "doctrine", "membership", "overrides")
OPTION: Final = "--set"

_PARTS: Final = ("missile", "launcher", "radar", "command_post")


def resolve(root: Node, alternative: str | None, sets: Sequence[str], catalog: Catalog) -> Node:
    """The tree with an alternative and settings applied. Raises ScenarioError with every problem of the patches."""
    if alternative is None and not sets:
        return root
    problems: list[Problem] = []
    note = _note(root, alternative, sets)
    if alternative is not None:
        root = apply_alternative(root, alternative, catalog, problems)
        root = _without(root, "alternatives")
    root = apply_sets(root, sets, catalog, problems)
    if problems:
        raise ScenarioError(problems)
    return _with(root, "resolved", note)


def _note(root: Node, alternative: str | None, sets: Sequence[str]) -> Node:
    """What `resolved` will say."""
    before = root.get("resolved")
    members = dict(before.value) if before is not None and before.is_map() else {}
    earlier = members.get("sets")
    rows = list(earlier.value) if earlier is not None and earlier.is_list() else []
    if alternative is not None:
        members["alternative"] = _made(alternative)
        alternatives = root.get("alternatives")
        patch = alternatives.get(alternative) if alternatives else None
        for key in ("label", "note"):
            members.pop(key, None)
            if patch is not None and (child := patch.get(key)) is not None:
                members[key] = child
    members["sets"] = _made(rows + [_made(text) for text in sets])
    return _made(members)


def _made(value: Any) -> Node:
    return Node(value, 0, 0, OPTION)


def _with(node: Node, key: str | int, child: Node) -> Node:
    """A copy with one child replaced or added."""
    if isinstance(key, int):
        rows = list(node.value)
        rows[key] = child
        return replace(node, value=rows)
    return replace(node, value={**node.value, key: child})


def _without(node: Node, key: str) -> Node:
    return replace(node, value={name: child for name, child in node.value.items() if name != key})


# --- alternatives ------------------------------------------------------------------------------------------------


def apply_alternative(root: Node, name: str, catalog: Catalog, problems: list[Problem]) -> Node:
    """The tree with a named alternative, and everything that it extends, applied."""
    alternatives = root.get("alternatives")
    known = [key for key, _ in alternatives.items()] if alternatives else []
    if name not in known:
        right, values = suggestion(name, known)
        wrong = mark("there is no alternative called '{name}'")
        problems.append(Problem(root.file, 0, 0, "--alternative", wrong, right, {"name": name, **values}))
        return root
    for own_name, patch in _chain(alternatives, name, known, problems):
        found: list[Problem] = []
        root = _apply(root, patch, catalog, found)
        problems += [replace(problem, path=f"alternatives.{own_name}.{problem.path}") for problem in found]
    return root


def _chain(alternatives: Node | None, name: str, known: list[str], problems: list[Problem]) -> list[tuple[str, Node]]:
    """The patches from the root of `extends` to this one. A circle or an unknown name is a problem."""
    chain: list[tuple[str, Node]] = []
    seen: list[str] = []
    while alternatives is not None:
        patch = alternatives.get(name)
        if patch is None or not patch.is_map():
            break  # its form is wrong; the model says so
        seen.append(name)
        chain.insert(0, (name, patch))
        parent = patch.get("extends")
        if parent is None or not isinstance(parent.value, str):
            break
        path = f"alternatives.{name}.extends"
        if parent.value in seen:
            problems.append(_circle(alternatives, seen[seen.index(parent.value) :]))
            break
        if parent.value not in known:
            right, values = suggestion(parent.value, known)
            wrong = mark("there is no alternative called '{name}'")
            problems.append(_at(parent, path, wrong, right, name=parent.value, **values))
            break
        name = parent.value
    return chain


def _circle(alternatives: Node, names: list[str]) -> Problem:
    """One problem however the circle is entered: at the first of its names."""
    turn = names.index(min(names))
    names = [*names[turn:], *names[:turn]]
    _, patch = next(item for item in alternatives.items() if item[0] == names[0])
    node = patch.get("extends") or patch
    wrong = mark("alternatives extend each other in a circle: {circle}")
    path = f"alternatives.{names[0]}.extends"
    return _at(node, path, wrong, mark("remove one extends"), circle=" -> ".join([*names, names[0]]))


def _apply(root: Node, patch: Node, catalog: Catalog, problems: list[Problem]) -> Node:
    for section, names in _members(patch, "remove"):
        root = _remove(root, section, names, problems)
    for section, added in _members(patch, "add"):
        root = _add(root, section, added, problems)
    for path, value in _members(patch, "set"):
        found: list[Problem] = []
        root = _set(root, path, value, catalog, found)
        problems += [replace(problem, path=f"set.{problem.path}") for problem in found]
    return root


def _members(patch: Node, key: str) -> list[tuple[str, Node]]:
    child = patch.get(key)
    return list(child.items()) if child is not None else []


def _remove(root: Node, section: str, names: Node, problems: list[Problem]) -> Node:
    if section not in LISTS + MAPPINGS:
        problems.append(_no_section(f"remove.{section}", section, names))
        return root
    content = root.get(section)
    for wanted in names.elements():
        here = _names_in(content)
        if wanted.value not in here:
            right, values = suggestion(str(wanted.value), here)
            wrong = mark("there is no '{name}' in {section} to remove")
            problems.append(
                _at(wanted, f"remove.{section}", wrong, right, name=wanted.value, section=section, **values)
            )
            continue
        if content is None:
            continue
        if isinstance(content.value, dict):
            content = _without(content, wanted.value)
        else:
            content = replace(content, value=[row for row in content.value if row.text("name") != wanted.value])
        root = _with(root, section, content)
    return root


def _add(root: Node, section: str, added: Node, problems: list[Problem]) -> Node:
    if section not in LISTS + MAPPINGS:
        problems.append(_no_section(f"add.{section}", section, added))
        return root
    content = root.get(section)
    if content is None:
        return _with(root, section, added)
    if type(content.value) is not type(added.value):
        wrong = (
            mark("expected a list to add to {section}")
            if content.is_list()
            else mark("expected a mapping to add to {section}")
        )
        problems.append(
            _at(added, f"add.{section}", wrong, mark("write it as the section itself is written"), section=section)
        )
        return root
    here = set(_names_in(content))
    for name, row in added.items():
        if name in here:
            problems.append(_there_already(name, section, *_key_place(row)))
    for row in added.elements():
        name_node = row.get("name")
        if name_node is not None and isinstance(name_node.value, str) and name_node.value in here:
            problems.append(_there_already(name_node.value, section, name_node.file, name_node.line, name_node.column))
    merged = {**content.value, **added.value} if isinstance(content.value, dict) else [*content.value, *added.value]
    return _with(root, section, replace(content, value=merged))


def _names_in(content: Node | None) -> list[str]:
    if content is None:
        return []
    if content.is_map():
        return [name for name, _ in content.items()]
    return [name for row in content.elements() if (name := row.text("name")) is not None]


def _key_place(node: Node) -> tuple[str, int, int]:
    return (node.key_file or node.file, *node.key) if node.key != (0, 0) else (node.file, node.line, node.column)


def _there_already(name: str, section: str, file: str, line: int, column: int) -> Problem:
    wrong = mark("{section} already has a '{name}'")
    right = mark("change it with set, or remove it first")
    return Problem(file, line, column, f"add.{section}", wrong, right, {"section": section, "name": name})


def _no_section(path: str, section: str, node: Node) -> Problem:
    right, values = suggestion(section, [*LISTS, *MAPPINGS])
    file, line, column = _key_place(node)
    wrong = mark("there is no section '{section}' to add to or remove from")
    return Problem(file, line, column, path, wrong, right, {"section": section, **values})


def _at(node: Node, path: str, wrong: str, right: str, **values: Any) -> Problem:
    return Problem(node.file, node.line, node.column, path, wrong, right, values)


# --- settings ----------------------------------------------------------------------------------------------------


def apply_sets(root: Node, sets: Sequence[str], catalog: Catalog, problems: list[Problem]) -> Node:
    """The tree with every `PATH=VALUE` applied."""
    for text in sets:
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not path:
            wrong = mark("'{text}' is not a setting")
            problems.append(
                Problem(OPTION, 0, 0, "", wrong, mark("write PATH=VALUE, for example duration='1 h'"), {"text": text})
            )
            continue
        try:
            node = _value(value.strip())
        except ScenarioError as error:
            problems.extend(replace(problem, file=OPTION, line=0, column=0, path=path) for problem in error.problems)
            continue
        root = _set(root, path, node, catalog, problems)
    return root


def _value(text: str) -> Node:
    """The value of a setting, as YAML; its places are the option's, which has none."""
    if is_nothing(text):
        return _made(None)
    return _placeless(read_tree(text, OPTION))


def _placeless(node: Node) -> Node:
    value: Any = node.value
    if isinstance(value, dict):
        value = {name: _placeless(child) for name, child in value.items()}
    elif isinstance(value, list):
        value = [_placeless(child) for child in value]
    return _made(value)


def _set(root: Node, path: str, value: Node, catalog: Catalog, problems: list[Problem]) -> Node:
    """One value put in its place; the key it stands under is the patch's."""
    file, line, column = _key_place(value)

    def refuse(wrong: str, right: str = "", **values: Any) -> Node:
        problems.append(Problem(file, line, column, path, wrong, right, values))
        return root

    steps = steps_of(root, path, catalog)
    if isinstance(steps, tuple):
        return refuse(steps[0], steps[1], **steps[2])
    return _put(root, steps, value, refuse)


def steps_of(root: Node, path: str, catalog: Catalog) -> list[str] | tuple[str, str, dict[str, Any]]:
    """The way that a path goes down the tree, catalogue values by `overrides`; or what is wrong and right."""
    steps = split_path(path)
    if path.startswith("overrides."):
        path = path.removeprefix("overrides.")
    if "/" in path:
        entry, _, parameter = path.rpartition(".")
        if not entry or "/" in parameter:
            return mark("a catalogue value needs its parameter"), mark("write for example missile/48n6e3.range"), {}
        steps = ["overrides", entry, parameter]
    elif steps[0] not in SECTIONS:
        found = _by_alias(root, steps, catalog)
        if isinstance(found, tuple):
            return found
        steps = found
    if steps[0] in ("alternatives", "resolved", "egide"):
        return mark("'{section}' cannot be set"), "", {"section": steps[0]}
    return steps


def try_path(root: Node, path: str, value: Node, catalog: Catalog) -> list[Problem]:
    """What is wrong with a path, if anything: where `set` could not put a value."""
    problems: list[Problem] = []
    _set(root, path, value, catalog, problems)
    return problems


def lay(root: Node, values: Mapping[str, Any], catalog: Catalog, problems: list[Problem]) -> Node:
    """The tree with plain values put in their places: path -> text, number, or a mapping for a catalogue value. Several
    hundred at once: catalogue values by their own names go in together, and are checked with the rest of the tree."""
    replaced: dict[str, dict[str, Node]] = {}
    for path, value in values.items():
        entry, _, parameter = path.rpartition(".")
        if "/" in entry and "/" not in parameter and not entry.startswith("overrides."):
            replaced.setdefault(entry, {})[parameter] = _placed_nowhere(value)
        else:
            root = _set(root, path, _placed_nowhere(value), catalog, problems)
    if not replaced:
        return root
    before = root.get("overrides") or _made({})
    members = dict(before.value)
    for entry, parts in replaced.items():
        old = members.get(entry)
        members[entry] = _made({**(old.value if old is not None and old.is_map() else {}), **parts})
    return _with(root, "overrides", replace(before, value=members))


def _placed_nowhere(value: Any) -> Node:
    if isinstance(value, dict):
        return _made({name: _made(child) for name, child in value.items()})
    return _made(value)


def split_path(path: str) -> list[str]:
    """`batteries.s400-1.launchers[0].count` -> its steps."""
    return [step for step in re.split(r"\.|\[(\d+)\]", path) if step] or [path]


def _put(root: Node, steps: list[str], value: Node, refuse: Callable[..., Node]) -> Node:
    """Walks down, then copies back up."""
    way: list[tuple[Node, str | int]] = []
    node = root
    for depth, step in enumerate(steps):
        last = depth == len(steps) - 1
        if node.is_list():
            index = _index(node, step)
            if index is None:
                known = _names_in(node) or [str(row) for row in range(len(node.value))]
                right, values = suggestion(step, known)
                return refuse(
                    mark("there is no '{name}' in {section}"),
                    right,
                    name=step,
                    section=".".join(steps[:depth]),
                    **values,
                )
            way.append((node, index))
            node = node.value[index]
            continue
        if not node.is_map():
            return refuse(mark("{section} has no parts"), mark("set it whole"), section=".".join(steps[:depth]))
        way.append((node, step))
        child = node.get(step)
        if child is None:
            free = depth == 0 or _may_appear(steps, depth)
            if not last and not free:
                known = [name for name, _ in node.items()]
                right, values = suggestion(step, known)
                return refuse(
                    mark("there is no '{name}' in {section}"),
                    right,
                    name=step,
                    section=".".join(steps[:depth]),
                    **values,
                )
            child = _blank(value)
        node = child
    node = value
    for parent, key in reversed(way):
        node = _with(parent, key, node)
    return node


def _may_appear(steps: list[str], depth: int) -> bool:
    """Whether a mapping that is not there may be begun: all but the names that a user defines."""
    return not (depth == 1 and steps[0] in ("sides", "networks", "doctrine", "membership"))


def _blank(value: Node) -> Node:
    """An empty mapping where there was none, at the place of the patch."""
    file, line, column = _key_place(value)
    return Node({}, line, column, file, (line, column) if line else (0, 0))


def _index(node: Node, step: str) -> int | None:
    for row, child in enumerate(node.value):
        if child.text("name") == step:
            return row
    if step.isdecimal() and int(step) < len(node.value):
        return int(step)
    return None


# --- catalogue values by a system's name -------------------------------------------------------------------------


def _plain_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _by_alias(root: Node, steps: list[str], catalog: Catalog) -> list[str] | tuple[str, str, dict[str, Any]]:
    """`s400.missile.range` -> overrides, missile/48n6e3, range; or what is wrong and right."""
    systems = [catalog[name] for name in catalog if catalog[name].kind == "system"]
    wanted = _plain_name(steps[0])
    system = next((s for s in systems if wanted in map(_plain_name, (s.id, s.id.rpartition("/")[2], *s.aliases))), None)
    if system is None:
        known = [*SECTIONS, *(s.id.rpartition("/")[2] for s in systems)]
        right, values = suggestion(steps[0], known)
        return mark("there is no section or system '{name}'"), right, {"name": steps[0], **values}
    if len(steps) == 2:
        return ["overrides", system.id, steps[1]]
    part = steps[1].replace("-", "_") if len(steps) == 3 else ""
    if part not in _PARTS:
        right = mark("write SYSTEM.PART.PARAMETER with one of the parts {known}")
        return (
            mark("'{path}' names no part of {system}"),
            right,
            {"path": ".".join(steps), "system": system.id, "known": ", ".join(_PARTS)},
        )
    found = _components(root, system, part, catalog)
    if part in ("missile", "launcher"):
        found = found[:1]  # the main one: of the first launchers
    if len(found) == 1:
        return ["overrides", found[0], steps[2]]
    if not found:
        return mark("{system} has no {part}"), "", {"system": system.id, "part": part}
    right = mark("name one of them, for example {example}")
    return (
        mark("{system} has several: {known}"),
        right,
        {"system": system.id, "known": ", ".join(found), "example": f"{found[0]}.{steps[2]}"},
    )


def _components(root: Node, system: Entry, part: str, catalog: Catalog) -> list[str]:
    """Catalogue entries of one part of a system, as the scenario's batteries have it, else as it is bought."""
    found: list[str] = []
    batteries = root.get("batteries")
    for battery in batteries.elements() if batteries else ():
        if battery.text("system") != system.id:
            continue
        if part == "command_post" and (text := battery.text("command_post")):
            found.append(text)
        for row in child.elements() if (child := battery.get("radars")) and part == "radar" else ():
            found.append(row.text("type") or "")
        for row in child.elements() if (child := battery.get("launchers")) and part in ("missile", "launcher") else ():
            found.append(row.text("missile" if part == "missile" else "type") or "")
    if not any(found):
        parts = parts_of(system, catalog)
        if part == "command_post":
            found = [parts.command_post or ""]
        elif part == "radar":
            found = [radar.type for radar in parts.radars]
        else:
            found = [row.missile if part == "missile" else row.type for row in parts.launchers]
    return list(dict.fromkeys(text for text in found if text))
