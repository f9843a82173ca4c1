"""Claim cards that need no run: what the catalogue's ranges say, by a formula and its own Latin hypercube.

input    one independent source of ignorance: the claims of one maker together, or one value of the catalogue
target   a catalogue entry that is to be met; its height, speed and cross section are as unknown as the missile's
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from egide.analysis import envelopes
from egide.analysis.verdicts import Detail, Finding, Input, formula
from egide.campaign.parameters import Parameter, of_value
from egide.catalog import Catalog, Entry
from egide.catalog.roles import claim, maker
from egide.scenario.claims import Test
from egide.scenario.parts import parts_of

__all__ = ["reach", "stopped"]

Floats: TypeAlias = NDArray[np.float64]
Drawn: TypeAlias = Mapping[str, Floats]  # path -> value at each point

_ENVELOPE: Final = ("min_altitude", "max_altitude", "max_target_speed", "range_ballistic")
_SIGHT: Final = ("antenna_height", "reference_range", "reference_rcs", "instrumented_range")
_FLYER: Final = ("altitude", "max_speed", "rcs")


@final
@dataclass(frozen=True, eq=False)
class _Values:
    """Catalogue values and the inputs that move them."""

    fixed: Mapping[str, float]
    factors: Mapping[str, tuple[tuple[Parameter, int], ...]]  # input -> parameters with their signs

    @classmethod
    def of(cls, entries: Iterable[tuple[Entry, Sequence[str]]], optimism: bool = True) -> _Values:
        """Of entries and the names wanted of each, where they have them."""
        fixed: dict[str, float] = {}
        factors: dict[str, list[tuple[Parameter, int]]] = {}
        for entry, names in entries:
            for name in names:
                path = f"{entry.id}.{name}"
                if not entry.has(name) or path in fixed:
                    continue
                value = entry.values[name]
                fixed[path] = value.value
                if value.low < value.high:
                    sign = claim(entry, name) if optimism and maker(entry) else 0
                    home = f"optimism.{maker(entry)}" if sign else path
                    factors.setdefault(home, []).append((of_value(path, value), sign or 1))
        return cls(fixed, {name: tuple(rows) for name, rows in factors.items()})

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(self._input(name, rows) for name, rows in self.factors.items())

    @staticmethod
    def _input(name: str, rows: tuple[tuple[Parameter, int], ...]) -> Input:
        def at(u: float) -> tuple[tuple[str, str, float], ...]:
            return tuple((p.path, p.unit, float(p.belief.quantile(u if s > 0 else 1.0 - u))) for p, s in rows)

        shares = [p.belief.share(p.nominal) for p, _ in rows]
        middle = float(np.mean([u if s > 0 else 1.0 - u for u, (_, s) in zip(shares, rows, strict=True)]))
        part = float(np.mean([p.basis == "assumed" for p, _ in rows]))
        return Input(name, middle, part, at)

    def drawn(self, u: Floats) -> Drawn:
        """Every value at rows of quantiles. A row that holds every input at its nominal quantile is the nominal one: a
        maker's claims have one quantile together and each its own nominal value."""
        n = len(u)
        found = {path: np.full(n, value) for path, value in self.fixed.items()}
        for k, (each, rows) in enumerate(zip(self.inputs, self.factors.values(), strict=True)):
            still = u[:, k] == each.nominal
            for parameter, sign in rows:
                moved = parameter.belief.quantile(u[:, k] if sign > 0 else 1.0 - u[:, k])
                found[parameter.path] = np.where(still, parameter.nominal, moved)
        return found


def _missile(drawn: Drawn, missile: str, target: Entry) -> NDArray[np.bool_]:
    """Whether a target lies in the envelope of one missile, at each point."""
    if target.kind == "ballistic":
        return envelopes.met_ballistic(
            drawn[f"{target.id}.max_speed"], drawn[f"{missile}.range_ballistic"], drawn[f"{missile}.max_target_speed"]
        )
    return envelopes.met(
        drawn[f"{target.id}.altitude"], drawn[f"{target.id}.max_speed"], drawn[f"{missile}.min_altitude"],
        drawn[f"{missile}.max_altitude"], drawn[f"{missile}.max_target_speed"],
    )  # fmt: skip


