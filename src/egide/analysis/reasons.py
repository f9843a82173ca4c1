"""Why nothing stopped an object, or why it was shot at: one reason a battery, and the one that decided.

mattered   of a battery: the object's written route came within the reach of its missiles, or it decided about it
stage      how far along the chain a battery came with an object: seen, tracked, declared, allowed by the rules, in
           reach, held by its own radar, free to shoot, ordered, shot
cause      what stopped it at its furthest stage: a reason of events.REASONS, or one of OWN_CAUSES that follows from the
           tables (never seen, never tracked, ...)
deciding   the cause of the battery that came furthest among those that could have mattered; of several, the latest
late       it had decided, and reaction or order took until the shot was no longer possible
end        what happens after an attacker has let go its weapon, or has died, is no part of the story

One reading serves one object and a whole bundle. A reason that this table does not know stands among the rules.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

import numpy as np

from egide import events
from egide.analysis import intervals
from egide.analysis.sight import nearest_m
from egide.errors import store_error
from egide.store import Bundle, open_bundle

__all__ = [
    "CAUSES", "OWN_CAUSES", "STAGE_OF", "Case", "Pass", "Share", "Stand", "cases", "leakers", "of_object", "pass_of",
    "runs_of", "shares",
]  # fmt: skip

NAN: Final = math.nan
OWN_CAUSES: Final = (
    "never-seen", "never-tracked", "never-declared", "held-mild", "never-near", "late", "missed", "not-assessed",
    "called-kill",
)  # fmt: skip
CAUSES: Final = (*OWN_CAUSES, *(reason for reason in events.REASONS if reason != "none"))
RULES, REACH = 4, 5  # RULES: also of a reason that the table does not know
STAGE_OF: Final[Mapping[str, int]] = {
    "never-seen": 0, "never-tracked": 1, "never-declared": 2, "held-mild": 3, "identity": 3,
    "weapon-control": RULES, "not-a-threat": RULES,
    "never-near": 5, "out-of-reach": 5, "too-high": 5, "too-low": 5, "too-fast": 5, "range-gate": 5,
    "low-kill": 6, "fire-held": 6, "masked": 6, "not-detected": 6,
    "unit-down": 7, "suppressed": 7, "assigned-other": 7,
    "engaged-by-other": 7, "engaged-by-self": 7, "salvo-complete": 7, "no-channel": 7, "no-missile": 7,
    "order-awaited": 8, "late": 8, "track-lost": 8, "identity-changed": 8,
    "missed": 9, "not-assessed": 9, "called-kill": 9,
}  # fmt: skip
GONE: Final = ("out-of-reach", "too-high", "too-low", "too-fast", "track-lost", "masked", "not-detected")
MILD: Final = ("friend", "assumed-friend", "neutral")


@final
@dataclass(frozen=True)
class Change:
    """One thing that a battery decided or whose reason changed, in words of events."""

    time_s: float
    decision: str
    reason: str
    identity: str
    track: int
    weapon: str
    p_kill: float
    flight_s: float
    shared: tuple[int, float, float] | None = None  # of a shared decision: targets, threat taken, bound on it


@final
@dataclass(frozen=True)
class Shot:
    """One interceptor."""

    launch_s: float
    meet_s: float
    track: int
    weapon: str
    result: str
    identity: str
    salvo: int
    p_kill: float


@final
@dataclass(frozen=True)
class Stand:
    """One battery before one object. Times are NaN where it never came to that."""

    battery: str
    network: str
    near_m: float  # least distance to the written route, while it was there
    reach_m: float
    seen_s: float  # first plot of its network's sensors; known in replications kept in detail
    tracked_s: float
    declared: tuple[tuple[float, str], ...]
    changes: tuple[Change, ...]
    shots: tuple[Shot, ...]
    cause: str
    cause_s: float

    @property
    def mattered(self) -> bool:
        """Whether it could have: it decided something, or the route came into its reach."""
        decided = any(STAGE_OF.get(change.reason, RULES) > REACH for change in self.changes if change.reason != "none")
        return bool(self.shots) or self.near_m <= self.reach_m or decided or self.stage > REACH

    @property
    def stage(self) -> int:
        return STAGE_OF.get(self.cause, RULES)

    def held_up(self, until_s: float) -> list[tuple[str, float]]:
        """Seconds for which each reason stood against a shot until a moment, the longest first."""
        against = [change for change in self.changes if change.time_s <= until_s]
        seconds: dict[str, float] = defaultdict(float)
        for change, after in zip(against, [*against[1:], None], strict=True):
            if change.decision == "no-engage":
                seconds[change.reason] += (until_s if after is None else after.time_s) - change.time_s
        return sorted(seconds.items(), key=lambda item: -item[1])


@final
@dataclass(frozen=True)
class Case:
    """One object in one replication, before every battery."""

    replication: int
    object: str
    relation: str
    fate: str
    first_detected_s: float
    end_s: float
    stands: tuple[Stand, ...]
    cause: str  # the deciding one
    battery: str  # whose; empty where nobody's: it was never seen, or no battery was there


@final
@dataclass(frozen=True)
class Share:
    """Leakers with one deciding cause. The interval is Wilson's with the effective number of leakers: those of one
    replication are not independent."""

    cause: str
    n: int
    share: float
    low: float
    high: float


@final
@dataclass
class _Met:
    """What the tables hold of one object in one replication."""

    changes: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))  # by battery
    shots: dict[int, list[Shot]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, float] = field(default_factory=dict)  # by network
    firm: dict[str, float] = field(default_factory=dict)
    declared: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))


def leakers(bundle: Bundle) -> list[Case]:
    """Every leaker of every replication."""
    hostile = "SELECT \"row\" FROM objects WHERE kind = 'mover' AND relation = 'hostile'"
    return cases(bundle, f"fate_name = 'leaked' AND mover IN ({hostile})")


@final
@dataclass(frozen=True)
class Pass:
    """One pass of a friend or neutral: its chances, and but for which things each drawn launch would not have been."""

    p_engaged: float
    p_killed: float
    launches: tuple[tuple[float, str, tuple[str, ...]], ...]  # time, battery, causes


def pass_of(bundle: Bundle, name: str, replication: int) -> Pass | None:
    """The chances of one friend or neutral in one replication; None for others, and in older bundles."""
    if "chances" not in bundle.tables:
        return None
    where = f"mover_name = '{name.replace(chr(39), chr(39) * 2)}' AND replication = {int(replication)}"
    told = bundle.sql(
        f"""
        SELECT p_engaged, p_killed FROM outcomes_named WHERE {where} AND mover NOT IN (
          SELECT "row" FROM objects WHERE kind = 'mover' AND relation = 'hostile')
        """  # noqa: S608 - quoted
    ).fetchall()
    if not told:
        return None
    rows = bundle.sql(
        f"SELECT time_s, battery_name, causes FROM chances_named WHERE {where} AND drawn = 1 ORDER BY time_s"  # noqa: S608
    ).fetchall()
    launches = tuple(
        (float(time_s), str(battery), tuple(word for i, word in enumerate(events.MISTAKES) if bits >> i & 1))
        for time_s, battery, bits in rows
    )
    return Pass(float(told[0][0]), float(told[0][1]), launches)


def of_object(bundle: Bundle, name: str, replication: int) -> Case | None:
    """One object before all batteries; None where there is no such object."""
    quoted = name.replace("'", "''")
    found = cases(bundle, f"mover_name = '{quoted}' AND replication = {int(replication)}")
    return found[0] if found else None


def runs_of(place: Path) -> dict[str, Bundle]:
    """One run, or those of a comparison, by the names of the alternatives."""
    listed = place / "comparison.json"
    if not listed.is_file():
        only = open_bundle(place)
        return {only.alternative or str(only.manifest["scenario"]["name"]): only}
    try:
        alternatives = json.loads(listed.read_text(encoding="utf-8"))["alternatives"]
        places = {str(name): place / str(about["bundle"]) for name, about in alternatives.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise store_error(str(listed), "cannot be read as a comparison", "run egide compare again") from fault
    return {name: open_bundle(folder) for name, folder in places.items()}


def cases(bundle: Bundle, wanted: str) -> list[Case]:
    """Objects before all batteries; `wanted`: a condition on `outcomes_named`, in SQL."""
    chosen = bundle.sql(
        f"""
        SELECT replication, mover, mover_name, fate_name, first_detected_s, end_s,
               (SELECT relation FROM objects WHERE kind = 'mover' AND "row" = mover)
        FROM outcomes_named WHERE {wanted} ORDER BY replication, mover
        """  # noqa: S608 - ours
    ).fetchall()
    met = _met(bundle, wanted)
    batteries = bundle.sql("SELECT name, network FROM objects WHERE kind = 'battery' ORDER BY \"row\"").fetchall()
    reach = _reach(bundle)
    last_s: dict[int, float] = defaultdict(float)
    for row in chosen:
        last_s[int(row[1])] = max(last_s[int(row[1])], _number(row[5]))
    near = nearest_m(bundle, last_s)
    found = []
    for number, mover, name, fate, seen_s, end_s, relation in chosen:
        of = met.get((int(number), int(mover)), _Met())
        seen_s, end_s = _number(seen_s), _number(end_s)
        stands = tuple(
            _stand(of, row, str(battery), str(network or ""), near.get((int(mover), row), NAN),
                   reach.get(str(battery), NAN), seen_s, end_s)
            for row, (battery, network) in enumerate(batteries)
        )  # fmt: skip
        cause, battery = _deciding(stands, seen_s)
        found.append(
            Case(int(number), str(name), str(relation), str(fate or ""), seen_s, end_s, stands, cause, battery)
        )
    return found


def shares(found: Sequence[Case], replications: int) -> list[Share]:
    """Share of each deciding cause among the cases, most frequent first."""
    if not found:
        return []
    order = {number: i for i, number in enumerate(sorted({case.replication for case in found}))}
    everyone = np.zeros(max(replications, len(order)))
    np.add.at(everyone, [order[case.replication] for case in found], 1.0)
    out = []
    for cause in dict.fromkeys(case.cause for case in found):
        counted = np.zeros(everyone.size)
        np.add.at(counted, [order[case.replication] for case in found if case.cause == cause], 1.0)
        each = intervals.share(counted, everyone)
        out.append(Share(cause, int(counted.sum()), each.value, each.low, each.high))
    return sorted(out, key=lambda share: (-share.n, share.cause))


# --- from the tables --------------------------------------------------------------------------------------------------


def _met(bundle: Bundle, wanted: str) -> dict[tuple[int, int], _Met]:
    """Everything kept of the chosen objects, by replication and mover."""
    found: dict[tuple[int, int], _Met] = defaultdict(_Met)
    only = f"(replication, mover) IN (SELECT (replication, mover) FROM outcomes_named WHERE {wanted})"  # noqa: S608

    def read(table: str, query: str) -> list[Any]:
        return bundle.sql(query).fetchall() if table in bundle.tables else []

    shared = {
        (number, network, time_s): (int(targets), float(gain), float(bound))
        for number, network, time_s, targets, gain, bound in read(
            "assignments", "SELECT replication, network_name, time_s, targets, gain, bound FROM assignments_named"
        )
    }
    network_of = dict(bundle.sql("SELECT \"row\", network FROM objects WHERE kind = 'battery'").fetchall())
    rows: Iterable[Any] = read(
        "decisions",
        f"""
        SELECT replication, mover, battery, time_s, decision_name, reason_name, identity_name, track, weapon_name,
               p_kill, time_of_flight_s
        FROM decisions_named WHERE {only} ORDER BY time_s
        """,  # noqa: S608 - ours
    )
    for number, mover, battery, time_s, decision, reason, identity, track, weapon, p, flight_s in rows:
        found[number, mover].changes[battery].append(
            Change(time_s, str(decision), str(reason or ""), str(identity or ""), int(track), str(weapon or ""),
                   _number(p), _number(flight_s),
                   shared.get((number, network_of.get(battery), time_s)) if decision == "engage" else None)
        )  # fmt: skip
    rows = read(
        "shots",
        f"""
        SELECT replication, mover, battery, launch_s, meet_s, track, weapon_name, result_name, identity_name, salvo,
               p_kill
        FROM shots_named WHERE {only} ORDER BY launch_s
        """,  # noqa: S608 - ours
    )
    for number, mover, battery, launch_s, meet_s, track, weapon, result, identity, salvo, p in rows:
        found[number, mover].shots[battery].append(
            Shot(launch_s, meet_s, int(track), str(weapon or ""), str(result or ""), str(identity or ""), int(salvo),
                 _number(p))
        )  # fmt: skip
    rows = read(
        "plots",
        f"SELECT replication, mover, network_name, min(time_s) FROM plots_named WHERE {only} GROUP BY ALL",  # noqa: S608
    )
    for number, mover, network, seen_s in rows:
        found[number, mover].seen[str(network)] = float(seen_s)
    rows = read(
        "knowledge",
        f"SELECT replication, mover, network_name, first_firm_s FROM knowledge_named WHERE {only}",  # noqa: S608
    )
    for number, mover, network, firm_s in rows:
        found[number, mover].firm[str(network)] = _number(firm_s)
    rows = read(
        "identities",
        f"""
        SELECT replication, mover, network_name, time_s, identity_name
        FROM identities_named WHERE {only} ORDER BY time_s
        """,  # noqa: S608 - ours
    )
    for number, mover, network, time_s, identity in rows:
        found[number, mover].declared[str(network)].append((float(time_s), str(identity)))
    return found


def _reach(bundle: Bundle) -> dict[str, float]:
    """How far the missiles of a battery go, from what the map shows of it."""
    if "reach" not in bundle.tables:
        return {}
    rows = bundle.sql("SELECT object, max(range_m) FROM reach WHERE kind = 'engagement' GROUP BY object").fetchall()
    return {str(name): float(range_m) for name, range_m in rows}


def _number(value: Any) -> float:
    return NAN if value is None else float(value)


# --- one battery ------------------------------------------------------------------------------------------------------


def _stand(
    of: _Met, row: int, battery: str, network: str, near_m: float, reach_m: float, seen_s: float, end_s: float
) -> Stand:
    changes = tuple(change for change in of.changes.get(row, ()) if change.time_s <= end_s)
    shots = tuple(shot for shot in of.shots.get(row, ()) if shot.launch_s <= end_s)
    firm_s = of.firm.get(network, NAN)
    tracked_s = firm_s if firm_s <= end_s else NAN
    declared = tuple(each for each in of.declared.get(network, ()) if each[0] <= end_s)
    reasons = [change for change in changes if change.decision == "no-engage"]
    if shots:
        cause, cause_s = _after_shots(changes, shots, end_s)
    elif any(change.decision == "engage" for change in changes):
        cause, cause_s = _after_decision(changes, end_s)
    elif any(change.decision == "assess-kill" for change in changes):
        cause, cause_s = "called-kill", changes[-1].time_s  # for another that it had shot at
    elif reasons:
        furthest = max(reasons, key=lambda change: (STAGE_OF.get(change.reason, RULES), change.time_s))
        cause, cause_s = furthest.reason, furthest.time_s
    else:
        cause, cause_s = _before_reasons(seen_s, tracked_s, declared)
    return Stand(
        battery,
        network,
        near_m,
        reach_m,
        of.seen.get(network, NAN),
        tracked_s,
        declared,
        changes,
        shots,
        cause,
        cause_s,
    )


def _before_reasons(seen_s: float, tracked_s: float, declared: Sequence[tuple[float, str]]) -> tuple[str, float]:
    """The battery never had a reason of its own: its network never got so far, or the object never came near it."""
    if math.isnan(tracked_s):
        return ("never-seen", NAN) if math.isnan(seen_s) else ("never-tracked", seen_s)
    if not declared:
        return "never-declared", tracked_s
    time_s, identity = declared[-1]
    return ("held-mild", time_s) if identity in MILD else ("never-near", time_s)


def _after_decision(changes: Sequence[Change], end_s: float) -> tuple[str, float]:
    """It had decided to engage and never launched."""
    last = changes[-1]
    if last.decision != "abort":
        return "late", end_s if math.isnan(last.time_s) else last.time_s
    return ("late" if last.reason in GONE else last.reason), last.time_s


def _after_shots(changes: Sequence[Change], shots: Sequence[Shot], end_s: float) -> tuple[str, float]:
    """It shot and did not stop it."""
    met_s = max(shot.meet_s for shot in shots)
    called = [change for change in changes if change.decision.startswith("assess-")]
    if called and called[-1].decision == "assess-kill" and called[-1].time_s <= end_s:
        return "called-kill", called[-1].time_s
    if not any(change.time_s >= met_s for change in called):
        return "not-assessed", met_s
    return "missed", met_s


def _deciding(stands: Sequence[Stand], seen_s: float) -> tuple[str, str]:
    """The cause of the battery that came furthest, and its name."""
    if math.isnan(seen_s):
        return "never-seen", ""
    able = [stand for stand in stands if stand.mattered]
    if not able:
        return "never-near", ""
    best = max(able, key=lambda stand: (stand.stage, -math.inf if math.isnan(stand.cause_s) else stand.cause_s))
    return best.cause, best.battery
