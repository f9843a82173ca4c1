"""Checks of meaning: names that lead somewhere, catalogue entries of the right kind, files that are there.

tree checks    on the positioned tree, so that they run even where a number elsewhere cannot be read
cross checks   between parts of a model whose form is right
pattern        the way to values, `batteries.*.launchers.*.missile`; a star is every member
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

from pydantic_core import PydanticCustomError

from egide.catalog import PARAMETERS, Catalog
from egide.errors import Problem
from egide.i18n import mark
from egide.scenario.chain_checks import chain_checks
from egide.scenario.checks_of_fire import fire_checks
from egide.scenario.checks_of_raids import anti_radiation, ballistic, jamming
from egide.scenario.equipment import equipment_checks
from egide.scenario.explain import close_match, problem_at, suggestion
from egide.scenario.forces import DEFAULT_DOCTRINE
from egide.scenario.model import Scenario
from egide.scenario.quantities import KINDS, read_si, show
from egide.scenario.tree import Loc, Node

__all__ = ["cross_checks", "outside", "tree_checks"]

MOST_NETWORKS: Final = 62
UNITS: Final = (  # one name space
    "sensors", "airborne", "batteries", "patrols", "flights", "raids", "jammers", "assets", "chain",
)  # fmt: skip

REFERENCES: Final[tuple[tuple[str, str], ...]] = (  # where a name is used -> section that defines it
    *((f"{section}.*.side", "sides") for section in UNITS[:-2]),
    ("traffic.side", "sides"),
    *((f"{section}.*.network", "networks") for section in ("sensors", "airborne", "batteries", "patrols", "chain")),
    ("links.*.from", "networks"),
    ("links.*.to", "networks"),
    ("links.*.radio.from", "sites"),
    ("links.*.radio.to", "sites"),
    ("membership.*.of.*", "networks"),
    *((f"{section}.*.site", "sites") for section in ("sensors", "batteries", "assets", "chain")),
    ("batteries.*.doctrine", "doctrine"),
    ("patrols.*.doctrine", "doctrine"),
    ("batteries.*.protects.*", "assets"),
    ("raids.*.target", "assets"),
    *((f"{section}.*.emission.silent_within.flights.*", "flights") for section in ("sensors", "batteries")),
    ("assets.*.unit", "batteries, sensors or chain"),
    ("chain.*.superior", "chain"),
    ("chain.*.authority", "chain"),
    ("chain.*.commands.*", "batteries or patrols"),
    ("zones.*.phases.*", "phases"),
    ("zones.*.batteries.*", "batteries or patrols"),
)

_TARGETS: Final = ("aircraft", "cruise-missile", "drone", "ballistic")
ENTRIES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (  # where an entry is named -> kinds it may be of
    ("sensors.*.type", ("radar",)),
    ("airborne.*.type", ("aircraft",)),
    ("airborne.*.radar", ("radar",)),
    ("batteries.*.system", ("system",)),
    ("batteries.*.radars.*.type", ("radar",)),
    ("batteries.*.command_post", ("command-post",)),
    ("batteries.*.launchers.*.type", ("launcher",)),
    ("batteries.*.launchers.*.missile", ("missile",)),
    ("patrols.*.type", ("aircraft",)),
    ("patrols.*.radar", ("radar",)),
    ("patrols.*.command_post", ("command-post",)),
    ("patrols.*.missile", ("missile",)),
    ("doctrine.*.pairing.*.*", ("missile",)),
    ("flights.*.type", (*_TARGETS[:3], "airliner")),
    ("raids.*.type", _TARGETS),
    ("raids.*.decoys.type", _TARGETS[:3]),
    ("raids.*.debris.type", ("ballistic",)),
    ("jammers.*.type", (*_TARGETS[:3], "airliner")),
    *((f"{section}.*.jammer.type", ("jammer",)) for section in ("flights", "raids", "jammers")),
    ("traffic.type", ("airliner", "aircraft")),
)

OVERRIDES: Final[tuple[tuple[str, str], ...]] = (  # unit with overrides -> key beside them that names the entry
    ("sensors.*", "type"),
    ("airborne.*", "radar"),
    ("batteries.*", "system"),
    ("batteries.*.radars.*", "type"),
    ("patrols.*", "type"),
    ("flights.*", "type"),
    ("raids.*", "type"),
    ("raids.*.decoys", "type"),
    *((f"{section}.*.jammer", "type") for section in ("flights", "raids", "jammers")),
)


def select(node: Node, pattern: str) -> Iterator[tuple[Loc, Node]]:
    """Every node that a pattern leads to, with the way to it."""
    waiting: list[tuple[Loc, Node]] = [((), node)]
    for step in pattern.split("."):
        found: list[tuple[Loc, Node]] = []
        for loc, current in waiting:
            if step != "*":
                child = current.get(step)
                if child is not None:
                    found.append(((*loc, step), child))
            elif current.is_list():
                found += [((*loc, row), child) for row, child in enumerate(current.elements())]
            else:
                found += [((*loc, key), child) for key, child in current.items()]
        waiting = found
    yield from waiting


def tree_checks(root: Node, catalog: Catalog, folder: Path | None) -> list[Problem]:
    """Everything that can be said of names, entries and files whatever else is wrong."""
    return [
        *_references(root),
        *_entries(root, catalog),
        *_overrides(root, catalog),
        *equipment_checks(root, catalog),
        *_duplicates(root),
        *_phases(root),
        *_members(root),
        *_files(root, folder),
    ]


# --- names -------------------------------------------------------------------------------------------------------


def _names(root: Node, section: str) -> list[str]:
    several = section.replace(" or ", ", ").split(", ")
    if len(several) > 1:
        return [name for each in several for name in _names(root, each)]
    node = root.get(section)
    if node is None:
        return []
    if node.is_list():
        return [name for row in node.elements() if (name := row.text("name")) is not None]
    return [name for name, _ in node.items()]


def _references(root: Node) -> Iterator[Problem]:
    for pattern, section in REFERENCES:
        names = _names(root, section)
        if section == "doctrine":
            names.append(DEFAULT_DOCTRINE)
        for loc, node in select(root, pattern):
            if isinstance(node.value, str) and node.value not in names:
                yield _unknown(root, loc, node.value, section, names)


_NO_SUCH: Final = {
    "sides": mark("there is no side called '{name}'"),
    "networks": mark("there is no network called '{name}'"),
    "sites": mark("there is no site called '{name}'"),
    "doctrine": mark("there is no doctrine called '{name}'"),
    "assets": mark("there is no asset called '{name}'"),
    "flights": mark("there is no flight called '{name}'"),
    "batteries, sensors or chain": mark("there is no battery, sensor or command post called '{name}'"),
    "batteries or patrols": mark("there is no battery or patrol called '{name}'"),
    "chain": mark("there is no command post called '{name}'"),
    "phases": mark("there is no phase called '{name}'"),
}


def _unknown(root: Node, loc: Loc, name: str, section: str, names: Sequence[str], at_key: bool = False) -> Problem:
    right, values = suggestion(name, names)
    return problem_at(root, loc, _NO_SUCH[section], right, at_key, name=name, **values)


def _duplicates(root: Node) -> Iterator[Problem]:
    for sections in (UNITS, ("links",), ("sites",), ("corridors",), ("phases",), ("zones",)):
        first: dict[str, tuple[str, Node]] = {}
        for section in sections:
            for loc, node in select(root, f"{section}.*.name"):
                if not isinstance(node.value, str):
                    continue
                if node.value not in first:
                    first[node.value] = (section, node)
                    continue
                where, other = first[node.value]
                yield problem_at(
                    root,
                    loc,
                    mark("the name '{name}' is taken by {section} in line {line}"),
                    mark("give it another name"),
                    name=node.value,
                    section=where,
                    line=other.line,
                )


def _phases(root: Node) -> Iterator[Problem]:
    names = _names(root, "phases") if root.get("phases") is not None else ["all"]
    for loc, _ in select(root, "identification.priors.*"):
        if loc[-1] not in names:
            yield _unknown(root, loc, str(loc[-1]), "phases", names, True)


def _members(root: Node) -> Iterator[Problem]:
    """A membership is a network's own, and leads to others."""
    names = _names(root, "networks")
    for loc, node in select(root, "membership.*"):
        if loc[-1] not in names:
            yield _unknown(root, loc, str(loc[-1]), "networks", names, True)
        for place, other in select(node, "of.*"):
            if other.value == loc[-1]:
                wrong, right = mark("{network} would belong to itself"), mark("name another network")
                yield problem_at(root, (*loc, *place), wrong, right, network=other.value)


