"""Closed forms of doctrine and saturation against shots and arrivals simulated one by one, and against laws."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egide.analysis import doctrine, saturation

CHANCE = st.floats(0.01, 0.99)


def test_two_stages_agree_with_shots_fired_one_by_one():
    rng, n = np.random.default_rng(1), 200_000
    p, first, second, recognised = 0.6, 2, 3, 0.8
    missed = (rng.random((n, first)) > p).all(axis=1)
    again = missed & (rng.random(n) < recognised)
    killed = ~missed | (again & (rng.random((n, second)) < p).any(axis=1))
    shots = first + second * again
    kill, expected = doctrine.two_stages(p, first, second, recognised)
    assert killed.mean() == pytest.approx(kill, abs=4.0 * killed.std() / math.sqrt(n))
    assert shots.mean() == pytest.approx(expected, abs=4.0 * shots.std() / math.sqrt(n))


def test_leakers_agree_with_warheads_drawn_one_by_one():
    rng, n, warheads = np.random.default_rng(2), 50_000, 6
    tracked = rng.random((n, warheads)) < 0.9
    stopped = tracked & (rng.random((n, warheads, 2)) < 0.7).any(axis=2)
    through = warheads - stopped.sum(axis=1)
    for k in range(4):
        expected = doctrine.leak(k, warheads, 0.7, 2, 0.9)
        assert (through == k).mean() == pytest.approx(expected, abs=4.0 * math.sqrt(expected / n))
    assert through.mean() == pytest.approx(doctrine.leakers(warheads, 0.7, 2, 0.9), abs=0.02)


@pytest.mark.parametrize("constant", [True, False])
def test_erlang_b_agrees_with_a_stream_whatever_the_busy_time_looks_like(constant: bool):
    rng, n, channels, offered = np.random.default_rng(3), 200_000, 6, 4.0
    arrive = np.cumsum(rng.exponential(1.0 / offered, n))
    busy = np.ones(n) if constant else rng.exponential(1.0, n)
    ends: list[float] = []
    lost = 0
    for at, long in zip(arrive.tolist(), busy.tolist(), strict=True):
        while ends and ends[0] <= at:
            heapq.heappop(ends)
        if len(ends) == channels:
            lost += 1
        else:
            heapq.heappush(ends, at + long)
    assert lost / n == pytest.approx(saturation.erlang_b(offered, channels), abs=0.004)


def test_engset_agrees_with_sources_that_come_back():
    rng, sources, channels, ratio = np.random.default_rng(4), 8, 3, 0.5
    queue = [(float(rng.exponential(1.0 / ratio)), k, False) for k in range(sources)]
    heapq.heapify(queue)
    busy = came = lost = 0
    while came < 150_000:
        at, k, ends = heapq.heappop(queue)
        if ends:
            busy -= 1
            heapq.heappush(queue, (at + float(rng.exponential(1.0 / ratio)), k, False))
            continue
        came += 1
        if busy == channels:
            lost += 1
            heapq.heappush(queue, (at + float(rng.exponential(1.0 / ratio)), k, False))
        else:
            busy += 1
            heapq.heappush(queue, (at + float(rng.exponential(1.0)), k, True))
    assert lost / came == pytest.approx(saturation.engset_loss(sources, channels, ratio), abs=0.006)


@given(CHANCE, st.integers(1, 6))
def test_one_more_shot_never_raises_leakage(p: float, n: int):
    assert doctrine.leakers(5, p, n + 1, 0.9) <= doctrine.leakers(5, p, n, 0.9)


@given(CHANCE, st.integers(1, 5), st.integers(0, 5))
def test_looking_kills_as_often_as_a_salvo_and_never_costs_more(p: float, first: int, second: int):
    kill, shots = doctrine.two_stages(p, first, second)
    assert kill == pytest.approx(doctrine.salvo_kill(p, first + second), rel=1e-12)
    assert shots <= first + second + 1e-12


@given(CHANCE, st.integers(1, 12))
def test_the_chances_of_leakers_add_up_to_one(p: float, warheads: int):
    assert sum(doctrine.leak(k, warheads, p, 2) for k in range(warheads + 1)) == pytest.approx(1.0)


@given(st.integers(1, 40), st.floats(0.5, 0.95), st.floats(0.3, 0.95))
def test_the_shots_needed_give_the_confidence_asked_for(warheads: int, confidence: float, p: float):
    n = doctrine.shots_needed(warheads, confidence, p)
    assert doctrine.none_leaks(warheads, p, n) == pytest.approx(confidence, rel=1e-9)


def test_more_shots_cannot_make_up_for_warheads_that_nobody_tracks():
    assert doctrine.shots_needed(20, 0.8, 0.7, 0.9) == math.inf


@given(st.floats(0.1, 50.0), st.integers(1, 60))
def test_one_more_channel_never_raises_the_loss_and_the_recursion_holds(offered: float, channels: int):
    before, after = saturation.erlang_b(offered, channels - 1), saturation.erlang_b(offered, channels)
    assert after <= before
    assert after == pytest.approx(offered * before / (channels + offered * before), rel=1e-9)


@given(st.floats(0.2, 40.0), st.floats(0.001, 0.5))
def test_channels_for_a_loss_give_that_loss(offered: float, loss: float):
    assert saturation.erlang_b(offered, saturation.channels_for_loss(offered, loss)) == pytest.approx(loss, rel=1e-6)


def test_sides_that_stop_everything_lose_nothing():
    calm = doctrine.salvo_exchange(2, 2, fires_a=1, fires_b=1, stops_a=3, stops_b=3, stays_a=1, stays_b=1)
    assert (calm.lost_a, calm.lost_b) == (0.0, 0.0)
    assert math.isnan(calm.ratio)


def test_a_probability_is_one():
    for call in (
        lambda: doctrine.salvo_kill(1.2, 2),
        lambda: doctrine.warhead_kill(0.5, 2, -0.1),
        lambda: doctrine.two_stages(0.5, 1, 1, math.nan),
        lambda: saturation.channels_for_loss(3.0, 0.0),
        lambda: saturation.erlang_b(-1.0, 2),
    ):
        with pytest.raises(ValueError, match="write"):
            call()
