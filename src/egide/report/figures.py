"""What every figure shares: palette, type, and the way from a matplotlib figure to inline SVG.

The palette is Okabe and Ito's, told apart by colour-blind readers; every meaning has a line style or a marker of its
own as well, so that a black and white print says the same. Text stays text (system fonts), ids are prefixed with the
figure's name since many figures share one page, and nothing in the file depends on the clock.
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final, final

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.text import Text

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
INK: Final = "#1d2530"
MUTED: Final = "#59636f"
RULE: Final = "#d5dae0"

#: One colour and one marker a class of target, in the order of events.CLASSES.
CLASS_COLOURS: Final = (ORANGE, VERMILION, PURPLE, BLACK, BLUE)
CLASS_MARKERS: Final = ("^", "D", "s", "v", "o")

FONTS: Final = ["DejaVu Sans"]  # measures the text; the page names the reader's own fonts
PAGE_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "egide", "svg.fonttype": "none", "font.family": FONTS, "font.size": 10.5, "text.color": INK,
    "axes.edgecolor": RULE, "axes.labelcolor": MUTED, "axes.labelsize": 10, "axes.titlesize": 11.5,
    "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": False, "xtick.color": MUTED, "ytick.color": INK, "xtick.labelsize": 9.5, "ytick.labelsize": 10.5,
    "xtick.major.size": 3, "ytick.major.size": 0, "legend.frameon": False, "legend.fontsize": 9.5,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none", "path.simplify": True,
    "axes.unicode_minus": True, "hatch.linewidth": 0.6,
}  # fmt: skip


@final
@dataclass(frozen=True)
class Picture:
    """A figure ready for the page: inline SVG, what it shows in words, and its natural width in CSS pixels."""

    name: str
    svg: str
    alt: str
    caption: str
    width: int


@contextmanager
def drawing() -> Iterator[None]:
    """Draws inside use the report's style and leave the caller's alone."""
    with mpl.rc_context(STYLE):
        yield


def new_figure(width_in: float, height_in: float) -> Figure:
    """A figure that belongs to no window and to no global state."""
    return Figure(figsize=(width_in, height_in), layout=None)


def halo(text: Text, number: int) -> None:
    """A white edge that lifts text off a map: the style sheet knows it by its id, so that it stays text."""
    text.set_gid(f"halo{number}")


def light_grid(axes: Axes, axis: str = "x") -> None:
    """Thin lines behind the data."""
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x" if axis == "x" else "y", color=RULE, linewidth=0.7)


def picture(figure: Figure, name: str, alt: str, caption: str, *, underlay: str = "") -> Picture:
    """The figure as inline SVG. `underlay` is SVG placed under everything, in points from the top left corner."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    width_in = figure.get_size_inches()[0]
    return Picture(name, inline(buffer.getvalue(), name, alt, underlay), alt, caption, round(96 * width_in))


def inline(text: str, name: str, alt: str, underlay: str = "") -> str:
    """SVG fit for an HTML page: no prologue, ids of its own, a text alternative, and a size the page decides."""
    body = text[text.index("<svg") :]
    box = re.search(r'viewBox="([^"]*)"', body)
    shown = box[1] if box else "0 0 100 100"
    inner = body[body.index(">") + 1 : body.rindex("</svg>")]
    inner = re.sub(r"<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
    inner = re.sub(r"<style[^>]*>.*?</style>", "", inner, flags=re.DOTALL)
    inner = re.sub(r"<!--.*?-->", "", inner, flags=re.DOTALL)
    inner = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', inner)
    inner = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", inner)
    inner = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'href="#{name}-\2"', inner)
    inner = re.sub(r"(\d+\.\d{2})\d+", r"\1", inner)  # hundredths of a point are finer than any screen
    inner = inner.replace("'DejaVu Sans'", PAGE_FONTS.replace('"', "'"))
    inner = re.sub(r"\s*\n\s*", "\n", inner)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{shown}" role="img" aria-label="{escape(alt)}" '
        f'preserveAspectRatio="xMidYMid meet">{underlay}{inner}</svg>'
    )
