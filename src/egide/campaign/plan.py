"""What a campaign runs: the points of a study, the scenario of each, and when to stop.

point         one set of values for what is not known; point 0 is the scenario as written
alternative   a named patch of the base, or `base` where the file has none
run           one replication of one alternative at one point, with full tracking or fast

The plan of a study is a pure function of its file, its base and the catalogue: two processes that make it hold the
same points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import catalog as library
from egide import i18n
from egide.analysis.measures import DOCS, GROUPS, HEADLINE
from egide.campaign import design
from egide.campaign.parameters import Factor, Parameter, each, factors_of, parameters_of
from egide.campaign.points import points_of
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError
from egide.i18n import mark
from egide.scenario import Scenario, Study, Variants
from egide.scenario.checks_of_fire import SPANS
from egide.scenario.explain import suggestion
from egide.scenario.ignorance import Budget, Precision
from egide.scenario.study import read_study
from egide.scenario.tree import Loc

__all__ = ["BASE", "LARGEST_RUNS", "Plan", "check", "plan"]

BASE: Final = "base"
LARGEST_RUNS: Final = 20_000_000
FASTEST_S: Final = 6e-4  # of a run of the smallest shipped scenario
SPAN: Final = (*SPANS, ("speed", "peak_speed"))


@final
@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that a campaign needs to know of its study."""

    path: Path
    study: Study
    variants: Variants
    factors: tuple[Factor, ...]
    points: design.Points
    alternatives: tuple[str, ...]
    measures: tuple[str, ...]
    exact: Mapping[tuple[int, str], float] = field(default_factory=dict)  # (point, path) -> value of a listed point

    @cached_property
    def replications(self) -> tuple[int, ...]:
        """Of each alternative, point by point; the most, where there is a stopping rule."""
        campaign = self.study.campaign
        usual = campaign.replications or self.study.replications
        asked = [campaign.design[row].replications or usual for row in self.points.design[1:]]
        return (campaign.nominal or max([usual, *asked]), *asked)

    @property
    def seed(self) -> int:
        return self.study.seed

    @property
    def stop(self) -> Precision | None:
        """The stopping rule: measure, half_width or relative, level, minimum."""
        return self.study.campaign.stop

    @property
    def budget(self) -> Budget:
        """Seconds (`time_s`) or `runs`, either or none."""
        return self.study.campaign.budget

    @cached_property
    def mode(self) -> str:
        """Of tracking: `full` or `fast`."""
        return (
            self.study.campaign.tracking.mode
            if self.study.campaign.tracking
            else self.variants.scenario(None).tracking.mode
        )

    @property
    def full_share(self) -> float:
        """Share of the replications that are run with full tracking: 1 unless the campaign is fast."""
        return (
            1.0 if self.mode == "full" else (self.study.campaign.tracking.full if self.study.campaign.tracking else 0.0)
        )

    @property
    def modes(self) -> dict[str, float]:
        """Tracking modes and the share of the replications run in each: fast ones, and some of the same in full."""
        if self.mode == "full" or self.full_share == 0.0:
            return {self.mode: 1.0}
        return {"fast": 1.0, "full": self.full_share}

    @property
    def runs_in(self) -> dict[str, int]:
        """Mode -> runs of all alternatives at all points, at most."""
        each = {
            mode: sum(self.part(point, mode, n) for point, n in enumerate(self.replications)) for mode in self.modes
        }
        return {mode: len(self.alternatives) * n for mode, n in each.items()}

    def part(self, point: int, mode: str, replications: int) -> int:
        """How many of some replications at a point are run in a mode: the first ones, none too few."""
        tracking = self.study.campaign.tracking
        if mode != self.mode and point > 0 and tracking is not None and tracking.full_at == "nominal":
            return 0
        return math.ceil(self.modes[mode] * replications - 1e-9)

    @property
    def runs(self) -> int:
        """How many at most, fast and full."""
        return sum(self.runs_in.values())

    def scenario(self, point: int, alternative: str, mode: str | None = None) -> Scenario:
        """The scenario of a point, checked whole. Raises ScenarioError; a path in it is that of the scenario."""
        over = self.over(point, alternative)
        tracked = mode or (self.study.campaign.tracking.mode if self.study.campaign.tracking else None)
        if tracked is not None:
            over["tracking.mode"] = tracked
        return self.variants.scenario(None if alternative == BASE else alternative, over)

    def over(self, point: int, alternative: str = BASE) -> dict[str, Any]:
        """What is laid over the scenario at a point: path -> value as the file would write it. Nothing at point 0."""
        name = "" if alternative == BASE else alternative
        return {
            parameter.path: parameter.written(float(self._values[parameter.path][point]))
            for factor, moved in zip(self.factors, ~np.isnan(self.points.u[point]), strict=True)
            for parameter in factor.parameters
            if moved and name not in parameter.fixed
        }

    def points_table(self) -> dict[str, NDArray[Any]]:
        """point, role, of, row, then a column a factor: its share of belief, NaN where it is at its nominal value."""
        points = self.points
        table: dict[str, NDArray[Any]] = {
            "point": np.arange(len(points), dtype=np.int32),
            "role": np.array(points.role, object),
            "of": np.array(points.of, object),
            "row": np.array(points.row, np.int32),
        }
        return table | {factor.name: points.u[:, i].copy() for i, factor in enumerate(self.factors)}

    def values_table(self) -> dict[str, NDArray[Any]]:
        """point, parameter, factor, value, unit: every parameter at every point."""
        values = self._values
        rows = [(factor.name, parameter) for factor, parameter, _ in each(self.factors)]
        n, k = len(self.points), len(rows)
        return {
            "point": np.repeat(np.arange(n, dtype=np.int32), k),
            "parameter": np.tile(np.array([parameter.path for _, parameter in rows], object), n),
            "factor": np.tile(np.array([name for name, _ in rows], object), n),
            "value": np.stack([values[p.path] for _, p in rows], axis=1).ravel() if k else np.zeros(0),
            "unit": np.tile(np.array([parameter.unit for _, parameter in rows], object), n),
        }

    def factors_table(self) -> dict[str, NDArray[Any]]:
        """A row a parameter: its factor, why it is in it, its sign, its belief in words and in SI, and its source."""
        rows = list(each(self.factors))
        groups = self.study.groups
        labels = [groups[f.name].label if f.reason == "group" else None for f, _, _ in rows]
        texts: dict[str, list[str]] = {
            "factor": [factor.name for factor, _, _ in rows],
            "reason": [factor.reason for factor, _, _ in rows],
            "label_en": [label.pick("en") if label else "" for label in labels],
            "label_fr": [label.pick("fr") if label else "" for label in labels],
            "parameter": [parameter.path for _, parameter, _ in rows],
            **{
                key: [parameter.texts[i] for _, parameter, _ in rows]
                for i, key in enumerate(("low", "nominal", "high"))
            },
            "unit": [parameter.unit for _, parameter, _ in rows],
            "distribution": [parameter.belief.kind for _, parameter, _ in rows],
            **{key: [getattr(p, key) for _, p, _ in rows] for key in ("basis", "grade", "source", "why")},
        }
        numbers = {
            "sign": np.array([sign for _, _, sign in rows], np.int32),
            "low_si": np.array([parameter.belief.low for _, parameter, _ in rows]),
            "nominal_si": np.array([parameter.nominal for _, parameter, _ in rows]),
            "high_si": np.array([parameter.belief.high for _, parameter, _ in rows]),
        }
        return {key: np.array(column, object) for key, column in texts.items()} | numbers

    @cached_property
    def _values(self) -> dict[str, NDArray[np.float64]]:
        """Path -> value at every point; where a point leaves a factor alone, the nominal value."""
        found: dict[str, NDArray[np.float64]] = {}
        for i, factor in enumerate(self.factors):
            u = self.points.u[:, i]
            for parameter, sign in zip(factor.parameters, factor.signs, strict=True):
                value = parameter.belief.quantile(u if sign > 0 else 1.0 - u)
                found[parameter.path] = np.where(np.isnan(u), parameter.nominal, value)
        for (number, path), exact in self.exact.items():
            found[path][number] = exact
        _held_apart(found, self.variants.catalog)
        return found


