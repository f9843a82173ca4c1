"""What a network believes of one object: its own track beside what others told of it.

evidence   one network's own track of an object, as that network told it; here at most one a network, the newest
pedigree   networks whose sensors a belief rests on, one bit each: evidence is counted once, by whatever way it came
belief     own track and evidence fused by covariance intersection, in the order of the networks; kept beside the own
           track, which stays what this network's own sensors made it
weight     w of P^-1 = w A^-1 + (1 - w) B^-1, 0 to 1, with the least trace of the fused covariance of position

Covariance intersection (Julier and Uhlmann 1997, American Control Conference, 2369-2373) is never surer than the data
allow, whatever the two errors have in common: two networks' tracks of one aircraft share its manoeuvres.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from egide.jit import njit
from egide.picture.kalman_kernels import pull_on
from egide.picture.modes_kernels import FAR_UNKNOWN

Array = np.ndarray[Any, Any]
STEPS = 30  # of the search for the weight; Newton needs five
CLOSE = 1e-9


@njit
def invert(a: Array, out: Array) -> bool:
    """Inverse of a symmetric positive definite matrix by Cholesky's square root; False where it is not definite."""
    n = a.shape[0]
    for j in range(n):
        for i in range(j, n):
            s = a[i, j]
            for k in range(j):
                s -= out[i, k] * out[j, k]
            if i == j:
                if s <= 0.0:
                    return False
                out[j, j] = math.sqrt(s)
            else:
                out[i, j] = s / out[j, j]
    for j in range(n):  # the root's own inverse, column by column, below the diagonal
        out[j, j] = 1.0 / out[j, j]
        for i in range(j + 1, n):
            s = 0.0
            for k in range(j, i):
                s -= out[i, k] * out[k, j]
            out[i, j] = s / out[i, i]
    for i in range(n):  # its transpose times itself, the upper half first, then both
        for j in range(i, n):
            s = 0.0
            for k in range(j, n):
                s += out[k, i] * out[k, j]
            out[i, j] = s
    for i in range(n):
        for j in range(i):
            out[i, j] = out[j, i]
    return True


