"""Claim cards whose figures stand beside a campaign: shares of an area (coverage), aspects of an aircraft (exposure).

Both are known at nominal and at both ends of what is not known: the rule of corners (egide.analysis.verdicts).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from egide.analysis import exposure as exposures
from egide.analysis.cards import Rests
from egide.analysis.verdicts import Assumed, Finding, corners, counted
from egide.campaign.plan import BASE, Plan
from egide.campaign.used import used_values
from egide.errors import store_error
from egide.i18n import mark
from egide.scenario.claims import Test
from egide.units import AREA, read_quantity

__all__ = [
    "coverage", "coverage_command", "coverage_lacks", "exposure", "exposure_command", "exposure_lacks", "open_coverage",
]  # fmt: skip

MANIFEST: Final = "coverage.json"
TARGET: Final = "aircraft"  # the class that `egide coverage` takes where nothing is said
Lack: TypeAlias = tuple[str, str, Mapping[str, Any]]
_COVERING: Final = ("radar", "missile", "system", "launcher", "command-post")
ENVELOPES: Final = mark("ends of a difference: each side at its own unfavourable end, then each at its favourable one")
UNCHECKED: Final = mark("the study {study} is not beside this one: whether its scenario has changed was not checked")


# --- coverage ----------------------------------------------------------------------------------------------------


def open_coverage(folder: Path, plan: Plan) -> Mapping[str, Any]:
    """The manifest of a coverage of the study's scenario as it now stands. Raises StoreError."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or found.get("kind") != "coverage":
        raise store_error(
            str(folder), mark("holds no coverage"), mark("name the folder that `egide coverage ... -o` wrote")
        )
    told = []
    about = found.get("scenario", {})
    now = hashlib.sha256(plan.study.base_path.read_bytes()).hexdigest()
    if about.get("sha256") != now:
        told.append(f"scenario: {about.get('name')} {str(about.get('sha256'))[:12]} -> {now[:12]}")
    if about.get("sets"):
        told.append(f"--set: {', '.join(about['sets'])}")
    if left := found.get("request", {}).get("without"):
        told.append(f"--without: {', '.join(map(str, left))}")
    if not found.get("complete", True):
        raise store_error(str(folder), mark("the coverage there is not finished"), mark("run the same command again"))
    if told:
        raise store_error(
            str(folder), mark("the coverage there was made from something else: {changed}"),
            mark("make it again with egide coverage ... --force"), changed="; ".join(told),
        )  # fmt: skip
    return found


def coverage_command(tests: Sequence[Test], plan: Plan) -> str:
    """What makes the one coverage that the cards of a file need."""

    def listed(values: Iterable[Any]) -> str:
        return ",".join(dict.fromkeys(str(value) for value in values if value is not None))

    rules = [test for test in tests if test.measure == "defended"]
    rule = f" --shots {listed(t.shots for t in rules)} --kill {listed(f'{t.kill:g}' for t in rules)}" if rules else ""
    bare = "" if any(test.measure in ("denied", "defended") for test in tests) else " --detection"
    return (
        f"egide coverage {plan.study.base_path} --alternative {listed(name for test in tests for name in test.names)} "
        f"--altitude {listed(t.altitude for t in tests)} --rcs {listed(t.rcs for t in tests)}"
        f"{rule}{bare} -o out/coverage"
    )


def coverage(test: Test, folder: Path, found: Mapping[str, Any], plan: Plan) -> tuple[Finding, Rests]:
    """A share of the area, or the difference of two, of a coverage that lacks nothing."""
    area = {"area": str(found.get("area", {}).get("name", ""))}
    rests = Rests("coverage", str(folder), str(found.get("digest", "")), values=area)
    rows = [_row(test, name, found) for name in (test.alternative, test.against) if name is not None]
    one, *other = [row for row in rows if row is not None]
    low, nominal, high = _ends(one)
    notes: tuple[str, ...] = ()
    if other:
        less = _ends(other[0])
        low, nominal, high = low - less[0], nominal - less[1], high - less[2]
        notes = (ENVELOPES,)
    usable = all(row["usable"] for row in (one, *other))
    inputs = _inputs(plan, test.names)
    return corners(low, nominal, high, test.threshold, test.sign, inputs, usable, notes), rests


def coverage_lacks(test: Test, found: Mapping[str, Any]) -> Lack | None:
    """What a card asks of a coverage that was not asked of it: the key of the card, and what is wrong."""
    held = [str(each["name"]) for each in found["alternatives"]]
    for key in ("alternative", "against"):
        name = getattr(test, key)
        if name is not None and name not in held:
            wrong = mark("the coverage holds no {name}; it holds {known}")
            return key, wrong, {"name": name, "known": ", ".join(held)}
    rows = [_row(test, name, found) for name in (test.alternative, test.against) if name is not None]
    if any(row is None for row in rows):
        wrong = mark("the coverage was not asked for {measure} at {altitude} and {rcs} by the rule of this card")
        return "altitude", wrong, {"measure": test.measure, "altitude": test.altitude, "rcs": test.rcs}
    if any(row is not None and (_finite(row.get("low")) is None or _finite(row.get("high")) is None) for row in rows):
        return "measure", mark("the coverage holds nominal values alone"), {}
    return None


