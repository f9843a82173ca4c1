"""Sobol indices of Ishigami's function, ours beside SALib's: error against the closed values, and time.

python benchmarks/sensitivity.py [ROWS]          SALib is needed for the second line only
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from egide.analysis.sensitivity import sobol

PI = float(np.pi)
FIRST = np.array([0.3139052, 0.4424111, 0.0])
TOTAL = np.array([0.5575889, 0.4424111, 0.2436837])
DRAWS = 100
SEEDS = 40  # scrambled sequences have a heavy tail: one in forty is ten times worse than the middle one


def ishigami(x: Any) -> Any:
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ours(rows: int, seed: int) -> tuple[Any, Any]:
    found = sobol(ishigami, bounds=[(-PI, PI)] * 3, rows=rows, seed=seed, draws=DRAWS)
    return found.first, found.total


def theirs(rows: int, seed: int) -> tuple[Any, Any]:
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-PI, PI]] * 3}
    x = sample.sample(problem, rows, calc_second_order=False, seed=seed)
    found = analyze.analyze(problem, ishigami(x), calc_second_order=False, num_resamples=DRAWS, seed=seed)
    return found["S1"], found["ST"]


def measure(name: str, method: Callable[[int, int], tuple[Any, Any]], rows: int) -> None:
    method(rows, 0)  # imports
    begun = time.perf_counter()
    errors = []
    for seed in range(SEEDS):
        first, total = method(rows, seed)
        if len(first) != 3 or len(total) != 3:
            raise SystemExit(f"{name}: not three indices")
        errors.append((np.abs(first - FIRST).max(), np.abs(total - TOTAL).max()))
    spent = (time.perf_counter() - begun) / SEEDS
    worst = np.max(errors, axis=0)
    middle = np.median(errors, axis=0)
    print(
        f"{name:8} {rows} rows, largest error over three factors, middle and worst of {SEEDS} seeds: "
        f"first {middle[0]:.4f}, {worst[0]:.4f}; total {middle[1]:.4f}, {worst[1]:.4f}; {1000 * spent:.0f} ms"
    )


if __name__ == "__main__":
    base_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
    measure("egide", ours, base_rows)
    try:
        measure("SALib", theirs, base_rows)
    except ImportError:
        print("SALib is not installed: nothing to compare with")
