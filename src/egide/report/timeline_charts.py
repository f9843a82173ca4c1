"""Figures of a timeline: who was there when, and what an alternative was worth from month to month.

bar     months in which a unit is there as published; paler where only some of the slipped calendars have it there
step    the value with the dates as published; around it the band of the dates that slip, and that of chance
steady  dashed: the alternative once everything is in place, at no date
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.i18n import Translator, number
from egide.report import figures
from egide.report.charts import WIDTH_IN, wrapped
from egide.report.figures import BLUE, INK, MUTED, ORANGE, RULE, SKY, VERMILION, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Bar", "Line", "Mark", "bars", "panels"]

Floats = NDArray[np.float64]

LEFT: Final = 0.27
_SURE: Final = 0.999


@final
@dataclass(frozen=True)
class Bar:
    """One row: a name, and month by month whether it is there, in which share of the draws, how available."""

    label: str
    there: NDArray[np.bool_]
    share: Floats
    availability: Floats


@final
@dataclass(frozen=True)
class Line:
    """One alternative of one measure, in the unit shown."""

    label: str
    value: Floats
    chance: tuple[Floats, Floats]
    dates: tuple[Floats, Floats]
    steady: float


@final
@dataclass(frozen=True)
class Mark:
    """A dated event drawn over the months: a figure that the list below the picture explains."""

    day: date
    text: str


def _edges(months: Sequence[date]) -> Floats:
    """Months as years with a fraction, from the beginning of each to the end of the last."""
    return np.array([m.year + (m.month - 1) / 12.0 for m in months] + [months[-1].year + months[-1].month / 12.0])


def _years(axes: Axes, edges: Floats) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    span = float(edges[-1] - edges[0])
    axes.set_xlim(edges[0], edges[-1])
    axes.xaxis.set_major_locator(MultipleLocator(1.0 if span > 1.5 else 0.25))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{int(x)}" if abs(x - round(x)) < 1e-6 else ""))


def bars(
    name: str, title: str, rows: Sequence[Bar], months: Sequence[date], marks: Sequence[Mark], lang: str,
    say: Translator,
) -> Picture:  # fmt: skip
    """Who is there when, one row a unit; events as lines with their number."""
    with figures.drawing():
        height = 0.95 + 0.34 * len(rows)
        figure = figures.new_figure(WIDTH_IN, height)
        axes = figure.add_axes((LEFT, 0.42 / height, 0.985 - LEFT, 1 - 0.82 / height))
        edges = _edges(months)
        for place, row in enumerate(rows):
            if place % 2:
                axes.axhspan(place - 0.5, place + 0.5, facecolor="#f2f4f6", zorder=0)
            for at in range(len(months)):
                if row.share[at] > 0.0 and not (row.there[at] and row.share[at] >= _SURE):
                    axes.fill_between(edges[at : at + 2], place - 0.3, place + 0.3, facecolor=ORANGE, linewidth=0,
                                      alpha=0.15 + 0.55 * float(row.share[at]), zorder=2)  # fmt: skip
            _spans(axes, place, row, edges)
        for mark in marks:
            x = mark.day.year + (mark.day.month - 1) / 12.0 + (mark.day.day - 1) / 366.0
            axes.axvline(x, color=MUTED, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
            axes.text(x, -0.62, mark.text, ha="center", va="bottom", fontsize=8, color=MUTED)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [wrapped(row.label, 34) for row in rows])
        _years(axes, edges)
        axes.spines["left"].set_visible(False)
        alt = say("Months in which each unit is there: {rows}.").format(
            rows="; ".join(f"{row.label}, {_told(row, months, say)}" for row in rows)
        )
        return figures.picture(figure, name, alt, title)


def _spans(axes: Axes, place: int, row: Bar, edges: Floats) -> None:
    """Stretches as published: solid, thinner as availability falls."""
    for at in np.flatnonzero(row.there):
        half = 0.3 * float(row.availability[at])
        sure = row.share[at] >= _SURE
        axes.fill_between(edges[at : at + 2], place - half, place + half, facecolor=BLUE if sure else SKY,
                          linewidth=0, hatch=None if sure else "////", edgecolor=BLUE, zorder=3)  # fmt: skip


def _told(row: Bar, months: Sequence[date], say: Translator) -> str:
    """'2013-02 to 2015-01' for the alternative text."""
    padded = np.concatenate([[False], row.there, [False]]).astype(int)
    turns = np.diff(padded)
    spans = [
        say("{from_} to {until}").format(from_=f"{months[a]:%Y-%m}", until=f"{months[b - 1]:%Y-%m}")
        for a, b in zip(np.flatnonzero(turns == 1).tolist(), np.flatnonzero(turns == -1).tolist(), strict=True)
    ]
    return ", ".join(spans) or say("never")


def panels(
    name: str, title: str, unit: str, lines: Sequence[Line], months: Sequence[date], lang: str, say: Translator,
    digits: int,
) -> Picture:  # fmt: skip
    """One panel an alternative, all on the same scales."""
    with figures.drawing():
        each_in = 1.02
        height = 0.55 + each_in * len(lines)
        figure = figures.new_figure(WIDTH_IN, height)
        edges = _edges(months)
        finite = np.concatenate(
            [np.concatenate([each.value, *each.chance, *each.dates, [each.steady]]) for each in lines]
        )
        finite = finite[np.isfinite(finite)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        least = 20.0 * 10.0**-digits  # no finer than what is printed: a difference of nothing is drawn as nothing
        if high - low < least:
            low, high = (low + high - least) / 2.0, (low + high + least) / 2.0
        margin = 0.08 * (high - low)
        for place, line in enumerate(lines):
            bottom = (0.42 + each_in * (len(lines) - 1 - place)) / height
            axes = figure.add_axes((LEFT, bottom, 0.90 - LEFT, (each_in - 0.16) / height))
            _step(axes, edges, line)
            axes.set_ylim(low - margin if low - margin > 0.3 * high else min(0.0, low), high + margin)
            _years(axes, edges)
            _levels(axes, lang)
            figures.light_grid(axes, "y")
            if place + 1 < len(lines):
                axes.tick_params(labelbottom=False)
            figure.text(LEFT - 0.055, bottom + (each_in - 0.16) / 2 / height, wrapped(line.label, 26), ha="right",
                        va="center", fontsize=10.5, color=INK)  # fmt: skip
            axes.text(edges[-1] + 0.01 * (edges[-1] - edges[0]), line.value[-1],
                      number(float(line.value[-1]), lang, digits), va="center", ha="left", fontsize=9.5, color=INK,
                      clip_on=False)  # fmt: skip
        text = say("{what} from month to month, one panel an alternative, at the end and in the steady state: {rows}.")
        alt = text.format(
            what=unit, rows="; ".join(f"{line.label} {number(float(line.value[-1]), lang, digits)}, "
                                      f"{number(line.steady, lang, digits)}" for line in lines)
        )  # fmt: skip
        return figures.picture(figure, name, alt, title)


def _step(axes: Axes, edges: Floats, line: Line) -> None:
    """Bands under the step, the steady value dashed."""

    def stairs(values: Floats) -> Floats:
        return np.append(values, values[-1])

    axes.fill_between(edges, stairs(line.dates[0]), stairs(line.dates[1]), step="post", facecolor=ORANGE, alpha=0.45,
                      linewidth=0, zorder=2)  # fmt: skip
    if np.isfinite(line.chance[0]).any():
        for end in line.chance:
            axes.step(edges, stairs(end), where="post", color=BLUE, linewidth=1.0, linestyle=(0, (1, 1.5)), zorder=3)
    axes.step(edges, stairs(line.value), where="post", color=BLUE, linewidth=2.0, zorder=5)
    axes.axhline(line.steady, color=VERMILION, linewidth=1.1, linestyle=(0, (5, 3)), zorder=4)
    axes.spines["left"].set_color(RULE)


def _levels(axes: Axes, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang)))
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=MUTED)
