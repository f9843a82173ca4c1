"""Which assumption moves the answer, and by how much.

factor     one independent source of ignorance, a quantile u between 0 and 1
first      share of the variance of the mean that goes if the factor becomes known: Var(E[Y | X_i]) / V
total      share that is left if everything else becomes known: 1 - Var(E[Y | X_~i]) / V
noise      variance that chance leaves in a value that is a mean over replications; it is no factor's and is taken out
effect     change of the value over change of u, one factor (or group) moved: Morris. mu: their mean, mu*: the mean of
           their sizes, sigma: their spread, which interactions and curves cause
floor      the mu* that chance alone would show
tornado    each factor at its low and at its high value, all else nominal, on the nominal point's luck

Sources: Saltelli et al., Computer Physics Communications 181 (2010) 259-270 (first order); Jansen, Computer Physics
Communications 117 (1999) 35-43 (total); Sobol 2001; Morris, Technometrics 33 (1991) 161-174; Campolongo, Cariboni and
Saltelli, Environmental Modelling & Software 22 (2007) 1509-1518 (mu*, groups).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from egide.analysis import intervals
from egide.analysis.intervals import Estimate
from egide.analysis.outcomes import Points, Values
from egide.analysis.variance import means

Floats: TypeAlias = NDArray[np.float64]
Model: TypeAlias = Callable[[Floats], ArrayLike]

MOST_GROUPS: Final = 12  # what a Sobol design is made for


# --- Sobol -------------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class SobolTable:
    """Values of a Saltelli design: rows A and B, and AB_i which is A with factor i from B. `noise`: variance that
    chance leaves in one value, averaged."""

    names: tuple[str, ...]
    a: Floats
    b: Floats
    ab: Floats
    noise: float = 0.0


@final
@dataclass(frozen=True)
class Indices:
    """One entry a factor, with the ends of its interval; NaN where no index may be given. `variance`: of the values,
    less chance; `noise_share`: part of the values' variance that is chance; `rows`: base rows, or points."""

    names: tuple[str, ...]
    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    variance: float
    noise_share: float
    rows: int


def sobol(
    function_or_table: Model | SobolTable,
    factors: int | Sequence[str] = (),
    *,
    bounds: Sequence[tuple[float, float]] = (),
    rows: int = 4096,
    seed: int = 0,
    level: float = 0.95,
    draws: int = 200,
) -> Indices:
    """First and total order with bootstrap intervals, from a function or from a table of a design already run.

    The function takes an array (n, factors), each column within its bounds (0 to 1 where none are given), and returns
    n values, or (n, replications) where it draws its own luck; it is then called with `rows * (factors + 2)` rows.
    """
    if isinstance(function_or_table, SobolTable):
        return _indices(function_or_table, seed, level, draws)
    count = len(bounds) if not factors else factors if isinstance(factors, int) else len(factors)
    names = tuple(f"x{i + 1}" for i in range(count)) if isinstance(factors, int) or not factors else tuple(factors)
    if count < 1 or (bounds and len(bounds) != count):
        raise ValueError("sobol needs the factors: a number, names, or one pair of bounds each")
    return _indices(_run_design(function_or_table, names, bounds, rows, seed), seed, level, draws)


def _run_design(
    function: Model, names: tuple[str, ...], bounds: Sequence[tuple[float, float]], rows: int, seed: int
) -> SobolTable:
    from scipy.stats import qmc  # 1 s to import

    k = len(names)
    ends = np.array(bounds or [(0.0, 1.0)] * k, float)
    sample = qmc.Sobol(2 * k, rng=np.random.Generator(np.random.Philox(seed))).random_base2(
        max(1, math.ceil(math.log2(rows)))
    )
    a, b = (ends[:, 0] + half * (ends[:, 1] - ends[:, 0]) for half in (sample[:, :k], sample[:, k:]))
    blocks = [a, b]
    for i in range(k):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        blocks.append(mixed)
    values = np.asarray(function(np.concatenate(blocks)), float)
    noise = 0.0
    if values.ndim == 2:
        noise = float(values.var(axis=1, ddof=1).mean()) / values.shape[1] if values.shape[1] > 1 else math.nan
        values = values.mean(axis=1)
    each = values.reshape(k + 2, len(a))
    return SobolTable(names, each[0], each[1], each[2:], noise)


