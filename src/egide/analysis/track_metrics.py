"""How good a picture is: tracks beside the truth that they are tracks of.

cutoff      distance at which a track says nothing of a truth any more; also the price of a missing or a false one
order       p of the metric: the larger, the more an outlier weighs
missed      a truth without a track          false       a track without a truth
localisation   what the assigned pairs cost  order-th power of the distance, as missed and false are
paths       states of many objects as columns, one row an object and time
assigned    which truth each row of a track is taken for; NOBODY where it is nobody's
segment     an unbroken run of scans in which one track is one truth's

OSPA: Schuhmacher, Vo, Vo 2008. GOSPA with alpha = 2: Rahmathullah, Garcia-Fernandez, Svensson 2017. SIAP: Votruba et
al. 2001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NOBODY", "Gospa", "Paths", "Siap", "assign", "gospa", "gospa_over_time", "needed", "ospa", "siap"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NOBODY: Final = -1


@final
class Gospa(NamedTuple):
    """total ** order = localisation + missed + false."""

    total: float
    localisation: float
    missed: float
    false: float


def ospa(truth: ArrayLike, tracks: ArrayLike, cutoff: float, order: float = 2.0) -> float:
    """Optimal sub-pattern assignment distance of two sets of points (one row a point), 0 to `cutoff`."""
    a, b = _sets(truth, tracks, cutoff, order)
    n, m = sorted((len(a), len(b)))
    if m == 0:
        return 0.0
    paid = _assigned_cost(a, b, cutoff, order)[0].sum() + cutoff**order * (m - n)
    return float((paid / m) ** (1.0 / order))


def gospa(truth: ArrayLike, tracks: ArrayLike, cutoff: float, order: float = 2.0) -> Gospa:
    """Generalised optimal sub-pattern assignment, alpha = 2: the total, and what it is made of (powers of `order`)."""
    a, b = _sets(truth, tracks, cutoff, order)
    cost, near = _assigned_cost(a, b, cutoff, order)
    localisation, pairs, half = float(cost[near].sum()), int(near.sum()), cutoff**order / 2.0
    missed, false = half * (len(a) - pairs), half * (len(b) - pairs)
    return Gospa((localisation + missed + false) ** (1.0 / order), localisation, missed, false)


def _sets(truth: ArrayLike, tracks: ArrayLike, cutoff: float, order: float) -> tuple[FloatArray, FloatArray]:
    if not (cutoff > 0.0 and np.isfinite(cutoff)):
        raise ValueError(f"the cutoff is a distance greater than 0, not {cutoff}")
    if not (order >= 1.0 and np.isfinite(order)):
        raise ValueError(f"the order is a finite number from 1 on, not {order}")
    sets = [np.asarray(points, float) for points in (truth, tracks)]
    width = max((points.shape[-1] for points in sets if points.size), default=1)
    rows = [points.reshape(-1, width) if points.size == 0 else points for points in sets]
    if any(points.ndim != 2 or points.shape[1] != width for points in rows):
        raise ValueError("truth and tracks are tables: one row a point, as many coordinates in both")
    if not all(np.isfinite(points).all() for points in rows):
        raise ValueError("truth and tracks hold a coordinate that is not a number")
    return rows[0], rows[1]


def _assigned_cost(a: FloatArray, b: FloatArray, cutoff: float, order: float) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Cost of each pair of the cheapest assignment, and whether it is nearer than the cutoff."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    if not (len(a) and len(b)):
        return np.zeros(0), np.zeros(0, bool)
    # in shares of the cutoff: a power of metres over a large order would leave the range of a float
    share = np.minimum(cdist(a, b) / cutoff, 1.0)
    rows, columns = linear_sum_assignment(share**order)
    chosen = share[rows, columns]
    return cutoff**order * chosen**order, chosen < 1.0


# --- over time ---------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True, eq=False)
class Paths:
    """States of many objects, in any order of rows. `identity`: who each row says it is; '' where it does not say.
    Lists will do for columns."""

    number: IntArray
    time_s: FloatArray
    pos_m: FloatArray  # (n, 2) or (n, 3), one frame for truth and tracks
    vel_m_s: FloatArray | None = None
    identity: Sequence[str] | None = None

    def __post_init__(self) -> None:
        for name, kind in (("number", np.int64), ("time_s", float), ("pos_m", float), ("vel_m_s", float)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name), kind))
        lengths = {len(column) for column in (self.number, self.time_s, self.pos_m, self.vel_m_s, self.identity)
                   if column is not None}  # fmt: skip
        if len(lengths) != 1:
            raise ValueError(f"columns of one table are of one length, not {sorted(lengths)}")
        if len(np.unique(np.column_stack([self.number, self.time_s]), axis=0)) != len(self.number):
            raise ValueError("an object has one state at a time: two rows have the same number and time")


Table = Paths | Mapping[str, Any]  # or its columns by name


def _paths(table: Table) -> Paths:
    return table if isinstance(table, Paths) else Paths(**table)


@final
class Siap(NamedTuple):
    """One number an attribute, over the whole time. NaN where there is nothing to take a mean of."""

    completeness: float  # share of truths, scan by scan, that have a track
    ambiguity: float  # tracks per tracked truth; 1 is best
    spuriousness: float  # share of tracks that are nobody's
    position_accuracy_m: float  # mean distance of a track from its truth
    velocity_accuracy_m_s: float
    longest_segment: float  # share of the truths' life that the longest segment of each covers
    number_change_per_s: float  # changes of number over time tracked
    latency_s: float  # mean time from a truth's first scan to its first track, of those that got one
    never_tracked: int  # truths without a track at any time
    identity_completeness: float  # share of tracked truths of which at least one track says who it is
    identity_correctness: float  # share of tracked truths of which all tracks say rightly who it is
    identity_ambiguity: float  # share of tracked truths of which the tracks do not agree


def _scans(truth: Paths, tracks: Paths) -> list[tuple[IntArray, IntArray]]:
    """Rows of both tables, time by time."""
    times = np.unique(np.concatenate([truth.time_s, tracks.time_s]))
    parts = []
    for table in (truth, tracks):
        order = np.argsort(table.time_s, kind="stable")
        parts.append(np.split(order, np.searchsorted(table.time_s[order], times[1:], side="left")))
    return list(zip(*parts, strict=True)) if times.size else []


def gospa_over_time(truth: Table, tracks: Table, cutoff: float, order: float = 2.0) -> list[Gospa]:
    """GOSPA at each time at which there is a truth or a track."""
    truth, tracks = _paths(truth), _paths(tracks)
    return [gospa(truth.pos_m[i], tracks.pos_m[j], cutoff, order) for i, j in _scans(truth, tracks)]


def assign(truth: Table, tracks: Table, cutoff_m: float) -> IntArray:
    """Which truth each row of `tracks` is taken for: the nearest at the same time within the cutoff. Two tracks may be
    taken for one truth (that is ambiguity), a track for one truth at most. A tie goes to the lower number."""
    from scipy.spatial.distance import cdist

    truth, tracks = _paths(truth), _paths(tracks)
    taken = np.full(len(tracks.number), NOBODY, np.int64)
    for i, j in _scans(truth, tracks):
        if len(i) and len(j):
            rows = i[np.argsort(truth.number[i], kind="stable")]
            away = cdist(tracks.pos_m[j], truth.pos_m[rows])
            nearest = np.argmin(away, axis=1)
            near = away[np.arange(len(j)), nearest] <= cutoff_m
            taken[j[near]] = truth.number[rows[nearest[near]]]
    return taken


def siap(truth: Table, tracks: Table, cutoff_m: float | None = None, assigned: ArrayLike | None = None) -> Siap:
    """Attributes of a single integrated air picture. Each row of `tracks` counts at the truth's row of the same time:
    sample both at the same times first. `assigned`: a truth's number for each row of `tracks`, as from elsewhere;
    left out, by `assign` within `cutoff_m`."""
    truth, tracks = _paths(truth), _paths(tracks)
    if assigned is None:
        if cutoff_m is None:
            raise ValueError("give cutoff_m, or say by `assigned` which track is which truth's")
        assigned = assign(truth, tracks, cutoff_m)
    owner = np.asarray(assigned, np.int64)
    rows = {(int(n), float(t)): i for i, (n, t) in enumerate(zip(truth.number, truth.time_s, strict=True))}
    held = np.array([rows.get((int(n), float(t)), NOBODY) for n, t in zip(owner, tracks.time_s, strict=True)], np.int64)
    if np.any((held == NOBODY) & (owner != NOBODY)):
        raise ValueError("a track is assigned to a truth that is not there at that time")
    has = held != NOBODY
    tracked = np.zeros(len(truth.number), bool)
    tracked[held[has]] = True
    continuity = _continuity(truth, tracks, held, tracked)
    known, right, mixed = _identities(truth, tracks, held, tracked)
    return Siap(
        completeness=_share(tracked.sum(), len(tracked)),
        ambiguity=_share(has.sum(), tracked.sum()),
        spuriousness=_share((~has).sum(), len(has)),
        position_accuracy_m=_mean_off(truth.pos_m, tracks.pos_m, held),
        velocity_accuracy_m_s=_mean_off(truth.vel_m_s, tracks.vel_m_s, held),
        **continuity, identity_completeness=known, identity_correctness=right, identity_ambiguity=mixed,
    )  # fmt: skip


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _mean_off(truth: FloatArray | None, tracks: FloatArray | None, held: IntArray) -> float:
    has = held != NOBODY
    if truth is None or tracks is None or not has.any():
        return float("nan")
    return float(np.mean(np.linalg.norm(tracks[has] - truth[held[has]], axis=1)))


def _continuity(truth: Paths, tracks: Paths, held: IntArray, tracked: NDArray[np.bool_]) -> dict[str, Any]:
    """Segments of each truth: how long, how many are needed to cover it, and when the first begins."""
    longest_s = life_s = tracked_s = 0.0
    changes = never = 0
    late: list[float] = []
    for number in np.unique(truth.number):
        rows = np.flatnonzero(truth.number == number)
        rows = rows[np.argsort(truth.time_s[rows])]
        times, place = truth.time_s[rows], {int(row): k for k, row in enumerate(rows)}
        holds: dict[int, list[int]] = {}  # track number -> places in `times`
        for j in np.flatnonzero(np.isin(held, rows)):
            holds.setdefault(int(tracks.number[j]), []).append(place[int(held[j])])
        segments = [segment for places in holds.values() for segment in _runs(sorted(places))]
        life_s += times[-1] - times[0]
        if not segments:
            never += 1
            continue
        longest_s += max(times[last] - times[first] for first, last in segments)
        both = np.zeros(len(times) - 1, bool)  # intervals between scans that one segment spans
        for first, last in segments:
            both[first:last] = True
        tracked_s += float(np.diff(times)[both].sum())
        changes += needed(segments) - 1
        late.append(times[int(np.argmax(tracked[rows]))] - times[0])
    return {
        "longest_segment": _share(longest_s, life_s), "number_change_per_s": _share(changes, tracked_s),
        "latency_s": float(np.mean(late)) if late else float("nan"), "never_tracked": never,
    }  # fmt: skip


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """First and last of each run of whole numbers without a hole."""
    breaks = [0, *(k for k in range(1, len(places)) if places[k] != places[k - 1] + 1), len(places)]
    return [(places[a], places[b - 1]) for a, b in pairwise(breaks)]


def needed(segments: list[tuple[int, int]]) -> int:
    """The fewest segments that cover every scan that any of them covers: at each uncovered scan the one that lasts
    longest, which no other choice can beat."""
    count, at = 0, -1
    for first, _ in sorted(segments):
        start = max(first, at + 1)
        reach = max((last for begin, last in segments if begin <= start <= last), default=None)
        if reach is not None:
            count, at = count + 1, reach
    return count


def _identities(truth: Paths, tracks: Paths, held: IntArray, tracked: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Shares of tracked truths whose identity is known, right, and told differently by different tracks."""
    nothing = float("nan")
    if truth.identity is None or tracks.identity is None or not tracked.any():
        return nothing, nothing, nothing
    says: dict[int, list[str]] = {}
    for j in np.flatnonzero(held != NOBODY):
        says.setdefault(int(held[j]), []).append(tracks.identity[int(j)])
    known = right = mixed = 0
    for row, words in says.items():
        real = truth.identity[row]
        same = all(word == real for word in words)
        other = all(word and word != real for word in words)
        known += any(words)
        right += same and bool(real)
        mixed += any(words) and not same and not other
    return known / len(says), right / len(says), mixed / len(says)
