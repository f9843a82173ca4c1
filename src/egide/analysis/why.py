"""Why an object was held for what it was: the life of its tracks, each declaration with all that it rested on.

story         one object in one replication: what every network knew of it, and what was done to it
life          one track of it in one network: first plots, firm, dropped, and what was declared meanwhile
declaration   an identity given at one moment: belief before, each piece of evidence, belief after
act           what a battery decided about the object or fired at it
wrong         a declared identity of another side than the object's own; unknown and pending are never wrong

Pieces of evidence are egide.analysis.evidence's. A new kind of reason is one more field of Story, with its own function
of a replication and an object, called from `explain`.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn, final

from egide.analysis.evidence import Piece, Row, Table, is_wrong, likelihoods, weighed, words_of
from egide.errors import store_error
from egide.i18n import mark
from egide.store import Bundle

__all__ = ["Act", "Declaration", "Life", "Story", "explain"]

NAN: Final = math.nan


@final
@dataclass(frozen=True)
class Declaration:
    """An identity that a network gave a track. `own`: by its own evidence alone; `teller`: the declaration that was
    told, where it is known; `other`: the object that the track followed then, where it was not this one."""

    time_s: float
    network: str
    track: int
    identity: str
    own: str
    wrong: bool
    prior: tuple[float, float, float]
    pieces: tuple[Piece, ...]
    belief: tuple[float, float, float]
    operator_error: bool
    interrogator_out: bool
    told: str
    link: str
    told_from: str
    teller: Declaration | None
    mate: str
    other: str


@final
@dataclass(frozen=True)
class Life:
    """One track. Times are NaN where they are not known: only replications kept in detail have them."""

    network: str
    track: int
    started_s: float
    firm_s: float
    dropped_s: float
    declarations: tuple[Declaration, ...]


@final
@dataclass(frozen=True)
class Act:
    """What a battery did. `kind`: a decision of events.DECISIONS, or `meeting` for the end of an interceptor."""

    time_s: float
    battery: str
    kind: str
    identity: str
    reason: str
    result: str
    wrong: bool


@final
@dataclass(frozen=True)
class Story:
    """Everything about one object in one replication."""

    object: str
    label_en: str
    label_fr: str
    type: str
    relation: str
    replication: int
    detail: bool
    at_s: float
    first_detected_s: float
    end_s: float
    fate: str
    wrongly_engaged_in: tuple[int, ...]
    lives: tuple[Life, ...] = ()
    acts: tuple[Act, ...] = ()
    networks: tuple[str, ...] = field(default=())  # all there are, for those that never knew of it


@final
@dataclass(frozen=True)
class _Run:
    """One replication, read once."""

    bundle: Bundle
    number: int
    movers: Sequence[str]
    relations: Sequence[str]
    senders: Mapping[str, str]  # link -> the network that tells
    table: Table
    rows: Sequence[Row]  # identities, in time order


def explain(bundle: Bundle, name: str, replication: int = 0, at_s: float = NAN, network: str | None = None) -> Story:
    """The story of one object, by its name or by the number of a track (with `network`, where several have one)."""
    networks = _names(bundle, "network")
    if network is not None and network not in networks:
        _unknown(bundle, mark("has no network {name}"), network, networks)
    if replication not in bundle.replications:
        raise store_error(
            str(bundle.folder), mark("has no replication {number}"), mark("it holds {n} of them, from 0"),
            number=replication, n=len(bundle.replications),
        )  # fmt: skip
    run = _read(bundle, replication)
    mover, only = _found(run, name, network)
    story = _outline(run, mover, name)
    lives, acts = _lives(run, mover, only), _acts(run, mover, story.relation)
    if network is not None:
        lives = tuple(life for life in lives if life.network == network)
    if not math.isnan(at_s):
        lives = tuple(_held(life, at_s) for life in lives if _alive(life, at_s))
        acts = tuple(act for act in acts if act.time_s <= at_s)
    shown = tuple(networks) if network is None else (network,)
    return replace(story, at_s=at_s, lives=lives, acts=acts, networks=shown)


def _names(bundle: Bundle, kind: str, column: str = "name") -> list[str]:
    rows = bundle.sql(f"SELECT {column} FROM objects WHERE kind = '{kind}' ORDER BY \"row\"").fetchall()  # noqa: S608
    return [str(name) for (name,) in rows]


def _read(bundle: Bundle, replication: int) -> _Run:
    found = bundle.columns(
        f"SELECT * FROM identities_named WHERE replication = {replication} ORDER BY time_s"  # noqa: S608
    )
    rows = [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]
    senders = dict(zip(_names(bundle, "link"), _names(bundle, "link", "sender"), strict=True))
    return _Run(
        bundle, replication, _names(bundle, "mover"), _names(bundle, "mover", "relation"), senders,
        likelihoods(bundle), rows,
    )  # fmt: skip


def _unknown(bundle: Bundle, wrong: str, name: str, known: Sequence[str]) -> NoReturn:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or list(known[:5])
    right = mark("nearest names: {close}") if close else ""
    raise store_error(str(bundle.folder), wrong, right, name=name, close=", ".join(close))


def _found(run: _Run, name: str, network: str | None) -> tuple[int, tuple[str, int] | None]:
    """The object's row (-1 for a track of no object), and the one track asked for, where it was asked for by number."""
    if name in run.movers:
        return run.movers.index(name), None
    if not name.isdecimal():
        _unknown(run.bundle, mark("there is no object {name} in this run"), name, run.movers)
    known = {
        _key(row)[0]: int(row["mover"])
        for row in run.rows
        if int(row["track"]) == int(name) and network in (None, row["network_name"])
    }
    if not known:
        raise store_error(
            str(run.bundle.folder), mark("no track {number} was ever declared in replication {replication}"),
            mark("give the name of an object"), number=int(name), replication=run.number,
        )  # fmt: skip
    if len(known) > 1:
        raise store_error(
            str(run.bundle.folder), mark("several networks have a track {number}: {networks}"),
            mark("add for example --network {first}"), number=int(name), networks=", ".join(known), first=min(known),
        )  # fmt: skip
    where, mover = next(iter(known.items()))
    return mover, (where, int(name))


