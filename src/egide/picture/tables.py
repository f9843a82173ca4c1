"""The tables of a picture.

plot     one detection of one scan; time_s may be carried on to a later track's time, seen_s stays the beam's
seed     a plot that no track took; two of one radar's seeds that fit a possible flight start a track
track    what a network believes of one object; tentative until enough scans confirm it
report   a track as told over a link
own      identity that this network would declare on its own evidence alone: what it tells others
remote   a track known by reports alone: no radar of this network has seen it
"""

from __future__ import annotations

from typing import Final

from egide.compiler.system import record

FREE, TENTATIVE, FIRM = range(3)

PLOT_BUFFER: Final = record(
    ("time_s", "f8"), ("pos_m", "f8", (3,)), ("range_m", "f8"), ("azimuth_rad", "f8"), ("elevation_rad", "f8"),
    ("snr", "f8"), ("height_m", "f8"), ("seen_s", "f8"), ("key", "u8"), ("mover", "i8"), ("track", "i8"),
)  # fmt: skip

SEED: Final = record(
    ("time_s", "f8"), ("pos_m", "f8", (3,)), ("height_m", "f8"), ("key", "u8"), ("mover", "i8"), ("age", "i8")
)

TRACK: Final = record(
    ("time_s", "f8"), ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)),
    ("pp", "f8", (3, 3)), ("pv", "f8", (3, 3)), ("vv", "f8", (3, 3)),  # covariance by blocks, m and m/s
    ("start_s", "f8"), ("hit_s", "f8"), ("log_s", "f8"), ("identity_s", "f8"), ("told_s", "f8"),
    ("killed_s", "f8"),  # when somebody here called it killed; -inf: never
    ("confirm_by_s", "f8"), ("p", "f8", (3,)),  # posterior: friend, neutral, hostile
    ("key", "u8"),  # name hash of the object first seen, or of the false plot: names the draws
    ("number", "i8"), ("mover", "i8"), ("state", "i8"), ("hits", "i8"), ("identity", "i8"), ("evidence", "i8"),
    ("own", "i8"), ("told", "i8"), ("told_by", "i8"), ("remote", "i8"), ("radar", "i8"), ("engaged_by", "i8"),
    ("engagements", "i8"), ("origin", "i8"), ("next", "i8"),
)  # fmt: skip

KNOWN: Final = record(  # what a link remembers of one of its sender's tracks
    ("told_s", "f8"),  # when it was last told
    ("sender", "i8"), ("receiver", "i8"),  # track numbers; another number in the row is another track
    ("slot", "i8"),  # the receiver's row it was matched to, -1 for none
    ("claimed_s", "f8"), ("claimed", "i8"),  # by the receiver's row: when this link last matched it, and its number
)  # fmt: skip

REPORT: Final = record(
    ("sent_s", "f8"), ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)), ("sigma_m", "f8"), ("key", "u8"),
    ("row", "i8"), ("number", "i8"), ("identity", "i8"), ("mover", "i8"), ("lost", "i8"), ("origin", "i8"),
)  # fmt: skip
