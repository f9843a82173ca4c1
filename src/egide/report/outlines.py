"""Lines of the map that are not the scenario's: boundaries between countries, and the coast.

A boundary is what two outlines share; the rest of an outline is coast, and the finer coastline draws that better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np

from egide.ingest import polygons


@final
@dataclass(frozen=True)
class Outlines:
    """Polylines of longitude and latitude, degrees."""

    boundaries: Sequence[np.ndarray] = ()
    coasts: Sequence[np.ndarray] = ()


def shipped(south: float, north: float, west: float, east: float, own: Sequence[tuple[float, float]] = ()) -> Outlines:
    """What ships with Égide inside a box, and a little beyond; and the scenario's own outline (latitude, longitude)."""
    rings = [np.asarray(ring) for name in polygons.countries() for ring in polygons.country(name)]
    near = [
        ring
        for ring in rings
        if ring[:, 0].max() > west and ring[:, 0].min() < east and ring[:, 1].max() > south and ring[:, 1].min() < north
    ]
    coasts = [np.asarray(line) for line in polygons.coastline(south, north, west, east)]
    if own:
        coasts.append(np.array([*own, own[0]], float)[:, ::-1])
    return Outlines(shared(near), coasts)


def shared(rings: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The stretches that two rings have in common, each once."""
    owners: dict[frozenset[tuple[float, float]], int] = {}
    edges = [[(tuple(a), tuple(b)) for a, b in pairwise(ring.tolist())] for ring in rings]
    for of_ring in edges:
        for edge in of_ring:
            key = frozenset(edge)
            owners[key] = owners.get(key, 0) + 1
    drawn: set[frozenset[tuple[float, float]]] = set()
    lines: list[np.ndarray] = []
    for of_ring in edges:
        stretch: list[tuple[float, float]] = []
        for a, b in of_ring:
            key = frozenset((a, b))
            if owners[key] > 1 and key not in drawn:
                drawn.add(key)
                stretch = stretch or [a]
                stretch.append(b)
            elif stretch:
                lines.append(np.array(stretch))
                stretch = []
        if stretch:
            lines.append(np.array(stretch))
    return lines
