"""Who knows, who decides, by which rules.

network         sensors and shooters that share one picture, with the means of identification they carry
link            a one-way flow of tracks or identities between two networks, with its delay and losses
phase           a part of the scenario with its own state of civil traffic and weapon control
identification  prior, evidence and thresholds by which a network tells friend from foe
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from egide.i18n import mark
from egide.scenario.base import Flag, Label, Model, Name, Positive, Reference, or_one_text
from egide.scenario.quantities import (
    Factor,
    Instant,
    Length,
    NoiseDensity,
    OpenAngle,
    Position,
    PositiveLength,
    PositiveSpeed,
    PositiveTime,
    Probability,
    Time,
    fail,
)
from egide.scenario.radio import Radio

__all__ = [
    "Detail",
    "Formation",
    "Identification",
    "Kinematics",
    "Link",
    "LowFast",
    "Network",
    "Odds",
    "Origin",
    "Phase",
    "Side",
    "Thresholds",
    "TimeSpread",
    "Tracking",
    "Windows",
]

Mode: TypeAlias = Literal["alliance", "national", "civil"]
WeaponControl: TypeAlias = Literal["hold", "tight", "free"]
Evidence: TypeAlias = Literal[
    "military-reply",
    "civil-reply",
    "in-corridor",
    "off-corridor",
    "hostile-kinematics",
    "hostile-origin",
    "flight-plan",
    "airspace-order",
    "national-reply",
    "squawk-as-filed",
    "squawk-emergency",
    "squawk-hijack",
    "formation-friend",
    "formation-hostile",
]
Windows: TypeAlias = tuple[tuple[Instant, Instant], ...]  # when a unit or link is up; empty: always


def check_windows(windows: Windows, key: str) -> None:
    """Each window ends after it begins, and begins after the one before it has ended."""
    last_s = -1.0
    for row, (begin_s, end_s) in enumerate(windows):
        if end_s <= begin_s:
            raise fail(
                mark("time goes backwards: until {until} comes before from {from_}"),
                mark("exchange them"),
                at=(key, row, 1),
                until=f"{end_s:g} s",
                from_=f"{begin_s:g} s",
            )
        if begin_s < last_s:
            raise fail(
                mark("this window begins at {from_}, before the one above ends at {until}"),
                mark("put windows in order and join those that overlap"),
                at=(key, row, 0),
                from_=f"{begin_s:g} s",
                until=f"{last_s:g} s",
            )
        last_s = end_s


class TimeSpread(Model):
    """A time known as low, nominal and high; one text means all three."""

    low_s: Time
    """At best."""
    nominal_s: Time
    """As a rule."""
    high_s: Time
    """At worst."""

    @model_validator(mode="before")
    @classmethod
    def _one_time(cls, value: Any) -> Any:
        return {"low": value, "nominal": value, "high": value} if isinstance(value, str | int | float) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return or_one_text(handler(schema), handler)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low_s <= self.nominal_s <= self.high_s:
            raise fail(mark("low, nominal and high are out of order"), mark("low <= nominal <= high"), at=("nominal",))
        return self


class Side(Model):
    """A party."""

    relation: Literal["friend", "neutral", "hostile"]
    """As the defended party would say."""
    label: Label | None = None


class Network(Model):
    """One shared picture."""

    label: Label | None = None
    iff: tuple[Mode, ...] = ()
    """Modes that its interrogators carry; none: it cannot ask. national: the owner's own, which an ally may lack."""
    declaration_time_s: TimeSpread | None = None
    """From a firm track to its declared identity; left out: the catalogue's."""
    declaration_error: Probability | None = None
    """Probability that an operator declares wrongly; left out: the catalogue's."""
    corridors: Flag = False
    """Knows the civil corridors."""
    flight_plans: Flag = False
    """Receives flight plans."""
    airspace_order: Flag = False
    """Knows the lanes and times of friendly flights."""
    correlation: Flag = True
    """Matches reports received over links with its own tracks."""
    coordinates: Flag = True
    """Its batteries tell each other what they engage, so that no two fire at one target; false: each for itself."""
    coordination_delay_s: Time = 0.0
    """Until the others know of an engagement or a kill; greedy and exact decide on what is known then."""
    assignment: Literal["first-come", "greedy", "exact"] = "first-come"
    """Who takes which target. first-come: each battery the most urgent one it reaches; greedy, exact: one decision for
    all batteries, at most one each target, so that most threat is taken; exact: the best such decision."""
    urgency_half_s: PositiveTime = 120.0
    """Time to impact by which a target's threat is halved, for greedy and exact (assumed)."""

    @model_validator(mode="after")
    def _coordinated(self) -> Self:
        if not self.coordinates and (self.assignment != "first-come" or self.coordination_delay_s > 0.0):
            raise fail(
                mark("batteries that do not coordinate share no assignment and no delay of it"),
                mark("write coordinates: true, or remove assignment and coordination_delay"),
                at=("coordinates",),
            )
        return self


