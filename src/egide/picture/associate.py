"""Which plot belongs to which track: the best single answer, and the probability of each.

cost         (tracks, plots), for example squared Mahalanobis distances; inf (or NaN) where a plot is outside the gate
gate_cost    what it costs to leave a track without a plot
likelihood   (tracks, plots), density of the plot if it is the track's, N(z - H x; 0, S); 0 outside the gate
cluster      tracks that hang together by the plots that they compete for

Source: Bar-Shalom and Li 1995, sections 6.2 to 6.4; Blackman and Popoli 1999, chapter 6; Fortmann, Bar-Shalom, Scheffe
1983, IEEE Journal of Oceanic Engineering 8, 173-184 (joint probabilities).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from egide.picture.assign_kernels import assign

__all__ = ["global_nearest_neighbour", "joint_probabilities"]

MOST_STATES: Final = 2_000_000  # sets of plots a cluster may have to be held apart


def global_nearest_neighbour(cost: ArrayLike, gate_cost: float) -> NDArray[np.int64]:
    """The plot of each track, -1 for none: the choice of least total cost, a track without a plot counting `gate_cost`,
    each plot used once at most. Exact. The same kernel as in the tracker. Memory goes with the pairs inside the gate.
    Source: Blackman and Popoli 1999, 6.4; the algorithm is named in egide.picture.assign_kernels."""
    table = np.atleast_2d(np.asarray(cost, float))
    if table.size == 0:
        return np.full(len(table), -1, np.int64)
    rows, plots = np.nonzero(table <= gate_cost)  # NaN is never below
    if not np.isfinite(gate_cost) or not np.isfinite(table[rows, plots]).all():
        raise ValueError("costs inside the gate and the gate itself must be finite")
    n, m = table.shape
    first = np.searchsorted(rows, np.arange(n + 1)).astype(np.int64)
    choice = np.full(n, -1, np.int64)
    assign(
        n, first, plots.astype(np.int64), table[rows, plots], np.float64(gate_cost), choice,
        np.zeros(m, np.int64), np.zeros(n), np.zeros(m), np.zeros(m), np.zeros(m, np.int64), np.zeros(m, np.int64),
        np.zeros(m, np.int64),
    )  # fmt: skip
    return choice


def joint_probabilities(
    likelihood: ArrayLike,
    detection_probability: ArrayLike,
    clutter_density: float,
    gate_probability: float = 1.0,
) -> NDArray[np.float64]:
    """(tracks, 1 + plots) probability that a track has no plot (column 0) or that plot: joint probabilistic data
    association. A joint event weighs the product over tracks of Pd L / clutter_density for the plot taken or
    1 - Pd Pg for none; no plot is shared. Exact: clusters apart, then a sum over the sets of plots in use, row by row
    from both ends; work doubles with each plot that several tracks of one cluster compete for.
    Detection probability: one number, or one a track. Clutter is Poisson, `clutter_density` in units of 1/likelihood.
    Source: Bar-Shalom and Li 1995, 6.2.4 (parametric); Fortmann et al. 1983. With one track: the PDA weights."""
    like = np.atleast_2d(np.asarray(likelihood, float))
    n, m = like.shape
    pd = np.broadcast_to(np.asarray(detection_probability, float), (n,))
    if not clutter_density > 0.0:
        raise ValueError("clutter_density must be above 0")
    if (like < 0.0).any() or not np.isfinite(like).all():
        raise ValueError("likelihoods must be finite and not negative")
    weights = pd[:, None] * like / clutter_density
    missed = 1.0 - pd * gate_probability
    out = np.zeros((n, m + 1))
    for tracks in _clusters(weights > 0.0):
        out[tracks] = _cluster_probabilities(weights[tracks], missed[tracks])
    return out


def _clusters(possible: NDArray[np.bool_]) -> list[list[int]]:
    """Rows that hang together by shared columns, each list ascending."""
    left, found = set(range(len(possible))), []
    while left:
        todo, cluster = [min(left)], set[int]()
        while todo:
            row = todo.pop()
            if row in cluster:
                continue
            cluster.add(row)
            todo += [int(other) for other in np.flatnonzero((possible & possible[row]).any(axis=1))]
        left -= cluster
        found.append(sorted(cluster))
    return found


def _cluster_probabilities(weights: NDArray[np.float64], missed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Marginals of one cluster: sets of plots in use as bit masks, summed forwards over the rows and then backwards."""
    n, m = weights.shape
    shared = np.count_nonzero(weights > 0.0, axis=0) > 1
    bit = {int(j): 1 << k for k, j in enumerate(np.flatnonzero(shared))}  # a plot of one track only needs no bit
    moves = [
        [(0, 0, float(missed[i])), *((int(j) + 1, bit.get(int(j), 0), float(weights[i, j]))
                                     for j in np.flatnonzero(weights[i] > 0.0))]
        for i in range(n)
    ]  # fmt: skip
    ahead: list[dict[int, float]] = [{0: 1.0}]
    for row in moves:
        now: dict[int, float] = {}
        for used, weight in ahead[-1].items():
            for _, mask, w in row:
                if used & mask == 0:
                    now[used | mask] = now.get(used | mask, 0.0) + weight * w
        if len(now) > MOST_STATES:
            raise ValueError(f"{int(shared.sum())} plots in one cluster are too many for exact joint probabilities")
        ahead.append(now)
    out = np.zeros((n, m + 1))
    behind = dict.fromkeys(ahead[-1], 1.0)  # weight of all that can still follow, by what is in use
    for i in range(n - 1, -1, -1):
        before: dict[int, float] = {}
        for used, weight in ahead[i].items():
            total = 0.0
            for column, mask, w in moves[i]:
                if used & mask == 0:
                    rest = w * behind[used | mask]
                    total += rest
                    out[i, column] += weight * rest
            before[used] = total
        behind = before
    return out / out.sum(axis=1, keepdims=True)
