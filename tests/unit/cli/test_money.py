"""`egide money` on the shipped study: what its page shows, both languages, and results that are not of the study."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.unit.report import synthetic_campaign

import egide as eg
from egide.analysis import worth
from egide.analysis.outcomes import open_outcomes
from egide.cli.app import main
from egide.errors import StoreError

ROOT = Path(__file__).parents[3]
STUDY = ROOT / "studies/turkiye-2019/study.yaml"
TOLD = ("leakers", "value_lost")


@pytest.fixture(scope="module")
def books():
    return eg.money(STUDY)


def test_the_command_prints_what_its_page_shows(capsys):
    page = (ROOT / "docs/models/money.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- output -->\n```\n")[2].partition("```")[0]
    assert main(["money", str(STUDY), "--as-of", "2019-04-03"]) == 0
    assert shown.strip()
    assert shown in capsys.readouterr().out


def test_it_speaks_french(capsys):
    assert main(["money", str(STUDY), "--lang", "fr"]) == 0
    out = capsys.readouterr().out
    assert "Dépenses irrécupérables au 3 avril 2019" in out
    assert "non comparable\u202f: aucun chiffre public pour exploitation du S-400." in out
    assert "statement" not in out


def test_json_holds_the_ledgers_and_the_sources(capsys):
    assert main(["money", str(STUDY), "--json", "--as-of", "2019-04"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["as_of"] == "2019-04-30"
    assert "https://" in document["sources"]["MO-10"]
    assert {entry["name"] for entry in document["entries"]} >= {"s400-cash", "s400-loan", "patriot-offer", "us-removal"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--as-of", "spring"], "expected a day, a month or a year"),
        (["--campaign", "studies"], "holds neither a campaign nor a comparison"),
        (["--coverage", "studies"], "holds no coverage"),
    ],
)
def test_a_mistake_ends_with_two_and_one_line(more, words, capsys):
    assert main(["money", str(STUDY), *more]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_sums_of_one_price_are_the_contract_at_prices_of_the_year(books):
    """2.5 bn of 2017: deflators 99.995 in 2017, 104.00375 in 2019; consumer prices 245.120 and 255.657."""
    (found,) = [each for each in books.compared(None)[0] if each.topic == "acquisition"]
    price = found.prices[0].open
    assert price.value == pytest.approx(2.5e9 * 104.00375 / 99.995)
    assert price.low == pytest.approx(2.0e9 * 104.00375 / 99.995)
    assert price.high == pytest.approx(2.5e9 * 255.657 / 245.120)
    assert (found.verdict, found.ratio) == ("range", None)


def test_what_is_sunk_in_april_2019_is_the_f35_and_a_part_of_the_advance(books):
    sunk = books.sunk(date(2019, 4, 3))["turkey"]
    f35 = 0.8e9 * 104.00375 / 102.28775 + 0.4e9
    share = 569 / 669  # days from the advance to the decision, of those to the first delivery
    assert sunk.value == pytest.approx(f35 + 1.125e9 * 104.00375 / 99.995 * share)
    assert sunk.low == pytest.approx(f35)


def test_effects_of_a_campaign_are_those_of_its_formula(books, tmp_path):
    campaign = open_outcomes(synthetic_campaign.write(tmp_path / "c", points=40, each=4))
    effects, fronts = worth.effects(books, tmp_path / "c", None)
    found = {(each.alternative, each.measure): each for each in effects}
    assert {measure for _, measure in found} == set(TOLD)
    leakers = synthetic_campaign.BASE
    for name in ("s400-alone", "patriot"):
        each = found[name, "leakers"]
        expected = leakers["nato-only"] - leakers[name]
        assert each.ignorance.low < expected < each.ignorance.high
    (front,) = fronts
    assert front.share["nato-only"] == 1.0  # nothing is cheaper than to buy nothing
    assert front.share["s400-alone"] < front.share["s400-integrated"]  # the same price
    assert front.points == campaign.points.sample.size
    whole = {each.effect.alternative: each for each in worth.worth(effects, books.items, "turkey", None)}
    assert whole["patriot"].price.families.keys() == {"ceiling"}


def test_results_of_another_study_are_refused(books, tmp_path):
    synthetic_campaign.write(tmp_path / "c", points=2, each=2)
    manifest = json.loads((tmp_path / "c/manifest.json").read_text())
    renamed = {"elsewhere" if name == "patriot" else name: about for name, about in manifest["alternatives"].items()}
    comparison = {"alternatives": renamed, "differences": []}
    (tmp_path / "d").mkdir()
    (tmp_path / "d/comparison.json").write_text(json.dumps(comparison))
    with pytest.raises(StoreError, match="this study has not: elsewhere"):
        worth.effects(books, tmp_path / "d", None)
