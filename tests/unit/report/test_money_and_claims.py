"""Money and claim cards as sections of a page: what a reader must find there, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import egide as eg
from egide.analysis import ledger
from egide.analysis.prices import Amount
from egide.analysis.worth import Effect
from egide.campaign.claims import cards
from egide.report import claim_words, money_words
from egide.report.money_words import Page

STUDY = Path(__file__).parents[3] / "studies/turkiye-2019/study.yaml"


@pytest.fixture(scope="module")
def books():
    return eg.money(STUDY)


@pytest.fixture(scope="module")
def told(books):
    return {lang: money_words.section(books, (), (), lang) for lang in ("en", "fr")}


def test_what_the_minister_had_paid_and_had_under_way_is_told_as_sunk_and_as_a_consequence(told):
    said = " ".join(told["en"]["sentences"])
    assert re.search(r"Paid beside the defence by 3 April 2019: 1\.21 bn USD .*400\sM USD \(2019\).*It is sunk\.", said)
    assert re.search(r"Under way beside the defence on 3 April 2019: 2\.30 bn USD.*2\s300\sM USD \(2019\)", said)
    choice = told["en"]["tables"][0]
    status = {row[0]: row[-1] for row in choice["rows"]}
    assert status["F-35, paid by June 2018"].startswith("paid by then: sunk")
    assert status["F-35, in course of payment"].startswith("a consequence")
    assert status["S-400, share lent by Russia"] == "still to be paid: part of the price"
    assert status["S-400, cash share of the contract, in advance"].startswith("what was paid by then is sunk")


def test_what_counts_in_the_choice_is_what_the_ledger_says_is_open(books):
    """The words of the table and the arithmetic of prices are of one mind about every entry."""
    words = Page(books, "en")
    for item in books.items:
        counted = item in ledger.own(books.items, books.chooser, next(iter(item.of), ""))
        is_open = counted and not ledger.open_part(item, books.decision).nothing
        if item.party == books.chooser:
            assert ("part of the price" in words.status(item)) == is_open, item.name


def test_the_figure_of_the_ledgers_says_its_finding_and_every_flow(told, books):
    for lang, section in told.items():
        (figure,) = section["figures"]
        paid = books.sunk(books.decision)["turkey"].value / 1e9
        assert f"{paid:.2f}".replace(".", "," if lang == "fr" else ".") in figure["title"]
        assert figure["alt"] == figure["picture"]["alt"]
        assert str(figure["picture"]["svg"]).startswith("<svg")
        assert 'role="img"' in str(figure["picture"]["svg"])
    english, french = (told[lang]["figures"][0]["alt"] for lang in ("en", "fr"))
    for word in ("paid", "due", "claimed back", "avoided", "forgone", "United States"):
        assert word in english
    assert "irrécupérables" in told["fr"]["figures"][0]["title"]
    assert not re.search(r"(?<![\u202f\d])[:;]\s", french)  # a narrow space before each


def test_money_moves_with_the_day_of_decision(books):
    """A year earlier nothing of April 2019 is sunk."""
    before = money_words.section(replace(books, decision=date(2018, 1, 1)), (), (), "en")
    assert not any(line.startswith(("Paid beside", "Under way")) for line in before["sentences"])


def test_effects_stand_in_a_table_with_a_least_value_over_a_ceiling(books):
    effect = Effect("patriot", "nato-only", "leakers", "attackers stopped", "n",
                    Amount(20.0, 22.0, 24.0), Amount(12.0, 20.0, 27.0), 40)  # fmt: skip
    tables = money_words.section(books, (effect,), (), "en")["tables"]
    (table,) = [each for each in tables if each["title"].startswith("What a billion buys")]
    (row,) = table["rows"]
    assert row[1] == "Patriot (2018 package)"
    assert row[5].startswith("≥")
    turned = money_words.section(books, (replace(effect, turned=True),), (), "en")["tables"]
    (row,) = next(each for each in turned if each["title"].startswith("What a billion buys"))["rows"]
    assert row[0].endswith("turned round with full tracking: nothing is claimed")
    assert row[5:] == ["–"] * 4


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_cards_are_grouped_by_what_was_found(lang):
    judged = cards(STUDY, only=("reach-400-km", "s400-stops-which", "patriot-stops-which", "f35-secrets"))
    section = claim_words.section(judged.cards, lang)
    found = {group["verdict"]: [card["id"] for card in group["cards"]] for group in section["groups"]}
    assert found == {
        "supported": ["s400-stops-which"], "not-supported": ["reach-400-km"], "depends": ["patriot-stops-which"],
        "missing": ["f35-secrets"],
    }  # fmt: skip
    reach = section["groups"][1]["cards"][0]
    assert reach["turns"]
    assert "Almaz-Antey" in reach["turns"][0]
    assert not re.search(r"[a-z0-9-]+/[a-z0-9-]+\.[a-z_]+", " ".join((*reach["turns"], reach["assumed"])))  # no path
    assert reach["sources"][0]["id"] == "S4-01"
    assert reach["under_assumptions"]
    missing = section["groups"][3]["cards"][0]
    assert missing["command"].startswith("egide compare")
    assert section["note"]
