"""What a network of links can do: how late, how surely, by which way.

link          one way from one node to another, with its delay or its reliability; (from, to, value)
delay         seconds that a message takes over a link, or over a chain of links
reliability   chance that a link is up; links fail independently of each other
load          messages a second over messages a second that the link could carry

Graphs are small: tens of nodes. A node is any name.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Hashable, Iterable
from itertools import count
from typing import Final, TypeAlias

__all__ = [
    "Link", "link_delay_s", "md1_delay_s", "mm1_delay_s", "most_reliable_path", "shortest_delay",
    "two_terminal_reliability",
]  # fmt: skip

Node: TypeAlias = Hashable
Link: TypeAlias = tuple[Node, Node, float]

_LIGHT_M_S: Final = 299_792_458.0
_MOST_STATES: Final = 300_000


def link_delay_s(distance_m: float, bits: float, bitrate_bit_s: float, processing_s: float = 0.0) -> float:
    """Delay of one message on an idle link: way at the speed of light, sending, processing."""
    return distance_m / _LIGHT_M_S + bits / bitrate_bit_s + processing_s


def mm1_delay_s(rate_per_s: float, bits: float, bitrate_bit_s: float) -> float:
    """Mean time from arrival to sent, waiting with it, where lengths vary exponentially (M/M/1); inf where the load is
    1 or more. `bits`: of a mean message."""
    service_per_s = _service(rate_per_s, bits, bitrate_bit_s)
    return 1.0 / (service_per_s - rate_per_s) if rate_per_s < service_per_s else math.inf


def md1_delay_s(rate_per_s: float, bits: float, bitrate_bit_s: float) -> float:
    """The same where all messages are of one length (M/D/1)."""
    service_per_s = _service(rate_per_s, bits, bitrate_bit_s)
    if rate_per_s >= service_per_s:
        return math.inf
    load = rate_per_s / service_per_s
    return 1.0 / service_per_s + load / (2.0 * service_per_s * (1.0 - load))


def _service(rate_per_s: float, bits: float, bitrate_bit_s: float) -> float:
    if rate_per_s < 0.0 or not bits > 0.0 or not bitrate_bit_s > 0.0:
        raise ValueError("a rate is 0 or more messages a second; bits and bits a second are greater than 0")
    return bitrate_bit_s / bits


def shortest_delay(
    links: Iterable[Link], source: Node, target: Node, directed: bool = True
) -> tuple[float, list[Node]]:
    """Least delay from source to target and the nodes on the way, by Dijkstra; (inf, []) where there is no way.
    Among ways of equal delay, one of the fewest links."""
    edges = _adjacency(links, directed)
    if any(not delay >= 0.0 for around in edges.values() for _, delay in around):
        raise ValueError("a delay is 0 s or more")
    return _least(edges, source, target)


def most_reliable_path(
    links: Iterable[Link], source: Node, target: Node, directed: bool = True
) -> tuple[float, list[Node]]:
    """Highest product of reliabilities of one chain of links, and its nodes; (0.0, []) where there is no way."""
    edges = {
        node: [(to, -math.log(chance)) for to, chance in around if chance > 0.0]
        for node, around in _adjacency(_chances(links), directed).items()
    }
    lost, path = _least(edges, source, target)
    return (math.exp(-lost), path) if path else (0.0, [])


def two_terminal_reliability(links: Iterable[Link], source: Node, target: Node, directed: bool = True) -> float:
    """Chance that at least one way from source to target is up, exactly. Nodes that hear the source ask their
    neighbours one after another; what is known then is which nodes hear and which have asked, and equal knowledge is
    merged. Work grows fast with the nodes that lie on a way (some 15 at most); ValueError past that."""
    known = [link for link in _chances(links) if link[2] > 0.0 and link[0] != link[1]]
    if source == target:
        return 1.0
    useful = _on_a_way(known, source, target, directed)
    if not useful:
        return 0.0
    row = {node: i for i, node in enumerate(_reach(_adjacency(useful, directed), source))}
    silent: list[dict[int, float]] = [{} for _ in row]  # chance that no link between two nodes is up
    for node, around in _adjacency(useful, directed).items():
        for to, chance in around:
            silent[row[node]][row[to]] = silent[row[node]].get(row[to], 1.0) * (1.0 - chance)
    return _heard(silent, row[source], row[target])


def _heard(silent: list[dict[int, float]], source: int, target: int) -> float:
    """Chance that target hears. State: bits of the nodes that hear, bits of those that have asked."""
    answer = 0.0
    tells = [sum(1 << to for to in around) for around in silent]
    states = {(1 << source, 0): 1.0}
    while states:
        following: dict[tuple[int, int], float] = {}
        for (hear, asked), chance in states.items():
            waiting = hear & ~asked
            if not waiting:
                continue  # nobody is left to ask: the target never hears
            node = (waiting & -waiting).bit_length() - 1
            answer += chance * (1.0 - silent[node].get(target, 1.0))
            heard = {hear: chance * silent[node].get(target, 1.0)}
            for to, quiet in silent[node].items():
                if not hear >> to & 1 and to != target:
                    told = {bits | 1 << to: p * (1.0 - quiet) for bits, p in heard.items() if quiet < 1.0}
                    heard = {bits: p * quiet for bits, p in heard.items() if quiet > 0.0} | told
                    _refuse(len(heard))
            for bits, p in heard.items():
                state = _settled(bits, asked | 1 << node, tells, target)
                following[state] = following.get(state, 0.0) + p
            _refuse(len(following))
        states = following
    return answer


def _settled(hear: int, asked: int, tells: list[int], target: int) -> tuple[int, int]:
    """The state with every node that has nothing new to tell counted as having asked: equal futures look equal."""
    for node, told in enumerate(tells):
        if node != target and not told & ~hear:
            asked |= 1 << node
    return hear | asked, asked


def _refuse(states: int) -> None:
    if states > _MOST_STATES:
        raise ValueError("the graph is too large for an exact answer: ask for a part of it")


def _on_a_way(links: list[Link], source: Node, target: Node, directed: bool) -> list[Link]:
    """Links that begin where the source is heard and end where the target can be told."""
    ahead = _reach(_adjacency(links, directed), source)
    back = _reach(_adjacency([(b, a, r) for a, b, r in links], directed), target)
    both = ahead.keys() & back.keys()
    return [link for link in links if link[0] in both and link[1] in both]


def _reach(edges: dict[Node, list[tuple[Node, float]]], start: Node) -> dict[Node, None]:
    """Nodes that hear `start`, nearest first."""
    found, waiting = {start: None}, deque([start])
    while waiting:
        for to, _ in edges.get(waiting.popleft(), []):
            if to not in found:
                found[to] = None
                waiting.append(to)
    return found


def _chances(links: Iterable[Link]) -> list[Link]:
    known = list(links)
    for a, b, chance in known:
        if not 0.0 <= chance <= 1.0:
            raise ValueError(f"the reliability of {a} to {b} is a probability, not {chance}")
    return known


def _adjacency(links: Iterable[Link], directed: bool) -> dict[Node, list[tuple[Node, float]]]:
    edges: dict[Node, list[tuple[Node, float]]] = {}
    for a, b, value in links:
        edges.setdefault(a, []).append((b, float(value)))
        if not directed:
            edges.setdefault(b, []).append((a, float(value)))
    return edges


def _least(edges: dict[Node, list[tuple[Node, float]]], source: Node, target: Node) -> tuple[float, list[Node]]:
    order = count()  # nodes need not be comparable
    waiting: list[tuple[float, int, int, Node, Node | None]] = [(0.0, 0, next(order), source, None)]
    came: dict[Node, Node | None] = {}
    while waiting:
        total, hops, _, node, before = heapq.heappop(waiting)
        if node in came:
            continue
        came[node] = before
        if node == target:
            return total, _way(came, target)
        for to, value in edges.get(node, []):
            if to not in came:
                heapq.heappush(waiting, (total + value, hops + 1, next(order), to, node))
    return math.inf, []


def _way(came: dict[Node, Node | None], target: Node) -> list[Node]:
    path: list[Node] = []
    node: Node | None = target
    while node is not None:
        path.append(node)
        node = came[node]
    return path[::-1]
