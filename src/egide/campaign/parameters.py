"""What is not known in a study: parameters, each with its belief, and the factors that move them.

parameter   one number of the scenario or of the catalogue it uses, by the path that `--set` takes
factor      one independent source of ignorance: a share of belief u in 0..1 that moves one parameter or several
written     by the study under `uncertain`; every other parameter is a catalogue value with a range
optimism    the factor of one maker's claims: u 1 is the brochure, u 0 its critics
assumption  one assumed range that several entries share in so many words: it is right or wrong for all of them

A parameter that an alternative sets by itself is no unknown: that is what the alternative is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, final

from egide.campaign.distributions import Distribution
from egide.campaign.used import used_values
from egide.catalog import PARAMETERS, Catalog, Value
from egide.catalog.roles import CROSS_SECTIONS, KILLS, PATH, SIGNATURE, SWITCH, WHOLE, claim, maker
from egide.errors import Problem
from egide.i18n import mark
from egide.scenario import Scenario, Study, Variants
from egide.scenario.attack import attackers
from egide.scenario.explain import suggestion
from egide.scenario.ignorance import Spread
from egide.scenario.patches import steps_of, try_path
from egide.scenario.tree import Node, plain
from egide.units import DIMENSIONS, Dimension, read_quantity, split_quantity

__all__ = ["Factor", "Parameter", "factors_of", "matches", "of_value", "parameters_of"]

Reason: TypeAlias = Literal["own", "signature", "kill", "optimism", "assumption", "group"]
WIDE: Final = 30.0  # high over low from which a range is one of orders of magnitude


@final
@dataclass(frozen=True)
class Parameter:
    """One uncertain number, SI. `nominal` is what the scenario as written says, NaN where the alternatives differ."""

    path: str
    belief: Distribution
    nominal: float
    unit: str
    texts: tuple[str, str, str]  # low, nominal, high, as written
    basis: str = "assumed"
    grade: str = "A"
    source: str = "study"
    why: str = ""
    catalogue: bool = True
    choices: tuple[Any, ...] = ()  # of a discrete one: what is written into the scenario
    fixed: tuple[str, ...] = ()  # alternatives in which the path leads nowhere

    @property
    def entry(self) -> str:
        """The catalogue entry, '' where it is no catalogue value."""
        return self.path.rpartition(".")[0] if self.catalogue else ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def written(self, value: float) -> Any:
        """A value as the scenario takes it. A catalogue value keeps its ends: what is drawn anew in every run between
        low and high is still drawn between them."""
        if self.choices:
            given = self.choices[int(_nearest(self.belief.values, value))]
            return {"value": given} if self.catalogue else given
        number: Any = round(value) if self.belief.whole else float(value)
        if not self.catalogue:
            return number if not self.unit else f"{number!r} {self.unit}"
        low, high = min(self.belief.low, value), max(self.belief.high, value)
        return {
            key: f"{float(n)!r} {self.unit}".strip() for key, n in (("value", number), ("low", low), ("high", high))
        }


@final
@dataclass(frozen=True)
class Factor:
    """One independent source of ignorance. `signs`: +1 where u moves a parameter up, -1 where it moves it down."""

    name: str
    reason: Reason
    parameters: tuple[Parameter, ...]
    signs: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.parameters) != len(self.signs):
            raise ValueError("a factor has one sign a parameter")


def _nearest(values: Sequence[float], value: float) -> int:
    return min(range(len(values)), key=lambda i: abs(values[i] - value))


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern, in which `*` is any text, is this name."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None


# --- parameters --------------------------------------------------------------------------------------------------


def parameters_of(
    study: Study, variants: Variants, alternatives: Sequence[str | None], problems: list[Problem]
) -> dict[str, Parameter]:
    """Path -> parameter: those written in the study and, beside them, the catalogue's."""
    scenarios = [variants.scenario(name) for name in alternatives]
    found = _of_catalogue(study, scenarios, attackers(variants.root), problems)
    ways: dict[tuple[str, ...], str] = {}
    for path, spread in study.uncertain.items():
        way = _way(variants, path)
        if ways.setdefault(way, path) != path:
            problems.append(_twice(study, path))
            continue
        made = _written(study, path, spread, variants, alternatives, scenarios)
        if isinstance(made, Problem):
            problems.append(made)
        else:
            found[made.path] = made
    return dict(sorted(found.items()))


