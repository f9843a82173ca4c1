"""What a dossier is written from: found in one folder, held against the study as it now stands, or refused in words.

runs       OUT/campaign, OUT/coverage, OUT/exposure, OUT/learned, OUT/timeline, OUT/what-if/NAME/ALTERNATIVE
stale      made from another study, scenario, calendar or code than the one that stands there now: refused, with what
           has changed
"""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from egide import store
from egide.analysis import exposure_study, worth
from egide.analysis.cards import Card, Texts
from egide.analysis.exposure_study import ExposureStudy
from egide.analysis.material import Absent, Asked, Choice, Material, WhatIf, what_if
from egide.analysis.measures import DOCS
from egide.analysis.mitigation import Covered
from egide.analysis.outcomes import open_outcomes
from egide.campaign import claims, ledgers
from egide.campaign.plan import Plan, plan
from egide.errors import Problem, ScenarioError, scenario_error, store_error
from egide.i18n import mark
from egide.scenario.claims import FILE as CLAIMS
from egide.scenario.dossier import FILE, Dossier, Known, load_dossier
from egide.store.campaign import ASKED
from egide.store.timeline import open_timeline

__all__ = ["Wanted", "collect", "wanted"]

MONEY: Final = "money.yaml"
CALENDAR: Final = "calendar.yaml"
FEW: Final = 6  # replications with full tracking, where a handful shows what is to be seen
_REMAKE: Final = mark("make it again: {command}")
_STALE: Final = mark("what is there was made from something else: {changed}")


@final
@dataclass(frozen=True)
class Wanted:
    """A study with the plan of its dossier, and the folder in which its results lie or will lie."""

    plan: Plan
    dossier: Dossier
    runs: Path

    @property
    def folder(self) -> Path:
        return self.plan.path.parent

    @property
    def trial(self) -> bool:
        """Is it the quick version of another study? Its other parts are run as often as it says, too."""
        return self.plan.study.extends is not None

    @property
    def exposure(self) -> Path | None:
        """The study of exposure, beside this one."""
        return self.folder.parent / self.dossier.exposure / "study.yaml" if self.dossier.exposure else None

    def what_if(self, name: str, alternative: str) -> Path:
        return self.runs / "what-if" / name / alternative

    def has(self, name: str) -> bool:
        """Whether a file stands beside the study."""
        return (self.folder / name).is_file()

    def commands(self) -> dict[str, str]:
        """Part -> what makes it by itself."""
        found = {"campaign": ["egide", "campaign", str(self.plan.path), "-o", str(self.runs / "campaign")]}
        if (asked := self.dossier.coverage) is not None:
            found["coverage"] = [
                "egide", "coverage", str(self.plan.study.base_path), "--alternative", ",".join(self.covered),
                "--altitude", ",".join(asked.altitude), "--rcs", ",".join(asked.rcs),
                "--shots", ",".join(map(str, asked.shots)), "--kill", ",".join(f"{each:g}" for each in asked.kill),
                "-o", str(self.runs / "coverage"),
            ]  # fmt: skip
        if self.exposure is not None:
            found["exposure"] = ["egide", "compare", str(self.exposure), *self._times(), "-o",
                                 str(self.runs / "exposure")]  # fmt: skip
        if self.dossier.learned:
            found["learned"] = [
                "egide", "compare", str(self.plan.study.base_path), "--alternatives", ",".join(self.dossier.learned),
                "--replications", str(self.few), "--seed", str(self.plan.seed), "-o", str(self.runs / "learned"),
            ]  # fmt: skip
        if self.has(CALENDAR):
            found["timeline"] = ["egide", "timeline", str(self.plan.path), *self._times(), "-o",
                                 str(self.runs / "timeline")]  # fmt: skip
        return {name: shlex.join(words) for name, words in found.items()}

    @property
    def covered(self) -> tuple[str, ...]:
        """Alternatives of the coverage."""
        return (self.dossier.coverage.alternatives if self.dossier.coverage else ()) or self.plan.alternatives

    @property
    def few(self) -> int:
        """Replications with full tracking, where a handful shows what is to be seen."""
        return min(self.plan.study.replications, FEW)

    def _times(self) -> list[str]:
        return ["--replications", str(self.plan.study.replications)] if self.trial else []


