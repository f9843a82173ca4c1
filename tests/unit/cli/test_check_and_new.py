"""`egide check` and `egide new` as a stranger meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from egide import scenario
from egide.cli.app import main

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "src/egide/scenario/starter/scenario.yaml"


def test_a_new_scenario_checks(tmp_path, capsys):
    assert main(["new", str(tmp_path / "Île déserte"), "--study"]) == 0
    assert "written: " in capsys.readouterr().out
    for name in ("scenario.yaml", "study.yaml"):
        assert main(["check", str(tmp_path / "Île déserte" / name)]) == 0
    assert scenario.load(tmp_path / "Île déserte/scenario.yaml").name == "ile-deserte"


def test_a_new_study_answers_every_command_at_once(tmp_path, monkeypatch, capsys):
    """As typed, with fewer replications; what it prints as next are the commands that read its files."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "coast", "--study"]) == 0
    said = capsys.readouterr().out
    assert {path.name for path in (tmp_path / "coast").iterdir()} == {
        "scenario.yaml", "study.yaml", "money.yaml", "calendar.yaml", "claims.yaml",
        "dossier.yaml",
    }  # fmt: skip
    for words in ("next: egide check coast/study.yaml", "then: egide claims coast --campaign out/campaign"):
        assert words in said
    assert main(["money", "coast/study.yaml", "--as-of", "2030-12-31"]) == 0
    assert "A second battery" in capsys.readouterr().out
    assert main(["claims", "coast"]) == 0
    said = capsys.readouterr().out
    assert "reaches-100-km: under assumptions: depends" in said
    assert "egide campaign coast/study.yaml -o out/campaign" in said, "how to judge the others"
    assert main(["timeline", "coast/study.yaml", "--replications", "2", "-o", "out/timeline"]) == 0
    assert "60 months · 2 distinct states, each run once" in capsys.readouterr().out, "without and with the battery"


