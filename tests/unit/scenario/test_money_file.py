"""A money file: every mistake at its place, with its mend; the shipped one holds what its sources print."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from egide import scenario
from egide.scenario.amounts import read_day
from egide.scenario.money import Amount, Money

ROOT = Path(__file__).parents[3]
STARTER = ROOT / "src/egide/scenario/starter"
TURKIYE = ROOT / "studies/turkiye-2019"

TEXT = """
egide: 1
kind: money
name: island
title: {en: Who pays, fr: Qui paie}
currency: USD
year: 2019
deflators: [index/us-gdp]
decision: 2019-04-03
horizon: 2026-12-31
reference: as-written
parties: {island: {en: Island, fr: Île}}
rates:
  - {of: EUR, rate: 1.3298 USD, year: 2014, date: 2014, source: MO-03, grade: D}
entries:
  - name: battery
    party: island
    label: {en: One battery, fr: Une batterie}
    flow: paid
    price: contract
    of: one-shot
    amount: 1.1 bn USD
    year: 2018
    date: 2018-12
    source: PA-33
    grade: S
  - name: radars
    party: island
    label: {en: Radars, fr: Radars}
    flow: due
    price: ceiling
    amount: {value: 20 M EUR, low: 10 M EUR, high: 30 M EUR}
    year: 2014
    from: 2014-03-01
    until: 2015
    grade: A
    why: {en: invented, fr: inventé}