def _detail(name: str, values: _Values, quantity: Callable[[Drawn], Floats], count: int = 2000) -> Detail:
    """The nominal value and its range over the same belief. Every value at its own nominal at once is no point of that
    belief where a maker's claims move together, so it may lie outside: the range is shown with it."""
    from scipy.stats import qmc  # 1 s to import

    inputs = values.inputs
    nominal = float(quantity(values.drawn(np.array([[each.nominal for each in inputs]])))[0])
    u = qmc.LatinHypercube(max(len(inputs), 1), rng=np.random.Generator(np.random.Philox(0))).random(count)
    found = quantity(values.drawn(u[:, : len(inputs)]))
    low, high = np.quantile(found, [0.025, 0.975])
    return Detail(name, nominal, min(float(low), nominal), max(float(high), nominal), float(np.mean(found)))


# --- reach -------------------------------------------------------------------------------------------------------


def reach(test: Test, catalog: Catalog) -> Finding:
    """How far off the best of the missiles can meet the first target, the engagement radars holding it."""
    system = catalog[str(test.system)]
    radars = [catalog[radar.type] for radar in parts_of(system, catalog).radars if radar.role != "search"]

    def of(target: Entry, height_m: float | None = None) -> tuple[_Values, Callable[[Drawn], Floats]]:
        values = _Values.of([
            *((catalog[name], ("range", *_ENVELOPE)) for name in test.missiles),
            *((radar, _SIGHT) for radar in radars), (target, _FLYER if height_m is None else _FLYER[1:]),
        ])  # fmt: skip
        if height_m is not None:
            values = _Values({**values.fixed, f"{target.id}.altitude": height_m}, values.factors)

        def quantity(drawn: Drawn) -> Floats:
            return np.asarray(np.max([_reach(drawn, name, radars, target) for name in test.missiles], axis=0))

        return values, quantity

    values, quantity = of(catalog[test.targets[0]], test.height_m)
    beside = tuple(_detail(name, *of(catalog[name])) for name in test.targets[1:])
    return formula(lambda u: quantity(values.drawn(u)), values.inputs, test.threshold, test.sign, beside)


def _reach(drawn: Drawn, missile: str, radars: Sequence[Entry], target: Entry) -> Floats:
    if target.kind == "ballistic":
        return np.where(_missile(drawn, missile, target), drawn[f"{missile}.range_ballistic"], 0.0)
    height, rcs = drawn[f"{target.id}.altitude"], drawn[f"{target.id}.rcs"]
    seen = []
    for radar in radars:
        antenna, *others = (drawn[f"{radar.id}.{name}"] for name in _SIGHT)
        seen.append(envelopes.sight_m(antenna, height, rcs, *others))
    sight = np.max(seen, axis=0)
    return envelopes.reach_m(
        drawn[f"{missile}.range"], sight, drawn[f"{target.id}.altitude"], drawn[f"{target.id}.max_speed"],
        *(drawn[f"{missile}.{name}"] for name in _ENVELOPE[:3]),
    )  # fmt: skip


# --- stopped or not ----------------------------------------------------------------------------------------------


def stopped(test: Test, catalog: Catalog) -> Finding:
    """Share of the types of target that lie in the envelope of at least one of the missiles."""
    targets = [catalog[name] for name in test.targets]
    flown = ("altitude", "max_speed")
    values = _Values.of([*((catalog[name], _ENVELOPE) for name in test.missiles), *((each, flown) for each in targets)])

    def inside(drawn: Drawn, target: Entry) -> Floats:
        return np.asarray(np.any([_missile(drawn, name, target) for name in test.missiles], axis=0), float)

    def share(u: Floats) -> Floats:
        drawn = values.drawn(u)
        return np.asarray(np.mean([inside(drawn, target) for target in targets], axis=0))

    beside = tuple(_detail(each.id, values, lambda drawn, each=each: inside(drawn, each)) for each in targets)  # type: ignore[misc]
    return formula(share, values.inputs, test.threshold, test.sign, beside)
