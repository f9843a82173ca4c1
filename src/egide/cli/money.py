"""`egide money`: who paid what by when, what a choice can still change, and which prices may be set side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options, show
from egide.errors import scenario_error
from egide.i18n import mark

if TYPE_CHECKING:
    from egide.analysis.books import Books
    from egide.analysis.ledger import Compared, Item, Price
    from egide.analysis.prices import Amount
    from egide.analysis.worth import Standings, Step, Worth

FLOWS: Final = {
    "paid": mark("paid"), "due": mark("due: agreed or asked, not yet paid"), "refundable": mark("claimed back"),
    "avoided": mark("avoided"), "forgone": mark("forgone: not earned"),
}  # fmt: skip
KINDS: Final = {
    "contract": mark("contract"), "loan": mark("loan"), "ceiling": mark("ceiling"), "unit": mark("unit price"),
    "infrastructure": mark("infrastructure"), "operation": mark("operation, a year"), "statement": mark("statement"),
}  # fmt: skip
TOPICS: Final = {
    "acquisition": mark("acquisition"), "infrastructure": mark("infrastructure"), "operation": mark("operation"),
}  # fmt: skip


ENTRY_HEADS: Final = (
    mark("entry"), mark("when"), mark("as published"), mark("value"), mark("range"), mark("kind of figure"),
    mark("grade"), mark("source"),
)  # fmt: skip
WORTH_HEADS: Final = (
    mark("effect"), mark("alternative"), mark("change"), mark("by chance"), mark("by ignorance"),
    mark("a billion of the whole price"), mark("range"), mark("a billion still to be paid"), mark("range"),
)  # fmt: skip


def money(
    study: Annotated[Path, Parameter(help="A study with a money.yaml beside it.")],
    *,
    as_of: Annotated[str | None, Parameter(help="Ledgers by the end of this day; left out: all of it.")] = None,
    campaign: Annotated[
        Path | None, Parameter(help="A finished campaign or comparison: effects per billion, fronts.")
    ] = None,
    coverage: Annotated[Path | None, Parameter(help="A coverage folder: ground defended per billion.")] = None,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Print who pays what, what is sunk, and which prices may be compared.

    One ledger a party: paid, due, claimed back, avoided, forgone, each entry with its date, grade and source, all in
    one currency at the prices of one year. What was paid before the day of decision is sunk and counts against no
    alternative. Figures of different kinds (a contract, a ceiling, a unit price) give no ratio.

    Example: egide money studies/turkiye-2019/study.yaml --as-of 2019-04-03
    """
    from egide.campaign import ledgers

    language = i18n.choose(lang)
    books = ledgers.books(study)
    day = _day(as_of) if as_of is not None else books.horizon
    found, fronts = _worths(books, campaign, coverage)
    if json:
        common.print_json(books.document(day) | _worth_document(found, fronts))
        return 0
    page = _Page(books, language)
    page.opening(day)
    for party in books.parties:
        page.ledger(party, day)
    page.sunk()
    page.prices()
    page.interceptors()
    if found:
        page.worths(found)
    for each in fronts:
        page.front(each)
    page.closing(study)
    return 0


def _day(text: str) -> date:
    from pydantic_core import PydanticCustomError

    from egide.scenario.amounts import read_day

    try:
        return read_day(text).last
    except PydanticCustomError:
        raise scenario_error(
            "--as-of", mark("expected a day, a month or a year, got {value}"),
            mark("write for example 2019-04-03 or 2019-04"), value=text,
        ) from None  # fmt: skip


def _worths(books: Books, campaign: Path | None, coverage: Path | None) -> tuple[list[Worth], list[Standings]]:
    """Effects over prices, from what was run."""
    from egide.analysis import worth

    effects, fronts = worth.effects(books, campaign, coverage)
    found = [each for when in (None, books.decision) for each in worth.worth(effects, books.items, books.chooser, when)]
    return found, fronts


def _worth_document(found: Sequence[Worth], fronts: Sequence[Standings]) -> dict[str, Any]:
    from dataclasses import asdict

    return {"worth": [asdict(each) for each in found], "fronts": [asdict(each) for each in fronts]} if found else {}


