"""Why, and why not, battery by battery: the words of `egide explain` for egide.analysis.reasons.

stand      one battery before one object: when its network had it, what stood against a shot and when, its shots
leg        reasons in a row with nothing between them; a long one is summed up by time
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, final

from egide import i18n
from egide.i18n import mark
from egide.report import labels

if TYPE_CHECKING:
    from egide.analysis.reasons import Case, Change, Pass, Share, Shot, Stand
    from egide.analysis.sight import Unseen

MOST_IN_A_ROW: Final = 4
PROVEN: Final = 1e-9  # of a bound: nearer than this is on it
HELD_UP: Final = ("late", "missed", "not-assessed")  # causes that have a history worth a word


@final
class Stands:
    """Puts cases in words. `of`: the label of a kind and name; `clock`: seconds as h:mm:ss."""

    def __init__(self, lang: str, of: Callable[[str, str], str], clock: Callable[[float], str]) -> None:
        self._lang, self._say, self._of, self._clock = lang, i18n.translator(lang), of, clock

    def lines(self, case: Case, unseen: Unseen | None) -> Iterator[str]:
        """Every battery that could have mattered, the others by name, and what decided."""
        say = self._say
        yield say(mark("Battery by battery"))
        able = [stand for stand in case.stands if stand.mattered]
        if not any(stand.changes or stand.shots for stand in able):
            yield "  " + say(mark("No battery ever decided anything about it."))
        for stand in able:
            yield from self._stand(stand, case)
        others = [self._of("battery", stand.battery) for stand in case.stands if not stand.mattered]
        if others:
            yield "  " + say(mark("never had it within reach: {names}")).format(names=", ".join(others))
        yield from self._unseen(unseen)
        yield from self.deciding(case)

    def chances(self, found: Pass | None) -> Iterator[str]:
        """The chances of a friend's or neutral's pass, and why it could be fired at."""
        if found is None:
            return
        say = self._say
        for time_s, battery, causes in found.launches[:1]:
            text = say(
                mark("The launch by {battery} at {time} would not have been, but for any one of these: {causes}.")
            )
            if not causes:
                text = say(mark("The launch by {battery} at {time}: no single thing would have prevented it."))
            words = "; ".join(labels.told(labels.MISTAKE_LABELS, cause, say) for cause in causes)
            yield text.format(battery=self._of("battery", battery), time=self._clock(time_s), causes=words)
        text = say(mark("Chance in this pass, given equipment and picture: of being shot at {p}, of being killed {q}."))
        p, q = (i18n.quantity(100.0 * x, "%", self._lang, 1) for x in (found.p_engaged, found.p_killed))
        yield text.format(p=p, q=q)

    def deciding(self, case: Case) -> Iterator[str]:
        """One sentence, where the object got through."""
        if case.fate != "leaked":
            return
        say, cause = self._say, self.cause(case.cause)
        if not case.battery:
            yield say(mark("What decided: {cause}.")).format(cause=cause)
            return
        stand = next(each for each in case.stands if each.battery == case.battery)
        text = say(mark("What decided: {battery}: {cause}.")).format(
            battery=self._of("battery", case.battery), cause=cause
        )
        against = stand.held_up(case.end_s)
        if case.cause in HELD_UP and against and against[0][0] not in ("engaged-by-self", "salvo-complete"):
            reason, seconds = against[0]
            more = say(mark("Longest against a shot before: {reason} ({time})."))
            text += " " + more.format(reason=self.cause(reason), time=i18n.duration(seconds, self._lang))
        yield text

    def cause(self, code: str) -> str:
        return labels.told(labels.CAUSE_LABELS, code, self._say)

    def _unseen(self, unseen: Unseen | None) -> Iterator[str]:
        if unseen is None:
            return
        text = self._say(mark("Nearest radar: {radar}, {km} km away at {time}, the object at {height} m: {why}."))
        yield "  " + text.format(
            radar=self._of("radar", unseen.radar), km=i18n.number(unseen.distance_m / 1e3, self._lang, 0),
            time=self._clock(unseen.time_s), height=i18n.number(unseen.height_m, self._lang, 0),
            why=labels.told(labels.UNSEEN_LABELS, unseen.why, self._say),
        )  # fmt: skip

    def _stand(self, stand: Stand, case: Case) -> Iterator[str]:
        yield f"  {self._of('battery', stand.battery)}"
        rows = list(self._rows(stand, case))
        for time_s, _, text in sorted(rows, key=lambda row: (row[0], row[1])):
            yield f"    {self._clock(time_s)}  {text}"
        if not stand.changes and not stand.shots:
            yield "    " + self.cause(stand.cause)

    def _rows(self, stand: Stand, case: Case) -> Iterator[tuple[float, int, str]]:
        """Times, ranks among what happens at one time, and words."""
        say = self._say
        if not math.isnan(stand.seen_s):
            yield stand.seen_s, 0, say(mark("first seen by its network"))
        if not math.isnan(stand.tracked_s):
            text = say(mark("on its picture: first firm track in {network}"))
            yield stand.tracked_s, 0, text.format(network=self._of("network", stand.network))
        before = ""
        for time_s, identity in stand.declared:
            if identity != before:
                word = labels.told(labels.IDENTITY_LABELS, identity, say)
                yield time_s, 1, say(mark("declared {identity}")).format(identity=word)
            before = identity
        for leg in _legs(stand.changes):
            yield from self._leg(leg, stand, case)
        for shots in _salvos(stand.shots):
            yield from self._salvo(shots, stand, case.relation)

    def _leg(self, leg: Sequence[Change], stand: Stand, case: Case) -> Iterator[tuple[float, int, str]]:
        say, first = self._say, leg[0]
        if first.decision == "no-engage" and len(leg) > MOST_IN_A_ROW:
            after = [change.time_s for change in stand.changes if change.time_s > leg[-1].time_s]
            until_s = after[0] if after else case.end_s
            ends = [*(change.time_s for change in leg[1:]), until_s]
            seconds: dict[str, float] = {}
            for change, end_s in zip(leg, ends, strict=True):
                seconds[change.reason] = seconds.get(change.reason, 0.0) + end_s - change.time_s
            told = ", ".join(
                f"{self.cause(reason)} ({i18n.duration(length_s, self._lang)})"
                for reason, length_s in sorted(seconds.items(), key=lambda item: -item[1])
            )
            text = say(mark("no shot until {time}: {reasons}; it changed {n} times"))
            yield first.time_s, 2, text.format(time=self._clock(until_s), reasons=told, n=len(leg))
            return
        for change in leg:
            yield change.time_s, 2, self._change(change, case, stand)

    def _change(self, change: Change, case: Case, stand: Stand) -> str:
        say = self._say
        held = labels.told(labels.IDENTITY_LABELS, change.identity, say)
        if change.decision == "no-engage":
            return say(mark("no shot: {reason}")).format(reason=self.cause(change.reason))
        if change.decision == "abort":
            return say(mark("breaks off: {reason}")).format(reason=self.cause(change.reason))
        if change.decision == "engage":
            text = say(mark(
                "decides to engage track {track}, held as {identity} since {since}: {weapon}, which reaches it, "
                "expected kill probability {p}, {s} s of flight"
            ))  # fmt: skip
            since = [time_s for time_s, identity in stand.declared if time_s <= change.time_s]
            told = text.format(
                track=change.track,
                identity=held,
                since=self._clock(since[-1] if since else math.nan),
                weapon=self._of("weapon", change.weapon),
                p=i18n.number(change.p_kill, self._lang, 2),
                s=i18n.number(change.flight_s, self._lang, 0),
            )
            if change.shared is not None and change.shared[0] > 1:
                told += self._shared(*change.shared)
            others = self._others(change.time_s, case, stand)
            return told + (say(mark("; the others then: {others}")).format(others=others) if others else "")
        return labels.told(labels.DECISION_LABELS, change.decision, say)

    def _shared(self, targets: int, gain: float, bound: float) -> str:
        """How good the decision was that gave it this target, and how sure that is."""
        say = self._say
        if bound - gain <= PROVEN * bound:
            return say(mark("; one decision for {n} targets, proven the best")).format(n=targets)
        text = say(mark("; one decision for {n} targets, which takes {share} at least of the threat that it could"))
        return text.format(n=targets, share=i18n.quantity(100.0 * gain / bound, "%", self._lang, 1))

    def _others(self, time_s: float, case: Case, mine: Stand) -> str:
        """What stood against each other battery at a moment: why it was this one."""
        told = []
        for stand in case.stands:
            earlier = [change for change in stand.changes if change.time_s <= time_s]
            if stand is mine or not earlier:
                continue
            last = earlier[-1]
            why = self.cause(last.reason) if last.reason not in ("", "none") else labels.told(
                labels.DECISION_LABELS, last.decision, self._say
            )  # fmt: skip
            told.append(f"{self._of('battery', stand.battery)} ({why})")
        return ", ".join(told)

    def _salvo(self, shots: Sequence[Shot], stand: Stand, relation: str) -> Iterator[tuple[float, int, str]]:
        say, first = self._say, shots[0]
        decided = [c.time_s for c in stand.changes if c.decision == "engage" and c.time_s <= first.launch_s]
        text = say(mark("launches {n} × {weapon} at track {track}, held as {identity}"))
        told = text.format(
            n=len(shots), weapon=self._of("weapon", first.weapon), track=first.track,
            identity=labels.told(labels.IDENTITY_LABELS, first.identity, say),
        )  # fmt: skip
        if decided and first.salvo == 1:
            waited = say(mark(", {s} s after the decision: reaction and order"))
            told += waited.format(s=i18n.number(first.launch_s - decided[-1], self._lang, 0))
        if relation in ("friend", "neutral"):
            told += say(mark(" – a wrongful engagement"))
        yield first.launch_s, 3, told
        for shot in shots:
            text = say(mark("an interceptor arrives: {result}"))
            yield shot.meet_s, 4, text.format(result=labels.told(labels.RESULT_LABELS, shot.result, say))


def _legs(changes: Sequence[Change]) -> list[list[Change]]:
    """Refusals in a row together, everything else alone; launches are told with their shots."""
    legs: list[list[Change]] = []
    for change in changes:
        if change.decision == "launch":
            continue
        refusal = change.decision == "no-engage"
        if refusal and legs and legs[-1][0].decision == "no-engage":
            if legs[-1][-1].reason != change.reason:
                legs[-1].append(change)
        else:
            legs.append([change])
    return legs


def _salvos(shots: Sequence[Shot]) -> list[list[Shot]]:
    """Shots that left one after the other at one track in one salvo."""
    found: list[list[Shot]] = []
    for shot in shots:
        same = found and (found[-1][0].track, found[-1][0].salvo, found[-1][0].weapon) == (
            shot.track, shot.salvo, shot.weapon)  # fmt: skip
        if same and shot.launch_s < found[-1][-1].meet_s:
            found[-1].append(shot)
        else:
            found.append([shot])
    return found


def share_rows(found: Sequence[Share], lang: str) -> list[tuple[str, ...]]:
    """Cause, number, share and interval of each."""
    say = i18n.translator(lang)
    rows: list[tuple[str, ...]] = []
    for each in found:
        between: Any = i18n.interval(100 * each.low, 100 * each.high, lang, 1)
        rows.append(
            (labels.told(labels.CAUSE_LABELS, each.cause, say), i18n.count(each.n, lang),
             i18n.quantity(100 * each.share, "%", lang, 1), between)
        )  # fmt: skip
    return rows