def _twice(study: Study, path: str) -> Problem:
    wrong, right = mark("{path} is the same parameter as another one here"), mark("write it once")
    return study.problem(("uncertain", path), wrong, right, True, path=path)


def _way(variants: Variants, path: str) -> tuple[str, ...]:
    """The steps of a path with the names of list members for their numbers: the same for the same value."""
    steps = steps_of(variants.root, path, variants.catalog)
    if isinstance(steps, tuple):
        return (path,)
    way: list[str] = []
    node: Node | None = variants.root
    for step in steps:
        members = list(node.elements()) if node is not None else []
        child = next((each for row, each in enumerate(members) if step in (each.text("name"), str(row))), None)
        way.append((child.text("name") if child is not None else None) or step)
        node = child if child is not None else node.get(step) if node is not None else None
    return tuple(way)


def _of_catalogue(
    study: Study, scenarios: Sequence[Scenario], attacking: set[str], problems: list[Problem]
) -> dict[str, Parameter]:
    """Every catalogue value in use that has a range, less what an alternative sets itself."""
    if study.catalogue.use == "none":
        return {}
    found: dict[str, Parameter] = {}
    varying: set[str] = set()
    for scenario in scenarios:
        for entry, name in used_values(scenario):
            value, path = scenario.catalog[entry].values[name], f"{entry}.{name}"
            if path in found and found[path] != of_value(path, value):
                varying.add(path)
            if value.low < value.high and not (name in SWITCH and value.value == 0.0):
                found.setdefault(path, of_value(path, value))
    for scenario in scenarios:  # written as one number in some alternative, a range in another
        for path, parameter in found.items():
            if scenario.catalog[parameter.entry].values[parameter.name].si() != parameter.nominal:
                varying.add(path)
    kept = {path: parameter for path, parameter in found.items() if path not in varying}
    return _asked_for(study, kept, problems)


def _asked_for(study: Study, found: dict[str, Parameter], problems: list[Problem]) -> dict[str, Parameter]:
    """Those that `only` and `exclude` leave. A pattern that matches nothing is a mistake."""
    for key in ("only", "exclude"):
        patterns = getattr(study.catalogue, key)
        for row, pattern in enumerate(patterns):
            if not any(matches(pattern, path) for path in found):
                problems.append(_no_match(study, ("catalogue", key, row), pattern, list(found)))
    only, exclude = study.catalogue.only, study.catalogue.exclude
    return {
        path: parameter
        for path, parameter in found.items()
        if (not only or any(matches(pattern, path) for pattern in only))
        and not any(matches(pattern, path) for pattern in exclude)
    }


def _no_match(study: Study, loc: tuple[str | int, ...], pattern: str, known: list[str]) -> Problem:
    shapes = {f"{path.partition('/')[0]}/*" for path in known if "/" in path} | {
        f"*.{p.rpartition('.')[2]}" for p in known
    }
    right, values = suggestion(pattern, [*sorted(shapes), *known] if "*" in pattern else known)
    return study.problem(loc, mark("no uncertain parameter is called '{pattern}'"), right, pattern=pattern, **values)


def _si_unit(dimension: Dimension) -> str:
    return next(unit for unit, factor in dimension.factors.items() if factor == 1.0)


def of_value(path: str, value: Value) -> Parameter:
    """A catalogue value by its own range."""
    kind = _shape(value.name, value.low, value.high)
    belief = Distribution(kind, value.low, value.value, value.high, whole=value.name in WHOLE)
    return Parameter(
        path, belief, value.value, _si_unit(value.dimension), value.texts,
        value.basis, value.grade, ", ".join(value.source_ids) or value.source, value.why,
    )  # fmt: skip


def _shape(name: str, low: float, high: float) -> Literal["triangular", "log-triangular"]:
    """Of orders of magnitude, the logarithm: a triangle over decades puts nearly all belief in the last one."""
    log = low > 0.0 and (name in CROSS_SECTIONS or high >= WIDE * low)
    return "log-triangular" if log and name not in WHOLE else "triangular"


