"""Measures of effect: what each one means, and what a column of it says with its interval.

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

`MEASURES` is the one list: name, unit, which way is better, words in two languages, and what it means. How they are
reckoned of one replication is in `egide.analysis.measuring`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, final

import numpy as np
from numpy.typing import NDArray

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


THREATS: Final = {  # class -> words
    "aircraft": ("aircraft", "avions"),
    "cruise-missile": ("cruise missiles", "missiles de croisière"),
    "drone": ("drones", "drones"),
    "ballistic": ("ballistic missiles", "missiles balistiques"),
}
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
        for cls, words in THREATS.items()
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
    "leakers", *(f"leakers_{cls.replace('-', '_')}" for cls in THREATS), "value_lost", "friends_engaged",
    "neutrals_engaged", "wrongful_per_10000", "shots", "shots_wasted", "shots_duplicate", "cost_interceptors_usd",
    "first_detection_km", "first_engagement_km", "completeness", "track_latency_s", "identity_right", "identity_wrong",
)  # fmt: skip


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
