"""The numbers: shares of an area, one row a measure, height, cross section and rule; what each unit adds; the gaps.

measure     `seen` (by one radar or more), `seen by 2`, `seen by 3`, `denied`, `defended`; the last two never without
            their class, height (a ballistic missile: launch range), shots, probability, release and azimuth
low, high   least and most of the nominal values and the catalogue's unfavourable and favourable corner
band        what the share may be on fine terrain, below 3 km over coarse terrain; `usable` false where it is too wide
air         share of the area that has air at this height at all: cells whose ground is higher do not count
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, final

import numpy as np

from egide.coverage.ask import Altitude, Request
from egide.coverage.bias import band_of
from egide.coverage.engage import CUES, Engaged
from egide.coverage.sums import Counter, Seen

__all__ = ["COLUMNS", "Loss", "Row", "engaged_rows", "losses", "merged", "seen_rows"]

Array = np.ndarray[Any, Any]
AZIMUTHS: Final = ("worst", "mean")
SEEN: Final = ("seen", "seen by 2", "seen by 3")


@final
@dataclass(frozen=True)
class Row:
    """One share. Empty text or NaN where a column does not apply."""

    alternative: str
    measure: str
    altitude: str
    height_m: float
    reference: str
    rcs_m2: float
    pd: float
    cue: str = ""  # own: the battery's own radars; network: all that its network may act on
    klass: str = ""
    speed_m_s: float = math.nan
    release_m: float = math.nan
    shots: int = 0
    kill: float = 0.0
    azimuth: str = ""  # worst, mean
    weight: str = "area"
    low: float = math.nan
    nominal: float = math.nan
    high: float = math.nan
    terrain_low: float = math.nan
    terrain_high: float = math.nan
    usable: bool = True
    air: float = 1.0
    km2: float = math.nan  # nominal share in square kilometres, where the weight is area
    channels_mean: float = math.nan  # fire channels occupied by one target, mean over what is defended
    channels_most: int = 0
    launch_range_m: float = math.nan  # of a ballistic missile, whose rows have no height
    apogee_m: float = math.nan

    @property
    def key(self) -> tuple[Any, ...]:
        """What the row is about, without its values."""
        return (self.alternative, self.measure, self.altitude, self.rcs_m2, self.cue, self.shots, self.kill,
                self.azimuth, self.weight)  # fmt: skip

    def document(self) -> dict[str, Any]:
        return asdict(self)


COLUMNS: Final = tuple(each.name for each in fields(Row))


@final
@dataclass(frozen=True)
class Loss:
    """What goes when one unit is out: a share of the area."""

    alternative: str
    unit: str
    altitude: str
    rcs_m2: float
    weight: str
    share: float


def settled(counter: Counter, row: Row, altitude: Altitude) -> Row:
    """The row with its terrain band, square kilometres and share of air."""
    grid, above_m = counter.grid, counter.above_ground_m(altitude)
    band = band_of(row.nominal, grid.cell_m, above_m) if row.nominal >= 0.0 else None
    air = counter.air_share(altitude, row.weight)
    km2 = row.nominal * air * counter.total["area"] if row.weight == "area" else math.nan
    if band is None or grid.dem.source == "flat":
        return replace(row, air=air, km2=km2)
    return replace(row, air=air, km2=km2, terrain_low=band.low, terrain_high=band.high, usable=band.usable)


def seen_rows(counter: Counter, sums: Mapping[str, Seen], alternative: str, request: Request) -> list[Row]:
    """Shares seen by one, two and three radars, by level."""
    rows = []
    for weight in counter.values:
        for k, case in enumerate(request.cases):
            for a, altitude in enumerate(request.altitudes):
                for n, measure in enumerate(SEEN):
                    values: dict[str, Any] = {
                        level: counter.part(float(each.seen[weight][k, a, n]), altitude, weight)
                        for level, each in sums.items()
                    }
                    row = Row(alternative, measure, altitude.text, altitude.height_m, altitude.reference, case.rcs_m2,
                              request.pd, weight=weight, **values)  # fmt: skip
                    rows.append(settled(counter, row, altitude))
    return rows


def engaged_rows(
    counter: Counter, engaged: Mapping[str, Engaged], alternative: str, request: Request
) -> list[Row]:  # fmt: skip
    """Shares denied and defended, on the worst and the mean azimuth, on own radars and with the network."""
    by_level = {level: list(_engaged(counter, each, alternative, request)) for level, each in engaged.items()}
    altitude = {each.text: each for each in request.altitudes}
    return [settled(counter, row, altitude[row.altitude]) for row in merged(by_level)]


def _engaged(counter: Counter, engaged: Engaged, alternative: str, request: Request) -> Iterator[Row]:
    """The rows of one level, its values in `nominal`."""
    for weight in counter.values:
        for k, case in enumerate(request.cases):
            for a, altitude in enumerate(request.altitudes):
                for cue in CUES:
                    for azimuth in AZIMUTHS:
                        row = Row(
                            alternative, "denied", altitude.text, altitude.height_m, altitude.reference, case.rcs_m2,
                            request.pd, cue, request.target.klass, request.target.speed_m_s, shots=1, azimuth=azimuth,
                            weight=weight, nominal=counter.share(engaged.denied(cue, k, a, azimuth), altitude, weight),
                        )  # fmt: skip
                        yield row
                        for rule in request.rules:
                            points = engaged.defended(cue, k, a, azimuth, rule.shots, rule.kill)
                            mean, most = engaged.occupied(cue, k, a, azimuth, rule.shots, rule.kill)
                            raster = engaged.spread(points)
                            yield replace(
                                row, measure="defended", release_m=request.release_m, shots=rule.shots, kill=rule.kill,
                                nominal=counter.share(raster, altitude, weight), channels_mean=mean,
                                channels_most=most)  # fmt: skip


def losses(counter: Counter, sums: Seen, units: Sequence[str], alternative: str, request: Request) -> list[Loss]:
    """What the network loses of the area with each unit alone out, greatest first at each height."""
    found: list[Loss] = []
    for k, case in enumerate(request.cases):
        for a, altitude in enumerate(request.altitudes):
            lost = sums.lost[k, a] if sums.lost is not None else np.zeros(len(units))
            here = [
                Loss(alternative, unit, altitude.text, case.rcs_m2, "area", counter.part(float(part), altitude, "area"))
                for unit, part in zip(units, lost, strict=True)
            ]
            found += sorted(here, key=lambda loss: -loss.share)
    return found


def merged(by_level: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Rows made level by level, each with its value in `nominal`, as one row with low, nominal and high: the envelope
    of the levels, because a corner of bad values may do better (a poor missile that is left out no longer takes the
    place of a good one)."""
    ends = [{row.key: row.nominal for row in rows} for rows in by_level.values()]
    if len(ends) < 2:
        return list(by_level["nominal"])
    found = []
    for row in by_level["nominal"]:
        values = [each[row.key] for each in ends]
        found.append(replace(row, low=min(values), high=max(values)))
    return found
