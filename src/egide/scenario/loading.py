"""From file to Scenario: read, patch, check, complete. All problems are found before any is reported.

base          the file without any alternative
alternative   a named patch of the file
complete      batteries given their system's parts where the file leaves them out, and memberships written out as links
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from egide import catalog as library
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario.base import Label
from egide.scenario.checks import cross_checks, tree_checks
from egide.scenario.doctrine import Doctrine
from egide.scenario.equipment import with_own
from egide.scenario.explain import explain, problem_at
from egide.scenario.forces import DEFAULT_DOCTRINE, Battery
from egide.scenario.membership import written_out
from egide.scenario.model import Scenario
from egide.scenario.parts import parts_of
from egide.scenario.patches import lay, resolve
from egide.scenario.quantities import read_date
from egide.scenario.tree import Node, plain, read_tree

__all__ = ["Variants", "alternatives", "catalog_of", "check", "load", "parse", "placed", "read_file"]


def load(
    path: str | Path, alternative: str | None = None, sets: Sequence[str] = (), catalog: Catalog | None = None
) -> Scenario:
    """The scenario of a file, with an alternative and settings applied. Raises ScenarioError with every problem."""
    file = Path(path)
    return parse(read_file(file), str(path), file.parent, alternative, sets, catalog)


def parse(
    text: str | bytes,
    file: str = "scenario.yaml",
    folder: Path | None = None,
    alternative: str | None = None,
    sets: Sequence[str] = (),
    catalog: Catalog | None = None,
) -> Scenario:
    """As `load`, from text. Without a folder, files that the scenario names are not looked for."""
    root = read_tree(text, file)
    known = with_own(catalog or library.load(), root)
    scenario, problems = _variant(root, alternative, sets, folder, known)
    if scenario is None or problems:
        base = _validate(root, folder, known)[1] if alternative is not None else []
        raise ScenarioError(_once(base + (_under(alternative, problems) if alternative is not None else problems)))
    raw = text.encode() if isinstance(text, str) else text
    return _complete(scenario, known, folder or Path(), raw)


@final
class Variants:
    """One scenario file, read once and given many times: with an alternative, and with values laid over it.

    Everything is checked at each call as `load` checks it; what is shared is the reading of the YAML, which takes most
    of the time, and the tree of each alternative.
    """

    def __init__(self, path: str | Path, catalog: Catalog | None = None) -> None:
        self.path = Path(path)
        self._raw = read_file(self.path)
        self._trees: dict[str | None, Node] = {}
        self.root = read_tree(self._raw, str(path))
        self.catalog = with_own(catalog or library.load(), self.root)

    @property
    def sha256(self) -> str:
        """Of the file as read."""
        return hashlib.sha256(self._raw).hexdigest()

    def names(self) -> list[str]:
        """The alternatives, in the order of the file."""
        return _alternative_names(self.root)

    def tree(self, alternative: str | None = None) -> Node:
        """The tree with an alternative applied. Raises ScenarioError with every problem of it."""
        if alternative not in self._trees:
            self._trees[alternative] = resolve(self.root, alternative, (), self.catalog)
        return self._trees[alternative]

    def scenario(self, alternative: str | None = None, over: Mapping[str, Any] | None = None) -> Scenario:
        """The scenario with an alternative and values (path -> value) applied. Raises ScenarioError."""
        problems: list[Problem] = []
        root = lay(self.tree(alternative), over or {}, self.catalog, problems)
        scenario, found = _validate(root, self.path.parent, self.catalog)
        if scenario is None or found or problems:
            raise ScenarioError(_once(problems + found))
        return _complete(scenario, self.catalog, self.path.parent, self._raw)


def check(path: str | Path, catalog: Catalog | None = None) -> list[Problem]:
    """Every problem of the base and of each alternative, once each; an empty list if the file is fine."""
    file = Path(path)
    try:
        root = read_tree(read_file(file), str(path))
    except ScenarioError as error:
        return list(error.problems)
    known = with_own(catalog or library.load(), root)
    found = _validate(root, file.parent, known)[1]
    for name in _alternative_names(root):
        found += _under(name, _variant(root, name, (), file.parent, known)[1])
    return _once(found)


def _variant(
    root: Node, alternative: str | None, sets: Sequence[str], folder: Path | None, catalog: Catalog
) -> tuple[Scenario | None, list[Problem]]:
    """The model of the tree with a patch applied, and every problem of either."""
    try:
        return _validate(resolve(root, alternative, sets, catalog), folder, catalog)
    except ScenarioError as error:
        return None, list(error.problems)


def _under(alternative: str, problems: Sequence[Problem]) -> list[Problem]:
    """Problems that say under which alternative they come up, unless their path says so already."""
    own = ("alternatives.", "--")
    return [
        problem
        if problem.path.startswith(own)
        else replace(problem, path=f"alternatives.{alternative} -> {problem.path}")
        for problem in problems
    ]


def catalog_of(path: str | Path, catalog: Catalog | None = None) -> Catalog:
    """The catalogue with the scenario's own equipment."""
    return with_own(catalog or library.load(), read_tree(read_file(Path(path)), str(path)))