class Link(Model):
    """One-way, from network to network."""

    name: Name
    label: Label | None = None
    from_: Reference
    """The network that tells."""
    to: Reference
    """The network that is told."""
    latency_s: TimeSpread
    """From sending to use, drawn for each message: one may overtake another."""
    update_s: PositiveTime
    """Time between two reports on the same track."""
    loss: Probability = 0.0
    """Of each message."""
    carries: tuple[Literal["tracks", "identity"], ...] = Field(default=("tracks", "identity"), min_length=1)
    """Positions of tracks, their identities, or both."""
    capacity: Positive | None = None
    """Tracks at once; left out: no limit."""
    up_s: Windows = ()
    """When it works; left out: always."""
    remote_cue: Flag = False
    """The receiver may engage on the sender's track before its own radar has one."""
    relays: Flag = False
    """Passes on also what its sender heard from others, each network's evidence as it was told."""
    registration_m: Length | None = None
    """How far off the receiver's frame the sender's may lie, by axis; left out: the catalogue's."""
    radio: Radio | None = None
    """Where its ends stand, where it goes by radio and can be jammed; left out: it cannot."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.from_ == self.to:
            raise fail(
                mark("the link leads from {network} to itself"),
                mark("name another network"),
                at=("to",),
                network=self.to,
            )
        check_windows(self.up_s, "up")
        return self


class Phase(Model):
    """Lasts until the next one begins."""

    name: Name
    label: Label | None = None
    from_s: Instant = 0.0
    civil: Literal["open", "closing", "closed"] = "open"
    """Whether civil traffic flies; closing: it leaves over the time `closing`."""
    closing_s: PositiveTime | None = None
    """How long the airspace takes to empty, where civil is closing."""
    weapon_control: WeaponControl = "tight"
    """hold: nobody fires; tight: at what doctrine engages; free: also at what doctrine free_engages."""

    @model_validator(mode="after")
    def _closing(self) -> Self:
        if self.civil == "closing" and self.closing_s is None:
            raise fail(
                mark("civil is closing, but not how long it takes"),
                mark("add for example 'closing: 20 min'"),
                at=("civil",),
            )
        if self.civil != "closing" and self.closing_s is not None:
            raise fail(
                mark("closing is a time that only civil: closing uses"),
                mark("remove it, or write civil: closing"),
                at=("closing",),
            )
        return self


class Odds(Model):
    """One probability a class of truth."""

    friend: Probability
    """If it is a friend."""
    neutral: Probability
    """If it is neutral."""
    hostile: Probability
    """If it is hostile."""


class Thresholds(Model):
    """Least probability for each declaration."""

    hostile: Probability = 0.9
    """To be declared hostile."""
    suspect: Probability = 0.6
    """To be declared suspect."""
    friend: Probability = 0.9
    """To be declared friend."""
    assumed_friend: Probability = 0.6
    """To be declared assumed friend."""
    neutral: Probability = 0.8
    """To be declared neutral."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for strong, weak in (("hostile", "suspect"), ("friend", "assumed_friend")):
            if getattr(self, weak) > getattr(self, strong):
                raise fail(
                    mark("the threshold of {weak} is above that of {strong}"),
                    mark("exchange them"),
                    at=(weak,),
                    weak=weak,
                    strong=strong,
                )
        return self


class Origin(Model):
    """Tracks first seen inside this polygon count as of hostile origin."""

    area: tuple[Position, ...] = Field(min_length=3)
    """Corners of the polygon."""


class LowFast(Model):
    """Lower and faster than any friend or airliner would be."""

    below_m: PositiveLength
    """Lower than this,"""
    above_speed_m_s: PositiveSpeed
    """and faster than this."""


class Kinematics(Model):
    """Flight that only a hostile shows."""

    low_fast: LowFast | None = None
    """Low and fast together."""
    ballistic_speed_m_s: PositiveSpeed | None = None
    """Anything faster."""


