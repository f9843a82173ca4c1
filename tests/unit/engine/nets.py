"""A few networks with their tracks and links, moved by hand: the kernels of telling and hearing without a scenario."""

from __future__ import annotations

from typing import Any

import numpy as np

from egide.compiler.system import LINK, MOVER, NETWORK, RULES
from egide.engine.queue import ARRIVE, C_QUEUE, COUNTERS, EVENT
from egide.engine.tell import hear, tell
from egide.picture.fuse_kernels import believe
from egide.picture.tables import BELIEF, FIRM, KNOWN, PLACED, REPORT
from egide.rng import make_key, name_hash

ROWS = 8


class Nets:
    """`links`: (from, to) pairs; keywords are fields of every link."""

    def __init__(self, networks: int, links: list[tuple[int, int]], q: float = 0.0, **fields: Any) -> None:
        self.tracks = np.zeros((networks, ROWS), BELIEF)
        self.held = np.zeros((networks, ROWS), BELIEF)
        self.heard = np.zeros((networks, ROWS, networks), REPORT)
        self.placed = np.zeros((networks, networks, ROWS), PLACED)
        self.known = np.zeros((len(links), networks, ROWS), KNOWN)
        self.reports = np.zeros(4096, REPORT)
        self.high, self.numbers = np.zeros(networks, np.int64), np.zeros(networks, np.int64)
        self.networks, self.movers = np.zeros(networks, NETWORK), np.zeros(1, MOVER)
        self.links = np.zeros(len(links), LINK)
        self.networks["correlates"] = 1
        self.networks["id"] = [name_hash(f"network {i}") for i in range(networks)]
        for row, (sender, receiver) in zip(self.links, links, strict=True):
            row["sender"], row["receiver"], row["id"] = sender, receiver, name_hash(f"{sender} to {receiver}")
            row["tracks"] = row["identity"] = row["up_now"] = 1
            row["update_s"], row["capacity"], row["latency_s"] = 10.0, 1000, 1.0
            for name, value in fields.items():
                row[name] = value
        rules = np.zeros(1, RULES)
        self.rules = rules[0]
        self.rules["drop_s"], self.rules["process_noise"], self.rules["gate"] = 30.0, q, 16.0
        self.rules["models"] = 1
        self.rules["ballistic_speed_m_s"] = self.rules["ballistic_above_m"] = 1e9
        self.count, self.queue, self.work = np.zeros(COUNTERS, np.int64), np.zeros(64, EVENT), np.zeros((8, 6, 6))
        self.key = make_key(1, 0, 0)

    def see(self, network: int, time_s: float, pos: Any, vel: Any, sigma_m: float = 50.0, speed_sd_m_s: float = 5.0,
            row: int | None = None) -> int:  # fmt: skip
        """An own firm track, new or moved."""
        new = row is None
        i = int(self.high[network]) if row is None else row
        track = self.tracks[network, i]
        if new:
            self.high[network] += 1
            track["number"], track["key"] = self.numbers[network], name_hash(f"{network}/{i}")
            self.numbers[network] += 1
            track["state"], track["remote"], track["mover"], track["told"] = FIRM, -1, -1, -1
            track["borrowed_s"] = -np.inf
        track["time_s"] = track["hit_s"] = time_s
        track["pos_m"], track["vel_m_s"] = pos, vel
        track["pp"], track["pv"], track["vv"] = np.eye(3) * sigma_m**2, 0.0, np.eye(3) * speed_sd_m_s**2
        return i

    def send(self, link: int, time_s: float) -> tuple[float, int, int]:
        """TELL: when it arrives, where its reports begin in the ring and how many they are (0: nothing was told)."""
        sender = int(self.links[link]["sender"])
        self.count[C_QUEUE] = 0
        tell(
            self.links[link], link, self.tracks[sender], self.heard[sender], int(self.high[sender]), self.networks,
            self.movers, self.rules, self.reports, self.known[link], self.queue, self.count, self.key,
            time_s)  # fmt: skip
        found = [event for event in self.queue[: self.count[C_QUEUE]] if event["kind"] == ARRIVE]
        if not found:
            return time_s, 0, 0
        return float(found[0]["time_s"]), int(found[0]["subject"]), int(found[0]["extra"])

    def arrive(self, link: int, sent: tuple[float, int, int]) -> np.ndarray:
        """ARRIVE: the reports, with what became of them."""
        at_s, begin, n = sent
        receiver = int(self.links[link]["receiver"])
        hear(
            self.links[link], link, begin, n, self.reports, self.tracks[receiver], self.high, self.numbers,
            self.heard[receiver], self.held[receiver], self.placed[receiver],
            int(self.networks[receiver]["correlates"]), self.rules, self.work, at_s)  # fmt: skip
        return self.reports[begin : begin + n]

    def tell(self, link: int, time_s: float) -> np.ndarray:
        return self.arrive(link, self.send(link, time_s))

    def belief(self, network: int, row: int, time_s: float) -> Any:
        held = self.held[network, row]
        believe(self.tracks[network, row], self.heard[network, row], held, network, time_s, self.rules, self.work)
        return held


def state(row: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean (6,) and covariance (6, 6) of a row."""
    cov = np.block([[row["pp"], row["pv"]], [row["pv"].T, row["vv"]]])
    return np.concatenate([row["pos_m"], row["vel_m_s"]]), cov
