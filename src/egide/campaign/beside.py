"""The files that stand beside a study: its money, calendar, claim cards, and the plan of its dossier. Each is checked
whole against the study.

kind    what a file says that it is: money, calendar, claims, dossier
beside  the study in the same folder, called study.yaml
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from egide import catalog as library
from egide.campaign import claims, material
from egide.catalog import Catalog
from egide.errors import Problem, ScenarioError, scenario_error
from egide.i18n import mark
from egide.scenario import Study, Variants, calendar_reading, load_money, load_study
from egide.scenario import claims as cards
from egide.scenario.calendar_reading import FILE as CALENDAR
from egide.scenario.dossier import FILE as DOSSIER
from egide.scenario.money_reading import FILE as MONEY

__all__ = ["FILES", "KINDS", "Beside", "check", "found", "read"]

FILES: Final = {"money": MONEY, "calendar": CALENDAR, "claims": cards.FILE, "dossier": DOSSIER}
KINDS: Final = tuple(FILES)
STUDY: Final = "study.yaml"


@final
@dataclass(frozen=True)
class Beside:
    """One such file, read and without a mistake. `count`: entries, events, cards or questions."""

    kind: str
    file: Path
    study: Path
    count: int


def found(study: Path) -> list[Path]:
    """Those that lie beside a study."""
    return [file for name in FILES.values() if (file := study.parent / name).is_file()]


def check(study: Path) -> list[Problem]:
    """Every problem of the files beside a study that is itself fine."""
    problems: list[Problem] = []
    for kind, name in FILES.items():
        if (study.parent / name).is_file():
            try:
                _read(kind, study.parent / name, study)
            except ScenarioError as error:
                problems += error.problems
    return list({problem.show(): problem for problem in problems}.values())  # cards read the ledgers as well


def read(kind: str, file: Path) -> Beside:
    """One file with the study beside it. Raises ScenarioError with every problem of it, or of its study."""
    study = file.parent / STUDY
    if not study.is_file():
        raise scenario_error(str(file), mark("there is no {study} beside it"), mark("put it beside its own study"),
                             study=STUDY)  # fmt: skip
    return _read(kind, file, study)


def _read(kind: str, file: Path, study: Path) -> Beside:
    catalog = library.load()
    if kind == "money":
        return Beside(kind, file, study, len(load_money(study, catalog, file).entries))
    loaded = load_study(study, catalog)
    if kind == "calendar":
        return Beside(
            kind, file, study, len(calendar_reading.read_calendar(file, loaded, catalog=catalog).calendar.events)
        )
    if kind == "dossier":
        return Beside(kind, file, study, len(material.wanted(study).dossier.questions))
    return Beside(kind, file, study, len(_cards(file, study, loaded, catalog).claims))


def _cards(file: Path, study: Path, loaded: Study, catalog: Catalog) -> cards.Claims:
    return claims.check(file, study, loaded, Variants(loaded.base_path, catalog))[0]
