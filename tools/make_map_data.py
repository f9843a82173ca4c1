"""Cut the shipped map data from Natural Earth: names, codes and outlines, nothing else.

    python tools/make_map_data.py FOLDER     FOLDER holds ne_110m_admin_0_countries.json and ne_50m_coastline.json

countries   every feature, properties name and ISO code alone, coordinates to 0.001 degree
coastline   points within 28 to 50 north and 15 to 57 east, and their neighbours, coordinates to 0.001 degree
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "src" / "egide" / "data"
SOUTH, NORTH, WEST, EAST = 28.0, 50.0, 15.0, 57.0


def rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, list):
        return [rounded(item) for item in coordinates]
    return round(coordinates, 3)


def pieces(line: list[list[float]]) -> list[list[list[float]]]:
    """Stretches of a line near the region, of two points or more."""
    near = [SOUTH <= lat <= NORTH and WEST <= lon <= EAST for lon, lat, *_ in line]
    kept = [any(near[max(0, i - 1) : i + 2]) for i in range(len(line))]
    found: list[list[list[float]]] = [[]]
    for point, keep in zip(line, kept, strict=True):
        if keep:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [piece for piece in found if len(piece) > 1]


def lines(geometry: Any) -> list[list[list[float]]]:
    return geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]


def write(name: str, features: list[Any]) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"), ensure_ascii=False)
    (DATA / name).write_text(text + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    countries = json.loads((folder / "ne_110m_admin_0_countries.json").read_text(encoding="utf-8"))
    write(
        "countries_110m.json",
        [
            {
                "type": "Feature",
                "properties": {"name": f["properties"]["NAME_LONG"], "iso": f["properties"]["ADM0_A3"]},
                "geometry": {"type": f["geometry"]["type"], "coordinates": rounded(f["geometry"]["coordinates"])},
            }
            for f in countries["features"]
        ],
    )
    coast = json.loads((folder / "ne_50m_coastline.json").read_text(encoding="utf-8"))
    write(
        "coastline_50m.json",
        [
            {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": rounded(piece)}}
            for f in coast["features"]
            for line in lines(f["geometry"])
            for piece in pieces(line)
        ],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