def test_a_campaign_of_a_new_study_judges_its_cards(tmp_path, monkeypatch, capsys):
    """Of fewer points than it has: 30 are the fewest that a card is judged by, and that is said."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "coast", "--study"]) == 0
    file = tmp_path / "coast/study.yaml"
    text = file.read_text().replace("points: 30}", "points: 3}").replace("nominal: 60", "nominal: 4")
    file.write_text(text.replace("full: 10 %", "full: 0 %"))
    assert main(["campaign", "coast/study.yaml", "--workers", "1", "-o", "out/campaign"]) == 0
    capsys.readouterr()
    assert main(["claims", "coast", "--campaign", "out/campaign", "--lang", "fr"]) == 0
    said = capsys.readouterr().out
    assert "Une seconde batterie laisse-t-elle passer moins d’assaillants" in said
    assert "inventé" in said
    assert main(["money", "coast/study.yaml", "--campaign", "out/campaign"]) == 0
    assert "A second battery" in capsys.readouterr().out
    study = ["report", "coast", "--dossier", "--runs", "out", "-o", "out/dossier.html", "--lang", "fr"]
    assert main(study) == 0
    page = (tmp_path / "out/dossier.html").read_text("utf-8")
    assert (
        "Cette partie n’a pas été simulée" in page
    )  # the calendar and the what-if were not run: said, with their commands
    assert "egide timeline coast/study.yaml" in page


def test_a_new_scenario_may_be_a_file(tmp_path):
    assert main(["new", str(tmp_path / "first.yaml")]) == 0
    assert scenario.load(tmp_path / "first.yaml").name == "first"


def test_new_writes_over_nothing(tmp_path, capsys):
    file = tmp_path / "scenario.yaml"
    file.write_text("mine")
    assert main(["new", str(tmp_path), "--study"]) == 2
    assert capsys.readouterr().err == f"{file}: this file is already there; choose another name\n"
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.yaml"]
    assert file.read_text() == "mine"


def test_a_fine_scenario_is_summed_up(capsys):
    assert main(["check", str(STARTER)]) == 0
    shown = capsys.readouterr().out
    for words in ("fine", "batteries: 1 (48 missiles)", "raids: 2 (10 attackers)", "one-shot", "egide run"):
        assert words in shown


def test_json_is_one_document_for_the_fine_and_the_faulty(tmp_path, capsys):
    assert main(["check", str(STARTER), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["fine"]
    assert document["counts"]["raid_objects"] == 10
    file = tmp_path / "bad.yaml"
    file.write_text(STARTER.read_text().replace("duration: 40 min", "duration: 40"))
    assert main(["check", str(file), "--json"]) == 2
    said = capsys.readouterr()
    (problem,) = json.loads(said.out)["problems"]
    assert (problem["line"], problem["path"], said.err) == (15, "duration", "")
    assert main(["check", str(tmp_path / "none.yaml"), "--json"]) == 2
    assert not json.loads(capsys.readouterr().out)["fine"]


def test_the_schema_is_printed(capsys):
    assert main(["check", "--schema"]) == 0
    assert "raids" in json.loads(capsys.readouterr().out)["properties"]
    assert main(["check", "--schema", str(STARTER.parent / "study.yaml")]) == 0
    assert "replications" in json.loads(capsys.readouterr().out)["properties"]


def test_an_unknown_alternative_is_told(capsys):
    assert main(["check", str(STARTER), "--alternative", "one-shto"]) == 2
    assert "did you mean 'one-shot'?" in capsys.readouterr().err


def test_check_without_a_file_asks_for_one(capsys):
    assert main(["check"]) == 2
    assert "FILE is missing" in capsys.readouterr().err


def test_what_only_a_map_shows_is_found_with_geography(tmp_path, capsys):
    """A ballistic target out of range, known without a map; a raid that would start too early: told once a raid."""
    text = (ROOT / "scenarios/first-battery/scenario.yaml").read_text(encoding="utf-8")
    file = tmp_path / "far.yaml"
    file.write_text(text.replace("launch: [[45.10, -31.80]]", "launch: [[45.10, -30.60]]"), encoding="utf-8")
    for words in ((), ("--geography",)):
        assert main(["check", str(file), *words]) == 2
        (shown,) = capsys.readouterr().err.splitlines()
        assert "raids.ballistic" in shown
        assert "beyond the 3" in shown
    file.write_text(text.replace("time_on_target: 26 min", "time_on_target: 1 min"), encoding="utf-8")
    assert main(["check", str(file)]) == 0
    capsys.readouterr()
    assert main(["check", str(file), "--geography"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["check", str(ROOT / "scenarios/first-battery/scenario.yaml"), "--geography"]) == 0


# --- what stands beside a study -----------------------------------------------------------------------------------

SHIPPED = ROOT / "studies/turkiye-2019"


def beside(tmp_path, name: str, old: str, new: str) -> Path:
    """The shipped study with one text of one file changed."""
    for each in ("study.yaml", "scenario.yaml", "money.yaml", "calendar.yaml", "claims.yaml", "traffic.csv.gz"):
        (tmp_path / each).write_bytes((SHIPPED / each).read_bytes())
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("money.yaml", "fine – 15 entries"),
        ("calendar.yaml", "events"),
        ("claims.yaml", "fine – 11 claim cards"),
        ("study.yaml", "beside it, fine too: money.yaml, calendar.yaml, claims.yaml, dossier.yaml"),
    ],
)
def test_a_study_and_what_stands_beside_it_are_checked(name, says, capsys):
    assert main(["check", str(SHIPPED / name), "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert says in said
    assert "next: egide " in said


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "says"),
    [
        ("claims.yaml", "measure: leakers,", "measure: leekers,", r"claims\.[a-z-]+\.test\.measure",
         "there is no measure called 'leekers'; did you mean"),
        ("claims.yaml", "date: 2019-04\n", "date: 2019-14\n", r"claims\.nato-coverage\.date", "expected a day"),
        ("claims.yaml", "alternative: nato-only", "alternative: nato", r"claims\.[a-z-]+\.test\.alternative",
         "there is no alternative called 'nato' in this study; did you mean"),
        ("claims.yaml", "against: patriot", "against: s400-alone", r"claims\.money\.test\.against", "against itself"),
        ("money.yaml", "amount: 0.8 bn USD", "amount: 0.8 bn", r"entries\.f35-paid-2018\.amount", "currency"),
        ("money.yaml", "    year: 2018\n    date: 2018-06-14\n", "    date: 2018-06-14\n", r"entries\.f35-paid-2018",
         "year"),
        ("money.yaml", "until: 2019-07-12", "until: 2016-07-12", r"entries\.s400-cash\.until", "before it begins"),
        ("calendar.yaml", "from: 2012-01", "from: 2031-01", r"", "before"),
    ],
)  # fmt: skip
def test_a_mistake_beside_a_study_is_told_at_its_place(tmp_path, name, old, new, place, says, capsys):
    import re

    file = beside(tmp_path, name, old, new)
    first = old in ("measure: leakers,", "amount: 0.8 bn USD", "from: 2012-01")  # of each file: the study says it too
    for asked in (file, *((tmp_path / "study.yaml",) if first else ())):
        assert main(["check", str(asked), "--lang", "en"]) == 2
        said = capsys.readouterr().err
        assert re.search(rf"{name}:\d+:\d+: {place}", said), said
        assert says in said
        assert ";" in said  # what is wrong; what would be right
        assert "Traceback" not in said


def test_a_file_without_its_study_is_told(tmp_path, capsys):
    (tmp_path / "claims.yaml").write_bytes((SHIPPED / "claims.yaml").read_bytes())
    assert main(["check", str(tmp_path / "claims.yaml")]) == 2
    assert "there is no study.yaml beside it; put it beside its own study" in capsys.readouterr().err


def test_the_schema_of_what_stands_beside_a_study_is_printed(capsys):
    assert main(["check", "--schema", str(SHIPPED / "claims.yaml")]) == 0
    assert "claims" in json.loads(capsys.readouterr().out)["properties"]


def test_json_says_what_kind_of_file_it_is(capsys):
    assert main(["check", "--json", str(SHIPPED / "money.yaml")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["fine"], document["count"]) == ("money", True, 15)
