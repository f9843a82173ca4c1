"""Busy channels in the engine against queueing theory: Erlang's and Engset's loss, with the queue itself beside."""

from __future__ import annotations

import heapq

import numpy as np
from tests.unit.engine.fight import perfect, stream

from egide.analysis.saturation import engset_loss, erlang_b
from egide.compiler import System
from egide.simulate import simulate

ASSESS_S, CHANNELS = 240.0, 4
IN_REACH_S = 364.0  # from a target's start to where it comes into reach
LIFE_S = IN_REACH_S + 1.7  # it is gone after one decision, two at most: who finds no channel is lost


def battery_of(channels: int) -> System:
    """One battery that takes each target once, and holds a channel for the flight and the assessment."""

    def change(tree):
        spread = {"value": f"{ASSESS_S} s", "low": f"{ASSESS_S} s", "high": f"{ASSESS_S} s"}
        tree["overrides"]["general/command"]["assessment_delay"] = spread

    system = perfect(change)
    system.batteries["channels"], system.batteries["guided"] = channels, 1_000
    system.stores["left"] = system.stores["ready"] = system.stores["capacity"] = 1_000_000
    return system


def engaged(system: System, times_s: np.ndarray) -> np.ndarray:
    tables = simulate(stream(system, times_s, LIFE_S), 1, 0, 0)
    return tables["outcomes"]["shots"] > 0


def busy_s(system: System) -> float:
    """How long one engagement holds its channel."""
    shots = simulate(stream(system, np.array([10.0]), LIFE_S), 1, 0, 0)["shots"]
    return float(shots["meet_s"][0] - shots["launch_s"][0]) + ASSESS_S


def within(lost: np.ndarray, expected: float) -> bool:
    """Whether a share of losses lies in its 99.7 % interval, from the spread of thirty batches."""
    parts = np.array([part.mean() for part in np.array_split(lost.astype(float), 30)])
    return bool(abs(parts.mean() - expected) <= 3.0 * parts.std(ddof=1) / np.sqrt(len(parts)))


def test_a_stream_of_targets_finds_every_channel_busy_as_often_as_erlang_says():
    system = battery_of(CHANNELS)
    offered = 2.5
    gaps_s = np.random.default_rng(5).exponential(busy_s(system) / offered, 1_500)
    lost = ~engaged(system, 10.0 + np.cumsum(gaps_s))
    assert within(lost, float(erlang_b(offered, CHANNELS)))


def test_a_finite_raid_whose_sources_come_back_is_lost_as_often_as_engset_says():
    """Eight raiders: each comes again a while after it was taken or passed. The script is that of the queue."""
    system = battery_of(CHANNELS)
    service_s, sources, ratio = busy_s(system), 8, 0.6
    draw = np.random.default_rng(9)
    calls = [(float(draw.exponential(service_s / ratio)), k) for k in range(sources)]
    heapq.heapify(calls)
    ends: list[float] = []
    times: list[float] = []
    refused: list[bool] = []
    while len(times) < 1_500:
        at_s, source = heapq.heappop(calls)
        ends = [end for end in ends if end > at_s]
        full = len(ends) >= CHANNELS
        times.append(10.0 + at_s)
        refused.append(full)
        if not full:
            ends.append(at_s + service_s)
        free_s = at_s if full else at_s + service_s
        heapq.heappush(calls, (free_s + float(draw.exponential(service_s / ratio)), source))
    lost = ~engaged(system, np.array(times))
    assert np.mean(lost != np.array(refused)) < 0.02  # a decision a second after a channel came free takes it
    assert within(lost, float(engset_loss(sources, CHANNELS, ratio)))
