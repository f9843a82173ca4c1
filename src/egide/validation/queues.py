"""The engine's queue of orders by itself: Poisson requests at one centre, through the compiled events.

sojourn   from a request's arrival at the centre to the answer: waiting, and an operator's thought
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.compiler.system import LINK, POST, RULES
from egide.engine.command import ARRIVED, judge
from egide.engine.queue import C_QUEUE, C_REQUESTS, COUNTERS, EVENT, JUDGE, pop, push
from egide.engine.tables import ENGAGEMENT, REQUEST, TRAVELS
from egide.picture.tables import BELIEF
from egide.rng import make_key

__all__ = ["centre_of", "mean_sojourn_s", "sojourns_s"]

Array = np.ndarray[Any, Any]


def centre_of(operators: int, decision_s: tuple[float, float, float], exponential: bool) -> Array:
    """A centre that is its own authority: nothing is spent on the way."""
    post = np.zeros(1, POST)
    post["operators"], post["decision_s"], post["exponential"] = operators, decision_s, exponential
    post["network"], post["up_now"], post["id"] = -1, 1, 7
    return post


def sojourns_s(rate_s: float, centre: Array, n: int, seed: int) -> Array:
    """Times from arrival to answer of n Poisson requests, of random urgency."""
    draw = np.random.default_rng(seed)
    arrived = np.cumsum(draw.exponential(1.0 / rate_s, n))
    requests, queue, count = np.zeros(n, REQUEST), np.zeros(4 * n, EVENT), np.zeros(COUNTERS, np.int64)
    requests["state"], requests["withdrawn_s"], requests["asked_s"] = TRAVELS, math.inf, arrived
    requests["luck"], requests["urgent_s"] = draw.integers(1, 2**60, n), draw.uniform(0.0, 900.0, n) + arrived
    for i in range(n):
        push(queue, count, arrived[i], JUDGE, 0, i, ARRIVED)
    count[C_REQUESTS] = n
    links, engagements, rules = np.zeros(0, LINK), np.zeros(1, ENGAGEMENT), np.zeros(1, RULES)
    tracks, high, key = np.zeros((1, 1), BELIEF), np.zeros(1, np.int64), make_key(seed, 0, 0)
    done = np.full(n, math.nan)
    while count[C_QUEUE] > 0:
        time_s, kind, actor, subject, extra = pop(queue, count)
        if kind == JUDGE:
            judge(
                actor, subject, extra, centre, links, requests, engagements, tracks, high, rules[0], queue, key, time_s,
                count)  # fmt: skip
        else:
            done[subject] = time_s
    return np.asarray(done - arrived)


def mean_sojourn_s(
    operators: int, load: float, decision_s: tuple[float, float, float], exponential: bool, runs: int = 16
) -> float:
    """Mean over runs of 1 500 requests each, the first 300 left out; load: requests offered to an operator."""
    mean_s = decision_s[1] if exponential else sum(decision_s) / 3.0
    rate_s = load * operators / mean_s
    centre = centre_of(operators, decision_s, exponential)
    return float(np.mean([np.mean(sojourns_s(rate_s, centre.copy(), 1_500, seed)[300:]) for seed in range(runs)]))
