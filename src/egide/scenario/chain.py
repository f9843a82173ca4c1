"""Who orders whom: posts in a chain, and what a battery does when it is cut off.

post       people and a place in the chain: a battery's own post, or a sector, national or alliance centre
superior   the post above; orders come down from it and requests go up to it
link       what carries orders and heartbeats between a post and its superior, both ways
authority  the post above a battery that orders it to fire, where the battery's doctrine says `authority: centre`
operator   one of the people of a centre: decides on one request at a time
fallback   how a battery goes on that has not heard its authority for some time

Without a chain `authority: centre` is a wait of `order_delay`, as before.
"""

from __future__ import annotations

from typing import Final, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from egide.i18n import mark
from egide.scenario.base import Label, Model, Name, Positive, Reference
from egide.scenario.command import TimeSpread, Windows, check_windows
from egide.scenario.quantities import PositiveTime, Probability, Time, fail

__all__ = ["FALLBACKS", "POSTS", "Fallback", "OrderLink", "Post"]

PostKind: TypeAlias = Literal["battery-post", "sector-centre", "national-centre", "alliance-centre"]
FallbackRule: TypeAlias = Literal["autonomous", "hold", "self-defence", "last-order"]
POSTS: Final[tuple[PostKind, ...]] = ("battery-post", "sector-centre", "national-centre", "alliance-centre")
FALLBACKS: Final[tuple[FallbackRule, ...]] = ("autonomous", "hold", "self-defence", "last-order")


class OrderLink(Model):
    """What carries requests, orders and heartbeats to and from the superior."""

    latency_s: TimeSpread | None = None
    """Each way; left out: the catalogue's data link."""
    loss: Probability | None = None
    """Of each message; left out: the catalogue's."""
    up_s: Windows = ()
    """When it works; left out: always."""
    over: Reference | None = None
    """A link between networks that carries it: while that is down, so is this."""

    @model_validator(mode="after")
    def _windows(self) -> Self:
        check_windows(self.up_s, "up")
        return self


class Fallback(Model):
    """What a battery does that hears nothing from its authority."""

    rule: FallbackRule = "autonomous"
    """autonomous: it decides alone; hold: it fires at nothing; self-defence: only at what comes straight at it;
    last-order: only at what it was ordered to engage before."""
    lost_after_s: PositiveTime = 60.0
    """So long without a heartbeat, and the authority counts as lost."""
    beat_s: PositiveTime = 10.0
    """Between two heartbeats."""
    delay_s: Time = 0.0
    """From then until the battery follows the rule."""
    return_s: Time = 0.0
    """From the first heartbeat heard again until it follows orders again."""


class Post(Model):
    """One command post."""

    name: Name
    label: Label | None = None
    kind: PostKind
    """What it is."""
    site: Reference | None = None
    """Where it stands, for maps; an asset whose `unit` it is can be hit, and takes it down."""
    network: Reference | None = None
    """Whose picture it sees; left out: it judges by what the battery says."""
    superior: Reference | None = None
    """The post above."""
    link: OrderLink = OrderLink()
    """To the superior."""
    commands: tuple[Reference, ...] = Field(default=())
    """The batteries and patrols that it is the post of."""
    authority: Reference | None = None
    """The post above it that orders its batteries to fire; left out: its superior."""
    operators: Positive = 1
    """How many requests it decides on at once."""
    decision_s: TimeSpread | None = None
    """An operator's time for one request; left out: the catalogue's."""
    decision_spread: Literal["triangular", "exponential"] = "triangular"
    """How that time is spread: between low and high, or exponentially about nominal."""
    repeat_s: PositiveTime = 60.0
    """A battery that was refused, or hears no answer, asks again for the same track after this time."""
    fallback: Fallback = Fallback()
    """What its batteries do without orders."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.superior is None and (self.authority is not None or self.link != OrderLink()):
            raise fail(
                mark("it has a link or an authority above it, but no superior"),
                mark("add for example 'superior: sector'"),
                at=("authority",) if self.authority is not None else ("link",),
            )
        if self.commands and self.kind != "battery-post":
            raise fail(
                mark("a {kind} commands posts, not batteries"),
                mark("write a battery-post under it that commands them"),
                at=("commands",),
                kind=self.kind,
            )
        return self
