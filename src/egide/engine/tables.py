"""State of a replication that is neither the System's nor a picture's.

engagement   one battery's business with one track, from the decision to the last assessment; it holds a fire channel;
             from_m is where its missiles left
"""

from __future__ import annotations

from typing import Final

from egide.record import record

ENGAGEMENT: Final = record(
    ("begun_s", "f8"), ("p_kill", "f8"), ("from_m", "f8", (3,)), ("battery", "i8"), ("network", "i8"), ("slot",
    "i8"), ("number", "i8"), ("store", "i8"), ("in_flight", "i8"), ("hit", "i8"), ("open", "i8"), ("salvos", "i8"),
    ("booked", "i8"),  # 1 while a launch of it is still to come
)  # fmt: skip
