"""Charts: the spread of replications, the paired differences, wrongful engagements, and one replication over time.

strip     one dot a replication, stacked where they fall together, with the mean and its 95 % interval above
forest    one line a difference: a dot, its interval, and the line of no difference
lane      one row of the timeline: one kind of happening, a marker a class of target
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from egide import events
from egide.analysis.intervals import Estimate
from egide.i18n import Translator, mark, number
from egide.report import figures
from egide.report.figures import BLUE, CLASS_COLOURS, CLASS_MARKERS, INK, MUTED, RULE, VERMILION, Picture
from egide.report.labels import CLASS_LABELS, told
from egide.report.values import apart, has_interval, known

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_IN: Final = 9.6
LABEL_SHARE: Final = 0.27  # of the width, for the names of the alternatives


def wrapped(label: str, width: int = 30) -> str:
    """A name on two or three lines."""
    return "\n".join(textwrap.wrap(label, width)[:3])


def ticks(axes: Axes, lang: str) -> None:
    """Numbers on the axis by the habits of the language, few of them."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    locator = MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10])
    axes.xaxis.set_major_locator(locator)
    places = locator.tick_values(*axes.get_xlim())
    step = abs(float(places[1] - places[0])) if len(places) > 1 else 1.0
    digits = next((d for d in range(6) if math.isclose(round(step, d), step, rel_tol=1e-6)), 6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, digits)))


# --- distributions -------------------------------------------------------------------


def strips(
    name: str, title: str, unit: str, rows: Sequence[tuple[str, np.ndarray, Estimate]], lang: str, say: Translator
) -> Picture:
    """How one measure is spread over the replications, one row an alternative."""
    with figures.drawing():
        height = 0.85 + 0.55 * len(rows)
        figure = figures.new_figure(WIDTH_IN, height)
        axes = figure.add_axes((LABEL_SHARE, 0.62 / height, 0.97 - LABEL_SHARE, 1 - 0.80 / height))
        for place, (_, values, estimate) in enumerate(rows):
            _band(axes, place)
            _dots(axes, values[np.isfinite(values)], place)
            if known(estimate):
                low, high = (
                    (estimate.low, estimate.high) if has_interval(estimate) else (estimate.value, estimate.value)
                )
                axes.plot([low, high], [place - 0.24] * 2, color=INK, linewidth=2.4, solid_capstyle="butt", zorder=5)
                axes.plot([estimate.value], [place - 0.24], "D", color=INK, markersize=5.5, zorder=6)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [wrapped(label) for label, _, _ in rows])
        finite = [value for _, values, _ in rows for value in values[np.isfinite(values)]]
        if finite:
            low, high = min(finite), max(finite)
            margin = 0.04 * (high - low) or 1.0
            axes.set_xlim((low - margin) if low < 0 or low > 0.5 * high else -margin, high + margin)
        ticks(axes, lang)
        figures.light_grid(axes)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(unit or say("a replication"))
        alt = say("Distribution of “{measure}” over the replications, one row an alternative: {rows}.").format(
            measure=title, rows="; ".join(f"{label} {number(e.value, lang)}" for label, _, e in rows)
        )
        return figures.picture(figure, name, alt, title)


def _band(axes: Axes, place: int) -> None:
    """A pale band under every second row: what belongs together stays together."""
    if place % 2:
        axes.axhspan(place - 0.5, place + 0.5, facecolor="#f2f4f6", zorder=0)


def _dots(axes: Axes, values: np.ndarray, place: int) -> None:
    """One dot a replication; equal or near values are stacked."""
    if not values.size:
        return
    span = float(np.ptp(values)) or 1.0
    bins = np.round((values - values.min()) / (span / 60))
    depth: dict[float, int] = {}
    tallest = max(np.unique(bins, return_counts=True)[1])
    step = min(0.1, 0.42 / tallest)
    for value, slot in zip(values, bins, strict=True):
        layer = depth.get(slot, 0)
        depth[slot] = layer + 1
        axes.plot([value], [place + 0.32 - layer * step], "o", color=BLUE, markersize=3.6, alpha=0.75,
                  markeredgewidth=0, zorder=3)  # fmt: skip


# --- differences ---------------------------------------------------------------------


def forest(
    name: str, title: str, rows: Sequence[tuple[str, Estimate]], lang: str, say: Translator, axis: str
) -> Picture:
    """Differences with their intervals around the line of no difference; hollow where zero is inside."""
    with figures.drawing():
        height = 0.80 + 0.43 * len(rows)
        figure = figures.new_figure(WIDTH_IN, height)
        axes = figure.add_axes((0.36, 0.60 / height, 0.61, 1 - 0.70 / height))
        axes.axvline(0.0, color=INK, linewidth=1.0, zorder=2)
        for place, (_, difference) in enumerate(rows):
            _band(axes, place)
            if not known(difference):
                axes.text(0, place, "–", ha="center", va="center", color=MUTED)
                continue
            colour = VERMILION if apart(difference) else MUTED
            if has_interval(difference):
                axes.plot([difference.low, difference.high], [place] * 2, color=colour, linewidth=2.2, zorder=3,
                          solid_capstyle="butt", linestyle="-" if apart(difference) else (0, (2, 1)))  # fmt: skip
            axes.plot([difference.value], [place], "o", markersize=7, zorder=4, markeredgecolor=colour,
                      markeredgewidth=1.6, markerfacecolor=colour if apart(difference) else "white")  # fmt: skip
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [wrapped(label, 42) for label, _ in rows])
        ticks(axes, lang)
        figures.light_grid(axes)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(axis)
        alt = say("Differences with 95 % intervals, {title}; {apart} of {all} exclude zero.").format(
            title=title, apart=sum(apart(d) for _, d in rows), all=len(rows)
        )
        return figures.picture(figure, name, alt, title)


