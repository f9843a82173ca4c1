"""The exposure study as a reader meets it: what it does not cover first, then numbers that are all the data's."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.unit.analysis import watched

from egide.analysis import exposure_study as study
from egide.analysis.exposure import NOT_COVERED
from egide.analysis.exposure_study import ExposureStudy
from egide.cli.app import main
from egide.coverage import emission
from egide.i18n import translator
from egide.report.exposure_study import between, percent, section, tables

PRICE = {"blanked": {"seen": (0.22, 0.24), "denied": (0.09, 0.12)}}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ExposureStudy:
    return study.read(watched.rules(tmp_path_factory), PRICE, watched.sharing(tmp_path_factory),
                      asked=emission.describe())  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_looks_do_not_cover_comes_first(found: ExposureStudy, lang: str):
    made = section(found, lang)
    assert made["first"] == translator(lang)(NOT_COVERED)
    assert next(iter(made)) == "first"
    assert set(made) == {"first", "sentences", "figures", "tables"}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_table_is_a_table(found: ExposureStudy, lang: str):
    made = section(found, lang)["tables"]
    assert len(made) == 4
    for table in made:
        assert table["rows"]
        assert all(len(row) == len(table["head"]) for row in table["rows"])
        assert all(isinstance(cell, str) and cell for row in table["rows"] for cell in row)


def test_nothing_collected_is_never_called_no_danger(found: ExposureStudy):
    said = " ".join(section(found, "en")["sentences"])
    assert "no aspect with 10 samples beyond the region's share" in said  # reflectors
    assert len(re.findall("no danger", said)) == len(re.findall("nothing here says that there is no danger", said)) == 1


def test_a_rule_that_is_silent_is_not_called_free(found: ExposureStudy):
    (silent,) = (line for line in section(found, "en")["sentences"] if line.startswith("Silent"))
    assert "all of its coverage" in silent
    (blanked,) = (line for line in section(found, "en")["sentences"] if line.startswith("Sector"))
    assert "25.0% of the airspace" in blanked


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_figure_says_its_finding_and_has_words_for_those_who_do_not_see_it(found: ExposureStudy, lang: str):
    (figure,) = section(found, lang)["figures"]
    assert figure["picture"]["svg"].startswith("<svg")
    for rule in found.mitigation.rules:
        assert rule.here.label[lang] in figure["alt"]
    assert "%" in figure["title"]
    assert figure["note"]


def test_a_missing_part_leaves_a_shorter_section(found: ExposureStudy):
    empty = section(ExposureStudy(None), "en")
    assert (empty["sentences"], empty["figures"], empty["tables"]) == ([], [], [])
    assert empty["first"] == NOT_COVERED
    assert len(tables(ExposureStudy(found.mitigation), "en")) == 2
    assert section(ExposureStudy(None, found.learned), "en")["figures"] == []


def test_one_way_to_share_is_nothing_to_compare(tmp_path_factory: pytest.TempPathFactory):
    assert study.read(watched.rules(tmp_path_factory), nato_runs=watched.rules(tmp_path_factory)).learned is None


def test_shares_read_well_in_both_languages():
    assert between(0.110, 0.119, "en") == "11.0 to 11.9%"
    assert between(0.110, 0.119, "fr") == "11,0 à 11,9\u202f%"
    assert between(0.11, 0.11, "en") == "11.0%"
    assert percent(0.0001, "en") == "<0.1%"


def test_the_document_is_plain_data(found: ExposureStudy):
    told = json.loads(json.dumps(found.document(), allow_nan=False))
    assert told["first"] == NOT_COVERED
    assert {rule["name"] for rule in told["mitigation"]["rules"]} == {"plain", "blanked", "silent", "reflectors"}


def test_egide_exposure_prints_both_of_comparisons(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
):
    folders = [str(place(tmp_path_factory)) for place in (watched.rules, watched.sharing)]
    assert main(["exposure", *folders]) == 0
    out = capsys.readouterr().out
    assert out.startswith(NOT_COVERED)
    for words in ("What each precaution leaves", "by sorties a week", "by sharing rule", "on the frontier"):
        assert words in out


def test_a_comparison_with_recorded_traffic_still_has_its_price(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
):
    """The recording lies beside the scenario's own file, not beside the runs."""
    folder = tmp_path / "compared"
    shutil.copytree(watched.rules(tmp_path_factory), folder)
    for name in ("plain", "blanked"):
        kept = folder / name / "scenario.yaml"
        kept.write_text(kept.read_text("utf-8") + "traffic: {recording: gone.json.gz}\n", encoding="utf-8")
    assert set(emission.of_rules(folder, "2km-agl", "100m2")) == {"blanked"}


def test_a_price_that_cannot_be_reckoned_leaves_the_rest(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "compared"
    shutil.copytree(watched.rules(tmp_path_factory), folder)
    kept = folder / "blanked" / "scenario.yaml"
    kept.write_text(kept.read_text("utf-8").replace("aircraft/f-35a", "aircraft/gone"), encoding="utf-8")
    assert main(["exposure", str(folder)]) == 0
    shown = capsys.readouterr()
    assert "the price of a blanked sector is not known" in shown.err
    assert "What each precaution leaves" in shown.out
