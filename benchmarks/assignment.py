"""Weapon-target assignment: ours beside HiGHS with a tangent model, and beside published bounds.

exact     `egide.assign.exact` to a gap of 1e-4
greedy    `egide.assign.greedy`: value, its proven bound and its time
tangents  whole shots, what survives a target kept above tangents of value * exp(-reach); tangents are added where the
          answer lies until the gap is reached (outer approximation); HiGHS through SciPy, in a process of its own
published highest bound and least value of branch-and-adjust, Andersen, Pavlikov and Toffolo 2022 (two hours a run), and
          its shortest time to a proof; instances WxTxN have N rounds a weapon
made      values whole from 1 to 100, kill probabilities even on (0, 1), as those; seed 0

    python benchmarks/assignment.py [--limit SECONDS] [--rounds N] [--write docs/models/assignment.md]

Times are the least of N rounds, after compiling; the tangent model is run once.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
DATA: Final = Path(__file__).resolve().parents[1] / "tests" / "data" / "wta"
GAP: Final = 1e-4
BEGIN: Final = "<!-- assignment: printed by `python benchmarks/assignment.py`; renew with --write -->"
END: Final = "<!-- end of assignment -->"


def read(name: str) -> tuple[Array, Array]:
    """Values and kill probabilities of an instance."""
    words = (DATA / f"{name}.txt").read_text().split()
    weapons, targets = int(words[0]), int(words[1])
    pairs = np.array(words[3 + targets :], float).reshape(-1, 3)
    kill = np.zeros((weapons, targets))
    kill[pairs[:, 0].astype(int), pairs[:, 1].astype(int)] = pairs[:, 2]
    return np.array(words[3 : 3 + targets], float), kill


def made(weapons: int, targets: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.integers(1, 101, targets).astype(float), rng.random((weapons, targets))


def published() -> dict[tuple[int, int, int], tuple[float, float, float]]:
    """Highest lower bound, lowest value, shortest time to a proof, by weapons, targets and rounds."""
    best: dict[tuple[int, int, int], tuple[float, float, float]] = {}
    approach = ""
    with (DATA / "results.csv").open(newline="") as file:
        for row in csv.reader(file):
            if row and row[0].startswith("Approach: "):
                approach = row[0].removeprefix("Approach: ")
            if not approach.startswith("branch-and-adjust"):
                continue  # values of the other approach are those of a rounded model
            if len(row) == 9 and row[1].isdigit():
                key = (int(row[1]), int(row[2]), int(row[3]))
                low, high, took = best.get(key, (0.0, np.inf, np.inf))
                proof_s = float(row[8]) if row[7] == "opt" else np.inf
                best[key] = (max(low, float(row[5])), min(high, float(row[6])), min(took, proof_s))
    return best


# --- the peer ------------------------------------------------------------------------------------------------------


def tangents(values: Array, kill: Array, rounds: int, limit_s: float) -> dict[str, float]:
    """Outer approximation by HiGHS: value, bound, seconds."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    begun = time.perf_counter()
    weapons, targets = kill.shape
    n = weapons * targets
    i, j = np.divmod(np.arange(n), targets)
    log_miss = -np.log1p(-kill[i, j])
    take = sparse.csr_array((np.ones(n), (i, np.arange(n))), shape=(weapons, n + targets))
    reach = sparse.csr_array((log_miss, (j, np.arange(n))), shape=(targets, n))
    cuts, floors = [], []

    def cut(at: Array) -> None:
        slope = values * np.exp(-at)
        cuts.append(sparse.hstack([sparse.diags_array(slope) @ reach, sparse.eye_array(targets)]))
        floors.append(slope * (1.0 + at))

    for at in (0.0, 0.5, 1.0, 2.0, 4.0):
        cut(np.full(targets, at))
    value, bound = float(values.sum()), 0.0
    cost, whole = np.r_[np.zeros(n), np.ones(targets)], np.r_[np.ones(n), np.zeros(targets)]
    upper = np.r_[np.full(n, float(rounds)), np.full(targets, np.inf)]
    while value - bound > GAP * value and (left_s := limit_s - (time.perf_counter() - begun)) > 0.0:
        done = milp(
            cost, integrality=whole, bounds=Bounds(0.0, upper),
            constraints=[
                LinearConstraint(take, -np.inf, float(rounds)),
                LinearConstraint(sparse.vstack(cuts, format="csr"), np.concatenate(floors), np.inf),
            ],
            options={"time_limit": left_s, "mip_rel_gap": 0.5 * GAP},
        )  # fmt: skip
        if done.mip_dual_bound is not None:
            bound = max(bound, float(done.mip_dual_bound))
        if done.x is None:
            break
        at = reach @ np.round(done.x[:n])
        value = min(value, float((values * np.exp(-at)).sum()))
        cut(at)
    return {"value": value, "bound": bound, "seconds": time.perf_counter() - begun}