def wanted(study: Path | str, runs: Path | str | None = None) -> Wanted:
    """A study and what its dossier is to be made of. Raises ScenarioError with every problem of the files."""
    path = Path(study)
    path = path / "study.yaml" if path.is_dir() else path
    made = plan(path)
    file = path.parent / FILE
    if not file.is_file():
        raise scenario_error(str(file), mark("the study has no plan of a dossier"),
                             mark("write a dossier.yaml beside it; see docs/dossier.md"))  # fmt: skip
    names = made.variants.names()
    cards_file = path.parent / CLAIMS
    held = claims.check(cards_file, path, made.study, made.variants)[0].claims if cards_file.is_file() else {}
    known = Known(made.study.name, list(held), names, list(made.variants.catalog.sources), list(DOCS))
    dossier = load_dossier(file, known)
    problems = [problem for row in range(len(dossier.what_if)) for problem in _replaced(made, dossier, row)]
    if problems:
        raise ScenarioError(problems)
    folder = Path(runs) if runs is not None else Path("out") / made.study.name
    return Wanted(made, dossier, folder)


def _replaced(made: Plan, dossier: Dossier, row: int) -> list[Problem]:
    """Whether the values of a what-if may be replaced so."""
    each = dossier.what_if[row]
    for name in each.alternatives:
        if name not in made.alternatives:
            right = mark("add it to campaign.alternatives")
            return [dossier.problem(("what_if", row, "alternatives"), mark("the campaign does not run {name}"), right,
                                    name=name)]  # fmt: skip
        try:
            made.variants.scenario(name, dict(each.set))
        except ScenarioError as error:
            said = error.problems[0]
            return [dossier.problem(("what_if", row, "set"), said.wrong, said.right, **said.values)]
    return []


# --- collecting --------------------------------------------------------------------------------------------------


def collect(order: Wanted, other_code: bool = False, price: Callable[[Path], Covered] | None = None) -> Material:
    """Everything that is there, read and held against the study. A campaign must be; other parts are told as absent.

    `price` tells, of the folder of an exposure study, what its rules cost in coverage; without it that is not known.
    Raises StoreError.
    """
    commands, runs, absent = order.commands(), order.runs, list[Absent]()
    if not (runs / "campaign" / ASKED).is_file():
        raise store_error(str(runs / "campaign"), mark("there is no campaign of {study}"),
                          mark("run: {command}, or add --make"), study=order.plan.study.name,
                          command=commands["campaign"])  # fmt: skip
    there = {name: runs / name for name in commands if _is_there(runs / name)}
    covering = there.get("coverage")
    judged = claims.cards(order.plan.path, runs / "campaign", covering, there.get("exposure"), other_code)
    campaign = open_outcomes(runs / "campaign")
    _held(order, campaign.alternatives)
    books = ledgers.books(order.plan.path) if order.has(MONEY) else None
    found, fronts = worth.effects(books, runs / "campaign", covering) if books is not None else ([], [])
    absent += [Absent(name, commands[name]) for name in commands if name not in there]
    timeline = open_timeline(there["timeline"]) if "timeline" in there else None
    if timeline is not None:
        _same_calendar(order, timeline.manifest, commands["timeline"])
    by_id = {card.id: card for card in judged.cards}
    return Material(
        study=order.plan.study.name, path=str(order.plan.path), trial=order.trial,
        title=_both(order.dossier.title), lead=_both(order.dossier.lead),
        questions=tuple(
            Asked(_both(each.asks), tuple(by_id[name] for name in each.cards)) for each in order.dossier.questions
        ),
        choices=tuple(_choice(order.plan, name) for name in campaign.alternatives),
        campaign=campaign, cards=judged.cards, books=books, effects=tuple(found), fronts=tuple(fronts),
        coverage=covering, timeline=timeline,
        exposure=_exposure(there, price),
        what_ifs=_what_ifs(order, campaign, absent), context=_context(order), absent=tuple(absent),
        made_by=_made_by(order, commands, there, campaign.manifest, timeline.manifest if timeline else {}),
        notes=_notes(judged.cards),
    )  # fmt: skip


def _exposure(there: Mapping[str, Path], price: Callable[[Path], Covered] | None) -> ExposureStudy | None:
    runs, learned = there.get("exposure"), there.get("learned")
    if runs is None and learned is None:
        return None
    return exposure_study.read(runs, price(runs) if price is not None and runs is not None else None, learned)


def _choice(made: Plan, name: str) -> Choice:
    scenario = made.variants.scenario(name if name in made.variants.names() else None, {})
    about = scenario.resolved
    counted = Counter(battery.system for battery in scenario.batteries)
    batteries = tuple((dict(scenario.catalog[system].label), n) for system, n in counted.items())
    label = _both(about.label) if about is not None else {}
    return Choice(name, label or {"en": name, "fr": name}, _both(getattr(about, "note", None)), batteries)