def _row(test: Test, alternative: str, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    fought = test.measure in ("denied", "defended")
    for each in found["alternatives"]:
        for row in each["rows"] if each["name"] == alternative else ():
            same = row["measure"] == test.measure and row["altitude"] == test.altitude and row["weight"] == "area"
            same = same and math.isclose(row["rcs_m2"], read_quantity(str(test.rcs), AREA), rel_tol=1e-9)
            if fought:
                wanted = (TARGET, test.cue, test.azimuth)
                same = same and (row["klass"], row["cue"], row["azimuth"]) == wanted
            if test.measure == "defended":
                same = same and (row["shots"], row["kill"]) == (test.shots, test.kill)
            if same:
                return dict(row)
    return None


def _ends(row: Mapping[str, Any]) -> tuple[float, float, float]:
    """Low, nominal and high of a share, the band of coarse terrain among them."""
    nominal = float(row["nominal"])
    known = [_finite(row.get(key)) for key in ("low", "high", "terrain_low", "terrain_high")]
    ends = [nominal, *(value for value in known if value is not None)]
    return min(ends), nominal, max(ends)


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _inputs(plan: Plan, names: tuple[str, ...]) -> Assumed:
    """Equipment values with a range that these alternatives use, counted: corners move all at once, so that nobody can
    say which of them did what."""
    parts: dict[str, float] = {}
    for name in names:
        scenario = plan.variants.scenario(None if name == BASE else name, {})
        for entry, parameter in used_values(scenario):
            value = scenario.catalog[entry].values[parameter]
            if value.low < value.high and scenario.catalog[entry].kind in _COVERING:
                parts[f"{entry}.{parameter}"] = float(value.basis == "assumed")
    return counted(list(parts.values()))


# --- exposure ----------------------------------------------------------------------------------------------------


def exposure_command(test: Test, plan: Plan) -> str:
    """What makes the runs that a card needs."""
    return f"egide compare {plan.study.folder.parent / str(test.study) / 'study.yaml'} -o out/exposure"


def exposure_lacks(test: Test, folder: Path) -> Lack | None:
    """The same of the runs of an exposure study."""
    held = [name or bundle.alternative or BASE for name, bundle in exposures.runs([folder]).items()]
    if test.alternative in held:
        return None
    wrong = mark("the runs hold no {name}; they hold {known}")
    return "alternative", wrong, {"name": test.alternative, "known": ", ".join(held)}


def exposure(test: Test, folder: Path, plan: Plan) -> tuple[Finding | None, Rests]:
    """Share of the aspects of an aircraft that a collector sees with the foreign system there, less what its radars of
    the region see anyway."""
    runs = exposures.runs([folder])
    chosen = {name: bundle for name, bundle in runs.items() if (name or bundle.alternative or BASE) == test.alternative}
    notes, values = _unchanged(folder, test, plan, [bundle.manifest for bundle in chosen.values()])
    digest = ", ".join(str(bundle.manifest.get("digest", ""))[:12] for bundle in chosen.values())
    rests = Rests("exposure", str(folder), digest, runs=sum(len(bundle.replications) for bundle in chosen.values()),
                  notes=notes, values=values)  # fmt: skip
    found = exposures.exposure(chosen, None, exposures.Assumptions(months=float(test.months)))
    best: tuple[float, float, float] | None = None
    for row in found.rows:
        wanted = (row.role, row.aircraft, row.band) == ("all", test.aircraft, test.band)
        if not wanted or test.collector not in (None, row.collector):
            continue
        before = found.row(row.collector, "baseline", row.band, row.alternative)
        levels = [a - b for a, b in zip(row.share["months"], before.share["months"], strict=True)]
        best = max(best or (-math.inf,) * 3, (levels[0], levels[1], levels[2]), key=lambda each: each[1])
    if best is None:
        return None, rests
    inputs = Assumed(1.0, "counted")  # sorties, what the collector knows, its calibration: nobody publishes them
    return corners(*best, test.threshold, test.sign, inputs, notes=found.notes), rests


def _unchanged(
    folder: Path, test: Test, plan: Plan, manifests: list[Mapping[str, Any]]
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Refuses runs of another scenario than the one that now stands in the study's folder."""
    path = plan.study.folder.parent / str(test.study) / "scenario.yaml"
    if not path.is_file():
        return (UNCHECKED,), {"study": test.study}
    now = hashlib.sha256(path.read_bytes()).hexdigest()
    for manifest in manifests:
        before, sets = manifest["scenario"].get("sha256"), manifest.get("sets") or ()
        told = [f"--set: {', '.join(map(str, sets))}"] if sets else []
        if before != now:
            told.append(f"scenario: {manifest['scenario'].get('name')} {str(before)[:12]} -> {now[:12]}")
        if told:
            raise store_error(
                str(folder), mark("the runs there were made from something else: {changed}"),
                mark("make them again: {command}"), command=exposure_command(test, plan), changed="; ".join(told),
            )  # fmt: skip
    return (), {}
