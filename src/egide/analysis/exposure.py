"""What radars whose recordings others may read collected on protected aircraft: by aspect, and over sorties.

collector    whom a radar's recordings may reach: the party named in the scenario; '' is the aircraft's own side
baseline     what the collector's radars of other sides see: those in the region whatever the owner does
sortie       one protected aircraft in one replication; more sorties bring as many samples each, on the same aspects
bin          10 by 10 degrees of aspect; seen where it holds `least` independent samples
known        probability that the collector knows type and attitude of what it looked at; else a look says nothing
floor        calibration error of the collecting radar, in decibels: it never averages out

Radar looks say nothing of emissions and data links, maintenance and logistics data, foreign personnel, or tactics. What
is computed is what was collected under these assumptions: never a signature, and never that there is no danger.
See docs/models/exposure.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.errors import scenario_error, store_error
from egide.events import ASPECT_AZIMUTHS, ASPECT_ELEVATIONS, EVIDENCE, IDENTITIES
from egide.i18n import mark
from egide.physics import sampling
from egide.physics.signature import BANDS, band_of
from egide.store import Bundle, open_bundle

Floats = NDArray[np.float64]
Range = tuple[float, float, float]  # low, nominal, high
SHAPE: Final = (ASPECT_AZIMUTHS, ASPECT_ELEVATIONS)
WEEKS_A_MONTH: Final = 365.25 / 12.0 / 7.0
WHO_IT_IS: Final = (  # evidence that names the flight
    "military-reply", "national-reply", "civil-reply", "flight-plan", "airspace-order",
)  # fmt: skip
COUNTS: Final = ("looks", "detected", "censored", "hidden", "samples", "seconds", "snr_sum")
OWN: Final = ""
NOT_COVERED: Final = mark(
    "Radar looks say nothing of emissions and data links, maintenance and logistics data, foreign personnel, tactics."
)
UNDER_ASSUMPTIONS: Final = mark(
    "What was collected under these assumptions; it is no signature, and nothing here says that there is no danger."
)


@final
@dataclass(frozen=True)
class Assumptions:
    """What the looks of one run are worth to a collector. Ranges are low, nominal, high."""

    sorties_per_week: float = 20.0
    months: float = 6.0
    floor_db: Range = (1.0, 2.0, 3.0)  # customary calibration of measuring radars at best and of others at worst
    known: Range = (
        0.25,
        0.5,
        1.0,
    )  # assumed; for units here times the share of sorties identified, but at the high end
    least: int = 10  # samples in a bin that is called seen

    def spans(self) -> dict[str, float]:
        """Numbers of sorties over which the ledger is filled."""
        return {
            "sortie": 1.0,
            "week": self.sorties_per_week,
            "months": self.sorties_per_week * self.months * WEEKS_A_MONTH,
        }


def assumptions(sorties_per_week: float, months: float, floor: Any, known: Any, samples: int) -> Assumptions:
    """From what a person wrote: ranges as one number or three, '2 dB' or '1 dB, 2 dB, 3 dB'."""
    for option, number in (("--sorties-per-week", sorties_per_week), ("--months", months), ("--samples", samples)):
        if not (math.isfinite(number) and number > 0):
            wrong, right = mark("{option} is {number}"), mark("give a number above zero")
            raise scenario_error("egide exposure", wrong, right, path=option, option=option, number=number)
    return Assumptions(
        float(sorties_per_week), float(months), _range(floor, "--floor", "dB", "1 dB, 2 dB, 3 dB", math.inf),
        _range(known, "--known", "", "0.25, 0.5, 1", 1.0), int(samples),
    )  # fmt: skip


def _range(given: Any, option: str, unit: str, example: str, most: float) -> Range:
    parts = given.split(",") if isinstance(given, str) else np.atleast_1d(given).tolist()
    try:
        values = [float(str(part).strip().removesuffix(unit)) for part in parts]
    except ValueError:
        values = []
    values = values * 3 if len(values) == 1 else values
    if len(values) != 3 or values != sorted(values) or not 0.0 <= values[0] <= values[2] <= most:
        wrong = mark("{text!r} is neither one number nor low, nominal and high in order")
        right = mark("write for example {option} '{example}'")
        raise scenario_error(
            "egide exposure", wrong, right, path=option, text=str(given), option=option, example=example
        )
    return values[0], values[1], values[2]


def runs(paths: Sequence[Path]) -> dict[str, Bundle]:
    """Bundles by name; a comparison's folder stands for its alternatives. One bundle alone has no name."""
    folders: list[Path] = []
    for path in paths:
        compared = path / "comparison.json"
        if compared.is_file():
            try:
                names = list(json.loads(compared.read_text("utf-8"))["alternatives"])
            except (OSError, ValueError, KeyError, TypeError) as fault:
                raise store_error(str(compared), mark("cannot be read"), mark("compare again")) from fault
            folders += [path / name for name in names if (path / name).is_dir()]
        else:
            folders.append(path)
    if len(folders) == 1:
        return {"": open_bundle(folders[0])}
    names = [folder.name for folder in folders]
    return {folder.name if names.count(folder.name) == 1 else str(folder): open_bundle(folder) for folder in folders}


