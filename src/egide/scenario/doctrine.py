"""How a battery decides and shoots.

doctrine    salvos, reserve, when to fire, who may be engaged and on whose order
zone        air with a weapon control status of its own
engagement  what takes from a missile's kill probability, beside the error of the track
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from egide.i18n import mark
from egide.scenario.base import Count, Few, Flag, Label, Model, Name, Reference
from egide.scenario.command import TimeSpread, WeaponControl
from egide.scenario.quantities import (
    Length,
    Number,
    Position,
    PositiveLength,
    PositiveTime,
    Probability,
    Time,
    fail,
)

__all__ = ["Doctrine", "Engagement", "Zone"]

Class: TypeAlias = Literal["aircraft", "cruise-missile", "drone", "ballistic"]
Identity: TypeAlias = Literal["hostile", "suspect", "unknown", "pending", "neutral", "assumed-friend", "friend"]


class Doctrine(Model):
    """How a battery decides and shoots."""

    label: Label | None = None
    salvo: Few = 2
    """Missiles a salvo."""
    salvo_interval_s: Time = 4.0
    """Between two missiles of a salvo."""
    policy: Literal["shoot-look-shoot", "shoot-shoot-look", "salvo", "ripple"] = "shoot-look-shoot"
    """shoot-look-shoot: a salvo, then an assessment before the next; shoot-shoot-look: the same with two missiles or
    more in the first salvo; salvo: all shots without looking; ripple: one missile after another at salvo_interval,
    each after a last look at the track and the rules, without waiting for assessments."""
    salvo_next: Few | None = None
    """Missiles of the salvos after an assessment; left out: as salvo."""
    max_shots: Few = 4
    """At one target by one battery."""
    fire: Literal["earliest", "best-kill", "last-moment"] = "earliest"
    """earliest: as soon as a missile reaches; best-kill: wait while the predicted kill probability still rises;
    last-moment: the last decision from which a missile still meets the track before it could do harm."""
    fire_beyond_m: Length = 0.0
    """No shot whose missile would fly less than this."""
    fire_within_m: PositiveLength | None = None
    """No shot whose missile would fly more than this; left out: the missile's reach."""
    fire_share: Probability = 1.0
    """No shot beyond this share of the missile's reach."""
    pairing: Mapping[Class, Annotated[tuple[Reference, ...], Field(min_length=1)]] = {}
    """Class -> missiles fired at it, the preferred one first; no other is. A class left out: the missile with the
    highest kill probability."""
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
        if self.policy == "shoot-shoot-look" and self.salvo < 2:
            raise fail(
                mark("shoot-shoot-look with a salvo of one is shoot-look-shoot"),
                mark("write salvo: 2, or policy: shoot-look-shoot"),
                at=("policy",),
            )
        if self.salvo_next is not None and self.policy in ("salvo", "ripple"):
            raise fail(
                mark("salvo_next follows an assessment, and policy {policy} makes none"),
                mark("remove it, or write policy: shoot-look-shoot"),
                at=("salvo_next",),
                policy=self.policy,
            )
        if self.fire_within_m is not None and self.fire_within_m <= self.fire_beyond_m:
            raise fail(
                mark("fire_within, {within}, is not above fire_beyond, {beyond}: nothing lies between"),
                mark("exchange them"),
                at=("fire_within",),
                within=f"{self.fire_within_m:g} m",
                beyond=f"{self.fire_beyond_m:g} m",
            )
        if self.fire_share == 0.0:
            raise fail(
                mark("fire_share 0 lets nothing be fired"), mark("write a share above 0, or weapon_control: hold"),
                at=("fire_share",),
            )  # fmt: skip
        for cls in self.pairing:
            if cls not in self.classes:
                raise fail(
                    mark("pairing names {name}, which classes leaves out"),
                    mark("add it to classes, or remove the pairing"),
                    at=("pairing", cls),
                    name=cls,
                )
        if self.self_defence and self.self_defence_range_m is None:
            raise fail(
                mark("self_defence is on, but not how near a target must be"),
                mark("add for example 'self_defence_range: 30 km'"),
                at=("self_defence",),
            )
        return self


