"""Delays, ways and reliabilities of links, beside NetworkX and beside counting every state of every link."""

from __future__ import annotations

import itertools
import math
import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egide.picture import network

nodes = st.integers(0, 5)
delays = st.lists(st.tuples(nodes, nodes, st.floats(0.0, 10.0)), max_size=16)
chances = st.lists(st.tuples(nodes, nodes, st.floats(0.0, 1.0)), max_size=9)


def graph(links, directed: bool = True):
    """NetworkX keeps one link a pair: of several, the least."""
    made = nx.DiGraph() if directed else nx.Graph()
    made.add_nodes_from(range(6))
    for a, b, value in links:
        made.add_edge(a, b, weight=min(value, made.get_edge_data(a, b, {"weight": math.inf})["weight"]))
    return made


def counted(links, source, target, directed: bool) -> float:
    """The chance by looking at every state of every link."""
    total = 0.0
    for state in itertools.product((True, False), repeat=len(links)):
        made = nx.DiGraph() if directed else nx.Graph()
        made.add_nodes_from((source, target))
        made.add_edges_from((a, b) for (a, b, _), up in zip(links, state, strict=True) if up)
        if nx.has_path(made, source, target):
            total += math.prod(r if up else 1.0 - r for (_, _, r), up in zip(links, state, strict=True))
    return total


@given(delays, st.booleans())
def test_the_shortest_delay_is_that_of_networkx(links, directed: bool):
    delay, path = network.shortest_delay(links, 0, 5, directed=directed)
    try:
        expected = nx.dijkstra_path_length(graph(links, directed), 0, 5)
    except nx.NetworkXNoPath:
        expected = math.inf
    assert delay == pytest.approx(expected)
    if path:
        assert nx.path_weight(graph(links, directed), path, "weight") == pytest.approx(delay)


@given(st.lists(st.tuples(nodes, nodes, st.floats(1e-3, 1.0)), max_size=16))
def test_the_most_reliable_path_is_the_shortest_in_logarithms(links):
    best, path = network.most_reliable_path(links, 0, 5)
    lost = [(a, b, -math.log(r)) for a, b, r in links]
    try:
        expected = math.exp(-nx.dijkstra_path_length(graph(lost), 0, 5))
    except nx.NetworkXNoPath:
        expected = 0.0
    assert best == pytest.approx(expected)
    assert bool(path) == (expected > 0.0)


@settings(max_examples=40, deadline=None)
@given(chances, st.booleans())
def test_two_terminal_reliability_is_that_of_counting_every_state(links, directed: bool):
    assert network.two_terminal_reliability(links, 0, 5, directed=directed) == pytest.approx(
        counted(links, 0, 5, directed), abs=1e-12
    )


@given(chances)
def test_one_way_is_never_surer_than_all_ways_together(links):
    alone = network.most_reliable_path(links, 0, 5)[0]
    assert alone <= network.two_terminal_reliability(links, 0, 5) + 1e-12


def test_a_grid_of_fifteen_nodes_is_answered_and_a_full_graph_of_thirty_is_refused():
    grid = [(a, b, 0.9) for a, b in nx.grid_2d_graph(3, 5).edges]
    assert 0.9 < network.two_terminal_reliability(grid, (0, 0), (2, 4), directed=False) < 0.99
    full = [(a, b, 0.5) for a, b in itertools.combinations(range(30), 2)]
    with pytest.raises(ValueError, match="too large for an exact answer"):
        network.two_terminal_reliability(full, 0, 29, directed=False)


def test_a_queue_simulated_waits_as_long_as_the_formulas_say():
    draw = random.Random(12)
    for formula, service in (
        (network.mm1_delay_s, lambda mean: draw.expovariate(1.0 / mean)),
        (network.md1_delay_s, lambda mean: mean),
    ):
        mean, clock, free, total, count = 1024 / 9600, 0.0, 0.0, 0.0, 100_000
        for _ in range(count):
            clock += draw.expovariate(5.0)
            free = max(free, clock) + service(mean)
            total += free - clock
        assert total / count == pytest.approx(formula(5.0, 1024, 9600), rel=0.03)


def test_a_link_that_is_asked_for_more_than_it_carries_never_delivers():
    assert network.mm1_delay_s(10.0, 1000, 10_000) == math.inf
    assert network.md1_delay_s(10.0, 1000, 10_000) == math.inf
    assert network.mm1_delay_s(0.0, 1000, 10_000) == network.md1_delay_s(0.0, 1000, 10_000) == pytest.approx(0.1)


def test_an_idle_link_takes_its_way_its_bits_and_its_processing():
    assert network.link_delay_s(299_792_458.0, 1000, 500, 0.25) == pytest.approx(1.0 + 2.0 + 0.25)


def test_no_way_is_said_so():
    assert network.shortest_delay([("a", "b", 1.0)], "b", "a") == (math.inf, [])
    assert network.most_reliable_path([("a", "b", 1.0)], "b", "a") == (0.0, [])
    assert network.two_terminal_reliability([("a", "b", 1.0)], "b", "a") == 0.0
    assert network.two_terminal_reliability([], "a", "a") == 1.0


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_a_reliability_is_a_probability(value: float):
    with pytest.raises(ValueError, match="is a probability"):
        network.two_terminal_reliability([("a", "b", value)], "a", "b")


def test_a_delay_is_not_negative():
    with pytest.raises(ValueError, match="0 s or more"):
        network.shortest_delay([("a", "b", -1.0)], "a", "b")
