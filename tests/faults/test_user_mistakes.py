"""What a user may get wrong, through the real command line: one sentence with the place and the mend, exit code 2,
no traceback, and no folder that looks like a result.

mistake   a file changed, or words typed, in a folder that holds a good scenario and a good study
place     with what the line begins: the path of the thing in the scenario, with file, line and column before it;
          else the file, the folder or the option
at        what stands in the file at that line and column
"""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from egide import store
from egide.cli.app import main
from egide.errors import StoreError

STARTER: Final = Path(__file__).parents[2] / "src" / "egide" / "scenario" / "starter"
RUN: Final = "run scenario.yaml --replications 1 -o out"
TRAFFIC: Final = (
    "traffic: {recording: heard.json.gz, side: civil, type: airliner/boeing-737, transponder: [civil],\n"
    "  windows: [{from: 2018-08-01T08:00Z, until: 2018-08-01T10:00Z}]}\n"
)
HEARD: Final = '{"timestamp": "2018-08-01 08:00:00+00:00", "icao24": "4b1805", "callsign": "A1"}'
LAUNCHER: Final = "{type: launcher/m903-gem-t, count: 4, missile: missile/pac-2-gem-t, loaded: -4}"
FLAT: Final = "terrain: {flat: true}"
LINK: Final = "\nlinks:\n  - {{name: tell, from: island, to: {to}, latency: 4 s, update: 12 s}}\n\nsites: "
FAR: Final = (
    "  - {name: far, type: ballistic/scud-b, side: red, start: 1 min, launch: [[43.05, -30.05]], target: harbour}\n"
)

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Mistake:
    """What is changed, what is typed, and what must be said about it."""

    name: str
    change: Change
    place: str
    at: str
    wrong: str
    mend: str
    typed: str = RUN


def swap(old: str, new: str) -> Change:
    """Replace a text of the scenario."""

    def change(folder: Path) -> None:
        file = folder / "scenario.yaml"
        text = file.read_text("utf-8")
        assert old in text, f"the starter no longer has {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def nothing(_folder: Path) -> None:
    """The mistake is in what is typed."""