def _both(label: Any) -> Texts:
    """A text in both languages; nothing where there is none."""
    return {lang: label.pick(lang) for lang in ("en", "fr")} if label is not None else {}


def _is_there(folder: Path) -> bool:
    """Whether a finished result is there."""
    marks = ("manifest.json", "coverage.json", "comparison.json", "timeline.json")
    return any((folder / name).is_file() for name in marks)


def _held(order: Wanted, held: Sequence[str]) -> None:
    """Every alternative of the campaign's plan has runs there."""
    missing = [name for name in order.plan.alternatives if name not in held]
    if missing:
        raise store_error(str(order.runs / "campaign"), mark("the campaign holds no runs of {name}"),
                          mark("go on with it: {command} --resume"), name=missing[0],
                          command=order.commands()["campaign"])  # fmt: skip


def _same_calendar(order: Wanted, manifest: Mapping[str, Any], command: str) -> None:
    """Refuses a timeline of another scenario or calendar than those that stand there now."""
    now = {
        "scenario": order.plan.variants.sha256,
        "calendar": hashlib.sha256((order.folder / CALENDAR).read_bytes()).hexdigest(),
    }
    before = {"scenario": manifest["scenario"]["sha256"], "calendar": manifest.get("calendar_sha256", "")}
    told = [f"{name} {str(before[name])[:12]} -> {now[name][:12]}" for name in now if before[name] != now[name]]
    if told:
        raise store_error(str(order.runs / "timeline"), _STALE, _REMAKE, changed=", ".join(told), command=command)


def _what_ifs(order: Wanted, campaign: Any, absent: list[Absent]) -> tuple[WhatIf, ...]:
    found = []
    for each in order.dossier.what_if:
        rows = []
        command = ""
        for name in each.alternatives:
            place = order.what_if(each.name, name)
            command = shlex.join([
                "egide", "run", str(order.plan.study.base_path), "--alternative", name,
                *(word for text in (*each.sets, "tracking.mode=fast") for word in ("--set", text)),
                "--replications", str(max(order.plan.replications[0], 2)), "--seed", str(order.plan.seed),
                "-o", str(place),
            ])  # fmt: skip
            if not _is_there(place):
                absent.append(Absent(each.name, command))
                continue
            bundle = store.open(place)
            before = bundle.manifest["scenario"].get("sha256")
            if before != order.plan.variants.sha256 or set(bundle.manifest["sets"]) != {
                *each.sets,
                "tracking.mode=fast",
            }:
                changed = f"scenario {str(before)[:12]}, --set {', '.join(bundle.manifest['sets'])}"
                raise store_error(str(place), _STALE, _REMAKE, changed=changed, command=command)
            rows.append(what_if(each.measure, name, campaign, bundle))
        if rows:
            found.append(WhatIf(each.name, _both(each.asks), each.sets, each.measure, tuple(rows), command))
    return tuple(found)


def _context(order: Wanted) -> tuple[tuple[Texts, tuple[tuple[str, str, tuple[str, ...]], ...]], ...]:
    register = order.plan.variants.catalog.sources
    return tuple(
        (_both(each.says), tuple((name, register[name].says, register[name].urls) for name in each.source))
        for each in order.dossier.context
    )


def _made_by(
    order: Wanted, commands: Mapping[str, str], there: Mapping[str, Path], campaign: Mapping[str, Any],
    timeline: Mapping[str, Any],
) -> tuple[tuple[str, str, str], ...]:  # fmt: skip
    """Part, command and digest of everything that is there; the pack carries the campaign."""
    digests = {"campaign": str(campaign.get("digest", "")), "timeline": str(timeline.get("digest", ""))}
    rows = [(name, commands[name], digests.get(name) or _digest(there[name])) for name in commands if name in there]
    packed = shlex.join(["egide", "pack", str(order.runs / "campaign"), "-o", f"{order.plan.study.name}.egide.zip"])
    return (*rows, ("pack", packed, ""))


def _digest(folder: Path) -> str:
    import json

    for name in ("coverage.json", "comparison.json", "manifest.json"):
        if (folder / name).is_file():
            return str(json.loads((folder / name).read_text(encoding="utf-8")).get("digest", ""))
    return ""


def _notes(cards: Sequence[Card]) -> tuple[str, ...]:
    """What the cards say of what they rest on, once each."""
    return tuple(dict.fromkeys(note.format(**card.rests.values) for card in cards for note in card.rests.notes))
