"""What a precaution takes from a collector and what it costs its owner: the mitigation frontier, from finished runs.

rule      one precaution of the owner, or none: how far the base lies, a blanked sector, silence, reflectors
case      one rule at one site: one alternative of the comparison
site      the first one named is the study's; the same rule elsewhere is 'another notional site': told as a range, never
          ranked, never named beside its result
anyway    share of the sphere of aspects that the region's radars see over the months: the regional baseline
beyond    share that the collector sees with the system, less what it sees anyway, in the same band
lost      share of the system's own coverage that the rule takes: while sorties are flown, and averaged over a week
covered   per alternative, shares of the area seen and denied by the system: (with its blanked sectors, without them)
frontier  at a site: rules than which no other is as good in every band and at every cost, and better in one

What a rule costs has four coins that are not changed into each other: coverage lost over a week, coverage lost while
sorties are flown, sorties that give up their stealth, distance of the base. Silence over a week is low and nominal
where sorties are flown together as written, high where each is flown alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import yaml
from numpy.typing import NDArray

from egide.analysis import exposure as ledger
from egide.analysis.economy import pareto
from egide.analysis.exposure import NOT_COVERED, UNDER_ASSUMPTIONS, Assumptions, Exposure, Range
from egide.errors import store_error
from egide.i18n import mark
from egide.physics import geodesy
from egide.physics.signature import BANDS
from egide.store import Bundle
from egide.units import ANGLE, LENGTH, TIME, read_quantity

__all__ = [
    "RATES",
    "SAME_M",
    "Case",
    "Covered",
    "Facts",
    "Lost",
    "Mitigation",
    "Rule",
    "facts",
    "frontier",
    "lost",
    "read",
]

Covered = Mapping[str, Mapping[str, tuple[float, float]]]
RATES: Final = (5.0, 20.0, 60.0)  # sorties a week of the table; an assumption, not a forecast
WEEK_S: Final = 7.0 * 86_400.0
STEP_S: Final = 5.0  # as the compiler looks where a flight is
SAME_M: Final = 10_000.0  # bases as far from their site as this are at one distance
NEITHER: Final = (0.0, 0.0, 0.0)


@final
@dataclass(frozen=True)
class Facts:
    """What one run's scenario and routes say of its rule, before anything is collected."""

    site: str
    distance_m: float  # of the protected flights' first point from the nearest battery
    blank_rad: float
    blank: str  # the sectors as written
    silent_m: float  # silent while a flight is nearer than this; 0: never
    quiet: bool  # windows of silence are written
    waits: bool  # a rule that looks at the picture: how long it is silent stands in no table
    stealth: float  # share of the protected sorties that carry reflectors
    sorties: int  # protected sorties of one replication
    flown_s: float  # time with one of them in the air or more
    silent_s: float  # of it: silent
    alone_s: float  # silence for one sortie flown alone, mean


@final
@dataclass(frozen=True)
class Lost:
    """Shares of the system's own coverage that a rule takes. NaN: the coverage was not given."""

    seen: float  # by the blanked sector alone: of the area seen
    denied: float  # of the airspace denied
    silent: float  # share of the time of sorties that the system is silent
    flying: float  # denied, while sorties are flown: sector and silence together
    week: Range  # the same, averaged over a week


@final
@dataclass(frozen=True)
class Case:
    """One rule at one site."""

    name: str
    label: Mapping[str, str]
    facts: Facts
    lost: Lost
    beyond: Mapping[str, Range]  # by band
    anyway: Mapping[str, Range]
    at_rate: Mapping[float, Mapping[str, Range]]  # sorties a week -> band -> beyond
    lost_at_rate: Mapping[float, Range]
    kept: bool = False  # on its site's frontier

    def costs(self) -> list[float]:
        """Everything that is to be small."""
        about = self.facts
        return [
            *(self.beyond[band][1] for band in sorted(self.beyond)), self.lost.week[1], self.lost.flying, about.stealth,
            round(about.distance_m / SAME_M),
        ]  # fmt: skip

    @property
    def kind(self) -> str:
        """The precaution that it adds to its distance: distance (none), sector, silence, reflectors."""
        if self.facts.stealth > 0.0:
            return "reflectors"
        if self.facts.silent_s > 0.0 or self.facts.waits:
            return "silence"
        return "sector" if self.facts.blank_rad > 0.0 else "distance"

    @property
    def worst(self) -> Range:
        """The band of which most is collected."""
        return max(self.beyond.values(), key=lambda share: share[1:], default=NEITHER)


