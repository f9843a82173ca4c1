"""What the page needs from a result, read once: the only module of the report that opens files.

run         one alternative: its manifest and its tables as columns
comparison  several runs of one study, and the paired differences; a single run is a comparison of one
rate        events per 10 000 passes, with limits that stay honest when there are few events or none
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, final

import numpy as np

from egide import events
from egide.analysis import intervals
from egide.analysis.intervals import Estimate
from egide.analysis.measures import MEASURES, PER_PASSES, difference, estimate
from egide.errors import store_error
from egide.i18n import mark, pick
from egide.store import Bundle, open_bundle

Columns: TypeAlias = Mapping[str, np.ndarray]

RATES: Final = {  # heading -> events and passes, columns of the table `measures`
    mark("Friends and civil aircraft"): ("wrongful", "passes"),
    mark("Friends"): ("friends_engaged", "friend_passes"),
    mark("Civil aircraft"): ("neutrals_engaged", "neutral_passes"),
}


@final
@dataclass(frozen=True)
class Terrain:
    """The grid of the table `terrain`: degrees, rows from the north, columns from the west."""

    rows: int
    columns: int
    north: float
    west: float
    step_lat: float
    step_lon: float


@final
@dataclass(frozen=True)
class Run:
    """One alternative as its bundle tells it. Tables that are not there are empty."""

    name: str
    bundle: Bundle
    tables: Mapping[str, Columns] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()  # batteries that the scenario keeps out of service throughout
    coast: tuple[tuple[float, float], ...] = ()  # corners of the scenario's own outline, latitude before longitude

    @property
    def manifest(self) -> Mapping[str, Any]:
        return self.bundle.manifest

    def table(self, name: str) -> Columns:
        return self.tables.get(name, {})

    def rows(self, name: str) -> int:
        """How many rows a table has."""
        table = self.table(name)
        return int(next(iter(table.values())).size) if table else 0

    @property
    def objects(self) -> Columns:
        return self.table("objects")

    @property
    def terrain(self) -> Terrain | None:
        grid = self.manifest.get("terrain")
        if not grid or not self.rows("terrain"):
            return None
        return Terrain(**{key: grid[key] for key in Terrain.__dataclass_fields__})

    @property
    def replications(self) -> int:
        return len(self.bundle.replications)

    def title(self, lang: str) -> str:
        """The alternative's label, else its name."""
        scenario = self.manifest.get("scenario", {})
        return pick(scenario.get("label"), lang) or scenario.get("alternative") or self.name

    def labels(self, kind: str, lang: str) -> dict[int, str]:
        """Row to label of the objects of one kind."""
        objects = self.objects
        chosen = np.flatnonzero(objects["kind"] == kind).tolist() if objects else []
        return {int(objects["row"][i]): str(objects[f"label_{lang}"][i] or objects["name"][i]) for i in chosen}

    def is_idle(self, name: str) -> bool:
        """A battery out of service, or a radar of one."""
        return name.partition("/")[0] in self.idle

    def moving(self) -> set[str]:
        """Names of batteries and radars that fly: patrols and their radars, and airborne radars. A dot misleads."""
        objects = self.objects
        kinds, names = objects["kind"].astype(str), objects["name"].astype(str)
        movers = set(names[kinds == "mover"])
        patrols = {
            str(name)
            for kind, name, type_ in zip(kinds, names, objects["type"], strict=True)
            if kind == "battery" and str(type_).startswith("aircraft/")
        }
        flying = (kinds == "radar") & [name in movers or name.split("/")[0] in patrols for name in names]
        return patrols | set(names[flying])

    def column(self, kind: str, name: str) -> dict[int, Any]:
        """Row to one column of the objects of one kind."""
        objects = self.objects
        chosen = np.flatnonzero(objects["kind"] == kind).tolist() if objects else []
        return {int(objects["row"][i]): objects[name][i] for i in chosen}

    def relation(self) -> dict[int, str]:
        """Mover to its true relation."""
        return {row: str(value) for row, value in self.column("mover", "relation").items()}

    def target_class(self) -> dict[int, int]:
        """Mover to the number of its class in events.CLASSES."""
        known = {name: number for number, name in enumerate(events.CLASSES)}
        return {row: known.get(str(value), 0) for row, value in self.column("mover", "class").items()}

    def count_by_relation(self) -> dict[str, int]:
        relations = list(self.relation().values())
        return {name: relations.count(name) for name in events.RELATIONS}


@final
@dataclass(frozen=True)
class Pair:
    """`one` minus `other`, replication by replication, measure by measure."""

    one: str
    other: str
    differences: Mapping[str, Estimate]