def _held_apart(values: dict[str, NDArray[np.float64]], catalog: Catalog) -> None:
    """No least value above its greatest: a least one gives way."""
    for path in list(values):
        entry_id, _, name = path.rpartition(".")
        entry = catalog.get(entry_id)
        for least, most in SPAN:
            if entry is None or name not in (least, most) or not (entry.has(least) and entry.has(most)):
                continue
            low, high = f"{entry_id}.{least}", f"{entry_id}.{most}"
            if low in values:
                values[low] = np.minimum(values[low], values.get(high, entry.si(most)))
            else:
                values[high] = np.maximum(values[high], entry.si(least))


# --- making one --------------------------------------------------------------------------------------------------


def plan(path: str | Path, catalog: Catalog | None = None) -> Plan:
    """The plan of a study file. Raises ScenarioError with every problem of the study, its base and its points."""
    made, problems = _make(Path(path), str(path), catalog or library.load())
    if made is None or problems:
        raise ScenarioError(problems)
    return made


def check(path: str | Path, catalog: Catalog | None = None) -> list[Problem]:
    """Every problem of a study as a campaign."""
    try:
        return _make(Path(path), str(path), catalog or library.load(), draw=False)[1]
    except ScenarioError as error:
        return list(error.problems)


def _make(path: Path, shown: str, catalog: Catalog, draw: bool = True) -> tuple[Plan | None, list[Problem]]:
    """The plan, and every problem. `draw` False: what a design draws is left at nought, for who asks for problems."""
    study, problems = read_study(path, shown, catalog)
    if study is None or problems:
        return None, problems
    variants = Variants(study.base_path, catalog)
    alternatives = study.campaign.alternatives or study.alternatives or tuple(variants.names()) or (BASE,)
    names = [None if name == BASE and name not in variants.names() else name for name in alternatives]
    measures = _measures(study, problems)
    parameters = parameters_of(study, variants, names, problems)
    factors = factors_of(study, parameters, variants.catalog, problems)
    if problems:
        return None, problems
    made = points_of(study, factors, problems, draw)
    if made is None or problems:
        return None, problems
    points, exact = made
    found = Plan(path, study, variants, factors, points, alternatives, measures, exact)
    problems += _too_large(found)
    return found, problems or _at_the_ends(found, parameters)