@njit
def slopes(cov: Array, apart: Array, row: Array) -> tuple[float, float]:
    """First and second derivative by the weight of the trace of position, cov the fused covariance there and `apart`
    A^-1 - B^-1; row: scratch."""
    first = second = 0.0
    n = cov.shape[0]
    for i in range(n // 2):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s += cov[i, k] * apart[k, j]
            row[j] = s
        for j in range(n):
            first -= row[j] * cov[j, i]
            for k in range(n):
                second += 2.0 * row[j] * cov[j, k] * row[k]
    return first, second


@njit
def intersect(mean: Array, cov: Array, other: Array, other_cov: Array, work: Array) -> float:
    """Fuse a second estimate into the first, in place; (position, velocity) of any dimension. Returns the weight of
    the first: 1 where the second adds nothing. The trace is convex in the weight: Newton's steps, halved where one
    leads out of the bracket."""
    a, b, apart, row = work[0], work[1], work[2], work[5, 2]
    if not invert(cov, a) or not invert(other_cov, b):
        return 1.0
    n = mean.shape[0]
    for i in range(n):
        for j in range(n):
            apart[i, j] = a[i, j] - b[i, j]
    if slopes(cov, apart, row)[0] <= 0.0:
        return 1.0
    low, high, w = 0.0, 1.0, 0.5
    if slopes(other_cov, apart, row)[0] >= 0.0:
        high = w = 0.0
    fused, info = work[3], work[4]
    for _ in range(STEPS):
        for i in range(n):
            for j in range(n):
                info[i, j] = w * a[i, j] + (1.0 - w) * b[i, j]
        if not invert(info, fused):
            return 1.0
        if high == low:
            break
        first, second = slopes(fused, apart, row)
        if first < 0.0:
            low = w
        else:
            high = w
        step = w - first / second if second > 0.0 else low
        step = step if low < step < high else 0.5 * (low + high)
        if abs(step - w) < CLOSE:
            break
        w = step
    take(mean, cov, other, b, fused, w, row)
    return w


@njit
def take(mean: Array, cov: Array, other: Array, b: Array, fused: Array, w: float, pull: Array) -> None:
    """Write the fused mean and covariance over the first estimate's: a + P (1 - w) B^-1 (b - a); pull: scratch."""
    n = mean.shape[0]
    for i in range(n):
        s = 0.0
        for j in range(n):
            s += b[i, j] * (other[j] - mean[j])
        pull[i] = (1.0 - w) * s
    for i in range(n):
        for j in range(n):
            mean[i] += fused[i, j] * pull[j]
            cov[i, j] = fused[i, j]


@njit
def lay(
    pos: Array, vel: Array, pp: Array, pv: Array, vv: Array, mean: Array, cov: Array, dt: float, rules: Any
) -> None:
    """Blocks, dt seconds later, as one mean (6) and covariance (6, 6): the motion of `kalman_kernels.predict`."""
    pull = pull_on(pos, vel, rules.ballistic_speed_m_s, rules.ballistic_above_m)
    q = rules.process_noise
    for i in range(3):
        fall = -pull * pos[i]
        mean[i] = pos[i] + vel[i] * dt + 0.5 * fall * dt * dt
        mean[3 + i] = vel[i] + fall * dt
        for j in range(3):
            cov[i, j] = pp[i, j] + dt * (pv[i, j] + pv[j, i]) + dt * dt * vv[i, j]
            cov[i, 3 + j] = pv[i, j] + dt * vv[i, j]
            cov[3 + j, i] = cov[i, 3 + j]
            cov[3 + i, 3 + j] = vv[i, j]
    for i in range(3):
        cov[i, i] += q * dt * dt * dt / 3.0
        cov[i, 3 + i] += q * dt * dt / 2.0
        cov[3 + i, i] = cov[i, 3 + i]
        cov[3 + i, 3 + i] += q * dt


@njit
def unlay(held: Any, mean: Array, cov: Array, time_s: float) -> None:
    """A mean and covariance of `time_s` into the blocks of a row."""
    held.time_s = time_s
    for i in range(3):
        held.pos_m[i], held.vel_m_s[i] = mean[i], mean[3 + i]
        for j in range(3):
            held.pp[i, j], held.pv[i, j], held.vv[i, j] = cov[i, j], cov[i, 3 + j], cov[3 + i, 3 + j]


@njit
def counts(said: Any, track: Any, network: int, rules: Any, time_s: float) -> bool:
    """Whether what was heard is of this very track, tells where it is, is not too old, and is not, beside an own track,
    what this network has itself told."""
    about = said.holder == track.number + 1 and said.placed == 1 and said.arrived_s + rules.drop_s >= time_s
    return bool(about and (track.remote >= 0 or said.pedigree & (1 << network) == 0))


@njit
def contradicts(mean: Array, cov: Array, other: Array, other_cov: Array, rules: Any) -> bool:
    """Whether two places lie farther apart than both errors explain: then they are not of one object, whatever matched
    them once, and the network's own track is believed."""
    apart2 = spread2 = 0.0
    for i in range(3):
        apart2 += (mean[i] - other[i]) ** 2
        spread2 += cov[i, i] + other_cov[i, i]
    return bool(apart2 > rules.gate * spread2)


@njit
def believe(track: Any, heard: Array, held: Any, network: int, time_s: float, rules: Any, work: Array) -> None:
    """Bring `held` up to date: what the network believes of the object of `track`, at the time of the newest state it
    rests on. `heard` is what each network said of it; what is older than the drop time counts no more. Nothing is
    done where nothing has changed since, so that it does not matter who asks how often. work: (8, 6, 6) scratch."""
    same = held.number == track.number and held.heard_n == track.heard_n and held.own_s == track.time_s
    if same and time_s <= held.until_s:
        return
    held.number, held.heard_n, held.own_s, held.until_s = track.number, track.heard_n, track.time_s, math.inf
    held.pedigree = 0 if track.remote >= 0 else rests_on(track, network, time_s)
    if track.remote < 0 and time_s <= track.borrowed_s:
        held.until_s = track.borrowed_s
    newest_s = track.time_s if track.remote < 0 else -math.inf
    sources = 0
    for s in range(heard.shape[0]):
        if counts(heard[s], track, network, rules, time_s):
            newest_s = max(newest_s, heard[s].time_s)
            held.until_s = min(held.until_s, heard[s].arrived_s + rules.drop_s)
            sources += 1
    newest_s = newest_s if sources > 0 else track.time_s
    mean, cov, other, other_cov = work[5, 0], work[6], work[5, 1], work[7]
    lay(track.pos_m, track.vel_m_s, track.pp, track.pv, track.vv, mean, cov, newest_s - track.time_s, rules)
    begun = track.remote < 0
    for s in range(heard.shape[0]):
        if sources == 0 or not counts(heard[s], track, network, rules, time_s):
            continue
        said = heard[s]
        lay(said.pos_m, said.vel_m_s, said.pp, said.pv, said.vv, other, other_cov, newest_s - said.time_s, rules)
        w = 0.0
        if begun and contradicts(mean, cov, other, other_cov, rules):
            continue
        if begun:
            w = intersect(mean, cov, other, other_cov, work)
        else:
            for i in range(6):
                mean[i] = other[i]
                for j in range(6):
                    cov[i, j] = other_cov[i, j]
        if w < 1.0:
            held.pedigree = (held.pedigree if w > 0.0 else 0) | said.pedigree
        begun = True
    unlay(held, mean, cov, newest_s)


@njit
def adopt(track: Any, held: Any) -> None:
    """A track that rests on reports alone stands where they say."""
    track.time_s = held.own_s = held.time_s
    track.far_m = FAR_UNKNOWN
    track.borrowed = held.pedigree
    for i in range(3):
        track.pos_m[i], track.vel_m_s[i] = held.pos_m[i], held.vel_m_s[i]
        for j in range(3):
            track.pp[i, j], track.pv[i, j], track.vv[i, j] = held.pp[i, j], held.pv[i, j], held.vv[i, j]


@njit
def take_over(track: Any, rules: Any, time_s: float) -> None:
    """An own sensor's first plot of an object that was only told of: the filter goes on from what was told, and for the
    drop time, until own plots have outweighed that, the track bears the pedigree of those who told."""
    track.remote, track.borrowed_s = -1, time_s + rules.drop_s


@njit
def rests_on(track: Any, network: int, time_s: float) -> int:
    """Pedigree of an own track."""
    own: int = 1 << network
    return own | track.borrowed if time_s <= track.borrowed_s else own