# --- parameters written in the study -------------------------------------------------------------------------------


def _written(
    study: Study, path: str, spread: Spread, variants: Variants, alternatives: Sequence[str | None],
    scenarios: Sequence[Scenario],
) -> Parameter | Problem:  # fmt: skip
    loc = ("uncertain", path)
    steps = steps_of(variants.root, path, variants.catalog)
    if isinstance(steps, tuple):
        return study.problem(loc, steps[0], steps[1], True, **steps[2])
    setting = _set_by(steps, variants, alternatives)
    if setting is not None:
        wrong = mark("the alternative {name} sets {path} itself: it cannot be unknown too")
        return study.problem(loc, wrong, mark("remove it here, or there"), True, name=setting, path=path)
    if steps[0] == "overrides" and len(steps) == 3:
        return _catalogue_value(study, loc, steps[1], steps[2], spread, scenarios)
    return _scenario_value(study, loc, path, steps, spread, variants, alternatives)


def _set_by(steps: list[str], variants: Variants, alternatives: Sequence[str | None]) -> str | None:
    """The alternative whose patch writes the same value, or all of what it stands in."""
    section = variants.root.get("alternatives")
    waiting = [name for name in alternatives if name is not None]
    for name in waiting:
        patch = section.get(name) if section else None
        parent = patch.text("extends") if patch else None
        if parent is not None and parent not in waiting:
            waiting.append(parent)
        settings = patch.get("set") if patch else None
        for path, _ in settings.items() if settings else ():
            own = steps_of(variants.root, path, variants.catalog)
            if isinstance(own, list) and own == steps[: len(own)]:
                return name
    return None


def _catalogue_value(
    study: Study, loc: tuple[str, ...], entry_id: str, name: str, spread: Spread, scenarios: Sequence[Scenario]
) -> Parameter | Problem:
    catalog: Catalog = scenarios[0].catalog
    entry = catalog.get(entry_id)
    if entry is None:
        right, values = suggestion(entry_id, list(catalog))
        return study.problem(
            loc, mark("nothing in the catalogue is called '{name}'"), right, True, name=entry_id, **values
        )
    dimension = PARAMETERS[entry.kind].get(name)
    if dimension is None:
        right, values = suggestion(name, list(PARAMETERS[entry.kind]))
        wrong = mark("{kind} has no parameter '{name}'")
        return study.problem(loc, wrong, right, True, kind=entry.kind, name=name, **values)
    in_use = {pair for scenario in scenarios for pair in used_values(scenario)}
    if (entry_id, name) not in in_use and not (name in PATH and any(each == entry_id for each, _ in in_use)):
        wrong = mark("nothing here reads {path}: the scenario writes it, or does not use it")
        right, values = suggestion(f"{entry_id}.{name}", sorted(f"{each}.{other}" for each, other in in_use))
        return study.problem(loc, wrong, right, True, path=f"{entry_id}.{name}", **values)
    value = entry.values.get(name)
    path, unit = f"{entry_id}.{name}", _si_unit(dimension)
    if spread.low is None and not spread.values:
        if value is None or value.low >= value.high:
            wrong = mark("the catalogue has no range for {path}")
            return study.problem(loc, wrong, mark("write low and high"), True, path=path)
        spread = spread.model_copy(update={"low": value.texts[0], "high": value.texts[2]})
    nominal = value.value if value is not None else math.nan
    belief = _belief(study, loc, name, spread, nominal, dimension, name in WHOLE)
    if isinstance(belief, Problem):
        return belief
    made = Parameter(
        path, belief, nominal, unit, _texts(spread, value.texts[1] if value else ""), choices=spread.values
    )
    if value is None:
        return made
    return replace(made, why=value.why) if spread.low is None else made


def _texts(spread: Spread, nominal: str) -> tuple[str, str, str]:
    if spread.values:
        return str(spread.values[0]), nominal, str(spread.values[-1])
    return str(spread.low), nominal, str(spread.high)


