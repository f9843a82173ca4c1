"""A study: one base scenario, the alternatives to set side by side, and how often to run them.

extends     another study file, from which everything comes that is not written here: a quick version of a long one
uncertain   parameters whose value is not known, each with its range; never how an attack is laid out (`attack`)
campaign    the study run at many points of what is not known (keys: `ignorance`, points: `egide.campaign.plan`)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import PrivateAttr, ValidationError

from egide import catalog as library
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario import loading
from egide.scenario.attack import why_refused
from egide.scenario.base import Count, Label, Model, Name, Positive, Text
from egide.scenario.checks import outside
from egide.scenario.equipment import with_own
from egide.scenario.explain import explain, problem_at, suggestion
from egide.scenario.ignorance import Campaign, CatalogueValues, Group, Spread
from egide.scenario.patches import resolve, try_path
from egide.scenario.tree import Loc, Node, plain, read_tree

__all__ = ["Study", "check_study", "is_study", "load_study", "read_study"]


_CAMPAIGN: Final = frozenset({"uncertain", "catalogue", "groups", "campaign"})


class Study(Model):
    """What to run and what to set against what."""

    egide: Literal[1]
    """Version of the format."""
    kind: Literal["study"]
    """Says that this is a study."""
    extends: Text | None = None
    """Another study file beside this one: whatever is not written here is as it says there."""
    name: Name
    title: Label
    question: Label | None = None
    note: Label | None = None
    base: Text
    """The scenario file, beside this one or below it."""
    alternatives: tuple[Name, ...] = ()
    """Those to run, in the order of the report; left out: every one of the base."""
    reference: Name | None = None
    """The alternative that others are held against."""
    compare: tuple[tuple[Name, Name], ...] = ()
    """Pairs whose difference is reported."""
    replications: Positive = 40
    """How many times each alternative is run."""
    seed: Count = 1
    """Of all random numbers; the same seed gives the same result."""
    phases: tuple[Name, ...] = ()
    """Phases that the report tells apart; left out: all."""
    uncertain: Mapping[str, Spread] = {}
    """Path -> range, for campaigns; beside the catalogue's values."""
    catalogue: CatalogueValues = CatalogueValues()
    """Which catalogue values are uncertain by themselves."""
    groups: Mapping[Name, Group] = {}
    """Parameters that one factor moves."""
    campaign: Campaign = Campaign()
    """How it is run over what is not known."""

    _folder: Path = PrivateAttr(default_factory=Path)
    _root: Node | None = PrivateAttr(default=None)

    def attach(self, folder: Path, root: Node) -> Self:
        """A copy that knows where it came from."""
        copy = self.model_copy()
        copy._folder, copy._root = folder, root  # noqa: SLF001  # its own copy
        return copy

    def problem(self, loc: Loc, wrong: str, right: str = "", at_key: bool = False, /, **values: Any) -> Problem:
        """A problem at a place of the file."""
        return problem_at(self._root or Node({}, 0, 0, "study.yaml"), loc, wrong, right, at_key, **values)

    @property
    def text(self) -> str | None:
        """The whole study as one text, where it was put together from two files."""
        if self.extends is None or self._root is None:
            return None
        import yaml

        whole = {key: value for key, value in plain(self._root).items() if key != "extends"}
        return str(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=120))

    def written(self, key: str) -> Mapping[str, Node]:
        """The nodes under a key that is a mapping."""
        node = self._root.get(key) if self._root is not None else None
        return dict(node.items()) if node is not None else {}

    @property
    def has_campaign(self) -> bool:
        """Whether it says anything of what is not known."""
        return bool(_CAMPAIGN & self.model_fields_set)

    @property
    def folder(self) -> Path:
        """Where the path of the base begins."""
        return self._folder

    @property
    def base_path(self) -> Path:
        """The scenario file."""
        return self._folder / self.base


def is_study(path: str | Path) -> bool:
    """Whether a file says `kind: study`. Raises ScenarioError where it cannot be read."""
    return kind_of(path) == "study"


def kind_of(path: str | Path) -> str:
    """What a file says that it is; a scenario says nothing. Raises ScenarioError where it cannot be read."""
    root = read_tree(loading.read_file(Path(path)), str(path))
    return (root.text("kind") if root.is_map() else None) or "scenario"


def load_study(path: str | Path, catalog: Catalog | None = None) -> Study:
    """The study of a file. Raises ScenarioError with every problem of it and of its base."""
    study, problems = read_study(Path(path), str(path), catalog or library.load())
    if study is None or problems:
        raise ScenarioError(problems)
    return study


def check_study(path: str | Path, catalog: Catalog | None = None) -> list[Problem]:
    """Every problem of a study and of its base."""
    try:
        return read_study(Path(path), str(path), catalog or library.load())[1]
    except ScenarioError as error:
        return list(error.problems)