class Formation(Model):
    """When two tracks fly as one."""

    within_m: PositiveLength = 3_000.0
    """Nearer than this,"""
    speed_difference_m_s: PositiveSpeed = 25.0
    """with speeds no further apart,"""
    heading_difference_rad: OpenAngle = math.radians(15.0)
    """and in one direction up to this."""

    @model_validator(mode="after")
    def _directions(self) -> Self:
        if not 0.0 <= self.heading_difference_rad <= math.pi:
            raise fail(
                mark("directions differ by 0 to 180 degrees"),
                mark("write for example '15 deg'"),
                at=("heading_difference",),
            )
        return self


class Identification(Model):
    """Bayes over friend, neutral and hostile."""

    priors: Mapping[str, Odds] = {}
    """By phase; a phase left out has equal odds."""
    likelihoods: Mapping[Evidence, Odds] = {}
    """Probability of each piece of evidence given the truth. Evidence left out is not used; replies left out follow
    from the catalogue's failure rates."""
    thresholds: Thresholds = Thresholds()
    """Least probability for each declaration."""
    told_trust: Probability = 0.95
    """Probability that an identity told by another network is the truth."""
    review_s: PositiveTime = 30.0
    """Between two looks at the evidence on one track."""
    origin: Origin | None = None
    """Where hostiles come from."""
    kinematics: Kinematics | None = None
    """Flight that only a hostile shows."""
    formation: Formation | None = None
    """Who flies with a track that is known inherits evidence: formation-friend, formation-hostile of likelihoods."""

    @model_validator(mode="after")
    def _codes_fit(self) -> Self:
        codes = [odds for name, odds in self.likelihoods.items() if name.startswith("squawk-")]
        for relation in ("friend", "neutral", "hostile"):
            total = sum(getattr(odds, relation) for odds in codes)
            if total > 1.0 + 1e-9:
                raise fail(
                    mark("the codes of a {relation} have probabilities that sum to {total}"),
                    mark("together they are 1 or less: what is left is another code than was filed"),
                    at=("likelihoods",),
                    relation=relation,
                    total=f"{total:g}",
                )
        return self

    @model_validator(mode="after")
    def _formation_is_told_apart(self) -> Self:
        written = next((name for name in self.likelihoods if name.startswith("formation-")), None)
        if written and self.formation is None:
            raise fail(
                mark("{evidence} has odds, but not what a formation is"),
                mark("add a section formation"),
                at=("likelihoods", written),
                evidence=written,
            )
        return self

    @model_validator(mode="after")
    def _priors_sum(self) -> Self:
        for phase, odds in self.priors.items():
            total = odds.friend + odds.neutral + odds.hostile
            if abs(total - 1.0) > 1e-6:
                raise fail(
                    mark("the priors sum to {total}"),
                    mark("friend + neutral + hostile must be 1"),
                    at=("priors", phase),
                    total=f"{total:g}",
                )
        return self


class Tracking(Model):
    """How plots become tracks."""

    filter: Literal["imm", "cv"] = "imm"
    """imm: interacting models of cruise, turn and free fall; cv: one model of steady flight."""
    confirm: tuple[Positive, Positive] | None = None
    """A track is firm after this many detections in so many scans of the radar that started it, once the odds for it
    are high enough; left out: 3 in 4."""
    drop_after_s: PositiveTime | None = None
    """Longest time without a detection; a track whose odds are gone is dropped before; left out: 60 s."""
    process_noise_m2_s3: NoiseDensity | None = None
    """Of steady flight: spectral density of the acceleration; left out: 0.2 with imm, 5 with cv and in fast mode."""
    gate: Factor | None = None
    """Squared normalised distance within which a plot may belong to a track; left out: 25."""
    mode: Literal["full", "fast"] = "full"
    """full: plots are associated and filtered; fast: a plot becomes a track with the error its filter would have."""
    ballistic_above_m: PositiveLength | None = None
    """Whatever is higher flies freely: it is tracked with gravity and taken for ballistic; left out: 25 km."""
    correlation_m: Length = 1500.0
    """How far a report may lie from the receiver's own track, beside both errors, and still be taken for the same."""
    error_half_m: PositiveLength = 2000.0
    """Error of a track that halves the kill probability of a missile fired on it."""
    coast_s: PositiveTime | None = None
    """How long a battery may hold an engagement on a track without detections; left out: as drop_after."""

    @model_validator(mode="after")
    def _m_of_n(self) -> Self:
        if self.confirm is not None and self.confirm[0] > self.confirm[1]:
            raise fail(
                mark("more detections than scans"), mark("write for example [2, 3]: two out of three"), at=("confirm",)
            )
        return self


class Detail(Model):
    """What the detail tables keep."""

    track_interval_s: PositiveTime = 20.0
    """Between two rows of one track."""
