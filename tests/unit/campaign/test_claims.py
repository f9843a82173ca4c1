"""Claim cards against folders: what is fresh is judged, what is stale is refused with what changed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from egide import catalog
from egide.campaign import claims, claims_catalog, keeping
from egide.campaign.plan import plan
from egide.cli.app import main
from egide.errors import StoreError
from egide.scenario import claims as model
from egide.scenario.tree import plain, read_tree
from egide.store import parts

ROOT = Path(__file__).parents[3]
STUDY = """
egide: 1
kind: study
name: small
title: {en: Small, fr: Petit}
base: scenario.yaml
alternatives: [as-written, one-shot, no-watch]
seed: 11
campaign:
  alternatives: [as-written, one-shot]
  design:
    - {kind: latin-hypercube, points: 40}
    - {kind: one-at-a-time, factors: ['optimism.*']}
  replications: 6
"""
CARDS = """egide: 1
kind: claims
study: small
claims:
  one-shot-leaks-more:
    source: CI-13
    says: {en: Does one shot let more through?, fr: Un seul tir en laisse-t-il passer plus ?}
    test: {kind: difference, measure: leakers, alternative: one-shot, against: as-written, more_than: 0}
    not_covered: {en: Other raids., fr: D’autres raids.}
  cheap:
    speaker: {en: A reader, fr: un lecteur}
    date: 2019-04
    source: CI-13
    says: {en: Hardly anything is fired., fr: On ne tire presque rien.}
    test: {kind: measure, measure: shots, alternative: one-shot, less_than: 2}
    not_covered: {en: Prices., fr: Les prix.}
  seen:
    source: SV-06
    says: {en: Is it seen?, fr: Le voit-on ?}
    test: {kind: coverage, measure: seen, alternative: as-written, altitude: 5km-amsl, rcs: 1m2, more_than: 50 %}
    not_covered: {en: Low heights., fr: Les basses hauteurs.}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("study")
    shutil.copy(ROOT / "scenarios" / "first-battery" / "scenario.yaml", place)
    (place / "study.yaml").write_text(STUDY, encoding="utf-8")
    (place / "claims.yaml").write_text(CARDS, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory) -> Path:
    """A campaign's folder as it would be left, with results that are made up: one shot lets 2 more through."""
    return made_up(study, tmp_path_factory.mktemp("campaign"), {"as-written": (4.0, 4.0), "one-shot": (6.0, 6.0)})


def made_up(study: Path, place: Path, leakers: dict[str, tuple[float, float]], fast: bool = False) -> Path:
    """Leakers of each alternative, with fast and with full tracking. Six runs a point; beside fast ones two full."""
    made = plan(study / "study.yaml")
    con, n = parts.connect(), len(made.points)
    luck = np.random.default_rng(5)
    blocks = []
    for alternative, means in leakers.items():
        chance, shots = luck.normal(0.0, 0.4, (n, 6)), luck.poisson(9.0, (n, 6)) * 1.0
        for mode, mean, each in (("fast", means[0], 6), ("full", means[1], 2)) if fast else (("full", means[1], 6),):
            blocks.append({
                "point": np.repeat(np.arange(n, dtype=np.int32), each),
                "alternative": np.full(n * each, alternative, object), "mode": np.full(n * each, mode, object),
                "replication": np.tile(np.arange(each, dtype=np.int32), n),
                "leakers": (mean + chance[:, :each]).ravel(), "shots": shots[:, :each].ravel(),
            })  # fmt: skip
    results = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    nothing = {"point": np.zeros(0, np.int32), "alternative": np.zeros(0, object), "cause": np.zeros(0, object)}
    tables = {"points": made.points_table(), "parameter_values": made.values_table(), "factors": made.factors_table(),
              "results": results, "failures": nothing}  # fmt: skip
    for name, table in tables.items():
        parts.write(place / f"{name}.parquet", table, con)
    con.close()
    (place / "campaign.json").write_text(json.dumps(keeping.asked_of(made)), encoding="utf-8")
    shutil.copy(study / "study.yaml", place)
    shutil.copy(study / "scenario.yaml", place)
    manifest = {"format": 1, "kind": "campaign", "study": {"name": "small"},
                "alternatives": {name: {} for name in leakers}, "runs": {"asked": 12 * n, "done": 12 * n},
                "complete": True, "digest": "0123456789abcdef"}  # fmt: skip
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return place


def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_cards_are_judged_by_a_fresh_campaign(study, folder):
    found = {card.id: card for card in claims.cards(study, folder).cards}
    more, cheap, seen = found["one-shot-leaks-more"], found["cheap"], found["seen"]
    assert more.finding is not None
    assert more.finding.verdict == "supported"
    assert more.finding.value.value == pytest.approx(2.0, abs=0.5)
    assert more.finding.holds.value == 1.0
    assert (more.rests.digest, more.rests.points, more.rests.mode) == ("0123456789abcdef", 40, "full")
    assert cheap.finding is not None
    assert cheap.finding.verdict == "not supported"
    assert seen.finding is None
    assert seen.command.startswith("egide coverage")