def alternatives(path: str | Path) -> dict[str, Label]:
    """Name -> label of every alternative, in the file's order; the label is the name where there is none."""
    root = read_tree(read_file(Path(path)), str(path))
    if not root.is_map():
        raise ScenarioError([_no_mapping(root)])
    section = root.get("alternatives")
    labels: dict[str, Label] = {}
    for name, patch in section.items() if section else ():
        child = patch.get("label")
        try:
            labels[name] = Label.model_validate(plain(child) if child is not None else name)
        except ValidationError as error:
            problems = explain(error, child or patch, Label)
            raise ScenarioError(problems) from None
    return labels


def placed(
    problems: Sequence[Problem], path: str | Path, alternative: str | None = None, sets: Sequence[str] = ()
) -> list[Problem]:
    """The same problems, each with the file, line and column of what its path names: the compiler knows names only."""
    root = read_tree(read_file(Path(path)), str(path))
    root = resolve(root, alternative, sets, with_own(library.load(), root))
    return [_placed(problem, root) for problem in problems]


def _placed(problem: Problem, root: Node) -> Problem:
    node, missed = root, not problem.path
    for step in problem.path.split("."):
        members = [child for child in node.elements() if child.text("name") == step]
        child = members[0] if members else node.get(step)
        if child is None:
            missed = missed or node is root
            break
        node = child
    if missed or problem.line:
        return problem
    return replace(problem, file=node.file, line=node.line, column=node.column)


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises ScenarioError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        wrong, right = mark("there is no such file"), mark("check the name; `egide new PATH` writes a starter")
    except IsADirectoryError:
        wrong, right = mark("this is a folder"), mark("name the file in it, for example scenario.yaml")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(
            [Problem(str(path), 0, 0, "", mark("cannot be read: {reason}"), "", {"reason": reason})]
        ) from None
    raise ScenarioError([Problem(str(path), 0, 0, "", wrong, right)])


def _alternative_names(root: Node) -> list[str]:
    section = root.get("alternatives")
    return [name for name, _ in section.items()] if section else []


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """The same problem seen under several alternatives counts once; in the order of the file."""
    seen: dict[tuple[Any, ...], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.file, problem.line, problem.column, problem.wrong, str(problem.values)), problem)
    return sorted(seen.values(), key=lambda problem: (problem.file, problem.line, problem.column))


def _validate(root: Node, folder: Path | None, catalog: Catalog) -> tuple[Scenario | None, list[Problem]]:
    """The model if its form is right, and every problem of form and of meaning."""
    if not root.is_map():
        return None, [_no_mapping(root)]
    if root.text("kind") == "study":
        wrong, right = mark("this is a study, not a scenario"), mark("give it to `egide compare`, or name its base")
        return None, [problem_at(root, ("kind",), wrong, right, True)]
    root = _with_empty_members(root)
    problems = tree_checks(root, catalog, folder)
    try:
        scenario = Scenario.model_validate(plain(root), context=_context(root))
    except ValidationError as error:
        return None, _once(explain(error, root, Scenario) + problems)
    return scenario, _once(problems + cross_checks(scenario, root, catalog))


def _no_mapping(root: Node) -> Problem:
    wrong = mark("expected a mapping with the sections of a scenario")
    right = mark("begin with 'egide: 1'; `egide new PATH` writes a starter")
    return Problem(root.file, root.line, root.column, "", wrong, right)


def _with_empty_members(root: Node) -> Node:
    """`networks: {coast: }` defines coast with every default: what is named is there, even with nothing after it."""
    members = dict(root.value)
    for section in ("sides", "networks", "doctrine", "membership", "alternatives"):
        node = members.get(section)
        if node is not None and node.is_map():
            filled = {
                name: child if child.value is not None else replace(child, value={}) for name, child in node.items()
            }
            members[section] = replace(node, value=filled)
    return replace(root, value=members)


def _context(root: Node) -> Mapping[str, Any]:
    """What fields need to know of each other: the start, for times written as dates."""
    start = root.get("start")
    try:
        return {"start": read_date(start.value) if start is not None else None}
    except PydanticCustomError:
        return {"start": None}


def _complete(scenario: Scenario, catalog: Catalog, folder: Path, raw: bytes) -> Scenario:
    """Fills what the file leaves to the system's entry, and attaches the catalogue and the source."""
    doctrine = dict(scenario.doctrine)
    used = {unit.doctrine for unit in scenario.batteries} | {unit.doctrine for unit in scenario.patrols}
    if DEFAULT_DOCTRINE in used and DEFAULT_DOCTRINE not in doctrine:
        doctrine[DEFAULT_DOCTRINE] = Doctrine()
    batteries = tuple(_with_parts(battery, catalog) for battery in scenario.batteries)
    scenario = scenario.model_copy(update={"batteries": batteries, "doctrine": doctrine})
    known = catalog.with_overrides(scenario.overrides) if scenario.overrides else catalog
    return scenario.model_copy(update=written_out(scenario, known)).attach(known, folder, raw)


def _with_parts(battery: Battery, catalog: Catalog) -> Battery:
    if battery.radars is not None and battery.command_post is not None and battery.launchers is not None:
        return battery
    parts = parts_of(catalog[battery.system], catalog)
    return battery.model_copy(
        update={
            "radars": battery.radars if battery.radars is not None else parts.radars,
            "command_post": battery.command_post or parts.command_post,
            "launchers": battery.launchers if battery.launchers is not None else parts.launchers,
        }
    )
