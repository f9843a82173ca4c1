"""What happens next: a binary heap of events, earliest first, ties in order of arrival.

event    time, sequence number, kind, actor and subject (row numbers), extra (a count or a second row)
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from egide.events import codes
from egide.jit import njit
from egide.record import record

Array = np.ndarray[Any, Any]

EVENT: Final = record(
    ("time_s", "f8"), ("sequence", "i8"), ("kind", "i8"), ("actor", "i8"), ("subject", "i8"), ("extra", "i8")
)

(
    WAYPOINT, ATTACK, PHASE, WINDOW, SCAN, TELL, ARRIVE, IDENTIFY, DECIDE, LAUNCH, MEET, ASSESS, RELOAD, SWEEP,
    ASK, JUDGE, ORDER, BEAT, HEED, SHIFT, EMIT, JAM,
) = codes(22)  # fmt: skip
NOBODY: Final[Any] = np.int64(0)  # an event's subject or extra that means nothing

# slots of the counter array that travels with the queue
(
    C_QUEUE, C_SEQUENCE, C_PLOTS, C_TRACKS, C_IDENTITIES, C_MESSAGES, C_DECISIONS, C_SHOTS, C_DAMAGES, C_REPORTS,
    C_PHASE, C_SCAN, C_LOOKS, C_EVENTS, C_ENGAGEMENTS, C_ASPECTS,
    C_COMMANDS, C_REQUESTS, C_TURNS, C_CHANCES, C_ASSIGNMENTS,
) = range(21)  # fmt: skip
COUNTERS: Final = 21


@njit
def earlier(a: Any, b: Any) -> bool:
    return bool(a.time_s < b.time_s or (a.time_s == b.time_s and a.sequence < b.sequence))


@njit
def push(queue: Array, count: Array, time_s: float, kind: int, actor: int, subject: int, extra: int) -> None:
    """Add an event. The caller has made sure of room."""
    i, sequence = count[C_QUEUE], count[C_SEQUENCE]
    count[C_QUEUE] += 1
    count[C_SEQUENCE] += 1
    while i > 0:
        parent = (i - 1) // 2
        if queue[parent].time_s <= time_s:  # an older event at the same time has the lower sequence number
            break
        queue[i] = queue[parent]
        i = parent
    row = queue[i]
    row.time_s, row.sequence, row.kind = time_s, sequence, kind
    row.actor, row.subject, row.extra = actor, subject, extra


@njit
def pop(queue: Array, count: Array) -> tuple[float, int, int, int, int]:
    """Take the earliest event: time, kind, actor, subject, extra."""
    first = queue[0]
    answer = (first.time_s, first.kind, first.actor, first.subject, first.extra)
    count[C_QUEUE] -= 1
    n = count[C_QUEUE]
    if n > 0:
        last = queue[n]
        i = 0
        while True:
            child = 2 * i + 1
            if child >= n:
                break
            if child + 1 < n and earlier(queue[child + 1], queue[child]):
                child += 1
            if not earlier(queue[child], last):
                break
            queue[i] = queue[child]
            i = child
        queue[i] = last
    return answer
