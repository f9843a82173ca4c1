"""`egide explain`: why an object was held for what it was, piece by piece, what was done to it, and why nothing was.

The reading is `egide.analysis.why`'s and, battery by battery, `egide.analysis.reasons`'; here a time is read as people
write it, and the story is put in words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, final

from cyclopts import Parameter

from egide import i18n
from egide.cli import common, options
from egide.cli.brief import Brief
from egide.cli.stands import Stands
from egide.errors import store_error
from egide.i18n import mark
from egide.units import TIME, split_quantity

if TYPE_CHECKING:
    from egide.analysis.evidence import Piece
    from egide.analysis.why import Act, Declaration, Life, Story
    from egide.store import Bundle

CLOCK: Final = re.compile(r"^(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?(Z?)$")
KINDS: Final = {
    "aircraft": mark("military aircraft"),
    "cruise-missile": mark("cruise missile"),
    "drone": mark("drone"),
    "ballistic": mark("ballistic missile"),
    "airliner": mark("airliner"),
}
RULE: Final = mark(
    "The cause is that of the battery that came furthest with the attacker, among those that had it within reach. "
    "Intervals are Wilson's with the effective number of leakers: those of one replication are not independent."
)
SAYS_LITTLE: Final = 0.02  # a piece that moves the odds of hostile by less is named, not weighed line by line


def explain(
    bundle: Annotated[Path, Parameter(help="A run bundle; with --leakers also a comparison.")],
    object: Annotated[  # noqa: A002 - the word of the command line
        str | None, Parameter(help="Name of what flies, as in the table objects; or the number of a track.")
    ] = None,
    *,
    replication: Annotated[int, Parameter(help="Which one.")] = 0,
    at: Annotated[str | None, Parameter(help="What was held then: seconds, 0:12:40 or 06:12:40Z.")] = None,
    network: Annotated[str | None, Parameter(help="Of this network only.")] = None,
    leakers: Annotated[bool, Parameter(help="Of all leakers: the share of each deciding cause.", negative="")] = False,
    json: options.Json = False,
    lang: options.Lang = None,
) -> int:
    """Say why an object was held for what it was, why it was fired at, and why nothing stopped it.

    By network and track: belief before any evidence, each piece with what it did to the odds of hostile and the belief
    after it, what was told by whom and on what grounds, operators' errors, wrong identities against the truth. Then
    battery by battery: when it was on its picture, what stood against a shot and for how long, its shots; for an
    attacker that got through, the cause that decided. Tracks' beginnings and ends are known in replications kept in
    detail.

    Example: egide explain out/run airliners-3 --replication 4 --at 0:12:40
    """
    from egide import store

    language = i18n.choose(lang)
    if leakers:
        if object is not None:
            raise store_error("--leakers", mark("asks about all of them"), mark("leave {name} out"), name=object)
        return _all_leakers(bundle, json, language)
    if object is None:
        raise store_error(
            str(bundle), mark("nothing is asked about it"), mark("add the name of an object, or --leakers")
        )
    opened = store.open(bundle)
    return _one(opened, object, replication, math.nan if at is None else instant(at, opened), network, json, language)


def _one(bundle: Bundle, name: str, number: int, at_s: float, network: str | None, json: bool, lang: str) -> int:
    from dataclasses import asdict

    from egide.analysis import reasons, sight, why

    story = why.explain(bundle, name, number, at_s, network)
    found = reasons.of_object(bundle, story.object, number) if math.isnan(at_s) and network is None else None
    unseen = None
    if found is not None and math.isnan(found.first_detected_s):
        unseen = sight.unseen(bundle, story.object, found.end_s)
    chances = None if found is None else reasons.pass_of(bundle, story.object, number)
    if json:
        stands = None if found is None else asdict(found)
        parts = {"unseen": unseen, "pass": chances}
        more = {name: None if part is None else asdict(part) for name, part in parts.items()}
        common.print_json(asdict(story) | {"batteries": stands} | more)
        return 0
    teller = Teller(lang, bundle)
    if found is not None:
        brief = list(teller.brief(bundle).lines(story, found, chances))
        print("".join(f"{line}\n" for line in [*brief, ""] if brief), end="")
    print("\n".join(teller.lines(story, acts=found is None)))
    if found is not None:
        print()
        stands_in_words = teller.stands()
        print("\n".join([*stands_in_words.lines(found, unseen), *stands_in_words.chances(chances)]))
    return 0


def _all_leakers(place: Path, json: bool, lang: str) -> int:
    """Shares of the deciding causes, of one run or of each alternative of a comparison."""
    from dataclasses import asdict

    from egide.analysis import reasons
    from egide.cli import show
    from egide.cli.stands import share_rows

    say, document = i18n.translator(lang), {}
    for name, bundle in reasons.runs_of(place).items():
        found = reasons.leakers(bundle)
        shares = reasons.shares(found, len(bundle.replications))
        document[name] = {
            "replications": len(bundle.replications),
            "leakers": len(found),
            "causes": [asdict(each) for each in shares],
        }
        if not json:
            head = say(
                mark("{name}: {n} attackers got through in {replications} replications, by the cause that decided")
            )
            print(
                head.format(
                    name=name, n=i18n.count(len(found), lang), replications=i18n.count(len(bundle.replications), lang)
                )
            )
            if shares:
                headers = (mark("cause"), mark("number"), mark("share"), mark("95 % interval"))
                show.table([say(header) for header in headers], share_rows(shares, lang))
            print()
    if json:
        common.print_json(document)
    else:
        print(say(RULE))
    return 0


# --- a time as people write it --------------------------------------------------------------------------------------


def instant(text: str, bundle: Bundle) -> float:
    """Seconds from the start: `730`, `12 min`, `0:12:10` from the start, `12:03:41Z` or a date and time by the clock.
    A time that lies beyond the end when counted from the start is taken for the clock's, where that lies inside."""
    about = bundle.manifest["scenario"]
    length_s = float(about.get("duration_s") or math.inf)
    start = datetime.fromisoformat(about["start"]) if about.get("start") else None
    for time_s in _readings(text.strip(), start):
        if 0.0 <= time_s <= length_s:
            return time_s
    raise store_error(
        "--at", mark("{text!r} is no time of this run"),
        mark("write seconds or h:mm:ss from its start at {start}, or a time by the clock; it lasts {seconds:.0f} s"),
        text=text, start=f"{start:%Y-%m-%dT%H:%MZ}" if start else "0", seconds=length_s,
    )  # fmt: skip


