"""Every claim card of a study, judged: by a campaign, a coverage, an exposure study, or the catalogue alone.

fresh    made from the study, scenario, data, points, seed and code as they now stand; what is not is refused, with what
         has changed
missing  a card whose numbers are not there: it says which command makes them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, final

from egide.analysis import verdicts
from egide.analysis.answer import floored
from egide.analysis.cards import Card, Rests
from egide.analysis.measures import BY_NAME, DOCS
from egide.analysis.outcomes import Outcomes, Values, open_outcomes
from egide.analysis.per_billion import Price, per_billion
from egide.analysis.verdicts import Bound, Finding
from egide.campaign import claims_beside, claims_catalog, keeping
from egide.campaign.plan import BASE, Plan, plan
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError, scenario_error, store_error
from egide.i18n import mark
from egide.scenario.claims import CAMPAIGN_KINDS, FILE, Claim, Claims, Known, Test, load_claims
from egide.scenario.explain import suggestion

__all__ = ["Judged", "cards", "check"]

OTHER_CODE: Final = ("code", "egide", "libraries")
CODE_NOTE: Final = mark("the campaign was made by other code: {changed}")
PART_NOTE: Final = mark("the campaign is not complete: {done} of {asked} runs")
MOST_SETTINGS: Final = 400  # points whose values are read: enough to draw a line through


@final
@dataclass(frozen=True)
class Judged:
    """The cards of a study."""

    study: str
    file: str
    cards: tuple[Card, ...]

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {"kind": "claims", "study": self.study, "file": self.file, "cards": [c.document() for c in self.cards]}


def check(path: Path, made: Plan) -> Claims:
    """The cards of a file, every name in them known. Raises ScenarioError."""
    return load_claims(path, Known(made.variants.catalog, list(DOCS), _alternatives(made), made.study.name))


def _alternatives(made: Plan) -> list[str]:
    return made.variants.names() or [BASE]


def cards(
    study: Path | str, campaign: Path | None = None, coverage: Path | None = None, exposure: Path | None = None,
    other_code: bool = False, only: Sequence[str] = (),
) -> Judged:  # fmt: skip
    """Judge the cards of the claims.yaml beside a study, all or those asked for. Raises ScenarioError, StoreError."""
    path = Path(study)
    path = path / "study.yaml" if path.is_dir() else path
    made = plan(path)
    file = path.parent / FILE
    if not file.is_file():
        raise scenario_error(str(file), mark("the study has no claim cards"), mark("write a claims.yaml beside it"))
    claims = check(file, made)
    for name in only:
        if name not in claims.claims:
            right, values = suggestion(name, list(claims.claims))
            wrong = mark("there is no card called {name}")
            raise scenario_error(str(file), wrong, right, "--only", name=name, **values)
    chosen = {name: each for name, each in claims.claims.items() if not only or name in only}
    run = _fresh(campaign, made, other_code) if campaign is not None else None
    if run is not None:
        _refuse_missing(claims, chosen, run.outcomes, str(path))
    covered = claims_beside.open_coverage(coverage, made) if coverage is not None else None
    judge = _Judge(made, run, coverage, covered, exposure)
    return Judged(made.study.name, str(file), tuple(judge.card(name, each) for name, each in chosen.items()))


# --- fresh -------------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class _Run:
    """A campaign that may be read, and what is to be said of it."""

    outcomes: Outcomes
    notes: tuple[str, ...]
    values: Mapping[str, Any]


def _fresh(folder: Path, made: Plan, other_code: bool) -> _Run:
    """The campaign, if it is of this very study. Raises StoreError with what has changed."""
    outcomes = open_outcomes(folder)
    name = outcomes.manifest["study"]["name"]
    if name != made.study.name:
        raise store_error(
            str(folder), mark("the campaign there is of another study: {name}, not {wanted}"),
            mark("name the folder of its own campaign, or run: egide campaign {study} -o out/campaign"),
            name=name, wanted=made.study.name, study=str(made.path),
        )  # fmt: skip
    changed = keeping.changes(folder, made)
    code = [text for name, text in changed.items() if name in OTHER_CODE]
    hard = [text for name, text in changed.items() if name not in OTHER_CODE]
    if hard or (code and not other_code):
        right = (
            mark("run it again: egide campaign {study} -o out/campaign")
            if hard
            else mark("run it again, or add --other-code to read it all the same")
        )
        raise store_error(
            str(folder), mark("the campaign there was made from something else: {changed}"), right,
            changed="; ".join(hard or code), study=str(made.path),
        )  # fmt: skip
    notes, values = [], dict[str, Any]()
    if code:
        notes.append(CODE_NOTE)
        values["changed"] = "; ".join(code)
    runs = outcomes.manifest["runs"]
    if not outcomes.manifest.get("complete"):
        notes.append(PART_NOTE)
        values |= {"done": runs["done"], "asked": runs["asked"]}
    return _Run(outcomes, tuple(notes), values)


def _refuse_missing(claims: Claims, chosen: Mapping[str, Claim], outcomes: Outcomes, study: str) -> None:
    """Cards about alternatives or measures that the campaign does not hold. Raises ScenarioError, all at once."""
    held, known = outcomes.alternatives, outcomes.measures
    problems: list[Problem] = []
    for name, each in chosen.items():
        test = each.test
        if test.kind not in CAMPAIGN_KINDS:
            continue
        for key in ("alternative", "against", "baseline"):
            wanted = getattr(test, key)
            if wanted is not None and wanted not in held:
                problems.append(claims.problem(
                    ("claims", name, "test", key), mark("the campaign holds no runs of {name}; it holds {known}"),
                    mark("add it to campaign.alternatives and run: egide campaign {study} -o out/campaign"),
                    name=wanted, known=", ".join(held), study=study,
                ))  # fmt: skip
        if test.measure not in known:
            problems.append(claims.problem(
                ("claims", name, "test", "measure"), mark("the results hold no measure {name}"),
                mark("run it again: egide campaign {study} -o out/campaign"), name=test.measure, study=study,
            ))  # fmt: skip
    if problems:
        raise ScenarioError(problems)


# --- one card ----------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class _Judge:
    """Everything that a card may be held against."""

    plan: Plan
    run: _Run | None
    coverage: Path | None
    covered: Mapping[str, Any] | None
    exposure: Path | None

    def card(self, name: str, claim: Claim) -> Card:
        finding, rests, command = self._found(claim.test)
        catalog = self.plan.variants.catalog
        register = catalog.sources
        return Card(
            name, {lang: claim.speaker.pick(lang) for lang in ("en", "fr")} if claim.speaker else None,
            claim.date or "", tuple((each, register[each].says, register[each].urls) for each in claim.source),
            {lang: claim.says.pick(lang) for lang in ("en", "fr")},
            {lang: claim.because.pick(lang) for lang in ("en", "fr")} if claim.because else None,
            {lang: claim.not_covered.pick(lang) for lang in ("en", "fr")},
            {**claim.test.model_dump(by_alias=True, exclude_unset=True), "threshold": claim.test.threshold},
            {**self._labels(claim.test, catalog), **self._factor_labels(finding)}, finding, rests, command,
            claim.invented,
        )  # fmt: skip

    def _labels(self, test: Test, catalog: Catalog) -> dict[str, Mapping[str, str]]:
        found: dict[str, Mapping[str, str]] = {}
        for name in test.names:
            if name in self.plan.variants.names():
                resolved = self.plan.variants.scenario(name, {}).resolved
                if resolved is not None and resolved.label is not None:
                    found[name] = {lang: resolved.label.pick(lang) for lang in ("en", "fr")}
        for name in (*test.missiles, *test.targets, *(each for each in (test.system, test.aircraft) if each)):
            found[name] = dict(catalog[name].label)
        return found

    def _factor_labels(self, finding: Finding | None) -> dict[str, Mapping[str, str]]:
        """What the study calls the groups that the finding names."""
        if finding is None:
            return {}
        named = {name for name, _ in finding.assumed.drivers} | {turn.factor for turn in finding.turns}
        groups = self.plan.study.groups
        return {
            name: {lang: label.pick(lang) for lang in ("en", "fr")}
            for name in named & set(groups) if (label := groups[name].label) is not None
        }  # fmt: skip

    def _found(self, test: Test) -> tuple[Finding | None, Rests, str]:
        """The finding, what it rests on, and the command that makes what is missing."""
        if test.kind in CAMPAIGN_KINDS:
            command = f"egide campaign {self.plan.path} -o out/campaign"
            if self.run is None:
                return None, Rests("campaign"), command
            return self._of_campaign(test, self.run), self._rests(test, self.run), ""
        if test.kind == "coverage":
            command = claims_beside.coverage_command(test, self.plan)
            if self.coverage is None or self.covered is None:
                return None, Rests("coverage"), command
            finding, rests = claims_beside.coverage(test, self.coverage, self.covered, self.plan)
            return finding, rests, "" if finding else command
        if test.kind == "exposure":
            command = claims_beside.exposure_command(test, self.plan)
            if self.exposure is None:
                return None, Rests("exposure"), command
            finding, rests = claims_beside.exposure(test, self.exposure, self.plan)
            return finding, rests, "" if finding else command
        catalog = self.plan.variants.catalog
        of = claims_catalog.reach if test.kind == "reach" else claims_catalog.stopped
        return of(test, catalog), Rests("catalogue"), ""

    def _rests(self, test: Test, run: _Run) -> Rests:
        manifest = run.outcomes.manifest
        mode = run.outcomes.mode_of(str(test.measure))
        sample = run.outcomes.values(str(test.measure), str(test.alternative), mode)
        return Rests(
            "campaign", str(run.outcomes.folder), str(manifest.get("digest", "")),
            len(set(sample.at(run.outcomes.points.sample).point.tolist())), int(sample.value.size), mode,
            str(manifest.get("as_of") or ""), run.notes, run.values,
        )  # fmt: skip

    def _of_campaign(self, test: Test, run: _Run) -> Finding:
        found, measure = run.outcomes, str(test.measure)
        grades = grades_of(found)
        chosen = sorted(
            {0, *found.points.having("low", "high").tolist(), *found.points.sample[:MOST_SETTINGS].tolist()}
        )
        settings = found.settings(chosen)
        one = found.values(measure, str(test.alternative))
        if test.kind == "measure":
            alone = verdicts.judge(Bound(one, test.threshold, test.sign), found.points, grades, settings)
            low, high = (max(end, 0.0) for end in alone.spread)  # no measure is below zero
            return replace(alone, value=floored(alone.value), spread=(low, high))
        other = found.values(measure, str(test.against))
        if test.kind == "difference":
            return verdicts.judge(Bound(one.less(other), test.threshold, test.sign), found.points, grades, settings)
        if test.kind == "ratio":
            return verdicts.judge(Bound(one, test.threshold, test.sign, other), found.points, grades, settings)
        base = found.values(measure, str(test.baseline))
        way = -1.0 if BY_NAME[measure].better == "higher" else 1.0
        effects = [_scaled(base.less(each), way) for each in (one, other)]
        costs = [self._price(test, name) for name in (str(test.alternative), str(test.against))]

        def judge(bound: Bound) -> Finding:
            return verdicts.judge(bound, found.points, grades, settings)

        names = (str(test.alternative), str(test.against))
        return per_billion(judge, (effects[0], effects[1]), (costs[0], costs[1]), names, test.sign)

    def _price(self, test: Test, name: str) -> Price:
        price = test.prices[name]
        low, value, high = price.cash(self.plan.variants.catalog)
        return Price(value.number, low.number, high.number, price.kind)


def _scaled(values: Values, by: float) -> Values:
    return replace(values, value=by * values.value)


def grades_of(found: Outcomes) -> dict[str, float]:
    """Factor -> part of its parameters that is assumed: no source, or one that was recalled and not read again."""
    columns = found.campaign.columns("SELECT * FROM factors")
    if "basis" not in columns:
        return {}
    parts: dict[str, list[float]] = {}
    for factor, basis in zip(columns["factor"], columns["basis"], strict=True):
        parts.setdefault(str(factor), []).append(float(str(basis) == "assumed"))
    return {name: sum(rows) / len(rows) for name, rows in parts.items()}
