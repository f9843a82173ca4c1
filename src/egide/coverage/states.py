"""Coverage of many states of one scenario: two or three shares each, on the same ground, as cheaply as it can be had.

asked     height, cross section, class and rule, as `egide coverage` reads them
shares    seen by a radar at that height; denied at it (mean over headings); defended by the rule (mean over azimuths),
          the last two with what the battery's network may act on
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from egide.coverage.survey import Found, plan
from egide.coverage.table import Row

if TYPE_CHECKING:
    from egide.scenario.calendar_reading import Laid

__all__ = ["of_calendar", "shares_of"]

Shares: TypeAlias = Callable[[Mapping[str, Any]], Iterator[tuple[str, dict[str, float]]]]


def of_calendar(laid: Laid) -> Shares:
    """What works out the coverage that a calendar asks for."""
    asked = laid.calendar.coverage
    return shares_of(laid.study.base_path, altitude=asked.altitude, rcs=asked.rcs, klass=asked.class_,
                     shots=asked.shots, kill=asked.kill)  # fmt: skip


def shares_of(path: Path, *, altitude: str, rcs: str, klass: str, shots: int, kill: float) -> Shares:
    """What gives the shares of each of some scenarios (by key), made for the ground of a scenario file: the rasters of
    a site are made once. Raises ScenarioError for what cannot be asked."""
    whole = plan(
        path, altitude=[altitude], rcs=[rcs], klass=klass, shots=[shots], kill=[kill], levels=("nominal",)
    )  # fmt: skip

    def of(scenarios: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, float]]]:
        planned = replace(whole, scenarios=scenarios)
        for key in scenarios:
            yield key, _shares(planned.run(key))

    return of


def _shares(found: Found) -> dict[str, float]:
    return {
        "seen_share": _one(found, "seen"),
        "denied_share": _one(found, "denied", cue="network", azimuth="mean"),
        "defended_share": _one(found, "defended", cue="network", azimuth="mean"),
    }


def _one(found: Found, measure: str, **which: str) -> float:
    rows: list[Row] = [
        row for row in found.rows
        if row.measure == measure and all(getattr(row, key) == value for key, value in which.items())
    ]  # fmt: skip
    return rows[0].nominal if rows else 0.0