@final
@dataclass(frozen=True)
class Rule:
    """One rule: at the study's site, and at other notional ones."""

    here: Case
    elsewhere: tuple[Case, ...] = ()

    @property
    def frontier(self) -> bool:
        """Nothing dominates it at any of its sites."""
        return all(case.kept for case in (self.here, *self.elsewhere))

    @property
    def sometimes(self) -> bool:
        """Nothing dominates it at one of its sites, something does at another."""
        return not self.frontier and any(case.kept for case in (self.here, *self.elsewhere))

    def span(self, band: str) -> tuple[float, float] | None:
        """Least and most of what is collected beyond the baseline at another notional site, nominal."""
        found = [case.beyond[band][1] for case in self.elsewhere]
        return (min(found), max(found)) if found else None


@final
@dataclass(frozen=True)
class Mitigation:
    """The frontier of one comparison, with the baselines beside it. `rules` is empty where no battery is collected
    from."""

    rules: tuple[Rule, ...]
    bands: tuple[str, ...]  # in which anybody looked
    baselines: Mapping[str, Mapping[str, Range]]  # alternatives without the system: by band, what the region sees
    labels: Mapping[str, Mapping[str, str]]
    replications: int
    seed: int
    assumptions: Assumptions
    exposure: Exposure
    notes: tuple[str, ...] = (NOT_COVERED, UNDER_ASSUMPTIONS)

    @property
    def sites(self) -> int:
        """Number of notional sites."""
        return len({case.facts.site for rule in self.rules for case in (rule.here, *rule.elsewhere)})

    def rule(self, name: str) -> Rule:
        """By the name of its alternative."""
        for rule in self.rules:
            if name in {case.name for case in (rule.here, *rule.elsewhere)}:
                return rule
        raise KeyError(name)

    def document(self) -> dict[str, Any]:
        """As plain data for JSON; an infinity or what is not known is null."""
        return {
            "kind": "mitigation",
            "notes": list(self.notes),
            "baselines": {name: dict(each) for name, each in self.baselines.items()},
            "rules": [
                {
                    "name": rule.here.name, "label": dict(rule.here.label), "frontier": rule.frontier,
                    "sometimes": rule.sometimes, "distance_m": rule.here.facts.distance_m,
                    "stealth_given_up": rule.here.facts.stealth, "beyond": dict(rule.here.beyond),
                    "anyway": dict(rule.here.anyway), "elsewhere": {b: rule.span(b) for b in self.bands},
                    "lost": {key: _plain(value) for key, value in vars(rule.here.lost).items()},
                    "rates": [
                        {"sorties_per_week": rate, "beyond": dict(each),
                         "lost_week": _plain(rule.here.lost_at_rate[rate])}
                        for rate, each in rule.here.at_rate.items()
                    ],
                }
                for rule in self.rules
            ],
        }  # fmt: skip


def read(
    folder: Path, covered: Covered | None = None, rules: Assumptions | None = None, rates: Sequence[float] = RATES,
    bundles: Mapping[str, Bundle] | None = None,
) -> Mitigation:  # fmt: skip
    """The rules of a comparison of the exposure study. `covered` comes from `egide.coverage.emission.of_rules`; without
    it a blanked sector's price is not known, and that rule stands on no frontier."""
    if not (folder / "comparison.json").is_file():
        wrong, right = mark("is not a comparison"), mark("give the folder that `egide compare` wrote")
        raise store_error(str(folder), wrong, right)
    rules = rules or Assumptions()
    bundles = bundles or ledger.runs([folder])
    many = [rules, *(replace(rules, sorties_per_week=rate) for rate in rates)]
    found, *at_rates = ledger.exposures(bundles, many)
    bands = tuple(band for band in BANDS if any(row.band == band for row in found.rows if row.role == "all"))
    protected = {row.aircraft for row in found.rows}
    cases, baselines = [], {}
    for name, bundle in bundles.items():
        about = facts(bundle, protected)
        if about is None:
            baselines[name] = {band: _most(found, name, "all", band) for band in bands}
            continue
        each = (covered or {}).get(name, {})
        cases.append(Case(
            name, _label(bundle, name), about, lost(about, each, rules.sorties_per_week),
            {band: _beyond(found, name, band) for band in bands},
            {band: _most(found, name, "baseline", band) for band in bands},
            {rate: {band: _beyond(at, name, band) for band in bands} for rate, at in zip(rates, at_rates, strict=True)},
            {rate: lost(about, each, rate).week for rate in rates},
        ))  # fmt: skip
    first = next(iter(bundles.values()))
    return Mitigation(
        grouped(frontier(cases)), bands, baselines, {name: _label(bundle, name) for name, bundle in bundles.items()},
        len(first.replications), int(first.manifest["seed"]), rules, found,
    )  # fmt: skip


