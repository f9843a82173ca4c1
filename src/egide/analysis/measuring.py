"""What one replication came to, in numbers, from its tables alone: a value for each of `measures.MEASURES`.

kind   what the counts ask of an object: whose and of which class, how it ended, whether shot at, whether passed.
       The objects of each kind are counted once; every count adds up some kinds
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from egide import events
from egide.analysis.measures import MEASURES, MISTAKE_WORDS, THREATS, Columns

__all__ = ["measures"]

_NO_ORDERS: Final = np.zeros(0, events.TABLES["commands"])
_NOTHING_SHARED: Final = np.zeros(0, events.TABLES["assignments"])
_CODES: Final = {cls.replace("-", "_"): events.CLASSES.index(cls) for cls in THREATS}
_RATIOS: Final = tuple((measure.name, *measure.ratio) for measure in MEASURES if measure.ratio)
_NAMES: Final = tuple(measure.name for measure in MEASURES)
_KINDS: Final = (len(events.RELATIONS) + 1, len(events.CLASSES) + 1, 3, 2, 2, 2)  # as `_counts` takes them
_LEAKED, _KILLED = 1, 2
_RESULTS: Final = 1 + len(events.RESULTS)
_ENDS: Final = np.zeros(len(events.FATES) + 1, np.int64)  # by fate; the last is that of an object without one
_ENDS[[events.F_LEAKED, events.F_KILLED]] = _LEAKED, _KILLED
_NO_MISTAKES: Final = {f"wrongful_{cause.replace('-', '_')}": 0.0 for cause in MISTAKE_WORDS}
_NOTHING_ASKED: Final = {
    "orders_asked": 0.0, "orders_given": 0.0, "orders_refused": 0.0, "orders_late": 0.0, "orders_lost": 0.0,
    "order_waited_s": 0.0, "order_wait_95_s": float("nan"), "fallback_s": 0.0, "shots_fallback": 0.0,
}  # fmt: skip


@final
@dataclass(frozen=True, eq=False)
class _Told:
    """What the objects of a bundle say of each row, read once for all replications."""

    objects: Columns
    kind: NDArray[Any]  # of movers, as far as relation and class say it
    hostile: NDArray[Any]
    mild: NDArray[Any]  # friends and neutrals
    wrong: NDArray[Any]  # not hostile; the last row is for no mover
    price_usd: NDArray[Any]
    weapon_usd: NDArray[Any]
    carried: float
    shooting: NDArray[Any]  # rows of the networks whose pictures count


_LAST: Final = threading.local()  # the objects read last by this thread


def _told(objects: Columns) -> _Told:
    last: _Told | None = getattr(_LAST, "told", None)
    if last is None or last.objects is not objects:
        last = _LAST.told = _read(objects)
    return last


def _read(objects: Columns) -> _Told:
    kind, row = np.asarray(objects["kind"]), np.asarray(objects["row"])
    cost, value = np.asarray(objects["unit_cost_usd"], float), np.asarray(objects["value"], float)
    weapon, network = kind == "weapon", kind == "network"
    names = np.asarray(objects["name"])[network]
    shooting = set(np.asarray(objects["network"])[kind == "battery"]) or set(names)
    rows = np.array([at for at, name in zip(row[network], names, strict=True) if name in shooting], np.int64)
    relation = _codes(objects, "mover", "relation", events.RELATIONS)
    klass = _codes(objects, "mover", "class", events.CLASSES)
    of_kind = (relation % _KINDS[0] * _KINDS[1] + klass % _KINDS[1]) * math.prod(_KINDS[2:])
    return _Told(
        objects, of_kind, relation == events.HOSTILE,
        np.isin(relation, (events.FRIEND, events.NEUTRAL)), np.append(relation != events.HOSTILE, False),
        _by_row(row, cost, kind == "mover"),
        _by_row(row, cost, weapon), float(np.nansum(value[weapon])), rows,
    )  # fmt: skip


def _by_row(row: NDArray[Any], cost: NDArray[Any], chosen: NDArray[Any]) -> NDArray[Any]:
    """A cost by row of its kind; NaN where there is none."""
    found = np.full(int(np.max(row[chosen], initial=-1)) + 1, np.nan)
    found[row[chosen]] = cost[chosen]
    return found


def _counts() -> tuple[tuple[str, ...], NDArray[Any]]:
    """Names of counts, and for each the kinds that it counts (1) and those that it does not (0)."""
    relation, klass, end, by, engaged, passed = np.indices(_KINDS).reshape(len(_KINDS), -1)
    hostile, friend, neutral = (relation == code for code in (events.HOSTILE, events.FRIEND, events.NEUTRAL))
    leaked, killed, engaged, passed = hostile & (end == _LEAKED), end == _KILLED, engaged == 1, passed == 1
    by_battery = killed & (by == 1)
    counted = {
        "threats": hostile,
        "leakers": leaked,
        "leakers_not_engaged": leaked & ~engaged,
        "kills": hostile & killed,
        "threats_engaged": hostile & engaged,
        "friend_passes": friend & passed,
        "neutral_passes": neutral & passed,
        "passes": (friend | neutral) & passed,
        "friends_engaged": friend & engaged,
        "neutrals_engaged": neutral & engaged,
        "wrongful": (friend | neutral) & engaged,
        "friends_killed": friend & by_battery,
        "neutrals_killed": neutral & by_battery,
        "wrongful_killed": (friend | neutral) & by_battery,
    }
    for cls, code in _CODES.items():
        counted[f"leakers_{cls}"] = leaked & (klass == code)
        counted[f"kills_{cls}"] = hostile & killed & (klass == code)
    return tuple(counted), np.array(list(counted.values()), float)


_COUNTED, _COUNTS = _counts()


def measures(tables: Mapping[str, Any], objects: Columns) -> dict[str, float]:
    """Every measure of one replication, from its outcomes, shots and damages and the bundle's objects."""
    outcomes, shots, damages = tables["outcomes"], tables["shots"], tables["damages"]
    told = _told(objects)
    row = np.asarray(outcomes["mover"])
    engaged = np.asarray(outcomes["shots"]) > 0
    passed = engaged | ~np.isnan(outcomes["first_tracked_s"])
    by_battery = np.asarray(outcomes["killed_by"]) >= 0
    kind = told.kind[row] + (8 * _ENDS[outcomes["fate"]] + 4 * by_battery + 2 * engaged + passed)
    counts = _COUNTS @ np.bincount(kind, minlength=_COUNTS.shape[1])
    found: dict[str, float] = dict(zip(_COUNTED, counts.tolist(), strict=True))
    hostile = told.hostile[row]
    found["first_detection_km"] = _mean_km(np.asarray(outcomes["first_detected_m"])[hostile])
    found["first_engagement_km"] = _mean_km(np.asarray(outcomes["first_engaged_m"])[hostile])
    found["cost_targets_usd"] = _sum(told.price_usd[row[hostile & engaged]])
    found["value_lost"] = _sum(damages["value_lost"])
    found["units_down"] = float(len({unit for unit in np.asarray(damages["unit_down"]).tolist() if unit >= 0}))
    found |= _of_mistakes(tables.get("chances"), outcomes, told.mild[row])
    found |= _of_shots(shots, told)
    found |= _of_orders(tables.get("commands", _NO_ORDERS), shots)
    shared = tables.get("assignments", _NOTHING_SHARED)
    found["threat_shared"] = _sum(shared["bound"])
    found["threat_left"] = found["threat_shared"] - _sum(shared["gain"])
    found |= _of_pictures(tables["knowledge"], outcomes, told)
    for name, top, bottom, scale in _RATIOS:
        found[name] = scale * found[top] / found[bottom] if found[bottom] else math.nan
    return {name: found[name] for name in _NAMES}


