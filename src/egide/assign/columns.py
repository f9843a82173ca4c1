"""Assignment as a choice of one column a target: linear and whole-number models of HiGHS, through SciPy.

column   the shots at one target with the value that survives them
master   one column a target, no weapon above its rounds, least sum; its linear relaxation is the dual of the prices
reduced  what a column costs at given prices, above what its target's cheapest one costs

Sources: Dantzig and Wolfe, Operations Research 8 (1960) 101-111; HiGHS, Huangfu and Hall, Mathematical Programming
Computation 10 (2018) 119-142.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from egide.assign.problem import Counts, Floats, Problem

__all__ = ["Columns", "Relaxation", "Whole"]


@final
@dataclass(frozen=True)
class Relaxation:
    """The master's linear relaxation over the columns so far."""

    value: float
    price: Floats  # a weapon
    worth: Floats  # a target: what its cheapest column costs


@final
@dataclass(frozen=True)
class Whole:
    """The master over whole numbers: an assignment, where one was found in time, and what none of its columns beat."""

    counts: Counts | None
    bound: float


@final
@dataclass
class Columns:
    """A growing pool of columns."""

    problem: Problem
    cost: list[Floats] = field(default_factory=list)
    target: list[NDArray[np.int64]] = field(default_factory=list)
    shots: list[Counts] = field(default_factory=list)  # rows: columns of the model; weapons
    seen: set[tuple[int, bytes]] = field(default_factory=set)

    def add(self, targets: NDArray[np.int64], shots: Counts) -> int:
        """Take the columns (targets, shots) that are new; how many were."""
        new = []
        for k, j in enumerate(targets.tolist()):
            key = (j, shots[k].tobytes())
            if key not in self.seen:
                self.seen.add(key)
                new.append(k)
        if new:
            self.cost.append(self.costs(targets[new], shots[new]))
            self.target.append(targets[new])
            self.shots.append(shots[new])
        return len(new)

    def costs(self, targets: NDArray[np.int64], shots: Counts) -> Floats:
        """What survives each column."""
        kill = self.problem.kill[:, targets].T
        alive: Floats = self.problem.values[targets] * np.power(1.0 - kill, shots).prod(axis=1)
        return alive

    def _model(self) -> tuple[Floats, Any, Any]:
        """Costs, rows of the targets, rows of the weapons."""
        from scipy import sparse

        cost, target, shots = np.concatenate(self.cost), np.concatenate(self.target), np.concatenate(self.shots)
        n, targets = len(cost), len(self.problem.values)
        once = sparse.csc_array((np.ones(n), target, np.arange(n + 1)), shape=(targets, n))
        return cost, once, sparse.csc_array(shots.T.astype(float))

    def relax(self, time_s: float) -> Relaxation | None:
        """Linear relaxation with its prices, or None where time ran out."""
        from scipy.optimize import linprog

        cost, once, used = self._model()
        done = linprog(
            cost, A_ub=used, b_ub=self.problem.rounds.astype(float), A_eq=once, b_eq=np.ones(once.shape[0]),
            bounds=(0.0, None), method="highs", options={"time_limit": max(time_s, 0.01)},
        )  # fmt: skip
        if done.status != 0:
            return None
        return Relaxation(float(done.fun), np.maximum(0.0, -done.ineqlin.marginals), done.eqlin.marginals)

    def whole(self, time_s: float, gap: float) -> Whole:
        """The best assignment made of these columns, to a relative gap."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        cost, once, used = self._model()
        done = milp(
            cost, integrality=np.ones(len(cost)), bounds=Bounds(0.0, 1.0),
            constraints=[LinearConstraint(once, 1.0, 1.0), LinearConstraint(used, -np.inf, self.problem.rounds)],
            options={"time_limit": max(time_s, 0.01), "mip_rel_gap": gap},
        )  # fmt: skip
        bound = -np.inf if done.mip_dual_bound is None else float(done.mip_dual_bound)
        if done.x is None:
            return Whole(None, bound)
        target, shots = np.concatenate(self.target), np.concatenate(self.shots)
        counts = np.zeros(self.problem.kill.shape, np.int64)
        for k in np.flatnonzero(done.x > 0.5):
            counts[:, target[k]] = shots[k]
        return Whole(counts, bound)