# --- what a run says of its rule -----------------------------------------------------------------------------------


def facts(bundle: Bundle, protected: set[str]) -> Facts | None:
    """The rule of one run; None where no battery's recordings reach anybody, or no protected aircraft flies."""
    document = yaml.load(bundle.scenario_text, Loader=yaml.CSafeLoader)
    batteries = [unit for unit in document.get("batteries") or [] if unit.get("collector")]
    flown = _routes(bundle, protected)
    if not batteries or not flown:
        return None
    places = {site["name"]: site["position"] for site in document.get("sites") or []}
    emissions = [unit.get("emission") or {} for unit in batteries]
    at_s = np.arange(0.0, max(path[0][-1] for path in flown.values()) + STEP_S, STEP_S)
    up = {name: (at_s >= path[0][0]) & (at_s <= path[0][-1]) for name, path in flown.items()}
    silent, within_m = dict.fromkeys(flown, 0.0 * at_s), 0.0
    for unit, emission in zip(batteries, emissions, strict=True):
        rule = emission.get("silent_within")
        if rule:
            within_m = max(within_m, read_quantity(rule["within"], LENGTH))
        for name, path in flown.items():
            hushed = _quiet(emission, at_s) & up[name]
            if rule and _flight(name) in rule["flights"]:
                near_m = _distance_m(places[unit["site"]], path, at_s)
                hushed |= up[name] & (near_m <= read_quantity(rule["within"], LENGTH))
            silent[name] = silent[name] + hushed / len(batteries)  # of several batteries, their mean
    starts = [[path[1][0], path[2][0]] for path in flown.values()]
    apart_m = [float(geodesy.inverse(*places[unit["site"]], *start)[0]) for unit in batteries for start in starts]
    carrying = {flight["name"] for flight in document.get("flights") or [] if flight.get("reflectors")}
    sectors = [[read_quantity(edge, ANGLE) for edge in pair] for e in emissions for pair in e.get("blank") or []]
    return Facts(
        site=", ".join(str(unit["site"]) for unit in batteries),
        distance_m=min(apart_m),
        blank_rad=sum((end - begin) % (2.0 * math.pi) for begin, end in sectors),
        blank=str([e.get("blank") for e in emissions if e.get("blank")]),
        silent_m=within_m,
        quiet=any(e.get("quiet") for e in emissions),
        waits=any(e.get(word) for e in emissions for word in ("cued", "ambush", "shutdown")),
        stealth=sum(_flight(name) in carrying for name in flown) / len(flown),
        sorties=len(flown),
        flown_s=STEP_S * float(np.any(list(up.values()), axis=0).sum()),
        silent_s=STEP_S * float(np.max(list(silent.values()), axis=0).sum()),
        alone_s=STEP_S * float(np.mean([each.sum() for each in silent.values()])),
    )