def _of_mistakes(chances: Any, outcomes: Any, mild: NDArray[Any]) -> dict[str, float]:
    """Expected mistakes, and those drawn by cause: an object counts by its first launch."""
    found = {
        "wrongful_expected": _sum(outcomes["p_engaged"][mild]),
        "wrongful_killed_expected": _sum(outcomes["p_killed"][mild]),
    }
    if chances is None or not len(chances):
        return found | _NO_MISTAKES
    drawn = np.asarray(chances["drawn"]) == 1
    _, first = np.unique(chances["mover"][drawn], return_index=True) if drawn.any() else (None, np.zeros(0, int))
    causes = np.asarray(chances["causes"][drawn])[first] if drawn.any() else np.zeros(0, int)
    for bit, cause in enumerate(events.MISTAKES):
        found[f"wrongful_{cause.replace('-', '_')}"] = _count(causes >> bit & 1 == 1)
    found["wrongful_several"] = _count(causes == 0)
    return found


def _of_shots(shots: Any, told: _Told) -> dict[str, float]:
    fired, carried = len(shots["result"]), told.carried
    results = np.bincount(np.asarray(shots["result"]) + 1, minlength=_RESULTS).tolist()  # one is none yet
    return {
        "shots": float(fired),
        "shots_wrongful": _count(told.wrong[shots["mover"]]),
        "shots_wasted": float(results[events.S_TARGET_DEAD + 1]),
        "shots_duplicate": _count(np.asarray(shots["duplicate"]) > 0),
        "shots_out_of_reach": float(results[events.S_OUT_OF_REACH + 1]),
        "shots_no_object": float(results[events.S_NO_OBJECT + 1]),
        "shots_unguided": float(results[events.S_UNGUIDED + 1]),
        "missiles_left": carried - fired if carried else math.nan,
        "cost_interceptors_usd": _sum(told.weapon_usd[shots["weapon"]]),
    }


