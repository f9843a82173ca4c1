"""Computes what closed forms say of the engine: python tools/engine_values.py writes tests/published/engine.csv.

Every value comes from a formula written out here, every tolerance from the spread that the run draws: three standard
errors. `egide.validation.runs` makes the runs.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from egide.validation.laws import LAWS

FILE: Final = Path(__file__).resolve().parents[1] / "tests" / "published" / "engine.csv"
COLUMNS: Final = ("call", "arguments", "item", "value", "rtol", "atol", "evidence", "source")
RUNS: Final = 15
TARGETS: Final = 60  # a run of `stages` and `layers`
EVERYWHERE: Final = 4  # of the laws: in a second scenario too
Row = tuple[str, dict[str, Any], str, float, float, str, str]


def row(
    call: str, arguments: dict[str, Any], value: float, atol: float, source: str, item: str = "",
    evidence: str = "analytic",
) -> Row:  # fmt: skip
    return call, arguments, item, value, atol, evidence, source


def spread(p: float, n: float) -> float:
    """Three standard errors of a share of n."""
    return 3.0 * math.sqrt(p * (1.0 - p) / n)


def channels() -> Iterator[Row]:
    for offered, many, atol in ((2.5, 4, 0.035), (2.5, 6, 0.018)):
        loss = 1.0
        for k in range(1, many + 1):
            loss = offered * loss / (k + offered * loss)
        told = "Erlang B by its recursion; a battery and 2 500 Poisson targets, three standard errors of batch means"
        yield row("erlang", {"offered": offered, "channels": many, "targets": 2_500}, loss, atol, told)
    case = {"sources": 8, "channels": 4, "ratio": 0.6, "targets": 2_500}
    seen = [math.comb(7, k) * 0.6**k for k in range(5)]
    told = "Engset as arrivals see it; 2 500 targets of eight raiders that come back, three standard errors"
    yield row("engset", case, seen[4] / sum(seen), 0.04, told, "0")
    told = "the queue itself, played beside: share of targets on which they differ; a decision comes up to 1 s late"
    yield row("engset", case, 0.0, 0.02, told, "1")


def operators() -> Iterator[Row]:
    mean_s, runs = 30.0, "16 runs of 1 500 requests, three standard errors"
    for many, load, atol in ((1, 0.6, 4.0), (3, 0.75, 2.5)):
        offered = many * load
        top = offered**many / math.factorial(many) * many / (many - offered)
        waits = top / (top + sum(offered**k / math.factorial(k) for k in range(many)))
        value = mean_s + waits * mean_s / (many - offered)
        told = f"{'M/M/1' if many == 1 else 'Erlang C, M/M/3'}: mean time in the system; {runs}"
        yield row("operators", {"operators": many, "load": load, "mean_s": mean_s}, value, atol, told)
    low, mode, high, load = 10.0, 30.0, 60.0, 0.7
    mean_s = (low + mode + high) / 3.0
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0
    value = mean_s + load / mean_s * (variance + mean_s**2) / (2.0 * (1.0 - load))
    told = f"Pollaczek and Khinchine, M/G/1 with triangular thought; {runs}"
    case = {"operators": 1, "load": load, "mean_s": mode, "low_s": low, "high_s": high}
    yield row("operators", case, value, 3.5, told)


def doctrine() -> Iterator[Row]:
    n = RUNS * TARGETS
    for p, first, then, known in (
        (0.6, 1, 0, 1.0), (0.6, 2, 0, 1.0), (0.56, 4, 0, 1.0), (0.6, 1, 1, 1.0), (0.6, 2, 2, 0.7), (0.6, 1, 3, 0.4)
    ):  # fmt: skip
        case = {"p": p, "first": first, "then": then, "recognised": known, "runs": RUNS}
        missed = (1.0 - p) ** first
        kill = 1.0 - missed + missed * known * (1.0 - (1.0 - p) ** then)
        name = "two stages: 1 - m + m a (1 - (1 - p)^s2)" if then else "binomial: 1 - (1 - p)^n"
        yield row("stages", case, kill, spread(kill, n), f"{name}; {n} targets, three standard errors", "0")
        atol = max(then * spread(missed * known, n), 1e-9)
        told = f"shots a target: s1 + m a s2; {n} targets, three standard errors"
        yield row("stages", case, first + missed * known * then, atol, told, "1")
    for outer, inner in ((0.6, 0.5), (0.6, 0.3)):
        leak, n = (1.0 - outer) * (1.0 - inner), 10 * TARGETS
        told = f"independent layers multiply: (1 - p1)(1 - p2); {n} targets, three standard errors"
        yield row("layers", {"p_outer": outer, "p_inner": inner, "runs": 10}, leak, spread(leak, n), told)


def wilkening() -> Iterator[Row]:
    for warheads, p, shots, p_track, raids in ((20, 0.7, 2, 0.99, 120), (4, 0.8, 2, 0.95, 300)):
        kill = p_track * (1.0 - (1.0 - p) ** shots)
        case = {"warheads": warheads, "p": p, "shots": shots, "p_track": p_track, "raids": raids}
        told = f"Wilkening 2000: W (1 - Kw), Kw = P(track) [1 - (1 - p)^n]; {raids} raids, three standard errors"
        yield row(
            "leakers", case, warheads * (1.0 - kill), warheads * spread(kill, raids * warheads), told, "0", FORMULA
        )
        told = f"Wilkening 2000, P(0) = Kw^W; {raids} raids, three standard errors"
        yield row("leakers", case, kill**warheads, spread(kill**warheads, raids), told, "1", FORMULA)
    p, p_track, sure = 0.7, 0.99, 0.8
    twenty, ten = (math.log(1.0 - sure ** (1.0 / w) / p_track) / math.log(1.0 - p) for w in (20, 10))
    told = "Wilkening 2000: 20 warheads, P(track) 0.99, single shot 0.7, 80 %, barrage: 113 rounded"
    yield row("interceptors", {"objects": 20, "shots": twenty, "p": p}, 20 * twenty, 1e-6, told, "", FORMULA)
    told = "the same: 10 warheads with 10 decoys that nobody tells apart: 73 rounded"
    yield row("interceptors", {"objects": 20, "shots": ten, "p": p}, 20 * ten, 1e-6, told, "", FORMULA)
    again, rest = (1.0 - p) ** 2, twenty - 2.0
    told = "the same: 20 warheads, shoot-look-shoot with two first: 47 rounded; 25 raids, three standard errors"
    case = {"objects": 20, "shots": twenty, "p": p, "first": 2, "raids": 25}
    yield row("interceptors", case, 20.0 * (2.0 + again * rest), 20.0 * rest * spread(again, 500), told, "", FORMULA)


def exchanges() -> Iterator[Row]:
    a, b, fires, stops, stays_a, stays_b = 3, 2, 4, 2, 2, 1
    out_a = min(max((fires * b - stops * a) / stays_a, 0.0), a)
    out_b = min(max((fires * a - stops * b) / stays_b, 0.0), b)
    case = {"a": a, "b": b, "fires": fires, "stops": stops, "stays_a": stays_a, "stays_b": stays_b}
    named = (
        "units out of A, (beta B - y A) / a1",
        "units out of B, no more than there are",
        "fractional exchange ratio",
    )
    for i, (value, name) in enumerate(zip((out_a, out_b, (out_b / b) / (out_a / a)), named, strict=True)):
        yield row("exchange", case, value, 0.0, f"Hughes 1995, {name}; sure missiles on either side", str(i))


def physics() -> Iterator[Row]:
    for power_w in (1.0, 5.0, 20.0):
        told = (
            "(R/R_free)^4 + (R/R_bt)^2 = 1: range at the first engagement over the closed form's; a decision's travel"
        )
        yield row("burn_through", {"power_w": power_w}, 1.0, 0.02, told)


def never_worse() -> Iterator[Row]:
    for what, levels, name in (
        ("channels", [1, 2, 4, 12], "more channels"), ("missiles", [2, 4, 8, 24], "more missiles"),
        ("orders", [60, 15, 1], "faster orders"),
    ):  # fmt: skip
        told = (
            f"{name} never raise mean leakage beyond noise: the worst step, in standard errors of the paired difference"
        )
        yield row("rise", {"what": what, "levels": levels, "runs": 20}, 0.0, 3.0, told)


def laws() -> Iterator[Row]:
    for k, law in enumerate(law.says for law in LAWS):
        scenes = [("all-together", "as-written", 10), ("one-raid-two-networks", "coordinated", 3)]
        for name, alternative, runs in scenes if k < EVERYWHERE else scenes[:1]:
            case = {"law": law, "name": name, "alternative": alternative, "replications": runs}
            yield row("laws_broken", case, 0.0, 0.0, "a law of every replication: how often it is broken")


FORMULA: Final = "published formula"


def main() -> int:
    count = 0
    with FILE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for part in (channels, operators, doctrine, wilkening, exchanges, physics, never_worse, laws):
            for call, arguments, item, value, atol, evidence, source in part():
                whole = f"egide.validation.runs.{call}"
                table.writerow(
                    [whole, json.dumps(arguments), item, f"{value:.12g}", 0, f"{atol:.3g}", evidence, source]
                )
                count += 1
    print(f"wrote {FILE.name}, {count} numbers")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