def sobol_table(points: Points, values: Values) -> SobolTable | None:
    """The Saltelli design among a campaign's points; None where there is none. A base row of which one point failed is
    left out whole."""
    each = means(values.point, values.value)
    known = dict(zip(each.point.tolist(), each.mean.tolist(), strict=True))
    found: dict[tuple[str, str], dict[int, float]] = {}
    for point, role, of, row in zip(points.point, points.role, points.of, points.row, strict=True):
        if role in ("a", "b", "ab") and int(point) in known:
            found.setdefault((str(role), str(of) if role == "ab" else ""), {})[int(row)] = known[int(point)]
    names = tuple(dict.fromkeys(of for role, of in found if role == "ab"))
    if not names or ("a", "") not in found or ("b", "") not in found:
        return None
    rows = sorted(set.intersection(*(set(column) for column in found.values())))
    if len(rows) < 8:
        return None
    used = np.isin(each.point, points.having("a", "b", "ab"))
    noise = float(np.mean(each.noise[used]))

    def take(role: str, of: str = "") -> list[float]:
        return [found[role, of][row] for row in rows]

    return SobolTable(names, np.array(take("a")), np.array(take("b")), np.array([take("ab", of) for of in names]),
                      0.0 if math.isnan(noise) else noise)  # fmt: skip


def _indices(table: SobolTable, seed: int, level: float, draws: int) -> Indices:
    n = table.a.size
    chance = np.random.Generator(np.random.Philox(seed))
    picked = chance.integers(0, n, (draws, n))
    weights = np.stack([np.bincount(row, minlength=n) for row in picked]).astype(float)
    weights = np.concatenate([np.ones((1, n)), weights])
    middle = float(np.concatenate([table.a, table.b]).mean())  # a shift changes no index and steadies the estimates
    a, b, ab = table.a - middle, table.b - middle, table.ab - middle
    mean = weights @ (a + b) / (2 * n)
    whole = weights @ (a * a + b * b) / (2 * n) - mean**2
    variance = np.maximum(whole - table.noise, 0.0)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        first = weights @ (b * (ab - a)).T / n / variance
        total = (weights @ ((a - ab) ** 2).T / (2 * n) - table.noise) / variance
    first[~np.isfinite(first)] = np.nan
    total[~np.isfinite(total)] = np.nan
    noise_share = table.noise / float(whole[0]) if whole[0] > 0 else math.nan
    found = np.stack([first, total], axis=1)
    return with_ends(table.names, found[0], found[1:], level, float(variance[0, 0]), noise_share, n)


