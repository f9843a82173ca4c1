"""Every column of every table of a run bundle, in words.

column   name, dtype, unit and one line of what it means; `names` says where an integer's word is found
code     an integer that stands for a word of a list in `egide.events`
row      an integer that names a row of the bundle's `objects` table, of one kind
static   a table written once a bundle; the others have `point` and `replication` in front

`docs/bundle.md` is printed from here (`egide.store.page`), and a test holds that no column goes without its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from egide import events

FORMAT: Final = 2  # of the bundle; another number is refused


@final
@dataclass(frozen=True)
class Column:
    """One column. `names`: a kind of object, a tuple of words, or None. dtype 'text' is UTF-8, never null."""

    name: str
    dtype: str
    unit: str
    doc: str
    names: str | tuple[str, ...] | None = None


CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "event": events.TRACK_EVENTS,
    "identity": events.IDENTITIES,
    "told": events.IDENTITIES,
    "own": events.IDENTITIES,
    "decision": events.DECISIONS,
    "reason": events.REASONS,
    "result": events.RESULTS,
    "fate": events.FATES,
    "source": events.TRACK_SOURCES,
    "sensor": events.SENSOR_KINDS,
    "command": events.COMMANDS,
}
ROWS: Final[Mapping[str, str]] = {  # column -> kind of object whose row it names
    "mover": "mover",
    "radar": "radar",
    "battery": "battery",
    "network": "network",
    "weapon": "weapon",
    "asset": "asset",
    "link": "link",
    "killed_by": "battery",
    "target": "asset",
    "told_by": "link",
    "said_by": "network",
    "unit_down": "battery",
    "post": "post",
}
BITS: Final[Mapping[str, tuple[str, ...]]] = {
    "evidence": events.EVIDENCE, "signal": events.SIGNALS, "causes": events.MISTAKES,
}  # fmt: skip

_KEY: Final = (
    Column("point", "int32", "n", "design point of a campaign; 0 where there is one point only"),
    Column("replication", "int32", "n", "replication number, from 0; the same number meets the same luck everywhere"),
)

_EVENT_DOCS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "plots": {
        "time_s": ("s", "when the beam passed, from the scenario's start"),
        "range_m": ("m", "measured slant range; NaN: none, the sensor is passive"),
        "azimuth_rad": ("rad", "measured azimuth, clockwise from north"),
        "elevation_rad": ("rad", "measured elevation above the radar's horizontal; NaN: it measures none"),
        "snr_db": ("dB", "signal to noise of the detection; NaN: a reply alone"),
        "rate_m_s": ("m/s", "measured rate of the range; NaN: the radar reports none"),
        "height_m": ("m", "height told in a civil reply; NaN: none was told"),
        "radar": ("row", "the radar that looked"),
        "mover": ("row", "the real object behind the plot, the strongest where there are several; -1: a false one"),
        "network": ("row", "the network whose picture received it"),
        "track": ("n", "the track it was given to in that picture; -1: none"),
        "sensor": ("code", "what its sensor measures: place, place without height, direction, bearing"),
        "signal": ("bits", "what was received: echo, reply in a civil or in the alliance's mode, emission"),
        "objects": ("n", "objects in the plot: above 1 where they were not told apart; 0: a false one"),
    },
    "tracks": {
        "time_s": ("s", "time of the row"),
        "latitude_deg": ("deg", "estimated latitude, WGS 84"),
        "longitude_deg": ("deg", "estimated longitude, WGS 84"),
        "height_m": ("m", "estimated height above mean sea level"),
        "speed_m_s": ("m/s", "estimated speed"),
        "heading_deg": ("deg", "estimated heading, clockwise from north"),
        "sigma_m": ("m", "root of the position covariance's trace: how far wrong the picture thinks it may be"),
        "network": ("row", "whose picture"),
        "track": ("n", "track number in this picture and replication"),
        "mover": ("row", "the real object that gave its latest plot; -1: a false plot"),
        "event": ("code", "why the row was written: start, firm, update, drop"),
        "identity": ("code", "the identity held at that moment"),
        "age_s": ("s", "since the latest plot of its own sensors, or report where it rests on reports alone"),
        "source": (
            "code",
            "own sensors, told by others, or both fused; position, speed and sigma_m are what is believed",
        ),
        "pedigree": ("bits", "networks whose sensors the estimate rests on, one bit a row of networks"),
    },
    "identities": {
        "time_s": ("s", "when the identity was declared"),
        "p_friend": ("1", "belief that the track is a friend"),
        "p_neutral": ("1", "belief that the track is neutral"),
        "p_hostile": ("1", "belief that the track is hostile"),
        "network": ("row", "who declared it"),
        "track": ("n", "track number in that picture"),
        "mover": ("row", "the real object behind the track; -1: none"),
        "identity": ("code", "what was declared"),
        "evidence": ("bits", "what it rested on, one bit a piece of evidence"),
        "told_by": ("row", "the link over which a told identity came; -1: own evidence only"),
        "told": ("code", "the identity that was told; -1: none"),
        "own": ("code", "what it declares on its own evidence alone, and so tells others"),
        "mate": ("n", "the track of this picture in whose formation it flies; -1: none"),
        "prior_friend": ("1", "belief before any evidence that the track is a friend"),
        "prior_neutral": ("1", "belief before any evidence that the track is neutral"),
        "prior_hostile": ("1", "belief before any evidence that the track is hostile"),
    },
    "messages": {
        "sent_s": ("s", "when the report left its sender"),
        "arrived_s": ("s", "when it reached the receiver"),
        "link": ("row", "the link that carried it"),
        "sender_track": ("n", "track number at the sender"),
        "receiver_track": ("n", "track it was correlated with at the receiver; -1: none"),
        "identity": ("code", "identity carried"),
        "lost": ("0/1", "1 where the report was lost on the way"),
        "said_s": ("s", "when the network whose sensors it rests on said it; earlier than sent_s where it was relayed"),
        "said_by": ("row", "that network"),
        "late": ("0/1", "1 where a newer one, or the same, had been heard already: it changed nothing"),
        "mover": ("row", "the real object behind the sender's track; -1: a false plot"),
    },
    "decisions": {
        "time_s": ("s", "when the battery decided"),
        "p_hostile": ("1", "belief at that moment that the track is hostile"),
        "p_kill": ("1", "single-shot kill probability expected"),
        "time_of_flight_s": ("s", "interceptor's time of flight expected; NaN where there is no shot"),
        "battery": ("row", "who decided"),
        "track": ("n", "the track decided upon"),
        "mover": ("row", "the real object behind that track; -1: none"),
        "decision": ("code", "what was decided"),
        "reason": ("code", "why, where the decision is not to engage, or to abort"),
        "identity": ("code", "identity held of the track"),
        "weapon": ("row", "kind of interceptor meant; -1: none"),
    },
    "shots": {
        "launch_s": ("s", "launch"),
        "meet_s": ("s", "when interceptor and target meet, or would have"),
        "range_m": ("m", "slant range from the battery at the meeting"),
        "p_kill": ("1", "single-shot kill probability drawn against"),
        "battery": ("row", "who fired"),
        "weapon": ("row", "kind of interceptor"),
        "track": ("n", "the track fired at"),
        "mover": ("row", "the real object fired at; -1: none was there"),
        "result": ("code", "how it ended"),
        "identity": ("code", "identity held at launch"),
        "duplicate": ("0/1", "1 where another battery had an interceptor in flight at the same object"),
        "salvo": ("n", "number of the salvo it belongs to, by battery"),
    },
    "outcomes": {
        "end_s": ("s", "when the object's part ended"),
        "first_detected_s": ("s", "first detection by anyone; NaN: never"),
        "first_detected_m": ("m", "slant range of that detection; NaN: never"),
        "first_tracked_s": ("s", "first firm track in any picture that feeds a battery; NaN: never"),
        "first_engaged_s": ("s", "first launch at it; NaN: never"),
        "first_engaged_m": ("m", "slant range of the first meeting; NaN: never"),
        "mover": ("row", "the object"),
        "fate": ("code", "what became of it"),
        "killed_by": ("row", "the battery that killed it; -1: none"),
        "shots": ("n", "interceptors launched at it"),
        "engagements": ("n", "engagements begun against it"),
        "reason": ("code", "the latest reason why it was not engaged"),
        "target": ("row", "the asset it went for; -1: none"),
        "p_engaged": ("1", "friend or neutral: chance of being shot at, over both branches of the operators' draws"),
        "p_killed": ("1", "friend or neutral: chance of being killed, over these and over the shots' kill draws"),
    },
    "chances": {
        "time_s": ("s", "launch, or when it would have been"),
        "p_kill": ("1", "that the shots kill, where they were not fired; NaN where they were: see shots"),
        "p_error": ("1", "probability that the operator of this network errs on ambiguous evidence"),
        "battery": ("row", "who fired, or would have"),
        "track": ("n", "the track"),
        "mover": ("row", "the friend or neutral behind it"),
        "drawn": ("0/1", "1 where it was fired; 0: the other branch of the operator's draw would have"),
        "branches": ("n", "branches that fire: 1 the operator who does not err, 2 the one who does, 3 both"),
        "causes": ("bits", "but for which one thing it would not have been fired; none: several at once, or not drawn"),
        "draw": ("n", "which draw of the network's operator: -1 the object's own, else a track of another's name"),
    },
    "assignments": {
        "time_s": ("s", "when the batteries of the network decided together"),
        "gain": ("1", "threat that the pairs chosen are expected to take: value, times P(hostile), times P(kill)"),
        "bound": ("1", "no assignment of the same targets takes more: equal to gain where the pairs are proven best"),
        "network": ("row", "whose batteries"),
        "batteries": ("n", "batteries that could fire at something"),
        "targets": ("n", "targets shared out"),
        "pairs": ("n", "of them, how many a battery took"),
    },
    "damages": {
        "time_s": ("s", "moment of the hit"),
        "value_lost": ("1", "value lost by the asset, in the scenario's own units of value"),
        "asset": ("row", "what was hit"),
        "mover": ("row", "what hit it"),
        "unit_down": ("row", "the battery that the hit put out of action; -1: none"),
    },
    "exposure": {
        "seconds": ("s", "time in the radar's view"),
        "best_snr_db": ("dB", "best signal to noise of any look"),
        "nearest_m": ("m", "nearest slant range of any look"),
        "radar": ("row", "the radar that looked"),
        "mover": ("row", "the protected aircraft"),
        "looks": ("n", "times the beam passed it in sight, detected or not"),
        "detections": ("n", "looks that detected it"),
        "nose": ("n", "detections within 45 degrees of the nose"),
        "beam": ("n", "detections on the beam"),
        "tail": ("n", "detections within 45 degrees of the tail"),
    },
    "aspects": {
        "seconds": ("s", "time in the radar's view at these aspects"),
        "snr_sum": ("1", "sum of the signal-to-noise ratios of detected looks that are not hidden, as numbers"),
        "frequency_hz": ("Hz", "the radar's frequency"),
        "cell_rad": ("rad", "decorrelation angle: wavelength over twice the aircraft's length"),
        "nearest_m": ("m", "nearest slant range"),
        "farthest_m": ("m", "farthest slant range"),
        "radar": ("row", "the radar that looked"),
        "mover": ("row", "the protected aircraft"),
        "azimuth_deg": ("deg", "middle of the bin: the radar's bearing from the nose, right wing positive"),
        "elevation_deg": ("deg", "middle of the bin: the radar's angle above the plane of the wings"),
        "looks": ("n", "times the beam passed it in sight: detected and censored"),
        "detected": ("n", "looks that detected it"),
        "censored": ("n", "looks below the threshold"),
        "hidden": ("n", "detected looks at which the echo was that of the reflectors it carries"),
        "samples": ("n", "independent samples: detected looks, not hidden, a decorrelation angle from the last one"),
    },
    "knowledge": {
        "flown_s": ("s", "time the object was in the air"),
        "tracked_s": ("s", "of it: with a firm track in this picture, own or told"),
        "own_s": ("s", "of it: with a firm track of this network's own sensors"),
        "right_s": ("s", "tracked and rightly called friend, neutral or hostile; assumed friend and suspect count"),
        "wrong_s": ("s", "tracked and called another of the three; the rest was pending or unknown"),
        "extra_s": ("s", "time of further firm tracks of the same object"),
        "error_m2s": ("m2 s", "squared error of the tracked place, summed over time; its mean: error_m2s / tracked_s"),
        "first_firm_s": ("s", "first firm track in this picture; NaN: never"),
        "first_right_s": ("s", "first right declaration in this picture; NaN: never"),
        "first_wrong_s": ("s", "first wrong declaration in this picture; NaN: never"),
        "counted_s": ("s", "the last moment at which it was tracked; NaN: never"),
        "network": ("row", "whose picture"),
        "mover": ("row", "the object; -1: tracks of nothing, or of what is no longer there"),
        "number": ("n", "number of its latest track; -1: none"),
        "changes": ("n", "times its track changed its number"),
    },
    "commands": {
        "time_s": ("s", "when the battery asked, heard, or changed over"),
        "waited_s": ("s", "since it asked; since it heard its authority last where it fell back or came back"),
        "post": ("row", "the post that it asked or that answered; -1: none"),
        "battery": ("row", "the battery"),
        "track": ("n", "the track that it asked about, in its network's picture; -1: none"),
        "mover": ("row", "the real object behind the track; -1: nothing"),
        "command": (
            "code",
            "asked, given, refused, withdrawn (track gone, or cut off), lost, fell back, came back, cut off at the end",
        ),
        "reason": ("code", "why it was refused or withdrawn"),
    },
}

TABLE_DOCS: Final[Mapping[str, str]] = {
    "plots": "One radar detection a row, in the replications kept in detail.",
    "tracks": "A track at birth, when firm, now and then, and at its end, in the replications kept in detail.",
    "identities": "One declaration of identity a row, with what it rested on.",
    "messages": "One track report over a link a row, in the replications kept in detail.",
    "decisions": "One decision of a battery about a track a row.",
    "shots": "One interceptor a row.",
    "outcomes": "One object a row: what became of it.",
    "damages": "One hit on an asset a row.",
    "exposure": "What one radar collected on one protected aircraft, a row a pair.",
    "aspects": "The same by aspect, in bins of 10 by 10 degrees about the aircraft; empty bins are left out.",
    "knowledge": "What one picture knew of one object, a row a pair: completeness and identity come from here.",
    "commands": "One step of an order to fire a row, and batteries cut off from it; empty without a chain.",
    "chances": "A launch at a friend or neutral a row: drawn, or what an operator's other branch would have fired.",
    "assignments": "A shared decision a row: what its pairs gain, and what no others could exceed.",
    "measures": "One replication a row: the measures of effect, computed from the tables above.",
    "objects": "Everything with a name: the words behind every integer column that names a row.",
    "routes": "The written route of every mover, as points in time.",
    "assumptions": "Every equipment figure used, with its range and its source.",
    "reach": "Detection and engagement reach around each unit, by altitude and azimuth.",
    "terrain": "Ground heights, coarsened, for maps.",
    "likelihoods": "What each piece of evidence weighs: with a row of identities, its posterior by hand.",
}

_FIGURE: Final = "as a person would write it"
STATIC: Final[Mapping[str, tuple[Column, ...]]] = {
    "objects": (
        Column("kind", "text", "text", "mover, radar, battery, network, asset, link, weapon, corridor, site or post"),
        Column("row", "int32", "row", "number within its kind, from 0"),
        Column("name", "text", "text", "name in the scenario"),
        Column("label_en", "text", "text", "label in English"),
        Column("label_fr", "text", "text", "label in French"),
        Column("type", "text", "text", "catalogue entry; empty where there is none"),
        Column("class", "text", "text", "target class of a mover: " + ", ".join(events.CLASSES)),
        Column("relation", "text", "text", "true relation to the defended party: " + ", ".join(events.RELATIONS)),
        Column("network", "text", "text", "network it belongs to; empty where there is none"),
        Column("latitude_deg", "float64", "deg", "latitude, WGS 84; NaN where it has no fixed place"),
        Column("longitude_deg", "float64", "deg", "longitude, WGS 84; NaN where it has no fixed place"),
        Column("height_m", "float64", "m", "height above mean sea level; NaN where it has no fixed place"),
        Column("value", "float64", "1", "asset: value in the scenario's units; weapon: interceptors at the start"),
        Column("unit_cost_usd", "float64", "USD", "price of one, for weapons and threats; NaN where not public"),
        Column("notional", "bool", "0/1", "true: the place is invented and says nothing of a real site"),
        Column("collector", "text", "text", "radar: whom its recordings may reach; empty: its own side alone"),
        Column("sender", "text", "text", "link: the network that tells; `network` is the one that is told"),
    ),
    "routes": (
        Column("mover", "int32", "row", "the object"),
        Column("time_s", "float64", "s", "time at the point, from the scenario's start"),
        Column("latitude_deg", "float64", "deg", "latitude, WGS 84"),
        Column("longitude_deg", "float64", "deg", "longitude, WGS 84"),
        Column("height_m", "float64", "m", "height above mean sea level"),
    ),
    "assumptions": (
        Column("entry", "text", "text", "catalogue entry, or the scenario's own path"),
        Column("parameter", "text", "text", "which figure"),
        Column("low", "text", "text", "low end of the range, " + _FIGURE),
        Column("nominal", "text", "text", "value used, " + _FIGURE),
        Column("high", "text", "text", "high end of the range, " + _FIGURE),
        Column("low_si", "float64", "SI", "low end, SI units"),
        Column("nominal_si", "float64", "SI", "value used, SI units"),
        Column("high_si", "float64", "SI", "high end, SI units"),
        Column("unit", "text", "text", "unit of the text columns"),
        Column("basis", "text", "text", "stated, derived or assumed"),
        Column("grade", "text", "text", "quality of the source, by the catalogue's grades"),
        Column("source", "text", "text", "where it was published"),
        Column("disputed", "bool", "0/1", "true: public sources contradict each other"),
        Column("why", "text", "text", "why it was assumed, or how derived"),
    ),
    "reach": (
        Column("kind", "text", "text", "detection or engagement"),
        Column("object", "text", "text", "name of the radar or battery"),
        Column("altitude_m", "float64", "m", "target's height above mean sea level"),
        Column("rcs_m2", "float64", "m2", "target's radar cross section; NaN for engagement"),
        Column("azimuth_deg", "float64", "deg", "direction from the unit, clockwise from north"),
        Column("range_m", "float64", "m", "ground range of the edge; 0: no reach in this direction"),
    ),
    "likelihoods": (
        Column("evidence", "text", "text", "a bit of identities.evidence by name, or told-friend, -neutral, -hostile"),
        Column("friend", "float64", "1", "probability of the evidence if the object is a friend"),
        Column("neutral", "float64", "1", "probability of the evidence if it is neutral"),
        Column("hostile", "float64", "1", "probability of the evidence if it is hostile"),
    ),
    "terrain": (
        Column("row", "int32", "n", "from 0 in the north"),
        Column("column", "int32", "n", "from 0 in the west"),
        Column("height_m", "int16", "m", "mean ground height of the cell above mean sea level"),
    ),
}


def _event_columns(table: str) -> tuple[Column, ...]:
    columns = list(_KEY)
    fields: Any = events.TABLES[table].fields
    for name in events.TABLES[table].names or ():
        unit, doc = _EVENT_DOCS[table][name]
        names = CODES.get(name) or ROWS.get(name) or BITS.get(name)
        columns.append(Column(name, str(np.dtype(fields[name][0])), unit, doc, names))
    return tuple(columns)


EVENT_TABLES: Final[Mapping[str, tuple[Column, ...]]] = {name: _event_columns(name) for name in events.TABLES}


def measure_columns(docs: Mapping[str, tuple[str, str]]) -> tuple[Column, ...]:
    """Columns of the `measures` table, from {name: (unit, doc)}: the list itself belongs to the analysis."""
    return (*_KEY, *(Column(name, "float64", unit, doc) for name, (unit, doc) in docs.items()))


def key_columns() -> tuple[Column, ...]:
    """The two columns in front of every table that is not static."""
    return _KEY
