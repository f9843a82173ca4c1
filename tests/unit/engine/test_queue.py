"""The queue of events."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from egide.engine import queue


@given(st.lists(st.sampled_from([0.0, 1.0, 1.5, 2.0, 7.25, 100.0]), max_size=60))
def test_events_come_out_by_time_and_ties_in_the_order_they_were_booked(times: list[float]):
    heap, count = np.zeros(64, queue.EVENT), np.zeros(queue.COUNTERS, np.int64)
    for number, time_s in enumerate(times):
        queue.push(heap, count, time_s, number % 7, number, 2 * number, 3)
    out = [queue.pop(heap, count) for _ in times]
    expected = sorted(range(len(times)), key=lambda i: (times[i], i))
    assert [(row[0], row[2]) for row in out] == [(times[i], i) for i in expected]
    assert count[queue.C_QUEUE] == 0


def test_pushing_while_popping_keeps_the_order():
    heap, count = np.zeros(64, queue.EVENT), np.zeros(queue.COUNTERS, np.int64)
    queue.push(heap, count, 5.0, 0, 0, 0, 0)
    queue.push(heap, count, 1.0, 0, 1, 0, 0)
    assert queue.pop(heap, count)[2] == 1
    queue.push(heap, count, 3.0, 0, 2, 0, 0)
    queue.push(heap, count, 5.0, 0, 3, 0, 0)
    assert [queue.pop(heap, count)[2] for _ in range(3)] == [2, 0, 3]