@final
@dataclass(frozen=True)
class Ledger:
    """What one collector's radars of one frequency got of one type of aircraft, a sortie, by bin; those of other sides
    apart from the units here, whose networks may have declared who it was."""

    frequency_hz: float
    cell_rad: float
    foreign: bool
    counts: Mapping[str, Floats]


@final
@dataclass(frozen=True)
class Row:
    """One collector, one type of aircraft, one band: a sortie's looks, and what comes together over sorties."""

    alternative: str
    collector: str
    role: str  # baseline: its radars of other sides; all: those and the units of ours it may read; own: nobody else's
    aircraft: str
    band: str
    radars: tuple[str, ...]
    sorties: int
    identified: float
    looks: float
    detected: float
    censored: float
    hidden: float
    samples: float
    minutes: float
    share: Mapping[str, Range]
    bound_only: float
    best_db: Mapping[str, Range]
    maps: Mapping[str, Floats] = field(default_factory=dict, repr=False, compare=False)

    def document(self) -> dict[str, Any]:
        """As plain data; the map is left out."""
        plain = asdict(self)
        plain.pop("maps")
        return plain


@final
@dataclass(frozen=True)
class Exposure:
    """The rows of one or several runs, the assumptions behind them, and what they do not cover."""

    rows: tuple[Row, ...]
    assumptions: Assumptions
    notes: tuple[str, ...] = (NOT_COVERED, UNDER_ASSUMPTIONS)

    def row(self, collector: str, role: str = "all", band: str | None = None, alternative: str | None = None) -> Row:
        """One row by its names; the first where a name is left out."""
        for each in self.rows:
            same = (each.collector, each.role) == (collector, role)
            if same and band in (None, each.band) and alternative in (None, each.alternative):
                return each
        raise KeyError(f"no row of {collector!r}, {role!r}, {band!r}, {alternative!r}")

    def document(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "kind": "exposure",
            "notes": list(self.notes),
            "assumptions": {**asdict(self.assumptions), "sorties": self.assumptions.spans()},
            "rows": [row.document() for row in self.rows],
        }


def solid_angles() -> Floats:
    """(azimuths, elevations) steradians; they sum to 4 pi."""
    edges = np.linspace(-math.pi / 2.0, math.pi / 2.0, ASPECT_ELEVATIONS + 1)
    rows = sampling.bin_solid_angle_sr(edges[:-1], edges[1:], 2.0 * math.pi / ASPECT_AZIMUTHS)
    return np.broadcast_to(rows, SHAPE).copy()


def exposure(
    bundles: Mapping[str, Bundle], baseline: Bundle | None = None, rules: Assumptions | None = None
) -> Exposure:
    """The exposure of every run, each beside its baseline: the run `baseline`, or the same run's other foreign
    radars."""
    return exposures(bundles, [rules or Assumptions()], baseline)[0]


def exposures(
    bundles: Mapping[str, Bundle], many: Sequence[Assumptions], baseline: Bundle | None = None
) -> list[Exposure]:
    """The same under several assumptions; the runs are read once."""
    runs_read = {name: _Run(bundle) for name, bundle in bundles.items()}
    before = _Run(baseline) if baseline is not None else None
    return [_exposure(runs_read, before, rules) for rules in many]


