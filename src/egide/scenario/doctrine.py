"""How a battery decides and shoots.

doctrine   salvos, reserve, who may be engaged and on whose order
"""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

from pydantic import model_validator

from egide.i18n import mark
from egide.scenario.base import Count, Few, Flag, Label, Model
from egide.scenario.command import TimeSpread, WeaponControl
from egide.scenario.quantities import PositiveLength, PositiveTime, Probability, Time, fail

__all__ = ["Doctrine"]

Class: TypeAlias = Literal["aircraft", "cruise-missile", "drone", "ballistic"]
Identity: TypeAlias = Literal["hostile", "suspect", "unknown", "pending", "neutral", "assumed-friend", "friend"]


class Doctrine(Model):
    """How a battery decides and shoots."""

    label: Label | None = None
    salvo: Few = 2
    """Missiles a salvo."""
    salvo_interval_s: Time = 4.0
    """Between two missiles of a salvo."""
    policy: Literal["shoot-look-shoot", "salvo"] = "shoot-look-shoot"
    """shoot-look-shoot: a salvo, then an assessment before the next; salvo: all shots without looking."""
    max_shots: Few = 4
    """At one target by one battery."""
    decision_interval_s: PositiveTime = 5.0
    """Between two looks at the picture."""
    engage: tuple[Identity, ...] = ("hostile",)
    """Identities engaged under weapon control tight."""
    free_engages: tuple[Identity, ...] = ("hostile", "suspect", "unknown")
    """Identities engaged under weapon control free, besides those of engage."""
    reserve: Count = 0
    """Ready missiles that the battery keeps back, of all types together."""
    min_kill: Probability = 0.1
    """No shot under this probability of kill."""
    authority: Literal["own", "centre"] = "own"
    """Who gives the order to fire."""
    order_delay_s: TimeSpread | None = None
    """Until the centre's order arrives; left out: the catalogue's voice latency."""
    self_defence: Flag = False
    """May fire without an order at what comes straight at it."""
    self_defence_range_m: PositiveLength | None = None
    """How near it must be; self_defence needs it."""
    classes: tuple[Class, ...] = ("aircraft", "cruise-missile", "drone", "ballistic")
    """Classes of target that it engages."""
    weapon_control: WeaponControl | None = None
    """Instead of the phase's."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.max_shots < self.salvo:
            raise fail(
                mark("max_shots {max_shots} is below one salvo of {salvo}"),
                mark("raise it, or make the salvo smaller"),
                at=("max_shots",),
                max_shots=self.max_shots,
                salvo=self.salvo,
            )
        if self.self_defence and self.self_defence_range_m is None:
            raise fail(
                mark("self_defence is on, but not how near a target must be"),
                mark("add for example 'self_defence_range: 30 km'"),
                at=("self_defence",),
            )
        return self
