"""Outlines for maps and areas: countries and coast that ship with Égide, and GeoJSON files.

ring    a closed outline, one point a row: longitude, latitude in degrees, the first point again at the end
line    an open one
box     south, north, west, east in degrees
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from egide.errors import scenario_error
from egide.i18n import mark

__all__ = ["Line", "Polygon", "Ring", "areas", "coastline", "countries", "country", "country_polygons", "read"]

Ring = npt.NDArray[np.float64]
Line = npt.NDArray[np.float64]
Polygon = list[Ring]  # the outer ring, then its holes

_MEND: Final = mark("give a GeoJSON file of polygons or lines, longitude before latitude, in degrees")


@cache
def _shipped(name: str) -> Any:
    return json.loads((resources.files("egide") / "data" / name).read_text(encoding="utf-8"))


def countries() -> list[str]:
    """Names of the countries that ship with Égide, in order."""
    return sorted(feature["properties"]["name"] for feature in _shipped("countries_110m.json")["features"])


def country(name: str) -> list[Ring]:
    """Outer rings of a country, by English name or three-letter code, whatever the case."""
    return [polygon[0] for polygon in country_polygons(name)]


def country_polygons(name: str) -> list[Polygon]:
    """A country's polygons with their holes: another country may lie inside."""
    wanted = name.casefold()
    for feature in _shipped("countries_110m.json")["features"]:
        words = feature["properties"]
        if wanted in (words["name"].casefold(), words["iso"].casefold()):
            found: list[Polygon] = []
            for ring, outer in _rings(feature["geometry"]):
                if outer:
                    found.append([])
                found[-1].append(ring)
            return found
    near = difflib.get_close_matches(name, countries(), n=1)
    raise scenario_error(
        name,
        "no country of this name is on the map",
        "write for example {example}",
        example=near[0] if near else "Turkey",
    )


def coastline(south: float, north: float, west: float, east: float) -> list[Line]:
    """Coast inside a box, as lines of two points or more. The shipped coast spans 28 to 50 north, 15 to 57 east."""
    lines = []
    for feature in _shipped("coastline_50m.json")["features"]:
        line = np.asarray(feature["geometry"]["coordinates"], float)
        inside = (line[:, 1] >= south) & (line[:, 1] <= north) & (line[:, 0] >= west) & (line[:, 0] <= east)
        # a point next to one inside is kept, so that the coast reaches the border of the map
        kept = inside.copy()
        kept[1:] |= inside[:-1]
        kept[:-1] |= inside[1:]
        edges = np.flatnonzero(np.diff(np.concatenate(([0], kept.astype(np.int8), [0]))))
        lines += [line[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 2]
    return lines


def read(path: Path) -> list[Ring]:
    """Every ring and line of a GeoJSON file (holes too), in its order."""
    if not path.is_file():
        raise scenario_error(str(path), "the file is not there", _MEND)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = [ring for geometry in _geometries(document) for ring, _ in _rings(geometry)]
    except json.JSONDecodeError as error:
        raise scenario_error(
            f"{path}:{error.lineno}:{error.colno}", "this is not JSON ({why})", _MEND, why=error.msg
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError, UnicodeDecodeError):
        raise scenario_error(str(path), "this is not GeoJSON", _MEND) from None
    if not found:
        raise scenario_error(str(path), "the file holds no polygon and no line", _MEND)
    for ring in found:
        if not np.all(np.isfinite(ring)) or np.any(np.abs(ring) > [360.0, 90.0]):
            raise scenario_error(str(path), "a point is off the Earth", _MEND)
    return found


def areas(path: Path) -> list[Polygon]:
    """The polygons of a GeoJSON file, for sums over what lies inside. A ring across the antimeridian goes on past 180
    degrees. Refuses rings that cross or touch themselves or go round a pole, and another coordinate system than
    longitude and latitude."""
    read(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    named = str(((document.get("crs") or {}).get("properties") or {}).get("name", "")) if isinstance(
        document, dict) else ""  # fmt: skip
    if named and not named.endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        wrong = mark("the polygons are in {crs}, not in longitude and latitude")
        raise scenario_error(str(path), wrong, mark("write them with ogr2ogr -t_srs EPSG:4326"), crs=named)
    found: list[Polygon] = []
    for geometry in _geometries(document):
        if geometry["type"] == "Polygon":
            found.append([np.asarray(ring, float)[:, :2] for ring in geometry["coordinates"]])
        elif geometry["type"] == "MultiPolygon":
            found += [[np.asarray(ring, float)[:, :2] for ring in polygon] for polygon in geometry["coordinates"]]
    if not found:
        raise scenario_error(str(path), mark("the file holds no polygon"), _MEND)
    return [[_checked_ring(ring, str(path), number) for ring in polygon] for number, polygon in enumerate(found)]


def _checked_ring(ring: Ring, place: str, number: int) -> Ring:
    path = f"polygon {number + 1}"
    if len(ring) < 4 or not np.array_equal(ring[0], ring[-1]):
        wrong, right = mark("a ring is not closed"), mark("repeat its first point at its end; three corners at least")
        raise scenario_error(place, wrong, right, path=path)
    if np.any(np.abs(np.diff(ring[:, 0])) > 180.0):  # from 179 to -179 is two degrees, not 358
        ring = np.column_stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]])
        if abs(ring[-1, 0] - ring[0, 0]) > 1.0 or np.ptp(ring[:, 0]) == 0.0:
            wrong = mark("a ring goes round a pole, or right round the Earth")
            right = mark("cut it at the antimeridian (180 degrees), for example with ogr2ogr -wrapdateline")
            raise scenario_error(place, wrong, right, path=path)
    ring = ring[np.concatenate(([True], np.any(np.diff(ring, axis=0) != 0.0, axis=1)))]
    meeting = _meeting(ring)
    if meeting is not None:
        crosses = mark("a ring crosses itself near {latitude:.4f} north {longitude:.4f} east")
        touches = mark("a ring touches or runs back over itself near {latitude:.4f} north {longitude:.4f} east")
        right = mark("mend it, for example with ogr2ogr -makevalid")
        (longitude, latitude), proper = meeting
        raise scenario_error(
            place, crosses if proper else touches, right, path=path, latitude=latitude, longitude=longitude
        )
    return ring


