"""Assignment with parts of shots allowed: a convex problem, solved by tangents in a linear model of HiGHS.

reach    the sum of logarithms of miss that a target is shot with: exp(-reach) of its value survives
tangent  a line below value * exp(-reach); the linear model over the tangents so far bounds the convex one from below

Source: Kelley, Journal of the Society for Industrial and Applied Mathematics 8 (1960) 703-712 (cutting planes); the
check is Bracken and McCormick, Selected Applications of Nonlinear Programming, 1968 (GAMS model library, WEAPONS).
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from egide.assign.problem import Assignment, Floats, checked

__all__ = ["continuous"]

_LOG_MISS_MAX: Final = 60.0
_ITERATIONS: Final = 200


def continuous(
    values: ArrayLike,
    kill: ArrayLike,
    rounds: ArrayLike = 1,
    possible: ArrayLike | None = None,
    at_least: ArrayLike = 0.0,
    gap: float = 1e-7,
) -> Assignment:
    """The least surviving value when shots may be divided, with at least `at_least` shots at each target. Its bound is
    one for whole shots too."""
    from scipy import sparse
    from scipy.optimize import linprog

    problem = checked(values, kill, rounds, possible)
    begun = time.perf_counter()
    weapons, targets = problem.kill.shape
    need = np.broadcast_to(np.asarray(at_least, float), (targets,))
    if not (np.isfinite(need) & (need >= 0.0)).all():
        raise ValueError("at_least has to be finite shots, 0 or more, one number or one a target")
    i, j = np.nonzero(problem.kill)
    n = len(i)  # variables: a part for every possible pair, then what survives of every target
    log_miss = np.minimum(-np.log1p(-np.minimum(problem.kill[i, j], 1.0 - 1e-16)), _LOG_MISS_MAX)
    take = sparse.csr_array((np.ones(n), (i, np.arange(n))), shape=(weapons, n))
    give = sparse.csr_array((-np.ones(n), (j, np.arange(n))), shape=(targets, n))
    reach = sparse.csr_array((log_miss, (j, np.arange(n))), shape=(targets, n))
    none = sparse.csr_array((weapons + targets, targets))
    rows, limits = [sparse.hstack([sparse.vstack([take, give]), none])], [problem.rounds.astype(float), -need]
    cost = np.r_[np.zeros(n), np.ones(targets)]
    at = [np.full(targets, y) for y in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)]
    value, bound, counts = np.inf, 0.0, np.zeros((weapons, targets))
    for _ in range(_ITERATIONS):
        for y in at:  # s >= value exp(-y) (1 + y - reach)
            slope = problem.values * np.exp(-y)
            rows.append(sparse.hstack([-sparse.diags_array(slope) @ reach, -sparse.eye_array(targets)]))
            limits.append(-slope * (1.0 + y))
        done = linprog(
            cost, A_ub=sparse.vstack(rows, format="csc"), b_ub=np.concatenate(limits), bounds=(0.0, None),
            method="highs",
        )  # fmt: skip
        if done.status == 2:
            raise ValueError("at_least asks for more shots than there are rounds that can reach the targets")
        if done.status != 0:
            break
        y = reach @ done.x[:n]
        alive: Floats = problem.values * np.exp(-y)
        if alive.sum() < value:
            value = float(alive.sum())
            counts[i, j] = done.x[:n]
        bound = max(bound, float(done.fun) - 1e-7)  # HiGHS keeps to its rows within 1e-7
        if value - bound <= gap * value + 1e-6:
            break
        at = [y]
    reached = value - bound <= gap * value + 1e-6
    return Assignment(value, min(bound, value), counts, "tangents", time.perf_counter() - begun, reached)
