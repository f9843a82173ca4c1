"""One file with all that it takes to make a result again, and the check of it on another machine.

pack       a ZIP archive: the results themselves, scenario and study as read, the data files they name, the catalogue's
           values they rest on with their sources, seeds, versions, and a digest of every file
item       one run bundle, or one campaign, of a pack; a comparison has an item an alternative
same       identical: digest by digest; within: no number differs by more than 1e-9 of its size, as between processors;
           different: anything else
"""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import __version__, cache, store
from egide.campaign.about import files_of, scenario_files
from egide.campaign.plan import plan
from egide.campaign.runner import versions
from egide.campaign.used import used_values
from egide.errors import store_error
from egide.i18n import mark
from egide.scenario import Scenario, load
from egide.store import digest, parts
from egide.store.campaign import STUDY, is_campaign, open_campaign
from egide.store.writer import MANIFEST, SCENARIO

__all__ = ["Finding", "pack", "reproduce"]

PACK: Final = "pack.json"
FORMAT: Final = 1
NEAR: Final = 1e-9
LARGEST: Final = 4_000_000_000  # bytes of one file of a pack, unpacked
_KEPT: Final = ("measures", "outcomes", "shots", "damages")  # of a run, with their values; of other tables the digests
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # a pack of the same things is the same file


@final
@dataclass(frozen=True)
class Finding:
    """One table of one item, made again."""

    item: str
    table: str
    replications: int
    verdict: str  # identical, within, different
    worst: float = 0.0  # greatest relative difference


# --- packing -----------------------------------------------------------------------------------------------------


def pack(folder: Path | str, out: Path | str | None = None, source: Path | None = None, force: bool = False) -> Path:
    """Write the pack of a run, a comparison or a campaign. `source`: the scenario or study, where it was moved.

    Raises StoreError where the folder is none of these, or a file that it rests on is no longer what it was.
    """
    place = Path(folder).expanduser().absolute()
    target = Path(out).expanduser().absolute() if out else place.with_name(f"{place.name}.egide.zip")
    if target.exists() and not force:
        raise store_error(str(target), mark("the file exists already"), mark("choose another one, or add --force"))
    items: list[dict[str, str]] = []
    files: dict[str, Path] = {}
    values: dict[str, Any] = {}
    for name, path in _items(place):
        entry = _campaign(path, source) if is_campaign(path) else _run(path, source)
        items.append({"name": name, "kind": entry.kind})
        files |= {f"{name}/{inside}": outside for inside, outside in entry.files.items()}
        values |= entry.values
    document = {
        "format": FORMAT,
        "egide": __version__,
        "code": cache.code_hash(),
        "versions": versions(),
        "items": items,
        "catalogue": values,
        "files": {inside: _digest_file(outside) for inside, outside in sorted(files.items())},
    }
    beside = target.with_name(f".{target.name}.tmp")
    with parts.disk_faults(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)
            archive.writestr(zipfile.ZipInfo(PACK, _EPOCH), text, zipfile.ZIP_DEFLATED)
            for inside, outside in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(inside, _EPOCH), outside.read_bytes(), zipfile.ZIP_DEFLATED)
        beside.replace(target)
    return target


@final
@dataclass(frozen=True)
class _Entry:
    kind: str
    files: dict[str, Path]
    values: dict[str, Any]


