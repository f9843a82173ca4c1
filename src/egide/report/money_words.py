"""A study's money in words: what the command prints and what a page shows, in either language.

block    a title with rows under heads (`Table`) or with lines in groups (`Lines`): for a terminal and for a page
status   what an entry is to the choice: sunk, a consequence, a part of the price, alike for all, or a claim
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, final

from egide import i18n
from egide.analysis import ledger
from egide.analysis.books import Books
from egide.analysis.ledger import Compared, Item, Price, by
from egide.analysis.measures import BY_NAME
from egide.analysis.prices import Amount, Rate, total
from egide.analysis.worth import Effect, Standings, Step, Worth, worth
from egide.i18n import mark
from egide.report import values

__all__ = ["KINDS", "Lines", "Page", "Table", "section"]

FLOWS: Final = {
    "paid": mark("paid"), "due": mark("due: agreed or asked, not yet paid"), "refundable": mark("claimed back"),
    "avoided": mark("avoided"), "forgone": mark("forgone: not earned"),
}  # fmt: skip
KINDS: Final = {
    "contract": mark("contract"), "loan": mark("loan"), "ceiling": mark("ceiling"), "unit": mark("unit price"),
    "infrastructure": mark("infrastructure"), "operation": mark("operation, a year"), "statement": mark("statement"),
    "several": mark("figures of several kinds"),
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


SUNK: Final = mark("paid by then: sunk, counts against nothing")
SUNK_PARTLY: Final = mark("what was paid by then is sunk, the rest is part of the price")
SUNK_BESIDE: Final = mark("paid by then: sunk; a consequence, never added to the price of the defence")
BESIDE: Final = mark("a consequence: told, never added to the price of the defence")
OPEN: Final = mark("still to be paid: part of the price")
ALIKE: Final = mark("alike whatever is chosen")
PAID_BESIDE: Final = mark("Paid beside the defence by {day}: {sum} ({items}). It is sunk.")
DUE_BESIDE: Final = mark("Under way beside the defence on {day}: {sum} ({items}). It is a consequence of the choice.")


@final
@dataclass(frozen=True)
class Table:
    """Rows under heads. `left`: the columns that are words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: tuple[int, ...] = (0,)
    note: str = ""

    def shown(self) -> dict[str, Any]:
        """For a page."""
        return {"title": self.title, "head": list(self.head), "rows": [list(row) for row in self.rows],
                "left": list(self.left), "note": self.note}  # fmt: skip


@final
@dataclass(frozen=True)
class Lines:
    """Lines in groups, each group under a heading that may be empty, and notes after them."""

    title: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