def read_study(path: Path, shown: str, catalog: Catalog) -> tuple[Study | None, list[Problem]]:
    """The study of a file where its form is right, and every problem of it and of its base."""
    root = read_tree(loading.read_file(path), shown)
    if not root.is_map():
        wrong, right = (
            mark("expected a mapping with the keys of a study"),
            mark("begin with 'egide: 1' and 'kind: study'"),
        )
        return None, [Problem(shown, root.line, root.column, "", wrong, right)]
    root, problems = _extended(root, path)
    if problems:
        return None, problems
    root = _with_listed_design(root)
    base, problems = _base(root, path.parent, catalog)
    study: Study | None = None
    try:
        study = Study.model_validate(plain(root))
    except ValidationError as error:
        problems = explain(error, root, Study) + problems
    else:
        study = study.attach(path.parent, root)
    if base is not None:
        problems = [*problems, *_names(root, base), *_uncertain(root, base, with_own(catalog, base))]
    return study, problems


def _extended(root: Node, path: Path) -> tuple[Node, list[Problem]]:
    """The study with what it takes from another one. Every node keeps the file that it stands in."""
    node = root.get("extends")
    if node is None:
        return root, []
    other = path.parent / str(node.value)
    if not isinstance(node.value, str) or Path(node.value).name != node.value or not other.is_file():
        wrong, right = mark("there is no study {file} beside this one"), mark("name a study file of the same folder")
        return root, [problem_at(root, ("extends",), wrong, right, file=node.value)]
    whole = read_tree(loading.read_file(other), str(other))
    if whole.text("kind") != "study" or whole.get("extends") is not None:
        wrong, right = mark("{file} is no study that stands by itself"), mark("name one without 'extends'")
        return root, [problem_at(root, ("extends",), wrong, right, file=node.value)]
    return replace(root, value={**whole.value, **root.value}), []


def _with_listed_design(root: Node) -> Node:
    """One design may be written without the list."""
    campaign = root.get("campaign")
    node = campaign.get("design") if campaign is not None else None
    if campaign is None or node is None or not node.is_map():
        return root
    listed = replace(campaign, value={**campaign.value, "design": replace(node, value=[node])})
    return replace(root, value={**root.value, "campaign": listed})


def _base(root: Node, folder: Path, catalog: Catalog) -> tuple[Node | None, list[Problem]]:
    """The tree of the base scenario, and its problems."""
    node = root.get("base")
    if node is None or not isinstance(node.value, str) or not node.value:
        return None, []
    problem = outside(root, ("base",), node.value, absolute=False)
    if problem is not None:
        return None, [problem]
    path = folder / node.value
    if not path.is_file():
        right = mark("paths begin in the folder of this file")
        return None, [problem_at(root, ("base",), mark("there is no such file: {file}"), right, file=node.value)]
    problems = loading.check(path, catalog)
    try:
        return read_tree(loading.read_file(path), str(path)), problems
    except ScenarioError as error:
        return None, problems or list(error.problems)


def _names(root: Node, base: Node) -> Iterator[Problem]:
    """Alternatives and phases that the base has; pairs of alternatives that the study runs."""
    section = base.get("alternatives")
    known = [name for name, _ in section.items()] if section else []
    listed = root.get("alternatives")
    run = [child.value for child in listed.elements()] if listed else known
    wrong = mark("there is no alternative called '{name}'")
    yield from _unknown(root, ("alternatives",), wrong, known)
    yield from _unknown(root, ("campaign", "alternatives"), wrong, known)
    for loc in (("reference",), *((("compare", row)) for row in range(len(list(_elements(root, "compare")))))):
        yield from _unknown(root, loc, mark("there is no alternative called '{name}' in this study"), run)
    phases = base.get("phases")
    names = [text for row in phases.elements() if (text := row.text("name"))] if phases else ["all"]
    yield from _unknown(root, ("phases",), mark("there is no phase called '{name}'"), names)


def _elements(root: Node, key: str) -> Iterator[Node]:
    child = root.get(key)
    if child is not None:
        yield from child.elements()


def _unknown(root: Node, loc: Loc, wrong: str, known: list[str]) -> Iterator[Problem]:
    """A problem for each name at or in `loc` that is not known."""
    node: Node | None = root
    for step in loc:
        node = (
            node.get(step)
            if node is not None and isinstance(step, str)
            else list(node.elements())[int(step)]
            if node
            else None
        )
    if node is None:
        return
    rows = [((*loc, row), child) for row, child in enumerate(node.elements())] if node.is_list() else [(loc, node)]
    for here, child in rows:
        if isinstance(child.value, str) and child.value not in known:
            right, values = suggestion(child.value, known)
            yield problem_at(root, here, wrong, right, name=child.value, **values)


def _uncertain(root: Node, base: Node, catalog: Catalog) -> Iterator[Problem]:
    """Paths that lead somewhere and that do not lay an attack out."""
    section = root.get("uncertain")
    for path, node in section.items() if section else ():
        loc = ("uncertain", path)
        refused = why_refused(path, base, catalog)
        if refused is not None:
            yield problem_at(root, loc, *refused, True, path=path)
            continue
        for problem in _nowhere(base, path, node, catalog):
            yield problem_at(root, loc, problem.wrong, problem.right, True, **problem.values)


def _nowhere(base: Node, path: str, node: Node, catalog: Catalog) -> list[Problem]:
    """What is wrong with a path that leads nowhere in the base; one that some alternative gives a place is fine."""
    problems = try_path(base, path, node, catalog)
    section = base.get("alternatives")
    for name, _ in section.items() if problems and section else ():
        try:
            root = resolve(base, name, (), catalog)
        except ScenarioError:  # told of the base
            continue
        if not try_path(root, path, node, catalog):
            return []
    return problems