class _Page:
    """The answer in one language."""

    def __init__(self, books: Books, lang: str) -> None:
        self.books, self.lang, self.say = books, lang, i18n.translator(lang)

    # --- words -------------------------------------------------------------------------------------------------

    def bn(self, value: float) -> str:
        return i18n.number(value / 1e9, self.lang, 2)

    def ends(self, amount: Amount) -> str:
        """Its range, where it has one."""
        if f"{amount.low / 1e9:.2f}" == f"{amount.high / 1e9:.2f}":
            return ""
        return i18n.interval(amount.low / 1e9, amount.high / 1e9, self.lang, 2)

    def sum(self, amount: Amount) -> str:
        ends = self.ends(amount)
        text = self.say(mark("{value} bn {currency}")).format(value=self.bn(amount.value), currency=self.books.currency)
        return f"{text} [{ends}]" if ends else text

    def on(self, day: date) -> str:
        return i18n.date(datetime.combine(day, time(), UTC), self.lang)

    def name(self, alternative: str) -> str:
        return i18n.pick(self.books.alternatives.get(alternative) or alternative, self.lang)

    def head(self, text: str) -> None:
        print(f"\n{text}")

    # --- ledgers -----------------------------------------------------------------------------------------------

    def opening(self, day: date) -> None:
        books, say = self.books, self.say
        print(i18n.pick(books.title, self.lang))
        if books.note:
            print(i18n.pick(books.note, self.lang))
        print(say(mark("Amounts in bn {currency} at the prices of {year}.")).format(
            currency=books.currency, year=books.year))  # fmt: skip
        if books.deflators:
            names = "; ".join(f"{i18n.pick(each, self.lang)} ({each['id']})" for each in books.deflators)
            print(say(mark("Price indexes, the first for the value, all for the range: {names}.")).format(names=names))
            steps = ", ".join(self._factor(year) for year in books.factors if year != books.year)
            print(say(mark("Money of another year is multiplied by: {steps}.")).format(steps=steps))
        if books.rates:
            print(say(mark("Exchange: {rates}.")).format(rates="; ".join(books.rates)))
        came = self.name(books.happened) if books.happened else say(mark("nothing of any alternative"))
        print(say(mark("As things came about: {alternative}. Ledgers by {day}.")).format(
            alternative=came, day=self.on(day)))  # fmt: skip

    def _factor(self, year: int) -> str:
        found = self.books.factors[year]
        ends = i18n.interval(found.low, found.high, self.lang, 3)
        return f"{year} {i18n.number(found.value, self.lang, 3)} [{ends}]"

    def ledger(self, party: str, day: date) -> None:
        """One party's entries by flow, with their sums."""
        from egide.analysis.ledger import FLOWS as ORDER
        from egide.analysis.ledger import by

        totals, say = self.books.totals(day), self.say
        rows: list[tuple[str, ...]] = []
        for flow in ORDER:
            items = [item for item in self.books.ledger(party, flow) if not by(item, day).nothing]
            if items:
                found = totals[(party, flow)]
                rows.append((say(FLOWS[flow]), "", "", self.bn(found.value), self.ends(found), "", "", ""))
                rows += [self._row(item, by(item, day)) for item in items]
        self.head(i18n.pick(self.books.parties[party], self.lang))
        if not rows:
            print("  " + say(mark("nothing by then")))
            return
        show.table([say(head) for head in ENTRY_HEADS], rows, left=(0, 1, 5, 6, 7))

    def _row(self, item: Item, amount: Amount) -> tuple[str, ...]:
        when = item.first.isoformat()
        if item.last != item.first:
            when += f"/{item.last.isoformat()}"
        grade = item.grade + (self.say(mark(", disputed")) if item.disputed else "")
        return ("  " + i18n.pick(item.label, self.lang), when, self.written(item), self.bn(amount.value),
                self.ends(amount), self.say(KINDS[item.price]), grade, ", ".join(item.sources))  # fmt: skip

    def written(self, item: Item) -> str:
        """As the source has it: number, currency, year."""
        number, currency, year = item.published
        return f"{i18n.quantity(number / 1e6, f'M {currency}', self.lang)} ({year})"

    def sunk(self) -> None:
        say, day = self.say, self.books.decision
        self.head(say(mark("Sunk on {day}")).format(day=self.on(day)))
        for party, found in self.books.sunk(day).items():
            if not found.nothing:
                print(f"  {i18n.pick(self.books.parties[party], self.lang)}: {self.sum(found)}")
        print("  " + say(mark("Paid by then whatever is chosen afterwards: it counts against no alternative below.")))

    # --- prices ------------------------------------------------------------------------------------------------

    def prices(self) -> None:
        """The pairs, before anything was paid and on the day of decision."""
        books, say = self.books, self.say
        who = i18n.pick(books.parties[books.chooser], self.lang)
        blocks = (
            (say(mark("Prices side by side, {party}: the whole of them")).format(party=who), None),
            (say(mark("Prices side by side, {party}: what was still to be paid on {day}")).format(
                party=who, day=self.on(books.decision)), books.decision),
        )  # fmt: skip
        for title, decision in blocks:
            self.head(title)
            for (one, other), topics in zip(books.pairs, books.compared(decision), strict=True):
                print("  " + say(mark("{one} against {other}")).format(one=self.name(one), other=self.name(other)))
                if not topics:
                    print("    " + say(mark("the same price")))
                for each in topics:
                    print(f"    {say(TOPICS[each.topic])}{say(mark(': '))}{self.verdict(each)}")
        print("  " + say(mark("What both sides pay alike is left out. Yearly sums run to {day}.")).format(
            day=self.on(books.horizon)))  # fmt: skip

    def price(self, price: Price) -> str:
        """A sum; what holds a ceiling is an 'at most'."""
        if not price.families:
            return self.say(mark("nothing"))
        text = self.sum(price.open)
        return self.say(mark("at most {sum}")).format(sum=text) if "ceiling" in price.families else text

    def verdict(self, each: Compared) -> str:
        """Both prices and what may be said of the two, in one or two sentences."""
        from egide.analysis import ledger

        say, reason = self.say, self.say(each.reason)
        if each.verdict == ledger.NEITHER:
            names = ", ".join(i18n.pick(gap.label, self.lang) for gap in each.gaps)
            return say(mark("not comparable: {reason}.")).format(reason=reason.format(name=names))
        one, other = (self.price(price) for price in each.prices)
        both = say(mark("{one} against {other}")).format(one=one, other=other)
        if each.verdict == ledger.RATIO and each.ratio is not None:
            ends = i18n.interval(each.ratio.low, each.ratio.high, self.lang, 2)
            value = i18n.number(each.ratio.value, self.lang, 2)
            told = mark("{both}. Ratio {value} [{ends}]: {reason}.")
            return say(told).format(both=both, value=value, ends=ends, reason=reason)
        if each.verdict == ledger.RANGE and each.difference is not None:
            low, high = self.bn(each.difference.low), self.bn(each.difference.high)
            told = mark("{both}. No ratio: {reason}. The difference lies between {low} and {high} bn {currency}.")
            return say(told).format(both=both, reason=reason, low=low, high=high, currency=self.books.currency)
        return say(mark("{both}. No ratio.")).format(both=both)

    # --- interceptors --------------------------------------------------------------------------------------------

    def interceptors(self) -> None:
        """What a shot costs, who carries how many, and what it costs to kill."""
        books, say = self.books, self.say
        if not books.shots:
            return
        self.head(say(mark("Interceptors: price of one, M USD, and how many each alternative carries")))
        names = list(dict.fromkeys(name for pair in books.pairs for name in pair))
        heads = [say(mark("interceptor")), say(mark("price")), say(mark("range")), say(mark("grade"))]
        rows = [
            (i18n.pick(shot.label, self.lang), i18n.number(shot.cost.value / 1e6, self.lang),
             i18n.interval(shot.cost.low / 1e6, shot.cost.high / 1e6, self.lang, 1), shot.grade,
             *(i18n.count(shot.held[name], self.lang) for name in names))
            for shot in books.shots
        ]  # fmt: skip
        stocks = [books.stock(name) for name in names]
        rows.append((say(mark("all of them, bn USD")), "", "", "", *(self.bn(stock.value) for stock in stocks)))
        show.table([*heads, *names], rows, left=(0, 3))
        self.head(
            say(mark("Cost exchange: dollars of single shots, a look after each, for a dollar of what is killed"))
        )
        targets = books.targets
        cells = {(each.shot.id, each.target.id): each.rate for each in books.exchanges()}
        table = [
            (i18n.pick(shot.label, self.lang), *(self._rate(cells.get((shot.id, target.id))) for target in targets))
            for shot in books.shots
        ]
        show.table([say(mark("interceptor")), *(i18n.pick(target.label, self.lang) for target in targets)], table)

    def _rate(self, rate: Amount | None) -> str:
        if rate is None:
            return "–"
        return f"{_short(rate.value, self.lang)} [{_short(rate.low, self.lang)}–{_short(rate.high, self.lang)}]"

    # --- effects -------------------------------------------------------------------------------------------------

    def worths(self, found: Sequence[Worth]) -> None:
        """Effects a billion, of the whole price and of what was still to be paid."""
        say = self.say
        half = len(found) // 2
        self.head(say(mark("What a billion buys, against {reference}")).format(
            reference=self.name(found[0].effect.reference)))  # fmt: skip
        rows = [self._worth(whole, still) for whole, still in zip(found[:half], found[half:], strict=True)]
        show.table([say(head) for head in WORTH_HEADS], rows, left=(0, 1))
        print(say(mark(
            "Ranges a billion take effect and price at their ends. Over a ceiling the value is a least one: the price "
            "is what would be paid at most."
        )))  # fmt: skip

    def _worth(self, whole: Worth, still: Worth) -> tuple[str, ...]:
        effect = whole.effect
        what = self.say(effect.what)
        if unit := show.unit_of(effect.unit, self.lang):
            what += f" ({unit})"
        if effect.measure.startswith("defended "):
            what += " " + effect.measure.removeprefix("defended ")
        ignorance = self._between(effect.ignorance) if effect.ignorance is not None else "–"
        chance = self._between(effect.chance) if effect.n else "–"
        change = _short(effect.chance.value, self.lang), chance, ignorance
        return what, self.name(effect.alternative), *change, *self._per(whole), *self._per(still)

    def _per(self, each: Worth) -> tuple[str, str]:
        if each.chance is None or each.overall is None:
            return "–", "–"
        least = "≥\u202f" if "ceiling" in each.price.families and each.effect.chance.value > 0.0 else ""
        return least + _short(each.chance.value, self.lang), self._between(each.overall)

    def _between(self, amount: Amount) -> str:
        return self.say(mark("{low} to {high}")).format(
            low=_short(amount.low, self.lang), high=_short(amount.high, self.lang)
        )

    def front(self, found: Standings) -> None:
        """Who is beaten by nobody, and what the next step costs."""
        from egide.analysis.measures import BY_NAME

        say, label = self.say, BY_NAME[found.measure].label(self.lang)
        self.head(say(mark("Beaten by none in price and in {measure}, share of {points} points")).format(
            measure=label, points=i18n.count(found.points, self.lang)))  # fmt: skip
        for name, share in found.share.items():
            print(f"  {self.name(name)}: {i18n.quantity(100.0 * share, '%', self.lang, 0)}")
        for step in found.steps:
            print("  " + self._step(step))

    def _step(self, step: Step) -> str:
        say, trade = self.say, step.trade
        path = say(mark("from {one} to {other}")).format(one=self.name(step.one), other=self.name(step.other))
        share = i18n.quantity(100.0 * trade.trades, "%", self.lang, 0)
        if math.isnan(trade.ratio):
            told = mark("{path}: no price of one fewer: dearer and better at only {share} of the points")
            return say(told).format(path=path, share=share)
        told = mark("{path}: {value} M {currency} for one fewer [{ends}], dearer and better at {share} of the points")
        ends = i18n.interval(trade.low / 1e6, trade.high / 1e6, self.lang, 0)
        value = _short(trade.ratio / 1e6, self.lang)
        return say(told).format(path=path, value=value, currency=self.books.currency, ends=ends, share=share)

    def closing(self, study: Path) -> None:
        books, say = self.books, self.say
        guessed = sum(item.grade in ("A", "K") for item in books.items)
        self.head(say(mark("{assumed} of {all} entries are assumed or recalled (grades A and K).")).format(
            assumed=guessed, all=len(books.items)))  # fmt: skip
        if books.gaps:
            names = "; ".join(i18n.pick(gap.label, self.lang) for gap in books.gaps)
            print(say(mark("No public figure was found for: {names}.")).format(names=names))
        print(say(mark("What each source says and where: {command}")).format(command=f"egide money {study} --json"))


def _short(value: float, lang: str) -> str:
    """Three figures or so, whatever the size."""
    if not math.isfinite(value):
        return "–"
    digits = 0 if value == 0.0 else min(max(1 - math.floor(math.log10(abs(value))), 0), 4)
    return i18n.number(value, lang, digits)
