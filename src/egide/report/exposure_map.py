"""The sphere of aspects about an aircraft, as a map: how well each bin is known, and what stays hidden.

map     azimuth from tail over nose to tail, elevation from below to above; heights by the sine, so that area is true
bound   bins looked at and never detected: an upper bound and no more
hidden  bins in which the echo was that of the reflectors: nothing of the aircraft
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from egide import i18n
from egide.errors import store_error
from egide.i18n import mark
from egide.report import figures
from egide.report.figures import INK, MUTED, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from egide.analysis.exposure import Exposure, Row

WIDTH_IN: Final = 9.6
ROW_IN: Final = 2.45
MOST: Final = 12  # maps in one figure
WORST_DB: Final = 8.0  # one sample is good to 5.6 dB, beside a floor
FORMATS: Final = (".png", ".svg", ".pdf")


def write(found: Exposure, out: Path, lang: str) -> Path:
    """Draw the maps of every collector but the aircraft's own side."""
    if out.suffix.lower() not in FORMATS:
        raise store_error(str(out), mark("is no kind of picture that can be drawn"), mark("use .png, .svg or .pdf"))
    with figures.drawing():
        figure = draw(found, lang)
        out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(out, dpi=144, facecolor="white", metadata={} if out.suffix == ".png" else {"Date": None}
                       if out.suffix == ".svg" else {"CreationDate": None})  # fmt: skip
    return out


def draw(found: Exposure, lang: str) -> Any:
    """One map a row, two beside each other."""
    say = i18n.translator(lang)
    rows = [row for row in found.rows if row.role == "all"][:MOST]
    lines = max(1, math.ceil(len(rows) / 2))
    height = 1.75 + ROW_IN * lines
    figure = figures.new_figure(WIDTH_IN, height)
    figure.text(0.04, 1.0 - 0.32 / height, say(title(rows)), fontsize=12.5, fontweight="bold", color=INK)
    figure.text(0.04, 1.0 - 0.56 / height, say(found.notes[0]), fontsize=8, color=MUTED)
    figure.text(0.04, 1.0 - 0.75 / height, say(found.notes[1]), fontsize=8, color=MUTED)
    image = None
    for k, row in enumerate(rows):
        left = 0.075 + 0.485 * (k % 2)
        bottom = 1.0 - (1.25 + ROW_IN * (k // 2) + 1.78) / height
        axes = figure.add_axes((left, bottom, 0.41, 1.70 / height))
        image = _map(axes, row, lang)
    if image is not None:
        _legend(figure, image, height, lang)
    return figure


def title(rows: list[Row]) -> str:
    """What the maps say, in one line."""
    if not rows:
        return mark("No radar whose recordings others may read looked at a protected aircraft")
    return mark("Which aspects a collector's radars sampled over the months, and how surely")


def _map(axes: Axes, row: Row, lang: str) -> Any:
    say = i18n.translator(lang)
    values = np.asarray(row.maps["db_months"])
    azimuth = np.linspace(-180.0, 180.0, values.shape[0] + 1)
    height = np.sin(np.linspace(-math.pi / 2.0, math.pi / 2.0, values.shape[1] + 1))
    shown = np.ma.masked_invalid(values.T)
    image = axes.pcolormesh(azimuth, height, shown, cmap="cividis_r", vmin=0.0, vmax=WORST_DB, rasterized=True)
    looked = np.asarray(row.maps["looks"]) > 0.0
    hidden = (np.asarray(row.maps["hidden"]) > 0.0) & ~np.isfinite(values)
    bound = looked & (np.asarray(row.maps["detected"]) == 0.0)
    _hatched(axes, azimuth, height, bound & ~hidden, "////")
    _hatched(axes, azimuth, height, hidden, "....")
    axes.set_xlim(-180.0, 180.0)
    axes.set_ylim(-1.0, 1.0)
    axes.set_xticks([-180, -90, 0, 90, 180], [say(word) for word in (
        mark("tail"), mark("left"), mark("nose"), mark("right"), mark("tail"))])  # fmt: skip
    steps = (-90, -30, 0, 30, 90)
    axes.set_yticks([math.sin(math.radians(step)) for step in steps], [f"{i18n.number(step, lang)}°" for step in steps])
    axes.set_ylabel(say(mark("from below – from above")), fontsize=8.5)
    axes.grid(visible=True, color=RULE, linewidth=0.6)
    share = row.share["months"]
    parts = (row.alternative or row.aircraft.rpartition("/")[2], row.collector)
    axes.set_title(
        say(mark("{name}, {band} band: {share} of the sphere")).format(
            name=", ".join(parts), band=row.band, share=i18n.quantity(100.0 * share[1], "%", lang, 1)
        ),
        fontsize=9,
    )
    return image


def _hatched(axes: Axes, azimuth: Any, height: Any, where: Any, hatch: str) -> None:
    """Hatch whole bins, so that a black and white print says the same."""
    from matplotlib.patches import Rectangle

    for i, j in np.argwhere(where):
        axes.add_patch(Rectangle(
            (azimuth[i], height[j]), azimuth[i + 1] - azimuth[i], height[j + 1] - height[j], facecolor="none",
            edgecolor=MUTED, hatch=hatch, linewidth=0.0,
        ))  # fmt: skip


def _legend(figure: Any, image: Any, height: float, lang: str) -> None:
    from matplotlib.patches import Patch

    say = i18n.translator(lang)
    axes = figure.add_axes((0.075, 0.42 / height, 0.30, 0.12 / height))
    bar = figure.colorbar(image, cax=axes, orientation="horizontal")
    bar.outline.set_visible(False)
    axes.set_title(say(mark("uncertainty of the mean in a bin, dB (one standard deviation)")), fontsize=8.5, pad=3)
    axes.tick_params(labelsize=8.5)
    patches = [
        Patch(facecolor="none", edgecolor=MUTED, hatch="////", label=say(mark("below threshold: upper bound only"))),
        Patch(facecolor="none", edgecolor=MUTED, hatch="....", label=say(mark("the reflectors' echo: hidden"))),
        Patch(facecolor="white", edgecolor=RULE, label=say(mark("no sample yet, or never looked at"))),
    ]
    figure.legend(handles=patches, loc="lower right", bbox_to_anchor=(0.97, 0.12 / height), fontsize=8.5, ncols=1)
