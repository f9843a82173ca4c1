"""The first lines of `egide explain`: what happened to an object and why, in a few sentences that need no glossary.

swapped   the track that was shot at had got its identity while it followed another object
knew      another track of the same network, or another network, held the object rightly when the shot left
furthest  the battery that came nearest to stopping an attacker; what stopped it is what decided
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, final

from egide import i18n
from egide.i18n import mark
from egide.report import labels

if TYPE_CHECKING:
    from egide.analysis.evidence import Piece
    from egide.analysis.reasons import Case, Pass, Shot, Stand
    from egide.analysis.why import Declaration, Story
    from egide.store import Bundle

SHOWN: Final = 2  # pieces of evidence that are named
FOES: Final = ("hostile", "suspect")


@final
class Brief:
    """Puts the end of a story in a few sentences. `of`, `clock`, `piece`: words of the longer story below it."""

    def __init__(
        self, lang: str, bundle: Bundle, of: Callable[[str, str], str], clock: Callable[[float], str],
        piece: Callable[[str], str],
    ) -> None:  # fmt: skip
        self._lang, self._say, self._bundle = lang, i18n.translator(lang), bundle
        self._of, self._clock, self._piece = of, clock, piece

    def lines(self, story: Story, case: Case, chances: Pass | None) -> Iterator[str]:
        """The sentences, one a line; none where nothing happened that asks for a reason."""
        shot_at = sorted(
            ((shot, stand) for stand in case.stands for shot in stand.shots), key=lambda pair: pair[0].launch_s
        )
        if case.relation == "hostile" and case.fate == "leaked":
            yield self._say(mark("In short"))
            yield from self._leaked(story, case)
        elif case.relation in ("friend", "neutral") and shot_at:
            yield self._say(mark("In short"))
            yield from self._wronged(story, case, *shot_at[0], chances)

    # -- an attacker that got through --

    def _leaked(self, story: Story, case: Case) -> Iterator[str]:
        say = self._say
        if math.isnan(case.first_detected_s):
            text = say(mark("  {object} got through at {time}; no radar had ever seen it."))
            yield text.format(object=self._of("mover", case.object), time=self._clock(case.end_s))
            return
        text = say(mark("  {object} got through at {time}. A radar first saw it {early} before that."))
        early = i18n.duration(max(0.0, case.end_s - case.first_detected_s), self._lang)
        yield text.format(object=self._of("mover", case.object), time=self._clock(case.end_s), early=early)
        foes = [d for life in story.lives for d in life.declarations if d.identity in FOES and not d.other]
        if foes:
            first = min(foes, key=lambda d: d.time_s)
            text = say(mark("  It was known for an attacker {early} before the end, first to: {network}."))
            yield text.format(
                early=i18n.duration(max(0.0, case.end_s - first.time_s), self._lang),
                network=self._of("network", first.network),
            )
        else:
            yield say(mark("  Nobody ever declared it an attacker."))
        able = [stand for stand in case.stands if stand.mattered]
        text = say(
            mark("  Of {n} batteries and patrols {able} could have reached it; interceptors fired at it: {shots}.")
        )
        yield text.format(n=len(case.stands), able=len(able), shots=sum(len(stand.shots) for stand in case.stands))
        for stand in able:
            if not (stand.changes or stand.shots) or stand.battery == case.battery:
                continue
            yield "    " + self._against(stand, case.end_s)
        if case.battery:
            text = say(mark("  {battery} came furthest, and what stopped it decided: {cause}."))
            cause = labels.told(labels.CAUSE_LABELS, case.cause, say)
            yield text.format(battery=self._of("battery", case.battery), cause=cause)

    def _against(self, stand: Stand, end_s: float) -> str:
        """What kept one battery from it, the longest first."""
        say = self._say
        held = [(reason, s) for reason, s in stand.held_up(end_s) if s >= 1.0][:SHOWN]
        if not held:
            return f"{self._of('battery', stand.battery)}: {labels.told(labels.CAUSE_LABELS, stand.cause, say)}"
        told = ", ".join(
            f"{labels.told(labels.CAUSE_LABELS, reason, say)} ({i18n.duration(seconds, self._lang)})"
            for reason, seconds in held
        )
        return f"{self._of('battery', stand.battery)}: {told}"

    # -- a friend or neutral that was shot at --

    def _wronged(self, story: Story, case: Case, shot: Shot, stand: Stand, chances: Pass | None) -> Iterator[str]:
        say = self._say
        n = sum(len(each.shots) for each in case.stands)
        text = say(
            mark("  At {time} {battery} fired at {object}, taking it for {identity}; interceptors in all: {n}. {end}")
        )
        end = mark("It was hit.") if case.fate == "killed" else mark("It was not hit.")
        yield text.format(
            time=self._clock(shot.launch_s), battery=self._of("battery", stand.battery),
            object=self._of("mover", case.object), n=n, end=say(end),
            identity=labels.told(labels.IDENTITY_LABELS, shot.identity, say),
        )  # fmt: skip
        grounds = self._declared(shot, stand, story.replication)
        if grounds is not None:
            yield from self._grounds(grounds, story)
        yield from self._known(story, shot, stand)
        causes = [] if chances is None or not chances.launches else list(chances.launches[0][2])
        if causes:
            words = "; ".join(labels.told(labels.MISTAKE_LABELS, cause, say) for cause in causes)
            yield say(mark("  It would not have been fired at but for: {causes}.")).format(causes=words)
        elif chances is not None and chances.launches:
            yield say(mark("  No single fault explains it: without any one of them the shot would still have left."))

    def _declared(self, shot: Shot, stand: Stand, number: int) -> Declaration | None:
        """The declaration in force on the track when the shot left."""
        from egide.analysis import why
        from egide.errors import StoreError

        try:
            found = why.explain(self._bundle, str(shot.track), number, network=stand.network)
        except StoreError:
            return None
        all_of_it = [d for life in found.lives for d in life.declarations if d.time_s <= shot.launch_s]
        return max(all_of_it, key=lambda d: d.time_s, default=None)

    def _grounds(self, d: Declaration, story: Story) -> Iterator[str]:
        say = self._say
        followed = self._followed(d)
        if followed and followed != story.object:
            text = say(
                mark(
                    "  The track shot at had been declared {identity} at {time} while it followed {other}: "
                    "the two were mixed up."
                )
            )
            yield text.format(
                identity=labels.told(labels.IDENTITY_LABELS, d.identity, say), time=self._clock(d.time_s),
                other=self._of("mover", followed),
            )  # fmt: skip
        if d.told:
            text = say(mark("  {network} had been told so by {teller}."))
            yield text.format(network=self._of("network", d.network), teller=self._of("network", d.told_from))
            return
        strong = sorted((p for p in d.pieces if p.factor > 1.0), key=lambda p: -p.factor)[:SHOWN]
        if strong:
            text = say(mark("  What spoke for it: {pieces}."))
            yield text.format(pieces=", ".join(self._weighed(p) for p in strong))
        if d.operator_error:
            yield say(mark("  An operator declared the second choice by mistake."))

    def _followed(self, d: Declaration) -> str:
        """The object that the track followed when this was declared."""
        rows = self._bundle.sql(
            f"""
            SELECT mover_name FROM identities_named
            WHERE network_name = '{d.network}' AND track = {d.track} AND abs(time_s - {d.time_s!r}) < 1e-6
            LIMIT 1
            """  # noqa: S608 - a name of the bundle and numbers
        ).fetchall()
        return str(rows[0][0] or "") if rows else ""

    def _weighed(self, piece: Piece) -> str:
        if math.isinf(piece.factor):
            return self._piece(piece.evidence)
        factor = i18n.number(piece.factor, self._lang, 1 if piece.factor < 10.0 else 0)
        return f"{self._piece(piece.evidence)} (× {factor})"

    def _known(self, story: Story, shot: Shot, stand: Stand) -> Iterator[str]:
        """Who held it rightly when the shot left."""
        rightly = {
            d.network: d
            for life in story.lives
            for d in life.declarations
            if not d.other and not d.wrong and d.identity in ("friend", "assumed-friend", "neutral")
            and d.time_s <= shot.launch_s and not life.dropped_s < shot.launch_s and d.track != shot.track
        }  # fmt: skip
        if not rightly:
            yield self._say(mark("  No network had recognised it before."))
            return
        mine = rightly.get(stand.network)
        if mine is not None:
            text = self._say(
                mark("  The same network had recognised it as {identity} at {time}, under another track: {number}.")
            )
            yield text.format(
                identity=labels.told(labels.IDENTITY_LABELS, mine.identity, self._say), time=self._clock(mine.time_s),
                number=mine.track,
            )  # fmt: skip
            return
        d = min(rightly.values(), key=lambda each: each.time_s)
        text = self._say(
            mark("  {network} had recognised it as {identity} at {time}; the battery's own network did not hold it so.")
        )
        yield text.format(
            network=self._of("network", d.network), time=self._clock(d.time_s),
            identity=labels.told(labels.IDENTITY_LABELS, d.identity, self._say),
        )  # fmt: skip