def test_the_command_prints_them_in_both_languages(study, folder, capsys):
    assert main(["claims", str(study), "--campaign", str(folder), "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "one-shot-leaks-more: supported (yes)" in english.replace("under assumptions: ", "")
    assert "steady state" in english
    assert "not judged" in english
    assert "A reader, April 2019" in english
    assert main(["claims", str(study), "--campaign", str(folder), "--lang", "fr"]) == 0
    french = capsys.readouterr().out
    assert "un lecteur, avril 2019" in french
    assert "one-shot-leaks-more\u202f: " in french
    assert " :" not in french.replace("\u202f:", "")


def test_json_is_one_document(study, folder, capsys):
    assert main(["claims", str(study), "--campaign", str(folder), "--json"]) == 0
    cards = {card["id"]: card for card in json.loads(capsys.readouterr().out)["cards"]}
    assert cards["one-shot-leaks-more"]["verdict"] == "supported"
    assert cards["one-shot-leaks-more"]["question"] is True
    assert cards["cheap"]["verdict"] == "not-supported"
    assert cards["seen"]["verdict"] == "missing"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("study.yaml", "seed: 11", "seed: 12", "seed: 11 -> 12"),
        ("study.yaml", "points: 40", "points: 41", "study: line 12"),
        ("scenario.yaml", "duration: ", "duration: 1 h # ", "scenario: line "),
        ("study.yaml", "name: small", "name: other", "of another study: small, not other"),
    ],
)
def test_a_stale_campaign_is_refused_with_what_changed(study, folder, tmp_path, file, old, new, says, capsys):
    place = tmp_path / "study"
    shutil.copytree(study, place)
    text = (place / file).read_text(encoding="utf-8")
    assert old in text
    (place / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    if "name: other" in new:
        (place / "claims.yaml").write_text(CARDS.replace("study: small", "study: other"), encoding="utf-8")
    assert main(["claims", str(place), "--campaign", str(folder)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "egide campaign" in said
    assert "Traceback" not in said


def test_a_campaign_of_other_code_is_read_only_when_that_is_asked_for_and_then_says_so(study, folder, tmp_path, capsys):
    place = copy(folder, tmp_path)
    asked = json.loads((place / "campaign.json").read_text())
    (place / "campaign.json").write_text(json.dumps({**asked, "code": "another"}))
    with pytest.raises(StoreError, match="code: another -> "):
        claims.cards(study, place)
    assert main(["claims", str(study), "--campaign", str(place), "--other-code"]) == 0
    assert "made by other code: code: another -> " in " ".join(capsys.readouterr().out.split())


def test_an_alternative_that_was_not_run_is_said_at_its_place(study, folder, tmp_path, capsys):
    place = tmp_path / "study"
    shutil.copytree(study, place)
    (place / "claims.yaml").write_text(
        CARDS.replace("alternative: one-shot, against", "alternative: no-watch, against")
    )
    assert main(["claims", str(place), "--campaign", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "claims.yaml:8:61: claims.one-shot-leaks-more.test.alternative" in said
    assert "the campaign holds no runs of no-watch; it holds as-written, one-shot" in said
    assert "add it to campaign.alternatives" in said


def test_a_coverage_of_another_scenario_is_refused(study, tmp_path, capsys):
    place = tmp_path / "coverage"
    place.mkdir()
    document = {"kind": "coverage", "scenario": {"name": "island", "sha256": "00", "sets": []}, "alternatives": []}
    (place / "coverage.json").write_text(json.dumps(document))
    assert main(["claims", str(study), "--coverage", str(place)]) == 2
    assert "the coverage there was made from something else: scenario: island 00 -> " in capsys.readouterr().err


def coverage_of(study: Path, place: Path, **changed) -> tuple[Path, dict]:
    """A coverage's manifest with one row."""
    row = {"measure": "seen", "altitude": "5km-amsl", "rcs_m2": 1.0, "weight": "area", "usable": True, "nominal": 0.7,
           "low": 0.6, "high": 0.8, "terrain_low": None, "terrain_high": None, **changed}  # fmt: skip
    sha = hashlib.sha256((study / "scenario.yaml").read_bytes()).hexdigest()
    document = {"kind": "coverage", "digest": "d", "scenario": {"name": "x", "sha256": sha, "sets": []},
                "area": {"name": "the island"}, "alternatives": [{"name": "as-written", "rows": [row]}]}  # fmt: skip
    place.mkdir(exist_ok=True)
    (place / "coverage.json").write_text(json.dumps(document))
    return place, document


def test_a_coverage_answers_by_its_corners(study, tmp_path):
    place, _ = coverage_of(study, tmp_path / "coverage")
    found = {card.id: card for card in claims.cards(study, coverage=place, only=("seen",)).cards}["seen"]
    assert found.finding is not None
    assert (found.finding.verdict, found.finding.spread) == ("supported", (0.6, 0.8))
    assert found.rests.values["area"] == "the island"
    coverage_of(study, place, low=0.4)
    again = claims.cards(study, coverage=place, only=("seen",)).cards[0].finding
    assert again is not None
    assert again.verdict == "depends"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"altitude": "3km-amsl"}, "the coverage was not asked for seen at 5km-amsl and 1m2 by the rule of this card"),
        ({"low": None, "high": None}, "the coverage holds nominal values alone"),
    ],
)
def test_a_coverage_that_lacks_what_a_card_asks_is_refused_at_its_place(study, tmp_path, changed, says, capsys):
    place, _ = coverage_of(study, tmp_path / "coverage", **changed)
    assert main(["claims", str(study), "--coverage", str(place)]) == 2
    said = capsys.readouterr().err
    assert re.search(r"claims.yaml:20:\d+: claims.seen.test", said), said
    assert says in said
    assert "make it again: egide coverage" in said


def test_a_coverage_of_other_alternatives_or_unfinished_is_refused(study, tmp_path, capsys):
    place, document = coverage_of(study, tmp_path / "coverage")
    document["alternatives"][0]["name"] = "no-watch"
    (place / "coverage.json").write_text(json.dumps(document))
    assert main(["claims", str(study), "--coverage", str(place)]) == 2
    assert "the coverage holds no as-written; it holds no-watch" in capsys.readouterr().err
    (place / "coverage.json").write_text(json.dumps({**document, "complete": False}))
    assert main(["claims", str(study), "--coverage", str(place)]) == 2
    assert "the coverage there is not finished; run the same command again" in capsys.readouterr().err


EXPOSURE = """  secrets:
    source: SF-03
    says: {en: Is it looked at?, fr: Est-il observé ?}
    test: {kind: exposure, study: near, alternative: away, aircraft: aircraft/f-35a, band: S, more_than: 1 %}
    not_covered: {en: Links., fr: Les liaisons.}
"""


def test_runs_of_an_exposure_study_are_refused_where_they_are_stale_or_lack_the_alternative(study, tmp_path, capsys):
    import egide as eg

    place = Path(shutil.copytree(study, tmp_path / "main"))
    (place / "claims.yaml").write_text(CARDS + EXPOSURE, encoding="utf-8")
    near = tmp_path / "near"
    near.mkdir()
    shutil.copy(study / "scenario.yaml", near)
    eg.run(near / "scenario.yaml", tmp_path / "run", replications=1)
    ask = ["claims", str(place), "--only", "secrets", "--exposure", str(tmp_path / "run")]
    assert main(ask) == 2
    said = capsys.readouterr().err
    assert "claims.secrets.test.alternative: the runs hold no away; they hold base" in said
    assert "make it again: egide compare" in said
    (place / "claims.yaml").write_text((CARDS + EXPOSURE).replace("alternative: away", "alternative: base"))
    text = (near / "scenario.yaml").read_text(encoding="utf-8")
    (near / "scenario.yaml").write_text(text + "# changed\n", encoding="utf-8")
    assert main(ask) == 2
    assert "the runs there were made from something else: scenario: " in capsys.readouterr().err


def test_a_card_that_is_not_there_is_said(study, capsys):
    assert main(["claims", str(study), "--only", "seem"]) == 2
    assert "there is no card called seem; did you mean 'seen'?" in capsys.readouterr().err


def test_the_makers_400_km_are_not_reached_and_the_published_table_says_why():
    """Against a strike aircraft at 9 km the horizon allows 400 km; radar and missile do not, at nine points in ten."""
    file = ROOT / "studies" / "turkiye-2019" / "claims.yaml"
    card = plain(read_tree(file.read_bytes(), "claims.yaml"))["claims"]["reach-400-km"]
    finding = claims_catalog.reach(model.Test.model_validate(card["test"]), catalog.load())
    assert finding.verdict == "not supported"
    assert finding.value.value <= 380e3
    cruise = next(each for each in finding.details if each.name == "cruise-missile/generic")
    assert cruise.value == pytest.approx(41e3, abs=3e3)  # published: a 40 km weapon against what flies at 30 m


def test_a_study_without_cards_is_told_so(tmp_path, study, capsys):
    for name in ("study.yaml", "scenario.yaml"):
        shutil.copy(study / name, tmp_path)
    assert main(["claims", str(tmp_path)]) == 2
    assert "the study has no claim cards; write a claims.yaml beside it" in capsys.readouterr().err


# --- full tracking, money ------------------------------------------------------------------------------------------


def test_a_card_that_full_tracking_turns_round_depends_and_says_so(study, tmp_path, capsys):
    """Fast runs: one shot lets 2 more through. Full tracking, on the same luck: 1 fewer."""
    place = made_up(study, tmp_path, {"as-written": (4.0, 4.0), "one-shot": (6.0, 3.0)}, fast=True)
    assert main(["claims", str(study), "--campaign", str(place), "--only", "one-shot-leaks-more", "--lang", "en"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "one-shot-leaks-more: depends" in said.replace("under assumptions: ", "")
    assert "undecided: turned round with full tracking" in said
    assert re.search("(1.9|2.[01]\\d*) with fast tracking, \u2212(0.9|1.[01])\\d* with full tracking .conf", said)
    assert "fast tracking; steady state" in said


MONEY = """egide: 1
kind: money
name: small
title: {en: Small, fr: Petit}
currency: USD
year: 2019
decision: 2019-04-03
horizon: 2026-12-31
parties: {buyer: {en: Buyer, fr: Acheteur}}
entries:
  - {name: one, party: buyer, label: {en: One, fr: Un}, flow: paid, price: contract, of: [one-shot],
     amount: {value: 2 bn USD, low: 1 bn USD, high: 2 bn USD}, year: 2019, date: 2018-01-01, source: TR-02, grade: S}
  - {name: rest, party: buyer, label: {en: Rest, fr: Reste}, flow: due, price: contract, of: [one-shot],
     amount: 1 bn USD, year: 2019, date: 2020-01-01, source: TR-02, grade: S}
  - {name: watch, party: buyer, label: {en: Watch, fr: Veille}, flow: due, price: ceiling, of: [no-watch],
     amount: 1 bn USD, year: 2019, date: 2019-12-01, source: TR-02, grade: S}
"""
PRICED = (
    CARDS
    + """  money:
    source: CI-13
    says: {en: Does one shot do more for its money?, fr: Un seul tir rapporte-t-il plus par dollar ?}
    test: {kind: per-billion, measure: leakers, alternative: one-shot, against: no-watch, baseline: as-written,
           more_than: 0}
    not_covered: {en: All else., fr: Tout le reste.}
"""
)


@pytest.fixture
def priced(study, tmp_path) -> Path:
    """The study with ledgers beside it, and a card of effect for money. One shot takes 6 off, no watch 4."""
    place = Path(shutil.copytree(study, tmp_path / "priced"))
    text = STUDY.replace("alternatives: [as-written, one-shot]", "alternatives: [as-written, one-shot, no-watch]")
    (place / "study.yaml").write_text(text, encoding="utf-8")
    (place / "money.yaml").write_text(MONEY, encoding="utf-8")
    (place / "claims.yaml").write_text(PRICED, encoding="utf-8")
    return place


def test_effect_for_money_takes_its_prices_from_the_ledgers_beside_the_study(priced, tmp_path):
    place = tmp_path / "campaign"
    place.mkdir()
    made_up(priced, place, {"as-written": (9.0, 9.0), "one-shot": (3.0, 3.0), "no-watch": (5.0, 5.0)})
    found = claims.cards(priced, place, only=("money",)).cards[0].finding
    assert found is not None
    assert [each.value for each in found.details] == pytest.approx([2.0, 4.0], abs=0.2)  # 6 for 3 bn, 4 for 1 bn
    assert found.details[0].high == pytest.approx(3.0, abs=0.3)  # 2 bn at least
    assert (found.verdict, found.values["year"]) == ("not supported", 2019)
    (priced / "claims.yaml").write_text(PRICED.replace("  money:\n", "  money:\n    date: 2019-04-03\n"))
    still = claims.cards(priced, place, only=("money",)).cards[0].finding
    assert still is not None
    assert [each.value for each in still.details] == pytest.approx([6.0, 4.0], abs=0.5)  # 2 bn are sunk: 6 for 1 bn
    assert claims.OPEN in still.notes


def test_effect_for_money_needs_ledgers_with_both_prices(priced, capsys):
    text = MONEY.replace("of: [no-watch]", "of: [one-shot]")
    (priced / "money.yaml").write_text(text, encoding="utf-8")
    assert main(["claims", str(priced), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "claims.yaml:25:81: claims.money.test.against: by money.yaml no-watch costs buyer nothing" in said
    (priced / "money.yaml").unlink()
    assert main(["claims", str(priced), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "claims.yaml:25:18: claims.money.test.kind" in said
    assert "effect for money needs the prices of a money.yaml beside the study; write one" in said
