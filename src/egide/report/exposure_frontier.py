"""The mitigation frontier drawn: coverage lost against signature collected, the regional baseline beside.

point     one rule, numbered as in the table; filled where nothing dominates it at any site
thick     the range of what the collector knows, and of how sorties are flown
thin      the same rule at another notional site: least to most
line      what the region's radars see anyway, in the band in which they see most
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from matplotlib.transforms import offset_copy

from egide import i18n
from egide.analysis.mitigation import Case, Mitigation, Rule
from egide.i18n import mark
from egide.report import figures
from egide.report.charts import WIDTH_IN, ticks
from egide.report.exposure_study import between
from egide.report.figures import BLUE, GREEN, INK, MUTED, ORANGE, VERMILION, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from egide.analysis.exposure import Range

KINDS: Final[Mapping[str, tuple[str, str, str]]] = {  # what a rule is -> word, marker, colour
    "distance": (mark("distance alone"), "o", BLUE),
    "sector": (mark("blanked sector"), "s", VERMILION),
    "silence": (mark("silence while near"), "^", GREEN),
    "reflectors": (mark("reflectors, stealth given up"), "D", ORANGE),
}
NOTE: Final = mark(
    "Numbers are the table's; rules that fall on one place stand side by side. Filled: no other rule "
    "dominates it at any site. Thick: what the collector may know; thin: the same rule at another notional site. Sites "
    "are not ranked, and nothing here says that there is no danger."
)
HEIGHT_IN: Final = 4.6
BESIDE_PT: Final = 9.0


def draw(found: Mitigation, lang: str) -> Picture:
    """Two panels: coverage lost while sorties are flown, and averaged over a week."""
    say = i18n.translator(lang)
    known = [rule for rule in found.rules if math.isfinite(rule.here.lost.flying)]
    with figures.drawing():
        figure = figures.new_figure(WIDTH_IN, HEIGHT_IN)
        most = max([case.worst[2] for rule in known for case in (rule.here, *rule.elsewhere)] or [0.01])
        lines = _lines(found)
        top = 112.0 * max(most, *(share[1] for _, share in lines.values())) if lines else 112.0 * most
        for place, (label, weekly) in enumerate((
            (say(mark("coverage lost while sorties are flown, %")), False),
            (say(mark("coverage lost, averaged over a week, %")), True),
        )):  # fmt: skip
            axes = figure.add_axes((0.075 + 0.485 * place, 0.27, 0.42, 0.69))
            for together in _together(known, weekly).values():
                for beside, rule in enumerate(together):
                    _point(axes, rule, weekly, beside)
                _number(axes, [found.rules.index(rule) + 1 for rule in together], together[0], weekly)
            _baselines(axes, found, lines, lang, named=weekly)
            axes.set_xlim(-4.0, 106.0)
            axes.set_ylim(-0.04 * top, top)
            ticks(axes, lang)
            _shares(axes, lang)
            figures.light_grid(axes)
            figures.light_grid(axes, "y")
            axes.set_xlabel(label)
            if not place:
                axes.set_ylabel(say(mark("collected beyond the region, % of the sphere")))
        _legend(figure, found, lang)
        return figures.picture(figure, "exposure-frontier", _alt(found, lang), title(found, lang))


def title(found: Mitigation, lang: str) -> str:
    """What the figure says, in one line."""
    least, most = (pick(rule.here.worst[1] for rule in found.rules) for pick in (min, max))
    return i18n.translator(lang)(mark(
        "By precaution the collector gets {shown} of the sphere of aspects beyond the region's share; each is paid for "
        "in coverage, stealth or distance"
    )).format(shown=between(least, most, lang))  # fmt: skip


def _lost(case: Case, weekly: bool) -> tuple[float, float, float]:
    return case.lost.week if weekly else (case.lost.flying,) * 3


def _together(rules: list[Rule], weekly: bool) -> dict[tuple[int, int], list[Rule]]:
    """Rules that fall on one place, or nearly."""
    most = max([rule.here.worst[1] for rule in rules] or [0.0]) or 1.0
    found: dict[tuple[int, int], list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: _lost(rule.here, weekly)[1]):  # those that stand beside stand in order
        key = round(12.0 * _lost(rule.here, weekly)[1]), round(20.0 * rule.here.worst[1] / most)
        found.setdefault(key, []).append(rule)
    return found


def _point(axes: Axes, rule: Rule, weekly: bool, beside: int) -> None:
    """One rule; the marker stands `beside` others that fall on its place."""
    _, marker, colour = KINDS[rule.here.kind]
    low, x, high = (100.0 * each for each in _lost(rule.here, weekly))
    least, y, most = (100.0 * each for each in rule.here.worst)
    elsewhere = [100.0 * case.worst[1] for case in rule.elsewhere]
    if elsewhere:
        axes.plot([x, x], [min(*elsewhere, y), max(*elsewhere, y)], color=MUTED, linewidth=1.0, zorder=2)
    axes.plot([x, x], [least, most], color=colour, linewidth=3.4, solid_capstyle="butt", zorder=3)
    axes.plot([low, high], [y, y], color=colour, linewidth=3.4, solid_capstyle="butt", zorder=3)
    shift = offset_copy(axes.transData, axes.get_figure(root=True), x=BESIDE_PT * beside, units="points")
    axes.plot([x], [y], marker, markersize=8, zorder=5, markeredgecolor=colour, markeredgewidth=1.6, transform=shift,
              markerfacecolor=colour if rule.frontier else "white")  # fmt: skip


def _number(axes: Axes, numbers: list[int], rule: Rule, weekly: bool) -> None:
    place = (100.0 * _lost(rule.here, weekly)[1], 100.0 * rule.here.worst[1])
    text = axes.annotate(", ".join(str(each) for each in numbers), place, xytext=(4, 8), textcoords="offset points",
                         fontsize=9, zorder=6)  # fmt: skip
    figures.halo(text, numbers[0])


def _lines(found: Mitigation) -> dict[str, tuple[str, Range]]:
    """One line a baseline: the first in the band in which most is seen, another where it sees most beyond the first."""
    lines: dict[str, tuple[str, Range]] = {}
    first: Mapping[str, Range] = {}
    for name, shares in found.baselines.items():
        band = max(shares, key=lambda each: shares[each][1] - (first[each][1] if first else 0.0))
        lines[name] = band, shares[band]
        first = first or shares
    return lines


def _baselines(axes: Axes, found: Mitigation, lines: Mapping[str, tuple[str, Range]], lang: str, named: bool) -> None:
    say = i18n.translator(lang)
    for style, (name, (band, share)) in zip(("--", ":", "-."), lines.items(), strict=False):
        axes.axhline(100.0 * share[1], color=INK, linewidth=1.1, linestyle=style, zorder=1,
                     label=say(mark("seen anyway: {name}, band {band}")).format(
                         name=i18n.pick(found.labels[name], lang), band=band) if named else None)  # fmt: skip


def _shares(axes: Axes, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter

    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: i18n.number(value, lang, 0)))


def _legend(figure: Any, found: Mitigation, lang: str) -> None:
    from matplotlib.lines import Line2D

    say = i18n.translator(lang)
    used = dict.fromkeys(rule.here.kind for rule in found.rules)
    marks = [Line2D([], [], linestyle="", marker=KINDS[kind][1], color=KINDS[kind][2], markersize=8,
                    label=say(KINDS[kind][0])) for kind in used]  # fmt: skip
    lines, labels = figure.axes[-1].get_legend_handles_labels()
    figure.legend([*marks, *lines], [*(str(each.get_label()) for each in marks), *labels], loc="lower center",
                  bbox_to_anchor=(0.5, 0.0), ncols=3, fontsize=8.5)  # fmt: skip


def _alt(found: Mitigation, lang: str) -> str:
    say = i18n.translator(lang)
    one = say(mark("{rule} {collected} collected, {lost} of coverage lost while sorties are flown"))

    def shown(share: float) -> str:
        return i18n.quantity(100.0 * share, "%", lang, 1)

    return say(mark("Coverage lost against signature collected: {rows}.")).format(
        rows="; ".join(
            one.format(rule=i18n.pick(rule.here.label, lang), collected=shown(rule.here.worst[1]),
                       lost=shown(rule.here.lost.flying))
            for rule in found.rules
        )
    )  # fmt: skip