def with_ends(
    names: tuple[str, ...], found: Floats, again: Floats, level: float, variance: float, noise_share: float, rows: int
) -> Indices:
    """Indices (first and total, factor) with the ends of their intervals from bootstrap draws (draw, first and total,
    factor)."""
    low, high = np.nanquantile(again, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Indices(names, found[0], low[0], high[0], found[1], low[1], high[1], variance, noise_share, rows)


# --- Morris ------------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class MorrisTable:
    """Trajectories: in each row one factor (or group, `of`) has moved since the row before; `of` is '' at the start.
    `noise`: variance of each value by chance."""

    trajectory: NDArray[np.int64]
    of: NDArray[Any]
    u: Floats
    value: Floats
    noise: Floats


@final
@dataclass(frozen=True)
class Effect:
    """One factor. mu is NaN for a group, whose factors may move against each other."""

    name: str
    mu: float
    mu_star: float
    low: float
    high: float
    sigma: float
    floor: float
    n: int

    @property
    def seen(self) -> bool:
        """More than chance alone would show?"""
        return self.low > self.floor


def morris(
    function_or_table: Model | MorrisTable,
    factors: int | Sequence[str] = (),
    *,
    trajectories: int = 20,
    levels: int = 4,
    seed: int = 0,
    level: float = 0.95,
) -> list[Effect]:
    """Screening by one-step changes, largest mu* first. The function takes quantiles (n, factors)."""
    if not isinstance(function_or_table, MorrisTable):
        names = tuple(f"x{i + 1}" for i in range(factors)) if isinstance(factors, int) else tuple(factors)
        function_or_table = _walk(function_or_table, names, trajectories, levels, seed)
    found: dict[str, list[tuple[float, float, bool]]] = {}
    table = function_or_table
    for i in range(1, table.value.size):
        if table.trajectory[i] != table.trajectory[i - 1] or not table.of[i]:
            continue
        step = table.u[i] - table.u[i - 1]
        moved = np.flatnonzero(np.abs(step) > 1e-12)
        if moved.size == 0 or not math.isfinite(change := float(table.value[i] - table.value[i - 1])):
            continue
        size = float(step[moved[np.argmax(np.abs(step[moved]))]])
        noise = float(table.noise[i] + table.noise[i - 1]) / size**2
        found.setdefault(str(table.of[i]), []).append((change / size, noise, moved.size == 1))
    effects = [_effect(name, each, level, seed) for name, each in found.items()]
    return sorted(effects, key=lambda effect: (-effect.mu_star, effect.name))


def morris_table(points: Points, values: Values) -> MorrisTable | None:
    """The trajectories among a campaign's points, in the order in which they were walked; None where there are none."""
    chosen = np.flatnonzero(points.role == "morris")
    if not chosen.size:
        return None
    each = means(values.point, values.value)
    known = dict(zip(each.point.tolist(), zip(each.mean.tolist(), each.noise.tolist(), strict=True), strict=True))
    order = chosen[np.lexsort((points.point[chosen], points.row[chosen]))]
    pairs = np.array([known.get(int(point), (math.nan, math.nan)) for point in points.point[order]])
    u = points.u[order]
    return MorrisTable(points.row[order], points.of[order], np.where(np.isnan(u), 0.5, u), pairs[:, 0],
                       np.nan_to_num(pairs[:, 1]))  # fmt: skip


def screened(effects: Sequence[Effect], most: int = MOST_GROUPS) -> list[str]:
    """Those worth a Sobol design: seen above chance, largest first, at most a dozen."""
    return [effect.name for effect in effects if effect.seen][:most]


def _walk(function: Model, names: tuple[str, ...], trajectories: int, levels: int, seed: int) -> MorrisTable:
    """Morris's own design: a random start on the grid, then each factor once, in random order."""
    chance = np.random.Generator(np.random.Philox(seed))
    k, step = len(names), levels / (2 * (levels - 1))
    rows, of = [], []
    for _ in range(trajectories):
        at = chance.integers(0, levels, k) / (levels - 1)
        rows.append(at)
        of.append("")
        for i in chance.permutation(k):
            at = at.copy()
            at[i] += step if at[i] + step <= 1.0 + 1e-9 else -step
            rows.append(at)
            of.append(names[i])
    u = np.array(rows)
    values = np.asarray(function(u), float)
    noise = np.zeros(len(u))
    if values.ndim == 2:
        noise = values.var(axis=1, ddof=1) / values.shape[1]
        values = values.mean(axis=1)
    return MorrisTable(np.repeat(np.arange(trajectories), k + 1), np.array(of, object), u, values, noise)


def _effect(name: str, each: Sequence[tuple[float, float, bool]], level: float, seed: int) -> Effect:
    size = np.array([effect for effect, _, _ in each])
    noise = float(np.mean([noise for _, noise, _ in each]))
    alone = all(single for _, _, single in each)
    star = intervals.bootstrap_mean(np.abs(size), level, seed, 1000)
    spread = float(size.var(ddof=1)) - noise if size.size > 1 else math.nan
    floor = math.sqrt(2.0 / math.pi * noise)
    mu = float(size.mean()) if alone else math.nan
    sigma = math.sqrt(max(spread, 0.0)) if alone and size.size > 1 else math.nan
    return Effect(name, mu, star.value, star.low, star.high, sigma, floor, size.size)


# --- tornado -----------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class Bar:
    """One factor at its low and its high value: the change from nominal, paired. `p`: Holm's, of the likelier."""

    factor: str
    low: Estimate
    high: Estimate
    low_point: int
    high_point: int
    p: float = math.nan

    @property
    def swing(self) -> float:
        """From one end to the other, the nominal value among them."""
        ends = [0.0, *(e.value for e in (self.low, self.high) if math.isfinite(e.value))]
        return max(ends) - min(ends)


def tornado(points: Points, values: Values) -> list[Bar]:
    """One bar a factor that was moved by itself, widest first; p values corrected (Holm) for all bars' ends."""
    none = Estimate(math.nan, math.nan, math.nan, 0)
    ends: dict[str, dict[str, tuple[int, Estimate]]] = {}
    for role in ("low", "high"):
        for point in np.intersect1d(points.having(role), values.point):
            of = str(points.of[np.searchsorted(points.point, point)])
            ends.setdefault(of, {})[role] = (int(point), values.moved(int(point)))
    flat = [(of, role) for of, both in ends.items() for role in both]
    p = dict(zip(flat, intervals.holm([ends[of][role][1].p for of, role in flat]), strict=True))
    bars = []
    for of, both in ends.items():
        low, high = both.get("low", (-1, none)), both.get("high", (-1, none))
        least = [float(p[of, role]) for role in both if not math.isnan(p[of, role])]
        bars.append(Bar(of, low[1], high[1], low[0], high[0], min(least, default=math.nan)))
    return sorted(bars, key=lambda bar: (-bar.swing, bar.factor))