def peer(values: Array, kill: Array, rounds: int, limit_s: float) -> dict[str, float]:
    """The tangent model in a process of its own, on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "instance.npz"
        np.savez(file, values=values, kill=kill)
        done = subprocess.run(
            [sys.executable, __file__, "--peer", str(file), "--peer-rounds", str(rounds), "--limit", str(limit_s)],
            capture_output=True, text=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


# --- tables --------------------------------------------------------------------------------------------------------


def gap(value: float, bound: float) -> str:
    return f"{max(0.0, value - bound) / value:.1e}"


def exact_rows(limit_s: float, again: int) -> list[str]:
    """Markdown: one line an instance."""
    from egide import assign

    said = published()
    lines = [
        "| instance | ours: survives | gap | s | HiGHS, tangents | gap | s | ratio | published | s to their proof |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    rough = [
        "",
        "| instance | greedy | above the least | its bound | below the least | ms |",
        "|---|---|---|---|---|---|",
    ]
    cases = [(f"{w}x{t}", read(f"wta_{w}x{t}x1"), n) for w, t in ((50, 100), (100, 200)) for n in (1, 2, 3)]
    cases += [("made 200x400", made(200, 400), n) for n in (1, 2)]
    for name, (values, kill), n in cases:
        ours = min((assign.exact(values, kill, n, GAP, limit_s) for _ in range(again)), key=lambda a: a.seconds)
        greedy = min((assign.greedy(values, kill, n) for _ in range(3 * again)), key=lambda a: a.seconds)
        other = peer(values, kill, n, limit_s)
        late = other["value"] - other["bound"] > GAP * other["value"]
        theirs = "- | -"
        if "made" not in name:
            low, high, proof_s = said[kill.shape[0], kill.shape[1], n]
            theirs = (
                f"{low:.6f} to {high:.6f} | {proof_s:g}" if np.isfinite(proof_s) else f"{low:.6f} to {high:.6f} | -"
            )
        lines.append(
            f"| {name}x{n} | {ours.value:.6f} | {gap(ours.value, ours.bound)} | {ours.seconds:.4f} "
            f"| {other['value']:.6f} | {gap(other['value'], other['bound'])} | {other['seconds']:.1f} "
            f"| {'over ' if late else ''}{other['seconds'] / ours.seconds:,.0f} "
            f"| {theirs} |"
        )
        rough.append(
            f"| {name}x{n} | {greedy.value:.3f} | {greedy.value / ours.value - 1.0:.1%} | {greedy.bound:.3f} "
            f"| {1.0 - greedy.bound / ours.value:.1%} | {1e3 * greedy.seconds:.2f} |"
        )
        print(lines[-1], flush=True)
    return lines + rough


def loop_rows(again: int) -> list[str]:
    """Markdown: what an engine's loop pays for greedy and its bound, compiled, 20 weapons and 20 targets."""
    from egide.assign import exact
    from egide.assign.greedy import STEPS
    from egide.assign.kernels import greedy_bounded

    lines = [
        "| 20 x 20 | rounds | greedy alone, ms | with bound, ms | greedy above the least | bound below the least |",
        "|---|---|---|---|---|---|",
    ]
    rng = np.random.default_rng(1)
    for low, high in ((0.0, 1.0), (0.4, 0.9), (0.6, 0.8)):
        for n in (1, 2, 4):
            shots, counts = np.full(20, n, np.int64), np.zeros((20, 20), np.int64)
            over, under, took = [], [], np.full((2, 20), np.inf)
            for k in range(20):
                values, kill = rng.uniform(25.0, 100.0, 20), rng.uniform(max(low, 1e-3), high, (20, 20))
                for which, steps in enumerate((0, STEPS)):
                    for _ in range(5 * again):
                        begun = time.perf_counter()
                        value, bound = greedy_bounded(values, kill, shots, steps, counts)
                        took[which, k] = min(took[which, k], time.perf_counter() - begun)
                least = exact(values, kill, n, 1e-3, 20.0).value
                over.append(value / least - 1.0)
                under.append(1.0 - bound / least)
            lines.append(
                f"| kill {low:g} to {high:g} | {n} | {1e3 * np.median(took[0]):.3f} | {1e3 * np.median(took[1]):.3f}, "
                f"worst {1e3 * took[1].max():.3f} | {np.mean(over):.1%}, worst {np.max(over):.1%} "
                f"| {np.mean(under):.1%}, worst {np.max(under):.1%} |"
            )
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each answer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--peer", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--peer-rounds", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peer:
        with np.load(asked.peer) as held:
            print(json.dumps(tangents(held["values"], held["kill"], asked.peer_rounds, asked.limit)))
        return
    from egide import assign

    assign.exact(*made(6, 8), 2, gap=1e-9)  # compiles, imports
    table = [*exact_rows(asked.limit, asked.rounds), "", *loop_rows(asked.rounds)]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    text = "\n".join([f"Least times of {asked.rounds} rounds; load of the machine {load:.1f}.", "", *table])
    if asked.write:
        page = asked.write.read_text("utf-8")
        before, begin, rest = page.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise SystemExit(f"{asked.write}: the marks of the section are missing")
        asked.write.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")


if __name__ == "__main__":
    main()
