"""Maps of a coverage: a sheet an alternative and cross section, one panel a height, from the folder's rasters.

seen      how many radars see a cell: none (hatched inside the area), one, two, three or more
engaged   where a target is met on some azimuths and on all, and the ground defended by the first rule on all azimuths

Hill shade, boundaries broken and neutral, a scale bar; every meaning has a line or hatch of its own beside its colour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from egide.errors import store_error
from egide.i18n import Translator, mark, pick, quantity, translator
from egide.report import figures, maps, outlines, relief
from egide.report.coverage import CUE_TITLES, altitude, exact, falls, read, unbroken
from egide.report.labels import CLASS_LABELS, told

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["sheets"]

Array = np.ndarray[Any, Any]
SHADES: Final = ("#9ecae1", "#4292c6", "#08519c")  # one, two, three radars or more: light to dark
SOME: Final = "#fdd0a2"
DENIED: Final = "#e6750c"
AREA: Final = "#7a3b69"
PANEL_IN: Final = 5.4
DPI: Final = 150
PANEL_CELLS: Final = 2_000_000
COLOURS: Final = 256  # of the picture's palette
SEEN_STRENGTH: Final = 0.62  # what shows of a colour over the relief, on the map and in the legend
MET_STRENGTH: Final = 0.75
PLAIN: Final = "#f0efe8"  # the lowest land, under the colours of the legend


@final
@dataclass(frozen=True)
class _Ground:
    """What every panel lies on."""

    frame: maps.Frame
    shaded: Array
    inside: Array
    lines: outlines.Outlines
    transform: Sequence[float]

    @property
    def extent(self) -> tuple[float, float, float, float]:
        return self.frame.west, self.frame.east, self.frame.south, self.frame.north


@final
@dataclass(frozen=True)
class _Relief:
    """The fields of a terrain that the shading asks for."""

    rows: int
    columns: int
    north: float
    west: float
    step_lat: float
    step_lon: float


def sheets(folder: Path | str, lang: str) -> list[dict[str, str]]:
    """Draw every sheet that is missing into the folder; what each shows, where it is, and its words."""
    from egide.report import coverage_ballistic  # it draws with what stands here

    place = Path(folder)
    document, say = read(place), translator(lang)
    ground: _Ground | None = None
    found = []
    for each in document["alternatives"]:
        for case in document["request"]["cases"]:
            engaged = any(row["measure"] == "denied" for row in each["rows"])
            for kind in ("seen", "engaged") if engaged else ("seen",):
                name = f"{each['folder']}/map-{kind}_{case['text']}.{lang}.png"
                words = _words(document, each, case, kind, lang, say)
                if not (place / name).exists():
                    ground = ground or _ground(place, document)
                    _sheet(place, document, each, case, kind, ground, lang, say, words["title"]).replace(place / name)
                found.append({"file": name, "kind": kind, "alternative": each["name"], "case": case["text"], **words})
            if any(row["measure"] == "defended" for row in each["rows"]) and falls(document):
                ground = ground or _ground(place, document)
                found.append(coverage_ballistic.sheet(place, document, each, case, ground, lang))
    return found


def _ground(place: Path, document: Mapping[str, Any]) -> _Ground:
    grid = document["grid"]
    step_lon, _, west, _, step_lat, north = grid["transform"]
    height = _band(place / "terrain.tif", 1)
    rows, columns = height.shape
    step_lon, step_lat = step_lon * grid["columns"] / columns, step_lat * grid["rows"] / rows
    transform = (step_lon, 0.0, west, 0.0, step_lat, north)
    terrain: Any = _Relief(rows, columns, north, west, -step_lat, step_lon)
    frame = maps.Frame(north + step_lat * rows, north, west, west + step_lon * columns)
    stride = max(1, round(columns / 1500))
    shaded = relief.shaded(np.nan_to_num(height)[::stride, ::stride], terrain)
    return _Ground(frame, shaded, _inside(place, height.shape, transform),
                   outlines.shipped(frame.south, frame.north, frame.west, frame.east), transform)  # fmt: skip


def _inside(place: Path, shape: tuple[int, ...], transform: Sequence[float]) -> Array:
    import json

    from affine import Affine
    from rasterio.features import rasterize

    features = json.loads((place / "area.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [feature["geometry"] for feature in features]
    return np.asarray(rasterize(shapes, out_shape=shape, transform=Affine(*transform), dtype="uint8"), bool)


def _band(path: Path, number_: int) -> Array:
    """NaN where nothing can be said. A large raster is read from its overviews: a panel shows no more."""
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(path) as file:
            every = math.ceil(math.sqrt(file.width * file.height / PANEL_CELLS))
            shape = (math.ceil(file.height / every), math.ceil(file.width / every))
            return np.asarray(file.read(number_, out_shape=shape, masked=True).astype(np.float32).filled(np.nan))
    except RasterioError as fault:
        raise store_error(str(path), mark("the file cannot be read: {fault}"), "", fault=fault) from None


def _words(
    document: Mapping[str, Any], each: Mapping[str, Any], case: Mapping[str, Any], kind: str, lang: str, say: Translator
) -> dict[str, str]:
    """Title and text alternative of one sheet."""
    name, request = pick(each["label"], lang), document["request"]
    rcs = exact(case["rcs_m2"], "m²", lang)
    pd = exact(request["pd"], "", lang)
    if kind == "seen":
        title = say("{name}: seen by how many radars, cross section {rcs}, Pd {pd} in one look")
        text = title.format(name=name, rcs=rcs, pd=pd)
    else:
        rule = request["rules"][0]
        title = say(
            "{name}: {klass} at {speed}, cross section {rcs}; airspace denied (1 shot), ground defended "
            "(n ≥ {shots} shots, q ≥ {kill}, release at {release}), {cue}"
        )
        text = title.format(
            name=name, rcs=rcs, klass=told(CLASS_LABELS, request["target"]["klass"], say), shots=rule["shots"],
            speed=quantity(request["target"]["speed_m_s"], "m/s", lang, 0), kill=exact(rule["kill"], "", lang),
            release=exact(request["release_m"] / 1e3, "km", lang), cue=say(CUE_TITLES["network"]),
        )  # fmt: skip
    text = unbroken(text)
    return {"title": text, "alt": say("Maps, one a height: {title}").format(title=text)}


def _sheet(
    place: Path, document: Mapping[str, Any], each: Mapping[str, Any], case: Mapping[str, Any], kind: str,
    ground: _Ground, lang: str, say: Translator, title: str,
) -> Path:  # fmt: skip
    """One picture, written beside its place."""
    heights = document["request"]["altitudes"]
    across = 1 if len(heights) == 1 else 2
    down = -(-len(heights) // across)
    panel_in = PANEL_IN * ground.frame.ratio
    notice = say("Sites are notional. Boundaries imply no position.")
    notice += " " + say("Boundaries and coasts: Natural Earth, public domain.")
    head, foot = _wrapped(title, 58 * across), _wrapped(notice, 84 * across)
    head_in, foot_in = 0.24 + 0.19 * (1 + head.count("\n")), 0.22 + 0.13 * foot.count("\n")
    with figures.drawing():
        figure = figures.new_figure(across * PANEL_IN + 0.3, down * (panel_in + 0.45) + 0.41 + head_in + foot_in)
        figure.set_facecolor("white")
        full = figure.get_size_inches()[1]
        for number_, height in enumerate(heights):
            row, column = divmod(number_, across)
            box = ((0.15 + column * PANEL_IN) / figure.get_size_inches()[0],
                   1.0 - (head_in + (row + 1) * (panel_in + 0.45) - 0.12) / full,
                   (PANEL_IN - 0.12) / figure.get_size_inches()[0], panel_in / full)  # fmt: skip
            axes = figure.add_axes(box)
            _panel(axes, place, each, height, case, kind, ground, document, lang)
            axes.set_title(altitude(height, lang) + _doubt(each, height, case, kind, say), fontsize=10.5)
            if number_ == 0:
                maps.scale_and_north(axes, ground.frame, lang)
        _legend(figure, kind, say, foot_in)
        figure.text(0.012, 1.0 - 0.10 / full, head, fontsize=11, weight="bold", va="top")
        figure.text(0.012, 0.09 / full, foot, fontsize=8, color=figures.MUTED, va="bottom")
        return _save(figure, place)


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))


def _doubt(each: Mapping[str, Any], height: Mapping[str, Any], case: Mapping[str, Any], kind: str,
           say: Translator) -> str:  # fmt: skip
    measure = "seen" if kind == "seen" else "denied"
    rows = [row for row in each["rows"] if row["measure"] == measure and row["altitude"] == height["text"]
            and row["rcs_m2"] == case["rcs_m2"]]  # fmt: skip
    return "" if all(row["usable"] for row in rows) else say(" · shares not usable: terrain too coarse")


def _borders(axes: Axes, lines: outlines.Outlines) -> None:
    """Boundaries broken, coasts whole; both thin and grey."""
    broken, whole = (0, (4, 2, 1, 2)), "-"
    for group, style, width in ((lines.boundaries, broken, 0.9), (lines.coasts, whole, 0.6)):
        if group:
            path = np.concatenate([piece for line in group for piece in (line, np.full((1, 2), np.nan))])
            axes.plot(path[:, 0], path[:, 1], color=maps.OUTLINE, linewidth=width, linestyle=style, zorder=2)


def _panel(
    axes: Axes, place: Path, each: Mapping[str, Any], height: Mapping[str, Any], case: Mapping[str, Any], kind: str,
    ground: _Ground, document: Mapping[str, Any], lang: str,
) -> None:  # fmt: skip
    """One height."""
    frame, stem = ground.frame, f"{height['text']}_{case['text']}"
    axes.set(xlim=(frame.west, frame.east), ylim=(frame.south, frame.north), xticks=[], yticks=[],
             aspect=frame.aspect)  # fmt: skip
    for side in axes.spines.values():
        side.set(visible=True, color=figures.MUTED, linewidth=0.8)
    axes.imshow(ground.shaded, extent=ground.extent, aspect="auto", interpolation="bilinear", zorder=1)
    if kind == "seen":
        mean = _band(place / each["folder"] / f"seen_{stem}.tif", 2)
        steps = np.minimum(np.floor(np.nan_to_num(mean) + 0.5), 3)
        _paint(axes, ground, [(steps == k + 1, colour, SEEN_STRENGTH) for k, colour in enumerate(SHADES)])
        _hatch(axes, ground, (steps == 0) & ground.inside & np.isfinite(mean))
    else:
        folder = place / each["folder"]
        rule = document["request"]["rules"][0]
        every, some = (_band(folder / f"denied_{stem}.tif", k) for k in (3, 4))
        defended = _band(folder / f"defended-{rule['shots']}-{rule['kill']:g}_{stem}.tif", 3)
        every, some = np.nan_to_num(every), np.nan_to_num(some)
        _paint(axes, ground, [((some > 0.0) & (every < 1.0), SOME, MET_STRENGTH), (every >= 1.0, DENIED, MET_STRENGTH)])
        _edge(axes, ground, np.nan_to_num(defended) >= 1.0, figures.BLACK, 1.5)
    _edge(axes, ground, ground.inside, AREA, 0.8)
    _borders(axes, ground.lines)
    spots = [
        maps.Place(
            unit["latitude_deg"],
            unit["longitude_deg"],
            pick(unit["label"], lang) if kind == "engaged" else "",
            "battery" if unit["kind"] == "battery" else "radar",
        )
        for unit in each["units"]
        if frame.holds(unit["latitude_deg"], unit["longitude_deg"]) and (kind == "seen" or unit["kind"] == "battery")
    ]
    maps.marks(axes, spots, frame, 0.45)


def _paint(axes: Axes, ground: _Ground, layers: Sequence[tuple[Array, str, float]]) -> None:
    """Cells of each layer in its colour."""
    from matplotlib.colors import to_rgba

    picture = np.zeros((*ground.inside.shape, 4))
    for where, colour, strength in layers:
        picture[where] = to_rgba(colour, strength)
    axes.imshow(picture, extent=ground.extent, aspect="auto", interpolation="nearest", zorder=2)


def _centres(ground: _Ground) -> tuple[Array, Array]:
    rows, columns = ground.inside.shape
    step_lon, _, west, _, step_lat, north = ground.transform
    return west + step_lon * (np.arange(columns) + 0.5), north + step_lat * (np.arange(rows) + 0.5)


def _edge(axes: Axes, ground: _Ground, where: Array, colour: str, width: float) -> None:
    if where.any() and not where.all():
        axes.contour(
            *_centres(ground), where.astype(float), levels=[0.5], colors=[colour], linewidths=[width], zorder=4
        )


def _hatch(axes: Axes, ground: _Ground, where: Array) -> None:
    if where.any():
        axes.contourf(*_centres(ground), where.astype(float), levels=[0.5, 1.5], colors="none", hatches=["////"],
                      zorder=3)  # fmt: skip


def _legend(figure: Figure, kind: str, say: Translator, above_in: float) -> None:
    from matplotlib.colors import to_rgb
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def patch(colour: str, text: str, strength: float = 0.0, **more: Any) -> Any:
        over = strength * np.array(to_rgb(colour)) + (1.0 - strength) * np.array(to_rgb(PLAIN))
        return Patch(facecolor=tuple(over), edgecolor=figures.MUTED, label=text, linewidth=0.5, **more)

    if kind == "seen":
        keys = [patch(PLAIN, say("seen by none, inside the area"), hatch="////")]
        keys += [patch(colour, text, SEEN_STRENGTH) for colour, text in
                 zip(SHADES, (say("one radar"), say("two"), say("three or more")), strict=True)]  # fmt: skip
    else:
        keys = [patch(SOME, say("denied on some azimuths"), MET_STRENGTH)]
        keys.append(patch(DENIED, say("denied on all azimuths"), MET_STRENGTH))
        text = say("ground defended on all azimuths")
        keys.append(Line2D([], [], color=figures.BLACK, linewidth=1.5, label=text))
    keys.append(Line2D([], [], color=AREA, linewidth=0.8, label=say("area counted")))
    keys.append(Line2D([], [], marker="^", color="none", markerfacecolor=figures.BLUE, markeredgecolor=figures.INK,
                       label=say("battery")))  # fmt: skip
    if kind == "seen":
        keys.append(Line2D([], [], marker="o", color="none", markerfacecolor=figures.SKY, markeredgecolor=figures.INK,
                           markersize=4, label=say("radar")))  # fmt: skip
    height = figure.get_size_inches()[1]
    figure.legend(handles=keys, loc="lower left", bbox_to_anchor=(0.005, above_in / height), ncols=4, fontsize=8.5,
                  columnspacing=1.2)  # fmt: skip


def _save(figure: Figure, place: Path, rare: bool = False) -> Path:
    """A picture of few colours, so that many fit into one page; `rare` ones are kept where patches are small."""
    import io
    import os

    from matplotlib.patheffects import withStroke
    from matplotlib.text import Text
    from PIL import Image

    for text in figure.findobj(Text):  # in a page the style sheet draws the halos; a picture has none
        if str(text.get_gid()).startswith("halo"):
            text.set_path_effects([withStroke(linewidth=2.4, foreground="white")])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    beside = place / f".map.partial-{os.getpid()}.png"
    way = Image.Quantize.MAXCOVERAGE if rare else Image.Quantize.MEDIANCUT
    small = Image.open(buffer).convert("RGB").quantize(COLOURS, way, dither=Image.Dither.NONE)
    small.save(beside, "PNG", optimize=True)
    return beside