# --- the catalogue -----------------------------------------------------------------------------------------------


def _entries(root: Node, catalog: Catalog) -> Iterator[Problem]:
    for pattern, kinds in ENTRIES:
        for loc, node in select(root, pattern):
            if isinstance(node.value, str):
                yield from _entry(root, loc, node.value, kinds, catalog)


def _entry(root: Node, loc: Loc, name: str, kinds: Sequence[str], catalog: Catalog) -> Iterator[Problem]:
    """An entry that is not there, or that is something else than what belongs here."""
    if name in catalog and catalog[name].kind in kinds:
        return
    wanted = [entry for entry in catalog if catalog[entry].kind in kinds]
    close = next((entry for entry in catalog.suggest(name) if entry in wanted), None) or close_match(name, wanted)
    right = mark("did you mean '{close}'?") if close else mark("see what there is: egide catalog --search {kind}")
    values = {"name": name, "close": close, "kind": kinds[0]}
    if name in catalog:
        wrong = mark("{name} is of kind {is_kind}, expected {kinds}")
        yield problem_at(root, loc, wrong, right, is_kind=catalog[name].kind, kinds=" | ".join(kinds), **values)
    else:
        yield problem_at(root, loc, mark("nothing in the catalogue is called '{name}'"), right, **values)


def _overrides(root: Node, catalog: Catalog) -> Iterator[Problem]:
    """Parameters that exist, values of their dimension; for the whole scenario and for single units."""
    for loc, node in select(root, "overrides.*"):
        entry = str(loc[-1])
        if entry in catalog:
            yield from _parameters(root, loc, node, catalog[entry].kind)
        else:
            right, values = suggestion(entry, list(catalog))
            wrong = mark("nothing in the catalogue is called '{name}'")
            yield problem_at(root, loc, wrong, right, True, name=entry, **values)
    for loc, node in select(root, "equipment.*.values"):
        yield from _parameters(root, loc, node, str(loc[1]).partition("/")[0])
    for pattern, key in OVERRIDES:
        for loc, unit in select(root, pattern):
            named, given = unit.text(key), unit.get("overrides")
            if named is not None and named in catalog and given is not None:
                yield from _parameters(root, (*loc, "overrides"), given, catalog[named].kind)


