"""Where things were to each other, from the written routes: how near an object came to a battery, why no radar saw it.

route      the points of the table `routes`, straight between them; a unit that flies has one under its own name
horizon    of the smooth Earth at 4/3 of its radius: beyond it no radar sees, whatever the ground
masked     within the horizon, and the ground between rises into the line: from the bundle's coarse terrain
faint      in plain sight: too far for its size, outside the sector, or the radar was down

What is told is one look at the nearest approach: an explanation, not the engine's own reckoning of every look.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.constants import EARTH_RADIUS_M, EFFECTIVE_EARTH
from egide.physics import geodesy, horizon
from egide.store import Bundle

__all__ = ["Unseen", "nearest_m", "unseen"]

Floats = NDArray[np.float64]
STEP_S: Final = 10.0
PROFILE: Final = 64  # points of the ground between radar and object


@final
@dataclass(frozen=True)
class Unseen:
    """Why the radar to which an object came nearest did not see it there. `why`: below-horizon, masked or faint."""

    radar: str
    time_s: float
    distance_m: float
    height_m: float
    why: str


@final
@dataclass(frozen=True)
class _Flown:
    """A route at even steps: times, degrees and metres above sea level, and ECEF."""

    time_s: Floats
    place: tuple[Floats, Floats, Floats]
    ecef_m: Floats


def nearest_m(bundle: Bundle, until_s: Mapping[int, float]) -> dict[tuple[int, int], float]:
    """Least distance of each mover's route, flown until a moment, to each battery, by (mover, battery row)."""
    if "routes" not in bundle.tables or not until_s:
        return {}
    units = _units(bundle, "battery")
    flown = _routes(bundle, [*until_s, *(carrier for _, _, carrier in units if carrier >= 0)])
    return {
        (mover, row): float(np.min(_apart(flown[mover], place, flown.get(carrier))[flown[mover].time_s <= end_s]))
        for mover, end_s in until_s.items()
        if mover in flown and flown[mover].time_s[0] <= end_s
        for row, (_, place, carrier) in enumerate(units)
    }


def unseen(bundle: Bundle, name: str, until_s: float) -> Unseen | None:
    """The nearest radar that searches, and why it did not see the object at its nearest."""
    quoted = name.replace("'", "''")
    rows = bundle.sql(f"SELECT \"row\" FROM objects WHERE kind = 'mover' AND name = '{quoted}'").fetchall()  # noqa: S608
    if "routes" not in bundle.tables or not rows:
        return None
    mover = int(rows[0][0])
    radars = _units(bundle, "radar")
    flown = _routes(bundle, [mover, *(carrier for _, _, carrier in radars if carrier >= 0)])
    if mover not in flown or not radars:
        return None
    course = flown[mover]
    best: tuple[float, int, int] | None = None
    for k, (_, place, carrier) in enumerate(radars):
        apart = np.where(course.time_s <= until_s + STEP_S, _apart(course, place, flown.get(carrier)), np.inf)
        i = int(np.argmin(apart))
        if best is None or apart[i] < best[0]:
            best = (float(apart[i]), k, i)
    if best is None or not math.isfinite(best[0]):
        return None
    distance_m, k, i = best
    name, place, carrier = radars[k]
    stands = _place_of(place, flown.get(carrier), float(course.time_s[i]))
    target = (float(course.place[0][i]), float(course.place[1][i]), float(course.place[2][i]))
    why = _why(bundle, stands, target)
    return Unseen(name, float(course.time_s[i]), distance_m, target[2], why)


