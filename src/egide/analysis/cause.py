"""Why a friend or neutral was engaged: the chain of declarations, decisions and shots that led there.

wrongful   one friend or neutral at which an interceptor was launched, in one replication
step       one row of the chain, in time order: what was believed, on what evidence, what was decided, and why
swapped    the track had followed another object before: its identity may be that object's
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from egide import events
from egide.errors import store_error
from egide.store import Bundle

_NOBODY: Final = "nobody"


@final
@dataclass(frozen=True)
class Wrongful:
    """One mistake."""

    replication: int
    object: str
    relation: str
    time_s: float
    battery: str
    shots: int
    killed: bool
    identity: str  # held when the first interceptor left
    evidence: tuple[str, ...]  # that the identity rested on


@final
@dataclass(frozen=True)
class Step:
    """One event in the story of one object. `kind`: identity, decision, launch or meeting."""

    time_s: float
    kind: str
    network: str
    battery: str
    identity: str
    evidence: tuple[str, ...]
    p_hostile: float
    decision: str
    reason: str
    other: str  # the object that the track followed at that moment, where it was not this one

    def __str__(self) -> str:
        clock = f"{int(self.time_s) // 3600:d}:{int(self.time_s) // 60 % 60:02d}:{self.time_s % 60:04.1f}"
        belief = "" if self.p_hostile != self.p_hostile else f", hostile by {self.p_hostile:.2f}"
        swapped = f" [the track followed {self.other}]" if self.other else ""
        if self.kind == "identity":
            on = ", ".join(self.evidence) or "no evidence"
            return f"{clock}  {self.network} declares {self.identity}{belief}, on {on}{swapped}"
        if self.kind == "decision":
            why = f" ({self.reason})" if self.reason not in ("", "none") else ""
            return f"{clock}  {self.battery}: {self.decision}{why}, held as {self.identity}{belief}{swapped}"
        if self.kind == "launch":
            return f"{clock}  {self.battery} launches, held as {self.identity}"
        return f"{clock}  {self.battery}: {self.decision}"


def wrongful(bundle: Bundle, limit: int | None = None) -> list[Wrongful]:
    """Every wrongful engagement of a bundle, by replication and time, with the identity at the first launch."""
    rows = bundle.sql(
        """
        WITH first AS (
          SELECT replication, mover, min(launch_s) AS launch_s, count(*) AS shots,
                 arg_min(battery_name, launch_s) AS battery, arg_min(battery, launch_s) AS battery_row,
                 arg_min(identity_name, launch_s) AS identity, arg_min(track, launch_s) AS track,
                 max(result_name = 'kill') AS killed
          FROM shots_named WHERE mover >= 0 GROUP BY replication, mover)
        SELECT first.replication, o.name, o.relation, first.launch_s, first.battery, first.shots, first.killed,
               first.identity,
               (SELECT arg_max(i.evidence, i.time_s) FROM identities i, objects b, objects n
                WHERE i.replication = first.replication AND i.track = first.track AND i.time_s <= first.launch_s
                  AND b.kind = 'battery' AND b."row" = first.battery_row
                  AND n.kind = 'network' AND n.name = b.network AND i.network = n."row")
        FROM first JOIN objects o ON o.kind = 'mover' AND o."row" = first.mover
        WHERE o.relation IN ('friend', 'neutral')
        ORDER BY first.replication, first.launch_s, o.name
        """
    ).fetchall()
    return [
        Wrongful(
            int(number), name, relation, time_s, battery or _NOBODY, int(shots), bool(killed), identity, _words(bits)
        )
        for number, name, relation, time_s, battery, shots, killed, identity, bits in rows[:limit]
    ]


def chain(bundle: Bundle, name: str, replication: int = 0) -> list[Step]:
    """What was believed, decided and done about one object in one replication, in time order."""
    found = bundle.sql("SELECT name, \"row\" FROM objects WHERE kind = 'mover'").fetchall()
    rows = {str(known): int(row) for known, row in found}
    if name not in rows:
        import difflib

        close = difflib.get_close_matches(name, rows, n=1)
        right = "did you mean {close}?" if close else "see the names in the table objects"
        raise store_error(
            str(bundle.folder), "there is no object {name} in this run", right, name=name, close=(close or [""])[0]
        )
    if replication not in bundle.replications:
        raise store_error(
            str(bundle.folder), "has no replication {number}", "it holds {n} of them, from 0",
            number=replication, n=len(bundle.replications),
        )  # fmt: skip
    steps = [*_identities(bundle, rows[name], replication), *_decisions(bundle, rows[name], replication)]
    return sorted(steps + _shots(bundle, rows[name], replication), key=lambda step: step.time_s)


def _identities(bundle: Bundle, mover: int, replication: int) -> list[Step]:
    """Declarations about the object, and earlier ones about a track that became its own."""
    rows = bundle.sql(
        f"""
        SELECT i.time_s, i.network_name, i.identity_name, i.evidence, i.p_hostile, i.mover = {mover}, i.mover_name
        FROM identities_named i
        WHERE i.replication = {replication} AND (i.mover = {mover} OR (i.network, i.track) IN (
          SELECT DISTINCT network, track FROM identities WHERE replication = {replication} AND mover = {mover}))
        ORDER BY i.time_s
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    return [
        Step(time_s, "identity", network or "", "", identity or "", _words(bits), _number(p), "", "",
             "" if own else other or _NOBODY)
        for time_s, network, identity, bits, p, own, other in rows
    ]  # fmt: skip


def _decisions(bundle: Bundle, mover: int, replication: int) -> list[Step]:
    rows = bundle.sql(
        f"""
        SELECT time_s, battery_name, identity_name, p_hostile, decision_name, reason_name FROM decisions_named
        WHERE replication = {replication} AND mover = {mover} ORDER BY time_s
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    return [
        Step(time_s, "decision", "", battery or "", identity or "", (), _number(p), decision or "", reason or "", "")
        for time_s, battery, identity, p, decision, reason in rows
    ]


def _shots(bundle: Bundle, mover: int, replication: int) -> list[Step]:
    rows = bundle.sql(
        f"""
        SELECT launch_s, meet_s, battery_name, identity_name, result_name FROM shots_named
        WHERE replication = {replication} AND mover = {mover} ORDER BY launch_s
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    nan = float("nan")
    return [
        step
        for launch_s, meet_s, battery, identity, result in rows
        for step in (
            Step(launch_s, "launch", "", battery or "", identity or "", (), nan, "launch", "", ""),
            Step(meet_s, "meeting", "", battery or "", identity or "", (), nan, result or "", "", ""),
        )
    ]


def _words(bits: int | None) -> tuple[str, ...]:
    """The evidence that was there. What was asked for and not found is left to `egide explain`."""
    absent = {f"no-{word}" for word in events.ABSENT}
    return tuple(word for i, word in enumerate(events.EVIDENCE) if (bits or 0) >> i & 1 and word not in absent)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
