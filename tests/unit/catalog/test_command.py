"""`egide catalog`, as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from egide import catalog
from egide.cli.app import main
from egide.units import DIMENSIONS, read_quantity

SHELF = catalog.load()


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("EGIDE_LANG", raising=False)


def test_entry_is_shown_with_ranges_grades_and_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "91N6E"]) == 0
    shown = capsys.readouterr().out
    row = next(line for line in shown.splitlines() if line.startswith("reference_range"))
    assert row.split() == ["reference_range", "300", "390", "390", "km", "assumed", "K", "S4-22"]
    assert "https://www.globalsecurity.org/military/world/russia/s-400-radars.htm" in shown


def test_disputed_value_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "40N6E"]) == 0
    assert "(disputed)" in capsys.readouterr().out


def test_unknown_name_is_put_right_and_exits_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "S-4000"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == ("egide catalog: nothing in the catalogue is called 'S-4000'; did you mean system/s-400?\n")


def test_list_has_a_line_an_entry_and_the_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines if "/" in line.split(" ")[0]} == set(SHELF)
    assert f"{len(SHELF)} entries" in lines[-1]
    assert f"{SHELF.counts()['assumed']} assumed" in lines[-1]


def test_search_lists_what_it_finds_in_the_language_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "--search", "gap filler", "--lang", "fr"]) == 0
    shown = capsys.readouterr().out
    assert "Radar basse altitude générique" in shown
    assert "radar/91n6e" not in shown


def test_search_without_a_find_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "--search", "zzzz"]) == 0
    assert capsys.readouterr().out == "nothing found\n"


def test_json_of_an_entry_makes_the_entry_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "radar/92n6e", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (row,) = document["entries"]
    entry = SHELF["radar/92n6e"]
    assert (row["id"], row["kind"], row["label"], row["facts"]) == (entry.id, entry.kind, entry.label, entry.facts)
    assert list(row["values"]) == list(entry.values)
    for name, given in row["values"].items():
        value, dimension = entry.values[name], DIMENSIONS[given["dimension"]]
        for level in catalog.LEVELS:
            assert given[f"{level}_si"] == value.si(level)
            assert read_quantity(given[level], dimension) == value.si(level)
        assert (given["basis"], given["grade"], given["why"]) == (value.basis, value.grade, value.why)
        assert set(given["source"]) <= set(document["sources"])
    assert document["sources"]["S4-09"]["grade"] == "D"


def test_every_entry_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for entry_id in SHELF:
        for extra in (["--lang", "fr"], ["--json"]):
            assert main(["catalog", entry_id, *extra]) == 0
            assert capsys.readouterr().out


def test_nothing_heavy_is_imported_to_read_the_catalogue() -> None:
    heavy = ("numba", "numpy", "scipy", "pydantic", "duckdb", "rasterio", "matplotlib", "pyproj")
    code = f"import sys; from egide import catalog; catalog.load(); print([m for m in {heavy} if m in sys.modules])"
    start = time.perf_counter()
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
    assert time.perf_counter() - start < 5.0
