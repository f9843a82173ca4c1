"""Measures of effect: what one replication came to, in numbers, from its tables alone.

threat     a hostile object
leaker     a threat that reached its target
pass       a friendly or neutral object that was tracked (or shot at): an occasion for a mistake
engaged    at least one interceptor was launched at it
wrongful   engaged although friendly or neutral
expected   the same from the chance of each pass, over both branches of operators' draws and over kill draws, and not
           from what was drawn: same mean, less spread (engine.chance)
cause      of a wrongful engagement: one thing but for which it would not have been; several may each be one
wasted     an interceptor that met a target already dead
picture    what one network knows; those of networks with batteries are measured, all of them where there is no battery
kind       what the counts ask of an object: whose and of which class, how it ended, whether shot at, whether passed.
           The objects of each kind are counted once; every count adds up some kinds

`MEASURES` is the one list: name, unit, which way is better, words in two languages, and what it means.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, final

import numpy as np
from numpy.typing import NDArray

from egide import events
from egide.analysis import intervals
from egide.analysis.intervals import Estimate

Direction = Literal["lower", "higher", "neither"]
Columns = Mapping[str, NDArray[Any]]


@final
@dataclass(frozen=True)
class Measure:
    """One column of the `measures` table. `ratio`: (top, bottom, scale) where it is a ratio of two others."""

    name: str
    unit: str
    better: Direction
    en: str
    fr: str
    doc: str
    ratio: tuple[str, str, float] | None = None

    def label(self, lang: str) -> str:
        return self.fr if lang == "fr" else self.en


_THREATS: Final = {  # class -> words
    "aircraft": ("aircraft", "avions"),
    "cruise-missile": ("cruise missiles", "missiles de croisière"),
    "drone": ("drones", "drones"),
    "ballistic": ("ballistic missiles", "missiles balistiques"),
}
_NO_ORDERS: Final = np.zeros(0, events.TABLES["commands"])
_NOTHING_SHARED: Final = np.zeros(0, events.TABLES["assignments"])
PER_PASSES: Final = 10_000.0
NOT_A_FORECAST: Final = ("not a forecast", "n'est pas une prévision")

MISTAKE_WORDS: Final = {  # cause -> words
    "no-reply": ("transponder out of order", "transpondeur en panne"),
    "interrogator-out": ("interrogator out of order", "interrogateur en panne"),
    "foreign-iff": ("no common IFF mode", "aucun mode IFF commun"),
    "stale-track": ("stale track", "piste périmée"),
    "wrong-correlation": ("wrong correlation", "corrélation erronée"),
    "rule": ("rules of engagement", "règles d’engagement"),
    "lost-picture": ("another network knew", "un autre réseau savait"),
    "operator-error": ("operator’s error", "erreur d’opérateur"),
    "several": ("several at once", "plusieurs à la fois"),
}


def _by_cause() -> list[Measure]:
    return [
        Measure(
            f"wrongful_{cause.replace('-', '_')}", "n", "lower", f"wrongful engagements, cause: {words[0]}",
            f"engagements par erreur, cause : {words[1]}",
            "wrongful engagements that no single thing would have prevented" if cause == "several" else
            f"wrongful engagements that would not have been, but for {cause}; one may count under several causes",
        )
        for cause, words in MISTAKE_WORDS.items()
    ]  # fmt: skip


def _by_class(name: str, better: Direction, en: str, fr: str, doc: str) -> list[Measure]:
    return [
        Measure(
            f"{name}_{cls.replace('-', '_')}", "n", better, f"{en}: {words[0]}", f"{fr} : {words[1]}", f"{doc}: {cls}"
        )
        for cls, words in _THREATS.items()
    ]


MEASURES: Final[tuple[Measure, ...]] = (
    Measure("threats", "n", "neither", "threats", "assaillants", "hostile objects"),
    Measure("leakers", "n", "lower", "leakers", "assaillants non interceptés", "threats that reached their target"),
    *_by_class("leakers", "lower", "leakers", "non interceptés", "threats of one class that reached their target"),
    Measure(
        "leaker_share", "1", "lower", "share of threats that leak", "part des assaillants non interceptés",
        "leakers over threats", ("leakers", "threats", 1.0),
    ),
    Measure(
        "leakers_not_engaged", "n", "lower", "leakers never shot at", "non interceptés jamais visés par un tir",
        "leakers at which no interceptor was launched",
    ),
    Measure("kills", "n", "higher", "threats killed", "assaillants abattus", "threats killed"),
    *_by_class("kills", "higher", "killed", "abattus", "threats of one class killed"),
    Measure("threats_engaged", "n", "higher", "threats engaged", "assaillants engagés", "threats shot at"),
    Measure("friend_passes", "n", "neither", "friendly passes", "passages amis", "friends tracked or shot at"),
    Measure("neutral_passes", "n", "neither", "neutral passes", "passages neutres", "neutrals tracked or shot at"),
    Measure("passes", "n", "neither", "passes", "passages", "friends and neutrals tracked or shot at"),
    Measure("friends_engaged", "n", "lower", "friends engaged", "amis engagés", "friends shot at"),
    Measure("neutrals_engaged", "n", "lower", "neutrals engaged", "neutres engagés", "neutrals shot at"),
    Measure("wrongful", "n", "lower", "wrongful engagements", "engagements par erreur", "friends and neutrals shot at"),
    Measure(
        "wrongful_per_10000", "per 10 000 passes", "lower", "wrongful engagements per 10 000 passes",
        "engagements par erreur pour 10 000 passages",
        "friends and neutrals shot at, per 10 000 passes; not a forecast",
        ("wrongful", "passes", PER_PASSES),
    ),
    Measure("friends_killed", "n", "lower", "friends killed", "amis abattus", "friends killed by a battery"),
    Measure("neutrals_killed", "n", "lower", "neutrals killed", "neutres abattus", "neutrals killed by a battery"),
    Measure("shots", "n", "lower", "interceptors fired", "intercepteurs tirés", "interceptors fired, at anything"),
    Measure(
        "shots_wrongful", "n", "lower", "interceptors fired at friends and neutrals",
        "intercepteurs tirés sur amis et neutres", "interceptors fired at friends and neutrals",
    ),
    Measure(
        "shots_wasted", "n", "lower", "interceptors wasted on dead targets",
        "intercepteurs gaspillés sur cible détruite",
        "interceptors whose target was already dead",
    ),
    Measure(
        "shots_duplicate", "n", "lower", "duplicate interceptors", "intercepteurs en double",
        "interceptors fired while another battery had one in flight at the same object",
    ),
    Measure(
        "shots_out_of_reach", "n", "lower", "interceptors out of reach", "intercepteurs hors de portée",
        "interceptors whose target had left their reach",
    ),
    Measure(
        "shots_no_object", "n", "lower", "interceptors fired at nothing", "intercepteurs tirés sur rien",
        "interceptors that met nothing: their target had struck or landed before",
    ),
    Measure(
        "shots_unguided", "n", "lower", "interceptors without guidance", "intercepteurs sans guidage",
        "interceptors whose battery went down while they flew",
    ),
    Measure("missiles_left", "n", "higher", "interceptors left", "intercepteurs restants", "interceptors not fired"),
    Measure(
        "cost_interceptors_usd", "USD", "lower", "cost of interceptors fired", "coût des intercepteurs tirés",
        "sum of the unit costs of the interceptors fired; NaN where one of them has no public price",
    ),
    Measure(
        "value_lost", "1", "lower", "value lost", "valeur perdue", "value lost by the assets, in the scenario's units"
    ),
    Measure("units_down", "n", "lower", "units put out of action", "unités mises hors de combat", "batteries down"),
    Measure(
        "first_detection_km", "km", "higher", "range of first detection", "distance de première détection",
        "mean over the threats detected of the slant range of their first detection",
    ),
    Measure(
        "first_engagement_km", "km", "higher", "range of first engagement", "distance de premier engagement",
        "mean over the threats engaged of the slant range of the first meeting",
    ),
    Measure("threat_s", "s", "neither", "threats in the air", "assaillants en vol",
            "time in the air of all threats, counted once a picture"),
    Measure("threat_tracked_s", "s", "higher", "threats tracked", "assaillants pistés",
            "of it, the time with a firm track, own or told"),
    Measure("completeness", "1", "higher", "completeness of the picture", "complétude de la situation aérienne",
            "share of the threats' time in the air in which the picture has a firm track of them (SIAP)",
            ("threat_tracked_s", "threat_s", 1.0)),
    Measure("track_latency_s", "s", "lower", "latency of tracks", "retard des pistes",
            "mean over threats of the time from the first detection by anyone to a firm track in the picture; to the "
            "threat's end where there never was one"),
    Measure("tracked_s", "s", "neither", "objects tracked", "objets pistés",
            "time of firm tracks of all objects, counted once a picture"),
    Measure("right_s", "s", "higher", "rightly identified", "bien identifiés",
            "of it, the time with the right declaration: friend, neutral or hostile; suspect and assumed friend count"),
    Measure("wrong_s", "s", "lower", "wrongly identified", "mal identifiés",
            "of it, the time with another declaration of these three; the rest was pending or unknown"),
    Measure("identity_right", "1", "higher", "identity right", "identité juste",
            "share of the tracked time in which the declared identity is right", ("right_s", "tracked_s", 1.0)),
    Measure("identity_wrong", "1", "lower", "identity wrong", "identité fausse",
            "share of the tracked time in which the declared identity is wrong", ("wrong_s", "tracked_s", 1.0)),
    Measure("position_error_m", "m", "lower", "position error of tracks", "erreur de position des pistes",
            "root of the mean squared error of the tracked places of all objects"),
    Measure("spurious_s", "s", "lower", "tracks of nothing", "fausses pistes",
            "time of firm tracks of nothing, or of what is no longer there"),
    Measure("orders_asked", "n", "neither", "orders asked for", "ordres demandés", "requests for an order to fire"),
    Measure("orders_given", "n", "neither", "orders that came", "ordres reçus", "orders to fire that came in time"),
    Measure("orders_refused", "n", "neither", "orders refused", "ordres refusés", "requests that the centre refused"),
    Measure("orders_late", "n", "lower", "orders that came too late", "ordres venus trop tard",
            "requests withdrawn before an answer: the track had gone, or the battery was cut off"),
    Measure("orders_lost", "n", "lower", "orders lost on the way", "ordres perdus en route",
            "requests, or answers to them, that were lost"),
    Measure("order_waited_s", "s", "lower", "waited for orders, in all", "attente d'ordres, au total",
            "sum over the orders that came of the time since they were asked for"),
    Measure("order_wait_s", "s", "lower", "wait for an order", "attente d'un ordre",
            "mean over the orders that came of the time since they were asked for",
            ("order_waited_s", "orders_given", 1.0)),
    Measure("threat_shared", "1", "neither", "threat that shared decisions could take at most",
            "menace que les décisions partagées pouvaient retirer au plus",
            "sum over shared decisions of the bound on what their pairs gain"),
    Measure("threat_left", "1", "lower", "threat between shared decisions and their bound",
            "menace entre les décisions partagées et leur borne",
            "sum over shared decisions of the bound less what their pairs gain: 0 where all are proven best"),
    Measure("assignment_gap", "1", "lower", "gap of shared decisions to their bound",
            "écart des décisions partagées à leur borne",
            "what shared decisions may have missed of the threat they could take, as a share: a bound, not an estimate",
            ("threat_left", "threat_shared", 1.0)),
    Measure("order_wait_95_s", "s", "lower", "wait for an order, 95 %", "attente d'un ordre, 95 %",
            "wait that 95 % of the orders that came stay under; NaN where none came"),
    Measure("fallback_s", "s", "neither", "time cut off", "temps sans commandement",
            "time in which batteries follow their fallback rule, summed"),
    Measure("shots_fallback", "n", "neither", "interceptors fired while cut off", "tirs sans commandement",
            "interceptors fired by batteries that follow their fallback rule"),
    Measure("wrongful_expected", "n", "lower", "wrongful engagements, expected", "engagements par erreur, espérance",
            "sum over friends and neutrals of the chance of being shot at, given equipment and picture"),
    Measure("wrongful_expected_per_10000", "per 10 000 passes", "lower",
            "wrongful engagements per 10 000 passes, expected",
            "engagements par erreur pour 10 000 passages, espérance",
            "the same per 10 000 passes; not a forecast", ("wrongful_expected", "passes", PER_PASSES)),
    Measure("wrongful_killed", "n", "lower", "friends and neutrals killed", "amis et neutres abattus",
            "friends and neutrals killed by a battery"),
    Measure("wrongful_killed_expected", "n", "lower", "friends and neutrals killed, expected",
            "amis et neutres abattus, espérance",
            "sum over friends and neutrals of the chance of being killed by a battery"),
    Measure("wrongful_killed_expected_per_10000", "per 10 000 passes", "lower",
            "friends and neutrals killed per 10 000 passes, expected",
            "amis et neutres abattus pour 10 000 passages, espérance",
            "the same per 10 000 passes; not a forecast", ("wrongful_killed_expected", "passes", PER_PASSES)),
    *_by_cause(),
    Measure("cost_targets_usd", "USD", "higher", "price of what was shot at", "prix de ce qui a été visé",
            "sum of the unit costs of the threats shot at; NaN where one of them has no public price"),
    Measure("cost_exchange", "USD per USD", "lower", "cost exchange", "rapport des coûts",
            "cost of the interceptors fired over the price of the threats shot at",
            ("cost_interceptors_usd", "cost_targets_usd", 1.0)),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Measure]] = {measure.name: measure for measure in MEASURES}
DOCS: Final[Mapping[str, tuple[str, str]]] = {measure.name: (measure.unit, measure.doc) for measure in MEASURES}
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {  # several measures by one word
    "causes": ("wrongful", *(f"wrongful_{cause.replace('-', '_')}" for cause in MISTAKE_WORDS)),
    "fratricide": (
        "passes", "wrongful", "wrongful_expected", "wrongful_per_10000", "wrongful_expected_per_10000",
        "wrongful_killed", "wrongful_killed_expected", "wrongful_killed_expected_per_10000",
    ),
}  # fmt: skip
HEADLINE: Final = (  # what a first look shows
    "leakers", *(f"leakers_{cls.replace('-', '_')}" for cls in _THREATS), "value_lost", "friends_engaged",
    "neutrals_engaged", "wrongful_per_10000", "shots", "shots_wasted", "shots_duplicate", "cost_interceptors_usd",
    "first_detection_km", "first_engagement_km", "completeness", "track_latency_s", "identity_right", "identity_wrong",
)  # fmt: skip


_CODES: Final = {cls.replace("-", "_"): events.CLASSES.index(cls) for cls in _THREATS}
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


def estimate(measure: Measure, columns: Columns, level: float = 0.95) -> Estimate:
    """A measure over replications, from the columns of the `measures` table, with its interval."""
    if measure.ratio:
        top, bottom, scale = measure.ratio
        none = measure.unit == "per 10 000 passes" and not np.any(columns[top])  # then a bound, and not 0 to 0
        counted = none or measure.name in ("wrongful_per_10000", "leaker_share")
        of_events = intervals.rate if counted else intervals.ratio
        found = of_events(columns[top], columns[bottom], scale, level)
        most = 1.0 if measure.unit == "1" else math.inf  # a share ends at one, and none is below zero
        return replace(found, low=max(found.low, 0.0), high=min(found.high, most))
    values = columns[measure.name]
    found = intervals.counted(values, level) if measure.unit == "n" else intervals.student(values, level)
    return replace(found, low=max(found.low, 0.0)) if found.low < 0.0 else found  # no measure is below zero


def difference(measure: Measure, a: Columns, b: Columns, level: float = 0.95) -> Estimate:
    """The first less the second, under common random numbers; both columns in the same order of replications."""
    if measure.ratio:
        top, bottom, scale = measure.ratio
        return intervals.paired_ratio(a[top], a[bottom], b[top], b[bottom], scale, level)
    return intervals.paired(a[measure.name], b[measure.name], level)


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
