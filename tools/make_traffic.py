"""Makes the civil traffic sample of a study: python tools/make_traffic.py studies/turkiye-2019 [--check].

airway     a civil corridor of the study's scenario; its name is the airway's name
joining    a flight that climbs from a public airport to the airway, or descends from it to one
crossing   a flight that enters and leaves the airway at cruise

No recording goes into the package, so the sample is drawn here from a written seed: the same seed, the same table.
Positions are where the scenario is, times run from its start; columns are those of OpenSky state vectors (metres,
metres per second, degrees, seconds since 1970). Aircraft, callsigns and times are invented. Speeds, climb and descent
are round planning values for a Boeing 737 class airliner, not measurements.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

Point: TypeAlias = tuple[float, float]  # latitude, longitude, degrees
Row: TypeAlias = tuple[
    float, Point, float, float, float, float
]  # time from start, place, speed, heading, climb, height

SEED: Final = 2019
FLIGHTS: Final = 300
STEP_S: Final = 30
KM_A_DEGREE: Final = 111.2
SPREAD_KM: Final = 9.0  # sideways standard deviation: nine flights in ten inside a strip of 30 km
JOINING: Final = 0.25  # share of flights that climb from, or descend to, an airport
CRUISE_M_S: Final = (215.0, 255.0)
LEVELS_FT: Final = tuple(range(31_000, 42_000, 1_000))
CLIMB_M_S: Final = 10.0  # 2 000 ft/min
DESCENT_M_S: Final = 7.6  # 1 500 ft/min
LOW_M_S: Final = 140.0  # near the ground; grows with height to the cruise speed
RUN_ON_KM: Final = 20.0  # a crossing flight is followed this far beyond either end of its airway

# Public airports, positions and elevations in feet as published (OurAirports rows in OpenFlights airports.dat).
AIRPORTS: Final = {
    "LTBA": (40.9769, 28.8146, 163), "LTAC": (40.1281, 32.9951, 3125), "LTBJ": (38.2924, 27.1570, 412),
    "LTAI": (36.8987, 30.8005, 177), "LTAF": (36.9822, 35.2804, 65), "LTAU": (38.7704, 35.4954, 3463),
    "LTAJ": (36.9472, 37.4787, 2315), "LTAR": (39.8138, 36.9035, 5239), "LTAN": (37.9790, 32.5619, 3392),
    "LTCA": (38.6069, 39.2914, 2927), "LTCC": (37.8939, 40.2010, 2251), "LTAY": (37.7856, 29.7013, 2795),
}  # fmt: skip
COLUMNS: Final = (
    "time", "icao24", "lat", "lon", "velocity", "heading", "vertrate", "callsign", "onground", "baroaltitude",
)  # fmt: skip


def distance_km(a: Point, b: Point) -> float:
    """Flat, with the longitude scaled at the middle: good to a few tenths of a per cent over a country."""
    middle = math.radians((a[0] + b[0]) / 2)
    return math.hypot((b[0] - a[0]) * KM_A_DEGREE, (b[1] - a[1]) * KM_A_DEGREE * math.cos(middle))


def bearing_deg(a: Point, b: Point) -> float:
    middle = math.radians((a[0] + b[0]) / 2)
    return math.degrees(math.atan2((b[1] - a[1]) * math.cos(middle), b[0] - a[0])) % 360.0


def moved(a: Point, bearing: float, km: float) -> Point:
    angle = math.radians(bearing)
    latitude = a[0] + km * math.cos(angle) / KM_A_DEGREE
    return latitude, a[1] + km * math.sin(angle) / (KM_A_DEGREE * math.cos(math.radians((a[0] + latitude) / 2)))


def along(path: Sequence[Point], km: float) -> tuple[Point, float]:
    """The point after so many kilometres, and the bearing there."""
    for a, b in pairwise(path):
        length = distance_km(a, b)
        if km <= length:
            return moved(a, bearing_deg(a, b), km), bearing_deg(a, b)
        km -= length
    return path[-1], bearing_deg(path[-2], path[-1])


def nearest_airport(point: Point) -> tuple[str, Point, float]:
    name = min(AIRPORTS, key=lambda code: distance_km(point, AIRPORTS[code][:2]))
    latitude, longitude, feet = AIRPORTS[name]
    return name, (latitude, longitude), feet * 0.3048


def height_m(
    done_km: float, left_km: float, level_m: float, start_m: float | None, end_m: float | None
) -> tuple[float, float]:
    """Height and vertical speed: climb from start, descend to end, cruise between; None: already at cruise."""
    mean_m_s = (CRUISE_M_S[0] + LOW_M_S) / 2
    climbing = math.inf if start_m is None else start_m + done_km * 1000.0 / mean_m_s * CLIMB_M_S
    descending = math.inf if end_m is None else end_m + left_km * 1000.0 / mean_m_s * DESCENT_M_S
    height = min(level_m, climbing, descending)
    if height == level_m:
        return height, 0.0
    return (height, CLIMB_M_S) if height == climbing else (height, -DESCENT_M_S)


def flight(draw: random.Random, path: list[Point], duration_s: int) -> Iterator[Row]:
    """One airliner along one airway, a row every STEP_S."""
    path = path[:: -1 if draw.random() < 0.5 else 1]
    sideways = draw.gauss(0.0, SPREAD_KM)
    heading = bearing_deg(path[0], path[-1])
    path = [moved(point, heading + 90.0, sideways) for point in path]
    start_m = end_m = None
    kind = draw.random()
    if kind < JOINING / 2:
        _, place, start_m = nearest_airport(path[0])
        path = [place, *path]
    elif kind < JOINING:
        _, place, end_m = nearest_airport(path[-1])
        path = [*path, place]
    if start_m is None:
        path = [moved(path[0], heading + 180.0, RUN_ON_KM), *path]
    if end_m is None:
        path = [*path, moved(path[-1], heading, RUN_ON_KM)]
    total_km = sum(distance_km(a, b) for a, b in pairwise(path))
    cruise_m_s = draw.uniform(*CRUISE_M_S)
    level_m = draw.choice(LEVELS_FT) * 0.3048
    time_s = float(draw.randrange(-900, duration_s - 420, STEP_S)) + draw.random() * STEP_S  # seven minutes at least
    done_km = 0.0
    while done_km < total_km and time_s <= duration_s:
        height, climb_m_s = height_m(done_km, total_km - done_km, level_m, start_m, end_m)
        speed_m_s = LOW_M_S + (cruise_m_s - LOW_M_S) * min(1.0, height / 9000.0)
        position, course = along(path, done_km)
        if time_s >= 0.0:
            yield time_s, position, speed_m_s, course, climb_m_s, height
        done_km += speed_m_s * STEP_S / 1000.0
        time_s += STEP_S


def seconds(text: str) -> int:
    """'2 h' or '40 min' as the scenario writes its duration."""
    number, unit = text.split()
    return round(float(number) * {"s": 1, "min": 60, "h": 3600}[unit])


def make(study: Path) -> bytes:
    """The gzipped table, the same bytes for the same scenario and seed."""
    scenario: dict[str, Any] = yaml.safe_load((study / "scenario.yaml").read_text(encoding="utf-8"))
    airways = [[(p[0], p[1]) for p in row["path"]] for row in scenario["corridors"] if row.get("kind") == "civil"]
    start = datetime.fromisoformat(str(scenario["start"])).astimezone(UTC).timestamp()
    duration_s = seconds(scenario["duration"])
    draw = random.Random(SEED)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    number = 0
    while number < FLIGHTS:
        rows = list(flight(draw, airways[draw.randrange(len(airways))], duration_s))
        if len(rows) * STEP_S < 300:
            continue
        number += 1
        for time_s, (latitude, longitude), speed, heading, climb, height in rows:
            table.writerow([
                f"{start + time_s:.1f}", f"{0xF00000 + number:06x}", f"{latitude:.5f}", f"{longitude:.5f}",
                f"{speed:.1f}", f"{heading:.2f}", f"{climb:.1f}", f"SMP{number:03d}", "False", f"{height:.0f}",
            ])  # fmt: skip
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def main(arguments: Sequence[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    study = Path(arguments[0])
    target = study / "traffic.csv.gz"
    data = make(study)
    if "--check" in arguments:  # the table, not its compression: another zlib may pack it otherwise
        same = target.exists() and gzip.decompress(target.read_bytes()) == gzip.decompress(data)
        print(f"{target}: {'as made' if same else 'differs from what this tool makes'}")
        return 0 if same else 1
    target.write_bytes(data)
    print(f"{target}: {FLIGHTS} flights, {gzip.decompress(data).count(10) - 1} rows, {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
