"""Prices, ledgers and what money buys, against published pairs and sums worked by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egide import catalog
from egide.analysis import economy, ledger, prices, worth
from egide.analysis.ledger import Gap, Item
from egide.analysis.prices import Amount, Index, Rate

D0 = date(2017, 1, 1)
few = settings(max_examples=40)


def index(name: str) -> Index:
    values = catalog.load()[name].values
    return Index(name, {int(year[1:]): Amount.exact(each.value) for year, each in values.items()})


def item(name="a", flow="paid", price="contract", amount=(1.0, 2.0, 3.0), first=D0, last=None, of=("x",), **more):
    return Item(name, more.pop("party", "p"), flow, price, Amount(*amount), first, last or first, of, **more)


# --- prices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("from_year", "to_year", "per_cent"), [(2017, 2018, 2.4), (2018, 2019, 1.8), (2019, 2020, 1.2), (2021, 2022, 8.0)]
)
def test_consumer_prices_rise_as_published_with_the_index(from_year, to_year, per_cent):
    """Rates of inflation printed beside the index in its source (MO-01)."""
    found = prices.factor([index("index/us-cpi")], from_year, to_year)
    assert 100.0 * (found.value - 1.0) == pytest.approx(per_cent, abs=0.05)


def test_deflator_of_a_year_is_that_of_the_published_annual_accounts():
    """Annual deflators of the same accounts, 2017 = 100: 104.0 in 2019, 118.0 in 2022 (to a tenth)."""
    found = prices.factor([index("index/us-gdp")], 2017, 2019)
    assert found.value == pytest.approx(1.040, abs=5e-4)
    assert prices.factor([index("index/us-gdp")], 2017, 2022).value == pytest.approx(1.180, abs=1e-3)


def test_two_indexes_give_the_value_of_the_first_and_the_range_of_both():
    gdp, cpi = index("index/us-gdp"), index("index/us-cpi")
    found = prices.factor([gdp, cpi], 2017, 2019)
    assert (found.low, found.value) == pytest.approx((104.00375 / 99.995, 104.00375 / 99.995))
    assert found.high == pytest.approx(255.657 / 245.120)


def test_money_of_one_year_needs_no_index():
    assert prices.factor([], 2030, 2030) == Amount.exact(1.0)
    with pytest.raises(ValueError, match="no price index"):
        prices.factor([], 2030, 2031)


def test_foreign_money_is_changed_at_the_rate_of_its_own_year_and_then_deflated():
    rates, indexes = [Rate("EUR", "USD", 2014, Amount.exact(1.3298))], [index("index/us-gdp")]
    found = prices.converted(Amount.exact(60.0), "EUR", 2014, ("USD", 2019), rates, indexes)
    assert found.value == pytest.approx(60 * 1.3298 * 104.00375 / 96.4165)
    with pytest.raises(ValueError, match="no rate from EUR to USD in 2015"):
        prices.converted(Amount.exact(60.0), "EUR", 2015, ("USD", 2019), rates, indexes)


amounts = st.tuples(*[st.floats(0.0, 100.0)] * 3).map(lambda ends: Amount(*sorted(ends)))


@few
@given(amounts, amounts, st.floats(0, 1), st.floats(0, 1))
def test_no_pair_of_values_leaves_the_range_of_a_sum_a_difference_or_a_quotient(one, other, u, v):
    x, y = one.low + u * (one.high - one.low), other.low + v * (other.high - other.low)
    for found, exact in ((one + other, x + y), (one - other, x - y), (one.times(other), x * y)):
        assert found.low - 1e-9 <= exact <= found.high + 1e-9
    if other.low > 1e-3:
        found = one.over(other)
        assert found.low - 1e-9 <= x / y <= found.high + 1e-9


# --- ledgers -------------------------------------------------------------------------------------------------------


def test_a_sum_spread_over_days_is_half_paid_half_way_and_all_or_nothing_at_its_ends():
    spread = item(amount=(10.0, 20.0, 30.0), first=date(2019, 1, 1), last=date(2019, 1, 10))
    assert ledger.by(spread, date(2018, 12, 31)).nothing
    assert ledger.by(spread, date(2019, 1, 5)) == Amount(0.0, 10.0, 30.0)
    assert ledger.by(spread, date(2019, 1, 10)) == spread.amount
    assert ledger.open_part(spread, date(2019, 1, 5)) == Amount(0.0, 10.0, 30.0)
    assert ledger.open_part(spread, date(2019, 1, 10)).nothing


def test_a_yearly_sum_counts_by_days():
    yearly = item(price="operation", amount=(50.0, 50.0, 50.0), first=D0, last=date(2020, 12, 31), yearly=True)
    assert yearly.whole.value == pytest.approx(50 * 1461 / 365.25)  # four years, one of them a leap year
    assert ledger.by(yearly, date(2018, 12, 31)).value == pytest.approx(50 * 730 / 365.25)
    assert ledger.open_part(yearly, date(2018, 12, 31)).value == pytest.approx(50 * 731 / 365.25)


days = st.integers(0, 3000).map(lambda n: D0 + timedelta(n))
items = st.lists(
    st.builds(
        lambda i, party, flow, price, amount, first, length, of, yearly: Item(
            f"i{i}", party, flow, "operation" if yearly else price, amount, first, first + timedelta(length), of,
            yearly=yearly,
        ),
        st.integers(), st.sampled_from("pq"), st.sampled_from(ledger.FLOWS),
        st.sampled_from(["contract", "loan", "ceiling", "unit", "statement", "infrastructure"]), amounts, days,
        st.integers(0, 900), st.sampled_from([(), ("x",), ("y",), ("x", "y")]), st.booleans(),
    ),
    max_size=8, unique_by=lambda each: each.name,
)  # fmt: skip


@few
@given(items, days, st.randoms())
def test_totals_add_up_whatever_the_order(entries, day, luck):
    found = ledger.totals(entries, day)
    for end in ("low", "value", "high"):
        everything = math.fsum(getattr(ledger.by(each, day), end) for each in entries)
        assert math.fsum(getattr(each, end) for each in found.values()) == pytest.approx(everything)
    shuffled = list(entries)
    luck.shuffle(shuffled)
    assert ledger.totals(shuffled, day) == found


@few
@given(items, days, days)
def test_a_ledger_never_shrinks_with_time(entries, one, other):
    before, after = sorted((one, other))
    later = ledger.totals(entries, after)
    for key, found in ledger.totals(entries, before).items():
        assert found.low <= later[key].low + 1e-9
        assert found.value <= later[key].value + 1e-9
        assert found.high <= later[key].high + 1e-9


@few
@given(items, days)
def test_what_is_sunk_and_what_is_open_make_the_whole(entries, day):
    for each in entries:
        sunk = ledger.by(each, day).value if each.flow == "paid" else 0.0
        assert sunk + ledger.open_part(each, day).value == pytest.approx(each.whole.value, abs=1e-9)


def told(entries, decision, gaps=()):
    return [
        (each.topic, each.verdict, each.ratio, each.difference, [price.open for price in each.prices])
        for each in ledger.compare(entries, "p", "x", "y", decision, gaps)
    ]


@few
@given(items, days, amounts, st.sampled_from([("x",), ("y",), ()]), st.booleans())
def test_sunk_cost_never_changes_a_comparison(entries, decision, amount, of, yearly):
    more = Item("sunk", "p", "paid", "operation" if yearly else "contract", amount, D0 - timedelta(9), decision, of,
                yearly=yearly)  # fmt: skip
    assert told([*entries, more], decision) == told(entries, decision)


@few
@given(items, days, amounts)
def test_what_both_alternatives_pay_alike_never_changes_a_comparison(entries, decision, amount):
    more = Item("both", "p", "due", "contract", amount, D0, D0, ("x", "y"))
    assert told([*entries, more], decision) == told(entries, decision)


@few
@given(items, days)
def test_a_ratio_is_given_only_to_figures_of_one_kind(entries, decision):
    for each in ledger.compare(entries, "p", "x", "y", decision):
        kinds = {family for price in each.prices for family in price.families}
        assert each.ratio is None or len(kinds) == 1


def test_two_contracts_have_a_ratio_a_loan_being_part_of_its_contract():
    entries = [item("cash", amount=(9.0, 9.0, 9.0)), item("loan", "due", "loan", (11.0, 11.0, 11.0)),
               item("other", amount=(4.0, 5.0, 8.0), of=("y",))]  # fmt: skip
    (found,) = ledger.compare(entries, "p", "x", "y", None)
    assert found.verdict == ledger.RATIO
    assert found.ratio == Amount(20 / 8, 4.0, 5.0)
    assert found.difference == Amount(12.0, 15.0, 16.0)


def test_a_contract_against_a_ceiling_has_a_range_and_no_ratio():
    entries = [item(amount=(2.0, 2.5, 2.5)), item("ceiling", "due", "ceiling", (0.0, 3.5, 3.5), of=("y",))]
    (found,) = ledger.compare(entries, "p", "x", "y", None)
    assert (found.verdict, found.ratio) == (ledger.RANGE, None)
    assert found.difference == Amount(-1.5, -1.0, 2.5)


@pytest.mark.parametrize("price", ["unit", "statement"])
def test_a_contract_against_a_figure_of_another_kind_is_not_comparable(price):
    (found,) = ledger.compare([item(), item("b", price=price, of=("y",))], "p", "x", "y", None)
    assert (found.verdict, found.ratio, found.difference) == (ledger.NEITHER, None, None)


def test_a_sum_that_nobody_published_makes_its_topic_not_comparable():
    yearly = item(price="operation", first=D0, last=date(2018, 1, 1), yearly=True)
    gap = Gap("p", "operation", ("y",), {"en": "operation of y"})
    (found,) = ledger.compare([yearly], "p", "x", "y", None, [gap])
    assert (found.topic, found.verdict, found.gaps) == ("operation", ledger.NEITHER, (gap,))


def test_a_consequence_is_no_part_of_a_price():
    entries = [item(amount=(2.0, 2.0, 2.0)), item("work", "forgone", "statement", (9.0, 9.0, 9.0), part="consequence")]
    assert ledger.cost(entries, "p", "x", None).open == Amount(2.0, 2.0, 2.0)


# --- what it buys --------------------------------------------------------------------------------------------------


def test_effect_a_billion_takes_both_ranges_at_their_ends():
    assert worth.per(Amount(4.0, 6.0, 10.0), Amount(1e9, 2e9, 4e9)) == Amount(1.0, 3.0, 10.0)
    assert worth.per(Amount(-2.0, 1.0, 3.0), Amount(1e9, 1e9, 2e9)) == Amount(-2.0, 1.0, 3.0)
    assert worth.per(Amount(1.0, 1.0, 1.0), prices.NOTHING) is None


def test_triangular_quantiles_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    u = np.linspace(0.0, 1.0, 21)
    expected = stats.triang(c=0.25, loc=2.0, scale=4.0).ppf(u)
    assert economy.triangular(u, 2.0, 3.0, 6.0) == pytest.approx(expected)
    assert economy.triangular(u, 2.0, 2.0, 2.0).tolist() == [2.0] * 21


def test_standing_counts_the_draws_on_the_front():
    costs = [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 2.0], [1.0, 2.0, 3.0]]
    effects = [[0.0, 5.0, 6.0], [0.0, 5.0, 4.0], [0.0, 5.0, 6.0], [7.0, 5.0, 6.0]]
    assert economy.standing(costs, effects).tolist() == [1.0, 0.5, 0.5]


def test_a_price_of_one_more_is_that_of_the_draws_that_are_trades():
    found = economy.trade([1.0] * 4, [0.0] * 4, [3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 4.0, -1.0], 0.9999999)
    assert (found.trades, found.dominates, found.dominated) == (0.75, 0.0, 0.25)
    assert found.ratio == pytest.approx(2.0 / 1.5)
    assert (found.low, found.high) == pytest.approx((0.5, 2.0))
    assert math.isnan(economy.trade([1.0, 1.0], [0.0, 0.0], [3.0, 1.0], [-1.0, 1.0]).ratio)


def test_parts_of_one_figure_are_drawn_together():
    entries = [
        item("cash", amount=(0.9, 1.0, 1.1), figure="price"),
        item("loan", "due", "loan", (1.8, 2.0, 2.2), figure="price"),
    ]
    both = worth.drawn(entries, "p", ["x", "y"], None, 2000)
    assert both[:, 1].tolist() == [0.0] * 2000
    assert both[:, 0].min() >= 2.7
    assert both[:, 0].std() == pytest.approx(0.3 / math.sqrt(6), rel=0.05)  # of one triangle of half width 0.3


def coverage_document():
    def row(name, share, low, high, **more):
        return {"measure": "defended", "altitude": "5km-amsl", "rcs_m2": 1.0, "cue": "network", "azimuth": "worst",
                "shots": 1, "kill": 0.5, "weight": "area", "usable": True, "klass": "aircraft", "low": low,
                "nominal": share, "high": high, "km2": 800e3 * share, "alternative": name} | more  # fmt: skip

    return {"alternatives": [
        {"name": "x", "rows": [row("x", 0.0, 0.0, 0.01)]},
        {"name": "y", "rows": [row("y", 0.1, 0.05, 0.2), row("y", 0.3, 0.3, 0.3, cue="own")]},
    ]}  # fmt: skip


def test_ground_defended_is_taken_from_the_shares_of_a_coverage():
    (found,) = worth.of_coverage(coverage_document(), "x")
    assert found.alternative == "y"
    assert (found.chance.low, found.chance.value, found.chance.high) == pytest.approx((40e3, 80e3, 152e3))