def _measures(study: Study, problems: list[Problem]) -> tuple[str, ...]:
    """The measures asked for, groups written out."""
    asked: list[str] = []
    known = [*DOCS, *GROUPS]
    wanted: list[tuple[Loc, str]] = [
        (("campaign", "measures", row), name) for row, name in enumerate(study.campaign.measures)
    ]
    if study.campaign.stop is not None:
        wanted.append((("campaign", "stop", "measure"), study.campaign.stop.measure))
    for loc, name in wanted:
        if name not in known or (name not in DOCS and loc[1] == "stop"):
            right, values = suggestion(name, known if loc[1] != "stop" else list(DOCS))
            problems.append(study.problem(loc, mark("there is no measure called '{name}'"), right, name=name, **values))
        elif loc[1] == "measures":
            asked += GROUPS.get(name, (name,))
    return tuple(dict.fromkeys(asked)) or HEADLINE


def _too_large(found: Plan) -> list[Problem]:
    """More runs than anybody waits for, with what they would take at the speed that is known, or at the highest."""
    if found.runs <= LARGEST_RUNS:
        return []
    from egide.campaign import estimate

    speeds = estimate.recall(found)
    quick = estimate.Speed(0.0, FASTEST_S)
    taken = estimate.estimate(found, {mode: speeds.get(mode, quick) for mode in found.modes}, workers=1)
    wrong = mark("{runs} runs would take at least {days} days of a processor and {disk} GB of disk")
    right = mark("{points} points x {alternatives} alternatives x {replications}: take fewer; {most} runs at most")
    values = {
        "runs": i18n.count(found.runs), "days": f"{taken.time_s / 86_400.0:.3g}", "points": len(found.points),
        "disk": f"{taken.disk_bytes / 1e9:.3g}", "alternatives": len(found.alternatives),
        "replications": max(found.replications), "most": i18n.count(LARGEST_RUNS),
    }  # fmt: skip
    return [found.study.problem(("campaign", "replications"), wrong, right, **values)]


def _at_the_ends(found: Plan, parameters: Mapping[str, Parameter]) -> list[Problem]:
    """What the scenario says against the ends of each range that the study writes, at the place where it is written."""
    problems: list[Problem] = []
    for path in found.study.uncertain:
        parameter = parameters.get(path)
        if parameter is None or parameter.catalogue:
            continue
        for value in (parameter.belief.low, parameter.belief.high):
            said = next((p for p in _said(found, parameter, value)), None)
            if said is not None:
                loc = ("uncertain", path)
                problems.append(found.study.problem(loc, said.wrong, said.right, **said.values))
                break
    return problems


def _said(found: Plan, parameter: Parameter, value: float) -> list[Problem]:
    for name in found.alternatives:
        if ("" if name == BASE else name) in parameter.fixed:
            continue
        try:
            found.variants.scenario(None if name == BASE else name, {parameter.path: parameter.written(value)})
        except ScenarioError as error:
            return list(error.problems)
    return []
