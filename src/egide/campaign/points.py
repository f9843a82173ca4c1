"""From the designs of a study to its points, each design checked against the factors there are.

column   a factor's place in the table of points
block    factors that a Saltelli design moves together
exact    a value of a listed point as it was written: a share of belief gives it back with a rounding error only
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from egide.campaign import design as designs
from egide.campaign.design import LEVELS_MORRIS, Points
from egide.campaign.parameters import Factor, Parameter, matches
from egide.errors import Problem
from egide.i18n import mark
from egide.scenario import Study
from egide.scenario.explain import suggestion
from egide.scenario.ignorance import Design
from egide.units import DIMENSIONS, read_quantity

__all__ = ["LARGEST_TABLE", "MOST_BLOCKS", "points_of"]

LARGEST_TABLE: Final = 50_000_000  # points times factors: 400 MB of shares
MOST_BLOCKS: Final = 12
REST: Final = "rest"
_WRITTEN: Final = frozenset({"one-at-a-time", "listed"})
Exact: TypeAlias = dict[tuple[int, str], float]
Loc: TypeAlias = tuple[str | int, ...]


def points_of(
    study: Study, factors: Sequence[Factor], problems: list[Problem], draw: bool = True
) -> tuple[Points, Exact] | None:
    """Point 0 and those of every design, in the order of the file. None where one of them cannot be made; `draw` False:
    random designs are left at nought."""
    parts, exact, number = [designs.nominal(len(factors))], Exact(), 1
    told = "design" in study.campaign.model_fields_set
    for row, asked in enumerate(study.campaign.design if factors or told else ()):  # chance alone needs no design
        columns = _columns(study, ("campaign", "design", row), asked, factors, problems)
        blocks = _blocks(study, ("campaign", "design", row, "blocks"), asked, factors, columns, problems)
        count = _size(asked, len(columns), len(blocks))
        if count * len(factors) > LARGEST_TABLE:
            wrong = mark("{points} points of {factors} factors")
            right = mark("move fewer factors or take fewer points; a grid has levels to the power of factors")
            problems.append(
                study.problem(("campaign", "design", row), wrong, right, points=f"{count:.3g}", factors=len(columns))
            )
        if problems:
            continue
        if draw or asked.kind in _WRITTEN:
            made, written = _made(study, row, asked, factors, columns, blocks, problems)
        else:
            blank = ("sample",) * count, ("",) * count, (0,) * count
            made, written = Points(*blank, np.zeros((count, len(factors)))), Exact()
        exact |= {(number + i, path): value for (i, path), value in written.items()}
        parts.append(made)
        number += len(made)
    return None if problems else (designs.joined(parts), exact)


def _columns(study: Study, loc: Loc, asked: Design, factors: Sequence[Factor], problems: list[Problem]) -> list[int]:
    """The factors that a design moves."""
    names = [factor.name for factor in factors]
    if not names:
        wrong = mark("this design is empty: nothing is uncertain")
        problems.append(study.problem(loc, wrong, mark("write 'uncertain: ...', or leave the design out")))
    for row, pattern in enumerate(asked.factors):
        if not any(matches(pattern, name) for name in names):
            right, values = suggestion(pattern, names)
            wrong = mark("no factor is called '{pattern}'")
            problems.append(study.problem((*loc, "factors", row), wrong, right, pattern=pattern, **values))
    return [i for i, name in enumerate(names) if not asked.factors or any(matches(p, name) for p in asked.factors)]


def _blocks(
    study: Study, loc: Loc, asked: Design, factors: Sequence[Factor], columns: list[int], problems: list[Problem]
) -> dict[str, list[int]]:
    """The blocks of a Saltelli design; what is in none moves with the rest."""
    if asked.kind != "saltelli":
        return {}
    if not asked.blocks:
        blocks = {factors[i].name: [i] for i in columns}
    else:
        blocks, home = {}, dict[int, str]()
        for name, patterns in asked.blocks.items():
            for row, pattern in enumerate(patterns):
                found = [i for i in columns if matches(pattern, factors[i].name)]
                if not found:
                    right, values = suggestion(pattern, [factors[i].name for i in columns])
                    wrong = mark("no factor is called '{pattern}'")
                    problems.append(study.problem((*loc, name, row), wrong, right, pattern=pattern, **values))
                for i in found:
                    if home.setdefault(i, name) != name:
                        wrong = mark("the factor {factor} is in the block {other} already")
                        about = {"factor": factors[i].name, "other": home[i]}
                        problems.append(study.problem((*loc, name, row), wrong, mark("leave it out of one"), **about))
            blocks[name] = [i for i, block in home.items() if block == name]
        rest = [i for i in columns if i not in home]
        if rest:
            blocks[REST] = [*blocks.get(REST, []), *rest]
    if len(blocks) > MOST_BLOCKS:
        wrong = mark("Sobol indices of {count} blocks: {most} at most")
        right = mark("screen with morris first, and put factors together in blocks")
        problems.append(study.problem(loc, wrong, right, count=len(blocks), most=MOST_BLOCKS))
    return {name: block for name, block in blocks.items() if block}


def _size(asked: Design, columns: int, blocks: int) -> int:
    return designs.size(
        asked.kind, columns, levels=asked.levels or LEVELS_MORRIS, points=asked.points or 0, values=asked.values,
        trajectories=asked.trajectories or 0, rows=asked.rows or 0, blocks=blocks,
    )  # fmt: skip


def _made(
    study: Study, row: int, asked: Design, factors: Sequence[Factor], columns: list[int],
    blocks: Mapping[str, Sequence[int]], problems: list[Problem],
) -> tuple[Points, Exact]:  # fmt: skip
    """The points of one design. Two of one kind in one study are two samples: the seed counts their rows."""
    names, count = [factor.name for factor in factors], len(factors)
    seed = study.seed + 7919 * row
    match asked.kind:
        case "full-grid":
            return designs.full_grid(columns, count, asked.levels or 2), {}
        case "latin-hypercube":
            return designs.latin_hypercube(columns, count, asked.points or 1, seed), {}
        case "sobol":
            return designs.sobol(columns, count, asked.points or 1, seed), {}
        case "one-at-a-time":
            return designs.one_at_a_time(columns, names, asked.low, asked.high), {}
        case "morris":
            levels = asked.levels or LEVELS_MORRIS
            return designs.morris(columns, names, asked.trajectories or 1, levels, seed), {}
        case "saltelli":
            return designs.saltelli(blocks, count, asked.rows or 1, seed), {}
        case "listed":
            return _listed(study, ("campaign", "design", row, "values"), asked, factors, problems)


# --- listed points -------------------------------------------------------------------------------------------------


def _listed(
    study: Study, loc: Loc, asked: Design, factors: Sequence[Factor], problems: list[Problem]
) -> tuple[Points, Exact]:
    """Points written one by one: a parameter by its value, a factor of several by its share."""
    parameters = {
        p.path: (i, p, sign) for i, f in enumerate(factors) for p, sign in zip(f.parameters, f.signs, strict=True)
    }
    by_name = {factor.name: i for i, factor in enumerate(factors)}
    rows: list[dict[int, float]] = []
    exact = Exact()
    for number, given in enumerate(asked.values):
        shares: dict[int, float] = {}
        for key, text in given.items():
            here = (*loc, number, key)
            if key in parameters:
                column, parameter, sign = parameters[key]
                value = _value(study, here, parameter, text, problems)
                share = parameter.belief.share(value) if value is not None else 0.0
                shares[column] = share if sign > 0 else 1.0 - share
                exact[number, key] = value if value is not None else 0.0
            elif key in by_name:
                column, shares[by_name[key]] = by_name[key], _share(study, here, text, problems)
            else:
                right, values = suggestion(key, [*by_name, *parameters])
                wrong = mark("no uncertain parameter is called '{pattern}'")
                problems.append(study.problem(here, wrong, right, True, pattern=key, **values))
        if len(shares) < len(given):
            wrong = mark("two of these are moved by one factor")
            problems.append(study.problem((*loc, number), wrong, mark("write one of them, or divide the group")))
        rows.append(shares)
    return designs.listed(rows, len(factors)), exact


def _value(study: Study, loc: Loc, parameter: Parameter, text: Any, problems: list[Problem]) -> float | None:
    """The number of a value in a listed point, SI."""
    if parameter.choices and text in parameter.choices:
        return float(parameter.belief.values[parameter.choices.index(text)])
    dimension = next(d for d in DIMENSIONS.values() if d.factors.get(parameter.unit) == 1.0)
    try:
        value = read_quantity(text, dimension)
    except (ValueError, TypeError) as error:
        problems.append(study.problem(loc, "{text}", "", text=str(error)))
        return None
    if not parameter.belief.low <= value <= parameter.belief.high or parameter.choices:
        wrong = mark("{value} is outside what {path} may be: {low} to {high}")
        values = {"value": text, "path": parameter.path, "low": parameter.texts[0], "high": parameter.texts[2]}
        problems.append(study.problem(loc, wrong, mark("widen its range under uncertain"), **values))
        return None
    return value


def _share(study: Study, loc: Loc, text: Any, problems: list[Problem]) -> float:
    if isinstance(text, int | float) and not isinstance(text, bool) and 0.0 <= text <= 1.0:
        return float(text)
    wrong = mark("a factor of several parameters takes a share of belief from 0 to 1, got {value}")
    problems.append(study.problem(loc, wrong, value=str(text)))
    return 0.0