def _routes(bundle: Bundle, protected: set[str]) -> dict[str, tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Time, latitude and longitude of every protected sortie, by its name."""
    objects, routes = bundle.columns("objects"), bundle.columns("routes")
    chosen = (
        (objects["kind"] == "mover") & np.isin(objects["type"], list(protected)) & (objects["relation"] == "friend")
    )
    found = {}
    for row, name in zip(objects["row"][chosen], objects["name"][chosen], strict=True):
        mine = routes["mover"] == row
        if mine.any():
            found[str(name)] = (
                routes["time_s"][mine], routes["latitude_deg"][mine], routes["longitude_deg"][mine])  # fmt: skip
    return found


def _flight(mover: str) -> str:
    """The flight that an aircraft belongs to: its name without its number."""
    return mover.rpartition("-")[0] or mover


def _distance_m(place: Sequence[float], path: tuple[NDArray[Any], ...], at_s: NDArray[Any]) -> NDArray[Any]:
    latitude, longitude = (np.interp(at_s, path[0], each) for each in path[1:])
    alike = np.ones(len(at_s))
    return np.asarray(geodesy.inverse(place[0] * alike, place[1] * alike, latitude, longitude)[0])


def _quiet(emission: Mapping[str, Any], at_s: NDArray[Any]) -> NDArray[Any]:
    hushed = np.zeros(len(at_s), bool)
    for begin, end in emission.get("quiet") or []:
        hushed |= (at_s >= read_quantity(begin, TIME)) & (at_s < read_quantity(end, TIME))
    return hushed


# --- what it loses, what it spares ---------------------------------------------------------------------------------


def lost(about: Facts, covered: Mapping[str, tuple[float, float]], sorties_per_week: float) -> Lost:
    """Sector and silence together: what the sector leaves is lost while the system is silent."""
    seen, denied = (_sector(about, covered.get(measure)) for measure in ("seen", "denied"))
    silent = math.nan if about.waits else about.silent_s / about.flown_s
    together = sorties_per_week / about.sorties * about.silent_s / WEEK_S
    alone = sorties_per_week * about.alone_s / WEEK_S
    hushed = (min(together, 1.0), min(together, 1.0), min(max(together, alone), 1.0))
    if about.waits:
        hushed = (math.nan, math.nan, math.nan)
    low, nominal, high = (1.0 - (1.0 - denied) * (1.0 - share) for share in hushed)
    return Lost(seen, denied, silent, 1.0 - (1.0 - denied) * (1.0 - silent), (low, nominal, high))


def _sector(about: Facts, pair: tuple[float, float] | None) -> float:
    if about.blank_rad == 0.0:
        return 0.0
    if pair is None or not pair[1] > 0.0:
        return math.nan
    return max(0.0, 1.0 - pair[0] / pair[1])


def _most(found: Exposure, name: str, role: str, band: str) -> Range:
    """Of the collector and type of aircraft of which most was seen."""
    rows = [row for row in found.rows if (row.alternative, row.role, row.band) == (name, role, band)]
    return max((row.share["months"] for row in rows), key=lambda share: share[1:], default=NEITHER)


def _beyond(found: Exposure, name: str, band: str) -> Range:
    """With the system less the region alone, level by level, of the collector and type of which this is most."""
    rows = [row for row in found.rows if (row.alternative, row.role, row.band) == (name, "all", band)]
    shares: list[Range] = []
    for row in rows:
        before = next(
            each for each in found.rows
            if (each.alternative, each.role, each.band, each.collector, each.aircraft)
            == (name, "baseline", band, row.collector, row.aircraft)
        ).share["months"]  # fmt: skip
        low, nominal, high = (max(0.0, a - b) for a, b in zip(row.share["months"], before, strict=True))
        shares.append((min(low, nominal, high), nominal, max(low, nominal, high)))
    return max(shares, key=lambda share: share[1:], default=NEITHER)


def frontier(cases: Sequence[Case]) -> list[Case]:
    """The same, those marked that nothing at their site dominates."""
    kept: dict[str, bool] = {}
    for site in dict.fromkeys(case.facts.site for case in cases):
        there = [case for case in cases if case.facts.site == site]
        front = pareto([case.costs() for case in there])
        kept.update({case.name: bool(on) for case, on in zip(there, front, strict=True)})
    return [replace(case, kept=kept[case.name]) for case in cases]


def grouped(cases: Sequence[Case]) -> tuple[Rule, ...]:
    """One rule a precaution: the site named first, then the same elsewhere."""
    rules: dict[tuple[Any, ...], Rule] = {}
    for case in cases:
        about = case.facts
        key = (round(about.distance_m / SAME_M), about.blank, about.silent_m, about.quiet, about.waits, about.stealth)
        known = rules.get(key)
        rules[key] = Rule(case) if known is None else replace(known, elsewhere=(*known.elsewhere, case))
    return tuple(rules.values())


def _label(bundle: Bundle, name: str) -> Mapping[str, str]:
    return dict(bundle.manifest["scenario"].get("label") or {"en": name})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if math.isfinite(value) else None