_STATUS: dict[str, WeaponControl] = {
    "base-defence": "free", "transit": "tight", "safe-lane": "hold", "no-fire": "hold",
}  # fmt: skip


class Zone(Model):
    """Air in which another weapon control status holds than outside."""

    name: Name
    label: Label | None = None
    kind: Literal["base-defence", "transit", "safe-lane", "no-fire"]
    """base-defence: around what is defended; transit: a low-level route for friends; safe-lane: a lane in which nobody
    is fired at; no-fire: the same around airways."""
    area: tuple[Position, ...] = Field(min_length=3)
    """Corners of the polygon."""
    floor_m: Length = 0.0
    """Lower end, above mean sea level."""
    ceiling_m: PositiveLength
    """Upper end."""
    weapon_control: WeaponControl | None = None
    """Status inside; left out: free in base-defence, tight in transit, hold in safe-lane and no-fire."""
    classes: tuple[Class, ...] = Field(default=get_args(Class), min_length=1)
    """Classes of target for which it holds, as their flight looks."""
    phases: tuple[Reference, ...] | None = Field(default=None, min_length=1)
    """When it holds; left out: in all phases."""
    batteries: tuple[Reference, ...] | None = Field(default=None, min_length=1)
    """Batteries and patrols that keep to it; left out: all."""
    priority: Count = 0
    """Where zones overlap, the highest holds."""

    @property
    def status(self) -> WeaponControl:
        """Status inside."""
        return self.weapon_control or _STATUS[self.kind]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.ceiling_m <= self.floor_m:
            raise fail(
                mark("the zone is empty: its ceiling {ceiling} is not above its floor {floor}"),
                mark("exchange them"),
                at=("ceiling",),
                ceiling=f"{self.ceiling_m:g} m",
                floor=f"{self.floor_m:g} m",
            )
        pairs = zip(self.area, (*self.area[1:], self.area[0]), strict=True)
        if abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) < 1e-9:
            raise fail(
                mark("the zone is empty: its corners enclose no area"),
                mark("write three corners or more that do not lie on one line"),
                at=("area",),
            )
        if self.kind in ("safe-lane", "no-fire") and self.status != "hold":
            raise fail(
                mark("contradictory weapon control: a {kind} zone holds fire, and weapon_control says {status}"),
                mark("remove weapon_control, or write kind: base-defence or transit"),
                at=("weapon_control",),
                kind=self.kind,
                status=self.status,
            )
        return self


class Engagement(Model):
    """What takes from a missile's kill probability, beside the error of the track; all of it assumed."""

    edge_loss: Probability = 0.0
    """Share of the kill probability that is lost at the very edge of a missile's reach."""
    edge_from: Probability = 0.7
    """Share of the reach from which it begins to be lost; the loss grows with the square."""
    manoeuvre_half_m_s2: Annotated[float, Number(0.0, float("inf"), "m/s2")] | None = None
    """Lateral acceleration of the target, as its track has it, that halves the kill probability; left out: none is
    lost."""
    flyout: Literal["mean", "table"] = "mean"
    """mean: missiles fly at the catalogue's mean speed; table: faster near and slower far and low, where the catalogue
    has a peak speed beside the mean."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.edge_from == 1.0 and self.edge_loss > 0.0:
            raise fail(
                mark("edge_from 1 leaves no edge to lose at"), mark("write for example edge_from: 0.7"),
                at=("edge_from",),
            )  # fmt: skip
        if self.manoeuvre_half_m_s2 == 0.0:
            raise fail(
                mark("manoeuvre_half 0 leaves no kill probability at all"),
                mark("write for example '30 m/s2', or leave it out"),
                at=("manoeuvre_half",),
            )
        return self
