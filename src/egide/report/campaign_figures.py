"""Figures of a campaign: what is sure, what it rests on, what would turn it.

range      chance (blue), what is not known (thick, orange), single runs (thin, grey), the nominal mean (diamond)
bar        one factor at its low and at its high value, from the nominal difference
curve      a difference against one factor, with its band and the place where it comes to zero

Every meaning has a width, a hatch or a marker besides its colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.analysis.answer import Row
from egide.analysis.flips import Curve
from egide.analysis.intervals import Estimate
from egide.analysis.sensitivity import Bar, Effect
from egide.analysis.tree import Node, Tree
from egide.i18n import Translator, number
from egide.report import figures
from egide.report.charts import WIDTH_IN, ticks, wrapped
from egide.report.figures import BLUE, INK, MUTED, ORANGE, RULE, VERMILION, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT: Final = 0.30  # of the width, for names
PALE: Final = "#f2f4f6"
MOST_BARS: Final = 12


def _rows(count: int, each_in: float = 0.46, below_in: float = 0.62) -> tuple[Figure, Axes]:
    """Axes with room for names on the left, one line a row, first on top."""
    height = below_in + 0.12 + each_in * max(count, 1)
    figure = figures.new_figure(WIDTH_IN, height)
    axes = figure.add_axes((LEFT, below_in / height, 0.975 - LEFT, 1 - (below_in + 0.08) / height))
    for place in range(1, count, 2):
        axes.axhspan(place - 0.5, place + 0.5, facecolor=PALE, zorder=0)
    axes.set_ylim(count - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    return figure, axes


def _named(axes: Axes, labels: Sequence[str], width: int = 34) -> None:
    """Names on the left; what stands after a line break (a range of values) keeps its own line."""
    shown = ["\n".join(wrapped(part, width) for part in label.split("\n")) for label in labels]
    axes.set_yticks(range(len(labels)), shown)


def _line(axes: Axes, low: float, high: float, place: float, colour: str, width: float) -> None:
    if math.isfinite(low) and math.isfinite(high):
        axes.plot([low, high], [place, place], color=colour, linewidth=width, solid_capstyle="butt", zorder=3)


def ranges(
    name: str, title: str, unit: str, rows: Sequence[tuple[str, Row]], by: float, lang: str, say: Translator
) -> Picture:
    """Each alternative's nominal mean with chance, what is not known, and single runs."""
    with figures.drawing():
        figure, axes = _rows(len(rows), 0.5)
        for place, (_, row) in enumerate(rows):
            at = middle(row)
            (least, most), (low, high) = row.split.overall_range, row.split.ignorance_range
            _line(axes, by * least, by * most, place, "#9aa3ad", 1.4)
            _line(axes, by * low, by * high, place, ORANGE, 9)
            _line(axes, by * at.low, by * at.high, place, BLUE, 4.5)
            axes.plot([by * at.value], [place], "D", color="white", markeredgecolor=INK, markersize=6, zorder=5)
        _named(axes, [label for label, _ in rows])
        low, high = axes.get_xlim()
        axes.set_xlim(min(low, 0.0) if low < 0.35 * high else low, high)
        ticks(axes, lang)
        figures.light_grid(axes)
        axes.set_xlabel(unit or say("a replication"))
        alt = say("Ranges of “{measure}”, one row an alternative: {rows}.").format(
            measure=title,
            rows="; ".join(f"{label} {number(by * row.nominal.value, lang)}" for label, row in rows),
        )
        return figures.picture(figure, name, alt, title)


def shares(name: str, title: str, rows: Sequence[tuple[str, Row]], lang: str, say: Translator) -> Picture:
    """How much of the variance of single runs is not knowing, how much is chance; one bar an alternative."""
    with figures.drawing():
        figure, axes = _rows(len(rows), 0.42, 0.62)
        for place, (_, row) in enumerate(rows):
            share = 100.0 * row.split.share
            axes.barh(place, share, height=0.58, color=ORANGE, hatch="///", edgecolor="white", linewidth=0, zorder=2)
            axes.barh(place, 100.0 - share, left=share, height=0.58, color=BLUE, zorder=2)
            low, high = 100.0 * row.split.share_low, 100.0 * row.split.share_high
            if math.isfinite(low):
                axes.plot([low, high], [place] * 2, color=INK, linewidth=1.4, zorder=4)
                axes.plot([low, high], [place] * 2, "|", color=INK, markersize=9, zorder=4)
        _named(axes, [label for label, _ in rows])
        axes.set_xlim(0, 100)
        ticks(axes, lang)
        axes.set_xlabel(say("% of the variance of single runs: ignorance (hatched), chance (plain)"))
        alt = say("Share of ignorance in the variance: {rows}.").format(
            rows="; ".join(f"{label} {number(100 * row.split.share, lang, 0)} %" for label, row in rows)
        )
        return figures.picture(figure, name, alt, title)


