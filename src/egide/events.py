"""What a run writes: the contract between the engine and everyone who reads a result.

object    anything that moves: aircraft, missile, drone, airliner, airborne radar; `mover` is its row number
track     what a picture believes; `track` is its number in one picture and one replication, -1 where there is none
picture   what one network knows; `network` is its row number
battery   launchers that share a magazine and a fire control radar; a fighter patrol is one that moves

Every table is a record array with the columns below, in time order. The store adds `replication` and `point` in front.
Times are seconds from the scenario's start. Integer columns name rows of the bundle's `objects` table, or codes of the
lists below.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np


def codes(count: int) -> Any:
    """The numbers 0, 1, 2 ... for a list of words. 64-bit, not plain int: a plain constant that is handed to a kernel
    would have it compiled once more."""
    return tuple(np.int64(i) for i in range(count))


# --- codes -------------------------------------------------------------------------------------------------------

CLASSES: Final = ("aircraft", "cruise-missile", "drone", "ballistic", "airliner")
AIRCRAFT, CRUISE_MISSILE, DRONE, BALLISTIC, AIRLINER = codes(5)

RELATIONS: Final = ("friend", "neutral", "hostile")  # truth, as the defended party would say
FRIEND, NEUTRAL, HOSTILE = codes(3)

IDENTITIES: Final = ("pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile")  # STANAG 1241
ID_PENDING, ID_UNKNOWN, ID_ASSUMED_FRIEND, ID_FRIEND, ID_NEUTRAL, ID_SUSPECT, ID_HOSTILE = codes(7)

EVIDENCE: Final = (  # bits of identities.evidence
    "military-reply", "no-military-reply", "civil-reply", "no-civil-reply", "in-corridor", "off-corridor",
    "hostile-kinematics", "hostile-origin", "flight-plan", "told", "operator-error", "interrogator-out",
    "airspace-order", "national-reply", "no-national-reply", "squawk-as-filed", "squawk-other", "squawk-emergency",
    "squawk-hijack", "formation-friend", "formation-hostile", "no-hostile-kinematics", "no-hostile-origin",
    "no-flight-plan", "no-airspace-order",
)  # fmt: skip
ABSENT: Final = (  # evidence that was asked for and is not there, by the evidence: it weighs too
    "hostile-kinematics", "hostile-origin", "flight-plan", "airspace-order",
)  # fmt: skip

WEAPON_CONTROL: Final = ("hold", "tight", "free")
WCS_HOLD, WCS_TIGHT, WCS_FREE = codes(3)

DECISIONS: Final = ("engage", "no-engage", "abort", "launch", "assess-kill", "assess-miss")
D_ENGAGE, D_NO_ENGAGE, D_ABORT, D_LAUNCH, D_ASSESS_KILL, D_ASSESS_MISS = codes(6)

REASONS: Final = (
    "none", "identity", "weapon-control", "out-of-reach", "too-high", "too-low", "too-fast", "masked",
    "not-detected", "no-channel", "no-missile", "engaged-by-self", "engaged-by-other", "unit-down", "track-lost",
    "order-awaited", "identity-changed", "salvo-complete", "not-a-threat", "no-order", "order-refused", "zone",
    "range-gate", "fire-held", "assigned-other", "suppressed",
    "low-kill",
)  # fmt: skip
(
    R_NONE, R_IDENTITY, R_WEAPON_CONTROL, R_OUT_OF_REACH, R_TOO_HIGH, R_TOO_LOW, R_TOO_FAST, R_MASKED,
    R_NOT_DETECTED, R_NO_CHANNEL, R_NO_MISSILE, R_ENGAGED_SELF, R_ENGAGED_OTHER, R_UNIT_DOWN, R_TRACK_LOST,
    R_ORDER_AWAITED, R_IDENTITY_CHANGED, R_SALVO_COMPLETE, R_NOT_A_THREAT, R_NO_ORDER, R_ORDER_REFUSED, R_ZONE,
    R_RANGE_GATE, R_FIRE_HELD, R_ASSIGNED_OTHER, R_SUPPRESSED, R_LOW_KILL,
) = codes(27)  # fmt: skip

MISTAKES: Final = (  # bits of chances.causes: but for which one thing a friend or neutral was not fired at
    "no-reply", "interrogator-out", "foreign-iff", "stale-track", "wrong-correlation", "rule", "lost-picture",
    "operator-error",
)  # fmt: skip
(
    M_NO_REPLY, M_INTERROGATOR_OUT, M_FOREIGN_IFF, M_STALE, M_WRONG_CORRELATION, M_RULE, M_LOST_PICTURE, M_OPERATOR,
) = codes(8)  # fmt: skip

RESULTS: Final = ("kill", "miss", "target-already-dead", "out-of-reach", "no-object", "unguided")
S_KILL, S_MISS, S_TARGET_DEAD, S_OUT_OF_REACH, S_NO_OBJECT, S_UNGUIDED = codes(6)

FATES: Final = ("survived", "killed", "leaked", "not-arrived")
F_SURVIVED, F_KILLED, F_LEAKED, F_NOT_ARRIVED = codes(4)

TRACK_EVENTS: Final = ("start", "firm", "update", "drop")
T_START, T_FIRM, T_UPDATE, T_DROP = codes(4)

TRACK_SOURCES: Final = ("own", "told", "fused")  # what a picture's belief of an object rests on
B_OWN, B_TOLD, B_FUSED = codes(3)
SENSOR_KINDS: Final = ("3d", "2d", "direction", "bearing", "place")  # in the order of picture.tables
COMMANDS: Final = (  # what passes between a battery and the post that orders it
    "asked", "given", "refused", "withdrawn", "lost", "fell-back", "came-back", "cut-off-at-end",
)  # fmt: skip
M_ASKED, M_GIVEN, M_REFUSED, M_WITHDRAWN, M_LOST, M_FELL_BACK, M_CAME_BACK, M_CUT_OFF = codes(8)
SIGNALS: Final = ("echo", "civil-reply", "alliance-reply", "emission")  # bits of plots.signal

# --- tables ------------------------------------------------------------------------------------------------------


def _table(*columns: tuple[str, str]) -> np.dtype:
    """An aligned record dtype: the same code then runs compiled and as plain Python."""
    fields = np.dtype(list(columns), align=True)
    return np.dtype((np.record, fields))


PLOT: Final = _table(  # one detection; mover -1: a false one
    ("time_s", "f8"), ("range_m", "f8"), ("azimuth_rad", "f4"), ("elevation_rad", "f4"), ("snr_db", "f4"),
    ("rate_m_s", "f4"), ("height_m", "f4"),
    ("radar", "i4"), ("mover", "i4"), ("network", "i4"), ("track", "i4"), ("sensor", "i4"), ("signal", "i4"),
    ("objects", "i4"),
)  # fmt: skip
TRACK_ROW: Final = _table(  # a track at birth, when firm, now and then, and at its end
    ("time_s", "f8"), ("latitude_deg", "f8"), ("longitude_deg", "f8"), ("height_m", "f4"),
    ("speed_m_s", "f4"), ("heading_deg", "f4"), ("sigma_m", "f4"),
    ("network", "i4"), ("track", "i4"), ("mover", "i4"), ("event", "i4"), ("identity", "i4"),
    ("age_s", "f4"), ("source", "i4"), ("pedigree", "i8"),
)  # fmt: skip
IDENTITY_ROW: Final = _table(  # one declaration, with what it rested on
    ("time_s", "f8"), ("p_friend", "f4"), ("p_neutral", "f4"), ("p_hostile", "f4"),
    ("prior_friend", "f8"), ("prior_neutral", "f8"), ("prior_hostile", "f8"),
    ("network", "i4"), ("track", "i4"), ("mover", "i4"), ("identity", "i4"), ("evidence", "i4"), ("told_by", "i4"),
    ("told", "i4"), ("own", "i4"), ("mate", "i4"),
)  # fmt: skip
MESSAGE_ROW: Final = _table(  # one track report that arrived over a link; receiver track -1: not correlated
    ("sent_s", "f8"), ("arrived_s", "f8"), ("link", "i4"), ("sender_track", "i4"), ("receiver_track", "i4"),
    ("identity", "i4"), ("lost", "i4"), ("said_s", "f8"), ("said_by", "i4"), ("late", "i4"), ("mover", "i4"),
)  # fmt: skip
DECISION: Final = _table(
    ("time_s", "f8"), ("p_hostile", "f4"), ("p_kill", "f4"), ("time_of_flight_s", "f4"), ("battery", "i4"),
    ("track", "i4"), ("mover", "i4"), ("decision", "i4"), ("reason", "i4"), ("identity", "i4"), ("weapon", "i4"),
)  # fmt: skip
SHOT: Final = _table(  # one interceptor: `duplicate` 1 where another battery had one in flight at the same object
    ("launch_s", "f8"), ("meet_s", "f8"), ("range_m", "f8"), ("p_kill", "f4"), ("battery", "i4"), ("weapon", "i4"),
    ("track", "i4"), ("mover", "i4"), ("result", "i4"), ("identity", "i4"), ("duplicate", "i4"), ("salvo", "i4"),
)  # fmt: skip
OUTCOME: Final = _table(  # one row an object; times and ranges NaN where it never happened
    ("end_s", "f8"), ("first_detected_s", "f8"), ("first_detected_m", "f8"), ("first_tracked_s", "f8"),
    ("first_engaged_s", "f8"), ("first_engaged_m", "f8"), ("mover", "i4"), ("fate", "i4"),
    ("killed_by", "i4"), ("shots", "i4"), ("engagements", "i4"), ("reason", "i4"), ("target", "i4"),
    ("p_engaged", "f8"), ("p_killed", "f8"),
)  # fmt: skip
DAMAGE: Final = _table(("time_s", "f8"), ("value_lost", "f8"), ("asset", "i4"), ("mover", "i4"), ("unit_down", "i4"))
ASPECT_AZIMUTHS: Final = 36  # bins of 10 by 10 degrees on the sphere about the aircraft
ASPECT_ELEVATIONS: Final = 18
ASPECT: Final = _table(  # what one radar collected on one protected aircraft from one bin of aspects
    ("seconds", "f8"), ("snr_sum", "f8"), ("frequency_hz", "f8"), ("cell_rad", "f8"), ("nearest_m", "f4"),
    ("farthest_m", "f4"), ("radar", "i4"), ("mover", "i4"), ("azimuth_deg", "i4"), ("elevation_deg", "i4"),
    ("looks", "i4"), ("detected", "i4"), ("censored", "i4"), ("hidden", "i4"), ("samples", "i4"),
)  # fmt: skip
EXPOSURE: Final = _table(  # what one radar collected on one protected aircraft in one replication
    ("seconds", "f8"), ("best_snr_db", "f4"), ("nearest_m", "f4"), ("radar", "i4"), ("mover", "i4"),
    ("looks", "i4"), ("detections", "i4"), ("nose", "i4"), ("beam", "i4"), ("tail", "i4"),
)  # fmt: skip
KNOWLEDGE: Final = _table(  # what one picture knew of one object over the run; mover -1: tracks of nothing
    ("flown_s", "f8"), ("tracked_s", "f8"), ("own_s", "f8"), ("right_s", "f8"), ("wrong_s", "f8"), ("extra_s", "f8"),
    ("error_m2s", "f8"), ("first_firm_s", "f8"), ("first_right_s", "f8"), ("first_wrong_s", "f8"),
    ("counted_s", "f8"), ("network", "i4"), ("mover", "i4"), ("number", "i4"), ("changes", "i4"),
)  # fmt: skip
COMMAND: Final = _table(  # one step of an order, or a battery cut off or back; post -1: none
    ("time_s", "f8"), ("waited_s", "f4"), ("post", "i4"), ("battery", "i4"), ("track", "i4"), ("mover", "i4"),
    ("command", "i4"), ("reason", "i4"),
)  # fmt: skip

CHANCE: Final = _table(  # a launch at a friend or neutral: drawn, or that the operator's other branch would have made
    ("time_s", "f8"), ("p_kill", "f4"), ("p_error", "f4"), ("battery", "i4"), ("track", "i4"), ("mover", "i4"),
    ("drawn", "i4"), ("branches", "i4"), ("causes", "i4"), ("draw", "i4"),
)  # fmt: skip

ASSIGNMENT: Final = _table(  # one shared decision; gain: threat taken; bound: no assignment of its pairs takes more
    ("time_s", "f8"), ("gain", "f8"), ("bound", "f8"), ("network", "i4"), ("batteries", "i4"), ("targets", "i4"),
    ("pairs", "i4"),
)  # fmt: skip

TABLES: Final = {
    "plots": PLOT,
    "tracks": TRACK_ROW,
    "identities": IDENTITY_ROW,
    "messages": MESSAGE_ROW,
    "decisions": DECISION,
    "shots": SHOT,
    "outcomes": OUTCOME,
    "damages": DAMAGE,
    "exposure": EXPOSURE,
    "aspects": ASPECT,
    "knowledge": KNOWLEDGE,
    "commands": COMMAND,
    "chances": CHANCE,
    "assignments": ASSIGNMENT,
}
DETAIL: Final = ("plots", "tracks", "messages")  # kept only for the replications asked for; the others for all
