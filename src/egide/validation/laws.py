"""What must hold in every replication of every scenario, whatever its mechanisms: laws, each with what breaks it.

law       one sentence and a function: what of a finished replication breaks it, as texts; none where it holds
replay    a replication that is over: the System, the tables it wrote, and the state it ended in

They read tables and end states from outside, with sums and sorts of their own, and share no code with the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from egide import events as ev
from egide.compiler.system import FALL_HOLD, FIRST_COME, W_LINK, System
from egide.engine.state import Replication
from egide.engine.tables import SERVED

__all__ = ["LAWS", "Law", "Replay", "broken", "replay"]

Array = np.ndarray[Any, Any]
LATER_S: Final = 1e-6


@final
@dataclass(frozen=True)
class Replay:
    """One finished replication."""

    system: System
    tables: dict[str, Array]
    batteries: Array  # at the end
    stores: Array
    posts: Array
    engagements: Array
    requests: Array

    @property
    def end_s(self) -> float:
        return float(self.system.rules["end_s"][0])


def replay(system: System, seed: int, replication: int, detail: bool = True) -> Replay:
    """Run one replication and keep how it ended."""
    run = Replication(system, seed, 0, replication, detail)
    tables = run.run()
    return Replay(system, tables, run.things[7], run.things[8], run.things[11], run.fire[0], run.fire[6])


@final
@dataclass(frozen=True)
class Law:
    """A sentence, and who finds what breaks it."""

    says: str
    breaks: Callable[[Replay], Iterator[str]]


def broken(of: Replay) -> list[str]:
    """What breaks any law."""
    return [f"{law.says}: {what}" for law in LAWS for what in law.breaks(of)]


def missiles(of: Replay) -> Iterator[str]:
    shots = of.tables["shots"]
    for b, battery in enumerate(of.batteries):
        for s in range(battery["first_store"], battery["first_store"] + battery["stores"]):
            before, after = of.system.stores[s], of.stores[s]
            fired = int(np.sum((shots["battery"] == b) & (shots["weapon"] == before["weapon"])))
            if before["left"] != fired + after["left"] or not 0 <= after["ready"] <= min(
                after["left"], after["capacity"]
            ):
                counted = f"{before['left']} at first, {fired} fired, {after['left']} left, {after['ready']} ready"
                yield f"store {s}: {counted}"


def kills(of: Replay) -> Iterator[str]:
    shots, outcomes = of.tables["shots"], of.tables["outcomes"]
    hits = shots[shots["result"] == ev.S_KILL]
    if len(np.unique(hits["mover"])) != len(hits):
        yield "an object was killed twice"
    if set(hits["mover"].tolist()) != set(np.flatnonzero(outcomes["killed_by"] >= 0).tolist()):
        yield "killed objects and killing shots are not the same"
    for hit in hits:
        later = shots[(shots["mover"] == hit["mover"]) & (shots["meet_s"] > hit["meet_s"] + LATER_S)]
        if np.any(np.isin(later["result"], (ev.S_KILL, ev.S_MISS))):
            yield f"object {hit['mover']} was met alive after it was killed"
        fate, end_s = outcomes["fate"][hit["mover"]], outcomes["end_s"][hit["mover"]]
        if fate == ev.F_KILLED and abs(end_s - hit["meet_s"]) > LATER_S:
            yield f"object {hit['mover']} ended at {end_s}, its kill was at {hit['meet_s']}"
    if np.any(outcomes["shots"] != np.bincount(shots["mover"], minlength=len(outcomes))):
        yield "shots by object do not add up"


def arrivals(of: Replay) -> Iterator[str]:
    messages, links = of.tables["messages"], of.system.links
    took, spread = messages["arrived_s"] - messages["sent_s"], links["latency_s"][messages["link"]]
    if np.any((took < spread[:, 0] - LATER_S) | (took > spread[:, 2] + LATER_S)):
        yield "a message took less or longer than its link's latency"
    if np.any(messages["said_s"] > messages["sent_s"] + LATER_S):
        yield "a message was sent before it was said"
    for w in of.system.windows[of.system.windows["kind"] == W_LINK]:
        if w["up"]:
            continue
        mine = of.system.windows[(of.system.windows["kind"] == W_LINK) & (of.system.windows["row"] == w["row"])]
        opens = mine["time_s"][(mine["up"] == 1) & (mine["time_s"] > w["time_s"])]
        shut_until_s = float(np.min(opens, initial=math.inf))
        sent = messages["sent_s"][messages["link"] == w["row"]]
        if np.any((sent > w["time_s"] + LATER_S) & (sent < shut_until_s - LATER_S)):
            yield f"link {w['row']} carried a message while it was down by plan"


def knowledge(of: Replay) -> Iterator[str]:
    """A launch needs a declared track of its network, whose first plot or report came before."""
    tables, network_of = of.tables, of.system.batteries["network"]
    known: dict[tuple[int, int], float] = {}
    for row in tables["plots"][tables["plots"]["track"] >= 0]:
        known.setdefault((int(row["network"]), int(row["track"])), float(row["time_s"]))
    receiver = of.system.links["receiver"]
    for row in tables["messages"][(tables["messages"]["receiver_track"] >= 0) & (tables["messages"]["lost"] == 0)]:
        key = int(receiver[row["link"]]), int(row["receiver_track"])
        known[key] = min(known.get(key, math.inf), float(row["arrived_s"]))
    declared: dict[tuple[int, int], float] = {}
    for row in tables["identities"]:
        declared.setdefault((int(row["network"]), int(row["track"])), float(row["time_s"]))
    for shot in tables["shots"]:
        key = int(network_of[shot["battery"]]), int(shot["track"])
        if len(tables["plots"]) and not known.get(key, math.inf) < shot["launch_s"]:
            yield f"a shot at {shot['launch_s']:.1f} s at track {key}, of which nothing had come"
        if shot["identity"] != ev.ID_PENDING and not declared.get(key, math.inf) < shot["launch_s"]:
            yield f"a shot at {shot['launch_s']:.1f} s at track {key}, which nobody had declared"
        battery = of.system.batteries[shot["battery"]]
        may = battery["self_defence_m"] > 0.0 or (battery["engages"] | battery["free_engages"]) >> ev.ID_PENDING & 1
        if shot["identity"] == ev.ID_PENDING and not may:
            yield f"a shot at {shot['launch_s']:.1f} s at what was pending, without a rule for it"
        if not shot["meet_s"] > shot["launch_s"]:
            yield "a missile arrived before it left"


def orders(of: Replay) -> Iterator[str]:
    """Asked, then answered once; a battery under a chain launches on an order, alone, or in self-defence."""
    commands, posts = of.tables["commands"], of.system.posts
    if np.any(np.diff(commands["time_s"]) < 0.0):
        yield "commands are not in time order"
    for b, battery in enumerate(of.system.batteries):
        mine = commands[commands["battery"] == b]
        asked = mine[mine["command"] == ev.M_ASKED]
        ends = mine[np.isin(mine["command"], (ev.M_GIVEN, ev.M_REFUSED, ev.M_WITHDRAWN, ev.M_LOST))]
        if not 0 <= len(asked) - len(ends) <= battery["channels"]:
            yield f"battery {b} asked {len(asked)} times and heard {len(ends)} ends"
        if battery["post"] < 0:
            continue
        centre = posts[posts[battery["post"]]["authority"]]
        least_s = 0.0 if centre["exponential"] else float(centre["decision_s"][0])
        given = ends[ends["command"] == ev.M_GIVEN]
        if np.any(given["waited_s"] < least_s - 1e-3):
            yield f"battery {b} had an order sooner than anybody could think"
        if battery["centre"] and battery["self_defence_m"] <= 0.0:
            yield from _unordered(of, b, mine, given)


def _unordered(of: Replay, b: int, mine: Array, given: Array) -> Iterator[str]:
    for begun in _decided(of, b, ev.D_LAUNCH):
        fell = mine["time_s"][(mine["command"] == ev.M_FELL_BACK) & (mine["time_s"] <= begun["time_s"])]
        ordered = np.any((given["track"] == begun["track"]) & (given["time_s"] <= begun["time_s"]))
        if not ordered and not len(fell):
            yield f"battery {b} launched at {begun['time_s']:.1f} s without an order"


def _decided(of: Replay, b: int, decision: int) -> Array:
    rows = of.tables["decisions"]
    return np.asarray(rows[(rows["battery"] == b) & (rows["decision"] == decision)])


def held(of: Replay) -> Iterator[str]:
    """Who fires at nothing while he is cut off fires at nothing in any zone either."""
    rules, commands = of.system.posts["rule"], of.tables["commands"]
    for b, battery in enumerate(of.system.batteries):
        if battery["post"] < 0 or rules[battery["post"]] != FALL_HOLD:
            continue
        mine = commands[commands["battery"] == b]
        for fell_s in mine["time_s"][mine["command"] == ev.M_FELL_BACK]:
            back = mine["time_s"][(mine["command"] == ev.M_CAME_BACK) & (mine["time_s"] > fell_s)]
            back_s = float(np.min(back, initial=math.inf))
            for decision in (ev.D_ENGAGE, ev.D_LAUNCH):
                at_s = _decided(of, b, decision)["time_s"]
                if np.any((at_s > fell_s) & (at_s < back_s)):
                    yield f"battery {b} fired while it had to hold"


def down(of: Replay) -> Iterator[str]:
    """No engagement is opened by who is destroyed or suppressed, and nothing is launched by the destroyed."""
    outcomes, assets = of.tables["outcomes"], of.system.assets
    for hit in of.tables["damages"][of.tables["damages"]["unit_down"] >= 0]:
        b = int(hit["unit_down"])
        for decision in (ev.D_ENGAGE, ev.D_LAUNCH):
            if np.any(_decided(of, b, decision)["time_s"] > hit["time_s"]):
                yield f"battery {b} acted after it was destroyed"
    for b, battery in enumerate(of.system.batteries):
        if battery["suppressed_s"] <= 0.0:
            continue
        aimed = (outcomes["fate"] == ev.F_LEAKED) & (outcomes["target"] >= 0)
        attacks = outcomes["end_s"][aimed & (assets["battery"][outcomes["target"]] == b)]
        for at_s in attacks:
            begun = _decided(of, b, ev.D_ENGAGE)["time_s"]
            if np.any((begun > at_s) & (begun < at_s + battery["suppressed_s"])):
                yield f"battery {b} opened an engagement while it was suppressed"


def books(of: Replay) -> Iterator[str]:
    """What is in use at the end is what is open: channels, guidance, operators."""
    shots, opened = of.tables["shots"], of.engagements[of.engagements["open"] == 1]
    for b, battery in enumerate(of.batteries):
        if battery["channels_used"] != np.sum(opened["battery"] == b):
            yield f"battery {b}: {battery['channels_used']} channels in use for its engagements"
        if not 0 <= battery["channels_used"] <= battery["channels"]:
            yield f"battery {b} has {battery['channels_used']} channels in use of {battery['channels']}"
        mine = shots[shots["battery"] == b]
        in_flight = int(np.sum(mine["result"] < 0))
        if battery["guided_used"] != in_flight:
            yield f"battery {b} guides {battery['guided_used']} missiles, {in_flight} fly"
        if np.any(mine["meet_s"][mine["result"] < 0] <= of.end_s - LATER_S):
            yield f"battery {b} has a missile that met nothing"
        moments = np.concatenate([mine["launch_s"], mine["meet_s"]])
        steps = np.repeat([1, -1], len(mine))[np.lexsort((np.repeat([1, 0], len(mine)), moments))]
        if np.max(np.cumsum(steps), initial=0) > battery["guided"]:
            yield f"battery {b} guided more missiles than it can"
    for p, post in enumerate(of.posts):
        served = np.sum((of.requests["state"] == SERVED) & (of.requests["centre"] == p)) if len(of.requests) else 0
        if not post["lost"] and post["busy"] != served:
            yield f"post {p}: {post['busy']} operators at work on {served} requests"
        if not 0 <= post["busy"] <= max(post["operators"], 0):
            yield f"post {p} has {post['busy']} operators at work"


def numbers(of: Replay) -> Iterator[str]:
    """No number that must be one is none, and probabilities lie between nought and one."""
    may_be_none = {
        "plots": {"elevation_rad", "snr_db", "rate_m_s", "height_m", "range_m"}, "chances": {"p_kill"},
        "outcomes": {"first_detected_s", "first_detected_m", "first_tracked_s", "first_engaged_s", "first_engaged_m"},
        "knowledge": {"first_firm_s", "first_right_s", "first_wrong_s", "counted_s"},
        "exposure": {"best_snr_db", "nearest_m"}, "tracks": set(), "messages": set(),
    }  # fmt: skip
    for name, rows in of.tables.items():
        for column in rows.dtype.names or ():
            if rows.dtype[column].kind != "f":
                continue
            if column not in may_be_none.get(name, set()) and not np.all(np.isfinite(rows[column])):
                yield f"{name}.{column} has no number somewhere"
            if column.startswith("p_"):
                some = rows[column][np.isfinite(rows[column])]
                if np.any((some < -1e-6) | (some > 1.0 + 1e-6)):
                    yield f"{name}.{column} is no probability somewhere"
    beliefs = of.tables["identities"]
    if np.any(np.abs(beliefs["p_friend"] + beliefs["p_neutral"] + beliefs["p_hostile"] - 1.0) > 1e-4):
        yield "a belief does not sum to one"


def chances(of: Replay) -> Iterator[str]:
    """Every launch at a friend or neutral has its row of chances, and every object so shot at its probability."""
    rows, outcomes, relation = of.tables["chances"], of.tables["outcomes"], of.system.movers["relation"]
    shots = of.tables["shots"]
    wrong = shots[relation[shots["mover"]] != ev.HOSTILE]
    launched = {(int(s["battery"]), int(s["mover"]), int(s["track"])) for s in wrong}
    noted = {(int(c["battery"]), int(c["mover"]), int(c["track"])) for c in rows[rows["drawn"] == 1]}
    if launched != noted:
        yield f"launches without a chance {sorted(launched - noted)}, chances without one {sorted(noted - launched)}"
    if np.any(relation[rows["mover"]] == ev.HOSTILE):
        yield "a chance of a hostile"
    shot_at = (outcomes["shots"] > 0) & (relation != ev.HOSTILE)
    if np.any(outcomes["p_engaged"][shot_at] <= 0.0):
        yield "shot at with no probability"
    if np.any(outcomes["p_killed"] > outcomes["p_engaged"] + 1e-9):
        yield "more likely killed than engaged"


def reasons(of: Replay) -> Iterator[str]:
    """Of every leaker that a network knew for an enemy to the end, and whose target a battery of it could defend, some
    battery said something."""
    outcomes, decisions, system = of.tables["outcomes"], of.tables["decisions"], of.system
    said = set(decisions["mover"].tolist())
    for mover in np.flatnonzero((outcomes["fate"] == ev.F_LEAKED) & (outcomes["target"] >= 0)):
        place, end_s = system.assets["pos_m"][outcomes["target"][mover]], outcomes["end_s"][mover]
        known = [
            int(row["network"]) for row in of.tables["knowledge"]
            if row["mover"] == mover and row["right_s"] > 60.0 and row["counted_s"] > end_s - 30.0
        ]  # fmt: skip
        for battery in system.batteries:
            near = np.linalg.norm(battery["pos_m"] - place) < 0.5 * battery["reach_m"]
            if battery["network"] in known and near and battery["carrier"] < 0 and int(mover) not in said:
                yield f"nobody says why object {mover} leaked"


def assignments(of: Replay) -> Iterator[str]:
    """A shared decision gains no more than its bound, has no more pairs than targets, is proven where it is exact."""
    rows, networks = of.tables["assignments"], of.system.networks
    if np.any(rows["gain"] > rows["bound"] * (1.0 + 1e-9)):
        yield "an assignment beats its bound"
    if np.any(rows["pairs"] > rows["targets"]):
        yield "more pairs than targets"
    if np.any(networks["assignment"][rows["network"]] == FIRST_COME):
        yield "a shared decision where nothing is shared"
    whole = (networks["assignment"][rows["network"]] == 2) & (rows["targets"] <= 32)
    if np.any(rows["bound"][whole] - rows["gain"][whole] > 1e-9 * rows["bound"][whole] + 1e-12):
        yield "an exact assignment without proof"


LAWS: Final = (
    Law("missiles at first are fired or left, to the unit, in every store", missiles),
    Law("a target is killed at most once", kills),
    Law("nothing arrives before it was sent, or over a link that is down", arrivals),
    Law("nothing is fired at before it is known of", knowledge),
    Law("every request has one end, and no order is early", orders),
    Law("who must hold holds", held),
    Law("the destroyed and the suppressed engage nobody", down),
    Law("channels, guidance and operators in use are those at work", books),
    Law("numbers are numbers", numbers),
    Law("every wrongful launch has its chance", chances),
    Law("somebody says why", reasons),
    Law("no assignment beats its bound", assignments),
)