@final
@dataclass(frozen=True)
class Page:
    """The blocks in one language."""

    books: Books
    lang: str

    def say(self, text: str) -> str:
        """In the language."""
        return i18n.translator(self.lang)(text)

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

    def listed(self, parts: Iterable[str]) -> str:
        """One after another."""
        return self.say(mark("; ")).join(parts)

    def _rated(self, rate: Rate) -> str:
        return f"1 {rate.of} = {i18n.number(rate.worth.value, self.lang, 4)} {rate.to} ({rate.year})"

    # --- ledgers -----------------------------------------------------------------------------------------------

    def opening(self, day: date) -> list[str]:
        """What the sums are in, and whose course of events they follow."""
        books, say = self.books, self.say
        lines = [say(mark("Amounts in bn {currency} at the prices of {year}.")).format(
            currency=books.currency, year=books.year)]  # fmt: skip
        if books.note:
            lines.insert(0, i18n.pick(books.note, self.lang))
        if books.deflators:
            names = self.listed(f"{i18n.pick(each, self.lang)} ({each['id']})" for each in books.deflators)
            lines.append(
                say(mark("Price indexes, the first for the value, all for the range: {names}.")).format(names=names)
            )
            steps = ", ".join(self._factor(year) for year in books.factors if year != books.year)
            lines.append(say(mark("Money of another year is multiplied by: {steps}.")).format(steps=steps))
        if books.rates:
            lines.append(say(mark("Exchange: {rates}.")).format(rates=self.listed(map(self._rated, books.rates))))
        came = self.name(books.happened) if books.happened else say(mark("nothing of any alternative"))
        lines.append(say(mark("As things came about: {alternative}. Ledgers by {day}.")).format(
            alternative=came, day=self.on(day)))  # fmt: skip
        return lines

    def _factor(self, year: int) -> str:
        found = self.books.factors[year]
        ends = i18n.interval(found.low, found.high, self.lang, 3)
        return f"{year} {i18n.number(found.value, self.lang, 3)} [{ends}]"

    def ledger(self, party: str, day: date) -> Table:
        """One party's entries by flow, with their sums."""
        totals, say = self.books.totals(day), self.say
        rows: list[tuple[str, ...]] = []
        for flow in ledger.FLOWS:
            items = [item for item in self.books.ledger(party, flow) if not by(item, day).nothing]
            if items:
                found = totals[(party, flow)]
                rows.append((say(FLOWS[flow]), "", "", self.bn(found.value), self.ends(found), "", "", ""))
                rows += [self._row(item, by(item, day)) for item in items]
        note = "" if rows else say(mark("nothing by then"))
        return Table(i18n.pick(self.books.parties[party], self.lang), tuple(say(head) for head in ENTRY_HEADS),
                     tuple(rows), (0, 1, 5, 6, 7), note)  # fmt: skip

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

    def sunk(self) -> Lines:
        """What was paid by the day of decision, a line a party."""
        say, day = self.say, self.books.decision
        lines = tuple(
            f"{i18n.pick(self.books.parties[party], self.lang)}{say(mark(': '))}{self.sum(found)}"
            for party, found in self.books.sunk(day).items() if not found.nothing
        )  # fmt: skip
        note = say(mark("Paid by then whatever is chosen afterwards: it counts against no alternative below."))
        return Lines(say(mark("Sunk on {day}")).format(day=self.on(day)), (("", lines),), (note,))

    # --- prices ------------------------------------------------------------------------------------------------

    def prices(self) -> list[Lines]:
        """The pairs, before anything was paid and on the day of decision."""
        books, say = self.books, self.say
        who = i18n.pick(books.parties[books.chooser], self.lang)
        blocks = (
            (say(mark("Prices side by side, {party}: the whole of them")).format(party=who), None),
            (say(mark("Prices side by side, {party}: what was still to be paid on {day}")).format(
                party=who, day=self.on(books.decision)), books.decision),
        )  # fmt: skip
        note = say(mark("What both sides pay alike is left out. Yearly sums run to {day}.")).format(
            day=self.on(books.horizon))  # fmt: skip
        return [
            Lines(title, tuple(self._pair(pair, topics) for pair, topics in
                               zip(books.pairs, books.compared(decision), strict=True)),
                  (note,) if decision is not None else ())
            for title, decision in blocks
        ]  # fmt: skip

    def _pair(self, pair: tuple[str, str], topics: Sequence[Compared]) -> tuple[str, tuple[str, ...]]:
        say = self.say
        title = say(mark("{one} against {other}")).format(one=self.name(pair[0]), other=self.name(pair[1]))
        lines = tuple(f"{say(TOPICS[each.topic])}{say(mark(': '))}{self.verdict(each)}" for each in topics)
        return title, lines or (say(mark("the same price")),)

    def price(self, price: Price) -> str:
        """A sum; what holds a ceiling is an 'at most'."""
        if not price.families:
            return self.say(mark("nothing"))
        text = self.sum(price.open)
        return self.say(mark("at most {sum}")).format(sum=text) if "ceiling" in price.families else text

    def verdict(self, each: Compared) -> str:
        """Both prices and what may be said of the two, in one or two sentences."""
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

    def interceptors(self) -> list[Table]:
        """What a shot costs, who carries how many, and what it costs to kill."""
        books, say = self.books, self.say
        if not books.shots:
            return []
        title = say(mark("Interceptors: price of one, M USD, and how many each alternative carries"))
        names = list(dict.fromkeys(name for pair in books.pairs for name in pair))
        heads = [say(mark("interceptor")), say(mark("price")), say(mark("range")), say(mark("grade"))]
        rows = [
            (i18n.pick(shot.label, self.lang), i18n.number(shot.cost.value / 1e6, self.lang, 1),
             i18n.interval(shot.cost.low / 1e6, shot.cost.high / 1e6, self.lang, 1), shot.grade,
             *(i18n.count(shot.held[name], self.lang) for name in names))
            for shot in books.shots
        ]  # fmt: skip
        stocks = [books.stock(name) for name in names]
        rows.append((say(mark("all of them, bn USD")), "", "", "", *(self.bn(stock.value) for stock in stocks)))
        carried = Table(title, (*heads, *map(self.name, names)), tuple(rows), (0, 3))
        title = say(mark("Cost exchange: dollars of single shots, a look after each, for a dollar of what is killed"))
        targets = books.targets
        cells = {(each.shot.id, each.target.id): each.rate for each in books.exchanges()}
        table = [
            (i18n.pick(shot.label, self.lang), *(self._rate(cells.get((shot.id, target.id))) for target in targets))
            for shot in books.shots
        ]
        head = (say(mark("interceptor")), *(i18n.pick(target.label, self.lang) for target in targets))
        return [carried, Table(title, head, tuple(table))]

    def _rate(self, rate: Amount | None) -> str:
        if rate is None:
            return "–"
        return f"{_short(rate.value, self.lang)} [{_short(rate.low, self.lang)}–{_short(rate.high, self.lang)}]"

    # --- effects -------------------------------------------------------------------------------------------------

    def worths(self, found: Sequence[Worth]) -> Table:
        """Effects a billion, of the whole price and of what was still to be paid."""
        say = self.say
        half = len(found) // 2
        title = say(mark("What a billion buys, against {reference}")).format(
            reference=self.name(found[0].effect.reference))  # fmt: skip
        rows = [self._worth(whole, still) for whole, still in zip(found[:half], found[half:], strict=True)]
        note = say(mark(
            "Ranges a billion take effect and price at their ends. Over a ceiling the value is a least one: the price "
            "is what would be paid at most."
        ))  # fmt: skip
        return Table(title, tuple(say(head) for head in WORTH_HEADS), tuple(rows), (0, 1), note)

    def _worth(self, whole: Worth, still: Worth) -> tuple[str, ...]:
        effect = whole.effect
        what = self.say(effect.what)
        if unit := values.unit_of(effect.unit, self.lang):
            what += f" ({unit})"
        if effect.measure.startswith("defended "):
            what += f", {values.asked(effect.measure.removeprefix('defended '), self.lang)}"
        if effect.turned:
            what += self.say(mark(", turned round with full tracking: nothing is claimed"))
        ignorance = self._between(effect.ignorance) if effect.ignorance is not None else "–"
        chance = self._between(effect.chance) if effect.n else "–"
        change = _short(effect.chance.value, self.lang), chance, ignorance
        return what, self.name(effect.alternative), *change, *self._per(whole), *self._per(still)

    def _per(self, each: Worth) -> tuple[str, str]:
        if each.chance is None or each.overall is None or each.effect.turned:
            return "–", "–"
        least = "≥\u202f" if "ceiling" in each.price.families and each.effect.chance.value > 0.0 else ""
        return least + _short(each.chance.value, self.lang), self._between(each.overall)

    def _between(self, amount: Amount) -> str:
        return self.say(mark("{low} to {high}")).format(
            low=_short(amount.low, self.lang), high=_short(amount.high, self.lang)
        )

    def front(self, found: Standings) -> Lines:
        """Who is beaten by nobody, and what the next step costs."""
        say, label = self.say, BY_NAME[found.measure].label(self.lang)
        title = say(mark("Beaten by none in price and in {measure}, share of {points} points")).format(
            measure=label, points=i18n.count(found.points, self.lang))  # fmt: skip
        shares = (
            f"{self.name(name)}{say(mark(': '))}{i18n.quantity(100.0 * share, '%', self.lang, 0)}"
            for name, share in found.share.items()
        )
        return Lines(title, (("", (*shares, *(self._step(step) for step in found.steps))),))

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

    def closing(self) -> list[str]:
        """How much of it is sure, and what is missing."""
        books, say = self.books, self.say
        guessed = sum(item.grade in ("A", "K") for item in books.items)
        lines = [say(mark("{assumed} of {all} entries are assumed or recalled (grades A and K).")).format(
            assumed=guessed, all=len(books.items))]  # fmt: skip
        if books.gaps:
            names = self.listed(i18n.pick(gap.label, self.lang) for gap in books.gaps)
            lines.append(say(mark("No public figure was found for: {names}.")).format(names=names))
        return lines

    # --- the choice --------------------------------------------------------------------------------------------

    def status(self, item: Item) -> str:
        """What an entry is to the choice."""
        say, day = self.say, self.books.decision
        if item.flow == "paid" and not by(item, day).nothing:
            if item.part == "consequence":
                return say(SUNK_BESIDE)
            return say(SUNK if ledger.open_part(item, day).nothing else SUNK_PARTLY)
        if item.part == "consequence":
            return say(BESIDE)
        return say(OPEN if item.of else ALIKE)

    def choice(self) -> Table:
        """Every entry of the party that chooses, with what it is to the choice on the day of decision."""
        say, books = self.say, self.books
        order = {flow: place for place, flow in enumerate(ledger.FLOWS)}
        items = [item for item in books.items if item.party == books.chooser]
        items.sort(key=lambda item: (order[item.flow], item.first, item.name))
        rows = tuple(
            (i18n.pick(item.label, self.lang), say(FLOWS[item.flow]), self.written(item),
             self.bn(by(item, books.decision).value), self.bn(item.whole.value), self.status(item))
            for item in items
        )  # fmt: skip
        title = say(mark("What counts in the choice of {party} on {day}, bn {currency} of {year}")).format(
            party=self.party(), day=self.on(books.decision), currency=books.currency, year=books.year)  # fmt: skip
        heads = (mark("entry"), mark("flow"), mark("as published"), mark("by that day"), mark("in all"), mark("counts"))
        return Table(title, tuple(say(head) for head in heads), rows, (0, 1, 5))

    def party(self) -> str:
        """Who chooses."""
        return i18n.pick(self.books.parties[self.books.chooser], self.lang)

    def of_choice(self, flow: str, part: str) -> tuple[Amount, tuple[Item, ...]]:
        """Of one flow of the party that chooses, as things came about, by the day of decision."""
        books = self.books
        chosen = tuple(
            item for item in books.ledger(books.chooser, flow)
            if item.part == part and not by(item, books.decision).nothing
        )  # fmt: skip
        return total(by(item, books.decision) for item in chosen), chosen

    def finding(self) -> str:
        """What the ledgers say of the choice, in a sentence: the title of their figure."""
        books = self.books
        paid = books.sunk(books.decision)[books.chooser]
        beside, _ = self.of_choice("paid", "consequence")
        told = mark("By {day} {party} had paid {paid} bn {currency}, {beside} of it not for the defence itself: sunk")
        return self.say(told).format(day=self.on(books.decision), party=self.party(), paid=self.bn(paid.value),
                                     currency=books.currency, beside=self.bn(beside.value))  # fmt: skip

    def consequences(self) -> list[str]:
        """What was paid and what was under way beside the defence, as published: told, and never netted."""
        say, lines = self.say, []
        for flow, told in (("paid", PAID_BESIDE), ("due", DUE_BESIDE)):
            amount, items = self.of_choice(flow, "consequence")
            if items:
                listed = self.listed(f"{i18n.pick(item.label, self.lang)} {self.written(item)}" for item in items)
                lines.append(say(told).format(sum=self.sum(amount), day=self.on(self.books.decision), items=listed))
        return lines


