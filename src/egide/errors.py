"""What can go wrong, and the exit code that says so.

EgideError
 +- ScenarioError   a file or an option is wrong; .problems lists every one        exit 2
 +- StoreError      a result file is missing, partial, in the way or another's     exit 2
 +- EngineError     an invariant broke: our bug; gives seed and replication        exit 70

A problem is data: the sentence is looked up and filled in only when it is shown, so that it can be shown in another
language. `wrong` and `right` are English templates ("expected {unit}, got {value}") that double as message ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final


@final
class Word(str):
    """A value of a problem that is a word of ours and so a message: 'length'. Other values are shown as they are."""

    __slots__ = ()


@final
@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place. Line and column count from 1; 0 where there is none (an option, a folder)."""

    file: str
    line: int
    column: int
    path: str
    wrong: str
    right: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def show(self, translate: Any = None) -> str:
        """`file:line:column: path: what is wrong; what would be right`, by `translate` (a msgid -> text function)."""
        place = self.file + (f":{self.line}:{self.column}" if self.line else "")
        sentence = self.say(self.wrong, translate)
        if self.right:
            sentence += "; " + self.say(self.right, translate)
        return f"{place}: {self.path}: {sentence}" if self.path else f"{place}: {sentence}"

    def say(self, message: str, translate: Any = None) -> str:
        """One of the problem's messages in a language, with its values filled in."""
        say = translate or (lambda text: text)
        values = {key: say(value) if isinstance(value, Word) else value for key, value in self.values.items()}
        return str(say(message).format(**values)) if message else ""

    def __str__(self) -> str:
        return self.show()


class EgideError(Exception):
    """Base of every error that Égide raises on purpose."""

    exit_code = 70


class ProblemsError(EgideError):
    """An error made of places and mends. The user can put it right."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> Any:  # so that it crosses process borders whole
        return type(self), (self.problems,)


@final
class ScenarioError(ProblemsError):
    """A scenario, study, catalogue or recording is wrong; `.problems` lists every one."""


@final
class StoreError(ProblemsError):
    """A run bundle is missing, partial, in the way, unwritable or of another version."""


@final
class EngineError(EgideError):
    """An invariant of the engine broke. Never the user's mistake."""

    def __init__(self, what: str, seed: int, replication: int) -> None:
        self.what, self.seed, self.replication = what, seed, replication
        super().__init__(f"{what} (seed {seed}, replication {replication}); this is a fault of Égide, please report it")

    def __reduce__(self) -> Any:
        return type(self), (self.what, self.seed, self.replication)


def store_error(place: str, wrong: str, right: str = "", **values: Any) -> StoreError:
    """One problem with a file or folder, as an error."""
    return StoreError([Problem(place, 0, 0, "", wrong, right, values)])


def scenario_error(place: str, wrong: str, right: str = "", path: str = "", **values: Any) -> ScenarioError:
    """One problem with an input, as an error."""
    return ScenarioError([Problem(place, 0, 0, path, wrong, right, values)])