def _scenario_value(
    study: Study, loc: tuple[str, ...], path: str, steps: list[str], spread: Spread, variants: Variants,
    alternatives: Sequence[str | None],
) -> Parameter | Problem:  # fmt: skip
    blank = Node("", 0, 0, "study.yaml")
    fixed = tuple(name or "" for name in alternatives if try_path(variants.tree(name), path, blank, variants.catalog))
    nodes = [_at(variants.tree(name), steps) for name in alternatives if (name or "") not in fixed]
    written = {str(node.value): node.value for node in nodes if node is not None}
    says = next(iter(written.values())) if len(written) == 1 else None
    if spread.values:
        belief = Distribution(
            "discrete", 0.0, 0.0, len(spread.values) - 1.0, values=tuple(map(float, range(len(spread.values)))),
            weights=spread.weights,
        )  # fmt: skip
        nominal = float(spread.values.index(says)) if says in spread.values else math.nan
        texts = _texts(spread, "" if says is None else str(says))
        return Parameter(path, belief, nominal, "", texts, catalogue=False, choices=spread.values, fixed=fixed)
    dimension = _dimension(spread)
    if dimension is None:
        wrong = mark("{low} and {high} are not two quantities of one kind")
        right = mark("write both with a unit, or list values")
        return study.problem(loc, wrong, right, True, low=str(spread.low), high=str(spread.high))
    nominal = _read(says, dimension)
    whole = all(isinstance(each, int) for each in (spread.low, spread.high)) and (says is None or isinstance(says, int))
    belief_or = _belief(study, loc, steps[-1], spread, nominal, dimension, whole)
    if isinstance(belief_or, Problem):
        return belief_or
    texts = _texts(spread, "" if says is None else str(says))
    return Parameter(path, belief_or, nominal, _si_unit(dimension), texts, catalogue=False, fixed=fixed)


def _at(root: Node, steps: Sequence[str]) -> Node | None:
    """The value a path leads to, where it is written."""
    node: Node | None = root
    for step in steps:
        if node is None:
            return None
        members = [child for row, child in enumerate(node.elements()) if step in (child.text("name"), str(row))]
        node = members[0] if members else node.get(step)
    return node if node is not None and not isinstance(plain(node), dict | list) else None


def _dimension(spread: Spread) -> Dimension | None:
    """The kind of quantity that both ends are written in."""
    units = []
    for text in (spread.low, spread.high):
        try:
            units.append("" if isinstance(text, int | float) else split_quantity(str(text))[1])
        except ValueError:
            return None
    return next((each for each in DIMENSIONS.values() if all(unit in each.factors for unit in units)), None)


def _read(text: Any, dimension: Dimension) -> float:
    try:
        return read_quantity(text, dimension)
    except (ValueError, TypeError):
        return math.nan


def _belief(
    study: Study, loc: tuple[str, ...], name: str, spread: Spread, nominal: float, dimension: Dimension, whole: bool
) -> Distribution | Problem:
    """The distribution that a spread describes, or what is wrong with it."""
    numbers: dict[str, float] = {}
    given: Iterable[tuple[str, Any]] = (
        [(f"values.{row}", each) for row, each in enumerate(spread.values)]
        or [(key, each) for key in ("low", "likely", "high", "sd") if (each := getattr(spread, key)) is not None]
    )  # fmt: skip
    for key, text in given:
        try:
            numbers[key] = read_quantity(text, dimension)
        except (ValueError, TypeError) as error:
            where = (*loc, *(int(step) if step.isdecimal() else step for step in key.split(".")))
            return study.problem(where, "{text}", "", text=str(error))
    if spread.values:
        listed = tuple(numbers.values())
        return Distribution(
            "discrete", min(listed), nominal, max(listed), values=listed, weights=spread.weights, whole=False
        )
    low, high = numbers["low"], numbers["high"]
    likely = numbers.get("likely", nominal if low <= nominal <= high else 0.5 * (low + high))
    if not low < high:
        wrong = mark("low, {low}, is not below high, {high}")
        return study.problem((*loc, "low"), wrong, mark("exchange them"), low=str(spread.low), high=str(spread.high))
    if not low <= likely <= high:
        wrong = mark("likely, {likely}, is not between low and high")
        return study.problem((*loc, "likely"), wrong, likely=str(spread.likely))
    kind: Any = spread.distribution or _shape(name, low, high)
    if kind.startswith("log-") and low <= 0.0:
        wrong = mark("the logarithm of {low} does not exist: a {kind} distribution begins above zero")
        return study.problem((*loc, "low"), wrong, low=str(spread.low), kind=kind)
    sd = numbers.get("sd", 0.25 * (high - low))
    if sd <= 0.0:
        return study.problem((*loc, "sd"), mark("expected a standard deviation above zero"))
    if kind == "log-uniform" or (kind == "log-triangular" and "likely" not in numbers and not low <= nominal <= high):
        likely = math.sqrt(low * high)
    return Distribution(kind, low, likely, high, sd=sd if kind == "normal" else 0.0, whole=whole)


