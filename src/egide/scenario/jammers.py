"""Noise from the air.

jamming  what an aircraft carries that spreads noise
jammer   an aircraft on an orbit that does nothing else: a stand-off jammer
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from egide.scenario.base import Label, Model, Name, Positive, Reference
from egide.scenario.command import Mode, Windows, check_windows
from egide.scenario.forces import NO_OVERRIDES, Orbit, Overrides, check_until
from egide.scenario.quantities import Instant
from egide.scenario.radio import Band

__all__ = ["Jammer", "Jamming"]


class Jamming(Model):
    """A noise jammer on board."""

    type: Reference
    """Catalogue entry of the jammer: power, antenna gain, bandwidth, bands."""
    on_s: Windows = Field(default=(), max_length=8)
    """When it transmits; left out: always."""
    bands: tuple[Band, ...] = ()
    """Left out: the catalogue's."""
    overrides: Overrides = NO_OVERRIDES
    """Values of the jammer replaced for this one alone."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_windows(self.on_s, "on")
        return self


class Jammer(Model):
    """Aircraft on an orbit that jam."""

    name: Name
    label: Label | None = None
    type: Reference
    """The aircraft."""
    count: Positive = 1
    side: Reference
    jammer: Jamming
    """Noise that each of them spreads."""
    orbit: Orbit
    transponder: tuple[Mode, ...] = ()
    from_s: Instant = 0.0
    until_s: Instant | None = None
    """Left out: to the end."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_until(self.from_s, self.until_s)
        return self