def _outline(run: _Run, mover: int, name: str) -> Story:
    """Who it is in truth, and what became of it."""
    detail = run.number in run.bundle.manifest.get("detail", ())
    nobody = Story(name, name, name, "", "", run.number, detail, NAN, NAN, NAN, "", ())
    if mover < 0:
        return nobody
    about = run.bundle.sql(
        f"""SELECT name, label_en, label_fr, "class", relation FROM objects WHERE kind = 'mover' AND "row" = {mover}"""  # noqa: S608
    ).fetchall()[0]
    told = run.bundle.sql(
        f"""
        SELECT first_detected_s, end_s, fate_name FROM outcomes_named
        WHERE replication = {run.number} AND mover = {mover}
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    first_s, end_s, fate = told[0] if told else (NAN, NAN, "")
    wrongly: tuple[int, ...] = ()
    if about[4] != "hostile":
        shots = run.bundle.sql(f"SELECT DISTINCT replication FROM shots WHERE mover = {mover} ORDER BY 1").fetchall()  # noqa: S608
        wrongly = tuple(int(number) for (number,) in shots)
    return replace(
        nobody, object=str(about[0]), label_en=str(about[1]), label_fr=str(about[2]), type=str(about[3]),
        relation=str(about[4]), first_detected_s=_number(first_s), end_s=_number(end_s), fate=str(fate or ""),
        wrongly_engaged_in=wrongly,
    )  # fmt: skip


def _number(value: Any) -> float:
    return NAN if value is None else float(value)


def _lives(run: _Run, mover: int, only: tuple[str, int] | None) -> tuple[Life, ...]:
    """Every track that ever followed the object, or the one asked for, by network and first sign of life."""
    times = _track_times(run)
    if only is not None:
        keys = [only]
    else:
        keys = [key for key, (followed, *_) in times.items() if mover in followed]
        keys += [_key(row) for row in run.rows if row["mover"] == mover]
    lives = []
    for key in dict.fromkeys(keys):
        told = tuple(_declaration(row, run, mover) for row in run.rows if _key(row) == key)
        _, started_s, firm_s, dropped_s = times.get(key, ((), NAN, NAN, NAN))
        lives.append(Life(*key, started_s, firm_s, dropped_s, told))
    return tuple(sorted(lives, key=lambda life: (life.network, _first_s(life), life.track)))


def _first_s(life: Life) -> float:
    times = [life.started_s, life.firm_s, *(each.time_s for each in life.declarations)]
    return min((time_s for time_s in times if not math.isnan(time_s)), default=math.inf)


def _key(row: Row) -> tuple[str, int]:
    return str(row["network_name"]), int(row["track"])


def _track_times(run: _Run) -> dict[tuple[str, int], tuple[Sequence[int], float, float, float]]:
    """Objects followed, first plots, firm and dropped of each track that became firm; nothing without detail."""
    rows = run.bundle.sql(
        f"""
        SELECT network_name, track, list(DISTINCT mover), min(time_s) FILTER (event_name = 'start'),
               min(time_s) FILTER (event_name = 'firm') AS firm_s, max(time_s) FILTER (event_name = 'drop')
        FROM tracks_named WHERE replication = {run.number}
        GROUP BY network_name, track HAVING firm_s IS NOT NULL ORDER BY firm_s, network_name, track
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    return {
        (str(network), int(track)): (movers, _number(start), _number(firm), _number(drop))
        for network, track, movers, start, firm, drop in rows
    }


def _declaration(row: Row, run: _Run, mover: int, follow: bool = True) -> Declaration:
    """One row in words, with the teller's own declaration where something was told."""
    prior, pieces = weighed(row, run.table)
    words, other = words_of(int(row["evidence"])), int(row["mover"])
    told = str(row["told_name"] or "") if "told" in words else ""
    link = str(row["told_by_name"] or "") if told else ""
    said = _said(row, run, run.senders.get(link, "")) if told and follow else None
    beside = (str(row["network_name"]), int(row["mate"]))
    mate = next((each for each in reversed(run.rows) if _key(each) == beside and each["time_s"] <= row["time_s"]), None)
    return Declaration(
        time_s=float(row["time_s"]), network=str(row["network_name"]), track=int(row["track"]),
        identity=str(row["identity_name"]), own=str(row["own_name"] or ""),
        wrong=is_wrong(str(row["identity_name"]), run.relations[other] if other >= 0 else ""),
        prior=prior, pieces=pieces, belief=(float(row["p_friend"]), float(row["p_neutral"]), float(row["p_hostile"])),
        operator_error="operator-error" in words, interrogator_out="interrogator-out" in words, told=told, link=link,
        told_from=run.senders.get(link, ""),
        teller=None if said is None else _declaration(said, run, mover, follow=False),
        mate="" if mate is None else str(mate["mover_name"] or ""),
        other="" if other == mover or other < 0 else run.movers[other],
    )  # fmt: skip


def _said(row: Row, run: _Run, sender: str) -> Row | None:
    """The teller's declaration behind a told identity: by the message itself where messages are kept, else the latest
    one on the same object that says the same."""
    found = run.bundle.sql(
        f"""
        SELECT sender_track, sent_s FROM messages
        WHERE replication = {run.number} AND link = {int(row["told_by"])} AND receiver_track = {int(row["track"])}
          AND identity = {int(row["told"])} AND lost = 0 AND arrived_s <= {float(row["time_s"])!r}
        ORDER BY arrived_s DESC LIMIT 1
        """  # noqa: S608 - numbers only
    ).fetchall()
    number, before_s = found[0] if found else (None, row["time_s"])
    earlier = [
        each
        for each in run.rows
        if each["network_name"] == sender
        and each["time_s"] <= before_s
        and (each["track"] == number if found else each["mover"] == row["mover"] and each["own"] == row["told"])
    ]
    return earlier[-1] if earlier else None


def _alive(life: Life, at_s: float) -> bool:
    return _first_s(life) <= at_s and not life.dropped_s < at_s


def _held(life: Life, at_s: float) -> Life:
    """The life as it stood: the declaration in force, none while it was pending; its end was still to come."""
    in_force = tuple(each for each in life.declarations if each.time_s <= at_s)[-1:]
    return replace(life, dropped_s=NAN, declarations=in_force)


def _acts(run: _Run, mover: int, relation: str) -> tuple[Act, ...]:
    """Decisions about the object, each change of mind once, and the ends of the interceptors fired at it."""
    if mover < 0:
        return ()
    decided = run.bundle.sql(
        f"""
        SELECT time_s, battery_name, decision_name, identity_name, reason_name FROM decisions_named
        WHERE replication = {run.number} AND mover = {mover} ORDER BY time_s
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    shots = run.bundle.sql(
        f"""
        SELECT meet_s, battery_name, identity_name, result_name FROM shots_named
        WHERE replication = {run.number} AND mover = {mover} ORDER BY meet_s
        """  # noqa: S608 - whole numbers only
    ).fetchall()
    mild = relation != "hostile"
    acts = [
        Act(float(time_s), str(battery), str(kind), str(identity), "" if why in (None, "none") else str(why), "",
            mild and kind in ("engage", "launch"))
        for time_s, battery, kind, identity, why in decided
    ]  # fmt: skip
    acts += [
        Act(float(time_s), str(battery), "meeting", str(identity), "", str(result), mild)
        for time_s, battery, identity, result in shots
    ]
    return tuple(sorted(acts, key=lambda act: act.time_s))