def _exposure(runs_read: Mapping[str, _Run], before: _Run | None, rules: Assumptions) -> Exposure:
    every = [*runs_read.values(), *([before] if before else [])]
    looked = sorted(  # bands in which anybody looked in any run: nothing collected is a row of its own
        {found for run in every for found in run.looked()},
        key=lambda found: (found[0], found[1] == OWN, found[1], BANDS.index(found[2])),
    )
    rows: list[Row] = []
    for name, run in runs_read.items():
        for aircraft, collector, band in looked:
            for role in ("own",) if collector == OWN else ("baseline", "all"):
                source = (before or run) if role == "baseline" else run
                radars = source.radars(collector, foreign_only=role == "baseline" and before is None)
                ledgers, identified = source.of(aircraft, radars)
                chosen = [each for each in ledgers if _band(each.frequency_hz) == band]
                names = (name, collector, role, aircraft, band)
                rows.append(_row(names, source, radars, chosen, identified, rules))
    return Exposure(tuple(rows), rules)


def _band(frequency_hz: float) -> str:
    return BANDS[int(band_of(frequency_hz))]


@final
class _Run:
    """One bundle, read once."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        for table in ("aspects", "objects"):
            bundle.table(table)  # StoreError in words where it is missing
        self.rows = bundle.columns("aspects")
        self.objects = bundle.columns("objects")
        if "collector" not in self.objects:
            raise store_error(
                str(bundle.folder), mark("the run is from before the exposure ledger"), mark("run the scenario again")
            )
        radar = self.objects["kind"] == "radar"
        order = np.argsort(self.objects["row"][radar])
        self.names = self.objects["name"][radar][order]
        self.owner = self.objects["collector"][radar][order]
        self.foreign = self.objects["relation"][radar][order] != "friend"
        self.network = self.objects["network"][radar][order]
        mover = self.objects["kind"] == "mover"
        order = np.argsort(self.objects["row"][mover])
        self.type_of = self.objects["type"][mover][order]
        self.friend = self.objects["relation"][mover][order] == "friend"
        self.replications = max(len(bundle.replications), 1)
        self.kept: dict[tuple[str, bytes], tuple[list[Ledger], float]] = {}

    def of(self, aircraft: str, radars: NDArray[np.intp]) -> tuple[list[Ledger], float]:
        """Ledgers and share identified; reckoned once for all assumptions."""
        key = (aircraft, radars.tobytes())
        if key not in self.kept:
            self.kept[key] = self.ledgers(aircraft, radars), self.identified(aircraft, radars)
        return self.kept[key]

    def looked(self) -> set[tuple[str, str, str]]:
        """Type of aircraft, collector and band of every pair that there was a look of."""
        rows = self.rows
        pairs = set(zip(rows["radar"].tolist(), rows["mover"].tolist(), rows["frequency_hz"].tolist(), strict=True))
        return {(str(self.type_of[mover]), str(self.owner[radar]), _band(hz)) for radar, mover, hz in pairs}

    def radars(self, collector: str, foreign_only: bool = False) -> NDArray[np.intp]:
        """Rows of the radars whose recordings reach this collector."""
        return np.flatnonzero((self.owner == collector) & (self.foreign | (not foreign_only)))

    def movers(self, aircraft: str) -> NDArray[np.intp]:
        return np.flatnonzero((self.type_of == aircraft) & self.friend)

    def sorties(self, aircraft: str) -> int:
        return max(len(self.movers(aircraft)), 1) * self.replications

    def ledgers(self, aircraft: str, radars: NDArray[np.intp]) -> list[Ledger]:
        """One a frequency, decorrelation angle and kind of owner, in means a sortie."""
        rows = self.rows
        chosen = np.isin(rows["radar"], radars) & np.isin(rows["mover"], self.movers(aircraft))
        foreign = self.foreign[rows["radar"]]
        found = []
        keys = (rows["frequency_hz"], rows["cell_rad"], foreign)
        for key in sorted(set(zip(*(column[chosen].tolist() for column in keys), strict=True))):
            these = chosen.copy()
            for column, value in zip(keys, key, strict=True):
                these &= column == value
            i = (rows["azimuth_deg"][these] + 180) * ASPECT_AZIMUTHS // 360
            j = (rows["elevation_deg"][these] + 90) * ASPECT_ELEVATIONS // 180
            counts = {}
            for name in COUNTS:
                counts[name] = np.zeros(SHAPE)
                np.add.at(counts[name], (i, j), rows[name][these] / self.sorties(aircraft))
            found.append(Ledger(key[0], key[1], key[2], counts))
        return found

    def identified(self, aircraft: str, radars: NDArray[np.intp]) -> float:
        """Share of the sorties that a network of these radars declared friends, or declared upon a reply, a flight plan
        or an airspace order; NaN where they feed none of ours, so that nothing is known of what their side made of
        it."""
        fed = radars[~self.foreign[radars]]
        if not len(fed):
            return math.nan
        kinds = self.objects["kind"] == "network"
        wanted = set(self.network[fed].tolist())
        networks = [int(row) for row, name in zip(self.objects["row"][kinds], self.objects["name"][kinds], strict=True)
                    if name in wanted]  # fmt: skip
        friends = [IDENTITIES.index(word) for word in ("assumed-friend", "friend")]
        named = sum(1 << EVIDENCE.index(word) for word in WHO_IT_IS)
        rows = self.bundle.columns("identities")
        chosen = np.isin(rows["network"], networks) & np.isin(rows["mover"], self.movers(aircraft))
        chosen &= np.isin(rows["identity"], friends) | (rows["evidence"] & named != 0)
        pairs = set(zip(rows["replication"][chosen].tolist(), rows["mover"][chosen].tolist(), strict=True))
        return len(pairs) / self.sorties(aircraft)


def _row(
    names: tuple[str, str, str, str, str], run: _Run, radars: NDArray[np.intp], ledgers: Sequence[Ledger],
    identified: float, rules: Assumptions,
) -> Row:  # fmt: skip
    name, collector, role, aircraft, band = names
    total = {key: _sum(each.counts[key] for each in ledgers) for key in COUNTS}
    area = solid_angles() / (4.0 * math.pi)
    seen_by = {int(row) for row in run.rows["radar"]}
    share: dict[str, Range] = {}
    best: dict[str, Range] = {}
    maps = dict(total)
    for span, sorties in rules.spans().items():
        per_level = [collected(ledgers, sorties, identified, rules.known, level) for level in range(3)]
        share[span] = _ends([float(np.sum(area[n >= rules.least])) for n in per_level])
        floors = (rules.floor_db[2], rules.floor_db[1], rules.floor_db[0])  # the best case of the collector comes last
        known_db = [sampling.uncertainty_db(n, _snr(total), floor) for n, floor in zip(per_level, floors, strict=True)]
        best[span] = _ends([float(np.min(each)) for each in known_db])
        maps[f"samples_{span}"], maps[f"db_{span}"] = per_level[1], known_db[1]
    only_bound = (total["looks"] > 0.0) & (total["detected"] == 0.0)
    return Row(
        alternative=name, collector=collector, role=role, aircraft=aircraft, band=band,
        radars=tuple(str(run.names[i]) for i in radars if int(i) in seen_by), sorties=run.sorties(aircraft),
        identified=identified, **{key: float(np.sum(total[key])) for key in COUNTS[:5]},
        minutes=float(np.sum(total["seconds"])) / 60.0, share=share, bound_only=float(np.sum(area[only_bound])),
        best_db=best, maps=maps,
    )  # fmt: skip


def collected(
    ledgers: Sequence[Ledger], sorties: float, identified: float = math.nan, known: Range = (1.0, 1.0, 1.0),
    level: int = 1,
) -> Floats:  # fmt: skip
    """Independent samples by bin after so many sorties, of aircraft that were known. `identified` is what the networks
    here made of them; at the high level (2) the collector knows it from elsewhere. A frequency gives no more samples
    than it has decorrelation cells in the bin."""
    area = solid_angles()
    by_cell: dict[tuple[float, float], Floats] = {}
    for each in ledgers:
        plain = each.foreign or level == 2 or math.isnan(identified)
        p = known[level] * (1.0 if plain else identified)
        key = (each.frequency_hz, each.cell_rad)
        by_cell[key] = by_cell.get(key, 0.0) + each.counts["samples"] * p * sorties
    return _sum(np.minimum(samples, sampling.cells(area, cell_rad)) for (_, cell_rad), samples in by_cell.items())


def _snr(total: Mapping[str, Floats]) -> Floats:
    """Mean signal to noise of the detected looks that show the aircraft; 0 where there is none."""
    shown = total["detected"] - total["hidden"]
    return np.divide(total["snr_sum"], shown, out=np.zeros(SHAPE), where=shown > 0.0)


def _sum(each: Iterable[Floats]) -> Floats:
    out = np.zeros(SHAPE)
    for part in each:
        out = out + part
    return out


def _ends(values: Sequence[float]) -> Range:
    """Least, nominal and greatest of three of which the nominal stands in the middle."""
    return min(values), values[1], max(values)