# --- factors -----------------------------------------------------------------------------------------------------


def factors_of(
    study: Study, parameters: Mapping[str, Parameter], catalog: Catalog, problems: list[Problem]
) -> tuple[Factor, ...]:
    """The independent sources of ignorance, in the order of their first parameter."""
    homes: dict[str, tuple[str, Reason, int]] = {}  # path -> factor, why, sign
    for name, group in study.groups.items():
        for key, sign in (("of", 1), ("against", -1)):
            for row, pattern in enumerate(getattr(group, key)):
                paths = [path for path in parameters if matches(pattern, path)]
                if not paths:
                    problems.append(_no_match(study, ("groups", name, key, row), pattern, list(parameters)))
                for path in paths:
                    other = homes.get(path, (name, "group", sign))
                    if other[0] != name or other[2] != sign:
                        wrong = mark("{path} is in the group {other} already")
                        right = mark("a parameter is moved by one factor: leave it out of one of the two")
                        loc = ("groups", name, key, row)
                        problems.append(study.problem(loc, wrong, right, path=path, other=other[0]))
                    homes.setdefault(path, (name, "group", sign))
    shared = _shared(parameters, catalog)
    for path, parameter in parameters.items():
        if path not in homes:
            homes[path] = _home(study, parameter, shared, catalog)
    gathered: dict[str, list[str]] = {}
    for path in parameters:
        gathered.setdefault(homes[path][0], []).append(path)
    return tuple(
        Factor(name, homes[paths[0]][1], tuple(parameters[p] for p in paths), tuple(homes[p][2] for p in paths))
        for name, paths in gathered.items()
    )


def _home(study: Study, parameter: Parameter, shared: Mapping[str, str], catalog: Catalog) -> tuple[str, Reason, int]:
    """The factor of a parameter that is in no group of the study."""
    if not parameter.catalogue:
        return parameter.path, "own", 1
    entry, name = catalog[parameter.entry], parameter.name
    sign = claim(entry, name) if study.catalogue.optimism else 0
    if sign:
        return f"optimism.{maker(entry)}", "optimism", sign
    if name in SIGNATURE:
        return f"{entry.id}.signature", "signature", 1
    if name in KILLS:
        return f"{entry.id}.kill", "kill", 1
    if parameter.path in shared:
        return shared[parameter.path], "assumption", 1
    return parameter.path, "own", 1


def _shared(parameters: Mapping[str, Parameter], catalog: Catalog) -> dict[str, str]:
    """Path -> name of the assumption that it shares, word for word, with other entries of its kind."""
    rows: dict[tuple[Any, ...], list[str]] = {}
    for path, parameter in parameters.items():
        if parameter.catalogue and parameter.basis == "assumed" and parameter.source != "study":
            kind = catalog[parameter.entry].kind
            key = (kind, parameter.name, parameter.texts, parameter.why, parameter.source)
            rows.setdefault(key, []).append(path)
    return {
        path: f"{kind}.{name} ({texts[1]})"
        for (kind, name, texts, *_), paths in rows.items()
        if len(paths) > 1
        for path in paths
    }


def each(factors: Iterable[Factor]) -> Iterator[tuple[Factor, Parameter, int]]:
    """Every parameter with its factor and sign."""
    for factor in factors:
        for parameter, sign in zip(factor.parameters, factor.signs, strict=True):
            yield factor, parameter, sign
