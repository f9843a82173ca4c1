"""`egide new`: a commented starter scenario that checks and runs as it stands, and a whole study on it where asked."""

from __future__ import annotations

import re
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from egide import i18n
from egide.cli import options
from egide.errors import Problem, ScenarioError
from egide.i18n import mark

_SUFFIXES = (".yaml", ".yml")
_BESIDE = (
    "study.yaml",
    "money.yaml",
    "calendar.yaml",
    "claims.yaml",
    "dossier.yaml",
)  # of a study, beside its scenario
_NAMED = ("name: starter", "study: starter")  # where a file says what it is called


def new(
    path: Annotated[Path, Parameter(help="A folder to make, or a file that ends in .yaml.")],
    *,
    study: Annotated[
        bool, Parameter(help="Write a study beside the scenario: money, calendar and claim cards too.", negative="")
    ] = False,
    lang: options.Lang = None,
) -> int:
    """Write a commented starter scenario, with a whole study on it where asked. Nothing is ever written over.

    A study is what to compare and what is not known (study.yaml), who pays what (money.yaml), who is there when
    (calendar.yaml), statements and questions to be judged (claims.yaml), and one document of it all (dossier.yaml).
    Each says what its blocks are for, and
    runs as it stands.

    Example: egide new my-study --study
    """
    folder, scenario_file = (path.parent, path) if path.suffix in _SUFFIXES else (path, path / "scenario.yaml")
    wanted = {scenario_file: "scenario.yaml"}
    if study:
        wanted |= {folder / file: file for file in _BESIDE}
    _refuse_existing(folder, list(wanted))
    name = _name(path)
    folder.mkdir(parents=True, exist_ok=True)
    say = i18n.translator(i18n.choose(lang))
    for file, starter in wanted.items():
        text = files("egide.scenario").joinpath("starter", starter).read_text(encoding="utf-8")
        for words in _NAMED:
            text = text.replace(f"\n{words}\n", f"\n{words.replace('starter', name)}\n", 1)
        text = text.replace("base: scenario.yaml", f"base: {scenario_file.name}")
        with file.open("x", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
        print(say(mark("written: {file}")).format(file=file))
    first = folder / "study.yaml" if study else scenario_file
    print(say(mark("next: {command}")).format(command=f"egide check {first}"))
    for command in _then(folder, first) if study else ():
        print(say(mark("then: {command}")).format(command=command))
    return 0


def _then(folder: Path, study: Path) -> list[str]:
    """What each file beside the study is for, as the command that reads it."""
    out = Path("out")
    return [
        f"egide campaign {study} -o {out / 'campaign'}",
        f"egide claims {folder} --campaign {out / 'campaign'}",
        f"egide timeline {study} -o {out / 'timeline'}",
        f"egide money {study} --campaign {out / 'campaign'}",
        f"egide report {folder} --dossier --make -o {out / 'dossier.html'}",
    ]


def _refuse_existing(folder: Path, wanted: list[Path]) -> None:
    problems = [
        Problem(str(file), 0, 0, "", mark("this file is already there"), mark("choose another name"))
        for file in wanted
        if file.exists()
    ]
    if folder.exists() and not folder.is_dir():
        problems.append(
            Problem(str(folder), 0, 0, "", mark("this is a file, not a folder"), mark("choose another name"))
        )
    if problems:
        raise ScenarioError(problems)


def _name(path: Path) -> str:
    """A name for the scenario from the name of its folder or file."""
    words = path.resolve()
    text = words.stem if path.suffix in _SUFFIXES and words.stem not in ("scenario", "study") else words.parent.name
    if path.suffix not in _SUFFIXES:
        text = words.name
    name = re.sub(r"[^a-z0-9]+", "-", _fold(text)).strip("-")[:60].rstrip("-")
    return name or "starter"


def _fold(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
