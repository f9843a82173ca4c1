"""The map of a coverage against a ballistic missile: one panel a rule of defence, nothing said of heights.

few     ground defended on some of the azimuths from which the missile may come; half: on half of them or more; all
own     what the batteries' own radars alone defend on some azimuth, as a line
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide.i18n import Translator, mark, pick, translator
from egide.report import figures, maps
from egide.report.coverage import CUE_TITLES, exact, launched
from egide.report.coverage_maps import (
    AREA,
    DENIED,
    PANEL_IN,
    _band,
    _borders,
    _edge,
    _paint,
    _save,
    _wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["sheet"]

FEW: Final = "#fdd0a2"  # on fewer than half of the azimuths
HALF: Final = "#fda050"
OWN: Final = figures.BLUE


def sheet(
    place: Path, document: Mapping[str, Any], each: Mapping[str, Any], case: Mapping[str, Any], ground: Any, lang: str
) -> dict[str, str]:  # fmt: skip
    """Draw the sheet if it is missing; what it shows, where it is, and its words."""
    say = translator(lang)
    name = f"{each['folder']}/map-defended_{case['text']}.{lang}.png"
    title = say(
        mark("{name}: ground defended against {klass} ({missile}) launched from {range}, {cue}, cross section {rcs}, "
             "Pd {pd}")
    ).format(
        **{**launched(document, lang), "missile": launched(document, lang)["name"], "name": pick(each["label"], lang),
           "cue": say(CUE_TITLES["network"]),
           "rcs": exact(case["rcs_m2"], "m²", lang), "pd": exact(document["request"]["pd"], "", lang)}
    )  # fmt: skip
    if not (place / name).exists():
        _draw(place, document, each, case, ground, lang, title).replace(place / name)
    return {"file": name, "kind": "defended", "alternative": each["name"], "case": case["text"], "title": title,
            "alt": say(mark("Maps, one a rule of defence: {title}")).format(title=title)}  # fmt: skip


def _draw(
    place: Path, document: Mapping[str, Any], each: Mapping[str, Any], case: Mapping[str, Any], ground: Any, lang: str,
    title: str,
) -> Path:  # fmt: skip
    """One picture, written beside its place."""
    say, rules = translator(lang), document["request"]["rules"]
    across = 1 if len(rules) == 1 else 2
    down = -(-len(rules) // across)
    panel_in, wide = PANEL_IN * ground.frame.ratio, across * PANEL_IN + 0.3
    with figures.drawing():
        figure = figures.new_figure(wide, down * (panel_in + 0.45) + 1.4)
        figure.set_facecolor("white")
        full = figure.get_size_inches()[1]
        for number, rule in enumerate(rules):
            row, column = divmod(number, across)
            axes = figure.add_axes(((0.15 + column * PANEL_IN) / wide,
                                    1.0 - (0.62 + (row + 1) * (panel_in + 0.45) - 0.12) / full,
                                    (PANEL_IN - 0.12) / wide, panel_in / full))  # fmt: skip
            _panel(axes, place, document, each, case, rule, ground, lang)
            axes.set_title(say(mark("n ≥ {shots} shots, q ≥ {kill}")).format(
                shots=rule["shots"], kill=exact(rule["kill"], "", lang)), fontsize=10.5)  # fmt: skip
            if number == 0:
                maps.scale_and_north(axes, ground.frame, lang)
        _legend(figure, document["request"]["headings"], say)
        figure.text(0.012, 1.0 - 0.10 / full, _wrapped(title, 58 * across), fontsize=11, weight="bold", va="top")
        notice = say("Sites are notional. Boundaries imply no position.")
        notice += " " + say("Boundaries and coasts: Natural Earth, public domain.")
        figure.text(0.012, 0.09 / full, notice, fontsize=8, color=figures.MUTED)
        return _save(figure, place, rare=True)


def _panel(
    axes: Axes, place: Path, document: Mapping[str, Any], each: Mapping[str, Any], case: Mapping[str, Any],
    rule: Mapping[str, Any], ground: Any, lang: str,
) -> None:  # fmt: skip
    """One rule."""
    frame, target = ground.frame, document["request"]["target"]
    axes.set(xlim=(frame.west, frame.east), ylim=(frame.south, frame.north), xticks=[], yticks=[],
             aspect=frame.aspect)  # fmt: skip
    for side in axes.spines.values():
        side.set(visible=True, color=figures.MUTED, linewidth=0.8)
    axes.imshow(ground.shaded, extent=ground.extent, aspect="auto", interpolation="bilinear", zorder=1)
    stem = f"{target['entry'].partition('/')[2]}-{target['launch_range_m'] / 1e3:g}km"
    file = place / each["folder"] / f"defended-{rule['shots']}-{rule['kill']:g}_{stem}_{case['text']}.tif"
    own, share = (np.nan_to_num(_band(file, k)) for k in (2, 4))
    few, half, every = (share > 0.0) & (share < 0.5), (share >= 0.5) & (share < 1.0), share >= 1.0
    _paint(axes, ground, [(few, FEW, 0.9), (half, HALF, 0.9), (every, DENIED, 0.95)])
    _edge(axes, ground, own > 0.0, OWN, 1.1)
    _edge(axes, ground, ground.inside, AREA, 0.8)
    _borders(axes, ground.lines)
    spots = [
        maps.Place(unit["latitude_deg"], unit["longitude_deg"], pick(unit["label"], lang), "battery")
        for unit in each["units"]
        if unit["kind"] == "battery" and frame.holds(unit["latitude_deg"], unit["longitude_deg"])
    ]
    maps.marks(axes, spots, frame, 0.45)


def _legend(figure: Figure, headings: int, say: Translator) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    words = (say(mark("defended on some of {n} azimuths")), say(mark("on half of them or more")), say(mark("on all")))
    keys: list[Any] = [
        Patch(facecolor=colour, edgecolor=figures.MUTED, label=text.format(n=headings), linewidth=0.5)
        for colour, text in zip((FEW, HALF, DENIED), words, strict=True)
    ]
    keys.append(Line2D([], [], color=OWN, linewidth=1.1, label=say(mark("on own radars alone, on some azimuth"))))
    keys.append(Line2D([], [], color=AREA, linewidth=0.8, label=say("area counted")))
    keys.append(Line2D([], [], marker="^", color="none", markerfacecolor=figures.BLUE, markeredgecolor=figures.INK,
                       label=say("battery")))  # fmt: skip
    height = figure.get_size_inches()[1]
    figure.legend(handles=keys, loc="lower left", bbox_to_anchor=(0.005, 0.22 / height), ncols=4, fontsize=8.5,
                  columnspacing=1.2)  # fmt: skip