def _readings(text: str, start: datetime | None) -> list[float]:
    """What a text may mean, likeliest first."""
    clock = CLOCK.match(text)
    if clock:
        hours, minutes, seconds, zulu = clock.groups()
        counted = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds or 0.0)).total_seconds()
        if start is None:
            return [counted]
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        by_clock = (counted - (start - midnight).total_seconds()) % 86_400.0
        return [by_clock] if zulu else [counted, by_clock]
    try:
        number, unit = split_quantity(text)
        return [number * TIME.factors[unit or "s"]]
    except (ValueError, KeyError):
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return []
    if start is None:
        return []
    return [((moment if moment.tzinfo else moment.replace(tzinfo=start.tzinfo)) - start).total_seconds()]


# --- the story in words -----------------------------------------------------------------------------------------------


@final
class Teller:
    """Puts a story in words, one line at a time."""

    def __init__(self, lang: str, bundle: Bundle) -> None:
        self._lang, self._say = lang, i18n.translator(lang)
        rows = bundle.sql(f"SELECT kind, name, label_{lang} FROM objects").fetchall()  # noqa: S608 - en or fr
        self._labels = {(str(kind), str(name)): str(label or name) for kind, name, label in rows}
        start = bundle.manifest["scenario"].get("start")
        self._start = datetime.fromisoformat(start) if start else None
        self._given: set[tuple[str, int, float]] = set()  # declarations whose grounds have been given

    def stands(self) -> Stands:
        """The same words for what each battery did."""
        return Stands(self._lang, self._of, self._clock)

    def brief(self, bundle: Bundle) -> Brief:
        """The same in a few sentences."""
        return Brief(self._lang, bundle, self._of, self._clock, self._piece)

    def lines(self, story: Story, acts: bool = True) -> Iterator[str]:
        """The whole answer but for the batteries; `acts`: with what was decided, in order of time."""
        yield from self._head(story)
        for network in story.networks:
            lives = [life for life in story.lives if life.network == network]
            yield ""
            if not lives:
                line = self._say(mark("{network}: never had a firm track of it"))
                if not math.isnan(story.at_s):
                    line = self._say(mark("{network}: had no track of it then"))
                yield line.format(network=self._of("network", network))
            for life in lives:
                yield from self._life(life, story)
        if acts:
            yield ""
            yield from self._acts(story)

    def _head(self, story: Story) -> Iterator[str]:
        say, of = self._say, self._of("mover", story.object)
        if story.relation:
            truth = say(mark("{label} ({name}): in truth {relation}, {type}. Replication {number}."))
            values = {"relation": self._word(story.relation), "type": say(KINDS.get(story.type, story.type))}
            yield truth.format(label=of, name=story.object, number=story.replication, **values)
        else:
            no_object = say(mark("Track {name}: no real object is behind it. Replication {number}."))
            yield no_object.format(name=story.object, number=story.replication)
        if not math.isnan(story.first_detected_s):
            seen = say(mark("First detected at {time}. In the end: {fate}."))
            yield seen.format(time=self._clock(story.first_detected_s), fate=self._word(story.fate))
        elif story.relation:
            yield say(mark("No radar ever detected it. In the end: {fate}.")).format(fate=self._word(story.fate))
        if story.wrongly_engaged_in:
            numbers = ", ".join(map(str, story.wrongly_engaged_in))
            yield say(mark("Wrongly fired at in replications: {numbers}.")).format(numbers=numbers)
        if not story.detail:
            without = say(mark(
                "Replication {number} is not kept in detail: no beginnings and ends of tracks, no messages. To have "
                "them, run again with --detail {number}."
            ))  # fmt: skip
            yield without.format(number=story.replication)
        if not math.isnan(story.at_s):
            yield say(mark("As it stood at {time}.")).format(time=self._clock(story.at_s, clock=True))

    def _life(self, life: Life, story: Story) -> Iterator[str]:
        say = self._say
        head = say(mark("{network}, track {number}"))
        yield head.format(network=self._of("network", life.network), number=life.track)
        if not math.isnan(life.started_s):
            yield f"  {self._clock(life.started_s)}  " + say(mark("first plots of the track"))
        if not math.isnan(life.firm_s):
            yield f"  {self._clock(life.firm_s)}  " + say(mark("firm: pending until its first review"))
        if not life.declarations:
            yield "  " + say(mark("pending: nobody had declared it yet"))
        for declaration in life.declarations:
            yield from self._declaration(declaration, "  ", story.relation)
        if not math.isnan(life.dropped_s):
            yield f"  {self._clock(life.dropped_s)}  " + say(mark("dropped"))

    def _declaration(self, d: Declaration, indent: str, relation: str) -> Iterator[str]:
        say = self._say
        what = say(mark("declared {identity}")).format(identity=self._word(d.identity))
        if d.wrong and not d.other:
            what += say(mark(" – wrong: it is {relation}")).format(relation=self._word(relation) or "?")
        elif d.wrong:
            what += say(mark(" – wrong for what it followed"))
        yield f"{indent}{self._clock(d.time_s, clock=True)}  {what}"
        inner = indent + "      "
        key = (d.network, d.track, d.time_s)
        if key in self._given and indent != "  ":  # a teller's; a track's own declarations are always told in full
            yield inner + say(mark("on the grounds given above"))
            return
        self._given.add(key)
        if d.other:
            yield inner + say(mark("the track then followed {object}")).format(object=self._of("mover", d.other))
        yield from self._weighing(d, inner)
        if d.mate:
            yield inner + say(mark("formation: with {object}")).format(object=self._of("mover", d.mate))
        if d.interrogator_out:
            yield inner + say(mark("its interrogator was out of order, unknown to it: silence was taken for an answer"))
        if d.operator_error:
            yield inner + say(mark("operator's error: the evidence was ambiguous, and the second choice was declared"))
        if d.own != d.identity:
            own = say(mark("by its own evidence alone it would say: {identity}"))
            yield inner + own.format(identity=self._word(d.own))
        if d.told:
            yield from self._told(d, inner, relation)

    def _weighing(self, d: Declaration, inner: str) -> Iterator[str]:
        """A line for each piece that weighed, then the others by name."""
        say = self._say
        rows = [(say(mark("before any evidence")), "", self._belief(d.prior))]
        rows += [
            (self._piece(p.evidence), self._factor(p.factor), self._belief(p.after)) for p in d.pieces if _heavy(p)
        ]
        widths = [max(len(row[k]) for row in rows) for k in range(2)]
        for name, factor, belief in rows:
            yield f"{inner}{name.ljust(widths[0])}  {factor.rjust(widths[1])}  {belief}"
        light = [self._piece(p.evidence) for p in d.pieces if not _heavy(p)]
        if light:
            yield inner + say(mark("without weight here: {pieces}")).format(pieces=", ".join(light))

    def _told(self, d: Declaration, inner: str, relation: str) -> Iterator[str]:
        told = self._say(mark("told {identity} by {network} over {link}"))
        yield inner + told.format(
            identity=self._word(d.told), network=self._of("network", d.told_from), link=self._of("link", d.link)
        )
        if d.teller is None:
            yield inner + self._say(mark("no declaration of the teller is kept that says so"))
        else:
            yield from self._declaration(d.teller, inner + "  ", relation)

    def _acts(self, story: Story) -> Iterator[str]:
        say = self._say
        if not story.acts:
            yield say(mark("No battery ever decided anything about it."))
            return
        yield say(mark("Decisions and shots"))
        for act in story.acts:
            yield f"  {self._clock(act.time_s)}  {self._act(act)}"

    def _act(self, act: Act) -> str:
        say, battery = self._say, self._of("battery", act.battery)
        if act.kind == "meeting":
            text = say(mark("{battery}: an interceptor arrives: {result}"))
            return text.format(battery=battery, result=self._word(act.result))
        text = say(mark("{battery}: {decision}, held as {identity}"))
        line = text.format(battery=battery, decision=self._word(act.kind), identity=self._word(act.identity))
        if act.reason:
            line += f" ({self._word(act.reason)})"
        return line + (say(mark(" – a wrongful engagement")) if act.wrong and act.kind == "launch" else "")

    # -- words and numbers --

    def _of(self, kind: str, name: str) -> str:
        return self._labels.get((kind, name), name)

    def _word(self, code: str) -> str:
        from egide.report import labels

        tables: Sequence[Any] = (
            labels.IDENTITY_LABELS, labels.RELATION_LABELS, labels.FATE_LABELS, labels.DECISION_LABELS,
            labels.RESULT_LABELS, labels.REASON_LABELS,
        )  # fmt: skip
        found = next((table for table in tables if code in table), None)
        return code if found is None else labels.told(found, code, self._say)

    def _piece(self, evidence: str) -> str:
        from egide.report.labels import EVIDENCE_LABELS, IDENTITY_LABELS, told

        if evidence.startswith("told-"):
            identity = told(IDENTITY_LABELS, evidence.removeprefix("told-"), self._say)
            return self._say(mark("told it is {identity}")).format(identity=identity)
        if evidence == "no-reply":
            return self._say(mark("no reply to any mode"))
        return told(EVIDENCE_LABELS, evidence, self._say)

    def _factor(self, factor: float) -> str:
        if math.isnan(factor):
            return ""
        if math.isinf(factor) or factor == 0.0:
            return self._say(mark("decides"))
        size = factor if factor >= 1.0 else 1.0 / factor
        number = i18n.number(size, self._lang, 1 if size < 10.0 else 0)
        text = self._say(mark("hostile × {n}")) if factor >= 1.0 else self._say(mark("hostile ÷ {n}"))
        return text.format(n=number)

    def _belief(self, p: Sequence[float]) -> str:
        text = self._say(mark("friend {friend}, neutral {neutral}, hostile {hostile}"))
        friend, neutral, hostile = (i18n.quantity(100.0 * x, "%", self._lang, 1) for x in p)
        return text.format(friend=friend, neutral=neutral, hostile=hostile)

    def _clock(self, time_s: float, clock: bool = False) -> str:
        """h:mm:ss from the start; with the clock's time where it is asked for and known."""
        if math.isnan(time_s):
            return "–"
        whole = round(time_s)
        text = f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
        if clock and self._start is not None:
            text += f" ({self._start + timedelta(seconds=whole):%H:%M:%SZ})"
        return text


def _heavy(piece: Piece) -> bool:
    """Whether a piece moved the odds of hostile, or those of friend against neutral, by more than a trifle."""
    friend, neutral, hostile = piece.likelihood
    least, most = min(friend, neutral, hostile), max(friend, neutral, hostile)
    return most > least * (1.0 + SAYS_LITTLE)
