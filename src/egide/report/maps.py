"""Maps: where everything stands, how far it sees and reaches, and who flies where.

frame     the rectangle shown, degrees; a degree of longitude is drawn shorter by the cosine of the middle latitude
seen      what at least one radar can detect, at one height and cross section
reach     how far one battery can engage, at the same height

The relief is one picture of the page, used by every map. Borders are thin and broken, and the caption says that they
imply no position.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, final

import numpy as np

from egide.i18n import Translator, number, quantity
from egide.report import figures
from egide.report.figures import BLACK, BLUE, INK, MUTED, SKY, VERMILION, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from egide.report.outlines import Outlines
    from egide.report.reading import Columns, Run

EARTH_RADIUS_KM: Final = 6371.0
ROUTE_TOLERANCE_DEG: Final = 0.02
SEEN: Final = "#2b6f9e"
OUTLINE: Final = "#7b8490"
RELIEF_ID: Final = "relief"
BACKDROP: Final = 1200  # width of the backdrop in its own units
EDGE_TOLERANCE_DEG: Final = 0.012


@final
@dataclass(frozen=True)
class Frame:
    """The rectangle of a map, degrees."""

    south: float
    north: float
    west: float
    east: float

    @property
    def aspect(self) -> float:
        """Height of a degree of latitude over the width of one of longitude."""
        return 1.0 / math.cos(math.radians((self.south + self.north) / 2))

    @property
    def ratio(self) -> float:
        """Height of the map over its width."""
        return (self.north - self.south) * self.aspect / (self.east - self.west)

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


@final
@dataclass(frozen=True)
class Place:
    """One spot of the map with everything that stands there."""

    latitude: float
    longitude: float
    label: str
    marker: str  # battery, idle (a battery out of service), radar, asset
    defended: bool = False  # a defended place stands there too


# --- geometry ----------------------------------------------------------------------


def destination(latitude: float, longitude: float, azimuth_deg: np.ndarray, range_m: np.ndarray) -> np.ndarray:
    """(n, 2) longitude and latitude of the points at azimuth and range, on a sphere."""
    angle, bearing = range_m / (EARTH_RADIUS_KM * 1e3), np.radians(azimuth_deg)
    phi = math.radians(latitude)
    to = np.arcsin(np.clip(math.sin(phi) * np.cos(angle) + math.cos(phi) * np.sin(angle) * np.cos(bearing), -1, 1))
    turn = np.arctan2(np.sin(bearing) * np.sin(angle) * math.cos(phi), np.cos(angle) - math.sin(phi) * np.sin(to))
    return np.column_stack([longitude + np.degrees(turn), np.degrees(to)])


def simplified(points: np.ndarray, tolerance: float = ROUTE_TOLERANCE_DEG) -> np.ndarray:
    """A polyline with fewer points, nowhere further than the tolerance from the old one (Douglas and Peucker)."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        along = points[last] - points[first]
        offset = points[first + 1 : last] - points[first]
        length = math.hypot(*along)
        if length > 0:
            distance = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length
        else:
            distance = np.hypot(offset[:, 0], offset[:, 1])
        worst = int(np.argmax(distance))
        if distance[worst] > tolerance:
            keep[first + 1 + worst] = True
            stack += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return np.asarray(points[keep])


def frame_of(run: Run) -> Frame:
    """The terrain's rectangle where there is one, else what holds every site and route, with a margin."""
    terrain = run.terrain
    if terrain is not None:
        return Frame(
            terrain.north - terrain.step_lat * terrain.rows, terrain.north,
            terrain.west, terrain.west + terrain.step_lon * terrain.columns,
        )  # fmt: skip
    latitude = np.concatenate([run.objects["latitude_deg"], run.table("routes")["latitude_deg"]]).astype(float)
    longitude = np.concatenate([run.objects["longitude_deg"], run.table("routes")["longitude_deg"]]).astype(float)
    latitude, longitude = latitude[np.isfinite(latitude)], longitude[np.isfinite(longitude)]
    if not latitude.size:
        return Frame(-1, 1, -1, 1)
    margin = 0.3 + 0.08 * max(float(np.ptp(latitude)), float(np.ptp(longitude)))
    south, north = float(latitude.min()) - margin, float(latitude.max()) + margin
    west, east = float(longitude.min()) - margin, float(longitude.max()) + margin
    short = 0.45 * (east - west) - (north - south) / math.cos(math.radians((south + north) / 2))
    return Frame(south - max(short, 0) / 2, north + max(short, 0) / 2, west, east)


