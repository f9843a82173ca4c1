"""Results for people: aligned plain text in a pipe, a table with rules on a terminal, progress on a terminal only."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from egide import i18n
from egide.errors import scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.campaign.runner import Progress

NOT_A_FORECAST = mark("not a forecast")


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> None:
    """Print rows under headers; the columns `left` are words, the others numbers."""
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table

        shown = Table(box=box.SIMPLE_HEAD)
        for i, header in enumerate(headers):
            shown.add_column(header, justify="left" if i in left else "right")
        for row in rows:
            shown.add_row(*row)
        Console().print(shown)
        return
    widths = [max(len(line[i]) for line in (headers, *rows)) for i in range(len(headers))]
    for line in (headers, *rows):
        cells = [
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def value(number: float, low: float, high: float, unit: str, lang: str) -> tuple[str, str]:
    """A value and its 95 % interval, as texts with the same digits."""
    factor = 1e-6 if unit == "USD" else 1.0
    scaled = [end * factor for end in (number, low, high)]
    widest = max((abs(end) for end in scaled if math.isfinite(end)), default=0.0)
    digits = 0 if widest == 0 else min(max(2 - math.floor(math.log10(widest)), 0), 4)
    if math.isnan(low):
        return i18n.number(scaled[0], lang, digits), "–"
    return i18n.number(scaled[0], lang, digits), i18n.interval(scaled[1], scaled[2], lang, digits)


def unit_of(unit: str, lang: str) -> str:
    """A unit as it is printed."""
    from egide.report.values import unit_of as told

    return told(unit, lang)


@final
class Bar:
    """A progress bar with the time left; one task at a time, named after what is being run."""

    def __init__(self, progress: Any, lang: str) -> None:
        self._progress, self._lang = progress, lang
        self._task: Any = None

    def named(self, name: str) -> Progress:
        """A fresh bar with this name, as a progress callback."""
        say = i18n.translator(self._lang)
        starting = say(mark("compiling and starting"))
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = task = self._progress.add_task(name, total=None, left=starting)

        def show(done: int, total: int, left_s: float) -> None:
            time = i18n.duration(0.0 if math.isnan(left_s) else left_s, self._lang)
            left = starting if math.isnan(left_s) else say(mark("{time} left")).format(time=time)
            self._progress.update(task, completed=done, total=total, left=left, refresh=True)

        return show


@contextmanager
def progress_bar(lang: str) -> Iterator[Bar | None]:
    """A bar on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[left]}"),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield Bar(shown, lang)


def workers_of(asked: int | None, replications: int) -> int:
    """As many as asked for, else one a processor at hand; never more than there are replications."""
    at_hand = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(asked if asked is not None else at_hand, max(replications, 1))


def detail_of(text: str) -> list[int] | str:
    """'0,17' or 'all' or 'none'."""
    if text in ("all", "none"):
        return "all" if text == "all" else []
    try:
        return [int(number) for number in text.split(",") if number.strip()]
    except ValueError:
        raise scenario_error(
            "--detail", mark("{text!r} is no list of replications"), mark("write for example 0,17 or all or none"),
            text=text,
        ) from None  # fmt: skip


def measures_of(text: str | None) -> tuple[str, ...]:
    """Names of measures or groups as in 'leakers,causes', in that order; the headline where nothing is said."""
    from difflib import get_close_matches

    from egide.analysis.measures import BY_NAME, GROUPS, HEADLINE

    if text is None:
        return HEADLINE
    asked = [name.strip() for name in text.split(",") if name.strip()]
    names = tuple(dict.fromkeys(each for name in asked for each in GROUPS.get(name, (name,))))
    for name in names:
        if name not in BY_NAME:
            close = get_close_matches(name, BY_NAME, n=1)
            right = mark("did you mean {close}?") if close else mark("known: {known}")
            raise scenario_error(
                "--measures", mark("there is no measure {name}"), right,
                name=name, close=(close or [""])[0], known=", ".join(BY_NAME),
            )  # fmt: skip
    return names or HEADLINE


def place_of(path: Path) -> str:
    """A path as the user would write it: from here, where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def estimates(rows: Sequence[Any], lang: str) -> None:
    """Print means of one run: rows with measure, unit, mean, low, high, note."""
    from egide.analysis.measures import BY_NAME

    say = i18n.translator(lang)
    notes: dict[str, str] = {}
    lines: list[tuple[str, ...]] = []
    for row in rows:
        shown, between = value(row.mean, row.low, row.high, row.unit, lang)
        mark_of = ""
        if row.note:
            mark_of = notes.setdefault(row.note, "*" * (len(notes) + 1))
        unit = unit_of(row.unit, lang)
        if row.unit == "per 10 000 passes":
            unit += f" ({say(NOT_A_FORECAST)})"
        lines.append((BY_NAME[row.measure].label(lang), shown, between + mark_of, unit))
    table([say(mark("measure")), say(mark("mean")), say(mark("95 % interval")), say(mark("unit"))], lines, left=(0, 3))
    for note, sign in notes.items():
        print(f"{sign} {say(note)}")
