"""A tree that a reader can follow: which assumptions part the good outcomes from the bad.

split      a factor and a quantile: points below go left, those at or above go right
leaf       points that are asked no further; its value is their mean
gain       share of the points' variance that a split takes away
binned     partial dependence by bins: the mean over the points whose factor lies in each fifth of its range

The tree is the classic one by least squares, kept small: a few splits, none that leaves fewer than LEAST points on a
side, no depth that cross-validation does not bear out. It is written here, in a hundred lines, because the library that
has it adds 37 MB, two more packages and over three seconds of import for this one figure.

Source: Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from egide.analysis import intervals
from egide.analysis.intervals import Estimate

Floats: TypeAlias = NDArray[np.float64]

LEAST: Final = 10  # points in a leaf
DEPTH: Final = 3
FOLDS: Final = 10


@final
@dataclass(frozen=True)
class Node:
    """A leaf where `factor` is -1. `rows`: the points in it."""

    rows: NDArray[np.int64]
    value: Estimate
    factor: int = -1
    at: float = math.nan
    gain: float = 0.0
    left: Node | None = None
    right: Node | None = None

    @property
    def leaf(self) -> bool:
        return self.left is None or self.right is None

    def leaves(self) -> Iterator[Node]:
        """From left to right."""
        if self.left is None or self.right is None:
            yield self
        else:
            yield from self.left.leaves()
            yield from self.right.leaves()

    def splits(self) -> Iterator[Node]:
        """From the root down, left before right."""
        if self.left is not None and self.right is not None:
            yield self
            yield from self.left.splits()
            yield from self.right.splits()


@final
@dataclass(frozen=True)
class Tree:
    """`r2`: share of the variance foretold for points left out, by cross-validation; below 0 the tree says nothing."""

    names: tuple[str, ...]
    root: Node
    r2: float

    def __call__(self, u: ArrayLike) -> Floats:
        return np.array([_walk(self.root, row) for row in np.atleast_2d(np.asarray(u, float))])


def grow(names: Sequence[str], u: ArrayLike, mean: ArrayLike, depth: int = DEPTH, least: int = LEAST) -> Tree:
    """The tree of the points' means over the factors' quantiles; as deep as cross-validation bears out."""
    x, y = np.asarray(u, float), np.asarray(mean, float)
    kept = np.isfinite(y)
    x, y = x[kept], y[kept]
    if y.size < 2 * least or not y.size or float(y.var()) == 0.0:
        return Tree(tuple(names), _node(x, y, np.arange(y.size), 0, least, 1.0), 0.0)
    total = float(np.sum((y - y.mean()) ** 2))
    scores = [_foretold(x, y, d, least) for d in range(1, depth + 1)]
    best = int(np.argmax(scores))
    used = best + 1 if scores[best] > 0.0 else 0
    return Tree(tuple(names), _node(x, y, np.arange(y.size), used, least, total), max(scores[best], 0.0))


def _foretold(x: Floats, y: Floats, depth: int, least: int) -> float:
    fold = np.arange(y.size) % FOLDS
    squares = 0.0
    for k in range(FOLDS):
        inside = np.flatnonzero(fold != k)
        root = _node(x, y, inside, depth, least, 1.0)
        squares += float(sum((y[i] - _walk(root, x[i])) ** 2 for i in np.flatnonzero(fold == k)))
    return 1.0 - squares / float(np.sum((y - y.mean()) ** 2))


def _node(x: Floats, y: Floats, rows: NDArray[np.int64], depth: int, least: int, total: float) -> Node:
    value = intervals.student(y[rows])
    if depth < 1 or rows.size < 2 * least:
        return Node(rows, value)
    factor, at, gain = _best(x[rows], y[rows], least)
    if factor < 0:
        return Node(rows, value)
    below = x[rows, factor] < at
    return Node(rows, value, factor, at, gain / total, _node(x, y, rows[below], depth - 1, least, total),
                _node(x, y, rows[~below], depth - 1, least, total))  # fmt: skip


def _best(x: Floats, y: Floats, least: int) -> tuple[int, float, float]:
    """The split that takes most squares away: (factor, quantile, squares), factor -1 where none does."""
    n, found = y.size, (-1, math.nan, 0.0)
    for k in range(x.shape[1]):
        order = np.argsort(x[:, k], kind="stable")
        ordered, at = y[order] - y.mean(), x[order, k]
        left = np.cumsum(ordered)[:-1]
        size = np.arange(1, n)
        gain = left**2 / size + left**2 / (n - size)  # of squares, the whole mean being 0
        gain[(size < least) | (n - size < least) | (at[1:] <= at[:-1])] = -1.0
        i = int(np.argmax(gain)) if gain.size else 0
        if gain.size and gain[i] > found[2] + 1e-12:
            found = (k, float(at[i] + at[i + 1]) / 2, float(gain[i]))
    return found


def _walk(node: Node, row: Floats) -> float:
    while node.left is not None and node.right is not None:
        node = node.left if row[node.factor] < node.at else node.right
    return node.value.value


def binned(u: ArrayLike, mean: ArrayLike, bins: int = 5) -> list[Estimate]:
    """Mean with its interval in each bin of one factor's quantile; NaN quantiles are left out."""
    x, y = np.asarray(u, float), np.asarray(mean, float)
    place = np.clip(np.floor(np.nan_to_num(x, nan=-1.0) * bins), -1, bins - 1)
    return [intervals.student(y[(place == k) & np.isfinite(x)]) for k in range(bins)]