def seen_from(table: Columns, places: dict[str, tuple[float, float]], frame: Frame) -> tuple[np.ndarray, ...] | None:
    """Grid of longitudes, latitudes and how many radars see each cell; None where no radar has a place."""
    wide, high = (frame.east - frame.west) / 420, (frame.north - frame.south) / 210
    across = np.linspace(frame.west - 2 * wide, frame.east + 2 * wide, 424)
    longitude, latitude = np.meshgrid(across, np.linspace(frame.south - 2 * high, frame.north + 2 * high, 214))
    seen = np.zeros(longitude.shape)
    found = False
    for name in dict.fromkeys(table["object"]):
        if name not in places:
            continue
        found = True
        rows = table["object"] == name
        order = np.argsort(table["azimuth_deg"][rows])
        azimuth, reach_m = table["azimuth_deg"][rows][order], table["range_m"][rows][order]
        lat0, lon0 = (math.radians(value) for value in places[name])
        phi, apart = np.radians(latitude), np.radians(longitude) - lon0
        cosine = math.sin(lat0) * np.sin(phi) + math.cos(lat0) * np.cos(phi) * np.cos(apart)
        distance_m = EARTH_RADIUS_KM * 1e3 * np.arccos(np.clip(cosine, -1, 1))
        bearing = np.degrees(
            np.arctan2(
                np.sin(apart) * np.cos(phi),
                math.cos(lat0) * np.sin(phi) - math.sin(lat0) * np.cos(phi) * np.cos(apart),
            )
        )
        seen += distance_m <= np.interp(bearing % 360, azimuth, reach_m, period=360)
    seen[[0, -1], :] = seen[:, [0, -1]] = 0.0  # outside the frame: every edge closes there
    return (longitude, latitude, seen) if found else None


# --- what stands where ---------------------------------------------------------------


