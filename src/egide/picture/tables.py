"""The tables of a picture.

plot     one detection of one scan; time_s may be carried on to a later track's time, seen_s stays the beam's
seed     a plot that no track took; two of one radar's seeds that fit a possible flight start a track
track    what a network believes of one object; tentative until enough scans confirm it
report   a track as told over a link: the evidence of one network's sensors, by whatever way it came
own      identity that this network would declare on its own evidence alone: what it tells others
remote   a track known by reports alone: no radar of this network has seen it
change   that a track began, was confirmed, dropped (it was firm) or given up (it never was)
sensor   what the tracker knows of whoever made the plots: kind, place, errors, how many are false
mode     one model of motion of a track (egide.picture.modes_kernels)
score    logarithm of the odds that a track is of a real object (Blackman and Popoli 1999, 6.2)
"""

from __future__ import annotations

from typing import Final

from egide.events import codes
from egide.record import record

FREE, TENTATIVE, FIRM = range(3)

PLOT: Final = record(  # and a seed, which is a plot that is kept: one kind of row for both
    ("time_s", "f8"), ("pos_m", "f8", (3,)), ("range_m", "f8"), ("azimuth_rad", "f8"), ("elevation_rad", "f8"),
    ("snr", "f8"), ("height_m", "f8"), ("seen_s", "f8"), ("key", "u8"), ("mover", "i8"), ("track", "i8"),
    ("axes", "f8", (3, 3)), ("variance", "f8", (3,)),  # rows: directions in which its errors are independent
    ("cell", "i8", (3,)), ("next", "i8"),  # in the hash of cells
    ("rate_m_s", "f8"),  # of the range; read where the sensor has an error of it
    ("signal", "i8"), ("objects", "i8"),  # bits of events.SIGNALS; how many objects are in it
    ("rows", "i8"),  # 3: a place; less: range and azimuth, or angles, alone
    ("age", "i8"),  # of a seed, in scans of its sensor
    ("extra", "f8"),  # variance of its errors beyond what its sensor states, as a share of that
)  # fmt: skip

BELIEF: Final = record(  # a track with all that its models believe; the first lines are their mixture
    ("state", "i8"), ("far_m", "f8"),  # beside what every scan asks of every track; gate_kernels
    ("time_s", "f8"), ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)),
    ("pp", "f8", (3, 3)), ("pv", "f8", (3, 3)), ("vv", "f8", (3, 3)),  # covariance by blocks, m and m/s
    ("start_s", "f8"), ("hit_s", "f8"), ("log_s", "f8"), ("identity_s", "f8"), ("told_s", "f8"),
    ("killed_s", "f8"),  # when somebody here called it killed; -inf: never
    ("confirm_by_s", "f8"), ("p", "f8", (3,)),  # posterior: friend, neutral, hostile
    ("key", "u8"),  # name hash of the object first seen, or of the false plot: names the draws
    ("number", "i8"), ("mover", "i8"), ("hits", "i8"), ("identity", "i8"), ("evidence", "i8"),
    ("own", "i8"), ("told", "i8"), ("told_by", "i8"), ("remote", "i8"), ("radar", "i8"), ("engaged_by", "i8"),
    ("engagements", "i8"), ("origin", "i8"),
    ("solo_p", "f8", (3,)), ("mate", "i8"),  # posterior without formation and told identity; track of its formation
    ("own_s", "f8"), ("until_s", "f8"), ("heard_n", "i8"), ("told_of", "i8"), ("pedigree", "i8"),  # fuse_kernels
    ("borrowed_s", "f8"), ("borrowed", "i8"),  # until when an own track counts as resting on others, and on whom
    ("score", "f8"), ("misses", "i8"), ("scans", "i8"),  # misses since the last hit; scans of its radar while tentative
    ("strays", "i8"),  # false plots since the last plot of an object
    ("mode_p", "f8", (3,)), ("mode_mean", "f8", (3, 7)), ("mode_cov", "f8", (3, 7, 7)),
    ("killed_by", "i8"),  # the battery that called it killed last
    ("other", "i8"), ("judged", "i8"),  # identity of the operator's other branch; the object that was last judged
    ("chance_s", "f8"), ("chance_by", "i8"), ("chances", "i8"),  # engine.chance: waiting, battery plus one, branches
)  # fmt: skip

CHANGE: Final = record(("row", "i8"), ("number", "i8"), ("what", "i8"))  # what a scan did to a track
BEGUN, CONFIRMED, DROPPED, GIVEN_UP = codes(4)

RADAR_3D, RADAR_2D, DIRECTION, BEARING, PLACE = range(5)  # kinds of sensor
LIVE, FOUND, CHOICE, ROW_OF, CAME, REACHED, DONE, FIRST = range(8)  # rows of a scan's scratch of whole numbers
U, V, CHEAPEST = range(3)  # and of real ones

