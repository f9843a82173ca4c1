"""The radio of a link: where its ends stand, so that it can be jammed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from egide.scenario.base import Model, Reference
from egide.scenario.quantities import PositiveLength

__all__ = ["Band", "Radio"]

Band: TypeAlias = Literal["VHF", "L", "S", "C", "X"]


class Radio(Model):
    """The two ends of a link that goes by radio."""

    from_: Reference
    """Site of the transmitter."""
    to: Reference
    """Site of the receiver, which is what gets jammed."""
    band: Band = "L"
    """Of the radio: a jammer of another band does not reach it."""
    antenna_height_m: PositiveLength | None = None
    """Of the receiver, above the ground; left out: the catalogue's."""