def _side(p: Ring, q: Ring, r: Ring) -> npt.NDArray[np.float64]:
    """On which side of the line from p to q the point r lies."""
    one: npt.NDArray[np.float64] = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
    two: npt.NDArray[np.float64] = (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
    return one - two


def _meeting(ring: Ring) -> tuple[tuple[float, float], bool] | None:
    """Where two edges of a ring meet that are not neighbours, or a neighbour runs back, and whether they cross; or
    None. Every edge against all later ones at once."""
    a, b = ring[:-1], ring[1:]
    after = np.roll(b, -1, axis=0)
    back = (_side(a, b, after) == 0.0) & (np.sum((b - a) * (after - b), axis=1) < 0.0)
    if back.any():
        at = b[int(np.argmax(back))]
        return (float(at[0]), float(at[1])), False
    for i in range(len(a) - 2):
        c, d = a[i + 2 :], b[i + 2 :]
        if i == 0:  # the last edge ends where the first begins
            c, d = c[:-1], d[:-1]
        one, two = _side(a[i], b[i], c) * _side(a[i], b[i], d), _side(c, d, a[i]) * _side(c, d, b[i])
        near = np.all(
            (np.minimum(c, d) <= np.maximum(a[i], b[i])) & (np.maximum(c, d) >= np.minimum(a[i], b[i])), axis=1
        )
        meets = (one <= 0.0) & (two <= 0.0) & near
        if meets.any():
            first = int(np.argmax(meets))
            return (float(c[first, 0]), float(c[first, 1])), bool(one[first] < 0.0 and two[first] < 0.0)
    return None


def _geometries(document: Any) -> Iterator[Any]:
    """The geometries in a document, however they are wrapped."""
    kind = document["type"]
    if kind == "FeatureCollection":
        for feature in document["features"]:
            yield from _geometries(feature)
    elif kind == "Feature":
        if document["geometry"] is not None:
            yield from _geometries(document["geometry"])
    elif kind == "GeometryCollection":
        for geometry in document["geometries"]:
            yield from _geometries(geometry)
    else:
        yield document


def _rings(geometry: Any) -> Iterator[tuple[Ring, bool]]:
    """Rings and lines of a geometry, each with whether it is an outer one."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        coordinates = [[coordinates]]
    elif kind in ("Polygon", "MultiLineString"):
        coordinates = [coordinates]
    elif kind != "MultiPolygon":
        return  # points have no outline
    for polygon in coordinates:
        for i, ring in enumerate(polygon):
            points = np.asarray(ring, float)[:, :2]
            yield points, i == 0 or kind == "MultiLineString"