def tornado(
    name: str, title: str, unit: str, nominal: float, bars: Sequence[tuple[str, Bar]], by: float,
    lang: str, say: Translator, *, zero: bool = True,
) -> Picture:  # fmt: skip
    """Each factor at both ends, the rest nominal. The line of zero is drawn where the bars come near it."""
    with figures.drawing():
        shown = bars[:MOST_BARS]
        figure, axes = _rows(len(shown), 0.44, 0.86)
        for place, (_, bar) in enumerate(shown):
            for end, colour, hatch in ((bar.low, BLUE, ""), (bar.high, ORANGE, "///")):
                if not math.isfinite(end.value):
                    continue
                axes.barh(place, by * end.value, left=by * nominal, height=0.56, color=colour, hatch=hatch,
                          edgecolor="white", linewidth=0, zorder=2, alpha=0.95)  # fmt: skip
                if math.isfinite(end.low):
                    axes.plot([by * (nominal + end.low), by * (nominal + end.high)], [place] * 2, color=INK,
                              linewidth=1.1, zorder=4)  # fmt: skip
        axes.axvline(by * nominal, color=INK, linewidth=1.0, zorder=3)
        if zero:
            axes.axvline(0.0, color=VERMILION, linewidth=1.4, linestyle=(0, (4, 2)), zorder=3)
        _named(axes, [label for label, _ in shown])
        ticks(axes, lang)
        figures.light_grid(axes)
        words = say("factor at its low value (plain, blue), at its high value (hatched, orange)")
        axes.set_xlabel(f"{unit}\n{words}" if unit else words)
        alt = say("Tornado: {title} {rows}.").format(
            title=title, rows="; ".join(f"{label} {number(by * bar.swing, lang)}" for label, bar in shown)
        )
        return figures.picture(figure, name, alt, title)


def indices(
    name: str, title: str, rows: Sequence[tuple[str, Estimate, Estimate]], lang: str, say: Translator
) -> Picture:
    """First order (filled) and total (hollow) with their intervals, one row a factor."""
    with figures.drawing():
        shown = rows[:MOST_BARS]
        figure, axes = _rows(len(shown), 0.46, 0.66)
        axes.axvline(0.0, color=INK, linewidth=0.8)
        for place, (_, first, total) in enumerate(shown):
            for each, shift, colour, face in ((first, -0.13, BLUE, BLUE), (total, 0.13, VERMILION, "white")):
                _line(axes, 100 * each.low, 100 * each.high, place + shift, colour, 1.8)
                axes.plot([100 * each.value], [place + shift], "o", color=colour, markerfacecolor=face, markersize=6,
                          markeredgewidth=1.5, zorder=5)  # fmt: skip
        _named(axes, [label for label, _, _ in shown])
        ticks(axes, lang)
        figures.light_grid(axes)
        axes.set_xlabel(say("% of the variance of the mean: alone (filled), with all it acts with (hollow)"))
        alt = say("Sensitivity indices: {rows}.").format(
            rows="; ".join(f"{label} {number(100 * total.value, lang, 0)} %" for label, _, total in shown)
        )
        return figures.picture(figure, name, alt, title)


def effects(
    name: str, title: str, unit: str, rows: Sequence[tuple[str, Effect]], by: float, lang: str, say: Translator
) -> Picture:
    """Screening: mean size of the effect with its interval; a tick where chance alone would put it."""
    with figures.drawing():
        shown = rows[:MOST_BARS]
        figure, axes = _rows(len(shown), 0.4, 0.66)
        for place, (_, effect) in enumerate(shown):
            colour = BLUE if effect.seen else MUTED
            _line(axes, by * effect.low, by * effect.high, place, colour, 2.2)
            axes.plot([by * effect.mu_star], [place], "o", color=colour, markersize=7, zorder=5,
                      markerfacecolor=colour if effect.seen else "white")  # fmt: skip
            axes.plot([by * effect.floor] * 2, [place - 0.3, place + 0.3], color=VERMILION, linewidth=1.6, zorder=4)
        _named(axes, [label for label, _ in shown])
        axes.set_xlim(left=0.0)
        ticks(axes, lang)
        figures.light_grid(axes)
        words = say("mean change from the least to the greatest value")
        axes.set_xlabel(f"{unit}, {words}" if unit else words)
        alt = say("Screening by Morris: {rows}.").format(
            rows="; ".join(f"{label} {number(by * effect.mu_star, lang)}" for label, effect in shown)
        )
        return figures.picture(figure, name, alt, title)


