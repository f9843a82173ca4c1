"""A flat world for the engagement kernels: batteries in metres from the point that the target comes straight at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from egide.coverage.defend_kernels import approaches, defend
from egide.coverage.deny_kernels import deny
from egide.coverage.fires import metres_of
from egide.coverage.grid import Grid, gridded
from egide.ingest.dem import Dem
from egide.physics.kernels import ecef_from_geodetic

Array = np.ndarray[Any, Any]
ENDLESS = 1_000_000


@dataclass(frozen=True)
class Missile:
    """One kind."""

    range_m: float
    kill: float = 0.6
    ready: int = ENDLESS
    speed_m_s: float = 1000.0
    range_min_m: float = 0.0

    def row(self) -> list[float]:
        return [self.range_min_m, self.range_m, 0.0, 30_000.0, self.speed_m_s, self.kill, float(self.ready), self.kill,
                self.kill]  # fmt: skip


@dataclass(frozen=True)
class Guns:
    """One battery."""

    missiles: Sequence[Missile]
    salvo: int = 1
    most: int = 99
    look: bool = True
    guided: int = 99
    interval_s: float = 0.0
    assess_s: float = 10.0
    again_s: float = 0.0
    reserve: int = 0
    north_m: float = 0.0
    east_m: float = 0.0


@dataclass(frozen=True)
class World:
    """The sea about 45 degrees north; every battery holds and sees everything unless `holds` says less."""

    step_deg: float = 0.05
    half_deg: float = 2.0
    ground: Array | None = field(default=None)

    @property
    def grid(self) -> Grid:
        n = 2 * round(self.half_deg / self.step_deg) + 1
        ground = np.zeros((n, n), np.int16) if self.ground is None else self.ground
        return gridded(Dem(ground, 45.0 + self.half_deg, -34.0 - self.half_deg, self.step_deg, self.step_deg, "x", "x"))

    def stand(
        self, networks: Sequence[Sequence[Guns]], height_m: float = 1000.0, speed_m_s: float = 250.0,
        release_m: float = 0.0, holds: Array | None = None,
    ) -> tuple[Array, Array, Array]:  # fmt: skip
        """Shots, probability that all miss and channels, by heading."""
        grid, headings = self.grid, 16
        metres = metres_of(grid)
        middle = grid.shape[0] // 2
        rows, columns = np.array([middle]), np.array([middle])
        begins = np.zeros((1, headings))
        approaches(rows, columns, metres, grid.dem.height_m, height_m, False, headings, 300_000.0, begins)
        shots, channels = np.zeros((1, headings), np.uint16), np.zeros((1, headings), np.uint8)
        missed = np.ones((1, headings), np.float32)
        for network in networks:
            units, stores, owner = _rows(grid, network, metres[middle])
            seen = np.ones(grid.shape, np.uint8) if holds is None else holds
            defend(rows, columns, begins, metres, grid.dem.height_m, height_m, False, stores, units, owner,
                   np.stack([seen] * len(network)), np.ones((1, *grid.shape), np.uint8), np.zeros((len(network), 1)),
                   speed_m_s, release_m, headings, shots, missed, channels)  # fmt: skip
        return shots[0].astype(int), missed[0].astype(float), channels[0].astype(int)

    def denied(self, guns: Guns, height_m: float = 1000.0, speed_m_s: float = 250.0) -> int:
        """Headings on which a target over the middle is met."""
        grid = self.grid
        units, stores, _ = _rows(grid, [guns], metres_of(grid)[grid.shape[0] // 2])
        out, everywhere = np.zeros(grid.shape, np.uint32), np.ones(grid.shape, np.uint8)
        position = np.array(ecef_from_geodetic(math.radians(45.0), math.radians(-34.0), 0.0))
        deny(grid.rows, grid.columns, grid.dem.height_m, metres_of(grid), height_m, False, position, stores, units[0],
             0, everywhere[None], everywhere[None], np.zeros((1, 1)), speed_m_s, 16, out)  # fmt: skip
        return int(out[grid.shape[0] // 2, grid.shape[1] // 2]).bit_count()


def _rows(grid: Grid, network: Sequence[Guns], metres: Array) -> tuple[Array, Array, Array]:
    units, stores, owner = list[Any](), list[Any](), list[int]()
    for b, guns in enumerate(network):
        rows = [missile.row() for missile in guns.missiles]
        spare = sum(missile.ready for missile in guns.missiles) - guns.reserve
        middle = float(grid.shape[0] // 2)
        units.append([len(stores), len(stores) + len(rows), spare, guns.salvo, guns.most, guns.look, guns.guided,
                      guns.interval_s, guns.assess_s, guns.again_s, 0.0, middle - guns.north_m * metres[0],
                      middle + guns.east_m * metres[1], 0.0, *metres, max(row[1] for row in rows)])  # fmt: skip
        owner += [b] * len(rows)
        stores += rows
    return np.array(units, float), np.array(stores, float), np.array(owner, np.int64)
