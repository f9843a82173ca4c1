"""The ledgers over time: one panel a party, one line a flow, what is sunk marked.

sum      of what has fallen by the end of each month, as things came about; flows are never netted against each other
band     of what was paid: from all on its last day to all on its first, with the ranges of the amounts
beside   hatched: the part of what was paid that is a consequence of the choice and not the defence itself
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from egide import i18n
from egide.analysis import ledger
from egide.analysis.ledger import FLOWS, Item
from egide.analysis.prices import Amount, total
from egide.i18n import mark
from egide.report import figures
from egide.report.charts import WIDTH_IN, wrapped
from egide.report.figures import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, VERMILION, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from egide.report.money_words import Page

__all__ = ["ledgers", "note"]

BILLION: Final = 1e9
EACH_IN: Final = 1.95
LEFT: Final = 0.17
LOOKS: Final[dict[str, tuple[str, Any, str]]] = {  # flow -> colour, dashes, marker: told apart without colour too
    "paid": (BLUE, "-", "o"), "due": (ORANGE, (0, (5, 2)), "s"), "refundable": (PURPLE, (0, (1, 1.5)), "v"),
    "avoided": (GREEN, (0, (5, 1.5, 1, 1.5)), "^"), "forgone": (VERMILION, (0, (8, 2)), "D"),
}  # fmt: skip
SHORT: Final = {
    "paid": mark("paid"), "due": mark("due"), "refundable": mark("claimed back"), "avoided": mark("avoided"),
    "forgone": mark("forgone"),
}  # fmt: skip


def ledgers(words: Page) -> Picture:
    """Every party's sums by flow, from the first entry to the horizon."""
    books, say = words.books, words.say
    parties = [party for party in books.parties if any(_items(words, party, flow) for flow in FLOWS)]
    days = _days(words)
    with figures.drawing():
        height = 0.85 + EACH_IN * max(len(parties), 1)
        figure = figures.new_figure(WIDTH_IN, height)
        told = []
        for place, party in enumerate(parties):
            bottom = (0.72 + EACH_IN * (len(parties) - 1 - place)) / height
            axes = figure.add_axes((LEFT, bottom, 0.88 - LEFT, (EACH_IN - 0.28) / height))
            told.append(_panel(axes, words, party, days))
            axes.tick_params(labelbottom=place + 1 == len(parties))
            figure.text(LEFT - 0.05, bottom + (EACH_IN - 0.28) / 2 / height,
                        wrapped(i18n.pick(books.parties[party], words.lang), 14),
                        ha="right", va="center", fontsize=10.5, color=INK)  # fmt: skip
        handles = [_handle(axes, flow, say(SHORT[flow])) for flow in FLOWS if _held(words, flow)] if parties else []
        if handles:
            figure.legend(handles=handles, loc="lower center", ncol=len(handles), bbox_to_anchor=(0.5, 0.0))
        alt = say(mark("What each party had paid, owed, claimed back, avoided and forgone by {day}: {parties}."))
        alt = alt.format(day=words.on(days[-1]), parties=words.listed(told))
        return figures.picture(figure, "ledgers", alt, words.finding())


def note(words: Page) -> str:
    """How the figure is read."""
    books, say = words.books, words.say
    text = say(mark(
        "Sums by the end of each month, bn {currency} of {year}, each party on its own scale; the band is the range of "
        "what was paid, hatched what was paid beside the defence, the vertical line {day}: what was paid by then is "
        "sunk."
    ))  # fmt: skip
    return text.format(currency=books.currency, year=books.year, day=words.on(books.decision))


def _items(words: Page, party: str, flow: str) -> list[Item]:
    return words.books.ledger(party, flow)


def _held(words: Page, flow: str) -> bool:
    return any(_items(words, party, flow) for party in words.books.parties)


