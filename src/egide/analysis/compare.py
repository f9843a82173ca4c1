"""What changes between alternatives, when every one of them met the same luck.

reference    the alternative that the others are set against
pair         (a, b): the difference is a less b, replication by replication
verdict      higher, lower or not distinguishable: nothing whose interval includes zero is called different
Holm         the correction for looking at many measures at once; it is printed beside, the verdict does not use it

A comparison folder holds one bundle an alternative, `comparison.json` and, for databases, `comparison.parquet`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis import intervals
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME, MEASURES, NOT_A_FORECAST, difference, estimate
from egide.errors import store_error
from egide.i18n import mark
from egide.store import Bundle, Folder, parts, schema

LEVEL: Final = 0.95
HIGHER: Final = mark("higher")
LOWER: Final = mark("lower")
SAME: Final = mark("not distinguishable")


@final
@dataclass(frozen=True)
class Mean:
    """One measure of one alternative."""

    alternative: str
    measure: str
    unit: str
    mean: float
    low: float
    high: float
    n: int
    note: str = ""


@final
@dataclass(frozen=True)
class Difference:
    """One measure of `alternative` less that of `against`. `shared`: the part of the variance that pairing leaves."""

    alternative: str
    against: str
    measure: str
    unit: str
    difference: float
    low: float
    high: float
    n: int
    p: float
    p_holm: float
    verdict: str
    shared: float = math.nan


@final
@dataclass(frozen=True)
class Comparison:
    """Means and paired differences of several alternatives, with what is needed to make them again."""

    scenario: Mapping[str, Any]
    seed: int
    replications: int
    reference: str
    alternatives: Mapping[str, Mapping[str, Any]]
    means: tuple[Mean, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def mean(self, alternative: str, measure: str) -> Mean:
        """One mean, by names."""
        return next(m for m in self.means if (m.alternative, m.measure) == (alternative, measure))

    def difference(self, alternative: str, measure: str, against: str | None = None) -> Difference:
        """One difference, by names; against the reference where nothing else is said."""
        wanted = (alternative, against or self.reference, measure)
        return next(d for d in self.differences if (d.alternative, d.against, d.measure) == wanted)

    def with_note(self, note: str) -> Comparison:
        """The same with one note more."""
        return replace(self, notes=(*self.notes, note))

    def document(self) -> dict[str, Any]:
        """As plain data for JSON; a number that is not there is null."""
        plain: dict[str, Any] = _finite(
            {
                "format": schema.FORMAT,
                "kind": "comparison",
                **self.about,
                "scenario": dict(self.scenario),
                "seed": self.seed,
                "replications": self.replications,
                "level": LEVEL,
                "reference": self.reference,
                "alternatives": {name: dict(about) for name, about in self.alternatives.items()},
                "measures": {
                    m.name: {"unit": m.unit, "better": m.better, "label": {"en": m.en, "fr": m.fr}, "doc": m.doc}
                    for m in MEASURES
                },
                "means": [asdict(mean) for mean in self.means],
                "differences": [asdict(each) for each in self.differences],
                "notes": list(self.notes),
            }
        )
        return plain

    def write(self, folder: Folder) -> None:
        """Put comparison.json and comparison.parquet into a folder being written."""
        folder.text("comparison.json", json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n")
        rows: dict[str, NDArray[Any]] = {}
        for name in ("alternative", "against", "measure", "unit", "verdict"):
            rows[name] = np.array([getattr(each, name) for each in self.differences], object)
        for name in ("difference", "low", "high", "p", "p_holm", "shared"):
            rows[name] = np.array([getattr(each, name) for each in self.differences], np.float64)
        rows["n"] = np.array([each.n for each in self.differences], np.int32)
        parts.write(folder.path / "comparison.parquet", rows, parts.connect(threads=1))


def compare(
    bundles: Mapping[str, Bundle],
    reference: str | None = None,
    pairs: Sequence[Sequence[str]] = (),
    places: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare alternatives by name: each with the reference (the first where none is named), then the pairs given.

    `places` says where each bundle lies, seen from the comparison's folder; below it, by name, where nothing is said.
    """
    names = list(bundles)
    if len(names) < 2:
        raise store_error(", ".join(names), "a comparison needs two runs", "name at least two alternatives")
    reference = reference or names[0]
    for name in (reference, *(name for pair in pairs for name in pair)):
        if name not in bundles:
            raise store_error(name, "is not one of the runs compared", "choose among {known}", known=", ".join(names))
    _check_alike(bundles)
    first = bundles[names[0]]
    columns = {name: bundle.columns("SELECT * FROM measures ORDER BY replication") for name, bundle in bundles.items()}
    wanted = [(name, reference) for name in names if name != reference]
    wanted += [(a, b) for a, b in pairs if (a, b) not in wanted and a != b]
    return Comparison(
        scenario={key: first.manifest["scenario"].get(key) for key in ("name", "title", "sha256")},
        seed=int(first.manifest["seed"]),
        replications=len(first.replications),
        reference=reference,
        alternatives={
            name: {
                "label": bundle.manifest["scenario"].get("label"),
                "bundle": (places or {}).get(name, name),
                "digest": bundle.manifest["digest"],
            }
            for name, bundle in bundles.items()
        },
        means=tuple(_mean(name, columns[name], measure) for name in names for measure in BY_NAME),
        differences=tuple(each for a, b in wanted for each in _differences(a, b, columns[a], columns[b])),
        notes=_notes(bundles),
        about={"egide": first.manifest.get("egide", "")},
    )