@final
@dataclass(frozen=True)
class Comparison:
    """Everything on the page. A single run is a comparison of one."""

    folder: Path
    title: Mapping[str, str] | str
    question: Mapping[str, str] | str
    runs: Sequence[Run]
    detail: int  # the replication shown in detail
    estimates: Mapping[str, Mapping[str, Estimate]]  # alternative -> measure
    pairs: Sequence[Pair] = ()
    rates: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)  # name of a rate -> alternative
    notes: Sequence[str] = ()

    def run(self, name: str) -> Run:
        return next(run for run in self.runs if run.name == name)

    @property
    def common(self) -> int:
        """Replications that every alternative has."""
        return min(run.replications for run in self.runs)


# --- from the disk ---------------------------------------------------------------------------------------------------


def load(folder: Path) -> Comparison:
    """A comparison folder or a single bundle, opened and summed up. StoreError, in words, for anything else."""
    listed = folder / "comparison.json"
    document: Mapping[str, Any] = _document(listed) if listed.is_file() else {}
    names = list(document.get("alternatives", {}))
    bundles = {name: open_bundle(folder / name) for name in names}
    if not bundles:
        only = open_bundle(folder)
        if "recording" in only.manifest:
            raise store_error(
                str(folder), mark("is a tracked recording, and a report is of a run"),
                mark("read its tables, or `egide track --json`"),
            )  # fmt: skip
        bundles = {only.alternative or str(only.manifest["scenario"]["name"]): only}
    detail = _shared_detail(bundles)
    runs = [
        Run(name, bundle, _tables(bundle, detail), _idle(written), _coast(written))
        for name, bundle in bundles.items()
        for written in [_written(bundle)]
    ]
    scenario = runs[0].manifest["scenario"]
    return Comparison(
        folder,
        document.get("title") or scenario.get("title") or scenario.get("name", ""),
        document.get("question") or scenario.get("question") or "",
        runs,
        detail,
        {run.name: {m.name: estimate(m, run.table("measures")) for m in MEASURES} for run in runs},
        _pairs(document, {run.name: run.table("measures") for run in runs}),
        _rates(runs),
        tuple(str(note) for run in runs for note in run.manifest.get("notes", ())),
    )


def _document(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found["alternatives"], dict) or not isinstance(found["differences"], list):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise store_error(str(path), "cannot be read as a comparison", "run egide compare again") from fault
    return dict(found)


def _shared_detail(bundles: Mapping[str, Bundle]) -> int:
    """The first replication that every bundle has: the one shown minute by minute."""
    common = set.intersection(*(set(bundle.replications) for bundle in bundles.values()))
    if not common:
        place = str(next(iter(bundles.values())).folder)
        raise store_error(place, "there is no replication that every run has finished", "run again")
    return min(common)


def _tables(bundle: Bundle, replication: int) -> dict[str, Columns]:
    """Static tables and measures whole; outcomes and shots of one replication."""
    wanted = {name: name for name in ("objects", "assumptions", "reach", "terrain")}
    wanted["routes"] = "SELECT * FROM routes ORDER BY mover, time_s"
    wanted["measures"] = "SELECT * FROM measures ORDER BY replication"
    for name in ("outcomes", "shots"):
        wanted[name] = f"SELECT * FROM {name} WHERE replication = {replication}"  # noqa: S608 - a whole number
    return {name: bundle.columns(query) for name, query in wanted.items() if name in bundle.tables}


def _written(bundle: Bundle) -> Mapping[str, Any]:
    """The resolved scenario as plain data; empty where it cannot be read."""
    import yaml

    try:
        found = yaml.load(bundle.scenario_text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _idle(written: Mapping[str, Any]) -> frozenset[str]:
    """Batteries that the resolved scenario never makes available: bought and stored."""
    try:
        batteries = written.get("batteries") or ()
        return frozenset(str(each["name"]) for each in batteries if each.get("available") == 0 or each.get("up") == [])
    except (AttributeError, KeyError, TypeError):
        return frozenset()


def _coast(written: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    """Corners of the outline that the scenario draws itself."""
    try:
        corners = written["area"].get("outline") or ()
        return tuple((float(latitude), float(longitude)) for latitude, longitude in corners)
    except (AttributeError, KeyError, TypeError, ValueError):
        return ()


def _pairs(document: Mapping[str, Any], columns: Mapping[str, Columns]) -> tuple[Pair, ...]:
    """Pairs in the order of the page: those that the study asked for, then each alternative against the reference."""
    wanted = list(dict.fromkeys((each["alternative"], each["against"]) for each in document.get("differences", ())))
    wanted.sort(key=lambda pair: pair[1] == document.get("reference"))
    return tuple(
        Pair(one, other, {m.name: difference(m, columns[one], columns[other]) for m in MEASURES})
        for one, other in wanted
        if one in columns and other in columns
    )


def _rates(runs: Sequence[Run]) -> dict[str, dict[str, Estimate]]:
    """Wrongful engagements per 10 000 passes: of all, of friends, of civil aircraft."""
    return {
        heading: {
            run.name: intervals.rate(run.table("measures")[engaged], run.table("measures")[passes], PER_PASSES)
            for run in runs
        }
        for heading, (engaged, passes) in RATES.items()
    }