"""


@pytest.fixture
def said(tmp_path):
    """Writes the file with a change beside the starter study and gives its problems as text."""
    shutil.copytree(STARTER, tmp_path, dirs_exist_ok=True)

    def check(old: str = "", new: str = "") -> list[str]:
        assert old in TEXT
        (tmp_path / "money.yaml").write_text(TEXT.replace(old, new, 1))
        problems = scenario.check_money(tmp_path / "study.yaml")
        return [str(problem).removeprefix(str(tmp_path)) for problem in problems]

    return check


def test_the_example_has_no_fault(said):
    assert said() == []


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("amount: 1.1 bn USD", "amount: 1.1 bn", "22:13: entries.battery.amount", "'1.1 bn' has no currency; write"),
        ("amount: 1.1 bn USD", "amount: 1.1", "entries.battery.amount", "1.1 has no currency"),
        ("amount: 1.1 bn USD", "amount: 1.1 bn dollars", "entries.battery.amount", "'bn dollars' is no unit of money"),
        ("amount: 1.1 bn USD", "amount: -1 M USD", "entries.battery.amount", "zero or more"),
        ("    year: 2018\n", "", "22:13: entries.battery.amount", "the price has no year; add 'year: ...'"),
        ("year: 2018", "year: 2011", "entries.battery.year", "the index index/us-gdp has no year 2011"),
        ("deflators: [index/us-gdp]\n", "", "entries.battery.year", "no price index brings it to 2019"),
        ("index/us-gdp", "index/us-gpd", "deflators[0]", "did you mean 'index/us-gdp'?"),
        ("year: 2014\n    from", "year: 2015\n    from", "entries.radars.amount", "from EUR to USD in 2015; add"),
        ("date: 2014,", "date: 2015,", "rates[0].date", "the rate is not of 2014"),
        ("low: 10 M EUR", "low: 25 M EUR", "entries.radars.amount", "low <= value <= high"),
        ("low: 10 M EUR", "low: 10 M USD", "entries.radars.amount", "different currencies"),
        ("until: 2015", "until: 2013", "entries.radars.until", "ends on 2013-12-31, before it begins"),
        ("    until: 2015\n", "", "entries.radars.from", "only a yearly operation"),
        ("date: 2018-12\n", "date: 2018-13\n", "entries.battery.date", "expected a day, a month or a year"),
        ("    date: 2018-12\n", "", "entries.battery", "a date, or from and until"),
        ("party: island", "party: iland", "entries.battery.party", "did you mean 'island'?"),
        ("of: one-shot", "of: one-shto", "entries.battery.of[0]", "did you mean 'one-shot'?"),
        ("reference: as-written", "reference: nobody", "reference", "there is no alternative called 'nobody'"),
        ("flow: paid", "flow: payed", "entries.battery.flow", "did you mean 'paid'?"),
        ("source: PA-33", "source: PA-99", "entries.battery.source", "no source called 'PA-99'"),
        ("grade: S\n", "grade: S2\n", "entries.battery.grade", "no source of this figure has grade S2"),
        ("    grade: S\n", "", "entries.battery", "'grade' is missing"),
        ("    why: {en: invented, fr: inventé}\n", "", "entries.radars", "an assumption needs its reason"),
        (", fr: Une batterie}", "}", "entries.battery.label", "not there in both languages"),
        ("name: radars", "name: battery", "entries.battery.name", "the name 'battery' is taken"),
        ("amount: 1.1 bn USD", "amount: general/turkiye.s400_loan_share", "entries.battery.amount", "has no price"),
        ("kind: money", "kind: study", "2:1", "begin with 'kind: money'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_its_mend(said, old, new, place, words):
    found = said(old, new)
    assert any(place in each and words in each for each in found), found


def test_a_study_without_money_is_told_so(tmp_path):
    shutil.copytree(STARTER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "money.yaml").unlink()
    (problem,) = scenario.check_money(tmp_path / "study.yaml")
    assert "there is no money.yaml beside this study" in str(problem)


@pytest.mark.parametrize("text", ["2.5 bn USD", "861.731778 M USD", "60 M EUR", "20 k USD", "3 USD"])
def test_an_amount_reads_back_as_it_was_written(text):
    assert Amount.model_validate(text).model_dump(by_alias=True) == {"value": text}


def test_a_month_and_a_year_are_all_of_their_days():
    assert [day.isoformat() for day in read_day("2020-02")] == ["2020-02-01", "2020-02-29"]
    assert [day.isoformat() for day in read_day(2014)] == ["2014-01-01", "2014-12-31"]


# --- the shipped file ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Money:
    assert scenario.check_money(TURKIYE / "study.yaml") == []
    return scenario.load_money(TURKIYE / "study.yaml")


def published(money: Money, *names: str) -> float:
    """Sum of amounts as their sources print them, in the money of their year, in bn."""
    from egide import catalog
    from egide.scenario.money import amount_of, share_of

    shelf = catalog.load()
    entries = [entry for entry in money.entries if entry.name in names]
    assert len(entries) == len(names)
    return math.fsum(amount_of(e.amount, shelf)[1].number * share_of(e.share, shelf) * e.count for e in entries) / 1e9


def test_contract_is_its_cash_and_its_loan(shipped):
    """TR-02: 2.5 bn USD, 45 % in advance, 55 % lent."""
    assert published(shipped, "s400-cash", "s400-loan") == pytest.approx(2.5)
    assert published(shipped, "s400-cash") == pytest.approx(1.125)  # printed so by Defense Mirror in December 2017


def test_payments_for_the_f35_are_the_sums_said_at_each_date(shipped):
    """SF-05: 1.2 bn paid and 2.3 bn under way in April 2019; MO-12: 0.8 bn in June 2018, 1.4 bn in July 2019."""
    assert published(shipped, "f35-paid-2018", "f35-paid-2019") == pytest.approx(1.2)
    assert published(shipped, "f35-paid-2018", "f35-paid-2019", "f35-paid-july") == pytest.approx(1.4)
    assert published(shipped, "f35-under-way") == pytest.approx(2.3)


def test_patriot_is_a_ceiling_of_what_was_notified(shipped):
    (entry,) = [entry for entry in shipped.entries if entry.name == "patriot-offer"]
    assert (entry.price, published(shipped, "patriot-offer")) == ("ceiling", 3.5)


def test_every_assumed_entry_has_its_reason(shipped):
    assert all(entry.why is not None for entry in shipped.entries if entry.grade in ("A", "K"))