def _parameters(root: Node, loc: Loc, node: Node, kind: str) -> Iterator[Problem]:
    known = PARAMETERS.get(kind, {})
    for name, child in node.items():
        here = (*loc, name)
        if name not in known:
            right, values = suggestion(name, list(known))
            wrong = mark("{kind} has no parameter '{name}'")
            yield problem_at(root, here, wrong, right, True, kind=kind, name=name, **values)
            continue
        if not child.is_map():
            yield from _reads(root, here, child.value, known[name])
            continue
        numbers: dict[str, float] = {}
        for level, value in child.items():
            if level == "why":
                continue
            if level not in ("value", "low", "high"):
                wrong, right = mark("unknown key '{key}'"), mark("known: {known}")
                yield problem_at(root, (*here, level), wrong, right, True, key=level, known="value, low, high, why")
                continue
            problems = list(_reads(root, (*here, level), value.value, known[name]))
            yield from problems
            if not problems:
                numbers[level] = read_si(value.value, known[name])[0]
        yield from _ordered(root, here, child, numbers)


def _reads(root: Node, loc: Loc, value: Any, dimension: Any) -> Iterator[Problem]:
    try:
        si = read_si(value, dimension)[0]
    except PydanticCustomError as error:
        ctx: Mapping[str, Any] = error.context or {}
        yield problem_at(root, loc, ctx["wrong"], ctx["right"], **ctx["values"])
        return
    if si < 0 and dimension.name not in ("angle", "decibel"):
        wrong = mark("expected a {kind} of zero or more, got {value}")
        yield problem_at(root, loc, wrong, kind=KINDS[dimension.name], value=show(value))
    if si > 1 and dimension.name == "ratio":
        yield problem_at(
            root,
            loc,
            mark("expected a number from {least} to {most}, got {value}"),
            least="0",
            most="1",
            value=show(value),
        )


def _ordered(root: Node, loc: Loc, node: Node, numbers: Mapping[str, float]) -> Iterator[Problem]:
    if node.get("value") is None:
        yield problem_at(root, loc, mark("'{key}' is missing"), mark("add '{key}: ...'"), key="value")
    row = [numbers[level] for level in ("low", "value", "high") if level in numbers]
    if row != sorted(row):
        yield problem_at(root, loc, mark("low, value and high are out of order"), mark("low <= value <= high"))


# --- files -------------------------------------------------------------------------------------------------------


def _files(root: Node, folder: Path | None) -> Iterator[Problem]:
    terrain = [*select(root, "terrain.file"), *select(root, "terrain.files.*")]
    for loc, node in terrain:
        if not isinstance(node.value, str) or not node.value:
            continue
        problem = outside(root, loc, node.value, absolute=True)
        if problem is not None:
            yield problem
        elif folder is not None and not _is_file(folder, node.value):
            wrong = mark("there is no such file: {file}")
            yield problem_at(root, loc, wrong, mark("paths begin in the folder of this file"), file=node.value)
    yield from _recordings(root, folder)