def _why(bundle: Bundle, radar: tuple[float, float, float], target: tuple[float, float, float]) -> str:
    ground_m, _, _ = geodesy.inverse(radar[0], radar[1], target[0], target[1])
    if float(ground_m) > float(horizon.distance_m(max(radar[2], 0.0), max(target[2], 0.0))):
        return "below-horizon"
    grid: Mapping[str, Any] | None = bundle.manifest.get("terrain")
    if not grid or "terrain" not in bundle.tables:
        return "faint"
    heights = bundle.columns('SELECT height_m FROM terrain ORDER BY row, "column"')["height_m"]
    dem = np.asarray(heights, float).reshape(int(grid["rows"]), int(grid["columns"]))
    u = np.linspace(0.0, 1.0, PROFILE)[1:-1]
    row = (float(grid["north"]) - (radar[0] + u * (target[0] - radar[0]))) / float(grid["step_lat"])
    column = (radar[1] + u * (target[1] - radar[1]) - float(grid["west"])) / float(grid["step_lon"])
    rows = np.clip(row.astype(int), 0, dem.shape[0] - 1)
    columns = np.clip(column.astype(int), 0, dem.shape[1] - 1)
    s = u * float(ground_m)
    bulge_m = s * (float(ground_m) - s) / (2.0 * EFFECTIVE_EARTH * EARTH_RADIUS_M)
    line_m = radar[2] + u * (target[2] - radar[2])
    return "masked" if bool(np.any(dem[rows, columns] + bulge_m > line_m)) else "faint"


def _units(bundle: Bundle, kind: str) -> list[tuple[str, tuple[float, float, float], int]]:
    """Name, place and the row of the mover that carries it (-1: it stands) of each battery or radar, in order."""
    movers = {
        str(name): int(row)
        for name, row in bundle.sql("SELECT name, \"row\" FROM objects WHERE kind = 'mover'").fetchall()
    }
    rows = bundle.sql(
        f"""
        SELECT name, latitude_deg, longitude_deg, height_m FROM objects WHERE kind = '{kind}' ORDER BY "row"
        """  # noqa: S608 - ours
    ).fetchall()
    found = []
    for name, lat, lon, height_m in rows:
        carrier = movers.get(str(name), movers.get(str(name).partition("/")[0], -1))
        if carrier < 0:
            carrier = movers.get(f"{str(name).partition('/')[0]}-1", -1)
        place = (_degrees(lat), _degrees(lon), _degrees(height_m))
        found.append((str(name), place, carrier))
    return found


def _degrees(value: Any) -> float:
    return math.nan if value is None else float(value)


def _routes(bundle: Bundle, movers: Sequence[int]) -> dict[int, _Flown]:
    if not movers:
        return {}
    wanted = ", ".join(str(int(mover)) for mover in dict.fromkeys(movers))
    rows = bundle.columns(
        f"SELECT * FROM routes WHERE mover IN ({wanted}) ORDER BY mover, time_s"  # noqa: S608 - whole numbers only
    )
    found = {}
    for mover in np.unique(rows["mover"]).tolist():
        at = rows["mover"] == mover
        time_s = np.asarray(rows["time_s"][at], float)
        steps = np.unique(np.append(np.arange(time_s[0], time_s[-1], STEP_S), time_s))
        lat, lon, height_m = (
            np.interp(steps, time_s, np.asarray(rows[name][at], float))
            for name in ("latitude_deg", "longitude_deg", "height_m")
        )
        found[int(mover)] = _Flown(steps, (lat, lon, height_m), np.stack(geodesy.to_ecef(lat, lon, height_m)))
    return found


def _apart(course: _Flown, place: tuple[float, float, float], carrier: _Flown | None) -> Floats:
    """Distance of a route from a unit at each step; infinite while the unit is not there."""
    if carrier is None:
        if not math.isfinite(place[0]):
            return np.full(course.time_s.size, np.inf)
        x, y, z = geodesy.to_ecef(*(np.asarray(value) for value in place))
        return np.asarray(np.linalg.norm(course.ecef_m - np.stack([x, y, z])[:, None], axis=0), float)
    moved = np.stack([np.interp(course.time_s, carrier.time_s, axis) for axis in carrier.ecef_m])
    there = (course.time_s >= carrier.time_s[0]) & (course.time_s <= carrier.time_s[-1])
    return np.where(there, np.linalg.norm(course.ecef_m - moved, axis=0), np.inf)


def _place_of(place: tuple[float, float, float], carrier: _Flown | None, time_s: float) -> tuple[float, float, float]:
    if carrier is None:
        return place
    lat, lon, height_m = (float(np.interp(time_s, carrier.time_s, axis)) for axis in carrier.place)
    return lat, lon, height_m
