"""The System: all that the engine's loop needs, as record arrays, one a kind of thing.

mover    row of everything that flies; it holds its current segment and is advanced by a WAYPOINT event
jammer   a mover that spreads noise over bands; radio: a link whose receiver can be jammed
vertex   one point of a polyline: time, ECEF x, y, z, mask row, mask column, height above sea level, spare
radar    one antenna; `search` radars make plots at their revisit time, `engagement` radars are asked at a launch
battery  launchers that share a magazine and fire channels; a patrol is one with a carrier
store    one kind of missile in one battery's magazine
network  whose members share one picture
link     directed: track reports of one network told to another
post     a place in the chain of command; its link leads to the post above
attitude how a protected aircraft lies in the air, at moments between which it changes evenly

SI and radians throughout. Positions are ECEF, WGS 84. Times are seconds from the scenario's start. Row -1: none.
Each dtype is declared here once, with its words. The arrays are the state at time 0; the engine works on copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from egide.record import record

# Code that a transponder sends with a civil reply.
SQUAWKS: Final = ("none", "as-filed", "wrong", "emergency", "hijack")
SQ_NONE, SQ_AS_FILED, SQ_WRONG, SQ_EMERGENCY, SQ_HIJACK = range(5)

BANDS: Final = ("VHF", "L", "S", "C", "X")
ASPECTS: Final = ("nose", "beam", "tail")

MOVER: Final = record(
    ("t0_s", "f8"), ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)),  # current segment, from t0
    ("row", "f8"), ("col", "f8"), ("row_rate", "f8"), ("col_rate", "f8"),  # on the mask raster
    ("height_m", "f8"), ("height_rate", "f8"),
    ("start_s", "f8"), ("end_s", "f8"),
    ("rcs_m2", "f8", (5, 3)),  # band, aspect
    ("release_s", "f8"),  # when it attacks; inf: never
    ("damage", "f8"), ("hit_probability", "f8"), ("unit_cost_usd", "f8"),
    ("id", "u8"),
    ("vertex", "i8"), ("last_vertex", "i8"),  # rows of the vertex table
    ("state", "i8"),  # WAITING, FLYING, DEAD, GONE
    ("klass", "i8"), ("relation", "i8"), ("target", "i8"),
    ("military", "i8"), ("civil", "i8"),  # transponder fitted and switched on by plan
    ("plan", "i8"),  # files a flight plan
    ("emits", "i8"),  # a radar of its own is on
    ("protected", "i8"),  # row in the exposure ledger, -1: not watched
    ("leaked", "i8"), ("military_works", "i8"), ("civil_works", "i8"), ("origin", "i8"),
    ("national", "i8"), ("national_works", "i8"), ("squawk", "i8"),  # row of SQUAWKS
    ("size_m", "f8"), ("hidden", "i8", (5, 3)),  # 1 where the reflectors it carries outshine it
    ("first_attitude", "i8"), ("last_attitude", "i8"),  # rows of the attitude table
    ("silent_s", "f8"), ("silent_share", "f8"),  # anti-radiation: what is left of hit_probability against long silence
)  # fmt: skip
WAITING, FLYING, DEAD, GONE = range(4)

MOST_JAMMERS: Final = 64

RADAR: Final = record(
    ("pos_m", "f8", (3,)), ("east", "f8", (3,)), ("north", "f8", (3,)), ("up", "f8", (3,)),
    ("row", "f8"), ("col", "f8"), ("height_m", "f8"),  # antenna, above sea level
    ("snr_m2", "f8"),  # snr = snr_m2 * rcs / range^4, in empty space
    ("frequency_hz", "f8"),
    ("threshold", "f8"),  # -ln(pfa)
    ("range_max_m", "f8"), ("range_min_m", "f8"), ("sin_low", "f8"), ("sin_high", "f8"),
    ("azimuth_rad", "f8"), ("half_sector_rad", "f8"),  # half sector pi: all round
    ("revisit_s", "f8"), ("phase_s", "f8"),
    ("range_error_m", "f8"), ("azimuth_error_rad", "f8"), ("elevation_error_rad", "f8"),
    ("detection", "f8"),  # Pd for which its range is stated
    ("false_plots", "f8"), ("id", "u8"), ("host_id", "u8"),
    ("swerling", "i8"), ("band", "i8"), ("network", "i8"), ("battery", "i8"), ("mask", "i8"), ("carrier", "i8"),
    ("air", "i8"),  # its table of what the air leaves of a range
    ("search", "i8"), ("up_now", "i8"), ("interrogator_works", "i8"), ("scans", "i8"),
    ("sees", "i8"),  # bit mask of classes it is made to look for
    ("lost", "i8"),  # destroyed or never available: no window brings it back
    ("wavelength_m", "f8"), ("blank_rad", "f8", (4, 2)), ("blanks", "i8"),  # sectors without emission, clockwise
    ("collects", "i8"),  # 1: another side's; it watches protected aircraft and tells nobody here
    # how it measures (compiler.plots); what the tracker reads too has the tracker's names
    ("kind", "i8"),  # of events.SENSOR_KINDS
    ("range_bias_sd_m", "f8"), ("azimuth_bias_sd_rad", "f8"), ("elevation_bias_sd_rad", "f8"),  # spread over radars
    ("offset", "f8", (3,)),  # this replication's bias: range, azimuth, elevation
    ("correlated_share", "f8"), ("correlation", "f8"), ("correlation_scans", "i8"),  # from one scan to the next
    ("rate_error_m_s", "f8"),  # 0: no range rate
    ("range_cell_m", "f8"), ("azimuth_cell_rad", "f8"), ("elevation_cell_rad", "f8"),  # range 0: all are told apart
    ("clutter_plots", "f8"),  # the mean number a scan that clutter has in false_plots; the rest is noise
    ("clutter_m2", "f8"), ("clutter_reach_m", "f8"), ("clutter_height_m", "f8"),  # plots a scan for a m2 of land
    ("metres_per_row", "f8"), ("metres_per_col", "f8"),  # of the raster, at the radar
    ("sector_rad", "f8"), ("span_rad", "f8"), ("rate_span_m_s", "f8"),  # where false plots fall
    ("hear_m2", "f8"),  # passive: snr = hear_m2 / range^2 of an emitter
    ("secondary", "i8"), ("interrogator_m", "f8"), ("reply_probability", "f8"),  # bits 1 alliance, 2 civil modes
    ("height_error_m", "f8"),  # of told heights; 0: none are told
    ("assumed_height_m", "f8"), ("assumed_height_sd_m", "f8"),  # of what a 2-D radar sees
    # how noise enters it (compiler.jamming): J/N = erp_w jam_gain / (range^2 bandwidth), times the beam's pattern
    ("jam_gain", "f8"), ("noise_hz", "f8"), ("beam_azimuth_rad", "f8"), ("beam_elevation_rad", "f8"),
    ("side_lobe", "f8"),  # a share of the main lobe's gain
    ("jams", "i8"), ("jam", "f8", (MOST_JAMMERS, 3)),  # heard at this scan: azimuth, elevation, J/N in the main lobe
    # when it transmits (compiler.emission): up_now = planned and not hushed and not lost
    ("planned", "i8"), ("hushed", "i8"), ("quiet_s", "f8"),  # since when it is silent
    ("cue_m", "f8"), ("ambush_m", "f8"), ("linger_s", "f8"), ("wanted_s", "f8"),  # 0: no rule; last reason to be on
    ("shutdown_m", "f8"), ("shutdown_m_s", "f8"), ("resume_s", "f8"), ("threat_s", "f8"),  # last reason for silence
    ("error_snr", "f8"),  # signal to noise from which its errors are those stated
)  # fmt: skip

BATTERY: Final = record(
    ("pos_m", "f8", (3,)), ("height_m", "f8"), ("available", "f8"),
    ("reaction_s", "f8", (3,)), ("order_s", "f8", (3,)), ("assess_s", "f8", (3,)),  # low, mode, high
    ("kill_called_miss", "f8"), ("miss_called_kill", "f8"),
    ("decision_interval_s", "f8"), ("salvo_interval_s", "f8"), ("min_kill", "f8"), ("self_defence_m", "f8"),
    ("reach_m", "f8"), ("from_s", "f8"), ("until_s", "f8"), ("id", "u8"),
    ("network", "i8"), ("carrier", "i8"), ("first_radar", "i8"), ("radars", "i8"), ("first_store", "i8"),
    ("stores", "i8"), ("channels", "i8"), ("channels_used", "i8"), ("guided", "i8"), ("guided_used", "i8"),
    ("salvo", "i8"), ("look", "i8"),  # look 1: shoot, look, shoot
    ("max_shots", "i8"), ("engages", "i8"), ("free_engages", "i8"), ("classes", "i8"),  # bit masks
    ("weapon_control", "i8"),  # -1: the phase's
    ("centre", "i8"),  # 1: waits for the centre's order
    ("up_now", "i8"), ("reserve", "i8"), ("protects", "i8"), ("lost", "i8"),
    ("post", "i8"), ("fallen", "i8"),  # fallen: the rule it follows while it is cut off, 0 none
    ("salvo_next", "i8"), ("ripple", "i8"), ("when", "i8"),  # of FIRE_WHEN
    ("beyond_m", "f8"), ("within_m", "f8"), ("share", "f8"),  # gates: way of a missile, and its share of the reach
    ("zones", "i8"),  # bit mask of the zones it keeps to
    ("decided_s", "f8"),  # when it last took part in a decision of its whole network
    ("suppressed_s", "f8"), ("back_s", "f8"),  # out of the fight for so long after an attack, and until when now
    ("dry_silent", "i8"),  # 1: its radars are off once its missiles are spent
)  # fmt: skip

FIRE_WHEN: Final = ("earliest", "best-kill", "last-moment")
FIRE_EARLIEST, FIRE_BEST, FIRE_LAST = range(3)

FLYOUT: Final = (16, 9)  # ranges 1/16 to 16/16 of the greatest, altitudes 0/8 to 8/8 of the highest
STORE: Final = record(
    ("range_m", "f8"), ("range_min_m", "f8"), ("range_ballistic_m", "f8"), ("height_min_m", "f8"),
    ("height_max_m", "f8"), ("speed_m_s", "f8"), ("target_speed_max_m_s", "f8"), ("kill", "f8", (5,)),  # by class
    ("unit_cost_usd", "f8"), ("reload_s", "f8"),
    ("weapon", "i8"), ("left", "i8"), ("ready", "i8"), ("capacity", "i8"), ("reloading", "i8"),
    ("rank", "i8", (5,)),  # preference by class, the least first; -1: not for this class
    ("flyout", "i8"), ("mean_m_s", "f8", FLYOUT),  # 1: mean speed by ground range and altitude of the meeting
)  # fmt: skip

ASSIGNMENTS: Final = ("first-come", "greedy", "exact")
FIRST_COME, GREEDY, EXACT = range(3)

NETWORK: Final = record(
    ("declare_s", "f8", (3,)), ("declaration_error", "f8"), ("id", "u8"),
    ("military", "i8"), ("national", "i8"), ("civil", "i8"),  # interrogation modes it has
    ("correlates", "i8"),  # matches reports with its own tracks
    ("corridors", "i8"), ("plans", "i8"), ("order", "i8"),  # what it knows: airways, flight plans, airspace order
    ("coordinates", "i8"), ("coordination_s", "f8"),  # its batteries tell each other what they engage, this late
    ("assignment", "i8"), ("urgency_half_s", "f8"),  # of ASSIGNMENTS; time to impact that halves a threat
)  # fmt: skip

LINK: Final = record(
    ("latency_s", "f8", (3,)),  # low, mode, high
    ("registration_m", "f8"),  # how far the two ends' frames may lie apart, standard deviation by axis
    ("update_s", "f8"), ("loss", "f8"), ("id", "u8"),
    ("sender", "i8"), ("receiver", "i8"), ("tracks", "i8"), ("identity", "i8"),  # what it carries
    ("capacity", "i8"), ("remote_cue", "i8"), ("relays", "i8"), ("up_now", "i8"),
    ("next", "i8"),  # where the next turn begins when not all tracks fit into one
    ("shut", "i8"), ("cut", "i8"),  # why it is not up: by plan, by noise
)  # fmt: skip

POST: Final = record(
    ("latency_s", "f8", (3,)), ("loss", "f8"),  # of its link to the superior, each way
    ("decision_s", "f8", (3,)), ("one_way_s", "f8"),  # nominal time up to its authority
    ("repeat_s", "f8"), ("beat_s", "f8"), ("lost_after_s", "f8"), ("fall_s", "f8"), ("return_s", "f8"),
    ("heard_s", "f8"),  # the last heartbeat
    ("id", "u8"),
    ("superior", "i8"), ("authority", "i8"), ("network", "i8"), ("over", "i8"),  # over: the data link that carries it
    ("operators", "i8"), ("busy", "i8"), ("exponential", "i8"),
    ("rule", "i8"), ("listens", "i8"),  # listens 1: a battery of its own waits for orders
    ("fallen", "i8"), ("shifting", "i8"), ("shift", "i8"),  # a change of `fallen` that is under way, and its number
    ("up_now", "i8"),  # its link: 0 while it is out, by plan, by jamming or for good
    ("lost", "i8"),  # the post itself is destroyed
)  # fmt: skip
FALL_NONE, FALL_AUTONOMOUS, FALL_HOLD, FALL_SELF_DEFENCE, FALL_LAST_ORDER = range(5)

ASSET: Final = record(
    ("pos_m", "f8", (3,)), ("value", "f8"), ("left", "f8"), ("id", "u8"), ("battery", "i8"), ("radar", "i8"),
    ("post", "i8"),
)  # fmt: skip

PHASE: Final = record(("from_s", "f8"), ("prior", "f8", (3,)), ("weapon_control", "i8"))

CORRIDOR: Final = record(  # one straight leg; knows its half width and its floor and ceiling
    ("row0", "f8"), ("col0", "f8"), ("row1", "f8"), ("col1", "f8"), ("half_width_m", "f8"),
    ("floor_m", "f8"), ("ceiling_m", "f8"), ("lane", "i8"),
)  # fmt: skip

ZONE: Final = record(  # air with a weapon control status of its own; corners are rows of the corner table
    ("floor_m", "f8"), ("ceiling_m", "f8"), ("first", "i8"), ("last", "i8"), ("weapon_control", "i8"),
    ("classes", "i8"), ("phases", "i8"), ("priority", "i8"),  # bit masks of classes and phases
)  # fmt: skip

WINDOW: Final = record(("time_s", "f8"), ("kind", "i8"), ("row", "i8"), ("up", "i8"))  # something goes up or down
W_RADAR, W_BATTERY, W_LINK, W_ORDERS = range(4)

JAMMER: Final = record(  # noise from one mover
    ("erp_w", "f8"), ("bandwidth_hz", "f8"), ("on_s", "f8", (8, 2)), ("windows", "i8"),  # no window: always
    ("mover", "i8"), ("bands", "i8"),  # bit mask of BANDS
)  # fmt: skip

RADIO: Final = record(  # the receiver of a link that goes by radio
    ("pos_m", "f8", (3,)), ("row", "f8"), ("col", "f8"), ("height_m", "f8"),
    ("signal", "f8"),  # transmitted power times gain over range^2, W/m2
    ("bandwidth_hz", "f8"), ("most", "f8"),  # J/S above which nothing gets through
    ("link", "i8"), ("band", "i8"),
)  # fmt: skip

RULES: Final = record(  # one row: what holds for the whole run
    ("end_s", "f8"), ("gate", "f8"), ("process_noise", "f8"), ("drop_s", "f8"), ("coast_s", "f8"),
        ("ballistic_speed_m_s", "f8"), ("ballistic_above_m", "f8"),
    ("low_m", "f8"), ("fast_m_s", "f8"), ("review_s", "f8"), ("told_trust", "f8"), ("track_log_s", "f8"),
    ("error_half_m", "f8"), ("correlation_m", "f8"),
    ("hostile", "f8"), ("suspect", "f8"), ("friend", "f8"), ("assumed_friend", "f8"), ("neutral", "f8"),
    ("centre_m", "f8", (3,)), ("east", "f8", (3,)), ("north", "f8", (3,)), ("half_east_m", "f8"),
    ("half_north_m", "f8"), ("metres_per_row", "f8"), ("metres_per_col", "f8"), ("dem_max_m", "f8"),
    ("confirm_hits", "i8"), ("confirm_scans", "i8"), ("models", "i8"), ("fast", "i8"), ("detail", "i8"),
    ("transponder_failure", "f8"), ("civil_failure", "f8"), ("interrogator_failure", "f8"), ("wrong_code", "f8"),
    ("formation_m", "f8"), ("formation_speed_m_s", "f8"), ("formation_cos", "f8"), ("formation", "i8"),
    ("edge_loss", "f8"), ("edge_from", "f8"), ("manoeuvre_half_m_s2", "f8"),  # inf: no loss by manoeuvre
)  # fmt: skip

Columns = Mapping[str, np.ndarray]


@final
@dataclass(frozen=True)
class System:
    """A compiled scenario. `tables` are what the bundle keeps of it: objects, routes, assumptions, reach, terrain."""

    name: str
    alternative: str
    sha256: str
    movers: np.ndarray
    vertices: np.ndarray  # (n, 8) float64
    radars: np.ndarray
    sensors: np.ndarray  # the same radars as the tracker knows them
    masks: np.ndarray  # (masks, rows, columns) int16, m above sea level
    airs: np.ndarray  # (tables, ranges, heights) share of a range that the air leaves: `physics.air`
    dem: np.ndarray  # (rows, columns) float32, m above sea level
    batteries: np.ndarray
    stores: np.ndarray
    networks: np.ndarray
    links: np.ndarray
    posts: np.ndarray
    assets: np.ndarray
    phases: np.ndarray
    corridors: np.ndarray
    windows: np.ndarray
    origin: np.ndarray  # (n, 2) latitude, longitude in mask rows and columns; hostile origin polygon
    likelihoods: np.ndarray  # (evidence, 3) P(evidence | class)
    rules: np.ndarray  # (1,)
    tracking: np.ndarray  # (1,) how plots become tracks
    attitudes: np.ndarray  # (n, 4) of protected aircraft: time, heading (not folded), pitch, bank, rad
    zones: np.ndarray
    corners: np.ndarray  # (n, 2) raster rows and columns, of all zones
    grid: np.ndarray  # (4,) north, west, step latitude, step longitude of the raster, rad
    jammers: np.ndarray = field(default_factory=lambda: np.zeros(0, JAMMER))
    radios: np.ndarray = field(default_factory=lambda: np.zeros(0, RADIO))
    tables: Mapping[str, Columns] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    terrain_meta: Mapping[str, float] = field(default_factory=dict)
