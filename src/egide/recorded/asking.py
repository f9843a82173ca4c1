"""What is asked of `egide track`, in a person's words, as an order: the command and the Python interface read alike.

place   NAME@LAT,LON or NAME@LAT,LON,HEIGHT, degrees and metres
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from egide import units
from egide.errors import Word, scenario_error
from egide.i18n import mark
from egide.recorded.run import Order
from egide.recorded.scans import Laid, Site
from egide.units import Dimension, read_quantity

__all__ = ["order"]


def order(
    files: Sequence[str | Path], *, noise: str, sensors: Sequence[str] | str, sites: Sequence[str] | str,
    editions: Sequence[str] | str, position_error: str, range_error: str, azimuth_error: str, rcs: str, cutoff: str,
    seed: int,
) -> Order:  # fmt: skip
    """ScenarioError, naming the option, for what cannot be read."""
    return Order(
        files=[Path(file) for file in files],
        editions=dict(_edition(text) for text in _each(editions)),
        sites=dict(_site(text) for text in _each(sites)),
        sensors=tuple(_laid(text) for text in _each(sensors)),
        noise_m=_quantity("--noise", noise, units.LENGTH, least=0.0),
        position_error_m=_quantity("--position-error", position_error, units.LENGTH),
        range_error_m=_quantity("--range-error", range_error, units.LENGTH),
        azimuth_error_rad=_quantity("--azimuth-error", azimuth_error, units.ANGLE),
        rcs_m2=_quantity("--rcs", rcs, units.AREA),
        cutoff_m=_quantity("--cutoff", cutoff, units.LENGTH),
        seed=seed,
    )


def _each(texts: Sequence[str] | str) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts


def _quantity(option: str, text: str, dimension: Dimension, least: float = 1e-12) -> float:
    try:
        value = read_quantity(text, dimension)
    except ValueError:
        value = -1.0
    if value < least:
        raise scenario_error(
            option, mark("expected a {name} such as '{example}', got '{text}'"), name=Word(dimension.name),
            example=dimension.example, text=text,
        )  # fmt: skip
    return value


def _place(option: str, text: str, example: str) -> tuple[str, Site]:
    """NAME@LAT,LON or NAME@LAT,LON,HEIGHT in metres."""
    name, at, numbers = text.partition("@")
    try:
        values = [float(word) for word in numbers.split(",")]
    except ValueError:
        values = []
    if not (name and at and len(values) in (2, 3) and abs(values[0]) <= 90.0 and abs(values[1]) <= 360.0):
        raise scenario_error(
            option, mark("'{text}' is no place"), mark("write for example {example}"), text=text, example=example
        )
    return name, Site(*values)


def _laid(text: str) -> Laid:
    name, place = _place("--sensor", text, "radar/91n6e@39.93,32.86,900")
    return Laid(name, place)


def _site(text: str) -> tuple[tuple[int, int], Site]:
    example = "25/201@45.74,16.07,110"
    name, place = _place("--site", text, example)
    sac, slash, sic = name.partition("/")
    if not (slash and sac.isdigit() and sic.isdigit()):
        raise scenario_error(
            "--site", mark("'{text}' is no place"), mark("write for example {example}"), text=text, example=example
        )
    return (int(sac), int(sic)), place


def _edition(text: str) -> tuple[int, str]:
    category, equals, edition = text.partition("=")
    if not (equals and category.isdigit() and edition):
        raise scenario_error(
            "--edition", mark("'{text}' is no edition of a category"), mark("write for example {example}"), text=text,
            example="021=2.6",
        )  # fmt: skip
    return int(category), edition