def means_of(bundle: Bundle, name: str = "") -> list[Mean]:
    """Every measure of one run with its interval."""
    columns = bundle.columns("SELECT * FROM measures ORDER BY replication")
    return [_mean(name or bundle.alternative, columns, measure) for measure in BY_NAME]


def _check_alike(bundles: Mapping[str, Bundle]) -> None:
    """Common random numbers need one scenario, one seed and one set of replications."""
    (first_name, first), *others = bundles.items()
    for name, other in others:
        told: dict[str, Any] = {"name": name, "first": first_name}
        if other.manifest["scenario"].get("sha256") != first.manifest["scenario"].get("sha256"):
            raise store_error(
                str(other.folder),
                "{name} and {first} come from two different scenario files",
                "compare alternatives of one file",
                **told,
            )
        if other.manifest["seed"] != first.manifest["seed"]:
            raise store_error(
                str(other.folder),
                "{name} was run with seed {a} and {first} with seed {b}",
                "run both with one seed: only then do they meet the same luck",
                a=other.manifest["seed"],
                b=first.manifest["seed"],
                **told,
            )
        if other.replications != first.replications:
            raise store_error(
                str(other.folder),
                "{name} holds {a} replications and {first} {b}, or not the same ones",
                "run both with the same --replications",
                a=len(other.replications),
                b=len(first.replications),
                **told,
            )


def _mean(name: str, columns: Mapping[str, NDArray[Any]], measure: str) -> Mean:
    found = estimate(BY_NAME[measure], columns, LEVEL)
    return Mean(name, measure, BY_NAME[measure].unit, found.value, found.low, found.high, found.n, found.note)


def _differences(
    a: str, b: str, columns_a: Mapping[str, NDArray[Any]], columns_b: Mapping[str, NDArray[Any]]
) -> list[Difference]:
    found = [difference(measure, columns_a, columns_b, LEVEL) for measure in MEASURES]
    adjusted = intervals.holm([each.p for each in found])
    return [
        Difference(
            a, b, measure.name, measure.unit, each.value, each.low, each.high, each.n, each.p, float(p_holm),
            verdict(each), _shared(columns_a[measure.name], columns_b[measure.name]),
        )
        for measure, each, p_holm in zip(MEASURES, found, adjusted, strict=True)
    ]  # fmt: skip


def verdict(found: Estimate) -> str:
    """Higher or lower only where the whole interval is: otherwise nothing is claimed."""
    if not found.apart:
        return SAME
    return HIGHER if found.value > 0.0 else LOWER


def _shared(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Variance of the paired difference over that of two independent runs."""
    kept = np.isfinite(a) & np.isfinite(b)
    if np.count_nonzero(kept) < 2:
        return math.nan
    apart = float(a[kept].var() + b[kept].var())
    return float((a[kept] - b[kept]).var()) / apart if apart else math.nan


def _notes(bundles: Mapping[str, Bundle]) -> tuple[str, ...]:
    notes = [
        mark("Wrongful engagements are rates of this model, per 10 000 passes: ") + NOT_A_FORECAST[0] + ".",
        mark(
            "Many measures are looked at together: about one in twenty would differ by chance alone. "
            "The column p_holm is corrected for that (Holm)."
        ),
    ]
    modes = {str(bundle.manifest.get("tracking", "full")) for bundle in bundles.values()}
    if len(modes) > 1:
        notes.append(mark("The runs do not use one tracking option: part of each difference is the option's."))
    said = {note for bundle in bundles.values() for note in bundle.manifest.get("notes", ())}
    return (*notes, *sorted(said))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