SENSOR: Final = record(  # for angles: azimuth from north to the east, elevation above the horizon, at the sensor
    ("pos_m", "f8", (3,)), ("east", "f8", (3,)), ("north", "f8", (3,)), ("up", "f8", (3,)),
    ("range_error_m", "f8"), ("azimuth_error_rad", "f8"), ("elevation_error_rad", "f8"),  # standard deviations
    ("rate_error_m_s", "f8"),  # of the rate of range; 0: it measures none
    ("height_error_m", "f8"),  # of heights told beside a 2-D plot or place; 0: none are told
    ("range_bias_m", "f8"), ("azimuth_bias_rad", "f8"), ("elevation_bias_rad", "f8"),  # known: taken off
    ("range_bias_sd_m", "f8"), ("azimuth_bias_sd_rad", "f8"), ("elevation_bias_sd_rad", "f8"),  # unknown: to noise
    ("revisit_s", "f8"), ("range_max_m", "f8"), ("detection", "f8"),  # probability of a plot in cover
    ("false_plots", "f8"), ("sector_rad", "f8"), ("span_rad", "f8"), ("rate_span_m_s", "f8"),  # and where they fall
    ("id", "u8"), ("kind", "i8"), ("seeds", "i8"),
    ("extra", "f8"),  # the greatest `extra` among the plots of this scan
)  # fmt: skip

TRACKING: Final = record(  # one row: how tracks are kept
    ("gate", "f8"), ("noise", "f8", (3,)), ("turn_sd_rad_s", "f8"), ("turn_life_s", "f8"), ("turn_most_rad_s", "f8"),
    ("stay_s", "f8", (3,)), ("turn_to", "f8", (3, 3)), ("start_p", "f8", (3,)), ("spin_rad_s", "f8"),
    ("ballistic_speed_m_s", "f8"), ("ballistic_above_m", "f8"),
    ("level_speed_sd_m_s", "f8"), ("climb_sd_m_s", "f8"), ("fast_m_s", "f8"), ("rocket_m_s", "f8"), ("high_m", "f8"),
    ("assumed_height_m", "f8"), ("assumed_height_sd_m", "f8"),
    ("new_share", "f8"), ("begin_score", "f8"), ("confirm_score", "f8"), ("most_score", "f8"), ("drop_score", "f8"),
    ("drop_s", "f8"), ("drop_sd_m", "f8"), ("models", "i8"), ("confirm_hits", "i8"), ("confirm_scans", "i8"),
    ("seed_scans", "i8"),
)  # fmt: skip

SPOTS: Final = 1024  # a power of two

WORK: Final = record(  # scratch of one picture's filters
    ("means", "f8", (3, 7)), ("covs", "f8", (3, 7, 7)), ("share", "f8", (3, 3)), ("f", "f8", (6, 7)),
    ("t", "f8", (7, 7)), ("row", "f8", (4, 6)), ("residual", "f8", (4,)), ("variance", "f8", (4,)),
    ("gain", "f8", (7,)), ("log", "f8", (3,)), ("s", "f8", (4, 4)), ("solved", "f8", (4,)),
    ("log_p", "f8", (3,)),  # logarithms of a track's mode_p
    ("spots", "i1", (SPOTS,)),  # gate_kernels: coarse cells with a plot in or beside them, by hash
)  # fmt: skip

_STATE = (
    ("time_s", "f8"), ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)), ("pp", "f8", (3, 3)), ("pv", "f8", (3, 3)),
    ("vv", "f8", (3, 3)),
)  # fmt: skip

KNOWN: Final = record(  # what a link remembers of having told, by source and the sender's row
    ("told_s", "f8"), ("said_s", "f8"),  # when it was last told; when the source had said what was passed on
    ("number", "i8"),  # the sender's track, plus one; another number in the row is another track; 0: none
)  # fmt: skip

PLACED: Final = record(  # where a receiver put the reports of one source's track, by source and the source's row
    ("said_s", "f8"), ("named_s", "f8"),  # the newest state and identity that came of it
    ("number", "i8"), ("slot", "i8"),  # the source's track, plus one; the receiver's row, -1 for none
)  # fmt: skip

REPORT: Final = record(  # one network's own evidence on one object, under way, or as the receiver holds it
    *_STATE, ("sent_s", "f8"), ("said_s", "f8"),  # by the link's sender; by its source, whose sensors it rests on
    ("named_s", "f8"), ("arrived_s", "f8"), ("key", "u8"),
    ("source", "i8"), ("row", "i8"), ("number", "i8"),  # network, and its row and track
    ("pedigree", "i8"), ("placed", "i8"), ("named", "i8"),  # 1 where it carries a state, an identity
    ("identity", "i8"), ("mover", "i8"), ("origin", "i8"), ("lost", "i8"),
    ("holder", "i8"), ("link", "i8"), ("teller", "i8"),  # the receiver's track, plus one; links of state and identity
    ("slot", "i8"), ("made", "i8"), ("late", "i8"),  # what became of it
)  # fmt: skip