def _items(place: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of everything in a bundle, a comparison or a campaign."""
    if is_campaign(place) or (place / MANIFEST).is_file():
        yield place.name, place
        return
    try:
        told = json.loads((place / "comparison.json").read_text(encoding="utf-8"))["alternatives"]
    except (OSError, ValueError, KeyError):
        raise store_error(
            str(place), mark("holds no run, comparison or campaign"), mark("name a folder that Égide wrote")
        ) from None
    for name, about in told.items():
        yield name, (place / about["bundle"]).resolve()


def _run(place: Path, source: Path | None) -> _Entry:
    bundle = store.open(place)
    about = bundle.manifest["scenario"]
    folder = source.parent if source is not None else Path(about.get("folder") or place)
    files = {MANIFEST: place / MANIFEST, SCENARIO: place / SCENARIO, "digests.parquet": place / "digests.parquet"}
    for table in _KEPT:
        for path in bundle.files(table):
            files[f"tables/{path.relative_to(place / 'tables').as_posix()}"] = path
    scenario = load(place / SCENARIO)
    for written, path in scenario_files(scenario, folder).items():
        if not path.is_file():
            raise _moved(str(place), written)
        files[written] = path
    return _Entry("run", files, _excerpt(scenario))


def _campaign(place: Path, source: Path | None) -> _Entry:
    campaign = open_campaign(place)
    study = source or Path(campaign.manifest["study"]["path"])
    if not study.is_file():
        raise _moved(str(place), str(study))
    wanted = plan(study)
    asked = json.loads((place / "campaign.json").read_text(encoding="utf-8"))
    if study.read_text(encoding="utf-8") != (place / STUDY).read_text(encoding="utf-8"):
        raise store_error(
            str(study), mark("is not the study that the campaign was made from"),
            mark("put it back, or name the right one by --source"),
        )  # fmt: skip
    files = {path.name: path for path in sorted(place.glob("*.parquet"))}
    files |= {MANIFEST: place / MANIFEST, "campaign.json": place / "campaign.json", STUDY: study}
    files[wanted.study.base] = wanted.study.base_path
    for written, path in files_of(wanted).items():
        if _digest_file(path) != asked["inputs"].get(written):
            raise store_error(
                str(path), mark("is not the file that the campaign was made from"), mark("put the old one back")
            )
        files[written] = path
    values: dict[str, Any] = {}
    for name in wanted.alternatives:
        values |= _excerpt(wanted.scenario(0, name))
    return _Entry("campaign", files, values)


def _excerpt(scenario: Scenario) -> dict[str, Any]:
    """What the scenario takes from the catalogue: low, nominal, high and sources, as the catalogue writes them."""
    found = {}
    for entry, name in sorted(used_values(scenario)):
        value = scenario.catalog[entry].values[name]
        low, nominal, high = value.texts
        found[f"{entry}.{name}"] = {
            "low": low, "nominal": nominal, "high": high, "grade": value.grade, "source": value.source,
        }  # fmt: skip
    return found


def _moved(place: str, name: str) -> Exception:
    return store_error(
        place, mark("{name}, which it was made from, is not where it was"),
        mark("name the scenario or study by --source"), name=name,
    )  # fmt: skip


def _digest_file(path: Path) -> str:
    found = hashlib.blake2b(digest_size=16)
    with parts.disk_faults(path), path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


# --- making it again ---------------------------------------------------------------------------------------------


def reproduce(
    archive: Path | str,
    sample: int | None = None,
    workers: int = 1,
    seed: int = 1,
    told: Callable[[str], None] = lambda text: None,
) -> tuple[list[Finding], list[str]]:
    """Run a pack again, all of it or `sample` replications of each item chosen by `seed`, and compare table by table.

    Returns the findings, and in words what is not the same here as where it was packed. Raises StoreError for a file
    that is no pack, or a broken one.
    """
    with TemporaryDirectory(prefix="egide-pack-") as temporary:
        place = Path(temporary)
        document = _unpacked(Path(archive), place)
        findings: list[Finding] = []
        for item in document["items"]:
            told(item["name"])
            again = _campaign_again if item["kind"] == "campaign" else _run_again
            findings += again(item["name"], place / item["name"], place, sample, workers, seed)
    return findings, _elsewhere(document)


def _unpacked(archive: Path, place: Path) -> dict[str, Any]:
    """The pack's own page, after every file has been laid out and found whole."""
    try:
        with zipfile.ZipFile(archive) as opened:
            document: dict[str, Any] = json.loads(opened.read(PACK))
            if document.get("format") != FORMAT:
                raise store_error(
                    str(archive), mark("is a pack of format {found}, this Égide reads {known}"),
                    mark("use the Égide that wrote it"), found=document.get("format"), known=FORMAT,
                )  # fmt: skip
            for name, wanted in document["files"].items():
                inside = PurePosixPath(name)
                if inside.is_absolute() or ".." in inside.parts or opened.getinfo(name).file_size > LARGEST:
                    raise store_error(str(archive), mark("holds a file that it must not: {name}"), "", name=name)
                path = place / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                with parts.disk_faults(path):
                    path.write_bytes(opened.read(name))
                if _digest_file(path) != wanted:
                    raise store_error(
                        str(archive), mark("{name} is not what was packed"), mark("fetch the pack again"), name=name
                    )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise store_error(
            str(archive), mark("is no pack, or a broken one: {fault}"), mark("name a file that `egide pack` wrote"),
            fault=str(error),
        ) from None  # fmt: skip
    return document


def _elsewhere(document: Mapping[str, Any]) -> list[str]:
    """What is not the same here: versions, code."""
    here = {**versions(), "code": cache.code_hash()}
    there = {**document["versions"], "code": document["code"]}
    return [f"{name}: {there.get(name)} -> {here[name]}" for name in here if there.get(name) != here[name]]


def _run_again(name: str, place: Path, temporary: Path, sample: int | None, workers: int, seed: int) -> list[Finding]:
    from egide.campaign.runner import Order, run_scenario
    from egide.compiler import compile_scenario

    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    done = [k for first, last in manifest["replications"]["done"] for k in range(first, last + 1)]
    numbers = _chosen(done, sample, seed)
    scenario = load(place / SCENARIO)
    system = compile_scenario(scenario)
    con = parts.connect(threads=1)
    listed = parts.read([place / "digests.parquet"], con)
    con.close()
    columns = (listed["table"], listed["replication"], listed["digest"])
    there = {(str(table), int(number)): str(value) for table, number, value in zip(*columns, strict=True)}
    found: dict[str, list[tuple[int, str]]] = {}
    bundles = []
    for first, count in _stretches(numbers):
        order = Order(
            count, manifest["seed"], frozenset(manifest["detail"]) & frozenset(numbers), first=first,
            point=manifest["point"], luck=manifest.get("luck_of_point", manifest["point"]),
        )  # fmt: skip
        folder = run_scenario(scenario, system, None, (), order, temporary / f"again-{name}-{first}", workers)
        bundles.append(store.open(folder))
        for (table, number), value in bundles[-1].digests().items():
            if number in numbers:
                found.setdefault(table, []).append((number, value))
    return [
        _finding(name, table, [(number, there.get((table, number)), value) for number, value in rows], place, bundles)
        for table, rows in sorted(found.items())
    ]


def _finding(
    item: str, table: str, rows: list[tuple[int, str | None, str]], place: Path, bundles: list[store.Bundle]
) -> Finding:
    other = [number for number, before, now in rows if before != now]
    if not other:
        return Finding(item, table, len(rows), "identical")
    files = sorted((place / "tables" / table).glob("*.parquet"))
    if not files:
        return Finding(item, table, len(rows), "different", float("inf"))
    con = parts.connect(threads=1)
    before = con.sql(f"FROM read_parquet({parts.file_list(files)}) WHERE list_contains({other}, replication)")
    after = [bundle.columns(f"SELECT * FROM {table} WHERE list_contains({other}, replication)") for bundle in bundles]  # noqa: S608
    old = {name: parts.unmask(column) for name, column in before.fetchnumpy().items()}
    new = {name: np.concatenate([columns[name] for columns in after]) for name in old}
    con.close()
    worst = apart(old, new)
    return Finding(item, table, len(rows), "within" if worst <= NEAR else "different", worst)


def _campaign_again(
    name: str, place: Path, temporary: Path, sample: int | None, workers: int, seed: int
) -> list[Finding]:
    from egide.campaign import work
    from egide.campaign.conduct import conduct
    from egide.campaign.results import columns_of

    told = open_campaign(place)
    if sample is None:
        folder = conduct(place / STUDY, temporary / f"again-{name}", workers=workers)
        again = open_campaign(folder)
        rows = int(again.manifest["runs"]["done"])
        order = "ORDER BY point, alternative, mode, replication"
        tables = {"results": order, "points": "ORDER BY point", "parameter_values": "ORDER BY point, parameter"}
        return [
            _same(name, table, rows, told.columns(f"FROM {table} {by}"), again.columns(f"FROM {table} {by}"))
            for table, by in tables.items()
        ]
    wanted = plan(place / STUDY)
    keys = told.sql(
        "SELECT point, alternative, mode, replication FROM results ORDER BY point, alternative, mode, replication"
    ).fetchall()
    chosen = [keys[k] for k in _chosen(list(range(len(keys))), sample, seed)]
    before, rows_again = [], []
    for point, alternative, mode, number in chosen:
        unit = work.Unit(int(point), str(alternative), str(mode), int(number), int(number) + 1)
        rows_again.append((unit, work.measured(unit, wanted) or []))
        before.append(
            told.columns(
                f"FROM results WHERE point = {point} AND alternative = '{alternative}' "
                f"AND mode = '{mode}' AND replication = {number}"
            )
        )
    old = {column: np.concatenate([row[column] for row in before]) for column in before[0]}
    return [_same(name, "results", len(chosen), old, columns_of(rows_again))]


def _same(
    item: str, table: str, rows: int, before: Mapping[str, NDArray[Any]], after: Mapping[str, NDArray[Any]]
) -> Finding:
    if digest.of_columns(table, dict(before)) == digest.of_columns(table, dict(after)):
        return Finding(item, table, rows, "identical")
    worst = apart(before, after)
    return Finding(item, table, rows, "within" if worst <= NEAR else "different", worst)


def apart(before: Mapping[str, NDArray[Any]], after: Mapping[str, NDArray[Any]]) -> float:
    """Greatest relative difference of two tables; infinite where a text, a count of rows or a hole differs."""
    worst = 0.0
    if set(before) != set(after):
        return float("inf")
    for name, old in before.items():
        new = after[name]
        if old.shape != new.shape:
            return float("inf")
        if old.dtype.kind in "OU" or new.dtype.kind in "OU":
            if not np.array_equal(old.astype(str), new.astype(str)):
                return float("inf")
            continue
        one, other = old.astype(np.float64), new.astype(np.float64)
        if not np.array_equal(np.isnan(one), np.isnan(other)):
            return float("inf")
        size = np.maximum(np.maximum(np.abs(one), np.abs(other)), 1.0)
        with np.errstate(invalid="ignore"):
            gap = np.abs(one - other) / size
        worst = max(worst, float(np.nanmax(gap, initial=0.0)))
    return worst


def _chosen(numbers: list[int], sample: int | None, seed: int) -> list[int]:
    if sample is None or sample >= len(numbers):
        return numbers
    return sorted(random.Random(seed).sample(numbers, sample))


def _stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """[0, 1, 2, 5] -> [(0, 3), (5, 1)]"""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == sum(found[-1]):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((number, 1))
    return found
