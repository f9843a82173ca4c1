"""State of a replication that is neither the System's nor a picture's.

engagement   one battery's business with one track, from the decision to the last assessment; it holds a fire channel;
             from_m is where its missiles left
request      a battery's wish to fire at a track, on its way to the post that orders it, waiting there, or answered
standing     an order given: the post refuses others the same object while it lasts
memory       what a battery remembers of its requests for one track
"""

from __future__ import annotations

from typing import Final

from egide.record import record

ENGAGEMENT: Final = record(
    ("begun_s", "f8"), ("p_kill", "f8"), ("from_m", "f8", (3,)), ("battery", "i8"), ("network", "i8"), ("slot",
    "i8"), ("number", "i8"), ("store", "i8"), ("in_flight", "i8"), ("hit", "i8"), ("open", "i8"), ("salvos", "i8"),
    ("booked", "i8"),  # 1 while a launch of it is still to come
    ("closed_s", "f8"), ("request", "i8"), ("awaits", "i8"),  # request: row + 1; awaits 1: its order has not come
)  # fmt: skip

REQUEST: Final = record(
    ("asked_s", "f8"), ("urgent_s", "f8"),  # when the object could do harm
    ("withdrawn_s", "f8"),  # when the centre hears that it is pointless
    ("pos_m", "f8", (3,)), ("vel_m_s", "f8", (3,)), ("time_s", "f8"), ("variance_m2", "f8"), ("luck", "u8"),
    ("state", "i8"), ("turn", "i8"), ("post", "i8"), ("centre", "i8"), ("battery", "i8"), ("engagement", "i8"),
    ("network", "i8"), ("slot", "i8"), ("number", "i8"), ("mover", "i8"), ("attempt", "i8"), ("reason", "i8"),
    ("centre_slot", "i8"), ("centre_number", "i8"),  # the same object in the centre's own picture; -1: none
)  # fmt: skip
UNUSED, TRAVELS, WAITS, SERVED, ANSWERED, STANDS = range(6)  # states of a request

MEMORY: Final = record(
    ("again_s", "f8"), ("number", "i8"), ("attempts", "i8"), ("ordered", "i8"),  # number: of the track + 1
    ("waits", "i8"),  # 1: for an order about it
)  # fmt: skip