def positions(objects: Columns, kinds: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Name to latitude and longitude of the objects of these kinds that have a place."""
    chosen = np.isin(objects["kind"].astype(str), list(kinds)) & np.isfinite(objects["latitude_deg"].astype(float))
    return {
        str(objects["name"][i]): (float(objects["latitude_deg"][i]), float(objects["longitude_deg"][i]))
        for i in np.flatnonzero(chosen)
    }


def places(run: Run, frame: Frame, lang: str) -> list[Place]:
    """Spots of the map: what stands within a few kilometres is one spot, named after its battery, else its asset."""
    objects, moving = run.objects, run.moving()
    found: list[Place] = []
    for kind in ("battery", "asset", "radar"):
        labels = run.labels(kind, lang)
        for index in np.flatnonzero(objects["kind"] == kind):
            latitude, longitude = float(objects["latitude_deg"][index]), float(objects["longitude_deg"][index])
            if not frame.holds(latitude, longitude) or (kind != "asset" and str(objects["name"][index]) in moving):
                continue
            near = [p for p in found if abs(p.latitude - latitude) < 0.12 and abs(p.longitude - longitude) < 0.15]
            label = labels[int(objects["row"][index])]
            idle = run.is_idle(str(objects["name"][index]))
            if kind == "radar" and idle:
                continue
            if kind == "battery" and near:  # two batteries at one spot: one marker, both names
                same, marker = near[0], "idle" if idle and near[0].marker == "idle" else "battery"
                found[found.index(same)] = Place(same.latitude, same.longitude, f"{same.label}, {label}", marker)
            elif kind == "asset" and near:
                nearest = min(near, key=lambda p: math.hypot(p.latitude - latitude, p.longitude - longitude))
                found[found.index(nearest)] = replace(nearest, defended=True)
            elif not near:
                marker = "idle" if kind == "battery" and idle else kind
                found.append(Place(latitude, longitude, "" if kind == "radar" else label, marker))
    return found


# --- layers --------------------------------------------------------------------------


def routes(axes: Axes, run: Run, width: float = 1.0) -> None:
    """One thin line a mover: civil dotted grey, friends solid blue, attackers broken vermilion."""
    table, objects = run.table("routes"), run.objects
    movers = objects["kind"] == "mover"
    relation = dict(zip(objects["row"][movers], objects["relation"][movers], strict=True))
    styles = {"neutral": (MUTED, (0, (1, 2.2)), 0.45, 0.55), "friend": (BLUE, "-", 0.9, 0.9),
              "hostile": (VERMILION, (0, (5, 1.6)), 0.9, 0.95)}  # fmt: skip
    lines: dict[str, list[np.ndarray]] = {key: [] for key in styles}
    order = np.lexsort((table["time_s"], table["mover"]))
    mover = table["mover"][order]
    points = np.column_stack([table["longitude_deg"], table["latitude_deg"]])[order]
    starts = np.flatnonzero(np.r_[True, mover[1:] != mover[:-1]]) if mover.size else np.array([], int)
    for first, last in zip(starts, np.r_[starts[1:], mover.size], strict=True):
        kind = str(relation.get(mover[first], "neutral"))
        if kind in lines and last - first > 1:
            lines[kind] += [np.round(simplified(points[first:last]), 3), np.full((1, 2), np.nan)]
    for kind, (colour, style, thin, alpha) in styles.items():
        if lines[kind]:
            path = np.concatenate(lines[kind])
            axes.plot(path[:, 0], path[:, 1], color=colour, linestyle=style, linewidth=thin * width, alpha=alpha,
                      zorder=3 if kind == "neutral" else 5)  # fmt: skip


def backdrop(run: Run, lines: Outlines, uri: str) -> str:
    """The inside of the page's one SVG symbol under every map: relief, coasts, broken boundaries, thin and grey."""
    frame = frame_of(run)
    height = BACKDROP * frame.ratio
    ground = (
        f'<image width="{BACKDROP}" height="{height:.0f}" preserveAspectRatio="none" href="{uri}"/>'
        if uri
        else f'<rect width="{BACKDROP}" height="{height:.0f}" fill="#f3f2ec"/>'
    )
    drawn = "".join(
        f'<path d="{_path(group, frame, height)}" fill="none" stroke="{OUTLINE}" stroke-width="{width}" '
        f'vector-effect="non-scaling-stroke"{dashes}/>'
        for group, width, dashes in (
            (lines.coasts, 0.8, ""),
            (lines.boundaries, 1.1, ' stroke-dasharray="5 2.5 1.2 2.5"'),
        )
        if group
    )
    return ground + drawn


def _path(group: Sequence[np.ndarray], frame: Frame, height: float) -> str:
    """SVG path data of polylines, in the units of the backdrop."""
    pieces = []
    for line in group:
        x = (line[:, 0] - frame.west) / (frame.east - frame.west) * BACKDROP
        y = (frame.north - line[:, 1]) / (frame.north - frame.south) * height
        pieces.append("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)))
    return "".join(pieces)


def reaches(axes: Axes, run: Run, frame: Frame, *, engagement_too: bool = True) -> None:
    """The edge of what at least one radar sees, and the reach of each battery."""
    table = run.table("reach")
    if not table or not table["object"].size:
        return
    working = np.array([not run.is_idle(str(name)) for name in table["object"]])
    table = {key: column[working] for key, column in table.items()}
    detection = {key: column[table["kind"] == "detection"] for key, column in table.items()}
    grid = seen_from(detection, positions(run.objects, ["radar", "battery"]), frame)
    if grid is not None:
        _seen(axes, grid, frame)
    if not engagement_too:
        return
    engagement = {key: column[table["kind"] == "engagement"] for key, column in table.items()}
    where = positions(run.objects, ["battery"])
    for name in dict.fromkeys(engagement["object"]):
        if name not in where:
            continue
        rows = engagement["object"] == name
        order = np.argsort(engagement["azimuth_deg"][rows])
        ring = destination(*where[name], engagement["azimuth_deg"][rows][order], engagement["range_m"][rows][order])
        if np.all(engagement["range_m"][rows] <= 0):
            continue
        axes.fill(ring[:, 0], ring[:, 1], facecolor=BLUE, alpha=0.13, zorder=3, linewidth=0)
        axes.plot(*np.vstack([ring, ring[:1]]).T, color=BLUE, linewidth=1.5, zorder=4)


def _seen(axes: Axes, grid: tuple[np.ndarray, ...], frame: Frame) -> None:
    """Darken what no radar sees, and draw the edge. Cells beyond the frame are unseen, so that edges close."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    contour = axes.contour(*grid, levels=[0.5])
    edges = [simplified(edge, EDGE_TOLERANCE_DEG) for edge in contour.allsegs[0] if len(edge) > 3]
    contour.remove()
    margin = 1.0
    west, east, south, north = frame.west - margin, frame.east + margin, frame.south - margin, frame.north + margin
    around = np.array([[west, south], [west, north], [east, north], [east, south], [west, south]])  # against the edges
    unseen = Path.make_compound_path(*(Path(ring, closed=True) for ring in [around, *edges]))
    axes.add_patch(PathPatch(unseen, facecolor="#51606f", alpha=0.16, linewidth=0, zorder=2))
    if edges:
        line = Path.make_compound_path(*(Path(ring) for ring in edges))
        axes.add_patch(
            PathPatch(line, facecolor="none", edgecolor=SEEN, linewidth=1.2, linestyle=(0, (2, 1.6)), zorder=4)
        )


def marks(axes: Axes, spots: Sequence[Place], frame: Frame, size: float = 1.0) -> None:
    """Markers and their names, each name where it covers no other."""
    looks = {
        "battery": ("^", 62, BLUE),
        "idle": ("^", 62, "#ffffff"),
        "radar": ("o", 20, SKY),
        "asset": ("s", 34, "#ffffff"),
    }
    taken: list[tuple[float, float, float, float]] = []
    span = frame.east - frame.west
    for spot in spots:
        marker, area, colour = looks[spot.marker]
        if spot.defended:
            axes.scatter([spot.longitude], [spot.latitude], s=125 * size, marker="s", facecolor="#ffffff",
                         edgecolor=INK, linewidth=0.9, zorder=7)  # fmt: skip
        axes.scatter([spot.longitude], [spot.latitude], s=area * size, marker=marker, facecolor=colour, edgecolor=INK,
                     linewidth=0.9, zorder=8)  # fmt: skip
        wide, high = 0.011 * span, 0.011 * span / frame.aspect
        taken.append((spot.longitude - wide, spot.longitude + wide, spot.latitude - high, spot.latitude + high))
    for spot in spots:
        if spot.label:
            _name(axes, spot, frame, taken, size)


def _name(axes: Axes, spot: Place, frame: Frame, taken: list[tuple[float, float, float, float]], size: float) -> None:
    points = 9.5 * (0.95 if size < 1 else 1.0)
    width_pt = axes.bbox.width * 72 / axes.figure.dpi
    degree = (frame.east - frame.west) / width_pt  # degrees of longitude a point
    wide, high = 0.56 * points * len(spot.label) * degree, 1.25 * points * degree / frame.aspect
    gap = 7 * degree
    best: tuple[float, float, float, tuple[float, float, float, float]] | None = None
    for rank, (dx, dy) in enumerate(
        [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1), (1, 2), (-1, 2), (1, -2), (-1, -2)]
    ):
        x0 = spot.longitude + (gap if dx > 0 else -gap - wide if dx < 0 else -wide / 2)
        y0 = spot.latitude - high / 2 + dy * (high * 0.75 + gap / 2)
        box = (x0, x0 + wide, y0, y0 + high)
        overlap = sum(_shared(box, other) for other in taken) / (wide * high)
        outside = max(frame.west - x0, x0 + wide - frame.east, frame.south - y0, y0 + high - frame.north, 0)
        cost = overlap + 10 * outside + 0.01 * rank
        if best is None or cost < best[0]:
            best = (cost, x0, y0, box)
    assert best is not None  # noqa: S101 - the list of tries is never empty
    taken.append(best[3])
    text = axes.text(best[1], best[2] + high * 0.22, spot.label, fontsize=points, color=BLACK, zorder=9, va="baseline")
    figures.halo(text, len(taken))


def _shared(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    wide, high = min(a[1], b[1]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[2], b[2])
    return wide * high if wide > 0 and high > 0 else 0.0


def furniture(axes: Axes, frame: Frame, lang: str, say: Translator) -> None:
    """Scale and north, and what a copy must say."""
    scale_and_north(axes, frame, lang)
    told = say("Sites are notional. Boundaries imply no position.")
    note = axes.text(0.988, 0.02, told, transform=axes.transAxes, ha="right", fontsize=8, color=INK, zorder=9)
    figures.halo(note, 1001)


def scale_and_north(axes: Axes, frame: Frame, lang: str) -> None:
    """A bar of a round number of kilometres at the middle latitude, and an arrow to the north."""
    middle = math.radians((frame.south + frame.north) / 2)
    km_a_degree = math.pi / 180 * EARTH_RADIUS_KM * math.cos(middle)
    wanted = 0.16 * (frame.east - frame.west) * km_a_degree
    power = 10 ** math.floor(math.log10(wanted))
    km = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    west, south = frame.west + 0.02 * (frame.east - frame.west), frame.south + 0.045 * (frame.north - frame.south)
    for colour, width in (("white", 5.0), (INK, 2.2)):
        axes.plot([west, west + km / km_a_degree], [south, south], color=colour, linewidth=width, zorder=9,
                  solid_capstyle="butt")  # fmt: skip
    above = south + 0.02 * (frame.north - frame.south)
    figures.halo(axes.text(west, above, quantity(km, "km", lang, 0), fontsize=9, zorder=9), 1000)
    x, y = 0.975, 0.80
    axes.annotate("N", xy=(x, y + 0.16), xytext=(x, y), xycoords="axes fraction", ha="center", va="center",
                  fontsize=9, zorder=9, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.1})  # fmt: skip


def canvas(frame: Frame, width_in: float) -> tuple[Figure, Axes]:
    """An empty map that fills its figure."""
    figure = figures.new_figure(width_in, width_in * frame.ratio)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(frame.west, frame.east), ylim=(frame.south, frame.north), xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set(visible=True, color=MUTED, linewidth=0.8)
    return figure, axes


def underlay(figure: Figure) -> str:
    """SVG that puts the page's one backdrop under a map."""
    width, height = figure.get_size_inches() * 72
    return f'<use href="#{RELIEF_ID}" width="{width:.1f}" height="{height:.1f}"/>'


# --- the maps ------------------------------------------------------------------------


def stated(run: Run, lang: str, say: Translator) -> str:
    """At which height and cross section the reaches are drawn; empty where the run has none."""
    table = run.table("reach")
    if not table or not table["object"].size:
        return ""
    return say("at {altitude} above sea level, for a target of {rcs}").format(
        altitude=quantity(float(table["altitude_m"][0]) / 1e3, "km", lang),
        rcs=quantity(float(table["rcs_m2"][0]), "m²", lang),
    )


def situation(run: Run, lang: str, say: Translator) -> Picture:
    """The large map: sites, assets, and every route."""
    frame = frame_of(run)
    with figures.drawing():
        figure, axes = canvas(frame, 9.6)
        reaches(axes, run, frame, engagement_too=False)
        routes(axes, run)
        marks(axes, places(run, frame, lang), frame)
        furniture(axes, frame, lang, say)
        counts = run.count_by_relation()
        alt = say(
            "Map of the scenario with {friends} friendly, {neutrals} civil and {hostiles} attacking routes, "
            "the defended places and the sites of radars and batteries."
        ).format(**{name: number(counts[key], lang, 0) for name, key in
                    (("friends", "friend"), ("neutrals", "neutral"), ("hostiles", "hostile"))})  # fmt: skip
        return figures.picture(figure, "situation", alt, "", underlay=underlay(figure))


def alternative(run: Run, index: int, lang: str, say: Translator) -> Picture:
    """One small map: what this alternative has, sees and reaches."""
    frame = frame_of(run)
    with figures.drawing():
        figure, axes = canvas(frame, 6.2)
        reaches(axes, run, frame)
        units = [replace(p, defended=False) for p in places(run, frame, lang) if p.marker != "asset"]
        marks(axes, units, frame, 0.8)
        furniture(axes, frame, lang, say)
        alt = say("Map of {alternative}: sites, edge of radar detection and engagement reach of each battery.").format(
            alternative=run.title(lang)
        )
        return figures.picture(figure, f"map{index}", alt, run.title(lang), underlay=underlay(figure))