def _days(words: Page) -> list[date]:
    """Ends of months, from the year of the first entry to the horizon, and the day of decision among them."""
    books = words.books
    first = min((item.first.year for item in books.items), default=books.decision.year)
    ends = [
        date(year, month, monthrange(year, month)[1])
        for year in range(first, books.horizon.year + 1) for month in range(1, 13)
    ]  # fmt: skip
    return sorted({*(day for day in ends if day <= books.horizon), books.decision, books.horizon})


def _sum(items: Sequence[Item], day: date) -> Amount:
    return total(ledger.by(item, day) for item in items)


def _year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 366.0


def _panel(axes: Axes, words: Page, party: str, days: Sequence[date]) -> str:
    """One party; what it shows in words."""
    books, say = words.books, words.say
    x, ends, told = [_year(day) for day in days], [], []
    for flow in FLOWS:
        items = _items(words, party, flow)
        if not items:
            continue
        sums = [_sum(items, day) for day in days]
        colour, dashes, _ = LOOKS[flow]
        values = [each.value / BILLION or math.nan for each in sums]  # no line before its first sum
        axes.step(x, values, where="post", color=colour, linestyle=dashes, linewidth=2.0, zorder=4)
        ends.append((sums[-1].value / BILLION, flow))
        told.append(f"{say(SHORT[flow])} {words.sum(sums[-1])}")
        if flow == "paid":
            _paid(axes, x, sums, [_sum([i for i in items if i.part == "consequence"], day) for day in days])
    _labels(axes, words, ends, x[-1])
    at = _year(books.decision)
    axes.axvline(at, color=INK, linewidth=1.0, zorder=3)
    if not (sunk := books.sunk(books.decision)[party]).nothing:
        axes.plot([at], [sunk.value / BILLION], "o", color=INK, markersize=6, zorder=6)
        axes.annotate(
            say(mark("sunk {value}")).format(value=words.bn(sunk.value)), (at, sunk.value / BILLION), (-6, 5),
            textcoords="offset points", ha="right", fontsize=9, color=INK,
        )  # fmt: skip
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(bottom=0.0, top=1.12 * max(axes.get_ylim()[1], 1e-3))
    _ticks(axes, words.lang)
    figures.light_grid(axes, "y")
    name = i18n.pick(books.parties[party], words.lang)
    return f"{name}{say(mark(': '))}{', '.join(told)}"


def _paid(axes: Axes, x: Sequence[float], sums: Sequence[Amount], beside: Sequence[Amount]) -> None:
    """Range of what was paid, and the part of it that is not the defence itself."""
    axes.fill_between(x, [each.low / BILLION for each in sums], [each.high / BILLION for each in sums], step="post",
                      facecolor=BLUE, alpha=0.18, linewidth=0, zorder=2)  # fmt: skip
    axes.fill_between(x, 0.0, [each.value / BILLION for each in beside], step="post", facecolor="none",
                      edgecolor=MUTED, hatch="////", linewidth=0, zorder=1)  # fmt: skip


def _labels(axes: Axes, words: Page, ends: Sequence[tuple[float, str]], right: float) -> None:
    """The last value of each flow beside its line, apart enough to be read, its marker before it."""
    top = 1.12 * max([value for value, _ in ends], default=1.0)
    least, place = 0.1 * top, -1.0
    for value, flow in sorted(ends):
        place = max(value, place + least)
        colour, _, marker = LOOKS[flow]
        axes.plot([right], [value], marker, color=colour, markersize=5.5, clip_on=False, zorder=6)
        axes.annotate(words.bn(value * BILLION), (right, place), (8, 0), textcoords="offset points", va="center",
                      ha="left", fontsize=9, color=INK, annotation_clip=False)  # fmt: skip


def _ticks(axes: Axes, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    axes.xaxis.set_major_locator(MultipleLocator(2.0))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: i18n.number(value, lang)))
    axes.tick_params(axis="y", labelsize=8.5, labelcolor=MUTED)


def _handle(axes: Axes, flow: str, label: str) -> Any:
    colour, dashes, marker = LOOKS[flow]
    return axes.plot([], [], color=colour, linestyle=dashes, marker=marker, markersize=5.5, label=label)[0]