def curves(
    name: str, title: str, unit: str, panels: Sequence[tuple[str, Curve, tuple[str, str, str]]], by: float,
    lang: str, say: Translator,
) -> Picture:  # fmt: skip
    """The difference against each of a few factors; a mark and its interval where it comes to zero. A panel is a name,
    its curve, and what the factor's parameter is at the low end, in the middle and at the high end."""
    with figures.drawing():
        across = 2
        down = math.ceil(len(panels) / across)
        height = 0.25 + 2.3 * down
        figure = figures.new_figure(WIDTH_IN, height)
        ends = [by * value for _, curve, _ in panels for value in (curve.low.min(), curve.high.max())]
        low, high = min(0.0, *ends), max(0.0, *ends)
        for i, (label, curve, texts) in enumerate(panels):
            left, bottom = 0.075 + 0.49 * (i % across), 1 - (0.51 + 2.3 * (i // across) + 1.55) / height
            axes = figure.add_axes((left, bottom, 0.42, 1.55 / height))
            axes.fill_between(curve.u, by * curve.low, by * curve.high, color="#b9d6e8", linewidth=0, zorder=1)
            axes.plot(curve.u, by * curve.mean, color=BLUE, linewidth=2.2, zorder=3)
            axes.axhline(0.0, color=VERMILION, linewidth=1.3, linestyle=(0, (4, 2)), zorder=2)
            if curve.crosses:
                axes.plot([curve.crossing_low, curve.crossing_high], [0, 0], color=INK, linewidth=3.2, zorder=4)
                axes.plot([curve.crossing], [0], "D", color="white", markeredgecolor=INK, markersize=7, zorder=5)
            axes.set_xlim(0, 1)
            axes.set_ylim(low - 0.06 * (high - low), high + 0.06 * (high - low))
            axes.set_xticks([0, 0.5, 1], texts)
            texts_shown = axes.get_xticklabels()
            texts_shown[0].set_horizontalalignment("left")
            texts_shown[-1].set_horizontalalignment("right")
            _numbers(axes, lang)
            figures.light_grid(axes, "y")
            axes.set_title(wrapped(label, 46), fontsize=10.5)
            if i % across == 0 and unit:
                axes.set_ylabel(wrapped(unit, 24), fontsize=9)
        alt = say("Difference against each factor: {rows}.").format(
            rows="; ".join(
                f"{label} {number(by * curve.mean[0], lang)} … {number(by * curve.mean[-1], lang)}"
                for label, curve, _ in panels
            )
        )
        return figures.picture(figure, name, alt, title)


def _numbers(axes: Axes, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang)))
    axes.tick_params(axis="y", labelsize=9)


