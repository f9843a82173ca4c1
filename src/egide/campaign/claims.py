"""Every claim card of a study, judged: by a campaign, a coverage, an exposure study, or the catalogue alone.

fresh    made from the study, scenario, data, points, seed and code as they now stand; what is not is refused, with what
         has changed
missing  a card whose numbers are not there: it says which command makes them
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final, final

from egide.analysis import naming, verdicts
from egide.analysis.answer import floored
from egide.analysis.books import Books
from egide.analysis.cards import Card, Judged, Rests
from egide.analysis.ledger import Price
from egide.analysis.measures import BY_NAME, DOCS
from egide.analysis.outcomes import FAST, FULL, Outcomes, Values, open_outcomes
from egide.analysis.per_billion import per_billion
from egide.analysis.verdicts import Bound, Finding
from egide.analysis.worth import beside
from egide.campaign import claims_beside, claims_catalog, keeping, ledgers
from egide.campaign.plan import BASE, Plan, plan
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError, scenario_error, store_error
from egide.i18n import mark
from egide.scenario import Study, Variants, money_reading
from egide.scenario.claims import CAMPAIGN_KINDS, FILE, Claim, Claims, Known, Test, load_claims
from egide.scenario.explain import suggestion

__all__ = ["cards", "check"]

OTHER_CODE: Final = ("code", "egide", "libraries")
WHOLE: Final = mark("prices of the whole purchase, before anything was paid, in money of {year}")
OPEN: Final = mark("prices are what was still to be paid on {day}, in money of {year}")
CODE_NOTE: Final = mark("the campaign was made by other code: {changed}")
PART_NOTE: Final = mark("the campaign is not complete: {done} of {asked} runs")
MOST_SETTINGS: Final = 400  # points whose values are read: enough to draw a line through


def check(file: Path, path: Path, study: Study, variants: Variants) -> tuple[Claims, Books | None]:
    """The cards of a file over the study of a path, every name in them known, with the ledgers beside the study where a
    card asks for effect for money. Raises ScenarioError with every problem."""
    known = Known(variants.catalog, list(DOCS), variants.names() or [BASE], study.name)
    claims = load_claims(file, known)
    return claims, _money(claims, path, variants.catalog)


def _money(claims: Claims, study: Path, catalog: Catalog) -> Books | None:
    """Refuses where the ledgers are not there, or have no price of an alternative of a card."""
    asking = {name: each for name, each in claims.claims.items() if each.test.kind == "per-billion"}
    if not asking:
        return None
    if not (study.parent / money_reading.FILE).is_file():
        wrong, right = mark("effect for money needs the prices of a money.yaml beside the study"), mark("write one")
        raise ScenarioError([claims.problem(("claims", name, "test", "kind"), wrong, right) for name in asking])
    books = ledgers.books(study, catalog)
    problems = [
        claims.problem(
            ("claims", name, "test", key), mark("by money.yaml {name} costs {party} nothing beside {baseline}"),
            mark("give it an entry there of its own, or name another alternative"),
            name=getattr(each.test, key), party=books.chooser, baseline=str(each.test.baseline),
        )
        for name, each in asking.items() for key in ("alternative", "against")
        if not beside(books.items, books.chooser, str(getattr(each.test, key)), str(each.test.baseline),
                      each.until).open.value > 0.0
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    return books


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
    claims, books = check(file, path, made.study, made.variants)
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
    _refuse_lacking(claims, chosen, made, covered, exposure)
    tests = [each.test for each in claims.claims.values() if each.test.kind == "coverage"]
    commands = {"coverage": claims_beside.coverage_command(tests, made) if tests else ""}
    judge = _Judge(made, run, coverage, covered, exposure, books, commands)
    return Judged(made.study.name, str(file), tuple(judge.card(name, each) for name, each in chosen.items()))


# --- fresh -------------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class _Run:
    """A campaign that may be read, and what is to be said of it."""

    outcomes: Outcomes
    notes: tuple[str, ...]
    values: Mapping[str, Any]

    @cached_property
    def factors(self) -> dict[str, dict[str, str]]:
        """Factor -> what it is called, in both languages."""
        told = {lang: naming.factors(self.outcomes.campaign, lang) for lang in ("en", "fr")}
        return {name: {lang: told[lang][name] for lang in told} for name in told["en"]}


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


def _refuse_lacking(
    claims: Claims, chosen: Mapping[str, Claim], made: Plan, covered: Mapping[str, Any] | None, exposure: Path | None
) -> None:
    """Cards that ask a coverage or the runs of an exposure study for what these do not hold. Raises ScenarioError."""
    tests = [each.test for each in claims.claims.values() if each.test.kind == "coverage"]
    problems: list[Problem] = []
    for name, each in chosen.items():
        test, lack, command = each.test, None, ""
        if test.kind == "coverage" and covered is not None:
            lack, command = claims_beside.coverage_lacks(test, covered), claims_beside.coverage_command(tests, made)
        if test.kind == "exposure" and exposure is not None:
            lack, command = claims_beside.exposure_lacks(test, exposure), claims_beside.exposure_command(test, made)
        if lack is not None:
            key, wrong, values = lack
            place = ("claims", name, "test", key)
            problems.append(claims.problem(place, wrong, mark("make it again: {command}"), command=command, **values))
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
    books: Books | None
    commands: Mapping[str, str]

    def card(self, name: str, claim: Claim) -> Card:
        finding, rests, command = self._found(claim)
        catalog = self.plan.variants.catalog
        register = catalog.sources
        return Card(
            name, {lang: claim.speaker.pick(lang) for lang in ("en", "fr")} if claim.speaker else None,
            claim.date or "", tuple((each, register[each].says, register[each].urls) for each in claim.source),
            {lang: claim.says.pick(lang) for lang in ("en", "fr")},
            {lang: claim.because.pick(lang) for lang in ("en", "fr")} if claim.because else None,
            {lang: claim.not_covered.pick(lang) for lang in ("en", "fr")},
            {**claim.test.model_dump(by_alias=True, exclude_unset=True), "threshold": claim.test.threshold},
            {**self._labels(claim.test, catalog), **self._factors(claim.test)}, finding, rests, command,
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

    def _factors(self, test: Test) -> Mapping[str, Mapping[str, str]]:
        """What the campaign's factors are called, where the card is of it."""
        return self.run.factors if self.run is not None and test.kind in CAMPAIGN_KINDS else {}

    def _found(self, claim: Claim) -> tuple[Finding | None, Rests, str]:
        """The finding, what it rests on, and the command that makes what is missing."""
        test = claim.test
        if test.kind in CAMPAIGN_KINDS:
            command = f"egide campaign {self.plan.path} -o out/campaign"
            if self.run is None:
                return None, Rests("campaign"), command
            return self._of_campaign(test, self.run, claim.until), self._rests(test, self.run), ""
        if test.kind == "coverage":
            command = self.commands["coverage"]
            if self.coverage is None or self.covered is None:
                return None, Rests("coverage"), command
            return *claims_beside.coverage(test, self.coverage, self.covered, self.plan), ""
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

    def _of_campaign(self, test: Test, run: _Run, decision: date | None) -> Finding:
        found, measure = run.outcomes, str(test.measure)
        judge, modes = self._rule(run), _modes(found, measure)

        def of(name: str | None) -> list[Values]:
            return [found.values(measure, str(name), mode) for mode in modes]

        def bound(tops: list[Values], belows: Sequence[Values | None] = (None, None)) -> Finding:
            made = [Bound(top, test.threshold, test.sign, below) for top, below in zip(tops, belows, strict=False)]
            return judge(made[0], made[1] if len(made) > 1 else None)

        one, other = of(test.alternative), of(test.against) if test.against is not None else []
        if test.kind == "measure":
            return _no_less_than_zero(bound(one))
        if test.kind == "difference":
            return bound([first.less(second) for first, second in zip(one, other, strict=True)])
        if test.kind == "ratio":
            return bound(one, other)
        way = -1.0 if BY_NAME[measure].better == "higher" else 1.0
        effects = [
            (_scaled(base.less(first), way), _scaled(base.less(second), way))
            for base, first, second in zip(of(test.baseline), one, other, strict=True)
        ]
        names = (str(test.alternative), str(test.against))
        full = effects[1] if len(effects) > 1 else None
        money = per_billion(judge, found.points, effects[0], self._prices(test, decision), names, test.sign, full)
        said = {"year": self.money.year, "day": decision.isoformat() if decision else ""}
        return replace(money, notes=(*money.notes, OPEN if decision else WHOLE), values={**money.values, **said})

    def _rule(self, run: _Run) -> Callable[[Bound, Bound | None], Finding]:
        """The rule of verdicts on a campaign's points."""
        found = run.outcomes
        grades = grades_of(found)
        chosen = {0, *found.points.having("low", "high").tolist(), *found.points.sample[:MOST_SETTINGS].tolist()}
        settings = found.settings(sorted(chosen))
        return lambda bound, full: verdicts.judge(bound, found.points, grades, settings, full)

    def _prices(self, test: Test, decision: date | None) -> tuple[Price, Price]:
        one, other = (
            beside(self.money.items, self.money.chooser, str(name), str(test.baseline), decision)
            for name in (test.alternative, test.against)
        )
        return one, other

    @property
    def money(self) -> Books:
        """The ledgers, which a card of effect for money has been checked to have."""
        if self.books is None:
            raise RuntimeError("no ledgers for a card of effect for money")
        return self.books


def _modes(found: Outcomes, measure: str) -> tuple[str, ...]:
    """The mode that a measure is judged by, then full tracking where that is another."""
    mode = found.mode_of(measure)
    return (mode, FULL) if mode == FAST and FULL in found.modes else (mode,)


def _no_less_than_zero(found: Finding) -> Finding:
    """No measure is below zero, nor an end of what is told of it."""
    low, high = (max(end, 0.0) for end in found.spread)
    full = found.full and replace(found.full, value=floored(found.full.value))
    return replace(found, value=floored(found.value), spread=(low, high), full=full)


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