def _recordings(root: Node, folder: Path | None) -> Iterator[Problem]:
    missing: list[tuple[Loc, str]] = []
    there = False
    for key in ("recording", "otherwise"):
        for loc, node in select(root, f"traffic.{key}"):
            if not isinstance(node.value, str) or not node.value:
                continue
            problem = outside(root, loc, node.value, absolute=False)
            if problem is not None:
                yield problem
                there = True
            elif folder is not None and not _is_file(folder, node.value):
                missing.append((loc, node.value))
            else:
                there = True
    if not there and missing:
        loc, written = missing[0]
        right = mark("paths begin in the folder of this file; 'otherwise' names a file to read in its place")
        yield problem_at(root, loc, mark("there is no such file: {file}"), right, file=written)


def outside(root: Node, loc: Loc, written: str, *, absolute: bool) -> Problem | None:
    """A path that leaves the scenario's folder. Terrain alone may be absolute: tiles are large and shared."""
    parts = {*PurePosixPath(written).parts, *PureWindowsPath(written).parts}
    is_absolute = (
        PurePosixPath(written).is_absolute() or bool(PureWindowsPath(written).drive) or written.startswith("\\")
    )
    if ".." in parts:
        return problem_at(
            root, loc, mark("{file} leads out of the scenario's folder"), mark("put the file inside it"), file=written
        )
    if is_absolute and not absolute:
        return problem_at(
            root,
            loc,
            mark("{file} is not inside the scenario's folder"),
            mark("put the file there and write a relative path"),
            file=written,
        )
    return None


def _is_file(folder: Path, written: str) -> bool:
    try:
        return (folder / written).is_file()
    except (OSError, ValueError):  # a name that no file system takes
        return False


# --- between parts -----------------------------------------------------------------------------------------------


def cross_checks(scenario: Scenario, root: Node, catalog: Catalog) -> list[Problem]:
    """What takes two right numbers to be wrong."""
    return [
        *_raids(scenario, root, catalog),
        *_inside(scenario, root),
        *_guidance(scenario, root),
        *_pedigree(scenario, root),
        *chain_checks(scenario, root),
        *fire_checks(scenario, root, catalog),
        *jamming(scenario, root, catalog),
        *ballistic(scenario, root, catalog),
        *anti_radiation(scenario, root),
    ]


def _raids(scenario: Scenario, root: Node, catalog: Catalog) -> Iterator[Problem]:
    """Ballistic missiles are launched; everything else flies a route."""
    for row, raid in enumerate(scenario.raids):
        if raid.type not in catalog:
            continue
        ballistic = catalog[raid.type].kind == "ballistic"
        if ballistic and raid.route:
            wrong, right = mark("a ballistic missile flies no route"), mark("write launch: [[latitude, longitude]]")
            yield problem_at(root, ("raids", row, "route"), wrong, right, True)
        if not ballistic and raid.launch:
            wrong, right = (
                mark("{type} is not ballistic and has no launch points"),
                mark("write route: and two points or more"),
            )
            yield problem_at(root, ("raids", row, "launch"), wrong, right, True, type=raid.type)


def _inside(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """What stands on the ground stands in the area; beyond it there is no terrain."""
    area = scenario.area
    placed: list[tuple[str, int, tuple[float, float]]] = [
        ("sites", row, site.position) for row, site in enumerate(scenario.sites)
    ] + [("assets", row, asset.position) for row, asset in enumerate(scenario.assets) if asset.position is not None]
    for section, row, (latitude, longitude) in placed:
        if not (area.south <= latitude <= area.north and area.west <= longitude <= area.east):
            swapped = area.south <= longitude <= area.north and area.west <= latitude <= area.east
            right = (
                mark("latitude comes first, then longitude") if swapped else mark("move it, or make the area larger")
            )
            yield problem_at(root, (section, row, "position"), mark("this position is outside the area"), right)


def _guidance(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """Something guides a battery's missiles."""
    for row, battery in enumerate(scenario.batteries):
        if battery.radars is not None and all(radar.role == "search" for radar in battery.radars):
            wrong = mark("this battery has no radar to engage with")
            right = mark("give one of them the role engagement or both")
            yield problem_at(root, ("batteries", row, "radars"), wrong, right, True)


def _pedigree(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """A belief names the networks that it rests on by one bit each of a whole number."""
    if len(scenario.networks) > MOST_NETWORKS:
        wrong = mark("{count} networks are more than their pictures can be told apart by")
        right = mark("join those that share one picture; {most} at most")
        yield problem_at(root, ("networks",), wrong, right, True, count=len(scenario.networks), most=MOST_NETWORKS)