def _of_orders(commands: Any, shots: Any) -> dict[str, float]:
    """What was asked of the centres and what came of it; all zero without a chain of command."""
    if not len(commands):
        return dict(_NOTHING_ASKED)
    what, waited = np.asarray(commands["command"]), np.asarray(commands["waited_s"], float)
    given = waited[what == events.M_GIVEN]
    cut_s, cut_shots = 0.0, 0.0
    for battery in np.unique(commands["battery"]):
        own = commands[np.asarray(commands["battery"]) == battery]
        change = np.asarray(own["time_s"])
        fell = change[np.asarray(own["command"]) == events.M_FELL_BACK]
        back = change[np.isin(own["command"], (events.M_CAME_BACK, events.M_CUT_OFF))]
        launched = np.asarray(shots["launch_s"])[np.asarray(shots["battery"]) == battery]
        for begin_s, end_s in zip(fell, back, strict=True):
            cut_s += float(end_s - begin_s)
            cut_shots += _count((launched >= begin_s) & (launched < end_s))
    return {
        "orders_asked": _count(what == events.M_ASKED),
        "orders_given": float(len(given)),
        "orders_refused": _count(what == events.M_REFUSED),
        "orders_late": _count(what == events.M_WITHDRAWN),
        "orders_lost": _count(what == events.M_LOST),
        "order_waited_s": float(np.sum(given)),
        "order_wait_95_s": float(np.quantile(given, 0.95)) if len(given) else float("nan"),
        "fallback_s": cut_s,
        "shots_fallback": cut_shots,
    }


def _of_pictures(known: Any, outcomes: Any, told: _Told) -> dict[str, float]:
    """What the pictures of those who shoot knew."""
    of, mover = np.asarray(known["network"]), np.asarray(known["mover"])
    counts = of == told.shooting[0] if len(told.shooting) == 1 else np.isin(of, told.shooting)
    real = (counts & (mover >= 0)).nonzero()[0]
    threat = real[told.hostile[mover[real]]]
    row = np.asarray(outcomes["mover"])
    place = np.zeros(len(told.hostile), np.int64)
    place[row] = np.arange(len(row))
    met = place[mover[threat]]
    detected, end = np.asarray(outcomes["first_detected_s"])[met], np.asarray(outcomes["end_s"])[met]
    firm, tracked = np.asarray(known["first_firm_s"])[threat], np.asarray(known["tracked_s"])
    late = (np.where(np.isnan(firm), end, firm) - detected)[~np.isnan(detected)]
    tracked_s = _sum(tracked[real])
    return {
        "threat_s": _sum(known["flown_s"][threat]),
        "threat_tracked_s": _sum(tracked[threat]),
        "track_latency_s": _mean(late),
        "tracked_s": tracked_s,
        "right_s": _sum(known["right_s"][real]),
        "wrong_s": _sum(known["wrong_s"][real]),
        "position_error_m": math.sqrt(_sum(known["error_m2s"][real]) / tracked_s) if tracked_s else math.nan,
        "spurious_s": _sum(tracked[counts & (mover < 0)]),
    }


def _codes(objects: Columns, kind: str, column: str, words: tuple[str, ...]) -> NDArray[Any]:
    """Code of a word by row of one kind of object; -1 where the word is none of these."""
    chosen = np.flatnonzero(np.asarray(objects["kind"]) == kind)
    codes = np.full(len(chosen), -1, np.int64)
    known = {word: code for code, word in enumerate(words)}
    for i in chosen:
        codes[int(objects["row"][i])] = known.get(str(objects[column][i]), -1)
    return codes


def _count(chosen: NDArray[Any]) -> float:
    return float(np.count_nonzero(chosen))


def _sum(values: Any) -> float:
    return float(np.add.reduce(values))


def _mean(values: NDArray[Any]) -> float:
    return _sum(values) / values.size if values.size else math.nan


def _mean_km(ranges_m: NDArray[Any]) -> float:
    return _mean(ranges_m[~np.isnan(ranges_m)]) / 1e3