def branches(
    name: str, title: str, tree: Tree, labels: Sequence[str], texts: Any, by: float, lang: str, say: Translator
) -> Picture:
    """The tree, root on top: questions in frames, means and numbers of points at the leaves. `texts(factor, u)` says
    what a factor is at a quantile."""
    leaves = list(tree.root.leaves())
    place = {id(leaf): (i + 0.5) / len(leaves) for i, leaf in enumerate(leaves)}
    values = [leaf.value.value for leaf in leaves]
    with figures.drawing():
        depth = _depth(tree.root)
        height = 0.5 + 1.15 * depth
        figure = figures.new_figure(WIDTH_IN, height)
        axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(-depth - 0.35, 0.35)
        span = max(values) - min(values) or 1.0

        def draw(node: Node, level: int) -> float:
            if node.left is None or node.right is None:
                x = place[id(node)]
                shade = (node.value.value - min(values)) / span
                axes.text(x, -level, f"{number(by * node.value.value, lang, 1)}\n"
                          + say("{n} points").format(n=number(node.rows.size, lang, 0)),
                          ha="center", va="center", fontsize=9.5, linespacing=1.35, zorder=4,
                          bbox={"boxstyle": "round,pad=0.35", "fc": _mixed(shade), "ec": INK, "lw": 0.8})  # fmt: skip
                return x
            left, right = draw(node.left, level + 1), draw(node.right, level + 1)
            x = (left + right) / 2
            for at, word in ((left, say("yes")), (right, say("no"))):
                axes.plot([x, at], [-level, -level - 1], color=MUTED, linewidth=1.0, zorder=1)
                axes.text((x + 2 * at) / 3, -level - 0.62, word, ha="center", va="center", fontsize=8.5, color=MUTED,
                          zorder=2, bbox={"fc": "white", "ec": "none", "pad": 1.0})  # fmt: skip
            axes.text(x, -level, wrapped(labels[node.factor], 26) + "\n" + texts(node.factor, node.at), ha="center",
                      va="center", fontsize=9, linespacing=1.3, zorder=4,
                      bbox={"boxstyle": "round,pad=0.35", "fc": "white", "ec": RULE, "lw": 1.2})  # fmt: skip
            return x

        draw(tree.root, 0)
        alt = say("Tree of {n} leaves, from {low} to {high}.").format(
            n=len(leaves), low=number(by * min(values), lang, 1), high=number(by * max(values), lang, 1)
        )
        return figures.picture(figure, name, alt, title)


def _depth(node: Node) -> int:
    if node.left is None or node.right is None:
        return 0
    return 1 + max(_depth(node.left), _depth(node.right))


def _mixed(share: float) -> str:
    """From pale blue (low) to pale orange (high): dark text is read on both."""
    low, high = np.array([198, 224, 241]), np.array([252, 219, 160])
    red, green, blue = (low + share * (high - low)).round().astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def pareto(
    name: str, title: str, axes_names: tuple[str, str], rows: Sequence[tuple[str, Row, Row]], front: Sequence[bool],
    by: tuple[float, float], lang: str, say: Translator,
) -> Picture:  # fmt: skip
    """Cost against outcome, both with both intervals; filled what nothing dominates."""
    with figures.drawing():
        figure = figures.new_figure(WIDTH_IN, 4.4)
        axes = figure.add_axes((0.09, 0.14, 0.88, 0.82))
        for i, ((_, cost, outcome), kept) in enumerate(zip(rows, front, strict=True)):
            x, y = by[0] * middle(cost).value, by[1] * middle(outcome).value
            for row, factor, horizontal in ((cost, by[0], True), (outcome, by[1], False)):
                both = ((row.split.ignorance_range, ORANGE, 1.6),
                        ((middle(row).low, middle(row).high), BLUE, 3.6))  # fmt: skip
                for (low, high), colour, width in both:
                    if math.isfinite(low) and math.isfinite(high):
                        span = [factor * low, factor * high]
                        axes.plot(span if horizontal else [x, x], [y, y] if horizontal else span, color=colour,
                                  linewidth=width, solid_capstyle="butt", zorder=2)  # fmt: skip
            axes.plot([x], [y], "o" if kept else "s", markersize=9, zorder=5, markeredgecolor=INK, markeredgewidth=1.3,
                      markerfacecolor=INK if kept else "white")  # fmt: skip
            text = axes.annotate(str(i + 1), (x, y), xytext=(8, 7), textcoords="offset points", fontsize=11,
                                 fontweight="bold", zorder=6)  # fmt: skip
            figures.halo(text, i)
        ticks(axes, lang)
        _numbers(axes, lang)
        figures.light_grid(axes)
        figures.light_grid(axes, "y")
        axes.set_xlabel(axes_names[0])
        axes.set_ylabel(axes_names[1])
        alt = say("Cost against outcome: {rows}.").format(
            rows="; ".join(
                f"{label} {number(by[0] * middle(cost).value, lang)}, {number(by[1] * middle(outcome).value, lang)}"
                for label, cost, outcome in rows
            )
        )
        return figures.picture(figure, name, alt, title)


def middle(row: Row) -> Estimate:
    """At nominal; where that was run once, over the points."""
    return row.split.mean if over(row) else row.nominal


def over(row: Row) -> bool:
    """Is the nominal point too little run to speak for itself?"""
    return row.nominal.n < 2 and row.split.mean.n > row.nominal.n
