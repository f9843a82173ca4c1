"""An invented but complete campaign, to try analysis and report on: five alternatives, twenty factors, both modes.

The figures follow a written formula and a fixed generator; nothing here comes from the engine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from egide.store import parts

ALTERNATIVES = {
    "nato-only": {"en": "Allied units only", "fr": "Unités alliées seules"},
    "s400-alone": {"en": "S-400 on its own", "fr": "S-400 isolé"},
    "s400-integrated": {"en": "S-400 inside the network (hypothetical)", "fr": "S-400 dans le réseau (hypothèse)"},
    "patriot": {"en": "Patriot in its place", "fr": "Patriot à sa place"},
    "s400-and-patriot": {"en": "S-400 and Patriot", "fr": "S-400 et Patriot"},
}
FACTORS = (
    "optimism.almaz-antey", "optimism.raytheon", "signature.target/cruise-missile", "signature.target/one-way-drone",
    "kill.missile/48n6e3", "kill.missile/gem-t", "kill.missile/amraam", "radar/91n6e.height", "radar/an-mpq-53.losses",
    "operator.reaction", "link.delay", "link.outage", "iff.reliability", "track.confirm", "assessment.miss_seen",
    "magazine.reload", "fighter.on_station", "drone.speed", "weather.rain", "terrain.bias",
)  # fmt: skip
PARAMETERS = {  # factor -> (path, unit, low, nominal, high)
    "optimism.almaz-antey": ("missile/48n6e3.range", "m", 150e3, 250e3, 400e3),
    "signature.target/cruise-missile": ("target/cruise-missile.rcs_front", "m2", 0.01, 0.1, 1.0),
    "kill.missile/48n6e3": ("missile/48n6e3.kill.aircraft", "1", 0.3, 0.6, 0.85),
    "kill.missile/gem-t": ("missile/gem-t.kill.aircraft", "1", 0.4, 0.65, 0.9),
}
BASE = {"nato-only": 34.0, "s400-alone": 27.0, "s400-integrated": 21.0, "patriot": 23.5, "s400-and-patriot": 15.0}
REACH = {"s400-alone": 9.0, "s400-integrated": 11.0, "s400-and-patriot": 8.0}
PATRIOT = {"patriot": 8.0, "s400-and-patriot": 5.0}


def design(points: int, trajectories: int, rows: int, chance: np.random.Generator) -> list[tuple[str, str, int, Any]]:
    """(role, of, row, quantiles): nominal, both ends of each factor, a Latin hypercube, Morris, Saltelli of six."""
    k = len(FACTORS)
    still = np.full(k, np.nan)
    made: list[tuple[str, str, int, Any]] = [("nominal", "", 0, still)]
    for i, factor in enumerate(FACTORS):
        for role, u in (("low", 0.0), ("high", 1.0)):
            made.append((role, factor, 0, np.where(np.arange(k) == i, u, np.nan)))
    cells = np.stack([chance.permutation(points) for _ in range(k)], axis=1) if points else np.zeros((0, k))
    made += [("sample", "", 0, row) for row in (cells + chance.random(cells.shape)) / max(points, 1)]
    for walk in range(trajectories):
        at = chance.integers(0, 2, k) / 3
        made.append(("morris", "", walk, at))
        for i in chance.permutation(k):
            at = at.copy()
            at[i] += 2 / 3
            made.append(("morris", FACTORS[i], walk, at))
    for row in range(rows):
        a, b = chance.random((2, k))
        made += [("a", "", row, a), ("b", "", row, b)]
        made += [("ab", FACTORS[i], row, np.where(np.arange(k) == i, b, a)) for i in range(6)]
    return made


def leakers(alternative: str, u: Any) -> Any:
    """Mean leakers of an alternative at quantiles (points, factors)."""
    v = np.where(np.isnan(u), 0.5, u) - 0.5
    mean = BASE[alternative] + 6.0 * -v[:, 2] - 3.0 * v[:, 3] - 2.0 * v[:, 16] + 2.0 * v[:, 18]
    reach, patriot = REACH.get(alternative, 0.0), PATRIOT.get(alternative, 0.0)
    mean = mean - reach * (v[:, 0] + 0.8 * v[:, 4] + 1.5 * v[:, 0] * v[:, 4]) - patriot * (v[:, 1] + v[:, 5])
    if alternative == "s400-integrated":
        mean = mean + 5.0 * v[:, 11] + 4.0 * np.maximum(v[:, 10], 0.0)
    return np.maximum(mean, 1.0)


def write(
    folder: Path, points: int = 200, each: int = 10, trajectories: int = 0, rows: int = 0, seed: int = 1, **more: Any
) -> Path:
    """A whole campaign's folder. `more`: entries of the manifest."""
    chance = np.random.default_rng(seed)
    made = design(points, trajectories, rows, chance)
    u = np.array([row[3] for row in made])
    n = len(u)
    roles = np.array([row[0] for row in made], object)
    con = parts.connect()
    folder.mkdir(parents=True, exist_ok=True)
    of = np.array([row[1] for row in made], object)
    table: dict[str, Any] = {"point": np.arange(n, dtype=np.int32), "role": roles, "of": of,
                             "row": np.array([row[2] for row in made], np.int32)}  # fmt: skip
    parts.write(folder / "points.parquet", table | {name: u[:, i].copy() for i, name in enumerate(FACTORS)}, con)
    parts.write(folder / "parameter_values.parquet", settings(u), con)
    parts.write(folder / "results.parquet", results(u, roles, each, chance), con)
    nothing = {"point": np.zeros(0, np.int32), "alternative": np.zeros(0, object), "mode": np.zeros(0, object),
               "first": np.zeros(0, np.int32), "last": np.zeros(0, np.int32), "cause": np.zeros(0, object)}  # fmt: skip
    parts.write(folder / "failures.parquet", nothing, con)
    parts.write(folder / "factors.parquet", beliefs(), con)
    con.close()
    manifest = {
        "format": 1, "kind": "campaign", "egide": "0.6.0", "seed": 2019, "complete": True,
        "study": {
            "name": "synthetic",
            "title": {"en": "Türkiye, July 2019 – what each choice buys, and how sure that is",
                      "fr": "Türkiye, juillet 2019 – ce que chaque choix apporte, et avec quelle certitude"},
            "question": {"en": "Does an S-400 inside the network let fewer attackers through than a Patriot?",
                         "fr": "Un S-400 dans le réseau laisse-t-il passer moins d’assaillants qu’un Patriot ?"},
        },
        "alternatives": {name: {"label": label} for name, label in ALTERNATIVES.items()},
        "reference": "nato-only", "compare": [["s400-integrated", "patriot"], ["s400-alone", "s400-integrated"]],
        "measures_told": ["leakers", "value_lost", "wrongful_per_10000", "shots", "cost_interceptors_usd"],
        "runs": {"asked": n * each * 5, "done": n * each * 5, "failed": 0}, "digest": "a1b2c3d4",
        **more,
    }  # fmt: skip
    (folder / "campaign.json").write_text("{}", encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def beliefs() -> dict[str, Any]:
    """Rows of `factors`: one parameter each, two of them as the catalogue has them."""
    rows = [(*PARAMETERS.get(name, (f"general/command.{name}", "1", 0.0, 0.5, 1.0)),) for name in FACTORS]
    texts = {
        "factor": FACTORS,
        "reason": [name.partition(".")[0] if name.startswith("optimism") else "own" for name in FACTORS],
        "label_en": ["Rain" if name == "weather.rain" else "" for name in FACTORS],
        "label_fr": ["Pluie" if name == "weather.rain" else "" for name in FACTORS],
        "parameter": [path for path, *_ in rows],
        "unit": [unit for _, unit, *_ in rows],
        **{key: [f"{row[2 + i]:g} {row[1]}" for row in rows] for i, key in enumerate(("low", "nominal", "high"))},
        "basis": ["assumed"] * len(FACTORS),
        "source": ["S4-05" if name == "optimism.almaz-antey" else "" for name in FACTORS],
        "why": ["no public figure"] * len(FACTORS),
    }
    return {key: np.array(column, object) for key, column in texts.items()}


def settings(u: Any) -> dict[str, Any]:
    """Rows of `parameter_values`: straight between low, nominal and high; a cross section in ratios."""
    n = len(u)
    found: dict[str, list[Any]] = {"point": [], "parameter": [], "factor": [], "value": [], "unit": []}
    for factor, (path, unit, low, nominal, high) in PARAMETERS.items():
        at = u[:, FACTORS.index(factor)]
        ends = np.log([low, nominal, high]) if high / low > 10 else np.array([low, nominal, high])
        value = np.interp(np.where(np.isnan(at), 0.5, at), [0.0, 0.5, 1.0], ends)
        found["point"].append(np.arange(n, dtype=np.int32))
        found["value"].append(np.exp(value) if high / low > 10 else value)
        for name, text in (("parameter", path), ("factor", factor), ("unit", unit)):
            found[name].append(np.full(n, text, object))
    return {name: np.concatenate(columns) for name, columns in found.items()}


def results(u: Any, roles: Any, each: int, chance: np.random.Generator) -> dict[str, Any]:
    """Fast replications everywhere and full ones of the first tenth; luck common to the alternatives of a point, and to
    the points that are moved one at a time."""
    n = len(u)
    shared = np.isin(roles, ["nominal", "low", "high"])
    luck = chance.normal(0.0, 1.0, (n, each, 2))
    luck[shared] = luck[0]
    wrong = chance.random((n, each))
    wrong[shared] = wrong[0]
    blocks: list[dict[str, Any]] = []
    for alternative in ALTERNATIVES:
        own = chance.normal(0.0, 1.0, (n, each))
        own[shared] = own[0]
        mean = leakers(alternative, u)
        alone = 3.0 if alternative == "s400-alone" else 0.6 if "s400" in alternative else 0.25
        rate = alone * np.exp(1.2 * (0.5 - np.where(np.isnan(u[:, 12]), 0.5, u[:, 12])))
        for mode in ("fast", "full"):
            size = each if mode == "fast" else max(1, each // 10)
            leak = mean[:, None] + 3.0 * luck[..., 0] + 1.2 * own + (0.0 if mode == "fast" else 0.8)
            leak = np.clip(np.round(leak), 0, 60)[:, :size]
            shots = np.round(95.0 - leak + 4.0 * luck[..., 1][:, :size])
            mistakes = np.floor(rate[:, None] + wrong[:, :size])
            passes = np.full(leak.shape, 340.0)
            blocks.append({
                "point": np.repeat(np.arange(n, dtype=np.int32), size),
                "alternative": np.full(n * size, alternative, object), "mode": np.full(n * size, mode, object),
                "replication": np.tile(np.arange(size, dtype=np.int32), n),
                "threats": np.full(n * size, 60.0), "leakers": leak.ravel(), "leaker_share": leak.ravel() / 60.0,
                "value_lost": np.round(leak.ravel() * 1.7, 1), "wrongful": mistakes.ravel(), "passes": passes.ravel(),
                "wrongful_per_10000": (1e4 * mistakes / passes).ravel(), "shots": shots.ravel(),
                "cost_interceptors_usd": (shots * (1.1e6 if "s400" in alternative else 2.2e6)).ravel(),
            })  # fmt: skip
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