def also(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for each in changes:
            each(folder)

    return change


def file(name: str, data: bytes | str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())

    return change


def raster(height_m: int = 0, crs: str | None = "EPSG:4326", west: float = -39.0) -> Change:
    """Terrain of one height in quarter degrees, from `west` to ten degrees farther."""

    def change(folder: Path) -> None:
        import rasterio
        from rasterio.transform import Affine

        shape: dict[str, Any] = {"driver": "GTiff", "height": 24, "width": 40, "count": 1, "dtype": "int16"}
        with rasterio.open(
            folder / "ground.tif", "w", crs=crs, transform=Affine(0.25, 0.0, west, 0.0, -0.25, 48.0), **shape
        ) as out:
            out.write(np.full((1, 24, 40), height_m, np.int16))

    return also(change, swap(FLAT, "terrain: {file: ground.tif}"))


def cut(folder: Path, mark: str) -> None:
    """Leave out everything from a text on."""
    text = (folder / "scenario.yaml").read_text("utf-8")
    (folder / "scenario.yaml").write_text(text[: text.index(mark)] + "\n", encoding="utf-8")


def heard(data: bytes) -> Change:
    return also(file("heard.json.gz", data), swap("\nalternatives:", f"\n{TRAFFIC}alternatives:"))


NETWORKS: Final = "\nnetworks:\n" + "".join(f"  n{n}:\n" for n in range(62))
ZONES: Final = "\nzones:\n" + "".join(
    f"  - {{name: z{n}, kind: no-fire, area: [[44, -36], [44, -35], [45, -35]], ceiling: 9 km}}\n" for n in range(63)
)
MISTAKES: Final = (
    Mistake("unknown unit", swap("height: 20 m,", "height: 20 furlongs,"), "sites.hill.height", "20 furlongs",
            "'furlongs' is not a unit of length", "known units: m, km, ft"),
    Mistake("missing unit", swap("height: 20 m,", "height: 20,"), "sites.hill.height", "20,", "has no length unit",
            "write for example"),
    Mistake("misspelt catalogue name", swap("radar/generic-long-range", "radar/generic-long-rage"),
            "sensors.watch.type", "radar/generic-long-rage", "nothing in the catalogue is called",
            "did you mean 'radar/generic-long-range'?"),
    Mistake("negative magazine", swap("    doctrine: two-shots\n",
            f"    launchers: [{LAUNCHER}]\n    doctrine: two-shots\n"),
            "batteries.battery-1.launchers[0].loaded", "-4", "got -4", "a whole number >= 0"),
    Mistake("antenna below ground", swap("site: hill, ", "site: hill, antenna_height: -5 m, "),
            "sensors.watch.antenna_height", "-5 m", "got '-5 m'", "on the ground or above it"),
    Mistake("radar below ground", raster(2_000), "sensors.watch", "{name: watch",
            "its antenna is at 35 m, the terrain at 2000 m",
            "correct the site's height or position"),
    Mistake("route of one point", swap("      - {position: [44.00, -30.50]}\n", ""), "flights.airliner.route",
            "- {position: [46.50", "a route of 1 point leads nowhere", "give two points or more"),
    Mistake("time going backwards", swap("site: hill, ", "site: hill, up: [[10 min, 5 min]], "),
            "sensors.watch.up[0][1]",
            "5 min", "time goes backwards: until 300 s comes before from 600 s", "exchange them"),
    Mistake("attack before the beginning", swap("time_on_target: 25 min ", "time_on_target: 1 min "), "raids.strike",
            "name: strike", "before the scenario begins", "give a later time_on_target"),
    Mistake("more networks than a belief can name", swap("\nnetworks:", NETWORKS),
            "networks", "networks", "63 networks are more than", "62 at most"),
    Mistake("more zones than a battery can tell apart", swap("\nsites: ", ZONES + "sites: "), "zones", "zones",
            "63 zones are more than", "62 at most"),
    Mistake("dangling link", swap("\nsites: ", LINK.format(to="coast")), "links.tell.to", "coast",
            "there is no network called 'coast'", "known: island"),
    Mistake("circular link", swap("\nsites: ", LINK.format(to="island")), "links.tell.to", "island", "to itself",
            "name another network"),
    Mistake("circular alternatives", also(swap("  one-shot:\n", "  one-shot:\n    extends: no-watch\n"),
            swap("  no-watch:\n", "  no-watch:\n    extends: one-shot\n")), "alternatives.no-watch.extends", "one-shot",
            "one-shot", "", "check scenario.yaml"),
    Mistake("duplicate names", swap("name: quay,", "name: hill,"), "sites.hill.name", "hill",
            "the name 'hill' is taken by sites in line 33", "give it another name"),
    Mistake("ballistic target out of range", swap("raids: ", f"raids:\n{FAR}#"), "raids.far.launch[0]", "[43.05",
            "the target is 453 km away, beyond the 300 km", "launch from nearer"),
    Mistake("recording that is not there", swap("\nalternatives:", f"\n{TRAFFIC}alternatives:"), "traffic.recording",
            "heard.json.gz", "there is no such file: heard.json.gz", "'otherwise' names a file"),
    Mistake("study in place of a scenario", nothing, "kind", "kind: study", "this is a study, not a scenario",
            "give it to `egide compare`", "run study.yaml -o out"),
    Mistake("terrain without coordinates", raster(crs=None), "ground.tif: ", "", "does not say where on Earth it lies",
            "gdal_translate -a_srs"),
    Mistake("terrain that does not cover the area", raster(west=-36.0), "ground.tif: ", "",
            "of the area; there is none at",
            "add the missing tiles, or make the area smaller"),
    Mistake("terrain that is no raster", also(file("ground.tif", "junk"), swap(FLAT, "terrain: {file: ground.tif}")),
            "ground.tif: ", "", "not a raster", "give a GeoTIFF"),
    Mistake("empty recording", heard(b""), "heard.json.gz: ", "", "the recording is empty", "give JSON or CSV"),
    Mistake("empty recording, compressed", heard(gzip.compress(b"")), "heard.json.gz: ", "", "the recording is empty",
            "give JSON or CSV"),
    Mistake("truncated recording", heard(gzip.compress(f"[{HEARD * 50}]".encode())[:40]), "heard.json.gz: ", "",
            "broken or cut short", "download it again"),
    Mistake("recording cut short as text", heard(f"[{HEARD}, {HEARD[:40]}".encode()), "heard.json.gz:1:98: ", "",
            "cut short", "give JSON or CSV"),
    Mistake("file in the way", file("out", ""), "out: ", "", "a file is in the way", "choose another folder"),
    Mistake("output under a file", nothing, "scenario.yaml/out: ", "", "a file is in the way", "choose another folder",
            "run scenario.yaml --replications 1 -o scenario.yaml/out"),
    Mistake("unknown option", nothing, "egide run: ", "", "unknown option --replicatoins",
            "did you mean --replications?",
            "run scenario.yaml --replicatoins 5 -o out"),
    Mistake("unknown command", nothing, "egide: ", "", "unknown command rum", "did you mean run?", "rum scenario.yaml"),
    Mistake("number that is none", nothing, "egide run: ", "", "--replications cannot be 'ten'", "write a whole number",
            "run scenario.yaml --replications ten -o out"),
    Mistake("no replications", nothing, "--replications: ", "", "0 is no number of runs", "write 1 or more",
            "run scenario.yaml --replications 0 -o out"),
    Mistake("measure that does not exist", nothing, "--measures: ", "", "there is no measure leaker",
            "did you mean leakers?", "run scenario.yaml --measures shots,leaker -o out"),
    Mistake("setting of an unknown place", nothing, "--set: doctrine.two-shot.salvo: ", "",
            "there is no 'two-shot' in doctrine",
            "did you mean 'two-shots'?", "run scenario.yaml --set doctrine.two-shot.salvo=1 -o out"),
    Mistake("setting without a value", nothing, "--set: ", "", "'nonsense' is not a setting", "write PATH=VALUE",
            "run scenario.yaml --set nonsense -o out"),
    Mistake("setting of a wrong kind", nothing, "--set: doctrine.two-shots.salvo: ", "", "got 'minus'",
            "a whole number",
            "run scenario.yaml --set doctrine.two-shots.salvo=minus -o out"),
    Mistake("unknown alternative", nothing, "scenario.yaml: --alternative: ", "", "no alternative called 'one-shoot'",
            "did you mean 'one-shot'?", "run scenario.yaml --alternative one-shoot -o out"),
    Mistake("unknown alternative in a comparison", nothing, "scenario.yaml: ", "", "there is no alternative one-shoot",
            "did you mean one-shot?", "compare scenario.yaml --alternatives as-written,one-shoot -o out"),
    Mistake("comparison of what is no study", file("notes.txt", "hello"), "notes.txt:1:1: ", "", "expected a mapping",
            "begin with 'egide: 1'", "compare notes.txt -o out"),
    Mistake("comparison of one", lambda folder: cut(folder, "\nalternatives:"), "scenario.yaml: ", "",
            "there is nothing to compare", "use `egide run`", "compare scenario.yaml -o out"),
    Mistake("no such file", nothing, "nowhere.yaml: ", "", "there is no such file", "check the name",
            "run nowhere.yaml -o out"),
    Mistake("report on what is no result", nothing, ".: ", "", "is not a run bundle",
            "give the folder that `egide run` wrote",
            "report . -o out"),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good scenario and a good study, in which the user stands."""
    for name in ("scenario.yaml", "study.yaml"):
        (tmp_path / name).write_bytes((STARTER / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results(folder: Path) -> list[str]:
    """What a failed run must not leave: a folder under the name asked for, or a hidden half of one."""
    return sorted(path.name for path in folder.glob("*out*") if path.is_dir())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_with_its_place_and_its_mend(
    mistake: Mistake, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mistake.change(folder)
    assert main(mistake.typed.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    lines = [line for line in said.err.splitlines() if stands(line, mistake, folder)]
    assert lines, said.err
    assert mistake.wrong in lines[0]
    assert mistake.mend in lines[0]
    assert results(folder) == []


def stands(line: str, mistake: Mistake, folder: Path) -> bool:
    """Whether a line speaks of the mistake's place; where it has a line and a column, the thing must stand there."""
    if not mistake.at:
        return line.startswith((mistake.place, f"{folder}/{mistake.place}"))
    found = re.match(rf"(\w+\.yaml):(\d+):(\d+): {re.escape(mistake.place)}: ", line)
    if found is None:
        return False
    row = (folder / found[1]).read_text("utf-8").splitlines()[int(found[2]) - 1]
    return row[int(found[3]) - 1 :].startswith(mistake.at)


def test_the_list_of_mistakes_that_must_be_told_is_whole() -> None:
    promised = {
        "unknown unit", "misspelt catalogue name", "negative magazine", "radar below ground", "route of one point",
        "time going backwards", "circular link", "dangling link", "duplicate names", "terrain without coordinates",
        "terrain that does not cover the area", "empty recording", "truncated recording", "unknown option",
        "ballistic target out of range", "unknown alternative", "setting of an unknown place",
    }  # fmt: skip
    assert promised <= {mistake.name for mistake in MISTAKES}


# --- in a process of its own, as a user meets it -------------------------------------------------------------------


def egide(folder: Path, typed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "egide", *typed.split()], cwd=folder, capture_output=True, text=True,
        encoding="utf-8", check=False, env={**os.environ, **environment},
    )  # fmt: skip


FRENCH: Final = {
    "unknown unit": "n’est pas une unité de longueur",
    "empty recording": "l’enregistrement est vide; donnez du JSON ou du CSV",
    "unknown option": "option inconnue : --replicatoins; vouliez-vous dire --replications ?",
    "ballistic target out of range": "la cible est à 453 km, au-delà des 300 km",
}


@pytest.mark.parametrize("name", FRENCH)
@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_mistake_is_told_in_french(name: str, way: str, folder: Path) -> None:
    mistake = next(each for each in MISTAKES if each.name == name)
    mistake.change(folder)
    french = {"EGIDE_LANG": "fr"} if way == "environment" else {}
    done = egide(folder, mistake.typed + ("" if french else " --lang fr"), **french)
    assert (done.returncode, done.stdout) == (2, "")
    assert FRENCH[name] in " ".join(re.split(r"[ \u00a0\u202f]+", done.stderr))
    assert any(stands(line, mistake, folder) for line in done.stderr.splitlines())
    assert results(folder) == []


def test_existing_output_is_kept_unless_force_is_said(folder: Path) -> None:
    assert egide(folder, RUN).returncode == 0
    before = store.open(folder / "out").manifest["digest"]
    done = egide(folder, f"{RUN} --seed 2")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "out: the folder exists already; choose another one, or add --force to replace it\n"
    assert store.open(folder / "out").manifest["digest"] == before
    assert egide(folder, f"{RUN} --seed 2 --force").returncode == 0
    assert store.open(folder / "out").manifest["digest"] != before
    assert results(folder) == ["out"]


def test_a_folder_of_something_else_is_never_replaced(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "thesis.txt").write_text("years of work")
    done = egide(folder, f"{RUN} --force")
    assert done.returncode == 2
    assert done.stderr.startswith("out: the folder holds something other than a run; ")
    assert [path.name for path in (folder / "out").iterdir()] == ["thesis.txt"]


def test_unwritable_output_is_told(folder: Path) -> None:
    place = Path("/proc/nowhere/out") if os.geteuid() == 0 else folder / "locked" / "out"
    if os.geteuid():
        place.parent.mkdir(mode=0o500)
    elif not Path("/proc").is_dir():
        pytest.skip("the administrator may write everywhere here")
    done = egide(folder, f"run scenario.yaml --replications 1 -o {place}")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"{place}: cannot (?:read or )?write.*; .+\n", done.stderr), done.stderr


@pytest.fixture
def small_disk(disk_of: Callable[[str], Path]) -> Path:
    return disk_of("200k")  # too small for the detail of one run


@pytest.mark.parametrize("workers", [1, 2])
def test_a_disk_that_fills_in_mid_run_leaves_nothing(small_disk: Path, folder: Path, workers: int) -> None:
    out = small_disk / "out"
    done = egide(folder, f"run scenario.yaml --replications 4 --detail all --workers {workers} -o {out}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{out}: the disk is full; nothing was kept; free some space, keep less detail, or write elsewhere\n"
    )
    assert list(small_disk.iterdir()) == []


def test_half_a_result_is_not_taken_for_a_result(folder: Path) -> None:
    """A run that was killed leaves a hidden folder without a manifest: it is refused by name."""
    assert egide(folder, RUN).returncode == 0
    (folder / "out" / "manifest.json").unlink()
    with pytest.raises(StoreError, match=r"no manifest\.json"):
        store.open(folder / "out")
    done = egide(folder, "report out -o report.html")
    assert done.returncode == 2
    assert not (folder / "report.html").exists()
