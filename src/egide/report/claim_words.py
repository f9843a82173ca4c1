"""Claim cards in words: what the command prints and what a page shows, in either language.

told     one card in words: every sentence of it, none put together from pieces that a translator has not seen
answer   of a question yes or no, beside the verdict
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, final

from egide import i18n
from egide.analysis import naming
from egide.analysis.cards import Card
from egide.analysis.flips import Setting
from egide.analysis.intervals import Estimate
from egide.analysis.measures import BY_NAME
from egide.analysis.verdicts import DEPENDS, NOT_SUPPORTED, SUPPORTED, Detail, Finding, Tracked, Turn
from egide.i18n import Translator, mark
from egide.report import values
from egide.report.campaign_words import shown
from egide.report.coverage import area_name
from egide.report.money_words import KINDS

MISSING: Final = mark("not judged")
OVER: Final = mark(
    "mean over the points: {fast} with fast tracking, {value} with full tracking (confidence interval {chance})"
)
OVER_SURE: Final = mark("mean over the points: {fast} with fast tracking, {value} with full tracking")
HERE: Final = mark(
    "at nominal values: {fast} with fast tracking, {value} with full tracking (confidence interval {chance})"
)
HERE_SURE: Final = mark("at nominal values: {fast} with fast tracking, {value} with full tracking")
NO_PROOF: Final = mark("A verdict is of the model and its written raid, under the ranges assumed; it is no proof.")
KEYS: Final = {
    SUPPORTED: "supported", NOT_SUPPORTED: "not-supported", DEPENDS: "depends", MISSING: "missing",
}  # fmt: skip
GROUPS: Final = (
    (SUPPORTED, mark("What the model supports")),
    (NOT_SUPPORTED, mark("What the model does not support")),
    (DEPENDS, mark("What depends on what is not known")),
    (MISSING, mark("What was not judged")),
)
STEADY: Final = mark("steady state")
_ANSWERS: Final = {SUPPORTED: mark("yes"), NOT_SUPPORTED: mark("no")}
_MOST_SETTINGS: Final = 2
_AREAS: Final = {
    "seen": mark("share of the area seen at {altitude}, cross section {rcs}: {name}"),
    "seen by 2": mark("share of the area seen by two radars at {altitude}, cross section {rcs}: {name}"),
    "seen by 3": mark("share of the area seen by three radars at {altitude}, cross section {rcs}: {name}"),
    "denied": mark(
        "share of the area over which an intruder at {altitude}, cross section {rcs}, can be met, {side}, {cue}: {name}"
    ),
    "defended": mark(
        "share of the ground defended against an attacker at {altitude}, cross section {rcs}, by {shots} that kills "
        "with {kill} or more, {side}, {cue}: {name}"
    ),
}
_SHOTS: Final = {1: mark("a shot"), 2: mark("two shots or more")}
_SIDES: Final = {
    "mean": mark("mean of the directions of attack"), "worst": mark("from the worst direction of attack"),
}  # fmt: skip
_CUES: Final = {"network": mark("cued by the radars of the network"), "own": mark("cued by the unit's own radars")}


@final
@dataclass(frozen=True)
class Told:
    """One card in words. Empty where there is nothing to say."""

    id: str
    verdict: str
    answer: str
    says: str
    by: str
    quantity: str
    by_how_much: tuple[str, ...]
    notes: tuple[str, ...]
    why: str
    assumed: str
    turns: tuple[str, ...]
    details: tuple[str, ...]
    rests: tuple[str, ...]
    because: str
    not_covered: str
    sources: tuple[str, ...]
    command: str


def told(card: Card, lang: str) -> Told:
    """A card in one language."""
    return _Words(card, lang, i18n.translator(lang)).told()


@final
@dataclass(frozen=True)
class _Words:
    card: Card
    lang: str
    say: Translator

    def told(self) -> Told:
        card, say, found = self.card, self.say, self.card.finding
        return Told(
            card.id, self.verdict(found), self.answer(found),
            i18n.pick(card.says, self.lang), self.by(), self.quantity(), self.by_how_much(found) if found else (),
            tuple(say(note).format(**self.filled(found)) for note in found.notes) if found else (),
            say(found.why).format(**found.values) if found and found.why else "", self.assumed(found) if found else "",
            tuple(self.turn(each) for each in found.turns) if found else (),
            tuple(self.detail(each) for each in found.details) if found else (), self.rests(),
            i18n.pick(card.because, self.lang), i18n.pick(card.not_covered, self.lang),
            tuple(" ".join([f"{name}: {says}", *urls]) for name, says, urls in card.sources), card.command,
        )  # fmt: skip

    def answer(self, found: Finding | None) -> str:
        """Of a question, where there is one."""
        word = _ANSWERS.get(found.verdict, "") if found is not None and self.card.is_question else ""
        return self.say(word) if word else ""

    # --- who, what ------------------------------------------------------------------------------------------------

    def verdict(self, found: Finding | None) -> str:
        if found is None:
            return self.say(MISSING)
        word = self.say(found.verdict)
        return self.say(mark("under assumptions: {verdict}")).format(verdict=word) if found.under_assumptions else word

    def by(self) -> str:
        """Who said it, and when."""
        if self.card.speaker is None:
            return self.say(mark("question"))
        who, when = i18n.pick(self.card.speaker, self.lang), day(self.card.date, self.lang)
        said = f"{who}, {when}" if when else who
        return self.say(mark("{who}; invented")).format(who=said) if self.card.invented else said

    def name(self, key: Any) -> str:
        """What people call an alternative or a piece of equipment."""
        return i18n.pick(self.card.labels.get(str(key)), self.lang) or str(key)

    def quantity(self) -> str:
        """What it is bound to."""
        test, say = self.card.test, self.say
        kind = test["kind"]
        one, other = self.name(test.get("alternative")), self.name(test.get("against"))
        if kind == "coverage":
            name = say(mark("{one} less {other}")).format(one=one, other=other) if "against" in test else one
            shots = int(test.get("shots", 1))
            return say(_AREAS[test["measure"]]).format(
                altitude=values.asked(test["altitude"], self.lang), rcs=values.asked(test["rcs"], self.lang), name=name,
                shots=say(_SHOTS[shots]) if shots in _SHOTS else say(mark("{n} shots or more")).format(n=shots),
                kill=percent(float(test.get("kill", 0.5)), self.lang), side=say(_SIDES[test.get("azimuth", "mean")]),
                cue=say(_CUES[test.get("cue", "network")]),
            )  # fmt: skip
        if kind == "exposure":
            template = mark(
                "share of the aspects of {aircraft} sampled in {months} months, band {band}, beyond the region"
            )
            return say(template).format(
                aircraft=self.name(test["aircraft"]), months=test.get("months", 6), band=test["band"]
            )
        if kind == "reach":
            return say(mark("distance at which {target} can be met")).format(target=self.name(test["targets"][0]))
        if kind == "stopped":
            listed = ", ".join(self.name(name) for name in test["missiles"])
            return say(mark("share of the types that can be met by one of {missiles}")).format(missiles=listed)
        measure = values.label(BY_NAME[test["measure"]], self.lang)
        unit = values.unit(BY_NAME[test["measure"]], say)
        measure += f" ({unit})" if unit and kind != "ratio" else ""
        templates = {
            "measure": mark("{measure}: {one}"),
            "difference": mark("{measure}: {one} less {other}"),
            "ratio": mark("{measure}: {one} over {other}"),
            "per-billion": mark("{measure}, taken off {base} for a billion: {one} less {other}"),
        }
        base = self.name(test.get("baseline"))
        return say(templates[kind]).format(measure=measure, one=one, other=other, base=base)

    # --- how much -------------------------------------------------------------------------------------------------

    def scale(self) -> tuple[float, str]:
        """Factor and unit in which the quantity is shown."""
        test = self.card.test
        if test["kind"] in ("coverage", "exposure", "stopped"):
            return 100.0, "%"
        if test["kind"] == "reach":
            return 1e-3, "km"
        if test["kind"] == "ratio":
            return 1.0, ""
        return values.factor(BY_NAME[test["measure"]]), ""

    def amount(self, value: float, places: int | None = None) -> str:
        by, unit = self.scale()
        return i18n.quantity(by * value, unit, self.lang, places) if math.isfinite(value) else "–"

    def between(self, low: float, high: float, places: int) -> str:
        by, unit = self.scale()
        text = i18n.interval(by * low, by * high, self.lang, places)
        return text + (i18n.quantity(0.0, unit, self.lang, 0)[1:] if unit else "")

    def by_how_much(self, found: Finding) -> tuple[str, ...]:
        """Nominal value with both intervals, the threshold, and the share of the points."""
        say, lines = self.say, []
        if math.isfinite(found.value.value):
            lines.append(self._value(found))
        side = mark("the statement holds above {threshold}") if found.sign == "more" else mark(
            "the statement holds below {threshold}")  # fmt: skip
        if self.card.test["kind"] != "per-billion":
            lines.append(say(side).format(threshold=self.amount(found.threshold)))
        if found.rule == "points" and found.holds.n:
            template = mark("it holds at {holds} of {n} points (95 % interval {interval}) and fails at {fails}")
            lines.append(say(template).format(
                holds=percent(found.holds.value, self.lang), fails=percent(found.fails.value, self.lang),
                n=i18n.count(found.holds.n, self.lang),
                interval=i18n.interval(100 * found.holds.low, 100 * found.holds.high, self.lang, 0)
                + i18n.quantity(0.0, "%", self.lang, 0)[1:],
            ))  # fmt: skip
        if found.full is not None:
            lines.append(self._tracked(found.full))
        return tuple(lines)

    def filled(self, found: Finding) -> dict[str, Any]:
        """Values of notes, names and kinds of prices as people call them."""
        filled = dict(found.values)
        for key in ("one", "other"):
            if key in filled:
                filled[key] = self.name(filled[key])
        for key in ("kind_one", "kind_other"):
            if key in filled:
                filled[key] = self.say(KINDS[filled[key]])
        if filled.get("day"):
            filled["day"] = day(filled["day"], self.lang)
        return filled

    def _tracked(self, full: Tracked) -> str:
        """What full tracking gives beside the fast runs, like beside like, with its interval of chance."""
        by, _ = self.scale()
        value = full.value
        places = values.digits(Estimate(by * value.value, by * value.low, by * value.high, value.n))
        if value.low == value.high:
            template = OVER_SURE if full.over else HERE_SURE
        else:
            template = OVER if full.over else HERE
        return self.say(template).format(
            fast=self.amount(full.fast, places), value=self.amount(value.value, places),
            chance=self.between(value.low, value.high, places),
        )  # fmt: skip

    def _value(self, found: Finding) -> str:
        by, _ = self.scale()
        value, (low, high) = found.value, found.spread
        chance = math.isfinite(value.low) and value.low != value.high
        wide = Estimate(by * value.value, by * (value.low if chance else low), by * (value.high if chance else high), 2)
        places = values.digits(wide) if math.isfinite(wide.low) else None
        ends = self.between(low, high, places or 0) if math.isfinite(low) and low != high else ""
        if chance and ends:
            template = mark("{value} (confidence interval {chance}; range of assumptions {ends})")
        elif chance:
            template = mark("{value} (confidence interval {chance})")
        elif ends:
            template = mark("{value} (range of assumptions {ends})")
        else:
            template = "{value}"
        return self.say(template).format(
            value=self.amount(value.value, places), ends=ends,
            chance=self.between(value.low, value.high, places or 0) if chance else "",
        )  # fmt: skip

    def detail(self, each: Detail) -> str:
        """One line beside the answer."""
        name, kind = self.name(each.name), self.card.test["kind"]
        if kind == "stopped":
            template = mark("{name}: can be met at {share} of the points") if each.value > 0.5 else mark(
                "{name}: cannot be met at nominal values, and at {share} of the points it can")  # fmt: skip
            return self.say(template).format(name=name, share=percent(each.share, self.lang))
        if kind == "per-billion":
            kind_of = self._priced(self.say(KINDS[each.note]), each)
            ends = [each.low, each.high]
            least = [end for end in ends if math.isfinite(end)]
            if len(least) == 2:
                template = mark("{name}: {value} for a billion ({low} to {high}; {kind})")
            else:
                template = mark("{name}: {low} or more for a billion ({kind})")
            return self.say(template).format(
                name=name, value=i18n.number(each.value, self.lang), kind=kind_of,
                low=i18n.number(min(least, default=math.nan, key=abs), self.lang),
                high=i18n.number(max(ends), self.lang),
            ) + self._also(each)  # fmt: skip
        return f"{name}{self.say(mark(': '))}{self.amount(each.value, 0)} ({self.between(each.low, each.high, 0)})"

    def _priced(self, kind: str, each: Detail) -> str:
        """The kind of figure, and the price itself."""
        if each.price is None:
            return kind
        low, value, high = (1e-9 * end for end in each.price)
        ends = i18n.interval(low, high, self.lang, 2)
        template = (
            mark("{kind} of {value} bn") if f"{low:.2f}" == f"{high:.2f}" else mark("{kind} of {value} bn [{ends}]")
        )
        return self.say(template).format(kind=kind, value=i18n.number(value, self.lang, 2), ends=ends)

    def _also(self, each: Detail) -> str:
        if not math.isfinite(each.full):
            return ""
        return self.say(mark("; {value} with full tracking")).format(value=i18n.number(each.full, self.lang))

    # --- under which assumptions ----------------------------------------------------------------------------------

    def assumed(self, found: Finding) -> str:
        """How much of what ignorance does assumed inputs carry."""
        say, assumed = self.say, found.assumed
        share = percent(assumed.share, self.lang)
        if assumed.how == "none":
            return say(mark("what is not known does nothing to it that can be seen"))
        if assumed.how == "counted":
            template = mark("{share} of its inputs are assumed; what each of them does cannot be told apart")
            return say(template).format(share=share)
        listed = ", ".join(
            f"{self.factor(name)} {percent(part, self.lang)}" for name, part in assumed.drivers[:3]
        )  # fmt: skip
        return say(mark("assumed inputs carry {share} of what ignorance does to it; most is done by {factors}")).format(
            share=share, factors=listed
        )

    def factor(self, name: str) -> str:
        """A factor as people call it."""
        return i18n.pick(self.card.labels.get(name), self.lang) or naming.factor(name, self.lang)

    def turn(self, turn: Turn) -> str:
        """One assumption that turns it round."""
        templates = {
            "low": mark("turned round by {factor} towards its low end{at}"),
            "high": mark("turned round by {factor} towards its high end{at}"),
            "over": mark("turned round on average by {factor}{at}"),
        }
        at = self._at(turn.settings)
        if not at and turn.where == "over" and math.isfinite(turn.at):
            quantile = i18n.number(100 * turn.at, self.lang, 0)
            at = self.say(mark(", near its {share} % quantile")).format(share=quantile)
        return self.say(templates[turn.where]).format(factor=self.factor(turn.factor), at=at)

    def _at(self, settings: Sequence[Setting]) -> str:
        if not settings:
            return ""
        listed = [
            f"{naming.of_path(each.parameter, self.lang)} {shown(each.value, each.unit, self.lang)}"
            for each in settings[:_MOST_SETTINGS]
        ]
        more = " …" if len(settings) > _MOST_SETTINGS else ""
        return self.say(mark(", near {values}")).format(values=", ".join(listed) + more)

    # --- what it rests on -----------------------------------------------------------------------------------------

    def rests(self) -> tuple[str, ...]:
        """Campaign, coverage, exposure or catalogue; as of when."""
        rests, say = self.card.rests, self.say
        if self.card.finding is None:
            return ()
        when = say(mark("as of {date}")).format(date=day(rests.as_of, self.lang)) if rests.as_of else say(STEADY)
        templates = {
            "campaign": mark("campaign {digest}, {points} points, {runs} runs, {mode}; {when}"),
            "coverage": mark("coverage {digest} of {area}, nominal and both corners; {when}"),
            "exposure": mark("exposure study {digest}, {runs} runs; {when}"),
            "catalogue": mark("catalogue values alone, no run"),
        }
        modes = {"fast": say(mark("fast tracking")), "full": say(mark("full tracking"))}
        line = say(templates[rests.what]).format(
            digest=rests.digest[:12], points=i18n.count(rests.points, self.lang),
            runs=i18n.count(rests.runs, self.lang), mode=modes.get(rests.mode, rests.mode), when=when,
            area=area_name({"name": rests.values.get("area", "")}, self.lang),
        )  # fmt: skip
        return (line, *(say(note).format(**rests.values) for note in rests.notes))


def section(cards: Sequence[Card], lang: str) -> dict[str, Any]:
    """Cards for a page, in `groups` by what was found ({"verdict", "title", "cards"}); in `note` the
    sentence that every verdict needs. A card has the fields of `Told`, its sources apart, and its verdict as a key."""
    say = i18n.translator(lang)
    shown = [(each, _for_page(each, lang)) for each in cards]
    groups = []
    for verdict, title in GROUPS:
        here = [card for each, card in shown if (each.finding.verdict if each.finding else MISSING) == verdict]
        if here:
            groups.append({"verdict": KEYS[verdict], "title": say(title), "cards": here})
    return {"groups": groups, "n": len(shown), "note": say(NO_PROOF)}


def _for_page(card: Card, lang: str) -> dict[str, Any]:
    said = asdict(told(card, lang))
    sources = [{"id": name, "says": says, "urls": list(urls)} for name, says, urls in card.sources]
    found = card.finding
    return said | {
        "sources": sources, "question": card.is_question, "key": KEYS[found.verdict if found else MISSING],
        "under_assumptions": found is not None and found.under_assumptions,
    }  # fmt: skip


def percent(share: float, lang: str) -> str:
    """A share in whole per cent."""
    return i18n.quantity(100.0 * share, "%", lang, 0) if math.isfinite(share) else "–"


def day(text: str, lang: str) -> str:
    """2019, April 2019 or 3 April 2019, as exactly as it was written."""
    parts = [int(part) for part in text.split("-")] if text else []
    if not parts:
        return ""
    if len(parts) == 1:
        return str(parts[0])
    shown_day = i18n.date(datetime(parts[0], parts[1], parts[2] if len(parts) > 2 else 1, tzinfo=UTC), lang)
    return shown_day if len(parts) > 2 else shown_day.partition(" ")[2]
