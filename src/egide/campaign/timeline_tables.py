"""The tables of a timeline, from what was run.

states      a row a distinct state: who is there, who is out of order, its coverage, how often it was run
outcomes    a row a state and replication, with every measure
months      a row an alternative, month and measure: value, interval of chance, interval of the dates; steady state too
units       a row an alternative, month and unit that an event touches: as published, and in which share of the draws
events      a row an event: its dates early, as published and late, what it does, its sources and grade
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from egide import __version__
from egide.analysis import timeline as months
from egide.analysis.measures import BY_NAME, estimate
from egide.campaign.runner import plain, versions
from egide.scenario.calendar import corner, days_of, grade_of
from egide.store import digest, parts
from egide.store.timeline import FORMAT, MANIFEST, STEADY, TABLES

if TYPE_CHECKING:
    from egide.campaign.states import Kept
    from egide.campaign.timeline import Timeline
    from egide.scenario.scenes import Scene

__all__ = ["write_all"]

Values = dict[str, dict[str, NDArray[np.float64]]]  # key -> measure -> by replication; NaN where it was not run
_ASSUMED: Final = ("K", "A")


def write_all(found: Timeline, kept: Kept, covered: bool, new: int, wall_s: float) -> None:
    """Write every table and the manifest; the manifest comes last."""
    values = _values(found, kept)
    shares = {key: kept.cover(key) or {} for key in found.covers} if covered else {}
    numbers = {key: number for number, key in enumerate(found.states)}
    tables = {
        "states": _states(found, shares, numbers),
        "outcomes": _outcomes(found, kept, numbers),
        "months": _months(found, values, shares, numbers),
        "units": _units(found),
        "events": _events(found),
    }
    con = parts.connect()
    try:
        for name in TABLES:
            parts.write(kept.folder / f"{name}.parquet", tables[name], con)
    finally:
        con.close()
    digests = {name: digest.of_columns(name, tables[name]) for name in TABLES}
    text = json.dumps(_manifest(found, tables, digests, covered, new, wall_s), ensure_ascii=False, indent=2)
    beside = kept.folder / f"{MANIFEST}.tmp"
    with parts.disk_faults(kept.folder):
        beside.write_text(text + "\n", encoding="utf-8")
        beside.replace(kept.folder / MANIFEST)


def _values(found: Timeline, kept: Kept) -> Values:
    """Measures of every state by replication."""
    values: Values = {}
    for key, state in found.states.items():
        rows = kept.replications(key)
        names = next(iter(rows.values())) if rows else {}
        values[key] = {
            name: np.array([rows[k][name] if k in rows and k in state.wanted else np.nan
                            for k in range(found.replications)])
            for name in names
        }  # fmt: skip
    return values


def _states(
    found: Timeline, shares: Mapping[str, Mapping[str, float]], numbers: Mapping[str, int]
) -> dict[str, NDArray[Any]]:
    scenes: dict[str, list[Scene]] = {key: [] for key in found.states}
    for scene, key in found.keys.items():
        if key in scenes:
            scenes[key].append(scene)
    names = list(next(iter(shares.values()), {}))
    rows = []
    for key, state in found.states.items():
        first = scenes[key][0]
        cover = shares.get(found.keys.get(first._replace(there=first.there - first.down, down=frozenset()), ""), {})
        rows.append({
            "state": numbers[key], "key": key,
            "alternatives": ", ".join(dict.fromkeys(scene.alternative for scene in scenes[key])),
            "there": ", ".join(unit for unit in found.laid.units[first.alternative] if unit in first.there),
            "out_of_order": ", ".join(sorted(first.down)), "upgrades": ", ".join(first.upgrades),
            "runs": len(state.wanted), **{name: cover.get(name, np.nan) for name in names},
        })  # fmt: skip
    return _columns(rows)


def _outcomes(found: Timeline, kept: Kept, numbers: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    rows = []
    for key, state in found.states.items():
        for number, measures in kept.replications(key).items():
            if number in state.wanted:
                rows.append({"state": numbers[key], "replication": number, **measures})
    return _columns(rows)


def _months(
    found: Timeline, values: Values, shares: Mapping[str, Mapping[str, float]], numbers: Mapping[str, int]
) -> dict[str, NDArray[Any]]:
    rows: list[dict[str, Any]] = []
    covers = list(next(iter(shares.values()), {}))
    for name, course in found.courses.items():
        steady = found.keys[found.steady(name)]
        reached = [found.keys[found.scene(name, int(code))] for code in course.codes[0]]
        common = [
            {"alternative": name, "month": f"{day:%Y-%m}", "as_of": day.isoformat(),
             "state": numbers.get(key, -1)} for day, key in zip(found.months, reached, strict=True)
        ]  # fmt: skip
        last = {"alternative": name, "month": "", "as_of": STEADY, "state": numbers[steady]}
        for measure in found.laid.calendar.measures:
            every = _by_draw(found, name, measure, values)
            low, high = months.band(every["mean"])
            for at, row in enumerate(common):
                told = estimate(BY_NAME[measure], {key: column[at] for key, column in every["nominal"].items()})
                rows.append(row | _row(measure, told.value, told.low, told.high, low[at], high[at]))
            told = estimate(BY_NAME[measure], values[steady])
            rows.append(last | _row(measure, told.value, told.low, told.high, np.nan, np.nan))
        for measure in covers:
            by_set = {
                (int(code), out): shares[found.keys[found.covered(name, int(code), out)]][measure]
                for code in np.unique(course.codes)
                for out in months.subsets([u for u in course.factor if u in course.combos[code][0]])
            }
            mixed = months.mixture(course, by_set)
            low, high = months.band(mixed)
            for at, row in enumerate(common):
                rows.append(row | _row(measure, mixed[0, at], np.nan, np.nan, low[at], high[at]))
            rows.append(last | _row(measure, shares[found.keys[found.steady(name)]][measure], *[np.nan] * 4))
    return _columns(rows)


def _row(measure: str, value: float, low: float, high: float, early: float, late: float) -> dict[str, Any]:
    return {"measure": measure, "value": float(value), "chance_low": float(low), "chance_high": float(high),
            "dates_low": float(early), "dates_high": float(late)}  # fmt: skip


def _by_draw(found: Timeline, name: str, measure: str, values: Values) -> dict[str, Any]:
    """`mean`: (draws, months) of a measure; `nominal`: its columns, (months, replications), by the published dates."""
    course, down = found.courses[name], found.down[name]
    ratio = BY_NAME[measure].ratio
    columns = ratio[:2] if ratio else (measure,)
    gathered: dict[str, NDArray[np.float64]] = {}
    for column in columns:
        full = np.empty((*course.codes.shape, found.replications))
        for code in np.unique(course.codes):
            here = course.codes == code
            bits = np.broadcast_to(down[here], (int(here.sum()), found.replications))
            block = np.empty(bits.shape)
            for pattern in np.unique(bits):
                key = found.keys[found.scene(name, int(code), months.out_of(course, int(pattern)))]
                block = np.where(bits == pattern, values[key][column], block)
            full[here] = block
        gathered[column] = full
    if ratio:
        top, bottom, scale = ratio
        mean = scale * np.nansum(gathered[top], axis=-1) / np.nansum(gathered[bottom], axis=-1)
    else:
        mean = np.nanmean(gathered[measure], axis=-1)
    return {"mean": mean, "nominal": {column: full[0] for column, full in gathered.items()}}


def _units(found: Timeline) -> dict[str, NDArray[Any]]:
    touched = {unit for event in found.laid.calendar.events if event.does not in ("none", "release")
               for unit in event.units}  # fmt: skip
    rows = []
    for name, course in found.courses.items():
        for place, unit in enumerate(course.units):
            if unit not in touched:
                continue
            left = course.factor.get(unit, np.ones(course.codes.shape))
            for at, day in enumerate(found.months):
                rows.append({
                    "alternative": name, "unit": unit, "month": f"{day:%Y-%m}",
                    "there": bool(course.there[place, 0, at]),
                    "share_of_draws": float(course.there[place, 1:, at].mean()),
                    "availability": float(left[0, at]),
                })  # fmt: skip
    return _columns(rows)


def _events(found: Timeline) -> dict[str, NDArray[Any]]:
    from datetime import date

    calendar, catalog = found.laid.calendar, found.laid.variants.catalog
    early, said, late = (days_of(calendar.events, corner(share)) for share in (0.0, None, 1.0))
    rows = []
    for event in sorted(calendar.events, key=lambda event: said[event.name]):
        grade = grade_of(event, catalog)
        rows.append({
            "event": event.name, "kind": event.kind, "effect": event.does,
            "label_en": event.label.pick("en"), "label_fr": event.label.pick("fr"),
            **{key: date.fromordinal(round(days[event.name])).isoformat()
               for key, days in (("low", early), ("nominal", said), ("high", late))},
            "sources": ", ".join(event.source), "grade": grade, "assumed": grade in _ASSUMED,
            "why": event.why or "", "alternatives": ", ".join(event.of), "units": ", ".join(event.units),
            "lifts": ", ".join(event.lifts),
        })  # fmt: skip
    return _columns(rows)


def _columns(rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    found = {}
    for key in rows[0] if rows else ():
        column = np.array([row[key] for row in rows])
        found[key] = column.astype(object) if column.dtype.kind == "U" else column
    return found


def _manifest(
    found: Timeline, tables: Mapping[str, Mapping[str, Any]], digests: Mapping[str, str], covered: bool, new: int,
    wall_s: float,
) -> dict[str, Any]:  # fmt: skip
    laid, study = found.laid, found.laid.study
    scenarios = {name: laid.variants.scenario(laid.patch(name)) for name in laid.alternatives}
    labels: dict[str, Any] = {}
    for scenario in scenarios.values():
        units: list[Any] = [*scenario.batteries, *scenario.sensors, *scenario.airborne, *scenario.patrols]
        labels |= {unit.name: plain(unit.label) or {"en": unit.name} for unit in units}
    catalog = laid.variants.catalog
    cited = {source for event in laid.calendar.events for source in event.source}
    return {
        "kind": "timeline",
        "format": FORMAT,
        "egide": __version__,
        "versions": versions(),
        "title": plain(laid.calendar.title),
        "note": plain(laid.calendar.note),
        "study": {"name": study.name, "title": plain(study.title), "path": str(study.folder / "study.yaml")},
        "calendar": str(laid.path),
        "calendar_sha256": hashlib.sha256(laid.path.read_bytes()).hexdigest(),
        "scenario": {"name": next(iter(scenarios.values())).name, "sha256": laid.variants.sha256},
        "alternatives": {
            name: {"label": plain(scenario.resolved.label) if scenario.resolved else plain(scenario.title)}
            for name, scenario in scenarios.items()
        },
        "units": {unit: {"label": labels[unit], "added": unit in laid.added} for unit in labels},
        "from": f"{found.months[0]:%Y-%m}",
        "until": f"{found.months[-1]:%Y-%m}",
        "start": next(iter(scenarios.values())).start.date().isoformat(),
        "seed": found.seed,
        "replications": found.replications,
        "tracking": found.order.mode,
        "draws": laid.calendar.draws,
        "measures": list(laid.calendar.measures),
        "coverage": laid.calendar.coverage.model_dump(by_alias=True) if covered else None,
        "states": len(found.states),
        "runs": {"asked": sum(len(state.wanted) for state in found.states.values()), "new": new},
        "wall_s": round(wall_s, 3),
        "assumed_events": int(np.sum(tables["events"]["assumed"])),
        "sources": {name: {"says": catalog.sources[name].says, "urls": list(catalog.sources[name].urls)}
                    for name in sorted(cited)},
        "tables": dict(digests),
        "digest": digest.of_bundle(digests),
    }  # fmt: skip