def rates(rows: Sequence[tuple[str, Estimate]], lang: str, say: Translator) -> Picture:
    """Wrongful engagements per 10 000 passes, one row an alternative, on one scale from zero."""
    with figures.drawing():
        height = 0.95 + 0.44 * len(rows)
        figure = figures.new_figure(WIDTH_IN, height)
        axes = figure.add_axes((LABEL_SHARE, 0.60 / height, 0.97 - LABEL_SHARE, 1 - 0.70 / height))
        for place, (_, rate) in enumerate(rows):
            _band(axes, place)
            if not known(rate):
                continue
            if has_interval(rate):
                axes.plot(
                    [rate.low, rate.high], [place] * 2, color=BLUE, linewidth=6, alpha=0.35, solid_capstyle="butt"
                )
                tips, height_ = [rate.low, rate.low, np.nan, rate.high, rate.high], 0.14
                ends = [place - height_, place + height_, np.nan, place - height_, place + height_]
                axes.plot(tips, ends, color=BLUE, linewidth=1.4)
            axes.plot([rate.value], [place], "D", color=INK, markersize=6)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [wrapped(label) for label, _ in rows])
        axes.set_xlim(left=-0.01 * max([rate.high for _, rate in rows if has_interval(rate)] or [1.0]))
        ticks(axes, lang)
        figures.light_grid(axes)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(say("wrongful engagements per 10 000 passes; not a forecast"))
        alt = say("Wrongful engagements per 10 000 passes with 95 % intervals: {rows}. Not a forecast.").format(
            rows="; ".join(f"{label} {number(rate.value, lang)}" for label, rate in rows)
        )
        return figures.picture(figure, "rates", alt, "")


# --- one replication over time -------------------------------------------------------------------

LANES: Final = (mark("first detected"), mark("first tracked"), mark("missile launched"), mark("killed"), mark("leaked"))


def timeline(lanes: Mapping[str, Mapping[int, np.ndarray]], duration_s: float, lang: str, say: Translator) -> Picture:
    """What happened when in one replication: a row a happening, inside it a thin line a class of target."""
    with figures.drawing():
        classes = [
            c for c in range(len(events.CLASSES)) if any(times.get(c, np.array([])).size for times in lanes.values())
        ]
        height = 1.35 + 0.135 * max(len(classes), 3) * len(LANES)
        figure = figures.new_figure(WIDTH_IN, height)
        axes = figure.add_axes((0.16, 0.85 / height, 0.81, 1 - 0.95 / height))
        step = 0.78 / max(len(classes), 1)
        for lane, label in enumerate(LANES):
            axes.axhspan(lane - 0.46, lane + 0.46, facecolor="#f2f4f6" if lane % 2 else "none", zorder=0)
            for slot, class_ in enumerate(classes):
                times = lanes.get(label, {}).get(class_, np.array([]))
                axes.plot(times / 60.0, np.full(times.size, lane - 0.39 + step * (slot + 0.5)), linestyle="none",
                          marker=CLASS_MARKERS[class_], markersize=4.4, color=CLASS_COLOURS[class_], alpha=0.85,
                          markeredgewidth=0)  # fmt: skip
        axes.set_ylim(len(LANES) - 0.5, -0.5)
        axes.set_yticks(range(len(LANES)), [wrapped(say(label), 18) for label in LANES])
        axes.set_xlim(0, duration_s / 60.0)
        ticks(axes, lang)
        figures.light_grid(axes)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
        axes.set_xlabel(say("minutes from the start"))
        handles = [
            axes.plot([], [], linestyle="none", marker=CLASS_MARKERS[c], color=CLASS_COLOURS[c], markersize=6,
                      label=told(CLASS_LABELS, events.CLASSES[c], say))[0]
            for c in classes
        ]  # fmt: skip
        if handles:
            figure.legend(handles=handles, loc="lower center", ncol=len(handles), bbox_to_anchor=(0.55, 0.0))
        totals = "; ".join(
            f"{say(label)} {number(sum(t.size for t in lanes.get(label, {}).values()), lang, 0)}" for label in LANES
        )
        alt = say("Timeline of one replication: {totals}.").format(totals=totals)
        return figures.picture(figure, "timeline", alt, "")