def section(books: Books, effects: Sequence[Effect], fronts: Sequence[Standings], lang: str) -> dict[str, Any]:
    """For a page: sentences, tables and the figure of the ledgers. `effects` and `fronts` as `worth.effects` makes."""
    from egide.report import money_figure, page

    words = Page(books, lang)
    say = words.say
    sunk, found = words.sunk(), [
        each for when in (None, books.decision) for each in worth(effects, books.items, books.chooser, when)
    ]  # fmt: skip
    tables = [words.choice(), *(words.ledger(party, books.horizon) for party in books.parties)]
    tables += [_as_table(block, say(mark("pair")), say(mark("what may be said"))) for block in words.prices()]
    tables += words.interceptors()
    tables += [words.worths(found)] if found else []
    tables += [_as_table(words.front(each), "", say(mark("share"))) for each in fronts]
    figure = money_figure.ledgers(words)
    return {
        "sentences": [f"{words.finding()}.", *words.consequences(), *(f"{line}." for line in sunk.groups[0][1]),
                      *sunk.notes, *words.opening(books.horizon), *words.closing()],
        "tables": [each.shown() for each in tables],
        "figures": [{"title": figure.caption, "note": money_figure.note(words), "picture": page.shown(figure),
                     "alt": figure.alt}],
    }  # fmt: skip


def _as_table(block: Lines, heading: str, line: str) -> Table:
    """Lines in groups as rows: the heading stands before the first of its lines."""
    rows = tuple(
        (title if place == 0 else "", text) for title, lines in block.groups for place, text in enumerate(lines)
    )
    if any(title for title, _ in block.groups):
        return Table(block.title, (heading, line), rows, (0, 1), " ".join(block.notes))
    return Table(block.title, (line,), tuple((text,) for _, text in rows), (0,), " ".join(block.notes))


def _short(value: float, lang: str) -> str:
    """Three figures or so, whatever the size."""
    if not math.isfinite(value):
        return "–"
    digits = 0 if value == 0.0 else min(max(1 - math.floor(math.log10(abs(value))), 0), 4)
    return i18n.number(value, lang, digits)
